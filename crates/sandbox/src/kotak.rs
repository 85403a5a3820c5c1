//! The Kotak Securities Trade API (`session/1.0`), as the broker documents it and as it was observed.
//!
//! Where neither source says what happens, the sandbox decides and the item says "inferred".

mod account;
mod operations;
mod responses;
mod state;

use std::{io, ops::DerefMut, sync::OnceLock, time::Duration};

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use parking_lot::Mutex;

use self::{
    responses::Urls,
    state::{Lifetimes, State},
};
use crate::{
    accounts::{Accounts, Users},
    broker::{Broker, Play, Started},
    clock::Clock,
    examples::{Documented, gateway},
    operation::Extra as _,
    routes::{Host, ReceivedRequest},
    sandbox::{Variable, setters},
    server::Listener,
    spec::Spec,
};

pub use self::{
    account::Account,
    operations::Operation,
    responses::{Envelope, broker_fault},
};
pub use crate::accounts::MAX_BAD_TRIES;

/// Path of the first base, and of the second one if it has a port of its own.
const BASE_PATH: &str = "/apim";
/// Path of the second base on the first one's port.
const SECOND_BASE_PATH: &str = "/second/apim";

/// A Kotak Trade API broker in this process.
///
/// Its [`base_url`](crate::Sandbox::base_url) is the first base, for example `http://127.0.0.1:4001/apim`;
/// below its [`root_url`](crate::Sandbox::root_url), `/token` and `/revoke` respond as well.
pub type Sandbox = crate::Sandbox<Kotak>;

impl Sandbox {
    /// URL of the second base, for example `http://127.0.0.1:4001/second/apim`.
    pub fn second_base_url(&self) -> &str {
        &self.broker().urls.second.0
    }

    /// URL of the order report ([`Operation::OrderReport`]) at the first base: a trading call, a GET.
    pub fn orders_url(&self) -> String {
        let path = Operation::OrderReport.paths().first().copied().unwrap_or_default();
        format!("{}{path}", self.base_url())
    }

    /// The latest access code that was sent to the user, as if read from the message; `None` for an
    /// unknown user. It may have expired.
    pub fn access_code(&self, userid: &str) -> Option<String> {
        self.broker().state.lock().access_code(userid)
    }
}

/// `redirect.host` in the responses of init and login.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Redirect {
    /// The base that was called.
    #[default]
    Own,
    /// The sandbox's second base. From then on the user's calls must come there; the first base rejects
    /// them with code 999024, and only accepts a new init.
    SecondBase,
    /// Any string, for clients that must not follow it.
    To(String),
}

/// One of the two bases of a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The one that a client is configured with.
    First,
    /// The one that a client may be sent to.
    Second,
}

/// Options of a [`Sandbox`] to be started.
pub type Builder = crate::Builder<Kotak>;

/// The options of this broker.
#[derive(Clone, Debug, Default)]
pub struct Options {
    second_port: Option<u16>,
    accounts: Vec<Account>,
    envelope: Envelope,
    strict_headers: bool,
    lifetimes: Lifetimes,
    init_redirect: Redirect,
    login_redirect: Redirect,
}

setters! {
    /// Gives the second base a port of its own (0 picks a free one), where it is `/apim`, instead of
    /// `/second/apim` on the first one's port: another origin to a client.
    second_port(port: u16): second_port = Some(port);
    /// The envelope around successful responses.
    envelope(envelope: Envelope): envelope = envelope;
    /// Rejects calls without the headers `ip` and `appId`, which the broker documents. By default they may be missing,
    /// because clients that leave them out are reported to work.
    strict_headers(): strict_headers = true;
    /// How long a one-time token lives; five minutes by default (inferred).
    one_time_token_lifetime(lifetime: Duration): lifetimes.one_time_token = lifetime;
    /// How long an access code is good for after it was sent; a day by default. The first one counts as
    /// sent when the sandbox starts. [`Duration::MAX`]: for ever.
    access_code_lifetime(lifetime: Duration): lifetimes.access_code = lifetime;
    /// How long a session lives; a day by default.
    session_lifetime(lifetime: Duration): lifetimes.session = lifetime;
    /// How long an access token from `token` lives; an hour by default. An account's own access token
    /// never expires.
    access_token_lifetime(lifetime: Duration): lifetimes.access_token = lifetime;
    /// `redirect.host` in the responses of the init calls alone.
    init_redirect(redirect: Redirect): init_redirect = redirect;
    /// `redirect.host` in the responses of the login calls alone.
    login_redirect(redirect: Redirect): login_redirect = redirect;
}

