//! `login kotak`, seen by a script: settings, steps and failures.

use std::time::{Duration, Instant};

use broker_session_sandbox::{
    Fault,
    kotak::{Envelope, Operation, Sandbox},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::common::{DeadPort, Program, at_kotak, called, each, finish, message, start};

const LOGIN: &str = "login kotak";

#[tokio::test(flavor = "multi_thread")]
async fn the_object_names_broker_user_and_base_url() {
    let (sandbox, program) = at_kotak().await;
    let object = program.ok(LOGIN).await;
    let expected = json!({
        "broker": "kotak", "user": "S4MPL3", "base_url": sandbox.base_url(), "factor": "access-code",
        "stored": program.store(), "profile": "default", "expires_at": object["expires_at"], "signed_in": true,
        "login_time": object["login_time"],
    });
    assert_eq!(object, expected);
    let time = object["login_time"].as_str().unwrap();
    assert!(time.ends_with('Z') && time.contains('T'), "{time}");
    assert_eq!(sandbox.live_sessions("S4MPL3"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_factor_and_envelope_signs_in() {
    for envelope in [Envelope::Observed, Envelope::Upper, Envelope::Lower, Envelope::Flat] {
        let (sandbox, program) = start(Sandbox::builder().envelope(envelope)).await;
        let account = sandbox.account().clone();
        let program = program
            .env("KOTAK_MPIN", &account.mpin.unwrap())
            .env("KOTAK_BIOMETRIC", &account.biometric.unwrap());
        for factor in ["access-code", "one-time-token", "mpin", "biometric"] {
            assert_eq!(program.ok(&format!("{LOGIN} --renew --factor {factor}")).await["factor"], factor);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_factor_with_a_secret_is_the_default() {
    let (sandbox, _) = at_kotak().await;
    let program =
        Program::without_factor(&sandbox).env("KOTAK_MPIN", &sandbox.account().mpin.clone().unwrap());
    assert_eq!(program.ok(LOGIN).await["factor"], "mpin");
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_are_on_stderr_and_the_result_on_stdout() {
    let (_sandbox, program) = at_kotak().await;
    let run = program.run(LOGIN).await;
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
async fn the_consumer_secret_gets_an_access_token() {
    let (sandbox, program) = at_kotak().await;
    program.without(&["KOTAK_ACCESS_TOKEN"]).ok(LOGIN).await;
    assert_eq!(sandbox.call_count(Operation::Token), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nickname_signs_in_and_the_user_id_is_reported() {
    let (_sandbox, program) = at_kotak().await;
    assert_eq!(program.ok("login kotak --nickname sample-nickname").await["user"], "S4MPL3");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_may_redirect_to_its_second_base() {
    let (sandbox, program) = start(Sandbox::builder().redirect_to_second_base()).await;
    assert_eq!(program.ok(LOGIN).await["base_url"], sandbox.second_base_url());
    // The base URL in the environment is still the first one.
    program.ok("logout kotak").await;
    assert_eq!(sandbox.live_sessions("S4MPL3"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_redirect_ends_the_sign_in_before_the_password() {
    for host in
        ["https://evil.example/apim", "http://tradeapi.kotaksecurities.com.evil.example", "//evil.example"]
    {
        let (sandbox, program) = start(Sandbox::builder().redirect_to(host)).await;
        let error = program.fails(LOGIN, 20, "host_not_allowed").await;
        assert_eq!(error["operation"], "session_init", "{host}");
        assert_eq!(sandbox.call_count(Operation::SessionLoginUserid), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_has_its_kind_and_exit_status() {
    let status = |status: &str| Fault::status(status.parse().unwrap());
    for (fault, exit, kind) in [
        (status("401"), 10, "credentials"),
        (status("424"), 14, "login_required"),
        (status("429"), 16, "rate_limited"),
        (status("500"), 17, "unavailable"),
        (Fault::html_page("503".parse().unwrap()), 17, "unavailable"),
        (Fault::cut_body(), 19, "protocol"),
        (Fault::empty("200".parse().unwrap()), 19, "protocol"),
        (Fault::reset(), 17, "unavailable"),
        (Fault::in_success(), 15, "refused"),
    ] {
        let (sandbox, program) = at_kotak().await;
        sandbox.inject_always(Operation::SessionLoginUserid, fault);
        let error = program.fails("login kotak --timeout 20", exit, kind).await;
        assert_eq!(error["operation"], "session_login_userid");
        assert_eq!(sandbox.call_count(Operation::SessionLoginUserid), 1, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_page_keeps_its_status() {
    let (sandbox, program) = at_kotak().await;
    sandbox.inject_always(Operation::SessionLoginUserid, Fault::html_page("503".parse().unwrap()));
    assert_eq!(program.fails(LOGIN, 17, "unavailable").await["status"], 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeout_names_the_operation() {
    let cases = [
        (Fault::slow_body(), Operation::SessionInit),
        (Fault::hang(), Operation::SessionLoginUserid),
        (Fault::slow_body(), Operation::Session2faAccesscodePost),
    ];
    each(cases, |(fault, operation)| async move {
        let (sandbox, program) = at_kotak().await;
        sandbox.inject_always(operation, fault);
        let started = Instant::now();
        let error = program.fails("login kotak --timeout 4", 18, "timeout").await;
        assert!(started.elapsed() < Duration::from_secs(15));
        assert_eq!(error["operation"], operation.id());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_guess_is_sent_once() {
    for (variable, operation, exit, kind) in [
        ("KOTAK_ACCESS_CODE", Operation::Session2faAccesscodePost, 11, "second_factor"),
        ("KOTAK_PASSWORD", Operation::SessionLoginUserid, 10, "credentials"),
    ] {
        let (sandbox, program) = at_kotak().await;
        let program = program.env(variable, "0000");
        assert_eq!(program.fails(LOGIN, exit, kind).await["operation"], operation.id());
        assert_eq!(sandbox.call_count(operation), 1);
        assert_eq!(sandbox.bad_tries("S4MPL3"), 1);
        assert!(program.sessions().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_account_is_reported_in_the_brokers_words() {
    let (sandbox, program) = at_kotak().await;
    sandbox.lock("S4MPL3");
    let error = program.fails(LOGIN, 12, "locked").await;
    assert_eq!((&error["status"], &error["code"]), (&json!(403), &json!("70009")));
    assert!(message(&error).contains("User locked"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_not_there_is_unavailable() {
    let dead = DeadPort::new();
    let (sandbox, program) = at_kotak().await;
    let command = format!("login kotak --timeout 20 --base-url {}", dead.url("/apim"));
    assert_eq!(program.fails(&command, 17, "unavailable").await["status"], json!(null));
    assert!(sandbox.calls().is_empty());
    // The next base URL is tried.
    let command = format!("{command} --base-url {}", sandbox.base_url());
    assert_eq!(program.ok(&command).await["base_url"], sandbox.base_url());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_speak_http_is_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/apim", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut buffer = [0; 1024];
            let _ = socket.read(&mut buffer).await;
            let _ = socket.write_all(b"\x00\x01 this is no HTTP \x1b[2J\r\n\r\n").await;
        }
    });
    let (_sandbox, program) = at_kotak().await;
    let (status, object) = program.json(&format!("login kotak --timeout 20 --base-url {url}")).await;
    assert!(status == 17 || status == 19, "{object}");
    assert!(!message(&object["error"]).contains('\u{1b}'));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requested_code_must_be_given_without_a_terminal() {
    let (sandbox, program) = at_kotak().await;
    let command = "login kotak --request-code";
    Program::without_factor(&sandbox).refuses(command).await;
    assert!(sandbox.calls().is_empty());
    // The broker sends the same code all day, so the given one is still good.
    program.ok(command).await;
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodeGet), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_cannot_be_stored_is_ended_again() {
    let (sandbox, program) = at_kotak().await;
    // Between the check and the storing another program puts a file there.
    let operation = Operation::Session2faAccesscodePost;
    sandbox.inject(operation, Fault::slow_body_for(Duration::from_secs(1)).applied());
    let child = program.start("login kotak --json");
    called(&sandbox, operation).await;
    program.file("store.json", "another program's");
    let run = finish(child).await;
    assert_eq!(run.status, 21, "{}", run.stdout);
    assert!(message(&run.object()["error"]).contains("signed out again"));
    assert_eq!(sandbox.live_sessions("S4MPL3"), 0);
    assert_eq!(std::fs::read_to_string(program.store()).unwrap(), "another program's");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_the_program_with_130() {
    let (sandbox, program) = at_kotak().await;
    sandbox.inject(Operation::SessionLoginUserid, Fault::hang());
    let child = program.start("login kotak --json");
    called(&sandbox, Operation::SessionLoginUserid).await;
    crate::common::signal(&child, "INT");
    let run = finish(child).await;
    assert_eq!((run.status, &run.object()["error"]["kind"]), (130, &json!("interrupted")));
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_settings_are_named_before_anything_is_sent() {
    let (sandbox, _) = at_kotak().await;
    for missing in [
        &["KOTAK_USERID"] as &[&str],
        &["KOTAK_CONSUMER_KEY"],
        &["KOTAK_PASSWORD"],
        &["KOTAK_ACCESS_CODE"],
        &["KOTAK_ACCESS_TOKEN", "KOTAK_CONSUMER_SECRET"],
    ] {
        let message = Program::of(&sandbox).without(missing).refuses(LOGIN).await;
        assert!(message.contains(missing[0]), "{message}");
        // An empty variable counts as one that is not set.
        let empty = missing.iter().map(|name| (name, ""));
        assert_eq!(Program::of(&sandbox).envs(empty).refuses(LOGIN).await, message);
    }
    for (factor, variable) in
        [("access-code", "KOTAK_ACCESS_CODE"), ("mpin", "KOTAK_MPIN"), ("biometric", "KOTAK_BIOMETRIC")]
    {
        let message = Program::without_factor(&sandbox).refuses(&format!("{LOGIN} --factor {factor}")).await;
        assert!(message.contains(variable), "{message}");
    }
    let message = Program::new().refuses(LOGIN).await;
    for name in
        ["KOTAK_USERID", "KOTAK_CONSUMER_KEY", "KOTAK_ACCESS_TOKEN", "KOTAK_PASSWORD", "KOTAK_ACCESS_CODE"]
    {
        assert!(message.contains(name), "{message}");
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_refused_before_anything_is_sent() {
    let (sandbox, program) = at_kotak().await;
    for flags in [
        "--factor guess",
        "--timeout 0",
        "--timeout soon",
        "--base-url ftp://127.0.0.1",
        "--base-url http://example.com/apim",
        "--base-url http//127.0.0.1:4503",
        "--base-url https:/tradeapi.kotaksecurities.com/apim",
        "--base-url=",
        "--oauth-base-url tradeapi.kotaksecurities.com",
        "--allow-host api.broker.example",
        "--allow-host //api.broker.example",
        "--proxy http:/127.0.0.1:3128",
        "--proxy 127.0.0.1:3128",
        "--proxy http://user:hunter2@127.0.0.1:1",
        "--proxy-user user",
        "--root-certificates /no/such/file",
        "--factor mpin --request-code",
        "--userid A --nickname B",
        "--config /no/such/file",
        "--profile no-such-profile",
        "--store http://127.0.0.1/store",
        "--store redis://user:hunter2@127.0.0.1",
    ] {
        let message = program.refuses(&format!("{LOGIN} {flags}")).await;
        assert!(!message.contains("hunter2"), "{message}");
    }
    program.refuses("login kotak --password hunter2").await;
    for (name, value) in [
        ("KOTAK_USERID", "made-up@broker.example"),
        ("KOTAK_USERID", "+919876500000"),
        ("KOTAK_CONSUMER_KEY", "\"made-up-key\""),
        ("KOTAK_ACCESS_TOKEN", "Bearer made-up-token"),
        ("KOTAK_ENVIRONMENT", "made-up-environment"),
        ("KOTAK_FACTOR", "made-up-factor"),
        // A line break slips in easily, and would make the password a wrong guess.
        ("KOTAK_PASSWORD", "sandbox-password\n"),
    ] {
        let message = Program::of(&sandbox).env(name, value).refuses(LOGIN).await;
        assert!(message.contains(name), "{message}");
        assert!(!message.contains("made-up") && !message.contains("sandbox-password"), "{message}");
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn exclusive_settings_are_refused_in_one_place_only() {
    let (sandbox, _) = at_kotak().await;
    let mpin = sandbox.account().mpin.clone().unwrap();
    for (name, value, named) in [
        ("KOTAK_NICKNAME", "sample", "both KOTAK_USERID and KOTAK_NICKNAME"),
        ("KOTAK_MPIN", mpin.as_str(), "both KOTAK_ACCESS_CODE and KOTAK_MPIN"),
    ] {
        let message = Program::of(&sandbox).env(name, value).refuses(LOGIN).await;
        assert!(message.contains(named), "{message}");
    }
    assert!(sandbox.calls().is_empty());
    // A place before another one decides.
    let program = Program::of(&sandbox).env("KOTAK_MPIN", &mpin).env("KOTAK_FACTOR", "mpin");
    assert_eq!(program.ok(LOGIN).await["factor"], "mpin");
    let program = Program::of(&sandbox).env("KOTAK_NICKNAME", "sample");
    assert_eq!(program.ok("login kotak --userid S4MPL3").await["user"], "S4MPL3");
    let program = Program::of(&sandbox);
    program.file("mpin", &mpin);
    let config =
        program.file("config.toml", "[profiles.default.kotak]\nmpin_file = \"mpin\"\nnickname = \"x\"\n");
    assert_eq!(program.ok(&format!("{LOGIN} --config {config}")).await["factor"], "access-code");
}
