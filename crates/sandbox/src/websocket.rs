//! A WebSocket on which a broker pushes messages (RFC 6455): as much of it as shows a client that the connection lives.
//!
//! A handler marks its response with a [`Push`]; the connection carries it out once the response is sent.

use std::{io, time::Duration};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use axum::response::{IntoResponse, Response};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::{Buf, Bytes, BytesMut};
use http::{
    HeaderMap, StatusCode,
    header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
};
use jiff::Timestamp;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{Instant, interval_at},
};

use crate::clock::later;

/// What the key is hashed with.
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The longest message of a client, in bytes.
const MAX_MESSAGE: usize = 64 * 1024;

/// How often the broker says that it is there (observed).
const HEARTBEAT_PERIOD: Duration = Duration::from_secs(10);

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// What a broker says on a WebSocket.
#[derive(Clone)]
pub(crate) struct Push {
    /// When it was opened.
    pub(crate) at: Timestamp,
    /// The first messages.
    pub(crate) greeting: Vec<String>,
    /// The message of a heartbeat, for its time.
    pub(crate) heartbeat: fn(Timestamp) -> String,
    /// The response to a client's message, if any.
    pub(crate) respond: fn(&[u8], Timestamp) -> Option<String>,
}

/// Opens a WebSocket; `None` if the request asks for none.
pub(crate) fn open(headers: &HeaderMap, push: Push) -> Option<Response> {
    let has = |name, value: &str| {
        let mut values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.any(|found| found.split(',').any(|option| option.trim().eq_ignore_ascii_case(value)))
    };
    let key = headers.get(SEC_WEBSOCKET_KEY)?.to_str().ok()?;
    if !has(UPGRADE, "websocket") || !has(CONNECTION, "upgrade") || !has(SEC_WEBSOCKET_VERSION, "13") {
        return None;
    }
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, format!("{key}{GUID}").as_bytes());
    let accept = BASE64_STANDARD.encode(hash);
    let headers = [(CONNECTION, "Upgrade"), (UPGRADE, "websocket"), (SEC_WEBSOCKET_ACCEPT, accept.as_str())];
    let mut response = (StatusCode::SWITCHING_PROTOCOLS, headers).into_response();
    response.extensions_mut().insert(push);
    Some(response)
}

/// Speaks on an open WebSocket until the client leaves. `received` is what has come of it already.
///
/// # Errors
/// The connection has ended, or what comes is no message of a client.
pub(crate) async fn speak<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    received: Bytes,
    push: Push,
) -> io::Result<()> {
    let start = Instant::now();
    let now = || later(push.at, start.elapsed());
    for message in &push.greeting {
        stream.write_all(&frame(TEXT, message.as_bytes())).await?;
    }
    let mut heartbeat = interval_at(start + HEARTBEAT_PERIOD, HEARTBEAT_PERIOD);
    let mut received = BytesMut::from(received);
    loop {
        while let Some((opcode, content)) = take(&mut received)? {
            let reply = match opcode {
                TEXT => (push.respond)(&content, now()).map(|message| frame(TEXT, message.as_bytes())),
                PING => Some(frame(PONG, &content)),
                CLOSE => return stream.write_all(&frame(CLOSE, &content)).await,
                _ => None,
            };
            if let Some(reply) = reply {
                stream.write_all(&reply).await?;
            }
        }
        tokio::select! {
            count = stream.read_buf(&mut received) => if count? == 0 {
                return Ok(());
            },
            _ = heartbeat.tick() => {
                stream.write_all(&frame(TEXT, (push.heartbeat)(now()).as_bytes())).await?;
            }
        }
    }
}

/// A whole message of the server's, which has no mask.
fn frame(opcode: u8, content: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode];
    match (u8::try_from(content.len()), u16::try_from(content.len())) {
        (Ok(length), _) if length < 126 => frame.push(length),
        (_, Ok(length)) => {
            frame.push(126);
            frame.extend(length.to_be_bytes());
        }
        _ => {
            frame.push(127);
            frame.extend((content.len() as u64).to_be_bytes());
        }
    }
    frame.extend(content);
    frame
}

/// Takes a message of a client's: its opcode and its content. `None` if not all of it has come.
///
/// # Errors
/// It has no mask, or is too long, or is a part of a message, as no client in use sends one.
fn take(received: &mut BytesMut) -> io::Result<Option<(u8, Vec<u8>)>> {
    let (Some(first), Some(second)) = (received.first(), received.get(1)) else { return Ok(None) };
    let (opcode, is_whole, is_masked) = (first & 0x0f, first & 0x80 != 0, second & 0x80 != 0);
    let (length, head) = match second & 0x7f {
        127 => (MAX_MESSAGE + 1, 10),
        126 => match received.get(2..4).and_then(|length| length.try_into().ok()) {
            Some(length) => (usize::from(u16::from_be_bytes(length)), 4),
            None => return Ok(None),
        },
        length => (usize::from(length), 2),
    };
    if !is_whole || !is_masked || length > MAX_MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let (start, end) = (head + 4, head + 4 + length);
    let (Some(mask), Some(content)) = (received.get(head..start), received.get(start..end)) else {
        return Ok(None);
    };
    let content = content.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    received.advance(end);
    Ok(Some((opcode, content)))
}
