//! Stateful brokers in a process, for tests and demonstrations without a broker account.
//!
//! A sandbox listens on the loopback interface and speaks a broker's wire: it checks headers and
//! credentials, hands out tokens that expire, and locks an account after wrong guesses. What no real
//! broker does on demand, it does: answer with any status, an HTML page, half a body, or a reset.
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

mod clock;
mod delivery;
mod fault;
mod log;
mod server;

pub mod kotak;

pub use clock::Clock;
pub use fault::Fault;
pub use log::Call;
