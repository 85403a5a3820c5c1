//! Notices when a broker changes its answers.
//!
//! The generated types take more than the spec describes, so that a member more or less costs nobody a sign-in; and
//! so a broker's silent change stays unnoticed until something depends on it. An observer, which a program asks for,
//! compares each answer with the spec to the letter and says where the two differ: by JSON pointer, without values.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::Value;

use crate::{
    Json, Operation, Secret, Shape,
    redact::{REPLACEMENT, Redaction},
};

mod compare;

use compare::{Difference, Step, differences};

/// How many differences an observer tells in its life. A broker that changes so much has another API, and names that
/// a hostile server makes up must not fill the memory.
const MOST: usize = 256;

/// A place where an answer is not what the spec describes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// The `operationId`.
    pub operation: &'static str,
    /// The HTTP status of the answer, as it was understood: an undocumented success is compared with that of 200.
    pub status: u16,
    /// The JSON pointer (RFC 6901) of the member in the answer. `[redacted]` stands for a name that does not look
    /// like one, or holds a secret of the request or of the answer.
    pub pointer: String,
    /// What is different.
    pub change: Change,
}

/// How a member is not what the spec describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The spec does not know it.
    Unknown,
    /// The spec requires it, and it is not there.
    Missing,
    /// It is there, and something else than the spec says: a number in place of a text, a null where there is none, or
    /// an object that is none of the forms that the spec has for it.
    Retyped {
        /// What the spec says: `text`, `integer`, `number`, `boolean`, `list`, `object` or `one of several forms`.
        expected: &'static str,
        /// What it is: the same words, and `null`.
        found: &'static str,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Missing => f.write_str("missing"),
            Self::Retyped { expected, found } => write!(f, "{found} in place of {expected}"),
        }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, status, pointer, change } = self;
        write!(
            f,
            "the answer {status} to `{operation}` is not what the spec describes at `{pointer}`: {change}"
        )
    }
}

type Report = dyn Fn(&Drift) + Send + Sync;

/// Compares answers with the spec. Cheap to clone; the clones are one observer.
#[derive(Clone)]
pub struct DriftObserver(Arc<Inner>);

struct Inner {
    report: Box<Report>,
    /// What has been told, with all items of a list as one.
    told: Mutex<BTreeSet<String>>,
}

impl DriftObserver {
    /// An observer that tells each difference once: as a `tracing` event at the level `WARN`, and to `report`. It is
    /// called before the answer is handed on, so it should be quick; it must not panic.
    pub fn new(report: impl Fn(&Drift) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner { report: Box::new(report), told: Mutex::default() }))
    }

    /// Compares a whole answer with what the spec says of this status. What is no JSON is not compared: it is an error
    /// anyway, or documented to be something else.
    pub(crate) fn look(&self, operation: &Operation, status: u16, body: &[u8], secrets: &[Secret]) {
        let shape = operation.status(status).and_then(|status| status.shape);
        let Some((shape, value)) = shape.zip(serde_json::from_slice::<Json>(body).ok()) else { return };
        for drift in self.new_ones(operation, status, shape, &value, secrets) {
            let Drift { operation, status, pointer, change } = &drift;
            tracing::warn!(operation, status, pointer, %change, "the answer is not what the spec describes");
            (self.0.report)(&drift);
        }
    }

    /// The differences that have not been told yet.
    fn new_ones(
        &self,
        operation: &Operation,
        status: u16,
        shape: &'static Shape,
        value: &Value,
        secrets: &[Secret],
    ) -> Vec<Drift> {
        let (differences, of_answer) = differences(shape, value);
        let redaction = Redaction::of(secrets.iter().chain(&of_answer));
        let mut told = self.0.told.lock().unwrap_or_else(PoisonError::into_inner);
        let mut is_new = |Difference { path, change }: &Difference<'_>| {
            let place = pointer(path, &redaction, |_| "*".to_owned());
            told.len() < MOST && told.insert(format!("{} {status} {place} {change}", operation.id))
        };
        let new = differences.into_iter().filter(|difference| is_new(difference));
        let drift = |Difference { path, change }| Drift {
            operation: operation.id,
            status,
            pointer: pointer(&path, &redaction, |index| index.to_string()),
            change,
        };
        new.map(drift).collect()
    }
}

impl fmt::Debug for DriftObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriftObserver").finish_non_exhaustive()
    }
}

fn pointer(path: &[Step<'_>], redaction: &Redaction, item: impl Fn(usize) -> String) -> String {
    let token = |step: &Step<'_>| match step {
        Step::Item(index) => item(*index),
        Step::Member(name) if is_a_name(name) && redaction.redact(name) == **name => (*name).to_owned(),
        Step::Member(_) => REPLACEMENT.to_owned(),
    };
    path.iter().map(|step| format!("/{}", token(step))).collect()
}

/// Whether this looks like the name of a member, and not like a value that somebody has made a name of: an account
/// number, an address, or a token. Names are made of words; of what is made up by chance, the words are too short.
fn is_a_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.$".contains(&byte);
    if !(1..=40).contains(&name.len()) || !name.bytes().all(is_plain) {
        return false;
    }
    let count = |is: fn(&u8) -> bool| name.bytes().filter(is).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    let few_digits = digits == 0 || digits <= 3 && name.bytes().any(|byte| byte.is_ascii_lowercase());
    let before = std::iter::once(b'_').chain(name.bytes());
    let after = name.bytes().skip(1).chain([b'_']);
    let (mut words, mut is_torn) = (0, false);
    for ((before, byte), after) in before.zip(name.bytes()).zip(after) {
        let turns = byte.is_ascii_uppercase() && (before.is_ascii_lowercase() || after.is_ascii_lowercase());
        words += usize::from(byte.is_ascii_alphabetic() && (!before.is_ascii_alphabetic() || turns));
        is_torn |= before.is_ascii_digit() && byte.is_ascii_lowercase();
    }
    few_digits && !is_torn && 4 * words <= letters + 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_look_like_names() {
        for name in [
            "kId",
            "isNRI",
            "isSsoValid",
            "USER_NAME",
            "MAC",
            "access_token",
            "line2",
            "is2FAEnabled",
            "_id",
            "$ref",
            "a",
            "x-request-id",
        ] {
            assert!(is_a_name(name), "{name}");
        }
    }

    #[test]
    fn account_numbers_addresses_and_tokens_do_not() {
        for value in [
            "",
            "1",
            "U1234567",
            "XY12Z",
            "12345",
            "a@b.example",
            "+911234567890",
            "made up",
            "q7Zk2LmX",
            "dGhpc0lzQVRva2Vu",
            "QmFzZTY0VGV4dA",
            "a3f9c",
            "5eb63bbbe01eeed0",
            "eyJhbGciOiJub25lIn0.e30.",
        ] {
            assert!(!is_a_name(value), "{value}");
        }
    }
}
