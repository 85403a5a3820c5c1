//! Injected faults, as they are on the socket.

use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};

use broker_session_sandbox::{
    Fault,
    kotak::{Operation, Sandbox, broker_fault},
};
use http::{StatusCode, header::RETRY_AFTER};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    Body::{Any, Code, Has, Is},
    HTML, JSON, Result,
    kotak::{INIT, LOGIN, USER, WRONG_LOGIN, start},
};

const BRIEFLY: Duration = Duration::from_millis(50);

/// Sends a login by hand.
async fn raw_login(sandbox: &Sandbox, password: &str) -> Result<TcpStream> {
    let body = format!(r#"{{"userid":"S4MPL3","password":"{password}"}}"#);
    let request = format!(
        "POST /apim/session/1.0/session/login/userid HTTP/1.1\r\nHost: sandbox\r\n\
         AUTHORIZATION: bearer sandbox-access-token\r\nconsumerkey: sandbox-consumer-key\r\nIP:\r\nAppID:\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(sandbox.root_url().trim_start_matches("http://")).await?;
    stream.write_all(request.as_bytes()).await?;
    Ok(stream)
}

/// The head and the half of the body that comes before a response breaks.
async fn first_half(stream: &mut TcpStream) -> Result<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        assert_ne!(stream.read_buf(&mut bytes).await?, 0, "the response ends before its half");
        let text = std::str::from_utf8(&bytes)?;
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")).ok_or("no length")?;
        let half = length.parse::<usize>()? / 2;
        if body.len() >= half {
            assert!(length != "0" && body.len() == half, "{} of {length}", body.len());
            return Ok((head.to_owned(), body.to_owned()));
        }
    }
}

