//! The settings with which a program signs in by itself (OAuth 1.0a and 2.0), from variables and the profile.

use broker_session::{
    Error, Secret,
    ibkr::{ClientBuilder, oauth1a, oauth2},
};

use crate::{config::Config, failure::Failure, secrets::SecretSource};

/// The settings of OAuth for the help.
pub(super) const SECRETS: [(&str, &str); 12] = [
    (CONSUMER_KEY, "OAuth 1.0a: the nine letters of the registration."),
    (ACCESS_TOKEN, "The access token."),
    (ACCESS_TOKEN_SECRET, "Its secret, as the broker's page shows it."),
    (SIGNATURE_KEY, "The private signature key, in PEM."),
    (ENCRYPTION_KEY, "The private encryption key, in PEM."),
    (DH_PARAMETERS, "The Diffie-Hellman parameters, in PEM."),
    (REALM, "The realm [default: limited_poa]."),
    (CLIENT_ID, "OAuth 2.0: the client id."),
    (KEY_ID, "The id of the key at the broker."),
    (PRIVATE_KEY, "The private key, in PEM."),
    (CREDENTIAL, "The user name that the session is for."),
    (IP, "The public address of this machine."),
];

pub(super) const CONSUMER_KEY: &str = "IBKR_OAUTH_CONSUMER_KEY";
pub(super) const ACCESS_TOKEN: &str = "IBKR_OAUTH_ACCESS_TOKEN";
pub(super) const ACCESS_TOKEN_SECRET: &str = "IBKR_OAUTH_ACCESS_TOKEN_SECRET";
pub(super) const SIGNATURE_KEY: &str = "IBKR_OAUTH_SIGNATURE_KEY";
pub(super) const ENCRYPTION_KEY: &str = "IBKR_OAUTH_ENCRYPTION_KEY";
pub(super) const DH_PARAMETERS: &str = "IBKR_OAUTH_DH_PARAMETERS";
pub(super) const REALM: &str = "IBKR_OAUTH_REALM";
const CLIENT_ID: &str = "IBKR_OAUTH2_CLIENT_ID";
const KEY_ID: &str = "IBKR_OAUTH2_KEY_ID";
pub(super) const PRIVATE_KEY: &str = "IBKR_OAUTH2_PRIVATE_KEY";
pub(super) const CREDENTIAL: &str = "IBKR_OAUTH2_CREDENTIAL";
pub(super) const IP: &str = "IBKR_OAUTH2_IP";

/// How a program signs in by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// With keys of RSA and a Diffie-Hellman exchange.
    OAuth1a,
    /// With signed assertions, for institutions.
    OAuth2,
}

impl Version {
    /// The name for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::OAuth1a => "OAuth 1.0a",
            Self::OAuth2 => "OAuth 2.0",
        }
    }
}

/// What a setting is.
enum Form {
    /// No secret. The profile may have it under this key.
    Value(&'static str, Option<String>),
    /// A secret of one line.
    Line,
    /// A secret of several lines.
    Pem,
}

/// One setting.
pub(super) struct OAuthSetting {
    pub(super) variable: &'static str,
    pub(super) version: Version,
    form: Form,
    source: SecretSource,
}

impl OAuthSetting {
    /// The place that it comes from; none if it is not set.
    pub(super) fn place(&self) -> Option<String> {
        self.source.place().or_else(|| match &self.form {
            Form::Value(key, Some(_)) => Some(format!("the profile (`{key}`)")),
            _ => None,
        })
    }

    /// Reads it, if it is set.
    ///
    /// # Errors
    /// If a place gives it twice, if a file or a command cannot be used, or if what has one line has control characters.
    pub(super) async fn read(&self) -> Result<Option<Secret>, Failure> {
        Ok(match &self.form {
            Form::Value(_, value) => self.source.read().await?.or_else(|| value.clone().map(Secret::new)),
            Form::Line => self.source.read().await?,
            Form::Pem => self.source.read_pem().await?,
        })
    }

