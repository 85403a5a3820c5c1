//! Answers that are not what anybody expects: each gets its kind with the status kept, and says the page to
//! open where it is a person who must do something.

use broker_session::{
    Connection, Error, ErrorKind,
    ibkr::{AuthStatus, Compete, Gateway},
};
use broker_session_sandbox::{
    Fault,
    ibkr::{Operation, SignedOut},
};
use contract_tests::{Raw, Reaction, respond};
use http::{HeaderValue, StatusCode};

use crate::support::{
    AT_ONCE, HTML, JSON, READY, SHORT, always, gateway, gateway_of, kind, once, sandbox, says,
};

/// What the status makes of an answer.
async fn status_of(answer: Vec<u8>) -> Result<AuthStatus, Error> {
    let server = always(answer).await;
    gateway_of(&server, once()).status().await
}

#[tokio::test]
async fn whatever_does_not_fit_gets_its_kind_and_keeps_its_status() {
    use ErrorKind::{LoginRequired, Protocol, Refused, SessionExpired, Unavailable};
    let denied = "<html><head><title>Access Denied</title></head></html>";
    let cases = [
        ("a page with 403", respond("403 Forbidden", &[HTML], denied), Refused, 403),
        ("a page with 401", respond("401 Unauthorized", &[HTML], "<html>Who?</html>"), LoginRequired, 401),
        ("nothing with 401", respond("401 Unauthorized", &[], ""), LoginRequired, 401),
        ("blanks with 401", respond("401 Unauthorized", &[JSON], " \r\n"), LoginRequired, 401),
        ("nothing with 503", respond("503 Service Unavailable", &[], ""), Unavailable, 503),
        ("a page with 502", respond("502 Bad Gateway", &[HTML], "<html>no</html>"), Unavailable, 502),
        ("a page with 411", respond("411 Length Required", &[HTML], "<html>length</html>"), Refused, 411),
        ("nothing with 404", respond("404 Not Found", &[], ""), Refused, 404),
        ("nothing with 200", respond("200 OK", &[JSON], ""), Protocol, 200),
        ("nothing with 204", b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(), Protocol, 204),
        ("no member that matters", respond("200 OK", &[JSON], "{}"), Protocol, 200),
        ("a list", respond("200 OK", &[JSON], "[]"), Protocol, 200),
        ("a number", respond("200 OK", &[JSON], "5"), Protocol, 200),
        ("a page with 200", respond("200 OK", &[HTML], "<html>Welcome</html>"), Protocol, 200),
        ("half of the JSON", respond("200 OK", &[JSON], r#"{"authenticated":tr"#), Protocol, 200),
        ("no UTF-8", [respond("200 OK", &[JSON], ""), vec![0xff]].concat(), Protocol, 200),
        (
            "a problem as it is documented",
            respond(
                "401 Unauthorized",
                &[("content-type", "application/problem+json")],
                r#"{"error":"not authenticated","statusCode":401}"#,
            ),
            SessionExpired,
            401,
        ),
        (
            "cut off",
            b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 50\r\n\r\n<html>".to_vec(),
            Unavailable,
            503,
        ),
    ];
    for (name, answer, kind, status) in cases {
        let error = status_of(answer).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)), "{name}: {error}");
        assert_eq!(error.login_url().is_some(), kind == LoginRequired, "{name}: {error}");
        assert_eq!(error.operation(), Some("iserver_auth_status_post"));
    }
}

