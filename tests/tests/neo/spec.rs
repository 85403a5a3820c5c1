//! The suites that every broker gets, how the sandbox responds by itself, and the typed mocks.

use broker_session::{Error, ErrorKind, neo::Client};
use broker_session_sandbox::neo::{Builder, Sandbox};
use contract_tests::{
    SandboxClient, Target, broker_suite,
    brokers::neo::{CODE, MOBILE, MPIN, Neo, client},
    kind, once, secret,
};
use httpmock::MockServer;
use neo_session_api::{mock::MockServerExt, types};
use serde_json::{Value, json};

broker_suite!(Neo, broker_session_sandbox::neo::Sandbox::builder(), {
    responses: 30, outcomes: 120, requests: 4, bodies: 15, schemas: 8, mutations: 800, table: 50
});

/// A sandbox, and a client that knows the application's secrets.
async fn start(player: &mut SandboxClient<Neo>, builder: Builder) -> Sandbox {
    let sandbox = builder.start().await.expect("a sandbox on loopback");
    let account = sandbox.account();
    player.at(sandbox.base_url());
    player.with_token("accessToken", &account.access_token).with_token("neoFinKey", "neotradeapi");
    sandbox
}

/// Signs in as far as the view session. Gives its id and its token.
async fn view(player: &mut SandboxClient<Neo>, sandbox: &Sandbox) -> [String; 2] {
    // Each code is good for one sign-in.
    sandbox.advance(std::time::Duration::from_secs(30));
    session(&login(player, sandbox, &sandbox.totp_now()).await)
}

async fn login(player: &mut SandboxClient<Neo>, sandbox: &Sandbox, code: &str) -> Value {
    let account = sandbox.account();
    let given = [("mobileNumber", account.mobile.as_str()), ("ucc", &account.ucc), ("totp", code)];
    player.call("trade_api_login", &given).await
}

async fn validate(player: &mut SandboxClient<Neo>, [sid, auth]: &[String; 2], mpin: &str) -> Value {
    player.call("trade_api_validate", &[("sid", sid), ("Auth", auth), ("mpin", mpin)]).await
}

/// Id and token of a session.
fn session(response: &Value) -> [String; 2] {
    ["sid", "token"].map(|name| response["data"][name].as_str().unwrap_or("made-up-session").to_owned())
}

#[tokio::test]
async fn every_response_of_the_sandbox_is_documented() {
    let mut player = SandboxClient::<Neo>::new();
    let builders = [Sandbox::builder(), Sandbox::builder().refusals_in_success().dead_session_in_success()];
    for builder in builders {
        let sandbox = start(&mut player, builder).await;
        let mpin = sandbox.account().mpin.clone();
        let view = view(&mut player, &sandbox).await;
        validate(&mut player, &view, "000000").await;
        let shown = session(&validate(&mut player, &view, &mpin).await);
        let trade = [("Sid", shown[0].as_str()), ("Auth", shown[1].as_str())];
        for operation in ["get_client_ip", "logout", "get_client_ip", "logout"] {
            player.call(operation, &trade).await;
        }
        validate(&mut player, &shown, &mpin).await;
        let account = sandbox.account();
        for ucc in ["NOBODY", account.ucc.as_str()] {
            let given = [("mobileNumber", account.mobile.as_str()), ("ucc", ucc), ("totp", "000000")];
            player.call("trade_api_login", &given).await;
        }
        sandbox.lock(sandbox.user());
        login(&mut player, &sandbox, "000000").await;
        validate(&mut player, &view, &mpin).await;
        player.with_token("accessToken", "made-up-wrong-token");
        login(&mut player, &sandbox, "000000").await;
        validate(&mut player, &view, &mpin).await;
        player.call("get_client_ip", &trade).await;
    }
    player.finish(30);
}

fn mock_session(json: &str) -> types::SessionEnvelope {
    let session: types::Session = serde_json::from_str(json).unwrap();
    types::SessionEnvelope { data: session, status: None }
}

fn at(server: &MockServer) -> Client {
    client(&Target::new(server.base_url(), once())).unwrap()
}

#[tokio::test]
async fn typed_mocks_serve_a_whole_sign_in() -> Result<(), Error> {
    let server = MockServer::start_async().await;
    let login = server.trade_api_login(|when, then| {
        when.body(&types::TradeApiLoginRequest {
            mobile_number: secret(MOBILE).into(),
            ucc: "MADE1".into(),
            totp: secret(CODE).into(),
        });
        then.ok(&mock_session(r#"{"token":"made-up-view-token","sid":"made-up-view-sid","kType":"View"}"#));
    });
    let validate = server.trade_api_validate(|when, then| {
        when.auth(&secret("made-up-view-token").into())
            .sid(&secret("made-up-view-sid").into())
            .body(&types::TradeApiValidateRequest { mpin: secret(MPIN).into() });
        let base = "https://e43.kotaksecurities.com";
        then.ok(&mock_session(&format!(
            r#"{{"token":"made-up-token","sid":"made-up-sid","kType":"Trade","baseUrl":"{base}"}}"#
        )));
    });
    let logout = server.logout(|when, then| {
        when.auth(&secret("made-up-token").into()).sid(&secret("made-up-sid").into());
        then.ok(&serde_json::from_str::<types::Logout>(r#"{"stat":"Ok"}"#).unwrap());
    });
    let session = at(&server).login_totp(&secret(CODE)).await?.validate(&secret(MPIN)).await?;
    session.logout().await?;
    for mock in [login, validate, logout] {
        mock.assert_async().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_mock_plays_a_documented_failure() {
    let server = MockServer::start_async().await;
    server.trade_api_login(|_, then| {
        let failure = json!({ "stCode": 429, "errMsg": "Invalid UCC", "status": "failure" });
        then.into_inner().status(200).json_body(failure);
    });
    let error = at(&server).login_totp(&secret(CODE)).await.unwrap_err();
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Credentials, Some("429")));
}

#[tokio::test]
async fn a_typed_mock_takes_no_other_request() {
    let server = MockServer::start_async().await;
    let another = server.trade_api_login(|when, then| {
        when.body(&types::TradeApiLoginRequest {
            mobile_number: secret(MOBILE).into(),
            ucc: "SOMEBODY".into(),
            totp: secret(CODE).into(),
        });
        then.ok(&mock_session(r#"{"token":"made-up-token","sid":"made-up-sid"}"#));
    });
    assert_eq!(kind(at(&server).login_totp(&secret(CODE)).await), ErrorKind::Refused);
    assert_eq!(another.calls_async().await, 0);
}
