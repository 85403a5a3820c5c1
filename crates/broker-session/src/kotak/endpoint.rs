//! One of the broker's hosts, with everything that is needed to call it.

use std::sync::Arc;

use broker_session_runtime::{AllowedHosts, ErrorKind, Secret, Transport, redact};
use kotak_session_api::types::Host;
use progenitor_client::{Error as WireError, ResponseValue};
use url::Url;

use super::{answers::Answer, credentials::Credentials};
use crate::{
    Error,
    connection::follow,
    guesses::Guesses,
    settle::{Fault, Settler},
    shared::Shared as Known,
};

/// What all states of a sign-in share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) credentials: Credentials,
    pub(super) http: reqwest::Client,
    pub(super) transport: Transport,
    pub(super) hosts: AllowedHosts,
    /// Where to start, in order.
    pub(super) bases: Vec<Url>,
    pub(super) oauth_base: Option<Url>,
    /// Passwords that were refused.
    pub(super) passwords: Arc<Guesses>,
}

/// One host, and the generated client for it.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) shared: Arc<Shared>,
    pub(super) base: Url,
    pub(super) api: kotak_session_api::Client,
    /// What is secret in this sign-in, in the order in which it became known. A server may quote the
    /// password in its answer to any later step.
    secrets: Arc<Known<Vec<Secret>>>,
}

impl Endpoint {
    /// The first endpoint of a sign-in.
    pub(super) fn new(shared: Arc<Shared>, base: Url) -> Self {
        let secrets = shared.credentials.secrets().into_iter().cloned().collect();
        Self::at(shared, base, Arc::new(Known::new(secrets)))
    }

    fn at(shared: Arc<Shared>, mut base: Url, secrets: Arc<Known<Vec<Secret>>>) -> Self {
        // The broker's documents name the base both with and without what the paths begin with.
        let path = base.path().trim_end_matches('/');
        let path = path.strip_suffix("/session/1.0").unwrap_or(path).to_owned();
        base.set_path(&path);
        let url = base.as_str().trim_end_matches('/');
        let api =
            kotak_session_api::Client::new_with_client(url, shared.http.clone(), shared.transport.clone());
        Self { shared, base, api, secrets }
    }

    /// The base URL, without a slash at its end.
    pub(super) fn base_url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// The endpoint that an answer of `operation` names to carry on with.
    pub(super) fn follow(self, operation: &'static str, redirect: Option<&Host>) -> Result<Self, Error> {
        let Some(named) = redirect.and_then(address) else {
            return Ok(self);
        };
        let api = &kotak_session_api::API;
        let next = follow(api, &self.shared.hosts, &self.base, &named).map_err(|error| {
            let what = format!("the broker names another host to carry on with, and {error}");
            Error::new(ErrorKind::HostNotAllowed, redact(&what, &self.secrets.get())).during(operation)
        })?;
        if next == self.base {
            return Ok(self);
        }
        tracing::debug!(operation, host = next.host_str(), "carrying on with the host that the broker names");
        Ok(Self::at(self.shared, next, self.secrets))
    }

    /// The value of a call whose answer comes in an envelope.
    pub(super) fn open<A: Answer, E: Fault>(
        &self,
        operation: &'static str,
        result: Result<ResponseValue<A>, WireError<E>>,
    ) -> Result<A::Value, Error> {
        let settler = self.settler();
        let answer = settler.settle(operation, result)?;
        answer.open().map_err(|fault| settler.fault(operation, &fault))
    }

    pub(super) fn settler(&self) -> Settler {
        Settler { api: &kotak_session_api::API, secrets: self.secrets.get() }
    }

    /// Keeps `secret` out of the errors of this sign-in from now on.
    pub(super) fn remember(&self, secret: &Secret) {
        let mut secrets = self.secrets.get();
        if !secrets.contains(secret) {
            secrets.push(secret.clone());
            self.secrets.set(secrets);
        }
    }

    /// The token that an answer brought, if a header can carry it.
    pub(super) fn usable(&self, operation: &'static str, name: &str, token: Secret) -> Result<Secret, Error> {
        if token.is_empty() || token.expose().bytes().any(|byte| !byte.is_ascii_graphic()) {
            let what = format!("the {name} in the answer is empty or has characters that no header may have");
            return Err(Error::new(ErrorKind::Protocol, what).with_status(200).during(operation));
        }
        self.remember(&token);
        Ok(token)
    }
}

/// The URL that an address of the broker means; nothing if it is empty. The port counts only where the URL
/// has none of its own.
fn address(host: &Host) -> Option<String> {
    let text = host.host.as_deref().filter(|text| !text.trim().is_empty())?;
    let Some(port) = host.port.filter(|port| *port != 443 && *port > 0) else {
        return Some(text.to_owned());
    };
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let Ok(mut url) = Url::parse(&with_scheme) else {
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
