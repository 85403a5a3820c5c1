//! The task: round after round, each from one tickle to a state.

use std::time::Duration;

use broker_session_runtime::ErrorKind;
use ibkr_session_api::API;
use jiff::Timestamp;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep, sleep_until},
};

use super::super::{
    auth_status::{AuthStatus, MAY_BE_ELSEWHERE},
    gateway::{Compete, Gateway, outcome, validation_period},
    look::{Cure, Finding, LONGEST, PACE, is_about_the_session, is_odd, shut_out, why},
    notes::{Begun, HeldBack, LONGEST_WAIT, Outcome},
    session_state::{SessionState, State},
};
use crate::Error;

/// What opens a session again that somebody has signed out.
const CLOSED_HINT: &str =
    "To open it again run `broker-session login ibkr` (in a program: `Gateway::init`, or a new supervisor).";

/// What helps where an opening is refused without `compete`.
const LEAVE_HINT: &str = "Nobody has to sign in again. End the session elsewhere, or allow `--compete` (in a program: `Compete::TakeOver`).";

/// Keeps one session alive.
#[derive(Debug)]
pub(super) struct Keeper {
    gateway: Gateway,
    compete: Compete,
    period: Duration,
    recovery_deadline: Duration,
    /// Why the next opening must wait, as of the last look.
    held_back: Option<HeldBack>,
    /// When somebody has signed out, if the session is to stay closed since.
    closed: Option<Timestamp>,
    /// Why the last opening failed, if it did.
    failed: Option<String>,
    /// When the gateway wants to be asked again, if it has said so.
    asked_to_wait: Option<Instant>,
    states: watch::Sender<SessionState>,
}

impl Keeper {
    pub(super) fn new(
        gateway: Gateway,
        compete: Compete,
        period: Duration,
        recovery_deadline: Duration,
    ) -> (Self, watch::Receiver<SessionState>) {
        let first = SessionState::new(State::Connecting, "nothing is known yet", None);
        let (states, watch) = watch::channel(first);
        (
            Self {
                gateway,
                compete,
                period,
                recovery_deadline,
                held_back: None,
                closed: None,
                failed: None,
                asked_to_wait: None,
                states,
            },
            watch,
        )
    }

    /// Goes round until the task is cancelled, or until nothing more must be sent. All who ask for a look while none is
    /// under way share the next.
    pub(super) async fn run(&mut self, mut requests: mpsc::Receiver<oneshot::Sender<SessionState>>) {
        let mut waiting: Vec<oneshot::Sender<SessionState>> = Vec::new();
        // Who starts this wants the session, whoever has signed out before.
        self.gateway.notes().change(|known, _| known.closed = None).await;
        loop {
            let started = Instant::now();
            self.round(!waiting.is_empty()).await;
            let state = self.states.borrow().clone();
            for answer in waiting.drain(..) {
                // Whoever has asked may have stopped waiting.
                let _ = answer.send(state.clone());
            }
            if state.state.is_final() {
                return;
            }
            tokio::select! {
                () = sleep_until(self.next(started)) => {}
                Some(request) = requests.recv() => waiting.push(request),
            }
            while let Ok(request) = requests.try_recv() {
                waiting.push(request);
            }
        }
    }

    /// When the next round is due.
    fn next(&self, started: Instant) -> Instant {
        let regular = started + self.period;
        match self.states.borrow().state {
            State::Penalised { until } => until,
            // An opening that had to wait is made when it may be, not at the next round after that.
            State::SoftTimeout | State::Competing | State::Refused => {
                self.held_back.map_or(regular, |held| self.gateway.notes().instant(held.until).min(regular))
            }
            State::Offline => self.asked_to_wait.map_or(regular, |time| time.max(regular)),
            _ => regular,
        }
    }

    /// One round; and one more, if it only was too early to ask whether the single sign-on is alive, and it may be
    /// asked within `patience`.
    pub(super) async fn once(&mut self, patience: Duration) {
        if self.round(false).await != Some(Cure::Wait) {
            return;
        }
        let period = validation_period();
        let left = self.gateway.notes().change(move |known, now| known.validation_wait(now, period)).await;
        if left <= patience {
            sleep(left).await;
            self.round(false).await;
        } else if self.gateway.is_denied().await {
            let found = self.gateway.signed_out(None);
            self.take_note(Ok(found)).await;
        }
    }

    /// One round: tickle, find out, and open the session again if that is the cure. Gives back the cure.
    pub(super) async fn round(&mut self, asked: bool) -> Option<Cure> {
        let is_penalised = match self.states.borrow().state {
            State::Penalised { until } => until > Instant::now(),
            _ => false,
        };
        if is_penalised {
            return None;
        }
        let found = self.look(asked).await;
        let cure = self.take_note(found).await?;
        let first = match (cure, self.compete) {
            (Cure::Nothing | Cure::Wait, _) | (Cure::TakeOver, Compete::Yield) => {
                return Some(cure);
            }
            (Cure::TakeOver | Cure::OpenOrTakeOver, Compete::TakeOver) => Compete::TakeOver,
            (Cure::Open, _) | (Cure::OpenOrTakeOver, Compete::Yield) => Compete::Yield,
        };
        if self.closed.is_none() {
            self.open(first).await;
        }
        Some(cure)
    }

