//! What goes out: lengths, headers, signatures, bases.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use broker_session::{
    Connection, Error, ErrorKind, Secret, Signer,
    ibkr::{Compete, Gateway, GatewayBuilder},
};
use broker_session_sandbox::{Call, Fault, ibkr::Operation};
use contract_tests::{AT_ONCE, Raw, Reaction, kind, respond};
use http::{HeaderName, Method, StatusCode};
use std::time::Duration;
use url::Url;

use crate::support::{READY, builder, closed, gateway, sandbox};

/// Every call of the broker once, in an order in which all go well.
async fn call_everything(gateway: &Gateway) -> Result<(), Error> {
    gateway.status().await?;
    gateway.init(Compete::Yield).await?;
    gateway.tickle().await?;
    gateway.validate().await?;
    gateway.reauthenticate().await?;
    gateway.logout().await
}

#[tokio::test]
async fn every_post_says_how_long_it_is_exactly_once() -> Result<(), Error> {
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
    assert_eq!(sandbox.etiquette().posts_without_length, 0);
    Ok(())
}

#[tokio::test]
async fn only_the_opening_has_a_body_and_it_says_what_to_do_about_another_session() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let gateway = gateway(sandbox.base_url());
    gateway.init(Compete::Yield).await?;
    sandbox.soft_time_out();
    gateway.init(Compete::TakeOver).await?;
    let bodies: Vec<serde_json::Value> = sandbox
        .calls_to(Operation::IserverAuthSsodhInitPost)
        .iter()
        .map(|call| serde_json::from_slice(&call.body).unwrap())
        .collect();
    let expected = |compete: bool| serde_json::json!({ "publish": true, "compete": compete });
    assert_eq!(bodies, [expected(false), expected(true)]);
    gateway.status().await?;
    assert!(sandbox.calls_to(Operation::IserverAuthStatusPost).iter().all(|call| call.body.is_empty()));
    Ok(())
}

#[tokio::test]
async fn both_bases_will_do_and_a_root_means_the_newer_one() -> Result<(), Error> {
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
async fn a_cookie_goes_on_every_request_where_a_gateway_wants_one() -> Result<(), Error> {
    let sandbox = closed().cookies_needed().start().await.unwrap();
    let cookie = sandbox.cookie().unwrap();
    assert_eq!(kind(gateway(sandbox.base_url()).status().await), ErrorKind::LoginRequired);
    sandbox.clear_calls();
    let gateway = builder(sandbox.base_url()).header("Cookie", Secret::from(cookie.as_str())).build()?;
    assert!(gateway.login_url().is_some(), "the person still signs in at the gateway");
    let accounts = format!("{}/iserver/accounts", sandbox.base_url());
    gateway.init(Compete::Yield).await?;
    let own = gateway.authorize(gateway.http().get(&accounts))?.send().await.unwrap();
    assert!(own.status().is_success());
    call_everything(&gateway).await.unwrap_or_else(|error| assert_eq!(error.operation(), None, "{error}"));
    assert!(sandbox.calls().len() > 6);
    assert!(sandbox.calls().iter().all(|call| call.header("cookie") == Some(&*cookie)));
    Ok(())
}

#[tokio::test]
async fn requests_to_a_gateway_look_like_those_of_its_own_page() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let own = sandbox.root_url().to_owned();
    let gateway = gateway(sandbox.base_url());
    call_everything(&gateway).await?;
    let accounts = format!("{}/iserver/accounts", sandbox.base_url());
    let _ = gateway.authorize(gateway.http().get(&accounts))?.send().await.unwrap();
    for call in sandbox.take_calls() {
        assert_eq!(call.header("origin"), Some(&*own), "{call:?}");
        assert_eq!(call.header("referer"), Some(&*format!("{own}/")), "{call:?}");
    }
    let other = builder(sandbox.base_url()).header("Origin", "https://other.example".into()).build()?;
    let _ = other.status().await;
    assert_eq!(sandbox.calls()[0].header("origin"), Some("https://other.example"));
    Ok(())
}

#[tokio::test]
async fn requests_to_the_hosted_api_have_no_page() -> Result<(), Error> {
    let hosted = builder("https://api.ibkr.com/v1/api").header("Authorization", "Bearer made-up".into());
    let hosted = hosted.build()?;
    let request = hosted.authorize(hosted.http().get("https://api.ibkr.com/v1/api/iserver/accounts"))?;
    let headers = request.build().unwrap().headers().clone();
    assert!(headers.contains_key("authorization"));
    assert!(!headers.contains_key("origin") && !headers.contains_key("referer"), "{headers:?}");
    Ok(())
}

