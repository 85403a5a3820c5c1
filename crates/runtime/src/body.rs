//! Reads a body without trusting its length.
//!
//! A body may never end, or end early. Both are told apart from a whole one before anything is decoded.

use bytes::Bytes;
use reqwest::Response;

use crate::{Unfit, wiped::Buffer};

/// Reads the body up to `limit` bytes; the second value says what kept it from being whole.
pub(crate) async fn read(response: &mut Response, limit: usize) -> (Bytes, Option<Unfit>) {
    let announced = response.content_length().unwrap_or_default();
    if usize::try_from(announced).is_ok_and(|length| length > limit) {
        return (Bytes::new(), Some(Unfit::TooLong(limit)));
    }
    let mut body = Buffer::with_capacity(usize::try_from(announced).unwrap_or_default());
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                return (body.freeze(), Some(Unfit::TooLong(limit)));
            }
            Ok(Some(chunk)) => body.extend(&chunk),
            Ok(None) => return (without_mark(body.freeze()), None),
            Err(error) if error.is_timeout() => return (body.freeze(), Some(Unfit::Slow)),
            Err(_) => return (body.freeze(), Some(Unfit::Cut)),
        }
    }
}

/// Without the byte order mark that some servers put in front of UTF-8, and no JSON parser takes.
fn without_mark(body: Bytes) -> Bytes {
    match body.starts_with(b"\xEF\xBB\xBF") {
        true => body.slice(3..),
        false => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_may_be_as_long_as_the_limit_announced_or_not() {
        let announced = || reqwest::Body::from("0123456789");
        let in_chunks = || {
            let chunks = ["01234", "56789"].map(Ok::<_, std::io::Error>);
            reqwest::Body::wrap_stream(futures::stream::iter(chunks))
        };
        for body in [announced as fn() -> reqwest::Body, in_chunks] {
            let mut response = Response::from(http::Response::new(body()));
            assert_eq!(read(&mut response, 10).await, (Bytes::from("0123456789"), None));
            let mut response = Response::from(http::Response::new(body()));
            assert_eq!(read(&mut response, 9).await.1, Some(Unfit::TooLong(9)));
        }
    }
}
