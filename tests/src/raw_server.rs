//! A server that sends exactly the given bytes, or nothing, over a plain or a TLS socket. For what no decent
//! HTTP server would do.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{PausedClock, TestCertificate, lock};

/// How many bytes are as good as endless: more than any client may read, and few enough for the memory of one that does.
const ENDLESS: usize = 64 << 20;

/// What the server does once it has read a request.
#[derive(Clone, Debug)]
pub enum Reaction {
    /// Sends these bytes and ends the connection.
    Respond(Vec<u8>),
    /// The same with bytes that are too many to be copied for each request.
    Shared(Bytes),
    /// Sends these bytes and ends the connection with a TCP reset.
    Broken(Vec<u8>),
    /// Sends these bytes, then nothing, and keeps the connection.
    Stall(Vec<u8>),
    /// The same on a paused clock: time runs on once the bytes have been sent.
    Silence(Vec<u8>, Arc<PausedClock>),
    /// Sends the first bytes, then the second ones for ever, with a pause before each. On a paused clock time runs on once
    /// the first ones have been sent.
    Trickle(Vec<u8>, Vec<u8>, Duration, Option<Arc<PausedClock>>),
    /// Sends the first bytes, then the second ones, 64 MiB of them.
    Endless(Vec<u8>, Vec<u8>),
    /// Ends the connection with a TCP reset; over TLS, without saying good-bye.
    Reset,
}

type Requests = Arc<Mutex<Vec<String>>>;
type Decide = Arc<dyn Fn(&str) -> Reaction + Send + Sync>;

/// The server. It ends when it is dropped.
pub struct RawServer {
    base: String,
    requests: Requests,
    accepting: JoinHandle<()>,
}

/// A response in HTTP/1.1 that ends its connection.
pub fn respond(status: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
        .into_bytes()
}

impl RawServer {
    /// Starts a server on loopback; `decide` sees each request as a string.
    pub async fn start(decide: impl Fn(&str) -> Reaction + Send + Sync + 'static) -> Self {
        Self::listen(None, Arc::new(decide)).await
    }

    /// The same over TLS.
    pub async fn start_tls(
        certified: &TestCertificate,
        decide: impl Fn(&str) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        Self::listen(Some(certified.acceptor()), Arc::new(decide)).await
    }

    async fn listen(tls: Option<tokio_rustls::TlsAcceptor>, decide: Decide) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
        let address = listener.local_addr().expect("the address of a listener");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let requests = Requests::default();
        let log = requests.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // What goes wrong here is the client's doing, and it is the client that is tested.
                tokio::spawn(serve(socket, tls.clone(), decide.clone(), log.clone()));
            }
        });
        Self { base: format!("{scheme}://{address}"), requests, accepting }
    }

    /// Scheme, host and port.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// The port.
    pub fn port(&self) -> u16 {
        let port = self.base.rsplit(':').next().and_then(|port| port.parse().ok());
        port.expect("a base URL with a port")
    }

    /// The requests that were read, oldest first.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.requests).clone()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(
    socket: TcpStream,
    tls: Option<tokio_rustls::TlsAcceptor>,
    decide: Decide,
    log: Requests,
) -> io::Result<()> {
    match tls {
        Some(acceptor) => converse(&mut acceptor.accept(socket).await?, decide, log).await.map(drop),
        None => {
            let mut socket = socket;
            match converse(&mut socket, decide, log).await? {
                // With a zero linger time the system responds to the close that follows with a reset.
                End::Reset => socket.set_zero_linger(),
                End::Orderly => Ok(()),
            }
        }
    }
}

/// How a connection is to end.
enum End {
    Orderly,
    Reset,
}

async fn converse(
    socket: &mut (impl AsyncRead + AsyncWrite + Unpin),
    decide: Decide,
    log: Requests,
) -> io::Result<End> {
    let (head, body) = read_request(socket).await?;
    let request = format!("{head}{body}");
    lock(&log).push(request.clone());
    match decide(&request) {
        Reaction::Respond(bytes) => {
            socket.write_all(&bytes).await?;
            socket.shutdown().await?;
        }
        Reaction::Shared(bytes) => {
            socket.write_all(&bytes).await?;
            socket.shutdown().await?;
        }
        Reaction::Broken(bytes) => {
            socket.write_all(&bytes).await?;
            socket.flush().await?;
            return Ok(End::Reset);
        }
        Reaction::Trickle(first, then, pause, paused) => {
            socket.write_all(&first).await?;
            socket.flush().await?;
            if let Some(paused) = paused {
                paused.release();
            }
            trickle(socket, &then, pause).await?;
        }
        Reaction::Stall(bytes) => stall(socket, &bytes, || ()).await?,
        Reaction::Silence(bytes, paused) => stall(socket, &bytes, || paused.release()).await?,
        Reaction::Endless(head, chunk) => {
            socket.write_all(&head).await?;
            for _ in 0..ENDLESS / chunk.len() {
                socket.write_all(&chunk).await?;
            }
        }
        Reaction::Reset => return Ok(End::Reset),
    }
    Ok(End::Orderly)
}

/// Sends some bytes, and then nothing until the client has had enough.
async fn stall(
    socket: &mut (impl AsyncRead + AsyncWrite + Unpin),
    bytes: &[u8],
    then: impl FnOnce(),
) -> io::Result<()> {
    socket.write_all(bytes).await?;
    socket.flush().await?;
    then();
    socket.read_to_end(&mut Vec::new()).await.map(drop)
}

/// Sends the same bytes again and again until the client has had enough.
pub(crate) async fn trickle(
    socket: &mut (impl AsyncRead + AsyncWrite + Unpin),
    bytes: &[u8],
    pause: Duration,
) -> io::Result<()> {
    loop {
        // A pause that nobody waits for any more must not move the clock.
        tokio::select! {
            _ = socket.read_u8() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
        socket.write_all(bytes).await?;
        socket.flush().await?;
    }
}

/// Head and body of one request, as a string.
pub(crate) async fn read_request(socket: &mut (impl AsyncRead + Unpin)) -> io::Result<(String, String)> {
    // Nobody sends a second request before the response to the first, so what is read belongs to one.
    let mut socket = BufReader::new(socket);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if socket.read_until(b'\n', &mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = header(&head, "content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or_default()];
    socket.read_exact(&mut body).await?;
    Ok((head, String::from_utf8_lossy(&body).into_owned()))
}

/// The value of a header in a head.
pub(crate) fn header<'a>(head: &'a str, wanted: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim())
    })
}
