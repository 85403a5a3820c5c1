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
    let mut object = entry.members();
    object.insert("expired".to_owned(), json!(entry.session.is_expired()));
    object.insert("stored_at".to_owned(), json!(entry.stored_at.to_string()));
    Value::Object(object)
}

fn lines(entry: &Entry) -> String {
    let session = &entry.session;
    let login_time = session.login_time().map_or_else(|| "unknown".to_owned(), |time| time.to_string());
    let end = match (entry.end(), session.is_expired()) {
        (Some(end), true) => format!("over since {end}"),
        (Some(end), false) => format!("ends at {end} at the latest"),
        (None, _) => "its end is not known".to_owned(),
    };
    format!(
        "{} as {} at {}\n  {end}\n  profile {}, login time {login_time}, stored at {}",
        printable(session.broker()),
        printable(session.user().unwrap_or("an unknown user")),
        printable(session.base_url()),
        printable(&entry.profile),
        entry.stored_at
    )
}
