//! What is secret in a request, so that it can be removed from what comes back.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use http_body_util::BodyExt;
use reqwest::Request;
use zeroize::Zeroizing;

use crate::{Credential, Json, Operation, Secret, SecuritySchemeKind, transport::Inner, wiped::taken_over};

/// Shorter parts of a header are left alone: they are words, not secrets.
pub(crate) const SHORTEST_PART: usize = 8;

impl Inner {
    /// Every secret of a request that is ready to be sent.
    pub(crate) fn secrets(&self, request: &Request, operation: &Operation) -> Vec<Secret> {
        let schemes = operation.security.iter().filter_map(|name| self.api.security_scheme(name));
        let (closed, open): (Vec<_>, Vec<_>) = schemes.partition(|scheme| scheme.secret);
        let credentials = closed
            .into_iter()
            .filter_map(|scheme| self.credentials.get(scheme.name))
            .flat_map(Credential::secrets);
        // A scheme that is no secret is marked on the way out like the others, and may come back.
        let is_open = |name: &str| {
            let is_supplied = self.headers.iter().any(|(supplied, _)| supplied == name);
            let mut kinds = open.iter().map(|scheme| &scheme.kind);
            !is_supplied
                && kinds.any(|kind| matches!(kind, SecuritySchemeKind::Header(open) if open.eq_ignore_ascii_case(name)))
        };
        let headers = request.headers().iter().filter(|(_, value)| value.is_sensitive());
        let headers = headers
            .filter(|(name, _)| !is_open(name.as_str()))
            .flat_map(|(_, value)| value.to_str().map(parts).unwrap_or_default());
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        credentials.chain(headers).chain(secret_members(body, operation.secret_members)).collect()
    }
}

/// A header's value, and what it is made of: the token after `Bearer`, the cookies of `Cookie`, the
/// parameters of a signature. An answer may quote them one by one.
pub(crate) fn parts(text: &str) -> Vec<Secret> {
    let pieces = text.split([' ', ',', ';']).flat_map(|piece| {
        let value = piece.split_once('=').map_or("", |(_, value)| value);
        [piece.trim_matches('"'), value.trim_matches('"')]
    });
    let pieces = pieces.filter(|piece| piece.len() >= SHORTEST_PART).map(Secret::from);
    std::iter::once(Secret::from(text)).chain(pieces).collect()
}

/// The secret members of a body in JSON or form encoding.
fn secret_members(body: &[u8], names: &[&str]) -> Vec<Secret> {
    if names.is_empty() {
        return Vec::new();
    }
    match serde_json::from_slice::<Json>(body) {
        Ok(json) => names.iter().filter_map(|name| json.get(name)?.as_str().map(Secret::from)).collect(),
        Err(_) => body
            .split(|byte| *byte == b'&')
            .filter_map(|pair| {
                let end = pair.iter().position(|byte| *byte == b'=')?;
                let (name, value) = (pair.get(..end)?, pair.get(end + 1..)?);
                names.iter().any(|wanted| wanted.as_bytes() == name).then(|| unescaped(value))
            })
            .collect(),
    }
}

/// A value in form encoding (WHATWG URL, section 5.1) as it is meant. What is wrong stays as it is.
fn unescaped(value: &[u8]) -> Secret {
    let digit = |place: usize| value.get(place).and_then(|byte| char::from(*byte).to_digit(16));
    let (mut bytes, mut place) = (Zeroizing::new(Vec::with_capacity(value.len())), 0);
    while let Some(byte) = value.get(place) {
        let escaped = (*byte == b'%').then(|| Some(digit(place + 1)? * 16 + digit(place + 2)?)).flatten();
        match escaped.and_then(|code| u8::try_from(code).ok()) {
            Some(code) => bytes.push(code),
            None => bytes.push(if *byte == b'+' { b' ' } else { *byte }),
        }
        place += if escaped.is_some() { 3 } else { 1 };
    }
    Secret::from(std::str::from_utf8(&bytes).unwrap_or_default())
}

/// Has the body of a request overwritten when its last copy is dropped. It was serialised by others.
pub(crate) fn take_over(request: &mut Request) {
    if request.body().is_none_or(|body| body.as_bytes().is_none()) {
        return;
    }
    let Some(mut body) = request.body_mut().take() else { return };
    let mut context = Context::from_waker(Waker::noop());
    // What is in memory is there at once and as a whole.
    let frame = pin!(body.frame()).poll(&mut context);
    if let Poll::Ready(Some(Ok(frame))) = frame
        && let Ok(bytes) = frame.into_data()
    {
        *request.body_mut() = Some(taken_over(bytes).into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_in_json_and_in_forms() {
        let of = |body: &str| -> Vec<String> {
            let members = secret_members(body.as_bytes(), &["password", "pin"]);
            members.iter().map(|member| member.expose().to_owned()).collect()
        };
        assert_eq!(of(r#"{"user":"u","password":"made \"up\""}"#), ["made \"up\""]);
        assert_eq!(of("user=u&password=made+up%2B%C3%A9%21&x&pin=1%2"), ["made up+\u{e9}!", "1%2"]);
        assert!(of("").is_empty() && of("[]").is_empty() && of("password").is_empty());
    }

    #[test]
    fn a_body_stays_what_it_is_when_it_is_taken_over() {
        let http = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
        for text in ["", "made up"] {
            let mut request = http.post("http://127.0.0.1").body(text).build().unwrap();
            take_over(&mut request);
            assert_eq!(request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default(), text.as_bytes());
        }
    }

    #[test]
    fn a_header_is_secret_as_a_whole_and_in_its_parts() {
        let of = |text: &str| -> Vec<String> {
            let parts = parts(text);
            parts.iter().map(|part| part.expose().to_owned()).collect()
        };
        assert_eq!(of("Bearer made-up-token"), ["Bearer made-up-token", "made-up-token"]);
        assert_eq!(
            of("a=1; x-sess=\"made-up=\""),
            ["a=1; x-sess=\"made-up=\"", "x-sess=\"made-up=", "made-up="]
        );
    }
}
