//! The HTTP client underneath, with the settings that make the rules hold.
//!
//! reqwest's defaults follow redirects with every custom header, and a generated client's own constructor
//! keeps them. So the client is built here and nowhere else: no redirects, no retries of its own, TLS
//! always verified, no proxy but the one the caller names.

use std::collections::BTreeSet;

use reqwest::{Certificate, Client, ClientBuilder, Proxy, redirect, retry, tls::Version};
use rustls::{
    ClientConfig,
    pki_types::{CertificateDer, pem::PemObject},
};
use url::Url;

use crate::{
    Deadlines, Fingerprint, Secret, UnusableCertificate,
    certificate_key::usable_key,
    is_loopback, parse_url,
    tls::{PinVerifier, algorithms, client_config},
};

/// Builds the HTTP client.
#[derive(Clone, Debug, Default)]
pub struct HttpClientBuilder {
    // Not reqwest's type: that one prints the password in its Debug.
    proxy: Option<ProxyServer>,
    root_certificates: Vec<Certificate>,
    only_given_roots: bool,
    pins: BTreeSet<Fingerprint>,
}

/// A proxy, and who uses it.
#[derive(Clone, Debug)]
struct ProxyServer {
    url: Url,
    user: Option<(String, Secret)>,
}

impl HttpClientBuilder {
    /// A builder with the platform's root certificates and no proxy.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends everything through a proxy (`http://host:port` or `https://host:port`). TLS goes through it
    /// end to end and is verified as always.
    ///
    /// # Errors
    /// If the URL is invalid, names more than a proxy (a path, a query), or carries a user name or password: give them
    /// separately, so that they are never part of a URL.
    pub fn proxy(mut self, url: &str, user: Option<(&str, &Secret)>) -> Result<Self, HttpClientError> {
        if url.contains("://") && url.contains('@') {
            return Err(HttpClientError::ProxyUserInfo);
        }
        let parsed = parse_url(url).ok().filter(|parsed| parsed.path() == "/");
        let parsed = parsed.ok_or(HttpClientError::ProxyUrl)?;
        let user = user.map(|(name, password)| (name.to_owned(), password.clone()));
        self.proxy = Some(ProxyServer { url: parsed, user });
        Ok(self)
    }

    /// Whether there is a proxy that is not on this machine.
    pub fn has_remote_proxy(&self) -> bool {
        self.proxy.as_ref().is_some_and(|proxy| !is_loopback(&proxy.url))
    }

    /// Trusts further root certificates besides the platform's, for a proxy that looks into TLS or for a
    /// host with a private certificate authority.
    ///
    /// # Errors
    /// If the PEM holds no certificate, or one that cannot be read.
    pub fn root_certificates_pem(mut self, pem: &[u8]) -> Result<Self, HttpClientError> {
        let certificates = Certificate::from_pem_bundle(pem).map_err(|_| HttpClientError::RootCertificate)?;
        if certificates.is_empty() {
            return Err(HttpClientError::RootCertificate);
        }
        self.root_certificates.extend(certificates);
        Ok(self)
    }

    /// Does not load the platform's root certificates. For a client that never speaks TLS, or trusts
    /// nothing but the given certificates; it then works on a machine that has none of its own.
    pub fn only_given_roots(mut self, only: bool) -> Self {
        self.only_given_roots = only;
        self
    }

