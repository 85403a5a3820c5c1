//! All mistakes of a config file at once, and what is left without them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue, Deserializer},
};

use super::{File, mistake};
use crate::failure::Failure;

/// How deep keys are: `profiles`, its name, a section, a key.
const DEPTH: usize = 4;

/// The settings of the profiles as they stand in a file: by profile and section.
pub(super) type Written = BTreeMap<String, BTreeMap<String, Section>>;

/// The keys of a section.
pub(crate) type Section = BTreeSet<String>;

/// A config file without its mistakes.
pub(super) struct Sound {
    pub(super) file: File,
    pub(super) written: Written,
    pub(super) mistakes: Vec<Failure>,
}

/// Tries each key by itself. If the file is not TOML, nothing of it is left.
pub(super) fn sound(path: &Path, text: &str) -> Sound {
    let mut mistakes: Vec<Failure> = Vec::new();
    let (table, broken) = DeTable::parse_recoverable(text);
    if !broken.is_empty() {
        mistakes.extend(broken.iter().map(|error| mistake(path, text, error)));
        return Sound { file: File::default(), written: Written::new(), mistakes };
    }
    let span = table.span();
    let mut read =
        |table: DeTable<'_>| match File::deserialize(Deserializer::from(Spanned::new(span.clone(), table))) {
            Ok(file) => Some(file),
            Err(error) => {
                let failure = mistake(path, text, &error);
                // A section that is not known is met with each of its keys.
                if mistakes.iter().all(|known| known.to_string() != failure.to_string()) {
                    mistakes.push(failure);
                }
                None
            }
        };
    let table = without_mistakes(table.get_ref(), DEPTH, &mut |single| read(single).is_some());
    let written = written(&table);
    let file = read(table).unwrap_or_default();
    Sound { file, written, mistakes }
}

/// The keys of a table that are right by themselves. `is_right` judges a table with one key.
fn without_mistakes<'a>(
    table: &DeTable<'a>,
    depth: usize,
    is_right: &mut dyn FnMut(DeTable<'a>) -> bool,
) -> DeTable<'a> {
    let mut right = DeTable::new();
    for (key, value) in table {
        let mut value = value.clone();
        if let (DeValue::Table(inner), true) = (value.get_ref(), depth > 1) {
            let span = value.span();
            let nested = |inner| Spanned::new(span.clone(), DeValue::Table(inner));
            let inner = without_mistakes(inner, depth - 1, &mut |single| is_right(one(key, nested(single))));
            value = nested(inner);
            let is_empty = value.get_ref().as_table().is_none_or(DeTable::is_empty);
            if !is_empty {
                right.insert(key.clone(), value);
                continue;
            }
        }
        if is_right(one(key, value.clone())) {
            right.insert(key.clone(), value);
        }
    }
    right
}

/// A table with one key.
fn one<'a>(key: &Spanned<DeString<'a>>, value: Spanned<DeValue<'a>>) -> DeTable<'a> {
    let mut table = DeTable::new();
    table.insert(key.clone(), value);
    table
}

fn written(table: &DeTable<'_>) -> Written {
    let keys = |section: &Spanned<DeValue<'_>>| entries(section).map(|(key, _)| key).collect();
    let sections = |profile: &Spanned<DeValue<'_>>| {
        entries(profile).map(|(section, value)| (section, keys(value))).collect()
    };
    let profiles = table.get("profiles").into_iter().flat_map(entries);
    profiles.map(|(profile, value)| (profile, sections(value))).collect()
}

/// What a value has, if it is a table.
fn entries<'a, 'b>(
    value: &'b Spanned<DeValue<'a>>,
) -> impl Iterator<Item = (String, &'b Spanned<DeValue<'a>>)> {
    let table = value.get_ref().as_table().into_iter().flatten();
    table.map(|(key, value)| (key.get_ref().to_string(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_found_and_the_rest_is_kept() {
        let text = "other = 1\n[profiles.default.kotak]\nusrid = \"A\"\nip = 5\nnickname = \"n\"\n\
                    [profiles.default.ktak]\na = 1\nb = 2\n[profiles.two.neo]\nuc = \"X\"\n";
        let Sound { file, written, mistakes } = sound(Path::new("c.toml"), text);
        let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        let starts = [
            "c.toml:1:1: unknown field `other`",
            "c.toml:3:1: unknown field `usrid`; did you mean `userid`?",
            "c.toml:4:6: the value is wrong",
            "c.toml:6:19: unknown field `ktak`; did you mean `kotak`?",
            "c.toml:10:1: unknown field `uc`; did you mean `ucc`?",
        ];
        let mut left: Vec<&str> = starts.to_vec();
        left.retain(|start| !mistakes.iter().any(|mistake| mistake.starts_with(start)));
        assert!(left.is_empty() && mistakes.len() == starts.len(), "{left:?} of {mistakes:#?}");
        assert_eq!(file.profiles.keys().collect::<Vec<_>>(), ["default", "two"]);
        assert_eq!(written["default"]["kotak"], BTreeSet::from(["nickname".to_owned()]));
    }

    #[test]
    fn a_file_without_mistakes_is_whole() {
        let text = "[profiles.default.kotak]\nuserid = \"A\"\n[profiles.default.network]\n[profiles.two]\n";
        let Sound { file, written, mistakes } = sound(Path::new("c.toml"), text);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!((file.profiles.len(), written.len()), (2, 2));
    }

    #[test]
    fn what_is_no_toml_has_a_place_for_each_mistake() {
        let mistakes = sound(Path::new("c.toml"), "a = \nb = 1\nc = \n").mistakes;
        let shown: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert!(
            shown.len() == 2 && shown[0].starts_with("c.toml:1:") && shown[1].starts_with("c.toml:3:"),
            "{shown:?}"
        );
    }
}
