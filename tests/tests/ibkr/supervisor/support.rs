//! A gateway, a network and a supervisor on a paused clock, and a record of every state.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session::{
    ClientOptions,
    ibkr::{Client, ClientBuilder, Compete, SessionState, Supervisor},
};
use broker_session_sandbox::ibkr::{Builder, Operation, Sandbox, Violations};
use contract_tests::{Network, PausedClock, RawServer, Reaction, lock, respond};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);

/// A sandbox, and the way to it.
pub(crate) struct Fixture {
    pub(crate) sandbox: Sandbox,
    network: Arc<PausedClock>,
}

impl Fixture {
    /// A person has signed in, and the brokerage session is open.
    pub(crate) async fn open() -> Self {
        Self::with(Sandbox::builder()).await
    }

    pub(crate) async fn with(builder: Builder) -> Self {
        let sandbox = builder.start().await.expect("a sandbox on loopback");
        Self { sandbox, network: Arc::new(PausedClock::new()) }
    }

    /// The same under supervision.
    pub(crate) async fn supervised(builder: Builder) -> (Self, ObservedSupervisor) {
        let fixture = Self::with(builder).await;
        let watched = fixture.supervise();
        (fixture, watched)
    }

    /// An open session, and its supervisor knows.
    pub(crate) async fn ready() -> (Self, ObservedSupervisor) {
        Self::ready_to(Compete::Yield).await
    }

    /// The same with a supervisor that may take the session over, or not.
    pub(crate) async fn ready_to(compete: Compete) -> (Self, ObservedSupervisor) {
        let fixture = Self::open().await;
        let watched = ObservedSupervisor::start(fixture.gateway(), compete);
        watched.until("ready", MINUTE).await;
        (fixture, watched)
    }

    pub(crate) fn gateway(&self) -> Client {
        gateway(self.sandbox.base_url(), &self.network)
    }

    /// The settings of a client on the paused clock.
    pub(crate) fn builder(&self) -> ClientBuilder {
        builder(self.sandbox.base_url(), &self.network)
    }

    /// Supervises the session, and leaves alone what is elsewhere.
    pub(crate) fn supervise(&self) -> ObservedSupervisor {
        ObservedSupervisor::start(self.gateway(), Compete::Yield)
    }

    pub(crate) fn network(&self, network: Network) {
        self.network.set(network);
    }

    pub(crate) fn inits(&self) -> usize {
        self.sandbox.call_count(Operation::IserverAuthSsodhInitPost)
    }

    pub(crate) fn validations(&self) -> usize {
        self.sandbox.call_count(Operation::SsoValidateGet)
    }

    /// Fails the test if anything was called that should not have been.
    pub(crate) fn assert_well_behaved(&self) {
        assert_eq!(self.sandbox.violations(), Violations::default());
    }
}

/// A gateway on a paused clock.
pub(crate) fn gateway(base: &str, network: &Arc<PausedClock>) -> Client {
    builder(base, network).build().expect("settings that fit")
}

fn builder(base: &str, network: &Arc<PausedClock>) -> ClientBuilder {
    Client::builder().base_url(base).options(ClientOptions::new().middleware(network.clone()))
}

/// A state as it was published.
#[derive(Clone, Debug)]
pub(crate) struct ObservedState {
    pub(crate) at: Instant,
    pub(crate) name: &'static str,
    pub(crate) reason: String,
}

/// A supervisor under observation.
pub(crate) struct ObservedSupervisor {
    pub(crate) supervisor: Supervisor,
    seen: Arc<Mutex<Vec<ObservedState>>>,
    _recording: JoinHandle<()>,
}

impl ObservedSupervisor {
    pub(crate) fn start(gateway: Client, compete: Compete) -> Self {
        let supervisor = Supervisor::builder(gateway, compete).start().expect("a supervisor");
        let mut states = supervisor.subscribe();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let of_task = seen.clone();
        let recording = tokio::spawn(async move {
            let mut last: Option<SessionState> = None;
            loop {
                let state = states.borrow_and_update().clone();
                check(last.as_ref(), &state);
                let (name, reason) = (state.state().name(), state.reason().to_owned());
                lock(&of_task).push(ObservedState { at: Instant::now(), name, reason });
                last = Some(state);
                if states.changed().await.is_err() {
                    return;
                }
            }
        });
        Self { supervisor, seen, _recording: recording }
    }

