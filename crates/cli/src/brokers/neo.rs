//! Kotak Neo.

mod demo;
mod login;
mod logout;
mod one_time_password;
mod sandbox;
mod settings;
mod used_codes;

use super::Broker;

pub(crate) use demo::demo;
pub(crate) use login::{LoginArgs, login};
pub(crate) use logout::{LogoutArgs, logout};
pub(crate) use sandbox::{SandboxArgs, sandbox};
pub(crate) use settings::Section;

/// The broker.
pub(crate) const BROKER: Broker = Broker {
    name: "neo",
    title: "Kotak Neo",
    logout: "logout",
    examples: &["broker-session login neo", "broker-session logout neo"],
    profile: &[
        "ucc = \"S4MPL\"",
        "totp_secret_file = \"neo-totp-secret\"   # so that nobody has to type a code",
    ],
    choices: &[],
    keys: crate::setting::keys::<Section>,
};
