//! A body is searched for secrets as it comes, whatever its chunks.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "the helpers of tests, too")]

use broker_session_runtime::{BodyFilter, BodyFilterMode, BodyRefused, Secrets};
use bytes::Bytes;
use futures::stream;
use http_body_util::BodyExt;
use proptest::prelude::*;
use reqwest::Body;

const SECRETS: [&str; 4] = ["hunter2-made-up", "made-up-token", "1234", "a\"b<c>d"];

fn filter(mode: BodyFilterMode) -> BodyFilter {
    BodyFilter::new(Secrets::new(SECRETS.map(Into::into)), mode)
}

/// What comes of these chunks, each by itself.
fn pieces(chunks: &[&[u8]]) -> Vec<Bytes> {
    let mut filter = filter(BodyFilterMode::Redact);
    let mut pieces: Vec<Bytes> =
        chunks.iter().map(|chunk| filter.filter(Bytes::copy_from_slice(chunk)).unwrap()).collect();
    pieces.push(filter.finish().unwrap());
    pieces
}

fn shown(chunks: &[&[u8]]) -> String {
    String::from_utf8(pieces(chunks).concat()).unwrap()
}

#[test]
fn a_secret_becomes_as_many_asterisks() {
    for (body, expected) in [
        ("", ""),
        ("nothing here", "nothing here"),
        ("hunter2-made-up", "***************"),
        ("a HUNTER2-Made-Up b", "a *************** b"),
        ("12345", "****5"),
        ("121234 1234", "12**** ****"),
        ("hunter2-made-up-token", "*********************"),
        ("hunter2-made-u", "hunter2-made-u"),
        // In base64, in hexadecimal digits, as JSON and as HTML.
        ("aHVudGVyMi1tYWRlLXVw", "********************"),
        ("68756e746572322d6d6164652d7570", "******************************"),
        (r#"{"x":"a\"b<c>d"}"#, r#"{"x":"********"}"#),
        ("a&quot;b&lt;c&gt;d", "******************"),
    ] {
        assert_eq!(shown(&[body.as_bytes()]), expected, "{body}");
        let bytes: Vec<&[u8]> = body.as_bytes().chunks(1).collect();
        assert_eq!(shown(&bytes), expected, "{body} in bytes");
    }
}

#[test]
fn only_what_may_begin_a_secret_is_held_back() {
    for (chunk, held) in [
        ("data: {\"a\":1}\n\n", 0),
        ("data: hunter2", 7),
        ("data: h", 1),
        ("data: 1234", 0),
        ("data: hunter2-made-up", 7),
        ("data: hunter2-made-up made-", 5),
        ("hunter!", 0),
    ] {
        let pieces = pieces(&[chunk.as_bytes()]);
        assert_eq!(pieces[1].len(), held, "{chunk}");
    }
}

#[test]
fn a_body_without_secrets_is_not_copied() {
    let body = Bytes::from(vec![b'x'; 1 << 20]);
    let mut filter = filter(BodyFilterMode::Redact);
    assert_eq!(filter.filter(body.clone()).unwrap().as_ptr(), body.as_ptr());
}

#[test]
fn bytes_of_any_kind_come_through() {
    let body: Vec<u8> = (0..=255).rev().cycle().take(70_000).collect();
    let chunks: Vec<&[u8]> = body.chunks(333).collect();
    assert_eq!(pieces(&chunks).concat(), body);
}

#[test]
fn a_body_is_refused_before_the_secret() {
    let mut refusing = filter(BodyFilterMode::Refuse);
    assert_eq!(refusing.filter(Bytes::from_static(b"one hunter2")).unwrap(), "one ");
    assert_eq!(refusing.filter(Bytes::from_static(b"-made-up")), Err(BodyRefused::Secret));
    let mut refusing = filter(BodyFilterMode::Refuse);
    assert_eq!(refusing.filter(Bytes::from_static(b"12")).unwrap(), "");
    assert_eq!(refusing.finish().unwrap(), "12");
}

#[test]
fn a_filter_that_is_off_changes_nothing() {
    let mut off = filter(BodyFilterMode::Off);
    assert_eq!(off.filter(Bytes::from_static(b"1234 hunter2")).unwrap(), "1234 hunter2");
    assert_eq!(off.finish().unwrap(), "");
}

#[test]
fn a_secret_that_is_learnt_meanwhile_is_found() {
    let secrets = Secrets::default();
    let mut filter = BodyFilter::new(secrets.clone(), BodyFilterMode::Redact);
    assert_eq!(filter.filter(Bytes::from_static(b"new-secret ")).unwrap(), "new-secret ");
    secrets.add(&"new-secret".into());
    assert_eq!(filter.filter(Bytes::from_static(b"new-secret ")).unwrap(), "********** ");
}

/// A response with this body, through a filter.
async fn through(
    mode: BodyFilterMode,
    status: u16,
    coding: Option<&str>,
    body: Body,
) -> Result<Bytes, String> {
    let mut response = http::Response::builder().status(status);
    if let Some(coding) = coding {
        response = response.header("content-encoding", coding);
    }
    let response = filter(mode).wrap(response.body(body).unwrap()).map_err(|error| error.to_string())?;
    let collected = response.into_body().collect().await;
    collected.map(|body| body.to_bytes()).map_err(|error| {
        std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string)
    })
}

