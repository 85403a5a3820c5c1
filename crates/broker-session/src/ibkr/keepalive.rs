//! The task of a supervisor: round after round, each from one tickle to a state.

use std::time::Duration;

use broker_session_runtime::ErrorKind;
use ibkr_session_api::API;
use jiff::Timestamp;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep, sleep_until, timeout_at},
};

use super::{
    client::{
        Client, Compete, is_about_session, is_already_set, is_no_bridge, is_refusal, outcome,
        validation_period,
    },
    diagnose::{Diagnosis, MAX_WAIT, POLL_INTERVAL, Recovery, is_odd, reason},
    openings::{MAX_WAIT as MAX_OPENING_WAIT, Opening, Outcome, TooEarly},
    status::{AuthStatus, MAY_BE_ELSEWHERE, SessionState, State},
};
use crate::Error;

/// What opens a session again that was signed out.
pub(super) const CLOSED_HINT: &str = "To open it again run `broker-session login ibkr` (in a program: `Client::open_session`, or a new supervisor).";

/// What helps where an opening is refused without `compete`.
const COMPETE_HINT: &str = "Nobody has to sign in again. End the session elsewhere, or allow `--compete` (in a program: `Compete::TakeOver`).";

/// Keeps one session alive.
#[derive(Debug)]
pub(super) struct Keepalive {
    client: Client,
    compete: Compete,
    period: Duration,
    recovery_deadline: Duration,
    /// Why the next opening must wait, as of the last round.
    too_early: Option<TooEarly>,
    /// When the session was signed out, if it is to stay closed since.
    closed: Option<Timestamp>,
    /// Why the last opening failed, if it did.
    failed: Option<String>,
    /// When the gateway wants to be called again, if it has asked to be left alone.
    asked_to_wait: Option<Instant>,
    states: watch::Sender<SessionState>,
}

impl Keepalive {
    pub(super) fn new(
        client: Client,
        compete: Compete,
        period: Duration,
        recovery_deadline: Duration,
    ) -> (Self, watch::Receiver<SessionState>) {
        let first = SessionState::new(State::Connecting, "nothing is known yet", None);
        let (states, receiver) = watch::channel(first);
        let (too_early, closed, failed, asked_to_wait) = (None, None, None, None);
        let keepalive = Self {
            client,
            compete,
            period,
            recovery_deadline,
            too_early,
            closed,
            failed,
            asked_to_wait,
            states,
        };
        (keepalive, receiver)
    }

    /// Does rounds until the task is cancelled, or until nothing more must be sent. All who ask for a diagnosis while no
    /// round is under way share the next.
    pub(super) async fn run(&mut self, mut requests: mpsc::Receiver<oneshot::Sender<SessionState>>) {
        let mut waiting: Vec<oneshot::Sender<SessionState>> = Vec::new();
        // A program that starts this wants the session, also if it was signed out before.
        self.client.allow_revival().await;
        loop {
            let started = Instant::now();
            // On the heap while it lasts: between two rounds a task is small.
            Box::pin(self.round(!waiting.is_empty())).await;
            let state = self.states.borrow().clone();
            for sender in waiting.drain(..) {
                // The caller may have stopped waiting.
                let _ = sender.send(state.clone());
            }
            if state.state.is_final() {
                return;
            }
            let next = self.next_round(started);
            match timeout_at(next, requests.recv()).await {
                Ok(Some(request)) => waiting.push(request),
                Ok(None) => sleep_until(next).await,
                Err(_) => {}
            }
            while let Ok(request) = requests.try_recv() {
                waiting.push(request);
            }
        }
    }

    /// When the next round is due.
    fn next_round(&self, started: Instant) -> Instant {
        let regular = started + self.period;
        match self.states.borrow().state {
            State::Penalized { until } => until,
            // An opening that had to wait is made when it may be, not at the next round after that.
            State::SoftTimeout | State::Competing | State::Refused => {
                self.too_early.map_or(regular, |early| self.client.shared().instant(early.until).min(regular))
            }
            State::Offline => self.asked_to_wait.map_or(regular, |time| time.max(regular)),
            _ => regular,
        }
    }

