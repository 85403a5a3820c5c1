//! The session API of the Kotak Neo Trade API, generated from `openapi/kotak-neo-session.yaml`.
//!
//! Everything here is the wire as it is: [`Client`] has one method per operation, [`types`] has what goes
//! over the wire, and [`API`] says what may be repeated, what is secret and what an answer means. It keeps
//! the rules of the transport (deadlines, no redirects, secrets marked) but knows no sign-in flow; for that
//! use the crate `broker-session`.

#[cfg(not(feature = "codegen"))]
#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::unwrap_used, reason = "generated")]
mod generated;

#[cfg(feature = "codegen")]
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::unwrap_used, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/generated.rs"));
}

pub use generated::*;
