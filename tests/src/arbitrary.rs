//! What must hold whatever bytes come: one function for each kind of foreign bytes, which panics where it does not.
//!
//! The fuzz targets in `fuzz/` call these functions with what they make up, and the test `properties` calls them with
//! the examples of the specs and with every input that has found a mistake. No sockets and no clock: whole flows run
//! in memory, thousands of times a second.

mod answers;
mod files;
mod given;
mod memory;
mod policies;
mod redaction;
mod specs;
mod texts;
mod wire;

pub use answers::check_answer;
pub use files::{config_file, session_store};
pub use given::Given;
pub use memory::Memory;
pub use policies::hosts;
pub use redaction::redaction;
pub use specs::spec;
pub use texts::texts;
pub use wire::{check_wire, wire};

use crate::{
    Broker,
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
};

/// What a target is: it is fed, and panics if something is wrong.
pub type Target = fn(&[u8]);

/// Every target by its name, as `fuzz/` and its directories have it.
pub const TARGETS: [(&str, Target); 9] = [
    ("kotak_answers", kotak_answers),
    ("ibkr_answers", ibkr_answers),
    ("neo_answers", neo_answers),
    ("spec", spec),
    ("session_store", session_store),
    ("config_file", config_file),
    ("hosts", hosts),
    ("redaction", redaction),
    ("texts", texts),
];

/// An answer to one call of Kotak's API; see [`Given::parse`] for the form of the input.
pub fn kotak_answers(input: &[u8]) {
    answers::<Kotak>(input);
}

/// An answer to one call of Interactive Brokers' API.
pub fn ibkr_answers(input: &[u8]) {
    answers::<Ibkr>(input);
}

/// An answer to one call of Neo's API.
pub fn neo_answers(input: &[u8]) {
    answers::<Neo>(input);
}

/// Through the generated client, then through the whole flow.
fn answers<B: Broker>(input: &[u8]) {
    let given = Given::parse(B::spec(), input);
    in_no_time(async {
        check_wire::<B>(&given).await;
        drop(check_answer::<B>(&given).await);
    });
}

/// Runs to the end on a clock that stands still, and goes on only where everybody waits for it.
pub fn in_no_time<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without a socket").block_on(future)
}
