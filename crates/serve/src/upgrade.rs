//! WebSockets: once both sides have switched, bytes go through in both directions.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use broker_session::Forwarded;
use http::{
    HeaderMap, Method, Request, Response, StatusCode, Version,
    header::{CONNECTION, UPGRADE},
};
use hyper::{body::Incoming, upgrade::OnUpgrade};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional_with_sizes},
    time::{Instant, sleep_until, timeout},
};

use crate::{
    app::App,
    body::{Body, empty},
    metrics::Gauge,
    outcome::OfBroker,
    refusal::Refusal,
    session_message::{Ids, Translated},
};

/// Bytes of memory for each direction of a WebSocket. Ten thousand of them may be open.
const BUFFER_BYTES: usize = 4 * 1024;

/// How long the client may take to switch after the response.
const SWITCH_TIME: Duration = Duration::from_secs(10);

/// The client's side of an upgrade.
pub(crate) struct Upgrade {
    client: OnUpgrade,
    ids: Option<Ids>,
}

impl Upgrade {
    /// Lets the client call the session by another id in its first message.
    pub(crate) fn translating(self, ids: Option<Ids>) -> Self {
        Self { ids, ..self }
    }
}

/// The client's side, if the request asks for a WebSocket. Other upgrades are not for this server.
pub(crate) fn asked_for(request: &mut Request<Incoming>) -> Option<Upgrade> {
    let is_websocket = |headers: &HeaderMap| {
        let upgrade =
            headers.get(UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"));
        let connection = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
        let mut options = connection.flat_map(|value| value.split(','));
        upgrade && options.any(|option| option.trim().eq_ignore_ascii_case("upgrade"))
    };
    let may_upgrade = request.method() == Method::GET && request.version() == Version::HTTP_11;
    if may_upgrade && is_websocket(request.headers()) {
        return Some(Upgrade { client: hyper::upgrade::on(request), ids: None });
    }
    request.headers_mut().remove(UPGRADE);
    None
}

/// Switches both sides.
///
/// # Errors
/// 502 if nobody has asked the broker to switch.
pub(crate) fn switch(
    app: &Arc<App>,
    client: Option<Upgrade>,
    mut forwarded: Forwarded,
) -> Result<Response<Body>, Refusal> {
    let (Some(client), Some(broker)) = (client, forwarded.take_upgrade()) else {
        let message = "the broker has switched to another protocol without being asked";
        return Err(Refusal::new(StatusCode::BAD_GATEWAY, "protocol", message));
    };
    let (mut parts, _) = forwarded.response.into_parts();
    parts.extensions.insert(OfBroker);
    let counted = Gauge::of(&app.metrics.tunnels);
    let app = app.clone();
    tokio::spawn(async move {
        let _counted = counted;
        if let Err(error) = tunnel(&app, client, broker).await {
            tracing::debug!(%error, "a WebSocket has ended");
        }
    });
    Ok(Response::from_parts(parts, empty()))
}

async fn tunnel(
    app: &App,
    Upgrade { client, ids }: Upgrade,
    broker: broker_session::Upgrade,
) -> io::Result<()> {
    let client = async { client.await.map_err(io::Error::other) };
    let broker = async { broker.connect().await.map_err(io::Error::other) };
    let both = async { tokio::try_join!(client, broker) };
    let (client, broker) = timeout(SWITCH_TIME, both).await??;
    let activity = Arc::new(Activity::new());
    let mut client = Watched { io: Translated::new(TokioIo::new(client), ids), activity: activity.clone() };
    let mut broker = Watched { io: broker, activity: activity.clone() };
    tokio::select! {
        copied = copy_bidirectional_with_sizes(&mut client, &mut broker, BUFFER_BYTES, BUFFER_BYTES) => {
            copied.map(drop)
        }
        () = activity.idle_for(app.limits.tunnel_idle_time) => Err(io::ErrorKind::TimedOut.into()),
        () = app.stopping() => Ok(()),
    }
}

/// When the last byte went through, in either direction.
struct Activity {
    start: Instant,
    /// In milliseconds after the start.
    last: AtomicU64,
}

impl Activity {
    fn new() -> Self {
        Self { start: Instant::now(), last: AtomicU64::new(0) }
    }

    fn note(&self) {
        let millis = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(millis, Relaxed);
    }

    /// Resolves once nothing has gone through for so long.
    async fn idle_for(&self, time: Duration) {
        loop {
            let end = self.start + Duration::from_millis(self.last.load(Relaxed)) + time;
            if end <= Instant::now() {
                return;
            }
            sleep_until(end).await;
        }
    }
}

/// One side of a WebSocket.
struct Watched<T> {
    io: T,
    activity: Arc<Activity>,
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.io).poll_read(cx, out);
        if read.is_ready() {
            self.activity.note();
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
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
