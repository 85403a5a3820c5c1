//! Where secrets come from: the environment, a file that only its owner can read, a command that prints them, or a person
//! who types without echo. Never an option, because everybody on the machine can read those.

use std::{
    env,
    path::{Path, PathBuf},
};

use broker_session::{Secret, pem_variable, secret_variable};

use crate::{
    config::Config,
    env_file,
    failure::Failure,
    output::say,
    secret_command::{Commands, Lines},
    settings::variable,
    terminal,
};

/// The keys of a profile for one secret, with their values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SecretKeys<'a> {
    /// The environment variable of the same secret.
    pub(crate) variable: &'static str,
    /// A made-up value of its form.
    pub(crate) example: &'static str,
    pub(crate) file: (&'static str, Option<&'a PathBuf>),
    pub(crate) command: (&'static str, Option<&'a String>),
}

/// The settings of a profile, with two keys for each secret: one for a file with it, and one for a command that prints it.
/// The tokens behind `secrets` are the attribute of their fields. Behind `like` stands a made-up value, where not every word has
/// the form of the secret.
macro_rules! with_secrets {
    (@example $variable:expr) => { $variable };
    (@example $variable:expr, $example:literal) => { $example };
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $Settings:ident { $($fields:tt)* }
        secrets $on_fields:tt { $($variable:expr => $file:ident, $command:ident $(, like $example:literal)?;)* }
    ) => {
        $(#[$attribute])*
        $visibility struct $Settings {
            $($fields)*
            $(
                #$on_fields
                pub(super) $file: Option<std::path::PathBuf>,
                #$on_fields
                pub(super) $command: Option<String>,
            )*
        }

        impl $Settings {
            /// The secrets, in the order of their keys.
            pub(crate) fn secrets(&self) -> Vec<$crate::secrets::SecretKeys<'_>> {
                vec![$($crate::secrets::SecretKeys {
                    variable: $variable,
                    example: $crate::secrets::with_secrets!(@example $variable $(, $example)?),
                    file: (stringify!($file), self.$file.as_ref()),
                    command: (stringify!($command), self.$command.as_ref()),
                }),*]
            }
        }
    };
}
pub(crate) use with_secrets;

/// What is added to the name of a variable: the rest names a file, or a command.
pub(crate) const SUFFIXES: [&str; 2] = ["_FILE", "_COMMAND"];

/// Where one secret may be.
#[derive(Clone, Debug)]
pub(crate) struct SecretSource {
    /// The environment variable. With the suffix `_FILE` it names a file instead, with `_COMMAND` a command.
    pub(crate) variable: &'static str,
    /// The file that the profile names, and its key.
    pub(crate) file: Option<(&'static str, PathBuf)>,
    /// The command that the profile names, and its key.
    pub(crate) command: Option<(&'static str, String)>,
    pub(crate) commands: Commands,
    /// What stands for a secret that is not at hand, where settings are only checked.
    pub(crate) stand_in: Option<&'static str>,
}

impl SecretSource {
    /// Reads the secret, if it is there.
    ///
    /// # Errors
    /// If a place gives it twice, if a file or a command cannot be used, or if the value has control characters.
    pub(crate) async fn read(&self) -> Result<Option<Secret>, Failure> {
        self.read_as(Lines::One).await
    }

    /// The same for a secret of several lines.
    ///
    /// # Errors
    /// Those of [`SecretSource::read`], but for control characters.
    pub(crate) async fn read_pem(&self) -> Result<Option<Secret>, Failure> {
        self.read_as(Lines::Any).await
    }

    async fn read_as(&self, lines: Lines) -> Result<Option<Secret>, Failure> {
        self.check()?;
        if let Some((place, command)) = self.command()? {
            if let Some(stand_in) = self.stand_in {
                return Ok(Some(stand_in.into()));
            }
            return self.commands.secret(self.variable, &place, &command, lines).await.map(Some);
        }
        let file = self.file.as_ref().map(|(_, path)| path.as_path());
        Ok(match lines {
            Lines::One => secret_variable(self.variable, file)?,
            Lines::Any => pem_variable(self.variable, file)?,
        })
    }

    /// Makes sure that the first place that gives it does so once. Nothing is read.
    ///
    /// # Errors
    /// If it does not.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let set = self.set_variables();
        if let [one, other, ..] = set.as_slice() {
            return Err(Failure::config(format!("both {one} and {other} are set. Unset one of them.")));
        }
        match (&self.file, &self.command) {
            (Some((file, _)), Some((command, _))) if set.is_empty() => Err(Failure::config(format!(
                "both `{file}` and `{command}` are set in the profile. Leave out one of them."
            ))),
            _ => Ok(()),
        }
    }

    /// The command that prints it, if that is where it comes from, and the name of the setting.
    ///
    /// # Errors
    /// If the variable is not UTF-8.
    pub(crate) fn command(&self) -> Result<Option<(String, String)>, Failure> {
        let name = format!("{}_COMMAND", self.variable);
        Ok(match (variable(&name)?, &self.command) {
            (Some(command), _) => Some((name, command)),
            (None, Some((key, command))) if !self.is_in_environment() => {
                Some((format!("`{key}` in the profile"), command.clone()))
            }
            _ => None,
        })
    }

    /// Whether something stands for what a command would print.
    pub(crate) fn is_unknown(&self) -> bool {
        self.stand_in.is_some() && self.command().is_ok_and(|command| command.is_some())
    }

    /// The variables that are set, of those that can give it.
    fn set_variables(&self) -> Vec<String> {
        let names = [""].into_iter().chain(SUFFIXES).map(|suffix| format!("{}{suffix}", self.variable));
        names.filter(|name| is_set(name)).collect()
    }

    /// Whether the environment gives it.
    pub(crate) fn is_in_environment(&self) -> bool {
        !self.set_variables().is_empty()
    }

    /// The keys of the profile that are set for it.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        let file = self.file.as_ref().map(|(key, _)| *key);
        file.into_iter().chain(self.command.as_ref().map(|(key, _)| *key))
    }

