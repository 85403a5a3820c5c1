//! Shows which step is under way, and sees to it that the steps together keep within their time.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use broker_session::{Error, ErrorKind};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{failure::Failure, output::Output};

/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(100);

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

    /// Waits for one step, showing `what` is done. `operation` is the API's name for it.
    pub(crate) async fn run<T>(
        &mut self,
        what: &str,
        operation: &str,
        step: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        if self.left.is_zero() {
            return Err(self.out_of_time(operation));
        }
        let shown = Shown::new(self.output, what);
        let started = Instant::now();
        let outcome = tokio::time::timeout(self.left, step).await;
        self.left = self.left.saturating_sub(started.elapsed());
        match outcome {
            Ok(Ok(value)) => {
                shown.done();
                Ok(value)
            }
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(self.out_of_time(operation)),
        }
    }

    /// Shows a step that waits for nothing.
    pub(crate) fn quick<T>(
        &self,
        what: &str,
        step: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let shown = Shown::new(self.output, what);
        let value = step()?;
        shown.done();
        Ok(value)
    }

    fn out_of_time(&self, operation: &str) -> Failure {
        let text = format!(
            "{operation}: the time of {} s was over before there was an answer. {}",
            self.limit.as_secs_f64(),
            ErrorKind::Timeout.advice()
        );
        Failure::of(ErrorKind::Timeout, text).during(operation)
    }
}

/// A step while it is under way: a spinner on a terminal, else one line.
struct Shown {
    output: Output,
    what: String,
    spinner: Option<ProgressBar>,
}

impl Shown {
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

impl Drop for Shown {
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
    spinner.enable_steady_tick(TICK);
    spinner
}
