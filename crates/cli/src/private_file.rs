//! Files that the program keeps for its user: sessions, trusted certificates, what the next run has to know.
//!
//! Only the owner can read such a file. It is replaced as a whole or not at all, what is something else is left
//! alone, and programs that run at the same time do not lose each other's changes.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{failure::Failure, output::Output};

/// How long to wait for another program that holds the lock; it needs milliseconds.
const LOCK_WAIT: Duration = Duration::from_secs(5);
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// What a file is, for people to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// What it is called.
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
    kind: Kind,
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

impl PrivateFile {
    /// The file at a path, whether there is one or not.
    ///
    /// # Errors
    /// If the path is not that of a file.
    pub(crate) fn open(path: PathBuf, kind: Kind, output: Output) -> Result<Self, Failure> {
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

    /// Another file in the same directory.
    ///
    /// # Errors
    /// If the path is not that of a file.
    pub(crate) fn beside(&self, name: &str, kind: Kind) -> Result<Self, Failure> {
        if self.path.file_name().is_some_and(|own| own == name) {
            let (own, path) = (self.kind.name, self.path.display());
            return Err(Failure::config(format!(
                "`{path}` is the name of the {}, so it cannot be that of the {own}. Name another one with --store.",
                kind.name
            )));
        }
        Self::open(self.directory().join(name), kind, self.output)
    }

    /// The directory that it is in.
    fn directory(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        }
    }

    /// What it holds; the default if there is no file yet, or an empty one.
    ///
    /// # Errors
    /// If it cannot be read, or is not what it should be in a known version.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self) -> Result<T, Failure> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
            Err(error) => return Err(self.failed("cannot be read", &error)),
        };
        self.tighten()?;
        self.parse(&text)
    }

    /// What a text says that stands in such a file; the default if it says nothing.
    ///
    /// # Errors
    /// If it is not what it should be in a known version.
    pub(crate) fn parse<T: DeserializeOwned + Default>(&self, text: &str) -> Result<T, Failure> {
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
    ///
    /// # Errors
    /// If it cannot.
    pub(crate) fn check<T: DeserializeOwned + Default>(&self) -> Result<(), Failure> {
        let _lock = self.lock()?;
        self.read::<T>()?;
        self.temporary().map(drop)
    }

    /// Changes what it holds.
    ///
    /// # Errors
    /// If it cannot be read or written; it is then as it was.
    pub(crate) fn change<T: Serialize + DeserializeOwned + Default>(
        &self,
        change: impl FnOnce(&mut T),
    ) -> Result<(), Failure> {
        let _lock = self.lock()?;
        let mut content = self.read::<T>()?;
        change(&mut content);
        let text = self.encode(content)?;
        let mut temporary = self.temporary()?;
        write(&mut temporary, &text)
            .and_then(|()| temporary.persist(&self.path).map_err(|error| error.error))
            .and_then(|_| sync_directory(self.directory()))
            .map_err(|error| self.failed("cannot be written", &error))
    }

    /// The text that [`PrivateFile::parse`] reads.
    ///
    /// # Errors
    /// If a value cannot be written as JSON.
    pub(crate) fn encode<T: Serialize>(&self, content: T) -> Result<Zeroizing<String>, Failure> {
        let text = serde_json::to_string_pretty(&Versioned { version: self.kind.version, content });
        text.map(Zeroizing::new).map_err(|error| self.failed("cannot be written", &error.into()))
    }

    /// A file beside it that will take its place. Only its owner can read it from the beginning.
    fn temporary(&self) -> Result<tempfile::NamedTempFile, Failure> {
        tempfile::Builder::new()
            .prefix(".broker-session-")
            .tempfile_in(self.directory())
            .map_err(|error| self.failed("cannot be written", &error))
    }

    /// Waits until no other program changes the file. The lock is on a file beside it, because the file itself
    /// is replaced.
    fn lock(&self) -> Result<fs::File, Failure> {
        let failed = |error: io::Error| self.failed("cannot be written", &error);
        create_directory(self.directory()).map_err(failed)?;
        let mut path = self.path.clone().into_os_string();
        path.push(".lock");
        if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(failed(io::Error::other("its lock, of the same name with `.lock`, is not a file")));
        }
        let file = private(fs::File::options().create(true).truncate(false).write(true))
            .open(path)
            .map_err(failed)?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(fs::TryLockError::WouldBlock) if started.elapsed() < LOCK_WAIT => {
                    std::thread::sleep(LOCK_PAUSE)
                }
                Err(fs::TryLockError::WouldBlock) => {
                    return Err(failed(io::Error::other("another program is using it")));
                }
                Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
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

fn write(temporary: &mut tempfile::NamedTempFile, text: &str) -> io::Result<()> {
    temporary.write_all(text.as_bytes())?;
    temporary.write_all(b"\n")?;
    temporary.as_file().sync_all()
}

#[cfg(unix)]
fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    options
}

#[cfg(unix)]
fn create_directory(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_directory(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Makes the new name last even if the machine loses its power now.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
