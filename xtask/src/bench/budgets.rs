//! Budgets: what is counted must not grow unnoticed.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use toml::value::Datetime;

use super::{
    builds,
    programs::{Programs, Server},
};
use crate::{Outcome, print};

const BUDGETS: &str = "bench/budgets.toml";

/// What a budget may be exceeded by, for a small change of a dependency.
const EXCESS: f64 = 1.05;

/// Below this part of a budget, it is too large to notice anything.
const TOO_LARGE: f64 = 0.9;

/// A number, and why it is what it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Budget {
    most: f64,
    date: Datetime,
    reason: String,
}

/// Measures what has a budget. Fails if a budget is exceeded, and asks to lower one that is too large.
pub(crate) fn check(programs: &Programs, server: &Server) -> Result<Outcome> {
    let text = fs::read_to_string(BUDGETS).with_context(|| format!("cannot read {BUDGETS}"))?;
    let mut budgets: BTreeMap<String, Budget> =
        toml::from_str(&text).with_context(|| format!("cannot read {BUDGETS}"))?;
    let mut measured = programs.budgeted(server)?;
    measured.push(("crates".to_owned(), builds::crates_of_one_broker()?));
    let mut outcome = Outcome::Fine;
    for (name, number) in measured {
        let Some(Budget { most, date, reason }) = budgets.remove(&name) else {
            outcome = Outcome::Failed;
            print(&format!(
                "{name}: {number:.0}, no budget: add it to {BUDGETS} with the date and the reason"
            ))?;
            continue;
        };
        let note = if number > most * EXCESS {
            outcome = Outcome::Failed;
            format!("exceeded: make it cheaper, or raise the budget of {date} ({reason})")
        } else if number < most * TOO_LARGE {
            format!("too large: lower it to {number:.0} in {BUDGETS}")
        } else {
            "fine".to_owned()
        };
        print(&format!("{name}: {number:.0} of {most:.0}, {note}"))?;
    }
    if let Some(name) = budgets.keys().next() {
        bail!("{BUDGETS} has `{name}`, which nothing measures; remove it");
    }
    Ok(outcome)
}
