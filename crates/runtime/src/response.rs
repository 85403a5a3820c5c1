//! Reads a response, and examines it before it is decoded.
//!
//! A body may never end, or end early. An error page of a gateway, an empty body and a redirect to a login page are
//! distinguished here, while their status is still known.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use reqwest::Response;
use serde_json::{Value, error::Category};
use url::Url;
use zeroize::Zeroizing;

use crate::{
    Api, Decoded, Json, Operation, Reason, Status,
    api::has_all,
    broker_message::{Phrases, matches, normal},
    decode::read,
    failure::Arrived,
    json_failure::{field, is_failure, is_one_of, pruned, top_level, unwrapped},
    zeroizing::Buffer,
};

/// The meaning of a missing body.
pub(crate) const EMPTY_OBJECT: &[u8] = b"{}";

/// The reason why a response is a failure, and its body if it is JSON.
pub(crate) type Finding = (Reason, Option<Json>);

/// Reads the body up to `limit` bytes. The second value is the reason why it is incomplete.
pub(crate) async fn read_body(response: &mut Response, limit: usize) -> (Bytes, Option<Reason>) {
    let announced = response.content_length().unwrap_or_default();
    if usize::try_from(announced).is_ok_and(|length| length > limit) {
        return (Bytes::new(), Some(Reason::TooLong(limit)));
    }
    let mut body = Buffer::with_capacity(usize::try_from(announced).unwrap_or_default());
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                return (body.freeze(), Some(Reason::TooLong(limit)));
            }
            Ok(Some(chunk)) => body.extend(&chunk),
            Ok(None) => return (without_mark(body.freeze()), None),
            Err(error) if error.is_timeout() => return (body.freeze(), Some(Reason::Slow)),
            Err(_) => return (body.freeze(), Some(Reason::Cut)),
        }
    }
}

/// Without the byte order mark that some servers put before UTF-8, and no JSON parser accepts.
pub(crate) fn without_mark(body: Bytes) -> Bytes {
    if body.starts_with(b"\xEF\xBB\xBF") { body.slice(3..) } else { body }
}

/// The status that a response has for the generated code. An unknown success means what 200 means (RFC 9110, section
/// 15), if its body does: a 201 must not cost a session that has begun.
pub(crate) fn understood(operation: &Operation, status: StatusCode, body: &[u8]) -> StatusCode {
    if !status.is_success() || operation.status(status.as_u16()).is_some() {
        return status;
    }
    let is_ok = |ok: &Status| {
        let is_fault = || {
            let is_decisive = |name: &str| ok.faults.iter().any(|fault| is_one_of(name, fault.required));
            pruned(body, &is_decisive).is_some_and(|value| ok.faults.iter().any(|fault| fault.is_in(&value)))
        };
        (ok.decode)(body).is_ok() || may_be_filled(ok, body) || is_fault()
    };
    if operation.status(200).is_some_and(is_ok) { StatusCode::OK } else { status }
}

/// Whether the body is missing and the spec allows it, so that it stands for an object without fields.
pub(crate) fn is_filled(operation: &Operation, status: StatusCode, body: &[u8]) -> bool {
    operation.status(status.as_u16()).is_some_and(|status| may_be_filled(status, body))
}

fn may_be_filled(status: &Status, body: &[u8]) -> bool {
    status.may_be_empty && body.trim_ascii().is_empty() && (status.decode)(EMPTY_OBJECT).is_ok()
}

/// The decoded success, or why a response is not the one that the spec describes. `status` is the one that was understood.
pub(crate) fn examine(
    api: &Api,
    operation: &Operation,
    url: &Url,
    arrived: &Arrived,
    status: StatusCode,
) -> Result<Decoded, Finding> {
    // Even a documented redirect leads to a page for a person in a browser.
    if status.is_redirection() {
        return Err((redirect(url, &arrived.headers), None));
    }
    let body = &arrived.body;
    let known = operation.status(status.as_u16());
    if let Some(known) = known.filter(|_| status.is_success()) {
        return examine_success(api, operation, known, body).map_err(|reason| {
            // Nothing else is quoted, so nothing else is read.
            let is_read = matches!(reason, Reason::FailureInBody | Reason::Unconfirmed);
            (reason, if is_read { read(body).ok() } else { None })
        });
    }
    let json = read::<Json>(body);
    let reason = match (known, &json) {
        (None, _) => Reason::UnknownStatus,
        (Some(_), Ok(_)) => Reason::Status,
        (Some(_), Err(error)) => mismatch(body, error),
    };
    Err((reason, json.ok()))
}

