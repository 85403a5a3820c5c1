//! One response of whatever form, met by the generated client and by the whole flow that leads to it.

use std::{error::Error as _, sync::LazyLock, time::Duration};

use broker_session::{ClientOptions, Error, ErrorKind};
use broker_session_openapi::Operation;
use broker_session_runtime::{Deadlines, Environment, HttpClientBuilder, Reason, contract::Outcome};
use serde::de::IgnoredAny;
use serde_json::Value;
use url::Url;

use super::{FuzzedResponse, InMemoryServer};
use crate::{Broker, CANARY, Scenario, Target, arguments, hostile::kind_of, once, requests::transport};

/// What no input changes, with one HTTP client for all: to read root certificates takes longer than a call in memory.
static OPTIONS: LazyLock<ClientOptions> = LazyLock::new(|| once().share_http_client());

/// A port of loopback at which nobody is asked anything.
const NEAR: &str = "http://127.0.0.1:9";

/// No flow has more calls, and none of them may take longer than its deadline.
const LONGEST: Duration = Duration::from_secs(5 * 30);

/// What [`CANARY`] begins with in base64.
const ENCODED: &str = "Q0FOQVJZ";

/// Lets the call of the given operation have the given response, the steps before it going well.
///
/// The outcome is a value only if the response is a success that can be read as one, else an error that says what kind
/// it is, keeps operation and status, and has no secret in it; nothing was sent twice, nor to a host that is not the
/// broker's. Nothing if the response has a secret of its own making in it.
pub async fn check_response<B: Broker>(given: &FuzzedResponse<'_>) -> Option<Result<Value, Error>> {
    if has_canary(&String::from_utf8_lossy(&given.body)) || given.headers.values().any(is_canary) {
        return None;
    }
    let scenario = B::scenarios().iter().find(|scenario| scenario.operation == given.operation.id);
    let scenario = scenario.expect("a way to every operation");
    let memory = InMemoryServer::new::<B>(given);
    let log = memory.clone();
    let at = Target::new(base::<B>(given), OPTIONS.clone().middleware(memory.clone()))
        .with_canaries()
        .on_secret(move |secret| log.note(secret));
    let started = tokio::time::Instant::now();
    let outcome = (scenario.drive)(&at).await;
    assert!(started.elapsed() <= LONGEST, "it took {:?}", started.elapsed());
    assert_eq!(memory.count(), 1, "how often {} was called: {outcome:?}", scenario.operation);
    check_hosts::<B>(&memory, &at);
    match &outcome {
        Ok(_) => check_success(given),
        Err(error) => {
            check_silent(error);
            check_kind(given, scenario, error);
            let is_failure = given.status.is_client_error() || given.status.is_server_error();
            if is_failure && is_silent(given) {
                let kind = kind_of(given.operation, given.status.as_u16());
                assert_eq!(error.kind(), kind, "{error}");
            }
        }
    }
    Some(outcome)
}

/// The broker's own host in the environment that the examples are of, or one that stands for it.
fn base<B: Broker>(given: &FuzzedResponse<'_>) -> String {
    if !given.is_far {
        return format!("{NEAR}{}", B::PREFIX);
    }
    let api = B::api();
    let is_named = |url: &str| Url::parse(url).is_ok_and(|url| is_in_examples::<B>(url.host_str()));
    let named = api.all_servers().find(|server| is_named(server.url));
    let environment = named.map_or(Environment::Production, |server| server.environment);
    api.servers_of(environment).next().expect("a server in every environment").to_owned()
}

/// Whether the examples of successes name this host.
fn is_in_examples<B: Broker>(host: Option<&str>) -> bool {
    let Some(host) = host else { return false };
    let operations = B::spec().operations.iter();
    operations.map(|operation| B::spec().first_success(&operation.id)).any(|case| {
        let text = case.value().to_string();
        text.contains(&format!("/{host}"))
    })
}

/// Requests went to the base, or else to the broker's own hosts.
fn check_hosts<B: Broker>(memory: &InMemoryServer, at: &Target) {
    let own = || B::api().all_servers().map(|server| server.url).chain([at.base()]);
    for url in memory.urls() {
        let is_own = own().any(|own| Url::parse(own).is_ok_and(|own| own.origin() == url.origin()));
        assert!(is_own, "a request went to {url}");
    }
}

/// A success has a status of success, and something that its operation describes where something is read.
fn check_success(given: &FuzzedResponse<'_>) {
    let FuzzedResponse { operation, status, body, is_cut, .. } = given;
    assert!(status.is_success(), "{} with {status} came out as a success", operation.id);
    if !is_read(operation) {
        return;
    }
    assert!(!is_cut, "half of a response to {} came out as a success", operation.id);
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let is_empty = body.trim_ascii().is_empty() && operation.responses.iter().any(|known| known.may_be_empty);
    // What stands in fields that nobody reads need not be what Unicode or a number can hold.
    let is_json = std::str::from_utf8(body).is_ok_and(|text| {
        text.trim_ascii_start().starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(text).is_ok()
    });
    let has_places = body.contains(&b'$');
    assert!(is_empty || is_json || has_places, "{} came out as a success without being one", operation.id);
}

