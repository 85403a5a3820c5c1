//! Copies of the workspace as it stands, changes included that are not committed yet.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The workspace that is tested.
pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A copy of the workspace.
pub(crate) struct Copy {
    pub(crate) root: PathBuf,
    /// Removes the copy with it.
    _temporary: Option<tempfile::TempDir>,
}

impl Copy {
    /// A copy that is removed at the end.
    pub(crate) fn temporary() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("workspace");
        fill(&root);
        Self { root, _temporary: Some(folder) }
    }

    /// A copy at this place, in place of an earlier one.
    pub(crate) fn at(root: PathBuf) -> Self {
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        fill(&root);
        Self { root, _temporary: None }
    }

    /// Runs this build of xtask there.
    pub(crate) fn xtask<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(arguments).env("CARGO_MANIFEST_DIR", self.root.join("xtask"));
        command.output().unwrap()
    }

    /// Every file and every folder, with what is in it.
    pub(crate) fn snapshot(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        collect(&self.root, &self.root, &mut found);
        found
    }
}

/// The status and what was said on standard error.
pub(crate) fn told(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn fill(root: &Path) {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(workspace());
    let output = git.output().expect("git lists the files of the workspace");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let files = String::from_utf8(output.stdout).unwrap();
    // What was deleted and not committed yet is listed all the same.
    for file in files.split_terminator('\0').filter(|file| workspace().join(file).is_file()) {
        let to = root.join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(workspace().join(file), to).unwrap();
    }
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let relative = path.strip_prefix(root).unwrap().to_owned();
        if path.is_dir() {
            found.insert(relative, None);
            collect(root, &path, found);
        } else {
            found.insert(relative, Some(fs::read(&path).unwrap()));
        }
    }
}
