//! `cargo xtask diff` in a workspace of its own with a history of its own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

const SPEC: &str = "openapi/good.yaml";
const MANIFEST: &str = "crates/good-api/Cargo.toml";

/// A workspace with one spec and its crate, and one commit.
struct Workspace(TempDir);

impl Workspace {
    fn new() -> Workspace {
        let workspace = Workspace(TempDir::new().unwrap());
        let fixture =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/codegen/tests/fixtures/small.yaml");
        workspace.write(SPEC, &fs::read_to_string(fixture).unwrap());
        workspace.write("Cargo.toml", "[workspace.package]\nversion = \"0.1.0\"\n");
        workspace.write(MANIFEST, "[package]\nname = \"good-api\"\nversion.workspace = true\n");
        workspace.write("xtask/.keep", "");
        workspace.git(&["init", "--quiet"]);
        workspace.commit();
        workspace
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.0.path().join(path)).unwrap();
        assert!(text.contains(from), "{path} has no `{from}`");
        self.write(path, &text.replacen(from, to, 1));
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=nobody", "-c", "user.email=nobody@example.com"]).args(arguments);
        let output = command.current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "A state"]);
    }

    /// The exit status, and all that is printed.
    fn diff(&self, revision: &str) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["diff", "--base", revision]).env("CARGO_MANIFEST_DIR", self.0.path().join("xtask"));
        // A repository around the temporary folder, and one that is being committed to, are none of it.
        command.env("GIT_CEILING_DIRECTORIES", self.0.path().parent().unwrap()).env_remove("GIT_DIR");
        let Output { status, stdout, stderr } = command.current_dir(self.0.path()).output().unwrap();
        (status.code().unwrap(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
    }

    #[track_caller]
    fn expect(&self, revision: &str, status: i32, words: &[&str]) {
        let (found, text) = self.diff(revision);
        assert_eq!(found, status, "{text}");
        for word in words {
            assert!(text.contains(word), "`{word}` is not in:\n{text}");
        }
    }
}

#[test]
fn nothing_and_comments_need_nothing() {
    let workspace = Workspace::new();
    workspace.expect("HEAD", 0, &["no change since HEAD"]);
    workspace.edit(SPEC, "openapi: 3.0.3", "# A comment.\nopenapi: 3.0.3");
    workspace.expect("HEAD", 0, &["only comments or layout"]);
}

#[test]
fn words_need_no_raise() {
    let workspace = Workspace::new();
    workspace.edit(SPEC, "title: Example", "title: An example");
    workspace.expect(
        "HEAD",
        0,
        &["documentation: document › info › title", "openapi/good.yaml:3:3", "Fine: the crate"],
    );
}

#[test]
fn a_breaking_change_needs_a_raise_of_both_versions_until_they_are_raised() {
    let workspace = Workspace::new();
    workspace.edit(SPEC, "  /login:", "  /sign-in:");
    workspace.edit(SPEC, "operationId: login", "operationId: sign_in");
    workspace.commit();
    workspace.edit(SPEC, "required: [userid]", "required: [userid, password]");
    let raise = [
        "`password` is now required.",
        "Raise the crate `good-api` to 0.2.0",
        "Raise `info.version` of openapi/good.yaml",
    ];
    workspace.expect("HEAD", 4, &raise);
    workspace.expect("HEAD~1", 4, &["The operation is gone", "operation `login`", " at HEAD~1"]);
    workspace.edit("Cargo.toml", "0.1.0", "0.1.1");
    workspace.edit(SPEC, "version: \"1.0\"", "version: \"2.0\"");
    workspace.expect("HEAD", 4, &["Raise the crate `good-api` to 0.2.0", "went from 0.1.0 to 0.1.1"]);
    workspace.edit("Cargo.toml", "0.1.1", "0.2.0");
    workspace.expect("HEAD", 0, &["Fine: the crate `good-api` went from 0.1.0 to 0.2.0"]);
}