    /// Whether a sign-in needs it.
    pub(super) fn is_needed(&self) -> bool {
        self.variable != REALM
    }
}

/// All settings of OAuth, in the order in which they are reported.
pub(super) fn settings(config: &Config) -> Vec<OAuthSetting> {
    let profile = &config.profile.ibkr;
    let value = |key, value: &Option<String>| Form::Value(key, value.clone());
    let of = |version, variable, form| {
        let source = config.secret(variable);
        OAuthSetting { variable, version, form, source }
    };
    let (one, two) = (Version::OAuth1a, Version::OAuth2);
    vec![
        of(one, CONSUMER_KEY, value("oauth_consumer_key", &profile.oauth_consumer_key)),
        of(one, ACCESS_TOKEN, Form::Line),
        of(one, ACCESS_TOKEN_SECRET, Form::Pem),
        of(one, SIGNATURE_KEY, Form::Pem),
        of(one, ENCRYPTION_KEY, Form::Pem),
        of(one, DH_PARAMETERS, Form::Pem),
        of(one, REALM, value("oauth_realm", &profile.oauth_realm)),
        of(two, CLIENT_ID, value("oauth2_client_id", &profile.oauth2_client_id)),
        of(two, KEY_ID, value("oauth2_key_id", &profile.oauth2_key_id)),
        of(two, PRIVATE_KEY, Form::Pem),
        of(two, CREDENTIAL, value("oauth2_credential", &profile.oauth2_credential)),
        of(two, IP, value("oauth2_ip", &profile.oauth2_ip)),
    ]
}

/// What was read of the settings.
#[derive(Default)]
pub(super) struct Given {
    pub(super) one: oauth1a::CredentialsBuilder,
    pub(super) two: oauth2::CredentialsBuilder,
}

impl Given {
    /// Adds a value.
    pub(super) fn add(self, variable: &str, value: Secret) -> Self {
        let Self { one, two } = self;
        let text = || value.expose().to_owned();
        let (one, two) = match variable {
            CONSUMER_KEY => (one.consumer_key(text()), two),
            ACCESS_TOKEN => (one.access_token(value), two),
            ACCESS_TOKEN_SECRET => (one.access_token_secret(value), two),
            SIGNATURE_KEY => (one.signature_key(value), two),
            ENCRYPTION_KEY => (one.encryption_key(value), two),
            DH_PARAMETERS => (one.dh_parameters(text()), two),
            REALM => (one.realm(text()), two),
            CLIENT_ID => (one, two.client_id(text())),
            KEY_ID => (one, two.key_id(text())),
            PRIVATE_KEY => (one, two.private_key(value)),
            CREDENTIAL => (one, two.credential(text())),
            IP => (one, two.ip(text())),
            _ => (one, two),
        };
        Self { one, two }
    }

    /// What is wrong with it. The first word of each problem is the name of its setting.
    pub(super) fn problems(&self, version: Version) -> Vec<Error> {
        match version {
            Version::OAuth1a => self.one.problems(),
            Version::OAuth2 => self.two.problems(),
        }
    }
}

/// Whether a problem is about this setting.
pub(super) fn is_about(problem: &Error, name: &str) -> bool {
    problem.to_string().split(' ').next() == Some(name)
}

/// Which of both is set up, wholly or in part.
///
/// # Errors
/// If both are: the program must not choose between two accounts.
pub(super) fn version(settings: &[OAuthSetting]) -> Result<Option<Version>, Failure> {
    let set = |version| {
        let of_version = settings.iter().filter(move |setting| setting.version == version);
        of_version.filter(|setting| setting.place().is_some()).map(|setting| setting.variable).next()
    };
    match (set(Version::OAuth1a), set(Version::OAuth2)) {
        (Some(one), Some(other)) => Err(Failure::config(format!(
            "both OAuth 1.0a (for instance {one}) and OAuth 2.0 (for instance {other}) are set up, and only one of them can be used. Nothing was sent. Leave out one of them."
        ))),
        (Some(_), None) => Ok(Some(Version::OAuth1a)),
        (None, Some(_)) => Ok(Some(Version::OAuth2)),
        (None, None) => Ok(None),
    }
}

/// Lets a client sign in by itself, if that is set up. Returns whether it is.
///
/// # Errors
/// If it is set up in part or twice, or if a setting cannot be used. Where settings are only checked, and a command prints one,
/// the others are looked at, and the client does without OAuth.
pub(super) async fn apply(config: &Config, builder: ClientBuilder) -> Result<(ClientBuilder, bool), Failure> {
    let settings = settings(config);
    let Some(version) = version(&settings)? else { return Ok((builder, false)) };
    let (mut given, mut missing) = (Given::default(), Vec::new());
    for setting in settings.iter().filter(|setting| setting.version == version) {
        match setting.read().await? {
            Some(value) => given = given.add(setting.variable, value),
            None if setting.is_needed() => missing.push(setting.variable),
            None => {}
        }
    }
    if !missing.is_empty() {
        return Err(Failure::config(format!(
            "{} is set up in part; not set: {}. Nothing was sent. Set the variables (or those with _FILE or _COMMAND, or the keys of the profile), or leave out the others.",
            version.name(),
            missing.join(", ")
        )));
    }
    let of_version = settings.iter().filter(|setting| setting.version == version);
    let unknown: Vec<&OAuthSetting> = of_version.filter(|setting| setting.source.is_unknown()).collect();
    if !unknown.is_empty() {
        let is_known = |problem: &Error| !unknown.iter().any(|setting| is_about(problem, setting.variable));
        let known = given.problems(version).into_iter().find(is_known);
        return known.map_or(Ok((builder, true)), |problem| Err(problem.into()));
    }
    let builder = match version {
        Version::OAuth1a => builder.oauth1a(given.one.build()?),
        Version::OAuth2 => builder.oauth2(given.two.build()?),
    };
    Ok((builder, true))
}
