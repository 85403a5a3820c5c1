//! A small client that signs requests by the broker's document. It has no code in common with the sandbox.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey},
    signature::RSA_PKCS1_SHA256,
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use broker_session_sandbox::ibkr::{Credentials, Sandbox};
use crypto_bigint::{
    BoxedUint, Odd, Resize,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use serde_json::Value;

use crate::{Response, Result, Wire};

/// A way of signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// With the query's pairs among the parameters.
    Documented,
    /// Without the query.
    NoQuery,
    /// With the query in the URL.
    WholeUrl,
    /// Likewise, in small letters.
    LowerUrl,
}

#[derive(Clone)]
pub(super) struct Client {
    pub(super) wire: Wire,
    pub(super) credentials: Credentials,
    /// The URL that signatures are about, without the path.
    pub(super) root: String,
    /// The live session token.
    pub(super) token: Vec<u8>,
    /// What is between the parameters of the header.
    pub(super) separator: &'static str,
    /// Whether the realm stands where its name belongs.
    pub(super) sorted_realm: bool,
    /// Seconds that the clock is wrong.
    pub(super) seconds_off: i64,
    /// In place of a random nonce.
    pub(super) nonce: Option<&'static str>,
}

impl Client {
    pub(super) fn of(sandbox: &Sandbox) -> Result<Self> {
        Ok(Self {
            wire: Wire::new(sandbox.root_url())?.with("user-agent", "test")?,
            credentials: sandbox.oauth_credentials().ok_or("no OAuth")?,
            root: sandbox.root_url().to_owned(),
            token: Vec::new(),
            separator: ", ",
            sorted_realm: false,
            seconds_off: 0,
            nonce: None,
        })
    }

    /// With a live session token.
    pub(super) async fn agreed(sandbox: &Sandbox) -> Result<Self> {
        let mut client = Self::of(sandbox)?;
        client.agree().await?;
        Ok(client)
    }

    /// Sends a request `METHOD /path body`, signed with the live session token.
    pub(super) async fn send(&mut self, request: &str) -> Result<Response> {
        self.send_as(Form::Documented, request).await
    }

    pub(super) async fn send_as(&mut self, form: Form, request: &str) -> Result<Response> {
        let header = self.hmac(form, request)?;
        self.wire.with("authorization", &*header)?.send(request).await
    }

