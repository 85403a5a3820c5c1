//! After everything has been dropped, no secret is left in the process's own memory, but for what the HTTP stack copies;
//! and none at all if whatever is freed is overwritten, as in the program `broker-session`.
//!
//! The clients are programs of their own, because what becomes of freed memory is a program's choice. In the first one
//! nobody ever gets memory again that was freed, so that a copy cannot be overwritten by chance: every copy that was ever
//! made is counted. `remaining.rs` has the table of those that may be there.
#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test by panicking"
)]

#[expect(dead_code, reason = "the clients look for it")]
mod canary;
mod copies;
#[expect(dead_code, reason = "the clients run them; their names are needed here")]
mod flows;
mod remaining;
#[expect(dead_code, reason = "the clients write it")]
mod report;
#[expect(dead_code, reason = "the clients are scanned")]
mod scan;

use contract_tests::{
    Broker, Certified,
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
};
use copies::left_in;
use remaining::{Place, Wire, by_place, differences};

/// In its memory every copy that was ever made is left, unless it was overwritten on purpose.
const NEVER_REUSED: &str = env!("CARGO_BIN_EXE_memory-never-reused");

/// It overwrites whatever is freed, as the program `broker-session` does.
const OVERWRITTEN: &str = env!("CARGO_BIN_EXE_memory-overwritten");

#[tokio::test]
async fn of_kotak_only_the_copies_of_the_http_stack_are_left() {
    check::<Kotak>("kotak", &[]).await;
}

#[tokio::test]
async fn of_ibkr_only_the_copies_of_the_http_stack_are_left() {
    check::<Ibkr>("ibkr", &[Place::GrowingForm, Place::Scratch]).await;
}

#[tokio::test]
async fn of_neo_only_the_copies_of_the_http_stack_are_left() {
    check::<Neo>("neo", &[Place::GrowingForm]).await;
}

#[tokio::test]
async fn nothing_is_left_of_any_broker_where_freed_memory_is_overwritten() {
    check_none::<Kotak>("kotak").await;
    check_none::<Ibkr>("ibkr").await;
    check_none::<Neo>("neo").await;
}

async fn check<B: Broker>(broker: &'static str, left_out: &[Place]) {
    let certified = Certified::for_loopback();
    for (wire, certified) in [(Wire::Plain, None), (Wire::Tls, Some(&certified))] {
        let outcome = left_in::<B>(NEVER_REUSED, broker, certified).await;
        let wrong = differences(&outcome, wire, left_out);
        assert!(wrong.is_empty(), "{wire:?}: {} differences: {wrong:#?}", wrong.len());
    }
}

async fn check_none<B: Broker>(broker: &'static str) {
    let outcome = left_in::<B>(OVERWRITTEN, broker, Some(&Certified::for_loopback())).await;
    let found = by_place(&outcome);
    let places: Vec<_> = found.keys().map(|(place, name)| (*place, name.as_str())).collect();
    assert_eq!(
        places,
        [(Place::OnPurpose, canary::LEFT)],
        "{:?}",
        outcome.copies.last().map(|copy| copy.shown())
    );
}
