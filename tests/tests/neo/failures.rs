//! The broker's four forms of a failure, with every status, and beside what looks like a success.

use broker_session::{Error, ErrorKind};
use contract_tests::{
    MockBroker, MockResponse,
    brokers::neo::{Neo, trade},
};
use serde_json::{Value, json};

const OPERATIONS: [&str; 4] = ["trade_api_login", "trade_api_validate", "get_client_ip", "logout"];

/// What comes of this response to an operation on the way to a session and out again.
async fn failed(operation: &str, response: MockResponse) -> Error {
    let broker = MockBroker::<Neo>::new().await.respond_with(operation, response.clone());
    let outcome = async {
        let session = trade(&broker.at()).await?;
        session.client_ip().await?;
        session.logout().await
    };
    let error = outcome.await.expect_err(&format!("{operation}: {response:?}"));
    assert_eq!((error.operation(), broker.count(operation)), (Some(operation), 1), "{response:?}");
    error
}

async fn fault(operation: &str, status: u16, body: &Value) -> Error {
    failed(operation, MockResponse::json(status, body)).await
}

fn words(error: &Error) -> (ErrorKind, Option<&str>, Option<&str>) {
    (error.kind(), error.broker_code(), error.broker_message())
}

/// A failure in one of its forms, with its code and its words.
type Form = (fn(&str, &str) -> Value, bool);

/// The forms, and whether they have a code.
const FORMS: [Form; 7] = [
    (|code, words| json!({ "status": "error", "message": words, "errorCode": code }), true),
    (|code, words| json!({ "error": [{ "code": code, "message": words }] }), true),
    (
        |code, words| json!({ "stCode": code.parse::<i64>().unwrap(), "errMsg": words, "status": "failure" }),
        true,
    ),
    (
        |code, words| json!({ "stCode": code.parse::<i64>().unwrap(), "errMsg": words, "stat": "Not_Ok" }),
        true,
    ),
    (|code, words| json!({ "code": code, "message": words, "description": words }), true),
    (|code, words| json!({ "code": code.parse::<i64>().unwrap(), "message": words }), true),
    (|_, words| json!({ "errMsg": words }), false),
];

