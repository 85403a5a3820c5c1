//! The one place that sends a request.
//!
//! A generated client hands every request to its [`Transport`] (the inner type of progenitor's hooks),
//! which adds what identifies the caller, keeps to deadlines, repeats only what the spec allows, and looks
//! at the answer before the generated code decodes it.
#![expect(
    clippy::result_large_err,
    reason = "the hooks return progenitor's error, which is as large as it is"
)]

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use progenitor_client::{Error, OperationInfo};
use reqwest::{Client, Request, Response};
use tracing::Instrument;
use url::Url;

use crate::{
    Api, Backoff, Credential, Deadlines, DriftObserver, Exchange, Kept, Operation, RetryPolicy, Secret,
    Signer,
    answer::rebuild,
    cookies::Cookies,
    pace::Pace,
    sending,
    sent::{parts, take_over},
    signer::{Signatures, put},
};

/// The largest answer of a session API is a few thousand bytes. A hostile one of this size takes about a hundred times
/// as much memory while it is decoded.
const DEFAULT_BODY_LIMIT: usize = 64 << 10;

/// Sends the requests of one generated client. Cheap to clone.
///
/// It keeps to the limits of the spec: a call waits for its turn, together with all calls of the clones of
/// this transport, and is held back if the turn would come after its deadline ([`Unfit::HeldBack`]).
///
/// [`Unfit::HeldBack`]: crate::Unfit::HeldBack
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) api: &'static Api,
    pub(crate) credentials: BTreeMap<&'static str, Credential>,
    pub(crate) headers: Vec<(HeaderName, Secret)>,
    /// Headers that are no secret.
    pub(crate) open_headers: HeaderMap,
    /// The server's cookies, where they are taken over.
    pub(crate) cookies: Option<Arc<Cookies>>,
    pub(crate) signer: Option<Arc<dyn Signer>>,
    pub(crate) signatures: Arc<Signatures>,
    pub(crate) exchange: Option<Arc<dyn Exchange>>,
    pub(crate) pace: Arc<Pace>,
    pub(crate) deadlines: Deadlines,
    pub(crate) body_limit: usize,
    pub(crate) retry: Arc<dyn Backoff>,
    pub(crate) drift: Option<DriftObserver>,
}

/// Builds a [`Transport`].
#[derive(Clone)]
pub struct TransportBuilder(Inner);

impl TransportBuilder {
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

