//! The gateway's two tiers, without HTTP: what calls and time do to them.
//!
//! Nothing here waits: every method takes the time, and catches up with it first.

use std::time::Duration;

use jiff::Timestamp;

use super::{options::Options, responses::Refusal};
use crate::clock::later;

/// How long `reauthenticate` takes after it was triggered (observed).
const REAUTHENTICATION: Duration = Duration::from_secs(10);
/// The shortest decent pause between two attempts to open a session.
const MIN_INIT_PAUSE: Duration = Duration::from_secs(60);
/// Why an opening is refused while the session is elsewhere (observed).
const COMPETE_NEEDED: &str = "Force compete capability must be used together with compete flag";

/// The gateway's state, from [`super::Sandbox::state`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// Whether the person's single sign-on is alive. With OAuth, whether a token is that signs requests or goes with them.
    pub single_sign_on: bool,
    /// Whether there is a brokerage session, though the link to it may be down.
    pub brokerage_session: bool,
    /// Whether the gateway is linked to the back end.
    pub connected: bool,
    /// Whether the brokerage session can be used.
    pub authenticated: bool,
    /// Whether its accounts are loaded.
    pub established: bool,
    /// Whether the gateway reports that the brokerage session is elsewhere: not after a refused opening (observed).
    pub competing: bool,
    /// Why the last opening was refused.
    pub fail: Option<&'static str>,
    /// When the penalty box opens, if it is closed.
    pub penalised_until: Option<Timestamp>,
}

/// The result of an opening of the brokerage session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Init {
    /// The session is open, or was open already and stays so.
    Opened,
    /// A session was in use, and is torn down.
    AlreadySet,
    /// The session is elsewhere, and is left there; or the account always needs `compete`.
    Refused,
}

/// A person's sign-in.
#[derive(Clone)]
pub(super) struct SignOn {
    pub(super) since: Timestamp,
    pub(super) last_call: Timestamp,
    /// The field `session` of `tickle`.
    pub(super) session: String,
    /// The field `TOKEN` of `sso/validate`, at the older base.
    pub(super) token: String,
    /// Value of the cookie.
    pub(super) cookie: String,
    /// Whether it is for the paper account.
    pub(super) paper: bool,
    ends: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brokerage {
    /// Not opened since the sign-in.
    Unopened,
    /// Open; its accounts are loaded from this time on.
    Open { established: Timestamp },
    /// Connected, but not authenticated.
    TimedOut,
    /// Gone: even its status is 401.
    Lost,
}

/// The whole state of the gateway.
pub(super) struct Gateway {
    options: Options,
    sign_on: Option<SignOn>,
    /// Whether the last single sign-on ended with a logout.
    logged_out: bool,
    brokerage: Brokerage,
    /// Whether an opening was asked for since the last end of the brokerage session.
    bridged: bool,
    linked: bool,
    /// Whether the user's brokerage session is elsewhere.
    elsewhere: bool,
    /// Whether the status reports it.
    competing: bool,
    fail: Option<&'static str>,
    reauthentication: Option<Timestamp>,
    /// When the last opening was asked for, if it did not succeed.
    failed_init: Option<(Timestamp, bool)>,
}

impl Gateway {
    /// A gateway that nobody has signed in to.
    pub(super) fn new(options: Options) -> Self {
        Self {
            elsewhere: options.competing,
            options,
            sign_on: None,
            logged_out: false,
            brokerage: Brokerage::Unopened,
            bridged: false,
            linked: true,
            competing: false,
            fail: None,
            reauthentication: None,
            failed_init: None,
        }
    }

