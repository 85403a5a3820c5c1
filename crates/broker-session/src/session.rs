//! The common ground of the brokers: what a program can do with a session, whichever broker's it is.
//!
//! How a user signs in differs from broker to broker, and so do the types for it. What comes afterwards is the same
//! everywhere: put the session on a request, know when it ends, keep it until the next run of the program, sign out.

use std::{collections::BTreeMap, fmt, pin::Pin};

use broker_session_runtime::{AllowedHosts, Api, Environment, ErrorKind, Secret, is_loopback, parse_url};
use jiff::{Timestamp, Zoned};
use reqwest::RequestBuilder;
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use crate::{
    Error,
    connection::{allow_own, unusable},
};

/// A session with any broker.
///
/// ```no_run
/// use broker_session::{Error, Session};
///
/// async fn orders(session: &dyn Session) -> Result<(), Error> {
///     if session.is_expired() {
///         println!("The session with {} is over.", session.broker());
///     }
///     let url = format!("{}/orders", session.base_url());
///     let request = session.authorize(session.http().get(url))?;
///     let answer = request.send().await;
///     println!("{}", answer.map_or_else(|error| error.to_string(), |answer| answer.status().to_string()));
///     Ok(())
/// }
/// ```
pub trait Session: fmt::Debug + Send + Sync {
    /// What takes a saved session up again.
    type Client
    where
        Self: Sized;

    /// Takes a saved session up again. Nothing is sent; whether it is still alive shows at its next use.
    ///
    /// # Errors
    /// `Config` if it is another broker's session or a part of it is missing, `HostNotAllowed` if it lives at a host
    /// that the client does not allow.
    fn resume(client: &Self::Client, saved: SavedSession) -> Result<Self, Error>
    where
        Self: Sized;

    /// The broker, by the name of its module and feature.
    fn broker(&self) -> &'static str;

    /// The user at the broker, as far as it is known.
    fn user(&self) -> Option<String>;

    /// The base URL that the session lives at, without a slash at its end.
    fn base_url(&self) -> &str;

    /// When the user signed in, as far as it is known.
    fn login_time(&self) -> Option<Timestamp>;

    /// When the session ends at the latest, as far as it is known, in the broker's time zone. The broker may end it
    /// earlier.
    fn expires_at(&self) -> Option<Zoned>;

    /// Whether the session has ended by the clock of this machine. One whose end is not known has not.
    fn is_expired(&self) -> bool {
        is_over(self.expires_at().as_ref())
    }

    /// An HTTP client for the program's own requests, with the same connection settings. It follows no redirects, so
    /// that what [`Session::authorize`] adds stays where it was sent.
    fn http(&self) -> &reqwest::Client;

    /// Puts the session on a request of the program: headers that are marked as sensitive.
    ///
    /// # Errors
    /// `HostNotAllowed` if the request goes to a host that is not on the list, or without TLS; `Config` if the
    /// request cannot be built.
    fn authorize(&self, request: RequestBuilder) -> Result<RequestBuilder, Error>;

    /// What is needed to take the session up again in another run.
    fn save(&self) -> SavedSession;

    /// Ends the session at the broker.
    ///
    /// # Errors
    /// `SessionExpired` if it was over before, and what any call may meet; the session may then still be alive.
    fn sign_out(self: Box<Self>) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;
}

/// A session as it is kept between two runs of a program, in one form for every broker.
///
/// Its serialised form holds the session's secrets: keep it where only its owner can read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedSession {
    broker: String,
    user: Option<String>,
    base_url: String,
    login_time: Option<Timestamp>,
    #[serde(default, with = "with_offset")]
    expires_at: Option<Zoned>,
    /// By the broker's own names.
    #[serde(deserialize_with = "secrets")]
    secrets: BTreeMap<String, Secret>,
}

impl SavedSession {
    pub(crate) fn of(session: &impl Session, secrets: &[(&str, &Secret)]) -> Self {
        Self {
            broker: session.broker().to_owned(),
            user: session.user(),
            base_url: session.base_url().to_owned(),
            login_time: session.login_time(),
            expires_at: session.expires_at(),
            secrets: secrets.iter().map(|(name, secret)| ((*name).to_owned(), (*secret).clone())).collect(),
        }
    }

    /// The broker, by the name of its module.
    pub fn broker(&self) -> &str {
        &self.broker
    }

    /// The user at the broker, as far as it is known.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The base URL that the session lives at.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// When the user signed in, as far as it is known.
    pub fn login_time(&self) -> Option<Timestamp> {
        self.login_time
    }

    /// When the session ends at the latest, as far as it is known, in the broker's time zone.
    pub fn expires_at(&self) -> Option<&Zoned> {
        self.expires_at.as_ref()
    }

    /// Whether the session has ended by the clock of this machine. One whose end is not known has not.
    pub fn is_expired(&self) -> bool {
        is_over(self.expires_at.as_ref())
    }

