//! What goes out: lengths, headers, signatures, bases.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use broker_session::{
    ClientOptions, Error, ErrorKind, Secret, Signer,
    ibkr::{Client, ClientBuilder, Compete},
};
use broker_session_sandbox::{Call, Fault, ibkr::Operation};
use contract_tests::{AT_ONCE, RawServer, Reaction, kind, respond};
use http::{HeaderName, Method, StatusCode};
use reqwest::Request;
use std::time::Duration;

use crate::support::{READY, builder, closed, gateway, sandbox};

/// Every call of the broker once, in an order in which all go well.
async fn call_everything(gateway: &Client) -> Result<(), Error> {
    gateway.auth_status().await?;
    gateway.open_session(Compete::Yield).await?;
    gateway.tickle().await?;
    gateway.validate_sso().await?;
    gateway.reauthenticate().await?;
    gateway.logout().await
}

#[tokio::test]
async fn every_post_has_one_content_length() -> Result<(), Error> {
    let sandbox = sandbox().await;
    call_everything(&gateway(sandbox.base_url())).await?;
    let calls = sandbox.calls();
    assert_eq!(calls.len(), 6);
    for call in &calls {
        let lengths: Vec<&str> =
            call.headers.get_all("content-length").iter().map(|value| value.to_str().unwrap()).collect();
        let expected = match call.method {
            Method::POST => vec![call.body.len().to_string()],
            _ => Vec::new(),
        };
        assert_eq!(lengths, expected, "{call:?}");
        assert!(!call.headers.contains_key("transfer-encoding"), "{call:?}");
        assert!(!call.headers.contains_key("cookie") && !call.headers.contains_key("authorization"));
    }
    assert_eq!(sandbox.violations().posts_without_length, 0);
    Ok(())
}

#[tokio::test]
async fn only_the_opening_has_a_body() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let gateway = gateway(sandbox.base_url());
    gateway.open_session(Compete::Yield).await?;
    sandbox.soft_time_out();
    gateway.open_session(Compete::TakeOver).await?;
    let bodies: Vec<serde_json::Value> = sandbox
        .calls_to(Operation::IserverAuthSsodhInitPost)
        .iter()
        .map(|call| serde_json::from_slice(&call.body).unwrap())
        .collect();
    let expected = |compete: bool| serde_json::json!({ "publish": true, "compete": compete });
    assert_eq!(bodies, [expected(false), expected(true)]);
    gateway.auth_status().await?;
    assert!(sandbox.calls_to(Operation::IserverAuthStatusPost).iter().all(|call| call.body.is_empty()));
    Ok(())
}

#[tokio::test]
async fn both_base_paths_work() -> Result<(), Error> {
    let sandbox = sandbox().await;
    for (base, path) in [
        (sandbox.base_url().to_owned(), "/v1/api/logout"),
        (sandbox.older_base_url().to_owned(), "/v1/portal/logout"),
        (sandbox.root_url().to_owned(), "/v1/api/logout"),
        (format!("{}/", sandbox.root_url()), "/v1/api/logout"),
        (format!("{}/", sandbox.base_url()), "/v1/api/logout"),
    ] {
        sandbox.sign_in();
        let gateway = gateway(&base);
        call_everything(&gateway).await?;
        assert_eq!(sandbox.calls().last().unwrap().path, path, "{base}");
        assert_eq!(gateway.login_url(), Some(&*format!("{}/", sandbox.root_url())), "{base}");
        // The broker's limits hold for each gateway by itself, but the sandbox counts all five.
        sandbox.advance(Duration::from_secs(60));
    }
    Ok(())
}

#[tokio::test]
async fn cookies_are_sent_where_wanted() -> Result<(), Error> {
    let sandbox = closed().cookies_needed().start().await.unwrap();
    let cookie = sandbox.cookie().unwrap();
    assert_eq!(kind(gateway(sandbox.base_url()).auth_status().await), ErrorKind::LoginRequired);
    sandbox.clear_calls();
    let gateway = builder(sandbox.base_url()).header("Cookie", cookie.as_str()).build()?;
    assert!(gateway.login_url().is_some(), "the person still signs in at the gateway");
    gateway.open_session(Compete::Yield).await?;
    gateway.unverified_session().get("iserver/accounts").send().await?;
    call_everything(&gateway).await.unwrap_or_else(|error| assert_eq!(error.operation(), None, "{error}"));
    assert!(sandbox.calls().len() > 6);
    assert!(sandbox.calls().iter().all(|call| call.header("cookie") == Some(&*cookie)));
    Ok(())
}

