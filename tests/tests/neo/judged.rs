//! Which failures are about the MPIN or the one-time password of a call, and which are about something else.

use broker_session::{Error, ErrorKind};
use contract_tests::{
    Generated as _, MockBroker, MockResponse,
    brokers::neo::{CODE, MPIN, Neo, client, trade, view},
    kind, secret,
};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimePrinter};
use serde_json::{Value, json};

const LOGIN: &str = "trade_api_login";
const VALIDATE: &str = "trade_api_validate";

fn json(status: u16, body: Value) -> MockResponse {
    MockResponse::json(status, &body)
}

/// Responses to the MPIN that do not judge it, and their kinds.
fn unjudged() -> Vec<(MockResponse, ErrorKind)> {
    use ErrorKind::{Credentials, LoginRequired, Refused, SessionExpired, Unavailable};
    let page = |status, words: &str| MockResponse::new(status, "text/html", format!("<h1>{words}</h1>"));
    let gateway = |code: &str| json!({ "code": code, "message": "Made-up words", "description": "" });
    let mut all = vec![
        (MockResponse::empty(401), Credentials),
        (page(401, "Unauthorized"), Credentials),
        (json(401, json!({ "error": "unauthorized" })), Credentials),
        (
            json(401, json!({ "status": "error", "message": "something new", "errorCode": "401" })),
            Credentials,
        ),
        (json(401, json!({ "type": "about:blank", "title": "Unauthorized", "status": 401 })), Credentials),
        (json(401, json!({ "Fault": { "faultstring": "something new" } })), Credentials),
        (json(200, json!({ "stCode": 401, "errMsg": "something new" })), Credentials),
        (json(401, gateway("900900")), Credentials),
        (page(403, "Access Denied"), Refused),
        (
            json(400, json!({ "error": [{ "code": "10512", "message": "Required header not found." }] })),
            Refused,
        ),
        (
            json(
                200,
                json!({ "error": [{ "code": "400", "message": "Missing required field 'NeoFinKey'" }] }),
            ),
            Refused,
        ),
        (
            json(
                401,
                json!({ "error": [{ "code": "10522", "message": "Issues while generating OTP! Try to login again." }] }),
            ),
            LoginRequired,
        ),
        (json(401, json!({ "stCode": 1037, "errMsg": "session ip do not match" })), SessionExpired),
        (
            json(401, json!({ "data": { "stCode": 100_022, "errMsg": "invalid session token" } })),
            SessionExpired,
        ),
        (json(200, json!({ "stat": "Not_Ok", "emsg": "Invalid session", "stCode": 1003 })), SessionExpired),
        (page(407, "Proxy Authentication Required"), Unavailable),
        (page(511, "Network Authentication Required"), Unavailable),
    ];
    for code in 900_901..=900_910 {
        let kind = if code < 900_906 { Credentials } else { Refused };
        for status in [200, 401, 403, 500] {
            all.push((json(status, gateway(&code.to_string())), kind));
        }
    }
    all
}

