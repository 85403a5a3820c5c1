//! The one place that sends a request.
//!
//! A generated client hands every request to its [`Transport`] (the inner type of progenitor's hooks). The transport adds
//! what identifies the caller, keeps to deadlines, repeats only what the spec allows, and classifies the response before the
//! generated code decodes it.
#![expect(clippy::result_large_err, reason = "progenitor's error and a failure are made once per call")]

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use progenitor_client::{Error, OperationInfo};
use reqwest::{Client, Request, Response};

#[cfg(feature = "drift")]
use crate::DriftObserver;
use crate::{
    Api, Backoff, Credential, Deadlines, Failure, Middleware, Operation, RetryPolicy, Secret, Secrets,
    Signer, authentication::put_headers, cookies::Cookies, rate_limit::RateLimiter, send::Call,
    zeroizing::take_over,
};

/// The largest response of a session API is a few thousand bytes. A hostile one of this size takes about a hundred times
/// as much memory while it is decoded.
const DEFAULT_BODY_LIMIT: usize = 64 << 10;

/// The largest response to a program's own request.
const DEFAULT_OWN_BODY_LIMIT: usize = 16 << 20;

/// Sends the requests of one generated client. Cheap to clone.
///
/// It keeps to the rate limits of the spec: a call waits for its permit, together with all calls of the clones of this
/// transport. If the permit would come after its deadline, nothing is sent ([`Reason::Throttled`]).
///
/// [`Reason::Throttled`]: crate::Reason::Throttled
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) api: &'static Api,
    pub(crate) secrets: Secrets,
    credentials: BTreeMap<&'static str, Credential>,
    /// The header of each credential, or why there is none, by its security scheme.
    credential_headers: BTreeMap<&'static str, Result<(HeaderName, HeaderValue), String>>,
    headers: Vec<(HeaderName, Secret)>,
    /// Headers that are not secret.
    open_headers: Vec<(HeaderName, HeaderValue)>,
    /// The server's cookies, where they are taken over.
    pub(crate) cookies: Option<Arc<Cookies>>,
    pub(crate) signer: Option<Arc<dyn Signer>>,
    pub(crate) middleware: Option<Arc<dyn Middleware>>,
    pub(crate) limiter: Arc<RateLimiter>,
    pub(crate) deadlines: Deadlines,
    pub(crate) body_limit: usize,
    pub(crate) own_body_limit: usize,
    pub(crate) retry: Arc<dyn Backoff>,
    #[cfg(feature = "drift")]
    pub(crate) drift: Option<DriftObserver>,
}

/// Builds a [`Transport`].
#[derive(Clone)]
pub struct TransportBuilder(Inner);

impl TransportBuilder {
    /// Shares the secrets of the client. The transport adds the ones that it puts on requests.
    pub fn secrets(mut self, secrets: Secrets) -> Self {
        self.0.secrets = secrets;
        self
    }

    /// Gives the credential for the security scheme of this name.
    pub fn credential(mut self, scheme: &'static str, credential: Credential) -> Self {
        self.0.credentials.insert(scheme, credential);
        self
    }

    /// Puts a header on every request, in place of one of the same name that the spec asks for. It is treated
    /// as a secret.
    pub fn header(mut self, name: HeaderName, value: Secret) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Puts a header that is not secret on every request, unless [`TransportBuilder::header`] has another value for it.
    pub fn open_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.open_headers.push((name, value));
        self
    }

    /// Keeps the cookies that the server sets, and sends them back to it in place of the caller's cookies of the same
    /// names. They are treated as secrets, and kept as long as the transport.
    pub fn take_over_cookies(mut self) -> Self {
        self.0.cookies = Some(Arc::default());
        self
    }

    /// Has every attempt signed.
    pub fn signer(mut self, signer: Arc<dyn Signer>) -> Self {
        self.0.signer = Some(signer);
        self
    }

    /// Has every attempt carried out by `middleware`.
    pub fn middleware(mut self, middleware: Arc<dyn Middleware>) -> Self {
        self.0.middleware = Some(middleware);
        self
    }

    /// Sets the deadlines. The one for connecting belongs to the HTTP client and is not used here.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.0.deadlines = deadlines;
        self
    }

    /// Sets the largest body that is read, in bytes; 64 KiB by default.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.0.body_limit = bytes;
        self
    }

    /// Sets the largest body of a program's own request that is read, in bytes; 16 MiB by default.
    pub fn own_body_limit(mut self, bytes: usize) -> Self {
        self.0.own_body_limit = bytes;
        self
    }

    /// Sets how often and how fast calls are repeated where the spec allows it.
    pub fn retry(mut self, policy: impl Backoff + 'static) -> Self {
        self.0.retry = Arc::new(policy);
        self
    }

    /// Has responses compared with the spec.
    #[cfg(feature = "drift")]
    pub fn observe_drift(mut self, observer: DriftObserver) -> Self {
        self.0.drift = Some(observer);
        self
    }

    /// Builds the transport.
    pub fn build(mut self) -> Transport {
        let Inner { api, secrets, credentials, credential_headers, headers, .. } = &mut self.0;
        credential_headers.clear();
        for (name, credential) in credentials {
            let Some(scheme) = api.security_scheme(name) else { continue };
            let header = credential.header(scheme);
            if scheme.secret {
                secrets.keep(&credential.secrets());
                let value = header.as_ref().ok().and_then(|(_, value)| value.to_str().ok());
                value.into_iter().for_each(|value| secrets.keep_header(value));
            }
            credential_headers.insert(name, header);
        }
        headers.iter().for_each(|(_, value)| secrets.keep_header(value.expose()));
        Transport(Arc::new(self.0))
    }
}

