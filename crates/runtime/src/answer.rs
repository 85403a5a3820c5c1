//! What the transport hands on in place of what arrived.
//!
//! The body has been read and the status understood, so an answer is put together again; and a call that
//! was never sent gets an answer, too, because the hooks know no other way to say something about it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use reqwest::Response;
use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    Api, Kept, Secret, Unfit,
    redact::{REPLACEMENT, Redaction},
    wiped,
};

/// An answer, with what was found out about it.
pub(crate) fn rebuild(status: StatusCode, headers: HeaderMap, body: Bytes, kept: Option<Kept>) -> Response {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(kept) = kept {
        response.extensions_mut().insert(kept);
    }
    response.into()
}

/// The answer to a call that was held back.
pub(crate) fn held_back(wait: Duration) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::RETRY_AFTER, seconds(wait));
    let status = StatusCode::TOO_MANY_REQUESTS;
    let kept = Kept { unfit: Unfit::HeldBack, status, body: Bytes::new() };
    rebuild(status, headers, Bytes::new(), Some(kept))
}

/// A time for `Retry-After`: whole seconds, and never too few of them.
pub(crate) fn seconds(wait: Duration) -> HeaderValue {
    HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

/// The headers that the layers above read, those that the hints of the spec ask for among them. The others may hold
/// cookies.
pub(crate) fn harmless(headers: &HeaderMap, api: &Api) -> HeaderMap {
    let hinted = api.hints.iter().filter_map(|hint| HeaderName::try_from(hint.header?.0).ok());
    let wanted = [header::CONTENT_TYPE, header::DATE, header::RETRY_AFTER].into_iter().chain(hinted);
    wanted.filter_map(|name| headers.get(&name).cloned().map(|value| (name, value))).collect()
}

/// A body without what was secret in the request. A secret that is one of the broker's own codes by chance stays: it
/// says nothing there, and without it nobody would know what the answer means.
///
/// JSON stays JSON: four digits of an access code stand in many a number and in many an escaped character. So its texts
/// are looked at, and its numbers as a whole; the names of its members are nobody's to show.
pub(crate) fn without_secrets(body: Bytes, api: &Api, secrets: &[Secret]) -> Bytes {
    let operations = api.operations.iter().flat_map(|operation| operation.error_codes);
    let codes: Vec<&str> = api.error_codes.iter().chain(operations).map(|known| known.code).collect();
    let is_code = |text: &str| codes.contains(&text);
    let secrets: Vec<&Secret> = secrets.iter().filter(|secret| !is_code(secret.expose())).collect();
    let Ok(text) = std::str::from_utf8(&body) else { return body };
    let redaction = Redaction::of(secrets.iter().copied());
    let Ok(mut value) = serde_json::from_str(text) else {
        return wiped::shared(Zeroizing::new(redaction.redact(text).into_bytes()));
    };
    let is_secret = |number: &str| secrets.iter().any(|secret| secret.expose() == number);
    change_values(&mut value, &|value| match value {
        Value::String(text) if !is_code(text) => Some(redaction.redact(text)),
        Value::Number(number) if is_secret(&Zeroizing::new(number.to_string())) => {
            Some(REPLACEMENT.to_owned())
        }
        _ => None,
    });
    let value = wiped::Json::new(value);
    // A text of four bytes becomes one of ten at most, so that the buffer need not grow.
    let mut changed = Zeroizing::new(Vec::with_capacity(4 * body.len()));
    match serde_json::to_writer(&mut *changed, &*value) {
        Ok(()) => wiped::shared(changed),
        Err(_) => Bytes::new(),
    }
}

/// Puts another text in place of every value that `change` has one for, but not of the names of members.
fn change_values(value: &mut Value, change: &impl Fn(&Value) -> Option<String>) {
    if let Some(changed) = change(value) {
        if let Value::String(text) = value {
            text.zeroize();
        }
        *value = changed.into();
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change_values(item, change)),
        Value::Object(members) => members.values_mut().for_each(|value| change_values(value, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: Api = Api {
        title: "made up",
        version: "1",
        servers: &[],
        domains: &[],
        security_schemes: &[],
        operations: &[],
        error_codes: &[],
        hints: &[],
        rate_limit: None,
        penalty: None,
    };

    fn shown(body: &str, secrets: &[&str]) -> String {
        let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::from(*secret)).collect();
        String::from_utf8(without_secrets(Bytes::copy_from_slice(body.as_bytes()), &API, &secrets).to_vec())
            .unwrap()
    }

    #[test]
    fn json_stays_json_wherever_a_secret_stands_by_chance() {
        for (body, expected) in [
            (
                r#"{"code":100008,"message":"0000 is wrong"}"#,
                r#"{"code":100008,"message":"[redacted] is wrong"}"#,
            ),
            (r#"{"message":"a\u00001"}"#, r#"{"message":"a\u00001"}"#),
            (r#"[{"0000":["\u0030000"]}]"#, r#"[{"0000":["[redacted]"]}]"#),
        ] {
            assert_eq!(shown(body, &["0000"]), expected, "{body}");
        }
    }

    #[test]
    fn a_number_that_is_a_secret_is_none_any_more() {
        for (body, expected) in [
            (r#"{"code":100008,"message":730264}"#, r#"{"code":100008,"message":"[redacted]"}"#),
            (r#"[7302641,17.5,730264]"#, r#"[7302641,17.5,"[redacted]"]"#),
        ] {
            assert_eq!(shown(body, &["730264"]), expected, "{body}");
        }
    }

    #[test]
    fn a_code_of_the_broker_stays_whole_though_a_secret_stands_in_it() {
        static CODED: Api = Api {
            error_codes: &[crate::ErrorCode {
                code: "900901",
                kind: crate::ErrorKind::Credentials,
                judges: false,
                meaning: "made up",
            }],
            ..API
        };
        let body = Bytes::from_static(br#"{"code":"900901","message":"0090 and 900901"}"#);
        let changed = without_secrets(body, &CODED, &["0090".into(), "00901".into()]);
        assert_eq!(changed, r#"{"code":"900901","message":"[redacted] and 9[redacted]"}"#);
    }

    #[test]
    fn what_is_no_json_is_looked_at_as_it_is() {
        assert_eq!(shown("<b>0000</b>", &["0000"]), "<b>[redacted]</b>");
        assert_eq!(shown(r#"{"message":"0000"#, &["0000"]), r#"{"message":"[redacted]"#);
    }
}
