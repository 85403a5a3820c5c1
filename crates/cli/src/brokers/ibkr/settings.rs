//! The settings for Interactive Brokers, from flags, environment and profile, in this order.

use std::{fs, path::PathBuf, time::Duration};

use broker_session::{
    Connection, Error, ErrorKind, Fingerprint, Secret,
    ibkr::{Compete, Gateway, SessionState},
};
use clap::Args;
use serde::{Deserialize, de::IgnoredAny};

use super::{
    certificates::Certificates,
    server::{Server, ServerArgs},
    trust::unusable,
};
use crate::{
    config::Config, context::Context, environment, failure::Failure, private_file::Kind, progress::Steps,
    secrets::Missing, setting,
};

/// The flags of every command that uses the session.
#[derive(Args, Debug)]
pub(super) struct GatewayArgs {
    /// Trust the server whose certificate has this SHA-256 fingerprint, and no other [env: IBKR_FINGERPRINT]
    /// [default: the certificate that `broker-session trust ibkr` remembers].
    #[arg(long, value_name = "SHA256", conflicts_with = "certificate")]
    fingerprint: Option<String>,
    /// Trust the server that has a certificate in this PEM file, and no other [env: IBKR_CERTIFICATE].
    #[arg(long, value_name = "PATH")]
    certificate: Option<PathBuf>,
    /// The page at which a person signs in [env: IBKR_LOGIN_URL] [default: the root of the gateway].
    #[arg(long, value_name = "URL")]
    login_url: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

/// The flag of the commands that open the brokerage session.
#[derive(Args, Debug)]
pub(super) struct CompeteArgs {
    /// Throw out the session that the same user has elsewhere, on the phone or the desktop. Without it that
    /// session is left alone.
    #[arg(long)]
    compete: bool,
}

impl CompeteArgs {
    pub(super) fn compete(&self) -> Compete {
        match self.compete {
            true => Compete::TakeOver,
            false => Compete::Yield,
        }
    }
}

/// What the settings say about secrets, for the help of every command that uses the session.
pub(super) const SECRETS: &str = "\
Secrets, for gateways that ask for them, from the environment or from a file that NAME_FILE or the profile names:
  IBKR_COOKIE         The browser's cookies, as the header `Cookie` has them.
  IBKR_AUTHORIZATION  The header `Authorization`, for the hosted Web API.";

/// What the runs of the program at the same gateway have to know of each other; beside the session store.
const SHARED_FILE: &str = "calls.json";

const SHARED_FILE_KIND: Kind = Kind { name: "list of calls", version: 1, if_seen: "it holds no secret." };

/// The part of a profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Section {
    pub(super) base_url: Option<String>,
    pub(super) allow_plain_http: bool,
    pub(super) fingerprint: Option<String>,
    certificate: Option<PathBuf>,
    login_url: Option<String>,
    cookie_file: Option<PathBuf>,
    authorization_file: Option<PathBuf>,
}

/// Who is trusted.
enum Pin {
    /// What the user has named.
    Named { fingerprint: Option<String>, certificate: Option<Vec<u8>> },
    /// What the user has confirmed before.
    Remembered(Fingerprint),
    /// Nobody in particular: an authority has to vouch for the server.
    None,
}

/// Everything that a gateway is made from.
pub(super) struct Settings {
    server: Server,
    pin: Pin,
    login_url: Option<String>,
    headers: Vec<(&'static str, Secret)>,
    shared_file: Option<PathBuf>,
}

impl Settings {
    /// Gathers the settings.
    ///
    /// # Errors
    /// If a setting is missing or cannot be used.
    pub(super) async fn gather(args: GatewayArgs, context: &Context) -> Result<Self, Failure> {
        let config = context.config()?;
        let section = &config.profile.ibkr;
        let login_url = setting::text(args.login_url, "IBKR_LOGIN_URL", section.login_url.as_ref())?;
        let cookie = config.places("IBKR_COOKIE", &section.cookie_file).look()?;
        let authorization = config.places("IBKR_AUTHORIZATION", &section.authorization_file).look()?;
        let named = named_pin((args.fingerprint, args.certificate), &config)?;
        let mut missing = Missing::new(&config);
        let server = Server::gather(args.server, &config, &mut missing).await?;
        missing.check()?;
        let pin = match (named, server.origin()) {
            (Some(named), _) => named,
            (None, Some(origin)) => match Certificates::open(context)?.find(&origin)? {
                Some(remembered) => Pin::Remembered(remembered.fingerprint),
                None => Pin::None,
            },
            (None, None) => Pin::None,
        };
        let headers = [("Cookie", cookie), ("Authorization", authorization)];
        let headers = headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let shared_file = shared_file(context);
        Ok(Self { server, pin, login_url, headers, shared_file })
    }

