//! A session that is on its way is waited for, and one that is alive is never opened again.

use crate::support::{HOUR, MINUTE, Script, alive, json, ok, pass, status, tickle};

/// A gateway that says the same of its session whenever it is asked.
async fn stuck(status: &'static str) -> Script {
    Script::start(move |call, _| match call {
        "tickle" => ok(&format!(r#"{{"session":"made-up","iserver":{{"authStatus":{status}}}}}"#)),
        "sso/validate" => alive(),
        _ => ok(status),
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn what_is_authenticated_is_never_opened_again() {
    for (status, words) in [
        (r#"{"authenticated":true,"connected":true,"established":false}"#, "being loaded"),
        (r#"{"authenticated":true,"connected":false,"established":true}"#, "link"),
        (r#"{"authenticated":true,"connected":false}"#, "link"),
        (r#"{"authenticated":true,"connected":true,"fail":"something is wrong"}"#, "something is wrong"),
        (r#"{"authenticated":true}"#, "link"),
    ] {
        let script = stuck(status).await;
        let watched = script.supervise();
        pass(6 * HOUR).await;
        assert_eq!(watched.names(), ["connecting"], "{status}");
        let state = watched.supervisor.state();
        assert!(state.why().contains(words), "{status}: {}", state.why());
        assert_eq!(script.count("ssodh/init"), 0, "{status}");
        assert_eq!(script.count("sso/validate"), 0, "{status}");
        assert_eq!(script.count("tickle"), 360, "{status}: it is kept alive all the same");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tickle_that_is_behind_the_status_opens_nothing() {
    let script = Script::start(|call, _| match call {
        "tickle" => tickle(false, true),
        "auth/status" => status(true, true),
        "sso/validate" => alive(),
        _ => status(true, true),
    })
    .await;
    let watched = script.supervise();
    pass(HOUR).await;
    assert_eq!(script.count("ssodh/init"), 0);
    assert_eq!(watched.names(), ["connecting", "ready"]);
}

#[tokio::test(start_paused = true)]
async fn a_tickle_without_a_session_is_not_believed_while_the_status_is_well() {
    for answer in [ok(r#"{"error":"no session"}"#), json("401 Unauthorized", "")] {
        let label = format!("{answer:?}");
        let script = Script::start(move |call, _| match call {
            "tickle" => answer.clone(),
            "sso/validate" => alive(),
            _ => status(true, true),
        })
        .await;
        let watched = script.supervise();
        pass(HOUR).await;
        assert_eq!(script.count("ssodh/init"), 0, "{label}");
        assert_eq!(watched.names(), ["connecting", "ready"], "{label}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_bridge_right_after_the_opening_is_waited_out() {
    let no_bridge = || json("400 Bad Request", r#"{"error":"Bad Request: no bridge","statusCode":400}"#);
    let script = Script::start(move |call, before| match (call, before) {
        ("tickle", 0) => tickle(false, true),
        ("tickle", _) => tickle(true, true),
        // Before the opening, then five times after it.
        ("auth/status", 0) => status(false, true),
        ("auth/status", 1..=5) => no_bridge(),
        ("auth/status", _) => status(true, true),
        ("ssodh/init", _) => {
            ok(r#"{"passed":true,"authenticated":true,"connected":true,"established":false}"#)
        }
        _ => alive(),
    })
    .await;
    let watched = script.supervise();
    watched.until("ready", MINUTE).await;
    pass(10 * MINUTE).await;
    assert_eq!(watched.names(), ["connecting", "soft_timeout", "ready"]);
    assert_eq!(script.count("ssodh/init"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_tickle_says_alone_is_no_reason_to_open() {
    for odd in [
        json("503 Service Unavailable", ""),
        json("500 Internal Server Error", "<html></html>"),
        json("404 Not Found", ""),
        ok("{}"),
        ok("[]"),
    ] {
        let label = format!("{odd:?}");
        let script = Script::start(move |call, _| match call {
            "tickle" => tickle(false, true),
            "auth/status" => odd.clone(),
            "sso/validate" => alive(),
            _ => status(true, true),
        })
        .await;
        let watched = script.supervise();
        pass(HOUR).await;
        // An opening would tear down what may be alive.
        assert_eq!(script.count("ssodh/init"), 0, "{label}");
        assert!(!watched.names().contains(&"ready"), "{label}");
    }
}
