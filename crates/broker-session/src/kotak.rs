//! Kotak Securities Trade API, `session/1.0`.
//!
//! ```text
//! Client ── init ──► Initialised ── login ──► Pending ── access_code │ mpin │ biometric │ one_time_token ──► Session ── logout
//! ```
//!
//! [`Client::login`] does the first two steps in one. [`Pending`] says which second factors the user has
//! set up and can ask the broker to send an access code; a wrong code leaves it usable. [`Session`] puts
//! its headers on the program's own requests.

mod answers;
mod client;
mod credentials;
mod endpoint;
mod initialised;
mod oauth;
mod pending;
mod profile;
mod session;
mod times;

pub use broker_session_runtime::Environment;
pub use client::{Client, ClientBuilder};
pub use credentials::{Credentials, User};
pub use initialised::Initialised;
pub use kotak_session_api as api;
pub use oauth::{AccessToken, Grant, TokenKind};
pub use pending::{AccessCodeSent, Factors, Pending};
pub use profile::{ExchangeStatus, Profile, Service, Services};
pub use session::Session;

/// The broker, as [`SavedSession`](crate::SavedSession) names it.
const NAME: &str = "kotak";
