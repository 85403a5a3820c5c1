//! What is odd about this broker's failures, one by one.

use broker_session::{Error, ErrorKind};
use contract_tests::{MockResponse, secret};
use serde_json::{Value, json};

use crate::oddities::Broker;

/// What comes of this response to an operation on the way to a session and out again.
async fn failed(operation: &str, response: MockResponse) -> Error {
    let broker = Broker::new().await.respond_with(operation, response);
    let outcome = async { broker.session().await?.logout().await };
    outcome.await.expect_err("this must not work")
}

async fn fault(operation: &str, status: u16, body: Value) -> Error {
    failed(operation, MockResponse::json(status, &body)).await
}

fn words(error: &Error) -> (ErrorKind, Option<&str>, Option<&str>) {
    (error.kind(), error.broker_code(), error.broker_message())
}

#[tokio::test]
async fn a_code_of_zero_and_empty_strings_are_ignored() {
    for code in [json!(0), json!("0"), json!(""), Value::Null] {
        let body = json!({ "fault": { "code": code, "message": "", "description": "" } });
        let error = fault("session_login_userid", 401, body).await;
        assert_eq!(words(&error), (ErrorKind::Credentials, None, None));
        assert_eq!(error.status(), Some(401));
    }
}

#[tokio::test]
async fn a_fault_may_be_empty() {
    let error = fault("session_login_userid", 500, json!({ "fault": {} })).await;
    assert_eq!(words(&error), (ErrorKind::Unavailable, None, None));
}

#[tokio::test]
async fn a_code_may_be_a_string_and_means_the_same() {
    for code in [json!(70009), json!("70009")] {
        let body = json!({ "fault": { "code": code, "message": "Account Locked" } });
        let error = fault("session_login_userid", 403, body).await;
        assert_eq!(words(&error), (ErrorKind::Locked, Some("70009"), Some("Account Locked")));
    }
}

#[tokio::test]
async fn the_gateways_flat_fault_is_understood() {
    let body =
        json!({ "code": "900902", "message": "Missing Credentials", "description": "Say who you are." });
    let error = fault("session_init", 401, body).await;
    let message = "Missing Credentials: Say who you are.";
    assert_eq!(words(&error), (ErrorKind::Credentials, Some("900902"), Some(message)));
}

#[tokio::test]
async fn fault_with_status_200_is_a_failure() {
    for (code, kind) in [
        (900_901, ErrorKind::Credentials),
        (50_001, ErrorKind::LoginRequired),
        (70_009, ErrorKind::Locked),
        (999_003, ErrorKind::Refused),
        (999_024, ErrorKind::Refused),
        (99_999, ErrorKind::SessionExpired),
        (1, ErrorKind::Refused),
    ] {
        for operation in
            ["session_init", "session_login_userid", "session_2fa_accesscode_post", "session_logout"]
        {
            let body = json!({ "fault": { "code": code, "message": "made up" } });
            let error = fault(operation, 200, body).await;
            assert_eq!(
                words(&error),
                (kind, Some(code.to_string().as_str()), Some("made up")),
                "{operation}"
            );
            assert_eq!((error.operation(), error.status()), (Some(operation), Some(200)));
        }
    }
}

#[tokio::test]
async fn the_code_says_more_than_the_status() {
    let body = json!({ "fault": { "code": 70009, "message": "Account Locked" } });
    for status in [400, 401, 403, 424, 500] {
        assert_eq!(fault("session_login_userid", status, body.clone()).await.kind(), ErrorKind::Locked);
    }
}

#[tokio::test]
async fn fault_message_names_the_right_host() {
    let body = json!({ "fault": {
        "code": 999024,
        "message": "Request can not be processed, please process your request through provided domain",
        "description": "https://ctradeapi.kotaksecurities.com/apim",
    } });
    let error = fault("session_init", 400, body).await;
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Refused, Some("999024")));
    assert!(error.to_string().contains("https://ctradeapi.kotaksecurities.com/apim"), "{error}");
}

#[tokio::test]
async fn a_dead_session_token_is_told_by_its_code() {
    let body = json!({ "fault": { "code": 99999, "message": "You have been logged out. Login again" } });
    for status in [400, 401, 403] {
        assert_eq!(fault("session_logout", status, body.clone()).await.kind(), ErrorKind::SessionExpired);
    }
}

#[tokio::test]
async fn undocumented_401_of_logout_gets_its_kind() {
    let body = json!({ "fault": { "code": 900901, "message": "Invalid Credentials" } });
    let error = fault("session_logout", 401, body).await;
    assert_eq!(words(&error), (ErrorKind::Credentials, Some("900901"), Some("Invalid Credentials")));
    let error = failed("session_logout", MockResponse::new(401, "text/plain", "")).await;
    assert_eq!((error.status(), error.broker_code()), (Some(401), None));
    assert!(matches!(error.kind(), ErrorKind::Credentials | ErrorKind::SessionExpired), "{error}");
}

