//! The way of a call: from the route through the call log and the waiting faults to the operation.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::RawPathParams;
use axum::extract::rejection::RawPathParamsRejection;
use axum::response::Response;
use axum::routing::on;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Method, Request, StatusCode};
use jiff::Timestamp;

use crate::body::read;
use crate::broker::Play;
use crate::clock::Clock;
use crate::fault::Fault;
use crate::faults::Faults;
use crate::log::{Call, CallLog};
use crate::operation::{Operation, Table};
use crate::requests::{self, Breach};
use crate::server::{Listener, Served};
use crate::spec::Spec;

/// What the calls of every connection share.
pub(crate) struct Site<B> {
    pub(crate) broker: B,
    pub(crate) beside: Option<Beside>,
    pub(crate) faults: Faults,
    pub(crate) log: CallLog,
    pub(crate) clock: Clock,
    spec: &'static Spec,
}

/// What a sandbox serves of its own accord where the broker has nothing: the answer to a method and a path, if any. It
/// knows neither faults nor the call log.
pub(crate) type Beside = Box<dyn Fn(&Method, &str) -> Option<Response> + Send + Sync>;

/// A call, read to its end.
pub struct Received {
    pub(crate) head: Parts,
    /// The parameters of the path by their names, percent-decoded.
    pub(crate) path_parameters: HashMap<String, String>,
    /// `None`: too long, or broken off.
    pub(crate) body: Option<Bytes>,
    /// When it arrived, by the sandbox's clock.
    pub(crate) at: Timestamp,
    /// What the spec has against it, but for what the broker bears. Which of its own checks come first is a broker's to
    /// say.
    pub(crate) breach: Option<Breach>,
}

/// A listener, and where below its root the operations are.
pub struct Door<B: Play> {
    listener: Listener,
    routes: Vec<(String, B::Base, B::Operation)>,
}

impl<B> Site<B> {
    pub(crate) fn new(broker: B, clock: Clock, spec: &'static Spec, beside: Option<Beside>) -> Self {
        Self { broker, beside, faults: Faults::default(), log: CallLog::default(), clock, spec }
    }

    /// The sandbox's own answer to a request for which the broker has no operation.
    fn beside(&self, root: &str, request: &Request<Body>) -> Option<Response>
    where
        B: Play,
    {
        let (beside, path) = (self.beside.as_ref()?, request.uri().path());
        // A second host of the broker's has nothing beside it: its base URL is not the one that is shown.
        let is_free = root == self.broker.root_url() && !self.broker.has_page(path, self.clock.now());
        is_free.then(|| beside(request.method(), path)).flatten()
    }

    /// Notes a call before it takes effect.
    fn log(
        &self,
        call: &Received,
        operation: Option<&'static str>,
        base: &str,
        fault: Option<Fault>,
        breach: Option<Breach>,
    ) {
        let Received { head, body, at, .. } = call;
        let body = body.clone().unwrap_or_default();
        let breach = breach.as_ref().map(Breach::to_string);
        self.log.record(Call { fault, breach, ..Call::new(*at, operation, base, head, body) });
    }
}

impl Received {
    /// The call, as the spec is held against it.
    fn request(&self) -> requests::Request<'_> {
        let Self { head, path_parameters, body, .. } = self;
        requests::Request { head, path_parameters, body: body.as_ref() }
    }

    /// The first value of a header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// What follows a scheme in `Authorization`; the scheme's case does not matter (RFC 9110).
    pub(crate) fn authorization(&self, scheme: &str) -> Option<&str> {
        let (found, rest) = self.header(AUTHORIZATION.as_str())?.split_once(' ')?;
        found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
    }

    /// Name and password of `Authorization: Basic` (RFC 7617).
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let decoded = BASE64_STANDARD.decode(self.authorization("basic")?).ok()?;
        let (name, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some((name.to_owned(), password.to_owned()))
    }

    /// The body as a JSON object, if it is one.
    pub(crate) fn json(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        serde_json::from_slice(self.body.as_ref()?).ok()
    }

    /// The body as a form; of a repeated field, the last one counts.
    pub(crate) fn form(&self) -> HashMap<String, String> {
        url::form_urlencoded::parse(self.body.as_deref().unwrap_or_default()).into_owned().collect()
    }
}

