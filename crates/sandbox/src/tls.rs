//! TLS with a certificate that the sandbox signs itself, as a gateway on the user's machine does.

use std::io;
use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What the certificate is for: every name of the loopback interface.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The certificate of a listener, which can be replaced while it listens. Clones are the same.
#[derive(Clone)]
pub(crate) struct Tls(watch::Sender<Identity>);

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
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(watch::Sender::new(Identity::new()?)))
    }

    /// Puts a new certificate with a new key in the place of the old one. Connections see it as a change
    /// of [`Tls::identity`].
    ///
    /// # Errors
    /// No key or no certificate could be made; the old one stays.
    pub(crate) fn replace(&self) -> io::Result<()> {
        self.0.send_replace(Identity::new()?);
        Ok(())
    }

    /// The certificate as it is now and as it will be.
    pub(crate) fn identity(&self) -> watch::Receiver<Identity> {
        self.0.subscribe()
    }

    /// The certificate in PEM.
    pub(crate) fn pem(&self) -> String {
        self.0.borrow().pem.clone()
    }

    /// SHA-256 of the certificate in DER: upper-case pairs of hexadecimal digits with colons in between.
    pub(crate) fn fingerprint(&self) -> String {
        self.0.borrow().fingerprint.clone()
    }
}

impl Identity {
    fn new() -> io::Result<Self> {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(NAMES.map(String::from)).map_err(io::Error::other)?;
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], private_key(&signing_key))
            .map_err(io::Error::other)?;
        let pairs = Sha256::digest(cert.der()).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>();
        Ok(Self { config: Arc::new(config), pem: cert.pem(), fingerprint: pairs.join(":") })
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}

fn private_key(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(key.serialize_der()).into()
}
