//! Listening, serving and stopping: what every broker's sandbox needs from a server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::delivery::deliver;
use crate::tls::Tls;

/// How long a shutdown waits for answers on their way. A hanging answer would hold it up for ever.
const GRACE: Duration = Duration::from_millis(250);

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
    /// The system's error, with the port and a way out in the message.
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

/// A listener and what is served there.
pub(crate) struct Served {
    listener: Listener,
    router: Router,
}

impl Served {
    pub(crate) fn new(listener: Listener, router: Router) -> Self {
        Self { listener, router }
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
    /// Serves each listener, on the current tokio runtime.
    pub(crate) fn start(listeners: Vec<Served>) -> Self {
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

    /// Stops listening, lets answers on their way finish for a moment, and closes everything.
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

async fn accept(served: Served, stopped: watch::Receiver<bool>, open: Weak<()>) {
    let Served { listener: Listener { socket, tls, .. }, router } = served;
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = told_to_stop(stopped.clone()) => break,
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => {
                    let socket = Socket { stream, reset: Arc::default(), _open: open.upgrade() };
                    connections.spawn(connection(socket, router.clone(), tls.clone(), stopped.clone()));
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
    let _ = tokio::time::timeout(GRACE, finished).await;
}

async fn connection(socket: Socket, router: Router, tls: Option<Tls>, stopped: watch::Receiver<bool>) {
    // Without this a body in two parts may wait for the first part's acknowledgement.
    let _ = socket.stream.set_nodelay(true);
    let reset = Arc::clone(&socket.reset);
    let Some(tls) = tls else {
        return serve(socket, reset, router, told_to_stop(stopped)).await;
    };
    let mut identity = tls.identity();
    let acceptor = TlsAcceptor::from(identity.borrow_and_update().config());
    let accepted = tokio::select! {
        () = told_to_stop(stopped.clone()) => return,
        accepted = acceptor.accept(socket) => accepted,
    };
    // A handshake that fails is the client's to notice.
    if let Ok(stream) = accepted {
        let end = async {
            tokio::select! {
                () = told_to_stop(stopped) => {}
                _ = identity.changed() => {}
            }
        };
        serve(stream, reset, router, end).await;
    }
}

/// Serves a connection until it ends, or until `end` resolves and the answer on its way is out.
async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    reset: Arc<AtomicBool>,
    router: Router,
    end: impl Future<Output = ()>,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (answer, reset) = (router.call(request), Arc::clone(&reset));
        async move {
            match answer.await {
                Ok(response) => deliver(response, &reset).await,
                Err(never) => match never {},
            }
        }
    });
    let mut connection = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // A connection that ends in an error is the client's to notice.
        _ = connection.as_mut() => return,
        () = end => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Resolves when the server is told to stop, or is gone.
async fn told_to_stop(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// A connection's socket, which closes with a TCP reset instead of an orderly end once told to.
struct Socket {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
    /// Counts among the open ones until the socket is closed.
    _open: Option<Arc<()>>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Acquire) {
            // With a zero linger time the system answers the close that follows with a reset.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
