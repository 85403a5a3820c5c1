//! Settings from environment variables, under the names that the program `broker-session` reads.
//!
//! An empty variable counts as one that is not set. A secret may also stand in a file that `NAME_FILE` names.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use broker_session_runtime::{Environment, Secret};

use crate::Error;

/// No credential is longer, in bytes; a longer file is the wrong one.
const MAX_SECRET_BYTES: usize = 64 * 1024;

/// The longest file that is no secret, in bytes. All certificates that a system trusts have a quarter of a MiB.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Returns the value of a variable.
type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// Where variables are looked up.
#[derive(Clone)]
pub struct Variables(Arc<Lookup>);

impl Variables {
    /// The environment of this process.
    pub(crate) fn of_process() -> Self {
        Self::of(|name| std::env::var_os(name))
    }

    /// Variables from elsewhere.
    pub(crate) fn of(lookup: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }

    /// A variable, if it is set.
    pub(crate) fn string(&self, name: &str) -> Result<Option<String>, Error> {
        let Some(value) = self.0(name).filter(|value| !value.is_empty()) else { return Ok(None) };
        let bad = |_| fixable(format!("the environment variable {name} is not UTF-8 text"), "Correct it.");
        value.into_string().map(Some).map_err(bad)
    }

    /// A broker's environment, by its name.
    pub(crate) fn environment(&self, name: &str) -> Result<Option<Environment>, Error> {
        match self.string(name)?.as_deref() {
            None => Ok(None),
            Some("production") => Ok(Some(Environment::Production)),
            Some("sandbox") => Ok(Some(Environment::Sandbox)),
            Some(_) => Err(Error::config(format!(
                "the environment variable {name} must be one of: production, sandbox"
            ))),
        }
    }

    /// One of two variables that exclude each other, with its name.
    pub(crate) fn either(&self, names: [&'static str; 2]) -> Result<Option<(&'static str, String)>, Error> {
        let [first, second] = names;
        match (self.string(first)?, self.string(second)?) {
            (Some(_), Some(_)) => Err(Error::config(format!(
                "both {first} and {second} are set, and only one of them can be used; unset one of them"
            ))),
            (Some(value), None) => Ok(Some((first, value))),
            (None, Some(value)) => Ok(Some((second, value))),
            (None, None) => Ok(None),
        }
    }

    /// The content of the file that a variable names.
    pub(crate) fn file(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some(path) = self.path(name) else { return Ok(None) };
        read_file(&path).map(Some).map_err(|error| {
            Error::config(format!("the file `{}` that {name} names cannot be read: {error}", path.display()))
        })
    }

    /// A secret, from the variable of this name or from the file that `NAME_FILE` names.
    pub(crate) fn secret(&self, name: &str) -> Result<Option<Secret>, Error> {
        self.secret_or(name, None)
    }

    /// A secret of several lines, like a key in PEM, from the variable of this name or from the file that `NAME_FILE` names.
    pub(crate) fn pem(&self, name: &str) -> Result<Option<Secret>, Error> {
        self.any_secret(name, None)
    }

    /// The same as [`Variables::secret`], and from another file if neither variable is set.
    fn secret_or(&self, name: &str, other: Option<&Path>) -> Result<Option<Secret>, Error> {
        let secret = self.any_secret(name, other)?;
        // A line break slips in easily, and a password with one would be a wasted guess.
        if secret.as_ref().is_some_and(|secret| secret.expose().chars().any(char::is_control)) {
            let what = format!("the value for {name} has line breaks or other control characters");
            return Err(fixable(what, "Remove them."));
        }
        Ok(secret)
    }

    fn any_secret(&self, name: &str, other: Option<&Path>) -> Result<Option<Secret>, Error> {
        let in_file = format!("{name}_FILE");
        match (self.string(name)?.map(Secret::new), self.path(&in_file), other) {
            (Some(_), Some(_), _) => {
                Err(fixable(format!("both {name} and {in_file} are set"), "Unset one of them."))
            }
            (Some(secret), None, _) => Ok(Some(secret)),
            (None, Some(path), _) => read_secret(&path).map(Some),
            (None, None, Some(path)) => read_secret(path).map(Some),
            (None, None, None) => Ok(None),
        }
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.0(name).filter(|path| !path.is_empty()).map(PathBuf::from)
    }
}

/// A setting that cannot be used, and how to fix it.
fn fixable(what: String, hint: &str) -> Error {
    Error::config(what).with_hint(Some(hint.to_owned()))
}

/// Reads a secret from the environment variable of this name, from the file that `NAME_FILE` names, or else from the file
/// `other`. None if there is none of them.
///
/// # Errors
/// `Config` if both variables are set, if the value is not UTF-8 or has control characters, and as [`read_secret`] does.
pub fn secret_variable(name: &str, other: Option<&Path>) -> Result<Option<Secret>, Error> {
    Variables::of_process().secret_or(name, other)
}

/// The same for a secret of several lines, like a key in PEM.
///
/// # Errors
/// Those of [`secret_variable`], but for control characters.
pub fn pem_variable(name: &str, other: Option<&Path>) -> Result<Option<Secret>, Error> {
    Variables::of_process().any_secret(name, other)
}

/// Reads a file that is no secret. A pipe would be waited for, and a device may never end.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let refused = |why: String| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    if !fs::metadata(path)?.is_file() {
        return refused("it is not a regular file".to_owned());
    }
    let mut content = Vec::new();
    if File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut content)? as u64 > MAX_FILE_BYTES {
        return refused(format!("it has more than {} MiB", MAX_FILE_BYTES >> 20));
    }
    Ok(content)
}

