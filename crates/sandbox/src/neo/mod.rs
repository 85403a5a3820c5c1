//! The session API of Kotak Neo: TOTP, then MPIN, as the broker documents it and as it was observed, and some trading
//! calls with which a client can prove its session.
//!
//! Where neither source says what happens, the sandbox decides and the item says "inferred".

mod account;
mod answers;
mod authenticator;
mod base_url;
mod broker;
mod builder;
mod calls;
mod operation;
mod refusal;
mod sandbox;
mod state;
mod tokens;

pub use account::Account;
pub use broker::Neo;
pub use builder::Builder;
pub use operation::Operation;
pub use refusal::DeadSession;
pub use sandbox::Sandbox;

pub use crate::guesses::MAX_BAD_TRIES;
