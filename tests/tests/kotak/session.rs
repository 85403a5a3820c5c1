//! A session: calls, resuming, signing out; tokens by OAuth; and the limits of a caller.

use std::{collections::BTreeSet, time::Duration};

use broker_session::{
    ClientOptions, Error, ErrorKind, Secret,
    kotak::{AccessToken, Client, Credentials, Grant, TokenKind},
};
use broker_session_sandbox::{
    Fault,
    kotak::{Account, Operation, Sandbox},
};
use contract_tests::{JSON, Proxy, RawServer, Reaction, kind, once, respond, secret};
use http::StatusCode;
use serde_json::json;

use crate::support::{builder, client, credentials_of, sandbox, sign_in};

#[tokio::test]
async fn authorize_adds_the_sessions_headers_and_no_others() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let account = sandbox.account().clone();
    let credentials = credentials_of(&account).ip("192.0.2.1").app_id("made-up-app");
    let client = builder(&sandbox).credentials(credentials).build()?;
    let session = client.login(&account.password.as_str().into()).await?.redeem_one_time_token().await?;
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
    let response = session.http().execute(request).await.unwrap();
    assert!(response.status().is_success());
    Ok(())
}

#[tokio::test]
async fn logout_of_a_dead_session_is_expired() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = sign_in(&sandbox).await?;
    sandbox.end_sessions(session.user());
    let error = session.logout().await.unwrap_err();
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::SessionExpired, Some("99999")));
    assert_eq!(error.operation(), Some("session_logout"));
    assert!(!error.is_retryable());
    Ok(())
}

#[tokio::test]
async fn own_requests_are_judged_and_not_repeated() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = sign_in(&sandbox).await?;
    let orders = || session.get("/reports/1.0/orders").send();
    assert!(orders().await?.status().is_success());
    let dead = json!({ "fault": { "code": 99999, "message": "You have been logged out. Login again" } });
    for (fault, kind, status) in [
        (Fault::json(StatusCode::OK, &dead), ErrorKind::SessionExpired, 200),
        (Fault::json(StatusCode::FORBIDDEN, &dead), ErrorKind::SessionExpired, 403),
        (Fault::empty(StatusCode::UNAUTHORIZED), ErrorKind::SessionExpired, 401),
        (Fault::status(StatusCode::TOO_MANY_REQUESTS), ErrorKind::RateLimited, 429),
        (Fault::html_page(StatusCode::OK), ErrorKind::Protocol, 200),
    ] {
        sandbox.clear_calls();
        sandbox.inject(Operation::OrderReport, fault);
        let error = orders().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)), "{error}");
        assert_eq!(sandbox.call_count(Operation::OrderReport), 1, "{error}");
    }
    sandbox.end_sessions(session.user());
    let error = orders().await.unwrap_err();
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::SessionExpired, Some("99999")));
    Ok(())
}

#[tokio::test]
async fn only_a_successful_logout_ends_the_session() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = sign_in(&sandbox).await?;
    let clone = session.clone();
    sandbox.inject(Operation::SessionLogout, Fault::status(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(kind(session.logout().await), ErrorKind::Unavailable);
    assert!(clone.get("reports/1.0/orders").send().await?.status().is_success());
    clone.logout().await?;
    let sent = sandbox.calls().len();
    for error in [
        session.logout().await.unwrap_err(),
        session.get("reports/1.0/orders").send().await.unwrap_err(),
        session.authorize(session.http().get(sandbox.orders_url())).unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::SessionExpired, true), "{error}");
    }
    assert_eq!(sandbox.calls().len(), sent);
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
    client.login(&password).await?.redeem_one_time_token().await?;
    Ok(())
}

#[tokio::test]
async fn the_programs_own_requests_go_through_the_proxy_too() -> Result<(), Error> {
    let (sandbox, proxy) = (sandbox().await, Proxy::start(None).await);
    let saved = sign_in(&sandbox).await?.save();
    let options = ClientOptions::new().proxy(proxy.url());
    let session = builder(&sandbox).options(options).build()?.resume(saved)?;
    let request = session.authorize(session.http().get(sandbox.orders_url()))?;
    assert!(request.send().await.unwrap().status().is_success());
    assert_eq!(proxy.seen().len(), 1);
    Ok(())
}

/// What identifies the user and the application, without a secret.
fn application(account: &Account) -> Credentials {
    Credentials::new().userid(account.userid.as_str()).consumer_key(account.consumer_key.as_str())
}

/// A client that has no access token yet.
fn without_token(sandbox: &Sandbox) -> Client {
    let account = sandbox.account();
    let credentials = application(account).consumer_secret(account.consumer_secret.as_str());
    builder(sandbox).credentials(credentials).build().unwrap()
}

