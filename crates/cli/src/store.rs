//! The session store: one JSON file with the sessions of all brokers and users.
//!
//! It holds session tokens, so only its owner can read it. It is replaced as a whole or not at all, and
//! programs that run at the same time do not lose each other's entries.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use etcetera::BaseStrategy;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{brokers::Saved, environment, failure::Failure, output::Output};

/// The version of the file's form. A file with a higher one is left alone.
const VERSION: u32 = 1;
/// How long to wait for another program that holds the lock; it needs milliseconds.
const LOCK_WAIT: Duration = Duration::from_secs(5);
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// One stored session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The profile that it was begun with.
    pub(crate) profile: String,
    /// When it was stored.
    pub(crate) stored_at: Timestamp,
    /// The session, and which broker's it is.
    #[serde(flatten)]
    pub(crate) session: Saved,
}

impl Entry {
    fn is_of_same_user(&self, other: &Self) -> bool {
        (self.session.broker(), self.session.user()) == (other.session.broker(), other.session.user())
    }
}

#[derive(Default, Serialize, Deserialize)]
struct File {
    version: u32,
    sessions: Vec<Entry>,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// The store at a path.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    output: Output,
}

impl Store {
    /// The store at the given path, or at the platform's place for it.
    ///
    /// # Errors
    /// If the platform has no such place, or if the path is not that of a file.
    pub(crate) fn open(path: Option<&Path>, output: Output) -> Result<Self, Failure> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => match environment::text("BROKER_SESSION_STORE")? {
                Some(path) => PathBuf::from(path),
                None => default_path()?,
            },
        };
        // Replacing a link would leave the file that it points to behind.
        let path = fs::canonicalize(&path).unwrap_or(path);
        // A device or a pipe would be replaced by a file, or waited for without end.
        let is_something_else = fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file());
        if path.file_name().is_none() || is_something_else {
            let path = path.display();
            return Err(Failure::config(format!(
                "the store `{path}` is not a file. Name one, or a new one."
            )));
        }
        Ok(Self { path, output })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// All entries; none if there is no file yet.
    ///
    /// # Errors
    /// If the file cannot be read or is not a session store of a known version.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Failure> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.failed("cannot be read", &error)),
        };
        self.tighten()?;
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let shown = self.path.display();
        // The errors of serde_json may quote what they found, and that may be a token.
        let corrupt = |error: serde_json::Error| {
            Failure::config(format!(
                "`{shown}` is not a session store (line {}, column {}). It was left as it is: name another store, or move it away.",
                error.line(),
                error.column()
            ))
        };
        let version = serde_json::from_str::<Version>(&text).map_err(corrupt)?.version;
        if version != VERSION {
            return Err(Failure::config(format!(
                "`{shown}` is a session store of version {version}, and this program knows version {VERSION}. It was left as it is: use the program that wrote it, or name another store."
            )));
        }
        Ok(serde_json::from_str::<File>(&text).map_err(corrupt)?.sessions)
    }

    /// Makes sure, before anything is sent, that a session could be stored.
    ///
    /// # Errors
    /// If the store cannot be read, or not be written.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let _lock = self.lock()?;
        self.entries()?;
        self.temporary().map(drop)
    }

    /// Adds an entry, in place of the one of the same broker and user.
    ///
    /// # Errors
    /// If the store cannot be read or written; it is then as it was.
    pub(crate) fn put(&self, entry: Entry) -> Result<(), Failure> {
        self.change(|entries| {
            entries.retain(|known| !known.is_of_same_user(&entry));
            entries.push(entry);
        })
    }

    /// Removes an entry, unless another session of the same user has taken its place since it was read.
    ///
    /// # Errors
    /// If the store cannot be read or written; it is then as it was.
    pub(crate) fn remove(&self, entry: &Entry) -> Result<(), Failure> {
        self.change(|entries| {
            entries.retain(|known| !(known.is_of_same_user(entry) && known.stored_at == entry.stored_at));
        })
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Entry>)) -> Result<(), Failure> {
        let _lock = self.lock()?;
        let mut sessions = self.entries()?;
        change(&mut sessions);
        let file = File { version: VERSION, sessions };
        let text = serde_json::to_string_pretty(&file).map(Zeroizing::new);
        let text = text.map_err(|error| self.failed("cannot be written", &error.into()))?;
        let mut temporary = self.temporary()?;
        self.write(&mut temporary, &text)
            .and_then(|()| temporary.persist(&self.path).map_err(|error| error.error))
            .and_then(|_| sync_directory(self.directory()))
            .map_err(|error| self.failed("cannot be written", &error))
    }

    fn write(&self, temporary: &mut tempfile::NamedTempFile, text: &str) -> io::Result<()> {
        temporary.write_all(text.as_bytes())?;
        temporary.write_all(b"\n")?;
        temporary.as_file().sync_all()
    }

    /// A file beside the store that will take its place. Only its owner can read it from the beginning.
    fn temporary(&self) -> Result<tempfile::NamedTempFile, Failure> {
        tempfile::Builder::new()
            .prefix(".broker-session-")
            .tempfile_in(self.directory())
            .map_err(|error| self.failed("cannot be written", &error))
    }

    /// Waits until no other program changes the store. The lock is on a file beside it, because the store
    /// itself is replaced.
    fn lock(&self) -> Result<fs::File, Failure> {
        let failed = |error: io::Error| self.failed("cannot be written", &error);
        create_directory(self.directory()).map_err(failed)?;
        let mut path = self.path.clone().into_os_string();
        path.push(".lock");
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

    fn directory(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        }
    }

    fn failed(&self, what: &str, error: &io::Error) -> Failure {
        let path = self.path.display();
        Failure::other(format!(
            "the store `{path}` {what}: {error}. Correct its permissions, or name another one with --store."
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
            "warning: the store `{}` could be read by others; now it cannot. If others use this machine, sign out and in again.",
            self.path.display()
        ));
        Ok(())
    }

    #[cfg(not(unix))]
    fn tighten(&self) -> Result<(), Failure> {
        Ok(())
    }
}

fn default_path() -> Result<PathBuf, Failure> {
    let strategy = etcetera::choose_base_strategy().map_err(|_| {
        Failure::config("there is no home directory to keep the session store in. Name it with --store.")
    })?;
    let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(state.join("broker-session").join("sessions.json"))
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
