//! `cargo xtask lint`.

mod public;

use std::fmt::Write as _;

use anyhow::Result;
use broker_session_codegen::RULES;
use clap::Args;

use crate::{
    Outcome,
    apis::{self, Api},
    say,
};

/// What to check.
#[derive(Args)]
pub(crate) struct Options {
    /// Also runs Redocly CLI and Spectral, with the rules of redocly.yaml and .spectral.yaml. Needs Node.js.
    #[arg(long)]
    public: bool,
    /// Lists our own rules instead, and which of them a spec may silence on a line.
    #[arg(long, conflicts_with = "public")]
    rules: bool,
}

/// Checks every spec and reports all that is found.
pub(crate) fn run(apis: &[Api], options: &Options) -> Result<Outcome> {
    if options.rules {
        say(&rules()?)?;
        return Ok(Outcome::Fine);
    }
    let mut worst = apis::tell_lost()?;
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
    if options.public && worst == Outcome::Fine {
        worst = public::run(apis)?;
    }
    Ok(worst)
}

/// The rules, in the order in which they are checked.
fn rules() -> Result<String> {
    let mut text = String::new();
    for rule in RULES {
        let mark = if rule.must_hold().is_some() { ' ' } else { '*' };
        writeln!(text, "{mark} {:<24} {}", rule.id, rule.summary)?;
    }
    text += "\nA rule with a star can be silenced where it is wrong, by a comment at the end of the line or alone above\n\
             it: `# lint: allow(rule-id) reason`. The others cannot: something relies on each of them.\n";
    Ok(text)
}
