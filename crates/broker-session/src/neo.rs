//! Kotak Neo, the Trade API that a customer of Kotak Securities can use today.
//!
//! ```text
//! Client ── login_totp ──► ViewSession (read-only) ── validate ──► TradeSession ── logout
//! ```
//!
//! The first step takes a time-based one-time password (TOTP, RFC 6238), which a person reads from an authenticator or
//! [`Client::totp_from_secret`] makes; the second takes the MPIN.
//!
//! ```no_run
//! use broker_session::{Secret, neo};
//!
//! # async fn example() -> Result<(), broker_session::Error> {
//! let client = neo::Client::builder().credentials(neo::Credentials::from_env()?).build()?;
//! let totp = client.totp_from_secret(&Secret::from("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))?;
//! // A code is good once. So a program that starts again within half a minute must know of the last one.
//! let totp = totp.remembered_in("neo-last-code")?;
//! let view = client.login_totp(&totp.code().await?).await?;
//! let session = view.validate(&Secret::from("000000")).await?;
//! let request = session.authorize(session.http().get(format!("{}/quick/user/orders", session.base_url())))?;
//! println!("{}", request.send().await.map_or_else(|error| error.to_string(), |answer| answer.status().to_string()));
//! session.logout().await?;
//! # Ok(())
//! # }
//! ```

mod answers;
mod authenticator_key;
mod client;
mod code_memory;
mod credentials;
mod profile;
mod token;
mod totp;
mod trade_session;
mod view_session;

pub use client::{Client, ClientBuilder};
pub use credentials::Credentials;
pub use kotak_neo_session_api as api;
pub use profile::Profile;
pub use totp::Totp;
pub use trade_session::{ClientIp, TradeSession};
pub use view_session::ViewSession;

/// The broker, as [`SavedSession`](crate::SavedSession) names it.
const NAME: &str = "neo";
