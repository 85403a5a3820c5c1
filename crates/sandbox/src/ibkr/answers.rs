//! The gateway's answers as JSON: what stands in each, at either base. All values are made up.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::state::{Init, SignOn, State};

/// The number of the user.
const USER_ID: i64 = 123_456_789;
/// The user's account.
const ACCOUNT: &str = "DU0000000";
/// From the addresses that are set aside for documentation (RFC 7042, section 2.1.1).
const MAC: &str = "00:00:5E:00:53:01";
const HARDWARE_INFO: &str = "5a0db0c5|00:00:5E:00:53:01";
/// From when to when `ssoExpires` counts down; then it starts again (observed).
const COUNTDOWN: i64 = 10 * 60 * 1000;

/// Which generation of the gateway answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// `/v1/api`.
    Newer,
    /// `/v1/portal`.
    Older,
}

impl Base {
    /// Both bases.
    pub(super) const ALL: [Self; 2] = [Self::Newer, Self::Older];

    /// Its path, from the host's root.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Newer => "/v1/api",
            Self::Older => "/v1/portal",
        }
    }
}

/// Whose session it is.
#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) paper: bool,
}

/// `iserver/auth/status`. Older gateways know neither `established` nor `hardware_info` (observed).
pub(super) fn status(base: Base, state: &State) -> Value {
    if !state.connected {
        return json!({
            "authenticated": state.authenticated,
            "competing": state.competing,
            "connected": state.connected,
            "MAC": MAC,
        });
    }
    let mut answer = json!({
        "authenticated": state.authenticated,
        "competing": state.competing,
        "connected": state.connected,
        "message": "",
        "MAC": MAC,
        "serverInfo": { "serverName": "SandboxN0001", "serverVersion": "Build 0.0.0 (sandbox)" },
        "fail": state.fail.unwrap_or_default(),
    });
    if let (Base::Newer, Some(members)) = (base, answer.as_object_mut()) {
        members.insert("established".into(), state.established.into());
        members.insert("hardware_info".into(), HARDWARE_INFO.into());
    }
    answer
}

/// `ssodh/init`: short at the newer base, a status at the older one.
pub(super) fn init(base: Base, init: Init, state: &State) -> Value {
    match (init, base) {
        // Inferred: it is the one known answer that tells of a session already there.
        (Init::AlreadySet, _) => json!({ "message": "sso dh already set" }),
        // That `competing` is false although a session elsewhere is the reason was observed.
        (Init::Refused, _) => {
            json!({ "passed": false, "authenticated": false, "connected": true, "competing": false })
        }
        (Init::Opened, Base::Older) => status(base, state),
        (Init::Opened, Base::Newer) => json!({
            "passed": true,
            "authenticated": state.authenticated,
            "connected": state.connected,
            "established": state.established,
            "competing": state.competing,
            "hardware_info": HARDWARE_INFO,
        }),
    }
}

/// `sso/validate`. The older base has the variant with other spellings, an epoch in `EXPIRES` and a token.
pub(super) fn validate(base: Base, user: &User, sign_on: &SignOn, now: Timestamp) -> Value {
    let left = countdown(sign_on, now);
    let login_type = if sign_on.paper { 2 } else { 1 };
    let mut answer = json!({
        "USER_ID": USER_ID,
        "USER_NAME": user.name,
        "RESULT": true,
        "AUTH_TIME": sign_on.since.as_millisecond(),
        "SF_ENABLED": false,
        "IS_FREE_TRIAL": false,
        "CREDENTIAL": user.name,
        "IP": "127.0.0.1",
        "QUALIFIED_FOR_MOBILE_AUTH": null,
        "LANDING_APP": "UNIVERSAL",
        "IS_MASTER": false,
        "lastAccessed": sign_on.last_call.as_millisecond(),
        "PAPER_USER_NAME": format!("{}-paper", user.name),
    });
    let mut features = json!({
        "wlms": true,
        "realtime": true,
        "bond": true,
        "optionChains": true,
        "calendar": true,
        "newMf": true,
    });
    let (environment, others) = match base {
        Base::Newer => ("env", json!({ "EXPIRES": left, "LOGIN_TYPE": login_type, "region": "NJ" })),
        Base::Older => (
            "envs",
            json!({
                "EXPIRES": now.as_millisecond() + left,
                "loginType": login_type,
                "IS_PENDING_APPLICANT": false,
                "SF_CONFIG": "",
                "CREDENTIAL_TYPE": 1,
                "TOKEN": sign_on.token,
                "took": 1,
            }),
        ),
    };
    merge(&mut features, json!({ environment: "PROD" }));
    merge(&mut answer, others);
    merge(&mut answer, json!({ "features": features }));
    answer
}

