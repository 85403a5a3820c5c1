//! The Client Portal Gateway of Interactive Brokers (`/v1/api`, and `/v1/portal` as older ones have it), as
//! the broker documents it and as it was observed.
//!
//! Where neither source says what happens, the sandbox decides and the item says "inferred".

mod answers;
mod broker;
mod builder;
mod calls;
mod etiquette;
mod midnight;
mod operation;
mod pacing;
mod person;
mod refusal;
mod sandbox;
mod state;

pub use broker::Ibkr;
pub use builder::Builder;
pub use etiquette::Etiquette;
pub use midnight::Midnight;
pub use operation::Operation;
pub use refusal::SignedOut;
pub use sandbox::Sandbox;
pub use state::State;

pub use crate::tls::Certificate;