impl Transport {
    /// Starts building a transport for a generated client.
    pub fn builder(api: &'static Api) -> TransportBuilder {
        TransportBuilder(Inner {
            api,
            secrets: Secrets::default(),
            credentials: BTreeMap::new(),
            credential_headers: BTreeMap::new(),
            headers: Vec::new(),
            open_headers: Vec::new(),
            cookies: None,
            signer: None,
            middleware: None,
            limiter: Arc::new(RateLimiter::new(api)),
            deadlines: Deadlines::default(),
            body_limit: DEFAULT_BODY_LIMIT,
            own_body_limit: DEFAULT_OWN_BODY_LIMIT,
            retry: Arc::new(RetryPolicy::default()),
            #[cfg(feature = "drift")]
            drift: None,
        })
    }

    /// Records a call that was made elsewhere, this long ago. It counts towards the rate limits, because the broker counts
    /// all calls from one address together.
    pub fn record_call(&self, operation: &str, ago: Duration) {
        self.0.limiter.record(operation, ago);
    }

    /// How many calls wait for the rate limit that all operations have together.
    pub fn waiting_calls(&self) -> usize {
        self.0.limiter.waiting()
    }

    /// Blocks all calls for this long, because of a penalty that was earned elsewhere; for
    /// [`MAX_RETRY_AFTER`](crate::MAX_RETRY_AFTER) at most.
    pub fn block_for(&self, wait: Duration) {
        self.0.limiter.block_for(wait);
    }

    /// The same transport with another credential for the security scheme of this name.
    pub fn with_credential(&self, scheme: &'static str, credential: Credential) -> Self {
        TransportBuilder((*self.0).clone()).credential(scheme, credential).build()
    }

    /// The same transport with another signer, and the same rate limits and secrets.
    pub fn with_signer(&self, signer: Arc<dyn Signer>) -> Self {
        TransportBuilder((*self.0).clone()).signer(signer).build()
    }

    /// The same transport without its signer.
    pub fn without_signer(&self) -> Self {
        let mut inner = (*self.0).clone();
        inner.signer = None;
        TransportBuilder(inner).build()
    }

    /// The same transport with one more header that is not secret.
    pub fn with_open_header(&self, name: HeaderName, value: HeaderValue) -> Self {
        TransportBuilder((*self.0).clone()).open_header(name, value).build()
    }

    /// The hook before a request: adds what identifies the caller and marks every secret header. Each attempt is signed by
    /// itself.
    ///
    /// # Errors
    /// `UnexpectedResponse` with a [`Failure`], if a credential that the operation needs was not given. Nothing has been
    /// sent then.
    pub fn pre<E>(&self, request: &mut Request, info: &OperationInfo) -> Result<(), Error<E>> {
        let operation = self.operation(info).map_err(unexpected)?;
        let prepared = self.prepare(operation, request);
        prepared.map_err(|message| unexpected(Failure::invalid_request(message).during(operation)))
    }

