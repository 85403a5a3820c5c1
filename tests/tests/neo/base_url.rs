//! The host that the answer to the MPIN names (`baseUrl`): followed where it is the broker's, refused where it is
//! anybody else's.

use broker_session::{Error, ErrorKind, Secret};
use broker_session_sandbox::neo::Operation;
use contract_tests::{
    Raw, Told,
    brokers::neo::{MPIN, Neo, trade, view},
    hostile_urls, kind, says, secret,
};
use serde_json::{Value, json};

use crate::support::{at_noon, builder, code, mpin, sandbox};

const VALIDATE: &str = "trade_api_validate";

#[tokio::test]
async fn a_hostile_host_gets_nothing_and_ends_the_sign_in() {
    let theirs = says(r#"{"stat":"Ok"}"#).await;
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
        let mut answer =
            json!({ "data": { "token": "made-up-token", "sid": "made-up-sid", "kType": "Trade" } });
        for present in [false, true] {
            if present {
                answer["data"]["baseUrl"] = odd.clone();
            }
            let broker = Told::<Neo>::new().await.with(VALIDATE, &answer);
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
    let broker = Told::<Neo>::new().await;
    let base = format!("{}/below/", broker.at().base().trim_end_matches('/'));
    let answer = json!({ "data": { "token": "made-up-token", "sid": "made-up-sid", "kType": "Trade", "baseUrl": base } });
    let broker = broker.with(VALIDATE, &answer);
    let session = trade(&broker.at()).await?;
    assert_eq!(session.base_url(), base.trim_end_matches('/'));
    // Below it there is no answer.
    assert_eq!(kind(session.logout().await), ErrorKind::Refused);
    let paths: Vec<String> =
        broker.requests().iter().map(|request| request.uri().path().to_owned()).collect();
    assert_eq!(paths.last().map(String::as_str), Some("/below/apim/login/2.0/logout"));
    Ok(())
}

#[tokio::test]
async fn a_host_that_the_caller_has_added_is_followed() -> Result<(), Error> {
    let other: Raw = says(r#"{"stat":"Ok"}"#).await;
    let named = other.base_url().to_owned();
    let sandbox = at_noon().base_url_in_answers(named.as_str()).start().await.unwrap();
    let connection = contract_tests::once().allow_host(named.as_str());
    let client = builder(&sandbox).connection(connection).build()?;
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
async fn the_host_in_the_answer_to_the_one_time_password_is_not_followed() -> Result<(), Error> {
    let theirs = says("{}").await;
    let answer = json!({ "data": { "token": "made-up-token", "sid": "made-up-sid", "kType": "View", "baseUrl": theirs.base_url() } });
    let broker = Told::<Neo>::new().await.with("trade_api_login", &answer);
    let view = view(&broker.at()).await?;
    assert_eq!(view.base_url(), broker.at().base().trim_end_matches('/'));
    view.validate(&secret(MPIN)).await?;
    assert!(theirs.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_session_at_a_host_that_is_not_allowed_is_taken_up_once_it_is() -> Result<(), Error> {
    let other: Raw = says(r#"{"stat":"Ok"}"#).await;
    let named = format!("{}/xyz/", other.base_url());
    let sandbox = at_noon().base_url_in_answers(named.as_str()).start().await.unwrap();
    let view = crate::support::view(&sandbox).await?;
    let error = view.validate(&mpin(&sandbox)).await.unwrap_err();
    assert_eq!(error.host_to_allow().as_deref(), Some(other.base_url()));
    let saved = error.session().unwrap().clone();
    assert_eq!(saved.base_url(), named.trim_end_matches('/'));
    // Nobody has vouched for the host yet.
    let again = builder(&sandbox).build()?.resume(saved.clone()).unwrap_err();
    assert_eq!((again.kind(), again.host_to_allow()), (ErrorKind::HostNotAllowed, error.host_to_allow()));
    assert!(other.requests().is_empty());
    let connection = contract_tests::once().allow_host(other.base_url());
    builder(&sandbox).connection(connection).build()?.resume(saved)?.logout().await?;
    assert!(other.requests()[0].starts_with("POST /xyz/apim/login/2.0/logout "), "{:?}", other.requests());
    assert_eq!(sandbox.calls().len(), 2, "nothing was guessed again");
    Ok(())
}

#[tokio::test]
async fn where_no_usable_host_is_named_the_session_can_only_be_signed_out() -> Result<(), Error> {
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
    let broker = Told::<Neo>::new().await;
    let mut answer = json!({ "data": { "token": "made-up-token", "sid": "made-up-sid", "kType": "Trade" } });
    answer["data"]["baseUrl"] = "https://e43.kotaksecurities.com".into();
    answer["data"]["feedUrl"] = "https://evil.example/feed".into();
    answer["data"]["rtUrl"] = "https://evil.example/rt\u{1b}[2J".into();
    let session = trade(&broker.with(VALIDATE, &answer).at()).await?;
    assert_eq!(session.profile().feed_url.as_deref(), Some("https://evil.example/feed"));
    assert!(session.profile().rt_url.as_deref().is_some_and(|url| !url.contains('\u{1b}')));
    let request = session.authorize(session.http().get("https://evil.example/feed"));
    assert_eq!(kind(request), ErrorKind::HostNotAllowed);
    Ok(())
}
