//! The task: round after round, each from one tickle to a state.

use std::time::Duration;

use broker_session_runtime::ErrorKind;
use ibkr_session_api::API;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep, sleep_until},
};

use super::{
    super::{
        auth_status::AuthStatus,
        gateway::{Compete, Gateway},
        look::{Cure, Finding, LONGEST, PACE, is_about_the_session, is_odd, why},
        session_state::{SessionState, State},
    },
    backoff::{Backoff, LONGEST as LONGEST_BACKOFF},
};
use crate::Error;

/// Keeps one session alive.
#[derive(Debug)]
pub(super) struct Keeper {
    gateway: Gateway,
    compete: Compete,
    period: Duration,
    recovery_deadline: Duration,
    backoff: Backoff,
    /// Why the last opening failed, if it did.
    failed: Option<String>,
    /// When the gateway wants to be asked again, if it has said so.
    asked_to_wait: Option<Instant>,
    /// Whether the single sign-on was over when it was last known.
    signed_out: bool,
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
                backoff: Backoff::new(),
                failed: None,
                asked_to_wait: None,
                signed_out: false,
                states,
            },
            watch,
        )
    }

    /// Goes round until the task is cancelled. All who ask for a look while none is under way share the next.
    pub(super) async fn run(&mut self, mut requests: mpsc::Receiver<oneshot::Sender<SessionState>>) {
        let mut waiting: Vec<oneshot::Sender<SessionState>> = Vec::new();
        loop {
            let started = Instant::now();
            self.round(!waiting.is_empty()).await;
            let state = self.states.borrow().clone();
            for answer in waiting.drain(..) {
                // Whoever has asked may have stopped waiting.
                let _ = answer.send(state.clone());
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
            State::SoftTimeout | State::Competing => {
                self.backoff.not_before().map_or(regular, |time| time.min(regular))
            }
            State::Offline => self.asked_to_wait.map_or(regular, |time| time.max(regular)),
            _ => regular,
        }
    }

    /// One round: tickle, find out, and open the session again if that is the cure.
    pub(super) async fn round(&mut self, asked: bool) {
        let is_penalised = match self.states.borrow().state {
            State::Penalised { until } => until > Instant::now(),
            _ => false,
        };
        if is_penalised {
            return;
        }
        let found = self.look(asked).await;
        let Some(cure) = self.take_note(found) else { return };
        let compete = match (cure, self.compete) {
            (Cure::Nothing | Cure::Wait, _) | (Cure::TakeOver, Compete::Yield) => return,
            (Cure::TakeOver | Cure::OpenOrTakeOver, Compete::TakeOver) => Compete::TakeOver,
            (Cure::Open, _) | (Cure::OpenOrTakeOver, Compete::Yield) => Compete::Yield,
        };
        if self.backoff.not_before().is_none() {
            self.open(compete).await;
        }
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

    /// Opens the brokerage session, and looks until it can be used or the deadline has passed.
    async fn open(&mut self, compete: Compete) {
        let opened = self.gateway.init(compete).await;
        // When the gateway has counted it is not known, only that it did so by now.
        if !opened.as_ref().is_err_and(Error::is_unsent) {
            self.backoff.opened();
        }
        self.failed = opened.as_ref().err().map(why);
        let answer = match opened {
            Ok(_) => {
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
        let found = self.gateway.find(answer).await;
        self.take_note(found);
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
    fn take_note(&mut self, found: Result<Finding, Error>) -> Option<Cure> {
        let (state, cure) = match found {
            // Until it may be asked, what was known before is as good; unless that was that all is well.
            Ok(Finding { cure: Cure::Wait, .. }) if self.is_known_to_be_unwell() => return None,
            Ok(Finding { state, cure }) => (self.with_reason(state, cure), Some(cure)),
            Err(error) => {
                let wait = error.retry_after().map(|wait| wait.min(LONGEST_BACKOFF));
                self.asked_to_wait = wait.map(|wait| Instant::now() + wait);
                (unknown(&error), None)
            }
        };
        // Between the end of a single sign-on and the next the gateway may be away: people restart it.
        self.signed_out |= matches!(state.state, State::LoginRequired { .. });
        if self.signed_out && cure.is_some_and(Cure::is_opening) {
            self.backoff.forgive();
        }
        self.signed_out &= matches!(state.state, State::LoginRequired { .. } | State::Offline);
        self.backoff.note(state.is_ready());
        self.publish(state);
        cure
    }

    fn is_known_to_be_unwell(&self) -> bool {
        !matches!(self.states.borrow().state, State::Ready | State::Connecting | State::Offline)
    }

    /// A session that could not be opened keeps the reason, until it can be used or opening it is not the cure.
    fn with_reason(&mut self, mut state: SessionState, cure: Cure) -> SessionState {
        match &self.failed {
            Some(failed) if cure.is_opening() => {
                if !state.why.contains(failed) {
                    state.why = format!("{}; opening it again did not work: {failed}", state.why);
                }
            }
            _ => self.failed = None,
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
    let state = match error.kind() {
        ErrorKind::RateLimited => {
            let wait = error.retry_after().or(API.penalty).unwrap_or_default();
            State::Penalised { until: Instant::now() + wait.min(LONGEST) }
        }
        _ => State::Offline,
    };
    SessionState::new(state, why(error), None)
}

/// Whether a tickle says that the session is alive, although it may not be ready.
fn is_live(tickled: &Result<AuthStatus, Error>) -> bool {
    tickled.as_ref().is_ok_and(|status| status.authenticated)
}
