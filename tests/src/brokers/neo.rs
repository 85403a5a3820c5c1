//! Kotak Neo.
//!
//! How each operation of the spec is reached through the ergonomic crate, and what of its response a caller gets to see,
//! written as the broker writes it.

use broker_session::{
    Error, SavedSession,
    neo::{Client, Credentials, Profile, Session, ViewSession},
};
use serde_json::{Value, json};

use crate::{
    Broker, BrokerMessage, Case, Scenario, Spec, Target, as_json, as_received, generated_api, of_text,
    secret, without_nulls,
};

generated_api! {
    /// The API of Kotak Neo.
    pub struct Neo = neo_session_api, "neo-session.yaml";
}

impl Broker for Neo {
    const PREFIX: &'static str = "";

    fn scenarios() -> &'static [Scenario] {
        &ALL
    }

    fn seen(spec: &Spec, scenario: &Scenario, case: &Case<'_>) -> Value {
        let response = as_received(spec, case);
        let inner = response.get("data").unwrap_or(&response).clone();
        without_nulls(scenario.without_unread(inner))
    }

    /// Of the forms of a failure, each has other names for its code and its words.
    fn said(_spec: &Spec, case: &Case<'_>) -> BrokerMessage {
        if !case.is_json() {
            return of_text(case.value().as_str().unwrap_or_default());
        }
        let body = case.value();
        let wrapped = body.get("data").filter(|data| data.get("stCode").is_some());
        let fault = body["error"].get(0).or(wrapped).unwrap_or(body);
        let text = |names: &[&str]| {
            let found = names.iter().find_map(|name| fault.get(name).filter(|value| !value.is_null()));
            let found = found.filter(|value| value.is_string() || value.is_number());
            found.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        // Where there are no words, the status is the word.
        let message = text(&["errMsg", "emsg", "message", "stat", "status"]);
        let message = match (message, text(&["description", "error"])) {
            (Some(message), Some(more)) => Some(format!("{message}: {more}")),
            (message, more) => message.or(more),
        };
        (text(&["errorCode", "stCode", "code"]), message)
    }
}

/// The mobile number that signs in.
pub const MOBILE: &str = "+910000000828";

/// A one-time password.
pub const CODE: &str = "918273";

/// An MPIN.
pub const MPIN: &str = "827364";

/// Every operation of the spec.
const ALL: [Scenario; 4] = [
    Scenario {
        operation: "trade_api_login",
        drive: |at| Box::pin(async { Ok(seen(view(at).await?.profile(), None)) }),
        // They show in what is sent with them.
        unseen: &["sid", "token"],
    },
    Scenario {
        operation: "trade_api_validate",
        drive: |at| {
            Box::pin(async {
                let session = trade(at).await?;
                Ok(seen(session.profile(), Some(&session.save())))
            })
        },
        unseen: &[],
    },
    Scenario {
        operation: "get_client_ip",
        drive: |at| {
            Box::pin(async {
                let addresses = trade(at).await?.client_ip().await?;
                Ok(addresses.into_iter().map(|address| without_nulls(as_json(address))).collect())
            })
        },
        unseen: &[],
    },
    Scenario {
        operation: "logout",
        drive: |at| Box::pin(async { trade(at).await?.logout().await.map(|()| json!({})) }),
        unseen: &["State", "message", "stCode", "stat", "status"],
    },
];

/// A client that nobody has signed in with.
///
/// # Errors
/// If settings do not fit.
pub fn client(at: &Target) -> Result<Client, Error> {
    let credentials = Credentials::new().mobile(MOBILE).ucc("MADE1").access_token(at.secret("access-token"));
    Client::builder().credentials(credentials).base_url(at.base()).options(at.options()).build()
}

/// The session after the first factor.
///
/// # Errors
/// Whatever keeps the first factor from being taken.
pub async fn view(at: &Target) -> Result<ViewSession, Error> {
    client(at)?.login_totp(&secret(CODE)).await
}

/// The session after both factors.
///
/// # Errors
/// Whatever keeps one of them from being taken.
pub async fn trade(at: &Target) -> Result<Session, Error> {
    view(at).await?.validate(&secret(MPIN)).await
}

/// A session as the broker would write it. Its tokens are in the saved session.
fn seen(profile: &Profile, saved: Option<&SavedSession>) -> Value {
    let mut seen = without_nulls(as_json(profile));
    if let Some(saved) = saved.map(as_json) {
        for name in ["token", "sid"] {
            seen[name] = saved["secrets"][name].clone();
        }
    }
    seen
}
