//! Kotak Neo, the Trade API that a customer of Kotak Securities can use today.
//!
//! ```text
//! Client ── login_totp ──► ViewSession (read-only) ── validate ──► Session ── logout
//! ```
//!
//! The first step takes a time-based one-time password (TOTP, RFC 6238), which a person reads from an authenticator or
//! [`Client::totp_from_secret`] makes; the second takes the MPIN.
//!
//! ```no_run
//! use broker_session::{Secret, neo};
//!
//! # async fn example() -> Result<(), broker_session::Error> {
//! let client = neo::Client::from_env()?;
//! let totp = client.totp_from_secret(&Secret::from("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))?;
//! // A code is good once. So a program that starts again within half a minute must know of the last one.
//! let totp = totp.remember_in("neo-last-code")?;
//! let view = client.login_totp(&totp.next_code().await?).await?;
//! let session = view.validate(&Secret::from("000000")).await?;
//! let orders = session.get("quick/user/orders").send().await?;
//! println!("{}", orders.status());
//! session.logout().await?;
//! # Ok(())
//! # }
//! ```

mod authenticator_key;
mod client;
mod code_memory;
mod credentials;
mod session;
mod sign_in;
mod token;
mod totp;
mod view_session;

pub use client::{Client, Neo};
pub use credentials::Credentials;
pub use neo_session_api as api;
pub use neo_session_api::types::{ClientIp, Session as Profile};
pub use sign_in::SignIn;
pub use totp::Totp;
pub use view_session::ViewSession;

/// Builds a [`Client`].
pub type ClientBuilder = crate::ClientBuilder<Neo>;

/// A live session that may trade. It ends with [`Session::logout`](crate::Session::logout), with the trading day, or when
/// the access token is reset in the broker's dashboard.
pub type Session = crate::Session<Profile>;

#[cfg(doctest)]
#[doc = include_str!("neo/illegal.md")]
struct Illegal;
