//! The Client Portal Gateway of Interactive Brokers (`/v1/api`, and `/v1/portal` as older ones have it), as
//! the broker documents it and as it was observed; and with [`Builder::oauth`] the hosted Web API, at which a program signs
//! in without a person.
//!
//! Where neither source says what happens, the sandbox decides and the item says "inferred".

mod login_page;
mod oauth;
mod operations;
mod options;
mod push;
mod rate_limits;
mod responses;
mod state;

use std::{io, sync::OnceLock};

use axum::response::{Html, IntoResponse, Response};
use http::{
    Method, StatusCode,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING, USER_AGENT},
};
use jiff::Timestamp;
use parking_lot::Mutex;

use self::{
    login_page::{COOKIE, LOGIN_PATH, Page},
    oauth::{OAuth, OAuthOptions},
    operations::{OF_ROOT, OF_WEB_API, is_below_iserver, opening},
    options::Authorization,
    rate_limits::RateLimits,
    responses::{Refusal, address_not_allowed},
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
    websocket,
};

pub use self::{
    oauth::{Credentials, Exchange, OAuth2Credentials},
    operations::Operation,
    options::{Builder, Midnight, Options},
    rate_limits::Violations,
    responses::SignedOut,
    state::State,
};
pub use crate::tls::Certificate;

/// A Client Portal Gateway in this process, or with [`Builder::oauth`] the hosted Web API.
///
/// Its [`base_url`](crate::Sandbox::base_url) is the newer base, for example `http://127.0.0.1:5000/v1/api`; its
/// [`root_url`](crate::Sandbox::root_url) is what a person opens in a browser.
pub type Sandbox = crate::Sandbox<Ibkr>;

impl Sandbox {
    /// URL of the older base, for example `http://127.0.0.1:5000/v1/portal`. With OAuth there is nothing.
    pub fn older_base_url(&self) -> &str {
        &self.broker().older_base_url
    }

    /// URL of the page at which a person signs in. A POST to it signs in. With OAuth there is nothing.
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

    /// The person signs in, as with the button of the page: a new single sign-on. Does nothing with OAuth.
    pub fn sign_in(&self) {
        if !self.broker().options.has_oauth() {
            self.parts(|parts, now| parts.gateway.sign_in(now, self.broker().options.paper));
        }
    }

    /// The single sign-on ends, and with it the brokerage session. Does nothing with OAuth.
    pub fn sign_out(&self) {
        if !self.broker().options.has_oauth() {
            self.parts(|parts, _| parts.gateway.sign_out());
        }
    }

    /// The broker restarts, as it does each night: the brokerage session is closed.
    pub fn restart(&self) {
        self.parts(|parts, _| parts.gateway.close());
    }

    /// Name and value of the sign-in's cookie, as a `Cookie` header has them; `None` if nobody is signed in.
    pub fn cookie(&self) -> Option<String> {
        let cookie = |sign_on: &SignOn| format!("{COOKIE}={}", sign_on.cookie);
        let has_oauth = self.broker().options.has_oauth();
        self.parts(|parts, now| parts.gateway.sign_on(now).filter(|_| !has_oauth).map(cookie))
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
            let state = parts.gateway.state(now);
            let single_sign_on =
                parts.oauth.as_mut().map_or(state.single_sign_on, |oauth| oauth.live(now) > 0);
            State { penalised_until, single_sign_on, ..state }
        })
    }

    /// What clients have done that they should not.
    pub fn violations(&self) -> Violations {
        self.parts(|parts, _| parts.violations)
    }
}

/// Where on the host a call comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// `/v1/api`, of newer gateways and of the Web API.
    Newer,
    /// `/v1/portal`, of older gateways.
    Older,
    /// The root, for OAuth 2.0.
    Root,
}

