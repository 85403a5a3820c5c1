//! What a person sees while the program works: the step under way, or a line with the state of a session. The steps
//! of a command share its time.

use std::{
    io::IsTerminal,
    pin::pin,
    time::{Duration, Instant},
};

use broker_session::{Error, ErrorKind};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{failure::Failure, output::Output};

/// How often the spinner of a step turns.
const STEP_TICK: Duration = Duration::from_millis(100);

/// How often the line with a state is drawn anew.
const STATUS_TICK: Duration = Duration::from_millis(200);

/// How long something may take without being shown.
const MOMENT: Duration = Duration::from_millis(300);

/// The steps of a command that wait for the network.
#[derive(Debug)]
pub(crate) struct Steps {
    output: Output,
    limit: Duration,
    left: Duration,
}

impl Steps {
    /// Steps that may take `limit` together. Time between the steps, when a person types, does not count.
    pub(crate) fn new(output: Output, limit: Duration) -> Self {
        Self { output, limit, left: limit }
    }

    /// How much of the time is left.
    pub(crate) fn left(&self) -> Duration {
        self.left
    }

    /// Waits for one step, showing `what` is done.
    pub(crate) async fn run<T>(
        &mut self,
        what: &str,
        step: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        if self.left.is_zero() {
            return Err(self.out_of_time(what));
        }
        let display = StepDisplay::new(self.output, what);
        let started = Instant::now();
        let outcome = tokio::time::timeout(self.left, step).await;
        self.left = self.left.saturating_sub(started.elapsed());
        match outcome {
            Ok(Ok(value)) => {
                display.done();
                Ok(value)
            }
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(self.out_of_time(what)),
        }
    }

    /// Waits for a step that takes no time most often. It is shown only if it takes some.
    pub(crate) async fn wait<T>(
        &mut self,
        what: &str,
        step: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        let mut step = pin!(step);
        let started = Instant::now();
        let outcome = tokio::time::timeout(MOMENT.min(self.left), &mut step).await;
        self.left = self.left.saturating_sub(started.elapsed());
        match outcome {
            Ok(outcome) => Ok(outcome?),
            Err(_) => self.run(what, step).await,
        }
    }

    fn out_of_time(&self, what: &str) -> Failure {
        let text = format!(
            "{what}: the time of {} s was over before there was a response. {}",
            self.limit.as_secs_f64(),
            ErrorKind::Timeout.advice()
        );
        Failure::of(ErrorKind::Timeout, text)
    }
}

/// Shows a step that this machine does by itself, for as long as it takes.
pub(crate) async fn work<T>(
    output: Output,
    what: &str,
    step: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let display = StepDisplay::new(output, what);
    let value = step.await?;
    display.done();
    Ok(value)
}

/// A step while it is under way: a spinner on a terminal, else one line.
struct StepDisplay {
    output: Output,
    what: String,
    spinner: Option<ProgressBar>,
}

impl StepDisplay {
    fn new(output: Output, what: &str) -> Self {
        let spinner = std::io::stderr().is_terminal().then(|| spinner(what));
        if spinner.is_none() {
            output.note(&format!("{what}..."));
        }
        Self { output, what: what.to_owned(), spinner }
    }

    fn done(mut self) {
        self.finish("done");
    }

    /// Leaves a line in place of the spinner.
    fn finish(&mut self, how: &str) {
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
            self.output.note(&format!("{}: {how}.", self.what));
        }
    }
}

impl Drop for StepDisplay {
    fn drop(&mut self) {
        self.finish("failed");
    }
}

fn spinner(what: &str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}... {elapsed}") {
        spinner.set_style(style);
    }
    spinner.set_message(what.to_owned());
    spinner.enable_steady_tick(STEP_TICK);
    spinner
}

/// A line with the state of a session. It goes away when it is dropped.
#[derive(Debug)]
pub(crate) struct StatusLine(ProgressBar);

impl StatusLine {
    /// A line on stderr; nothing if that is no terminal on which a line can be drawn anew.
    pub(crate) fn new() -> Option<Self> {
        let line = ProgressBar::new_spinner();
        if line.is_hidden() {
            return None;
        }
        // Cut at the width of the terminal, so that it stays one line.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4} {wide_msg}") {
            line.set_style(style);
        }
        line.enable_steady_tick(STATUS_TICK);
        Some(Self(line))
    }

    /// Shows another state.
    pub(crate) fn show(&self, text: String) {
        self.0.set_message(text);
    }

    /// Counts the time from now on.
    pub(crate) fn restart(&self) {
        self.0.reset_elapsed();
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
