//! Interactive Brokers.
//!
//! How each operation of the spec is reached through the ergonomic crate, and what of its response a caller gets to see,
//! written as the broker writes it.

use std::time::Duration;

use broker_session::{
    Error, ErrorKind,
    ibkr::{Client, ClientBuilder, Compete, oauth1a, oauth2},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    Broker, BrokerMessage, Case, MockApi, Scenario, Spec, Target, as_encoded, as_json, generated_api,
    of_text, without_blanks,
};

generated_api! {
    /// The API of Interactive Brokers.
    pub struct Ibkr = ibkr_session_api, "ibkr-session.yaml";
}

const STATUS: &str = "iserver_auth_status_post";
const INIT: &str = "iserver_auth_ssodh_init_post";

/// The operations with which a program signs in by itself.
const OAUTH: [&str; 5] = [
    "oauth_request_token_post",
    "oauth_access_token_post",
    "oauth_live_session_token_post",
    "oauth2_token_post",
    "sso_sessions_post",
];

/// How long the broker keeps a caller out (documented).
const PENALTY: Duration = Duration::from_secs(15 * 60);

impl Broker for Ibkr {
    const PREFIX: &'static str = "/v1/api";
    const HAS_PINS: bool = true;
    const CONFIRMED: &'static [&'static str] =
        &["iserver_auth_status_post", "iserver_reauthenticate_post", "logout_post", "sso_validate_get"];

    fn scenarios() -> &'static [Scenario] {
        &ALL
    }

    fn seen(spec: &Spec, scenario: &Scenario, case: &Case<'_>) -> Value {
        let mut value = case.value().clone();
        let mut pointer = case.media.expect("a successful response has a body").schema.clone();
        let is_silent =
            scenario.operation == INIT && value.as_object().is_some_and(serde_json::Map::is_empty);
        if is_silent || value.get("message") == Some(&json!("sso dh already set")) {
            // It says nothing of the session, so that the status has to be asked.
            let status = spec.first_success(STATUS);
            (value, pointer) = (status.value().clone(), status.media.expect("a status").schema.clone());
        }
        without_blanks(scenario.without_unread(as_encoded(spec, &pointer, &value)))
    }

    /// It has no codes.
    fn said(spec: &Spec, case: &Case<'_>) -> BrokerMessage {
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
        if is_refusal(case) {
            return (None, text(spec.example(STATUS, "refused").value(), "fail"));
        }
        match case.is_json() {
            true => {
                let problem = text(case.value(), "title").zip(text(case.value(), "detail"));
                let problem = problem.map(|(title, detail)| format!("{title}: {detail}"));
                (None, text(case.value(), "error").or(problem))
            }
            false => of_text(case.value().as_str().unwrap_or_default()),
        }
    }

    /// Whether there is a session that a logout has not ended is asked of the others: there is none.
    fn beside(operation: &str) -> &'static [(&'static str, &'static str)] {
        match operation {
            "logout_post" => &[(STATUS, "soft-time-out"), ("sso_validate_get", "not-authenticated")],
            _ => &[],
        }
    }

    fn prepare(spec: &Spec, mock: &MockApi, case: &Case<'_>) {
        if is_refusal(case) {
            mock.respond_with(spec.operation(STATUS), &spec.example(STATUS, "refused"));
        }
    }

    /// An error names the page to open where a person must sign in, and how long a refusal lasts where the broker
    /// keeps a caller out, and neither anywhere else.
    fn check_error(at: &Target, error: &Error) -> Result<(), String> {
        let page = format!("{}/", at.base().trim_end_matches(Self::PREFIX));
        // What signs in by itself has no page.
        let has_page = error.operation().is_none_or(|operation| !OAUTH.contains(&operation));
        let page = (has_page && error.kind() == ErrorKind::LoginRequired).then_some(page);
        if error.login_url().map(str::to_owned) != page {
            return Err(format!("the page to open is {:?} in place of {page:?}", error.login_url()));
        }
        let wait = (error.kind() == ErrorKind::RateLimited).then_some(PENALTY);
        match error.retry_after().filter(|wait| !wait.is_zero()) == wait {
            true => Ok(()),
            false => Err(format!("the wait is {:?} in place of {wait:?}", error.retry_after())),
        }
    }
}

/// Whether it is the response whose reason stands in another one.
fn is_refusal(case: &Case<'_>) -> bool {
    case.operation.id == INIT && case.is_success() && case.kind() == Some("refused")
}