    /// Puts a header on every request that is no secret, unless [`TransportBuilder::header`] has another value for it.
    pub fn open_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.open_headers.insert(name, value);
        self
    }

    /// Takes over the cookies that the server sets, and sends them back to it, in place of those of the same names that
    /// the caller has given. They are treated as secrets, and kept for as long as the transport lives.
    pub fn take_over_cookies(mut self) -> Self {
        self.0.cookies = Some(Arc::default());
        self
    }

    /// Has every attempt signed.
    pub fn signer(mut self, signer: Arc<dyn Signer>) -> Self {
        self.0.signer = Some(signer);
        self
    }

    /// Has every attempt carried out by `exchange`.
    pub fn exchange(mut self, exchange: Arc<dyn Exchange>) -> Self {
        self.0.exchange = Some(exchange);
        self
    }

    /// Sets the deadlines. The one for connecting belongs to the HTTP client and is not used here.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.0.deadlines = deadlines;
        self
    }

    /// Sets the largest body that is read, in bytes; 64 KiB unless told.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.0.body_limit = bytes;
        self
    }

    /// Sets how often and at which pace calls are repeated where the spec allows it.
    pub fn retry(mut self, policy: impl Backoff + 'static) -> Self {
        self.0.retry = Arc::new(policy);
        self
    }

    /// Has answers compared with the spec.
    pub fn observe_drift(mut self, observer: DriftObserver) -> Self {
        self.0.drift = Some(observer);
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
            headers: Vec::new(),
            open_headers: HeaderMap::new(),
            cookies: None,
            signer: None,
            signatures: Arc::default(),
            exchange: None,
            pace: Arc::new(Pace::new(api)),
            deadlines: Deadlines::default(),
            body_limit: DEFAULT_BODY_LIMIT,
            retry: Arc::new(RetryPolicy::default()),
            drift: None,
        })
    }

    /// Takes note of a call that was made elsewhere, this long ago: to the broker all calls from an address are one
    /// caller's. It counts towards the rate limits.
    pub fn note_call(&self, operation: &str, ago: Duration) {
        self.0.pace.called(operation, ago);
    }

    /// Holds all calls back for this long, because of a penalty that was earned elsewhere; for a day at most.
    pub fn keep_out(&self, left: Duration) {
        self.0.pace.keep_out(left);
    }

    /// The same transport with another credential for the security scheme of this name.
    pub fn with_credential(&self, scheme: &'static str, credential: Credential) -> Self {
        TransportBuilder((*self.0).clone()).credential(scheme, credential).build()
    }

    /// The hook before a request: adds what identifies the caller and marks every secret header.
    ///
    /// # Errors
    /// `InvalidRequest` if a credential that the operation needs was not given, or the request cannot be
    /// signed. Nothing has been sent then.
    pub fn pre<E>(&self, request: &mut Request, info: &OperationInfo) -> Result<(), Error<E>> {
        let operation = self.operation(info)?;
        if expects_length(request) {
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let headers = request.headers_mut();
        // progenitor always sends it; no broker asks for it.
        headers.remove("api-version");
        for name in operation.secret_headers {
            if let Some(value) = headers.get_mut(*name) {
                value.set_sensitive(true);
            }
        }
        self.identify(operation, headers).map_err(Error::InvalidRequest)?;
        take_over(request);
        self.0.sign(request).map_err(Error::InvalidRequest)
    }

    /// Adds the headers that identify the caller as `operation` asks for it, and those that go on every
    /// request, marked as sensitive. A signature is not among them: see [`Transport::sign`].
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
        for (name, value) in &self.0.open_headers {
            headers.insert(name, value.clone());
        }
        put(headers, &self.0.headers)
    }

    /// Adds what belongs to a request of this method to this URL, marked as sensitive: the server's cookies where they
    /// are taken over, and the signer's headers if there is a signer.
    ///
    /// # Errors
    /// What the signer says, or that a value cannot stand in a header; the text does not hold it.
    pub fn sign(&self, method: &Method, url: &Url, headers: &mut HeaderMap) -> Result<(), String> {
        self.0.sign_headers(method, url, headers)
    }

    /// What the caller has supplied, whole and in parts: the headers, and the latest signatures; and the server's
    /// cookies. A response may quote it in a string that is shown.
    pub fn supplied(&self) -> Vec<Secret> {
        let headers = self.0.headers.iter().flat_map(|(_, secret)| parts(secret.expose()));
        let cookies = self.0.cookies.iter().flat_map(|cookies| cookies.secrets());
        headers.chain(self.0.signatures.recent()).chain(cookies).collect()
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
        let span = sending::span(&request, info);
        self.0.attempts(client, request, info).instrument(span).await
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

    fn operation<E>(&self, info: &OperationInfo) -> Result<&'static Operation, Error<E>> {
        self.0.api.operation(info.operation_id).ok_or_else(|| {
            Error::InvalidRequest(format!(
                "`{}` is not an operation of {}",
                info.operation_id, self.0.api.title
            ))
        })
    }
}

impl Inner {
    /// Puts the server's cookies and the signer's headers on a request.
    pub(crate) fn sign(&self, request: &mut Request) -> Result<(), String> {
        let (method, url) = (request.method().clone(), request.url().clone());
        self.sign_headers(&method, &url, request.headers_mut())
    }

    fn sign_headers(&self, method: &Method, url: &Url, headers: &mut HeaderMap) -> Result<(), String> {
        if let Some(cookies) = &self.cookies {
            cookies.apply(url, headers)?;
        }
        match &self.signer {
            Some(signer) => {
                let signature = signer.sign(method, url)?;
                self.signatures.remember(&signature);
                put(headers, &signature)
            }
            None => Ok(()),
        }
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

/// Whether the request needs `Content-Length: 0`, because its method says that there is a body and there is
/// none (RFC 9110, section 8.6). Some servers answer 411 without it.
fn expects_length(request: &Request) -> bool {
    let has_body = request.body().is_some_and(|body| body.as_bytes().is_none_or(|bytes| !bytes.is_empty()));
    !has_body && [Method::POST, Method::PUT, Method::PATCH].contains(request.method())
}
