//! Unexpected responses: each gets its kind, with its status and, where a person must act, the page to open.

use broker_session::{
    Error, ErrorKind,
    ibkr::{AuthStatus, Compete},
};
use broker_session_sandbox::{
    Fault,
    ibkr::{Operation, SignedOut},
};
use contract_tests::{HTML, JSON, kind, once, respond, serve_always, serve_json};
use http::StatusCode;

use crate::support::{closed, gateway, gateway_of, sandbox};

/// The status call with this response.
async fn status_of(response: Vec<u8>) -> Result<AuthStatus, Error> {
    let server = serve_always(response).await;
    gateway_of(&server, once()).auth_status().await
}

#[tokio::test]
async fn a_problem_is_understood_whatever_its_media_type() {
    let problem = [("content-type", "application/problem+json")];
    let json = r#"{"error":"not authenticated","statusCode":401}"#;
    let error = status_of(respond("401 Unauthorized", &problem, json)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::SessionExpired, Some(401)), "{error}");
    let page = respond("401 Unauthorized", &[HTML], "<html>Who?</html>");
    let error = status_of(page).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::LoginRequired, Some(401)), "{error}");
    assert!(error.login_url().is_some());
}

#[tokio::test]
async fn an_object_without_a_known_field_is_no_status() {
    let error = status_of(respond("200 OK", &[JSON], "{}")).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Protocol, Some(200)), "{error}");
}

#[tokio::test]
async fn a_failure_in_a_success_wins() {
    for json in [
        r#"{"error":"no session"}"#,
        r#"{"error":"no session","authenticated":true,"connected":true}"#,
        r#"{"authenticated":true,"connected":true,"competing":false,"error":"NO SESSION"}"#,
        r#"{"error":" no session ","statusCode":200}"#,
    ] {
        let server = serve_json(json).await;
        assert_eq!(
            kind(gateway_of(&server, once()).auth_status().await),
            ErrorKind::SessionExpired,
            "{json}"
        );
        assert_eq!(kind(gateway_of(&server, once()).tickle().await), ErrorKind::SessionExpired, "{json}");
        assert_eq!(
            kind(gateway_of(&server, once()).validate_sso().await),
            ErrorKind::LoginRequired,
            "{json}"
        );
    }
    // Null is no failure.
    let server = serve_json(r#"{"error":null,"authenticated":true,"connected":true}"#).await;
    assert!(gateway_of(&server, once()).auth_status().await.unwrap().is_ready());
}

#[tokio::test]
async fn unknown_messages_are_refusals() {
    let server = serve_json(r#"{"error":"something \u001b[2Jnew"}"#).await;
    let error = gateway_of(&server, once()).tickle().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Refused, Some(200)));
    assert_eq!(error.broker_message(), Some("something [2Jnew"));
}

#[tokio::test]
async fn fields_of_another_type_are_left_out() {
    let odd = r#"{"authenticated":true,"connected":true,"established":"soon","message":{"a":1},
        "serverInfo":[],"prompts":{"x":1},"fail":{},"competing":null,"MAC":5}"#;
    let server = serve_json(odd).await;
    let status = gateway_of(&server, once()).auth_status().await.unwrap();
    assert!(status.is_ready(), "{status:?}");
    assert_eq!((status.established, &status.message, &status.server_info), (None, &None, &None));
}

#[tokio::test]
async fn a_fail_that_is_false_is_no_failure() {
    let server =
        serve_json(r#"{"authenticated":true,"connected":true,"established":true,"fail":false}"#).await;
    let status = gateway_of(&server, once()).auth_status().await.unwrap();
    assert!(status.is_ready(), "{status:?}");
}

#[tokio::test]
async fn a_string_is_no_flag() {
    let server = serve_json(r#"{"authenticated":"true","connected":"true","competing":"false"}"#).await;
    let outcome = gateway_of(&server, once()).auth_status().await;
    // It may be read as a flag or refused, but not be read as its opposite.
    assert!(outcome.as_ref().map_or(true, AuthStatus::is_ready), "{outcome:?}");
}

#[tokio::test]
async fn the_reason_for_a_refusal_comes_from_a_second_call() {
    let reason = "Force compete capability must be used together with compete flag";
    let sandbox = sandbox().await;
    sandbox.compete();
    let gateway = gateway(sandbox.base_url());
    let error = gateway.open_session(Compete::Yield).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Refused, Some(200)));
    assert_eq!(error.operation(), Some("iserver_auth_ssodh_init_post"));
    assert_eq!(error.broker_message(), Some(reason));
    assert!(error.to_string().contains(reason), "{error}");
    let ids: Vec<_> = sandbox.calls().iter().map(|call| call.operation.unwrap()).collect();
    assert_eq!(ids, ["iserver_auth_ssodh_init_post", "iserver_auth_status_post"]);
    assert_eq!(sandbox.violations().inits_with_compete, 0);
}

