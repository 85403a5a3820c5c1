//! Another program's request, passed on with a session.
//!
//! What a program gets from a proxy is what the broker sends: no response is a failure, and nothing is read into memory. But
//! rate limits, signatures, allowed paths and secrets are those of the session. So this is a way of its own beside
//! [`Transport::send_own`].
#![expect(clippy::result_large_err, reason = "a failure is made once per call")]

mod body;
mod head;
mod target;
mod upload;

use std::{future::poll_fn, mem, pin::pin, task::Poll, time::SystemTime};

use http::{Extensions, HeaderMap, Method, StatusCode, header, request::Parts};
use http_body::Body as _;
use reqwest::{Body, Client, Request, Response};
use tokio::time::{Duration, Instant, timeout_at};
use url::Url;

pub use self::target::check_path;
use self::{body::Relay, upload::Upload};
use crate::{
    ErrorKind, Failure, Reason, Signer, Transport,
    failure::Arrived,
    response::{examine_own, without_mark},
    retry::retry_after,
    send::{MAX_CALL, late},
    transport::Inner,
};

/// The largest body that is looked at.
const MAX_PEEK: usize = 64 << 10;

/// How long a body of unknown length is waited for. One that reports a failure comes with its head.
const MAX_PEEK_WAIT: Duration = Duration::from_millis(250);

/// A response to another program's request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Relayed {
    /// Status, headers and body, without what is not to be passed on.
    pub response: http::Response<Body>,
    /// What it would be for a program's own request; nothing for a success.
    pub failure: Option<Failure>,
    /// Whether another signature was got after this response, so that the next request may be accepted.
    pub is_renewed: bool,
    /// What the connection becomes, with the status 101. It is for `reqwest::Response::upgrade`.
    pub upgrade: Option<Extensions>,
}

/// How a request is passed on.
#[derive(Clone, Copy, Debug)]
pub struct Route<'a> {
    /// The URL below which it stays.
    pub base: &'a Url,
    /// Whether it is signed, if there is a signer.
    pub is_signed: bool,
    /// How long its parts may take.
    pub times: ForwardTimes,
}

/// How long the parts of a request may take that is passed on. Its own body takes as long as the program that sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForwardTimes {
    /// The waiting for the broker's rate limit. As long as a whole call by default, and never longer.
    pub queue: Duration,
    /// The head of the response, from when the request has been sent, and also each time that the broker does not take what
    /// is sent. As long as an attempt by default.
    pub head: Option<Duration>,
    /// Each time that nothing comes of the body of the response. As long as an attempt by default.
    pub pause: Option<Duration>,
}

impl Default for ForwardTimes {
    fn default() -> Self {
        Self { queue: MAX_CALL, head: None, pause: None }
    }
}

impl Transport {
    /// A request below `base` out of another program's, with the headers `own` of the session: without the headers that are
    /// for this side alone, with the same body.
    ///
    /// # Errors
    /// `Config` if its path could leave the base URL, or its method is CONNECT or TRACE.
    pub fn request_below(
        base: &Url,
        request: http::Request<Body>,
        own: &HeaderMap,
    ) -> Result<Request, Failure> {
        let (Parts { method, uri, mut headers, .. }, body) = request.into_parts();
        if [Method::CONNECT, Method::TRACE].contains(&method) {
            let what = "a request with the method CONNECT or TRACE is not passed on";
            return Err(Failure::invalid_request(what));
        }
        let url = target::target(base, &uri).map_err(Failure::invalid_request)?;
        head::clean_request(&mut headers, own, (&method, &body), base);
        own.iter().for_each(|(name, value)| drop(headers.insert(name.clone(), value.clone())));
        let mut request = Request::new(method, url);
        *request.headers_mut() = headers;
        if !body.is_end_stream() {
            *request.body_mut() = Some(body);
        }
        Ok(request)
    }

    /// Sends a request of [`Transport::request_below`]: once, or once more with a new signature if a safe method was refused
    /// with the old one. It counts as a program's own request. The deadlines are for all that comes before it is sent; how long
    /// the rest may take is in the route.
    ///
    /// # Errors
    /// If there is no response.
    pub async fn relay(
        &self,
        client: &Client,
        request: Request,
        route: Route<'_>,
    ) -> Result<Relayed, Failure> {
        let is_safe = request.method().is_safe();
        // It is large, and whatever waits for it would be moved with it.
        let outcome = Box::pin(self.inner().relay(client, request, route)).await;
        outcome.map_err(|failure| Failure { is_repeatable: is_safe, ..failure })
    }
}

