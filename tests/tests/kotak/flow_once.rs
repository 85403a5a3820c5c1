//! What may be sent only once is sent once, whatever goes wrong; what may be repeated is, and not too often.

use std::time::{Duration, Instant};

use broker_session::{Connection, Deadlines, Error, ErrorKind, kotak::Client};
use broker_session_sandbox::{
    Fault,
    kotak::{Operation, Sandbox},
};
use futures::future::BoxFuture;
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};

use crate::support::{AT_ONCE, SHORT, access_code, builder, sandbox, secret};

/// Everything that can go wrong with one call, and what a caller is told.
fn faults() -> Vec<(&'static str, Fault, ErrorKind)> {
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    vec![
        ("reset", Fault::reset(), ErrorKind::Unavailable),
        ("cut body", Fault::cut_body(), ErrorKind::Protocol),
        ("slow body", Fault::slow_body(), ErrorKind::Timeout),
        ("silence", Fault::hang(), ErrorKind::Timeout),
        ("503", Fault::status(unavailable), ErrorKind::Unavailable),
        (
            "503 with a time",
            Fault::status(unavailable).header(RETRY_AFTER, HeaderValue::from_static("0")),
            ErrorKind::Unavailable,
        ),
        ("504", Fault::status(StatusCode::GATEWAY_TIMEOUT), ErrorKind::Unavailable),
        (
            "429 with a time",
            Fault::status(StatusCode::TOO_MANY_REQUESTS).header(RETRY_AFTER, HeaderValue::from_static("0")),
            ErrorKind::RateLimited,
        ),
        ("html", Fault::html_page(unavailable), ErrorKind::Unavailable),
        ("html with 200", Fault::html_page(StatusCode::OK), ErrorKind::Protocol),
        ("nothing with 200", Fault::empty(StatusCode::OK), ErrorKind::Protocol),
        ("nothing with 500", Fault::empty(StatusCode::INTERNAL_SERVER_ERROR), ErrorKind::Unavailable),
        ("a fault with 200", Fault::in_success(), ErrorKind::Refused),
        ("cut 503", Fault::html_page(unavailable).cut(), ErrorKind::Unavailable),
        ("slow 503", Fault::html_page(unavailable).slow(), ErrorKind::Unavailable),
    ]
}

fn is_silent(fault: &str) -> bool {
    fault.contains("slow") || fault.contains("silence")
}

/// A client that waits for a fault no longer than it must.
fn client(sandbox: &Sandbox, fault: &str) -> Client {
    let deadlines = if is_silent(fault) { SHORT } else { Deadlines::default() };
    let connection = Connection::new().retry(AT_ONCE).deadlines(deadlines);
    builder(sandbox).connection(connection).build().unwrap()
}

/// A call that may be sent once, from its beginning.
type Drive = for<'a> fn(&'a Sandbox, &'a Client) -> BoxFuture<'a, Result<(), Error>>;

const UNSENT_ONLY: [(Operation, Drive); 7] = [
    (Operation::SessionLoginUserid, |sandbox, client| {
        Box::pin(async { client.login(&secret(&sandbox.account().password)).await.map(drop) })
    }),
    (Operation::Session2faAccesscodeGet, |sandbox, client| {
        Box::pin(async {
            let pending = client.login(&secret(&sandbox.account().password)).await?;
            pending.request_access_code().await.map(drop)
        })
    }),
    (Operation::Session2faAccesscodePost, |sandbox, client| {
        Box::pin(async {
            let pending = client.login(&secret(&sandbox.account().password)).await?;
            pending.access_code(&access_code(sandbox)).await.map(drop)
        })
    }),
    (Operation::Session2faOneTimeToken, |sandbox, client| {
        Box::pin(async {
            let pending = client.login(&secret(&sandbox.account().password)).await?;
            pending.one_time_token().await.map(drop)
        })
    }),
    (Operation::Session2faMpin, |sandbox, client| {
        Box::pin(async {
            let pending = client.login(&secret(&sandbox.account().password)).await?;
            pending.mpin(&secret("730264")).await.map(drop)
        })
    }),
    (Operation::Session2faBiometric, |sandbox, client| {
        Box::pin(async {
            let pending = client.login(&secret(&sandbox.account().password)).await?;
            pending.biometric(&secret("sandbox-biometric")).await.map(drop)
        })
    }),
    (Operation::SessionLogout, |sandbox, client| {
        Box::pin(async {
            let pending = client.login(&secret(&sandbox.account().password)).await?;
            pending.one_time_token().await?.logout().await
        })
    }),
];

async fn is_sent_once(operation: Operation, drive: Drive) {
    let cases =
        [false, true].into_iter().flat_map(|applied| faults().into_iter().map(move |fault| (applied, fault)));
    // Those that wait for a deadline wait together.
    let (silent, others): (Vec<_>, Vec<_>) = cases.partition(|(_, (name, ..))| is_silent(name));
    for case in others {
        one_fault(operation, drive, case).await;
    }
    futures::future::join_all(silent.into_iter().map(|case| one_fault(operation, drive, case))).await;
}

