//! How each operation of the spec is reached through `broker_session::kotak`, and what of its answer a caller
//! gets to see, written as the broker writes it.

use crate::{At, Reach, without_nulls};
use broker_session::{
    Error, Secret,
    kotak::{AccessCodeSent, Client, Credentials, Grant, Pending, Service, Session, TokenKind, User},
};
use jiff::Zoned;
use serde_json::{Map, Value, json};

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
const OF_SESSION: &[&str] = &["getLTPURL", "isTrinity", "nomineeFlag", "poaFlag", "publicToken", "searchURL"];

/// Every operation of the spec.
pub(super) const ALL: [Reach; 13] = [
    Reach {
        operation: "session_init",
        drive: |at| Box::pin(async { init(&client(at, userid())?).await }),
        unseen: OF_INIT,
    },
    Reach {
        operation: "session_init_userid",
        drive: |at| Box::pin(async { init(&client(at, User::UseridInPath("S4MPL3".into()))?).await }),
        unseen: OF_INIT,
    },
    Reach {
        operation: "session_init_nickname",
        drive: |at| Box::pin(async { init(&client(at, nickname())?).await }),
        unseen: OF_INIT,
    },
    Reach {
        operation: "session_login_userid",
        drive: |at| Box::pin(async { Ok(login(&pending(at, userid()).await?)) }),
        unseen: OF_LOGIN,
    },
    Reach {
        operation: "session_login_nickname",
        drive: |at| Box::pin(async { Ok(login(&pending(at, nickname()).await?)) }),
        unseen: OF_LOGIN,
    },
    Reach {
        operation: "session_2fa_accesscode_get",
        drive: |at| Box::pin(async { Ok(sent(&pending(at, userid()).await?.request_access_code().await?)) }),
        unseen: OF_CODE,
    },
    Reach {
        operation: "session_2fa_accesscode_post",
        drive: |at| {
            Box::pin(async {
                Ok(seen(&pending(at, userid()).await?.access_code(&at.secret_of_body("access-code")).await?))
            })
        },
        unseen: OF_SESSION,
    },
    Reach {
        operation: "session_2fa_one_time_token",
        drive: |at| Box::pin(async { Ok(seen(&pending(at, userid()).await?.one_time_token().await?)) }),
        unseen: OF_SESSION,
    },
    Reach {
        operation: "session_2fa_mpin",
        drive: |at| {
            Box::pin(async {
                Ok(seen(&pending(at, userid()).await?.mpin(&at.secret_of_body("mpin")).await?))
            })
        },
        unseen: OF_SESSION,
    },
    Reach {
        operation: "session_2fa_biometric",
        drive: |at| {
            Box::pin(async {
                Ok(seen(&pending(at, userid()).await?.biometric(&at.secret_of_body("biometric")).await?))
            })
        },
        unseen: OF_SESSION,
    },
    Reach {
        operation: "session_logout",
        drive: |at| {
            Box::pin(async {
                let session = pending(at, userid()).await?.one_time_token().await?;
                session.logout().await.map(|()| json!({}))
            })
        },
        unseen: &["message"],
    },
    Reach { operation: "token", drive: |at| Box::pin(token(at)), unseen: &["token_type"] },
    Reach {
        operation: "revoke",
        drive: |at| {
            Box::pin(async {
                let token = at.secret("access-token");
                client(at, userid())?.revoke(&token, TokenKind::Access).await.map(|()| Value::Null)
            })
        },
        unseen: &[],
    },
];

/// The client of this user.
///
/// # Errors
/// If settings do not fit.
pub fn client(at: &At, user: User) -> Result<Client, Error> {
    let credentials = Credentials::for_user(user, at.secret("consumer-key"))
        .access_token(at.secret("access-token"))
        .consumer_secret(at.secret("consumer-secret"));
    Client::builder().credentials(credentials).base_url(at.base()).connection(at.connection()).build()
}

/// A user who is named by a user id.
pub fn userid() -> User {
    User::Userid("S4MPL3".into())
}

fn nickname() -> User {
    User::Nickname("sample-nickname".into())
}

async fn init(client: &Client) -> Result<Value, Error> {
    let initialised = client.init().await?;
    Ok(without_nulls(json!({ "message": initialised.message() })))
}

async fn pending(at: &At, user: User) -> Result<Pending, Error> {
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

/// A session as the broker would write it.
fn seen(session: &Session) -> Value {
    let (profile, services) = (session.profile(), session.services());
    let exchanges = profile.exchanges.iter().map(|(segment, exchanges)| {
        let exchanges = exchanges.iter().map(|exchange| {
            let status = if exchange.active { "ACTIVE" } else { "INACTIVE" };
            json!({ "exchange": exchange.exchange, "status": status })
        });
        (segment.clone(), exchanges.collect::<Value>())
    });
    let exchanges: Map<String, Value> = exchanges.collect();
    let list = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
    let saved = serde_json::to_value(session.save()).expect("a saved session");
    without_nulls(json!({
        "advancedChart": address(&services.advanced_chart),
        "apiToken": {
            "redirect": address(&services.api_token_redirect),
            "sessionId": services.api_token_session_id.as_ref().map(Secret::expose),
        },
        "broadcast": address(&services.broadcast),
        "clientCode": profile.client_code,
        "clientName": profile.client_name,
        "dormantType": profile.dormant_type,
        "emailId": profile.email,
        "enabledExchangeSegments": (!exchanges.is_empty()).then_some(exchanges),
        "enabledProducts": list(&profile.products),
        "enabledSegments": list(&profile.segments),
        "getLtp": address(&services.get_ltp),
        "isNRI": profile.is_nri.map(flag),
        "loginTime": session.login_time().map(written),
        "marginProduct": { "isEnabled": profile.margin_product.map(flag) },
        "marketData": address(&services.market_data),
        "phoneNo": profile.phone,
        "redirect": address(&services.redirect),
        "search": address(&services.search),
        "service": address(&services.service),
        "sessionToken": saved["secrets"]["session_token"],
        "stwtFlag": profile.stwt_flag.map(flag),
        "userId": profile.user_id,
        "weblink": address(&services.weblink),
    }))
}

async fn token(at: &At) -> Result<Value, Error> {
    let grant = Grant::Password { username: "S4MPL3".into(), password: at.secret_of_body("password") };
    let token = client(at, userid())?.token(grant).await?;
    Ok(without_nulls(json!({
        "access_token": token.access_token.expose(),
        "expires_in": token.expires_in.map(|lifetime| lifetime.as_secs()),
        "refresh_token": token.refresh_token.as_ref().map(Secret::expose),
        "scope": token.scope,
    })))
}

fn address(service: &Option<Service>) -> Option<Value> {
    let service = service.as_ref()?;
    Some(json!({ "host": service.host, "port": service.port }))
}

fn flag(flag: bool) -> &'static str {
    if flag { "Y" } else { "N" }
}

/// The broker's form of a time.
pub(super) fn written(time: &Zoned) -> String {
    time.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}