    /// One round; and one more, if it only was too early to ask whether the single sign-on is alive, and it may be
    /// asked within `patience`.
    pub(super) async fn run_once(&mut self, patience: Duration) {
        if self.round(false).await != Some(Recovery::AskAgain) {
            return;
        }
        let period = validation_period();
        let wait = self.client.shared().update(|record, now| record.validation_wait(now, period)).await;
        if wait <= patience {
            sleep(wait).await;
            self.round(false).await;
        } else if self.client.is_denied().await {
            let diagnosis = self.client.signed_out(None);
            self.conclude(Ok(diagnosis)).await;
        }
    }

    /// One round: tickle, find out the state, and open the session again if that helps. `is_doubted` by a caller, a
    /// good tickle is not enough. Returns what would help.
    async fn round(&mut self, is_doubted: bool) -> Option<Recovery> {
        let is_penalized = match self.states.borrow().state {
            State::Penalized { until } => until > Instant::now(),
            _ => false,
        };
        if is_penalized {
            return None;
        }
        let diagnosis = self.diagnose(is_doubted).await;
        let recovery = self.conclude(diagnosis).await?;
        let first = match (recovery, self.compete) {
            (Recovery::Nothing | Recovery::AskAgain, _) | (Recovery::TakeOver, Compete::Yield) => {
                return Some(recovery);
            }
            (Recovery::TakeOver | Recovery::OpenOrTakeOver, Compete::TakeOver) => Compete::TakeOver,
            (Recovery::Open, _) | (Recovery::OpenOrTakeOver, Compete::Yield) => Compete::Yield,
        };
        if self.closed.is_none() {
            self.recover(first).await;
        }
        Some(recovery)
    }

    /// Tickles and finds out the state of the session. Unless the tickle reports that all is well, the status decides: a
    /// tickle may be behind, and one that has failed tells nothing about the session.
    async fn diagnose(&self, is_doubted: bool) -> Result<Diagnosis, Error> {
        let tickled = match self.client.tickle().await {
            Ok(tickle) => match AuthStatus::in_tickle(&tickle) {
                Some(status) if status.is_ready() && !is_doubted => {
                    return self.client.diagnose_response(Ok(status)).await;
                }
                status => status.map(Ok),
            },
            // It wants to be left alone.
            Err(error) if error.retry_after().is_some() => return Err(error),
            Err(error) if is_odd(&error) => None,
            Err(error) if is_about_session(&error) => Some(Err(error)),
            Err(error) => return Err(error),
        };
        match (tickled, self.client.auth_status().await) {
            // What is not confirmed, or denied, is believed, but nothing is done about it.
            (Some(tickled), Err(error)) if is_odd(&error) || is_live(&tickled) => {
                let mut diagnosis = self.client.diagnose_response(tickled).await?;
                diagnosis.state.reason =
                    format!("{}, but its status is not known: {}", diagnosis.state.reason, reason(&error));
                Ok(Diagnosis { recovery: Recovery::Nothing, ..diagnosis })
            }
            (_, status) => self.client.diagnose_response(status).await,
        }
    }

    /// Opens the brokerage session if that may be done now, and waits until it can be used or the deadline has passed.
    async fn recover(&mut self, first: Compete) {
        let compete = self.compete;
        let begun = self.client.shared().update(|record, now| {
            let was_refused = record.openings.is_refused_without_compete();
            record.openings.begin(compete, now).map(|opening| (opening, was_refused))
        });
        let (response, is_shut_out) = match begun.await {
            Ok((opening, was_refused)) => {
                // Without `compete` it was refused a moment ago.
                let first = if was_refused { compete } else { first };
                self.carry_out(first, opening).await
            }
            // Another program may be opening it.
            Err(_) if self.is_under_way().await => (self.wait_for_others().await, false),
            Err(_) => return,
        };
        let mut diagnosis = self.client.diagnose_response(response).await;
        if let Ok(Diagnosis { state, recovery: Recovery::Open }) = &diagnosis
            && is_shut_out
            && self.client.login_url().is_some()
        {
            diagnosis = Ok(Diagnosis::shut_out(state.status.clone()));
        }
        self.conclude(diagnosis).await;
    }

