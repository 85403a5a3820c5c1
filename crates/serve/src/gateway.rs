//! A port that looks like the gateway that Interactive Brokers has people run, for clients that were written for it.
//!
//! The gateway has some paths twice, responds to some by itself, and is the only one who ends its session. Here the session
//! is shared, so a client cannot end it, and the id that opens a WebSocket is one that is good for this port alone.

use std::{sync::Arc, time::Duration};

use broker_session::{BodyFilterMode, Clock, Forwarded, Secret, reqwest};
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
    app::App,
    body::{Body, BoxError, full},
    proxy::{self, Arrived, Held, Onward, exchange},
    refusal::Refusal,
    route::check_path,
    session_message::Ids,
    token::same,
    upgrade::{self, Upgrade},
    upstream::Upstream,
};

/// Where the gateway has its API: newer and older ones.
const BASES: [&str; 2] = [NEWER, "/v1/portal"];

/// The newer one.
const NEWER: &str = "/v1/api";

/// What is there at the root as well.
const AT_ROOT: [&str; 5] = ["/sso/validate", "/tickle", "/iserver/auth/status", "/logout", "/ws"];

/// The most that is read of a response to change it, in bytes.
const MAX_READ: usize = 64 * 1024;

/// How long a response to `/sso/validate` is good: the broker accepts one call a minute.
const VALIDATE_TIME: Duration = Duration::from_secs(60);

/// What a gateway's clients know of its session, and what it really is.
#[derive(Default)]
pub(crate) struct Wire {
    /// The session's id for clients, and the real one.
    ids: Mutex<Option<Ids>>,
    validated: Mutex<Option<(Instant, Bytes)>>,
}

