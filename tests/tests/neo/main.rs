//! Kotak Neo: the generated client against its spec, and `broker_session::neo` against the spec, the sandbox and a
//! hostile network.

mod failures;
mod guesses;
mod hosts;
mod judged;
mod oddities;
mod own_requests;
mod session;
mod spec;
mod support;
mod tokens;
mod totp;
