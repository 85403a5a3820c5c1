//! Which hosts a client calls: those of the spec and the caller, and those that a response names.

use broker_session::{
    ClientOptions, Error, ErrorKind,
    kotak::{Client, Environment},
};
use broker_session_sandbox::{
    Fault,
    kotak::{Builder, Operation, Redirect, Sandbox},
};
use contract_tests::{AT_ONCE, BrokerHosts, brokers::kotak::Kotak, hostile_urls, kind, secret};
use http::StatusCode;
use serde_json::json;

use crate::support::{access_code, builder, credentials_of, log_in, passwords_sent, sandbox, sign_in};

/// A base URL that refuses connections.
async fn closed() -> String {
    format!("{}/apim", contract_tests::closed().await)
}

fn client(sandbox: &Sandbox, bases: &[&str]) -> Client {
    let builder = Client::builder()
        .credentials(credentials_of(sandbox.account()))
        .options(ClientOptions::new().retry(AT_ONCE));
    let builder = bases.iter().fold(builder, |builder, base| builder.base_url(*base));
    builder.build().unwrap()
}

#[tokio::test]
async fn the_second_host_is_tried_if_the_first_refuses_connections() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox, &[&closed().await, sandbox.base_url()]);
    let pending = client.login(&secret(&sandbox.account().password)).await?;
    assert_eq!(pending.base_url(), sandbox.base_url());
    pending.redeem_one_time_token().await?;
    assert_eq!(passwords_sent(&sandbox), 1);
    Ok(())
}

#[tokio::test]
async fn the_first_host_that_responds_is_used() {
    for fault in [Fault::status(StatusCode::SERVICE_UNAVAILABLE), Fault::html_page(StatusCode::BAD_GATEWAY)] {
        let (first, second) = (sandbox().await, sandbox().await);
        first.inject_always(Operation::SessionInit, fault);
        let client = client(&first, &[first.base_url(), second.base_url()]);
        let error = client.init().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.is_retryable());
        assert_eq!(second.calls().len(), 0);
    }
}

#[tokio::test]
async fn lost_connection_does_not_change_the_host() {
    for fault in [Fault::reset(), Fault::cut_body()] {
        let (first, second) = (sandbox().await, sandbox().await);
        first.inject_always(Operation::SessionInit, fault);
        let client = client(&first, &[first.base_url(), second.base_url()]);
        client.init().await.unwrap_err();
        assert_eq!(second.calls().len(), 0);
    }
}

#[tokio::test]
async fn without_any_host_nothing_is_sent() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, &[&closed().await, &closed().await]);
    let error = client.login(&secret("made-up-password")).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unavailable, None));
    assert!(error.is_unsent() && error.is_retryable());
    assert_eq!(error.operation(), Some("session_init"));
}

#[tokio::test]
async fn only_init_changes_the_host() {
    let elsewhere = closed().await;
    let broker = Sandbox::builder().init_redirect(Redirect::To(elsewhere.clone()));
    let sandbox = broker.start().await.unwrap();
    let options = ClientOptions::new().retry(AT_ONCE).allow_host(&elsewhere);
    let client = builder(&sandbox).options(options).build().unwrap();
    let initialized = client.init().await.unwrap();
    assert_eq!(initialized.base_url(), elsewhere);
    let error = initialized.login(&secret(&sandbox.account().password)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.is_unsent(), "the password never left");
    assert_eq!(passwords_sent(&sandbox), 0);
}

fn client_in(world: &BrokerHosts, environment: Environment) -> Client {
    Client::builder()
        .credentials(credentials_of(&broker_session_sandbox::kotak::Account::default()))
        .environment(environment)
        .options(world.reached_by(ClientOptions::new().retry(AT_ONCE)))
        .build()
        .unwrap()
}

const TRADE: &str = "tradeapi.kotaksecurities.com:443";
const ALTERNATE: &str = "ctradeapi.kotaksecurities.com:443";
const SANDBOX: &str = "sbx.kotaksecurities.com:443";
const UNLISTED: &str = "unlisted.kotaksecurities.com:443";

