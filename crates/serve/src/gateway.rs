//! A port that looks like the gateway that Interactive Brokers has people run, for clients that were written for it.
//!
//! The gateway has some paths twice, responds to some by itself, and is the only one who ends its session. Here the session
//! is shared, so a client cannot end it, and the id that opens a WebSocket is one that is good for this port alone.

use std::{sync::Arc, time::Duration};

use broker_session::{Secret, reqwest};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, COOKIE, TRANSFER_ENCODING},
};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::{
    access::Shown,
    app::App,
    body::{Body, BoxError, full},
    proxy::{self, Arrived, Onward, clean_response, exchange},
    refusal::Refusal,
    route::check_path,
    token::same,
    upgrade::{self, Upgrade},
    upstream::Upstream,
};

/// Where the gateway has its API: newer and older ones.
const BASES: [&str; 2] = ["/v1/api", "/v1/portal"];

/// What is there at the root as well.
const AT_ROOT: [&str; 5] = ["/sso/validate", "/tickle", "/iserver/auth/status", "/logout", "/ws"];

/// The most that is read of a response to change it, in bytes.
const MAX_READ: usize = 64 * 1024;

/// How long a response to `/sso/validate` is good: the broker accepts one call a minute.
const VALIDATE_TIME: Duration = Duration::from_secs(60);

/// What a gateway's clients know of its session, and what it really is.
#[derive(Default)]
pub(crate) struct Wire {
    ids: Mutex<Option<Ids>>,
    validated: Mutex<Option<(Instant, Bytes)>>,
}

/// The id of the broker's session, and the one that clients are given in its place.
#[derive(Clone)]
struct Ids {
    real: Secret,
    made_up: Secret,
}

impl Wire {
    /// The id for clients in place of a real one. It stays the same, and has the same length.
    fn made_up(&self, real: &str) -> Secret {
        let mut ids = self.ids.lock();
        let known = ids.as_ref().map(|ids| ids.made_up.clone());
        let is_same_length = |made_up: &Secret| made_up.expose().len() == real.len();
        let made_up = known.filter(is_same_length).unwrap_or_else(|| {
            let bytes: [u8; 32] = rand::random();
            let mut digits = hex::encode(bytes).repeat(real.len().div_ceil(64));
            digits.truncate(real.len());
            digits.into()
        });
        *ids = Some(Ids { real: real.into(), made_up: made_up.clone() });
        made_up
    }
}

