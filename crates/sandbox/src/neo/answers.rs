//! The broker's answers as JSON: what stands in each.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::state::{Kind, Opened};
use crate::tickets::random_token;
use crate::zone::india;

/// The sandbox's addresses.
pub(super) struct Urls {
    /// The host's root, without a slash at the end.
    pub(super) root: String,
    /// What answers call `baseUrl`.
    pub(super) carry_on_at: String,
}

/// The answer of `tradeApiLogin` and, with where to carry on, of `tradeApiValidate`.
pub(super) fn session(opened: &Opened, urls: &Urls) -> Value {
    let Opened { account, kind, session } = opened;
    let mut data = json!({
        "token": session.token,
        "sid": session.sid,
        "rid": random_token(),
        "hsServerId": "",
        "isUserPwdExpired": false,
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
        members.insert("baseUrl".into(), urls.carry_on_at.as_str().into());
        // Nothing is streamed here; the broker's clients only read where it would be.
        let streams = urls.root.replacen("http", "ws", 1);
        members.insert("feedUrl".into(), format!("{streams}/apifeed").into());
        members.insert("rtUrl".into(), format!("{streams}/realtime").into());
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

/// The answer of the call that stands in for the trading calls.
pub(super) fn limits() -> Value {
    json!({ "stat": "Ok", "stCode": 200, "Category": "CLIENT", "Net": "100000.00", "MarginUsed": "0.00" })
}
