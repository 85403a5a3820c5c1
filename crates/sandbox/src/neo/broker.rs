//! The broker behind its listener, whose root stands for all of the broker's hosts.

use std::io;
use std::sync::MutexGuard;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::account::Account;
use super::base_url::BaseUrl;
use super::builder::Settings;
use super::calls::perform;
use super::operation::Operation;
use super::refusal::{Manner, documented, gateway};
use super::state::State;
use crate::broker::{Accounts, Broker, Play};
use crate::clock::Clock;
use crate::guesses::Guesses;
use crate::locked::Locked;
use crate::routes::{Door, Received};
use crate::server::Listener;
use crate::spec::{Spec, SpecFile};
use crate::variable::Variable;

/// Kotak Securities with its Neo Trade API.
pub struct Neo {
    state: Locked<State>,
    manner: Manner,
    strict_headers: bool,
    root: String,
    base_url: BaseUrl,
    account: Account,
}

impl Neo {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// The path of this sandbox below which it answers the calls of a session.
    pub(super) fn session_path(&self) -> &str {
        self.base_url.path()
    }
}

impl Broker for Neo {
    const NAME: &'static str = "neo";
}

impl Play for Neo {
    type Operation = Operation;
    type Settings = Settings;
    type Base = ();

    fn spec() -> io::Result<&'static Spec> {
        static SPEC: SpecFile = SpecFile::new(include_str!("../../../../openapi/kotak-neo-session.yaml"));
        SPEC.get()
    }

    async fn open(settings: Settings, clock: &Clock, first: Listener) -> io::Result<(Self, Vec<Door<Self>>)> {
        let Settings { mut accounts, manner, strict_headers, base_url } = settings;
        if accounts.is_empty() {
            accounts.push(Account::default());
        }
        let account = accounts.first().cloned().unwrap_or_default();
        let root = first.root();
        let base_url = BaseUrl::new(base_url, &root)?;
        let state = Locked::new(State::new(accounts, clock.clone())?);
        let door = Door::empty(first).with("", (), &Operation::AT_SIGN_IN);
        let door = door.with(base_url.path(), (), &Operation::AT_BASE_URL);
        Ok((Self { state, manner, strict_headers, root, base_url, account }, vec![door]))
    }

    fn perform(&self, operation: Operation, (): (), call: &Received) -> Response {
        match perform(&mut self.state(), &self.base_url, self.strict_headers, operation, call) {
            Ok(answer) => Json(answer).into_response(),
            Err(refusal) => refusal.answer(self.manner),
        }
    }

    fn documented(operation: Operation, status: StatusCode) -> Response {
        documented(operation, status)
    }

    fn no_operation(&self, _call: &Received, status: StatusCode) -> Response {
        let reason = status.canonical_reason().unwrap_or_default();
        gateway(status, status.as_str(), reason, "No matching resource found for the given request")
    }

    fn base_url(&self) -> &str {
        &self.root
    }

    fn root_url(&self) -> &str {
        &self.root
    }

    fn user(&self) -> &str {
        &self.account.ucc
    }

    fn environment(&self) -> Vec<Variable> {
        self.account.environment(self.base_url())
    }
}

impl Accounts for Neo {
    type Account = Account;

    fn account(&self) -> &Account {
        &self.account
    }

    fn change_account(&self, user: &str, change: impl FnOnce(&mut Account)) -> io::Result<()> {
        self.state().change_account(user, change)
    }

    fn with_guesses<T>(&self, user: &str, look: impl FnOnce(&mut Guesses) -> T) -> Option<T> {
        self.state().guesses(user).map(look)
    }

    fn live_sessions(&self, user: &str) -> usize {
        self.state().live_sessions(user)
    }

    fn end_sessions(&self, user: &str) {
        self.state().end_sessions(user);
    }
}
