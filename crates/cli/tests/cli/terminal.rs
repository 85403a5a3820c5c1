//! A person at a terminal: prompts without echo, and a second chance for a wrong guess.

use broker_session_sandbox::{
    Fault,
    kotak::{Operation, Sandbox},
    neo,
};
use http::StatusCode;
use rexpect::{
    process::WaitStatus,
    session::{PtySession, spawn_command},
};
use serde_json::json;

use crate::common::{Program, at_kotak, start};

/// For one output of the program, in milliseconds.
const PATIENCE: u64 = 20_000;

/// A program at a terminal.
pub(crate) struct Terminal(PtySession);

impl Terminal {
    pub(crate) fn start(program: &Program, command: &str) -> Self {
        Self::of(program.std_command(command))
    }

    pub(crate) fn of(command: std::process::Command) -> Self {
        Self(spawn_command(command, Some(PATIENCE)).unwrap())
    }

    /// Waits for this output.
    pub(crate) fn shows(&mut self, text: &str) {
        self.0.exp_string(text).unwrap();
    }

    /// Types a line once this question is asked.
    pub(crate) fn replies(&mut self, question: &str, line: &str) {
        self.shows(question);
        self.types(line);
    }

    pub(crate) fn types(&mut self, line: &str) {
        self.0.send_line(line).unwrap();
    }

    /// Types Ctrl-C.
    pub(crate) fn interrupts(&mut self) {
        self.0.send_control('c').unwrap();
    }

    /// Waits until the program ends. Returns its exit status and its last output.
    pub(crate) fn end(mut self) -> (i32, String) {
        let rest = self.0.exp_eof().unwrap();
        match self.0.process().wait().unwrap() {
            WaitStatus::Exited(_, status) => (status, rest),
            other => panic!("{other:?}"),
        }
    }
}

fn code(sandbox: &Sandbox) -> String {
    sandbox.access_code("S4MPL3").unwrap()
}

