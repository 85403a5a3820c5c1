//! What an operator asks for, and how the server stops.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session::{ClientOptions, store::MemoryStore};
use broker_session_sandbox::neo::Sandbox;
use broker_session_serve::{EventKind, Limits, Server};
use futures::StreamExt;
use http::{Method, Response, StatusCode};
use serde_json::Value;
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::Notify, time::timeout};

use crate::support::{Broker, PATIENCE, Served, full, kind, provider, provider_in, read_to_end, status};

#[tokio::test]
async fn readiness_is_that_of_every_session() {
    let broker = Broker::saying("through").await;
    let served = Served::at(&broker).await;
    let ready = served.get("/readyz").send().await.unwrap();
    assert_eq!(ready.status(), StatusCode::OK);
    let ready: Value = ready.json().await.unwrap();
    let neo = &ready["sessions"]["neo"];
    assert_eq!((&ready["ready"], &neo["status"]), (&true.into(), &"ready".into()));
    assert!(neo["expires_at"].is_string(), "{ready}");
}

#[tokio::test]
async fn what_is_counted_can_be_read() {
    let broker = Broker::start(|request| async move {
        let status: u16 = request.uri().path()[1..].parse().unwrap();
        Response::builder().status(status).body(full("")).unwrap()
    })
    .await;
    let served = Served::at(&broker).await;
    for path in ["/neo/200", "/neo/200", "/neo/429", "/neo/503", "/neo/..", "/nobody"] {
        served
            .raw(format!("{}Connection: close\r\n\r\n", served.head(&format!("GET {path} HTTP/1.1"))))
            .await;
    }
    served.http.get(served.url("/neo/200")).send().await.unwrap();
    let metrics = served.get("/metrics").send().await.unwrap();
    assert!(metrics.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    let metrics = metrics.text().await.unwrap();
    for line in [
        r#"broker_session_state{session="neo",state="ready"} 1"#,
        r#"broker_session_state{session="neo",state="failed"} 0"#,
        r#"broker_session_requests_total{session="neo",status="200",from="broker"} 2"#,
        r#"broker_session_requests_total{session="neo",status="429",from="broker"} 1"#,
        r#"broker_session_requests_total{session="neo",status="503",from="broker"} 1"#,
        r#"broker_session_requests_total{session="neo",status="400",from="proxy"} 1"#,
        r#"broker_session_sign_ins_total{session="neo"} 1"#,
        r#"broker_session_renewals_total{session="neo"} 0"#,
        r#"broker_session_penalties_total{session="neo"} 1"#,
        r#"broker_session_added_latency_seconds_count{session="neo"} 4"#,
        "broker_session_refused_total 2",
        "broker_session_requests_in_flight 0",
        "broker_session_queued_requests 0",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} in\n{metrics}");
    }
    let expires = metrics.lines().find(|line| line.starts_with("broker_session_expires_in_seconds"));
    let seconds: i64 = expires.unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    assert!((1..=24 * 60 * 60).contains(&seconds), "{expires:?}");
}

#[tokio::test]
async fn events_report_each_change() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let heard: Arc<Mutex<Vec<EventKind>>> = Arc::default();
    let hears = heard.clone();
    let builder = Server::builder().upstream("neo", provider(&sandbox));
    let builder = builder.on_event(move |event| hears.lock().unwrap().push(event.kind));
    let served = Served::start(builder, Vec::new()).await;
    assert_eq!(served.server.settled(PATIENCE).await, 1);
    let response = served.get("/events").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.bytes_stream();
    let mut next = async || {
        let part = tokio::time::timeout(PATIENCE, stream.next()).await.unwrap().unwrap().unwrap();
        let line = std::str::from_utf8(&part).unwrap().strip_prefix("data: ").unwrap().to_owned();
        serde_json::from_str::<Value>(line.strip_suffix("\n\n").unwrap()).unwrap()
    };
    let first = next().await;
    assert_eq!(first["sessions"][0]["name"], "neo");
    assert_eq!(first["events"][0]["kind"], "ready");
    // Nothing comes while nothing changes.
    assert!(tokio::time::timeout(Duration::from_millis(1200), next()).await.is_err());
    sandbox.end_sessions(sandbox.user());
    sandbox.advance(Duration::from_secs(30));
    assert_eq!(served.get("/neo/quick/user/orders").send().await.unwrap().status(), StatusCode::OK);
    loop {
        let state = next().await;
        let session = &state["sessions"][0];
        if state["events"][0]["kind"] == "renewed" && session["requests"]["200"] == 1 {
            assert_eq!((&session["renewals"], &session["sign_ins"]), (&1.into(), &2.into()));
            let calls = session["calls_per_minute"].as_array().unwrap();
            assert_eq!((calls.len(), calls.iter().filter_map(Value::as_u64).sum::<u64>()), (60, 1));
            break;
        }
    }
    let status: Value = served.get("/api/status").send().await.unwrap().json().await.unwrap();
    assert_eq!(status["events"].as_array().unwrap().len(), 2);
    assert_eq!(*heard.lock().unwrap(), [EventKind::Ready, EventKind::Renewed]);
}

