//! Everything that fuzzing begins with, and everything that it has found, without a fuzzer.

use std::{
    fs,
    path::{Path, PathBuf},
};

use contract_tests::{
    Broker,
    arbitrary::{Given, TARGETS, check_answer, check_wire, in_no_time},
    brokers::{ibkr::Ibkr, kotak::Kotak, neo::Neo},
};

/// The files of a target below a directory of `fuzz/`; none if there is no such directory.
fn inputs(directory: &str, target: &str) -> Vec<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(directory).join(target);
    let entries = fs::read_dir(path).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn what_fuzzing_has_found_stays_mended() {
    replay("regressions", 4);
}

#[test]
fn what_fuzzing_begins_with_is_right() {
    replay("seeds", 20);
}

/// Runs every input below a directory of `fuzz/`, each with the target that it is for. There are at least so many.
fn replay(directory: &str, at_least: usize) {
    let mut count = 0;
    for (target, run) in TARGETS {
        for path in inputs(directory, target) {
            println!("{}", path.display());
            run(&fs::read(&path).expect("an input"));
            count += 1;
        }
    }
    assert!(count >= at_least, "only {count} inputs");
}

#[test]
fn every_input_that_is_kept_is_of_a_target() {
    for directory in ["regressions", "seeds"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(directory);
        for entry in fs::read_dir(path).expect("a directory") {
            let name = entry.expect("an entry").file_name().into_string().expect("a name");
            assert!(TARGETS.iter().any(|(target, _)| *target == name), "{name}");
        }
    }
}

/// Every documented answer, near and far, whole and cut.
fn examples<B: Broker>() {
    for case in B::spec().cases() {
        for (is_far, is_cut) in [(false, false), (true, false), (false, true)] {
            println!("{}, far {is_far}, cut {is_cut}", case.label());
            let given = Given { is_far, is_cut, ..Given::of(&case) };
            in_no_time(async {
                check_wire::<B>(&given).await;
                drop(check_answer::<B>(&given).await);
            });
        }
    }
}

#[test]
fn kotak_keeps_the_rules_for_every_example() {
    examples::<Kotak>();
}

#[test]
fn ibkr_keeps_the_rules_for_every_example() {
    examples::<Ibkr>();
}

#[test]
fn neo_keeps_the_rules_for_every_example() {
    examples::<Neo>();
}
