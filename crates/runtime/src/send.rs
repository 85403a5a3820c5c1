//! Sends a request as often as the spec, the policy, the rate limits and the deadlines allow.
#![expect(clippy::result_large_err, reason = "a failure is made once per call")]

use std::{
    mem,
    pin::Pin,
    time::{Duration, SystemTime},
};

use http::{HeaderMap, StatusCode};
use reqwest::{Client, Request, Response, ResponseBuilderExt};
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, Span, field};
use url::Url;

use crate::{
    ErrorKind, FailedAttempt, Failure, Json, Operation, Reason, Retry,
    failure::Arrived,
    response::{EMPTY_OBJECT, examine, examine_own, is_filled, read_body, understood},
    retry::retry_after,
    transport::Inner,
};

/// The longest duration of a call with any deadline; a later instant could not be represented.
pub(crate) const MAX_CALL: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Carries out one attempt in place of `client.execute(request)`.
///
/// It is for programs that share a broker's limits with other processes and so have to record each call, and for tests
/// on a paused clock. tokio's paused clock advances while a task waits only for the network, so every deadline would
/// pass before a response arrives. A middleware can stop the clock until the response is there. To include the body, it
/// reads the body and returns a response made of it.
pub trait Middleware: Send + Sync {
    /// Sends `request` with `client`, and returns the response. The attempt's deadline is on the request, so
    /// `client.execute` keeps it; the middleware's own waiting has no other deadline.
    ///
    /// # Errors
    /// Those of `client.execute`.
    fn execute<'a>(
        &'a self,
        client: &'a Client,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>>;
}

/// The target of a call: an operation of the spec, or a request of the program's own.
#[derive(Clone, Copy)]
pub(crate) enum Call {
    Operation(&'static Operation),
    Own { accepts_html: bool },
}

impl Call {
    fn operation(self) -> Option<&'static Operation> {
        match self {
            Self::Operation(operation) => Some(operation),
            Self::Own { .. } => None,
        }
    }

    fn id(self) -> &'static str {
        self.operation().map_or("own", |operation| operation.id)
    }

    fn retry(self) -> Retry {
        self.operation().map_or(Retry::Unsent, |operation| operation.retry)
    }
}

impl Inner {
    /// Makes a call, in a span of its own.
    pub(crate) async fn call(
        &self,
        client: &Client,
        request: Request,
        call: Call,
    ) -> Result<Response, Failure> {
        // The end of the call fills in the empty fields.
        let span = tracing::info_span!(
            "broker_call",
            operation = call.id(),
            host = request.url().host_str(),
            status = field::Empty,
            attempt = field::Empty,
            duration_ms = field::Empty,
        );
        self.traced(client, request, call).instrument(span).await
    }

