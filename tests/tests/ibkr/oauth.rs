//! A program signs in by itself, with OAuth, at a sandbox that checks every signature.

use broker_session::{
    ClientOptions, Error, ErrorKind, SavedSession,
    ibkr::{Client, ClientBuilder, Compete, Supervisor, oauth1a::Credentials},
};
use broker_session_sandbox::{
    Fault,
    ibkr::{Builder, Exchange, Operation, Sandbox},
};
use contract_tests::once;
use futures::future::join_all;
use http::StatusCode;
use tokio::time::{Instant, sleep};

use crate::{
    supervisor::support::{Fixture, HOUR, MINUTE, ObservedSupervisor, SECOND},
    support::{oauth1a, oauth2},
};

fn builder(sandbox: &Sandbox) -> ClientBuilder {
    Client::builder().base_url(sandbox.base_url()).options(once())
}

fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox).oauth1a(oauth1a(sandbox)).build().expect("settings that fit")
}

/// The same on a paused clock.
fn of(fixture: &Fixture) -> Client {
    fixture.builder().oauth1a(oauth1a(&fixture.sandbox)).build().expect("settings that fit")
}

async fn sandbox(builder: Builder) -> Sandbox {
    builder.start().await.expect("a sandbox on loopback")
}

fn exchanges(sandbox: &Sandbox) -> usize {
    sandbox.call_count(Operation::OauthLiveSessionTokenPost)
}

