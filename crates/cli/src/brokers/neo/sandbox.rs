//! `sandbox neo`.

use broker_session_sandbox::neo::{Account, Operation, Sandbox};
use clap::Args;
use serde_json::json;

use super::BROKER;
use crate::{
    context::Context,
    failure::Failure,
    help,
    sandbox::{ServeArgs, given, serve, start},
};

/// Run a stand-in for Kotak Neo on this machine, until it is told to stop (Ctrl-C).
///
/// It has an account of made-up credentials, or with those of the NEO_* environment variables where they are set. It
/// prints what a client's environment needs; values that came from the environment are not printed. One-time passwords
/// are verified as the broker does, and each is good once. Three wrong guesses, one-time passwords and MPINs together,
/// lock the account.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct SandboxArgs {
    /// Say that trading calls go to this URL (`baseUrl`), whatever it is: for clients that must not follow it.
    #[arg(long, value_name = "URL")]
    base_url_in_answers: Option<String>,
    /// Refuse with status 200 and the failure in the body.
    #[arg(long)]
    refusals_in_success: bool,
    /// Answer calls of a session that is over with status 200 and the failure in the body.
    #[arg(long)]
    dead_session_in_success: bool,
    #[command(flatten)]
    serve: ServeArgs<Operation>,
}

fn help() -> String {
    help::examples(&[
        "broker-session sandbox neo --port 4003",
        "broker-session sandbox neo --port 4003 --fault trade_api_login=html-503",
        "NEO_MPIN=000000 broker-session sandbox neo --json",
    ])
}

/// Serves until the program is told to stop.
///
/// # Errors
/// If the port cannot be listened on, or if the TOTP secret of the environment is none.
pub(crate) async fn sandbox(args: SandboxArgs, context: &Context) -> Result<(), Failure> {
    let mut builder = Sandbox::builder().account(Account::from_credentials(given()));
    if let Some(url) = args.base_url_in_answers {
        builder = builder.base_url_in_answers(url);
    }
    if args.refusals_in_success {
        builder = builder.refusals_in_success();
    }
    if args.dead_session_in_success {
        builder = builder.dead_session_in_success();
    }
    let sandbox = start(builder, args.serve).await?;
    serve(sandbox, &BROKER, json!({}), &[], context).await
}
