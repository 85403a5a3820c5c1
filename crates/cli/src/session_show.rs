//! `session show`.

use serde_json::{Value, json};

use crate::{context::Context, failure::Failure, output::printable, store::Entry};

/// Shows what is stored, without secrets. Nothing is sent.
///
/// # Errors
/// If the store cannot be read.
pub(crate) fn session_show(context: &Context) -> Result<(), Failure> {
    let store = context.store()?;
    let entries = store.entries()?;
    let path = store.path().display();
    let sessions: Vec<Value> = entries.iter().map(object).collect();
    // The members of the session stored last stand at the top too: most users have but one.
    let mut json = sessions.last().cloned().unwrap_or_else(|| json!({}));
    if let Some(object) = json.as_object_mut() {
        object.insert("sessions".to_owned(), Value::Array(sessions));
    }
    let text = match entries.is_empty() {
        true => format!("There is no session in {path}."),
        false => entries.iter().map(lines).collect::<Vec<_>>().join("\n"),
    };
    context.output.result(&json, &text)
}

fn object(entry: &Entry) -> Value {
    let session = &entry.session;
    json!({
        "broker": session.broker(),
        "user": session.user(),
        "base_url": session.base_url(),
        "profile": entry.profile,
        "login_time": session.login_time().map(|time| time.to_string()),
        "stored_at": entry.stored_at.to_string(),
    })
}

fn lines(entry: &Entry) -> String {
    let session = &entry.session;
    let login_time = session.login_time().map_or_else(|| "unknown".to_owned(), |time| time.to_string());
    format!(
        "{} as {} at {}\n  profile {}, login time {login_time}, stored at {}",
        session.broker(),
        printable(session.user()),
        printable(session.base_url()),
        printable(&entry.profile),
        entry.stored_at
    )
}