/// Signs in and out with a token.
async fn is_good(client: &Client, sandbox: &Sandbox, token: &AccessToken) -> Result<(), Error> {
    let client = client.with_access_token(&token.access_token);
    let pending = client.login(&secret(&sandbox.account().password)).await?;
    pending.redeem_one_time_token().await?.logout().await
}

fn by_password(sandbox: &Sandbox) -> Grant {
    let account = sandbox.account();
    Grant::Password { username: account.userid.clone(), password: secret(&account.password) }
}

#[tokio::test]
async fn application_token_signs_a_user_in() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = without_token(&sandbox);
    let token = client.request_token(Grant::ClientCredentials).await?;
    assert_eq!(token.expires_in, Some(Duration::from_secs(3600)));
    assert!(token.refresh_token.is_none());
    is_good(&client, &sandbox, &token).await
}

#[tokio::test]
async fn password_grant_gives_a_renewable_token() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = without_token(&sandbox);
    let token = client.request_token(by_password(&sandbox)).await?;
    let refresh = token.refresh_token.clone().expect("a refresh token");
    let renewed = client.request_token(Grant::RefreshToken(refresh.clone())).await?;
    assert_ne!(renewed.access_token, token.access_token);
    is_good(&client, &sandbox, &token).await?;
    is_good(&client, &sandbox, &renewed).await?;
    let error = client.request_token(Grant::RefreshToken(refresh)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(400)));
    assert_eq!(error.broker_code(), Some("invalid_grant"));
    Ok(())
}

#[tokio::test]
async fn refused_grants_are_not_sent_again() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = without_token(&sandbox);
    let password = |username: &str| Grant::Password { username: username.into(), password: secret("wrong") };
    let grants = [password("S4MPL"), password("another"), Grant::RefreshToken(secret("made-up"))];
    for number in 0..9 {
        let error = client.request_token(grants[number % 3].clone()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Credentials, number >= 3), "{number}");
    }
    assert_eq!(sandbox.call_count(Operation::Token), 3);
    client.request_token(by_password(&sandbox)).await.map(drop)
}

#[tokio::test]
async fn a_revoked_token_is_refused() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = without_token(&sandbox);
    let token = client.request_token(by_password(&sandbox)).await?;
    client.revoke_token(&token.access_token, TokenKind::Access).await?;
    let error = is_good(&client, &sandbox, &token).await.unwrap_err();
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Credentials, Some("900901")));
    let refresh = token.refresh_token.expect("a refresh token");
    client.revoke_token(&refresh, TokenKind::Refresh).await?;
    assert_eq!(kind(client.request_token(Grant::RefreshToken(refresh)).await), ErrorKind::Credentials);
    // Revoking a token twice is no error (RFC 7009).
    client.revoke_token(&token.access_token, TokenKind::Access).await
}

#[tokio::test]
async fn only_a_confirmed_revocation_counts() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = without_token(&sandbox);
    let token = client.request_token(Grant::ClientCredentials).await?;
    let page = Fault::html_page(StatusCode::OK);
    let error = Fault::json(StatusCode::OK, &json!({ "error": "invalid_client" }));
    for (fault, kind) in [(page, ErrorKind::Protocol), (error, ErrorKind::Credentials)] {
        sandbox.inject(Operation::Revoke, fault);
        let error = client.revoke_token(&token.access_token, TokenKind::Access).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(200)), "{error}");
    }
    // The broker never got to it, so the token is good.
    is_good(&client, &sandbox, &token).await?;
    sandbox.inject(Operation::Revoke, Fault::json(StatusCode::OK, &json!({})));
    client.revoke_token(&token.access_token, TokenKind::Access).await
}

#[tokio::test]
async fn a_token_that_has_expired_is_refused() -> Result<(), Error> {
    let sandbox = Sandbox::builder().access_token_lifetime(Duration::from_secs(60));
    let sandbox = sandbox.start().await.unwrap();
    let client = without_token(&sandbox);
    let token = client.request_token(Grant::ClientCredentials).await?;
    sandbox.advance(Duration::from_secs(61));
    assert_eq!(kind(is_good(&client, &sandbox, &token).await), ErrorKind::Credentials);
    Ok(())
}

#[tokio::test]
async fn wrong_secrets_are_refused_and_sent_once() {
    let sandbox = sandbox().await;
    let wrong = application(sandbox.account()).consumer_secret("wrong");
    let client = builder(&sandbox).credentials(wrong).build().unwrap();
    let error = client.request_token(Grant::ClientCredentials).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(401)));
    assert_eq!(error.broker_code(), Some("invalid_client"));
    assert_eq!(sandbox.call_count(Operation::Token), 1);
}

