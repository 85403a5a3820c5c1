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

/// `| `trust` | | Remembers … |` in the README, where `trust` knows ibkr and not kotak.
#[test]
fn the_readmes_table_of_commands_says_which_broker_has_which() {
    let knows = |command: &str, broker: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_broker-session"));
        program.args([command, broker, "--help"]).output().unwrap().status.success()
    };
    let readme = include_str!("../../../README.md");
    let (_, table) = readme.split_once("| command | kotak | ibkr |").unwrap();
    let rows = table.lines().skip(2).map_while(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, command, kotak, ibkr, _] = cells.as_slice() else { return None };
        Some((command.trim_matches('`'), !kotak.is_empty(), !ibkr.is_empty()))
    });
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), 6);
    for (command, kotak, ibkr) in rows {
        assert_eq!((knows(command, "kotak"), knows(command, "ibkr")), (kotak, ibkr), "{command}");
    }
}
