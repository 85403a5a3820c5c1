//! Diffie-Hellman parameters of the user's own: a safe prime and the generator 2, as `openssl dhparam` makes them.
//!
//! A prime p is safe if (p-1)/2 is prime, too. Of these the search takes those with p = 7 modulo 8: 2 is a square modulo
//! such a prime, so its powers tell nothing of the parity of an exponent.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::available_parallelism,
};

use broker_session::Secret;
use crypto_bigint::BoxedUint;
use crypto_primes::{
    Flavor,
    hazmat::{SetBits, SmallFactorsSieveFactory},
    is_prime, sieve_and_find,
};
use der::{Decode, Encode, Reader, SliceReader, asn1::UintRef};
use tokio::{sync::mpsc, task::spawn_blocking};

use super::keys::pem;
use crate::failure::Failure;

/// The length of a prime that the broker takes.
pub(super) const BITS: u32 = 2048;

/// What the powers are taken of.
const GENERATOR: &[u8] = &[2];

/// The label of PKCS#3 in PEM.
const LABEL: &str = "DH PARAMETERS";

/// New parameters, in PEM. All processors search; that ends with the future.
///
/// # Errors
/// If no search could be begun.
pub(super) async fn generate(bits: u32) -> Result<Secret, Failure> {
    let prime = safe_prime(bits).await;
    let der = prime.as_ref().and_then(|prime| encode(&prime.to_be_bytes()).ok());
    der.map(|der| pem(LABEL, &der)).ok_or_else(|| {
        Failure::other(
            "no Diffie-Hellman parameters could be made: no search could be begun. Try again later.",
        )
    })
}

async fn safe_prime(bits: u32) -> Option<BoxedUint> {
    let stop = Stop::default();
    let (found, mut primes) = mpsc::channel(1);
    for _ in 0..available_parallelism().map_or(1, usize::from) {
        let (is_over, found) = (stop.0.clone(), found.clone());
        spawn_blocking(move || {
            if let Some(prime) = search(bits, &is_over) {
                // If another thread was faster, nobody waits for it.
                let _ = found.try_send(prime);
            }
        });
    }
    drop(found);
    primes.recv().await
}

/// Ends the searches when nobody waits for them any more.
#[derive(Default)]
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Searches on one thread. None if the search is over before.
fn search(bits: u32, is_over: &AtomicBool) -> Option<BoxedUint> {
    let is_over = || is_over.load(Ordering::Relaxed);
    let factory = SmallFactorsSieveFactory::new(Flavor::Safe, bits, SetBits::Msb).ok()?;
    let found = sieve_and_find(&mut rand::rng(), factory, |_, candidate: &BoxedUint| {
        // What is found when the search is over does not count.
        is_over() || (is_7_modulo_8(candidate) && is_prime(Flavor::Safe, candidate))
    });
    found.ok().flatten().filter(|_| !is_over())
}

fn is_7_modulo_8(number: &BoxedUint) -> bool {
    number.as_words().first().is_some_and(|word| word % 8 == 7)
}

/// A sequence of the prime and the generator (PKCS#3, section 9).
fn encode(prime: &[u8]) -> der::Result<Vec<u8>> {
    [UintRef::new(prime)?, UintRef::new(GENERATOR)?].to_der()
}

/// Checks parameters that were made elsewhere. Returns what is wrong, as a clause.
pub(in crate::brokers::ibkr) fn check(text: &str) -> Result<(), String> {
    let pem =
        pem::parse(text).map_err(|_| format!("it is not PEM, from `-----BEGIN {LABEL}-----` to its end"))?;
    if pem.tag() != LABEL {
        return Err(format!("it has something else than {LABEL}"));
    }
    let (prime, generator) = decode(pem.contents()).map_err(|_| format!("its {LABEL} cannot be read"))?;
    let bits = 8 * prime.len() - prime.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if bits != BITS as usize {
        return Err(format!("its prime has {bits} bits, and the broker takes {BITS}"));
    }
    if generator != GENERATOR {
        return Err("its generator is not 2".to_owned());
    }
    let prime = BoxedUint::from_be_slice(prime, BITS).map_err(|_| format!("its {LABEL} cannot be read"))?;
    if is_prime(Flavor::Safe, &prime) { Ok(()) } else { Err("its number is not a safe prime".to_owned()) }
}

/// The prime and the generator.
fn decode(bytes: &[u8]) -> der::Result<(&[u8], &[u8])> {
    SliceReader::new(bytes)?.sequence(|reader| {
        let (prime, generator) = (UintRef::decode(reader)?, UintRef::decode(reader)?);
        // How long a private value may be.
        if !reader.is_finished() {
            UintRef::decode(reader)?;
        }
        Ok((prime.as_bytes(), generator.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_prime_is_safe_and_2_is_a_square_modulo_it() {
        let text = generate(192).await.unwrap();
        let pem = pem::parse(text.expose()).unwrap();
        let (prime, generator) = decode(pem.contents()).unwrap();
        assert_eq!((prime.len(), generator), (24, GENERATOR));
        let prime = BoxedUint::from_be_slice(prime, 192).unwrap();
        assert!(is_prime(Flavor::Safe, &prime) && is_7_modulo_8(&prime));
    }

    #[test]
    fn a_search_that_is_over_finds_nothing() {
        assert!(search(192, &AtomicBool::new(true)).is_none());
    }
}