#[tokio::test]
async fn what_cannot_be_searched_is_refused() {
    let body = || Body::from("1234");
    for (status, coding, is_searched) in [
        (200, None, true),
        (200, Some("identity"), true),
        (200, Some("gzip"), false),
        (200, Some("identity, br"), false),
        (206, None, false),
    ] {
        let shown = through(BodyFilterMode::Redact, status, coding, body()).await;
        assert_eq!(shown.is_ok_and(|shown| shown == "****"), is_searched, "{status} {coding:?}");
        assert_eq!(through(BodyFilterMode::Off, status, coding, body()).await.unwrap(), "1234");
    }
    let error = through(BodyFilterMode::Refuse, 206, None, body()).await.unwrap_err();
    assert!(error.contains("cannot be searched"), "{error}");
}

#[tokio::test]
async fn a_filtered_body_keeps_its_length_and_its_errors() {
    use http_body::Body as _;
    let wrapped = |body| filter(BodyFilterMode::Redact).wrap(http::Response::new(body)).unwrap().into_body();
    let mut body = wrapped(Body::from("to 1234 and 12"));
    let mut shown = Vec::new();
    loop {
        let left = body.size_hint().exact().unwrap();
        assert_eq!(left, 14 - shown.len() as u64);
        let Some(frame) = body.frame().await else { break };
        shown.extend(frame.unwrap().into_data().unwrap());
    }
    assert_eq!(shown, b"to **** and 12");
    assert!(body.is_end_stream());
    let broken = [Ok("12"), Err(std::io::Error::other("made up"))];
    assert!(wrapped(Body::wrap_stream(stream::iter(broken))).collect().await.is_err());
}

/// Strings in which secrets and their parts are frequent.
fn bodies() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(&SECRETS[..]).prop_map(str::to_owned),
        proptest::sample::select(&SECRETS[..]).prop_flat_map(|secret| {
            (0..secret.len(), 0..secret.len())
                .prop_map(move |(one, other)| secret[one.min(other)..one.max(other)].to_owned())
        }),
        "[a-z0-9\"]{0,3}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn chunks_make_no_difference(body in bodies(), cuts in proptest::collection::vec(0_usize..80, 0..6)) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(body.len())).collect();
        cuts.extend([0, body.len()]);
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|cut| &body.as_bytes()[cut[0]..cut[1]]).collect();
        let whole = shown(&[body.as_bytes()]);
        prop_assert_eq!(&shown(&chunks), &whole);
        prop_assert_eq!(whole.len(), body.len());
        for secret in SECRETS {
            prop_assert!(!whole.contains(secret), "{} in {}", secret, whole);
        }
    }
}
