//! The broker's own hosts by their names: the sign-in host first, then the one that the broker names, and never one of
//! the other environment.

use broker_session::{
    Connection, Environment, ErrorKind,
    neo::{Client, Credentials},
};
use contract_tests::{
    Generated, World,
    brokers::neo::{CODE, MOBILE, MPIN, Neo},
    kind, once, secret,
};
use serde_json::json;

use crate::support::credentials_of;

const SIGN_IN: &str = "mis.kotaksecurities.com:443";
const UAT: &str = "d-mis.kotaksecurities.com:443";

/// A broker whose answers name this host to carry on at.
async fn naming(base_url: &str) -> World {
    let session = |kind: &str| {
        let data =
            json!({ "token": "made-up-token", "sid": "made-up-sid", "kType": kind, "baseUrl": base_url });
        json!({ "data": data }).to_string()
    };
    let (view, trade) = (session("View"), session("Trade"));
    World::start::<Neo>(&[], move |request| match request {
        _ if request.contains("tradeApiLogin") => view.clone(),
        _ if request.contains("tradeApiValidate") => trade.clone(),
        _ if request.contains("get-client-ip") => r#"{"data":[]}"#.to_owned(),
        _ => r#"{"stat":"Ok"}"#.to_owned(),
    })
    .await
}

fn client_in(world: &World, environment: Environment, base: Option<&str>) -> Client {
    let builder = Client::builder()
        .credentials(Credentials::new(MOBILE, "MADE1", "made-up-token"))
        .environment(environment)
        .connection(world.reached_by(once()));
    let builder = match base {
        Some(base) => builder.base_url(base),
        None => builder,
    };
    builder.build().unwrap()
}

#[tokio::test]
async fn the_sign_in_goes_to_its_host_and_the_logout_to_the_one_that_is_named() {
    // The spec does not list `e99`.
    for (named, path) in
        [("cis", ""), ("e21", ""), ("e22", ""), ("e41", ""), ("e43", ""), ("neo-gw", "/xyz"), ("e99", "/a/b")]
    {
        let base = format!("https://{named}.kotaksecurities.com{path}");
        let world = naming(&base).await;
        let client = client_in(&world, Environment::Production, None);
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
async fn a_session_with_the_broker_is_taken_up_again_at_its_host() {
    let world = naming("https://e43.kotaksecurities.com").await;
    let client = client_in(&world, Environment::Production, None);
    let session = client.login_totp(&secret(CODE)).await.unwrap().validate(&secret(MPIN)).await.unwrap();
    let saved = session.save();
    assert!(saved.has_known_home(Neo::api(), Environment::Production));
    client_in(&world, Environment::Production, None).resume(saved.clone()).unwrap().logout().await.unwrap();
    assert_eq!(world.hosts(), [SIGN_IN, "e43.kotaksecurities.com:443"]);
    let elsewhere = client_in(&world, Environment::Sandbox, None).resume(saved);
    assert_eq!(kind(elsewhere), ErrorKind::HostNotAllowed);
}

#[tokio::test]
async fn production_is_not_led_to_the_test_environment_nor_the_other_way_round() {
    let world = naming("https://d-mis.kotaksecurities.com").await;
    let view = client_in(&world, Environment::Production, None).login_totp(&secret(CODE)).await.unwrap();
    assert_eq!(kind(view.validate(&secret(MPIN)).await), ErrorKind::HostNotAllowed);
    assert_eq!(world.hosts(), [SIGN_IN]);
    for base in [None, Some("https://d-mis.kotaksecurities.com")] {
        let world = naming("https://e43.kotaksecurities.com").await;
        let environment = if base.is_some() { Environment::Production } else { Environment::Sandbox };
        let client = client_in(&world, environment, base);
        let view = client.login_totp(&secret(CODE)).await.unwrap();
        assert_eq!(kind(view.validate(&secret(MPIN)).await), ErrorKind::HostNotAllowed, "{base:?}");
        assert_eq!(world.hosts(), [UAT]);
    }
}

#[tokio::test]
async fn the_host_of_the_sign_in_is_not_led_to_a_hostile_one_either() {
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
        let view = client_in(&world, Environment::Production, None).login_totp(&secret(CODE)).await.unwrap();
        assert_eq!(kind(view.validate(&secret(MPIN)).await), ErrorKind::HostNotAllowed, "{hostile}");
        assert_eq!(world.hosts(), [SIGN_IN], "{hostile}");
        assert_eq!(world.requests().len(), 2, "{hostile}");
    }
}

#[tokio::test]
async fn a_session_may_authorise_requests_to_the_brokers_hosts_of_its_environment_only() {
    let world = naming("https://e43.kotaksecurities.com").await;
    let client = client_in(&world, Environment::Production, None);
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
    let view = client_in(&world, Environment::Sandbox, None).login_totp(&secret(CODE)).await.unwrap();
    let error = view.validate(&secret(MPIN)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostNotAllowed);
    assert_eq!(error.host_to_allow().as_deref(), Some("https://e99.kotaksecurities.com"));
    assert_eq!(world.hosts(), [UAT]);
}

#[test]
fn a_base_that_would_send_credentials_in_the_clear_or_is_none_is_refused() {
    let build = |base: &str, connection: Connection| {
        let account = broker_session_sandbox::neo::Account::default();
        Client::builder().credentials(credentials_of(&account)).base_url(base).connection(connection).build()
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
