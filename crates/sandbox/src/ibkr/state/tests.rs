use super::{super::options::Midnight, *};

const MINUTE: Duration = Duration::from_secs(60);

/// Connected, authenticated, established, competing.
type Flags = [bool; 4];
const READY: Flags = [true, true, true, false];
const CLOSED: Flags = [true, false, false, false];
const ELSEWHERE: Flags = [true, false, false, true];

/// A gateway with a person signed in, and its time.
struct Trial {
    gateway: Gateway,
    now: Timestamp,
}

impl Trial {
    fn new(options: Options) -> Self {
        let mut trial = Self { gateway: Gateway::new(options), now: Timestamp::UNIX_EPOCH };
        trial.on(|gateway, now| gateway.sign_in(now, false));
        trial
    }

    /// One with an open brokerage session, which a later sign-in does not open by itself.
    fn open() -> Self {
        let mut trial = Self::new(Options { opened_at_sign_in: false, ..Options::default() });
        trial.init(false, Ok(Init::Opened));
        trial
    }

    fn on(&mut self, event: impl FnOnce(&mut Gateway, Timestamp)) -> &mut Self {
        event(&mut self.gateway, self.now);
        self
    }

    fn pass(&mut self, by: Duration) -> &mut Self {
        self.now = later(self.now, by);
        self
    }

    #[track_caller]
    fn init(&mut self, compete: bool, expected: Result<Init, Refusal>) -> &mut Self {
        let Self { gateway, now } = self;
        let entered = gateway.enter(*now).map(drop);
        assert_eq!(entered.and_then(|()| gateway.init(*now, compete)), expected);
        self
    }

    fn call(&mut self) -> Result<State, Refusal> {
        self.gateway.enter(self.now)?;
        self.gateway.status(self.now)
    }

    #[track_caller]
    fn shows(&mut self, flags: Flags, fail: Option<&str>) -> &mut Self {
        let state = self.gateway.state(self.now);
        let found = [state.connected, state.authenticated, state.established, state.competing];
        assert_eq!((found, state.fail), (flags, fail));
        self
    }

    /// Whether the single sign-on and the brokerage session are there.
    fn tiers(&mut self) -> (bool, bool) {
        let state = self.gateway.state(self.now);
        (state.single_sign_on, state.brokerage_session)
    }
}

#[test]
fn a_sign_in_opens_the_brokerage_session_unless_it_is_elsewhere() {
    let mut trial = Trial::new(Options::default());
    trial.shows(READY, None).on(Gateway::compete).on(|gateway, now| gateway.sign_in(now, false));
    trial.shows(ELSEWHERE, None);

    let mut trial = Trial::new(Options { competing: true, ..Options::default() });
    trial.shows(ELSEWHERE, None).init(false, Ok(Init::Refused)).init(true, Ok(Init::Opened));
}

#[test]
fn an_account_that_always_needs_compete_is_refused_without() {
    let mut trial = Trial::new(Options { compete_always_needed: true, ..Options::default() });
    trial.shows(CLOSED, None).init(false, Ok(Init::Refused)).shows(CLOSED, Some(COMPETE_NEEDED));
    trial.init(true, Ok(Init::Opened)).shows(READY, None);
    trial.on(Gateway::time_out).init(false, Ok(Init::Refused));
}

#[test]
fn calls_keep_the_session_and_silence_times_it_out() {
    let mut trial = Trial::open();
    for _ in 0..10 {
        assert!(trial.pass(5 * MINUTE).call().unwrap().authenticated);
    }
    // Looking at the state is no call.
    trial.pass(Duration::from_secs(329)).shows(READY, None).pass(Duration::from_secs(1)).shows(CLOSED, None);
    assert!(!trial.call().unwrap().authenticated, "a call does not bring it back");
    trial.init(false, Ok(Init::Opened));
}

#[test]
fn the_single_sign_on_ends_by_lifetime_or_midnight_however_busy_it_is() {
    // The epoch is 08:00 in Hong Kong.
    for (midnight, minutes) in [(Midnight::Never, 24 * 60), (Midnight::HongKong, 16 * 60)] {
        let mut trial = Trial::open();
        trial.gateway.options.midnight = midnight;
        trial.on(|gateway, now| gateway.sign_in(now, false)).init(false, Ok(Init::Opened));
        for _ in 1..minutes {
            assert!(trial.pass(MINUTE).call().unwrap().authenticated);
        }
        assert_eq!(trial.pass(MINUTE).call(), Err(Refusal::SignedOut));
        assert_eq!(trial.tiers(), (false, false));
        trial.shows([false; 4], None);
        assert!(!trial.gateway.is_logged_out(trial.now), "time is no logout");
        trial.on(|gateway, now| gateway.sign_in(now, false)).shows(CLOSED, None);
        trial.gateway.log_out();
        assert!(trial.gateway.is_logged_out(trial.now));
    }
}

#[test]
fn when_the_session_elsewhere_ends_an_init_opens_it_here() {
    let mut trial = Trial::open();
    trial.on(Gateway::compete).shows(ELSEWHERE, None).init(false, Ok(Init::Refused));
    trial.on(Gateway::stop_competing).shows(CLOSED, Some(COMPETE_NEEDED));
    trial.init(false, Ok(Init::Opened)).shows(READY, None);
}

#[test]
fn a_reauthentication_opens_nothing_elsewhere_or_after_the_sign_on() {
    let mut trial = Trial::open();
    trial.on(Gateway::compete).on(Gateway::reauthenticate).pass(MINUTE).shows(CLOSED, Some(COMPETE_NEEDED));

    let mut trial = Trial::open();
    trial.gateway.options.sso_lifetime = MINUTE;
    trial.on(|gateway, now| gateway.sign_in(now, false)).pass(Duration::from_secs(55));
    trial.on(Gateway::reauthenticate).pass(Duration::from_secs(20));
    assert_eq!(trial.tiers(), (false, false));
    trial.on(|gateway, now| gateway.sign_in(now, false)).pass(Duration::from_secs(30)).shows(CLOSED, None);
}

#[test]
fn a_long_silence_after_a_reauthentication_times_the_session_out_again() {
    Trial::open().on(Gateway::time_out).on(Gateway::reauthenticate).pass(60 * MINUTE).shows(CLOSED, None);
}

#[test]
fn an_init_hurries_if_one_failed_less_than_a_minute_ago() {
    let mut trial = Trial::open();
    assert!(!trial.gateway.note_init(trial.now, false), "the last one succeeded");
    assert!(trial.gateway.note_init(trial.now, false));
    trial.pass(MINUTE);
    assert!(!trial.gateway.note_init(trial.now, false));
    trial.on(Gateway::time_out).init(false, Ok(Init::Opened));
    assert!(!trial.gateway.note_init(trial.now, false));
}
