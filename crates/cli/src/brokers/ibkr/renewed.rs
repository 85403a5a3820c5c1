//! A token of OAuth that a command has renewed is written back into the store: the broker gives few, and the next run
//! would ask for one more.

use broker_session::{SavedSession, ibkr::Client};
use jiff::Timestamp;

use super::settings::GatewaySettings;
use crate::{
    output::Output,
    store::{Entry, Store},
};

/// Watches the token of a client.
pub(super) struct Renewals<'a> {
    client: &'a Client,
    settings: &'a GatewaySettings,
    store: &'a Store,
    output: Output,
    /// The session with the token that the store has, as far as this run knows.
    stored: SavedSession,
}

impl<'a> Renewals<'a> {
    /// Begins with the token of the stored session, which the client has.
    pub(super) fn watch(
        client: &'a Client,
        settings: &'a GatewaySettings,
        store: &'a Store,
        output: Output,
    ) -> Self {
        Self { client, settings, store, output, stored: client.unverified_session().save() }
    }

    /// Stores the token, if the client has another one by now. Without that the session can be used all the same, so a
    /// store that cannot be written is a warning.
    pub(super) fn store(&mut self) {
        if !self.client.has_oauth() {
            return;
        }
        let session = self.client.unverified_session().save();
        // Without a token that is still good there is no end.
        if session == self.stored || session.expires_at().is_none() {
            return;
        }
        let profile = self.settings.profile().to_owned();
        let entry = Entry { profile, stored_at: Timestamp::now(), pending: false, session: session.clone() };
        if let Err(failure) = self.store.put(entry) {
            let note = "The new token is not stored, so the next run asks for another one.";
            self.output.warn(&format!("{failure} {note}"));
        }
        self.stored = session;
    }
}
