//! The options of this broker's sandbox.

use std::time::Duration;

use http::StatusCode;
use jiff::{Timestamp, tz::TimeZone};

use super::{Credentials, Exchange, Ibkr, rate_limits::Limits, responses::SignedOut};
use crate::{clock::midnight_after, sandbox::setters, tls::Certificate};

/// Options of a [`Sandbox`](super::Sandbox) to be started.
///
/// By default a person has just signed in, and the gateway has opened the brokerage session, as the real one does
/// at each sign-in (observed).
pub type Builder = crate::Builder<Ibkr>;

/// The options of this broker.
#[derive(Clone, Debug)]
pub struct Options {
    pub(super) https: Option<Certificate>,
    pub(super) signed_in: bool,
    pub(super) limits: Limits,
    pub(super) idle_timeout: Duration,
    pub(super) sso_lifetime: Duration,
    pub(super) midnight: Midnight,
    pub(super) establish_after: Duration,
    pub(super) opened_at_sign_in: bool,
    pub(super) init_tears_down: bool,
    pub(super) competing: bool,
    pub(super) compete_always_needed: bool,
    pub(super) logout_keeps_sign_on: bool,
    pub(super) user_name: String,
    pub(super) paper: bool,
    pub(super) signed_out: SignedOut,
    pub(super) init_after_logout: StatusCode,
    pub(super) cookies_needed: bool,
    pub(super) origin_needed: bool,
    pub(super) address_allowed: bool,
    pub(super) authorization: Authorization,
    pub(super) lst_lifetime: Duration,
    pub(super) is_consumer_active: bool,
    pub(super) exchange: Exchange,
}

/// How a client is authorised.
#[derive(Clone, Debug, Default)]
pub(super) enum Authorization {
    /// By a person, at the page of the gateway.
    #[default]
    Person,
    /// By OAuth, with credentials that are made up.
    MadeUp,
    /// By OAuth, with these credentials.
    Given(Box<Credentials>),
}

impl Options {
    /// Whether it is the hosted Web API, and no gateway.
    pub(super) fn has_oauth(&self) -> bool {
        !matches!(self.authorization, Authorization::Person)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            https: None,
            signed_in: true,
            limits: Limits::default(),
            idle_timeout: Duration::from_secs(330),
            sso_lifetime: Duration::from_secs(24 * 60 * 60),
            midnight: Midnight::default(),
            establish_after: Duration::ZERO,
            opened_at_sign_in: true,
            init_tears_down: false,
            competing: false,
            compete_always_needed: false,
            logout_keeps_sign_on: false,
            user_name: "sampleuser".into(),
            paper: false,
            signed_out: SignedOut::default(),
            init_after_logout: StatusCode::GONE,
            cookies_needed: false,
            origin_needed: false,
            address_allowed: true,
            authorization: Authorization::default(),
            lst_lifetime: Duration::from_secs(24 * 60 * 60),
            is_consumer_active: true,
            exchange: Exchange::default(),
        }
    }
}

