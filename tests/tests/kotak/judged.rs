//! Which failures are about the password or the second factor of a call, and which are about something else; and which
//! responses to a logout confirm it.

use broker_session::{Error, ErrorKind, Secret, kotak::Pending};
use contract_tests::{Generated as _, MockResponse, brokers::kotak::Kotak, kind, secret};
use serde_json::{Value, json};

use crate::oddities::Broker;

const LOGIN: &str = "session_login_userid";
const CODE: &str = "session_2fa_accesscode_post";
const TOKEN: &str = "session_2fa_one_time_token";

/// The operations that take a second factor.
const FACTORS: [&str; 3] = [CODE, "session_2fa_mpin", "session_2fa_biometric"];

async fn pending(broker: &Broker) -> Pending {
    broker.client().login(&secret("made-up-password")).await.unwrap()
}

async fn give(pending: &Pending, operation: &str, guess: &Secret) -> Result<(), Error> {
    match operation {
        CODE => pending.submit_access_code(guess).await,
        "session_2fa_mpin" => pending.submit_mpin(guess).await,
        _ => pending.submit_biometric(guess).await,
    }
    .map(drop)
}

fn good(operation: &str) -> MockResponse {
    (&Kotak::spec().first_success(operation)).into()
}

fn wrong_host() -> Value {
    json!({ "fault": { "code": 999_024, "message": "Request can not be processed, please process your request through provided domain",
        "description": "https://ctradeapi.kotaksecurities.com/" } })
}

