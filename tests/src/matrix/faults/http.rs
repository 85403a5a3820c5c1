//! HTTP that is none, or that two programs would read differently.

use super::{Fault, one};
use crate::{
    Reaction,
    matrix::{
        context::{Context, Trial},
        expected::Expected,
    },
};

const SECTION: &str = "Malformed HTTP";

type Bytes = fn(&Context<'_>) -> Vec<u8>;

pub(super) fn all() -> Vec<Fault> {
    let sends = |name, bytes: Bytes, means: fn() -> Expected| {
        one(SECTION, name, move |context| Trial::response(Reaction::Respond(bytes(context)), means()))
    };
    vec![
        sends("no HTTP at all", |_| b"no HTTP at all\r\n\r\n".to_vec(), Expected::lost),
        sends("a page without a head (HTTP/0.9)", |_| b"<html>No.</html>".to_vec(), Expected::lost),
        sends("NUL bytes for a head", |_| vec![0; 512], Expected::lost),
        sends("a frame of HTTP/2", |_| vec![0, 0, 0, 4, 0, 0, 0, 0, 0], Expected::lost),
        sends("the preface of HTTP/2", |_| b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), Expected::lost),
        sends("HTTP/2.0 in the status line", |context| line(context, "HTTP/2.0 200 OK"), Expected::lost),
        sends("HTTP/9.9 in the status line", |context| line(context, "HTTP/9.9 200 OK"), Expected::lost),
        sends("no status", |context| line(context, "HTTP/1.1 OK"), Expected::lost),
        sends("a status of two digits", |context| line(context, "HTTP/1.1 20 OK"), Expected::lost),
        sends("a status of four digits", |context| line(context, "HTTP/1.1 2000 OK"), Expected::lost),
        sends("a negative status", |context| line(context, "HTTP/1.1 -200 OK"), Expected::lost),
        sends("status 099", |context| line(context, "HTTP/1.1 099 No"), Expected::lost),
        sends(
            "HTTP/1.0, ended by the connection",
            |context| line(context, "HTTP/1.0 200 OK"),
            Expected::fine,
        ),
        sends("a status without words", |context| line(context, "HTTP/1.1 200"), Expected::fine),
        sends(
            "only line feeds",
            |context| with(context, "").into_iter().filter(|byte| *byte != b'\r').collect(),
            Expected::fine,
        ),
        sends("a header with a NUL byte", |context| with(context, "x: a\0b\r\n"), Expected::lost),
        sends("a header without a colon", |context| with(context, "this is no header\r\n"), Expected::lost),
        sends("a header with a blank before the colon", |context| with(context, "x : y\r\n"), Expected::lost),
        sends("a folded header", |context| with(context, "x: a\r\n b\r\n"), Expected::lost),
        sends(
            "a header in Latin-1",
            |context| {
                [&b"HTTP/1.1 200 OK\r\nx: caf\xe9\r\nconnection: close\r\n\r\n"[..], &context.good.body]
                    .concat()
            },
            Expected::fine,
        ),
        sends(
            "two content lengths that differ",
            |context| with(context, "content-length: 2\r\ncontent-length: 3\r\n"),
            Expected::lost,
        ),
        sends("a negative content length", |context| with(context, "content-length: -1\r\n"), Expected::lost),
        sends(
            "a content length of 400 digits",
            |context| with(context, &format!("content-length: {}\r\n", "9".repeat(400))),
            Expected::lost,
        ),
        sends(
            "a content length in hexadecimal",
            |context| with(context, "content-length: 0x2\r\n"),
            Expected::lost,
        ),
        sends(
            "a content length and chunks",
            |context| {
                let chunks = chunks(&context.good.body);
                head("content-length: 2\r\ntransfer-encoding: chunked\r\n", &chunks)
            },
            Expected::fine,
        ),
        sends(
            "chunks that are no chunks",
            |context| with(context, "transfer-encoding: chunked\r\n"),
            Expected::cut,
        ),
        sends(
            "a chunk whose size is too large for a number",
            |_| head("transfer-encoding: chunked\r\n", b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
            Expected::cut,
        ),
        sends(
            "a chunk of a negative size",
            |_| head("transfer-encoding: chunked\r\n", b"-2\r\n{}\r\n0\r\n\r\n"),
            Expected::cut,
        ),
        sends(
            "chunks without the last one",
            |context| {
                let chunks = chunks(&context.good.body);
                head("transfer-encoding: chunked\r\n", chunks.strip_suffix(b"0\r\n\r\n").expect("an end"))
            },
            Expected::cut,
        ),
        sends(
            "chunks with extensions, and fields behind them",
            |context| {
                let body = &context.good.body;
                let first = match body.is_empty() {
                    true => Vec::new(),
                    false => [format!("{:x};x=\"y\"\r\n", body.len()).as_bytes(), body, b"\r\n"].concat(),
                };
                let last = b"0;x\r\nretry-after: 1\r\nx: y\r\n\r\n";
                head("transfer-encoding: chunked\r\n", &[&first[..], last].concat())
            },
            Expected::fine,
        ),
        sends(
            "the same content length twice",
            |context| {
                let length = format!("content-length: {}\r\n", context.good.body.len());
                with(context, &length.repeat(2))
            },
            Expected::fine,
        ),
        sends(
            "bare carriage returns for the ends of lines",
            |context| with(context, "").into_iter().filter(|byte| *byte != b'\n').collect(),
            Expected::lost,
        ),
        // What follows a head that has no body is not its body (RFC 9112, section 6.3).
        one(SECTION, "status 204 with a body", |context| {
            let bytes = line(context, "HTTP/1.1 204 No Content");
            Trial::response(Reaction::Respond(bytes), context.empty(204))
        }),
        one(SECTION, "status 304 with a body", |context| {
            let bytes = line(context, "HTTP/1.1 304 Not Modified");
            Trial::response(Reaction::Respond(bytes), context.unreadable(304))
        }),
        // Such a body ends with its connection (RFC 9112, section 6.3).
        sends(
            "an unknown transfer encoding",
            |context| with(context, "transfer-encoding: made-up\r\n"),
            Expected::fine,
        ),
        sends(
            "a second response behind the first",
            |context| {
                let mut bytes = length(context);
                bytes.extend_from_slice(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n");
                bytes
            },
            Expected::fine,
        ),
    ]
}

/// The right response below another status line.
fn line(context: &Context<'_>, line: &str) -> Vec<u8> {
    [format!("{line}\r\nconnection: close\r\n\r\n").as_bytes(), &context.good.body].concat()
}

/// The right response with further headers, ended by the end of the connection.
fn with(context: &Context<'_>, headers: &str) -> Vec<u8> {
    head(headers, &context.good.body)
}

/// The right response with its length.
fn length(context: &Context<'_>) -> Vec<u8> {
    with(context, &format!("content-length: {}\r\n", context.good.body.len()))
}

fn head(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\n{headers}connection: close\r\n\r\n").as_bytes(), body].concat()
}

/// A body in chunks (RFC 9112, section 7.1).
pub(super) fn chunks(body: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in body.chunks(7) {
        chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunks.extend_from_slice(chunk);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    chunks
}
