//! What an error was caused by, all the way down.
//!
//! `source()` alone does not lead there: an [`io::Error`] names what caused the error inside it, not that
//! error itself, and rustls names nothing.

use std::{error::Error, io, iter::successors};

use rustls::CertificateError;

/// The error itself, what caused it, what caused that, and so on.
pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |error| next(*error))
}

fn next<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return Some(inner);
    }
    match error.downcast_ref() {
        Some(rustls::Error::InvalidCertificate(CertificateError::Other(inner))) => Some(inner),
        _ => error.source(),
    }
}