/// Reads a secret from a file that only its owner can read, without the newline that editors put at the end.
///
/// # Errors
/// `Config` if the file cannot be read, can be read or written by others, is empty or too long, or is not UTF-8.
pub fn read_secret(path: &Path) -> Result<Secret, Error> {
    let shown = path.display();
    let unreadable = |error: io::Error| {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => "Correct the path, or write the secret into that file.",
            io::ErrorKind::PermissionDenied => "Make it a file of the user who runs the program.",
            _ => "Correct the path or the file.",
        };
        fixable(format!("the secret in `{shown}` cannot be read: {error}"), hint)
    };
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(fixable(format!("`{shown}` is not a file"), "Correct the path."));
    }
    let file = File::open(path).map_err(unreadable)?;
    check_mode(&file, path).map_err(unreadable)??;
    // With room for all of it: a string that grows leaves a copy behind.
    let mut text = String::with_capacity(MAX_SECRET_BYTES + 2);
    let read = file.take(MAX_SECRET_BYTES as u64 + 1).read_to_string(&mut text);
    let text = Secret::new(text);
    match read {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            let hint = "Save the file as UTF-8 text, or correct the path.";
            return Err(fixable(format!("the secret in `{shown}` is not UTF-8"), hint));
        }
        Err(error) => return Err(unreadable(error)),
        Ok(length) if length > MAX_SECRET_BYTES => {
            let what = format!("the file `{shown}` is too long for a secret");
            return Err(fixable(what, "Correct the path: it is another file."));
        }
        Ok(_) => {}
    }
    let line = text.expose().strip_suffix('\n').unwrap_or(text.expose());
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(fixable(format!("the file `{shown}` is empty"), "Write the secret into it."));
    }
    Ok(Secret::from(line))
}

#[cfg(unix)]
fn check_mode(file: &File, path: &Path) -> io::Result<Result<(), Error>> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(Ok(()));
    }
    let path = path.display().to_string();
    let what = format!("the secret in `{path}` can be read or written by others (mode {mode:04o})");
    // As a shell reads it, also with an apostrophe.
    let hint = format!("Run: chmod 600 '{}'", path.replace('\'', r"'\''"));
    Ok(Err(fixable(what, &hint)))
}

#[cfg(not(unix))]
fn check_mode(_: &File, _: &Path) -> io::Result<Result<(), Error>> {
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_missing() {
        let variables = Variables::of(|_| Some(OsString::new()));
        assert_eq!(variables.string("A").unwrap(), None);
        assert_eq!(variables.secret("A").unwrap(), None);
    }

    #[test]
    fn only_a_regular_file_of_some_length_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let (long, short) = (directory.path().join("long"), directory.path().join("short"));
        File::create(&long).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
        fs::write(&short, "x").unwrap();
        let file = |path: &Path| {
            let path = path.to_owned();
            Variables::of(move |_| Some(path.clone().into_os_string())).file("A")
        };
        assert_eq!(file(&short).unwrap().unwrap(), b"x");
        for (path, expected) in [(directory.path(), "not a regular file"), (&long, "more than 4 MiB")] {
            let error = file(path).unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains("names cannot be read"), "{error}");
        }
    }

    #[test]
    fn two_places_for_one_setting_are_refused() {
        let variables = Variables::of(|_| Some("hunter2".into()));
        for error in [variables.secret("A").unwrap_err(), variables.either(["A", "B"]).unwrap_err()] {
            let text = error.to_string();
            assert!(text.contains("both A and") && !text.contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn a_secret_with_a_line_break_is_refused_without_being_quoted() {
        let variables = Variables::of(|name| (name == "A").then(|| "hunter2\nx".into()));
        let error = variables.secret("A").unwrap_err().to_string();
        assert!(error.contains("for A") && !error.contains("hunter2"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_is_read_from_a_file_of_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("owner's secret");
        let set = |content: &[u8], mode| {
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        };
        set(b"hunter2\r\n", 0o600);
        let named = path.clone();
        let variables = Variables::of(move |name| (name == "A_FILE").then(|| named.clone().into_os_string()));
        assert_eq!(variables.secret("A").unwrap().unwrap().expose(), "hunter2");
        let shown = path.display().to_string().replace('\'', r"'\''");
        let chmod = format!("Run: chmod 600 '{shown}'");
        for (content, mode, expected, hint) in [
            (&b"hunter2"[..], 0o640, "mode 0640", chmod.as_str()),
            (b"\n", 0o600, "is empty", "Write the secret into it."),
            (b"hunter2\xff", 0o600, "not UTF-8", "Save the file as UTF-8 text, or correct the path."),
            (b"hunter2\n\n", 0o600, "line breaks", "Remove them."),
            (&[b'a'; 70_000], 0o600, "too long", "Correct the path: it is another file."),
        ] {
            set(content, mode);
            let error = variables.secret("A").unwrap_err();
            assert_eq!(error.hint(), Some(hint));
            let error = error.to_string();
            assert!(error.contains(expected) && !error.contains("hunter2"), "{error}");
        }
        let missing = directory.path().join("no");
        for (path, hint) in [
            (directory.path(), "Correct the path."),
            (&missing, "Correct the path, or write the secret into that file."),
        ] {
            assert_eq!(read_secret(path).unwrap_err().hint(), Some(hint));
        }
    }
}
