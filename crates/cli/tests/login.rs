//! `login kotak`, seen by a script.

mod common;

use std::time::{Duration, Instant};

use broker_session_sandbox::{
    Fault,
    kotak::{Account, Envelope, Operation, Sandbox},
};
use common::{DeadPort, Program, finish, sandbox};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const LOGIN: &[&str] = &["login", "kotak"];
const FAST: &[&str] = &["login", "kotak", "--timeout", "20"];

#[tokio::test(flavor = "multi_thread")]
async fn the_object_on_success_names_broker_user_and_base_url() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    let (status, object) = program.json(LOGIN).await;
    assert_eq!(status, 0, "{object}");
    assert_eq!(object["broker"], "kotak");
    assert_eq!(object["user"], "S4MPL3");
    assert_eq!(object["base_url"], sandbox.base_url());
    assert_eq!(object["factor"], "access-code");
    assert_eq!(object["stored"], program.store().to_str().unwrap());
    let time = object["login_time"].as_str().unwrap();
    assert!(time.ends_with('Z') && time.contains('T'), "{time}");
    assert_eq!(sandbox.live_sessions("S4MPL3"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_factor_and_every_envelope_signs_in() {
    for envelope in [Envelope::Observed, Envelope::Upper, Envelope::Lower, Envelope::Flat] {
        let sandbox = Sandbox::builder().envelope(envelope).start().await.unwrap();
        let account = sandbox.account().clone();
        let program = Program::with_code(&sandbox)
            .env("KOTAK_MPIN", &account.mpin.unwrap())
            .env("KOTAK_BIOMETRIC", &account.biometric.unwrap());
        for factor in ["access-code", "one-time-token", "mpin", "biometric"] {
            let (status, object) = program.json(&["login", "kotak", "--factor", factor]).await;
            assert_eq!(status, 0, "{factor}: {object}");
            assert_eq!(object["factor"], factor);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_named_factor_the_one_whose_secret_is_given_is_used() {
    let sandbox = sandbox().await;
    let program = Program::at(&sandbox).env("KOTAK_MPIN", &sandbox.account().mpin.clone().unwrap());
    let (status, object) = program.json(LOGIN).await;
    assert_eq!((status, &object["factor"]), (0, &json!("mpin")));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_the_steps_on_stderr_and_the_result_on_stdout() {
    let sandbox = sandbox().await;
    let run = Program::with_code(&sandbox).run(LOGIN).await;
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.starts_with("Signed in to Kotak as S4MPL3"), "{}", run.stdout);
    let steps: Vec<&str> = run.stderr.lines().map(|line| line.split(" at ").next().unwrap()).collect();
    assert_eq!(
        steps,
        [
            "Starting the session",
            "Checking the password",
            "Giving the second factor (access-code)",
            "Storing the session..."
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_access_token_one_is_got_with_the_consumer_secret() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox).without("KOTAK_ACCESS_TOKEN");
    let (status, object) = program.json(LOGIN).await;
    assert_eq!(status, 0, "{object}");
    assert_eq!(sandbox.call_count(Operation::Token), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nickname_signs_in_and_the_user_id_is_reported() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    let (status, object) = program.json(&["login", "kotak", "--nickname", "sample-nickname"]).await;
    assert_eq!(status, 0, "{object}");
    assert_eq!(object["user"], "S4MPL3");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_may_send_the_sign_in_to_its_second_base() {
    let sandbox = Sandbox::builder().redirect_to_second_base().start().await.unwrap();
    let program = Program::with_code(&sandbox);
    let (status, object) = program.json(LOGIN).await;
    assert_eq!(status, 0, "{object}");
    assert_eq!(object["base_url"], sandbox.second_base_url());
    // The base URL in the environment is still the first one.
    let (status, object) = program.json(&["logout", "kotak"]).await;
    assert_eq!(status, 0, "{object}");
    assert_eq!(sandbox.live_sessions("S4MPL3"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_redirect_ends_the_sign_in_before_the_password() {
    for host in
        ["https://evil.example/apim", "http://tradeapi.kotaksecurities.com.evil.example", "//evil.example"]
    {
        let sandbox = Sandbox::builder().redirect_to(host).start().await.unwrap();
        let (status, error) = Program::with_code(&sandbox).failure(LOGIN).await;
        assert_eq!((status, &error["kind"]), (20, &json!("host_not_allowed")), "{host}");
        assert_eq!(error["operation"], "session_init");
        assert_eq!(sandbox.call_count(Operation::SessionLoginUserid), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_apology_keeps_its_status() {
    let sandbox = sandbox().await;
    let page = Fault::html_page("503".parse().unwrap());
    sandbox.inject_always(Operation::SessionLoginUserid, page);
    let (status, error) = Program::with_code(&sandbox).failure(LOGIN).await;
    assert_eq!((status, &error["kind"], &error["status"]), (17, &json!("unavailable"), &json!(503)));
    assert_eq!(error["operation"], "session_login_userid");
    assert_eq!(sandbox.call_count(Operation::SessionLoginUserid), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_time_is_over_the_program_ends_and_names_the_operation() {
    for (fault, operation) in [
        (Fault::slow_body(), Operation::SessionInit),
        (Fault::hang(), Operation::SessionLoginUserid),
        (Fault::slow_body(), Operation::Session2faAccesscodePost),
    ] {
        let sandbox = sandbox().await;
        sandbox.inject_always(operation, fault);
        let started = Instant::now();
        let (status, error) =
            Program::with_code(&sandbox).failure(&["login", "kotak", "--timeout", "2"]).await;
        assert!(started.elapsed() < Duration::from_secs(15));
        assert_eq!((status, &error["kind"]), (18, &json!("timeout")));
        assert_eq!(error["operation"], operation.id());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_sent_once() {
    let sandbox = sandbox().await;
    let program = Program::at(&sandbox).env("KOTAK_ACCESS_CODE", "0000");
    let (status, error) = program.failure(LOGIN).await;
    assert_eq!((status, &error["kind"]), (11, &json!("second_factor")));
    assert_eq!(error["operation"], "session_2fa_accesscode_post");
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 1);
    assert_eq!(sandbox.bad_tries("S4MPL3"), 1);
    assert!(!program.store().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_sent_once() {
    let sandbox = sandbox().await;
    let program =
        Program::with_code(&sandbox).without("KOTAK_PASSWORD").env("KOTAK_PASSWORD", "wrong-password");
    let (status, error) = program.failure(LOGIN).await;
    assert_eq!((status, &error["kind"]), (10, &json!("credentials")));
    assert_eq!(sandbox.call_count(Operation::SessionLoginUserid), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_account_is_told_in_the_brokers_words() {
    let sandbox = sandbox().await;
    sandbox.lock("S4MPL3");
    let (status, error) = Program::with_code(&sandbox).failure(LOGIN).await;
    assert_eq!((status, &error["kind"]), (12, &json!("locked")));
    assert_eq!((&error["status"], &error["code"]), (&json!(403), &json!("70009")));
    assert!(error["message"].as_str().unwrap().contains("User locked"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_has_its_kind_and_exit_status() {
    let status_of = |status: &str| Fault::status(status.parse().unwrap());
    for (fault, exit, kind) in [
        (status_of("401"), 10, "credentials"),
        (status_of("424"), 14, "login_required"),
        (status_of("429"), 16, "rate_limited"),
        (status_of("500"), 17, "unavailable"),
        (Fault::cut_body(), 19, "protocol"),
        (Fault::empty("200".parse().unwrap()), 19, "protocol"),
        (Fault::reset(), 17, "unavailable"),
        (Fault::in_success(), 15, "refused"),
    ] {
        let sandbox = sandbox().await;
        sandbox.inject_always(Operation::SessionLoginUserid, fault);
        let (status, error) = Program::with_code(&sandbox).failure(FAST).await;
        assert_eq!((status, &error["kind"]), (exit, &json!(kind)), "{error}");
        assert_eq!(sandbox.call_count(Operation::SessionLoginUserid), 1, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_not_there_is_unavailable() {
    let dead = DeadPort::new();
    let url = dead.url("/apim");
    let sandbox = sandbox().await;
    let (status, error) = Program::with_code(&sandbox).failure(&[FAST, &["--base-url", &url]].concat()).await;
    assert_eq!((status, &error["kind"], &error["status"]), (17, &json!("unavailable"), &json!(null)));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_base_url_is_tried_if_nobody_listens_at_the_first() {
    let dead = DeadPort::new();
    let sandbox = sandbox().await;
    let arguments = ["--base-url", &dead.url("/apim"), "--base-url", sandbox.base_url()];
    let (status, object) = Program::with_code(&sandbox).json(&[LOGIN, &arguments].concat()).await;
    assert_eq!((status, &object["base_url"]), (0, &json!(sandbox.base_url())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_speaks_no_http_is_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/apim", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut buffer = [0; 1024];
            let _ = socket.read(&mut buffer).await;
            let _ = socket.write_all(b"\x00\x01 this is no HTTP \x1b[2J\r\n\r\n").await;
        }
    });
    let program = Program::with_code(&sandbox().await);
    let (status, error) = program.failure(&[FAST, &["--base-url", &url]].concat()).await;
    assert!(status == 17 || status == 19, "{error}");
    assert!(!error["message"].as_str().unwrap().contains('\u{1b}'));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_a_code_that_is_asked_for_must_be_given() {
    let sandbox = sandbox().await;
    let arguments = ["login", "kotak", "--request-code"];
    let (status, error) = Program::at(&sandbox).failure(&arguments).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")));
    assert!(sandbox.calls().is_empty());
    // The broker sends the same code all day, so the one that is given is still good.
    let (status, object) = Program::with_code(&sandbox).json(&arguments).await;
    assert_eq!(status, 0, "{object}");
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodeGet), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_cannot_be_stored_is_ended_again() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    // Between the check and the storing somebody puts another file there.
    sandbox
        .inject(Operation::Session2faAccesscodePost, Fault::slow_body_for(Duration::from_secs(1)).applied());
    let child = program.start(&["login", "kotak", "--json"]);
    while sandbox.call_count(Operation::Session2faAccesscodePost) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    program.file("store.json", "somebody else's");
    let run = finish(child).await;
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.object()["error"]["message"].as_str().unwrap().contains("signed out again"));
    assert_eq!(sandbox.live_sessions("S4MPL3"), 0);
    assert_eq!(std::fs::read_to_string(program.store()).unwrap(), "somebody else's");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_the_program_with_130() {
    let sandbox = sandbox().await;
    sandbox.inject(Operation::SessionLoginUserid, Fault::hang());
    let child = Program::with_code(&sandbox).start(&["login", "kotak", "--json"]);
    while sandbox.call_count(Operation::SessionLoginUserid) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let id = child.id().unwrap().to_string();
    let kill = std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(kill.success());
    let run = finish(child).await;
    assert_eq!(run.status, 130);
    assert_eq!(run.object()["error"]["kind"], "interrupted");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_nowhere_to_be_seen_even_in_the_most_detailed_log() {
    let sandbox = sandbox().await;
    let account: &Account = sandbox.account();
    let program = Program::with_code(&sandbox).env("RUST_LOG", "trace");
    let mut seen = String::new();
    for arguments in [
        &["login", "kotak", "-vv"] as &[&str],
        &["login", "kotak"],
        &["session", "show", "--json"],
        &["logout", "kotak"],
        &["login", "kotak", "--help"],
        &["login", "kotak", "--no-such-flag"],
    ] {
        let token = std::fs::read_to_string(program.store()).unwrap_or_default();
        let token = serde_json::from_str(&token).unwrap_or(json!(null));
        let token = token["sessions"][0]["session_token"].as_str().map(str::to_owned);
        let run = program.run(arguments).await;
        seen.push_str(&run.stdout);
        seen.push_str(&run.stderr);
        if let Some(token) = token {
            assert!(!seen.contains(&token));
        }
    }
    assert!(seen.contains("session_login_userid"), "the log was on");
    for secret in common::secrets(account) {
        assert!(!seen.contains(&secret), "{secret}");
    }
}
