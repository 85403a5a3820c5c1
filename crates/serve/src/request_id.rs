//! A request's id: the same in the log and in the response.

use http::{HeaderMap, HeaderName, HeaderValue};

/// The header that has it.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id of a client's that is kept.
const MAX_LENGTH: usize = 128;

/// The id that the client has given, if it can stand in a log; else a new one.
pub(crate) fn of(headers: &HeaderMap) -> HeaderValue {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(byte);
    let given = headers.get(HEADER).filter(|value| {
        let bytes = value.as_bytes();
        (1..=MAX_LENGTH).contains(&bytes.len()) && bytes.iter().all(is_plain)
    });
    given.cloned().unwrap_or_else(|| {
        let id = hex::encode(rand::random::<[u8; 8]>());
        HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("none"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_cannot_stand_in_a_log_is_replaced() {
        let id = |given: &'static str| {
            let headers = HeaderMap::from_iter([(HEADER, HeaderValue::from_static(given))]);
            of(&headers).to_str().unwrap().to_owned()
        };
        assert_eq!(id("a-1"), "a-1");
        for given in ["", "a b", "a\"b", "{}"] {
            assert_eq!(id(given).len(), 16, "{given}");
        }
        assert_ne!(of(&HeaderMap::new()), of(&HeaderMap::new()));
    }
}
