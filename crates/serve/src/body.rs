//! Bodies on their way: a request's, within its limits, and a response's, which holds its place until it is through.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use broker_session::reqwest;
use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Empty, Full, combinators::UnsyncBoxBody};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use parking_lot::Mutex;

use crate::{Limits, pace::Pace, proxy::Held, refusal::Refusal};

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
pub(crate) struct ResponseBody {
    body: reqwest::Body,
    error: Option<reqwest::Error>,
    /// Let go with the end of the body.
    held: Held,
}

impl ResponseBody {
    /// Passes a body on, and holds a place as long as it lives.
    pub(crate) fn boxed(body: reqwest::Body, held: Held) -> Body {
        Self { body, error: None, held }.boxed_unsync()
    }
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        if let Some(error) = this.error.take() {
            return Poll::Ready(Some(Err(error.into())));
        }
        loop {
            match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Ok(frame)) if frame.is_data() => return Poll::Ready(Some(Ok(frame))),
                Some(Ok(_)) => {}
                // What has come before is sent first: an error ends the connection at once.
                Some(Err(error)) => {
                    this.held.broke_off(&error);
                    this.error = Some(error);
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.error.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