#[tokio::test]
async fn requests_have_the_headers_of_the_gateways_page() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let own = sandbox.root_url().to_owned();
    let gateway = gateway(sandbox.base_url());
    call_everything(&gateway).await?;
    let _ = gateway.unverified_session().get("iserver/accounts").send().await;
    let calls = sandbox.take_calls();
    assert_eq!(calls.len(), 7);
    for call in calls {
        assert_eq!(call.header("origin"), Some(&*own), "{call:?}");
        assert_eq!(call.header("referer"), Some(&*format!("{own}/")), "{call:?}");
    }
    let other = builder(sandbox.base_url()).header("Origin", "https://other.example").build()?;
    let _ = other.auth_status().await;
    assert_eq!(sandbox.calls()[0].header("origin"), Some("https://other.example"));
    Ok(())
}

#[tokio::test]
async fn requests_to_the_hosted_api_have_no_page() -> Result<(), Error> {
    let hosted = builder("https://api.ibkr.com/v1/api").header("Authorization", "Bearer made-up");
    let hosted = hosted.build()?.unverified_session();
    let request = hosted.authorize(hosted.http().get("https://api.ibkr.com/v1/api/iserver/accounts"))?;
    let headers = request.build().unwrap().headers().clone();
    assert!(headers.contains_key("authorization"));
    assert!(!headers.contains_key("origin") && !headers.contains_key("referer"), "{headers:?}");
    Ok(())
}

