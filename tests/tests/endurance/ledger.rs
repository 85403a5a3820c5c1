//! Which guesses have come to a broker, and how often.

use std::collections::HashMap;

use broker_session_sandbox::Call;

/// A guess as it came.
#[derive(Debug)]
pub(crate) struct Guess {
    /// What it is a guess at.
    pub(crate) at: &'static str,
    pub(crate) value: String,
    /// What tells one sign-in from another; empty for what begins one.
    pub(crate) sign_in: String,
}

/// The guesses at one user's credentials. Every sign-in has values of its own, so that no value may come twice.
#[derive(Debug, Default)]
pub(crate) struct Ledger(HashMap<(&'static str, String), Vec<Arrival>>);

#[derive(Debug)]
struct Arrival {
    sign_in: String,
    /// Whether the response was that the sign-in is over, so that the guess was not looked at.
    is_over: bool,
    /// Whether the response was one of somebody who did not look at it.
    is_unjudged: bool,
    /// The fault that it met.
    fault: Option<String>,
}

/// What was wrong with an arrival, or noteworthy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    First,
    /// It was not looked at before; after a sign-in that was over, this is another one.
    OnceMore,
    /// What each arrival met.
    Twice(String),
}

impl Ledger {
    /// Enters a guess. `is_over`: the broker has ended the sign-in before, so it does not look at the guess.
    pub(crate) fn enter(&mut self, guess: Guess, call: &Call, is_over: bool) -> Verdict {
        // A fault may say so, too.
        let fault = call.fault.as_ref().map(ToString::to_string);
        let is_unjudged = matches!(fault.as_deref(), Some("401" | "401 empty" | "200"));
        let before = self.0.entry((guess.at, guess.value)).or_default();
        let verdict = match before.as_slice() {
            [] => Verdict::First,
            [only] if only.is_unjudged => Verdict::OnceMore,
            [only] if only.is_over && !guess.sign_in.is_empty() && only.sign_in != guess.sign_in => {
                Verdict::OnceMore
            }
            _ => {
                let met: Vec<_> = before.iter().map(|arrival| &arrival.fault).collect();
                Verdict::Twice(format!("{met:?}, then {fault:?}"))
            }
        };
        before.push(Arrival { sign_in: guess.sign_in, is_over, is_unjudged, fault });
        verdict
    }
}