#[tokio::test]
async fn a_stream_without_news_is_still_alive() {
    let served = Served::start(Server::builder(), Vec::new()).await;
    let hour = Duration::from_secs(60 * 60);
    let response = served.get("/events").timeout(hour).send().await.unwrap();
    let mut stream = response.bytes_stream();
    assert!(stream.next().await.unwrap().unwrap().starts_with(b"data: "));
    tokio::time::pause();
    assert_eq!(stream.next().await.unwrap().unwrap(), "event: alive\ndata:\n\n");
}

#[tokio::test]
async fn only_so_many_pages_get_events() {
    let mut limits = Limits::default();
    limits.event_streams = 1;
    let served = Served::start(Server::builder().limits(limits), Vec::new()).await;
    let first = served.get("/events").send().await.unwrap();
    assert_eq!(first.status(), StatusCode::OK);
    let second = served.get("/events").send().await.unwrap();
    assert_eq!(kind(second).await, (503, "overloaded".to_owned()));
}

#[tokio::test]
async fn its_own_paths_have_get_alone() {
    let served = Served::start(Server::builder(), Vec::new()).await;
    for path in ["/", "/livez", "/readyz", "/metrics", "/api/status", "/events"] {
        let response = served.request(Method::POST, path).body("x").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(response.headers()["allow"], "GET, HEAD");
    }
    let page = served.get("/").send().await.unwrap();
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(page.headers()[name], value);
    }
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(page.text().await.unwrap().contains("<html"));
}

#[tokio::test]
async fn each_response_has_the_id_of_its_request() {
    let broker = Broker::saying("through").await;
    let served = Served::at(&broker).await;
    for path in ["/neo/a", "/livez", "/nobody/a", "/neo/%"] {
        let given = served.get(path).header("x-request-id", "mine-1").send().await.unwrap();
        assert_eq!(given.headers()["x-request-id"], "mine-1", "{path}");
        let made = served.get(path).header("x-request-id", "not good").send().await.unwrap();
        assert_eq!(made.headers()["x-request-id"].len(), 16, "{path}");
    }
}

