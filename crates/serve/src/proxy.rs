//! One request on its way to the broker and back.

use std::{
    error::Error as _,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use broker_session::{BodyFilterMode, Error, ErrorKind, ForwardTimes, Forwarded, Session, reqwest};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{CACHE_CONTROL, IF_RANGE, LOCATION, RANGE},
};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, timeout},
};
use tracing::Span;

use crate::{
    access::TOKEN_HEADER,
    app::App,
    body::{Body, Fault, RequestBody, ResponseBody},
    metrics::Gauge,
    outcome::OfBroker,
    refusal::Refusal,
    request_id,
    route::check_path,
    upgrade::{self, Upgrade},
    upstream::Upstream,
};

/// The longest body that is held back until it is known that it repeats no secret, in bytes.
const MAX_HELD: u64 = 64 * 1024;

/// A request as it goes on.
pub(crate) struct Onward {
    pub(crate) method: Method,
    /// Path and query below the base URL.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Incoming>,
}

/// A response of the broker's, with the place that it holds.
pub(crate) struct Arrived {
    pub(crate) forwarded: Forwarded,
    pub(crate) held: Held,
    /// How long was waited for others.
    waited: Duration,
}

/// A place among the requests that are forwarded.
pub(crate) struct Held {
    _slot: OwnedSemaphorePermit,
    _counted: Gauge,
    upstream: Arc<Upstream>,
    /// That of the request.
    span: Span,
}

impl Held {
    /// The body of the response broke off.
    pub(crate) fn broke_off(&self, error: &reqwest::Error) {
        self.upstream.counts().broken.fetch_add(1, Relaxed);
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        self.span.in_scope(|| tracing::warn!(cause, "the body of the response broke off"));
    }
}

impl Onward {
    /// The request of a client, without what is for this server alone. What else is not for the broker is not sent by the
    /// session.
    ///
    /// # Errors
    /// 400 for a path that could leave the base URL.
    pub(crate) fn new(target: String, request: Request<Incoming>) -> Result<Self, Refusal> {
        check_path(target.split('?').next().unwrap_or_default())?;
        let (parts, body) = request.into_parts();
        let mut headers = parts.headers;
        let is_own = |name: &HeaderName| {
            [TOKEN_HEADER, request_id::HEADER].contains(name) || name.as_str().starts_with("sec-fetch-")
        };
        let own: Vec<HeaderName> = headers.keys().filter(|name| is_own(name)).cloned().collect();
        for name in own {
            headers.remove(name);
        }
        let body = Some(body).filter(|body| !body.is_end_stream());
        Ok(Self { method: parts.method, target, headers, body })
    }

    /// The path below the base URL.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A request of this server's own, without a body.
    pub(crate) fn own(method: Method, target: &str) -> Self {
        Self { method, target: target.to_owned(), headers: HeaderMap::new(), body: None }
    }

    /// The same once more, if it may be sent twice.
    fn again(&self) -> Option<Self> {
        let is_safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(&self.method);
        let Self { method, target, headers, body } = self;
        (is_safe && body.is_none()).then(|| Self {
            method: method.clone(),
            target: target.clone(),
            headers: headers.clone(),
            body: None,
        })
    }

    fn into_request(self, app: &App) -> Result<(Request<reqwest::Body>, Option<Fault>), Refusal> {
        let (body, fault) = match self.body {
            Some(body) => {
                let limited = RequestBody::new(body, &app.limits);
                let (body, fault) = limited.map_err(|fault| fault.refusal(&app.limits))?;
                (reqwest::Body::wrap(body), Some(fault))
            }
            None => (reqwest::Body::default(), None),
        };
        let mut request = Request::new(body);
        let mut headers = self.headers;
        if app.bodies != BodyFilterMode::Off {
            // A part of a body could not be searched for secrets.
            [RANGE, IF_RANGE].iter().for_each(|name| drop(headers.remove(name)));
        }
        *request.method_mut() = self.method;
        *request.headers_mut() = headers;
        *request.uri_mut() = self
            .target
            .parse()
            .map_err(|_| Refusal::bad_request("the target of the request is no path and query"))?;
        Ok((request, fault))
    }
}

/// Forwards a client's request, and passes the response on. `prefix` is the path that stands for the base URL here.
pub(crate) async fn forward(
    app: &Arc<App>,
    upstream: &Arc<Upstream>,
    onward: Onward,
    upgrade: Option<Upgrade>,
    prefix: &str,
) -> Result<Response<Body>, Refusal> {
    let started = Instant::now();
    let Arrived { mut forwarded, held, waited } = exchange(app, upstream, onward).await?;
    let response = if forwarded.response.status() == StatusCode::SWITCHING_PROTOCOLS {
        upgrade::switch(app, upgrade, forwarded)?
    } else {
        filter_body(&mut forwarded, app.bodies)?;
        pass_on(app, forwarded, held, prefix).await?
    };
    upstream.counts().added(started.elapsed().saturating_sub(waited));
    Ok(response)
}

/// Passes a response on. A browser is to keep nothing of it.
///
/// # Errors
/// 502 if the body is a short one that repeats a secret, and that is to be refused. A long one breaks off.
pub(crate) async fn pass_on(
    app: &App,
    mut forwarded: Forwarded,
    held: Held,
    prefix: &str,
) -> Result<Response<Body>, Refusal> {
    if app.bodies == BodyFilterMode::Refuse {
        let length = forwarded.response.body().size_hint().exact();
        if length.is_some_and(|length| length <= MAX_HELD) {
            let body = std::mem::take(forwarded.response.body_mut());
            let whole = body.collect().await.map_err(|_| secret_in_response())?;
            *forwarded.response.body_mut() = whole.to_bytes().into();
        }
    }
    let (mut parts, body) = forwarded.response.into_parts();
    parts.extensions.insert(OfBroker);
    parts.headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Some(location) = parts.headers.get_mut(LOCATION) {
        let path = [prefix.as_bytes(), location.as_bytes()].concat();
        *location = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
    }
    Ok(Response::from_parts(parts, ResponseBody::boxed(body, held)))
}

