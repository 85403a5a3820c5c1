//! Sends a request as often as spec, policy, pace and deadlines allow.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use progenitor_client::OperationInfo;
use reqwest::{Client, Request, Response};
use tokio::time::Instant;
use tracing::{Span, field};

use crate::{
    FailedAttempt, Kept, Operation, Retry, Secret, Unfit,
    answer::{harmless, held_back, rebuild, seconds, without_secrets},
    body,
    examine::{EMPTY_OBJECT, examine, filled, understood},
    is_passing, retry_after,
    transport::Inner,
};

/// No call lasts longer, whatever its deadline; an instant further away could not be represented.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The span of one call; what is empty is filled in at its end.
pub(crate) fn span(request: &Request, info: &OperationInfo) -> Span {
    tracing::info_span!(
        "broker_call",
        operation = info.operation_id,
        host = request.url().host_str(),
        status = field::Empty,
        attempt = field::Empty,
        duration_ms = field::Empty,
    )
}

impl Inner {
    /// The answer to a call, or what kept it from having one.
    pub(crate) async fn attempts(
        &self,
        client: &Client,
        request: Request,
        info: &OperationInfo,
    ) -> reqwest::Result<Response> {
        let started = Instant::now();
        let (outcome, attempts) =
            self.repeat(client, request, info, started + self.deadlines.total.min(LONGEST)).await;
        let span = Span::current();
        span.record("attempt", attempts);
        span.record("duration_ms", u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
        match &outcome {
            Ok(response) => {
                span.record("status", response.status().as_u16());
                match attempts {
                    0 => tracing::debug!("held back"),
                    _ => tracing::debug!("answered"),
                }
            }
            Err(error) => {
                tracing::debug!(connect = error.is_connect(), timeout = error.is_timeout(), "no answer")
            }
        }
        outcome
    }

    /// The last outcome, and how many attempts there were.
    async fn repeat(
        &self,
        client: &Client,
        mut request: Request,
        info: &OperationInfo,
        until: Instant,
    ) -> (reqwest::Result<Response>, u64) {
        let operation = self.api.operation(info.operation_id);
        let retry = operation.map_or(Retry::Never, |operation| operation.retry);
        let mut secrets = operation.map_or_else(Vec::new, |operation| self.secrets(&request, operation));
        let mut turn = match self.pace.turn(info.operation_id, Instant::now(), until).await {
            Ok(turn) => turn,
            Err(held) => return (Ok(held_back(held.wait)), 0),
        };
        let mut attempts = 1;
        let mut known = None;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            // A generated body is always in memory, so there is always a copy.
            let Some(copy) = request.try_clone() else {
                return (self.attempt(client, request, operation, &secrets, left).await, attempts);
            };
            let outcome = self.attempt(client, copy, operation, &secrets, left).await;
            drop(turn);
            let left = until.saturating_duration_since(Instant::now());
            let failure = failure(&outcome, retry, self.api.penalty.is_some());
            let outcome = best_known(outcome, known.take(), retry);
            let wait = operation.zip(failure).and_then(|(operation, failure)| {
                self.wait(operation, attempts, failure).filter(|wait| *wait < left)
            });
            let Some(wait) = wait else { return (outcome, attempts) };
            // Nobody waits for what the server has asked for only to learn that the turn would come too late.
            turn = match self.pace.turn(info.operation_id, Instant::now() + wait, until).await {
                Ok(turn) => turn,
                Err(_) => return (outcome, attempts),
            };
            if self.sign(&mut request).is_err() {
                return (outcome, attempts);
            }
            let is_changed = self.signer.is_some() || self.cookies.is_some();
            if let Some(operation) = operation.filter(|_| is_changed) {
                secrets.extend(self.secrets(&request, operation));
            }
            known = outcome.ok();
            attempts += 1;
        }
    }

    /// How long to wait before the next attempt: for as long as the server has asked for, and then what the policy says.
    fn wait(&self, operation: &Operation, attempts: u64, failure: Failure) -> Option<Duration> {
        let Failure { status, asked } = failure;
        let attempts = usize::try_from(attempts).unwrap_or(usize::MAX);
        let wait = self.retry.wait(&FailedAttempt { operation: operation.id, attempts, status, asked })?;
        Some(asked.unwrap_or_default().saturating_add(wait))
    }

