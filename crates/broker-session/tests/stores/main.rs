//! Every store keeps its contract, and what it promises besides.

mod encrypted;
mod file;
mod memory;

use std::error::Error;

use broker_session::{
    jiff::{SignedDuration, Timestamp},
    store::{Entry, Key, StoreError, Version},
};

fn key(user: &str) -> Key {
    Key::new(format!("session/neo/{user}"))
}

fn entry(value: &str) -> Entry {
    Entry::new(Version::random(), value, None)
}

/// An entry that expires, or has expired, so many seconds from now.
fn expiring(value: &str, seconds: i64) -> Entry {
    let expires_at = Timestamp::now() + SignedDuration::from_secs(seconds);
    Entry::new(Version::random(), value, Some(expires_at))
}

/// All that an error shows, with its sources and its hint.
fn shown(error: &StoreError) -> String {
    let mut shown = format!("{error} {} {error:?}", error.hint().unwrap_or_default());
    let mut source = error.source();
    while let Some(cause) = source {
        shown += &format!(" {cause} {cause:?}");
        source = cause.source();
    }
    shown
}

/// The description and the hint of an error hold all of these.
#[track_caller]
fn assert_says(error: &StoreError, parts: &[&str]) {
    let said = format!("{error} {}", error.hint().unwrap_or_default());
    for part in parts {
        assert!(said.contains(part), "{part:?} is not in {said:?}");
    }
}
