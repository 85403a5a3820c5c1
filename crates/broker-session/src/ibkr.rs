//! Interactive Brokers: the Client Portal Gateway and the Web API.
//!
//! There are two tiers. The outer one is the single sign-on: a person signs in once in a browser, at the gateway's own
//! page; or a program signs in by itself at the hosted Web API, with [`oauth1a`] or [`oauth2`]. The inner one is the
//! brokerage session, of which there is one per user name, and which comes and goes.
//!
//! ```text
//! a person, in a browser ──► Client ── open_session ──► Session ── logout
//! OAuth ────────────────────► Client ── login ─────────► Session ── logout
//!                              └── Supervisor: opens it and keeps it alive
//! ```
//!
//! [`Client`] has the broker's calls. [`Supervisor`] keeps the session alive in one task and knows its state at any time.
//! [`SignIn`] gives both to a [`SessionProvider`](crate::SessionProvider), for any number of callers.
//!
//! To the broker all programs of a user are one. With a [store](crate::ClientBuilder::store) they keep its limits together,
//! open the session once for all, and with OAuth use one token.
//!
//! ```no_run
//! use std::time::Duration;
//! use broker_session::ibkr::{self, Compete, Supervisor};
//!
//! # async fn example(certificate: Vec<u8>) -> Result<(), broker_session::Error> {
//! let client = ibkr::Client::builder().trust_certificate(certificate).build()?;
//! let supervisor = Supervisor::builder(client, Compete::Yield).start()?;
//! supervisor.wait_until_ready(Duration::from_secs(300)).await?;
//! let session = supervisor.session().await?;
//! println!("{}", session.get("iserver/accounts").send().await?.status());
//! let mut states = supervisor.subscribe();
//! while states.changed().await.is_ok() {
//!     println!("{}", states.borrow_and_update().reason());
//! }
//! # Ok(())
//! # }
//! ```

mod authorization;
mod builder;
mod client;
mod diagnose;
mod forward;
mod keepalive;
pub mod oauth1a;
pub mod oauth2;
mod openings;
mod provided;
mod session;
mod shared_state;
mod shared_token;
mod sign_in;
mod status;
mod stored_record;
mod supervisor;

pub use builder::Ibkr;
pub use client::{Client, Compete, SingleSignOn};
pub use ibkr_session_api as api;
pub use ibkr_session_api::types::{SsoValidate as SsoProfile, Tickle};
pub use provided::SignIn;
pub use shared_state::address_of;
pub use sign_in::WebSocket;
pub use status::{AuthStatus, LoginType, SessionState, SsoExpiry, State};
pub use supervisor::{Supervisor, SupervisorBuilder};

/// Builds a [`Client`].
pub type ClientBuilder = crate::ClientBuilder<Ibkr>;

/// The session at a gateway, for the program's own requests. The gateway holds it, for everybody who can reach it; so
/// there is nothing secret to save. It ends with [`Session::logout`](crate::Session::logout), without use, or at
/// midnight in the broker's region.
pub type Session = crate::Session<SsoProfile>;
