//! The broker's side of a sign-in, without HTTP: who may do what, and what it changes.

use std::{collections::BTreeMap, io};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{account::Account, authenticator::Authenticator, responses::Refusal};
use crate::{
    accounts::{Guesses, Users, no_such_user},
    clock::{Clock, india, midnight_after},
    tokens::{TokenStore, random_uuid, uuid},
};

/// What a session is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// For `validate` alone.
    View,
    /// For everything else.
    Trade,
}

impl Kind {
    /// The field `kType`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::View => "View",
            Self::Trade => "Trade",
        }
    }
}

/// A session's id and token, which belong together.
pub(super) struct Credentials {
    pub(super) sid: String,
    pub(super) token: String,
}

impl Credentials {
    /// Both in one string. What is issued has no other blank, so nothing else has its key.
    fn key(&self) -> String {
        format!("{} {}", self.sid, self.token)
    }
}

/// A session that was opened.
pub(super) struct Opened {
    pub(super) account: Account,
    pub(super) kind: Kind,
    pub(super) session: Credentials,
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
    view: TokenStore,
    trade: TokenStore,
}

impl State {
    /// A broker with these users, none of them signed in.
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
            view: TokenStore::default(),
            trade: TokenStore::default(),
        })
    }

    /// Whether an application has this access token.
    pub(super) fn check_access_token(&self, access_token: &str) -> Result<(), Refusal> {
        let known = self.users.values().any(|user| user.account.access_token == access_token);
        if known { Ok(()) } else { Err(Refusal::AccessToken) }
    }

    /// Checks the TOTP and opens a view session. A wrong TOTP counts as a guess, and so does one that was
    /// accepted before; with a wrong mobile number it is not even checked (inferred).
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
        if user.guesses.is_locked {
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
        view: &Credentials,
        mpin: &str,
    ) -> Result<Opened, Refusal> {
        self.check_access_token(access_token)?;
        let ucc = self.view.user(&view.key(), self.clock.now()).ok_or(Refusal::Session)?;
        let user = self.users.get_mut(ucc).filter(|user| user.account.access_token == access_token);
        let user = user.ok_or(Refusal::Session)?;
        if user.guesses.is_locked {
            return Err(Refusal::Locked);
        }
        if user.account.mpin != mpin {
            user.guesses.bad_try();
            return Err(Refusal::Mpin);
        }
        user.guesses.bad_tries = 0;
        let account = user.account.clone();
        Ok(self.open(account, Kind::Trade))
    }

    /// The user whose live trade session is shown: what every trading call begins with.
    pub(super) fn trading(&self, trade: &Credentials) -> Result<&Account, Refusal> {
        let ucc = self.trade.user(&trade.key(), self.clock.now()).ok_or(Refusal::Session)?;
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
    pub(super) fn logout(&mut self, trade: &Credentials) -> Result<(), Refusal> {
        self.trading(trade)?;
        self.trade.revoke(&trade.key());
        Ok(())
    }

    /// The code that a user's authenticator shows.
    pub(super) fn totp(&self, ucc: &str) -> Option<String> {
        self.users.get(ucc).map(|user| user.authenticator.code(self.clock.now()))
    }

    fn open(&mut self, account: Account, kind: Kind) -> Opened {
        let (token, ends) = token(&account.ucc, kind.name(), self.clock.now());
        let session = Credentials { sid: random_uuid(), token };
        let tokens = match kind {
            Kind::View => &mut self.view,
            Kind::Trade => &mut self.trade,
        };
        tokens.issue(session.key(), &account.ucc, ends);
        Opened { account, kind, session }
    }
}

impl Users for State {
    type Account = Account;

    // With another TOTP secret the user has another authenticator, none of whose codes was used.
    fn change_account(&mut self, ucc: &str, change: impl FnOnce(&mut Account)) -> io::Result<()> {
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

    fn guesses(&mut self, ucc: &str) -> Option<&mut Guesses> {
        self.users.get_mut(ucc).map(|user| &mut user.guesses)
    }

    fn live_sessions(&self, ucc: &str) -> usize {
        self.trade.live(ucc, self.clock.now())
    }

    // Its view sessions end, too, as with a new access token from the dashboard.
    fn end_sessions(&mut self, ucc: &str) {
        self.view.revoke_all(ucc);
        self.trade.revoke_all(ucc);
    }
}

/// Length of an RSA signature with a key of 2048 bits, in bytes.
const SIGNATURE_BYTES: usize = 256;

/// A new token for a user and a kind of session, and when it ends: a JSON Web Token (RFC 7519) like the broker's, which ends
/// at the next midnight in India. Only the broker could check its signature, so that is random bytes.
fn token(ucc: &str, scope: &str, now: Timestamp) -> (String, Timestamp) {
    let ends = midnight_after(now, india().to_time_zone());
    let claims = json!({
        "scope": [scope],
        "exp": ends.as_second(),
        // Tokens that are issued in the same second differ.
        "jti": random_uuid(),
        "iat": now.as_second(),
        "iss": "broker-session-sandbox",
        "sub": subject(ucc),
        "ucc": ucc,
    });
    let header = json!({ "alg": "RS256", "typ": "JWT" });
    let signature: [u8; SIGNATURE_BYTES] = rand::random();
    let parts = [encoded(&header), encoded(&claims), BASE64_URL_SAFE_NO_PAD.encode(signature)];
    (parts.join("."), ends)
}

/// The user as the tokens name it: an identifier that is the same in each.
fn subject(ucc: &str) -> String {
    let digest = Sha256::digest(ucc);
    uuid(digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte)))
}

fn encoded(part: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(part.to_string())
}
