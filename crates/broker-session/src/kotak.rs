//! Kotak Securities Trade API, `session/1.0`.
//!
//! ```text
//! Client ── init ──► Initialized ── login ──► Pending ── submit_access_code │ submit_mpin │ … ──► Session ── logout
//! ```
//!
//! [`Client::login`] does the first two steps in one. [`Pending`] knows which second factors the user has
//! set up and can ask the broker to send an access code; a wrong code leaves it usable.
//!
//! ```no_run
//! use broker_session::{Secret, kotak};
//!
//! # async fn example() -> Result<(), broker_session::Error> {
//! let client = kotak::Client::from_env()?;
//! let pending = client.login(&Secret::from("made-up-password")).await?;
//! pending.request_access_code().await?;
//! let session = pending.submit_access_code(&Secret::from("0000")).await?;
//! let orders = session.get("reports/1.0/orders").send().await?;
//! println!("{}", orders.status());
//! session.logout().await?;
//! # Ok(())
//! # }
//! ```

mod client;
mod credentials;
mod initialized;
mod oauth;
mod pending;
mod session;
mod sign_in;
mod times;

pub use broker_session_runtime::Environment;
pub use client::{Client, Kotak};
pub use credentials::{Credentials, User};
pub use initialized::Initialized;
pub use kotak_session_api as api;
pub use kotak_session_api::types::Session as Profile;
pub use oauth::{AccessToken, Grant, TokenKind};
pub use pending::{AccessCodeSent, Factors, Pending};
pub use sign_in::SignIn;

/// Builds a [`Client`].
pub type ClientBuilder = crate::ClientBuilder<Kotak>;

/// A live session. It ends with [`Session::logout`](crate::Session::logout), or after a day.
pub type Session = crate::Session<Profile>;

#[cfg(doctest)]
#[doc = include_str!("kotak/illegal.md")]
struct Illegal;
