//! The broker's limits hold for requests that are passed on, together with all others.

use std::time::Duration;

use broker_session::{ClientOptions, Deadlines, ErrorKind, ibkr::Client};
use contract_tests::{JSON, RawServer, Reaction, once, respond};

use crate::support::{body_of, get, unsent};

fn gateway(server: &RawServer, options: ClientOptions) -> broker_session::Session {
    let client = Client::builder().base_url(format!("{}/v1/api", server.base_url())).options(options).build();
    client.unwrap().unverified_session().without_profile()
}

#[tokio::test]
async fn a_request_waits_for_its_turn_or_fails_at_once() {
    let server = RawServer::start(|_| Reaction::Respond(respond("200 OK", &[JSON], "[]"))).await;
    let total = Duration::from_millis(100);
    let deadlines = Deadlines { connect: Duration::from_secs(5), attempt: total, total };
    let session = gateway(&server, once().deadlines(deadlines));
    // Ten in a second.
    let mut limited = None;
    for _ in 0..11 {
        match session.forward(get("/iserver/accounts")).await {
            Ok(_) => {}
            outcome => limited = Some(unsent(outcome)),
        }
    }
    let error = limited.unwrap();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(1))));
    assert_eq!(server.requests().len(), 10);
    let patient = gateway(&server, once());
    let begun = std::time::Instant::now();
    for _ in 0..11 {
        patient.forward(get("/iserver/accounts")).await.unwrap();
    }
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_penalty_is_kept_by_everybody() {
    for asked in ["3", "31536000"] {
        penalty_after(asked).await;
    }
}

async fn penalty_after(asked: &'static str) {
    let server = RawServer::start(move |_| {
        Reaction::Respond(respond("429 Too Many Requests", &[("retry-after", asked)], "slowly"))
    })
    .await;
    let session = gateway(&server, once());
    let forwarded = session.forward(get("/iserver/accounts")).await.unwrap();
    assert_eq!((forwarded.response.status().as_u16(), forwarded.is_session_over), (429, false));
    let penalty = Some(Duration::from_secs(15 * 60));
    assert_eq!(forwarded.wait, penalty);
    assert_eq!(body_of(forwarded).await.unwrap(), "slowly");
    let error = unsent(session.forward(get("/iserver/accounts")).await);
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, penalty));
    let error = session.get("iserver/accounts").send().await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, penalty));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_body_on_its_way_does_not_use_up_the_limit() {
    let server = RawServer::start(|_| {
        Reaction::Stall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n".to_vec())
    })
    .await;
    let session = gateway(&server, once());
    let mut open = Vec::new();
    for _ in 0..12 {
        open.push(session.forward(get("/stream")).await.unwrap());
    }
    assert_eq!(open.len(), 12);
}
