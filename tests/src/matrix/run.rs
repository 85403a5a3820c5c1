//! Drives every operation into every fault.

use std::{
    io::Write as _,
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant as RealInstant},
};

use broker_session::{ClientOptions, Deadlines, Error};
use serde_json::Value;
use tokio::{
    runtime::{Builder, Runtime},
    time::Instant,
};

use super::{
    context::{Certificates, Context, Trial, Trouble, Trust},
    faults,
    faulty_connection::{CountingMiddleware, FaultyConnection},
    measurement::{Found, Measurement, Measurements},
};
use crate::{
    AT_ONCE, Broker, FaultyBroker, Scenario, echo::secretive, leak_detector::canary, requests::expected_path,
    responses::Responses, serve_json,
};

/// What a cell may take of a clock that runs: for whatever is slow without waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// The deadlines of what is tried on a clock that runs.
const SHORT: Deadlines = Deadlines {
    connect: Duration::from_secs(5),
    attempt: Duration::from_millis(100),
    total: Duration::from_millis(100),
};

/// The longest string of an error, in bytes.
const LONGEST: usize = 2000;

/// How close to its moment a paused clock is.
const TICK: Duration = Duration::from_millis(20);

/// Makes a call and returns the peak of the thread's memory above what it was before, in bytes.
pub type Measure = fn(&mut dyn FnMut()) -> usize;

/// How a run is made.
pub struct Settings<'a> {
    /// Whether every secret is one that a [`crate::LeakDetector`] finds.
    pub canaries: bool,
    /// Measures memory, where that is wanted.
    pub measure: Option<Measure>,
    /// Sees every error, with the operation and the fault.
    pub on_error: &'a mut dyn FnMut(&str, &Error),
}

/// Lets every operation of a broker meet every fault, one after another.
pub fn run<B: Broker>(settings: &mut Settings<'_>) -> Measurements {
    let mut cells = Measurements::default();
    B::scenarios().iter().for_each(|scenario| cells.extend(run_one::<B>(scenario, settings)));
    cells
}

/// Lets one operation meet every fault, one after another, on a paused clock.
pub fn run_one<B: Broker>(scenario: &Scenario, settings: &mut Settings<'_>) -> Measurements {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
    let spec = B::spec();
    let certificates = Certificates::new();
    let elsewhere = runtime.block_on(serve_json("{}"));
    let responses = match settings.canaries {
        true => secretive::<B>(canary).0,
        false => Responses::of_successes(spec),
    };
    let (responses, watchdog) = (Arc::new(responses.beside::<B>(scenario.operation)), Watchdog::start());
    let setup = Setup { runtime, responses, certificates: &certificates, watchdog };
    let operation = scenario.of(spec);
    let found = setup.responses.find(&operation.method, B::PREFIX, &expected_path(operation));
    let (_, good) = found.unwrap_or_else(|| panic!("`{}` has no response", operation.id));
    let context = Context {
        spec,
        operation,
        good: good.clone(),
        penalty: B::api().penalty,
        has_pins: B::HAS_PINS,
        is_confirmed: B::CONFIRMED.contains(&scenario.operation),
        certificates: &certificates,
        elsewhere: &elsewhere,
        said: B::said,
    };
    let usual = setup.runtime.block_on(setup.usual::<B>(scenario, settings.canaries));
    let cells = faults::all().into_iter().map(|fault| {
        let mut cell = Measurement {
            section: fault.section,
            fault: fault.name.clone(),
            broker: broker::<B>(),
            operation: operation.id.clone(),
            retry: operation.retry.clone(),
            found: Vec::new(),
            problems: Vec::new(),
        };
        for trial in (fault.trials)(&context) {
            setup.drive::<B>(settings, &context, scenario, &trial, &usual, &mut cell);
        }
        cell
    });
    Measurements(cells.collect())
}

/// The name of a broker, which is that of its type.
fn broker<B>() -> String {
    let name = std::any::type_name::<B>();
    name.rsplit(':').next().unwrap_or(name).to_lowercase()
}

/// What all cells of a run have in common.
struct Setup<'a> {
    runtime: Runtime,
    responses: Arc<Responses>,
    certificates: &'a Certificates,
    watchdog: Watchdog,
}

