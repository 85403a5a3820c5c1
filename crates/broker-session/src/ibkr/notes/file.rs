//! The file that the notes of all gateways stand in.
//!
//! Only the owner can read it. It is replaced as a whole or not at all, what is something else is left alone, and
//! programs that run at the same time do not lose each other's changes.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::Known;
use crate::ibkr::address_of;

/// The version of the file's form. A file with another one is left alone.
const VERSION: u32 = 1;

/// How long to wait for another program that holds the lock; it needs milliseconds.
const LOCK_WAIT: Duration = Duration::from_secs(5);
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// The file, locked for as long as this lives.
pub(super) struct NotesFile {
    path: PathBuf,
    content: Content,
    _lock: fs::File,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    version: u32,
    gateways: Vec<Known>,
}

impl NotesFile {
    /// Waits until no other program uses the file, and reads it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let lock = lock(path)?;
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            text => text?,
        };
        let content = match text.trim().is_empty() {
            true => Content { version: VERSION, gateways: Vec::new() },
            false => serde_json::from_str::<Content>(&text)?,
        };
        if content.version != VERSION {
            return Err(io::Error::other("it is of another version"));
        }
        Ok(Self { path: path.to_owned(), content, _lock: lock })
    }

    /// What is known of the gateway at an address.
    pub(super) fn find(&self, address: &str) -> Known {
        let known = self.content.gateways.iter().find(|known| is_at(known, address)).cloned();
        Known { address: address.to_owned(), ..known.unwrap_or_default() }
    }

    /// Writes what is known of a gateway.
    pub(super) fn replace(mut self, known: Known) -> io::Result<()> {
        self.content.gateways.retain(|other| !is_at(other, &known.address));
        self.content.gateways.push(known);
        let text = serde_json::to_string_pretty(&self.content)?;
        // Under the lock nobody else uses this name.
        let new = beside(&self.path, ".new");
        let written = private(fs::File::options().write(true).create(true).truncate(true))
            .open(&new)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&new, &self.path));
        if written.is_err() {
            // It says nothing that is not in the error already.
            let _ = fs::remove_file(&new);
        }
        written
    }
}

/// Whether notes are about the gateway at an address, in whatever form that was written.
fn is_at(known: &Known, address: &str) -> bool {
    known.address == address || address_of(&known.address).as_deref() == Some(address)
}

/// Waits until no other program uses the file. The lock is on a file beside it, because the file itself is replaced.
fn lock(path: &Path) -> io::Result<fs::File> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        create_directory(directory)?;
    }
    let lock = beside(path, ".lock");
    // A device or a pipe would be waited for without end.
    if [path, &lock].iter().any(|path| fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())) {
        return Err(io::Error::other("it or its lock is not a file"));
    }
    let file = private(fs::File::options().create(true).truncate(false).write(true)).open(lock)?;
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if started.elapsed() < LOCK_WAIT => {
                std::thread::sleep(LOCK_PAUSE)
            }
            Err(fs::TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
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
