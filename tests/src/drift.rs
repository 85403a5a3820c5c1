//! Whether the observer of drift says what a JSON schema validator says.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
};

use broker_session_runtime::{Change, Deadlines, Drift, DriftObserver, HttpClientBuilder, Middleware};
use reqwest::{Client, Request, Response};
use serde_json::{Map, Value, json};

use crate::{
    Case, Generated, Judge, Report, Spec, arguments,
    encoded::{Mutation, children, with},
    lock, mutations,
    requests::transport,
};

/// What no spec knows.
const ADDED: &str = "addedByTheBroker";

/// Every documented response is what the spec describes; one with a field more is not, and the observer says where;
/// and of a response that is changed in any other way, the observer and the schema say the same.
pub async fn check_drift<G: Generated>() -> Report {
    let spec = G::spec();
    let (generous, strict) = (Judge::new(spec), Judge::of_known_fields(spec));
    let http = HttpClientBuilder::new().only_given_roots(true).build(Deadlines::default());
    let http = http.expect("a client without TLS");
    let mut report = Report::default();
    for case in spec.cases().filter(|case| case.is_json() && !case.is_missing()) {
        let Some(media) = case.media else { continue };
        let label = case.label();
        report.same(&label, &observed::<G>(&http, &case, case.value()).await, &Vec::new());
        for (pointer, value) in with_one_more(case.value()) {
            let found = observed::<G>(&http, &case, &value).await;
            let found: Vec<(&str, Change)> =
                found.iter().map(|drift| (drift.pointer.as_str(), drift.change)).collect();
            // An object with fields of any name has one more of them, and only its type is looked at.
            let expected = match strict.accepts(&media.schema, &value) {
                true => Vec::new(),
                false if is_of_any_name(spec, &case, &pointer) => found.clone(),
                false => vec![(pointer.as_str(), Change::Unknown)],
            };
            report.same(format!("{label}, one more at {pointer}"), &found, &expected);
        }
        for Mutation { what, value } in mutations(case.value()) {
            let differs = !observed::<G>(&http, &case, &value).await.is_empty();
            // In between there are responses that are of another form than they look like, on which the two may differ.
            let agrees =
                match (strict.accepts(&media.schema, &value), generous.accepts(&media.schema, &value)) {
                    (true, _) => !differs,
                    (_, false) => differs,
                    (false, true) => true,
                };
            report.same(format!("{label}, {what}"), &agrees, &true);
        }
    }
    report
}

/// What an observer says of this response.
async fn observed<G: Generated>(http: &Client, case: &Case<'_>, value: &Value) -> Vec<Drift> {
    let found = Arc::new(Mutex::new(Vec::new()));
    let sink = found.clone();
    let observer = DriftObserver::new(move |drift| {
        lock(&sink).push(drift.clone());
    });
    let response = Fixed { status: case.response.status, body: value.to_string() };
    let transport = transport(G::api()).middleware(Arc::new(response)).observe_drift(observer).build();
    let client = G::client("http://127.0.0.1:9", http.clone(), transport);
    let operation = case.operation;
    let body = operation.body.as_ref().and_then(|media| media.examples.first()).map(|example| &example.value);
    // What the call comes to is the business of other checks.
    G::call(&client, &operation.id, &arguments(operation, body)).await.expect("arguments of the spec");
    let found = lock(&found);
    found.clone()
}

/// One response to everything.
struct Fixed {
    status: u16,
    body: String,
}

impl Middleware for Fixed {
    fn execute<'a>(
        &'a self,
        _client: &'a Client,
        _request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        let response = http::Response::builder().status(self.status).body(self.body.clone());
        Box::pin(std::future::ready(Ok(response.expect("a status of the spec").into())))
    }
}

/// The value with one more field, once for each object in it, and the pointer of that field.
fn with_one_more(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    if let Value::Object(fields) = value {
        let mut more: Map<String, Value> = fields.clone();
        more.insert(ADDED.to_owned(), json!("made up"));
        all.push((format!("/{ADDED}"), more.into()));
    }
    for (step, child) in children(value) {
        let further = with_one_more(child).into_iter();
        all.extend(further.map(|(pointer, other)| (format!("/{step}{pointer}"), with(value, &step, other))));
    }
    all
}

/// Whether the field at `pointer` stands in an object whose fields have any name.
fn is_of_any_name(spec: &Spec, case: &Case<'_>, pointer: &str) -> bool {
    let step = |pointer: String, name: &str| -> Option<String> {
        let (pointer, schema) = spec.resolve(&pointer);
        match schema["type"].as_str() {
            Some("array") => Some(format!("{pointer}/items")),
            _ => schema["properties"].get(name).map(|_| format!("{pointer}/properties/{name}")),
        }
    };
    // Of several forms the one is looked at that has the field.
    let forms = |pointer: String| -> Vec<String> {
        let (pointer, schema) = spec.resolve(&pointer);
        match schema["anyOf"].as_array() {
            Some(forms) => (0..forms.len()).map(|index| format!("{pointer}/anyOf/{index}")).collect(),
            None => vec![pointer],
        }
    };
    let mut places = case.media.map(|media| forms(media.schema.clone())).unwrap_or_default();
    for name in pointer.trim_end_matches(ADDED).split('/').filter(|name| !name.is_empty()) {
        places = places.into_iter().filter_map(|place| step(place, name)).flat_map(forms).collect();
    }
    places.iter().any(|place| spec.resolve(place).1["additionalProperties"].is_object())
}
