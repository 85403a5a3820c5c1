//! Injected faults, as they are on the socket.

mod common;

use std::io::ErrorKind;
use std::time::Duration;

use broker_session_sandbox::Fault;
use broker_session_sandbox::kotak::{Operation, Sandbox, broker_fault};
use common::{Result, Wire, fault};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends a login by hand, with a right or a wrong password.
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

/// Reads until the connection ends in order: the head, the `Content-Length`, the body.
async fn read_answer(stream: &mut TcpStream) -> Result<(String, usize, Vec<u8>)> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    split(&bytes)
}

fn split(bytes: &[u8]) -> Result<(String, usize, Vec<u8>)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").ok_or("no end of the head")?;
    let (head, body) = bytes.split_at(end + 4);
    let head = String::from_utf8(head.to_vec())?.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).ok_or("no length")?;
    let length = length.parse()?;
    Ok((head, length, body.to_vec()))
}

/// Reads head and body as far as they come, and holds that nothing follows.
async fn read_until_it_stalls(stream: &mut TcpStream) -> Result<(String, usize, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        stream.read_buf(&mut bytes).await?;
        if let Ok((head, length, body)) = split(&bytes)
            && body.len() >= length / 2
        {
            let more = tokio::time::timeout(Duration::from_millis(50), stream.read_buf(&mut bytes)).await;
            assert!(more.is_err(), "more came: {more:?}");
            return Ok((head, length, body));
        }
    }
}

#[tokio::test]
async fn a_cut_body_is_shorter_than_its_content_length() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    for applied in [false, true] {
        let fault = if applied { Fault::cut_body().applied() } else { Fault::cut_body() };
        sandbox.inject(Operation::SessionLoginUserid, fault);
        let mut stream = raw_login(&sandbox, "sandbox-password").await?;
        let (head, length, body) = read_answer(&mut stream).await?;
        assert!(head.starts_with("http/1.1 200 ok"), "{head}");
        assert_eq!(body.len(), length / 2);
        let is_own = body.starts_with(br#"{"Success":{"Status""#);
        assert_eq!(is_own, applied, "{}", String::from_utf8_lossy(&body));
    }
    Ok(())
}

#[tokio::test]
async fn any_answer_can_be_cut_even_an_empty_one() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    for content in [Fault::html_page(StatusCode::BAD_GATEWAY), Fault::empty(StatusCode::BAD_GATEWAY)] {
        sandbox.inject(Operation::SessionLoginUserid, content.cut());
        let mut stream = raw_login(&sandbox, "sandbox-password").await?;
        let (head, length, body) = read_answer(&mut stream).await?;
        assert!(head.starts_with("http/1.1 502 "), "{head}");
        assert!(body.len() < length, "{} of {length}", body.len());
    }
    Ok(())
}

#[tokio::test]
async fn a_slow_body_stalls_in_the_middle() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    sandbox.inject(Operation::SessionLoginUserid, Fault::slow_body().applied());
    let mut stream = raw_login(&sandbox, "sandbox-password").await?;
    let (head, length, body) = read_until_it_stalls(&mut stream).await?;
    assert!(head.starts_with("http/1.1 200 ok"), "{head}");
    assert_eq!(body.len(), length / 2);
    Ok(())
}

#[tokio::test]
async fn a_slow_body_with_an_end_arrives_whole_after_its_pause() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let pause = Duration::from_millis(20);
    sandbox.inject(Operation::SessionLoginUserid, Fault::slow_body_for(pause).applied());
    let begun = std::time::Instant::now();
    let answer: Value = wire.login_with("sandbox-password").await?.json().await?;
    assert!(begun.elapsed() >= pause);
    assert_eq!(answer["Success"]["Status"], "Temporary");
    Ok(())
}

#[tokio::test]
async fn a_hanging_call_is_never_answered_and_a_shutdown_does_not_wait_for_it() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    sandbox.inject(Operation::SessionLoginUserid, Fault::hang());
    let mut stream = raw_login(&sandbox, "sandbox-password").await?;
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_millis(50), stream.read_to_end(&mut bytes)).await;
    assert!(read.is_err(), "{read:?}");
    assert_eq!(sandbox.call_count(Operation::SessionLoginUserid), 1);
    tokio::time::timeout(Duration::from_secs(10), sandbox.shutdown()).await?;
    assert_eq!(stream.read_to_end(&mut bytes).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_reset_is_a_reset_after_the_request_was_read() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    sandbox.inject(Operation::SessionLoginUserid, Fault::reset().applied());
    let mut stream = raw_login(&sandbox, "wrong").await?;
    let mut bytes = Vec::new();
    let error = stream.read_to_end(&mut bytes).await.err().ok_or("an orderly end")?;
    assert_eq!((error.kind(), bytes.len()), (ErrorKind::ConnectionReset, 0));
    assert_eq!(sandbox.bad_tries("S4MPL3"), 1);
    Ok(())
}

#[tokio::test]
async fn a_fault_spends_a_guess_only_if_it_is_applied() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let unavailable = Fault::status(StatusCode::SERVICE_UNAVAILABLE);
    for (fault, bad_tries) in [(unavailable.clone(), 0), (unavailable.applied(), 1)] {
        sandbox.inject(Operation::SessionLoginUserid, fault);
        assert_eq!(wire.login_with("wrong").await?.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(sandbox.bad_tries("S4MPL3"), bad_tries);
    }
    assert_eq!(sandbox.call_count(Operation::SessionLoginUserid), 2);
    Ok(())
}

