//! `demo`: shows each broker's session against a sandbox in this process.
//!
//! The demonstrations use the library as any program would, and fail if anything goes otherwise than it should.

use broker_session::{ErrorKind, Session};
use broker_session_sandbox::{self as played, Builder, Sandbox};
use serde_json::{Value, json};

use crate::{
    Context,
    brokers::{self, Broker},
    failure::Failure,
    output,
};

/// Runs the demonstrations. The environment and the config file have no effect on them.
///
/// # Errors
/// If a step does not go as it should.
pub(crate) async fn demo(context: &Context) -> Result<(), Failure> {
    let demos = brokers::demos(context.output.is_json()).await?;
    // The fields of the first demonstration stand at the top too, for scripts that know one broker only.
    let mut json = demos.first().cloned().unwrap_or_else(|| json!({}));
    if let Some(object) = json.as_object_mut() {
        object.insert("demos".to_owned(), Value::Array(demos));
    }
    context.output.result(&json, "\nEverything went as it should.")
}

/// The demonstration of one broker: its sandbox, and the steps that were shown so far.
#[derive(Debug)]
pub(crate) struct Demo<B: played::Broker> {
    pub(crate) sandbox: Sandbox<B>,
    broker: &'static Broker,
    json: bool,
    done: Vec<Value>,
}

impl<B: played::Broker> Demo<B> {
    /// Starts a sandbox, and shows what can be done with it. Gives back what was shown.
    ///
    /// # Errors
    /// If a step does not go as it should.
    pub(crate) async fn run(
        broker: &'static Broker,
        builder: Builder<B>,
        json: bool,
        show: impl AsyncFnOnce(&mut Self) -> Result<(), Failure>,
    ) -> Result<Value, Failure> {
        let no_port = |error| Failure::other(format!("no port could be listened on: {error}."));
        let sandbox = builder.start().await.map_err(no_port)?;
        let mut demo = Self { sandbox, broker, json, done: Vec::new() };
        let outcome = match demo.started() {
            Ok(()) => show(&mut demo).await,
            failed => failed,
        };
        let Self { sandbox, done, .. } = demo;
        let (name, user, base_url) = (broker.name, sandbox.user(), sandbox.base_url());
        let object = json!({ "broker": name, "user": user, "base_url": base_url, "steps": done });
        sandbox.shutdown().await;
        outcome.map(|()| object)
    }

    fn started(&mut self) -> Result<(), Failure> {
        let listens = format!("it listens at {}", self.sandbox.base_url());
        self.print(&format!("\n{}", self.broker.title))?;
        self.step("start a sandbox", &listens)
    }

    /// Names, for a person, what the next steps are about.
    pub(crate) fn heading(&self, topic: &str) -> Result<(), Failure> {
        self.print(&format!("\n{}: {topic}", self.broker.title))
    }

    /// A step and its result.
    pub(crate) fn step(&mut self, what: &str, result: &str) -> Result<(), Failure> {
        self.done.push(json!({ "step": what, "result": result }));
        self.print(&format!("  {what}: {result}."))
    }

    /// What a session is for: requests of the program's own, until it is ended. `again` is the same session, resumed, and
    /// does not know of its end; `live_sessions` counts those of a user at the sandbox.
    pub(crate) async fn use_and_end<P>(
        &mut self,
        session: Session<P>,
        again: Session<P>,
        path: &str,
        live_sessions: impl FnOnce(&Sandbox<B>, &str) -> usize,
    ) -> Result<(), Failure> {
        let status = session.get(path).send().await?.status().as_u16();
        self.step("make an authorised request", &format!("status {status}"))?;
        session.logout().await?;
        if live_sessions(&self.sandbox, session.user()) != 0 {
            return Err(otherwise("the session is still alive after the logout"));
        }
        self.step("sign out", "the session is over")?;
        match again.get(path).send().await {
            Err(error) if error.kind() == ErrorKind::SessionExpired => {
                let status = error.status().unwrap_or_default();
                let result = format!("refused, as it should be (status {status})");
                self.step("make the same request once more", &result)
            }
            _ => Err(otherwise("a dead session was accepted")),
        }
    }

    fn print(&self, line: &str) -> Result<(), Failure> {
        if self.json { Ok(()) } else { output::print(line) }
    }
}

/// Something went otherwise than it should.
pub(crate) fn otherwise(what: &str) -> Failure {
    Failure::other(format!("{what}. That is a defect of this program."))
}

/// The broker's message in a refusal.
pub(crate) fn refusal(error: &broker_session::Error) -> String {
    let message = error.broker_message().unwrap_or("nothing");
    match error.status() {
        Some(status) => format!("refused with status {status}; the broker says \"{message}\""),
        None => format!("refused; the broker says \"{message}\""),
    }
}
