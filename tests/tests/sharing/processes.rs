//! Processes that share a session: started together, killed and stopped at every step of the sign-in.

use std::{
    collections::BTreeSet,
    process::{Output, Stdio},
    sync::Arc,
    time::Duration,
};

use broker_session::store::{FileStore, Key, RedisStore, Store};
use broker_session_sandbox::neo::Sandbox;
use contract_tests::RedisServer;
use futures::future::join_all;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use serde_json::Value;
use tokio::{
    process::{Child, Command},
    time::timeout,
};

use crate::support::{guesses, seed};

/// More than a sign-in has steps, before and after each.
const MOMENTS: usize = 44;

/// What must not hang.
const PATIENCE: Duration = Duration::from_secs(90);

/// A worker of a store.
struct Worker(Child, String);

impl Worker {
    fn start(sandbox: &Sandbox, store: &str, tasks: usize, stop: &str, ahead: i64) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sharing-worker"));
        command.args([store, &tasks.to_string(), stop]).envs(sandbox.credentials());
        command.env("AHEAD", ahead.to_string()).kill_on_drop(true);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Self(child.expect("the worker can be started"), stop.to_owned())
    }

    async fn output(self) -> Output {
        let Self(child, name) = self;
        let output = timeout(PATIENCE, child.wait_with_output()).await;
        output.unwrap_or_else(|_| panic!("the worker `{name}` hangs")).expect("its output")
    }

    /// What it has reported in the end.
    async fn outcome(self) -> Outcome {
        let output = self.output().await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let strings = |name: &str| -> BTreeSet<String> {
            json[name]
                .as_array()
                .expect("a list")
                .iter()
                .map(|s| s.as_str().expect("a string").into())
                .collect()
        };
        Outcome { sessions: strings("sessions"), errors: strings("errors") }
    }
}

#[derive(Debug)]
struct Outcome {
    sessions: BTreeSet<String>,
    errors: BTreeSet<String>,
}

impl Outcome {
    /// Whether it has a session, or knows that a guess may have left whose response nobody has.
    fn is_fine(&self) -> bool {
        let is_known = |error: &String| error.contains("its response never came");
        self.sessions.len() == 1 && self.errors.is_empty()
            || self.sessions.is_empty() && self.errors.iter().all(is_known)
    }
}

async fn sandbox() -> Sandbox {
    Sandbox::builder().start().await.expect("a sandbox on loopback")
}

#[tokio::test]
async fn four_cold_processes_with_two_hundred_tasks_each_sign_in_once() {
    for store in TestStore::each() {
        let sandbox = sandbox().await;
        let workers: Vec<Worker> =
            (0..4).map(|_| Worker::start(&sandbox, &store.location, 200, "never", 0)).collect();
        let outcomes = join_all(workers.into_iter().map(Worker::outcome)).await;
        let sessions: BTreeSet<&String> = outcomes.iter().flat_map(|outcome| &outcome.sessions).collect();
        assert!(outcomes.iter().all(|outcome| outcome.errors.is_empty()), "{outcomes:?}");
        assert_eq!((sessions.len(), guesses(&sandbox)), (1, (1, 1)));
    }
}

/// A process is killed at a moment of its sign-in; the next one starts at once.
async fn killed_at(moment: usize, store: TestStore) -> bool {
    let sandbox = sandbox().await;
    seed(&*store.open()).await;
    let first = Worker::start(&sandbox, &store.location, 1, &format!("kill:{moment}"), 0);
    let was_killed = !first.output().await.status.success();
    // An MPIN that the broker has accepted is no guess any more.
    let is_known = store.knows_the_mpin().await;
    let second = Worker::start(&sandbox, &store.location, 3, "never", 30).outcome().await;
    let (_, mpins) = guesses(&sandbox);
    let most = if is_known { 2 } else { 1 };
    assert!(second.is_fine() && mpins <= most, "killed at {moment}: {second:?}, {mpins} MPINs");
    if mpins == 0 {
        assert!(!second.errors.is_empty(), "killed at {moment}: a session without an MPIN");
    }
    was_killed
}