#[tokio::test]
async fn a_shutdown_finishes_what_is_under_way() {
    let (arrived, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let of_broker = (arrived.clone(), go.clone());
    let broker = Broker::start(move |_| {
        let (arrived, go) = of_broker.clone();
        async move {
            arrived.notify_one();
            go.notified().await;
            Response::new(full("done"))
        }
    })
    .await;
    let mut served = Served::at(&broker).await;
    let request = tokio::spawn(served.get("/neo/a").send());
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    idle.write_all(b"GET").await.unwrap();
    arrived.notified().await;
    served.stop();
    // Nobody new comes in.
    while TcpStream::connect(served.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    go.notify_one();
    assert_eq!(request.await.unwrap().unwrap().text().await.unwrap(), "done");
    drop(idle);
    served.stopped().await;
}

#[tokio::test]
async fn a_shutdown_has_an_end() {
    let broker = Broker::start(|_| std::future::pending()).await;
    let mut limits = Limits::default();
    limits.shutdown_time = Duration::from_millis(100);
    let mut served = Served::limited(&broker, limits).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(format!("{}\r\n", served.head("GET /neo/a HTTP/1.1")).as_bytes()).await.unwrap();
    while broker.heads().is_empty() {
        tokio::task::yield_now().await;
    }
    served.stopped().await;
    assert_eq!(read_to_end(&mut stream).await, "");
}

#[tokio::test]
async fn sessions_can_be_replaced_while_it_serves() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let served = Served::start(Server::builder(), Vec::new()).await;
    assert_eq!(served.get("/neo/quick/user/orders").send().await.unwrap().status(), StatusCode::NOT_FOUND);
    served.server.replace(vec![("neo".into(), provider(&sandbox))]).unwrap();
    assert_eq!(served.server.settled(PATIENCE).await, 1);
    assert_eq!(served.get("/neo/quick/user/orders").send().await.unwrap().status(), StatusCode::OK);
    for name in ["", "Neo", "a/b", "metrics", "api"] {
        assert!(served.server.replace(vec![(name.into(), provider(&sandbox))]).is_err(), "{name}");
    }
    let twice = vec![("neo".into(), provider(&sandbox)), ("neo".into(), provider(&sandbox))];
    assert!(served.server.replace(twice).is_err());
    assert_eq!(served.get("/neo/quick/user/orders").send().await.unwrap().status(), StatusCode::OK);
    served.server.replace(Vec::new()).unwrap();
    assert_eq!(served.get("/neo/quick/user/orders").send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(
        status(&served.raw("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await),
        421
    );
}

#[tokio::test]
async fn a_request_whose_client_went_away_is_counted() {
    let broker = Broker::start(|_| std::future::pending()).await;
    let served = Served::at(&broker).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let head = served.head("POST /neo/order HTTP/1.1");
    stream.write_all(format!("{head}Content-Length: 5\r\n\r\norder").as_bytes()).await.unwrap();
    while broker.heads().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(stream);
    let gone = r#"broker_session_requests_total{session="neo",status="499",from="proxy"} 1"#;
    timeout(PATIENCE, async {
        while !served.get("/metrics").send().await.unwrap().text().await.unwrap().contains(gone) {}
    })
    .await
    .expect("nobody has counted it");
}

#[tokio::test]
async fn counts_and_events_outlast_new_settings() {
    let broker = Broker::saying("through").await;
    let served = Served::at(&broker).await;
    served.get("/neo/orders").send().await.unwrap();
    let before = served.get("/api/status").send().await.unwrap().json::<Value>().await.unwrap();
    // The same session, as after a start from the store.
    let provider = served.provider.clone();
    served.server.replace(vec![("neo".into(), provider.unwrap())]).unwrap();
    assert_eq!(served.server.settled(PATIENCE).await, 1);
    let counted = r#"broker_session_requests_total{session="neo",status="200",from="broker"} 1"#;
    let metrics = served.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains(counted), "{metrics}");
    assert!(metrics.contains(r#"broker_session_sign_ins_total{session="neo"} 1"#), "{metrics}");
    let after = served.get("/api/status").send().await.unwrap().json::<Value>().await.unwrap();
    assert_eq!(before["events"], after["events"]);
}

#[tokio::test]
async fn a_session_from_the_store_is_no_sign_in() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let store = Arc::new(MemoryStore::new());
    let provider = || provider_in(store.clone(), &sandbox, ClientOptions::new());
    let before = provider();
    before.session().await.unwrap();
    let served = Served::start(Server::builder().upstream("neo", provider()), Vec::new()).await;
    assert_eq!(served.server.settled(PATIENCE).await, 1);
    let sign_ins = async |number: u64| {
        let metrics = served.get("/metrics").send().await.unwrap().text().await.unwrap();
        let line = format!("broker_session_sign_ins_total{{session=\"neo\"}} {number}\n");
        assert!(metrics.contains(&line), "{metrics}");
    };
    sign_ins(0).await;
    sandbox.end_sessions(sandbox.user());
    sandbox.advance(Duration::from_secs(30));
    assert_eq!(served.get("/neo/quick/user/orders").send().await.unwrap().status(), StatusCode::OK);
    sign_ins(1).await;
    served.server.replace(vec![("neo".into(), provider())]).unwrap();
    assert_eq!(served.server.settled(PATIENCE).await, 1);
    sign_ins(1).await;
}
