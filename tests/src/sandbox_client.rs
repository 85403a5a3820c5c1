//! The sandbox against the spec: whatever is documented can be had from it, and whatever it sends by itself is documented.
//!
//! Which example a response is does not show in its values, since a sandbox makes up its own. It is an example if it has its
//! status and its media type, the same fields with values of the same types, and the same flags; of a failure also the broker's
//! code and message, though not the details after them.

use std::{
    collections::BTreeSet,
    pin::Pin,
    sync::{Arc, Mutex},
};

use broker_session_runtime::{Credential, Middleware, RetryPolicy, Secret, Transport};
use broker_session_sandbox::{Broker, Builder, Fault, Operation as _, Sandbox};
use http::{HeaderValue, StatusCode};
use reqwest::{Client, Request, Response};
use serde_json::Value;

use crate::{
    Case, Generated, Judge, Report, arguments, lock,
    outcomes::{client_at, compare, first_body, http},
    without_nulls,
};

/// A client of a sandbox's, with credentials, that compares whatever comes back with the spec.
pub struct SandboxClient<G> {
    http: Client,
    base: String,
    credentials: Vec<(&'static str, Credential)>,
    judge: Judge<'static>,
    report: Report,
    /// The operations that have gone well.
    succeeded: BTreeSet<String>,
    overheard: Arc<Overheard>,
    api: std::marker::PhantomData<G>,
}

impl<G: Generated> SandboxClient<G> {
    /// A client without a base URL.
    pub fn new() -> Self {
        Self {
            http: http(),
            base: String::new(),
            credentials: Vec::new(),
            judge: Judge::new(G::spec()),
            report: Report::default(),
            succeeded: BTreeSet::new(),
            overheard: Arc::default(),
            api: std::marker::PhantomData,
        }
    }

    /// Calls at this base URL from now on.
    pub fn at(&mut self, base: &str) -> &mut Self {
        base.clone_into(&mut self.base);
        self
    }

    /// Carries this credential from now on.
    pub fn with(&mut self, scheme: &'static str, credential: Credential) -> &mut Self {
        self.credentials.retain(|(known, _)| *known != scheme);
        self.credentials.push((scheme, credential));
        self
    }

    /// The same with a token.
    pub fn with_token(&mut self, scheme: &'static str, token: &str) -> &mut Self {
        self.with(scheme, Credential::Token(Secret::new(token.to_owned())))
    }

    /// Calls an operation with the arguments of the spec's examples, but for these parameters and fields of the body.
    /// Gives the response: JSON, or null. It must be one that the spec documents, and counts for every example that it is.
    pub async fn call(&mut self, operation: &str, given: &[(&str, &str)]) -> Value {
        let operation = G::spec().operation(operation);
        let mut arguments = arguments(operation, first_body(operation));
        for (name, value) in given {
            let place = match arguments.get(name) {
                Some(_) => &mut arguments,
                None => &mut arguments["body"],
            };
            place[name] = (*value).into();
        }
        let heard = Arc::new(Heard::default());
        let transport = self
            .credentials
            .iter()
            .cloned()
            .fold(Transport::builder(G::api()), |transport, (scheme, credential)| {
                transport.credential(scheme, credential)
            });
        let transport = transport.retry(RetryPolicy::NEVER).middleware(heard.clone()).build();
        let client = G::client(&self.base, self.http.clone(), transport);
        let outcome = G::call(&client, &operation.id, &arguments).await;
        let Some(response) = heard.take() else {
            self.report.add(&operation.id, Err::<(), _>(format!("there was no response: {outcome:?}")));
            return Value::Null;
        };
        self.compare(operation.id.as_str(), &response);
        response.json().unwrap_or_default()
    }

    /// A middleware for another client of the sandbox, one that signs its requests. What it has got counts as well once
    /// [`SandboxClient::compare_overheard`] is called.
    pub fn overhearing(&self) -> Arc<dyn Middleware> {
        self.overheard.clone()
    }

    /// Compares what the others have got, of operations of the spec.
    pub fn compare_overheard(&mut self) {
        let overheard = std::mem::take(&mut *lock(&self.overheard.0));
        for (method, path, response) in overheard {
            let mut operations = G::spec().operations.iter();
            let found =
                operations.find(|operation| operation.method == method && path.ends_with(&operation.path));
            if let Some(operation) = found {
                self.compare(&operation.id, &response);
            }
        }
    }

    fn compare(&mut self, operation: &str, response: &MockResponse) {
        let label = format!("{operation} {}", response.status);
        let cases: Vec<Case<'static>> = G::spec()
            .cases()
            .filter(|case| case.operation.id == operation && case.response.status == response.status)
            .collect();
        let schema =
            cases.iter().find_map(|case| case.media.filter(|_| case.is_json())).map(|media| &media.schema);
        let fits = match (cases.is_empty(), response.json(), schema) {
            (true, ..) => Err("the spec does not document this status".to_owned()),
            (_, Some(body), Some(schema)) if !self.judge.accepts(schema, &body) => {
                Err(format!("the body is not what the schema describes: {body}"))
            }
            (_, None, Some(_)) if cases.iter().all(Case::is_json) => Err("the body is not JSON".to_owned()),
            _ => Ok(()),
        };
        self.report.add(&label, fits);
        let is_success = (200..300).contains(&response.status);
        let failures = cases.iter().any(|case| case.kind().is_some() && response.is(case));
        if is_success && !failures {
            self.succeeded.insert(operation.to_owned());
        }
    }