    /// Its state, without `penalised_until`.
    pub(super) fn state(&mut self, now: Timestamp) -> State {
        self.catch_up(now);
        let open_since = match self.brokerage {
            Brokerage::Open { established } => Some(established),
            _ => None,
        };
        let connected = self.linked
            && self.sign_on.is_some()
            && self.brokerage != Brokerage::Lost
            && self.bridge(now).is_ok();
        State {
            single_sign_on: self.sign_on.is_some(),
            brokerage_session: open_since.is_some(),
            connected,
            authenticated: connected && open_since.is_some(),
            established: connected && open_since.is_some_and(|established| established <= now),
            competing: self.competing,
            fail: self.fail,
            penalised_until: None,
        }
    }

    /// The single sign-on, if it is alive.
    pub(super) fn sign_on(&mut self, now: Timestamp) -> Option<&SignOn> {
        self.catch_up(now);
        self.sign_on.as_ref()
    }

    /// Lets a call in: it must belong to a single sign-on, and keeps the session from timing out.
    pub(super) fn enter(&mut self, now: Timestamp) -> Result<&SignOn, Refusal> {
        self.catch_up(now);
        match &mut self.sign_on {
            Some(sign_on) => {
                sign_on.last_call = now;
                Ok(sign_on)
            }
            None => Err(Refusal::SignedOut),
        }
    }

    /// The state as `iserver/auth/status` and `tickle` report it.
    pub(super) fn status(&mut self, now: Timestamp) -> Result<State, Refusal> {
        match self.brokerage {
            Brokerage::Lost => Err(Refusal::NotAuthenticated),
            _ => Ok(self.state(now)),
        }
    }

    /// With OAuth there is nothing behind `/iserver/*` before an opening (observed). After one that was refused the status has
    /// the reason.
    pub(super) fn bridge(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.catch_up(now);
        if self.options.has_oauth() && !self.bridged { Err(Refusal::NoBridge) } else { Ok(()) }
    }

    /// A trading call.
    pub(super) fn trade(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let state = self.state(now);
        match self.brokerage {
            Brokerage::Open { .. } if state.established => Ok(()),
            Brokerage::Lost => Err(Refusal::NotAuthenticated),
            Brokerage::Unopened | Brokerage::TimedOut | Brokerage::Open { .. } => Err(Refusal::NoBridge),
        }
    }

    /// Notes that an opening is asked for; true if it is in a hurry. With `compete` straight after one without it is the
    /// cure for a refusal, and not in a hurry.
    pub(super) fn note_init(&mut self, now: Timestamp, compete: bool) -> bool {
        let last = self.failed_init.replace((now, compete));
        last.is_some_and(|(last, competed)| now < later(last, MIN_INIT_PAUSE) && (competed || !compete))
    }

    /// True if an opening cannot succeed because nobody is signed in, and because of a logout at that.
    pub(super) fn is_logged_out(&mut self, now: Timestamp) -> bool {
        self.catch_up(now);
        self.sign_on.is_none() && self.logged_out
    }

    /// `ssodh/init`.
    pub(super) fn init(&mut self, now: Timestamp, compete: bool) -> Result<Init, Refusal> {
        self.catch_up(now);
        if !self.linked {
            return Err(Refusal::NoToken);
        }
        self.bridged = true;
        if matches!(self.brokerage, Brokerage::Open { .. }) {
            if self.options.init_tears_down {
                self.brokerage = Brokerage::TimedOut;
                return Ok(Init::AlreadySet);
            }
            self.failed_init = None;
            return Ok(Init::Opened);
        }
        Ok(if self.open(now, compete) { Init::Opened } else { Init::Refused })
    }

    /// `reauthenticate`: completes some time later.
    pub(super) fn reauthenticate(&mut self, now: Timestamp) {
        self.catch_up(now);
        self.reauthentication.get_or_insert_with(|| later(now, REAUTHENTICATION));
    }

    /// `logout`.
    pub(super) fn log_out(&mut self) {
        if self.options.logout_keeps_sign_on || self.options.has_oauth() {
            self.close();
        } else {
            self.sign_out();
            self.logged_out = true;
        }
    }

