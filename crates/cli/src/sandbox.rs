//! `sandbox`: what is the same for the stand-in of every broker.

use std::{env, path::PathBuf};

use broker_session::http::StatusCode;
use broker_session_sandbox::{self as played, Builder, Fault, Operation, Sandbox};
use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use serde_json::{Map, Value, json};

use crate::{Context, brokers::Broker, failure::Failure, output::quoted, terminal::stop};

/// The options of every sandbox.
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    /// The port to listen on, on the loopback interface; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Respond to an operation with a fault, always; may be repeated. The operation is named by its id; one that does not
    /// exist makes the program list those that do. The fault is one of `status-N`, `html-N`, `empty-N` (N: an HTTP status),
    /// `example-N-NAME` (the spec's example with this name), `cut-body`, `slow-body`, `hang`, `reset`.
    #[arg(long, value_name = "OPERATION=FAULT")]
    fault: Vec<String>,
    /// Let this share of all calls go wrong, from 0 to 1: with resets, silence, cut and late responses, 401, 503, a page,
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

/// A value of an option: its name, what it is, and what it stands for.
pub(crate) type Choice<T> = (&'static str, &'static str, T);

/// Reads one of these names.
pub(crate) fn choice<T: Copy + Send + Sync>(known: &'static [Choice<T>]) -> impl TypedValueParser<Value = T> {
    let names = known.iter().map(|(name, what, _)| PossibleValue::new(*name).help(*what));
    PossibleValuesParser::new(names).try_map(|named| {
        let value = known.iter().find_map(|(name, _, value)| (*name == named).then_some(*value));
        value.ok_or("not one of them")
    })
}

