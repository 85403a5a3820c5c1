//! Where a sign-in starts.

use std::sync::Arc;

use broker_session_runtime::{Api, Environment, Secret};
use neo_session_api::{
    API,
    types::{SessionEnvelope, TradeApiLoginRequest},
};
use url::Url;

use super::{
    credentials::Credentials,
    totp::{Totp, Used},
    view_session::ViewSession,
};
use crate::{
    ClientBuilder, Error,
    api_call::api_call,
    attempts::Attempts,
    builder::sealed::Broker,
    core::Core,
    hosts::without_slash,
    shared_session::{Lease, SharedSession},
    store::Store,
    variables::Variables,
};

/// How many digits a one-time password has, and an MPIN.
const CODE_DIGITS: usize = 6;

/// The broker, for the builder.
#[derive(Debug)]
pub enum Neo {}

impl Broker for Neo {
    const NAME: &'static str = "neo";
    const API: &'static Api = &API;
    type Settings = Option<Credentials>;
    type Client = Client;

    fn read(builder: &mut ClientBuilder<Self>, variables: &Variables) -> Result<(), Error> {
        if builder.settings.is_none() {
            builder.settings = Some(Credentials::from_env(variables)?);
        }
        let environment = variables.environment("NEO_ENVIRONMENT")?;
        builder.read_base_url(variables, "NEO_BASE_URL")?;
        if let Some(environment) = environment.filter(|_| builder.base_urls.is_empty()) {
            builder.base_urls.extend(API.servers_of(environment).next().map(str::to_owned));
        }
        Ok(())
    }

    fn open(builder: ClientBuilder<Self>) -> Result<Client, Error> {
        let reachable = builder.reachable(Environment::Production)?;
        let credentials = builder
            .settings
            .ok_or_else(|| Error::config("no credentials were given; call `credentials` or `from_env`"))?;
        credentials.check()?;
        let equip = |transport| credentials.apply_to(transport);
        let core = Core::open(Self::NAME, &API, &builder.options, reachable, credentials.secrets(), equip)?;
        let codes = Attempts::one_time(builder.options.deadlines.total);
        Ok(Client(Arc::new(Inner { core: Arc::new(core), credentials, codes, used: Used::default() })))
    }
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl ClientBuilder<Neo> {
    /// Sets what identifies the application and the user.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.settings = Some(credentials);
        self
    }
}

/// A client for one user. Cheap to clone; clones know of each other's guesses.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Inner>);

/// What all states of a sign-in share.
pub(super) struct Inner {
    pub(super) core: Arc<Core>,
    pub(super) credentials: Credentials,
    /// The one-time passwords that were given. The core has the MPINs.
    codes: Attempts,
    used: Used,
}

