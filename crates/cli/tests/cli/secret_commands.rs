//! Secrets that a command prints, like that of a password manager.

use std::{fs, path::Path, time::Duration};

use broker_session_sandbox::{kotak, neo};
use serde_json::json;

use crate::{
    common::{Program, at_kotak, each, finish, signal, start},
    terminal::Terminal,
};

const LOGIN: &str = "login kotak";

/// A secret that must not be seen.
const CANARY: &str = "CANARY-of-a-command";

/// A program that can sign in to Kotak but for the password.
async fn without_password() -> (kotak::Sandbox, Program) {
    let (sandbox, program) = at_kotak().await;
    (sandbox, program.without(&["KOTAK_PASSWORD"]))
}

/// A command that writes the number of its process, and then does not end.
fn hanging(program: &Program) -> (String, String) {
    let number = program.home.path().join("number");
    let script = format!("sleep 600 & echo $! > {0}.new; mv {0}.new {0}; wait", number.display());
    let command = format!("sh {}", program.file("hang.sh", &script));
    (command, number.to_str().unwrap().to_owned())
}

/// Waits until the hanging command has started. Returns the number of its process.
async fn started(number: &str) -> String {
    while !Path::new(number).exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    fs::read_to_string(number).unwrap().trim().to_owned()
}

