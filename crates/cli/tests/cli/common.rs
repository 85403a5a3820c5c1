//! Runs the program: a process of its own, with an environment and a home directory of its own.

use std::{
    collections::BTreeSet,
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use broker_session_sandbox::{Broker, Builder, Sandbox, ibkr, kotak};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    net::TcpSocket,
    process::{Child, Command},
    task::JoinSet,
};

/// Longer than any run may take. It ends a program that waits for input that cannot come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A home directory with nothing in it, and the environment of a run.
///
/// A command is written as on a command line, without quotes: no argument here has a blank in it.
pub(crate) struct Program {
    pub(crate) home: TempDir,
    variables: Vec<(String, String)>,
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

    /// With what a client of a sandbox needs: of Kotak's second factors the access code alone.
    pub(crate) fn of<B: Broker>(sandbox: &Sandbox<B>) -> Self {
        Self::new().envs(sandbox.credentials()).without(&["KOTAK_MPIN", "KOTAK_BIOMETRIC"])
    }

    /// With what a client of a sandbox needs, but no second factor.
    pub(crate) fn without_factor(sandbox: &kotak::Sandbox) -> Self {
        Self::of(sandbox).without(&["KOTAK_ACCESS_CODE"])
    }

    /// Sets a variable, in place of the value that it had.
    pub(crate) fn env(self, name: &str, value: &str) -> Self {
        let mut program = self.without(&[name]);
        program.variables.push((name.to_owned(), value.to_owned()));
        program
    }

    pub(crate) fn envs<N: AsRef<str>, V: AsRef<str>>(
        self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        variables.into_iter().fold(self, |program, (name, value)| program.env(name.as_ref(), value.as_ref()))
    }

    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.variables.retain(|(known, _)| !names.contains(&known.as_str()));
        self
    }

    /// Writes a file into the home directory that only its owner can read. Returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.home.path().join(name);
        fs::write(&path, text).unwrap();
        set_mode(&path, 0o600);
        path.to_str().unwrap().to_owned()
    }

    /// A pipe that nobody writes to.
    #[cfg(unix)]
    pub(crate) fn pipe(&self, name: &str) -> String {
        let path = self.home.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        path.to_str().unwrap().to_owned()
    }

    /// The store of the tests.
    pub(crate) fn store(&self) -> PathBuf {
        self.home.path().join("store.json")
    }

    /// A file of the program's own, as JSON.
    pub(crate) fn kept(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.home.path().join(name)).unwrap()).unwrap()
    }

    /// What the runs at the one gateway of a test share.
    pub(crate) fn limits(&self) -> Value {
        serde_json::from_str(self.kept("store.json")["entries"][self.limits_key()]["value"].as_str().unwrap())
            .unwrap()
    }

    /// Replaces it.
    pub(crate) fn set_limits(&self, limits: &Value) {
        let mut kept = self.kept("store.json");
        kept["entries"][self.limits_key()]["value"] = limits.to_string().into();
        self.file("store.json", &kept.to_string());
    }

    fn limits_key(&self) -> String {
        let kept = self.kept("store.json");
        let keys = kept["entries"].as_object().unwrap().keys();
        keys.into_iter().find(|key| key.starts_with("limits/")).unwrap().clone()
    }

    /// What the store has of a kind: `session` or `guesses`, one for each user. None if there is no store yet.
    pub(crate) fn stored(&self, kind: &str) -> Vec<Value> {
        if !self.store().exists() {
            return Vec::new();
        }
        let store = self.kept("store.json");
        let values = store["entries"].as_object().unwrap().values();
        let values = values.map(|entry| serde_json::from_str(entry["value"].as_str().unwrap()).unwrap());
        values.filter(|value: &Value| value["kind"] == kind).collect()
    }

    /// The sessions in the store, each with what is kept beside it.
    pub(crate) fn sessions(&self) -> Vec<Value> {
        let records = self.stored("session").into_iter();
        records.filter_map(|mut record| record.get_mut("session").map(Value::take)).collect()
    }

    /// Changes the sessions in the store, as nobody should.
    pub(crate) fn change_sessions(&self, change: impl Fn(&mut Value)) {
        self.change_kept(|kept| change(&mut kept["session"]));
    }

    /// The same with what is kept beside them.
    fn change_kept(&self, change: impl Fn(&mut Value)) {
        let mut store = self.kept("store.json");
        for entry in store["entries"].as_object_mut().unwrap().values_mut() {
            let mut record: Value = serde_json::from_str(entry["value"].as_str().unwrap()).unwrap();
            if let Some(kept) = record.get_mut("session") {
                change(kept);
                entry["value"] = record.to_string().into();
            }
        }
        self.file("store.json", &store.to_string());
    }

    /// Sets the ends of the stored sessions back by years.
    pub(crate) fn let_sessions_expire(&self) {
        // A leap year, because it may be the last day of February.
        let set_back = |time: &mut Value| *time = format!("2020{}", &time.as_str().unwrap()[4..]).into();
        self.change_kept(|kept| {
            set_back(&mut kept["session"]["expires_at"]);
            set_back(&mut kept["stored_at"]);
        });
    }

    pub(crate) fn std_command(&self, command: &str) -> std::process::Command {
        let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_broker-session"));
        process
            .args(command.split_whitespace())
            .env_clear()
            .env("HOME", self.home.path())
            .env("BROKER_SESSION_STORE", self.store())
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        process
    }

    /// Starts the program without a terminal.
    pub(crate) fn start(&self, command: &str) -> Child {
        spawn(self.std_command(command))
    }

    /// Runs the program without a terminal until it ends.
    pub(crate) async fn run(&self, command: &str) -> Run {
        finish(self.start(command)).await
    }

    /// Runs the program with `--json`. Returns its exit status and its object.
    pub(crate) async fn json(&self, command: &str) -> (i32, Value) {
        let run = self.run(&format!("{command} --json")).await;
        assert_eq!(run.stderr, "", "with --json and no terminal stderr is quiet");
        (run.status, run.object())
    }

    /// Runs the program with `--json`, which must succeed. Returns the object.
    pub(crate) async fn ok(&self, command: &str) -> Value {
        let (status, object) = self.json(command).await;
        assert_eq!(status, 0, "{command}: {object}");
        object
    }

    /// Runs the program with `--json`, which must fail in this way. Returns the error.
    pub(crate) async fn fails(&self, command: &str, exit: i32, kind: &str) -> Value {
        let (status, mut object) = self.json(command).await;
        let error = object["error"].take();
        assert_eq!((status, error["kind"].as_str()), (exit, Some(kind)), "{command}: {error}");
        // Their order depends on which other packages are built along.
        assert_eq!(
            fields(&error),
            BTreeSet::from([
                "code",
                "hint",
                "host_to_allow",
                "kind",
                "login_url",
                "message",
                "operation",
                "retry_after",
                "status"
            ])
        );
        error
    }

    /// Runs the program with `--json`, which must refuse the settings. Returns the message.
    pub(crate) async fn refuses(&self, command: &str) -> String {
        message(&self.fails(command, 2, "config").await).to_owned()
    }
}

