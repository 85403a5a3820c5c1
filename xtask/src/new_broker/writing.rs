//! Writing several files as if they were one: all of them, or as before.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// A file to be written.
#[derive(Debug)]
pub(super) struct File {
    /// Where, from the root of the workspace.
    pub(super) path: PathBuf,
    /// What is in it.
    pub(super) text: String,
}

/// What was written so far, the latest last.
#[derive(Debug, Default)]
pub(super) struct Writing(Vec<Step>);

#[derive(Debug)]
enum Step {
    /// A folder was made.
    Folder(PathBuf),
    /// A file was made.
    Created(PathBuf),
    /// A file had this in it.
    Kept(PathBuf, Vec<u8>),
}

impl Writing {
    /// Writes a file that is not there yet, and the folders that it needs.
    pub(super) fn create(&mut self, File { path, text }: &File) -> Result<()> {
        let failed = || format!("cannot write {}", path.display());
        let missing: Vec<_> = path.ancestors().skip(1).take_while(|folder| !folder.exists()).collect();
        for folder in missing.into_iter().rev().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir(folder).with_context(failed)?;
            self.0.push(Step::Folder(folder.to_owned()));
        }
        // Whatever has come there in the meantime is left alone.
        let mut file = fs::File::create_new(path).with_context(failed)?;
        self.0.push(Step::Created(path.clone()));
        file.write_all(text.as_bytes()).with_context(failed)
    }

    /// Writes over a file.
    pub(super) fn replace(&mut self, File { path, text }: &File) -> Result<()> {
        self.keep(path)?;
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Remembers a file that somebody else is about to write over.
    pub(super) fn keep(&mut self, path: &Path) -> Result<()> {
        let before = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        self.0.push(Step::Kept(path.to_owned(), before));
        Ok(())
    }

    /// Leaves everything as it was.
    ///
    /// # Errors
    /// Something cannot be taken back; the error names it. The rest is.
    pub(super) fn take_back(self) -> Result<()> {
        let mut outcome = Ok(());
        for step in self.0.into_iter().rev() {
            let (taken, path) = match &step {
                Step::Folder(path) => (fs::remove_dir(path), path),
                Step::Created(path) => (fs::remove_file(path), path),
                Step::Kept(path, before) => (fs::write(path, before), path),
            };
            let taken =
                taken.with_context(|| format!("cannot take back what was done to {}", path.display()));
            outcome = outcome.and(taken);
        }
        outcome
    }
}
