//! Starts a client in a process of its own and learns which copies of secrets are left in it.

use std::{
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use contract_tests::{Broker, FaultyBroker, MockResponse, TestCertificate};
use serde_json::json;

use super::{canary::canary, flows, report::Found};

/// What begins a quotation of what was sent.
pub(crate) const QUOTED: &str = "you said: ";

/// Every copy that is left in this program after it has made a broker's client do all it can. The broker is here, in
/// another process, so that its copies are not among them.
pub(crate) async fn left_in<B: Broker>(
    program: &'static str,
    broker: &'static str,
    certified: Option<&TestCertificate>,
) -> Vec<Found> {
    let responses = AtomicUsize::default();
    let (faulty, names) = FaultyBroker::with_secrets::<B>(canary, certified, move |request, _| {
        let before = responses.fetch_add(1, Ordering::SeqCst);
        is_refused(request, before).then(|| refusal(request))
    })
    .await;
    let base = format!("{}{}", faulty.server().base_url(), B::PREFIX);
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
    let lines = text.strip_suffix(Found::END).expect("a client that comes to its end").lines();
    lines.map(|line| serde_json::from_str(line).expect("a copy")).collect()
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
    MockResponse::json(400, &json!({ "fault": fault, "error": request })).bytes()
}
