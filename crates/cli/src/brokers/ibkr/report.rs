//! A session's state in the forms the program writes it in.

use broker_session::ibkr::{Gateway, SessionState, State};
use jiff::{SignedDuration, Timestamp, Unit};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::BROKER;
use crate::output::printable;

/// The members of the object for scripts.
pub(super) fn object(gateway: &Gateway, state: &SessionState) -> Map<String, Value> {
    let status = state.status();
    let mut object = Map::new();
    let mut insert = |name: &str, value: Value| object.insert(name.to_owned(), value);
    insert("broker", json!(BROKER.name));
    insert("base_url", json!(gateway.base_url()));
    insert("state", json!(state.state().name()));
    insert("reason", json!(state.why()));
    if let Some(hint) = state.hint() {
        insert("hint", json!(hint));
    }
    if let Some(url) = state.login_url() {
        insert("login_url", json!(url));
    }
    if let State::Penalised { until } = state.state() {
        insert("until", json!(time(*until)));
    }
    if let Some(time) = state.next_opening() {
        insert("next_opening", json!(rounded(time).to_string()));
    }
    insert("authenticated", json!(status.map(|status| status.authenticated)));
    insert("connected", json!(status.map(|status| status.connected)));
    insert("established", json!(status.and_then(|status| status.established)));
    insert("competing", json!(status.map(|status| status.competing)));
    object
}

/// A change of state, for scripts.
pub(super) fn event(gateway: &Gateway, state: &SessionState) -> Value {
    let mut object = object(gateway, state);
    object.insert("time".to_owned(), json!(now().to_string()));
    object.insert("since".to_owned(), json!(time(state.since())));
    Value::Object(object)
}

/// A change of state, as a line for people.
pub(super) fn line(state: &SessionState) -> String {
    format!("{} {}", now(), words(state))
}

/// A state and its reason, for people.
pub(super) fn words(state: &SessionState) -> String {
    let mut text = format!("{}: {}", state.state().name().replace('_', " "), printable(state.why()));
    if let Some(url) = state.login_url() {
        text.push_str(&format!("; open {url} in a browser"));
    }
    if let State::Penalised { until } = state.state() {
        text.push_str(&format!("; nothing is sent until {}", time(*until)));
    }
    if let Some(hint) = state.hint() {
        text.push_str(&format!(". {}", printable(hint)));
    }
    text
}

/// The four flags, for people.
pub(super) fn flags(state: &SessionState) -> Option<String> {
    let status = state.status()?;
    let said = |flag: Option<bool>| match flag {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    Some(format!(
        "authenticated: {}, connected: {}, established: {}, competing: {}",
        said(Some(status.authenticated)),
        said(Some(status.connected)),
        said(status.established),
        said(Some(status.competing))
    ))
}

fn now() -> Timestamp {
    rounded(Timestamp::now())
}

/// A moment of tokio's clock as a time of day.
fn time(moment: Instant) -> String {
    let (here, now) = (Instant::now(), Timestamp::now());
    let distance = |duration| SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    let time = match moment >= here {
        true => now.checked_add(distance(moment.duration_since(here))),
        false => now.checked_sub(distance(here.duration_since(moment))),
    };
    rounded(time.unwrap_or(now)).to_string()
}

fn rounded(time: Timestamp) -> Timestamp {
    time.round(Unit::Millisecond).unwrap_or(time)
}
