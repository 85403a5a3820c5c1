//! No secret appears in what the program prints, however much it is asked to tell and whatever a broker answers; and the
//! store has them in their place only.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "parts of tests")]

mod common;

use std::fs;

use broker_session_sandbox::{Fault, ibkr, kotak, neo};
use common::{Program, Run};
use serde_json::{Value, json};

/// What every secret begins with that may be any text.
const CANARY: &str = "CANARY";

/// All of its letters are of base32.
const TOTP_SECRET: &str = "CANARYTOTPSECRETOFATEST2";

/// A pin that must be digits.
const PIN: &str = "827364";

/// How much a run tells.
const VERBOSITY: [&[&str]; 4] = [&[], &["-v"], &["-vv"], &["--json"]];

fn canary(name: &str) -> String {
    format!("{CANARY}-{name}")
}

fn kotak_account() -> kotak::Account {
    kotak::Account {
        password: canary("password"),
        access_token: canary("access-token"),
        consumer_key: canary("consumer-key"),
        consumer_secret: canary("consumer-secret"),
        access_code: canary("code"),
        mpin: Some(canary("mpin")),
        biometric: Some(canary("biometric")),
        ..kotak::Account::default()
    }
}

fn neo_account() -> neo::Account {
    neo::Account {
        access_token: canary("access-token"),
        totp_secret: TOTP_SECRET.to_owned(),
        mpin: PIN.to_owned(),
        k_id: canary("k-id"),
        ..neo::Account::default()
    }
}

/// Everything of which no part may be printed.
#[derive(Default)]
struct Printed {
    runs: Vec<(String, Run)>,
    /// Secrets that do not begin as the others do.
    others: Vec<String>,
}

impl Printed {
    /// Runs a command in every verbosity, and once with the logs of every crate.
    async fn run(&mut self, program: Program, arguments: &[&str]) -> Program {
        for verbosity in VERBOSITY {
            let arguments = [arguments, verbosity].concat();
            self.note(arguments.join(" "), program.run(&arguments).await, &program);
        }
        let program = program.env("RUST_LOG", "trace");
        self.note(format!("RUST_LOG {}", arguments.join(" ")), program.run(arguments).await, &program);
        program.without("RUST_LOG")
    }

    /// Notes what was printed; and as secret what has been stored.
    fn note(&mut self, name: String, run: Run, program: &Program) {
        self.runs.push((name, run));
        let Ok(text) = fs::read_to_string(program.store()) else { return };
        #[cfg(unix)]
        assert_eq!(common::mode(&program.store()), 0o600);
        let mut store: Value = serde_json::from_str(&text).unwrap();
        for entry in store["sessions"].as_array_mut().unwrap() {
            let secrets = entry["session"].as_object_mut().unwrap().remove("secrets").unwrap();
            let secrets =
                secrets.as_object().unwrap().values().map(|secret| secret.as_str().unwrap().to_owned());
            self.others.extend(secrets);
        }
        let rest = store.to_string();
        assert!(!self.is_secret(&rest), "a secret is stored outside its place: {rest}");
    }

    fn is_secret(&self, text: &str) -> bool {
        text.contains(CANARY) || self.others.iter().any(|secret| stands_in(text, secret))
    }

    fn check(self, at_least: usize) {
        assert!(self.runs.len() >= at_least, "only {} runs", self.runs.len());
        assert!(
            self.runs.iter().any(|(_, run)| run.stderr.contains("hyper_util::client")),
            "the HTTP stack was not heard"
        );
        assert!(self.runs.iter().any(|(_, run)| run.status == 0) && !self.others.is_empty());
        for (name, run) in &self.runs {
            for text in [&run.stdout, &run.stderr] {
                let line = text.lines().find(|line| self.is_secret(line));
                assert!(line.is_none(), "`{name}` prints a secret: {line:?}");
            }
        }
    }
}

/// Whether a secret is in a text, and not by chance: one of digits alone is not a part of a longer number.
fn stands_in(text: &str, secret: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let is_number = secret.chars().all(is_digit);
    text.match_indices(secret).any(|(start, _)| {
        let (before, after) = (&text[..start], &text[start + secret.len()..]);
        !is_number || !(before.ends_with(is_digit) || after.starts_with(is_digit))
    })
}

/// What a broker may know at the time of an operation: what was given to the program, and what it has sent by then.
fn known(operation: &str) -> Vec<String> {
    let mut known = vec![canary("access-token")];
    match operation {
        "TradeApiValidate" => known.push(PIN.to_owned()),
        // Neo's other operations.
        "TradeApiLogin" | "GetClientIp" | "Logout" => {}
        _ => known.extend(["consumer-key", "consumer-secret"].map(canary)),
    }
    match operation {
        _ if operation.starts_with("SessionLogin") => known.push(canary("password")),
        _ if operation.starts_with("Session2fa") => known.extend(["password", "code"].map(canary)),
        _ => {}
    }
    known
}

/// Refusals that quote all of it.
fn refusals(operation: &str) -> [Fault; 4] {
    let all = known(operation).join(" ");
    let fault = json!({ "fault": { "code": 900_000, "message": all, "description": all } });
    let list = json!({ "error": [{ "code": "10522", "message": all }] });
    let status = |status: &str| status.parse().unwrap();
    [
        Fault::json(status("400"), &fault),
        Fault::json(status("424"), &list),
        page(&all),
        Fault::json(status("200"), &json!([all])),
    ]
}

