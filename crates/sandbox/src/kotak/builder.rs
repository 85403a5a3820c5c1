//! Choosing what a sandbox is like before it starts.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::account::Account;
use super::answers::{Envelope, Urls};
use super::redirect::{Base, Redirect};
use super::routes::{Site, router};
use super::sandbox::Sandbox;
use super::state::{Broker, Lifetimes};
use crate::clock::Clock;
use crate::fault::FaultQueue;
use crate::log::CallLog;
use crate::server::{Listener, Server, bind, root_of};

/// Path of the first base, and of the second one if it has a port of its own.
const BASE_PATH: &str = "/apim";
/// Path of the second base on the first one's port.
const SECOND_BASE_PATH: &str = "/second/apim";

/// Settings of a [`Sandbox`] to be started. From [`Sandbox::builder`].
#[derive(Clone, Debug, Default)]
pub struct Builder {
    port: u16,
    second_port: Option<u16>,
    accounts: Vec<Account>,
    clock: Clock,
    envelope: Envelope,
    lifetimes: Lifetimes,
    init_redirect: Redirect,
    login_redirect: Redirect,
}

impl Builder {
    /// Port of the loopback interface to listen on; 0, the default, picks a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Gives the second base a port of its own (0 picks a free one), where it is `/apim`, instead of
    /// `/second/apim` on the first one's port: another origin to a client.
    #[must_use]
    pub fn second_port(mut self, port: u16) -> Self {
        self.second_port = Some(port);
        self
    }

    /// Adds an account. Without any, the sandbox knows [`Account::default`]. Of two accounts with the same
    /// user id the later one counts.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// The clock by which everything expires; a running one by default.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The envelope around successful answers.
    #[must_use]
    pub fn envelope(mut self, envelope: Envelope) -> Self {
        self.envelope = envelope;
        self
    }

    /// How long a one-time token lives; five minutes by default (inferred).
    #[must_use]
    pub fn one_time_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes.one_time_token = lifetime;
        self
    }

    /// How long an access code is good for after it was sent; a day by default. The first one counts as
    /// sent when the sandbox starts. [`Duration::MAX`]: for ever.
    #[must_use]
    pub fn access_code_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes.access_code = lifetime;
        self
    }

    /// How long a session lives; a day by default.
    #[must_use]
    pub fn session_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes.session = lifetime;
        self
    }

    /// How long an access token from `token` lives; an hour by default. An account's own access token
    /// never expires.
    #[must_use]
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes.access_token = lifetime;
        self
    }

    /// Sends users to the second base, in the answers of init and login.
    #[must_use]
    pub fn redirect_to_second_base(self) -> Self {
        self.init_redirect(Redirect::SecondBase).login_redirect(Redirect::SecondBase)
    }

    /// Says `redirect.host` is this text, whatever it is, in the answers of init and login.
    #[must_use]
    pub fn redirect_to(self, host: impl Into<String>) -> Self {
        let redirect = Redirect::To(host.into());
        self.init_redirect(redirect.clone()).login_redirect(redirect)
    }

    /// `redirect.host` in the answers of the init calls alone.
    #[must_use]
    pub fn init_redirect(mut self, redirect: Redirect) -> Self {
        self.init_redirect = redirect;
        self
    }

    /// `redirect.host` in the answers of the login calls alone.
    #[must_use]
    pub fn login_redirect(mut self, redirect: Redirect) -> Self {
        self.login_redirect = redirect;
        self
    }

    /// Starts the sandbox on the current tokio runtime. It answers as soon as this returns.
    ///
    /// # Errors
    /// A port cannot be listened on, most often because another program holds it.
    ///
    /// # Panics
    /// Outside a tokio runtime with IO and time enabled.
    pub async fn start(mut self) -> io::Result<Sandbox> {
        let first = bind(self.port).await?;
        let second = match self.second_port {
            Some(port) => Some(bind(port).await?),
            None => None,
        };
        let (root, port) = root_of(&first, None)?;
        let (second_root, second_path, second_port) = match &second {
            Some(listener) => {
                let (root, port) = root_of(listener, None)?;
                (root, BASE_PATH, port)
            }
            None => (root.clone(), SECOND_BASE_PATH, port),
        };
        let urls = Urls {
            root: root.clone(),
            first: (format!("{root}{BASE_PATH}"), port),
            second: (format!("{second_root}{second_path}"), second_port),
        };

        if self.accounts.is_empty() {
            self.accounts.push(Account::default());
        }
        let account = self.accounts.first().cloned().unwrap_or_default();
        let broker = Broker::new(
            self.accounts,
            self.clock.clone(),
            self.lifetimes,
            (self.init_redirect, self.login_redirect),
            urls.second.0.clone(),
        );
        let site = Arc::new(Site {
            broker: Mutex::new(broker),
            faults: FaultQueue::default(),
            log: CallLog::default(),
            clock: self.clock,
            envelope: self.envelope,
            urls,
        });
        let first_base = (BASE_PATH, Base::First);
        let second_base = (second_path, Base::Second);
        let listeners = match second {
            None => vec![Listener::plain(first, router(&site, &root, &[first_base, second_base]))],
            Some(second) => vec![
                Listener::plain(first, router(&site, &root, &[first_base])),
                Listener::plain(second, router(&site, &second_root, &[second_base])),
            ],
        };
        Ok(Sandbox::new(site, Server::start(listeners), account))
    }
}
