//! A provider: one sign-in for all, renewed in time, and none where a person is needed or has refused it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use broker_session::{
    ClientOptions, ErrorKind, Session, SessionProvider, SharedSession, kotak,
    neo::SignIn,
    provider::ProviderStatus,
    shared_session::{Turn, Wanted},
    store::{EncryptedStore, EncryptionKey, MemoryStore, Store},
};
use broker_session_sandbox::{
    Clock, Fault, kotak as kotak_sandbox,
    neo::{Account, Operation, Sandbox},
};
use contract_tests::{PausedClock, SteppedStore};
use futures::future::join_all;
use http::StatusCode;
use tokio::time::sleep;

use crate::support::{
    client, guesses, program, sandbox, shared, sign_in_of, sign_in_with, sign_ins, started,
};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// What tells one session from another.
fn token(session: &Session) -> String {
    serde_json::to_string(&session.save()).expect("JSON")
}

#[tokio::test(start_paused = true)]
async fn eight_hundred_tasks_in_four_programs_sign_in_once() {
    let (sandbox, store) = (sandbox().await, memory());
    let programs: Vec<_> = (0..4).map(|_| program(&sandbox, &store)).collect();
    let sessions = join_all((0..800).map(|task| {
        let provider = programs[task % 4].clone();
        tokio::spawn(async move { provider.session().await.unwrap() })
    }))
    .await;
    let sessions: Vec<Session> = sessions.into_iter().map(Result::unwrap).collect();
    let tokens: std::collections::BTreeSet<String> = sessions.iter().map(token).collect();
    assert_eq!((tokens.len(), sign_ins(&sandbox), guesses(&sandbox)), (1, 1, (1, 1)));
    let number = programs[0].state().number();
    assert!(sessions.iter().all(|session| session.number() == number));
    assert!(number.is_some() && programs.iter().all(|program| program.state().number() == number));
}

#[tokio::test(start_paused = true)]
async fn of_many_who_report_a_refused_session_one_signs_in() {
    let (sandbox, store) = (sandbox().await, memory());
    let programs: Vec<_> = (0..3).map(|_| program(&sandbox, &store)).collect();
    let sessions = join_all(programs.iter().map(|program| program.session())).await;
    let sessions: Vec<Session> = sessions.into_iter().map(Result::unwrap).collect();
    sandbox.end_sessions(sandbox.user());
    sleep(MINUTE).await;
    let again = join_all((0..60).map(|task| programs[task % 3].session_after(&sessions[task % 3]))).await;
    let tokens: std::collections::BTreeSet<String> =
        again.into_iter().map(|session| token(&session.unwrap())).collect();
    assert_eq!((tokens.len(), sign_ins(&sandbox)), (1, 2));
    assert!(!tokens.contains(&token(&sessions[0])));
    // Who is late reports the first one, and gets the second.
    let late = programs[1].session_after(&sessions[1]).await.unwrap();
    assert!(tokens.contains(&token(&late)));
    assert_eq!(sign_ins(&sandbox), 2);
}

