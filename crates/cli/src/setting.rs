//! One setting: the flag, else the environment variable, else the profile. Whoever asks names the default.

use std::path::PathBuf;

use clap::ValueEnum;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor, value},
    forward_to_deserialize_any,
};

use crate::{environment, failure::Failure};

/// A text.
///
/// # Errors
/// If the variable is not UTF-8.
pub(crate) fn text(
    flag: Option<String>,
    variable: &str,
    profile: Option<&String>,
) -> Result<Option<String>, Failure> {
    match flag {
        Some(text) => Ok(Some(text)),
        None => Ok(environment::text(variable)?.or_else(|| profile.cloned())),
    }
}

/// The path of a file. Hand in the profile's as [`crate::config::Config::path`] gives it.
///
/// # Errors
/// If the variable is not UTF-8.
pub(crate) fn path(
    flag: Option<PathBuf>,
    variable: &str,
    profile: Option<PathBuf>,
) -> Result<Option<PathBuf>, Failure> {
    match flag {
        Some(path) => Ok(Some(path)),
        None => Ok(environment::text(variable)?.map(PathBuf::from).or(profile)),
    }
}

/// One of a few values.
///
/// # Errors
/// If the variable has another value.
pub(crate) fn choice<T: ValueEnum>(
    flag: Option<T>,
    variable: &str,
    profile: Option<T>,
) -> Result<Option<T>, Failure> {
    match flag {
        Some(value) => Ok(Some(value)),
        None => Ok(environment::choice(variable)?.or(profile)),
    }
}

/// One of several settings that exclude each other, each with its name: from the first source that gives any.
///
/// # Errors
/// If a source gives two of them: the wrong one would be a wasted guess.
pub(crate) fn one_of<T>(
    sources: impl IntoIterator<Item = Vec<(&'static str, Option<T>)>>,
) -> Result<Option<T>, Failure> {
    for source in sources {
        let mut given = source.into_iter().filter_map(|(name, value)| Some((name, value?)));
        match (given.next(), given.next()) {
            (Some((one, _)), Some((other, _))) => {
                return Err(Failure::config(format!(
                    "both {one} and {other} are set, and only one of them can be used. Leave one of them out. Nothing was sent."
                )));
            }
            (Some((_, value)), None) => return Ok(Some(value)),
            (None, _) => {}
        }
    }
    Ok(None)
}

/// The keys that a part of the config file may have.
pub(crate) fn keys<T: for<'de> Deserialize<'de>>() -> &'static [&'static str] {
    let mut keys: &'static [&'static str] = &[];
    // It only asks what is expected, so it never gets a value.
    let _ = T::deserialize(Keys(&mut keys));
    keys
}

/// Notes the fields that a type asks for.
struct Keys<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Keys<'_> {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Error::custom("there is no value"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_settings_that_exclude_each_other_the_first_source_counts() {
        let first = |one: Option<u8>, other: Option<u8>| vec![("--one", one), ("--other", other)];
        let second = || vec![("ONE", Some(1)), ("OTHER", None)];
        assert_eq!(one_of([first(None, Some(2)), second()]).unwrap(), Some(2));
        assert_eq!(one_of([first(None, None), second()]).unwrap(), Some(1));
        assert_eq!(one_of([first(None, None)]).unwrap(), None);
        let error = one_of([first(Some(1), Some(2)), second()]).unwrap_err().to_string();
        assert!(error.starts_with("both --one and --other are set"), "{error}");
    }

    #[test]
    fn the_keys_of_a_section_are_its_fields() {
        assert_eq!(keys::<crate::brokers::Profile>(), ["network", "kotak", "ibkr", "neo"]);
    }
}