    /// Trusts each certificate in this PEM by itself, and then nothing else: no root certificate, the
    /// platform's or a given one, counts any more. For a server that has signed its certificate itself;
    /// the name and the dates in the certificate do not matter.
    ///
    /// # Errors
    /// If the PEM holds no certificate, or one that cannot be read or used.
    pub fn trust_certificate_pem(mut self, pem: &[u8]) -> Result<Self, HttpClientError> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let certificates = certificates.map_err(|_| HttpClientError::PinnedCertificate)?;
        if certificates.is_empty() {
            return Err(HttpClientError::PinnedCertificate);
        }
        for der in certificates {
            usable_key(&der, &algorithms()).map_err(|problem| match problem {
                UnusableCertificate::Unreadable => HttpClientError::PinnedCertificate,
                problem => HttpClientError::UnusableCertificate(problem),
            })?;
            self.pins.insert(Fingerprint::of_der(&der));
        }
        Ok(self)
    }

    /// Trusts the certificate with this fingerprint by itself, and then nothing else, as
    /// [`HttpClientBuilder::trust_certificate_pem`] does.
    pub fn trust_fingerprint(mut self, fingerprint: Fingerprint) -> Self {
        self.pins.insert(fingerprint);
        self
    }

    /// Whether certificates are trusted by themselves, and nothing else is.
    pub fn has_pins(&self) -> bool {
        !self.pins.is_empty()
    }

    /// Builds the client. The deadlines hold for the program's own requests as well, unless they set others.
    ///
    /// # Errors
    /// If the platform has no root certificates, or TLS cannot be set up.
    pub fn build(mut self, deadlines: Deadlines) -> Result<Client, HttpClientError> {
        if self.has_pins() {
            let verifier = PinVerifier::new(std::mem::take(&mut self.pins));
            let config = client_config(verifier).map_err(HttpClientError::PinnedTls)?;
            return self.build_with(deadlines, config);
        }
        let roots = std::mem::take(&mut self.root_certificates);
        let only_given = self.only_given_roots;
        let builder = self.settings(deadlines)?.tls_version_min(Version::TLS_1_2);
        finish(if only_given { builder.tls_certs_only(roots) } else { builder.tls_certs_merge(roots) })
    }

    /// Builds a client that trusts what this configuration does.
    pub(crate) fn build_with(
        self,
        deadlines: Deadlines,
        config: ClientConfig,
    ) -> Result<Client, HttpClientError> {
        // The configuration would be asked about the proxy's own certificate, too.
        if self.proxy.as_ref().is_some_and(|proxy| proxy.url.scheme() == "https") {
            return Err(HttpClientError::PinnedThroughTlsProxy);
        }
        finish(self.settings(deadlines)?.tls_backend_preconfigured(config))
    }

    /// The settings that do not depend on trust.
    fn settings(self, deadlines: Deadlines) -> Result<ClientBuilder, HttpClientError> {
        let builder = Client::builder()
            .user_agent(concat!("broker-session/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(deadlines.connect)
            .timeout(deadlines.total)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy();
        let Some(ProxyServer { url, user }) = self.proxy else { return Ok(builder) };
        let proxy = Proxy::all(url).map_err(|_| HttpClientError::ProxyUrl)?;
        Ok(builder.proxy(match user {
            Some((name, password)) => proxy.basic_auth(&name, password.expose()),
            None => proxy,
        }))
    }
}

fn finish(builder: ClientBuilder) -> Result<Client, HttpClientError> {
    builder.build().map_err(|error| HttpClientError::Tls(error.without_url()))
}

/// Why an HTTP client could not be built, or a certificate could not be fetched. No message holds a credential.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpClientError {
    /// The proxy's URL cannot be used.
    #[error(
        "the proxy's URL is not of the form http://host:port or https://host:port; it must begin with http:// or https://"
    )]
    ProxyUrl,
    /// The proxy's URL carries a user name or password.
    #[error("the proxy's URL carries a user name or password; give them separately")]
    ProxyUserInfo,
    /// A root certificate cannot be read.
    #[error("the root certificate is not a readable PEM certificate")]
    RootCertificate,
    /// TLS could not be set up.
    #[error(
        "TLS could not be set up; install root certificates on this machine (the package ca-certificates)"
    )]
    Tls(#[source] reqwest::Error),
    /// A certificate that is to be trusted by itself cannot be read.
    #[error(
        "the certificate to trust is not a readable PEM certificate; give the server's own one, from `-----BEGIN CERTIFICATE-----` to its end"
    )]
    PinnedCertificate,
    /// A certificate that is to be trusted by itself cannot be used.
    #[error("the certificate to trust cannot be used: {0}; give the server another one")]
    UnusableCertificate(#[source] UnusableCertificate),
    /// TLS could not be set up for a certificate that is trusted by itself.
    #[error("TLS could not be set up for a server that is trusted by its certificate")]
    PinnedTls(#[source] rustls::Error),
    /// A certificate is trusted by itself, and the proxy is reached over TLS.
    #[error(
        "a server that is trusted by its certificate cannot be reached through an https:// proxy, because the proxy has another certificate; use the proxy's http:// address, or none"
    )]
    PinnedThroughTlsProxy,
    /// A server without TLS has no certificate.
    #[error("there is no certificate at an http:// address; use the server's https:// address")]
    NoTls,
    /// There is no connection to the server, or no TLS on it.
    #[error("no TLS connection to the server could be made; is it running, and is this its https address?")]
    Unreachable(#[source] reqwest::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_url_with_a_password_is_refused_without_being_quoted() {
        let error =
            HttpClientBuilder::new().proxy("http://user:hunter2@proxy.example:3128", None).unwrap_err();
        assert!(matches!(error, HttpClientError::ProxyUserInfo));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn a_proxy_has_no_path_and_no_query_that_could_be_printed() {
        for rest in ["/hunter2", "/?token=hunter2", "/#hunter2"] {
            let error = HttpClientBuilder::new()
                .proxy(&format!("http://proxy.example:3128{rest}"), None)
                .unwrap_err();
            assert!(matches!(error, HttpClientError::ProxyUrl), "{rest}");
        }
    }

    #[test]
    fn the_proxys_password_is_not_printed() {
        let builder =
            HttpClientBuilder::new().proxy("http://proxy.example:3128", Some(("user", &"hunter2".into())));
        let text = format!("{:?}", builder.unwrap());
        assert!(text.contains("proxy.example") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn an_invalid_root_certificate_is_refused() {
        let error = HttpClientBuilder::new().root_certificates_pem(b"not a certificate").unwrap_err();
        assert!(matches!(error, HttpClientError::RootCertificate));
    }

    #[test]
    fn a_client_without_tls_needs_no_root_certificates() {
        let client = HttpClientBuilder::new().only_given_roots(true).build(Deadlines::default());
        assert!(client.is_ok());
    }
}
