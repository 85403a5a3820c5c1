//! `sandbox`: what is the same for the stand-in of every broker.

use std::env;

use broker_session_sandbox::{self as played, Builder, Fault, Operation, Sandbox};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::{
    brokers::Broker,
    context::Context,
    failure::Failure,
    faults::{PlannedFault, planned_fault},
    interrupt::stop,
    output::quoted,
};

/// The flags of every sandbox.
#[derive(Args, Debug)]
pub(crate) struct ServeArgs<O: Operation> {
    /// The port to listen on, on the loopback interface; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Answer an operation with a fault, always; may be repeated. The operation is named by its id; one that does not
    /// exist is answered with a list. The fault is one of `status-N`, `html-N`, `empty-N` (N: an HTTP status),
    /// `example-N-NAME` (the spec's example with this name), `cut-body`, `slow-body`, `hang`, `reset`.
    #[arg(long, value_name = "OPERATION=FAULT", value_parser = planned_fault::<O>)]
    fault: Vec<PlannedFault<O>>,
    /// Let this share of all calls go wrong, from 0 to 1: with resets, silence, cut and late answers, 401, 503, a page,
    /// and failures with status 200.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    fault_rate: Option<f64>,
    /// What decides which calls these are: with the same number the same ones.
    #[arg(long, value_name = "NUMBER", requires = "fault_rate", default_value_t = 0)]
    fault_seed: u64,
}

/// Reads a share from 0 to 1.
fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate| (0.0..=1.0).contains(rate));
    rate.ok_or_else(|| "not a number from 0 to 1, as 0.05 is".to_owned())
}

/// The environment, from which an account can take its credentials.
pub(crate) fn given() -> impl Iterator<Item = (String, String)> {
    env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Starts a sandbox.
///
/// # Errors
/// If the port cannot be listened on, or if what the sandbox is told to be cannot be.
pub(crate) async fn start<B: played::Broker>(
    builder: Builder<B>,
    args: ServeArgs<B::Operation>,
) -> Result<Sandbox<B>, Failure> {
    let builder = builder.port(args.port).reference();
    let sandbox = builder.start().await.map_err(|error| Failure::config(error.to_string()))?;
    for planned in args.fault {
        let operation = planned.operation;
        let fault = planned.fault::<B>().map_err(|error| Failure::config(error.to_string()))?;
        sandbox.inject_always(operation, fault);
    }
    if let Some(rate) = args.fault_rate {
        sandbox.inject_randomly(rate, args.fault_seed, Fault::bad_day());
    }
    Ok(sandbox)
}

/// Says what a client needs, and serves until the program is told to stop. To what every sandbox says come the broker's
/// own members for scripts and lines for people.
///
/// # Errors
/// If nothing can be written.
pub(crate) async fn serve<B: played::Broker>(
    sandbox: Sandbox<B>,
    broker: &Broker,
    members: Value,
    lines: &[String],
    context: &Context,
) -> Result<(), Failure> {
    // From now on a signal ends it in good order.
    let stop = stop()?;
    let mut exports = vec!["A client needs:".to_owned()];
    let mut variables = Map::new();
    for variable in sandbox.environment() {
        let name = variable.name;
        let value = variable.is_public.then_some(variable.value);
        exports.push(match &value {
            Some(value) => format!("  export {name}={}", quoted(value)),
            None => format!("  # {name} is taken from the environment."),
        });
        variables.insert(name.to_owned(), json!(value));
    }
    for (name, value) in broker.choices {
        exports.push(format!("  export {name}={value}"));
        variables.insert((*name).to_owned(), json!(value));
    }
    let base_url = sandbox.base_url();
    let mut object = Map::from_iter(
        [
            ("broker", json!(broker.name)),
            ("user", json!(sandbox.user())),
            ("base_url", json!(base_url)),
            ("reference_url", json!(sandbox.reference_url())),
            ("environment", Value::Object(variables)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    if let Value::Object(members) = members {
        object.extend(members);
    }
    let mut first =
        vec![format!("The sandbox of {} listens at {base_url}. Stop it with Ctrl-C.", broker.title)];
    first.extend(
        sandbox.reference_url().map(|url| format!("Its API, to read and to try in a browser: {url}")),
    );
    let text = [&first, lines, &exports].concat().join("\n");
    context.output.result(&Value::Object(object), &text)?;
    sandbox.serve_until(stop).await;
    Ok(())
}
