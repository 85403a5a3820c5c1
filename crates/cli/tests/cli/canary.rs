//! No secret appears in the output of the program, at any verbosity and whatever a broker responds; and the store has
//! secrets in their place only.

use broker_session_sandbox::{Broker, Fault, Sandbox, ibkr, kotak, neo};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::common::{Program, Run, closed_gateway, start};

/// The beginning of every secret that may be any string.
const CANARY: &str = "CANARY";

/// All of its letters are of base32.
const TOTP_SECRET: &str = "CANARYTOTPSECRETOFATEST2";

/// A pin that must be digits.
const PIN: &str = "827364";

/// How much a run prints.
const VERBOSITY: [&str; 4] = ["", "-v", "-vv", "--json"];

fn canary(name: &str) -> String {
    format!("{CANARY}-{name}")
}

fn kotak_account() -> kotak::Account {
    kotak::Account {
        password: canary("password"),
        access_token: canary("access-token"),
        consumer_key: canary("consumer-key"),
        consumer_secret: canary("consumer-secret"),
        access_code: canary("code"),
        mpin: Some(canary("mpin")),
        biometric: Some(canary("biometric")),
        ..kotak::Account::default()
    }
}

fn neo_account() -> neo::Account {
    neo::Account {
        access_token: canary("access-token"),
        totp_secret: TOTP_SECRET.to_owned(),
        mpin: PIN.to_owned(),
        k_id: canary("k-id"),
        ..neo::Account::default()
    }
}

/// Runs that may print no secret.
#[derive(Default)]
struct Printed {
    runs: Vec<(String, Run)>,
    /// Secrets that do not begin as the others do.
    others: Vec<String>,
}

impl Printed {
    /// Runs a command in every verbosity, and once with the logs of every crate.
    async fn run(&mut self, program: Program, command: &str) -> Program {
        for verbosity in VERBOSITY {
            let command = format!("{command} {verbosity}");
            let run = program.run(&command).await;
            self.note(command, run, &program);
        }
        let program = program.env("RUST_LOG", "trace");
        self.note(format!("RUST_LOG {command}"), program.run(command).await, &program);
        program.without(&["RUST_LOG"])
    }

    /// Runs a command that hands a session on. What it prints to stdout is no matter.
    async fn hand_on(&mut self, program: Program, command: &str, rest: &str) -> Program {
        let mut program = program;
        for (verbosity, log) in [("", ""), ("-vv", ""), ("", "trace")] {
            program = program.env("RUST_LOG", log);
            let command = format!("{command} {verbosity} {rest}");
            let run = program.run(&command).await;
            assert_eq!(run.status, 0, "{command}: {}", run.stderr);
            self.note(command, Run { stdout: String::new(), ..run }, &program);
        }
        program.without(&["RUST_LOG"])
    }

    /// Notes what was printed; and as secret what has been stored.
    fn note(&mut self, name: String, run: Run, program: &Program) {
        self.runs.push((name, run));
        if !program.store().exists() {
            return;
        }
        #[cfg(unix)]
        assert_eq!(crate::common::mode(program.store()), 0o600);
        let mut rest = json!(program.stored("guesses")).to_string();
        for mut record in program.stored("session") {
            if let Some(kept) = record.get_mut("session") {
                let secrets = kept["session"].as_object_mut().unwrap().remove("secrets").unwrap();
                let secrets = secrets.as_object().unwrap().values();
                self.others.extend(secrets.map(|secret| secret.as_str().unwrap().to_owned()));
            }
            rest.push_str(&record.to_string());
        }
        assert!(!self.is_secret(&rest), "a secret is stored outside its place: {rest}");
    }

    /// Signs in and out with a refusal waiting, which must be met.
    async fn refused<B: Broker>(&mut self, program: &Program, sandbox: &Sandbox<B>, operation: B::Operation) {
        let calls = sandbox.call_count(operation);
        for command in ["login --renew --send-again", "logout"] {
            let (command, flags) = command.split_once(' ').unwrap_or((command, ""));
            let run = program.run(&format!("{command} {} {flags} -vv", B::NAME)).await;
            self.note(format!("{command}, {operation:?} refused"), run, program);
        }
        assert!(sandbox.call_count(operation) > calls, "{operation:?} is not called");
    }

