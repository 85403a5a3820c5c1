//! `token`: what is printed can be used, one of all signs in, and nothing is printed elsewhere.

use std::time::{Duration, Instant};

use broker_session::reqwest::{Client, StatusCode};
use broker_session_sandbox::{
    Fault,
    ibkr::{self, Violations},
    kotak,
    neo::{Operation, Sandbox},
};
use serde_json::{Value, json};

use crate::common::{DeadPort, Program, at_kotak, closed_gateway, fields, finish, message, start};

const TOKEN: &str = "token neo";

/// The status of a request with the headers of an object.
async fn get(url: &str, object: &Value) -> StatusCode {
    let headers = object["headers"].as_object().unwrap();
    // Every client has a name, and Interactive Brokers wants one.
    let client = Client::builder().user_agent("made-up").build().unwrap();
    let request = headers
        .iter()
        .fold(client.get(url), |request, (name, value)| request.header(name, value.as_str().unwrap()));
    request.send().await.unwrap().status()
}

fn sign_ins(sandbox: &Sandbox) -> [usize; 2] {
    [Operation::TradeApiLogin, Operation::TradeApiValidate].map(|operation| sandbox.call_count(operation))
}

/// A program with the settings of a person: what only a person has is missing.
fn of_a_person(program: Program) -> Program {
    program.without(&["NEO_ACCESS_TOKEN", "NEO_MOBILE", "NEO_MPIN", "NEO_TOTP_SECRET"])
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_tokens_at_once_one_signs_in() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let children: Vec<_> = (0..10).map(|_| program.start(TOKEN)).collect();
    let mut objects = Vec::new();
    for child in children {
        let run = finish(child).await;
        assert_eq!(run.status, 0, "{}", run.stderr);
        objects.push(run.object());
    }
    objects.dedup();
    assert_eq!((objects.len(), sign_ins(&sandbox), sandbox.bad_tries("S4MPL")), (1, [1, 1], 0));
    assert_eq!(program.ok("session list").await["sessions"][0]["profile"], "default");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_what_is_printed_is_the_users() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let object = program.ok(TOKEN).await;
    let names = ["version", "broker", "user", "base_url", "headers", "expires_at", "number"];
    assert_eq!(fields(&object), names.into());
    assert_eq!((&object["version"], &object["broker"]), (&json!(1), &json!("neo")));
    assert_eq!(object["user"], "S4MPL");
    assert_eq!(object["number"], program.ok("session list").await["sessions"][0]["number"]);
    let end: jiff::Timestamp = object["expires_at"].as_str().unwrap().parse().unwrap();
    assert!(end > jiff::Timestamp::now());
    let header_names: Vec<_> = object["headers"].as_object().unwrap().keys().map(String::as_str).collect();
    assert!(header_names.contains(&"Auth") && header_names.contains(&"Sid"), "{header_names:?}");
    assert!(sandbox.orders_url().starts_with(object["base_url"].as_str().unwrap()));
    assert_eq!(get(&sandbox.orders_url(), &object).await, StatusCode::OK);
    let without = json!({ "headers": {} });
    assert_ne!(get(&sandbox.orders_url(), &without).await, StatusCode::OK);

    let run = program.run(&format!("{TOKEN} --raw")).await;
    for (name, value) in object["headers"].as_object().unwrap() {
        let line = format!("{name}: {}", value.as_str().unwrap());
        assert!(run.stdout.lines().any(|printed| printed == line), "{name}");
    }
    assert_eq!(run.stdout.lines().count(), header_names.len());
    assert!(program.refuses(&format!("{TOKEN} --raw")).await.contains("--raw and --json"));

    let (sandbox, program) = at_kotak().await;
    let object = program.ok("token kotak").await;
    assert_eq!(get(&sandbox.orders_url(), &object).await, StatusCode::OK);
    assert_eq!(sandbox.live_sessions("S4MPL3"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_that_report_a_refused_session_one_signs_in() {
    let (sandbox, program) = at_kotak().await;
    let refused = program.ok("token kotak").await;
    let command = format!("token kotak --after {}", refused["number"]);
    let children: Vec<_> = (0..10).map(|_| program.start(&command)).collect();
    let mut objects = Vec::new();
    for child in children {
        objects.push(finish(child).await.object());
    }
    // One that is late is given the session of the others.
    objects.push(program.ok(&command).await);
    objects.dedup();
    let logins = sandbox.call_count(kotak::Operation::SessionLoginUserid);
    assert_eq!((objects.len(), logins), (1, 2), "{objects:?}");
    assert!(objects[0]["number"].as_u64() > refused["number"].as_u64());
    assert_eq!(get(&sandbox.orders_url(), &objects[0]).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn kotak_signs_in_with_any_factor_and_with_a_consumer_secret() {
    for (name, value) in [
        ("KOTAK_FACTOR", "one-time-token"),
        ("KOTAK_MPIN", "730264"),
        ("KOTAK_BIOMETRIC", "made-up"),
        ("KOTAK_ACCESS_CODE", ""),
    ] {
        let account = kotak::Account {
            mpin: Some("730264".to_owned()),
            biometric: Some("made-up".to_owned()),
            ..kotak::Account::default()
        };
        let (sandbox, program) = start(kotak::Sandbox::builder().account(account)).await;
        let program = match value {
            "" => program,
            value => Program::without_factor(&sandbox).env(name, value),
        };
        let object = program.without(&["KOTAK_ACCESS_TOKEN"]).ok("token kotak").await;
        assert_eq!(get(&sandbox.orders_url(), &object).await, StatusCode::OK, "{name}");
        assert_eq!(sandbox.call_count(kotak::Operation::Token), 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_has_the_session_and_no_header_of_it() {
    let (gateway, program) = start(closed_gateway()).await;
    let object = program.ok("token ibkr").await;
    assert_eq!((&object["broker"], &object["base_url"]), (&json!("ibkr"), &json!(gateway.base_url())));
    assert_eq!((fields(&object["headers"]), &object["number"]), (["Origin", "Referer"].into(), &json!(null)));
    assert!(gateway.state().authenticated, "the brokerage session is open");
    let object = program.env("IBKR_COOKIE", "made-up=1").ok("token ibkr").await;
    assert_eq!(object["headers"]["Cookie"], "made-up=1");
    assert_eq!(gateway.violations(), Violations::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_each_request_is_signed_there_are_no_headers() {
    let (sandbox, program) = start(ibkr::Sandbox::builder().oauth()).await;
    for command in ["token ibkr", "exec ibkr -- /bin/true"] {
        let run = program.run(command).await;
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert!(run.stderr.contains("broker-session exec ibkr --proxy"), "{}", run.stderr);
    }
    assert!(sandbox.calls().is_empty());

    // A bearer token is the same for each request.
    let oauth2 = sandbox.oauth_credentials().unwrap().oauth2.unwrap();
    let program = Program::new().envs(oauth2.variables()).env("IBKR_BASE_URL", sandbox.base_url());
    let object = program.ok("token ibkr").await;
    assert!(object["headers"]["Authorization"].as_str().unwrap().starts_with("Bearer "));
    assert!(object["expires_at"].is_string() && object["number"].is_u64(), "{}", object["number"]);
    let url = format!("{}/iserver/accounts", sandbox.base_url());
    assert_eq!(get(&url, &object).await, StatusCode::OK);
    assert_eq!(get(&url, &json!({ "headers": {} })).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_person_is_needed_nobody_is_waited_for() {
    let (sandbox, with_all) = start(Sandbox::builder()).await;
    let program = of_a_person(Program::of(&sandbox));
    let error = program.fails(TOKEN, 14, "login_required").await;
    assert!(message(&error).contains("broker-session login neo"), "{error}");
    assert!(sandbox.calls().is_empty());
    // Another run has signed in, with all that it takes.
    let store = program.store();
    with_all.ok(&format!("login neo --store {}", store.display())).await;
    let object = program.ok(TOKEN).await;
    assert_eq!(get(&sandbox.orders_url(), &object).await, StatusCode::OK);

    let (sandbox, program) = at_kotak().await;
    let program = program.without(&["KOTAK_PASSWORD"]);
    let error = program.fails("token kotak", 14, "login_required").await;
    assert!(message(&error).contains("broker-session login kotak"), "{error}");
    assert!(sandbox.calls().is_empty());

    let (gateway, program) = start(closed_gateway().signed_out()).await;
    let started = Instant::now();
    let error = program.fails("token ibkr", 14, "login_required").await;
    assert!(started.elapsed() < Duration::from_secs(30), "no person is waited for");
    assert!(error["login_url"].as_str().unwrap().starts_with(gateway.root_url()), "{error}");
    assert!(error["hint"].as_str().unwrap().contains(&format!("{}/", gateway.root_url())), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_that_cannot_be_read_is_not_left_out() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    program.ok(TOKEN).await;
    // The session is there, and only a person could make another one.
    let mut program = of_a_person(program);
    assert!(!program.ok(TOKEN).await["headers"].as_object().unwrap().contains_key("Authorization"));
    for (name, value) in [
        ("NEO_ACCESS_TOKEN", "two words"),
        ("NEO_ACCESS_TOKEN_FILE", "missing"),
        ("NEO_ACCESS_TOKEN_COMMAND", "false"),
    ] {
        program = of_a_person(program).without(&["NEO_ACCESS_TOKEN_FILE"]).env(name, value);
        let run = program.run(TOKEN).await;
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert!(run.stderr.contains(value) || run.stderr.contains(name), "{}", run.stderr);
    }
    // To sign out, none is needed.
    assert_eq!(program.run("logout neo").await.status, 0);
    assert_eq!(sign_ins(&sandbox), [1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_store_nothing_is_sent() {
    let dead = DeadPort::new();
    let url = format!("redis://127.0.0.1:{}", dead.port);
    let (neo, program) = start(Sandbox::builder()).await;
    for command in ["token neo", "exec neo"] {
        let words = if command.starts_with("exec") { " -- /bin/true" } else { "" };
        let run = program.run(&format!("{command} --json --store {url}{words}")).await;
        assert_eq!((run.status, &run.object()["error"]["kind"]), (21, &json!("store")), "{}", run.stdout);
    }
    let (kotak, program) = at_kotak().await;
    let program = program.without(&["KOTAK_ACCESS_TOKEN"]);
    program.fails(&format!("token kotak --store {url}"), 21, "store").await;
    assert!(neo.calls().is_empty() && kotak.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_settings_are_named_and_nobody_is_asked() {
    let (sandbox, _) = start(Sandbox::builder()).await;
    for missing in ["NEO_UCC", "NEO_ACCESS_TOKEN", "NEO_MOBILE", "NEO_MPIN"] {
        let program = Program::of(&sandbox).without(&[missing]);
        let message = program.refuses(TOKEN).await;
        assert!(message.starts_with(&format!("not set: {missing}")), "{message}");
    }
    let message = Program::of(&sandbox).env("NEO_TOTP", "123456").refuses(TOKEN).await;
    assert!(message.contains("both NEO_TOTP and NEO_TOTP_SECRET"), "{message}");
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_credentials_are_sent_by_one_token_only() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let program = program.env("NEO_MPIN", "111111");
    for _ in 0..3 {
        program.fails(TOKEN, 11, "second_factor").await;
    }
    assert_eq!((sign_ins(&sandbox), sandbox.bad_tries("S4MPL")), ([1, 1], 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untrusted_certificate_is_refused_with_the_way_out() {
    let gateway = ibkr::Sandbox::builder().certificate(ibkr::Certificate::Gateway).start().await.unwrap();
    let program = Program::new().env("IBKR_BASE_URL", gateway.base_url());
    let error = program.fails("token ibkr", 17, "unavailable").await;
    assert!(message(&error).contains("run: broker-session trust ibkr"), "{error}");
    assert!(gateway.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_of_the_broker_has_its_exit_status() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    sandbox.inject_always(Operation::TradeApiLogin, Fault::empty(StatusCode::SERVICE_UNAVAILABLE));
    program.fails(TOKEN, 17, "unavailable").await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_gets_no_secret_unasked() {
    use crate::terminal::Terminal;
    let (sandbox, program) = start(Sandbox::builder()).await;
    for command in ["token neo", "token neo --raw", "token neo --json"] {
        let (status, rest) = Terminal::start(&program, command).end();
        assert_eq!(status, 2);
        assert!(rest.contains("--to-terminal") && !rest.contains("Auth"), "{rest}");
    }
    assert!(sandbox.calls().is_empty());
    let (status, rest) = Terminal::start(&program, "token neo --to-terminal").end();
    assert!(status == 0 && rest.contains("\"Auth\""), "{rest}");
    let (status, _) = Terminal::start(&program, "token neo --force").end();
    assert_eq!(status, 0);
}
