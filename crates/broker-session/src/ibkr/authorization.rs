//! The token with which a client signs in by itself, where OAuth is configured.
//!
//! It is got before the first call, renewed before its end and where the broker refuses it, by one request for all calls
//! that wait for it. A renewal that fails is no failure as long as the old token is good. Where there is a store, it is one
//! request for all programs that use it.

use std::{
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use broker_session_runtime::{
    ErrorKind, Failure, Secret, Secrets, Signer, SignerFuture, Transport, is_loopback,
};
use http::{HeaderName, StatusCode, header::AUTHORIZATION};
use ibkr_session_api::API;
use jiff::{SignedDuration, Timestamp};
use reqwest::Request;
use tokio::{sync::Mutex, time::Instant};
use url::Url;

use super::{
    oauth1a::{self, KeySigner},
    oauth2,
};
use crate::{
    Error, SharedSession, clock::Clock, core::Core, hosts::without_slash, locked::Locked,
    shared_session::Wanted,
};

/// A token is renewed when this part of the life that it had when it was got is left: of a day, an hour and twelve minutes.
const RENEWAL_MARGIN: i32 = 20;

/// A token that is younger is not replaced: what the broker refuses is then something else, like the brokerage session. Nor
/// is another one asked for that soon after the broker has refused to give one.
const MIN_AGE: Duration = Duration::from_secs(60);

/// After another failure the next request for a token waits so long.
const FAILURE_INTERVAL: Duration = Duration::from_secs(5);

/// How long the next attempt at a renewal waits where the old token is still good.
const RETRY_INTERVAL: SignedDuration = SignedDuration::from_secs(60);

/// How tokens are got.
pub(super) enum Grant {
    OAuth1a(oauth1a::Credentials),
    OAuth2(oauth2::Credentials),
    /// They are not: there is only the token of a saved session.
    Saved(oauth1a::Names),
    /// The same with OAuth 2.0.
    SavedBearer {
        /// The client id, if the session has it.
        client_id: String,
        /// The user name.
        credential: String,
    },
}

impl Grant {
    /// What names the caller of OAuth 1.0a.
    pub(super) fn names(&self) -> Option<&oauth1a::Names> {
        match self {
            Self::OAuth1a(credentials) => Some(credentials.names()),
            Self::Saved(names) => Some(names),
            Self::OAuth2(_) | Self::SavedBearer { .. } => None,
        }
    }

    /// The credentials of OAuth 2.0.
    pub(super) fn oauth2(&self) -> Option<&oauth2::Credentials> {
        match self {
            Self::OAuth2(credentials) => Some(credentials),
            _ => None,
        }
    }

    /// The client id of OAuth 2.0.
    pub(super) fn client_id(&self) -> Option<&str> {
        match self {
            Self::OAuth2(credentials) => Some(credentials.client_id()),
            Self::SavedBearer { client_id, .. } => Some(client_id),
            Self::OAuth1a(_) | Self::Saved(_) => None,
        }
    }

    /// The user name, which OAuth 1.0a does not know.
    pub(super) fn user(&self) -> Option<&str> {
        match self {
            Self::OAuth2(credentials) => Some(credentials.credential()),
            Self::SavedBearer { credential, .. } => Some(credential),
            Self::OAuth1a(_) | Self::Saved(_) => None,
        }
    }

    /// The same, if it gives new tokens.
    pub(super) fn for_exchange(&self) -> Option<Self> {
        match self {
            Self::OAuth1a(credentials) => Some(Self::OAuth1a(credentials.clone())),
            Self::OAuth2(credentials) => Some(Self::OAuth2(credentials.clone())),
            Self::Saved(_) | Self::SavedBearer { .. } => None,
        }
    }

    /// Whether it gives new tokens.
    pub(super) fn can_exchange(&self) -> bool {
        matches!(self, Self::OAuth1a(_) | Self::OAuth2(_))
    }
}

/// The token of a client, and how it is renewed.
pub(super) struct Authorization {
    grant: Grant,
    pub(super) token: Locked<Option<Token>>,
    /// Where it is shared with other programs, if it is.
    pub(super) shared: OnceLock<SharedSession>,
    /// The number of the latest token that this client has had, where it is shared. Zero if it is not known.
    pub(super) number: Locked<Option<u64>>,
    /// When the store was last offered a token that it lacks.
    pub(super) offered: Locked<Option<Instant>>,
    /// Lets one request for a token be under way at a time.
    renewal: Mutex<()>,
    /// The last renewal that failed, for those who waited for it.
    failed: Locked<Option<(Instant, Failure)>>,
    connection: OnceLock<Connection>,
    /// Which of the hosts is used.
    host: AtomicUsize,
    /// When a host was left first, and how many were left since.
    left: Locked<Option<(Instant, usize)>>,
    /// For renewals that nobody waits for.
    pub(super) this: Weak<Self>,
}

/// A live session token in base64, or the token of a single sign-on.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) secret: Secret,
    pub(super) ends_at: Timestamp,
    pub(super) renew_at: Timestamp,
    /// When this client got it; nothing for that of a saved session, and for the first one of a store.
    pub(super) obtained: Option<Instant>,
    /// Its number in the store; zero if there is no store, or if it is not known.
    pub(super) number: u64,
    /// Whether the store lacks it, because it could not be written.
    pub(super) is_unwritten: bool,
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

impl Connection {
    /// All base URLs of the API.
    fn hosts(&self) -> impl Iterator<Item = &Url> {
        [&self.base].into_iter().chain(&self.others)
    }
}

impl Token {
    /// A token that this client got now.
    pub(super) fn new(secret: Secret, ends_at: Timestamp, now: Timestamp) -> Self {
        let margin = ends_at.duration_since(now).max(SignedDuration::ZERO) / RENEWAL_MARGIN;
        let renew_at = ends_at.checked_sub(margin).unwrap_or(ends_at);
        Self { secret, ends_at, renew_at, obtained: Some(Instant::now()), number: 0, is_unwritten: false }
    }
}

impl Authorization {
    pub(super) fn new(grant: Grant) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            grant,
            token: Locked::default(),
            shared: OnceLock::new(),
            number: Locked::default(),
            offered: Locked::default(),
            renewal: Mutex::default(),
            failed: Locked::default(),
            connection: OnceLock::new(),
            host: AtomicUsize::new(0),
            left: Locked::default(),
            this: this.clone(),
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

    /// Whose session it is, as a digest.
    pub(super) fn user(&self) -> String {
        let names = match self.grant.names() {
            Some(names) => [&*names.consumer_key, names.access_token.as_ref().map_or("", Secret::expose)],
            None => [self.grant.client_id().unwrap_or_default(), self.grant.user().unwrap_or_default()],
        };
        let digest = digest(&SHA256, names.join(" ").as_bytes());
        oauth1a::hex(digest.as_ref().get(..8).unwrap_or_default()).as_str().to_owned()
    }

    /// How tokens are got.
    pub(super) fn grant(&self) -> &Grant {
        &self.grant
    }

    /// The token, if there is one that is not over.
    pub(super) fn token(&self) -> Option<Token> {
        self.token.get().filter(|token| token.ends_at > Clock.now())
    }

    /// Takes over the token of a saved session, unless there is a newer one.
    pub(super) fn take_over(&self, secret: Secret, ends_at: Timestamp) {
        let token = Token { obtained: None, ..Token::new(secret, ends_at, Clock.now()) };
        if let Some(connection) = self.connection.get() {
            connection.secrets.keep([&token.secret]);
        }
        self.token.change(|known| {
            if known.as_ref().is_none_or(|known| known.ends_at < token.ends_at) {
                *known = Some(token);
                self.number.set(Some(0));
            }
        });
    }

    /// Uses a token of the store or of an exchange, unless there is a newer one.
    pub(super) fn take(&self, token: Token) {
        if let Some(connection) = self.connection.get() {
            connection.secrets.keep([&token.secret]);
        }
        self.token.change(|known| {
            if known.as_ref().is_none_or(|known| known.number <= token.number) {
                self.number.set(Some(token.number));
                *known = Some(token);
            }
        });
    }

    /// Gets a new token, whatever there is.
    pub(super) async fn renew_now(&self) -> Result<Token, Error> {
        let started = Instant::now();
        self.forget_failure();
        self.renewed_since(
            |token| token.obtained.is_some_and(|at| at > started),
            false,
            Some(Wanted::new_one()),
        )
        .await
        .map_err(Error::from)
    }

    /// Lets the next call ask for a token, although one was refused a moment ago.
    pub(super) fn forget_failure(&self) {
        self.failed.set(None);
    }

    /// Gets a token if there is none that is good. One that is to be renewed is good meanwhile, so that nobody waits for
    /// another one.
    pub(super) async fn ensure(&self) -> Result<(), Failure> {
        let Some(token) = self.token() else {
            return self.renewed_since(|token| token.ends_at > Clock.now(), false, None).await.map(drop);
        };
        self.write_back(&token);
        let now = Clock.now();
        let retry_at = now.checked_add(RETRY_INTERVAL).unwrap_or(Timestamp::MAX);
        // Of all callers one begins the renewal.
        let is_first = self.token.change(|known| match known {
            Some(known) if known.renew_at <= now => {
                known.renew_at = retry_at;
                true
            }
            _ => false,
        });
        if let Some(this) = self.this.upgrade().filter(|_| is_first) {
            let old = token.obtained;
            tokio::spawn(async move {
                // If it fails, the next call begins another one, as long as the old token is good.
                let _ = this.renewed_since(|token| token.obtained > old, false, None).await;
            });
        }
        Ok(())
    }

    /// The token, if it is good enough; else a new one, by one request for all who wait, and not soon after a failure.
    /// `is_gone` is whether the host has lost it all, so that the next one is asked. Where the token is shared, it is one
    /// after that in memory, unless another one is `wanted`.
    pub(super) async fn renewed_since(
        &self,
        is_good: impl Fn(&Token) -> bool,
        is_gone: bool,
        wanted: Option<Wanted>,
    ) -> Result<Token, Failure> {
        let started = Instant::now();
        if let Some(token) = self.token.get().filter(&is_good) {
            return Ok(token);
        }
        let _renewal = self.renewal.lock().await;
        if let Some(token) = self.token.get().filter(&is_good) {
            return Ok(token);
        }
        let failed = self.failed.get().filter(|(at, failure)| {
            let distance = if failure.kind == ErrorKind::Credentials { MIN_AGE } else { FAILURE_INTERVAL };
            *at >= started || at.elapsed() < distance
        });
        if let Some((_, failure)) = failed {
            return Err(failure);
        }
        if is_gone && let Some(connection) = self.connection.get() {
            self.next_host(connection);
        }
        let obtained = match self.shared.get() {
            Some(shared) => self.obtain_shared(shared, wanted).await,
            None => self.exchange().await,
        };
        match obtained {
            Ok(token) => {
                self.take(token.clone());
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
    pub(super) async fn exchange(&self) -> Result<Token, Error> {
        let connection = self.connection()?;
        let mut outcome = self.obtain_here().await;
        for _ in &connection.others {
            if !outcome.as_ref().is_err_and(|error| error.status() == Some(StatusCode::GONE.as_u16())) {
                break;
            }
            self.next_host(connection);
            outcome = self.obtain_here().await;
        }
        outcome
    }

    async fn obtain_here(&self) -> Result<Token, Error> {
        match &self.grant {
            Grant::OAuth1a(credentials) => {
                let signer = Arc::new(KeySigner::for_exchange(credentials.clone()));
                let response = self.api(signer.clone())?.oauth_live_session_token_post().await?;
                signer.token(&response.into_inner())
            }
            Grant::OAuth2(credentials) => {
                oauth2::single_sign_on(credentials, self.parts()?, Clock.now()).await
            }
            Grant::Saved(_) | Grant::SavedBearer { .. } => Err(Error::new(
                ErrorKind::SessionExpired,
                "the saved token is over or not accepted, and this client has no OAuth credentials to get another",
            )
            .unsent()),
        }
    }

    /// What sends requests for tokens, and where to.
    pub(super) fn parts(&self) -> Result<oauth2::Parts<'_>, Error> {
        let connection = self.connection()?;
        let Connection { http, transport, secrets, .. } = connection;
        Ok(oauth2::Parts { http, transport, secrets, base: self.base(connection) })
    }

    /// The base URL at the host that is used.
    pub(super) fn current_base(&self) -> Result<&Url, Error> {
        Ok(self.base(self.connection()?))
    }

    /// The base URL that sessions are saved with.
    pub(super) fn base_url(&self) -> Result<&str, Error> {
        Ok(without_slash(&self.connection()?.base))
    }

    /// The generated client with another signer, at the host that is used.
    pub(super) fn api(&self, signer: Arc<KeySigner>) -> Result<ibkr_session_api::Client, Error> {
        let connection = self.connection()?;
        let (base, http) = (without_slash(self.base(connection)), connection.http.clone());
        let transport = connection.transport.with_signer(signer);
        Ok(ibkr_session_api::Client::new_with_client(base, http, transport))
    }

    fn connection(&self) -> Result<&Connection, Error> {
        self.connection.get().ok_or_else(|| Error::config("the client is not complete"))
    }

    fn base<'a>(&self, connection: &'a Connection) -> &'a Url {
        let host = self.host.load(Ordering::Relaxed).checked_sub(1);
        host.and_then(|host| connection.others.get(host)).unwrap_or(&connection.base)
    }

    /// Whether another host is worth a try: each of them once in a while.
    fn may_move(&self) -> bool {
        let others = self.connection.get().map_or(0, |connection| connection.others.len());
        self.left.change(|left| match left {
            Some((at, count)) if at.elapsed() < MIN_AGE => {
                *count += 1;
                *count <= others
            }
            _ => {
                *left = Some((Instant::now(), 0));
                true
            }
        })
    }

    fn next_host(&self, connection: &Connection) {
        let next = (self.host.load(Ordering::Relaxed) + 1) % (connection.others.len() + 1);
        self.host.store(next, Ordering::Relaxed);
    }

    fn header(&self, request: &Request) -> Result<Secret, String> {
        let token = self.token().ok_or("there is no token of OAuth that is still good; sign in first")?;
        match self.grant.names() {
            Some(names) => oauth1a::sign(names, &token.secret, request, Clock.now()),
            None => Ok(oauth2::bearer(&token.secret)),
        }
    }
}

impl Signer for Authorization {
    fn sign(&self, request: &Request) -> Result<Vec<(HeaderName, Secret)>, String> {
        Ok(vec![(AUTHORIZATION, self.header(request)?)])
    }

    fn is_one_time(&self) -> bool {
        self.grant.names().is_some()
    }

    fn prepare<'a>(&'a self, url: &'a mut Url) -> SignerFuture<'a, ()> {
        Box::pin(async {
            self.ensure().await?;
            // The broker's hosts of one API stand in for each other.
            if let Some(connection) = self.connection.get()
                && connection.hosts().any(|base| base.origin() == url.origin())
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
            if token.obtained.is_none_or(|at| at < sent) {
                let is_new = token.obtained.is_some_and(|at| sent.duration_since(at) < MIN_AGE);
                let is_gone = status == StatusCode::GONE;
                if if is_gone { !self.may_move() } else { is_new } {
                    // Another program may have replaced it meanwhile.
                    return Ok(!is_gone && self.take_newer(token.number).await);
                }
                self.renewed_since(|token| token.obtained.is_some_and(|at| at >= sent), is_gone, None)
                    .await?;
            }
            Ok(true)
        })
    }
}

/// The base URL at the broker's other hosts; none if it is not at one of them.
pub(super) fn other_hosts(base: &Url) -> Vec<Url> {
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
            for asked in ["api.ibkr.com", "1.api.ibkr.com", "7.api.ibkr.com"] {
                assert_eq!(prepared(&tickle(asked)).await, tickle(host));
            }
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
        let before = Clock.now();
        tokio::time::advance(Duration::from_secs(3600)).await;
        let passed = Clock.now().duration_since(before);
        assert!((3599..3660).contains(&passed.as_secs()), "{passed}");
    }
}
