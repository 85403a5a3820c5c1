//! Starts a client in a process of its own and learns which copies of secrets are left in it.

use std::{
    collections::BTreeMap,
    process::Command,
    sync::{Arc, Mutex, PoisonError},
};

use contract_tests::{Answer, Broker, Certified, Scene};
use serde_json::json;

use super::{
    canary::{canary, digits as digits_of},
    flows,
    report::Found,
};

/// What begins a quotation of what was sent.
pub(crate) const QUOTED: &str = "you said: ";

/// What was said on the way, and which copies are left of it.
pub(crate) struct Outcome {
    /// How often each secret was in a head that was sent, in a body that was sent, and in an answer.
    pub(crate) in_heads: BTreeMap<String, usize>,
    pub(crate) in_bodies: BTreeMap<String, usize>,
    pub(crate) in_answers: BTreeMap<String, usize>,
    /// What is left.
    pub(crate) copies: Vec<Found>,
}

/// Every copy that is left in this program after it has made a broker's client do all it can. The broker is here, in
/// another process, so that its copies are not among them.
pub(crate) async fn left_in<B: Broker>(
    program: &'static str,
    broker: &'static str,
    certified: Option<&Certified>,
) -> Outcome {
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = said.clone();
    let (scene, names) = Scene::with_secrets::<B>(canary, certified, move |request, answer| {
        let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
        let echo = is_refused(request, noted.len()).then(|| refusal(request));
        noted.push(String::from_utf8_lossy(echo.as_deref().unwrap_or(answer)).into_owned());
        echo
    })
    .await;
    let base = format!("{}{}", scene.server().base_url(), B::PREFIX);
    let mut command = Command::new(program);
    command.args([broker, &base]).args(&names);
    if let Some(certified) = certified {
        command.env(flows::CERTIFICATE, certified.pem());
    }
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("a task that waits").expect("a program that starts");
    let words = String::from_utf8(output.stderr).expect("words");
    assert!(output.status.success(), "the client has failed: {words}");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.ends_with(Found::END), "the client did not come to its end");
    let (heads, bodies): (Vec<String>, Vec<String>) = scene
        .server()
        .requests()
        .iter()
        .filter_map(|request| request.split_once("\r\n\r\n"))
        .map(|(head, body)| (head.to_owned(), body.to_owned()))
        .unzip();
    let mut secrets: BTreeMap<String, String> = BTreeMap::new();
    secrets.extend(names.into_iter().map(|name| (name.clone(), canary(&name))));
    secrets.extend(flows::given(broker).iter().map(|name| ((*name).to_owned(), canary(name))));
    let digits = flows::given_digits(broker).iter();
    secrets.extend(digits.map(|name| ((*name).to_owned(), digits_of(name).expose().to_owned())));
    let said = said.lock().unwrap_or_else(PoisonError::into_inner);
    Outcome {
        in_heads: count(&secrets, &heads),
        in_bodies: count(&secrets, &bodies),
        in_answers: count(&secrets, &said),
        copies: text.lines().filter_map(Found::read).collect(),
    }
}

/// A wrong guess is refused; and where there is none, the third call.
fn is_refused(request: &str, before: usize) -> bool {
    let is_gateway = request.contains("/v1/api/");
    request.contains(&canary(flows::WRONG)) || (is_gateway && before == 2)
}

/// A refusal that quotes all that was sent, in a way that does not look like a request.
fn refusal(request: &str) -> Vec<u8> {
    let request = format!("{QUOTED}{}", request.replace("\r\n", " | ").replace("HTTP/1.1", ""));
    let fault = json!({ "code": 900_000, "message": request, "description": request });
    Answer::json(400, &json!({ "fault": fault, "error": request })).bytes()
}

/// How often each secret stands in these texts.
fn count(secrets: &BTreeMap<String, String>, texts: &[String]) -> BTreeMap<String, usize> {
    let of = |secret: &String| texts.iter().map(|text| text.matches(secret).count()).sum();
    secrets.iter().map(|(name, secret)| (name.clone(), of(secret))).collect()
}
