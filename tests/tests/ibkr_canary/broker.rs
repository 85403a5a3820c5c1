//! A gateway whose every secret can be told from all other texts, and the ways to its calls.

use std::sync::Arc;

use broker_session::{
    Connection, Error, RetryPolicy, Secret, Signer,
    ibkr::{Compete, Gateway, GatewayBuilder},
};
use contract_tests::{Held, Raw, canary, respond};
use http::{HeaderName, Method};
use serde_json::{Value, json};
use url::Url;

/// The ends of the paths of all calls.
pub(crate) const TARGETS: [&str; 6] =
    ["/auth/status", "/ssodh/init", "/reauthenticate", "/sso/validate", "/tickle", "/logout"];

/// Signs with a secret.
pub(crate) struct Signature;

impl Signer for Signature {
    fn sign(&self, _method: &Method, _url: &Url) -> Result<Vec<(HeaderName, Secret)>, String> {
        let value =
            format!("OAuth oauth_token=\"{}\", oauth_signature=\"{}\"", canary("oauth"), canary("hmac"));
        Ok(vec![(HeaderName::from_static("x-signature"), value.into())])
    }
}

/// A connection that repeats nothing and does not wait for the broker's limits.
pub(crate) fn connection() -> Connection {
    Connection::new().retry(RetryPolicy::NEVER).exchange(Arc::new(Held::new()))
}

/// A gateway that is given a secret in every way there is.
pub(crate) fn builder(server: &Raw) -> GatewayBuilder {
    let cookies = format!("x-sess-uuid={}; other={}", canary("cookie"), canary("other"));
    Gateway::builder()
        .base_url(format!("{}/v1/api", server.base_url()))
        .login_url(server.base_url())
        .connection(connection())
        .header("Cookie", cookies.into())
        .header("Authorization", format!("Bearer {}", canary("authorization")).into())
        .signer(Arc::new(Signature))
}

/// What a gateway answers for which all is well, with its own secrets.
pub(crate) fn goes_well(line: &str) -> Vec<u8> {
    let status = json!({ "authenticated": true, "connected": true, "competing": false, "MAC": "00" });
    let body = match line {
        _ if line.contains("/tickle") => {
            json!({ "session": canary("session"), "ssoExpires": 1, "iserver": { "authStatus": status } })
        }
        _ if line.contains("/validate") => json!({
            "RESULT": true, "TOKEN": canary("token"), "EXPIRES": 415_890, "LOGIN_TYPE": 2,
            "features": { "env": "PROD" }, "A_MEMBER_THAT_NOBODY_KNOWS": canary("unknown"), canary("member-name"): 1,
        }),
        _ if line.contains("/logout") => json!({ "status": true }),
        _ if line.contains("/reauthenticate") => json!({ "message": "triggered" }),
        _ => status,
    };
    answer("200 OK", &body)
}

pub(crate) fn answer(status: &str, body: &Value) -> Vec<u8> {
    respond(status, &[("content-type", "application/json")], &body.to_string())
}

/// Makes one call.
pub(crate) async fn drive(gateway: &Gateway, target: &str) -> Result<(), Error> {
    match target {
        "/auth/status" => gateway.status().await.map(drop),
        "/ssodh/init" => gateway.init(Compete::Yield).await.map(drop),
        "/reauthenticate" => gateway.reauthenticate().await.map(drop),
        "/sso/validate" => gateway.validate().await.map(drop),
        "/tickle" => gateway.tickle().await.map(drop),
        _ => gateway.logout().await,
    }
}