#[tokio::test]
async fn what_a_424_holds_is_unknown_and_does_not_matter() {
    let json = "application/json";
    for response in [
        MockResponse::new(424, json, ""),
        MockResponse::new(424, json, "null"),
        MockResponse::new(424, json, "[]"),
        MockResponse::new(424, json, r#"{"message":"Login again"}"#),
        MockResponse::new(424, "text/html", "<h1>Failed Dependency</h1>"),
        MockResponse::json(424, &json!({ "fault": { "code": 424, "message": "Failed Dependency" } })),
    ] {
        let error = failed("session_2fa_accesscode_post", response.clone()).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::LoginRequired, Some(424)), "{response:?}");
    }
}

#[tokio::test]
async fn a_fault_in_xml_is_read_for_its_words() {
    let page = "<ams:fault xmlns:ams=\"http://wso2.org/apimanager/security\"><ams:code>900901</ams:code>\
                <ams:message>Invalid Credentials</ams:message></ams:fault>";
    let error = failed("session_init", MockResponse::new(401, "application/xml", page)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(401)));
    assert_eq!(words(&error), (ErrorKind::Credentials, Some("900901"), Some("Invalid Credentials")));
}

#[tokio::test]
async fn a_page_of_the_gateways_is_read_for_its_words() {
    let page = "<html><head><style>h1{color:red}</style><title>503</title></head><body>\
                <script>alert('no')</script><h1>Service\n Unavailable</h1></body></html>";
    for (status, kind) in [
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Unavailable),
        (503, ErrorKind::Unavailable),
        (504, ErrorKind::Unavailable),
    ] {
        let error = failed("session_init", MockResponse::new(status, "text/html", page)).await;
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
        assert_eq!(error.broker_message(), Some("503 Service Unavailable"));
    }
}

#[tokio::test]
async fn retry_after_is_read_from_both_forms() {
    let json = MockResponse::json(429, &json!({ "code": "900800", "message": "Message throttled out" }));
    let page = MockResponse::new(503, "text/html", "<h1>Later</h1>");
    for response in [json, page] {
        let error = failed("session_login_userid", response.header("retry-after", "7")).await;
        assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(7)));
    }
}

#[tokio::test]
async fn a_fault_of_an_odd_shape_is_no_success() {
    for body in [
        json!({ "fault": { "code": true, "message": "You are not authorized" } }),
        json!({ "fault": "You are not authorized" }),
        json!({ "fault": [] }),
        json!({ "Success": 5 }),
        json!({ "Success": "Logout Successful." }),
        json!({ "success": [] }),
        json!("Logout Successful."),
        json!([]),
    ] {
        for operation in
            ["session_init", "session_login_userid", "session_2fa_accesscode_post", "session_logout"]
        {
            let error = fault(operation, 200, body.clone()).await;
            let kind = error.kind();
            assert!(matches!(kind, ErrorKind::Protocol | ErrorKind::Refused), "{operation} {body}: {error}");
            assert_eq!((error.operation(), error.status()), (Some(operation), Some(200)), "{body}");
        }
    }
}

#[tokio::test]
async fn a_fault_beside_a_success_is_a_fault() {
    for envelope in ["Success", "success"] {
        for operation in
            ["session_init", "session_login_userid", "session_2fa_accesscode_post", "session_logout"]
        {
            let all = json!({ "status": "Success", "oneTimeToken": "made-up", "sessionToken": "made-up" });
            for body in [
                json!({ envelope: all, "fault": { "code": 70009, "message": "Account Locked" } }),
                json!({ envelope: all, "code": 70009, "message": "Account Locked" }),
            ] {
                let error = fault(operation, 200, body.clone()).await;
                let expected = (ErrorKind::Locked, Some("70009"), Some("Account Locked"));
                assert_eq!(words(&error), expected, "{operation} {body}");
            }
        }
    }
}

#[tokio::test]
async fn response_without_required_fields_is_no_success() {
    let login = "session_login_userid";
    let session = "session_2fa_accesscode_post";
    for (operation, body) in [
        // Nothing of an init is required, but there must be a sign that it is one.
        ("session_init", json!({})),
        ("session_init", json!({ "Success": {} })),
        ("session_init", json!({ "success": { "message": "Client is Active." } })),
        ("session_init", json!({ "message": "Invalid Credentials", "description": "Access failure" })),
        (login, json!({})),
        (login, json!({ "Success": {} })),
        (login, json!({ "success": { "mpin": "Y" } })),
        (login, json!({ "Success": { "oneTimeToken": "" } })),
        (login, json!({ "Success": { "oneTimeToken": null } })),
        (session, json!({})),
        (session, json!({ "Success": {} })),
        (session, json!({ "success": { "clientName": "KOTAK" } })),
        (session, json!({ "success": { "sessionToken": "" } })),
        (session, json!({ "success": { "sessionToken": "made\nup" } })),
    ] {
        let error = fault(operation, 200, body.clone()).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::Protocol, Some(200)), "{operation} {body}");
        assert_eq!(error.operation(), Some(operation));
    }
}

#[tokio::test]
async fn failed_code_request_leaves_the_sign_in_usable() -> Result<(), Error> {
    let broker = Broker::new()
        .await
        .respond_with("session_2fa_accesscode_get", MockResponse::new(503, "text/html", "<p>"));
    let pending = broker.client().login(&secret("made-up-password")).await?;
    let error = pending.request_access_code().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    pending.submit_access_code(&secret("0000")).await?;
    Ok(())
}
