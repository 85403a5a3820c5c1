//! Private keys as people have them in files, and what is wrong where they cannot be used.
//!
//! People who make keys by hand meet the same few mistakes. So a key that cannot be used is distinguished: cut short, pasted on
//! one line, encrypted, public, of another kind, of another length.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

/// The length of a key that the broker accepts, in bytes and in bits.
pub(super) const KEY_BYTES: usize = 256;
const KEY_BITS: usize = 8 * KEY_BYTES;

/// A private key of RSA with 2048 bits, in PKCS#1 or PKCS#8.
pub(super) fn rsa(pem: &str) -> Result<KeyPair, String> {
    let key = any_rsa(pem)?;
    let bits = 8 * key.public_modulus_len();
    if bits != KEY_BITS {
        return Err(format!("has {bits} bits, and the broker wants {KEY_BITS}; make a new key"));
    }
    Ok(key)
}

/// The same with 2048 bits or more.
pub(in crate::ibkr) fn any_rsa(pem: &str) -> Result<KeyPair, String> {
    let der = decode(pem, &["PRIVATE KEY", "RSA PRIVATE KEY"])?;
    let key = KeyPair::from_pkcs8(&der).or_else(|_| KeyPair::from_der(&der));
    key.map_err(|_| {
        format!("is no private key of RSA with {KEY_BITS} bits or more, or is damaged; copy the file as it is, or make new keys")
    })
}

/// What a key decrypts (RSAES-PKCS1-v1_5); nothing if it was encrypted for another key.
pub(super) fn decrypt(key: &KeyPair, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let der: Pkcs8V1Der<'_> = key.as_der().ok()?;
    let key = Pkcs1PrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(der.as_ref()).ok()?).ok()?;
    let mut plain = Zeroizing::new(vec![0; key.min_output_size()]);
    let length = key.decrypt(ciphertext, &mut plain).ok()?.len();
    Some(Zeroizing::new(plain.get(..length)?.to_vec()))
}

/// The bytes of a PEM file that has one of these labels. Nothing is left of what is in between.
pub(super) fn decode(pem: &str, labels: &[&str]) -> Result<Zeroizing<Vec<u8>>, String> {
    let expected = labels.first().copied().unwrap_or_default();
    let text = pem.trim();
    let Some(rest) = text.strip_prefix("-----BEGIN ") else {
        return Err(match text.contains("-----BEGIN ") {
            true => {
                "has something before `-----BEGIN`; keep the lines from `-----BEGIN` to `-----END`".to_owned()
            }
            false => format!("is not PEM: there is no `-----BEGIN {expected}-----`; give the whole file"),
        });
    };
    if text.contains("\\n") {
        return Err(
            "has `\\n` in place of line breaks; use real line breaks, or name the file instead".to_owned()
        );
    }
    let Some((label, rest)) = rest.split_once("-----") else {
        return Err("is cut off in its first line; give the whole file".to_owned());
    };
    if let Some(why) = other_label(label, labels) {
        return Err(why);
    }
    let Some((body, end)) = rest.split_once("-----END ") else {
        return Err(format!("is cut off: there is no `-----END {label}-----`; give the whole file"));
    };
    if !end.starts_with(&format!("{label}-----")) {
        return Err(format!("does not end with `-----END {label}-----`; give the whole file"));
    }
    if end.len() > label.len() + 5 {
        return Err("has something after its end; keep the lines from `-----BEGIN` to `-----END`".to_owned());
    }
    if body.contains(':') {
        return Err(
            "is encrypted with a passphrase; write it without one (`openssl rsa -in FILE -out PLAIN`)"
                .to_owned(),
        );
    }
    let mut digits = Zeroizing::new(String::with_capacity(body.len()));
    digits.extend(body.chars().filter(|character| !character.is_whitespace()));
    if digits.is_empty() {
        return Err("is empty between its first and its last line; give the whole file".to_owned());
    }
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    if !digits.bytes().all(is_digit) {
        return Err("has characters that base64 has not; copy the file as it is".to_owned());
    }
    let mut bytes = Zeroizing::new(vec![0; digits.len()]);
    let length = BASE64_STANDARD
        .decode_slice(digits.as_bytes(), &mut bytes)
        .map_err(|_| "is not complete base64: lines are missing or cut; copy the file as it is".to_owned())?;
    bytes.truncate(length);
    Ok(bytes)
}

/// What is wrong with a label that was not expected.
fn other_label(label: &str, expected: &[&str]) -> Option<String> {
    if expected.contains(&label) {
        return None;
    }
    let wanted = expected.first().copied().unwrap_or_default();
    Some(match label {
        "ENCRYPTED PRIVATE KEY" => {
            "is encrypted with a passphrase; write it without one (`openssl pkey -in FILE -out PLAIN`)"
                .to_owned()
        }
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => {
            format!("is a {label}, which belongs on the broker's page; give the file with `{wanted}`")
        }
        "EC PRIVATE KEY" | "OPENSSH PRIVATE KEY" | "DSA PRIVATE KEY" => {
            format!("is a {label}, and the broker wants RSA; make keys with `broker-session setup ibkr`")
        }
        "PRIVATE KEY" | "RSA PRIVATE KEY" | "DH PARAMETERS" => {
            format!("is a {label} in place of a {wanted}; the files are swapped")
        }
        _ => format!("begins with another label than `{wanted}`; give the right file"),
    })
}
