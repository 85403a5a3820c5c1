//! The local proxy of `exec --proxy`: it is in this process, and ends with the program that uses it.

use std::{convert::Infallible, future::pending, io, net::Ipv4Addr};

use broker_session::Secret;
use broker_session_serve::{Listener, Server, Token};

use crate::{access::Access, failure::Failure, output::Output, provided::Obtained};

/// A proxy at a port of its own, with a token that only the program gets.
pub(super) struct Proxy {
    server: Server,
    listener: Listener,
    url: String,
    token: Token,
}

impl Proxy {
    /// Opens the port. Connections wait until the proxy serves.
    ///
    /// # Errors
    /// If there is no port.
    pub(super) async fn open(obtained: &Obtained) -> Result<Self, Failure> {
        let (broker, token) = (obtained.session.broker(), Token::generate());
        let provider = obtained.provided.provider.clone();
        let server = Server::builder().upstream(broker, provider).token(token.clone()).build();
        let server = server.map_err(|error| cannot_start(&error))?;
        let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into()).await;
        let listener = listener.map_err(|error| cannot_start(&error))?;
        let url = listener.url().unwrap_or_default();
        Ok(Self { server, listener, url: url.trim_end_matches('/').to_owned(), token })
    }

    /// The variables of the program. None of them has a secret of the session.
    pub(super) fn variables(&self, obtained: &Obtained) -> Vec<(String, Secret)> {
        let base_url = format!("{}/{}", self.url, obtained.session.broker());
        let mut variables = Access::through(obtained, &base_url, self.token.secret()).variables();
        variables.push(("BROKER_SESSION_PROXY_URL".to_owned(), Secret::from(&*self.url)));
        variables.push(("BROKER_SESSION_PROXY_TOKEN".to_owned(), self.token.secret().clone()));
        variables
    }

    /// Serves for as long as it is polled.
    pub(super) async fn serve(self, output: Output) -> Infallible {
        if let Err(error) = self.server.serve(vec![self.listener], pending()).await {
            output.warn(&cannot_start(&error).to_string());
        }
        pending().await
    }
}

fn cannot_start(error: &io::Error) -> Failure {
    Failure::other(format!("the local proxy cannot start: {error}."))
}
