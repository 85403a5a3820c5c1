//! The typed mocks that a user's own tests are written with.

use broker_session::{Error, ErrorKind, neo::Client};
use contract_tests::{
    At,
    brokers::neo::{CODE, MOBILE, MPIN, client},
    kind, once, secret,
};
use httpmock::MockServer;
use kotak_neo_session_api::{mock::MockServerExt, types};

fn session(json: &str) -> types::SessionAnswer {
    let session: types::Session = serde_json::from_str(json).unwrap();
    types::SessionEnvelope { data: session, status: None }.into()
}

fn at(server: &MockServer) -> Client {
    client(&At::new(server.base_url(), once())).unwrap()
}

#[tokio::test]
async fn a_whole_sign_in_can_be_played_with_the_typed_mocks() -> Result<(), Error> {
    let server = MockServer::start_async().await;
    let login = server.trade_api_login(|when, then| {
        when.body(&types::TradeApiLoginRequest {
            mobile_number: MOBILE.into(),
            ucc: "MADE1".into(),
            totp: CODE.into(),
        });
        then.ok(&session(r#"{"token":"made-up-view-token","sid":"made-up-view-sid","kType":"View"}"#));
    });
    let validate = server.trade_api_validate(|when, then| {
        when.auth(&"made-up-view-token".into())
            .sid(&"made-up-view-sid".into())
            .body(&types::TradeApiValidateRequest { mpin: MPIN.into() });
        let base = "https://e43.kotaksecurities.com";
        then.ok(&session(&format!(
            r#"{{"token":"made-up-token","sid":"made-up-sid","kType":"Trade","baseUrl":"{base}"}}"#
        )));
    });
    let logout = server.logout(|when, then| {
        when.auth(&"made-up-token".into()).sid(&"made-up-sid".into());
        then.ok(&serde_json::from_str::<types::Logout>(r#"{"stat":"Ok"}"#).unwrap().into());
    });
    let session = at(&server).login_totp(&secret(CODE)).await?.validate(&secret(MPIN)).await?;
    session.logout().await?;
    for mock in [login, validate, logout] {
        mock.assert_async().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_typed_mock_plays_a_documented_failure() {
    let server = MockServer::start_async().await;
    server.trade_api_login(|_, then| {
        let error = types::Failure {
            st_code: Some(429),
            err_msg: "Invalid UCC".into(),
            status: Some("failure".into()),
            stat: None,
        };
        then.ok(&error.into());
    });
    let error = at(&server).login_totp(&secret(CODE)).await.unwrap_err();
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Credentials, Some("429")));
}

#[tokio::test]
async fn a_typed_mock_takes_no_other_request() {
    let server = MockServer::start_async().await;
    let another = server.trade_api_login(|when, then| {
        when.body(&types::TradeApiLoginRequest {
            mobile_number: MOBILE.into(),
            ucc: "SOMEBODY".into(),
            totp: CODE.into(),
        });
        then.ok(&session(r#"{"token":"made-up-token","sid":"made-up-sid"}"#));
    });
    assert_eq!(kind(at(&server).login_totp(&secret(CODE)).await), ErrorKind::Refused);
    assert_eq!(another.calls_async().await, 0);
}
