//! The settings of a Redis store.

use std::{sync::Arc, time::Duration};

use broker_session_runtime::Secret;
use rustls::{
    ClientConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
    version::{TLS12, TLS13},
};
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;

use super::{
    RedisStore, TIME_LIMIT,
    address::Address,
    connection::{Connector, Login, Tls},
};
use crate::store::StoreError;

/// The settings of a [`RedisStore`]. No setter fails: what cannot be used is reported by [`RedisStoreBuilder::build`].
#[derive(Clone, Debug)]
pub struct RedisStoreBuilder {
    url: Secret,
    username: Option<String>,
    password: Option<Secret>,
    prefix: String,
    root_certificates: Vec<Vec<u8>>,
    time_limit: Duration,
    allows_plain: bool,
}

impl RedisStoreBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url: url.into(),
            username: None,
            password: None,
            prefix: "broker-session:".to_owned(),
            root_certificates: Vec::new(),
            time_limit: TIME_LIMIT,
            allows_plain: false,
        }
    }

    /// Sets the ACL user, in place of the one in the URL.
    pub fn username(mut self, name: impl Into<String>) -> Self {
        self.username = Some(name.into());
        self
    }

    /// Sets the password, of the ACL user or of the server.
    pub fn password(mut self, password: impl Into<Secret>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Sets what the names of all keys begin with; `broker-session:` by default. Stores with different prefixes, of which
    /// none begins with the other, know nothing of each other.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Trusts the certificates in this PEM file's content, besides the platform's: for a private certificate authority.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Sets how long each method may take, with everything from the connection to the response; 3 seconds by default.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Lets sessions and the password travel without TLS to a host that is named with `redis://`. Everybody on the way can
    /// read them then. Not needed for loopback.
    pub fn allow_plain(mut self) -> Self {
        self.allows_plain = true;
        self
    }

    /// Builds the store, without connecting.
    ///
    /// # Errors
    /// If the URL or a certificate cannot be used, if there is a user without a password, or if the URL names a host
    /// without TLS that is not on loopback.
    pub fn build(self) -> Result<RedisStore, StoreError> {
        let address = Address::parse(self.url.expose())?;
        if !(address.has_tls || address.is_loopback || self.allows_plain) {
            return Err(StoreError::new(format!(
                "{address} has no TLS, so everybody on the way could read the sessions"
            ))
            .with_hint("Use `rediss://`, or allow it if the way is protected by other means."));
        }
        let username = self.username.filter(|name| !name.is_empty()).or_else(|| address.username.clone());
        let login = match (username, self.password.filter(|password| !password.is_empty())) {
            (username, Some(password)) => Some(Login { username, password }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(StoreError::new(format!("there is a user for {address}, but no password"))
                    .with_hint("Set the password, from the environment or a file."));
            }
        };
        let tls = if address.has_tls { Some(tls(&address, &self.root_certificates)?) } else { None };
        Ok(RedisStore {
            connector: Connector::new(address, tls, login, self.time_limit),
            prefix: self.prefix,
        })
    }
}

/// TLS as everything else in this crate has it: 1.2 or newer, the platform's roots and the given ones.
fn tls(address: &Address, root_certificates: &[Vec<u8>]) -> Result<Tls, StoreError> {
    let failed = |error: rustls::Error| {
        StoreError::new(format!("TLS cannot be set up for {address}")).caused_by(error)
    };
    let mut roots = Vec::new();
    for pem in root_certificates {
        let read = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().unwrap_or_default();
        if read.is_empty() {
            return Err(StoreError::new(
                "the root certificates of the Redis store are not certificates in PEM",
            )
            .with_hint("A PEM file has blocks that begin with `-----BEGIN CERTIFICATE-----`."));
        }
        roots.extend(read);
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, provider.clone()).map_err(failed)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    let server_name = ServerName::try_from(address.host.clone())
        .map_err(|_| StoreError::new(format!("the host of {address} cannot be in a certificate")))?;
    Ok(Tls { connector: TlsConnector::from(Arc::new(config)), server_name })
}
