//! Choosing what a sandbox is like before it starts.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::StatusCode;

use super::answers::{Base, User};
use super::calls::Manner;
use super::etiquette::Etiquette;
use super::midnight::Midnight;
use super::pacing::Pacing;
use super::refusal::SignedOut;
use super::routes::{Desk, Site, router};
use super::sandbox::Sandbox;
use super::state::{Gateway, Settings};
use crate::clock::Clock;
use crate::fault::FaultQueue;
use crate::log::CallLog;
use crate::server::{Listener, Server, bind, root_of};
use crate::tls::Tls;

/// Settings of a [`Sandbox`] to be started. From [`Sandbox::builder`].
///
/// Unless told otherwise, a person has just signed in and no brokerage session is open: the gateway is
/// connected, not authenticated, and `ssodh/init` is what a client does next.
#[derive(Clone, Debug)]
pub struct Builder {
    port: u16,
    https: bool,
    signed_in: bool,
    pacing: bool,
    clock: Clock,
    settings: Settings,
    manner: Manner,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            port: 0,
            https: false,
            signed_in: true,
            pacing: true,
            clock: Clock::running(),
            settings: Settings::default(),
            manner: Manner {
                user: User { name: "sampleuser".into(), paper: false },
                signed_out: SignedOut::default(),
                init_after_logout: StatusCode::GONE,
                cookies_needed: false,
            },
        }
    }
}

impl Builder {
    /// Port of the loopback interface to listen on; 0, the default, picks a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Serves https with a new certificate that the sandbox signs itself, as the gateway does; without it
    /// plain http.
    #[must_use]
    pub fn https(mut self) -> Self {
        self.https = true;
        self
    }

    /// Starts without a single sign-on: a person has to sign in first.
    #[must_use]
    pub fn signed_out(mut self) -> Self {
        self.signed_in = false;
        self
    }

    /// The user's name; `sampleuser` by default.
    #[must_use]
    pub fn user_name(mut self, name: impl Into<String>) -> Self {
        self.manner.user.name = name.into();
        self
    }

    /// Makes it a paper account: `LOGIN_TYPE` is 2.
    #[must_use]
    pub fn paper(mut self) -> Self {
        self.manner.user.paper = true;
        self
    }

    /// The clock by which everything happens; a running one by default. Under a clock that stands still all
    /// calls arrive at once, which [`Builder::pacing`] takes amiss.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Lets a sign-in open the brokerage session as well, without an `ssodh/init`: some clients at work wait
    /// for that.
    #[must_use]
    pub fn opened_at_sign_in(mut self) -> Self {
        self.settings.opened_at_sign_in = true;
        self
    }

    /// How long the brokerage session lives without a call; five and a half minutes by default (five to six
    /// are documented). After that it is connected and not authenticated.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.idle_timeout = timeout;
        self
    }

    /// How long the single sign-on lives at most; 24 hours by default (documented).
    #[must_use]
    pub fn sso_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.sso_lifetime = lifetime;
        self
    }

    /// Whose midnight ends the single sign-on; nobody's by default.
    #[must_use]
    pub fn midnight(mut self, midnight: Midnight) -> Self {
        self.settings.midnight = midnight;
        self
    }

    /// How long after its opening a brokerage session is established; at once by default. Until then it is
    /// authenticated, and trading calls are answered with `no bridge`.
    #[must_use]
    pub fn establish_after(mut self, delay: Duration) -> Self {
        self.settings.establish_after = delay;
        self
    }

    /// How calls are answered when there is no single sign-on.
    #[must_use]
    pub fn when_signed_out(mut self, answer: SignedOut) -> Self {
        self.manner.signed_out = answer;
        self
    }

    /// How `ssodh/init` is answered after a logout, without a body; 410 by default (410 and 503 observed).
    #[must_use]
    pub fn init_after_logout(mut self, status: StatusCode) -> Self {
        self.manner.init_after_logout = status;
        self
    }

    /// Takes calls only with the cookie that the browser got at the sign-in, as some gateways do (observed).
    #[must_use]
    pub fn cookies_needed(mut self) -> Self {
        self.manner.cookies_needed = true;
        self
    }

    /// Whether the broker's limits hold, and with them the penalty box; they do by default.
    #[must_use]
    pub fn pacing(mut self, enabled: bool) -> Self {
        self.pacing = enabled;
        self
    }

    /// Starts the sandbox on the current tokio runtime. It answers as soon as this returns.
    ///
    /// # Errors
    /// The port cannot be listened on, most often because another program holds it; or no certificate could
    /// be made.
    ///
    /// # Panics
    /// Outside a tokio runtime with IO and time enabled.
    pub async fn start(self) -> io::Result<Sandbox> {
        let listener = bind(self.port).await?;
        let tls = if self.https { Some(Tls::new()?) } else { None };
        let (root, _) = root_of(&listener, tls.as_ref())?;
        let mut gateway = Gateway::new(self.settings);
        if self.signed_in {
            gateway.sign_in(self.clock.now());
        }
        let site = Arc::new(Site {
            desk: Mutex::new(Desk {
                gateway,
                pacing: Pacing::new(self.pacing),
                etiquette: Etiquette::default(),
            }),
            faults: FaultQueue::default(),
            log: CallLog::default(),
            clock: self.clock,
            manner: self.manner,
            root,
        });
        let bases = Base::ALL.map(|base| site.url(base));
        let listener = Listener::new(listener, router(&site), tls.clone());
        Ok(Sandbox::new(site, Server::start(vec![listener]), tls, bases))
    }
}