#[tokio::test]
async fn failures_are_recognised_in_any_form() {
    let session = json!({ "token": "made-up-token", "sid": "made-up-sid", "kType": "Trade",
        "baseUrl": "https://e43.kotaksecurities.com" });
    for operation in OPERATIONS {
        for (form, has_code) in FORMS {
            for status in [200, 401, 403, 500] {
                let mut body = form("100022", "invalid session token");
                for beside in [false, true] {
                    if beside {
                        body["data"] = if operation == "get_client_ip" { json!([]) } else { session.clone() };
                    }
                    let error = fault(operation, status, &body).await;
                    assert_eq!(error.status(), Some(status), "{operation} {body}");
                    assert_eq!(error.broker_message(), Some("invalid session token"), "{operation} {body}");
                    if has_code {
                        let found = (error.kind(), error.broker_code());
                        assert_eq!(
                            found,
                            (ErrorKind::SessionExpired, Some("100022")),
                            "{operation} {status} {body}"
                        );
                    }
                    assert!(!error.is_retryable() || operation == "get_client_ip", "{error:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn codes_and_sentences_get_their_kind_with_any_status() {
    use ErrorKind::{Credentials, Locked, Refused, SecondFactor, SessionExpired};
    for (body, kind) in [
        (
            json!({ "status": "error", "message": "Invalid credentials or TOTP.", "errorCode": "401" }),
            Credentials,
        ),
        (json!({ "stCode": 429, "errMsg": "Invalid UCC", "status": "failure" }), Credentials),
        (json!({ "status": "error", "message": "Invalid MPIN.", "errorCode": "401" }), SecondFactor),
        (json!({ "stCode": 401, "errMsg": "Invalid MPIN", "status": "failure" }), SecondFactor),
        (json!({ "stCode": 100_022, "errMsg": "invalid session token", "stat": "Not_Ok" }), SessionExpired),
        (
            json!({ "code": "900901", "message": "Invalid Credentials", "description": "made up" }),
            Credentials,
        ),
        (json!({ "stCode": 100_008, "errMsg": "IP address not whitelisted", "stat": "Not_Ok" }), Refused),
        (json!({ "status": "error", "message": "Account locked.", "errorCode": "403" }), Locked),
    ] {
        for operation in ["trade_api_login", "trade_api_validate"] {
            for status in [200, 400, 401, 403] {
                let error = fault(operation, status, &body).await;
                assert_eq!(
                    (error.kind(), error.status()),
                    (kind, Some(status)),
                    "{operation} {status} {body}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_ucc_that_is_called_429_is_no_rate_limit() {
    let body = json!({ "stCode": 429, "errMsg": "Invalid UCC", "status": "failure" });
    let error = fault("trade_api_login", 200, &body).await;
    assert_eq!(words(&error), (ErrorKind::Credentials, Some("429"), Some("Invalid UCC")));
    assert_eq!((error.retry_after(), error.is_retryable()), (None, false));
}

#[tokio::test]
async fn unknown_words_are_never_a_success() {
    for operation in OPERATIONS {
        for body in [
            json!({ "stCode": 1, "errMsg": "something new", "status": "failure" }),
            json!({ "stCode": null, "errMsg": "something new" }),
            json!({ "status": "error", "message": "something new", "errorCode": "E1" }),
            json!({ "error": [{ "message": "something new" }] }),
            json!({ "code": "1", "message": "something new" }),
        ] {
            let error = fault(operation, 200, &body).await;
            assert_eq!(
                (error.kind(), error.status()),
                (ErrorKind::Refused, Some(200)),
                "{operation} {body}: {error}"
            );
            assert_eq!(error.broker_message(), Some("something new"), "{operation} {body}");
        }
        for body in [json!({ "error": [] }), json!({ "error": [{}] }), json!({ "errMsg": "" })] {
            let error = fault(operation, 200, &body).await;
            assert!(
                matches!(error.kind(), ErrorKind::Refused | ErrorKind::Protocol),
                "{operation} {body}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn of_several_words_the_first_ones_are_not_lost() {
    let body = json!({ "error": [{ "code": "10512", "message": "Required header not found." },
        { "code": "400", "message": "Missing required field 'MobileNumber'" }] });
    let error = fault("trade_api_login", 400, &body).await;
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Refused, Some("10512")));
    assert!(
        error.broker_message().is_some_and(|words| words.contains("Required header not found.")),
        "{error}"
    );
}

#[tokio::test]
async fn a_failure_of_an_odd_shape_is_no_success() {
    for operation in ["trade_api_login", "trade_api_validate", "get_client_ip"] {
        for body in [
            json!({ "status": "error" }),
            json!({ "status": "failure", "stCode": 401 }),
            json!({ "stat": "Not_Ok" }),
            json!({ "error": "Invalid MPIN." }),
            json!({ "error": { "code": "401", "message": "Invalid MPIN." } }),
            json!({ "errMsg": { "text": "Invalid MPIN" } }),
            json!({ "errorCode": [] }),
            json!({ "data": null, "status": "success" }),
            json!("Invalid MPIN."),
        ] {
            let error = fault(operation, 200, &body).await;
            assert_eq!(error.status(), Some(200), "{operation} {body}: {error}");
            assert!(!error.is_unsent(), "{operation} {body}: {error:?}");
        }
    }
}

#[tokio::test]
async fn logout_counts_only_when_confirmed() {
    for body in [
        json!({ "stat": "Ok" }),
        json!({ "stat": "Ok", "stCode": 200, "message": "Logged out." }),
        json!({ "status": "success" }),
        json!({ "stCode": 1000, "something": "new" }),
    ] {
        let broker = MockBroker::<Neo>::new().await.with("logout", &body);
        let outcome = trade(&broker.at()).await.unwrap().logout().await;
        assert!(outcome.is_ok(), "{body}: {outcome:?}");
    }
    for body in [
        json!({}),
        json!({ "something": "new" }),
        json!({ "stat": "Not_Ok" }),
        json!({ "status": "error" }),
        json!({ "status": "failure", "stCode": 200 }),
        json!({ "stCode": 401 }),
    ] {
        let error = fault("logout", 200, &body).await;
        assert_eq!((error.status(), error.is_retryable()), (Some(200), false), "{body}: {error}");
    }
}

#[tokio::test]
async fn a_session_beside_a_status_of_failure_is_none() {
    let session = json!({ "token": "made-up-token", "sid": "made-up-sid", "kType": "Trade",
        "baseUrl": "https://e43.kotaksecurities.com" });
    for status in ["error", "failure", "Not_Ok", " FAILURE "] {
        let mut within = session.clone();
        within["status"] = status.into();
        for body in [json!({ "data": within }), json!({ "data": session, "status": status })] {
            for operation in ["trade_api_login", "trade_api_validate"] {
                let error = fault(operation, 200, &body).await;
                assert_eq!(
                    (error.kind(), error.status()),
                    (ErrorKind::Refused, Some(200)),
                    "{body}: {error}"
                );
            }
        }
    }
}

#[tokio::test]
async fn the_time_to_wait_is_read_from_any_form() {
    let page = MockResponse::new(503, "text/html", "<h1>Later</h1>");
    let json = MockResponse::json(429, &json!({ "code": "900800", "message": "Message throttled out" }));
    for response in [page, json] {
        let error = failed("trade_api_login", response.header("retry-after", "7")).await;
        assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(7)));
        assert!(!error.is_retryable());
    }
}
