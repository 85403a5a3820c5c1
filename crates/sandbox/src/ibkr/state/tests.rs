use super::*;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a gateway is like that leaves the opening of the brokerage session to its clients.
fn closed() -> Settings {
    Settings { opened_at_sign_in: false, ..Settings::default() }
}

/// A gateway with a person signed in, and its time.
struct Trial {
    gateway: Gateway,
    now: Timestamp,
}

impl Trial {
    fn new(settings: Settings) -> Self {
        let mut trial = Self { gateway: Gateway::new(settings), now: Timestamp::UNIX_EPOCH };
        trial.gateway.sign_in(trial.now, false);
        trial
    }

    /// One with an open brokerage session.
    fn open() -> Self {
        let mut trial = Self::new(closed());
        assert_eq!(trial.init(false), Ok(Init::Opened));
        trial
    }

    fn pass(&mut self, by: Duration) -> &mut Self {
        self.now = later(self.now, by);
        self
    }

    fn init(&mut self, compete: bool) -> Result<Init, Refusal> {
        self.gateway.enter(self.now)?;
        self.gateway.init(self.now, compete)
    }

    fn call(&mut self) -> Result<State, Refusal> {
        self.gateway.enter(self.now)?;
        self.gateway.status(self.now)
    }

    fn state(&mut self) -> State {
        self.gateway.state(self.now)
    }

    /// Connected, authenticated, established, competing.
    fn flags(&mut self) -> [bool; 4] {
        let state = self.state();
        [state.connected, state.authenticated, state.established, state.competing]
    }
}

const READY: [bool; 4] = [true, true, true, false];
const CLOSED: [bool; 4] = [true, false, false, false];

#[test]
fn a_sign_in_that_opens_nothing_is_connected_and_needs_an_init() {
    let mut trial = Trial::new(closed());
    assert_eq!(trial.flags(), CLOSED);
    assert_eq!(trial.gateway.trade(trial.now), Err(Refusal::NoBridge));
    assert_eq!(trial.init(false), Ok(Init::Opened));
    assert_eq!(trial.flags(), READY);
    assert_eq!(trial.gateway.trade(trial.now), Ok(()));
}

#[test]
fn a_sign_in_opens_the_brokerage_session() {
    let mut trial = Trial::new(Settings::default());
    assert_eq!(trial.flags(), READY);
    trial.gateway.compete(trial.now);
    trial.gateway.sign_in(trial.now, false);
    assert_eq!(trial.flags(), [true, false, false, true], "what is elsewhere is left there");
}

#[test]
fn a_session_can_be_elsewhere_from_the_start() {
    let mut trial = Trial::new(Settings { competing: true, ..Settings::default() });
    assert_eq!(trial.flags(), [true, false, false, true]);
    assert_eq!(trial.init(false), Ok(Init::Refused));
    assert_eq!(trial.init(true), Ok(Init::Opened));
}

#[test]
fn an_account_that_always_needs_compete_is_refused_without() {
    let mut trial = Trial::new(Settings { compete_always_needed: true, ..Settings::default() });
    assert_eq!((trial.flags(), trial.state().fail), (CLOSED, None));
    assert_eq!(trial.init(false), Ok(Init::Refused));
    assert_eq!((trial.flags(), trial.state().fail), (CLOSED, Some(COMPETE_NEEDED)));
    assert_eq!(trial.init(true), Ok(Init::Opened));
    assert_eq!((trial.flags(), trial.state().fail), (READY, None));
    trial.gateway.time_out(trial.now);
    assert_eq!(trial.init(false), Ok(Init::Refused), "once is not for ever");
}

#[test]
fn an_init_leaves_a_live_session_open() {
    let mut trial = Trial::open();
    for compete in [false, true] {
        assert_eq!(trial.init(compete), Ok(Init::Opened));
        assert_eq!(trial.flags(), READY);
    }
}

#[test]
fn an_init_can_tear_a_live_session_down_and_a_second_one_opens_it_again() {
    let mut trial = Trial::new(Settings { init_tears_down: true, ..Settings::default() });
    assert_eq!(trial.init(false), Ok(Init::AlreadySet));
    assert_eq!(trial.flags(), CLOSED);
    assert_eq!(trial.gateway.trade(trial.now), Err(Refusal::NoBridge));
    assert_eq!(trial.init(false), Ok(Init::Opened));
    assert_eq!(trial.flags(), READY);
}

