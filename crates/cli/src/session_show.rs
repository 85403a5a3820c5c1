//! `session show`.

use serde_json::{Value, json};

use crate::{context::Context, failure::Failure, output::printable, setting, store::Entry};

/// Shows what is stored, without secrets: of all profiles, or of the named one. Nothing is sent.
///
/// # Errors
/// If the store cannot be read, or if there is nothing of the named profile and no such profile either.
pub(crate) fn session_show(context: &Context) -> Result<(), Failure> {
    let store = context.store()?;
    let mut entries = store.entries()?;
    let path = store.path().display();
    let named = setting::text(context.profile.clone(), "BROKER_SESSION_PROFILE", None)?;
    let mut none = format!("There is no session in {path}.");
    if let Some(named) = &named {
        let mut others: Vec<String> = entries.iter().map(|entry| printable(&entry.profile)).collect();
        others.sort();
        others.dedup();
        entries.retain(|entry| entry.profile == *named);
        if entries.is_empty() {
            // A name that was mistyped is told with those that there are.
            context.config()?;
            none = format!("There is no session of the profile {} in {path}.", printable(named));
            if !others.is_empty() {
                none.push_str(&format!(" There are sessions of: {}.", others.join(", ")));
            }
        }
    }
    let sessions: Vec<Value> = entries.iter().map(object).collect();
    // The members of the session stored last stand at the top too: most users have but one.
    let mut json = sessions.last().cloned().unwrap_or_else(|| json!({}));
    if let Some(object) = json.as_object_mut() {
        object.insert("sessions".to_owned(), Value::Array(sessions));
    }
    let text = match entries.is_empty() {
        true => none,
        false => entries.iter().map(lines).collect::<Vec<_>>().join("\n"),
    };
    context.output.result(&json, &text)
}

fn object(entry: &Entry) -> Value {
    let mut object = entry.members();
    object.insert("expired".to_owned(), json!(entry.session.is_expired()));
    object.insert("pending".to_owned(), json!(entry.pending));
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
    let end = match entry.pending {
        true => format!(
            "{end}\n  nobody has allowed its host yet: sign in with --allow-host to take it up, if the host is the broker's"
        ),
        false => end,
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
