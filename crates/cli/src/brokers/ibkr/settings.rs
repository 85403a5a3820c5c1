//! The settings for Interactive Brokers, from options, variables and profile, in this order.

use std::{path::PathBuf, time::Duration};

use broker_session::{
    ClientOptions, Fingerprint,
    ibkr::{self, Client, ClientBuilder, Compete},
};
use clap::Args;
use clap_complete::ArgValueCandidates;
use serde::Deserialize;

use super::{BROKER, certificates::Certificates, oauth};
use crate::{
    Context,
    completions::base_urls,
    config::Config,
    failure::Failure,
    network::{self, deadlines, read},
    output::quoted,
    secrets::{Prompter, with_secrets},
    settings::one_of,
};

pub(super) const COOKIE: &str = "IBKR_COOKIE";
pub(super) const AUTHORIZATION: &str = "IBKR_AUTHORIZATION";

/// The secrets of a gateway.
pub(super) const GATEWAY_SECRETS: [(&str, &str); 2] = [
    (COOKIE, "For gateways: the browser's cookies, as in the header `Cookie`."),
    (AUTHORIZATION, "The header `Authorization`, made elsewhere."),
];

/// The secrets of the settings, for the help of every command that uses the session.
pub(super) fn secrets() -> String {
    let width = oauth::SECRETS.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines =
        oauth::SECRETS.iter().chain(&GATEWAY_SECRETS).map(|(name, what)| format!("  {name:width$}  {what}"));
    let first = "With OAuth the program signs in by itself, at https://api.ibkr.com/v1/api. Its settings and further secrets, from the environment, from a file that NAME_FILE or a command that NAME_COMMAND names, or from the profile:";
    [first.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

/// The hosted Web API, which OAuth is for.
const HOSTED: &str = "https://api.ibkr.com/v1/api";

/// What it means that there is no store to share calls through.
const UNSHARED: &str =
    "Until then the broker's limits and the waits between openings hold within one run only.";

/// The options of every command that connects to the gateway.
#[derive(Args, Clone, Debug)]
pub(super) struct EndpointArgs {
    /// The base URL, like `https://localhost:5000/v1/api`; older gateways have `/v1/portal`
    /// [default: https://localhost:5000/v1/api; with OAuth https://api.ibkr.com/v1/api].
    #[arg(long, value_name = "URL", env = "IBKR_BASE_URL", add = ArgValueCandidates::new(|| base_urls(&BROKER)))]
    base_url: Option<String>,
    #[command(flatten)]
    network: network::Settings,
}

/// The options of every command that uses the session.
#[derive(Args, Clone, Debug)]
pub(super) struct GatewayArgs {
    /// Trust the server whose certificate has this SHA-256 fingerprint, and no other [default: the certificate that
    /// `broker-session trust ibkr` remembers].
    #[arg(long, value_name = "SHA256", conflicts_with = "certificate", env = "IBKR_FINGERPRINT")]
    pub(super) fingerprint: Option<String>,
    /// Trust the server that has a certificate in this PEM file, and no other.
    #[arg(long, value_name = "PATH", conflicts_with = "fingerprint", env = "IBKR_CERTIFICATE")]
    pub(super) certificate: Option<PathBuf>,
    /// The page at which a person signs in [default: the root of the gateway].
    #[arg(long, value_name = "URL", env = "IBKR_LOGIN_URL")]
    login_url: Option<String>,
    #[command(flatten)]
    endpoint: EndpointArgs,
}

/// The option of the commands that open the brokerage session.
#[derive(Args, Debug)]
pub(super) struct CompeteArgs {
    /// Throw out the session that the same user has elsewhere, on the phone or the desktop. Without it that
    /// session is left alone.
    #[arg(long)]
    compete: bool,
}

impl CompeteArgs {
    pub(super) fn compete(&self) -> Compete {
        if self.compete { Compete::TakeOver } else { Compete::Yield }
    }
}

with_secrets! {
/// The settings of a profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    pub(super) base_url: Option<String>,
    allow_plain_http: bool,
    pub(super) fingerprint: Option<String>,
    pub(super) certificate: Option<PathBuf>,
    pub(super) login_url: Option<String>,
    pub(super) oauth_consumer_key: Option<String>,
    pub(super) oauth_realm: Option<String>,
    pub(super) oauth2_client_id: Option<String>,
    pub(super) oauth2_key_id: Option<String>,
    pub(super) oauth2_credential: Option<String>,
    pub(super) oauth2_ip: Option<String>,
}
secrets [serde(default)] {
    COOKIE => cookie_file, cookie_command;
    AUTHORIZATION => authorization_file, authorization_command;
    oauth::ACCESS_TOKEN => oauth_access_token_file, oauth_access_token_command;
    oauth::ACCESS_TOKEN_SECRET => oauth_access_token_secret_file, oauth_access_token_secret_command;
    oauth::SIGNATURE_KEY => oauth_signature_key_file, oauth_signature_key_command;
    oauth::ENCRYPTION_KEY => oauth_encryption_key_file, oauth_encryption_key_command;
    oauth::DH_PARAMETERS => oauth_dh_parameters_file, oauth_dh_parameters_command;
    oauth::PRIVATE_KEY => oauth2_private_key_file, oauth2_private_key_command;
}
}

/// Where the gateway is, and how it is reached.
pub(super) struct Endpoint {
    /// The base URL as it was given.
    pub(super) base_url: String,
    /// For a client without a certificate that is trusted by itself.
    pub(super) builder: ClientBuilder,
    /// What stands between.
    pub(super) proxy: Option<String>,
    options: ClientOptions,
}

impl EndpointArgs {
    /// Completes the settings with those of the profile. `timeout` is for each call, in place of the library's deadlines.
    pub(super) async fn resolve(
        self,
        config: &Config,
        timeout: Option<Duration>,
    ) -> Result<Endpoint, Failure> {
        self.resolve_with(config, Prompter::new(config), timeout, default_url()).await
    }

    async fn resolve_with(
        self,
        config: &Config,
        mut prompter: Prompter,
        timeout: Option<Duration>,
        default: &str,
    ) -> Result<Endpoint, Failure> {
        let profile = &config.profile.ibkr;
        let proxy = self.network.proxy(config);
        let options = self.network.resolve(config, (&[], profile.allow_plain_http), &mut prompter).await?;
        prompter.check()?;
        let base_url = self.base_url.or_else(|| profile.base_url.clone());
        let base_url = base_url.unwrap_or_else(|| default.to_owned());
        let options = options.deadlines(deadlines(timeout));
        let builder = Client::builder().base_url(&base_url).options(options.clone());
        Ok(Endpoint { builder, base_url, proxy, options })
    }
}

impl Endpoint {
    /// What certificates are remembered for: `https://host:port`, the same for every name of this machine. None without
    /// TLS.
    pub(super) fn origin(&self) -> Option<String> {
        ibkr::address_of(&self.base_url).filter(|address| address.starts_with("https://"))
    }

    /// Whether it is a gateway of the user's own, which may sign its certificate itself.
    pub(super) fn is_gateway(&self) -> bool {
        ibkr::address_of(&self.base_url) != ibkr::address_of(HOSTED)
    }

    /// The command with which its certificate can be trusted.
    pub(super) fn trust_command(&self) -> String {
        let command = "broker-session trust ibkr";
        if self.base_url == default_url() {
            return command.to_owned();
        }
        format!("{command} --base-url {}", quoted(&self.base_url))
    }
}

fn default_url() -> &'static str {
    ibkr::api::API.servers.first().map_or("", |server| server.url)
}

