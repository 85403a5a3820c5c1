//! What every call of every broker's client must withstand, whatever the broker.
//!
//! What comes of a fault that lasts is in the matrix ([`crate::matrix`]). Here is the rest: proxies, limits of the caller's,
//! trouble that passes, and words that are made to do harm. The checks walk the [`crate::Reach`]es of a broker.

mod expected;
mod network;
mod sent;
mod silence;
mod waits;
mod words;

pub(crate) use expected::kind_of;
pub use network::{
    check_certificates, check_proxied, check_proxy_gone, check_proxy_password, check_tls_through_proxy,
};
pub use sent::{check_repeated, check_sent_once};
pub use silence::check_endless;
pub use waits::check_waits;
pub use words::check_words;
pub(crate) use words::with_texts;
