//! The README of the program is true.

use std::process::Command;

#[cfg(unix)]
use {
    crate::common::{finish, set_mode, spawn, start},
    broker_session_sandbox::neo,
    std::{fs, path::Path},
};

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
    let readme = include_str!("../../README.md");
    let of_readme = readme.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, kind, status, ..] = cells.as_slice() else { return None };
        Some((status.parse().ok()?, kind.trim_matches('`').to_owned()))
    });
    let (of_help, of_readme): (Vec<_>, Vec<_>) = (of_help.collect(), of_readme.collect());
    assert!(of_help.len() > 12, "{help}");
    assert_eq!(of_readme, of_help);
}

/// `| `trust` | | Remembers … | |` in the README, where `trust` knows the broker of the second column alone.
#[test]
fn the_readmes_table_of_commands_says_which_broker_has_which() {
    let help = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_broker-session")).args(arguments).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    };
    let cells = |line: &str| -> Option<Vec<String>> {
        let cells = line.strip_prefix('|')?.strip_suffix('|')?.split('|');
        Some(cells.map(|cell| cell.trim().trim_matches('`').to_owned()).collect())
    };
    let readme = include_str!("../../README.md");
    let mut table = readme.lines().skip_while(|line| !line.starts_with("| command |")).map_while(cells);
    let brokers = table.next().unwrap().split_off(1);
    let mut rows = 0;
    for row in table.skip(1) {
        rows += 1;
        for (broker, cell) in brokers.iter().zip(row.iter().skip(1)) {
            let knows = help(&[&row[0], broker, "--help"]).is_some();
            assert_eq!(knows, !cell.is_empty(), "{} {broker}", row[0]);
        }
    }
    assert_eq!(rows, 11);
    // A broker that the README forgets is none that the program knows.
    let listed = help(&["login", "--help"]).unwrap();
    let (_, listed) = listed.split_once("Commands:\n").unwrap();
    let listed = listed.lines().map_while(|line| line.split_whitespace().next());
    let listed: Vec<&str> = listed.filter(|name| *name != "help").collect();
    assert_eq!(listed, brokers);
}

/// The README lists every variable and every key of a profile that the help does.
#[test]
fn the_readme_lists_every_variable_and_key() {
    let readme = include_str!("../../README.md");
    let (_, table) = readme.split_once("| variable | key |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let help = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_broker-session")).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let mut variables = 0;
    for broker in ["kotak", "ibkr", "neo"] {
        let help = help(&["login", broker, "--help"]);
        let words = help.split(|c| !is_part(c));
        for name in words.filter(|word| word.starts_with(&broker.to_uppercase()) && word.contains('_')) {
            variables += 1;
            assert!(table.contains(&format!("`{name}`")), "{name}");
        }
    }
    assert!(variables > 30);
    let help = help(&["--help"]);
    let (_, keys) = help.split_once("run without a shell:").unwrap();
    let (keys, _) = keys.split_once("Exit statuses").unwrap();
    let keys = keys.split([',', ' ', '\n']).filter(|word| !word.is_empty() && !word.starts_with('['));
    for key in keys {
        // Each key with `_file` has one with `_command` beside it, which the README says in a sentence.
        if let Some(secret) = key.strip_suffix("_command") {
            assert!(table.contains(&format!("`{secret}_file`")), "{key}");
            continue;
        }
        let is_switch = ["allow_hosts", "allow_plain_http", "report_drift"].contains(&key);
        assert!(is_switch || table.contains(&format!("`{key}`")), "{key}");
    }
}

/// Each block of the shell in the page for operators does what it should, one after the other.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_operators_page_work() {
    let page = include_str!("../../../../docs/operator.md");
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    let script = format!("set -eu\n{}\n", blocks.collect::<Vec<_>>().join("\n"));
    let (sandbox, program) = start(neo::Sandbox::builder()).await;
    let account = sandbox.account();
    let settings = program.home.path().join(".config/broker-session");
    fs::create_dir_all(&settings).unwrap();
    for (name, secret) in [
        ("neo-access-token", &account.access_token),
        ("neo-mobile", &account.mobile),
        ("neo-totp-secret", &account.totp_secret),
    ] {
        program.file(&format!(".config/broker-session/{name}"), secret);
    }
    // The password manager of the page.
    let pass = program.home.path().join("pass");
    fs::write(&pass, format!("#!/bin/sh\n[ \"$*\" = \"show neo/mpin\" ] && echo {}\n", account.mpin))
        .unwrap();
    set_mode(&pass, 0o700);
    let folder = Path::new(env!("CARGO_BIN_EXE_broker-session")).parent().unwrap();
    let path = format!("{}:{}:/usr/bin:/bin", program.home.path().display(), folder.display());
    let program = program
        .without(&["NEO_ACCESS_TOKEN", "NEO_MOBILE", "NEO_MPIN", "NEO_TOTP_SECRET"])
        .env("PATH", &path);
    let mut bash = Command::new("bash");
    bash.args(["-c", &script])
        .env_clear()
        .envs(program.std_command("").get_envs().filter_map(|(name, value)| Some((name, value?))));
    let run = finish(spawn(bash)).await;
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    for part in ["mpin_command", "alive", "\"signed_in\":false"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    assert_eq!(sandbox.live_sessions(&account.ucc), 0);
}