/// Waits until a process is gone, or only waits for its parent.
async fn ended(number: &str) {
    let is_running = || {
        let stat = fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while is_running() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.expect("what the command has started still runs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_or_the_profile_can_name_the_command_of_a_secret() {
    let (sandbox, program) = without_password().await;
    program.env("KOTAK_PASSWORD_COMMAND", "printf '%s\\n' sandbox-password").ok(LOGIN).await;

    let program = Program::new();
    let text = format!(
        "[profiles.default.kotak]\nuserid = \"S4MPL3\"\nbase_url = \"{}\"\n\
         consumer_key_command = \"echo sandbox-consumer-key\"\n\
         access_token_command = \"echo sandbox-access-token\"\n\
         password_command = \"echo sandbox-password\"\n\
         mpin_command = \"echo 730264\"\n",
        sandbox.base_url()
    );
    let config = program.file("config.toml", &text);
    let object = program.ok(&format!("{LOGIN} --config {config}")).await;
    assert_eq!(object["factor"], "mpin");
    // The environment goes before the profile.
    let program = program.env("KOTAK_PASSWORD_COMMAND", "echo wrong");
    program.fails(&format!("{LOGIN} --renew --config {config}"), 10, "credentials").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_several_lines_come_from_commands() {
    let program = Program::new().env("IBKR_OAUTH_SIGNATURE_KEY_COMMAND", "printf 'one\\ntwo\\n'");
    let run = program.run("doctor ibkr --timeout 2").await;
    assert!(
        run.stdout.contains("comes from the command of IBKR_OAUTH_SIGNATURE_KEY_COMMAND"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("line breaks"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_has_its_key_from_a_command() {
    let (_sandbox, program) = at_kotak().await;
    let key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    let program = program.env("BROKER_SESSION_STORE_KEY_COMMAND", &format!("echo {key}"));
    program.ok(LOGIN).await;
    assert!(program.sessions().is_empty(), "what is stored is encrypted");
    let program = program.without(&["BROKER_SESSION_STORE_KEY_COMMAND"]).env("BROKER_SESSION_STORE_KEY", key);
    assert_eq!(program.ok("session list").await["sessions"][0]["broker"], "kotak");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_settings_of_a_secret_in_one_place_are_refused() {
    let (sandbox, program) = without_password().await;
    let program = program.env("KOTAK_PASSWORD_COMMAND", "echo sandbox-password");
    for (other, value) in [("KOTAK_PASSWORD", "sandbox-password"), ("KOTAK_PASSWORD_FILE", "/nowhere")] {
        let both = Program::of(&sandbox).without(&["KOTAK_PASSWORD"]).env(other, value);
        let message = both.env("KOTAK_PASSWORD_COMMAND", "echo x").refuses(LOGIN).await;
        assert!(message.contains(&format!("both {other} and KOTAK_PASSWORD_COMMAND")), "{message}");
    }
    let text = "[profiles.default.kotak]\npassword_file = \"x\"\npassword_command = \"echo x\"\n";
    let config = program.file("config.toml", text);
    let program = program.env("BROKER_SESSION_CONFIG", &config);
    let message = Program::of(&sandbox)
        .without(&["KOTAK_PASSWORD"])
        .env("BROKER_SESSION_CONFIG", &config)
        .refuses(LOGIN)
        .await;
    assert!(message.contains("both `password_file` and `password_command`"), "{message}");
    assert!(sandbox.calls().is_empty());
    program.ok(LOGIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_command_is_refused_without_a_word_of_its_output() {
    let (sandbox, _) = at_kotak().await;
    let base_url = sandbox.base_url().to_owned();
    let cases = [
        (
            "sh -c 'echo CANARY-of-a-command; echo CANARY-of-a-command >&2; exit 7' CANARY-of-a-command",
            "exit status: 7",
        ),
        ("sh -c 'printf CANARY-of-a-command\\\\nsecond'", "line breaks"),
        ("head -c 10000000 /dev/zero", "too long for a secret"),
        (
            "no-such-program CANARY-of-a-command",
            "`no-such-program` of KOTAK_PASSWORD_COMMAND cannot be started",
        ),
        ("sh -c 'kill -9 $$'", "SIGKILL"),
        ("sleep 600", "took longer than 1 s"),
    ];
    each(cases, |(command, expected)| {
        let base_url = base_url.clone();
        async move {
            let program = Program::new().envs([
                ("KOTAK_BASE_URL", base_url.as_str()),
                ("KOTAK_USERID", "S4MPL3"),
                ("KOTAK_CONSUMER_KEY", "sandbox-consumer-key"),
                ("KOTAK_ACCESS_TOKEN", "sandbox-access-token"),
                ("KOTAK_MPIN", "730264"),
                ("KOTAK_PASSWORD_COMMAND", command),
            ]);
            let limit = if command == "sleep 600" { "--timeout 1" } else { "" };
            for verbosity in ["", "-vv", "--json"] {
                let run = program.run(&format!("{LOGIN} {verbosity} {limit}")).await;
                assert_eq!(run.status, 2, "{command}: {}", run.stderr);
                let printed = format!("{}{}", run.stdout, run.stderr);
                assert!(
                    printed.contains(expected) && printed.contains("KOTAK_PASSWORD_COMMAND"),
                    "{printed}"
                );
                assert!(!printed.contains(CANARY), "{printed}");
            }
        }
    })
    .await;
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_hangs_ends_with_all_that_it_has_started() {
    let (_sandbox, program) = without_password().await;
    let (command, number) = hanging(&program);
    let program = program.env("KOTAK_PASSWORD_COMMAND", &command);
    let message = program.refuses(&format!("{LOGIN} --timeout 2")).await;
    assert!(message.contains("took longer than 2 s"), "{message}");
    ended(&started(&number).await).await;
    fs::remove_file(&number).unwrap();
    let child = program.start(LOGIN);
    let number = started(&number).await;
    signal(&child, "TERM");
    assert_eq!(finish(child).await.status, 130);
    ended(&number).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_leaves_behind_is_not_waited_for() {
    let (_sandbox, program) = without_password().await;
    let number = program.home.path().join("number");
    let script = format!("echo sandbox-password; sleep 600 & echo $! > {}", number.display());
    let script = program.file("agent.sh", &script);
    let program = program.env("KOTAK_PASSWORD_COMMAND", &format!("sh {script}"));
    program.ok(&format!("{LOGIN} --timeout 20")).await;
    let number = fs::read_to_string(number).unwrap();
    assert!(std::process::Command::new("kill").arg(number.trim()).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn control_c_ends_a_command_at_a_terminal() {
    let (sandbox, program) = without_password().await;
    let (command, number) = hanging(&program);
    let program = program.env("KOTAK_PASSWORD_COMMAND", &command);
    let mut terminal = Terminal::start(&program, LOGIN);
    let number = started(&number).await;
    terminal.interrupts();
    let (status, rest) = terminal.end();
    assert_eq!(status, 130, "{rest}");
    ended(&number).await;
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_can_ask_a_person_at_a_terminal() {
    let (_sandbox, program) = without_password().await;
    let script = "printf 'Master password: ' >&2; read -r typed; echo \"$typed-password\"";
    let script = program.file("ask.sh", script);
    let program = program.env("KOTAK_PASSWORD_COMMAND", &format!("sh {script}"));
    let mut terminal = Terminal::start(&program, LOGIN);
    terminal.replies("Master password: ", "sandbox");
    let (status, rest) = terminal.end();
    assert_eq!(status, 0, "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_gets_no_secret_and_no_input_of_the_program() {
    let (_sandbox, program) = without_password().await;
    let script = "cat; env | grep -q '^KOTAK_\\|^BROKER_SESSION_STORE_' && env >&2 || echo sandbox-password";
    let script = program.file("look.sh", script);
    let program = program
        .without(&["BROKER_SESSION_STORE"])
        .env("BROKER_SESSION_STORE_PASSWORD", "made-up")
        .env("KOTAK_PASSWORD_COMMAND", &format!("env -u KOTAK_BASE_URL -u KOTAK_USERID sh {script}"));
    program.ok(&format!("{LOGIN} --store {}", program.store().display())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_run_does_not_get_the_command() {
    let (_sandbox, program) = without_password().await;
    let program = program.env("KOTAK_PASSWORD_COMMAND", "echo sandbox-password");
    let run = program.run("exec kotak -- env").await;
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("BROKER_SESSION_BASE_URL"), "{}", run.stdout);
    assert!(!run.stdout.contains("KOTAK_PASSWORD"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_is_run_once_for_a_run_of_the_program() {
    let (_sandbox, mut program) = start(neo::Sandbox::builder()).await;
    let log = program.home.path().join("log");
    let secrets = ["NEO_ACCESS_TOKEN", "NEO_MOBILE", "NEO_TOTP_SECRET", "NEO_MPIN"];
    let neo::Account { access_token, mobile, totp_secret, mpin, .. } = neo::Account::default();
    for (name, value) in secrets.into_iter().zip([access_token, mobile, totp_secret, mpin]) {
        let script = format!("echo {name} >> {}; echo '{value}'", log.display());
        let script = program.file(&format!("{name}.sh"), &script);
        program = program.without(&[name]).env(&format!("{name}_COMMAND"), &format!("sh {script}"));
    }
    for command in ["login neo", "doctor neo", "doctor neo --sign-in"] {
        let run = program.run(command).await;
        assert!(run.status == 0 || command.starts_with("doctor"), "{}", run.stdout);
        let mut runs: Vec<String> = fs::read_to_string(&log).unwrap().lines().map(str::to_owned).collect();
        runs.sort();
        assert_eq!(
            json!(runs),
            json!(["NEO_ACCESS_TOKEN", "NEO_MOBILE", "NEO_MPIN", "NEO_TOTP_SECRET"]),
            "{command}"
        );
        fs::remove_file(&log).unwrap();
    }
}
