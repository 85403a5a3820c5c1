//! The one place that sends a request.
//!
//! A generated client hands every request to its [`Transport`] (the inner type of progenitor's hooks),
//! which adds what identifies the caller, keeps to deadlines, repeats only what the spec allows, and looks
//! at the answer before the generated code decodes it.
#![expect(
    clippy::result_large_err,
    reason = "the hooks return progenitor's error, which is as large as it is"
)]

use std::{
    collections::BTreeMap,
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use progenitor_client::{Error, OperationInfo};
use reqwest::{Client, Request, Response};
use tokio::time::Instant;
use tracing::{Instrument, Span, field};

use crate::{
    Api, Credential, Deadlines, Kept, Operation, Retry, RetryPolicy, Secret, Unfit, body,
    examine::{examine, understood},
    is_passing, redact, retry_after,
};

/// 1 MiB: the largest answer of a session API is a thousandth of it.
const DEFAULT_BODY_LIMIT: usize = 1 << 20;

/// Sends the requests of one generated client. Cheap to clone.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

struct Inner {
    api: &'static Api,
    credentials: BTreeMap<&'static str, Credential>,
    deadlines: Deadlines,
    body_limit: usize,
    retry: RetryPolicy,
}

/// Builds a [`Transport`].
#[derive(Clone)]
pub struct TransportBuilder(Inner);

impl Clone for Inner {
    fn clone(&self) -> Self {
        Self { credentials: self.credentials.clone(), ..*self }
    }
}

impl TransportBuilder {
    /// Gives the credential for the security scheme of this name.
    pub fn credential(mut self, scheme: &'static str, credential: Credential) -> Self {
        self.0.credentials.insert(scheme, credential);
        self
    }

    /// Sets the deadlines. The one for connecting belongs to the HTTP client and is not used here.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.0.deadlines = deadlines;
        self
    }

    /// Sets the largest body that is read, in bytes; 1 MiB unless told.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.0.body_limit = bytes;
        self
    }

    /// Sets how often and at which pace calls are repeated where the spec allows it.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.0.retry = policy;
        self
    }

    /// The transport.
    pub fn build(self) -> Transport {
        Transport(Arc::new(self.0))
    }
}

impl Transport {
    /// Starts building a transport for a generated client.
    pub fn builder(api: &'static Api) -> TransportBuilder {
        TransportBuilder(Inner {
            api,
            credentials: BTreeMap::new(),
            deadlines: Deadlines::default(),
            body_limit: DEFAULT_BODY_LIMIT,
            retry: RetryPolicy::default(),
        })
    }

    /// The same transport with another credential for the security scheme of this name.
    pub fn with_credential(&self, scheme: &'static str, credential: Credential) -> Self {
        TransportBuilder((*self.0).clone()).credential(scheme, credential).build()
    }

    /// The hook before a request: adds what identifies the caller and marks every secret header.
    ///
    /// # Errors
    /// `InvalidRequest` if a credential that the operation needs was not given. Nothing has been sent then.
    pub fn pre<E>(&self, request: &mut Request, info: &OperationInfo) -> Result<(), Error<E>> {
        let operation = self.operation(info)?;
        let headers = request.headers_mut();
        // progenitor always sends it; no broker asks for it.
        headers.remove("api-version");
        for name in operation.secret_headers {
            if let Some(value) = headers.get_mut(*name) {
                value.set_sensitive(true);
            }
        }
        self.identify(operation, headers).map_err(Error::InvalidRequest)
    }

    /// Adds the headers that identify the caller as `operation` asks for it, marked as sensitive.
    ///
    /// # Errors
    /// If a credential was not given, or cannot stand in a header; the text does not hold it.
    pub fn identify(&self, operation: &Operation, headers: &mut HeaderMap) -> Result<(), String> {
        for name in operation.security {
            let (Some(scheme), Some(credential)) =
                (self.0.api.security_scheme(name), self.0.credentials.get(name))
            else {
                return Err(format!("`{}` needs the credential `{name}`, which was not given", operation.id));
            };
            let (name, value) = credential.header(scheme)?;
            headers.insert(name, value);
        }
        Ok(())
    }

