//! The one-time passwords of `login neo`: where they come from, and that none is sent twice.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "these functions are parts of tests")]

mod common;

use std::{collections::BTreeSet, fs};

use broker_session_sandbox::{
    Clock,
    neo::{Operation, Sandbox},
};
use common::{DeadPort, Program, at_neo, members};
use serde_json::json;
use sha2::{Digest, Sha256};

const LOGIN: &[&str] = &["login", "neo"];

#[tokio::test(flavor = "multi_thread")]
async fn a_code_and_the_secret_that_makes_codes_exclude_each_other() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let both = Program::of_neo(&sandbox).env("NEO_TOTP", &sandbox.totp_now());
    let (status, error) = both.failure(LOGIN).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")), "{error}");
    assert!(error["message"].as_str().unwrap().contains("both NEO_TOTP and NEO_TOTP_SECRET"), "{error}");
    assert!(sandbox.calls().is_empty());
    let program =
        program.without("NEO_TOTP_SECRET").env("NEO_TOTP_SECRET", "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK");
    let (status, error) = program.failure(LOGIN).await;
    assert_eq!((status, &error["kind"]), (10, &json!("credentials")), "{error}");
    // In a home of its own, where nobody knows of the code that was just refused.
    let other = Program::of_neo(&sandbox).without("NEO_TOTP_SECRET").env("NEO_TOTP", &sandbox.totp_now());
    assert_eq!(other.json(LOGIN).await.0, 0);
}

/// Makes a program remember the codes of now and of the next step, as if an earlier run had used them. Gives back the
/// code of now.
async fn use_up(sandbox: &Sandbox, program: &Program) -> String {
    let later = sandbox.clock().now() + jiff::SignedDuration::from_secs(30);
    let ahead = Sandbox::builder().clock(Clock::starting_at(later)).start().await.unwrap();
    let codes = [sandbox.totp_now(), ahead.totp_now()];
    let entry = |code: &String| {
        let digest = hex::encode(Sha256::digest(format!("S4MPL\n{code}")));
        json!({ "digest": digest, "at": jiff::Timestamp::now().to_string() })
    };
    let content = json!({ "version": 1, "codes": codes.iter().map(entry).collect::<Vec<_>>() });
    program.file("used-codes.json", &content.to_string());
    let [now, _] = codes;
    now
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_noted_of_a_code_is_its_digest() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let code = sandbox.totp_now();
    let program = program.without("NEO_TOTP_SECRET").env("NEO_TOTP", &code);
    assert_eq!(program.json(LOGIN).await.0, 0);
    let kept = program.used_codes();
    assert_eq!(members(&kept["codes"][0]), ["at", "digest"].into_iter().collect());
    assert_eq!(kept["codes"][0]["digest"], hex::encode(Sha256::digest(format!("S4MPL\n{code}"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_an_earlier_run_has_used_is_not_sent_again() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let code = use_up(&sandbox, &program).await;
    let (status, error) = program.failure(&[LOGIN, &["--timeout", "0.5"]].concat()).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")), "{error}");
    assert!(error["message"].as_str().unwrap().contains("Nothing was sent"), "{error}");
    let typed = program.without("NEO_TOTP_SECRET").env("NEO_TOTP", &code);
    let (status, error) = typed.failure(LOGIN).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")), "{error}");
    assert!(error["message"].as_str().unwrap().contains("given before"), "{error}");
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_stays_used_and_a_right_one_may_follow_at_once() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let wrong = if sandbox.totp_now() == "000000" { "111111" } else { "000000" };
    let program = program.without("NEO_TOTP_SECRET").env("NEO_TOTP", wrong);
    assert_eq!(program.failure(LOGIN).await.0, 10);
    assert_eq!(program.failure(LOGIN).await.0, 2);
    assert_eq!(sandbox.calls().len(), 1);
    let program = program.without("NEO_TOTP").env("NEO_TOTP", &sandbox.totp_now());
    assert_eq!(program.json(LOGIN).await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_for_the_next_code_says_so() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
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
async fn of_programs_that_start_together_one_alone_sends_the_code() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let children: Vec<_> = (0..4).map(|_| program.start(&[LOGIN, &["--timeout", "3"]].concat())).collect();
    for child in children {
        let run = common::finish(child).await;
        assert!([0, 2].contains(&run.status), "{}", run.stderr);
    }
    let calls = sandbox.calls_to(Operation::TradeApiLogin);
    let codes: BTreeSet<Vec<u8>> = calls.iter().map(|call| call.body.to_vec()).collect();
    assert!(!calls.is_empty() && codes.len() == calls.len(), "no code twice");
    assert_eq!(sandbox.bad_tries("S4MPL"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_never_left_is_still_good() {
    let dead = DeadPort::new();
    let url = dead.url("");
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let (status, error) = program.failure(&[LOGIN, &["--base-url", &url]].concat()).await;
    assert_eq!((status, &error["kind"], &error["status"]), (17, &json!("unavailable"), &json!(null)));
    assert_eq!(program.used_codes()["codes"], json!([]));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_used_codes_that_cannot_be_used_stops_the_sign_in() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let path = program.file("used-codes.json", "somebody else's");
    let (status, error) = program.failure(LOGIN).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")), "{error}");
    assert_eq!(fs::read_to_string(path).unwrap(), "somebody else's");
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_sent_once() {
    for builder in [Sandbox::builder(), Sandbox::builder().refusals_in_success()] {
        let (sandbox, program) = at_neo(builder).await;
        let wrong = if sandbox.totp_now() == "000000" { "111111" } else { "000000" };
        let (status, error) = program.without("NEO_TOTP_SECRET").env("NEO_TOTP", wrong).failure(LOGIN).await;
        assert_eq!((status, &error["kind"]), (10, &json!("credentials")), "{error}");
        assert_eq!(error["operation"], "trade_api_login");
        assert_eq!(sandbox.calls().len(), 1);
    }
}
