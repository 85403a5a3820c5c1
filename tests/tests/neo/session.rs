//! A session at work: from nothing to its end, the program's own requests, and between two runs.

use std::{collections::BTreeSet, time::Duration};

use broker_session::{Error, ErrorKind, SavedSession, neo::Credentials};
use broker_session_sandbox::neo::{Account, Operation, Sandbox};
use contract_tests::{kind, once};
use serde_json::Value;

use crate::support::{
    at_noon, builder, client, code, credentials_of, dropped, in_india, mpin, noon, sandbox, trade, view,
};

#[tokio::test]
async fn sign_in_and_logout() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let view = view(&sandbox).await?;
    assert_eq!((view.ucc(), view.base_url()), (sandbox.user(), sandbox.base_url()));
    assert_eq!(sandbox.live_sessions(sandbox.user()), 0);
    let session = view.validate(&mpin(&sandbox)).await?;
    assert_eq!((session.user(), session.base_url()), (sandbox.user(), sandbox.base_url()));
    assert_eq!(sandbox.live_sessions(sandbox.user()), 1);
    session.logout().await?;
    assert_eq!(sandbox.live_sessions(sandbox.user()), 0);
    let ids: Vec<_> = sandbox.calls().iter().filter_map(|call| call.operation).collect();
    assert_eq!(ids, ["trade_api_login", "trade_api_validate", "logout"]);
    Ok(())
}

#[tokio::test]
async fn the_requests_are_those_of_the_brokers_own_client() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let (account, code) = (sandbox.account().clone(), sandbox.totp_now());
    trade(&sandbox).await?;
    let calls = sandbox.calls();
    for call in &calls {
        // The token as it is: no scheme before it.
        assert_eq!(call.header("authorization"), Some(account.access_token.as_str()));
        assert_eq!(call.header("neo-fin-key"), Some("neotradeapi"));
        assert_eq!(call.header("content-type"), Some("application/json"));
    }
    let bodies: Vec<Value> = calls.iter().map(|call| serde_json::from_slice(&call.body).unwrap()).collect();
    let login = serde_json::json!({ "mobileNumber": account.mobile, "ucc": account.ucc, "totp": code });
    assert_eq!(bodies, [login, serde_json::json!({ "mpin": account.mpin })]);
    assert!(calls[0].header("auth").is_none() && calls[0].header("sid").is_none());
    assert!(calls[1].header("auth").is_some() && calls[1].header("sid").is_some());
    Ok(())
}

#[tokio::test]
async fn the_logout_carries_the_session_only() -> Result<(), Error> {
    let sandbox = sandbox().await;
    trade(&sandbox).await?.logout().await?;
    let calls = sandbox.calls_to(Operation::Logout);
    assert!(calls[0].header("auth").is_some() && calls[0].header("sid").is_some());
    assert_eq!((calls[0].header("authorization"), calls[0].header("neo-fin-key")), (None, None));
    Ok(())
}

#[tokio::test]
async fn another_name_of_the_application_goes_out_instead() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let credentials = credentials_of(sandbox.account()).neo_fin_key("made-up-application");
    builder(&sandbox).credentials(credentials).build()?.login_totp(&code(&sandbox)).await?;
    assert_eq!(sandbox.calls()[0].header("neo-fin-key"), Some("made-up-application"));
    Ok(())
}

#[tokio::test]
async fn both_sessions_end_at_the_next_midnight_in_india() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let view = view(&sandbox).await?;
    let session = view.validate(&mpin(&sandbox)).await?;
    for end in [view.expires_at(), session.expires_at()] {
        assert_eq!(end.map(in_india).as_deref(), Some("2026-03-11T00:00:00+05:30"));
    }
    assert_eq!(session.login_time(), Some(noon()));
    Ok(())
}

#[tokio::test]
async fn the_profile_describes_the_user() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = trade(&sandbox).await?;
    let profile = session.profile();
    assert_eq!(profile.greeting_name.as_deref(), Some(sandbox.account().name.as_str()));
    assert_eq!(profile.ucc.as_deref(), Some(sandbox.user()));
    assert_eq!(profile.k_type.as_deref(), Some("Trade"));
    assert_eq!(profile.k_id.as_ref().map(|id| id.expose()), Some(sandbox.account().k_id.as_str()));
    Ok(())
}

#[tokio::test]
async fn the_broker_names_the_address_it_sees() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = trade(&sandbox).await?;
    let addresses = session.client_ip().await?;
    assert_eq!(addresses[0].ip.as_deref(), Some("127.0.0.1"));
    assert_eq!(addresses[0].time.as_deref(), Some("2026-03-10 12:00:00"));
    Ok(())
}

#[tokio::test]
async fn authorize_adds_the_sessions_headers_and_no_others() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = trade(&sandbox).await?;
    let request = session.http().get(sandbox.orders_url()).header("x-own", "kept");
    let request = session.authorize(request)?.build().unwrap();
    let names: BTreeSet<&str> = request.headers().keys().map(|name| name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["auth", "authorization", "neo-fin-key", "sid", "x-own"]));
    assert_eq!(request.headers()["authorization"], sandbox.account().access_token.as_str());
    assert_eq!(request.headers()["neo-fin-key"], "neotradeapi");
    assert!(request.headers()["authorization"].is_sensitive());
    let saved = serde_json::to_value(session.save()).unwrap();
    for (header, secret) in [("auth", "token"), ("sid", "sid")] {
        assert_eq!(request.headers()[header].to_str().unwrap(), saved["secrets"][secret]);
        assert!(request.headers()[header].is_sensitive(), "{header}");
    }
    let response = session.http().execute(request).await.unwrap();
    assert!(response.status().is_success());
    Ok(())
}

