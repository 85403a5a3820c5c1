//! Where a sign-in starts.

use std::sync::Arc;

use broker_session_runtime::{Environment, ErrorKind, Secret, Words};
use kotak_session_api::{
    API,
    types::{Init, InitAnswer},
};
use progenitor_client::ResponseValue;

use super::{
    credentials::{Credentials, User},
    endpoint::{Endpoint, Shared},
    initialised::Initialised,
    pending::Pending,
};
use crate::{
    Connection, Error,
    connection::{shown, unusable},
};

/// A client for one user. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    pub(super) shared: Arc<Shared>,
}

/// Builds a [`Client`].
#[derive(Clone, Default)]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    environment: Environment,
    base_urls: Vec<String>,
    oauth_base_url: Option<String>,
    connection: Connection,
}

impl ClientBuilder {
    /// Sets what identifies the application and the user. Needed.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Chooses between the broker's production and its sandbox; production unless told. Each has its own
    /// hosts, and credentials never go from one to the other.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Starts at this base URL (`https://host/apim`) in place of the broker's own hosts. May be called
    /// again: the URLs are tried in order, the next one only if no connection to the one before could be
    /// made.
    ///
    /// A server on loopback stands for all of the broker's hosts: should its answers name one of them, the
    /// sign-in stays on loopback.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_urls.push(url.into());
        self
    }

    /// Sets where `/token` and `/revoke` are; the root of the first host unless told.
    pub fn oauth_base_url(mut self, url: impl Into<String>) -> Self {
        self.oauth_base_url = Some(url.into());
        self
    }

    /// Sets how the broker is reached.
    pub fn connection(mut self, connection: Connection) -> Self {
        self.connection = connection;
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    /// `Config` if the credentials are missing or are something else than their names say, or if a URL or the connection's settings cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        let credentials = self.credentials.ok_or_else(|| Error::config("no credentials were given"))?;
        credentials.check()?;
        let (mut hosts, bases) = self.connection.reach(&API, self.environment, &self.base_urls)?;
        let mut allow = |url: &str| hosts.allow(url).map_err(|error| unusable("the OAuth base URL", &error));
        let oauth_base = self.oauth_base_url.as_deref().map(&mut allow).transpose()?;
        let http = self.connection.http_client(&hosts)?;
        let transport = credentials.equip(self.connection.transport(&API)).build();
        let guesses = Arc::new(self.connection.guesses());
        let settler = credentials.settler();
        Ok(Client {
            shared: Arc::new(Shared {
                credentials,
                http,
                transport,
                hosts,
                bases,
                oauth_base,
                guesses,
                settler,
            }),
        })
    }
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("credentials", &self.credentials)
            .field("environment", &self.environment)
            .field("base_urls", &self.base_urls.iter().map(|url| shown(url)).collect::<Vec<_>>())
            .field("oauth_base_url", &self.oauth_base_url.as_deref().map(shown))
            .field("connection", &self.connection)
            .finish()
    }
}

impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Who signs in.
    pub fn user(&self) -> &User {
        &self.shared.credentials.user
    }

    /// The first step: asks whether the account is active and on which host to carry on.
    ///
    /// The hosts are tried in order, the next one only if no connection to the one before could be made.
    ///
    /// # Errors
    /// `Refused` if the account is not active; `HostNotAllowed` if the broker names a host that is not on
    /// the list; `Config` if there is no access token; and what any call may meet.
    pub async fn init(&self) -> Result<Initialised, Error> {
        let mut last = Error::config("there is no host to start with");
        for base in &self.shared.bases {
            let endpoint = Endpoint::new(self.shared.clone(), base.clone());
            match self.init_at(endpoint).await {
                Err(error) if error.is_unsent() && error.is_retryable() => last = error,
                outcome => return outcome,
            }
        }
        Err(last)
    }

    /// The first two steps: [`Client::init`], then the password on the host that the broker names.
    ///
    /// The password leaves at most once. One that has left and did not get in is not sent again by this
    /// client; build a new one to try it once more.
    ///
    /// # Errors
    /// `Credentials` if the password is wrong, `Locked` if the account is locked, and those of
    /// [`Client::init`].
    pub async fn login(&self, password: &Secret) -> Result<Pending, Error> {
        self.init().await?.login(password).await
    }

    async fn init_at(&self, endpoint: Endpoint) -> Result<Initialised, Error> {
        let (operation, result) = match self.user() {
            User::Userid(userid) => ("session_init", endpoint.api.session_init(userid).await),
            User::UseridInPath(userid) => {
                ("session_init_userid", endpoint.api.session_init_userid(userid).await)
            }
            User::Nickname(name) => ("session_init_nickname", endpoint.api.session_init_nickname(name).await),
        };
        let is_bare = |answer: &ResponseValue<InitAnswer>| matches!(**answer, InitAnswer::Init(_));
        let is_bare = result.as_ref().is_ok_and(is_bare);
        let init = endpoint.settler.open(operation, result)?;
        check(operation, &init, is_bare, &endpoint.settler.secrets.all())?;
        let endpoint = endpoint.follow(operation, init.redirect.as_ref())?;
        Ok(Initialised::new(endpoint, init))
    }
}

/// An account that is not active cannot sign in; the broker says so with a status of 200. And an answer
/// that has neither an envelope nor a member of an init is not one to send a password after.
fn check(operation: &'static str, init: &Init, is_bare: bool, secrets: &[Secret]) -> Result<(), Error> {
    let Init { message, redirect, status, userid, .. } = init;
    let active = ["Success", "Active"];
    let error = match status {
        Some(status) if active.iter().any(|name| name.eq_ignore_ascii_case(status.trim())) => return Ok(()),
        Some(_) => Error::new(ErrorKind::Refused, "the account is not active"),
        None if !is_bare || redirect.is_some() || userid.is_some() => return Ok(()),
        None => Error::new(ErrorKind::Protocol, "the answer has none of the members that an init must have"),
    };
    let words = Words::new(None, message.as_deref().or(status.as_deref()), secrets);
    Err(error.with_status(200).with_words(words).during(operation))
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("credentials", &self.shared.credentials).finish_non_exhaustive()
    }
}
