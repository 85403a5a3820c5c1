//! Failures in JSON, in any wrapper.
//!
//! Brokers and the gateways in front of them write a failure as `{"fault": {…}}`, `{"error": …}` with a string, an object
//! or a list, flat with `code` and `message`, below `data` or `Success`, as `application/problem+json` (RFC 9457), and
//! sometimes with status 200. This is the one place that knows these forms; it knows no broker.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::Json;

/// The fields that hold a broker's code, in order of precedence.
const CODES: [&str; 3] = ["code", "errorCode", "stCode"];
/// The fields that hold a sentence, in order of precedence.
const SENTENCES: [&str; 11] = [
    "message",
    "errMsg",
    "emsg",
    "errorMessage",
    "msg",
    "title",
    "detail",
    "error_description",
    "description",
    "error",
    "fault",
];
/// The fields that only hold a state.
const STATES: [&str; 2] = ["stat", "status"];
/// The fields that wrap a failure.
const FAULTS: [&str; 3] = ["fault", "error", "errors"];
/// The fields that wrap a success, and sometimes a failure.
const ENVELOPES: [&str; 3] = ["data", "success", "result"];
/// The states of a failure, without blanks and punctuation.
const FAILED: [&str; 6] = ["error", "errors", "fail", "failed", "failure", "notok"];
/// The values of a fault's field in a response without a fault.
const NOTHING: [&str; 5] = ["none", "null", "no", "false", "no error"];
/// The fields that hold the HTTP status of the failure.
const STATUSES: [&str; 2] = ["statusCode", "status"];
/// The number of wrappers in which a failure is found.
const MAX_WRAPPERS: usize = 3;

/// The part of a successful response that decides whether it is one: the fields that may hold a failure, and those that
/// `is_decisive` names. The rest may hold tokens; it is parsed and not kept.
pub(crate) fn pruned(body: &[u8], is_decisive: &dyn Fn(&str) -> bool) -> Option<Json> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    // One more level than is searched, so that the deepest wrapper is not empty.
    let value = Pruned { is_decisive, depth: MAX_WRAPPERS + 1 }.deserialize(&mut reader).ok()?;
    reader.end().ok().map(|()| Json::new(value))
}

struct Pruned<'a> {
    is_decisive: &'a dyn Fn(&str) -> bool,
    depth: usize,
}

impl Pruned<'_> {
    fn keeps(&self, name: &str) -> bool {
        let known: [&[&str]; 6] = [&CODES, &SENTENCES, &STATES, &FAULTS, &ENVELOPES, &STATUSES];
        self.depth > 0 && (known.iter().any(|names| is_one_of(name, names)) || (self.is_decisive)(name))
    }
}

impl<'de> DeserializeSeed<'de> for Pruned<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Pruned<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E: Error>(self, string: &str) -> Result<Value, E> {
        Ok(string.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    /// Keeps the first item only: it matters only whether the list is empty.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = Pruned { depth: self.depth.saturating_sub(1), ..self };
        let first = items.next_element_seed(inner)?;
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first.into_iter().collect())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let (mut kept, mut is_empty) = (Map::new(), true);
        while let Some(name) = fields.next_key_seed(KeptName(&self))? {
            is_empty = false;
            if let Some(name) = name {
                let inner = Pruned { is_decisive: self.is_decisive, depth: self.depth - 1 };
                kept.insert(name, fields.next_value_seed(inner)?);
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        if kept.is_empty() && !is_empty {
            // A fault with unknown fields is still a fault.
            kept.insert(String::new(), Value::Null);
        }
        Ok(Value::Object(kept))
    }
}

/// The name of a field, if the field is kept. Another name may be a secret and is not copied.
struct KeptName<'a>(&'a Pruned<'a>);

impl<'de> DeserializeSeed<'de> for KeptName<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeptName<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<String>, E> {
        Ok(self.0.keeps(name).then(|| name.to_owned()))
    }
}

