//! Looks at a server's certificate before anybody trusts it.
//!
//! A person who is to trust a certificate on first use has to see its fingerprint first. The connection that
//! shows it trusts nothing, so that it ends in the middle of the handshake and nothing is sent over it.

use std::collections::BTreeSet;

use url::Url;

use crate::{Deadlines, Fingerprint, HttpClientBuilder, HttpClientError, verifier::PinVerifier};

/// The certificate that a server presented. Nobody has vouched for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedCertificate {
    der: Vec<u8>,
}

impl PresentedCertificate {
    /// The certificate in DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its fingerprint, for a person to compare.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_der(&self.der)
    }

    /// The certificate as PEM text (RFC 7468), for [`HttpClientBuilder::trust_certificate_pem`].
    pub fn to_pem(&self) -> String {
        let line_ending = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
        pem::encode_config(&pem::Pem::new("CERTIFICATE", self.der.as_slice()), line_ending)
    }
}

impl HttpClientBuilder {
    /// The certificate that the server of `url` presents, whatever is trusted already. The connection is
    /// made through the proxy, if there is one, and given up before anything is sent to the server.
    ///
    /// # Errors
    /// `NoTls` for a URL without TLS, `Unreachable` if there is no connection or no TLS on it, and whatever
    /// keeps a client from being built.
    pub async fn presented_certificate(
        self,
        url: &Url,
        deadlines: Deadlines,
    ) -> Result<PresentedCertificate, HttpClientError> {
        if url.scheme() != "https" {
            return Err(HttpClientError::NoTls);
        }
        // Nothing is trusted, so that whatever is presented is refused, and remembered.
        let verifier = PinVerifier::new(BTreeSet::new());
        let client = self.build_pinned(deadlines, &verifier)?;
        let outcome = client.head(url.clone()).timeout(deadlines.attempt.min(deadlines.total)).send().await;
        match (verifier.refused(), outcome) {
            (Some(der), _) => Ok(PresentedCertificate { der: der.to_vec() }),
            (None, Err(error)) => Err(HttpClientError::Unreachable(error.without_url())),
            (None, Ok(_)) => Err(HttpClientError::NoTls),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_pem_text_holds_the_certificate_in_lines_of_64_characters() {
        let certificate = PresentedCertificate { der: vec![0; 100] };
        let text = certificate.to_pem();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.first(), Some(&"-----BEGIN CERTIFICATE-----"));
        assert_eq!(lines.get(1).map(|line| line.len()), Some(64));
        assert_eq!(pem::parse(text).unwrap().contents(), certificate.der());
    }
}
