//! A server: what it is built with, the loop that accepts connections, and how it stops.

use std::{fmt, io, sync::Arc, time::Duration};

use broker_session::{BodyFilterMode, Clock, SessionProvider};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::RwLock;
use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    Limits,
    app::{App, Phase},
    client_io::{ClientIo, Place, Socket},
    door::{Door, Purpose},
    events::{Event, Events, Hook},
    listener::{Accepted, Listener},
    metrics::{Gauge, Metrics},
    peer::{Peer, Strangers},
    route::is_name,
    service::respond,
    token::Token,
    upstream::Upstream,
};

/// How long the loop rests after an error of the system's, for instance without file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The least that the HTTP library reads into memory for a head that was judged already.
const MIN_BUFFER: usize = 8 * 1024;

/// How many headers the HTTP library parses without a separate allocation. It counts again what was counted already.
const FAST_HEADERS: usize = 100;

/// Builds a [`Server`].
#[must_use]
pub struct ServerBuilder {
    upstreams: Vec<(String, SessionProvider)>,
    token: Option<Token>,
    limits: Limits,
    bodies: BodyFilterMode,
    forwards_logout: bool,
    hook: Option<Hook>,
}

/// Sessions that are served. Cheap to clone; clones are the same server.
#[derive(Clone)]
pub struct Server {
    app: Arc<App>,
    /// Changed when there are other sessions.
    generation: watch::Sender<u64>,
}

impl ServerBuilder {
    /// Serves the sessions of a provider below `/name/`.
    pub fn upstream(mut self, name: impl Into<String>, provider: SessionProvider) -> Self {
        self.upstreams.push((name.into(), provider));
        self
    }

    /// Lets only clients in that show this token. Needed for every port, but for that of a gateway.
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets what becomes of bodies that repeat a secret of the session; [`BodyFilterMode::Redact`] by default.
    pub fn bodies(mut self, bodies: BodyFilterMode) -> Self {
        self.bodies = bodies;
        self
    }

    /// Forwards paths that end with `/logout`. By default they get a response and nothing ends, because others use the
    /// same session.
    pub fn forward_logout(mut self) -> Self {
        self.forwards_logout = true;
        self
    }

    /// Calls this when something has happened to a session. It must return at once and not panic.
    pub fn on_event(mut self, hook: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.hook = Some(Arc::new(hook));
        self
    }

    /// Builds the server.
    ///
    /// # Errors
    /// `InvalidInput` if a name cannot be part of a path, is taken, or stands for one of the server's own pages.
    pub fn build(self) -> io::Result<Server> {
        let upstreams = upstreams(self.upstreams, &[])?;
        let (phase, _) = watch::channel(Phase::Serving);
        let slots = |count| Arc::new(Semaphore::new(count));
        let app = App {
            slots: slots(self.limits.requests),
            event_slots: slots(self.limits.event_streams),
            connections: slots(self.limits.connections),
            strangers: Strangers::default(),
            limits: Arc::new(self.limits),
            token: self.token,
            bodies: self.bodies,
            forwards_logout: self.forwards_logout,
            upstreams: RwLock::new(upstreams),
            metrics: Metrics::default(),
            events: Events::new(self.hook),
            since: Clock.now(),
            phase,
        };
        Ok(Server { app: Arc::new(app), generation: watch::Sender::new(0) })
    }
}