/// Responds to a request at the port of a gateway.
///
/// # Errors
/// Why there is no response of the broker's.
pub(crate) async fn respond(
    app: &Arc<App>,
    upstream: &Arc<Upstream>,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Refusal> {
    let path = request.uri().path();
    check_path(path)?;
    let Some(path) = below_base(path) else {
        let message = "this port has the paths of the broker's gateway, and this is none of them";
        return Err(Refusal::not_found(message).with_hint("Use a path below /v1/api."));
    };
    let is_post = request.method() == Method::POST;
    match path {
        "/tickle" => tickle(app, upstream).await,
        "/logout" if !app.forwards_logout => Ok(json_response(&json!({ "status": true }))),
        "/sso/validate" => validate(app, upstream).await,
        "/iserver/auth/ssodh/init" | "/iserver/reauthenticate" if is_post => {
            open(app, upstream, request).await
        }
        _ => {
            let target = match request.uri().query() {
                Some(query) => format!("{path}?{query}"),
                None => path.to_owned(),
            };
            let is_websocket = path == "/ws";
            let upgrade = upgrade::asked_for(&mut request);
            if is_websocket && upgrade.is_some() {
                return websocket(app, upstream, target, request, upgrade).await;
            }
            let onward = Onward::new(target, request, Shown::Door)?;
            proxy::forward(app, upstream, onward, upgrade).await
        }
    }
}

/// The path below the base URL.
fn below_base(path: &str) -> Option<&str> {
    let below = |base: &&str| path.strip_prefix(*base).filter(|rest| rest.starts_with('/'));
    BASES.iter().find_map(below).or_else(|| AT_ROOT.contains(&path).then_some(path))
}

/// Keeps the session alive, and names the client an id of its own for it.
async fn tickle(app: &Arc<App>, upstream: &Arc<Upstream>) -> Result<Response<Body>, Refusal> {
    let (parts, bytes) = read(app, upstream, Onward::own(Method::POST, "/tickle")).await?;
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(&bytes) else {
        return Ok(Response::from_parts(parts, full(bytes)));
    };
    if let Some(Value::String(real)) = fields.get_mut("session") {
        *real = upstream.wire.made_up(real).expose().to_owned();
    }
    Ok(Response::from_parts(parts, full(Value::Object(fields).to_string())))
}

/// Whether somebody is signed in. The Web API has this for some kinds of OAuth alone, and once a minute.
async fn validate(app: &Arc<App>, upstream: &Arc<Upstream>) -> Result<Response<Body>, Refusal> {
    let is_fresh = |(at, _): &&(Instant, Bytes)| at.elapsed() < VALIDATE_TIME;
    let known = upstream.wire.validated.lock().as_ref().filter(is_fresh).map(|(_, bytes)| bytes.clone());
    let session = upstream.session(app.limits.session_time).await?;
    if let Some(bytes) = known {
        return Ok(json_bytes(bytes));
    }
    let (parts, bytes) = read(app, upstream, Onward::own(Method::GET, "/sso/validate")).await?;
    let bytes = match parts.status {
        StatusCode::OK => bytes,
        StatusCode::NOT_FOUND => {
            let left = session.expires_at().map(|end| end.timestamp().duration_since(Timestamp::now()));
            let body = json!({
                "RESULT": true,
                "USER_NAME": session.user(),
                "AUTH_TIME": session.login_time().map(Timestamp::as_millisecond),
                "EXPIRES": left.map_or(600_000, |left| left.as_millis().max(0)),
            });
            body.to_string().into()
        }
        _ => return Ok(Response::from_parts(parts, full(bytes))),
    };
    *upstream.wire.validated.lock() = Some((Instant::now(), bytes.clone()));
    Ok(json_bytes(bytes))
}

/// A client wants the brokerage session to be opened. One that is open stays as it is, because opening it anew can tear it
/// down for everybody.
async fn open(
    app: &Arc<App>,
    upstream: &Arc<Upstream>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Refusal> {
    let status = Onward::own(Method::POST, "/iserver/auth/status");
    let (parts, bytes) = read(app, upstream, status).await?;
    let status: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if parts.status == StatusCode::OK && status.get("authenticated") == Some(&Value::Bool(true)) {
        return Ok(json_bytes(bytes));
    }
    let target = below_base(request.uri().path()).unwrap_or_default().to_owned();
    proxy::forward(app, upstream, Onward::new(target, request, Shown::Door)?, None).await
}

/// Opens a WebSocket. The client shows the id that it was given, and the broker gets its own.
async fn websocket(
    app: &Arc<App>,
    upstream: &Arc<Upstream>,
    target: String,
    request: Request<Incoming>,
    upgrade: Option<Upgrade>,
) -> Result<Response<Body>, Refusal> {
    let shown = shown_id(request.headers());
    let mut onward = Onward::new(target, request, Shown::Door)?;
    if upstream.wire.ids.lock().is_none() {
        tickle(app, upstream).await?;
    }
    let ids = upstream.wire.ids.lock().clone();
    if let Some(Ids { real, made_up }) = ids {
        if shown.is_some_and(|shown| !same(&made_up, shown.as_bytes())) {
            let message = "the cookie `api` has another session than the one that /tickle has named";
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", message));
        }
        let cookie = Secret::new(format!("api={{\"session\":\"{}\"}}", real.expose()));
        if let Ok(mut cookie) = HeaderValue::from_str(cookie.expose()) {
            cookie.set_sensitive(true);
            onward.headers.insert(COOKIE, cookie);
        }
    }
    proxy::forward(app, upstream, onward, upgrade).await
}

/// The session's id in the cookie `api`: as JSON, or by itself.
fn shown_id(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == "api")?;
    match serde_json::from_str::<Value>(value) {
        Ok(Value::Object(fields)) => Some(fields.get("session")?.as_str()?.to_owned()),
        _ => Some(value.trim_matches('"').to_owned()),
    }
}

/// Sends a request of this server's own, and reads the response.
async fn read(
    app: &Arc<App>,
    upstream: &Arc<Upstream>,
    onward: Onward,
) -> Result<(http::response::Parts, Bytes), Refusal> {
    let Arrived { response, held, .. } = exchange(app, upstream, onward).await?;
    let (mut parts, body) = response.into_parts();
    let bytes = timeout(app.limits.broker_pause, collected(body)).await;
    drop(held);
    let Ok(Ok(bytes)) = bytes else {
        let message = "the body of the broker's response could not be read";
        return Err(Refusal::new(StatusCode::BAD_GATEWAY, "protocol", message));
    };
    clean_response(&mut parts.headers);
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING] {
        parts.headers.remove(name);
    }
    Ok((parts, bytes))
}

async fn collected(body: reqwest::Body) -> Result<Bytes, BoxError> {
    Ok(Limited::new(body, MAX_READ).collect().await?.to_bytes())
}

fn json_response(body: &Value) -> Response<Body> {
    json_bytes(body.to_string().into())
}

fn json_bytes(bytes: Bytes) -> Response<Body> {
    let mut response = Response::new(full(bytes));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateways_paths_are_below_the_base_url() {
        for (path, below) in [
            ("/v1/api/tickle", Some("/tickle")),
            ("/v1/portal/iserver/accounts", Some("/iserver/accounts")),
            ("/sso/validate", Some("/sso/validate")),
            ("/iserver/auth/status", Some("/iserver/auth/status")),
            ("/v1/api", None),
            ("/v1/apix/tickle", None),
            ("/iserver/accounts", None),
            ("/", None),
        ] {
            assert_eq!(below_base(path), below, "{path}");
        }
    }

    #[test]
    fn a_made_up_id_looks_like_the_real_one() {
        let wire = Wire::default();
        for real in ["0123456789abcdef0123456789abcdef", "ab", &"0".repeat(100)] {
            let made_up = wire.made_up(real);
            assert_eq!(made_up.expose().len(), real.len());
            assert_ne!(made_up.expose(), real);
            assert_eq!(wire.made_up(real).expose(), made_up.expose());
        }
    }

    #[test]
    fn the_id_is_read_from_both_forms_of_the_cookie() {
        for cookie in ["api={\"session\":\"abc\"}", "a=b; api=abc", "api=\"abc\""] {
            let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(cookie))]);
            assert_eq!(shown_id(&headers).as_deref(), Some("abc"), "{cookie}");
        }
        assert_eq!(shown_id(&HeaderMap::new()), None);
    }
}
