//! Who is let in: the right `Host`, no page of another origin, and a token.
//!
//! A browser reaches loopback for any page that it shows. Three things keep pages out: a page's `Host` is its own name, also
//! after DNS rebinding; a browser names the page in `Origin` or `Sec-Fetch-Site`; and a page has no token.

use http::{HeaderMap, HeaderName, Method, header};

use crate::{door::Door, refusal::Refusal, token::Token};

/// The header for clients that use `Authorization` for something else.
pub(crate) const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-broker-session-token");

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const PREFLIGHT: HeaderName = HeaderName::from_static("access-control-request-method");

/// Checks where a request comes from. This holds for every request, whatever it is for.
///
/// # Errors
/// 421 for another `Host`, 403 for a page of another origin.
pub(crate) fn check_source(door: &Door, method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
    let host = one(headers, &header::HOST)?.unwrap_or_default();
    if !door.is_own_host(host) {
        let message = "the request is for another host: its `Host` is no name of this server";
        return Err(Refusal::new(http::StatusCode::MISDIRECTED_REQUEST, "forbidden", message).with_hint(
            "Use the address that the server listens on, for instance http://127.0.0.1 with its port.",
        ));
    }
    if let Some(origin) = one(headers, &header::ORIGIN)?
        && !door.is_own_origin(origin, host)
    {
        return Err(Refusal::forbidden("a page of another origin may not use this server"));
    }
    if let Some(site) = one(headers, &SEC_FETCH_SITE)?
        && !matches!(site, "same-origin" | "none")
    {
        return Err(Refusal::forbidden("a page of another site may not use this server"));
    }
    if method == Method::OPTIONS && headers.contains_key(PREFLIGHT) {
        return Err(Refusal::forbidden("this server lets no page of another origin in, so it has no CORS"));
    }
    Ok(())
}

/// Checks whether the client may come in. `is_page` is true for the page and what belongs to it.
///
/// # Errors
/// 401 without the token, 400 if a header comes twice.
pub(crate) fn check_client(
    door: &Door,
    token: Option<&Token>,
    headers: &HeaderMap,
    is_page: bool,
) -> Result<(), Refusal> {
    let bearer = one(headers, &header::AUTHORIZATION)?.and_then(bearer);
    let own = one(headers, &TOKEN_HEADER)?;
    if let Some(token) = token {
        if own.is_some_and(|given| token.is(given.as_bytes())) {
            return Ok(());
        }
        if bearer.is_some_and(|given| token.is(given.as_bytes())) {
            return Ok(());
        }
        if is_page && door.page_cookie(headers).is_some_and(|given| token.is_cookie(given.as_bytes())) {
            return Ok(());
        }
    }
    if door.needs_token() {
        let message = "the request has no valid token";
        return Err(Refusal::new(http::StatusCode::UNAUTHORIZED, "unauthorized", message).with_hint(
            "Send `Authorization: Bearer` or `X-Broker-Session-Token` with the token in the server's token file; for the page open /?token= with it.",
        ));
    }
    Ok(())
}

/// The value of a header that may come once.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let value = values.next();
    if values.next().is_some() {
        return Err(Refusal::bad_request(format!("the request has several `{name}`")));
    }
    let text = value.map(|value| value.to_str()).transpose();
    text.map_err(|_| Refusal::bad_request(format!("`{name}` has characters other than ASCII")))
}

/// What follows `Bearer`; its case does not matter (RFC 9110).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
