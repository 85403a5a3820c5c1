//! The host that an answer names: followed where it is the broker's, refused where it is anybody else's.

use broker_session::{Connection, Error, ErrorKind};
use broker_session_sandbox::kotak::{Builder, Operation, Redirect, Sandbox};
use contract_tests::{AT_ONCE, hostile_urls, kind, secret};

use crate::support::{access_code, builder, log_in, passwords_sent, sandbox, sign_in};

/// The bases that the calls to an operation came to.
fn bases(sandbox: &Sandbox, operation: Operation) -> Vec<String> {
    sandbox.calls_to(operation).into_iter().map(|call| call.base).collect()
}

/// Signs in and out at a sandbox that sends everybody on, and looks where each call went.
async fn lands_on_the_second_base(broker: Builder, login_goes_first: bool) {
    let sandbox = broker.start().await.unwrap();
    let connection = Connection::new().retry(AT_ONCE).allow_host(sandbox.second_base_url());
    let client = builder(&sandbox).connection(connection).build().unwrap();
    let pending = client.login(&secret(&sandbox.account().password)).await.unwrap();
    let session = pending.access_code(&access_code(&sandbox)).await.unwrap();
    assert_eq!(session.base_url(), sandbox.second_base_url());
    session.logout().await.unwrap();
    let first = bases(&sandbox, Operation::SessionInit);
    let login = bases(&sandbox, Operation::SessionLoginUserid);
    let later =
        [bases(&sandbox, Operation::Session2faAccesscodePost), bases(&sandbox, Operation::SessionLogout)];
    assert_eq!(later[0].len() + later[1].len(), 2);
    assert_eq!(login == first, login_goes_first);
    assert!(later.iter().all(|base| *base != first), "{later:?}");
}

#[tokio::test]
async fn everything_goes_where_init_says() {
    let builder = Sandbox::builder().init_redirect(Redirect::SecondBase);
    lands_on_the_second_base(builder.login_redirect(Redirect::Own), false).await;
}

#[tokio::test]
async fn everything_after_the_login_goes_where_the_login_says() {
    let builder = Sandbox::builder().init_redirect(Redirect::Own);
    lands_on_the_second_base(builder.login_redirect(Redirect::SecondBase), true).await;
}

#[tokio::test]
async fn a_second_base_on_another_port_is_followed_if_the_caller_has_added_it() {
    // A port that was free a moment ago.
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    lands_on_the_second_base(Sandbox::builder().second_port(port).redirect_to_second_base(), false).await;
}

#[tokio::test]
async fn an_empty_host_means_the_same_host() -> Result<(), Error> {
    for empty in ["", " "] {
        let sandbox = Sandbox::builder().redirect_to(empty).start().await.unwrap();
        assert_eq!(sign_in(&sandbox).await?.base_url(), sandbox.base_url());
    }
    Ok(())
}

#[tokio::test]
async fn on_loopback_the_brokers_own_hosts_mean_the_same_host() -> Result<(), Error> {
    for host in [
        "https://sbx.kotaksecurities.com/apim",
        "tradeapi.kotaksecurities.com",
        "https://unlisted.kotaksecurities.com/apim",
    ] {
        let sandbox = Sandbox::builder().redirect_to(host).start().await.unwrap();
        assert_eq!(sign_in(&sandbox).await?.base_url(), sandbox.base_url());
    }
    Ok(())
}

#[tokio::test]
async fn an_error_about_a_host_names_the_one_to_allow() {
    for (builder, operation) in [
        (
            Sandbox::builder().init_redirect(Redirect::To("https://evil.example:8443/apim".into())),
            "session_init",
        ),
        (
            Sandbox::builder().login_redirect(Redirect::To("https://evil.example:8443/apim".into())),
            "session_login_userid",
        ),
    ] {
        let sandbox = builder.start().await.unwrap();
        let error = log_in(&sandbox).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::HostNotAllowed, Some(operation)));
        assert_eq!(error.host_to_allow().as_deref(), Some("https://evil.example:8443"));
    }
}

#[tokio::test]
async fn a_hostile_host_in_the_answer_of_init_never_gets_the_password() {
    for named in hostile_urls("tradeapi.kotaksecurities.com", 9) {
        let builder = Sandbox::builder().init_redirect(Redirect::To(named.clone()));
        let sandbox = builder.start().await.unwrap();
        let error = log_in(&sandbox).await.expect_err(&named);
        assert_eq!(error.kind(), ErrorKind::HostNotAllowed, "{named}: {error}");
        assert_eq!(error.operation(), Some("session_init"), "{named}");
        assert_eq!(passwords_sent(&sandbox), 0, "{named}");
    }
}

#[tokio::test]
async fn a_hostile_host_in_the_answer_of_the_login_ends_the_sign_in() {
    for named in hostile_urls("tradeapi.kotaksecurities.com", 9) {
        let builder = Sandbox::builder().login_redirect(Redirect::To(named.clone()));
        let sandbox = builder.start().await.unwrap();
        let error = log_in(&sandbox).await.expect_err(&named);
        assert_eq!(error.kind(), ErrorKind::HostNotAllowed, "{named}: {error}");
        assert_eq!(error.operation(), Some("session_login_userid"), "{named}");
    }
}

#[tokio::test]
async fn a_host_that_the_caller_has_added_is_followed() {
    let sandbox = Sandbox::builder().init_redirect(Redirect::To("http://localhost:9/apim".into()));
    let sandbox = sandbox.start().await.unwrap();
    let connection = Connection::new().retry(AT_ONCE).allow_host("http://localhost:9");
    let client = builder(&sandbox).connection(connection).build().unwrap();
    let initialised = client.init().await.unwrap();
    assert_eq!(initialised.base_url(), "http://localhost:9/apim");
}

#[tokio::test]
async fn the_old_base_is_of_no_use_after_a_redirect() {
    let sandbox = Sandbox::builder().redirect_to_second_base().start().await.unwrap();
    let session = sign_in(&sandbox).await.unwrap();
    let saved = serde_json::to_value(session.save()).unwrap();
    assert_eq!(saved["base_url"], sandbox.second_base_url());
    // A session that is taken up again stays where it was.
    let client = builder(&sandbox).build().unwrap();
    let resumed = client.resume(serde_json::from_value(saved).unwrap()).unwrap();
    resumed.logout().await.unwrap();
    assert_eq!(sandbox.live_sessions(&sandbox.account().userid), 0);
}

#[tokio::test]
async fn the_broker_naming_another_host_in_a_fault_is_told_but_not_obeyed() {
    let sandbox = sandbox().await;
    let fault = broker_session_sandbox::kotak::broker_fault(
        http::StatusCode::BAD_REQUEST,
        999_024,
        "Request can not be processed, please process your request through provided domain",
        "https://evil.example/apim",
    );
    sandbox.inject_always(Operation::SessionLoginUserid, fault);
    let client = builder(&sandbox).build().unwrap();
    let error = client.login(&secret(&sandbox.account().password)).await.unwrap_err();
    assert_eq!((error.kind(), error.broker_code()), (ErrorKind::Refused, Some("999024")));
    assert!(error.broker_message().is_some_and(|words| words.contains("https://evil.example/apim")));
    assert_eq!(passwords_sent(&sandbox), 1);
    assert_eq!(kind(client.login(&secret("another")).await), ErrorKind::Refused);
}
