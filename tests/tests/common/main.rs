//! What holds for all brokers: values of every schema, valid and spoilt, the inputs that fuzzing has found, the session
//! that is the same for all, its blocking form, a caller's own retries, and what the README says of dependencies.

mod blocking;
mod blocking_forms;
mod dependencies;
mod from_env;
mod fuzz_inputs;
mod kinds;
mod optional_fields;
mod responses;
mod retry;
mod session;
mod strategies;

use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

/// Where the seeds of values are kept that a property did not hold for. They are tried first. Below the folder of the
/// package, in which tests are run.
const REGRESSIONS: &str = "tests/common/proptest-regressions.txt";

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
