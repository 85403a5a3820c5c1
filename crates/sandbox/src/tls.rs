//! TLS with a certificate that the sandbox signs itself, as a gateway on the user's machine does.

use std::{io, sync::Arc};

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, date_time_ymd};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio_rustls::rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// Every name of the loopback interface.
const LOOPBACK_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// What the certificate of a sandbox is like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certificate {
    /// As IBKR's gateway has it: for no name of a host, and expired in 2019 (observed). A client can trust it by its
    /// fingerprint only, or has to verify nothing.
    #[default]
    Gateway,
    /// For the names of the loopback interface, and in date: a client that has it among its authorities accepts it.
    Valid,
}

impl Certificate {
    fn params(self) -> Result<CertificateParams, rcgen::Error> {
        match self {
            Self::Valid => CertificateParams::new(LOOPBACK_NAMES.map(String::from)),
            Self::Gateway => {
                let mut params = CertificateParams::default();
                params.distinguished_name = DistinguishedName::new();
                params.distinguished_name.push(DnType::CommonName, "Client Portal Web API");
                params.not_before = date_time_ymd(2018, 6, 1);
                params.not_after = date_time_ymd(2019, 6, 1);
                Ok(params)
            }
        }
    }
}

/// The certificate of a listener, which can be replaced while it listens. Clones are the same.
#[derive(Clone)]
pub(crate) struct Tls {
    identity: watch::Sender<Identity>,
    certificate: Certificate,
}

/// A certificate and the key that goes with it.
#[derive(Clone)]
pub(crate) struct Identity {
    config: Arc<ServerConfig>,
    pem: String,
    fingerprint: String,
}

impl Tls {
    /// TLS with a new certificate.
    ///
    /// # Errors
    /// No key or no certificate could be made.
    pub(crate) fn new(certificate: Certificate) -> io::Result<Self> {
        Ok(Self { identity: watch::Sender::new(Identity::new(certificate)?), certificate })
    }

    /// Puts a new certificate with a new key in the place of the old one. Connections see it as a change
    /// of [`Tls::identity`].
    ///
    /// # Errors
    /// No key or no certificate could be made; the old one stays.
    pub(crate) fn replace(&self) -> io::Result<()> {
        self.identity.send_replace(Identity::new(self.certificate)?);
        Ok(())
    }

    /// The certificate as it is now and as it will be.
    pub(crate) fn identity(&self) -> watch::Receiver<Identity> {
        self.identity.subscribe()
    }

    /// The certificate in PEM.
    pub(crate) fn pem(&self) -> String {
        self.identity.borrow().pem.clone()
    }

    /// SHA-256 of the certificate in DER: upper-case pairs of hexadecimal digits with colons in between.
    pub(crate) fn fingerprint(&self) -> String {
        self.identity.borrow().fingerprint.clone()
    }
}

impl Identity {
    fn new(certificate: Certificate) -> io::Result<Self> {
        let signing_key = KeyPair::generate().map_err(io::Error::other)?;
        let cert = certificate.params().and_then(|params| params.self_signed(&signing_key));
        let cert = cert.map_err(io::Error::other)?;
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(
                vec![cert.der().clone()],
                PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der())),
            )
            .map_err(io::Error::other)?;
        let pairs = Sha256::digest(cert.der()).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>();
        Ok(Self { config: Arc::new(config), pem: cert.pem(), fingerprint: pairs.join(":") })
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}
