//! Foreign bytes that are no response: files of the program, hosts, specs, messages with secrets in them, waits,
//! certificates, fingerprints, keys and tokens.

use std::{sync::LazyLock, time::SystemTime};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use broker_session::{ClientOptions, SavedSession, Secret, ibkr, neo};
use broker_session_cli::files;
use broker_session_codegen::{generate, lint, spec_hash};
use broker_session_openapi::{Document, Problems};
use broker_session_runtime::{
    AllowedHosts, BrokerMessage, Fingerprint, HostNotAllowed, MAX_MESSAGE_CHARS, MAX_RETRY_AFTER, Secrets,
    is_loopback, retry_after,
};
use http::{HeaderMap, HeaderValue, header::RETRY_AFTER};
use jiff::Timestamp;
use serde_json::json;
use url::{Host, Url};

use super::{
    FuzzedResponse, InMemoryServer,
    in_memory_server::{FORMS, with_secrets, written},
    in_no_time,
};
use crate::{Broker, CANARY, Generated, Target, brokers::neo::Neo, once};

/// Reads a session store. What was read is written so that it is read to the same; what cannot be read is not quoted.
pub fn session_store(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match files::session_store(&text) {
        Ok(written) => assert_eq!(files::session_store(&written).as_ref(), Ok(&written)),
        Err(message) => check_message(&message),
    }
}

/// Reads a config file. What is wrong has its line, and no value is quoted.
pub fn config_file(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mistakes = files::config_mistakes(&text);
    let first = files::config(&text).err();
    assert_eq!(first.is_some(), !mistakes.is_empty(), "{first:?}, and all: {mistakes:?}");
    for message in first.into_iter().chain(mistakes) {
        let place = message.strip_prefix("config.toml:").and_then(|rest| rest.split(':').next());
        let line: usize = place.and_then(|line| line.parse().ok()).expect("the line that is wrong");
        assert!((1..=text.lines().count() + 1).contains(&line), "{message}");
        if has_canaries_for_values_only(&text) {
            check_message(&message);
        }
    }
}

fn check_message(message: &str) {
    assert!(!message.contains(CANARY), "a secret shows: {message}");
    assert!(!message.chars().any(char::is_control), "a terminal obeys: {message:?}");
    assert!(message.chars().count() < 1000, "a message without end: {message}");
}

/// Names of settings are quoted, and who puts a secret in the place of one cannot be helped. So each canary has to stand
/// in a string of one line behind the only `=` of its line.
fn has_canaries_for_values_only(text: &str) -> bool {
    let one_line = !["\"\"\"", "'''", "{", "["]
        .iter()
        .any(|other| text.lines().filter(|line| !line.starts_with('[')).any(|line| line.contains(other)));
    let is_value = |line: &str| match line.split_once('=') {
        Some((name, value)) => !name.contains(CANARY) && !value.contains('='),
        None => false,
    };
    one_line && text.lines().filter(|line| line.contains(CANARY)).all(is_value)
}

/// What is allowed besides what the input says.
const OWN: &str = "https://broker.example/api";

/// The first line of the input is a host that a caller allows, and each of the others a URL that a response names. A URL
/// is allowed only if somebody has named its origin, and never one that two programs may read differently.
pub fn hosts(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n');
    let mut hosts = AllowedHosts::new();
    let mut allowed = vec![hosts.allow(OWN).expect("a URL with TLS")];
    let given = lines.next().unwrap_or_default();
    match hosts.allow(given) {
        Ok(url) => {
            check_plain(&url, given);
            assert!(url.scheme() == "https" || is_loopback(&url), "{given} is sent in the clear");
            allowed.push(url);
        }
        Err(error) => check_silent(&error, given),
    }
    for named in lines.take(8) {
        match hosts.check(named) {
            Ok(url) => {
                check_plain(&url, named);
                let origin = allowed.iter().find(|allowed| allowed.origin() == url.origin());
                let origin = origin.unwrap_or_else(|| panic!("nobody has allowed {named}"));
                check_host(origin, named);
                assert_eq!(hosts.check(url.as_str()).as_ref(), Ok(&url), "{named}");
            }
            Err(error) => check_silent(&error, named),
        }
        check_saved(named);
    }
}

