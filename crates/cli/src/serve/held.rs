//! The sessions that are served, as the program itself looks at them.

use std::sync::{Arc, PoisonError, RwLock};

use broker_session::{
    SessionProvider,
    provider::{ProviderState, ProviderStatus},
};
use serde_json::{Value, json};

use super::options::Gateway;
use crate::{
    Context,
    brokers::{self, providers},
    config::Config,
    failure::Failure,
    output::printable,
};

/// A session that is served.
#[derive(Clone)]
struct Held {
    name: &'static str,
    provider: SessionProvider,
    /// The user that the settings name.
    user: Option<String>,
}

/// All sessions that are served. Clones are the same ones.
#[derive(Clone)]
pub(super) struct Sessions(Arc<RwLock<Vec<Held>>>);

impl Sessions {
    /// The sessions of these brokers, or of all that the settings name an account of. Nothing is sent.
    ///
    /// # Errors
    /// If a setting is missing or cannot be used, if there is no broker, or if there is a gateway of one that is not served.
    pub(super) async fn of(
        named: &[String],
        gateways: impl IntoIterator<Item = &str>,
        config: &Config,
        context: &Context,
    ) -> Result<Self, Failure> {
        let store = context.store(config).await?;
        store.check().await?;
        let provided = providers(named, config, &store, context).await?;
        let held = provided.into_iter().map(|(name, provided)| {
            let (provider, user) = (provided.provider, provided.user);
            Held { name, provider, user }
        });
        let held: Vec<Held> = held.collect();
        if held.is_empty() {
            return Err(none(config));
        }
        must_be_served(gateways, |name| held.iter().any(|held| held.name == name))?;
        Ok(Self(Arc::new(RwLock::new(held))))
    }

    /// Serves those of another value in place of these.
    pub(super) fn replace(&self, others: &Self) {
        let others = others.all();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = others;
    }

    /// The providers, for the server.
    pub(super) fn providers(&self) -> Vec<(String, SessionProvider)> {
        self.all().into_iter().map(|held| (held.name.to_owned(), held.provider)).collect()
    }

    /// The user of a session, if it is known.
    pub(super) async fn user(&self, name: &str) -> Option<String> {
        let held = self.all().into_iter().find(|held| held.name == name)?;
        if held.user.is_some() || held.provider.state().status() != ProviderStatus::Ready {
            return held.user;
        }
        // It is in memory.
        let session = held.provider.session().await.ok()?;
        Some(session.user().to_owned()).filter(|user| !user.is_empty())
    }

    /// The sessions for scripts.
    pub(super) fn to_json(&self) -> Value {
        let of_held = |held: &Held| {
            let state = held.provider.state();
            json!({
                "name": held.name,
                "status": state.status().name(),
                "reason": state.reason(),
                "expires_at": state.expires_at().map(|end| end.to_string()),
                "login_url": state.login_url(),
            })
        };
        self.all().iter().map(of_held).collect()
    }

    /// A line for each session, for people.
    pub(super) fn lines(&self) -> Vec<String> {
        self.all().iter().map(|held| line(held.name, &held.provider.state())).collect()
    }

    /// All sessions in one line.
    pub(super) fn summary(&self) -> String {
        let all = self.all();
        let states = all.iter().map(|held| {
            let status = held.provider.state().status().name().replace('_', " ");
            format!("{}: {status}", held.name)
        });
        states.collect::<Vec<_>>().join(", ")
    }

    fn all(&self) -> Vec<Held> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn line(name: &str, state: &ProviderState) -> String {
    let status = state.status().name().replace('_', " ");
    let end = state.expires_at().map(|end| format!(", until {end} at the latest")).unwrap_or_default();
    let mut line = format!("{name}: {status}{end}");
    if state.status() != ProviderStatus::Ready {
        line.push_str(&format!(" ({})", printable(state.reason()).trim_end_matches('.')));
    }
    match (state.status(), state.login_url()) {
        (ProviderStatus::PersonNeeded, Some(url)) => {
            line.push_str(&format!(". Open {} in a browser and sign in", printable(url)));
        }
        (ProviderStatus::PersonNeeded, None) => line.push_str(&format!(". Run: broker-session login {name}")),
        _ => {}
    }
    line
}

fn none(config: &Config) -> Failure {
    let names: Vec<&str> = brokers::ALL.iter().map(|broker| broker.name).collect();
    let failure = Failure::config(format!(
        "the settings name no account of any broker. Set them in the environment or in the profile, or name a broker: broker-session serve {}",
        names.join("|")
    ));
    match config.forgotten_profile() {
        Some(reminder) => failure.with_note(&reminder),
        None => failure,
    }
}

/// Checks that each gateway has a session behind it.
///
/// # Errors
/// The first one that has none.
pub(super) fn must_be_served<'a>(
    gateways: impl IntoIterator<Item = &'a str>,
    is_served: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    match gateways.into_iter().find(|gateway| !is_served(gateway)) {
        None => Ok(()),
        Some(other) => Err(Failure::config(format!(
            "there is a gateway for `{other}`, which is not served. Name the broker as well: broker-session serve {other}"
        ))),
    }
}

/// The names of gateways that must be served.
pub(super) fn names_of(gateways: &[Gateway]) -> impl Iterator<Item = &str> {
    gateways.iter().map(|gateway| gateway.broker.as_str())
}
