//! `status ibkr`, `login ibkr` and `logout ibkr`.
#![allow(clippy::unwrap_used, reason = "parts of tests")]

mod common;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use broker_session_sandbox::{
    Fault,
    ibkr::{Builder, Etiquette, Operation, Sandbox, SignedOut},
};
use common::{DeadPort, Program, finish, members};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
};

const STATUS: &[&str] = &["status", "ibkr"];
const LOGIN: &[&str] = &["login", "ibkr"];
const LOGOUT: &[&str] = &["logout", "ibkr"];
const ONCE: &[&str] = &["keepalive", "ibkr", "--once"];

/// A gateway that leaves the opening of the brokerage session to its clients.
fn closed() -> Builder {
    Sandbox::builder().opened_at_sign_in(false)
}

async fn start(builder: Builder) -> (Sandbox, Program) {
    let gateway = builder.start().await.unwrap();
    let program = Program::of_gateway(&gateway);
    (gateway, program)
}

/// A gateway with a session that can be used.
async fn ready() -> (Sandbox, Program) {
    let (gateway, program) = start(closed()).await;
    assert_eq!(program.json(ONCE).await.0, 0);
    (gateway, program)
}

/// Waits until the program has called an operation.
async fn called(gateway: &Sandbox, operation: Operation) {
    while gateway.call_count(operation) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn status_says_how_the_session_is_in_one_object() {
    let (gateway, program) = ready().await;
    let (status, object) = program.json(STATUS).await;
    assert_eq!(status, 0, "{object}");
    let mut expected = json!({
        "broker": "ibkr", "base_url": gateway.base_url(), "state": "ready", "reason": object["reason"],
        "authenticated": true, "connected": true, "established": true, "competing": false,
    });
    assert_eq!(object, expected);
    gateway.compete();
    let (status, object) = program.json(STATUS).await;
    assert_eq!((status, &object["state"], &object["competing"]), (0, &json!("competing"), &json!(true)));
    gateway.stop_competing();
    let (status, object) = program.json(STATUS).await;
    assert_eq!((status, &object["state"]), (0, &json!("soft_timeout")));
    gateway.sign_out();
    let (status, object) = program.json(STATUS).await;
    for flag in ["authenticated", "connected", "established", "competing"] {
        expected[flag] = json!(null);
    }
    expected["state"] = json!("login_required");
    expected["reason"] = object["reason"].clone();
    expected["login_url"] = json!(format!("{}/", gateway.root_url()));
    assert_eq!((status, object), (0, expected));
    assert_eq!(gateway.etiquette(), Etiquette::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_way_a_gateway_says_so_a_person_must_sign_in() {
    for answer in [
        SignedOut::Json401,
        SignedOut::Empty401,
        SignedOut::Html401,
        SignedOut::Redirect,
        SignedOut::NoSession,
    ] {
        let (gateway, program) = start(closed().signed_out().when_signed_out(answer)).await;
        let (status, object) = program.json(STATUS).await;
        assert_eq!((status, &object["state"]), (0, &json!("login_required")), "{answer:?}");
        let page = object["login_url"].as_str().unwrap();
        assert_eq!(page, format!("{}/", gateway.root_url()));
        let run = program.run(STATUS).await;
        assert!(run.status == 0 && run.stdout.contains(page), "{}", run.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_to_open_is_a_setting() {
    let (_gateway, program) = start(closed().signed_out()).await;
    let page = "https://localhost:5001/sso/Login";
    let (_, object) = program.json(&[STATUS, &["--login-url", page]].concat()).await;
    assert_eq!(object["login_url"], page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_call_is_an_error_with_its_exit_status() {
    let status_of = |status: &str| Fault::status(status.parse().unwrap());
    for (fault, seconds, exit, kind) in [
        (status_of("429"), "20", 16, "rate_limited"),
        (Fault::html_page("503".parse().unwrap()), "20", 17, "unavailable"),
        (Fault::hang(), "2", 18, "timeout"),
        (Fault::cut_body(), "20", 19, "protocol"),
    ] {
        let (gateway, program) = start(closed()).await;
        gateway.inject_always(Operation::IserverAuthStatusPost, fault);
        let (status, error) = program.failure(&[STATUS, &["--timeout", seconds]].concat()).await;
        assert_eq!((status, &error["kind"]), (exit, &json!(kind)), "{error}");
        assert_eq!(error["operation"], "iserver_auth_status_post");
    }
    let dead = DeadPort::new();
    let url = dead.url("/v1/api");
    for arguments in [STATUS, LOGOUT] {
        let (status, error) = Program::new().failure(&[arguments, &["--base-url", &url]].concat()).await;
        assert_eq!((status, &error["kind"]), (17, &json!("unavailable")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_run_after_the_other_is_one_caller_to_the_broker() {
    let (gateway, program) = start(closed().signed_out()).await;
    for _ in 0..3 {
        assert_eq!(program.json(STATUS).await.1["state"], "login_required");
        assert_eq!(program.json(ONCE).await.1["state"], "login_required");
    }
    assert_eq!(gateway.call_count(Operation::SsoValidateGet), 1);
    gateway.sign_in();
    assert_eq!(program.json(ONCE).await.1["state"], "ready");
    assert_eq!(program.json(LOGOUT).await.0, 0);
    assert_eq!(program.json(STATUS).await.1["state"], "login_required");
    assert_eq!(gateway.etiquette(), Etiquette::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_after_a_logout_is_not_what_was_said_before() {
    let (gateway, program) = start(closed()).await;
    // Asks for the name of the user, and so whether the single sign-on is alive.
    let (status, object) = program.json(LOGIN).await;
    assert_eq!((status, &object["user"]), (0, &json!("sampleuser")), "{object}");
    assert_eq!(program.json(LOGOUT).await.0, 0);
    assert_eq!(program.json(STATUS).await.1["state"], "login_required");
    assert_eq!(gateway.etiquette(), Etiquette::default());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_times_of_calls_is_kept() {
    let (gateway, program) = start(closed()).await;
    let older = gateway.older_base_url();
    assert_eq!(program.json(&[LOGIN, &["--base-url", older]].concat()).await.0, 0);
    assert_eq!(gateway.call_count(Operation::SsoValidateGet), 1);
    let path = program.home.path().join("calls.json");
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let gateway = &kept["gateways"][0];
    assert_eq!(
        members(gateway),
        BTreeSet::from(["address", "calls", "closed", "openings", "penalised", "sign_on", "written"])
    );
    assert_eq!(members(&gateway["calls"][0]), BTreeSet::from(["at", "operation"]));
    assert_eq!(common::mode(&path), 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odd_list_of_calls_is_left_alone_and_in_nobodys_way() {
    let (_gateway, program) = start(closed()).await;
    let path = program.file("calls.json", "somebody else's");
    let run = program.run(&[STATUS, &["--json"]].concat()).await;
    assert_eq!(run.status, 0);
    assert!(run.stderr.contains("waits between openings hold within one run only"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "somebody else's");
}

fn login(program: &Program, arguments: &[&str]) -> Child {
    program.start(&[LOGIN, arguments].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn login_waits_until_a_person_has_signed_in() {
    let (gateway, program) = start(closed().signed_out()).await;
    let child = login(&program, &["--json"]);
    called(&gateway, Operation::SsoValidateGet).await;
    gateway.sign_in();
    let run = finish(child).await;
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    let object = run.object();
    assert_eq!((&object["broker"], &object["state"]), (&json!("ibkr"), &json!("ready")));
    assert_eq!(object["login_url"], format!("{}/", gateway.root_url()));
    assert_eq!(object["authenticated"], true);
    assert_eq!(gateway.etiquette(), Etiquette::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_stored_without_a_secret_until_it_is_over() {
    let (gateway, program) = start(closed().cookies_needed()).await;
    let program = program.env("IBKR_COOKIE", &gateway.cookie().unwrap());
    let (status, object) = program.json(LOGIN).await;
    assert_eq!(status, 0, "{object}");
    assert_eq!((&object["user"], &object["profile"]), (&json!("sampleuser"), &json!("default")));
    assert_eq!(object["stored"], program.store().to_str().unwrap());
    let stored: Value = serde_json::from_str(&std::fs::read_to_string(program.store()).unwrap()).unwrap();
    assert_eq!(stored["sessions"][0]["session"]["secrets"], json!({}));
    let shown = program.json(&["session", "show"]).await.1;
    for member in ["broker", "user", "base_url", "login_time", "expires_at"] {
        assert_eq!(shown[member], object[member], "{member}");
    }
    assert_eq!((&shown["broker"], &shown["expired"]), (&json!("ibkr"), &json!(false)));
    assert!(shown["login_time"].is_string() && shown["expires_at"].is_string(), "{shown}");
    // The older base URL is that of the same gateway.
    let (status, object) = program.json(&[LOGOUT, &["--base-url", gateway.older_base_url()]].concat()).await;
    assert_eq!((status, &object["user"]), (0, &json!("sampleuser")));
    assert_eq!(program.json(&["session", "show"]).await.1, json!({ "sessions": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_a_person_has_ended_is_removed_by_the_logout_and_reported() {
    let (gateway, program) = start(closed()).await;
    assert_eq!(program.json(LOGIN).await.0, 0);
    gateway.sign_out();
    let (status, error) = program.failure(LOGOUT).await;
    assert_eq!((status, &error["kind"]), (13, &json!("session_expired")));
    assert_eq!(program.json(&["session", "show"]).await.1, json!({ "sessions": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn login_says_which_page_to_open_and_how_it_stands() {
    let (gateway, program) = start(closed().signed_out()).await;
    let mut child = login(&program, &[]);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut next = async || lines.next_line().await.unwrap().unwrap();
    let page = format!("{}/", gateway.root_url());
    assert!(next().await.starts_with(&format!("Open {page} in a browser")));
    while !next().await.starts_with("login required: ") {}
    gateway.sign_in();
    let run = finish(child).await;
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.starts_with("Signed in to Interactive Brokers"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn login_ends_with_what_is_missing_when_its_time_is_over() {
    let (gateway, program) = start(closed().signed_out()).await;
    let started = Instant::now();
    let (status, error) = program.failure(&[LOGIN, &["--timeout", "5"]].concat()).await;
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!((status, &error["kind"]), (14, &json!("login_required")));
    assert!(error["message"].as_str().unwrap().contains(gateway.root_url()), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn login_throws_out_a_session_elsewhere_only_if_it_is_told_to() {
    let (gateway, program) = ready().await;
    gateway.compete();
    let (status, error) = program.failure(&[LOGIN, &["--timeout", "8"]].concat()).await;
    assert_eq!((status, &error["kind"]), (15, &json!("refused")), "{error}");
    assert!(error["message"].as_str().unwrap().contains("--compete"), "{error}");
    assert_eq!(gateway.etiquette().inits_with_compete, 0);
    let (status, object) = program.json(&[LOGIN, &["--compete", "--timeout", "25"]].concat()).await;
    assert_eq!((status, &object["competing"]), (0, &json!(false)), "{object}");
    assert_eq!(gateway.etiquette().inits_with_compete, 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_the_waiting() {
    let (gateway, program) = start(closed().signed_out()).await;
    let child = login(&program, &["--json"]);
    called(&gateway, Operation::TicklePost).await;
    common::signal(&child, "INT");
    let run = finish(child).await;
    assert_eq!((run.status, &run.object()["error"]["kind"]), (130, &json!("interrupted")));
}

#[tokio::test(flavor = "multi_thread")]
async fn logout_ends_both_sessions_once() {
    let (gateway, program) = ready().await;
    let (status, object) = program.json(LOGOUT).await;
    assert_eq!(
        (status, object),
        (
            0,
            json!({ "broker": "ibkr", "user": null, "base_url": gateway.base_url(), "single_sign_on": "over" })
        ),
        "nobody has said whose session it is"
    );
    assert!(!gateway.state().single_sign_on);
    let (status, error) = program.failure(LOGOUT).await;
    assert_eq!(
        (status, &error["kind"], &error["operation"]),
        (13, &json!("session_expired"), &json!("logout_post"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browsers_cookie_is_sent_and_never_shown() {
    let (gateway, program) = start(closed().cookies_needed()).await;
    assert_eq!(program.json(STATUS).await.1["state"], "login_required");
    let cookie = gateway.cookie().unwrap();
    let path = program.file("cookie", &format!("{cookie}\n"));
    for program in [
        Program::of_gateway(&gateway).env("IBKR_COOKIE", &cookie),
        Program::of_gateway(&gateway).env("IBKR_COOKIE_FILE", path.to_str().unwrap()),
    ] {
        assert_eq!(program.json(STATUS).await.1["state"], "soft_timeout");
        let run = program.run(&[STATUS, &["-vv"]].concat()).await;
        let value = cookie.split_once('=').unwrap().1;
        assert!(run.status == 0 && run.stderr.contains("iserver_auth_status_post"), "{}", run.stderr);
        assert!(!run.stderr.contains(value) && !run.stdout.contains(value));
    }
    let (status, _) = program.failure(&[STATUS, &["--cookie", "a=b"]].concat()).await;
    assert_eq!(status, 2, "no secret in a flag");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_come_from_a_profile_too() {
    let gateway = closed().https().start().await.unwrap();
    let program = Program::new();
    program.file("gateway.pem", &gateway.certificate_pem().unwrap());
    let text = format!(
        "[profiles.default.ibkr]\nbase_url = \"{}\"\ncertificate = \"gateway.pem\"\nlogin_url = \"https://localhost:1/\"\n",
        gateway.base_url()
    );
    let config = program.file("config.toml", &text);
    let (status, object) = program.json(&[STATUS, &["--config", config.to_str().unwrap()]].concat()).await;
    assert_eq!((status, &object["state"]), (0, &json!("soft_timeout")), "{object}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_has_closed_only_login_opens_again() {
    let (gateway, program) = start(closed().logout_keeps_sign_on()).await;
    assert_eq!(program.json(LOGIN).await.0, 0);
    let (status, object) = program.json(LOGOUT).await;
    assert_eq!((status, &object["single_sign_on"]), (0, &json!("alive")), "{object}");
    let inits = gateway.call_count(Operation::IserverAuthSsodhInitPost);
    let (status, object) = program.json(ONCE).await;
    assert_eq!((status, &object["state"]), (13, &json!("soft_timeout")), "{object}");
    assert!(object["reason"].as_str().unwrap().contains("signed out"), "{object}");
    assert!(object["hint"].as_str().unwrap().contains("login ibkr"), "{object}");
    assert_eq!(gateway.call_count(Operation::IserverAuthSsodhInitPost), inits);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_that_is_denied_leaves_the_entry() {
    let (gateway, program) = ready().await;
    gateway.inject(
        Operation::LogoutPost,
        Sandbox::example(Operation::LogoutPost, StatusCode::OK, "denied").unwrap(),
    );
    let (status, error) = program.failure(LOGOUT).await;
    assert_eq!((status, &error["kind"]), (15, &json!("refused")), "{error}");
    assert_eq!(program.json(&["session", "show"]).await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_way_out_at_once() {
    let (_gateway, program) = start(closed().address_not_allowed()).await;
    for command in [LOGIN, STATUS] {
        let (status, error) = program.failure(command).await;
        assert_eq!((status, &error["kind"]), (15, &json!("refused")), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("ips.allow"), "{error}");
    }
    let (status, object) = program.json(ONCE).await;
    assert_eq!((status, &object["state"]), (15, &json!("refused")), "{object}");
}

#[tokio::test(flavor = "multi_thread")]
async fn oauth_words_are_about_the_credentials() {
    let (gateway, program) = start(closed()).await;
    let program = program.env("IBKR_AUTHORIZATION", "Bearer made-up-authorization");
    for operation in Operation::ALL {
        let refused =
            Fault::json(StatusCode::UNAUTHORIZED, &json!({"error": "id: 39687, error: invalid consumer"}));
        gateway.inject_always(operation, refused);
    }
    for command in [LOGIN, STATUS] {
        let (status, error) = program.failure(command).await;
        assert_eq!((status, &error["kind"]), (10, &json!("credentials")), "{error}");
        assert!(error["message"].as_str().unwrap().contains("invalid consumer"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_is_not_told_to_sign_in() {
    let (gateway, program) = start(closed()).await;
    for operation in Operation::ALL.into_iter().filter(|operation| *operation != Operation::SsoValidateGet) {
        gateway.inject_always(operation, Fault::empty(StatusCode::UNAUTHORIZED));
    }
    assert_eq!(program.json(STATUS).await.1["state"], "refused");
    let (status, object) = program.json(ONCE).await;
    assert_eq!((status, &object["state"]), (15, &json!("refused")), "{object}");
    assert!(object["hint"].as_str().unwrap().contains("Nobody has to sign in again"), "{object}");
}
