//! What a program does with a session, written once for every broker, against their sandboxes.

use std::any::Any;

use broker_session::{Error, ErrorKind, SavedSession, Session, ibkr, kotak, neo};
use broker_session_sandbox::{Broker, Builder, Clock, Sandbox};
use contract_tests::{once, secret};
use jiff::Timestamp;

/// Where a client may resume sessions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// At the sandbox, where it would sign in.
    Sandbox,
    /// At the broker's own host, and at the home of the session.
    Home,
}

/// Resumes a saved session with a new client.
type Resume = Box<dyn Fn(SavedSession, At) -> Result<Session, Error>>;

/// A user who is signed in with one of the brokers.
struct SignedIn {
    session: Session,
    resume: Resume,
    /// The path of a call that needs a session.
    path: &'static str,
    /// Its URL.
    url: String,
    user: String,
    /// How far from UTC the broker's clocks are, in hours.
    hours_from_utc: f64,
    _sandbox: Box<dyn Any>,
}

/// Resumes with a client of this builder.
macro_rules! resuming {
    ($builder:expr, $base:expr) => {{
        let (builder, base) = ($builder, $base.to_owned());
        Box::new(move |saved: SavedSession, at| {
            let builder = match at {
                At::Sandbox => builder.clone().base_url(&base),
                At::Home => builder.clone().allow_home_of(&saved),
            };
            Ok(builder.build()?.resume(saved)?.without_profile())
        })
    }};
}

async fn start<B: Broker>(builder: Builder<B>, now: Timestamp) -> Sandbox<B> {
    builder.clock(Clock::starting_at(now)).start().await.expect("a sandbox on loopback")
}

async fn with_kotak(now: Timestamp) -> Result<SignedIn, Error> {
    let sandbox = start(broker_session_sandbox::kotak::Sandbox::builder(), now).await;
    let account = sandbox.account();
    let credentials = kotak::Credentials::new()
        .userid(account.userid.as_str())
        .consumer_key(account.consumer_key.as_str())
        .access_token(account.access_token.as_str());
    let builder = kotak::Client::builder().credentials(credentials).options(once());
    let client = builder.clone().base_url(sandbox.base_url()).build()?;
    let pending = client.login(&secret(&account.password)).await?;
    Ok(SignedIn {
        session: pending.redeem_one_time_token().await?.without_profile(),
        resume: resuming!(builder, sandbox.base_url()),
        path: "reports/1.0/orders",
        url: sandbox.orders_url(),
        user: sandbox.user().to_owned(),
        hours_from_utc: 5.5,
        _sandbox: Box::new(sandbox),
    })
}

async fn with_ibkr(now: Timestamp) -> Result<SignedIn, Error> {
    let sandbox = start(broker_session_sandbox::ibkr::Sandbox::builder().opened_at_sign_in(false), now).await;
    let builder = ibkr::Client::builder().options(once());
    let client = builder.clone().base_url(sandbox.base_url()).build()?;
    client.open_session(ibkr::Compete::Yield).await?;
    Ok(SignedIn {
        session: client.session().await?.without_profile(),
        resume: resuming!(builder, sandbox.base_url()),
        path: "iserver/accounts",
        url: format!("{}/iserver/accounts", sandbox.base_url()),
        user: sandbox.user().to_owned(),
        hours_from_utc: 0.0,
        _sandbox: Box::new(sandbox),
    })
}