#[tokio::test]
async fn a_session_is_used_and_ended_without_an_access_token() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let saved = trade(&sandbox).await?.save();
    let credentials = Credentials::for_session(sandbox.user());
    let client = builder(&sandbox).credentials(credentials).build()?;
    let error = client.login_totp(&code(&sandbox)).await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Config, true), "{error}");
    let session = client.resume(saved)?;
    let request = session.authorize(session.http().get(sandbox.orders_url()))?.build().unwrap();
    assert!(request.headers().contains_key("auth") && !request.headers().contains_key("authorization"));
    assert_eq!(request.headers()["neo-fin-key"], "neotradeapi");
    session.logout().await?;
    assert_eq!(sandbox.live_sessions(sandbox.user()), 0);
    Ok(())
}

#[tokio::test]
async fn saved_session_resumes_without_the_mobile_number() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let kept = serde_json::to_string(&trade(&sandbox).await?.save()).unwrap();
    let saved: SavedSession = serde_json::from_str(&kept).unwrap();
    assert_eq!((saved.broker(), saved.user(), saved.base_url()), ("neo", sandbox.user(), sandbox.base_url()));
    assert_eq!(saved.expires_at().map(in_india).as_deref(), Some("2026-03-11T00:00:00+05:30"));
    let token = sandbox.account().access_token.as_str();
    let credentials = Credentials::for_session(sandbox.user()).access_token(token);
    let session = builder(&sandbox).credentials(credentials).build()?.resume(saved)?;
    assert_eq!(session.expires_at().map(in_india).as_deref(), Some("2026-03-11T00:00:00+05:30"));
    let request = session.authorize(session.http().get(sandbox.orders_url()))?;
    assert!(request.send().await.unwrap().status().is_success());
    assert!(!session.client_ip().await?.is_empty());
    session.logout().await?;
    assert_eq!(sandbox.live_sessions(sandbox.user()), 0);
    Ok(())
}

#[tokio::test]
async fn logout_and_token_reset_end_the_session() -> Result<(), Error> {
    for builder in [at_noon(), at_noon().dead_session_in_success()] {
        let sandbox = builder.start().await.unwrap();
        let session = trade(&sandbox).await?;
        let again = client(&sandbox).resume(session.save())?;
        session.logout().await?;
        let error = again.client_ip().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.broker_code()),
            (ErrorKind::SessionExpired, Some("100022")),
            "{error}"
        );
        assert!(!error.is_retryable());
        assert_eq!(kind(again.logout().await), ErrorKind::SessionExpired);
        sandbox.advance(Duration::from_secs(30));
        let view = view(&sandbox).await?;
        sandbox.end_sessions(sandbox.user());
        assert_eq!(kind(view.validate(&mpin(&sandbox)).await), ErrorKind::SessionExpired);
    }
    Ok(())
}

#[tokio::test]
async fn sessions_end_at_midnight() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let view = view(&sandbox).await?;
    let session = view.validate(&mpin(&sandbox)).await?;
    sandbox.advance(Duration::from_secs(12 * 60 * 60));
    assert_eq!(kind(view.validate(&mpin(&sandbox)).await), ErrorKind::SessionExpired);
    assert_eq!(kind(session.client_ip().await), ErrorKind::SessionExpired);
    Ok(())
}

#[tokio::test]
async fn two_users_of_one_broker_do_not_disturb_each_other() -> Result<(), Error> {
    let other = Account { ucc: "0THER".into(), mobile: "+910000000829".into(), ..Account::default() };
    let broker = at_noon().account(Account::default()).account(other.clone());
    let sandbox: Sandbox = broker.start().await.unwrap();
    let theirs = builder(&sandbox).credentials(credentials_of(&other)).options(once()).build()?;
    let first = trade(&sandbox).await?;
    // Both authenticators have the same secret, so they show the same code; each user may use it once.
    let second = theirs.login_totp(&code(&sandbox)).await?.validate(&mpin(&sandbox)).await?;
    first.logout().await?;
    assert_eq!((sandbox.live_sessions(&other.ucc), sandbox.live_sessions(sandbox.user())), (1, 0));
    assert_eq!(second.profile().ucc.as_deref(), Some("0THER"));
    assert_eq!(sandbox.call_count(Operation::Logout), 1);
    second.logout().await
}

#[tokio::test]
async fn dropping_a_call_in_the_middle_leaves_the_client_usable() -> Result<(), Error> {
    let sandbox = sandbox().await;
    sandbox.inject(Operation::GetClientIp, broker_session_sandbox::Fault::hang());
    let session = trade(&sandbox).await?;
    dropped(&sandbox, Operation::GetClientIp, session.client_ip()).await;
    assert_eq!(session.client_ip().await?.len(), 1);
    Ok(())
}
