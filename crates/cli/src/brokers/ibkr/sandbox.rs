//! `sandbox ibkr`.

use std::{fs, path::PathBuf, time::Duration};

use broker_session::http::StatusCode;
use broker_session_sandbox::ibkr::{Builder, Certificate, Sandbox, SignedOut};
use clap::Args;
use serde_json::json;

use super::{BROKER, oauth_folder::OAuthFolder};
use crate::{
    Context,
    args::examples,
    failure::Failure,
    network,
    sandbox::{Alternative, Choice, Extra, ServeArgs, choice, serve, start},
};

/// Run a stand-in for the Client Portal Gateway on this machine, until a signal stops it (Ctrl-C).
///
/// It prints what a client's environment needs, and the page at which a person signs in: in a browser with the
/// button there, or with any POST to it. A sign-in opens the brokerage session, too. Far too many calls are refused
/// with 429 for 15 minutes.
///
/// With --oauth it stands in for the hosted Web API, at which a program signs in without a person.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct SandboxArgs {
    /// Serve https with a certificate that the sandbox signs itself, as the gateway does: for no host's name, and expired.
    #[arg(long)]
    https: bool,
    /// Let that certificate be for this machine and in date, for clients that verify it against its PEM.
    #[arg(long, requires = "https")]
    valid_certificate: bool,
    /// Write that certificate to this file, in PEM.
    #[arg(long, value_name = "PATH", requires = "https")]
    certificate_out: Option<PathBuf>,
    /// Begin with no person signed in.
    #[arg(long)]
    signed_out: bool,
    /// The response to calls while no person is signed in.
    #[arg(long, value_name = "RESPONSE", default_value = "empty-401", value_parser = choice(&WHEN_SIGNED_OUT))]
    when_signed_out: SignedOut,
    /// Play a paper account.
    #[arg(long)]
    paper: bool,
    /// The name of the user.
    #[arg(long, value_name = "NAME", default_value = "sampleuser")]
    user_name: String,
    /// The seconds without a call after which the brokerage session times out [default: 330].
    #[arg(long, value_name = "SECONDS", value_parser = network::seconds)]
    idle_timeout: Option<Duration>,
    /// Whether a sign-in opens the brokerage session, as the gateway does. If not, a client has to.
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    opened_at_sign_in: bool,
    /// The seconds from the opening of the brokerage session until it is established [default: 0].
    #[arg(long, value_name = "SECONDS", value_parser = network::seconds)]
    establish_after: Option<Duration>,
    /// Begin with the brokerage session held elsewhere, by the same user.
    #[arg(long)]
    competing: bool,
    /// Refuse to open the brokerage session without `compete`, although it is held nowhere else.
    #[arg(long)]
    compete_always_needed: bool,
    /// Tear a live brokerage session down when it is opened once more.
    #[arg(long)]
    init_tears_down: bool,
    /// Let the single sign-on survive a logout.
    #[arg(long)]
    logout_keeps_sign_on: bool,
    /// The HTTP status of the response to an opening after a logout [default: 410].
    #[arg(long, value_name = "STATUS")]
    init_after_logout: Option<StatusCode>,
    /// The seconds that the single sign-on lives at most [default: 86400].
    #[arg(long, value_name = "SECONDS", value_parser = network::seconds)]
    sso_lifetime: Option<Duration>,
    /// Take calls only with the cookie of the browser in which the person signed in.
    #[arg(long)]
    cookies_needed: bool,
    /// Take POSTs only with an `Origin` or `Referer` of the gateway's own.
    #[arg(long)]
    origin_needed: bool,
    /// Play the hosted Web API: programs sign in with OAuth, and there is no page for a person. The credentials are those in
    /// this folder; if it is missing or empty, they are made up and written there, to be read by their owner only. Without a
    /// folder they are in a temporary one, which goes with the sandbox.
    #[arg(
        long,
        value_name = "DIR",
        num_args = 0..=1,
        conflicts_with_all = ["signed_out", "cookies_needed", "origin_needed", "logout_keeps_sign_on", "init_after_logout"],
    )]
    oauth: Option<Option<PathBuf>>,
    /// The seconds that a live session token of OAuth 1.0a lives [default: 86400].
    #[arg(long, value_name = "SECONDS", requires = "oauth", value_parser = network::seconds)]
    lst_lifetime: Option<Duration>,
    /// Refuse every call, as a gateway does whose `ips.allow` lacks the caller's address.
    #[arg(long)]
    address_not_allowed: bool,
    /// Take any number of calls.
    #[arg(long, conflicts_with = "strict_pacing")]
    no_pacing: bool,
    /// Punish every call beyond the documented limits: 10 a second, one tickle a second, one `/sso/validate` a minute.
    #[arg(long)]
    strict_pacing: bool,
    #[command(flatten)]
    serve: ServeArgs,
}