#[tokio::test]
async fn a_failure_in_a_success_wins_whatever_stands_beside_it() {
    for json in [
        r#"{"error":"no session"}"#,
        r#"{"error":"no session","authenticated":true,"connected":true}"#,
        r#"{"authenticated":true,"connected":true,"competing":false,"error":"NO SESSION"}"#,
        r#"{"error":" no session ","statusCode":200}"#,
    ] {
        let server = says(json).await;
        assert_eq!(kind(gateway_of(&server, once()).status().await), ErrorKind::SessionExpired, "{json}");
        assert_eq!(kind(gateway_of(&server, once()).tickle().await), ErrorKind::SessionExpired, "{json}");
        assert_eq!(kind(gateway_of(&server, once()).validate().await), ErrorKind::LoginRequired, "{json}");
    }
    // Null is no failure.
    let server = says(r#"{"error":null,"authenticated":true,"connected":true}"#).await;
    assert!(gateway_of(&server, once()).status().await.unwrap().is_ready());
}

#[tokio::test]
async fn words_that_nobody_knows_are_a_refusal_with_the_brokers_words() {
    let server = says(r#"{"error":"something \u001b[2Jnew"}"#).await;
    let error = gateway_of(&server, once()).tickle().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Refused, Some(200)));
    assert_eq!(error.broker_message(), Some("something [2Jnew"));
}

#[tokio::test]
async fn members_of_another_type_are_left_out() {
    let odd = r#"{"authenticated":true,"connected":true,"established":"soon","message":{"a":1},
        "serverInfo":[],"prompts":{"x":1},"fail":{},"competing":null,"MAC":5}"#;
    let server = says(odd).await;
    let status = gateway_of(&server, once()).status().await.unwrap();
    assert!(status.is_ready(), "{status:?}");
    assert_eq!((status.established, status.message, status.server_name), (None, None, None));
}

#[tokio::test]
async fn a_fail_that_is_false_is_no_failure() {
    let server = says(r#"{"authenticated":true,"connected":true,"established":true,"fail":false}"#).await;
    let status = gateway_of(&server, once()).status().await.unwrap();
    assert!(status.is_ready(), "{status:?}");
}

#[tokio::test]
async fn a_text_is_no_flag() {
    let server = says(r#"{"authenticated":"true","connected":"true","competing":"false"}"#).await;
    let outcome = gateway_of(&server, once()).status().await;
    // To take it for one is as good as to refuse it; to take it for its opposite is not.
    assert!(outcome.as_ref().map_or(true, AuthStatus::is_ready), "{outcome:?}");
}

#[tokio::test]
async fn the_reason_for_a_refusal_comes_from_a_second_call() {
    let reason = "Force compete capability must be used together with compete flag";
    let sandbox = sandbox().await;
    sandbox.compete();
    let gateway = gateway(sandbox.base_url());
    let error = gateway.init(Compete::Yield).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Refused, Some(200)));
    assert_eq!(error.operation(), Some("iserver_auth_ssodh_init_post"));
    assert_eq!(error.broker_message(), Some(reason));
    assert!(error.to_string().contains(reason), "{error}");
    let ids: Vec<_> = sandbox.calls().iter().map(|call| call.operation.unwrap()).collect();
    assert_eq!(ids, ["iserver_auth_ssodh_init_post", "iserver_auth_status_post"]);
    assert_eq!(sandbox.etiquette().inits_with_compete, 0);
}

#[tokio::test]
async fn a_refusal_stays_one_when_its_reason_cannot_be_found_out() {
    for fault in [Fault::reset(), Fault::empty(StatusCode::SERVICE_UNAVAILABLE), Fault::cut_body()] {
        let sandbox = sandbox().await;
        sandbox.compete();
        sandbox.inject(Operation::IserverAuthStatusPost, fault);
        let error = gateway(sandbox.base_url()).init(Compete::Yield).await.unwrap_err();
        assert_eq!((error.kind(), error.broker_message()), (ErrorKind::Refused, None), "{error}");
    }
}

#[tokio::test]
async fn an_opening_that_takes_effect_says_how_the_session_is() -> Result<(), Error> {
    let sandbox = sandbox().await;
    for base in [sandbox.base_url(), sandbox.older_base_url()] {
        sandbox.sign_in();
        let status = gateway(base).init(Compete::Yield).await?;
        assert!(status.is_ready(), "{status:?}");
        assert_eq!(status.established.is_some(), base == sandbox.base_url());
    }
    Ok(())
}

