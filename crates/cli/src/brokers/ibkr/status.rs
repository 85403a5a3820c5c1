//! `status ibkr`, and the forms in which every command reports the state of a session.

use broker_session::ibkr::{AuthStatus, Client, SessionState, State};
use clap::Args;
use jiff::{SignedDuration, Timestamp, Unit};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{
    BROKER,
    settings::{GatewayArgs, secrets},
};
use crate::{Context, args::examples, failure::Failure, output::printable};

/// Ask how the session is, and what is missing if it cannot be used.
///
/// It is asked once; nothing is kept alive or opened. Whether a person must sign in again may be asked once a
/// minute. Until then the last response counts, also if another run of the program has received it.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    gateway: GatewayArgs,
}

fn long_help() -> String {
    let examples = examples(&["broker-session status ibkr", "broker-session status ibkr --json"]);
    format!("{}\n\nThe exit status is 0 whatever the state is.\n\n{examples}", secrets())
}

/// Asks.
///
/// # Errors
/// If there is no usable response. That the session is over is one.
pub(crate) async fn status(args: StatusArgs, context: &Context) -> Result<(), Failure> {
    let settings = args.gateway.resolve(context, context.general.timeout).await?;
    let mut client = settings.client()?;
    let store = context.store(&context.config()?).await?;
    // A look revives no session for others.
    if client.shared_session(store.shared()).is_signed_out().await? {
        client = client.unshared();
    }
    let mut steps = context.steps();
    let what = format!("Asking {}", client.base_url());
    let state = settings.call(&mut steps, &what, client.diagnose()).await?;
    let mut text = format!("The session at {}: {}.", client.base_url(), description(&state));
    if let Some(flags) = flags(&state) {
        text.push_str(&format!("\n  {flags}"));
    }
    context.output.result(&Value::Object(fields(&client, &state)), &text)
}

/// The fields for scripts.
pub(super) fn fields(client: &Client, state: &SessionState) -> Map<String, Value> {
    let status = state.status();
    let mut object = Map::new();
    let mut insert = |name: &str, value: Value| object.insert(name.to_owned(), value);
    insert("broker", json!(BROKER.name));
    insert("base_url", json!(client.base_url()));
    insert("state", json!(state.state().name()));
    insert("reason", json!(state.reason()));
    if let Some(hint) = state.hint() {
        insert("hint", json!(hint));
    }
    if let Some(url) = state.login_url() {
        insert("login_url", json!(url));
    }
    if let State::Penalized { until } = state.state() {
        insert("until", json!(time(*until)));
    }
    if let Some(time) = state.next_opening() {
        insert("next_opening", json!(rounded(time).to_string()));
    }
    insert("authenticated", json!(status.map(AuthStatus::is_authenticated)));
    insert("connected", json!(status.map(AuthStatus::is_connected)));
    insert("established", json!(status.and_then(|status| status.established)));
    insert("competing", json!(status.map(AuthStatus::is_competing)));
    object
}

/// A change of state, for scripts.
pub(super) fn event(client: &Client, state: &SessionState) -> Value {
    let mut object = fields(client, state);
    object.insert("time".to_owned(), json!(now().to_string()));
    object.insert("since".to_owned(), json!(time(state.since())));
    Value::Object(object)
}

/// A change of state, as a line for people.
pub(super) fn line(state: &SessionState) -> String {
    format!("{} {}", now(), description(state))
}

/// A state and its reason, for people.
pub(super) fn description(state: &SessionState) -> String {
    let mut text = format!("{}: {}", state.state().name().replace('_', " "), printable(state.reason()));
    if let Some(url) = state.login_url() {
        text.push_str(&format!("; open {url} in a browser"));
    }
    if let State::Penalized { until } = state.state() {
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
    let text = |flag: Option<bool>| match flag {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    Some(format!(
        "authenticated: {}, connected: {}, established: {}, competing: {}",
        text(Some(status.is_authenticated())),
        text(Some(status.is_connected())),
        text(status.established),
        text(Some(status.is_competing()))
    ))
}

fn now() -> Timestamp {
    rounded(Timestamp::now())
}

/// A moment of tokio's clock as a time of day.
fn time(moment: Instant) -> String {
    let (here, now) = (Instant::now(), Timestamp::now());
    let distance = |duration| SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    let time = if moment >= here {
        now.checked_add(distance(moment.duration_since(here)))
    } else {
        now.checked_sub(distance(here.duration_since(moment)))
    };
    rounded(time.unwrap_or(now)).to_string()
}

fn rounded(time: Timestamp) -> Timestamp {
    time.round(Unit::Millisecond).unwrap_or(time)
}