fn help() -> String {
    examples(&[
        "broker-session sandbox ibkr --port 5000",
        "broker-session sandbox ibkr --port 5000 --https --signed-out",
        "broker-session sandbox ibkr --port 5000 --oauth",
        "broker-session sandbox ibkr --port 5000 --oauth made-up-keys --lst-lifetime 600",
        "broker-session sandbox ibkr --opened-at-sign-in false --compete-always-needed",
        "broker-session sandbox ibkr --fault tickle_post=html-503 --json",
    ])
}

/// The responses of a gateway while no person is signed in.
const WHEN_SIGNED_OUT: [Choice<SignedOut>; 5] = [
    ("json-401", "401 with the broker's message", SignedOut::Json401),
    ("empty-401", "401 without a body", SignedOut::Empty401),
    ("html-401", "401 with an HTML page", SignedOut::Html401),
    ("redirect", "302 to the login page", SignedOut::Redirect),
    (
        "no-session",
        "200 with `{\"error\":\"no session\"}` to a tickle, 200 with `{\"RESULT\":false}` to `/sso/validate`, else a 401",
        SignedOut::NoSession,
    ),
];

/// A setting that is on or off.
type Switch = fn(Builder) -> Builder;
/// A setting that is a time.
type Timer = fn(Builder, Duration) -> Builder;

/// Serves until a signal stops the program.
///
/// # Errors
/// If the port cannot be listened on, or a file not be read or written.
pub(crate) async fn sandbox(args: SandboxArgs, context: &Context) -> Result<(), Failure> {
    let mut builder = Sandbox::builder()
        .user_name(&args.user_name)
        .when_signed_out(args.when_signed_out)
        .pacing(!args.no_pacing)
        .opened_at_sign_in(args.opened_at_sign_in);
    if args.https {
        let valid = args.valid_certificate;
        builder = builder.certificate(if valid { Certificate::Valid } else { Certificate::Gateway });
    }
    let switches: [(bool, Switch); 10] = [
        (args.signed_out, Builder::signed_out),
        (args.paper, Builder::paper),
        (args.competing, Builder::competing),
        (args.compete_always_needed, Builder::compete_always_needed),
        (args.init_tears_down, Builder::init_tears_down),
        (args.logout_keeps_sign_on, Builder::logout_keeps_sign_on),
        (args.cookies_needed, Builder::cookies_needed),
        (args.origin_needed, Builder::origin_needed),
        (args.address_not_allowed, Builder::address_not_allowed),
        (args.strict_pacing, Builder::strict_pacing),
    ];
    for (_, apply) in switches.into_iter().filter(|(is_on, _)| *is_on) {
        builder = apply(builder);
    }
    let durations: [(Option<Duration>, Timer); 4] = [
        (args.idle_timeout, Builder::idle_timeout),
        (args.establish_after, Builder::establish_after),
        (args.sso_lifetime, Builder::sso_lifetime),
        (args.lst_lifetime, Builder::lst_lifetime),
    ];
    for (duration, apply) in durations {
        if let Some(duration) = duration {
            builder = apply(builder, duration);
        }
    }
    if let Some(status) = args.init_after_logout {
        builder = builder.init_after_logout(status);
    }
    let folder = args.oauth.map(|path| OAuthFolder::open(path, &args.user_name)).transpose()?;
    if let Some(folder) = &folder {
        builder = builder.oauth_with(folder.credentials().clone());
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
    let mut fields = vec![
        ("fingerprint", json!(sandbox.certificate_fingerprint_sha256())),
        ("certificate", json!(args.certificate_out.map(|path| path.display().to_string()))),
    ];
    let Some(folder) = &folder else {
        fields.push(("older_base_url", json!(sandbox.older_base_url())));
        fields.push(("login_url", json!(sandbox.login_url())));
        let lines = [
            format!("The older base URL is {}.", sandbox.older_base_url()),
            format!("A person signs in at {}", sandbox.login_url()),
        ];
        return serve(sandbox, &BROKER, Extra { fields, lines: &lines, ..Extra::default() }, context).await;
    };
    let base_url = ("IBKR_BASE_URL".to_owned(), sandbox.base_url().to_owned());
    let alternative = folder.oauth2_variables().map(|variables| Alternative {
        name: "OAuth 2.0",
        field: "oauth2_environment",
        variables: [vec![base_url], variables].concat(),
    });
    serve(sandbox, &BROKER, Extra { fields, files: folder.files(), alternative, ..Extra::default() }, context)
        .await
}
