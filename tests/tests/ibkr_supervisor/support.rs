//! A gateway, a network and a supervisor on a paused clock, and a record of every state.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use broker_session::{
    Connection,
    ibkr::{Compete, Gateway, SessionState, Supervisor},
};
use broker_session_sandbox::ibkr::{Builder, Etiquette, Operation, Sandbox};
use contract_tests::{Held, Network, Raw, Reaction, respond};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);

/// A sandbox, and the way to it.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    network: Arc<Held>,
}

impl Scene {
    /// A person has signed in, and the brokerage session is open.
    pub(crate) async fn open() -> Self {
        Self::with(Sandbox::builder()).await
    }

    pub(crate) async fn with(builder: Builder) -> Self {
        let sandbox = builder.start().await.expect("a sandbox on loopback");
        Self { sandbox, network: Arc::new(Held::new()) }
    }

    pub(crate) fn gateway(&self) -> Gateway {
        gateway(self.sandbox.base_url(), &self.network)
    }

    /// Supervises the session, and leaves alone what is elsewhere.
    pub(crate) fn supervise(&self) -> Watched {
        Watched::start(self.gateway(), Compete::Yield)
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
        assert_eq!(self.sandbox.etiquette(), Etiquette::default());
    }
}

/// A sandbox that leaves the opening of the brokerage session to its clients.
pub(crate) fn closed() -> Builder {
    Sandbox::builder().opened_at_sign_in(false)
}

/// A gateway on a paused clock.
pub(crate) fn gateway(base: &str, network: &Arc<Held>) -> Gateway {
    let connection = Connection::new().exchange(network.clone());
    Gateway::builder().base_url(base).connection(connection).build().expect("settings that fit")
}

/// A state as it was published.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    pub(crate) name: &'static str,
    pub(crate) why: String,
}

/// A supervisor under observation.
pub(crate) struct Watched {
    pub(crate) supervisor: Supervisor,
    seen: Arc<Mutex<Vec<Seen>>>,
    _recording: JoinHandle<()>,
}

impl Watched {
    pub(crate) fn start(gateway: Gateway, compete: Compete) -> Self {
        let supervisor = Supervisor::builder(gateway, compete).start().expect("a supervisor");
        let mut states = supervisor.watch();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let of_task = seen.clone();
        let recording = tokio::spawn(async move {
            let mut last: Option<SessionState> = None;
            loop {
                let state = states.borrow_and_update().clone();
                check(last.as_ref(), &state);
                let (name, why) = (state.state().name(), state.why().to_owned());
                lock(&of_task).push(Seen { at: Instant::now(), name, why });
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
        let mut states = self.supervisor.watch();
        let found = timeout(within, states.wait_for(|state| state.state().name() == name)).await;
        match found {
            Ok(state) => state.expect("the supervisor lives").clone(),
            Err(_) => panic!("the session is not {name} after {within:?}: {:#?}", self.seen()),
        }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
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

/// What holds for every state: it says why, and since when it is so.
fn check(last: Option<&SessionState>, state: &SessionState) {
    assert!(!state.why().trim().is_empty(), "a state without a reason: {state:?}");
    match last.filter(|last| last.state() == state.state()) {
        Some(last) => assert_eq!(last.since(), state.since(), "it is so since before: {state:?}"),
        None => assert_eq!(state.since(), Instant::now(), "it is so since now: {state:?}"),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets time pass.
pub(crate) async fn pass(time: Duration) {
    sleep(time).await;
}

/// The calls that a script knows, by the ends of their paths.
const CALLS: [&str; 6] = ["tickle", "auth/status", "ssodh/init", "sso/validate", "logout", "reauthenticate"];

/// A gateway that follows a script.
pub(crate) struct Script {
    pub(crate) server: Raw,
    pub(crate) network: Arc<Held>,
    log: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl Script {
    /// `play` is told the end of the call's path, and how often it was called before.
    pub(crate) async fn start(play: impl Fn(&str, usize) -> Reaction + Send + Sync + 'static) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let of_server = log.clone();
        let server = Raw::start(move |request| {
            let line = request.lines().next().unwrap_or_default();
            let call = CALLS.into_iter().find(|call| line.contains(*call)).unwrap_or(line);
            let mut log = lock(&of_server);
            let before = log.iter().filter(|(_, known)| known == call).count();
            log.push((Instant::now(), call.to_owned()));
            drop(log);
            play(call, before)
        });
        Self { server: server.await, network: Arc::new(Held::new()), log }
    }

    pub(crate) fn gateway(&self) -> Gateway {
        gateway(&format!("{}/v1/api", self.server.base_url()), &self.network)
    }

    pub(crate) fn supervise(&self) -> Watched {
        Watched::start(self.gateway(), Compete::Yield)
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

/// An answer in JSON.
pub(crate) fn json(status: &str, body: &str) -> Reaction {
    Reaction::Answer(respond(status, &[("content-type", "application/json")], body))
}

pub(crate) fn ok(body: &str) -> Reaction {
    json("200 OK", body)
}

/// A status or the answer of an opening.
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
