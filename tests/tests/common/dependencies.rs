//! SECURITY.md states how many crates each package brings in. The number grows unseen, so it is counted here.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

/// The rows of its table: how they end, and what `cargo tree` is asked for.
const ROWS: [(&str, &[&str]); 6] = [
    ("`broker-session`, all brokers", &["broker-session"]),
    ("`broker-session`, `neo` alone", &["broker-session", "--no-default-features", "--features", "neo"]),
    ("`broker-session`, `kotak` alone", &["broker-session", "--no-default-features", "--features", "kotak"]),
    ("`broker-session`, `ibkr` alone", &["broker-session", "--no-default-features", "--features", "ibkr"]),
    ("`neo-session-api`", &["neo-session-api"]),
    ("`broker-session-cli`, the program as installed", &["broker-session-cli"]),
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
fn security_md_counts_the_crates_of_each_package() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    for (row, package) in ROWS {
        let expected = format!("| {} | {row} |", count(package, root));
        assert!(page.lines().any(|line| line == expected), "SECURITY.md should state: {expected}");
    }
}
