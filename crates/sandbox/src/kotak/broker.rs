//! The broker behind its listeners: two bases that share one state.

use std::io;
use std::sync::MutexGuard;

use axum::response::Response;
use http::StatusCode;

use super::account::Account;
use super::answers::{self, Envelope, Urls};
use super::builder::Settings;
use super::calls::{oauth_error, perform};
use super::operation::Operation;
use super::redirect::Base;
use super::refusal::documented;
use super::state::State;
use crate::broker::{Accounts, Broker, Play};
use crate::clock::Clock;
use crate::guesses::Guesses;
use crate::locked::Locked;
use crate::routes::{Door, Received};
use crate::server::Listener;
use crate::spec::{Spec, SpecFile};
use crate::variable::Variable;

/// Path of the first base, and of the second one if it has a port of its own.
const BASE_PATH: &str = "/apim";
/// Path of the second base on the first one's port.
const SECOND_BASE_PATH: &str = "/second/apim";

/// Kotak Securities with its Trade API.
pub struct Kotak {
    state: Locked<State>,
    envelope: Envelope,
    strict_headers: bool,
    pub(super) urls: Urls,
    account: Account,
}

impl Kotak {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

impl Broker for Kotak {
    const NAME: &'static str = "kotak";
}

impl Play for Kotak {
    type Operation = Operation;
    type Settings = Settings;
    type Base = Base;

    fn spec() -> io::Result<&'static Spec> {
        static SPEC: SpecFile = SpecFile::new(include_str!("../../../../openapi/kotak-session.yaml"));
        SPEC.get()
    }

    async fn open(settings: Settings, clock: &Clock, first: Listener) -> io::Result<(Self, Vec<Door<Self>>)> {
        let second = match settings.second_port {
            Some(port) => Some(Listener::bind(port).await?),
            None => None,
        };
        let (second_root, second_path, second_port) = match &second {
            Some(listener) => (listener.root(), BASE_PATH, listener.port()),
            None => (first.root(), SECOND_BASE_PATH, first.port()),
        };
        let urls = Urls {
            root: first.root(),
            first: (format!("{}{BASE_PATH}", first.root()), first.port()),
            second: (format!("{second_root}{second_path}"), second_port),
        };
        let Settings {
            mut accounts, envelope, strict_headers, lifetimes, init_redirect, login_redirect, ..
        } = settings;
        if accounts.is_empty() {
            accounts.push(Account::default());
        }
        let account = accounts.first().cloned().unwrap_or_default();
        let redirects = (init_redirect, login_redirect);
        let state = State::new(accounts, clock.clone(), lifetimes, redirects, urls.second.0.clone());
        let oauth_at_root = |door: Door<Self>| door.with("", Base::First, &Operation::OAUTH);
        let doors = match second {
            None => vec![oauth_at_root(Door::new(
                first,
                &[(BASE_PATH, Base::First), (SECOND_BASE_PATH, Base::Second)],
            ))],
            Some(second) => vec![
                oauth_at_root(Door::new(first, &[(BASE_PATH, Base::First)])),
                oauth_at_root(Door::new(second, &[(BASE_PATH, Base::Second)])),
            ],
        };
        Ok((Self { state: Locked::new(state), envelope, strict_headers, urls, account }, doors))
    }

    fn perform(&self, operation: Operation, base: Base, call: &Received) -> Response {
        perform(&mut self.state(), &self.urls, self.envelope, operation, base, call)
    }

    fn may_be_missing(&self) -> &'static [&'static str] {
        if self.strict_headers { &[] } else { &["ip", "appId"] }
    }

    fn documented(operation: Operation, status: StatusCode) -> Response {
        let fault = documented(status);
        if !operation.is_oauth() {
            return answers::fault(status, fault);
        }
        let error = match status {
            StatusCode::UNAUTHORIZED => "invalid_client",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request",
        };
        let mut answer = oauth_error(error, &fault.description);
        *answer.status_mut() = status;
        answer
    }

    fn no_operation(&self, _call: &Received, status: StatusCode) -> Response {
        let description = match status {
            StatusCode::NOT_FOUND => "No matching resource found for the given request",
            _ => "Method not allowed for the resource",
        };
        answers::gateway(status, description)
    }

    fn base_url(&self) -> &str {
        &self.urls.first.0
    }

    fn root_url(&self) -> &str {
        &self.urls.root
    }

    fn user(&self) -> &str {
        &self.account.userid
    }

    fn environment(&self) -> Vec<Variable> {
        let access_code = self.state().access_code(&self.account.userid).unwrap_or_default();
        let account = Account { access_code, ..self.account.clone() };
        account.environment(self.base_url())
    }
}

impl Accounts for Kotak {
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
        let state = self.state();
        state.sessions.live(user, state.clock.now())
    }

    fn end_sessions(&self, user: &str) {
        self.state().sessions.spend_all(user);
    }
}
