//! What a fault has to know of the operation that it strikes.

use std::time::Duration;

use broker_session::ErrorKind;
use broker_session_codegen::spec::{Operation, escape};
use serde_json::Value;

use super::{expected::Means, traps::Manner};
use crate::{Answer, Case, Certified, Raw, Reaction, Said, Spec, hostile::kind_of};

/// One thing that goes wrong, and what must come of it.
pub(super) struct Trial {
    /// Tells it from the others of the same fault; empty if it is the only one.
    pub(super) label: String,
    pub(super) trouble: Trouble,
    pub(super) means: Means,
    pub(super) trust: Trust,
    /// Another cap on bodies, in bytes, that the caller sets.
    pub(super) limit: Option<usize>,
    /// Whether it is tried on a clock that runs, with short deadlines.
    pub(super) is_real_time: bool,
}

/// What goes wrong.
pub(super) enum Trouble {
    /// With the answer.
    Answer(Reaction),
    /// With the connection.
    Connection(Manner),
}

/// Whom the client trusts over TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Nobody.
    Nobody,
    /// The certificates of a test, by their issuer.
    Given,
    /// One certificate by itself, the expired one.
    Pinned,
}

/// The certificates that a server may present.
pub(super) struct Certificates {
    pub(super) good: Certified,
    pub(super) of_another: Certified,
    pub(super) expired: Certified,
    pub(super) not_yet_good: Certified,
    pub(super) self_signed: Certified,
}

impl Certificates {
    pub(super) fn new() -> Self {
        Self {
            good: Certified::for_loopback(),
            of_another: Certified::for_names(&["broker.example"]),
            expired: Certified::for_years(2000, 2001),
            not_yet_good: Certified::for_years(2998, 2999),
            self_signed: Certified::for_loopback(),
        }
    }

    /// All that are trusted where certificates are given: every one but the last.
    pub(super) fn trusted(&self) -> String {
        [&self.good, &self.of_another, &self.expired, &self.not_yet_good].map(Certified::pem).concat()
    }
}

/// The operation, and what is known of its answers.
pub(super) struct Context<'a> {
    pub(super) spec: &'a Spec,
    pub(super) operation: &'a Operation,
    /// The answer when nothing goes wrong.
    pub(super) good: Answer,
    /// For how long the broker keeps callers out, where it does.
    pub(super) penalty: Option<Duration>,
    pub(super) certificates: &'a Certificates,
    /// A server that redirects may lead to, and nobody must ever call.
    pub(super) elsewhere: &'a Raw,
    pub(super) said: fn(&Spec, &Case<'_>) -> Said,
}

