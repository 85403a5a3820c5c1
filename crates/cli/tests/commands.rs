//! Help, usage errors, `demo` and `sandbox`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "these functions are parts of tests")]

mod common;

use std::time::Duration;

use common::{Program, finish, sandbox, signal};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

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
        &["login", "ibkr", "--help"],
        &["logout", "ibkr", "--help"],
        &["status", "ibkr", "--help"],
        &["keepalive", "ibkr", "--help"],
        &["trust", "ibkr", "--help"],
        &["sandbox", "ibkr", "--help"],
        &["login", "neo", "--help"],
        &["logout", "neo", "--help"],
        &["sandbox", "neo", "--help"],
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
    for part in [
        "Access code",
        "One-time token",
        "Mpin",
        "Biometric",
        "give a wrong code",
        "sign out",
        "nobody trusts its certificate",
        "a person opens the page and signs in",
        "leaving the phone alone: refused",
        "the certificate has changed",
        "none of them amiss",
        "give a wrong MPIN: refused",
        "not sent, because each is good once",
    ] {
        assert!(run.stdout.contains(part), "{part}");
    }
    let (status, object) = program.json(&["demo"]).await;
    assert_eq!((status, &object["user"]), (0, &json!("S4MPL3")));
    assert!(object["steps"].as_array().unwrap().len() > 20);
    let demos = object["demos"].as_array().unwrap();
    let brokers: Vec<&Value> = demos.iter().map(|demo| &demo["broker"]).collect();
    assert_eq!(brokers, [&json!("kotak"), &json!("ibkr"), &json!("neo")]);
    assert!(demos.iter().all(|demo| demo["steps"].as_array().unwrap().len() >= 9), "{object}");
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
    signal(&child, "TERM");
    assert_eq!(finish(child).await.status, 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_of_neo_is_all_that_a_sign_in_needs() {
    let server = Program::new().env("NEO_MPIN", "909090");
    let mut child = server.start(&["sandbox", "neo", "--port", "0", "--json"]);
    let announced = announcement(&mut child).await;
    assert_eq!((&announced["broker"], &announced["user"]), (&json!("neo"), &json!("S4MPL")));
    assert_eq!(announced["environment"]["NEO_MPIN"], json!(null), "it came from the environment");
    let mut client = Program::new().env("NEO_MPIN", "909090");
    for (name, value) in announced["environment"].as_object().unwrap() {
        if let Some(value) = value.as_str() {
            client = client.env(name, value);
        }
    }
    let (status, object) = client.json(&["login", "neo"]).await;
    assert_eq!((status, &object["base_url"]), (0, &announced["base_url"]), "{object}");
    assert_eq!(client.json(&["logout", "neo"]).await.0, 0);
    signal(&child, "TERM");
    assert_eq!(finish(child).await.status, 0);
    let (status, error) =
        Program::new().env("NEO_TOTP_SECRET", "made-up-secret-1").failure(&["sandbox", "neo"]).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")), "{error}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_can_sign_in_to_the_sandbox_of_ibkr_at_the_page_that_it_prints() {
    let server = Program::new();
    let mut child = server.start(&["sandbox", "ibkr", "--signed-out", "--user-name", "somebody", "--json"]);
    let announced = announcement(&mut child).await;
    let client = Program::new().env("IBKR_BASE_URL", announced["base_url"].as_str().unwrap());
    // Not `login`, which would ask for the user's name, and that only once a minute.
    let (status, object) = client.json(&["keepalive", "ibkr", "--once"]).await;
    assert_eq!((status, &object["state"]), (14, &json!("login_required")));
    press_the_button(announced["login_url"].as_str().unwrap()).await;
    let (status, object) = client.json(&["login", "ibkr", "--timeout", "20"]).await;
    assert_eq!((status, &object["state"]), (0, &json!("ready")), "{object}");
    let older = announced["older_base_url"].as_str().unwrap();
    let (status, object) = client.json(&["status", "ibkr", "--base-url", older]).await;
    assert_eq!((status, &object["state"], &object["established"]), (0, &json!("ready"), &json!(null)));
    signal(&child, "INT");
    assert_eq!(finish(child).await.status, 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_of_ibkr_gives_its_certificate_away() {
    let server = Program::new();
    let pem = server.home.path().join("gateway.pem");
    let pem = pem.to_str().unwrap();
    let arguments = ["sandbox", "ibkr", "--https", "--certificate-out", pem, "--paper", "--json"];
    let mut child = server.start(&arguments);
    let announced = announcement(&mut child).await;
    assert_eq!(announced["certificate"], pem);
    let base_url = announced["base_url"].as_str().unwrap();
    let client = Program::new().env("IBKR_BASE_URL", base_url);
    for trusted in [["--certificate", pem], ["--fingerprint", announced["fingerprint"].as_str().unwrap()]] {
        let (status, object) = client.json(&[&["status", "ibkr"] as &[&str], &trusted].concat()).await;
        assert_eq!((status, &object["state"]), (0, &json!("ready")), "{object}");
    }
    let mut client = Program::new();
    for (name, value) in announced["environment"].as_object().unwrap() {
        client = client.env(name, value.as_str().unwrap());
    }
    assert_eq!(client.json(&["status", "ibkr"]).await.0, 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_of_ibkr_answers_as_it_is_told_to() {
    let server = Program::new();
    let arguments = [
        &["sandbox", "ibkr", "--signed-out", "--when-signed-out", "redirect", "--json"] as &[&str],
        &["--fault", "tickle_post=html-503", "--no-pacing", "--idle-timeout", "10"],
    ];
    let mut child = server.start(&arguments.concat());
    let announced = announcement(&mut child).await;
    let client = Program::new().env("IBKR_BASE_URL", announced["base_url"].as_str().unwrap());
    let (status, error) = client.failure(&["logout", "ibkr"]).await;
    assert_eq!((status, &error["kind"], &error["status"]), (13, &json!("session_expired"), &json!(302)));
    let (status, error) = client.failure(&["sandbox", "ibkr", "--fault", "tickle=hang"]).await;
    assert!(status == 2 && error["message"].as_str().unwrap().contains("tickle_post"), "{error}");
}

/// What a sandbox has written at its start.
#[cfg(unix)]
async fn announcement(child: &mut tokio::process::Child) -> Value {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
    serde_json::from_str(&line).unwrap()
}

/// Signs in as a browser would.
#[cfg(unix)]
async fn press_the_button(page: &str) {
    let (host, path) = page.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut socket = tokio::net::TcpStream::connect(host).await.unwrap();
    let request =
        format!("POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 302"), "{answer}");
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
async fn every_sandbox_says_where_its_reference_is_and_shows_it_at_its_root() {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for broker in ["kotak", "neo", "ibkr"] {
        let server = Program::new();
        let mut child = server.start(&["sandbox", broker, "--json"]);
        let announced = announcement(&mut child).await;
        let reference = announced["reference_url"].as_str().unwrap();
        let page = http.get(reference).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("swagger-ui"), "{broker}: {page}");
        let root = reference.strip_suffix("api-reference/").unwrap();
        assert_eq!(http.get(root).send().await.unwrap().text().await.unwrap(), page, "{broker}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_can_be_planned_from_the_command_line() {
    let server = Program::new();
    let arguments = ["sandbox", "kotak", "--json", "--fault", "session_init=html-503"];
    let mut child = server.start(&arguments);
    let announced = announcement(&mut child).await;
    let mut client = Program::new();
    for (name, value) in announced["environment"].as_object().unwrap() {
        client = client.env(name, value.as_str().unwrap());
    }
    let (status, error) = client.failure(&["login", "kotak", "--timeout", "10"]).await;
    assert_eq!((status, &error["status"]), (17, &json!(503)));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_share_of_all_calls_goes_wrong_where_the_command_line_says_so() {
    let server = Program::new();
    let arguments = ["sandbox", "neo", "--json", "--fault-rate", "1", "--fault-seed", "7"];
    let mut child = server.start(&arguments);
    let announced = announcement(&mut child).await;
    let url = format!("{}/quick/user/limits", announced["base_url"].as_str().unwrap());
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(1)).build().unwrap();
    let calls: Vec<_> = (0..16).map(|_| tokio::spawn(http.post(&url).send())).collect();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap().ok().map(|answer| answer.status().as_u16()));
    }
    // Silence and resets, refusals, pages.
    for status in [None, Some(401), Some(503)] {
        assert!(statuses.contains(&status), "{status:?} in {statuses:?}");
    }
    for flags in [&["--fault-rate", "1.5"] as &[&str], &["--fault-rate", "often"], &["--fault-seed", "7"]] {
        let (status, error) = server.failure(&[&["sandbox", "neo"], flags].concat()).await;
        assert_eq!((status, &error["kind"]), (2, &json!("config")), "{error}");
    }
}