async fn with_neo(now: Timestamp) -> Result<SignedIn, Error> {
    let sandbox = start(broker_session_sandbox::neo::Sandbox::builder(), now).await;
    let account = sandbox.account();
    let credentials = neo::Credentials::new()
        .mobile(account.mobile.as_str())
        .ucc(account.ucc.as_str())
        .access_token(account.access_token.as_str());
    let builder = neo::Client::builder().credentials(credentials).options(once());
    let client = builder.clone().base_url(sandbox.base_url()).build()?;
    let view = client.login_totp(&secret(&sandbox.totp_now())).await?;
    Ok(SignedIn {
        session: view.validate(&secret(&account.mpin)).await?.without_profile(),
        resume: resuming!(builder, sandbox.base_url()),
        path: "quick/user/orders",
        url: sandbox.orders_url(),
        user: sandbox.user().to_owned(),
        hours_from_utc: 5.5,
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

/// Whether a request of the program's own gets what it asks for, with the session on it.
async fn is_served(session: &Session, url: &str) -> bool {
    let request = session.authorize(session.http().get(url)).expect("the broker's host");
    request.send().await.expect("a response").status().is_success()
}

#[tokio::test]
async fn every_broker_has_its_name_and_knows_its_user() {
    let everybody = with_everybody(2100).await;
    let names: Vec<&str> = everybody.iter().map(|signed_in| signed_in.session.broker()).collect();
    assert_eq!(names, ["kotak", "ibkr", "neo"]);
    for SignedIn { session, user, url, path, .. } in &everybody {
        assert_eq!(session.user(), user);
        assert_eq!(*url, format!("{}/{path}", session.base_url()));
        assert!(!session.base_url().ends_with('/'));
    }
}

#[tokio::test]
async fn own_requests_need_the_session() {
    for SignedIn { session, url, path, .. } in with_everybody(2100).await {
        assert!(is_served(&session, &url).await, "{}", session.broker());
        let response = session.get(path).send().await.unwrap();
        assert!(response.status().is_success(), "{}", session.broker());
        let bare = session.http().get(&url).send().await.unwrap();
        // A gateway of Interactive Brokers has signed itself in, and asks nobody.
        assert_eq!(bare.status().is_success(), session.broker() == "ibkr");
    }
}

#[tokio::test]
async fn session_is_not_sent_to_another_host() {
    for SignedIn { session, .. } in with_everybody(2100).await {
        for url in [
            "https://evil.example/apim/reports/1.0/orders",
            "http://localhost:9/",
            "http://127.0.0.1:9/",
            "http://127.0.0.2:9/",
            "https://127.0.0.1.evil.example/",
            "https://mksapi.kotaksecurities.com/quotes",
            "https://e43.kotaksecurities.com/quick/user/orders",
            "http://e43.kotaksecurities.com/quick/user/orders",
            "http://tradeapi.kotaksecurities.com/apim/reports/1.0/orders",
            "https://tradeapi.kotaksecurities.com.evil.example/apim",
            "https://api.ibkr.com/v1/api",
        ] {
            let error = session.authorize(session.http().get(url)).unwrap_err();
            assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::HostNotAllowed, true), "{url}");
        }
        let error = session.authorize(session.http().get("no url")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[tokio::test]
async fn sessions_know_login_time_and_expiry() {
    for (year, is_over) in [(2100, false), (2020, true)] {
        for SignedIn { session, hours_from_utc, .. } in with_everybody(year).await {
            let (broker, began) = (session.broker(), session.login_time().expect("a time"));
            let ends = session.expires_at().unwrap_or_else(|| panic!("{broker} has no end"));
            assert_eq!(f64::from(ends.offset().seconds()) / 3600.0, hours_from_utc, "{broker}");
            let hours = ends.timestamp().duration_since(began).as_hours();
            assert!((1..=24).contains(&hours), "{broker}: {hours}");
            assert!(began.duration_since(day(year)).abs().as_hours() < 1, "{broker}: {began}");
            assert_eq!((session.is_expired(), session.save().is_expired()), (is_over, is_over), "{broker}");
        }
    }
}

#[tokio::test]
async fn sessions_are_saved_as_json_and_resumed() {
    for SignedIn { session, resume, url, user, .. } in with_everybody(2100).await {
        let saved = session.save();
        let kept = serde_json::to_string(&saved).unwrap();
        let again: SavedSession = serde_json::from_str(&kept).unwrap();
        assert_eq!(again, saved);
        let found =
            (again.broker(), again.user(), again.base_url(), again.login_time(), again.expires_at().cloned());
        let expected =
            (session.broker(), user.as_str(), session.base_url(), session.login_time(), session.expires_at());
        assert_eq!(found, expected);
        let (broker, base) = (session.broker(), session.base_url().to_owned());
        drop(session);
        // Loopback is a home with every broker; a gateway is one place alone.
        for at in [At::Home, At::Sandbox].into_iter().filter(|at| broker != "ibkr" || *at == At::Sandbox) {
            let session = resume(again.clone(), at).unwrap_or_else(|error| panic!("{broker}: {error}"));
            assert_eq!((session.broker(), session.base_url()), (broker, base.as_str()));
            assert_eq!(session.login_time(), again.login_time(), "{broker}");
            assert!(is_served(&session, &url).await, "{broker}");
            if at == At::Sandbox {
                session.logout().await.unwrap_or_else(|error| panic!("{broker}: {error}"));
            }
        }
    }
}

#[tokio::test]
async fn no_broker_resumes_the_session_of_another() {
    let everybody = with_everybody(2100).await;
    for theirs in &everybody {
        for own in &everybody {
            let outcome = (own.resume)(theirs.session.save(), At::Sandbox);
            let label = format!("{} resumes a session of {}", own.session.broker(), theirs.session.broker());
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
async fn changed_saved_session_is_not_resumed() {
    use ErrorKind::{Config, HostNotAllowed};
    for SignedIn { session, resume, .. } in with_everybody(2100).await {
        let saved = serde_json::to_value(session.save()).unwrap();
        let mut changes = vec![
            ("/base_url".to_owned(), "https://evil.example", HostNotAllowed),
            ("/base_url".to_owned(), "https://e43.kotaksecurities.com.evil.example", HostNotAllowed),
            ("/base_url".to_owned(), "http://localhost:9", HostNotAllowed),
            ("/base_url".to_owned(), "http://127.0.0.1.evil.example", HostNotAllowed),
            ("/base_url".to_owned(), "", HostNotAllowed),
            ("/base_url".to_owned(), "e43.kotaksecurities.com", Config),
            ("/base_url".to_owned(), "https:/e43.kotaksecurities.com", Config),
            ("/user".to_owned(), "", Config),
            ("/user".to_owned(), "SOMEBODY", Config),
        ];
        for name in saved["secrets"].as_object().unwrap().keys() {
            let secret =
                ["", "made up", "made\r\nX-Evil: 1"].map(|text| (format!("/secrets/{name}"), text, Config));
            changes.extend(secret);
        }
        // A session of a gateway belongs to the person who has signed in there; another base is another gateway.
        let is_gateway = session.broker() == "ibkr";
        for (pointer, value, kind) in changes {
            let kind = match is_gateway {
                true if pointer == "/base_url" => HostNotAllowed,
                true => continue,
                false => kind,
            };
            let mut changed = saved.clone();
            *changed.pointer_mut(&pointer).unwrap() = value.into();
            let label = format!("{} {pointer} {value}", session.broker());
            let error = resume(serde_json::from_value(changed).unwrap(), At::Sandbox).expect_err(&label);
            assert_eq!((error.kind(), error.is_unsent()), (kind, true), "{label}: {error}");
            assert!(!format!("{error} {error:?}").contains("X-Evil"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_saved_session_is_not_read_as_one() {
    for SignedIn { session, .. } in with_everybody(2100).await {
        let saved = serde_json::to_value(session.save()).unwrap();
        for field in ["broker", "base_url", "secrets"] {
            let mut odd = saved.clone();
            odd.as_object_mut().unwrap().remove(field).unwrap_or_else(|| panic!("no {field}"));
            assert!(serde_json::from_value::<SavedSession>(odd).is_err(), "{field} left out");
            let mut odd = saved.clone();
            odd[field] = 5.into();
            assert!(serde_json::from_value::<SavedSession>(odd).is_err(), "{field} of another type");
        }
        let mut odd = saved.clone();
        odd["more"] = "made up".into();
        assert!(serde_json::from_value::<SavedSession>(odd).is_err(), "an unknown field");
    }
}

#[tokio::test]
async fn signed_out_session_is_refused() {
    for SignedIn { session, resume, path, url, .. } in with_everybody(2100).await {
        let (broker, saved) = (session.broker(), session.save());
        let request = session.authorize(session.http().get(&url)).unwrap();
        // In a task of its own, as a program may have it.
        let own = session.clone();
        let outcome = tokio::spawn(async move { own.logout().await }).await.unwrap();
        outcome.unwrap_or_else(|error| panic!("{broker}: {error}"));
        assert!(!request.send().await.unwrap().status().is_success(), "{broker}");
        let error = session.get(path).send().await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::SessionExpired, true), "{broker}");
        let resumed = resume(saved, At::Sandbox).unwrap();
        for error in [resumed.get(path).send().await.unwrap_err(), resumed.logout().await.unwrap_err()] {
            let kind = error.kind();
            assert!(matches!(kind, ErrorKind::SessionExpired | ErrorKind::LoginRequired), "{broker}: {kind}");
        }
    }
}
