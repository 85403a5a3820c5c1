//! What a program does with a broker: it signs in, uses the session, saves it and signs out.
//!
//! Nothing here keeps a secret, or makes a copy of one that is not a `Secret`.

use std::sync::Arc;

use broker_session::{
    Connection, RetryPolicy, Secret, Signer,
    ibkr::{Compete, Gateway},
    kotak, neo,
};
use http::{HeaderName, Method};
use url::Url;

use super::canary::{digits, secret};

/// A guess that the broker refuses, with all that it was sent.
pub(crate) const WRONG: &str = "wrong";

/// The environment variable with the certificate of a server that speaks TLS.
pub(crate) const CERTIFICATE: &str = "MEMORY_TEST_CERTIFICATE";

/// What the client of each broker is given.
pub(crate) fn given(broker: &str) -> &'static [&'static str] {
    match broker {
        "kotak" => &[
            "consumer-key",
            "consumer-secret",
            "access-token",
            "password",
            "code",
            "mpin",
            "biometric",
            "refresh-token",
        ],
        "ibkr" => &["cookie", "authorization", "signature"],
        _ => &["access-token", WRONG],
    }
}

/// What it is given that must be digits.
pub(crate) fn given_digits(broker: &str) -> &'static [&'static str] {
    match broker {
        "neo" => &["totp", "mpin-digits", "mobile"],
        _ => &[],
    }
}

/// The whole flow. When it is over, everything has been dropped.
pub(crate) fn run(broker: &str, base: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        match broker {
            "kotak" => kotak(base).await,
            "ibkr" => ibkr(base).await,
            _ => neo(base).await,
        }
    });
}

fn connection() -> Connection {
    let connection = Connection::new().retry(RetryPolicy::NEVER);
    match std::env::var(CERTIFICATE) {
        Ok(pem) => connection.trust_certificate(pem.as_bytes()).expect("a certificate"),
        Err(_) => connection,
    }
}

async fn kotak(base: &str) {
    let credentials = kotak::Credentials::new("S4MPL3", secret("consumer-key"))
        .consumer_secret(secret("consumer-secret"))
        .access_token(secret("access-token"));
    let builder = kotak::Client::builder().credentials(credentials).base_url(base).connection(connection());
    let client = builder.build().expect("settings that fit");
    client.login(&secret(WRONG)).await.expect_err("a wrong password");
    for factor in ["code", "mpin", "biometric", "none"] {
        let pending = client.login(&secret("password")).await.expect("a login");
        pending.request_access_code().await.expect("a code");
        if factor == "code" {
            pending.access_code(&secret(WRONG)).await.expect_err("a wrong code");
        }
        let session = match factor {
            "code" => pending.access_code(&secret("code")).await,
            "mpin" => pending.mpin(&secret("mpin")).await,
            "biometric" => pending.biometric(&secret("biometric")).await,
            _ => pending.one_time_token().await,
        };
        let session = session.expect("a session");
        let resumed = client.resume(session.save()).expect("a saved session");
        let request = resumed.authorize(resumed.http().get(base)).expect("the broker's own host");
        request.send().await.expect("an answer");
        session.logout().await.expect("a logout");
    }
    let by_password = kotak::Grant::Password { username: "S4MPL3".to_owned(), password: secret("password") };
    for grant in
        [kotak::Grant::ClientCredentials, by_password, kotak::Grant::RefreshToken(secret("refresh-token"))]
    {
        let token = client.token(grant).await.expect("a token");
        client.revoke(&token.access_token, kotak::TokenKind::Access).await.expect("a revocation");
    }
}

/// Signs with a secret.
struct Signature;

impl Signer for Signature {
    fn sign(&self, _method: &Method, _url: &Url) -> Result<Vec<(HeaderName, Secret)>, String> {
        Ok(vec![(HeaderName::from_static("x-signature"), secret("signature"))])
    }
}

async fn ibkr(base: &str) {
    let gateway = Gateway::builder()
        .base_url(base)
        .connection(connection())
        .header("Cookie", secret("cookie"))
        .header("Authorization", secret("authorization"))
        .signer(Arc::new(Signature))
        .build()
        .expect("settings that fit");
    gateway.tickle().await.expect("a tickle");
    gateway.validate().await.expect("a single sign-on");
    gateway.status().await.expect_err("a refusal");
    gateway.status().await.expect("a status");
    gateway.init(Compete::Yield).await.expect("an opening");
    gateway.reauthenticate().await.expect("a new session");
    let request = gateway.authorize(gateway.http().get(base)).expect("the gateway's own host");
    request.send().await.expect("an answer");
    gateway.logout().await.expect("a logout");
}

/// A mobile number with digits that can be told from others.
fn mobile() -> Secret {
    let digits = digits("mobile");
    let mut number = String::with_capacity(13);
    number.push_str("+919000");
    number.push_str(digits.expose());
    Secret::new(number)
}

async fn neo(base: &str) {
    let credentials = neo::Credentials::new(mobile(), "MADE1", secret("access-token"));
    let builder = neo::Client::builder().credentials(credentials).base_url(base).connection(connection());
    let client = builder.build().expect("settings that fit");
    let view = client.login_totp(&digits("totp")).await.expect("a view session");
    let session = view.validate(&digits("mpin-digits")).await.expect("a trade session");
    session.client_ip().await.expect("an address");
    let mistaken = neo::Credentials::new(mobile(), "MADE1", secret(WRONG));
    let mistaken =
        neo::Client::builder().credentials(mistaken).base_url(base).connection(connection()).build();
    let mistaken = mistaken.expect("settings that fit");
    mistaken.login_totp(&digits("totp")).await.expect_err("a wrong token");
    let resumed = client.resume(session.save()).expect("a saved session");
    let request = resumed.authorize(resumed.http().get(base)).expect("the broker's own host");
    request.send().await.expect("an answer");
    session.logout().await.expect("a logout");
}
