//! `cargo xtask lint`.

mod public;

use std::fmt::Write as _;

use anyhow::Result;
use broker_session_codegen::RULES;
use clap::Args;

use crate::{
    Outcome,
    apis::{self, Api},
    print,
};

/// The options of `cargo xtask lint`.
#[derive(Args)]
pub(crate) struct Options {
    /// Also runs Redocly CLI and Spectral, with the rules of redocly.yaml and .spectral.yaml. Needs Node.js.
    #[arg(long)]
    public: bool,
    /// Lists our own rules instead.
    #[arg(long, conflicts_with = "public")]
    rules: bool,
}

/// Checks every spec and reports all problems.
pub(crate) fn run(apis: &[Api], options: &Options) -> Result<Outcome> {
    if options.rules {
        print(&rules()?)?;
        return Ok(Outcome::Fine);
    }
    let mut worst = apis::report_lost()?;
    for api in apis {
        let outcome = api.load().and_then(|document| broker_session_codegen::lint(&document).into_result());
        match outcome {
            Ok(()) => print(&format!("{} is fine.", api.spec))?,
            Err(problems) => {
                eprintln!("{problems}");
                worst = Outcome::Failed;
            }
        }
    }
    if options.public && worst == Outcome::Fine {
        worst = public::run(apis)?;
    }
    Ok(worst)
}

/// The rules, in the order in which they are checked.
fn rules() -> Result<String> {
    let mut text = String::new();
    for rule in RULES {
        let mark = if rule.may_be_allowed { '*' } else { ' ' };
        writeln!(text, "{mark} {:<24} {}", rule.id, rule.summary)?;
    }
    text += "\nAn object may list rules with a star that need not hold for it: `x-lint-allow: [rule-id]`.\n";
    Ok(text)
}
