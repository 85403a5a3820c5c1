//! The signature of a request, as this broker wants it.
//!
//! It is OAuth 1.0a (RFC 5849) with three differences, by the broker's document "OAuth at Interactive Brokers": pairs stand
//! in the base string as they are and are encoded once; the request for a live session token has the secret of the access
//! token in front of its base string, without a separator; and the methods are RSA-SHA256 and HMAC-SHA256. A body of JSON
//! is not signed; the fields of a form are.

use std::borrow::Cow;

use aws_lc_rs::{hmac, rand, rand::SystemRandom, rsa::KeyPair, signature::RSA_PKCS1_SHA256};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use broker_session_runtime::Secret;
use http::header::CONTENT_TYPE;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Request;
use url::form_urlencoded;
use zeroize::Zeroizing;

/// All characters but the unreserved ones (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The method of the requests for tokens.
pub(super) const RSA_SHA256: &str = "RSA-SHA256";

/// The method of all other requests.
pub(super) const HMAC_SHA256: &str = "HMAC-SHA256";

/// The parameters of a request that go into its header.
pub(super) struct Parameters<'a>(Vec<(&'static str, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    /// Those that every request has: the time in seconds, and a new nonce.
    pub(super) fn new(now: Timestamp, consumer_key: &'a str, method: &'static str) -> Result<Self, String> {
        let mut nonce = [0; 16];
        rand::fill(&mut nonce).map_err(|_| "the system has no random numbers".to_owned())?;
        Ok(Self::at(now, hex(&nonce).as_str(), consumer_key, method))
    }

    pub(super) fn at(time: Timestamp, nonce: &str, consumer_key: &'a str, method: &'static str) -> Self {
        let mut parameters = Self(Vec::with_capacity(8));
        parameters.add("oauth_consumer_key", consumer_key);
        parameters.add("oauth_nonce", nonce.to_owned());
        parameters.add("oauth_signature_method", method);
        parameters.add("oauth_timestamp", time.as_second().to_string());
        parameters
    }

    pub(super) fn add(&mut self, name: &'static str, value: impl Into<Cow<'a, str>>) {
        self.0.push((name, value.into()));
    }

    /// What is signed: the method, the URL and the parameters, those of the query among them.
    pub(super) fn base_string(&self, prefix: &str, request: &Request) -> Zeroizing<String> {
        let (method, url) = (request.method(), request.url());
        let own = self.0.iter().map(|(name, value)| (Cow::Borrowed(*name), Cow::Borrowed(&**value)));
        let mut pairs: Vec<_> = own.chain(url.query_pairs()).chain(form(request)).collect();
        pairs.sort_unstable();
        let mut address = url.clone();
        address.set_query(None);
        address.set_fragment(None);
        let lengths = pairs.iter().map(|(name, value)| name.len() + value.len() + 2);
        // With room for all of it: a string that grows leaves a copy of secrets behind.
        let length =
            prefix.len() + method.as_str().len() + 2 + 3 * (address.as_str().len() + lengths.sum::<usize>());
        let mut text = Zeroizing::new(String::with_capacity(length));
        text.push_str(prefix);
        text.push_str(method.as_str());
        text.push('&');
        text.extend(utf8_percent_encode(address.as_str(), RESERVED));
        let mut separator = "&";
        for (name, value) in &pairs {
            text.push_str(separator);
            text.extend(utf8_percent_encode(name, RESERVED));
            text.push_str("%3D");
            text.extend(utf8_percent_encode(value, RESERVED));
            separator = "%26";
        }
        text
    }

    /// The header `Authorization`.
    pub(super) fn header(mut self, realm: &str, signature: &str) -> Secret {
        let signature = utf8_percent_encode(signature, RESERVED).to_string();
        self.add("oauth_signature", signature);
        self.0.sort_unstable();
        let lengths = self.0.iter().map(|(name, value)| name.len() + value.len() + 5);
        let mut text = String::with_capacity(realm.len() + 16 + lengths.sum::<usize>());
        text.push_str("OAuth realm=\"");
        text.push_str(realm);
        for (name, value) in &self.0 {
            text.push_str("\", ");
            text.push_str(name);
            text.push_str("=\"");
            text.push_str(value);
        }
        text.push('"');
        Secret::new(text)
    }
}

/// The pairs of a body that is a form.
fn form(request: &Request) -> form_urlencoded::Parse<'_> {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_form = media_type.is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    let body = request.body().filter(|_| is_form).and_then(|body| body.as_bytes());
    form_urlencoded::parse(body.unwrap_or_default())
}

/// The signature with the live session token, in base64.
pub(super) fn with_token(token: &[u8], text: &str) -> String {
    BASE64_STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, token), text.as_bytes()))
}

/// The signature with a private key (RSASSA-PKCS1-v1_5 with SHA-256).
pub(in crate::ibkr) fn with_key(key: &KeyPair, text: &str) -> Result<Vec<u8>, String> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
        .map_err(|_| "the request cannot be signed with the private key".to_owned())?;
    Ok(signature)
}

/// Bytes as lower-case hexadecimal digits.
pub(in crate::ibkr) fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    text.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
    text
}
