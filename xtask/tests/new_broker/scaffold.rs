//! What is written, for names of all kinds.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

use crate::copy::{Copy, told};

/// The files that name every broker. Whoever makes this list longer makes a new broker harder.
const CHANGED: [&str; 8] = [
    "Cargo.lock",
    "Cargo.toml",
    "crates/broker-session/Cargo.toml",
    "crates/broker-session/src/lib.rs",
    "crates/sandbox/src/lib.rs",
    "fuzz/Cargo.lock",
    "tests/Cargo.toml",
    "tests/src/brokers.rs",
];

/// Whether the lines of `old` are in `new`, in their order; the list of default features is one line, and gets longer.
fn only_adds(old: &[u8], new: &[u8]) -> bool {
    let mut new = new.split(|byte| *byte == b'\n');
    let mut old = old.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"default = ["));
    old.all(|line| new.any(|other| other == line))
}

fn scaffolds(arguments: &[&str]) {
    let copy = Copy::temporary();
    let before = copy.snapshot();
    let output = copy.xtask(["new-broker"].iter().chain(arguments));
    assert_eq!(told(&output).0, Some(0), "{}", told(&output).1);
    let said = String::from_utf8(output.stdout).unwrap();

    let after = copy.snapshot();
    let mut changed = BTreeSet::new();
    for (path, was) in &before {
        let is = after.get(path).expect("nothing is removed");
        if let (Some(was), Some(is)) = (was, is)
            && was != is
        {
            changed.insert(path.clone());
            assert!(only_adds(was, is), "{} lost a line", path.display());
        }
    }
    assert_eq!(changed, CHANGED.map(PathBuf::from).into());
    for (path, _) in after.iter().filter(|(path, is)| is.is_some() && !before.contains_key(*path)) {
        assert!(said.contains(&format!("wrote   {}\n", path.display())), "{} is not told", path.display());
    }

    let lint = copy.xtask(["lint"]);
    assert_eq!(told(&lint).0, Some(0), "{}", told(&lint).1);
    let spec = format!("openapi/{}-session.yaml is fine.", arguments.first().unwrap());
    assert!(String::from_utf8_lossy(&lint.stdout).contains(&spec));
    assert!(is_formatted(&copy.root), "rustfmt would change what was written");
}

fn is_formatted(root: &Path) -> bool {
    let mut fmt = Command::new(env!("CARGO"));
    fmt.args(["fmt", "--all", "--check"]).current_dir(root).status().unwrap().success()
}

#[test]
fn a_broker_of_a_short_name_is_linted_formatted_and_told_file_by_file() {
    scaffolds(&["acme"]);
}

#[test]
fn so_is_one_of_a_long_name_with_words_below_a_path() {
    scaffolds(&["zz-long-name-of-24-chars", "--base-url", "https://api.zz.example/trade/v1/"]);
}

#[test]
fn so_is_one_whose_title_has_signs_in_it() {
    scaffolds(&["a1", "--title", "O'Neill & Sons Ltd."]);
}
