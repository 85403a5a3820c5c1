//! Supervised sessions with Interactive Brokers, each with a gateway of its own.

use std::{collections::VecDeque, time::Duration};

use broker_session::{
    ErrorKind,
    ibkr::{Client, Compete, SessionState, State, Supervisor},
};
use broker_session_sandbox::{
    Broker as _, Call, Fault, Sandbox,
    ibkr::{Ibkr, Operation, State as Truth, Violations},
};
use jiff::Timestamp;
use rand::{RngExt, rngs::StdRng};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    plan::{Plan, RATE, options},
    process,
    tally::Tally,
};

/// How often a session is tickled.
const PERIOD: Duration = Duration::from_secs(5);

/// How many calls a report shows.
const TRAIL: usize = 40;

/// What happens to a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Nothing,
    TimesOut,
    LosesSession,
    SignedOut,
    SignedOutAndIn,
    LosesLink,
    Elsewhere,
    TakenBack,
}

impl Fate {
    fn draw(chance: &mut StdRng) -> Self {
        match chance.random_range(0..12) {
            0 => Self::TimesOut,
            1 => Self::LosesSession,
            2 => Self::SignedOut,
            3 => Self::SignedOutAndIn,
            4 => Self::LosesLink,
            5 => Self::Elsewhere,
            6 => Self::TakenBack,
            _ => Self::Nothing,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Nothing => "gateway: nothing happens",
            Self::TimesOut => "gateway: times out",
            Self::LosesSession => "gateway: loses its session",
            Self::SignedOut => "gateway: signed out",
            Self::SignedOutAndIn => "gateway: signed out and in again",
            Self::LosesLink => "gateway: loses its link for a while",
            Self::Elsewhere => "gateway: session taken elsewhere",
            Self::TakenBack => "gateway: session taken elsewhere, taken back",
        }
    }

    fn begin(self, sandbox: &Sandbox<Ibkr>) {
        match self {
            Self::Nothing => {}
            Self::TimesOut => sandbox.soft_time_out(),
            Self::LosesSession => sandbox.lose_brokerage_session(),
            Self::SignedOut | Self::SignedOutAndIn => sandbox.sign_out(),
            Self::LosesLink => sandbox.lose_link(),
            Self::Elsewhere | Self::TakenBack => sandbox.compete(),
        }
    }

    fn end(self, sandbox: &Sandbox<Ibkr>) {
        match self {
            Self::SignedOutAndIn => sandbox.sign_in(),
            Self::LosesLink => sandbox.restore_link(),
            _ => {}
        }
    }
}

/// A gateway and what has been seen of it.
struct Station {
    index: usize,
    sandbox: Sandbox<Ibkr>,
    tally: Tally,
    /// When what is true has changed.
    changes: Vec<Timestamp>,
    /// When the last call arrived, and whether it met a fault.
    last: Option<(Timestamp, bool)>,
    /// When the single sign-on was last validated, which holds for a minute.
    validated: Option<Timestamp>,
    /// When the supervisor was ended; what arrives later was under way.
    ended: Option<Timestamp>,
    /// Openings that could not have known better.
    misled: u64,
    /// The latest calls, for the report.
    trail: VecDeque<String>,
}

/// Keeps a session alive until `end`, whatever happens, and returns what was seen.
pub(crate) async fn supervise(plan: Plan, index: usize, end: Instant) -> Tally {
    let (mut chance, seed) = plan.chance(u64::from(Ibkr::NAME.as_bytes()[0]), index);
    let builder = Sandbox::<Ibkr>::builder();
    // With the others the supervisor has to open the brokerage session.
    let builder = if chance.random_bool(0.8) { builder } else { builder.opened_at_sign_in(false) };
    let sandbox = builder.start().await.expect("a sandbox");
    sandbox.inject_randomly(RATE, seed, Fault::bad_day());
    let fate = Fate::draw(&mut chance);
    let compete = if fate == Fate::TakenBack { Compete::TakeOver } else { Compete::Yield };
    let gateway = Client::builder().base_url(sandbox.base_url()).options(options()).build();
    let gateway = gateway.expect("a gateway");
    // Not all at once.
    sleep(PERIOD.mul_f64(chance.random())).await;
    let supervisor = Supervisor::builder(gateway.clone(), compete).tickle_every(PERIOD);
    let supervisor = supervisor.recovery_deadline(Duration::from_secs(10)).start().expect("a runtime");
    let mut station = Station {
        index,
        sandbox,
        tally: Tally::default(),
        changes: Vec::new(),
        last: None,
        validated: None,
        ended: None,
        misled: 0,
        trail: VecDeque::new(),
    };
    station.tally.note(fate.name());

    let begin = end - plan.time + plan.time.mul_f64(chance.random_range(0.1..0.25));
    station.watch_until(begin).await;
    station.change(|sandbox| fate.begin(sandbox));
    station.watch_until(begin + plan.time.mul_f64(0.15)).await;
    station.change(|sandbox| fate.end(sandbox));
    // Neither do all end at once.
    station.watch_until(end - plan.time.mul_f64(0.1 * chance.random::<f64>())).await;
    station.drain();
    station.tally.end_of_faults();
    station.sandbox.clear_faults();
    station.agree(&supervisor).await;
    station.ended = Some(station.sandbox.clock().now());
    let is_logged_out = index.is_multiple_of(2);
    match is_logged_out {
        true => station.log_out(supervisor, &gateway).await,
        false => supervisor.shutdown().await,
    }
    drop(gateway);
    station.end(fate).await
}

