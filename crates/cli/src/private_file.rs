//! Files that the program keeps for its user besides the session store: trusted certificates, what the next run has to know.
//!
//! They are JSON with a version; what is something else is left alone.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use broker_session::{LockedFile, Secret};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    bounded_file::{OWN_LIMIT, read_string},
    failure::Failure,
    output::Output,
};

/// Which of the program's files one is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FileKind {
    /// Its name in messages.
    pub(crate) name: &'static str,
    /// The version of its form. A file with another one is left alone.
    pub(crate) version: u32,
    /// What to do if others had access to it: a sentence.
    pub(crate) if_seen: &'static str,
}

/// A file of the program's own.
#[derive(Debug)]
pub(crate) struct PrivateFile {
    path: PathBuf,
    kind: FileKind,
    output: Output,
}

/// What is written. It is read in two steps instead, because this form would be buffered where nobody overwrites it.
#[derive(Serialize)]
struct Versioned<T> {
    version: u32,
    #[serde(flatten)]
    content: T,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// Whether others than the owner of a file may do something with it.
#[cfg(unix)]
pub(crate) fn is_exposed(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_exposed(_: &Path) -> bool {
    false
}

impl PrivateFile {
    /// The file at a path, whether there is one or not.
    pub(crate) fn open(path: PathBuf, kind: FileKind, output: Output) -> Result<Self, Failure> {
        // Replacing a link would leave the file that it points to behind.
        let path = fs::canonicalize(&path).unwrap_or(path);
        // A device or a pipe would be replaced by a file, or waited for without end.
        let is_something_else = fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file());
        if path.file_name().is_none() || is_something_else {
            let (name, path) = (kind.name, path.display());
            return Err(Failure::config(format!(
                "the {name} `{path}` is not a file. Remove it, or work in another place with --store."
            )));
        }
        Ok(Self { path, kind, output })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds; the default if there is no file yet, or an empty one.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self) -> Result<T, Failure> {
        let text = match read_string(&self.path, OWN_LIMIT) {
            Ok(text) => Secret::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
            Err(error) => return Err(self.failed("cannot be read", &error)),
        };
        self.tighten()?;
        self.parse(text.expose())
    }

    /// The content of such a file, given as a string; the default if that is empty.
    fn parse<T: DeserializeOwned + Default>(&self, text: &str) -> Result<T, Failure> {
        if text.trim().is_empty() {
            return Ok(T::default());
        }
        let (name, shown) = (self.kind.name, self.path.display());
        // The errors of serde_json may quote what they found, and that may be a token.
        let corrupt = |error: serde_json::Error| {
            Failure::config(format!(
                "`{shown}` is not a {name} (line {}, column {}). It was left as it is: move it away, or work in another place with --store.",
                error.line(),
                error.column()
            ))
        };
        let version = serde_json::from_str::<Version>(text).map_err(corrupt)?.version;
        let known = self.kind.version;
        if version != known {
            return Err(Failure::config(format!(
                "`{shown}` is a {name} of version {version}, and this program knows version {known}. It was left as it is: use the program that wrote it, move the file away, or work in another place with --store."
            )));
        }
        serde_json::from_str(text).map_err(corrupt)
    }

    /// Makes sure that it can be read and written.
    pub(crate) fn check<T: DeserializeOwned + Default>(&self) -> Result<(), Failure> {
        let file = self.lock()?;
        self.read::<T>()?;
        file.check().map_err(|error| self.failed("cannot be written", &error))
    }

    /// Changes what it holds.
    ///
    /// # Errors
    /// If it cannot be read or written; it is then as it was.
    pub(crate) fn change<T: Serialize + DeserializeOwned + Default>(
        &self,
        change: impl FnOnce(&mut T),
    ) -> Result<(), Failure> {
        let file = self.lock()?;
        let mut content = self.read::<T>()?;
        change(&mut content);
        let text = serde_json::to_string_pretty(&Versioned { version: self.kind.version, content });
        let text = text.map_err(|error| self.failed("cannot be written", &error.into()))?;
        file.replace(&text).map_err(|error| self.failed("cannot be written", &error))
    }

    fn lock(&self) -> Result<LockedFile, Failure> {
        LockedFile::open(&self.path).map_err(|error| self.failed("cannot be written", &error))
    }

    fn failed(&self, what: &str, error: &io::Error) -> Failure {
        let (name, path) = (self.kind.name, self.path.display());
        Failure::other(format!(
            "the {name} `{path}` {what}: {error}. Correct its permissions, or work in another place with --store."
        ))
    }

    /// Takes away what others may do with the file.
    #[cfg(unix)]
    fn tighten(&self) -> Result<(), Failure> {
        use std::os::unix::fs::PermissionsExt;
        let failed = |error: io::Error| self.failed("can be read by others", &error);
        let mode = fs::metadata(&self.path).map_err(failed)?.permissions().mode();
        if mode & 0o077 == 0 {
            return Ok(());
        }
        fs::set_permissions(&self.path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        self.output.note(&format!(
            "warning: the {} `{}` could be read by others; now it cannot. If others use this machine, {}",
            self.kind.name,
            self.path.display(),
            self.kind.if_seen
        ));
        Ok(())
    }

    #[cfg(not(unix))]
    fn tighten(&self) -> Result<(), Failure> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_any_size_is_not_read() {
        let home = tempfile::TempDir::new().unwrap();
        let path = home.path().join("made-up.json");
        fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let kind = FileKind { name: "made-up file", version: 1, if_seen: "" };
        let file = PrivateFile::open(path, kind, Output::new(true)).unwrap();
        let error = file.read::<Vec<String>>().unwrap_err().to_string();
        assert!(error.contains("the made-up file") && error.contains("more than 4 MiB"), "{error}");
    }
}
