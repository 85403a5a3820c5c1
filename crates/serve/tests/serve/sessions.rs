//! What becomes of requests when a session ends, cannot be had, or its broker is in trouble.

use std::time::Duration;

use broker_session::{
    ClientOptions, RetryPolicy, SessionProvider,
    neo::{Client, Credentials, SignIn},
};
use broker_session_sandbox::{
    Fault,
    neo::{Account, Operation, Sandbox},
};
use broker_session_serve::{Limits, Server};
use futures::future::join_all;
use http::{Method, Response, StatusCode};
use serde_json::Value;

use crate::support::{Broker, PATIENCE, Served, full, kind, provider};

const ORDERS: &str = "/neo/quick/user/orders";
const LIMITS: &str = "/neo/quick/user/limits";

/// A time after which the authenticator has another code.
const NEXT_CODE: Duration = Duration::from_secs(30);

async fn served() -> (Sandbox, Served) {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let served = Served::start(Server::builder().upstream("neo", provider(&sandbox)), Vec::new()).await;
    assert_eq!(served.server.settled(PATIENCE).await, 1);
    (sandbox, served)
}

fn sign_ins(sandbox: &Sandbox) -> usize {
    sandbox.call_count(Operation::TradeApiValidate)
}

/// The broker ends the session.
fn end(sandbox: &Sandbox) {
    sandbox.end_sessions(sandbox.user());
    sandbox.advance(NEXT_CODE);
}

#[tokio::test]
async fn the_session_is_there_before_anybody_asks() {
    let (sandbox, served) = served().await;
    assert_eq!(sign_ins(&sandbox), 1);
    let orders = served.get(ORDERS).send().await.unwrap();
    assert_eq!(orders.status(), StatusCode::OK);
    let orders: Value = orders.json().await.unwrap();
    assert_eq!(orders["stat"], "Ok");
    assert_eq!(sign_ins(&sandbox), 1);
}

#[tokio::test]
async fn any_number_of_refusals_sign_in_once() {
    let (sandbox, served) = served().await;
    for round in 2..4 {
        end(&sandbox);
        let requests = join_all((0..40).map(|_| served.get(ORDERS).send())).await;
        for response in requests {
            assert_eq!(response.unwrap().status(), StatusCode::OK);
        }
        assert_eq!(sign_ins(&sandbox), round);
    }
}

#[tokio::test]
async fn a_refused_post_is_not_repeated_and_renews_the_session() {
    let (sandbox, served) = served().await;
    end(&sandbox);
    let post = || served.request(Method::POST, LIMITS).send();
    // The client gets what the broker has sent, also without a body.
    let refused = post().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let body: Value = refused.json().await.unwrap();
    assert!(body.get("error").is_none_or(|error| error.get("kind").is_none()), "{body}");
    assert_eq!(sandbox.call_count(Operation::Limits), 1);
    while sign_ins(&sandbox) < 2 || served.server.settled(PATIENCE).await < 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(post().await.unwrap().status(), StatusCode::OK);
    assert_eq!((sandbox.call_count(Operation::Limits), sign_ins(&sandbox)), (2, 2));
}

#[tokio::test]
async fn a_post_that_may_have_left_is_not_repeated() {
    let (sandbox, served) = served().await;
    for fault in [Fault::reset(), Fault::reset().applied(), Fault::empty(StatusCode::SERVICE_UNAVAILABLE)] {
        let before = sandbox.call_count(Operation::Limits);
        let expected = if fault.to_string().starts_with("reset") { 502 } else { 503 };
        sandbox.inject(Operation::Limits, fault);
        let response = served.request(Method::POST, LIMITS).body("jData={}").send().await.unwrap();
        assert_eq!(response.status().as_u16(), expected);
        assert_eq!(sandbox.call_count(Operation::Limits), before + 1);
    }
}

