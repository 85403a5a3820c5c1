//! Requests are signed, and a signature that is refused is replaced once.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use broker_session::{Error, Secret, Session, Signer, ibkr::Client};
use broker_session_runtime::SignerFuture;
use contract_tests::{JSON, RawServer, Reaction, once, respond};
use futures::stream;
use http::{HeaderName, Method, Request, StatusCode};
use reqwest::Body;
use tokio::time::Instant;
use url::Url;

use crate::support::get;

/// Signs with a number, which grows with each renewal.
#[derive(Default)]
struct Numbered {
    number: AtomicUsize,
    prepared: AtomicUsize,
    renewed: Mutex<Vec<StatusCode>>,
}

impl Signer for Numbered {
    fn sign(&self, request: &reqwest::Request) -> Result<Vec<(HeaderName, Secret)>, String> {
        let number = self.number.load(Ordering::SeqCst);
        let text = format!("MadeUp {} signature-{number}", request.url().path());
        Ok(vec![(http::header::AUTHORIZATION, text.into())])
    }

    fn prepare<'a>(&'a self, _: &'a mut Url) -> SignerFuture<'a, ()> {
        self.prepared.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(()) })
    }

    fn renew(&self, status: StatusCode, _: Instant) -> SignerFuture<'_, bool> {
        self.renewed.lock().unwrap().push(status);
        self.number.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(true) })
    }
}

fn session(server: &RawServer, signer: &Arc<Numbered>) -> Session {
    let base = format!("{}/v1/api", server.base_url());
    let client = Client::builder().base_url(base).options(once()).signer(signer.clone()).build();
    client.unwrap().unverified_session().without_profile()
}

/// Refuses the first signature with this status.
async fn refusing(status: &'static str) -> RawServer {
    RawServer::start(move |request: &str| {
        let is_new = !request.contains("signature-0");
        Reaction::Respond(respond(if is_new { "200 OK" } else { status }, &[JSON], "{}"))
    })
    .await
}

#[tokio::test]
async fn only_a_safe_method_is_sent_again() -> Result<(), Error> {
    let stream = || Body::wrap_stream(stream::iter([Ok::<_, std::io::Error>("made up")]));
    for (status, method, body, sent, renewals) in [
        ("401 Unauthorized", Method::GET, Body::default(), 2, 1),
        ("401 Unauthorized", Method::HEAD, Body::default(), 2, 1),
        ("401 Unauthorized", Method::OPTIONS, Body::from("made up"), 2, 1),
        ("410 Gone", Method::GET, Body::default(), 2, 1),
        ("401 Unauthorized", Method::GET, stream(), 1, 1),
        ("401 Unauthorized", Method::POST, Body::from("made up"), 1, 1),
        ("401 Unauthorized", Method::DELETE, Body::default(), 1, 1),
        ("410 Gone", Method::POST, Body::default(), 1, 0),
        ("403 Forbidden", Method::GET, Body::default(), 1, 0),
    ] {
        let (server, signer) = (refusing(status).await, Arc::new(Numbered::default()));
        let request = Request::builder().method(&method).uri("/x").body(body).unwrap();
        let forwarded = session(&server, &signer).forward(request).await?;
        let expected = if sent == 2 { "200" } else { &status[..3] };
        assert_eq!(forwarded.response.status().as_str(), expected, "{method} {status}");
        let requests = server.requests();
        assert_eq!(
            (requests.len(), signer.renewed.lock().unwrap().len()),
            (sent, renewals),
            "{method} {status}"
        );
        assert_eq!(signer.prepared.load(Ordering::SeqCst), sent);
        for (number, request) in requests.iter().enumerate() {
            assert!(request.contains(&format!("MadeUp /v1/api/x signature-{number}\r\n")), "{request}");
        }
        // With the new signature the next request is accepted.
        assert!(!forwarded.is_session_over, "{method} {status}");
    }
    Ok(())
}

#[tokio::test]
async fn a_second_refusal_is_passed_on() -> Result<(), Error> {
    let server = RawServer::start(|_| Reaction::Respond(respond("401 Unauthorized", &[JSON], "{}"))).await;
    let signer = Arc::new(Numbered::default());
    let forwarded = session(&server, &signer).forward(get("/x")).await?;
    assert_eq!(forwarded.response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!((server.requests().len(), signer.renewed.lock().unwrap().len()), (2, 1));
    Ok(())
}

#[tokio::test]
async fn cookies_of_a_gateway_are_taken_over() -> Result<(), Error> {
    let server = RawServer::start(|request: &str| {
        let headers = if request.contains("cookie:") {
            vec![]
        } else {
            vec![("set-cookie", "made-up-name=made-up-value; Path=/")]
        };
        Reaction::Respond(respond("200 OK", &headers, "made-up-value"))
    })
    .await;
    let base = format!("{}/v1/api", server.base_url());
    let session = Client::builder().base_url(base).options(once()).build()?.unverified_session();
    let first = session.forward(get("/x")).await?;
    assert!(!first.response.headers().contains_key("set-cookie"));
    let mut request = get("/y");
    request.headers_mut().insert("cookie", "made-up-name=evil; other=evil".parse().unwrap());
    let mut second = session.forward(request).await?;
    assert!(
        server.requests()[1].contains("\r\ncookie: made-up-name=made-up-value\r\n"),
        "{:?}",
        server.requests()
    );
    second.filter_body(broker_session::BodyFilterMode::Redact).unwrap();
    assert_eq!(crate::support::body_of(second).await.unwrap(), "*************");
    Ok(())
}
