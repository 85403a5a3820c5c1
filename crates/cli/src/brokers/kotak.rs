//! Kotak Securities Trade API.

mod demo;
mod factor;
mod login;
mod logout;
mod sandbox;
mod settings;

pub(crate) use demo::demo;
pub(crate) use login::{LoginArgs, login};
pub(crate) use logout::{LogoutArgs, logout};
pub(crate) use sandbox::{SandboxArgs, sandbox};
pub(crate) use settings::Section;

/// The broker's name in commands, output and the store.
pub(crate) const NAME: &str = "kotak";
