//! What the transport hands on in place of what arrived.
//!
//! The body has been read and the status understood, so an answer is put together again; and a call that
//! was never sent gets an answer, too, because the hooks know no other way to say something about it.

use std::{mem, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::Response;
use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

use crate::{Api, Kept, Secret, Unfit, redact, wiped};

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

/// The headers that the layers above read. The others may hold cookies.
pub(crate) fn harmless(headers: &HeaderMap) -> HeaderMap {
    let wanted = [header::CONTENT_TYPE, header::DATE, header::RETRY_AFTER];
    wanted.into_iter().filter_map(|name| headers.get(&name).cloned().map(|value| (name, value))).collect()
}

/// A body without what was secret in the request. A secret that is one of the broker's own codes by chance stays: it
/// says nothing there, and without it nobody would know what the answer means.
///
/// JSON stays JSON: four digits of an access code stand in many a number and in many an escaped character. So only
/// its texts are looked at; the names of its members are nobody's to show, and a number is looked at again before it
/// is shown.
pub(crate) fn without_secrets(body: Bytes, api: &Api, secrets: &[Secret]) -> Bytes {
    let is_code = |text: &str| api.error_codes.iter().any(|known| known.code == text);
    let secrets: Vec<&Secret> = secrets.iter().filter(|secret| !is_code(secret.expose())).collect();
    let Ok(text) = std::str::from_utf8(&body) else { return body };
    let redact = |text: &str| Zeroizing::new(redact(text, secrets.iter().copied()));
    let Ok(mut value) = serde_json::from_str(text) else {
        return wiped::shared(Zeroizing::new(mem::take(&mut *redact(text)).into_bytes()));
    };
    change_texts(&mut value, &|text| {
        if is_code(text) { text.to_owned() } else { mem::take(&mut *redact(text)) }
    });
    let value = wiped::Json::new(value);
    // A text of four bytes becomes one of ten at most, so that the buffer need not grow.
    let mut changed = Zeroizing::new(Vec::with_capacity(4 * body.len()));
    match serde_json::to_writer(&mut *changed, &*value) {
        Ok(()) => wiped::shared(changed),
        Err(_) => Bytes::new(),
    }
}

/// Changes every text in a value, but not the names of members.
fn change_texts(value: &mut Value, change: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => {
            let changed = change(text);
            mem::replace(text, changed).zeroize();
        }
        Value::Array(items) => items.iter_mut().for_each(|item| change_texts(item, change)),
        Value::Object(members) => members.values_mut().for_each(|value| change_texts(value, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: Api = Api {
        title: "made up",
        version: "1",
        servers: &[],
        security_schemes: &[],
        operations: &[],
        error_codes: &[],
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
    fn what_is_no_json_is_looked_at_as_it_is() {
        assert_eq!(shown("<b>0000</b>", &["0000"]), "<b>[redacted]</b>");
        assert_eq!(shown(r#"{"message":"0000"#, &["0000"]), r#"{"message":"[redacted]"#);
    }
}
