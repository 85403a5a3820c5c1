//! The broker's answers as JSON: what stands in each.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::base_url::BaseUrl;
use super::state::{Kind, Opened};
use crate::tickets::random_uuid;
use crate::zone::india;

/// The answer of `tradeApiLogin` and, with where to carry on, of `tradeApiValidate`.
pub(super) fn session(opened: &Opened, base_url: &BaseUrl) -> Value {
    let Opened { account, kind, session } = opened;
    let mut data = json!({
        "token": session.token,
        "sid": session.sid,
        "rid": random_uuid(),
        "hsServerId": "",
        "isUserPwdExpired": false,
        "caches": {
            "baskets": "1630295100",
            "lastUpdatedTS": "1630295100",
            "multiplewatchlists": "1630295100",
            "techchartpreferences": "1630295100",
        },
        "ucc": account.ucc,
        "greetingName": account.name,
        "isTrialAccount": false,
        "dataCenter": "E43",
        "searchAPIKey": "",
        "derivativesRiskDisclosure": "Made-up words about the risk of derivatives.",
        "mfAccess": 1,
        "dataCenterMap": null,
        "dormancyStatus": "A",
        "asbaStatus": "",
        "clientType": "RI",
        "isNRI": false,
        "kId": account.k_id,
        "kType": kind.name(),
        "status": "success",
        "incRange": 0,
        "incUpdFlag": "",
        "clientGroup": "",
        "kraStatus": "",
        "rcFlag": 0,
    });
    if let (Kind::Trade, Some(members)) = (kind, data.as_object_mut()) {
        members.insert("baseUrl".into(), base_url.text().into());
        // Nothing is streamed here; the broker's clients only read where it would be.
        members.insert("feedUrl".into(), base_url.stream("apifeed").into());
        members.insert("rtUrl".into(), base_url.stream("realtime").into());
    }
    json!({ "data": data })
}

/// The answer of `get-client-ip`: every client of a sandbox is on this machine.
pub(super) fn client_ip(now: Timestamp) -> Value {
    let time = india().to_datetime(now).strftime("%Y-%m-%d %H:%M:%S").to_string();
    json!({ "data": [{ "ip": "127.0.0.1", "time": time }], "stCode": 1000, "status": "success" })
}

/// The answer of `logout` (inferred).
pub(super) fn logout() -> Value {
    json!({ "stat": "Ok", "stCode": 200, "message": "Logged out." })
}

/// The answer of a trading call that gives a list. No order can be placed here, so it is empty.
pub(super) fn nothing_yet() -> Value {
    json!({ "stat": "Ok", "stCode": 200, "data": [] })
}

/// The answer of `limits`.
pub(super) fn limits() -> Value {
    json!({ "stat": "Ok", "stCode": 200, "Category": "CLIENT", "Net": "100000.00", "MarginUsed": "0.00" })
}

/// The answer of `oauth2/token` (RFC 6749, section 5.1).
pub(super) fn access_token(token: &str) -> Value {
    json!({ "access_token": token, "token_type": "Bearer", "expires_in": 86_400, "scope": "default" })
}
