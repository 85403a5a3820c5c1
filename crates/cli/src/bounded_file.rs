//! Reads the files that settings name: none is waited for, none is read without end, and none that decides what programs are
//! run is believed where others can change it.
//!
//! A path may lead to a pipe, a device or a huge file by mistake. Then every command would hang, deaf to signals.

use std::{
    fs::{self, File, FileType, Metadata},
    io::{self, Read},
    path::Path,
};

use crate::{failure::Failure, output::quoted};

/// The longest config file or env file, in bytes.
pub(crate) const SETTINGS_LIMIT: u64 = 1024 * 1024;

/// The longest file with certificates, in bytes. All that a system trusts have a quarter of a MiB.
pub(crate) const CERTIFICATES_LIMIT: u64 = 4 * 1024 * 1024;

/// The longest file of the program's own, in bytes. Each has some KiB.
pub(crate) const OWN_LIMIT: u64 = 4 * 1024 * 1024;

/// A regular file that is open, or the null device, which is an empty one.
#[derive(Debug)]
pub(crate) struct BoundedFile {
    file: File,
    metadata: Metadata,
}

impl BoundedFile {
    /// Opens a file without waiting for anybody.
    ///
    /// # Errors
    /// The system's; that it is no regular file, and what it is instead.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        // To open a device may do something.
        must_be_regular(&fs::metadata(path)?)?;
        let file = open(path)?;
        // It may be another one by now.
        let metadata = file.metadata()?;
        must_be_regular(&metadata)?;
        Ok(Self { file, metadata })
    }

    /// What it holds.
    ///
    /// # Errors
    /// The system's; that it has more than `limit` bytes.
    pub(crate) fn read(self, limit: u64) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        if !self.metadata.is_file() {
            return Ok(content);
        }
        self.file.take(limit + 1).read_to_end(&mut content)?;
        if content.len() as u64 > limit {
            return Err(refused(format!("it has more than {} MiB, so it is another file", limit >> 20)));
        }
        Ok(content)
    }

    /// What its owner, the group and others may do with it, where the system has that.
    #[cfg(unix)]
    pub(crate) fn mode(&self) -> Option<u32> {
        use std::os::unix::fs::PermissionsExt;
        self.metadata.is_file().then(|| self.metadata.permissions().mode() & 0o777)
    }

    #[cfg(not(unix))]
    pub(crate) fn mode(&self) -> Option<u32> {
        None
    }

    /// Makes sure that nobody but this user and root can change the file: it decides what programs are run, and what they get.
    /// `what` and `path` name it in the error, and `power` is what others could do.
    ///
    /// # Errors
    /// If it belongs to somebody else, or if its group or others may write to it.
    pub(crate) fn must_be_own(&self, what: &str, path: &Path, power: &str) -> Result<(), Failure> {
        let (shown, word) = (path.display(), quoted(&path.display().to_string()));
        if let Some((owner, user)) = self.stranger() {
            return Err(Failure::config(format!(
                "the {what} `{shown}` belongs to another user (number {owner}), who could {power}. Use a file of your own, or run: chown {user} {word}"
            )));
        }
        match self.mode().filter(|mode| mode & 0o022 != 0) {
            Some(mode) => Err(Failure::config(format!(
                "the {what} `{shown}` can be written by others (mode {mode:04o}), who could {power}. Run: chmod go-w {word}"
            ))),
            None => Ok(()),
        }
    }

    /// The number of its owner, if that is neither root nor this user, and the number of this user.
    #[cfg(unix)]
    fn stranger(&self) -> Option<(u32, u32)> {
        use std::os::unix::fs::MetadataExt;
        const ROOT: u32 = 0;
        let (owner, user) = (self.metadata.uid(), rustix::process::geteuid().as_raw());
        (self.metadata.is_file() && owner != ROOT && owner != user).then_some((owner, user))
    }

    #[cfg(not(unix))]
    fn stranger(&self) -> Option<(u32, u32)> {
        None
    }
}

/// Reads a file with at most `limit` bytes.
///
/// # Errors
/// Those of [`BoundedFile::open`] and [`BoundedFile::read`].
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    BoundedFile::open(path)?.read(limit)
}

/// The same of a file that is UTF-8.
///
/// # Errors
/// Those of [`read`]; that it is not UTF-8.
pub(crate) fn read_string(path: &Path, limit: u64) -> io::Result<String> {
    string(read(path, limit)?)
}

/// The content of a file as a string.
///
/// # Errors
/// If it is not UTF-8.
pub(crate) fn string(content: Vec<u8>) -> io::Result<String> {
    String::from_utf8(content).map_err(|_| refused("it is not UTF-8 text".to_owned()))
}

fn must_be_regular(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() || is_null_device(metadata) {
        return Ok(());
    }
    let what = kind(metadata.file_type());
    Err(refused(format!("it is {what}, and only a regular file is read")))
}

fn refused(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// `--config /dev/null` is the usual way to name no file.
#[cfg(unix)]
fn is_null_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let null = fs::metadata("/dev/null");
    metadata.file_type().is_char_device() && null.is_ok_and(|null| null.rdev() == metadata.rdev())
}

#[cfg(not(unix))]
fn is_null_device(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn kind(file: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if file.is_dir() {
        "a directory"
    } else if file.is_fifo() {
        "a pipe"
    } else if file.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn kind(file: FileType) -> &'static str {
    if file.is_dir() { "a directory" } else { "a device" }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_and_the_null_device_are_read() {
        let home = tempfile::TempDir::new().unwrap();
        let pipe = home.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for (path, expected) in [
            (pipe.as_path(), "it is a pipe"),
            (home.path(), "it is a directory"),
            (Path::new("/dev/zero"), "it is a device"),
        ] {
            let error = read(path, 10).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        assert_eq!(read(Path::new("/dev/null"), 10).unwrap(), b"");
        assert_eq!(read(&home.path().join("no"), 10).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn no_more_than_the_limit_is_read() {
        let home = tempfile::TempDir::new().unwrap();
        let path = home.path().join("file");
        fs::write(&path, "0123456789").unwrap();
        assert_eq!(read_string(&path, 10).unwrap(), "0123456789");
        let error = read(&path, 9).unwrap_err().to_string();
        assert!(error.contains("more than"), "{error}");
    }
}
