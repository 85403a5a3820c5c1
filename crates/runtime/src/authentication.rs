//! How a caller identifies itself.
//!
//! The spec defines which security schemes an operation needs, and the caller gives one credential per scheme. A broker
//! may also accept headers that its spec does not describe: a signature (OAuth 1.0a, RFC 5849) or a cookie. The caller
//! defines how a signature is made. It holds a nonce, so the transport makes a new one for every attempt.

use std::pin::Pin;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::AUTHORIZATION};
use reqwest::Request;
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

use crate::{
    Failure, Secret, SecurityScheme, SecuritySchemeKind,
    zeroizing::{base64, joined},
};

/// The value of one security scheme.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A token or a key.
    Token(Secret),
    /// A user name and a password, for `Authorization: Basic`.
    Basic {
        /// The user name.
        username: Secret,
        /// The password.
        password: Secret,
    },
}

impl Credential {
    /// The header that carries this credential for `scheme`, marked as sensitive.
    ///
    /// # Errors
    /// If the credential is of another kind, or cannot stand in a header; the message does not hold it.
    pub(crate) fn header(&self, scheme: &SecurityScheme) -> Result<(HeaderName, HeaderValue), String> {
        let (name, secret) = match (&scheme.kind, self) {
            (SecuritySchemeKind::Bearer, Self::Token(token)) => {
                (AUTHORIZATION, Secret::from(joined(&["Bearer ", token.expose()])))
            }
            (SecuritySchemeKind::Basic, Self::Basic { username, password }) => {
                (AUTHORIZATION, Secret::from(joined(&["Basic ", &pair(username, password)])))
            }
            (SecuritySchemeKind::Header(name), Self::Token(token)) => {
                let name = HeaderName::from_bytes(name.as_bytes())
                    .map_err(|_| format!("the spec names `{name}`, which is not the name of a header"))?;
                (name, token.clone())
            }
            _ => {
                return Err(format!(
                    "the credential for `{}` is not of the kind that the spec requires",
                    scheme.name
                ));
            }
        };
        let value = secret.header().map_err(|_| {
            format!("the credential for `{}` has characters that no header may have", scheme.name)
        })?;
        Ok((name, value))
    }

    /// Its secret parts, plain and encoded.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        match self {
            Self::Token(token) => vec![token.clone()],
            Self::Basic { username, password } => {
                vec![username.clone(), password.clone(), Secret::from(pair(username, password))]
            }
        }
    }
}

/// What a [`Signer`] does before and after an attempt.
pub type SignerFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// Signs requests.
pub trait Signer: Send + Sync {
    /// The headers that sign this request. Called for every attempt.
    ///
    /// # Errors
    /// Why it cannot be signed. The message is shown to the user, so it must not hold a secret.
    fn sign(&self, request: &Request) -> Result<Vec<(HeaderName, Secret)>, String>;

    /// Whether what [`Signer::sign`] returns is good for one request, and what is secret in it beyond that is among the
    /// client's secrets already. So it is forgotten soon. By default it is not.
    fn is_one_time(&self) -> bool {
        false
    }

    /// Gets what the next signature needs, like a token. Awaited before every attempt, within the deadline of the call. It
    /// may replace the host of the URL by another one of the same API. By default nothing is needed.
    ///
    /// # Errors
    /// Why there is none; the call then fails with it, and is not sent.
    fn prepare<'a>(&'a self, url: &'a mut Url) -> SignerFuture<'a, ()> {
        let _ = url;
        Box::pin(async { Ok(()) })
    }

    /// Whether a new signature may be accepted, where the response to an attempt that left at `sent` has the status 401
    /// or 410. Then the attempt is made once more. Awaited once for each call. By default nothing helps.
    ///
    /// # Errors
    /// Why there is no other signature; the call then fails with it.
    fn renew(&self, status: StatusCode, sent: Instant) -> SignerFuture<'_, bool> {
        let _ = (status, sent);
        Box::pin(async { Ok(false) })
    }
}

/// Puts headers on a request, marked as sensitive, in place of others of the same name.
///
/// # Errors
/// If a value cannot stand in a header; then none is set. The message does not hold it.
pub(crate) fn put_headers<'a>(
    headers: &mut HeaderMap,
    supplied: impl IntoIterator<Item = &'a (HeaderName, Secret)>,
) -> Result<(), String> {
    let values = supplied.into_iter().map(|(name, secret)| {
        let value = secret.header().map_err(|_| {
            format!("the value given for the header `{name}` has characters that no header may have")
        })?;
        Ok((name.clone(), value))
    });
    let values: Vec<_> = values.collect::<Result<_, String>>()?;
    for (name, value) in values {
        headers.insert(name, value);
    }
    Ok(())
}

/// A user name and a password as RFC 7617 encodes them.
fn pair(username: &Secret, password: &Secret) -> Zeroizing<String> {
    base64(&joined(&[username.expose(), ":", password.expose()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_encoded_as_rfc_7617_says() {
        let scheme = SecurityScheme { name: "consumer", kind: SecuritySchemeKind::Basic, secret: true };
        let credential = Credential::Basic { username: "Aladdin".into(), password: "open sesame".into() };
        let (name, value) = credential.header(&scheme).unwrap();
        assert_eq!((name, value.to_str().unwrap()), (AUTHORIZATION, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert!(value.is_sensitive());
    }

    #[test]
    fn a_line_break_is_refused_without_being_quoted() {
        let scheme = SecurityScheme { name: "accessToken", kind: SecuritySchemeKind::Bearer, secret: true };
        let error = Credential::Token("hunter2\r\nX-Evil: 1".into()).header(&scheme).unwrap_err();
        assert!(error.contains("accessToken") && !error.contains("hunter2"), "{error}");
    }
}
