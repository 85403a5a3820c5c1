//! What is secret in a request, so that it can be removed from what comes back.

use std::collections::BTreeMap;

use reqwest::Request;

use crate::{Credential, Operation, Secret, SecuritySchemeKind, transport::Inner};

/// Shorter parts of a header are left alone: they are words, not secrets.
const SHORTEST_PART: usize = 8;

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
    match serde_json::from_slice::<BTreeMap<String, serde_json::Value>>(body) {
        Ok(members) => {
            let members = members.into_iter().filter(|(name, _)| names.contains(&name.as_str()));
            members.filter_map(|(_, value)| value.as_str().map(Secret::from)).collect()
        }
        Err(_) => url::form_urlencoded::parse(body)
            .filter(|(name, _)| names.contains(&name.as_ref()))
            .map(|(_, value)| Secret::new(value.into_owned()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