/// Every operation of the spec.
const ALL: [Scenario; 11] = [
    Scenario {
        operation: "iserver_auth_status_post",
        drive: |at| Box::pin(async { Ok(seen(&*client(at)?.auth_status().await?)) }),
        unseen: &[],
    },
    Scenario {
        operation: "iserver_auth_ssodh_init_post",
        drive: |at| Box::pin(async { Ok(seen(&*client(at)?.open_session(Compete::Yield).await?)) }),
        unseen: &["passed"],
    },
    Scenario {
        operation: "iserver_reauthenticate_post",
        drive: |at| {
            Box::pin(async {
                let status = client(at)?.reauthenticate().await?;
                Ok(status.map_or_else(|| json!({}), |status| seen(&*status)))
            })
        },
        unseen: &["message", "passed"],
    },
    Scenario {
        operation: "sso_validate_get",
        drive: |at| Box::pin(async { Ok(seen(client(at)?.validate_sso().await?)) }),
        unseen: &[],
    },
    Scenario {
        operation: "tickle_post",
        drive: |at| Box::pin(async { Ok(seen(client(at)?.tickle().await?)) }),
        unseen: &[],
    },
    Scenario {
        operation: "logout_post",
        drive: |at| Box::pin(async { client(at)?.logout().await.map(|()| json!({})) }),
        unseen: &["status", "confirmed"],
    },
    Scenario {
        operation: "oauth_request_token_post",
        drive: |at| {
            Box::pin(async {
                let token = oauth1a_client(at)?.request_token().await?;
                Ok(json!({ "oauth_token": token.expose() }))
            })
        },
        unseen: &[],
    },
    Scenario {
        operation: "oauth_access_token_post",
        drive: |at| {
            Box::pin(async {
                let (token, verifier) = (at.secret("request_token"), at.secret("verifier"));
                Ok(seen(oauth1a_client(at)?.access_token(&token, &verifier).await?))
            })
        },
        unseen: &[],
    },
    Scenario {
        operation: "oauth_live_session_token_post",
        drive: |at| Box::pin(async { Ok(seen(oauth1a_client(at)?.live_session_token().await?)) }),
        unseen: &[],
    },
    Scenario {
        operation: "oauth2_token_post",
        drive: |at| Box::pin(async { Ok(seen(oauth2_client(at)?.oauth2_access_token().await?)) }),
        unseen: &[],
    },
    Scenario {
        operation: "sso_sessions_post",
        drive: |at| {
            Box::pin(async { Ok(seen(oauth2_client(at)?.sso_session(&at.secret("access_token")).await?)) })
        },
        unseen: &[],
    },
];

/// A file that was made up for the vectors of OAuth 1.0a.
macro_rules! made_up {
    ($name:literal) => {
        include_str!(concat!("../../vectors/ibkr-oauth1a/", $name))
    };
}

/// A client that signs in by itself.
fn oauth1a_client(at: &Target) -> Result<Client, Error> {
    let vectors: Value = serde_json::from_str(made_up!("vectors.json")).expect("the vectors are JSON");
    let credentials = oauth1a::Credentials::builder()
        .consumer_key("MADEUPKEY")
        .access_token(at.secret("oauth_token"))
        .access_token_secret(vectors["access_token_secret_base64"].as_str().unwrap_or_default())
        .signature_key(made_up!("made-up-signature.pkcs8.pem"))
        .encryption_key(made_up!("made-up-encryption.pkcs8.pem"))
        .dh_parameters(made_up!("dhparam.pem"));
    let builder = Client::builder().base_url(at.base()).options(at.options()).oauth1a(credentials.build()?);
    pinned(builder, at).build()
}

/// The same with OAuth 2.0.
fn oauth2_client(at: &Target) -> Result<Client, Error> {
    let credentials = oauth2::Credentials::builder()
        .client_id("made-up-client")
        .key_id("made-up-key")
        .private_key(made_up!("made-up-signature.pkcs8.pem"))
        .credential("sampleuser")
        .ip("192.0.2.1");
    let builder = Client::builder().base_url(at.base()).options(at.options()).oauth2(credentials.build()?);
    pinned(builder, at).build()
}

fn pinned(builder: ClientBuilder, at: &Target) -> ClientBuilder {
    match at.pin() {
        Some(pem) => builder.trust_certificate(pem),
        None => builder,
    }
}

/// The client, which is given two secrets.
fn client(at: &Target) -> Result<Client, Error> {
    let builder = Client::builder()
        .base_url(at.base())
        .options(at.options())
        .header("Cookie", at.secret("cookie"))
        .header("Authorization", at.secret("authorization"));
    pinned(builder, at).build()
}

/// A value as the broker would write it.
fn seen(value: impl Serialize) -> Value {
    without_blanks(as_json(value))
}