#[tokio::test]
async fn unrelated_failure_leaves_the_mpin_usable_once() -> Result<(), Error> {
    for (response, expected) in unjudged() {
        let label = format!("{response:?}");
        let broker = MockBroker::<Neo>::new().await.respond_with(VALIDATE, response);
        let client = client(&broker.at())?;
        let first = client.login_totp(&secret(CODE)).await?;
        let error = first.validate(&secret(MPIN)).await.unwrap_err();
        assert_eq!(error.kind(), expected, "{label}: {error}");
        assert!(
            error.is_guess_reusable() && error.to_string().contains("may be used again"),
            "{label}: {error}"
        );
        let is_over = matches!(expected, ErrorKind::SessionExpired | ErrorKind::LoginRequired);
        let good = Neo::spec().first_success(VALIDATE);
        let broker = broker.respond_with(VALIDATE, &good);
        let again = first.validate(&secret(MPIN)).await;
        if !is_over {
            again?;
            assert_eq!(broker.count(VALIDATE), 2, "{label}");
        } else {
            // A session that is over does not look at it either.
            assert!(again.is_err_and(|error| error.is_unsent()), "{label}");
            client.login_totp(&secret("112233")).await?.validate(&secret(MPIN)).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn unjudged_mpin_is_not_sent_for_ever() -> Result<(), Error> {
    let broker = MockBroker::<Neo>::new().await.respond_with(VALIDATE, MockResponse::empty(401));
    let view = view(&broker.at()).await?;
    for sent in [true, true, false, false] {
        let error = view.validate(&secret(MPIN)).await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Credentials, !sent), "{error}");
    }
    assert_eq!(broker.count(VALIDATE), 2);
    Ok(())
}

#[tokio::test]
async fn truncated_response_spends_the_mpin() -> Result<(), Error> {
    let words = format!("{}{}", " ".repeat(100_000), "Invalid MPIN.");
    let broker =
        MockBroker::<Neo>::new().await.respond_with(VALIDATE, json(401, json!({ "message": words })));
    let view = view(&broker.at()).await?;
    let error = view.validate(&secret(MPIN)).await.unwrap_err();
    assert!(!error.is_guess_reusable(), "{error}");
    assert!(view.validate(&secret(MPIN)).await.unwrap_err().is_unsent());
    Ok(())
}

#[tokio::test]
async fn a_wrong_mpin_in_any_form_is_spent() -> Result<(), Error> {
    for (status, body) in [
        (401, json!({ "status": "error", "message": "Invalid MPIN.", "errorCode": "401" })),
        (401, json!({ "status": "error", "message": "INVALID  MPIN" })),
        (200, json!({ "stCode": 401, "errMsg": "Invalid MPIN", "status": "failure" })),
        (200, json!({ "data": { "stCode": 401, "errMsg": "Invalid MPIN" } })),
        (403, json!({ "fault": { "code": 1, "message": "Invalid MPIN" } })),
        (400, json!({ "error": "Invalid MPIN." })),
        (401, json!({ "error": ["Invalid MPIN."] })),
    ] {
        let broker = MockBroker::<Neo>::new().await.respond_with(VALIDATE, MockResponse::json(status, &body));
        let view = view(&broker.at()).await?;
        for sent in [true, false] {
            let error = view.validate(&secret(MPIN)).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.is_unsent()),
                (ErrorKind::SecondFactor, !sent),
                "{body}: {error}"
            );
            assert!(!error.is_guess_reusable(), "{body}");
        }
        assert_eq!(broker.count(VALIDATE), 1, "{body}");
    }
    Ok(())
}

