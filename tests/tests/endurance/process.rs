//! What the process holds: open files, memory.

use std::{fs, time::Duration};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::time::{Instant, sleep};

use crate::plan::PATIENCE;

/// Allows so many open files, if the system lets the process.
pub(crate) fn allow_open_files(needed: u64) {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return;
    }
    let raised = limit.maximum.is_none_or(|maximum| maximum >= needed)
        && setrlimit(Resource::Nofile, Rlimit { current: Some(needed), ..limit }).is_ok();
    assert!(
        raised,
        "this test needs {needed} open files and may have {}: raise the limit with `ulimit -n {needed}`",
        limit.maximum.map_or_else(|| "no more than now".to_owned(), |maximum| maximum.to_string())
    );
}

/// How many files are open.
pub(crate) fn open_files() -> usize {
    // The directory itself is one while it is read.
    fs::read_dir("/proc/self/fd").unwrap().count() - 1
}

/// How much memory is in use, in bytes.
pub(crate) fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kibibytes * 1_024
}

/// Waits until nothing is left; gives back what is if it does not go.
pub(crate) async fn until_nothing<T>(left: impl Fn() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match left() {
            Some(_) if Instant::now() < deadline => sleep(Duration::from_millis(50)).await,
            left => return left,
        }
    }
}
