//! A body that is passed on as it comes.
//!
//! Nobody knows how long a body takes, so it has no deadline; but a broker that stops sending ends it with an error. And a
//! small one is looked at before it is passed on, because it may report that the session is over.

use std::{
    collections::VecDeque,
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use reqwest::Body;
use tokio::time::{Duration, Instant, Sleep, sleep_until, timeout_at};

use super::head::clean_fields;
use crate::{Secrets, zeroizing::Buffer};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a response on its way.
pub(super) struct Relay {
    /// What was looked at.
    first: VecDeque<Frame<Bytes>>,
    /// What ended it while it was looked at.
    error: Option<BoxError>,
    /// Nothing once it is over.
    rest: Option<Body>,
    /// How long the broker may send nothing.
    idle: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether the time runs: only while somebody waits for the broker.
    is_waiting: bool,
    secrets: Secrets,
}

impl Relay {
    pub(super) fn new(body: Body, idle: Duration, secrets: Secrets) -> Self {
        let (first, rest) = (VecDeque::new(), Some(body));
        Self { first, error: None, rest, idle, timer: None, is_waiting: false, secrets }
    }

    /// The beginning of the body up to its end, but at most `limit` bytes, as far as it arrives in time. Nothing of it is
    /// lost. Nothing if there is more, or `is_wanted` has no use for its first bytes.
    pub(super) async fn peek(
        &mut self,
        limit: usize,
        until: Instant,
        is_wanted: impl Fn(&[u8]) -> bool,
    ) -> Option<Bytes> {
        let mut length = 0;
        loop {
            let frame = match timeout_at(until, poll_fn(|context| self.poll_rest(context))).await {
                Ok(Some(Ok(frame))) => frame,
                Ok(Some(Err(error))) => {
                    self.error = Some(error);
                    break;
                }
                Ok(None) | Err(_) => break,
            };
            let is_first = length == 0;
            let data = frame.data_ref().cloned().unwrap_or_default();
            self.first.push_back(frame);
            length += data.len();
            if length > limit || is_first && !data.is_empty() && !is_wanted(&data) {
                return None;
            }
        }
        let mut data = self.first.iter().filter_map(Frame::data_ref);
        let first = data.next().cloned().unwrap_or_default();
        let Some(second) = data.next() else { return Some(first) };
        let mut all = Buffer::with_capacity(length);
        [&first, second].into_iter().chain(data).for_each(|chunk| all.extend(chunk));
        Some(all.freeze())
    }

    /// The body to pass on: in one piece if the whole of it is here, which costs less.
    pub(super) fn into_body(self) -> Body {
        let is_whole = self.rest.is_none() && self.error.is_none() && self.first.len() < 2;
        match self.first.front().filter(|_| is_whole).and_then(Frame::data_ref) {
            Some(data) => Body::from(data.clone()),
            None => Body::wrap(self),
        }
    }

    /// What ended the body before its first byte.
    pub(super) fn empty_error(&mut self) -> Option<BoxError> {
        if self.first.iter().filter_map(Frame::data_ref).all(Bytes::is_empty) {
            self.error.take()
        } else {
            None
        }
    }

    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        let frame = Pin::new(rest).poll_frame(context);
        if frame.is_pending() {
            return self.poll_timer(context).map(|()| {
                self.rest = None;
                let what = "the broker has stopped sending in the middle of the response";
                Some(Err(io::Error::new(io::ErrorKind::TimedOut, what).into()))
            });
        }
        self.is_waiting = false;
        frame.map(|frame| {
            if !matches!(frame, Some(Ok(_))) {
                self.rest = None;
            }
            let mut frame = frame?.map_err(BoxError::from);
            if let Some(trailers) = frame.as_mut().ok().and_then(Frame::trailers_mut) {
                clean_fields(trailers, &self.secrets);
            }
            Some(frame)
        })
    }

    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let end = Instant::now() + self.idle;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(end)));
        if !self.is_waiting {
            self.is_waiting = true;
            timer.as_mut().reset(end);
        }
        timer.as_mut().poll(context)
    }
}

