//! A whole day, and waiting until a session is ready.

use std::{collections::BTreeMap, sync::Arc};

use broker_session::{
    ClientOptions, ErrorKind,
    ibkr::{Client, Compete},
};
use broker_session_sandbox::{
    Clock, Fault,
    ibkr::{Midnight, Operation, Sandbox, Violations},
};
use contract_tests::{Network, PausedClock, Proxy};
use http::StatusCode;
use tokio::time::{Instant, sleep_until};

use super::support::{
    Fixture, HOUR, MINUTE, ObservedSupervisor, SECOND, ScriptedGateway, alive, json, ok, pass, status, tickle,
};
use crate::support::closed;

/// Eight in the morning in New York, in winter.
const MORNING: &str = "2024-01-15T13:00:00Z";

struct Day {
    fixture: Fixture,
    morning: Instant,
}

impl Day {
    async fn begin() -> Self {
        let clock = Clock::starting_at(MORNING.parse().expect("a time"));
        let builder = closed().clock(clock).midnight(Midnight::NewYork).establish_after(5 * SECOND);
        Self { fixture: Fixture::with(builder).await, morning: Instant::now() }
    }

    /// Waits until so many hours and minutes after the morning, and half a minute more: tickles come on the
    /// minute, and nothing is to happen at the same moment.
    async fn at(&self, hours: u32, minutes: u32) {
        sleep_until(self.morning + hours * HOUR + minutes * MINUTE + 30 * SECOND).await;
    }

    /// What happens, and when.
    async fn pass(&self, watched: &ObservedSupervisor) {
        let Fixture { sandbox, .. } = &self.fixture;
        // The user signs in on the phone for an hour.
        self.at(2, 10).await;
        sandbox.compete();
        self.at(3, 10).await;
        sandbox.stop_competing();
        // The cable is pulled for two minutes, which is less than the idle time-out.
        self.at(5, 30).await;
        self.fixture.network(Network::Refused);
        self.at(5, 32).await;
        self.fixture.network(Network::Up);
        // The gateway's machine hangs for half an hour.
        self.at(8, 0).await;
        self.fixture.network(Network::Silent);
        self.at(8, 30).await;
        self.fixture.network(Network::Up);
        // Another program on the same address has called too often.
        self.at(12, 0).await;
        sandbox.inject(Operation::TicklePost, Fault::status(StatusCode::TOO_MANY_REQUESTS));
        // At 16:00 it is midnight in New York. The person signs in seven minutes later.
        self.at(15, 58).await;
        assert_eq!(watched.name(), "ready");
        self.at(16, 6).await;
        assert_eq!(watched.name(), "login_required");
        sandbox.sign_in();
        self.at(24, 0).await;
    }

    /// The states, each with the hours and minutes after the morning.
    fn states(&self, watched: &ObservedSupervisor) -> Vec<(u64, u64, &'static str)> {
        let mut states: Vec<_> = watched
            .seen()
            .iter()
            .map(|seen| {
                let minutes = (seen.at - self.morning).as_secs() / 60;
                (minutes / 60, minutes % 60, seen.name)
            })
            .collect();
        states.dedup_by_key(|(_, _, name)| *name);
        states
    }
}

#[tokio::test(start_paused = true)]
async fn eventful_day_ends_well() {
    let day = Day::begin().await;
    let watched = day.fixture.supervise();
    day.pass(&watched).await;

    let opened = |hours, minutes| ["soft_timeout", "ready"].map(|name| (hours, minutes, name)).to_vec();
    let expected = [
        vec![(0, 0, "connecting")],
        opened(0, 0),
        // The phone.
        vec![(2, 11, "competing")],
        opened(3, 11),
        // The cable; the session has not noticed.
        vec![(5, 31, "offline"), (5, 33, "ready")],
        // The machine; the session has timed out meanwhile, and so it has after the penalty.
        vec![(8, 1, "offline")],
        opened(8, 31),
        vec![(12, 1, "penalised")],
        opened(12, 16),
        // Midnight, and the person who signs in.
        vec![(16, 0, "login_required")],
        opened(16, 7),
    ]
    .concat();
    assert_eq!(day.states(&watched), expected);
    let state = day.fixture.sandbox.state();
    assert!(state.authenticated && state.established && state.single_sign_on, "{state:?}");
    assert_eq!(day.fixture.sandbox.violations(), Violations::default());
    let tickles: usize = 24 * 60 + 1;
    // Two minutes of the cable, thirty of the machine, fourteen of the penalty: nothing arrives or is sent.
    check_calls(&day.fixture.sandbox, tickles - 2 - 30 - 14);
}