    /// The gateway. Nothing is sent. `timeout` is for each call.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub(super) fn gateway(&self, timeout: Option<Duration>) -> Result<Gateway, Failure> {
        let connection = self.trusting(self.server.connection(timeout)?)?;
        let mut builder = Gateway::builder().base_url(self.server.base_url()).connection(connection);
        if let Some(path) = &self.shared_file {
            builder = builder.shared_file(path);
        }
        if let Some(url) = &self.login_url {
            builder = builder.login_url(url);
        }
        for (name, value) in &self.headers {
            builder = builder.header(*name, value.clone());
        }
        Ok(builder.build()?)
    }

    fn trusting(&self, connection: Connection) -> Result<Connection, Failure> {
        let (fingerprint, certificate) = match &self.pin {
            Pin::Named { fingerprint, certificate } => (fingerprint.clone(), certificate.as_deref()),
            Pin::Remembered(fingerprint) => (Some(fingerprint.to_string()), None),
            Pin::None => (None, None),
        };
        let connection = match fingerprint {
            Some(fingerprint) => connection.trust_fingerprint(&fingerprint)?,
            None => connection,
        };
        Ok(match certificate {
            Some(pem) => connection.trust_certificate(pem)?,
            None => connection,
        })
    }

    /// Makes a call, showing `what` is done. `operation` is the API's name for it.
    ///
    /// # Errors
    /// What the call fails with; if it is about the server's certificate, with what to do about it.
    pub(super) async fn call<T>(
        &self,
        steps: &mut Steps,
        what: &str,
        operation: &str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        let mut doubt = None;
        let noting = async {
            let outcome = call.await;
            doubt = outcome.as_ref().err().and_then(Doubt::in_error);
            outcome
        };
        let outcome = steps.run(what, operation, noting).await;
        match (outcome, doubt) {
            (Err(failure), Some(doubt)) => Err(self.explain(doubt).await.unwrap_or(failure)),
            (outcome, _) => outcome,
        }
    }

    /// The failure of a state that no waiting changes: the certificate is not a trusted one. Nothing for other states.
    pub(super) async fn failure_of(&self, gateway: &Gateway, state: &SessionState) -> Option<Failure> {
        if !state.state().is_final() {
            return None;
        }
        let failure = || Failure::of(state.state().kind().unwrap_or(ErrorKind::Unavailable), state.why());
        Some(self.hopeless(gateway).await.unwrap_or_else(failure))
    }

    /// Why the gateway cannot be reached, if no waiting will change that: its certificate is not a trusted one.
    pub(super) async fn hopeless(&self, gateway: &Gateway) -> Option<Failure> {
        self.server.origin()?;
        let error = gateway.status().await.err()?;
        match Doubt::in_error(&error) {
            Some(doubt) => self.explain(doubt).await,
            None => None,
        }
    }

