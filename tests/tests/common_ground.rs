//! What a program does with a session, written once, over `dyn Session` of every broker, against their sandboxes.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test by panicking"
)]

use std::any::Any;

use broker_session::{Environment, Error, ErrorKind, SavedSession, Session, ibkr, kotak, neo};
use broker_session_runtime::Api;
use broker_session_sandbox::{Broker, Builder, Clock, Sandbox};
use contract_tests::{once, secret};
use http::Method;
use jiff::Timestamp;

/// Takes a saved session up again.
type Resume = Box<dyn Fn(SavedSession) -> Result<Box<dyn Session>, Error>>;

/// A user who is signed in with one of the brokers.
struct SignedIn {
    session: Box<dyn Session>,
    resume: Resume,
    /// A call that needs a session.
    call: (Method, String),
    user: String,
    /// How far from UTC the broker's clocks are, in hours.
    hours_from_utc: f64,
    api: &'static Api,
    _sandbox: Box<dyn Any>,
}

/// What takes up sessions of this type.
fn resuming<S: Session + 'static>(client: S::Client) -> Resume
where
    S::Client: 'static,
{
    Box::new(move |saved| Ok(Box::new(S::resume(&client, saved)?)))
}

async fn start<B: Broker>(builder: Builder<B>, now: Timestamp) -> Sandbox<B> {
    builder.clock(Clock::starting_at(now)).start().await.expect("a sandbox on loopback")
}

async fn with_kotak(now: Timestamp) -> Result<SignedIn, Error> {
    let sandbox = start(broker_session_sandbox::kotak::Sandbox::builder(), now).await;
    let account = sandbox.account();
    let credentials = kotak::Credentials::new(account.userid.as_str(), account.consumer_key.as_str())
        .access_token(account.access_token.as_str());
    let builder = kotak::Client::builder().credentials(credentials);
    let client = builder.base_url(sandbox.base_url()).connection(once()).build()?;
    let session = client.login(&secret(&account.password)).await?.one_time_token().await?;
    Ok(SignedIn {
        session: Box::new(session),
        resume: resuming::<kotak::Session>(client),
        call: (Method::GET, sandbox.orders_url()),
        user: sandbox.user().to_owned(),
        hours_from_utc: 5.5,
        api: &kotak::api::API,
        _sandbox: Box::new(sandbox),
    })
}

async fn with_ibkr(now: Timestamp) -> Result<SignedIn, Error> {
    let sandbox = start(broker_session_sandbox::ibkr::Sandbox::builder().opened_at_sign_in(false), now).await;
    let build = || ibkr::Gateway::builder().base_url(sandbox.base_url()).connection(once()).build();
    let gateway = build()?;
    gateway.init(ibkr::Compete::Yield).await?;
    gateway.validate().await?;
    Ok(SignedIn {
        session: Box::new(gateway),
        resume: resuming::<ibkr::Gateway>(build()?),
        call: (Method::GET, format!("{}/iserver/accounts", sandbox.base_url())),
        user: sandbox.user().to_owned(),
        hours_from_utc: 0.0,
        api: &ibkr::api::API,
        _sandbox: Box::new(sandbox),
    })
}

async fn with_neo(now: Timestamp) -> Result<SignedIn, Error> {
    let sandbox = start(broker_session_sandbox::neo::Sandbox::builder(), now).await;
    let account = sandbox.account();
    let credentials =
        neo::Credentials::new(account.mobile.as_str(), account.ucc.as_str(), account.access_token.as_str());
    let builder = neo::Client::builder().credentials(credentials);
    let client = builder.base_url(sandbox.base_url()).connection(once()).build()?;
    let view = client.login_totp(&secret(&sandbox.totp_now())).await?;
    let session = view.validate(&secret(&account.mpin)).await?;
    Ok(SignedIn {
        session: Box::new(session),
        resume: resuming::<neo::TradeSession>(client),
        call: (Method::GET, sandbox.orders_url()),
        user: sandbox.user().to_owned(),
        hours_from_utc: 5.5,
        api: &neo::api::API,
        _sandbox: Box::new(sandbox),
    })
}

/// Noon in India.
fn day(year: u16) -> Timestamp {
    format!("{year}-03-10T12:00:00+05:30").parse().expect("a time")
}

/// Signed in with every broker, on a day that is far away, so that no test depends on today's.
async fn with_everybody(year: u16) -> Vec<SignedIn> {
    let now = day(year);
    vec![
        with_kotak(now).await.expect("kotak"),
        with_ibkr(now).await.expect("ibkr"),
        with_neo(now).await.expect("neo"),
    ]
}

/// A request of the program's own, with the session on it.
async fn is_served(session: &dyn Session, (method, url): &(Method, String)) -> bool {
    let request = session.authorize(session.http().request(method.clone(), url)).expect("the broker's host");
    request.send().await.expect("an answer").status().is_success()
}

#[tokio::test]
async fn every_broker_has_its_name_and_knows_its_user() {
    let everybody = with_everybody(2100).await;
    let names: Vec<&str> = everybody.iter().map(|signed_in| signed_in.session.broker()).collect();
    assert_eq!(names, ["kotak", "ibkr", "neo"]);
    for SignedIn { session, user, call, .. } in &everybody {
        assert_eq!(session.user().as_ref(), Some(user));
        assert!(call.1.starts_with(session.base_url()), "{}", session.base_url());
        assert!(!session.base_url().ends_with('/'));
    }
}

#[tokio::test]
async fn a_programs_own_request_is_served_with_the_session_on_it_and_not_without() {
    for SignedIn { session, call: (method, url), .. } in with_everybody(2100).await {
        assert!(is_served(&*session, &(method.clone(), url.clone())).await, "{}", session.broker());
        let bare = session.http().request(method, &url).send().await.unwrap();
        // A gateway of Interactive Brokers has signed itself in, and asks nobody.
        assert_eq!(bare.status().is_success(), session.broker() == "ibkr");
    }
}

