//! How a broker's code or sentence is recognised.
//!
//! Brokers write the same sentence with and without a full stop, in either case, and with a running number in it. A
//! phrase of the spec therefore matches without regard to case, to runs of blanks and to a full stop at the end, and a
//! `*` in it stands for any run of characters.

/// A code or a sentence as it is compared: in lower case, with single blanks, without a full stop at the end.
pub(crate) fn normal(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').trim_end().to_lowercase()
}

/// Whether the phrase of a spec matches a text in its [`normal`] form.
pub(crate) fn matches(phrase: &str, text: &str) -> bool {
    let phrase = normal(phrase);
    let Some((start, rest)) = phrase.split_once('*') else { return phrase == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_blanks_and_a_full_stop_at_the_end_make_no_difference() {
        for text in ["Account locked", "account locked.", " ACCOUNT \t locked . ", "Account\nlocked..."] {
            assert!(matches("Account locked.", &normal(text)), "{text}");
        }
        for text in ["Account locked!", "Account is locked", "Accountlocked", ""] {
            assert!(!matches("Account locked.", &normal(text)), "{text}");
        }
    }

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        for (phrase, text) in [
            ("id: *, error: invalid consumer", "id: 39687, error: invalid consumer"),
            ("id: *, error: invalid consumer", "ID: , Error: invalid consumer."),
            ("*locked", "User locked"),
            ("locked*", "locked for 5 minutes"),
            ("*a*b*", "xxaxxbxx"),
            ("a*a", "aba"),
            ("*", ""),
        ] {
            assert!(matches(phrase, &normal(text)), "{phrase} {text}");
        }
        for (phrase, text) in [
            ("id: *, error: invalid consumer", "id: 39687, error: invalid signature"),
            ("*locked", "locked out"),
            ("locked*", "is locked"),
            ("*a*b*", "ba"),
            ("a*a", "a"),
        ] {
            assert!(!matches(phrase, &normal(text)), "{phrase} {text}");
        }
    }
}
