//! Every operation of every broker meets every fault: the kind of the error, the status, the time against the deadline, the
//! memory against the cap, and how often the request arrived at the server.
//!
//! The test has a process of its own, because it counts every byte that a thread of it allocates: each thread drives one
//! operation at a time.
// How many connections wait for a server that takes none, and what memory is, is the system's to say.
#![cfg(target_os = "linux")]

use std::{
    collections::BTreeSet,
    fs::read_dir,
    path::Path,
    sync::Mutex,
    thread::{available_parallelism, scope},
};

use contract_tests::{
    Broker,
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
    matrix::{Measurements, Settings, check_written, run_one, table},
};

/// Lets one operation meet every fault.
type Job = Box<dyn Fn() -> Measurements + Send + Sync>;

fn jobs<B: Broker>() -> impl Iterator<Item = Job> {
    B::scenarios().iter().map(|scenario| {
        Box::new(move || {
            let measure = |call: &mut dyn FnMut()| allocation_counter::measure(call).bytes_max as usize;
            run_one::<B>(
                scenario,
                &mut Settings { canaries: false, measure: Some(measure), on_error: &mut |_, _| () },
            )
        }) as Job
    })
}

#[test]
fn every_fault_becomes_the_right_error_in_time_and_in_bounds() {
    let jobs: Vec<Job> = jobs::<Kotak>().chain(jobs::<Ibkr>()).chain(jobs::<Neo>()).collect();
    let results: Vec<Mutex<Measurements>> = jobs.iter().map(|_| Mutex::default()).collect();
    let waiting = Mutex::new(jobs.iter().zip(&results));
    scope(|threads| {
        for _ in 0..available_parallelism().unwrap().get() {
            threads.spawn(|| {
                while let Some((job, result)) = { waiting.lock().unwrap().next() } {
                    *result.lock().unwrap() = job();
                }
            });
        }
    });
    let mut cells = Measurements::default();
    results.into_iter().for_each(|result| cells.extend(result.into_inner().unwrap()));
    let brokers: BTreeSet<_> = cells.all().iter().map(|cell| &cell.broker).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
    let documents = read_dir(folder)
        .unwrap()
        .filter(|file| file.as_ref().unwrap().path().extension() == Some("yaml".as_ref()));
    assert_eq!(brokers.len(), documents.count(), "each document in `openapi` is a broker of this test");
    cells.check().finish(4000);
    check_written(&table(&cells), &Path::new(env!("CARGO_MANIFEST_DIR")).join("fault-matrix.md"));
}
