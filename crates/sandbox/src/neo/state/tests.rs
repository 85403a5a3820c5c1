use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::guesses::MAX_BAD_TRIES;

const HOUR: Duration = Duration::from_secs(60 * 60);
const STEP: Duration = Duration::from_secs(30);

/// A broker with two users of different applications, at 09:15 in India.
fn broker() -> (State, Clock) {
    let clock = Clock::frozen_at("2021-08-30T03:45:00Z".parse().unwrap());
    (State::new(vec![Account::default(), other()], clock.clone()).unwrap(), clock)
}

fn other() -> Account {
    Account { ucc: "OTHER".into(), access_token: "other-access-token".into(), ..Account::default() }
}

fn log_in_as(state: &mut State, account: &Account, totp: &str) -> Result<Shown, Refusal> {
    state.login(&account.access_token, &account.mobile, &account.ucc, totp).map(|opened| opened.session)
}

fn log_in(state: &mut State) -> Shown {
    let account = Account::default();
    let totp = state.totp(&account.ucc).unwrap();
    log_in_as(state, &account, &totp).unwrap()
}

fn validate(state: &mut State, view: &Shown) -> Result<Shown, Refusal> {
    validate_with(state, view, &Account::default().mpin)
}

fn validate_with(state: &mut State, view: &Shown, mpin: &str) -> Result<Shown, Refusal> {
    state.validate(&Account::default().access_token, view, mpin).map(|opened| opened.session)
}

/// A code that is neither current nor tolerated.
fn wrong_totp(state: &State) -> String {
    let clock = Clock::frozen_at(state.clock.now());
    clock.advance(HOUR);
    Authenticator::new(&Account::default().totp_secret).unwrap().code(clock.now())
}

fn tries(state: &mut State) -> (u32, bool) {
    let guesses = state.guesses(&Account::default().ucc).unwrap();
    (guesses.bad_tries(), guesses.is_locked())
}

#[test]
fn totp_then_mpin_opens_a_trade_session_that_lives_until_logout() {
    let (mut state, _) = broker();
    let view = log_in(&mut state);
    assert_eq!(state.trading(&view), Err(Refusal::Session));
    assert_eq!(state.live_sessions("S4MPL"), 0);
    let trade = validate(&mut state, &view).unwrap();
    assert_eq!(state.trading(&trade).unwrap().ucc, "S4MPL");
    assert_eq!(state.live_sessions("S4MPL"), 1);
    assert_eq!(state.logout(&trade), Ok(()));
    assert_eq!(state.logout(&trade), Err(Refusal::Session));
    assert_eq!((state.trading(&trade), state.live_sessions("S4MPL")), (Err(Refusal::Session), 0));
}

#[test]
fn a_view_session_can_be_validated_again_while_it_lives() {
    let (mut state, clock) = broker();
    let view = log_in(&mut state);
    let trades = [validate(&mut state, &view).unwrap(), validate(&mut state, &view).unwrap()];
    assert_ne!(trades[0], trades[1]);
    assert_eq!(state.logout(&trades[0]), Ok(()));
    assert!(state.trading(&trades[1]).is_ok());
    // Midnight in India is at 18:30 UTC, 14 hours and three quarters away.
    clock.advance(14 * HOUR + HOUR * 3 / 4 - Duration::from_nanos(1));
    assert!(validate(&mut state, &view).is_ok() && state.trading(&trades[1]).is_ok());
    clock.advance(Duration::from_nanos(1));
    assert_eq!(validate(&mut state, &view), Err(Refusal::Session));
    assert_eq!(state.trading(&trades[1]), Err(Refusal::Session));
    assert_eq!(state.live_sessions("S4MPL"), 0);
}

#[test]
fn a_session_is_shown_by_its_own_id_and_its_own_token_to_the_application_that_has_it() {
    let (mut state, clock) = broker();
    let first = log_in(&mut state);
    clock.advance(STEP);
    let second = log_in(&mut state);
    let mixed = Shown { sid: first.sid.clone(), token: second.token };
    assert_eq!(validate(&mut state, &mixed), Err(Refusal::Session));
    let foreign = state.validate("other-access-token", &first, &other().mpin).map(|_| ());
    assert_eq!(foreign, Err(Refusal::Session));
    let trade = validate(&mut state, &first).unwrap();
    assert_eq!(validate(&mut state, &trade), Err(Refusal::Session));
    assert_eq!(tries(&mut state), (0, false));
}