impl Context<'_> {
    /// Whether a success without a body is one.
    pub(super) fn may_be_empty(&self) -> bool {
        self.successes().any(|response| response.content.is_empty() || response.may_be_empty)
    }

    /// Whether a success has several forms.
    pub(super) fn has_forms(&self) -> bool {
        self.forms().is_some()
    }

    /// The schema of a success, and the forms that it has.
    fn forms(&self) -> Option<(String, usize)> {
        let media = self.successes().find_map(|response| response.content.first())?;
        let (pointer, schema) = self.spec.resolve(&media.schema);
        Some((pointer, schema.get("anyOf")?.as_array()?.len()))
    }

    /// Which of the forms of a success is meant: the first one whose required members are all there and say something.
    pub(super) fn form(&self, value: &Value) -> Option<usize> {
        let (pointer, forms) = self.forms()?;
        (0..forms).find(|form| {
            let schema = self.spec.resolve(&format!("{pointer}/anyOf/{form}")).1;
            let mut required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            required.all(|name| value.get(name).is_some_and(|member| !member.is_null() && member != ""))
        })
    }

    fn successes(&self) -> impl Iterator<Item = &broker_session_codegen::spec::Response> {
        self.operation.responses.iter().filter(|response| response.status < 300)
    }

    /// The documented answers of this operation.
    pub(super) fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.spec.cases().filter(|case| case.operation.id == self.operation.id)
    }

    /// The body of the right answer, as text.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.good.body).into_owned()
    }

    /// What a success comes to whose body nobody can read.
    pub(super) fn unreadable(&self, status: u16) -> Means {
        Means::failure(ErrorKind::Protocol, status)
    }

    /// What a success without a body comes to.
    pub(super) fn empty(&self, status: u16) -> Means {
        match self.may_be_empty() {
            true => Means::good_enough(),
            false => Means::failure(ErrorKind::Protocol, status),
        }
    }

    /// What a failure means of which only the status can be understood; how long it asks to wait counts only where the
    /// caller is to come back.
    pub(super) fn failure(&self, status: u16, wait: Option<Duration>) -> Means {
        let again = match status {
            // A penalty is waited out by whoever is called next; without a time to wait, another call would be one too many.
            429 if self.penalty.is_some() || wait.is_none() => super::expected::Again::Never,
            429 | 502 | 503 | 504 => super::expected::Again::Safe,
            _ => super::expected::Again::Never,
        };
        let means = Means::failure(kind_of(self.operation, status), status).again(again);
        Means { wait: wait.unwrap_or_default(), ..means }
    }

    /// The kind that the spec gives a status.
    pub(super) fn kind_of_status(&self, status: u16) -> Option<ErrorKind> {
        let response = self.operation.responses.iter().find(|response| response.status == status)?;
        ErrorKind::from_name(response.kind.as_deref()?)
    }

    /// The kind that the broker's own words have, as the spec lists them: for the operation first, then for all.
    pub(super) fn kind_of_words(&self, (code, message): &Said) -> Option<ErrorKind> {
        let document = self.spec.document.value();
        let pointer =
            format!("/paths/{}/{}", escape(&self.operation.path), self.operation.method.to_lowercase());
        let sentences = message.iter().flat_map(|message| message.split(": ")).chain(message.as_deref());
        let said: Vec<String> = code.as_deref().into_iter().chain(sentences).map(plain).collect();
        let tables = [&document.pointer(&pointer)?["x-error-codes"], &document["x-error-codes"]];
        let known = tables.into_iter().flat_map(|table| {
            let entries = table.as_object().into_iter().flatten();
            let mut known: Vec<_> = entries
                .filter_map(|(phrase, entry)| {
                    let place = said.iter().position(|said| is_phrase(phrase, said))?;
                    Some((phrase.contains('*'), place, entry))
                })
                .collect();
            known.sort_by_key(|(has_star, place, _)| (*has_star, *place));
            known.into_iter().map(|(_, _, entry)| entry).next()
        });
        ErrorKind::from_name(known.into_iter().next()?["kind"].as_str()?)
    }
}

/// A code or a sentence as the spec compares it.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').to_lowercase()
}

/// Whether a phrase of the spec is this code or sentence. The stars of the specs stand at the ends or between two parts.
fn is_phrase(phrase: &str, said: &str) -> bool {
    let phrase = plain(phrase);
    let parts: Vec<&str> = phrase.split('*').collect();
    let (first, last) = (parts[0], parts[parts.len() - 1]);
    let inner = parts.iter().all(|part| said.contains(part));
    inner && said.starts_with(first) && said.ends_with(last) && (parts.len() > 1 || phrase == said)
}

impl Trial {
    /// A trial of an answer that is the only one.
    pub(super) fn answer(reaction: Reaction, means: Means) -> Self {
        Self::labelled(String::new(), reaction, means)
    }

    /// A trial of an answer among others.
    pub(super) fn labelled(label: impl Into<String>, reaction: Reaction, means: Means) -> Self {
        let (label, trouble) = (label.into(), Trouble::Answer(reaction));
        Self { label, trouble, means, trust: Trust::Nobody, limit: None, is_real_time: false }
    }

    /// A trial of a connection.
    pub(super) fn connection(manner: Manner, means: Means) -> Self {
        let (label, trouble) = (String::new(), Trouble::Connection(manner));
        Self { label, trouble, means, trust: Trust::Nobody, limit: None, is_real_time: false }
    }
}
