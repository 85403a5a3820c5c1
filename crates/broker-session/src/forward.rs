//! Another program's request, sent with the session: what a proxy does.
//!
//! Unlike [`Session::request`](crate::Session::request) nothing is read into memory and no response is an error: status, headers and body are
//! passed on as they come, also of an upgrade to a WebSocket. The broker's rate limits, allowed hosts and signatures are the
//! same.

use http::{Request, Response, request::Parts};
use reqwest::Body;

use crate::{Error, Session};

/// A response that is passed on.
#[derive(Debug)]
#[non_exhaustive]
pub struct Forwarded {
    /// Status, headers and body. Headers that hold for one connection alone, and cookies of the session, are not in it.
    pub response: Response<Body>,
    /// Whether the broker reports, with any status, that the session is over.
    pub is_session_over: bool,
}

impl<P> Session<P> {
    /// Sends a request below the base URL, with the session on it: once, within the broker's rate limit. The path is that
    /// below the base URL, and cannot leave it. Headers of the session win over those of the request.
    ///
    /// # Errors
    /// `Config` if the request cannot be sent so, `RateLimited` if it cannot be sent in time, `SessionExpired` after a logout,
    /// and what any call may meet without a response.
    pub async fn forward(&self, request: Request<Body>) -> Result<Forwarded, Error> {
        let (Parts { method, uri, headers, .. }, body) = request.into_parts();
        let path = uri.path_and_query().map_or("", |path| path.as_str());
        let url = format!("{}/{}", self.base_url(), path.trim_start_matches('/'));
        let request = self.authorize(self.http().request(method, url).headers(headers).body(body))?;
        let response =
            request.send().await.map_err(|error| Error::config(error.without_url().to_string()))?;
        Ok(Forwarded { response: response.into(), is_session_over: false })
    }
}
