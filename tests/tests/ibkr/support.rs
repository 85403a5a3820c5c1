//! What the tests of `broker_session::ibkr::Client` share.

use broker_session::{
    ClientOptions,
    ibkr::{Client, ClientBuilder},
};
use broker_session_sandbox::ibkr::{Builder, Sandbox};
use contract_tests::{RawServer, once};

/// A status of a session that can be used.
pub(crate) const READY: &str =
    r#"{"authenticated":true,"connected":true,"competing":false,"established":true}"#;

/// A sandbox that leaves the opening of the brokerage session to its clients.
pub(crate) fn closed() -> Builder {
    Sandbox::builder().opened_at_sign_in(false)
}

/// The same, started.
pub(crate) async fn sandbox() -> Sandbox {
    closed().start().await.expect("a sandbox on loopback")
}

pub(crate) fn builder(base: &str) -> ClientBuilder {
    Client::builder().base_url(base).options(once())
}

pub(crate) fn gateway(base: &str) -> Client {
    builder(base).build().expect("settings that fit")
}

/// A gateway of a server, below the path of the API.
pub(crate) fn gateway_of(server: &RawServer, options: ClientOptions) -> Client {
    let base = format!("{}/v1/api", server.base_url());
    builder(&base).options(options).build().expect("settings that fit")
}
