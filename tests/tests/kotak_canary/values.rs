//! Values with a secret in them that no flow brings about: the generated types, and settings that are refused.

use std::fmt::Debug;

use broker_session::{
    Connection, Error, Secret,
    kotak::{Client, Credentials},
};
use broker_session_runtime::{Credential, Deadlines, HttpClientBuilder, Transport, contract::Outcome};
use contract_tests::{CANARY, Watch, canary};
use http::StatusCode;
use kotak_session_api::{API, types};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Notes what a generated type prints, and what its decoder says to a secret of another type.
fn look<T: DeserializeOwned + Debug>(watch: &mut Watch, name: &str, value: Value) {
    let decoded: T = serde_json::from_value(value.clone()).expect("a value that fits");
    watch.debug(name, &decoded);
    let odd = json!({ "a list": [value] });
    match serde_json::from_value::<T>(odd.clone()) {
        Ok(other) => watch.debug(name, &other),
        Err(error) => watch.debug(name, &error),
    }
    let members = value.as_object().expect("an object");
    // What a decoder says to a misfit in place of no secret is the business of who decodes.
    let is_secret = |value: &Value| value.as_str().is_some_and(|text| text.starts_with(CANARY));
    for (member, _) in members.iter().filter(|(_, value)| is_secret(value)) {
        for other in [json!(["CANARY-in-a-list"]), json!({ "CANARY-in-an-object": 1 })] {
            let mut copy = value.clone();
            copy[member] = other;
            if let Err(error) = serde_json::from_value::<T>(copy) {
                watch.text(name, error.to_string());
            }
        }
    }
}

pub(crate) fn are_looked_at(watch: &mut Watch) {
    let login = json!({ "oneTimeToken": canary("one-time-token") });
    let session = json!({
        "sessionToken": canary("session-token"), "publicToken": canary("public-token"),
        "apiToken": { "sessionId": canary("session-id") },
    });
    look::<types::LoginByUserid>(
        watch,
        "LoginByUserid",
        json!({ "userid": "u", "password": canary("password") }),
    );
    look::<types::LoginByNickname>(
        watch,
        "LoginByNickname",
        json!({ "nickname": "n", "password": canary("password") }),
    );
    look::<types::SecondFactorAccessCode>(
        watch,
        "SecondFactorAccessCode",
        json!({ "userid": "u", "accessCode": canary("code") }),
    );
    look::<types::SecondFactorMpin>(
        watch,
        "SecondFactorMpin",
        json!({ "userid": "u", "mpin": canary("mpin") }),
    );
    look::<types::SecondFactorBiometric>(
        watch,
        "SecondFactorBiometric",
        json!({ "userid": "u", "biometric": canary("biometric") }),
    );
    look::<types::AccessCode>(watch, "AccessCode", login.clone());
    look::<types::AccessCodeAnswer>(watch, "AccessCodeAnswer", json!({ "Success": login }));
    look::<types::Login>(watch, "Login", login.clone());
    look::<types::LoginAnswer>(watch, "LoginAnswer", json!({ "Success": login }));
    look::<types::Session>(watch, "Session", session.clone());
    look::<types::SessionAnswer>(watch, "SessionAnswer", json!({ "success": session }));
    look::<types::TokenRequest>(
        watch,
        "TokenRequest",
        json!({ "grant_type": "password", "password": canary("password"), "refresh_token": canary("refresh-token") }),
    );
    look::<types::TokenAnswer>(
        watch,
        "TokenAnswer",
        json!({ "access_token": canary("access-token"), "refresh_token": canary("refresh-token") }),
    );
    look::<types::RevokeRequest>(watch, "RevokeRequest", json!({ "token": canary("access-token") }));
    let credential = Credential::Token(canary("access-token").into());
    let basic = Credential::Basic {
        username: canary("consumer-key").into(),
        password: canary("consumer-secret").into(),
    };
    watch.debug("Credential", &credential);
    watch.debug("Credential", &basic);
    let transport =
        Transport::builder(&API).credential("accessToken", credential).credential("consumer", basic);
    watch.debug("TransportBuilder", &transport);
    let transport = transport.build();
    watch.debug("Transport", &transport);
    let user = Secret::from(canary("proxy-password"));
    let http =
        HttpClientBuilder::new().only_given_roots(true).proxy("http://127.0.0.1:9", Some(("u", &user)));
    let http = http.expect("a proxy").build(Deadlines::default()).expect("a client without TLS");
    watch.debug("reqwest::Client", &http);
    let client = kotak_session_api::Client::new_with_client("http://127.0.0.1:9", http, transport);
    watch.debug("kotak_session_api::Client", &client);
    let outcome =
        Outcome::Answer(StatusCode::OK, json!({ "Success": { "oneTimeToken": canary("one-time-token") } }));
    watch.debug("Outcome", &outcome);
    watch.debug("Secret", &Secret::from(canary("password")));
}

/// Settings with a secret where none belongs.
pub(crate) fn settings_are_refused(watch: &mut Watch) {
    let password = canary("url-password");
    let credentials =
        || Credentials::new("S4MPL3", canary("consumer-key")).access_token(canary("access-token"));
    let with_base =
        |base: String| Client::builder().credentials(credentials()).base_url(base).build().map(drop);
    let outcomes: Vec<(&str, Result<(), Error>)> = vec![
        (
            "a proxy with a password",
            Connection::new().proxy(&format!("http://u:{password}@127.0.0.1:9"), None).map(drop),
        ),
        (
            "a proxy that is none",
            Connection::new().proxy(&format!("u:{password}@127.0.0.1:9"), None).map(drop),
        ),
        (
            "a base with a password",
            with_base(format!("https://u:{password}@tradeapi.kotaksecurities.com/apim")),
        ),
        (
            "a base with a query",
            with_base(format!("https://tradeapi.kotaksecurities.com/apim?token={password}")),
        ),
        ("a certificate that is none", Connection::new().root_certificates(password.as_bytes()).map(drop)),
        ("a further host with a password", {
            let connection = Connection::new().allow_host(format!("https://u:{password}@127.0.0.1"));
            Client::builder().credentials(credentials()).connection(connection).build().map(drop)
        }),
    ];
    for (label, outcome) in outcomes {
        watch.error(label, &outcome.expect_err(label));
    }
}
