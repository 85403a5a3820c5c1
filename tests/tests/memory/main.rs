//! After everything has been dropped, no secret is left in the process's own memory, but for what the HTTP stack copies;
//! and none at all if whatever is freed is overwritten, as in the program `broker-session`.
//!
//! The clients are programs of their own, because what becomes of freed memory is a program's choice. The first one never
//! reuses freed memory, so that every copy that was ever made is found unless it was overwritten on purpose.
#![cfg(target_os = "linux")]

#[expect(dead_code, reason = "the clients look for it")]
mod canary;
mod copies;
#[expect(dead_code, reason = "the clients run them; their names are needed here")]
mod flows;
mod report;
#[expect(dead_code, reason = "the clients are scanned")]
mod scan;

use contract_tests::{
    Broker, TestCertificate,
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
};
use copies::{QUOTED, left_in};
use report::Found;

/// In its memory every copy that was ever made is left, unless it was overwritten on purpose.
const NEVER_REUSED: &str = env!("CARGO_BIN_EXE_memory-never-reused");

/// It overwrites whatever is freed, as the program `broker-session` does.
const OVERWRITTEN: &str = env!("CARGO_BIN_EXE_memory-overwritten");

/// A line that every response has.
const LAST_LINE: &str = "..connection: close..";

#[tokio::test]
async fn no_copy_of_ours_is_left() {
    let certified = TestCertificate::for_loopback();
    for certified in [None, Some(&certified)] {
        check_ours::<Kotak>("kotak", certified).await;
        check_ours::<Ibkr>("ibkr", certified).await;
        check_ours::<Neo>("neo", certified).await;
    }
}

#[tokio::test]
async fn nothing_is_left_where_freed_memory_is_overwritten() {
    check_none::<Kotak>("kotak").await;
    check_none::<Ibkr>("ibkr").await;
    check_none::<Neo>("neo").await;
}

async fn check_ours<B: Broker>(broker: &'static str, certified: Option<&TestCertificate>) {
    let copies = left_in::<B>(NEVER_REUSED, broker, certified).await;
    let (on_purpose, copies): (Vec<_>, Vec<_>) = copies.iter().partition(|copy| copy.name == canary::LEFT);
    assert!(!on_purpose.is_empty(), "the scan does not find what is there");
    let (stack, ours): (Vec<_>, Vec<_>) = copies.into_iter().partition(|copy| is_of_http_stack(copy));
    assert!(!stack.is_empty(), "the scan does not find what the HTTP stack copies");
    let shown: Vec<_> = ours.iter().map(|copy| format!("{}: {}", copy.name, copy.shown())).collect();
    assert!(ours.is_empty(), "{broker}: {} copies are left: {shown:#?}", ours.len());
}

async fn check_none<B: Broker>(broker: &'static str) {
    let copies = left_in::<B>(OVERWRITTEN, broker, Some(&TestCertificate::for_loopback())).await;
    let names: Vec<_> = copies.iter().map(|copy| copy.name.as_str()).collect();
    assert_eq!(names, [canary::LEFT], "{:?}", copies.last().map(Found::shown));
}

/// Whether a copy is in a buffer of the HTTP stack that nobody else can overwrite.
fn is_of_http_stack(copy: &Found) -> bool {
    let before = copy.before.as_str();
    // serde_json's scratch buffer, for strings with escapes; in a response a quotation mark stands before the string.
    let quotation = before.rfind(QUOTED).and_then(|start| before[..start].chars().last());
    // hyper's buffers hold whole heads: a request's first line ends with the version, that of a response begins with it.
    let after_version = before.rfind("HTTP/1.1").map(|start| &before[start + "HTTP/1.1".len()..]);
    quotation.is_some_and(|mark| mark != '"')
        // hyper keeps a reason phrase that is not the usual one.
        || copy.name == "reason-phrase"
        || after_version.is_some_and(|rest| rest.starts_with("..") || rest.starts_with(' '))
        // rustls decrypts a record where it arrived, and the next record overwrites only its beginning.
        || before.contains(LAST_LINE)
        // serde_urlencoded writes a form into a string that grows.
        || ["token=", "password="].iter().any(|name| before.ends_with(name))
}
