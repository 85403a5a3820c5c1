//! What the sandbox answers by itself.

use broker_session_runtime::{Credential, Secret};
use broker_session_sandbox::kotak::{Account, Builder, Envelope, Sandbox};
use contract_tests::{Player, brokers::kotak::Kotak};
use serde_json::Value;

const INITS: [&str; 3] = ["session_init", "session_init_userid", "session_init_nickname"];
const LOGINS: [&str; 2] = ["session_login_userid", "session_login_nickname"];
const CODE: &str = "session_2fa_accesscode_get";

/// The second factors, each with the member of its body.
const FACTORS: [(&str, &str); 4] = [
    ("session_2fa_accesscode_post", "accessCode"),
    ("session_2fa_mpin", "mpin"),
    ("session_2fa_biometric", "biometric"),
    ("session_2fa_one_time_token", "userid"),
];

/// A client of a sandbox that knows the account.
struct Client {
    player: Player<Kotak>,
    account: Account,
}

impl Client {
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
            let answer = self.player.call(operation, &[(name, value), ("password", password)]).await;
            token = text(&answer, "oneTimeToken");
        }
        token
    }

    /// A second factor with what the account accepts, or with this. Gives the session token.
    async fn factor(
        &mut self,
        (operation, member): (&str, &str),
        token: &str,
        wrong: Option<&str>,
    ) -> String {
        let Account { userid, access_code, mpin, biometric, .. } = self.account.clone();
        let right = match member {
            "accessCode" => access_code,
            "mpin" => mpin.unwrap_or_default(),
            "biometric" => biometric.unwrap_or_default(),
            _ => userid.clone(),
        };
        let value = wrong.unwrap_or(&right);
        let given = [("oneTimeToken", token), ("userid", userid.as_str()), (member, value)];
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

/// A text of an answer in any envelope.
fn text(answer: &Value, name: &str) -> String {
    let inner = ["Success", "success"].iter().find_map(|envelope| answer.get(envelope)).unwrap_or(answer);
    inner[name].as_str().unwrap_or("made-up-token").to_owned()
}

#[tokio::test]
async fn whatever_the_sandbox_answers_by_itself_is_documented() {
    let mut client = Client { player: Player::new(), account: Account::default() };
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