#[test]
fn wrong_codes_and_pins_are_counted_together_and_the_third_locks() {
    let (mut state, clock) = broker();
    let view = log_in(&mut state);
    let wrong = wrong_totp(&state);
    assert_eq!(log_in_as(&mut state, &Account::default(), &wrong), Err(Refusal::Totp));
    assert_eq!(validate_with(&mut state, &view, "000000"), Err(Refusal::Mpin));
    assert_eq!(tries(&mut state), (2, false));
    assert_eq!(validate_with(&mut state, &view, ""), Err(Refusal::Mpin));
    assert_eq!(tries(&mut state), (MAX_BAD_TRIES, true));

    clock.advance(STEP);
    let right = state.totp("S4MPL").unwrap();
    assert_eq!(log_in_as(&mut state, &Account::default(), &right), Err(Refusal::Locked));
    assert_eq!(validate(&mut state, &view), Err(Refusal::Locked));
    state.guesses("S4MPL").unwrap().set_locked(false);
    // While it was locked the code was not looked at, so it is still good.
    assert!(log_in_as(&mut state, &Account::default(), &right).is_ok());
    assert!(validate(&mut state, &view).is_ok());
}

#[test]
fn a_sign_in_starts_the_count_again_and_the_totp_alone_does_not() {
    let (mut state, _) = broker();
    let wrong = wrong_totp(&state);
    assert_eq!(log_in_as(&mut state, &Account::default(), &wrong), Err(Refusal::Totp));
    let view = log_in(&mut state);
    assert_eq!(tries(&mut state), (1, false));
    assert!(validate(&mut state, &view).is_ok());
    assert_eq!(tries(&mut state), (0, false));
}

#[test]
fn a_code_that_was_accepted_is_a_wrong_guess_the_second_time() {
    let (mut state, _) = broker();
    let code = state.totp("S4MPL").unwrap();
    assert!(log_in_as(&mut state, &Account::default(), &code).is_ok());
    assert_eq!(log_in_as(&mut state, &Account::default(), &code), Err(Refusal::Totp));
    assert_eq!(tries(&mut state), (1, false));
    // Another user with the same secret has codes of their own to use.
    assert!(log_in_as(&mut state, &other(), &code).is_ok());
}

#[test]
fn who_signs_in_must_be_known_and_only_guesses_at_secrets_count() {
    let (mut state, _) = broker();
    let known = Account::default();
    let code = state.totp(&known.ucc).unwrap();
    let cases = [
        (Account { access_token: "wrong".into(), ..known.clone() }, Refusal::AccessToken),
        (Account { access_token: "other-access-token".into(), ..known.clone() }, Refusal::Ucc),
        (Account { ucc: "NOBODY".into(), ..known.clone() }, Refusal::Ucc),
        (Account { mobile: "910000000828".into(), ..known.clone() }, Refusal::Credentials),
    ];
    for (account, refusal) in cases {
        assert_eq!(log_in_as(&mut state, &account, &code), Err(refusal));
    }
    assert_eq!(tries(&mut state), (0, false));
    // None of them has spent the code.
    assert!(log_in_as(&mut state, &known, &code).is_ok());
}

#[test]
fn sessions_end_when_the_broker_ends_them_and_those_of_others_do_not() {
    let (mut state, _) = broker();
    let view = log_in(&mut state);
    let trade = validate(&mut state, &view).unwrap();
    let code = state.totp("OTHER").unwrap();
    let others = log_in_as(&mut state, &other(), &code).unwrap();
    state.end_sessions("S4MPL");
    assert_eq!(state.trading(&trade), Err(Refusal::Session));
    assert_eq!(validate(&mut state, &view), Err(Refusal::Session));
    assert!(state.validate("other-access-token", &others, &other().mpin).is_ok());
}

#[test]
fn the_clock_may_stand_before_the_epoch() {
    let clock = Clock::frozen_at(Timestamp::MIN);
    let mut state = State::new(vec![Account::default()], clock).unwrap();
    let view = log_in(&mut state);
    assert!(validate(&mut state, &view).is_ok());
}