/// There is nothing in it but scheme, host, port and path.
fn check_plain(url: &Url, text: &str) {
    let has_user = !url.username().is_empty() || url.password().is_some();
    assert!(!has_user && url.query().is_none() && url.fragment().is_none(), "{text} became {url}");
    assert!(["https", "http"].contains(&url.scheme()) && url.has_host(), "{text} became {url}");
    assert!(!url.path().ends_with('/') || url.path() == "/", "{text} became {url}");
}

/// Read by the eye, too, the URL has the name that was allowed.
fn check_host(allowed: &Url, text: &str) {
    let Some(Host::Domain(name)) = allowed.host() else { return };
    let authority =
        text.split_once("://").map_or(text, |(_, rest)| rest).split('/').next().unwrap_or_default();
    let host = authority.split(':').next().unwrap_or_default();
    assert!(host.eq_ignore_ascii_case(name), "{text} passed for {name}");
}

/// A refusal can be shown, and has nothing in it that stands before an `@`.
fn check_silent(error: &HostNotAllowed, text: &str) {
    let shown = error.to_string();
    assert!(!shown.chars().any(char::is_control) && shown.chars().count() < 300, "{shown:?}");
    assert!(!text.contains('@') || error.host().is_empty(), "{shown}");
}

/// A saved session at this URL is taken up only at a host of its broker.
fn check_saved(text: &str) {
    static CLIENT: LazyLock<neo::Client> = LazyLock::new(|| {
        let at = Target::new("https://mis.kotaksecurities.com", once());
        crate::brokers::neo::client(&at).expect("a client")
    });
    let saved = json!({
        "broker": "neo", "user": "MADE1", "base_url": text, "login_time": null,
        "secrets": { "token": "made-up-token", "sid": "made-up-sid" },
    });
    let saved = serde_json::from_value(saved).expect("a saved session");
    match CLIENT.resume(saved) {
        Ok(session) => {
            let home = Url::parse(session.base_url()).expect("a URL");
            let name = home.host_str().unwrap_or_default();
            assert!(home.scheme() == "https" && name.ends_with(".kotaksecurities.com"), "{home}");
        }
        Err(error) => {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("made-up-"), "{shown}");
            assert!(error.status().is_none(), "nothing has been sent: {shown}");
        }
    }
}

/// Shorter ones are left alone: they would also match what is no secret.
const SHORTEST: usize = 4;

/// The first two lines of the input are secrets, and the rest is a string with places for them (`$` and two characters;
/// see [`super::InMemoryServer`]). What was put into the string is not in what is shown of it.
pub fn redaction(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.splitn(3, '\n');
    let secrets: Vec<String> = lines.by_ref().take(2).map(str::to_owned).collect();
    if !secrets.iter().all(|secret| is_fair(secret)) {
        return;
    }
    let template = lines.next().unwrap_or_default();
    let text = with_secrets(template.as_bytes(), &secrets);
    let known: Vec<Secret> = secrets.iter().map(|secret| Secret::from(secret.as_str())).collect();
    let plain = String::from_utf8_lossy(&text);
    let known = Secrets::new(known);
    let mut shown = vec![known.clean(&plain)];
    let found = BrokerMessage::find(&text, &known);
    let made = BrokerMessage::new(Some(&plain), [plain.as_ref(), template], &known);
    shown.extend([found, made].into_iter().flat_map(|message| [message.code, message.message]).flatten());
    for shown in &shown {
        for form in secrets.iter().flat_map(|secret| FORMS.map(|form| written(form, secret))) {
            assert!(!shown.contains(&form) || is_replacement(&form), "`{form}` shows in {shown:?}");
        }
    }
    assert!(!shown.iter().any(|shown| shown.chars().any(char::is_control)), "a terminal obeys: {shown:?}");
    for message in &shown[1..] {
        assert!(message.chars().count() <= MAX_MESSAGE_CHARS, "a message without end: {message}");
    }
}

