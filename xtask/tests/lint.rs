//! `cargo xtask lint`, `check` and `generate` in a workspace of its own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

/// A workspace with one spec and its crate, and another crate of a client.
fn workspace() -> TempDir {
    let folder = TempDir::new().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/codegen/tests/fixtures/good.yaml");
    for (path, text) in [
        ("openapi/good.yaml", fs::read_to_string(fixture).unwrap().as_str()),
        ("crates/good-api/Cargo.toml", "[package]\nname = \"good-api\"\n"),
        ("crates/good-api/src/generated.rs", "// Stale."),
        ("crates/other/Cargo.toml", "[package]\nname = \"other-session-api\"\n"),
        ("crates/other/src/generated.rs", "// No generator wrote this."),
        ("xtask/.keep", ""),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The exit status, and all that is printed.
fn run(folder: &Path, task: &str) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg(task).env("CARGO_MANIFEST_DIR", folder.join("xtask"));
    let Output { status, stdout, stderr } = command.current_dir(folder).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

#[test]
fn a_deleted_spec_is_reported() {
    for task in ["lint", "check", "generate"] {
        let folder = workspace();
        let (status, text) = run(folder.path(), task);
        assert_eq!(status, 1, "{task}: {text}");
        for words in
            ["openapi/other-session.yaml does not exist", "git checkout HEAD -- ", "delete crates/other"]
        {
            assert!(text.contains(words), "{task}: `{words}` is not in:\n{text}");
        }
        assert!(text.contains("good"), "{task} does not go on with the others: {text}");
    }
}

#[test]
fn a_package_that_is_no_generated_client_needs_no_spec() {
    let folder = workspace();
    fs::remove_file(folder.path().join("crates/other/src/generated.rs")).unwrap();
    let (status, text) = run(folder.path(), "lint");
    assert_eq!(status, 0, "{text}");
}
