//! The Diffie-Hellman exchange from which both sides have a live session token, from the broker's side (documented).

use aws_lc_rs::hmac;
use crypto_bigint::{
    BoxedUint, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use der::{Decode, Reader, SliceReader, asn1::UintRef};

/// The 2048-bit prime of RFC 3526, section 3, with the generator 2: a safe prime of one's own takes minutes to be found.
pub(super) const COMMON_PARAMETERS: &str = "\
-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA///////////JD9qiIWjCNMTGYouA3BzRKQJOCIpnzHQCC76mOxOb
IlFKCHmONATd75UZs806QxswKwpt8l8UN0/hNW1tUcJF5IW1dmJefsb0TELppjft
awv/XLb0Brft7jhr+1qJn6WunyQRfEsf5kkoZlHs5Fs9wgB8uKFjvwWY2kg2HFXT
mmkWP6j9JM9fg2VdI9yjrZYcYvNWIIVSu57VKQdwlpZtZww1Tkq8mATxdGwIyhgh
fDKQXkYuNs474553LBgOhgObJ4Oi7Aeij7XFXfBvTFLJ3ivL9pVYFxg5lUl86pVq
5RXSJhiY+gUQFXKOWoqsqmj//////////wIBAg==
-----END DH PARAMETERS-----
";

/// The bits of the broker's own secret number.
const SECRET_BITS: u32 = 256;

/// What the response to a request for a live session token is like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exchange {
    /// As it should be.
    #[default]
    Right,
    /// `live_session_token_signature` is that of another token.
    WrongSignature,
    /// `diffie_hellman_response` is 0, with which both sides agree on 0, whatever their secrets are. The signature fits.
    Zero,
    /// `diffie_hellman_response` is 1, with which both sides agree on 1. The signature fits.
    One,
    /// `diffie_hellman_response` is the prime less 1, with which both sides agree on 1 or on the prime less 1. The
    /// signature fits in one case of two.
    PrimeMinusOne,
}

/// A prime and a generator.
#[derive(Clone)]
pub(super) struct Group {
    prime: BoxedMontyParams,
    generator: BoxedUint,
}

/// A token, and the number of the broker's side from which the other side derives it.
pub(super) struct Agreement {
    /// The public number in hexadecimal, without leading zeros.
    pub(super) response: String,
    pub(super) token: [u8; 20],
}

impl Group {
    /// Reads `DH PARAMETERS` in PEM (PKCS#3).
    ///
    /// # Errors
    /// What is wrong.
    pub(super) fn from_pem(text: &str) -> Result<Self, String> {
        let pem = pem::parse(text).map_err(|_| "it is not PEM")?;
        if pem.tag() != "DH PARAMETERS" {
            return Err(format!("it has `{}` in place of `DH PARAMETERS`", pem.tag()));
        }
        let numbers = numbers(pem.contents()).map_err(|_| "it is no sequence of numbers in DER")?;
        // A third number may say how long secrets should be.
        let [prime, generator, ..] = numbers.as_slice() else {
            return Err("it has no prime and no generator".to_owned());
        };
        Self::new(prime, generator).ok_or_else(|| "its numbers are no prime and no generator".to_owned())
    }

    fn new(prime: &[u8], generator: &[u8]) -> Option<Self> {
        let prime = without_leading_zeros(prime);
        let bits = u32::try_from(prime.len()).ok()?.checked_mul(8)?;
        let prime = BoxedUint::from_be_slice(prime, bits).ok()?;
        let prime = BoxedMontyParams::new(Odd::new(prime).into_option()?);
        let group = Self { generator: BoxedUint::one(), prime };
        let generator = group.number(generator)?;
        Some(Self { generator, ..group })
    }

    /// A number that is a proper public value: neither 0, 1 and the prime less 1, with which no secret can be agreed on, nor
    /// beyond the prime.
    fn number(&self, bytes: &[u8]) -> Option<BoxedUint> {
        let number =
            BoxedUint::from_be_slice(without_leading_zeros(bytes), self.prime.bits_precision()).ok()?;
        (self.one() < number && number < self.prime_minus_one()).then_some(number)
    }

    /// The public value of a client, in hexadecimal with or without a leading zero.
    pub(super) fn challenge(&self, text: &str) -> Option<BoxedUint> {
        let even = if text.len().is_multiple_of(2) { text.to_owned() } else { format!("0{text}") };
        self.number(&hex::decode(even).ok()?)
    }

    fn one(&self) -> BoxedUint {
        BoxedUint::one_with_precision(self.prime.bits_precision())
    }

    fn prime_minus_one(&self) -> BoxedUint {
        self.prime.modulus().as_ref().wrapping_sub(self.one())
    }