/// The environment, from which an account can take its credentials.
pub(crate) fn given() -> impl Iterator<Item = (String, String)> {
    env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Starts a sandbox.
///
/// # Errors
/// If the port cannot be listened on, or if its settings cannot be used.
pub(crate) async fn start<B: played::Broker>(
    builder: Builder<B>,
    args: ServeArgs,
) -> Result<Sandbox<B>, Failure> {
    let planned = |text: &String| {
        planned_fault::<B>(text).map_err(|why| Failure::config(format!("--fault {text}: {why}")))
    };
    let faults = args.fault.iter().map(planned).collect::<Result<Vec<_>, _>>()?;
    let builder = builder.port(args.port).reference();
    let sandbox = builder.start().await.map_err(|error| Failure::config(error.to_string()))?;
    for (operation, fault) in faults {
        sandbox.inject_always(operation, fault);
    }
    if let Some(rate) = args.fault_rate {
        sandbox.inject_randomly(rate, args.fault_seed, Fault::bad_day());
    }
    Ok(sandbox)
}

/// What one broker's sandbox prints beside what all print.
#[derive(Default)]
pub(crate) struct Extra<'a> {
    /// Fields for scripts.
    pub(crate) fields: Vec<(&'a str, Value)>,
    /// Lines for people.
    pub(crate) lines: &'a [String],
    /// Variables that choose among the sandbox's credentials.
    pub(crate) choices: &'a [(&'a str, &'a str)],
    /// Variables whose values are in files. In place of `NAME`, a client is given `NAME_FILE`.
    pub(crate) files: Vec<(&'a str, PathBuf)>,
    /// What a client needs for another way to sign in.
    pub(crate) alternative: Option<Alternative<'a>>,
}

/// The variables for another way to sign in, in place of all the others.
pub(crate) struct Alternative<'a> {
    /// For people: the name of the way.
    pub(crate) name: &'a str,
    /// For scripts: the field with the variables.
    pub(crate) field: &'a str,
    pub(crate) variables: Vec<(String, String)>,
}

/// Prints what a client needs, and serves until a signal stops the program.
///
/// # Errors
/// If nothing can be written.
pub(crate) async fn serve<B: played::Broker>(
    sandbox: Sandbox<B>,
    broker: &Broker,
    extra: Extra<'_>,
    context: &Context,
) -> Result<(), Failure> {
    // From now on a signal ends it in good order.
    let stop = stop()?;
    let mut exports = vec!["A client needs:".to_owned()];
    let mut variables = Map::new();
    for variable in sandbox.environment() {
        let file = extra.files.iter().find(|(name, _)| *name == variable.name);
        let (name, value) = match file {
            Some((name, path)) => (format!("{name}_FILE"), Some(path.display().to_string())),
            None => (variable.name.to_owned(), variable.is_public.then_some(variable.value)),
        };
        exports.push(match &value {
            Some(value) => format!("  export {name}={}", quoted(value)),
            None => format!("  # {name} is taken from the environment."),
        });
        variables.insert(name, json!(value));
    }
    for (name, value) in extra.choices {
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
    if let Some(Alternative { name, field, variables }) = extra.alternative {
        exports.push(format!("Or, for {name}:"));
        exports.extend(variables.iter().map(|(name, value)| format!("  export {name}={}", quoted(value))));
        let variables = variables.into_iter().map(|(name, value)| (name, json!(value)));
        object.insert(field.to_owned(), Value::Object(variables.collect()));
    }
    object.extend(extra.fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
    let mut first =
        vec![format!("The sandbox of {} listens at {base_url}. Stop it with Ctrl-C.", broker.title)];
    first.extend(
        sandbox.reference_url().map(|url| format!("Its API, to read and to try in a browser: {url}")),
    );
    let text = [&first, extra.lines, &exports].concat().join("\n");
    context.output.result(&Value::Object(object), &text)?;
    sandbox.serve_until(stop).await;
    Ok(())
}

/// Reads `OPERATION=FAULT`, where the operation is named by its id.
///
/// # Errors
/// If either is not known; the message lists what is.
fn planned_fault<B: played::Broker>(text: &str) -> Result<(B::Operation, Fault), String> {
    let (named, fault) = text.split_once('=').ok_or("not of the form OPERATION=FAULT.")?;
    let mut all = B::Operation::all().iter().copied();
    let operation = all.find(|operation| operation.id() == named).ok_or_else(|| {
        let known: Vec<&str> = B::Operation::all().iter().map(|operation| operation.id()).collect();
        format!("there is no operation `{named}`; there are: {}.", known.join(", "))
    })?;
    let mut parts = fault.splitn(3, '-');
    let (form, status, name) = (parts.next(), parts.next(), parts.next());
    let status = status.and_then(|status| StatusCode::from_bytes(status.as_bytes()).ok());
    let fault = match (fault, form, status, name) {
        ("cut-body", ..) => Fault::cut_body(),
        ("slow-body", ..) => Fault::slow_body(),
        ("hang", ..) => Fault::hang(),
        ("reset", ..) => Fault::reset(),
        (_, Some("status"), Some(status), None) => Fault::status(status),
        (_, Some("html"), Some(status), None) => Fault::html_page(status),
        (_, Some("empty"), Some(status), None) => Fault::empty(status),
        (_, Some("example"), Some(status), Some(name)) => {
            Sandbox::<B>::example(operation, status, name).map_err(|error| error.to_string())?
        }
        _ => {
            return Err(
                "there are the faults status-N, html-N, empty-N (N: an HTTP status), example-N-NAME (an \
                        example of the spec), cut-body, slow-body, hang, reset."
                    .to_owned(),
            );
        }
    };
    Ok((operation, fault))
}

#[cfg(test)]
mod tests {
    use broker_session_sandbox::kotak;

    use super::*;

    #[test]
    fn known_faults_are_read_and_others_explained() {
        let planned = planned_fault::<kotak::Kotak>;
        for text in [
            "session_init=html-503",
            "session_logout=reset",
            "token=status-401",
            "session_init=example-400-wrong-host",
        ] {
            assert!(planned(text).is_ok(), "{text}");
        }
        for text in [
            "session_init",
            "nothing=hang",
            "session_init=html-5030",
            "session_init=html-503-page",
            "session_init=example-400",
            "session_init=surprise",
        ] {
            assert!(planned(text).is_err(), "{text}");
        }
        let unknown = planned("session_init=example-400-nothing").unwrap_err();
        assert!(unknown.contains("wrong-host"), "{unknown}");
    }
}
