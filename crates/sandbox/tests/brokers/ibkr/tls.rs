//! The gateway's own certificate, and faults below it.

use std::{error::Error, io, time::Duration};

use broker_session_sandbox::{
    Fault,
    ibkr::{Certificate, Operation, Sandbox},
};
use reqwest::{Certificate as Trusted, Response, StatusCode};

use super::{INIT, OPEN, STATUS, TICKLE, closed, start};
use crate::{
    Body::{Any, Has},
    Result, Wire, http,
};

/// A client that trusts the sandbox's certificate and no other.
fn trusting(sandbox: &Sandbox) -> Result<Wire> {
    let pem = sandbox.certificate_pem().ok_or("no certificate")?;
    let http = http().tls_certs_only([Trusted::from_pem(pem.as_bytes())?]).build()?;
    Ok(Wire { http, ..Wire::new(sandbox.root_url())? })
}

async fn https() -> Result<(Sandbox, Wire)> {
    let (sandbox, _) = start(closed().certificate(Certificate::Valid)).await?;
    let wire = trusting(&sandbox)?;
    Ok((sandbox, wire))
}

#[tokio::test]
async fn https_needs_trust_in_the_sandboxs_own_certificate() -> Result {
    let (sandbox, mut wire) = https().await?;
    assert!(sandbox.base_url().starts_with("https://127.0.0.1:"), "{}", sandbox.base_url());
    wire.send(INIT).await?.check("trusted", 200, OPEN);
    let mut local = Wire { base: wire.base.replace("127.0.0.1", "localhost"), ..wire };
    local.send(STATUS).await?.check("for localhost, too", 200, OPEN);

    let calls = sandbox.calls().len();
    let mut stranger = Wire::new(sandbox.root_url())?;
    assert!(stranger.send(TICKLE).await.is_err(), "nobody else vouches for it");
    assert_eq!(sandbox.calls().len(), calls);
    Ok(())
}

#[tokio::test]
async fn the_gateways_certificate_is_for_no_host_and_out_of_date() -> Result {
    let (sandbox, _) = start(Sandbox::builder().https()).await?;
    let mut trusting = trusting(&sandbox)?;
    assert!(trusting.send(TICKLE).await.is_err(), "no client can verify it");
    assert!(sandbox.calls().is_empty());

    let http = http().tls_danger_accept_invalid_certs(true).tls_info(true).build()?;
    let root = http.get(sandbox.root_url()).send().await?;
    let info = root.extensions().get::<reqwest::tls::TlsInfo>().ok_or("no TLS")?;
    let certificate = info.peer_certificate().ok_or("no certificate")?;
    let has = |text: &str| certificate.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("Client Portal Web API") && !has("localhost"));
    assert!(has("190601000000Z"), "the year that it expired in");
    assert_eq!(root.headers()["location"], "/sso/Login?forwardTo=22&RL=1&ip2loc=US", "signed in or not");
    Ok(())
}

#[tokio::test]
async fn without_https_there_is_no_certificate() -> Result {
    let (sandbox, mut wire) = start(closed()).await?;
    assert_eq!((sandbox.certificate_pem(), sandbox.certificate_fingerprint_sha256()), (None, None));
    sandbox.replace_certificate()?;
    wire.send(TICKLE).await?.check("plain http", 200, Any);
    Ok(())
}

#[tokio::test]
async fn a_replaced_certificate_is_another_one_and_is_no_longer_trusted() -> Result {
    let (sandbox, mut wire) = https().await?;
    wire.send(TICKLE).await?;
    let before = sandbox.certificate_fingerprint_sha256().ok_or("no fingerprint")?;
    assert_eq!(before.len(), 32 * 3 - 1);
    sandbox.replace_certificate()?;
    assert_ne!(sandbox.certificate_fingerprint_sha256(), Some(before));
    // The old connection closes as soon as its task has had a turn.
    while wire.send(TICKLE).await.is_ok() {
        tokio::task::yield_now().await;
    }
    trusting(&sandbox)?.send(TICKLE).await?;
    Ok(())
}

async fn tickle(wire: &Wire) -> Result<Response> {
    Ok(wire.http.get(format!("{}/v1/api/tickle", wire.base)).send().await?)
}

/// Reads the head and half of the body of a response that breaks.
async fn first_half(wire: &Wire, length: u64) -> Result<Response> {
    let mut response = tickle(wire).await?;
    assert_eq!((response.status(), response.content_length()), (StatusCode::OK, Some(length)));
    let half = usize::try_from(length)? / 2;
    let mut read = Vec::new();
    while read.len() < half {
        read.extend_from_slice(&response.chunk().await?.ok_or("the body ended")?);
    }
    assert_eq!(read.len(), half);
    Ok(response)
}

#[tokio::test]
async fn responses_break_below_tls_too() -> Result {
    let (sandbox, mut wire) = https().await?;
    let length = tickle(&wire).await?.content_length().ok_or("no length")?;

    sandbox.inject(Operation::TicklePost, Fault::cut_body().applied());
    let mut cut = first_half(&wire, length).await?;
    assert!(cut.chunk().await.is_err());

    sandbox.inject(Operation::TicklePost, Fault::slow_body().applied());
    let mut slow = first_half(&wire, length).await?;
    let more = tokio::time::timeout(Duration::from_millis(50), slow.chunk()).await;
    assert!(more.is_err(), "more came: {more:?}");

    sandbox.inject(Operation::TicklePost, Fault::slow_body_for(Duration::from_millis(10)).applied());
    wire.send(TICKLE).await?.check("late", 200, Has(r#"{"collission":false}"#));

    sandbox.inject(Operation::TicklePost, Fault::hang());
    let response = tokio::time::timeout(Duration::from_millis(50), tickle(&wire)).await;
    assert!(response.is_err(), "a response came");
    tokio::time::timeout(Duration::from_secs(10), sandbox.shutdown()).await?;
    Ok(())
}

#[tokio::test]
async fn a_reset_is_a_reset_below_tls_too() -> Result {
    let (sandbox, wire) = https().await?;
    sandbox.inject(Operation::TicklePost, Fault::reset());
    let error = tickle(&wire).await.err().ok_or("a response")?;
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
