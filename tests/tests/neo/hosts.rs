//! Which hosts a client calls: those of the spec and the caller, and the base URL that a response names.

use broker_session::{
    ClientOptions, Error, ErrorKind, SavedSession, Secret,
    neo::{Client, ClientBuilder, Credentials},
};
use broker_session_sandbox::neo::Operation;
use contract_tests::{
    BrokerHosts, MockBroker, RawServer,
    brokers::neo::{CODE, MOBILE, MPIN, Neo, trade, view},
    hostile_urls, kind, once, secret, serve_json,
};
use serde_json::{Value, json};

use crate::support::{at_noon, builder, code, credentials_of, mpin, sandbox};

const SIGN_IN: &str = "mis.kotaksecurities.com:443";
const UAT: &str = "d-mis.kotaksecurities.com:443";

/// A broker whose responses name this host to carry on at.
async fn naming(base_url: &str) -> BrokerHosts {
    let session = |kind: &str| {
        let data =
            json!({ "token": "made-up-token", "sid": "made-up-sid", "kType": kind, "baseUrl": base_url });
        json!({ "data": data }).to_string()
    };
    let (view, trade) = (session("View"), session("Trade"));
    BrokerHosts::start::<Neo>(&[], move |request| match request {
        _ if request.contains("tradeApiLogin") => view.clone(),
        _ if request.contains("tradeApiValidate") => trade.clone(),
        _ if request.contains("get-client-ip") => r#"{"data":[]}"#.to_owned(),
        _ => r#"{"stat":"Ok"}"#.to_owned(),
    })
    .await
}

fn builder_in(world: &BrokerHosts) -> ClientBuilder {
    let credentials = Credentials::new().mobile(MOBILE).ucc("MADE1").access_token("made-up-token");
    Client::builder().credentials(credentials).options(world.reached_by(once()))
}

/// A client of production.
fn client_in(world: &BrokerHosts) -> Client {
    builder_in(world).build().unwrap()
}

/// A client of the broker's test environment.
fn uat_client_in(world: &BrokerHosts) -> Client {
    builder_in(world).base_url("https://d-mis.kotaksecurities.com").build().unwrap()
}

#[tokio::test]
async fn sign_in_and_logout_use_their_hosts() {
    // The spec does not list `e99`.
    for (named, path) in
        [("cis", ""), ("e21", ""), ("e22", ""), ("e41", ""), ("e43", ""), ("neo-gw", "/xyz"), ("e99", "/a/b")]
    {
        let base = format!("https://{named}.kotaksecurities.com{path}");
        let world = naming(&base).await;
        let client = client_in(&world);
        assert_eq!(client.base_url(), "https://mis.kotaksecurities.com");
        let view = client.login_totp(&secret(CODE)).await.unwrap();
        let session = view.validate(&secret(MPIN)).await.unwrap();
        assert_eq!(session.base_url(), base);
        let own = session.authorize(session.http().get(format!("{base}/quick/user/orders"))).unwrap();
        assert_eq!(own.build().unwrap().headers()["Authorization"], "made-up-token");
        assert_eq!(client.resume(session.save()).unwrap().base_url(), base);
        session.client_ip().await.unwrap();
        assert_eq!(world.hosts(), [SIGN_IN], "the address is asked for at the host of the sign-in");
        session.logout().await.unwrap();
        assert_eq!(world.hosts(), [SIGN_IN.to_owned(), format!("{named}.kotaksecurities.com:443")]);
        let logout = world.requests().pop().unwrap();
        assert!(logout.starts_with(&format!("POST {path}/apim/login/2.0/logout ")), "{logout}");
    }
}

#[tokio::test]
async fn resumed_session_uses_its_host() {
    let world = naming("https://e43.kotaksecurities.com").await;
    let client = client_in(&world);
    let session = client.login_totp(&secret(CODE)).await.unwrap().validate(&secret(MPIN)).await.unwrap();
    let saved = session.save();
    client_in(&world).resume(saved.clone()).unwrap().logout().await.unwrap();
    assert_eq!(world.hosts(), [SIGN_IN, "e43.kotaksecurities.com:443"]);
    let elsewhere = uat_client_in(&world).resume(saved);
    assert_eq!(kind(elsewhere), ErrorKind::HostNotAllowed);
}

#[tokio::test]
async fn environments_do_not_lead_to_each_other() {
    let world = naming("https://d-mis.kotaksecurities.com").await;
    let view = client_in(&world).login_totp(&secret(CODE)).await.unwrap();
    assert_eq!(kind(view.validate(&secret(MPIN)).await), ErrorKind::HostNotAllowed);
    assert_eq!(world.hosts(), [SIGN_IN]);
    let world = naming("https://e43.kotaksecurities.com").await;
    let view = uat_client_in(&world).login_totp(&secret(CODE)).await.unwrap();
    assert_eq!(kind(view.validate(&secret(MPIN)).await), ErrorKind::HostNotAllowed);
    assert_eq!(world.hosts(), [UAT]);
}

