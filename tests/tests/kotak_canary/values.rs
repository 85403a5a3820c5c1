//! Values with a secret in them that no flow brings about: the generated types, and settings that are refused.

use broker_session::{
    Connection, Error, Secret,
    kotak::{Client, Credentials},
};
use broker_session_runtime::{Credential, Deadlines, HttpClientBuilder, Transport, contract::Outcome};
use contract_tests::{Watch, canary};
use http::StatusCode;
use kotak_session_api::{API, types};
use serde_json::json;

pub(crate) fn are_looked_at(watch: &mut Watch) {
    let login = json!({ "oneTimeToken": canary("one-time-token") });
    let session = json!({
        "sessionToken": canary("session-token"), "publicToken": canary("public-token"),
        "apiToken": { "sessionId": canary("session-id") },
    });
    watch.look::<types::LoginByUserid>(
        "LoginByUserid",
        json!({ "userid": "u", "password": canary("password") }),
    );
    watch.look::<types::LoginByNickname>(
        "LoginByNickname",
        json!({ "nickname": "n", "password": canary("password") }),
    );
    watch.look::<types::SecondFactorAccessCode>(
        "SecondFactorAccessCode",
        json!({ "userid": "u", "accessCode": canary("code") }),
    );
    watch.look::<types::SecondFactorMpin>(
        "SecondFactorMpin",
        json!({ "userid": "u", "mpin": canary("mpin") }),
    );
    watch.look::<types::SecondFactorBiometric>(
        "SecondFactorBiometric",
        json!({ "userid": "u", "biometric": canary("biometric") }),
    );
    watch.look::<types::AccessCode>("AccessCode", login.clone());
    watch.look::<types::AccessCodeAnswer>("AccessCodeAnswer", json!({ "Success": login }));
    watch.look::<types::Login>("Login", login.clone());
    watch.look::<types::LoginAnswer>("LoginAnswer", json!({ "Success": login }));
    watch.look::<types::Session>("Session", session.clone());
    watch.look::<types::SessionAnswer>("SessionAnswer", json!({ "success": session }));
    watch.look::<types::TokenRequest>(
        "TokenRequest",
        json!({ "grant_type": "password", "password": canary("password"), "refresh_token": canary("refresh-token") }),
    );
    watch.look::<types::TokenAnswer>(
        "TokenAnswer",
        json!({ "access_token": canary("access-token"), "refresh_token": canary("refresh-token") }),
    );
    watch.look::<types::RevokeRequest>("RevokeRequest", json!({ "token": canary("access-token") }));
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
