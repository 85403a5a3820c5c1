//! People who sign in, call, sign out and begin anew, each with a sandbox of their own.

use std::time::Duration;

use broker_session::{Error, ErrorKind, SavedSession, Session};
use broker_session_sandbox::{Accounts, Broker as _, Call, Fault, Sandbox};
use rand::{RngExt, rngs::StdRng};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::{
    ledger::{Guess, Ledger, Verdict},
    plan::{Plan, RATE},
    process,
    tally::Tally,
};

/// How often somebody tries the same thing again.
pub(crate) const TRIES: usize = 3;

/// How a broker's users sign in.
pub(crate) trait Flow: Sized + Send + Sync + 'static {
    type Broker: Accounts;
    type Profile: Send + Sync + 'static;

    /// Somebody with a client, and the broker's sandbox. One in twenty is wrong about a credential.
    fn begin(index: usize, is_wrong: bool) -> impl Future<Output = (Self, Sandbox<Self::Broker>)> + Send;

    /// Tries to sign in, with guesses that nobody has made before.
    fn enter(
        &mut self,
        life: &mut Life<Self::Broker>,
    ) -> impl Future<Output = Option<Session<Self::Profile>>> + Send;

    /// Takes up a session again.
    fn resume(&self, saved: SavedSession) -> Session<Self::Profile>;

    /// Makes a call that needs the session.
    fn call(&self, session: &Session<Self::Profile>) -> impl Future<Output = Result<(), Error>> + Send;

    /// The guess that a call makes.
    fn guess(call: &Call) -> Option<Guess>;
}

/// What has happened to somebody, as their sandbox sees it.
pub(crate) struct Life<B: Accounts> {
    pub(crate) sandbox: Sandbox<B>,
    pub(crate) chance: StdRng,
    pub(crate) tally: Tally,
    user: String,
    ledger: Ledger,
    guess: fn(&Call) -> Option<Guess>,
    /// Sessions that the broker has opened and whose tokens got lost on the way.
    orphans: usize,
    /// When nothing goes wrong any more.
    end: Instant,
    /// Calls that were given up and may still arrive, so that it is not known whether they will take effect.
    unknown: usize,
    /// The broker has ended the sign-in that is under way.
    is_over: bool,
    /// The broker has reported, without a fault, that the account is locked.
    is_locked: bool,
}

/// Lives until `end`; gives back what was seen.
pub(crate) async fn live<F: Flow>(plan: Plan, index: usize, end: Instant) -> Tally {
    let is_wrong = index % 20 == 1;
    let (mut flow, sandbox) = F::begin(index, is_wrong).await;
    let (chance, seed) = plan.chance(u64::from(F::Broker::NAME.as_bytes()[0]), index);
    sandbox.inject_randomly(RATE, seed, Fault::bad_day());
    let user = sandbox.user().to_owned();
    let (tally, ledger) = Default::default();
    let (guess, orphans, unknown) = (F::guess, 0, 0);
    let mut life = Life {
        sandbox,
        chance,
        tally,
        user,
        ledger,
        guess,
        orphans,
        unknown,
        end,
        is_over: false,
        is_locked: false,
    };
    let mut left = Vec::new();
    // Who is wrong about a credential goes on until the account is locked.
    while (Instant::now() < end || is_wrong) && !life.is_locked {
        life.pause().await;
        match flow.enter(&mut life).await {
            Some(session) => left.extend(life.be_signed_in(&flow, session).await),
            None => life.tally.note("sign-in failed"),
        }
        life.drain();
    }
    // Who is locked out waits with the others.
    sleep_until(end).await;
    life.end(flow, left, is_wrong).await
}

impl<B: Accounts> Life<B> {
    /// A moment to think.
    pub(crate) async fn pause(&mut self) {
        if Instant::now() >= self.end {
            self.end_faults();
        }
        sleep(Duration::from_millis(self.chance.random_range(300..1_200))).await;
    }

    /// Ends the faults.
    fn end_faults(&mut self) {
        self.drain();
        self.tally.end_of_faults();
        self.sandbox.clear_faults();
    }

    /// Whether something that happens rarely happens now.
    fn rarely(&mut self) -> bool {
        self.chance.random_bool(RATE)
    }