async fn one_fault(
    operation: Operation,
    drive: Drive,
    (applied, (name, fault, kind)): (bool, (&'static str, Fault, ErrorKind)),
) {
    let sandbox = sandbox().await;
    let fault = if applied { fault.applied() } else { fault };
    sandbox.inject_always(operation, fault);
    let label = format!("{}, {name}, applied: {applied}", operation.id());
    let outcome = drive(&sandbox, &client(&sandbox, name)).await;
    assert_eq!(sandbox.call_count(operation), 1, "{label}");
    if (operation, name) == (Operation::SessionLogout, "nothing with 200") {
        // A logout has nothing to say that is needed.
        return outcome.expect(&label);
    }
    let error = outcome.expect_err(&label);
    assert_eq!(error.kind(), kind, "{label}: {error}");
    assert_eq!(error.operation(), Some(operation.id()), "{label}");
    assert!(!error.is_retryable() && !error.is_unsent(), "{label}: {error}");
}

#[tokio::test]
async fn the_login_is_sent_once_whatever_goes_wrong() {
    is_sent_once(UNSENT_ONLY[0].0, UNSENT_ONLY[0].1).await;
}

#[tokio::test]
async fn asking_for_a_code_is_sent_once_whatever_goes_wrong() {
    is_sent_once(UNSENT_ONLY[1].0, UNSENT_ONLY[1].1).await;
}

#[tokio::test]
async fn an_access_code_is_sent_once_whatever_goes_wrong() {
    is_sent_once(UNSENT_ONLY[2].0, UNSENT_ONLY[2].1).await;
}

#[tokio::test]
async fn a_one_time_token_is_sent_once_whatever_goes_wrong() {
    is_sent_once(UNSENT_ONLY[3].0, UNSENT_ONLY[3].1).await;
}

#[tokio::test]
async fn an_mpin_is_sent_once_whatever_goes_wrong() {
    is_sent_once(UNSENT_ONLY[4].0, UNSENT_ONLY[4].1).await;
}

#[tokio::test]
async fn a_biometric_proof_is_sent_once_whatever_goes_wrong() {
    is_sent_once(UNSENT_ONLY[5].0, UNSENT_ONLY[5].1).await;
}

#[tokio::test]
async fn the_logout_is_sent_once_whatever_goes_wrong() {
    is_sent_once(UNSENT_ONLY[6].0, UNSENT_ONLY[6].1).await;
}

#[tokio::test]
async fn init_is_tried_three_times_at_most_and_only_where_that_may_help() {
    let again = HeaderValue::from_static("0");
    let cases = [
        ("reset", Fault::reset(), 3),
        ("cut body", Fault::cut_body(), 3),
        ("503", Fault::status(StatusCode::SERVICE_UNAVAILABLE), 3),
        ("504", Fault::status(StatusCode::GATEWAY_TIMEOUT), 3),
        ("502 in html", Fault::html_page(StatusCode::BAD_GATEWAY), 3),
        ("429 with a time", Fault::status(StatusCode::TOO_MANY_REQUESTS).header(RETRY_AFTER, again), 3),
        ("429 without a time", Fault::status(StatusCode::TOO_MANY_REQUESTS), 1),
        ("500", Fault::status(StatusCode::INTERNAL_SERVER_ERROR), 1),
        ("401", Fault::status(StatusCode::UNAUTHORIZED), 1),
        ("a fault with 200", Fault::in_success(), 1),
        ("html with 200", Fault::html_page(StatusCode::OK), 1),
    ];
    for (name, fault, count) in cases {
        let sandbox = sandbox().await;
        sandbox.inject_always(Operation::SessionInit, fault);
        let client = builder(&sandbox).build().unwrap();
        client.init().await.expect_err(name);
        assert_eq!(sandbox.call_count(Operation::SessionInit), count, "{name}");
    }
}

#[tokio::test]
async fn init_succeeds_once_the_trouble_has_passed() -> Result<(), Error> {
    for fault in [Fault::reset(), Fault::cut_body(), Fault::status(StatusCode::SERVICE_UNAVAILABLE)] {
        let sandbox = sandbox().await;
        sandbox.inject_times(Operation::SessionInit, 2, fault);
        builder(&sandbox).build()?.init().await?;
        assert_eq!(sandbox.call_count(Operation::SessionInit), 3);
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_left_alone_for_as_long() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let fault =
        Fault::status(StatusCode::SERVICE_UNAVAILABLE).header(RETRY_AFTER, HeaderValue::from_static("1"));
    sandbox.inject(Operation::SessionInit, fault);
    let started = Instant::now();
    builder(&sandbox).build()?.init().await?;
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(sandbox.call_count(Operation::SessionInit), 2);
    Ok(())
}

#[tokio::test]
async fn who_asks_to_wait_for_longer_than_there_is_time_is_not_asked_again() {
    let sandbox = sandbox().await;
    for wait in ["3600", "Fri, 31 Dec 2100 23:59:59 GMT"] {
        sandbox.clear_calls();
        let fault =
            Fault::status(StatusCode::TOO_MANY_REQUESTS).header(RETRY_AFTER, HeaderValue::from_static(wait));
        sandbox.inject(Operation::SessionInit, fault);
        let client = builder(&sandbox).build().unwrap();
        let error = client.init().await.unwrap_err();
        assert_eq!(sandbox.call_count(Operation::SessionInit), 1);
        assert_eq!((error.kind(), error.status()), (ErrorKind::RateLimited, Some(429)));
        assert!(error.retry_after().is_some_and(|wait| wait >= Duration::from_secs(3600)));
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn all_attempts_together_keep_to_the_total_deadline() {
    let sandbox = sandbox().await;
    sandbox.inject_always(Operation::SessionInit, Fault::hang());
    let deadlines =
        Deadlines { attempt: Duration::from_millis(100), total: Duration::from_millis(250), ..SHORT };
    let connection = Connection::new().retry(AT_ONCE).deadlines(deadlines);
    let client = builder(&sandbox).connection(connection).build().unwrap();
    let error = client.init().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_retryable());
    assert!((1..=3).contains(&sandbox.call_count(Operation::SessionInit)));
}
