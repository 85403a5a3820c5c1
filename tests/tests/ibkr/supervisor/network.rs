//! A network that is down is not a session that is over.

use broker_session::ibkr::Compete;
use broker_session_sandbox::{Fault, ibkr::Operation};
use contract_tests::{Network, Reaction};
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};

use super::support::{
    Fixture, HOUR, MINUTE, ObservedSupervisor, SECOND, ScriptedGateway, alive, pass, status, tickle,
};
use crate::support::closed;

#[tokio::test(start_paused = true)]
async fn a_network_that_is_down_is_offline_and_comes_back() {
    for network in [Network::Refused, Network::Silent] {
        let (fixture, watched) = Fixture::ready().await;
        fixture.network(network);
        let state = watched.until("offline", 3 * MINUTE).await;
        assert!(
            state.reason().contains("connection") || state.reason().contains("response"),
            "{}",
            state.reason()
        );
        // Shorter than the idle time-out.
        pass(2 * MINUTE).await;
        assert_eq!(watched.name(), "offline");
        fixture.network(Network::Up);
        watched.until("ready", 2 * MINUTE).await;
        assert_eq!(watched.names(), ["connecting", "ready", "offline", "ready"], "{network:?}");
        assert_eq!((fixture.inits(), fixture.validations()), (0, 0), "{network:?}");
        fixture.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_outage_ends_with_one_opening() {
    for network in [Network::Refused, Network::Silent] {
        let (fixture, watched) = Fixture::ready().await;
        fixture.network(network);
        watched.until("offline", 3 * MINUTE).await;
        pass(5 * HOUR).await;
        assert_eq!(watched.names(), ["connecting", "ready", "offline"], "{network:?}");
        fixture.network(Network::Up);
        watched.until("ready", 3 * MINUTE).await;
        assert_eq!(fixture.inits(), 1, "{network:?}: the session has timed out meanwhile");
        fixture.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_not_there_yet_is_waited_for() {
    let fixture = Fixture::with(closed()).await;
    fixture.network(Network::Refused);
    let watched = fixture.supervise();
    watched.until("offline", MINUTE).await;
    pass(30 * MINUTE).await;
    fixture.network(Network::Up);
    watched.until("ready", 2 * MINUTE).await;
    assert_eq!(fixture.inits(), 1);
    fixture.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn unusable_responses_are_offline_until_they_end() {
    for (fault, expected) in [
        (Fault::reset(), "offline"),
        (Fault::empty(StatusCode::SERVICE_UNAVAILABLE), "offline"),
        (Fault::html_page(StatusCode::BAD_GATEWAY), "offline"),
        (Fault::html_page(StatusCode::SERVICE_UNAVAILABLE), "offline"),
        (Fault::html_page(StatusCode::INTERNAL_SERVER_ERROR), "offline"),
        (Fault::html_page(StatusCode::OK), "offline"),
        (Fault::html_page(StatusCode::FORBIDDEN), "refused"),
        (Fault::empty(StatusCode::NOT_FOUND), "refused"),
    ] {
        let fixture = Fixture::open().await;
        let label = format!("{fault:?}");
        let watched = fixture.supervise();
        watched.until("ready", MINUTE).await;
        for operation in Operation::ALL {
            fixture.sandbox.inject_always(operation, fault.clone());
        }
        watched.until(expected, 3 * MINUTE).await;
        pass(30 * MINUTE).await;
        assert_eq!(watched.names(), ["connecting", "ready", expected], "{label}");
        assert_eq!((fixture.inits(), fixture.validations()), (0, 0), "{label}");
        fixture.sandbox.clear_faults();
        watched.until("ready", 2 * MINUTE).await;
        assert_eq!(fixture.inits(), 1, "{label}: the session has timed out meanwhile");
        fixture.assert_well_behaved();
    }
}

#[tokio::test(start_paused = true)]
async fn outage_during_validation_is_offline() {
    let (script, watched) = ScriptedGateway::supervised(|call, before| match (call, before) {
        ("tickle", 0..5) => tickle(false, false),
        ("tickle", _) => tickle(true, true),
        ("sso/validate", _) => Reaction::Respond(Vec::new()),
        _ => status(false, false),
    })
    .await;
    watched.until("offline", MINUTE).await;
    watched.until("ready", 10 * MINUTE).await;
    assert_eq!(watched.names(), ["connecting", "offline", "ready"]);
    assert_eq!(script.count("ssodh/init"), 0);
}

#[tokio::test(start_paused = true)]
async fn silent_call_does_not_stop_the_supervisor() {
    for silent in ["tickle", "auth/status", "sso/validate", "ssodh/init"] {
        let script = ScriptedGateway::start(move |call, _| match call {
            "tickle" => tickle(false, false),
            "auth/status" => status(false, false),
            "ssodh/init" => status(true, true),
            _ => alive(),
        })
        .await;
        script.network.set(Network::SilentFor(silent));
        let watched = ObservedSupervisor::start(script.gateway(), Compete::Yield);
        pass(HOUR).await;
        assert!(watched.names().contains(&"offline"), "{silent}: {:?}", watched.names());
        assert!(!watched.names().contains(&"ready") && !watched.names().contains(&"login_required"));
        assert_eq!(script.count("ssodh/init"), 0, "{silent}");
        if silent != "tickle" {
            assert!(script.count("tickle") >= 40, "{silent}: {}", script.count("tickle"));
        }
        script.network.set(Network::Up);
        pass(HOUR).await;
        assert!((1..=7).contains(&script.count("ssodh/init")), "{silent}: {}", script.count("ssodh/init"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_round_takes_no_longer_than_its_deadlines() {
    let fixture = Fixture::open().await;
    fixture.network(Network::Silent);
    let started = tokio::time::Instant::now();
    let watched = fixture.supervise();
    watched.until("offline", MINUTE).await;
    assert!(started.elapsed() <= 31 * SECOND, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_asks_for_time_is_given_it() {
    let (fixture, watched) = Fixture::ready().await;
    for operation in Operation::ALL {
        let fault = Fault::empty(StatusCode::SERVICE_UNAVAILABLE);
        let fault = fault.header(RETRY_AFTER, HeaderValue::from_static("240"));
        fixture.sandbox.inject_always(operation, fault);
    }
    watched.until("offline", 3 * MINUTE).await;
    let before = fixture.sandbox.calls().len();
    pass(3 * MINUTE).await;
    assert_eq!(fixture.sandbox.calls().len(), before, "it has asked for four minutes (RFC 9110, 10.2.3)");
    fixture.sandbox.clear_faults();
    watched.until("ready", 3 * MINUTE).await;
}

#[tokio::test(start_paused = true)]
async fn flapping_gateway_is_not_opened_each_time() {
    let (script, watched) = ScriptedGateway::supervised(|call, before| match call {
        "tickle" => tickle(before % 2 == 1, true),
        "auth/status" => status(before % 3 == 1, before % 5 != 1),
        "ssodh/init" => status(before % 2 == 0, true),
        _ => alive(),
    })
    .await;
    pass(6 * HOUR).await;
    assert!(script.count("ssodh/init") <= 18, "{}", script.count("ssodh/init"));
    assert!(watched.names().contains(&"ready") && !watched.names().contains(&"login_required"));
}
