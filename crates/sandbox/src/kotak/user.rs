//! A user as the broker keeps it: the access code that was sent, and the wrong guesses that lock it.

use jiff::Timestamp;

use super::account::Account;
use super::refusal::Refusal;

/// Wrong guesses, of any kind, after which an account is locked. The guess that reaches the number is
/// still answered as wrong; every later one is answered as locked (inferred).
pub const MAX_BAD_TRIES: u32 = 3;

/// An access code and when it was sent.
pub(super) struct AccessCode {
    pub(super) code: String,
    pub(super) sent: Timestamp,
}

/// One user of the broker.
pub(super) struct User {
    pub(super) account: Account,
    pub(super) access_code: AccessCode,
    /// Wrong guesses since the last sign-in.
    pub(super) bad_tries: u32,
    pub(super) locked: bool,
    /// Told to carry on at the second base.
    pub(super) moved: bool,
}

impl User {
    /// A user whose first access code was sent at this time.
    pub(super) fn new(account: Account, sent: Timestamp) -> Self {
        let access_code = AccessCode { code: account.access_code.clone(), sent };
        Self { account, access_code, bad_tries: 0, locked: false, moved: false }
    }

    /// Counts a wrong guess, and locks the account if it was one too many.
    pub(super) fn bad_try(&mut self, what: &'static str) -> Refusal {
        self.bad_tries += 1;
        self.locked = self.bad_tries >= MAX_BAD_TRIES;
        Refusal::Wrong(what)
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
            Some(_) => Err(self.bad_try(what)),
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