#[tokio::test]
async fn unrelated_failure_leaves_the_factor_usable_once() -> Result<(), Error> {
    use ErrorKind::{Credentials, Refused, SessionExpired, Unavailable};
    let gateway = |code: &str| json!({ "code": code, "message": "Made-up words", "description": "" });
    for (response, expected) in [
        (MockResponse::empty(401), Credentials),
        (MockResponse::new(401, "text/html", "<h1>Unauthorized</h1>"), Credentials),
        (
            MockResponse::json(401, &json!({ "fault": { "code": 401, "message": "something new" } })),
            Credentials,
        ),
        (MockResponse::json(401, &gateway("900901")), Credentials),
        (MockResponse::json(200, &gateway("900904")), Credentials),
        (MockResponse::json(401, &json!({ "Fault": { "code": "900902" } })), Credentials),
        (MockResponse::json(403, &gateway("900908")), Refused),
        (MockResponse::json(400, &wrong_host()), Refused),
        (MockResponse::json(200, &json!({ "Success": wrong_host() })), Refused),
        (MockResponse::new(403, "text/html", "<h1>Access Denied</h1>"), Refused),
        (MockResponse::empty(407), Unavailable),
        (MockResponse::empty(511), Unavailable),
        (MockResponse::json(400, &json!({ "fault": { "code": 99999 } })), SessionExpired),
    ] {
        for operation in FACTORS {
            let label = format!("{operation} {response:?}");
            let broker = Broker::new().await.respond_with(operation, response.clone());
            let pending = pending(&broker).await;
            let error = give(&pending, operation, &secret("827364")).await.unwrap_err();
            assert_eq!(error.kind(), expected, "{label}: {error}");
            assert!(error.is_guess_reusable(), "{label}: {error}");
            let broker = broker.respond_with(operation, good(operation));
            if expected == SessionExpired {
                let again = give(&pending, operation, &secret("827364")).await;
                assert!(again.is_err_and(|error| error.is_unsent()), "{label}");
                continue;
            }
            give(&pending, operation, &secret("827364")).await?;
            assert_eq!(broker.count(operation), 2, "{label}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_second_factor_in_any_words_is_spent() {
    for words in
        ["Invalid Access Code", "invalid  access code.", "Invalid MPIN.", "Invalid OTP", "INVALID BIOMETRIC"]
    {
        for (status, body) in [
            (401, json!({ "fault": { "code": 401, "message": words, "description": "" } })),
            (200, json!({ "Success": { "fault": { "code": 401, "message": words } } })),
            (403, json!({ "error": words })),
        ] {
            let broker = Broker::new().await.respond_with(CODE, MockResponse::json(status, &body));
            let pending = pending(&broker).await;
            for sent in [true, false] {
                let error = pending.submit_access_code(&secret("0000")).await.unwrap_err();
                assert_eq!(
                    (error.kind(), error.is_unsent()),
                    (ErrorKind::SecondFactor, !sent),
                    "{body}: {error}"
                );
                assert!(!error.is_guess_reusable(), "{body}");
            }
            assert_eq!(broker.count(CODE), 1, "{body}");
        }
    }
}

#[tokio::test]
async fn password_survives_a_refused_access_token() -> Result<(), Error> {
    let gateway = json!({ "fault": { "code": 900_901, "message": "Invalid Credentials", "description": "Access failure for API" } });
    let wrong = json!({ "fault": { "code": 401, "message": "Invalid Credentials", "description": "User id or password is wrong." } });
    let unknown = json!({ "fault": { "code": 401, "message": "something new" } });
    for (response, reusable) in [
        (MockResponse::json(401, &gateway), true),
        (MockResponse::json(200, &gateway), true),
        (MockResponse::json(401, &wrong), false),
        (MockResponse::json(200, &wrong), false),
        (MockResponse::json(401, &unknown), false),
        (MockResponse::empty(401), false),
        (MockResponse::empty(500), false),
    ] {
        let broker = Broker::new().await.respond_with(LOGIN, response.clone());
        let client = broker.client();
        let error = client.login(&secret("made-up-password")).await.unwrap_err();
        assert_eq!(error.is_guess_reusable(), reusable, "{response:?}: {error}");
        let broker = broker.respond_with(LOGIN, good(LOGIN));
        assert_eq!(client.login(&secret("made-up-password")).await.is_ok(), reusable, "{response:?}");
        assert_eq!(broker.count(LOGIN), if reusable { 2 } else { 1 }, "{response:?}");
    }
    Ok(())
}

#[tokio::test]
async fn nothing_is_sent_with_a_dead_one_time_token() {
    let dead = json!({ "fault": { "code": 50001, "message": "Invalid OneTimeToken" } });
    for operation in FACTORS {
        let broker = Broker::new().await.respond_with(operation, MockResponse::json(424, &dead));
        let pending = pending(&broker).await;
        for (guess, unsent) in [("827364", false), ("827365", true)] {
            let error = give(&pending, operation, &secret(guess)).await.unwrap_err();
            assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::LoginRequired, unsent), "{error}");
        }
        assert_eq!(broker.count(operation), 1);
    }
}

#[tokio::test]
async fn unjudged_one_time_token_is_usable_once_more() -> Result<(), Error> {
    let gateway = json!({ "code": "900901", "message": "Invalid Credentials" });
    let broker = Broker::new().await.respond_with(TOKEN, MockResponse::json(401, &gateway));
    let pending = pending(&broker).await;
    assert_eq!(kind(pending.redeem_one_time_token().await), ErrorKind::Credentials);
    let broker = broker.respond_with(TOKEN, MockResponse::json(503, &json!({})));
    assert_eq!(kind(pending.redeem_one_time_token().await), ErrorKind::Unavailable);
    assert!(pending.redeem_one_time_token().await.is_err_and(|error| error.is_unsent()));
    assert_eq!(broker.count(TOKEN), 2);
    Ok(())
}

#[tokio::test]
async fn no_password_is_sent_after_a_failed_init() {
    for (status, body) in [
        (200, json!({ "Fault": { "code": 900_901, "message": "Invalid Credentials" } })),
        (200, json!({ "Success": { "fault": { "code": 999_003, "message": "No" } } })),
        (200, json!({ "success": { "fault": { "code": 999_003 } } })),
        (200, json!({ "data": { "fault": { "code": 999_003 } } })),
        (200, json!({ "error": "something new" })),
        (200, json!({ "error": ["something new"] })),
        (200, json!({ "errMsg": "something new" })),
        (200, json!({ "emsg": "something new" })),
        (200, json!({ "status": "error", "message": "something new" })),
        (200, json!({ "type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "No." })),
        (200, json!({ "message": "No.", "statusCode": "403" })),
        (200, json!({ "stCode": 500 })),
        (
            403,
            json!({ "fault": { "code": 70009, "message": "Account Locked", "description": "Failure:User locked due to Bad tries" } }),
        ),
        (200, json!({ "message": "ACCOUNT  LOCKED.", "fault": "Account locked" })),
    ] {
        let broker = Broker::new().await.respond_with("session_init", MockResponse::json(status, &body));
        let error = broker.session().await.unwrap_err();
        assert_eq!(
            (error.operation(), error.status()),
            (Some("session_init"), Some(status)),
            "{body}: {error}"
        );
        assert_eq!(broker.count(LOGIN), 0, "{body}");
        let is_locked = body.to_string().to_lowercase().contains("locked");
        assert_eq!(error.kind() == ErrorKind::Locked, is_locked, "{body}: {error}");
    }
}

#[tokio::test]
async fn the_other_host_is_named_with_its_path() {
    let token = json!({ "fault": { "code": 900_901, "message": "Invalid Credentials" } });
    for (status, body) in [(400, wrong_host()), (401, wrong_host()), (401, token)] {
        for operation in ["session_init", LOGIN, CODE] {
            let broker = Broker::new().await.respond_with(operation, MockResponse::json(status, &body));
            let error = broker.session().await.unwrap_err();
            let hint = error.hint().unwrap_or_default();
            assert!(
                hint.contains("https://ctradeapi.kotaksecurities.com/apim"),
                "{operation} {body}: {error}"
            );
            assert!(error.to_string().contains(hint), "{error}");
        }
    }
}

#[tokio::test]
async fn logout_counts_only_when_confirmed() -> Result<(), Error> {
    let logout = |response: MockResponse| async move {
        Broker::new().await.respond_with("session_logout", response).session().await?.logout().await
    };
    for body in [
        json!({ "Success": { "message": "Logout Successful." } }),
        json!({ "success": { "message": "logout successful" } }),
        json!({ "data": { "message": "Logout Successful." } }),
        json!({ "message": "Logged out successfully." }),
        json!({ "status": "success" }),
    ] {
        logout(MockResponse::json(200, &body)).await?;
    }
    for (response, expected) in [
        (
            MockResponse::json(200, &json!({ "status": "error", "message": "something new" })),
            ErrorKind::Refused,
        ),
        (MockResponse::json(200, &json!({ "Success": { "status": "error" } })), ErrorKind::Refused),
        (MockResponse::json(200, &json!({ "error": "something new" })), ErrorKind::Refused),
        (
            MockResponse::json(200, &json!({ "status": "error", "message": "Logout Successful." })),
            ErrorKind::Refused,
        ),
        (MockResponse::json(200, &json!({})), ErrorKind::Protocol),
        (MockResponse::json(200, &json!({ "Success": {} })), ErrorKind::Protocol),
        (
            MockResponse::json(200, &json!({ "Success": { "message": "Logout unsuccessful." } })),
            ErrorKind::Protocol,
        ),
        (MockResponse::json(200, &json!({ "Success": { "message": "" } })), ErrorKind::Protocol),
        (MockResponse::empty(200), ErrorKind::Protocol),
        (MockResponse::json(200, &json!({ "fault": { "code": 99999 } })), ErrorKind::SessionExpired),
    ] {
        let error = logout(response.clone()).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (expected, Some(200)), "{response:?}: {error}");
    }
    Ok(())
}
