//! A broker in memory: an exchange that makes the responses itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use broker_session_runtime::Middleware;
use reqwest::{Body, Client, Request, Response, ResponseBuilderExt};
use url::{Url, form_urlencoded::byte_serialize};

use super::FuzzedResponse;
use crate::{Broker, echo::secretive, leak_detector::canary, lock, responses::Responses};

/// A broker for which everything goes well but for one operation, of whose response each part is given.
pub struct InMemoryServer {
    broker: Arc<Secretive>,
    prefix: &'static str,
    target: String,
    given: Box<Make>,
    log: Mutex<Log>,
}

/// Makes a response of the secrets that the client knows.
type Make = dyn Fn(&[String]) -> http::Response<Body> + Send + Sync;

/// The responses of a broker, with canaries for secrets, and what those are called.
type Secretive = (Responses, BTreeSet<String>);

#[derive(Default)]
struct Log {
    /// The operation and the URL of each request.
    calls: Vec<(String, Url)>,
    /// What the client has sent and heard so far that is secret.
    secrets: Vec<String>,
}

impl InMemoryServer {
    /// The broker, and its exchange for a connection.
    pub fn new<B: Broker>(given: &FuzzedResponse<'_>) -> Arc<Self> {
        let FuzzedResponse { status, headers, body, is_cut, .. } = given.clone();
        let response = move |secrets: &[String]| {
            let mut response = http::Response::new(());
            *response.status_mut() = status;
            *response.headers_mut() = headers.clone();
            let body = with_secrets(&body, secrets);
            response.map(|()| if is_cut { cut(body) } else { body.into() })
        };
        Arc::new(Self {
            broker: known::<B>(&given.operation.id),
            prefix: B::PREFIX,
            target: given.operation.id.clone(),
            given: Box::new(response),
            log: Mutex::default(),
        })
    }

    /// How often the operation was called whose response is given.
    pub fn count(&self) -> usize {
        self.log().calls.iter().filter(|(operation, _)| *operation == self.target).count()
    }

    /// How many requests there were.
    pub fn calls(&self) -> usize {
        self.log().calls.len()
    }

    /// Where requests went to.
    pub fn urls(&self) -> Vec<Url> {
        self.log().calls.iter().map(|(_, url)| url.clone()).collect()
    }

    /// Says that the client knows a secret.
    pub fn note(&self, secret: &str) {
        self.log().secrets.push(secret.to_owned());
    }

    fn respond(&self, request: &Request) -> http::Response<Body> {
        let mut log = self.log();
        let found = self.broker.0.find(request.method().as_str(), self.prefix, request.url().path());
        let (operation, ready) = found.map_or(("", None), |(operation, ready)| (operation, Some(ready)));
        log.calls.push((operation.to_owned(), request.url().clone()));
        if operation == self.target {
            return (self.given)(&log.secrets);
        }
        let Some(ready) = ready else {
            let response = http::Response::builder().status(404).body(Body::default());
            return response.expect("a status");
        };
        let text = String::from_utf8_lossy(&ready.body);
        let said = self.broker.1.iter().map(|name| canary(name)).filter(|secret| text.contains(secret));
        log.secrets.extend(said);
        let mut response = http::Response::builder().status(ready.status);
        for (name, value) in &ready.headers {
            response = response.header(name, value);
        }
        response.body(ready.body.clone().into()).expect("a response of the spec")
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }
}

impl Middleware for InMemoryServer {
    fn execute<'a>(
        &'a self,
        _client: &'a Client,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        let (parts, body) = self.respond(&request).into_parts();
        let mut response = http::Response::builder().status(parts.status).url(request.url().clone());
        if let Some(headers) = response.headers_mut() {
            *headers = parts.headers;
        }
        let response = response.body(body).expect("a status and a URL that were there");
        Box::pin(std::future::ready(Ok(response.into())))
    }
}

/// The responses of this broker while an operation is tried. They are made once.
fn known<B: Broker>(tried: &str) -> Arc<Secretive> {
    static KNOWN: Mutex<BTreeMap<(&str, String), Arc<Secretive>>> = Mutex::new(BTreeMap::new());
    let mut known = lock(&KNOWN);
    let make = || {
        let (responses, names) = secretive::<B>(canary);
        Arc::new((responses.beside::<B>(tried), names))
    };
    known.entry((B::api().title, tried.to_owned())).or_insert_with(make).clone()
}

/// The first half, and then the end of the connection.
fn cut(body: Vec<u8>) -> Body {
    let half = body[..body.len() / 2].to_vec();
    let end = std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the connection has ended");
    Body::wrap_stream(futures::stream::iter([Ok(half), Err(end)]))
}

/// The forms in which [`written`] writes a secret.
pub(super) const FORMS: [u8; 4] = *b"rjub";

/// The body with secrets in place of `$`, a letter and a digit. The letter says how it is written: `r` as it is, `j` as
/// JSON does, `u` as forms do, `b` in base64.
pub(super) fn with_secrets(body: &[u8], secrets: &[String]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((first, after)) = rest.split_first() {
        let place = match rest {
            [b'$', form, digit @ b'0'..=b'9', ..] if FORMS.contains(form) => {
                secrets.get(usize::from(digit - b'0')).map(|secret| written(*form, secret))
            }
            _ => None,
        };
        match place {
            Some(text) => {
                out.extend_from_slice(text.as_bytes());
                rest = &rest[3..];
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

pub(super) fn written(form: u8, secret: &str) -> String {
    match form {
        b'j' => within_quotation_marks(&serde_json::Value::from(secret).to_string()).to_owned(),
        b'u' => byte_serialize(secret.as_bytes()).collect(),
        b'b' => STANDARD.encode(secret),
        _ => secret.to_owned(),
    }
}

/// Without the first and the last one; a secret may begin and end with such a mark, too.
fn within_quotation_marks(json: &str) -> &str {
    json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or(json)
}