#[tokio::test]
async fn every_status_has_the_documented_fault_and_extra_headers() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    for (status, code) in [(400, 400), (401, 900901), (403, 70009), (424, 50001), (429, 429), (504, 504)] {
        let status = StatusCode::from_u16(status)?;
        let injected = Fault::status(status).header("Retry-After", "3");
        sandbox.inject(Operation::SessionInit, injected);
        let answer = wire.init().await?;
        assert_eq!(answer.headers()[RETRY_AFTER], "3");
        assert_eq!(fault(answer).await?, (status, code));
    }
    sandbox.inject(Operation::SessionInit, Fault::in_success());
    assert_eq!(fault(wire.init().await?).await?, (StatusCode::OK, 999003));
    sandbox.inject(Operation::SessionInit, broker_fault(StatusCode::CONFLICT, 0, "", ""));
    assert_eq!(fault(wire.init().await?).await?, (StatusCode::CONFLICT, 0));
    assert_eq!(wire.init().await?.status(), StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn a_header_that_nobody_can_send_is_reported_by_the_call() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let fault = || Fault::status(StatusCode::SERVICE_UNAVAILABLE).applied();
    for (fault, reported) in [
        (fault().header("Retry After", "3"), "the name of a header is not valid"),
        (fault().header("retry-after", "3\n4"), "the value of `retry-after` is not valid"),
        (fault().header("retry-after", "3\n4").header("x", 1), "the value of `retry-after` is not valid"),
    ] {
        assert!(fault.to_string().contains("an invalid header"), "{fault}");
        sandbox.inject(Operation::SessionLoginUserid, fault);
        let answer = wire.login_with("wrong").await?;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let text = answer.text().await?;
        assert!(
            text.starts_with("The sandbox cannot send this fault: ") && text.contains(reported),
            "{text}"
        );
    }
    assert_eq!(sandbox.bad_tries("S4MPL3"), 0, "nothing took effect");
    Ok(())
}

#[tokio::test]
async fn pages_empty_bodies_redirects_and_raw_answers_come_as_injected() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    sandbox.inject(Operation::SessionInit, Fault::html_page(StatusCode::SERVICE_UNAVAILABLE));
    let elsewhere = HeaderValue::from_static("https://attacker.example/login");
    sandbox
        .inject(Operation::SessionInit, Fault::redirect(StatusCode::TEMPORARY_REDIRECT, elsewhere.clone()));
    sandbox.inject(Operation::SessionInit, Fault::empty(StatusCode::UNAUTHORIZED));
    let raw = http::Response::builder().status(299).header("x-odd", "1").body(&b"\xff\x00{"[..])?;
    sandbox.inject(Operation::SessionInit, Fault::raw(raw));

    let page = wire.init().await?;
    assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(page.text().await?.contains("<title>503 Service Unavailable</title>"));
    let redirect = wire.init().await?;
    assert_eq!((redirect.status().as_u16(), &redirect.headers()["location"]), (307, &elsewhere));
    let empty = wire.init().await?;
    assert_eq!((empty.status().as_u16(), empty.bytes().await?.len()), (401, 0));
    let raw = wire.init().await?;
    assert_eq!((raw.status().as_u16(), &raw.headers()["x-odd"]), (299, &HeaderValue::from_static("1")));
    assert_eq!(&raw.bytes().await?[..], b"\xff\x00{");
    Ok(())
}

#[tokio::test]
async fn faults_last_as_many_calls_as_asked_or_until_cleared() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    sandbox.inject_times(Operation::SessionInit, 2, Fault::empty(StatusCode::BAD_GATEWAY));
    sandbox.inject_always(Operation::SessionInit, Fault::empty(StatusCode::GATEWAY_TIMEOUT));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(wire.init().await?.status().as_u16());
    }
    assert_eq!(statuses, [502, 502, 504, 504]);
    assert_eq!(wire.login_with("sandbox-password").await?.status(), StatusCode::OK);
    sandbox.clear_faults();
    assert_eq!(wire.init().await?.status(), StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn random_faults_are_the_same_with_the_same_seed_and_stand_in_the_log() -> Result {
    let mut met = Vec::new();
    for _ in 0..2 {
        let sandbox = Sandbox::builder().start().await?;
        let wire = Wire::new(&sandbox)?;
        let unavailable = Fault::status(StatusCode::SERVICE_UNAVAILABLE);
        sandbox.inject_randomly(0.5, 42, [unavailable, Fault::empty(StatusCode::UNAUTHORIZED)]);
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(wire.init().await?.status().as_u16());
        }
        for status in [200, 401, 503] {
            assert!(statuses.contains(&status), "{status} in {statuses:?}");
        }
        let named: Vec<_> = sandbox
            .take_calls()
            .into_iter()
            .map(|call| match call.fault.map(|fault| fault.to_string()).as_deref() {
                None => 200,
                Some("503") => 503,
                Some("401 empty") => 401,
                Some(_) => 0,
            })
            .collect();
        assert_eq!(named, statuses);
        assert_eq!(sandbox.take_calls().len(), 0, "they were taken");
        sandbox.clear_faults();
        assert_eq!(wire.init().await?.status(), StatusCode::OK);
        met.push(statuses);
    }
    assert_eq!(met[0], met[1]);
    Ok(())
}
