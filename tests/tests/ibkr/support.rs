//! What the tests of `broker_session::ibkr::Client` share.

use broker_session::{
    ClientOptions,
    ibkr::{Client, ClientBuilder, oauth1a, oauth2},
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

/// The credentials that the sandbox knows.
pub(crate) fn oauth1a(sandbox: &Sandbox) -> oauth1a::Credentials {
    let known = sandbox.oauth_credentials().expect("OAuth is on");
    let credentials = oauth1a::Credentials::builder()
        .consumer_key(known.consumer_key)
        .access_token(known.access_token)
        .access_token_secret(known.access_token_secret)
        .signature_key(known.signature_key)
        .encryption_key(known.encryption_key)
        .dh_parameters(known.dh_parameters);
    credentials.build().expect("credentials that fit")
}

/// The same with OAuth 2.0.
pub(crate) fn oauth2(sandbox: &Sandbox) -> oauth2::Credentials {
    let known = sandbox.oauth_credentials().and_then(|known| known.oauth2).expect("OAuth 2.0 is on");
    let credentials = oauth2::Credentials::builder()
        .client_id(known.client_id)
        .key_id(known.key_id)
        .private_key(known.private_key)
        .credential(known.credential)
        .ip(known.ip);
    credentials.build().expect("credentials that fit")
}
