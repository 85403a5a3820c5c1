//! A local reverse proxy that lets any program use the sessions that this process holds.
//!
//! `http://127.0.0.1:PORT/NAME/PATH` goes to `PATH` below the base URL of the session `NAME`, with the session on it. Requests,
//! responses and WebSockets are streamed. Who may come in is decided by loopback or a Unix socket, a token, `Host` and
//! `Origin`; see [`Listener`] and [`Token`].
//!
//! ```no_run
//! use broker_session::SessionProvider;
//! use broker_session_serve::{Listener, Server, Token};
//!
//! # async fn example(provider: SessionProvider) -> std::io::Result<()> {
//! let token = Token::in_file("token".as_ref())?;
//! let server = Server::builder().upstream("neo", provider).token(token).build()?;
//! let listener = Listener::bind(([127, 0, 0, 1], 8788).into()).await?;
//! server.serve(vec![listener], std::future::pending()).await
//! # }
//! ```
//!
//! # Paths of its own
//!
//! | path | what | let in by |
//! |---|---|---|
//! | `/livez` | 200 as long as the program is there | anybody on the machine |
//! | `/readyz` | 200 if every session is there, else 503; JSON | token |
//! | `/metrics` | text for Prometheus | token |
//! | `/api/status` | all that the page shows, as JSON | token or page |
//! | `/events` | the same at each change, as server-sent events | token or page |
//! | `/` | the page | token, `/?token=` once, or page |
//!
//! What has no response of the broker's is JSON: `{"error": {"kind", "status", "message", "hint", "retry_after", "login_url"}}`.

mod access;
mod app;
mod body;
mod client_io;
mod door;
mod doubts;
mod events;
mod gateway;
mod head;
mod limits;
mod listener;
mod metrics;
mod outcome;
mod pace;
mod page;
mod peer;
mod proxy;
mod refusal;
mod request_id;
mod route;
mod server;
mod service;
mod session_message;
mod status;
mod tls;
mod token;
#[cfg(unix)]
mod unix_socket;
mod upgrade;
mod upstream;

pub use events::{Event, EventKind};
pub use limits::Limits;
pub use listener::Listener;
pub use server::{Server, ServerBuilder};
pub use token::Token;
// Its types are in signatures.
pub use tokio_rustls::rustls;