#[test]
fn a_crate_may_have_a_version_of_its_own() {
    let workspace = Workspace::new();
    workspace.edit(MANIFEST, "version.workspace = true", "version = \"3.1.0\"");
    workspace.commit();
    workspace.edit(SPEC, "{requests: 1, seconds: 60}", "{requests: 1, seconds: 90}");
    let words = [
        "Raise the crate `good-api` to 4.0.0",
        "The public API of the generated code is the same.",
        "What breaks in Rust is behaviour",
    ];
    workspace.expect("HEAD", 4, &words);
    workspace.edit(MANIFEST, "3.1.0", "4.0.0");
    workspace.edit(SPEC, "version: \"1.0\"", "version: \"2.0\"");
    workspace.expect("HEAD", 0, &["Fine: the crate `good-api` went from 3.1.0 to 4.0.0"]);
}

#[test]
fn the_public_api_of_the_generated_code_is_shown() {
    let workspace = Workspace::new();
    workspace.edit(SPEC, "operationId: login", "operationId: sign_in");
    workspace.expect(
        "HEAD",
        4,
        &[
            "The public API of the generated code:",
            "breaking: Client::login: It is gone",
            "additive: Client::sign_in",
        ],
    );
}

#[test]
fn specs_may_come_and_go() {
    let workspace = Workspace::new();
    workspace.git(&["mv", SPEC, "openapi/better.yaml"]);
    workspace.edit(MANIFEST, "good-api", "better-api");
    let words = [
        "openapi/better.yaml: new since HEAD",
        "openapi/good.yaml: gone since HEAD",
        "Raise the workspace to 0.2.0",
    ];
    workspace.expect("HEAD", 4, &words);
}

#[test]
fn a_spec_that_breaks_a_rule_has_a_verdict_only_if_the_code_cannot_make_it_worse() {
    let workspace = Workspace::new();
    workspace.edit(SPEC, "      x-evidence: documented\n", "");
    let words =
        ["`x-evidence` is gone", "error[evidence]", "the least that has to be done", "Fine: the crate"];
    workspace.expect("HEAD", 1, &words);
    workspace.edit(SPEC, "      x-retry: safe\n", "");
    let words = ["`x-retry` is gone", "error[retry]", "could not make the verdict worse", "Raise the crate"];
    workspace.expect("HEAD", 4, &words);
}

#[test]
fn a_base_that_breaks_a_rule_is_compared_by_the_code_that_was_checked_in() {
    const WITH: &str = "      deprecated: true\n      x-evidence: documented\n";
    const WITHOUT: &str = "      deprecated: true\n";
    let workspace = Workspace::new();
    workspace.edit(SPEC, WITH, WITHOUT);
    workspace.commit();
    workspace.edit(SPEC, WITHOUT, WITH);
    workspace.expect("HEAD", 1, &["error[evidence]", "good.yaml at HEAD"]);
    workspace.write("crates/good-api/src/generated.rs", "pub struct Old;");
    workspace.edit(SPEC, WITH, WITHOUT);
    workspace.commit();
    workspace.edit(SPEC, WITHOUT, WITH);
    workspace.expect(
        "HEAD",
        4,
        &["the code that was checked in then is compared", "breaking: Old: It is gone"],
    );
}

#[test]
fn what_cannot_be_compared_says_why_and_what_to_do() {
    let workspace = Workspace::new();
    workspace.expect("nonsense", 1, &["git knows no commit `nonsense`", "git fetch"]);
    workspace.edit(SPEC, "paths:", "path:");
    workspace.commit();
    workspace.edit(SPEC, "path:", "paths:");
    workspace.expect(
        "HEAD",
        1,
        &["good.yaml at HEAD", "lacks its member `paths`", "take a revision at which it can be read"],
    );
    fs::remove_dir_all(workspace.0.path().join(".git")).unwrap();
    workspace.expect("HEAD", 1, &["not in a git repository", "run this in a clone"]);
}
