//! `status ibkr`, `login ibkr` and `logout ibkr`.

use std::time::{Duration, Instant};

use broker_session_sandbox::{
    Fault,
    ibkr::{Operation, Sandbox, SignedOut, Violations},
};
use http::StatusCode;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::common::{DeadPort, Program, called, closed_gateway, each, finish, message, start};

const STATUS: &str = "status ibkr";
const LOGIN: &str = "login ibkr";
const LOGOUT: &str = "logout ibkr";
const ONCE: &str = "keepalive ibkr --once";
const SHOW: &str = "session list";

/// A gateway with a session that can be used.
async fn ready() -> (Sandbox, Program) {
    let (gateway, program) = start(closed_gateway()).await;
    program.ok(ONCE).await;
    (gateway, program)
}

#[tokio::test(flavor = "multi_thread")]
async fn status_reports_the_session_in_one_object() {
    let (gateway, program) = ready().await;
    let object = program.ok(STATUS).await;
    let mut expected = json!({
        "broker": "ibkr", "base_url": gateway.base_url(), "state": "ready", "reason": object["reason"],
        "authenticated": true, "connected": true, "established": true, "competing": false,
    });
    assert_eq!(object, expected);
    gateway.compete();
    let object = program.ok(STATUS).await;
    assert_eq!((&object["state"], &object["competing"]), (&json!("competing"), &json!(true)));
    gateway.stop_competing();
    assert_eq!(program.ok(STATUS).await["state"], "soft_timeout");
    gateway.sign_out();
    let object = program.ok(STATUS).await;
    for flag in ["authenticated", "connected", "established", "competing"] {
        expected[flag] = json!(null);
    }
    expected["state"] = json!("login_required");
    expected["reason"] = object["reason"].clone();
    expected["login_url"] = json!(format!("{}/", gateway.root_url()));
    assert_eq!(object, expected);
    assert_eq!(gateway.violations(), Violations::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_signed_out_response_means_that_a_login_is_required() {
    for response in [
        SignedOut::Json401,
        SignedOut::Empty401,
        SignedOut::Html401,
        SignedOut::Redirect,
        SignedOut::NoSession,
    ] {
        let builder = closed_gateway().signed_out().when_signed_out(response);
        let (gateway, program) = start(builder).await;
        let object = program.ok(STATUS).await;
        let page = format!("{}/", gateway.root_url());
        assert_eq!((&object["state"], &object["login_url"]), (&json!("login_required"), &json!(page)));
        let run = program.run(STATUS).await;
        assert!(run.status == 0 && run.stdout.contains(&page), "{response:?}: {}", run.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_call_has_its_kind_and_exit_status() {
    let status = |status: &str| Fault::status(status.parse().unwrap());
    let cases = [
        (status("429"), 20, 16, "rate_limited"),
        (Fault::html_page("503".parse().unwrap()), 20, 17, "unavailable"),
        (Fault::hang(), 2, 18, "timeout"),
        (Fault::cut_body(), 20, 19, "protocol"),
    ];
    each(cases, |(fault, seconds, exit, kind)| async move {
        let (gateway, program) = start(closed_gateway()).await;
        gateway.inject_always(Operation::IserverAuthStatusPost, fault);
        let error = program.fails(&format!("{STATUS} --timeout {seconds}"), exit, kind).await;
        assert_eq!(error["operation"], "iserver_auth_status_post");
    })
    .await;
    each([STATUS, LOGOUT], |command| async move {
        let dead = DeadPort::new();
        let command = format!("{command} --base-url {}", dead.url("/v1/api"));
        Program::new().fails(&command, 17, "unavailable").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_share_the_brokers_limits() {
    let (gateway, program) = start(closed_gateway().signed_out()).await;
    for _ in 0..3 {
        assert_eq!(program.ok(STATUS).await["state"], "login_required");
        assert_eq!(program.json(ONCE).await.1["state"], "login_required");
    }
    assert_eq!(gateway.call_count(Operation::SsoValidateGet), 1);
    gateway.sign_in();
    assert_eq!(program.ok(ONCE).await["state"], "ready");
    program.ok(LOGOUT).await;
    assert_eq!(program.ok(STATUS).await["state"], "login_required");
    assert_eq!(gateway.violations(), Violations::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_replaces_what_was_known_before() {
    let (gateway, program) = start(closed_gateway()).await;
    // Asks for the name of the user, and so whether the single sign-on is alive.
    assert_eq!(program.ok(LOGIN).await["user"], "sampleuser");
    program.ok(LOGOUT).await;
    assert_eq!(program.ok(STATUS).await["state"], "login_required");
    assert_eq!(gateway.violations(), Violations::default());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_the_times_of_calls_are_kept() {
    use crate::common::{fields, mode};
    let (gateway, program) = start(closed_gateway()).await;
    program.ok(&format!("{LOGIN} --base-url {}", gateway.older_base_url())).await;
    assert_eq!(gateway.call_count(Operation::SsoValidateGet), 1);
    let gateway = &program.limits();
    let expected =
        ["address", "blocked_until", "calls", "closed", "format", "kind", "openings", "sign_on", "written"];
    assert_eq!(fields(gateway), expected.into());
    assert_eq!(fields(&gateway["calls"][0]), ["at", "operation"].into());
    assert_eq!(mode(program.store()), 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn login_waits_until_a_person_has_signed_in() {
    let (gateway, program) = start(closed_gateway().signed_out()).await;
    let script = program.start("login ibkr --json");
    let (others, program) = start(closed_gateway().signed_out()).await;
    let mut person = program.start(LOGIN);
    let mut lines = BufReader::new(person.stderr.take().unwrap()).lines();
    let mut next = async || lines.next_line().await.unwrap().unwrap();
    let page = format!("{}/", others.root_url());
    assert!(next().await.starts_with(&format!("Open {page} in a browser")));
    while !next().await.starts_with("login required: ") {}
    called(&gateway, Operation::SsoValidateGet).await;
    gateway.sign_in();
    others.sign_in();
    let run = finish(script).await;
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    let object = run.object();
    assert_eq!((&object["broker"], &object["state"]), (&json!("ibkr"), &json!("ready")));
    assert_eq!(object["login_url"], format!("{}/", gateway.root_url()));
    assert_eq!(object["authenticated"], true);
    assert_eq!(gateway.violations(), Violations::default());
    let run = finish(person).await;
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.starts_with("Signed in to Interactive Brokers"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_stored_without_a_secret() {
    let (gateway, program) = start(closed_gateway().cookies_needed()).await;
    let program = program.env("IBKR_COOKIE", &gateway.cookie().unwrap());
    let object = program.ok(LOGIN).await;
    assert_eq!((&object["user"], &object["profile"]), (&json!("sampleuser"), &json!("default")));
    assert_eq!(object["stored"], program.store().to_str().unwrap());
    assert_eq!(program.sessions()[0]["session"]["secrets"], json!({}));
    let shown = program.ok(SHOW).await["sessions"][0].take();
    for field in ["broker", "user", "base_url", "login_time", "expires_at"] {
        assert_eq!(shown[field], object[field], "{field}");
    }
    assert_eq!((&shown["broker"], &shown["expired"]), (&json!("ibkr"), &json!(false)));
    assert!(shown["login_time"].is_string() && shown["expires_at"].is_string(), "{shown}");
    // The older base URL is that of the same gateway.
    let object = program.ok(&format!("{LOGOUT} --base-url {}", gateway.older_base_url())).await;
    assert_eq!(object["user"], "sampleuser");
    assert_eq!(program.ok(SHOW).await, json!({ "sessions": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn login_reports_what_is_missing_at_its_timeout() {
    let (gateway, program) = start(closed_gateway().signed_out()).await;
    let started = Instant::now();
    let error = program.fails("login ibkr --timeout 2", 14, "login_required").await;
    assert!(started.elapsed() < Duration::from_secs(20));
    assert!(message(&error).contains(gateway.root_url()), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn login_takes_over_another_session_only_on_request() {
    let (gateway, program) = ready().await;
    gateway.compete();
    let error = program.fails("login ibkr --timeout 4", 15, "refused").await;
    assert!(message(&error).contains("--compete"), "{error}");
    assert_eq!(gateway.violations().inits_with_compete, 0);
    assert_eq!(program.ok("login ibkr --compete --timeout 25").await["competing"], false);
    assert_eq!(gateway.violations().inits_with_compete, 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_the_waiting() {
    let (gateway, program) = start(closed_gateway().signed_out()).await;
    let child = program.start("login ibkr --json");
    called(&gateway, Operation::TicklePost).await;
    crate::common::signal(&child, "INT");
    let run = finish(child).await;
    assert_eq!((run.status, &run.object()["error"]["kind"]), (130, &json!("interrupted")));
}

#[tokio::test(flavor = "multi_thread")]
async fn logout_ends_both_sessions_once() {
    let (gateway, program) = ready().await;
    // No response has contained the user.
    let expected =
        json!({ "broker": "ibkr", "user": null, "base_url": gateway.base_url(), "single_sign_on": "over" });
    assert_eq!(program.ok(LOGOUT).await, expected);
    assert!(!gateway.state().single_sign_on);
    assert_eq!(program.fails(LOGOUT, 13, "session_expired").await["operation"], "logout_post");
}

#[tokio::test(flavor = "multi_thread")]
async fn logout_removes_a_session_that_was_over() {
    let (gateway, program) = start(closed_gateway()).await;
    program.ok(LOGIN).await;
    gateway.sign_out();
    program.fails(LOGOUT, 13, "session_expired").await;
    assert_eq!(program.ok(SHOW).await, json!({ "sessions": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_logout_leaves_the_entry() {
    let (gateway, program) = start(closed_gateway()).await;
    program.ok(LOGIN).await;
    let denied = Sandbox::example(Operation::LogoutPost, StatusCode::OK, "denied").unwrap();
    gateway.inject(Operation::LogoutPost, denied);
    program.fails(LOGOUT, 15, "refused").await;
    assert_eq!(program.ok(SHOW).await["sessions"][0]["broker"], "ibkr");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_login_opens_a_session_again_after_a_logout() {
    let (gateway, program) = start(closed_gateway().logout_keeps_sign_on()).await;
    program.ok(LOGIN).await;
    assert_eq!(program.ok(LOGOUT).await["single_sign_on"], "alive");
    let inits = gateway.call_count(Operation::IserverAuthSsodhInitPost);
    let (status, object) = program.json(ONCE).await;
    assert_eq!((status, &object["state"]), (13, &json!("soft_timeout")), "{object}");
    assert!(object["reason"].as_str().unwrap().contains("signed out"), "{object}");
    assert!(object["hint"].as_str().unwrap().contains("login ibkr"), "{object}");
    assert_eq!(gateway.call_count(Operation::IserverAuthSsodhInitPost), inits);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_sent_and_never_shown() {
    let (gateway, program) = start(closed_gateway().cookies_needed()).await;
    assert_eq!(program.ok(STATUS).await["state"], "login_required");
    let cookie = gateway.cookie().unwrap();
    let path = program.file("cookie", &format!("{cookie}\n"));
    for (variable, value) in [("IBKR_COOKIE", &cookie), ("IBKR_COOKIE_FILE", &path)] {
        let program = Program::of(&gateway).env(variable, value);
        assert_eq!(program.ok(STATUS).await["state"], "soft_timeout");
        let run = program.run("status ibkr -vv").await;
        assert!(run.status == 0 && run.stderr.contains("iserver_auth_status_post"), "{}", run.stderr);
        let secret = cookie.split_once('=').unwrap().1;
        assert!(!run.stderr.contains(secret) && !run.stdout.contains(secret));
    }
    // There is no flag for a secret.
    program.refuses("status ibkr --cookie a=b").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_come_from_a_profile_too() {
    let gateway = closed_gateway().https().start().await.unwrap();
    let program = Program::new();
    program.file("gateway.pem", &gateway.certificate_pem().unwrap());
    let text = format!(
        "[profiles.default.ibkr]\nbase_url = \"{}\"\ncertificate = \"gateway.pem\"\nlogin_url = \"https://localhost:1/\"\n",
        gateway.base_url()
    );
    let config = program.file("config.toml", &text);
    let program = program.env("BROKER_SESSION_CONFIG", &config);
    assert_eq!(program.ok(STATUS).await["state"], "soft_timeout");
    gateway.sign_out();
    assert_eq!(program.ok(STATUS).await["login_url"], "https://localhost:1/");
    let page = "https://localhost:5001/sso/Login";
    assert_eq!(program.ok(&format!("{STATUS} --login-url {page}")).await["login_url"], page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_contains_the_way_out() {
    let (_gateway, program) = start(closed_gateway().address_not_allowed()).await;
    for command in [LOGIN, STATUS] {
        let error = program.fails(command, 15, "refused").await;
        assert!(error["hint"].as_str().unwrap().contains("ips.allow"), "{error}");
    }
    let (status, object) = program.json(ONCE).await;
    assert_eq!((status, &object["state"]), (15, &json!("refused")), "{object}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oauth_refusal_is_about_the_credentials() {
    let (gateway, program) = start(closed_gateway()).await;
    let program = program.env("IBKR_AUTHORIZATION", "Bearer made-up-authorization");
    let body = json!({ "error": "id: 39687, error: invalid consumer" });
    for operation in Operation::ALL {
        gateway.inject_always(operation, Fault::json(StatusCode::UNAUTHORIZED, &body));
    }
    for command in [LOGIN, STATUS] {
        let error = program.fails(command, 10, "credentials").await;
        assert!(message(&error).contains("invalid consumer"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_single_sign_on_asks_for_no_login() {
    let (gateway, program) = start(closed_gateway()).await;
    for operation in Operation::ALL.into_iter().filter(|operation| *operation != Operation::SsoValidateGet) {
        gateway.inject_always(operation, Fault::empty(StatusCode::UNAUTHORIZED));
    }
    assert_eq!(program.ok(STATUS).await["state"], "refused");
    let (status, object) = program.json(ONCE).await;
    assert_eq!((status, &object["state"]), (15, &json!("refused")), "{object}");
    assert!(object["hint"].as_str().unwrap().contains("Nobody has to sign in again"), "{object}");
}
