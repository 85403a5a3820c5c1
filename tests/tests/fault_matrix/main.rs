//! Every operation of every broker meets every fault: the kind of the error, the status, the time against the deadline, the
//! memory against the cap, and how often the request arrived at the server.
//!
//! The test has a process of its own, because it counts every byte that is allocated in it, and one cell after another,
//! so that the numbers are that cell's.
// How many connections wait for a server that takes none, and what memory is, is the system's to say.
#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test by panicking"
)]

use std::path::Path;

use contract_tests::{
    Broker,
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
    matrix::{Cells, Meter, Rig, check_written, run, table},
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

const METER: Meter = Meter {
    reset: || ALLOCATED.reset_peak_usage(),
    now: || ALLOCATED.current_usage(),
    peak: || ALLOCATED.peak_usage(),
};

async fn cells_of<B: Broker>() -> Cells {
    run::<B>(Rig { canaries: false, meter: Some(METER), on_error: &mut |_, _| () }).await
}

#[tokio::test(start_paused = true)]
async fn every_fault_comes_out_as_what_it_is_in_time_in_bounds_and_as_often_as_allowed() {
    let mut cells = cells_of::<Kotak>().await;
    cells.extend(cells_of::<Ibkr>().await);
    cells.extend(cells_of::<Neo>().await);
    cells.check().finish(4000);
    check_written(&table(&cells), &Path::new(env!("CARGO_MANIFEST_DIR")).join("fault-matrix.md"));
}
