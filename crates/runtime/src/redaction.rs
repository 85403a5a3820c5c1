//! The secrets of one client, and their removal from what comes back.
//!
//! Servers echo: a gateway's error may quote the header that it rejects, or the password, in plain text or in the
//! encoding of the quotation. So each secret of a request is removed from the response.

mod table;

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use subtle::ConstantTimeEq;
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

pub(crate) use self::table::Table;
use crate::{
    Secret,
    zeroizing::{base64, joined},
};

/// The replacement of a secret.
pub(crate) const REPLACEMENT: &str = "[redacted]";

/// Shorter values are not removed: they would also match what is not secret.
const MIN_SECRET_BYTES: usize = 4;

/// Shorter parts of a header are words, not secrets.
pub(crate) const MIN_PART_BYTES: usize = 8;

/// How many added secrets are kept. A client may live for long, and each response may bring another one.
const MAX_ADDED: usize = 256;

/// How many secrets are kept that are good for one request: a response may quote that of its own request.
const MAX_ONE_TIME: usize = 16;

/// The secrets of one client: removes them from strings that come from outside. Clones share them.
///
/// A secret is found in plain text and as JSON, HTML, forms, URLs, base64 and hexadecimal digits encode it, in ASCII
/// letters of either case. Adding a secret computes these spellings. Values of fewer than four bytes are not removed.
#[derive(Clone, Default)]
pub struct Secrets(Arc<Mutex<Registry>>);

#[derive(Default)]
struct Registry {
    permanent: Vec<Known>,
    /// The one that was not used for longest comes first.
    added: VecDeque<Known>,
    /// Those that are good for one request, in the order of their requests.
    one_time: VecDeque<Known>,
    /// Who searches holds it for as long, so that the registry is not locked meanwhile.
    table: Arc<Table>,
    next_id: u64,
}

struct Known {
    id: u64,
    secret: Secret,
    /// Whether its parts are secret, too.
    in_parts: bool,
}

impl Secrets {
    /// Begins with secrets that are never forgotten.
    pub fn new(permanent: impl IntoIterator<Item = Secret>) -> Self {
        let secrets = Self::default();
        permanent.into_iter().for_each(|secret| secrets.keep([&secret]));
        secrets
    }

