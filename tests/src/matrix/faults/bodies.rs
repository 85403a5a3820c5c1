//! Bodies that end too early, too late, or never.

use std::time::Duration;

use super::{Fault, http::chunks, one};
use crate::{
    MockResponse, Reaction,
    matrix::{
        context::{Context, Trial},
        expected::CAP,
        expected::{Again, Expected, Lasts},
    },
};

const SECTION: &str = "Bodies";

/// What a server pauses that sends a byte at a time.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) fn all() -> Vec<Fault> {
    let body = |name, reaction: fn(&Context<'_>) -> Reaction, means: fn() -> Expected| {
        one(SECTION, name, move |context| Trial::response(reaction(context), means()))
    };
    vec![
        body("cut in the middle", |context| Reaction::Respond(half(context)), Expected::cut),
        body("cut in the middle by a reset", |context| Reaction::Broken(half(context)), Expected::cut),
        body("cut before its first byte", |context| Reaction::Respond(start(context)), Expected::cut),
        body("cut in the middle of a chunk", |_| Reaction::Respond(chunked("5\r\n{\"a\"")), Expected::cut),
        body("silent in the middle", |context| Reaction::Stall(half(context)), Expected::slow),
        body("silent before its first byte", |context| Reaction::Stall(start(context)), Expected::slow),
        body(
            "silent before the last chunk",
            |context| {
                let chunks = chunks(&context.good.body);
                let whole = chunks.strip_suffix(b"0\r\n\r\n").expect("an end");
                Reaction::Stall([&chunked("")[..], whole].concat())
            },
            Expected::slow,
        ),
        body(
            "silent where the connection should end",
            |context| Reaction::Stall([&unbounded()[..], &context.good.body].concat()),
            Expected::slow,
        ),
        body("a byte in each second", |context| trickle(start(context), "\""), Expected::slow),
        body("a chunk in each second", |_| trickle(chunked(""), "1\r\n[\r\n"), Expected::slow),
        body("an empty line in each second", |_| trickle(unbounded(), "\r\n"), Expected::slow),
        body(
            "endless, in chunks",
            |_| Reaction::Endless(chunked(""), format!("1000\r\n{}\r\n", "x".repeat(4096)).into()),
            Expected::too_long,
        ),
        body(
            "endless, in small chunks",
            |_| Reaction::Endless(chunked(""), format!("80\r\n{}\r\n", "x".repeat(128)).repeat(32).into()),
            Expected::too_long,
        ),
        body(
            "an endless extension of a chunk",
            |_| Reaction::Endless(chunked("5;"), vec![b'x'; 4096]),
            Expected::cut,
        ),
        body(
            "endless fields behind the last chunk",
            |_| Reaction::Endless(chunked("0\r\n"), "x: y\r\n".repeat(512).into()),
            Expected::cut,
        ),
        body(
            "endless, without a length",
            |_| Reaction::Endless(unbounded(), vec![b'x'; 4096]),
            Expected::too_long,
        ),
        body("endless blanks", |_| Reaction::Endless(unbounded(), vec![b' '; 4096]), Expected::too_long),
        body("endless NUL bytes", |_| Reaction::Endless(unbounded(), vec![0; 4096]), Expected::too_long),
        body("endless brackets", |_| Reaction::Endless(unbounded(), vec![b'['; 4096]), Expected::too_long),
        body("100 GB announced", |_| announced("100000000000"), Expected::too_long),
        body(
            "the largest length that there can be announced",
            |_| announced("18446744073709551613"),
            Expected::too_long,
        ),
        // With a larger cap these would be right responses.
        one(SECTION, "a byte more than the cap", |context| {
            let response = MockResponse::new(200, "application/json", padded(context, CAP + 1));
            Trial::response(Reaction::Shared(response.bytes().into()), Expected::too_long())
        }),
        one(SECTION, "a byte more than the cap, in chunks", |context| {
            let chunks = [chunked(""), chunks(&padded(context, CAP + 1))].concat();
            Trial::response(Reaction::Shared(chunks.into()), Expected::too_long())
        }),
        one(SECTION, "padded with blanks up to the cap", |context| {
            let means = if context.good.body.is_empty() { context.empty(200) } else { Expected::fine() };
            let response = MockResponse::new(200, "application/json", padded(context, CAP));
            Trial::response(Reaction::Shared(response.bytes().into()), means)
        }),
        one(SECTION, "a failure (503) that breaks off", |context| {
            let again = context.failure(503, None);
            Trial::response(
                Reaction::Respond(b"HTTP/1.1 503 Of A Test\r\ncontent-length: 99\r\n\r\nNo".into()),
                again,
            )
        }),
        one(SECTION, "a failure (503) of a byte in each second", |context| {
            let means = context.failure(503, None).lasting(Lasts::Attempt);
            Trial::response(trickle(b"HTTP/1.1 503 Of A Test\r\n\r\n".into(), "."), means)
        }),
        one(SECTION, "a failure (503) without end", |context| {
            let again = context.failure(503, None);
            Trial::response(
                Reaction::Endless(b"HTTP/1.1 503 Of A Test\r\n\r\n".into(), vec![b'x'; 4096]),
                again,
            )
        }),
        one(SECTION, "a failure (400) that breaks off", |context| {
            // Whoever may come back may come back, for what was said is not known.
            let means = context.failure(400, None).again(Again::Safe);
            Trial::response(
                Reaction::Respond(b"HTTP/1.1 400 Of A Test\r\ncontent-length: 99\r\n\r\nNo".into()),
                means,
            )
        }),
        one(SECTION, "a failure (400) of a byte in each second", |context| {
            let means = context.failure(400, None).lasting(Lasts::Attempt);
            Trial::response(trickle(b"HTTP/1.1 400 Of A Test\r\n\r\n".into(), "."), means)
        }),
        one(SECTION, "a failure (400) without end", |context| {
            let means = context.failure(400, None);
            Trial::response(
                Reaction::Endless(b"HTTP/1.1 400 Of A Test\r\n\r\n".into(), vec![b'x'; 4096]),
                means,
            )
        }),
    ]
}

fn trickle(first: Vec<u8>, then: &str) -> Reaction {
    Reaction::Trickle(first, then.as_bytes().to_vec(), PAUSE, None)
}

/// The right body, with as many blanks behind it as it takes.
fn padded(context: &Context<'_>, length: usize) -> Vec<u8> {
    let mut body = context.good.body.clone();
    body.resize(length, b' ');
    body
}

/// The head of the right response, for a body with more bytes than it has.
fn start(context: &Context<'_>) -> Vec<u8> {
    let length = context.good.body.len() + 100;
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n").into()
}

/// The right response up to the middle of its body.
fn half(context: &Context<'_>) -> Vec<u8> {
    [&start(context)[..], &context.good.body[..context.good.body.len() / 2]].concat()
}

/// The head of a response in chunks, and a part of it.
fn chunked(part: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n{part}")
        .into()
}

/// The head of a response that ends with its connection.
fn unbounded() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n".into()
}

/// A response that says how long it is, and goes on for as long.
fn announced(length: &str) -> Reaction {
    Reaction::Endless(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").into(), vec![b'x'; 4096])
}