#[test]
fn a_logout_can_leave_the_single_sign_on_alive() {
    let mut trial = Trial::new(Settings { logout_keeps_sign_on: true, ..Settings::default() });
    trial.gateway.log_out();
    assert!(!trial.gateway.is_logged_out(trial.now));
    assert_eq!((trial.state().single_sign_on, trial.flags()), (true, CLOSED));
    trial.gateway.reauthenticate(trial.now);
    assert_eq!(trial.pass(MINUTE).flags(), READY, "nobody had to sign in");
}

#[test]
fn a_session_is_established_some_time_after_its_opening() {
    let mut trial = Trial::new(Settings { establish_after: MINUTE, ..closed() });
    trial.init(false).unwrap();
    assert_eq!(trial.flags(), [true, true, false, false]);
    assert_eq!(trial.gateway.trade(trial.now), Err(Refusal::NoBridge));
    trial.pass(MINUTE);
    assert_eq!(trial.flags(), READY);
    assert_eq!(trial.gateway.trade(trial.now), Ok(()));
}

#[test]
fn calls_keep_the_session_and_silence_times_it_out() {
    let mut trial = Trial::open();
    for _ in 0..10 {
        assert!(trial.pass(5 * MINUTE).call().unwrap().authenticated);
    }
    trial.pass(Duration::from_secs(329));
    assert_eq!(trial.flags(), READY, "to look is no call");
    trial.pass(Duration::from_secs(1));
    assert_eq!(trial.flags(), CLOSED);
    assert!(!trial.call().unwrap().authenticated, "a call does not bring it back");
    assert_eq!(trial.init(false), Ok(Init::Opened));
}

#[test]
fn the_single_sign_on_ends_after_its_lifetime_however_busy_it_is() {
    let mut trial = Trial::open();
    for _ in 0..(24 * 60 - 1) {
        assert!(trial.pass(MINUTE).call().unwrap().authenticated);
    }
    assert_eq!(trial.pass(MINUTE).call(), Err(Refusal::SignedOut));
    let state = trial.state();
    assert_eq!((state.single_sign_on, state.brokerage_session, state.connected), (false, false, false));
    assert!(!trial.gateway.is_logged_out(trial.now), "time is no logout");
    trial.gateway.sign_in(trial.now, false);
    assert_eq!(trial.flags(), CLOSED);
}

#[test]
fn midnight_comes_before_the_lifetime_is_over() {
    // The epoch is 08:00 in Hong Kong.
    let mut trial = Trial::new(Settings { midnight: Midnight::HongKong, ..closed() });
    assert!(trial.pass(16 * 60 * MINUTE - MINUTE).state().single_sign_on);
    assert!(!trial.pass(MINUTE).state().single_sign_on);
    trial.gateway.sign_in(trial.now, false);
    assert!(trial.pass(DAY - MINUTE).state().single_sign_on);
    assert!(!trial.pass(MINUTE).state().single_sign_on);
}

#[test]
fn a_session_elsewhere_is_given_back_only_with_compete() {
    let mut trial = Trial::open();
    trial.gateway.compete(trial.now);
    assert_eq!(trial.flags(), [true, false, false, true]);
    assert_eq!(trial.init(false), Ok(Init::Refused));
    assert_eq!(trial.flags(), CLOSED, "a refusal hides that it competes");
    assert_eq!(trial.state().fail, Some(COMPETE_NEEDED));
    assert_eq!(trial.init(true), Ok(Init::Opened));
    assert_eq!((trial.flags(), trial.state().fail), (READY, None));
}

#[test]
fn when_the_session_elsewhere_ends_an_init_opens_it_here() {
    let mut trial = Trial::open();
    trial.gateway.compete(trial.now);
    assert_eq!(trial.init(false), Ok(Init::Refused));
    trial.gateway.stop_competing(trial.now);
    assert_eq!(trial.flags(), CLOSED);
    assert_eq!(trial.state().fail, Some(COMPETE_NEEDED), "it is the last opening's");
    assert_eq!(trial.init(false), Ok(Init::Opened));
    assert_eq!((trial.flags(), trial.state().fail), (READY, None));
}