/// The decoded success, or the reason why a response with a status of success is a failure.
fn examine_success(
    api: &Api,
    operation: &Operation,
    status: &Status,
    body: &[u8],
) -> Result<Decoded, Reason> {
    let decoded = (status.decode)(body);
    let decisive = pruned(body, &|name| {
        status.success.iter().any(|(confirming, _)| confirming.eq_ignore_ascii_case(name))
            || is_one_of(name, status.required)
            || status.faults.iter().any(|fault| is_one_of(name, fault.required))
    });
    if decisive.is_none() && decoded.is_ok() && !body.trim_ascii().is_empty() {
        // It fits, because what would decide is not a field of the success and cannot be read.
        return Err(Reason::Mismatch);
    }
    if let Some(value) = decisive {
        if is_failure(&value, &|code| api.is_code(Some(operation), code)) {
            return Err(Reason::FailureInBody);
        }
        if !is_confirmed(status, &value) {
            return Err(Reason::Unconfirmed);
        }
        let is_incomplete = decoded.is_err() && !has_all(&value, status.required);
        let mut faults = status.faults.iter().filter(|fault| fault.first || is_incomplete);
        if faults.any(|fault| fault.is_in(&value)) {
            return Err(Reason::FailureInBody);
        }
    }
    decoded.map_err(|error| mismatch(body, &error))
}

fn mismatch(body: &[u8], error: &serde_json::Error) -> Reason {
    match error.classify() {
        _ if body.trim_ascii().is_empty() => Reason::Empty,
        Category::Data => Reason::Mismatch,
        _ => Reason::NotJson,
    }
}

/// Why the response to a program's own request is a failure. The spec does not describe it, so a success counts as one
/// unless it holds a code or a sentence of the spec at its top level, or is a page that was not asked for.
pub(crate) fn examine_own(api: &Api, url: &Url, arrived: &Arrived, accepts_html: bool) -> Option<Finding> {
    let Arrived { status, headers, body, .. } = arrived;
    if status.is_redirection() {
        return Some((redirect(url, headers), None));
    }
    if !status.is_success() {
        return Some((Reason::Status, read(body).ok()));
    }
    if !accepts_html && is_page(headers, body) {
        return Some((Reason::Page, None));
    }
    let value = pruned(body, &|_| false)?;
    api.known(None, &Phrases::of(&top_level(&value)))?;
    Some((Reason::FailureInBody, Some(value)))
}

pub(crate) fn is_page(headers: &HeaderMap, body: &[u8]) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let start = body.trim_ascii_start();
    let begins =
        |tag: &str| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()));
    kind.trim_start().to_ascii_lowercase().starts_with("text/html")
        || begins("<!doctype html")
        || begins("<html")
}

/// Whether one of the fields confirms the success, and none contradicts it.
fn is_confirmed(status: &Status, value: &Value) -> bool {
    let objects: Vec<_> = unwrapped(value).collect();
    let confirmations = status.success.iter().flat_map(|(name, values)| {
        let fields = objects.iter().filter_map(|fields| field(fields, name));
        let fields = fields.filter_map(|value| match value {
            Value::String(string) if !string.trim().is_empty() => Some(normal(string)),
            Value::Number(_) | Value::Bool(_) => Some(Zeroizing::new(value.to_string())),
            _ => None,
        });
        fields.map(|field| values.iter().any(|known| matches(known, &field)))
    });
    status.success.is_empty() || confirmations.reduce(|one, other| one && other) == Some(true)
}

/// Where a redirect points to: only the host, because the rest may hold anything.
fn redirect(asked: &Url, headers: &HeaderMap) -> Reason {
    let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let target = location.and_then(|location| asked.join(location).ok());
    let host = target.as_ref().and_then(Url::host_str).filter(|host| Some(*host) != asked.host_str());
    // The address of a login operation is not that of a login page for a person.
    let page = target.as_ref().filter(|target| target.path().trim_end_matches('/') != asked.path());
    let page = page.map(|target| target.path().to_ascii_lowercase()).unwrap_or_default();
    Reason::Redirect {
        elsewhere: host.map(str::to_owned),
        to_login: page.contains("login") || page.contains("dispatcher"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_page_is_not_the_login_operation() {
        let is_to_login = |location: &str| {
            let asked = Url::parse("https://broker.example/session/login/userid").unwrap();
            let headers = HeaderMap::from_iter([(header::LOCATION, location.parse().unwrap())]);
            matches!(redirect(&asked, &headers), Reason::Redirect { to_login: true, .. })
        };
        for location in ["/Login", "/sso/Dispatcher", "https://login.example/sso/login?to=x"] {
            assert!(is_to_login(location), "{location}");
        }
        for location in
            ["https://other.example/session/login/userid", "/session/login/userid/", "/home", "/?to=login"]
        {
            assert!(!is_to_login(location), "{location}");
        }
    }

    #[tokio::test]
    async fn a_body_may_be_as_long_as_the_limit() {
        let announced = || reqwest::Body::from("0123456789");
        let in_chunks = || {
            let chunks = ["01234", "56789"].map(Ok::<_, std::io::Error>);
            reqwest::Body::wrap_stream(futures::stream::iter(chunks))
        };
        for body in [announced as fn() -> reqwest::Body, in_chunks] {
            let mut response = Response::from(http::Response::new(body()));
            assert_eq!(read_body(&mut response, 10).await, (Bytes::from("0123456789"), None));
            let mut response = Response::from(http::Response::new(body()));
            assert_eq!(read_body(&mut response, 9).await.1, Some(Reason::TooLong(9)));
        }
    }
}
