//! What people see: tables that fit, and colours where they are wanted.

use broker_session_sandbox::{kotak, neo};
use serde_json::Value;

use crate::{
    common::{Program, at_kotak, start},
    terminal::Terminal,
};

/// What begins a colour.
const ESCAPE: &str = "\u{1b}[";

/// A program with a session at each broker that stores one.
async fn with_sessions() -> (kotak::Sandbox, neo::Sandbox, Program) {
    let (kotak, program) = at_kotak().await;
    program.ok("login kotak").await;
    let (neo, other) = start(neo::Sandbox::builder()).await;
    other.ok(&format!("login neo --store {}", program.store().display())).await;
    (kotak, neo, program)
}

/// At a terminal that knows colours.
fn at_terminal(program: &Program, columns: u16, command: &str) -> (i32, String) {
    let mut shell = std::process::Command::new("/bin/sh");
    let direct = program.std_command(command);
    shell
        .args(["-c", &format!("stty cols {columns}; exec \"$@\""), "sh"])
        .arg(direct.get_program())
        .args(direct.get_args());
    shell.env_clear().env("PATH", "/usr/bin:/bin").env("TERM", "xterm");
    shell.envs(direct.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let (status, bytes) = Terminal::of(shell).end();
    // Each byte is a character of its own there.
    let bytes = bytes.chars().map(|c| u8::try_from(c).unwrap()).collect();
    (status, String::from_utf8(bytes).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_in_the_form_that_is_asked_for() {
    let (kotak, _neo, program) = with_sessions().await;
    let json = program.run("session list --json").await.stdout;
    for command in ["session list --output json", "session --output=json list"] {
        assert_eq!(program.run(command).await.stdout, json);
    }
    let table = program.run("session list --output table").await;
    let lines: Vec<&str> = table.stdout.lines().collect();
    assert!(lines[0].starts_with("BROKER  USER    PROFILE  STATE  ENDS"), "{}", table.stdout);
    assert!(lines[1].starts_with("kotak   S4MPL3  default  alive"), "{}", table.stdout);
    assert_eq!(lines.len(), 3);
    assert!(lines[1].ends_with(kotak.base_url()), "nothing is cut: {}", table.stdout);
    assert!(!table.stdout.contains(ESCAPE));
    assert!(Program::new().run("session list --output table").await.stdout.contains("There is no session"));
    let run = program.run("session list --json --output table").await;
    assert_eq!(run.status, 2, "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_an_object_where_json_is_asked_for() {
    for command in [
        "login nobody --output json",
        "login nobody --output=json",
        "logout kotak --output json --userid A --nickname B",
    ] {
        let run = Program::new().run(command).await;
        let object: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(
            (object["error"]["kind"].as_str(), run.stderr.as_str()),
            (Some("config"), ""),
            "{command}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_as_wide_as_the_terminal() {
    let (_kotak, _neo, program) = with_sessions().await;
    let width = |line: &str| line.chars().count();
    let (_, narrow) = at_terminal(&program.env("NO_COLOR", "1"), 60, "session list --output table");
    assert!(narrow.contains('…'), "{narrow}");
    assert!(narrow.lines().all(|line| width(line) <= 60), "{narrow}");
    assert!(narrow.lines().any(|line| width(line) == 60), "{narrow}");
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_are_for_terminals_whose_user_wants_them() {
    let program = || Program::new();
    for (command, plain, coloured) in [
        ("logout neo", "error:", "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m"),
        ("session list --help", "Usage:", "\u{1b}[1m\u{1b}[4mUsage:\u{1b}[0m"),
    ] {
        let (_, seen) = at_terminal(&program(), 200, command);
        assert!(seen.contains(coloured), "{seen:?}");
        let (_, seen) = at_terminal(&program().env("NO_COLOR", ""), 200, command);
        assert!(seen.contains(coloured), "{seen:?}");
        for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
            let (_, seen) = at_terminal(&program().env(name, value), 200, command);
            assert!(seen.contains(plain) && !seen.contains(ESCAPE), "{name}: {seen:?}");
        }
        let run = program().run(command).await;
        assert!(!format!("{}{}", run.stdout, run.stderr).contains(ESCAPE));
        let run = program().env("CLICOLOR_FORCE", "1").run(command).await;
        assert!(format!("{}{}", run.stdout, run.stderr).contains(coloured), "{}", run.stderr);
    }
    let run = program().env("CLICOLOR_FORCE", "1").run("logout neo --json").await;
    assert!(!run.stdout.contains(ESCAPE), "{}", run.stdout);
}