/// Takes the cookie `sess` once in each value, and replaces it in each response.
async fn replacing_cookies() -> Raw {
    let valid = Mutex::new("made-up-cookie-1".to_owned());
    Raw::start(move |request| {
        let mut valid = valid.lock().unwrap();
        let is_valid = request.to_lowercase().contains(&format!("sess={valid}"));
        let number: usize = valid.rsplit('-').next().unwrap().parse().unwrap();
        *valid = format!("made-up-cookie-{}", number + 1);
        let set = format!("sess={valid}; Path=/; HttpOnly");
        let headers = [("set-cookie", &*set), ("content-type", "application/json")];
        Reaction::Answer(match is_valid {
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
    let given = Secret::from("other=kept; sess=made-up-cookie-1");
    let gateway = builder(&base).header("Cookie", given).build()?;
    for _ in 0..3 {
        assert!(gateway.status().await?.is_ready());
    }
    let own = gateway.authorize(gateway.http().get(format!("{base}/iserver/accounts")))?;
    assert!(own.send().await.unwrap().status().is_success());
    assert!(server.requests().iter().all(|request| request.contains("other=kept; sess=made-up-cookie-")));
    Ok(())
}

#[tokio::test]
async fn a_gateways_cookie_is_as_secret_as_the_callers() {
    let server = replacing_cookies().await;
    let gateway = gateway(&format!("{}/v1/api", server.base_url()));
    let error = gateway.status().await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("made-up-cookie"), "{error}");
}

#[tokio::test]
async fn with_an_authorization_for_the_hosted_api_there_is_no_page_to_open() -> Result<(), Error> {
    let bearer = || Secret::from("Bearer made-up-token");
    let hosted = "https://api.ibkr.com/v1/api";
    let page =
        |builder: GatewayBuilder| builder.build().map(|gateway| gateway.login_url().map(str::to_owned));
    assert_eq!(page(builder(hosted).header("authorization", bearer()))?, None);
    assert_eq!(page(builder(hosted).signer(Arc::new(Nonce::default())))?, None);
    let own = "https://signin.example/";
    let told = builder(hosted).header("authorization", bearer()).login_url(own);
    assert_eq!(page(told)?.as_deref(), Some(own));
    // A gateway on this machine has its page, whatever else it is sent.
    let sandbox = closed().signed_out().start().await.unwrap();
    let gateway = builder(sandbox.base_url()).header("Authorization", bearer()).build()?;
    let error = gateway.status().await.unwrap_err();
    let expected = format!("{}/", sandbox.root_url());
    assert_eq!((error.kind(), error.login_url()), (ErrorKind::LoginRequired, Some(&*expected)));
    assert_eq!(sandbox.calls()[0].header("authorization"), Some("Bearer made-up-token"));
    Ok(())
}

/// Signs with a number that is never the same.
#[derive(Default)]
struct Nonce(AtomicUsize);

impl Signer for Nonce {
    fn sign(&self, method: &Method, url: &Url) -> Result<Vec<(HeaderName, Secret)>, String> {
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
        .connection(Connection::new().retry(AT_ONCE))
        .signer(Arc::new(Nonce::default()))
        .build()?;
    sandbox.inject_times(Operation::IserverAuthStatusPost, 2, Fault::empty(StatusCode::SERVICE_UNAVAILABLE));
    gateway.status().await?;
    gateway.init(Compete::Yield).await?;
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
    fn sign(&self, _method: &Method, _url: &Url) -> Result<Vec<(HeaderName, Secret)>, String> {
        Err("the key is not there".to_owned())
    }
}

#[tokio::test]
async fn what_cannot_be_signed_is_not_sent() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let gateway = builder(sandbox.base_url()).signer(Arc::new(Mute)).build()?;
    let error = gateway.tickle().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    assert!(error.is_unsent() && error.to_string().contains("the key is not there"), "{error}");
    let own = gateway.authorize(gateway.http().get(sandbox.base_url()));
    assert_eq!(kind(own), ErrorKind::Config);
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[tokio::test]
async fn the_programs_own_requests_go_to_the_gateway_only() -> Result<(), Error> {
    let (sandbox, another) = (sandbox().await, sandbox().await);
    let gateway = builder(sandbox.base_url()).header("Cookie", "x-sess-uuid=made-up".into()).build()?;
    for url in [another.base_url(), "https://evil.example/v1/api", "https://api.ibkr.com/v1/api"] {
        let refused = gateway.authorize(gateway.http().get(url));
        assert_eq!(kind(refused), ErrorKind::HostNotAllowed, "{url}");
    }
    Ok(())
}

#[test]
fn headers_that_no_request_can_carry_are_refused_and_not_quoted() {
    for (name, value) in [("a b", "made-up"), ("Cookie", "made\nup"), ("Cookie", "made-up\u{e9}")] {
        let error = builder("http://127.0.0.1:9").header(name, Secret::from(value)).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error} {error:?}").contains("made"), "{error}");
    }
}

#[test]
fn the_page_to_open_must_be_one_that_a_password_may_be_typed_into() {
    for url in ["http://gateway.example/", "ftp://127.0.0.1/", "https://u:p@127.0.0.1/", "not a page"] {
        let error = builder("http://127.0.0.1:9").login_url(url).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{url}");
    }
    let gateway = builder("http://127.0.0.1:9").login_url("https://localhost:5000").build().unwrap();
    assert_eq!(gateway.login_url(), Some("https://localhost:5000/"));
}
