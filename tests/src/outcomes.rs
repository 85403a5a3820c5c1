//! The generated client against every documented response, and its requests against the spec.

use broker_session_openapi::Operation;
use broker_session_runtime::{Deadlines, ErrorKind, HttpClientBuilder, Reason, contract::Outcome};
use http::StatusCode;
use serde_json::Value;

use crate::{
    Case, Generated, Judge, MockApi, Report, Spec, arguments, as_received, check_request, mutations, of_text,
    requests::transport,
};

/// Where the APIs are served: below a path, as the brokers do.
const PREFIX: &str = "/apim";

/// Serves every documented response and compares what the generated client makes of it.
pub async fn check_outcomes<G: Generated>() -> Report {
    let spec = G::spec();
    let mock = MockApi::start(PREFIX).await;
    let http = http();
    let mut report = Report::default();
    for case in spec.cases() {
        mock.clear();
        mock.respond_with(case.operation, &case);
        let arguments = arguments(case.operation, first_body(case.operation));
        let outcome = G::call(&client::<G>(&mock, &http), &case.operation.id, &arguments).await;
        let outcome = outcome.and_then(|outcome| compare(spec, &case, outcome));
        report.add(case.label(), outcome);
    }
    report
}

/// Calls every operation with every example of its body, and with and without its optional parameters, and
/// compares the request with the spec.
pub async fn check_requests<G: Generated>() -> Report {
    let spec = G::spec();
    let mock = MockApi::start(PREFIX).await;
    let http = http();
    let mut report = Report::default();
    for operation in &spec.operations {
        let examples = operation.body.iter().flat_map(|media| &media.examples);
        let mut bodies: Vec<Option<&Value>> = examples.map(|example| Some(&example.value)).collect();
        if operation.body.is_none() {
            bodies.push(None);
        }
        // What is optional is given in one call and left out in another.
        let mut bare = operation.clone();
        bare.parameters.retain(|parameter| parameter.required);
        let given =
            [operation, &bare].into_iter().take(1 + usize::from(bare.parameters != operation.parameters));
        for (operation, body) in given.flat_map(|given| bodies.iter().map(move |body| (given, *body))) {
            mock.clear();
            mock.respond_with(operation, &spec.first_success(&operation.id));
            let outcome =
                G::call(&client::<G>(&mock, &http), &operation.id, &arguments(operation, body)).await;
            let outcome = outcome.and_then(|_| match mock.requests().as_slice() {
                [request] => check_request(spec, operation, body, PREFIX, request),
                requests => Err(format!("{} requests were made", requests.len())),
            });
            report.add(&operation.id, outcome);
        }
    }
    report
}

/// Calls every operation with every almost-right body: the type of the body takes what its schema accepts and
/// nothing else.
pub async fn check_bodies<G: Generated>() -> Report {
    let spec = G::spec();
    let mock = MockApi::start(PREFIX).await;
    let http = http();
    let judge = Judge::new(spec);
    let mut report = Report::default();
    for operation in &spec.operations {
        mock.clear();
        mock.respond_with(operation, &spec.first_success(&operation.id));
        // A string has no fields to be changed.
        let media = operation.body.as_ref().filter(|media| media.media_type != "text/plain");
        let Some(media) = media else { continue };
        for mutation in media.examples.iter().flat_map(|example| mutations(&example.value)) {
            let arguments = arguments(operation, Some(&mutation.value));
            let taken = G::call(&client::<G>(&mock, &http), &operation.id, &arguments).await.is_ok();
            report.same(
                format!("{}, {}", operation.id, mutation.what),
                &taken,
                &judge.accepts(&media.schema, &mutation.value),
            );
        }
    }
    report
}

/// An HTTP client without TLS.
pub(crate) fn http() -> reqwest::Client {
    let http = HttpClientBuilder::new().only_given_roots(true);
    http.build(Deadlines::default()).expect("a client without TLS")
}

/// A client for one call. A second one would be held back where the broker takes no more at a time, or after
/// a response that says so.
fn client<G: Generated>(mock: &MockApi, http: &reqwest::Client) -> G::Client {
    client_at::<G>(&mock.base_url(), http)
}

/// The same at this base URL.
pub(crate) fn client_at<G: Generated>(base: &str, http: &reqwest::Client) -> G::Client {
    G::client(base, http.clone(), transport(G::api()).build())
}

/// The first example of an operation's body.
pub(crate) fn first_body(operation: &Operation) -> Option<&Value> {
    let media = operation.body.as_ref()?;
    media.examples.first().map(|example| &example.value)
}

/// Compares what the generated client has made of a documented response with what the spec says of it.
pub(crate) fn compare(spec: &Spec, case: &Case<'_>, outcome: Outcome) -> Result<(), String> {
    let same_value = |status: StatusCode, value: Value| {
        let expected = as_received(spec, case);
        match status.as_u16() == case.response.status && value == expected {
            true => Ok(()),
            false => Err(format!(
                "\n    found    {status} {value}\n    expected {} {expected}",
                case.response.status
            )),
        }
    };
    let found = match outcome {
        Outcome::Success(status, value) if case.is_success() => return same_value(status, value),
        Outcome::Failure(failure) if !case.is_success() || case.kind().is_some() => failure,
        other => return Err(format!("came out as {other:?}")),
    };
    let text = case.value().as_str().filter(|_| !case.is_json());
    let expected = text.map_or_else(|| (found.code.clone(), found.message.clone()), of_text);
    let is_as_described = match &found.reason {
        Reason::Redirect { .. } => case.response.is_redirect(),
        Reason::Status => !case.is_success() && case.is_json(),
        Reason::FailureInBody | Reason::Unconfirmed => case.is_success() && case.is_json(),
        Reason::Empty => case.body().is_empty(),
        Reason::NotJson => text.is_some_and(|text| !text.is_empty()),
        _ => false,
    };
    let same_status = found.status == Some(case.response.status);
    // Where a call is about nothing but the single sign-on, the crate understands the end of a session as that of the login.
    let is_same_or_over = |kind: ErrorKind| {
        kind == found.kind || (kind, found.kind) == (ErrorKind::LoginRequired, ErrorKind::SessionExpired)
    };
    let same_kind = case.kind().and_then(ErrorKind::from_name).is_none_or(is_same_or_over);
    match same_status
        && same_kind
        && is_as_described
        && (found.code.clone(), found.message.clone()) == expected
    {
        true => Ok(()),
        false => Err(format!("{found:?} in place of {:?} {expected:?}", case.kind())),
    }
}
