//! The proxy of `broker-session-serve`, beside a minimal one.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{
    programs::{Server, programs},
    table::{Table, Unit},
};
use crate::tools;

/// A request to the server, to whom every proxy passes it on under the same path.
const PATH: &str = "/neo/login/1.0/get-client-ip";

/// The same, of which one in twenty goes wrong.
const FAULTY: &str = "/neo/faulty/login/1.0/get-client-ip";

const WEBSOCKET: &str = "/neo/ws";

/// How many requests a connection makes one after the other where latency is measured.
const LATENCY_REQUESTS: u32 = 3_000;

/// Connections and requests of each where throughput is measured.
const CONNECTIONS: u32 = 64;
const THROUGHPUT_REQUESTS: u32 = 400;

/// The most WebSockets. A proxy has two connections for each.
const WEBSOCKETS: u32 = 10_000;

/// What else a process has open.
const SPARE_FILES: u32 = 100;

/// How long there are faults, and after how long everything is in memory that stays there.
const FAULTY_TIME: Duration = Duration::from_secs(60);
const SETTLED: Duration = Duration::from_secs(10);

/// A program that runs until it is dropped, and its first line.
struct Running {
    process: Child,
    line: String,
}

/// Where requests are sent.
struct Target<'a> {
    address: &'a str,
    token: &'a str,
}

/// What the clients print.
#[derive(Deserialize)]
struct Report {
    nanoseconds: f64,
    median: f64,
    succeeded: f64,
    failed: f64,
}

/// Latency, throughput and memory.
pub(crate) fn compared(server: &Server, rounds: usize, table: &mut Table) -> Result<()> {
    let mut command = Command::new(tools::cargo());
    command.args(["build", "--quiet", "--locked", "--release"]).args(programs("proxy"));
    tools::succeed(&mut command, "the proxies do not build; see the compiler's messages")?;
    let direct = server.address();
    let ours = Running::start("bench-proxy", &[&server.base_url("neo")])?;
    let (address, token) = ours.line.split_once(' ').context("the proxy has no address")?;
    let minimal = Running::start("bench-minimal-proxy", &[&direct])?;
    let ours = (&ours, Target { address, token });
    let minimal = (&minimal, Target { address: &minimal.line, token });
    latency(&Target { address: &direct, token }, &ours.1, &minimal.1, rounds, table)?;
    throughput(&ours, &minimal, rounds, table)?;
    websockets(server, table)?;
    faults(server, table)
}

/// The time that a proxy adds, at the median.
fn latency(
    direct: &Target<'_>,
    ours: &Target<'_>,
    minimal: &Target<'_>,
    rounds: usize,
    table: &mut Table,
) -> Result<()> {
    let mut added = Vec::new();
    for _ in 0..rounds {
        let [direct, ours, minimal] =
            [direct, ours, minimal].map(|target| target.requests(PATH, 1, LATENCY_REQUESTS));
        let direct = direct?.median;
        added.push((ours?.median - direct, minimal?.median - direct));
    }
    let what = "proxy beside a minimal one on hyper, added latency at the median";
    table.measured(what, Unit::Nanoseconds, &added, "≤ 150 µs");
    Ok(())
}