    fn is_secret(&self, text: &str) -> bool {
        text.contains(CANARY) || self.others.iter().any(|secret| stands_in(text, secret))
    }

    fn check(self, at_least: usize) {
        assert!(self.runs.len() >= at_least, "only {} runs", self.runs.len());
        assert!(
            self.runs.iter().any(|(_, run)| run.stderr.contains("hyper_util::client")),
            "the HTTP stack did not log"
        );
        assert!(self.runs.iter().any(|(_, run)| run.status == 0) && !self.others.is_empty());
        for (name, run) in &self.runs {
            for text in [&run.stdout, &run.stderr] {
                let line = text.lines().find(|line| self.is_secret(without_time(line)));
                assert!(line.is_none(), "`{name}` prints a secret: {line:?}");
            }
        }
    }
}

/// A line of a log without its time, whose digits may be those of a code by chance.
fn without_time(line: &str) -> &str {
    match line.split_once(' ') {
        Some((time, rest)) if time.parse::<Timestamp>().is_ok() => rest,
        _ => line,
    }
}

/// Whether a secret is in a string, and not by chance: one of digits alone must not be a part of a longer number.
fn stands_in(text: &str, secret: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let is_number = secret.chars().all(is_digit);
    text.match_indices(secret).any(|(start, _)| {
        let (before, after) = (&text[..start], &text[start + secret.len()..]);
        !is_number || !(before.ends_with(is_digit) || after.starts_with(is_digit))
    })
}

/// The secrets that a broker may know at the time of an operation.
fn known(operation: &str) -> Vec<String> {
    let mut known = vec![canary("access-token")];
    match operation {
        "TradeApiValidate" => known.push(PIN.to_owned()),
        "TradeApiLogin" | "Logout" => {}
        _ => known.extend(["consumer-key", "consumer-secret"].map(canary)),
    }
    match operation {
        _ if operation.starts_with("SessionLogin") => known.push(canary("password")),
        _ if operation.starts_with("Session2fa") => known.extend(["password", "code"].map(canary)),
        _ => {}
    }
    known
}

/// Refusals that quote all of it.
fn refusals(operation: &str) -> [Fault; 4] {
    let all = known(operation).join(" ");
    let fault = json!({ "fault": { "code": 900_000, "message": all, "description": all } });
    let list = json!({ "error": [{ "code": "10522", "message": all }] });
    let status = |status: &str| status.parse().unwrap();
    [
        Fault::json(status("400"), &fault),
        Fault::json(status("424"), &list),
        error_page(&all),
        Fault::json(status("200"), &json!([all])),
    ]
}