#[tokio::test]
async fn a_process_may_be_killed_at_every_step() {
    let moments = |store: fn() -> Option<TestStore>| {
        join_all((0..MOMENTS).filter_map(|moment| Some(killed_at(moment, store()?))).collect::<Vec<_>>())
    };
    let (of_files, of_redis) = tokio::join!(moments(|| Some(TestStore::file())), moments(TestStore::redis));
    for killed in [of_files, of_redis].iter().filter(|moments| !moments.is_empty()) {
        assert!(killed[0] && !killed[MOMENTS - 1], "not every step was tried: {killed:?}");
    }
}

/// A process stops at a moment of its sign-in for longer than its lease, and goes on when another one has finished.
async fn stopped_at(moment: usize, store: TestStore) -> bool {
    let sandbox = sandbox().await;
    seed(&*store.open()).await;
    let first = Worker::start(&sandbox, &store.location, 1, &format!("stop:{moment}"), 0);
    let pid = Pid::from_raw(first.0.id().expect("it runs").try_into().expect("a pid")).expect("a pid");
    // Until it stops, or ends because it has no such step.
    let was_stopped = tokio::task::spawn_blocking(move || is_stopped(pid)).await.expect("no panic");
    let is_known = store.knows_the_mpin().await;
    let second = Worker::start(&sandbox, &store.location, 3, "never", 30).outcome().await;
    if was_stopped {
        kill_process(pid, Signal::CONT).expect("it is there");
    }
    let first = first.outcome().await;
    let (_, mpins) = guesses(&sandbox);
    let most = if is_known { 2 } else { 1 };
    assert!(second.is_fine() && mpins <= most, "stopped at {moment}: {second:?}, {mpins} MPINs");
    // The first one has the session of the second, or its own.
    assert_eq!(first.sessions.len(), 1, "stopped at {moment}: {first:?}");
    was_stopped
}

fn is_stopped(pid: Pid) -> bool {
    let options = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let status = waitid(WaitId::Pid(pid), options).expect("a child").expect("it waits");
    status.stopped()
}

#[tokio::test]
async fn a_process_may_stop_for_longer_than_its_lease_at_every_step() {
    let moments = |store: fn() -> Option<TestStore>| {
        join_all((0..MOMENTS).filter_map(|moment| Some(stopped_at(moment, store()?))).collect::<Vec<_>>())
    };
    let (of_files, of_redis) = tokio::join!(moments(|| Some(TestStore::file())), moments(TestStore::redis));
    for stopped in [of_files, of_redis].iter().filter(|moments| !moments.is_empty()) {
        assert!(stopped[0] && !stopped[MOMENTS - 1], "not every step was tried: {stopped:?}");
    }
}

/// A store that processes share.
struct TestStore {
    location: String,
    _folder: tempfile::TempDir,
    redis: Option<RedisServer>,
}

impl TestStore {
    /// A file, and a Redis where there is one.
    fn each() -> impl Iterator<Item = Self> {
        [Some(Self::file()), Self::redis()].into_iter().flatten()
    }

    fn file() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let location = folder.path().join("sessions.json").to_str().expect("a string").to_owned();
        Self { location, _folder: folder, redis: None }
    }

    fn redis() -> Option<Self> {
        let redis = RedisServer::start()?;
        Some(Self { location: redis.url(), redis: Some(redis), ..Self::file() })
    }

    fn open(&self) -> Arc<dyn Store> {
        match &self.redis {
            Some(redis) => Arc::new(RedisStore::builder(redis.url()).build().expect("a URL")),
            None => Arc::new(FileStore::open(&self.location).expect("a store")),
        }
    }

    /// Whether the store has noted that the broker has accepted the MPIN.
    async fn knows_the_mpin(&self) -> bool {
        let entry = self.open().get(&Key::new("guesses/neo/S4MPL")).await.expect("a store");
        let Some(entry) = entry else { return false };
        let json: Value = serde_json::from_str(entry.value.expose()).expect("JSON");
        let guesses = json["guesses"].as_array().expect("a list");
        let is_known =
            |guess: &&Value| guess["operation"] == "trade_api_validate" && guess["outcome"] == "accepted";
        guesses.iter().any(|guess| is_known(&guess))
    }
}
