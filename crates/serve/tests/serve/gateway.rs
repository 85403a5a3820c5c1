//! Clients that were written for the gateway of Interactive Brokers.

use std::net::SocketAddr;

use broker_session::{
    ClientOptions, RetryPolicy, SessionProvider,
    ibkr::{Client, Compete, SignIn, oauth1a},
};
use broker_session_sandbox::ibkr::{Operation, Sandbox};
use broker_session_serve::{Limits, Listener, Server, ServerBuilder};
use futures::future::join_all;
use http::{
    Method, Response, StatusCode,
    header::{CONNECTION, HOST, ORIGIN, UPGRADE},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{Broker, PATIENCE, Served, full, kind, status};

/// A provider with OAuth at the sandbox.
fn hosted(sandbox: &Sandbox) -> SessionProvider {
    let known = sandbox.oauth_credentials().unwrap();
    let credentials = oauth1a::Credentials::builder()
        .consumer_key(known.consumer_key)
        .access_token(known.access_token)
        .access_token_secret(known.access_token_secret)
        .signature_key(known.signature_key)
        .encryption_key(known.encryption_key)
        .dh_parameters(known.dh_parameters);
    let options = ClientOptions::new().retry(RetryPolicy::NEVER);
    let client = Client::builder().base_url(sandbox.base_url()).options(options);
    let client = client.oauth1a(credentials.build().unwrap()).build().unwrap();
    SessionProvider::builder(SignIn::new(client, Compete::Yield)).start().unwrap()
}

/// Serves a session at a gateway's port.
async fn gateway(builder: ServerBuilder, tls: bool) -> (Served, SocketAddr) {
    let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap().gateway("ibkr");
    let listener = if tls { listener.self_signed().unwrap() } else { listener };
    let address = listener.address().unwrap();
    let served = Served::start(builder, vec![listener]).await;
    assert_eq!(served.server.settled(PATIENCE).await, 1);
    (served, address)
}

async fn oauth() -> (Sandbox, Served, SocketAddr) {
    let sandbox = Sandbox::builder().oauth().pacing(false).start().await.unwrap();
    let (served, address) = gateway(Server::builder().upstream("ibkr", hosted(&sandbox)), false).await;
    (sandbox, served, address)
}

async fn json(served: &Served, method: Method, url: String) -> (StatusCode, Value) {
    let request = served.http.request(method, url).json(&json!({ "publish": true, "compete": true }));
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap())
}

