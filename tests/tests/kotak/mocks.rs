//! The typed mocks that a user's own tests are written with.

use broker_session::{
    Error, ErrorKind,
    kotak::{Client, Credentials},
};
use contract_tests::secret;
use httpmock::MockServer;
use kotak_session_api::{mock::MockServerExt, types};

fn client(server: &MockServer) -> Client {
    Client::builder()
        .credentials(Credentials::new("S4MPL3", "made-up-key").access_token("made-up-token"))
        .base_url(server.url("/apim"))
        .build()
        .unwrap()
}

fn init() -> types::Init {
    serde_json::from_str(r#"{"status":"Success","message":"Client is Active."}"#).unwrap()
}

fn logout() -> types::Logout {
    serde_json::from_str(r#"{"message":"Logout Successful."}"#).unwrap()
}

fn login() -> types::Login {
    serde_json::from_str(r#"{"oneTimeToken":"made-up-one-time-token","mpin":"Y"}"#).unwrap()
}

fn session() -> types::Session {
    serde_json::from_str(r#"{"sessionToken":"made-up-session-token"}"#).unwrap()
}

#[tokio::test]
async fn a_whole_sign_in_can_be_played_with_the_typed_mocks_below_a_base_path() -> Result<(), Error> {
    let server = MockServer::start_async().await;
    let init_mock = server.session_init(|when, then| {
        when.userid("S4MPL3");
        then.ok(&types::InitSuccess { success: init() }.into());
    });
    let login_mock = server.session_login_userid(|when, then| {
        let body = types::LoginByUserid { userid: "S4MPL3".into(), password: "made-up-password".into() };
        when.body(&body);
        then.ok(&types::LoginSuccess { success: login() }.into());
    });
    let mpin = server.session_2fa_mpin(|when, then| {
        let body = types::SecondFactorMpin { userid: "S4MPL3".into(), mpin: "000000".into() };
        when.one_time_token(&"made-up-one-time-token".into()).body(&body);
        then.ok(&types::SessionSuccessLowerCase { success: session() }.into());
    });
    let logout_mock = server.session_logout(|when, then| {
        when.userid("S4MPL3").session_token(&"made-up-session-token".into());
        then.ok(&types::LogoutSuccess { success: logout() }.into());
    });
    let pending = client(&server).login(&secret("made-up-password")).await?;
    assert!(pending.factors().mpin);
    let session = pending.mpin(&secret("000000")).await?;
    session.logout().await?;
    for mock in [init_mock, login_mock, mpin, logout_mock] {
        mock.assert_async().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_typed_mock_plays_a_documented_failure() {
    let server = MockServer::start_async().await;
    let fault = types::FaultDetail {
        code: Some(types::FaultCode::Number(70009.into())),
        message: Some("Account Locked".into()),
        description: None,
    };
    server.session_init(|_, then| {
        then.forbidden(&types::FaultEnvelope { fault }.into());
    });
    let error = client(&server).init().await.unwrap_err();
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Locked, Some("70009")));
}

#[tokio::test]
async fn a_typed_mock_takes_no_other_request() {
    let server = MockServer::start_async().await;
    let nobody = server.session_init(|when, then| {
        when.userid("somebody-else");
        then.ok(&init().into());
    });
    let by_path = server.session_init_userid(|when, then| {
        when.userid("S4MPL3");
        then.ok(&init().into());
    });
    assert!(client(&server).init().await.is_err());
    assert_eq!((nobody.calls_async().await, by_path.calls_async().await), (0, 0));
}
