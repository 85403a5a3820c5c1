//! Secrets that a broker repeats in a body which is passed on.
//!
//! A body is not kept in memory: it may never end. So it is searched chunk by chunk, and only an end that may be the
//! beginning of a secret waits for the next chunk.

use std::{
    fmt, mem,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use http::{
    HeaderValue, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_RANGE},
};
use http_body::{Body, Frame, SizeHint};

use crate::Secrets;

/// What becomes of a body in which a secret stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BodyFilterMode {
    /// It is passed on as it is.
    Off,
    /// Asterisks are put in place of the secret, as many as it has bytes.
    #[default]
    Redact,
    /// It ends with an error before the secret.
    Refuse,
}

/// Searches the chunks of one body for the secrets of a client, in the spellings that [`Secrets`] knows.
pub struct BodyFilter {
    secrets: Secrets,
    mode: BodyFilterMode,
    /// The end of what has come, as it was.
    held: BytesMut,
    /// How many bytes at its start belong to a secret that began before.
    held_secret: usize,
}

/// Why the rest of a body is not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyRefused {
    /// It has a secret in it.
    #[error("the response repeats a secret of the session, so the rest was not passed on")]
    Secret,
    /// It is compressed, or not the whole.
    #[error(
        "the response is compressed or a part of a whole, so it cannot be searched for secrets; ask for the whole without compression, or turn the filter off"
    )]
    Unsearchable,
}

impl BodyFilter {
    /// A filter for one body.
    pub fn new(secrets: Secrets, mode: BodyFilterMode) -> Self {
        Self { secrets, mode, held: BytesMut::new(), held_secret: 0 }
    }

    /// What may be passed on after one more chunk: nothing, or up to the bytes that may begin a secret. In all of the body
    /// there are as many bytes as before.
    ///
    /// # Errors
    /// If it has a secret and the mode is [`BodyFilterMode::Refuse`].
    pub fn filter(&mut self, chunk: Bytes) -> Result<Bytes, BodyRefused> {
        if self.mode == BodyFilterMode::Off || chunk.is_empty() {
            return Ok(chunk);
        }
        let all = if self.held.is_empty() {
            chunk
        } else {
            let mut held = mem::take(&mut self.held);
            held.extend_from_slice(&chunk);
            held.freeze()
        };
        let table = self.secrets.table();
        let end = table.open_end(&all);
        let secret = mem::take(&mut self.held_secret);
        let mut secrets =
            (secret > 0).then_some((0, secret)).into_iter().chain(table.places(&all)).peekable();
        if secrets.peek().is_none() {
            self.held = BytesMut::from(all.get(end..).unwrap_or_default());
            return Ok(all.slice(..end));
        }
        if self.mode == BodyFilterMode::Refuse {
            return Err(BodyRefused::Secret);
        }
        let mut shown = BytesMut::from(&*all);
        for (start, length) in secrets {
            if let Some(secret) = shown.get_mut(start..start + length) {
                secret.fill(b'*');
            }
            // One that begins behind the end is found again.
            if start < end {
                self.held_secret = self.held_secret.max((start + length).saturating_sub(end));
            }
        }
        self.held = BytesMut::from(all.get(end..).unwrap_or_default());
        shown.truncate(end);
        Ok(shown.freeze())
    }

    /// The rest, once the body is over.
    ///
    /// # Errors
    /// Those of [`BodyFilter::filter`].
    pub fn finish(&mut self) -> Result<Bytes, BodyRefused> {
        let mut rest = mem::take(&mut self.held);
        let secret = mem::take(&mut self.held_secret);
        let table = self.secrets.table();
        let all = rest.clone();
        for (start, length) in (secret > 0).then_some((0, secret)).into_iter().chain(table.places(&all)) {
            if self.mode == BodyFilterMode::Refuse {
                return Err(BodyRefused::Secret);
            }
            rest.get_mut(start..start + length).into_iter().for_each(|secret| secret.fill(b'*'));
        }
        Ok(rest.freeze())
    }

    /// Lets the body of a response come through this filter.
    ///
    /// # Errors
    /// [`BodyRefused::Unsearchable`] if it is compressed or not the whole, unless the mode is [`BodyFilterMode::Off`].
    pub fn wrap(
        self,
        response: http::Response<reqwest::Body>,
    ) -> Result<http::Response<reqwest::Body>, BodyRefused> {
        if self.mode == BodyFilterMode::Off || response.body().is_end_stream() {
            return Ok(response);
        }
        let is_plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
        let headers = response.headers();
        let is_part = response.status() == StatusCode::PARTIAL_CONTENT || headers.contains_key(CONTENT_RANGE);
        if is_part || !headers.get_all(CONTENT_ENCODING).iter().all(is_plain) {
            return Err(BodyRefused::Unsearchable);
        }
        // Most bodies are here as a whole, and have no secret.
        if response.body().as_bytes().is_some_and(|whole| !self.secrets.table().is_in(whole)) {
            return Ok(response);
        }
        Ok(response.map(|body| {
            let left = body.size_hint().exact();
            reqwest::Body::wrap(Filtered { filter: self, body: Some(body), left, trailers: None })
        }))
    }
}

impl fmt::Debug for BodyFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyFilter").field("mode", &self.mode).finish_non_exhaustive()
    }
}

/// A body that comes through a filter.
struct Filtered {
    filter: BodyFilter,
    /// Nothing once it is over.
    body: Option<reqwest::Body>,
    /// How many bytes are still to be passed on, if that is known.
    left: Option<u64>,
    /// They come after the rest.
    trailers: Option<Frame<Bytes>>,
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Filtered {
    fn shown(&mut self, shown: Result<Bytes, BodyRefused>) -> Result<Frame<Bytes>, BoxError> {
        let shown = shown.inspect_err(|_| self.body = None)?;
        let length = u64::try_from(shown.len()).unwrap_or(u64::MAX);
        self.left = self.left.map(|left| left.saturating_sub(length));
        Ok(Frame::data(shown))
    }
}

impl Body for Filtered {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            if let Some(trailers) = self.trailers.take() {
                return Poll::Ready(Some(Ok(trailers)));
            }
            let Some(body) = &mut self.body else { return Poll::Ready(None) };
            let shown = match std::task::ready!(Pin::new(body).poll_frame(context)) {
                Some(Err(error)) => {
                    self.body = None;
                    return Poll::Ready(Some(Err(error.into())));
                }
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(chunk) => self.filter.filter(chunk),
                    Err(trailers) => {
                        self.trailers = Some(trailers);
                        self.filter.finish()
                    }
                },
                None => {
                    self.body = None;
                    self.filter.finish()
                }
            };
            if !shown.as_ref().is_ok_and(Bytes::is_empty) {
                return Poll::Ready(Some(self.shown(shown)));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_none() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
