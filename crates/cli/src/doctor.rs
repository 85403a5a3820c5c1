//! `doctor`: why a sign-in does not work. Checks run in order, each with a finding: what there is, why it is wrong and
//! how to fix it.
//!
//! The checks that all brokers share are here; each broker adds its own with [`Checks`]. Without `--sign-in` nothing is
//! sent that a broker could count as a guess. No finding shows the value of a setting.

mod finding;
mod flaw;
mod server;

use broker_session::Session;
use clap::Args;
use serde_json::{Value, json};

pub(crate) use self::{
    finding::{Finding, Findings},
    flaw::{Flaw, Setting, access_token, plain},
    server::Server,
};

use crate::{
    Context, brokers::Broker, config::Config, failure::Failure, output::printable, progress::Steps,
    sessions::is_of,
};

/// Ends the session that a check has opened. `end` says when it would end by itself.
pub(crate) async fn sign_out(session: &Session, steps: &mut Steps, end: &str) -> Finding {
    match steps.run("Signing out", session.logout()).await {
        Ok(()) => Finding::ok("sign_out", "the session is over; nothing was stored"),
        Err(failure) => Finding::warning("sign_out", "the session was not ended", failure.explained().0, end),
    }
}

/// The options of the command, whichever broker it is.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Sign in as well, step by step, and say what each failure means. A wrong password or code counts at the broker.
    #[arg(long)]
    sign_in: bool,
}

impl Options {
    /// Whether a sign-in is to be tried.
    pub(crate) fn signs_in(self) -> bool {
        self.sign_in
    }
}

/// The checks that only one broker has. They run in the order of the functions.
pub(crate) trait Checks {
    const BROKER: &'static Broker;

    /// Reads the settings, and checks where each comes from and whether it can be what its name says. Nothing is sent.
    async fn settings(&mut self, config: &Config, findings: &mut Findings, context: &Context);

    /// The server that the settings lead to; none if they do not lead anywhere.
    fn server(&self) -> Option<Server>;

    /// Asks what the broker tells without a sign-in, the own address among it, if the server is there.
    async fn ask(&mut self, findings: &mut Findings, context: &Context);

    /// Signs in, step by step. Settings and server are as they should be.
    ///
    /// # Errors
    /// The problem that ended it.
    async fn sign_in(
        &mut self,
        config: &Config,
        findings: &mut Findings,
        context: &Context,
    ) -> Result<(), Finding>;
}

/// Runs the checks and reports them.
///
/// # Errors
/// The kind of the first problem, if there is one; the report is written already.
pub(crate) async fn run<C: Checks>(
    mut checks: C,
    options: Options,
    context: &Context,
) -> Result<(), Failure> {
    let mut findings = Findings::new(context.output);
    let config = config(&mut findings, context);
    stored_sessions(C::BROKER, &config, &mut findings, context).await;
    checks.settings(&config, &mut findings, context).await;
    let are_settings_fine = !findings.has_problem();
    let is_there = match checks.server() {
        Some(server) => server.check(&mut findings, context).await,
        None => {
            let why = "The settings do not say which server it is.";
            findings.add(Finding::skipped("server", "not looked at", why));
            false
        }
    };
    if is_there {
        checks.ask(&mut findings, context).await;
    }
    let skipped = |what: &str, why: &str| Finding::skipped("sign_in", what, why);
    if !options.sign_in {
        let why = "A sign-in sends what the broker may count as a guess. To try it, add --sign-in.";
        findings.add(skipped("not tried", why));
    } else if !are_settings_fine {
        findings.add(skipped("not tried", "The settings have problems, which come first."));
    } else if !is_there {
        findings.add(skipped("not tried", "The server cannot be used."));
    } else if let Err(problem) = checks.sign_in(&config, &mut findings, context).await {
        findings.add(problem);
    }
    findings.conclude(|findings, worst| object(C::BROKER, &config.name, findings, worst))
}

/// The config file. Without a usable one the other settings are looked at all the same.
fn config(findings: &mut Findings, context: &Context) -> Config {
    const NAME: &str = "config_file";
    match context.config() {
        Ok(config) => {
            findings.add(match (&config.path, config.forgotten_profile()) {
                (Some(path), None) => {
                    let (path, profile) = (path.display(), printable(&config.name));
                    Finding::ok(NAME, format!("`{path}`, the profile `{profile}`"))
                }
                (Some(path), Some(forgotten)) => {
                    let what = format!("`{}`, and no profile of it is in use", path.display());
                    Finding::warning(NAME, what, forgotten, "Name one with --profile.")
                }
                (None, _) => Finding::ok(NAME, "there is none, so settings come from options and variables"),
            });
            config
        }
        Err(failure) => {
            findings.add(Finding::of(NAME, "cannot be used", &failure));
            Config::empty(context.general.profile.as_deref()).with_commands(&context.commands)
        }
    }
}

/// What is in the session store: a session that is over explains a 401, too.
async fn stored_sessions(broker: &Broker, config: &Config, findings: &mut Findings, context: &Context) {
    const NAME: &str = "session_store";
    let stored = async {
        let store = context.store(config).await?;
        Ok((store.sessions().await?, store.location()))
    };
    let stored: Result<_, Failure> = stored.await;
    let (sessions, path) = match stored {
        Ok(stored) => stored,
        Err(failure) => return findings.add(Finding::of(NAME, "cannot be used", &failure)),
    };
    let own: Vec<_> = sessions.iter().filter(|stored| is_of(stored, broker)).collect();
    let over = own.iter().filter(|stored| stored.session().is_expired()).count();
    findings.add(match (own.len(), over) {
        (0, _) => Finding::ok(NAME, format!("`{path}` has no session with {}", broker.title)),
        (all, 0) => Finding::ok(NAME, format!("`{path}` has {all} session(s) with {}", broker.title)),
        (all, over) => Finding::warning(
            NAME,
            format!("of {all} session(s) with {} in `{path}`, {over} are over", broker.title),
            "A program that uses a session after its end gets 401.",
            format!("Sign in again: broker-session login {}", broker.name),
        ),
    });
}

/// A report, for scripts.
fn object(broker: &Broker, profile: &str, findings: Vec<Value>, worst: &str) -> Value {
    json!({ "broker": broker.name, "profile": profile, "result": worst, "findings": findings })
}

/// What a report shows of a flaw, for tests.
#[cfg(test)]
pub(crate) fn found(flaw: Option<Flaw>) -> String {
    let mut findings = Findings::new(crate::output::Output::new(true));
    findings.setting(Setting { name: "MADE_UP", place: Some("a test") }, flaw);
    json!(findings.to_json()).to_string()
}
