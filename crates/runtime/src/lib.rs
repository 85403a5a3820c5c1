//! What every generated broker client shares.
//!
//! A generated client knows the types of an API and nothing else. This crate holds what must be the same for every
//! broker:
//!
//! - [`Secret`] keeps credentials out of logs and freed memory.
//! - [`Transport`] is the one place that sends a request.
//! - [`Failure`] describes a failed call.
//! - [`AllowedHosts`] decides where credentials may go.
//! - [`Api`] has the facts of the spec that a client was generated from.
//!
//! Programs use the crate `broker-session`, which re-exports what they need of this one.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod authentication;
mod body_filter;
mod broker_message;
mod certificate_key;
mod certificate_probe;
mod clean;
mod clock;
pub mod contract;
mod cookies;
mod decode;
#[cfg(feature = "drift")]
mod drift;
mod error_kind;
mod failure;
mod forward;
mod hosts;
mod http_client;
mod json_failure;
mod lenient;
mod rate_limit;
mod redaction;
mod response;
mod retry;
mod secret;
mod send;
mod tls;
mod transport;
mod zeroizing;

pub use api::{
    Api, Environment, ErrorCode, Fault, Hint, Operation, RateLimit, Retry, SecurityScheme,
    SecuritySchemeKind, Server, Status, Verdict,
};
pub use authentication::{Credential, Signer, SignerFuture};
pub use body_filter::{BodyFilter, BodyFilterMode, BodyRefused};
pub use broker_message::{BrokerMessage, MAX_MESSAGE_CHARS};
pub use certificate_key::UnusableCertificate;
pub use certificate_probe::PresentedCertificate;
pub use clean::Clean;
pub use decode::{Decoded, decode, decode_anything, decode_nothing, decode_object, decoded};
#[cfg(feature = "drift")]
pub use drift::{Change, Drift, DriftObserver};
pub use error_kind::ErrorKind;
pub use failure::{Failure, Reason};
pub use forward::{ForwardTimes, Relayed, Route, check_path};
pub use hosts::{AllowedHosts, HostNotAllowed, is_loopback, parse_named, parse_url};
pub use http_client::{HttpClientBuilder, HttpClientError};
pub use lenient::{has, lenient, lenient_object, lenient_objects, normalized, object, objects};
pub use redaction::{Secrets, is_command};
pub use retry::{Backoff, Deadlines, FailedAttempt, MAX_RETRY_AFTER, RetryPolicy, retry_after};
pub use secret::{Secret, SerializableSecret};
pub use send::Middleware;
pub use tls::{Fingerprint, FingerprintError};
pub use transport::{Transport, TransportBuilder};
pub use zeroizing::Json;