/// A gateway's page.
fn page(text: &str) -> Fault {
    let page = format!("<html><body>{text}</body></html>");
    Fault::raw(http::Response::builder().status(503).header("content-type", "text/html").body(page).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_of_kotak_is_printed() {
    let mut printed = Printed::default();
    let sandbox = kotak::Sandbox::builder().account(kotak_account()).start().await.unwrap();
    let program = Program::at(&sandbox)
        .env("KOTAK_ACCESS_CODE", &canary("code"))
        .env("KOTAK_MPIN", &canary("mpin"))
        .env("KOTAK_BIOMETRIC", &canary("biometric"));
    let mut program = program;
    for factor in ["access-code", "mpin", "biometric", "one-time-token"] {
        program = printed.run(program, &["login", "kotak", "--factor", factor]).await;
        program = printed.run(program, &["session", "show"]).await;
    }
    program = printed.run(program, &["logout", "kotak"]).await;
    for operation in kotak::Operation::ALL {
        for refusal in refusals(&format!("{operation:?}")) {
            sandbox.inject_always(operation, refusal);
            for command in ["login", "logout"] {
                let run = program.run(&[command, "kotak", "-vv"]).await;
                printed.note(format!("{command}, {operation:?} refused"), run, &program);
            }
        }
        sandbox.clear_faults();
    }
    printed.check(140);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_of_neo_is_printed() {
    let mut printed = Printed { others: vec![PIN.to_owned()], ..Printed::default() };
    let start = || neo::Sandbox::builder().account(neo_account()).start();
    // A one-time password is good once, so each login has a sandbox and a home of its own.
    for verbosity in VERBOSITY.into_iter().chain([&["RUST_LOG"][..]]) {
        let sandbox = start().await.unwrap();
        let program = Program::of_neo(&sandbox);
        let (program, verbosity) = match verbosity {
            ["RUST_LOG"] => (program.env("RUST_LOG", "trace"), &[][..]),
            verbosity => (program, verbosity),
        };
        for command in [["login", "neo"], ["session", "show"], ["logout", "neo"]] {
            let arguments = [&command, verbosity].concat();
            printed.note(arguments.join(" "), program.run(&arguments).await, &program);
        }
    }
    for operation in neo::Operation::ALL {
        for refusal in refusals(&format!("{operation:?}")) {
            let sandbox = start().await.unwrap();
            sandbox.inject_always(operation, refusal);
            let program = Program::of_neo(&sandbox);
            for command in ["login", "logout"] {
                let run = program.run(&[command, "neo", "-vv"]).await;
                printed.note(format!("{command}, {operation:?} refused"), run, &program);
            }
        }
    }
    printed.check(40);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_of_a_proxy_or_a_url_is_printed() {
    let mut printed = Printed { others: vec!["made-up-other".to_owned()], ..Printed::default() };
    let sandbox = kotak::Sandbox::builder().account(kotak_account()).start().await.unwrap();
    let secret = canary("url-password");
    for url in [
        format!("http://u:{secret}@127.0.0.1:9"),
        format!("http://127.0.0.1:9/?token={secret}"),
        format!("u:{secret}@127.0.0.1:9"),
    ] {
        let program = Program::with_code(&sandbox);
        program.file("config.toml", &format!("[profiles.default.network]\nproxy = \"{url}\"\n"));
        let config = program.home.path().join("config.toml");
        let config = config.to_str().unwrap().to_owned();
        printed.run(program, &["login", "kotak", "--config", &config]).await;
        let program = Program::with_code(&sandbox).without("KOTAK_BASE_URL").env("KOTAK_BASE_URL", &url);
        printed.run(program, &["login", "kotak"]).await;
    }
    for (name, run) in &printed.runs {
        assert!(!printed.is_secret(&run.stdout) && !printed.is_secret(&run.stderr), "{name}: {}", run.stderr);
        assert_ne!(run.status, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_and_a_gateway_print_no_token() {
    let gateway = ibkr::Sandbox::builder().opened_at_sign_in(false).pacing(false).start().await.unwrap();
    let api = broker_session::ibkr::Gateway::builder().base_url(gateway.base_url()).build().unwrap();
    let session = api.tickle().await.unwrap().session.expect("a session's token");
    let mut program = Program::of_gateway(&gateway).env("RUST_LOG", "trace");
    let mut printed = String::new();
    for command in [&["login", "ibkr"][..], &["status", "ibkr"], &["session", "show"], &["logout", "ibkr"]] {
        let run = program.run(command).await;
        printed.push_str(&run.stdout);
        printed.push_str(&run.stderr);
    }
    assert!(printed.contains("broker_call"), "{printed}");
    // What every tickle of the program was told.
    assert!(gateway.calls_to(ibkr::Operation::TicklePost).len() > 1);
    assert!(!printed.contains(session.expose()), "the token of the gateway's session is printed");
    program = Program::new().env("RUST_LOG", "trace");
    let run = program.run(&["demo"]).await;
    assert_eq!(run.status, 0, "{}", run.stderr);
    let account = kotak::Account::default();
    for secret in common::secrets(&account) {
        assert!(!run.stdout.contains(&secret) && !run.stderr.contains(&secret), "the demo prints {secret}");
    }
}
