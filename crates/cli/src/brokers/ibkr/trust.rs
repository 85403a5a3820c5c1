//! `trust ibkr`.

use broker_session::{ErrorKind, Fingerprint, UnusableCertificate};
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    BROKER,
    certificate::Described,
    certificates::{Certificates, Remembered},
    server::{Server, ServerArgs},
};
use crate::{context::Context, failure::Failure, help, secrets::Missing, setting, terminal};

/// Look at the gateway's certificate, and remember it as trusted.
///
/// A gateway signs its certificate itself, so that nobody vouches for it: compare the fingerprint with the one
/// that the gateway's machine shows, for instance in a browser there. At a terminal you are asked whether to
/// trust it; without one, --fingerprint confirms it. From then on the other commands accept this certificate
/// and no other at this address, until it is trusted anew. A certificate that no connection could be made with is
/// refused. Nothing is sent to the gateway.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct TrustArgs {
    /// Trust the certificate if this is its SHA-256 fingerprint, and fail if it is not [env: IBKR_FINGERPRINT].
    #[arg(long, value_name = "SHA256", conflicts_with = "forget")]
    fingerprint: Option<String>,
    /// Forget the certificate that is remembered for this address.
    #[arg(long)]
    forget: bool,
    #[command(flatten)]
    server: ServerArgs,
}

fn help() -> String {
    let examples = help::examples(&[
        "broker-session trust ibkr",
        "broker-session trust ibkr --base-url https://localhost:5001/v1/api",
        "broker-session trust ibkr --forget",
    ]);
    format!("Certificates are remembered in certificates.json beside the session store.\n\n{examples}")
}

/// The failure for a certificate with which no connection could be made, trusted or not.
pub(super) fn unusable(origin: &str, problem: &UnusableCertificate, done: &str) -> Failure {
    let text = format!(
        "the certificate of {origin} cannot be used: {problem}. {done} Give the gateway another one; this makes one: \
         openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost \
         -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout gateway.key -out gateway.pem"
    );
    Failure::of(ErrorKind::HostNotAllowed, text)
}

/// What is known of a certificate from before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    New,
    Same,
    /// Another one is trusted.
    Changed {
        from: Fingerprint,
    },
}

/// Looks at the certificate, and remembers it if it is confirmed.
///
/// # Errors
/// If there is no certificate, or if nobody confirms it.
pub(crate) async fn trust(args: TrustArgs, context: &Context) -> Result<(), Failure> {
    let config = context.config()?;
    let certificates = Certificates::open(context)?;
    let profile = config.profile.ibkr.fingerprint.as_ref();
    let expected = setting::text(args.fingerprint, "IBKR_FINGERPRINT", profile)?;
    let mut missing = Missing::new(&config);
    let server = Server::gather(args.server, &config, &mut missing).await?;
    missing.check()?;
    let origin = server.origin().ok_or_else(|| {
        Failure::config(
            "there is no certificate at this base URL, because it does not begin with https://. Name the gateway's https:// address with --base-url, if it has one.",
        )
    })?;
    certificates.check()?;
    if args.forget {
        return forget(&certificates, &server, &origin, context);
    }
    let expected = match expected.map(|text| text.parse::<Fingerprint>()).transpose() {
        Ok(expected) => expected,
        Err(error) => return Err(Failure::config(format!("{error}. Correct the fingerprint."))),
    };
    let connection = server.connection(context.timeout)?;
    let presented = connection.presented_certificate(server.base_url()).await?;
    if let Some(problem) = presented.problem() {
        return Err(unusable(&origin, problem, "Nothing was remembered."));
    }
    let presented = Described::of(&presented);
    let known = match certificates.find(&origin)? {
        None => Known::New,
        Some(before) if before.fingerprint == presented.fingerprint => Known::Same,
        Some(before) => Known::Changed { from: before.fingerprint },
    };
    let visit = Visit { origin, server, presented, known };
    let (trusted, was_shown) = visit.confirm(expected, context).await?;
    if trusted && known != Known::Same {
        certificates.put(Remembered {
            origin: visit.origin.clone(),
            fingerprint: visit.presented.fingerprint,
            trusted_at: Timestamp::now(),
        })?;
    }
    let conclusion = match (trusted, known) {
        (true, Known::Same) => format!("It is trusted already, and remembered in {}.", certificates.place()),
        (true, _) => format!("It is trusted from now on, and remembered in {}.", certificates.place()),
        (false, _) => "It is not trusted; nothing was remembered.".to_owned(),
    };
    let text = match was_shown {
        true => conclusion,
        false => format!("{}\n{conclusion}", visit.description()),
    };
    context.output.result(&visit.to_json(trusted), &text)?;
    match trusted {
        true => Ok(()),
        false => Err(Failure::shown(ErrorKind::HostNotAllowed)),
    }
}

