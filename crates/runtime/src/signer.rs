//! Identification that the caller supplies: headers that a spec does not know.
//!
//! A broker may take a signature (OAuth 1.0a, RFC 5849) or a cookie in place of what its spec describes. How
//! a signature is made is the caller's business; that it is made anew for every attempt, because it holds a
//! nonce, is the transport's.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use http::{HeaderMap, HeaderName, Method};
use url::Url;

use crate::{Secret, sent::parts};

/// Signs requests.
pub trait Signer: Send + Sync {
    /// The headers that sign a request of this method to this URL. Called for every attempt.
    ///
    /// # Errors
    /// Why it cannot be signed; shown to the user, so there must be no secret in it.
    fn sign(&self, method: &Method, url: &Url) -> Result<Vec<(HeaderName, Secret)>, String>;
}

/// How many signatures are remembered. More than as many calls are hardly under way at once.
const REMEMBERED: usize = 16;

/// The latest signatures. The answers to what they signed may quote them.
#[derive(Default)]
pub(crate) struct Signatures(Mutex<VecDeque<Vec<Secret>>>);

impl Signatures {
    pub(crate) fn remember(&self, signature: &[(HeaderName, Secret)]) {
        let mut latest = self.latest();
        latest.push_back(signature.iter().flat_map(|(_, secret)| parts(secret.expose())).collect());
        if latest.len() > REMEMBERED {
            latest.pop_front();
        }
    }

    pub(crate) fn recent(&self) -> Vec<Secret> {
        self.latest().iter().flatten().cloned().collect()
    }

    fn latest(&self) -> MutexGuard<'_, VecDeque<Vec<Secret>>> {
        // Nothing in here panics half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts headers on a request, marked as sensitive, in place of others of the same name. If one cannot stand
/// in a header, none is set; the error does not hold the value.
pub(crate) fn put<'a>(
    headers: &mut HeaderMap,
    supplied: impl IntoIterator<Item = &'a (HeaderName, Secret)>,
) -> Result<(), String> {
    let values = supplied.into_iter().map(|(name, secret)| {
        let value = secret.header().map_err(|_| {
            format!("the value given for the header `{name}` has characters that no header may have")
        })?;
        Ok((name.clone(), value))
    });
    let values: Vec<_> = values.collect::<Result<_, String>>()?;
    for (name, value) in values {
        headers.insert(name, value);
    }
    Ok(())
}
