//! Verifies a server by its very certificate.
//!
//! The name in a gateway's certificate and its dates are often not right, and need not be: they say for whom
//! an authority vouches, and here is no authority. That the server has the certificate's key is verified as
//! ever, or else everybody who has seen the certificate could use it.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    version::{TLS12, TLS13},
};

use crate::{Fingerprint, PinMismatch};

/// Accepts the certificates with these fingerprints and no other, and remembers the first that it refused.
#[derive(Debug)]
pub(crate) struct PinVerifier {
    trusted: BTreeSet<Fingerprint>,
    refused: OnceLock<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl PinVerifier {
    pub(crate) fn new(trusted: BTreeSet<Fingerprint>) -> Arc<Self> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        Arc::new(Self { trusted, refused: OnceLock::new(), provider })
    }

    /// The client's side of TLS with this verifier.
    ///
    /// # Errors
    /// If the provider knows neither version of TLS.
    pub(crate) fn config(self: &Arc<Self>) -> Result<ClientConfig, Error> {
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .dangerous()
            .with_custom_certificate_verifier(self.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// The first certificate that was refused.
    pub(crate) fn refused(&self) -> Option<&CertificateDer<'static>> {
        self.refused.get()
    }
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let presented = Fingerprint::of_der(end_entity);
        if self.trusted.contains(&presented) {
            return Ok(ServerCertVerified::assertion());
        }
        self.refused.get_or_init(|| end_entity.clone().into_owned());
        let mismatch = OtherError(Arc::new(PinMismatch { presented }));
        Err(Error::InvalidCertificate(CertificateError::Other(mismatch)))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
