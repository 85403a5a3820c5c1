//! `sandbox ibkr`.

use std::{fs, path::PathBuf, time::Duration};

use broker_session_sandbox::ibkr::{Operation, Sandbox, SignedOut};
use clap::{Args, ValueEnum};
use serde_json::{Map, json};

use super::NAME;
use crate::{
    context::Context,
    failure::Failure,
    faults::{PlannedFault, planned_fault},
    interrupt::stop,
    network,
    output::quoted,
};

/// Run a stand-in for the Client Portal Gateway on this machine, until it is told to stop (Ctrl-C).
///
/// It prints what a client's environment needs, and the page at which a person signs in: in a browser with the
/// button there, or with any POST to it. It keeps the broker's limits: too many calls, and for 15 minutes every
/// answer is a 429.
#[derive(Args, Debug)]
#[command(after_long_help = HELP)]
pub(crate) struct SandboxArgs {
    /// The port to listen on, on the loopback interface; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
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
    /// Answer an operation with a fault, always; may be repeated. The operation is named by its id, like
    /// `tickle_post`. The fault is one of `status-N`, `html-N`, `empty-N` (N: an HTTP status), `cut-body`,
    /// `slow-body`, `hang`, `reset`.
    #[arg(long, value_name = "OPERATION=FAULT", value_parser = fault)]
    fault: Vec<PlannedFault<Operation>>,
}

const HELP: &str = "\
Examples:
  broker-session sandbox ibkr --port 5000
  broker-session sandbox ibkr --port 5000 --https --signed-out
  broker-session sandbox ibkr --fault tickle_post=html-503 --json";

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

fn fault(text: &str) -> Result<PlannedFault<Operation>, String> {
    planned_fault(text, &Operation::ALL, Operation::id)
}

/// Serves until the program is told to stop.
///
/// # Errors
/// If the port cannot be listened on, or the certificate not be written.
pub(crate) async fn sandbox(args: SandboxArgs, context: &Context) -> Result<(), Failure> {
    let mut builder = Sandbox::builder()
        .port(args.port)
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
    let sandbox = builder.start().await.map_err(|error| Failure::config(error.to_string()))?;
    for planned in args.fault {
        sandbox.inject_always(planned.operation, planned.fault);
    }
    if let (Some(path), Some(pem)) = (&args.certificate_out, sandbox.certificate_pem()) {
        fs::write(path, pem).map_err(|error| {
            let path = path.display();
            Failure::config(format!(
                "the certificate cannot be written to `{path}`: {error}. Correct the path."
            ))
        })?;
    }
    let stop = stop()?;
    announce(&sandbox, &args.user_name, args.certificate_out.as_ref(), context)?;
    sandbox.serve_until(stop).await;
    Ok(())
}

fn announce(
    sandbox: &Sandbox,
    user: &str,
    certificate: Option<&PathBuf>,
    context: &Context,
) -> Result<(), Failure> {
    let fingerprint = sandbox.certificate_fingerprint_sha256();
    let certificate = certificate.map(|path| path.display().to_string());
    let mut variables: Map<_, _> =
        sandbox.credentials().into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    if let Some(fingerprint) = &fingerprint {
        variables.insert("IBKR_FINGERPRINT".to_owned(), json!(fingerprint));
    }
    let mut lines = vec![
        format!("The IBKR sandbox listens at {}. Stop it with Ctrl-C.", sandbox.base_url()),
        format!("The older base URL is {}.", sandbox.older_base_url()),
        format!("A person signs in at {}", sandbox.login_url()),
        "A client needs:".to_owned(),
    ];
    let exports = variables.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    lines.extend(exports.map(|(name, value)| format!("  export {name}={}", quoted(value))));
    let json = json!({
        "broker": NAME,
        "user": user,
        "base_url": sandbox.base_url(),
        "older_base_url": sandbox.older_base_url(),
        "login_url": sandbox.login_url(),
        "fingerprint": fingerprint,
        "certificate": certificate,
        "environment": variables,
    });
    context.output.result(&json, &lines.join("\n"))
}
