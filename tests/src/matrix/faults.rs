//! Every fault, by what it strikes.

mod bodies;
mod connections;
mod contents;
mod failures;
mod heads;
mod http;
mod json;
mod redirects;
mod statuses;
mod tls;

use super::context::{Context, Trial};

/// Something that goes wrong.
pub(super) struct Fault {
    /// The part of the table that it belongs to.
    pub(super) section: &'static str,
    pub(super) name: String,
    /// What is tried of it with an operation; nothing where the spec has no such response.
    pub(super) trials: Trials,
}

type Trials = Box<dyn Fn(&Context<'_>) -> Vec<Trial>>;

/// Every fault, in the order of the table.
pub(super) fn all() -> Vec<Fault> {
    let mut faults = Vec::new();
    faults.extend(connections::all());
    faults.extend(tls::all());
    faults.extend(heads::all());
    faults.extend(http::all());
    faults.extend(bodies::all());
    faults.extend(contents::all());
    faults.extend(json::all());
    faults.extend(redirects::all());
    faults.extend(failures::all());
    faults.extend(statuses::all());
    faults
}

/// A fault of which there is one trial.
fn one(
    section: &'static str,
    name: impl Into<String>,
    trial: impl Fn(&Context<'_>) -> Trial + 'static,
) -> Fault {
    many(section, name, move |context| vec![trial(context)])
}

/// A fault of which there are several.
fn many(
    section: &'static str,
    name: impl Into<String>,
    trials: impl Fn(&Context<'_>) -> Vec<Trial> + 'static,
) -> Fault {
    Fault { section, name: name.into(), trials: Box::new(trials) }
}