impl Base {
    /// Its path, from the host's root.
    fn path(self) -> &'static str {
        match self {
            Self::Newer => "/v1/api",
            Self::Older => "/v1/portal",
            Self::Root => "",
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
    oauth: Option<OAuth>,
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
        if options.signed_in || options.has_oauth() {
            gateway.sign_in(clock.now(), options.paper);
        }
        let oauth = oauth(&options, listener.root())?;
        let limits = RateLimits::new(options.limits);
        let has_oauth = oauth.is_some();
        let parts = Mutex::new(Parts { gateway, oauth, limits, violations: Violations::default() });
        let [base_url, older_base_url] =
            [Base::Newer, Base::Older].map(|base| format!("{}{}", listener.root(), base.path()));
        let mounts: [(Base, &[Operation]); 2] = match has_oauth {
            true => [(Base::Newer, &OF_WEB_API), (Base::Root, &OF_ROOT)],
            // A gateway has no OAuth, and yet a fault can be injected there.
            false => [(Base::Newer, &Operation::ALL), (Base::Older, &Operation::ALL)],
        };
        let host = Host::new(listener);
        let hosts = vec![
            mounts
                .into_iter()
                .fold(host, |host, (base, operations)| host.with(base.path(), base, operations)),
        ];
        let user = options.user_name.clone();
        let broker = Self { parts, options, tls, older_base_url };
        Ok(Started { broker, hosts, base_url, user })
    }

    fn respond(&self, operation: Operation, base: Base, request: &ReceivedRequest) -> Response {
        let Parts { gateway, oauth, .. } = &mut *self.parts.lock();
        match oauth {
            Some(oauth) if is_for_a_token(operation) => {
                oauth.respond(operation, request, self.options.sso_lifetime)
            }
            None if is_for_a_token(operation) => nothing(StatusCode::NOT_FOUND),
            _ => operations::respond(gateway, &self.options, operation, base, request),
        }
    }

    fn no_operation(&self, request: &ReceivedRequest, status: StatusCode) -> Response {
        if !self.options.address_allowed {
            return address_not_allowed();
        }
        if push::is_asked_for(request) {
            return self.push(request);
        }
        if self.options.has_oauth() {
            return self.nothing_hosted(request, status);
        }
        match (Page::at(request.head.uri.path()), &request.head.method) {
            (Some(page), &(Method::GET | Method::HEAD | Method::POST)) => self.show(page, request),
            (Some(_), _) => (StatusCode::METHOD_NOT_ALLOWED, Html("")).into_response(),
            (None, _) => nothing(status),
        }
    }

    fn undocumented(status: StatusCode) -> Response {
        responses::undocumented(status)
    }

    /// The root leads to the login page. Where the sandbox does not play the gateway's TLS, the root is free once somebody is
    /// signed in.
    fn has_page(&self, path: &str, at: Timestamp) -> bool {
        match Page::at(path) {
            _ if self.options.has_oauth() => false,
            Some(Page::Root) => self.tls.is_some() || self.parts.lock().gateway.sign_on(at).is_none(),
            page => page.is_some(),
        }
    }

    fn reject(&self, operation: Operation, request: &ReceivedRequest) -> Option<Response> {
        if !self.options.address_allowed {
            return Some(address_not_allowed());
        }
        let parts = &mut *self.parts.lock();
        // `reauthenticate` gets its response from the gateway itself, which accepts such a POST.
        if operation != Operation::IserverReauthenticatePost && lacks_length(request) {
            // The content delivery network responds, before the gateway sees anything.
            parts.violations.posts_without_length += 1;
            return Some(documented::<Self>(operation, StatusCode::LENGTH_REQUIRED));
        }
        if parts.oauth.is_some() && !request.head.headers.contains_key(USER_AGENT) {
            // The network, too.
            return Some(documented::<Self>(operation, StatusCode::FORBIDDEN));
        }
        let is_admitted = parts.limits.admit(operation, request.at, &mut parts.violations);
        let denied = if is_admitted { parts.authorize(Some(operation), request) } else { None };
        // Who is not let in by OAuth opens nothing.
        if operation == Operation::IserverAuthSsodhInitPost && denied.is_none() {
            count_init(parts, request);
        }
        if is_admitted { denied } else { Some(documented::<Self>(operation, StatusCode::TOO_MANY_REQUESTS)) }
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
        let is_made_up = matches!(self.options.authorization, Authorization::MadeUp);
        let parts = self.parts.lock();
        let credentials = parts.oauth.as_ref().map(|oauth| oauth.credentials().variables());
        let credentials = credentials.into_iter().flatten().map(|(name, value)| Variable {
            name,
            value: value.to_owned(),
            is_public: is_made_up || name == "IBKR_OAUTH_CONSUMER_KEY",
        });
        let base_url = Variable::public("IBKR_BASE_URL", base_url);
        [base_url].into_iter().chain(fingerprint).chain(credentials).collect()
    }
}

