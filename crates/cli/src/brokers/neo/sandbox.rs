//! `sandbox neo`.

use broker_session_sandbox::neo::{Account, DeadSession, Sandbox};
use clap::Args;

use super::BROKER;
use crate::{
    Context,
    args::examples,
    failure::Failure,
    sandbox::{Choice, Extra, ServeArgs, choice, given, serve, start},
};

/// Run a stand-in for Kotak Neo on this machine, until a signal stops it (Ctrl-C).
///
/// It has an account of made-up credentials, or with those of the NEO_* environment variables where they are set. It
/// prints what a client's environment needs; values that came from the environment are not printed. One-time passwords
/// are verified as the broker does, and each is good once. Three wrong guesses, one-time passwords and MPINs together,
/// lock the account.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct SandboxArgs {
    /// Name this URL for trading calls (`baseUrl`), whatever it is: for clients that must not follow it; `/xyz` is a
    /// path of the sandbox's own. They work below its path alone: for clients that must keep it.
    #[arg(long, value_name = "URL|PATH")]
    base_url_in_answers: Option<String>,
    /// Refuse with status 200 and the failure in the body.
    #[arg(long)]
    refusals_in_success: bool,
    /// The form in which calls of a session that is over are refused.
    #[arg(long, default_value = "flat", value_parser = choice(&DEAD_SESSIONS))]
    dead_session: DeadSession,
    /// Refuse calls of a session that is over with status 200 and the failure in the body.
    #[arg(long)]
    dead_session_in_success: bool,
    /// Refuse trading calls without the headers `neo-fin-key` and `Authorization`, which the broker documents and its own
    /// client leaves out.
    #[arg(long)]
    strict_headers: bool,
    #[command(flatten)]
    serve: ServeArgs,
}

/// The forms of a refusal for a dead session.
const DEAD_SESSIONS: [Choice<DeadSession>; 3] = [
    ("flat", "Code 100022", DeadSession::Flat),
    ("nested", "Code 100022 below `data`", DeadSession::Nested),
    ("emsg", "Code 1003 with `emsg`", DeadSession::Emsg),
];

fn help() -> String {
    examples(&[
        "broker-session sandbox neo --port 4003",
        "broker-session sandbox neo --port 4003 --fault trade_api_login=html-503",
        "broker-session sandbox neo --port 4003 --base-url-in-answers /xyz",
        "NEO_MPIN=000000 broker-session sandbox neo --json",
    ])
}

/// Serves until a signal stops the program.
///
/// # Errors
/// If the port cannot be listened on, or if the TOTP secret of the environment is none.
pub(crate) async fn sandbox(args: SandboxArgs, context: &Context) -> Result<(), Failure> {
    let account = Account::from_credentials(given());
    let mut builder = Sandbox::builder().account(account).dead_session(args.dead_session);
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
    serve(sandbox, &BROKER, Extra::default(), context).await
}
