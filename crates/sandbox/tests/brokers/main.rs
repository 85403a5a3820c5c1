//! The sandboxes over real sockets.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::Value;

use self::Body::{Any, Code, Has, Is};

mod accounts;
mod faults;
mod ibkr;
mod kotak;
mod neo;
mod server;

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const JSON: &str = "application/json";
const HTML: &str = "text/html";
const FORM: &str = "application/x-www-form-urlencoded";
/// The consumer key and the consumer secret of the sandboxes' accounts.
const BASIC: &str = "Basic c2FuZGJveC1jb25zdW1lci1rZXk6c2FuZGJveC1jb25zdW1lci1zZWNyZXQ=";

/// A client that follows no redirect and uses no proxy.
fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy()
}

/// A client at a base, with the headers that each of its requests has.
#[derive(Clone)]
struct Wire {
    http: reqwest::Client,
    base: String,
    headers: HeaderMap,
    /// Fields of responses, and the headers in which the next requests have their values.
    remembered: &'static [(&'static str, &'static str)],
}

impl Wire {
    fn new(base: &str) -> Result<Self> {
        Ok(Self { http: http().build()?, base: base.to_owned(), headers: HeaderMap::new(), remembered: &[] })
    }

    /// With this value in a header, or without the header.
    fn with<'a>(&self, name: &'static str, value: impl Into<Option<&'a str>>) -> Result<Self> {
        let mut wire = self.clone();
        wire.headers.remove(name);
        if let Some(value) = value.into() {
            wire.headers.insert(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
        Ok(wire)
    }

    /// Sends a request that is written as `METHOD /path body`, or with a whole URL. A body that is no JSON is a form.
    async fn send(&mut self, request: &str) -> Result<Response> {
        let mut parts = request.splitn(3, ' ');
        let mut part = || parts.next().unwrap_or_default();
        let (method, path, body) = (part().parse::<http::Method>()?, part(), part());
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut builder = self.http.request(method.clone(), url);
        if method == http::Method::POST {
            builder = builder.header(header::CONTENT_LENGTH, body.len()).body(body.to_owned());
        }
        if !body.is_empty() {
            builder = builder.header(header::CONTENT_TYPE, if body.starts_with('{') { JSON } else { FORM });
        }
        let response = builder.headers(self.headers.clone()).send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let response = Response { status, headers, body: response.text().await? };
        for (field, name) in self.remembered {
            if let Ok(value) = response.field(field) {
                self.headers.insert(HeaderName::from_bytes(name.as_bytes())?, value.parse()?);
            }
        }
        Ok(response)
    }
}

struct Response {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Response {
    /// The body as JSON, or else as a string.
    fn json(&self) -> Value {
        json(&self.body)
    }

    /// A string of the body, below whatever envelope.
    fn field(&self, name: &str) -> Result<String> {
        let body = self.json();
        let envelopes = ["", "/Success", "/success", "/data"].map(|envelope| format!("{envelope}/{name}"));
        let found = envelopes.iter().find_map(|pointer| body.pointer(pointer)?.as_str());
        Ok(found.ok_or_else(|| format!("no {name} in {body}"))?.to_owned())
    }

    /// Where a redirect leads, or else the media type.
    fn kind(&self) -> &str {
        let header = |name| self.headers.get(name)?.to_str().ok();
        let media_type = || header(header::CONTENT_TYPE)?.split(';').next();
        header(header::LOCATION).or_else(media_type).unwrap_or_default()
    }

    /// Holds that the response is as expected.
    #[track_caller]
    fn check(&self, holds: &str, status: u16, expected: Body<'_>) {
        let text = &self.body;
        assert_eq!(self.status, status, "{holds}: {text}");
        match expected {
            Any => {}
            Is(expected) => assert_eq!(self.json(), json(expected), "{holds}"),
            Has(expected) => {
                let is_there = text.contains(expected) || has(&self.json(), &json(expected));
                assert!(is_there, "{holds}: no {expected} in {text}");
            }
            Code(code) => {
                let body = self.json();
                let found = body.pointer("/fault/code").or(body.get("code"));
                let found = found.and_then(|found| found.as_i64().or_else(|| found.as_str()?.parse().ok()));
                assert_eq!(found, Some(code), "{holds}: {text}");
            }
        }
    }
}

/// What the body of a response must be.
#[derive(Clone, Copy)]
enum Body<'a> {
    Any,
    /// This, as JSON or else as text.
    Is(&'a str),
    /// It has these fields with these values, or this text in it.
    Has(&'a str),
    /// It is a failure with this code.
    Code(i64),
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn has(found: &Value, expected: &Value) -> bool {
    match (found.as_object(), expected.as_object()) {
        (Some(_), Some(expected)) => expected.iter().all(|(name, value)| has(&found[name], value)),
        _ => found == expected,
    }
}

/// A row of a test: what it holds, what happens first, the request, and the status and the body of its response.
type Step<'a, S> = (&'static str, fn(&S), &'a str, u16, Body<'a>);

async fn play<S>(sandbox: &S, wire: &mut Wire, steps: &[Step<'_, S>]) -> Result {
    for (holds, event, request, status, expected) in steps {
        event(sandbox);
        wire.send(request).await?.check(&format!("{holds} ({request})"), *status, *expected);
    }
    Ok(())
}

/// Plays the rows with a new sandbox, and gives that back.
async fn played<S>((sandbox, mut wire): (S, Wire), steps: &[Step<'_, S>]) -> Result<S> {
    play(&sandbox, &mut wire, steps).await?;
    Ok(sandbox)
}
