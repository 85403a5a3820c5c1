//! Values with a secret in them that no flow brings about: the generated types, and settings that are refused.

use broker_session::{
    Error,
    neo::{Client, Credentials},
};
use contract_tests::{
    Watch,
    brokers::neo::{CODE, MOBILE, MPIN},
    canary, once, secret,
};
use kotak_neo_session_api::types;
use serde_json::json;

pub(crate) fn are_looked_at(watch: &mut Watch) {
    watch.look::<types::TradeApiLoginRequest>(
        "TradeApiLoginRequest",
        json!({ "mobileNumber": canary("mobile"), "ucc": "MADE1", "totp": canary("totp") }),
    );
    watch.look::<types::TradeApiLoginRequest>(
        "TradeApiLoginRequest",
        json!({ "mobileNumber": MOBILE, "ucc": "MADE1", "totp": CODE }),
    );
    watch
        .look::<types::TradeApiValidateRequest>("TradeApiValidateRequest", json!({ "mpin": canary("mpin") }));
    watch.look::<types::TradeApiValidateRequest>("TradeApiValidateRequest", json!({ "mpin": MPIN }));
    let session = json!({
        "token": canary("token"), "sid": canary("sid"), "rid": canary("rid"), "kId": canary("k-id"),
        "hsServerId": canary("hs-server-id"), "searchAPIKey": canary("search-api-key"),
    });
    watch.look::<types::Session>("Session", session.clone());
    watch.look::<types::SessionEnvelope>("SessionEnvelope", json!({ "data": session }));
    watch.look::<types::SessionAnswer>("SessionAnswer", json!({ "data": session }));
}

/// Settings with a secret where none belongs.
pub(crate) fn settings_are_refused(watch: &mut Watch) {
    let password = canary("url-password");
    let token = canary("access-token");
    let build = |credentials: Credentials, base: &str| {
        Client::builder().credentials(credentials).base_url(base).connection(once()).build().map(drop)
    };
    let of = |token: &str| Credentials::new(MOBILE, "MADE1", token);
    let client =
        Client::builder().credentials(of(&token)).connection(once()).build().expect("settings that fit");
    let with_base = |base: String| build(of(&token), &base);
    let outcomes: Vec<(&str, Result<(), Error>)> = vec![
        ("a base with a password", with_base(format!("https://u:{password}@mis.kotaksecurities.com"))),
        ("a base with a query", with_base(format!("https://mis.kotaksecurities.com?token={password}"))),
        ("a token with a space", build(of(&format!("{token} {token}")), "http://127.0.0.1:9")),
        ("a token with a line", build(of(&format!("{token}\r\nX-Evil: 1")), "http://127.0.0.1:9")),
        ("a TOTP secret that is none", client.totp_from_secret(&secret(&canary("totp"))).map(drop)),
        ("a TOTP secret that is too short", client.totp_from_secret(&secret("CANARYAA")).map(drop)),
    ];
    for (label, outcome) in outcomes {
        watch.error(label, &outcome.expect_err(label));
    }
    let builder = Client::builder().base_url(format!("https://u:{password}@127.0.0.1"));
    watch.debug("ClientBuilder", &builder);
}
