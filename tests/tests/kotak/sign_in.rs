//! Signing in with each second factor, and which guesses are sent again.

use std::time::Duration;

use broker_session::{
    Error, ErrorKind,
    kotak::{Grant, User},
};
use broker_session_sandbox::kotak::{Account, Envelope, MAX_BAD_TRIES, Operation, Sandbox};
use contract_tests::{kind, secret};
use jiff::SignedDuration;

use crate::support::{
    access_code, builder, client, credentials_for, log_in, passwords_sent, sandbox, sign_in,
};

#[tokio::test]
async fn each_of_the_four_second_factors_signs_in() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    let (mpin, biometric) = (account.mpin.as_deref(), account.biometric.as_deref());
    let (mpin, biometric) = (secret(mpin.unwrap_or_default()), secret(biometric.unwrap_or_default()));
    let sessions = [
        log_in(&sandbox).await?.submit_access_code(&access_code(&sandbox)).await?,
        log_in(&sandbox).await?.redeem_one_time_token().await?,
        log_in(&sandbox).await?.submit_mpin(&mpin).await?,
        log_in(&sandbox).await?.submit_biometric(&biometric).await?,
    ];
    assert_eq!(sandbox.live_sessions(&account.userid), 4);
    for session in sessions {
        assert_eq!(session.user(), account.userid);
        assert_eq!(session.base_url(), sandbox.base_url());
        session.logout().await?;
    }
    assert_eq!(sandbox.live_sessions(&account.userid), 0);
    Ok(())
}

#[tokio::test]
async fn every_envelope_is_understood_on_the_whole_way() -> Result<(), Error> {
    for envelope in [Envelope::Observed, Envelope::Upper, Envelope::Lower, Envelope::Flat] {
        let sandbox = Sandbox::builder().envelope(envelope).start().await.unwrap();
        let pending = log_in(&sandbox).await?;
        pending.request_access_code().await?;
        pending.submit_access_code(&access_code(&sandbox)).await?.logout().await?;
    }
    Ok(())
}

#[tokio::test]
async fn access_code_is_sent_and_its_destination_reported() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    let sent = pending.request_access_code().await?;
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodeGet), 1);
    assert!(sent.at.is_some() && sent.at == pending.access_code_time());
    assert_eq!(sent.email.as_deref(), pending.email());
    let phone = pending.phone().unwrap_or_default();
    assert!(phone.contains('X') && phone != sandbox.account().phone, "{phone}");
    pending.submit_access_code(&access_code(&sandbox)).await?;
    Ok(())
}

#[tokio::test]
async fn nickname_sign_in_learns_the_user_id() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    let user = User::Nickname(account.nickname.clone());
    let client = builder(&sandbox).credentials(credentials_for(user, account)).build()?;
    let pending = client.login(&secret(&account.password)).await?;
    assert_eq!(pending.user(), account.userid);
    let session = pending.submit_access_code(&access_code(&sandbox)).await?;
    session.logout().await?;
    assert_eq!(sandbox.call_count(Operation::SessionInitNickname), 1);
    assert_eq!(sandbox.call_count(Operation::SessionLoginNickname), 1);
    assert_eq!(sandbox.call_count(Operation::SessionLoginUserid), 0);
    Ok(())
}

#[tokio::test]
async fn a_user_id_may_stand_in_the_path() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    let user = User::UseridInPath(account.userid.clone());
    let client = builder(&sandbox).credentials(credentials_for(user, account)).build()?;
    client.login(&secret(&account.password)).await?.redeem_one_time_token().await?;
    assert_eq!(sandbox.call_count(Operation::SessionInitUserid), 1);
    assert_eq!(sandbox.call_count(Operation::SessionInit), 0);
    Ok(())
}

#[tokio::test]
async fn pending_sign_in_lists_its_factors() -> Result<(), Error> {
    for (mpin, biometric) in [(true, false), (false, true)] {
        let account = Account {
            mpin: mpin.then(|| "730264".to_owned()),
            biometric: biometric.then(|| "made-up-proof".to_owned()),
            ..Account::default()
        };
        let sandbox = Sandbox::builder().account(account).start().await.unwrap();
        let factors = log_in(&sandbox).await?.factors();
        assert_eq!((factors.mpin, factors.biometric), (mpin, biometric));
    }
    Ok(())
}

