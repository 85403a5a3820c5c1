//! The suites that every broker gets, how the sandbox responds by itself, and the typed mocks.

use broker_session::{
    Error, ErrorKind,
    kotak::{Client, Credentials},
};
use broker_session_runtime::{Credential, Secret};
use broker_session_sandbox::kotak::{Account, Builder, Envelope, Sandbox};
use contract_tests::{SandboxClient, broker_suite, brokers::kotak::Kotak, secret};
use httpmock::MockServer;
use kotak_session_api::{mock::MockServerExt, types};
use serde_json::{Value, json};

broker_suite!(Kotak, broker_session_sandbox::kotak::Sandbox::builder(), {
    responses: 150, outcomes: 300, requests: 15, bodies: 50, schemas: 24, mutations: 2000, table: 100
});

const INITS: [&str; 3] = ["session_init", "session_init_userid", "session_init_nickname"];
const LOGINS: [&str; 2] = ["session_login_userid", "session_login_nickname"];
const CODE: &str = "session_2fa_accesscode_get";

/// The second factors, each with the field of its body.
const FACTORS: [(&str, &str); 4] = [
    ("session_2fa_accesscode_post", "accessCode"),
    ("session_2fa_mpin", "mpin"),
    ("session_2fa_biometric", "biometric"),
    ("session_2fa_one_time_token", "userid"),
];

/// A client of a sandbox that knows the account.
struct SandboxUser {
    player: SandboxClient<Kotak>,
    account: Account,
}

impl SandboxUser {
    /// Starts a sandbox and turns to it.
    async fn start(&mut self, builder: Builder) -> Sandbox {
        let sandbox = builder.start().await.expect("a sandbox on loopback");
        self.account = sandbox.account().clone();
        self.player.at(sandbox.base_url());
        self.authorize(&self.account.access_token.clone(), &self.account.consumer_secret.clone());
        sandbox
    }

    fn authorize(&mut self, access_token: &str, consumer_secret: &str) {
        let key = &self.account.consumer_key;
        self.player.with_token("accessToken", access_token).with_token("consumerKey", key);
        self.player.with_token("ip", "127.0.0.1").with_token("appId", "made-up-application");
        let password = Secret::new(consumer_secret.to_owned());
        self.player.with("consumer", Credential::Basic { username: key.clone().into(), password });
    }

    async fn init(&mut self) {
        let user = [("userid", self.account.userid.clone()), ("nickname", self.account.nickname.clone())];
        for (operation, (name, value)) in INITS.into_iter().zip([&user[0], &user[0], &user[1]]) {
            self.player.call(operation, &[(name, value)]).await;
        }
    }

    /// Gives the one-time token.
    async fn login(&mut self, password: &str) -> String {
        let user = [("userid", self.account.userid.clone()), ("nickname", self.account.nickname.clone())];
        let mut token = String::new();
        for (operation, (name, value)) in LOGINS.into_iter().zip(&user) {
            let response = self.player.call(operation, &[(name, value), ("password", password)]).await;
            token = text(&response, "oneTimeToken");
        }
        token
    }

    /// A second factor with what the account accepts, or with this. Gives the session token.
    async fn factor(&mut self, (operation, field): (&str, &str), token: &str, wrong: Option<&str>) -> String {
        let Account { userid, access_code, mpin, biometric, .. } = self.account.clone();
        let right = match field {
            "accessCode" => access_code,
            "mpin" => mpin.unwrap_or_default(),
            "biometric" => biometric.unwrap_or_default(),
            _ => userid.clone(),
        };
        let value = wrong.unwrap_or(&right);
        let given = [("oneTimeToken", token), ("userid", userid.as_str()), (field, value)];
        text(&self.player.call(operation, &given).await, "sessionToken")
    }

    /// Asks for an access code. Gives the new one-time token.
    async fn code(&mut self, token: &str) -> String {
        let userid = self.account.userid.clone();
        text(&self.player.call(CODE, &[("oneTimeToken", token), ("userid", &userid)]).await, "oneTimeToken")
    }

    async fn logout(&mut self, session: &str) {
        let userid = self.account.userid.clone();
        self.player.call("session_logout", &[("sessionToken", session), ("userid", &userid)]).await;
    }

    /// Every call of a sign-in with a one-time token that is none.
    async fn all(&mut self, password: &str) {
        self.init().await;
        self.login(password).await;
        self.code("made-up-token").await;
        for factor in FACTORS {
            self.factor(factor, "made-up-token", None).await;
        }
        self.logout("made-up-token").await;
    }
}

