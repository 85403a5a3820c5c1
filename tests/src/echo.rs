//! A broker that sends back whatever it was sent and whatever it has sent before, in every form that a response can take.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use broker_session::{ClientOptions, Drift, Error};
use broker_session_openapi::Operation;
use broker_session_runtime::AllowedHosts;
use serde_json::{Value, json};

use crate::{
    Broker, CANARY, Case, FaultyBroker, LeakDetector, MockResponse, Reaction, Spec, Target, TestCertificate,
    hostile::with_strings,
    leak_detector::canary,
    lock,
    matrix::{self, Settings},
    once,
    responses::Responses,
};

/// What the echoing broker responds with, made of everything that it was sent and has said, and of what stands before that.
type Echo = Arc<dyn Fn(&str) -> Vec<u8> + Send + Sync>;

/// What a response quotes first; the rest may be cut.
#[derive(Clone, Copy, Debug)]
enum First {
    /// What the broker was sent.
    Sent,
    /// What the broker has said before.
    BrokerMessage,
}

/// Lets every call of a broker's client meet every echo, and notes every error: no secret may be found in any. How many
/// errors there were. `further` notes what else a client says that meets the echo to this operation.
pub async fn check_echo<B: Broker>(
    detector: &mut LeakDetector,
    further: impl AsyncFn(&mut LeakDetector, &Target, &Operation),
) -> usize {
    let (broker, mut errors) = (secretive::<B>(canary), 0);
    let url = format!("https://{0}:{0}@evil.example/{0}?{0}#{0}", canary("url"));
    let refused = AllowedHosts::new().check(&url).expect_err("no host is allowed");
    detector.debug("HostNotAllowed", &refused);
    detector.text("HostNotAllowed", refused.to_string());
    let faulty = FaultyBroker::with_canaries::<B>().await;
    let (drifts, observed) = observed();
    for scenario in B::scenarios() {
        // What it gives back are secrets; what was traced on the way must not be.
        let outcome = (scenario.drive)(&faulty.at_paused(observed.clone()).with_canaries()).await;
        assert!(outcome.is_ok(), "{}, although all went well: {outcome:?}", scenario.operation);
    }
    for scenario in B::scenarios() {
        let cases: Vec<Case<'_>> =
            B::spec().cases().filter(|case| case.operation.id == scenario.operation).collect();
        for (name, echo) in echoes(&cases) {
            for first in [First::Sent, First::BrokerMessage] {
                let faulty = meet::<B>(&broker, scenario.operation, echo.clone(), first).await;
                let at = faulty.at_paused(observed.clone()).with_canaries();
                // Some of the responses are no failure of some of the calls.
                if let Err(error) = (scenario.drive)(&at).await {
                    detector.error(&format!("{name} to {}, {first:?} first", scenario.operation), &error);
                    errors += 1;
                }
                further(detector, &at, scenario.of(B::spec())).await;
            }
        }
    }
    let drifts = lock(&drifts);
    assert!(!drifts.is_empty(), "nobody has noticed what nobody knows");
    for drift in drifts.iter() {
        detector.debug("a drift", drift);
        detector.debug("a change", &drift.change);
        detector.text("a drift", drift.to_string());
    }
    errors
}

/// Lets every call of a broker's client meet every fault, on a clock that stands still, and notes every error. How many
/// there were.
pub fn check_faults<B: Broker>(detector: &mut LeakDetector) -> usize {
    let mut errors = 0;
    let mut on_error = |label: &str, error: &Error| {
        detector.error(label, error);
        errors += 1;
    };
    // That each is the right one is for the matrix itself to check.
    drop(matrix::run::<B>(&mut Settings { canaries: true, measure: None, on_error: &mut on_error }));
    errors
}

/// Options that note how responses differ from the spec, and what they have noted.
fn observed() -> (Arc<Mutex<Vec<Drift>>>, ClientOptions) {
    let drifts: Arc<Mutex<Vec<Drift>>> = Arc::default();
    let noted = drifts.clone();
    let note = move |drift: &Drift| lock(&noted).push(drift.clone());
    (drifts, once().observe_drift(note))
}