    /// Looks through what has arrived since the last time.
    fn drain(&mut self) -> Vec<Call> {
        let calls = self.sandbox.take_calls();
        self.tally.arrived(B::NAME, &calls);
        for call in &calls {
            let Some(guess) = (self.guess)(call) else { continue };
            let at = guess.at;
            match self.ledger.enter(guess, call, self.is_over) {
                Verdict::First => self.tally.note("guess"),
                Verdict::OnceMore => self.tally.note("guess once more"),
                Verdict::Twice(met) => self.problem(format!("the same {at} came twice: {met}")),
            }
        }
        calls
    }

    fn live_sessions(&self) -> usize {
        self.sandbox.live_sessions(&self.user)
    }

    fn problem(&mut self, problem: String) {
        let user = &self.user;
        self.tally.check(false, || format!("{} {user}: {problem}", B::NAME));
    }

    fn check(&mut self, is_right: bool, problem: impl FnOnce() -> String) {
        let user = &self.user;
        self.tally.check(is_right, || format!("{} {user}: {}", B::NAME, problem()));
    }

    /// Lets the broker end the sign-in that is under way, now and then: what is guessed in it is not looked at.
    pub(crate) fn may_end_sign_in(&mut self, end: impl FnOnce(&Sandbox<B>)) {
        if self.rarely() {
            end(&self.sandbox);
            if self.live_sessions() == 0 {
                self.orphans = 0;
            }
            self.is_over = true;
            self.tally.note("sign-in ended by the broker");
        }
    }

    /// Makes a guess that begins a sign-in. Somebody in a hurry gives up after a moment.
    pub(crate) async fn begin<T>(
        &mut self,
        guess: impl Future<Output = Result<T, Error>>,
    ) -> Option<Result<T, Error>> {
        self.drain();
        self.is_over = false;
        let outcome = self.hurry(guess).await;
        if let Some(Err(error)) = &outcome {
            self.note_failure(error);
        }
        outcome
    }

    /// Makes the guess that opens a session, and compares the outcome with the sandbox. Nothing if somebody in a hurry has
    /// given up.
    pub(crate) async fn open<T>(
        &mut self,
        guess: impl Future<Output = Result<T, Error>>,
    ) -> Option<Result<T, Error>> {
        self.drain();
        let before = self.live_sessions();
        let outcome = self.hurry(guess).await;
        let (calls, after) = (self.drain(), self.live_sessions());
        let is_honest = calls.iter().all(|call| call.fault.is_none());
        let (opened, unknown) = (after.saturating_sub(before), self.unknown);
        match &outcome {
            Some(Ok(_)) => {
                self.check((1..=1 + unknown).contains(&opened), || {
                    format!("a client is signed in, and {opened} sessions were opened")
                });
                return outcome;
            }
            Some(Err(error)) => {
                // What began the sign-in may come late.
                let is_later = |guess: Guess| !matches!(guess.at, "password" | "one-time password");
                let is_sent = calls.iter().filter_map(self.guess).any(is_later) && unknown == 0;
                self.check(!(error.is_unsent() && is_sent), || format!("reported as unsent: {error}"));
                let is_refused = error.status().is_some() && is_honest && unknown == 0;
                self.check(!(is_refused && opened > 0), || format!("a session in spite of: {error}"));
                self.note_failure(error);
            }
            None => {}
        }
        let may_come_late = match &outcome {
            Some(Err(error)) => !error.is_unsent() && error.status().is_none(),
            _ => true,
        };
        self.orphans += opened;
        self.unknown += usize::from(may_come_late && opened == 0);
        outcome
    }

    /// Waits for a call; now and then not for long.
    async fn hurry<T>(&mut self, call: impl Future<Output = T>) -> Option<T> {
        if !self.rarely() {
            return Some(call.await);
        }
        let outcome = timeout(Duration::from_millis(self.chance.random_range(0..10)), call).await.ok();
        if outcome.is_none() {
            self.tally.note("call given up");
        }
        outcome
    }

    fn note_failure(&mut self, error: &Error) {
        if error.is_unsent() && error.kind() != ErrorKind::Config {
            self.tally.note("guess not sent again");
        }
        self.check(error.kind() != ErrorKind::Config, || error.to_string());
        if error.kind() == ErrorKind::Locked {
            self.is_locked = self.sandbox.is_locked(&self.user);
            let is_locked = self.is_locked;
            self.check(is_locked, || format!("a client reports a lock: {error}"));
        }
    }

