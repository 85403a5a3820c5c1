//! The Client Portal Gateway of Interactive Brokers (`/v1/api`, and `/v1/portal` as older ones have it), as
//! the broker documents it and as it was observed.
//!
//! Where neither source says what happens, the sandbox decides and the item says "inferred".

mod login_page;
mod operations;
mod options;
mod rate_limits;
mod responses;
mod state;

use std::{io, sync::OnceLock};

use axum::response::{Html, IntoResponse, Response};
use http::{
    Method, StatusCode,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};
use jiff::Timestamp;
use parking_lot::Mutex;

use self::{
    login_page::{COOKIE, LOGIN_PATH, Page},
    operations::opening,
    rate_limits::RateLimits,
    responses::address_not_allowed,
    state::{Gateway, SignOn},
};
use crate::{
    broker::{Broker, Play, Started},
    clock::Clock,
    examples::documented,
    routes::{Host, ReceivedRequest},
    sandbox::Variable,
    server::Listener,
    spec::Spec,
    tls::Tls,
};

pub use self::{
    operations::Operation,
    options::{Builder, Midnight, Options},
    rate_limits::Violations,
    responses::SignedOut,
    state::State,
};
pub use crate::tls::Certificate;

/// A Client Portal Gateway in this process.
///
/// Its [`base_url`](crate::Sandbox::base_url) is the newer base, for example `http://127.0.0.1:5000/v1/api`; its
/// [`root_url`](crate::Sandbox::root_url) is what a person opens in a browser.
pub type Sandbox = crate::Sandbox<Ibkr>;

impl Sandbox {
    /// URL of the older base, for example `http://127.0.0.1:5000/v1/portal`.
    pub fn older_base_url(&self) -> &str {
        &self.broker().older_base_url
    }

    /// URL of the page at which a person signs in. A POST to it signs in.
    pub fn login_url(&self) -> String {
        format!("{}{LOGIN_PATH}", self.root_url())
    }

    /// The certificate in PEM; `None` without TLS.
    pub fn certificate_pem(&self) -> Option<String> {
        self.broker().tls.as_ref().map(Tls::pem)
    }

    /// SHA-256 of the certificate in DER, as upper-case pairs of hexadecimal digits with colons in between;
    /// `None` without TLS.
    pub fn certificate_fingerprint_sha256(&self) -> Option<String> {
        self.broker().tls.as_ref().map(Tls::fingerprint)
    }

    /// Puts a new certificate with a new key in the place of the old one, and closes the connections there
    /// are, as a new installation of the gateway would. Does nothing without TLS.
    ///
    /// # Errors
    /// No certificate could be made; the old one stays.
    pub fn replace_certificate(&self) -> io::Result<()> {
        self.broker().tls.as_ref().map_or(Ok(()), Tls::replace)
    }

    /// Does something with the broker's parts, at the sandbox's time.
    fn parts<T>(&self, event: impl FnOnce(&mut Parts, Timestamp) -> T) -> T {
        event(&mut self.broker().parts.lock(), self.clock().now())
    }

    /// The person signs in, as with the button of the page: a new single sign-on.
    pub fn sign_in(&self) {
        self.parts(|parts, now| parts.gateway.sign_in(now, self.broker().options.paper));
    }

    /// The single sign-on ends, and with it the brokerage session.
    pub fn sign_out(&self) {
        self.parts(|parts, _| parts.gateway.sign_out());
    }

    /// Name and value of the sign-in's cookie, as a `Cookie` header has them; `None` if nobody is signed in.
    pub fn cookie(&self) -> Option<String> {
        let cookie = |sign_on: &SignOn| format!("{COOKIE}={}", sign_on.cookie);
        self.parts(|parts, now| parts.gateway.sign_on(now).map(cookie))
    }

    /// The brokerage session times out: connected, not authenticated. `ssodh/init` opens it again.
    pub fn soft_time_out(&self) {
        self.parts(|parts, now| parts.gateway.time_out(now));
    }

