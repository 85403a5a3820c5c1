//! Every way to sign in, against the sandbox.

use broker_session::{Error, kotak::User};
use broker_session_sandbox::kotak::{Account, Envelope, Operation, Sandbox};
use contract_tests::secret;

use crate::support::{access_code, builder, client, credentials_for, log_in, sandbox, sign_in};

#[tokio::test]
async fn each_of_the_four_second_factors_signs_in() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    let (mpin, biometric) = (account.mpin.as_deref(), account.biometric.as_deref());
    let (mpin, biometric) = (secret(mpin.unwrap_or_default()), secret(biometric.unwrap_or_default()));
    let sessions = [
        log_in(&sandbox).await?.access_code(&access_code(&sandbox)).await?,
        log_in(&sandbox).await?.one_time_token().await?,
        log_in(&sandbox).await?.mpin(&mpin).await?,
        log_in(&sandbox).await?.biometric(&biometric).await?,
    ];
    assert_eq!(sandbox.live_sessions(&account.userid), 4);
    for session in sessions {
        assert_eq!(session.userid(), account.userid);
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
        pending.access_code(&access_code(&sandbox)).await?.logout().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_broker_sends_a_code_when_asked_and_says_where_to() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let pending = log_in(&sandbox).await?;
    let sent = pending.request_access_code().await?;
    assert_eq!(sandbox.call_count(Operation::Session2faAccesscodeGet), 1);
    assert!(sent.at.is_some() && sent.at == pending.access_code_time());
    assert_eq!(sent.email.as_deref(), pending.email());
    let phone = pending.phone().unwrap_or_default();
    assert!(phone.contains('X') && phone != sandbox.account().phone, "{phone}");
    pending.access_code(&access_code(&sandbox)).await?;
    Ok(())
}

#[tokio::test]
async fn who_signs_in_by_nickname_learns_the_user_id_from_the_broker() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    let user = User::Nickname(account.nickname.clone());
    let client = builder(&sandbox).credentials(credentials_for(user, account)).build()?;
    let pending = client.login(&secret(&account.password)).await?;
    assert_eq!(pending.userid(), account.userid);
    let session = pending.access_code(&access_code(&sandbox)).await?;
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
    client.login(&secret(&account.password)).await?.one_time_token().await?;
    assert_eq!(sandbox.call_count(Operation::SessionInitUserid), 1);
    assert_eq!(sandbox.call_count(Operation::SessionInit), 0);
    Ok(())
}

#[tokio::test]
async fn a_sign_in_says_which_factors_the_user_has_set_up() -> Result<(), Error> {
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
    let (profile, services) = (session.profile(), session.services());
    assert_eq!(profile.client_name.as_deref(), Some(sandbox.account().client_name.as_str()));
    assert!(profile.exchanges["CASH"].iter().any(|exchange| exchange.exchange == "NSE" && exchange.active));
    assert!(!profile.exchanges["COMMODITY"][0].active);
    assert!(services.weblink.as_ref().is_some_and(|service| service.host.starts_with(sandbox.root_url())));
    let offset = session.login_time().map(|time| time.offset().to_string());
    assert_eq!(offset.as_deref(), Some("+05:30"));
    Ok(())
}

#[tokio::test]
async fn two_sign_ins_of_one_client_do_not_disturb_each_other() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let password = secret(&sandbox.account().password);
    let (first, second) = futures::future::try_join(client.login(&password), client.login(&password)).await?;
    let (first, second) = futures::future::try_join(first.one_time_token(), second.one_time_token()).await?;
    first.logout().await?;
    assert_eq!(sandbox.live_sessions(&sandbox.account().userid), 1);
    second.logout().await
}
