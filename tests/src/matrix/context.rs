//! What a fault has to know of the operation that it strikes.

use std::time::Duration;

use broker_session::ErrorKind;
use broker_session_openapi::{Operation, escape};
use serde_json::Value;

use super::{expected::Expected, faulty_connection::ConnectionFault};
use crate::{
    BrokerMessage, Case, MockResponse, RawServer, Reaction, Spec, TestCertificate, hostile::kind_of,
};

/// One thing that goes wrong, and what must come of it.
pub(super) struct Trial {
    /// Tells it from the others of the same fault; empty if it is the only one.
    pub(super) label: String,
    pub(super) trouble: Trouble,
    pub(super) means: Expected,
    pub(super) trust: Trust,
    /// Another cap on bodies, in bytes, that the caller sets.
    pub(super) limit: Option<usize>,
    /// Whether it is tried on a clock that runs, with short deadlines.
    pub(super) is_real_time: bool,
}

/// What goes wrong.
pub(super) enum Trouble {
    /// With the response.
    Respond(Reaction),
    /// With the connection.
    Connection(ConnectionFault),
}

/// Whom the client trusts over TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Nobody.
    Nobody,
    /// The certificates of a test, by their issuer.
    Issuers,
    /// One certificate by itself, the expired one.
    Pinned,
}

/// The certificates that a server may present.
pub(super) struct Certificates {
    pub(super) good: TestCertificate,
    pub(super) of_another: TestCertificate,
    pub(super) expired: TestCertificate,
    pub(super) not_yet_good: TestCertificate,
    pub(super) self_signed: TestCertificate,
}

impl Certificates {
    pub(super) fn new() -> Self {
        Self {
            good: TestCertificate::for_loopback(),
            of_another: TestCertificate::for_names(&["broker.example"]),
            expired: TestCertificate::for_years(2000, 2001),
            not_yet_good: TestCertificate::for_years(2998, 2999),
            self_signed: TestCertificate::for_loopback(),
        }
    }

    /// All that are trusted where certificates are given: every one but the last.
    pub(super) fn trusted(&self) -> String {
        [&self.good, &self.of_another, &self.expired, &self.not_yet_good].map(TestCertificate::pem).concat()
    }
}

/// The operation, and what is known of its responses.
pub(super) struct Context<'a> {
    pub(super) spec: &'a Spec,
    pub(super) operation: &'a Operation,
    /// The response when nothing goes wrong.
    pub(super) good: MockResponse,
    /// For how long the broker keeps callers out, where it does.
    pub(super) penalty: Option<Duration>,
    /// Whether a certificate can be trusted by itself.
    pub(super) has_pins: bool,
    /// Whether a success counts only if a field confirms it, although the spec requires none.
    pub(super) is_confirmed: bool,
    pub(super) certificates: &'a Certificates,
    /// A server that redirects may lead to, and nobody must ever call.
    pub(super) elsewhere: &'a RawServer,
    pub(super) said: fn(&Spec, &Case<'_>) -> BrokerMessage,
}

