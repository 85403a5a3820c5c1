//! Heads of answers that never end, or are too long to be read.

use std::time::Duration;

use super::{Fault, one};
use crate::{
    Reaction,
    matrix::{context::Trial, expected::Means, meter::OF_TWO_HEADS},
};

const SECTION: &str = "Heads of answers";

/// What a server pauses that sends a byte at a time.
const PAUSE: Duration = Duration::from_secs(1);

const START: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

pub(super) fn all() -> Vec<Fault> {
    let head = |name, reaction: Reaction, means: fn() -> Means| {
        one(SECTION, name, move |_| Trial::answer(reaction.clone(), means()))
    };
    let endless = |first: &str, then: &str| {
        Reaction::Endless(first.as_bytes().to_vec(), then.repeat(4096 / then.len()).into_bytes())
    };
    let trickle = |first: &str, then: &str| {
        Reaction::Trickle(first.as_bytes().to_vec(), then.as_bytes().to_vec(), PAUSE, None)
    };
    let many = |count: usize| {
        let headers: String = (0..count).map(|number| format!("x-{number}: 1\r\n")).collect();
        Reaction::Answer(format!("{START}{headers}content-length: 0\r\n\r\n").into_bytes())
    };
    // The buffer of one attempt may still be there when the next one begins.
    let lost_twice: fn() -> Means = || Means::lost().within(OF_TWO_HEADS);
    vec![
        head("half a status line, then silence", Reaction::Stall(b"HTTP/1.1 2".to_vec()), Means::silence),
        head("half a status line, then the end", Reaction::Answer(b"HTTP/1.1 2".to_vec()), Means::lost),
        head("half a head, then silence", Reaction::Stall(START.into()), Means::silence),
        head("half a head, then the end", Reaction::Answer(START.into()), Means::lost),
        head("half a head, then a reset", Reaction::Broken(START.into()), Means::lost),
        head("a status line that trickles", trickle("HTTP/1.1 ", "2"), Means::silence),
        head("a header that trickles", trickle(START, "x"), Means::silence),
        head("headers that trickle", trickle(START, "x: y\r\n"), Means::silence),
        head("an endless status line", endless("HTTP/1.1 200 ", "O"), lost_twice),
        head("an endless header (of 1 MiB and more)", endless(&format!("{START}x: "), "y"), lost_twice),
        head("endless headers", endless(START, "x: y\r\n"), Means::lost),
        head("10 000 headers", many(10_000), Means::lost),
        head(
            "a 103 in each second",
            trickle("", "HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n"),
            Means::silence,
        ),
        one(SECTION, "endless 103s", move |_| Trial {
            is_real_time: true,
            ..Trial::answer(endless("", "HTTP/1.1 103 Early Hints\r\n\r\n"), Means::silence())
        }),
    ]
}