/// What is needed of a request once it has left.
struct Sent {
    method: Method,
    url: Url,
    asks_for_websocket: bool,
}

impl Inner {
    async fn relay(&self, client: &Client, request: Request, route: Route<'_>) -> Result<Relayed, Failure> {
        self.remember(request.headers().values());
        let until = Instant::now() + self.deadlines.total.min(MAX_CALL);
        let signer = self.signer.as_deref().filter(|_| route.is_signed);
        let mut request = self.ready(request, signer, until).await?;
        let permit = self.permit(until.min(Instant::now() + route.times.queue.min(MAX_CALL))).await?;
        self.put_signature(&mut request, signer)?;
        // Without a signer nothing would be repeated.
        let again = signer.filter(|_| request.method().is_safe()).and_then(|_| request.try_clone());
        let (at, mut sent) = (Instant::now(), Sent::of(&request));
        let wait = self.or_attempt(route.times.head);
        let mut response = self.head(client, request, wait).await?;
        drop(permit);
        // The body of the request may have taken longer.
        let until = Instant::now() + self.deadlines.total.min(MAX_CALL);
        let mut is_renewed = false;
        if let Some(signer) = signer.filter(|_| may_renew(&sent.method, response.status())) {
            is_renewed = matches!(timeout_at(until, signer.renew(response.status(), at)).await, Ok(Ok(true)));
            // What comes in the way of the second attempt is no reason to lose the response to the first.
            if let Some(again) = again.filter(|_| is_renewed)
                && let Ok(mut again) = self.ready(again, Some(signer), until).await
                && let Ok(permit) = self.permit(until).await
                && self.put_signature(&mut again, Some(signer)).is_ok()
            {
                sent = Sent::of(&again);
                let second = self.head(client, again, wait).await;
                // The first attempt did leave.
                response = second.map_err(|failure| Failure { is_unsent: false, ..failure })?;
                drop(permit);
                is_renewed = false;
            }
        }
        self.relayed(sent, response, route, is_renewed).await
    }

    /// The request, once there is what its signature needs.
    async fn ready(
        &self,
        mut request: Request,
        signer: Option<&dyn Signer>,
        until: Instant,
    ) -> Result<Request, Failure> {
        if let Some(signer) = signer {
            let prepared = timeout_at(until, signer.prepare(request.url_mut())).await;
            prepared.unwrap_or_else(|_| Err(late()))?;
        }
        Ok(request)
    }

    async fn permit(&self, until: Instant) -> Result<impl Drop, Failure> {
        let permit = self.limiter.permit("own", Instant::now(), until).await;
        permit.map_err(|throttled| Failure::throttled(throttled.wait))
    }

    fn put_signature(&self, request: &mut Request, signer: Option<&dyn Signer>) -> Result<(), Failure> {
        self.put_cookies(request)
            .and_then(|()| match signer {
                Some(signer) => self.sign_with(signer, request),
                None => Ok(()),
            })
            .map_err(Failure::invalid_request)
    }