/// A secret that is long enough, and cannot be put together of what stands in place of secrets.
fn is_fair(secret: &str) -> bool {
    secret.len() >= SHORTEST && !secret.contains(['[', ']', '$']) && !is_replacement(secret)
}

/// Whether it is a part of what stands in place of secrets.
fn is_replacement(text: &str) -> bool {
    "[redacted]".contains(&text.to_ascii_lowercase())
}

/// The longest line of a message, in characters; what is quoted of a document is cut.
const LONGEST_MESSAGE: usize = 4000;

/// Loads, lints and generates. Whatever is wrong is said with its place in the document; and what the linter has nothing
/// against, the generator takes.
pub fn spec(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let document = match Document::parse("openapi/made-up.yaml", &text) {
        Ok(document) => document,
        // Places count the lines of the document as it is parsed: each carriage return ends one.
        Err(problems) => return check_problems(&problems, &text.replace("\r\n", "\n").replace('\r', "\n")),
    };
    let problems = lint(&document);
    if !problems.is_empty() {
        return check_problems(&problems, document.text());
    }
    match generate(&document) {
        Ok(code) => {
            assert!(code.contains(&spec_hash(document.text().as_bytes())), "the code does not name its spec")
        }
        Err(problems) => {
            let places = problems.iter().all(|problem| problem.location.is_some());
            assert!(places, "the linter let through what the generator does not take: {problems}");
            check_problems(&problems, document.text());
        }
    }
}

/// Every problem names a place that is there, and can be shown.
fn check_problems(problems: &Problems, text: &str) {
    assert!(!problems.is_empty(), "something is wrong, and nothing is said of it");
    let lines: Vec<&str> = text.split('\n').collect();
    for problem in problems.iter() {
        let location = problem.location.unwrap_or_else(|| panic!("nobody knows where: {problem}"));
        assert!(location.width > 0 && location.column > 0, "{problem}");
        // What is missing at the end is shown after the last line.
        assert!((1..=lines.len() + 1).contains(&location.line), "{location:?} in {} lines", lines.len());
        let shown = problem.to_string();
        assert!(shown.contains(&format!(":{}:", location.line)), "{shown}");
        let longest = shown.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        assert!(longest <= LONGEST_MESSAGE, "a message of {longest} characters in a line");
        for part in [&problem.what, &problem.why, &problem.fix] {
            assert!(!part.is_empty(), "{shown}");
        }
    }
}

/// The first word of the input says what the rest is.
pub fn strings(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b' ').unwrap_or(input.len());
    let (kind, rest) = input.split_at(end);
    let rest = rest.get(1..).unwrap_or_default();
    let text = String::from_utf8_lossy(rest);
    match kind {
        b"wait" => wait(rest),
        b"fingerprint" => fingerprint(&text),
        b"pem" => pem(rest),
        b"proxy" => proxy(&text),
        b"totp" => totp(&text),
        _ => token(rest),
    }
}

/// A wait is a number of seconds or a date, a quarter of an hour at most, and anything else none.
fn wait(value: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(value) else { return };
    let headers = HeaderMap::from_iter([(RETRY_AFTER, value.clone())]);
    if let Some(wait) = retry_after(&headers, SystemTime::UNIX_EPOCH) {
        let text = value.to_str().expect("no wait without text").trim();
        let seconds = text.trim_start_matches('+').parse::<u64>();
        assert!(
            seconds.map_or(text.ends_with("GMT") || text.contains(':'), |it| {
                it.min(MAX_RETRY_AFTER.as_secs()) == wait.as_secs()
            }),
            "{text}"
        );
    }
}

