//! Wrong guesses at a user's credentials, which lock the account.

/// Wrong guesses, of any kind, after which an account is locked. The guess that reaches the number is still
/// answered as wrong; every later one is answered as locked (inferred).
pub const MAX_BAD_TRIES: u32 = 3;

/// What a broker remembers about the guesses at one user's credentials.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guesses {
    bad_tries: u32,
    locked: bool,
}

impl Guesses {
    /// Counts a wrong guess, and locks the account if it was one too many.
    pub(crate) fn bad_try(&mut self) {
        self.bad_tries += 1;
        self.locked = self.bad_tries >= MAX_BAD_TRIES;
    }

    /// The user has signed in: the count starts again.
    pub(crate) fn forget(&mut self) {
        self.bad_tries = 0;
    }

    /// Wrong guesses since the last sign-in.
    pub(crate) fn bad_tries(self) -> u32 {
        self.bad_tries
    }

    pub(crate) fn is_locked(self) -> bool {
        self.locked
    }

    /// Locks or unlocks the account; either way the count starts again.
    pub(crate) fn set_locked(&mut self, locked: bool) {
        *self = Self { bad_tries: 0, locked };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_wrong_guess_locks_and_a_sign_in_in_between_starts_the_count_again() {
        let mut guesses = Guesses::default();
        for _ in 1..MAX_BAD_TRIES {
            guesses.bad_try();
        }
        assert!(!guesses.is_locked());
        guesses.forget();
        guesses.bad_try();
        assert_eq!((guesses.bad_tries(), guesses.is_locked()), (1, false));
        for _ in 1..MAX_BAD_TRIES {
            guesses.bad_try();
        }
        assert!(guesses.is_locked());
        guesses.set_locked(false);
        assert_eq!((guesses.bad_tries(), guesses.is_locked()), (0, false));
    }
}