/// A certificate that was met at a gateway.
struct Visit {
    origin: String,
    server: Server,
    presented: Described,
    known: Known,
}

impl Visit {
    /// Whether it is to be trusted, and whether a person has seen what it is.
    async fn confirm(
        &self,
        expected: Option<Fingerprint>,
        context: &Context,
    ) -> Result<(bool, bool), Failure> {
        let presented = self.presented.fingerprint;
        if let Some(expected) = expected {
            return match expected == presented {
                true => Ok((true, false)),
                false => Err(Failure::of(
                    ErrorKind::HostNotAllowed,
                    format!(
                        "the certificate of {} has the SHA-256 fingerprint {presented}, and not the given one, {expected}. Nothing was remembered. Compare both with what the gateway's machine shows.",
                        self.origin
                    ),
                )),
            };
        }
        if self.known == Known::Same {
            return Ok((true, false));
        }
        // Nobody must say yes to what nobody has shown.
        if terminal::is_there() && context.output.speaks() {
            context.output.note(&self.description());
            return Ok((terminal::confirm("Trust it?").await?, true));
        }
        let kind = match self.known {
            Known::Changed { .. } => ErrorKind::HostNotAllowed,
            Known::New | Known::Same => ErrorKind::Config,
        };
        let text = format!(
            "{}\nThere is no terminal to ask at. Compare the fingerprint with what the gateway's machine shows, and if it is the same, run: {} --fingerprint {presented}",
            self.description(),
            self.server.trust_command()
        );
        Err(Failure::of(kind, text))
    }

    fn description(&self) -> String {
        let how = match self.known {
            Known::New => "is not known yet".to_owned(),
            Known::Same => "is the one that is trusted".to_owned(),
            Known::Changed { from } => format!(
                "HAS CHANGED. If the gateway was not installed anew, somebody may be in between. The SHA-256 fingerprint of the trusted one is\n           {from}"
            ),
        };
        format!("The certificate of {} {how}:\n{}", self.origin, self.presented.lines())
    }

    fn to_json(&self, trusted: bool) -> Value {
        let (known, changed) = match self.known {
            Known::New => ("new", Value::Null),
            Known::Same => ("same", Value::Null),
            Known::Changed { from } => {
                let to = self.presented.fingerprint.to_string();
                ("changed", json!({ "from": from.to_string(), "to": to }))
            }
        };
        let mut json = self.presented.to_json();
        if let Some(object) = json.as_object_mut() {
            object.insert("broker".to_owned(), json!(BROKER.name));
            object.insert("base_url".to_owned(), json!(self.server.base_url()));
            object.insert("known".to_owned(), json!(known));
            object.insert("trusted".to_owned(), json!(trusted));
            object.insert("changed".to_owned(), changed);
        }
        json
    }
}

fn forget(
    certificates: &Certificates,
    server: &Server,
    origin: &str,
    context: &Context,
) -> Result<(), Failure> {
    let known = certificates.find(origin)?.map(|known| known.fingerprint.to_string());
    certificates.forget(origin)?;
    let text = match &known {
        Some(fingerprint) => format!("The certificate of {origin} is forgotten; it was {fingerprint}."),
        None => format!("No certificate was remembered for {origin}."),
    };
    let json = json!({
        "broker": BROKER.name,
        "base_url": server.base_url(),
        "fingerprint": known,
        "forgotten": known.is_some(),
    });
    context.output.result(&json, &text)
}
