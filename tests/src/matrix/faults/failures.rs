//! The failures that the spec documents, where it documents them and where it does not.

use broker_session::ErrorKind;
use serde_json::Value;

use super::{Fault, many};
use crate::{
    Case, MockResponse, Reaction,
    matrix::{
        context::{Context, Trial},
        expected::Expected,
    },
};

const SECTION: &str = "Documented responses";
const INSIDE: &str = "Failures with status 200";

/// Every status is a fault of its own, so that all brokers have the same faults; the table leaves out those that no spec
/// documents.
pub(super) fn all() -> Vec<Fault> {
    let documented = |status: u16| {
        many(SECTION, format!("{status}, as documented"), move |context| {
            let cases: Vec<Case<'_>> =
                context.cases().filter(|case| case.response.status == status).collect();
            cases.iter().map(|case| as_documented(context, case)).collect()
        })
    };
    let mut faults: Vec<Fault> = (200..=599).map(documented).collect();
    faults.extend([
        many(INSIDE, "a documented failure of another status", |context| {
            let cases: Vec<Case<'_>> = failures(context).filter(|case| !case.is_success()).collect();
            cases.iter().map(|case| inside(context, case)).collect()
        }),
        many(INSIDE, "a documented failure beside the right response", |context| {
            let cases: Vec<Case<'_>> = failures(context).filter(Case::is_success).collect();
            cases.iter().filter_map(|case| beside(context, case)).collect()
        }),
    ]);
    faults
}

/// The documented failures in JSON.
fn failures<'a>(context: &'a Context<'_>) -> impl Iterator<Item = Case<'a>> {
    context.cases().filter(|case| case.kind().is_some() && case.is_json() && case.example.is_some())
}

fn label(case: &Case<'_>) -> String {
    match case.example {
        Some(example) => example.name.clone(),
        None if case.is_missing() => "without a body".to_owned(),
        None => "no body".to_owned(),
    }
}

fn as_documented(context: &Context<'_>, case: &Case<'_>) -> Trial {
    let status = case.response.status;
    let means = match case.kind().map(kind) {
        None => Expected::good_enough(),
        Some(kind) => Expected { kind: Some(kind), ..context.failure(status, None) },
    };
    Trial::labelled(label(case), Reaction::Respond(MockResponse::from(case).bytes()), means)
}

/// The failure with a status that says success: never a success, and what its words mean, whatever it is wrapped in.
fn inside(context: &Context<'_>, case: &Case<'_>) -> Trial {
    let response = MockResponse::json(200, case.value());
    let said = (context.said)(context.spec, case);
    let value = case.value();
    let named = value.get("statusCode").or(value.get("status")).and_then(Value::as_u64);
    let named = named.map(|status| status.to_string());
    let meant = || context.kind_of_status(named.as_ref().or(said.0.as_ref())?.parse().ok()?);
    let kind = context.kind_of_words(&said).or_else(meant).unwrap_or(ErrorKind::Refused);
    let means = Expected::failure(over(context, kind), 200);
    let label = format!("{} {}", case.response.status, label(case));
    Trial::labelled(label, Reaction::Respond(response.bytes()), means)
}

/// What a session that is over means to an operation for which the spec says, of the same words with status 200, that they
/// ask for a new login.
fn over(context: &Context<'_>, kind: ErrorKind) -> ErrorKind {
    let login = ErrorKind::LoginRequired;
    let means_login = |case: &Case<'_>| {
        let of_words = context.kind_of_words(&(context.said)(context.spec, case));
        case.kind() == Some(login.as_str()) && of_words == Some(ErrorKind::SessionExpired)
    };
    let is_meant = failures(context).filter(Case::is_success).any(|case| means_login(&case));
    if kind == ErrorKind::SessionExpired && is_meant { login } else { kind }
}

/// The fields of a failure beside those of a success: the form that the spec has first is meant.
fn beside(context: &Context<'_>, case: &Case<'_>) -> Option<Trial> {
    let good: Value = serde_json::from_slice(&context.good.body).ok()?;
    let mut both = good.clone();
    for (name, value) in case.value().as_object()? {
        both.as_object_mut()?.insert(name.clone(), value.clone());
    }
    let form = context.form(&both)?;
    let (of_failure, of_success) = (context.form(case.value())?, context.form(&good)?);
    let means = match form {
        // What contradicts itself within a form is for the tests of the broker.
        _ if of_failure == of_success => return None,
        // What says that it has failed has, whatever stands beside it.
        form if form == of_failure || both["status"] == "error" || both["status"] == "failure" => {
            Expected::failure(kind(case.kind()?), 200)
        }
        _ => Expected::good_enough(),
    };
    Some(Trial::labelled(label(case), Reaction::Respond(MockResponse::json(200, &both).bytes()), means))
}

fn kind(name: &str) -> ErrorKind {
    ErrorKind::from_name(name).unwrap_or_else(|| panic!("`{name}` is no kind of failure"))
}
