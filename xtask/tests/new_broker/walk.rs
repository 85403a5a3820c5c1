//! A person's walk through CONTRIBUTING.md, in a copy of the workspace: the commands are those of its code blocks, so that
//! the document and what works cannot part.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::copy::{Copy, workspace};

/// The section of the walk.
const SECTION: &str = "A new broker in an hour";

/// The commands of the section, a line each.
fn commands() -> Vec<String> {
    let text = fs::read_to_string(workspace().join("CONTRIBUTING.md")).unwrap();
    let (mut heading, mut in_section, mut in_block) = (None, false, false);
    let mut commands = Vec::new();
    for event in Parser::new(&text) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(HeadingLevel::H2)) => {
                in_section = heading.take().as_deref() == Some(SECTION);
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => in_block = &*language == "sh",
            Event::End(TagEnd::CodeBlock) => in_block = false,
            Event::Text(text) => match &mut heading {
                Some(heading) => heading.push_str(&text),
                None if in_section && in_block => commands.extend(text.lines().map(str::to_owned)),
                None => {}
            },
            _ => {}
        }
    }
    commands
}

/// The copy, and where it is built: not where this test was, because to Cargo the packages of a copy are the same ones,
/// and it would take the one's for the other's. It stays there, so that only the first walk builds the crates of others.
struct Walk {
    copy: Copy,
    target: PathBuf,
}

impl Walk {
    fn start() -> Self {
        let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
        Self { copy: Copy::at(temporary.join("walk")), target: temporary.join("walk-target") }
    }

    fn run(&self, command: &str) -> Output {
        let mut shell = Command::new("bash");
        shell.args(["-euc", command]).current_dir(&self.copy.root);
        // What Cargo says of the package of this test is not true of the copy.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_"))
        {
            if !["CARGO_HOME", "CARGO_NET_OFFLINE"].iter().any(|kept| name == *kept) {
                shell.env_remove(name);
            }
        }
        shell.env("CARGO_TARGET_DIR", &self.target).env("CARGO_TERM_COLOR", "never").output().unwrap()
    }

    /// Runs a command that must succeed.
    fn succeed(&self, command: &str) {
        let output = self.run(command);
        println!("{command}: {}", output.status);
        assert!(output.status.success(), "`{command}` of CONTRIBUTING.md fails:\n{}", all(&output));
    }

    /// Runs a command that must end with this status and say this.
    fn fail(&self, command: &str, status: i32, words: &[&str]) {
        let output = self.run(command);
        println!("{command}: {}", output.status);
        assert_eq!(output.status.code(), Some(status), "`{command}`:\n{}", all(&output));
        for words in words {
            assert!(all(&output).contains(words), "`{command}` does not say `{words}`:\n{}", all(&output));
        }
    }

    /// Changes a file for as long as `then` takes.
    fn with(&self, file: &str, from: &str, to: &str, then: impl FnOnce()) {
        let path = self.copy.root.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        then();
        fs::write(&path, text).unwrap();
    }
}

fn all(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_walk_begins_with_the_scaffold_and_tests_it() {
    let commands = commands();
    let starts_with = |beginning: &str| commands.iter().any(|command| command.starts_with(beginning));
    assert!(commands.first().is_some_and(|first| first.starts_with("cargo xtask new-broker acme")));
    let steps = [
        "cargo test --package broker-session-sandbox",
        "cargo test --package contract-tests",
        "cargo xtask lint",
        "cargo xtask generate",
        "cargo xtask check",
        "cargo clippy",
        "cargo fmt",
    ];
    for step in steps {
        assert!(starts_with(step), "{step}");
    }
}

#[test]
#[ignore = "builds a copy of the workspace, which takes minutes"]
fn whoever_follows_the_document_has_a_broker_that_passes_its_tests_and_a_mistake_does_not() {
    let walk = Walk::start();
    for command in commands() {
        walk.succeed(&command);
    }

    let spec = "openapi/acme-session.yaml";
    // An example that is none: found before anything is generated, with its place.
    walk.with(spec, "value: { loginToken: made-up", "value: { loginTokn: made-up", || {
        walk.fail("cargo xtask lint", 1, &["example-invalid", "openapi/acme-session.yaml:"]);
    });
    // A spec that was changed and not generated from.
    walk.with(spec, "is wrong or was used before", "is wrong or spent", || {
        walk.fail("cargo xtask check", 4, &["crates/acme-api/src/generated.rs", "cargo xtask generate"]);
        walk.fail("cargo check --package acme-session-api", 101, &["cargo xtask generate"]);
    });
    // A sandbox that answers with what the spec does not know.
    let calls = "crates/sandbox/src/acme/calls.rs";
    walk.with(calls, r#""userId": live.user_id"#, r#""owner": live.user_id"#, || {
        walk.fail(
            "cargo test --package contract-tests --test acme",
            101,
            &["session_status", "not what the API describes"],
        );
    });
}
