//! The order of hosts: the next one is tried only before anything secret is spent, and never another
//! environment's.

use broker_session::{
    Connection, Error, ErrorKind,
    kotak::{Client, Environment},
};
use broker_session_sandbox::{
    Fault,
    kotak::{Operation, Redirect, Sandbox},
};
use contract_tests::{AT_ONCE, World, brokers::kotak::Kotak, secret};
use http::StatusCode;

use crate::support::{builder, credentials_of, log_in, passwords_sent, sandbox};

/// A base URL that refuses connections.
async fn closed() -> String {
    format!("{}/apim", contract_tests::closed().await)
}

fn client(sandbox: &Sandbox, bases: &[&str]) -> Client {
    let builder = Client::builder()
        .credentials(credentials_of(sandbox.account()))
        .connection(Connection::new().retry(AT_ONCE));
    let builder = bases.iter().fold(builder, |builder, base| builder.base_url(*base));
    builder.build().unwrap()
}

#[tokio::test]
async fn the_second_host_is_tried_if_the_first_refuses_connections() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox, &[&closed().await, sandbox.base_url()]);
    let pending = client.login(&secret(&sandbox.account().password)).await?;
    assert_eq!(pending.base_url(), sandbox.base_url());
    pending.one_time_token().await?;
    assert_eq!(passwords_sent(&sandbox), 1);
    Ok(())
}

#[tokio::test]
async fn the_first_host_that_answers_is_used_whatever_it_says() {
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
async fn a_connection_that_is_lost_in_the_middle_does_not_change_the_host() {
    for fault in [Fault::reset(), Fault::cut_body()] {
        let (first, second) = (sandbox().await, sandbox().await);
        first.inject_always(Operation::SessionInit, fault);
        let client = client(&first, &[first.base_url(), second.base_url()]);
        client.init().await.unwrap_err();
        assert_eq!(second.calls().len(), 0);
    }
}

#[tokio::test]
async fn without_any_host_the_error_says_that_nothing_was_sent() {
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
    let connection = Connection::new().retry(AT_ONCE).allow_host(&elsewhere);
    let client = builder(&sandbox).connection(connection).build().unwrap();
    let initialised = client.init().await.unwrap();
    assert_eq!(initialised.base_url(), elsewhere);
    let error = initialised.login(&secret(&sandbox.account().password)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.is_unsent(), "the password never left");
    assert_eq!(passwords_sent(&sandbox), 0);
}

/// A broker that answers every init like this.
async fn world(init: &'static str, refused: &[&str]) -> World {
    World::start::<Kotak>(refused, move |_| init.to_owned()).await
}

fn client_in(world: &World, environment: Environment) -> Client {
    Client::builder()
        .credentials(credentials_of(&broker_session_sandbox::kotak::Account::default()))
        .environment(environment)
        .connection(world.reached_by(Connection::new().retry(AT_ONCE)))
        .build()
        .unwrap()
}

const TRADE: &str = "tradeapi.kotaksecurities.com:443";
const ALTERNATE: &str = "ctradeapi.kotaksecurities.com:443";
const BROKERS_SANDBOX: &str = "sbx.kotaksecurities.com:443";

#[tokio::test]
async fn production_falls_over_to_its_alternate_host() {
    let world = world(r#"{"Success":{"status":"Success"}}"#, &[TRADE]).await;
    let initialised = client_in(&world, Environment::Production).init().await.unwrap();
    assert_eq!(initialised.base_url(), "https://ctradeapi.kotaksecurities.com/apim");
    assert_eq!(world.hosts(), [TRADE, ALTERNATE]);
}

#[tokio::test]
async fn production_never_falls_over_to_the_brokers_sandbox() {
    let world = world("{}", &[TRADE, ALTERNATE]).await;
    let error = client_in(&world, Environment::Production).init().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(world.hosts(), [TRADE, ALTERNATE]);
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn production_is_not_led_to_the_brokers_sandbox_by_an_answer_either() {
    let to_sandbox = r#"{"Success":{"redirect":{"host":"https://sbx.kotaksecurities.com/apim","port":443}}}"#;
    let world = world(to_sandbox, &[]).await;
    let error = client_in(&world, Environment::Production).login(&secret("made-up")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostNotAllowed);
    assert_eq!(world.hosts(), [TRADE]);
    let initialised = client_in(&world, Environment::Sandbox).init().await.unwrap();
    assert_eq!(initialised.base_url(), "https://sbx.kotaksecurities.com/apim");
}

#[tokio::test]
async fn the_brokers_sandbox_is_reached_only_when_asked_for_and_leads_nowhere_else() {
    let to_production = r#"{"Success":{"redirect":{"host":"https://tradeapi.kotaksecurities.com/apim"}}}"#;
    let world = world(to_production, &[]).await;
    let error = client_in(&world, Environment::Sandbox).init().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostNotAllowed);
    assert_eq!(world.hosts(), [BROKERS_SANDBOX]);
}

#[tokio::test]
async fn production_follows_an_answer_to_its_alternate_host() {
    let to_alternate =
        r#"{"Success":{"redirect":{"host":"https://ctradeapi.kotaksecurities.com/apim","port":443}}}"#;
    let world = world(to_alternate, &[]).await;
    let initialised = client_in(&world, Environment::Production).init().await.unwrap();
    assert_eq!(initialised.base_url(), "https://ctradeapi.kotaksecurities.com/apim");
    // What comes next is no login, but it is asked for at the right place.
    initialised.login(&secret("made-up-password")).await.unwrap_err();
    assert_eq!(world.hosts(), [TRADE, ALTERNATE]);
}

#[tokio::test]
async fn production_follows_an_answer_to_a_host_below_the_brokers_domain() {
    let unlisted =
        r#"{"Success":{"redirect":{"host":"https://unlisted.kotaksecurities.com/apim","port":443}}}"#;
    let world = world(unlisted, &[]).await;
    let initialised = client_in(&world, Environment::Production).init().await.unwrap();
    assert_eq!(initialised.base_url(), "https://unlisted.kotaksecurities.com/apim");
    let error = client_in(&world, Environment::Sandbox).init().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostNotAllowed);
}

#[tokio::test]
async fn plain_http_away_from_loopback_needs_the_callers_word() {
    let build = |connection: Connection| {
        Client::builder()
            .credentials(credentials_of(&broker_session_sandbox::kotak::Account::default()))
            .base_url("http://gateway.example/apim")
            .connection(connection)
            .build()
    };
    let error = build(Connection::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.is_unsent());
    assert!(build(Connection::new().allow_plain_http()).is_ok());
    let sandbox = sandbox().await;
    log_in(&sandbox).await.unwrap();
}