#[tokio::test]
async fn a_program_signs_in_without_a_person() {
    let sandbox = sandbox(Sandbox::builder().oauth()).await;
    let client = client(&sandbox);
    assert!(client.has_oauth() && client.login_url().is_none());
    let session = client.login(Compete::Yield).await.unwrap();
    for path in ["iserver/accounts", "portfolio/accounts"] {
        session.get(path).query(&[("conids", "265598,8314"), ("a b", "c&d=\u{e9}")]).send().await.unwrap();
    }
    let url = format!("{}/portfolio/accounts?fields=31,84", session.base_url());
    let signed = session.authorize(session.http().get(url)).unwrap();
    assert!(signed.send().await.unwrap().status().is_success());
    session.logout().await.unwrap();
    // The broker keeps out who opens sessions in quick succession.
    let error = client.login(Compete::Yield).await.unwrap_err();
    let wait = error.retry_after().expect("a time to wait");
    assert!(error.kind() == ErrorKind::Refused && wait <= MINUTE, "{error}");
    assert_eq!(exchanges(&sandbox), 1);
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_refused_at_once_share_a_renewal() {
    let fixture = Fixture::with(Sandbox::builder().oauth()).await;
    let client = of(&fixture);
    let session = client.login(Compete::Yield).await.unwrap();
    sleep(2 * MINUTE).await;
    fixture.sandbox.end_live_session_tokens();
    let calls = (0..10).map(|_| session.get("portfolio/accounts").send());
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    assert_eq!(exchanges(&fixture.sandbox), 2);
    // A token that was just got is not replaced.
    fixture.sandbox.end_live_session_tokens();
    for outcome in join_all((0..5).map(|_| session.get("portfolio/accounts").send())).await {
        assert_eq!(outcome.unwrap_err().status(), Some(401));
    }
    assert_eq!(exchanges(&fixture.sandbox), 2);
}

#[tokio::test]
async fn first_calls_share_one_exchange() {
    let sandbox = sandbox(Sandbox::builder().oauth()).await;
    let client = client(&sandbox);
    let session = client.unverified_session();
    for outcome in join_all((0..20).map(|_| session.get("portfolio/accounts").send())).await {
        outcome.unwrap();
    }
    assert_eq!(exchanges(&sandbox), 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_lives_for_days_without_a_person() {
    let fixture = Fixture::with(Sandbox::builder().oauth()).await;
    let watched = ObservedSupervisor::start(of(&fixture), Compete::Yield);
    watched.until("ready", MINUTE).await;
    for _ in 0..2 {
        sleep(12 * HOUR).await;
        // The nightly restart.
        fixture.sandbox.restart();
        sleep(10 * MINUTE).await;
        assert_eq!(watched.name(), "ready", "{:?}", watched.seen());
        // All tokens end with the weekend's.
        fixture.sandbox.end_live_session_tokens();
        fixture.sandbox.restart();
        sleep(12 * HOUR - 10 * MINUTE).await;
        assert_eq!(watched.name(), "ready", "{:?}", watched.seen());
    }
    fixture.assert_well_behaved();
    assert!(exchanges(&fixture.sandbox) <= 6, "{}", exchanges(&fixture.sandbox));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_before_its_end() {
    let fixture = Fixture::with(Sandbox::builder().oauth().lst_lifetime(2 * HOUR)).await;
    let client = of(&fixture);
    let session = client.login(Compete::Yield).await.unwrap();
    for _ in 0..20 {
        sleep(30 * MINUTE).await;
        session.get("portfolio/accounts").send().await.unwrap();
    }
    // Each is replaced with a twentieth of its life left, so after two hours at the next call.
    assert!((5..=10).contains(&exchanges(&fixture.sandbox)), "{}", exchanges(&fixture.sandbox));
    let refused =
        fixture.sandbox.calls().into_iter().filter(|call| call.path.ends_with("live_session_token"));
    assert_eq!(refused.count(), exchanges(&fixture.sandbox));
}

#[tokio::test(start_paused = true)]
async fn a_failed_renewal_is_no_failure_while_the_token_is_good() {
    let fixture = Fixture::with(Sandbox::builder().oauth()).await;
    let client = of(&fixture);
    let session = client.login(Compete::Yield).await.unwrap();
    for _ in 0..8 {
        let unavailable = Fault::status(StatusCode::SERVICE_UNAVAILABLE);
        fixture.sandbox.inject(Operation::OauthLiveSessionTokenPost, unavailable);
    }
    sleep(23 * HOUR + 30 * MINUTE).await;
    session.get("portfolio/accounts").send().await.unwrap();
    sleep(20 * SECOND).await;
    let before = exchanges(&fixture.sandbox);
    assert!(before > 1);
    session.get("portfolio/accounts").send().await.unwrap();
    sleep(20 * SECOND).await;
    assert_eq!(exchanges(&fixture.sandbox), before);
    sleep(HOUR).await;
    let error = session.get("portfolio/accounts").send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Unavailable, Some("oauth_live_session_token_post"))
    );
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_renewal_while_the_token_is_good() {
    let fixture = Fixture::with(Sandbox::builder().oauth()).await;
    let client = of(&fixture);
    let session = client.login(Compete::Yield).await.unwrap();
    sleep(23 * HOUR + 30 * MINUTE).await;
    fixture.sandbox.inject(Operation::OauthLiveSessionTokenPost, Fault::hang());
    for _ in 0..3 {
        let begun = Instant::now();
        session.get("portfolio/accounts").send().await.unwrap();
        assert!(begun.elapsed() < SECOND);
    }
    sleep(HOUR).await;
    session.get("portfolio/accounts").send().await.unwrap();
}

#[tokio::test]
async fn a_resumed_token_that_the_broker_has_lost_is_renewed_at_once() {
    let sandbox = sandbox(Sandbox::builder().oauth()).await;
    let saved = client(&sandbox).login(Compete::Yield).await.unwrap().save();
    sandbox.end_live_session_tokens();
    let session = client(&sandbox).resume(saved).unwrap();
    session.get("iserver/accounts").send().await.unwrap();
    assert_eq!(exchanges(&sandbox), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refused_program_does_not_ask_for_a_token_with_each_call() {
    let fixture = Fixture::with(Sandbox::builder().oauth().consumer_not_active()).await;
    let client = of(&fixture);
    let session = client.unverified_session();
    for _ in 0..20 {
        let error = session.get("portfolio/accounts").send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        sleep(SECOND).await;
    }
    assert_eq!(exchanges(&fixture.sandbox), 1);
    fixture.sandbox.set_consumer_active(true);
    client.login(Compete::Yield).await.unwrap();
}

#[tokio::test]
async fn the_fields_of_a_form_are_signed_too() {
    let sandbox = sandbox(Sandbox::builder().oauth()).await;
    let client = client(&sandbox);
    let session = client.unverified_session();
    let form = [("publish", "true"), ("compete", "false")];
    session.post("iserver/auth/ssodh/init").form(&form).send().await.unwrap();
    assert_eq!(exchanges(&sandbox), 1);
}

#[tokio::test]
async fn what_the_broker_does_not_accept_is_named() {
    let refused = |outcome: Result<_, Error>| {
        let error: Error = outcome.map(|_: broker_session::Session<_>| ()).unwrap_err();
        (error.kind(), error.to_string())
    };
    let inactive = sandbox(Sandbox::builder().oauth().consumer_not_active()).await;
    let (kind, text) = refused(client(&inactive).login(Compete::Yield).await);
    assert!(
        kind == ErrorKind::Credentials && text.contains("invalid consumer") && text.contains("weekend"),
        "{text}"
    );
    inactive.set_consumer_active(true);
    client(&inactive).login(Compete::Yield).await.unwrap();

    inactive.revoke_access_tokens();
    let (kind, text) = refused(client(&inactive).login(Compete::Yield).await);
    let token = inactive.oauth_credentials().unwrap().access_token;
    assert!(
        kind == ErrorKind::Credentials && text.contains("new access token") && !text.contains(&token),
        "{text}"
    );

    for (exchange, kind, what) in [
        (Exchange::WrongSignature, ErrorKind::Credentials, "another live session token"),
        (Exchange::Zero, ErrorKind::Protocol, "cannot be used"),
        (Exchange::One, ErrorKind::Protocol, "cannot be used"),
        (Exchange::PrimeMinusOne, ErrorKind::Protocol, "cannot be used"),
    ] {
        let sandbox = sandbox(Sandbox::builder().oauth().exchange(exchange)).await;
        let (found, text) = refused(client(&sandbox).login(Compete::Yield).await);
        assert!(found == kind && text.contains(what), "{text}");
        assert_eq!(sandbox.call_count(Operation::TicklePost), 0);
    }
}

#[tokio::test]
async fn a_session_elsewhere_is_taken_over_only_if_allowed() {
    let sandbox = sandbox(Sandbox::builder().oauth().competing()).await;
    let client = client(&sandbox);
    assert_eq!(client.login(Compete::Yield).await.unwrap_err().kind(), ErrorKind::Refused);
    let another = self::client(&sandbox);
    another.login(Compete::TakeOver).await.unwrap();
}

#[tokio::test]
async fn a_saved_session_signs_in_other_processes() {
    let sandbox = sandbox(Sandbox::builder().oauth()).await;
    let saved = client(&sandbox).login(Compete::Yield).await.unwrap().save();
    let text = serde_json::to_string(&saved).unwrap();
    let saved: SavedSession = serde_json::from_str(&text).unwrap();
    assert!(!saved.is_expired());
    let workers = [builder(&sandbox).build().unwrap(), client(&sandbox)];
    for worker in &workers {
        let session = worker.resume(saved.clone()).unwrap();
        session.get("iserver/accounts").send().await.unwrap();
        assert_eq!(session.save(), saved);
    }
    assert_eq!(exchanges(&sandbox), 1);

    let other = sandbox_of_others().await;
    let stranger = builder(&sandbox).oauth1a(oauth1a(&other)).build().unwrap();
    assert_eq!(stranger.resume(saved.clone()).unwrap_err().kind(), ErrorKind::Config);

    // Without the keys there is no other token.
    sandbox.end_live_session_tokens();
    let error = workers[0].resume(saved).unwrap().get("iserver/accounts").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SessionExpired, "{error}");
}

/// One with other credentials.
async fn sandbox_of_others() -> Sandbox {
    let mut credentials = broker_session_sandbox::ibkr::Credentials::made_up().expect("credentials");
    credentials.consumer_key = "OTHERMADE".to_owned();
    sandbox(Sandbox::builder().oauth_with(credentials)).await
}

#[tokio::test(start_paused = true)]
async fn a_host_that_has_lost_everything_is_no_end() {
    let fixture = Fixture::with(Sandbox::builder().oauth()).await;
    let watched = ObservedSupervisor::start(of(&fixture), Compete::Yield);
    watched.until("ready", MINUTE).await;
    fixture.sandbox.set_gone(true);
    sleep(10 * MINUTE).await;
    assert_ne!(watched.name(), "ready");
    fixture.sandbox.set_gone(false);
    watched.until("ready", 40 * MINUTE).await;
}

#[tokio::test]
async fn the_address_of_the_web_socket_is_a_secret() {
    let sandbox = sandbox(Sandbox::builder().oauth()).await;
    let client = client(&sandbox);
    client.login(Compete::Yield).await.unwrap();
    let socket = client.websocket().await.unwrap();
    let token = sandbox.oauth_credentials().unwrap().access_token;
    let expected = format!("{}/ws?oauth_token={token}", sandbox.base_url().replacen("http", "ws", 1));
    assert_eq!(socket.url.expose(), expected);
    assert!(socket.cookie.expose().starts_with("api=") && !format!("{socket:?}").contains(&token));
}

#[tokio::test]
async fn a_third_party_asks_for_approval() {
    let sandbox = sandbox(Sandbox::builder().oauth()).await;
    let known = sandbox.oauth_credentials().unwrap();
    let credentials = Credentials::builder()
        .consumer_key(known.consumer_key)
        .signature_key(known.signature_key)
        .dh_parameters(known.dh_parameters)
        .third_party();
    let client = builder(&sandbox).oauth1a(credentials.build().unwrap()).build().unwrap();
    let token = client.request_token().await.unwrap();
    let verifier = sandbox.approve_request_token(token.expose()).unwrap().into();
    let access = client.access_token(&token, &verifier).await.unwrap();
    assert!(!access.oauth_token.is_empty());
    assert_eq!(client.access_token(&token, &verifier).await.unwrap_err().kind(), ErrorKind::Credentials);
}

#[tokio::test(start_paused = true)]
async fn oauth_2_signs_in_with_the_same_states() {
    let fixture = Fixture::with(Sandbox::builder().oauth()).await;
    let client = fixture.builder().oauth2(oauth2(&fixture.sandbox)).build().unwrap();
    let session = client.login(Compete::Yield).await.unwrap();
    assert_eq!(session.user(), fixture.sandbox.oauth_credentials().unwrap().oauth2.unwrap().credential);
    session.get("iserver/accounts").send().await.unwrap();
    let supervisor = Supervisor::builder(client.clone(), Compete::Yield).start().unwrap();
    supervisor.wait_until_ready(MINUTE).await.unwrap();
    sleep(30 * HOUR).await;
    session.get("iserver/accounts").send().await.unwrap();
    let saved = session.save();
    let worker = Client::builder().base_url(fixture.sandbox.base_url()).build().unwrap();
    assert!(worker.resume(saved.clone()).unwrap().authorize(session.http().get(session.base_url())).is_ok());
    client.resume(saved).unwrap();
}

#[tokio::test]
async fn oauth_excludes_other_authorisation() {
    let sandbox = sandbox(Sandbox::builder().oauth()).await;
    let both = builder(&sandbox).oauth1a(oauth1a(&sandbox)).oauth2(oauth2(&sandbox)).build();
    let header =
        builder(&sandbox).oauth1a(oauth1a(&sandbox)).header("Authorization", "Bearer made-up").build();
    for outcome in [both, header] {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Config);
    }
    let person = builder(&sandbox).options(ClientOptions::new()).build().unwrap();
    assert_eq!(person.login(Compete::Yield).await.unwrap_err().kind(), ErrorKind::Config);
}
