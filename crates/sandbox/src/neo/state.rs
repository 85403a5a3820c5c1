//! The broker's side of a sign-in, without HTTP: who may do what, and what it changes.

use std::collections::BTreeMap;
use std::io;

use super::account::Account;
use super::authenticator::Authenticator;
use super::refusal::Refusal;
use super::tokens::token;
use crate::broker::no_such_user;
use crate::clock::Clock;
use crate::guesses::Guesses;
use crate::tickets::{Tickets, random_uuid};

/// What a session is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// For `validate` alone.
    View,
    /// For everything else.
    Trade,
}

impl Kind {
    /// What answers call `kType`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::View => "View",
            Self::Trade => "Trade",
        }
    }
}

/// What a client shows for a session: its id and its token, which belong together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shown {
    pub(super) sid: String,
    pub(super) token: String,
}

/// A session that was opened.
pub(super) struct Opened {
    pub(super) account: Account,
    pub(super) kind: Kind,
    pub(super) session: Shown,
}

/// One user of the broker.
struct User {
    account: Account,
    authenticator: Authenticator,
    guesses: Guesses,
}

/// The whole state of the broker.
pub(super) struct State {
    clock: Clock,
    users: BTreeMap<String, User>,
    view: Tickets<Shown>,
    trade: Tickets<Shown>,
}

impl State {
    /// A broker with these users, of whom nobody has signed in.
    ///
    /// # Errors
    /// An account's TOTP secret is not base32.
    pub(super) fn new(accounts: Vec<Account>, clock: Clock) -> io::Result<Self> {
        let user = |account: Account| {
            let authenticator = Authenticator::new(&account.totp_secret)?;
            Ok((account.ucc.clone(), User { account, authenticator, guesses: Guesses::default() }))
        };
        Ok(Self {
            clock,
            users: accounts.into_iter().map(user).collect::<io::Result<_>>()?,
            view: Tickets::default(),
            trade: Tickets::default(),
        })
    }

    /// Changes an account. With another TOTP secret the user has another authenticator, none of whose codes was used.
    pub(super) fn change_account(&mut self, ucc: &str, change: impl FnOnce(&mut Account)) -> io::Result<()> {
        let user = self.users.get_mut(ucc).ok_or_else(|| no_such_user(ucc))?;
        let mut account = user.account.clone();
        change(&mut account);
        account.ucc = ucc.to_owned();
        if account.totp_secret != user.account.totp_secret {
            user.authenticator = Authenticator::new(&account.totp_secret)?;
        }
        user.account = account;
        Ok(())
    }

    /// Whether an application has this access token.
    pub(super) fn check_access_token(&self, access_token: &str) -> Result<(), Refusal> {
        let known = self.users.values().any(|user| user.account.access_token == access_token);
        if known { Ok(()) } else { Err(Refusal::AccessToken) }
    }

    /// Checks the TOTP and opens a view session. A wrong TOTP counts as a guess, and so does one that was
    /// accepted before; with a wrong mobile number it is not even looked at (inferred).
    pub(super) fn login(
        &mut self,
        access_token: &str,
        mobile: &str,
        ucc: &str,
        totp: &str,
    ) -> Result<Opened, Refusal> {
        self.check_access_token(access_token)?;
        let now = self.clock.now();
        let user = self.users.get_mut(ucc).filter(|user| user.account.access_token == access_token);
        let user = user.ok_or(Refusal::Ucc)?;
        if user.guesses.is_locked() {
            return Err(Refusal::Locked);
        }
        if user.account.mobile != mobile {
            return Err(Refusal::Credentials);
        }
        if !user.authenticator.accept(totp, now) {
            user.guesses.bad_try();
            return Err(Refusal::Totp);
        }
        let account = user.account.clone();
        Ok(self.open(account, Kind::View))
    }

    /// Checks the MPIN and opens a trade session. A wrong MPIN counts as a guess; the view session lives on
    /// either way.
    pub(super) fn validate(
        &mut self,
        access_token: &str,
        view: &Shown,
        mpin: &str,
    ) -> Result<Opened, Refusal> {
        self.check_access_token(access_token)?;
        let ucc = self.view.user(view, self.clock.now()).ok_or(Refusal::Session)?;
        let user = self.users.get_mut(ucc).filter(|user| user.account.access_token == access_token);
        let user = user.ok_or(Refusal::Session)?;
        if user.guesses.is_locked() {
            return Err(Refusal::Locked);
        }
        if user.account.mpin != mpin {
            user.guesses.bad_try();
            return Err(Refusal::Mpin);
        }
        user.guesses.forget();
        let account = user.account.clone();
        Ok(self.open(account, Kind::Trade))
    }

    /// The user whose live trade session is shown: what every trading call begins with.
    pub(super) fn trading(&self, trade: &Shown) -> Result<&Account, Refusal> {
        let ucc = self.trade.user(trade, self.clock.now()).ok_or(Refusal::Session)?;
        self.users.get(ucc).map(|user| &user.account).ok_or(Refusal::Session)
    }

    /// The access token of the application that authenticates itself with its key and secret.
    pub(super) fn access_token(&self, consumer_key: &str, consumer_secret: &str) -> Option<&str> {
        let mut accounts = self.users.values().map(|user| &user.account);
        let account = accounts.find(|account| {
            account.consumer_key == consumer_key && account.consumer_secret == consumer_secret
        });
        account.map(|account| account.access_token.as_str())
    }

    /// Ends a trade session, and no other (inferred).
    pub(super) fn logout(&mut self, trade: &Shown) -> Result<(), Refusal> {
        self.trading(trade)?;
        self.trade.spend(trade);
        Ok(())
    }

    /// The code that a user's authenticator shows.
    pub(super) fn totp(&self, ucc: &str) -> Option<String> {
        self.users.get(ucc).map(|user| user.authenticator.code(self.clock.now()))
    }

    /// What is remembered about the guesses at a user's credentials.
    pub(super) fn guesses(&mut self, ucc: &str) -> Option<&mut Guesses> {
        self.users.get_mut(ucc).map(|user| &mut user.guesses)
    }

    /// How many trade sessions of the user's are alive.
    pub(super) fn live_sessions(&self, ucc: &str) -> usize {
        self.trade.live(ucc, self.clock.now())
    }

    /// Ends the user's view and trade sessions, as a new access token from the dashboard would.
    pub(super) fn end_sessions(&mut self, ucc: &str) {
        self.view.spend_all(ucc);
        self.trade.spend_all(ucc);
    }

    fn open(&mut self, account: Account, kind: Kind) -> Opened {
        let (token, ends) = token(&account.ucc, kind.name(), self.clock.now());
        let session = Shown { sid: random_uuid(), token };
        let tickets = match kind {
            Kind::View => &mut self.view,
            Kind::Trade => &mut self.trade,
        };
        tickets.issue(session.clone(), &account.ucc, ends);
        Opened { account, kind, session }
    }
}

#[cfg(test)]
mod tests;