#[tokio::test]
async fn an_empty_tickle_is_a_tickle_that_says_nothing() -> Result<(), Error> {
    for answer in
        [respond("200 OK", &[], ""), respond("200 OK", &[JSON], " \n"), respond("200 OK", &[], "{}")]
    {
        let server = always(answer).await;
        let tickle = gateway_of(&server, once()).tickle().await?;
        assert_eq!((tickle.session, tickle.status), (None, None));
    }
    Ok(())
}

#[tokio::test]
async fn a_single_sign_on_that_is_over_is_known_in_every_form() {
    use SignedOut::{Empty401, Html401, Json401, NoSession, Redirect};
    for answer in [Json401, Empty401, Html401, Redirect, NoSession] {
        let builder = broker_session_sandbox::ibkr::Sandbox::builder().signed_out().when_signed_out(answer);
        let sandbox = builder.start().await.unwrap();
        let gateway = gateway(sandbox.base_url());
        let error = gateway.validate().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LoginRequired, "{answer:?}: {error}");
        assert_eq!(error.login_url(), Some(&*format!("{}/", sandbox.root_url())), "{answer:?}");
        assert!(error.to_string().contains(sandbox.root_url()), "{error}");
        let words_of_the_broker = matches!(answer, Json401 | NoSession);
        let expected = if words_of_the_broker { ErrorKind::SessionExpired } else { ErrorKind::LoginRequired };
        assert_eq!(kind(gateway.tickle().await), expected, "{answer:?}");
        assert_eq!(kind(gateway.status().await), expected, "{answer:?}");
    }
}

#[tokio::test]
async fn a_redirect_to_the_login_page_names_the_callers_own_page_and_not_the_answers() {
    for location in [
        "/sso/Login?forwardTo=22&RL=1&token=made-up-token",
        "/sso/Dispatcher",
        "https://evil.example/sso/Login?token=made-up-token",
        "https://www.interactivebrokers.com/sso/Login",
    ] {
        let server = always(respond("302 Found", &[("location", location)], "")).await;
        let gateway = gateway_of(&server, once());
        let error = gateway.status().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::LoginRequired, Some(302)), "{location}");
        assert_eq!(error.login_url(), Some(&*format!("{}/", server.base_url())), "{location}");
        assert!(!format!("{error} {error:?}").contains("made-up-token"), "{error:?}");
    }
}

#[tokio::test]
async fn a_redirect_elsewhere_is_not_followed_and_no_reason_to_sign_in() {
    let elsewhere = says(READY).await;
    for status in [301, 302, 303, 307, 308] {
        for (location, expected) in [
            (elsewhere.base_url(), ErrorKind::Protocol),
            ("https://evil.example/v1/api", ErrorKind::HostNotAllowed),
            ("/v1/portal/iserver/auth/status", ErrorKind::Protocol),
        ] {
            let sandbox = sandbox().await;
            let location = HeaderValue::from_str(location).unwrap();
            let fault = Fault::redirect(StatusCode::from_u16(status).unwrap(), location);
            sandbox.inject_always(Operation::IserverAuthStatusPost, fault);
            let error = gateway(sandbox.base_url()).status().await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (expected, Some(status)), "{error}");
            assert_eq!((error.login_url(), sandbox.calls().len()), (None, 1));
        }
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_silent_server_ends_in_time() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"authen".to_vec();
    for (stall, status) in [(Vec::new(), None), (b"HTTP/1.1 20".to_vec(), None), (half, Some(200))] {
        let server = Raw::start(move |_| Reaction::Stall(stall.clone())).await;
        let gateway = gateway_of(&server, once().deadlines(SHORT));
        let error = gateway.init(Compete::Yield).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Timeout, status), "{error}");
        assert!(!error.is_unsent() && !error.is_retryable(), "an opening may have taken effect");
    }
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n\"".to_vec();
    for connection in [once(), once().body_limit(1000)] {
        let (head, chunk) = (head.clone(), vec![b'x'; 4096]);
        let server = Raw::start(move |_| Reaction::Endless(head.clone(), chunk.clone())).await;
        let error = gateway_of(&server, connection).tickle().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Protocol, Some(200)), "{error}");
    }
}

