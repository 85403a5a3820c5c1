//! Heads of responses that never end, or are too long to be read.

use std::time::Duration;

use super::{Fault, one};
use crate::{
    Reaction,
    matrix::{context::Trial, expected::Expected, expected::OF_TWO_HEADS},
};

const SECTION: &str = "Heads of responses";

/// What a server pauses that sends a byte at a time.
const PAUSE: Duration = Duration::from_secs(1);

const START: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

pub(super) fn all() -> Vec<Fault> {
    let head = |name, reaction: Reaction, means: fn() -> Expected| {
        one(SECTION, name, move |_| Trial::response(reaction.clone(), means()))
    };
    let endless = |first: &str, then: &str| {
        Reaction::Endless(first.as_bytes().to_vec(), then.repeat(4096 / then.len()).into_bytes())
    };
    let trickle = |first: &str, then: &str| {
        Reaction::Trickle(first.as_bytes().to_vec(), then.as_bytes().to_vec(), PAUSE, None)
    };
    let many = |count: usize| {
        let headers: String = (0..count).map(|number| format!("x-{number}: 1\r\n")).collect();
        Reaction::Respond(format!("{START}{headers}content-length: 0\r\n\r\n").into_bytes())
    };
    // The buffer of one attempt may still be there when the next one begins.
    let lost_twice: fn() -> Expected = || Expected::lost().within(OF_TWO_HEADS);
    vec![
        head("half a status line, then silence", Reaction::Stall(b"HTTP/1.1 2".to_vec()), Expected::silence),
        head("half a status line, then the end", Reaction::Respond(b"HTTP/1.1 2".to_vec()), Expected::lost),
        head("half a head, then silence", Reaction::Stall(START.into()), Expected::silence),
        head("half a head, then the end", Reaction::Respond(START.into()), Expected::lost),
        head("half a head, then a reset", Reaction::Broken(START.into()), Expected::lost),
        head("a status line that trickles", trickle("HTTP/1.1 ", "2"), Expected::silence),
        head("a header that trickles", trickle(START, "x"), Expected::silence),
        head("headers that trickle", trickle(START, "x: y\r\n"), Expected::silence),
        head("an endless status line", endless("HTTP/1.1 200 ", "O"), lost_twice),
        head("an endless header (of 1 MiB and more)", endless(&format!("{START}x: "), "y"), lost_twice),
        head("endless headers", endless(START, "x: y\r\n"), Expected::lost),
        head("10 000 headers", many(10_000), Expected::lost),
        head(
            "a 103 in each second",
            trickle("", "HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n"),
            Expected::silence,
        ),
        one(SECTION, "endless 103s", move |_| Trial {
            is_real_time: true,
            ..Trial::response(endless("", "HTTP/1.1 103 Early Hints\r\n\r\n"), Expected::silence())
        }),
    ]
}
