//! Choosing what a sandbox of this broker is like before it starts.

use std::time::Duration;

use http::StatusCode;

use super::answers::User;
use super::broker::Ibkr;
use super::calls::Manner;
use super::midnight::Midnight;
use super::refusal::SignedOut;
use super::state;

/// Settings of a [`Sandbox`](super::Sandbox) to be started.
///
/// Unless told otherwise, a person has just signed in and no brokerage session is open: the gateway is
/// connected, not authenticated, and `ssodh/init` is what a client does next.
pub type Builder = crate::Builder<Ibkr>;

/// What is chosen for this broker.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(super) https: bool,
    pub(super) signed_in: bool,
    pub(super) pacing: bool,
    pub(super) gateway: state::Settings,
    pub(super) manner: Manner,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            https: false,
            signed_in: true,
            pacing: true,
            gateway: state::Settings::default(),
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
    /// Serves https with a new certificate that the sandbox signs itself, as the gateway does; without it
    /// plain http.
    #[must_use]
    pub fn https(mut self) -> Self {
        self.settings.https = true;
        self
    }

    /// Starts without a single sign-on: a person has to sign in first.
    #[must_use]
    pub fn signed_out(mut self) -> Self {
        self.settings.signed_in = false;
        self
    }

    /// The user's name; `sampleuser` by default.
    #[must_use]
    pub fn user_name(mut self, name: impl Into<String>) -> Self {
        self.settings.manner.user.name = name.into();
        self
    }

    /// Makes it a paper account: `LOGIN_TYPE` is 2.
    #[must_use]
    pub fn paper(mut self) -> Self {
        self.settings.manner.user.paper = true;
        self
    }

    /// Lets a sign-in open the brokerage session as well, without an `ssodh/init`: some clients at work wait
    /// for that.
    #[must_use]
    pub fn opened_at_sign_in(mut self) -> Self {
        self.settings.gateway.opened_at_sign_in = true;
        self
    }

    /// How long the brokerage session lives without a call; five and a half minutes by default (five to six
    /// are documented). After that it is connected and not authenticated.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.gateway.idle_timeout = timeout;
        self
    }

    /// How long the single sign-on lives at most; 24 hours by default (documented).
    #[must_use]
    pub fn sso_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.gateway.sso_lifetime = lifetime;
        self
    }

    /// Whose midnight ends the single sign-on; nobody's by default.
    #[must_use]
    pub fn midnight(mut self, midnight: Midnight) -> Self {
        self.settings.gateway.midnight = midnight;
        self
    }

    /// How long after its opening a brokerage session is established; at once by default. Until then it is
    /// authenticated, and trading calls are answered with `no bridge`.
    #[must_use]
    pub fn establish_after(mut self, delay: Duration) -> Self {
        self.settings.gateway.establish_after = delay;
        self
    }

    /// How calls are answered when there is no single sign-on.
    #[must_use]
    pub fn when_signed_out(mut self, answer: SignedOut) -> Self {
        self.settings.manner.signed_out = answer;
        self
    }

    /// How `ssodh/init` is answered after a logout, without a body; 410 by default (410 and 503 observed).
    #[must_use]
    pub fn init_after_logout(mut self, status: StatusCode) -> Self {
        self.settings.manner.init_after_logout = status;
        self
    }

    /// Takes calls only with the cookie that the browser got at the sign-in, as some gateways do (observed).
    #[must_use]
    pub fn cookies_needed(mut self) -> Self {
        self.settings.manner.cookies_needed = true;
        self
    }

    /// Whether the broker's limits hold, and with them the penalty box; they do by default.
    #[must_use]
    pub fn pacing(mut self, enabled: bool) -> Self {
        self.settings.pacing = enabled;
        self
    }
}
