//! The session API of Kotak Neo: TOTP, then MPIN, as the broker documents it and as it was observed, and some trading
//! calls with which a client can prove its session.
//!
//! Where neither source says what happens, the sandbox decides and the item says "inferred".

mod account;
mod authenticator;
mod base_url;
mod operations;
mod responses;
mod state;

use std::{io, ops::DerefMut, sync::OnceLock};

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use parking_lot::Mutex;

use self::{
    base_url::BaseUrl,
    responses::{RefusalOptions, coded},
    state::State,
};
use crate::{
    accounts::{Accounts, Users},
    broker::{Broker, Play, Started},
    clock::Clock,
    examples::gateway,
    operation::Extra as _,
    routes::{Host, ReceivedRequest},
    sandbox::{Variable, setters},
    server::Listener,
    spec::Spec,
};

pub use self::{account::Account, operations::Operation, responses::DeadSession};
pub use crate::accounts::MAX_BAD_TRIES;

/// The broker of Kotak Neo in this process.
///
/// Its [`base_url`](crate::Sandbox::base_url) is its root. It stands for the host of the sign-in and for the one
/// that responses call `baseUrl`. Sessions are counted as trade sessions;
/// [`end_sessions`](crate::Sandbox::end_sessions) ends view sessions as well.
pub type Sandbox = crate::Sandbox<Neo>;

impl Sandbox {
    /// The code that the first account's authenticator shows, by the sandbox's clock. It is good for one
    /// sign-in; the next one comes after 30 seconds.
    pub fn totp_now(&self) -> String {
        self.broker().state.lock().totp(self.user()).unwrap_or_default()
    }

    /// URL of the order report ([`Operation::Orders`]) at this sandbox: a trading call, a GET.
    pub fn orders_url(&self) -> String {
        let path = Operation::Orders.paths().first().copied().unwrap_or_default();
        format!("{}{}{path}", self.root_url(), self.broker().base_url.path())
    }
}

/// Options of a [`Sandbox`] to be started.
pub type Builder = crate::Builder<Neo>;

/// The options of this broker.
#[derive(Clone, Debug, Default)]
pub struct Options {
    accounts: Vec<Account>,
    refusals: RefusalOptions,
    strict_headers: bool,
    base_url: Option<String>,
}

setters! {
    /// Refuses wrong credentials, a wrong TOTP or MPIN and a locked account with status 200 and
    /// `{"stCode", "errMsg", "status": "failure"}` (observed), instead of 401 or 403 and
    /// `{"status": "error", "message", "errorCode"}` (documented). A wrong UCC has that form in any case.
    refusals_in_success(): refusals.in_success = true;
    /// Rejects trading calls without the headers `neo-fin-key` and `Authorization`, as the documentation has them. By
    /// default they may be missing, because official clients leave them out.
    strict_headers(): strict_headers = true;
    /// The form in which a dead session is refused.
    dead_session(form: DeadSession): refusals.dead_session = form;
    /// Refuses a dead session with status 200 instead of 401.
    dead_session_in_success(): refusals.dead_session_in_success = true;
    /// Puts this string into `baseUrl`: for clients that must not follow it. By default it is the sandbox's own root.
    ///
    /// A string that begins with a slash is a path of the sandbox's own. The calls of a session are served below the path
    /// of the base URL alone, whatever its host: for clients that must keep it.
    base_url_in_answers(base_url: impl Into<String>): base_url = Some(base_url.into());
}

impl Builder {
    /// Adds an account. Without any, the sandbox has [`Account::default`]. Of two accounts with the same UCC
    /// the later one counts.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.options.accounts.push(account);
        self
    }
}

/// Kotak Securities with its Neo Trade API, whose hosts are all at one root here.
pub struct Neo {
    state: Mutex<State>,
    refusals: RefusalOptions,
    strict_headers: bool,
    base_url: BaseUrl,
    account: Account,
}

impl Broker for Neo {
    const NAME: &'static str = "neo";
}

impl Play for Neo {
    type Operation = Operation;
    type Options = Options;
    type Base = ();

    const STAND_IN: Operation = Operation::GetClientIp;
    const FAULT_EXAMPLES: &'static [&'static str] = &["invalid-ucc", "invalid-mpin", "invalid-session"];

    fn spec() -> io::Result<&'static Spec> {
        static SPEC: OnceLock<Spec> = OnceLock::new();
        Spec::shared(broker_session_documents::NEO, &SPEC)
    }

    async fn start(options: Options, clock: &Clock, first: Listener) -> io::Result<Started<Self>> {
        let Options { mut accounts, refusals, strict_headers, base_url } = options;
        if accounts.is_empty() {
            accounts.push(Account::default());
        }
        let account = accounts.first().cloned().unwrap_or_default();
        let root = first.root();
        let base_url = BaseUrl::new(base_url, &root)?;
        let state = Mutex::new(State::new(accounts, clock.clone())?);
        let host = Host::new(first).with("", (), &Operation::AT_SIGN_IN);
        let hosts = vec![host.with(base_url.path(), (), &Operation::AT_BASE_URL)];
        let user = account.ucc.clone();
        let broker = Self { state, refusals, strict_headers, base_url, account };
        Ok(Started { broker, hosts, base_url: root, user })
    }

    fn respond(&self, operation: Operation, (): (), request: &ReceivedRequest) -> Response {
        let mut state = self.state.lock();
        match operations::respond(&mut state, &self.base_url, self.strict_headers, operation, request) {
            Ok(body) => Json(body).into_response(),
            Err(refusal) => refusal.response(self.refusals),
        }
    }

    fn no_operation(&self, _request: &ReceivedRequest, status: StatusCode) -> Response {
        gateway(status, "No matching resource found for the given request")
    }

    fn undocumented(status: StatusCode) -> Response {
        coded(status)
    }

    fn environment(&self, base_url: &str) -> Vec<Variable> {
        self.account.environment(base_url)
    }
}

impl Accounts for Neo {
    type Account = Account;

    fn account(&self) -> &Account {
        &self.account
    }

    fn users(&self) -> impl DerefMut<Target: Users<Account = Account>> {
        self.state.lock()
    }
}