    /// Tickles and finds out how the session is. Unless the tickle says that all is well, the status has the last
    /// word: a tickle may be behind, and one that has failed says nothing about the session.
    async fn look(&self, asked: bool) -> Result<Finding, Error> {
        let tickled = match self.gateway.tickle().await {
            Ok(tickle) => match tickle.status {
                // Whoever asks has met something that makes them doubt it.
                Some(status) if status.is_ready() && !asked => return self.gateway.find(Ok(status)).await,
                status => status.map(Ok),
            },
            // It wants to be left alone.
            Err(error) if error.retry_after().is_some() => return Err(error),
            Err(error) if is_odd(&error) => None,
            Err(error) if is_about_the_session(&error) => Some(Err(error)),
            Err(error) => return Err(error),
        };
        match (tickled, self.gateway.status().await) {
            // What is not confirmed, or denied, is believed, but nothing is done about it.
            (Some(tickled), Err(error)) if is_odd(&error) || is_live(&tickled) => {
                let mut found = self.gateway.find(tickled).await?;
                found.state.why = format!("{}, but its status is not told: {}", found.state.why, why(&error));
                Ok(Finding { cure: Cure::Nothing, ..found })
            }
            (_, status) => self.gateway.find(status).await,
        }
    }

    /// Opens the brokerage session if that may be done now, and looks until it can be used or the deadline has passed.
    async fn open(&mut self, first: Compete) {
        let leave = self.compete;
        let begun = self.gateway.notes().change(move |known, now| {
            let was_refused = known.openings.is_refused_for_want_of_leave();
            Some(known.openings.begin(leave, now).map(|begun| (begun, was_refused)))
        });
        let (answer, is_shut_out) = match begun.await {
            Some(Ok((begun, was_refused))) => {
                // Without `compete` it was refused a moment ago.
                let first = if was_refused { leave } else { first };
                self.carry_out(first, begun).await
            }
            // Another program may be opening it.
            Some(Err(_)) if self.is_under_way().await => (self.others().await, false),
            Some(Err(_)) | None => return,
        };
        let mut found = self.gateway.find(answer).await;
        if let Ok(Finding { state, cure: Cure::Open }) = &found
            && is_shut_out
            && self.gateway.login_url().is_some()
        {
            found = Ok(shut_out(state.status.clone()));
        }
        self.take_note(found).await;
    }

    /// Opens the brokerage session, and says how it is then, and whether the gateway asks for a login in place of it.
    async fn carry_out(&mut self, first: Compete, begun: Begun) -> (Result<AuthStatus, Error>, bool) {
        let opened = self.gateway.open_session(first, self.compete).await;
        let outcome = outcome(&opened);
        self.gateway.notes().change(move |known, now| known.openings.answered(begun, outcome, now)).await;
        self.failed = opened.as_ref().err().map(why);
        let is_shut_out = opened.as_ref().is_err_and(|error| error.status() == Some(401));
        let answer = match opened {
            Ok(()) => {
                let settled = self.settled().await;
                if settled.as_ref().is_ok_and(|status| !status.is_ready()) {
                    let seconds = self.recovery_deadline.as_secs();
                    self.failed = Some(format!("it could not be used within {seconds} s"));
                }
                settled
            }
            // Why it was refused, and what is left, the status says.
            Err(error) if is_odd(&error) => self.gateway.status().await,
            Err(error) => Err(error),
        };
        let is_in_vain = outcome == Outcome::Accepted && !answer.as_ref().is_ok_and(AuthStatus::is_ready);
        self.gateway.notes().change(move |known, _| known.openings.ended(is_in_vain)).await;
        (answer, is_shut_out)
    }

    async fn is_under_way(&self) -> bool {
        self.gateway.notes().change(|known, now| known.openings.is_under_way(now)).await
    }

    /// How the session is when the opening of another program is over.
    async fn others(&self) -> Result<AuthStatus, Error> {
        while self.is_under_way().await {
            sleep(PACE).await;
        }
        self.gateway.status().await
    }

    /// How a session is that was opened, once it can be used, or cannot, or the deadline has passed. What the
    /// opening answered is not relied on, and the first answers after it are often failures.
    async fn settled(&self) -> Result<AuthStatus, Error> {
        let deadline = Instant::now() + self.recovery_deadline;
        loop {
            let answer = self.gateway.status().await;
            let is_on_its_way = match &answer {
                Ok(status) => !status.is_ready() && !status.competing,
                Err(error) => is_odd(error),
            };
            if !is_on_its_way || Instant::now() + PACE > deadline {
                return answer;
            }
            sleep(PACE).await;
        }
    }

