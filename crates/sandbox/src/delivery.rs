//! How an answer reaches the socket: whole, in part, late, or not at all.
//!
//! A handler marks its response with a [`Delivery`]; the connection carries it out, because only the
//! connection can keep a promise about bytes that never come.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::{FutureExt, Stream, StreamExt, future, stream};
use http::HeaderValue;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;

/// How a response reaches the socket. A response without this extension is delivered whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// As it is.
    Whole,
    /// `Content-Length` tells the whole length, half of the body is sent, then the connection ends.
    Cut,
    /// Head and half of the body at once; the rest after the pause, or never.
    Slow(Option<Duration>),
    /// The request is read and never answered.
    Never,
    /// The request is read and the connection is reset (TCP RST) without a byte of an answer.
    Reset,
}

/// Carries out a response's [`Delivery`].
///
/// # Errors
/// An error ends the connection without an answer; `reset` is set if it is to end with a TCP reset.
pub(crate) async fn deliver(mut response: Response, reset: &AtomicBool) -> io::Result<Response> {
    match response.extensions_mut().remove().unwrap_or(Delivery::Whole) {
        Delivery::Whole => Ok(response),
        Delivery::Cut => in_halves(response, |_rest| cut()).await,
        Delivery::Slow(None) => in_halves(response, |_rest| stream::pending()).await,
        Delivery::Slow(Some(pause)) => {
            in_halves(response, move |rest| stream::once(tokio::time::sleep(pause).map(move |()| Ok(rest))))
                .await
        }
        Delivery::Never => future::pending().await,
        Delivery::Reset => {
            reset.store(true, Ordering::Release);
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
}

/// Promises the whole body, sends its first half, and leaves the rest to `second_half`.
async fn in_halves<S>(response: Response, second_half: impl FnOnce(Bytes) -> S) -> io::Result<Response>
where
    S: Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    let (mut head, body) = response.into_parts();
    let mut rest = body.collect().await.map_err(io::Error::other)?.to_bytes();
    // An empty body has no half to lack: promise at least one byte.
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(rest.len().max(1)));
    let first = rest.split_to(rest.len() / 2);
    let body = stream::once(future::ready(Ok(first))).chain(second_half(rest));
    Ok(Response::from_parts(head, Body::from_stream(body)))
}

/// Fails on the second poll: hyper flushes what it has when a body is not ready, and drops it when a
/// body fails, so an error at once would take the first half with it.
fn cut() -> impl Stream<Item = io::Result<Bytes>> {
    let mut flushed = false;
    stream::poll_fn(move |context| {
        if flushed {
            return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
        }
        flushed = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
}
