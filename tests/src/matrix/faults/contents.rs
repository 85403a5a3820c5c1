//! Contents that are not what they are said to be.

use std::{io::Write, sync::LazyLock};

use flate2::{Compression, write::GzEncoder};

use super::{Fault, one};
use crate::{
    MockResponse, Reaction,
    matrix::{
        context::{Context, Trial},
        expected::Expected,
    },
};

const SECTION: &str = "Contents";
const JSON: &str = "application/json";
const PAGE: &str = "<!DOCTYPE html><html><head><title>No</title></head><body><h1>No.</h1></body></html>";

pub(super) fn all() -> Vec<Fault> {
    // A right response under a wrong name is one: brokers do call their JSON a string.
    let named = |media_type: &'static str| {
        one(SECTION, format!("the right response as `{media_type}`"), move |context| {
            whole(MockResponse::new(200, media_type, context.good.body.clone()), Expected::fine())
        })
    };
    let unreadable = |name, media_type: &'static str, body: Vec<u8>| {
        one(SECTION, name, move |context| {
            whole(MockResponse::new(200, media_type, body.clone()), context.unreadable(200))
        })
    };
    let empty = |name, response: MockResponse| {
        one(SECTION, name, move |context| whole(response.clone(), context.empty(response.status)))
    };
    let of_good = |name, change: fn(&Context<'_>) -> Vec<u8>| {
        one(SECTION, name, move |context| {
            let body = change(context);
            let means = if body.is_empty() { context.empty(200) } else { context.unreadable(200) };
            whole(MockResponse::new(200, JSON, body), means)
        })
    };
    let encoded = |coding: &'static str, body: Vec<u8>, name: &str| {
        one(SECTION, format!("{name} (`content-encoding: {coding}`)"), move |context| {
            whole(
                MockResponse::new(200, JSON, body.clone()).header("content-encoding", coding),
                context.unreadable(200),
            )
        })
    };
    let bomb = bomb();
    vec![
        named("text/plain"),
        named("text/html; charset=utf-16"),
        named("application/xml"),
        named("application/octet-stream"),
        named("no media type at all"),
        one(SECTION, "the right response without a media type", |context| {
            whole(
                MockResponse { body: context.good.body.clone(), ..MockResponse::empty(200) },
                Expected::fine(),
            )
        }),
        one(SECTION, "the right response behind a byte order mark", |context| {
            whole(
                MockResponse::new(200, JSON, [b"\xEF\xBB\xBF", &context.good.body[..]].concat()),
                Expected::fine(),
            )
        }),
        unreadable("a page", "text/html", PAGE.into()),
        unreadable("a page as `application/json`", JSON, PAGE.into()),
        unreadable("XML", "application/xml", b"<?xml version=\"1.0\"?><status>success</status>".into()),
        unreadable(
            "a form",
            "application/x-www-form-urlencoded",
            b"status=success&token=made-up-in-a-form".into(),
        ),
        unreadable("a picture", "image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".into()),
        empty("nothing", MockResponse::new(200, JSON, "")),
        empty("nothing, with status 204", MockResponse::empty(204)),
        empty("nothing, with status 205", MockResponse::empty(205)),
        empty("blanks", MockResponse::new(200, JSON, " \r\n\t ")),
        empty("a byte order mark alone", MockResponse::new(200, JSON, "\u{feff}")),
        of_good("in UTF-16, behind a byte order mark", |context| {
            [&[0xff, 0xfe][..], &utf16(&context.text())].concat()
        }),
        of_good("in UTF-16 without one", |context| utf16(&context.text())),
        of_good("in UTF-32", |context| {
            context.text().chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()
        }),
        encoded("gzip", bomb.clone(), "a bomb: 32 MiB in 32 KiB"),
        encoded("deflate", bomb.clone(), "the same"),
        encoded("br", bomb.clone(), "the same"),
        encoded("zstd", bomb.clone(), "the same"),
        encoded("gzip, gzip, gzip", bomb, "the same"),
        one(SECTION, "the right response, compressed without being asked for", |context| {
            let body = compressed(|gzip| gzip.write_all(&context.good.body));
            whole(
                MockResponse::new(200, JSON, body).header("content-encoding", "gzip"),
                context.unreadable(200),
            )
        }),
        one(SECTION, "the right response, said to be compressed", |context| {
            whole(
                MockResponse {
                    body: context.good.body.clone(),
                    ..MockResponse::empty(200).header("content-encoding", "gzip")
                },
                Expected::fine(),
            )
        }),
    ]
}

fn whole(response: MockResponse, means: Expected) -> Trial {
    Trial::response(Reaction::Shared(response.bytes().into()), means)
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// 32 MiB of blanks and an object, as they are sent.
fn bomb() -> Vec<u8> {
    // Every operation meets it, and to make it takes a second.
    static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let blanks = vec![b' '; 1 << 20];
        compressed(|gzip| {
            (0..32).try_for_each(|_| gzip.write_all(&blanks))?;
            gzip.write_all(b"{}")
        })
    });
    BOMB.clone()
}

fn compressed(write: impl FnOnce(&mut GzEncoder<Vec<u8>>) -> std::io::Result<()>) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    write(&mut gzip).and_then(|()| gzip.finish()).expect("memory takes everything")
}