#[tokio::test]
async fn any_response_can_break_in_the_middle() -> Result {
    let (own, other) = (r#"{"Success":{"Status""#, r#"{"message":"The sand"#);
    let sandbox = Sandbox::builder().start().await?;
    for (fault, status, start, stalls) in [
        (Fault::cut_body(), 200, other, false),
        (Fault::cut_body().applied(), 200, own, false),
        (Fault::html_page(StatusCode::BAD_GATEWAY).cut(), 502, "<!DOCTYPE html>", false),
        (Fault::empty(StatusCode::BAD_GATEWAY).cut(), 502, "", false),
        (Fault::slow_body().applied(), 200, own, true),
    ] {
        sandbox.inject(Operation::SessionLoginUserid, fault.clone());
        let mut stream = raw_login(&sandbox, "sandbox-password").await?;
        let (head, body) = first_half(&mut stream).await?;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{fault}: {head}");
        assert!(body.starts_with(start), "{fault}: {body}");
        let patience = if stalls { BRIEFLY } else { 600 * BRIEFLY };
        let rest = timeout(patience, stream.read_to_end(&mut Vec::new())).await;
        assert_eq!(rest.ok().transpose()?, if stalls { None } else { Some(0) }, "{fault}");
    }
    Ok(())
}

#[tokio::test]
async fn a_slow_body_can_arrive_after_its_pause() -> Result {
    let (sandbox, mut wire) = start(Sandbox::builder()).await?;
    let (pause, begun) = (Duration::from_millis(20), Instant::now());
    sandbox.inject(Operation::SessionLoginUserid, Fault::slow_body_for(pause).applied());
    wire.send(LOGIN).await?.check("whole", 200, Has(r#"{"Success":{"Status":"Temporary"}}"#));
    assert!(begun.elapsed() >= pause);
    Ok(())
}

#[tokio::test]
async fn a_hanging_call_does_not_delay_a_shutdown() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    sandbox.inject(Operation::SessionLoginUserid, Fault::hang());
    let mut stream = raw_login(&sandbox, "sandbox-password").await?;
    let mut bytes = Vec::new();
    let read = timeout(BRIEFLY, stream.read_to_end(&mut bytes)).await;
    assert!(read.is_err(), "{read:?}");
    assert_eq!(sandbox.call_count(Operation::SessionLoginUserid), 1);
    timeout(200 * BRIEFLY, sandbox.shutdown()).await?;
    assert_eq!(stream.read_to_end(&mut bytes).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_reset_comes_after_the_request_was_read() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    sandbox.inject(Operation::SessionLoginUserid, Fault::reset().applied());
    let mut bytes = Vec::new();
    let error = raw_login(&sandbox, "wrong").await?.read_to_end(&mut bytes).await.err();
    let kind = error.map(|error| error.kind());
    assert_eq!((kind, bytes.len(), sandbox.bad_tries(USER)), (Some(ErrorKind::ConnectionReset), 0, 1));
    Ok(())
}

#[tokio::test]
async fn only_an_applied_fault_spends_a_guess() -> Result {
    const NAME: &str = "The sandbox cannot send this fault: the name of a header is not valid";
    const VALUE: &str = "The sandbox cannot send this fault: the value of `retry-after` is not valid";
    let (sandbox, mut wire) = start(Sandbox::builder()).await?;
    let fault = || Fault::status(StatusCode::SERVICE_UNAVAILABLE);
    let applied = || fault().applied();
    for (fault, status, expected, bad_tries) in [
        (fault(), 503, Code(503), 0),
        (applied().header("Retry After", "3"), 500, Has(NAME), 0),
        (applied().header("retry-after", "3\n4"), 500, Has(VALUE), 0),
        (applied().header("retry-after", "3\n4").header("x", 1), 500, Has(VALUE), 0),
        (applied(), 503, Code(503), 1),
    ] {
        let name = fault.to_string();
        assert_eq!(name.contains("an invalid header"), status == 500, "{name}");
        sandbox.inject(Operation::SessionLoginUserid, fault);
        wire.send(WRONG_LOGIN).await?.check(&name, status, expected);
        assert_eq!(sandbox.bad_tries(USER), bad_tries, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn every_fault_is_sent_as_it_was_injected() -> Result {
    let (sandbox, mut wire) = start(Sandbox::builder()).await?;
    let status = |status| Ok::<_, http::Error>(Fault::status(StatusCode::from_u16(status)?));
    let example = |status, name| Sandbox::example(Operation::SessionInit, status, name);
    let raw =
        http::Response::builder().status(299).header("content-type", "x/odd").body(&b"\xff\x00{"[..])?;
    let elsewhere = "https://attacker.example/login";
    let redirect = Fault::redirect(StatusCode::TEMPORARY_REDIRECT, elsewhere);
    let gateway_error = example(StatusCode::INTERNAL_SERVER_ERROR, "gateway")?;
    for (fault, status, kind, expected) in [
        (status(400)?, 400, JSON, Code(400)),
        (status(401)?, 401, JSON, Code(900_901)),
        (status(403)?, 403, JSON, Code(70009)),
        (status(424)?, 424, JSON, Code(424)),
        (status(429)?, 429, JSON, Code(900_800)),
        (status(504)?, 504, JSON, Code(101_504)),
        (Fault::in_success(), 200, JSON, Code(999_003)),
        (broker_fault(StatusCode::CONFLICT, 0, "", ""), 409, JSON, Code(0)),
        (Fault::html_page(StatusCode::BAD_GATEWAY), 502, HTML, Has("<title>502 Bad Gateway</title>")),
        (redirect, 307, elsewhere, Is("")),
        (Fault::empty(StatusCode::UNAUTHORIZED), 401, "", Is("")),
        (Fault::raw(raw), 299, "x/odd", Is("\u{fffd}\u{0}{")),
        (example(StatusCode::SERVICE_UNAVAILABLE, "gateway-page")?, 503, HTML, Has("<title>503 ")),
        (gateway_error, 500, "application/xml", Has("<fault><code>900900</code>")),
        (example(StatusCode::BAD_REQUEST, "no-message")?, 400, JSON, Code(0)),
    ] {
        let name = fault.to_string();
        sandbox.inject(Operation::SessionInit, fault.header(RETRY_AFTER, "3"));
        let response = wire.send(INIT).await?;
        response.check(&name, status, expected);
        assert_eq!((response.kind(), response.headers[RETRY_AFTER].as_bytes()), (kind, &b"3"[..]), "{name}");
    }
    wire.send(INIT).await?.check("each is sent once", 200, Any);
    Ok(())
}

#[tokio::test]
async fn a_missing_example_is_an_error_that_names_others() {
    for (status, expected) in [
        (StatusCode::SERVICE_UNAVAILABLE, "no example `missing` for the response 503 of `session_init`;"),
        (StatusCode::SERVICE_UNAVAILABLE, "suspended, gateway-page."),
        (StatusCode::IM_A_TEAPOT, "documents no body for the response 418 of `session_init`"),
    ] {
        let error = Sandbox::example(Operation::SessionInit, status, "missing").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
