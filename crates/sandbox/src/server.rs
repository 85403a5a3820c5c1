//! Listening, serving and stopping, and how a response reaches the socket: whole, in part, late, or not at all.
//!
//! A handler marks its response with a [`Delivery`]; the connection carries it out, because only the connection can keep a
//! promise about bytes that never come.

use std::{
    error::Error as _,
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::{Pin, pin},
    sync::{Arc, Weak},
    task::Poll,
    time::Duration,
};

use axum::{Router, body::Body, response::Response};
use bytes::Bytes;
use futures::{FutureExt, Stream, StreamExt, future, stream};
use http::{HeaderValue, header::CONTENT_LENGTH};
use http_body_util::BodyExt;
use hyper::{
    body::Incoming,
    server::conn::http1::{self, Parts},
    service::{Service as _, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    tls::Tls,
    websocket::{Push, speak},
};

/// How long a shutdown waits for responses on their way. A hanging one would hold it up for ever.
const SHUTDOWN_GRACE: Duration = Duration::from_millis(250);

/// A bound port of the loopback interface.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
}

impl Listener {
    /// Binds a port; 0 picks a free one.
    ///
    /// # Errors
    /// The system's error, with the port and a fix in the message.
    pub(crate) async fn bind(port: u16) -> io::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let socket = TcpListener::bind(address).await.map_err(|error| {
            let message = format!(
                "cannot listen on {address}: {error}. Stop the program that holds the port, or choose \
                 another port (0 picks a free one)."
            );
            io::Error::new(error.kind(), message)
        })?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address, tls: None })
    }

    /// Speaks TLS.
    pub(crate) fn with_tls(self, tls: Tls) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// URL of its root, without a slash at the end.
    pub(crate) fn root(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }
}

/// Running listeners. Dropping it closes them and every connection at once.
#[derive(Debug)]
pub(crate) struct Server {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    /// Each open connection holds a clone.
    open: Arc<()>,
}

impl Server {
    /// Serves each listener with its router, on the current tokio runtime.
    pub(crate) fn start(listeners: Vec<(Listener, Router)>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let open = Arc::new(());
        // A listener must not count as a connection.
        let count = Arc::downgrade(&open);
        let serve = |served| tokio::spawn(accept(served, stopped.clone(), count.clone()));
        let tasks = listeners.into_iter().map(serve).collect();
        Self { stop, tasks, open }
    }

    /// How many connections are open.
    pub(crate) fn open_connections(&self) -> usize {
        Arc::strong_count(&self.open) - 1
    }

    /// Stops listening, lets responses on their way finish for a moment, and closes everything.
    pub(crate) async fn shutdown(mut self) {
        self.stop.send_replace(true);
        for task in std::mem::take(&mut self.tasks) {
            // The only failure is a panic in a task, which has already been reported.
            let _ = task.await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn accept(
    (Listener { socket, tls, .. }, router): (Listener, Router),
    stopped: watch::Receiver<bool>,
    open: Weak<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop_signal(stopped.clone()) => break,
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => {
                    let (router, tls, stopped) = (router.clone(), tls.clone(), stopped.clone());
                    connections.spawn(connection(stream, router, tls, stopped, open.upgrade()));
                }
                // Out of file descriptors, or a client that left again: neither ends the sandbox.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(socket);
    let finished = async { while connections.join_next().await.is_some() {} };
    // What has not finished by then is aborted when the set is dropped.
    let _ = tokio::time::timeout(SHUTDOWN_GRACE, finished).await;
}

async fn connection(
    socket: TcpStream,
    router: Router,
    tls: Option<Tls>,
    stopped: watch::Receiver<bool>,
    _open: Option<Arc<()>>,
) {
    // Without this a body in two parts may wait for the first part's acknowledgement.
    let _ = socket.set_nodelay(true);
    let Some(tls) = tls else {
        return serve(socket, |socket| socket, router, stop_signal(stopped)).await;
    };
    let mut identity = tls.identity();
    let acceptor = TlsAcceptor::from(identity.borrow_and_update().config());
    let accepted = tokio::select! {
        () = stop_signal(stopped.clone()) => return,
        accepted = acceptor.accept(socket) => accepted,
    };
    // A handshake that fails is the client's to notice.
    if let Ok(stream) = accepted {
        let end = async {
            tokio::select! {
                () = stop_signal(stopped) => {}
                _ = identity.changed() => {}
            }
        };
        serve(stream, |stream| stream.get_ref().0, router, end).await;
    }
}

/// Serves a connection until it ends, or until `end` resolves and the response on its way is sent.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    socket: impl Fn(&S) -> &TcpStream,
    router: Router,
    end: impl Future<Output = ()>,
) {
    let router = TowerToHyperService::new(router);
    let pushed = Arc::new(Mutex::new(None));
    let push = Arc::clone(&pushed);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let response = router.call(request);
        let push = Arc::clone(&push);
        async move {
            match response.await {
                Ok(mut response) => {
                    *push.lock() = response.extensions_mut().remove::<Push>();
                    deliver(response).await
                }
                Err(never) => match never {},
            }
        }
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let mut end = pin!(end);
    let ended = tokio::select! {
        ended = &mut connection => Some(ended),
        () = &mut end => None,
    };
    let push = pushed.lock().take();
    if let (Some(Ok(())), Some(push)) = (&ended, push) {
        // The response was sent, and both sides have switched.
        let Parts { io, read_buf, .. } = connection.into_parts();
        tokio::select! {
            // How it ends is the client's to notice.
            _ = speak(io.into_inner(), read_buf, push) => {}
            () = end => {}
        }
        return;
    }
    let ended = match ended {
        Some(ended) => ended,
        None => {
            Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    // Any other error is the client's to notice.
    if ended.is_err_and(|error| is_reset(&error)) {
        // With a zero linger time the system turns the close that follows into a reset.
        let _ = socket(connection.into_parts().io.inner()).set_zero_linger();
    }
}

/// Whether a connection ended with the error of [`Delivery::Reset`], or by a reset of the client's.
fn is_reset(error: &hyper::Error) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|source| source.kind() == io::ErrorKind::ConnectionReset)
}

/// Resolves when the server stops, or is gone.
async fn stop_signal(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// How a response reaches the socket. A response without this extension is delivered whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// As it is.
    Whole,
    /// `Content-Length` has the whole length, half of the body is sent, then the connection ends.
    Cut,
    /// Head and half of the body at once; the rest after the pause, or never.
    Slow(Option<Duration>),
    /// The request is read without a response.
    Never,
    /// The request is read and the connection is reset (TCP RST) without a byte of a response.
    Reset,
}

/// Carries out a response's [`Delivery`].
///
/// # Errors
/// An error ends the connection without a response; [`io::ErrorKind::ConnectionReset`] with a TCP reset.
async fn deliver(mut response: Response) -> io::Result<Response> {
    match response.extensions_mut().remove().unwrap_or(Delivery::Whole) {
        Delivery::Whole => Ok(response),
        Delivery::Cut => in_halves(response, |_rest| cut()).await,
        Delivery::Slow(None) => in_halves(response, |_rest| stream::pending()).await,
        Delivery::Slow(Some(pause)) => {
            in_halves(response, move |rest| stream::once(tokio::time::sleep(pause).map(move |()| Ok(rest))))
                .await
        }
        Delivery::Never => future::pending().await,
        Delivery::Reset => Err(io::ErrorKind::ConnectionReset.into()),
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
