//! `exec`: what the program gets, what it must not get, and how it ends.

use std::{collections::BTreeMap, fs, os::unix::process::ExitStatusExt, time::Duration};

use broker_session::reqwest::{Client, StatusCode};
use broker_session_sandbox::{ibkr, neo};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
    time::timeout,
};

use crate::{
    common::{Program, Run, at_kotak, closed_gateway, finish, set_mode, signal, spawn, start},
    terminal::Terminal,
};

/// Longer than a signal may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Starts a script of the shell with a session.
fn script(program: &Program, broker: &str, script: &str) -> Child {
    let mut command = program.std_command(&format!("exec {broker} --"));
    command.args(["/bin/sh", "-c", script]);
    spawn(command)
}

/// The variables of a program with a session.
async fn variables(program: &Program, broker: &str) -> BTreeMap<String, String> {
    let run = program.run(&format!("exec {broker} -- /usr/bin/env")).await;
    assert_eq!(run.status, 0, "{}", run.stderr);
    let pairs = run.stdout.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_has_the_session_and_no_secret_of_a_sign_in() {
    let (sandbox, program) = start(neo::Sandbox::builder()).await;
    let path = program.file("made-up", "made-up-key-secret");
    let others = [
        ("KOTAK_PASSWORD_FILE", path.as_str()),
        ("KOTAK_MPIN", "made-up-mpin"),
        ("IBKR_OAUTH_ACCESS_TOKEN_SECRET", "made-up-oauth-secret"),
        ("IBKR_OAUTH_SIGNATURE_KEY_FILE", &path),
        ("IBKR_COOKIE", "made-up=cookie"),
        ("BROKER_SESSION_PROXY_PASSWORD", "made-up-proxy"),
        ("BROKER_SESSION_STORE_PASSWORD", "made-up-redis"),
        ("BROKER_SESSION_HEADER_COOKIE", "made-up-of-another"),
        ("OWN", "kept"),
    ];
    let key = broker_session::store::EncryptionKey::random().unwrap().to_base64();
    let program = program.envs(others).env("BROKER_SESSION_STORE_KEY", key.expose());
    let variables = variables(&program, "neo").await;
    let object = program.ok("token neo").await;
    for (name, field) in [
        ("BROKER_SESSION_BROKER", "broker"),
        ("BROKER_SESSION_USER", "user"),
        ("BROKER_SESSION_BASE_URL", "base_url"),
        ("BROKER_SESSION_EXPIRES_AT", "expires_at"),
    ] {
        assert_eq!(object[field], json!(variables[name]), "{name}");
    }
    let headers: Value = serde_json::from_str(&variables["BROKER_SESSION_HEADERS"]).unwrap();
    assert_eq!(headers, object["headers"]);
    for (name, value) in headers.as_object().unwrap() {
        let name = format!("BROKER_SESSION_HEADER_{}", name.to_uppercase().replace('-', "_"));
        assert_eq!(value, &json!(variables[&name]), "{name}");
    }
    let sent = variables.iter().filter_map(|(name, value)| {
        Some((name.strip_prefix("BROKER_SESSION_HEADER_")?.replace('_', "-"), value))
    });
    let request = sent
        .fold(Client::new().get(sandbox.orders_url()), |request, (name, value)| request.header(name, value));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);

    assert_eq!((&*variables["OWN"], &*variables["NEO_UCC"]), ("kept", "S4MPL"));
    let hidden =
        ["NEO_MPIN", "NEO_TOTP_SECRET", "NEO_MOBILE", "NEO_ACCESS_TOKEN", "BROKER_SESSION_STORE_KEY"];
    for name in others.iter().map(|(name, _)| *name).chain(hidden).filter(|name| *name != "OWN") {
        assert!(!variables.contains_key(name), "{name}");
    }
    let account = sandbox.account();
    for secret in [&account.mpin, &account.totp_secret, &account.mobile, key.expose()] {
        assert!(!variables.values().any(|value| value == secret));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_behind_the_dashes_are_the_programs() {
    let (_sandbox, program) = at_kotak().await;
    let run = program.run("exec kotak -- /bin/echo --json --nickname x -- -v --proxy").await;
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (0, "--json --nickname x -- -v --proxy\n"),
        "{}",
        run.stderr
    );
    let run = program.run("exec kotak /bin/echo").await;
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    let run = program.run("exec kotak --no-such-flag -- /bin/echo --json").await;
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "the failure is for people");
    let run = program.run("exec kotak --").await;
    assert_eq!(run.status, 2, "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_status_is_the_programs() {
    let (_neo, neo) = start(neo::Sandbox::builder()).await;
    let (_gateway, ibkr) = start(closed_gateway()).await;
    for (program, broker) in [(&neo, "neo"), (&ibkr, "ibkr")] {
        for status in [0, 7, 255] {
            let run = finish(script(program, broker, &format!("echo out; exit {status}"))).await;
            assert_eq!((run.status, run.stdout.as_str()), (status, "out\n"), "{broker}: {}", run.stderr);
        }
        let run = program.run(&format!("exec {broker} --json -- no-such-program")).await;
        assert_eq!(run.status, 127, "{}", run.stdout);
        let error = &run.object()["error"];
        assert!(
            error["message"].as_str().unwrap().contains("`no-such-program` cannot be started"),
            "{error}"
        );
        let file = program.file("no-program", "");
        let run = program.run(&format!("exec {broker} -- {file}")).await;
        assert_eq!(run.status, 126, "{}", run.stderr);
        set_mode(&file, 0o700);
        fs::write(&file, "#!/bin/sh\nexit 3\n").unwrap();
        assert_eq!(program.run(&format!("exec {broker} -- {file}")).await.status, 3);
    }
}

/// Waits for the first line, sends a signal, and waits for the end.
async fn after_signal(mut child: Child, name: &str) -> (std::process::ExitStatus, Vec<String>) {
    let ended = async {
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next_line().await.unwrap().unwrap(), "ready");
        signal(&child, name);
        let mut printed = Vec::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            printed.push(line);
        }
        (child.wait().await.unwrap(), printed)
    };
    timeout(PATIENCE, ended).await.expect("the signal does not reach the program")
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_reach_the_program() {
    let (_neo, neo) = start(neo::Sandbox::builder()).await;
    let (_gateway, ibkr) = start(closed_gateway()).await;
    for (program, broker) in [(&neo, "neo"), (&ibkr, "ibkr")] {
        for name in ["INT", "TERM", "HUP"] {
            let waits =
                format!("trap 'echo {name}; exit 9' {name}; echo ready; while :; do sleep 0.02; done");
            let (status, printed) = after_signal(script(program, broker, &waits), name).await;
            assert_eq!((status.code(), printed), (Some(9), vec![name.to_owned()]), "{broker}");
        }
    }
    // A program that a signal ends: in place of this one, or beside it.
    let waits = "echo ready; exec sleep 30";
    let (status, _) = after_signal(script(&neo, "neo", waits), "TERM").await;
    assert_eq!(status.signal(), Some(15));
    let (status, _) = after_signal(script(&ibkr, "ibkr", waits), "TERM").await;
    assert_eq!(status.code(), Some(128 + 15));
}

