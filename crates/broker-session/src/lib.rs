//! Signs a user in to a broker, puts the session on a program's own requests and signs it out again.
//!
//! The states of a sign-in are types, so an illegal order does not compile: there is no second factor
//! before the password, no logout without a session, and no use of a session after its logout. Below that
//! hold the rules of the transport: a secret never appears in a log, a guess is never sent twice,
//! credentials go only to named hosts, nothing hangs, and every failure has one of a few [`ErrorKind`]s
//! that say what to do next.
//!
//! | broker | module | feature |
//! |---|---|---|
//! | Kotak Securities Trade API, `session/1.0` | [`kotak`] | `kotak` |
//! | Interactive Brokers Client Portal Gateway and Web API | [`ibkr`] | `ibkr` |
//!
//! ```no_run
//! use broker_session::{Secret, kotak};
//!
//! # async fn example() -> Result<(), broker_session::Error> {
//! let client = kotak::Client::builder().credentials(kotak::Credentials::from_env()?).build()?;
//! let pending = client.login(&Secret::from("made-up-password")).await?;
//! let session = pending.access_code(&Secret::from("0000")).await?;
//! let url = format!("{}/reports/1.0/orders", session.base_url());
//! let request = session.authorize(session.http().get(url))?;
//! println!("{}", request.send().await.map_or_else(|error| error.to_string(), |answer| answer.status().to_string()));
//! session.logout().await?;
//! # Ok(())
//! # }
//! ```
#![cfg_attr(
    not(all(feature = "kotak", feature = "ibkr")),
    allow(dead_code, unused_imports, reason = "what is shared is not all used by each broker")
)]

mod connection;
mod error;
mod guesses;
mod settle;
mod shared;

#[cfg(feature = "ibkr")]
pub mod ibkr;
#[cfg(feature = "kotak")]
pub mod kotak;

pub use broker_session_runtime::{
    Deadlines, ErrorKind, Exchange, Fingerprint, HostNotAllowed, PresentedCertificate, RetryPolicy, Secret,
    Signer,
};
pub use connection::Connection;
pub use error::Error;

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
