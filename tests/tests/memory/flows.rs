//! What a program does with a broker: it signs in, uses the session, saves it and signs out.
//!
//! Nothing here keeps a secret, or makes a copy of one that is not a `Secret`.

use std::sync::Arc;

use broker_session::{
    ClientOptions, RetryPolicy, Secret, Session, Signer,
    ibkr::{self, Compete},
    kotak, neo,
};
use http::HeaderName;
use reqwest::Request;

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

/// Options that trust the server's certificate.
fn options() -> ClientOptions {
    let options = ClientOptions::new().retry(RetryPolicy::NEVER);
    match std::env::var(CERTIFICATE) {
        Ok(pem) => options.root_certificates(pem),
        Err(_) => options,
    }
}

async fn kotak(base: &str) {
    let credentials = kotak::Credentials::new()
        .userid("S4MPL3")
        .consumer_key(secret("consumer-key"))
        .consumer_secret(secret("consumer-secret"))
        .access_token(secret("access-token"));
    let builder = kotak::Client::builder().credentials(credentials).base_url(base).options(options());
    let client = builder.build().expect("settings that fit");
    client.login(&secret(WRONG)).await.expect_err("a wrong password");
    for factor in ["code", "mpin", "biometric", "none"] {
        let pending = client.login(&secret("password")).await.expect("a login");
        pending.request_access_code().await.expect("a code");
        if factor == "code" {
            pending.submit_access_code(&secret(WRONG)).await.expect_err("a wrong code");
        }
        let session = match factor {
            "code" => pending.submit_access_code(&secret("code")).await,
            "mpin" => pending.submit_mpin(&secret("mpin")).await,
            "biometric" => pending.submit_biometric(&secret("biometric")).await,
            _ => pending.redeem_one_time_token().await,
        };
        let session = session.expect("a session");
        let resumed = client.resume(session.save()).expect("a saved session");
        own_requests(&resumed.without_profile()).await;
        session.logout().await.expect("a logout");
    }
    let by_password = kotak::Grant::Password { username: "S4MPL3".to_owned(), password: secret("password") };
    for grant in
        [kotak::Grant::ClientCredentials, by_password, kotak::Grant::RefreshToken(secret("refresh-token"))]
    {
        let token = client.request_token(grant).await.expect("a token");
        client.revoke_token(&token.access_token, kotak::TokenKind::Access).await.expect("a revocation");
    }
}

/// Requests of the program's own: one that is only authorised, and one whose response is judged.
async fn own_requests(session: &Session) {
    let request = session.authorize(session.http().get(session.base_url())).expect("the broker's own host");
    request.send().await.expect("a response");
    session.get("own").send().await.expect_err("the server does not know it");
}

/// Signs with a secret.
struct Signature;

impl Signer for Signature {
    fn sign(&self, _request: &Request) -> Result<Vec<(HeaderName, Secret)>, String> {
        Ok(vec![(HeaderName::from_static("x-signature"), secret("signature"))])
    }
}

async fn ibkr(base: &str) {
    let gateway = ibkr::Client::builder()
        .base_url(base)
        .options(options())
        .header("Cookie", secret("cookie"))
        .header("Authorization", secret("authorization"))
        .signer(Arc::new(Signature))
        .build()
        .expect("settings that fit");
    gateway.tickle().await.expect("a tickle");
    gateway.validate_sso().await.expect("a single sign-on");
    gateway.auth_status().await.expect_err("a refusal");
    gateway.auth_status().await.expect("a status");
    gateway.open_session(Compete::Yield).await.expect("an opening");
    gateway.reauthenticate().await.expect("a new session");
    let session = gateway.session().await.expect("a session");
    let resumed = gateway.resume(session.save()).expect("a saved session");
    own_requests(&resumed.without_profile()).await;
    session.logout().await.expect("a logout");
}

/// A mobile number with digits that differ from all others.
fn mobile() -> Secret {
    let digits = digits("mobile");
    let mut number = String::with_capacity(13);
    number.push_str("+919000");
    number.push_str(digits.expose());
    Secret::new(number)
}

async fn neo(base: &str) {
    let credentials =
        |token| neo::Credentials::new().mobile(mobile()).ucc("MADE1").access_token(secret(token));
    let builder =
        neo::Client::builder().credentials(credentials("access-token")).base_url(base).options(options());
    let client = builder.build().expect("settings that fit");
    let view = client.login_totp(&digits("totp")).await.expect("a view session");
    let session = view.validate(&digits("mpin-digits")).await.expect("a trade session");
    session.client_ip().await.expect("an address");
    let mistaken = neo::Client::builder().credentials(credentials(WRONG)).base_url(base).options(options());
    let mistaken = mistaken.build().expect("settings that fit");
    mistaken.login_totp(&digits("totp")).await.expect_err("a wrong token");
    let resumed = client.resume(session.save()).expect("a saved session");
    own_requests(&resumed.without_profile()).await;
    session.logout().await.expect("a logout");
}
