//! What identifies the caller is on every request, and never comes back.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use broker_session_runtime::{ErrorKind, Failure, Secret, Signer, Transport};
use http::{HeaderMap, HeaderName, header};
use progenitor_client::OperationInfo;
use reqwest::Request;

use crate::support::{API, BUSY, CUT, OK, Server, builder, call, client, transport};

#[tokio::test]
async fn a_secret_is_removed_from_a_response_that_echoes_it() {
    let echo = "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 46\r\n\r\n{\"message\":\"no made-up-key and made-up-token\"}";
    let server = Server::start(Vec::leak(vec![echo]), false).await;
    let failure = call(&transport(), &server.url, "never").await.unwrap_err();
    assert_eq!(failure.message.as_deref(), Some("no [redacted] and [redacted]"));
}

#[tokio::test]
async fn a_missing_credential_is_named_and_nothing_is_sent() {
    let client = client();
    let mut request = client.get("http://127.0.0.1:9/it").build().unwrap();
    let bare = Transport::builder(&API).build();
    let error = bare.pre::<()>(&mut request, &OperationInfo { operation_id: "safe" }).unwrap_err();
    let failure = Failure::of(error);
    assert_eq!((failure.kind, failure.operation, failure.is_unsent), (ErrorKind::Config, Some("safe"), true));
    assert!(failure.description.contains("`key`"), "{failure:?}");
}

#[tokio::test]
async fn secret_headers_are_marked_and_the_needless_one_is_gone() {
    let client = client();
    let request =
        client.get("http://127.0.0.1:9/it").header("oneTimeToken", "made-up").header("api-version", "1");
    let mut request = request.build().unwrap();
    transport().pre::<()>(&mut request, &OperationInfo { operation_id: "safe" }).unwrap();
    assert!(request.headers().get("api-version").is_none());
    for name in ["x-key", "oneTimeToken"] {
        assert!(request.headers().get(name).unwrap().is_sensitive(), "{name}");
    }
}

/// Signs with a number that it uses once, and gives up at `last`.
struct Counting {
    signed: AtomicUsize,
    last: usize,
}

impl Counting {
    fn until(last: usize) -> Arc<Self> {
        Arc::new(Self { signed: AtomicUsize::new(0), last })
    }
}

impl Signer for Counting {
    fn sign(&self, request: &Request) -> Result<Vec<(HeaderName, Secret)>, String> {
        let (method, url) = (request.method(), request.url());
        let number = self.signed.fetch_add(1, Ordering::SeqCst) + 1;
        if number > self.last {
            return Err("the signing key is not there".into());
        }
        let value = format!("OAuth realm=\"{method}{}\", oauth_signature=\"made-up-{number}\"", url.path());
        Ok(vec![(header::AUTHORIZATION, Secret::from(value))])
    }
}

#[tokio::test]
async fn a_supplied_header_is_on_every_request_and_never_comes_back() {
    let echo = "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 51\r\n\r\n{\"message\":\"x-sess=made-up-cookie; no made-up-tok\"}";
    let server = Server::start(Vec::leak(vec![BUSY, echo]), false).await;
    let transport = builder(&API)
        .header(header::COOKIE, "x-sess=made-up-cookie; a=1".into())
        .header(header::AUTHORIZATION, "Bearer made-up-tok".into())
        .build();
    let failure = call(&transport, &server.url, "safe").await.unwrap_err();
    assert_eq!(failure.message.as_deref(), Some("[redacted]; no [redacted]"));
    for head in server.heads() {
        assert!(head.contains("cookie: x-sess=made-up-cookie; a=1\r\n"), "{head}");
        assert!(head.contains("authorization: bearer made-up-tok\r\n"), "{head}");
    }
    assert_eq!(server.arrived(), 2);
}

#[tokio::test]
async fn the_programs_own_requests_get_the_supplied_headers_too() {
    let transport = builder(&API).header(header::COOKIE, "made-up-cookie".into()).build();
    let mut headers = HeaderMap::new();
    transport.identify(&API.operations[0], &mut headers).unwrap();
    for (name, value) in [("cookie", "made-up-cookie"), ("x-key", "made-up-key")] {
        let found = headers.get(name).unwrap();
        assert!(found == value && found.is_sensitive(), "{name}");
    }
}

#[tokio::test]
async fn an_invalid_header_value_is_refused_without_being_quoted() {
    let transport = builder(&API).header(header::COOKIE, "made-up\r\nx-evil: 1".into()).build();
    let error = transport.identify(&API.operations[0], &mut HeaderMap::new()).unwrap_err();
    assert!(error.contains("`cookie`") && !error.contains("made-up"), "{error}");
}

#[tokio::test]
async fn every_attempt_has_its_own_signature_and_none_comes_back() {
    let echo = "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 49\r\n\r\n{\"message\":\"made-up-1, made-up-2 and made-up-3.\"}";
    let server = Server::start(Vec::leak(vec![BUSY, CUT, echo]), false).await;
    let transport = builder(&API).signer(Counting::until(9)).build();
    let failure = call(&transport, &server.url, "safe").await.unwrap_err();
    assert_eq!(failure.message.as_deref(), Some("[redacted], [redacted] and [redacted]."));
    let heads = server.heads();
    assert_eq!(heads.len(), 3);
    for (number, head) in heads.iter().enumerate() {
        let expected =
            format!("authorization: oauth realm=\"get/it\", oauth_signature=\"made-up-{}\"\r\n", number + 1);
        assert!(head.contains(&expected) && head.matches("authorization").count() == 1, "{head}");
    }
}

#[tokio::test]
async fn without_a_signature_nothing_is_sent_and_nothing_is_repeated() {
    let server = Server::start(&[OK], false).await;
    let transport = builder(&API).signer(Counting::until(0)).build();
    let failure = call(&transport, &server.url, "safe").await.unwrap_err();
    assert!(failure.is_unsent && failure.description.contains("signing key"), "{failure:?}");
    assert_eq!(server.arrived(), 0);

    let server = Server::start(&[BUSY, OK], false).await;
    let transport = builder(&API).signer(Counting::until(1)).build();
    let failure = call(&transport, &server.url, "safe").await.unwrap_err();
    assert_eq!((failure.status, server.arrived()), (Some(503), 1));
}

#[tokio::test]
async fn a_signature_is_marked_as_sensitive() {
    let mut request = client().get("http://127.0.0.1:9/it").build().unwrap();
    let transport = builder(&API).signer(Counting::until(1)).build();
    transport.sign(&mut request).unwrap();
    assert!(request.headers().get(header::AUTHORIZATION).unwrap().is_sensitive());
}
