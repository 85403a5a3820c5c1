//! The Kotak Securities Trade API (`session/1.0`), as the broker documents it and as it was observed.
//!
//! Where neither source says what happens, the sandbox decides and the item says "inferred".

mod account;
mod answers;
mod broker;
mod builder;
mod calls;
mod input;
mod operation;
mod redirect;
mod refusal;
mod sandbox;
mod state;
mod tokens;
mod user;

pub use account::Account;
pub use answers::{Envelope, broker_fault};
pub use broker::Kotak;
pub use builder::Builder;
pub use operation::Operation;
pub use redirect::Redirect;
pub use sandbox::Sandbox;

pub use crate::guesses::MAX_BAD_TRIES;