setters! {
    /// Serves https with a new certificate of this kind.
    certificate(certificate: Certificate): https = Some(certificate);
    /// Starts without a single sign-on: a person has to sign in first.
    signed_out(): signed_in = false;
    /// The user's name; `sampleuser` by default.
    user_name(name: impl Into<String>): user_name = name.into();
    /// Makes it a paper account: `LOGIN_TYPE` is 2.
    paper(): paper = true;
    /// Whether a sign-in opens the brokerage session as well; it does by default. Without, the gateway is connected
    /// and not authenticated until `ssodh/init`: users report that, too.
    opened_at_sign_in(opened: bool): opened_at_sign_in = opened;
    /// Lets `ssodh/init` tear a live brokerage session down, with `sso dh already set`. By default it leaves the
    /// session open. Reports contradict each other.
    init_tears_down(): init_tears_down = true;
    /// Starts with the brokerage session held elsewhere by the same user, as after
    /// [`Sandbox::compete`](super::Sandbox::compete).
    competing(): competing = true;
    /// Refuses each `ssodh/init` without `compete`, although no session is elsewhere: some accounts are like that
    /// (observed).
    compete_always_needed(): compete_always_needed = true;
    /// Lets the single sign-on survive a logout, which then ends the brokerage session alone (observed). By default a
    /// logout ends both (documented).
    logout_keeps_sign_on(): logout_keeps_sign_on = true;
    /// How long the brokerage session lives without a call; five and a half minutes by default (five to six
    /// are documented). After that it is connected and not authenticated.
    idle_timeout(timeout: Duration): idle_timeout = timeout;
    /// How long the single sign-on lives at most; 24 hours by default (documented). With OAuth 2.0, how long the token of
    /// one lives.
    sso_lifetime(lifetime: Duration): sso_lifetime = lifetime;
    /// The region whose midnight ends the single sign-on; none by default.
    midnight(midnight: Midnight): midnight = midnight;
    /// How long after its opening a brokerage session is established; at once by default. Until then it is
    /// authenticated, and trading calls get `no bridge`.
    establish_after(delay: Duration): establish_after = delay;
    /// The response where there is no single sign-on.
    when_signed_out(response: SignedOut): signed_out = response;
    /// The status of `ssodh/init` after a logout, without a body; 410 by default (410 and 503 observed).
    init_after_logout(status: StatusCode): init_after_logout = status;
    /// Accepts calls only with the cookie that the browser got at the sign-in, as some gateways do (observed).
    cookies_needed(): cookies_needed = true;
    /// Accepts POSTs only with an `Origin` or a `Referer` of the gateway's own, as some gateways do (observed). Others are
    /// refused as if nobody were signed in, while a GET of `/sso/validate` succeeds.
    origin_needed(): origin_needed = true;
    /// Refuses every call, as the gateway does when the caller's address is not in `ips.allow` of its `conf.yaml`: 403
    /// with `Error 403 - Access Denied` (observed).
    address_not_allowed(): address_allowed = false;
    /// Plays the hosted Web API in place of the gateway: no person signs in and there is no page; every call needs OAuth
    /// 1.0a, or the token of an SSO session (OAuth 2.0). The brokerage session starts closed, and `/iserver/*` gets `no
    /// bridge` until it is opened. The credentials are made up, once for each process; they are
    /// [`Sandbox::oauth_credentials`](super::Sandbox::oauth_credentials) and part of the environment.
    oauth(): authorization = Authorization::MadeUp;
    /// The same with these credentials. The sandbox does not start if they cannot be used.
    oauth_with(credentials: Credentials): authorization = Authorization::Given(Box::new(credentials));
    /// How long a live session token of OAuth lives; 24 hours by default (documented).
    lst_lifetime(lifetime: Duration): lst_lifetime = lifetime;
    /// Starts with a consumer key that is not active yet, as
    /// [`Sandbox::set_consumer_active`](super::Sandbox::set_consumer_active) makes it.
    consumer_not_active(): is_consumer_active = false;
    /// What responses to requests for a live session token are like.
    exchange(exchange: Exchange): exchange = exchange;
    /// Whether there are limits at all, and with them the penalty box; there are by default. Calls beyond the
    /// documented ones are counted in [`Violations`](super::Violations); a client is punished only for more than what
    /// clients in use do, and the broker evidently tolerates.
    pacing(enabled: bool): limits = if enabled { Limits::default() } else { Limits::Off };
    /// Punishes every call beyond the documented limits: 10 a second in all, one `tickle` a second, one
    /// `sso/validate` a minute.
    strict_pacing(): limits = Limits::Strict;
}

impl Builder {
    /// Serves https with a new certificate that the sandbox signs itself, as the gateway does
    /// ([`Certificate::Gateway`]); without it plain http.
    #[must_use]
    pub fn https(self) -> Self {
        self.certificate(Certificate::Gateway)
    }
}

/// The region whose midnight ends the single sign-on (documented).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Midnight {
    /// None: by default a sandbox does not depend on the time of day.
    #[default]
    Never,
    /// America.
    NewYork,
    /// Europe.
    Zug,
    /// Asia.
    HongKong,
}

impl Midnight {
    /// The first midnight after a time; the end of time for [`Midnight::Never`].
    pub(super) fn after(self, time: Timestamp) -> Timestamp {
        // The rules as POSIX writes them, so that no time zone database is needed.
        let rules = match self {
            Self::Never => return Timestamp::MAX,
            Self::NewYork => "EST5EDT,M3.2.0,M11.1.0",
            Self::Zug => "CET-1CEST,M3.5.0,M10.5.0/3",
            Self::HongKong => "HKT-8",
        };
        TimeZone::posix(rules).map_or(Timestamp::MAX, |zone| midnight_after(time, zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_is_local_in_winter_and_in_summer() {
        let after = |midnight: Midnight, time: &str| midnight.after(time.parse().unwrap()).to_string();
        assert_eq!(after(Midnight::NewYork, "2024-01-15T04:59:59Z"), "2024-01-15T05:00:00Z");
        assert_eq!(after(Midnight::NewYork, "2024-01-15T05:00:00Z"), "2024-01-16T05:00:00Z");
        assert_eq!(after(Midnight::NewYork, "2024-07-15T12:00:00Z"), "2024-07-16T04:00:00Z");
        assert_eq!(after(Midnight::Zug, "2024-01-15T12:00:00Z"), "2024-01-15T23:00:00Z");
        assert_eq!(after(Midnight::Zug, "2024-07-15T12:00:00Z"), "2024-07-15T22:00:00Z");
        assert_eq!(after(Midnight::HongKong, "2024-07-15T12:00:00Z"), "2024-07-15T16:00:00Z");
        assert_eq!(Midnight::Never.after(Timestamp::UNIX_EPOCH), Timestamp::MAX);
    }

    #[test]
    fn the_day_of_a_change_of_the_clocks_has_its_midnight() {
        // New York's clocks go forward on 2024-03-10, two hours after that day's midnight.
        let midnight = Midnight::NewYork.after("2024-03-10T05:00:00Z".parse().unwrap());
        assert_eq!(midnight.to_string(), "2024-03-11T04:00:00Z");
    }
}