#[tokio::test]
async fn missing_credentials_are_reported_unsent() {
    let sandbox = sandbox().await;
    let client = builder(&sandbox).credentials(application(sandbox.account())).build().unwrap();
    let outcomes = [
        client.request_token(Grant::ClientCredentials).await.map(drop),
        client.revoke_token(&secret("made-up-token"), TokenKind::Access).await,
        client.init().await.map(drop),
    ];
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(error.is_unsent());
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test]
async fn token_endpoint_is_at_the_root_by_default() -> Result<(), Error> {
    let sandbox = sandbox().await;
    client(&sandbox).request_token(Grant::ClientCredentials).await?;
    let below = builder(&sandbox).oauth_base_url(sandbox.base_url()).build()?;
    below.request_token(Grant::ClientCredentials).await?;
    let paths: Vec<String> = sandbox.calls_to(Operation::Token).into_iter().map(|call| call.path).collect();
    assert_eq!(paths, ["/token", "/apim/token"]);
    Ok(())
}

#[tokio::test]
async fn token_call_carries_no_user_headers() -> Result<(), Error> {
    let sandbox = sandbox().await;
    client(&sandbox).request_token(Grant::ClientCredentials).await?;
    let calls = sandbox.calls_to(Operation::Token);
    let authorization = calls[0].header("authorization").unwrap_or_default();
    assert!(authorization.starts_with("Basic "), "the scheme is named");
    for name in ["consumerKey", "ip", "appId", "userid", "sessionToken"] {
        assert_eq!(calls[0].header(name), None, "{name}");
    }
    assert_eq!(calls[0].body.as_ref(), b"grant_type=client_credentials");
    Ok(())
}

/// An init that goes well.
const INIT: &str = r#"{"Success":{"status":"Success"}}"#;

fn client_of(server: &RawServer, options: ClientOptions) -> Client {
    Client::builder()
        .credentials(credentials_of(&Account::default()))
        .base_url(format!("{}/apim", server.base_url()))
        .options(options)
        .build()
        .unwrap()
}

/// The error of a login that meets this response, after an init that goes well.
async fn login_error(response: Vec<u8>) -> Error {
    let server = RawServer::start(move |request| {
        let is_init = request.starts_with("GET");
        Reaction::Respond(if is_init { respond("200 OK", &[JSON], INIT) } else { response.clone() })
    });
    let server = server.await;
    let error = client_of(&server, once()).login(&secret("made-up-password")).await.unwrap_err();
    assert_eq!(server.requests().len(), 2, "init and one login");
    assert_eq!(error.operation(), Some("session_login_userid"));
    error
}

#[tokio::test]
async fn a_code_of_another_shape_is_read_all_the_same() {
    let error = login_error(respond("403 Forbidden", &[JSON], r#"{"error":[{"code":70009}]}"#)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Locked, Some(403)), "{error}");
}

#[tokio::test]
async fn a_large_response_within_the_limit_is_read() {
    let body =
        format!(r#"{{"status":"Success","oneTimeToken":"made-up","message":"{}"}}"#, "x".repeat(60_000));
    let server = RawServer::start(move |_| Reaction::Respond(respond("200 OK", &[JSON], &body))).await;
    let pending = client_of(&server, once()).login(&secret("made-up-password")).await;
    assert!(pending.is_ok());
}

#[tokio::test]
async fn a_redirect_names_its_host_only() {
    let redirect = |location: &str| respond("302 Found", &[("location", location)], "");
    for (location, kind) in [
        ("https://evil.example/steal?token=made-up", ErrorKind::HostNotAllowed),
        ("https://evil.example/login", ErrorKind::HostNotAllowed),
        ("/apim/login.html", ErrorKind::LoginRequired),
        ("/elsewhere", ErrorKind::Protocol),
        // The operation's own path has a login in it, and is no login page.
        ("", ErrorKind::Protocol),
        ("/apim/session/1.0/session/login/userid/", ErrorKind::Protocol),
        ("http://[", ErrorKind::Protocol),
    ] {
        let error = login_error(redirect(location)).await;
        assert_eq!((error.kind(), error.status()), (kind, Some(302)), "{location}: {error}");
        assert!(!format!("{error} {error:?}").contains("token="), "{error}");
    }
}

#[tokio::test]
async fn invalid_header_credential_is_refused_unsent() {
    let server = RawServer::start(|_| Reaction::Respond(respond("200 OK", &[JSON], INIT))).await;
    let credentials = credentials_of(&Account::default()).access_token(Secret::from("made-up\r\nX-Evil: 1"));
    let error = Client::builder().credentials(credentials).base_url(server.base_url()).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.is_unsent() && !format!("{error} {error:?}").contains("X-Evil"), "{error:?}");
    assert!(server.requests().is_empty());
}
