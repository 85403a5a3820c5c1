//! What the tests of `broker_session::ibkr::Gateway` share.

use std::{sync::LazyLock, time::Duration};

use broker_session::{
    Connection, Deadlines, Error, ErrorKind, RetryPolicy,
    ibkr::{Gateway, GatewayBuilder},
};
use broker_session_sandbox::ibkr::Sandbox;
use contract_tests::{Generated, Raw, Reaction, Spec, respond};

use crate::generated::Ibkr;

/// Read once.
pub(crate) static SPEC: LazyLock<Spec> = LazyLock::new(|| Spec::load(Ibkr::SPEC));

/// Retries without waiting, so that counting them takes no time.
pub(crate) const AT_ONCE: RetryPolicy =
    RetryPolicy { max_attempts: 3, first_wait: Duration::ZERO, longest_wait: Duration::ZERO };

/// Short deadlines, for servers that do not answer.
pub(crate) const SHORT: Deadlines = Deadlines {
    connect: Duration::from_secs(5),
    attempt: Duration::from_millis(400),
    total: Duration::from_millis(400),
};

pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
pub(crate) const HTML: (&str, &str) = ("content-type", "text/html");

/// A status of a session that can be used.
pub(crate) const READY: &str =
    r#"{"authenticated":true,"connected":true,"competing":false,"established":true}"#;

/// A sandbox as it is out of the box.
pub(crate) async fn sandbox() -> Sandbox {
    Sandbox::builder().start().await.expect("a sandbox on loopback")
}

/// A connection that repeats nothing.
pub(crate) fn once() -> Connection {
    Connection::new().retry(RetryPolicy::NEVER)
}

pub(crate) fn builder(base: &str) -> GatewayBuilder {
    Gateway::builder().base_url(base).connection(once())
}

pub(crate) fn gateway(base: &str) -> Gateway {
    builder(base).build().expect("settings that fit")
}

/// A gateway of a server, below the path of the API.
pub(crate) fn gateway_of(server: &Raw, connection: Connection) -> Gateway {
    let base = format!("{}/v1/api", server.base_url());
    builder(&base).connection(connection).build().expect("settings that fit")
}

/// A server that gives everybody the same answer.
pub(crate) async fn always(answer: Vec<u8>) -> Raw {
    Raw::start(move |_| Reaction::Answer(answer.clone())).await
}

/// A server that answers everything with this JSON.
pub(crate) async fn says(json: &str) -> Raw {
    always(respond("200 OK", &[JSON], json)).await
}

/// The kind of what must have gone wrong.
pub(crate) fn kind<T: std::fmt::Debug>(outcome: Result<T, Error>) -> ErrorKind {
    outcome.expect_err("this must not work").kind()
}
