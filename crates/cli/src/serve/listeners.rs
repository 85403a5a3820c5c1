//! Where clients come in: sockets of systemd's, or those that the settings name.

use std::{io, net::SocketAddr, path::PathBuf};

use broker_session_serve::Listener;
use serde_json::{Value, json};

use super::{
    options::{Fixed, Place},
    systemd::{Passed, PassedSocket},
};
use crate::failure::Failure;

/// What a socket of systemd's is named that is a gateway's port; the broker follows.
const GATEWAY_NAME: &str = "gateway-";

/// The path of the API at a gateway's port.
const GATEWAY_PATH: &str = "/v1/api";

/// The open sockets. Connections wait in them until the server serves.
pub(super) struct Listeners {
    listeners: Vec<Listener>,
    /// Where all sessions are.
    pub(super) doors: Vec<OpenDoor>,
    pub(super) gateways: Vec<OpenGateway>,
}

/// A socket for all sessions.
#[derive(Debug)]
pub(super) enum OpenDoor {
    Port { address: SocketAddr, url: String },
    Socket(PathBuf),
}

/// The port of a gateway.
#[derive(Debug)]
pub(super) struct OpenGateway {
    pub(super) broker: String,
    address: SocketAddr,
    pub(super) url: String,
    pub(super) fingerprint: Option<String>,
}

impl Listeners {
    /// Opens them. Sockets of systemd's take the place of those that the settings name.
    ///
    /// # Errors
    /// If one cannot be opened, or if others than this machine could reach it.
    pub(super) async fn open(fixed: &Fixed, passed: Vec<Passed>) -> Result<Self, Failure> {
        let mut open = Self { listeners: Vec::new(), doors: Vec::new(), gateways: Vec::new() };
        for socket in passed {
            open.take(socket, fixed)?;
        }
        if open.doors.is_empty() {
            open.add_door(&fixed.place).await?;
        }
        if open.gateways.is_empty() {
            for gateway in &fixed.gateways {
                must_be_loopback(gateway.address)?;
                let listener = Listener::bind(gateway.address).await.map_err(|error| unusable(&error))?;
                open.add_gateway(listener, &gateway.broker, fixed)?;
            }
        }
        Ok(open)
    }

    /// The listeners, for the server.
    pub(super) fn take_all(&mut self) -> Vec<Listener> {
        std::mem::take(&mut self.listeners)
    }

    fn take(&mut self, Passed { name, socket }: Passed, fixed: &Fixed) -> Result<(), Failure> {
        let broker = name.strip_prefix(GATEWAY_NAME);
        match (socket, broker) {
            (PassedSocket::Tcp(socket), broker) => {
                let listener = Listener::from_tcp(socket).map_err(|error| unusable(&error))?;
                match broker {
                    Some(broker) => self.add_gateway(listener, broker, fixed),
                    None => self.add_port(listener),
                }
            }
            #[cfg(unix)]
            (PassedSocket::Unix(socket), None) => {
                let address = socket.local_addr().map_err(|error| unusable(&error))?;
                let path = address.as_pathname().map(ToOwned::to_owned).unwrap_or_default();
                let listener = Listener::from_unix(socket).map_err(|error| unusable(&error))?;
                self.add_socket(listener, path);
                Ok(())
            }
            #[cfg(unix)]
            (PassedSocket::Unix(_), Some(_)) => Err(Failure::config(format!(
                "the socket `{name}` that systemd has passed is a Unix socket, and a gateway needs a port. Correct `ListenStream=` in its unit."
            ))),
        }
    }

    async fn add_door(&mut self, place: &Place) -> Result<(), Failure> {
        match place {
            Place::Port(address) => {
                must_be_loopback(*address)?;
                self.add_port(Listener::bind(*address).await.map_err(|error| unusable(&error))?)
            }
            #[cfg(unix)]
            Place::Socket(path) => {
                let listener = Listener::unix(path).map_err(|error| unusable(&error))?;
                self.add_socket(listener, path.clone());
                Ok(())
            }
            #[cfg(not(unix))]
            Place::Socket(_) => Err(Failure::config(
                "there are no Unix sockets on this system. Listen on a port: --listen 127.0.0.1:8788",
            )),
        }
    }

    fn add_port(&mut self, listener: Listener) -> Result<(), Failure> {
        let (address, url) = place(&listener)?;
        self.doors.push(OpenDoor::Port { address, url });
        self.listeners.push(listener);
        Ok(())
    }

    #[cfg(unix)]
    fn add_socket(&mut self, listener: Listener, path: PathBuf) {
        self.doors.push(OpenDoor::Socket(path));
        self.listeners.push(listener);
    }

    fn add_gateway(&mut self, listener: Listener, broker: &str, fixed: &Fixed) -> Result<(), Failure> {
        let listener = listener.gateway(broker);
        let listener = match fixed.has_plain_gateways {
            true => listener,
            false => listener.self_signed().map_err(|error| unusable(&error))?,
        };
        let (address, url) = place(&listener)?;
        let fingerprint = listener.fingerprint().map(str::to_owned);
        let url = format!("{url}{GATEWAY_PATH}");
        self.gateways.push(OpenGateway { broker: broker.to_owned(), address, url, fingerprint });
        self.listeners.push(listener);
        Ok(())
    }
}

impl OpenDoor {
    /// As the option names it.
    pub(super) fn listen(&self) -> String {
        match self {
            Self::Port { address, .. } => address.to_string(),
            Self::Socket(path) => path.display().to_string(),
        }
    }

    /// What the paths of sessions are below; none of a Unix socket.
    pub(super) fn url(&self) -> Option<&str> {
        match self {
            Self::Port { url, .. } => Some(url),
            Self::Socket(_) => None,
        }
    }
}

impl OpenGateway {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "name": self.broker,
            "listen": self.address.to_string(),
            "url": self.url,
            "fingerprint": self.fingerprint,
        })
    }
}

/// Address and URL of a port.
fn place(listener: &Listener) -> Result<(SocketAddr, String), Failure> {
    let (Some(address), Some(url)) = (listener.address(), listener.url()) else {
        return Err(Failure::other("a port has no address."));
    };
    must_be_loopback(address)?;
    Ok((address, url))
}

/// Makes sure that no other machine could reach what the settings name.
///
/// # Errors
/// If one could.
pub(super) fn check(fixed: &Fixed) -> Result<(), Failure> {
    if let Place::Port(address) = fixed.place {
        must_be_loopback(address)?;
    }
    fixed.gateways.iter().try_for_each(|gateway| must_be_loopback(gateway.address))
}

fn must_be_loopback(address: SocketAddr) -> Result<(), Failure> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    Err(Failure::config(format!(
        "cannot listen on {address}: other machines can reach this address, and everybody on the way could read along. Listen on 127.0.0.1, or on a Unix socket."
    )))
}

fn unusable(error: &io::Error) -> Failure {
    Failure::config(format!("{}.", error.to_string().trim_end_matches('.')))
}