impl Context<'_> {
    /// Whether a success without a body is one.
    pub(super) fn may_be_empty(&self) -> bool {
        self.successes().any(|response| response.content.is_empty() || response.may_be_empty)
    }

    /// Whether a success may be in an envelope. It is read as a whole if something stands beside the envelope; of others,
    /// what is unknown is passed over.
    pub(super) fn may_have_envelope(&self) -> bool {
        let forms = self.schema().map(|schema| self.spec.forms(schema)).unwrap_or_default();
        forms.iter().any(|form| self.spec.resolve(form).1.get("x-envelope").is_some())
    }

    /// Whether one of its fields has several spellings.
    pub(super) fn has_aliases(&self) -> bool {
        let form = self.schema().and_then(|schema| self.spec.form_of_success(schema));
        let fields =
            form.iter().flat_map(|form| self.spec.resolve(form).1["properties"].as_object()).flatten();
        fields.map(|(_, field)| field).any(|field| field.get("x-aliases").is_some())
    }

    /// Whether an object is a success whatever is in it.
    pub(super) fn is_any_object_good(&self) -> bool {
        let is_confirmed = self.is_confirmed || self.successes().any(|response| !response.success.is_empty());
        let form = self.schema().and_then(|schema| self.spec.form_of_success(schema));
        !is_confirmed && form.is_some_and(|form| self.spec.required(&form).is_empty())
    }

    fn schema(&self) -> Option<&str> {
        self.successes().find_map(|response| response.content.first()).map(|media| media.schema.as_str())
    }

    /// Which of the forms of a success is meant: the first one whose required fields are all there and say something.
    pub(super) fn form(&self, value: &Value) -> Option<usize> {
        let forms = self.schema().map(|schema| self.spec.forms(schema)).filter(|forms| forms.len() > 1)?;
        let has = |name: &str| value.get(name).is_some_and(|field| !field.is_null() && field != "");
        forms.iter().position(|form| self.spec.required(form).into_iter().all(has))
    }

    fn successes(&self) -> impl Iterator<Item = &broker_session_openapi::Response> {
        self.operation.responses.iter().filter(|response| response.status < 300)
    }

    /// The documented responses of this operation.
    pub(super) fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.spec.cases().filter(|case| case.operation.id == self.operation.id)
    }

    /// The body of the right response, as a string.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.good.body).into_owned()
    }

    /// What a success comes to whose body nobody can read.
    pub(super) fn unreadable(&self, status: u16) -> Expected {
        Expected::failure(ErrorKind::Protocol, status)
    }

    /// What a success without a body comes to.
    pub(super) fn empty(&self, status: u16) -> Expected {
        match self.may_be_empty() {
            true => Expected::good_enough(),
            false => Expected::failure(ErrorKind::Protocol, status),
        }
    }

    /// What a failure means of which only the status can be understood; how long it asks to wait counts only where the
    /// caller is to come back.
    pub(super) fn failure(&self, status: u16, wait: Option<Duration>) -> Expected {
        let again = match status {
            // A penalty is waited out by whoever is called next; without a time to wait, another call would be one too many.
            429 if self.penalty.is_some() || wait.is_none() => super::expected::Again::Never,
            429 | 502 | 503 | 504 => super::expected::Again::Safe,
            _ => super::expected::Again::Never,
        };
        let means = Expected::failure(kind_of(self.operation, status), status).again(again);
        Expected { wait: wait.unwrap_or_default(), ..means }
    }

    /// The kind that the spec gives a status.
    pub(super) fn kind_of_status(&self, status: u16) -> Option<ErrorKind> {
        let response = self.operation.responses.iter().find(|response| response.status == status)?;
        ErrorKind::from_name(response.kind.as_deref()?)
    }

    /// The kind that the broker's own message have, as the spec lists them: for the operation first, then for all.
    pub(super) fn kind_of_words(&self, (code, message): &BrokerMessage) -> Option<ErrorKind> {
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
    /// A trial of a response that is the only one.
    pub(super) fn response(reaction: Reaction, means: Expected) -> Self {
        Self::labelled(String::new(), reaction, means)
    }

    /// A trial of a response among others.
    pub(super) fn labelled(label: impl Into<String>, reaction: Reaction, means: Expected) -> Self {
        let (label, trouble) = (label.into(), Trouble::Respond(reaction));
        Self { label, trouble, means, trust: Trust::Nobody, limit: None, is_real_time: false }
    }

    /// A trial of a connection.
    pub(super) fn connection(fault: ConnectionFault, means: Expected) -> Self {
        let (label, trouble) = (String::new(), Trouble::Connection(fault));
        Self { label, trouble, means, trust: Trust::Nobody, limit: None, is_real_time: false }
    }
}