fn check_calls(sandbox: &Sandbox, tickles: usize) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for call in sandbox.calls() {
        *counts.entry(call.operation.expect("a call that the broker knows")).or_default() += 1;
    }
    assert_eq!(counts.remove(Operation::TicklePost.id()), Some(tickles));
    // Morning, phone, machine, penalty, midnight.
    assert_eq!(counts.remove(Operation::IserverAuthSsodhInitPost.id()), Some(5));
    // Nobody is signed in from 16:00 to 16:06: once a minute.
    assert_eq!(counts.remove(Operation::SsoValidateGet.id()), Some(7));
    // After each tickle that reports a lost session: for the hour of the phone and while nobody is
    // signed in. Besides, one before each opening, and one every two seconds after it until it is established.
    let statuses = counts.remove(Operation::IserverAuthStatusPost.id()).unwrap_or_default();
    let openings = statuses.saturating_sub(60 + 7);
    assert!((5 * 4..=5 * 6).contains(&openings), "{statuses}");
    assert!(counts.is_empty(), "nothing else is called: {counts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_day_without_any_event_is_a_tickle_a_minute() {
    let clock = Clock::starting_at(MORNING.parse().expect("a time"));
    let (fixture, watched) = Fixture::supervised(Sandbox::builder().clock(clock)).await;
    pass(24 * HOUR - SECOND).await;
    assert_eq!(watched.names(), ["connecting", "ready"]);
    assert_eq!(fixture.sandbox.calls().len(), 24 * 60);
    assert_eq!(fixture.sandbox.call_count(Operation::TicklePost), 24 * 60);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn sign_on_ends_after_24_hours() {
    let (fixture, watched) = Fixture::supervised(Sandbox::builder()).await;
    pass(24 * HOUR - MINUTE).await;
    assert_eq!(watched.name(), "ready");
    watched.until("login_required", 3 * MINUTE).await;
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_on_its_way_is_waited_for() {
    let fixture = Fixture::with(closed().establish_after(20 * SECOND)).await;
    let gateway = fixture.gateway();
    gateway.open_session(Compete::Yield).await.unwrap();
    let started = Instant::now();
    let status = gateway.wait_until_ready(MINUTE).await.unwrap();
    assert!(status.is_ready());
    assert!((20..=22).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    assert_eq!(fixture.inits(), 1, "it only waits");
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_passed_deadline_names_what_is_missing() {
    for (status, kind, words) in [
        (
            r#"{"authenticated":true,"connected":true,"established":false}"#,
            ErrorKind::Timeout,
            "being loaded",
        ),
        (r#"{"authenticated":false,"connected":true}"#, ErrorKind::SessionExpired, "timed out"),
        (r#"{"authenticated":false,"connected":false}"#, ErrorKind::SessionExpired, "no brokerage session"),
        (r#"{"authenticated":false,"connected":true,"competing":true}"#, ErrorKind::Refused, "elsewhere"),
        (r#"{"authenticated":true,"connected":false}"#, ErrorKind::Timeout, "link"),
        (r#"{"error":"failed to process request"}"#, ErrorKind::Unavailable, "failed to process request"),
    ] {
        let script = ScriptedGateway::start(move |_, _| ok(status)).await;
        let started = Instant::now();
        let error = script.gateway().wait_until_ready(30 * SECOND).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{status}: {error}");
        assert!(error.to_string().contains(words), "{status}: {error}");
        assert!((28..=31).contains(&started.elapsed().as_secs()), "{status}: {:?}", started.elapsed());
        assert_eq!(script.count("ssodh/init"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_ended_sign_on_names_the_login_page() {
    let fixture = Fixture::with(closed().signed_out()).await;
    let error = fixture.gateway().wait_until_ready(30 * SECOND).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginRequired);
    assert_eq!(error.login_url(), Some(&*format!("{}/", fixture.sandbox.root_url())));
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_person_may_sign_in_meanwhile() {
    let fixture = Fixture::with(Sandbox::builder().signed_out()).await;
    let gateway = fixture.gateway();
    let person = async {
        pass(40 * SECOND).await;
        fixture.sandbox.sign_in();
    };
    let (outcome, ()) = tokio::join!(gateway.wait_until_ready(2 * MINUTE), person);
    assert!(outcome.unwrap().is_ready());
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_not_there_ends_in_time() {
    for network in [Network::Refused, Network::Silent] {
        let fixture = Fixture::open().await;
        fixture.network(network);
        for deadline in [SECOND, 20 * SECOND, 2 * MINUTE] {
            let started = Instant::now();
            let error = fixture.gateway().wait_until_ready(deadline).await.unwrap_err();
            let expected = [ErrorKind::Unavailable, ErrorKind::Timeout];
            assert!(expected.contains(&error.kind()), "{network:?}: {error}");
            assert!(started.elapsed() <= deadline + SECOND, "{network:?}: {:?}", started.elapsed());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_penalty_beyond_the_deadline_fails_at_once() {
    let fixture = Fixture::open().await;
    fixture.sandbox.inject(Operation::IserverAuthStatusPost, Fault::status(StatusCode::TOO_MANY_REQUESTS));
    let (gateway, started) = (fixture.gateway(), Instant::now());
    let error = gateway.wait_until_ready(MINUTE).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(started.elapsed().as_secs(), 0);
    assert!(
        gateway
            .wait_until_ready(20 * MINUTE)
            .await
            .is_err_and(|error| error.kind() == ErrorKind::SessionExpired)
    );
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_diagnosis_neither_prolongs_nor_opens_the_session() {
    let fixture = Fixture::with(closed()).await;
    let gateway = fixture.gateway();
    assert_eq!(gateway.diagnose().await.unwrap().state().name(), "soft_timeout");
    gateway.open_session(Compete::Yield).await.unwrap();
    assert_eq!(gateway.diagnose().await.unwrap().state().name(), "ready");
    fixture.sandbox.compete();
    assert_eq!(gateway.diagnose().await.unwrap().state().name(), "competing");
    fixture.sandbox.sign_out();
    let state = gateway.diagnose().await.unwrap();
    assert_eq!(state.state().name(), "login_required");
    assert_eq!(state.login_url(), Some(&*format!("{}/", fixture.sandbox.root_url())));
    fixture.network(Network::Refused);
    assert_eq!(gateway.diagnose().await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!((fixture.inits(), fixture.sandbox.call_count(Operation::TicklePost)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn hosted_api_never_validates_the_sign_on() {
    // A host of the broker's that leads to the sandbox: on loopback there is always a page to open.
    let fixture = Fixture::with(Sandbox::builder().https()).await;
    fixture.sandbox.lose_brokerage_session();
    let address = fixture.sandbox.root_url().trim_start_matches("https://").to_owned();
    let proxy = Proxy::leading_to(&address, &[]).await;
    let certificate = fixture.sandbox.certificate_pem().unwrap();
    let options = ClientOptions::new().proxy(proxy.url()).middleware(Arc::new(PausedClock::new()));
    let gateway = Client::builder()
        .base_url("https://api.ibkr.com/v1/api")
        .options(options)
        .trust_certificate(certificate)
        .header("Authorization", "Bearer made-up-token")
        .build()
        .unwrap();
    let watched = ObservedSupervisor::start(gateway, Compete::Yield);
    watched.until("ready", MINUTE).await;
    assert_eq!((fixture.inits(), fixture.validations()), (1, 0));
    fixture.assert_well_behaved();
}

/// A gateway that always returns the same state.
async fn stuck(status: &'static str) -> ScriptedGateway {
    ScriptedGateway::start(move |call, _| match call {
        "tickle" => ok(&format!(r#"{{"session":"made-up","iserver":{{"authStatus":{status}}}}}"#)),
        "sso/validate" => alive(),
        _ => ok(status),
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn what_is_authenticated_is_never_opened_again() {
    for (status, words) in [
        (r#"{"authenticated":true,"connected":true,"established":false}"#, "being loaded"),
        (r#"{"authenticated":true,"connected":false,"established":true}"#, "link"),
        (r#"{"authenticated":true,"connected":false}"#, "link"),
        (r#"{"authenticated":true,"connected":true,"fail":"something is wrong"}"#, "something is wrong"),
        (r#"{"authenticated":true}"#, "link"),
    ] {
        let script = stuck(status).await;
        let watched = ObservedSupervisor::start(script.gateway(), Compete::Yield);
        pass(6 * HOUR).await;
        assert_eq!(watched.names(), ["connecting"], "{status}");
        let state = watched.supervisor.state();
        assert!(state.reason().contains(words), "{status}: {}", state.reason());
        assert_eq!(script.count("ssodh/init"), 0, "{status}");
        assert_eq!(script.count("sso/validate"), 0, "{status}");
        assert_eq!(script.count("tickle"), 360, "{status}: it is kept alive all the same");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tickle_that_is_behind_the_status_opens_nothing() {
    let (script, watched) = ScriptedGateway::supervised(|call, _| match call {
        "tickle" => tickle(false, true),
        "auth/status" => status(true, true),
        "sso/validate" => alive(),
        _ => status(true, true),
    })
    .await;
    pass(HOUR).await;
    assert_eq!(script.count("ssodh/init"), 0);
    assert_eq!(watched.names(), ["connecting", "ready"]);
}

#[tokio::test(start_paused = true)]
async fn tickle_without_session_is_checked_by_status() {
    for response in [ok(r#"{"error":"no session"}"#), json("401 Unauthorized", "")] {
        let label = format!("{response:?}");
        let (script, watched) = ScriptedGateway::supervised(move |call, _| match call {
            "tickle" => response.clone(),
            "sso/validate" => alive(),
            _ => status(true, true),
        })
        .await;
        pass(HOUR).await;
        assert_eq!(script.count("ssodh/init"), 0, "{label}");
        assert_eq!(watched.names(), ["connecting", "ready"], "{label}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_bridge_right_after_the_opening_is_waited_out() {
    let no_bridge = || json("400 Bad Request", r#"{"error":"Bad Request: no bridge","statusCode":400}"#);
    let (script, watched) = ScriptedGateway::supervised(move |call, before| match (call, before) {
        ("tickle", 0) => tickle(false, true),
        ("tickle", _) => tickle(true, true),
        // Before the opening, then five times after it.
        ("auth/status", 0) => status(false, true),
        ("auth/status", 1..=5) => no_bridge(),
        ("auth/status", _) => status(true, true),
        ("ssodh/init", _) => {
            ok(r#"{"passed":true,"authenticated":true,"connected":true,"established":false}"#)
        }
        _ => alive(),
    })
    .await;
    watched.until("ready", MINUTE).await;
    pass(10 * MINUTE).await;
    assert_eq!(watched.names(), ["connecting", "soft_timeout", "ready"]);
    assert_eq!(script.count("ssodh/init"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_tickle_alone_is_no_reason_to_open() {
    for odd in [
        json("503 Service Unavailable", ""),
        json("500 Internal Server Error", "<html></html>"),
        json("404 Not Found", ""),
        ok("{}"),
        ok("[]"),
    ] {
        let label = format!("{odd:?}");
        let (script, watched) = ScriptedGateway::supervised(move |call, _| match call {
            "tickle" => tickle(false, true),
            "auth/status" => odd.clone(),
            "sso/validate" => alive(),
            _ => status(true, true),
        })
        .await;
        pass(HOUR).await;
        // An opening would tear down what may be alive.
        assert_eq!(script.count("ssodh/init"), 0, "{label}");
        assert!(!watched.names().contains(&"ready"), "{label}");
    }
}
