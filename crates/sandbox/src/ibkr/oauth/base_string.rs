//! `Authorization: OAuth`, and the string that its signature is over (RFC 5849, section 3, with the broker's deviations).

use std::collections::BTreeMap;

use http::header::{CONTENT_TYPE, HOST};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::routes::ReceivedRequest;

/// What RFC 3986 does not leave as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parameters of `Authorization: OAuth`, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads what follows `OAuth`: `name="value"`, with a comma and perhaps blanks in between, in any order. Nothing if it is
    /// something else, or has a name twice.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parameters = BTreeMap::new();
        for pair in text.split(',') {
            let (name, value) = pair.trim().split_once('=')?;
            let value = value.strip_prefix('"')?.strip_suffix('"').filter(|value| !value.contains('"'))?;
            let value = percent_decode_str(value).decode_utf8().ok()?;
            if parameters.insert(name.to_owned(), value.into_owned()).is_some() {
                return None;
            }
        }
        Some(Self(parameters))
    }

    /// The parameter with this name, or an empty string.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// What is signed of them.
    fn signed(&self) -> impl Iterator<Item = (String, String)> {
        let pairs = self.0.iter().filter(|(name, _)| !matches!(name.as_str(), "realm" | "oauth_signature"));
        pairs.map(|(name, value)| (name.clone(), value.clone()))
    }
}

/// A text that a signature may be over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BaseString {
    pub(super) text: String,
    /// Whether the broker documents the form. The others are those of clients in use, which the broker evidently accepts.
    pub(super) is_documented: bool,
}

/// The strings that the signature of a request to this host may be over; the documented form comes first.
///
/// Clients in use sign the pairs of the query among the parameters (documented), not at all, or as a part of the URL
/// (observed). The URL has the address that the client knows the host by: its own, or that of the header `Host`.
pub(super) fn base_strings(
    request: &ReceivedRequest,
    root: &str,
    parameters: &Parameters,
) -> Vec<BaseString> {
    let uri = &request.head.uri;
    let query: Vec<_> = pairs(uri.query().unwrap_or_default().as_bytes());
    let is_form =
        request.header_or_empty(CONTENT_TYPE.as_str()).starts_with("application/x-www-form-urlencoded");
    let form = if is_form { pairs(request.body.as_deref().unwrap_or_default()) } else { Vec::new() };
    let scheme = root.split_once("://").map_or("http", |(scheme, _)| scheme);
    let named = format!("{scheme}://{}", request.header_or_empty(HOST.as_str()).to_ascii_lowercase());
    let mut candidates: Vec<BaseString> = Vec::new();
    let mut add = |is_documented, url: &str, others: &[&[(String, String)]]| {
        let pairs = parameters.signed().chain(others.iter().flat_map(|pairs| pairs.iter().cloned()));
        let text = base_string(request.head.method.as_str(), url, pairs.collect());
        if candidates.iter().all(|known| known.text != text) {
            candidates.push(BaseString { text, is_documented });
        }
    };
    // A form that differs in nothing here is the documented one, so that one comes first.
    let roots = [root, &named];
    for root in roots {
        add(true, &format!("{root}{}", uri.path()), &[&query, &form]);
    }
    for root in roots {
        let url = format!("{root}{}", uri.path());
        let whole = format!("{url}{}", uri.query().map(|query| format!("?{query}")).unwrap_or_default());
        let lower = whole.to_ascii_lowercase();
        for url in [url, whole, lower] {
            add(false, &url, &[&form]);
            add(false, &url, &[]);
        }
    }
    candidates
}

/// The pairs of a query or of a form.
fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

