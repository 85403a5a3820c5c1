//! What an operator asks: is it up, until when, who is calling, why not. As JSON, as a stream, and for a load balancer.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, atomic::Ordering::Relaxed},
    task::{Context, Poll, ready},
    time::Duration,
};

use broker_session::Clock;
use bytes::Bytes;
use http::{
    HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, Interval, MissedTickBehavior, interval},
};

use crate::{
    app::{App, Phase},
    body::{Body, full},
    metrics,
    refusal::Refusal,
    upstream::Upstream,
};

/// How often a stream looks for changes.
const STREAM_PERIOD: Duration = Duration::from_millis(500);

/// After how long a stream says something although nothing has changed, so that both sides notice a dead connection.
const STREAM_SILENCE: Duration = Duration::from_secs(15);

/// `GET /livez`: the program is there.
pub(crate) fn livez() -> Response<Body> {
    json_response(StatusCode::OK, &json!({ "status": "ok" }))
}

/// `GET /readyz`: 200 if every session is there.
pub(crate) fn readyz(app: &App) -> Response<Body> {
    let upstreams = app.upstreams();
    let is_ready = upstreams.iter().all(|upstream| upstream.is_ready());
    let sessions: serde_json::Map<String, Value> = upstreams
        .iter()
        .map(|upstream| {
            let state = upstream.state();
            let session = json!({
                "ready": upstream.is_ready(),
                "status": state.status().name(),
                "reason": upstream.reason(),
                "expires_at": state.expires_at(),
                "login_url": state.login_url(),
            });
            (upstream.name().to_owned(), session)
        })
        .collect();
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json_response(status, &json!({ "ready": is_ready, "sessions": sessions }))
}

/// `GET /metrics`.
pub(crate) async fn metrics(app: &App) -> Response<Body> {
    let mut response = Response::new(full(metrics::text(&app.metrics, &app.upstreams()).await));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `GET /api/status`.
pub(crate) fn status(app: &App) -> Response<Body> {
    json_response(StatusCode::OK, &state_of(app))
}

/// All that the page shows. Nothing in it changes by time alone, so that a stream can tell whether there is news.
fn state_of(app: &App) -> Value {
    let now = Clock.now();
    let sessions: Vec<Value> = app.upstreams().iter().map(|upstream| session(upstream, now)).collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "since": app.since,
        "sessions": sessions,
        "connections": app.metrics.connections.load(Relaxed),
        "requests": app.metrics.requests.load(Relaxed),
        "queued": app.metrics.queued.load(Relaxed),
        "websockets": app.metrics.tunnels.load(Relaxed),
        "events": app.events.to_json(),
    })
}

fn session(upstream: &Upstream, now: Timestamp) -> Value {
    let state = upstream.state();
    let by_status = upstream.counts().by_status();
    let requests: serde_json::Map<String, Value> =
        by_status.iter().map(|(status, count)| (status.to_string(), json!(count))).collect();
    json!({
        "name": upstream.name(),
        "status": state.status().name(),
        "ready": upstream.is_ready(),
        "reason": upstream.reason(),
        "since": state.since(),
        "number": state.number(),
        "expires_at": state.expires_at(),
        "renews_at": state.renews_at(),
        "login_url": state.login_url(),
        "sign_ins": upstream.counts().sign_ins.load(Relaxed),
        "renewals": upstream.counts().renewals.load(Relaxed),
        "penalties": upstream.counts().penalties.load(Relaxed),
        "requests": requests,
        "calls_per_minute": upstream.calls().last_hour(now),
    })
}

/// `GET /events`: server-sent events with the same JSON, at each change, twice a second at most.
///
/// # Errors
/// 503 if there are too many streams.
pub(crate) fn events(app: &Arc<App>) -> Result<Response<Body>, Refusal> {
    let Ok(slot) = app.event_slots.clone().try_acquire_owned() else {
        let message = "too many pages are open already";
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", message)
            .with_retry_after(Duration::from_secs(5)));
    };
    let mut interval = interval(STREAM_PERIOD);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stream =
        Stream { app: app.clone(), interval, last: String::new(), spoken: Instant::now(), _slot: slot };
    let mut response = Response::new(stream.map_err(|never| match never {}).boxed_unsync());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

struct Stream {
    app: Arc<App>,
    interval: Interval,
    last: String,
    spoken: Instant,
    _slot: OwnedSemaphorePermit,
}

impl HttpBody for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        loop {
            let now = ready!(this.interval.poll_tick(cx));
            if *this.app.phase.borrow() == Phase::Stopping {
                return Poll::Ready(None);
            }
            let state = state_of(&this.app).to_string();
            let frame = if state != this.last {
                this.last = state;
                format!("data: {}\n\n", this.last)
            } else if now.duration_since(this.spoken) >= STREAM_SILENCE {
                // An event, because a script does not see comments.
                "event: alive\ndata:\n\n".to_owned()
            } else {
                continue;
            };
            this.spoken = now;
            return Poll::Ready(Some(Ok(Frame::data(frame.into()))));
        }
    }
}

fn json_response(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(full(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
