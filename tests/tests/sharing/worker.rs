//! A program that shares a session with others through a store, for tests that stop it at a step of its sign-in.
//!
//! Arguments: the store (a path, or a URL of Redis), how many tasks ask for the session, and where something happens:
//! `kill:STEP`, `stop:STEP` or `never`. A step is a call of the store or of the broker; even numbers are the moment before
//! it, odd ones the moment after. It writes one line of JSON.

use std::{
    collections::BTreeSet,
    env,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use broker_session::{
    ClientOptions, Middleware, Secret, SessionProvider,
    neo::{Client, SignIn},
    store::{FileStore, RedisStore, Store},
};
use contract_tests::SteppedStore;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Request, Response};
use rustix::process::{Signal, getpid, kill_process};

/// Where something happens to this process.
#[derive(Debug)]
struct Stop {
    signal: Option<Signal>,
    at: usize,
    moments: AtomicUsize,
}

impl Stop {
    fn new(argument: &str) -> Self {
        let (signal, at) = match argument.split_once(':') {
            Some(("kill", at)) => (Some(Signal::KILL), at),
            Some(("stop", at)) => (Some(Signal::STOP), at),
            _ => (None, "0"),
        };
        Self { signal, at: at.parse().expect("a number"), moments: AtomicUsize::new(0) }
    }

    fn moment(&self) {
        let moment = self.moments.fetch_add(1, Ordering::SeqCst);
        if let Some(signal) = self.signal.filter(|_| moment == self.at) {
            kill_process(getpid(), signal).expect("a signal to itself");
            // Another thread may take the signal, a moment later.
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Middleware for Stop {
    fn execute<'a>(
        &'a self,
        client: &'a reqwest::Client,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        Box::pin(async move {
            self.moment();
            let outcome = client.execute(request).await;
            self.moment();
            outcome
        })
    }
}

fn store(location: &str) -> Arc<dyn Store> {
    if location.starts_with("redis:") {
        return Arc::new(RedisStore::builder(location).build().expect("a URL"));
    }
    Arc::new(FileStore::open(location).expect("a store"))
}

fn secret(name: &str) -> Secret {
    Secret::new(env::var(name).expect("a variable"))
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [location, tasks, stop] = arguments.as_slice() else { panic!("three arguments") };
    let stop = Arc::new(Stop::new(stop));
    let at_step = stop.clone();
    let store = SteppedStore::new(store(location)).at_each_step(move |_, _| {
        at_step.moment();
        Ok(())
    });
    let client = Client::builder().options(ClientOptions::new().middleware(stop.clone())).from_env();
    let client = client.build().expect("the environment of a sandbox");
    // The authenticator of the next process is a step ahead, so that no test waits for the next code.
    let ahead: i64 = env::var("AHEAD").map_or(0, |ahead| ahead.parse().expect("seconds"));
    let totp = client.totp_from_secret(&secret("NEO_TOTP_SECRET")).expect("a secret");
    let totp = totp.clock(move || Timestamp::now() + SignedDuration::from_secs(ahead));
    let sign_in = SignIn::new(client).totp(totp).mpin(secret("NEO_MPIN"));
    let provider = SessionProvider::builder(sign_in).store(Arc::new(store)).patience(Duration::from_secs(45));
    let provider = provider.start().expect("settings that fit");
    let tasks = (0..tasks.parse::<usize>().expect("a number")).map(|_| {
        let provider = provider.clone();
        tokio::spawn(async move { provider.session().await })
    });
    let (mut sessions, mut errors) = (BTreeSet::new(), BTreeSet::new());
    for outcome in join_all(tasks).await {
        match outcome.expect("a task") {
            Ok(session) => sessions.insert(serde_json::to_string(&session.save()).expect("JSON")),
            Err(error) => errors.insert(format!("{}: {error}", error.kind())),
        };
    }
    let state = provider.state();
    println!("{}", serde_json::json!({ "sessions": sessions, "errors": errors, "number": state.number() }));
}