#[tokio::test]
async fn a_gateways_client_works_without_a_token() {
    let (sandbox, served, address) = oauth().await;
    let inits = sandbox.call_count(Operation::IserverAuthSsodhInitPost);
    let call =
        async |method: Method, path: &str| json(&served, method, format!("http://{address}{path}")).await;
    for (method, path, field) in [
        (Method::POST, "/v1/api/tickle", "/iserver/authStatus/authenticated"),
        (Method::GET, "/v1/portal/tickle", "/iserver/authStatus/authenticated"),
        (Method::POST, "/tickle", "/iserver/authStatus/authenticated"),
        (Method::POST, "/v1/api/iserver/auth/status", "/authenticated"),
        (Method::POST, "/iserver/auth/status", "/authenticated"),
        (Method::POST, "/v1/api/iserver/auth/ssodh/init", "/authenticated"),
        (Method::GET, "/v1/api/sso/validate", "/RESULT"),
        (Method::GET, "/sso/validate", "/RESULT"),
        (Method::POST, "/v1/api/logout", "/status"),
        (Method::POST, "/v1/portal/logout", "/status"),
        (Method::GET, "/logout", "/status"),
    ] {
        let (status, body) = call(method.clone(), path).await;
        assert_eq!(
            (status, body.pointer(field)),
            (StatusCode::OK, Some(&true.into())),
            "{method} {path}: {body}"
        );
    }
    for path in ["/v1/api/iserver/accounts", "/v1/portal/iserver/accounts"] {
        let (status, body) = call(Method::GET, path).await;
        assert!(status == StatusCode::OK && body["accounts"].is_array(), "{path}: {body}");
    }
    // The session was neither ended nor opened anew.
    assert_eq!(sandbox.call_count(Operation::LogoutPost), 0);
    assert_eq!(sandbox.call_count(Operation::IserverAuthSsodhInitPost), inits);
    for path in
        ["/", "/neo/a", "/ibkr/iserver/accounts", "/livez", "/metrics", "/iserver/accounts", "/v1/api"]
    {
        let response = served.http.get(format!("http://{address}{path}")).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
    // Under its name the same session has its own paths, with the token.
    let own = served.get("/ibkr/iserver/accounts").send().await.unwrap();
    assert_eq!(own.status(), StatusCode::OK);
}

#[tokio::test]
async fn no_spelling_of_a_path_ends_the_session_of_the_others() {
    let (sandbox, served, address) = oauth().await;
    let counts = |sandbox: &Sandbox| {
        let of = |operation| sandbox.call_count(operation);
        (of(Operation::LogoutPost), of(Operation::IserverAuthSsodhInitPost))
    };
    let before = counts(&sandbox);
    let ssodh = "/iserver/auth/ssodh";
    for (path, expected) in [
        ("/%6cogout".to_owned(), [200, 403]),
        ("/logout/".to_owned(), [200, 403]),
        ("/Logout".to_owned(), [200, 403]),
        ("/logout;jsessionid=1".to_owned(), [200, 403]),
        ("/logout".to_owned(), [200, 403]),
        ("/a/logout".to_owned(), [403, 403]),
        (format!("{ssodh}/%69nit"), [200, 200]),
        (format!("{ssodh}/init/"), [200, 200]),
        (format!("{ssodh}/Init;a=b?compete=true"), [200, 200]),
        (format!("{ssodh}/init"), [200, 200]),
        ("/iserver/reauthenticate?force=true".to_owned(), [200, 200]),
    ] {
        let (own, gateways) = (served.url("/ibkr"), format!("http://{address}/v1/api"));
        for (base, expected) in [(gateways, expected[0]), (own, expected[1])] {
            for method in [Method::POST, Method::GET] {
                let request = served.http.request(method.clone(), format!("{base}{path}"));
                let response = request.bearer_auth(served.bearer()).body(r#"{"compete":true}"#).send().await;
                assert_eq!(response.unwrap().status().as_u16(), expected, "{method} {base}{path}");
            }
        }
    }
    let tickled = served.http.post(format!("http://{address}/v1/api/%74ickle")).send().await.unwrap();
    let (tickled, plain) = (tickled.text().await.unwrap(), served.request(Method::POST, "/ibkr/tickle"));
    let real: Value = plain.send().await.unwrap().json().await.unwrap();
    assert!(tickled.contains("session") && !tickled.contains(real["session"].as_str().unwrap()));
    assert_eq!(counts(&sandbox), before);
}

#[tokio::test]
async fn pages_cannot_use_a_gateways_port() {
    let (_sandbox, served, address) = oauth().await;
    let ask = async |name: &str, value: &str| {
        let request = served.http.post(format!("http://{address}/v1/api/tickle")).header(name, value);
        request.send().await.unwrap().status()
    };
    assert_eq!(ask(HOST.as_str(), "evil.example").await, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(ask(ORIGIN.as_str(), "http://evil.example").await, StatusCode::FORBIDDEN);
    assert_eq!(ask("sec-fetch-site", "cross-site").await, StatusCode::FORBIDDEN);
    assert_eq!(ask(ORIGIN.as_str(), &format!("http://{address}")).await, StatusCode::OK);
}

#[tokio::test]
async fn clients_never_see_the_id_of_the_session() {
    let (_sandbox, served, address) = oauth().await;
    let tickle = async || json(&served, Method::POST, format!("http://{address}/v1/api/tickle")).await.1;
    let (first, second) = (tickle().await, tickle().await);
    assert_eq!(first["session"], second["session"]);
    let made_up = first["session"].as_str().unwrap();
    assert_eq!(made_up.len(), 32);
    let own = served.request(Method::POST, "/ibkr/tickle").send().await.unwrap().text().await.unwrap();
    assert!(!own.contains(made_up), "{own}");
}

#[tokio::test]
async fn a_gateways_port_can_speak_tls() {
    let sandbox = Sandbox::builder().oauth().pacing(false).start().await.unwrap();
    let (served, address) = gateway(Server::builder().upstream("ibkr", hosted(&sandbox)), true).await;
    let url = format!("https://{address}/v1/api/iserver/accounts");
    let request = || served.http.get(&url).header(ORIGIN, format!("https://{address}"));
    assert_eq!(request().send().await.unwrap().status(), StatusCode::OK);
    let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap().self_signed().unwrap();
    assert_eq!(listener.fingerprint().unwrap().split(':').count(), 32);
    assert!(listener.url().unwrap().starts_with("https://127.0.0.1:"));
}

#[tokio::test]
async fn a_logout_is_forwarded_where_that_is_wanted() {
    let sandbox = Sandbox::builder().oauth().pacing(false).start().await.unwrap();
    let builder = Server::builder().upstream("ibkr", hosted(&sandbox)).forward_logout();
    let (served, address) = gateway(builder, false).await;
    let (status, body) = json(&served, Method::POST, format!("http://{address}/v1/api/logout")).await;
    assert_eq!((status, &body["status"]), (StatusCode::OK, &true.into()));
    assert_eq!(sandbox.call_count(Operation::LogoutPost), 1);
}

#[tokio::test]
async fn a_person_is_named_the_page_to_open() {
    let sandbox = Sandbox::builder().opened_at_sign_in(false).signed_out().start().await.unwrap();
    let client = Client::builder().base_url(sandbox.base_url()).build().unwrap();
    let page = client.login_url().unwrap().to_owned();
    let provider = SessionProvider::builder(SignIn::new(client, Compete::Yield)).start().unwrap();
    let served = Served::start(Server::builder().upstream("ibkr", provider), Vec::new()).await;
    assert_eq!(served.server.settled(PATIENCE).await, 0);
    let response = served.get("/ibkr/iserver/accounts").send().await.unwrap();
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let error: Value = response.json().await.unwrap();
    assert_eq!(
        (&error["error"]["kind"], &error["error"]["login_url"]),
        (&"login_required".into(), &page.into())
    );
}

#[tokio::test]
async fn a_penalty_is_kept_for_all_clients() {
    let sandbox = Sandbox::builder().oauth().start().await.unwrap();
    let (served, address) = gateway(Server::builder().upstream("ibkr", hosted(&sandbox)), false).await;
    sandbox.penalise();
    // The first one learns of it from the broker.
    let first = served.get("/ibkr/portfolio/accounts").send().await.unwrap();
    assert_eq!(first.status(), StatusCode::TOO_MANY_REQUESTS);
    let before = sandbox.calls().len();
    for url in [served.url("/ibkr/portfolio/accounts"), format!("http://{address}/v1/api/portfolio/accounts")]
    {
        let response = served.http.get(url).bearer_auth(served.bearer()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((800..=900).contains(&wait), "{wait}");
    }
    assert_eq!(sandbox.calls().len(), before);
}

#[tokio::test]
async fn a_rate_limit_holds_for_all_clients_until_a_deadline() {
    // Ten requests a second.
    let sandbox = Sandbox::builder().oauth().strict_pacing().start().await.unwrap();
    let mut limits = Limits::default();
    limits.queue_time = std::time::Duration::from_secs(2);
    let builder = Server::builder().upstream("ibkr", hosted(&sandbox)).limits(limits);
    let (served, _) = gateway(builder, false).await;
    let responses = join_all((0..60).map(|_| served.get("/ibkr/portfolio/accounts").send())).await;
    let mut counts = [0, 0];
    for response in responses {
        let response = response.unwrap();
        match response.status() {
            StatusCode::OK => counts[0] += 1,
            StatusCode::TOO_MANY_REQUESTS => {
                assert_eq!(kind(response).await.1, "rate_limited");
                counts[1] += 1;
            }
            other => panic!("{other}"),
        }
    }
    assert!(counts[0] >= 10 && counts[1] >= 20, "{counts:?}");
    let violations = sandbox.violations();
    assert_eq!(violations.rate_limit_violations, 0, "{violations:?}");
}

/// A gateway that somebody has signed in to, with a WebSocket.
async fn with_websocket() -> Broker {
    Broker::start(|mut request| async move {
        let ready =
            json!({ "authenticated": true, "connected": true, "competing": false, "established": true });
        let body = match request.uri().path() {
            "/v1/api/tickle" => {
                json!({ "session": REAL, "ssoExpires": 1, "iserver": { "authStatus": ready } })
            }
            "/v1/api/sso/validate" => json!({ "RESULT": true, "USER_NAME": "sample", "EXPIRES": 600_000 }),
            "/v1/api/ws" => {
                let upgrade = hyper::upgrade::on(&mut request);
                tokio::spawn(async move {
                    let mut io = hyper_util::rt::TokioIo::new(upgrade.await.unwrap());
                    // Says what it has heard.
                    let mut message = [0; 64];
                    let count = io.read(&mut message).await.unwrap();
                    io.write_all(&message[..count]).await.unwrap();
                });
                let response = Response::builder()
                    .status(101)
                    .header(CONNECTION, "Upgrade")
                    .header(UPGRADE, "websocket");
                return response.body(full("")).unwrap();
            }
            _ => ready,
        };
        let response = Response::builder().header("content-type", "application/json");
        response.body(full(body.to_string())).unwrap()
    })
    .await
}

const REAL: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn a_websocket_is_opened_with_the_brokers_own_id() {
    let broker = with_websocket().await;
    let client = Client::builder().base_url(format!("{}/v1/api", broker.root())).build().unwrap();
    let provider = SessionProvider::builder(SignIn::new(client, Compete::Yield)).start().unwrap();
    let builder = Server::builder().upstream("ibkr", provider).limits(Limits::default());
    let (served, address) = gateway(builder, false).await;
    let tickle = served.http.post(format!("http://{address}/v1/api/tickle")).send().await.unwrap();
    let tickle: Value = tickle.json().await.unwrap();
    let made_up = tickle["session"].as_str().unwrap();
    assert_ne!(made_up, REAL);
    let open = async |cookie: &str| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "GET /v1/api/ws HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{cookie}\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        while !response.ends_with(b"\r\n\r\n") {
            response.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
        }
        (status(std::str::from_utf8(&response).unwrap()), stream)
    };
    let refused = async |cookie: &str| open(cookie).await.0;
    assert_eq!(refused(&format!("Cookie: api={REAL}\r\n")).await, 401);
    assert_eq!(refused("Cookie: api={\"session\":\"made-up\"}\r\n").await, 401);
    let opened = |head: &&crate::support::Head| head.target.starts_with("/v1/api/ws");
    assert_eq!(broker.heads().iter().filter(opened).count(), 0);
    for cookie in [
        format!("Cookie: api={{\"session\":\"{made_up}\"}}\r\n"),
        format!("Cookie: api={made_up}\r\n"),
        String::new(),
    ] {
        let (status, mut stream) = open(&cookie).await;
        assert_eq!(status, 101, "{cookie}");
        // Clients name the session in their first message, here with a mask of zeros.
        let message = |id: &str| {
            [&[0x81, 0x80 | 46, 0, 0, 0, 0], format!("{{\"session\":\"{id}\"}}").as_bytes()].concat()
        };
        stream.write_all(&message(made_up)).await.unwrap();
        let mut heard = vec![0; 52];
        timeout(PATIENCE, stream.read_exact(&mut heard)).await.unwrap().unwrap();
        assert_eq!(heard, message(REAL));
    }
    for head in broker.heads().iter().filter(opened) {
        let cookie = head.headers["cookie"].to_str().unwrap();
        assert!(cookie.contains(REAL) && !cookie.contains(made_up), "{cookie}");
    }
}

#[tokio::test]
async fn requests_that_wait_for_the_rate_limit_are_reported() {
    let (_sandbox, served, _) = oauth().await;
    let waiting = async || {
        let metrics = served.get("/metrics").send().await.unwrap().text().await.unwrap();
        let line = metrics.lines().find(|line| line.starts_with("broker_session_waiting_requests{"));
        line.unwrap().rsplit(' ').next().unwrap().parse::<usize>().unwrap()
    };
    let requests = join_all((0..30).map(|_| served.get("/ibkr/iserver/accounts").send()));
    let seen = async { while waiting().await < 10 {} };
    let (requests, ()) = timeout(PATIENCE, async { tokio::join!(requests, seen) }).await.unwrap();
    assert!(requests.into_iter().all(|response| response.unwrap().status() == StatusCode::OK));
    assert_eq!(waiting().await, 0);
}