    /// The brokerage session is gone: status and `tickle` get 401 and the broker's error, while
    /// the single sign-on lives. `ssodh/init` opens it again.
    pub fn lose_brokerage_session(&self) {
        self.parts(|parts, now| parts.gateway.lose_brokerage_session(now));
    }

    /// The link to the back end breaks: neither connected nor authenticated.
    pub fn lose_link(&self) {
        self.parts(|parts, now| parts.gateway.set_linked(now, false));
    }

    /// The link to the back end is there again, and the session behind it, unless that has timed out.
    pub fn restore_link(&self) {
        self.parts(|parts, now| parts.gateway.set_linked(now, true));
    }

    /// The user signs in elsewhere, and takes the brokerage session there. `ssodh/init` gets it back only
    /// with `compete`.
    pub fn compete(&self) {
        self.parts(|parts, now| parts.gateway.compete(now));
    }

    /// The session elsewhere ends. The brokerage session here stays closed until `ssodh/init`.
    pub fn stop_competing(&self) {
        self.parts(|parts, now| parts.gateway.stop_competing(now));
    }

    /// Closes the penalty box: calls get 429 for 15 minutes. Does nothing without pacing.
    pub fn penalise(&self) {
        self.parts(|parts, now| parts.limits.penalise(now, false));
    }

    /// The gateway's state.
    pub fn state(&self) -> State {
        self.parts(|parts, now| {
            let penalised_until = parts.limits.penalised_until(now);
            State { penalised_until, ..parts.gateway.state(now) }
        })
    }

    /// What clients have done that they should not.
    pub fn violations(&self) -> Violations {
        self.parts(|parts, _| parts.violations)
    }
}

/// Which generation of the gateway is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// `/v1/api`.
    Newer,
    /// `/v1/portal`.
    Older,
}

impl Base {
    /// Its path, from the host's root.
    fn path(self) -> &'static str {
        match self {
            Self::Newer => "/v1/api",
            Self::Older => "/v1/portal",
        }
    }
}

/// Interactive Brokers with its Client Portal Gateway.
pub struct Ibkr {
    parts: Mutex<Parts>,
    options: Options,
    tls: Option<Tls>,
    older_base_url: String,
}

/// What changes while the sandbox runs.
struct Parts {
    gateway: Gateway,
    limits: RateLimits,
    violations: Violations,
}

impl Ibkr {
    fn show(&self, page: Page, request: &ReceivedRequest) -> Response {
        let gateway = &mut self.parts.lock().gateway;
        let signs_in = page.signs_in(&request.head.method);
        if signs_in {
            gateway.sign_in(request.at, self.options.paper || request.form().contains_key("paper"));
        }
        match gateway.sign_on(request.at) {
            Some(sign_on) if signs_in => login_page::signed_in(sign_on),
            sign_on => login_page::show(page, sign_on.is_some()),
        }
    }
}

impl Broker for Ibkr {
    const NAME: &'static str = "ibkr";
}

impl Play for Ibkr {
    type Operation = Operation;
    type Options = Options;
    type Base = Base;

