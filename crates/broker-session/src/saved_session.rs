//! A session between two runs of a program.

use std::collections::BTreeMap;

use broker_session_runtime::{AllowedHosts, ErrorKind, Secret, SerializableSecret, parse_url};
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use crate::{Error, core::is_token, hosts::unusable};

/// A session as it is kept between two runs of a program, in one form for every broker.
///
/// Its serialised form holds the session's secrets: keep it where only its owner can read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedSession {
    broker: String,
    user: String,
    base_url: String,
    login_time: Option<Timestamp>,
    #[serde(default, with = "with_offset")]
    expires_at: Option<Zoned>,
    /// By the broker's own names.
    #[serde(deserialize_with = "secrets")]
    secrets: BTreeMap<String, SerializableSecret>,
}

impl SavedSession {
    /// A session of a user, which lives at a base URL.
    pub(crate) fn new(broker: &str, user: impl Into<String>, base_url: &str) -> Self {
        Self {
            broker: broker.to_owned(),
            user: user.into(),
            base_url: base_url.to_owned(),
            login_time: None,
            expires_at: None,
            secrets: BTreeMap::new(),
        }
    }

    /// Sets when it began and when it ends at the latest.
    pub(crate) fn with_times(mut self, login_time: Option<Timestamp>, expires_at: Option<Zoned>) -> Self {
        self.login_time = login_time;
        self.expires_at = expires_at;
        self
    }

    /// Adds a secret, by the broker's own name.
    pub(crate) fn with_secret(mut self, name: &str, secret: &Secret) -> Self {
        self.secrets.insert(name.to_owned(), secret.into());
        self
    }

    /// The broker, by the name of its module.
    pub fn broker(&self) -> &str {
        &self.broker
    }

    /// The user at the broker: the client code or the user name.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The base URL that the session lives at, without a slash at its end.
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
        self.is_over_at(Timestamp::now())
    }

    /// Whether it has ended at a time.
    pub(crate) fn is_over_at(&self, now: Timestamp) -> bool {
        is_over_at(self.expires_at.as_ref(), now)
    }

    /// Where it lives, if it is this broker's and lives at one of the hosts.
    pub(crate) fn home(&self, broker: &str, hosts: &AllowedHosts) -> Result<Url, Error> {
        self.must_be_of(broker)?;
        if self.user.is_empty() {
            return Err(Error::config("the saved session does not name its user"));
        }
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
        if self.broker == broker {
            return Ok(());
        }
        Err(Error::config(format!(
            "the saved session is one with `{}`, so `{broker}` cannot resume it",
            self.broker.escape_default()
        )))
    }

    /// One of the secrets, if a header can carry it.
    pub(crate) fn secret(&self, name: &str) -> Result<SerializableSecret, Error> {
        let secret = self.secrets.get(name).filter(|secret| is_token(secret)).cloned();
        secret.ok_or_else(|| Error::config(format!("the saved session has no `{name}` that can be used")))
    }
}

/// Reads the secrets. serde's own message about a mismatch would quote it.
fn secrets<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, SerializableSecret>, D::Error> {
    let secrets = BTreeMap::deserialize(deserializer);
    secrets.map_err(|_| serde::de::Error::custom("the secrets are not an object of strings"))
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
    is_over_at(end, Timestamp::now())
}

/// Whether an end, as far as it is known, has come by then.
pub(crate) fn is_over_at(end: Option<&Zoned>, now: Timestamp) -> bool {
    end.is_some_and(|end| end.timestamp() <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(expires_at: &str) -> Result<SavedSession, serde_json::Error> {
        serde_json::from_value(serde_json::json!({
            "broker": "made-up",
            "user": "MADE1",
            "base_url": "https://broker.example",
            "login_time": null,
            "expires_at": expires_at,
            "secrets": {},
        }))
    }

    #[test]
    fn a_mismatch_among_the_secrets_is_not_quoted() {
        for secrets in
            ["\"CANARY\"", "[\"CANARY\"]", "{\"token\":[\"CANARY\"]}", "{\"token\":{\"CANARY\":1}}"]
        {
            let text = format!(
                "{{\"broker\":\"made-up\",\"user\":\"MADE1\",\"base_url\":\"https://broker.example\",\"secrets\":{secrets}}}"
            );
            let error = serde_json::from_str::<SavedSession>(&text).unwrap_err().to_string();
            assert!(error.contains("object of strings") && !error.contains("CANARY"), "{error}");
        }
    }

    #[test]
    fn the_end_of_a_saved_session_keeps_its_offset() {
        for text in
            ["2021-09-01T00:00:00+05:30", "2021-08-31T18:30:00+00:00", "2021-08-31T18:30:00.125+00:00"]
        {
            let saved = saved(text).unwrap();
            assert!(saved.is_expired());
            let json = serde_json::to_value(&saved).unwrap();
            assert_eq!(json["expires_at"], text);
            assert_eq!(serde_json::from_value::<SavedSession>(json).unwrap(), saved);
        }
        for text in ["", "tomorrow", "2021-09-01T00:00:00"] {
            assert!(saved(text).is_err(), "{text}");
        }
    }
}
