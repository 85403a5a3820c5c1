//! The broker's side of a sign-in, without HTTP: who may do what, and what it changes. And its access tokens: which are
//! good, and the OAuth 2.0 calls that issue and revoke them (RFC 6749, RFC 7009).

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    io,
    time::Duration,
};

use jiff::Timestamp;

use super::{Base, Redirect, account::Account, responses::Refusal};
use crate::{
    accounts::{Guesses, Users, no_such_user},
    clock::{Clock, later},
    tokens::{TokenStore, random_token},
};

/// How long what the broker hands out is good for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lifetimes {
    pub(super) one_time_token: Duration,
    pub(super) access_code: Duration,
    pub(super) session: Duration,
    pub(super) access_token: Duration,
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
pub(super) struct App {
    pub(super) consumer_key: String,
}

/// How a call names its user.
#[derive(Clone, Copy, Debug)]
pub(super) enum UserName<'a> {
    Userid(&'a str),
    Nickname(&'a str),
}

/// What a user presents besides the one-time token.
#[derive(Clone, Copy)]
pub(super) enum Factor<'a> {
    AccessCode(&'a str),
    OneTimeToken,
    Mpin(&'a str),
    Biometric(&'a str),
}

/// The result of init.
#[derive(Debug)]
pub(super) struct Initialised {
    pub(super) account: Account,
    pub(super) redirect: Target,
}

/// The result of login and of asking for an access code.
pub(super) struct LoggedIn {
    pub(super) account: Account,
    pub(super) redirect: Target,
    pub(super) one_time_token: String,
    pub(super) access_code_sent: Timestamp,
}

/// The result of a second factor.
pub(super) struct SignedIn {
    pub(super) account: Account,
    pub(super) session_token: String,
    pub(super) at: Timestamp,
}

/// Where a response sends the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Base(Base),
    /// Any string.
    Other(String),
}

impl Redirect {
    /// Where the response of a call to this base sends the user.
    fn target(self, called: Base) -> Target {
        match self {
            Self::Own => Target::Base(called),
            Self::SecondBase => Target::Base(Base::Second),
            Self::To(host) => Target::Other(host),
        }
    }
}

/// An access code and when it was sent.
struct AccessCode {
    code: String,
    sent: Timestamp,
}

/// One user of the broker.
struct User {
    account: Account,
    access_code: AccessCode,
    guesses: Guesses,
    /// Sent to the second base.
    moved: bool,
}

impl User {
    /// A user whose first access code was sent at this time.
    fn new(account: Account, sent: Timestamp) -> Self {
        let access_code = AccessCode { code: account.access_code.clone(), sent };
        Self { account, access_code, guesses: Guesses::default(), moved: false }
    }

    /// Changes the account, but not the user id. Another access code counts as sent at this time.
    fn change(&mut self, change: impl FnOnce(&mut Account), now: Timestamp) {
        let userid = self.account.userid.clone();
        self.account.access_code = self.access_code.code.clone();
        change(&mut self.account);
        self.account.userid = userid;
        if self.account.access_code != self.access_code.code {
            self.access_code = AccessCode { code: self.account.access_code.clone(), sent: now };
        }
    }

    /// Counts a wrong guess, and locks the account if it was one too many.
    fn bad_try(&mut self) -> Refusal {
        self.guesses.bad_try();
        Refusal::Wrong
    }

    /// Compares a factor with what the user has set up.
    fn check(&mut self, expected: Option<String>, given: &str, what: &'static str) -> Result<(), Refusal> {
        match expected {
            None => Err(Refusal::NotSetUp(what)),
            Some(expected) if expected == given => Ok(()),
            Some(_) => Err(self.bad_try()),
        }
    }
}

/// A six-digit code that is not the last one.
fn new_code(last: &str) -> String {
    loop {
        let code = format!("{:06}", rand::random_range(0..1_000_000));
        if code != last {
            return code;
        }
    }
}

/// Access and refresh tokens that `token` has issued, and what `revoke` has ended.
#[derive(Default)]
struct Tokens {
    /// For the consumer key of the application.
    access: TokenStore,
    refresh: HashMap<String, App>,
    revoked: HashSet<String>,
}

/// What a client offers for an access token.
pub(super) enum Grant<'a> {
    ClientCredentials,
    Password { username: &'a str, password: &'a str },
    RefreshToken(&'a str),
}

/// What `token` issues.
pub(super) struct NewTokens {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    /// Seconds.
    pub(super) expires_in: u64,
}

/// The whole state of the broker.
pub(super) struct State {
    clock: Clock,
    lifetimes: Lifetimes,
    tokens: Tokens,
    init_redirect: Redirect,
    login_redirect: Redirect,
    second_base: String,
    users: BTreeMap<String, User>,
    one_time_tokens: TokenStore,
    sessions: TokenStore,
}

impl State {
    pub(super) fn new(
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
            one_time_tokens: TokenStore::default(),
            sessions: TokenStore::default(),
        }
    }

    fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.users.values().map(|user| &user.account)
    }

    /// Begins a session; the one call that a base accepts even from a user who was sent to the other.
    pub(super) fn init(&mut self, app: &App, who: UserName<'_>, base: Base) -> Result<Initialised, Refusal> {
        let redirect = self.init_redirect.clone();
        let user = self.find(app, who).ok_or(Refusal::UnknownUser)?;
        user.moved = redirect == Redirect::SecondBase;
        Ok(Initialised { account: user.account.clone(), redirect: redirect.target(base) })
    }

    /// Checks the password and hands out a one-time token. A wrong password counts as a guess.
    pub(super) fn login(
        &mut self,
        app: &App,
        who: UserName<'_>,
        password: &str,
        base: Base,
    ) -> Result<LoggedIn, Refusal> {
        let redirect = self.login_redirect.clone();
        // An unknown user looks like a wrong password, so that a caller does not learn who is a user.
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
    pub(super) fn send_access_code(
        &mut self,
        app: &App,
        one_time_token: &str,
        userid: &str,
        base: Base,
    ) -> Result<LoggedIn, Refusal> {
        let (now, lifetime) = (self.clock.now(), self.lifetimes.access_code);
        let user = self.half_signed_in(app, one_time_token, userid, base)?;
        if later(user.access_code.sent, lifetime) <= now {
            user.access_code = AccessCode { code: new_code(&user.access_code.code), sent: now };
        }
        let (account, access_code_sent) = (user.account.clone(), user.access_code.sent);
        self.one_time_tokens.revoke(one_time_token);
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
    pub(super) fn second_factor(
        &mut self,
        app: &App,
        one_time_token: &str,
        userid: &str,
        factor: Factor<'_>,
        base: Base,
    ) -> Result<SignedIn, Refusal> {
        let (now, code_lifetime) = (self.clock.now(), self.lifetimes.access_code);
        let user = self.half_signed_in(app, one_time_token, userid, base)?;
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
        user.guesses.bad_tries = 0;
        let account = user.account.clone();
        self.one_time_tokens.revoke(one_time_token);
        let session_token = random_token();
        let expires = later(now, self.lifetimes.session);
        self.sessions.issue(session_token.clone(), userid, expires);
        Ok(SignedIn { account, session_token, at: now })
    }

    /// Ends a session. The session token must be the user's.
    pub(super) fn logout(&mut self, app: &App, token: &str, userid: &str, base: Base) -> Result<(), Refusal> {
        if self.session(app, token, base)?.userid != userid {
            return Err(Refusal::LoggedOut);
        }
        self.sessions.revoke(token);
        Ok(())
    }

    /// The user whose live session the token stands for: what every trading call begins with.
    pub(super) fn session(&mut self, app: &App, token: &str, base: Base) -> Result<Account, Refusal> {
        let now = self.clock.now();
        let userid = self.sessions.user(token, now).ok_or(Refusal::LoggedOut)?.to_owned();
        let user = self.find(app, UserName::Userid(&userid)).ok_or(Refusal::LoggedOut)?;
        if user.moved && base == Base::First {
            return Err(Refusal::OtherBase(self.second_base.clone()));
        }
        Ok(user.account.clone())
    }

    /// Checks a password by itself, for the OAuth password grant. A wrong one counts as a guess.
    fn check_password(&mut self, app: &App, username: &str, password: &str) -> Result<(), Refusal> {
        let by_userid = self.find(app, UserName::Userid(username)).is_some();
        let who = if by_userid { UserName::Userid(username) } else { UserName::Nickname(username) };
        let user = self.find(app, who).ok_or(Refusal::Wrong)?;
        if user.guesses.is_locked {
            return Err(Refusal::Locked);
        }
        if user.account.password == password { Ok(()) } else { Err(user.bad_try()) }
    }

    /// The code a user would find in the broker's latest message.
    pub(super) fn access_code(&self, userid: &str) -> Option<String> {
        self.users.get(userid).map(|user| user.access_code.code.clone())
    }

    fn find(&mut self, app: &App, who: UserName<'_>) -> Option<&mut User> {
        self.users.values_mut().filter(|user| user.account.consumer_key == app.consumer_key).find(|user| {
            match who {
                UserName::Userid(userid) => user.account.userid == userid,
                UserName::Nickname(nickname) => user.account.nickname == nickname,
            }
        })
    }

    /// The user, if neither sent to the other base nor locked. A user that does not exist can have no
    /// one-time token.
    fn open_user(&mut self, app: &App, userid: &str, base: Base) -> Result<&mut User, Refusal> {
        let second_base = self.second_base.clone();
        let user = self.find(app, UserName::Userid(userid)).ok_or(Refusal::OneTimeTokenDead)?;
        if user.moved && base == Base::First {
            return Err(Refusal::OtherBase(second_base));
        }
        if user.guesses.is_locked {
            return Err(Refusal::Locked);
        }
        Ok(user)
    }

    /// The user of a live one-time token, if neither sent to the other base nor locked.
    fn half_signed_in(
        &mut self,
        app: &App,
        token: &str,
        userid: &str,
        base: Base,
    ) -> Result<&mut User, Refusal> {
        self.open_user(app, userid, base)?;
        if self.one_time_tokens.user(token, self.clock.now()) != Some(userid) {
            return Err(Refusal::OneTimeTokenDead);
        }
        self.open_user(app, userid, base)
    }

    /// The application behind a bearer token and a consumer key, which must belong together.
    pub(super) fn app(&self, bearer: Option<&str>, consumer_key: Option<&str>) -> Result<App, Refusal> {
        let (Some(bearer), Some(consumer_key)) = (bearer, consumer_key) else {
            return Err(Refusal::MissingCredentials);
        };
        let now = self.clock.now();
        let portal = self
            .accounts()
            .any(|account| account.access_token == bearer && account.consumer_key == consumer_key);
        let issued = self.tokens.access.user(bearer, now) == Some(consumer_key);
        if (portal || issued) && !self.tokens.revoked.contains(bearer) {
            Ok(App { consumer_key: consumer_key.to_owned() })
        } else {
            Err(Refusal::InvalidCredentials)
        }
    }

    /// The application that authenticates itself with its key and secret.
    pub(super) fn client(&self, consumer_key: &str, consumer_secret: &str) -> Option<App> {
        self.accounts()
            .any(|account| account.consumer_key == consumer_key && account.consumer_secret == consumer_secret)
            .then(|| App { consumer_key: consumer_key.to_owned() })
    }

    /// Issues tokens. A refresh token is good for one use; `None` if the grant is not valid.
    pub(super) fn grant(&mut self, app: App, grant: Grant<'_>) -> Option<NewTokens> {
        let refreshable = match grant {
            Grant::ClientCredentials => false,
            Grant::Password { username, password } => {
                self.check_password(&app, username, password).ok()?;
                true
            }
            Grant::RefreshToken(token) => {
                if self.tokens.refresh.get(token) != Some(&app) {
                    return None;
                }
                self.tokens.refresh.remove(token);
                true
            }
        };
        let access_token = random_token();
        let expires = later(self.clock.now(), self.lifetimes.access_token);
        let refresh_token = refreshable.then(random_token);
        if let Some(token) = &refresh_token {
            self.tokens.refresh.insert(token.clone(), app.clone());
        }
        self.tokens.access.issue(access_token.clone(), &app.consumer_key, expires);
        let expires_in = self.lifetimes.access_token.as_secs();
        Some(NewTokens { access_token, refresh_token, expires_in })
    }

    /// Ends a token of the application's; one that it does not own changes nothing (RFC 7009).
    pub(super) fn revoke(&mut self, app: &App, token: &str) {
        if self.tokens.refresh.get(token) == Some(app) {
            self.tokens.refresh.remove(token);
        } else if self.app(Some(token), Some(&app.consumer_key)).is_ok() {
            self.tokens.revoked.insert(token.to_owned());
        }
    }
}

impl Users for State {
    type Account = Account;

    fn change_account(&mut self, userid: &str, change: impl FnOnce(&mut Account)) -> io::Result<()> {
        let now = self.clock.now();
        let user = self.users.get_mut(userid).ok_or_else(|| no_such_user(userid))?;
        user.change(change, now);
        Ok(())
    }

    fn guesses(&mut self, userid: &str) -> Option<&mut Guesses> {
        self.users.get_mut(userid).map(|user| &mut user.guesses)
    }

    fn live_sessions(&self, userid: &str) -> usize {
        self.sessions.live(userid, self.clock.now())
    }

    fn end_sessions(&mut self, userid: &str) {
        self.sessions.revoke_all(userid);
    }
}