impl Wire {
    /// The id for clients in place of a real one. It stays the same, and has the same length.
    fn made_up(&self, real: &str) -> Secret {
        let mut ids = self.ids.lock();
        let is_same_length = |known: &Ids| known.real.expose().len() == real.len();
        let known = ids.take().filter(is_same_length).map(|known| known.made_up);
        let made_up = known.unwrap_or_else(|| {
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
    match plain(path).as_str() {
        "/tickle" => tickle(app, upstream).await,
        "/logout" if !app.forwards_logout => Ok(json_response(&json!({ "status": true }))),
        "/sso/validate" => validate(app, upstream).await,
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
            forward(app, upstream, target, request, upgrade, NEWER).await
        }
    }
}

/// Forwards a request, unless it would end or replace the session that everybody here uses. `prefix` is the path that stands
/// for the base URL.
///
/// # Errors
/// 403 for a logout, and why there is no response of the broker's.
pub(crate) async fn forward(
    app: &Arc<App>,
    upstream: &Arc<Upstream>,
    target: String,
    request: Request<Incoming>,
    upgrade: Option<Upgrade>,
    prefix: &str,
) -> Result<Response<Body>, Refusal> {
    let onward = Onward::new(target, request)?;
    match plain(onward.path()).as_str() {
        "/iserver/auth/ssodh/init" | "/iserver/reauthenticate" => open(app, upstream, onward, prefix).await,
        path if path.ends_with("/logout") && !app.forwards_logout => {
            let message = "a logout would end the session for everybody who uses it here";
            Err(Refusal::forbidden(message).with_hint("To end it run `broker-session logout`.").closing())
        }
        _ => proxy::forward(app, upstream, onward, upgrade, prefix).await,
    }
}

/// A path as a lenient server may understand it: decoded, without parameters, in small letters, without a slash at its end.
fn plain(path: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let mut plain = String::with_capacity(decoded.len());
    // The path begins with a slash.
    for segment in decoded.split('/').skip(1) {
        plain.push('/');
        plain.push_str(segment.split(';').next().unwrap_or_default());
    }
    plain.truncate(plain.trim_end_matches('/').len());
    plain.make_ascii_lowercase();
    plain
}

/// The path below the base URL.
fn below_base(path: &str) -> Option<&str> {
    let below = |base: &&str| path.strip_prefix(*base).filter(|rest| rest.starts_with('/'));
    BASES.iter().find_map(below).or_else(|| AT_ROOT.contains(&path).then_some(path))
}

/// Keeps the session alive, and names the client an id of its own for it.
async fn tickle(app: &Arc<App>, upstream: &Arc<Upstream>) -> Result<Response<Body>, Refusal> {
    let tickle = Onward::own(Method::POST, "/tickle");
    let Read { mut forwarded, mut bytes, held } = read(app, upstream, tickle, BodyFilterMode::Off).await?;
    if let Ok(Value::Object(mut fields)) = serde_json::from_slice(&bytes) {
        if let Some(Value::String(real)) = fields.get_mut("session") {
            *real = upstream.wire().made_up(real).expose().to_owned();
        }
        bytes = Value::Object(fields).to_string().into();
    }
    forwarded.response = forwarded.response.map(|_| bytes.into());
    proxy::filter_body(&mut forwarded, app.bodies)?;
    proxy::pass_on(app, forwarded, held, NEWER).await
}

/// Whether somebody is signed in. The Web API has this for some kinds of OAuth alone, and once a minute.
async fn validate(app: &Arc<App>, upstream: &Arc<Upstream>) -> Result<Response<Body>, Refusal> {
    let is_fresh = |(at, _): &&(Instant, Bytes)| at.elapsed() < VALIDATE_TIME;
    let known = upstream.wire().validated.lock().as_ref().filter(is_fresh).map(|(_, bytes)| bytes.clone());
    let session = upstream.session(app.limits.session_time).await?;
    if let Some(bytes) = known {
        return Ok(json_bytes(bytes));
    }
    let validate = Onward::own(Method::GET, "/sso/validate");
    let Read { mut forwarded, bytes, held } = read(app, upstream, validate, app.bodies).await?;
    let bytes = match forwarded.response.status() {
        StatusCode::OK => bytes,
        StatusCode::NOT_FOUND => {
            let left = session.expires_at().map(|end| end.timestamp().duration_since(Clock.now()));
            let body = json!({
                "RESULT": true,
                "USER_NAME": session.user(),
                "AUTH_TIME": session.login_time().map(Timestamp::as_millisecond),
                "EXPIRES": left.map_or(600_000, |left| left.as_millis().max(0)),
            });
            body.to_string().into()
        }
        _ => {
            forwarded.response = forwarded.response.map(|_| bytes.into());
            return proxy::pass_on(app, forwarded, held, NEWER).await;
        }
    };
    *upstream.wire().validated.lock() = Some((Instant::now(), bytes.clone()));
    Ok(json_bytes(bytes))
}

/// A client wants the brokerage session to be opened. One that is open stays as it is, because opening it anew can tear it
/// down for everybody.
async fn open(
    app: &Arc<App>,
    upstream: &Arc<Upstream>,
    onward: Onward,
    prefix: &str,
) -> Result<Response<Body>, Refusal> {
    let status = Onward::own(Method::POST, "/iserver/auth/status");
    let Read { forwarded, bytes, held } = read(app, upstream, status, app.bodies).await?;
    drop(held);
    let status: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if forwarded.response.status() == StatusCode::OK
        && status.get("authenticated") == Some(&Value::Bool(true))
    {
        return Ok(json_bytes(bytes));
    }
    proxy::forward(app, upstream, onward, None, prefix).await
}

/// Opens a WebSocket. The session puts the broker's own id on the request; a client that shows one shows what it was given.
async fn websocket(
    app: &Arc<App>,
    upstream: &Arc<Upstream>,
    target: String,
    request: Request<Incoming>,
    upgrade: Option<Upgrade>,
) -> Result<Response<Body>, Refusal> {
    let ids = upstream.wire().ids.lock().clone();
    let is_right = |shown: String| ids.as_ref().is_some_and(|ids| same(&ids.made_up, shown.as_bytes()));
    if !shown_id(request.headers()).is_none_or(is_right) {
        let message = "the cookie `api` has another session than the one that /tickle has named";
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
            .with_hint("Ask /tickle for the session again."));
    }
    let upgrade = upgrade.map(|upgrade| upgrade.translating(ids));
    proxy::forward(app, upstream, Onward::new(target, request)?, upgrade, NEWER).await
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

/// A response whose body was read. The response has none any more.
struct Read {
    forwarded: Forwarded,
    bytes: Bytes,
    held: Held,
}

/// Sends a request of this server's own, and reads the response.
async fn read(
    app: &Arc<App>,
    upstream: &Arc<Upstream>,
    onward: Onward,
    filter: BodyFilterMode,
) -> Result<Read, Refusal> {
    let Arrived { mut forwarded, held, .. } = exchange(app, upstream, onward).await?;
    proxy::filter_body(&mut forwarded, filter)?;
    let body = std::mem::take(forwarded.response.body_mut());
    let Ok(Ok(bytes)) = timeout(app.limits.broker_pause, collected(body)).await else {
        let message = "the body of the broker's response could not be read";
        return Err(Refusal::new(StatusCode::BAD_GATEWAY, "protocol", message));
    };
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING] {
        forwarded.response.headers_mut().remove(name);
    }
    Ok(Read { forwarded, bytes, held })
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
    fn a_path_is_known_in_each_of_its_spellings() {
        for path in
            ["/Logout", "/%6cogout", "/%4C%6fgout/", "/logout;jsessionid=1", "/logout%3ba=b", "/logout;/"]
        {
            assert_eq!(plain(path), "/logout", "{path}");
        }
        assert_eq!(plain("/iserver;a=b/auth/ssodh/%69nit"), "/iserver/auth/ssodh/init");
        assert_eq!(plain("/"), "");
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
