//! One token of OAuth for all programs that share a store: one gets it, and all use it, also the next one.
//!
//! Which of two tokens is the newer one is decided by the number that the store gives them, never by a clock.

use std::time::Duration;

use broker_session_runtime::ErrorKind;
use tokio::time::Instant;

use super::{
    authorization::{Authorization, Token},
    builder::Ibkr,
    session::SavedToken,
};
use crate::{
    Error, SavedSession, SharedSession,
    builder::sealed::Broker,
    clock::Clock,
    shared_session::{Lease, Seen, StoredSession, Turn, Wanted},
};

/// How long a call waits for another program that gets a token.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a token is offered to a store that could not be used.
const WRITE_INTERVAL: Duration = Duration::from_secs(5);

impl Authorization {
    /// Shares the token from now on, unless it is shared.
    pub(super) fn share(&self, shared: SharedSession) {
        // The first store wins.
        if self.shared.set(shared).is_ok() {
            self.token.change(|token| token.iter_mut().for_each(|token| token.is_unwritten = true));
        }
    }

    /// Gets a token, also if the session was signed out before.
    pub(super) async fn sign_in(&self) -> Result<(), Error> {
        self.forget_failure();
        if let Some(shared) = self.shared.get()
            && let Err(error) = self.compare(shared).await
        {
            tracing::debug!(%error, "the store cannot be asked for the token");
        }
        if self.token().is_some() {
            return Ok(self.ensure().await?);
        }
        let is_good = |token: &Token| token.ends_at > Clock.now();
        self.renewed_since(is_good, false, Some(Wanted::any())).await?;
        Ok(())
    }

    /// Notes for everybody that the session was signed out.
    pub(super) async fn sign_out(&self) -> Result<(), Error> {
        let Some(shared) = self.shared.get() else { return Ok(()) };
        // The brokerage session is one, whichever token has opened it; and a tombstone needs something to replace.
        self.compare(shared).await?;
        let number = self.number.get().unwrap_or_default();
        shared.sign_out(number).await?;
        self.number.set(Some(number));
        self.token.set(None);
        Ok(())
    }

    /// Lets a session begin again that was signed out: somebody has asked for it.
    pub(super) fn allow_revival(&self) {
        if self.token.get().is_none() {
            self.forget_failure();
            self.number.set(None);
        }
    }

    /// Takes the newer token that the store has, or gets the one that is wanted.
    pub(super) async fn obtain_shared(
        &self,
        shared: &SharedSession,
        wanted: Option<Wanted>,
    ) -> Result<Token, Error> {
        if !self.grant().can_exchange() {
            let newer = self.newer(shared, self.number.get().unwrap_or_default()).await?;
            return match newer {
                Some(token) => Ok(token),
                None => self.exchange().await,
            };
        }
        let mut wanted = wanted.unwrap_or_else(|| self.number.get().map_or(Wanted::any(), Wanted::after));
        loop {
            let stored = match shared.lease(wanted, PATIENCE).await? {
                Turn::Stored(stored) => stored,
                Turn::Lease(lease) => return self.exchange_with(lease).await,
            };
            let token = self.token_of(&stored)?;
            if self.can_use(&token) {
                return Ok(token);
            }
            wanted = Wanted::after(stored.number());
        }
    }

    async fn exchange_with(&self, lease: Lease) -> Result<Token, Error> {
        let mut token = match self.exchange().await {
            Ok(token) => token,
            Err(error) => {
                lease.fail(&error).await;
                return Err(error);
            }
        };
        token.number = lease.number().await;
        match lease.finish(&self.saved(&token)?, None).await {
            Ok(stored) => token.number = stored.number(),
            Err(error) => {
                tracing::warn!(%error, "the token is not stored yet, so only this process has it");
                token.is_unwritten = true;
            }
        }
        Ok(token)
    }

    /// Takes over the token by which another program has replaced this one. Returns whether there is one.
    pub(super) async fn take_newer(&self, number: u64) -> bool {
        let Some(shared) = self.shared.get() else { return false };
        match self.newer(shared, number).await {
            Ok(Some(token)) => {
                self.take(token);
                true
            }
            _ => false,
        }
    }

    /// A token that is newer than the one with this number, and can be used.
    async fn newer(&self, shared: &SharedSession, number: u64) -> Result<Option<Token>, Error> {
        match shared.look(number).await? {
            Seen::Newer(stored) => Ok(Some(self.token_of(&stored)?).filter(|token| self.can_use(token))),
            Seen::SignedOut => {
                let what =
                    "the session was signed out, and this client has no OAuth credentials to begin another";
                Err(Error::new(ErrorKind::SessionExpired, what).unsent())
            }
            Seen::Same | Seen::Missing => Ok(None),
        }
    }

    /// Stores a token in the background that the store lacks, if it is time.
    pub(super) fn write_back(&self, token: &Token) {
        let is_due = token.is_unwritten
            && self.offered.change(|offered| {
                let is_due = offered.is_none_or(|at| at.elapsed() >= WRITE_INTERVAL);
                if is_due {
                    *offered = Some(Instant::now());
                }
                is_due
            });
        let Some(this) = self.this.upgrade().filter(|_| is_due) else { return };
        tokio::spawn(async move {
            if let Some(shared) = this.shared.get()
                && let Err(error) = this.compare(shared).await
            {
                tracing::debug!(%error, "the token still cannot be stored");
            }
        });
    }

    /// Makes the token in memory and the one in the store the same.
    async fn compare(&self, shared: &SharedSession) -> Result<(), Error> {
        let Some(token) = self.token() else { return Ok(()) };
        let seen = shared.look(token.number).await?;
        match seen {
            Seen::Newer(stored) => self.take(self.token_of(&stored)?),
            Seen::SignedOut => self.token.set(None),
            Seen::Same if !token.is_unwritten => {}
            Seen::Same | Seen::Missing => {
                let saved = self.saved(&token)?;
                let stored = shared.put_back(&saved, token.number, None).await?;
                match *stored.session() == saved {
                    true => self.take(Token { number: stored.number(), is_unwritten: false, ..token }),
                    false => self.take(self.token_of(&stored)?),
                }
            }
        }
        Ok(())
    }

    /// The token of a stored session.
    fn token_of(&self, stored: &StoredSession) -> Result<Token, Error> {
        let saved = SavedToken::of(stored.session())?.filter(|saved| self.has_credentials_of(saved));
        let Some(saved) = saved else {
            let what = "the stored session belongs to other OAuth credentials";
            return Err(Error::config(what));
        };
        let token = Token::new(saved.secret, saved.ends_at, Clock.now());
        // In place of one that was refused it counts as new. Any other one may have been lost by the broker long ago.
        let obtained = token.obtained.filter(|_| self.token().is_some());
        Ok(Token { obtained, number: stored.number(), ..token })
    }

    /// Whether a token is not over, and another one than that in memory.
    fn can_use(&self, token: &Token) -> bool {
        let is_same = self.token().is_some_and(|known| known.secret == token.secret);
        !is_same && token.ends_at > Clock.now()
    }

    /// The session as others take it up.
    fn saved(&self, token: &Token) -> Result<SavedSession, Error> {
        let user = self.grant().user().unwrap_or_default();
        Ok(self.save_token(SavedSession::new(Ibkr::NAME, user, self.base_url()?), token))
    }
}