    /// The hook that sends a request, as often as spec, policy and deadlines allow.
    ///
    /// # Errors
    /// Only if there is no answer at all; the error holds no URL.
    pub async fn exec(
        &self,
        client: &Client,
        request: Request,
        info: &OperationInfo,
    ) -> reqwest::Result<Response> {
        let span = tracing::info_span!(
            "broker_call",
            operation = info.operation_id,
            host = request.url().host_str(),
            status = field::Empty,
            attempt = field::Empty,
            duration_ms = field::Empty,
        );
        self.attempts(client, request, info).instrument(span).await
    }

    /// The hook after a request: turns an answer that is not what the spec describes into an unexpected
    /// response, before the generated code tries to decode it and forgets its status.
    ///
    /// # Errors
    /// `UnexpectedResponse`, with a [`Kept`] among the extensions of the response.
    pub fn post<E>(&self, result: &reqwest::Result<Response>) -> Result<(), Error<E>> {
        let Ok(response) = result else { return Ok(()) };
        let Some(kept) = response.extensions().get::<Kept>() else {
            return Ok(());
        };
        let copy = rebuild(kept.status, response.headers().clone(), kept.body.clone(), Some(kept.clone()));
        Err(Error::UnexpectedResponse(copy))
    }

    async fn attempts(
        &self,
        client: &Client,
        request: Request,
        info: &OperationInfo,
    ) -> reqwest::Result<Response> {
        let started = Instant::now();
        let operation = self.0.api.operation(info.operation_id);
        let secrets = self.secrets(&request, operation);
        let mut waits = self.0.retry.waits();
        let mut attempt = 1_u64;
        let outcome = loop {
            let left = self.0.deadlines.total.saturating_sub(started.elapsed());
            // A generated body is always in memory, so there is always a copy.
            let Some(copy) = request.try_clone() else {
                break self.attempt(client, request, operation, &secrets, left).await;
            };
            let outcome = self.attempt(client, copy, operation, &secrets, left).await;
            let left = self.0.deadlines.total.saturating_sub(started.elapsed());
            let retry = operation.map_or(Retry::Never, |operation| operation.retry);
            let Some(wait) = pause(&outcome, retry, &mut waits).filter(|wait| *wait < left) else {
                break outcome;
            };
            tokio::time::sleep(wait).await;
            attempt += 1;
        };
        let span = Span::current();
        span.record("attempt", attempt);
        span.record("duration_ms", u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
        match &outcome {
            Ok(response) => {
                span.record("status", response.status().as_u16());
                tracing::debug!("answered");
            }
            Err(error) => {
                tracing::debug!(connect = error.is_connect(), timeout = error.is_timeout(), "no answer")
            }
        }
        outcome
    }

    async fn attempt(
        &self,
        client: &Client,
        mut request: Request,
        operation: Option<&Operation>,
        secrets: &[Secret],
        left: Duration,
    ) -> reqwest::Result<Response> {
        *request.timeout_mut() = Some(self.0.deadlines.attempt.min(left));
        let mut response = client.execute(request).await.map_err(reqwest::Error::without_url)?;
        let (body, broken) = body::read(&mut response, self.0.body_limit).await;
        let status = match broken {
            Some(_) => response.status(),
            None => understood(operation, response.status(), &body),
        };
        let unfit = broken.or_else(|| examine(operation, &response, status, &body));
        let body = match status.is_success() {
            true => body,
            false => without_secrets(body, secrets),
        };
        let kept = unfit.map(|unfit| Kept { unfit, status, body: body.clone() });
        Ok(rebuild(status, harmless(response.headers()), body, kept))
    }

    fn operation<E>(&self, info: &OperationInfo) -> Result<&'static Operation, Error<E>> {
        self.0.api.operation(info.operation_id).ok_or_else(|| {
            Error::InvalidRequest(format!(
                "`{}` is not an operation of {}",
                info.operation_id, self.0.api.title
            ))
        })
    }