    const STAND_IN: Operation = Operation::IserverAuthStatusPost;
    const FAULT_EXAMPLES: &'static [&'static str] = &["no-session", "access-denied"];

    fn spec() -> io::Result<&'static Spec> {
        static SPEC: OnceLock<Spec> = OnceLock::new();
        Spec::shared(broker_session_documents::IBKR, &SPEC)
    }

    async fn start(options: Options, clock: &Clock, first: Listener) -> io::Result<Started<Self>> {
        let tls = options.https.map(Tls::new).transpose()?;
        let listener = match &tls {
            Some(tls) => first.with_tls(tls.clone()),
            None => first,
        };
        let mut gateway = Gateway::new(options.clone());
        if options.signed_in {
            gateway.sign_in(clock.now(), options.paper);
        }
        let limits = RateLimits::new(options.limits);
        let parts = Mutex::new(Parts { gateway, limits, violations: Violations::default() });
        let [base_url, older_base_url] =
            [Base::Newer, Base::Older].map(|base| format!("{}{}", listener.root(), base.path()));
        let host = Host::new(listener).with(Base::Newer.path(), Base::Newer, &Operation::ALL);
        let hosts = vec![host.with(Base::Older.path(), Base::Older, &Operation::ALL)];
        let user = options.user_name.clone();
        let broker = Self { parts, options, tls, older_base_url };
        Ok(Started { broker, hosts, base_url, user })
    }

    fn respond(&self, operation: Operation, base: Base, request: &ReceivedRequest) -> Response {
        operations::respond(&mut self.parts.lock().gateway, &self.options, operation, base, request)
    }

    fn no_operation(&self, request: &ReceivedRequest, status: StatusCode) -> Response {
        if !self.options.address_allowed {
            return address_not_allowed();
        }
        match (Page::at(request.head.uri.path()), &request.head.method) {
            (Some(page), &(Method::GET | Method::HEAD | Method::POST)) => self.show(page, request),
            (Some(_), _) => (StatusCode::METHOD_NOT_ALLOWED, Html("")).into_response(),
            // As the gateway's web server has it.
            (None, _) if status == StatusCode::NOT_FOUND => {
                (status, Html("<html><body><h1>Resource not found</h1></body></html>")).into_response()
            }
            (None, _) => (status, Html("")).into_response(),
        }
    }

    fn undocumented(status: StatusCode) -> Response {
        responses::undocumented(status)
    }

    /// The root leads to the login page. Where the sandbox does not play the gateway's TLS, the root is free once somebody is
    /// signed in.
    fn has_page(&self, path: &str, at: Timestamp) -> bool {
        match Page::at(path) {
            Some(Page::Root) => self.tls.is_some() || self.parts.lock().gateway.sign_on(at).is_none(),
            page => page.is_some(),
        }
    }

    fn reject(&self, operation: Operation, request: &ReceivedRequest) -> Option<Response> {
        if !self.options.address_allowed {
            return Some(address_not_allowed());
        }
        let parts = &mut self.parts.lock();
        // `reauthenticate` gets its response from the gateway itself, which accepts such a POST.
        if operation != Operation::IserverReauthenticatePost && lacks_length(request) {
            // The content delivery network responds, before the gateway sees anything.
            parts.violations.posts_without_length += 1;
            return Some(documented::<Self>(operation, StatusCode::LENGTH_REQUIRED));
        }
        let admitted = admit(parts, operation, request);
        (!admitted).then(|| documented::<Self>(operation, StatusCode::TOO_MANY_REQUESTS))
    }

    fn responded(&self, request: &ReceivedRequest, response: &Response) {
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            self.parts.lock().limits.penalise(request.at, true);
        }
    }

    fn forget_calls(&self) {
        self.parts.lock().violations = Violations::default();
    }

    fn environment(&self, base_url: &str) -> Vec<Variable> {
        let fingerprint =
            self.tls.as_ref().map(|tls| Variable::public("IBKR_FINGERPRINT", tls.fingerprint()));
        [Variable::public("IBKR_BASE_URL", base_url)].into_iter().chain(fingerprint).collect()
    }
}

/// Counts the call. False: the limits are exceeded.
fn admit(parts: &mut Parts, operation: Operation, request: &ReceivedRequest) -> bool {
    let Parts { gateway, limits, violations } = parts;
    let admitted = limits.admit(operation, request.at, violations);
    if operation == Operation::IserverAuthSsodhInitPost {
        let state = gateway.state(request.at);
        let opening = opening(request);
        let compete = opening.is_some_and(|opening| opening.compete);
        violations.inits_on_live_session += u64::from(state.authenticated && opening.is_some());
        violations.inits_with_compete += u64::from(compete);
        violations.inits_while_signed_out += u64::from(!state.single_sign_on);
        violations.hurried_inits += u64::from(gateway.note_init(request.at, compete));
    }
    admitted
}

/// Whether a POST does not state its body's length (RFC 9112, section 6.3).
fn lacks_length(request: &ReceivedRequest) -> bool {
    request.head.method == Method::POST
        && !request.head.headers.contains_key(CONTENT_LENGTH)
        && !request.head.headers.contains_key(TRANSFER_ENCODING)
}
