//! What another program needs for requests with a session: where they go, and their headers. It is documented in the
//! README, and other programs read it, so that a name never changes its meaning.

use broker_session::{Secret, Session};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{failure::Failure, provided::Obtained};

/// The version of the object.
const VERSION: u32 = 1;

/// The first part of the names of all variables.
const PREFIX: &str = "BROKER_SESSION_";

/// The first part of the name of a header's variable.
pub(crate) const HEADER_PREFIX: &str = "BROKER_SESSION_HEADER_";

/// The variables of a program besides those of headers.
pub(crate) const VARIABLES: [(&str, &str); 7] = [
    ("BROKER_SESSION_BROKER", "The broker, as on the command line."),
    ("BROKER_SESSION_USER", "The user at the broker, if it is known."),
    ("BROKER_SESSION_BASE_URL", "What the paths of requests are below."),
    ("BROKER_SESSION_EXPIRES_AT", "When the session ends at the latest (RFC 3339), if it is known."),
    ("BROKER_SESSION_HEADERS", "The headers of each request, a JSON object."),
    ("BROKER_SESSION_PROXY_URL", "With --proxy: where the proxy is. The base URL is below it."),
    (
        "BROKER_SESSION_PROXY_TOKEN",
        "With --proxy: the bearer token that it wants, which is in the headers, too.",
    ),
];

/// What requests with a session need.
pub(crate) struct Access {
    broker: &'static str,
    user: Option<String>,
    base_url: String,
    headers: Vec<(String, Secret)>,
    expires_at: Option<Timestamp>,
    number: Option<u64>,
}

impl Access {
    /// Requests to the broker.
    ///
    /// # Errors
    /// If the session cannot be put on a request.
    pub(crate) fn of(obtained: &Obtained) -> Result<Self, Failure> {
        let headers = headers(&obtained.session)?;
        Ok(Self::at(obtained, obtained.session.base_url(), headers))
    }

    /// Requests to a proxy at this base URL, which wants a bearer token.
    pub(crate) fn through(obtained: &Obtained, base_url: &str, token: &Secret) -> Self {
        let bearer = Secret::new(format!("Bearer {}", token.expose()));
        Self::at(obtained, base_url, vec![("Authorization".to_owned(), bearer)])
    }

    fn at(obtained: &Obtained, base_url: &str, headers: Vec<(String, Secret)>) -> Self {
        let session = &obtained.session;
        Self {
            broker: session.broker(),
            user: Some(session.user().to_owned()).filter(|user| !user.is_empty()),
            base_url: base_url.to_owned(),
            headers,
            // A token of OAuth has an end of its own, which the session itself does not know.
            expires_at: session.save().expires_at().map(|end| end.timestamp()),
            number: session.number(),
        }
    }

    /// The object for other programs.
    pub(crate) fn to_json(&self) -> Secret {
        let object = json!({
            "version": VERSION,
            "broker": self.broker,
            "user": self.user,
            "base_url": self.base_url,
            "headers": self.headers_object(),
            "expires_at": self.expires_at.map(|end| end.to_string()),
            "number": self.number,
        });
        Secret::new(object.to_string())
    }

    /// The headers alone, as they stand in a request.
    pub(crate) fn header_lines(&self) -> Secret {
        let lines = self.headers.iter().map(|(name, value)| format!("{name}: {}", value.expose()));
        Secret::new(lines.collect::<Vec<_>>().join("\n"))
    }

    /// The variables of a program.
    pub(crate) fn variables(&self) -> Vec<(String, Secret)> {
        let named =
            |name: &str, value: Option<String>| Some((format!("{PREFIX}{name}"), Secret::new(value?)));
        let of_session = [
            named("BROKER", Some(self.broker.to_owned())),
            named("USER", self.user.clone()),
            named("BASE_URL", Some(self.base_url.clone())),
            named("EXPIRES_AT", self.expires_at.map(|end| end.to_string())),
            named("HEADERS", Some(self.headers_object().to_string())),
        ];
        let of_headers = self.headers.iter().map(|(name, value)| {
            (format!("{HEADER_PREFIX}{}", name.to_ascii_uppercase().replace('-', "_")), value.clone())
        });
        of_session.into_iter().flatten().chain(of_headers).collect()
    }

    fn headers_object(&self) -> Value {
        let headers = self.headers.iter().map(|(name, value)| (name.clone(), json!(value.expose())));
        Value::Object(headers.collect::<Map<_, _>>())
    }
}

/// The headers that the session puts on a request.
fn headers(session: &Session) -> Result<Vec<(String, Secret)>, Failure> {
    let request = session.authorize(session.http().get(session.base_url()))?.build();
    let request = request.map_err(|error| {
        Failure::other(format!("the session cannot be put on a request: {}.", error.without_url()))
    })?;
    let pairs = request.headers().iter().map(|(name, value)| {
        let value = value.to_str().map_err(|_| {
            Failure::other(format!(
                "the header {name} of the session is not text, so it cannot be handed on."
            ))
        })?;
        Ok((capitalised(name.as_str()), Secret::from(value)))
    });
    pairs.collect()
}

/// `neo-fin-key` as `Neo-Fin-Key`. Case has no meaning in the name of a header; this is what people write.
fn capitalised(name: &str) -> String {
    let part = |part: &str| {
        let (first, rest) = part.split_at_checked(1).unwrap_or(("", part));
        first.to_ascii_uppercase() + rest
    };
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_headers_are_written_as_people_do() {
        let names = [("auth", "Auth"), ("neo-fin-key", "Neo-Fin-Key"), ("x--y", "X--Y"), ("", "")];
        for (name, expected) in names {
            assert_eq!(capitalised(name), expected);
        }
    }
}
