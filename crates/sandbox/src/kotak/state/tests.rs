use super::*;

const USER: &str = "S4MPL3";
const HOUR: Duration = Duration::from_secs(60 * 60);

fn broker_with(lifetimes: Lifetimes, redirect: Redirect) -> (State, App) {
    let clock = Clock::frozen_at(Timestamp::UNIX_EPOCH);
    let account = Account::default();
    let app = App { consumer_key: account.consumer_key.clone() };
    let second_base = "http://127.0.0.1:9/second/apim".to_owned();
    (State::new(vec![account], clock, lifetimes, (Redirect::Own, redirect), second_base), app)
}

fn broker() -> (State, App) {
    broker_with(Lifetimes::default(), Redirect::Own)
}

fn log_in(broker: &mut State, app: &App) -> String {
    let password = Account::default().password;
    broker.login(app, Who::Userid(USER), &password, Base::First).unwrap().one_time_token
}

fn finish(broker: &mut State, app: &App, token: &str, factor: Factor<'_>) -> Result<String, Refusal> {
    broker.second_factor(app, token, USER, factor, Base::First).map(|signed_in| signed_in.session_token)
}

fn guess_wrong(broker: &mut State, app: &App) -> Refusal {
    broker.login(app, Who::Userid(USER), "wrong", Base::First).map(|_| ()).unwrap_err()
}

#[test]
fn every_factor_opens_a_session_that_lives_until_logout() {
    let account = Account::default();
    let (mpin, biometric) = (account.mpin.unwrap(), account.biometric.unwrap());
    for factor in [
        Factor::AccessCode(&account.access_code),
        Factor::OneTimeToken,
        Factor::Mpin(&mpin),
        Factor::Biometric(&biometric),
    ] {
        let (mut broker, app) = broker();
        let token = log_in(&mut broker, &app);
        let session = finish(&mut broker, &app, &token, factor).unwrap();
        assert_eq!(broker.session(&app, &session, Base::First).unwrap().userid, USER);
        assert_eq!(broker.sessions.live(USER, broker.clock.now()), 1);
        broker.logout(&app, &session, USER, Base::First).unwrap();
        assert_eq!(broker.session(&app, &session, Base::First), Err(Refusal::LoggedOut));
        assert_eq!(broker.logout(&app, &session, USER, Base::First), Err(Refusal::LoggedOut));
    }
}

#[test]
fn tokens_are_32_upper_case_hexadecimal_digits_and_differ() {
    let (mut broker, app) = broker();
    let (first, second) = (log_in(&mut broker, &app), log_in(&mut broker, &app));
    assert_ne!(first, second);
    assert_eq!(first.len(), 32);
    assert!(first.chars().all(|c| c.is_ascii_digit() || ('A'..='F').contains(&c)), "{first}");
}

#[test]
fn a_one_time_token_dies_by_use() {
    let (mut broker, app) = broker();
    let token = log_in(&mut broker, &app);
    finish(&mut broker, &app, &token, Factor::OneTimeToken).unwrap();
    assert_eq!(finish(&mut broker, &app, &token, Factor::OneTimeToken), Err(Refusal::OneTimeTokenDead));
}

#[test]
fn a_one_time_token_dies_by_time_to_the_second() {
    let (mut broker, app) = broker();
    let token = log_in(&mut broker, &app);
    broker.clock.advance(Duration::from_secs(5 * 60 - 1));
    assert!(broker.check_one_time_token(&token, USER).is_ok());
    broker.clock.advance(Duration::from_secs(1));
    assert_eq!(finish(&mut broker, &app, &token, Factor::OneTimeToken), Err(Refusal::OneTimeTokenDead));
}

#[test]
fn a_one_time_token_is_of_no_use_to_another_user() {
    let other = Account { userid: "OTHER".into(), ..Account::default() };
    let (mut broker, app) = broker();
    let sent = broker.clock.now();
    broker.users.insert("OTHER".into(), User::new(other, sent));
    let token = log_in(&mut broker, &app);
    let stolen = broker.second_factor(&app, &token, "OTHER", Factor::OneTimeToken, Base::First);
    assert_eq!(stolen.map(|_| ()), Err(Refusal::OneTimeTokenDead));
}

#[test]
fn a_wrong_factor_leaves_the_one_time_token_alive_and_a_right_one_resets_the_count() {
    let (mut broker, app) = broker();
    let token = log_in(&mut broker, &app);
    for factor in [Factor::AccessCode("000000"), Factor::Mpin("000000")] {
        assert!(matches!(finish(&mut broker, &app, &token, factor), Err(Refusal::Wrong)));
    }
    assert_eq!(broker.guesses(USER).unwrap().bad_tries(), 2);
    finish(&mut broker, &app, &token, Factor::AccessCode("604821")).unwrap();
    assert_eq!(broker.guesses(USER).unwrap().bad_tries(), 0);
}

#[test]
fn a_right_password_alone_does_not_reset_the_count() {
    let (mut broker, app) = broker();
    guess_wrong(&mut broker, &app);
    log_in(&mut broker, &app);
    assert_eq!(broker.guesses(USER).unwrap().bad_tries(), 1);
}