impl HttpBody for Relay {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(frame) = self.first.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        match self.error.take() {
            Some(error) => Poll::Ready(Some(Err(error))),
            None => self.poll_rest(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        let is_over = self.rest.as_ref().is_none_or(HttpBody::is_end_stream);
        self.first.is_empty() && self.error.is_none() && is_over
    }

    fn size_hint(&self) -> SizeHint {
        let first: usize = self.first.iter().filter_map(Frame::data_ref).map(Bytes::len).sum();
        let first = u64::try_from(first).unwrap_or(u64::MAX);
        let rest = match (&self.rest, &self.error) {
            (Some(rest), _) => rest.size_hint(),
            (None, None) => SizeHint::with_exact(0),
            // It was cut, so what is left is not what was announced.
            (None, Some(_)) => SizeHint::default(),
        };
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(first));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(first));
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, stream};
    use http::HeaderMap;
    use http_body_util::{BodyExt, StreamBody};

    use super::*;

    fn relay(frames: Vec<Frame<Bytes>>) -> Relay {
        let frames = frames.into_iter().map(Ok::<_, io::Error>);
        let body = Body::wrap(StreamBody::new(stream::iter(frames)));
        Relay::new(body, Duration::from_secs(1), Secrets::new(["made-up-token".into()]))
    }

    fn data(text: &'static str) -> Frame<Bytes> {
        Frame::data(Bytes::from_static(text.as_bytes()))
    }

    #[tokio::test]
    async fn a_trailer_that_repeats_a_secret_is_dropped() {
        let fields = [("x-kept", "1"), ("x-token", "made-up-token"), ("set-cookie", "a=b")];
        let fields = fields.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let trailers = Frame::trailers(HeaderMap::from_iter(fields));
        let collected = relay(vec![data("x"), trailers]).collect().await.unwrap();
        let names: Vec<String> = collected.trailers().unwrap().keys().map(ToString::to_string).collect();
        assert_eq!((names, collected.to_bytes()), (vec!["x-kept".to_owned()], Bytes::from("x")));
    }

    #[tokio::test]
    async fn what_was_looked_at_comes_first() {
        for (limit, peeked) in [(6, Some("abcdef")), (5, None)] {
            let mut relay = relay(vec![data("ab"), data("cd"), data("ef")]);
            let until = Instant::now() + Duration::from_secs(10);
            let seen = relay.peek(limit, until, |first| first == b"ab").await;
            assert_eq!(seen, peeked.map(Bytes::from));
            assert_eq!((relay.is_end_stream(), relay.size_hint().lower()), (false, 6));
            assert_eq!(relay.collect().await.unwrap().to_bytes(), "abcdef");
        }
        let mut unwanted = relay(vec![data("ab"), data("cd")]);
        assert_eq!(unwanted.peek(9, Instant::now() + Duration::from_secs(10), |_| false).await, None);
        assert_eq!(unwanted.collect().await.unwrap().to_bytes(), "abcd");
    }

    #[tokio::test(start_paused = true)]
    async fn time_runs_only_while_somebody_waits() {
        let pending = stream::iter([Ok(data("ab"))]).chain(stream::pending::<io::Result<_>>());
        let body = Body::wrap(StreamBody::new(pending));
        let mut relay = Relay::new(body, Duration::from_secs(1), Secrets::default());
        tokio::time::advance(Duration::from_secs(60)).await;
        assert!(relay.frame().await.unwrap().is_ok());
        tokio::time::advance(Duration::from_secs(60)).await;
        let begun = Instant::now();
        assert!(relay.frame().await.unwrap().is_err());
        assert_eq!(begun.elapsed().as_secs(), 1);
        assert!(relay.frame().await.is_none());
    }
}