    /// Calls, and signs out. Gives back the session if that did not succeed.
    async fn be_signed_in<F: Flow<Broker = B>>(
        &mut self,
        flow: &F,
        session: Session<F::Profile>,
    ) -> Option<SavedSession> {
        self.tally.note("signed in");
        let mut is_alive = true;
        for _ in 0..self.chance.random_range(1..4) {
            self.pause().await;
            if self.rarely() {
                self.sandbox.end_sessions(&self.user);
                self.orphans = 0;
                is_alive = false;
                self.tally.note("session ended by the broker");
            }
            self.drain();
            let outcome = flow.call(&session).await;
            let is_honest = self.drain().last().is_some_and(|call| call.fault.is_none());
            let found = match &outcome {
                Ok(()) => Some(true),
                Err(error) => (error.kind() == ErrorKind::SessionExpired).then_some(false),
            };
            match found {
                Some(found) if is_honest => {
                    self.check(found == is_alive, || format!("alive: {is_alive}, and a call: {outcome:?}"));
                    self.tally.note(if found { "call made" } else { "found that the session was over" });
                }
                Some(_) => self.tally.note("call met a fault"),
                None => {
                    let is_refused = outcome.is_err_and(|error| error.status().is_some());
                    self.check(!(is_honest && is_refused), || "a call failed without a fault".to_owned());
                    self.tally.note("call failed");
                }
            }
        }
        self.pause().await;
        self.sign_out(flow, session, is_alive).await
    }

    /// Signs out, and tries again where it is not known whether that took effect.
    async fn sign_out<F: Flow<Broker = B>>(
        &mut self,
        flow: &F,
        mut session: Session<F::Profile>,
        mut is_alive: bool,
    ) -> Option<SavedSession> {
        // A call that was given up may take effect at any time.
        let mut may_be_over = false;
        for _ in 0..TRIES {
            let saved = session.save();
            self.drain();
            let before = self.live_sessions();
            let outcome = session.logout().await;
            let is_honest = self.drain().last().is_some_and(|call| call.fault.is_none());
            let has_ended = self.live_sessions() < before;
            self.check(is_alive || !has_ended, || "another session has ended".to_owned());
            match outcome {
                Ok(()) => {
                    self.check(has_ended, || {
                        format!("signed out, but the session (alive: {is_alive}) stays as it was")
                    });
                    self.tally.note("signed out");
                    return None;
                }
                Err(error) if is_honest && error.status().is_some() => {
                    let is_over = error.kind() == ErrorKind::SessionExpired;
                    self.check(is_over && (may_be_over || !is_alive), || {
                        format!("alive: {is_alive}, and signing out: {error}")
                    });
                    self.tally.note("session over");
                    return None;
                }
                Err(error) => {
                    may_be_over |= error.status().is_none();
                    self.tally.note("sign-out repeated");
                }
            }
            is_alive &= !has_ended;
            session = flow.resume(saved);
        }
        self.tally.note("sign-out left to the end");
        Some(session.save())
    }

    /// Signs out of what is left, now that there are no faults, and checks what remains.
    async fn end<F: Flow<Broker = B>>(mut self, flow: F, left: Vec<SavedSession>, is_wrong: bool) -> Tally {
        self.end_faults();
        for saved in left {
            let session = flow.resume(saved);
            let mut outcome = session.logout().await;
            // On a busy machine a response may come too late.
            while outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::Timeout) {
                outcome = session.logout().await;
            }
            let is_right =
                outcome.as_ref().map_or_else(|error| error.kind() == ErrorKind::SessionExpired, |()| true);
            self.check(is_right, || format!("signing out at last: {outcome:?}"));
        }
        drop(flow);
        let open =
            process::until_nothing(|| Some(self.sandbox.open_connections()).filter(|open| *open > 0)).await;
        self.check(open.is_none(), || format!("{open:?} connections are left"));
        self.drain();
        let (live, orphans, unknown) = (self.live_sessions(), self.orphans, self.unknown);
        self.check((orphans..=orphans + unknown).contains(&live), || {
            format!("{live} sessions are left, {orphans} got lost on the way ({unknown} calls may have arrived late)")
        });
        let (bad_tries, is_locked) = (self.sandbox.bad_tries(&self.user), self.sandbox.is_locked(&self.user));
        match is_wrong {
            true => {
                self.check(is_locked, || "three wrong guesses have not locked the account".to_owned());
                self.tally.note("locked for wrong guesses");
            }
            false => self.check((bad_tries, is_locked) == (0, false), || {
                format!("{bad_tries} wrong guesses, locked: {is_locked}")
            }),
        }
        self.sandbox.shutdown().await;
        self.tally
    }
}