    fn power(&self, base: &BoxedUint, exponent: &BoxedUint) -> BoxedUint {
        BoxedMontyForm::new(base.clone(), &self.prime).pow(exponent).retrieve()
    }

    /// Agrees on a token with the client that has sent this challenge and knows the secret of its access token.
    pub(super) fn agree(&self, challenge: &BoxedUint, secret: &[u8], exchange: Exchange) -> Agreement {
        let zero = || BoxedUint::zero_with_precision(self.prime.bits_precision());
        let (response, shared) = match exchange {
            Exchange::Right | Exchange::WrongSignature => {
                return self.agree_with(&rand::random(), challenge, secret);
            }
            Exchange::Zero => (zero(), zero()),
            Exchange::One => (self.one(), self.one()),
            Exchange::PrimeMinusOne => (self.prime_minus_one(), self.one()),
        };
        Agreement { response: hexadecimal(&response), token: token(&shared, secret) }
    }

    /// The same with this secret number of the broker's.
    fn agree_with(&self, own: &[u8; 32], challenge: &BoxedUint, secret: &[u8]) -> Agreement {
        let own = BoxedUint::from_be_slice_truncated(own, SECRET_BITS);
        let response = hexadecimal(&self.power(&self.generator, &own));
        Agreement { response, token: token(&self.power(challenge, &own), secret) }
    }
}

/// The numbers of a sequence in DER.
fn numbers(der: &[u8]) -> der::Result<Vec<&[u8]>> {
    let mut reader = SliceReader::new(der)?;
    let numbers = reader.sequence(|reader| {
        let mut numbers = Vec::new();
        while !reader.is_finished() {
            numbers.push(UintRef::decode(reader)?.as_bytes());
        }
        Ok::<_, der::Error>(numbers)
    })?;
    reader.finish()?;
    Ok(numbers)
}

/// The live session token of the number that was agreed on and the decrypted secret of the access token.
fn token(shared: &BoxedUint, secret: &[u8]) -> [u8; 20] {
    hmac_sha1(&to_byte_array(shared), secret)
}

/// What proves to the client that both sides have the same token: `live_session_token_signature`.
pub(super) fn token_signature(token: &[u8], consumer_key: &str) -> String {
    hex::encode(hmac_sha1(token, consumer_key.as_bytes()))
}

fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), message);
    let mut bytes = [0; 20];
    bytes.iter_mut().zip(tag.as_ref()).for_each(|(byte, of_tag)| *byte = *of_tag);
    bytes
}

/// A number as Java's `BigInteger.toByteArray()` writes it: as short as can be, and with a zero byte in front if the bit
/// length is a multiple of eight, because of the sign (documented).
fn to_byte_array(number: &BoxedUint) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let has_sign_byte = number.bit_width().is_multiple_of(8);
    let sign: &[u8] = if has_sign_byte { &[0] } else { &[] };
    [sign, without_leading_zeros(&bytes)].concat()
}

/// A number without leading zeros.
fn hexadecimal(number: &BoxedUint) -> String {
    let digits = hex::encode(number.to_be_bytes());
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    }
}

fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use serde_json::Value;

    use super::*;
    use crate::ibkr::oauth::test_vectors;

    fn bytes(value: &Value) -> Vec<u8> {
        let text = value.as_str().unwrap();
        hex::decode(if text.len().is_multiple_of(2) { text.to_owned() } else { format!("0{text}") }).unwrap()
    }

    #[test]
    fn the_broker_derives_the_tokens_of_the_vectors() {
        let vectors = test_vectors();
        let group = Group::from_pem(COMMON_PARAMETERS).unwrap();
        let challenge = group.challenge(vectors["diffie_hellman_challenge"].as_str().unwrap()).unwrap();
        let secret = bytes(&vectors["access_token_secret_plain_hex"]);
        let cases = vectors["key_cases"].as_object().unwrap();
        assert_eq!(cases.len(), 4);
        for (name, case) in cases {
            let own = bytes(&case["b_hex"]).try_into().unwrap();
            let agreement = group.agree_with(&own, &challenge, &secret);
            assert_eq!(agreement.response, case["diffie_hellman_response"], "{name}");
            assert_eq!(BASE64_STANDARD.encode(agreement.token), case["live_session_token"], "{name}");
            let consumer = vectors["consumer_key"].as_str().unwrap();
            let signature = token_signature(&agreement.token, consumer);
            assert_eq!(signature, case["live_session_token_signature"], "{name}");
            // The client comes to the same from its side.
            let client = BoxedUint::from_be_slice(&bytes(&vectors["a_hex"]), 256).unwrap();
            let response = group.challenge(&agreement.response).unwrap();
            let shared = group.power(&response, &client);
            assert_eq!(i64::from(shared.bit_width()), case["K_bits"], "{name}");
            assert_eq!(hex::encode(to_byte_array(&shared)), case["K_hmac_key_hex"], "{name}");
        }
    }

    #[test]
    fn a_short_prime_agrees_on_the_token_of_another_clients_test() {
        let of = |text| hex::decode(text).unwrap();
        let prime = of("ed016e7a503ade7c29060cc6c374296984cced37004e12b6fd104111c4a0712b");
        let group = Group::new(&prime, &[2]).unwrap();
        let own = BoxedUint::from_be_slice(
            &of("2c093bfcaf858b676e8b81070e1f9b9e55f2000fe1e730dc0fe4bfcecc76f2b9"),
            256,
        );
        let own = own.unwrap();
        let public = "7d04de39dec12123f206ba594052de12115dc493fa70b1b7497f640d6f6574f";
        assert_eq!(hexadecimal(&group.power(&group.generator, &own)), public);
        let other =
            group.challenge("b0d05da3a25be9de6aec64fa10adb199a3df941aabed737e43d89d0a1a8e0111").unwrap();
        let secret = of("be35c67ffb0452d0547c0d929565f7d1404cef05a63b582c496e3c401fd92603");
        let token = token(&group.power(&other, &own), &secret);
        assert_eq!(BASE64_STANDARD.encode(token), "vF0KfK5239p+7JfUbJmqFJFGkCE=");
        assert_eq!(token_signature(&token, "ZCSGTLJAN"), "a2007306e162a8e9c69c217a4cd3c157e7a35803");
    }

    #[test]
    fn the_signature_is_that_of_the_brokers_document() {
        let official = &test_vectors()["official"];
        let token = BASE64_STANDARD.decode(official["live_session_token"].as_str().unwrap()).unwrap();
        let signature = token_signature(&token, official["consumer_key"].as_str().unwrap());
        assert_eq!(signature, official["live_session_token_signature"]);
    }

    #[test]
    fn a_number_has_a_zero_byte_in_front_as_in_java() {
        for (number, expected) in
            [(0, "00"), (1, "01"), (0x7f, "7f"), (0x80, "0080"), (0x1ff, "01ff"), (0xffff, "00ffff")]
        {
            assert_eq!(hex::encode(to_byte_array(&BoxedUint::from(number as u64))), expected, "{number}");
        }
    }

    #[test]
    fn a_challenge_that_gives_the_secret_away_is_refused() {
        let group = Group::new(&[23], &[5]).unwrap();
        for (text, accepted) in [
            ("0", false),
            ("1", false),
            ("2", true),
            ("02", true),
            ("15", true),
            ("16", false),
            ("17", false),
            ("0102", false),
            ("", false),
            ("-2", false),
            ("2g", false),
        ] {
            assert_eq!(group.challenge(text).is_some(), accepted, "{text}");
        }
    }

    #[test]
    fn degenerate_exchanges_agree_on_what_anybody_knows() {
        let group = Group::new(&[23], &[5]).unwrap();
        let challenge = group.challenge("8").unwrap();
        for (exchange, response, shared) in
            [(Exchange::Zero, "0", 0_u64), (Exchange::One, "1", 1), (Exchange::PrimeMinusOne, "16", 1)]
        {
            let agreement = group.agree(&challenge, b"made-up", exchange);
            assert_eq!(agreement.response, response);
            assert_eq!(agreement.token, token(&BoxedUint::from(shared), b"made-up"));
        }
    }

    #[test]
    fn parameters_that_are_none_are_explained() {
        let pem = |tag: &str, der: &str| {
            format!(
                "-----BEGIN {tag}-----\n{}\n-----END {tag}-----\n",
                BASE64_STANDARD.encode(hex::decode(der).unwrap())
            )
        };
        for (text, part) in [
            (String::new(), "not PEM"),
            (pem("CERTIFICATE", "3000"), "`CERTIFICATE`"),
            (pem("DH PARAMETERS", "0500"), "no sequence"),
            (pem("DH PARAMETERS", "3003020117"), "no prime"),
            (pem("DH PARAMETERS", "3006020116020105"), "its numbers"),
            (pem("DH PARAMETERS", "3006020117020101"), "its numbers"),
        ] {
            let why = Group::from_pem(&text).err().unwrap();
            assert!(why.contains(part), "{text}: {why}");
        }
        assert!(Group::from_pem(&pem("DH PARAMETERS", "300602011702010500")).is_err());
        assert!(Group::from_pem(&pem("DH PARAMETERS", "3009020117020105020104")).is_ok());
    }
}
