//! A token of OAuth that a command has renewed is written back into the store: the broker gives few, and the next run
//! would ask for one more.

use broker_session::{ErrorKind, SavedSession, SharedSession, ibkr::Client};

use super::settings::GatewaySettings;
use crate::{failure::Failure, output::Output, store::SessionStore};

/// Watches the token of a client.
pub(super) struct Renewals<'a> {
    client: &'a Client,
    shared: SharedSession,
    profile: &'a str,
    output: Output,
    /// The session with the token that the store has, as far as this run knows.
    stored: SavedSession,
    /// The number of that session; that of the first one if there is none.
    number: u64,
}

impl<'a> Renewals<'a> {
    /// Begins with the token of the stored session, which the client has.
    pub(super) async fn watch(
        client: &'a Client,
        settings: &'a GatewaySettings,
        store: &SessionStore,
        output: Output,
    ) -> Result<Self, Failure> {
        let shared = client.shared_session(store.shared());
        // At a gateway there is no token.
        let known = if client.has_oauth() { shared.load().await? } else { None };
        let number = known.map_or(0, |stored| stored.number());
        let stored = client.unverified_session().save();
        Ok(Self { client, shared, profile: settings.profile(), output, stored, number })
    }

    /// Stores the token, if the client has another one by now; not if another run has stored a newer one, or has signed
    /// out. Without that the session can be used all the same, so a store that cannot be written is a warning.
    pub(super) async fn store(&mut self) {
        if !self.client.has_oauth() {
            return;
        }
        let session = self.client.unverified_session().save();
        // Without a token that is still good there is no end.
        if session == self.stored || session.expires_at().is_none() {
            return;
        }
        match self.shared.put_back(&session, self.number, Some(self.profile)).await {
            Ok(stored) => self.number = stored.number(),
            // Nobody revives what was signed out.
            Err(error) if error.kind() == ErrorKind::SessionExpired => {}
            Err(error) => {
                let note = "The new token is not stored, so the next run asks for another one.";
                self.output.warn(&format!("{error} {note}"));
            }
        }
        self.stored = session;
    }
}