#[test]
fn a_saved_session_vouches_for_an_own_home_only() {
    for (home, is_allowed) in [
        ("https://e43.kotaksecurities.com", true),
        ("https://e99.kotaksecurities.com/xyz", true),
        ("http://127.0.0.1:9", true),
        ("https://d-mis.kotaksecurities.com", false),
        ("http://e43.kotaksecurities.com", false),
        ("https://evil.example", false),
        ("https://e43.kotaksecurities.com.evil.example", false),
    ] {
        let secrets = json!({ "token": "made-up-token", "sid": "made-up-sid" });
        let saved = json!({ "broker": "neo", "user": "MADE1", "base_url": home, "login_time": null, "secrets": secrets });
        let saved: SavedSession = serde_json::from_value(saved).unwrap();
        let builder = Client::builder().credentials(Credentials::for_session("MADE1"));
        // On loopback none of the broker's hosts is allowed by itself.
        let builder = builder.base_url("http://127.0.0.1:10");
        let bare = builder.clone().build().unwrap();
        assert_eq!(kind(bare.resume(saved.clone())), ErrorKind::HostNotAllowed, "{home}");
        let outcome = builder.allow_home_of(&saved).build().unwrap().resume(saved);
        assert_eq!(outcome.is_ok(), is_allowed, "{home}: {outcome:?}");
    }
}

#[tokio::test]
async fn sign_in_is_not_led_to_a_hostile_host() {
    for hostile in [
        "https://evil.example",
        "https://e43.kotaksecurities.com.evil.example",
        "https://e43.kotaksecurities.com:8443",
        "http://e43.kotaksecurities.com",
        "https://e43.kotaksecurities.com.",
        "http://127.0.0.1:9",
        "http://localhost",
        "https://[::1]",
        "https://made-up@e43.kotaksecurities.com",
        "https://kotaksecurities.com.evil",
        "https://evilkotaksecurities.com",
        "https://kotaksecurities.com",
        "https://xn--e43-5cd.kotaksecurities.com",
        "https://e99.kotaksecurities.com:8443",
        "https://e99.kotaksecurities.com.",
        "http://e99.kotaksecurities.com",
        "https:/e99.kotaksecurities.com",
    ] {
        let world = naming(hostile).await;
        let view = client_in(&world).login_totp(&secret(CODE)).await.unwrap();
        assert_eq!(kind(view.validate(&secret(MPIN)).await), ErrorKind::HostNotAllowed, "{hostile}");
        assert_eq!(world.hosts(), [SIGN_IN], "{hostile}");
        assert_eq!(world.requests().len(), 2, "{hostile}");
    }
}

#[tokio::test]
async fn requests_are_authorised_for_own_environment_only() {
    let world = naming("https://e43.kotaksecurities.com").await;
    let client = client_in(&world);
    let session = client.login_totp(&secret(CODE)).await.unwrap().validate(&secret(MPIN)).await.unwrap();
    let own = session.http().get("https://e43.kotaksecurities.com/quick/user/orders");
    assert!(session.authorize(own).is_ok());
    for url in [
        "https://d-mis.kotaksecurities.com/",
        "https://kotaksecurities.com/",
        "https://napi.kotaksecurities.com/",
        "https://e43.kotaksecurities.com:8443/",
        "http://e43.kotaksecurities.com/",
        "http://127.0.0.1/",
    ] {
        assert_eq!(kind(session.authorize(session.http().get(url))), ErrorKind::HostNotAllowed, "{url}");
    }
}

#[tokio::test]
async fn an_unlisted_host_counts_as_one_of_production() {
    let world = naming("https://e99.kotaksecurities.com").await;
    let view = uat_client_in(&world).login_totp(&secret(CODE)).await.unwrap();
    let error = view.validate(&secret(MPIN)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostNotAllowed);
    assert_eq!(error.host_to_allow().as_deref(), Some("https://e99.kotaksecurities.com"));
    assert_eq!(world.hosts(), [UAT]);
}

#[test]
fn insecure_or_invalid_base_url_is_refused() {
    let build = |base: &str, options: ClientOptions| {
        let account = broker_session_sandbox::neo::Account::default();
        Client::builder().credentials(credentials_of(&account)).base_url(base).options(options).build()
    };
    for base in [
        "http://gateway.example",
        "http://mis.kotaksecurities.com",
        "",
        "not a URL",
        "ftp://127.0.0.1",
        "https://u:made-up@mis.kotaksecurities.com",
        "https://mis.kotaksecurities.com?token=made-up",
    ] {
        let error = build(base, once()).unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Config, true), "{base}: {error}");
        assert!(!error.to_string().contains("made-up"), "{error}");
    }
    assert!(build("http://gateway.example", once().allow_plain_http()).is_ok());
    assert!(build("http://127.0.0.1:9", once()).is_ok());
}

