//! The body of a request on its way to the broker.
//!
//! It takes as long as the program that sends it, which is not the broker's fault. So the broker's time runs only while the
//! broker is waited for: it has not taken what there is, or has all of it and does not respond.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use reqwest::Body;
use tokio::{
    sync::watch,
    time::{Duration, Instant, sleep_until, timeout_at},
};

/// How long the broker is waited for.
pub(super) struct Upload {
    /// Since when it is the broker that is waited for; nothing while it is the program.
    since: watch::Receiver<Option<Instant>>,
    wait: Duration,
}

impl Upload {
    /// Watches a body, if there is one.
    pub(super) fn watch(body: &mut Option<Body>, wait: Duration) -> Self {
        let (sender, since) = watch::channel(Some(Instant::now()));
        *body = body.take().map(|body| Body::wrap(Watched { body, since: sender }));
        Self { since, wait }
    }

    /// Resolves when the broker was waited for too long.
    pub(super) async fn overdue(mut self) {
        loop {
            let since = *self.since.borrow_and_update();
            let changed = self.since.changed();
            let is_watched = match since {
                Some(since) => match timeout_at(since + self.wait, changed).await {
                    Ok(changed) => changed.is_ok(),
                    Err(_) => return,
                },
                None => changed.await.is_ok(),
            };
            if !is_watched {
                let since = *self.since.borrow();
                return sleep_until(since.unwrap_or_else(Instant::now) + self.wait).await;
            }
        }
    }
}

struct Watched {
    body: Body,
    since: watch::Sender<Option<Instant>>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let since = frame.is_ready().then(Instant::now);
        self.since.send_replace(since);
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.since.send_replace(Some(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, StreamExt, channel::mpsc};
    use http_body_util::BodyExt;

    use super::*;

    const WAIT: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn time_runs_only_while_the_broker_is_waited_for() {
        let (sender, receiver) = mpsc::unbounded();
        let receiver = receiver.map(Ok::<_, std::io::Error>);
        let mut body = Some(Body::wrap_stream(receiver));
        let mut overdue = Box::pin(Upload::watch(&mut body, WAIT).overdue());
        let mut body = body.unwrap();
        tokio::time::advance(WAIT / 2).await;
        assert!(body.frame().now_or_never().is_none());
        tokio::time::advance(100 * WAIT).await;
        assert!((&mut overdue).now_or_never().is_none(), "the program is waited for");
        sender.unbounded_send("x").unwrap();
        assert!(body.frame().await.unwrap().is_ok());
        let taken = Instant::now();
        (&mut overdue).await;
        assert_eq!(taken.elapsed(), WAIT, "the broker takes nothing more");
    }

    #[tokio::test(start_paused = true)]
    async fn time_begins_with_the_end_of_the_body() {
        let mut body = Some(Body::wrap_stream(futures::stream::pending::<std::io::Result<&str>>()));
        let overdue = Upload::watch(&mut body, WAIT).overdue();
        assert!(body.as_mut().unwrap().frame().now_or_never().is_none());
        tokio::time::advance(100 * WAIT).await;
        drop(body);
        let (begun, ended) = (Instant::now(), overdue.await);
        assert_eq!((begun.elapsed(), ended), (WAIT, ()));
        let (begun, ended) = (Instant::now(), Upload::watch(&mut None, WAIT).overdue().await);
        assert_eq!((begun.elapsed(), ended), (WAIT, ()));
    }
}