#[tokio::test]
async fn a_session_shows_the_profile_and_the_services() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let session = sign_in(&sandbox).await?;
    let profile = session.profile();
    assert_eq!(profile.client_name.as_deref(), Some(sandbox.account().client_name.as_str()));
    let exchanges = profile.enabled_exchange_segments.as_ref().unwrap();
    let status = |segment: &str, name: &str| {
        let found = exchanges[segment].iter().find(|exchange| exchange.exchange.as_deref() == Some(name));
        found.and_then(|exchange| exchange.status.as_deref())
    };
    assert_eq!(status("CASH", "NSE"), Some("ACTIVE"));
    assert!(exchanges["COMMODITY"].iter().all(|exchange| exchange.status.as_deref() != Some("ACTIVE")));
    let weblink = profile.weblink.as_ref().and_then(|host| host.host.as_deref());
    assert!(weblink.is_some_and(|host| host.starts_with(sandbox.root_url())));
    let (began, ends) = (session.login_time().unwrap(), session.expires_at().unwrap());
    assert_eq!(
        (ends.offset().to_string(), ends.timestamp()),
        ("+05:30".to_owned(), began + SignedDuration::from_hours(24))
    );
    Ok(())
}

#[tokio::test]
async fn concurrent_sign_ins_are_independent() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let password = secret(&sandbox.account().password);
    let (first, second) = futures::future::try_join(client.login(&password), client.login(&password)).await?;
    let (first, second) =
        futures::future::try_join(first.redeem_one_time_token(), second.redeem_one_time_token()).await?;
    first.logout().await?;
    assert_eq!(sandbox.live_sessions(&sandbox.account().userid), 1);
    second.logout().await
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_wrong_code_leaves_the_sign_in_usable() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    assert_eq!(kind(pending.submit_access_code(&secret("000000")).await), ErrorKind::SecondFactor);
    pending.submit_access_code(&access_code(&sandbox)).await?;
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 2);
    Ok(())
}

#[tokio::test]
async fn a_refused_code_is_not_sent_again() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    for _ in 0..5 {
        let error = pending.submit_access_code(&secret("000000")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SecondFactor);
        assert!(!error.is_retryable());
    }
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 1);
    assert_eq!(sandbox.bad_tries(pending.user()), 1);
    Ok(())
}

#[tokio::test]
async fn refused_mpin_and_biometric_are_not_sent_again() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    for _ in 0..2 {
        assert_eq!(kind(pending.submit_mpin(&secret("111111")).await), ErrorKind::SecondFactor);
        assert_eq!(kind(pending.submit_biometric(&secret("nobody's")).await), ErrorKind::SecondFactor);
    }
    assert_eq!(sandbox.call_count(Operation::Session2faMpin), 1);
    assert_eq!(sandbox.call_count(Operation::Session2faBiometric), 1);
    Ok(())
}

#[tokio::test]
async fn concurrent_equal_guesses_are_sent_once() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    let wrong = secret("000000");
    let (first, second) =
        tokio::join!(pending.submit_access_code(&wrong), pending.submit_access_code(&wrong));
    assert_eq!((kind(first), kind(second)), (ErrorKind::SecondFactor, ErrorKind::SecondFactor));
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 1);
    Ok(())
}

#[tokio::test]
async fn concurrent_right_guesses_spend_one_token() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    let code = access_code(&sandbox);
    let (first, second) = tokio::join!(pending.submit_access_code(&code), pending.submit_access_code(&code));
    assert!(first.is_ok());
    assert_eq!(kind(second), ErrorKind::LoginRequired);
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 1);
    let pending = log_in(&sandbox).await?;
    let (first, second) = tokio::join!(pending.redeem_one_time_token(), pending.redeem_one_time_token());
    assert!(first.is_ok());
    assert_eq!(kind(second), ErrorKind::LoginRequired);
    assert_eq!(sandbox.call_count(Operation::Session2faOneTimeToken), 1);
    Ok(())
}

