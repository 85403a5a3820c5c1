//! Where a sign-in starts.

use std::sync::Arc;

use broker_session_runtime::{Api, Environment, ErrorKind, Secret, parse_named};
use kotak_session_api::{
    API,
    types::{Host, Init},
};
use url::Url;

use super::{
    credentials::{Credentials, User},
    initialized::Initialized,
    pending::Pending,
};
use crate::{
    ClientBuilder, Error,
    api_call::api_call,
    builder::sealed::Broker,
    core::Core,
    hosts::{printable_url, unusable, without_slash},
    shared_session::{Lease, SharedSession},
    store::Store,
    variables::Variables,
};

/// What the paths of the API begin with. The broker's documents name the base URL both with and without it.
const PATHS: &str = "/session/1.0";

/// The broker, for the builder.
#[derive(Debug)]
pub enum Kotak {}

/// What only this broker's builder can be given.
#[derive(Clone, Default)]
pub struct Settings {
    credentials: Option<Credentials>,
    environment: Option<Environment>,
    oauth_base_url: Option<String>,
}

impl Broker for Kotak {
    const NAME: &'static str = "kotak";
    const API: &'static Api = &API;
    const HAS_SEVERAL_BASE_URLS: bool = true;
    type Settings = Settings;
    type Client = Client;

    fn read(builder: &mut ClientBuilder<Self>, variables: &Variables) -> Result<(), Error> {
        builder.read_base_url(variables, "KOTAK_BASE_URL")?;
        let settings = &mut builder.settings;
        if settings.credentials.is_none() {
            settings.credentials = Some(Credentials::from_env(variables)?);
        }
        if settings.oauth_base_url.is_none() {
            settings.oauth_base_url = variables.string("KOTAK_OAUTH_BASE_URL")?;
        }
        if settings.environment.is_none() {
            settings.environment = variables.environment("KOTAK_ENVIRONMENT")?;
        }
        Ok(())
    }

    fn open(builder: ClientBuilder<Self>) -> Result<Client, Error> {
        let (mut hosts, bases) = builder.reachable(builder.settings.environment.unwrap_or_default())?;
        let Settings { credentials, oauth_base_url, .. } = builder.settings;
        let credentials = credentials
            .ok_or_else(|| Error::config("no credentials were given; call `credentials` or `from_env`"))?;
        let user = credentials.check()?;
        let mut allow =
            |url: String| hosts.allow(&url).map_err(|error| unusable("the OAuth base URL", &error));
        let oauth_base = oauth_base_url.map(&mut allow).transpose()?;
        let bases = bases.into_iter().map(without_paths).collect();
        let equip = |transport| credentials.apply_to(transport);
        let core =
            Core::open(Self::NAME, &API, &builder.options, (hosts, bases), credentials.secrets(), equip)?;
        Ok(Client(Arc::new(Inner { core: Arc::new(core), user, credentials, oauth_base })))
    }
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl ClientBuilder<Kotak> {
    /// Sets what identifies the application and the user.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.settings.credentials = Some(credentials);
        self
    }

    /// Chooses between the broker's production and its sandbox; production by default. Each has its own
    /// hosts, and credentials never go from one to the other.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.settings.environment = Some(environment);
        self
    }

    /// Sets where `/token` and `/revoke` are; the root of the first host by default.
    pub fn oauth_base_url(mut self, url: impl Into<String>) -> Self {
        self.settings.oauth_base_url = Some(url.into());
        self
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("credentials", &self.credentials)
            .field("environment", &self.environment)
            .field("oauth_base_url", &self.oauth_base_url.as_deref().map(printable_url))
            .finish()
    }
}

/// A client for one user. Cheap to clone; clones know of each other's guesses.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Inner>);

/// What all states of a sign-in share.
pub(super) struct Inner {
    pub(super) core: Arc<Core>,
    pub(super) user: User,
    pub(super) credentials: Credentials,
    pub(super) oauth_base: Option<Url>,
}