/// The contents of a failure, as they arrived.
#[derive(Default)]
pub(crate) struct Found {
    /// The codes, the outermost first.
    pub(crate) codes: Vec<Zeroizing<String>>,
    /// The sentences, the outermost first.
    pub(crate) sentences: Vec<Zeroizing<String>>,
    /// The HTTP status that the body names.
    pub(crate) status: Option<u16>,
}

impl Found {
    fn extend(&mut self, other: Self) {
        self.codes.extend(other.codes);
        self.sentences.extend(other.sentences);
        self.status = self.status.or(other.status);
    }
}

/// Finds the codes and the sentences of a failure.
pub(crate) fn find(value: &Value) -> Found {
    let mut found = contents(value, MAX_WRAPPERS);
    if found.sentences.is_empty() {
        found.sentences.extend(state(value, MAX_WRAPPERS));
    }
    found
}

fn contents(value: &Value, depth: usize) -> Found {
    let mut found = Found::default();
    match value {
        Value::String(string) => found.sentences.extend(filled(string)),
        Value::Array(items) if depth > 0 => {
            items.iter().for_each(|item| found.extend(contents(item, depth - 1)));
        }
        Value::Object(fields) => {
            found = own_contents(fields);
            let is_silent = found.sentences.is_empty();
            for (name, inner) in fields.iter().filter(|(_, inner)| is_nested(inner)) {
                if depth > 0 && (is_silent || is_one_of(name, &FAULTS)) {
                    found.extend(contents(inner, depth - 1));
                }
            }
        }
        _ => {}
    }
    found
}

/// The code and the sentences that stand in these fields themselves.
fn own_contents(fields: &Map<String, Value>) -> Found {
    let mut found = Found::default();
    found.codes.extend(CODES.iter().find_map(|name| code(field(fields, name)?)));
    found.status = STATUSES.iter().find_map(|name| error_status(field(fields, name)?));
    let strings = SENTENCES.iter().filter_map(|name| Some((*name, field(fields, name)?.as_str()?)));
    for (name, string) in strings {
        // RFC 6749, section 5.2: there `error` is the code, and another field has the message.
        if name == "error" && is_oauth_code(fields, string) {
            found.codes.extend(filled(string));
        } else {
            found.sentences.extend(filled(string));
        }
    }
    found
}

/// Finds the codes and the sentences at the top level of a response, and in a fault there.
pub(crate) fn top_level(value: &Value) -> Found {
    let mut found = Found::default();
    let Some(fields) = value.as_object() else { return found };
    let faults = fields.iter().filter(|(name, _)| is_one_of(name, &FAULTS)).map(|(_, inner)| inner);
    faults.for_each(|fault| found.extend(contents(fault, 1)));
    found.extend(own_contents(fields));
    found
}

/// The state, if there is no sentence.
fn state(value: &Value, depth: usize) -> Option<Zeroizing<String>> {
    let fields = value.as_object()?;
    let own = STATES.iter().find_map(|name| filled(field(fields, name)?.as_str()?));
    let inner = || {
        let depth = depth.checked_sub(1)?;
        fields.iter().filter(|(name, _)| is_wrapper(name)).find_map(|(_, inner)| state(inner, depth))
    };
    own.or_else(inner)
}

/// Whether JSON with a status of success is a failure: it holds a fault or an error, the state or the status of one, or
/// a code that `is_code` knows.
pub(crate) fn is_failure(value: &Value, is_code: &dyn Fn(&str) -> bool) -> bool {
    has_failure(value, is_code, MAX_WRAPPERS)
}

fn has_failure(value: &Value, is_code: &dyn Fn(&str) -> bool, depth: usize) -> bool {
    if let Value::Array(items) = value {
        return depth > 0 && items.iter().any(|item| has_failure(item, is_code, depth - 1));
    }
    let Some(fields) = value.as_object() else { return false };
    fields.iter().any(|(name, value)| {
        let is = |names: &[&str]| is_one_of(name, names);
        let string = || value.as_str().unwrap_or_default();
        let has_code = |is_failure: &dyn Fn(&str) -> bool| code(value).is_some_and(|code| is_failure(&code));
        is(&FAULTS) && is_filled(value)
            || is(&["errMsg", "emsg", "errorMessage"]) && filled(string()).is_some()
            || is(&["errorCode"]) && has_code(&|_| true)
            || is(&["code"]) && has_code(&|code| !is_success_status(code))
            || is(&["success"]) && *value == Value::Bool(false)
            || is(&STATES) && is_failed(string())
            || (is(&CODES) || is(&STATUSES))
                && has_code(&|code| error_status_of(code).is_some() || is_code(code))
            || is(&ENVELOPES) && depth > 0 && has_failure(value, is_code, depth - 1)
    })
}