    async fn traced(&self, client: &Client, request: Request, call: Call) -> Result<Response, Failure> {
        let started = Instant::now();
        let until = started + self.deadlines.total.min(MAX_CALL);
        let (outcome, attempts) = self.repeat(client, request, call, until).await;
        let span = Span::current();
        span.record("attempt", attempts);
        span.record("duration_ms", u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
        let status = match &outcome {
            Ok(response) => Some(response.status().as_u16()),
            Err(failure) => failure.status,
        };
        match (status, &outcome) {
            (Some(status), _) => {
                span.record("status", status);
                tracing::debug!("response received");
            }
            (None, Err(Failure { reason, .. })) => tracing::debug!(?reason, "no response"),
            (None, Ok(_)) => {}
        }
        outcome
    }

    /// The last outcome, and the number of attempts.
    async fn repeat(
        &self,
        client: &Client,
        mut request: Request,
        call: Call,
        until: Instant,
    ) -> (Result<Response, Failure>, u64) {
        let id = call.id();
        let (mut attempts, mut before, mut may_renew) = (0, None, true);
        let mut from = Instant::now();
        loop {
            // What a signature needs may take a request, which needs a permit, too. So this call has none meanwhile.
            let permit = match self.prepare(&mut request, until).await {
                Ok(()) => {
                    self.limiter.permit(id, from, until).await.map_err(|it| Failure::throttled(it.wait))
                }
                Err(failure) => Err(failure),
            };
            let signed = permit.and_then(|permit| {
                self.sign(&mut request).map_err(Failure::invalid_request)?;
                Ok(permit)
            });
            let permit = match signed {
                Ok(permit) => permit,
                Err(failure) => return (Err(before.unwrap_or_else(|| of_call(failure, call))), attempts),
            };
            attempts += 1;
            let left = until.saturating_duration_since(Instant::now());
            // A generated body is always in memory, so there is a copy wherever one may be needed.
            let copy = if call.retry() == Retry::Never { None } else { request.try_clone() };
            let Some(copy) = copy else {
                return (self.attempt(client, request, call, left).await, attempts);
            };
            let sent = Instant::now();
            let outcome = self.attempt(client, copy, call, left).await;
            drop(permit);
            let failure = match outcome {
                Ok(response) => return (Ok(response), attempts),
                Err(failure) => failure,
            };
            if may_renew && is_refused_signature(&failure, &request, call) {
                may_renew = false;
                match self.renew(&failure, sent, until).await {
                    Ok(true) => {
                        from = Instant::now();
                        continue;
                    }
                    Ok(false) => {}
                    // The request itself did leave.
                    Err(renewal) => return (Err(Failure { is_unsent: false, ..renewal }), attempts),
                }
            }
            let may_help = self.may_help(&failure, call.retry());
            let failure = most_telling(failure, before.take(), call.retry());
            let left = until.saturating_duration_since(Instant::now());
            let wait = may_help.then(|| self.wait(id, attempts, &failure)).flatten();
            let Some(wait) = wait.filter(|wait| *wait < left) else { return (Err(failure), attempts) };
            // A wait is useless if the permit would come too late.
            from = Instant::now() + wait;
            before = Some(failure);
        }
    }

    /// Gets what the next signature needs, and moves the request to the host where it is to go.
    async fn prepare(&self, request: &mut Request, until: Instant) -> Result<(), Failure> {
        let Some(signer) = &self.signer else { return Ok(()) };
        timeout_at(until, signer.prepare(request.url_mut())).await.unwrap_or_else(|_| Err(late()))
    }

    /// Whether another signature may be accepted in place of the one that was refused.
    async fn renew(&self, failure: &Failure, sent: Instant, until: Instant) -> Result<bool, Failure> {
        let status = failure.status.and_then(|status| StatusCode::from_u16(status).ok());
        let (Some(signer), Some(status)) = (&self.signer, status) else { return Ok(false) };
        timeout_at(until, signer.renew(status, sent)).await.unwrap_or(Ok(false))
    }

    /// Whether another attempt is allowed and may help.
    fn may_help(&self, failure: &Failure, retry: Retry) -> bool {
        match (retry, failure.status) {
            (Retry::Never, _) => false,
            // Without a connection nothing was sent.
            (_, None) if failure.is_unsent => failure.is_transient,
            (Retry::Unsent, _) => false,
            (Retry::Safe, None) => true,
            // The next call waits for the end of a penalty. Without a time to wait, another request would make it worse.
            (Retry::Safe, Some(429)) => self.api.penalty.is_none() && failure.retry_after.is_some(),
            (Retry::Safe, Some(502..=504)) => true,
            (Retry::Safe, Some(_)) => failure.reason == Reason::Cut,
        }
    }

    /// How long to wait before the next attempt: what the server has asked for, and the delay of the policy.
    fn wait(&self, operation: &'static str, attempts: u64, failure: &Failure) -> Option<Duration> {
        let attempts = usize::try_from(attempts).unwrap_or(usize::MAX);
        let Failure { status, retry_after, .. } = *failure;
        let delay = self.retry.next_delay(&FailedAttempt { operation, attempts, status, retry_after })?;
        Some(retry_after.unwrap_or_default().saturating_add(delay))
    }

    async fn attempt(
        &self,
        client: &Client,
        mut request: Request,
        call: Call,
        left: Duration,
    ) -> Result<Response, Failure> {
        *request.timeout_mut() = Some(self.deadlines.attempt.min(left));
        let url = request.url().clone();
        let outcome = match &self.middleware {
            Some(middleware) => middleware.execute(client, request).await,
            None => client.execute(request).await,
        };
        let mut response = outcome.map_err(|error| of_call(Failure::without_response(error), call))?;
        let (status, headers) = (response.status(), mem::take(response.headers_mut()));
        if let Some(cookies) = &self.cookies {
            cookies.take_over(&url, &headers, SystemTime::now(), &self.secrets);
        }
        let mut retry_after = retry_after(&headers, SystemTime::now());
        if status == StatusCode::TOO_MANY_REQUESTS {
            retry_after = self.limiter.penalise(retry_after).or(retry_after);
        }
        let limit = match call {
            Call::Own { .. } if status.is_success() => self.own_body_limit,
            _ => self.body_limit,
        };
        // Status and `Location` of a redirect are enough; its page is not waited for.
        let (body, broken) =
            if status.is_redirection() { Default::default() } else { read_body(&mut response, limit).await };
        let arrived = Arrived { status, headers, body, retry_after };
        let outcome = match (call, broken) {
            (call, Some(reason)) => Err(self.failure(call.operation(), &arrived, reason, None)),
            (Call::Operation(operation), None) => self.classify(operation, &url, arrived, response),
            (Call::Own { accepts_html }, None) => self.classify_own(&url, arrived, accepts_html),
        };
        outcome.map_err(|failure| of_call(failure, call))
    }

    /// The response of an operation as the generated client may decode it, or the failure that it is.
    fn classify(
        &self,
        operation: &'static Operation,
        url: &Url,
        mut arrived: Arrived,
        mut response: Response,
    ) -> Result<Response, Failure> {
        let status = understood(operation, arrived.status, &arrived.body);
        #[cfg(feature = "drift")]
        if let Some(observer) = &self.drift {
            observer.observe(self.api, operation, status.as_u16(), &arrived.body, &self.secrets);
        }
        if is_filled(operation, status, &arrived.body) {
            arrived.body = EMPTY_OBJECT.into();
        }
        let decoded = examine(self.api, operation, url, &arrived, status)
            .map_err(|(reason, json)| self.failure(Some(operation), &arrived, reason, json.as_ref()))?;
        // The generated method gets the value and nothing else: other headers may hold cookies.
        if status != arrived.status {
            response = respond(url, Arrived { status, headers: HeaderMap::new(), ..arrived });
        }
        response.extensions_mut().insert(decoded);
        Ok(response)
    }

    fn classify_own(&self, url: &Url, arrived: Arrived, accepts_html: bool) -> Result<Response, Failure> {
        match examine_own(self.api, url, &arrived, accepts_html) {
            Some((reason, json)) => Err(self.failure(None, &arrived, reason, json.as_ref())),
            None => Ok(respond(url, arrived)),
        }
    }

    fn failure(
        &self,
        operation: Option<&Operation>,
        arrived: &Arrived,
        reason: Reason,
        json: Option<&Json>,
    ) -> Failure {
        Failure::of_response(self.api, operation, arrived, reason, json, &self.secrets)
    }
}

/// The deadline has passed before a request could be signed.
pub(crate) fn late() -> Failure {
    let what = "the request was not signed in time, so it was not sent";
    let failure = Failure::new(ErrorKind::Timeout, Reason::NoConnection, what);
    Failure { is_unsent: true, ..failure }
}

/// Whether it may be the signature that was refused. A host that has lost the session is no reason to send a request of
/// the program's own once more that may have had an effect.
fn is_refused_signature(failure: &Failure, request: &Request, call: Call) -> bool {
    match failure.status {
        Some(401) => true,
        Some(410) => call.operation().is_some() || request.method().is_safe(),
        _ => false,
    }
}

fn of_call(failure: Failure, call: Call) -> Failure {
    match call {
        Call::Operation(operation) => failure.during(operation),
        Call::Own { .. } => failure,
    }
}

/// A response with its body, which has been read.
fn respond(url: &Url, Arrived { status, headers, body, .. }: Arrived) -> Response {
    let mut builder = http::Response::builder().status(status).url(url.clone());
    if let Some(known) = builder.headers_mut() {
        *known = headers;
    }
    // The parts come from a valid response.
    builder.body(body).unwrap_or_default().into()
}

/// The failure to report after one more attempt at a call that may be repeated. The response to the attempt before is
/// more useful than a deadline that has passed.
fn most_telling(last: Failure, before: Option<Failure>, retry: Retry) -> Failure {
    match before {
        // It is not known whether a call that may be sent only once took effect.
        Some(before) if retry == Retry::Safe && before.status.is_some() && is_late(&last) => before,
        _ => last,
    }
}

/// Whether a deadline has passed before the response was complete.
fn is_late(failure: &Failure) -> bool {
    let is_success = failure.status.is_some_and(|status| (200..300).contains(&status));
    failure.reason == Reason::NoResponse || failure.reason == Reason::Slow && is_success
}
