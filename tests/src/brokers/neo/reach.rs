//! How each operation of the spec is reached through `broker_session::neo`, and what of its answer a caller gets to
//! see, written as the broker writes it.

use crate::{At, Reach, secret, without_nulls};
use broker_session::{
    Error, Secret,
    neo::{Client, Credentials, Profile, TradeSession, ViewSession},
};
use serde_json::{Value, json};

/// The mobile number that signs in.
pub const MOBILE: &str = "+910000000828";

/// A one-time password.
pub const CODE: &str = "918273";

/// An MPIN.
pub const MPIN: &str = "827364";

/// Every operation of the spec.
pub(super) const ALL: [Reach; 4] = [
    Reach {
        operation: "trade_api_login",
        drive: |at| Box::pin(async { Ok(profile(view(at).await?.profile())) }),
        // The tokens show in what is sent with them, and the rest of the view session is of no use to anybody.
        unseen: &["baseUrl", "caches", "sid", "status", "token"],
    },
    Reach {
        operation: "trade_api_validate",
        drive: |at| Box::pin(async { Ok(seen(&trade(at).await?)) }),
        unseen: &["baseUrl", "caches", "status"],
    },
    Reach {
        operation: "get_client_ip",
        drive: |at| {
            Box::pin(async {
                let addresses = trade(at).await?.client_ip().await?;
                let addresses =
                    addresses.iter().map(|address| json!({ "ip": address.ip, "time": address.time }));
                Ok(addresses.map(without_nulls).collect())
            })
        },
        unseen: &[],
    },
    Reach {
        operation: "logout",
        drive: |at| Box::pin(async { trade(at).await?.logout().await.map(|()| json!({})) }),
        unseen: &["State", "message", "stCode", "stat", "status"],
    },
];

/// A client that nobody has signed in with.
///
/// # Errors
/// If settings do not fit.
pub fn client(at: &At) -> Result<Client, Error> {
    let credentials = Credentials::new(MOBILE, "MADE1", at.secret("access-token"));
    Client::builder().credentials(credentials).base_url(at.base()).connection(at.connection()).build()
}

/// The session after the first factor.
///
/// # Errors
/// Whatever keeps the first factor from being taken.
pub async fn view(at: &At) -> Result<ViewSession, Error> {
    client(at)?.login_totp(&secret(CODE)).await
}

/// The session after both factors.
///
/// # Errors
/// Whatever keeps one of them from being taken.
pub async fn trade(at: &At) -> Result<TradeSession, Error> {
    view(at).await?.validate(&secret(MPIN)).await
}

/// A session as the broker would write it.
fn seen(session: &TradeSession) -> Value {
    let mut seen = profile(session.profile());
    let saved = serde_json::to_value(session.save()).expect("a saved session");
    for name in ["token", "sid"] {
        seen[name] = saved["secrets"][name].clone();
    }
    seen
}

/// What the broker says of the user, as it would write it.
fn profile(profile: &Profile) -> Value {
    let exposed = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
    without_nulls(json!({
        "asbaStatus": profile.asba_status,
        "clientGroup": profile.client_group,
        "clientType": profile.client_type,
        "dataCenter": profile.data_center,
        "dataCenterMap": profile.data_center_map,
        "derivativesRiskDisclosure": profile.derivatives_risk_disclosure,
        "dormancyStatus": profile.dormancy_status,
        "feedUrl": profile.feed_url,
        "greetingName": profile.greeting_name,
        "hsServerId": exposed(&profile.hs_server_id),
        "incRange": profile.inc_range,
        "incUpdFlag": profile.inc_upd_flag,
        "isNRI": profile.is_nri,
        "isTrialAccount": profile.is_trial_account,
        "isUserPwdExpired": profile.is_user_pwd_expired,
        "kId": exposed(&profile.k_id),
        "kType": profile.k_type,
        "kraStatus": profile.kra_status,
        "mfAccess": profile.mf_access,
        "rcFlag": profile.rc_flag,
        "rid": exposed(&profile.rid),
        "rtUrl": profile.rt_url,
        "searchAPIKey": exposed(&profile.search_api_key),
        "ucc": profile.ucc,
    }))
}
