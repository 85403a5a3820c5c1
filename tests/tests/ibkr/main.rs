//! The Client Portal Client and Web API of Interactive Brokers: the generated client against its spec, and
//! `broker_session::ibkr` against the spec, the sandbox and a hostile network.

mod faulty_store;
mod forward;
mod network;
mod oauth;
mod oauth_reference;
mod provider;
mod requests;
mod responses;
mod shared_limits;
mod shared_token;
mod spec;
mod supervisor;
mod support;
