//! The gateway behind its listener: what it looks at before an operation, and a person's pages.

use std::io;
use std::sync::MutexGuard;

use axum::response::{Html, IntoResponse, Response};
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::request::Parts;
use http::{Method, StatusCode};
use jiff::Timestamp;

use super::answers::Base;
use super::builder::Settings;
use super::calls::{Input, Manner, perform};
use super::etiquette::Etiquette;
use super::operation::Operation;
use super::pacing::Pacing;
use super::person::{self, Page};
use super::refusal::{address_not_allowed, documented};
use super::state::Gateway;
use crate::broker::{Broker, Play};
use crate::clock::Clock;
use crate::locked::Locked;
use crate::routes::{Door, Received};
use crate::server::Listener;
use crate::spec::{Spec, SpecFile};
use crate::tls::Tls;
use crate::variable::Variable;

/// Interactive Brokers with its Client Portal Gateway.
pub struct Ibkr {
    desk: Locked<Desk>,
    manner: Manner,
    pub(super) tls: Option<Tls>,
    /// URL of the host's root, without a slash at the end.
    root: String,
    pub(super) bases: [String; 2],
}

/// What changes while the sandbox runs.
pub(super) struct Desk {
    pub(super) gateway: Gateway,
    pub(super) pacing: Pacing,
    pub(super) etiquette: Etiquette,
}

impl Ibkr {
    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock()
    }

    pub(super) fn is_paper(&self) -> bool {
        self.manner.user.paper
    }

    fn show(&self, page: Page, call: &Received) -> Response {
        let gateway = &mut self.desk().gateway;
        if page.signs_in(&call.head.method) {
            gateway.sign_in(call.at, self.manner.user.paper || call.form().contains_key("paper"));
        }
        match gateway.sign_on(call.at) {
            Some(sign_on) if page.signs_in(&call.head.method) => person::signed_in(sign_on),
            sign_on => person::show(page, sign_on.is_some()),
        }
    }
}

impl Broker for Ibkr {
    const NAME: &'static str = "ibkr";
}

impl Play for Ibkr {
    type Operation = Operation;
    type Settings = Settings;
    type Base = Base;

    fn spec() -> io::Result<&'static Spec> {
        static SPEC: SpecFile = SpecFile::new(include_str!("../../../../openapi/ibkr-session.yaml"));
        SPEC.get()
    }

    async fn open(settings: Settings, clock: &Clock, first: Listener) -> io::Result<(Self, Vec<Door<Self>>)> {
        let tls = settings.https.map(Tls::new).transpose()?;
        let listener = match &tls {
            Some(tls) => first.with_tls(tls.clone()),
            None => first,
        };
        let root = listener.root();
        let mut gateway = Gateway::new(settings.gateway);
        if settings.signed_in {
            gateway.sign_in(clock.now(), settings.manner.user.paper);
        }
        let pacing = Pacing::new(settings.limits);
        let desk = Locked::new(Desk { gateway, pacing, etiquette: Etiquette::default() });
        let bases = Base::ALL.map(|base| format!("{root}{}", base.path()));
        let door = Door::new(listener, &Base::ALL.map(|base| (base.path(), base)));
        Ok((Self { desk, manner: settings.manner, tls, root, bases }, vec![door]))
    }

    fn perform(&self, operation: Operation, base: Base, call: &Received) -> Response {
        perform(&mut self.desk().gateway, &self.manner, operation, base, Input(call))
    }

    fn documented(operation: Operation, status: StatusCode) -> Response {
        documented(operation, status)
    }

    fn no_operation(&self, call: &Received, status: StatusCode) -> Response {
        if !self.manner.address_allowed {
            return address_not_allowed();
        }
        match (Page::at(call.head.uri.path()), &call.head.method) {
            (Some(page), &(Method::GET | Method::HEAD | Method::POST)) => self.show(page, call),
            (Some(_), _) => (StatusCode::METHOD_NOT_ALLOWED, Html("")).into_response(),
            // In the words of the gateway's web server.
            (None, _) if status == StatusCode::NOT_FOUND => {
                (status, Html("<html><body><h1>Resource not found</h1></body></html>")).into_response()
            }
            (None, _) => (status, Html("")).into_response(),
        }
    }

    /// The root leads to the login page. Where the sandbox does not play the gateway's TLS, it gives way once somebody is
    /// signed in.
    fn has_page(&self, path: &str, at: Timestamp) -> bool {
        match Page::at(path) {
            Some(Page::Root) => self.tls.is_some() || self.desk().gateway.sign_on(at).is_none(),
            page => page.is_some(),
        }
    }

    fn turn_away(&self, operation: Operation, call: &Received) -> Option<Response> {
        if !self.manner.address_allowed {
            return Some(address_not_allowed());
        }
        let desk = &mut self.desk();
        // `reauthenticate` is answered by the gateway itself, which does not mind.
        if operation != Operation::IserverReauthenticatePost && lacks_length(&call.head) {
            // The content delivery network answers, before the gateway sees anything.
            desk.etiquette.posts_without_length += 1;
            return Some(documented(operation, StatusCode::LENGTH_REQUIRED));
        }
        let admitted = admit(desk, operation, Input(call), call.at);
        (!admitted).then(|| documented(operation, StatusCode::TOO_MANY_REQUESTS))
    }

    fn answered(&self, call: &Received, answer: &Response) {
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            self.desk().pacing.penalise(call.at, true);
        }
    }

    fn forget_calls(&self) {
        self.desk().etiquette = Etiquette::default();
    }

    fn base_url(&self) -> &str {
        let [newer, _] = &self.bases;
        newer
    }

    fn root_url(&self) -> &str {
        &self.root
    }

    fn user(&self) -> &str {
        &self.manner.user.name
    }

    fn environment(&self) -> Vec<Variable> {
        let fingerprint =
            self.tls.as_ref().map(|tls| Variable::public("IBKR_FINGERPRINT", tls.fingerprint()));
        [Variable::public("IBKR_BASE_URL", self.base_url())].into_iter().chain(fingerprint).collect()
    }
}

/// Counts what is to be counted. False: the limits are exceeded.
fn admit(desk: &mut Desk, operation: Operation, input: Input<'_>, now: Timestamp) -> bool {
    let Desk { gateway, pacing, etiquette } = desk;
    let admitted = pacing.admit(operation, now, etiquette);
    if operation == Operation::IserverAuthSsodhInitPost {
        let state = gateway.state(now);
        let opening = input.opening();
        let compete = opening.is_some_and(|opening| opening.compete);
        etiquette.inits_on_live_session += u64::from(state.authenticated && opening.is_some());
        etiquette.inits_with_compete += u64::from(compete);
        etiquette.inits_while_signed_out += u64::from(!state.single_sign_on);
        etiquette.hurried_inits += u64::from(gateway.note_init(now, compete));
    }
    admitted
}

/// Whether a POST says nothing about its body's length (RFC 9112, section 6.3).
fn lacks_length(head: &Parts) -> bool {
    head.method == Method::POST
        && !head.headers.contains_key(CONTENT_LENGTH)
        && !head.headers.contains_key(TRANSFER_ENCODING)
}