impl FaultyBroker {
    /// Everything goes well, and each of the broker's secrets is the canary of its field's name; there are more of them
    /// than anybody asks for: see [`adorned`].
    pub async fn with_canaries<B: Broker>() -> Self {
        Self::with_secrets::<B>(canary, None, |_, _| None).await.0
    }

    /// The same with whatever `secret` makes of a name, and the names. A response may be replaced by one of `other`, which
    /// is shown the request and what would be sent.
    pub async fn with_secrets<B: Broker>(
        secret: fn(&str) -> String,
        certified: Option<&TestCertificate>,
        other: impl Fn(&str, &[u8]) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> (Self, BTreeSet<String>) {
        let (responses, mut names) = secretive::<B>(secret);
        names.extend(ADORNMENTS.map(str::to_owned));
        let react = move |_: &str, request: &str, response| match response {
            Reaction::Respond(bytes) => {
                let bytes = adorned(&bytes, secret);
                Reaction::Respond(other(request, &bytes).unwrap_or(bytes))
            }
            other => other,
        };
        (Self::serving::<B>(responses, certified, react).await, names)
    }
}

/// The secrets of a response that nobody asks for.
pub const ADORNMENTS: [&str; 8] = [
    "reason-phrase",
    "set-cookie",
    "www-authenticate",
    "location",
    "unknown-header",
    "header-name",
    "unknown-field",
    "field-name-2718",
];

/// A response with secrets in its reason phrase, in its headers and their names, and, if it is a JSON object, in a field
/// that nobody knows and in the name of one.
pub fn adorned(response: &[u8], secret: impl Fn(&str) -> String) -> Vec<u8> {
    let text = String::from_utf8_lossy(response);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return response.to_owned() };
    let mut lines = head.lines();
    let status: String = lines.next().unwrap_or_default().split_inclusive(' ').take(2).collect();
    let others: String =
        lines.filter(|line| !line.starts_with("content-length")).flat_map(|line| ["\r\n", line]).collect();
    let [reason, cookie, scheme, location, header, header_name, field, field_name] = ADORNMENTS.map(&secret);
    let body = match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(mut fields)) => {
            fields.insert("aFieldThatNobodyKnows".to_owned(), json!({ "within": [field] }));
            fields.insert(field_name, json!(1));
            Value::Object(fields).to_string()
        }
        _ => body.to_owned(),
    };
    let length = match body.is_empty() {
        true => String::new(),
        false => format!("\r\ncontent-length: {}", body.len()),
    };
    format!(
        "{status}{reason}{others}{length}\r\nset-cookie: a={cookie}; HttpOnly\r\nwww-authenticate: Bearer error=\"{scheme}\"\r\nlocation: https://127.0.0.1/{location}\r\nx-unknown: {header}\r\nx-{header_name}: 1\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A broker that has sent its secrets already, and responds to one operation with an echo.
async fn meet<B: Broker>(
    (responses, names): &(Responses, BTreeSet<String>),
    target: &'static str,
    echo: Echo,
    first: First,
) -> FaultyBroker {
    let names = names.clone();
    let exchanged = Mutex::new((String::new(), String::new()));
    let react = move |operation: &str, request: &str, response: Reaction| {
        let mut exchanged = lock(&exchanged);
        let (sent, said) = &mut *exchanged;
        sent.insert_str(0, request);
        if operation != target {
            // What it has not said yet is nobody's secret.
            if let Reaction::Respond(bytes) = &response {
                let text = String::from_utf8_lossy(bytes);
                let new = names.iter().map(|name| canary(name)).filter(|secret| text.contains(secret));
                new.for_each(|secret| *said = format!("{secret} {said}"));
            }
            return response;
        }
        Reaction::Respond(match first {
            First::Sent => echo(&format!("{sent} {said}")),
            First::BrokerMessage => echo(&format!("{said} {sent}")),
        })
    };
    FaultyBroker::serving::<B>(responses.clone().beside::<B>(target), None, react).await
}

/// Everything goes well, with the broker's secrets replaced; and what they are called.
pub(crate) fn secretive<B: Broker>(secret: fn(&str) -> String) -> (Responses, BTreeSet<String>) {
    let (spec, mut names) = (B::spec(), BTreeSet::new());
    let mut responses = Responses::of_successes(spec);
    for operation in &spec.operations {
        let case = spec.first_success(&operation.id);
        if let Some(media) = case.media.filter(|_| case.is_json() && !case.is_missing()) {
            let value = with_secrets(spec, &media.schema, case.value(), secret, &mut names);
            responses.set(operation, MockResponse::json(case.response.status, &value));
        }
    }
    (responses, names)
}

/// Every form of a response with words in it: each documented form with all of its strings replaced, the first success with
/// one string replaced, strings of which the end of a secret would be cut off, and what gateways and liars say.
fn echoes(cases: &[Case<'_>]) -> Vec<(String, Echo)> {
    let mut echoes = anybody_s();
    let mut forms = BTreeSet::new();
    let with_words = || cases.iter().filter(|case| case.is_json() && case.example.is_some());
    for case in with_words() {
        let (status, value) = (case.response.status, case.value());
        if !forms.insert((status, places(value))) {
            continue;
        }
        let all = value.clone();
        echoes.push((case.label(), json_echo(status, move |said| with_strings(&all, said))));
        if case.kind().is_none() || forms.len() > 2 {
            continue;
        }
        // A string that is cut to its length must not be cut in the middle of a secret and then look like none.
        for cut in [176, 184, 188, 192, 196] {
            let all = value.clone();
            let make = move |said: &str| {
                let secret = said.find(CANARY).map_or("", |start| &said[start..]);
                with_strings(&all, &format!("{}{secret}", "x".repeat(cut)))
            };
            echoes.push((format!("{}, cut at {cut}", case.label()), json_echo(status, make)));
        }
    }
    for case in with_words().filter(|case| case.kind().is_none()).take(1) {
        let (status, value) = (case.response.status, case.value());
        for place in places(value) {
            let (label, whole) = (format!("{}, {place}", case.label()), value.clone());
            let one = move |text: &str| {
                let mut copy = whole.clone();
                *copy.pointer_mut(&place).expect("a place that was found") = text.into();
                copy
            };
            let as_a_host = one.clone();
            echoes.push((label.clone(), json_echo(status, one)));
            let make = move |said: &str| as_a_host(&format!("https://{}@evil.example", first_secret(said)));
            echoes.push((format!("{label} as a host"), json_echo(status, make)));
        }
    }
    echoes
}

fn json_echo(status: u16, make: impl Fn(&str) -> Value + Send + Sync + 'static) -> Echo {
    Arc::new(move |said| MockResponse::json(status, &make(said)).bytes())
}

/// What a gateway in between may send, whatever the broker.
fn anybody_s() -> Vec<(String, Echo)> {
    let page =
        |status: u16| -> Echo { Arc::new(move |said| MockResponse::new(status, "text/html", said).bytes()) };
    let list: [(&str, Echo); 16] = [
        ("a page with 503", page(503)),
        ("a page with 403", page(403)),
        ("a page with 200", page(200)),
        ("a page with an unknown status", page(418)),
        ("a text", Arc::new(|said| MockResponse::json(503, &json!(said)).bytes())),
        ("a list with 200", Arc::new(|said| MockResponse::json(200, &json!([said])).bytes())),
        (
            "another shape",
            Arc::new(|said| {
                MockResponse::json(400, &json!({ "errors": [{ "errorCode": said, "errMsg": said }] })).bytes()
            }),
        ),
        (
            "headers with 401",
            Arc::new(|said| {
                adorned(&MockResponse::json(401, &json!({ "error": said })).bytes(), |_| plain(said))
            }),
        ),
        (
            "headers with 429",
            Arc::new(|said| adorned(&MockResponse::json(429, &json!([])).bytes(), |_| plain(said))),
        ),
        (
            "a wait that is none",
            Arc::new(|said| MockResponse::empty(503).header("retry-after", &plain(said)).bytes()),
        ),
        (
            "a redirect to a host of that name",
            Arc::new(|said| redirect(&format!("https://{}.evil.example/", whole_secret(said)), said)),
        ),
        (
            "a broken head",
            Arc::new(|said| format!("HTTP/1.1 200 {0}\r\n{0}\r\n\r\n", plain(said)).into_bytes()),
        ),
        ("a redirect", Arc::new(|said| redirect("https://evil.example/?", said))),
        ("a redirect to a login page", Arc::new(|said| redirect("/login?", said))),
        (
            "a cut body",
            Arc::new(|said| {
                format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 99999\r\n\r\n{said}").into_bytes()
            }),
        ),
        ("no HTTP", Arc::new(|said| format!("{said}\r\n\r\n").into_bytes())),
    ];
    list.into_iter().map(|(name, echo)| (name.to_owned(), echo)).collect()
}

fn redirect(to: &str, said: &str) -> Vec<u8> {
    let location = format!("{to}{}", plain(said));
    MockResponse::new(302, "text/html", said)
        .header("location", &location)
        .header("set-cookie", &location)
        .bytes()
}

/// What is said, as a header can carry it.
fn plain(said: &str) -> String {
    said.replace(|c: char| !c.is_ascii_graphic(), "+")
}

/// The first secret that the response repeats and that has no characters that a host cannot have: a part of a secret is nothing that could
/// be recognised.
fn whole_secret(said: &str) -> &str {
    let tails = said.match_indices(CANARY).map(|(start, _)| &said[start..]);
    let mut whole = tails.filter_map(|tail| {
        let secret = first_secret(tail);
        (!tail[secret.len()..].starts_with(['%', '\\'])).then_some(secret)
    });
    whole.next().unwrap_or_default()
}

/// The first secret that the response repeats, alone.
fn first_secret(said: &str) -> &str {
    let secret = said.find(CANARY).map_or("", |start| &said[start..]);
    secret.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next().unwrap_or_default()
}

/// The JSON pointers of all strings in a value.
fn places(value: &Value) -> Vec<String> {
    let below = |step: String, child: &Value| -> Vec<String> {
        places(child).into_iter().map(|place| format!("/{step}{place}")).collect()
    };
    match value {
        Value::String(_) => vec![String::new()],
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(index, item)| below(index.to_string(), item)).collect()
        }
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, child)| below(name.replace('~', "~0").replace('/', "~1"), child))
            .collect(),
        _ => Vec::new(),
    }
}