/// Has the body of a response searched as it comes.
///
/// # Errors
/// 502 if it cannot be searched.
pub(crate) fn filter_body(forwarded: &mut Forwarded, mode: BodyFilterMode) -> Result<(), Refusal> {
    forwarded.filter_body(mode).map_err(|why| {
        let hint = "If the client needs this response, and may see secrets of the session, turn the filter of bodies off.";
        Refusal::new(StatusCode::BAD_GATEWAY, "unsearchable", why.to_string()).with_hint(hint)
    })
}

fn secret_in_response() -> Refusal {
    let message = "the broker's response repeats a secret of the session, or it broke off";
    Refusal::new(StatusCode::BAD_GATEWAY, "secret_in_response", message)
        .with_hint("If the client needs this response, have secrets in bodies redacted.")
}

/// Sends a request with the session on it: once; or once more if the session was over, and the request may be sent twice.
///
/// # Errors
/// Why there is no response of the broker's.
pub(crate) async fn exchange(
    app: &Arc<App>,
    upstream: &Arc<Upstream>,
    onward: Onward,
) -> Result<Arrived, Refusal> {
    let started = Instant::now();
    let queued = Gauge::of(&app.metrics.queued);
    let held = slot(app, upstream).await?;
    let session = upstream.session(app.limits.session_time).await?;
    drop(queued);
    let again = onward.again();
    let path = onward.path().to_owned();
    let waited = started.elapsed();
    let sent = Instant::now();
    // It is large, and whatever waits for it would be moved with it.
    let (outcome, is_over) = Box::pin(send(app, upstream, &session, onward)).await?;
    let waited = waited + sent.elapsed();
    let arrived = |forwarded, waited| Ok(Arrived { forwarded, held, waited });
    if !is_over {
        if is_success(&outcome) {
            upstream.accepted(&session, &path);
        }
        return outcome.and_then(|forwarded| arrived(forwarded, waited));
    }
    upstream.counts().session_ends.fetch_add(1, Relaxed);
    if !upstream.refused(&path, false) {
        return outcome.and_then(|forwarded| arrived(forwarded, waited));
    }
    let Some(again) = again else {
        upstream.renew(session);
        return outcome.and_then(|forwarded| arrived(forwarded, waited));
    };
    let since = Instant::now();
    let next = upstream.session_after(&session, app.limits.session_time).await?;
    let (outcome, is_over) = Box::pin(send(app, upstream, &next, again)).await?;
    if is_over {
        upstream.refused(&path, true);
    } else if is_success(&outcome) {
        upstream.accepted(&next, &path);
    }
    outcome.and_then(|forwarded| arrived(forwarded, waited + since.elapsed()))
}

fn is_success(outcome: &Outcome) -> bool {
    outcome.as_ref().is_ok_and(|forwarded| forwarded.response.status().is_success())
}

/// A place among the requests that are forwarded.
async fn slot(app: &App, upstream: &Arc<Upstream>) -> Result<Held, Refusal> {
    let slot = timeout(app.limits.queue_time, app.slots.clone().acquire_owned()).await;
    let Ok(Ok(slot)) = slot else {
        let message = format!("{} requests are under way, and none has ended in time", app.limits.requests);
        let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", message);
        return Err(refusal.with_retry_after(Duration::from_secs(1)));
    };
    let counted = Gauge::of(&app.metrics.requests);
    Ok(Held { _slot: slot, _counted: counted, upstream: upstream.clone(), span: Span::current() })
}

type Outcome = Result<Forwarded, Refusal>;

/// Sends a request once. Returns the response or why there is none, and whether the session is over.
async fn send(
    app: &App,
    upstream: &Upstream,
    session: &Session,
    onward: Onward,
) -> Result<(Outcome, bool), Refusal> {
    let (request, fault) = onward.into_request(app)?;
    let mut times = ForwardTimes::default();
    times.queue = app.limits.queue_time;
    times.head = Some(app.limits.broker_time);
    times.pause = Some(app.limits.broker_pause);
    let forwarded = session.forward_within(times, request).await;
    if let Some(fault) = fault.and_then(|fault| *fault.lock()) {
        return Err(fault.refusal(&app.limits));
    }
    match forwarded {
        Ok(forwarded) => {
            if forwarded.response.status() == StatusCode::TOO_MANY_REQUESTS {
                upstream.counts().penalties.fetch_add(1, Relaxed);
                upstream.limited_for(forwarded.wait.unwrap_or_default());
            }
            let is_over = forwarded.is_session_over;
            Ok((Ok(forwarded), is_over))
        }
        Err(error) => {
            if error.kind() == ErrorKind::RateLimited {
                upstream.limited_for(error.retry_after().unwrap_or_default());
            }
            Ok((Err(Refusal::not_forwarded(&error)), is_signed_out(&error)))
        }
    }
}

/// Whether nothing was sent because the session was signed out here.
fn is_signed_out(error: &Error) -> bool {
    error.kind() == ErrorKind::SessionExpired && error.is_unsent()
}
