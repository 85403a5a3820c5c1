//! What becomes of requests when a session ends, cannot be had, or its broker is in trouble.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session::{
    ClientOptions, RetryPolicy, SessionProvider,
    neo::{Client, Credentials, SignIn},
};
use broker_session_sandbox::{
    Fault,
    neo::{Account, Operation, Sandbox},
};
use broker_session_serve::{EventKind, Limits, Server};
use futures::future::join_all;
use http::{HeaderValue, Method, Response, StatusCode};
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

/// A broker that accepts a session at all paths but `/bad`, until its `sid` is among the ended ones.
async fn broker_with_a_bad_path(ended: Arc<Mutex<Vec<HeaderValue>>>) -> Broker {
    Broker::start(move |request| {
        let is_over = ended.lock().unwrap().contains(&request.headers()["sid"]);
        let is_refused = is_over || request.uri().path() == "/bad";
        let status = if is_refused { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
        async move { Response::builder().status(status).body(full("")).unwrap() }
    })
    .await
}

async fn readiness(served: &Served) -> (StatusCode, Value) {
    let ready = served.get("/readyz").send().await.unwrap();
    let status = ready.status();
    let mut body: Value = ready.json().await.unwrap();
    (status, body["sessions"]["neo"].take())
}

#[tokio::test]
async fn a_path_that_is_always_refused_does_not_sign_in_for_ever() {
    let broker = broker_with_a_bad_path(Arc::default()).await;
    let served = Served::at(&broker).await;
    let sandbox = served.sandbox.as_ref().unwrap();
    for method in [Method::GET, Method::POST, Method::GET, Method::POST, Method::GET] {
        sandbox.advance(NEXT_CODE);
        let response = served.request(method, "/neo/bad?a=b").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(served.get("/neo/good").send().await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(sign_ins(sandbox), 2);
    let (status, session) = readiness(&served).await;
    assert_eq!(status, StatusCode::OK);
    assert!(session["reason"].as_str().unwrap().contains("refuses it at `/bad`"), "{session}");
}

#[tokio::test]
async fn a_path_that_is_always_refused_keeps_no_other_from_a_new_session() {
    let ended: Arc<Mutex<Vec<HeaderValue>>> = Arc::default();
    let broker = broker_with_a_bad_path(ended.clone()).await;
    let served = Served::at(&broker).await;
    let sandbox = served.sandbox.as_ref().unwrap();
    let get = async |path| served.get(path).send().await.unwrap().status();
    sandbox.advance(NEXT_CODE);
    assert_eq!((get("/neo/bad").await, get("/neo/good").await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
    assert_eq!(sign_ins(sandbox), 2);
    ended.lock().unwrap().push(broker.heads().last().unwrap().headers["sid"].clone());
    sandbox.advance(NEXT_CODE);
    assert_eq!((get("/neo/bad").await, get("/neo/good").await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
    assert_eq!(sign_ins(sandbox), 3);
}

#[tokio::test]
async fn sessions_that_one_path_refuses_at_once_stay_in_use_elsewhere() {
    let broker = broker_with_a_bad_path(Arc::default()).await;
    let served = Served::at(&broker).await;
    let sandbox = served.sandbox.as_ref().unwrap();
    let mut last = StatusCode::OK;
    for _ in 0..5 {
        sandbox.advance(NEXT_CODE);
        last = served.get("/neo/bad").send().await.unwrap().status();
    }
    // The provider replaces no more of them for now, and it is not known what the broker has refused.
    assert_eq!((last, sign_ins(sandbox)), (StatusCode::SERVICE_UNAVAILABLE, 3));
    let (status, session) = readiness(&served).await;
    assert_eq!((status, &session["ready"]), (StatusCode::SERVICE_UNAVAILABLE, &false.into()));
    assert!(session["reason"].as_str().unwrap().contains("began just now"), "{session}");
    assert_eq!(served.get("/neo/good").send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(readiness(&served).await.0, StatusCode::OK);
    assert_eq!(served.get("/neo/bad").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!((readiness(&served).await.0, sign_ins(sandbox)), (StatusCode::OK, 3));
}

#[tokio::test]
async fn a_session_that_was_refused_is_not_ready_until_there_is_another() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let (sender, events) = std::sync::mpsc::channel();
    let builder = Server::builder().upstream("neo", provider(&sandbox));
    let builder = builder.on_event(move |event| sender.send(event.kind).unwrap());
    let served = Served::start(builder, Vec::new()).await;
    assert_eq!(served.server.settled(PATIENCE).await, 1);
    let down = Fault::empty(StatusCode::SERVICE_UNAVAILABLE);
    sandbox.inject_always(Operation::TradeApiLogin, down);
    end(&sandbox);
    for _ in 0..3 {
        sandbox.advance(NEXT_CODE);
        assert_eq!(served.get(ORDERS).send().await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
        let (status, session) = readiness(&served).await;
        assert_eq!((status, &session["ready"]), (StatusCode::SERVICE_UNAVAILABLE, &false.into()));
        let metrics = served.get("/metrics").send().await.unwrap().text().await.unwrap();
        assert!(metrics.contains(r#"state{session="neo",state="ready"} 0"#), "{metrics}");
    }
    let kinds: Vec<EventKind> = events.try_iter().collect();
    assert_eq!(kinds, [EventKind::Ready, EventKind::Lost]);
}

#[tokio::test]
async fn a_broker_that_wants_no_requests_is_reported_with_the_end() {
    let broker = Broker::start(|_| async {
        let response = Response::builder().status(StatusCode::TOO_MANY_REQUESTS);
        response.header("retry-after", "31536000").body(full("")).unwrap()
    })
    .await;
    let served = Served::at(&broker).await;
    let response = served.get("/neo/a").send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "31536000", "what the broker has sent");
    let metrics = served.get("/metrics").send().await.unwrap().text().await.unwrap();
    let (_, rest) = metrics.split_once("penalty_seconds{session=\"neo\"} ").unwrap();
    let seconds: u64 = rest.lines().next().unwrap().parse().unwrap();
    assert!((800..=900).contains(&seconds), "{seconds}");
    let (_, session) = readiness(&served).await;
    let reason = session["reason"].as_str().unwrap();
    let (_, until) = reason.split_once("wants no requests until ").unwrap();
    let left = until.parse::<jiff::Timestamp>().unwrap().duration_since(jiff::Timestamp::now());
    assert!((800..=900).contains(&left.as_secs()), "{reason}");
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
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["error"]["kind"], "second_factor", "{error}");
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
