//! Drives every operation into every fault.

use std::{
    sync::Arc,
    time::{Duration, Instant as RealInstant},
};

use broker_session::{Connection, Deadlines, Error};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    cell::{Cell, Cells, Found},
    context::{Certificates, Context, Trial, Trouble, Trust},
    faults,
    meter::Meter,
    traps::Trap,
    watchdog::Watchdog,
    way::Way,
};
use crate::{
    AT_ONCE, Broker, Reach, Scene, arguments::expected_path, echo::secretive, play::Play, says, watch::canary,
};

/// What a cell may take of a clock that runs: for whatever is slow without waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// The deadlines of what is tried on a clock that runs.
const SHORT: Deadlines = Deadlines {
    connect: Duration::from_secs(5),
    attempt: Duration::from_millis(100),
    total: Duration::from_millis(100),
};

/// The longest text of an error, in bytes.
const LONGEST: usize = 2000;

/// How close to its moment a paused clock is.
const TICK: Duration = Duration::from_millis(20);

/// How a run is made.
pub struct Rig<'a> {
    /// Whether every secret is one that a [`crate::Watch`] finds.
    pub canaries: bool,
    /// Reads the allocator, if it counts.
    pub meter: Option<Meter>,
    /// Sees every error, with the operation and the fault.
    pub on_error: &'a mut dyn FnMut(&str, &Error),
}

/// Lets every operation of a broker meet every fault, one after another, on a paused clock
/// (`#[tokio::test(start_paused = true)]`).
pub async fn run<B: Broker>(mut rig: Rig<'_>) -> Cells {
    let spec = B::spec();
    let certificates = Certificates::new();
    let elsewhere = says("{}").await;
    let play = match rig.canaries {
        true => secretive::<B>(canary).0,
        false => Play::of_successes(spec),
    };
    let stage = Stage { play: Arc::new(play), certificates: &certificates, watchdog: Watchdog::start() };
    let faults = faults::all();
    let mut cells = Cells::default();
    for reach in B::reaches() {
        let operation = reach.of(spec);
        let found = stage.play.find(&operation.method, B::PREFIX, &expected_path(operation));
        let (_, good) = found.unwrap_or_else(|| panic!("`{}` has no answer", operation.id));
        let context = Context {
            spec,
            operation,
            good: good.clone(),
            penalty: B::api().penalty,
            certificates: &certificates,
            elsewhere: &elsewhere,
            said: B::said,
        };
        let usual = stage.usual::<B>(reach, rig.canaries).await;
        for fault in &faults {
            let mut cell = Cell {
                section: fault.section,
                fault: fault.name.clone(),
                broker: broker::<B>(),
                operation: operation.id.clone(),
                retry: operation.retry.clone(),
                found: Vec::new(),
                problems: Vec::new(),
            };
            for trial in (fault.trials)(&context) {
                stage.drive::<B>(&mut rig, &context, reach, &trial, &usual, &mut cell).await;
            }
            cells.0.push(cell);
        }
    }
    cells
}

/// The name of a broker, which is that of its type.
fn broker<B>() -> String {
    let name = std::any::type_name::<B>();
    name.rsplit(':').next().unwrap_or(name).to_lowercase()
}

/// What all cells of a run have in common.
struct Stage<'a> {
    play: Arc<Play>,
    certificates: &'a Certificates,
    watchdog: Watchdog,
}