/// A program at a terminal that is about to ask for the MPIN.
async fn without_mpin() -> (neo::Sandbox, Terminal) {
    let (sandbox, program) = start(neo::Sandbox::builder()).await;
    let terminal = Terminal::start(&program.without(&["NEO_MPIN"]), "login neo");
    (sandbox, terminal)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_to_kotak_asks_for_everything_without_echo() {
    let (sandbox, _) = at_kotak().await;
    let program = Program::without_factor(&sandbox).without(&["KOTAK_PASSWORD", "KOTAK_USERID"]);
    let mut terminal = Terminal::start(&program, "login kotak");
    terminal.replies("User id (client code): ", "S4MPL3");
    terminal.replies("Password of S4MPL3 at Kotak: ", "sandbox-password");
    assert!(sandbox.calls().is_empty(), "everything is asked for before anything is sent");
    terminal.replies("Access code: ", &code(&sandbox));
    let (status, rest) = terminal.end();
    assert_eq!(status, 0);
    assert!(rest.contains("Signed in to Kotak as S4MPL3"), "{rest}");
    assert!(!rest.contains("sandbox-password") && !rest.contains(&code(&sandbox)), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_to_neo_asks_for_everything_without_echo() {
    let sandbox = neo::Sandbox::builder().start().await.unwrap();
    let program = Program::new().env("NEO_BASE_URL", sandbox.base_url());
    let neo::Account { ucc, access_token, mobile, mpin, .. } = sandbox.account().clone();
    let mut terminal = Terminal::start(&program, "login neo");
    for (question, line) in [
        ("Client code (UCC): ", &ucc),
        ("Access token: ", &access_token),
        ("Registered mobile number, with +91: ", &mobile),
        ("MPIN of S4MPL at Kotak Neo: ", &mpin),
        ("One-time password (TOTP): ", &sandbox.totp_now()),
    ] {
        assert!(sandbox.calls().is_empty());
        terminal.replies(question, line);
    }
    let (status, rest) = terminal.end();
    assert_eq!(status, 0);
    assert!(rest.contains("Signed in to Kotak Neo as S4MPL"), "{rest}");
    for secret in [&access_token, &mobile, &mpin] {
        assert!(!rest.contains(secret.as_str()), "{rest}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_may_be_corrected_and_is_never_sent_twice() {
    let (sandbox, _) = at_kotak().await;
    let mut terminal = Terminal::start(&Program::without_factor(&sandbox), "login kotak");
    terminal.replies("Access code: ", "0000");
    terminal.replies("Access code, once more: ", "0000");
    terminal.shows("not sent again");
    terminal.shows("Access code, once more: ");
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 1);
    terminal.types(&code(&sandbox));
    assert_eq!(terminal.end().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_mpin_may_be_corrected_and_is_never_sent_twice() {
    let (sandbox, mut terminal) = without_mpin().await;
    terminal.replies("MPIN of S4MPL at Kotak Neo: ", "111111");
    terminal.replies("MPIN, once more: ", "111111");
    terminal.shows("not sent again");
    terminal.replies("MPIN, once more: ", "7302");
    terminal.shows("not six digits");
    terminal.shows("MPIN, once more: ");
    assert_eq!(sandbox.call_count(neo::Operation::TradeApiValidate), 1);
    terminal.types(&sandbox.account().mpin);
    assert_eq!(terminal.end().0, 0);
    assert_eq!(sandbox.call_count(neo::Operation::TradeApiLogin), 1, "on the same sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_stops_before_the_account_is_locked() {
    let (sandbox, _) = at_kotak().await;
    let mut terminal = Terminal::start(&Program::without_factor(&sandbox), "login kotak");
    terminal.replies("Access code: ", "0000");
    terminal.replies("Access code, once more: ", "1111");
    let (status, rest) = terminal.end();
    assert_eq!(status, 11);
    assert!(rest.contains("before the broker locks the account"), "{rest}");
    assert!(!sandbox.is_locked("S4MPL3"));

    let (sandbox, mut terminal) = without_mpin().await;
    terminal.replies("MPIN of S4MPL at Kotak Neo: ", "111111");
    terminal.replies("MPIN, once more: ", "222222");
    let (status, rest) = terminal.end();
    assert_eq!(status, 11);
    assert!(rest.contains("before the broker locks the account"), "{rest}");
    assert!(!sandbox.is_locked("S4MPL"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_refusal_of_a_sent_guess_outlasts_mistyped_ones() {
    let (_sandbox, mut terminal) = without_mpin().await;
    terminal.replies("MPIN of S4MPL at Kotak Neo: ", "111111");
    terminal.replies("MPIN, once more: ", "7302");
    terminal.replies("MPIN, once more: ", "");
    let (status, rest) = terminal.end();
    assert_eq!(status, 11);
    assert!(rest.contains("Invalid MPIN."), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_refusal_asks_for_no_other_guess() {
    let token = json!({ "code": "900901", "message": "Invalid Credentials", "description": "" });
    let header = json!({ "error": [{ "code": "10512", "message": "Required header not found." }] });
    for (fault, exit) in [
        (Fault::json(StatusCode::UNAUTHORIZED, &token), 10),
        (Fault::json(StatusCode::UNAUTHORIZED, &json!({ "error": "something new" })), 10),
        (Fault::empty(StatusCode::UNAUTHORIZED), 10),
        (Fault::html_page(StatusCode::FORBIDDEN), 15),
        (Fault::json(StatusCode::BAD_REQUEST, &header), 15),
    ] {
        let (sandbox, program) = start(neo::Sandbox::builder()).await;
        sandbox.inject(neo::Operation::TradeApiValidate, fault.clone());
        let (status, rest) = Terminal::start(&program, "login neo").end();
        assert!(rest.contains("may be used again") && !rest.contains("once more"), "{fault:?}: {rest}");
        let calls = sandbox.call_count(neo::Operation::TradeApiValidate);
        assert_eq!((status, calls), (exit, 1), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requested_code_is_typed_after_it_was_sent() {
    let (sandbox, _) = at_kotak().await;
    let mut terminal =
        Terminal::start(&Program::without_factor(&sandbox), "login kotak --request-code --json");
    terminal.shows("The broker sends the code to XXXXXXX828");
    terminal.shows("Access code: ");
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodeGet), 1);
    terminal.types(&code(&sandbox));
    let (status, rest) = terminal.end();
    assert_eq!(status, 0);
    assert!(rest.contains("\"broker\":\"kotak\""), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn control_c_at_a_prompt_ends_the_program() {
    let (sandbox, _) = at_kotak().await;
    let mut terminal = Terminal::start(&Program::without_factor(&sandbox), "login kotak");
    terminal.shows("Access code: ");
    terminal.interrupts();
    let (status, rest) = terminal.end();
    assert_eq!(status, 130);
    assert!(rest.contains("interrupted"), "{rest}");
    assert!(sandbox.calls().is_empty());
}
