//! What the transport hands on in place of what arrived.
//!
//! The body has been read and the status understood, so an answer is put together again; and a call that
//! was never sent gets an answer, too, because the hooks know no other way to say something about it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::Response;

use crate::{Api, Kept, Secret, Unfit, redact};

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
pub(crate) fn without_secrets(body: Bytes, api: &Api, secrets: &[Secret]) -> Bytes {
    let is_code = |secret: &&Secret| api.error_codes.iter().any(|known| known.code == secret.expose());
    match std::str::from_utf8(&body) {
        Ok(text) => redact(text, secrets.iter().filter(|secret| !is_code(secret))).into(),
        Err(_) => body,
    }
}