#[tokio::test(flavor = "multi_thread")]
async fn control_c_reaches_the_program_once() {
    let (_gateway, program) = start(closed_gateway()).await;
    let text = "trap 'echo caught' INT\ntrap 'echo end; exit 5' TERM\necho $PPID >$HOME/id\necho ready\nwhile :; do sleep 0.02; done\n";
    let file = program.file("script", text);
    // With `setsid` the terminal does not send it to the program; then nobody else does.
    for (words, is_caught) in [("/bin/sh", true), ("setsid /bin/sh", false)] {
        let mut terminal = Terminal::start(&program, &format!("exec ibkr -- {words} {file}"));
        terminal.shows("ready");
        terminal.interrupts();
        if is_caught {
            terminal.shows("caught");
        }
        let id = fs::read_to_string(program.home.path().join("id")).unwrap();
        assert!(std::process::Command::new("kill").arg(id.trim()).status().unwrap().success());
        let (status, rest) = terminal.end();
        assert!(status == 5 && rest.contains("end") && !rest.contains("caught"), "{words}: {rest}");
    }
}

/// A program that runs until it is ended, and its variables.
async fn running(program: &Program, words: &str) -> (Child, BTreeMap<String, String>) {
    let mut child = script(program, words, "env; echo ready; while :; do sleep 0.02; done");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut variables = BTreeMap::new();
    while let Some(line) = lines.next_line().await.unwrap().filter(|line| line != "ready") {
        let (name, value) = line.split_once('=').unwrap();
        variables.insert(name.to_owned(), value.to_owned());
    }
    (child, variables)
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_the_proxy_the_program_has_no_secret_of_the_session() {
    let (neo, program) = start(neo::Sandbox::builder()).await;
    program.ok("login neo").await;
    let (hosted, oauth) = start(ibkr::Sandbox::builder().oauth()).await;
    for (program, broker, path, direct) in [
        (&program, "neo", "quick/user/orders", neo.orders_url()),
        (&oauth, "ibkr", "iserver/accounts", format!("{}/iserver/accounts", hosted.base_url())),
    ] {
        let (mut child, variables) = running(program, &format!("{broker} --proxy")).await;
        let (url, token) = (&variables["BROKER_SESSION_PROXY_URL"], &variables["BROKER_SESSION_PROXY_TOKEN"]);
        assert_eq!(variables["BROKER_SESSION_BASE_URL"], format!("{url}/{broker}"));
        assert_eq!(variables["BROKER_SESSION_HEADER_AUTHORIZATION"], format!("Bearer {token}"));
        let headers: Value = serde_json::from_str(&variables["BROKER_SESSION_HEADERS"]).unwrap();
        assert_eq!(headers, json!({ "Authorization": format!("Bearer {token}") }));
        for secret in program.sessions()[0]["session"]["secrets"].as_object().unwrap().values() {
            assert!(!variables.values().any(|value| value == secret.as_str().unwrap()));
        }
        let client = Client::builder().user_agent("made-up").build().unwrap();
        let get = async |url: &str, token: &str| client.get(url).bearer_auth(token).send().await;
        let through = format!("{}/{path}", variables["BROKER_SESSION_BASE_URL"]);
        assert_eq!(get(&through, token).await.unwrap().status(), StatusCode::OK, "{broker}");
        assert_eq!(get(&through, "made-up").await.unwrap().status(), StatusCode::UNAUTHORIZED);
        assert_ne!(get(&direct, token).await.unwrap().status(), StatusCode::OK);
        signal(&child, "TERM");
        assert_eq!(child.wait().await.unwrap().code(), Some(128 + 15));
        assert!(get(&through, token).await.unwrap_err().is_connect(), "the proxy ends with the program");
    }
}

/// A run of a program that leaves a file behind.
async fn leaves_file(program: &Program, options: &str) -> (Run, bool) {
    let file = program.home.path().join("ran");
    let run = program.run(&format!("exec {options} -- /usr/bin/touch {}", file.display())).await;
    (run, file.exists())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_the_program_does_not_run() {
    let (sandbox, _) = start(neo::Sandbox::builder()).await;
    let without_code = Program::of(&sandbox).without(&["NEO_TOTP_SECRET"]);
    let (run, ran) = leaves_file(&without_code, "neo").await;
    assert_eq!((run.status, ran), (14, false), "{}", run.stderr);
    assert!(run.stderr.contains("broker-session login neo"), "{}", run.stderr);
    let (gateway, signed_out) = start(closed_gateway().signed_out()).await;
    let (run, ran) = leaves_file(&signed_out, "ibkr").await;
    assert_eq!((run.status, ran), (14, false), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("{}/", gateway.root_url())), "{}", run.stderr);
    let hosted = Program::of(&ibkr::Sandbox::builder().oauth().start().await.unwrap());
    let (run, ran) = leaves_file(&hosted, "ibkr").await;
    assert_eq!((run.status, ran), (2, false), "{}", run.stderr);
    let (run, ran) = leaves_file(&Program::of(&sandbox), "neo").await;
    assert_eq!((run.status, ran), (0, true), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_sign_in_runs_nothing() {
    let (sandbox, program) = at_kotak().await;
    sandbox
        .inject(broker_session_sandbox::kotak::Operation::SessionInit, broker_session_sandbox::Fault::hang());
    let child = program.start("exec kotak -- /bin/echo ran");
    crate::common::called(&sandbox, broker_session_sandbox::kotak::Operation::SessionInit).await;
    signal(&child, "INT");
    let run = finish(child).await;
    assert_eq!((run.status, run.stdout.as_str()), (130, ""), "{}", run.stderr);
}
