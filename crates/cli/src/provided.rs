//! A session for commands that hand it on to other programs: from a broker's provider, and without asking anybody.

use std::{pin::Pin, time::Duration};

use broker_session::{
    ErrorKind, Session, SessionProvider,
    provider::{ProviderState, ProviderStatus},
};
use clap::Args;

use crate::{
    Context, brokers::Broker, config::Config, failure::Failure, network::DEFAULT_TIMEOUT, progress::Steps,
    store::SessionStore,
};

/// How much earlier than the command the provider gives up to wait, so that its failure is reported.
const REPORTING_TIME: Duration = Duration::from_millis(500);

/// A broker's settings, for a provider of its sessions.
pub(crate) trait Provides: Args {
    const BROKER: &'static Broker;

    /// Where its secrets come from, for the help.
    fn secrets() -> String;

    /// Whether the settings name an account.
    ///
    /// # Errors
    /// If two settings exclude each other.
    fn names_account(&self, config: &Config) -> Result<bool, Failure>;

    /// Makes the client of a sign-in, and looks at the secrets that are at hand, as the commands do. The settings are to be
    /// [checked](Config::only_checked): nothing is sent or changed.
    ///
    /// # Errors
    /// If a setting cannot be used.
    async fn check(self, config: &Config, context: &Context) -> Result<(), Failure>;

    /// Starts a provider. Where what a sign-in takes is not complete because a person has it, the provider takes sessions
    /// from the store only.
    ///
    /// # Errors
    /// If a setting is missing or cannot be used.
    async fn provide(
        self,
        config: &Config,
        store: &SessionStore,
        context: &Context,
    ) -> Result<Provided, Failure>;
}

/// Adds to a failure what the settings of the broker explain.
type Explain = Box<dyn Fn(Failure) -> Pin<Box<dyn Future<Output = Failure>>>>;

/// A provider, and what a program that gets its session must know.
pub(crate) struct Provided {
    pub(crate) provider: SessionProvider,
    /// The user that the settings name, if they name one.
    pub(crate) user: Option<String>,
    /// Whether each request is signed by itself, so that there are no headers to hand on.
    pub(crate) is_signed: bool,
    /// Whether the session times out without a provider that keeps it alive.
    pub(crate) times_out: bool,
    pub(crate) explain: Option<Explain>,
}

/// How long a provider waits for other runs.
pub(crate) fn patience(context: &Context) -> Duration {
    context.general.timeout.unwrap_or(DEFAULT_TIMEOUT).saturating_sub(REPORTING_TIME)
}

/// What another program is given of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandOn {
    /// The headers of its requests.
    Headers,
    /// Nothing: its requests go through this process.
    Requests,
}

/// A session, and the provider that it is from.
pub(crate) struct Obtained {
    pub(crate) session: Session,
    pub(crate) provided: Provided,
}

/// Gets a session that can be handed on in this way: one that lives, or that of a sign-in. `refused` is the number of a session
/// that the broker has refused, so that another one is needed.
///
/// # Errors
/// If a setting is missing or cannot be used; `LoginRequired` at once if a person is needed; how the sign-in failed.
pub(crate) async fn obtain<C: Provides>(
    settings: C,
    hand_on: HandOn,
    refused: Option<u64>,
    context: &Context,
) -> Result<Obtained, Failure> {
    let config = context.config()?;
    let store = context.store(&config).await?;
    store.check().await?;
    let provided = settings.provide(&config, &store, context).await?;
    if provided.is_signed && hand_on == HandOn::Headers {
        return Err(signed(C::BROKER));
    }
    match provided.session_later_than(refused, C::BROKER, &mut context.steps()).await {
        Ok(session) => Ok(Obtained { session, provided }),
        Err(failure) => Err(match &provided.explain {
            Some(explain) => explain(failure).await,
            None => failure,
        }),
    }
}

impl Provided {
    /// A session that is a later one than that with the number `refused`.
    async fn session_later_than(
        &self,
        refused: Option<u64>,
        broker: &Broker,
        steps: &mut Steps,
    ) -> Result<Session, Failure> {
        let session = self.session(broker, None, steps).await?;
        // Another run may have replaced it already.
        if refused.is_none_or(|refused| session.number().is_some_and(|number| number > refused)) {
            return Ok(session);
        }
        self.session(broker, Some(&session), steps).await
    }

    /// The session, or the one after it if it was refused. A person who is needed is not waited for.
    async fn session(
        &self,
        broker: &Broker,
        refused: Option<&Session>,
        steps: &mut Steps,
    ) -> Result<Session, Failure> {
        let mut states = self.provider.subscribe();
        let provided = async {
            match refused {
                Some(refused) => self.provider.session_after(refused).await,
                None => self.provider.session().await,
            }
        };
        let session = async {
            tokio::select! {
                // The error of the library, if it is there, knows more than the state.
                biased;
                outcome = provided => outcome.map(Ok),
                Ok(state) = states.wait_for(|state| state.status() == ProviderStatus::PersonNeeded) => {
                    Ok(Err(state.clone()))
                }
            }
        };
        let what = format!("Getting a session with {}", broker.title);
        steps.wait(&what, session).await?.map_err(|state| person_needed(broker, &state))
    }
}

fn person_needed(broker: &Broker, state: &ProviderState) -> Failure {
    let hint = match state.login_url() {
        Some(url) => {
            format!("Open {url} in a browser and sign in, or run: broker-session login {}", broker.name)
        }
        None => format!("Run: broker-session login {}", broker.name),
    };
    let text = format!("a person must sign in: {}. {hint}", state.reason().trim_end_matches('.'));
    Failure::of(ErrorKind::LoginRequired, text).with_hint(hint).with_login_url(state.login_url())
}

fn signed(broker: &Broker) -> Failure {
    let name = broker.name;
    let hint = format!(
        "Let the program send its requests to a local proxy, which signs them: broker-session serve {name}, or broker-session exec {name} --proxy -- PROGRAM"
    );
    let text = format!(
        "each request to {} is signed by itself (OAuth 1.0a), so there are no headers that another program could send. Nothing was sent. {hint}",
        broker.title
    );
    Failure::config(text).with_hint(hint)
}
