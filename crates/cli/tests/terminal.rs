//! What a person meets at a terminal: prompts without echo, and a second chance for a wrong code.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "these functions are parts of tests")]

mod common;

use broker_session_sandbox::{
    Fault,
    kotak::{Operation, Sandbox},
    neo,
};
use common::{Program, sandbox};
use http::StatusCode;
use rexpect::{process::WaitStatus, session::PtySession, session::spawn_command};
use serde_json::json;

/// For one answer of the program, in milliseconds.
const PATIENCE: Option<u64> = Some(20_000);

fn login(program: &Program, arguments: &[&str]) -> PtySession {
    at_terminal(program, &[&["login", "kotak"], arguments].concat())
}

fn at_terminal(program: &Program, arguments: &[&str]) -> PtySession {
    spawn_command(program.std_command(arguments), PATIENCE).unwrap()
}

fn status(session: &PtySession) -> i32 {
    match session.process().wait().unwrap() {
        WaitStatus::Exited(_, status) => status,
        other => panic!("{other:?}"),
    }
}

fn code(sandbox: &Sandbox) -> String {
    sandbox.access_code("S4MPL3").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_for_without_echo() {
    let sandbox = sandbox().await;
    let program = Program::at(&sandbox).without("KOTAK_PASSWORD").without("KOTAK_USERID");
    let mut session = login(&program, &[]);
    session.exp_string("User id (client code): ").unwrap();
    session.send_line("S4MPL3").unwrap();
    session.exp_string("Password of S4MPL3 at Kotak: ").unwrap();
    session.send_line("sandbox-password").unwrap();
    session.exp_string("Access code: ").unwrap();
    assert!(sandbox.calls().is_empty(), "everything is asked for before anything is sent");
    session.send_line(&code(&sandbox)).unwrap();
    let rest = session.exp_eof().unwrap();
    assert!(rest.contains("Signed in to Kotak as S4MPL3"), "{rest}");
    assert!(!rest.contains("sandbox-password") && !rest.contains(&code(&sandbox)), "{rest}");
    assert_eq!(status(&session), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_may_be_corrected_and_is_never_sent_twice() {
    let sandbox = sandbox().await;
    let program = Program::at(&sandbox);
    let mut session = login(&program, &[]);
    session.exp_string("Access code: ").unwrap();
    session.send_line("0000").unwrap();
    session.exp_string("Access code, once more: ").unwrap();
    session.send_line("0000").unwrap();
    session.exp_string("not sent again").unwrap();
    session.exp_string("Access code, once more: ").unwrap();
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 1);
    session.send_line(&code(&sandbox)).unwrap();
    session.exp_eof().unwrap();
    assert_eq!(status(&session), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_stops_before_the_account_is_locked() {
    let sandbox = sandbox().await;
    let program = Program::at(&sandbox);
    let mut session = login(&program, &[]);
    session.exp_string("Access code: ").unwrap();
    session.send_line("0000").unwrap();
    session.exp_string("Access code, once more: ").unwrap();
    session.send_line("1111").unwrap();
    let rest = session.exp_eof().unwrap();
    assert!(rest.contains("before the broker locks the account"), "{rest}");
    assert_eq!(status(&session), 11);
    assert!(!sandbox.is_locked("S4MPL3"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_asked_for_is_typed_after_it_was_sent() {
    let sandbox = sandbox().await;
    let program = Program::at(&sandbox);
    let mut session = login(&program, &["--request-code", "--json"]);
    session.exp_string("The broker sends the code to XXXXXXX828").unwrap();
    session.exp_string("Access code: ").unwrap();
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodeGet), 1);
    session.send_line(&code(&sandbox)).unwrap();
    let rest = session.exp_eof().unwrap();
    assert!(rest.contains("\"broker\":\"kotak\""), "{rest}");
    assert_eq!(status(&session), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn control_c_at_a_prompt_ends_the_program() {
    let sandbox = sandbox().await;
    let program = Program::at(&sandbox);
    let mut session = login(&program, &[]);
    session.exp_string("Access code: ").unwrap();
    session.send_control('c').unwrap();
    let rest = session.exp_eof().unwrap();
    assert!(rest.contains("interrupted"), "{rest}");
    assert_eq!(status(&session), 130);
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_to_neo_asks_for_everything_before_anything_is_sent() {
    let sandbox = neo::Sandbox::builder().start().await.unwrap();
    let program = Program::new().env("NEO_BASE_URL", sandbox.base_url());
    let neo::Account { ucc, access_token, mobile, mpin, .. } = sandbox.account().clone();
    let mut session = at_terminal(&program, &["login", "neo"]);
    for (question, answer) in [
        ("Client code (UCC): ", &ucc),
        ("Access token: ", &access_token),
        ("Registered mobile number, with +91: ", &mobile),
        ("MPIN of S4MPL at Kotak Neo: ", &mpin),
        ("One-time password (TOTP): ", &sandbox.totp_now()),
    ] {
        session.exp_string(question).unwrap();
        assert!(sandbox.calls().is_empty());
        session.send_line(answer).unwrap();
    }
    let rest = session.exp_eof().unwrap();
    assert!(rest.contains("Signed in to Kotak Neo as S4MPL"), "{rest}");
    for secret in [&access_token, &mobile, &mpin] {
        assert!(!rest.contains(secret.as_str()), "{rest}");
    }
    assert_eq!(status(&session), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_mpin_may_be_corrected_and_is_never_sent_twice() {
    let sandbox = neo::Sandbox::builder().start().await.unwrap();
    let program = Program::of_neo(&sandbox).without("NEO_MPIN");
    let mut session = at_terminal(&program, &["login", "neo"]);
    session.exp_string("MPIN of S4MPL at Kotak Neo: ").unwrap();
    session.send_line("111111").unwrap();
    session.exp_string("MPIN, once more: ").unwrap();
    session.send_line("111111").unwrap();
    session.exp_string("not sent again").unwrap();
    session.exp_string("MPIN, once more: ").unwrap();
    session.send_line("7302").unwrap();
    session.exp_string("not six digits").unwrap();
    session.exp_string("MPIN, once more: ").unwrap();
    assert_eq!(sandbox.call_count(neo::Operation::TradeApiValidate), 1);
    session.send_line(&sandbox.account().mpin).unwrap();
    session.exp_eof().unwrap();
    assert_eq!(status(&session), 0);
    assert_eq!(sandbox.call_count(neo::Operation::TradeApiLogin), 1, "on the same sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_for_another_guess_when_something_else_was_refused() {
    let token = json!({ "code": "900901", "message": "Invalid Credentials", "description": "" });
    let header = json!({ "error": [{ "code": "10512", "message": "Required header not found." }] });
    for (fault, exit) in [
        (Fault::json(StatusCode::UNAUTHORIZED, &token), 10),
        (Fault::json(StatusCode::UNAUTHORIZED, &json!({ "error": "something new" })), 10),
        (Fault::empty(StatusCode::UNAUTHORIZED), 10),
        (Fault::html_page(StatusCode::FORBIDDEN), 15),
        (Fault::json(StatusCode::BAD_REQUEST, &header), 15),
    ] {
        let sandbox = neo::Sandbox::builder().start().await.unwrap();
        sandbox.inject(neo::Operation::TradeApiValidate, fault.clone());
        let program = Program::of_neo(&sandbox);
        let mut session = at_terminal(&program, &["login", "neo"]);
        let rest = session.exp_eof().unwrap();
        assert!(rest.contains("may be used again") && !rest.contains("once more"), "{fault:?}: {rest}");
        assert_eq!(
            (status(&session), sandbox.call_count(neo::Operation::TradeApiValidate)),
            (exit, 1),
            "{fault:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_up_after_a_wrong_mpin_is_told_of_that_and_not_of_what_was_mistyped_since() {
    let sandbox = neo::Sandbox::builder().start().await.unwrap();
    let program = Program::of_neo(&sandbox).without("NEO_MPIN");
    let mut session = at_terminal(&program, &["login", "neo"]);
    session.exp_string("MPIN of S4MPL at Kotak Neo: ").unwrap();
    for typed in ["111111", "7302", ""] {
        session.send_line(typed).unwrap();
        if !typed.is_empty() {
            session.exp_string("MPIN, once more: ").unwrap();
        }
    }
    let rest = session.exp_eof().unwrap();
    assert!(rest.contains("Invalid MPIN."), "{rest}");
    assert_eq!(status(&session), 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_stops_before_a_wrong_mpin_locks_the_account() {
    let sandbox = neo::Sandbox::builder().start().await.unwrap();
    let program = Program::of_neo(&sandbox).without("NEO_MPIN");
    let mut session = at_terminal(&program, &["login", "neo"]);
    session.exp_string("MPIN of S4MPL at Kotak Neo: ").unwrap();
    session.send_line("111111").unwrap();
    session.exp_string("MPIN, once more: ").unwrap();
    session.send_line("222222").unwrap();
    let rest = session.exp_eof().unwrap();
    assert!(rest.contains("before the broker locks the account"), "{rest}");
    assert_eq!(status(&session), 11);
    assert!(!sandbox.is_locked("S4MPL"));
}