/// Takes the cookie `sess` once in each value, and replaces it in each response.
async fn replacing_cookies() -> RawServer {
    let valid = Mutex::new("made-up-cookie-1".to_owned());
    RawServer::start(move |request| {
        let mut valid = valid.lock().unwrap();
        let is_valid = request.to_lowercase().contains(&format!("sess={valid}"));
        let number: usize = valid.rsplit('-').next().unwrap().parse().unwrap();
        *valid = format!("made-up-cookie-{}", number + 1);
        let set = format!("sess={valid}; Path=/; HttpOnly");
        let headers = [("set-cookie", &*set), ("content-type", "application/json")];
        Reaction::Respond(match is_valid {
            true => respond("200 OK", &headers, READY),
            false => respond("401 Unauthorized", &headers, &format!(r#"{{"error":"not {valid}"}}"#)),
        })
    })
    .await
}

#[tokio::test]
async fn a_cookie_that_the_gateway_replaces_is_taken_over() -> Result<(), Error> {
    let server = replacing_cookies().await;
    let base = format!("{}/v1/api", server.base_url());
    let gateway = builder(&base).header("Cookie", "other=kept; sess=made-up-cookie-1").build()?;
    for _ in 0..3 {
        assert!(gateway.auth_status().await?.is_ready());
    }
    let session = gateway.unverified_session();
    session.get("iserver/accounts").send().await?;
    let own = session.authorize(session.http().get(format!("{base}/iserver/accounts")))?;
    assert!(own.send().await.unwrap().status().is_success());
    assert!(server.requests().iter().all(|request| request.contains("other=kept; sess=made-up-cookie-")));
    Ok(())
}

#[tokio::test]
async fn a_gateways_cookie_is_as_secret_as_the_callers() {
    let server = replacing_cookies().await;
    let gateway = gateway(&format!("{}/v1/api", server.base_url()));
    let error = gateway.auth_status().await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("made-up-cookie"), "{error}");
}

#[tokio::test]
async fn hosted_api_has_no_login_url() -> Result<(), Error> {
    let bearer = || "Bearer made-up-token";
    let hosted = "https://api.ibkr.com/v1/api";
    let page = |builder: ClientBuilder| builder.build().map(|gateway| gateway.login_url().map(str::to_owned));
    assert_eq!(page(builder(hosted).header("authorization", bearer()))?, None);
    assert_eq!(page(builder(hosted).signer(Arc::new(Nonce::default())))?, None);
    let own = "https://signin.example/";
    let with_page = builder(hosted).header("authorization", bearer()).login_url(own);
    assert_eq!(page(with_page)?.as_deref(), Some(own));
    // A gateway on this machine has its page, whatever else it is sent.
    let sandbox = closed().signed_out().start().await.unwrap();
    let gateway = builder(sandbox.base_url()).header("Authorization", bearer()).build()?;
    let error = gateway.auth_status().await.unwrap_err();
    let expected = format!("{}/", sandbox.root_url());
    assert_eq!((error.kind(), error.login_url()), (ErrorKind::LoginRequired, Some(&*expected)));
    assert_eq!(sandbox.calls()[0].header("authorization"), Some("Bearer made-up-token"));
    Ok(())
}

/// Signs with a number that is never the same.
#[derive(Default)]
struct Nonce(AtomicUsize);

impl Signer for Nonce {
    fn sign(&self, request: &Request) -> Result<Vec<(HeaderName, Secret)>, String> {
        let (method, url) = (request.method(), request.url());
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        let text = format!("OAuth {method} {} made-up-nonce-{number}", url.path());
        Ok(vec![(http::header::AUTHORIZATION, text.into())])
    }
}

fn signed(call: &Call) -> String {
    call.header("authorization").expect("a signature").to_owned()
}

#[tokio::test]
async fn every_attempt_is_signed_anew() -> Result<(), Error> {
    let sandbox = closed().pacing(false).start().await.unwrap();
    let gateway = builder(sandbox.base_url())
        .options(ClientOptions::new().retry(AT_ONCE))
        .signer(Arc::new(Nonce::default()))
        .build()?;
    sandbox.inject_times(Operation::IserverAuthStatusPost, 2, Fault::empty(StatusCode::SERVICE_UNAVAILABLE));
    gateway.auth_status().await?;
    gateway.open_session(Compete::Yield).await?;
    let signatures: Vec<String> = sandbox.calls().iter().map(signed).collect();
    assert_eq!(signatures.len(), 4);
    for (number, signature) in signatures.iter().enumerate() {
        let path = if number < 3 { "iserver/auth/status" } else { "iserver/auth/ssodh/init" };
        assert!(signature.starts_with(&format!("OAuth POST /v1/api/{path} ")), "{signature}");
        let others = signatures.iter().filter(|other| *other == signature).count();
        assert_eq!(others, 1, "{signature}");
    }
    Ok(())
}

struct Mute;

impl Signer for Mute {
    fn sign(&self, _request: &Request) -> Result<Vec<(HeaderName, Secret)>, String> {
        Err("the key is not there".to_owned())
    }
}

#[tokio::test]
async fn an_unsigned_request_is_not_sent() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let gateway = builder(sandbox.base_url()).signer(Arc::new(Mute)).build()?;
    let error = gateway.tickle().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    assert!(error.is_unsent() && error.to_string().contains("the key is not there"), "{error}");
    let session = gateway.unverified_session();
    assert_eq!(kind(session.authorize(session.http().get(sandbox.base_url()))), ErrorKind::Config);
    assert_eq!(kind(session.get("iserver/accounts").send().await), ErrorKind::Config);
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[test]
fn invalid_headers_are_refused_and_not_quoted() {
    for (name, value) in [("a b", "made-up"), ("Cookie", "made\nup"), ("Cookie", "made-up\u{e9}")] {
        let error = builder("http://127.0.0.1:9").header(name, value).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error} {error:?}").contains("made"), "{error}");
    }
}

#[test]
fn login_url_must_be_secure() {
    for url in ["http://gateway.example/", "ftp://127.0.0.1/", "https://u:p@127.0.0.1/", "not a page"] {
        let error = builder("http://127.0.0.1:9").login_url(url).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{url}");
    }
    let gateway = builder("http://127.0.0.1:9").login_url("https://localhost:5000").build().unwrap();
    assert_eq!(gateway.login_url(), Some("https://localhost:5000/"));
}
