//! One operation and one fault: what was measured, and what is wrong with it.

use std::time::Duration;

use broker_session::ErrorKind;

use super::expected::{CAP, SMALL};
use crate::Report;

/// What came of one drive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Tells it from the others of its cell.
    pub label: String,
    /// The kind of the error; nothing for a success.
    pub kind: Option<ErrorKind>,
    /// The status that the error kept.
    pub status: Option<u16>,
    /// By the paused clock; by the real one where `is_real_time`.
    pub time: Duration,
    /// The deadline of the whole call.
    pub deadline: Duration,
    /// Whether the clock ran.
    pub is_real_time: bool,
    /// The peak of the process above what it was before, in bytes, if it was measured.
    pub memory: Option<usize>,
    /// The bound on that.
    pub bound: usize,
    /// How often the server read the request.
    pub arrivals: usize,
    /// How often it was sent on its way.
    pub attempts: usize,
}

/// A cell of the matrix.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// The part of the table that it belongs to.
    pub section: &'static str,
    /// The fault.
    pub fault: String,
    /// The broker.
    pub broker: String,
    /// The operation.
    pub operation: String,
    /// Its `x-retry`.
    pub retry: String,
    /// What was measured. Nothing where the spec has no such response.
    pub found: Vec<Found>,
    /// What is wrong.
    pub problems: Vec<String>,
}

/// The cells of a run.
#[derive(Clone, Debug, Default)]
pub struct Measurements(pub(super) Vec<Measurement>);

impl Found {
    /// How much memory it took, in classes that do not flicker.
    pub(super) fn memory_class(&self) -> String {
        match self.memory {
            None => "–".to_owned(),
            // How much an endless response has brought when the real clock ends it is a matter of how fast the machine is.
            Some(bytes) if bytes <= SMALL && !self.is_real_time => format!("≤ {} × cap", SMALL / CAP),
            Some(bytes) if bytes <= self.bound => format!("≤ {} × cap", self.bound / CAP),
            Some(_) => format!("> {} × cap", self.bound / CAP),
        }
    }
}

impl Measurements {
    /// Adds those of another run.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// All of them.
    pub fn all(&self) -> &[Measurement] {
        &self.0
    }

    /// One check for each cell; it fails with everything that is wrong with it.
    pub fn check(&self) -> Report {
        let mut report = Report::default();
        for cell in &self.0 {
            let outcome = match cell.problems.is_empty() {
                true => Ok(()),
                false => Err(cell.problems.join("; ")),
            };
            report.add(format!("{}, {} × {}", cell.broker, cell.operation, cell.fault), outcome);
        }
        report
    }
}
