//! Files that must not exist yet: all of them are written, or none.
//!
//! They hold keys that nobody can make a second time, so nothing is overwritten, and what was begun is taken back.

use std::{
    fs::{self, DirBuilder},
    io::{self, Write},
    path::{Path, PathBuf},
};

use broker_session::Secret;
use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file: its name in the folder, and its text.
pub(crate) type NewFile = (&'static str, Secret);

/// A folder for new files, for its owner alone. Dropped before the files are written, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct NewFiles {
    folder: PathBuf,
    /// What to take back, in the order in which it was made.
    made: Vec<Made>,
}

#[derive(Debug)]
enum Made {
    Folder(PathBuf),
    File(PathBuf),
}

impl NewFiles {
    /// Makes the folder, if there is none, and sees to it that files of these names can be written.
    ///
    /// # Errors
    /// If a file of one of the names exists, if others can look into the folder, or if nothing can be written to it.
    pub(crate) fn prepare(
        folder: &Path,
        names: impl IntoIterator<Item = &'static str>,
    ) -> Result<Self, Failure> {
        let mut files = Self { folder: folder.to_owned(), made: Vec::new() };
        match fs::metadata(folder) {
            Ok(metadata) if metadata.is_dir() => files.check_mode(&metadata)?,
            Ok(_) => return Err(files.unusable("it is not a folder")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => files.make_folder()?,
            Err(error) => return Err(files.unusable(error)),
        }
        for name in names {
            // Also a link that leads nowhere.
            if fs::symlink_metadata(folder.join(name)).is_ok() {
                return Err(files.exists(name));
            }
        }
        // Whether there is room for them must not turn out after minutes of work.
        NamedTempFile::new_in(folder).map(drop).map_err(|error| files.unusable(error))?;
        Ok(files)
    }

    /// Writes the files, each whole and under its name at once.
    ///
    /// # Errors
    /// If one of them exists by now or cannot be written; then there is none of them.
    pub(crate) fn write(mut self, files: &[NewFile]) -> Result<(), Failure> {
        for (name, text) in files {
            self.write_one(name, text)?;
        }
        sync(&self.folder).map_err(|error| self.unusable(error))?;
        self.made.clear();
        Ok(())
    }

    fn write_one(&mut self, name: &str, text: &Secret) -> Result<(), Failure> {
        // For its owner alone.
        let mut file = NamedTempFile::new_in(&self.folder).map_err(|error| self.unusable(error))?;
        let written = file.write_all(text.expose().as_bytes()).and_then(|()| file.as_file().sync_all());
        written.map_err(|error| self.unusable(error))?;
        let path = self.folder.join(name);
        match file.persist_noclobber(&path) {
            Ok(_) => {
                self.made.push(Made::File(path));
                Ok(())
            }
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(self.exists(name)),
            Err(error) => Err(self.unusable(error.error)),
        }
    }

    /// Makes the folder and those above it that are missing.
    fn make_folder(&mut self) -> Result<(), Failure> {
        let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let mut missing: Vec<PathBuf> =
            self.folder.ancestors().take_while(is_missing).map(Path::to_owned).collect();
        while let Some(folder) = missing.pop() {
            private(&mut DirBuilder::new()).create(&folder).map_err(|error| self.unusable(error))?;
            self.made.push(Made::Folder(folder));
        }
        Ok(())
    }

    #[cfg(unix)]
    fn check_mode(&self, metadata: &fs::Metadata) -> Result<(), Failure> {
        use std::os::unix::fs::PermissionsExt;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 == 0 {
            return Ok(());
        }
        let folder = self.folder.display();
        Err(Failure::config(format!(
            "others can look into the folder `{folder}` (mode {mode:04o}). Nothing was made. Name a new folder, or run: chmod 700 {}",
            crate::output::quoted(&folder.to_string())
        )))
    }

    #[cfg(not(unix))]
    fn check_mode(&self, _: &fs::Metadata) -> Result<(), Failure> {
        Ok(())
    }

    fn exists(&self, name: &str) -> Failure {
        let path = self.folder.join(name);
        Failure::config(format!(
            "`{}` exists, and nothing is overwritten. Nothing was made. Name a new folder, or move the file away.",
            path.display()
        ))
    }

    fn unusable(&self, why: impl std::fmt::Display) -> Failure {
        Failure::config(format!(
            "nothing can be written to the folder `{}`: {why}. Nothing was made. Name another folder, or correct its permissions.",
            self.folder.display()
        ))
    }
}

impl Drop for NewFiles {
    fn drop(&mut self) {
        for made in self.made.drain(..).rev() {
            // A folder with something else in it by now stays.
            let _ = match made {
                Made::Folder(path) => fs::remove_dir(path),
                Made::File(path) => fs::remove_file(path),
            };
        }
    }
}

/// Makes a folder for its owner alone, with those that it is in. One that is there stays as it is.
///
/// # Errors
/// The system's.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    private(DirBuilder::new().recursive(true)).create(path)
}

#[cfg(unix)]
fn private(builder: &mut DirBuilder) -> &mut DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    builder.mode(0o700)
}

#[cfg(not(unix))]
fn private(builder: &mut DirBuilder) -> &mut DirBuilder {
    builder
}

/// Makes the new names last even if the machine loses its power now.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const FILES: [&str; 2] = ["one", "other"];

    fn files() -> Vec<NewFile> {
        FILES.map(|name| (name, Secret::from("made-up"))).to_vec()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn all_files_are_written_into_a_folder_of_their_owner() {
        let home = TempDir::new().unwrap();
        let folder = home.path().join("new/keys");
        NewFiles::prepare(&folder, FILES).unwrap().write(&files()).unwrap();
        assert_eq!(names(&folder), FILES);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&folder), mode(&folder.join("one"))), (0o700, 0o600));
        }
    }

    #[test]
    fn what_was_not_written_leaves_nothing_behind() {
        let home = TempDir::new().unwrap();
        drop(NewFiles::prepare(&home.path().join("new/keys"), FILES).unwrap());
        assert!(names(home.path()).is_empty());
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_kept_and_alone() {
        let home = TempDir::new().unwrap();
        let folder = home.path().join("keys");
        let new = NewFiles::prepare(&folder, FILES).unwrap();
        fs::write(folder.join("other"), "another program's").unwrap();
        let failure = new.write(&files()).unwrap_err().to_string();
        assert!(failure.contains("exists"), "{failure}");
        assert_eq!(names(&folder), ["other"]);
        assert_eq!(fs::read_to_string(folder.join("other")).unwrap(), "another program's");
        let failure = NewFiles::prepare(&folder, FILES).unwrap_err().to_string();
        assert!(failure.contains("exists"), "{failure}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_not_written_through() {
        let home = TempDir::new().unwrap();
        let folder = home.path().join("keys");
        private(&mut DirBuilder::new()).create(&folder).unwrap();
        std::os::unix::fs::symlink(home.path().join("nowhere"), folder.join("one")).unwrap();
        assert!(NewFiles::prepare(&folder, FILES).is_err());
        assert!(!home.path().join("nowhere").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_look_into_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let home = TempDir::new().unwrap();
        let folder = home.path().join("owner's keys");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let failure = NewFiles::prepare(&folder, FILES).unwrap_err().to_string();
        let command = format!(r"chmod 700 '{}/owner'\''s keys'", home.path().display());
        assert!(failure.ends_with(&command) && names(&folder).is_empty(), "{failure}");
    }
}
