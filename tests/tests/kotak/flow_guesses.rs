//! Guesses lock an account, so none is sent twice: what happens to wrong, late and repeated ones.

use std::time::Duration;

use broker_session::{Error, ErrorKind};
use broker_session_sandbox::kotak::{MAX_BAD_TRIES, Operation, Sandbox};
use contract_tests::{kind, secret};

use crate::support::{access_code, client, log_in, passwords_sent, sandbox};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_wrong_code_leaves_the_sign_in_usable() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    assert_eq!(kind(pending.access_code(&secret("000000")).await), ErrorKind::SecondFactor);
    pending.access_code(&access_code(&sandbox)).await?;
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 2);
    Ok(())
}

#[tokio::test]
async fn a_refused_code_is_not_sent_again() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    for _ in 0..5 {
        let error = pending.access_code(&secret("000000")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SecondFactor);
        assert!(!error.is_retryable());
    }
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 1);
    assert_eq!(sandbox.bad_tries(pending.userid()), 1);
    Ok(())
}

#[tokio::test]
async fn a_refused_mpin_and_a_refused_proof_are_not_sent_again() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    for _ in 0..2 {
        assert_eq!(kind(pending.mpin(&secret("111111")).await), ErrorKind::SecondFactor);
        assert_eq!(kind(pending.biometric(&secret("nobody's")).await), ErrorKind::SecondFactor);
    }
    assert_eq!(sandbox.call_count(Operation::Session2faMpin), 1);
    assert_eq!(sandbox.call_count(Operation::Session2faBiometric), 1);
    Ok(())
}

#[tokio::test]
async fn one_guess_made_twice_at_the_same_time_is_sent_once() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    let wrong = secret("000000");
    let (first, second) = tokio::join!(pending.access_code(&wrong), pending.access_code(&wrong));
    assert_eq!((kind(first), kind(second)), (ErrorKind::SecondFactor, ErrorKind::SecondFactor));
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 1);
    Ok(())
}

#[tokio::test]
async fn a_right_guess_made_twice_at_the_same_time_spends_the_one_time_token_once() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    let code = access_code(&sandbox);
    let (first, second) = tokio::join!(pending.access_code(&code), pending.access_code(&code));
    assert!(first.is_ok());
    assert_eq!(kind(second), ErrorKind::LoginRequired);
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 1);
    let pending = log_in(&sandbox).await?;
    let (first, second) = tokio::join!(pending.one_time_token(), pending.one_time_token());
    assert!(first.is_ok());
    assert_eq!(kind(second), ErrorKind::LoginRequired);
    assert_eq!(sandbox.call_count(Operation::Session2faOneTimeToken), 1);
    Ok(())
}

#[tokio::test]
async fn a_refused_code_is_not_sent_again_in_a_later_sign_in_of_the_same_client() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    for _ in 0..2 {
        let pending = client.login(&secret(&sandbox.account().password)).await?;
        assert_eq!(kind(pending.access_code(&secret("000000")).await), ErrorKind::SecondFactor);
    }
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 1);
    Ok(())
}

#[tokio::test]
async fn the_same_access_token_given_once_more_makes_no_other_client() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let mut client = client(&sandbox);
    for _ in 0..3 {
        assert_eq!(kind(client.login(&secret("wrong")).await), ErrorKind::Credentials);
        client = client.with_access_token(secret(&sandbox.account().access_token));
    }
    assert_eq!(passwords_sent(&sandbox), 1);
    Ok(())
}

#[tokio::test]
async fn a_refused_password_is_not_sent_again_by_the_same_client() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    for _ in 0..5 {
        assert_eq!(kind(client.login(&secret("wrong")).await), ErrorKind::Credentials);
    }
    assert_eq!(passwords_sent(&sandbox), 1);
    client.login(&secret(&sandbox.account().password)).await?;
    Ok(())
}

#[tokio::test]
async fn the_account_locks_after_three_wrong_guesses() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    let outcomes = [
        kind(pending.access_code(&secret("000001")).await),
        kind(pending.access_code(&secret("000002")).await),
    ];
    assert_eq!(outcomes, [ErrorKind::SecondFactor; 2]);
    let third = pending.access_code(&secret("000003")).await.unwrap_err();
    let then = pending.access_code(&access_code(&sandbox)).await.unwrap_err();
    assert!(sandbox.is_locked(pending.userid()));
    assert_eq!(sandbox.bad_tries(pending.userid()), MAX_BAD_TRIES);
    assert!(matches!(third.kind(), ErrorKind::Locked | ErrorKind::SecondFactor), "{third}");
    assert_eq!(
        (then.kind(), then.status(), then.broker_code()),
        (ErrorKind::Locked, Some(403), Some("70009"))
    );
    assert!(!then.is_retryable());
    assert_eq!(kind(log_in(&sandbox).await), ErrorKind::Locked);
    Ok(())
}

#[tokio::test]
async fn a_code_that_has_expired_is_refused_and_a_new_one_works() -> Result<(), Error> {
    let sandbox = Sandbox::builder().access_code_lifetime(MINUTE).one_time_token_lifetime(60 * MINUTE);
    let sandbox = sandbox.start().await.unwrap();
    let pending = log_in(&sandbox).await?;
    let late = access_code(&sandbox);
    sandbox.advance(2 * MINUTE);
    assert_eq!(kind(pending.access_code(&late).await), ErrorKind::SecondFactor);
    pending.request_access_code().await?;
    pending.access_code(&access_code(&sandbox)).await?;
    Ok(())
}

#[tokio::test]
async fn a_one_time_token_that_has_expired_asks_for_a_new_login() -> Result<(), Error> {
    let sandbox = Sandbox::builder().one_time_token_lifetime(MINUTE).start().await.unwrap();
    let (first, second, third) = (log_in(&sandbox).await?, log_in(&sandbox).await?, log_in(&sandbox).await?);
    sandbox.advance(2 * MINUTE);
    let error = first.access_code(&access_code(&sandbox)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::LoginRequired, Some(401)));
    let error = second.request_access_code().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::LoginRequired, Some(401)));
    let error = third.one_time_token().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::LoginRequired, Some(424)));
    assert_eq!(sandbox.bad_tries(first.userid()), 0);
    Ok(())
}

#[tokio::test]
async fn a_one_time_token_is_good_for_one_session() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    pending.one_time_token().await?;
    assert_eq!(kind(pending.access_code(&access_code(&sandbox)).await), ErrorKind::LoginRequired);
    assert_eq!(sandbox.live_sessions(pending.userid()), 1);
    Ok(())
}

#[tokio::test]
async fn a_dead_one_time_token_is_not_sent_again() -> Result<(), Error> {
    let sandbox = Sandbox::builder().one_time_token_lifetime(MINUTE).start().await.unwrap();
    let pending = log_in(&sandbox).await?;
    sandbox.advance(2 * MINUTE);
    for _ in 0..3 {
        assert_eq!(kind(pending.one_time_token().await), ErrorKind::LoginRequired);
    }
    assert_eq!(kind(pending.access_code(&access_code(&sandbox)).await), ErrorKind::LoginRequired);
    assert_eq!(sandbox.call_count(Operation::Session2faOneTimeToken), 1);
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 0);
    Ok(())
}
