//! Reading what a client sends, as far as a sandbox cares.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;

/// Longest body that is read, in bytes. Real ones are a few hundred bytes long.
const MAX_BODY: usize = 64 * 1024;

/// The whole body, or `None` if it is too long or breaks off. A body that is too long is still read to
/// its end: closing a connection on unread bytes resets it, and the client would never see the answer.
pub(crate) async fn read(body: Body) -> Option<Bytes> {
    let mut chunks = body.into_data_stream();
    let mut whole = Some(BytesMut::new());
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.ok()?;
        whole = whole.filter(|whole| whole.len() + chunk.len() <= MAX_BODY);
        if let Some(whole) = &mut whole {
            whole.extend_from_slice(&chunk);
        }
    }
    whole.map(BytesMut::freeze)
}
