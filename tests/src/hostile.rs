//! What every call of every broker's client must withstand, whatever the broker.
//!
//! The checks walk the [`crate::Reach`]es of a broker and spoil the answer to each operation in every way.

mod answers;
mod expected;
mod network;
mod sent;
mod silence;
mod waits;
mod words;

pub use answers::{check_redirects, check_unfit};
pub use network::{
    check_certificates, check_proxied, check_proxy_gone, check_proxy_password, check_tls_through_proxy,
};
pub use sent::{check_repeated, check_sent_once};
pub use silence::{check_announced, check_endless, check_silence};
pub use waits::check_waits;
pub use words::check_words;
pub(crate) use words::with_texts;
