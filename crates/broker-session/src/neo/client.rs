//! Where a sign-in starts.

use std::sync::Arc;

use broker_session_runtime::{AllowedHosts, Environment, Secret, Transport};
use kotak_neo_session_api::{API, types::TradeApiLoginRequest};
use reqwest::header::HeaderMap;
use url::Url;

use super::{
    credentials::Credentials,
    totp::{Totp, Used},
    view_session::ViewSession,
};
use crate::{
    Connection, Error, authorize::set, connection::shown, guesses::Guesses, secrets::Secrets, settle::Settler,
};

/// How many digits a one-time password has, and an MPIN.
const CODE_DIGITS: usize = 6;

/// A client for one user. Cheap to clone; clones know of each other's guesses.
#[derive(Clone)]
pub struct Client {
    pub(super) shared: Arc<Shared>,
}

/// What all states of a sign-in share.
pub(super) struct Shared {
    pub(super) credentials: Credentials,
    pub(super) http: reqwest::Client,
    pub(super) hosts: AllowedHosts,
    /// The host of the sign-in.
    pub(super) base: Url,
    /// Settles the calls, and knows every secret of this client's sign-ins.
    pub(super) settler: Settler,
    transport: Transport,
    codes: Guesses,
    pub(super) mpins: Guesses,
    used: Used,
}

impl Shared {
    /// The generated client for a host.
    pub(super) fn api(&self, base: &Url) -> kotak_neo_session_api::Client {
        let url = base.as_str().trim_end_matches('/');
        kotak_neo_session_api::Client::new_with_client(url, self.http.clone(), self.transport.clone())
    }

    /// Adds what identifies the application to the headers of a program's own request: what the sign-in carries, too.
    pub(super) fn identify(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        if !self.credentials.has_access_token() {
            return set(headers, "neo-fin-key", &self.credentials.application());
        }
        let sign_in = API.operation("trade_api_login");
        sign_in.map_or(Ok(()), |operation| self.transport.identify(operation, headers).map_err(Error::config))
    }
}

/// Builds a [`Client`].
#[derive(Clone, Default)]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    environment: Environment,
    base_url: Option<String>,
    connection: Connection,
}

impl ClientBuilder {
    /// Sets what identifies the application and the user. Needed.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Chooses between the broker's production and its test environment (UAT); production unless told. Credentials never
    /// go from one to the other. Beware: the broker's own client calls other paths in UAT, which this crate does not know.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Sets the origin that stands for the host of the sign-in (`https://mis.kotaksecurities.com`).
    ///
    /// A server on loopback stands for all of the broker's hosts: should its answers name one of them, the sign-in stays
    /// on loopback.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets how the broker is reached.
    pub fn connection(mut self, connection: Connection) -> Self {
        self.connection = connection;
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    /// `Config` if the credentials are missing or no header could carry them, or if the URL or the connection's settings
    /// cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        let credentials = self.credentials.ok_or_else(|| Error::config("no credentials were given"))?;
        credentials.check()?;
        let given: Vec<String> = self.base_url.into_iter().collect();
        let (hosts, bases) = self.connection.reach(&API, self.environment, &given)?;
        let base = bases.into_iter().next().ok_or_else(|| Error::config("there is no host to start with"))?;
        let http = self.connection.http_client(&hosts)?;
        let transport = credentials.equip(self.connection.transport(&API)).build();
        let (codes, mpins) = (self.connection.one_time_guesses(), self.connection.guesses());
        let (used, settler) = (Used::default(), Settler::new(&API, Secrets::new(credentials.secrets())));
        let shared = Shared { credentials, http, hosts, base, settler, transport, codes, mpins, used };
        Ok(Client { shared: Arc::new(shared) })
    }
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("credentials", &self.credentials)
            .field("environment", &self.environment)
            .field("base_url", &self.base_url.as_deref().map(shown))
            .field("connection", &self.connection)
            .finish()
    }
}

impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The client code (UCC) of the user who signs in.
    pub fn ucc(&self) -> &str {
        &self.shared.credentials.ucc
    }

    /// The URL that the sign-in starts at, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.shared.base.as_str().trim_end_matches('/')
    }

    /// What makes the one-time passwords that an authenticator would show, from the secret that it was set up with:
    /// base32, in either case, with or without spaces, dashes and padding; or the `otpauth://` URI of the QR code.
    ///
    /// All of a client's make each code once. A program that may start again within half a minute must also remember
    /// the last one: [`Totp::remembered_in`].
    ///
    /// # Errors
    /// `Config` if it is no such secret.
    pub fn totp_from_secret(&self, secret: &Secret) -> Result<Totp, Error> {
        Totp::new(secret, self.shared.used.clone())
    }

    /// Whether a mobile number can be one: [`Client::login_totp`] sends nothing else.
    ///
    /// # Errors
    /// `Config` if it is not a plus sign and digits.
    pub fn check_mobile(mobile: &Secret) -> Result<(), Error> {
        Credentials::check_mobile(mobile)
    }

    /// The six digits of a one-time password, as a person types them: authenticators show `123 456`.
    /// [`Client::login_totp`] reads it the same way.
    ///
    /// # Errors
    /// `Config` if it is not six digits.
    pub fn read_code(code: &Secret) -> Result<Secret, Error> {
        let digits = Secret::new(code.expose().chars().filter(|c| !c.is_whitespace()).collect());
        if digits.expose().len() > CODE_DIGITS && !digits.expose().bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::config(
                "the one-time password (NEO_TOTP) is not six digits, like 204 060. If it is the secret of the authenticator, it belongs into NEO_TOTP_SECRET. It was not sent",
            ));
        }
        six_digits("one-time password (NEO_TOTP)", &digits).map(|()| digits)
    }

    /// Whether an MPIN can be one: to be asked before [`Client::login_totp`] spends a one-time password, because
    /// [`ViewSession::validate`] sends nothing else.
    ///
    /// # Errors
    /// `Config` if it is not six digits.
    pub fn check_mpin(mpin: &Secret) -> Result<(), Error> {
        six_digits("MPIN (NEO_MPIN)", mpin)
    }

    /// The first step (`tradeApiLogin`): gives the one-time password, and begins a session that may only look.
    ///
    /// A code leaves at most once, whatever comes of it: the broker takes each for one sign-in. One that has left is not
    /// sent again by this client.
    ///
    /// # Errors
    /// `Credentials` if the code or something else that identifies the user is wrong (the broker does not say which),
    /// `Locked` if the account is locked, `SecondFactor` if this code got in before, `Config` if it is not six digits or
    /// the mobile number cannot be one, and
    /// what any call may meet.
    pub async fn login_totp(&self, code: &Secret) -> Result<ViewSession, Error> {
        let operation = "trade_api_login";
        let code = &Self::read_code(code)?;
        Self::check_mobile(&self.shared.credentials.mobile)?;
        let settler = &self.shared.settler;
        settler.secrets.remember(code);
        let body = TradeApiLoginRequest {
            mobile_number: self.shared.credentials.mobile.clone(),
            ucc: self.ucc().to_owned(),
            totp: code.clone(),
        };
        let api = self.shared.api(&self.shared.base);
        let call = async {
            let answer = settler.open(operation, api.trade_api_login(&body).await)?;
            ViewSession::new(self.shared.clone(), operation, answer)
        };
        self.shared.codes.spend(operation, code, None, call).await
    }
}

/// The broker could only refuse anything else, and would count it as a wrong guess.
fn six_digits(name: &str, guess: &Secret) -> Result<(), Error> {
    let digits = guess.expose().as_bytes();
    match digits.len() == CODE_DIGITS && digits.iter().all(u8::is_ascii_digit) {
        true => Ok(()),
        false => Err(Error::config(format!("the {name} is not six digits, like 204060, so it was not sent"))),
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("credentials", &self.shared.credentials).finish_non_exhaustive()
    }
}
