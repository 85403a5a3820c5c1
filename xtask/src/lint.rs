//! `cargo xtask lint`.

use anyhow::Result;

use crate::{Outcome, apis::Api, say};

/// Checks every spec and reports all that is found.
pub(crate) fn run(apis: &[Api]) -> Result<Outcome> {
    let mut worst = Outcome::Fine;
    for api in apis {
        let outcome = api.load().and_then(|document| broker_session_codegen::lint(&document).into_result());
        match outcome {
            Ok(()) => say(&format!("{} is fine.", api.spec))?,
            Err(problems) => {
                eprintln!("{problems}");
                worst = Outcome::Failed;
            }
        }
    }
    Ok(worst)
}
