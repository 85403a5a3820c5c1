//! Whether an operation may be repeated, and whether that is plausible.

use broker_session_openapi::join;

use super::{
    context::{Context, Operation, string},
    names::words,
    report::Report,
    secret_names::is_spent,
};

/// Words in the names of operations that change the state for a second call.
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

/// Operations without `x-retry`.
pub(super) fn retry(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in context.operations.iter().filter(|operation| !operation.object.contains_key("x-retry")) {
        let why = "The client repeats a call only where the spec allows it.";
        let fix =
            "Add `x-retry:` with `safe` (may be repeated), `unsent` (only if it never left), or `never`.";
        report.add(&operation.pointer, "The operation has no `x-retry`.", why, fix);
    }
}

/// Operations that would send a guess or a one-time token twice.
pub(super) fn secret(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (operation, guess) in safe(context) {
        if let Some(guess) = guess {
            let what = format!("An operation that sends {guess} is marked as safe to repeat.");
            let why = "The first call spends a one-time token, and every guess counts towards a lock.";
            report.add(
                &join(&operation.pointer, "x-retry"),
                what,
                why,
                "Write `x-retry: unsent`, or `never`.",
            );
        }
    }
}

/// Repetitions that would find another state than the first call.
pub(super) fn effect(context: &Context<'_>, report: &mut Report<'_, '_>) {
    // The rule `retry-secret` reports guesses.
    for (operation, _) in safe(context).into_iter().filter(|(_, guess)| guess.is_none()) {
        let name = string(operation.object, "operationId").unwrap_or_default();
        let (method, has_body) = (operation.method(), operation.object.contains_key("requestBody"));
        let what = if let Some(word) = words(name).into_iter().find(|word| EFFECTS.contains(&word.as_str())) {
            format!("`{name}` is marked as safe to repeat, although its name contains `{word}`.")
        } else if matches!(method, "delete" | "put" | "patch")
            || (has_body && !matches!(method, "get" | "head"))
        {
            format!(
                "`{name}` is a {} that changes something, and is marked as safe to repeat.",
                method.to_uppercase()
            )
        } else {
            continue;
        };
        let why = "A repetition finds another state: it ends a new session, or fails after a success.";
        report.add(&join(&operation.pointer, "x-retry"), what, why, "Write `x-retry: unsent`.");
    }
}

/// Reading calls that are not repeated, without a reason.
pub(super) fn reading(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in context.operations.iter().filter(|operation| operation.method() == "get") {
        let Some(retry @ ("unsent" | "never")) = string(operation.object, "x-retry") else { continue };
        if guess(context, operation).is_none() {
            let what = format!("A GET that sends no guess is marked `{retry}`.");
            let why = "A GET changes nothing (RFC 9110, section 9.2.1), and without repetition it fails for every hiccup of \
                       the network.";
            report.add(&join(&operation.pointer, "x-retry"), what, why, "Write `x-retry: safe`.");
        }
    }
}

/// The operations that are marked as safe to repeat, each with the guess that it sends.
fn safe<'c, 'a>(context: &'c Context<'a>) -> Vec<(&'c Operation<'a>, Option<String>)> {
    let operations = context.operations.iter();
    let safe = operations.filter(|operation| string(operation.object, "x-retry") == Some("safe"));
    safe.map(|operation| (operation, guess(context, operation))).collect()
}

/// The guess or one-time token that an operation sends: a secret in its body, or a parameter.
fn guess(context: &Context<'_>, operation: &Operation<'_>) -> Option<String> {
    let body = context.reach([join(&operation.pointer, "requestBody")]);
    let is_secret = |pointer: &&str| {
        context.document.value().pointer(pointer).is_some_and(|schema| schema["format"] == "password")
    };
    if body.iter().any(is_secret) {
        return Some("a secret in its body".to_owned());
    }
    let parameters = context.parameters(operation);
    let mut names = parameters.iter().filter_map(|parameter| parameter.string("name"));
    names.find(|name| is_spent(name)).map(|name| format!("`{name}`"))
}