impl Setup<'_> {
    /// What the operation comes to when nothing goes wrong.
    async fn usual<B: Broker>(&self, scenario: &Scenario, canaries: bool) -> Value {
        let faulty =
            FaultyBroker::serving::<B>((*self.responses).clone(), None, |_, _, response| response).await;
        let at = faulty.at_paused(ClientOptions::new().retry(AT_ONCE));
        let at = if canaries { at.with_canaries() } else { at };
        let usual = (scenario.drive)(&at).await;
        usual.unwrap_or_else(|error| panic!("{}: nothing goes wrong, and yet: {error}", scenario.operation))
    }

    fn drive<B: Broker>(
        &self,
        settings: &mut Settings<'_>,
        context: &Context<'_>,
        scenario: &Scenario,
        trial: &Trial,
        usual: &Value,
        cell: &mut Measurement,
    ) {
        let (operation, means) = (context.operation, &trial.means);
        self.watchdog.next(format!("{} × {} {}", operation.id, cell.fault, trial.label));
        let deadlines = if trial.is_real_time { SHORT } else { Deadlines::default() };
        let faulty = self.runtime.block_on(self.broker::<B>(&operation.id, &trial.trouble));
        let connection = match &trial.trouble {
            Trouble::Connection(fault) => {
                let connection =
                    self.runtime.block_on(FaultyConnection::start(fault.clone(), faulty.clock()));
                Some(Arc::new(connection))
            }
            Trouble::Respond(_) => None,
        };
        let way = CountingMiddleware::new(
            faulty.clock(),
            self.responses.clone(),
            B::PREFIX,
            &operation.id,
            connection.clone(),
        );
        let way = Arc::new(way);
        let options = self.trusting(trial.trust).retry(AT_ONCE).deadlines(deadlines);
        let options = match trial.limit {
            Some(limit) => options.body_limit(limit),
            None => options,
        };
        let at = faulty.at(options.middleware(way.clone()));
        let at = match trial.trust {
            Trust::Pinned => at.pinned(self.certificates.expired.pem()),
            Trust::Nobody | Trust::Issuers => at,
        };
        let at = if settings.canaries { at.with_canaries() } else { at };
        let visits = context.elsewhere.requests().len();
        let really = RealInstant::now();
        let call = async {
            if trial.is_real_time {
                tokio::time::resume();
            }
            let started = Instant::now();
            let outcome = (scenario.drive)(&at).await;
            let time = started.elapsed();
            if trial.is_real_time {
                tokio::time::pause();
            }
            (outcome, time)
        };
        let (outcome, time, memory) = match settings.measure {
            Some(measure) => {
                let (mut call, mut came) = (Some(call), None);
                let memory = measure(&mut || came = call.take().map(|call| self.runtime.block_on(call)));
                let (outcome, time) = came.expect("a call that was made");
                (outcome, time, Some(memory))
            }
            None => {
                let (outcome, time) = self.runtime.block_on(call);
                (outcome, time, None)
            }
        };
        let real_time = really.elapsed();
        let found = Found {
            label: trial.label.clone(),
            kind: outcome.as_ref().err().map(Error::kind),
            status: outcome.as_ref().err().and_then(Error::status),
            time,
            deadline: deadlines.total,
            is_real_time: trial.is_real_time,
            memory,
            bound: means.memory,
            arrivals: connection
                .as_ref()
                .map_or_else(|| faulty.count(operation), |connection| connection.requests()),
            attempts: way.attempts(),
        };
        let mut wrong = Wrong { label: &trial.label, problems: &mut cell.problems };
        let (attempts, expected_time) = means.course(operation, deadlines);
        wrong.unless("kind", &found.kind, &means.kind);
        wrong.unless("status", &found.status, &means.status);
        wrong.unless("attempts", &found.attempts, &attempts);
        wrong.unless("arrivals", &found.arrivals, &if means.arrives { attempts } else { 0 });
        if let Some(connections) = connection.as_ref().and_then(|connection| connection.connections()) {
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
                (settings.on_error)(&label, error);
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
                wrong.when(!said.to_lowercase().contains(means.mentions), || {
                    format!("does not say why: {said}")
                });
                wrong.when(said.len() > LONGEST, || format!("says {} bytes", said.len()));
                wrong.when(shown.contains("made-up"), || format!("shows a secret: {shown}"));
            }
        }
        cell.found.push(found);
    }

    /// A server where everything goes well but for one operation.
    async fn broker<B: Broker>(&self, target: &str, trouble: &Trouble) -> FaultyBroker {
        let (target, reaction) = (
            target.to_owned(),
            match trouble {
                Trouble::Respond(reaction) => Some(reaction.clone()),
                Trouble::Connection(_) => None,
            },
        );
        FaultyBroker::serving::<B>((*self.responses).clone(), None, move |operation, _, response| {
            match &reaction {
                Some(reaction) if operation == target => reaction.clone(),
                _ => response,
            }
        })
        .await
    }

    fn trusting(&self, trust: Trust) -> ClientOptions {
        let options = ClientOptions::new();
        match trust {
            Trust::Nobody | Trust::Pinned => options,
            Trust::Issuers => options.root_certificates(self.certificates.trusted()),
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

/// What a call may take of real time, on a machine that has much else to do.
const HANGS_AFTER: Duration = Duration::from_secs(120);

/// Ends the whole process when a call takes for ever. It rests when it is dropped.
pub(super) struct Watchdog(Sender<String>);

impl Watchdog {
    /// Starts to watch.
    pub(super) fn start() -> Self {
        let (cells, news) = channel::<String>();
        thread::spawn(move || {
            let mut cell = "the first call".to_owned();
            loop {
                match news.recv_timeout(HANGS_AFTER) {
                    Ok(next) => cell = next,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        // Written past the harness, which would keep it for the end of a test that has none.
                        let _ = writeln!(std::io::stderr(), "{cell}: hangs for more than {HANGS_AFTER:?}.");
                        std::process::abort();
                    }
                }
            }
        });
        Self(cells)
    }

    /// Says what is called next.
    pub(super) fn next(&self, cell: String) {
        // Without a dog nobody watches, which hurts nobody.
        let _ = self.0.send(cell);
    }
}