    /// A person signs in, to the paper account or not.
    pub(super) fn sign_in(&mut self, now: Timestamp, paper: bool) {
        self.sign_out();
        let has_oauth = self.options.has_oauth();
        let ends = later(now, self.options.sso_lifetime).min(self.options.midnight.after(now));
        self.sign_on = Some(SignOn {
            since: now,
            last_call: now,
            session: random_token(),
            token: random_token(),
            cookie: random_token(),
            paper,
            // The tokens of OAuth have ends of their own.
            ends: if has_oauth { Timestamp::MAX } else { ends },
        });
        self.competing = self.elsewhere;
        let opens = self.options.opened_at_sign_in && !has_oauth;
        if opens && !self.elsewhere && !self.options.compete_always_needed {
            self.open(now, false);
        }
    }

    /// The single sign-on ends, and all that hangs on it.
    pub(super) fn sign_out(&mut self) {
        self.sign_on = None;
        self.logged_out = false;
        self.close();
    }

    /// The brokerage session ends, and its openings are forgotten.
    pub(super) fn close(&mut self) {
        self.brokerage = Brokerage::Unopened;
        self.bridged = false;
        self.competing = false;
        self.fail = None;
        self.reauthentication = None;
        self.failed_init = None;
    }

    /// The brokerage session times out.
    pub(super) fn time_out(&mut self, now: Timestamp) {
        self.catch_up(now);
        if matches!(self.brokerage, Brokerage::Open { .. }) {
            self.brokerage = Brokerage::TimedOut;
        }
    }

    /// The brokerage session is gone.
    pub(super) fn lose_brokerage_session(&mut self, now: Timestamp) {
        self.catch_up(now);
        self.brokerage = Brokerage::Lost;
    }

    /// The link to the back end is there or not.
    pub(super) fn set_linked(&mut self, now: Timestamp, linked: bool) {
        self.catch_up(now);
        self.linked = linked;
    }

    /// The user signs in elsewhere, and takes the brokerage session there.
    pub(super) fn compete(&mut self, now: Timestamp) {
        self.time_out(now);
        self.elsewhere = true;
        self.competing = self.sign_on.is_some();
        self.fail = None;
    }

    /// The session elsewhere ends.
    pub(super) fn stop_competing(&mut self, now: Timestamp) {
        self.catch_up(now);
        self.elsewhere = false;
        self.competing = false;
    }

    /// Opens the brokerage session, unless it is elsewhere and left there.
    fn open(&mut self, now: Timestamp, compete: bool) -> bool {
        self.elsewhere &= !compete;
        self.competing = false;
        let refused = self.elsewhere || (self.options.compete_always_needed && !compete);
        self.fail = refused.then_some(COMPETE_NEEDED);
        if !refused {
            self.brokerage = Brokerage::Open { established: later(now, self.options.establish_after) };
            self.reauthentication = None;
            self.failed_init = None;
        }
        !refused
    }

    /// Carries out what was due by now, in its order.
    fn catch_up(&mut self, now: Timestamp) {
        let Some(ends) = self.sign_on.as_ref().map(|sign_on| sign_on.ends) else {
            return;
        };
        if let Some(due) = self.reauthentication.filter(|due| *due <= now.min(ends)) {
            self.reauthentication = None;
            let open = matches!(self.brokerage, Brokerage::Open { .. });
            if self.linked && !open && self.open(due, false) {
                self.sign_on.iter_mut().for_each(|sign_on| sign_on.last_call = due.max(sign_on.last_call));
            }
        }
        let idle_since = self.sign_on.as_ref().map_or(now, |sign_on| sign_on.last_call);
        if matches!(self.brokerage, Brokerage::Open { .. })
            && later(idle_since, self.options.idle_timeout) <= now
        {
            self.brokerage = Brokerage::TimedOut;
        }
        if ends <= now {
            self.sign_out();
        }
    }
}

/// 32 hexadecimal digits.
fn random_token() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests;
