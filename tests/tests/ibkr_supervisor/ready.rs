//! Waiting for a session without a supervisor, and looking at it.

use std::sync::Arc;

use broker_session::{
    Connection, ErrorKind,
    ibkr::{Compete, Gateway},
};
use broker_session_sandbox::{
    Fault,
    ibkr::{Operation, Sandbox},
};
use contract_tests::{Held, Network, Proxy};
use http::StatusCode;
use tokio::time::Instant;

use crate::support::{MINUTE, SECOND, Scene, Script, Watched, closed, ok, pass};

#[tokio::test(start_paused = true)]
async fn a_session_that_is_on_its_way_is_waited_for() {
    let scene = Scene::with(closed().establish_after(20 * SECOND)).await;
    let gateway = scene.gateway();
    gateway.init(Compete::Yield).await.unwrap();
    let started = Instant::now();
    let status = gateway.ready(MINUTE).await.unwrap();
    assert!(status.is_ready());
    assert!((20..=22).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    assert_eq!(scene.inits(), 1, "it only waits");
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_is_said_when_the_deadline_has_passed() {
    for (status, kind, words) in [
        (
            r#"{"authenticated":true,"connected":true,"established":false}"#,
            ErrorKind::Timeout,
            "being loaded",
        ),
        (r#"{"authenticated":false,"connected":true}"#, ErrorKind::SessionExpired, "timed out"),
        (r#"{"authenticated":false,"connected":false}"#, ErrorKind::SessionExpired, "no brokerage session"),
        (r#"{"authenticated":false,"connected":true,"competing":true}"#, ErrorKind::Refused, "elsewhere"),
        (r#"{"authenticated":true,"connected":false}"#, ErrorKind::Timeout, "link"),
        (r#"{"error":"failed to process request"}"#, ErrorKind::Unavailable, "failed to process request"),
    ] {
        let script = Script::start(move |_, _| ok(status)).await;
        let started = Instant::now();
        let error = script.gateway().ready(30 * SECOND).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{status}: {error}");
        assert!(error.to_string().contains(words), "{status}: {error}");
        assert!((28..=31).contains(&started.elapsed().as_secs()), "{status}: {:?}", started.elapsed());
        assert_eq!(script.count("ssodh/init"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_who_must_sign_in_is_told_where() {
    let scene = Scene::with(closed().signed_out()).await;
    let error = scene.gateway().ready(30 * SECOND).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginRequired);
    assert_eq!(error.login_url(), Some(&*format!("{}/", scene.sandbox.root_url())));
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_person_may_sign_in_meanwhile() {
    let scene = Scene::with(Sandbox::builder().signed_out()).await;
    let gateway = scene.gateway();
    let person = async {
        pass(40 * SECOND).await;
        scene.sandbox.sign_in();
    };
    let (outcome, ()) = tokio::join!(gateway.ready(2 * MINUTE), person);
    assert!(outcome.unwrap().is_ready());
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_not_there_ends_in_time() {
    for network in [Network::Refused, Network::Silent] {
        let scene = Scene::open().await;
        scene.network(network);
        for deadline in [SECOND, 20 * SECOND, 2 * MINUTE] {
            let started = Instant::now();
            let error = scene.gateway().ready(deadline).await.unwrap_err();
            let expected = [ErrorKind::Unavailable, ErrorKind::Timeout];
            assert!(expected.contains(&error.kind()), "{network:?}: {error}");
            assert!(started.elapsed() <= deadline + SECOND, "{network:?}: {:?}", started.elapsed());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_penalty_that_outlasts_the_deadline_is_told_at_once() {
    let scene = Scene::open().await;
    scene.sandbox.inject(Operation::IserverAuthStatusPost, Fault::status(StatusCode::TOO_MANY_REQUESTS));
    let (gateway, started) = (scene.gateway(), Instant::now());
    let error = gateway.ready(MINUTE).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(started.elapsed().as_secs(), 0);
    assert!(gateway.ready(20 * MINUTE).await.is_err_and(|error| error.kind() == ErrorKind::SessionExpired));
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_look_neither_keeps_the_session_alive_nor_opens_it() {
    let scene = Scene::with(closed()).await;
    let gateway = scene.gateway();
    assert_eq!(gateway.look().await.unwrap().state().name(), "soft_timeout");
    gateway.init(Compete::Yield).await.unwrap();
    assert_eq!(gateway.look().await.unwrap().state().name(), "ready");
    scene.sandbox.compete();
    assert_eq!(gateway.look().await.unwrap().state().name(), "competing");
    scene.sandbox.sign_out();
    let state = gateway.look().await.unwrap();
    assert_eq!(state.state().name(), "login_required");
    assert_eq!(state.login_url(), Some(&*format!("{}/", scene.sandbox.root_url())));
    scene.network(Network::Refused);
    assert_eq!(gateway.look().await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!((scene.inits(), scene.sandbox.call_count(Operation::TicklePost)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn with_an_authorization_for_the_hosted_api_nobody_asks_for_a_sign_on() {
    // A host of the broker's that leads to the sandbox: on loopback there is always a page to open.
    let scene = Scene::with(Sandbox::builder().https()).await;
    scene.sandbox.lose_brokerage_session();
    let address = scene.sandbox.root_url().trim_start_matches("https://").to_owned();
    let proxy = Proxy::leading_to(&address, &[]).await;
    let certificate = scene.sandbox.certificate_pem().unwrap();
    let connection = Connection::new()
        .trust_certificate(certificate.as_bytes())
        .and_then(|connection| connection.proxy(proxy.url(), None))
        .unwrap();
    let gateway = Gateway::builder()
        .base_url("https://api.ibkr.com/v1/api")
        .connection(connection.exchange(Arc::new(Held::new())))
        .header("Authorization", "Bearer made-up-token".into())
        .build()
        .unwrap();
    let watched = Watched::start(gateway, Compete::Yield);
    watched.until("ready", MINUTE).await;
    assert_eq!((scene.inits(), scene.validations()), (1, 0));
    scene.assert_well_behaved();
}
