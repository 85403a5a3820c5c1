//! The page at `/`, and how a browser is let in: the token in the address once, a cookie from then on.

use std::sync::LazyLock;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{
    HeaderName, HeaderValue, Response, StatusCode, Uri,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE,
        X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};
use sha2::{Digest, Sha256};

use crate::{
    app::App,
    body::{Body, empty, full},
    door::Door,
    refusal::Refusal,
};

const PAGE: &str = include_str!("page.html");

/// Everything is in the page itself, which runs nothing but its own script, makes no HTML of strings, and is shown in no other
/// page. Where its script and style are not found, nothing runs.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        source_of("script"),
        source_of("style"),
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// The one element of this name in the page, as a source in a policy: by the hash of what is in it.
fn source_of(element: &str) -> String {
    let (start, end) = (format!("<{element}>"), format!("</{element}>"));
    let content = PAGE.split_once(&start).and_then(|(_, rest)| rest.split_once(&end));
    content.map_or("'none'".to_owned(), |(content, _)| {
        format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(content)))
    })
}

/// The page itself.
pub(crate) fn page() -> Response<Body> {
    let mut response = Response::new(full(PAGE));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    let fixed: [(HeaderName, &'static str); 4] = [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The token in `/?token=…`, if there is one.
pub(crate) fn token_in(uri: &Uri) -> Option<&str> {
    let mut pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == "token").map(|(_, token)| token)
}

/// Lets a browser in that shows the token: with a cookie that is good for the page alone, and a way to the page without the
/// token in its address.
///
/// # Errors
/// 401 if it is another token.
pub(crate) fn let_in(app: &App, door: &Door, token: &str) -> Result<Response<Body>, Refusal> {
    let wrong =
        || Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", "this is not the token of this server");
    let known = app.token.as_ref().filter(|known| known.is(token.as_bytes())).ok_or_else(wrong)?;
    let secure = if door.has_tls { "; Secure" } else { "" };
    let cookie = format!(
        "{}={}; Path=/; HttpOnly; SameSite=Strict{secure}",
        door.cookie_name(),
        known.cookie().expose()
    );
    let mut cookie = HeaderValue::try_from(cookie).map_err(|_| wrong())?;
    cookie.set_sensitive(true);
    let mut response = Response::new(empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(SET_COOKIE, cookie);
    headers.insert(LOCATION, HeaderValue::from_static("/"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}