#[test]
fn three_wrong_guesses_of_any_kind_lock_the_account_against_right_ones() {
    let (mut broker, app) = broker();
    let token = log_in(&mut broker, &app);
    assert_eq!(guess_wrong(&mut broker, &app), Refusal::Wrong);
    let biometric = finish(&mut broker, &app, &token, Factor::Biometric("wrong"));
    assert_eq!(biometric, Err(Refusal::Wrong));
    assert!(!broker.guesses(USER).unwrap().is_locked());
    let code = finish(&mut broker, &app, &token, Factor::AccessCode("wrong"));
    assert_eq!(code, Err(Refusal::Wrong));

    assert!(broker.guesses(USER).unwrap().is_locked());
    assert_eq!(finish(&mut broker, &app, &token, Factor::AccessCode("604821")), Err(Refusal::Locked));
    assert_eq!(finish(&mut broker, &app, &token, Factor::OneTimeToken), Err(Refusal::Locked));
    assert_eq!(broker.check_password(&app, USER, "sandbox-password"), Err(Refusal::Locked));
    assert_eq!(guess_wrong(&mut broker, &app), Refusal::Locked);

    broker.guesses(USER).unwrap().set_locked(false);
    assert_eq!(broker.guesses(USER).unwrap().bad_tries(), 0);
    finish(&mut broker, &app, &token, Factor::AccessCode("604821")).unwrap();
}

#[test]
fn an_expired_access_code_is_no_guess_and_the_broker_sends_a_new_one_on_request() {
    let lifetimes = Lifetimes { access_code: HOUR, one_time_token: Duration::MAX, ..Lifetimes::default() };
    let (mut broker, app) = broker_with(lifetimes, Redirect::Own);
    let token = log_in(&mut broker, &app);
    let resent = broker.send_access_code(&app, &token, USER, Base::First).unwrap();
    assert_eq!(resent.access_code_sent, Timestamp::UNIX_EPOCH);
    assert_eq!(finish(&mut broker, &app, &token, Factor::OneTimeToken), Err(Refusal::OneTimeTokenDead));
    let token = resent.one_time_token;
    assert_eq!(broker.access_code(USER).as_deref(), Some("604821"));

    broker.clock.advance(HOUR);
    let expired = finish(&mut broker, &app, &token, Factor::AccessCode("604821"));
    assert_eq!(expired, Err(Refusal::AccessCodeExpired));
    assert_eq!(broker.guesses(USER).unwrap().bad_tries(), 0);

    let sent = broker.send_access_code(&app, &token, USER, Base::First).unwrap();
    assert_eq!(sent.access_code_sent, broker.clock.now());
    let token = sent.one_time_token;
    let code = broker.access_code(USER).unwrap();
    assert_ne!(code, "604821");
    finish(&mut broker, &app, &token, Factor::AccessCode(&code)).unwrap();
}

#[test]
fn a_factor_that_is_not_set_up_is_refused_without_counting() {
    let (mut broker, app) = broker();
    let token = log_in(&mut broker, &app);
    broker.users.get_mut(USER).unwrap().account.mpin = None;
    assert_eq!(finish(&mut broker, &app, &token, Factor::Mpin("730264")), Err(Refusal::NotSetUp("MPIN")));
    assert_eq!(broker.guesses(USER).unwrap().bad_tries(), 0);
}

#[test]
fn a_session_ends_after_its_lifetime() {
    let (mut broker, app) = broker();
    let token = log_in(&mut broker, &app);
    let session = finish(&mut broker, &app, &token, Factor::OneTimeToken).unwrap();
    broker.clock.advance(24 * HOUR);
    assert_eq!(broker.session(&app, &session, Base::First), Err(Refusal::LoggedOut));
    assert_eq!(broker.sessions.live(USER, broker.clock.now()), 0);
}

#[test]
fn a_user_who_was_sent_to_the_second_base_is_served_only_there_until_a_new_init() {
    let (mut broker, app) = broker_with(Lifetimes::default(), Redirect::SecondBase);
    let token = log_in(&mut broker, &app);
    let refusal = Refusal::OtherBase("http://127.0.0.1:9/second/apim".into());
    assert_eq!(finish(&mut broker, &app, &token, Factor::OneTimeToken), Err(refusal.clone()));
    assert_eq!(guess_wrong(&mut broker, &app), refusal);
    assert_eq!(broker.guesses(USER).unwrap().bad_tries(), 0);
    let signed_in = broker.second_factor(&app, &token, USER, Factor::OneTimeToken, Base::Second).unwrap();
    assert_eq!(broker.session(&app, &signed_in.session_token, Base::First), Err(refusal));
    broker.session(&app, &signed_in.session_token, Base::Second).unwrap();

    broker.init(&app, Who::Userid(USER), Base::First).unwrap();
    log_in(&mut broker, &app);
}

#[test]
fn an_inactive_user_is_initialised_and_refused_at_login() {
    let (mut broker, app) = broker();
    broker.users.get_mut(USER).unwrap().account.status = "Closed".into();
    broker.init(&app, Who::Nickname("sample-nickname"), Base::First).unwrap();
    let login = broker.login(&app, Who::Userid(USER), "sandbox-password", Base::First);
    assert_eq!(login.map(|_| ()), Err(Refusal::Inactive));
}

#[test]
fn an_unknown_user_is_told_apart_at_init_only() {
    let (mut broker, app) = broker();
    assert_eq!(broker.init(&app, Who::Userid("X"), Base::First).unwrap_err(), Refusal::UnknownUser);
    let login = broker.login(&app, Who::Userid("X"), "wrong", Base::First);
    assert_eq!(login.map(|_| ()), Err(Refusal::Wrong));
    let other_app = App { consumer_key: "other".into() };
    let login = broker.login(&other_app, Who::Userid(USER), "sandbox-password", Base::First);
    assert_eq!(login.map(|_| ()), Err(Refusal::Wrong));
}
