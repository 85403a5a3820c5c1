//! What git knows of another state of the workspace.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

/// A revision that exists.
pub(crate) struct Revision {
    /// As the user has named it.
    pub(crate) name: String,
    /// The commit.
    commit: String,
}

impl Revision {
    /// Finds a revision by whatever name git knows for it.
    pub(crate) fn find(name: &str) -> Result<Revision> {
        let inside = git(&["rev-parse", "--is-inside-work-tree"])?;
        if inside.text().is_none_or(|text| text.trim() != "true") {
            bail!(
                "this workspace is not in a git repository ({}), so that there is no earlier state to compare with; run this in a clone",
                inside.complaint()
            );
        }
        let of_commit = format!("{name}^{{commit}}");
        let found = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &of_commit])?;
        let Some(commit) = found.text().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        else {
            bail!(
                "git knows no commit `{name}`; see `git log` or `git tag` for what there is, and if it is on the server or the clone is shallow, run `git fetch --tags` or `git fetch --unshallow` first"
            );
        };
        Ok(Revision { name: name.to_owned(), commit })
    }

    /// The text of a file, its path from the root of the workspace; nothing if there is none.
    pub(crate) fn read(&self, path: &str) -> Result<Option<String>> {
        let folder = Path::new(path).parent().map(|folder| folder.to_string_lossy().into_owned());
        let listed = self.list(&folder.unwrap_or_default())?;
        if !listed.iter().any(|known| known == path) {
            return Ok(None);
        }
        let output = git(&["show", &format!("{}:./{path}", self.commit)])?;
        match output.text() {
            Some(text) => Ok(Some(text)),
            None => bail!("git cannot show {path} at {}: {}", self.name, output.complaint()),
        }
    }

    /// The paths of what is in a folder, from the root of the workspace.
    pub(crate) fn list(&self, folder: &str) -> Result<Vec<String>> {
        let folder = if folder.is_empty() { "./".to_owned() } else { format!("{folder}/") };
        let output = git(&["ls-tree", "-z", "--name-only", &self.commit, &folder])?;
        let Some(text) = output.text() else {
            bail!("git cannot list {folder} at {}: {}", self.name, output.complaint());
        };
        Ok(text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
    }
}

/// What a run of git has written.
struct Output {
    succeeded: bool,
    out: Vec<u8>,
    err: Vec<u8>,
}

impl Output {
    /// The text, if git succeeded and it is one.
    fn text(&self) -> Option<String> {
        self.succeeded.then(|| String::from_utf8(self.out.clone()).ok()).flatten()
    }

    /// What git complains about, on one line.
    fn complaint(&self) -> String {
        let said = String::from_utf8_lossy(&self.err);
        let said = said.trim().lines().next().unwrap_or_default();
        match said.is_empty() {
            true => "git says no more".to_owned(),
            false => format!("git says: {said}"),
        }
    }
}

fn git(arguments: &[&str]) -> Result<Output> {
    let output = Command::new("git")
        .args(arguments)
        .output()
        .context("cannot start git; install it, or put it on the PATH")?;
    Ok(Output { succeeded: output.status.success(), out: output.stdout, err: output.stderr })
}
