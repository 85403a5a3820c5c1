//! The settings of `login neo`: what is wrong is told with exit status 2 before anything is sent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "these functions are parts of tests")]

mod common;

use broker_session_sandbox::neo::{Account, Operation, Sandbox};
use common::{Program, at_neo};
use serde_json::json;

const LOGIN: &[&str] = &["login", "neo"];
const LOGOUT: &[&str] = &["logout", "neo"];

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_missing_is_named_at_once() {
    let (status, error) = Program::new().failure(LOGIN).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")));
    for name in ["NEO_UCC", "NEO_ACCESS_TOKEN", "NEO_MOBILE", "NEO_MPIN", "NEO_TOTP ", "NEO_TOTP_SECRET"] {
        assert!(error["message"].as_str().unwrap().contains(name), "{name}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_could_only_refuse_is_refused_before_anything_is_sent() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let mut program = program;
    program = program.without("NEO_TOTP_SECRET");
    for (name, value) in [
        ("NEO_MPIN", "7302"),
        ("NEO_MPIN", "73026"),
        ("NEO_MPIN", "73026x"),
        ("NEO_MPIN", "730264\n"),
        ("NEO_TOTP", "12345"),
        ("NEO_TOTP", "GEZDGNBVGY3TQOJQ"),
        ("NEO_UCC", "made-up@broker.example"),
        ("NEO_UCC", "9876500000"),
        ("NEO_ACCESS_TOKEN", "Bearer made-up-token"),
        ("NEO_ACCESS_TOKEN", "'made-up-token'"),
        ("NEO_MOBILE", "9876500000"),
        ("NEO_MOBILE", "+91 98765 00000"),
        ("NEO_TOTP_SECRET", "123456"),
        ("NEO_TOTP_SECRET", "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=8"),
        ("NEO_MOBILE", "made-up-number"),
        ("NEO_TOTP_SECRET", "made-up-secret-1"),
        ("NEO_BASE_URL", "ftp://127.0.0.1"),
        ("NEO_BASE_URL", "http://example.com"),
        ("NEO_BASE_URL", "http//127.0.0.1:4503"),
        ("NEO_BASE_URL", "https:/mis.kotaksecurities.com"),
        ("NEO_BASE_URL", "127.0.0.1:4503"),
        ("NEO_ENVIRONMENT", "made-up-environment"),
    ] {
        let right = sandbox.credentials().into_iter().find(|(known, _)| *known == name);
        program = program.without(name).env(name, value);
        let (status, error) = program.failure(LOGIN).await;
        assert_eq!((status, &error["kind"]), (2, &json!("config")), "{name}={value}: {error}");
        assert!(name == "NEO_BASE_URL" || !error.to_string().contains(value), "{error}");
        // It says which setting it is about.
        let what = if name == "NEO_BASE_URL" { "base URL" } else { name };
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(what) || message.contains("line breaks"), "{name}={value}: {error}");
        program = program.without(name);
        if let Some((name, right)) = right {
            program = program.env(name, &right);
        }
    }
    assert!(sandbox.calls().is_empty());
    // None of it has used up the code of the moment, and the URI of a QR code is as good as the secret.
    let secret = &sandbox.account().totp_secret;
    let program = program.env("NEO_TOTP_SECRET", &format!("otpauth://totp/Neo?secret={secret}&issuer=Neo"));
    assert_eq!(program.json(&[LOGIN, &["--timeout", "20"]].concat()).await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_code_may_have_a_blank_in_its_middle() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let code = sandbox.totp_now();
    let (left, right) = code.split_at(3);
    let program = program.without("NEO_TOTP_SECRET").env("NEO_TOTP", &format!("{left} {right}"));
    assert_eq!(program.json(LOGIN).await.0, 0);
    let again = program.without("NEO_TOTP").env("NEO_TOTP", &code);
    assert_eq!(again.failure(LOGIN).await.0, 2, "it is the same code");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logout_asks_for_nothing_but_the_stored_session() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    assert_eq!(program.json(LOGIN).await.0, 0);
    let names = ["NEO_UCC", "NEO_ACCESS_TOKEN", "NEO_MOBILE", "NEO_MPIN", "NEO_TOTP_SECRET"];
    let program = names.into_iter().fold(program, |program, name| program.without(name));
    let (status, object) = program.json(LOGOUT).await;
    assert_eq!(status, 0, "{object}");
    assert_eq!(sandbox.live_sessions(sandbox.user()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_profile_is_named_among_those_that_there_are() {
    let program = Program::new();
    let text = "[profiles.first.neo]\nucc = \"MADE1\"\n[profiles.second.neo]\nucc = \"MADE2\"\n";
    let path = program.file("config.toml", text);
    let config = ["--config", path.to_str().unwrap()];
    for command in [LOGIN, LOGOUT] {
        let (_, error) = program.failure(&[command, &config].concat()).await;
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("first, second") && message.contains("--profile"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_named_profile_is_shown_and_no_other() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let text = format!("[profiles.first.neo]\nbase_url = \"{}\"\n[profiles.second]\n", sandbox.base_url());
    let path = program.file("config.toml", &text);
    let config = ["--config", path.to_str().unwrap()];
    assert_eq!(program.json(&[LOGIN, &config, &["--profile", "first"]].concat()).await.0, 0);
    let show = |name: &'static str| [&["session", "show", "--profile", name], &config as &[&str]].concat();
    let (status, object) = program.json(&show("first")).await;
    assert_eq!((status, &object["profile"]), (0, &json!("first")), "{object}");
    let (status, object) = program.json(&show("second")).await;
    assert_eq!((status, &object["sessions"]), (0, &json!([])), "{object}");
    let run = program.run(&show("second")).await;
    assert!(run.stdout.contains("no session of the profile second"), "{}", run.stdout);
    let (status, error) = program.failure(&show("third")).await;
    assert!(status == 2 && error["message"].as_str().unwrap().contains("first, second"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_flag_for_a_secret() {
    let (_sandbox, program) = at_neo(Sandbox::builder()).await;
    for flag in ["--mpin", "--totp", "--totp-secret", "--access-token", "--mobile"] {
        assert_eq!(program.failure(&[LOGIN, &[flag, "x"]].concat()).await.0, 2, "{flag}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_can_hold_everything_but_the_secrets_themselves() {
    let (sandbox, _) = at_neo(Sandbox::builder()).await;
    let Account { access_token, mobile, totp_secret, mpin, .. } = sandbox.account().clone();
    let program = Program::new();
    let mut text = format!(
        "[profiles.morning.neo]\nucc = \"S4MPL\"\nbase_url = \"{}\"\nneo_fin_key = \"from-profile\"\n",
        sandbox.base_url()
    );
    for (name, secret) in [
        ("access_token_file", access_token),
        ("mobile_file", mobile),
        ("totp_secret_file", totp_secret),
        ("mpin_file", mpin),
    ] {
        program.file(name, &format!("{secret}\n"));
        text.push_str(&format!("{name} = \"{name}\"\n"));
    }
    let path = program.file("config.toml", &text);
    let profile = ["--config", path.to_str().unwrap(), "--profile", "morning"];
    let (status, object) = program.json(&[LOGIN, &profile].concat()).await;
    assert_eq!((status, &object["profile"]), (0, &json!("morning")), "{object}");
    let sent = sandbox.calls_to(Operation::TradeApiLogin);
    assert_eq!(sent[0].header("neo-fin-key"), Some("from-profile"));
    let program = program.env("NEO_FIN_KEY", "from-environment");
    let arguments = [LOGOUT, &profile, &["--neo-fin-key", "from-flag"]].concat();
    assert_eq!(program.json(&arguments).await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_may_be_in_a_file_that_the_environment_names() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let mut program = program;
    for (name, value) in sandbox.credentials() {
        if !["NEO_UCC", "NEO_BASE_URL"].contains(&name) {
            let path = program.file(name, &format!("{value}\n"));
            program = program.without(name).env(&format!("{name}_FILE"), path.to_str().unwrap());
        }
    }
    let (status, object) = program.json(LOGIN).await;
    assert_eq!(status, 0, "{object}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_sessions_one_must_be_named() {
    let account = |ucc: &str| Account { ucc: ucc.to_owned(), ..Account::default() };
    let builder = Sandbox::builder().account(account("USER1")).account(account("USER2"));
    let (_sandbox, program) = at_neo(builder).await;
    for ucc in ["USER1", "USER2"] {
        let (status, object) = program.json(&[LOGIN, &["--ucc", ucc]].concat()).await;
        assert_eq!((status, &object["user"]), (0, &json!(ucc)), "{object}");
    }
    let program = program.without("NEO_UCC");
    let (status, error) = program.failure(LOGOUT).await;
    assert!(status == 2 && error["message"].as_str().unwrap().contains("--ucc"), "{error}");
    for ucc in ["USER1", "USER2"] {
        let (status, object) = program.json(&[LOGOUT, &["--ucc", ucc]].concat()).await;
        assert_eq!((status, &object["user"]), (0, &json!(ucc)));
    }
}
