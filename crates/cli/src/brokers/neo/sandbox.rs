//! `sandbox neo`.

use broker_session_sandbox::neo::{Account, DeadSession, Operation, Sandbox};
use clap::{Args, ValueEnum};
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
    /// Say that trading calls go to this URL (`baseUrl`), whatever it is: for clients that must not follow it; `/xyz` is a
    /// path of the sandbox's own. They are answered below its path alone: for clients that must keep it.
    #[arg(long, value_name = "URL|PATH")]
    base_url_in_answers: Option<String>,
    /// Refuse with status 200 and the failure in the body.
    #[arg(long)]
    refusals_in_success: bool,
    /// The form in which calls of a session that is over are refused.
    #[arg(long, value_enum, default_value_t)]
    dead_session: Form,
    /// Answer calls of a session that is over with status 200 and the failure in the body.
    #[arg(long)]
    dead_session_in_success: bool,
    /// Refuse trading calls without the headers `neo-fin-key` and `Authorization`, which the broker documents and its own
    /// client leaves out.
    #[arg(long)]
    strict_headers: bool,
    #[command(flatten)]
    serve: ServeArgs<Operation>,
}

/// The forms of a refusal for a dead session.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Form {
    /// Code 100022.
    #[default]
    Flat,
    /// Code 100022 below `data`.
    Nested,
    /// Code 1003 with `emsg`.
    Emsg,
}

impl From<Form> for DeadSession {
    fn from(form: Form) -> Self {
        match form {
            Form::Flat => Self::Flat,
            Form::Nested => Self::Nested,
            Form::Emsg => Self::Emsg,
        }
    }
}

fn help() -> String {
    help::examples(&[
        "broker-session sandbox neo --port 4003",
        "broker-session sandbox neo --port 4003 --fault trade_api_login=html-503",
        "broker-session sandbox neo --port 4003 --base-url-in-answers /xyz",
        "NEO_MPIN=000000 broker-session sandbox neo --json",
    ])
}

/// Serves until the program is told to stop.
///
/// # Errors
/// If the port cannot be listened on, or if the TOTP secret of the environment is none.
pub(crate) async fn sandbox(args: SandboxArgs, context: &Context) -> Result<(), Failure> {
    let account = Account::from_credentials(given());
    let mut builder = Sandbox::builder().account(account).dead_session(args.dead_session.into());
    if let Some(url) = args.base_url_in_answers {
        builder = builder.base_url_in_answers(url);
    }
    if args.refusals_in_success {
        builder = builder.refusals_in_success();
    }
    if args.dead_session_in_success {
        builder = builder.dead_session_in_success();
    }
    if args.strict_headers {
        builder = builder.strict_headers();
    }
    let sandbox = start(builder, args.serve).await?;
    serve(sandbox, &BROKER, json!({}), &[], context).await
}
