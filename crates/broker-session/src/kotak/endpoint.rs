//! One of the broker's hosts, with everything that is needed to call it.

use std::sync::Arc;

use broker_session_runtime::{AllowedHosts, Transport, parse_named};
use kotak_session_api::types::Host;
use url::Url;

use super::credentials::Credentials;
use crate::{Error, guesses::Guesses, settle::Settler};

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
    /// Passwords, codes and pins that did not get in.
    pub(super) guesses: Arc<Guesses>,
    /// Settles the calls, and knows every secret of this client's sign-ins. A server may quote the password in its answer
    /// to any later step.
    pub(super) settler: Settler,
}

/// One host, and the generated client for it.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) shared: Arc<Shared>,
    pub(super) base: Url,
    pub(super) api: kotak_session_api::Client,
    pub(super) settler: Settler,
}

impl Endpoint {
    pub(super) fn new(shared: Arc<Shared>, mut base: Url) -> Self {
        // The broker's documents name the base both with and without what the paths begin with.
        let path = base.path().trim_end_matches('/');
        let path = path.strip_suffix("/session/1.0").unwrap_or(path).to_owned();
        base.set_path(&path);
        let url = base.as_str().trim_end_matches('/');
        let api =
            kotak_session_api::Client::new_with_client(url, shared.http.clone(), shared.transport.clone());
        let settler = shared.settler.clone();
        Self { shared, base, api, settler }
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
        let next = self.settler.follow(operation, &self.shared.hosts, &self.base, &named)?;
        if next == self.base {
            return Ok(self);
        }
        Ok(Self::new(self.shared, next))
    }
}

/// The URL that an address of the broker means; nothing if it is empty. The port counts only where the URL
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
