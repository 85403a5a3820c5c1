//! The typed mocks that a user's own tests are written with.

use broker_session::{Error, ErrorKind, ibkr::Compete};
use httpmock::MockServer;
use ibkr_session_api::{mock::MockServerExt, types};

use crate::support::gateway;

fn status(json: &str) -> types::AuthStatus {
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn a_session_can_be_played_with_the_typed_mocks_below_a_base_path() -> Result<(), Error> {
    let server = MockServer::start_async().await;
    let init = server.iserver_auth_ssodh_init_post(|when, then| {
        when.body(&types::SsodhInitRequest { publish: true, compete: false });
        then.ok(&status(r#"{"authenticated":true,"connected":true}"#).into());
    });
    let tickle = server.tickle_post(|_, then| {
        let answer: types::Tickle = serde_json::from_str(r#"{"session":"made-up-session"}"#).unwrap();
        then.ok(&answer.into());
    });
    let logout = server.logout_post(|_, then| {
        then.ok(&serde_json::from_str::<types::Logout>(r#"{"status":true}"#).unwrap().into());
    });
    let gateway = gateway(&server.url("/v1/api"));
    assert!(gateway.init(Compete::Yield).await?.is_ready());
    assert!(gateway.tickle().await?.session.is_some());
    gateway.logout().await?;
    for mock in [init, tickle, logout] {
        mock.assert_async().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_typed_mock_plays_a_documented_failure() {
    let server = MockServer::start_async().await;
    server.iserver_auth_status_post(|_, then| {
        then.unauthorized(&types::ErrorAnswer { error: "not authenticated".into(), status_code: Some(401) });
    });
    let error = gateway(&server.url("/v1/api")).status().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::SessionExpired, Some(401)));
}

#[tokio::test]
async fn a_typed_mock_takes_no_other_request() {
    let server = MockServer::start_async().await;
    let with_compete = server.iserver_auth_ssodh_init_post(|when, then| {
        when.body(&types::SsodhInitRequest { publish: true, compete: true });
        then.ok(&status(r#"{"authenticated":true}"#).into());
    });
    assert!(gateway(&server.url("/v1/api")).init(Compete::Yield).await.is_err());
    assert_eq!(with_compete.calls_async().await, 0);
}
