//! `serve`: what a service must do: say that it is ready, let in the right ones, read its settings again, notify, and end.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use broker_session::reqwest::{Client, Response, StatusCode};
use broker_session_sandbox::{Fault, Sandbox, ibkr, neo};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    net::{TcpListener, TcpStream, UnixDatagram, UnixStream},
    process::{Child, ChildStderr, ChildStdout},
    time::{sleep, timeout},
};

use crate::common::{Program, called, fields, mode, signal, spawn, start};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

const ORDERS: &str = "quick/user/orders";

/// A service that is ready.
struct Service {
    child: Child,
    ready: Value,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: Lines<BufReader<ChildStderr>>,
}

impl Service {
    async fn start(program: &Program, options: &str) -> Self {
        Self::of(program.start(&format!("serve --json {options}"))).await
    }

    async fn of(mut child: Child) -> Self {
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = timeout(PATIENCE, stdout.next_line()).await.expect("it is not ready").unwrap();
        let Some(line) = line else { panic!("it has ended: {:?}", stderr.next_line().await) };
        let ready = serde_json::from_str(&line).unwrap();
        Self { child, ready, stdout, stderr }
    }

    fn token(&self) -> String {
        fs::read_to_string(self.ready["token_file"].as_str().unwrap()).unwrap().trim().to_owned()
    }

    async fn get(&self, path: &str) -> Response {
        let url = format!("{}/{path}", self.ready["url"].as_str().unwrap());
        client().get(url).bearer_auth(self.token()).send().await.unwrap()
    }

