//! `keepalive ibkr`.

use std::time::Duration;

use broker_session_sandbox::{
    Fault,
    ibkr::{Operation, Sandbox},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout},
    time::timeout,
};

use crate::{
    common::{DeadPort, Program, closed_gateway, each, finish, signal, start},
    terminal::Terminal,
};

const ONCE: &str = "keepalive ibkr --once";

/// For one line of the program.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program that keeps a session alive, and the lines that it writes.
struct Keepalive {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Keepalive {
    fn start(program: &Program, flags: &str) -> Self {
        let mut child = program.start(&format!("keepalive ibkr {flags}"));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    async fn line(&mut self) -> String {
        let line = timeout(PATIENCE, self.lines.next_line()).await.expect("there is no line").unwrap();
        line.expect("the program has ended")
    }

    /// The objects up to a state, including that.
    async fn until(&mut self, state: &str) -> Vec<Value> {
        let mut objects: Vec<Value> = Vec::new();
        while objects.last().is_none_or(|object| object["state"] != state) {
            objects.push(serde_json::from_str(&self.line().await).unwrap());
        }
        objects
    }

    /// Ends it with a signal, upon which it must succeed and write nothing to stderr.
    async fn end(self, with: &str) {
        signal(&self.child, with);
        let run = finish(self.child).await;
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_round_ends_with_the_exit_status_of_the_state() {
    let refuse_to_open = |gateway: &Sandbox| {
        let refused = Fault::status("500".parse().unwrap());
        gateway.inject_always(Operation::IserverAuthSsodhInitPost, refused);
    };
    let hang_up = |gateway: &Sandbox| {
        Operation::ALL.into_iter().for_each(|operation| gateway.inject_always(operation, Fault::reset()));
    };
    let states = [
        ((|_| {}) as fn(&Sandbox), 0, "ready"),
        (refuse_to_open, 13, "soft_timeout"),
        (Sandbox::sign_out, 14, "login_required"),
        (Sandbox::compete, 15, "competing"),
        (Sandbox::penalise, 16, "penalised"),
        (hang_up, 17, "offline"),
    ];
    each(states, |(prepare, exit, state)| async move {
        let (gateway, program) = start(closed_gateway()).await;
        prepare(&gateway);
        let (status, object) = program.json(ONCE).await;
        assert_eq!((status, &object["state"]), (exit, &json!(state)), "{object}");
        assert_eq!(object["broker"], "ibkr");
        assert_eq!(object.get("login_url").is_some(), state == "login_required");
        assert_eq!(object.get("until").is_some(), state == "penalised");
        assert_eq!(gateway.violations().inits_with_compete, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_round_for_people_has_no_error_beside_the_state() {
    let (gateway, program) = start(closed_gateway().signed_out()).await;
    let run = program.run(ONCE).await;
    assert_eq!(run.status, 14);
    assert!(run.stdout.starts_with("login required: "), "{}", run.stdout);
    assert!(run.stdout.contains(gateway.root_url()), "{}", run.stdout);
    assert!(!run.stderr.contains("error"), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_state_is_an_object_on_a_line() {
    let (gateway, program) = start(closed_gateway()).await;
    let mut keepalive = Keepalive::start(&program, "--every 1 --json");
    let mut objects = keepalive.until("ready").await;
    assert_eq!(objects[0]["state"], "connecting");
    gateway.compete();
    objects.extend(keepalive.until("competing").await);
    gateway.sign_out();
    objects.extend(keepalive.until("login_required").await);
    assert_eq!(objects.last().unwrap()["login_url"], format!("{}/", gateway.root_url()));
    let states: Vec<&Value> = objects.iter().map(|object| &object["state"]).collect();
    assert!(states.windows(2).all(|pair| pair[0] != pair[1]), "each line is a change: {states:?}");
    for object in &objects {
        for field in ["broker", "base_url", "reason", "time", "since"] {
            assert!(object[field].is_string(), "{field}: {object}");
        }
        for flag in ["authenticated", "connected", "established", "competing"] {
            assert!(object.get(flag).is_some(), "{flag}: {object}");
        }
    }
    keepalive.end("TERM").await;
    assert!(gateway.call_count(Operation::TicklePost) >= 3);
    assert_eq!(gateway.call_count(Operation::LogoutPost), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_a_plain_line_without_json_and_terminal() {
    let (_gateway, program) = start(closed_gateway()).await;
    let mut keepalive = Keepalive::start(&program, "");
    let mut line = keepalive.line().await;
    assert!(line.contains("Z connecting: "), "{line}");
    while !line.contains("Z ready: ") {
        line = keepalive.line().await;
    }
    keepalive.end("INT").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_line_at_a_terminal_shows_the_state() {
    let (gateway, program) = start(closed_gateway()).await;
    let mut terminal = Terminal::start(&program.env("TERM", "xterm"), "keepalive ibkr --every 1");
    terminal.shows("ready: the session can be used");
    gateway.compete();
    terminal.shows("competing: ");
    terminal.interrupts();
    assert_eq!(terminal.end().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_while_the_gateway_is_away() {
    let dead = DeadPort::new();
    let port = dead.port;
    let program = Program::new().env("IBKR_BASE_URL", &dead.url("/v1/api"));
    let mut keepalive = Keepalive::start(&program, "--every 1 --json");
    keepalive.until("offline").await;
    drop(dead);
    let _gateway = closed_gateway().port(port).start().await.unwrap();
    keepalive.until("ready").await;
    keepalive.end("INT").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_signs_out_at_the_end_on_request() {
    let (gateway, program) = start(closed_gateway()).await;
    program.ok("login ibkr").await;
    let mut keepalive = Keepalive::start(&program, "--logout --json");
    keepalive.until("ready").await;
    keepalive.end("TERM").await;
    assert!(!gateway.state().single_sign_on);
    assert_eq!(program.ok("session list").await, json!({ "sessions": [] }));
    // It is no failure if the session is over already.
    let mut keepalive = Keepalive::start(&program, "--logout --json");
    keepalive.until("login_required").await;
    keepalive.end("TERM").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_quietly_without_a_reader() {
    let (gateway, program) = start(closed_gateway()).await;
    let mut keepalive = Keepalive::start(&program, "--every 1 --json");
    keepalive.until("ready").await;
    let Keepalive { child, lines } = keepalive;
    drop(lines);
    gateway.compete();
    let run = finish(child).await;
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_certificate_ends_it_at_once() {
    let (gateway, program) = start(closed_gateway().https()).await;
    let mut keepalive = Keepalive::start(&program, "--every 1 --json");
    keepalive.until("ready").await;
    gateway.replace_certificate().unwrap();
    let objects = keepalive.until("certificate_changed").await;
    let reason = objects.last().unwrap()["reason"].as_str().unwrap();
    assert!(reason.contains("changed"), "{reason}");
    assert_eq!(finish(keepalive.child).await.status, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_out_of_its_limits_is_refused() {
    for period in ["0", "0.5", "301", "often"] {
        Program::new().refuses(&format!("keepalive ibkr --every {period}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_session_is_taken_over_only_on_request() {
    let (gateway, program) = start(closed_gateway()).await;
    gateway.compete();
    assert_eq!(program.ok("keepalive ibkr --once --compete").await["state"], "ready");
    assert_eq!(gateway.violations().inits_with_compete, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn compete_is_used_in_the_first_round() {
    let (gateway, program) = start(closed_gateway().compete_always_needed()).await;
    let (status, object) = program.json(ONCE).await;
    assert_eq!(status, 15, "{object}");
    let reason = object["reason"].as_str().unwrap();
    assert!(reason.contains("may be held elsewhere, or this account always needs `--compete`"), "{reason}");
    assert_eq!(program.ok("keepalive ibkr --once --compete").await["state"], "ready");
    assert_eq!(gateway.violations().inits_with_compete, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_share_the_waits_between_openings() {
    let (gateway, program) = start(closed_gateway().compete_always_needed()).await;
    let run = async || {
        let (status, object) = program.json(ONCE).await;
        assert_eq!(status, 15, "{object}");
        assert!(object["next_opening"].is_string(), "{object}");
    };
    for _ in 0..3 {
        run().await;
    }
    tokio::join!(run(), run(), run(), run());
    assert_eq!(gateway.call_count(Operation::IserverAuthSsodhInitPost), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_at_the_same_time_open_once() {
    let (gateway, program) = start(closed_gateway().compete_always_needed()).await;
    let run = || program.json(ONCE);
    tokio::join!(run(), run(), run(), run());
    assert_eq!(gateway.call_count(Operation::IserverAuthSsodhInitPost), 1);
}

/// The longest penalty is that of the broker, whatever the gateway asks for or a file contains.
#[tokio::test(flavor = "multi_thread")]
async fn no_penalty_is_longer_than_the_brokers() {
    let (gateway, program) = start(closed_gateway().pacing(false)).await;
    let endless = Fault::status("429".parse().unwrap()).header("retry-after", "4294967295");
    gateway.inject(Operation::TicklePost, endless);
    for _ in 0..2 {
        // The second run waits for the end of the penalty that the first one has kept, or the file contains.
        let (status, object) = program.json(ONCE).await;
        assert_eq!(status, 16);
        let mut kept = program.limits();
        for until in [&object["until"], &kept["blocked_until"]] {
            let until: Timestamp = until.as_str().unwrap().parse().unwrap();
            assert!(until <= Timestamp::now() + SignedDuration::from_mins(15), "{until}");
        }
        kept["blocked_until"] = json!("2163-01-01T00:00:00Z");
        program.set_limits(&kept);
    }
}