/// Which certificate is trusted.
pub(super) enum Pin {
    /// The one with the fingerprint that the user has named.
    Fingerprint(String),
    /// The one in the PEM file that the user has named.
    Certificate(Vec<u8>),
    /// The one that the user has confirmed before.
    Remembered(Fingerprint),
    /// None: an authority has to vouch for the server.
    None,
}

/// What a client is made from.
pub(super) struct GatewaySettings {
    pub(super) endpoint: Endpoint,
    pub(super) pin: Pin,
    /// Whether the program signs in by itself.
    pub(super) has_oauth: bool,
    builder: ClientBuilder,
}

impl GatewayArgs {
    /// The same for a session at this base URL.
    pub(super) fn at(self, base_url: &str) -> Self {
        let endpoint = EndpointArgs { base_url: Some(base_url.to_owned()), ..self.endpoint };
        Self { endpoint, ..self }
    }

    /// Completes the settings with those of the profile, and with the remembered certificate. `timeout` is for each call.
    pub(super) async fn resolve(
        self,
        context: &Context,
        timeout: Option<Duration>,
    ) -> Result<GatewaySettings, Failure> {
        let config = context.config()?;
        let prompter = Prompter::new(&config);
        let oauth = oauth::apply(&config, with_headers(&config, Client::builder(), true).await?).await?;
        self.resolve_with(&config, prompter, context, timeout, oauth).await
    }

    /// Makes sure that one certificate is trusted at most.
    ///
    /// # Errors
    /// If the first place that names one names two.
    pub(super) fn check(&self, config: &Config) -> Result<(), Failure> {
        let profile = &config.profile.ibkr;
        let source = |fingerprint: &Option<String>, certificate: &Option<PathBuf>| {
            let (fingerprint, certificate) = (fingerprint.as_ref().map(drop), certificate.as_ref().map(drop));
            vec![("fingerprint", fingerprint), ("certificate", certificate)]
        };
        let given = source(&self.fingerprint, &self.certificate);
        one_of([given, source(&profile.fingerprint, &profile.certificate)]).map(drop)
    }

    /// Whether the settings name a gateway, or what it wants.
    pub(super) fn is_named(&self, config: &Config) -> bool {
        let profile = &config.profile.ibkr;
        let has_secret = [COOKIE, AUTHORIZATION].iter().any(|name| config.secret(name).place().is_some());
        self.endpoint.base_url.is_some() || profile.base_url.is_some() || has_secret
    }