    /// Makes what was found the state, and gives back the cure.
    async fn take_note(&mut self, found: Result<Finding, Error>) -> Option<Cure> {
        self.note(&found).await;
        let (state, cure) = match found {
            // Until it may be asked, what was known before is as good; unless that was that all is well.
            Ok(Finding { cure: Cure::Wait, .. }) if self.is_known_to_be_unwell() => return Some(Cure::Wait),
            Ok(Finding { state, cure }) => (self.with_reason(state, cure), Some(cure)),
            Err(error) => {
                let longest = LONGEST_WAIT.unsigned_abs();
                let wait = error.retry_after().map(|wait| wait.min(longest));
                self.asked_to_wait = wait.map(|wait| Instant::now() + wait);
                (unknown(&error), None)
            }
        };
        self.publish(state);
        cure
    }

    /// Notes for the next opening what was found, and why it must wait.
    async fn note(&mut self, found: &Result<Finding, Error>) {
        let (is_ready, is_opening) = match found {
            Ok(Finding { cure: Cure::Wait, .. }) => return,
            Ok(Finding { state, cure }) => (state.is_ready(), cure.is_opening()),
            Err(_) => (false, false),
        };
        let is_signed_out =
            found.as_ref().is_ok_and(|found| matches!(found.state.state, State::LoginRequired { .. }));
        let is_offline = found.as_ref().is_err_and(|error| unknown(error).state == State::Offline);
        let noted = self.gateway.notes().change(move |known, now| {
            let openings = &mut known.openings;
            // Between the end of a single sign-on and the next the gateway may be away: people restart it.
            openings.signed_out |= is_signed_out;
            if openings.signed_out && is_opening {
                openings.forgive(now);
            }
            openings.signed_out &= is_signed_out || is_offline;
            openings.note(is_ready, now);
            if is_ready {
                known.sign_on.is_in_use(now);
                known.closed = None;
            }
            (known.openings.held_back(now), known.closed)
        });
        (self.held_back, self.closed) = noted.await;
    }

    fn is_known_to_be_unwell(&self) -> bool {
        !matches!(self.states.borrow().state, State::Ready | State::Connecting | State::Offline)
    }

    /// A session that could not be opened keeps the reason, until it can be used or opening it is not the cure.
    fn with_reason(&mut self, mut state: SessionState, cure: Cure) -> SessionState {
        if let Some(closed) = self.closed.filter(|_| cure.is_opening()) {
            let time = closed.strftime("%H:%M:%S UTC");
            state.why = format!("{}; it stays closed, because somebody has signed out at {time}", state.why);
            return state.with_hint(Some(CLOSED_HINT));
        }
        // As long as no opening was refused, it may be nothing but a brokerage session that has ended.
        if state.state == State::Refused && cure.is_opening() && self.failed.is_none() {
            state.state = State::SoftTimeout;
        }
        if !cure.is_opening() {
            self.failed = None;
            return state;
        }
        if let Some(failed) = self.failed.as_ref().filter(|failed| !state.why.contains(*failed)) {
            state.why = format!("{}; opening it again did not work: {failed}", state.why);
        }
        // Where it must not be opened without leave, no waiting helps.
        let may_open = cure != Cure::TakeOver || self.compete == Compete::TakeOver;
        if let Some(held) = self.held_back.filter(|_| may_open) {
            if held.needs_leave() && self.compete == Compete::Yield {
                if !state.why.contains(MAY_BE_ELSEWHERE) {
                    state.why = format!("{}; {MAY_BE_ELSEWHERE}", state.why);
                }
                state = state.with_hint(Some(LEAVE_HINT));
            }
            state.why = format!("{}; {held}", state.why);
            state.next_opening = Some(held.until);
        }
        state
    }

    /// Tells the watchers, but only of a change.
    fn publish(&self, mut next: SessionState) {
        self.states.send_if_modified(|current| {
            let is_same = current.state == next.state;
            if is_same && current.why == next.why {
                current.status = next.status.take().or(current.status.take());
                return false;
            }
            if is_same {
                next.since = current.since;
            } else {
                tracing::info!(state = next.state.name(), why = next.why, "the session has changed");
            }
            *current = next;
            true
        });
    }
}

/// The state when there is no usable answer.
fn unknown(error: &Error) -> SessionState {
    let state = State::of_certificate(error).unwrap_or_else(|| match error.kind() {
        ErrorKind::RateLimited => {
            let wait = error.retry_after().or(API.penalty).unwrap_or_default();
            State::Penalised { until: Instant::now() + wait.min(LONGEST) }
        }
        ErrorKind::Refused => State::Refused,
        ErrorKind::Credentials => State::CredentialsRefused,
        _ => State::Offline,
    });
    SessionState::new(state, why(error), None).with_hint(error.hint())
}

/// Whether a tickle says that the session is alive, although it may not be ready.
fn is_live(tickled: &Result<AuthStatus, Error>) -> bool {
    tickled.as_ref().is_ok_and(|status| status.authenticated)
}