    /// Opens the brokerage session. Returns its status then, and whether the gateway asks for a login in place of it.
    async fn carry_out(&mut self, first: Compete, opening: Opening) -> (Result<AuthStatus, Error>, bool) {
        let opened = self.open(first).await;
        let outcome = outcome(&opened);
        let record = self.client.shared();
        record.update(|record, now| record.openings.responded(opening.clone(), outcome, now)).await;
        self.failed = opened.as_ref().err().map(reason);
        let is_shut_out = opened.as_ref().is_err_and(|error| error.status() == Some(401));
        let status = match opened {
            Ok(()) => {
                let settled = self.settled().await;
                if settled.as_ref().is_ok_and(|status| !status.is_ready()) {
                    let seconds = self.recovery_deadline.as_secs();
                    self.failed = Some(format!("it could not be used within {seconds} s"));
                }
                settled
            }
            // The status contains why it was refused, and what is left.
            Err(error) if is_odd(&error) => match self.client.auth_status().await {
                Err(status) if is_no_bridge(&status) => Err(error),
                status => status,
            },
            Err(error) => Err(error),
        };
        let is_in_vain = outcome == Outcome::Accepted && !status.as_ref().is_ok_and(AuthStatus::is_ready);
        self.client.shared().update(|record, _| record.openings.ended(is_in_vain)).await;
        (status, is_shut_out)
    }

    /// Opens the brokerage session with `first`; where another call is needed and allowed, it is made at once.
    async fn open(&self, first: Compete) -> Result<(), Error> {
        let Err(error) = self.client.send_opening(first).await else { return Ok(()) };
        if is_already_set(&error) {
            return match self.compete {
                Compete::TakeOver => self.client.send_opening(Compete::TakeOver).await.map(drop),
                Compete::Yield => self.client.reauthenticate().await.map(drop),
            };
        }
        if first == Compete::Yield && self.compete == Compete::TakeOver && is_refusal(&error) {
            return self.client.send_opening(Compete::TakeOver).await.map(drop);
        }
        Err(error)
    }

    async fn is_under_way(&self) -> bool {
        self.client.shared().update(|record, now| record.openings.is_under_way(now)).await
    }

    /// The status of the session when the opening of another program is over.
    async fn wait_for_others(&self) -> Result<AuthStatus, Error> {
        while self.is_under_way().await {
            sleep(POLL_INTERVAL).await;
        }
        self.client.auth_status().await
    }

