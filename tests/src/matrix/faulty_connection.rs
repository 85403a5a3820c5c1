//! Servers that fail before there is a request to respond to, places where there is no server, and the middleware that leads
//! one operation there and counts how often it is called.

use std::{
    io,
    net::Ipv4Addr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use broker_session::Deadlines;
use broker_session_runtime::Middleware;
use reqwest::{
    Client, Request, Response,
    dns::{Name, Resolve, Resolving},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::{
    PausedClock,
    raw_server::{read_request, trickle},
    responses::Responses,
};

/// A name that there cannot be (RFC 6761, section 6.4).
const NO_NAME: &str = "broker.invalid";

/// How a call fails before its request is read.
#[derive(Clone)]
pub(super) enum ConnectionFault {
    /// Nobody listens.
    Refuses,
    /// The connection is never made.
    NeverConnects,
    /// The name is not known.
    HasNoName,
    /// Nobody says whether it is.
    NeverSaysItsName,
    /// Resets each connection at once.
    Resets,
    /// Ends each connection at once.
    Closes,
    /// Responds to the first message of the TLS handshake with these bytes, and ends the connection.
    SaysInHandshake(Vec<u8>),
    /// Resets the connection in the TLS handshake.
    ResetsHandshake,
    /// Says nothing in the TLS handshake.
    SilentInHandshake,
    /// Says these bytes in the TLS handshake, and then one in a second.
    TricklesInHandshake(Vec<u8>),
    /// Makes the TLS handshake, and responds with these bytes.
    Serves(TlsAcceptor, Vec<u8>),
}

impl ConnectionFault {
    fn is_tls(&self) -> bool {
        !matches!(
            self,
            Self::Refuses
                | Self::NeverConnects
                | Self::HasNoName
                | Self::NeverSaysItsName
                | Self::Resets
                | Self::Closes
        )
    }
}

/// Where an operation fails.
pub(super) struct FaultyConnection {
    fault: ConnectionFault,
    port: u16,
    client: Option<Client>,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    accepting: Option<JoinHandle<()>>,
    /// What keeps a port from being used otherwise, and a queue full.
    _kept: Vec<Kept>,
}

enum Kept {
    Socket(#[expect(dead_code, reason = "it is there to be kept")] TcpSocket),
    Listener(#[expect(dead_code, reason = "it is there to be kept")] TcpListener),
    Stream(#[expect(dead_code, reason = "it is there to be kept")] TcpStream),
}

impl FaultyConnection {
    /// Listens on loopback; where the server falls silent, `paused` lets time run on.
    pub(super) async fn start(fault: ConnectionFault, paused: Arc<PausedClock>) -> Self {
        let mut faulty = Self {
            fault: fault.clone(),
            port: 0,
            client: None,
            connections: Arc::default(),
            requests: Arc::default(),
            accepting: None,
            _kept: Vec::new(),
        };
        match fault {
            ConnectionFault::HasNoName => faulty.client = Some(client(Names::Unknown)),
            ConnectionFault::NeverSaysItsName => faulty.client = Some(client(Names::Silent)),
            ConnectionFault::Refuses => {
                // Bound but not listening: nobody else can get the port.
                let socket = bound();
                faulty.port = socket.local_addr().expect("its address").port();
                faulty._kept.push(Kept::Socket(socket));
            }
            ConnectionFault::NeverConnects => {
                let listener = bound().listen(0).expect("a listener");
                let address = listener.local_addr().expect("its address");
                // The queue has one place, and nobody is ever taken out of it.
                let first = TcpStream::connect(address).await.expect("the first connection");
                faulty.port = address.port();
                faulty._kept.extend([Kept::Listener(listener), Kept::Stream(first)]);
            }
            fault => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port on loopback");
                faulty.port = listener.local_addr().expect("its address").port();
                let (connections, requests) = (faulty.connections.clone(), faulty.requests.clone());
                faulty.accepting = Some(tokio::spawn(async move {
                    while let Ok((socket, _)) = listener.accept().await {
                        connections.fetch_add(1, Ordering::SeqCst);
                        // What goes wrong here is the client's doing, and it is the client that is tested.
                        tokio::spawn(fail(socket, fault.clone(), paused.clone(), requests.clone()));
                    }
                }));
            }
        }
        faulty
    }

    /// Leads a request here.
    pub(super) fn lead(&self, url: &mut Url) {
        if self.fault.is_tls() {
            url.set_scheme("https").expect("one web scheme for another");
        }
        match self.client {
            Some(_) => url.set_host(Some(NO_NAME)).expect("a host name"),
            None => url.set_port(Some(self.port)).expect("a URL with a host"),
        }
    }

    /// The client that must be used, where it is the client's resolver that fails.
    pub(super) fn client(&self) -> Option<&Client> {
        self.client.as_ref()
    }

    /// Whether time stands still until the server lets it run on.
    pub(super) fn holds_time(&self) -> bool {
        !matches!(self.fault, ConnectionFault::NeverConnects | ConnectionFault::NeverSaysItsName)
    }

    /// How many connections were made; nothing where nobody can count them.
    pub(super) fn connections(&self) -> Option<usize> {
        self.accepting.as_ref().map(|_| self.connections.load(Ordering::SeqCst))
    }

    /// How many requests were read.
    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for FaultyConnection {
    fn drop(&mut self) {
        if let Some(accepting) = &self.accepting {
            accepting.abort();
        }
    }
}

fn bound() -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("a port on loopback");
    socket
}

async fn fail(
    mut socket: TcpStream,
    fault: ConnectionFault,
    paused: Arc<PausedClock>,
    requests: Arc<AtomicUsize>,
) -> io::Result<()> {
    match fault {
        ConnectionFault::Resets => socket.set_zero_linger(),
        ConnectionFault::SaysInHandshake(bytes) => {
            hello(&mut socket).await?;
            socket.write_all(&bytes).await?;
            socket.shutdown().await
        }
        ConnectionFault::ResetsHandshake => {
            hello(&mut socket).await?;
            socket.set_zero_linger()
        }
        ConnectionFault::SilentInHandshake => {
            hello(&mut socket).await?;
            paused.release();
            socket.read_to_end(&mut Vec::new()).await.map(drop)
        }
        ConnectionFault::TricklesInHandshake(bytes) => {
            hello(&mut socket).await?;
            socket.write_all(&bytes).await?;
            paused.release();
            trickle(&mut socket, &[0], Duration::from_secs(1)).await
        }
        ConnectionFault::Serves(acceptor, response) => {
            let mut socket = acceptor.accept(socket).await?;
            read_request(&mut socket).await?;
            requests.fetch_add(1, Ordering::SeqCst);
            socket.write_all(&response).await?;
            socket.shutdown().await
        }
        _ => Ok(()),
    }
}

/// Reads the first message of a TLS handshake: a record has a head of five bytes, of which two are its length (RFC 8446,
/// section 5.1).
async fn hello(socket: &mut TcpStream) -> io::Result<()> {
    let mut head = [0; 5];
    socket.read_exact(&mut head).await?;
    let mut record = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    socket.read_exact(&mut record).await.map(drop)
}

/// A resolver that does not depend on the machine's.
enum Names {
    Unknown,
    Silent,
}

impl Resolve for Names {
    fn resolve(&self, _name: Name) -> Resolving {
        match self {
            Self::Unknown => Box::pin(async {
                let error = io::Error::new(io::ErrorKind::NotFound, "there is no such name");
                Err(Box::<dyn std::error::Error + Send + Sync>::from(error))
            }),
            Self::Silent => Box::pin(std::future::pending()),
        }
    }
}

/// A client like the transport's, with a resolver of its own.
fn client(names: Names) -> Client {
    let builder = Client::builder().no_proxy().tls_certs_only([]).dns_resolver(Arc::new(names));
    builder.connect_timeout(Deadlines::default().connect).build().expect("a client")
}

/// An [`Middleware`] on a paused clock that knows one operation.
pub(super) struct CountingMiddleware {
    paused: Arc<PausedClock>,
    responses: Arc<Responses>,
    prefix: &'static str,
    target: String,
    faulty: Option<Arc<FaultyConnection>>,
    attempts: AtomicUsize,
}

impl CountingMiddleware {
    /// `responses` tells the operations apart; the `target` is led to `faulty`.
    pub(super) fn new(
        paused: Arc<PausedClock>,
        responses: Arc<Responses>,
        prefix: &'static str,
        target: &str,
        faulty: Option<Arc<FaultyConnection>>,
    ) -> Self {
        Self {
            paused,
            responses,
            prefix,
            target: target.to_owned(),
            faulty,
            attempts: AtomicUsize::default(),
        }
    }

    /// How often the operation was sent on its way.
    pub(super) fn attempts(&self) -> usize {
        self.attempts.load(Ordering::SeqCst)
    }

    fn is_meant(&self, request: &Request) -> bool {
        let found = self.responses.find(request.method().as_str(), self.prefix, request.url().path());
        found.is_some_and(|(id, _)| id == self.target)
    }
}

impl Middleware for CountingMiddleware {
    fn execute<'a>(
        &'a self,
        client: &'a Client,
        mut request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        if !self.is_meant(&request) {
            return self.paused.execute(client, request);
        }
        self.attempts.fetch_add(1, Ordering::SeqCst);
        let Some(faulty) = &self.faulty else { return self.paused.execute(client, request) };
        faulty.lead(request.url_mut());
        let client = faulty.client().unwrap_or(client);
        match faulty.holds_time() {
            true => self.paused.execute(client, request),
            false => Box::pin(client.execute(request)),
        }
    }
}