/// The sessions by their names. One that was there before keeps its counts.
fn upstreams(
    named: Vec<(String, SessionProvider)>,
    before: &[Arc<Upstream>],
) -> io::Result<Arc<[Arc<Upstream>]>> {
    let mut upstreams: Vec<Arc<Upstream>> = Vec::with_capacity(named.len());
    for (name, provider) in named {
        let why = if !is_name(&name) {
            "a name has small letters, digits, `-` and `_`, and is not one of the server's own paths"
        } else if upstreams.iter().any(|upstream| upstream.name() == name) {
            "the name is there twice"
        } else {
            let before = before.iter().find(|upstream| upstream.name() == name);
            upstreams.push(Arc::new(Upstream::new(name, provider, before.map(AsRef::as_ref))));
            continue;
        };
        let message = format!("the session `{name}` cannot be served: {why}.");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    Ok(upstreams.into())
}

impl Server {
    /// Starts building a server.
    pub fn builder() -> ServerBuilder {
        ServerBuilder {
            upstreams: Vec::new(),
            token: None,
            limits: Limits::default(),
            bodies: BodyFilterMode::default(),
            forwards_logout: false,
            hook: None,
        }
    }

    /// Serves other sessions from now on. Requests on their way are finished with the old ones.
    ///
    /// # Errors
    /// Those of [`ServerBuilder::build`]; nothing has changed then.
    pub fn replace(&self, sessions: Vec<(String, SessionProvider)>) -> io::Result<()> {
        let mut current = self.app.upstreams.write();
        *current = upstreams(sessions, &current)?;
        drop(current);
        self.generation.send_modify(|generation| *generation += 1);
        Ok(())
    }

    /// Waits until it is known of every session whether it can be had, for this long at most. Returns how many there are.
    pub async fn settled(&self, patience: Duration) -> usize {
        let upstreams = self.app.upstreams();
        let mut waiting = JoinSet::new();
        for upstream in &*upstreams {
            let upstream = upstream.clone();
            waiting.spawn(async move { upstream.settled(patience).await });
        }
        while waiting.join_next().await.is_some() {}
        upstreams.iter().filter(|upstream| upstream.is_ready()).count()
    }

    /// Serves until `shutdown` resolves; then nothing is accepted any more, and what is under way is finished within
    /// [`Limits::shutdown_time`].
    ///
    /// # Errors
    /// `InvalidInput` if a listener would let somebody else in, or is for a session that is not there. Nothing was served then.
    pub async fn serve(
        &self,
        listeners: Vec<Listener>,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        for listener in &listeners {
            listener.check(self.app.token.is_some())?;
            self.check_session(&listener.door)?;
        }
        let mut tasks = JoinSet::new();
        for listener in listeners {
            tasks.spawn(accept(self.app.clone(), listener));
        }
        let keeping = keep(self.app.clone(), self.generation.subscribe());
        tokio::select! {
            () = shutdown => {}
            () = keeping => {}
        }
        self.app.phase.send_replace(Phase::Stopping);
        while tasks.join_next().await.is_some() {}
        Ok(())
    }

    fn check_session(&self, door: &Door) -> io::Result<()> {
        match &door.purpose {
            Purpose::Gateway(name) if self.app.upstream(name).is_none() => {
                let message = format!("there is no session `{name}` for the port of a gateway.");
                Err(io::Error::new(io::ErrorKind::InvalidInput, message))
            }
            _ => Ok(()),
        }
    }
}

/// Looks after the sessions, for as long as it is polled.
async fn keep(app: Arc<App>, mut generation: watch::Receiver<u64>) {
    loop {
        // Dropped with the sessions that it is for.
        let mut tasks = JoinSet::new();
        for upstream in &*app.upstreams() {
            let upstream = upstream.clone();
            let (app, watched) = (app.clone(), upstream.clone());
            tasks.spawn(async move { watched.watch(&app.events).await });
            tasks.spawn(async move { upstream.keep().await });
        }
        if generation.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// Accepts connections until the server stops, and waits for them.
async fn accept(app: Arc<App>, listener: Listener) {
    let Listener { socket, door, tls, .. } = &listener;
    let door = Arc::new(door.clone());
    let mut connections = JoinSet::new();
    // A connection that has no place yet.
    let mut waiting = None;
    loop {
        let next = async {
            if waiting.is_none() {
                waiting = Some(socket.accept().await?);
            }
            Ok::<_, io::Error>(app.place().await)
        };
        tokio::select! {
            () = app.stopping() => break,
            Some(_) = connections.join_next() => {}
            next = next => match (next, waiting.take()) {
                (Ok(Some(permit)), Some(accepted)) => {
                    let peer = Arc::new(Peer::new(accepted.peer()));
                    let connection =
                        connection(app.clone(), door.clone(), tls.clone(), accepted, permit, peer.clone());
                    app.strangers.add(peer, connections.spawn(connection));
                }
                (Ok(_), _) => break,
                (Err(error), _) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    // Nobody comes in any more; the file of a socket goes as well.
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    // What has not finished by then is aborted when the set is dropped.
    let _ = timeout(app.limits.shutdown_time, finished).await;
}

async fn connection(
    app: Arc<App>,
    door: Arc<Door>,
    tls: Option<TlsAcceptor>,
    accepted: Accepted,
    permit: OwnedSemaphorePermit,
    peer: Arc<Peer>,
) {
    let place = Place::new(permit, Gauge::of(&app.metrics.connections));
    let socket: Option<Box<dyn Socket>> = match accepted {
        Accepted::Tcp(stream) => secured(&app, stream, tls).await,
        #[cfg(unix)]
        Accepted::Unix(stream) if crate::unix_socket::is_own_user(&stream) => Some(Box::new(stream)),
        #[cfg(unix)]
        Accepted::Unix(_) => {
            tracing::warn!("a process of another user was not let in");
            None
        }
    };
    let Some(socket) = socket else { return };
    let (io, found) = ClientIo::new(socket, app.limits.clone(), place);
    let service = service_fn(|request| {
        // Every connection has room for what the service returns, also where it is idle.
        Box::pin(respond(app.clone(), door.clone(), found.clone(), peer.clone(), request))
    });
    let mut http = http1::Builder::new();
    if app.limits.headers > FAST_HEADERS {
        http.max_headers(app.limits.headers);
    }
    let connection = http
        .timer(TokioTimer::new())
        .header_read_timeout(app.limits.idle_time)
        .max_buf_size(MIN_BUFFER.max(4 * app.limits.head_bytes))
        .serve_connection(TokioIo::new(io), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = app.stopping() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection has ended");
    }
}

/// The connection within TLS, if that is spoken here. A handshake that fails is the client's to notice.
async fn secured(app: &App, stream: TcpStream, tls: Option<TlsAcceptor>) -> Option<Box<dyn Socket>> {
    // Without this a body in two parts may wait for the first part's acknowledgement.
    let _ = stream.set_nodelay(true);
    match tls {
        None => Some(Box::new(stream)),
        Some(tls) => {
            let handshake = timeout(app.limits.head_time, tls.accept(stream)).await;
            Some(Box::new(handshake.ok()?.ok()?))
        }
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.upstreams.iter().map(|(name, _)| name).collect();
        f.debug_struct("ServerBuilder").field("sessions", &names).finish_non_exhaustive()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let upstreams = self.app.upstreams();
        let names: Vec<&str> = upstreams.iter().map(|upstream| upstream.name()).collect();
        f.debug_struct("Server").field("sessions", &names).finish_non_exhaustive()
    }
}
