//! A certificate that is made when the server starts, for clients of a gateway.

use std::{io, sync::Arc};

use rcgen::{CertificateParams, DnType, KeyPair};
use sha2::{Digest, Sha256};
use tokio_rustls::rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// The names that the certificate is for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// A new key and certificate.
pub(crate) struct SelfSigned {
    pub(crate) config: ServerConfig,
    pub(crate) fingerprint: String,
}

impl SelfSigned {
    pub(crate) fn new() -> io::Result<Self> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let mut params = CertificateParams::new(NAMES.map(String::from)).map_err(io::Error::other)?;
        params.distinguished_name.push(DnType::CommonName, "broker-session gateway");
        let certificate = params.self_signed(&key).map_err(io::Error::other)?;
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .map_err(io::Error::other)?;
        let digest = Sha256::digest(certificate.der());
        let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        Ok(Self { config, fingerprint: pairs.join(":") })
    }
}
