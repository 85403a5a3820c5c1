//! The gateway's own certificate, and faults below it.

use std::error::Error;
use std::io;
use std::time::Duration;

use broker_session_sandbox::Fault;
use broker_session_sandbox::ibkr::{Certificate, Operation, Sandbox};
use reqwest::{Client, Response, StatusCode};

use crate::wire::{Result, Wire, closed, seen, start};

/// A client that trusts the sandbox's certificate and no other.
fn trusting(sandbox: &Sandbox) -> Result<Wire> {
    let pem = sandbox.certificate_pem().ok_or("no certificate")?;
    let http = Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(pem.as_bytes())?])
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    Ok(Wire { http, base: sandbox.base_url().to_owned() })
}

async fn https() -> Result<(Sandbox, Wire)> {
    let (sandbox, _) = start(closed().certificate(Certificate::Valid)).await?;
    let wire = trusting(&sandbox)?;
    Ok((sandbox, wire))
}

#[tokio::test]
async fn https_needs_trust_in_the_sandboxs_own_certificate() -> Result {
    let (sandbox, wire) = https().await?;
    assert!(sandbox.base_url().starts_with("https://127.0.0.1:"), "{}", sandbox.base_url());
    assert_eq!(wire.init(false).await?["authenticated"], true);
    let local = Wire { http: wire.http.clone(), base: wire.base.replace("127.0.0.1", "localhost") };
    assert_eq!(local.status().await?["authenticated"], true);

    let calls = sandbox.calls().len();
    let stranger = Wire::new(sandbox.base_url())?;
    assert!(stranger.tickle().await.is_err(), "nobody else vouches for it");
    assert_eq!(sandbox.calls().len(), calls);
    Ok(())
}

#[tokio::test]
async fn the_gateways_certificate_is_for_no_host_and_out_of_date() -> Result {
    let (sandbox, _) = start(Sandbox::builder().https()).await?;
    let trusting = trusting(&sandbox)?;
    assert!(trusting.tickle().await.is_err(), "no client can verify it");
    assert!(sandbox.calls().is_empty());

    let http = Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).tls_info(true);
    let http = http.redirect(reqwest::redirect::Policy::none()).build()?;
    let root = http.get(sandbox.root_url()).send().await?;
    let info = root.extensions().get::<reqwest::tls::TlsInfo>().ok_or("no TLS")?;
    let certificate = info.peer_certificate().ok_or("no certificate")?;
    let has = |text: &str| certificate.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("Client Portal Web API") && !has("localhost"));
    assert!(has("190601000000Z"), "the year that it expired in");
    assert_eq!(seen(root).await?.1, "/sso/Login?forwardTo=22&RL=1&ip2loc=US", "signed in or not");
    Ok(())
}

#[tokio::test]
async fn without_https_there_is_no_certificate() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    assert_eq!((sandbox.certificate_pem(), sandbox.certificate_fingerprint_sha256()), (None, None));
    sandbox.replace_certificate()?;
    wire.tickle().await?;
    Ok(())
}

#[tokio::test]
async fn a_replaced_certificate_is_another_one_and_is_no_longer_trusted() -> Result {
    let (sandbox, wire) = https().await?;
    wire.tickle().await?;
    let before = sandbox.certificate_fingerprint_sha256().ok_or("no fingerprint")?;
    assert_eq!(before.len(), 32 * 3 - 1);
    sandbox.replace_certificate()?;
    assert_ne!(sandbox.certificate_fingerprint_sha256(), Some(before));
    // The old connection closes as soon as its task has had a turn.
    while wire.tickle().await.is_ok() {
        tokio::task::yield_now().await;
    }
    trusting(&sandbox)?.tickle().await?;
    Ok(())
}

/// Reads the head and half of the body of an answer that breaks.
async fn first_half(wire: &Wire, length: u64) -> Result<Response> {
    let mut answer = wire.post("/tickle").await?;
    assert_eq!((answer.status(), answer.content_length()), (StatusCode::OK, Some(length)));
    let half = usize::try_from(length)? / 2;
    let mut read = Vec::new();
    while read.len() < half {
        read.extend_from_slice(&answer.chunk().await?.ok_or("the body ended")?);
    }
    assert_eq!(read.len(), half);
    Ok(answer)
}

#[tokio::test]
async fn answers_break_below_tls_too() -> Result {
    let (sandbox, wire) = https().await?;
    let length = wire.post("/tickle").await?.content_length().ok_or("no length")?;

    sandbox.inject(Operation::TicklePost, Fault::cut_body().applied());
    let mut cut = first_half(&wire, length).await?;
    assert!(cut.chunk().await.is_err());

    sandbox.inject(Operation::TicklePost, Fault::slow_body().applied());
    let mut slow = first_half(&wire, length).await?;
    let more = tokio::time::timeout(Duration::from_millis(50), slow.chunk()).await;
    assert!(more.is_err(), "more came: {more:?}");

    sandbox.inject(Operation::TicklePost, Fault::slow_body_for(Duration::from_millis(10)).applied());
    assert_eq!(wire.tickle().await?["collission"], false);

    sandbox.inject(Operation::TicklePost, Fault::hang());
    let answer = tokio::time::timeout(Duration::from_millis(50), wire.post("/tickle")).await;
    assert!(answer.is_err(), "an answer came");
    tokio::time::timeout(Duration::from_secs(10), sandbox.shutdown()).await?;
    Ok(())
}

#[tokio::test]
async fn a_reset_is_a_reset_below_tls_too() -> Result {
    let (sandbox, wire) = https().await?;
    sandbox.inject(Operation::TicklePost, Fault::reset());
    let error = wire.post("/tickle").await.err().ok_or("an answer")?;
    let mut cause: Option<&dyn Error> = Some(error.as_ref());
    let mut kinds = Vec::new();
    while let Some(error) = cause {
        kinds.extend(error.downcast_ref().map(io::Error::kind));
        cause = error.source();
    }
    assert_eq!(kinds, [io::ErrorKind::ConnectionReset]);
    assert_eq!(sandbox.call_count(Operation::TicklePost), 1, "it was read");
    Ok(())
}
