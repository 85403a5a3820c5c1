//! What is secret in a sign-in, so that no error shows it.
//!
//! A server may quote a password in its answer to any later step.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use broker_session_runtime::{ErrorKind, Secret, redact};

use crate::{Error, session::is_token};

/// How many of the secrets that sign-ins have brought are remembered. A client may live for long, and each answer may
/// bring another one.
const MOST: usize = 256;

/// The secrets of a client's sign-ins. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets {
    given: Arc<[Secret]>,
    found: Arc<Mutex<Vec<Secret>>>,
}

impl Secrets {
    /// Those that a sign-in begins with.
    pub(crate) fn new(given: impl IntoIterator<Item = Secret>) -> Self {
        Self { given: given.into_iter().collect(), found: Arc::default() }
    }

    /// Keeps a secret out of errors from now on. Those that were not heard of for longest are forgotten first.
    pub(crate) fn remember(&self, secret: &Secret) {
        // Nothing can panic while the lock is held, so a poisoned one is as good as any.
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if secret.is_empty() || self.given.contains(secret) {
            return;
        }
        found.retain(|known| known != secret);
        if found.len() == MOST {
            mem::drop(found.remove(0));
        }
        found.push(secret.clone());
    }

    /// Keeps several secrets out of errors from now on.
    pub(crate) fn remember_all<'a>(&self, secrets: impl IntoIterator<Item = &'a Secret>) {
        secrets.into_iter().for_each(|secret| self.remember(secret));
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Secret> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        self.given.iter().chain(found.iter()).cloned().collect()
    }

    /// A text of the broker as it may be shown: without what a terminal would act upon and without secrets, should the
    /// broker quote one.
    pub(crate) fn printable(&self, text: Option<String>) -> Option<String> {
        text.map(|text| redact(&text.replace(char::is_control, " "), &self.all()))
    }

    /// The token that an answer brought, if a header can carry it. It is remembered.
    pub(crate) fn token(&self, operation: &'static str, name: &str, token: Secret) -> Result<Secret, Error> {
        if !is_token(&token) {
            let what = format!("the {name} in the answer is empty or has characters that no header may have");
            return Err(Error::new(ErrorKind::Protocol, what).with_status(200).during(operation));
        }
        self.remember(&token);
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_use_stays_known_however_much_comes() {
        let secrets = Secrets::new([Secret::from("given")]);
        let in_use = Secret::from("in use");
        for number in 0..3 * MOST {
            secrets.remember(&in_use);
            secrets.remember(&Secret::new(format!("secret {number}")));
        }
        let all = secrets.all();
        assert!(all.contains(&in_use) && all.contains(&Secret::from("given")));
        assert_eq!(all.len(), MOST + 1);
    }
}
