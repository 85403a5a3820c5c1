//! Which headers are passed on (RFC 9110, section 7.6.1).
//!
//! A header that holds for one connection must not reach the next one, or two servers may disagree about where a request
//! ends. And what identifies a client to this side of the session is not for the broker, nor the other way round.

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{self, CONNECTION, CONTENT_LENGTH, TE, TRANSFER_ENCODING, UPGRADE},
};
use http_body::Body as _;
use reqwest::Body;
use url::Url;

use super::target;
use crate::Secrets;

/// Holds for one connection, in either direction.
fn is_hop_by_hop(name: &HeaderName) -> bool {
    [CONNECTION, TE, TRANSFER_ENCODING, UPGRADE, header::TRAILER].contains(name)
        || matches!(name.as_str(), "keep-alive" | "proxy-connection" | "http2-settings")
}

/// What a client may not send on: its own authorisation, where it comes from, and how its body is framed.
fn is_of_client(name: &HeaderName) -> bool {
    [
        header::ACCEPT_ENCODING,
        header::AUTHORIZATION,
        CONTENT_LENGTH,
        header::COOKIE,
        header::EXPECT,
        header::FORWARDED,
        header::HOST,
        header::ORIGIN,
        header::PROXY_AUTHORIZATION,
        header::REFERER,
    ]
    .contains(name)
        || name.as_str().starts_with("x-forwarded")
        || name.as_str() == "x-real-ip"
}

/// What states another path or method than the first line of the request, for some servers.
fn is_override(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "x-original-url"
            | "x-rewrite-url"
            | "x-original-host"
            | "x-host"
            | "x-http-method"
            | "x-http-method-override"
            | "x-method-override"
    )
}

/// What a broker says to its own client alone, or of its own origin.
fn is_of_broker(name: &HeaderName) -> bool {
    [header::ALT_SVC, header::PROXY_AUTHENTICATE, header::SET_COOKIE, header::STRICT_TRANSPORT_SECURITY]
        .contains(name)
        || matches!(
            name.as_str(),
            "set-cookie2" | "clear-site-data" | "proxy-authentication-info" | "refresh"
        )
        || name.as_str().starts_with("access-control-")
}

/// Whether a request asks for a WebSocket. No other protocol is passed on.
pub(super) fn is_websocket(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::GET
        && names(headers, &CONNECTION, b"upgrade")
        && headers.get(UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Takes away what must not be passed on of a request, and states how its body is framed. The session's own headers are
/// put on afterwards; none of their names comes through.
pub(super) fn clean_request(
    headers: &mut HeaderMap,
    own: &HeaderMap,
    (method, body): (&Method, &Body),
    base: &Url,
) {
    let is_upgrade = is_websocket(method, headers);
    let takes_trailers = names(headers, &TE, b"trailers");
    let has_origin = headers.contains_key(header::ORIGIN);
    let is_dropped = |name: &HeaderName| {
        is_hop_by_hop(name) || is_of_client(name) || is_override(name) || own.contains_key(name)
    };
    remove(headers, |name| {
        // Some servers take an underscore for a hyphen.
        is_dropped(name)
            || name.as_str().contains('_')
                && HeaderName::try_from(name.as_str().replace('_', "-")).is_ok_and(|name| is_dropped(&name))
    });
    // A compressed body could not be searched for secrets.
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if is_upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        // That of the client would be the address of a proxy.
        let origin = HeaderValue::try_from(base.origin().ascii_serialization()).ok();
        origin.filter(|_| has_origin).and_then(|origin| headers.insert(header::ORIGIN, origin));
    } else if takes_trailers {
        headers.insert(CONNECTION, HeaderValue::from_static("TE"));
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
    // The HTTP client sets the length where the body knows it, and sends no body of unknown length with these methods.
    let has_body = !body.is_end_stream();
    if !has_body && [Method::POST, Method::PUT, Method::PATCH].contains(method) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    } else if has_body && body.size_hint().exact().is_none() && [Method::GET, Method::HEAD].contains(method) {
        headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
}

/// Takes away what must not be passed on of a response to a request at `url`.
pub(super) fn clean_response(
    headers: &mut HeaderMap,
    (status, body): (StatusCode, &Body),
    has_body: bool,
    (base, url): (&str, &Url),
    secrets: &Secrets,
) {
    clean_fields(headers, secrets);
    if let Some(location) = headers.remove(header::LOCATION) {
        let below = location.to_str().ok().and_then(|location| target::below(base, url, location));
        let below = below.and_then(|below| HeaderValue::try_from(below).ok());
        below.and_then(|below| headers.insert(header::LOCATION, below));
    }
    // With two framings in one response, the client of a proxy might believe the other one.
    let is_framed = has_body && status != StatusCode::NOT_MODIFIED;
    let length = body.size_hint().exact();
    let is_same = |value: &HeaderValue| value.to_str().ok().and_then(|value| value.parse().ok()) == length;
    if is_framed && length.is_none_or(|_| headers.get(CONTENT_LENGTH).is_some_and(|value| !is_same(value))) {
        headers.remove(CONTENT_LENGTH);
    }
    if status == StatusCode::SWITCHING_PROTOCOLS {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    }
}

/// Takes away the fields of a response's head or trailer that must not be passed on.
pub(super) fn clean_fields(headers: &mut HeaderMap, secrets: &Secrets) {
    remove(headers, |name| is_hop_by_hop(name) || is_of_broker(name));
    let found = secrets.table();
    let with_secret = headers.iter().filter(|(_, value)| found.is_in(value.as_bytes()));
    let with_secret: Vec<HeaderName> = with_secret.map(|(name, _)| name.clone()).collect();
    with_secret.iter().for_each(|name| drop(headers.remove(name)));
}

/// Removes the headers that `Connection` names, and those that `is_dropped` names.
fn remove(headers: &mut HeaderMap, is_dropped: impl Fn(&HeaderName) -> bool) {
    let named = headers.contains_key(CONNECTION);
    let is_named = |name: &HeaderName| named && names(headers, &CONNECTION, name.as_str().as_bytes());
    let dropped: Vec<HeaderName> =
        headers.keys().filter(|name| is_dropped(name) || is_named(name)).cloned().collect();
    dropped.iter().for_each(|name| drop(headers.remove(name)));
}

/// Whether a list in a header has this item, in letters of either case.
fn names(headers: &HeaderMap, list: &HeaderName, item: &[u8]) -> bool {
    let mut items =
        headers.get_all(list).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    items.any(|other| other.trim_ascii().eq_ignore_ascii_case(item))
}
