//! A user as the broker keeps it: the access code that was sent, and the wrong guesses that lock it.

use jiff::Timestamp;

use super::account::Account;
use super::refusal::Refusal;
use crate::guesses::Guesses;

/// An access code and when it was sent.
pub(super) struct AccessCode {
    pub(super) code: String,
    pub(super) sent: Timestamp,
}

/// One user of the broker.
pub(super) struct User {
    pub(super) account: Account,
    pub(super) access_code: AccessCode,
    pub(super) guesses: Guesses,
    /// Told to carry on at the second base.
    pub(super) moved: bool,
}

impl User {
    /// A user whose first access code was sent at this time.
    pub(super) fn new(account: Account, sent: Timestamp) -> Self {
        let access_code = AccessCode { code: account.access_code.clone(), sent };
        Self { account, access_code, guesses: Guesses::default(), moved: false }
    }

    /// Changes the account, but not whose it is. An access code that is not the current one counts as sent at this
    /// time.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Account), now: Timestamp) {
        let userid = self.account.userid.clone();
        self.account.access_code = self.access_code.code.clone();
        change(&mut self.account);
        self.account.userid = userid;
        if self.account.access_code != self.access_code.code {
            self.access_code = AccessCode { code: self.account.access_code.clone(), sent: now };
        }
    }

    /// Counts a wrong guess, and locks the account if it was one too many.
    pub(super) fn bad_try(&mut self) -> Refusal {
        self.guesses.bad_try();
        Refusal::Wrong
    }

    /// Compares a factor with what the user has set up.
    pub(super) fn check(
        &mut self,
        expected: Option<String>,
        given: &str,
        what: &'static str,
    ) -> Result<(), Refusal> {
        match expected {
            None => Err(Refusal::NotSetUp(what)),
            Some(expected) if expected == given => Ok(()),
            Some(_) => Err(self.bad_try()),
        }
    }
}

/// A six-digit code that is not the last one.
pub(super) fn new_code(last: &str) -> String {
    loop {
        let code = format!("{:06}", rand::random_range(0..1_000_000));
        if code != last {
            return code;
        }
    }
}