/// Those that refuse connections, the host that init names, where the password goes, and every host that is called.
#[tokio::test]
async fn no_environment_leads_to_another() {
    let (production, test) = (Environment::Production, Environment::Sandbox);
    let none: &[&str] = &[];
    for (environment, refused, named, expected, hosts) in [
        (production, &[TRADE][..], None, Ok(ALTERNATE), &[TRADE, ALTERNATE][..]),
        (production, &[TRADE, ALTERNATE], None, Err(ErrorKind::Unavailable), &[TRADE, ALTERNATE]),
        (production, none, Some(ALTERNATE), Ok(ALTERNATE), &[TRADE, ALTERNATE]),
        (production, none, Some(UNLISTED), Ok(UNLISTED), &[TRADE, UNLISTED]),
        (production, none, Some(SANDBOX), Err(ErrorKind::HostNotAllowed), &[TRADE]),
        (test, none, Some(SANDBOX), Ok(SANDBOX), &[SANDBOX]),
        (test, none, Some(TRADE), Err(ErrorKind::HostNotAllowed), &[SANDBOX]),
        (test, none, Some(UNLISTED), Err(ErrorKind::HostNotAllowed), &[SANDBOX]),
    ] {
        let base = |host: &str| format!("https://{}/apim", host.trim_end_matches(":443"));
        let redirect = named.map(|named| json!({ "host": base(named), "port": 443 }));
        let init = json!({ "Success": { "status": "Success", "redirect": redirect } });
        let world = BrokerHosts::start::<Kotak>(refused, move |_| init.to_string()).await;
        let outcome = client_in(&world, environment).init().await;
        let label = format!("{environment:?} {refused:?} {named:?}");
        let found = outcome.as_ref().map(|initialized| initialized.base_url().to_owned());
        assert_eq!(found.map_err(Error::kind), expected.map(base), "{label}");
        // Without a connection nothing is sent.
        assert_eq!(world.requests().is_empty(), expected == Err(ErrorKind::Unavailable), "{label}");
        if let Ok(initialized) = outcome {
            // What comes next is no login, but it is asked for at the right place.
            initialized.login(&secret("made-up-password")).await.unwrap_err();
        }
        assert_eq!(world.hosts(), hosts, "{label}");
    }
}

#[tokio::test]
async fn plain_http_away_from_loopback_must_be_allowed() {
    let build = |options: ClientOptions| {
        Client::builder()
            .credentials(credentials_of(&broker_session_sandbox::kotak::Account::default()))
            .base_url("http://gateway.example/apim")
            .options(options)
            .build()
    };
    let error = build(ClientOptions::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.is_unsent());
    assert!(build(ClientOptions::new().allow_plain_http()).is_ok());
    let sandbox = sandbox().await;
    log_in(&sandbox).await.unwrap();
}

/// The bases that the calls to an operation came to.
fn bases(sandbox: &Sandbox, operation: Operation) -> Vec<String> {
    sandbox.calls_to(operation).into_iter().map(|call| call.base).collect()
}

/// Signs in and out at a sandbox that sends everybody on, and looks where each call went.
async fn lands_on_the_second_base(broker: Builder, login_goes_first: bool) {
    let sandbox = broker.start().await.unwrap();
    let options = ClientOptions::new().retry(AT_ONCE).allow_host(sandbox.second_base_url());
    let client = builder(&sandbox).options(options).build().unwrap();
    let pending = client.login(&secret(&sandbox.account().password)).await.unwrap();
    let session = pending.submit_access_code(&access_code(&sandbox)).await.unwrap();
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
async fn everything_goes_where_init_leads() {
    let builder = Sandbox::builder().init_redirect(Redirect::SecondBase);
    lands_on_the_second_base(builder.login_redirect(Redirect::Own), false).await;
}

#[tokio::test]
async fn everything_after_the_login_goes_where_it_leads() {
    let builder = Sandbox::builder().init_redirect(Redirect::Own);
    lands_on_the_second_base(builder.login_redirect(Redirect::SecondBase), true).await;
}

#[tokio::test]
async fn second_base_is_followed_if_allowed() {
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
async fn hostile_host_from_init_gets_no_password() {
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
async fn hostile_host_from_login_ends_the_sign_in() {
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
    let options = ClientOptions::new().retry(AT_ONCE).allow_host("http://localhost:9");
    let client = builder(&sandbox).options(options).build().unwrap();
    let initialized = client.init().await.unwrap();
    assert_eq!(initialized.base_url(), "http://localhost:9/apim");
}

#[tokio::test]
async fn the_old_base_is_of_no_use_after_a_redirect() {
    let sandbox = Sandbox::builder().redirect_to_second_base().start().await.unwrap();
    let session = sign_in(&sandbox).await.unwrap();
    let saved = serde_json::to_value(session.save()).unwrap();
    assert_eq!(saved["base_url"], sandbox.second_base_url());
    // A session that is resumed stays where it was.
    let client = builder(&sandbox).build().unwrap();
    let resumed = client.resume(serde_json::from_value(saved).unwrap()).unwrap();
    resumed.logout().await.unwrap();
    assert_eq!(sandbox.live_sessions(&sandbox.account().userid), 0);
}

#[tokio::test]
async fn host_named_in_a_fault_is_reported_not_followed() {
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
