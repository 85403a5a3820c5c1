//! `login neo`, `logout neo` and what is stored in between, seen by a script.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "these functions are parts of tests")]

mod common;

use std::fs;

use broker_session_sandbox::{
    Fault,
    neo::{Operation, Sandbox},
};
use common::{Program, at_neo, members, signed_in_to_neo};
use serde_json::{Value, json};

const LOGIN: &[&str] = &["login", "neo"];
const LOGOUT: &[&str] = &["logout", "neo"];
const SHOW: &[&str] = &["session", "show"];

fn stored(program: &Program) -> Value {
    serde_json::from_str(&fs::read_to_string(program.store()).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_object_on_success_says_whose_session_it_is_and_until_when() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let (status, object) = program.json(LOGIN).await;
    assert_eq!(status, 0, "{object}");
    let expected =
        ["broker", "user", "base_url", "profile", "login_time", "expires_at", "stored"].into_iter().collect();
    assert_eq!(members(&object), expected);
    assert_eq!((&object["broker"], &object["user"]), (&json!("neo"), &json!("S4MPL")));
    assert_eq!(object["base_url"], sandbox.base_url());
    assert_eq!(object["stored"], program.store().to_str().unwrap());
    // Midnight in India.
    assert!(object["expires_at"].as_str().unwrap().ends_with("T18:30:00Z"), "{object}");
    assert_eq!(sandbox.live_sessions("S4MPL"), 1);

    let (status, shown) = program.json(SHOW).await;
    assert_eq!((status, &shown["expired"]), (0, &json!(false)));
    for member in ["broker", "user", "base_url", "login_time", "expires_at"] {
        assert_eq!(shown[member], object[member], "{member}");
    }
    let words = program.run(SHOW).await.stdout;
    assert!(words.contains("00:00:00 +05:30 at the latest"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_the_steps_on_stderr_and_the_result_on_stdout() {
    let (_sandbox, program) = at_neo(Sandbox::builder()).await;
    let run = program.run(LOGIN).await;
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.starts_with("Signed in to Kotak Neo as S4MPL at "), "{}", run.stdout);
    let steps: Vec<&str> = run.stderr.lines().map(|line| line.split(" at ").next().unwrap()).collect();
    assert_eq!(steps, ["Giving the one-time password", "Giving the MPIN", "Storing the session..."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn logout_needs_the_access_token_alone_and_removes_the_session() {
    let (sandbox, program) = signed_in_to_neo(Sandbox::builder()).await;
    let program = ["NEO_MOBILE", "NEO_TOTP_SECRET", "NEO_MPIN", "NEO_BASE_URL", "NEO_UCC"]
        .iter()
        .fold(program, |program, name| program.without(name));
    let (status, object) = program.json(LOGOUT).await;
    assert_eq!(
        (status, object),
        (0, json!({ "broker": "neo", "user": "S4MPL", "base_url": sandbox.base_url() }))
    );
    assert_eq!(sandbox.live_sessions("S4MPL"), 0);
    let (status, error) = program.failure(LOGOUT).await;
    assert_eq!((status, &error["kind"]), (13, &json!("session_expired")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_broker_has_ended_is_removed_and_reported() {
    for builder in [Sandbox::builder(), Sandbox::builder().dead_session_in_success()] {
        let (sandbox, program) = signed_in_to_neo(builder).await;
        sandbox.end_sessions("S4MPL");
        let (status, error) = program.failure(LOGOUT).await;
        assert_eq!(
            (status, &error["kind"], &error["operation"], &error["code"]),
            (13, &json!("session_expired"), &json!("logout"), &json!("100022"))
        );
        assert_eq!(program.json(SHOW).await.1, json!({ "sessions": [] }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_broker_does_not_end_stays_until_it_is_to_be_forgotten() {
    let (sandbox, program) = signed_in_to_neo(Sandbox::builder()).await;
    sandbox.inject_always(Operation::Logout, Fault::status(http::StatusCode::NOT_FOUND));
    assert_eq!(program.failure(LOGOUT).await.0, 15);
    assert_eq!(stored(&program)["sessions"].as_array().map(Vec::len), Some(1));
    sandbox.clear_calls();
    let (status, object) = program.json(&[LOGOUT, &["--forget"]].concat()).await;
    assert_eq!((status, &object["forgotten"]), (0, &json!(true)), "{object}");
    assert_eq!(stored(&program)["sessions"], json!([]));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_time_is_over_is_removed_without_a_word_to_the_broker() {
    let (sandbox, program) = signed_in_to_neo(Sandbox::builder()).await;
    program.let_sessions_expire();
    sandbox.clear_calls();
    let (_, shown) = program.json(SHOW).await;
    assert_eq!(shown["expired"], true);
    let end = shown["expires_at"].as_str().unwrap();
    assert!(end.starts_with("20") && end.ends_with("T18:30:00Z"), "{end}");
    let program = program.without("NEO_ACCESS_TOKEN");
    let (status, error) = program.failure(LOGOUT).await;
    assert_eq!((status, &error["kind"]), (13, &json!("session_expired")));
    assert!(error["message"].as_str().unwrap().contains("00:00:00 +05:30"), "{error}");
    assert_eq!(program.json(SHOW).await.1, json!({ "sessions": [] }));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_is_forgotten_like_any_other() {
    let (sandbox, program) = signed_in_to_neo(Sandbox::builder()).await;
    program.let_sessions_expire();
    sandbox.clear_calls();
    assert_eq!(program.json(&[LOGOUT, &["--forget"]].concat()).await.0, 0);
    assert_eq!(program.json(SHOW).await.1, json!({ "sessions": [] }));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_cannot_lead_production_to_the_test_environment() {
    let (sandbox, program) = signed_in_to_neo(Sandbox::builder()).await;
    let mut content = stored(&program);
    content["sessions"][0]["session"]["base_url"] = json!("https://d-mis.kotaksecurities.com");
    program.file("store.json", &content.to_string());
    sandbox.clear_calls();
    let (status, error) = program.failure(LOGOUT).await;
    assert_eq!((status, &error["kind"]), (20, &json!("host_not_allowed")), "{error}");
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_cannot_have_the_name_of_another_file_of_the_program() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let store = program.store().with_file_name("used-codes.json");
    let program = program.env("BROKER_SESSION_STORE", store.to_str().unwrap());
    let (status, error) = program.failure(LOGIN).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")), "{error}");
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_cannot_send_the_tokens_to_a_host_that_nobody_named() {
    let (sandbox, program) = signed_in_to_neo(Sandbox::builder()).await;
    let mut content = stored(&program);
    content["sessions"][0]["session"]["base_url"] = json!("https://evil.example");
    program.file("store.json", &content.to_string());
    sandbox.clear_calls();
    for program in
        [&program, &Program::of_neo(&sandbox).env("BROKER_SESSION_STORE", program.store().to_str().unwrap())]
    {
        let (status, error) = program.failure(LOGOUT).await;
        assert_eq!((status, &error["kind"]), (20, &json!("host_not_allowed")), "{error}");
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_at_a_host_that_is_not_allowed_waits_for_somebody_to_allow_it() {
    for url in ["https://evil.example", "https://cis.kotaksecurities.com.evil.example/xyz"] {
        let (sandbox, program) = at_neo(Sandbox::builder().base_url_in_answers(url)).await;
        let (status, error) = program.failure(LOGIN).await;
        assert_eq!((status, &error["kind"]), (20, &json!("host_not_allowed")), "{url}: {error}");
        assert_eq!(error["operation"], "trade_api_validate");
        let host = url.trim_end_matches("/xyz");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&format!("login neo --allow-host {host}`")), "{message}");
        let entry = &stored(&program)["sessions"][0];
        assert_eq!((&entry["pending"], &entry["session"]["base_url"]), (&json!(true), &json!(url)));
        let run = program.run(&["session", "show"]).await;
        assert!(run.stdout.contains("nobody has allowed its host yet"), "{}", run.stdout);
        // Without anybody's word it is left alone, there too.
        assert_eq!(program.failure(LOGOUT).await.0, 20);
        sandbox.clear_calls();
        // Another login costs neither a code nor the session that is waiting.
        let (status, error) = program.failure(LOGIN).await;
        assert_eq!(status, 20, "{error}");
        assert!(error["message"].as_str().unwrap().contains("is waiting in the store"), "{error}");
        assert!(sandbox.calls().is_empty(), "no guess was sent");
        let without = ["NEO_ACCESS_TOKEN", "NEO_MOBILE", "NEO_MPIN", "NEO_TOTP_SECRET"];
        let program = without.into_iter().fold(program, |program, name| program.without(name));
        let program = program.env("NEO_ACCESS_TOKEN", "made-up-token");
        let (status, object) = program.json(&[LOGIN, &["--allow-host", host]].concat()).await;
        assert_eq!(
            (status, &object["taken_up"], &object["base_url"]),
            (0, &json!(true), &json!(url)),
            "{object}"
        );
        assert!(stored(&program)["sessions"][0].get("pending").is_none());
        assert!(sandbox.calls().is_empty(), "no guess was sent again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_at_no_usable_host_is_signed_out_again() {
    for url in ["http://cis.kotaksecurities.com", "https://user@evil.example", "//evil.example", "https:/x"] {
        let (sandbox, program) = at_neo(Sandbox::builder().base_url_in_answers(url)).await;
        let (status, error) = program.failure(LOGIN).await;
        assert_eq!((status, &error["kind"]), (20, &json!("host_not_allowed")), "{url}: {error}");
        assert!(error["message"].as_str().unwrap().contains("signed out again"), "{url}: {error}");
        assert!(!program.store().exists(), "{url}");
        assert_eq!(sandbox.live_sessions(sandbox.user()), 0, "{url}");
    }
    let (_sandbox, program) = at_neo(Sandbox::builder().base_url_in_answers("")).await;
    assert_eq!(program.failure(LOGIN).await.0, 19);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_of_the_base_url_is_kept_until_the_logout() {
    let url = "https://neo-gw.kotaksecurities.com/xyz/";
    let (sandbox, program) = at_neo(Sandbox::builder().base_url_in_answers(url)).await;
    let (status, object) = program.json(LOGIN).await;
    assert_eq!((status, &object["base_url"]), (0, &json!(format!("{}/xyz", sandbox.base_url()))), "{object}");
    assert_eq!(program.json(LOGOUT).await.0, 0);
    assert_eq!(sandbox.live_sessions(sandbox.user()), 0);
    assert!(sandbox.calls().last().unwrap().base.ends_with("/xyz"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_the_brokers_own_hosts_in_an_answer_keeps_the_sign_in_on_loopback() {
    let (sandbox, program) =
        at_neo(Sandbox::builder().base_url_in_answers("https://cis.kotaksecurities.com")).await;
    let (status, object) = program.json(LOGIN).await;
    assert_eq!((status, &object["base_url"]), (0, &json!(sandbox.base_url())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_mpin_is_sent_once() {
    for builder in [Sandbox::builder(), Sandbox::builder().refusals_in_success()] {
        let (sandbox, program) = at_neo(builder).await;
        let program = program.without("NEO_MPIN").env("NEO_MPIN", "111111");
        let (status, error) = program.failure(LOGIN).await;
        assert_eq!((status, &error["kind"]), (11, &json!("second_factor")), "{error}");
        assert_eq!(error["operation"], "trade_api_validate");
        assert!(error["message"].as_str().unwrap().contains("Invalid MPIN"), "{error}");
        assert_eq!(sandbox.call_count(Operation::TradeApiValidate), 1);
        assert!(!program.store().exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_account_is_told_as_such() {
    for builder in [Sandbox::builder(), Sandbox::builder().refusals_in_success()] {
        let (sandbox, program) = at_neo(builder).await;
        sandbox.lock("S4MPL");
        let (status, error) = program.failure(LOGIN).await;
        assert_eq!((status, &error["kind"]), (12, &json!("locked")), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_has_its_kind_and_exit_status() {
    let status_of = |status: &str| Fault::status(status.parse().unwrap());
    for (fault, seconds, exit, kind) in [
        (status_of("429"), "20", 16, "rate_limited"),
        (status_of("500"), "20", 17, "unavailable"),
        (Fault::html_page("503".parse().unwrap()), "20", 17, "unavailable"),
        (Fault::hang(), "2", 18, "timeout"),
        (Fault::cut_body(), "20", 19, "protocol"),
        (Fault::empty("200".parse().unwrap()), "20", 19, "protocol"),
    ] {
        let (sandbox, program) = at_neo(Sandbox::builder()).await;
        sandbox.inject_always(Operation::TradeApiValidate, fault);
        let (status, error) = program.failure(&[LOGIN, &["--timeout", seconds]].concat()).await;
        assert_eq!((status, &error["kind"]), (exit, &json!(kind)), "{error}");
        assert_eq!(error["operation"], "trade_api_validate");
        assert_eq!(sandbox.call_count(Operation::TradeApiValidate), 1, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_nowhere_to_be_seen_even_in_the_most_detailed_log() {
    let (sandbox, program) = at_neo(Sandbox::builder()).await;
    let program = program.env("RUST_LOG", "trace");
    let mut seen = String::new();
    let mut tokens = Vec::new();
    for arguments in [
        &["login", "neo", "-vv"] as &[&str],
        &["session", "show", "--json"],
        &["logout", "neo", "-vv"],
        &["login", "neo", "--help"],
        &["login", "neo", "--timeout", "0.01"],
    ] {
        let run = program.run(arguments).await;
        seen.push_str(&run.stdout);
        seen.push_str(&run.stderr);
        let secrets = stored(&program)["sessions"][0]["session"]["secrets"].clone();
        for secret in secrets.as_object().into_iter().flat_map(|secrets| secrets.values()) {
            tokens.push(secret.as_str().unwrap().to_owned());
        }
    }
    assert!(seen.contains("trade_api_login"), "the log was on");
    assert_eq!(tokens.len(), 4, "token and sid, after the login and after the show");
    let account = sandbox.account();
    let given = [&account.access_token, &account.mobile, &account.totp_secret, &account.mpin, &account.k_id];
    for secret in tokens.iter().chain(given) {
        assert!(!seen.contains(secret), "{secret}");
    }
    let codes: Vec<String> = sandbox
        .calls_to(Operation::TradeApiLogin)
        .iter()
        .map(|call| serde_json::from_slice::<Value>(&call.body).unwrap()["totp"].as_str().unwrap().to_owned())
        .collect();
    let kept = program.used_codes().to_string();
    assert!(!codes.is_empty() && codes.iter().all(|code| !seen.contains(code) && !kept.contains(code)));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_can_read_what_is_kept() {
    let (_sandbox, program) = signed_in_to_neo(Sandbox::builder()).await;
    for entry in fs::read_dir(program.home.path()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(common::mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_answer_is_reported_by_whoever_asks_for_it_and_costs_nothing() {
    let asked: &[_] = &["login", "neo", "--report-drift"];
    let with_a_log: &[_] = &["-v", "login", "neo", "--report-drift"];
    for (flags, told) in [(asked, true), (with_a_log, true), (LOGIN, false)] {
        let (sandbox, program) = at_neo(Sandbox::builder()).await;
        let data =
            json!({ "token": "made-up-view-token", "sid": "made-up-sid", "newMember": "made-up-value" });
        let body = json!({ "data": data });
        sandbox.inject(Operation::TradeApiLogin, Fault::json(http::StatusCode::OK, &body));
        let run = program.run(flags).await;
        // The sandbox does not know the view session that it has been made to give out; the answer was taken all the
        // same, since the MPIN was asked for.
        assert!(run.stderr.contains("Giving the MPIN"), "{}", run.stderr);
        let warning = "warning: the answer 200 to `trade_api_login` is not what the spec describes at `/data/newMember`: unknown. ";
        assert_eq!(run.stderr.contains(warning), told, "{}", run.stderr);
        // Once, also where it is logged.
        assert_eq!(run.stderr.matches("/data/newMember").count(), usize::from(told), "{}", run.stderr);
        assert!(!run.stderr.contains("made-up-value"), "{}", run.stderr);
    }
}
