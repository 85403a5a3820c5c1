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
use contract_tests::{Certified, Proxy, Raw, Reaction, respond};
use http::StatusCode;
use kotak_session_api::API;

use crate::support::{AT_ONCE, builder, credentials_of, log_in, passwords_sent, sandbox, secret};

/// A base URL that refuses connections: its port was free a moment ago.
async fn closed() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/apim", listener.local_addr().unwrap())
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

/// A broker for any of its host names, behind a proxy that leads all of them to it. `refused` is answered as
/// if nobody listened there.
struct World {
    proxy: Proxy,
    certified: Certified,
    server: Raw,
}

impl World {
    async fn new(init: &'static str, refused: &[&str]) -> Self {
        let names: Vec<&str> = API.servers.iter().map(|server| host(server.url)).collect();
        let certified = Certified::for_names(&names);
        let answer =
            move |_: &str| Reaction::Answer(respond("200 OK", &[("content-type", "application/json")], init));
        let server = Raw::start_tls(&certified, answer).await;
        let target = server.base_url().trim_start_matches("https://").to_owned();
        let proxy = Proxy::leading_to(&target, refused).await;
        Self { proxy, certified, server }
    }

    fn client(&self, environment: Environment) -> Client {
        let connection = Connection::new().retry(AT_ONCE).proxy(self.proxy.url(), None).unwrap();
        let connection = connection.root_certificates(self.certified.pem().as_bytes()).unwrap();
        Client::builder()
            .credentials(credentials_of(&broker_session_sandbox::kotak::Account::default()))
            .environment(environment)
            .connection(connection)
            .build()
            .unwrap()
    }

    /// The hosts that were asked for, each once in a row.
    fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<String> = self.proxy.seen().into_iter().map(|seen| seen.target).collect();
        hosts.dedup();
        hosts
    }
}

fn host(url: &str) -> &str {
    let rest = url.strip_prefix("https://").unwrap_or(url);
    rest.split('/').next().unwrap_or(rest)
}

const TRADE: &str = "tradeapi.kotaksecurities.com:443";
const ALTERNATE: &str = "ctradeapi.kotaksecurities.com:443";
const BROKERS_SANDBOX: &str = "sbx.kotaksecurities.com:443";

#[tokio::test]
async fn production_falls_over_to_its_alternate_host() {
    let world = World::new(r#"{"Success":{"status":"Success"}}"#, &[TRADE]).await;
    let initialised = world.client(Environment::Production).init().await.unwrap();
    assert_eq!(initialised.base_url(), "https://ctradeapi.kotaksecurities.com/apim");
    assert_eq!(world.hosts(), [TRADE, ALTERNATE]);
}

#[tokio::test]
async fn production_never_falls_over_to_the_brokers_sandbox() {
    let world = World::new("{}", &[TRADE, ALTERNATE]).await;
    let error = world.client(Environment::Production).init().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(world.hosts(), [TRADE, ALTERNATE]);
    assert!(world.server.requests().is_empty());
}

#[tokio::test]
async fn production_is_not_led_to_the_brokers_sandbox_by_an_answer_either() {
    let to_sandbox = r#"{"Success":{"redirect":{"host":"https://sbx.kotaksecurities.com/apim","port":443}}}"#;
    let world = World::new(to_sandbox, &[]).await;
    let error = world.client(Environment::Production).login(&secret("made-up")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostNotAllowed);
    assert_eq!(world.hosts(), [TRADE]);
    let initialised = world.client(Environment::Sandbox).init().await.unwrap();
    assert_eq!(initialised.base_url(), "https://sbx.kotaksecurities.com/apim");
}

#[tokio::test]
async fn the_brokers_sandbox_is_reached_only_when_asked_for_and_leads_nowhere_else() {
    let to_production = r#"{"Success":{"redirect":{"host":"https://tradeapi.kotaksecurities.com/apim"}}}"#;
    let world = World::new(to_production, &[]).await;
    let error = world.client(Environment::Sandbox).init().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostNotAllowed);
    assert_eq!(world.hosts(), [BROKERS_SANDBOX]);
}

#[tokio::test]
async fn production_follows_an_answer_to_its_alternate_host() {
    let to_alternate =
        r#"{"Success":{"redirect":{"host":"https://ctradeapi.kotaksecurities.com/apim","port":443}}}"#;
    let world = World::new(to_alternate, &[]).await;
    let initialised = world.client(Environment::Production).init().await.unwrap();
    assert_eq!(initialised.base_url(), "https://ctradeapi.kotaksecurities.com/apim");
    // What comes next is no login, but it is asked for at the right place.
    initialised.login(&secret("made-up-password")).await.unwrap_err();
    assert_eq!(world.hosts(), [TRADE, ALTERNATE]);
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