    async fn attempt(
        &self,
        client: &Client,
        mut request: Request,
        operation: Option<&Operation>,
        secrets: &[Secret],
        left: Duration,
    ) -> reqwest::Result<Response> {
        *request.timeout_mut() = Some(self.deadlines.attempt.min(left));
        let url = request.url().clone();
        let outcome = match &self.exchange {
            Some(exchange) => exchange.execute(client, request).await,
            None => client.execute(request).await,
        };
        let mut response = outcome.map_err(reqwest::Error::without_url)?;
        if let Some(cookies) = &self.cookies {
            cookies.take_over(&url, response.headers(), SystemTime::now());
        }
        let mut headers = harmless(response.headers(), self.api);
        let mut asked = retry_after(&headers, SystemTime::now());
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            asked = self.pace.penalise(asked).or(asked);
        }
        // From here on it is a capped number of seconds, in whatever form it has arrived.
        match asked {
            Some(wait) => headers.insert(header::RETRY_AFTER, seconds(wait)),
            None => headers.remove(header::RETRY_AFTER),
        };
        let mut status = response.status();
        let (mut body, broken) = match status.is_redirection() {
            // What a redirect says is said by its status and its `Location`; nobody waits for its page.
            true => (Bytes::new(), None),
            false => body::read(&mut response, self.body_limit).await,
        };
        if broken.is_none() {
            status = understood(operation, status, &body);
            if let Some((observer, operation)) = self.drift.as_ref().zip(operation) {
                observer.look(operation, status.as_u16(), &body, secrets);
            }
            if filled(operation, status, &body) {
                body = EMPTY_OBJECT.into();
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
        }
        // Before anything of it is decoded: the texts of a failure are not overwritten when they are dropped.
        let body = match status.is_success() {
            true => body,
            false => without_secrets(body, self.api, secrets),
        };
        let unfit = broken.or_else(|| examine(self.api, operation, &response, status, &body));
        // What is no success keeps the status that it came with.
        let status = if unfit.is_some() { response.status() } else { status };
        let kept = unfit.map(|unfit| Kept { unfit, status, body: body.clone() });
        Ok(rebuild(status, headers, body, kept))
    }
}

/// The outcome to report after one more attempt at what may be repeated: a deadline that has passed says less than the
/// response to an attempt before.
fn best_known(
    last: reqwest::Result<Response>,
    before: Option<Response>,
    retry: Retry,
) -> reqwest::Result<Response> {
    match before {
        // Of what may be sent only once, nobody knows whether it took effect.
        Some(before) if retry == Retry::Safe && is_late(&last) => Ok(before),
        _ => last,
    }
}

/// Whether a deadline has passed before the response was there.
fn is_late(outcome: &reqwest::Result<Response>) -> bool {
    match outcome {
        Ok(response) => {
            let kept = response.extensions().get::<Kept>();
            response.status().is_success() && kept.is_some_and(|kept| kept.unfit == Unfit::Slow)
        }
        Err(error) => error.is_timeout() && !error.is_connect(),
    }
}

/// A failure after which another attempt is allowed and may help.
struct Failure {
    status: Option<u16>,
    /// How long the server has asked to be left alone.
    asked: Option<Duration>,
}

/// Whether there may be another attempt, as far as it is not the policy's to decide.
fn failure(outcome: &reqwest::Result<Response>, retry: Retry, is_penalised: bool) -> Option<Failure> {
    let unanswered = Failure { status: None, asked: None };
    match (retry, outcome) {
        (Retry::Never, _) => None,
        // Without a connection nothing was sent.
        (_, Err(error)) if error.is_connect() => is_passing(error).then_some(unanswered),
        (Retry::Unsent, _) => None,
        (Retry::Safe, Err(_)) => Some(unanswered),
        (Retry::Safe, Ok(response)) => {
            let asked = retry_after(response.headers(), SystemTime::now());
            let cut = response.extensions().get::<Kept>().is_some_and(|kept| kept.unfit == Unfit::Cut);
            let may_help = match response.status() {
                // A penalty is waited out by whoever is called next. Without a time to wait, another request would
                // only make it worse.
                StatusCode::TOO_MANY_REQUESTS => !is_penalised && asked.is_some(),
                StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                    true
                }
                _ => cut,
            };
            may_help.then_some(Failure { status: Some(response.status().as_u16()), asked })
        }
    }
}