const VALIDATE: &str = "trade_api_validate";

#[tokio::test]
async fn a_hostile_host_gets_nothing_and_ends_the_sign_in() {
    let theirs = serve_json(r#"{"stat":"Ok"}"#).await;
    for named in hostile_urls("e43.kotaksecurities.com", theirs.port()) {
        let sandbox = at_noon().base_url_in_answers(named.as_str()).start().await.unwrap();
        let view = crate::support::view(&sandbox).await.expect(&named);
        let error = view.validate(&mpin(&sandbox)).await.expect_err(&named);
        assert_eq!(error.kind(), ErrorKind::HostNotAllowed, "{named}: {error}");
        assert_eq!((error.operation(), error.is_retryable()), (Some(VALIDATE), false), "{named}");
        assert!(!format!("{error} {error:?}").contains("made-up"), "{error:?}");
        assert_eq!(sandbox.calls().len(), 2, "{named}");
    }
    assert!(theirs.requests().is_empty());
}

#[tokio::test]
async fn without_a_host_there_is_no_trade_session() {
    for odd in [
        Value::Null,
        json!(""),
        json!("  "),
        json!([]),
        json!({}),
        json!(["https://e43.kotaksecurities.com"]),
    ] {
        let mut response =
            json!({ "data": { "token": "made-up-token", "sid": "made-up-sid", "kType": "Trade" } });
        for present in [false, true] {
            if present {
                response["data"]["baseUrl"] = odd.clone();
            }
            let broker = MockBroker::<Neo>::new().await.with(VALIDATE, &response);
            let error = trade(&broker.at()).await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::Protocol, Some(200)), "{odd}: {error}");
            assert_eq!(error.operation(), Some(VALIDATE));
        }
    }
}

#[tokio::test]
async fn on_loopback_the_brokers_own_hosts_mean_the_same_host() -> Result<(), Error> {
    for (named, path) in [
        ("https://cis.kotaksecurities.com", ""),
        ("https://e21.kotaksecurities.com/", ""),
        ("https://e22.kotaksecurities.com:443", ""),
        ("HTTPS://E41.KotakSecurities.COM", ""),
        ("e43.kotaksecurities.com", ""),
        ("https://e99.kotaksecurities.com", ""),
        ("https://neo-gw.kotaksecurities.com/xyz", "/xyz"),
        ("https://e43.kotaksecurities.com/some/path/", "/some/path"),
    ] {
        let sandbox = at_noon().base_url_in_answers(named).start().await.unwrap();
        let session = crate::support::trade(&sandbox).await?;
        assert_eq!(session.base_url(), format!("{}{path}", sandbox.base_url()), "{named}");
        session.logout().await?;
        assert_eq!(sandbox.call_count(Operation::Logout), 1, "{named}");
    }
    Ok(())
}

#[tokio::test]
async fn a_path_below_the_host_belongs_to_the_base() -> Result<(), Error> {
    let broker = MockBroker::<Neo>::new().await;
    let base = format!("{}/below/", broker.at().base().trim_end_matches('/'));
    let response = json!({ "data": { "token": "made-up-token", "sid": "made-up-sid", "kType": "Trade", "baseUrl": base } });
    let broker = broker.with(VALIDATE, &response);
    let session = trade(&broker.at()).await?;
    assert_eq!(session.base_url(), base.trim_end_matches('/'));
    // Below it there is no response.
    assert_eq!(kind(session.logout().await), ErrorKind::Refused);
    let paths: Vec<String> =
        broker.requests().iter().map(|request| request.uri().path().to_owned()).collect();
    assert_eq!(paths.last().map(String::as_str), Some("/below/apim/login/2.0/logout"));
    Ok(())
}