    /// What is wrong with the server's certificate and what to do about it. Nothing if that is not what is wrong.
    async fn explain(&self, doubt: Doubt) -> Option<Failure> {
        let origin = self.server.origin()?;
        let connection = self.server.connection(None).ok()?;
        let presented = connection.presented_certificate(self.server.base_url()).await.ok()?;
        if let Some(problem) = presented.problem() {
            return Some(unusable(&origin, problem, "Nothing was sent."));
        }
        let presented = presented.fingerprint();
        let command = self.server.trust_command();
        let text = match (doubt, &self.pin) {
            (Doubt::Untrusted, Pin::None) => format!(
                "the certificate of {origin} is not trusted; its SHA-256 fingerprint is {presented}. Nothing was sent. If it is your gateway, which signs its certificate itself, run: {command}"
            ),
            (Doubt::Changed, Pin::Remembered(before)) => format!(
                "the certificate of {origin} has changed: its SHA-256 fingerprint is {presented}, and the trusted one is {before}. Nothing was sent. If the gateway was installed anew, compare the fingerprint and run: {command}. Otherwise somebody may be in between."
            ),
            (Doubt::Changed, _) => format!(
                "the certificate of {origin} is not the named one, or has changed: its SHA-256 fingerprint is {presented}. Nothing was sent. If it is your gateway's, correct --fingerprint, --certificate, IBKR_FINGERPRINT, IBKR_CERTIFICATE or the profile, whichever is set."
            ),
            (Doubt::Untrusted, _) => return None,
        };
        Some(Failure::of(doubt.kind(), text))
    }
}

/// The file that the runs of the program share. Without a usable one things go on without it.
fn shared_file(context: &Context) -> Option<PathBuf> {
    let file = context.store().and_then(|store| store.beside(SHARED_FILE, SHARED_FILE_KIND));
    let checked = file.and_then(|file| file.check::<IgnoredAny>().map(|()| file.path().to_owned()));
    checked
        .map_err(|failure| {
            let note =
                "Until then the broker's limits and the waits between openings hold within one run only.";
            context.output.warn(&format!("{failure} {note}"));
        })
        .ok()
}

/// What may be wrong with a server's certificate.
#[derive(Clone, Copy, Debug)]
enum Doubt {
    /// Nobody vouches for it.
    Untrusted,
    /// It is not the one that is trusted.
    Changed,
}

impl Doubt {
    fn in_error(error: &Error) -> Option<Self> {
        match error.kind() {
            ErrorKind::HostNotAllowed if error.is_unsent() => Some(Self::Changed),
            // That there is no server, or none at the moment, would be a passing failure.
            ErrorKind::Unavailable if error.is_unsent() && !error.is_retryable() => Some(Self::Untrusted),
            _ => None,
        }
    }

    fn kind(self) -> ErrorKind {
        match self {
            Self::Untrusted => ErrorKind::Unavailable,
            Self::Changed => ErrorKind::HostNotAllowed,
        }
    }
}

/// The first of flags, environment and profile that names somebody to trust.
fn named_pin(flags: (Option<String>, Option<PathBuf>), config: &Config) -> Result<Option<Pin>, Failure> {
    let section = &config.profile.ibkr;
    let source = |names: [&'static str; 2], fingerprint: Option<String>, path: Option<PathBuf>| {
        let [by_fingerprint, by_path] = names;
        let fingerprint = fingerprint.map(|fingerprint| (Some(fingerprint), None));
        vec![(by_fingerprint, fingerprint), (by_path, path.map(|path| (None, Some(path))))]
    };
    let variables = ["IBKR_FINGERPRINT", "IBKR_CERTIFICATE"];
    let [fingerprint, certificate] = variables;
    let path = environment::text(certificate)?.map(PathBuf::from);
    let profile = (section.fingerprint.clone(), config.path(section.certificate.as_ref()));
    let named = setting::one_of([
        source(["--fingerprint", "--certificate"], flags.0, flags.1),
        source(variables, environment::text(fingerprint)?, path),
        source(["fingerprint", "certificate"], profile.0, profile.1),
    ])?;
    let Some((fingerprint, path)) = named else { return Ok(None) };
    let certificate = path.map(|path| {
        fs::read(&path).map_err(|error| {
            let path = path.display();
            Failure::config(format!("the certificate `{path}` cannot be read: {error}. Correct the path."))
        })
    });
    Ok(Some(Pin::Named { fingerprint, certificate: certificate.transpose()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_setting_of_a_profile_is_known() {
        let text = r#"
            base_url = "https://localhost:5000/v1/api"
            allow_plain_http = false
            fingerprint = "AB:CD"
            certificate = "gateway.pem"
            login_url = "https://localhost:5000/"
            cookie_file = "a"
            authorization_file = "b"
        "#;
        assert!(toml::from_str::<Section>(text).is_ok());
        assert!(toml::from_str::<Section>("cookie = \"a\"").is_err(), "a secret has no place in it");
    }
}
