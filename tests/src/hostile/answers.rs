//! Answers that are not what the API describes.

use broker_session::ErrorKind;
use broker_session_codegen::spec::Operation;
use serde_json::json;

use super::expected::{check_error, is_read, kind_of, may_be_empty};
use crate::{Answer, Broker, Reaction, Report, Scene, once, says};

const PAGE: &str = "<!DOCTYPE html><html><head><title>No</title></head><body><h1>No.</h1></body></html>";

/// An answer that does not fit.
struct Misfit {
    name: &'static str,
    status: u16,
    bytes: Vec<u8>,
    /// Whether it has no body.
    is_empty: bool,
}

fn misfits() -> Vec<Misfit> {
    let (json, html) = ("application/json", "text/html");
    let whole = |name, answer: Answer| Misfit {
        name,
        status: answer.status,
        is_empty: answer.body.trim_ascii().is_empty(),
        bytes: answer.bytes(),
    };
    let cut = |name, answer: Answer| Misfit {
        name,
        status: answer.status,
        is_empty: false,
        bytes: answer.cut_by(answer.body.len() / 2),
    };
    vec![
        whole("a page with 200", Answer::new(200, html, PAGE)),
        whole("nothing with 200", Answer::new(200, json, "")),
        whole("blanks with 200", Answer::new(200, json, " \r\n ")),
        whole("nothing with 204", Answer::empty(204)),
        whole("an unknown success", Answer::json(206, &json!([]))),
        whole("a list", Answer::json(200, &json!([]))),
        whole("a number", Answer::json(200, &json!(5))),
        whole("null", Answer::json(200, &json!(null))),
        whole("half of the JSON", Answer::new(200, json, r#"{"status":"succ"#)),
        whole("no UTF-8", Answer::new(200, json, b"{\"status\":\"\xff\xfe\"}".as_slice())),
        cut("cut off with 200", Answer::json(200, &json!({ "status": "success" }))),
        whole("nothing with 400", Answer::empty(400)),
        whole("nothing with 401", Answer::empty(401)),
        whole("blanks with 401", Answer::new(401, json, " \r\n ")),
        whole("a page with 401", Answer::new(401, html, PAGE)),
        whole("a page with 403", Answer::new(403, html, PAGE)),
        whole("nothing with 404", Answer::empty(404)),
        whole("a page with 411", Answer::new(411, html, PAGE)),
        whole("an unknown status of the client's", Answer::empty(418)),
        whole("nothing with 429", Answer::empty(429)),
        whole("another shape with 500", Answer::json(500, &json!([5]))),
        whole("a page with 502", Answer::new(502, html, PAGE)),
        whole("nothing with 503", Answer::empty(503)),
        cut("cut off with 503", Answer::new(503, html, PAGE)),
        whole("a page with 504", Answer::new(504, html, PAGE)),
        whole("an unknown status of the server's", Answer::new(599, html, PAGE)),
    ]
}

/// Whether the answer is as good as a success for an operation from whose successes nothing is read.
fn is_good_enough(operation: &Operation, misfit: &Misfit) -> bool {
    let is_success = misfit.status < 300;
    is_success && (!is_read(operation) || (misfit.is_empty && may_be_empty(operation)))
}

/// Each answer that does not fit gets its kind and keeps its status, and the call is not repeated by itself.
pub async fn check_unfit<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches() {
        let operation = reach.of(spec);
        for misfit in misfits() {
            let is_good = is_good_enough(operation, &misfit);
            let Misfit { name, status, bytes, .. } = misfit;
            if is_good && bytes.ends_with(b"success\"}") {
                continue;
            }
            let scene =
                Scene::hostile::<B>(spec, operation, move |_| Some(Reaction::Answer(bytes.clone()))).await;
            let at = scene.at_held(once());
            let outcome = match (reach.drive)(&at).await {
                Ok(_) if is_good => Ok(()),
                Ok(_) => Err("came out as a success".to_owned()),
                Err(error) => {
                    let kind = if status < 300 { ErrorKind::Protocol } else { kind_of(operation, status) };
                    check_error::<B>(operation, &at, &error, kind, Some(status))
                }
            };
            report.add(format!("{}, {name}", operation.id), outcome);
            report.same(format!("{}, {name}, calls", operation.id), &scene.count(operation), &1);
        }
    }
    report
}

/// No redirect is followed, and none to another host is mistaken for anything else.
pub async fn check_redirects<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    let elsewhere = says("{}").await;
    for reach in B::reaches() {
        let operation = reach.of(spec);
        for status in [301, 302, 303, 307, 308] {
            for (location, kind) in [
                (elsewhere.base_url(), ErrorKind::Protocol),
                ("https://evil.example/steal?token=made-up-in-a-url", ErrorKind::HostNotAllowed),
                ("//evil.example/", ErrorKind::HostNotAllowed),
                ("/elsewhere", ErrorKind::Protocol),
                ("", ErrorKind::Protocol),
                ("http://[", ErrorKind::Protocol),
            ] {
                let bytes = Answer::empty(status).header("location", location).bytes();
                let scene =
                    Scene::hostile::<B>(spec, operation, move |_| Some(Reaction::Answer(bytes.clone())))
                        .await;
                let at = scene.at_held(once());
                let outcome = match (reach.drive)(&at).await {
                    Ok(_) => Err("came out as a success".to_owned()),
                    Err(error) if format!("{error} {error:?}").contains("made-up-in-a-url") => {
                        Err(format!("quotes what may be a secret: {error}"))
                    }
                    Err(error) => check_error::<B>(operation, &at, &error, kind, Some(status)),
                };
                report.add(format!("{}, {status} to `{location}`", operation.id), outcome);
                report.same(format!("{}, {status}, calls", operation.id), &scene.count(operation), &1);
            }
        }
    }
    report.same("requests to where redirects lead", &elsewhere.requests().len(), &0);
    report
}
