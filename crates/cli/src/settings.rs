//! Where settings come from: an option, else its environment variable, else the profile in the config file.
//!
//! clap reads options and variables, and [`parse`] adds three rules: an empty variable counts as one that is not set, an
//! option goes before the variable of a setting that it excludes, and no help shows the value of a variable.

use std::{
    env,
    ffi::{OsStr, OsString},
};

use broker_session::kotak::Environment as LibraryEnvironment;
use clap::{
    Arg, Args, Command, Parser, ValueEnum,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
};
use serde::{
    Deserialize,
    de::value::{self, MapDeserializer},
};

use crate::{env_file, failure::Failure};

/// Which of a broker's own hosts a command uses.
#[derive(Clone, Copy, Debug, Default, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Environment {
    /// Where real money is.
    #[default]
    Production,
    /// The broker's own place for trying things out.
    Sandbox,
}

impl From<Environment> for LibraryEnvironment {
    fn from(environment: Environment) -> Self {
        match environment {
            Environment::Production => Self::Production,
            Environment::Sandbox => Self::Sandbox,
        }
    }
}

/// Reads the command line, and the variables of the options that are not on it.
///
/// # Errors
/// What clap reports, without the value of any variable.
pub(crate) fn parse<T: Parser>() -> Result<T, clap::Error> {
    let words: Vec<OsString> = env::args_os().collect();
    // What stands behind `--` are the words of another program.
    let own = words.split(|word| word == "--").next().unwrap_or_default();
    let mut command = with_usable_variables(T::command(), own);
    let matches = command.try_get_matches_from_mut(&words);
    T::from_arg_matches_mut(&mut matches.map_err(|error| naming_variables(error, &command, own))?)
}

/// The options of a command, from their variables alone.
///
/// # Errors
/// If a variable has no usable value; it is not shown.
pub(crate) fn from_variables<T: Args>() -> Result<T, Failure> {
    let mut command = with_usable_variables(T::augment_args(Command::new("options")), &[]);
    let read = command
        .try_get_matches_from_mut(["options"])
        .and_then(|mut matches| T::from_arg_matches_mut(&mut matches))
        .map_err(|error| naming_variables(error, &command, &[]));
    read.map_err(|error| Failure::config(error.render().to_string().trim_start_matches("error: ").trim_end()))
}

/// Takes away the variables that are empty, and those of settings that an option on the command line excludes. The others
/// are hidden.
fn with_usable_variables(command: Command, words: &[OsString]) -> Command {
    let is_excluded = |arg: &Arg| command.get_arg_conflicts_with(arg).iter().any(|arg| is_given(arg, words));
    let excluded = command.get_arguments().filter(|arg| is_excluded(arg));
    let excluded: Vec<_> = excluded.map(|arg| arg.get_id().clone()).collect();
    command
        .mut_args(|arg| {
            let is_empty = arg.get_env().and_then(env::var_os).is_some_and(|value| value.is_empty());
            let arg = arg.hide_env_values(true);
            if is_empty || excluded.contains(arg.get_id()) { arg.env(Resettable::Reset) } else { arg }
        })
        .mut_subcommands(|command| with_usable_variables(command, words))
}

/// Whether an option is on the command line.
fn is_given(arg: &Arg, words: &[OsString]) -> bool {
    arg.get_long().is_some_and(|long| has_option(&format!("--{long}"), words))
}

fn has_option(option: &str, words: &[OsString]) -> bool {
    words.iter().filter_map(|word| word.to_str()?.split('=').next()).any(|name| name == option)
}

/// The place that a setting with an option comes from; none if it is not set. `in_profile` is its key there, if it has it.
pub(crate) fn place(option: &str, variable: &str, in_profile: Option<&str>) -> Option<String> {
    let words: Vec<OsString> = env::args_os().collect();
    if has_option(option, &words) {
        return Some(format!("the option {option}"));
    }
    if env::var_os(variable).is_some_and(|value| !value.is_empty()) {
        return Some(format!("the variable {}", env_file::named(variable)));
    }
    in_profile.map(|key| format!("the profile (`{key}`)"))
}

