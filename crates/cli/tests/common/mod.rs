//! Runs the program as a user or a script does: a process of its own, with an environment of its own.
#![allow(dead_code, reason = "each test file is a program of its own and uses its part of this one")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "these functions are parts of tests"
)]

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use broker_session_sandbox::{
    ibkr,
    kotak::{Account, Sandbox},
    neo,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    net::TcpSocket,
    process::{Child, Command},
};

/// Longer than any run may take. A program that waits for input that cannot come is ended by it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A home directory with nothing in it, and the environment of a run.
pub(crate) struct Program {
    pub(crate) home: TempDir,
    variables: Vec<(OsString, OsString)>,
}

/// How a run ended.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    /// With no settings at all.
    pub(crate) fn new() -> Self {
        Self { home: TempDir::new().unwrap(), variables: Vec::new() }
    }

    /// With all that a sandbox's first account needs, but no second factor.
    pub(crate) fn at(sandbox: &Sandbox) -> Self {
        let mut program = Self::new();
        for (name, value) in sandbox.credentials() {
            if !["KOTAK_ACCESS_CODE", "KOTAK_MPIN", "KOTAK_BIOMETRIC"].contains(&name) {
                program = program.env(name, &value);
            }
        }
        program
    }

    /// With all that a sandbox's first account needs, and its access code.
    pub(crate) fn with_code(sandbox: &Sandbox) -> Self {
        let code = sandbox.access_code(&sandbox.account().userid).unwrap();
        Self::at(sandbox).env("KOTAK_ACCESS_CODE", &code)
    }

    /// With all that a gateway needs: where it is, and which certificate it has.
    pub(crate) fn of_gateway(gateway: &ibkr::Sandbox) -> Self {
        let program = Self::new().env("IBKR_BASE_URL", gateway.base_url());
        match gateway.certificate_fingerprint_sha256() {
            Some(fingerprint) => program.env("IBKR_FINGERPRINT", &fingerprint),
            None => program,
        }
    }

    /// With all that a sandbox's first account needs, and the secret of its authenticator.
    pub(crate) fn of_neo(sandbox: &neo::Sandbox) -> Self {
        sandbox.credentials().iter().fold(Self::new(), |program, (name, value)| program.env(name, value))
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// Writes a file into the home directory that only its owner can read.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(name);
        fs::write(&path, text).unwrap();
        set_mode(&path, 0o600);
        path
    }

    /// Where the tests keep the store.
    pub(crate) fn store(&self) -> PathBuf {
        self.home.path().join("store.json")
    }

    /// What is noted of one-time passwords that have left.
    pub(crate) fn used_codes(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.home.path().join("used-codes.json")).unwrap()).unwrap()
    }

    /// Sets back the ends of the stored sessions by years.
    pub(crate) fn let_sessions_expire(&self) {
        let mut store: Value = serde_json::from_str(&fs::read_to_string(self.store()).unwrap()).unwrap();
        for entry in store["sessions"].as_array_mut().unwrap() {
            let end = &mut entry["session"]["expires_at"];
            // A leap year, because it may be the last day of February.
            *end = format!("2020{}", &end.as_str().unwrap()[4..]).into();
        }
        self.file("store.json", &store.to_string());
    }

    pub(crate) fn std_command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_broker-session"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("BROKER_SESSION_STORE", self.store())
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts the program without a terminal.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        Command::from(self.std_command(arguments))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    /// Runs the program without a terminal until it ends.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Run {
        finish(self.start(arguments)).await
    }

    /// Runs the program with `--json`.
    pub(crate) async fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let run = self.run(&[arguments, &["--json"]].concat()).await;
        assert_eq!(run.stderr, "", "with --json and no terminal stderr is quiet");
        (run.status, run.object())
    }

    /// Runs the program with `--json`, expecting a failure.
    pub(crate) async fn failure(&self, arguments: &[&str]) -> (i32, Value) {
        let (status, object) = self.json(arguments).await;
        assert_ne!(status, 0, "{object}");
        let error = object.get("error").cloned().unwrap();
        // Their order depends on which other packages are built along.
        assert_eq!(
            members(&error),
            BTreeSet::from(["code", "hint", "kind", "message", "operation", "status"])
        );
        (status, error)
    }
}

impl Run {
    /// The one object on stdout.
    pub(crate) fn object(&self) -> Value {
        let value: Value = serde_json::from_str(&self.stdout).unwrap();
        assert!(value.is_object());
        value
    }
}

pub(crate) async fn finish(child: Child) -> Run {
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output())
        .await
        .expect("the program does not end")
        .unwrap();
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A port at which nobody listens, and that nobody else gets as long as this is there.
pub(crate) struct DeadPort {
    pub(crate) port: u16,
    _socket: TcpSocket,
}

impl DeadPort {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self { port: socket.local_addr().unwrap().port(), _socket: socket }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

/// Tells a program to end, with a signal like `TERM`.
#[cfg(unix)]
pub(crate) fn signal(child: &Child, signal: &str) {
    let id = child.id().unwrap().to_string();
    let kill = std::process::Command::new("kill").args([&format!("-{signal}"), &id]).status().unwrap();
    assert!(kill.success());
}

pub(crate) async fn sandbox() -> Sandbox {
    Sandbox::builder().start().await.unwrap()
}

/// A sandbox of Kotak Neo, and a program that can sign in to it unattended.
pub(crate) async fn at_neo(builder: neo::Builder) -> (neo::Sandbox, Program) {
    let sandbox = builder.start().await.unwrap();
    let program = Program::of_neo(&sandbox);
    (sandbox, program)
}

/// A sandbox of Kotak Neo, and a program that has signed in to it.
pub(crate) async fn signed_in_to_neo(builder: neo::Builder) -> (neo::Sandbox, Program) {
    let (sandbox, program) = at_neo(builder).await;
    let (status, object) = program.json(&["login", "neo"]).await;
    assert_eq!(status, 0, "{object}");
    (sandbox, program)
}

/// The names of an object's members.
pub(crate) fn members(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// What nobody may see, apart from the session token.
pub(crate) fn secrets(account: &Account) -> Vec<String> {
    account
        .credentials()
        .into_iter()
        .filter(|(name, _)| *name != "KOTAK_USERID")
        .map(|(_, value)| value)
        .collect()
}

#[cfg(unix)]
pub(crate) fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
pub(crate) fn set_mode(_: &Path, _: u32) {}

#[cfg(unix)]
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