    /// Waits until a path has this status.
    async fn has(&self, path: &str, status: StatusCode) {
        let has = async {
            while self.get(path).await.status() != status {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, has).await.expect(path);
    }

    /// The next line of stderr with these words.
    async fn says(&mut self, words: &str) -> String {
        let said = async {
            loop {
                let line = self.stderr.next_line().await.unwrap().expect(words);
                if line.contains(words) {
                    break line;
                }
            }
        };
        timeout(PATIENCE, said).await.expect(words)
    }

    /// Waits for the end. Returns the exit status; nothing was printed after the object.
    async fn end(mut self) -> Option<i32> {
        let status = timeout(PATIENCE, self.child.wait()).await.expect("it does not end").unwrap();
        assert_eq!(self.stdout.next_line().await.unwrap(), None);
        status.code()
    }

    async fn stop(self) {
        signal(&self.child, "TERM");
        assert_eq!(self.end().await, Some(0));
    }
}

fn client() -> Client {
    Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap()
}

/// Both brokers.
async fn both() -> (Sandbox<neo::Neo>, Sandbox<ibkr::Ibkr>, Program) {
    let (neo, program) = start(neo::Sandbox::builder()).await;
    let ibkr = ibkr::Sandbox::builder().oauth().start().await.unwrap();
    let program = program.envs(ibkr.credentials());
    (neo, ibkr, program)
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_configured_broker_is_served_to_who_has_the_token() {
    let (_neo, _ibkr, program) = both().await;
    let work = program.home.path().join("work");
    fs::create_dir(&work).unwrap();
    let mut command = program.std_command("serve --json --listen 127.0.0.1:0");
    command.current_dir(&work);
    let service = Service::of(spawn(command)).await;
    assert_eq!(
        fields(&service.ready),
        BTreeSet::from(["gateways", "listen", "sessions", "token_file", "url"])
    );
    let listen = service.ready["listen"].as_str().unwrap();
    assert_eq!(service.ready["url"], json!(format!("http://{listen}")));
    let sessions = service.ready["sessions"].as_array().unwrap();
    let names: Vec<&Value> = sessions.iter().map(|session| &session["name"]).collect();
    assert_eq!(names, ["ibkr", "neo"]);
    assert!(sessions.iter().all(|session| session["status"].is_string()));
    service.has("readyz", StatusCode::OK).await;
    for path in ["neo/quick/user/orders", "ibkr/iserver/accounts"] {
        assert_eq!(service.get(path).await.status(), StatusCode::OK, "{path}");
        let url = format!("http://{listen}/{path}");
        for request in [client().get(&url), client().get(&url).bearer_auth("made-up")] {
            assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
        }
    }
    let token_file = program.home.path().join("serve.token");
    assert_eq!(service.ready["token_file"], json!(token_file));
    assert_eq!(mode(&token_file), 0o600);
    let token = service.token();
    service.stop().await;
    let service = Service::start(&program, "neo --listen 127.0.0.1:0").await;
    assert_eq!(service.token(), token, "the token is kept");
    assert_eq!(service.ready["sessions"][0]["status"], "ready", "the session comes from the store");
    assert_eq!(service.get("ibkr/iserver/accounts").await.status(), StatusCode::NOT_FOUND);
    service.stop().await;

    assert!(names_in(&work).is_empty());
    let written = names_in(program.home.path());
    assert_eq!(
        written,
        BTreeSet::from(["serve.token", "store.json", "store.json.lock", "work"].map(String::from))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_away_keeps_no_other_from_being_served() {
    let (_sandbox, mut program) = start(neo::Sandbox::builder()).await;
    for (name, value) in [
        ("KOTAK_USERID", "MADE1"),
        ("KOTAK_CONSUMER_KEY", "made-up-key"),
        // It needs an access token of the host that is away.
        ("KOTAK_CONSUMER_SECRET", "made-up-secret"),
        ("KOTAK_PASSWORD", "made-up-password"),
        ("KOTAK_ACCESS_CODE", "1234"),
        ("KOTAK_BASE_URL", "http://127.0.0.1:9/apim"),
    ] {
        program = program.env(name, value);
    }
    let service = Service::start(&program, "--listen 127.0.0.1:0").await;
    assert_eq!(service.get(&format!("neo/{ORDERS}")).await.status(), StatusCode::OK);
    let response = service.get("kotak/reports/1.0/orders").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["error"]["kind"], "unavailable", "{error}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_has_a_port_of_its_own() {
    let (_ibkr, program) = start(ibkr::Sandbox::builder().oauth()).await;
    for (options, scheme) in [("", "https"), ("--gateway-plain", "http")] {
        let options = format!("ibkr --listen 127.0.0.1:0 --gateway ibkr=127.0.0.1:0 {options}");
        let service = Service::start(&program, &options).await;
        let gateway = &service.ready["gateways"][0];
        assert_eq!(gateway["name"], "ibkr");
        let listen = gateway["listen"].as_str().unwrap();
        assert_eq!(gateway["url"], json!(format!("{scheme}://{listen}/v1/api")));
        let fingerprint = gateway["fingerprint"].as_str();
        assert_eq!(fingerprint.map(|digits| digits.split(':').count()), (scheme == "https").then_some(32));
        let url = format!("{scheme}://{listen}/v1/api/iserver/accounts");
        assert_eq!(client().get(url).send().await.unwrap().status(), StatusCode::OK, "without a token");
        service.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_used_start_nothing() {
    let (_neo, program) = start(neo::Sandbox::builder()).await;
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    for (options, part) in [
        (format!("--listen 127.0.0.1:{port}"), format!("cannot listen on 127.0.0.1:{port}")),
        ("--listen 0.0.0.0:0".to_owned(), "other machines can reach this address".to_owned()),
        ("--listen 127.0.0.1:0 --gateway ibkr=192.0.2.1:5000".to_owned(), "other machines".to_owned()),
        (
            "--listen 127.0.0.1:0 --gateway ibkr=127.0.0.1:0".to_owned(),
            "`ibkr`, which is not served".to_owned(),
        ),
        ("--gateway neo=127.0.0.1:0".to_owned(), "has no gateway".to_owned()),
        ("nobody".to_owned(), "nobody".to_owned()),
        ("--listen 127.0.0.1:0 --unix /x".to_owned(), "--unix".to_owned()),
        ("--listen 127.0.0.1:0 --notify 'x".to_owned(), "notify".to_owned()),
    ] {
        let message = program.refuses(&format!("serve {options}")).await;
        assert!(message.contains(&part), "{options}: {message}");
    }
    let message = Program::new().refuses("serve --listen 127.0.0.1:0").await;
    assert!(message.contains("no account of any broker"), "{message}");
    let exposed = program.file("exposed", &"a".repeat(43));
    crate::common::set_mode(&exposed, 0o644);
    let message = program.refuses(&format!("serve --listen 127.0.0.1:0 --token-file {exposed}")).await;
    assert!(message.contains("chmod 600"), "{message}");
    let pipe = program.home.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let options = format!("--listen 127.0.0.1:0 --token-file {}", pipe.display());
    let message = program.refuses(&format!("serve {options}")).await;
    assert!(
        message.contains(&format!("`{}` is not a regular file. Correct it, or", pipe.display())),
        "{message}"
    );
}

/// Starts the service after a command of the shell.
async fn start_after(command: &str, program: &Program) -> Service {
    let direct = program.std_command("serve --json -v --listen 127.0.0.1:0");
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", &format!("{command} && exec \"$0\" \"$@\"")]).arg(direct.get_program());
    shell.args(direct.get_args()).env_clear();
    shell.envs(direct.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Service::of(spawn(shell)).await
}

/// Connections that say nothing.
async fn silent(count: usize, service: &Service) -> Vec<TcpStream> {
    let listen = service.ready["listen"].as_str().unwrap();
    let mut streams = Vec::new();
    for _ in 0..count {
        streams.push(TcpStream::connect(listen).await.unwrap());
    }
    streams
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_leave_room_for_others() {
    let (_neo, program) = start(neo::Sandbox::builder()).await;
    let service = start_after("ulimit -S -n 200", &program).await;
    let silent = silent(400, &service).await;
    // Sooner than a silent one is given up.
    let others = async {
        assert_eq!(service.get("livez").await.status(), StatusCode::OK);
        service.has(&format!("neo/{ORDERS}"), StatusCode::OK).await;
    };
    timeout(Duration::from_secs(8), others).await.expect("no room");
    drop(silent);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_files_last_for_all_connections() {
    let (_neo, program) = start(neo::Sandbox::builder()).await;
    let mut service = start_after("ulimit -n 200", &program).await;
    service.has("readyz", StatusCode::OK).await;
    let silent = silent(400, &service).await;
    let url = format!("{}/livez", service.ready["url"].as_str().unwrap());
    let waiting = tokio::spawn(client().get(url).send());
    drop(silent);
    assert_eq!(timeout(PATIENCE, waiting).await.unwrap().unwrap().unwrap().status(), StatusCode::OK);
    signal(&service.child, "TERM");
    while let Some(line) = service.stderr.next_line().await.unwrap() {
        assert!(!line.contains("cannot be accepted"), "{line}");
    }
    assert_eq!(service.end().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hang_up_reads_the_settings_again() {
    let (neo, _ibkr, program) = both().await;
    let profile =
        |brokers: &str| format!("[profiles.default.serve]\nbrokers = {brokers}\nlisten = \"127.0.0.1:0\"\n");
    let config = program.file("config.toml", &profile("[\"neo\"]"));
    let mut service = Service::start(&program, &format!("--config {config}")).await;
    service.has("readyz", StatusCode::OK).await;
    assert_eq!(service.get("ibkr/iserver/accounts").await.status(), StatusCode::NOT_FOUND);
    program.file("config.toml", &profile("[\"neo\", \"ibkr\"]"));
    signal(&service.child, "HUP");
    service.has("ibkr/iserver/accounts", StatusCode::OK).await;
    assert_eq!(service.get(&format!("neo/{ORDERS}")).await.status(), StatusCode::OK);
    assert_eq!(neo.call_count(neo::Operation::TradeApiLogin), 1, "nobody signs in anew");

    for broken in ["[profiles.default", &profile("[\"nobody\"]"), &profile("[\"kotak\"]")] {
        program.file("config.toml", broken);
        signal(&service.child, "HUP");
        service.says("the settings cannot be used, so those from before stay").await;
        for path in ["neo/quick/user/orders", "ibkr/iserver/accounts"] {
            assert_eq!(service.get(path).await.status(), StatusCode::OK, "{path}");
        }
    }
    let moved = profile("[\"neo\"]").replace("listen", "token_file = \"other\"\nlisten");
    program.file("config.toml", &moved);
    signal(&service.child, "HUP");
    service.says("Start the program anew to change them").await;
    service.has("ibkr/iserver/accounts", StatusCode::NOT_FOUND).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_is_finished_at_the_end() {
    let (neo, program) = start(neo::Sandbox::builder()).await;
    let service = Service::start(&program, "--listen 127.0.0.1:0").await;
    service.has("readyz", StatusCode::OK).await;
    neo.inject(neo::Operation::Orders, Fault::slow_body_for(Duration::from_millis(700)).applied());
    let url = format!("{}/neo/{ORDERS}", service.ready["url"].as_str().unwrap());
    let request = client().get(url).bearer_auth(service.token()).send();
    let response = tokio::spawn(async move { request.await.unwrap().text().await });
    called(&neo, neo::Operation::Orders).await;
    service.stop().await;
    assert!(response.await.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() {
    let (neo, program) = start(neo::Sandbox::builder()).await;
    let service = Service::start(&program, "--listen 127.0.0.1:0").await;
    service.has("readyz", StatusCode::OK).await;
    neo.inject(neo::Operation::Orders, Fault::hang());
    let url = format!("{}/neo/{ORDERS}", service.ready["url"].as_str().unwrap());
    let request = client().get(url).bearer_auth(service.token()).send();
    let response = tokio::spawn(request);
    called(&neo, neo::Operation::Orders).await;
    signal(&service.child, "INT");
    let listen = service.ready["listen"].as_str().unwrap().to_owned();
    let refused = async { while TcpStream::connect(&listen).await.is_ok() {} };
    timeout(PATIENCE, refused).await.expect("it still accepts connections");
    let started = Instant::now();
    signal(&service.child, "TERM");
    let mut child = service.child;
    let status = timeout(PATIENCE, child.wait()).await.expect("it does not end").unwrap();
    assert_eq!(status.code(), Some(130));
    assert!(started.elapsed() < Duration::from_secs(8), "it does not wait for the request");
    assert!(response.await.unwrap().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_needs_no_token() {
    let (_neo, program) = start(neo::Sandbox::builder()).await;
    let path = program.home.path().join("s");
    let service = Service::start(&program, &format!("--unix {}", path.display())).await;
    assert_eq!((&service.ready["listen"], &service.ready["url"]), (&json!(path), &Value::Null));
    assert_eq!(mode(&path), 0o600);
    let mut socket = UnixStream::connect(&path).await.unwrap();
    let request = format!("GET /neo/{ORDERS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    timeout(PATIENCE, socket.read_to_string(&mut response)).await.unwrap().unwrap();
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    service.stop().await;
    assert!(!path.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_is_run_once_for_each_turn() {
    let (neo, program) = start(neo::Sandbox::builder()).await;
    let code = neo.account().totp_secret.clone();
    let program = program.without(&["NEO_TOTP_SECRET"]).env("NOTIFY_SOCKET", "/nowhere");
    let news = program.home.path().join("news");
    // The output must not be shown; the whole of what one run has written appears at once.
    let script = "echo made-up-output; echo made-up-output >&2\n\
        all=$(env | grep -v '^PWD=\\|^SHLVL=\\|^_=\\|^OLDPWD=' | sort | tr '\\n' ';')\necho \"$1 $all\" >>\"$HOME/news\"\n";
    let script = program.file("notify", script);
    let mut command = program.std_command("serve --json -v --listen 127.0.0.1:0");
    command.args(["--notify", &format!("/bin/sh {script} 'two words'")]);
    let mut service = Service::of(spawn(command)).await;
    service.says("the notify command was run").await;
    service.has(&format!("neo/{ORDERS}"), StatusCode::SERVICE_UNAVAILABLE).await;

    let mut login = program.std_command("login neo --json");
    login.env("NEO_TOTP_SECRET", &code);
    assert_eq!(crate::common::finish(spawn(login)).await.status, 0);
    service.says("the notify command was run").await;
    assert_eq!(service.get(&format!("neo/{ORDERS}")).await.status(), StatusCode::OK);
    signal(&service.child, "TERM");
    let mut logged = String::new();
    while let Some(line) = service.stderr.next_line().await.unwrap() {
        logged.push_str(&line);
    }
    assert_eq!(service.end().await, Some(0));
    assert!(!logged.contains("made-up-output"));

    let news = fs::read_to_string(news).unwrap();
    let lines: Vec<&str> = news.lines().collect();
    assert_eq!(lines.len(), 2, "{news}");
    for (line, event) in lines.iter().zip(["person_needed", "back"]) {
        assert!(line.starts_with("two words "), "{line}");
        for part in [
            &format!("BROKER_SESSION_EVENT={event};"),
            "BROKER_SESSION_BROKER=neo;",
            "BROKER_SESSION_USER=S4MPL;",
        ] {
            assert!(line.contains(part), "{line}");
        }
        assert!(line.contains("BROKER_SESSION_REASON="), "{line}");
        for hidden in ["NEO_MPIN", "NEO_ACCESS_TOKEN", "NOTIFY_SOCKET", &neo.account().mpin] {
            assert!(!line.contains(hidden), "{line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_cannot_run_is_logged() {
    let (_neo, program) = start(neo::Sandbox::builder()).await;
    let program = program.without(&["NEO_TOTP_SECRET"]);
    for (command, why) in [("no-such-program", "cannot be started"), ("/bin/false", "exit status: 1")] {
        let options = format!("-v --listen 127.0.0.1:0 --notify {command}");
        let mut service = Service::start(&program, &options).await;
        let line = service.says("the notify command has failed").await;
        assert!(line.contains(why), "{line}");
        service.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_sees_each_phase() {
    let (_neo, program) = start(neo::Sandbox::builder()).await;
    let path = program.home.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let program = program.env("NOTIFY_SOCKET", path.to_str().unwrap()).env("WATCHDOG_USEC", "200000");
    let service = Service::start(&program, "--listen 127.0.0.1:0").await;
    let next = async |wanted: &str| {
        let received = async {
            let mut buffer = [0; 1024];
            loop {
                let length = socket.recv(&mut buffer).await.unwrap();
                let message = String::from_utf8(buffer[..length].to_vec()).unwrap();
                if message.contains(wanted) {
                    break message;
                }
            }
        };
        timeout(PATIENCE, received).await.expect(wanted)
    };
    next("STATUS=neo: ").await;
    next("READY=1").await;
    next("WATCHDOG=1").await;
    next("WATCHDOG=1").await;
    signal(&service.child, "HUP");
    assert!(next("RELOADING=1").await.contains("MONOTONIC_USEC="));
    next("READY=1").await;
    signal(&service.child, "TERM");
    next("STOPPING=1").await;
    assert_eq!(service.end().await, Some(0));
}

/// Opens two ports, and starts the program with them as systemd does.
const ACTIVATE: &str = r#"
import os, socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
# Out of the way of the numbers that they get.
high = [os.dup(opened.fileno()) for opened in sockets]
for number, opened in zip((3, 4), high):
    os.dup2(opened, number, inheritable=True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="broker-session.socket:gateway-ibkr")
os.execv(sys.argv[1], sys.argv[1:])
"#;

#[tokio::test(flavor = "multi_thread")]
async fn sockets_of_systemd_take_the_place_of_the_programs_own() {
    let python =
        ["/usr/bin/python3", "/usr/local/bin/python3"].into_iter().find(|path| Path::new(path).exists());
    let Some(python) = python else {
        eprintln!("skipped: there is no Python to pass sockets with");
        return;
    };
    let (_ibkr, program) = start(ibkr::Sandbox::builder().oauth()).await;
    let direct = program.std_command("serve ibkr --json");
    let mut command = std::process::Command::new(python);
    command.args(["-c", ACTIVATE]).arg(direct.get_program()).args(direct.get_args()).env_clear();
    command.envs(direct.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let service = Service::of(spawn(command)).await;
    // Not the default port.
    assert_ne!(service.ready["listen"], "127.0.0.1:8788");
    assert_eq!(service.get("ibkr/iserver/accounts").await.status(), StatusCode::OK);
    let url = format!("{}/iserver/accounts", service.ready["gateways"][0]["url"].as_str().unwrap());
    assert_eq!(client().get(url).send().await.unwrap().status(), StatusCode::OK);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_is_logged_with_its_id() {
    let (_neo, program) = start(neo::Sandbox::builder()).await;
    let mut service = Service::start(&program, "-v --log-format json --listen 127.0.0.1:0").await;
    let response = service.get(&format!("neo/{ORDERS}")).await;
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let line: Value = serde_json::from_str(&service.says(&id).await).unwrap();
    assert_eq!(line["span"]["id"], json!(id), "{line}");
    let token = service.token();
    signal(&service.child, "TERM");
    while let Some(line) = service.stderr.next_line().await.unwrap() {
        assert!(serde_json::from_str::<Value>(&line).unwrap()["timestamp"].is_string(), "{line}");
        assert!(!line.contains(&token), "{line}");
    }
    assert_eq!(service.end().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_get_lines_without_the_token() {
    let (_neo, program) = start(neo::Sandbox::builder()).await;
    let mut child = program.start("serve --listen 127.0.0.1:0");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut text = String::new();
    while !text.contains("neo: ready") {
        let line = timeout(PATIENCE, lines.next_line()).await.expect("no line").unwrap().unwrap();
        text.push_str(&format!("{line}\n"));
    }
    let token = fs::read_to_string(program.home.path().join("serve.token")).unwrap();
    assert!(text.starts_with("Serving at http://127.0.0.1:") && text.contains("/?token=$(cat "), "{text}");
    assert!(!text.contains(token.trim()), "{text}");
    signal(&child, "TERM");
    assert!(timeout(PATIENCE, child.wait()).await.unwrap().unwrap().success());
}

/// The unit files are right, as far as systemd can tell.
#[test]
fn the_unit_files_are_verified_by_systemd() {
    let Ok(version) =
        std::process::Command::new("systemd-analyze").arg("--version").stdout(Stdio::null()).status()
    else {
        eprintln!("skipped: there is no systemd-analyze");
        return;
    };
    assert!(version.success());
    let folder = tempfile::TempDir::new().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/systemd");
    let mut units = Vec::new();
    for name in names_in(&from) {
        // Where the program is on the machine that tests.
        let text = fs::read_to_string(from.join(&name)).unwrap();
        let program = env!("CARGO_BIN_EXE_broker-session");
        let text = text.replace("/usr/bin/broker-session", program);
        let unit = folder.path().join(name);
        fs::write(&unit, text).unwrap();
        units.push(unit);
    }
    assert_eq!(units.len(), 3);
    let mut command = std::process::Command::new("systemd-analyze");
    command.args(["verify", "--user", "--man=no"]).args(units).env("XDG_RUNTIME_DIR", folder.path());
    let output = command.env("HOME", folder.path()).output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
