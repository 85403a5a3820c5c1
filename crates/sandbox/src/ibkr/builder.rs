//! Choosing what a sandbox of this broker is like before it starts.

use std::time::Duration;

use http::StatusCode;

use super::answers::User;
use super::broker::Ibkr;
use super::calls::Manner;
use super::midnight::Midnight;
use super::pacing::Limits;
use super::refusal::SignedOut;
use super::state;
use crate::tls::Certificate;

/// Settings of a [`Sandbox`](super::Sandbox) to be started.
///
/// By default a person has just signed in, and the gateway has opened the brokerage session, as the real one does
/// at each sign-in (observed).
pub type Builder = crate::Builder<Ibkr>;

/// What is chosen for this broker.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(super) https: Option<Certificate>,
    pub(super) signed_in: bool,
    pub(super) limits: Limits,
    pub(super) gateway: state::Settings,
    pub(super) manner: Manner,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            https: None,
            signed_in: true,
            limits: Limits::default(),
            gateway: state::Settings::default(),
            manner: Manner {
                user: User { name: "sampleuser".into(), paper: false },
                signed_out: SignedOut::default(),
                init_after_logout: StatusCode::GONE,
                cookies_needed: false,
                origin_needed: false,
                address_allowed: true,
            },
        }
    }
}

impl Builder {
    /// Serves https with a new certificate that the sandbox signs itself, as the gateway does
    /// ([`Certificate::Gateway`]); without it plain http.
    #[must_use]
    pub fn https(self) -> Self {
        self.certificate(Certificate::Gateway)
    }

    /// Serves https with a new certificate of this kind.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.settings.https = Some(certificate);
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

    /// Whether a sign-in opens the brokerage session as well; it does by default. Without, the gateway is connected
    /// and not authenticated until `ssodh/init`: users report that, too.
    #[must_use]
    pub fn opened_at_sign_in(mut self, opened: bool) -> Self {
        self.settings.gateway.opened_at_sign_in = opened;
        self
    }

    /// Lets `ssodh/init` tear a live brokerage session down, with `sso dh already set`. By default it leaves the
    /// session open. Reports contradict each other.
    #[must_use]
    pub fn init_tears_down(mut self) -> Self {
        self.settings.gateway.init_tears_down = true;
        self
    }

    /// Starts with the brokerage session held elsewhere by the same user, as after
    /// [`Sandbox::compete`](super::Sandbox::compete).
    #[must_use]
    pub fn competing(mut self) -> Self {
        self.settings.gateway.competing = true;
        self
    }

    /// Refuses each `ssodh/init` without `compete`, although no session is elsewhere: some accounts are like that
    /// (observed).
    #[must_use]
    pub fn compete_always_needed(mut self) -> Self {
        self.settings.gateway.compete_always_needed = true;
        self
    }

    /// Lets the single sign-on survive a logout, which then ends the brokerage session alone (observed). By default a
    /// logout ends both (documented).
    #[must_use]
    pub fn logout_keeps_sign_on(mut self) -> Self {
        self.settings.gateway.logout_keeps_sign_on = true;
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

    /// Takes POSTs only with an `Origin` or a `Referer` of the gateway's own, as some gateways do (observed). Others are
    /// answered as if nobody were signed in, while a GET of `/sso/validate` says otherwise.
    #[must_use]
    pub fn origin_needed(mut self) -> Self {
        self.settings.manner.origin_needed = true;
        self
    }

    /// Refuses every call, as the gateway does when the caller's address is not in `ips.allow` of its `conf.yaml`: 403
    /// with `Error 403 - Access Denied` (observed).
    #[must_use]
    pub fn address_not_allowed(mut self) -> Self {
        self.settings.manner.address_allowed = false;
        self
    }

    /// Whether there are limits at all, and with them the penalty box; there are by default. What is beyond the
    /// documented ones is counted in [`Etiquette`](super::Etiquette); a client is punished only for more than what
    /// clients in use do, and the broker evidently bears.
    #[must_use]
    pub fn pacing(mut self, enabled: bool) -> Self {
        self.settings.limits = if enabled { Limits::default() } else { Limits::Off };
        self
    }

    /// Punishes every call beyond the documented limits: 10 a second in all, one `tickle` a second, one
    /// `sso/validate` a minute.
    #[must_use]
    pub fn strict_pacing(mut self) -> Self {
        self.settings.limits = Limits::Strict;
        self
    }
}
