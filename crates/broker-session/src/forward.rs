//! Another program's request, sent with the session: what a proxy does.
//!
//! Unlike [`Session::request`](crate::Session::request) nothing is read into memory and no response is an error: status, headers and body are
//! passed on as they come, also of an upgrade to a WebSocket. The broker's rate limits, allowed hosts and signatures are the
//! same.

use std::{fmt, mem, time::Duration};

use broker_session_runtime::{
    BodyFilter, BodyFilterMode, BodyRefused, ErrorKind, Failure, ForwardTimes, Reason, Relayed, Route,
    Secrets, Transport,
};
use http::{Extensions, Request, Response, StatusCode};
use reqwest::Body;

use crate::{Error, Session};

/// A response that is passed on.
#[derive(Debug)]
#[non_exhaustive]
pub struct Forwarded {
    /// Status, headers and body. Headers that hold for one connection alone, cookies of the session, and headers that repeat
    /// one of its secrets are not in it, nor is `Refresh`, which browsers follow. A `Location` is a path below the base URL, which begins with a slash; one that leads
    /// to elsewhere is not in it.
    pub response: Response<Body>,
    /// Whether the broker reports, with any status, that the session is over.
    pub is_session_over: bool,
    /// How long the broker wants no further request, after a response of 429: its penalty, or what `Retry-After` says, and a
    /// quarter of an hour at most. Where it has a penalty, nothing is sent until then.
    pub wait: Option<Duration>,
    upgrade: Option<Upgrade>,
    secrets: Secrets,
}

impl Forwarded {
    /// Has the body searched for the session's secrets as it comes; its length stays. An upgraded connection is not
    /// searched.
    ///
    /// # Errors
    /// [`BodyRefused::Unsearchable`] if the body is compressed or only a part (status 206), unless the mode is
    /// [`BodyFilterMode::Off`]. The body is not there any more then.
    pub fn filter_body(&mut self, mode: BodyFilterMode) -> Result<(), BodyRefused> {
        let filter = BodyFilter::new(self.secrets.clone(), mode);
        self.response = filter.wrap(mem::take(&mut self.response))?;
        Ok(())
    }

    /// The connection behind a response of 101, once; nothing with any other response.
    pub fn take_upgrade(&mut self) -> Option<Upgrade> {
        self.upgrade.take()
    }
}

/// A connection that becomes a WebSocket.
pub struct Upgrade(Extensions);

impl Upgrade {
    /// The connection to the broker, for bytes in both directions. It has no deadline.
    ///
    /// # Errors
    /// `Unavailable` if the connection was lost.
    pub async fn connect(self) -> Result<reqwest::Upgraded, Error> {
        let mut response = Response::new(Body::default());
        *response.extensions_mut() = self.0;
        reqwest::Response::from(response).upgrade().await.map_err(|error| {
            let lost = Reason::ConnectionLost;
            Error::from(Failure::new(ErrorKind::Unavailable, lost.clone(), lost.to_string()))
                .caused_by(error.without_url())
        })
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgrade").finish_non_exhaustive()
    }
}

impl<P> Session<P> {
    /// Sends a request below the base URL, with the session on it: within the broker's rate limit, and once; once more only
    /// if a safe method without a body was refused with an old signature of OAuth.
    ///
    /// The path is that below the base URL, from its slash on, and cannot leave it. Path and query are sent as they are.
    /// Headers of the session win over those of the request. Headers that hold for one connection alone, or identify the
    /// other program (`Authorization`, `Cookie`, `Host`, `Origin`, `Forwarded` and the like), are not sent. Neither body is
    /// read into memory. The broker may take as long as an attempt for the head of the response, from when the request has been
    /// sent entirely, and as long again each time that nothing comes of the body; then that ends with an error. The body of the
    /// request has no deadline but that of the program that writes it.
    ///
    /// A request for a WebSocket may be responded to with 101; then [`Forwarded::take_upgrade`] is the connection. The path
    /// `/ws` of Interactive Brokers gets the cookie and the token that it needs.
    ///
    /// # Errors
    /// `Config` if the request cannot be sent so, `RateLimited` if it cannot be sent in time, `SessionExpired` after a logout,
    /// and what any call may meet without a response.
    pub async fn forward(&self, request: Request<Body>) -> Result<Forwarded, Error> {
        self.forward_within(ForwardTimes::default(), request).await
    }

    /// The same for a caller with deadlines of its own.
    ///
    /// # Errors
    /// Those of [`Session::forward`].
    pub async fn forward_within(
        &self,
        times: ForwardTimes,
        request: Request<Body>,
    ) -> Result<Forwarded, Error> {
        let live = self.live()?;
        let (core, broker) = (&live.core, &live.broker);
        let mut request = Transport::request_below(&live.base, request, live.headers()?)?;
        live.check_host(request.url())?;
        let is_signed = broker.before_forward(&mut request).await?;
        let route = Route { base: &live.base, is_signed, times };
        let relayed = core.transport.relay(&core.http, request, route).await;
        let Relayed { response, failure, is_renewed, upgrade, .. } = match relayed {
            Ok(relayed) => relayed,
            Err(failure) => return Err(broker.after_forward(failure.into()).await),
        };
        let wait = failure.as_ref().filter(|_| response.status() == StatusCode::TOO_MANY_REQUESTS);
        let wait = wait.and_then(|failure| failure.retry_after);
        let is_over = match failure {
            Some(failure) => is_over(&broker.after_forward(failure.into()).await),
            None => false,
        };
        // With a new signature the next request is accepted.
        let is_session_over = is_over && !is_renewed;
        let (upgrade, secrets) = (upgrade.map(Upgrade), core.secrets.clone());
        Ok(Forwarded { response, is_session_over, wait, upgrade, secrets })
    }

    /// How many requests of this client wait for the broker's rate limit now, also those of its other sessions.
    pub fn waiting_requests(&self) -> usize {
        self.live().map_or(0, |live| live.core.transport.waiting_calls())
    }

    /// A filter for one body, which searches it for the secrets of this session as it comes. [`Forwarded::filter_body`] does
    /// it for a response.
    pub fn body_filter(&self, mode: BodyFilterMode) -> BodyFilter {
        BodyFilter::new(self.secrets().clone(), mode)
    }
}

/// Whether an error means that the session is over.
fn is_over(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::SessionExpired | ErrorKind::LoginRequired)
}
