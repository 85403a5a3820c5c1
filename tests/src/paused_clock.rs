//! Real sockets and a paused clock at the same time.
//!
//! tokio's paused clock runs on to the next deadline by itself whenever everybody waits, and whoever waits for
//! a socket waits, too: every deadline would pass before a response could arrive. While a blocking task runs
//! the clock stands still; so there is one for as long as a response is under way.

use std::{
    net::{Ipv4Addr, TcpListener},
    pin::Pin,
    sync::{
        Arc, Mutex, Weak,
        mpsc::{Sender, channel},
    },
    time::Duration,
};

use broker_session_runtime::Middleware;
use futures::StreamExt;
use reqwest::{Body, Client, Request, Response, ResponseBuilderExt};
use tokio::{net::TcpSocket, task::spawn_blocking};

use crate::lock;

/// How long time stands still at most, in real time: what never comes must fail a test, not stop it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is between the client and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Nothing: requests arrive, and time stands still until their responses are there.
    Up,
    /// Nobody listens.
    Refused,
    /// Somebody listens and never responds; time runs on to the deadline.
    Silent,
    /// The same, but only for requests whose paths end so.
    SilentFor(&'static str),
}

/// Holds time still for as long as it has something in it.
type Holding = Mutex<Option<Sender<()>>>;

/// An [`Middleware`] for tests on a paused clock, with a network that can be taken down.
#[derive(Debug)]
pub struct PausedClock {
    network: Mutex<Network>,
    /// Requests that are under way.
    still: Mutex<Vec<Weak<Holding>>>,
    refused: (TcpSocket, u16),
    silent: (TcpListener, u16),
}

impl PausedClock {
    /// A network that is up.
    pub fn new() -> Self {
        // Bound but not listening: nobody else can get the port, and every connection is refused.
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("a port on loopback");
        let refused = socket.local_addr().expect("its address").port();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port on loopback");
        let silent = listener.local_addr().expect("its address").port();
        Self {
            network: Mutex::new(Network::Up),
            still: Mutex::default(),
            refused: (socket, refused),
            silent: (listener, silent),
        }
    }

    /// Sets what is between the client and the server from now on.
    pub fn set(&self, network: Network) {
        *lock(&self.network) = network;
    }

    /// Lets time run on although a response is under way: the server will say no more.
    pub fn release(&self) {
        for still in lock(&self.still).drain(..).filter_map(|still| still.upgrade()) {
            lock(&still).take();
        }
    }

    fn network(&self) -> Network {
        *lock(&self.network)
    }

    /// Time stands still until the value is dropped, or released.
    fn hold_time(&self) -> Arc<Holding> {
        let (still, end) = channel();
        // It ends by itself as soon as nobody can tell it to any more.
        drop(spawn_blocking(move || end.recv_timeout(PATIENCE)));
        let still = Arc::new(Mutex::new(Some(still)));
        let mut known = lock(&self.still);
        known.retain(|still| still.strong_count() > 0);
        known.push(Arc::downgrade(&still));
        still
    }
}

impl Default for PausedClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Middleware for PausedClock {
    fn execute<'a>(
        &'a self,
        client: &'a Client,
        mut request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        let network = match self.network() {
            Network::SilentFor(end) if request.url().path().ends_with(end) => Network::Silent,
            Network::SilentFor(_) => Network::Up,
            network => network,
        };
        let port = match network {
            Network::Refused => Some(self.refused.1),
            Network::Silent => Some(self.silent.1),
            _ => None,
        };
        if port.is_some() {
            request.url_mut().set_port(port).expect("a URL with a host");
        }
        Box::pin(async move {
            if network == Network::Silent {
                return client.execute(request).await;
            }
            let still = self.hold_time();
            client.execute(request).await.map(|response| held(response, still))
        })
    }
}

/// The response, with time standing still until it has been read or dropped.
fn held(response: Response, still: Arc<Holding>) -> Response {
    let mut held = http::Response::builder().status(response.status()).url(response.url().clone());
    held.headers_mut().expect("a status and a URL that were there").extend(response.headers().clone());
    let body = response.bytes_stream().inspect(move |_| {
        let _ = &still;
    });
    held.body(Body::wrap_stream(body)).expect("a status, a URL and headers that were there").into()
}