    /// Waits until the session is in the state of this name, for at most a while.
    pub(crate) async fn until(&self, name: &str, within: Duration) -> SessionState {
        let mut states = self.supervisor.subscribe();
        let found = timeout(within, states.wait_for(|state| state.state().name() == name)).await;
        match found {
            Ok(state) => state.expect("the supervisor lives").clone(),
            Err(_) => panic!("the session is not {name} after {within:?}: {:#?}", self.seen()),
        }
    }

    pub(crate) fn seen(&self) -> Vec<ObservedState> {
        lock(&self.seen).clone()
    }

    /// The names of the states, one for each change.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.seen().iter().map(|seen| seen.name).collect();
        names.dedup();
        names
    }

    pub(crate) fn name(&self) -> &'static str {
        self.supervisor.state().state().name()
    }
}

/// Every state has a reason, and the time of its beginning.
fn check(last: Option<&SessionState>, state: &SessionState) {
    assert!(!state.reason().trim().is_empty(), "a state without a reason: {state:?}");
    match last.filter(|last| last.state() == state.state()) {
        Some(last) => assert_eq!(last.since(), state.since(), "it has not changed: {state:?}"),
        None => assert_eq!(state.since(), Instant::now(), "it has just changed: {state:?}"),
    }
}

/// Lets time pass.
pub(crate) async fn pass(time: Duration) {
    sleep(time).await;
}

/// The calls that a script knows, by the ends of their paths.
const CALLS: [&str; 6] = ["tickle", "auth/status", "ssodh/init", "sso/validate", "logout", "reauthenticate"];

/// A gateway that follows a script.
pub(crate) struct ScriptedGateway {
    pub(crate) server: RawServer,
    pub(crate) network: Arc<PausedClock>,
    log: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl ScriptedGateway {
    /// `respond` gets the end of the call's path, and how often it was called before.
    pub(crate) async fn start(respond: impl Fn(&str, usize) -> Reaction + Send + Sync + 'static) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let of_server = log.clone();
        let server = RawServer::start(move |request| {
            let line = request.lines().next().unwrap_or_default();
            let call = CALLS.into_iter().find(|call| line.contains(*call)).unwrap_or(line);
            let mut log = lock(&of_server);
            let before = log.iter().filter(|(_, known)| known == call).count();
            log.push((Instant::now(), call.to_owned()));
            drop(log);
            respond(call, before)
        });
        Self { server: server.await, network: Arc::new(PausedClock::new()), log }
    }

    pub(crate) fn gateway(&self) -> Client {
        gateway(&format!("{}/v1/api", self.server.base_url()), &self.network)
    }

    /// The same under supervision.
    pub(crate) async fn supervised(
        respond: impl Fn(&str, usize) -> Reaction + Send + Sync + 'static,
    ) -> (Self, ObservedSupervisor) {
        let script = Self::start(respond).await;
        let watched = ObservedSupervisor::start(script.gateway(), Compete::Yield);
        (script, watched)
    }

    /// When the call with this end of its path came.
    pub(crate) fn times(&self, call: &str) -> Vec<Instant> {
        let log = lock(&self.log);
        log.iter().filter(|(_, known)| known == call).map(|(at, _)| *at).collect()
    }

    pub(crate) fn count(&self, call: &str) -> usize {
        self.times(call).len()
    }
}

/// A response in JSON.
pub(crate) fn json(status: &str, body: &str) -> Reaction {
    Reaction::Respond(respond(status, &[("content-type", "application/json")], body))
}

pub(crate) fn ok(body: &str) -> Reaction {
    json("200 OK", body)
}

/// A status or the response of an opening.
pub(crate) fn status(authenticated: bool, connected: bool) -> Reaction {
    ok(&format!(r#"{{"authenticated":{authenticated},"connected":{connected},"competing":false}}"#))
}

/// A tickle with a status in it.
pub(crate) fn tickle(authenticated: bool, connected: bool) -> Reaction {
    let status = format!(r#"{{"authenticated":{authenticated},"connected":{connected},"competing":false}}"#);
    ok(&format!(r#"{{"session":"made-up","iserver":{{"authStatus":{status}}}}}"#))
}

/// A single sign-on that is alive.
pub(crate) fn alive() -> Reaction {
    ok(r#"{"RESULT":true,"USER_NAME":"sample"}"#)
}

/// A session that has timed out, with the response to an opening.
pub(crate) fn timed_out(call: &str, opening: impl FnOnce() -> Reaction) -> Reaction {
    match call {
        "tickle" => tickle(false, true),
        "auth/status" => status(false, true),
        "ssodh/init" => opening(),
        _ => alive(),
    }
}
