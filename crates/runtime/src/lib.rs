//! What every generated broker client shares.
//!
//! A generated client knows the shape of an API and nothing else. This crate holds what must be the same
//! for every broker: [`Secret`] keeps credentials out of logs and freed memory, [`Transport`] is the one
//! place that sends a request, [`AllowedHosts`] decides where credentials may go, and [`Api`] describes
//! what a client was generated from, so that no rule has to be listed twice.
//!
//! Programs use the crate `broker-session`; they meet this crate only through its re-exports.

mod answer;
mod api;
mod body;
mod causes;
mod certificate_key;
mod clock;
pub mod contract;
mod cookies;
mod credential;
mod deadlines;
mod drift;
mod error_kind;
mod examine;
mod exchange;
mod failure;
mod hosts;
mod http_client;
mod kept;
mod lenient;
mod pace;
mod phrase;
mod pin;
mod presented;
mod redact;
mod retry;
mod secret;
mod sending;
mod sent;
mod shape;
mod signer;
mod transport;
mod verifier;
mod wiped;
mod words;

pub use api::{
    Api, Environment, ErrorCode, Hint, Operation, RateLimit, Retry, SecurityScheme, SecuritySchemeKind,
    Server, Status, Verdict, fits, fits_nothing, fits_object,
};
pub use certificate_key::{UnusableCertificate, unusable_certificate};
pub use clock::clock_difference;
pub use credential::Credential;
pub use deadlines::Deadlines;
pub use drift::{Change, Drift, DriftObserver};
pub use error_kind::ErrorKind;
pub use exchange::Exchange;
pub use hosts::{AllowedHosts, HostNotAllowed, is_loopback, parse_named, parse_url};
pub use http_client::{HttpClientBuilder, HttpClientError};
pub use kept::{Kept, Unfit};
pub use lenient::{has, lenient, lenient_object, lenient_objects, object, objects};
pub use pin::{Fingerprint, FingerprintError, PinMismatch, is_certificate_refused, pin_mismatch};
pub use presented::PresentedCertificate;
pub use redact::redact;
pub use retry::{
    Backoff, FailedAttempt, MAX_RETRY_AFTER, RetryPolicy, is_passing, is_tls_refused, retry_after,
};
pub use secret::Secret;
pub use shape::{Member, Shape};
pub use signer::Signer;
pub use transport::{Transport, TransportBuilder};
pub use wiped::Json;
pub use words::Words;
