//! Interactive Brokers: the Client Portal Gateway and the Web API.

mod certificate;
mod certificates;
mod demo;
mod keepalive;
mod login;
mod logout;
mod report;
mod sandbox;
mod server;
mod settings;
mod status;
mod status_line;
mod trust;

use super::Broker;

pub(crate) use demo::demo;
pub(crate) use keepalive::{KeepaliveArgs, keepalive};
pub(crate) use login::{LoginArgs, login};
pub(crate) use logout::{LogoutArgs, logout};
pub(crate) use sandbox::{SandboxArgs, sandbox};
pub(crate) use settings::Section;
pub(crate) use status::{StatusArgs, status};
pub(crate) use trust::{TrustArgs, trust};

/// The broker.
pub(crate) const BROKER: Broker = Broker {
    name: "ibkr",
    title: "Interactive Brokers",
    logout: "logout_post",
    examples: &[
        "broker-session trust ibkr",
        "broker-session login ibkr",
        "broker-session keepalive ibkr --json",
    ],
    profile: &["base_url = \"https://localhost:5000/v1/api\""],
    choices: &[],
    keys: crate::setting::keys::<Section>,
};
