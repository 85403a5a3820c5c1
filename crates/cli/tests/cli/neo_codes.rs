//! The one-time passwords of `login neo`: where they come from, and that none is sent twice.

use broker_session_sandbox::{Clock, neo::Sandbox};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::common::{DeadPort, Program, message, start};

const LOGIN: &str = "login neo";

/// A program that gives a code in place of the secret.
fn with_code(sandbox: &Sandbox, code: &str) -> Program {
    Program::of(sandbox).without(&["NEO_TOTP_SECRET"]).env("NEO_TOTP", code)
}

fn wrong_code(sandbox: &Sandbox) -> &'static str {
    if sandbox.totp_now() == "000000" { "111111" } else { "000000" }
}

/// Lets two earlier runs use the current code and the next one.
async fn use_up(sandbox: &Sandbox, program: &Program) {
    let later = sandbox.clock().now() + jiff::SignedDuration::from_secs(30);
    let ahead = Sandbox::builder().clock(Clock::starting_at(later)).start().await.unwrap();
    for sandbox in [sandbox, &ahead] {
        let store = program.store();
        let earlier =
            with_code(sandbox, &sandbox.totp_now()).env("BROKER_SESSION_STORE", store.to_str().unwrap());
        earlier.ok("login neo --renew").await;
        // The sandboxes stand for one broker.
        earlier.ok("logout neo --forget").await;
    }
    sandbox.clear_calls();
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
    let kept = &program.stored("guesses")[0]["guesses"];
    // The code and the MPIN.
    for guess in kept.as_array().unwrap() {
        let digest = guess["digest"].as_str().unwrap();
        // Without the key of the digests, which the store has not, each of the million codes would have to be tried.
        for plain in [code.clone(), format!("trade_api_login\n{code}")] {
            assert_ne!(digest, hex::encode(Sha256::digest(plain)));
        }
        assert!(digest.len() == 64 && !guess.to_string().contains(&code), "{guess}");
    }
    assert_eq!(kept.as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_code_may_have_a_blank_in_its_middle() {
    let (sandbox, _) = start(Sandbox::builder()).await;
    let code = sandbox.totp_now();
    let (left, right) = code.split_at(3);
    let program = with_code(&sandbox, &format!("{left} {right}"));
    program.ok(LOGIN).await;
    // It is the same code.
    program.env("NEO_TOTP", &code).refuses("login neo --renew").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_an_earlier_run_is_not_sent_again() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    use_up(&sandbox, &program).await;
    let message = program.refuses("login neo --renew --timeout 2").await;
    assert!(message.contains("Nothing was sent"), "{message}");
    let typed = program.without(&["NEO_TOTP_SECRET"]).env("NEO_TOTP", &sandbox.totp_now());
    let message = typed.refuses("login neo --renew").await;
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
    let mut child = program.start("login neo --renew");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if !line.starts_with("Giving the one-time password at ") {
            break line;
        }
    };
    assert!(line.starts_with("Waiting ") && line.contains("for the next one-time password"), "{line}");
    assert!(sandbox.calls().is_empty());
    child.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsent_code_is_still_good() {
    let dead = DeadPort::new();
    let (sandbox, program) = start(Sandbox::builder()).await;
    let error = program.fails(&format!("{LOGIN} --base-url {}", dead.url("")), 17, "unavailable").await;
    assert_eq!(error["status"], json!(null), "{}", message(&error));
    assert_eq!(program.stored("guesses")[0]["guesses"], json!([]));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_list_of_codes_stops_the_sign_in() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let entry = json!({ "version": "0000000000000001", "value": "another program's", "expires_at": null });
    program
        .file("store.json", &json!({ "version": 3, "entries": { "guesses/neo/S4MPL": entry } }).to_string());
    program.fails(LOGIN, 21, "store").await;
    assert_eq!(program.kept("store.json")["entries"]["guesses/neo/S4MPL"], entry);
    assert!(sandbox.calls().is_empty());
}