    /// What is secret in a request, so that it can be removed from what comes back.
    fn secrets(&self, request: &Request, operation: Option<&Operation>) -> Vec<Secret> {
        let Some(operation) = operation else {
            return Vec::new();
        };
        let schemes = operation.security.iter().filter_map(|name| self.0.api.security_scheme(name));
        let credentials = schemes
            .filter(|scheme| scheme.secret)
            .filter_map(|scheme| self.0.credentials.get(scheme.name))
            .flat_map(Credential::secrets);
        let headers = operation.secret_headers.iter().filter_map(|name| request.headers().get(*name));
        let headers = headers.filter_map(|value| value.to_str().ok()).map(Secret::from);
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        credentials.chain(headers).chain(secret_members(body, operation.secret_members)).collect()
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("api", &self.0.api.title)
            .field("deadlines", &self.0.deadlines)
            .field("body_limit", &self.0.body_limit)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportBuilder").field("api", &self.0.api.title).finish_non_exhaustive()
    }
}

/// How long to wait before the next attempt; nothing if there must be none.
fn pause(
    outcome: &reqwest::Result<Response>,
    retry: Retry,
    waits: &mut impl Iterator<Item = Duration>,
) -> Option<Duration> {
    let asked = match (retry, outcome) {
        (Retry::Never, _) => return None,
        // Without a connection nothing was sent.
        (_, Err(error)) if error.is_connect() => is_passing(error).then_some(Duration::ZERO)?,
        (Retry::Unsent, _) => return None,
        (Retry::Safe, Err(_)) => Duration::ZERO,
        (Retry::Safe, Ok(response)) => {
            let asked = retry_after(response.headers(), SystemTime::now());
            let cut = response.extensions().get::<Kept>().is_some_and(|kept| kept.unfit == Unfit::Cut);
            match response.status() {
                // Without a time to wait, another request would only make it worse.
                StatusCode::TOO_MANY_REQUESTS => asked?,
                StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                    asked.unwrap_or_default()
                }
                _ if cut => Duration::ZERO,
                _ => return None,
            }
        }
    };
    waits.next().map(|wait| wait.max(asked))
}

/// The headers that the layers above read. The others may hold cookies.
fn harmless(headers: &HeaderMap) -> HeaderMap {
    let wanted = [header::CONTENT_TYPE, header::DATE, header::RETRY_AFTER];
    wanted.into_iter().filter_map(|name| headers.get(&name).cloned().map(|value| (name, value))).collect()
}

fn without_secrets(body: Bytes, secrets: &[Secret]) -> Bytes {
    match std::str::from_utf8(&body) {
        Ok(text) => redact(text, secrets).into(),
        Err(_) => body,
    }
}

/// The secret members of a body in JSON or form encoding.
fn secret_members(body: &[u8], names: &[&str]) -> Vec<Secret> {
    if names.is_empty() {
        return Vec::new();
    }
    match serde_json::from_slice::<BTreeMap<String, serde_json::Value>>(body) {
        Ok(members) => {
            let members = members.into_iter().filter(|(name, _)| names.contains(&name.as_str()));
            members.filter_map(|(_, value)| value.as_str().map(Secret::from)).collect()
        }
        Err(_) => url::form_urlencoded::parse(body)
            .filter(|(name, _)| names.contains(&name.as_ref()))
            .map(|(_, value)| Secret::new(value.into_owned()))
            .collect(),
    }
}

fn rebuild(status: StatusCode, headers: HeaderMap, body: Bytes, kept: Option<Kept>) -> Response {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(kept) = kept {
        response.extensions_mut().insert(kept);
    }
    response.into()
}
