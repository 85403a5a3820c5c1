//! Stateful brokers in a process, for tests and demonstrations without a broker account.
//!
//! A sandbox listens on the loopback interface and speaks a broker's wire: it checks headers and
//! credentials, issues tokens and sessions that expire, and locks out clients that guess wrong or call too
//! often. It also does what no real broker does on demand: respond with any status, an HTML page, half a body,
//! or a reset; and let a day pass in a moment.
//!
//! ```
//! use broker_session_sandbox::{Fault, kotak};
//! use http::StatusCode;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let sandbox = kotak::Sandbox::builder().start().await?;
//! println!("listening on {}", sandbox.base_url());
//! sandbox.inject(kotak::Operation::SessionInit, Fault::status(StatusCode::SERVICE_UNAVAILABLE));
//! sandbox.shutdown().await;
//! # std::io::Result::Ok(())
//! # })?;
//! # std::io::Result::Ok(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod accounts;
mod broker;
mod call_log;
mod clock;
mod examples;
mod fault;
mod operation;
#[cfg(feature = "reference")]
mod reference;
mod requests;
mod routes;
mod sandbox;
mod server;
mod spec;
mod tls;
mod tokens;
mod websocket;

pub mod ibkr;
pub mod kotak;
pub mod neo;

pub use accounts::Accounts;
pub use broker::Broker;
pub use call_log::Call;
pub use clock::Clock;
pub use fault::Fault;
pub use operation::Operation;
pub use sandbox::{Builder, Sandbox, Variable};
pub use spec::Spec;