#[tokio::test]
async fn a_host_that_the_caller_has_added_is_followed() -> Result<(), Error> {
    let other: RawServer = serve_json(r#"{"stat":"Ok"}"#).await;
    let named = other.base_url().to_owned();
    let sandbox = at_noon().base_url_in_answers(named.as_str()).start().await.unwrap();
    let options = contract_tests::once().allow_host(named.as_str());
    let client = builder(&sandbox).options(options).build()?;
    let session = client.login_totp(&code(&sandbox)).await?.validate(&mpin(&sandbox)).await?;
    assert_eq!(session.base_url(), named);
    let saved = serde_json::to_value(session.save()).unwrap();
    session.logout().await?;
    let requests = other.requests();
    assert_eq!(requests.len(), 1);
    // Only the session itself, and what every call carries, goes there.
    let token = saved["secrets"]["token"].as_str().unwrap_or_default();
    assert!(requests[0].contains(token) && !requests[0].contains(&sandbox.account().mpin));
    Ok(())
}

#[tokio::test]
async fn host_in_the_login_response_is_not_followed() -> Result<(), Error> {
    let theirs = serve_json("{}").await;
    let response = json!({ "data": { "token": "made-up-token", "sid": "made-up-sid", "kType": "View", "baseUrl": theirs.base_url() } });
    let broker = MockBroker::<Neo>::new().await.with("trade_api_login", &response);
    let view = view(&broker.at()).await?;
    assert_eq!(view.base_url(), broker.at().base().trim_end_matches('/'));
    view.validate(&secret(MPIN)).await?;
    assert!(theirs.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn session_resumes_once_its_host_is_allowed() -> Result<(), Error> {
    let other: RawServer = serve_json(r#"{"stat":"Ok"}"#).await;
    let named = format!("{}/xyz/", other.base_url());
    let sandbox = at_noon().base_url_in_answers(named.as_str()).start().await.unwrap();
    let view = crate::support::view(&sandbox).await?;
    let error = view.validate(&mpin(&sandbox)).await.unwrap_err();
    assert_eq!(error.host_to_allow().as_deref(), Some(other.base_url()));
    let saved = error.session().unwrap().clone();
    assert_eq!(saved.base_url(), named.trim_end_matches('/'));
    // The host has not been allowed yet.
    let again = builder(&sandbox).build()?.resume(saved.clone()).unwrap_err();
    assert_eq!((again.kind(), again.host_to_allow()), (ErrorKind::HostNotAllowed, error.host_to_allow()));
    assert!(other.requests().is_empty());
    let options = contract_tests::once().allow_host(other.base_url());
    builder(&sandbox).options(options).build()?.resume(saved)?.logout().await?;
    assert!(other.requests()[0].starts_with("POST /xyz/apim/login/2.0/logout "), "{:?}", other.requests());
    assert_eq!(sandbox.calls().len(), 2, "nothing was guessed again");
    Ok(())
}

#[tokio::test]
async fn session_without_usable_host_can_only_sign_out() -> Result<(), Error> {
    for named in ["//evil.example", "https://user@evil.example", "http://evil.example", "https:/evil.example"]
    {
        let sandbox = at_noon().base_url_in_answers(named).start().await.unwrap();
        let error = crate::support::view(&sandbox).await?.validate(&mpin(&sandbox)).await.unwrap_err();
        assert_eq!((error.kind(), error.host_to_allow()), (ErrorKind::HostNotAllowed, None), "{named}");
        let saved = error.session().unwrap().clone();
        assert_eq!(saved.base_url(), sandbox.base_url(), "{named}");
        builder(&sandbox).build()?.resume(saved)?.logout().await?;
        assert_eq!(sandbox.live_sessions(&sandbox.account().ucc), 0, "{named}");
    }
    Ok(())
}

#[tokio::test]
async fn a_refused_host_leaves_the_view_session_as_it_was() -> Result<(), Error> {
    let sandbox = at_noon().base_url_in_answers("https://evil.example").start().await.unwrap();
    let view = crate::support::view(&sandbox).await?;
    let wrong: Secret = secret("111111");
    assert_eq!(kind(view.validate(&mpin(&sandbox)).await), ErrorKind::HostNotAllowed);
    assert_eq!(kind(view.validate(&wrong).await), ErrorKind::SecondFactor);
    assert_eq!(sandbox.call_count(Operation::TradeApiValidate), 2);
    Ok(())
}

#[tokio::test]
async fn the_addresses_of_streams_are_shown_and_no_allowed_hosts() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = crate::support::trade(&sandbox).await?;
    assert!(session.profile().feed_url.is_some() && session.profile().rt_url.is_some());
    let broker = MockBroker::<Neo>::new().await;
    let mut response =
        json!({ "data": { "token": "made-up-token", "sid": "made-up-sid", "kType": "Trade" } });
    response["data"]["baseUrl"] = "https://e43.kotaksecurities.com".into();
    response["data"]["feedUrl"] = "https://evil.example/feed".into();
    response["data"]["rtUrl"] = "https://evil.example/rt\u{1b}[2J".into();
    let session = trade(&broker.with(VALIDATE, &response).at()).await?;
    assert_eq!(session.profile().feed_url.as_deref(), Some("https://evil.example/feed"));
    assert!(session.profile().rt_url.as_deref().is_some_and(|url| !url.contains('\u{1b}')));
    let request = session.authorize(session.http().get("https://evil.example/feed"));
    assert_eq!(kind(request), ErrorKind::HostNotAllowed);
    Ok(())
}
