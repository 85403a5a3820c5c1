//! `cargo xtask lint`.

use crate::{Outcome, apis::Api};

/// Checks every spec and reports all that is found.
pub(crate) fn run(apis: &[Api]) -> Outcome {
    let mut worst = Outcome::Fine;
    for api in apis {
        let outcome = api.load().and_then(|document| broker_session_codegen::lint(&document).into_result());
        match outcome {
            Ok(()) => println!("{} is fine.", api.spec),
            Err(problems) => {
                eprintln!("{problems}");
                worst = Outcome::Failed;
            }
        }
    }
    worst
}
