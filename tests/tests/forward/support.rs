//! A session at a server that sends exactly the given bytes.

use std::time::Duration;

use broker_session::{ClientOptions, Deadlines, Error, Forwarded, SavedSession, Session, neo};
use contract_tests::{RawServer, Reaction, once, respond};
use http::Request;
use reqwest::Body;
use serde_json::json;

/// The session's secrets.
pub(crate) const TOKEN: &str = "made-up-session-token";
pub(crate) const SID: &str = "made-up-sid";

/// Below which all requests stay.
pub(crate) const PATH: &str = "/made/up";

/// What a server may take in these tests.
pub(crate) const PATIENT: Deadlines = Deadlines {
    connect: Duration::from_secs(5),
    attempt: Duration::from_secs(30),
    total: Duration::from_secs(30),
};

/// A session at this server.
pub(crate) fn session_at(base: &str, options: ClientOptions) -> Session {
    let base = format!("{base}{PATH}");
    let saved = json!({
        "broker": "neo", "user": "MADE1", "base_url": base, "login_time": null,
        "secrets": { "token": TOKEN, "sid": SID },
    });
    let saved: SavedSession = serde_json::from_value(saved).unwrap();
    let credentials =
        neo::Credentials::new().mobile("+910000000000").ucc("MADE1").access_token("made-up-access");
    let client = neo::Client::builder().credentials(credentials).base_url(&base).options(options).build();
    client.unwrap().resume(saved).unwrap().without_profile()
}

pub(crate) fn session_of(server: &RawServer) -> Session {
    session_at(server.base_url(), once().deadlines(PATIENT))
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::default()).unwrap()
}

/// What comes of a request with these headers, and the head that has arrived.
pub(crate) async fn head_of(method: &str, headers: &[(&str, &str)], body: Body) -> String {
    let server = RawServer::start(|_| Reaction::Respond(respond("200 OK", &[], ""))).await;
    let mut request = Request::builder().method(method).uri("/x");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    session_of(&server).forward(request.body(body).unwrap()).await.unwrap();
    server.requests().remove(0)
}

/// What comes of a response to a request for `/a/b`.
pub(crate) async fn forwarded(response: Vec<u8>) -> Forwarded {
    let server = RawServer::start(move |_| Reaction::Respond(response.clone())).await;
    session_of(&server).forward(get("/a/b")).await.unwrap()
}

/// The whole body.
pub(crate) async fn body_of(forwarded: Forwarded) -> Result<String, reqwest::Error> {
    reqwest::Response::from(forwarded.response).text().await
}

/// The error of a request that must not have left.
pub(crate) fn unsent(outcome: Result<Forwarded, Error>) -> Error {
    let error = outcome.unwrap_err();
    assert!(error.is_unsent(), "{error}");
    error
}
