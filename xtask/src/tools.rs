//! External programs for tasks: installed below the target folder, at the versions in the lock files of `xtask/tools/`,
//! and again when these change.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// The lock files.
const LOCKS: &str = "xtask/tools";

/// Installs the npm packages of `xtask/tools/NAME/`, and returns their folder.
pub(crate) fn node(name: &str) -> Result<PathBuf> {
    let from = Path::new(LOCKS).join(name);
    let folder = folder().join(name);
    let lock = from.join("package-lock.json");
    once(&lock, &folder, || {
        let manifest = from.join("package.json");
        for file in [&manifest, &lock] {
            let to = folder.join(file.file_name().unwrap_or_default());
            fs::copy(file, &to).with_context(|| format!("cannot copy {}", file.display()))?;
        }
        // Install scripts of packages could download other programs.
        let mut command = Command::new("npm");
        command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        succeed(
            command.current_dir(&folder),
            &format!("npm cannot install what {} names; it needs Node.js", from.display()),
        )
    })?;
    Ok(folder)
}

/// Installs the Python packages that `xtask/tools/NAME.lock.txt` pins with their hashes, and returns the folder of their
/// programs, including `python`.
pub(crate) fn python(name: &str) -> Result<PathBuf> {
    let lock = Path::new(LOCKS).join(format!("{name}.lock.txt"));
    let folder = folder().join(name);
    let programs = folder.join("bin");
    once(&lock, &folder, || {
        let mut command = Command::new("python3");
        command.args(["-m", "venv", "--clear"]).arg(&folder);
        succeed(&mut command, "python3 cannot make a virtual environment; it needs Python 3 with venv")?;
        let mut command = Command::new(programs.join("python"));
        command.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
        ]);
        succeed(command.arg(&lock), &format!("pip cannot install what {} names", lock.display()))
    })?;
    Ok(programs)
}

/// Installs if the lock file has changed since. An incomplete folder has no copy of the lock file.
fn once(lock: &Path, folder: &Path, install: impl FnOnce() -> Result<()>) -> Result<()> {
    let wanted = fs::read(lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let note = folder.join("installed-from");
    if fs::read(&note).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    install()?;
    fs::write(&note, wanted).with_context(|| format!("cannot write {}", note.display()))
}

/// Runs a command to its end; its failure is an error with this message.
pub(crate) fn succeed(command: &mut Command, otherwise: &str) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {:?}", command.get_program()))?;
    if !status.success() {
        bail!("{otherwise}");
    }
    Ok(())
}

/// The folder for tools.
pub(crate) fn folder() -> PathBuf {
    target_folder().join("tools")
}

/// The target folder.
pub(crate) fn target_folder() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

/// The cargo that runs this task.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