#[test]
fn the_link_comes_and_goes_without_the_session() {
    let mut trial = Trial::open();
    trial.gateway.set_linked(trial.now, false);
    assert_eq!(trial.flags(), [false; 4]);
    assert!(trial.state().brokerage_session);
    assert_eq!(trial.gateway.trade(trial.now), Err(Refusal::NoBridge));
    assert_eq!(trial.init(false), Err(Refusal::NoToken));
    trial.gateway.set_linked(trial.now, true);
    assert_eq!(trial.flags(), READY);
}

#[test]
fn a_lost_brokerage_session_has_no_status_and_can_be_opened_again() {
    let mut trial = Trial::open();
    trial.gateway.lose_brokerage_session(trial.now);
    assert_eq!(trial.call(), Err(Refusal::NotAuthenticated));
    assert_eq!(trial.gateway.trade(trial.now), Err(Refusal::NotAuthenticated));
    let state = trial.state();
    assert_eq!((state.single_sign_on, state.connected), (true, false));
    assert_eq!(trial.init(false), Ok(Init::Opened));
    assert_eq!(trial.call().map(|state| state.authenticated), Ok(true));
}

#[test]
fn a_reauthentication_completes_ten_seconds_after_it_was_triggered() {
    let mut trial = Trial::open();
    trial.gateway.time_out(trial.now);
    trial.gateway.reauthenticate(trial.now);
    trial.pass(Duration::from_secs(9));
    trial.gateway.reauthenticate(trial.now);
    assert_eq!(trial.flags(), CLOSED);
    assert_eq!(trial.pass(Duration::from_secs(1)).flags(), READY, "the first trigger counts");
}

#[test]
fn a_reauthentication_leaves_a_session_elsewhere_there() {
    let mut trial = Trial::open();
    trial.gateway.compete(trial.now);
    trial.gateway.reauthenticate(trial.now);
    assert_eq!(trial.pass(MINUTE).flags(), CLOSED);
    assert_eq!(trial.state().fail, Some(COMPETE_NEEDED));
}

#[test]
fn nothing_is_opened_by_a_reauthentication_that_the_sign_on_did_not_live_to_see() {
    let mut trial = Trial::new(Settings { sso_lifetime: MINUTE, ..closed() });
    trial.pass(Duration::from_secs(55));
    trial.gateway.reauthenticate(trial.now);
    trial.pass(Duration::from_secs(20));
    assert!(!trial.state().single_sign_on && !trial.state().brokerage_session);
    trial.gateway.sign_in(trial.now, false);
    assert_eq!(trial.pass(Duration::from_secs(30)).flags(), CLOSED);
}

#[test]
fn a_long_silence_after_a_reauthentication_times_the_session_out_again() {
    let mut trial = Trial::open();
    trial.gateway.time_out(trial.now);
    trial.gateway.reauthenticate(trial.now);
    assert_eq!(trial.pass(60 * MINUTE).flags(), CLOSED);
}

#[test]
fn a_logout_ends_everything_and_is_told_apart_from_time() {
    let mut trial = Trial::open();
    trial.gateway.log_out();
    assert_eq!(trial.call(), Err(Refusal::SignedOut));
    assert!(trial.gateway.is_logged_out(trial.now));
    trial.gateway.sign_in(trial.now, false);
    assert!(!trial.gateway.is_logged_out(trial.now));
    assert_eq!(trial.gateway.trade(trial.now), Err(Refusal::NoBridge));
}

#[test]
fn an_init_hurries_if_one_failed_less_than_a_minute_ago() {
    let mut trial = Trial::open();
    assert!(!trial.gateway.note_init(trial.now, false), "the last one succeeded");
    assert!(trial.gateway.note_init(trial.now, false));
    trial.pass(MINUTE);
    assert!(!trial.gateway.note_init(trial.now, false));
    trial.gateway.time_out(trial.now);
    trial.init(false).unwrap();
    assert!(!trial.gateway.note_init(trial.now, false));
}

#[test]
fn tokens_are_32_hexadecimal_digits_and_new_at_each_sign_in() {
    let mut trial = Trial::new(closed());
    let first = trial.gateway.sign_on(trial.now).unwrap().clone();
    trial.gateway.sign_in(trial.now, false);
    let second = trial.gateway.sign_on(trial.now).unwrap().clone();
    for token in [&first.session, &first.token, &first.cookie] {
        assert!(token.len() == 32 && token.chars().all(|c| c.is_ascii_hexdigit()), "{token}");
    }
    assert_ne!(first.session, second.session);
    assert_ne!(first.cookie, second.cookie);
    assert_ne!(first.token, second.token);
}
