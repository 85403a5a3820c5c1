//! `demo`: shows each broker's session against a sandbox in this process.
//!
//! The demonstrations use the library as any program would, and fail if anything goes otherwise than it should.

use serde_json::{Value, json};

use crate::{brokers, context::Context, failure::Failure, interrupt::interruptible, output};

/// Runs the demonstrations. The environment and the config file have no effect on them.
///
/// # Errors
/// If a step does not go as it should.
pub(crate) async fn demo(context: &Context) -> Result<(), Failure> {
    interruptible(run(context)).await
}

async fn run(context: &Context) -> Result<(), Failure> {
    let demos = brokers::demos(context.output.is_json()).await?;
    // The members of the first demonstration stand at the top too, for scripts that know one broker only.
    let mut json = demos.first().cloned().unwrap_or_else(|| json!({}));
    if let Some(object) = json.as_object_mut() {
        object.insert("demos".to_owned(), Value::Array(demos));
    }
    context.output.result(&json, "\nEverything went as it should.")
}

/// The steps of a demonstration, shown as they are done.
#[derive(Debug)]
pub(crate) struct Shown {
    json: bool,
    done: Vec<Value>,
}

impl Shown {
    /// No steps yet.
    pub(crate) fn new(json: bool) -> Self {
        Self { json, done: Vec::new() }
    }

    /// Says for a person what the next steps are about.
    pub(crate) fn heading(&self, title: &str) -> Result<(), Failure> {
        match self.json {
            true => Ok(()),
            false => output::print(&format!("\n{title}")),
        }
    }

    /// A step and its result.
    pub(crate) fn step(&mut self, what: &str, result: &str) -> Result<(), Failure> {
        self.done.push(json!({ "step": what, "result": result }));
        match self.json {
            true => Ok(()),
            false => output::print(&format!("  {what}: {result}.")),
        }
    }

    /// The steps so far.
    pub(crate) fn into_steps(self) -> Vec<Value> {
        self.done
    }
}

/// Something went otherwise than it should.
pub(crate) fn otherwise(what: &str) -> Failure {
    Failure::other(format!("{what}. That is a defect of this program."))
}

/// No sandbox could be started.
pub(crate) fn no_port(error: &std::io::Error) -> Failure {
    Failure::other(format!("no port could be listened on: {error}."))
}

/// What the broker says in a refusal.
pub(crate) fn refusal(error: &broker_session::Error) -> String {
    let words = error.broker_message().unwrap_or("nothing");
    match error.status() {
        Some(status) => format!("refused with status {status}; the broker says \"{words}\""),
        None => format!("refused; the broker says \"{words}\""),
    }
}