/// Whether somebody reads a success of the operation.
fn is_read(operation: &Operation) -> bool {
    operation.responses.iter().any(|response| response.status < 300 && !response.content.is_empty())
}

/// Whether nothing was said, or nothing whole, so that the status alone says what it means.
fn is_silent(given: &FuzzedResponse<'_>) -> bool {
    given.is_cut || given.body.trim_ascii().is_empty()
}

/// What is true of every error after a response.
fn check_kind(given: &FuzzedResponse<'_>, scenario: &Scenario, error: &Error) {
    assert!(ErrorKind::ALL.contains(&error.kind()), "{error:?}");
    assert_ne!(error.kind(), ErrorKind::Config, "{error:?}");
    // Steps of the flow that come after it are not this one's.
    let operation = error.operation().expect("an operation");
    if operation != scenario.operation {
        return;
    }
    // A success that nobody has described is as good as 200.
    let statuses =
        [given.status.as_u16(), if given.status.is_success() { 200 } else { given.status.as_u16() }];
    assert!(error.status().is_some_and(|status| statuses.contains(&status)), "{error:?}");
    assert!(!error.is_unsent(), "it was sent: {error:?}");
    assert!(!error.is_retryable() || given.operation.retry == "safe", "it may be sent only once: {error:?}");
    if given.status.is_redirection() {
        let kinds = [ErrorKind::Protocol, ErrorKind::HostNotAllowed, ErrorKind::LoginRequired];
        assert!(kinds.contains(&error.kind()), "{error:?}");
    }
}

/// Nothing that the error shows has a secret in it, or what a terminal would obey, or is without end.
fn check_silent(error: &Error) {
    let mut shown = vec![error.to_string(), format!("{error:?}"), format!("{error:#?}")];
    let mut source = error.source();
    while let Some(cause) = source {
        shown.extend([cause.to_string(), format!("{cause:?}")]);
        source = cause.source();
    }
    shown.extend([error.broker_code(), error.broker_message()].into_iter().flatten().map(str::to_owned));
    for text in &shown {
        assert!(!has_canary(text), "a secret shows: {text}");
        assert!(text.len() < 4000, "a string without end: {text}");
    }
    let message = &shown[0];
    assert!(!message.chars().any(char::is_control), "a terminal obeys: {message:?}");
}

/// Whether a string has a secret in it, or what may be taken for one.
fn has_canary(text: &str) -> bool {
    text.contains(ENCODED) || text.to_ascii_uppercase().contains(CANARY)
}

fn is_canary(value: &http::HeaderValue) -> bool {
    has_canary(&String::from_utf8_lossy(value.as_bytes()))
}

/// What the generated client makes of a response agrees with the table; and what it has decoded and encoded again, it
/// decodes to the same.
pub async fn check_wire<B: Broker>(given: &FuzzedResponse<'_>) {
    let id = &given.operation.id;
    let (status, value) = match wire::<B>(given).await {
        Outcome::Success(status, value) => (status, value),
        Outcome::Failure(failure) => {
            assert_eq!(failure.status, Some(given.status.as_u16()), "{id}");
            assert_eq!(failure.operation, Some(id.as_str()));
            // The body of a redirect is not read, so it is not known whether it was whole.
            match given.status.is_redirection() {
                true => assert!(matches!(failure.reason, Reason::Redirect { .. }), "{id}: {failure:?}"),
                false => assert_eq!(failure.reason == Reason::Cut, given.is_cut, "{id}: {failure:?}"),
            }
            return;
        }
    };
    assert!(status.is_success(), "{id}: a success with {status}");
    let operation = B::api().operation(id).expect("an operation of the table");
    // An unknown success means what 200 means.
    let known = operation.status(given.status.as_u16()).or_else(|| operation.status(200));
    assert!(known.is_some(), "{id}: nothing describes {}", given.status);
    if value.is_null() {
        return;
    }
    let mut again = given.clone();
    (again.status, again.body) = (status, value.to_string().into_bytes());
    match wire::<B>(&again).await {
        Outcome::Success(_, second) => assert_eq!(second, value, "{id}"),
        other => panic!("{id}: {value} is not accepted again: {other:?}"),
    }
}

/// What the generated client makes of the response: the operation is called by its name, with its own examples.
pub async fn wire<B: Broker>(given: &FuzzedResponse<'_>) -> Outcome {
    // It sends nothing, so one is enough; making one takes longer than all the rest.
    static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
        let http = HttpClientBuilder::new().only_given_roots(true).build(Deadlines::default());
        http.expect("a client without TLS")
    });
    let transport = transport(B::api()).middleware(InMemoryServer::new::<B>(given));
    let base = format!("http://127.0.0.1:9{}", B::PREFIX);
    let client = B::client(&base, HTTP.clone(), transport.build());
    let body = given.operation.body.as_ref().and_then(|media| media.examples.first());
    let arguments = arguments(given.operation, body.map(|example| &example.value));
    B::call(&client, &given.operation.id, &arguments).await.expect("arguments that fit")
}
