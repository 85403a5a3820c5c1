//! `sandbox kotak`.

use std::time::Duration;

use broker_session_sandbox::kotak::{Account, Envelope, Operation, Sandbox};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::BROKER;
use crate::{
    context::Context,
    failure::Failure,
    help,
    sandbox::{ServeArgs, given, serve, start},
};

/// Run a stand-in for Kotak Securities on this machine, until it is told to stop (Ctrl-C).
///
/// It speaks the Trade API's session/1.0 with an account of made-up credentials, or with those of the KOTAK_*
/// environment variables where they are set. It prints what a client's environment needs; values that came
/// from the environment are not printed. A code, pin or password that is wrong three times locks the account.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct SandboxArgs {
    /// Send clients on to a second base URL, as the broker does with `redirect.host`.
    #[arg(long, conflicts_with = "redirect_to")]
    redirect: bool,
    /// Send clients on to this URL, whatever it is: for clients that must not follow it.
    #[arg(long, value_name = "URL")]
    redirect_to: Option<String>,
    /// The object around successful responses.
    #[arg(long, value_enum, default_value_t)]
    envelope: Wrapping,
    /// Refuse calls without the headers `ip` and `appId`, which the broker documents and is reported not to need.
    #[arg(long)]
    strict_headers: bool,
    #[command(flatten)]
    serve: ServeArgs<Operation>,
}

/// The objects around successful responses.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Wrapping {
    /// `Success` or `success`, as was observed of each call.
    #[default]
    Observed,
    /// `Success` of all.
    Upper,
    /// `success` of all.
    Lower,
    /// None, as in a sample of the documentation and as some clients read it.
    Flat,
}

impl From<Wrapping> for Envelope {
    fn from(wrapping: Wrapping) -> Self {
        match wrapping {
            Wrapping::Observed => Self::Observed,
            Wrapping::Upper => Self::Upper,
            Wrapping::Lower => Self::Lower,
            Wrapping::Flat => Self::Flat,
        }
    }
}

fn help() -> String {
    help::examples(&[
        "broker-session sandbox kotak --port 4001",
        "broker-session sandbox kotak --port 4001 --fault session_login_userid=html-503",
        "broker-session sandbox kotak --port 4001 --fault session_init=example-400-wrong-host",
        "KOTAK_PASSWORD=made-up broker-session sandbox kotak --json",
    ])
}

/// Serves until the program is told to stop.
///
/// # Errors
/// If the port cannot be listened on.
pub(crate) async fn sandbox(args: SandboxArgs, context: &Context) -> Result<(), Failure> {
    let mut builder = Sandbox::builder()
        .account(Account::from_credentials(given()))
        .envelope(args.envelope.into())
        // It may run for days, and a code that nobody can renew by SMS must not end that.
        .access_code_lifetime(Duration::MAX);
    if args.redirect {
        builder = builder.redirect_to_second_base();
    }
    if let Some(url) = args.redirect_to {
        builder = builder.redirect_to(url);
    }
    if args.strict_headers {
        builder = builder.strict_headers();
    }
    let sandbox = start(builder, args.serve).await?;
    let members = json!({ "oauth_base_url": sandbox.root_url() });
    serve(sandbox, &BROKER, members, &[], context).await
}
