//! Refusals and faults, with the broker's statuses and bodies.

use broker_session_sandbox::Fault;
use broker_session_sandbox::ibkr::{Etiquette, Operation, Sandbox, SignedOut};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::wire::{Result, closed, seen, start};

const NOT_AUTHENTICATED: &str = r#"{"error":"not authenticated","statusCode":401}"#;
const NO_BRIDGE: &str = r#"{"error":"Bad Request: no bridge","statusCode":400}"#;
const JSON: &str = "application/json";
const HTML: &str = "text/html";

fn answer(status: u16, kind: &str, body: &str) -> (u16, String, String) {
    (status, kind.to_owned(), body.to_owned())
}

#[tokio::test]
async fn a_signed_out_gateway_answers_in_the_way_it_was_told_to() -> Result {
    for (way, expected) in [
        (SignedOut::Empty401, answer(401, HTML, "")),
        (SignedOut::Json401, answer(401, JSON, NOT_AUTHENTICATED)),
        (SignedOut::Redirect, answer(302, "/sso/Login", "")),
        (SignedOut::NoSession, answer(401, JSON, NOT_AUTHENTICATED)),
    ] {
        let (_sandbox, wire) = start(closed().signed_out().when_signed_out(way)).await?;
        for path in ["/iserver/auth/status", "/logout"] {
            assert_eq!(seen(wire.post(path).await?).await?, expected, "{way:?} {path}");
        }
        let init = wire.send_init(json!({ "publish": true, "compete": false })).await?;
        assert_eq!(seen(init).await?, expected, "{way:?}");
    }
    let (_sandbox, wire) = start(closed().signed_out().when_signed_out(SignedOut::Html401)).await?;
    let (status, kind, page) = seen(wire.get("/sso/validate").await?).await?;
    assert_eq!((status, kind.as_str()), (401, HTML));
    assert!(page.contains("<title>401 Unauthorized</title>"), "{page}");
    Ok(())
}

#[tokio::test]
async fn a_signed_out_gateway_can_fail_with_status_200() -> Result {
    let builder = closed().signed_out().when_signed_out(SignedOut::NoSession);
    let (_sandbox, wire) = start(builder).await?;
    assert_eq!(wire.tickle().await?, json!({ "error": "no session" }));
    assert_eq!(seen(wire.get("/sso/validate").await?).await?, answer(200, JSON, r#"{"RESULT":false}"#));
    Ok(())
}

#[tokio::test]
async fn after_a_logout_nothing_works_and_init_is_gone() -> Result {
    for status in [StatusCode::GONE, StatusCode::SERVICE_UNAVAILABLE] {
        let (sandbox, wire) = start(closed().init_after_logout(status)).await?;
        assert_eq!(wire.post("/logout").await?.status(), 200);
        assert_eq!(wire.post("/logout").await?.status(), 401);
        let init = wire.send_init(json!({ "publish": true, "compete": false })).await?;
        assert_eq!(seen(init).await?, answer(status.as_u16(), HTML, ""));
        assert_eq!(sandbox.etiquette().inits_while_signed_out, 1);
        sandbox.sign_in();
        assert_eq!(wire.init(false).await?["authenticated"], true);
    }
    Ok(())
}

#[tokio::test]
async fn a_trading_call_says_what_the_session_lacks() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    let trade = || async { seen(wire.get("/iserver/accounts").await?).await };
    assert_eq!(trade().await?, answer(400, JSON, NO_BRIDGE));
    wire.init(false).await?;
    assert_eq!(trade().await?.0, 200);
    sandbox.lose_link();
    assert_eq!(trade().await?, answer(400, JSON, NO_BRIDGE));
    sandbox.restore_link();
    sandbox.soft_time_out();
    assert_eq!(trade().await?, answer(400, JSON, NO_BRIDGE));
    sandbox.lose_brokerage_session();
    assert_eq!(trade().await?, answer(401, JSON, NOT_AUTHENTICATED));
    Ok(())
}

#[tokio::test]
async fn right_after_an_init_there_may_be_no_bridge() -> Result {
    let delay = std::time::Duration::from_secs(5);
    let (sandbox, wire) = start(closed().establish_after(delay)).await?;
    wire.init(false).await?;
    let status = wire.status().await?;
    assert_eq!((&status["authenticated"], &status["established"]), (&json!(true), &json!(false)));
    assert_eq!(seen(wire.get("/iserver/accounts").await?).await?, answer(400, JSON, NO_BRIDGE));
    sandbox.advance(delay);
    assert_eq!(wire.get("/iserver/accounts").await?.status(), 200);
    Ok(())
}

#[tokio::test]
async fn a_lost_brokerage_session_is_401_while_the_single_sign_on_lives() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    wire.init(false).await?;
    sandbox.lose_brokerage_session();
    for path in ["/iserver/auth/status", "/tickle"] {
        assert_eq!(seen(wire.post(path).await?).await?, answer(401, JSON, NOT_AUTHENTICATED), "{path}");
    }
    assert_eq!(wire.get("/sso/validate").await?.json::<Value>().await?["RESULT"], true);
    assert_eq!(wire.init(false).await?["authenticated"], true);
    Ok(())
}