/// `tickle`.
pub(super) fn tickle(base: Base, sign_on: &SignOn, state: &State, now: Timestamp) -> Value {
    json!({
        "session": sign_on.session,
        "ssoExpires": countdown(sign_on, now),
        "collission": false,
        "userId": USER_ID,
        "hmds": { "error": "no bridge" },
        "iserver": { "authStatus": status(base, state), "tickle": true },
    })
}

/// `logout`; older documentation has `confirmed`.
pub(super) fn logout(base: Base) -> Value {
    match base {
        Base::Newer => json!({ "status": true }),
        Base::Older => json!({ "confirmed": true }),
    }
}

/// `reauthenticate`.
pub(super) fn triggered() -> Value {
    json!({ "message": "triggered" })
}

/// `sso/ping` (inferred).
pub(super) fn ping() -> Value {
    json!({ "RESULT": true })
}

/// `one/user` (inferred).
pub(super) fn one_user(user: &User, sign_on: &SignOn) -> Value {
    json!({ "username": user.name, "userId": USER_ID, "isPaper": sign_on.paper, "accts": [ACCOUNT] })
}

/// `iserver/accounts`: the least that a client can go on with.
pub(super) fn accounts() -> Value {
    json!({ "accounts": [ACCOUNT], "aliases": { ACCOUNT: ACCOUNT }, "selectedAccount": ACCOUNT })
}

/// `iserver/account`: there is one account, whichever is asked for.
pub(super) fn account_chosen() -> Value {
    json!({ "set": true, "acctId": ACCOUNT })
}

/// `portfolio/accounts`: likewise.
pub(super) fn portfolio_accounts() -> Value {
    json!([{ "id": ACCOUNT, "accountId": ACCOUNT, "accountTitle": "SAMPLE USER", "currency": "USD" }])
}

/// `portfolio/{accountId}/summary`: the least that shows an amount.
pub(super) fn portfolio_summary() -> Value {
    let amount = |amount: f64| json!({ "amount": amount, "currency": "USD", "isNull": false, "severity": 0 });
    json!({ "netliquidation": amount(100_000.0), "totalcashvalue": amount(100_000.0) })
}

/// `portfolio/{accountId}/ledger`: likewise.
pub(super) fn portfolio_ledger() -> Value {
    let usd = json!({ "currency": "USD", "cashbalance": 100_000.0, "netliquidationvalue": 100_000.0 });
    json!({ "USD": usd.clone(), "BASE": usd })
}

/// Milliseconds left of a countdown that renews itself; not the clock of the 24 hours (observed).
fn countdown(sign_on: &SignOn, now: Timestamp) -> i64 {
    let passed = now.duration_since(sign_on.since).max(SignedDuration::ZERO).as_millis();
    COUNTDOWN - i64::try_from(passed % i128::from(COUNTDOWN)).unwrap_or_default()
}

fn merge(answer: &mut Value, others: Value) {
    if let (Some(members), Value::Object(others)) = (answer.as_object_mut(), others) {
        members.extend(others);
    }
}
