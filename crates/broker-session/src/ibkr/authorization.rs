//! The token with which a client signs in by itself, where OAuth is configured.
//!
//! It is got before the first call, renewed before its end and where the broker refuses it, by one request for all calls
//! that wait for it. A renewal that fails is no failure as long as the old token is good.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use broker_session_runtime::{
    ErrorKind, Failure, Secret, Secrets, Signer, SignerFuture, Transport, is_loopback,
};
use http::{HeaderName, Method, StatusCode, header::AUTHORIZATION};
use ibkr_session_api::API;
use jiff::{SignedDuration, Timestamp};
use tokio::{sync::Mutex, time::Instant};
use url::Url;

use super::{
    oauth1a::{self, KeySigner},
    oauth2,
};
use crate::{Error, core::Core, hosts::without_slash, locked::Locked};

/// The part of its life that a token has left when it is renewed: of a day, an hour and twelve minutes.
const RENEWAL_MARGIN: i32 = 20;

/// A token that is younger is not replaced: what the broker refuses is then something else, like the brokerage session.
const MIN_AGE: Duration = Duration::from_secs(60);

/// How long the next attempt at a renewal waits where the old token is still good.
const RETRY_INTERVAL: SignedDuration = SignedDuration::from_secs(60);

/// How tokens are got.
pub(super) enum Grant {
    OAuth1a(oauth1a::Credentials),
    OAuth2(oauth2::Credentials),
    /// They are not: there is only the token of a saved session.
    Saved(oauth1a::Names),
    /// The same with OAuth 2.0.
    SavedBearer,
}

/// The token of a client, and how it is renewed.
pub(super) struct Authorization {
    grant: Grant,
    clock: Clock,
    token: Locked<Option<Token>>,
    /// Lets one request for a token be under way at a time.
    renewal: Mutex<()>,
    /// The last renewal that failed, for those who waited for it.
    failed: Locked<Option<(Instant, Failure)>>,
    connection: OnceLock<Connection>,
    /// Which of the hosts is used.
    host: AtomicUsize,
}

/// A live session token in base64, or the token of a single sign-on.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) secret: Secret,
    pub(super) ends_at: Timestamp,
    renew_at: Timestamp,
    obtained: Instant,
}

/// The time of day, as far as tokio's clock has come: where that is paused, as in tests, it runs ahead of the system's. A
/// clock that only counts from the start would be late when a computer has slept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    begun: Instant,
    begun_by_system: std::time::Instant,
}

impl Clock {
    fn new() -> Self {
        Self { begun: Instant::now(), begun_by_system: std::time::Instant::now() }
    }

    pub(super) fn now(&self) -> Timestamp {
        let ahead = self.begun.elapsed().saturating_sub(self.begun_by_system.elapsed());
        let ahead = SignedDuration::try_from(ahead).unwrap_or_default();
        Timestamp::now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }
}

/// How requests for tokens are sent.
struct Connection {
    http: reqwest::Client,
    transport: Transport,
    secrets: Secrets,
    base: Url,
    /// The same at the broker's other hosts.
    others: Vec<Url>,
}

impl Token {
    /// A token that was got now.
    pub(super) fn new(secret: Secret, ends_at: Timestamp, now: Timestamp) -> Self {
        let margin = ends_at.duration_since(now).max(SignedDuration::ZERO) / RENEWAL_MARGIN;
        let renew_at = ends_at.checked_sub(margin).unwrap_or(ends_at);
        Self { secret, ends_at, renew_at, obtained: Instant::now() }
    }
}

impl Authorization {
    pub(super) fn new(grant: Grant) -> Arc<Self> {
        Arc::new(Self {
            grant,
            clock: Clock::new(),
            token: Locked::default(),
            renewal: Mutex::default(),
            failed: Locked::default(),
            connection: OnceLock::new(),
            host: AtomicUsize::new(0),
        })
    }

    /// Lets it send requests.
    pub(super) fn connect(&self, core: &Core) {
        // The transport that has this as its signer would hold it for ever.
        let (http, transport) = (core.http.clone(), core.transport.without_signer());
        let (secrets, base, others) = (core.secrets.clone(), core.base.clone(), other_hosts(&core.base));
        // It is called once.
        let _ = self.connection.set(Connection { http, transport, secrets, base, others });
    }

    pub(super) fn clock(&self) -> Clock {
        self.clock
    }

    /// How tokens are got.
    pub(super) fn grant(&self) -> &Grant {
        &self.grant
    }

    /// The token, if there is one that is not over.
    pub(super) fn token(&self) -> Option<Token> {
        self.token.get().filter(|token| token.ends_at > self.clock.now())
    }

