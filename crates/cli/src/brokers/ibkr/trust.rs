//! `trust ibkr`, and what the other commands report about a certificate that is not trusted.

use broker_session::{Error, ErrorKind, Fingerprint, UnusableCertificate, ibkr::SessionState};
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    BROKER,
    certificates::{Certificates, TrustedCertificate},
    settings::{Endpoint, EndpointArgs, GatewaySettings, Pin},
};
use crate::{
    Context, args::examples, certificate::CertificateSummary, failure::Failure, progress::Steps, terminal,
};

/// Look at the gateway's certificate, and remember it as trusted.
///
/// A gateway signs its certificate itself, so that nobody vouches for it: compare the fingerprint with the one
/// that the gateway's machine shows, for instance in a browser there. At a terminal you are asked whether to
/// trust it; without one, --fingerprint confirms it. From then on the other commands accept this certificate
/// and no other at this address, until it is trusted anew. A certificate that no connection could be made with is
/// refused. Nothing is sent to the gateway.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct TrustArgs {
    /// Trust the certificate if this is its SHA-256 fingerprint, and fail if it is not.
    #[arg(long, value_name = "SHA256", conflicts_with = "forget", env = "IBKR_FINGERPRINT")]
    fingerprint: Option<String>,
    /// Forget the certificate that is remembered for this address.
    #[arg(long)]
    forget: bool,
    #[command(flatten)]
    endpoint: EndpointArgs,
}

fn long_help() -> String {
    let examples = examples(&[
        "broker-session trust ibkr",
        "broker-session trust ibkr --base-url https://localhost:5001/v1/api",
        "broker-session trust ibkr --forget",
    ]);
    format!("Certificates are remembered in certificates.json beside the session store.\n\n{examples}")
}

/// The failure for a certificate with which no connection could be made, trusted or not.
fn unusable(origin: &str, problem: &UnusableCertificate, done: &str) -> Failure {
    let text = format!(
        "the certificate of {origin} cannot be used: {problem}. {done} Give the gateway another one; this makes one: \
         openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost \
         -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout gateway.key -out gateway.pem"
    );
    Failure::of(ErrorKind::HostNotAllowed, text)
}

/// The presented certificate beside the trusted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    New,
    Same,
    /// Another one is trusted.
    Changed {
        from: Fingerprint,
    },
}

/// Reads the certificate, and remembers it if it is confirmed.
///
/// # Errors
/// If there is no certificate, or if it is not confirmed.
pub(crate) async fn trust(args: TrustArgs, context: &Context) -> Result<(), Failure> {
    let config = context.config()?;
    let certificates = Certificates::open(&config, context)?;
    let expected = args.fingerprint.or_else(|| config.profile.ibkr.fingerprint.clone());
    let endpoint = args.endpoint.resolve(&config, context.general.timeout).await?;
    let origin = endpoint.origin().ok_or_else(|| {
        Failure::config(
            "there is no certificate at this base URL, because it does not begin with https://. Name the gateway's https:// address with --base-url, if it has one.",
        )
    })?;
    certificates.check()?;
    if args.forget {
        return forget(&certificates, &endpoint, &origin, context);
    }
    let expected = expected.map(|text| text.parse::<Fingerprint>()).transpose();
    let expected = expected.map_err(|error| Failure::config(format!("{error}. Correct the fingerprint.")))?;
    let presented = endpoint.builder.presented_certificate().await?;
    if let Some(problem) = presented.problem() {
        return Err(unusable(&origin, problem, "Nothing was remembered."));
    }
    let presented = CertificateSummary::of(&presented);
    let comparison = match certificates.find(&origin)? {
        None => Comparison::New,
        Some(before) if before.fingerprint == presented.fingerprint => Comparison::Same,
        Some(before) => Comparison::Changed { from: before.fingerprint },
    };
    let candidate = Candidate { origin, endpoint, presented, comparison };
    let (trusted, was_shown) = candidate.confirm(expected, context).await?;
    if trusted && comparison != Comparison::Same {
        certificates.put(TrustedCertificate {
            origin: candidate.origin.clone(),
            fingerprint: candidate.presented.fingerprint,
            trusted_at: Timestamp::now(),
        })?;
    }
    let conclusion = match (trusted, comparison) {
        (true, Comparison::Same) => {
            format!("It is trusted already, and remembered in {}.", certificates.place())
        }
        (true, _) => format!("It is trusted from now on, and remembered in {}.", certificates.place()),
        (false, _) => "It is not trusted; nothing was remembered.".to_owned(),
    };
    let text = if was_shown { conclusion } else { format!("{}\n{conclusion}", candidate.description()) };
    context.output.result(&candidate.to_json(trusted), &text)?;
    if trusted { Ok(()) } else { Err(Failure::shown(ErrorKind::HostNotAllowed)) }
}

/// A certificate that a gateway presents, and that may be trusted.
struct Candidate {
    origin: String,
    endpoint: Endpoint,
    presented: CertificateSummary,
    comparison: Comparison,
}