/// The value with every string that its schema calls a password replaced by what `secret` makes of its name. The names
/// are noted.
pub(crate) fn with_secrets(
    spec: &Spec,
    schema: &str,
    value: &Value,
    secret: fn(&str) -> String,
    names: &mut BTreeSet<String>,
) -> Value {
    let (pointer, schema) = spec.resolve(schema);
    let alternatives = ["anyOf", "oneOf", "allOf"]
        .into_iter()
        .flat_map(|name| (0..schema[name].as_array().map_or(0, Vec::len)).map(move |index| (name, index)));
    // Each alternative replaces only what it knows, so each may have its turn.
    let value = alternatives.fold(value.clone(), |value, (name, index)| {
        with_secrets(spec, &format!("{pointer}/{name}/{index}"), &value, secret, names)
    });
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let place = match schema["properties"].get(&name) {
                    Some(_) => format!("{pointer}/properties/{name}"),
                    None => return (name, value),
                };
                let is_secret = spec.resolve(&place).1["format"] == "password";
                let value = match is_secret && value.is_string() {
                    true => {
                        names.insert(name.clone());
                        secret(&name).into()
                    }
                    false => with_secrets(spec, &place, &value, secret, names),
                };
                (name, value)
            })
            .collect(),
        Value::Array(items) if schema.get("items").is_some() => {
            let place = format!("{pointer}/items");
            items.iter().map(|item| with_secrets(spec, &place, item, secret, names)).collect()
        }
        other => other,
    }
}
