//! `sandbox kotak`.

use std::{env, time::Duration};

use broker_session_sandbox::kotak::{Account, Operation, Sandbox};
use clap::Args;
use serde_json::{Map, json};

use super::NAME;
use crate::{
    context::Context,
    failure::Failure,
    faults::{PlannedFault, planned_fault},
    interrupt::stop,
    output,
};

/// Run a stand-in for Kotak Securities on this machine, until it is told to stop (Ctrl-C).
///
/// It speaks the Trade API's session/1.0 with an account of made-up credentials, or with those of the KOTAK_*
/// environment variables where they are set. It prints what a client's environment needs; values that came
/// from the environment are not printed. A code, pin or password that is wrong three times locks the account.
#[derive(Args, Debug)]
#[command(after_long_help = HELP)]
pub(crate) struct SandboxArgs {
    /// The port to listen on, on the loopback interface; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Send clients on to a second base URL, as the broker does with `redirect.host`.
    #[arg(long, conflicts_with = "redirect_to")]
    redirect: bool,
    /// Send clients on to this URL, whatever it is: for clients that must not follow it.
    #[arg(long, value_name = "URL")]
    redirect_to: Option<String>,
    /// Answer an operation with a fault, always; may be repeated. The operation is named by its id, like
    /// `session_init`. The fault is one of `status-N`, `html-N`, `empty-N` (N: an HTTP status), `cut-body`,
    /// `slow-body`, `hang`, `reset`.
    #[arg(long, value_name = "OPERATION=FAULT", value_parser = fault)]
    fault: Vec<PlannedFault<Operation>>,
}

const HELP: &str = "\
Examples:
  broker-session sandbox kotak --port 4001
  broker-session sandbox kotak --port 4001 --fault session_login_userid=html-503
  KOTAK_PASSWORD=made-up broker-session sandbox kotak --json";

/// Serves until the program is told to stop.
///
/// # Errors
/// If the port cannot be listened on.
pub(crate) async fn sandbox(args: SandboxArgs, context: &Context) -> Result<(), Failure> {
    let made_up = Account::default();
    let given = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let account = Account::from_credentials(given);
    let mut builder = Sandbox::builder()
        .port(args.port)
        .account(account)
        // It may run for days, and a code that nobody can renew by SMS must not end that.
        .access_code_lifetime(Duration::MAX);
    if args.redirect {
        builder = builder.redirect_to_second_base();
    }
    if let Some(url) = args.redirect_to {
        builder = builder.redirect_to(url);
    }
    let sandbox = builder.start().await.map_err(|error| Failure::config(error.to_string()))?;
    for planned in args.fault {
        sandbox.inject_always(planned.operation, planned.fault);
    }
    let stop = stop()?;
    announce(&sandbox, &made_up, context)?;
    sandbox.serve_until(stop).await;
    Ok(())
}

fn fault(text: &str) -> Result<PlannedFault<Operation>, String> {
    planned_fault(text, &Operation::ALL, Operation::id)
}

fn announce(sandbox: &Sandbox, made_up: &Account, context: &Context) -> Result<(), Failure> {
    let known = made_up.credentials();
    let is_public = |name: &str, value: &String| {
        matches!(name, "KOTAK_BASE_URL" | "KOTAK_USERID")
            || known.iter().any(|pair| *pair == (name, value.clone()))
    };
    let credentials = sandbox.credentials();
    let mut variables = Map::new();
    let mut lines = vec![
        format!("The Kotak sandbox listens at {}. Stop it with Ctrl-C.", sandbox.base_url()),
        "A client needs:".to_owned(),
    ];
    for (name, value) in &credentials {
        match is_public(name, value) {
            true => {
                variables.insert((*name).to_owned(), json!(value));
                lines.push(format!("  export {name}={}", output::quoted(value)));
            }
            false => {
                variables.insert((*name).to_owned(), json!(null));
                lines.push(format!("  # {name} is taken from the environment."));
            }
        }
    }
    let json = json!({
        "broker": NAME,
        "user": sandbox.account().userid,
        "base_url": sandbox.base_url(),
        "oauth_base_url": sandbox.root_url(),
        "environment": variables,
    });
    context.output.result(&json, &lines.join("\n"))
}
