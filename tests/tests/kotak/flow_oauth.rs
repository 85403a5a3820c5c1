//! The access token: getting one in each of OAuth's ways, using it, and making it useless.

use std::time::Duration;

use broker_session::{
    Error, ErrorKind,
    kotak::{AccessToken, Client, Credentials, Grant, TokenKind},
};
use broker_session_sandbox::{
    Fault,
    kotak::{Operation, Sandbox},
};
use contract_tests::{kind, secret};
use http::StatusCode;
use serde_json::json;

use crate::support::{builder, client, sandbox};

/// A client that has no access token yet.
fn without_token(sandbox: &Sandbox) -> Client {
    let account = sandbox.account();
    let credentials = Credentials::new(account.userid.as_str(), account.consumer_key.as_str())
        .consumer_secret(account.consumer_secret.as_str());
    builder(sandbox).credentials(credentials).build().unwrap()
}

/// Signs in and out with a token.
async fn is_good(client: &Client, sandbox: &Sandbox, token: &AccessToken) -> Result<(), Error> {
    let client = client.with_access_token(&token.access_token);
    let pending = client.login(&secret(&sandbox.account().password)).await?;
    pending.one_time_token().await?.logout().await
}

fn by_password(sandbox: &Sandbox) -> Grant {
    let account = sandbox.account();
    Grant::Password { username: account.userid.clone(), password: secret(&account.password) }
}

#[tokio::test]
async fn the_application_gets_a_token_and_signs_a_user_in_with_it() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = without_token(&sandbox);
    let token = client.token(Grant::ClientCredentials).await?;
    assert_eq!(token.expires_in, Some(Duration::from_secs(3600)));
    assert!(token.refresh_token.is_none());
    is_good(&client, &sandbox, &token).await
}

#[tokio::test]
async fn a_user_name_and_a_password_bring_a_token_that_can_be_renewed() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = without_token(&sandbox);
    let token = client.token(by_password(&sandbox)).await?;
    let refresh = token.refresh_token.clone().expect("a refresh token");
    let renewed = client.token(Grant::RefreshToken(refresh.clone())).await?;
    assert_ne!(renewed.access_token, token.access_token);
    is_good(&client, &sandbox, &token).await?;
    is_good(&client, &sandbox, &renewed).await?;
    let error = client.token(Grant::RefreshToken(refresh)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(400)));
    assert_eq!(error.broker_code(), Some("invalid_grant"));
    Ok(())
}

#[tokio::test]
async fn a_revoked_token_is_refused() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = without_token(&sandbox);
    let token = client.token(by_password(&sandbox)).await?;
    client.revoke(&token.access_token, TokenKind::Access).await?;
    let error = is_good(&client, &sandbox, &token).await.unwrap_err();
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Credentials, Some("900901")));
    let refresh = token.refresh_token.expect("a refresh token");
    client.revoke(&refresh, TokenKind::Refresh).await?;
    assert_eq!(kind(client.token(Grant::RefreshToken(refresh)).await), ErrorKind::Credentials);
    // Who revokes a token twice is told that it is useless (RFC 7009).
    client.revoke(&token.access_token, TokenKind::Access).await
}

#[tokio::test]
async fn a_revocation_that_says_anything_is_not_taken_for_one() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = without_token(&sandbox);
    let token = client.token(Grant::ClientCredentials).await?;
    let page = Fault::html_page(StatusCode::OK);
    let error = Fault::json(StatusCode::OK, &json!({ "error": "invalid_client" }));
    for (fault, kind) in [(page, ErrorKind::Protocol), (error, ErrorKind::Credentials)] {
        sandbox.inject(Operation::Revoke, fault);
        let error = client.revoke(&token.access_token, TokenKind::Access).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(200)), "{error}");
    }
    // The broker never got to it, so the token is good.
    is_good(&client, &sandbox, &token).await?;
    sandbox.inject(Operation::Revoke, Fault::json(StatusCode::OK, &json!({})));
    client.revoke(&token.access_token, TokenKind::Access).await
}

#[tokio::test]
async fn a_token_that_has_expired_is_refused() -> Result<(), Error> {
    let sandbox = Sandbox::builder().access_token_lifetime(Duration::from_secs(60));
    let sandbox = sandbox.start().await.unwrap();
    let client = without_token(&sandbox);
    let token = client.token(Grant::ClientCredentials).await?;
    sandbox.advance(Duration::from_secs(61));
    assert_eq!(kind(is_good(&client, &sandbox, &token).await), ErrorKind::Credentials);
    Ok(())
}

#[tokio::test]
async fn wrong_secrets_are_refused_and_sent_once() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    let wrong =
        Credentials::new(account.userid.as_str(), account.consumer_key.as_str()).consumer_secret("wrong");
    let client = builder(&sandbox).credentials(wrong).build().unwrap();
    let error = client.token(Grant::ClientCredentials).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(401)));
    assert_eq!(error.broker_code(), Some("invalid_client"));
    assert_eq!(sandbox.call_count(Operation::Token), 1);
}

#[tokio::test]
async fn what_is_not_given_is_missed_before_anything_is_sent() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    let bare = Credentials::new(account.userid.as_str(), account.consumer_key.as_str());
    let client = builder(&sandbox).credentials(bare).build().unwrap();
    let outcomes = [
        client.token(Grant::ClientCredentials).await.map(drop),
        client.revoke(&secret("made-up-token"), TokenKind::Access).await,
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
async fn the_token_endpoint_is_at_the_root_unless_the_caller_says_otherwise() -> Result<(), Error> {
    let sandbox = sandbox().await;
    client(&sandbox).token(Grant::ClientCredentials).await?;
    let below = builder(&sandbox).oauth_base_url(sandbox.base_url()).build()?;
    below.token(Grant::ClientCredentials).await?;
    let paths: Vec<String> = sandbox.calls_to(Operation::Token).into_iter().map(|call| call.path).collect();
    assert_eq!(paths, ["/token", "/apim/token"]);
    Ok(())
}

#[tokio::test]
async fn the_token_call_carries_the_key_and_the_secret_and_nothing_of_the_user() -> Result<(), Error> {
    let sandbox = sandbox().await;
    client(&sandbox).token(Grant::ClientCredentials).await?;
    let calls = sandbox.calls_to(Operation::Token);
    let authorization = calls[0].header("authorization").unwrap_or_default();
    assert!(authorization.starts_with("Basic "), "the scheme is named");
    for name in ["consumerKey", "ip", "appId", "userid", "sessionToken"] {
        assert_eq!(calls[0].header(name), None, "{name}");
    }
    assert_eq!(calls[0].body.as_ref(), b"grant_type=client_credentials");
    Ok(())
}