/// The generated client for a host.
pub(super) fn api(core: &Core, base: &Url) -> neo_session_api::Client {
    neo_session_api::Client::new_with_client(without_slash(base), core.http.clone(), core.transport.clone())
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder<Neo> {
        ClientBuilder::new()
    }

    /// The client that the environment variables describe: `NEO_MOBILE`, `NEO_UCC` and `NEO_ACCESS_TOKEN`, and where they
    /// are set `NEO_FIN_KEY`, `NEO_BASE_URL`, `NEO_ENVIRONMENT` (`production` or `sandbox`) and those of [`ClientBuilder::from_env`].
    ///
    /// # Errors
    /// `Config` if one of the first three is missing, or one of them cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().from_env().build()
    }

    /// The client code (UCC) of the user who signs in.
    pub fn ucc(&self) -> &str {
        &self.0.credentials.ucc
    }

    /// The URL that the sign-in starts at, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.0.core.base_url()
    }

    /// What makes the one-time passwords that an authenticator would show, from the secret that it was set up with:
    /// base32, in either case, with or without spaces, dashes and padding; or the `otpauth://` URI of the QR code.
    ///
    /// All [`Totp`]s of a client and its clones share what was used: none makes a code twice. A program that may start
    /// again within half a minute must also remember the last one: [`Totp::remember_in`].
    ///
    /// # Errors
    /// `Config` if it is no such secret.
    pub fn totp_from_secret(&self, secret: &Secret) -> Result<Totp, Error> {
        Totp::new(secret, self.0.used.clone())
    }

    /// Checks that a mobile number can be one. [`ClientBuilder::build`] does so, too.
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

    /// Checks that an MPIN can be one, before [`Client::login_totp`] spends a one-time password:
    /// [`ViewSession::validate`] sends nothing else.
    ///
    /// # Errors
    /// `Config` if it is not six digits.
    pub fn check_mpin(mpin: &Secret) -> Result<(), Error> {
        six_digits("MPIN (NEO_MPIN)", mpin)
    }

    /// The session of this user in a store, for all programs that use the store. `guesses` are the secrets that a sign-in
    /// without a person will send; if they were refused, no program tries them again by itself.
    pub fn shared_session(&self, store: Arc<dyn Store>, guesses: &[&Secret]) -> SharedSession {
        let key = self.0.credentials.guess_key();
        SharedSession::new(store, Neo::NAME, self.ucc(), &key, guesses)
    }

    /// The same client for a sign-in of all programs that share a store: the store knows each guess before it leaves.
    pub fn with_lease(&self, lease: &Lease) -> Self {
        let Inner { core, credentials, codes, used } = &*self.0;
        let core = Arc::new(core.with_lease(lease));
        let codes = codes.shared(lease.guesses().clone());
        Self(Arc::new(Inner { core, credentials: credentials.clone(), codes, used: used.clone() }))
    }

    /// The first step (`tradeApiLogin`): sends the one-time password, and begins a read-only session.
    ///
    /// A code is sent at most once, however the call ends: the broker takes each for one sign-in. This client does not send
    /// it again.
    ///
    /// # Errors
    /// `Credentials` if the code or something else that identifies the user is wrong (the broker does not tell which),
    /// `Locked` if the account is locked, `SecondFactor` if this code got in before, `Config` if it is not six digits or
    /// the credentials are [for a session alone](Credentials::for_session), and what any call may meet.
    pub async fn login_totp(&self, code: &Secret) -> Result<ViewSession, Error> {
        let code = &Self::read_code(code)?;
        let Inner { core, credentials, codes, .. } = &*self.0;
        credentials.check_sign_in()?;
        core.secrets.add(code);
        let body = TradeApiLoginRequest {
            mobile_number: (&credentials.mobile).into(),
            ucc: credentials.ucc.clone(),
            totp: code.into(),
        };
        let api = api(core, &core.base);
        let call = api_call!(api.trade_api_login(&body));
        let read = |envelope: Result<SessionEnvelope, Error>| ViewSession::new(self.clone(), envelope?.data);
        codes.send(call, code, None, read).await
    }
}

/// The broker could only refuse anything else, and would count it as a wrong guess.
fn six_digits(name: &str, guess: &Secret) -> Result<(), Error> {
    let digits = guess.expose().as_bytes();
    if digits.len() == CODE_DIGITS && digits.iter().all(u8::is_ascii_digit) {
        return Ok(());
    }
    Err(Error::config(format!("the {name} is not six digits, like 204060, so it was not sent")))
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("credentials", &self.0.credentials).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_variable_chooses_the_host() {
        let base_url = |environment: &'static str| {
            let variables = Variables::of(move |name| {
                let set =
                    [("NEO_MOBILE", "+910000000000"), ("NEO_UCC", "MADE1"), ("NEO_ACCESS_TOKEN", "made-up")];
                let set = set.into_iter().chain([("NEO_ENVIRONMENT", environment)]);
                set.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
            });
            let client = ClientBuilder::<Neo>::new().read_from(variables).build();
            client.map(|client| client.0.core.base_url().to_owned())
        };
        let own = |environment| API.servers_of(environment).next().unwrap().to_owned();
        assert_eq!(base_url("production").unwrap(), own(Environment::Production));
        assert_eq!(base_url("sandbox").unwrap(), own(Environment::Sandbox));
        assert!(base_url("uat").unwrap_err().to_string().contains("NEO_ENVIRONMENT"));
    }
}
