//! What becomes of a request: judged, let in, and led to where it belongs.

use std::{
    convert::Infallible,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Instant,
};

use broker_session::Clock;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{CONNECTION, USER_AGENT},
};
use hyper::body::Incoming;
use tracing::Instrument;

use crate::{
    access::{check_client, check_source},
    app::App,
    body::Body,
    client_io::{Found, is_last, is_stand_in},
    door::{Door, Purpose},
    gateway,
    head::BadHead,
    outcome::{Outcome, UNFINISHED},
    page,
    peer::Peer,
    refusal::{Methods, Refusal},
    request_id, route, status, upgrade,
    upstream::Upstream,
};

/// How many characters of a client's name are logged.
const MAX_CLIENT: usize = 80;

/// How many characters the shortest token has.
const LONG_WORD: usize = 32;

/// Responds to a request, whatever it is.
pub(crate) async fn respond(
    app: Arc<App>,
    door: Arc<Door>,
    found: Found,
    peer: Arc<Peer>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let started = Instant::now();
    let id = request_id::of(request.headers());
    let is_last = is_last(request.headers());
    let bad_head = if is_stand_in(request.headers()) { *found.lock() } else { None };
    // On, whatever the level: each line about the request has its id.
    let span = tracing::error_span!(
        "request",
        id = id.to_str().unwrap_or_default(),
        method = %request.method(),
        // The query may have secrets.
        path = request.uri().path(),
        peer = peer.name,
        client = client_of(request.headers()),
    );
    let logged = Outcome::new(|status, _| {
        // A request that may have been sent is always worth a line.
        span.in_scope(|| match status {
            UNFINISHED => tracing::warn!(status, elapsed = ?started.elapsed(), "nobody waits for the response any more; the request may have been sent"),
            _ => tracing::info!(status, elapsed = ?started.elapsed(), "response"),
        });
    });
    let outcome = async {
        if let Some(bad) = bad_head {
            return Err(refused(bad).closing());
        }
        dispatch(&app, &door, &peer, request).await
    };
    let outcome = outcome.instrument(span.clone()).await;
    let mut response = outcome.unwrap_or_else(|refusal| {
        app.metrics.refused.fetch_add(1, Relaxed);
        refusal.into_response()
    });
    // Only what was judged may follow.
    if is_last && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response.headers_mut().insert(request_id::HEADER, id);
    logged.is(&response);
    Ok(response)
}

/// How the client names itself, in printable ASCII. Long words are left out: they name no program, and somebody may have put
/// a token there.
fn client_of(headers: &HeaderMap) -> String {
    let name = headers.get(USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let words = name.split_ascii_whitespace().map(|word| if word.len() < LONG_WORD { word } else { "***" });
    words.collect::<Vec<_>>().join(" ").chars().take(MAX_CLIENT).collect()
}

async fn dispatch(
    app: &Arc<App>,
    door: &Door,
    peer: &Peer,
    request: Request<Incoming>,
) -> Result<Response<Body>, Refusal> {
    check_source(door, request.method(), request.headers())?;
    match &door.purpose {
        Purpose::Gateway(name) => {
            check_client(door, app.token.as_ref(), request.headers(), false)?;
            peer.let_in();
            let upstream = app.upstream(name).ok_or_else(|| no_such_session(name))?;
            counted(&upstream, Box::pin(gateway::respond(app, &upstream, request))).await
        }
        Purpose::All => everything(app, door, peer, request).await,
    }
}

/// Counts a request and its response.
async fn counted(
    upstream: &Upstream,
    response: impl Future<Output = Result<Response<Body>, Refusal>>,
) -> Result<Response<Body>, Refusal> {
    upstream.calls().count(Clock.now());
    let counted = Outcome::new(|status, from| upstream.counts().responded(status, from));
    let response = response.await.unwrap_or_else(Refusal::into_response);
    counted.is(&response);
    Ok(response)
}

/// The server's own paths, and the sessions by their names.
async fn everything(
    app: &Arc<App>,
    door: &Door,
    peer: &Peer,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Refusal> {
    let path = request.uri().path();
    let is_page = matches!(path, "/" | "/api/status" | "/events");
    let is_own = is_page || matches!(path, "/livez" | "/readyz" | "/metrics");
    if is_own && !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Refusal::method_not_allowed("this path has GET alone", Methods::Own).closing());
    }
    if path == "/livez" {
        return Ok(status::livez());
    }
    if let ("/", Some(token)) = (path, page::token_in(request.uri())) {
        return page::let_in(app, door, token);
    }
    check_client(door, app.token.as_ref(), request.headers(), is_page)?;
    peer.let_in();
    match path {
        "/" => return Ok(page::page()),
        "/api/status" => return Ok(status::status(app)),
        "/events" => return status::events(app),
        "/readyz" => return Ok(status::readyz(app)),
        "/metrics" => return Ok(status::metrics(app).await),
        _ => {}
    }
    let (name, below) = route::split(path);
    let prefix = format!("/{name}");
    let upstream = app.upstream(name).ok_or_else(|| no_such_session(name))?;
    let target = match request.uri().query() {
        Some(query) => format!("{below}?{query}"),
        None => below.to_owned(),
    };
    let upgrade = upgrade::asked_for(&mut request);
    let response = gateway::forward(app, &upstream, target, request, upgrade, &prefix);
    counted(&upstream, response).await
}

fn refused(bad: BadHead) -> Refusal {
    match bad.status {
        StatusCode::METHOD_NOT_ALLOWED => Refusal::method_not_allowed(bad.why, Methods::Forwarded),
        status => Refusal::new(status, "bad_request", bad.why),
    }
}

fn no_such_session(name: &str) -> Refusal {
    let name: String = name.chars().take(64).collect();
    Refusal::not_found(format!("there is no session `{name}` here"))
        .with_hint("A path begins with the name of a session, for instance /neo; /readyz lists them.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_name_is_logged_without_what_may_be_a_secret() {
        for (given, shown) in [
            ("python-requests/2.32.3", "python-requests/2.32.3"),
            ("a\tb/1", "a b/1"),
            (&format!("bot {} x", "a".repeat(43)), "bot *** x"),
            (&"ab ".repeat(50), &"ab ".repeat(50)[..80]),
        ] {
            let headers = HeaderMap::from_iter([(USER_AGENT, HeaderValue::from_str(given).unwrap())]);
            assert_eq!(client_of(&headers), shown);
        }
        assert_eq!(client_of(&HeaderMap::new()), "");
    }
}
