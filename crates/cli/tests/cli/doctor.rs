//! `doctor`: what it finds, what it sends, and how it ends.

use broker_session_sandbox::{Broker, Builder, ibkr, kotak, neo};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::common::{DeadPort, Program, at_kotak, closed_gateway, each, fields, start};

/// Runs the doctor. Returns its exit status and its report.
async fn examine(program: &Program, command: &str) -> (i32, Value) {
    let (status, report) = program.json(&format!("doctor {command}")).await;
    assert_eq!(fields(&report), ["broker", "findings", "profile", "result"].into(), "{report}");
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(fields(finding), ["cure", "kind", "name", "result", "what", "why"].into());
        let result = finding["result"].as_str().unwrap();
        assert_eq!(finding["kind"].is_string(), result == "problem", "{finding}");
        assert_eq!(finding["why"].is_null(), result == "ok", "{finding}");
        assert_eq!(finding["cure"].is_string(), ["problem", "warning"].contains(&result), "{finding}");
    }
    (status, report)
}

/// The finding of this name.
fn finding<'a>(report: &'a Value, name: &str) -> &'a Value {
    let mut all = report["findings"].as_array().unwrap().iter();
    all.find(|finding| finding["name"] == name).unwrap_or_else(|| panic!("no {name} in {report:#}"))
}

fn result<'a>(report: &'a Value, name: &str) -> &'a str {
    finding(report, name)["result"].as_str().unwrap()
}

/// The findings with this result.
fn with_result<'a>(report: &'a Value, result: &str) -> Vec<&'a str> {
    let all = report["findings"].as_array().unwrap().iter();
    all.filter(|finding| finding["result"] == result)
        .map(|finding| finding["name"].as_str().unwrap())
        .collect()
}

/// A server that responds to everything with this text. Returns its URL.
async fn server(response: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let response = response.clone();
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                if socket.read(&mut buffer).await.is_ok_and(|length| length > 0) {
                    let _ = socket.write_all(response.as_bytes()).await;
                }
            });
        }
    });
    url
}

