//! `sandbox kotak`.

use std::time::Duration;

use broker_session_sandbox::kotak::{Account, Envelope, Sandbox};
use clap::Args;
use serde_json::json;

use super::BROKER;
use crate::{
    Context,
    args::examples,
    failure::Failure,
    sandbox::{Choice, Extra, ServeArgs, choice, given, serve, start},
};

/// Run a stand-in for Kotak Securities on this machine, until a signal stops it (Ctrl-C).
///
/// It speaks the Trade API's session/1.0 with an account of made-up credentials, or with those of the KOTAK_*
/// environment variables where they are set. It prints what a client's environment needs; values that came
/// from the environment are not printed. Three wrong guesses of any kind lock the account.
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
    #[arg(long, default_value = "observed", value_parser = choice(&ENVELOPES))]
    envelope: Envelope,
    /// Refuse calls without the headers `ip` and `appId`, which the broker documents and is reported not to need.
    #[arg(long)]
    strict_headers: bool,
    #[command(flatten)]
    serve: ServeArgs,
}

/// The objects around successful responses.
const ENVELOPES: [Choice<Envelope>; 4] = [
    ("observed", "`Success` or `success`, as was observed of each call", Envelope::Observed),
    ("upper", "`Success` of all", Envelope::Upper),
    ("lower", "`success` of all", Envelope::Lower),
    ("flat", "None, as in a sample of the documentation and as some clients read it", Envelope::Flat),
];

fn help() -> String {
    examples(&[
        "broker-session sandbox kotak --port 4001",
        "broker-session sandbox kotak --port 4001 --fault session_login_userid=html-503",
        "broker-session sandbox kotak --port 4001 --fault session_init=example-400-wrong-host",
        "KOTAK_PASSWORD=made-up broker-session sandbox kotak --json",
    ])
}

/// Serves until a signal stops the program.
///
/// # Errors
/// If the port cannot be listened on.
pub(crate) async fn sandbox(args: SandboxArgs, context: &Context) -> Result<(), Failure> {
    let mut builder = Sandbox::builder()
        .account(Account::from_credentials(given()))
        .envelope(args.envelope)
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
    let fields = vec![("oauth_base_url", json!(sandbox.root_url()))];
    let extra = Extra { fields, choices: &[("KOTAK_FACTOR", "access-code")], ..Extra::default() };
    serve(sandbox, &BROKER, extra, context).await
}