impl Station {
    fn check(&mut self, is_right: bool, problem: impl FnOnce() -> String) {
        let index = self.index;
        self.tally.check(is_right, || format!("gateway {index}: {}", problem()));
    }

    /// Looks through what arrives, until then.
    async fn watch_until(&mut self, end: Instant) {
        while Instant::now() < end {
            sleep_until(end.min(Instant::now() + 2 * PERIOD)).await;
            self.drain();
        }
    }

    fn drain(&mut self) {
        let calls = self.sandbox.take_calls();
        self.tally.arrived(Ibkr::NAME, &calls);
        for Call { operation, fault, at, .. } in &calls {
            if self.trail.len() == TRAIL {
                self.trail.pop_front();
            }
            let met = fault.as_ref().map(|fault| format!(" ({fault})")).unwrap_or_default();
            self.trail.push_back(format!("{at:.3} {}{met}", operation.unwrap_or("unknown")));
            if *operation == Some(Operation::IserverAuthSsodhInitPost.id()) {
                self.misled += u64::from(self.is_misled(*at));
            }
            if *operation == Some(Operation::SsoValidateGet.id()) {
                self.validated = Some(*at);
            }
            self.last = Some((*at, fault.is_some()));
        }
    }

    /// Whether an opening at this time cannot know better: the last response was a fault, or out of date when it arrived,
    /// or the single sign-on has ended within the minute in which it may not be asked about.
    fn is_misled(&self, at: Timestamp) -> bool {
        let Some((last, was_fault)) = self.last else { return false };
        if self.ended.is_some_and(|ended| ended <= at) {
            return true;
        }
        let has_changed = |since: Timestamp| self.changes.iter().any(|change| (since..=at).contains(change));
        let may_believe = |validated: &Timestamp| at.duration_since(*validated).as_secs() < 60;
        was_fault || has_changed(last) || self.validated.filter(may_believe).is_some_and(has_changed)
    }

    /// Changes what is true.
    fn change(&mut self, change: impl FnOnce(&Sandbox<Ibkr>)) {
        self.changes.push(self.sandbox.clock().now());
        change(&self.sandbox);
    }

    /// Waits until the supervisor reports the true state.
    async fn agree(&mut self, supervisor: &Supervisor) {
        let differ = || {
            let (reported, truth) = (supervisor.state(), self.sandbox.state());
            (!agrees(&reported, &truth)).then(|| format!("{reported:?} is reported, and it is {truth:?}"))
        };
        let differ = process::until_nothing(differ).await;
        self.check(differ.is_none(), || differ.unwrap_or_default());
        self.tally.note(match supervisor.state().state() {
            State::Ready => "supervisor: ready",
            State::SoftTimeout => "supervisor: soft_timeout",
            State::Competing => "supervisor: competing",
            State::LoginRequired { .. } => "supervisor: login_required",
            _ => "supervisor: something else",
        });
    }

    /// Signs out, again if need be: on a busy machine a response may come too late.
    async fn log_out(&mut self, supervisor: Supervisor, gateway: &Client) {
        let was_signed_on = self.sandbox.state().single_sign_on;
        let mut outcome = supervisor.logout().await;
        let mut is_late = false;
        while outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::Timeout) {
            self.tally.note("supervisor: logout repeated");
            is_late = true;
            outcome = gateway.logout().await;
        }
        let is_signed_on = self.sandbox.state().single_sign_on;
        let is_right = match &outcome {
            Ok(()) => was_signed_on,
            Err(error) => {
                let is_over = matches!(error.kind(), ErrorKind::LoginRequired | ErrorKind::SessionExpired);
                is_over && (is_late || !was_signed_on)
            }
        };
        self.check(is_right && !is_signed_on, || {
            format!("signed on: {was_signed_on}, then {is_signed_on}: {outcome:?}")
        });
    }

    /// Checks what is left in the end.
    async fn end(mut self, fate: Fate) -> Tally {
        let open =
            process::until_nothing(|| Some(self.sandbox.open_connections()).filter(|open| *open > 0)).await;
        self.check(open.is_none(), || format!("{open:?} connections are left"));
        self.drain();
        let (violations, misled) = (self.sandbox.violations(), self.misled);
        let forgiven = Violations {
            inits_on_live_session: violations.inits_on_live_session.saturating_sub(misled),
            inits_while_signed_out: violations.inits_while_signed_out.saturating_sub(misled),
            inits_with_compete: match fate {
                Fate::TakenBack => 0,
                _ => violations.inits_with_compete,
            },
            ..violations
        };
        let trail = std::mem::take(&mut self.trail);
        self.check(forgiven == Violations::default(), || {
            format!("after `{}`: {violations:?}; the calls: {trail:#?}", fate.name())
        });
        let penalised = self.sandbox.state().penalised_until;
        self.check(penalised.is_none(), || "it is in the penalty box".to_owned());
        self.sandbox.shutdown().await;
        self.tally
    }
}

/// Whether a reported state is true.
fn agrees(reported: &SessionState, truth: &Truth) -> bool {
    let Truth { single_sign_on, authenticated, established, competing, fail, .. } = *truth;
    let is_elsewhere = competing || fail.is_some();
    match reported.state() {
        State::Ready => authenticated && established && !competing,
        State::SoftTimeout => single_sign_on && !authenticated && !is_elsewhere,
        State::Competing => single_sign_on && !authenticated && is_elsewhere,
        State::LoginRequired { .. } => !single_sign_on,
        _ => false,
    }
}