    /// Takes over the token of a saved session, unless there is a newer one.
    pub(super) fn take_over(&self, secret: Secret, ends_at: Timestamp) {
        let token = Token::new(secret, ends_at, self.clock.now());
        if let Some(connection) = self.connection.get() {
            connection.secrets.add(&token.secret);
        }
        self.token.change(|known| {
            if known.as_ref().is_none_or(|known| known.ends_at < token.ends_at) {
                *known = Some(token);
            }
        });
    }

    /// Gets a new token, whatever there is.
    pub(super) async fn renew_now(&self) -> Result<Token, Error> {
        let started = Instant::now();
        self.renewed_since(|token| token.obtained > started, false).await.map_err(Error::from)
    }

    /// Gets a token if there is none, or if it is to be renewed.
    pub(super) async fn ensure(&self) -> Result<(), Failure> {
        let renewed = self.renewed_since(|token| self.clock.now() < token.renew_at, false).await;
        match (renewed, self.token()) {
            (Err(_), Some(_)) => {
                // The old one is good for a while.
                let retry_at = self.clock.now().checked_add(RETRY_INTERVAL).unwrap_or(Timestamp::MAX);
                self.token.change(|token| token.iter_mut().for_each(|token| token.renew_at = retry_at));
                Ok(())
            }
            (renewed, _) => renewed.map(drop),
        }
    }

    /// The token, if it is good enough; else a new one, by one request for all who wait.
    /// `is_gone` is whether the host has lost it all, so that the next one is asked.
    async fn renewed_since(&self, is_good: impl Fn(&Token) -> bool, is_gone: bool) -> Result<Token, Failure> {
        let started = Instant::now();
        if let Some(token) = self.token.get().filter(&is_good) {
            return Ok(token);
        }
        let _renewal = self.renewal.lock().await;
        if let Some(token) = self.token.get().filter(&is_good) {
            return Ok(token);
        }
        if let Some((_, failure)) = self.failed.get().filter(|(at, _)| *at >= started) {
            return Err(failure);
        }
        if is_gone && let Some(connection) = self.connection.get() {
            self.next_host(connection);
        }
        match self.obtain().await {
            Ok(token) => {
                self.token.set(Some(token.clone()));
                Ok(token)
            }
            Err(error) => {
                let failure = error.into_failure();
                self.failed.set(Some((Instant::now(), failure.clone())));
                Err(failure)
            }
        }
    }

    /// Asks the broker for a token, at another host if this one has lost everything.
    async fn obtain(&self) -> Result<Token, Error> {
        let connection = self.connection()?;
        let mut outcome = self.obtain_at(connection).await;
        for _ in &connection.others {
            if !outcome.as_ref().is_err_and(|error| error.status() == Some(StatusCode::GONE.as_u16())) {
                break;
            }
            self.next_host(connection);
            outcome = self.obtain_at(connection).await;
        }
        let token = outcome?;
        connection.secrets.add(&token.secret);
        Ok(token)
    }

    async fn obtain_at(&self, connection: &Connection) -> Result<Token, Error> {
        match &self.grant {
            Grant::OAuth1a(credentials) => {
                let signer = Arc::new(KeySigner::for_exchange(credentials.clone(), self.clock));
                let response = self.api(connection, signer.clone()).oauth_live_session_token_post().await?;
                signer.token(&response.into_inner())
            }
            Grant::OAuth2(credentials) => {
                let base = self.base(connection);
                oauth2::single_sign_on(credentials, (&connection.http, &connection.transport, base), self.clock.now()).await
            }
            Grant::Saved(_) | Grant::SavedBearer => Err(Error::new(
                ErrorKind::SessionExpired,
                "the saved token is over or not accepted, and this client has no OAuth credentials to get another",
            )
            .unsent()),
        }
    }

    /// The broker's half of an exchange, as it comes. Nothing is kept of it.
    pub(super) async fn exchange(
        &self,
        signer: Arc<KeySigner>,
    ) -> Result<ibkr_session_api::types::LiveSessionToken, Error> {
        Ok(self.api(self.connection()?, signer).oauth_live_session_token_post().await?.into_inner())
    }