impl Run {
    /// The only object on stdout.
    pub(crate) fn object(&self) -> Value {
        let value: Value = serde_json::from_str(&self.stdout).unwrap();
        assert!(value.is_object());
        value
    }
}

/// Starts a process without a terminal.
pub(crate) fn spawn(command: std::process::Command) -> Child {
    Command::from(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
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

/// The next port of a [`DeadPort`]. It is below those that the system gives out, so that no other test gets it once the
/// socket is gone.
static NEXT_PORT: AtomicU16 = AtomicU16::new(20_000);

/// A port at which no server listens, and that no other program gets as long as this is there.
pub(crate) struct DeadPort {
    pub(crate) port: u16,
    _socket: TcpSocket,
}

impl DeadPort {
    pub(crate) fn new() -> Self {
        loop {
            let (port, socket) = (NEXT_PORT.fetch_add(1, Ordering::Relaxed), TcpSocket::new_v4().unwrap());
            if socket.bind((Ipv4Addr::LOCALHOST, port).into()).is_ok() {
                return Self { port, _socket: socket };
            }
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

/// Sends a signal like `TERM`.
#[cfg(unix)]
pub(crate) fn signal(child: &Child, signal: &str) {
    let id = child.id().unwrap().to_string();
    let kill = std::process::Command::new("kill").args([&format!("-{signal}"), &id]).status().unwrap();
    assert!(kill.success());
}

/// A sandbox, and a program that can use it unattended.
pub(crate) async fn start<B: Broker>(builder: Builder<B>) -> (Sandbox<B>, Program) {
    let sandbox = builder.start().await.unwrap();
    let program = Program::of(&sandbox);
    (sandbox, program)
}

/// The same of Kotak, as it is by default.
pub(crate) async fn at_kotak() -> (kotak::Sandbox, Program) {
    start(kotak::Sandbox::builder()).await
}

/// Waits until the program has called an operation.
pub(crate) async fn called<B: Broker>(sandbox: &Sandbox<B>, operation: B::Operation) {
    while sandbox.call_count(operation) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Tests each case, all at the same time: most of a run is waiting.
pub(crate) async fn each<T, F>(cases: impl IntoIterator<Item = T>, test: impl Fn(T) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    cases.into_iter().map(test).collect::<JoinSet<_>>().join_all().await;
}

/// A gateway that leaves the opening of the brokerage session to its clients.
pub(crate) fn closed_gateway() -> ibkr::Builder {
    ibkr::Sandbox::builder().opened_at_sign_in(false)
}

/// The names of an object's fields.
pub(crate) fn fields(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The message of an error.
pub(crate) fn message(error: &Value) -> &str {
    error["message"].as_str().unwrap()
}

#[cfg(unix)]
pub(crate) fn set_mode(path: impl AsRef<Path>, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
pub(crate) fn set_mode(_: impl AsRef<Path>, _: u32) {}

#[cfg(unix)]
pub(crate) fn mode(path: impl AsRef<Path>) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
