//! The one-time passwords of `login neo`: where they come from, and that none is sent twice.

use std::{collections::BTreeSet, fs};

use broker_session_sandbox::{
    Clock,
    neo::{Operation, Sandbox},
};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::common::{DeadPort, Program, finish, message, start};

const LOGIN: &str = "login neo";

/// A program that gives a code in place of the secret.
fn with_code(sandbox: &Sandbox, code: &str) -> Program {
    Program::of(sandbox).without(&["NEO_TOTP_SECRET"]).env("NEO_TOTP", code)
}

fn wrong_code(sandbox: &Sandbox) -> &'static str {
    if sandbox.totp_now() == "000000" { "111111" } else { "000000" }
}

fn digest(code: &str) -> String {
    hex::encode(Sha256::digest(format!("S4MPL\n{code}")))
}

/// Makes a program remember the current code and the next one, as if an earlier run had used them.
async fn use_up(sandbox: &Sandbox, program: &Program) {
    let later = sandbox.clock().now() + jiff::SignedDuration::from_secs(30);
    let ahead = Sandbox::builder().clock(Clock::starting_at(later)).start().await.unwrap();
    let now = jiff::Timestamp::now().to_string();
    let codes =
        [sandbox.totp_now(), ahead.totp_now()].map(|code| json!({ "digest": digest(&code), "at": now }));
    program.file("used-codes.json", &json!({ "version": 1, "codes": codes }).to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_and_the_secret_exclude_each_other() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let both = Program::of(&sandbox).env("NEO_TOTP", &sandbox.totp_now());
    let message = both.refuses(LOGIN).await;
    assert!(message.contains("both NEO_TOTP and NEO_TOTP_SECRET"), "{message}");
    assert!(sandbox.calls().is_empty());
    let wrong = program.env("NEO_TOTP_SECRET", "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK");
    wrong.fails(LOGIN, 10, "credentials").await;
    // In a home of its own, where the refused code is not known.
    with_code(&sandbox, &sandbox.totp_now()).ok(LOGIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_kept_as_a_digest() {
    let (sandbox, _) = start(Sandbox::builder()).await;
    let code = sandbox.totp_now();
    let program = with_code(&sandbox, &code);
    program.ok(LOGIN).await;
    let kept = &program.kept("used-codes.json")["codes"][0];
    assert_eq!(*kept, json!({ "digest": digest(&code), "at": kept["at"] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_code_may_have_a_blank_in_its_middle() {
    let (sandbox, _) = start(Sandbox::builder()).await;
    let code = sandbox.totp_now();
    let (left, right) = code.split_at(3);
    let program = with_code(&sandbox, &format!("{left} {right}"));
    program.ok(LOGIN).await;
    // It is the same code.
    program.env("NEO_TOTP", &code).refuses(LOGIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_an_earlier_run_is_not_sent_again() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    use_up(&sandbox, &program).await;
    let message = program.refuses("login neo --timeout 0.5").await;
    assert!(message.contains("Nothing was sent"), "{message}");
    let typed = program.without(&["NEO_TOTP_SECRET"]).env("NEO_TOTP", &sandbox.totp_now());
    let message = typed.refuses(LOGIN).await;
    assert!(message.contains("given before"), "{message}");
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_sent_once() {
    for builder in [Sandbox::builder(), Sandbox::builder().refusals_in_success()] {
        let (sandbox, _) = start(builder).await;
        let program = with_code(&sandbox, wrong_code(&sandbox));
        let error = program.fails(LOGIN, 10, "credentials").await;
        assert_eq!(error["operation"], "trade_api_login");
        program.refuses(LOGIN).await;
        assert_eq!(sandbox.calls().len(), 1);
        // A right one may follow at once.
        program.env("NEO_TOTP", &sandbox.totp_now()).ok(LOGIN).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_the_next_code_is_reported() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    use_up(&sandbox, &program).await;
    let mut child = program.start(LOGIN);
    let mut stderr = tokio::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut stderr, &mut line).await.unwrap();
    assert!(line.starts_with("Waiting ") && line.contains("for the next one-time password"), "{line}");
    assert!(sandbox.calls().is_empty());
    child.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_start_together_send_each_code_once() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let children: Vec<_> = (0..4).map(|_| program.start("login neo --timeout 3")).collect();
    for child in children {
        let run = finish(child).await;
        assert!([0, 2].contains(&run.status), "{}", run.stderr);
    }
    let calls = sandbox.calls_to(Operation::TradeApiLogin);
    let codes: BTreeSet<Vec<u8>> = calls.iter().map(|call| call.body.to_vec()).collect();
    assert!(!calls.is_empty() && codes.len() == calls.len(), "no code twice");
    assert_eq!(sandbox.bad_tries("S4MPL"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsent_code_is_still_good() {
    let dead = DeadPort::new();
    let (sandbox, program) = start(Sandbox::builder()).await;
    let error = program.fails(&format!("{LOGIN} --base-url {}", dead.url("")), 17, "unavailable").await;
    assert_eq!(error["status"], json!(null), "{}", message(&error));
    assert_eq!(program.kept("used-codes.json")["codes"], json!([]));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_list_of_codes_stops_the_sign_in() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let path = program.file("used-codes.json", "another program's");
    program.refuses(LOGIN).await;
    assert_eq!(fs::read_to_string(path).unwrap(), "another program's");
    assert!(sandbox.calls().is_empty());
}
