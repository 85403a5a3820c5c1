//! What the README says of the program is true.
#![allow(clippy::unwrap_used, reason = "parts of tests")]

use std::process::Command;

/// `10  credentials: …` in the help, and `| `credentials` | 10 | … |` in the README.
#[test]
fn the_readmes_table_of_exit_statuses_is_the_one_of_the_help() {
    let output = Command::new(env!("CARGO_BIN_EXE_broker-session")).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let (_, listing) = help.split_once("Exit statuses").unwrap();
    let of_help = listing.lines().filter_map(|line| {
        let (status, rest) = line.trim().split_once("  ")?;
        let status: u8 = status.parse().ok()?;
        Some((status, rest.split_once(':').map_or("", |(kind, _)| kind).to_owned()))
    });
    let readme = include_str!("../../../README.md");
    let of_readme = readme.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, kind, status, ..] = cells.as_slice() else { return None };
        Some((status.parse().ok()?, kind.trim_matches('`').to_owned()))
    });
    let (of_help, of_readme): (Vec<_>, Vec<_>) = (of_help.collect(), of_readme.collect());
    assert!(of_help.len() > 12, "{help}");
    assert_eq!(of_readme, of_help);
}
