//! The README says how many crates each package brings in. That number grows unseen, so it is counted here.
#![allow(clippy::unwrap_used, reason = "these functions are parts of tests")]

use std::{collections::BTreeSet, fs, path::Path, process::Command};

/// The rows of the README's table: how they end, and what `cargo tree` is asked for.
const ROWS: [(&str, &[&str]); 6] = [
    ("`broker-session`, all brokers", &["broker-session"]),
    ("`broker-session`, `neo` alone", &["broker-session", "--no-default-features", "--features", "neo"]),
    ("`broker-session`, `kotak` alone", &["broker-session", "--no-default-features", "--features", "kotak"]),
    ("`broker-session`, `ibkr` alone", &["broker-session", "--no-default-features", "--features", "ibkr"]),
    ("`kotak-neo-session-api`", &["kotak-neo-session-api"]),
    ("`broker-session-cli`, the program", &["broker-session-cli"]),
];

/// How many crates a package needs to run, itself included.
fn count(package: &[&str], root: &Path) -> usize {
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--target", "x86_64-unknown-linux-gnu", "--format", "{p}", "--package"])
        .args(package)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let crates = tree.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>());
    crates.filter(|name| !name.is_empty()).collect::<BTreeSet<_>>().len()
}

#[test]
fn the_readme_counts_the_crates_of_each_package_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    for (row, package) in ROWS {
        let expected = format!("| {} | {row} |", count(package, root));
        assert!(readme.lines().any(|line| line == expected), "README.md should say: {expected}");
    }
}
