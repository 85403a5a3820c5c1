//! What another program's request to Interactive Brokers needs.

use std::{pin::Pin, time::Duration};

use broker_session_runtime::Secret;
use http::header;
use reqwest::Request;
use url::Url;

use super::client::{Client, is_about_session};
use crate::Error;

/// What a program's own request is called, of which the spec knows nothing.
pub(super) const OWN: &str = "own";

/// How long the id of a session is good for another WebSocket. The supervisor asks for it about as often.
const SESSION_PERIOD: Duration = Duration::from_secs(75);

impl Client {
    /// Puts on another program's request what it needs beside the session's headers. Returns whether it is to be signed.
    pub(super) async fn before_forward(&self, request: &mut Request) -> Result<bool, Error> {
        let is_signed = !self.is_for_websocket(request);
        if !is_signed {
            self.open_websocket(request).await?;
        }
        self.shared().before_call(&self.core().transport, OWN).await;
        Ok(is_signed)
    }

    /// Explains what another program's request has met, and lets all programs at the gateway keep a penalty.
    pub(super) fn after_forward<'a>(
        &'a self,
        error: Error,
    ) -> Pin<Box<dyn Future<Output = Error> + Send + 'a>> {
        Box::pin(async {
            self.record_penalty(&error).await;
            let error = self.explained(error);
            if is_about_session(&error) {
                // The next WebSocket is not opened with its id.
                self.reported_session().set(None);
            }
            error
        })
    }

    /// The id of the session, which a tickle of the last minute has reported, or else a new one. Any number of programs may
    /// ask for it at once, and only one tickle a second is allowed.
    async fn recent_session(&self) -> Result<Option<Secret>, Error> {
        let recent = self.reported_session().get().filter(|(at, _)| at.elapsed() < SESSION_PERIOD);
        match recent {
            Some((_, session)) => Ok(Some(session)),
            None => self.tickle_session().await,
        }
    }

    fn is_for_websocket(&self, request: &Request) -> bool {
        let path = request.url().path().strip_prefix(self.core().base.path().trim_end_matches('/'));
        path == Some("/ws") && request.headers().contains_key(header::UPGRADE)
    }

    /// Sends a request for a WebSocket where [`Client::websocket`] says, with the cookie, and with the client's own query.
    async fn open_websocket(&self, request: &mut Request) -> Result<(), Error> {
        let socket = self.websocket_of(self.recent_session().await?)?;
        // `ws` and `wss` are requests of http and https.
        let url = Secret::new(socket.url.expose().replacen("ws", "http", 1));
        let url = Url::parse(url.expose());
        let mut url = url.map_err(|_| Error::config("the address of the WebSocket cannot be used"))?;
        let asked = request.url().query().unwrap_or_default().split('&');
        let asked = asked.filter(|field| !field.is_empty() && !field.starts_with("oauth_token="));
        let fields: Vec<&str> = asked.chain(url.query()).collect();
        let query = (!fields.is_empty()).then(|| fields.join("&"));
        url.set_query(query.as_deref());
        *request.url_mut() = url;
        let cookies =
            request.headers().get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let cookies: Vec<&str> = cookies.chain([socket.cookie.expose()]).collect();
        let cookie = Secret::new(cookies.join("; ")).header();
        let unusable = |_| Error::config("the session's id has characters that no header may have");
        request.headers_mut().insert(header::COOKIE, cookie.map_err(unusable)?);
        Ok(())
    }
}