#[tokio::test]
async fn an_init_needs_a_json_object_with_publish() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    for publish in [json!(false), json!("true"), json!(null)] {
        let body = json!({ "publish": publish, "compete": false });
        assert_eq!(wire.send_init(body.clone()).await?.status(), 500, "{body}");
    }
    for body in [json!([]), json!({ "publish": true, "compete": "no" })] {
        assert_eq!(wire.send_init(body.clone()).await?.status(), 400, "{body}");
    }
    let not_json = wire.http.post(format!("{}/iserver/auth/ssodh/init", wire.base)).body("publish=true");
    assert_eq!(not_json.send().await?.status(), 400);
    let long = json!({ "publish": true, "compete": "x".repeat(70_000) });
    assert_eq!(wire.send_init(long).await?.status(), 413);
    assert!(!sandbox.state().brokerage_session);
    sandbox.lose_link();
    let init = wire.send_init(json!({ "publish": true, "compete": false })).await?;
    assert_eq!(seen(init).await?, answer(500, JSON, r#"{"error":"failed to generate sso dh token"}"#));
    Ok(())
}

#[tokio::test]
async fn a_post_without_a_length_gets_a_page_of_the_delivery_network() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    for (path, headers, status) in [
        ("tickle", "", "411"),
        ("tickle", "Content-Length: 0\r\n", "200"),
        ("tickle", "Transfer-Encoding: chunked\r\n\r\n0\r\n", "200"),
        // The gateway itself answers.
        ("iserver/reauthenticate", "", "200"),
    ] {
        let mut stream = TcpStream::connect(sandbox.root_url().trim_start_matches("http://")).await?;
        let request =
            format!("POST /v1/api/{path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{path} {headers:?}: {text}");
        assert_eq!(text.contains("<title>411 Length Required</title>"), status == "411", "{text}");
    }
    let expected = Etiquette { posts_without_length: 1, ..Etiquette::default() };
    assert_eq!(sandbox.etiquette(), expected);
    assert_eq!(wire.request(Method::GET, "/tickle").send().await?.status(), 200, "a GET needs none");
    Ok(())
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_refused_everywhere() -> Result {
    let (sandbox, wire) = start(Sandbox::builder().address_not_allowed()).await?;
    for url in [wire.base.clone() + "/tickle", sandbox.login_url(), format!("{}/", sandbox.root_url())] {
        let response = wire.http.post(&url).header("Content-Length", 0).send().await?;
        let expected = answer(403, "text/plain", "Error 403 - Access Denied");
        assert_eq!(seen(response).await?, expected, "{url}");
    }
    Ok(())
}

#[tokio::test]
async fn a_gateway_can_want_its_own_origin_on_posts() -> Result {
    let (sandbox, wire) = start(Sandbox::builder().origin_needed()).await?;
    assert_eq!(wire.get("/sso/validate").await?.json::<Value>().await?["RESULT"], true);
    let post = |name: &str, value: String| wire.request(Method::POST, "/tickle").header(name, value).send();
    let root = sandbox.root_url();
    for (name, value, status) in [
        ("Origin", root.to_owned(), 200),
        ("Referer", format!("{root}/sso/Dispatcher"), 200),
        ("Origin", "https://example.org".to_owned(), 401),
        ("Referer", format!("https://example.org/{root}"), 401),
    ] {
        assert_eq!(post(name, value.clone()).await?.status(), status, "{name}: {value}");
    }
    assert_eq!(wire.post("/tickle").await?.status(), 401);
    Ok(())
}

#[tokio::test]
async fn every_status_has_the_body_that_was_seen_with_it() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    for (status, kind, body) in [
        (200, JSON, r#"{"error":"no session"}"#),
        (302, "/sso/Login", ""),
        (400, JSON, NO_BRIDGE),
        (401, JSON, NOT_AUTHENTICATED),
        (410, HTML, ""),
        (429, HTML, ""),
        (500, JSON, r#"{"error":"Please query /accounts first","statusCode":500}"#),
        (502, JSON, r#"{"error":"Bad Gateway","statusCode":502}"#),
        (503, HTML, ""),
    ] {
        sandbox.inject(Operation::TicklePost, Fault::status(StatusCode::from_u16(status)?));
        assert_eq!(seen(wire.post("/tickle").await?).await?, answer(status, kind, body));
    }
    sandbox.inject(Operation::TicklePost, Fault::status(StatusCode::FORBIDDEN));
    let (status, kind, page) = seen(wire.post("/tickle").await?).await?;
    assert_eq!((status, kind.as_str()), (403, HTML));
    assert!(page.contains("Access Denied"), "{page}");
    let init = Operation::IserverAuthSsodhInitPost;
    sandbox.inject(init, Fault::status(StatusCode::INTERNAL_SERVER_ERROR));
    let answered = wire.send_init(json!({ "publish": true, "compete": false })).await?;
    assert_eq!(seen(answered).await?, answer(500, JSON, r#"{"error":"failed to generate sso dh token"}"#));
    sandbox.inject(Operation::TicklePost, Fault::in_success());
    assert_eq!(wire.tickle().await?, json!({ "error": "no session" }));
    assert_eq!(wire.tickle().await?["collission"], false, "the faults are used up");
    Ok(())
}

#[tokio::test]
async fn a_fault_takes_effect_only_if_it_is_applied() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    let init = Operation::IserverAuthSsodhInitPost;
    let unavailable = Fault::status(StatusCode::SERVICE_UNAVAILABLE);
    for (fault, is_open) in [(unavailable.clone(), false), (unavailable.applied(), true)] {
        sandbox.inject(init, fault);
        let answered = wire.send_init(json!({ "publish": true, "compete": false })).await?;
        assert_eq!((answered.status().as_u16(), sandbox.state().brokerage_session), (503, is_open));
    }
    assert_eq!(sandbox.call_count(init), 2);
    Ok(())
}
