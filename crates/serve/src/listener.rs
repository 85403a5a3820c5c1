//! Where a server listens: a port of loopback, or a Unix socket that only its owner can open.

use std::{fmt, io, net::SocketAddr, sync::Arc};

use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

use crate::{
    door::{Door, Purpose},
    tls::SelfSigned,
};

#[cfg(unix)]
use crate::unix_socket::OwnedSocket;

/// Something to accept connections from.
pub struct Listener {
    pub(crate) socket: ListeningSocket,
    pub(crate) door: Door,
    pub(crate) tls: Option<TlsAcceptor>,
    /// The file of the socket.
    #[cfg(unix)]
    _file: Option<OwnedSocket>,
    fingerprint: Option<String>,
}

pub(crate) enum ListeningSocket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener),
}

/// An accepted connection.
pub(crate) enum Accepted {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Accepted {
    /// Who has connected, for the log: an address, or the user and the process at the other end of a Unix socket.
    pub(crate) fn peer(&self) -> String {
        match self {
            Self::Tcp(stream) => stream.peer_addr().map(|address| address.to_string()).unwrap_or_default(),
            #[cfg(unix)]
            Self::Unix(stream) => stream.peer_cred().map_or_else(
                |_| String::new(),
                |peer| match peer.pid() {
                    Some(process) => format!("user {}, process {process}", peer.uid()),
                    None => format!("user {}", peer.uid()),
                },
            ),
        }
    }
}

impl Listener {
    /// Listens on a port; 0 picks a free one. Addresses other than loopback need TLS and a token, which is checked when the
    /// server starts.
    ///
    /// # Errors
    /// The system's, with the address and a fix.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await.map_err(|error| {
            let message = format!(
                "cannot listen on {address}: {error}. Stop the program that holds the port, or choose another one (0 picks a free one)."
            );
            io::Error::new(error.kind(), message)
        })?;
        Self::of_tcp(socket)
    }

    /// Uses a listening socket that somebody else has opened, for instance systemd.
    ///
    /// # Errors
    /// The system's.
    pub fn from_tcp(socket: std::net::TcpListener) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Self::of_tcp(TcpListener::from_std(socket)?)
    }

    fn of_tcp(socket: TcpListener) -> io::Result<Self> {
        let address = Some(socket.local_addr()?);
        Ok(Self::new(ListeningSocket::Tcp(socket), address))
    }

    /// Listens on a Unix socket with the mode 0600, which is removed at the end. A socket that a program has left behind is
    /// replaced.
    ///
    /// # Errors
    /// `AddrInUse` if another program listens there; `AlreadyExists` if something other than a socket is there; the system's.
    #[cfg(unix)]
    pub fn unix(path: impl AsRef<std::path::Path>) -> io::Result<Self> {
        let (socket, owned) = crate::unix_socket::bind(path.as_ref())?;
        Ok(Self { _file: Some(owned), ..Self::new(ListeningSocket::Unix(socket), None) })
    }

    /// Uses a listening Unix socket that somebody else has opened, for instance systemd. It is not removed.
    ///
    /// # Errors
    /// The system's.
    #[cfg(unix)]
    pub fn from_unix(socket: std::os::unix::net::UnixListener) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self::new(ListeningSocket::Unix(UnixListener::from_std(socket)?), None))
    }

    fn new(socket: ListeningSocket, address: Option<SocketAddr>) -> Self {
        let door = Door { purpose: Purpose::All, address, has_tls: false, names: Vec::new() };
        Self {
            socket,
            door,
            tls: None,
            #[cfg(unix)]
            _file: None,
            fingerprint: None,
        }
    }

    /// Serves one session here, under the paths of its broker's gateway, and without a token: clients that were written for
    /// the gateway have none. Every program on the machine can then use the session.
    #[must_use]
    pub fn gateway(mut self, session: impl Into<String>) -> Self {
        self.door.purpose = Purpose::Gateway(session.into());
        self
    }

    /// Speaks TLS with this configuration.
    #[must_use]
    pub fn tls(mut self, config: ServerConfig) -> Self {
        self.tls = Some(TlsAcceptor::from(Arc::new(config)));
        self.door.has_tls = true;
        self
    }

    /// Speaks TLS with a new certificate for the names of loopback, as clients of a gateway expect that verify nothing.
    /// [`Listener::fingerprint`] is for those that do.
    ///
    /// # Errors
    /// If no key or certificate can be made.
    pub fn self_signed(self) -> io::Result<Self> {
        let SelfSigned { config, fingerprint } = SelfSigned::new()?;
        Ok(Self { fingerprint: Some(fingerprint), ..self.tls(config) })
    }

    /// Adds a name by which clients call this server in `Host`, besides those of loopback.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.door.names.push(name.into());
        self
    }

    /// The address; none for a Unix socket.
    pub fn address(&self) -> Option<SocketAddr> {
        self.door.address
    }

    /// The URL of its root, without a slash at the end; none for a Unix socket.
    pub fn url(&self) -> Option<String> {
        let scheme = if self.door.has_tls { "https" } else { "http" };
        Some(format!("{scheme}://{}", self.door.address?))
    }

    /// The SHA-256 fingerprint of the certificate of [`Listener::self_signed`], in pairs of hexadecimal digits.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// Refuses what would let somebody else in.
    pub(crate) fn check(&self, has_token: bool) -> io::Result<()> {
        let Some(address) = self.door.address else { return Ok(()) };
        let is_gateway = self.door.purpose != Purpose::All;
        let why = match (address.ip().is_loopback(), is_gateway) {
            (false, true) => "a gateway's port has no token, so it is for loopback alone",
            (false, false) if !self.door.has_tls || !has_token => {
                "other machines can reach this address, so it needs TLS and a token"
            }
            (true, false) if !has_token => {
                "a port needs a token, because every user of this machine can reach it"
            }
            _ => return Ok(()),
        };
        let message = format!("cannot serve on {address}: {why}. Listen on 127.0.0.1 or on a Unix socket.");
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
    }
}

impl ListeningSocket {
    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(socket) => Ok(Accepted::Tcp(socket.accept().await?.0)),
            #[cfg(unix)]
            Self::Unix(socket) => Ok(Accepted::Unix(socket.accept().await?.0)),
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("door", &self.door).finish_non_exhaustive()
    }
}