/// Requests in a second, and what each takes of a processor.
fn throughput(
    ours: &(&Running, Target<'_>),
    minimal: &(&Running, Target<'_>),
    rounds: usize,
    table: &mut Table,
) -> Result<()> {
    let measure = |(running, target): &(&Running, Target<'_>)| {
        let before = running.computed()?;
        let report = target.requests(PATH, CONNECTIONS, THROUGHPUT_REQUESTS)?;
        let computed = (running.computed()? - before) / report.succeeded;
        Ok::<_, anyhow::Error>((report.succeeded * 1e9 / report.nanoseconds, computed))
    };
    let (mut rates, mut times) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (ours, minimal) = (measure(ours)?, measure(minimal)?);
        rates.push((ours.0, minimal.0));
        times.push((ours.1, minimal.1));
    }
    let what = |what: &str| format!("proxy beside a minimal one on hyper, {CONNECTIONS} connections, {what}");
    table.measured(&what("requests in a second"), Unit::Count, &rates, "≥ 0.7");
    table.measured(&what("time of a processor for each"), Unit::Nanoseconds, &times, "");
    Ok(())
}

/// The memory of many WebSockets on which nobody speaks.
fn websockets(server: &Server, table: &mut Table) -> Result<()> {
    let count = WEBSOCKETS.min(open_files()?.saturating_sub(SPARE_FILES) / 2 / 100 * 100);
    let proxy = Running::start("bench-proxy", &[&server.base_url("neo")])?;
    let (address, token) = proxy.line.split_once(' ').context("the proxy has no address")?;
    let before = proxy.resident()?;
    let clients =
        Running::start("bench-load", &["websockets", address, WEBSOCKET, token, &count.to_string()])?;
    anyhow::ensure!(clients.line == count.to_string(), "{} of {count} WebSockets are open", clients.line);
    let resident = proxy.resident()?;
    let each = format!("{:.1} KiB each", (resident - before) / f64::from(count) / 1024.0);
    let what = format!("proxy, {count} idle WebSockets, resident memory");
    table.row(&what, &Unit::Bytes.format(resident), "–", &each, "≤ 400 MiB");
    Ok(())
}

/// The memory while one request in twenty meets a connection that ends, a response that is cut off, or a status of 503.
fn faults(server: &Server, table: &mut Table) -> Result<()> {
    let proxy = Running::start("bench-proxy", &[&server.base_url("neo")])?;
    let (address, token) = proxy.line.split_once(' ').context("the proxy has no address")?;
    let (target, begun, mut settled) = (Target { address, token }, Instant::now(), None);
    let (mut succeeded, mut failed) = (0.0, 0.0);
    while begun.elapsed() < FAULTY_TIME {
        let report = target.load(FAULTY, CONNECTIONS, THROUGHPUT_REQUESTS)?;
        succeeded += report.succeeded;
        failed += report.failed;
        if settled.is_none() && begun.elapsed() > SETTLED {
            settled = Some(proxy.resident()?);
        }
    }
    let share = failed / (succeeded + failed);
    anyhow::ensure!((0.04..0.06).contains(&share), "{failed} requests have failed, {succeeded} have not");
    let (end, settled) = (proxy.resident()?, settled.context("there was no load")?);
    let what = "proxy, resident memory after a minute in which 5 % of the requests fail, beside the first ten seconds";
    table.counted(what, Unit::Bytes, (end, settled), "≤ 1.1");
    Ok(())
}

/// How many files a process may have open at most.
fn open_files() -> Result<u32> {
    let output = Command::new("sh").args(["-c", "ulimit -Hn"]).output().context("cannot start sh")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(u32::MAX))
}

impl Target<'_> {
    /// Sends requests, none of which may fail.
    fn requests(&self, path: &str, connections: u32, count: u32) -> Result<Report> {
        let report = self.load(path, connections, count)?;
        anyhow::ensure!(report.failed == 0.0, "{} requests have failed at {}", report.failed, self.address);
        Ok(report)
    }

    /// Sends so many requests on each connection.
    fn load(&self, path: &str, connections: u32, count: u32) -> Result<Report> {
        let (connections, count) = (connections.to_string(), count.to_string());
        let mut command = Command::new(tools::target_folder().join("release/bench-load"));
        command.args(["requests", self.address, path, self.token, &connections, &count]);
        let output = command.output().context("cannot start the clients")?;
        let errors = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "the clients have failed at {}: {errors}", self.address);
        serde_json::from_slice(&output.stdout).context("the clients do not print a report")
    }
}

impl Running {
    /// Starts a program with as many open files as the system lets it have.
    fn start(name: &str, arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n $(ulimit -Hn) && exec \"$0\" \"$@\""]);
        command.arg(tools::target_folder().join("release").join(name)).args(arguments);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let output = process.stdout.take();
        let mut running = Self { process, line: String::new() };
        BufReader::new(output.context("no output")?).read_line(&mut running.line)?;
        anyhow::ensure!(!running.line.is_empty(), "{name} has ended");
        running.line.truncate(running.line.trim_end().len());
        Ok(running)
    }

    /// The resident memory, in bytes.
    fn resident(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
    }

    /// The time of a processor that it has used, in nanoseconds.
    fn computed(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/schedstat", self.process.id()))?;
        Ok(stat.split_whitespace().next().context("no times")?.parse()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An error means that the process has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
