//! A whole day of a session: the reset at midnight, a session elsewhere, two outages and a penalty.

use std::collections::BTreeMap;

use broker_session_sandbox::{
    Clock, Fault,
    ibkr::{Etiquette, Midnight, Operation, Sandbox},
};
use contract_tests::Network;
use http::StatusCode;
use tokio::time::{Instant, sleep_until};

use crate::support::{HOUR, MINUTE, SECOND, Scene, Watched, closed};

/// Eight in the morning in New York, in winter.
const MORNING: &str = "2024-01-15T13:00:00Z";

struct Day {
    scene: Scene,
    morning: Instant,
}

impl Day {
    async fn begin() -> Self {
        let clock = Clock::starting_at(MORNING.parse().expect("a time"));
        let builder = closed().clock(clock).midnight(Midnight::NewYork).establish_after(5 * SECOND);
        Self { scene: Scene::with(builder).await, morning: Instant::now() }
    }

    /// Waits until so many hours and minutes after the morning, and half a minute more: tickles come on the
    /// minute, and nothing is to happen at the same moment.
    async fn at(&self, hours: u32, minutes: u32) {
        sleep_until(self.morning + hours * HOUR + minutes * MINUTE + 30 * SECOND).await;
    }

    /// What happens, and when.
    async fn pass(&self, watched: &Watched) {
        let Scene { sandbox, .. } = &self.scene;
        // The user signs in on the phone for an hour.
        self.at(2, 10).await;
        sandbox.compete();
        self.at(3, 10).await;
        sandbox.stop_competing();
        // The cable is pulled for two minutes, which is less than the idle time-out.
        self.at(5, 30).await;
        self.scene.network(Network::Refused);
        self.at(5, 32).await;
        self.scene.network(Network::Up);
        // The gateway's machine hangs for half an hour.
        self.at(8, 0).await;
        self.scene.network(Network::Silent);
        self.at(8, 30).await;
        self.scene.network(Network::Up);
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
    fn states(&self, watched: &Watched) -> Vec<(u64, u64, &'static str)> {
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
async fn a_day_with_a_reset_a_session_elsewhere_two_outages_and_a_penalty_ends_well() {
    let day = Day::begin().await;
    let watched = day.scene.supervise();
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
    let state = day.scene.sandbox.state();
    assert!(state.authenticated && state.established && state.single_sign_on, "{state:?}");
    assert_eq!(day.scene.sandbox.etiquette(), Etiquette::default());
    let tickles: usize = 24 * 60 + 1;
    // Two minutes of the cable, thirty of the machine, fourteen of the penalty: nothing arrives or is sent.
    check_calls(&day.scene.sandbox, tickles - 2 - 30 - 14);
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
    // After each tickle that says that the session is not well: for the hour of the phone and while nobody is
    // signed in. Besides, one before each opening, and one every two seconds after it until it is established.
    let statuses = counts.remove(Operation::IserverAuthStatusPost.id()).unwrap_or_default();
    let openings = statuses.saturating_sub(60 + 7);
    assert!((5 * 4..=5 * 6).contains(&openings), "{statuses}");
    assert!(counts.is_empty(), "nothing else is called: {counts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_day_without_any_event_is_a_tickle_a_minute() {
    let clock = Clock::starting_at(MORNING.parse().expect("a time"));
    let scene = Scene::with(Sandbox::builder().clock(clock)).await;
    let watched = scene.supervise();
    crate::support::pass(24 * HOUR - SECOND).await;
    assert_eq!(watched.names(), ["connecting", "ready"]);
    assert_eq!(scene.sandbox.calls().len(), 24 * 60);
    assert_eq!(scene.sandbox.call_count(Operation::TicklePost), 24 * 60);
    scene.assert_well_behaved();
}

#[tokio::test(start_paused = true)]
async fn a_sign_on_ends_after_24_hours_even_if_no_midnight_ends_it() {
    let scene = Scene::with(Sandbox::builder()).await;
    let watched = scene.supervise();
    crate::support::pass(24 * HOUR - MINUTE).await;
    assert_eq!(watched.name(), "ready");
    watched.until("login_required", 3 * MINUTE).await;
    scene.assert_well_behaved();
}
