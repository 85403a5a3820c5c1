//! When the single sign-on is over a person must sign in: nothing is opened, the page to open is named, and the
//! session recovers by itself once somebody has signed in.

use broker_session::{ErrorKind, ibkr::State};
use broker_session_sandbox::{
    Fault,
    ibkr::{Builder, Operation, Sandbox, SignedOut},
};
use contract_tests::Reaction;
use http::StatusCode;

use super::support::{Fixture, MINUTE, SECOND, ScriptedGateway, alive, json, ok, pass, status, tickle};
use crate::support::closed;

const FORMS: [SignedOut; 5] =
    [SignedOut::Json401, SignedOut::Empty401, SignedOut::Html401, SignedOut::Redirect, SignedOut::NoSession];

fn sandbox(form: SignedOut) -> Builder {
    closed().when_signed_out(form)
}

#[tokio::test(start_paused = true)]
async fn ended_sign_on_requires_login_in_every_form() {
    for form in FORMS {
        let (fixture, watched) = Fixture::supervised(sandbox(form).opened_at_sign_in(true)).await;
        watched.until("ready", MINUTE).await;
        fixture.sandbox.sign_out();
        // A single denial may be a mistake, so it is asked for once more.
        let state = watched.until("login_required", 3 * MINUTE).await;
        let page = format!("{}/", fixture.sandbox.root_url());
        assert_eq!(state.state(), &State::LoginRequired { url: Some(page.clone()) }, "{form:?}");
        assert_eq!(state.login_url(), Some(&*page));
        assert!(state.reason().contains("sign"), "{}", state.reason());
        // For an hour nobody comes.
        pass(60 * MINUTE).await;
        let known = || watched.names().into_iter().filter(|name| *name != "connecting").collect::<Vec<_>>();
        assert_eq!(known(), ["ready", "login_required"], "{form:?}");
        assert_eq!(fixture.inits(), 0, "{form:?}");
        fixture.sandbox.sign_in();
        watched.until("ready", 2 * MINUTE).await;
        pass(10 * MINUTE).await;
        assert_eq!(known(), ["ready", "login_required", "ready"], "{form:?}");
        fixture.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn session_is_opened_after_login() {
    for form in FORMS {
        let (fixture, watched) = Fixture::supervised(sandbox(form).signed_out()).await;
        watched.until("login_required", 2 * MINUTE).await;
        pass(30 * MINUTE).await;
        fixture.sandbox.sign_in();
        watched.until("ready", 2 * MINUTE).await;
        let names = watched.names();
        assert_eq!(names.first_chunk(), Some(&["connecting", "login_required"]), "{form:?}: {names:?}");
        assert_eq!(names.last(), Some(&"ready"));
        assert_eq!(fixture.inits(), 1, "{form:?}");
        fixture.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn fresh_login_resets_the_backoff() {
    let fixture = Fixture::with(closed()).await;
    let refused = Fault::status(StatusCode::INTERNAL_SERVER_ERROR);
    fixture.sandbox.inject_times(Operation::IserverAuthSsodhInitPost, 5, refused);
    let watched = fixture.supervise();
    // 0, 1, 3, 7 and 15 minutes after the first one, or a little earlier; the next one would be half an hour away.
    pass(18 * MINUTE).await;
    assert_eq!(fixture.inits(), 5);
    fixture.sandbox.sign_out();
    watched.until("login_required", 2 * MINUTE).await;
    fixture.sandbox.sign_in();
    watched.until("ready", 2 * MINUTE).await;
    assert_eq!(fixture.inits(), 6);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn sign_on_is_validated_once_a_minute_at_most() {
    let (fixture, watched) = Fixture::supervised(sandbox(SignedOut::NoSession).signed_out()).await;
    watched.until("login_required", 2 * MINUTE).await;
    for _ in 0..120 {
        let state = watched.supervisor.diagnose().await;
        assert_eq!(state.state().name(), "login_required");
        pass(5 * SECOND).await;
    }
    let times: Vec<_> =
        fixture.sandbox.calls_to(Operation::SsoValidateGet).iter().map(|call| call.at).collect();
    assert!(times.len() > 5, "{times:?}");
    for pair in times.windows(2) {
        assert!((pair[1] - pair[0]).get_seconds() >= 0);
        assert!(pair[1].duration_since(pair[0]).as_secs() >= 60, "{times:?}");
    }
    assert_eq!(watched.names(), ["connecting", "login_required"]);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn nothing_is_opened_without_a_sign_on() {
    for response in [
        json("401 Unauthorized", r#"{"error":"not authenticated","statusCode":401}"#),
        json("401 Unauthorized", ""),
        ok(r#"{"RESULT":false}"#),
        ok(r#"{"error":"no session"}"#),
    ] {
        let label = format!("{response:?}");
        let (script, watched) = ScriptedGateway::supervised(move |call, _| match call {
            "tickle" => tickle(false, false),
            "auth/status" => status(false, false),
            "sso/validate" => response.clone(),
            _ => json("500 Internal Server Error", ""),
        })
        .await;
        watched.until("login_required", 2 * MINUTE).await;
        pass(60 * MINUTE).await;
        assert_eq!(watched.names(), ["connecting", "login_required"], "{label}");
        assert_eq!(script.count("ssodh/init"), 0, "{label}");
        assert!(script.count("sso/validate") <= 62, "{}", script.count("sso/validate"));
    }
}

/// Responses to a validation that do not contain its result.
fn no_responses() -> Vec<Reaction> {
    vec![
        json("500 Internal Server Error", ""),
        json("503 Service Unavailable", ""),
        json("500 Internal Server Error", r#"{"error":"Please query /accounts first"}"#),
        json("404 Not Found", ""),
        ok("{}"),
        ok("[]"),
        ok("<html></html>"),
        Reaction::Respond(Vec::new()),
    ]
}

#[tokio::test(start_paused = true)]
async fn failed_validation_decides_nothing() {
    let not_found = format!("{:?}", json("404 Not Found", ""));
    for response in no_responses() {
        let label = format!("{response:?}");
        let (script, watched) = ScriptedGateway::supervised(move |call, before| match call {
            "sso/validate" if before > 60 => alive(),
            "sso/validate" => response.clone(),
            "ssodh/init" => status(true, true),
            _ => json("401 Unauthorized", r#"{"error":"not authenticated","statusCode":401}"#),
        })
        .await;
        pass(10 * MINUTE).await;
        let expected = if label == not_found { "refused" } else { "offline" };
        assert_eq!(watched.names(), ["connecting", expected], "{label}");
        assert_eq!(script.count("ssodh/init"), 0, "{label}");
    }
}

#[tokio::test(start_paused = true)]
async fn login_redirect_counts_when_nothing_else_is_known() {
    for response in no_responses() {
        let label = format!("{response:?}");
        let (script, watched) = ScriptedGateway::supervised(move |call, _| match call {
            "sso/validate" => response.clone(),
            _ => json("401 Unauthorized", ""),
        })
        .await;
        pass(10 * MINUTE).await;
        assert!(["login_required", "offline"].contains(&watched.name()), "{label}: {:?}", watched.names());
        assert_eq!(script.count("ssodh/init"), 0, "{label}");
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_caller_gets_the_login_url() {
    let (fixture, watched) = Fixture::supervised(closed().signed_out()).await;
    let error = watched.supervisor.wait_until_ready(MINUTE).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginRequired);
    assert_eq!(error.login_url(), Some(&*format!("{}/", fixture.sandbox.root_url())));
    assert!(error.to_string().contains(fixture.sandbox.root_url()), "{error}");
}

#[tokio::test(start_paused = true)]
async fn logout_elsewhere_ends_the_sign_on() {
    for response in [StatusCode::GONE, StatusCode::SERVICE_UNAVAILABLE] {
        let (fixture, watched) = Fixture::supervised(Sandbox::builder().init_after_logout(response)).await;
        watched.until("ready", MINUTE).await;
        fixture.gateway().logout().await.unwrap();
        watched.until("login_required", 2 * MINUTE).await;
        pass(30 * MINUTE).await;
        assert_eq!(watched.names(), ["connecting", "ready", "login_required"]);
        fixture.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn session_opened_by_a_person_is_left_alone() {
    let (fixture, watched) =
        Fixture::supervised(sandbox(SignedOut::NoSession).signed_out().opened_at_sign_in(true)).await;
    watched.until("login_required", 2 * MINUTE).await;
    // A diagnosis comes before the next validation is allowed, and meanwhile the person signs in.
    pass(40 * SECOND).await;
    let person = async {
        pass(10 * SECOND).await;
        fixture.sandbox.sign_in();
    };
    tokio::join!(watched.supervisor.diagnose(), person);
    watched.until("ready", 2 * MINUTE).await;
    assert_eq!(fixture.inits(), 0);
    fixture.assert_well_behaved();
}