/// The error in words about the variables that it comes from. clap would name their options, and show the value.
fn naming_variables(error: clap::Error, command: &Command, words: &[OsString]) -> clap::Error {
    let command =
        words.iter().fold(command, |command, word| command.find_subcommand(word).unwrap_or(command));
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let is_about = |arg: &&Arg| {
        let name = arg.to_string();
        [ContextKind::InvalidArg, ContextKind::PriorArg].into_iter().any(|kind| context(kind) == Some(&name))
    };
    let from_variable =
        command.get_arguments().filter(|arg| arg.get_env().is_some() && !is_given(arg, words));
    let variable = |arg: &Arg| arg.get_env().map(OsStr::display).map(|name| name.to_string());
    let text = match error.kind() {
        ErrorKind::InvalidUtf8 => from_variable
            .filter_map(variable)
            .find(|name| matches!(env::var(name), Err(env::VarError::NotUnicode(_))))
            .map(|name| not_utf8(&name)),
        ErrorKind::InvalidValue => from_variable.filter(is_about).find_map(variable).map(|name| {
            let known = match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(known)) => known.join(", "),
                _ => "the values that --help lists".to_owned(),
            };
            format!("the environment variable {name} must be one of: {known}.")
        }),
        ErrorKind::ArgumentConflict => {
            let names: Vec<String> = from_variable.filter(is_about).filter_map(variable).collect();
            (names.len() > 1).then(|| exclusive(&names.join(" and ")))
        }
        _ => None,
    };
    text.map_or(error, |text| clap::Error::raw(ErrorKind::InvalidValue, text))
}

fn not_utf8(variable: &str) -> String {
    format!("the environment variable {variable} is not UTF-8 text. Correct it.")
}

fn exclusive(names: &str) -> String {
    format!(
        "both {names} are set, and only one of them can be used. Nothing was sent. Leave one of them out."
    )
}

/// The value of an environment variable that has no option. An empty one counts as one that is not set.
///
/// # Errors
/// If it is not UTF-8; the value is not shown.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::config(not_utf8(name))),
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
                return Err(Failure::config(exclusive(&format!("{one} and {other}"))));
            }
            (Some((_, value)), None) => return Ok(Some(value)),
            (None, _) => {}
        }
    }
    Ok(None)
}

/// The keys that a part of the config file may have: what is expected in place of another one.
pub(crate) fn keys<T: for<'de> Deserialize<'de>>() -> Vec<String> {
    let other: MapDeserializer<'_, _, value::Error> = MapDeserializer::new([("", ())].into_iter());
    let message = T::deserialize(other).err().map(|error| error.to_string()).unwrap_or_default();
    unknown_key(&message).map(|(_, known)| known.map(str::to_owned).collect()).unwrap_or_default()
}

/// The key that a message of serde's is about, and those that it knows.
pub(crate) fn unknown_key(message: &str) -> Option<(&str, impl Iterator<Item = &str>)> {
    let (unknown, expected) = message.strip_prefix("unknown field `")?.split_once("`, expected ")?;
    Some((unknown, expected.split('`').skip(1).step_by(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_source_of_exclusive_settings_counts() {
        let first = |one: Option<u8>, other: Option<u8>| vec![("--one", one), ("--other", other)];
        let second = || vec![("ONE", Some(1)), ("OTHER", None)];
        assert_eq!(one_of([first(None, Some(2)), second()]).unwrap(), Some(2));
        assert_eq!(one_of([first(None, None), second()]).unwrap(), Some(1));
        assert_eq!(one_of([first(None, None)]).unwrap(), None);
        let error = one_of([first(Some(1), Some(2)), second()]).unwrap_err().to_string();
        assert!(error.starts_with("both --one and --other are set"), "{error}");
    }

    #[test]
    fn keys_are_the_fields() {
        assert_eq!(keys::<crate::brokers::Profile>(), ["store", "network", "serve", "kotak", "ibkr", "neo"]);
    }
}
