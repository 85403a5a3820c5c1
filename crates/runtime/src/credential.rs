//! What a caller identifies itself with.
//!
//! The spec says which security schemes an operation needs; the caller gives one credential per scheme,
//! and the transport puts the two together.

use http::{HeaderName, HeaderValue, header::AUTHORIZATION};
use zeroize::Zeroizing;

use crate::{
    Secret, SecurityScheme, SecuritySchemeKind,
    wiped::{base64, joined},
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
    /// The header that carries this credential for `scheme`, marked as sensitive; an error says what does
    /// not fit, without the value.
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
                    "the credential for `{}` is not of the kind the spec asks for",
                    scheme.name
                ));
            }
        };
        let value = secret.header().map_err(|_| {
            format!("the credential for `{}` has characters that no header may have", scheme.name)
        })?;
        Ok((name, value))
    }

    /// Its secret parts, and what it travels as, for removing them from a text.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        match self {
            Self::Token(token) => vec![token.clone()],
            Self::Basic { username, password } => {
                vec![username.clone(), password.clone(), Secret::from(pair(username, password))]
            }
        }
    }
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
