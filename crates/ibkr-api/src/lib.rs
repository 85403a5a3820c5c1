//! The session operations of the Interactive Brokers Client Portal, generated from `openapi/ibkr-session.yaml`.
//!
//! [`Client`] has one method per operation, [`types`] has one type per schema, and [`API`] describes what may be
//! repeated, what is secret and what a response means. A method returns a success or an error, because the transport
//! recognises failures. The transport keeps deadlines and rate limits and follows no redirect. The crate
//! `broker-session` has the sign-in flows.
#![cfg_attr(docsrs, feature(doc_cfg))]

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
