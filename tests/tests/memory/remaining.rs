//! Which copies of a secret may remain, and why: those that the HTTP stack makes, and nobody can reach to overwrite them.

use std::{collections::BTreeMap, fmt};

use super::{
    copies::{Outcome, QUOTED},
    report::Found,
};

/// Where a copy is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// hyper's write buffer, in which it puts the head of a request together: one copy of each header that was sent.
    /// The bodies of requests are not copied: they go from our memory to the socket.
    RequestHead,
    /// hyper's read buffer, which the answer arrives in: one copy of what was answered. Over TLS rustls has another one.
    Answer,
    /// rustls decrypts a record where it arrived, and the next record overwrites only its beginning.
    Record,
    /// hyper keeps a reason phrase that is not the usual one: one copy of it.
    ReasonPhrase,
    /// The form of `/token` and `/revoke`, written by serde_urlencoded into a string that grows: the first halves of
    /// it. The whole string is overwritten.
    GrowingForm,
    /// serde_json's scratch buffer, in which it puts a text with escaped characters together: a part and the whole of a
    /// refusal that quotes what was sent.
    Scratch,
    /// Put there for the scan to be found.
    OnPurpose,
    /// Anywhere else: a copy of ours.
    Elsewhere,
}

/// How a client speaks to its broker.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wire {
    /// Over HTTP.
    Plain,
    /// Over HTTPS.
    Tls,
}

/// What remains, as a table; the last columns are how often at most a secret is there that was sent, or answered, once:
/// over HTTP and over HTTPS, where a buffer may have grown once before an answer was whole.
const REMAINING: [(Place, &str, usize, usize); 6] = [
    (Place::RequestHead, "hyper's write buffer", 1, 1),
    (Place::Answer, "hyper's read buffer, over TLS rustls's as well", 1, 3),
    (Place::Record, "rustls's record, decrypted where it arrived", 0, 2),
    (Place::ReasonPhrase, "hyper's reason phrase", 1, 2),
    (Place::GrowingForm, "serde_urlencoded's growing string", 2, 2),
    (Place::Scratch, "serde_json's scratch buffer", 2, 2),
];

impl Wire {
    fn most(self, (_, _, plain, tls): &(Place, &str, usize, usize)) -> usize {
        match self {
            Self::Plain => *plain,
            Self::Tls => *tls,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = REMAINING.iter().find(|(place, ..)| place == self);
        f.write_str(known.map_or("elsewhere", |(_, name, ..)| name))
    }
}

/// A line that every answer has.
const LAST_LINE: &str = "..connection: close..";

impl Place {
    /// Where a copy is, by what stands before it.
    fn of(copy: &Found) -> Self {
        let stands_in_a_head =
            copy.before.len() > 13 && copy.before[copy.before.len() - 13..].starts_with("HTTP/1.1 ");
        let quotation = copy.before.rfind(QUOTED).and_then(|start| copy.before[..start].chars().last());
        // Only whole heads have their first line before them: a request's ends with the version, an answer's begins so.
        let version = copy.before.rfind("HTTP/1.1");
        match version.map(|start| &copy.before[start + "HTTP/1.1".len()..]) {
            _ if copy.name == super::canary::LEFT => Self::OnPurpose,
            // In an answer a quotation mark stands before it.
            _ if quotation.is_some_and(|before| before != '"') => Self::Scratch,
            _ if copy.name == "reason-phrase" && !stands_in_a_head => {
                match copy.after.contains("..connection: ") {
                    true => Self::Record,
                    false => Self::ReasonPhrase,
                }
            }
            Some(rest) if rest.starts_with("..") => Self::RequestHead,
            Some(rest) if rest.starts_with(' ') => Self::Answer,
            _ if copy.before.contains(LAST_LINE) => Self::Record,
            _ if ["token=", "password="].iter().any(|name| copy.before.ends_with(name)) => Self::GrowingForm,
            _ => Self::Elsewhere,
        }
    }
}

/// How many copies of each secret are in each place.
pub(crate) fn by_place(outcome: &Outcome) -> BTreeMap<(Place, String), Vec<&Found>> {
    let mut found: BTreeMap<_, Vec<&Found>> = BTreeMap::new();
    for copy in &outcome.copies {
        found.entry((Place::of(copy), copy.name.clone())).or_default().push(copy);
    }
    found
}

/// What is more than the table says, and what the table says and is not there any more. A place that a broker's flow does
/// not come to is left out.
pub(crate) fn differences(outcome: &Outcome, wire: Wire, left_out: &[Place]) -> Vec<String> {
    let found = by_place(outcome);
    let mut wrong = Vec::new();
    for ((place, name), copies) in &found {
        let known = REMAINING.iter().find(|(known, ..)| known == place);
        let of = |counts: &BTreeMap<String, usize>| counts.get(name).copied().unwrap_or_default();
        let times = match place {
            Place::RequestHead => of(&outcome.in_heads),
            Place::Answer | Place::Record | Place::ReasonPhrase | Place::Scratch => of(&outcome.in_answers),
            Place::GrowingForm => of(&outcome.in_bodies),
            Place::OnPurpose => continue,
            Place::Elsewhere => 0,
        };
        let most = times * known.map_or(0, |known| wire.most(known));
        if copies.len() > most {
            let example = copies.last().map(|copy| copy.shown()).unwrap_or_default();
            wrong.push(format!("{place}: {} copies of `{name}` in place of {most}: {example}", copies.len()));
        }
    }
    let meant = REMAINING.iter().filter(|row| wire.most(row) > 0 && !left_out.contains(&row.0));
    for (place, name, ..) in meant {
        if !found.keys().any(|(known, _)| known == place) {
            wrong.push(format!("{name}: nothing is left there any more, so the table need not say it"));
        }
    }
    if !found.keys().any(|(place, _)| *place == Place::OnPurpose) {
        wrong.push("the scan does not find what is there".to_owned());
    }
    wrong
}