impl Ibkr {
    /// Opens a WebSocket, or says why not.
    fn push(&self, request: &ReceivedRequest) -> Response {
        let Parts { gateway, oauth, .. } = &mut *self.parts.lock();
        let Some(push) = push::push(gateway, oauth.as_mut(), request) else {
            return Refusal::SignedOut.response(Self::STAND_IN, &self.options);
        };
        websocket::open(&request.head.headers, push).unwrap_or_else(|| nothing(StatusCode::BAD_REQUEST))
    }

    /// The response of the hosted Web API to a request that meets no operation. Below the base it asks for the authorisation
    /// first.
    fn nothing_hosted(&self, request: &ReceivedRequest, status: StatusCode) -> Response {
        let parts = &mut *self.parts.lock();
        if request.head.uri.path().starts_with(Base::Newer.path()) {
            if let Some(denied) = parts.authorize(None, request) {
                return denied;
            }
            if is_below_iserver(request) && parts.gateway.bridge(request.at).is_err() {
                return Refusal::NoBridge.response(Self::STAND_IN, &self.options);
            }
        }
        nothing(status)
    }
}

impl Parts {
    /// The response to a request that OAuth does not let in.
    fn authorize(&mut self, operation: Option<Operation>, request: &ReceivedRequest) -> Option<Response> {
        let oauth = self.oauth.as_mut()?;
        match oauth.admit(operation, request) {
            Ok(is_undocumented) => {
                self.violations.undocumented_signatures += u64::from(is_undocumented);
                None
            }
            Err(denial) => Some(oauth.response(denial)),
        }
    }
}

/// The broker's side of OAuth, if the options ask for it.
///
/// # Errors
/// The credentials cannot be used, or none could be made up.
fn oauth(options: &Options, root: String) -> io::Result<Option<OAuth>> {
    let credentials = match &options.authorization {
        Authorization::Person => return Ok(None),
        Authorization::MadeUp => Credentials::of_this_process()?,
        Authorization::Given(credentials) => (**credentials).clone(),
    };
    let of_oauth = OAuthOptions {
        lifetime: options.lst_lifetime,
        is_consumer_active: options.is_consumer_active,
        exchange: options.exchange,
        is_paper: options.paper,
    };
    OAuth::new(credentials, of_oauth, root).map(Some)
}

/// Whether the operation gives a token out, which is no matter of the session.
fn is_for_a_token(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::OauthRequestTokenPost
            | Operation::OauthAccessTokenPost
            | Operation::OauthLiveSessionTokenPost
            | Operation::Oauth2TokenPost
            | Operation::SsoSessionsPost
    )
}

/// The response of the broker's web server where nothing is.
fn nothing(status: StatusCode) -> Response {
    let page = if status == StatusCode::NOT_FOUND {
        "<html><body><h1>Resource not found</h1></body></html>"
    } else {
        ""
    };
    (status, Html(page)).into_response()
}

/// Counts what is wrong with a call of `ssodh/init`.
fn count_init(parts: &mut Parts, request: &ReceivedRequest) {
    let Parts { gateway, violations, .. } = parts;
    let state = gateway.state(request.at);
    let opening = opening(request);
    let compete = opening.is_some_and(|opening| opening.compete);
    violations.inits_on_live_session += u64::from(state.authenticated && opening.is_some());
    violations.inits_with_compete += u64::from(compete);
    violations.inits_while_signed_out += u64::from(!state.single_sign_on);
    violations.hurried_inits += u64::from(gateway.note_init(request.at, compete));
}

/// Whether a POST does not state its body's length (RFC 9112, section 6.3).
fn lacks_length(request: &ReceivedRequest) -> bool {
    request.head.method == Method::POST
        && !request.head.headers.contains_key(CONTENT_LENGTH)
        && !request.head.headers.contains_key(TRANSFER_ENCODING)
}
