//! Whether an operation may be repeated, and whether that can be true.

use std::collections::BTreeSet;

use super::{
    context::{Context, Node, Operation, text},
    names::{suggestion, words},
    policies::is_one_of,
    report::Report,
    secrets::is_spent_name,
};
use crate::document::join;

const RETRY: [&str; 3] = ["safe", "unsent", "never"];
/// Words in the name of an operation that changes what a second call meets.
const EFFECTS: [&str; 18] = [
    "authenticate",
    "authorize",
    "cancel",
    "change",
    "create",
    "delete",
    "enroll",
    "login",
    "logoff",
    "logout",
    "order",
    "reauthenticate",
    "register",
    "reset",
    "revoke",
    "signin",
    "signout",
    "unlock",
];

fn retry_of<'a>(operation: &Operation<'a>) -> Option<&'a str> {
    text(operation.object, "x-retry")
}

/// Operations that do not say whether they may be repeated.
pub(super) fn retry(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "The client repeats a call only where the spec allows it.";
    let meaning = "safe (may be repeated), unsent (only if it never left), or never.";
    for operation in &context.operations {
        match operation.object.get("x-retry") {
            None => {
                let fix = format!("Add `x-retry:` — {meaning}");
                report.add(&operation.pointer, "The operation has no `x-retry`.", why, fix);
            }
            Some(found) if !is_one_of(found, &RETRY) => {
                let what = format!("{found} is no retry class.");
                let fix =
                    suggestion(found.as_str().unwrap_or_default(), RETRY, format!("Write one of: {meaning}"));
                report.add(&join(&operation.pointer, "x-retry"), what, why, fix);
            }
            Some(_) => {}
        }
    }
}

/// Guesses and one-time tokens that would be sent twice.
pub(super) fn secret(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let secrets = context.components_with(is_secret);
    for operation in &context.operations {
        if retry_of(operation) != Some("safe") {
            continue;
        }
        let place = join(&operation.pointer, "x-retry");
        let fix = "Write `x-retry: unsent`, or `never`.";
        let body = join(&operation.pointer, "requestBody");
        if sends_secret(context, &body, &secrets) {
            let what = "An operation that sends a secret in its body is called safe to repeat.";
            let why =
                "A password or code that is sent again counts as another guess, and guesses lock accounts.";
            report.add(&place, what, why, fix);
        }
        if let Some(name) = spent(context, operation) {
            let what = format!("An operation that spends `{name}` is called safe to repeat.");
            let why =
                "What is good for one call is gone with the first, and a second guess may lock the account.";
            report.add(&place, what, why, fix);
        }
    }
}

fn is_secret(node: Node<'_>) -> bool {
    text(node.object, "format") == Some("password")
}

/// Whether a secret stands at or below a pointer, or in one of these components that is used there.
fn sends_secret(context: &Context<'_>, body: &str, secrets: &BTreeSet<&str>) -> bool {
    let is_sent =
        |node: Node<'_>| is_secret(node) || node.target().is_some_and(|target| secrets.contains(target));
    context.below(body).any(|(_, node)| is_sent(node))
}

/// The parameter by which an operation spends something that is good for one call.
fn spent<'a>(context: &Context<'a>, operation: &Operation<'_>) -> Option<&'a str> {
    let parameters = context.parameters(operation);
    parameters.iter().find_map(|parameter| parameter.text("name").filter(|name| is_spent_name(name)))
}

/// Repetitions that would meet something else than the first call did.
pub(super) fn effect(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let secrets = context.components_with(is_secret);
    for operation in &context.operations {
        let guess = sends_secret(context, &join(&operation.pointer, "requestBody"), &secrets)
            || spent(context, operation).is_some();
        // A guess that is called safe breaks a rule of its own.
        if retry_of(operation) != Some("safe") || guess {
            continue;
        }
        let name = text(operation.object, "operationId").unwrap_or_default();
        let method = operation.pointer.rsplit('/').next().unwrap_or_default();
        let reads = matches!(method, "get" | "head");
        let what = if let Some(word) = words(name).into_iter().find(|word| EFFECTS.contains(&word.as_str())) {
            format!("`{name}` is called safe to repeat, although its name says `{word}`.")
        } else if !reads && operation.object.contains_key("requestBody") {
            format!("`{name}` sends a body with {} and is called safe to repeat.", method.to_uppercase())
        } else if matches!(method, "delete" | "put" | "patch") {
            format!("`{name}` is a {} and is called safe to repeat.", method.to_uppercase())
        } else {
            continue;
        };
        let why = "What changes something at the broker meets another state the second time: it ends a session that \
                   is new, or is answered with an error although it was done.";
        let fix =
            "Write `x-retry: unsent`; or silence this with the reason why a repetition changes nothing.";
        report.add(&join(&operation.pointer, "x-retry"), what, why, fix);
    }
}

/// Reading calls that are not repeated although nothing is said against it.
pub(super) fn reading(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        let Some(retry @ ("unsent" | "never")) = retry_of(operation) else { continue };
        let is_get = operation.pointer.ends_with("/get");
        if is_get && spent(context, operation).is_none() && !operation.object.contains_key("requestBody") {
            let what = format!("A GET that spends nothing is called `{retry}`.");
            let why = "HTTP promises that a GET changes nothing (RFC 9110, section 9.2.1), and a client that does not \
                       repeat it fails for every hiccup of the network.";
            let fix = "Write `x-retry: safe`; or silence this with what the call does at the broker.";
            report.add(&join(&operation.pointer, "x-retry"), what, why, fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EFFECTS;

    #[test]
    fn the_words_are_sorted() {
        assert!(EFFECTS.is_sorted());
    }
}
