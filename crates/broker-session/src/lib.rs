//! Signs a user in to a stock broker, puts the session on a program's own requests and signs it out again.
//!
//! # Before you begin
//!
//! **A few wrong passwords, codes or pins lock the account, and a session can move real money.** So this crate never sends
//! a guess twice, follows no redirects, sends credentials to the broker's listed hosts only, and shows no secret in a log or
//! an error. What it cannot do for you: keep a [`SavedSession`] where only its owner can read it, send
//! [`Session::authorize`]d requests with [`Session::http`] and no other client, and let no loop build new clients after an
//! [`ErrorKind::Locked`].
//!
//! # Brokers
//!
//! | broker | module | sign-in | second factor |
//! |---|---|---|---|
//! | Kotak Neo Trade API | [`neo`] | `login_totp(&code)` | `validate(&mpin)` |
//! | Kotak Securities Trade API, `session/1.0` | [`kotak`] | `login(&password)` | `submit_access_code(&code)`, `submit_mpin(&mpin)`, … |
//! | Interactive Brokers Client Portal Gateway and Web API | [`ibkr`] | a person, in a browser; or [`ibkr::oauth1a`], without one | the same; [`ibkr::Supervisor`] keeps the session |
//!
//! Each is a feature of the same name, and all are on by default. `from_env()` reads the variables that the program
//! `broker-session` reads; `broker-session sandbox neo` prints a set of them for a broker that runs on your machine.
//!
//! ## Kotak Neo
//!
//! ```no_run
//! # #[cfg(feature = "neo")] {
//! use broker_session::{Secret, neo};
//!
//! # async fn example() -> Result<(), broker_session::Error> {
//! let client = neo::Client::from_env()?;
//! let view = client.login_totp(&Secret::from("000000")).await?;
//! let session = view.validate(&Secret::from("000000")).await?;
//! let orders = session.get("quick/user/orders").send().await?;
//! println!("{}", orders.status());
//! session.logout().await?;
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! ## Kotak Securities
//!
//! ```no_run
//! # #[cfg(feature = "kotak")] {
//! use broker_session::{Secret, kotak};
//!
//! # async fn example() -> Result<(), broker_session::Error> {
//! let client = kotak::Client::from_env()?;
//! let pending = client.login(&Secret::from("made-up-password")).await?;
//! let session = pending.submit_access_code(&Secret::from("0000")).await?;
//! let orders = session.get("reports/1.0/orders").send().await?;
//! println!("{}", orders.status());
//! session.logout().await?;
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! ## Interactive Brokers
//!
//! ```no_run
//! # #[cfg(feature = "ibkr")] {
//! use std::time::Duration;
//! use broker_session::ibkr::{self, Compete, Supervisor};
//!
//! # async fn example() -> Result<(), broker_session::Error> {
//! let client = ibkr::Client::from_env()?;
//! let supervisor = Supervisor::builder(client, Compete::Yield).start()?;
//! supervisor.wait_until_ready(Duration::from_secs(300)).await?;
//! let session = supervisor.session().await?;
//! let accounts = session.get("iserver/accounts").send().await?;
//! println!("{}", accounts.status());
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! # What is the same for every broker
//!
//! - The states of a sign-in are types, so an illegal order does not compile: there is no second factor before the
//!   password, and no logout without a session.
//! - A [`SessionProvider`] gives a live session to any number of tasks, processes and machines that share a [`store`], and
//!   signs in once for all of them.
//! - A [`Session`] builds the program's own requests and classifies their responses, also where a broker reports a dead session
//!   with status 200. It is kept between two runs as a [`SavedSession`], and `Client::resume` takes it up again.
//! - Every failure is an [`Error`] with one of a few [`ErrorKind`]s, which name what to do next.
//! - [`ClientOptions`] sets the proxy, the certificates, the deadlines and the retries.
//! - The feature `blocking` has all of it without async, in the module `blocking`.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(all(feature = "ibkr", feature = "kotak", feature = "neo")),
    allow(
        dead_code,
        unused_imports,
        unused_macros,
        rustdoc::broken_intra_doc_links,
        reason = "not every broker uses all that is shared"
    )
)]

mod api_call;
mod attempts;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod check;
mod clock;
mod core;
mod error;
mod forward;
mod hosts;
mod ist;
mod locked;
mod locked_file;
mod options;
pub mod provider;
mod saved_session;
mod session;
pub mod shared_session;
pub mod store;
mod variables;

#[cfg(feature = "ibkr")]
pub mod ibkr;
#[cfg(feature = "kotak")]
pub mod kotak;
#[cfg(feature = "neo")]
pub mod neo;

pub use broker_session_runtime::{
    Backoff, BodyFilter, BodyFilterMode, BodyRefused, Deadlines, ErrorKind, FailedAttempt, Fingerprint,
    FingerprintError, ForwardTimes, Middleware, PresentedCertificate, RetryPolicy, Secret, Signer,
    UnusableCertificate,
};
#[cfg(feature = "drift")]
pub use broker_session_runtime::{Change, Drift};
#[doc(hidden)]
pub use broker_session_runtime::{check_path, is_command};
pub use builder::ClientBuilder;
#[doc(hidden)]
pub use clock::Clock;
pub use error::Error;
pub use forward::{Forwarded, Upgrade};
#[doc(hidden)]
pub use locked_file::LockedFile;
pub use options::ClientOptions;
pub use provider::{SessionProvider, SessionProviderBuilder};
pub use saved_session::SavedSession;
pub use session::{Session, SessionRequest};
pub use shared_session::{Lease, SharedSession};
pub use variables::read_secret;
#[doc(hidden)]
pub use variables::{pem_variable, secret_variable};
// Their types are in signatures.
pub use {http, jiff, reqwest, url};

#[cfg(all(doctest, feature = "ibkr", feature = "kotak", feature = "neo"))]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../docs/ibkr-oauth.md")]
#[doc = include_str!("../../../docs/sharing.md")]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "blocking", feature = "neo"))]
#[doc = include_str!("../../../docs/rust.md")]
struct RustPage;

#[cfg(all(doctest, feature = "kotak", feature = "neo"))]
#[doc = include_str!("illegal.md")]
struct Illegal;
