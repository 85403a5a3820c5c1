//! A broker that says back whatever it was sent and whatever it has said before, in every form that an answer can take.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};

use crate::{
    Answer, Broker, CANARY, Case, Reaction, Scene, Watch, canaries::with_canaries, hostile::with_texts, once,
    play::Play, watch::canary,
};

/// What the echoing broker answers, made of everything that it was sent and has said, and of what stands before that.
type Echo = Arc<dyn Fn(&str) -> Vec<u8> + Send + Sync>;

/// What an answer quotes first; the rest may be cut.
#[derive(Clone, Copy, Debug)]
enum First {
    /// What the broker was sent.
    Sent,
    /// What the broker has said before.
    Said,
}

/// Lets every call of a broker's client meet every echo, and notes every error: no secret may be found in any. How many
/// errors there were.
pub async fn check_echo<B: Broker>(watch: &mut Watch) -> usize {
    let (broker, mut errors) = (secretive::<B>(), 0);
    for reach in B::reaches() {
        let cases: Vec<Case<'_>> =
            B::spec().cases().filter(|case| case.operation.id == reach.operation).collect();
        for (name, echo) in echoes(&cases) {
            for first in [First::Sent, First::Said] {
                let scene = meet::<B>(&broker, reach.operation, echo.clone(), first).await;
                let at = scene.at_held(once()).with_canaries();
                // Some of the answers are no failure of some of the calls.
                if let Err(error) = (reach.drive)(&at).await {
                    watch.error(&format!("{name} to {}, {first:?} first", reach.operation), &error);
                    errors += 1;
                }
            }
        }
    }
    errors
}

impl Scene {
    /// Everything goes well, and each of the broker's secrets is the canary of its member's name.
    pub async fn with_canaries<B: Broker>() -> Self {
        Self::play::<B>(secretive::<B>().0, None, |_, _, answer| answer).await
    }
}

/// A broker that has told its secrets already, and answers one operation with an echo.
async fn meet<B: Broker>(
    (play, names): &(Play, BTreeSet<String>),
    target: &'static str,
    echo: Echo,
    first: First,
) -> Scene {
    let names = names.clone();
    let told = Mutex::new((String::new(), String::new()));
    let react = move |operation: &str, request: &str, answer: Reaction| {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let (sent, said) = &mut *told;
        sent.insert_str(0, request);
        if operation != target {
            // What it has not said yet is nobody's secret.
            if let Reaction::Answer(bytes) = &answer {
                let text = String::from_utf8_lossy(bytes);
                let new = names.iter().map(|name| canary(name)).filter(|secret| text.contains(secret));
                new.for_each(|secret| *said = format!("{secret} {said}"));
            }
            return answer;
        }
        Reaction::Answer(match first {
            First::Sent => echo(&format!("{sent} {said}")),
            First::Said => echo(&format!("{said} {sent}")),
        })
    };
    Scene::play::<B>(play.clone(), None, react).await
}

/// Everything goes well, with the broker's secrets replaced; and what they are called.
fn secretive<B: Broker>() -> (Play, BTreeSet<String>) {
    let (spec, mut names) = (B::spec(), BTreeSet::new());
    let mut play = Play::of_successes(spec);
    for operation in &spec.operations {
        let case = spec.first_success(&operation.id);
        if let Some(media) = case.media.filter(|_| case.is_json() && !case.is_missing()) {
            let value = with_canaries(spec, &media.schema, case.value(), &mut names);
            play.set(operation, Answer::json(case.response.status, &value));
        }
    }
    (play, names)
}

/// Every form of an answer with words in it: each form of a documented failure with all of its texts replaced, the first
/// success with one text replaced, texts of which the end of a secret would be cut off, and what gateways and liars say.
fn echoes(cases: &[Case<'_>]) -> Vec<(String, Echo)> {
    let mut echoes = anybody_s();
    let mut forms = BTreeSet::new();
    let with_words = || cases.iter().filter(|case| case.is_json() && case.example.is_some());
    for case in with_words().filter(|case| case.kind().is_some()) {
        let (status, value) = (case.response.status, case.value());
        if !forms.insert((status, places(value))) {
            continue;
        }
        let all = value.clone();
        echoes.push((case.label(), json_echo(status, move |said| with_texts(&all, said))));
        if forms.len() > 2 {
            continue;
        }
        // A text that is cut to its length must not be cut in the middle of a secret and then look like none.
        for cut in [176, 184, 188, 192, 196] {
            let all = value.clone();
            let make = move |said: &str| {
                let secret = said.find(CANARY).map_or("", |start| &said[start..]);
                with_texts(&all, &format!("{}{secret}", "x".repeat(cut)))
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
    Arc::new(move |said| Answer::json(status, &make(said)).bytes())
}

/// What a gateway in between may answer, whatever the broker.
fn anybody_s() -> Vec<(String, Echo)> {
    let page = |status: u16| -> Echo { Arc::new(move |said| Answer::new(status, "text/html", said).bytes()) };
    let list: [(&str, Echo); 11] = [
        ("a page with 503", page(503)),
        ("a page with 403", page(403)),
        ("a page with 200", page(200)),
        ("a page with an unknown status", page(418)),
        ("a text", Arc::new(|said| Answer::json(503, &json!(said)).bytes())),
        ("a list with 200", Arc::new(|said| Answer::json(200, &json!([said])).bytes())),
        (
            "another shape",
            Arc::new(|said| {
                Answer::json(400, &json!({ "errors": [{ "errorCode": said, "errMsg": said }] })).bytes()
            }),
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
    let location = format!("{to}{}", said.replace(|c: char| !c.is_ascii_graphic(), "+"));
    Answer::new(302, "text/html", said).header("location", &location).header("set-cookie", &location).bytes()
}

/// The first secret that is told, alone.
fn first_secret(said: &str) -> &str {
    let secret = said.find(CANARY).map_or("", |start| &said[start..]);
    secret.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next().unwrap_or_default()
}

/// The JSON pointers of all texts in a value.
fn places(value: &Value) -> Vec<String> {
    let below = |step: String, child: &Value| -> Vec<String> {
        places(child).into_iter().map(|place| format!("/{step}{place}")).collect()
    };
    match value {
        Value::String(_) => vec![String::new()],
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(index, item)| below(index.to_string(), item)).collect()
        }
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, child)| below(name.replace('~', "~0").replace('/', "~1"), child))
            .collect(),
        _ => Vec::new(),
    }
}
