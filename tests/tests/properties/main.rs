//! What must hold whatever comes: values of every schema, values that are almost some, and the inputs that fuzzing has
//! found.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a property does not hold for fails the test by panicking"
)]

mod answers;
mod ergonomic;
mod replay;
mod values;

use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

/// Where the seeds of values are kept that a property did not hold for. They are tried first. Below the folder of the
/// package, in which tests are run.
const REGRESSIONS: &str = "tests/properties/proptest-regressions.txt";

/// Tries a property of a file so often.
fn runner(cases: u32, source_file: &'static str) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        source_file: Some(source_file),
        max_shrink_iters: 300,
        ..Config::default()
    })
}
