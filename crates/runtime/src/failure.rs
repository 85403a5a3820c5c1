//! Failures in JSON, whatever wraps them.
//!
//! Brokers and the gateways in front of them write a failure as `{"fault": {…}}`, `{"error": …}` with a string, an object
//! or a list, flat with `code` and `message`, below `data` or `Success`, as `application/problem+json` (RFC 9457), and
//! sometimes with status 200. Here is the one place that knows these forms; it knows no broker.

use std::{fmt, mem};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::Json;

/// The fields that hold a broker's code, the first one first.
const CODES: [&str; 3] = ["code", "errorCode", "stCode"];
/// The fields that hold a sentence, the first one first.
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
/// The fields that say nothing but how it went.
const STATES: [&str; 2] = ["stat", "status"];
/// The fields that wrap a failure.
const FAULTS: [&str; 3] = ["fault", "error", "errors"];
/// The fields that wrap a success, and a failure now and then.
const ENVELOPES: [&str; 3] = ["data", "success", "result"];
/// What a state says of a failure, without blanks and marks.
const FAILED: [&str; 6] = ["error", "errors", "fail", "failed", "failure", "notok"];
/// What the field of a fault says where there is none.
const NOTHING: [&str; 5] = ["none", "null", "no", "false", "no error"];
/// The fields that hold the HTTP status that is meant.
const STATUSES: [&str; 2] = ["statusCode", "status"];
/// How deep a failure may be wrapped.
const DEPTH: usize = 3;

/// What a response with a status of success is judged by: the fields that may hold a failure, and `others`. The rest may be
/// tokens, and as long as it likes; it is read and not kept.
pub(crate) fn judged_by(body: &[u8], others: &[&str]) -> Option<Json> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    // One level more, so that what is wrapped deepest is seen to be there.
    let value = Pruned { others, depth: DEPTH + 1 }.deserialize(&mut reader).ok()?;
    reader.end().ok().map(|()| Json::new(value))
}

struct Pruned<'a> {
    others: &'a [&'a str],
    depth: usize,
}

impl Pruned<'_> {
    fn keeps(&self, name: &str) -> bool {
        let known: [&[&str]; 7] = [&CODES, &SENTENCES, &STATES, &FAULTS, &ENVELOPES, &STATUSES, self.others];
        self.depth > 0 && known.iter().any(|names| is_one_of(name, names))
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

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    /// That there is an item is all that counts.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = Pruned { depth: self.depth.saturating_sub(1), ..self };
        let first = items.next_element_seed(inner)?;
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first.into_iter().collect())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let (mut kept, mut is_empty) = (Map::new(), true);
        // A name that nobody knows may be a secret, too.
        while let Some(mut name) = fields.next_key::<String>()?.map(Zeroizing::new) {
            is_empty = false;
            if self.keeps(&name) {
                let inner = Pruned { others: self.others, depth: self.depth - 1 };
                kept.insert(mem::take(&mut *name), fields.next_value_seed(inner)?);
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        if kept.is_empty() && !is_empty {
            // A fault in words that nobody knows is one all the same.
            kept.insert(String::new(), Value::Null);
        }
        Ok(Value::Object(kept))
    }
}

/// What a failure says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The codes, the outermost first.
    pub(crate) codes: Vec<String>,
    /// The sentences, the outermost first.
    pub(crate) sentences: Vec<String>,
    /// The HTTP status that is meant.
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
    let mut found = said(value, DEPTH);
    if found.sentences.is_empty() {
        found.sentences.extend(state(value, DEPTH));
    }
    found
}

fn said(value: &Value, depth: usize) -> Found {
    let mut found = Found::default();
    match value {
        Value::String(text) => found.sentences.extend(filled(text)),
        Value::Array(items) if depth > 0 => {
            items.iter().for_each(|item| found.extend(said(item, depth - 1)));
        }
        Value::Object(fields) => {
            found.codes.extend(CODES.iter().find_map(|name| code(field(fields, name)?)));
            found.status = STATUSES.iter().find_map(|name| error_status(field(fields, name)?));
            let strings = SENTENCES.iter().filter_map(|name| Some((*name, field(fields, name)?.as_str()?)));
            for (name, text) in strings {
                // RFC 6749, section 5.2: there `error` is the code, and another field has the words.
                match name == "error" && is_oauth_code(fields, text) {
                    true => found.codes.extend(filled(text)),
                    false => found.sentences.extend(filled(text)),
                }
            }
            let is_silent = found.sentences.is_empty();
            for (name, inner) in fields.iter().filter(|(_, inner)| is_nested(inner)) {
                if depth > 0 && (is_silent || is_one_of(name, &FAULTS)) {
                    found.extend(said(inner, depth - 1));
                }
            }
        }
        _ => {}
    }
    found
}

/// How it went, where nothing else is said.
fn state(value: &Value, depth: usize) -> Option<String> {
    let fields = value.as_object()?;
    let own = STATES.iter().find_map(|name| filled(field(fields, name)?.as_str()?));
    let inner = || {
        let depth = depth.checked_sub(1)?;
        fields.iter().filter(|(name, _)| is_wrapper(name)).find_map(|(_, inner)| state(inner, depth))
    };
    own.or_else(inner)
}

