//! Half a minute under load: 200 people who sign in, call, sign out and begin anew, and 1,000 supervised gateways, against
//! sandboxes with which one call in twenty goes wrong.
//!
//! What is asserted in the end is taken from the sandboxes, not from the clients' word: that every session ended in a
//! right state, that no guess came twice, that nobody was locked out who did not guess wrong, that the brokers' limits
//! were kept, and that no task, no connection and no memory is left behind.
//!
//! What goes wrong is pseudo-random. The seed is printed, and with `ENDURANCE_SEED` each sandbox has the same bad luck
//! again; who meets it when depends on the machine.
//! `ENDURANCE_SECONDS` makes it last longer, up to half an hour.
#![cfg(target_os = "linux")]

mod gateways;
mod kotak;
mod ledger;
mod neo;
mod people;
mod plan;
mod process;
mod tally;

use std::time::Duration;

use futures::future::join_all;
use tokio::{
    runtime::{Builder, Handle},
    time::{Instant, sleep_until},
};

use crate::{plan::Plan, tally::Tally};

/// Sockets at both ends, listeners, and room for those that are being closed.
const FILES: u64 = 8_192;

/// By how much the process may grow in its second half: what is kept of each guess, and what is under way.
const GROWTH: u64 = 48 << 20;

#[test]
fn sessions_end_right_and_nothing_is_left_behind() {
    let plan = Plan::from_env();
    println!("ENDURANCE_SEED={} ENDURANCE_SECONDS={}", plan.seed, plan.time.as_secs());
    process::allow_open_files(FILES);
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    let files = process::open_files();
    runtime.block_on(async {
        let tasks = Handle::current().metrics().num_alive_tasks();
        let tally = a_minute(plan).await;
        println!("{tally}");
        let is_left = || {
            let (now, then) = (Handle::current().metrics().num_alive_tasks(), tasks);
            let (open, opened) = (process::open_files(), files);
            (now > then || open > opened).then(|| format!("{now} tasks of {then}, {open} files of {opened}"))
        };
        let left = process::until_nothing(is_left).await;
        tally.finish(plan);
        assert_eq!(left, None, "left behind after everything was dropped");
    });
}

async fn a_minute(plan: Plan) -> Tally {
    let end = Instant::now() + plan.time;
    let memory = tokio::spawn(async move {
        sleep_until(end - plan.time / 2).await;
        let half = process::memory();
        sleep_until(end - Duration::from_millis(500)).await;
        (half, process::memory())
    });
    let people = (0..plan::PEOPLE).map(|index| match index % 2 {
        0 => tokio::spawn(people::live::<kotak::Flow>(plan, index / 2, end)),
        _ => tokio::spawn(people::live::<neo::Flow>(plan, index / 2, end)),
    });
    let gateways = (0..plan::GATEWAYS).map(|index| tokio::spawn(gateways::supervise(plan, index, end)));
    let mut tally = Tally::default();
    for one in join_all(people.chain(gateways).collect::<Vec<_>>()).await {
        tally.merge(one.expect("what keeps one session"));
    }
    let (half, full) = memory.await.unwrap();
    println!("memory: {} MiB at half time, {} MiB at the end", half >> 20, full >> 20);
    tally.check(full <= half + GROWTH, || format!("the memory has grown from {half} to {full} bytes"));
    tally
}
