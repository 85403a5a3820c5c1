//! The Diffie-Hellman exchange that gives a live session token.
//!
//! Both sides compute the same number `K`. The token is an HMAC-SHA1 of the secret of the access token under the bytes of
//! `K`, which are those of Java's `BigInteger.toByteArray`: as few as there can be, with a zero byte in front if the first
//! bit is set (the broker's document, 2.4d).

use aws_lc_rs::{hmac, rand};
use crypto_bigint::{
    BoxedUint, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use der::{Decode, Reader, SliceReader, asn1::UintRef};
use zeroize::Zeroizing;

use super::{keys, signature::hex};

/// The length of the caller's exponent in bytes.
const EXPONENT_BYTES: usize = 32;

/// The length of an HMAC-SHA1 in bytes.
const PROOF_BYTES: usize = 20;

/// The bits of a prime that the broker accepts.
const PRIME_BITS: usize = 2048;

/// The Diffie-Hellman parameters that the user has registered.
pub(super) struct Group {
    parameters: BoxedMontyParams,
    generator: BoxedUint,
}

impl Group {
    /// Reads a file as `openssl dhparam` writes it (PKCS#3).
    pub(super) fn read(pem: &str) -> Result<Self, String> {
        let der = keys::decode(pem, &["DH PARAMETERS"])?;
        let damaged =
            "is no DH PARAMETERS of PKCS#3, or is damaged; copy the file of `openssl dhparam` as it is";
        let (prime, generator) = pair(&der).map_err(|_| damaged.to_owned())?;
        let bits = bits(prime);
        if bits != PRIME_BITS {
            return Err(format!(
                "has a prime of {bits} bits, and the broker wants {PRIME_BITS}; make new ones"
            ));
        }
        Self::new(prime, generator)
    }

    /// From numbers in big-endian order.
    pub(super) fn new(prime: &[u8], generator: &[u8]) -> Result<Self, String> {
        let unusable = || {
            "has numbers that cannot be used: the prime must be odd, and the generator between 1 and the prime; make new ones".to_owned()
        };
        let precision = u32::try_from(8 * prime.len()).map_err(|_| unusable())?;
        let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, precision).map_err(|_| unusable());
        let (prime, generator) = (number(prime)?, number(generator)?);
        let (one, last) = (BoxedUint::one_with_precision(precision), last(&prime));
        let prime: Option<Odd<BoxedUint>> = Odd::new(prime).into();
        let prime = prime.ok_or_else(unusable)?;
        if generator <= one || generator >= last {
            return Err(unusable());
        }
        Ok(Self { parameters: BoxedMontyParams::new(prime), generator })
    }

    fn prime(&self) -> &BoxedUint {
        self.parameters.modulus().as_ref()
    }

    /// `base` to the power of `exponent`, in as few bytes as possible.
    fn power(&self, base: BoxedUint, exponent: &BoxedUint) -> Zeroizing<Vec<u8>> {
        let base = Zeroizing::new(BoxedMontyForm::new(base, &self.parameters));
        let power = Zeroizing::new(base.pow(exponent));
        let number = Zeroizing::new(power.retrieve());
        let bytes = Zeroizing::new(number.to_be_bytes().into_vec());
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        Zeroizing::new(bytes.get(zeros..).unwrap_or_default().to_vec())
    }
}

/// One exchange: an exponent that nobody else knows, used once.
pub(super) struct Exchange {
    exponent: Zeroizing<BoxedUint>,
    /// The caller's public value in hexadecimal, without leading zeros.
    pub(super) challenge: String,
}

impl Exchange {
    /// Begins an exchange.
    pub(super) fn begin(group: &Group) -> Result<Self, String> {
        let mut bytes = Zeroizing::new([0; EXPONENT_BYTES]);
        rand::fill(&mut *bytes).map_err(|_| "the system has no random numbers".to_owned())?;
        Self::with_exponent(group, &*bytes)
    }

    pub(super) fn with_exponent(group: &Group, bytes: &[u8]) -> Result<Self, String> {
        let exponent = BoxedUint::from_be_slice(bytes, 8 * EXPONENT_BYTES as u32);
        let exponent = Zeroizing::new(exponent.map_err(|_| "the exponent is too long".to_owned())?);
        let public = group.power(group.generator.clone(), &exponent);
        Ok(Self { exponent, challenge: digits(&public) })
    }

    /// The live session token that follows from the broker's public value, if both sides have the same one.
    ///
    /// # Errors
    /// What is wrong with the response, or with the keys and parameters.
    pub(super) fn finish(
        &self,
        group: &Group,
        secret: &[u8],
        consumer_key: &str,
        response: &str,
        proof: &str,
    ) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let public = public_value(group, response)?;
        let proof = from_hex(proof).filter(|proof| proof.len() == PROOF_BYTES).ok_or(Failed::Response)?;
        let mut shared = group.power(public, &self.exponent);
        if shared.first().is_none_or(|first| first & 0x80 != 0) {
            // As Java writes a number that is not negative.
            let mut longer = Zeroizing::new(Vec::with_capacity(shared.len() + 1));
            longer.push(0);
            longer.extend_from_slice(&shared);
            shared = longer;
        }
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &shared);
        let token = Zeroizing::new(hmac::sign(&key, secret).as_ref().to_vec());
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &token);
        // In constant time.
        hmac::verify(&key, consumer_key.as_bytes(), &proof).map_err(|_| Failed::Proof)?;
        Ok(token)
    }
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    /// The broker's values cannot be used.
    Response,
    /// The broker has computed another token.
    Proof,
}

/// The broker's public value, unless anybody could guess what follows from it, or it belongs to another prime.
fn public_value(group: &Group, text: &str) -> Result<BoxedUint, Failed> {
    let text = text.trim_start_matches('0');
    let padding = if text.len() % 2 == 1 { "0" } else { "" };
    let bytes = from_hex(&format!("{padding}{text}")).ok_or(Failed::Response)?;
    let prime = group.prime();
    let value = BoxedUint::from_be_slice(&bytes, prime.bits_precision()).map_err(|_| Failed::Proof)?;
    let one = BoxedUint::one_with_precision(prime.bits_precision());
    match value > one && value != last(prime) {
        true if value < *prime => Ok(value),
        true => Err(Failed::Proof),
        false => Err(Failed::Response),
    }
}

/// The largest number below a prime, whose powers are itself and one.
fn last(prime: &BoxedUint) -> BoxedUint {
    prime.wrapping_sub(BoxedUint::one_with_precision(prime.bits_precision()))
}

/// Prime and generator of PKCS#3.
fn pair(der: &[u8]) -> der::Result<(&[u8], &[u8])> {
    SliceReader::new(der)?.sequence(|reader| {
        let (prime, generator) = (UintRef::decode(reader)?, UintRef::decode(reader)?);
        // How long a private value may be.
        if !reader.is_finished() {
            UintRef::decode(reader)?;
        }
        Ok((prime.as_bytes(), generator.as_bytes()))
    })
}

fn bits(number: &[u8]) -> usize {
    let first = number.first().map_or(0, |first| first.leading_zeros() as usize);
    8 * number.len() - first
}

/// Hexadecimal digits without leading zeros.
fn digits(bytes: &[u8]) -> String {
    let digits = hex(bytes);
    let shown = digits.trim_start_matches('0');
    if shown.is_empty() { "0".to_owned() } else { shown.to_owned() }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let nibble = |digit: &u8| char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(nibble(high)? << 4 | nibble(low)?));
    if rest.is_empty() { bytes.collect() } else { None }
}