/// The generated client for a host.
pub(super) fn api(core: &Core, base: &Url) -> kotak_session_api::Client {
    kotak_session_api::Client::new_with_client(without_slash(base), core.http.clone(), core.transport.clone())
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder<Kotak> {
        ClientBuilder::new()
    }

    /// The client that the environment variables describe: `KOTAK_USERID` or `KOTAK_NICKNAME`, `KOTAK_CONSUMER_KEY`, and
    /// `KOTAK_ACCESS_TOKEN` or `KOTAK_CONSUMER_SECRET` to get one with; and where they are set `KOTAK_IP`, `KOTAK_APP_ID`,
    /// `KOTAK_ENVIRONMENT`, `KOTAK_BASE_URL`, `KOTAK_OAUTH_BASE_URL` and those of [`ClientBuilder::from_env`].
    ///
    /// # Errors
    /// `Config` if one of the first is missing, or one of them cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().from_env().build()
    }

    /// Who signs in.
    pub fn user(&self) -> &User {
        &self.0.user
    }

    /// The URL that the sign-in starts at, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.0.core.base_url()
    }

    /// The session of this user in a store, for all programs that use the store. `guesses` are the secrets that a sign-in
    /// without a person will send; if they were refused, no program tries them again by itself.
    pub fn shared_session(&self, store: Arc<dyn Store>, guesses: &[&Secret]) -> SharedSession {
        let key = self.0.credentials.guess_key();
        SharedSession::new(store, Kotak::NAME, self.user().name(), &key, guesses)
    }

    /// The same client for a sign-in of all programs that share a store: the store knows each guess before it leaves.
    pub fn with_lease(&self, lease: &Lease) -> Self {
        let Inner { core, user, credentials, oauth_base } = &*self.0;
        let core = Arc::new(core.with_lease(lease));
        let (user, credentials) = (user.clone(), credentials.clone());
        Self(Arc::new(Inner { core, user, credentials, oauth_base: oauth_base.clone() }))
    }

    /// The first step: asks whether the account is active and on which host to carry on.
    ///
    /// The hosts are tried in order, the next one only if no connection to the one before could be made.
    ///
    /// # Errors
    /// `Refused` if the account is not active; `HostNotAllowed` if the broker names a host that is not on
    /// the list; `Config` if there is no access token; and what any call may meet.
    pub async fn init(&self) -> Result<Initialized, Error> {
        let core = &self.0.core;
        let mut outcome = self.init_at(&core.base).await;
        for base in &core.other_bases {
            if !outcome.as_ref().is_err_and(|error| error.is_unsent() && error.is_retryable()) {
                break;
            }
            outcome = self.init_at(base).await;
        }
        outcome
    }

    /// The first two steps: [`Client::init`], then the password on the host that the broker names.
    ///
    /// The password is sent at most once. If it is rejected, or its response is lost, this client does not send it again;
    /// build a new one to try it once more.
    ///
    /// # Errors
    /// `Credentials` if the password is wrong, `Locked` if the account is locked, and those of
    /// [`Client::init`].
    pub async fn login(&self, password: &Secret) -> Result<Pending, Error> {
        self.init().await?.login(password).await
    }

    async fn init_at(&self, base: &Url) -> Result<Initialized, Error> {
        let api = api(&self.0.core, base);
        let begin = |response: Result<Init, Error>| self.begin(base, response?);
        match &self.0.user {
            User::Userid(userid) => api_call!(api.session_init(userid)).read(begin).await,
            User::UseridInPath(userid) => api_call!(api.session_init_userid(userid)).read(begin).await,
            User::Nickname(name) => api_call!(api.session_init_nickname(name)).read(begin).await,
        }
    }

    fn begin(&self, base: &Url, init: Init) -> Result<Initialized, Error> {
        check(&self.0.core, &init)?;
        let base = self.follow(base, init.redirect.as_ref())?;
        Ok(Initialized::new(self.clone(), base, init))
    }

    /// Where to carry on after a response has named an address, or nothing.
    pub(super) fn follow(&self, current: &Url, redirect: Option<&Host>) -> Result<Url, Error> {
        match redirect.and_then(address) {
            Some(named) => self.0.core.follow(current, &named).map(without_paths),
            None => Ok(current.clone()),
        }
    }
}

/// A base URL without what the paths of the API begin with.
fn without_paths(mut base: Url) -> Url {
    let path = base.path().trim_end_matches('/');
    let path = path.strip_suffix(PATHS).unwrap_or(path).to_owned();
    base.set_path(&path);
    base
}

/// An account that is not active cannot sign in; the broker reports it with a status of 200. And a response
/// that has no field of an init is not one to send a password after.
fn check(core: &Core, init: &Init) -> Result<(), Error> {
    let Init { message, redirect, status, userid, .. } = init;
    let active = ["Success", "Active"];
    let (kind, what) = match status {
        Some(status) if active.iter().any(|name| name.eq_ignore_ascii_case(status.trim())) => return Ok(()),
        Some(_) => (ErrorKind::Refused, "the account is not active"),
        None if redirect.is_some() || userid.is_some() => return Ok(()),
        None => (ErrorKind::Protocol, "the response has none of the fields that an init must have"),
    };
    let message = message.as_deref().or(status.as_deref()).and_then(|text| core.message(text));
    Err(Error::in_success(kind, what).with_message(message))
}

/// The URL that an address of the broker means; none if it is empty. The port counts only where the URL
/// has none of its own.
fn address(host: &Host) -> Option<String> {
    let text = host.host.as_deref().filter(|text| !text.trim().is_empty())?;
    let Some(port) = host.port.filter(|port| *port != 443 && *port > 0) else {
        return Some(text.to_owned());
    };
    let Ok(mut url) = parse_named(text) else {
        return Some(text.to_owned());
    };
    if url.port().is_none() && url.port_or_known_default().map(i64::from) != Some(port) {
        // A port that there cannot be makes the address one that is refused.
        let set = u16::try_from(port).is_ok_and(|port| url.set_port(Some(port)).is_ok());
        let host = url.host_str().unwrap_or_default();
        return Some(if set { url.to_string() } else { format!("https://{host}:{port}") });
    }
    Some(text.to_owned())
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("credentials", &self.0.credentials).finish_non_exhaustive()
    }
}
