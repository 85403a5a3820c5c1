//! Guesses lock an account, so none is sent twice: what happens to wrong, used and repeated ones.

use std::time::Duration;

use broker_session::{Error, ErrorKind};
use broker_session_sandbox::{
    Fault,
    neo::{MAX_BAD_TRIES, Operation},
};
use contract_tests::{kind, secret};
use http::StatusCode;

use crate::support::{at_noon, builder, client, code, credentials_of, dropped, mpin, sandbox, view};

const LOGIN: Operation = Operation::TradeApiLogin;
const VALIDATE: Operation = Operation::TradeApiValidate;
const STEP: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_code_that_was_refused_is_not_sent_again() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    for round in 0..5 {
        let error = client.login_totp(&secret("000001")).await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Credentials, round > 0), "{error}");
        assert!(!error.is_retryable(), "{error}");
    }
    // Clones know of each other's guesses.
    assert_eq!(kind(client.clone().login_totp(&secret("000001")).await), ErrorKind::Credentials);
    assert_eq!((sandbox.call_count(LOGIN), sandbox.bad_tries(sandbox.user())), (1, 1));
}

#[tokio::test]
async fn a_code_that_was_accepted_is_not_sent_again() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let (client, code) = (client(&sandbox), code(&sandbox));
    client.login_totp(&code).await?;
    for _ in 0..3 {
        let error = client.login_totp(&code).await.unwrap_err();
        assert!(error.is_unsent() && !error.is_retryable(), "{error:?}");
        assert_eq!(error.operation(), Some("trade_api_login"));
    }
    assert_eq!((sandbox.call_count(LOGIN), sandbox.bad_tries(sandbox.user())), (1, 0));
    sandbox.advance(STEP);
    client.login_totp(&crate::support::code(&sandbox)).await?;
    assert_eq!(sandbox.call_count(LOGIN), 2);
    Ok(())
}

#[tokio::test]
async fn a_code_whose_response_was_lost_is_not_sent_again() {
    for fault in [
        Fault::reset(),
        Fault::reset().applied(),
        Fault::cut_body().applied(),
        Fault::status(StatusCode::SERVICE_UNAVAILABLE),
        Fault::html_page(StatusCode::BAD_GATEWAY),
        Fault::empty(StatusCode::OK),
    ] {
        let sandbox = sandbox().await;
        sandbox.inject(LOGIN, fault.clone());
        let (client, code) = (client(&sandbox), code(&sandbox));
        client.login_totp(&code).await.expect_err("a lost response");
        let error = client.login_totp(&code).await.unwrap_err();
        assert!(error.is_unsent() && !error.is_retryable(), "{fault:?}: {error:?}");
        assert_eq!(sandbox.call_count(LOGIN), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn concurrent_equal_codes_are_sent_once() {
    let sandbox = sandbox().await;
    let (client, code) = (client(&sandbox), code(&sandbox));
    let (first, second) = tokio::join!(client.login_totp(&code), client.login_totp(&code));
    assert_eq!((first.is_ok(), second.is_ok()), (true, false));
    assert_eq!(sandbox.call_count(LOGIN), 1);
}

#[tokio::test]
async fn a_wrong_mpin_leaves_the_view_session_usable() -> Result<(), Error> {
    for builder in [at_noon(), at_noon().refusals_in_success()] {
        let sandbox = builder.start().await.unwrap();
        let view = view(&sandbox).await?;
        let error = view.validate(&secret("111111")).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::SecondFactor, Some("trade_api_validate")));
        assert!(!error.is_retryable() && !error.is_unsent(), "{error:?}");
        view.validate(&mpin(&sandbox)).await?;
        assert_eq!((sandbox.call_count(LOGIN), sandbox.call_count(VALIDATE)), (1, 2));
    }
    Ok(())
}

#[tokio::test]
async fn an_mpin_that_was_refused_is_not_sent_again() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let view = view(&sandbox).await?;
    let wrong = secret("111111");
    let (first, second) = tokio::join!(view.validate(&wrong), view.validate(&wrong));
    assert_eq!((kind(first), kind(second)), (ErrorKind::SecondFactor, ErrorKind::SecondFactor));
    for _ in 0..5 {
        let error = view.validate(&wrong).await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::SecondFactor, true), "{error}");
        assert!(!error.is_retryable(), "{error:?}");
    }
    assert_eq!((sandbox.call_count(VALIDATE), sandbox.bad_tries(sandbox.user())), (1, 1));
    Ok(())
}

#[tokio::test]
async fn refused_mpin_is_not_sent_in_a_later_sign_in() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let wrong = secret("111111");
    let first = client.login_totp(&code(&sandbox)).await?;
    assert_eq!(kind(first.validate(&wrong).await), ErrorKind::SecondFactor);
    sandbox.advance(STEP);
    let second = client.clone().login_totp(&code(&sandbox)).await?;
    let error = second.validate(&wrong).await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::SecondFactor, true), "{error}");
    assert_eq!(sandbox.call_count(VALIDATE), 1);
    second.validate(&mpin(&sandbox)).await?;
    // To try it once more is a decision, and takes a new client.
    sandbox.advance(STEP);
    let view = crate::support::view(&sandbox).await?;
    assert_eq!(kind(view.validate(&wrong).await), ErrorKind::SecondFactor);
    assert_eq!(sandbox.call_count(VALIDATE), 3);
    Ok(())
}