fn response(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

async fn nothing_is_wrong<B: Broker>(builder: Builder<B>, guesses: &[B::Operation]) {
    let (sandbox, program) = start(builder).await;
    let (status, report) = examine(&program, B::NAME).await;
    assert_eq!((status, &report["result"]), (0, &json!("ok")), "{report:#}");
    assert_eq!(with_result(&report, "skipped"), ["own_address", "sign_in"]);
    for name in ["name_resolution", "connection", "response", "clock"] {
        assert_eq!(result(&report, name), "ok");
    }
    for guess in guesses {
        assert_eq!(sandbox.call_count(*guess), 0, "{guess:?} is a guess");
    }
    let run = program.run(&format!("doctor {}", B::NAME)).await;
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("ok       clock: within "), "{}", run.stdout);
    for (name, value) in sandbox.credentials() {
        let is_public = ["USERID", "UCC", "BASE_URL"].iter().any(|end| name.ends_with(end));
        assert!(is_public || !run.stdout.contains(&value), "{name} is shown: {}", run.stdout);
        assert!(is_public || !report.to_string().contains(&value), "{name} is shown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_wrong_and_no_guess_is_sent() {
    nothing_is_wrong(
        neo::Sandbox::builder(),
        &[neo::Operation::TradeApiLogin, neo::Operation::TradeApiValidate],
    )
    .await;
    let guesses = [kotak::Operation::SessionLoginUserid, kotak::Operation::Session2faAccesscodePost];
    nothing_is_wrong(kotak::Sandbox::builder(), &guesses).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_setting_is_named_with_its_place() {
    let (sandbox, program) = start(neo::Sandbox::builder()).await;
    let file = program.file("totp", &sandbox.account().totp_secret);
    program.file("mpin", &sandbox.account().mpin);
    let config = program
        .file("config.toml", "[profiles.default.neo]\nmpin_file = \"mpin\"\nneo_fin_key = \"made-up\"\n");
    let program = program.without(&["NEO_TOTP_SECRET", "NEO_MPIN"]).env("NEO_TOTP_SECRET_FILE", &file);
    let (status, report) = examine(&program, &format!("neo --config {config} --ucc S4MPL")).await;
    assert_eq!(status, 0, "{report:#}");
    for (name, place) in [
        ("NEO_UCC", "the option --ucc"),
        ("NEO_MOBILE", "the variable NEO_MOBILE"),
        ("NEO_TOTP_SECRET", "which NEO_TOTP_SECRET_FILE names"),
        ("NEO_MPIN", "which the profile names"),
        ("NEO_FIN_KEY", "the profile (`neo_fin_key`)"),
    ] {
        let what = finding(&report, name)["what"].as_str().unwrap();
        assert!(what.contains(place), "{name}: {what}");
    }
    assert!(finding(&report, "config_file")["what"].as_str().unwrap().contains(&config));
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_settings_are_problems_that_a_person_could_type() {
    let dead = DeadPort::new();
    let (status, report) = examine(&Program::new(), &format!("neo --base-url {}", dead.url(""))).await;
    assert_eq!(status, 2);
    let missing = ["NEO_UCC", "NEO_ACCESS_TOKEN", "NEO_MOBILE", "connection"];
    assert_eq!(with_result(&report, "problem"), missing);
    assert_eq!(with_result(&report, "skipped"), ["NEO_MPIN", "NEO_TOTP_SECRET", "sign_in"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_setting_is_told_without_its_value() {
    let (sandbox, program) = start(neo::Sandbox::builder()).await;
    let file = program.file("open", "730264");
    #[cfg(unix)]
    crate::common::set_mode(&file, 0o644);
    for (name, value, expected) in [
        ("NEO_TOTP_SECRET", "204060", "a code of an authenticator, where the secret belongs"),
        ("NEO_MOBILE", "9876500000", "no country code"),
        ("NEO_MPIN", "7302", "four digits"),
        ("NEO_MPIN", "made up\n", "line breaks"),
        ("NEO_MPIN_FILE", "/no/such/file", "\"cure\":\"Correct the path, or write"),
        #[cfg(unix)]
        ("NEO_MPIN_FILE", file.as_str(), "\"cure\":\"Run: chmod 600 '"),
        ("NEO_MPIN_FILE", "/", "\"cure\":\"Correct the path.\""),
        ("NEO_UCC", "made-up@broker.example", "e-mail address"),
        ("NEO_TOTP", "204060", "both NEO_TOTP and NEO_TOTP_SECRET"),
    ] {
        let program = Program::of(&sandbox);
        let program = if name == "NEO_MPIN_FILE" { program.without(&["NEO_MPIN"]) } else { program };
        let program = program.env(name, value);
        let (status, report) = examine(&program, "neo --sign-in").await;
        assert_eq!(status, 2, "{report:#}");
        let [problem] = with_result(&report, "problem")[..] else { panic!("{report:#}") };
        let problem = finding(&report, problem);
        assert!(problem.to_string().contains(expected), "{expected}: {problem:#}");
        assert!(value.starts_with('/') || !report.to_string().contains(value), "{report}");
        assert_eq!(result(&report, "sign_in"), "skipped");
    }
    assert_eq!(sandbox.call_count(neo::Operation::TradeApiLogin), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_file_that_cannot_be_used_hides_nothing_else() {
    let (_sandbox, program) = start(neo::Sandbox::builder()).await;
    let config = program.file("config.toml", "[profiles.default.neo]\nucx = \"X\"\n");
    let (status, report) = examine(&program, &format!("neo --config {config}")).await;
    assert_eq!(status, 2);
    assert_eq!(with_result(&report, "problem"), ["config_file"]);
    assert_eq!(result(&report, "response"), "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_to_the_server_has_its_own_failure() {
    let dead = DeadPort::new();
    let refused = dead.url("");
    let page = "<!DOCTYPE html><html>made up</html>";
    let login = "Location: http://login.hotel.example/\r\n";
    let cases = [
        (refused, "connection", 17),
        ("https://no-such-host.invalid".to_owned(), "name_resolution", 17),
        ("http//127.0.0.1".to_owned(), "base_url", 2),
        ("http://broker.example".to_owned(), "base_url", 2),
        (server(response("200 OK", "Content-Type: text/html\r\n", page)).await, "response", 19),
        (server(response("403 Forbidden", "Content-Type: text/html\r\n", page)).await, "response", 15),
        (server(response("503 Service Unavailable", "", "")).await, "response", 17),
        (server(response("302 Found", login, "")).await, "response", 17),
        (server("this is no HTTP\r\n\r\n".to_owned()).await, "response", 17),
        (server(String::new()).await, "response", 17),
    ];
    each(cases, |(url, name, exit)| async move {
        let (_sandbox, program) = start(neo::Sandbox::builder()).await;
        let (status, report) = examine(&program.env("NEO_BASE_URL", &url), "neo --sign-in --timeout 3").await;
        assert_eq!(with_result(&report, "problem"), [name], "{url}: {report:#}");
        assert!(status == exit || (exit == 17 && status == 19), "{url}: {status} {report:#}");
        assert_eq!(result(&report, "sign_in"), "skipped");
    })
    .await;
    drop(dead);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_a_warning() {
    for (seconds, expected) in [(3600, "behind"), (-3600, "ahead of")] {
        let time = Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap();
        let url = server(response("401 Unauthorized", &format!("Date: {date}\r\n"), "{}")).await;
        let (_sandbox, program) = start(neo::Sandbox::builder()).await;
        let (status, report) = examine(&program.env("NEO_BASE_URL", &url), "neo").await;
        assert_eq!((status, &report["result"]), (0, &json!("warning")), "{report:#}");
        let clock = finding(&report, "clock");
        assert!(clock["what"].as_str().unwrap().contains(expected), "{clock}");
        assert!(clock["why"].as_str().unwrap().contains("one-time password"), "{clock}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_through_the_proxy() {
    let ((sandbox, program), (proxy, _)) = tokio::join!(at_kotak(), at_kotak());
    let (_, report) = examine(&program, &format!("kotak --proxy {}", proxy.root_url())).await;
    assert_eq!(result(&report, "proxy"), "ok");
    assert!(finding(&report, "connection")["what"].as_str().unwrap().contains("the proxy"));
    assert!(sandbox.calls().is_empty() && !proxy.calls().is_empty());
    let dead = DeadPort::new();
    let (status, report) = examine(&program, &format!("kotak --proxy {}", dead.url(""))).await;
    assert_eq!((status, result(&report, "connection")), (17, "problem"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_over_is_a_warning() {
    let (_sandbox, program) = at_kotak().await;
    program.ok("login kotak").await;
    assert_eq!(result(&examine(&program, "kotak").await.1, "session_store"), "ok");
    program.let_sessions_expire();
    let (status, report) = examine(&program, "kotak").await;
    assert_eq!((status, result(&report, "session_store")), (0, "warning"));
}

async fn signs_in_and_out<B: Broker>(builder: Builder<B>, steps: &[&str]) {
    let (_sandbox, program) = start(builder).await;
    let (status, report) = examine(&program, &format!("{} --sign-in", B::NAME)).await;
    assert_eq!(status, 0, "{report:#}");
    for step in steps {
        assert_eq!(result(&report, step), "ok", "{report:#}");
    }
    assert!(program.sessions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_tried_and_ended_on_request() {
    let steps = ["one_time_password", "mpin", "own_address", "sign_out"];
    signs_in_and_out(neo::Sandbox::builder(), &steps).await;
    let steps = ["session_init", "password", "second_factor", "sign_out"];
    signs_in_and_out(kotak::Sandbox::builder(), &steps).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_step_of_a_sign_in_ends_it() {
    let other_secret = "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK";
    for (name, value, step, exit, expected) in [
        ("NEO_TOTP_SECRET", other_secret, "one_time_password", 10, "does not say which part"),
        ("NEO_MPIN", "111111", "mpin", 11, "Invalid MPIN"),
    ] {
        let (sandbox, program) = start(neo::Sandbox::builder()).await;
        let (status, report) = examine(&program.env(name, value), "neo --sign-in").await;
        assert_eq!((status, with_result(&report, "problem")), (exit, vec![step]), "{report:#}");
        assert!(finding(&report, step).to_string().contains(expected), "{report:#}");
        assert_eq!(sandbox.bad_tries("S4MPL"), 1);
    }
    for (name, value, step, exit) in [
        ("KOTAK_ACCESS_TOKEN", "made-up-other", "session_init", 10),
        ("KOTAK_PASSWORD", "made-up-other", "password", 10),
        ("KOTAK_ACCESS_CODE", "0000", "second_factor", 11),
    ] {
        let (_sandbox, program) = at_kotak().await;
        let (status, report) = examine(&program.env(name, value), "kotak --sign-in").await;
        assert_eq!((status, with_result(&report, "problem")), (exit, vec![step]), "{report:#}");
    }
    let (sandbox, program) = at_kotak().await;
    sandbox.lock("S4MPL3");
    assert_eq!(examine(&program, "kotak --sign-in").await.0, 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_of_a_gateways_session_is_a_finding() {
    for (prepare, exit, expected) in [
        ((|_| {}) as fn(&ibkr::Sandbox), 0, "warning"),
        (|gateway| gateway.sign_out(), 14, "problem"),
        (|gateway| gateway.compete(), 15, "problem"),
    ] {
        let (gateway, program) = start(closed_gateway()).await;
        prepare(&gateway);
        let (status, report) = examine(&program, "ibkr").await;
        assert_eq!((status, result(&report, "session")), (exit, expected), "{report:#}");
        assert_eq!(gateway.call_count(ibkr::Operation::IserverAuthSsodhInitPost), 0);
    }
    let (gateway, program) = start(closed_gateway()).await;
    let (status, report) = examine(&program, "ibkr --sign-in").await;
    assert_eq!((status, result(&report, "brokerage_session")), (0, "ok"), "{report:#}");
    assert_eq!(gateway.call_count(ibkr::Operation::IserverAuthSsodhInitPost), 1);
    let (_, report) = examine(&program, "ibkr --sign-in").await;
    assert!(finding(&report, "brokerage_session")["what"].as_str().unwrap().contains("open already"));
    assert_eq!(gateway.violations().inits_with_compete, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_address_is_told_by_the_gateway() {
    let (_gateway, program) = start(ibkr::Sandbox::builder()).await;
    let (status, report) = examine(&program, "ibkr").await;
    assert_eq!((status, result(&report, "session"), result(&report, "own_address")), (0, "ok", "ok"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_trusted_pinned_or_a_problem() {
    let gateway = closed_gateway().https().start().await.unwrap();
    let program = Program::new().env("IBKR_BASE_URL", gateway.base_url());
    let fingerprint = gateway.certificate_fingerprint_sha256().unwrap();
    let (status, report) = examine(&program, "ibkr").await;
    let certificate = finding(&report, "certificate");
    assert_eq!((status, result(&report, "certificate")), (17, "problem"), "{report:#}");
    assert!(certificate["what"].as_str().unwrap().contains(&fingerprint), "{certificate}");
    assert!(certificate["cure"].as_str().unwrap().contains("broker-session trust ibkr"), "{certificate}");
    assert!(gateway.calls().is_empty());
    let (status, report) = examine(&program, &format!("ibkr --fingerprint {fingerprint}")).await;
    assert_eq!((status, result(&report, "certificate")), (0, "ok"), "{report:#}");
    program.ok(&format!("trust ibkr --fingerprint {fingerprint}")).await;
    gateway.replace_certificate().unwrap();
    let (status, report) = examine(&program, "ibkr").await;
    assert_eq!((status, with_result(&report, "problem")), (20, vec!["certificate"]), "{report:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_told_once() {
    let gateway = closed_gateway().start().await.unwrap();
    let url = gateway.base_url().replace("http://", "https://");
    let (status, report) = examine(&Program::new().env("IBKR_BASE_URL", &url), "ibkr").await;
    assert_eq!((status, with_result(&report, "problem")), (17, vec!["tls"]), "{report:#}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_reads_each_finding_on_a_line() {
    let (_sandbox, program) = start(neo::Sandbox::builder()).await;
    let program = program.env("TERM", "xterm").env("NO_COLOR", "1");
    let mut terminal = crate::terminal::Terminal::start(&program, "doctor neo");
    for line in ["ok       NEO_UCC: comes from the variable NEO_UCC\r\n", "ok       response: status 4"] {
        terminal.shows(line);
    }
    let (status, rest) = terminal.end();
    assert_eq!(status, 0);
    assert!(rest.contains("ok       clock: within ") && rest.contains("Nothing is wrong"), "{rest}");
}