    /// Sends a request and waits for the head of the response: for so long once the request has been sent.
    async fn head(&self, client: &Client, mut request: Request, wait: Duration) -> Result<Response, Failure> {
        let upload = Upload::watch(request.body_mut(), wait);
        // The client has a deadline for the whole response, which may take longer.
        *request.timeout_mut() = Some(MAX_CALL);
        let sent = async {
            match &self.middleware {
                Some(middleware) => middleware.execute(client, request).await,
                None => client.execute(request).await,
            }
        };
        let (mut sent, mut overdue) = (pin!(sent), pin!(upload.overdue()));
        let outcome = poll_fn(|context| match sent.as_mut().poll(context) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending => overdue.as_mut().poll(context).map(|()| None),
        });
        let no_response =
            || Failure::new(ErrorKind::Timeout, Reason::NoResponse, Reason::NoResponse.to_string());
        outcome.await.ok_or_else(no_response)?.map_err(Failure::without_response)
    }

    fn or_attempt(&self, time: Option<Duration>) -> Duration {
        time.unwrap_or(self.deadlines.attempt).min(MAX_CALL)
    }

    /// The response as it is passed on.
    async fn relayed(
        &self,
        sent: Sent,
        response: Response,
        route: Route<'_>,
        is_renewed: bool,
    ) -> Result<Relayed, Failure> {
        let (mut parts, body) = http::Response::<Body>::from(response).into_parts();
        let status = parts.status;
        // They have what nobody asked for, like the reason phrase, which may quote a secret.
        let extensions = mem::take(&mut parts.extensions);
        let is_upgrade = status == StatusCode::SWITCHING_PROTOCOLS;
        if is_upgrade && !sent.asks_for_websocket {
            let what = "the broker switches to another protocol, which was not asked for";
            return Err(Failure::new(ErrorKind::Protocol, Reason::UnknownStatus, what));
        }
        if !is_chunked_at_most(&parts.headers) {
            let what = "the broker's response is compressed for its way, which was not asked for";
            return Err(Failure::new(ErrorKind::Protocol, Reason::Mismatch, what));
        }
        if let Some(cookies) = &self.cookies {
            cookies.take_over(&sent.url, &parts.headers, SystemTime::now(), &self.secrets);
        }
        let mut retry_after = retry_after(&parts.headers, SystemTime::now());
        if status == StatusCode::TOO_MANY_REQUESTS {
            retry_after = self.limiter.penalise(retry_after).or(retry_after);
        }
        let has_body = !is_upgrade && sent.method != Method::HEAD && !body.is_end_stream();
        let has_length = sent.method != Method::HEAD;
        let pause = self.or_attempt(route.times.pause);
        let mut body = Relay::new(body, pause, self.secrets.clone());
        let peeked =
            if has_body { self.peeked(status, &parts.headers, &mut body, pause).await } else { None };
        if let Some(error) = body.empty_error() {
            let what = format!("{}: {error}", Reason::Cut);
            return Err(Failure::new(ErrorKind::Unavailable, Reason::Cut, what));
        }
        let headers = mem::take(&mut parts.headers);
        let arrived =
            Arrived { status, headers, body: without_mark(peeked.unwrap_or_default()), retry_after };
        let finding = if is_upgrade { None } else { examine_own(self.api, &sent.url, &arrived, true) };
        let failure = finding.map(|(reason, json)| {
            Failure::of_response(self.api, None, &arrived, reason, json.as_ref(), &self.secrets)
        });
        parts.headers = arrived.headers;
        let body = if has_body { body.into_body() } else { Body::default() };
        let framed = (status, &body);
        head::clean_response(
            &mut parts.headers,
            framed,
            has_length,
            (route.base.path(), &sent.url),
            &self.secrets,
        );
        let response = http::Response::from_parts(parts, body);
        Ok(Relayed { response, failure, is_renewed, upgrade: is_upgrade.then_some(extensions) })
    }

    /// The body, if it is a small one that may report a failure.
    async fn peeked(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &mut Relay,
        pause: Duration,
    ) -> Option<bytes::Bytes> {
        if status.is_redirection() || !may_be_failure(status, headers) {
            return None;
        }
        let length = body.size_hint().exact();
        if length.is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > MAX_PEEK)) {
            return None;
        }
        let wait = if length.is_some() { pause } else { MAX_PEEK_WAIT };
        // A failure with a status of success is an object; see `examine_own`.
        let is_object = |first: &[u8]| {
            let first = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii_start();
            first.first().is_none_or(|first| *first == b'{')
        };
        body.peek(MAX_PEEK, Instant::now() + wait, |first| !status.is_success() || is_object(first)).await
    }
}

impl Sent {
    fn of(request: &Request) -> Self {
        let (method, url) = (request.method().clone(), request.url().clone());
        let asks_for_websocket = head::is_websocket(&method, request.headers());
        Self { method, url, asks_for_websocket }
    }
}

/// Whether another signature may be worth a request. A host that has lost the session has perhaps carried out a method that
/// is not safe.
fn may_renew(method: &Method, status: StatusCode) -> bool {
    status == StatusCode::UNAUTHORIZED || status == StatusCode::GONE && method.is_safe()
}

/// Whether no coding was put on the body for its way but chunks, which are taken off already (RFC 9112, section 6.1).
fn is_chunked_at_most(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::TRANSFER_ENCODING);
    codings.iter().all(|coding| coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked"))
}

/// Whether the body may be JSON, or a sentence about an error, that the tables of the spec know.
fn may_be_failure(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_plain = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers.get(header::CONTENT_ENCODING).is_none_or(is_plain) {
        return false;
    }
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return true };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is = |known: &str| kind.eq_ignore_ascii_case(known);
    let has_suffix = |suffix: &str| {
        let start = kind.len().checked_sub(suffix.len());
        start.and_then(|start| kind.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    };
    is("application/json")
        || is("text/json")
        || has_suffix("+json")
        || is("text/plain") && !status.is_success()
}
