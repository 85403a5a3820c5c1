//! `cargo xtask check`.

use anyhow::Result;
use similar::TextDiff;

use crate::{
    Outcome,
    apis::{self, Api},
    codegen_feature, print,
};

/// Compares every generated file with the generator's output, and with the output of the feature `codegen`.
pub(crate) fn run(apis: &[Api]) -> Result<Outcome> {
    let mut outcomes = vec![apis::report_lost()?];
    for api in apis {
        outcomes.push(one(api)?);
    }
    // A failure is more important than an outdated file.
    let worst = [Outcome::Failed, Outcome::NeedsUpdate].into_iter().find(|worst| outcomes.contains(worst));
    Ok(worst.unwrap_or(Outcome::Fine))
}

fn one(api: &Api) -> Result<Outcome> {
    let expected = match api.load().and_then(|document| broker_session_codegen::generate(&document)) {
        Ok(text) => text,
        Err(problems) => {
            eprintln!("{problems}");
            return Ok(Outcome::Failed);
        }
    };
    let generated = &api.generated;
    let current = api.current()?.unwrap_or_default();
    if let Some(difference) = difference(generated, &current, &expected) {
        print(&difference)?;
        print(&format!("{generated} is outdated; run `cargo xtask generate` and review the difference."))?;
        return Ok(Outcome::NeedsUpdate);
    }
    let built = codegen_feature::generated(api)?;
    if let Some(difference) = difference(generated, &built, &expected) {
        print(&difference)?;
        print(&format!(
            "The feature `codegen` of {} generates other code than `cargo xtask generate`.",
            api.package
        ))?;
        return Ok(Outcome::Failed);
    }
    print(&format!("{generated} is up to date, and the feature `codegen` generates the same code."))?;
    Ok(Outcome::Fine)
}

/// The unified difference of two strings; nothing if they are equal.
fn difference(name: &str, old: &str, new: &str) -> Option<String> {
    let diff = TextDiff::from_lines(old, new);
    let text = diff.unified_diff().header(name, &format!("{name} (from the spec)")).to_string();
    (old != new).then_some(text)
}