impl Candidate {
    /// Returns whether to trust it, and whether a person has seen its description.
    async fn confirm(
        &self,
        expected: Option<Fingerprint>,
        context: &Context,
    ) -> Result<(bool, bool), Failure> {
        let presented = self.presented.fingerprint;
        if let Some(expected) = expected {
            if expected == presented {
                return Ok((true, false));
            }
            let text = format!(
                "the certificate of {} has the SHA-256 fingerprint {presented}, and not the given one, {expected}. Nothing was remembered. Compare both with what the gateway's machine shows.",
                self.origin
            );
            return Err(Failure::of(ErrorKind::HostNotAllowed, text));
        }
        if self.comparison == Comparison::Same {
            return Ok((true, false));
        }
        // Without a description on the screen there is nothing to confirm.
        if terminal::is_there() && context.output.speaks() {
            context.output.note(&self.description());
            return Ok((terminal::confirm("Trust it?").await?, true));
        }
        let kind = match self.comparison {
            Comparison::Changed { .. } => ErrorKind::HostNotAllowed,
            Comparison::New | Comparison::Same => ErrorKind::Config,
        };
        let text = format!(
            "{}\nThere is no terminal to ask at. Compare the fingerprint with what the gateway's machine shows, and if it is the same, run: {} --fingerprint {presented}",
            self.description(),
            self.endpoint.trust_command()
        );
        Err(Failure::of(kind, text))
    }

    fn description(&self) -> String {
        let how = match self.comparison {
            Comparison::New => "is not known yet".to_owned(),
            Comparison::Same => "is the one that is trusted".to_owned(),
            Comparison::Changed { from } => format!(
                "HAS CHANGED. If the gateway was not installed anew, somebody may be in between. The SHA-256 fingerprint of the trusted one is\n           {from}"
            ),
        };
        format!("The certificate of {} {how}:\n{}", self.origin, self.presented.lines())
    }

    fn to_json(&self, trusted: bool) -> Value {
        let (known, changed) = match self.comparison {
            Comparison::New => ("new", Value::Null),
            Comparison::Same => ("same", Value::Null),
            Comparison::Changed { from } => {
                let to = self.presented.fingerprint.to_string();
                ("changed", json!({ "from": from.to_string(), "to": to }))
            }
        };
        let mut json = self.presented.to_json();
        if let Some(object) = json.as_object_mut() {
            object.insert("broker".to_owned(), json!(BROKER.name));
            object.insert("base_url".to_owned(), json!(self.endpoint.base_url));
            object.insert("known".to_owned(), json!(known));
            object.insert("trusted".to_owned(), json!(trusted));
            object.insert("changed".to_owned(), changed);
        }
        json
    }
}

fn forget(
    certificates: &Certificates,
    endpoint: &Endpoint,
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
        "base_url": endpoint.base_url,
        "fingerprint": known,
        "forgotten": known.is_some(),
    });
    context.output.result(&json, &text)
}

impl GatewaySettings {
    /// Makes a call, and shows `what` it does.
    ///
    /// # Errors
    /// The failure of the call. If it is about the server's certificate, the failure contains what to do about it.
    pub(super) async fn call<T>(
        &self,
        steps: &mut Steps,
        what: &str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        match steps.run(what, call).await {
            Err(failure) => Err(self.certificate_failure(&failure).await.unwrap_or(failure)),
            outcome => outcome,
        }
    }

    /// The failure of a final state, which is that the certificate is not trusted. None for other states.
    pub(super) async fn failure_of(&self, state: &SessionState) -> Option<Failure> {
        let kind = state.state().kind().filter(|_| state.state().is_final())?;
        Some(self.explain(kind).await.unwrap_or_else(|| Failure::of(kind, state.reason())))
    }

    /// Why a call has failed, if the reason is that the gateway's certificate is not trusted.
    pub(super) async fn certificate_failure(&self, failure: &Failure) -> Option<Failure> {
        self.explain(failure.certificate_problem()?).await
    }

    /// The failure about the server's certificate, with what to do about it: `Unavailable` if no authority vouches for it,
    /// `HostNotAllowed` if it is not the trusted one. None if the certificate is not the reason.
    async fn explain(&self, kind: ErrorKind) -> Option<Failure> {
        let origin = self.endpoint.origin()?;
        let presented = self.endpoint.builder.presented_certificate().await.ok()?;
        if let Some(reason) = presented.problem() {
            return Some(unusable(&origin, reason, "Nothing was sent."));
        }
        let presented = presented.fingerprint();
        let command = self.endpoint.trust_command();
        let text = match (kind, &self.pin) {
            (ErrorKind::HostNotAllowed, Pin::Remembered(before)) => format!(
                "the certificate of {origin} has changed: its SHA-256 fingerprint is {presented}, and the trusted one is {before}. Nothing was sent. If the gateway was installed anew, compare the fingerprint and run: {command}. Otherwise somebody may be in between."
            ),
            (ErrorKind::HostNotAllowed, _) => format!(
                "the certificate of {origin} is not the named one, or has changed: its SHA-256 fingerprint is {presented}. Nothing was sent. If it is your gateway's, correct --fingerprint, --certificate, IBKR_FINGERPRINT, IBKR_CERTIFICATE or the profile, whichever is set."
            ),
            (_, Pin::None) => format!(
                "the certificate of {origin} is not trusted; its SHA-256 fingerprint is {presented}. Nothing was sent. If it is your gateway, which signs its certificate itself, run: {command}"
            ),
            _ => return None,
        };
        Some(Failure::of(kind, text))
    }
}
