//! A certificate that nobody trusts unless told to.

use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs::default_provider,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// A fresh self-signed certificate, and its key.
pub struct Certified(CertifiedKey<KeyPair>);

impl Certified {
    /// Makes one for 127.0.0.1.
    pub fn for_loopback() -> Self {
        Self::for_names(&["127.0.0.1"])
    }

    /// Makes one for these hosts.
    pub fn for_names(names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Self(generate_simple_self_signed(names).expect("a certificate"))
    }

    /// The certificate as PEM text.
    pub fn pem(&self) -> String {
        self.0.cert.pem()
    }

    /// The server's side of TLS with it.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivatePkcs8KeyDer::from(self.0.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider's own versions")
            .with_no_client_auth()
            .with_single_cert(vec![self.0.cert.der().clone()], PrivateKeyDer::Pkcs8(key))
            .expect("a certificate and its key");
        TlsAcceptor::from(Arc::new(config))
    }
}
