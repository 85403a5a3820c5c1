//! The programs that sign in and out, and what they cost.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::table::{Table, Unit};
use crate::tools;

/// How often a program works while its allocations are counted, while it is measured by the clock, and under callgrind.
const TIMES: u32 = 200;
const CLOCKED_TIMES: u32 = 1000;
const COUNTED_TIMES: u32 = 10;

const ERGONOMIC: &str = "ergonomic";
const GENERATED: &str = "generated";
const REQWEST: &str = "by-hand-on-reqwest";
const HYPER: &str = "by-hand-on-hyper";
const AUTHORIZE: &str = "ergonomic-authorize";
const SERVER: &str = "bench-server";

/// The credentials of an account that the server knows like any other.
const NEO: [(&str, &str); 5] = [
    ("NEO_ACCESS_TOKEN", "made-up-access-token"),
    ("NEO_MOBILE", "+910000000000"),
    ("NEO_UCC", "MADE1"),
    ("NEO_MPIN", "000000"),
    ("NEO_TOTP_SECRET", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
];

/// The programs, built with optimisations, with and without the counting of allocations.
pub(crate) struct Programs {
    plain: PathBuf,
    counting: PathBuf,
}

/// The server that responds with the examples of the specs.
pub(crate) struct Server {
    process: Child,
    port: u16,
}

/// What a program prints.
#[derive(Deserialize)]
struct Report {
    nanoseconds: f64,
    times: f64,
    #[serde(default)]
    allocations: f64,
    #[serde(default)]
    bytes: f64,
}

/// What the script prints that runs processes.
#[derive(Deserialize)]
struct Processes {
    nanoseconds: Vec<f64>,
    peak: f64,
}

/// The arguments of cargo for the programs with these features, and no others.
pub(crate) fn programs(features: &str) -> [&str; 5] {
    ["--package", "bench-programs", "--no-default-features", "--features", features]
}

fn processes(server: &Server, rounds: usize, python: &Path, program: &[&OsStr]) -> Result<Processes> {
    let mut command = Command::new(python);
    command.arg("bench/process.py").arg(rounds.to_string()).args(program);
    command.envs(NEO).env("NEO_BASE_URL", server.base_url("neo")).stdin(Stdio::null());
    let output = command.stderr(Stdio::inherit()).output().context("cannot start Python")?;
    serde_json::from_slice(&output.stdout).context("a process that signs in failed; see its message")
}

impl Programs {
    /// Builds all of them.
    pub(crate) fn build() -> Result<Self> {
        let folder = tools::target_folder().join("bench");
        let (plain, counting) = (folder.join("plain"), folder.join("counting"));
        let features = "by-hand-on-hyper,ergonomic,generated";
        for (to, features) in [(&counting, &format!("{features},count")), (&plain, &features.to_owned())] {
            let mut command = Command::new(tools::cargo());
            command.args(["build", "--quiet", "--locked", "--release"]).args(programs(features));
            tools::succeed(
                &mut command,
                "the programs to compare do not build; see the compiler's messages",
            )?;
            fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
            for name in [ERGONOMIC, GENERATED, REQWEST, HYPER, AUTHORIZE, "by-hand-authorize"] {
                let from = tools::target_folder().join("release").join(name);
                fs::copy(&from, to.join(name)).with_context(|| format!("cannot copy {}", from.display()))?;
            }
        }
        Ok(Self { plain, counting })
    }

    /// Builds those of the budgets with the features and the profile of `cargo test --workspace`, which has built nearly
    /// all of it in CI.
    pub(crate) fn build_for_budgets() -> Result<Self> {
        let mut command = Command::new(tools::cargo());
        command.args(["build", "--quiet", "--locked", "--workspace"]);
        command.args([ERGONOMIC, AUTHORIZE, SERVER].iter().flat_map(|name| ["--bin", name]));
        tools::succeed(&mut command, "the programs do not build; see the compiler's messages")?;
        let folder = tools::target_folder().join("debug");
        Ok(Self { plain: folder.clone(), counting: folder })
    }

    /// A sign-in and sign-out, four calls.
    pub(crate) fn sign_in(&self, server: &Server, rounds: usize, table: &mut Table) -> Result<()> {
        let base = server.base_url("kotak");
        let what = |what: &str, program: &str| format!("sign-in and sign-out, {what}: {program}");
        let instructions = |name: &str| self.instructions(name, &base);
        let by_hand = instructions(REQWEST)?;
        for (name, other, target) in
            [(ERGONOMIC, by_hand, "≤ 1.5"), (GENERATED, by_hand, ""), (REQWEST, instructions(HYPER)?, "")]
        {
            table.counted(&what("instructions", name), Unit::Count, (instructions(name)?, other), target);
        }
        let allocations = |name: &str| self.report(&self.counting, name, &base, TIMES);
        let by_hand = allocations(REQWEST)?;
        for (name, target) in [(ERGONOMIC, "≤ 1.5"), (GENERATED, "")] {
            let ours = allocations(name)?;
            let each = |report: &Report, of: fn(&Report) -> f64| of(report) / report.times;
            let pair = |of: fn(&Report) -> f64| (each(&ours, of), each(&by_hand, of));
            table.counted(&what("allocations", name), Unit::Count, pair(|report| report.allocations), target);
            table.counted(&what("bytes allocated", name), Unit::Bytes, pair(|report| report.bytes), "");
        }
        for (name, other, target) in
            [(ERGONOMIC, REQWEST, "≤ 1.15"), (GENERATED, REQWEST, ""), (REQWEST, HYPER, "")]
        {
            let rounds = self.in_turns(rounds, [name, other], &base, CLOCKED_TIMES)?;
            table.measured(&what("time", name), Unit::Nanoseconds, &rounds, target);
        }
        let pair = (self.connections(server, ERGONOMIC)?, self.connections(server, REQWEST)?);
        table.counted("connections of 201 sign-ins to one host", Unit::Count, pair, "1");
        Ok(())
    }

    /// Putting a session on a request.
    pub(crate) fn authorize(&self, server: &Server, rounds: usize, table: &mut Table) -> Result<()> {
        let (base, names) = (server.base_url("kotak"), [AUTHORIZE, "by-hand-authorize"]);
        let rounds = self.in_turns(rounds, names, &base, 500_000)?;
        table.measured("`authorize`, time", Unit::Nanoseconds, &rounds, "≤ 1.15");
        let [ours, other] = names.map(|name| self.report(&self.counting, name, &base, 1000));
        let (ours, other) = (ours?, other?);
        let pair = (ours.allocations / ours.times, other.allocations / other.times);
        table.counted("`authorize`, allocations", Unit::Count, pair, "");
        Ok(())
    }

    /// Sign-ins with responses of different lengths.
    pub(crate) fn bodies(&self, server: &Server, table: &mut Table) -> Result<()> {
        for kibibytes in [1, 10, 64] {
            let base = server.base_url(&format!("kotak/{}", kibibytes * 1024));
            let pair = (self.instructions(ERGONOMIC, &base)?, self.instructions(REQWEST, &base)?);
            let what = format!("sign-in and sign-out, instructions, four responses of {kibibytes} KiB");
            table.counted(&what, Unit::Count, pair, "linear");
        }
        Ok(())
    }

    /// A sign-in at Neo as a process of its own, and with the broker's own Python client.
    pub(crate) fn process(&self, server: &Server, rounds: usize, table: &mut Table) -> Result<()> {
        let mut command = Command::new(tools::cargo());
        command.args(["build", "--quiet", "--locked", "--release", "--package", "broker-session-cli"]);
        tools::succeed(
            command.arg("--no-default-features"),
            "the program does not build; see the compiler's messages",
        )?;
        let python = tools::python("clients")?.join("python");
        let program = tools::target_folder().join("release/broker-session");
        let (ours, theirs) = (
            [program.as_os_str(), "login".as_ref(), "neo".as_ref()],
            [python.as_os_str(), "bench/kotakneoapi_sign_in.py".as_ref()],
        );
        let (ours, theirs) =
            (processes(server, rounds, &python, &ours)?, processes(server, rounds, &python, &theirs)?);
        let times: Vec<(f64, f64)> = ours.nanoseconds.into_iter().zip(theirs.nanoseconds).collect();
        table.measured("process that signs in, beside kotakneoapi, time", Unit::Nanoseconds, &times, "");
        let what = "process that signs in, beside kotakneoapi, largest memory";
        table.counted(what, Unit::Bytes, (ours.peak, theirs.peak), "");
        Ok(())
    }

    /// Stripped programs.
    pub(crate) fn sizes(&self, table: &mut Table) -> Result<()> {
        let size = |name: &str| {
            let stripped = self.plain.join(format!("{name}.stripped"));
            let mut command = Command::new("strip");
            command.arg("-o").arg(&stripped).arg(self.plain.join(name));
            tools::succeed(&mut command, "strip failed; it comes with the compiler of C")?;
            Ok::<_, anyhow::Error>(fs::metadata(&stripped)?.len() as f64)
        };
        table.counted(
            "stripped program that signs in",
            Unit::Bytes,
            (size(ERGONOMIC)?, size(REQWEST)?),
            "≤ 1.2",
        );
        Ok(())
    }

    /// The instructions of one time. What is left when the start is subtracted.
    fn instructions(&self, name: &str, base: &str) -> Result<f64> {
        let total = |times: u32| {
            let mut command = Command::new("valgrind");
            command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
            command.arg(self.plain.join(name)).args([base, &times.to_string()]);
            let output = command.output().context("cannot start valgrind; install it")?;
            let text = String::from_utf8_lossy(&output.stderr);
            let collected = text.lines().find_map(|line| line.split("Collected :").nth(1));
            let collected = collected.and_then(|number| number.trim().parse::<f64>().ok());
            collected.with_context(|| format!("valgrind counts no instructions of {name}:\n{text}"))
        };
        Ok((total(1 + COUNTED_TIMES)? - total(1)?) / f64::from(COUNTED_TIMES))
    }

    /// What is measured for the budgets, by the budget's name.
    pub(crate) fn budgeted(&self, server: &Server) -> Result<Vec<(String, f64)>> {
        let (base, mut measured) = (server.base_url("kotak"), Vec::new());
        let names = [("sign-in", ERGONOMIC, TIMES), ("authorize", AUTHORIZE, 1000)];
        for (what, name, times) in names {
            let report = self.report(&self.counting, name, &base, times)?;
            measured.push((format!("{what}-allocations"), report.allocations / report.times));
            measured.push((format!("{what}-bytes"), report.bytes / report.times));
            measured.push((format!("{what}-instructions"), self.instructions(name, &base)?));
        }
        measured.push(("sign-in-connections".to_owned(), self.connections(server, ERGONOMIC)?));
        Ok(measured)
    }

    /// The number of connections that a program makes for all its sign-ins.
    fn connections(&self, server: &Server, name: &str) -> Result<f64> {
        let before = server.connections()?;
        self.report(&self.plain, name, &server.base_url("kotak"), TIMES)?;
        // Asking for the number makes a connection as well.
        Ok(server.connections()? - before - 1.0)
    }

    /// Runs two programs in turns, and returns the time of each for one time.
    fn in_turns(&self, rounds: usize, names: [&str; 2], base: &str, times: u32) -> Result<Vec<(f64, f64)>> {
        let time =
            |name: &str| self.report(&self.plain, name, base, times).map(|it| it.nanoseconds / it.times);
        (0..rounds).map(|_| Ok((time(names[0])?, time(names[1])?))).collect()
    }

    fn report(&self, folder: &Path, name: &str, base: &str, times: u32) -> Result<Report> {
        let mut command = Command::new(folder.join(name));
        command.args([base, &times.to_string()]);
        let output = command.output().with_context(|| format!("cannot start {name}"))?;
        if !output.status.success() {
            bail!("{name} failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("{name} does not print a report"))
    }
}

impl Server {
    /// Builds it, and starts it on a free port.
    pub(crate) fn start() -> Result<Self> {
        let mut command = Command::new(tools::cargo());
        command.args(["build", "--quiet", "--locked", "--release"]).args(programs("server"));
        tools::succeed(&mut command, "the server does not build; see the compiler's messages")?;
        Self::start_built("release")
    }

    /// Starts it as it was built with this profile.
    pub(crate) fn start_built(profile: &str) -> Result<Self> {
        let mut command = Command::new(tools::target_folder().join(profile).join(SERVER));
        let mut process = command.stdout(Stdio::piped()).spawn().context("cannot start the server")?;
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let mut server = Self { process, port: 0 };
        server.port = line.trim().parse().context("the server does not print its port")?;
        Ok(server)
    }

    /// Its host and port.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Where a broker is.
    pub(crate) fn base_url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address())
    }

    /// How many connections were made to it so far, the one of this request included.
    fn connections(&self) -> Result<f64> {
        Ok(self.get("/connections")?.trim().parse()?)
    }

    /// The body of a response.
    pub(crate) fn get(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let (_, body) = text.split_once("\r\n\r\n").context("the server does not respond")?;
        Ok(body.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error means that the process has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
