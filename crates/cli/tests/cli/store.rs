//! The session store, and the commands that read it.

use std::fs;

use broker_session_sandbox::{
    Accounts, Broker, Builder, Fault,
    kotak::{self, Account, Operation, Sandbox},
    neo,
};
use serde_json::json;

use crate::common::{Program, at_kotak, finish, message, start};
#[cfg(unix)]
use crate::common::{mode, set_mode};

const LOGIN: &str = "login kotak";
const LOGOUT: &str = "logout kotak";
const SHOW: &str = "session list";

/// A sandbox with these users.
fn of_users(users: &[&str]) -> kotak::Builder {
    let account = |user: &&str| Account { userid: (*user).to_owned(), ..Account::default() };
    users.iter().map(account).fold(Sandbox::builder(), |builder, account| builder.account(account))
}

/// A sandbox, and a program that has signed in to it.
async fn signed_in_at<B: Broker>(builder: Builder<B>) -> (broker_session_sandbox::Sandbox<B>, Program) {
    let (sandbox, program) = start(builder).await;
    program.ok(&format!("login {}", B::NAME)).await;
    (sandbox, program)
}

async fn signed_in() -> (Sandbox, Program) {
    signed_in_at(Sandbox::builder()).await
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_can_read_the_store_and_nothing_is_left_behind() {
    let (_sandbox, program) = at_kotak().await;
    let directory = program.home.path().join("new").join("deep");
    let store = directory.join("store.json");
    program.ok(&format!("{LOGIN} --store {}", store.display())).await;
    assert_eq!((mode(&store), mode(&directory)), (0o600, 0o700));
    let mut names: Vec<_> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["store.json", "store.json.lock"]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_others_could_read_is_made_private() {
    let (_sandbox, program) = signed_in().await;
    set_mode(program.store(), 0o644);
    let run = program.run(SHOW).await;
    assert!(run.stderr.contains("could be read by others"), "{}", run.stderr);
    assert_eq!(mode(program.store()), 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_store_is_left_as_it_is() {
    let (sandbox, _) = at_kotak().await;
    for text in [
        "not JSON",
        "[]",
        "{\"version\": 3}",
        "{\"version\": 2, \"sessions\": []}",
        "{\"version\": 4, \"entries\": {}}",
        "{\"version\": 3, \"entr",
    ] {
        let program = Program::of(&sandbox);
        program.file("store.json", text);
        for command in [LOGIN, LOGOUT, SHOW] {
            let error = program.fails(command, 21, "store").await;
            assert!(message(&error).contains("left as it is"), "{error}");
            assert!(
                !text.contains("2") || error["hint"].as_str().unwrap().contains("Sign out with"),
                "{error}"
            );
        }
        assert_eq!(fs::read_to_string(program.store()).unwrap(), text);
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file_is_an_empty_store() {
    let (_sandbox, program) = at_kotak().await;
    program.file("store.json", "");
    assert_eq!(program.ok(SHOW).await, json!({ "sessions": [] }));
    program.ok(LOGIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_store_is_found_before_anything_is_sent() {
    let (sandbox, program) = at_kotak().await;
    let file = program.file("a-file", "");
    program.fails(&format!("{LOGIN} --store {file}/store.json"), 21, "store").await;
    #[cfg(unix)]
    for store in ["/dev/null", "/dev/zero", "/"] {
        program.fails(&format!("{LOGIN} --store {store}"), 21, "store").await;
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_at_the_same_time_keep_each_others_sessions() {
    let users = ["USER1", "USER2", "USER3", "USER4", "USER5", "USER6"];
    let (_sandbox, program) = start(of_users(&users)).await;
    let children: Vec<_> =
        users.iter().map(|user| program.start(&format!("{LOGIN} --userid {user}"))).collect();
    for child in children {
        let run = finish(child).await;
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
    let object = program.ok(SHOW).await;
    let sessions = object["sessions"].as_array().unwrap().iter();
    let mut stored: Vec<&str> = sessions.map(|session| session["user"].as_str().unwrap()).collect();
    stored.sort_unstable();
    assert_eq!(stored, users);
}

#[tokio::test(flavor = "multi_thread")]
async fn session_list_sends_nothing() {
    let (sandbox, program) = signed_in().await;
    sandbox.clear_calls();
    let object = program.ok(SHOW).await;
    assert_eq!(crate::common::fields(&object), ["sessions"].into());
    let session = &object["sessions"][0];
    assert_eq!((&session["broker"], &session["user"]), (&json!("kotak"), &json!("S4MPL3")));
    assert_eq!((&session["base_url"], &session["expired"]), (&json!(sandbox.base_url()), &json!(false)));
    assert!(session["number"].is_u64() && !object.to_string().contains("token"), "{object}");
    assert_eq!(program.ok("session show").await, object, "the old name");
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn logout_ends_the_session_and_removes_it() {
    let (sandbox, program) = signed_in().await;
    // It gets an access token, too, at the host of the session: a server on loopback stands for all of the broker's.
    let missing = [
        "KOTAK_PASSWORD",
        "KOTAK_ACCESS_CODE",
        "KOTAK_ACCESS_TOKEN",
        "KOTAK_BASE_URL",
        "KOTAK_OAUTH_BASE_URL",
    ];
    let program = program.without(&missing);
    let expected = json!({ "broker": "kotak", "user": "S4MPL3", "base_url": sandbox.base_url() });
    assert_eq!(program.ok(LOGOUT).await, expected);
    assert_eq!(sandbox.live_sessions("S4MPL3"), 0);
    program.fails(LOGOUT, 13, "session_expired").await;
}

async fn a_dead_session_is_removed<B: Accounts>(builder: Builder<B>, operation: &str, code: &str) {
    let (sandbox, program) = signed_in_at(builder).await;
    sandbox.end_sessions(sandbox.user());
    let error = program.fails(&format!("logout {}", B::NAME), 13, "session_expired").await;
    assert_eq!((&error["operation"], &error["code"]), (&json!(operation), &json!(code)));
    assert_eq!(program.ok(SHOW).await, json!({ "sessions": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_broker_has_ended_is_removed() {
    a_dead_session_is_removed(Sandbox::builder(), "session_logout", "99999").await;
    a_dead_session_is_removed(neo::Sandbox::builder(), "logout", "100022").await;
    let builder = neo::Sandbox::builder().dead_session_in_success();
    a_dead_session_is_removed(builder, "logout", "100022").await;
}

async fn an_expired_session_costs_no_call<B: Accounts>(builder: Builder<B>, forget: bool) {
    let (sandbox, program) = signed_in_at(builder).await;
    program.let_sessions_expire();
    sandbox.clear_calls();
    assert_eq!(program.ok(SHOW).await["sessions"][0]["expired"], true);
    let text = program.run(SHOW).await.stdout;
    assert!(text.contains("over since 2020-") && text.contains(" +05:30\n"), "{text}");
    // It needs no settings.
    let program = program.without(&["KOTAK_CONSUMER_KEY", "NEO_ACCESS_TOKEN"]);
    let command = format!("logout {}", B::NAME);
    if forget {
        program.ok(&format!("{command} --forget")).await;
    } else {
        let error = program.fails(&command, 13, "session_expired").await;
        assert!(message(&error).contains("removed from the store"), "{error}");
        assert!(message(&error).contains(" +05:30, so nothing was sent"), "{error}");
    }
    assert_eq!(program.ok(SHOW).await, json!({ "sessions": [] }));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_is_removed_without_a_call() {
    for forget in [false, true] {
        an_expired_session_costs_no_call(Sandbox::builder(), forget).await;
        an_expired_session_costs_no_call(neo::Sandbox::builder(), forget).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_broker_cannot_end_stays_stored() {
    let (sandbox, program) = signed_in().await;
    sandbox.inject_always(Operation::SessionLogout, Fault::html_page("503".parse().unwrap()));
    program.fails("logout kotak --timeout 5", 17, "unavailable").await;
    sandbox.clear_faults();
    program.ok(LOGOUT).await;
}

async fn one_of_two_must_be_named<B: Broker>(builder: Builder<B>, flag: &str, variable: &str) {
    let (_sandbox, program) = start(builder).await;
    let [login, logout] = ["login", "logout"].map(|command| format!("{command} {}", B::NAME));
    for user in ["USER1", "USER2"] {
        assert_eq!(program.ok(&format!("{login} {flag} {user}")).await["user"], user);
    }
    let program = program.without(&[variable]);
    let message = program.refuses(&logout).await;
    assert!(message.contains("USER1, USER2") && message.contains(flag), "{message}");
    assert_eq!(program.ok(&format!("{logout} {flag} USER1")).await["user"], "USER1");
    assert_eq!(program.ok(&logout).await["user"], "USER2");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_sessions_must_be_named() {
    one_of_two_must_be_named(of_users(&["USER1", "USER2"]), "--userid", "KOTAK_USERID").await;
    let account = |ucc: &str| neo::Account { ucc: ucc.to_owned(), ..neo::Account::default() };
    let builder = neo::Sandbox::builder().account(account("USER1")).account(account("USER2"));
    one_of_two_must_be_named(builder, "--ucc", "NEO_UCC").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_store_cannot_send_tokens_to_another_host() {
    let (sandbox, program) = signed_in().await;
    program.change_sessions(|session| session["base_url"] = json!("https://evil.example/apim"));
    sandbox.clear_calls();
    program.without(&["KOTAK_BASE_URL"]).fails(LOGOUT, 20, "host_not_allowed").await;
    assert!(sandbox.calls().is_empty());
}
