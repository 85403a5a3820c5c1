//! The bytes of a client's connection: each head is judged before the HTTP library reads it, and a client that stands still
//! is cut off.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::{
    HeaderMap,
    header::{HOST, TRANSFER_ENCODING, UPGRADE},
};
use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::OwnedSemaphorePermit,
    time::{Sleep, sleep},
};

use crate::{
    Limits,
    head::{self, BadHead, Framing},
    metrics::Gauge,
    pace::Pace,
};

/// What a connection reads from and writes to.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

/// What the HTTP library reads in place of a head that is refused, so that a whole response can be sent. It has two hosts,
/// which no head has that was accepted.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\nhost: refused\r\nconnection: close\r\n\r\n";

/// Why the last head of a connection is refused, for the service of the same connection.
pub(crate) type Found = Arc<Mutex<Option<BadHead>>>;

/// Whether these are the headers of what stands for a head that is refused.
pub(crate) fn is_stand_in(headers: &HeaderMap) -> bool {
    headers.get_all(HOST).iter().count() > 1
}

/// Whether no other request may follow on the connection, because it is not certain where this one ends.
pub(crate) fn is_last(headers: &HeaderMap) -> bool {
    [TRANSFER_ENCODING, UPGRADE].iter().any(|name| headers.contains_key(name))
}

/// Holds a place among the open connections.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    _counted: Gauge,
}

impl Place {
    pub(crate) fn new(permit: OwnedSemaphorePermit, counted: Gauge) -> Self {
        Self { _permit: permit, _counted: counted }
    }
}

enum Reading {
    /// A head is to come.
    Head,
    /// So many bytes of a body.
    Body(u64),
    /// Whatever comes belongs to the last request, or to another protocol.
    Rest,
    /// Nothing more is read.
    Refused,
}

/// The connection of a client.
pub(crate) struct ClientIo {
    socket: Box<dyn Socket>,
    limits: Arc<Limits>,
    found: Found,
    reading: Reading,
    /// What was read and not handed over yet. The first `judged` bytes may be.
    buffer: Vec<u8>,
    judged: usize,
    /// How far the end of a head was looked for.
    searched: usize,
    /// When a head that has begun must be there.
    head_timer: Option<Pin<Box<Sleep>>>,
    is_first: bool,
    writing: Pace,
    /// Whether a flush is waited for, which is ready most often.
    is_flushing: bool,
    _place: Place,
}

impl ClientIo {
    pub(crate) fn new(socket: Box<dyn Socket>, limits: Arc<Limits>, place: Place) -> (Self, Found) {
        let found = Found::default();
        let io = Self {
            socket,
            found: found.clone(),
            reading: Reading::Head,
            buffer: Vec::new(),
            judged: 0,
            searched: 0,
            head_timer: None,
            is_first: true,
            writing: Pace::new(limits.stall_time, limits.bytes_per_second),
            is_flushing: false,
            limits,
            _place: place,
        };
        (io, found)
    }

    /// Hands over what was read before.
    fn hand_over(&mut self, count: usize, out: &mut ReadBuf<'_>) -> usize {
        let count = count.min(self.buffer.len()).min(out.remaining());
        out.put_slice(self.buffer.get(..count).unwrap_or_default());
        if count == self.buffer.len() {
            // An idle connection holds no memory.
            self.buffer = Vec::new();
        } else {
            self.buffer.drain(..count);
        }
        self.judged = self.judged.saturating_sub(count);
        self.searched = self.searched.saturating_sub(count);
        count
    }

    /// Looks for a whole head in the buffer, and decides how to go on. Returns whether there was one.
    fn look(&mut self) -> bool {
        // Empty lines before a request mean nothing (RFC 9112, section 2.2).
        while self.buffer.starts_with(b"\r\n") {
            self.buffer.drain(..2);
        }
        let from = self.searched.saturating_sub(3);
        let tail = self.buffer.get(from..).unwrap_or_default();
        // A line that ends with LF alone is refused, so it may end a head here.
        let end = tail.windows(4).position(|four| four == b"\r\n\r\n").map(|at| from + at + 4);
        self.searched = self.buffer.len();
        let Some(end) = end else {
            if self.buffer.len() >= self.limits.head_bytes {
                self.refuse(BadHead::TOO_LONG);
                return true;
            }
            return false;
        };
        if end > self.limits.head_bytes {
            self.refuse(BadHead::TOO_LONG);
            return true;
        }
        match head::judge(self.buffer.get(..end).unwrap_or_default(), &self.limits) {
            Err(bad) => self.refuse(bad),
            Ok(framing) => {
                self.judged = end;
                self.searched = 0;
                self.is_first = false;
                self.head_timer = None;
                self.reading = match framing {
                    Framing::Length(0) => Reading::Head,
                    Framing::Length(length) => Reading::Body(length),
                    Framing::UntilEnd => Reading::Rest,
                };
            }
        }
        true
    }