#[tokio::test]
async fn a_connection_that_is_lost_is_no_answer() {
    for (fault, status) in [(Fault::reset(), None), (Fault::cut_body(), Some(200))] {
        let sandbox = sandbox().await;
        sandbox.inject_always(Operation::IserverAuthSsodhInitPost, fault.applied());
        let error = gateway(sandbox.base_url()).init(Compete::Yield).await.unwrap_err();
        let expected = if status.is_some() { ErrorKind::Protocol } else { ErrorKind::Unavailable };
        assert_eq!((error.kind(), error.status()), (expected, status), "{error}");
        assert!(!error.is_unsent() && !error.is_retryable(), "an opening may have taken effect");
        assert_eq!(sandbox.call_count(Operation::IserverAuthSsodhInitPost), 1, "it is not repeated");
    }
}

#[tokio::test]
async fn what_may_be_repeated_is_repeated_and_an_opening_is_not() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let gateway = Gateway::builder()
        .base_url(sandbox.base_url())
        .connection(Connection::new().retry(AT_ONCE))
        .build()?;
    for operation in [
        Operation::IserverAuthStatusPost,
        Operation::IserverAuthSsodhInitPost,
        Operation::IserverReauthenticatePost,
        Operation::LogoutPost,
    ] {
        sandbox.inject_times(operation, 2, Fault::empty(StatusCode::SERVICE_UNAVAILABLE));
    }
    gateway.status().await?;
    assert_eq!(sandbox.call_count(Operation::IserverAuthStatusPost), 3);
    assert_eq!(kind(gateway.init(Compete::Yield).await), ErrorKind::Unavailable);
    assert_eq!(kind(gateway.reauthenticate().await), ErrorKind::Unavailable);
    assert_eq!(kind(gateway.logout().await), ErrorKind::Unavailable);
    assert_eq!(sandbox.calls().len(), 6);
    Ok(())
}

#[tokio::test]
async fn a_logout_that_is_not_confirmed_is_no_success() {
    for (json, expected) in [
        (r#"{"status":false}"#, ErrorKind::Refused),
        (r#"{"confirmed":false}"#, ErrorKind::Refused),
        (r#"{"status":null}"#, ErrorKind::Protocol),
        (r#"{"error":"no session"}"#, ErrorKind::SessionExpired),
    ] {
        let server = says(json).await;
        assert_eq!(kind(gateway_of(&server, once()).logout().await), expected, "{json}");
    }
}

#[tokio::test]
async fn decay_is_told_by_its_words() {
    for (operation, fault, expected) in [
        (Operation::TicklePost, Fault::status(StatusCode::INTERNAL_SERVER_ERROR), ErrorKind::SessionExpired),
        (Operation::TicklePost, Fault::status(StatusCode::UNAUTHORIZED), ErrorKind::SessionExpired),
        (Operation::TicklePost, Fault::status(StatusCode::BAD_REQUEST), ErrorKind::Unavailable),
        (Operation::TicklePost, Fault::in_success(), ErrorKind::SessionExpired),
        (Operation::TicklePost, Fault::html_page(StatusCode::INTERNAL_SERVER_ERROR), ErrorKind::Unavailable),
    ] {
        let sandbox = sandbox().await;
        let label = format!("{fault:?}");
        sandbox.inject_always(operation, fault);
        assert_eq!(kind(gateway(sandbox.base_url()).tickle().await), expected, "{label}");
    }
}
