//! Kotak Securities Trade API.

mod demo;
mod factor;
mod login;
mod logout;
mod sandbox;
mod settings;

use super::Broker;

pub(crate) use demo::demo;
pub(crate) use login::{LoginArgs, login};
pub(crate) use logout::{LogoutArgs, logout};
pub(crate) use sandbox::{SandboxArgs, sandbox};
pub(crate) use settings::Section;

/// The broker.
pub(crate) const BROKER: Broker = Broker {
    name: "kotak",
    title: "Kotak",
    logout: "session_logout",
    examples: &[
        "broker-session sandbox kotak --port 4001",
        "broker-session login kotak --factor mpin",
        "broker-session logout kotak",
    ],
    profile: &[
        "userid = \"S4MPL3\"",
        "factor = \"mpin\"",
        "password_file = \"kotak-password\"   # beside the config file, readable by its owner only",
    ],
    choices: &[("KOTAK_FACTOR", "access-code")],
    keys: crate::setting::keys::<Section>,
};
