//! Answers that are not what anybody expects: each gets its kind with the status kept, and says the page to
//! open where it is a person who must do something.

use broker_session::{
    Error, ErrorKind,
    ibkr::{AuthStatus, Compete},
};
use broker_session_sandbox::{
    Fault,
    ibkr::{Operation, SignedOut},
};
use contract_tests::{HTML, JSON, always, kind, once, respond, says};
use http::StatusCode;

use crate::support::{closed, gateway, gateway_of, sandbox};

/// What the status makes of an answer.
async fn status_of(answer: Vec<u8>) -> Result<AuthStatus, Error> {
    let server = always(answer).await;
    gateway_of(&server, once()).status().await
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
async fn an_object_without_any_member_that_matters_is_no_status() {
    let error = status_of(respond("200 OK", &[JSON], "{}")).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Protocol, Some(200)), "{error}");
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
        let builder = closed().signed_out().when_signed_out(answer);
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
async fn a_logout_that_is_not_confirmed_is_no_success() {
    for (json, expected) in [
        (r#"{"status":false}"#, ErrorKind::Refused),
        (r#"{"confirmed":false}"#, ErrorKind::Refused),
        (r#"{"status":true,"confirmed":false}"#, ErrorKind::Refused),
        (r#"{"status":false,"confirmed":true}"#, ErrorKind::Refused),
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