impl<B: Play> Door<B> {
    /// A listener with every operation below each of the bases.
    pub(crate) fn new(listener: Listener, bases: &[(&str, B::Base)]) -> Self {
        let mut door = Self::empty(listener);
        for (path, base) in bases {
            door = door.with(path, *base, B::Operation::all());
        }
        door
    }

    /// A listener without operations.
    pub(crate) fn empty(listener: Listener) -> Self {
        Self { listener, routes: Vec::new() }
    }

    /// Adds operations below a path.
    pub(crate) fn with(mut self, path: &str, base: B::Base, operations: &[B::Operation]) -> Self {
        self.routes.extend(operations.iter().map(|operation| (path.to_owned(), base, *operation)));
        self
    }

    /// What is to be served here.
    pub(crate) fn open(self, site: &Arc<Site<B>>) -> Served {
        let root: Arc<str> = self.listener.root().into();
        let mut router = Router::new();
        for (prefix, base, operation) in self.routes {
            let (site, url) = (Arc::clone(site), Arc::<str>::from(format!("{root}{prefix}")));
            let row = operation.row();
            let handler = move |parameters: Result<RawPathParams, _>, request: Request<Body>| async move {
                answer(&site, operation, base, &url, path_parameters(row.path, parameters), request).await
            };
            for path in [&[row.path], row.other_paths].concat() {
                router = router.route(&format!("{prefix}{path}"), on(row.methods, handler.clone()));
            }
        }
        let unknown = |status| {
            let (site, root) = (Arc::clone(site), Arc::clone(&root));
            move |request: Request<Body>| async move {
                if let Some(answer) = site.beside(&root, &request) {
                    return answer;
                }
                let call = receive(&site.clock, HashMap::new(), request).await;
                site.log(&call, None, &root, None, None);
                site.broker.no_operation(&call, status)
            }
        };
        let router = router
            .fallback(unknown(StatusCode::NOT_FOUND))
            .method_not_allowed_fallback(unknown(StatusCode::METHOD_NOT_ALLOWED));
        Served::new(self.listener, router)
    }
}

/// The parameters of a path with this template. Where one is not UTF-8, each is read as what nobody is called, so that the
/// broker answers.
fn path_parameters(
    template: &str,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
) -> HashMap<String, String> {
    match parameters {
        Ok(parameters) => {
            parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        }
        Err(_) => {
            let names = template.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
            names.map(|name| (name.to_owned(), char::REPLACEMENT_CHARACTER.into())).collect()
        }
    }
}

async fn answer<B: Play>(
    site: &Site<B>,
    operation: B::Operation,
    base: B::Base,
    url: &str,
    parameters: HashMap<String, String>,
    request: Request<Body>,
) -> Response {
    let mut call = receive(&site.clock, parameters, request).await;
    let demands = site.spec.requests();
    let breach = |tolerated: &[&str]| demands.breach(operation.id(), &call.request(), tolerated);
    // The log has what the spec demands; the broker is told only of what it does not bear.
    let (logged, breach) = (breach(&[]), breach(site.broker.may_be_missing()));
    call.breach = breach;
    let call = call;
    let turned_away = site.broker.turn_away(operation, &call);
    let fault = if turned_away.is_some() { None } else { site.faults.take(operation.id()) };
    site.log(&call, Some(operation.id()), url, fault.clone(), logged);
    if let Some(turned_away) = turned_away {
        return turned_away;
    }
    let perform = || site.broker.perform(operation, base, &call);
    let answer = match fault {
        None => perform(),
        Some(fault) => {
            let own = fault.is_applied().then(perform);
            fault.respond(own, |status| B::documented(operation, status))
        }
    };
    site.broker.answered(&call, &answer);
    answer
}

/// Reads a call to its end.
async fn receive(
    clock: &Clock,
    path_parameters: HashMap<String, String>,
    request: Request<Body>,
) -> Received {
    let (head, body) = request.into_parts();
    let body = read(body).await;
    Received { head, path_parameters, body, at: clock.now(), breach: None }
}