/// Waits until the MPIN has arrived at the sandbox.
async fn arrived(sandbox: &Sandbox) {
    while sign_ins(sandbox) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_is_dropped_ends_no_sign_in() {
    let (sandbox, store) = (sandbox().await, memory());
    let program = program(&sandbox, &store);
    tokio::select! {
        outcome = program.session() => panic!("too early: {outcome:?}"),
        () = arrived(&sandbox) => {}
    }
    program.session().await.unwrap();
    assert_eq!(guesses(&sandbox), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn three_days_have_a_session_each_for_all_programs() {
    let (sandbox, store) = (sandbox().await, memory());
    let programs: Vec<_> = (0..3).map(|_| program(&sandbox, &store)).collect();
    join_all(programs.iter().map(|program| program.session())).await;
    let mut numbers = vec![programs[0].state().number()];
    for _ in 0..72 {
        sleep(HOUR).await;
        // Nobody has asked for it.
        for program in &programs {
            assert_eq!(program.state().status(), ProviderStatus::Ready, "{:?}", program.state());
        }
        numbers.push(programs[0].state().number());
        let session = programs[1].session().await.unwrap();
        session.get("quick/user/orders").query(&[("sId", "server1")]).send().await.unwrap();
    }
    numbers.dedup();
    assert_eq!((numbers.len(), sign_ins(&sandbox)), (4, 4));
    guesses(&sandbox);
}

#[tokio::test(start_paused = true)]
async fn a_logout_ends_the_session_for_all_and_nobody_revives_it() {
    let (sandbox, store) = (sandbox().await, memory());
    let (one, other) = (program(&sandbox, &store), program(&sandbox, &store));
    let session = one.session().await.unwrap();
    other.session().await.unwrap();
    one.logout().await.unwrap();
    assert_eq!(sandbox.live_sessions(sandbox.user()), 0);
    sleep(Duration::from_secs(60)).await;
    for provider in [&one, &other] {
        assert_eq!(provider.state().status(), ProviderStatus::SignedOut);
        let error = provider.session().await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::SessionExpired, true), "{error}");
        assert_eq!(provider.session_after(&session).await.unwrap_err().kind(), ErrorKind::SessionExpired);
    }
    sleep(HOUR * 48).await;
    assert_eq!(sign_ins(&sandbox), 1);
    // One that starts now is a decision to sign in, and then all have a session again.
    program(&sandbox, &store).session().await.unwrap();
    one.session().await.unwrap();
    assert_eq!(sign_ins(&sandbox), 2);
    other.sign_in().await.unwrap();
    assert_eq!(sign_ins(&sandbox), 3);
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_sent_once_by_all_programs() {
    let (sandbox, store) = (sandbox().await, memory());
    let wrong = || started(sign_in_with(&sandbox, "111111"), &store);
    let program = wrong();
    let outcomes = join_all((0..20).map(|_| program.session())).await;
    assert!(
        outcomes.iter().all(|outcome| outcome.as_ref().is_err_and(|e| e.kind() == ErrorKind::SecondFactor))
    );
    for _ in 0..5 {
        // A program that is started again and again.
        let error = wrong().session().await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::SecondFactor, true), "{error}");
        assert!(!error.is_retryable() && error.to_string().contains("--send-again"), "{error}");
        sleep(HOUR).await;
    }
    assert_eq!((guesses(&sandbox), sandbox.bad_tries(sandbox.user())), ((1, 1), 1));
    // The corrected one is tried, and a person may insist on the other.
    crate::support::program(&sandbox, &store).session().await.unwrap();
    assert_eq!(guesses(&sandbox), (2, 2));
    wrong().sign_in().await.unwrap_err();
    assert_eq!(guesses(&sandbox), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_lost_response_to_an_mpin_stops_all_programs() {
    let (sandbox, store) = (sandbox().await, memory());
    sandbox.inject(Operation::TradeApiValidate, Fault::reset().applied());
    program(&sandbox, &store).session().await.unwrap_err();
    for _ in 0..3 {
        sleep(HOUR).await;
        let error = program(&sandbox, &store).session().await.unwrap_err();
        assert!(error.to_string().contains("its response never came"), "{error}");
    }
    assert_eq!(guesses(&sandbox).1, 1);
    program(&sandbox, &store).sign_in().await.unwrap();
    // It is known to be right now: a lost response no longer stops them.
    sandbox.inject(Operation::TradeApiValidate, Fault::reset().applied());
    program(&sandbox, &store).sign_in().await.unwrap_err();
    sandbox.end_sessions(sandbox.user());
    sleep(MINUTE).await;
    let newcomer = program(&sandbox, &store);
    let session = newcomer.session().await.unwrap();
    newcomer.session_after(&session).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_wants_to_be_left_alone_is_left_alone_by_all() {
    let (sandbox, store) = (sandbox().await, memory());
    let limited = Fault::status(StatusCode::TOO_MANY_REQUESTS).header("Retry-After", "600");
    sandbox.inject(Operation::TradeApiLogin, limited);
    program(&sandbox, &store).session().await.unwrap_err();
    let other = program(&sandbox, &store);
    let error = other.session().await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::RateLimited, true), "{error}");
    assert!(error.retry_after().is_some_and(|wait| wait > Duration::from_secs(500)), "{error}");
    sleep(Duration::from_secs(601)).await;
    other.session().await.unwrap();
    assert_eq!(guesses(&sandbox), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_another_program_says_so() {
    let (sandbox, store) = (sandbox().await, memory());
    let Turn::Lease(lease) = shared(&sandbox, &store).lease(Wanted::any(), MINUTE).await.unwrap() else {
        panic!("there is a session already");
    };
    let program = program(&sandbox, &store);
    let mut states = program.subscribe();
    let asking = tokio::spawn({
        let program = program.clone();
        async move { program.session().await.map(drop) }
    });
    let state = states.wait_for(|state| state.status() != ProviderStatus::Idle).await.unwrap().clone();
    assert_eq!((state.status(), sign_ins(&sandbox)), (ProviderStatus::SigningIn, 0));
    assert!(state.reason().contains("another process"), "{}", state.reason());
    lease.release().await;
    asking.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refused_session_is_not_ready_until_there_is_another_or_it_is_accepted() {
    let (sandbox, store) = (sandbox().await, memory());
    let program = program(&sandbox, &store);
    let mut session = program.session().await.unwrap();
    for _ in 0..2 {
        sleep(MINUTE).await;
        session = program.session_after(&session).await.unwrap();
        assert_eq!(program.state().status(), ProviderStatus::Ready);
    }
    // It may not be replaced yet; so it is all that there is.
    let error = program.session_after(&session).await.unwrap_err();
    assert_eq!((error.kind(), program.state().status()), (ErrorKind::SessionExpired, ProviderStatus::Failed));
    assert_eq!((token(&program.session().await.unwrap()), sign_ins(&sandbox)), (token(&session), 3));
    assert_eq!(program.state().status(), ProviderStatus::Failed);
    program.accepted(&session);
    assert_eq!(program.state().status(), ProviderStatus::Ready);
    // If it is over for good, the next one comes when it may.
    program.session_after(&session).await.unwrap_err();
    sleep(MINUTE).await;
    assert_ne!(token(&program.session().await.unwrap()), token(&session));
    assert_eq!(program.state().status(), ProviderStatus::Ready);
}

#[tokio::test(start_paused = true)]
async fn where_a_person_is_needed_nobody_signs_in() {
    let (sandbox, store) = (sandbox().await, memory());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let provider = SessionProvider::builder(SignIn::new(client(&sandbox)))
        .store(store.clone())
        .on_person_needed(move |needed| {
            assert_eq!((needed.broker, needed.user.as_str()), ("neo", "S4MPL"));
            counted.fetch_add(1, Ordering::SeqCst);
        })
        .start()
        .unwrap();
    for _ in 0..3 {
        let error = provider.session().await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::LoginRequired, true), "{error}");
    }
    assert_eq!((provider.state().status(), calls.load(Ordering::SeqCst)), (ProviderStatus::PersonNeeded, 1));
    assert!(sandbox.calls().is_empty());
    // Somebody signs in elsewhere, and the provider sees it without being asked.
    program(&sandbox, &store).session().await.unwrap();
    let mut states = provider.subscribe();
    states.wait_for(|state| state.status() == ProviderStatus::Ready).await.unwrap();
    provider.session().await.unwrap();
    assert_eq!(sign_ins(&sandbox), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_store_the_session_in_memory_is_used_on() {
    let (sandbox, memory) = (sandbox().await, memory());
    let broken = SteppedStore::new(memory);
    let store: Arc<dyn Store> = Arc::new(broken.clone());
    let provider = program(&sandbox, &store);
    let session = provider.session().await.unwrap();
    broken.set_down(true);
    sleep(HOUR).await;
    assert_eq!(token(&provider.session().await.unwrap()), token(&session));
    let error = provider.session_after(&session).await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Store, true), "{error}");
    assert_eq!(program(&sandbox, &store).session().await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(sign_ins(&sandbox), 1);
}

#[tokio::test(start_paused = true)]
async fn an_emptied_store_costs_no_sign_in() {
    let (sandbox, store) = (sandbox().await, memory());
    let provider = program(&sandbox, &store);
    provider.session().await.unwrap();
    for key in store.keys().await.unwrap() {
        let version = store.get(&key).await.unwrap().unwrap().version;
        store.remove_if(&key, version).await.unwrap();
    }
    sleep(Duration::from_secs(60)).await;
    program(&sandbox, &store).session().await.unwrap();
    assert_eq!(sign_ins(&sandbox), 1);
}

#[tokio::test(start_paused = true)]
async fn two_users_of_one_broker_have_a_session_each() {
    let store = memory();
    let account =
        |ucc: &str, mpin: &str| Account { ucc: ucc.into(), mpin: mpin.into(), ..Account::default() };
    let accounts = [account("S4MPL", "730264"), account("MADE1", "730265")];
    let builder =
        accounts.iter().fold(Sandbox::builder(), |builder, account| builder.account(account.clone()));
    let sandbox = builder.clock(Clock::running()).start().await.unwrap();
    let programs = accounts.each_ref().map(|account| started(sign_in_of(&sandbox, account), &store));
    let sessions = join_all(programs.iter().map(|program| program.session())).await;
    let users: Vec<String> = sessions.into_iter().map(|session| session.unwrap().user().to_owned()).collect();
    assert_eq!((users, sign_ins(&sandbox)), (vec!["S4MPL".to_owned(), "MADE1".to_owned()], 2));
    programs[0].logout().await.unwrap();
    let left = SharedSession::list(&*store).await.unwrap();
    let left: Vec<&str> = left.iter().map(|stored| stored.session().user()).collect();
    assert_eq!(left, ["MADE1"]);
    programs[1].session().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_kotak_session_is_replaced_before_its_end_by_one_of_all() {
    let store = memory();
    let sandbox = kotak_sandbox::Sandbox::builder().clock(Clock::running()).start().await.unwrap();
    let account = sandbox.account();
    let start = || {
        let credentials = kotak::Credentials::new()
            .userid(sandbox.user())
            .consumer_key(account.consumer_key.as_str())
            .access_token(account.access_token.as_str());
        let options = ClientOptions::new().middleware(Arc::new(PausedClock::new()));
        let client = kotak::Client::builder().credentials(credentials).base_url(sandbox.base_url());
        let sign_in = kotak::SignIn::new(client.options(options).build().unwrap());
        let sign_in = sign_in.password(account.password.as_str()).mpin(account.mpin.as_deref().unwrap());
        SessionProvider::builder(sign_in).store(store.clone()).start().unwrap()
    };
    let programs = [start(), start()];
    let first = join_all(programs.iter().map(|program| program.session())).await;
    assert_eq!(sandbox.call_count(kotak_sandbox::Operation::SessionLoginUserid), 1);
    sleep(HOUR * 24 - Duration::from_secs(60)).await;
    // The old one is still good, and all have the new one.
    let tokens: std::collections::BTreeSet<String> =
        join_all(programs.iter().map(|program| program.session()))
            .await
            .into_iter()
            .map(|session| token(&session.unwrap()))
            .collect();
    assert!(tokens.len() == 1 && !tokens.contains(&token(first[0].as_ref().unwrap())));
    assert_eq!(sandbox.call_count(kotak_sandbox::Operation::SessionLoginUserid), 2);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_without_a_store_waits_before_it_is_tried_again() {
    let (steps, calls) = renewals(true).await;
    assert!(steps < 2_000 && calls == 0, "{steps} calls of the store, {calls} of the broker in an hour");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_without_a_broker_waits_before_it_is_tried_again() {
    let (steps, calls) = renewals(false).await;
    assert!(steps < 2_000 && (1..30).contains(&calls), "{steps} calls of the store, {calls} of the broker");
}

/// The store or the broker is down when the day ends, and for an hour. Returns the calls of the store and of the broker.
async fn renewals(is_store: bool) -> (usize, usize) {
    let (sandbox, memory) = (sandbox().await, memory());
    let stepped = SteppedStore::new(memory);
    let store: Arc<dyn Store> = Arc::new(stepped.clone());
    let provider = program(&sandbox, &store);
    provider.session().await.unwrap();
    let end = provider.state().expires_at().unwrap().duration_since(sandbox.clock().now());
    sleep(Duration::try_from(end).unwrap().saturating_sub(MINUTE)).await;
    if is_store {
        stepped.set_down(true);
    } else {
        let unavailable = Fault::status(StatusCode::SERVICE_UNAVAILABLE);
        sandbox.inject_times(Operation::TradeApiLogin, 1_000, unavailable);
    }
    let (steps, calls) = (stepped.steps(), sandbox.calls().len());
    sleep(HOUR).await;
    (stepped.steps() - steps, sandbox.calls().len() - calls)
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_refuses_every_session_is_not_asked_for_more() {
    let (sandbox, store) = (sandbox().await, memory());
    let provider = program(&sandbox, &store);
    let mut session = provider.session().await.unwrap();
    let mut refusals = 0;
    for _ in 0..50 {
        match provider.session_after(&session).await {
            Ok(next) => session = next,
            Err(error) => {
                assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::SessionExpired, true), "{error}");
                assert!(error.retry_after().is_some(), "{error}");
                refusals += 1;
            }
        }
        sleep(Duration::from_secs(1)).await;
    }
    assert!(sign_ins(&sandbox) <= 5 && refusals > 40, "{} sign-ins", sign_ins(&sandbox));
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_remembered_beside_others() {
    let (sandbox, store) = (sandbox().await, memory());
    for _ in 0..4 {
        for mpin in ["111111", "222222"] {
            let error = started(sign_in_with(&sandbox, mpin), &store).session().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::SecondFactor, "{error}");
            sleep(MINUTE).await;
        }
    }
    assert_eq!((guesses(&sandbox), sandbox.is_locked(sandbox.user())), ((2, 2), false));
}

#[tokio::test(start_paused = true)]
async fn who_waits_with_other_credentials_tries_them() {
    let (sandbox, store) = (sandbox().await, memory());
    let (wrong, right) = (started(sign_in_with(&sandbox, "111111"), &store), program(&sandbox, &store));
    let (refused, session) = tokio::join!(wrong.session(), async {
        tokio::task::yield_now().await;
        right.session().await
    });
    assert!(session.is_ok(), "{session:?}");
    // Who came second has the session of the first.
    assert!(refused.is_ok() || sign_ins(&sandbox) == 2, "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_locked_account_stops_whatever_the_credentials() {
    let (sandbox, store) = (sandbox().await, memory());
    sandbox.lock(sandbox.user());
    assert_eq!(program(&sandbox, &store).session().await.unwrap_err().kind(), ErrorKind::Locked);
    let other = started(sign_in_with(&sandbox, "222222"), &store);
    let error = other.session().await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Locked, true), "{error}");
    assert_eq!(guesses(&sandbox).0, 1);
    sandbox.unlock(sandbox.user());
    program(&sandbox, &store).sign_in().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_session_at_a_host_that_is_not_allowed_is_made_once() {
    let store = memory();
    let builder = Sandbox::builder().clock(Clock::running());
    let sandbox = builder.base_url_in_answers("https://elsewhere.example").start().await.unwrap();
    for _ in 0..3 {
        let error = program(&sandbox, &store).session().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::HostNotAllowed, "{error}");
        sleep(MINUTE).await;
    }
    assert_eq!(guesses(&sandbox), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn another_application_of_the_user_sends_no_code_twice() {
    let (sandbox, store) = (sandbox().await, memory());
    let other = Account { access_token: "another-token".into(), ..sandbox.account().clone() };
    started(sign_in_of(&sandbox, &other), &store).session().await.unwrap_err();
    program(&sandbox, &store).session().await.unwrap();
    // Where a code came twice, this fails.
    assert_eq!(guesses(&sandbox).1, 1);
}

#[tokio::test(start_paused = true)]
async fn without_the_key_of_an_encrypted_store_nobody_signs_in() {
    let (sandbox, plain) = (sandbox().await, memory());
    let sealed: Arc<dyn Store> =
        Arc::new(EncryptedStore::new(plain.clone(), EncryptionKey::random().unwrap()));
    program(&sandbox, &sealed).session().await.unwrap();
    let error = program(&sandbox, &plain).session().await.unwrap_err();
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Store, true), "{error}");
    assert!(error.to_string().contains("BROKER_SESSION_STORE_KEY"), "{error}");
    assert_eq!(sign_ins(&sandbox), 1);
}
