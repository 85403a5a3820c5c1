//! What all states of a client share.

use broker_session_runtime::{
    AllowedHosts, Api, BrokerMessage, Clean, ErrorKind, Secret, Secrets, SerializableSecret, Transport,
    TransportBuilder,
};
use url::Url;

use crate::{
    ClientOptions, Error,
    attempts::Attempts,
    hosts::{follow, without_slash},
    shared_session::Lease,
};

/// The HTTP client, the hosts that credentials may go to, the transport, the secrets and the guesses of one client.
pub(crate) struct Core {
    /// The broker, by the name of its module.
    pub(crate) name: &'static str,
    pub(crate) api: &'static Api,
    pub(crate) http: reqwest::Client,
    pub(crate) hosts: AllowedHosts,
    /// Where a sign-in starts.
    pub(crate) base: Url,
    /// Where it may start, too, if no connection to the one before could be made.
    pub(crate) other_bases: Vec<Url>,
    pub(crate) transport: Transport,
    /// Every secret of this client. A server may quote a password in its response to any later step.
    pub(crate) secrets: Secrets,
    pub(crate) attempts: Attempts,
}

impl Core {
    /// Puts it together. `secrets` are those that are never forgotten; `equip` gives the transport the credentials.
    pub(crate) fn open(
        name: &'static str,
        api: &'static Api,
        options: &ClientOptions,
        (hosts, bases): (AllowedHosts, Vec<Url>),
        secrets: Vec<Secret>,
        equip: impl FnOnce(TransportBuilder) -> TransportBuilder,
    ) -> Result<Self, Error> {
        let mut bases = bases.into_iter();
        let base = bases.next().ok_or_else(|| Error::config("there is no host to start with"))?;
        let http = options.http_client(&hosts)?;
        let secrets = Secrets::new(secrets);
        let transport = equip(options.transport(api).secrets(secrets.clone())).build();
        let (other_bases, attempts) = (bases.collect(), options.attempts());
        Ok(Self { name, api, http, hosts, base, other_bases, transport, secrets, attempts })
    }

    /// The URL that a sign-in starts at, without a slash at its end.
    pub(crate) fn base_url(&self) -> &str {
        without_slash(&self.base)
    }

    /// The token that a response has brought, if a header can carry it. It is redacted from now on.
    pub(crate) fn token(&self, name: &str, token: SerializableSecret) -> Result<SerializableSecret, Error> {
        if !is_token(&token) {
            let what =
                format!("the {name} in the response is empty or has characters that no header may have");
            return Err(Error::in_success(ErrorKind::Protocol, what));
        }
        self.secrets.add(&token);
        Ok(token)
    }

    /// A string of the broker as it may be shown.
    pub(crate) fn printable(&self, text: Option<String>) -> Option<String> {
        text.map(|text| self.secrets.clean(&text))
    }

    /// A sentence of the broker as an error shows it.
    pub(crate) fn message(&self, text: &str) -> Option<String> {
        BrokerMessage::new(None, [text], &self.secrets).message
    }

    /// A decoded value with strings that may be shown. Do not use them for anything else: one may have changed.
    pub(crate) fn clean<T: Clean>(&self, mut value: T) -> T {
        value.clean(&self.secrets);
        value
    }

    /// The same with the transport of another access token. Guesses stay spent.
    pub(crate) fn with_access_token(&self, transport: Transport) -> Self {
        self.with(transport, self.attempts.with_access_token())
    }

    /// The same with guesses that are shared with other programs.
    pub(crate) fn with_lease(&self, lease: &Lease) -> Self {
        self.with(self.transport.clone(), self.attempts.shared(lease.guesses().clone()))
    }

    fn with(&self, transport: Transport, attempts: Attempts) -> Self {
        Self {
            http: self.http.clone(),
            hosts: self.hosts.clone(),
            base: self.base.clone(),
            other_bases: self.other_bases.clone(),
            transport,
            secrets: self.secrets.clone(),
            attempts,
            ..*self
        }
    }

    /// Where to carry on after a response of success has named a host.
    pub(crate) fn follow(&self, current: &Url, named: &str) -> Result<Url, Error> {
        let next = follow(self.api, &self.hosts, current, named).map_err(|error| {
            let what =
                self.secrets.clean(&format!("the broker names another host to carry on with, and {error}"));
            // A host that has a secret in its name, or that cannot be allowed, is not passed on.
            let url = error.url().filter(|url| self.hosts.could_allow(url));
            let url = url.filter(|url| self.secrets.clean(url.as_str()) == url.as_str()).cloned();
            Error::in_success(ErrorKind::HostNotAllowed, what).with_refused_url(url)
        })?;
        if next != *current {
            tracing::debug!(
                broker = self.name,
                host = next.host_str(),
                "carrying on with the host that the broker names"
            );
        }
        Ok(next)
    }
}

/// Whether a header can carry it as it is.
pub(crate) fn is_token(secret: &Secret) -> bool {
    !secret.is_empty() && secret.expose().bytes().all(|byte| byte.is_ascii_graphic())
}
