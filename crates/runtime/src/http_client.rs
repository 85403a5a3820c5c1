//! The HTTP client underneath, with the settings that make the rules hold.
//!
//! reqwest's defaults follow redirects with every custom header, and a generated client's own constructor
//! keeps them. So the client is built here and nowhere else: no redirects, no retries of its own, TLS
//! always verified, no proxy but the one the caller names.

use reqwest::{Certificate, Client, Proxy, redirect, retry, tls::Version};
use url::Url;

use crate::{Deadlines, Secret, is_loopback};

/// Builds the HTTP client.
#[derive(Clone, Debug, Default)]
pub struct HttpClientBuilder {
    // Not reqwest's type: that one prints the password in its Debug.
    proxy: Option<ProxyServer>,
    root_certificates: Vec<Certificate>,
    only_given_roots: bool,
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
    /// end to end and is verified as ever.
    ///
    /// # Errors
    /// If the URL is none, or carries a user name or password: give them separately, so that they are
    /// never part of a URL.
    pub fn proxy(mut self, url: &str, user: Option<(&str, &Secret)>) -> Result<Self, HttpClientError> {
        let parsed = Url::parse(url).map_err(|_| HttpClientError::ProxyUrl)?;
        if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
            return Err(HttpClientError::ProxyUrl);
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(HttpClientError::ProxyUserInfo);
        }
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
    /// If the PEM text holds no certificate, or one that cannot be read.
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

    /// Builds the client. The deadlines hold for the program's own requests as well, unless they set others.
    ///
    /// # Errors
    /// If the platform has no root certificates, or TLS cannot be set up.
    pub fn build(self, deadlines: Deadlines) -> Result<Client, HttpClientError> {
        let builder = Client::builder()
            .user_agent(concat!("broker-session/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(deadlines.connect)
            .timeout(deadlines.total)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .tls_version_min(Version::TLS_1_2)
            .no_proxy();
        let builder = match self.only_given_roots {
            true => builder.tls_certs_only(self.root_certificates),
            false => builder.tls_certs_merge(self.root_certificates),
        };
        let builder = match self.proxy {
            Some(ProxyServer { url, user }) => {
                let proxy = Proxy::all(url).map_err(|_| HttpClientError::ProxyUrl)?;
                builder.proxy(match user {
                    Some((name, password)) => proxy.basic_auth(&name, password.expose()),
                    None => proxy,
                })
            }
            None => builder,
        };
        builder.build().map_err(|error| HttpClientError::Tls(error.without_url()))
    }
}

/// Why an HTTP client could not be built. No message holds a credential.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpClientError {
    /// The proxy's URL cannot be used.
    #[error("the proxy's URL is not of the form http://host:port or https://host:port")]
    ProxyUrl,
    /// The proxy's URL carries a user name or password.
    #[error("the proxy's URL carries a user name or password; give them separately")]
    ProxyUserInfo,
    /// A root certificate cannot be read.
    #[error("the root certificate is not a readable PEM certificate")]
    RootCertificate,
    /// TLS could not be set up.
    #[error(
        "TLS could not be set up; does this machine have root certificates (the package ca-certificates)?"
    )]
    Tls(#[source] reqwest::Error),
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
    fn the_proxys_password_is_not_printed() {
        let builder =
            HttpClientBuilder::new().proxy("http://proxy.example:3128", Some(("user", &"hunter2".into())));
        let text = format!("{:?}", builder.unwrap());
        assert!(text.contains("proxy.example") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn something_that_is_no_certificate_is_refused() {
        let error = HttpClientBuilder::new().root_certificates_pem(b"not a certificate").unwrap_err();
        assert!(matches!(error, HttpClientError::RootCertificate));
    }

    #[test]
    fn a_client_without_tls_needs_no_root_certificates() {
        let client = HttpClientBuilder::new().only_given_roots(true).build(Deadlines::default());
        assert!(client.is_ok());
    }
}