    /// The header of a request that is signed with the live session token.
    pub(super) fn hmac(&self, form: Form, request: &str) -> Result<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.token);
        let sign = |text: &str| Ok(hmac::sign(&key, text.as_bytes()).as_ref().to_vec());
        let mut parts = request.splitn(3, ' ');
        let (method, target) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let body = parts.next().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let whole = format!("{}{target}", self.root);
        let body = if body.starts_with('{') { "" } else { body };
        let (url, pairs) = match form {
            Form::Documented => (format!("{}{path}", self.root), [query, body]),
            Form::NoQuery => (format!("{}{path}", self.root), ["", body]),
            Form::WholeUrl => (whole, ["", body]),
            Form::LowerUrl => (whole.to_lowercase(), ["", body]),
        };
        let pairs = pairs.iter().flat_map(|text| text.split('&')).filter(|text| !text.is_empty());
        let pairs: Vec<String> = pairs.map(|pair| pair.replace("%2C", ",")).collect();
        let own = [("oauth_token", &*self.credentials.access_token)];
        self.header("HMAC-SHA256", "", method, &url, &pairs, &own, sign)
    }

    /// The response to an operation that gives out tokens.
    pub(super) async fn get_token(&mut self, name: &str, own: &[(&str, &str)]) -> Result<Response> {
        let target = format!("/v1/api/oauth/{name}");
        let url = format!("{}{target}", self.root);
        let secret = if name == "live_session_token" { hex::encode(self.secret()?) } else { String::new() };
        let key = KeyPair::from_pkcs8(pem::parse(&self.credentials.signature_key)?.contents())?;
        let sign = |text: &str| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)?;
            Ok(signature)
        };
        let header = self.header("RSA-SHA256", &secret, "POST", &url, &[], own, sign)?;
        self.wire.with("authorization", &*header)?.send(&format!("POST {target}")).await
    }

    /// The response with the broker's half, and the own secret number.
    pub(super) async fn exchange(&mut self) -> Result<(Response, BoxedUint)> {
        let number = BoxedUint::from_be_slice(&rand::random::<[u8; 32]>(), 256)?;
        let prime = self.prime()?;
        let two = BoxedUint::from(2_u8).resize(prime.bits_precision());
        let challenge = hex::encode(power(&two, &number, &prime).to_be_bytes());
        let token = self.credentials.access_token.clone();
        let own = [("diffie_hellman_challenge", challenge.trim_start_matches('0')), ("oauth_token", &token)];
        Ok((self.get_token("live_session_token", &own).await?, number))
    }

    /// Agrees on a live session token, and gives its end in milliseconds. An error if the broker's check fails.
    pub(super) async fn agree(&mut self) -> Result<i64> {
        let (response, number) = self.exchange().await?;
        let other = response.field("diffie_hellman_response")?;
        let prime = self.prime()?;
        let other = BoxedUint::from_be_hex(&format!("{other:0>512}"), 2048).into_option().ok_or("no hex")?;
        let shared = power(&other, &number, &prime);
        let mut key = shared.to_be_bytes().to_vec();
        key.insert(0, 0);
        // A zero byte stays only where the next one would look like a sign.
        while matches!(key.as_slice(), [0, 0..0x80, ..]) {
            key.remove(0);
        }
        self.token = hmac_sha1(&key, &self.secret()?);
        let check = hex::encode(hmac_sha1(&self.token, self.credentials.consumer_key.as_bytes()));
        match response.field("live_session_token_signature")? == check {
            true => {
                let body = response.json();
                let end = body.get("live_session_token_expiration").and_then(Value::as_i64);
                Ok(end.ok_or("no end")?)
            }
            false => Err("the broker has another token".into()),
        }
    }

    fn prime(&self) -> Result<Odd<BoxedUint>> {
        let pem = pem::parse(&self.credentials.dh_parameters)?;
        // A sequence, an integer of 257 bytes whose first one is zero, and the generator 2.
        let prime = pem.contents().get(9..265).ok_or("another prime")?;
        Ok(Odd::new(BoxedUint::from_be_slice(prime, 2048)?).into_option().ok_or("an even prime")?)
    }

    fn secret(&self) -> Result<Vec<u8>> {
        let key = PrivateDecryptingKey::from_pkcs8(pem::parse(&self.credentials.encryption_key)?.contents())?;
        let encrypted = BASE64_STANDARD.decode(&self.credentials.access_token_secret)?;
        let mut room = [0; 256];
        Ok(Pkcs1PrivateDecryptingKey::new(key)?.decrypt(&encrypted, &mut room)?.to_vec())
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a signature")]
    fn header(
        &self,
        method: &str,
        secret: &str,
        http_method: &str,
        url: &str,
        pairs: &[String],
        own: &[(&str, &str)],
        sign: impl Fn(&str) -> Result<Vec<u8>>,
    ) -> Result<String> {
        let seconds = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
        let timestamp = (seconds + self.seconds_off).to_string();
        let nonce = self.nonce.map_or_else(|| hex::encode(rand::random::<[u8; 8]>()), str::to_owned);
        let mut parameters = vec![
            ("oauth_consumer_key", &*self.credentials.consumer_key),
            ("oauth_nonce", &nonce),
            ("oauth_signature_method", method),
            ("oauth_timestamp", &timestamp),
        ];
        parameters.extend(own);
        let mut list: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        list.extend_from_slice(pairs);
        list.sort();
        let text = format!("{secret}{http_method}&{}&{}", encoded(url), encoded(&list.join("&")));
        let signature = encoded(&BASE64_STANDARD.encode(sign(&text)?));
        parameters.push(("oauth_signature", &signature));
        parameters.sort_unstable();
        parameters.insert(if self.sorted_realm { parameters.len() } else { 0 }, ("realm", "limited_poa"));
        let parameters: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        Ok(format!("OAuth {}", parameters.join(self.separator)))
    }
}

fn power(base: &BoxedUint, exponent: &BoxedUint, prime: &Odd<BoxedUint>) -> BoxedUint {
    BoxedMontyForm::new(base.clone(), &BoxedMontyParams::new(prime.clone())).pow(exponent).retrieve()
}

fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), message).as_ref().to_vec()
}

/// As RFC 3986 has it.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// A signed JWT.
pub(super) fn jwt(private_key: &str, header: &Value, claims: &Value) -> Result<String> {
    let key = KeyPair::from_pkcs8(pem::parse(private_key)?.contents())?;
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)?;
    Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
}
