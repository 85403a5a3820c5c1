//! The one builder of every broker's client.

use std::fmt;

use broker_session_runtime::{AllowedHosts, Api, Environment, is_loopback, parse_url};
use url::Url;

use crate::{
    ClientOptions, Error, SavedSession,
    hosts::{is_own, printable_url, reachable, unusable},
    variables::Variables,
};

use sealed::Broker;

/// Cannot be named elsewhere, so no other crate implements it.
pub(crate) mod sealed {
    use std::fmt::Debug;

    use super::{Api, ClientBuilder, Error, Variables};

    /// A broker: what the builder must know of it.
    pub trait Broker: Sized + 'static {
        /// The name of the broker's module, as a [`SavedSession`](crate::SavedSession) has it.
        const NAME: &'static str;
        /// What its client was generated from.
        const API: &'static Api;
        /// Whether a sign-in may start at one of several base URLs. If not, the last one counts.
        const HAS_SEVERAL_BASE_URLS: bool = false;
        /// What only this broker's builder can be given, the credentials among it.
        type Settings: Clone + Debug + Default;
        /// What is built.
        type Client;

        /// Reads what was not set from environment variables.
        fn read(builder: &mut ClientBuilder<Self>, variables: &Variables) -> Result<(), Error>;

        /// Checks the settings and builds the client.
        fn open(builder: ClientBuilder<Self>) -> Result<Self::Client, Error>;
    }
}

/// Builds a broker's client: [`neo::Client`](crate::neo::Client), [`kotak::Client`](crate::kotak::Client) or
/// [`ibkr::Client`](crate::ibkr::Client). No setter fails; [`ClientBuilder::build`] does.
pub struct ClientBuilder<B: Broker> {
    pub(crate) options: ClientOptions,
    pub(crate) base_urls: Vec<String>,
    /// Where saved sessions live.
    homes: Vec<String>,
    /// Where settings are read from that were not set.
    variables: Option<Variables>,
    pub(crate) settings: B::Settings,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl<B: Broker> ClientBuilder<B> {
    pub(crate) fn new() -> Self {
        let (base_urls, homes) = (Vec::new(), Vec::new());
        let (options, settings) = (ClientOptions::default(), B::Settings::default());
        Self { options, base_urls, homes, variables: None, settings }
    }

    /// Reads every setting that is not set otherwise from the environment variables that the program `broker-session`
    /// reads, and that `broker-session sandbox` prints: the credentials, the base URL, the proxy and its user, and the root
    /// certificates. A secret may also stand in a file that `NAME_FILE` names. They are read when the client is built.
    pub fn from_env(self) -> Self {
        self.read_from(Variables::of_process())
    }

    pub(crate) fn read_from(mut self, variables: Variables) -> Self {
        self.variables = Some(variables);
        self
    }

    /// Starts at this base URL in place of the broker's own host.
    ///
    /// A server on loopback stands for all of the broker's hosts: should its responses name one of them, the sign-in
    /// stays on loopback. With Kotak it may be called again: the URLs are tried in order, the next one only if no
    /// connection to the one before could be made. With the other brokers the last one counts.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        if !B::HAS_SEVERAL_BASE_URLS {
            self.base_urls.clear();
        }
        self.base_urls.push(url.into());
        self
    }

    /// Sets how the broker is reached.
    pub fn options(mut self, options: ClientOptions) -> Self {
        self.options = options;
        self
    }

    /// Lets credentials go to the host that a saved session lives at, if that is one of the broker's own or this machine.
    /// Any other host must be named again ([`ClientOptions::allow_host`]), as it was when the session began: a file is no
    /// authority on where credentials may go.
    ///
    /// It has no effect with Interactive Brokers, where a session is resumed at the client's own gateway only.
    pub fn allow_home_of(mut self, saved: &SavedSession) -> Self {
        self.homes.push(saved.base_url().to_owned());
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    /// `Config` if a setting is missing or cannot be used.
    pub fn build(self) -> Result<B::Client, Error> {
        B::open(self.with_variables()?)
    }

    /// Reads what was not set from the environment variables, if they are to be read.
    pub(crate) fn with_variables(mut self) -> Result<Self, Error> {
        if let Some(variables) = self.variables.take() {
            self.options.read(&variables)?;
            B::read(&mut self, &variables)?;
        }
        Ok(self)
    }

    /// Where a sign-in may start, and the hosts that credentials may go to.
    pub(crate) fn reachable(&self, environment: Environment) -> Result<(AllowedHosts, Vec<Url>), Error> {
        let homes = || self.homes.iter().filter(|home| is_own(B::API, environment, home));
        // A server on loopback stands for all of the broker's hosts.
        let local = || homes().filter(|home| parse_url(home).is_ok_and(|url| is_loopback(&url)));
        let given =
            if self.base_urls.is_empty() { local().cloned().collect() } else { self.base_urls.clone() };
        let (mut hosts, bases) = reachable(&self.options, B::API, environment, &given)?;
        for home in homes() {
            hosts.allow(home).map_err(|error| unusable("the base URL of the saved session", &error))?;
        }
        Ok((hosts, bases))
    }

    /// Reads the base URL from an environment variable, unless one is set.
    pub(crate) fn read_base_url(&mut self, variables: &Variables, name: &str) -> Result<(), Error> {
        if self.base_urls.is_empty() {
            self.base_urls.extend(variables.string(name)?);
        }
        Ok(())
    }
}

impl<B: Broker> Clone for ClientBuilder<B> {
    fn clone(&self) -> Self {
        Self {
            options: self.options.clone(),
            base_urls: self.base_urls.clone(),
            homes: self.homes.clone(),
            variables: self.variables.clone(),
            settings: self.settings.clone(),
        }
    }
}

impl<B: Broker> fmt::Debug for ClientBuilder<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("broker", &B::NAME)
            .field("settings", &self.settings)
            .field("base_urls", &self.base_urls.iter().map(|url| printable_url(url)).collect::<Vec<_>>())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