#[tokio::test]
async fn refusal_stays_one_without_its_reason() {
    for fault in [Fault::reset(), Fault::empty(StatusCode::SERVICE_UNAVAILABLE), Fault::cut_body()] {
        let sandbox = sandbox().await;
        sandbox.compete();
        sandbox.inject(Operation::IserverAuthStatusPost, fault);
        let error = gateway(sandbox.base_url()).open_session(Compete::Yield).await.unwrap_err();
        assert_eq!((error.kind(), error.broker_message()), (ErrorKind::Refused, None), "{error}");
    }
}

#[tokio::test]
async fn a_successful_opening_returns_the_state() -> Result<(), Error> {
    let sandbox = sandbox().await;
    for base in [sandbox.base_url(), sandbox.older_base_url()] {
        sandbox.sign_in();
        let status = gateway(base).open_session(Compete::Yield).await?;
        assert!(status.is_ready(), "{status:?}");
        assert_eq!(status.established.is_some(), base == sandbox.base_url());
    }
    Ok(())
}

#[tokio::test]
async fn an_empty_tickle_is_a_tickle_without_a_state() -> Result<(), Error> {
    for response in
        [respond("200 OK", &[], ""), respond("200 OK", &[JSON], " \n"), respond("200 OK", &[], "{}")]
    {
        let server = serve_always(response).await;
        let tickle = gateway_of(&server, once()).tickle().await?;
        assert_eq!((&tickle.session, AuthStatus::in_tickle(&tickle)), (&None, None));
    }
    Ok(())
}

#[tokio::test]
async fn ended_sign_on_is_recognised_in_every_form() {
    use SignedOut::{Empty401, Html401, Json401, NoSession, Redirect};
    for response in [Json401, Empty401, Html401, Redirect, NoSession] {
        let builder = closed().signed_out().when_signed_out(response);
        let sandbox = builder.start().await.unwrap();
        let gateway = gateway(sandbox.base_url());
        let error = gateway.validate_sso().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LoginRequired, "{response:?}: {error}");
        assert_eq!(error.login_url(), Some(&*format!("{}/", sandbox.root_url())), "{response:?}");
        assert!(error.to_string().contains(sandbox.root_url()), "{error}");
        let has_message = matches!(response, Json401 | NoSession);
        let expected = if has_message { ErrorKind::SessionExpired } else { ErrorKind::LoginRequired };
        assert_eq!(kind(gateway.tickle().await), expected, "{response:?}");
        assert_eq!(kind(gateway.auth_status().await), expected, "{response:?}");
    }
}

#[tokio::test]
async fn login_redirect_names_the_callers_page() {
    for location in [
        "/sso/Login?forwardTo=22&RL=1&token=made-up-token",
        "/sso/Dispatcher",
        "https://evil.example/sso/Login?token=made-up-token",
        "https://www.interactivebrokers.com/sso/Login",
    ] {
        let server = serve_always(respond("302 Found", &[("location", location)], "")).await;
        let gateway = gateway_of(&server, once());
        let error = gateway.auth_status().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::LoginRequired, Some(302)), "{location}");
        assert_eq!(error.login_url(), Some(&*format!("{}/", server.base_url())), "{location}");
        assert!(!format!("{error} {error:?}").contains("made-up-token"), "{error:?}");
    }
}

#[tokio::test]
async fn a_logout_that_is_not_confirmed_is_no_success() {
    for (json, expected) in [
        (r#"{"status":false}"#, ErrorKind::Refused),
        (r#"{"confirmed":false}"#, ErrorKind::Refused),
        (r#"{"status":true,"confirmed":false}"#, ErrorKind::Refused),
        (r#"{"status":false,"confirmed":true}"#, ErrorKind::Refused),
        (r#"{"status":null}"#, ErrorKind::Protocol),
        (r#"{"error":"no session"}"#, ErrorKind::SessionExpired),
    ] {
        let server = serve_json(json).await;
        assert_eq!(kind(gateway_of(&server, once()).logout().await), expected, "{json}");
    }
}

#[tokio::test]
async fn decay_is_recognised_by_its_message() {
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
