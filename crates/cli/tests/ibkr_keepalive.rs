//! `keepalive ibkr`.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "parts of tests")]

mod common;

use std::time::Duration;

use broker_session_sandbox::{
    Fault,
    ibkr::{Builder, Operation, Sandbox},
};
use common::{DeadPort, Program, finish, signal};
use rexpect::{process::WaitStatus, session::spawn_command};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout},
    time::timeout,
};

const ONCE: &[&str] = &["keepalive", "ibkr", "--once"];

/// For one line of the program.
const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway that leaves the opening of the brokerage session to its clients.
fn closed() -> Builder {
    Sandbox::builder().opened_at_sign_in(false)
}

async fn start(builder: Builder) -> (Sandbox, Program) {
    let gateway = builder.start().await.unwrap();
    let program = Program::of_gateway(&gateway);
    (gateway, program)
}

/// A program that keeps a session alive, and the lines that it writes.
struct Keepalive {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Keepalive {
    fn start(program: &Program, arguments: &[&str]) -> Self {
        let mut child = program.start(&[&["keepalive", "ibkr"], arguments].concat());
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    async fn line(&mut self) -> String {
        let line = timeout(PATIENCE, self.lines.next_line()).await.expect("there is no line").unwrap();
        line.expect("the program has ended")
    }

    /// The objects up to a state, that one included.
    async fn until(&mut self, state: &str) -> Vec<Value> {
        let mut objects: Vec<Value> = Vec::new();
        while objects.last().is_none_or(|object| object["state"] != state) {
            objects.push(serde_json::from_str(&self.line().await).unwrap());
        }
        objects
    }

    /// Waits until it ends by itself, and gives back its exit status.
    async fn ended(self) -> i32 {
        finish(self.child).await.status
    }

    /// Ends it, and gives back its exit status and what it has written to stderr.
    async fn end(self, with: &str) -> (i32, String) {
        signal(&self.child, with);
        let run = finish(self.child).await;
        (run.status, run.stderr)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_round_ends_with_the_exit_status_of_the_state() {
    let gateways = || closed();
    for (builder, prepare, exit, state) in [
        (gateways(), None, 0, "ready"),
        (gateways(), Some(refuse_to_open as fn(&Sandbox)), 13, "soft_timeout"),
        (gateways().signed_out(), None, 14, "login_required"),
        (gateways(), Some(Sandbox::compete), 15, "competing"),
        (gateways(), Some(Sandbox::penalise), 16, "penalised"),
        (gateways(), Some(hang_up), 17, "offline"),
    ] {
        let (gateway, program) = start(builder).await;
        if let Some(prepare) = prepare {
            prepare(&gateway);
        }
        let (status, object) = program.json(ONCE).await;
        assert_eq!((status, &object["state"]), (exit, &json!(state)), "{object}");
        assert_eq!(object["broker"], "ibkr");
        assert_eq!(object.get("login_url").is_some(), state == "login_required");
        assert_eq!(object.get("until").is_some(), state == "penalised");
        assert_eq!(gateway.etiquette().inits_with_compete, 0);
    }
}

fn refuse_to_open(gateway: &Sandbox) {
    gateway.inject_always(Operation::IserverAuthSsodhInitPost, Fault::status("500".parse().unwrap()));
}

fn hang_up(gateway: &Sandbox) {
    for operation in Operation::ALL {
        gateway.inject_always(operation, Fault::reset());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_round_says_it_for_people_without_an_error_beside_it() {
    let (gateway, program) = start(closed().signed_out()).await;
    let run = program.run(ONCE).await;
    assert_eq!(run.status, 14);
    assert!(
        run.stdout.starts_with("login required: ") && run.stdout.contains(gateway.root_url()),
        "{}",
        run.stdout
    );
    assert!(!run.stderr.contains("error"), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_state_is_an_object_on_a_line() {
    let (gateway, program) = start(closed()).await;
    let mut keepalive = Keepalive::start(&program, &["--every", "1", "--json"]);
    let mut objects = keepalive.until("ready").await;
    assert_eq!(objects.first().unwrap()["state"], "connecting");
    gateway.compete();
    objects.extend(keepalive.until("competing").await);
    gateway.sign_out();
    objects.extend(keepalive.until("login_required").await);
    assert_eq!(objects.last().unwrap()["login_url"], format!("{}/", gateway.root_url()));
    let states: Vec<&Value> = objects.iter().map(|object| &object["state"]).collect();
    assert!(states.windows(2).all(|pair| pair.first() != pair.last()), "each line is a change: {states:?}");
    for object in &objects {
        for member in ["broker", "base_url", "reason", "time", "since"] {
            assert!(object[member].is_string(), "{member}: {object}");
        }
        for flag in ["authenticated", "connected", "established", "competing"] {
            assert!(object.get(flag).is_some(), "{flag}: {object}");
        }
    }
    assert_eq!(keepalive.end("TERM").await, (0, String::new()));
    assert!(gateway.call_count(Operation::TicklePost) >= 3);
    assert_eq!(gateway.call_count(Operation::LogoutPost), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_while_nobody_listens_and_when_somebody_does_again() {
    let dead = DeadPort::new();
    let port = dead.port;
    let program = Program::new().env("IBKR_BASE_URL", &dead.url("/v1/api"));
    let mut keepalive = Keepalive::start(&program, &["--every", "1", "--json"]);
    keepalive.until("offline").await;
    drop(dead);
    let _gateway = closed().port(port).start().await.unwrap();
    keepalive.until("ready").await;
    assert_eq!(keepalive.end("INT").await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_json_and_without_a_terminal_every_change_is_a_plain_line() {
    let (_gateway, program) = start(closed()).await;
    let mut keepalive = Keepalive::start(&program, &[]);
    let mut line = keepalive.line().await;
    assert!(line.contains("Z connecting: "), "{line}");
    while !line.contains("Z ready: ") {
        line = keepalive.line().await;
    }
    assert_eq!(keepalive.end("INT").await, (0, String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_signs_out_at_the_end_if_it_is_told_to() {
    let (gateway, program) = start(closed()).await;
    assert_eq!(program.json(&["login", "ibkr"]).await.0, 0);
    let mut keepalive = Keepalive::start(&program, &["--logout", "--json"]);
    keepalive.until("ready").await;
    assert_eq!(keepalive.end("TERM").await, (0, String::new()));
    assert!(!gateway.state().single_sign_on);
    assert_eq!(program.json(&["session", "show"]).await.1, json!({ "sessions": [] }));
    // That there is nothing left to end is no failure.
    let mut keepalive = Keepalive::start(&program, &["--logout", "--json"]);
    keepalive.until("login_required").await;
    assert_eq!(keepalive.end("TERM").await, (0, String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reading_any_more_ends_it_quietly() {
    let (gateway, program) = start(closed()).await;
    let mut keepalive = Keepalive::start(&program, &["--every", "1", "--json"]);
    keepalive.until("ready").await;
    let Keepalive { child, lines } = keepalive;
    drop(lines);
    gateway.compete();
    let run = finish(child).await;
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_elsewhere_is_thrown_out_only_if_that_is_allowed() {
    let (gateway, program) = start(closed()).await;
    gateway.compete();
    let (status, object) = program.json(&[ONCE, &["--compete"]].concat()).await;
    assert_eq!((status, &object["state"]), (0, &json!("ready")), "{object}");
    assert_eq!(gateway.etiquette().inits_with_compete, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_out_of_its_limits_is_refused() {
    for period in ["0", "0.5", "301", "often"] {
        let (status, error) = Program::new().failure(&["keepalive", "ibkr", "--every", period]).await;
        assert_eq!((status, &error["kind"]), (2, &json!("config")), "{period}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_changes_meanwhile_ends_it_at_once() {
    let (gateway, program) = start(closed().https()).await;
    let mut keepalive = Keepalive::start(&program, &["--every", "1", "--json"]);
    keepalive.until("ready").await;
    gateway.replace_certificate().unwrap();
    let objects = keepalive.until("certificate_changed").await;
    let reason = objects.last().unwrap()["reason"].as_str().unwrap();
    assert!(reason.contains("changed"), "{reason}");
    assert_eq!(keepalive.ended().await, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_terminal_one_line_says_how_it_is() {
    let (gateway, program) = start(closed()).await;
    let program = program.env("TERM", "xterm");
    let command = program.std_command(&["keepalive", "ibkr", "--every", "1"]);
    let milliseconds = PATIENCE.as_millis().try_into().unwrap();
    let mut session = spawn_command(command, Some(milliseconds)).unwrap();
    session.exp_string("ready: the session can be used").unwrap();
    gateway.compete();
    session.exp_string("competing: ").unwrap();
    session.send_control('c').unwrap();
    session.exp_eof().unwrap();
    assert!(matches!(session.process().wait(), Ok(WaitStatus::Exited(_, 0))));
}

#[tokio::test(flavor = "multi_thread")]
async fn openings_are_held_back_across_runs() {
    let (gateway, program) = start(closed().compete_always_needed()).await;
    for _ in 0..3 {
        let (status, object) = program.json(ONCE).await;
        assert_eq!(status, 15, "{object}");
        assert!(object["next_opening"].is_string(), "{object}");
    }
    assert_eq!(gateway.call_count(Operation::IserverAuthSsodhInitPost), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_at_once_open_once() {
    let (gateway, program) = start(closed().compete_always_needed()).await;
    let run = || program.json(ONCE);
    tokio::join!(run(), run(), run(), run());
    assert_eq!(gateway.call_count(Operation::IserverAuthSsodhInitPost), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_to_compete_is_used_in_the_first_round() {
    let (gateway, program) = start(closed().compete_always_needed()).await;
    let (status, object) = program.json(ONCE).await;
    assert_eq!(status, 15, "{object}");
    let reason = object["reason"].as_str().unwrap();
    assert!(reason.contains("may be held elsewhere, or this account always needs `--compete`"), "{reason}");
    let (status, object) = program.json(&[ONCE, &["--compete"]].concat()).await;
    assert_eq!((status, &object["state"]), (0, &json!("ready")), "{object}");
    assert_eq!(gateway.etiquette().inits_with_compete, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_penalty_without_end_lasts_a_day() {
    let (gateway, program) = start(closed()).await;
    let endless = Fault::status("429".parse().unwrap()).header("retry-after", "4294967295");
    gateway.inject(Operation::TicklePost, endless);
    assert_eq!(program.json(ONCE).await.0, 16);
    let kept = std::fs::read_to_string(program.home.path().join("calls.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let until: jiff::Timestamp = kept["gateways"][0]["penalised"].as_str().unwrap().parse().unwrap();
    assert!(until <= jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24), "{until}");
}