    /// Adds secrets that are never forgotten.
    pub fn keep<'a>(&self, secrets: impl IntoIterator<Item = &'a Secret>) {
        let mut registry = self.registry();
        secrets.into_iter().for_each(|secret| registry.keep(secret.expose(), false));
    }

    /// Does what [`Secrets::add_header`] does, for a value that is never forgotten.
    pub(crate) fn keep_header(&self, value: &str) {
        self.registry().keep(value, true);
    }

    /// Removes a secret from all strings from now on. Beyond 256 of them, the one that was added first is forgotten;
    /// adding it again counts as new.
    pub fn add(&self, secret: &Secret) {
        self.registry().add(secret.expose(), false);
    }

    /// Adds several secrets.
    pub fn add_all<'a>(&self, secrets: impl IntoIterator<Item = &'a Secret>) {
        let mut registry = self.registry();
        secrets.into_iter().for_each(|secret| registry.add(secret.expose(), false));
    }

    /// Adds the value of a header as a whole and in parts: the token after `Bearer`, the cookies of `Cookie`, the
    /// parameters of a signature. A response may quote them one by one.
    pub(crate) fn add_header(&self, value: &str) {
        self.registry().add(value, true);
    }

    /// Does what [`Secrets::add_header`] does, for a value that is good for one request. Of those only the last 16 are kept.
    pub(crate) fn add_one_time_header(&self, value: &str) {
        self.registry().add_one_time(value);
    }

    /// The spellings that are known now.
    pub(crate) fn table(&self) -> Arc<Table> {
        self.registry().table.clone()
    }

    /// A string from outside as it may be shown: without secrets, and without characters that a terminal would act
    /// upon.
    pub fn clean(&self, text: &str) -> String {
        self.cleaned(text).unwrap_or_else(|| text.to_owned())
    }

    /// The same; nothing if nothing changes.
    pub(crate) fn cleaned(&self, text: &str) -> Option<String> {
        let registry = self.registry();
        let redacted = registry.redact(text);
        let shown = redacted.as_ref().map_or(text, |redacted| redacted.as_str());
        if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && shown.contains(is_command) {
            // A secret may appear only now: its blanks were other characters before.
            let printable = printable(shown);
            return Some(registry.redact(&printable).unwrap_or(printable).as_str().to_owned());
        }
        redacted.map(|redacted| redacted.as_str().to_owned())
    }

    /// The same as a single line without repeated blanks, cut to a length; nothing if it is empty.
    pub(crate) fn clean_line(&self, text: &str, max_chars: usize) -> Option<String> {
        let registry = self.registry();
        let redacted = registry.redact(text);
        let redacted = line(redacted.as_ref().map_or(text, |redacted| redacted.as_str()));
        let line = registry.redact(&redacted).unwrap_or(redacted);
        let line = cut(&line, max_chars);
        (!line.is_empty()).then(|| line.to_owned())
    }

    /// A string without secrets; nothing if it has none.
    pub(crate) fn redact(&self, text: &str) -> Option<Zeroizing<String>> {
        self.registry().redact(text)
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        // No change panics half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

impl Registry {
    fn keep(&mut self, secret: &str, in_parts: bool) {
        let known = self.learn(secret, in_parts);
        self.permanent.extend(known);
    }

    fn add(&mut self, secret: &str, in_parts: bool) {
        // Most often it is that of the request before.
        let place = self.added.iter().rposition(|known| known.covers(secret, in_parts));
        if let Some(known) = place.and_then(|place| self.added.remove(place)) {
            self.added.push_back(known);
            return;
        }
        let Some(known) = self.learn(secret, in_parts) else { return };
        self.added.push_back(known);
        if self.added.len() > MAX_ADDED
            && let Some(oldest) = self.added.pop_front()
        {
            Arc::make_mut(&mut self.table).forget(oldest.id);
        }
    }

    fn add_one_time(&mut self, secret: &str) {
        let Some(known) = self.learn(secret, true) else { return };
        self.one_time.push_back(known);
        if self.one_time.len() > MAX_ONE_TIME
            && let Some(oldest) = self.one_time.pop_front()
        {
            Arc::make_mut(&mut self.table).forget(oldest.id);
        }
    }

    /// The spellings of a secret; nothing if it has none, or the permanent secrets have them.
    fn learn(&mut self, secret: &str, in_parts: bool) -> Option<Known> {
        if self.permanent.iter().any(|known| known.covers(secret, in_parts)) {
            return None;
        }
        let mut new = spellings(secret);
        if in_parts {
            parts(secret).for_each(|part| new.extend(spellings(part)));
        }
        new.iter_mut().for_each(|spelling| spelling.make_ascii_lowercase());
        new.retain(|spelling| spelling.len() >= MIN_SECRET_BYTES);
        new.sort_unstable_by(|one, other| one.as_str().cmp(other));
        new.dedup();
        if new.is_empty() {
            return None;
        }
        self.next_id += 1;
        let id = self.next_id;
        Arc::make_mut(&mut self.table).learn(id, &new);
        Some(Known { id, secret: Secret::from(secret), in_parts })
    }

    /// The string with a replacement for every secret, and one for those that overlap; nothing if it has no secret.
    fn redact(&self, text: &str) -> Option<Zeroizing<String>> {
        let (mut pieces, mut end) = (Vec::new(), 0);
        for (start, length) in self.table.places(text.as_bytes()) {
            if start >= end {
                pieces.extend([text.get(end..start).unwrap_or_default(), REPLACEMENT]);
            }
            end = end.max(start + length);
        }
        if pieces.is_empty() {
            return None;
        }
        pieces.push(text.get(end..).unwrap_or_default());
        Some(joined(&pieces))
    }
}

impl Known {
    fn covers(&self, secret: &str, in_parts: bool) -> bool {
        let is_equal = || self.secret.expose().as_bytes().ct_eq(secret.as_bytes()).into();
        (self.in_parts || !in_parts) && is_equal()
    }
}

/// The parts of a header's value that may be secret.
fn parts(value: &str) -> impl Iterator<Item = &str> {
    let pieces = value.split([' ', ',', ';']).flat_map(|piece| {
        let value = piece.split_once('=').map_or("", |(_, value)| value);
        [piece.trim_matches('"'), value.trim_matches('"')]
    });
    pieces.filter(|piece| piece.len() >= MIN_PART_BYTES)
}

/// Whether a terminal acts upon a character: it is a control character, or changes the direction of the rest of the line.
pub fn is_command(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn printable(text: &str) -> Zeroizing<String> {
    let mut printable = Zeroizing::new(String::with_capacity(text.len()));
    text.chars().for_each(|c| printable.push(if is_command(c) { ' ' } else { c }));
    printable
}

/// One line of printable characters without repeated blanks.
pub(crate) fn line(text: &str) -> Zeroizing<String> {
    let mut line = Zeroizing::new(String::with_capacity(text.len()));
    for word in text.split(|c: char| is_command(c) || c.is_whitespace()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// At most this many characters of a string.
pub(crate) fn cut(text: &str, max_chars: usize) -> &str {
    let end = text.char_indices().nth(max_chars).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or_default()
}

/// The ways in which a secret may be written. ASCII letters may be of either case.
fn spellings(plain: &str) -> Vec<Zeroizing<String>> {
    let form = |blank: &'static str| {
        let pieces =
            byte_serialize(plain.as_bytes()).map(move |piece| if piece == "+" { blank } else { piece });
        written(plain, pieces.flat_map(str::chars))
    };
    let html = |quote: &'static str, apostrophe: &'static str| {
        let pieces = plain.chars().flat_map(move |c| {
            let (escaped, other) = match c {
                '&' => ("&amp;", None),
                '<' => ("&lt;", None),
                '>' => ("&gt;", None),
                '"' => (quote, None),
                '\'' => (apostrophe, None),
                other => ("", Some(other)),
            };
            escaped.chars().chain(other)
        });
        written(plain, pieces)
    };
    let digits = plain.bytes().flat_map(|byte| [byte >> 4, byte & 0xf]);
    let hex = written(plain, digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
    let base64 = without_padding(base64(plain));
    let for_urls = |c: char| match c {
        '+' => '-',
        '/' => '_',
        other => other,
    };
    let mut spellings =
        vec![written(plain, plain.chars()), written(plain, base64.chars().map(for_urls)), base64, hex];
    // These characters are the same in every other encoding.
    if plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._*".contains(&byte)) {
        return spellings;
    }
    spellings.extend([
        written(plain, plain.chars().flat_map(char::to_lowercase)),
        written(plain, plain.chars().flat_map(char::to_uppercase)),
        json(plain),
        form("%20"),
        form("+"),
        html("&quot;", "&#39;"),
        html("&#34;", "&#x27;"),
        html("&quot;", "&#x27;"),
        html("&quot;", "&#039;"),
        html("&quot;", "&apos;"),
        html("\"", "'"),
    ]);
    spellings
}

/// Collects characters without a reallocation: no spelling has more than six bytes for one.
fn written(plain: &str, characters: impl Iterator<Item = char>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(6 * plain.len()));
    characters.for_each(|character| text.push(character));
    text
}

/// The string as JSON encodes it, without its quotation marks.
fn json(plain: &str) -> Zeroizing<String> {
    let mut quoted = Zeroizing::new(Vec::with_capacity(6 * plain.len() + 2));
    // Writing to memory cannot fail.
    let _ = serde_json::to_writer(&mut *quoted, plain);
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    joined(&[std::str::from_utf8(inner).unwrap_or_default()])
}

fn without_padding(mut encoded: Zeroizing<String>) -> Zeroizing<String> {
    let length = encoded.trim_end_matches('=').len();
    encoded.truncate(length);
    encoded
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn secrets(plain: &[&str]) -> Secrets {
        Secrets::new(plain.iter().map(|plain| Secret::from(*plain)))
    }

    #[test]
    fn secrets_are_removed_in_every_encoding_of_an_echo() {
        let secrets = secrets(&["a\"b\\c d&e+<f>'g"]);
        for echo in [
            "a\"b\\c d&e+<f>'g",
            r#"a\"b\\c d&e+<f>'g"#,
            "a%22b%5Cc+d%26e%2B%3Cf%3E%27g",
            "a%22b%5cc+d%26e%2b%3cf%3e%27g",
            "a%22b%5Cc%20d%26e%2B%3Cf%3E%27g",
            "a&quot;b\\c d&amp;e+&lt;f&gt;&#39;g",
            "a&#34;b\\c d&amp;e+&lt;f&gt;&#x27;g",
            "YSJiXGMgZCZlKzxmPidn",
            "6122625c63206426652b3c663e2767",
            "6122625C63206426652B3C663E2767",
        ] {
            assert_eq!(secrets.clean(&format!("no {echo}, no")), "no [redacted], no", "{echo}");
        }
    }

    #[test]
    fn secrets_are_removed_in_either_case() {
        for (secret, echo) in
            [("Hunter2", "HUNTER2 hunter2"), ("P\u{e4}ssword", "p\u{e4}ssword P\u{c4}SSWORD")]
        {
            assert_eq!(secrets(&[secret]).clean(echo), "[redacted] [redacted]");
        }
    }

    #[test]
    fn base64_is_known_with_the_letters_for_urls_as_well() {
        for echo in ["Pz8/Pj4+", "Pz8_Pj4-"] {
            assert_eq!(secrets(&["???>>>"]).clean(echo), "[redacted]", "{echo}");
        }
    }

    #[test]
    fn overlapping_secrets_are_removed_as_one() {
        let secrets = secrets(&["hunter2", "hunter2-and-more", "more-secret"]);
        assert_eq!(secrets.clean("hunter2-and-more"), "[redacted]");
        assert_eq!(secrets.clean("a hunter2-and-more-secret"), "a [redacted]");
        assert_eq!(secrets.clean("hunter2hunter2 x"), "[redacted][redacted] x");
    }

    #[test]
    fn very_short_values_are_not_removed() {
        assert_eq!(secrets(&["a", ""]).clean("a nice day"), "a nice day");
    }

    #[test]
    fn a_header_is_secret_as_a_whole_and_in_parts() {
        let secrets = Secrets::default();
        secrets.add(&"a=1; x-sess=\"made-up=\"".into());
        secrets.add_header("a=1; x-sess=\"made-up=\"");
        secrets.add_header("Bearer made-up-token");
        assert_eq!(secrets.clean("made-up-token, made-up=, a=1"), "[redacted], [redacted], a=1");
    }

    #[test]
    fn secrets_in_use_stay_known_and_old_ones_are_forgotten() {
        let secrets = secrets(&["given"]);
        let in_use = Secret::from("in use");
        for number in 0..3 * MAX_ADDED {
            secrets.add(&in_use);
            secrets.add(&Secret::new(format!("secret {number}.")));
        }
        assert_eq!(secrets.clean("given, in use, secret 0."), "[redacted], [redacted], secret 0.");
        let known: BTreeSet<u64> = secrets.registry().table.owners().collect();
        assert_eq!(known.len(), MAX_ADDED + 1);
    }

    #[test]
    fn what_is_good_for_one_request_is_forgotten_soon() {
        let secrets = secrets(&["given"]);
        (0..=MAX_ONE_TIME)
            .for_each(|number| secrets.add_one_time_header(&format!("made-up-nonce-{number}.")));
        assert_eq!(secrets.clean("made-up-nonce-1., given"), "[redacted], [redacted]");
        assert_eq!(secrets.clean("made-up-nonce-0."), "made-up-nonce-0.");
    }

    #[test]
    fn a_secret_does_not_appear_when_a_string_is_made_printable() {
        let secrets = secrets(&["hunter two"]);
        assert_eq!(secrets.clean("the hunter\ttwo"), "the [redacted]");
        assert_eq!(secrets.clean_line("the hunter \r\n two", 100).as_deref(), Some("the [redacted]"));
        assert_eq!(secrets.clean("a\u{1b}[2J\u{202e}b"), "a [2J b");
    }
}