fn fingerprint(text: &str) {
    if let Ok(fingerprint) = text.parse::<Fingerprint>() {
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
        assert_eq!(text.chars().filter(char::is_ascii_hexdigit).count(), 64, "{text}");
        assert!(ibkr::Client::builder().trust_fingerprint(text).build().is_ok());
    }
}

/// Where there is no certificate nothing is trusted, and nothing is quoted.
fn pem(text: &[u8]) {
    let with_roots = ibkr::Client::builder().options(ClientOptions::new().root_certificates(text));
    let outcomes = [with_roots.build(), ibkr::Client::builder().trust_certificate(text).build()];
    for error in outcomes.into_iter().filter_map(Result::err) {
        check_shown(&error.to_string());
    }
}

/// The user name and the password of a proxy are not for its URL, and are not quoted from there.
fn proxy(url: &str) {
    let client = ibkr::Client::builder().trust_fingerprint("00".repeat(32));
    match client.options(ClientOptions::new().proxy(url)).build() {
        Ok(client) => {
            let parsed = url::Url::parse(url).expect("a URL");
            let is_plain = parsed.username().is_empty() && parsed.password().is_none();
            assert!(is_plain, "{url} was accepted: {client:?}");
        }
        Err(error) => {
            let shown = error.to_string();
            check_shown(&shown);
            let before = url.split('@').next().unwrap_or_default();
            let secret = before.rsplit("//").next().unwrap_or_default();
            assert!(!url.contains('@') || secret.len() < 12 || !shown.contains(secret), "{shown}");
        }
    }
}

/// A key gives codes, the same ones however it is written; a string that is not a key is not quoted.
fn totp(key: &str) {
    let code = |key: &str| {
        let client =
            crate::brokers::neo::client(&Target::new("http://127.0.0.1:9", once())).expect("a client");
        let totp = client.totp_from_secret(&Secret::from(key))?;
        let totp = totp.clock(|| Timestamp::UNIX_EPOCH);
        in_no_time(async { totp.next_code().await.map(|code| code.expose().to_owned()) })
    };
    match code(key) {
        Ok(found) => {
            assert!(found.len() == 6 && found.bytes().all(|digit| digit.is_ascii_digit()), "{found}");
            let other = format!(" {} ", key.to_ascii_lowercase());
            assert_eq!(code(&other).ok(), Some(found), "{key}");
        }
        Err(error) => {
            let shown = format!("{error} {error:?}");
            assert!(key.trim().len() < 16 || !shown.contains(key.trim()), "{shown}");
        }
    }
}

/// Whatever a token claims: a session comes of it, whose end is known or not, and which is kept as it is.
fn token(claims: &[u8]) {
    let token = format!("eyJhbGciOiJIUzI1NiJ9.{}.bWFkZS11cA", URL_SAFE_NO_PAD.encode(claims));
    let case = Neo::spec().first_success("trade_api_validate");
    let mut body = case.value().clone();
    body["data"]["token"] = token.into();
    let given = FuzzedResponse { body: body.to_string().into_bytes(), ..FuzzedResponse::of(&case) };
    in_no_time(async {
        let base = format!("http://127.0.0.1:9{}", Neo::PREFIX);
        let at = Target::new(base, once().middleware(InMemoryServer::new::<Neo>(&given)));
        let session: neo::Session = crate::brokers::neo::trade(&at).await.expect("a session");
        let saved = serde_json::to_string(&session.save()).expect("a saved session");
        let read: SavedSession = serde_json::from_str(&saved).expect("what was saved");
        assert_eq!(read, session.save());
        assert_eq!(read.is_expired(), session.is_expired());
    });
}

fn check_shown(text: &str) {
    assert!(!text.chars().any(char::is_control), "a terminal obeys: {text:?}");
    assert!(text.len() < 1000, "a text without end: {text}");
}