#[tokio::test]
async fn unknown_outcome_spends_the_mpin() -> Result<(), Error> {
    let limit =
        json!({ "code": 429, "error": "Rate limit exceeded", "message": "too many request received" });
    for response in [
        MockResponse::empty(500),
        MockResponse::empty(502),
        MockResponse::empty(503),
        MockResponse::empty(424),
        MockResponse::empty(408),
        MockResponse::empty(425),
        MockResponse::empty(522),
        MockResponse::json(429, &limit),
        MockResponse::empty(200),
        MockResponse::new(200, "text/html", "<h1>Sign in to the network</h1>"),
    ] {
        let label = format!("{response:?}");
        let broker = MockBroker::<Neo>::new().await.respond_with(VALIDATE, response);
        let view = view(&broker.at()).await?;
        for sent in [true, false] {
            let error = view.validate(&secret(MPIN)).await.unwrap_err();
            assert_eq!(error.is_unsent(), !sent, "{label}: {error}");
            assert!(!error.is_guess_reusable(), "{label}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn totp_is_sent_once_despite_a_refused_access_token() -> Result<(), Error> {
    let body = json!({ "code": "900901", "message": "Invalid Credentials", "description": "" });
    let broker = MockBroker::<Neo>::new().await.respond_with(LOGIN, MockResponse::json(401, &body));
    let client = client(&broker.at())?;
    for sent in [true, false] {
        let error = client.login_totp(&secret(CODE)).await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Credentials, !sent), "{error}");
        assert!(!error.is_guess_reusable(), "{error}");
    }
    assert_eq!(broker.count(LOGIN), 1);
    Ok(())
}

/// What comes of this response to the one-time password.
async fn refused(response: MockResponse) -> Error {
    let broker = MockBroker::<Neo>::new().await.respond_with(LOGIN, response);
    view(&broker.at()).await.expect_err("a refusal")
}

#[tokio::test]
async fn a_wrong_clock_is_named_with_seconds_and_direction() {
    let date = |seconds| {
        let then = Timestamp::now() + SignedDuration::from_secs(seconds);
        DateTimePrinter::new().timestamp_to_rfc9110_string(&then).unwrap()
    };
    for words in ["Invalid TOTP", "Invalid credentials or TOTP."] {
        let response = || json(401, json!({ "status": "error", "message": words }));
        let error = refused(response().header("date", &date(-181))).await;
        let hint = error.hint().unwrap().to_owned();
        assert!(hint.contains("clock differs by 18") && hint.contains("it is ahead"), "{hint}");
        assert!(error.to_string().contains(&hint), "{error}");
        let hint = refused(response().header("date", &date(181))).await.hint().unwrap().to_owned();
        assert!(hint.contains("clock differs by 18") && hint.contains("it is behind"), "{hint}");
        let hint = refused(response().header("date", &date(0))).await.hint().unwrap().to_owned();
        assert!(hint.starts_with("Most often the clock"), "{hint}");
    }
    // Another failure has nothing to do with the clock.
    let response = json(401, json!({ "code": "900901", "message": "Invalid Credentials" }));
    let error = refused(response.header("date", &date(-181))).await;
    assert!(!error.to_string().contains("differs"), "{error}");
}

#[tokio::test]
async fn each_way_out_is_named() {
    for (status, body, words) in [
        (424, json!({ "message": "Dependency error in Login API" }), "fresh code"),
        (424, Value::Null, "fresh code"),
        (
            401,
            json!({ "code": "900901", "description": "Sandbox key offered to the API with no sandbox endpoint" }),
            "environment",
        ),
        (
            400,
            json!({ "error": [{ "code": "400", "message": "Missing required field 'NeoFinKey'" }] }),
            "neotradeapi",
        ),
        (403, json!({ "errMsg": "unauthorized", "stat": "Not_Ok", "stCode": 100_008 }), "Register"),
        (401, json!({ "stCode": 1037, "errMsg": "session ip do not match" }), "another address"),
        (401, json!({ "code": "900901", "message": "Invalid Credentials" }), "without `Bearer`"),
    ] {
        let response =
            if body.is_null() { MockResponse::empty(status) } else { MockResponse::json(status, &body) };
        let error = refused(response).await;
        assert!(error.hint().is_some_and(|hint| hint.contains(words)), "{body}: {error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn expired_session_is_recognised_in_every_form() {
    for body in [
        json!({ "stCode": 100_022, "errMsg": "invalid session token", "stat": "Not_Ok" }),
        json!({ "data": { "stCode": 100_022, "errMsg": "invalid session token", "stat": "error in neo-login-check-api" } }),
        json!({ "stCode": 100_022, "stat": "error in neo-login-check-api" }),
        json!({ "data": { "stCode": "100022" } }),
        json!({ "error": { "code": 100_022, "message": "invalid session token" } }),
        json!({ "fault": { "code": "100022" } }),
        json!({ "stat": "Not_Ok", "emsg": "Invalid session", "stCode": 1003 }),
        json!({ "stat": "Not_Ok", "emsg": "INVALID SESSION." }),
        json!({ "stCode": 1037, "errMsg": "session ip do not match", "stat": "Not_Ok" }),
        json!({ "code": "900901", "message": "Invalid Credentials", "description": "Invalid JWT token" }),
        json!({ "code": "900901", "message": "Invalid JWT token" }),
        json!({ "fault": { "code": 900_901, "message": "Invalid Credentials",
            "description": "Invalid JWT token. Make sure you have provided the correct security credentials" } }),
    ] {
        for operation in ["get_client_ip", "logout"] {
            for status in [200, 400, 401, 403, 500] {
                let broker =
                    MockBroker::<Neo>::new().await.respond_with(operation, MockResponse::json(status, &body));
                let session = trade(&broker.at()).await.unwrap();
                let outcome = match operation {
                    "logout" => session.logout().await,
                    _ => session.client_ip().await.map(drop),
                };
                let error = outcome.unwrap_err();
                let label = format!("{operation} {status} {body}: {error}");
                assert_eq!(
                    (error.kind(), error.status()),
                    (ErrorKind::SessionExpired, Some(status)),
                    "{label}"
                );
                assert!(error.broker_code().is_some() || error.broker_message().is_some(), "{label}");
            }
        }
    }
}

#[tokio::test]
async fn unavailable_and_rate_limited_in_every_form() {
    let limit =
        json!({ "code": 429, "error": "Rate limit exceeded", "message": "too many request received" });
    for operation in [LOGIN, VALIDATE] {
        let broker = MockBroker::<Neo>::new().await.respond_with(operation, MockResponse::json(429, &limit));
        assert_eq!(kind(trade(&broker.at()).await), ErrorKind::RateLimited, "{operation}");
        let broker = broker.respond_with(operation, MockResponse::empty(429));
        assert_eq!(kind(trade(&broker.at()).await), ErrorKind::RateLimited, "{operation}");
        for status in [408, 424, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527] {
            let page = MockResponse::new(status, "text/html", "<h1>Later</h1>");
            let json = MockResponse::json(status, &json!({ "message": "made-up words" }));
            for response in [MockResponse::empty(status), page, json] {
                let broker = MockBroker::<Neo>::new().await.respond_with(operation, response.clone());
                assert_eq!(
                    kind(trade(&broker.at()).await),
                    ErrorKind::Unavailable,
                    "{operation} {response:?}"
                );
            }
        }
    }
}