    /// The key of the profile that gives it.
    pub(crate) fn key(&self) -> Option<&'static str> {
        self.keys().next()
    }

    /// The place that it comes from; none if it is not set.
    pub(crate) fn place(&self) -> Option<String> {
        let [in_file, by_command] = SUFFIXES.map(|suffix| format!("{}{suffix}", self.variable));
        let [in_file_named, by_command_named] = [&in_file, &by_command].map(|name| env_file::named(name));
        if is_set(self.variable) {
            return Some(format!("the variable {}", env_file::named(self.variable)));
        }
        if let Some(path) = env::var_os(&in_file).filter(|path| !path.is_empty()) {
            return Some(format!("the file `{}`, which {in_file_named} names", Path::new(&path).display()));
        }
        if is_set(&by_command) {
            return Some(format!("the command of {by_command_named}"));
        }
        if let Some((_, file)) = &self.file {
            return Some(format!("the file `{}`, which the profile names", file.display()));
        }
        let (key, _) = self.command.as_ref()?;
        Some(format!("the command of `{key}` in the profile"))
    }

    /// How to give it without a terminal.
    pub(crate) fn hint(&self) -> String {
        format!("{0} (or {0}_FILE, or {0}_COMMAND)", self.variable)
    }
}

/// An empty variable counts as one that is not set.
fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Asks a person for what a command needs and has not. Without a terminal it reports everything that is missing at once. Where
/// settings are only checked, nobody is asked, and nothing is missing.
#[derive(Debug)]
pub(crate) struct Prompter {
    /// How to give what is missing.
    missing: Vec<String>,
    /// A reminder that a profile may have been forgotten.
    forgotten: Option<String>,
    is_reminded: bool,
    /// Whether a person may be asked, if there is one.
    asks: bool,
    /// Whether something stands for what is missing.
    only_checks: bool,
}

impl Prompter {
    /// Nothing is missing yet.
    pub(crate) fn new(config: &Config) -> Self {
        let (forgotten, only_checks) = (config.forgotten_profile(), config.is_only_checked());
        let asks = terminal::is_there() && !only_checks;
        Self { missing: Vec::new(), forgotten, is_reminded: false, asks, only_checks }
    }

    /// Asks nobody, also at a terminal.
    pub(crate) fn silent(config: &Config) -> Self {
        Self { asks: false, ..Self::new(config) }
    }

    /// Reminds a person of a forgotten profile before the first question.
    fn remind(&mut self) {
        if let (Some(forgotten), false) = (&self.forgotten, self.is_reminded) {
            say(forgotten);
        }
        self.is_reminded = true;
    }

    /// The secret from its source or from a person. Without either it is noted as missing.
    pub(crate) async fn secret(
        &mut self,
        source: &SecretSource,
        question: &str,
    ) -> Result<Option<Secret>, Failure> {
        if let Some(secret) = source.read().await? {
            return Ok(Some(secret));
        }
        if let Some(stand_in) = source.stand_in {
            return Ok(Some(stand_in.into()));
        }
        if self.asks {
            self.remind();
            return terminal::ask_secret(question).await.map(Some);
        }
        self.missing.push(source.hint());
        Ok(None)
    }

    /// A string that is known, or one from a person. Without either it is noted as missing.
    pub(crate) async fn text(
        &mut self,
        known: Option<String>,
        variable: &str,
        question: &str,
    ) -> Result<Option<String>, Failure> {
        if known.is_some() {
            return Ok(known);
        }
        if self.only_checks {
            return Ok(Some(variable.to_owned()));
        }
        if self.asks {
            self.remind();
            return terminal::ask_text(question).await.map(Some);
        }
        self.missing.push(variable.to_owned());
        Ok(None)
    }

    /// Notes something else that is missing.
    pub(crate) fn add_missing(&mut self, hint: String) {
        self.missing.push(hint);
    }

    /// # Errors
    /// If anything is missing.
    pub(crate) fn check(self) -> Result<(), Failure> {
        if self.missing.is_empty() || self.only_checks {
            return Ok(());
        }
        let failure = Failure::config(format!(
            "not set: {}. Nothing was sent. Set the environment variables, name files or commands in the profile, or run the program at a terminal to be asked.",
            self.missing.join(", ")
        ));
        Err(match self.forgotten {
            Some(forgotten) => failure.with_note(&forgotten),
            None => failure,
        })
    }
}
