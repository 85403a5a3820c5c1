//! Kotak Securities.
//!
//! How each operation of the spec is reached through the ergonomic crate, and what of its response a caller gets to see,
//! written as the broker writes it.

use broker_session::{
    Error, Secret,
    kotak::{AccessCodeSent, Client, Credentials, Grant, Pending, Session, TokenKind, User},
};
use jiff::{SignedDuration, Timestamp, Zoned, tz::TimeZone};
use serde_json::{Value, json};

use crate::{
    Broker, BrokerMessage, Case, Scenario, Spec, Target, as_json, as_received, generated_api, of_fault,
    of_text, without_nulls,
};

generated_api! {
    /// The API of Kotak Securities.
    pub struct Kotak = kotak_session_api, "kotak-session.yaml";
}

impl Broker for Kotak {
    const PREFIX: &'static str = "/apim";

    const CONFIRMED: &'static [&'static str] =
        &["session_init", "session_init_userid", "session_init_nickname"];

    fn scenarios() -> &'static [Scenario] {
        &ALL
    }

    fn seen(spec: &Spec, scenario: &Scenario, case: &Case<'_>) -> Value {
        let mut value = without_nulls(scenario.without_unread(as_received(spec, case)));
        if let Some(epoch) = value.get("loginTime").and_then(Value::as_i64) {
            value["loginTime"] =
                indian(Timestamp::from_millisecond(epoch).expect("an example's time")).into();
        }
        value
    }

    fn said(_spec: &Spec, case: &Case<'_>) -> BrokerMessage {
        if !case.is_json() {
            return of_text(case.value().as_str().unwrap_or_default());
        }
        let body = case.value();
        // An account that is not active is reported in an ordinary response.
        match body.get("Success") {
            Some(init) => of_fault(&json!({ "message": init["message"] })),
            None => of_fault(body),
        }
    }
}

/// What init says besides the message: where to carry on, which `base_url` shows, and what no client needs.
const OF_INIT: &[&str] =
    &["clientType", "encryption", "isNRI", "redirect", "service", "status", "userType", "userid", "weblink"];
const OF_LOGIN: &[&str] =
    &["Status", "authLevel", "clientType", "message", "nomineeFlag", "oneTimeToken", "redirect", "userid"];
/// Of the request for an access code: what the login has said already.
const OF_CODE: &[&str] = &[
    "Status",
    "authLevel",
    "biometric",
    "clientType",
    "mpin",
    "nomineeFlag",
    "oneTimeToken",
    "redirect",
    "userid",
];

/// Every operation of the spec.
const ALL: [Scenario; 13] = [
    Scenario {
        operation: "session_init",
        drive: |at| Box::pin(async { init(&client(at, userid())?).await }),
        unseen: OF_INIT,
    },
    Scenario {
        operation: "session_init_userid",
        drive: |at| Box::pin(async { init(&client(at, User::UseridInPath("S4MPL3".into()))?).await }),
        unseen: OF_INIT,
    },
    Scenario {
        operation: "session_init_nickname",
        drive: |at| Box::pin(async { init(&client(at, nickname())?).await }),
        unseen: OF_INIT,
    },
    Scenario {
        operation: "session_login_userid",
        drive: |at| Box::pin(async { Ok(login(&pending(at, userid()).await?)) }),
        unseen: OF_LOGIN,
    },
    Scenario {
        operation: "session_login_nickname",
        drive: |at| Box::pin(async { Ok(login(&pending(at, nickname()).await?)) }),
        unseen: OF_LOGIN,
    },
    Scenario {
        operation: "session_2fa_accesscode_get",
        drive: |at| Box::pin(async { Ok(sent(&pending(at, userid()).await?.request_access_code().await?)) }),
        unseen: OF_CODE,
    },
    Scenario {
        operation: "session_2fa_accesscode_post",
        drive: |at| {
            Box::pin(async {
                Ok(seen(
                    &pending(at, userid())
                        .await?
                        .submit_access_code(&at.secret_of_body("access-code"))
                        .await?,
                ))
            })
        },
        unseen: &[],
    },
    Scenario {
        operation: "session_2fa_one_time_token",
        drive: |at| {
            Box::pin(async { Ok(seen(&pending(at, userid()).await?.redeem_one_time_token().await?)) })
        },
        unseen: &[],
    },
    Scenario {
        operation: "session_2fa_mpin",
        drive: |at| {
            Box::pin(async {
                Ok(seen(&pending(at, userid()).await?.submit_mpin(&at.secret_of_body("mpin")).await?))
            })
        },
        unseen: &[],
    },
    Scenario {
        operation: "session_2fa_biometric",
        drive: |at| {
            Box::pin(async {
                Ok(seen(
                    &pending(at, userid()).await?.submit_biometric(&at.secret_of_body("biometric")).await?,
                ))
            })
        },
        unseen: &[],
    },
    Scenario {
        operation: "session_logout",
        drive: |at| {
            Box::pin(async {
                let session = pending(at, userid()).await?.redeem_one_time_token().await?;
                session.logout().await.map(|()| json!({}))
            })
        },
        unseen: &["message"],
    },
    Scenario { operation: "token", drive: |at| Box::pin(token(at)), unseen: &["token_type"] },
    Scenario {
        operation: "revoke",
        drive: |at| {
            Box::pin(async {
                let token = at.secret("access-token");
                client(at, userid())?.revoke_token(&token, TokenKind::Access).await.map(|()| Value::Null)
            })
        },
        unseen: &[],
    },
];

