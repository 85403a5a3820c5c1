//! What else is read that others have written: waits, certificates, fingerprints, keys and tokens.

use std::time::SystemTime;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use broker_session::{Connection, SavedSession, Secret, neo};
use broker_session_runtime::{Fingerprint, MAX_RETRY_AFTER, retry_after};
use http::{HeaderMap, HeaderValue, header::RETRY_AFTER};
use jiff::Timestamp;

use super::{Given, Memory, in_no_time};
use crate::{At, Broker, Generated, brokers::neo::Neo, once};

/// The first word of the input says what the rest is.
pub fn texts(input: &[u8]) {
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

/// A wait is a number of seconds or a date, a day at most, and anything else none.
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
        assert!(Connection::new().trust_fingerprint(text).is_ok());
    }
}

/// Where there is no certificate nothing is trusted, and nothing is quoted.
fn pem(text: &[u8]) {
    let outcomes = [Connection::new().root_certificates(text), Connection::new().trust_certificate(text)];
    for error in outcomes.into_iter().filter_map(Result::err) {
        check_shown(&error.to_string());
    }
}

/// The user name and the password of a proxy are not for its URL, and are not quoted from there.
fn proxy(url: &str) {
    match Connection::new().proxy(url, None) {
        Ok(connection) => {
            let parsed = url::Url::parse(url).expect("a URL");
            let is_plain = parsed.username().is_empty() && parsed.password().is_none();
            assert!(is_plain, "{url} was taken: {connection:?}");
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

/// A key gives codes, the same ones however it is written; what is none is not quoted.
fn totp(key: &str) {
    let code = |key: &str| {
        let client = crate::brokers::neo::client(&At::new("http://127.0.0.1:9", once())).expect("a client");
        let totp = client.totp_from_secret(&Secret::from(key))?;
        let totp = totp.clock(|| Timestamp::UNIX_EPOCH);
        in_no_time(async { totp.code().await.map(|code| code.expose().to_owned()) })
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
    let given = Given { body: body.to_string().into_bytes(), ..Given::of(&case) };
    in_no_time(async {
        let base = format!("http://127.0.0.1:9{}", Neo::PREFIX);
        let at = At::new(base, once().exchange(Memory::new::<Neo>(&given)));
        let session: neo::TradeSession = crate::brokers::neo::trade(&at).await.expect("a session");
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