/// The pairs stand as they are in a list that is encoded once, as a whole (documented). RFC 5849 would encode each name and
/// each value before that.
fn base_string(method: &str, url: &str, mut pairs: Vec<(String, String)>) -> String {
    pairs.sort();
    let list: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let encode = |text| utf8_percent_encode(text, RESERVED);
    format!("{method}&{}&{}", encode(url), encode(&list.join("&")))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use axum::body::Body;
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use bytes::Bytes;
    use jiff::Timestamp;
    use serde_json::Value;

    use super::*;
    use crate::ibkr::oauth::test_vectors;

    fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &'static str) -> ReceivedRequest {
        let mut request = http::Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, _) = request.body(Body::empty()).unwrap().into_parts();
        ReceivedRequest {
            head,
            path_parameters: HashMap::new(),
            body: Some(Bytes::from_static(body.as_bytes())),
            at: Timestamp::UNIX_EPOCH,
            violation: None,
        }
    }

    fn read(header: &Value) -> Parameters {
        let text = header.as_str().unwrap().strip_prefix("OAuth ").unwrap();
        Parameters::read(text).unwrap()
    }

    #[test]
    fn the_documented_texts_are_those_of_the_vectors() {
        let vectors = test_vectors();
        let requests = vectors["protected_requests"].as_array().unwrap();
        assert_eq!(requests.len(), 4);
        for vector in requests {
            let path = vector["url"].as_str().unwrap().strip_prefix("https://api.ibkr.com").unwrap();
            let query: Vec<String> = vector["query"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()))
                .collect();
            let parameters = read(&vector["authorization"]);
            assert_eq!(parameters.get("oauth_signature"), vector["oauth_signature_raw"]);
            // A client may write a comma either way.
            for comma in [",", "%2C"] {
                let path = match query.is_empty() {
                    true => path.to_owned(),
                    false => format!("{path}?{}", query.join("&").replace(',', comma)),
                };
                let request =
                    request(vector["method"].as_str().unwrap(), &path, &[("host", "API.ibkr.com")], "{}");
                for root in ["https://api.ibkr.com", "https://127.0.0.1:1"] {
                    let candidates = base_strings(&request, root, &parameters);
                    let found = candidates.iter().find(|text| vector["base_string"] == *text.text);
                    assert!(found.is_some_and(|text| text.is_documented), "{path}: {candidates:?}");
                }
            }
        }
    }

    #[test]
    fn the_text_of_the_brokers_document_is_made() {
        let official = &test_vectors()["official"];
        let request = request("GET", "/tradingapi/v1/marketdata/snapshot?conid=8314", &[], "");
        let parameters = Parameters::read(
            r#"realm="test_realm",oauth_consumer_key="TESTCONS",oauth_nonce="aecef17086308940e861",
               oauth_signature_method="HMAC-SHA256",oauth_timestamp="1473795686",oauth_token="6f531f8fd316915af53f""#,
        );
        let candidates = base_strings(&request, "http://localhost:12345", &parameters.unwrap());
        assert_eq!(candidates[0].text, official["base_string"]);
        let token = BASE64_STANDARD.decode(official["live_session_token"].as_str().unwrap()).unwrap();
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &token);
        let signature = BASE64_STANDARD.encode(aws_lc_rs::hmac::sign(&key, candidates[0].text.as_bytes()));
        assert_eq!(signature, official["signature"]);
    }

    #[test]
    fn a_form_is_signed_and_other_forms_are_known() {
        let headers =
            [("content-type", "application/x-www-form-urlencoded; charset=utf-8"), ("host", "localhost:1")];
        let request = request("POST", "/a?Q=1", &headers, "b=x+y");
        let parameters = Parameters::read(r#"realm="r", oauth_nonce="n", oauth_signature="s""#).unwrap();
        let candidates = base_strings(&request, "http://127.0.0.1:1", &parameters);
        let is_there = |text: &str, is_documented| {
            assert!(
                candidates.contains(&BaseString { text: text.to_owned(), is_documented }),
                "{text}: {candidates:?}"
            );
        };
        is_there("POST&http%3A%2F%2F127.0.0.1%3A1%2Fa&Q%3D1%26b%3Dx%20y%26oauth_nonce%3Dn", true);
        is_there("POST&http%3A%2F%2Flocalhost%3A1%2Fa&Q%3D1%26b%3Dx%20y%26oauth_nonce%3Dn", true);
        is_there("POST&http%3A%2F%2F127.0.0.1%3A1%2Fa&b%3Dx%20y%26oauth_nonce%3Dn", false);
        is_there("POST&http%3A%2F%2F127.0.0.1%3A1%2Fa&oauth_nonce%3Dn", false);
        is_there("POST&http%3A%2F%2F127.0.0.1%3A1%2Fa%3FQ%3D1&oauth_nonce%3Dn", false);
        is_there("POST&http%3A%2F%2F127.0.0.1%3A1%2Fa%3Fq%3D1&oauth_nonce%3Dn", false);
        assert!(candidates.iter().take(2).all(|text| text.is_documented));
    }

    #[test]
    fn a_header_may_have_blanks_and_any_order() {
        let read = |text| Parameters::read(text);
        let expected = read(r#"a="1", realm="r", b="x%2By""#).unwrap();
        assert_eq!((expected.get("b"), expected.get("c")), ("x+y", ""));
        for same in [r#"realm="r",b="x%2By",a="1""#, r#"realm="r",  b="x+y",a="1""#] {
            assert_eq!(read(same).as_ref(), Some(&expected), "{same}");
        }
        for other in ["", "a", "a=1", r#"a="1" b="2""#, r#"a="1",a="1""#, r#"a="%ff""#, r#"a="1","#] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
