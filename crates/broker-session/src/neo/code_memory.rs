//! Which one-time password was used last, in a file that outlives the program: the time at which the step of that code
//! began.

use std::{
    io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::totp::{STEP, step_of};
use crate::{Error, LockedFile};

/// The file.
#[derive(Debug)]
pub(super) struct Memory(PathBuf);

/// The file while it is locked.
pub(super) struct Claim<'a> {
    path: &'a Path,
    file: LockedFile,
    last: Option<i64>,
}

impl Memory {
    /// The file at a path, which need not exist.
    pub(super) fn open(path: PathBuf) -> Result<Self, Error> {
        Ok(Self(std::path::absolute(&path).map_err(|error| unusable(&path, &error))?))
    }

    /// The last step whose code was used.
    pub(super) fn last(&self) -> Result<Option<i64>, Error> {
        self.claim().map(|claim| claim.last)
    }

    /// Locks the file.
    pub(super) fn claim(&self) -> Result<Claim<'_>, Error> {
        let path = self.0.as_path();
        let locked = || {
            let file = LockedFile::open(path)?;
            let last = match file.read()?.expose().trim() {
                "" => None,
                text => Some(text.parse::<Timestamp>().map_err(io::Error::other)?),
            };
            file.check()?;
            Ok((file, last.map(step_of)))
        };
        let (file, last) = locked().map_err(|error| unusable(path, &error))?;
        Ok(Claim { path, file, last })
    }
}

impl Claim<'_> {
    /// The last step whose code was used.
    pub(super) fn last(&self) -> Option<i64> {
        self.last
    }

    /// Notes a step, before its code is handed out.
    pub(super) fn note(self, step: i64) -> Result<(), Error> {
        let time = step.checked_mul(STEP).and_then(|seconds| Timestamp::from_second(seconds).ok());
        let time = time.ok_or(io::ErrorKind::InvalidInput.into());
        let noted = time.and_then(|time| self.file.replace(&format!("{time}\n")));
        noted.map_err(|error| unusable(self.path, &error))
    }
}

fn unusable(path: &Path, error: &io::Error) -> Error {
    Error::config(format!(
        "the file `{}`, which remembers the last one-time password, cannot be used: {error}",
        path.display()
    ))
}