impl Builder {
    /// Adds an account. Without any, the sandbox has [`Account::default`]. Of two accounts with the same
    /// user id the later one counts.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.options.accounts.push(account);
        self
    }

    /// Sends users to the second base, in the responses of init and login.
    #[must_use]
    pub fn redirect_to_second_base(self) -> Self {
        self.init_redirect(Redirect::SecondBase).login_redirect(Redirect::SecondBase)
    }

    /// Puts this string into `redirect.host`, in the responses of init and login.
    #[must_use]
    pub fn redirect_to(self, host: impl Into<String>) -> Self {
        let redirect = Redirect::To(host.into());
        self.init_redirect(redirect.clone()).login_redirect(redirect)
    }
}

/// Kotak Securities with its Trade API: two bases that share one state.
pub struct Kotak {
    state: Mutex<State>,
    envelope: Envelope,
    strict_headers: bool,
    urls: Urls,
    account: Account,
}

impl Broker for Kotak {
    const NAME: &'static str = "kotak";
}

impl Play for Kotak {
    type Operation = Operation;
    type Options = Options;
    type Base = Base;

    const STAND_IN: Operation = Operation::SessionInit;
    const FAULT_EXAMPLES: &'static [&'static str] = &["wrong-access-token"];

    fn spec() -> io::Result<&'static Spec> {
        static SPEC: OnceLock<Spec> = OnceLock::new();
        Spec::shared(broker_session_documents::KOTAK, &SPEC)
    }

    async fn start(options: Options, clock: &Clock, first: Listener) -> io::Result<Started<Self>> {
        let second = match options.second_port {
            Some(port) => Some(Listener::bind(port).await?),
            None => None,
        };
        let root = first.root();
        let first_base = (format!("{root}{BASE_PATH}"), first.port());
        let second_base = match &second {
            Some(listener) => (format!("{}{BASE_PATH}", listener.root()), listener.port()),
            None => (format!("{root}{SECOND_BASE_PATH}"), first.port()),
        };
        let with_oauth = |host: Host<Self>| host.with("", Base::First, &Operation::OAUTH);
        let host = with_oauth(Host::new(first)).with(BASE_PATH, Base::First, &Operation::ALL);
        let hosts = match second {
            None => vec![host.with(SECOND_BASE_PATH, Base::Second, &Operation::ALL)],
            Some(second) => {
                vec![host, with_oauth(Host::new(second)).with(BASE_PATH, Base::Second, &Operation::ALL)]
            }
        };
        let Options {
            mut accounts, envelope, strict_headers, lifetimes, init_redirect, login_redirect, ..
        } = options;
        if accounts.is_empty() {
            accounts.push(Account::default());
        }
        let account = accounts.first().cloned().unwrap_or_default();
        let redirects = (init_redirect, login_redirect);
        let state = State::new(accounts, clock.clone(), lifetimes, redirects, second_base.0.clone());
        let (user, base_url) = (account.userid.clone(), first_base.0.clone());
        let urls = Urls { root, first: first_base, second: second_base };
        let broker = Self { state: Mutex::new(state), envelope, strict_headers, urls, account };
        Ok(Started { broker, hosts, base_url, user })
    }

    fn respond(&self, operation: Operation, base: Base, request: &ReceivedRequest) -> Response {
        operations::respond(&mut self.state.lock(), &self.urls, self.envelope, operation, base, request)
    }

    fn no_operation(&self, _request: &ReceivedRequest, status: StatusCode) -> Response {
        let description = match status {
            StatusCode::NOT_FOUND => "No matching resource found for the given request",
            _ => "Method not allowed for the resource",
        };
        gateway(status, description)
    }

    fn undocumented(status: StatusCode) -> Response {
        // The failure with status 200 of other operations is a locked account, which a client must not try again.
        if status == StatusCode::OK {
            let name = "fault-with-status-200";
            return Documented::success::<Self>(Operation::SessionInit, name).into_response();
        }
        gateway(status, "")
    }

    fn optional_headers(&self) -> &'static [&'static str] {
        if self.strict_headers { &[] } else { &["ip", "appId"] }
    }

    fn environment(&self, base_url: &str) -> Vec<Variable> {
        let access_code = self.state.lock().access_code(&self.account.userid).unwrap_or_default();
        Account { access_code, ..self.account.clone() }.environment(base_url)
    }
}

impl Accounts for Kotak {
    type Account = Account;

    fn account(&self) -> &Account {
        &self.account
    }

    fn users(&self) -> impl DerefMut<Target: Users<Account = Account>> {
        self.state.lock()
    }
}