#[tokio::test]
async fn a_path_that_is_always_refused_does_not_sign_in_for_ever() {
    let broker = Broker::start(|request| async move {
        let is_bad = request.uri().path() == "/bad";
        let status = if is_bad { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
        Response::builder().status(status).body(full("")).unwrap()
    })
    .await;
    let served = Served::at(&broker).await;
    let sandbox = served.sandbox.as_ref().unwrap();
    for method in [Method::GET, Method::POST, Method::GET, Method::POST, Method::GET] {
        sandbox.advance(NEXT_CODE);
        let response = served.request(method, "/neo/bad").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(served.get("/neo/good").send().await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(sign_ins(sandbox), 2);
}

#[tokio::test]
async fn a_session_that_cannot_be_had_has_a_reason() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let account = sandbox.account();
    let credentials = Credentials::new()
        .mobile(account.mobile.as_str())
        .ucc(account.ucc.as_str())
        .access_token(account.access_token.as_str());
    let options = ClientOptions::new().retry(RetryPolicy::NEVER);
    let client = Client::builder().credentials(credentials).base_url(sandbox.base_url()).options(options);
    let by_hand = SessionProvider::builder(SignIn::new(client.build().unwrap())).start().unwrap();
    let served = Served::start(Server::builder().upstream("neo", by_hand), Vec::new()).await;
    assert_eq!(served.server.settled(PATIENCE).await, 0);
    let response = served.get(ORDERS).send().await.unwrap();
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["error"]["kind"], "login_required");
    assert!(error["error"]["message"].as_str().unwrap().contains("a person must sign in"), "{error}");
    let ready = served.get("/readyz").send().await.unwrap();
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    let ready: Value = ready.json().await.unwrap();
    assert_eq!(ready["sessions"]["neo"]["status"], "person_needed");
    assert_eq!(sandbox.calls().len(), 0);
}

#[tokio::test]
async fn a_refused_guess_is_not_repeated() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let provider = provider(&sandbox);
    let changed = |account: &mut Account| account.mpin = "654321".into();
    sandbox.change_account(sandbox.user(), changed).unwrap();
    let served = Served::start(Server::builder().upstream("neo", provider), Vec::new()).await;
    assert_eq!(served.server.settled(PATIENCE).await, 0);
    for _ in 0..3 {
        sandbox.advance(NEXT_CODE);
        let response = served.get(ORDERS).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        // Nobody tries again by itself.
        assert_eq!(response.headers()["retry-after"], "120");
    }
    assert_eq!((sign_ins(&sandbox), sandbox.bad_tries(sandbox.user())), (1, 1));
}

#[tokio::test]
async fn a_broker_that_is_away_is_a_bad_gateway() {
    let broker = Broker::saying("through").await;
    let served = Served::at(&broker).await;
    drop(broker);
    let response = served.get("/neo/a").send().await.unwrap();
    assert_eq!(kind(response).await, (502, "unavailable".to_owned()));
}

#[tokio::test]
async fn a_secret_in_a_response_is_not_shown() {
    use broker_session::BodyFilterMode::{Off, Redact, Refuse};
    for mode in [Redact, Refuse, Off] {
        // Repeats what it was sent.
        let broker = Broker::start(|request| async move {
            let sid = request.headers()["sid"].clone();
            let body = format!("<{}>\n", sid.to_str().unwrap());
            let response = Response::builder().header("x-sid", sid).header("x-other", "1");
            response.body(full(body)).unwrap()
        })
        .await;
        let served = Served::with(&broker, Limits::default(), |builder| builder.bodies(mode)).await;
        let response = served.get("/neo/a").send().await.unwrap();
        assert!(!response.headers().contains_key("x-sid"));
        let sid = broker.heads()[0].headers["sid"].to_str().unwrap().to_owned();
        if mode == Refuse {
            assert_eq!(kind(response).await, (502, "secret_in_response".to_owned()));
            continue;
        }
        assert!(response.headers().contains_key("x-other"));
        let shown = if mode == Off { sid.clone() } else { "*".repeat(sid.len()) };
        assert_eq!(response.text().await.unwrap(), format!("<{shown}>\n"));
    }
}
