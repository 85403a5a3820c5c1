//! Where secrets come from: the environment, a file that only its owner can read, or a person who types
//! without echo. Never an option, because everybody on the machine can read those.

use std::{
    env,
    path::{Path, PathBuf},
};

use broker_session::{Secret, secret_variable};

use crate::{config::Config, failure::Failure, output::say, terminal};

/// Where one secret may be.
#[derive(Debug)]
pub(crate) struct SecretSource {
    /// The environment variable. With the suffix `_FILE` it names a file instead.
    pub(crate) variable: &'static str,
    /// The file that the profile names.
    pub(crate) file: Option<PathBuf>,
}

impl SecretSource {
    /// Reads the secret, if it is there.
    ///
    /// # Errors
    /// If both variables are set, if a file cannot be used, or if the value has control characters.
    pub(crate) fn read(&self) -> Result<Option<Secret>, Failure> {
        Ok(secret_variable(self.variable, self.file.as_deref())?)
    }

    /// The place that it comes from; none if it is not set.
    pub(crate) fn place(&self) -> Option<String> {
        let is_set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let in_file = format!("{}_FILE", self.variable);
        if is_set(self.variable).is_some() {
            return Some(format!("the variable {}", self.variable));
        }
        if let Some(path) = is_set(&in_file) {
            return Some(format!("the file `{}`, which {in_file} names", Path::new(&path).display()));
        }
        let file = self.file.as_ref()?;
        Some(format!("the file `{}`, which the profile names", file.display()))
    }

    /// How to give it without a terminal.
    pub(crate) fn hint(&self) -> String {
        format!("{0} (or {0}_FILE)", self.variable)
    }
}

/// Asks a person for what a command needs and has not. Without a terminal it reports everything that is missing at once.
#[derive(Debug)]
pub(crate) struct Prompter {
    /// How to give what is missing.
    missing: Vec<String>,
    /// A reminder that a profile may have been forgotten.
    forgotten: Option<String>,
    is_reminded: bool,
    /// Whether a person may be asked, if there is one.
    asks: bool,
}

impl Prompter {
    /// Nothing is missing yet.
    pub(crate) fn new(config: &Config) -> Self {
        let forgotten = config.forgotten_profile();
        Self { missing: Vec::new(), forgotten, is_reminded: false, asks: terminal::is_there() }
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
        if let Some(secret) = source.read()? {
            return Ok(Some(secret));
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
        if self.missing.is_empty() {
            return Ok(());
        }
        let failure = Failure::config(format!(
            "not set: {}. Set the environment variables, name files in the profile, or run the program at a terminal to be asked. Nothing was sent.",
            self.missing.join(", ")
        ));
        Err(match self.forgotten {
            Some(forgotten) => failure.with_note(&forgotten),
            None => failure,
        })
    }
}