/// Whether JSON that came with a status of success is a failure: it has a fault or an error in it, a state that is one, a
/// status of one, or a code that `is_code` knows.
pub(crate) fn is_failure(value: &Value, is_code: &dyn Fn(&str) -> bool) -> bool {
    marks(value, is_code, DEPTH)
}

fn marks(value: &Value, is_code: &dyn Fn(&str) -> bool, depth: usize) -> bool {
    if let Value::Array(items) = value {
        return depth > 0 && items.iter().any(|item| marks(item, is_code, depth - 1));
    }
    let Some(fields) = value.as_object() else { return false };
    let sentence = |name: &str| field(fields, name).and_then(Value::as_str).and_then(filled).is_some();
    let codes = || CODES.iter().chain(&STATUSES).filter_map(|name| code(field(fields, name)?));
    FAULTS.iter().filter_map(|name| field(fields, name)).any(says_something)
        || ["errMsg", "emsg", "errorMessage"].into_iter().any(sentence)
        || field(fields, "errorCode").is_some_and(|value| code(value).is_some())
        || field(fields, "code").and_then(code).is_some_and(|code| !is_success_status(&code))
        || field(fields, "success") == Some(&Value::Bool(false))
        || STATES.iter().any(|name| field(fields, name).and_then(Value::as_str).is_some_and(is_failed))
        || codes().any(|code| error_status_of(&code).is_some() || is_code(&code))
        || depth > 0
            && fields
                .iter()
                .filter(|(name, _)| is_one_of(name, &ENVELOPES))
                .any(|(_, inner)| marks(inner, is_code, depth - 1))
}

/// Whether a state is one of a failure.
fn is_failed(state: &str) -> bool {
    let plain: String = state.chars().filter(char::is_ascii_alphanumeric).collect();
    is_one_of(&plain, &FAILED) || state.trim().to_ascii_lowercase().starts_with("error ")
}

/// The objects below a wrapper that holds them, and the value itself.
pub(crate) fn unwrapped(value: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    let fields = value.as_object().into_iter();
    let inner = fields.clone().flatten().filter(|(name, _)| is_one_of(name, &ENVELOPES));
    fields.chain(inner.filter_map(|(_, inner)| inner.as_object()))
}

/// The field of this name, in letters of either case.
pub(crate) fn field<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields
        .get(name)
        .or_else(|| fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

fn is_wrapper(name: &str) -> bool {
    is_one_of(name, &FAULTS) || is_one_of(name, &ENVELOPES)
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_nested(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// Whether the field of a fault is more than the place for one.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => filled(text).is_some() && !is_one_of(text.trim(), &NOTHING),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

fn filled(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// A code as text; 0 stands for none.
fn code(value: &Value) -> Option<String> {
    let code = match value {
        Value::String(code) => filled(code)?,
        Value::Number(code) => code.to_string(),
        _ => return None,
    };
    (code.trim() != "0").then_some(code)
}

fn error_status(value: &Value) -> Option<u16> {
    error_status_of(&code(value)?)
}

/// The HTTP status of an error, if it is one.
pub(crate) fn error_status_of(code: &str) -> Option<u16> {
    code.trim().parse().ok().filter(|status| (400..=599).contains(status))
}

fn is_success_status(code: &str) -> bool {
    code.trim().parse().is_ok_and(|status: u16| (200..300).contains(&status))
}

/// Whether the string below `error` is a code of OAuth: its words stand beside it, or it is a name like `invalid_client`.
fn is_oauth_code(fields: &Map<String, Value>, text: &str) -> bool {
    let is_name = || text.contains('_') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    fields.contains_key("error_description") || is_name()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(value: Value) -> (String, String) {
        let found = find(&value);
        (found.codes.join(" "), found.sentences.join("|"))
    }

    fn fails(value: &Value) -> bool {
        let pruned = judged_by(value.to_string().as_bytes(), &[]).unwrap();
        let [fails, once_more] = [value, &*pruned].map(|value| is_failure(value, &|code| code == "100022"));
        assert_eq!(fails, once_more, "{value}");
        fails
    }

    #[test]
    fn what_cannot_be_a_failure_is_not_kept() {
        let body =
            br#"{"data":{"token":"a","stat":"Ok","deep":[[1]]},"session":"b","State":"OK","error":[{},{}]}"#;
        let kept = judged_by(body, &["state"]).unwrap();
        assert_eq!(*kept, json!({ "data": { "stat": "Ok" }, "State": "OK", "error": [{}] }));
        assert!(judged_by(b"<html>", &[]).is_none() && judged_by(b"{} x", &[]).is_none());
    }

    #[test]
    fn codes_and_sentences_are_found_whatever_wraps_them() {
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
    fn the_status_that_is_meant_may_be_a_string() {
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
    fn a_success_is_none_though_it_has_places_for_failures() {
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
