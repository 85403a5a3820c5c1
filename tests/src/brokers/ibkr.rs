//! Interactive Brokers.

mod reach;

use std::time::Duration;

use crate::{At, Broker, Case, Reach, Said, Spec, Stage, as_encoded, generated_api, of_text, without_blanks};
use broker_session::{Error, ErrorKind};
use serde_json::{Value, json};

use self::reach::ALL;

generated_api! {
    /// The API of Interactive Brokers.
    pub struct Ibkr = ibkr_session_api, "ibkr-session.yaml";
}

const STATUS: &str = "iserver_auth_status_post";
const INIT: &str = "iserver_auth_ssodh_init_post";

/// How long the broker keeps a caller out (documented).
const PENALTY: Duration = Duration::from_secs(15 * 60);

/// Milliseconds beyond these cannot be what is left of a session.
const A_DAY: i64 = 24 * 60 * 60 * 1000;

impl Broker for Ibkr {
    const PREFIX: &'static str = "/v1/api";

    fn reaches() -> &'static [Reach] {
        &ALL
    }

    fn seen(spec: &Spec, reach: &Reach, case: &Case<'_>) -> Value {
        let mut value = case.value().clone();
        let mut pointer = case.media.expect("a successful answer has a body").schema.clone();
        let is_silent = reach.operation == INIT && value.as_object().is_some_and(serde_json::Map::is_empty);
        if is_silent || value.get("message") == Some(&json!("sso dh already set")) {
            // It says nothing of the session, so that the status has to be asked.
            let status = spec.first_success(STATUS);
            (value, pointer) = (status.value().clone(), status.media.expect("a status").schema.clone());
        }
        let mut value = reach.without_unseen(as_encoded(spec, &pointer, &value));
        if let Some(members) = value.as_object_mut() {
            if let Some(iserver) = members.get_mut("iserver").and_then(Value::as_object_mut) {
                iserver.remove("tickle");
            }
            if let Some(epoch) = members.get("EXPIRES").and_then(Value::as_i64).filter(|time| *time > A_DAY) {
                let time = jiff::Timestamp::from_millisecond(epoch).expect("an example's time");
                members.insert("EXPIRES".to_owned(), time.to_string().into());
            }
            if let Some(features) = members.get_mut("features").and_then(Value::as_object_mut)
                && let Some(env) = features.remove("envs")
            {
                features.insert("env".to_owned(), env);
            }
        }
        with_flags(without_blanks(value))
    }

    /// It has no codes.
    fn said(spec: &Spec, case: &Case<'_>) -> Said {
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
        if is_refusal(case) {
            return (None, text(example(spec, STATUS, "refused").value(), "fail"));
        }
        match case.is_json() {
            true => (None, text(case.value(), "error")),
            false => of_text(case.value().as_str().unwrap_or_default()),
        }
    }

    fn prepare(spec: &Spec, stage: &Stage, case: &Case<'_>) {
        if is_refusal(case) {
            stage.answer(spec.operation(STATUS), &example(spec, STATUS, "refused"));
        }
    }

    /// An error names the page to open where a person must sign in, and how long a refusal lasts where the broker
    /// keeps a caller out, and neither anywhere else.
    fn check_error(at: &At, error: &Error) -> Result<(), String> {
        let page = format!("{}/", at.base().trim_end_matches(Self::PREFIX));
        let page = (error.kind() == ErrorKind::LoginRequired).then_some(page);
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

/// Whether it is the answer whose reason stands in another one.
fn is_refusal(case: &Case<'_>) -> bool {
    case.operation.id == INIT && case.is_success() && case.kind() == Some("refused")
}

/// The example of this name.
fn example<'a>(spec: &'a Spec, operation: &str, name: &str) -> Case<'a> {
    let mut cases = spec.cases().filter(|case| case.operation.id == operation);
    let found = cases.find(|case| case.example.is_some_and(|example| example.name == name));
    found.unwrap_or_else(|| panic!("{operation} has no example `{name}`"))
}

/// A flag that is left out is not set.
fn with_flags(mut value: Value) -> Value {
    let Some(members) = value.as_object_mut() else { return value };
    if members.contains_key("authenticated") {
        for flag in ["connected", "competing"] {
            members.entry(flag).or_insert(json!(false));
        }
    }
    value
}
