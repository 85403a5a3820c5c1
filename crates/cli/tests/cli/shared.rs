//! One session for all runs that share a store: who signs in, what is sent, and where it is kept.

use std::time::{Duration, Instant};

use broker_session::store::EncryptionKey;
use broker_session_sandbox::{
    Fault, kotak,
    neo::{Account, Operation, Sandbox},
};
use http::StatusCode;
use serde_json::json;

use crate::{
    common::{DeadPort, Program, at_kotak, fields, finish, message, start},
    redis_server::RedisServer,
};

const LOGIN: &str = "login neo";
const LIST: &str = "session list";

/// Runs logins at once, all of which must succeed. Returns how many of them have signed in.
async fn together(programs: &[&Program], command: &str) -> usize {
    let children: Vec<_> =
        programs.iter().map(|program| program.start(&format!("{command} --json"))).collect();
    let mut signed_in = 0;
    for child in children {
        let run = finish(child).await;
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
        signed_in += usize::from(run.object()["signed_in"] == json!(true));
    }
    signed_in
}

fn sign_ins(sandbox: &Sandbox) -> [usize; 2] {
    [Operation::TradeApiLogin, Operation::TradeApiValidate].map(|operation| sandbox.call_count(operation))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_logins_at_once_one_signs_in() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let started = Instant::now();
    assert_eq!(together(&[&program; 10], LOGIN).await, 1);
    assert_eq!((sign_ins(&sandbox), sandbox.bad_tries("S4MPL")), ([1, 1], 0));
    // The next one-time password would come later.
    assert!(started.elapsed() < Duration::from_secs(25));

    let (sandbox, program) = at_kotak().await;
    assert_eq!(together(&[&program; 4], "login kotak").await, 1);
    assert_eq!(sandbox.call_count(kotak::Operation::SessionLoginUserid), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_wait_for_a_login_fail_with_it() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let program = program.env("NEO_MPIN", "111111");
    sandbox.inject(Operation::TradeApiLogin, Fault::slow_body_for(Duration::from_secs(1)).applied());
    let children: Vec<_> = (0..3).map(|_| program.start(&format!("{LOGIN} --json"))).collect();
    for child in children {
        let run = finish(child).await;
        assert_eq!(
            (run.status, &run.object()["error"]["kind"]),
            (11, &json!("second_factor")),
            "{}",
            run.stdout
        );
    }
    assert_eq!((sign_ins(&sandbox), sandbox.bad_tries("S4MPL")), ([1, 1], 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wait_for_another_login_is_reported() {
    let (sandbox, program) = at_kotak().await;
    let slow = Fault::slow_body_for(Duration::from_secs(2)).applied();
    sandbox.inject(kotak::Operation::SessionInit, slow);
    let first = program.start("login kotak");
    crate::common::called(&sandbox, kotak::Operation::SessionInit).await;
    let run = program.run("login kotak").await;
    assert!(run.stderr.starts_with("Waiting for another run that signs in to Kotak..."), "{}", run.stderr);
    assert!(run.stdout.starts_with("Already signed in to Kotak as S4MPL3 at "), "{}", run.stdout);
    assert_eq!(finish(first).await.status, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_login_is_waited_for_no_longer_than_the_timeout() {
    let (sandbox, program) = at_kotak().await;
    sandbox.inject(kotak::Operation::SessionInit, Fault::hang());
    let _first = program.start("login kotak");
    crate::common::called(&sandbox, kotak::Operation::SessionInit).await;
    let error = program.fails("login kotak --timeout 2", 18, "timeout").await;
    assert!(message(&error).contains("another process signs in"), "{error}");
    assert_eq!(sandbox.call_count(kotak::Operation::SessionInit), 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_login_lets_the_next_one_in() {
    let (sandbox, program) = at_kotak().await;
    sandbox.inject(kotak::Operation::SessionInit, Fault::hang());
    let first = program.start("login kotak");
    crate::common::called(&sandbox, kotak::Operation::SessionInit).await;
    crate::common::signal(&first, "INT");
    assert_eq!(finish(first).await.status, 130);
    let started = Instant::now();
    program.ok("login kotak").await;
    // Else it would wait until the first one has not moved for ten seconds.
    assert!(started.elapsed() < Duration::from_secs(8));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_lives_needs_no_secret_and_no_call() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let object = program.ok(LOGIN).await;
    sandbox.clear_calls();
    let secrets = ["NEO_ACCESS_TOKEN", "NEO_MOBILE", "NEO_MPIN", "NEO_TOTP_SECRET"];
    let program = program.without(&secrets);
    let mut again = program.ok(LOGIN).await;
    assert_eq!(again["signed_in"].take(), json!(false));
    again["signed_in"] = json!(true);
    assert_eq!(again, object, "the rest is the same");
    assert!(sandbox.calls().is_empty());

    let (sandbox, program) = at_kotak().await;
    let object = program.ok("login kotak").await;
    sandbox.clear_calls();
    let program = program.without(&["KOTAK_CONSUMER_KEY", "KOTAK_PASSWORD", "KOTAK_ACCESS_CODE"]);
    let again = program.ok("login kotak").await;
    assert_eq!((&again["signed_in"], &again["factor"]), (&json!(false), &json!(null)));
    assert_eq!(fields(&again), fields(&object));
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_renewed_on_request_or_when_it_is_over() {
    let (sandbox, program) = at_kotak().await;
    let mut numbers = Vec::new();
    for command in ["login kotak", "login kotak --renew", "login kotak"] {
        if numbers.len() == 2 {
            program.let_sessions_expire();
        }
        assert_eq!(program.ok(command).await["signed_in"], true);
        numbers.push(program.ok(LIST).await["sessions"][0]["number"].as_u64().unwrap());
    }
    assert_eq!(sandbox.call_count(kotak::Operation::SessionLoginUserid), 3);
    assert!(numbers.is_sorted() && numbers[0] < numbers[1] && numbers[1] < numbers[2], "{numbers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_credentials_are_sent_by_one_run_only() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let program = program.env("NEO_MPIN", "111111");
    for _ in 0..3 {
        program.fails(LOGIN, 11, "second_factor").await;
    }
    assert_eq!((sign_ins(&sandbox), sandbox.bad_tries("S4MPL")), ([1, 1], 1));
    let error = program.fails(LOGIN, 11, "second_factor").await;
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains("Nothing was sent now") && hint.contains("login --send-again"), "{error}");

    let (sandbox, program) = at_kotak().await;
    let program = program.env("KOTAK_PASSWORD", "0000");
    program.fails("login kotak", 10, "credentials").await;
    sandbox.clear_calls();
    program.fails("login kotak", 10, "credentials").await;
    program.fails("login kotak --renew", 10, "credentials").await;
    assert!(sandbox.calls().is_empty());
    program.fails("login kotak --send-again", 10, "credentials").await;
    assert_eq!(sandbox.call_count(kotak::Operation::SessionLoginUserid), 1);
    // Others are another matter.
    program.env("KOTAK_PASSWORD", "sandbox-password").ok("login kotak").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_is_not_sent_with_another_factor() {
    let (sandbox, program) = at_kotak().await;
    let program = program.env("KOTAK_PASSWORD", "0000");
    program.fails("login kotak", 10, "credentials").await;
    program.fails("login kotak --factor one-time-token", 10, "credentials").await;
    assert_eq!(sandbox.call_count(kotak::Operation::SessionLoginUserid), 1);
}

/// A sandbox with two users, and a program with a profile for each, which has signed in both.
async fn two_profiles() -> (Sandbox, Program) {
    let account = |ucc: &str| Account { ucc: ucc.to_owned(), ..Account::default() };
    let builder = Sandbox::builder().account(account("USER1")).account(account("USER2"));
    let (sandbox, program) = start(builder).await;
    let profile = |name, ucc| format!("[profiles.{name}.neo]\nucc = \"{ucc}\"\n");
    let config = program.file("config.toml", &(profile("one", "USER1") + &profile("two", "USER2")));
    let program = program.env("BROKER_SESSION_CONFIG", &config).without(&["NEO_UCC"]);
    for (profile, user) in [("one", "USER1"), ("two", "USER2")] {
        assert_eq!(program.ok(&format!("{LOGIN} --profile {profile}")).await["user"], user);
    }
    (sandbox, program)
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_several_profiles_are_kept_side_by_side() {
    let (sandbox, program) = two_profiles().await;
    let object = program.ok(LIST).await;
    let of = |place: usize| (&object["sessions"][place]["profile"], &object["sessions"][place]["user"]);
    assert_eq!(of(0), (&json!("one"), &json!("USER1")));
    assert_eq!(of(1), (&json!("two"), &json!("USER2")));
    assert_eq!(program.ok("logout neo --profile two").await["user"], "USER2");
    assert_eq!((sandbox.live_sessions("USER1"), sandbox.live_sessions("USER2")), (1, 0));
    assert_eq!(program.ok("login neo --profile one").await["signed_in"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn logout_all_tries_each_session() {
    let (sandbox, program) = two_profiles().await;
    sandbox.inject(Operation::Logout, Fault::status(StatusCode::NOT_FOUND));
    let (status, object) = program.json("logout neo --all").await;
    assert_eq!(status, 15, "{object}");
    let [first, second] = [&object["sessions"][0], &object["sessions"][1]];
    assert_eq!((&first["user"], &first["error"]["kind"]), (&json!("USER1"), &json!("refused")));
    assert_eq!((&second["user"], &second["error"]), (&json!("USER2"), &json!(null)));
    assert_eq!(["USER1", "USER2"].map(|user| sandbox.live_sessions(user)), [1, 0]);
    let run = program.run("logout neo --all").await;
    assert!(run.status == 0 && run.stdout.starts_with("Signed out of Kotak Neo as USER1"), "{}", run.stdout);
    assert_eq!(sandbox.live_sessions("USER1"), 0);
    assert_eq!(program.ok("logout neo --all").await, json!({ "sessions": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn logout_all_knows_every_broker() {
    let (neo, program) = two_profiles().await;
    let (kotak, _) = at_kotak().await;
    let program = program.envs(kotak.credentials()).without(&["KOTAK_MPIN", "KOTAK_BIOMETRIC"]);
    program.ok("login kotak --profile two").await;
    program.refuses("logout").await;
    program.refuses("logout --all neo").await;
    program.refuses("logout --all --store redis://a:b@c").await;
    let object = program.ok("logout --all").await;
    let users: Vec<_> =
        object["sessions"].as_array().unwrap().iter().map(|session| &session["user"]).collect();
    assert_eq!(users, ["S4MPL3", "USER1", "USER2"]);
    assert_eq!(["USER1", "USER2"].map(|user| neo.live_sessions(user)), [0, 0]);
    assert_eq!(kotak.live_sessions("S4MPL3"), 0);
    let run = program.env("KOTAK_ENVIRONMENT", "made-up").run("logout --all").await;
    assert!(run.status == 2 && run.stderr.contains("KOTAK_ENVIRONMENT must be one of"), "{}", run.stderr);
    assert_eq!(kotak.call_count(kotak::Operation::SessionLogout), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_is_remembered() {
    for command in ["logout kotak", "logout kotak --forget"] {
        let (_sandbox, program) = at_kotak().await;
        program.ok("login kotak").await;
        program.ok(command).await;
        let record = &program.stored("session")[0];
        assert!(record["signed_out_at"].is_string() && record["session"].is_null(), "{record}");
        assert_eq!(program.ok("login kotak").await["signed_in"], true, "a person may sign in again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_store_a_login_sends_nothing() {
    let dead = DeadPort::new();
    let (sandbox, program) = start(Sandbox::builder()).await;
    let url = format!("redis://127.0.0.1:{}", dead.port);
    for command in [LOGIN, LIST, "logout neo"] {
        let error = program.fails(&format!("{command} --store {url}"), 21, "store").await;
        assert!(message(&error).contains(&url) && error["hint"].is_string(), "{error}");
    }
    #[cfg(target_os = "linux")]
    {
        let bus = format!("unix:path={}", program.home.path().join("no-bus").display());
        let program = program.env("DBUS_SESSION_BUS_ADDRESS", &bus);
        let error = program.fails(&format!("{LOGIN} --store keyring:"), 21, "store").await;
        assert!(error["hint"].as_str().unwrap().contains("dbus-run-session"), "{error}");
    }
    assert!(sandbox.calls().is_empty());
}

fn key() -> String {
    EncryptionKey::random().unwrap().to_base64().expose().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_key_the_file_shows_nothing_of_a_session() {
    let (sandbox, program) = start(Sandbox::builder()).await;
    let (old, new) = (key(), key());
    let program = program.env("BROKER_SESSION_STORE_KEY", &old);
    let object = program.ok(LOGIN).await;
    assert!(object["stored"].as_str().unwrap().ends_with("store.json, encrypted"), "{object}");
    let text = std::fs::read_to_string(program.store()).unwrap();
    // With a quotation mark, because base64 may have these letters by chance.
    for hidden in ["S4MPL", "\"neo", sandbox.base_url(), "\"token", "\"sid", "\"secrets"] {
        assert!(!text.contains(hidden), "{hidden} is in {text}");
    }
    assert_eq!(program.ok(LOGIN).await["signed_in"], false);
    // Another key alone is of no use; beside the old one it is.
    let program = program.env("BROKER_SESSION_STORE_KEY", &new);
    let error = program.fails(LOGIN, 21, "store").await;
    assert!(message(&error).contains("which is not there"), "{error}");
    let program = program.env("BROKER_SESSION_STORE_OLD_KEY", &old);
    assert_eq!(program.ok(LOGIN).await["signed_in"], false);
    program.ok("logout neo").await;
    // Without a key it is not read as something else.
    program
        .without(&["BROKER_SESSION_STORE_KEY", "BROKER_SESSION_STORE_OLD_KEY"])
        .fails(LIST, 21, "store")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_of_a_store_are_refused() {
    let (sandbox, _) = start(Sandbox::builder()).await;
    let file = Program::new().file("made-up", "");
    let (key, other) = (key(), key());
    for (settings, expected) in [
        (&[("BROKER_SESSION_STORE_KEY", "made-up-key")][..], "openssl rand -base64 32"),
        (&[("BROKER_SESSION_STORE_OLD_KEY", &other)], "none to encrypt with"),
        (&[("BROKER_SESSION_STORE", "keyring:"), ("BROKER_SESSION_STORE_KEY", &key)], "only one key"),
        (
            &[("BROKER_SESSION_STORE", "redis://u:made-up-secret@127.0.0.1")],
            "BROKER_SESSION_STORE_PASSWORD_FILE",
        ),
        (&[("BROKER_SESSION_STORE", "redis://redis.example")], "TLS"),
        (&[("BROKER_SESSION_STORE", "postgres://127.0.0.1")], "rediss://"),
        (
            &[
                ("BROKER_SESSION_STORE", "rediss://127.0.0.1"),
                ("BROKER_SESSION_STORE_ROOT_CERTIFICATES", &file),
            ],
            "root certificates",
        ),
    ] {
        let program = Program::of(&sandbox).envs(settings.iter().copied());
        for command in [LOGIN, LIST] {
            let message = program.refuses(command).await;
            assert!(message.contains(expected) && !message.contains("made-up-"), "{expected}: {message}");
        }
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_share_a_session_in_redis() {
    let Some(server) = RedisServer::start_with("requirepass made-up-password") else { return };
    let (sandbox, _) = start(Sandbox::builder()).await;
    let key = key();
    // Each machine has a home of its own, and the settings in its profile.
    let machine = || {
        let program = Program::of(&sandbox).env("BROKER_SESSION_STORE", "");
        program.file("key", &key);
        program.file("password", "made-up-password\n");
        let text = format!(
            "[profiles.default.store]\nlocation = \"{}\"\npassword_file = \"password\"\nkey_file = \"key\"\n",
            server.url()
        );
        let config = program.file("config.toml", &text);
        program.env("BROKER_SESSION_CONFIG", &config)
    };
    let (one, other, third) = (machine(), machine(), machine());
    assert_eq!(together(&[&one, &other, &third], LOGIN).await, 1);
    assert_eq!(sign_ins(&sandbox), [1, 1]);

    let mut connection = redis::Client::open(server.url().replace("://", "://:made-up-password@"))
        .unwrap()
        .get_connection()
        .unwrap();
    let names: Vec<String> = redis::cmd("KEYS").arg("*").query(&mut connection).unwrap();
    let mut all = names.join(" ");
    for name in &names {
        let fields: Vec<String> = redis::cmd("HGETALL").arg(name).query(&mut connection).unwrap();
        all.push_str(&fields.join(" "));
    }
    assert!(names.len() == 2 && !all.contains("S4MPL") && !all.contains("secrets"), "{all}");

    let object = other.ok(LIST).await;
    assert_eq!((&object["sessions"][0]["user"], &object["sessions"][1]), (&json!("S4MPL"), &json!(null)));
    let (_, report) = third.json("doctor neo").await;
    assert!(report.to_string().contains("has 1 session(s) with Kotak Neo"), "{report:#}");
    other.ok("logout neo").await;
    assert_eq!(sandbox.live_sessions("S4MPL"), 0);
    one.fails("logout neo", 13, "session_expired").await;

    let wrong = machine().env("BROKER_SESSION_STORE_PASSWORD", "made-up-other");
    let error = wrong.fails(LIST, 21, "store").await;
    assert!(!error.to_string().contains("made-up-"), "{error}");
}
