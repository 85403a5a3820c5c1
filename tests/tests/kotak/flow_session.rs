//! A session at work: the program's own requests, between two runs, and its end.

use std::collections::BTreeSet;

use broker_session::{Connection, Error, ErrorKind, SavedSession};
use broker_session_sandbox::kotak::{Operation, Sandbox};
use contract_tests::{Proxy, kind};

use crate::support::{builder, client, credentials_of, sandbox, sign_in};

#[tokio::test]
async fn authorize_adds_the_sessions_headers_and_no_others() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let account = sandbox.account().clone();
    let credentials = credentials_of(&account).ip("192.0.2.1").app_id("made-up-app");
    let client = builder(&sandbox).credentials(credentials).build()?;
    let session = client.login(&account.password.as_str().into()).await?.one_time_token().await?;
    let request = session.http().get(sandbox.orders_url()).header("x-own", "kept");
    let request = session.authorize(request)?.build().unwrap();
    let names: BTreeSet<&str> = request.headers().keys().map(|name| name.as_str()).collect();
    let expected = ["appid", "authorization", "consumerkey", "ip", "sessiontoken", "x-own"];
    assert_eq!(names, BTreeSet::from(expected));
    let value = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
    let saved = serde_json::to_value(session.save()).unwrap();
    assert_eq!(value("authorization"), format!("Bearer {}", account.access_token));
    assert_eq!(value("consumerKey"), account.consumer_key);
    assert_eq!((value("ip"), value("appId")), ("192.0.2.1".to_owned(), "made-up-app".to_owned()));
    assert_eq!(saved["secrets"]["session_token"], value("sessionToken"));
    for name in ["authorization", "consumerKey", "sessionToken"] {
        assert!(request.headers()[name].is_sensitive(), "{name}");
    }
    let answer = session.http().execute(request).await.unwrap();
    assert!(answer.status().is_success());
    Ok(())
}

#[tokio::test]
async fn authorize_refuses_other_hosts_and_plain_http() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = sign_in(&sandbox).await?;
    for url in [
        "https://evil.example/apim/reports/1.0/orders",
        "https://mksapi.kotaksecurities.com/quotes",
        "http://tradeapi.kotaksecurities.com/apim/reports/1.0/orders",
        "https://tradeapi.kotaksecurities.com.evil.example/apim",
        "http://localhost:9/apim",
        "http://127.0.0.2:9/apim",
    ] {
        let error = session.authorize(session.http().get(url)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::HostNotAllowed, "{url}");
        assert!(error.is_unsent(), "{url}");
    }
    let no_url = session.authorize(session.http().get("no url"));
    assert_eq!(kind(no_url), ErrorKind::Config);
    Ok(())
}

#[tokio::test]
async fn a_saved_session_is_taken_up_again_by_another_run() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = sign_in(&sandbox).await?;
    let kept = serde_json::to_string(&session.save()).unwrap();
    drop(session);
    let saved: SavedSession = serde_json::from_str(&kept).unwrap();
    assert_eq!(
        (saved.base_url(), saved.user()),
        (sandbox.base_url(), Some(sandbox.account().userid.as_str()))
    );
    let login_time = saved.login_time();
    let resumed = client(&sandbox).resume(saved)?;
    assert_eq!(resumed.login_time().map(|time| time.timestamp()), login_time);
    let request = resumed.authorize(resumed.http().get(sandbox.orders_url()))?;
    assert!(request.send().await.unwrap().status().is_success());
    resumed.logout().await?;
    assert_eq!(sandbox.live_sessions(&sandbox.account().userid), 0);
    Ok(())
}

#[tokio::test]
async fn a_session_at_a_host_that_is_not_allowed_is_not_taken_up() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let mut saved = serde_json::to_value(sign_in(&sandbox).await?.save()).unwrap();
    for (base, expected) in [
        ("https://evil.example/apim", ErrorKind::HostNotAllowed),
        ("http://localhost:9/apim", ErrorKind::HostNotAllowed),
        ("", ErrorKind::HostNotAllowed),
        ("tradeapi.kotaksecurities.com/apim", ErrorKind::Config),
        ("https:/tradeapi.kotaksecurities.com/apim", ErrorKind::Config),
    ] {
        saved["base_url"] = base.into();
        let outcome = client(&sandbox).resume(serde_json::from_value(saved.clone()).unwrap());
        assert_eq!(kind(outcome), expected, "{base}");
    }
    Ok(())
}

#[tokio::test]
async fn the_session_of_another_user_is_not_taken_up() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let mut saved = serde_json::to_value(sign_in(&sandbox).await?.save()).unwrap();
    saved["user"] = "SOMEBODY".into();
    let outcome = client(&sandbox).resume(serde_json::from_value(saved).unwrap());
    assert_eq!(kind(outcome), ErrorKind::Config);
    Ok(())
}

#[tokio::test]
async fn after_the_logout_the_token_is_dead() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = sign_in(&sandbox).await?;
    let request = || session.authorize(session.http().get(sandbox.orders_url()));
    let (before, after) = (request()?, request()?);
    assert!(before.send().await.unwrap().status().is_success());
    session.logout().await?;
    assert_eq!(after.send().await.unwrap().status().as_u16(), 403);
    Ok(())
}

#[tokio::test]
async fn the_logout_of_a_dead_session_says_that_it_is_over() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = sign_in(&sandbox).await?;
    sandbox.end_sessions(session.userid());
    let error = session.logout().await.unwrap_err();
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::SessionExpired, Some("99999")));
    assert_eq!(error.operation(), Some("session_logout"));
    assert!(!error.is_retryable());
    Ok(())
}

#[tokio::test]
async fn a_session_ends_after_a_day() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = sign_in(&sandbox).await?;
    sandbox.advance(std::time::Duration::from_secs(24 * 60 * 60 + 1));
    assert_eq!(kind(session.logout().await), ErrorKind::SessionExpired);
    Ok(())
}

#[tokio::test]
async fn dropping_a_call_in_the_middle_leaves_the_client_usable() -> Result<(), Error> {
    let sandbox = Sandbox::builder().start().await.unwrap();
    sandbox.inject(Operation::SessionInit, broker_session_sandbox::Fault::hang());
    let client = client(&sandbox);
    let password = sandbox.account().password.as_str().into();
    let waiting = tokio::time::timeout(std::time::Duration::from_millis(100), client.login(&password));
    assert!(waiting.await.is_err(), "the server is silent");
    client.login(&password).await?.one_time_token().await?;
    Ok(())
}

#[tokio::test]
async fn the_programs_own_requests_go_through_the_proxy_too() -> Result<(), Error> {
    let (sandbox, proxy) = (sandbox().await, Proxy::start(None).await);
    let saved = sign_in(&sandbox).await?.save();
    let connection = Connection::new().proxy(proxy.url(), None)?;
    let session = builder(&sandbox).connection(connection).build()?.resume(saved)?;
    let request = session.authorize(session.http().get(sandbox.orders_url()))?;
    assert!(request.send().await.unwrap().status().is_success());
    assert_eq!(proxy.seen().len(), 1);
    Ok(())
}
