//! The Kotak Securities Trade API: the generated client against its spec, and `broker_session::kotak` against
//! the spec, the sandbox and a hostile network.

mod hosts;
mod judged;
mod oddities;
mod oddities_of_faults;
mod session;
mod sign_in;
mod spec;
mod support;