impl Stage<'_> {
    /// What the operation comes to when nothing goes wrong.
    async fn usual<B: Broker>(&self, reach: &Reach, canaries: bool) -> Value {
        let scene = Scene::play::<B>((*self.play).clone(), None, |_, _, answer| answer).await;
        let at = scene.at_held(Connection::new().retry(AT_ONCE));
        let at = if canaries { at.with_canaries() } else { at };
        let usual = (reach.drive)(&at).await;
        usual.unwrap_or_else(|error| panic!("{}: nothing goes wrong, and yet: {error}", reach.operation))
    }

    async fn drive<B: Broker>(
        &self,
        rig: &mut Rig<'_>,
        context: &Context<'_>,
        reach: &Reach,
        trial: &Trial,
        usual: &Value,
        cell: &mut Cell,
    ) {
        let (operation, means) = (context.operation, &trial.means);
        self.watchdog.next(format!("{} × {} {}", operation.id, cell.fault, trial.label));
        let deadlines = if trial.is_real_time { SHORT } else { Deadlines::default() };
        let scene = self.scene::<B>(&operation.id, &trial.trouble).await;
        let trap = match &trial.trouble {
            Trouble::Connection(manner) => Some(Arc::new(Trap::set(manner.clone(), scene.clock()).await)),
            Trouble::Answer(_) => None,
        };
        let way = Way::new(scene.clock(), self.play.clone(), B::PREFIX, &operation.id, trap.clone());
        let way = Arc::new(way);
        let connection = self.trusting(trial.trust).retry(AT_ONCE).deadlines(deadlines);
        let connection = match trial.limit {
            Some(limit) => connection.body_limit(limit),
            None => connection,
        };
        let at = scene.at(connection.exchange(way.clone()));
        let at = if rig.canaries { at.with_canaries() } else { at };
        if trial.is_real_time {
            tokio::time::resume();
        }
        let visits = context.elsewhere.requests().len();
        let before = rig.meter.map(|meter| {
            (meter.reset)();
            (meter.now)()
        });
        let (started, really) = (Instant::now(), RealInstant::now());
        let outcome = (reach.drive)(&at).await;
        let (time, real_time) = (started.elapsed(), really.elapsed());
        let memory = rig.meter.zip(before).map(|(meter, before)| (meter.peak)().saturating_sub(before));
        if trial.is_real_time {
            tokio::time::pause();
        }
        let found = Found {
            label: trial.label.clone(),
            kind: outcome.as_ref().err().map(Error::kind),
            status: outcome.as_ref().err().and_then(Error::status),
            time,
            deadline: deadlines.total,
            is_real_time: trial.is_real_time,
            memory,
            bound: means.memory,
            arrivals: trap.as_ref().map_or_else(|| scene.count(operation), |trap| trap.requests()),
            attempts: way.attempts(),
        };
        let mut wrong = Wrong { label: &trial.label, problems: &mut cell.problems };
        let (attempts, expected_time) = means.course(operation, deadlines);
        wrong.unless("kind", &found.kind, &means.kind);
        wrong.unless("status", &found.status, &means.status);
        wrong.unless("attempts", &found.attempts, &attempts);
        wrong.unless("arrivals", &found.arrivals, &if means.arrives { attempts } else { 0 });
        if let Some(connections) = trap.as_ref().and_then(|trap| trap.connections()) {
            wrong.unless("connections", &connections, &attempts);
        }
        match trial.is_real_time {
            true => wrong.when(time > deadlines.total + Duration::from_secs(1), || format!("took {time:?}")),
            false => wrong.when(time.abs_diff(expected_time) > TICK, || {
                format!("took {time:?} of the clock in place of {expected_time:?}")
            }),
        }
        wrong.unless("calls to where redirects lead", &context.elsewhere.requests().len(), &visits);
        wrong.when(real_time > PATIENCE, || format!("took {real_time:?} of real time"));
        wrong.when(memory.is_some_and(|bytes| bytes > means.memory), || {
            format!("took {} KiB of memory", memory.unwrap_or_default() / 1024)
        });
        match &outcome {
            Ok(value) => {
                wrong.when(means.same && value != usual, || "came to another value than usual".to_owned())
            }
            Err(error) => {
                let label = format!("{}, {}, {}", operation.id, cell.fault, trial.label);
                (rig.on_error)(&label, error);
                wrong.unless("operation", &error.operation(), &Some(operation.id.as_str()));
                wrong.unless("is_unsent", &error.is_unsent(), &!means.left);
                wrong.unless("is_retryable", &error.is_retryable(), &means.is_retryable(operation));
                match means.asks {
                    // Of who asks to wait a broker's own check knows nothing.
                    Some(asks) => wrong.when(!asks.is_met_by(error.retry_after()), || {
                        format!("asks to wait {:?} in place of {asks:?}", error.retry_after())
                    }),
                    None => {
                        if let Err(problem) = B::check_error(&at, error) {
                            wrong.when(true, || problem);
                        }
                    }
                }
                let shown = shown(error);
                let said = error.to_string();
                wrong.when(said.chars().any(char::is_control), || format!("has commands: {said:?}"));
                wrong.when(!said.to_lowercase().contains(means.says), || format!("does not say why: {said}"));
                wrong.when(said.len() > LONGEST, || format!("says {} bytes", said.len()));
                wrong.when(shown.contains("made-up"), || format!("shows a secret: {shown}"));
            }
        }
        cell.found.push(found);
    }

    /// A server where everything goes well but for one operation.
    async fn scene<B: Broker>(&self, target: &str, trouble: &Trouble) -> Scene {
        let (target, reaction) = (
            target.to_owned(),
            match trouble {
                Trouble::Answer(reaction) => Some(reaction.clone()),
                Trouble::Connection(_) => None,
            },
        );
        Scene::play::<B>((*self.play).clone(), None, move |operation, _, answer| match &reaction {
            Some(reaction) if operation == target => reaction.clone(),
            _ => answer,
        })
        .await
    }

    fn trusting(&self, trust: Trust) -> Connection {
        let connection = Connection::new();
        match trust {
            Trust::Nobody => connection,
            Trust::Given => {
                connection.root_certificates(self.certificates.trusted().as_bytes()).expect("certificates")
            }
            Trust::Pinned => connection
                .trust_certificate(self.certificates.expired.pem().as_bytes())
                .expect("a certificate"),
        }
    }
}

/// Collects what is wrong with a cell.
struct Wrong<'a> {
    label: &'a str,
    problems: &'a mut Vec<String>,
}

impl Wrong<'_> {
    fn unless<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, expected: &T) {
        self.when(found != expected, || format!("{what} {found:?} in place of {expected:?}"));
    }

    fn when(&mut self, is_wrong: bool, what: impl FnOnce() -> String) {
        if is_wrong {
            let label = if self.label.is_empty() { String::new() } else { format!("{}: ", self.label) };
            self.problems.push(format!("{label}{}", what()));
        }
    }
}

/// Everything that an error can say.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {:?} {:?}", error.broker_code(), error.broker_message());
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        shown.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    shown
}