    /// Does what [`GatewayArgs::resolve`] does, and asks nobody.
    pub(super) async fn resolve_unasked(
        self,
        config: &Config,
        context: &Context,
    ) -> Result<GatewaySettings, Failure> {
        let oauth = oauth::apply(config, with_headers(config, Client::builder(), true).await?).await?;
        let (prompter, timeout) = (Prompter::silent(config), context.general.timeout);
        self.resolve_with(config, prompter, context, timeout, oauth).await
    }

    /// Does what [`GatewayArgs::resolve`] does, and asks nobody. If the settings of OAuth cannot be used, the client does
    /// without them; it also does without an `Authorization` beside them.
    pub(super) async fn resolve_silently(
        self,
        config: &Config,
        context: &Context,
    ) -> Result<GatewaySettings, Failure> {
        let has_oauth = !matches!(oauth::version(&oauth::settings(config)), Ok(None));
        let builder = with_headers(config, Client::builder(), !has_oauth).await?;
        let oauth = oauth::apply(config, builder.clone()).await.unwrap_or((builder, has_oauth));
        let (prompter, timeout) = (Prompter::silent(config), context.general.timeout);
        self.resolve_with(config, prompter, context, timeout, oauth).await
    }

    async fn resolve_with(
        self,
        config: &Config,
        prompter: Prompter,
        context: &Context,
        timeout: Option<Duration>,
        oauth: (ClientBuilder, bool),
    ) -> Result<GatewaySettings, Failure> {
        let mut settings = self.complete(config, prompter, timeout, oauth).await?;
        if let (Pin::None, Some(origin)) = (&settings.pin, settings.endpoint.origin())
            && let Some(remembered) = Certificates::open(config, context)?.find(&origin)?
        {
            settings.builder = settings.builder.trust_fingerprint(remembered.fingerprint);
            settings.pin = Pin::Remembered(remembered.fingerprint);
        }
        match context.store(config).await {
            Ok(store) => settings.builder = settings.builder.store(store.shared()),
            Err(failure) => context.output.warn(&format!("{failure} {UNSHARED}")),
        }
        Ok(settings)
    }

    /// Completes the settings with those of the profile, and asks nobody. It does without the remembered certificate and
    /// without a store.
    pub(super) async fn resolve_named(
        self,
        config: &Config,
        timeout: Option<Duration>,
    ) -> Result<GatewaySettings, Failure> {
        let oauth = oauth::apply(config, with_headers(config, Client::builder(), true).await?).await?;
        self.complete(config, Prompter::silent(config), timeout, oauth).await
    }

    async fn complete(
        self,
        config: &Config,
        prompter: Prompter,
        timeout: Option<Duration>,
        (oauth, has_oauth): (ClientBuilder, bool),
    ) -> Result<GatewaySettings, Failure> {
        let profile = &config.profile.ibkr;
        let source = |fingerprint: Option<String>, certificate: Option<PathBuf>| {
            let certificate = certificate.map(|path| read("certificate", &path).map(Pin::Certificate));
            vec![
                ("fingerprint", fingerprint.map(|fingerprint| Ok(Pin::Fingerprint(fingerprint)))),
                ("certificate", certificate),
            ]
        };
        let named = one_of([
            source(self.fingerprint, self.certificate),
            source(profile.fingerprint.clone(), config.path(profile.certificate.as_ref())),
        ])?;
        let default = if has_oauth { HOSTED } else { default_url() };
        let endpoint = self.endpoint.resolve_with(config, prompter, timeout, default).await?;
        let pin = named.transpose()?.unwrap_or(Pin::None);
        let mut builder = oauth.base_url(&endpoint.base_url).options(endpoint.options.clone());
        builder = match &pin {
            Pin::Fingerprint(fingerprint) => builder.trust_fingerprint(fingerprint),
            Pin::Certificate(pem) => builder.trust_certificate(pem.as_slice()),
            Pin::Remembered(_) | Pin::None => builder,
        };
        if let Some(url) = self.login_url.as_ref().or(profile.login_url.as_ref()) {
            builder = builder.login_url(url);
        }
        Ok(GatewaySettings { endpoint, pin, has_oauth, builder })
    }
}

impl GatewaySettings {
    /// What the client is built from.
    pub(super) fn builder(&self) -> ClientBuilder {
        self.builder.clone()
    }

    /// The client. Nothing is sent.
    pub(super) fn client(&self) -> Result<Client, Failure> {
        Ok(self.builder.clone().build()?)
    }
}

/// Adds the headers that the settings name.
async fn with_headers(
    config: &Config,
    builder: ClientBuilder,
    has_authorization: bool,
) -> Result<ClientBuilder, Failure> {
    let cookie = config.secret(COOKIE).read().await?;
    let authorization = config.secret(AUTHORIZATION);
    let authorization = if has_authorization { authorization.read().await? } else { None };
    let headers = [("Cookie", cookie), ("Authorization", authorization)].into_iter();
    let headers = headers.filter_map(|(name, value)| Some((name, value?)));
    Ok(headers.fold(builder, |builder, (name, value)| builder.header(name, value)))
}