    /// The status of a session that was opened, once it can be used, or cannot, or the deadline has passed. The response
    /// to the opening is not relied on, and the first responses after it are often failures.
    async fn settled(&self) -> Result<AuthStatus, Error> {
        let deadline = Instant::now() + self.recovery_deadline;
        loop {
            let response = self.client.auth_status().await;
            let is_on_its_way = match &response {
                Ok(status) => !status.is_ready() && !status.is_competing(),
                Err(error) => is_odd(error) || is_no_bridge(error),
            };
            if !is_on_its_way || Instant::now() + POLL_INTERVAL > deadline {
                return response;
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Publishes the state, and returns what would help.
    async fn conclude(&mut self, diagnosis: Result<Diagnosis, Error>) -> Option<Recovery> {
        self.record(&diagnosis).await;
        let (state, recovery) = match diagnosis {
            // Until it may be asked, what was known before counts; unless that was that all is well.
            Ok(Diagnosis { recovery: Recovery::AskAgain, .. }) if self.is_known_to_be_unwell() => {
                return Some(Recovery::AskAgain);
            }
            Ok(Diagnosis { state, recovery }) => (self.with_reason(state, recovery), Some(recovery)),
            Err(error) => {
                let max = MAX_OPENING_WAIT.unsigned_abs();
                let wait = error.retry_after().map(|wait| wait.min(max));
                self.asked_to_wait = wait.map(|wait| Instant::now() + wait);
                (state_of(&error), None)
            }
        };
        self.publish(state);
        recovery
    }

    /// Records a diagnosis for the next opening, and reads why that must wait.
    async fn record(&mut self, diagnosis: &Result<Diagnosis, Error>) {
        let (is_ready, is_opening) = match diagnosis {
            Ok(Diagnosis { recovery: Recovery::AskAgain, .. }) => return,
            Ok(Diagnosis { state, recovery }) => (state.is_ready(), recovery.is_opening()),
            Err(_) => (false, false),
        };
        let is_signed_out = diagnosis
            .as_ref()
            .is_ok_and(|diagnosis| matches!(diagnosis.state.state, State::LoginRequired { .. }));
        let is_offline = diagnosis.as_ref().is_err_and(|error| state_of(error).state == State::Offline);
        let recorded = self.client.shared().update(|record, now| {
            let openings = &mut record.openings;
            // Between the end of a single sign-on and the next the gateway may be away: people restart it.
            openings.signed_out |= is_signed_out;
            if openings.signed_out && is_opening {
                openings.forgive(now);
            }
            openings.signed_out &= is_signed_out || is_offline;
            openings.diagnosed(is_ready, now);
            if is_ready {
                record.sign_on.is_in_use(now);
                record.closed = None;
            }
            (record.openings.too_early(now), record.closed)
        });
        (self.too_early, self.closed) = recorded.await;
    }

    fn is_known_to_be_unwell(&self) -> bool {
        !matches!(self.states.borrow().state, State::Ready | State::Connecting | State::Offline)
    }

    /// A session that could not be opened keeps the reason, until it can be used or opening it would not help.
    fn with_reason(&mut self, mut state: SessionState, recovery: Recovery) -> SessionState {
        if let Some(closed) = self.closed.filter(|_| recovery.is_opening()) {
            let time = closed.strftime("%H:%M:%S UTC");
            state.reason = format!("{}; it stays closed, because it was signed out at {time}", state.reason);
            return state.with_hint(Some(CLOSED_HINT));
        }
        // As long as no opening was refused, it may be nothing but a brokerage session that has ended.
        if state.state == State::Refused && recovery.is_opening() && self.failed.is_none() {
            state.state = State::SoftTimeout;
        }
        if !recovery.is_opening() {
            self.failed = None;
            return state;
        }
        if let Some(failed) = self.failed.as_ref().filter(|failed| !state.reason.contains(*failed)) {
            state.reason = format!("{}; opening it again did not work: {failed}", state.reason);
        }
        // Where it must not be opened without permission, no waiting helps.
        let may_open = recovery != Recovery::TakeOver || self.compete == Compete::TakeOver;
        if let Some(early) = self.too_early.filter(|_| may_open) {
            if early.needs_compete() && self.compete == Compete::Yield {
                if !state.reason.contains(MAY_BE_ELSEWHERE) {
                    state.reason = format!("{}; {MAY_BE_ELSEWHERE}", state.reason);
                }
                state = state.with_hint(Some(COMPETE_HINT));
            }
            state.reason = format!("{}; {early}", state.reason);
            state.next_opening = Some(early.until);
        }
        state
    }

    /// Reports a state to the subscribers, but only if it has changed.
    fn publish(&self, mut next: SessionState) {
        self.states.send_if_modified(|current| {
            let is_same = current.state == next.state;
            if is_same && current.reason == next.reason {
                current.status = next.status.take().or(current.status.take());
                return false;
            }
            if is_same {
                next.since = current.since;
            } else {
                tracing::info!(
                    state = next.state.name(),
                    reason = next.reason,
                    "the state of the session has changed"
                );
            }
            *current = next;
            true
        });
    }
}

/// The state when there is no usable response.
fn state_of(error: &Error) -> SessionState {
    let state = State::of_certificate(error).unwrap_or_else(|| match error.kind() {
        ErrorKind::RateLimited => {
            let wait = error.retry_after().or(API.penalty).unwrap_or_default();
            State::Penalized { until: Instant::now() + wait.min(MAX_WAIT) }
        }
        ErrorKind::Refused => State::Refused,
        ErrorKind::Credentials => State::CredentialsRefused,
        _ => State::Offline,
    });
    SessionState::new(state, reason(error), None).with_hint(error.hint())
}

/// Whether a tickle reports that the session is alive, although it may not be ready.
fn is_live(tickled: &Result<AuthStatus, Error>) -> bool {
    tickled.as_ref().is_ok_and(AuthStatus::is_authenticated)
}
