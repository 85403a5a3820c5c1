//! One-time passwords from the authenticator's secret (RFC 6238): the right ones, each once, at the right time.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session::{Error, ErrorKind, Secret, neo::Totp};
use broker_session_sandbox::neo::{Operation, Sandbox};
use contract_tests::{kind, secret};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::support::{at_noon, client, mpin, noon, sandbox};

/// The key of RFC 6238, appendix B: `12345678901234567890`.
const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// A clock that a test sets.
#[derive(Clone)]
struct MovedClock(Arc<Mutex<Timestamp>>);

impl MovedClock {
    fn at(second: i64) -> Self {
        Self(Arc::new(Mutex::new(Timestamp::from_second(second).unwrap())))
    }

    fn set(&self, second: i64) {
        *self.0.lock().unwrap() = Timestamp::from_second(second).unwrap();
    }

    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A time that runs with tokio's.
fn running_from(start: Timestamp) -> impl Fn() -> Timestamp {
    let began = Instant::now();
    move || start + SignedDuration::try_from(began.elapsed()).unwrap()
}

async fn totp(key: &str) -> Result<(Sandbox, Totp), Error> {
    let sandbox = sandbox().await;
    let totp = client(&sandbox).totp_from_secret(&secret(key))?;
    Ok((sandbox, totp))
}

fn shown(code: &Secret) -> &str {
    code.expose()
}

#[tokio::test]
async fn the_codes_are_those_of_rfc_6238() -> Result<(), Error> {
    // Appendix B, SHA-1; the last six of eight digits.
    for (second, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        let (_sandbox, totp) = totp(KEY).await?;
        let watch = MovedClock::at(second);
        let totp = totp.clock(move || watch.now());
        assert_eq!(shown(&totp.next_code().await?), code, "{second}");
    }
    Ok(())
}

#[tokio::test]
async fn a_secret_is_read_as_people_copy_it() -> Result<(), Error> {
    for key in [
        "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
        "GEZDGNBV-GY3TQOJQ-GEZDGNBV-GY3TQOJQ",
        "\tGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ====\n",
        "GeZdGnBvGy3TqOjQ gezdGNBVgy3tQOJQ",
        "otpauth://totp/Neo:MADE1?secret=gezdgnbvgy3tqojqgezdgnbvgy3tqojq&issuer=Neo&digits=6",
    ] {
        let (_sandbox, totp) = totp(key).await?;
        let watch = MovedClock::at(59);
        assert_eq!(shown(&totp.clock(move || watch.now()).next_code().await?), "287082", "{key}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_secret_is_refused_unsent_and_not_quoted() {
    let sandbox = sandbox().await;
    for key in [
        "",
        "   ",
        "====",
        "GEZDGNBV",
        "GEZDGNBVGY3TQOJ0GEZDGNBVGY3TQOJ1",
        "made-up-secret-with-8-and-9",
        "otpauth://totp/made-up?secret=GEZDGNBVGY3TQOJQ&digits=8",
        "otpauth://hotp/made-up?secret=GEZDGNBVGY3TQOJQ",
        "GEZDGNBVGY3TQOJQ\u{0}GEZDGNBVGY3TQOJQ",
        "ÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜ",
        "287082",
    ] {
        let error = client(&sandbox).totp_from_secret(&secret(key)).unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Config, true), "{key}: {error}");
        let text = format!("{error} {error:?}");
        assert!(key.trim().is_empty() || key == "====" || !text.contains(key), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn used_time_step_waits_for_the_next() -> Result<(), Error> {
    let (_sandbox, totp) = totp(KEY).await?;
    let start = Timestamp::from_second(1_111_111_109).unwrap();
    let (began, totp) = (Instant::now(), totp.clock(running_from(start)));
    assert_eq!((totp.last_used(), totp.time_until_next_code().await?), (None, Duration::ZERO));
    assert_eq!(shown(&totp.next_code().await?), "081804");
    assert_eq!(began.elapsed(), Duration::ZERO, "the first code is there at once");
    // 1 111 111 110 is the begin of the next step.
    assert_eq!(totp.time_until_next_code().await?, Duration::from_secs(1));
    assert_eq!(shown(&totp.next_code().await?), "050471");
    let waited = began.elapsed();
    assert!((Duration::from_secs(1)..Duration::from_secs(2)).contains(&waited), "{waited:?}");
    assert_eq!(totp.last_used().map(Timestamp::as_second), Some(1_111_111_110));
    totp.next_code().await?;
    let waited = began.elapsed();
    assert!((Duration::from_secs(31)..Duration::from_secs(32)).contains(&waited), "{waited:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn no_code_is_handed_out_twice() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let start = noon();
    let make = || Ok::<_, Error>(client.clone().totp_from_secret(&secret(KEY))?.clock(running_from(start)));
    let (one, other) = (make()?, make()?);
    let (first, second, third) = tokio::join!(one.next_code(), other.next_code(), one.next_code());
    let codes = [first?, second?, third?];
    let mut different: Vec<&str> = codes.iter().map(shown).collect();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn code_used_by_another_process_is_skipped() -> Result<(), Error> {
    let (_sandbox, totp) = totp(KEY).await?;
    let began = Instant::now();
    let start = noon() + SignedDuration::from_secs(10);
    let totp = totp.clock(running_from(start)).used_at(noon());
    assert_eq!(totp.last_used(), Some(noon()));
    assert_eq!(totp.time_until_next_code().await?, Duration::from_secs(20));
    totp.next_code().await?;
    let waited = began.elapsed();
    assert!((Duration::from_secs(20)..Duration::from_secs(21)).contains(&waited), "{waited:?}");
    // What was used long ago does not matter.
    assert_eq!(
        totp.used_at(noon() - SignedDuration::from_secs(3600)).last_used(),
        Some(noon() + SignedDuration::from_secs(30))
    );
    Ok(())
}

#[tokio::test]
async fn clock_set_far_back_is_an_error() -> Result<(), Error> {
    let (_sandbox, totp) = totp(KEY).await?;
    let watch = MovedClock::at(1_111_111_109);
    let of_totp = watch.clone();
    let totp = totp.clock(move || of_totp.now());
    totp.next_code().await?;
    watch.set(1_111_111_109 - 3600);
    assert_eq!(kind(totp.time_until_next_code().await), ErrorKind::Config);
    assert_eq!(kind(totp.next_code().await), ErrorKind::Config);
    watch.set(1_111_111_111);
    assert_eq!(shown(&totp.next_code().await?), "050471");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn stopped_clock_is_an_error() -> Result<(), Error> {
    let (_sandbox, totp) = totp(KEY).await?;
    let watch = MovedClock::at(1_111_111_109);
    let totp = totp.clock(move || watch.now());
    totp.next_code().await?;
    let within = tokio::time::timeout(Duration::from_secs(10 * 60), totp.next_code()).await;
    assert_eq!(kind(within.expect("an end of the wait")), ErrorKind::Config);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn dropping_the_wait_loses_no_code() -> Result<(), Error> {
    let (_sandbox, totp) = totp(KEY).await?;
    let totp = totp.clock(running_from(Timestamp::from_second(1_111_111_080).unwrap()));
    assert_eq!(shown(&totp.next_code().await?), "081804");
    assert!(tokio::time::timeout(Duration::from_secs(5), totp.next_code()).await.is_err());
    assert_eq!(shown(&totp.next_code().await?), "050471");
    Ok(())
}

#[tokio::test]
async fn sandbox_accepts_a_generated_code_once() -> Result<(), Error> {
    let sandbox = at_noon().start().await.unwrap();
    let clock = sandbox.clock().clone();
    let secret = secret(&sandbox.account().totp_secret);
    let client = client(&sandbox);
    let totp = client.totp_from_secret(&secret)?.clock(move || clock.now());
    let code = totp.next_code().await?;
    assert_eq!(shown(&code), sandbox.totp_now());
    client.login_totp(&code).await?.validate(&mpin(&sandbox)).await?.logout().await?;
    sandbox.advance(Duration::from_secs(30));
    client.login_totp(&totp.next_code().await?).await?;
    assert_eq!(sandbox.call_count(Operation::TradeApiLogin), 2);
    assert_eq!(sandbox.bad_tries(sandbox.user()), 0);
    Ok(())
}
