//! Statuses with a body that nobody documents.

use std::time::Duration;

use super::{Fault, many, one};
use crate::{
    MockResponse, Reaction,
    matrix::{
        context::{Context, Trial},
        expected::{Asks, Expected},
        expected::{BOUND, OF_VALUES},
    },
};

const SECTION: &str = "Statuses";
const FAILURES: &str = "Failures that are hostile themselves";
const WAITS: &str = "Servers that ask to wait";
/// What counts of a longer wait.
const LONGEST: Duration = Duration::from_secs(15 * 60);
const PAGE: &str = "<html><body><h1>No.</h1></body></html>";

/// Successes, registered or not, that have a body. (204 and 205 have none.)
const UNKNOWN_SUCCESSES: [u16; 10] = [201, 202, 203, 206, 207, 208, 218, 226, 250, 299];

/// Failures of the client: all that are registered, those that servers and gateways have invented, and the last.
const CLIENT_ERRORS: [u16; 46] = [
    400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 419, 420,
    421, 422, 423, 424, 425, 426, 428, 429, 430, 431, 432, 440, 444, 449, 450, 451, 460, 463, 470, 494, 495,
    496, 497, 498, 499,
];

/// The same of the server.
const SERVER_ERRORS: [u16; 26] = [
    500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511, 512, 520, 521, 522, 523, 524, 525, 526, 527,
    529, 530, 550, 598, 599,
];

/// Interim responses, which are not the response (RFC 9110, section 15.2).
const INTERIM: &str = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\nHTTP/1.1 199 No\r\n\r\n";

pub(super) fn all() -> Vec<Fault> {
    let mut faults = vec![
        one(SECTION, "100, 102, 103 and 199, then the right response", |context| {
            let bytes = [INTERIM.as_bytes(), &context.good.bytes()].concat();
            Trial::response(Reaction::Respond(bytes), Expected::fine())
        }),
        one(SECTION, "100, 102, 103 and 199, then the end", |_| {
            Trial::response(Reaction::Respond(INTERIM.into()), Expected::lost())
        }),
        one(SECTION, "101, to another protocol", |_| {
            let bytes =
                b"HTTP/1.1 101 Switching Protocols\r\nupgrade: made-up\r\nconnection: upgrade\r\n\r\n";
            Trial::response(
                Reaction::Respond(bytes.to_vec()),
                Expected::failure(broker_session::ErrorKind::Protocol, 101),
            )
        }),
        many(SECTION, "2xx, others than the documented ones, with the right response", |context| {
            let others = UNKNOWN_SUCCESSES.into_iter().filter(|status| !is_documented(context, *status));
            let trial = |status: u16| {
                let response = MockResponse { status, ..context.good.clone() };
                Trial::labelled(status.to_string(), Reaction::Respond(response.bytes()), Expected::fine())
            };
            others.map(trial).collect()
        }),
        many(SECTION, "2xx, others than the documented ones, with a page", |context| {
            let others = UNKNOWN_SUCCESSES.into_iter().filter(|status| !is_documented(context, *status));
            others.map(|status| page(status, context.unreadable(status))).collect()
        }),
    ];
    for (name, statuses) in [("4xx", &CLIENT_ERRORS[..]), ("5xx", &SERVER_ERRORS)] {
        let name = format!("{name}, registered and invented ones, with a page");
        faults.push(many(SECTION, name, |context| {
            statuses.iter().map(|status| page(*status, context.failure(*status, None))).collect()
        }));
    }
    faults.push(many(SECTION, "400, 401, 403, 404, 418, 429, 500 and 503, with nothing", |context| {
        let statuses = [400, 401, 403, 404, 418, 429, 500, 503].into_iter();
        let trial = |status: u16| {
            let means = context.failure(status, None);
            Trial::labelled(status.to_string(), Reaction::Respond(MockResponse::empty(status).bytes()), means)
        };
        statuses.map(trial).collect()
    }));
    faults.push(many(SECTION, "6xx to 9xx, which there are not", |context| {
        let statuses = [600, 601, 666, 699, 700, 777, 799, 800, 888, 899, 900, 998, 999].into_iter();
        statuses.map(|status| page(status, context.failure(status, None))).collect()
    }));
    faults.extend(waits());
    faults.extend(failures());
    faults
}

fn waits() -> Vec<Fault> {
    let asks = |wait: &'static str, seconds: u64, is_exact: bool| {
        many(WAITS, format!("429 and 503 with `retry-after: {wait}`"), move |context| {
            let trial = |status: u16| {
                let response = MockResponse::new(status, "text/html", PAGE).header("retry-after", wait);
                let asked = Duration::from_secs(seconds);
                // A penalty is at least as long as the broker says it is, and a quarter of an hour at most.
                let penalty = context.penalty.filter(|_| status == 429);
                let kept = penalty.map_or(asked, |penalty| penalty.max(asked));
                let asks = match is_exact {
                    true => Asks::Exactly(kept),
                    false => Asks::AtLeast(kept),
                };
                let means = Expected { asks: Some(asks), ..context.failure(status, Some(asked)) };
                Trial::labelled(status.to_string(), Reaction::Respond(response.bytes()), means)
            };
            [429, 503].into_iter().map(trial).collect()
        })
    };
    vec![
        asks("0", 0, true),
        asks("7", 7, true),
        asks("29", 29, true),
        asks("30", 30, true),
        asks("3600", LONGEST.as_secs(), true),
        asks("4294967295", LONGEST.as_secs(), true),
        asks("99999999999999999999", LONGEST.as_secs(), true),
        asks("Sun, 06 Nov 1994 08:49:37 GMT", 0, true),
        asks("Fri, 31 Dec 2100 23:59:59 GMT", LONGEST.as_secs(), false),
    ]
}

fn failures() -> Vec<Fault> {
    let hostile = |name, body: fn() -> Vec<u8>, memory| {
        one(FAILURES, name, move |context| {
            let bytes = MockResponse::new(400, "application/json", body()).bytes();
            Trial::response(Reaction::Shared(bytes.into()), context.failure(400, None).within(memory))
        })
    };
    vec![
        hostile("60 000 arrays, one in another", || "[".repeat(60_000).into(), BOUND),
        hostile("10 000 objects, one in another", || "{\"a\":".repeat(10_000).into(), BOUND),
        hostile("20 000 tags", || "<a>".repeat(20_000).into(), BOUND),
        hostile("9 000 tags that are not closed", || "<script".repeat(9_000).into(), BOUND),
        hostile("a page of 60 000 bytes", || [b"<p>", &[b'x'; 60_000][..]].concat(), BOUND),
        hostile("30 000 zeros", || format!("[{}]", vec!["0"; 30_000].join(",")).into(), OF_VALUES),
        hostile("bytes that are no UTF-8", || vec![0xff; 1000], BOUND),
        hostile(
            "commands for a terminal",
            || b"{\"message\":\"\\u001b[2J\\u001b]0;no\\u0007\"}".into(),
            BOUND,
        ),
        hostile("a code of 400 digits", || format!("{{\"code\":{}}}", "9".repeat(400)).into(), BOUND),
    ]
}

fn page(status: u16, means: Expected) -> Trial {
    let response = MockResponse::new(status, "text/html", PAGE);
    Trial::labelled(status.to_string(), Reaction::Respond(response.bytes()), means)
}

fn is_documented(context: &Context<'_>, status: u16) -> bool {
    context.operation.responses.iter().any(|response| response.status == status)
}
