//! Interactive Brokers: the Client Portal Gateway and the Web API.
//!
//! There are two tiers. The outer one is the single sign-on: a person signs in once in a browser, at the
//! gateway's own page, and no program can do it for them. The inner one is the brokerage session, of which
//! there is one per user name, and which comes and goes. [`Gateway`] has the broker's calls and reads their
//! answers honestly; [`Supervisor`] keeps the session alive in one task and says at any time how it is.
//!
//! ```no_run
//! use std::time::Duration;
//! use broker_session::{Connection, ibkr::{Compete, Gateway, Supervisor}};
//!
//! # async fn example(certificate: &[u8]) -> Result<(), broker_session::Error> {
//! let connection = Connection::new().trust_certificate(certificate)?;
//! let gateway = Gateway::builder().connection(connection).build()?;
//! let supervisor = Supervisor::builder(gateway, Compete::Yield).start()?;
//! supervisor.ready(Duration::from_secs(300)).await?;
//! let mut states = supervisor.watch();
//! while states.changed().await.is_ok() {
//!     println!("{}", states.borrow_and_update().why());
//! }
//! # Ok(())
//! # }
//! ```

mod address;
mod answers;
mod auth_status;
mod builder;
mod exchange;
mod gateway;
mod look;
mod notes;
mod opening;
mod session;
mod session_state;
mod sign_on;
mod supervisor;
mod tickle;

pub use address::address_of;
pub use auth_status::AuthStatus;
pub use builder::GatewayBuilder;
pub use gateway::{Compete, Gateway, SingleSignOn};
pub use ibkr_session_api as api;
pub use session_state::{SessionState, State};
pub use sign_on::{Expires, Features, LoginType, SignOn};
pub use supervisor::{Supervisor, SupervisorBuilder};
pub use tickle::Tickle;

/// The broker, as [`SavedSession`](crate::SavedSession) names it.
const NAME: &str = "ibkr";