    /// Fails the test unless every response was documented, every operation of the spec has gone well at least once, and
    /// `at_least` this much was checked.
    pub fn finish(self, at_least: usize) {
        let operations = G::spec().operations.iter().map(|operation| operation.id.as_str());
        let left: Vec<&str> = operations.filter(|id| !self.succeeded.contains(*id)).collect();
        assert!(left.is_empty(), "the sandbox has not let these go well: {left:?}");
        self.report.finish(at_least);
    }
}

impl<G: Generated> Default for SandboxClient<G> {
    fn default() -> Self {
        Self::new()
    }
}

/// Lets a response through and keeps a copy.
#[derive(Debug, Default)]
struct Heard(Mutex<Option<MockResponse>>);

impl Heard {
    fn take(&self) -> Option<MockResponse> {
        lock(&self.0).take()
    }
}

impl Middleware for Heard {
    fn execute<'a>(
        &'a self,
        client: &'a Client,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        Box::pin(async move {
            let (response, copy) = copied(client.execute(request).await?).await?;
            *lock(&self.0) = Some(copy);
            Ok(response)
        })
    }
}

/// Keeps a copy of every response, with the method and the path of its request.
#[derive(Debug, Default)]
struct Overheard(Mutex<Vec<(String, String, MockResponse)>>);

impl Middleware for Overheard {
    fn execute<'a>(
        &'a self,
        client: &'a Client,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        Box::pin(async move {
            let (method, path) = (request.method().to_string(), request.url().path().to_owned());
            let (response, copy) = copied(client.execute(request).await?).await?;
            lock(&self.0).push((method, path, copy));
            Ok(response)
        })
    }
}

/// The same response, and a copy of it.
async fn copied(response: Response) -> reqwest::Result<(Response, MockResponse)> {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await?;
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
    let copy = MockResponse {
        status: status.as_u16(),
        media_type: text("content-type"),
        location: text("location"),
        body: body.to_vec(),
    };
    let mut same = http::Response::builder().status(status);
    same.headers_mut().expect("a status that was there").extend(headers);
    Ok((same.body(body).expect("a status and headers that were there").into(), copy))
}

/// A response as it came.
#[derive(Debug)]
struct MockResponse {
    status: u16,
    media_type: Option<String>,
    location: Option<String>,
    body: Vec<u8>,
}

impl MockResponse {
    fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether it is this documented one.
    fn is(&self, case: &Case<'_>) -> bool {
        if let Some(location) = &case.response.location {
            let path = |location: &str| location.split('?').next().map(str::to_owned);
            return self.location.as_deref().and_then(path) == path(location);
        }
        let expected = case.body();
        if self.body.is_empty() || expected.is_empty() {
            return self.body.is_empty() && expected.is_empty();
        }
        let of_type = self.media_type.as_deref().and_then(|kind| kind.split(';').next());
        let same_type = of_type == case.media.map(|media| media.media_type.as_str());
        let same_value = || match (case.is_json(), self.json()) {
            (true, Some(found)) => {
                same(&without_nulls(case.value().clone()), &without_nulls(found), case.kind().is_some())
            }
            (is_json, _) => !is_json,
        };
        same_type && same_value()
    }
}

/// Whether two values have the same fields of the same types, and the same flags; of a failure the same words.
fn same(expected: &Value, found: &Value, is_failure: bool) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let names: BTreeSet<&String> = expected.keys().collect();
            names == found.keys().collect()
                && expected.iter().all(|(name, value)| {
                    // Details differ from one case to the next.
                    let is_failure = is_failure && name != "description";
                    found.get(name).is_some_and(|found| same(value, found, is_failure))
                })
        }
        (Value::Array(expected), Value::Array(found)) => match (expected.first(), found.first()) {
            (Some(expected), Some(found)) => same(expected, found, is_failure),
            (expected, found) => expected.is_none() && found.is_none(),
        },
        (Value::String(_), Value::String(_)) | (Value::Number(_), Value::Number(_)) => {
            !is_failure || expected == found
        }
        (expected, found) => expected == found,
    }
}

/// Tells a sandbox to give every documented response, and compares what the generated client makes of it.
pub async fn check_sandbox<G: Generated, S: Broker>(builder: Builder<S>) -> Report {
    let spec = G::spec();
    let sandbox = builder.start().await.expect("a sandbox on loopback");
    let http = http();
    let mut report = Report::default();
    for case in spec.cases() {
        let outcome = match tell(&sandbox, &case) {
            Ok(()) => {
                let arguments = arguments(case.operation, first_body(case.operation));
                let client = client_at::<G>(sandbox.base_url(), &http);
                let outcome = G::call(&client, &case.operation.id, &arguments).await;
                outcome.and_then(|outcome| compare(spec, &case, outcome))
            }
            Err(why) => Err(why),
        };
        report.add(case.label(), outcome);
    }
    report
}

/// Tells the sandbox to give this response next, and nothing else.
fn tell<S: Broker>(sandbox: &Sandbox<S>, case: &Case<'_>) -> Result<(), String> {
    let id = case.operation.id.as_str();
    let mut known = S::Operation::all().iter();
    let operation = known.find(|operation| operation.id() == id);
    let operation = *operation.ok_or_else(|| format!("the sandbox does not have the operation `{id}`"))?;
    let status = StatusCode::from_u16(case.response.status).map_err(|error| error.to_string())?;
    let fault = match (case.example, &case.response.location) {
        (Some(example), _) => {
            Sandbox::<S>::example(operation, status, &example.name).map_err(|error| error.to_string())?
        }
        (None, Some(location)) => {
            Fault::redirect(status, HeaderValue::from_str(location).map_err(|error| error.to_string())?)
        }
        (None, None) => Fault::empty(status),
    };
    sandbox.clear_faults();
    sandbox.inject(operation, fault);
    Ok(())
}
