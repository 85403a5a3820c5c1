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
mod clock;
mod delivery;
mod fault;
mod log;
mod server;
mod tls;

pub mod ibkr;
pub mod kotak;

pub use clock::Clock;
pub use fault::Fault;
pub use log::Call;
