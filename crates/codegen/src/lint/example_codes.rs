//! A broker's code that is nearly one of `x-error-codes`: a slip of the pen that no schema notices, because codes are open.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    context::Context,
    example_values::each,
    names::words,
    phrases::{Code, codes, known, matches, normal, texts},
    report::Report,
};
use crate::document::join;

/// Shorter ones are statuses and flags (characters).
const SHORTEST: usize = 5;

/// Codes in examples that differ in one or two places from a documented one.
pub(super) fn nearly_known(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let of_operations = context.operations.iter().flat_map(|operation| codes("", operation.object));
    let all = codes_of_document(context).into_iter().chain(of_operations);
    let codes: Vec<&str> = all.map(|code| code.code).collect();
    each(context, &mut |example| {
        let text = match example.value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        let is_code = words(example.name).last().is_some_and(|word| word == "code");
        if (!is_code && text.bytes().all(|byte| byte.is_ascii_digit()))
            || text.len() < SHORTEST
            || codes.iter().any(|code| matches(code, &normal(&text)))
        {
            return;
        }
        let nearest = codes.iter().filter(|code| is_slip(&text, code));
        if let Some(code) = nearest.min_by_key(|code| strsim::damerau_levenshtein(&text, code)) {
            let what = format!("`{text}` is nearly `{code}`, but is not in `x-error-codes`.");
            let why = "The client goes by the code: it would take this answer for another kind of failure.";
            let fix = format!(
                "Write the one that the broker has in both places; if it has both, add `{text}` to `x-error-codes` with \
                 its kind and meaning."
            );
            report.add(example.place, what, why, fix);
        }
    });
}

/// Codes that no example has, and examples that are said to mean something else than their code.
pub(super) fn kinds(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let of_document = codes_of_document(context);
    let (mut met, mut reported) = (BTreeSet::new(), BTreeSet::new());
    for operation in &context.operations {
        let own = codes(&operation.pointer, operation.object);
        for (_, response) in context.responses(operation) {
            for (_, media) in context.members(&join(&response.pointer, "content")) {
                for (_, example) in context.members(&join(&media.pointer, "examples")) {
                    let texts = example.value.get("value").map(texts).unwrap_or_default();
                    let (of_operation, of_document) = (known(&own, &texts), known(&of_document, &texts));
                    met.extend(of_operation.iter().chain(&of_document).map(|code| code.place.clone()));
                    // What the operation says wins.
                    let meant = if of_operation.is_empty() { of_document } else { of_operation };
                    let kinds: BTreeSet<&str> = meant.iter().map(|code| code.kind).collect();
                    let said = example.text("x-error-kind").or_else(|| response.text("x-error-kind"));
                    let ([kind], [code, ..]) = (&Vec::from_iter(kinds)[..], &meant[..]) else { continue };
                    let Some(said) = said.filter(|said| said != kind) else { continue };
                    if !reported.insert(example.place.clone()) {
                        continue;
                    }
                    let what = format!(
                        "This answer has the code `{}`, which means `{kind}`, but is said to mean `{said}`.",
                        code.code
                    );
                    let why = "The client goes by the code before it goes by the status, and acts on the kind: what is \
                               unavailable it repeats, and a locked account it leaves alone.";
                    let fix = "Mend the kind of the code in `x-error-codes`, or what is said of this answer; if the code means \
                               something else to this operation, add `x-error-codes` to that.";
                    report.add(&example.place, what, why, fix);
                }
            }
        }
    }
    let of_operations = context.operations.iter();
    let of_operations = of_operations.flat_map(|operation| codes(&operation.pointer, operation.object));
    for Code { place, code, .. } in of_document.into_iter().chain(of_operations) {
        if !met.contains(&place) {
            let what = format!("No example has the code `{code}`.");
            let why = "What no example has is untested; if it is a slip of the pen, nobody would notice.";
            let fix = "Add an example of an answer with it, or mend the code.";
            report.add(&place, what, why, fix);
        }
    }
}

/// The codes of the whole document.
fn codes_of_document<'a>(context: &Context<'a>) -> Vec<Code<'a>> {
    context.document.value().as_object().map(|root| codes("", root)).unwrap_or_default()
}

/// Whether one is most likely the other, mistyped: a letter more, less, or another, two that have changed places; of a
/// number the last two digits.
fn is_slip(text: &str, code: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if code.len() < SHORTEST || text.len().abs_diff(code.len()) > 1 || is_number(text) != is_number(code) {
        return false;
    }
    let same_start = || text.get(..code.len().saturating_sub(2)) == code.get(..code.len().saturating_sub(2));
    let ends_differ = is_number(code) && text.len() == code.len() && same_start();
    ends_differ || strsim::damerau_levenshtein(&text.to_lowercase(), &code.to_lowercase()) == 1
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn slips_are_told_from_other_codes() {
        for (text, code) in
            [("900910", "900901"), ("70010", "70009"), ("9000901", "900901"), ("no sesion", "no session")]
        {
            assert!(is_slip(text, code), "{text} {code}");
        }
        for (text, code) in
            [("900800", "900901"), ("10512", "50001"), ("400", "401"), ("System failed", "no session")]
        {
            assert!(!is_slip(text, code), "{text} {code}");
        }
    }
}