    /// What sends requests for tokens, and where to.
    pub(super) fn parts(&self) -> Result<oauth2::Parts<'_>, Error> {
        let connection = self.connection()?;
        Ok((&connection.http, &connection.transport, self.base(connection)))
    }

    /// The generated client with another signer.
    pub(super) fn api_with(&self, signer: Arc<KeySigner>) -> Result<ibkr_session_api::Client, Error> {
        Ok(self.api(self.connection()?, signer))
    }

    fn api(&self, connection: &Connection, signer: Arc<KeySigner>) -> ibkr_session_api::Client {
        let (base, http) = (without_slash(self.base(connection)), connection.http.clone());
        let transport = connection.transport.with_signer(signer);
        ibkr_session_api::Client::new_with_client(base, http, transport)
    }

    fn connection(&self) -> Result<&Connection, Error> {
        self.connection.get().ok_or_else(|| Error::config("the client is not complete"))
    }

    fn base<'a>(&self, connection: &'a Connection) -> &'a Url {
        let host = self.host.load(Ordering::Relaxed).checked_sub(1);
        host.and_then(|host| connection.others.get(host)).unwrap_or(&connection.base)
    }

    fn next_host(&self, connection: &Connection) {
        let next = (self.host.load(Ordering::Relaxed) + 1) % (connection.others.len() + 1);
        self.host.store(next, Ordering::Relaxed);
    }

    fn header(&self, method: &Method, url: &Url) -> Result<Secret, String> {
        let token = self.token().ok_or("there is no token of OAuth that is still good; sign in first")?;
        match &self.grant {
            Grant::OAuth1a(credentials) => {
                oauth1a::sign(&credentials.names()?, &token.secret, method, url, self.clock.now())
            }
            Grant::Saved(names) => oauth1a::sign(names, &token.secret, method, url, self.clock.now()),
            Grant::OAuth2(_) | Grant::SavedBearer => Ok(oauth2::bearer(&token.secret)),
        }
    }
}

impl Signer for Authorization {
    fn sign(&self, method: &Method, url: &Url) -> Result<Vec<(HeaderName, Secret)>, String> {
        Ok(vec![(AUTHORIZATION, self.header(method, url)?)])
    }

    fn prepare<'a>(&'a self, url: &'a mut Url) -> SignerFuture<'a, ()> {
        Box::pin(async {
            self.ensure().await?;
            // The broker's hosts of one API stand in for each other.
            if let Some(connection) = self.connection.get()
                && connection.base.origin() == url.origin()
                && url.host_str() != self.base(connection).host_str()
            {
                // Both are hosts of the spec, so this cannot fail.
                let _ = url.set_host(self.base(connection).host_str());
            }
            Ok(())
        })
    }

    fn renew(&self, status: StatusCode, sent: Instant) -> SignerFuture<'_, bool> {
        Box::pin(async move {
            let Some(token) = self.token.get() else { return Ok(false) };
            if token.obtained < sent {
                let is_gone = status == StatusCode::GONE;
                if !is_gone && sent.duration_since(token.obtained) < MIN_AGE {
                    return Ok(false);
                }
                self.renewed_since(|token| token.obtained >= sent, is_gone).await?;
            }
            Ok(true)
        })
    }
}

/// The base URL at the broker's other hosts; none if it is not at one of them.
fn other_hosts(base: &Url) -> Vec<Url> {
    let hosted = API.servers.iter().filter_map(|server| Url::parse(server.url).ok());
    let hosted: Vec<Url> = hosted.filter(|url| !is_loopback(url)).collect();
    let is_hosted = hosted.iter().any(|url| url.origin() == base.origin());
    let others = hosted.into_iter().filter(|url| is_hosted && url.origin() != base.origin());
    let at_path = |mut url: Url| {
        url.set_path(base.path());
        url
    };
    others.map(at_path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ibkr::{Client, oauth1a::tests::complete};

    #[tokio::test]
    async fn requests_go_to_the_next_host_of_the_broker() {
        let client = Client::builder().oauth1a(complete().build().unwrap()).build().unwrap();
        let authorization = client.authorization().unwrap();
        let end = Timestamp::now() + SignedDuration::from_hours(24);
        authorization.take_over("YBWbLw+9RYP2nWrPQHxHZkBb1aM=".into(), end);
        let connection = authorization.connection().unwrap();
        let prepared = async |url: &str| {
            let mut url = Url::parse(url).unwrap();
            authorization.prepare(&mut url).await.unwrap();
            url.to_string()
        };
        let tickle = |host: &str| format!("https://{host}/v1/api/tickle?a=b");
        for host in ["api.ibkr.com", "1.api.ibkr.com", "2.api.ibkr.com"] {
            assert_eq!(prepared(&tickle("api.ibkr.com")).await, tickle(host));
            assert_eq!(prepared(&tickle("other.example")).await, tickle("other.example"));
            authorization.next_host(connection);
        }
        (0..5).for_each(|_| authorization.next_host(connection));
        assert_eq!(prepared(&tickle("api.ibkr.com")).await, tickle("api.ibkr.com"));
    }

    #[test]
    fn a_gateway_has_no_other_hosts() {
        for base in ["https://localhost:5000/v1/api", "https://gateway.example/v1/api"] {
            assert_eq!(other_hosts(&Url::parse(base).unwrap()), []);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_follows_a_paused_one() {
        let clock = Clock::new();
        let before = clock.now();
        tokio::time::advance(Duration::from_secs(3600)).await;
        let passed = clock.now().duration_since(before);
        assert!((3599..3660).contains(&passed.as_secs()), "{passed}");
    }
}
