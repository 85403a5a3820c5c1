//! A broker's code that is nearly one of `x-error-codes`: a slip of the pen that no schema notices, because codes are open.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{context::Context, example_values::each, report::Report};

/// Shorter ones are statuses and flags (characters).
const SHORTEST: usize = 5;

/// Codes in examples that differ in one or two places from a documented one.
pub(super) fn nearly_known(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let codes = context.document.value().get("x-error-codes").and_then(Value::as_object);
    let codes: Vec<&str> = codes.into_iter().flatten().map(|(code, _)| code.as_str()).collect();
    let known: BTreeSet<String> = codes.iter().map(|code| code.to_lowercase()).collect();
    each(context, &mut |example| {
        let text = match example.value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        if text.len() < SHORTEST || known.contains(&text.to_lowercase()) {
            return;
        }
        if let Some(code) = codes.iter().find(|code| is_slip(&text, code)) {
            let what = format!("`{text}` is nearly `{code}`, but stands in no line of `x-error-codes`.");
            let why = "The client goes by the code: it would take this answer for another kind of failure.";
            let fix = format!(
                "Write `{code}`; if the broker has both, add `{text}` to `x-error-codes` with its kind and meaning."
            );
            report.add(example.place, what, why, fix);
        }
    });
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