#[tokio::test]
async fn no_broker_puts_its_session_on_a_request_to_another_host() {
    for SignedIn { session, .. } in with_everybody(2100).await {
        for url in ["https://evil.example/", "http://localhost:9/", "https://127.0.0.1.evil.example/"] {
            let error = session.authorize(session.http().get(url)).unwrap_err();
            assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::HostNotAllowed, true), "{url}");
        }
        let error = session.authorize(session.http().get("no url")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[tokio::test]
async fn every_session_knows_when_it_began_and_when_it_ends_in_the_brokers_own_time() {
    for (year, is_over) in [(2100, false), (2020, true)] {
        for SignedIn { session, hours_from_utc, .. } in with_everybody(year).await {
            let (broker, began) = (session.broker(), session.login_time().expect("a time"));
            let ends = session.expires_at().unwrap_or_else(|| panic!("{broker} does not say when it ends"));
            assert_eq!(f64::from(ends.offset().seconds()) / 3600.0, hours_from_utc, "{broker}");
            let hours = ends.timestamp().duration_since(began).as_hours();
            assert!((1..=24).contains(&hours), "{broker}: {hours}");
            assert!(began.duration_since(day(year)).abs().as_hours() < 1, "{broker}: {began}");
            assert_eq!((session.is_expired(), session.save().is_expired()), (is_over, is_over), "{broker}");
        }
    }
}

#[tokio::test]
async fn every_session_is_kept_as_json_and_taken_up_again() {
    for SignedIn { session, resume, call, user, api, .. } in with_everybody(2100).await {
        let saved = session.save();
        let kept = serde_json::to_string(&saved).unwrap();
        let again: SavedSession = serde_json::from_str(&kept).unwrap();
        assert_eq!(again, saved);
        let found =
            (again.broker(), again.user(), again.base_url(), again.login_time(), again.expires_at().cloned());
        let expected = (
            session.broker(),
            Some(user.as_str()),
            session.base_url(),
            session.login_time(),
            session.expires_at(),
        );
        assert_eq!(found, expected);
        assert!(again.has_known_home(api, Environment::Production), "loopback is everybody's home");
        let (broker, base) = (session.broker(), session.base_url().to_owned());
        drop(session);
        let session = resume(again).unwrap_or_else(|error| panic!("{broker}: {error}"));
        assert_eq!((session.broker(), session.base_url()), (broker, base.as_str()));
        assert!(is_served(&*session, &call).await, "{broker}");
        session.sign_out().await.unwrap_or_else(|error| panic!("{broker}: {error}"));
    }
}

#[tokio::test]
async fn no_broker_takes_up_the_session_of_another() {
    let everybody = with_everybody(2100).await;
    for theirs in &everybody {
        for own in &everybody {
            let outcome = (own.resume)(theirs.session.save());
            let label = format!("{} takes up a session of {}", own.session.broker(), theirs.session.broker());
            match theirs.session.broker() == own.session.broker() {
                true => assert!(outcome.is_ok(), "{label}"),
                false => {
                    let error = outcome.expect_err(&label);
                    assert_eq!(
                        (error.kind(), error.is_unsent()),
                        (ErrorKind::Config, true),
                        "{label}: {error}"
                    );
                    assert!(error.to_string().contains(theirs.session.broker()), "{error}");
                }
            }
        }
    }
}

#[tokio::test]
async fn no_broker_takes_up_a_session_at_a_host_that_is_not_allowed() {
    for SignedIn { session, resume, .. } in with_everybody(2100).await {
        let mut saved = serde_json::to_value(session.save()).unwrap();
        for base in ["https://evil.example", "http://localhost:9", "http://127.0.0.1.evil.example", ""] {
            saved["base_url"] = base.into();
            let error = resume(serde_json::from_value(saved.clone()).unwrap()).expect_err(base);
            assert_eq!(
                (error.kind(), error.is_unsent()),
                (ErrorKind::HostNotAllowed, true),
                "{base}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_no_saved_session_is_not_read_as_one() {
    for SignedIn { session, .. } in with_everybody(2100).await {
        let saved = serde_json::to_value(session.save()).unwrap();
        for member in ["broker", "base_url", "secrets"] {
            let mut odd = saved.clone();
            odd.as_object_mut().unwrap().remove(member).unwrap_or_else(|| panic!("no {member}"));
            assert!(serde_json::from_value::<SavedSession>(odd).is_err(), "{member} left out");
            let mut odd = saved.clone();
            odd[member] = 5.into();
            assert!(serde_json::from_value::<SavedSession>(odd).is_err(), "{member} of another type");
        }
        let mut odd = saved.clone();
        odd["more"] = "made up".into();
        assert!(serde_json::from_value::<SavedSession>(odd).is_err(), "a member that nobody knows");
    }
}

#[tokio::test]
async fn after_it_was_signed_out_no_session_is_good_for_anything() {
    for SignedIn { session, resume, call: (method, url), .. } in with_everybody(2100).await {
        let (broker, saved) = (session.broker(), session.save());
        let request = session.authorize(session.http().request(method, &url)).unwrap();
        // In a task of its own, as a program may have it.
        tokio::spawn(session.sign_out()).await.unwrap().unwrap_or_else(|error| panic!("{broker}: {error}"));
        assert!(!request.send().await.unwrap().status().is_success(), "{broker}");
        let outcome = resume(saved).unwrap().sign_out().await;
        let kind = outcome.expect_err(broker).kind();
        assert!(matches!(kind, ErrorKind::SessionExpired | ErrorKind::LoginRequired), "{broker}: {kind}");
    }
}