/// A string of a response in any envelope.
fn text(response: &Value, name: &str) -> String {
    let inner = ["Success", "success"].iter().find_map(|envelope| response.get(envelope)).unwrap_or(response);
    inner[name].as_str().unwrap_or("made-up-token").to_owned()
}

#[tokio::test]
async fn every_response_of_the_sandbox_is_documented() {
    let mut client = SandboxUser { player: SandboxClient::new(), account: Account::default() };
    for envelope in [Envelope::Observed, Envelope::Upper, Envelope::Lower, Envelope::Flat] {
        let _sandbox = client.start(Sandbox::builder().envelope(envelope)).await;
        let password = client.account.password.clone();
        client.init().await;
        for factor in FACTORS {
            let token = client.login(&password).await;
            let token = client.code(&token).await;
            let session = client.factor(factor, &token, None).await;
            client.logout(&session).await;
        }
    }

    let sandbox = client.start(Sandbox::builder()).await;
    let password = client.account.password.clone();
    client.player.call("token", &[]).await;
    client.player.call("revoke", &[]).await;
    client.all(&password).await;
    for factor in FACTORS {
        let token = client.login(&password).await;
        client.factor(factor, &token, Some("000000")).await;
        sandbox.unlock(sandbox.user());
    }
    client.login("made-up-wrong-password").await;
    sandbox.unlock(sandbox.user());
    let token = client.login(&password).await;
    sandbox.lock(sandbox.user());
    client.all(&password).await;
    client.code(&token).await;
    for factor in FACTORS {
        client.factor(factor, &token, None).await;
    }
    client.authorize("made-up-wrong-token", "made-up-wrong-secret");
    client.all(&password).await;
    client.player.call("token", &[]).await;
    client.player.call("revoke", &[]).await;

    let inactive = Account { status: "Inactive".into(), ..Account::default() };
    let _sandbox = client.start(Sandbox::builder().account(inactive)).await;
    client.all(&password).await;

    let sandbox = client.start(Sandbox::builder().redirect_to_second_base()).await;
    client.init().await;
    client.player.at(sandbox.second_base_url());
    let token = client.login(&password).await;
    let session = client.factor(FACTORS[3], &token, None).await;
    client.player.at(sandbox.base_url());
    client.all(&password).await;
    client.logout(&session).await;
    client.player.finish(150);
}

fn client(server: &MockServer) -> Client {
    Client::builder()
        .credentials(
            Credentials::new().userid("S4MPL3").consumer_key("made-up-key").access_token("made-up-token"),
        )
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
async fn typed_mocks_serve_a_sign_in_below_a_base_path() -> Result<(), Error> {
    let server = MockServer::start_async().await;
    let init_mock = server.session_init(|when, then| {
        when.userid("S4MPL3");
        then.ok(&init());
    });
    let login_mock = server.session_login_userid(|when, then| {
        let body =
            types::LoginByUserid { userid: "S4MPL3".into(), password: secret("made-up-password").into() };
        when.body(&body);
        then.ok(&login());
    });
    let mpin = server.session_2fa_mpin(|when, then| {
        let body = types::SecondFactorMpin { userid: "S4MPL3".into(), mpin: secret("000000").into() };
        when.one_time_token(&secret("made-up-one-time-token").into()).body(&body);
        then.ok(&session());
    });
    let logout_mock = server.session_logout(|when, then| {
        when.userid("S4MPL3").session_token(&secret("made-up-session-token").into());
        then.ok(&logout());
    });
    let pending = client(&server).login(&secret("made-up-password")).await?;
    assert!(pending.factors().mpin);
    let session = pending.submit_mpin(&secret("000000")).await?;
    session.logout().await?;
    for mock in [init_mock, login_mock, mpin, logout_mock] {
        mock.assert_async().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_mock_plays_a_documented_failure() {
    let server = MockServer::start_async().await;
    server.session_init(|_, then| {
        let fault = json!({ "fault": { "code": 70009, "message": "Account Locked" } });
        then.into_inner().status(403).json_body(fault);
    });
    let error = client(&server).init().await.unwrap_err();
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Locked, Some("70009")));
}

#[tokio::test]
async fn a_typed_mock_takes_no_other_request() {
    let server = MockServer::start_async().await;
    let another = server.session_init(|when, then| {
        when.userid("somebody-else");
        then.ok(&init());
    });
    let by_path = server.session_init_userid(|when, then| {
        when.userid("S4MPL3");
        then.ok(&init());
    });
    assert!(client(&server).init().await.is_err());
    assert_eq!((another.calls_async().await, by_path.calls_async().await), (0, 0));
}