#[tokio::test]
async fn refused_code_is_not_sent_in_a_later_sign_in() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    for _ in 0..2 {
        let pending = client.login(&secret(&sandbox.account().password)).await?;
        assert_eq!(kind(pending.submit_access_code(&secret("000000")).await), ErrorKind::SecondFactor);
    }
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 1);
    Ok(())
}

#[tokio::test]
async fn any_access_token_keeps_the_refused_guesses() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let mut client = client(&sandbox);
    for _ in 0..3 {
        assert_eq!(kind(client.login(&secret("wrong")).await), ErrorKind::Credentials);
        client = client.with_access_token(secret(&sandbox.account().access_token));
        assert_eq!(kind(client.login(&secret("wrong")).await), ErrorKind::Credentials);
        let token = client.request_token(Grant::ClientCredentials).await?;
        client = client.with_access_token(token.access_token);
    }
    assert_eq!(passwords_sent(&sandbox), 1);
    Ok(())
}

#[tokio::test]
async fn refused_password_is_not_sent_again() -> Result<(), Error> {
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
        kind(pending.submit_access_code(&secret("000001")).await),
        kind(pending.submit_access_code(&secret("000002")).await),
    ];
    assert_eq!(outcomes, [ErrorKind::SecondFactor; 2]);
    let third = pending.submit_access_code(&secret("000003")).await.unwrap_err();
    let then = pending.submit_access_code(&access_code(&sandbox)).await.unwrap_err();
    assert!(sandbox.is_locked(pending.user()));
    assert_eq!(sandbox.bad_tries(pending.user()), MAX_BAD_TRIES);
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
async fn expired_code_is_refused_and_a_new_one_works() -> Result<(), Error> {
    let sandbox = Sandbox::builder().access_code_lifetime(MINUTE).one_time_token_lifetime(60 * MINUTE);
    let sandbox = sandbox.start().await.unwrap();
    let pending = log_in(&sandbox).await?;
    let late = access_code(&sandbox);
    sandbox.advance(2 * MINUTE);
    assert_eq!(kind(pending.submit_access_code(&late).await), ErrorKind::SecondFactor);
    pending.request_access_code().await?;
    pending.submit_access_code(&access_code(&sandbox)).await?;
    Ok(())
}

#[tokio::test]
async fn expired_one_time_token_requires_login() -> Result<(), Error> {
    let sandbox = Sandbox::builder().one_time_token_lifetime(MINUTE).start().await.unwrap();
    let (first, second, third) = (log_in(&sandbox).await?, log_in(&sandbox).await?, log_in(&sandbox).await?);
    sandbox.advance(2 * MINUTE);
    let error = first.submit_access_code(&access_code(&sandbox)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::LoginRequired, Some(401)));
    let error = second.request_access_code().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::LoginRequired, Some(401)));
    let error = third.redeem_one_time_token().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::LoginRequired, Some(424)));
    assert_eq!(sandbox.bad_tries(first.user()), 0);
    Ok(())
}

#[tokio::test]
async fn a_one_time_token_is_good_for_one_session() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    pending.redeem_one_time_token().await?;
    assert_eq!(kind(pending.submit_access_code(&access_code(&sandbox)).await), ErrorKind::LoginRequired);
    assert_eq!(sandbox.live_sessions(pending.user()), 1);
    Ok(())
}

#[tokio::test]
async fn a_dead_one_time_token_is_not_sent_again() -> Result<(), Error> {
    let sandbox = Sandbox::builder().one_time_token_lifetime(MINUTE).start().await.unwrap();
    let pending = log_in(&sandbox).await?;
    sandbox.advance(2 * MINUTE);
    for _ in 0..3 {
        assert_eq!(kind(pending.redeem_one_time_token().await), ErrorKind::LoginRequired);
    }
    assert_eq!(kind(pending.submit_access_code(&access_code(&sandbox)).await), ErrorKind::LoginRequired);
    assert_eq!(sandbox.call_count(Operation::Session2faOneTimeToken), 1);
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodePost), 0);
    Ok(())
}
