//! The session store, and the commands that read it.

mod common;

use std::fs;

use broker_session_sandbox::{
    Fault,
    kotak::{Account, Operation, Sandbox},
};
use common::{Program, finish, sandbox, set_mode};
use serde_json::json;

const LOGIN: &[&str] = &["login", "kotak"];
const LOGOUT: &[&str] = &["logout", "kotak"];

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_its_owner_can_read_the_store_and_nothing_else_is_left_behind() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    let store = program.home.path().join("new").join("deep").join("store.json");
    let (status, object) = program.json(&[LOGIN, &["--store", store.to_str().unwrap()]].concat()).await;
    assert_eq!(status, 0, "{object}");
    assert_eq!(common::mode(&store), 0o600);
    let directory = store.parent().unwrap();
    assert_eq!(common::mode(directory), 0o700);
    let mut names: Vec<_> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["store.json", "store.json.lock"]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_others_could_read_is_tightened() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    assert_eq!(program.json(LOGIN).await.0, 0);
    set_mode(&program.store(), 0o644);
    let run = program.run(&["session", "show"]).await;
    assert!(run.stderr.contains("could be read by others"), "{}", run.stderr);
    assert_eq!(common::mode(&program.store()), 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_store_or_one_of_another_version_is_left_as_it_is() {
    let sandbox = sandbox().await;
    for text in [
        "not JSON",
        "[]",
        "{\"version\": 2}",
        "{\"version\": 1, \"sessions\": []}",
        "{\"version\": 3, \"sessions\": []}",
        "{\"version\": 2, \"sess",
    ] {
        let program = Program::with_code(&sandbox);
        program.file("store.json", text);
        for arguments in [LOGIN, LOGOUT, &["session", "show"]] {
            let (status, error) = program.failure(arguments).await;
            assert_eq!((status, &error["kind"]), (2, &json!("config")), "{text}");
            let message = error["message"].as_str().unwrap();
            assert!(message.contains("left as it was") || message.contains("left as it is"), "{message}");
        }
        assert_eq!(fs::read_to_string(program.store()).unwrap(), text);
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file_is_an_empty_store() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    program.file("store.json", "");
    assert_eq!(program.json(&["session", "show"]).await, (0, json!({ "sessions": [] })));
    assert_eq!(program.json(LOGIN).await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_written_is_found_before_anything_is_sent() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    let file = program.file("a-file", "");
    let below = file.join("store.json");
    let (status, error) = program.failure(&[LOGIN, &["--store", below.to_str().unwrap()]].concat()).await;
    assert_eq!((status, &error["kind"]), (1, &json!("other")));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_run_at_the_same_time_do_not_lose_each_others_sessions() {
    let users = ["USER1", "USER2", "USER3", "USER4", "USER5", "USER6"];
    let mut builder = Sandbox::builder();
    for user in users {
        let userid = user.to_owned();
        builder = builder.account(Account { userid, ..Account::default() });
    }
    let sandbox = builder.start().await.unwrap();
    let program = Program::with_code(&sandbox);
    let children: Vec<_> =
        users.iter().map(|user| program.start(&["login", "kotak", "--userid", user])).collect();
    for child in children {
        let run = finish(child).await;
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
    let (_, object) = program.json(&["session", "show"]).await;
    let mut stored: Vec<&str> = object["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["user"].as_str().unwrap())
        .collect();
    stored.sort_unstable();
    assert_eq!(stored, users);
}

#[tokio::test(flavor = "multi_thread")]
async fn session_show_shows_what_is_stored_and_sends_nothing() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    assert_eq!(program.json(&["session", "show"]).await, (0, json!({ "sessions": [] })));
    assert_eq!(program.json(LOGIN).await.0, 0);
    sandbox.clear_calls();
    let (status, object) = program.json(&["session", "show"]).await;
    assert_eq!(status, 0);
    for object in [&object, &object["sessions"][0]] {
        assert_eq!(object["broker"], "kotak");
        assert_eq!(object["user"], "S4MPL3");
        assert_eq!(object["base_url"], sandbox.base_url());
    }
    assert!(!object.to_string().contains("token"));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn logout_ends_the_session_and_removes_it() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    assert_eq!(program.json(LOGIN).await.0, 0);
    let program = program.without("KOTAK_PASSWORD").without("KOTAK_ACCESS_CODE").without("KOTAK_BASE_URL");
    let (status, object) = program.json(LOGOUT).await;
    assert_eq!(status, 0, "{object}");
    assert_eq!(object, json!({ "broker": "kotak", "user": "S4MPL3", "base_url": sandbox.base_url() }));
    assert_eq!(sandbox.live_sessions("S4MPL3"), 0);
    let (status, error) = program.failure(LOGOUT).await;
    assert_eq!((status, &error["kind"]), (13, &json!("session_expired")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_over_is_removed_and_reported() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    assert_eq!(program.json(LOGIN).await.0, 0);
    sandbox.end_sessions("S4MPL3");
    let (status, error) = program.failure(LOGOUT).await;
    assert_eq!(
        (status, &error["kind"], &error["operation"]),
        (13, &json!("session_expired"), &json!("session_logout"))
    );
    assert_eq!(program.json(&["session", "show"]).await.1, json!({ "sessions": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_time_is_over_is_removed_without_a_word_to_the_broker() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    assert_eq!(program.json(LOGIN).await.0, 0);
    let (_, object) = program.json(&["session", "show"]).await;
    assert_eq!(object["expired"], false);
    program.let_sessions_expire();
    sandbox.clear_calls();

    assert_eq!(program.json(&["session", "show"]).await.1["expired"], true);
    let words = program.run(&["session", "show"]).await.stdout;
    assert!(words.contains("over since 2020-") && words.contains(" +05:30\n"), "{words}");
    // Nothing is needed for it.
    let program = program.without("KOTAK_CONSUMER_KEY");
    let (status, error) = program.failure(LOGOUT).await;
    assert_eq!((status, &error["kind"]), (13, &json!("session_expired")));
    assert!(error["message"].as_str().unwrap().contains("removed from the store"), "{error}");
    assert_eq!(program.json(&["session", "show"]).await.1, json!({ "sessions": [] }));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_stays_stored_while_the_broker_cannot_end_it() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    assert_eq!(program.json(LOGIN).await.0, 0);
    sandbox.inject_always(Operation::SessionLogout, Fault::html_page("503".parse().unwrap()));
    let (status, error) = program.failure(&[LOGOUT, &["--timeout", "5"]].concat()).await;
    assert_eq!((status, &error["kind"]), (17, &json!("unavailable")));
    sandbox.clear_faults();
    assert_eq!(program.json(LOGOUT).await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_sessions_one_must_be_named() {
    let account = |userid: &str| Account { userid: userid.to_owned(), ..Account::default() };
    let sandbox =
        Sandbox::builder().account(account("USER1")).account(account("USER2")).start().await.unwrap();
    let program = Program::with_code(&sandbox);
    for user in ["USER1", "USER2"] {
        assert_eq!(program.json(&[LOGIN, &["--userid", user]].concat()).await.0, 0);
    }
    let program = program.without("KOTAK_USERID");
    let (status, error) = program.failure(LOGOUT).await;
    assert_eq!(status, 2);
    assert!(error["message"].as_str().unwrap().contains("USER1, USER2"), "{error}");
    let (status, object) = program.json(&[LOGOUT, &["--userid", "USER1"]].concat()).await;
    assert_eq!((status, &object["user"]), (0, &json!("USER1")));
    let (status, object) = program.json(LOGOUT).await;
    assert_eq!((status, &object["user"]), (0, &json!("USER2")));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_is_neither_replaced_nor_read_without_end() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    for store in ["/dev/null", "/dev/zero", "/"] {
        let (status, error) = program.failure(&[LOGIN, &["--store", store]].concat()).await;
        assert_eq!((status, &error["kind"]), (2, &json!("config")), "{store}");
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_cannot_send_the_tokens_to_a_host_that_nobody_named() {
    let sandbox = sandbox().await;
    let program = Program::with_code(&sandbox);
    assert_eq!(program.json(LOGIN).await.0, 0);
    let text = fs::read_to_string(program.store()).unwrap();
    let tampered = text.replace(sandbox.base_url(), "https://evil.example/apim");
    assert_ne!(text, tampered);
    program.file("store.json", &tampered);
    let (status, error) = program.without("KOTAK_BASE_URL").failure(LOGOUT).await;
    assert_eq!((status, &error["kind"]), (20, &json!("host_not_allowed")), "{error}");
}
