//! Help, usage errors, `demo` and `sandbox kotak`.

mod common;

use common::{Program, finish, sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

#[tokio::test(flavor = "multi_thread")]
async fn the_help_of_every_command_is_fine_and_shows_no_value() {
    let program = Program::with_code(&sandbox().await);
    for arguments in [
        &["--help"] as &[&str],
        &["login", "--help"],
        &["login", "kotak", "--help"],
        &["logout", "kotak", "--help"],
        &["session", "show", "--help"],
        &["sandbox", "kotak", "--help"],
        &["demo", "--help"],
        &["login", "kotak", "-h"],
    ] {
        let run = program.run(arguments).await;
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(!run.stdout.contains("sandbox-"), "{}", run.stdout);
    }
    let help = program.run(&["--help"]).await.stdout;
    assert!(help.contains("10  credentials") && help.contains("130  interrupted"), "{help}");
    let version = program.run(&["--version"]).await.stdout;
    assert_eq!(version, format!("broker-session {}\n", env!("CARGO_PKG_VERSION")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_usage_error_is_an_object_too_if_a_script_asks_for_it() {
    let program = Program::new();
    for arguments in [&["login"] as &[&str], &["login", "nobody"], &["--no-such-flag"], &[]] {
        let (status, error) = program.failure(arguments).await;
        assert_eq!((status, &error["kind"]), (2, &json!("config")), "{arguments:?}");
        let run = program.run(arguments).await;
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        assert!(!run.stderr.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_needs_nothing_and_heeds_nothing() {
    let program = Program::new().env("KOTAK_BASE_URL", "https://nobody.example").env("KOTAK_USERID", "OTHER");
    let run = program.run(&["demo"]).await;
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    for part in ["Access code", "One-time token", "Mpin", "Biometric", "give a wrong code", "sign out"] {
        assert!(run.stdout.contains(part), "{part}");
    }
    let (status, object) = program.json(&["demo"]).await;
    assert_eq!((status, &object["user"]), (0, &json!("S4MPL3")));
    assert!(object["steps"].as_array().unwrap().len() > 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reading_any_more_is_no_panic() {
    let mut child = Program::new().start(&["demo"]);
    drop(child.stdout.take());
    let run = finish(child).await;
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_prints_what_a_client_needs_and_runs_until_it_is_told_to_stop() {
    let server = Program::new().env("KOTAK_MPIN", "not-to-be-printed");
    let mut child = server.start(&["sandbox", "kotak", "--port", "0", "--json"]);
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).await.unwrap();
    assert!(!line.contains("not-to-be-printed"));
    let announced: Value = serde_json::from_str(&line).unwrap();
    let variables = announced["environment"].as_object().unwrap();
    assert_eq!(variables["KOTAK_MPIN"], json!(null));

    let mut client = Program::new().env("KOTAK_MPIN", "not-to-be-printed");
    for (name, value) in variables {
        if let Some(value) = value.as_str() {
            client = client.env(name, value);
        }
    }
    for factor in ["mpin", "access-code"] {
        let (status, object) = client.json(&["login", "kotak", "--factor", factor]).await;
        assert_eq!((status, &object["base_url"]), (0, &announced["base_url"]), "{object}");
    }
    let id = child.id().unwrap().to_string();
    let kill = std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(kill.success());
    assert_eq!(finish(child).await.status, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_explained() {
    let sandbox = sandbox().await;
    let port = sandbox.root_url().rsplit(':').next().unwrap().to_owned();
    let (status, error) = Program::new().failure(&["sandbox", "kotak", "--port", &port]).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")));
    assert!(error["message"].as_str().unwrap().contains("choose another port"), "{error}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_can_be_planned_from_the_command_line() {
    let server = Program::new();
    let arguments = ["sandbox", "kotak", "--json", "--fault", "session_init=html-503"];
    let mut child = server.start(&arguments);
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).await.unwrap();
    let announced: Value = serde_json::from_str(&line).unwrap();
    let mut client = Program::new();
    for (name, value) in announced["environment"].as_object().unwrap() {
        client = client.env(name, value.as_str().unwrap());
    }
    let (status, error) = client.failure(&["login", "kotak", "--timeout", "10"]).await;
    assert_eq!((status, &error["status"]), (17, &json!(503)));
}
