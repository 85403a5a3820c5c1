//! Variables from a file that is named.

use std::fs;

use broker_session_sandbox::kotak;

use crate::common::{Program, at_kotak, finish, set_mode, signal};

const LOGIN: &str = "login kotak";

/// A program without any variables, and a file with all that a sign-in to Kotak takes.
async fn with_file(more: &str) -> (kotak::Sandbox, Program, String) {
    let (sandbox, _) = at_kotak().await;
    let program = Program::new();
    let text = format!(
        "# For the sandbox\nexport KOTAK_USERID=S4MPL3\nKOTAK_BASE_URL = \"{}\"\nKOTAK_CONSUMER_KEY='sandbox-consumer-key' # the key\n\
         KOTAK_ACCESS_TOKEN=sandbox-access-token\nKOTAK_PASSWORD=sandbox-password\n\nKOTAK_MPIN=730264\n{more}",
        sandbox.base_url()
    );
    let path = program.file("kotak.env", &text);
    (sandbox, program, path)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_file_gives_variables() {
    let (_sandbox, program, path) = with_file("").await;
    assert_eq!(program.ok(&format!("{LOGIN} --env-file {path}")).await["user"], "S4MPL3");
    let run = program.run(&format!("doctor kotak --env-file {path}")).await;
    assert!(
        run.stdout.contains("KOTAK_MPIN: comes from the variable KOTAK_MPIN in the env file"),
        "{}",
        run.stdout
    );
    let program = program.env("BROKER_SESSION_ENV_FILE", &path);
    program.ok("logout kotak").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_is_read_unless_it_is_named() {
    let (sandbox, program, path) = with_file("").await;
    fs::rename(&path, program.home.path().join(".env")).unwrap();
    let mut command = program.std_command(LOGIN);
    command.current_dir(program.home.path());
    let run = finish(crate::common::spawn(command)).await;
    assert!(run.status == 2 && run.stderr.contains("not set: "), "{}", run.stderr);
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_set_goes_before_the_file() {
    let (sandbox, program, path) = with_file("KOTAK_IP=1.1.1.1\nKOTAK_APP_ID=of-file\n").await;
    let program = program.envs([("KOTAK_IP", "2.2.2.2"), ("KOTAK_APP_ID", "")]);
    program.ok(&format!("{LOGIN} --env-file {path}")).await;
    for call in sandbox.calls() {
        assert_eq!((call.header("ip"), call.header("appId")), (Some("2.2.2.2"), Some("of-file")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_secrets_that_others_can_read_is_refused() {
    let (sandbox, program, path) = with_file("").await;
    set_mode(&path, 0o644);
    let message = program.refuses(&format!("{LOGIN} --env-file {path}")).await;
    assert!(message.contains("mode 0644") && message.contains("chmod 600"), "{message}");
    assert!(sandbox.calls().is_empty());
    let path = program.file("no-secret.env", "KOTAK_USERID=S4MPL3\nKOTAK_PASSWORD=\n");
    set_mode(&path, 0o644);
    assert_eq!(
        program.ok(&format!("session list --env-file {path}")).await["sessions"].as_array().unwrap().len(),
        0
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_can_write_is_refused_also_without_secrets() {
    let program = Program::new();
    let path = program.file("open.env", "MADE_UP=1\n");
    for mode in [0o620, 0o602, 0o666] {
        set_mode(&path, mode);
        let message = program.refuses(&format!("session list --env-file {path}")).await;
        let expected = format!("can be written by others (mode {mode:04o})");
        assert!(message.contains(&expected) && message.contains("chmod go-w"), "{message}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_user_is_refused() {
    const NOBODY: u32 = 65534;
    let program = Program::new();
    let path = program.file("other", "");
    if std::os::unix::fs::chown(&path, Some(NOBODY), None).is_err() {
        eprintln!("skipped: only root can give files away");
        return;
    }
    for option in ["--env-file", "--config"] {
        let message = program.refuses(&format!("session list {option} {path}")).await;
        assert!(message.contains("belongs to another user (number 65534)"), "{message}");
        assert!(message.contains(&format!("run: chown 0 {path}")), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_chooses_the_code_that_a_program_loads() {
    let program = Program::new();
    for name in ["LD_PRELOAD", "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES"] {
        let path = program.file("loader.env", &format!("A=1\n{name}=CANARY\n"));
        let message = program.refuses(&format!("session list --env-file {path}")).await;
        assert!(message.contains(name) && !message.contains("CANARY"), "{message}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_never_ends_is_not_waited_for() {
    let program = Program::new();
    let pipe = program.pipe("pipe.env");
    for (path, expected) in [(pipe.as_str(), "it is a pipe"), ("/dev/zero", "it is a device")] {
        let message = program.refuses(&format!("session list --env-file {path}")).await;
        assert!(message.contains(expected) && message.contains(path), "{message}");
    }
    program.ok("session list --env-file /dev/null").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_whatever_the_environment_says() {
    let program = Program::new();
    let path = program.file("more.env", "NEO_UCC=S4MPL\n");
    for names in ["", "NEO_UCC", "1:NEO_UCC", ":NEO_UCC"] {
        let mut command = program.std_command(&format!("config check --json --env-file {path}"));
        command.env("BROKER_SESSION_ENV_FILE_NAMES", names);
        let run = finish(crate::common::spawn(command)).await;
        assert!(run.stdout.contains("the variable NEO_UCC in the env file"), "{names}: {}", run.stdout);
    }
    let program = program.envs([("BROKER_SESSION_ENV_FILE_NAMES", "NEO_UCC"), ("NEO_UCC", "S4MPL")]);
    let run = program.run("config check").await;
    assert!(run.stdout.contains("the variable NEO_UCC\n"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_file_is_refused_without_being_quoted() {
    let program = Program::new();
    let missing = program.home.path().join("missing.env").display().to_string();
    let message = program.refuses(&format!("session list --env-file {missing}")).await;
    assert!(message.contains(&missing), "{message}");
    let path = program.file("nul.env", "MADE_UP='CANARY\0'\n");
    let message = program.refuses(&format!("session list --env-file {path}")).await;
    assert!(
        message.contains("MADE_UP") && message.contains("NUL") && !message.contains("CANARY"),
        "{message}"
    );
    let path = program.file("dollar.env", "MADE_UP=CANARY$$w0rd\n");
    let message = program.refuses(&format!("session list --env-file {path}")).await;
    assert!(
        message.contains("MADE_UP='value'") && message.contains(&path) && !message.contains("CANARY"),
        "{message}"
    );
    for (text, line) in [("A=1\nCANARY\n", ":2:"), ("KOTAK_PASSWORD='CANARY\n", ":1:"), ("=CANARY\n", ":1:")]
    {
        let path = program.file("bad.env", text);
        let message = program.refuses(&format!("session list --env-file {path}")).await;
        assert!(message.starts_with(&format!("{path}{line}")) && !message.contains("CANARY"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_run_gets_nothing_of_the_file() {
    let (_sandbox, program, path) = with_file("MADE_UP_OTHER=CANARY\n").await;
    let program = program.env("MADE_UP_OWN", "own");
    let run = program
        .run(&format!("exec kotak --env-file {path} -- sh {}", program.file("look.sh", "env; exit 3")))
        .await;
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.stdout.contains("MADE_UP_OWN=own") && run.stdout.contains("BROKER_SESSION_USER=S4MPL3"));
    for hidden in ["CANARY", "KOTAK_", "ENV_FILE", "kotak.env"] {
        assert!(!run.stdout.contains(hidden), "{}", run.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_for_a_secret_gets_what_it_needs_of_the_file() {
    let (_sandbox, program, path) = with_file("MADE_UP_TOKEN=sandbox\n").await;
    let text = fs::read_to_string(&path).unwrap().replace("KOTAK_PASSWORD=sandbox-password", "");
    program.file("kotak.env", &text);
    let script = program.file("manager.sh", "env | grep -q KOTAK_ || echo \"$MADE_UP_TOKEN-password\"");
    let program =
        program.env("KOTAK_PASSWORD_COMMAND", &format!("env -u KOTAK_USERID -u KOTAK_BASE_URL sh {script}"));
    program.ok(&format!("{LOGIN} --env-file {path}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_reaches_the_program_that_has_read_a_file() {
    let (_sandbox, program, path) = with_file("").await;
    let started = program.home.path().join("started");
    let script = program.file("hang.sh", &format!("touch {}; sleep 600", started.display()));
    let program = program.env("KOTAK_CONSUMER_SECRET_COMMAND", &format!("sh {script}"));
    let child = program.start(&format!("{LOGIN} --env-file {path}"));
    while !started.exists() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    signal(&child, "INT");
    assert_eq!(finish(child).await.status, 130);
}
