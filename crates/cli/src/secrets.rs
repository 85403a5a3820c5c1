//! Where secrets come from: the environment, a file that only its owner can read, or a person who types
//! without echo. Never a flag, because everybody on the machine can read those.

use std::{
    env, fs, io,
    io::Read,
    path::{Path, PathBuf},
};

use broker_session::Secret;

use crate::{config::Config, environment, failure::Failure, output::say, terminal};

/// No credential is longer than this, in bytes; a larger file is the wrong one.
const LONGEST: u64 = 64 * 1024;

/// The places where one secret may be.
#[derive(Debug)]
pub(crate) struct Places {
    /// The environment variable. With `_FILE` at its end it names a file instead.
    pub(crate) variable: &'static str,
    /// The file that the profile names.
    pub(crate) file: Option<PathBuf>,
}

impl Places {
    /// The secret, if it is in any of its places.
    ///
    /// # Errors
    /// If both variables are set, if a file cannot be used, or if the value has control characters.
    pub(crate) fn look(&self) -> Result<Option<Secret>, Failure> {
        let variable = self.variable;
        let file_variable = format!("{variable}_FILE");
        let value = environment::text(variable)?.map(Secret::new);
        let named = env::var_os(&file_variable).filter(|path| !path.is_empty());
        let secret = match (value, named, &self.file) {
            (Some(_), Some(_), _) => {
                let both = format!("both {variable} and {file_variable} are set. Unset one of them.");
                return Err(Failure::config(both));
            }
            (Some(value), None, _) => Some(value),
            (None, Some(path), _) => Some(read(Path::new(&path))?),
            (None, None, Some(path)) => Some(read(path)?),
            (None, None, None) => None,
        };
        // A line break slips in easily, and a password with one would be a wasted guess.
        match secret {
            Some(secret) if secret.expose().chars().any(char::is_control) => Err(Failure::config(format!(
                "the value for {variable} has line breaks or other control characters. Remove them."
            ))),
            secret => Ok(secret),
        }
    }

    /// How to give it without a terminal.
    pub(crate) fn hint(&self) -> String {
        format!("{0} (or {0}_FILE)", self.variable)
    }
}

/// Gathers what a command needs, and says everything that is missing at once.
#[derive(Debug)]
pub(crate) struct Missing {
    hints: Vec<String>,
    /// What a person may have forgotten.
    forgotten: Option<String>,
    is_reminded: bool,
}

impl Missing {
    /// Nothing is missing yet.
    pub(crate) fn new(config: &Config) -> Self {
        Self { hints: Vec::new(), forgotten: config.forgotten_profile(), is_reminded: false }
    }

    /// Reminds a person, before the first question, of what may have been forgotten.
    fn remind(&mut self) {
        if let (Some(forgotten), false) = (&self.forgotten, self.is_reminded) {
            say(forgotten);
        }
        self.is_reminded = true;
    }

    /// The secret from its places or from a person; notes that it is missing if there is neither.
    pub(crate) async fn secret(
        &mut self,
        places: &Places,
        question: &str,
    ) -> Result<Option<Secret>, Failure> {
        if let Some(secret) = places.look()? {
            return Ok(Some(secret));
        }
        if terminal::is_there() {
            self.remind();
            return terminal::ask_secret(question).await.map(Some);
        }
        self.hints.push(places.hint());
        Ok(None)
    }

    /// A text that is known, or one from a person; notes that it is missing if there is neither.
    pub(crate) async fn text(
        &mut self,
        known: Option<String>,
        variable: &str,
        question: &str,
    ) -> Result<Option<String>, Failure> {
        match known {
            Some(text) => return Ok(Some(text)),
            None if terminal::is_there() => {
                self.remind();
                return terminal::ask_text(question).await.map(Some);
            }
            None => self.hints.push(variable.to_owned()),
        }
        Ok(None)
    }

    /// Notes something else that is missing.
    pub(crate) fn add(&mut self, hint: String) {
        self.hints.push(hint);
    }

    /// # Errors
    /// If anything is missing.
    pub(crate) fn check(self) -> Result<(), Failure> {
        if self.hints.is_empty() {
            return Ok(());
        }
        let failure = Failure::config(format!(
            "not set: {}. Set the environment variables, name files in the profile, or run the program at a terminal to be asked. Nothing was sent.",
            self.hints.join(", ")
        ));
        Err(match self.forgotten {
            Some(forgotten) => failure.with_note(&forgotten),
            None => failure,
        })
    }
}

/// Reads a secret from a file that only its owner can read, without the newline that editors put at the end.
fn read(path: &Path) -> Result<Secret, Failure> {
    let shown = path.display();
    let unreadable = |error: io::Error| {
        Failure::config(format!(
            "the secret in `{shown}` cannot be read: {error}. Correct the path or the file."
        ))
    };
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Failure::config(format!("`{shown}` is not a file. Correct the path.")));
    }
    let file = fs::File::open(path).map_err(unreadable)?;
    check_mode(&file, path).map_err(unreadable)??;
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::config(format!(
            "the file `{shown}` is too long for a secret. Correct the path."
        )));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Failure::config(format!("the secret in `{shown}` is not UTF-8 text. Correct the file."))
    })?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    match text.is_empty() {
        true => Err(Failure::config(format!("the file `{shown}` is empty. Write the secret into it."))),
        false => Ok(Secret::from(text)),
    }
}

#[cfg(unix)]
fn check_mode(file: &fs::File, path: &Path) -> io::Result<Result<(), Failure>> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    Ok(match mode & 0o077 {
        0 => Ok(()),
        _ => Err(Failure::config(format!(
            "the secret in `{0}` can be read or written by others (mode {mode:04o}). Run: chmod 600 '{0}'",
            path.display()
        ))),
    })
}

#[cfg(not(unix))]
fn check_mode(_: &fs::File, _: &Path) -> io::Result<Result<(), Failure>> {
    Ok(Ok(()))
}