    /// Whether it lives at one of the broker's own hosts in an environment, below a domain of the broker's or on loopback,
    /// so that nobody has to vouch for the host.
    pub fn has_known_home(&self, api: &Api, environment: Environment) -> bool {
        let mut own = AllowedHosts::new();
        let mut is_own =
            || allow_own(&mut own, api, environment).is_ok() && own.check_named(&self.base_url).is_ok();
        parse_url(&self.base_url).is_ok_and(|home| is_loopback(&home) || is_own())
    }

    /// Where it lives, if it is this broker's and lives at one of the hosts.
    pub(crate) fn home(&self, broker: &str, hosts: &AllowedHosts) -> Result<Url, Error> {
        self.must_be_of(broker)?;
        let url = parse_url(&self.base_url);
        // Without a scheme it is a mistake, and no host; a session that lives nowhere has none either way.
        if let (Err(error), false) = (&url, self.base_url.is_empty()) {
            return Err(unusable("the base URL of the saved session", error));
        }
        hosts.check_named(&self.base_url).map_err(|error| {
            let url = error.url().filter(|url| hosts.could_allow(url)).cloned();
            Error::new(ErrorKind::HostNotAllowed, format!("the saved session cannot be used: {error}"))
                .with_refused_url(url)
                .unsent()
        })
    }

    /// Refuses the sessions of other brokers.
    pub(crate) fn must_be_of(&self, broker: &str) -> Result<(), Error> {
        match self.broker == broker {
            true => Ok(()),
            false => Err(Error::config(format!(
                "the saved session is one with `{}`, so `{broker}` cannot take it up",
                self.broker.escape_default()
            ))),
        }
    }

    /// One of the secrets, if a header can carry it.
    pub(crate) fn secret(&self, name: &str) -> Result<Secret, Error> {
        let secret = self.secrets.get(name).filter(|secret| is_token(secret)).cloned();
        secret.ok_or_else(|| Error::config(format!("the saved session has no `{name}` that can be used")))
    }

    /// The user that it must have.
    pub(crate) fn needed_user(&self) -> Result<String, Error> {
        let user = self.user.clone().filter(|user| !user.is_empty());
        user.ok_or_else(|| Error::config("the saved session does not say whose it is"))
    }
}

/// Reads the secrets. What serde says of a misfit would quote it.
fn secrets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Secret>, D::Error> {
    let secrets = BTreeMap::deserialize(deserializer);
    secrets.map_err(|_| serde::de::Error::custom("the secrets are no object of texts"))
}

/// A time with its offset from UTC, as RFC 3339 writes it. The name of a zone would need a time zone database to be read.
mod with_offset {
    use jiff::{
        Timestamp, Zoned,
        fmt::temporal::Pieces,
        tz::{Offset, TimeZone},
    };
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(time: &Option<Zoned>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.collect_str(&time.timestamp().display_with_offset(time.offset())),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Zoned>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let timestamp: Timestamp = text.parse().map_err(D::Error::custom)?;
        let offset =
            Pieces::parse(&text).map_err(D::Error::custom)?.to_numeric_offset().unwrap_or(Offset::UTC);
        Ok(Some(timestamp.to_zoned(TimeZone::fixed(offset))))
    }
}

/// Whether a time has come by the clock of this machine.
pub(crate) fn is_over(end: Option<&Zoned>) -> bool {
    end.is_some_and(|end| end.timestamp() <= Timestamp::now())
}

/// Whether a header can carry it as it is.
pub(crate) fn is_token(secret: &Secret) -> bool {
    !secret.is_empty() && secret.expose().bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(expires_at: &str) -> Result<SavedSession, serde_json::Error> {
        serde_json::from_value(serde_json::json!({
            "broker": "made-up",
            "user": null,
            "base_url": "https://broker.example",
            "login_time": null,
            "expires_at": expires_at,
            "secrets": {},
        }))
    }

    #[test]
    fn a_misfit_among_the_secrets_is_not_quoted() {
        for secrets in
            ["\"CANARY\"", "[\"CANARY\"]", "{\"token\":[\"CANARY\"]}", "{\"token\":{\"CANARY\":1}}"]
        {
            let text = format!(
                "{{\"broker\":\"made-up\",\"base_url\":\"https://broker.example\",\"secrets\":{secrets}}}"
            );
            let error = serde_json::from_str::<SavedSession>(&text).unwrap_err().to_string();
            assert!(!error.contains("CANARY"), "{error}");
        }
    }

    #[test]
    fn the_end_of_a_saved_session_keeps_its_offset() {
        for text in
            ["2021-09-01T00:00:00+05:30", "2021-08-31T18:30:00+00:00", "2021-08-31T18:30:00.125+00:00"]
        {
            let saved = saved(text).unwrap();
            assert!(saved.is_expired());
            assert_eq!(serde_json::to_value(&saved).unwrap()["expires_at"], text);
            assert_eq!(
                serde_json::from_value::<SavedSession>(serde_json::to_value(&saved).unwrap()).unwrap(),
                saved
            );
        }
        for text in ["", "tomorrow", "2021-09-01T00:00:00"] {
            assert!(saved(text).is_err(), "{text}");
        }
    }
}