    fn refuse(&mut self, bad: BadHead) {
        self.reading = Reading::Refused;
        self.head_timer = None;
        self.buffer = STAND_IN.to_vec();
        self.judged = STAND_IN.len();
        *self.found.lock() = Some(bad);
    }

    /// Reads more of a head. Ready with `false` at the end of the stream.
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut chunk = [0_u8; 2048];
        let mut read = ReadBuf::new(&mut chunk);
        match Pin::new(&mut self.socket).poll_read(cx, &mut read) {
            Poll::Ready(Ok(())) => {
                self.buffer.extend_from_slice(read.filled());
                Poll::Ready(Ok(!read.filled().is_empty()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            // An idle connection is the HTTP library's to end.
            Poll::Pending if self.buffer.is_empty() && !self.is_first => Poll::Pending,
            Poll::Pending => {
                let time = self.limits.head_time;
                let timer = self.head_timer.get_or_insert_with(|| Box::pin(sleep(time)));
                ready!(timer.as_mut().poll(cx));
                if self.buffer.is_empty() {
                    return Poll::Ready(Ok(false));
                }
                self.refuse(BadHead::TOO_SLOW);
                Poll::Ready(Ok(true))
            }
        }
    }
}

impl AsyncRead for ClientIo {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        loop {
            if this.judged > 0 {
                this.hand_over(this.judged, out);
                return Poll::Ready(Ok(()));
            }
            match this.reading {
                Reading::Rest if this.buffer.is_empty() => {
                    return Pin::new(&mut this.socket).poll_read(cx, out);
                }
                Reading::Rest => {
                    this.hand_over(usize::MAX, out);
                    return Poll::Ready(Ok(()));
                }
                Reading::Body(0) => this.reading = Reading::Head,
                Reading::Body(left) => {
                    let most = usize::try_from(left).unwrap_or(usize::MAX);
                    let read = if this.buffer.is_empty() {
                        let most = most.min(out.remaining());
                        let mut part = ReadBuf::new(out.initialize_unfilled_to(most));
                        ready!(Pin::new(&mut this.socket).poll_read(cx, &mut part))?;
                        let read = part.filled().len();
                        out.advance(read);
                        read
                    } else {
                        this.hand_over(most, out)
                    };
                    this.reading = Reading::Body(left.saturating_sub(read.try_into().unwrap_or(u64::MAX)));
                    return Poll::Ready(Ok(()));
                }
                Reading::Head => {
                    if !this.buffer.is_empty() && this.look() {
                        continue;
                    }
                    if !ready!(this.poll_head(cx))? {
                        return Poll::Ready(Ok(()));
                    }
                }
                // The response ends the connection.
                Reading::Refused => return Poll::Pending,
            }
        }
    }
}

impl ClientIo {
    /// Counts what was written, and ends a connection that takes nothing.
    fn paced(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(count)) => {
                self.writing.progressed(count);
                Poll::Ready(Ok(count))
            }
            Poll::Pending => {
                ready!(self.writing.poll_over(cx));
                Poll::Ready(Err(too_slow()))
            }
            failed => failed,
        }
    }

    /// The same for what has no bytes of its own.
    fn flushed(&mut self, cx: &mut Context<'_>, flushed: Poll<io::Result<()>>) -> Poll<io::Result<()>> {
        if flushed.is_pending() {
            self.is_flushing = true;
            ready!(self.writing.poll_over(cx));
            return Poll::Ready(Err(too_slow()));
        }
        if std::mem::take(&mut self.is_flushing) {
            self.writing.progressed(0);
        }
        flushed
    }
}

fn too_slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client reads too slowly")
}

impl AsyncWrite for ClientIo {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.socket).poll_write(cx, bytes);
        this.paced(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.socket).poll_write_vectored(cx, slices);
        this.paced(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.socket).poll_flush(cx);
        this.flushed(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let shut = Pin::new(&mut this.socket).poll_shutdown(cx);
        this.flushed(cx, shut)
    }
}
