//! Bodies on their way: a request's, within its limits, and a response's, which holds its place until it is through.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Empty, Full, combinators::UnsyncBoxBody};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use parking_lot::Mutex;
use tokio::time::{Instant, Sleep, sleep};

use crate::{Limits, pace::Pace, refusal::Refusal};

/// The body of a response of this server.
pub(crate) type Body = UnsyncBoxBody<Bytes, BoxError>;

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body that is there already.
pub(crate) fn full(content: impl Into<Bytes>) -> Body {
    Full::new(content.into()).map_err(|never| match never {}).boxed_unsync()
}

/// No body.
pub(crate) fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// Why the body of a request was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFault {
    TooLong,
    TooSlow,
    /// The client has broken off, or it is no body.
    Broken,
}

impl BodyFault {
    pub(crate) fn refusal(self, limits: &Limits) -> Refusal {
        let refusal = match self {
            Self::TooLong => {
                let message = format!("the body of the request has more than {} bytes", limits.body_bytes);
                Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
            }
            Self::TooSlow => Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                "timeout",
                "the body of the request came too slowly",
            ),
            Self::Broken => Refusal::bad_request("the body of the request cannot be read"),
        };
        refusal.closing()
    }
}

impl fmt::Display for BodyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the body of the request is too long",
            Self::TooSlow => "the body of the request came too slowly",
            Self::Broken => "the body of the request broke off",
        })
    }
}

impl std::error::Error for BodyFault {}

/// Where the fault of a body is found after the request has failed.
pub(crate) type Fault = Arc<Mutex<Option<BodyFault>>>;

/// The body of a request.
pub(crate) struct RequestBody {
    body: Incoming,
    left: u64,
    pace: Pace,
    fault: Fault,
}

impl RequestBody {
    /// Limits a body.
    ///
    /// # Errors
    /// It announces that it is too long.
    pub(crate) fn new(body: Incoming, limits: &Limits) -> Result<(Self, Fault), BodyFault> {
        if body.size_hint().lower() > limits.body_bytes {
            return Err(BodyFault::TooLong);
        }
        let fault = Fault::default();
        let pace = Pace::new(limits.stall_time, limits.bytes_per_second);
        Ok((Self { body, left: limits.body_bytes, pace, fault: fault.clone() }, fault))
    }

    fn failed(&self, fault: BodyFault) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        *self.fault.lock() = Some(fault);
        Poll::Ready(Some(Err(fault)))
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        loop {
            let frame = match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => frame,
                Poll::Ready(Some(Err(_))) => return self.failed(BodyFault::Broken),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => {
                    ready!(self.pace.poll_over(cx));
                    return self.failed(BodyFault::TooSlow);
                }
            };
            // Trailers are dropped: nobody has judged them.
            let Ok(data) = frame.into_data() else { continue };
            self.pace.progressed(data.len());
            let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
            let Some(left) = self.left.checked_sub(length) else { return self.failed(BodyFault::TooLong) };
            self.left = left;
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of a response of the broker's.
pub(crate) struct ResponseBody<B, H> {
    body: B,
    pause: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    /// Let go with the end of the body.
    _held: H,
}

impl<B, H> ResponseBody<B, H>
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
    H: Send + Unpin + 'static,
{
    /// Passes a body on. It fails if the broker pauses for longer than that, and holds `held` as long as it lives.
    pub(crate) fn boxed(body: B, pause: Duration, held: H) -> Body {
        Self { body, pause, timer: None, _held: held }.boxed_unsync()
    }
}

impl<B, H> HttpBody for ResponseBody<B, H>
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Unpin,
    H: Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        loop {
            let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
                let pause = this.pause;
                let timer = this.timer.get_or_insert_with(|| Box::pin(sleep(pause)));
                ready!(timer.as_mut().poll(cx));
                return Poll::Ready(Some(Err("the broker has paused for too long".into())));
            };
            if let Some(timer) = &mut this.timer {
                timer.as_mut().reset(Instant::now() + this.pause);
            }
            match frame.transpose().map_err(Into::into)? {
                None => return Poll::Ready(None),
                Some(frame) if frame.is_data() => return Poll::Ready(Some(Ok(frame))),
                Some(_) => {}
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
