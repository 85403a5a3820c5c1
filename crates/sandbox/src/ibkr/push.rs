//! The WebSocket at which the broker pushes data, for clients that have a session. There is no data here: only what shows
//! that the connection lives.

use http::header::COOKIE;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Base, oauth::OAuth, state::Gateway};
use crate::{routes::ReceivedRequest, websocket::Push};

/// Whether the request is for it.
pub(super) fn is_asked_for(request: &ReceivedRequest) -> bool {
    [Base::Newer, Base::Older]
        .iter()
        .any(|base| request.head.uri.path().strip_prefix(base.path()) == Some("/ws"))
}

/// What is said to a client; `None` if it does not show the session that `tickle` has named. With OAuth the access token
/// is in the query as well.
pub(super) fn push(
    gateway: &mut Gateway,
    oauth: Option<&mut OAuth>,
    request: &ReceivedRequest,
) -> Option<Push> {
    let sign_on = gateway.sign_on(request.at)?;
    if shown_session(request)? != sign_on.session {
        return None;
    }
    if let Some(oauth) = oauth {
        let query = request.head.uri.query().unwrap_or_default().as_bytes();
        let mut fields = url::form_urlencoded::parse(query);
        let token = fields.find_map(|(name, value)| (name == "oauth_token").then_some(value));
        let is_known = token.is_some_and(|token| oauth.has_access_token(&token));
        if !is_known && oauth.admit(None, request).is_err() {
            return None;
        }
    }
    let status = gateway.state(request.at);
    let status = json!({
        "authenticated": status.authenticated, "competing": status.competing, "connected": status.connected,
    });
    let greeting = [
        json!({ "topic": "system", "success": "sampleuser", "isFT": false, "isPaper": false }),
        json!({ "topic": "sts", "args": status }),
    ];
    Some(Push {
        at: request.at,
        greeting: greeting.iter().map(Value::to_string).collect(),
        heartbeat: |at| json!({ "topic": "system", "hb": at.as_millisecond() }).to_string(),
        respond,
    })
}

/// `tic` keeps the session alive. That it has a response is inferred.
fn respond(message: &[u8], at: Timestamp) -> Option<String> {
    let is_tic = message.trim_ascii() == b"tic";
    is_tic.then(|| json!({ "topic": "tic", "alive": true, "lastAccessed": at.as_millisecond() }).to_string())
}

/// The session in the cookie `api`: by itself, or as JSON, as gateways have it (observed).
fn shown_session(request: &ReceivedRequest) -> Option<String> {
    let cookies = request.head.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == "api")?;
    let session = serde_json::from_str::<Value>(value).ok();
    let session = session.and_then(|cookie| Some(cookie.get("session")?.as_str()?.to_owned()));
    Some(session.unwrap_or_else(|| value.to_owned()))
}
