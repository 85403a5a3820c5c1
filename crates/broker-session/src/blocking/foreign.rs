//! The blocking forms of what comes from other crates.

use broker_session_runtime::ErrorKind;
use bytes::Bytes;
use reqwest::Response;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use super::{Blocking, block_on};
use crate::Error;

/// A response to a program's own request. Its body is in memory.
impl Blocking<Response> {
    /// The body.
    ///
    /// # Errors
    /// Those of [`block_on`].
    pub fn bytes(self) -> Result<Bytes, Error> {
        block_on(self.0.bytes())?.map_err(unreadable)
    }

    /// The body as a string.
    ///
    /// # Errors
    /// Those of [`block_on`].
    pub fn text(self) -> Result<String, Error> {
        block_on(self.0.text())?.map_err(unreadable)
    }

    /// The body as a value, from JSON.
    ///
    /// # Errors
    /// `Protocol` if it is something else, and those of [`block_on`].
    pub fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        let body = self.bytes()?;
        serde_json::from_slice(&body).map_err(|error| {
            // Its own words may repeat a part of the body.
            let (line, column) = (error.line(), error.column());
            let what = "the body of the response is not the JSON that the program reads";
            Error::in_success(ErrorKind::Protocol, format!("{what} (line {line}, column {column})"))
        })
    }
}

fn unreadable(error: reqwest::Error) -> Error {
    let what = "the body of the response cannot be read";
    Error::in_success(ErrorKind::Protocol, what).caused_by(error.without_url())
}

/// A channel with the state of a provider or supervisor.
impl<T> Blocking<watch::Receiver<T>> {
    /// Waits for a change that was not seen yet.
    ///
    /// # Errors
    /// `Unavailable` if there will be none, because the provider or supervisor has ended; and those of [`block_on`].
    pub fn changed(&mut self) -> Result<(), Error> {
        block_on(self.0.changed())?.map_err(|_| {
            let what = "there are no more changes to wait for, because what reported them has ended";
            Error::new(ErrorKind::Unavailable, what).lasting()
        })
    }
}