/// The client of this user.
///
/// # Errors
/// If settings do not fit.
pub fn client(at: &Target, user: User) -> Result<Client, Error> {
    let credentials = Credentials::new()
        .user(user)
        .consumer_key(at.secret("consumer-key"))
        .access_token(at.secret("access-token"))
        .consumer_secret(at.secret("consumer-secret"));
    Client::builder().credentials(credentials).base_url(at.base()).options(at.options()).build()
}

/// A user who is named by a user id.
pub fn userid() -> User {
    User::Userid("S4MPL3".into())
}

fn nickname() -> User {
    User::Nickname("sample-nickname".into())
}

async fn init(client: &Client) -> Result<Value, Error> {
    let initialized = client.init().await?;
    Ok(without_nulls(json!({ "message": initialized.message() })))
}

async fn pending(at: &Target, user: User) -> Result<Pending, Error> {
    client(at, user)?.login(&at.secret_of_body("password")).await
}

fn login(pending: &Pending) -> Value {
    let factors = pending.factors();
    without_nulls(json!({
        "accessCodeTime": pending.access_code_time().as_ref().map(written),
        "biometric": flag(factors.biometric),
        "emailId": pending.email(),
        "mpin": flag(factors.mpin),
        "phoneNo": pending.phone(),
    }))
}

fn sent(sent: &AccessCodeSent) -> Value {
    without_nulls(json!({
        "accessCodeTime": sent.at.as_ref().map(written),
        "emailId": sent.email,
        "message": sent.message,
        "phoneNo": sent.phone,
    }))
}

/// A session as the broker would write it. Its token is in the saved session.
fn seen(session: &Session) -> Value {
    let mut seen = without_nulls(as_json(session.profile()));
    seen["sessionToken"] = as_json(session.save())["secrets"]["session_token"].clone();
    if let Some(time) = session.login_time() {
        seen["loginTime"] = indian(time).into();
    }
    seen
}

async fn token(at: &Target) -> Result<Value, Error> {
    let grant = Grant::Password { username: "S4MPL3".into(), password: at.secret_of_body("password") };
    let token = client(at, userid())?.request_token(grant).await?;
    Ok(without_nulls(json!({
        "access_token": token.access_token.expose(),
        "expires_in": token.expires_in.map(|lifetime| lifetime.as_secs()),
        "refresh_token": token.refresh_token.as_ref().map(Secret::expose),
        "scope": token.scope,
    })))
}

fn flag(flag: bool) -> &'static str {
    if flag { "Y" } else { "N" }
}

/// The broker's form of a time.
fn written(time: &Zoned) -> String {
    time.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}

/// The same for a time that is not yet in India.
fn indian(time: Timestamp) -> String {
    let offset = jiff::tz::offset(5).saturating_add(SignedDuration::from_mins(30));
    written(&time.to_zoned(TimeZone::fixed(offset)))
}
