//! A certificate that nobody trusts by default to.

use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedKey, KeyPair, date_time_ymd};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs::default_provider,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// A fresh self-signed certificate, and its key.
pub struct TestCertificate(CertifiedKey<KeyPair>);

impl TestCertificate {
    /// Makes one for 127.0.0.1.
    pub fn for_loopback() -> Self {
        Self::for_names(&["127.0.0.1"])
    }

    /// Makes one for these hosts.
    pub fn for_names(names: &[&str]) -> Self {
        Self::made(names, |_| ())
    }

    /// Makes one for 127.0.0.1 that was good from the first year to the second, both given by their numbers.
    pub fn for_years(first: i32, last: i32) -> Self {
        Self::made(&["127.0.0.1"], |params| {
            params.not_before = date_time_ymd(first, 1, 1);
            params.not_after = date_time_ymd(last, 12, 31);
        })
    }

    fn made(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        change(&mut params);
        let signing_key = KeyPair::generate().expect("a key");
        let cert = params.self_signed(&signing_key).expect("a certificate");
        Self(CertifiedKey { cert, signing_key })
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
