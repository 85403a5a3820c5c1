//! What the tests of every broker set the same way, and what they look at in the same way.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use broker_session::{ClientOptions, Deadlines, Error, ErrorKind, RetryPolicy, Secret};

use crate::{RawServer, Reaction, respond};

/// Retries without waiting, so that counting them takes no time.
pub const AT_ONCE: RetryPolicy =
    RetryPolicy { max_attempts: 3, first_wait: Duration::ZERO, max_wait: Duration::ZERO };

/// Short deadlines, for servers that do not respond.
pub const SHORT: Deadlines = Deadlines {
    connect: Duration::from_secs(5),
    attempt: Duration::from_millis(400),
    total: Duration::from_millis(400),
};

/// The header of a response in JSON.
pub const JSON: (&str, &str) = ("content-type", "application/json");

/// The header of a page.
pub const HTML: (&str, &str) = ("content-type", "text/html");

/// Locks a mutex, also after a test has panicked with it.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A secret that is plainly none.
pub fn secret(text: &str) -> Secret {
    Secret::from(text)
}

/// Options that repeat nothing.
pub fn once() -> ClientOptions {
    ClientOptions::new().retry(RetryPolicy::NEVER)
}

/// The kind of what must have gone wrong.
pub fn kind<T: std::fmt::Debug>(outcome: Result<T, Error>) -> ErrorKind {
    outcome.expect_err("this must not work").kind()
}

/// A server that gives everybody the same response.
pub async fn serve_always(response: Vec<u8>) -> RawServer {
    RawServer::start(move |_| Reaction::Respond(response.clone())).await
}

/// A server that responds to everything with this JSON.
pub async fn serve_json(json: &str) -> RawServer {
    serve_always(respond("200 OK", &[JSON], json)).await
}

/// An address of loopback where nobody listens: its port was free a moment ago.
pub async fn closed() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
    format!("http://{}", listener.local_addr().expect("the address of a listener"))
}
