//! What must hold whatever bytes come: one function for each kind of foreign bytes, which panics where it does not.
//!
//! The fuzz targets in `fuzz/` call these functions with what they make up, and the test `properties` calls them with
//! the examples of the specs and with every input that has found a mistake. No sockets and no clock: whole flows run
//! in memory, thousands of times a second.

mod fuzzed_response;
mod in_memory_server;
mod inputs;
mod responses;

pub use fuzzed_response::FuzzedResponse;
pub use in_memory_server::InMemoryServer;
pub use inputs::{config_file, hosts, redaction, session_store, spec, strings};
pub use responses::{check_response, check_wire, wire};

use crate::{
    Broker,
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
};

/// What a target is: it is fed, and panics if something is wrong.
pub type Target = fn(&[u8]);

/// Every target by its name, as `fuzz/` and its directories have it.
pub const TARGETS: [(&str, Target); 9] = [
    ("kotak_responses", kotak_responses),
    ("ibkr_responses", ibkr_responses),
    ("neo_responses", neo_responses),
    ("spec", spec),
    ("session_store", session_store),
    ("config_file", config_file),
    ("hosts", hosts),
    ("redaction", redaction),
    ("strings", strings),
];

/// A response to one call of Kotak's API; see [`FuzzedResponse::parse`] for the form of the input.
pub fn kotak_responses(input: &[u8]) {
    responses::<Kotak>(input);
}

/// A response to one call of Interactive Brokers' API.
pub fn ibkr_responses(input: &[u8]) {
    responses::<Ibkr>(input);
}

/// A response to one call of Neo's API.
pub fn neo_responses(input: &[u8]) {
    responses::<Neo>(input);
}

/// Through the generated client, then through the whole flow.
fn responses<B: Broker>(input: &[u8]) {
    let given = FuzzedResponse::parse(B::spec(), input);
    in_no_time(async {
        check_wire::<B>(&given).await;
        drop(check_response::<B>(&given).await);
    });
}

/// Runs to the end on a clock that stands still, and goes on only where everybody waits for it.
pub fn in_no_time<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without a socket").block_on(future)
}
