//! `sandbox ibkr`.

use std::{fs, path::PathBuf, time::Duration};

use broker_session_sandbox::ibkr::{Operation, Sandbox, SignedOut};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::BROKER;
use crate::{
    context::Context,
    failure::Failure,
    help, network,
    sandbox::{ServeArgs, serve, start},
};

/// Run a stand-in for the Client Portal Gateway on this machine, until it is told to stop (Ctrl-C).
///
/// It prints what a client's environment needs, and the page at which a person signs in: in a browser with the
/// button there, or with any POST to it. It keeps the broker's limits: too many calls, and for 15 minutes every
/// answer is a 429.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct SandboxArgs {
    /// Serve https with a certificate that the sandbox signs itself, as the gateway does.
    #[arg(long)]
    https: bool,
    /// Write that certificate to this file, in PEM.
    #[arg(long, value_name = "PATH", requires = "https")]
    certificate_out: Option<PathBuf>,
    /// Begin with nobody signed in.
    #[arg(long)]
    signed_out: bool,
    /// How calls are answered when nobody is signed in.
    #[arg(long, value_name = "ANSWER", default_value = "empty-401")]
    when_signed_out: WhenSignedOut,
    /// Play a paper account.
    #[arg(long)]
    paper: bool,
    /// The name of the user.
    #[arg(long, value_name = "NAME", default_value = "sampleuser")]
    user_name: String,
    /// The seconds without a call after which the brokerage session times out [default: 330].
    #[arg(long, value_name = "SECONDS", value_parser = network::seconds)]
    idle_timeout: Option<Duration>,
    /// Take any number of calls.
    #[arg(long)]
    no_pacing: bool,
    #[command(flatten)]
    serve: ServeArgs<Operation>,
}

fn help() -> String {
    help::examples(&[
        "broker-session sandbox ibkr --port 5000",
        "broker-session sandbox ibkr --port 5000 --https --signed-out",
        "broker-session sandbox ibkr --fault tickle_post=html-503 --json",
    ])
}

/// What a gateway answers when nobody is signed in.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum WhenSignedOut {
    /// 401 with the broker's words.
    #[value(name = "json-401")]
    Json401,
    /// 401 without a body.
    #[value(name = "empty-401")]
    Empty401,
    /// 401 with an HTML page.
    #[value(name = "html-401")]
    Html401,
    /// 302 to the login page.
    Redirect,
    /// 200 with `{"error":"no session"}` to a tickle, 200 with `{"RESULT":false}` to `/sso/validate`, else a 401.
    NoSession,
}

impl From<WhenSignedOut> for SignedOut {
    fn from(answer: WhenSignedOut) -> Self {
        match answer {
            WhenSignedOut::Json401 => Self::Json401,
            WhenSignedOut::Empty401 => Self::Empty401,
            WhenSignedOut::Html401 => Self::Html401,
            WhenSignedOut::Redirect => Self::Redirect,
            WhenSignedOut::NoSession => Self::NoSession,
        }
    }
}

/// Serves until the program is told to stop.
///
/// # Errors
/// If the port cannot be listened on, or the certificate not be written.
pub(crate) async fn sandbox(args: SandboxArgs, context: &Context) -> Result<(), Failure> {
    let mut builder = Sandbox::builder()
        .user_name(&args.user_name)
        .when_signed_out(args.when_signed_out.into())
        .pacing(!args.no_pacing);
    if args.https {
        builder = builder.https();
    }
    if args.signed_out {
        builder = builder.signed_out();
    }
    if args.paper {
        builder = builder.paper();
    }
    if let Some(timeout) = args.idle_timeout {
        builder = builder.idle_timeout(timeout);
    }
    let sandbox = start(builder, args.serve).await?;
    if let (Some(path), Some(pem)) = (&args.certificate_out, sandbox.certificate_pem()) {
        fs::write(path, pem).map_err(|error| {
            let path = path.display();
            Failure::config(format!(
                "the certificate cannot be written to `{path}`: {error}. Correct the path."
            ))
        })?;
    }
    let members = json!({
        "older_base_url": sandbox.older_base_url(),
        "login_url": sandbox.login_url(),
        "fingerprint": sandbox.certificate_fingerprint_sha256(),
        "certificate": args.certificate_out.map(|path| path.display().to_string()),
    });
    let lines = [
        format!("The older base URL is {}.", sandbox.older_base_url()),
        format!("A person signs in at {}", sandbox.login_url()),
    ];
    serve(sandbox, &BROKER, members, &lines, context).await
}
