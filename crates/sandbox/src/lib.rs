//! Stateful brokers in a process, for tests and demonstrations without a broker account.
//!
//! A sandbox listens on the loopback interface and speaks a broker's wire: it checks headers and
//! credentials, hands out tokens and sessions that expire, and locks out who guesses wrong or calls too
//! often. What no real broker does on demand, it does: answer with any status, an HTML page, half a body,
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

mod body;
mod broker;
mod builder;
mod clock;
mod delivery;
mod examples;
mod fault;
mod faults;
mod guesses;
mod locked;
mod log;
mod operation;
#[cfg(feature = "reference")]
mod reference;
mod requests;
mod routes;
mod sandbox;
mod server;
mod spec;
mod tickets;
mod tls;
mod variable;
mod zone;

pub mod ibkr;
pub mod kotak;
pub mod neo;

pub use broker::{Accounts, Broker};
pub use builder::Builder;
pub use clock::Clock;
pub use fault::Fault;
pub use log::Call;
pub use operation::Operation;
pub use sandbox::Sandbox;
pub use spec::Spec;
pub use variable::Variable;
