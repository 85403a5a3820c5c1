//! The command line of the programs that are compared: `PROGRAM BASE_URL TIMES` does the same work TIMES times,
//! after one time that does not count, and prints what the work has cost.

use std::{env, error::Error, time::Instant};

/// What a program returns.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Runs a program on a runtime of one thread: `start` opens a client for a base URL, and `work` is what is measured.
///
/// # Errors
/// If the arguments cannot be used, or one of the two fails.
pub fn run<C>(start: impl AsyncFnOnce(String) -> Outcome<C>, work: impl AsyncFn(&C) -> Outcome) -> Outcome {
    let mut arguments = env::args().skip(1);
    let (Some(base), Some(times)) = (arguments.next(), arguments.next()) else {
        return Err("usage: PROGRAM BASE_URL TIMES".into());
    };
    let times = times.parse::<u32>()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client = runtime.block_on(start(base))?;
    runtime.block_on(work(&client))?;
    let mut outcome = Ok(());
    let started = Instant::now();
    let allocated = counted(|| {
        outcome = runtime.block_on(async {
            for _ in 0..times {
                work(&client).await?;
            }
            Ok(())
        });
    });
    let nanoseconds = started.elapsed().as_nanos();
    println!("{{\"nanoseconds\":{nanoseconds},{allocated}\"times\":{times}}}");
    outcome
}

#[cfg(feature = "count")]
fn counted(work: impl FnOnce()) -> String {
    let allocation_counter::AllocationInfo { count_total, bytes_total, .. } =
        allocation_counter::measure(work);
    format!("\"allocations\":{count_total},\"bytes\":{bytes_total},")
}

#[cfg(not(feature = "count"))]
fn counted(work: impl FnOnce()) -> &'static str {
    work();
    ""
}