#[tokio::test]
async fn mpin_of_a_dead_view_session_may_be_sent_again() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let dead = client.login_totp(&code(&sandbox)).await?;
    sandbox.end_sessions(sandbox.user());
    assert_eq!(kind(dead.validate(&mpin(&sandbox)).await), ErrorKind::SessionExpired);
    sandbox.advance(STEP);
    client.login_totp(&code(&sandbox)).await?.validate(&mpin(&sandbox)).await?;
    Ok(())
}

#[tokio::test]
async fn a_guess_whose_call_was_dropped_counts_as_sent() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let (first, pin) = (code(&sandbox), mpin(&sandbox));
    sandbox.inject(LOGIN, Fault::hang());
    dropped(&sandbox, LOGIN, client.login_totp(&first)).await;
    assert!(client.login_totp(&first).await.is_err_and(|error| error.is_unsent()));
    sandbox.advance(STEP);
    let view = client.login_totp(&code(&sandbox)).await?;
    sandbox.inject(VALIDATE, Fault::hang());
    dropped(&sandbox, VALIDATE, view.validate(&pin)).await;
    assert!(view.validate(&pin).await.is_err_and(|error| error.is_unsent()));
    assert_eq!((sandbox.call_count(LOGIN), sandbox.call_count(VALIDATE)), (2, 1));
    Ok(())
}

#[tokio::test]
async fn an_mpin_with_an_unusable_response_is_spent() -> Result<(), Error> {
    let sandbox = at_noon().base_url_in_answers("https://evil.example").start().await.unwrap();
    let view = view(&sandbox).await?;
    for round in 0..3 {
        let error = view.validate(&mpin(&sandbox)).await.unwrap_err();
        assert_eq!(error.is_unsent(), round > 0, "{error}");
    }
    assert_eq!(sandbox.call_count(VALIDATE), 1);
    Ok(())
}

#[tokio::test]
async fn an_mpin_whose_response_was_lost_is_not_sent_again() -> Result<(), Error> {
    for fault in
        [Fault::reset().applied(), Fault::cut_body().applied(), Fault::html_page(StatusCode::BAD_GATEWAY)]
    {
        let sandbox = sandbox().await;
        sandbox.inject(VALIDATE, fault.clone());
        let view = view(&sandbox).await?;
        for _ in 0..3 {
            view.validate(&mpin(&sandbox)).await.expect_err("a lost response");
        }
        assert_eq!(sandbox.call_count(VALIDATE), 1, "{fault:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_account_locks_after_three_wrong_guesses() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let view = view(&sandbox).await?;
    let mut kinds = Vec::new();
    for wrong in ["111111", "222222", "333333"] {
        kinds.push(kind(view.validate(&secret(wrong)).await));
    }
    assert_eq!(kinds[..2], [ErrorKind::SecondFactor; 2]);
    assert!(sandbox.is_locked(sandbox.user()));
    assert_eq!(sandbox.bad_tries(sandbox.user()), MAX_BAD_TRIES);
    let error = view.validate(&mpin(&sandbox)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Locked, Some(403)), "{error}");
    assert!(!error.is_retryable());
    sandbox.advance(STEP);
    assert_eq!(kind(client(&sandbox).login_totp(&code(&sandbox)).await), ErrorKind::Locked);
    Ok(())
}

#[tokio::test]
async fn malformed_credentials_are_refused_unsent() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let odd = ["", "12345", "1234567", "12345x", " 12345", "12 345", "١٢٣٤٥٦", "made-up", "-12345", "+12345"];
    for text in odd {
        let error = client.login_totp(&secret(text)).await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Config, true), "{text}: {error}");
        assert!(text.is_empty() || !format!("{error} {error:?}").contains(text), "{error:?}");
    }
    for mobile in ["", "910000000828", "+91 0000000828", "+", "made-up"] {
        let credentials = credentials_of(sandbox.account()).mobile(mobile);
        let error = builder(&sandbox).credentials(credentials).build().unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Config, true), "{mobile}: {error}");
    }
    assert!(sandbox.calls().is_empty());
    let view = view(&sandbox).await?;
    for text in odd {
        let error = view.validate(&secret(text)).await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Config, true), "{text}: {error}");
    }
    assert_eq!(sandbox.call_count(VALIDATE), 0);
    Ok(())
}

#[tokio::test]
async fn each_wrong_credential_has_the_kind_credentials() {
    for builder_of_sandbox in [at_noon(), at_noon().refusals_in_success()] {
        let sandbox = builder_of_sandbox.start().await.unwrap();
        let right = credentials_of(sandbox.account());
        for credentials in [
            right.clone().mobile("+910000000001"),
            right.clone().ucc("SOMEBODY"),
            right.access_token("made-up-token"),
        ] {
            let client = builder(&sandbox).credentials(credentials).build().unwrap();
            let error = client.login_totp(&code(&sandbox)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials, "{error}");
            assert!(error.broker_message().is_some_and(|words| words.contains("nvalid")), "{error}");
        }
    }
}
