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
//! | Kotak Neo Trade API | [`neo`] | `neo` |
//! | Interactive Brokers Client Portal Gateway and Web API | [`ibkr`] | `ibkr` |
//!
//! ```no_run
//! use broker_session::{Secret, neo};
//!
//! # async fn example() -> Result<(), broker_session::Error> {
//! let client = neo::Client::builder().credentials(neo::Credentials::from_env()?).build()?;
//! let view = client.login_totp(&Secret::from("000000")).await?;
//! let session = view.validate(&Secret::from("000000")).await?;
//! let url = format!("{}/quick/user/orders", session.base_url());
//! let request = session.authorize(session.http().get(url))?;
//! println!("{}", request.send().await.map_or_else(|error| error.to_string(), |answer| answer.status().to_string()));
//! session.logout().await?;
//! # Ok(())
//! # }
//! ```
//!
//! What a program does with a session is the same for every broker; each one's is a [`Session`], and is kept between two
//! runs of the program as a [`SavedSession`].
#![cfg_attr(
    not(feature = "default"),
    allow(dead_code, unused_imports, reason = "what is shared is not all used by each broker")
)]

mod authorize;
mod connection;
mod environment;
mod error;
mod guesses;
mod india;
mod secrets;
mod session;
mod settings;
mod settle;
mod shared;

#[cfg(feature = "ibkr")]
pub mod ibkr;
#[cfg(feature = "kotak")]
pub mod kotak;
#[cfg(feature = "neo")]
pub mod neo;

pub use broker_session_runtime::{
    Api, Backoff, Change, Deadlines, Drift, Environment, ErrorKind, Exchange, FailedAttempt, Fingerprint,
    HostNotAllowed, PresentedCertificate, RetryPolicy, Secret, Signer, UnusableCertificate,
};
pub use connection::Connection;
pub use error::Error;
pub use session::{SavedSession, Session};

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
