//! Fetches a server's certificate before it is trusted.
//!
//! A person who is to trust a certificate on first use has to see its fingerprint first. The connection that
//! shows it ends in the middle of the handshake, so that nothing is sent over it. It ends only after the server has
//! proved that it has the certificate's key: so it is known, too, whether the certificate could be used.

use std::sync::{Arc, OnceLock};

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::{
    DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::WebPkiSupportedAlgorithms,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use url::Url;

use crate::{
    Deadlines, Fingerprint, HttpClientBuilder, HttpClientError, UnusableCertificate,
    certificate_key::{unusable_certificate, verify_tls12, verify_tls13},
    tls::{algorithms, client_config},
};

/// The certificate that a server presented. It is not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedCertificate {
    der: Vec<u8>,
    problem: Option<UnusableCertificate>,
}

impl PresentedCertificate {
    /// The certificate in DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Why no connection could be made with it, even if it were trusted; nothing if one could.
    pub fn problem(&self) -> Option<&UnusableCertificate> {
        self.problem.as_ref()
    }

    /// Its fingerprint, for a person to compare.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_der(&self.der)
    }

    /// The certificate in PEM encoding (RFC 7468), for [`HttpClientBuilder::trust_certificate_pem`].
    pub fn to_pem(&self) -> String {
        let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
        // A line has 64 characters, which are 48 bytes.
        for line in self.der.chunks(48) {
            STANDARD.encode_string(line, &mut pem);
            pem.push('\n');
        }
        pem + "-----END CERTIFICATE-----\n"
    }
}

impl HttpClientBuilder {
    /// The certificate that the server of `url` presents, whether it is trusted or not. The connection is
    /// made through the proxy, if there is one, and given up before anything is sent to the server.
    ///
    /// # Errors
    /// `NoTls` for a URL without TLS, `Unreachable` if there is no connection or no TLS on it, and the errors of
    /// building a client.
    pub async fn presented_certificate(
        self,
        url: &Url,
        deadlines: Deadlines,
    ) -> Result<PresentedCertificate, HttpClientError> {
        if url.scheme() != "https" {
            return Err(HttpClientError::NoTls);
        }
        let probe = Arc::new(Probe { seen: OnceLock::new(), algorithms: algorithms() });
        let config = client_config(probe.clone()).map_err(HttpClientError::PinnedTls)?;
        let client = self.build_with(deadlines, config)?;
        let outcome = client.head(url.clone()).timeout(deadlines.attempt.min(deadlines.total)).send().await;
        match (probe.seen.get(), outcome) {
            (Some(seen), _) => Ok(seen.clone()),
            (None, Err(error)) => Err(HttpClientError::Unreachable(error.without_url())),
            (None, Ok(_)) => Err(HttpClientError::NoTls),
        }
    }
}

/// Trusts no server. Keeps the first certificate and whether it can be used, and ends the handshake.
#[derive(Debug)]
struct Probe {
    seen: OnceLock<PresentedCertificate>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Probe {
    fn note(
        &self,
        certificate: &CertificateDer<'_>,
        verified: Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        let problem = verified.err().map(|error| match unusable_certificate(&error) {
            Some(problem) => problem,
            None => UnusableCertificate::NotProved { reason: error.to_string() },
        });
        self.seen.get_or_init(|| PresentedCertificate { der: certificate.to_vec(), problem });
        Err(Error::General("the certificate was only fetched".to_owned()))
    }
}

impl ServerCertVerifier for Probe {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // The handshake goes on to the server's signature, and always ends there.
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.note(cert, verify_tls12(message, cert, dss, &self.algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.note(cert, verify_tls13(message, cert, dss, &self.algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::pem::PemObject;

    use super::*;

    #[test]
    fn pem_holds_the_certificate_in_lines_of_64_characters() {
        let certificate = PresentedCertificate { der: vec![0; 100], problem: None };
        let text = certificate.to_pem();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.first(), Some(&"-----BEGIN CERTIFICATE-----"));
        assert_eq!(lines.get(1).map(|line| line.len()), Some(64));
        assert_eq!(CertificateDer::from_pem_slice(text.as_bytes()).unwrap(), certificate.der().into());
    }
}
