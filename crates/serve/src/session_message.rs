//! The first message of a WebSocket at a gateway: `{"session": "…"}`, with the id that `/tickle` has named.
//!
//! Clients know only an id that was made up for them. In their first message it is replaced by the broker's own; all that
//! follows goes through as it is.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use broker_session::Secret;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The longest first message that is looked at, in bytes with its head.
const MAX_FIRST: usize = 512;

/// The id that clients know, and the broker's own, which has the same length.
#[derive(Clone)]
pub(crate) struct Ids {
    pub(crate) made_up: Secret,
    pub(crate) real: Secret,
}

/// The client's side of a WebSocket.
pub(crate) struct Translated<T> {
    io: T,
    /// None once the first message is through.
    ids: Option<Ids>,
    /// What has come and is not handed over yet.
    buffer: Vec<u8>,
    /// Whether the buffer is as it should be.
    is_translated: bool,
}

impl<T> Translated<T> {
    pub(crate) fn new(io: T, ids: Option<Ids>) -> Self {
        let is_translated = ids.is_none();
        Self { io, ids, buffer: Vec::new(), is_translated }
    }
}

/// What is known of the beginning of a stream.
#[derive(Debug, PartialEq, Eq)]
enum First {
    /// More must come.
    Incomplete,
    /// It is no short message of text.
    Other,
    /// Where its mask is, and its content.
    Text { mask: usize, start: usize, end: usize },
}

/// Reads the head of a frame (RFC 6455, section 5.2).
fn first(bytes: &[u8]) -> First {
    let (Some(opcode), Some(length)) = (bytes.first(), bytes.get(1)) else { return First::Incomplete };
    // The whole of a message of text, which a client masks.
    if *opcode != 0x81 || length & 0x80 == 0 {
        return First::Other;
    }
    let (length, mask) = match length & 0x7f {
        127 => return First::Other,
        126 => match (bytes.get(2), bytes.get(3)) {
            (Some(high), Some(low)) => (usize::from(u16::from_be_bytes([*high, *low])), 4),
            _ => return First::Incomplete,
        },
        length => (usize::from(length), 2),
    };
    let start = mask + 4;
    let end = start + length;
    match end {
        _ if end > MAX_FIRST => First::Other,
        _ if bytes.len() < end => First::Incomplete,
        _ => First::Text { mask, start, end },
    }
}

/// Puts the broker's id in the place of the client's, within the mask.
fn translate(bytes: &mut [u8], ids: &Ids, (mask, start, end): (usize, usize, usize)) {
    let Some(key) = bytes.get(mask..start).map(<[u8]>::to_vec) else { return };
    let Some(content) = bytes.get_mut(start..end) else { return };
    let masked =
        |content: &mut [u8]| content.iter_mut().zip(key.iter().cycle()).for_each(|(byte, key)| *byte ^= key);
    masked(content);
    let (made_up, real) = (ids.made_up.expose().as_bytes(), ids.real.expose().as_bytes());
    let place = content.windows(made_up.len().max(1)).position(|part| part == made_up);
    if let Some(part) = place.and_then(|at| content.get_mut(at..at + real.len()))
        && made_up.len() == real.len()
    {
        part.copy_from_slice(real);
    }
    masked(content);
}

impl<T: AsyncRead + Unpin> AsyncRead for Translated<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while !this.is_translated {
            let mut chunk = [0; MAX_FIRST];
            let mut read = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut this.io).poll_read(cx, &mut read))?;
            let is_end = read.filled().is_empty();
            this.buffer.extend_from_slice(read.filled());
            match (first(&this.buffer), &this.ids) {
                (First::Incomplete, Some(_)) if !is_end => continue,
                (First::Text { mask, start, end }, Some(ids)) => {
                    translate(&mut this.buffer, ids, (mask, start, end));
                }
                _ => {}
            }
            this.is_translated = true;
            this.ids = None;
        }
        if this.buffer.is_empty() {
            return Pin::new(&mut this.io).poll_read(cx, out);
        }
        let count = this.buffer.len().min(out.remaining());
        out.put_slice(this.buffer.get(..count).unwrap_or_default());
        this.buffer.drain(..count);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Translated<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const MADE_UP: &str = "11112222333344445555666677778888";
    const REAL: &str = "abcdabcdabcdabcdabcdabcdabcdabcd";

    fn ids() -> Ids {
        Ids { made_up: MADE_UP.into(), real: REAL.into() }
    }

    /// A masked message.
    fn frame(opcode: u8, content: &str) -> Vec<u8> {
        let mask = [1_u8, 2, 3, 250];
        let mut frame = vec![opcode];
        match u8::try_from(content.len()) {
            Ok(length) if length < 126 => frame.push(0x80 | length),
            _ => {
                frame.push(0x80 | 126);
                frame.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
            }
        }
        frame.extend(mask);
        frame.extend(content.bytes().zip(mask.into_iter().cycle()).map(|(byte, key)| byte ^ key));
        frame
    }

    async fn through(sent: &[u8], pieces: usize) -> Vec<u8> {
        let (mut client, server) = duplex(64 * 1024);
        let mut server = Translated::new(server, Some(ids()));
        let send = async {
            for piece in sent.chunks(pieces) {
                client.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
            }
            drop(client);
        };
        let mut received = Vec::new();
        let (_, read) = tokio::join!(send, server.read_to_end(&mut received));
        read.unwrap();
        received
    }

    #[tokio::test]
    async fn the_first_message_gets_the_brokers_id() {
        for (message, expected) in [
            (format!(r#"{{"session":"{MADE_UP}"}}"#), format!(r#"{{"session":"{REAL}"}}"#)),
            (format!("{}{MADE_UP}", " ".repeat(200)), format!("{}{REAL}", " ".repeat(200))),
            ("smd+1+{}".to_owned(), "smd+1+{}".to_owned()),
            (String::new(), String::new()),
        ] {
            let later = frame(0x81, MADE_UP);
            let sent = [frame(0x81, &message), later.clone()].concat();
            for pieces in [1, 7, 10_000] {
                assert_eq!(through(&sent, pieces).await, [frame(0x81, &expected), later.clone()].concat());
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_such_message_goes_through() {
        let mut unmasked = frame(0x81, MADE_UP);
        unmasked[1] &= 0x7f;
        for sent in [
            frame(0x82, MADE_UP),
            frame(0x01, MADE_UP),
            frame(0x89, MADE_UP),
            frame(0x81, &format!("{MADE_UP}{}", "x".repeat(1000))),
            frame(0x81, MADE_UP)[..20].to_vec(),
            unmasked,
            b"x".to_vec(),
            Vec::new(),
        ] {
            assert_eq!(through(&sent, 5).await, sent);
        }
    }
}
