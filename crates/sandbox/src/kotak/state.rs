//! The broker's side of a sign-in, without HTTP: who may do what, and what it changes.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use jiff::Timestamp;

use super::account::Account;
use super::redirect::{Base, Redirect, Target};
use super::refusal::Refusal;
use super::tokens::Tokens;
use super::user::{AccessCode, User, new_code};
use crate::broker::no_such_user;
use crate::clock::{Clock, later};
use crate::guesses::Guesses;
use crate::tickets::{Tickets, random_token};

/// How long what the broker hands out is good for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetimes {
    pub(crate) one_time_token: Duration,
    pub(crate) access_code: Duration,
    pub(crate) session: Duration,
    pub(crate) access_token: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            one_time_token: Duration::from_secs(5 * 60),
            access_code: DAY,
            session: DAY,
            access_token: Duration::from_secs(60 * 60),
        }
    }
}

/// An application whose access token was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct App {
    pub(super) consumer_key: String,
}

/// How a call names its user.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Who<'a> {
    Userid(&'a str),
    Nickname(&'a str),
}

/// What a user presents besides the one-time token.
#[derive(Clone, Copy)]
pub(crate) enum Factor<'a> {
    AccessCode(&'a str),
    OneTimeToken,
    Mpin(&'a str),
    Biometric(&'a str),
}

/// What init tells.
#[derive(Debug)]
pub(crate) struct Initialised {
    pub(crate) account: Account,
    pub(crate) redirect: Target,
}

/// What login, and asking for an access code, tell.
pub(crate) struct LoggedIn {
    pub(crate) account: Account,
    pub(crate) redirect: Target,
    pub(crate) one_time_token: String,
    pub(crate) access_code_sent: Timestamp,
}

/// What a second factor brings.
pub(crate) struct SignedIn {
    pub(crate) account: Account,
    pub(crate) session_token: String,
    pub(crate) at: Timestamp,
}

/// The whole state of the broker.
pub(crate) struct State {
    pub(super) clock: Clock,
    pub(super) lifetimes: Lifetimes,
    pub(super) tokens: Tokens,
    init_redirect: Redirect,
    login_redirect: Redirect,
    second_base: String,
    users: BTreeMap<String, User>,
    one_time_tokens: Tickets<String>,
    pub(super) sessions: Tickets<String>,
}

impl State {
    pub(crate) fn new(
        accounts: Vec<Account>,
        clock: Clock,
        lifetimes: Lifetimes,
        (init_redirect, login_redirect): (Redirect, Redirect),
        second_base: String,
    ) -> Self {
        let sent = clock.now();
        Self {
            users: accounts
                .into_iter()
                .map(|account| (account.userid.clone(), User::new(account, sent)))
                .collect(),
            clock,
            lifetimes,
            tokens: Tokens::default(),
            init_redirect,
            login_redirect,
            second_base,
            one_time_tokens: Tickets::default(),
            sessions: Tickets::default(),
        }
    }

    pub(super) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.users.values().map(|user| &user.account)
    }

    /// Changes an account. An access code that is not the current one counts as sent now.
    pub(super) fn change_account(
        &mut self,
        userid: &str,
        change: impl FnOnce(&mut Account),
    ) -> io::Result<()> {
        let now = self.clock.now();
        let user = self.users.get_mut(userid).ok_or_else(|| no_such_user(userid))?;
        user.change(change, now);
        Ok(())
    }

    /// Begins a session; the one call that a base answers even for a user who was sent to the other.
    pub(crate) fn init(&mut self, app: &App, who: Who<'_>, base: Base) -> Result<Initialised, Refusal> {
        let redirect = self.init_redirect.clone();
        let user = self.find(app, who).ok_or(Refusal::UnknownUser)?;
        user.moved = redirect == Redirect::SecondBase;
        Ok(Initialised { account: user.account.clone(), redirect: redirect.target(base) })
    }

    /// Checks the password and hands out a one-time token. A wrong password counts as a guess.
    pub(crate) fn login(
        &mut self,
        app: &App,
        who: Who<'_>,
        password: &str,
        base: Base,
    ) -> Result<LoggedIn, Refusal> {
        let redirect = self.login_redirect.clone();
        // An unknown user is answered like a wrong password, which tells nobody who is a user.
        let userid = self.find(app, who).ok_or(Refusal::Wrong)?.account.userid.clone();
        let user = self.open_user(app, &userid, base)?;
        if user.account.password != password {
            return Err(user.bad_try());
        }
        if !user.account.is_active() {
            return Err(Refusal::Inactive);
        }
        user.moved |= redirect == Redirect::SecondBase;
        let (account, access_code_sent) = (user.account.clone(), user.access_code.sent);
        let one_time_token = self.issue_one_time_token(&userid);
        Ok(LoggedIn { account, redirect: redirect.target(base), one_time_token, access_code_sent })
    }

    /// Sends the user an access code: the current one again, or a new one if it has expired. Hands out a new one-time
    /// token, which takes the place of the old one (observed in what clients read; that the old one is dead is inferred).
    pub(crate) fn send_access_code(
        &mut self,
        app: &App,
        one_time_token: &str,
        userid: &str,
        base: Base,
    ) -> Result<LoggedIn, Refusal> {
        self.open_user(app, userid, base)?;
        self.check_one_time_token(one_time_token, userid)?;
        let (now, lifetime) = (self.clock.now(), self.lifetimes.access_code);
        let user = self.open_user(app, userid, base)?;
        if later(user.access_code.sent, lifetime) <= now {
            user.access_code = AccessCode { code: new_code(&user.access_code.code), sent: now };
        }
        let (account, access_code_sent) = (user.account.clone(), user.access_code.sent);
        self.one_time_tokens.spend(one_time_token);
        let one_time_token = self.issue_one_time_token(userid);
        Ok(LoggedIn { account, redirect: Target::Base(base), one_time_token, access_code_sent })
    }

    fn issue_one_time_token(&mut self, userid: &str) -> String {
        let token = random_token();
        let expires = later(self.clock.now(), self.lifetimes.one_time_token);
        self.one_time_tokens.issue(token.clone(), userid, expires);
        token
    }

    /// Finishes a sign-in: spends the one-time token and opens a session. A wrong factor counts as a guess
    /// and leaves the one-time token alive.
    pub(crate) fn second_factor(
        &mut self,
        app: &App,
        one_time_token: &str,
        userid: &str,
        factor: Factor<'_>,
        base: Base,
    ) -> Result<SignedIn, Refusal> {
        self.open_user(app, userid, base)?;
        self.check_one_time_token(one_time_token, userid)?;
        let (now, code_lifetime) = (self.clock.now(), self.lifetimes.access_code);
        let user = self.open_user(app, userid, base)?;
        match factor {
            Factor::OneTimeToken => {}
            Factor::AccessCode(code) if user.access_code.code != code => {
                return Err(user.bad_try());
            }
            Factor::AccessCode(_) if later(user.access_code.sent, code_lifetime) <= now => {
                return Err(Refusal::AccessCodeExpired);
            }
            Factor::AccessCode(_) => {}
            Factor::Mpin(mpin) => user.check(user.account.mpin.clone(), mpin, "MPIN")?,
            Factor::Biometric(token) => user.check(user.account.biometric.clone(), token, "biometric")?,
        }
        user.guesses.forget();
        let account = user.account.clone();
        self.one_time_tokens.spend(one_time_token);
        let session_token = random_token();
        let expires = later(now, self.lifetimes.session);
        self.sessions.issue(session_token.clone(), userid, expires);
        Ok(SignedIn { account, session_token, at: now })
    }

    /// Ends a session. The session token must be the user's.
    pub(crate) fn logout(&mut self, app: &App, token: &str, userid: &str, base: Base) -> Result<(), Refusal> {
        if self.session(app, token, base)?.userid != userid {
            return Err(Refusal::LoggedOut);
        }
        self.sessions.spend(token);
        Ok(())
    }

    /// The user whose live session the token stands for: what every trading call begins with.
    pub(crate) fn session(&mut self, app: &App, token: &str, base: Base) -> Result<Account, Refusal> {
        let now = self.clock.now();
        let userid = self.sessions.user(token, now).ok_or(Refusal::LoggedOut)?.to_owned();
        let user = self.find(app, Who::Userid(&userid)).ok_or(Refusal::LoggedOut)?;
        if user.moved && base == Base::First {
            return Err(Refusal::OtherBase(self.second_base.clone()));
        }
        Ok(user.account.clone())
    }

    /// Checks a password by itself, for the OAuth password grant. A wrong one counts as a guess.
    pub(super) fn check_password(
        &mut self,
        app: &App,
        username: &str,
        password: &str,
    ) -> Result<(), Refusal> {
        let by_userid = self.find(app, Who::Userid(username)).is_some();
        let who = if by_userid { Who::Userid(username) } else { Who::Nickname(username) };
        let user = self.find(app, who).ok_or(Refusal::Wrong)?;
        match user.account.password == password {
            _ if user.guesses.is_locked() => Err(Refusal::Locked),
            true => Ok(()),
            false => Err(user.bad_try()),
        }
    }

    /// The code a user would find in the broker's latest message.
    pub(crate) fn access_code(&self, userid: &str) -> Option<String> {
        self.users.get(userid).map(|user| user.access_code.code.clone())
    }

    /// What is remembered about the guesses at a user's credentials.
    pub(crate) fn guesses(&mut self, userid: &str) -> Option<&mut Guesses> {
        self.users.get_mut(userid).map(|user| &mut user.guesses)
    }

    fn find(&mut self, app: &App, who: Who<'_>) -> Option<&mut User> {
        self.users.values_mut().filter(|user| user.account.consumer_key == app.consumer_key).find(|user| {
            match who {
                Who::Userid(userid) => user.account.userid == userid,
                Who::Nickname(nickname) => user.account.nickname == nickname,
            }
        })
    }

    /// The user, if neither sent to the other base nor locked. A user that does not exist can have no
    /// one-time token, so that is the answer.
    fn open_user(&mut self, app: &App, userid: &str, base: Base) -> Result<&mut User, Refusal> {
        let second_base = self.second_base.clone();
        let user = self.find(app, Who::Userid(userid)).ok_or(Refusal::OneTimeTokenDead)?;
        if user.moved && base == Base::First {
            return Err(Refusal::OtherBase(second_base));
        }
        if user.guesses.is_locked() {
            return Err(Refusal::Locked);
        }
        Ok(user)
    }

    fn check_one_time_token(&self, token: &str, userid: &str) -> Result<(), Refusal> {
        let now = self.clock.now();
        match self.one_time_tokens.user(token, now) {
            Some(user) if user == userid => Ok(()),
            _ => Err(Refusal::OneTimeTokenDead),
        }
    }
}

#[cfg(test)]
mod tests;