/// An error page.
fn error_page(text: &str) -> Fault {
    let page = format!("<html><body>{text}</body></html>");
    Fault::raw(http::Response::builder().status(503).header("content-type", "text/html").body(page).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn kotak_prints_no_secret() {
    let mut printed = Printed::default();
    let (sandbox, program) = start(kotak::Sandbox::builder().account(kotak_account())).await;
    let mut program = program.env("KOTAK_MPIN", &canary("mpin")).env("KOTAK_BIOMETRIC", &canary("biometric"));
    for factor in ["access-code", "mpin", "biometric", "one-time-token"] {
        program = printed.run(program, &format!("login kotak --renew --factor {factor}")).await;
        program = printed.run(program, "session list").await;
    }
    let hands_on = program.without(&["KOTAK_MPIN", "KOTAK_BIOMETRIC"]);
    let mut hands_on = printed.hand_on(hands_on, "token kotak", "").await;
    if cfg!(unix) {
        hands_on = printed.hand_on(hands_on, "exec kotak", "-- /bin/true").await;
    }
    program = hands_on.env("KOTAK_MPIN", &canary("mpin")).env("KOTAK_BIOMETRIC", &canary("biometric"));
    let rest = [
        "logout kotak",
        "doctor kotak",
        "doctor kotak --sign-in",
        "login kotak --help",
        "login kotak --no-such-flag",
    ];
    for command in rest {
        program = printed.run(program, command).await;
    }
    let program = program.env("KOTAK_FACTOR", "access-code");
    // Every call of these commands.
    for operation in [
        kotak::Operation::SessionInit,
        kotak::Operation::SessionLoginUserid,
        kotak::Operation::Session2faAccesscodePost,
        kotak::Operation::SessionLogout,
    ] {
        for refusal in refusals(&format!("{operation:?}")) {
            sandbox.inject(operation, refusal);
            printed.refused(&program, &sandbox, operation).await;
        }
    }
    printed.check(70);
}

#[tokio::test(flavor = "multi_thread")]
async fn neo_prints_no_secret() {
    let mobile = neo_account().mobile;
    let mut printed = Printed { others: vec![PIN.to_owned(), mobile], ..Printed::default() };
    let begin = || start(neo::Sandbox::builder().account(neo_account()));
    // A one-time password is good once, so each login has a sandbox and a home of its own.
    for (verbosity, log) in VERBOSITY.into_iter().map(|verbosity| (verbosity, "")).chain([("", "trace")]) {
        let (sandbox, program) = begin().await;
        let program = program.env("RUST_LOG", log);
        for command in ["login neo", "session list", "logout neo", "doctor neo", "login neo --help"] {
            let command = format!("{command} {verbosity}");
            let run = program.run(&command).await;
            printed.note(command, run, &program);
        }
        for call in sandbox.calls_to(neo::Operation::TradeApiLogin) {
            let code = serde_json::from_slice::<Value>(&call.body).unwrap()["totp"].take();
            let code = code.as_str().unwrap().to_owned();
            assert!(!json!(program.stored("guesses")).to_string().contains(&code));
            printed.others.push(code);
        }
    }
    let (_sandbox, program) = begin().await;
    let program = printed.hand_on(program, "token neo", "").await;
    if cfg!(unix) {
        printed.hand_on(program, "exec neo", "-- /bin/true").await;
    }
    // Every call of these commands.
    for operation in [neo::Operation::TradeApiLogin, neo::Operation::TradeApiValidate, neo::Operation::Logout]
    {
        for refusal in refusals(&format!("{operation:?}")) {
            let (sandbox, program) = begin().await;
            sandbox.inject(operation, refusal);
            printed.refused(&program, &sandbox, operation).await;
        }
    }
    printed.check(40);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_proxy_or_url_is_printed() {
    let mut printed = Printed { others: vec!["made-up-other".to_owned()], ..Printed::default() };
    let sandbox = kotak::Sandbox::builder().account(kotak_account()).start().await.unwrap();
    let secret = canary("url-password");
    for url in [
        format!("http://u:{secret}@127.0.0.1:9"),
        format!("http://127.0.0.1:9/?token={secret}"),
        format!("u:{secret}@127.0.0.1:9"),
    ] {
        let program = Program::of(&sandbox);
        let text = format!("[profiles.default.network]\nproxy = \"{url}\"\n");
        let config = program.file("config.toml", &text);
        printed.run(program, &format!("login kotak --config {config}")).await;
        printed.run(Program::of(&sandbox).env("KOTAK_BASE_URL", &url), "login kotak").await;
    }
    for (name, run) in &printed.runs {
        assert!(!printed.is_secret(&run.stdout) && !printed.is_secret(&run.stderr), "{name}: {}", run.stderr);
        assert_ne!(run.status, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_and_ibkr_print_no_token() {
    let (gateway, program) = start(closed_gateway().pacing(false)).await;
    let api = broker_session::ibkr::Client::builder().base_url(gateway.base_url()).build().unwrap();
    let session = api.tickle().await.unwrap().session.expect("a session's token");
    let program = program.env("RUST_LOG", "trace");
    let mut printed = String::new();
    for command in ["login ibkr", "status ibkr", "doctor ibkr", "session list", "logout ibkr"] {
        let run = program.run(command).await;
        printed.extend([run.stdout, run.stderr]);
    }
    assert!(printed.contains("broker_call"), "{printed}");
    // Every response to a tickle contains the token.
    assert!(gateway.calls_to(ibkr::Operation::TicklePost).len() > 1);
    assert!(!printed.contains(session.expose()), "the token of the gateway's session is printed");
    let run = Program::new().env("RUST_LOG", "trace").run("demo").await;
    assert_eq!(run.status, 0, "{}", run.stderr);
    for (name, secret) in kotak::Account::default().credentials() {
        let is_printed = run.stdout.contains(&secret) || run.stderr.contains(&secret);
        assert!(name == "KOTAK_USERID" || !is_printed, "the demo prints {name}");
    }
}
