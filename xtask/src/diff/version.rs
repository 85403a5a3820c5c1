//! Whether a version was raised enough: the rules of Cargo for compatible versions.

use std::fmt;

use broker_session_codegen::diff::Class;
use semver::Version;

/// What is to be said of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing has to be done.
    Enough,
    /// It must be raised, at least to this.
    Raise(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Enough => f.write_str("raised enough"),
            Verdict::Raise(to) => write!(f, "must be raised to {to}"),
        }
    }
}

/// The verdict for the version at the base and now, and the worst change between. Words alone need no raise, but no
/// version goes down.
pub(crate) fn verdict(base: &str, now: &str, worst: Class) -> Verdict {
    let (old, new) = match (Version::parse(base), Version::parse(now)) {
        (Ok(old), Ok(new)) => (old, new),
        // What could be compared cannot be compared any more.
        (Ok(old), Err(_)) => return Verdict::Raise(next(&old, worst).to_string()),
        // No version in the sense of Cargo: all that can be asked for is another one.
        (Err(_), _) if worst >= Class::Additive && base == now => {
            return Verdict::Raise(format!("another one than {base}, best in the form 1.2.3"));
        }
        (Err(_), _) => return Verdict::Enough,
    };
    if new < old {
        return Verdict::Raise(next(&old, worst).max(old).to_string());
    }
    let wanted = next(&old, worst);
    // A version that is about to come (2.0.0-alpha) is judged as the one that it will be.
    let coming = Version::new(new.major, new.minor, new.patch);
    let enough = match old.pre.is_empty() {
        true => coming >= wanted,
        // Between two that are about to come anything may change, but they differ.
        false => worst < Class::Additive || new > old,
    };
    if enough { Verdict::Enough } else { Verdict::Raise(wanted.to_string()) }
}

/// The least version that may follow.
fn next(old: &Version, worst: Class) -> Version {
    let Version { major, minor, patch, .. } = *old;
    match (worst, major, minor) {
        (Class::Unchanged | Class::Documentation, ..) => old.clone(),
        _ if !old.pre.is_empty() => Version::new(major, minor, patch),
        (_, 0, 0) => Version::new(0, 0, patch.saturating_add(1)),
        (Class::Breaking, 0, _) => Version::new(0, minor.saturating_add(1), 0),
        (Class::Additive, 0, _) => Version::new(0, minor, patch.saturating_add(1)),
        (Class::Breaking, ..) => Version::new(major.saturating_add(1), 0, 0),
        (Class::Additive, ..) => Version::new(major, minor.saturating_add(1), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::{Class, Verdict, verdict};

    #[test]
    fn a_version_is_raised_by_the_rules_of_cargo() {
        let raise = |to: &str| Verdict::Raise(to.to_owned());
        for (base, now, worst, expected) in [
            ("0.1.0", "0.1.0", Class::Unchanged, Verdict::Enough),
            ("0.1.0", "0.1.0", Class::Documentation, Verdict::Enough),
            ("0.1.0", "0.1.0", Class::Additive, raise("0.1.1")),
            ("0.1.0", "0.1.1", Class::Additive, Verdict::Enough),
            ("0.1.0", "0.1.1", Class::Breaking, raise("0.2.0")),
            ("0.1.9", "0.2.0", Class::Breaking, Verdict::Enough),
            ("0.1.0", "1.0.0", Class::Breaking, Verdict::Enough),
            ("0.0.3", "0.0.3", Class::Additive, raise("0.0.4")),
            ("0.0.3", "0.0.4", Class::Breaking, Verdict::Enough),
            ("1.2.3", "1.2.4", Class::Additive, raise("1.3.0")),
            ("1.2.3", "1.3.0", Class::Additive, Verdict::Enough),
            ("1.2.3", "1.9.0", Class::Breaking, raise("2.0.0")),
            ("1.2.3", "2.0.0-alpha.1", Class::Breaking, Verdict::Enough),
            ("2.0.0-alpha.1", "2.0.0-alpha.1", Class::Breaking, raise("2.0.0")),
            ("2.0.0-alpha.1", "2.0.0-alpha.2", Class::Breaking, Verdict::Enough),
            ("0.2.0", "0.1.9", Class::Unchanged, raise("0.2.0")),
            ("0.2.0", "0.1.9", Class::Breaking, raise("0.3.0")),
            ("1.0", "1.0", Class::Additive, raise("another one than 1.0, best in the form 1.2.3")),
            ("1.0", "1.1", Class::Breaking, Verdict::Enough),
            ("1.0", "1.0", Class::Documentation, Verdict::Enough),
            ("1.0.0", "one", Class::Documentation, raise("1.0.0")),
            ("1.0.0", "one", Class::Breaking, raise("2.0.0")),
        ] {
            assert_eq!(verdict(base, now, worst), expected, "{base} → {now}, {worst}");
        }
    }
}
