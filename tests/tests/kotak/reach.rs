//! How each operation of the spec is reached through `broker_session::kotak`, and what of its answer a caller
//! gets to see, written as the broker writes it.

use broker_session::{
    Error, Secret,
    kotak::{AccessCodeSent, Client, Grant, Pending, Service, Session, TokenKind, User},
};
use futures::future::BoxFuture;
use jiff::Zoned;
use serde_json::{Map, Value, json};

use crate::support::secret;

/// One way to an operation.
pub(crate) struct Reach {
    /// The operation.
    pub(crate) operation: &'static str,
    /// Who signs in.
    pub(crate) user: fn() -> User,
    /// Drives the client until the operation has been called.
    pub(crate) drive: for<'a> fn(&'a Client) -> BoxFuture<'a, Result<Value, Error>>,
    /// Members of the answer that nobody asks for.
    pub(crate) unseen: &'static [&'static str],
}

/// What init says besides the message: where to carry on, which `base_url` shows, and what no client needs.
const OF_INIT: &[&str] =
    &["clientType", "encryption", "isNRI", "redirect", "service", "status", "userType", "userid", "weblink"];
const OF_LOGIN: &[&str] = &["Status", "clientType", "message", "oneTimeToken", "redirect"];
const OF_SESSION: &[&str] = &["publicToken"];

/// Every operation of the spec.
pub(crate) const ALL: [Reach; 13] = [
    Reach {
        operation: "session_init",
        user: userid,
        drive: |client| Box::pin(init(client)),
        unseen: OF_INIT,
    },
    Reach {
        operation: "session_init_userid",
        user: || User::UseridInPath("S4MPL3".into()),
        drive: |client| Box::pin(init(client)),
        unseen: OF_INIT,
    },
    Reach {
        operation: "session_init_nickname",
        user: nickname,
        drive: |client| Box::pin(init(client)),
        unseen: OF_INIT,
    },
    Reach {
        operation: "session_login_userid",
        user: userid,
        drive: |client| Box::pin(login(client)),
        unseen: OF_LOGIN,
    },
    Reach {
        operation: "session_login_nickname",
        user: nickname,
        drive: |client| Box::pin(login(client)),
        unseen: OF_LOGIN,
    },
    Reach {
        operation: "session_2fa_accesscode_get",
        user: userid,
        drive: |client| Box::pin(async { Ok(sent(&pending(client).await?.request_access_code().await?)) }),
        unseen: &[],
    },
    Reach {
        operation: "session_2fa_accesscode_post",
        user: userid,
        drive: |client| {
            Box::pin(async { Ok(seen(&pending(client).await?.access_code(&secret("0000")).await?)) })
        },
        unseen: OF_SESSION,
    },
    Reach {
        operation: "session_2fa_one_time_token",
        user: userid,
        drive: |client| Box::pin(async { Ok(seen(&pending(client).await?.one_time_token().await?)) }),
        unseen: OF_SESSION,
    },
    Reach {
        operation: "session_2fa_mpin",
        user: userid,
        drive: |client| Box::pin(async { Ok(seen(&pending(client).await?.mpin(&secret("000000")).await?)) }),
        unseen: OF_SESSION,
    },
    Reach {
        operation: "session_2fa_biometric",
        user: userid,
        drive: |client| {
            Box::pin(async {
                Ok(seen(&pending(client).await?.biometric(&secret("made-up-biometric")).await?))
            })
        },
        unseen: OF_SESSION,
    },
    Reach {
        operation: "session_logout",
        user: userid,
        drive: |client| {
            Box::pin(async {
                let session = pending(client).await?.one_time_token().await?;
                session.logout().await.map(|()| json!({}))
            })
        },
        unseen: &["message"],
    },
    Reach {
        operation: "token",
        user: userid,
        drive: |client| Box::pin(token(client)),
        unseen: &["token_type"],
    },
    Reach {
        operation: "revoke",
        user: userid,
        drive: |client| {
            Box::pin(async {
                let token = secret("made-up-access-token");
                client.revoke(&token, TokenKind::Access).await.map(|()| Value::Null)
            })
        },
        unseen: &[],
    },
];

fn userid() -> User {
    User::Userid("S4MPL3".into())
}

fn nickname() -> User {
    User::Nickname("sample-nickname".into())
}

async fn init(client: &Client) -> Result<Value, Error> {
    let initialised = client.init().await?;
    Ok(without_nulls(json!({ "message": initialised.message() })))
}

async fn pending(client: &Client) -> Result<Pending, Error> {
    client.login(&secret("made-up-password")).await
}

async fn login(client: &Client) -> Result<Value, Error> {
    let pending = pending(client).await?;
    let factors = pending.factors();
    Ok(without_nulls(json!({
        "accessCodeTime": pending.access_code_time().as_ref().map(written),
        "biometric": flag(factors.biometric),
        "emailId": pending.email(),
        "mpin": flag(factors.mpin),
        "phoneNo": pending.phone(),
    })))
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
        "sessionToken": saved["session_token"],
        "stwtFlag": profile.stwt_flag.map(flag),
        "userId": profile.user_id,
        "weblink": address(&services.weblink),
    }))
}

async fn token(client: &Client) -> Result<Value, Error> {
    let token = client.token(Grant::ClientCredentials).await?;
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
pub(crate) fn written(time: &Zoned) -> String {
    time.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}

/// Without members that are null, and without objects that have no others.
fn without_nulls(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let members = members.into_iter().map(|(name, value)| (name, without_nulls(value)));
    let empty = |value: &Value| value.is_null() || value.as_object().is_some_and(Map::is_empty);
    members.filter(|(_, value)| !empty(value)).collect()
}