    fn prepare(&self, operation: &Operation, request: &mut Request) -> Result<(), String> {
        if expects_length(request) {
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let headers = request.headers_mut();
        // progenitor always adds it, and no broker expects it.
        headers.remove("api-version");
        // A failure is JSON also where a success has no body.
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        for name in operation.secret_headers {
            if let Some(value) = headers.get_mut(*name) {
                value.set_sensitive(true);
                self.0.remember([&*value]);
            }
        }
        self.identify(operation, headers)?;
        take_over(request);
        Ok(())
    }

    /// Adds the headers that identify the caller as `operation` requires it, and those that go on every request, marked
    /// as sensitive. A signature is not among them: see [`Transport::sign`].
    ///
    /// # Errors
    /// If a credential was not given, or cannot stand in a header; the message does not hold it.
    pub fn identify(&self, operation: &Operation, headers: &mut HeaderMap) -> Result<(), String> {
        for name in operation.security {
            let header = self.0.credential_headers.get(name);
            let (name, value) = header
                .ok_or_else(|| {
                    format!("`{}` needs the credential `{name}`, which was not given", operation.id)
                })?
                .clone()?;
            headers.insert(name, value);
        }
        for (name, value) in &self.0.open_headers {
            headers.insert(name, value.clone());
        }
        put_headers(headers, &self.0.headers)
    }

    /// Adds the server's cookies where they are taken over, and the signer's headers if there is a signer, marked as
    /// sensitive.
    ///
    /// # Errors
    /// The signer's error, or that a value cannot stand in a header; the message does not hold it.
    pub fn sign(&self, request: &mut Request) -> Result<(), String> {
        self.0.sign(request)
    }

    /// The hook that sends a request, as often as spec, policy, rate limits and deadlines allow.
    ///
    /// # Errors
    /// None: a call without a response becomes a response that carries a [`Failure`], like every other failure.
    pub async fn exec(
        &self,
        client: &Client,
        request: Request,
        info: &OperationInfo,
    ) -> reqwest::Result<Response> {
        let outcome = match self.operation(info) {
            Ok(operation) => self.0.call(client, request, Call::Operation(operation)).await,
            Err(failure) => Err(failure),
        };
        Ok(outcome.unwrap_or_else(Failure::into_response))
    }

    /// The hook after a request: turns a response that carries a [`Failure`] into an error.
    ///
    /// # Errors
    /// `UnexpectedResponse`, with the failure among the extensions of the response.
    pub fn post<E>(&self, result: &reqwest::Result<Response>) -> Result<(), Error<E>> {
        // The hook has the response on loan, so the failure is copied.
        let failure = result.as_ref().ok().and_then(|response| response.extensions().get::<Failure>());
        failure.map_or(Ok(()), |failure| Err(unexpected(failure.clone())))
    }

    /// Sends a request of the program's own, which the spec does not describe. It counts towards the rate limits that all
    /// operations share, and keeps to the deadlines. It is repeated only if no connection was made.
    ///
    /// # Errors
    /// If there is no response, or one with another status than a success. A success is a failure if it holds a code or
    /// a sentence of the spec's table at its top level, or if it is an HTML page and the request does not accept HTML.
    pub async fn send_own(&self, client: &Client, mut request: Request) -> Result<Response, Failure> {
        self.0.remember(request.headers().values());
        take_over(&mut request);
        let mut accepted = request.headers().get_all(header::ACCEPT).iter();
        let accepts_html = accepted.any(|value| value.to_str().is_ok_and(|value| value.contains("html")));
        let is_safe = request.method().is_safe();
        let outcome = self.0.call(client, request, Call::Own { accepts_html }).await;
        outcome.map_err(|failure| Failure { is_repeatable: is_safe, ..failure })
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    fn operation(&self, info: &OperationInfo) -> Result<&'static Operation, Failure> {
        self.0.api.operation(info.operation_id).ok_or_else(|| {
            let (id, title) = (info.operation_id, self.0.api.title);
            Failure::invalid_request(format!("`{id}` is not an operation of {title}"))
        })
    }
}

impl Inner {
    /// Puts the server's cookies and the signer's headers on a request.
    pub(crate) fn sign(&self, request: &mut Request) -> Result<(), String> {
        self.put_cookies(request)?;
        match &self.signer {
            Some(signer) => self.sign_with(&**signer, request),
            None => Ok(()),
        }
    }

    /// Puts the server's cookies on a request, where they are taken over.
    pub(crate) fn put_cookies(&self, request: &mut Request) -> Result<(), String> {
        let Some(cookies) = &self.cookies else { return Ok(()) };
        let url = request.url().clone();
        cookies.apply(&url, request.headers_mut())?;
        self.remember(request.headers().get_all(header::COOKIE));
        Ok(())
    }

    /// Puts a signer's headers on a request.
    pub(crate) fn sign_with(&self, signer: &dyn Signer, request: &mut Request) -> Result<(), String> {
        let signature = signer.sign(request)?;
        let is_one_time = signer.is_one_time();
        for (_, secret) in &signature {
            if is_one_time {
                self.secrets.add_one_time_header(secret.expose());
            } else {
                self.secrets.add_header(secret.expose());
            }
        }
        put_headers(request.headers_mut(), &signature)
    }

    /// Adds the values that are sensitive to the secrets.
    pub(crate) fn remember<'a>(&self, values: impl IntoIterator<Item = &'a HeaderValue>) {
        let values = values.into_iter().filter(|value| value.is_sensitive());
        values.filter_map(|value| value.to_str().ok()).for_each(|value| self.secrets.add_header(value));
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("api", &self.0.api.title)
            .field("deadlines", &self.0.deadlines)
            .field("body_limit", &self.0.body_limit)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportBuilder").field("api", &self.0.api.title).finish_non_exhaustive()
    }
}

/// The error of a generated client that carries a failure.
fn unexpected<E>(failure: Failure) -> Error<E> {
    Error::UnexpectedResponse(failure.into_response())
}

/// Whether the request needs `Content-Length: 0`, because its method expects a body and there is none (RFC 9110, section
/// 8.6). Some servers respond with 411 without it.
fn expects_length(request: &Request) -> bool {
    let has_body = request.body().is_some_and(|body| body.as_bytes().is_none_or(|bytes| !bytes.is_empty()));
    !has_body && [Method::POST, Method::PUT, Method::PATCH].contains(request.method())
}
