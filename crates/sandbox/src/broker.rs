//! What a broker's sandbox is made of, apart from what all sandboxes have in common.

use std::fmt::Debug;
use std::io;

use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::guesses::Guesses;
use crate::operation::Operation;
use crate::routes::{Door, Received};
use crate::server::Listener;
use crate::spec::Spec;
use crate::variable::Variable;

/// A broker that this crate plays: [`kotak::Kotak`](crate::kotak::Kotak), [`ibkr::Ibkr`](crate::ibkr::Ibkr),
/// [`neo::Neo`](crate::neo::Neo). Its operations are the `Operation` of its module.
///
/// Code that treats brokers alike takes a [`Sandbox<B>`](crate::Sandbox) of any of them. Only this crate can
/// add one.
pub trait Broker: Play {
    /// The broker's name, as its module is called.
    const NAME: &'static str;
}

/// The broker's side of a sandbox: what it is told to be like, and how it answers.
pub trait Play: Sized + Send + Sync + 'static {
    /// The broker's operations.
    type Operation: Operation;
    /// What is chosen before it starts, apart from the port and the clock.
    type Settings: Clone + Debug + Default + Send;
    /// Which of the URLs below which a broker answers a call came to.
    type Base: Copy + Send + Sync + 'static;

    /// The broker's spec.
    ///
    /// # Errors
    /// It cannot be read.
    fn spec() -> io::Result<&'static Spec>;

    /// Sets the broker up behind its first listener, and says where it answers.
    fn open(
        settings: Self::Settings,
        clock: &Clock,
        first: Listener,
    ) -> impl Future<Output = io::Result<(Self, Vec<Door<Self>>)>> + Send;

    /// Carries out a call and gives its answer.
    fn perform(&self, operation: Self::Operation, base: Self::Base, call: &Received) -> Response;

    /// The body that the broker documents for a status of this operation, for an injected fault.
    fn documented(operation: Self::Operation, status: StatusCode) -> Response;

    /// The answer to a call of no operation: 404 for an unknown path, 405 for an unknown method.
    fn no_operation(&self, call: &Received, status: StatusCode) -> Response;

    /// Whether the broker itself shows something at a path that is no operation's, whatever is served beside it.
    fn has_page(&self, _path: &str, _at: Timestamp) -> bool {
        false
    }

    /// Headers of the spec's security that the broker does without, by their names in the spec.
    fn may_be_missing(&self) -> &'static [&'static str] {
        &[]
    }

    /// The answer to a call that is turned away before it gets to a fault or to the operation.
    fn turn_away(&self, _operation: Self::Operation, _call: &Received) -> Option<Response> {
        None
    }

    /// Takes note of how a call was answered, by a fault or by the operation.
    fn answered(&self, _call: &Received, _answer: &Response) {}

    /// Forgets what was counted about the calls so far.
    fn forget_calls(&self) {}

    /// What a client is configured with.
    fn base_url(&self) -> &str;

    /// URL of the host's root, without a slash at the end.
    fn root_url(&self) -> &str;

    /// The user that the sandbox is for.
    fn user(&self) -> &str;

    /// All that a client's environment needs.
    fn environment(&self) -> Vec<Variable>;
}

/// A broker at which users have accounts, which wrong guesses lock.
pub trait Accounts: Broker {
    /// A user of the broker, with the credentials it accepts.
    type Account;

    /// The first account.
    fn account(&self) -> &Self::Account;

    /// Changes a user's account; what the user is known by stays.
    ///
    /// # Errors
    /// There is no such user, or a secret is none.
    fn change_account(&self, user: &str, change: impl FnOnce(&mut Self::Account)) -> io::Result<()>;

    /// The guesses at a user's credentials; `None` for an unknown user.
    fn with_guesses<T>(&self, user: &str, look: impl FnOnce(&mut Guesses) -> T) -> Option<T>;

    /// How many sessions of the user's are alive.
    fn live_sessions(&self, user: &str) -> usize;

    /// Ends the user's sessions.
    fn end_sessions(&self, user: &str);
}

/// The error for a user who is not known.
pub(crate) fn no_such_user(user: &str) -> io::Error {
    let message = format!("the sandbox has no user `{user}`. Add an account before it starts.");
    io::Error::new(io::ErrorKind::NotFound, message)
}
