//! Stored sessions as people and scripts see them, and `session list`.

use broker_session::shared_session::StoredSession;
use jiff::{Timestamp, Zoned};
use serde_json::{Map, Value, json};

use crate::{Context, brokers::Broker, config::Config, failure::Failure, output::printable, table::table};

/// Whether it is a session with this broker.
pub(crate) fn is_of(stored: &StoredSession, broker: &Broker) -> bool {
    stored.session().broker() == broker.name
}

/// Whether it can be used: it is not over, and its host is allowed.
pub(crate) fn is_alive(stored: &StoredSession) -> bool {
    !stored.is_pending() && !stored.session().is_expired()
}

/// The user, if the broker has named one.
pub(crate) fn user_of(stored: &StoredSession) -> Option<&str> {
    Some(stored.session().user()).filter(|user| !user.is_empty())
}

/// When the session ends at the latest, in the broker's own time zone, if that is known.
pub(crate) fn end_of(stored: &StoredSession) -> Option<String> {
    Some(stored.session().expires_at()?.strftime("%Y-%m-%d %H:%M:%S %:z").to_string())
}

/// The fields that scripts get, the same for every broker.
pub(crate) fn fields_of(stored: &StoredSession) -> Map<String, Value> {
    let session = stored.session();
    let time = |time: Option<Timestamp>| json!(time.map(|time| time.to_string()));
    [
        ("broker", json!(session.broker())),
        ("user", json!(user_of(stored))),
        ("base_url", json!(session.base_url())),
        ("profile", json!(stored.profile())),
        ("login_time", time(session.login_time())),
        ("expires_at", time(session.expires_at().map(Zoned::timestamp))),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// Shows what is stored, without secrets: of all profiles, or of the named one. Nothing is sent to a broker.
///
/// # Errors
/// If the store cannot be read, or if there is nothing of the named profile and no such profile either.
pub(crate) async fn list(context: &Context) -> Result<(), Failure> {
    let named = context.general.profile.as_deref();
    // Sessions outlive the profile that they were made with.
    let (config, missing) = match context.config() {
        Err(failure) if named.is_some() => {
            (Config::empty(named).with_commands(&context.commands), Some(failure))
        }
        config => (config?, None),
    };
    let store = context.store(&config).await?;
    let mut sessions = store.sessions().await?;
    let location = store.location();
    let mut none = format!("There is no session in {location}.");
    if let Some(named) = named {
        let mut others: Vec<String> =
            sessions.iter().filter_map(StoredSession::profile).map(printable).collect();
        others.sort();
        others.dedup();
        sessions.retain(|stored| stored.profile() == Some(named));
        if let (true, Some(failure)) = (sessions.is_empty(), missing) {
            // The failure of a mistyped name lists the profiles that there are.
            return Err(failure);
        }
        none = format!("There is no session of the profile {} in {location}.", printable(named));
        if !others.is_empty() {
            none.push_str(&format!(" There are sessions of: {}.", others.join(", ")));
        }
    }
    let objects: Vec<Value> = sessions.iter().map(object).collect();
    let shown: Vec<String> = sessions.iter().map(lines).collect();
    let text = match (shown.is_empty(), context.output.is_table()) {
        (true, _) => none,
        (false, false) => shown.join("\n"),
        (false, true) => table(HEADINGS, &sessions.iter().map(row).collect::<Vec<_>>()),
    };
    context.output.result(&json!({ "sessions": objects }), &text)
}

fn object(stored: &StoredSession) -> Value {
    let mut object = fields_of(stored);
    object.insert("expired".to_owned(), json!(stored.session().is_expired()));
    object.insert("number".to_owned(), json!(stored.number()));
    object.insert("pending".to_owned(), json!(stored.is_pending()));
    object.insert("stored_at".to_owned(), json!(stored.stored_at().to_string()));
    Value::Object(object)
}

/// The columns of a table.
const HEADINGS: [&str; 6] = ["BROKER", "USER", "PROFILE", "STATE", "ENDS", "BASE URL"];

fn row(stored: &StoredSession) -> [String; 6] {
    let session = stored.session();
    let state = match (session.is_expired(), stored.is_pending()) {
        (true, _) => "over",
        (false, true) => "host not allowed",
        (false, false) => "alive",
    };
    let end = end_of(stored);
    [
        session.broker(),
        user_of(stored).unwrap_or("-"),
        stored.profile().unwrap_or("-"),
        state,
        end.as_deref().unwrap_or("-"),
        session.base_url(),
    ]
    .map(printable)
}

fn lines(stored: &StoredSession) -> String {
    let session = stored.session();
    let login_time = session.login_time().map_or_else(|| "unknown".to_owned(), |time| time.to_string());
    let end = match (end_of(stored), session.is_expired()) {
        (Some(end), true) => format!("over since {end}"),
        (Some(end), false) => format!("ends at {end} at the latest"),
        (None, _) => "its end is not known".to_owned(),
    };
    let waits = "\n  nobody has allowed its host yet: sign in with --allow-host to take it up, if the host is the broker's";
    let end = if stored.is_pending() { end + waits } else { end };
    format!(
        "{} as {} at {}\n  {end}\n  profile {}, login time {login_time}, stored at {}",
        printable(session.broker()),
        printable(user_of(stored).unwrap_or("an unknown user")),
        printable(session.base_url()),
        printable(stored.profile().unwrap_or("unknown")),
        stored.stored_at()
    )
}
