//! Files that programs keep from one run to the next, and share.
//!
//! Only the owner can read such a file. It is replaced as a whole or not at all, and programs that run at the same time do
//! not lose each other's changes.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use broker_session_runtime::Secret;

/// How long to wait for another program that holds the lock; it needs milliseconds.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// How often the lock is tried.
const LOCK_INTERVAL: Duration = Duration::from_millis(10);

/// A file of the caller's own, locked for as long as this lives. The lock is on a file beside it, because the file itself
/// is replaced.
#[derive(Debug)]
pub struct LockedFile {
    path: PathBuf,
    _lock: File,
}

impl LockedFile {
    /// Waits until no other program uses the file at `path`. Creates the directory for its owner alone, if there is none.
    ///
    /// # Errors
    /// If there is something else than a file, if the lock cannot be written, or if another program holds it for 5 seconds.
    pub fn open(path: &Path) -> io::Result<Self> {
        create_directory(directory_of(path))?;
        let lock = beside(path, ".lock");
        // Opening a device or a pipe could wait without end.
        if [path, &lock].iter().any(|path| fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())) {
            return Err(io::Error::other("it, or its lock of the same name with `.lock`, is not a file"));
        }
        let file = private(OpenOptions::new().create(true).truncate(false).write(true)).open(lock)?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { path: path.to_owned(), _lock: file }),
                Err(TryLockError::WouldBlock) if started.elapsed() < LOCK_TIMEOUT => sleep(LOCK_INTERVAL),
                Err(TryLockError::WouldBlock) => {
                    return Err(io::Error::other("another program is using it"));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// What it holds; empty if there is no file.
    ///
    /// # Errors
    /// If it cannot be read, or is not UTF-8.
    pub fn read(&self) -> io::Result<Secret> {
        match fs::read_to_string(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Secret::default()),
            text => text.map(Secret::new),
        }
    }

    /// Makes sure that it could be replaced.
    ///
    /// # Errors
    /// If it could not.
    pub fn check(&self) -> io::Result<()> {
        self.replacement().and_then(|(new, _)| fs::remove_file(new))
    }

    /// Replaces what it holds.
    ///
    /// # Errors
    /// If it cannot be written; it is then as it was.
    pub fn replace(&self, text: &str) -> io::Result<()> {
        let (new, mut file) = self.replacement()?;
        let written = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&new, &self.path))
            .and_then(|()| sync_directory(directory_of(&self.path)));
        if written.is_err() {
            // Its own failure would only repeat the one that is returned.
            let _ = fs::remove_file(&new);
        }
        written
    }

    /// A new file that will take its place. Under the lock no other program uses this name.
    fn replacement(&self) -> io::Result<(PathBuf, File)> {
        let new = beside(&self.path, ".new");
        match fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = private(OpenOptions::new().write(true).create_new(true)).open(&new)?;
        Ok((new, file))
    }
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
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
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    #[test]
    fn a_file_is_replaced_for_its_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new/kept");
        let file = LockedFile::open(&path).unwrap();
        assert!(file.read().unwrap().is_empty());
        file.check().unwrap();
        // What a program has left that was killed, or what another user has put there, is not written to.
        let other = directory.path().join("other");
        fs::write(&other, "other").unwrap();
        symlink(&other, directory.path().join("new/kept.new")).unwrap();
        file.replace("made-up").unwrap();
        assert_eq!(file.read().unwrap().expose(), "made-up");
        assert_eq!(fs::read_to_string(other).unwrap(), "other");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let mut names: Vec<_> = fs::read_dir(directory.path().join("new"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["kept", "kept.lock"]);
    }

    #[test]
    fn a_lock_that_is_no_file_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("kept.lock")).unwrap();
        assert!(LockedFile::open(&directory.path().join("kept")).is_err());
        assert!(LockedFile::open(directory.path()).is_err());
    }
}