/// Whether a state is one of a failure.
fn is_failed(state: &str) -> bool {
    let plain: String = state.chars().filter(char::is_ascii_alphanumeric).collect();
    is_one_of(&plain, &FAILED) || state.trim().to_ascii_lowercase().starts_with("error ")
}

/// The value itself and the objects in its wrappers.
pub(crate) fn unwrapped(value: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    let fields = value.as_object().into_iter();
    let inner = fields.clone().flatten().filter(|(name, _)| is_one_of(name, &ENVELOPES));
    fields.chain(inner.filter_map(|(_, inner)| inner.as_object()))
}

/// The field of this name, in letters of either case.
pub(crate) fn field<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    // There are few, and most have another length.
    let mut named = fields.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    let (first, value) = named.next()?;
    let exact = if first == name { None } else { named.find(|(known, _)| *known == name) };
    Some(exact.map_or(value, |(_, value)| value))
}

fn is_wrapper(name: &str) -> bool {
    is_one_of(name, &FAULTS) || is_one_of(name, &ENVELOPES)
}

pub(crate) fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_nested(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// Whether the field of a fault holds one.
fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(string) => !string.trim().is_empty() && !is_one_of(string.trim(), &NOTHING),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

fn filled(string: &str) -> Option<Zeroizing<String>> {
    (!string.trim().is_empty()).then(|| Zeroizing::new(string.to_owned()))
}

/// A code as a string; 0 stands for none.
fn code(value: &Value) -> Option<Zeroizing<String>> {
    let code = match value {
        Value::String(code) => filled(code)?,
        Value::Number(code) => Zeroizing::new(code.to_string()),
        _ => return None,
    };
    (code.trim() != "0").then_some(code)
}

fn error_status(value: &Value) -> Option<u16> {
    error_status_of(&code(value)?)
}

/// The HTTP status of an error, if the code is one.
pub(crate) fn error_status_of(code: &str) -> Option<u16> {
    code.trim().parse().ok().filter(|status| (400..=599).contains(status))
}

fn is_success_status(code: &str) -> bool {
    code.trim().parse().is_ok_and(|status: u16| (200..300).contains(&status))
}

/// Whether the string below `error` is a code of OAuth: a description stands beside it, or it is a name like
/// `invalid_client`.
fn is_oauth_code(fields: &Map<String, Value>, error: &str) -> bool {
    let is_name =
        || error.contains('_') && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    fields.contains_key("error_description") || is_name()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(value: Value) -> (String, String) {
        let Found { codes, sentences, .. } = find(&value);
        let join = |strings: &[Zeroizing<String>], separator| {
            strings.iter().map(|string| string.as_str()).collect::<Vec<_>>().join(separator)
        };
        (join(&codes, " "), join(&sentences, "|"))
    }

    fn fails(value: &Value) -> bool {
        let pruned = pruned(value.to_string().as_bytes(), &|_| false).unwrap();
        let [fails, once_more] = [value, &*pruned].map(|value| is_failure(value, &|code| code == "100022"));
        assert_eq!(fails, once_more, "{value}");
        fails
    }

    #[test]
    fn fields_that_hold_no_failure_are_not_kept() {
        let body =
            br#"{"data":{"token":"a","stat":"Ok","deep":[[1]]},"session":"b","State":"OK","error":[{},{}]}"#;
        let kept = pruned(body, &|name| name.eq_ignore_ascii_case("state")).unwrap();
        assert_eq!(*kept, json!({ "data": { "stat": "Ok" }, "State": "OK", "error": [{}] }));
        assert!(pruned(b"<html>", &|_| false).is_none() && pruned(b"{} x", &|_| false).is_none());
    }

    #[test]
    fn codes_and_sentences_are_found_in_any_wrapper() {
        for (value, codes, sentences) in [
            (json!({ "code": "1", "message": "a", "description": "b" }), "1", "a|b"),
            (json!({ "fault": { "code": 1, "message": "a", "description": "" } }), "1", "a"),
            (json!({ "Fault": { "code": 0, "message": "" } }), "", ""),
            (
                json!({ "error": [{ "code": "1", "message": "a" }, { "code": "2", "message": "b" }] }),
                "1 2",
                "a|b",
            ),
            (json!({ "error": "a" }), "", "a"),
            (json!({ "error": ["a", "b"] }), "", "a|b"),
            (json!({ "code": 429, "error": "a", "message": "b" }), "429", "b|a"),
            (json!({ "data": { "stCode": 1, "errMsg": "a", "stat": "error in x" } }), "1", "a"),
            (json!({ "stat": "Not_Ok", "emsg": "a", "stCode": 1 }), "1", "a"),
            (json!({ "Success": { "fault": { "code": 1, "message": "a" } } }), "1", "a"),
            (json!({ "stCode": 1, "stat": "Not_Ok" }), "1", "Not_Ok"),
            (json!({ "error": "invalid_client", "error_description": "a" }), "invalid_client", "a"),
            (json!({ "error": "invalid_client" }), "invalid_client", ""),
            (json!({ "type": "about:blank", "title": "a", "status": 401, "detail": "b" }), "", "a|b"),
            (json!("a"), "", "a"),
            (json!([]), "", ""),
            (json!(1), "", ""),
        ] {
            assert_eq!(found(value.clone()), (codes.to_owned(), sentences.to_owned()), "{value}");
        }
    }

    #[test]
    fn the_status_of_a_failure_may_be_a_string() {
        for (value, status) in [
            (json!({ "error": "a", "statusCode": "401" }), Some(401)),
            (json!({ "title": "a", "status": 403 }), Some(403)),
            (json!({ "error": { "statusCode": 500 } }), Some(500)),
            (json!({ "status": "error" }), None),
            (json!({ "status": 200 }), None),
        ] {
            assert_eq!(find(&value).status, status, "{value}");
        }
    }

    #[test]
    fn a_failure_with_a_status_of_success_is_recognised() {
        for value in [
            json!({ "fault": { "code": 1 } }),
            json!({ "fault": { "faultstring": "a" } }),
            json!({ "Fault": "a" }),
            json!({ "error": "a" }),
            json!({ "error": [{}] }),
            json!({ "errMsg": "a" }),
            json!({ "emsg": "a" }),
            json!({ "errorCode": "E1" }),
            json!({ "code": "900901", "message": "a" }),
            json!({ "status": "error", "message": "a" }),
            json!({ "stat": "Not_Ok" }),
            json!({ "stat": "error in neo-login-check-api" }),
            json!({ "stCode": 100_022 }),
            json!({ "data": { "stCode": 100_022 } }),
            json!({ "Success": { "fault": { "code": 1 } } }),
            json!({ "success": { "status": "FAILED" } }),
            json!({ "success": false }),
            json!({ "title": "Unauthorized", "status": 401 }),
            json!({ "message": "a", "statusCode": "401" }),
        ] {
            assert!(fails(&value), "{value}");
        }
    }

    #[test]
    fn empty_error_fields_do_not_make_a_failure() {
        for value in [
            json!({}),
            json!([]),
            json!({ "error": null, "fault": {}, "errMsg": "", "errorCode": "0", "errors": [] }),
            json!({ "data": { "token": "a", "status": "success", "stat": "Ok" } }),
            json!({ "stCode": 1000, "status": "success" }),
            json!({ "code": 200, "message": "OK" }),
            json!({ "hmds": { "error": "no bridge" }, "session": "a" }),
            json!({ "Success": { "message": "Logout Successful.", "status": "Active" } }),
        ] {
            assert!(!fails(&value), "{value}");
        }
    }
}
