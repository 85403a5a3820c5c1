//! `login kotak`.

use broker_session::{
    Error, Secret,
    kotak::{Pending, Session, SignIn},
};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::json;

use super::{
    BROKER,
    settings::{CLIENT_SECRETS, Settings},
};
use crate::{
    Context,
    args::help,
    config::Config,
    failure::Failure,
    login::{self, Again, Guess, give_back, give_back_typed},
    output::{host_of, printable},
    progress::Steps,
    secrets::{Prompter, SecretSource},
    settings::one_of,
    terminal,
};

/// Sign in to Kotak Securities (Trade API, session/1.0) and store the session.
///
/// If a session lives, it is reported, and nothing is sent. Of several runs at once one signs in; the others wait for it.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct LoginArgs {
    #[command(flatten)]
    again: Again,
    /// The second factor [default: the one that KOTAK_ACCESS_CODE, KOTAK_MPIN or KOTAK_BIOMETRIC gives the secret of; at
    /// a terminal, if none does, the access code].
    #[arg(long, value_name = "FACTOR", env = "KOTAK_FACTOR")]
    factor: Option<Factor>,
    /// Ask the broker to send an access code by SMS and e-mail first. At a terminal you are then asked for it.
    #[arg(long)]
    request_code: bool,
    #[command(flatten)]
    client: Settings,
}

/// The secrets of a sign-in, for the help.
pub(super) const SECRETS: [(&str, &str); 4] = [
    ("KOTAK_PASSWORD", "The user's password."),
    ("KOTAK_ACCESS_CODE", "The access code of the day."),
    ("KOTAK_MPIN", "The mobile PIN."),
    ("KOTAK_BIOMETRIC", "The biometric proof."),
];

fn long_help() -> String {
    help(
        &[&CLIENT_SECRETS, &SECRETS],
        &[
            "broker-session login kotak",
            "broker-session login kotak --request-code",
            "broker-session login kotak --factor mpin --json",
            "broker-session login kotak --base-url http://127.0.0.1:4001/apim --factor one-time-token",
        ],
    )
}

/// Signs in, if there is no session that lives. Everything that is needed is at hand before the first request is sent.
///
/// # Errors
/// If any step fails; then there is no session that was not reported.
pub(crate) async fn login(args: LoginArgs, context: &Context) -> Result<(), Failure> {
    let config = context.config()?;
    let store = context.store(&config).await?;
    store.check().await?;
    let sign_in =
        login::SignIn { broker: &BROKER, profile: &config.name, store: &store, again: args.again, context };
    let mut prompter = Prompter::new(&config);
    let user = args.client.user_or_ask(&config, &mut prompter).await?;
    // Which factor the session was opened with is not stored.
    let unknown = json!({ "factor": null });
    if let Some(stored) = sign_in.find(user.name()).await? {
        sign_in.check_place(&stored, args.client.first_base_url(&config.profile.kotak).as_deref())?;
        if sign_in.is_enough(&stored) {
            return sign_in.already(&stored, unknown);
        }
    }
    let settings = args.client.resolve(&config, user, &mut prompter, context).await?;
    let source = config.secret("KOTAK_PASSWORD");
    let question = format!("Password of {} at Kotak", printable(settings.user()));
    let password = prompter.secret(&source, &question).await?.unwrap_or_default();
    let second_factor = choose(args.factor, args.request_code, &config, &mut prompter).await?;
    prompter.check()?;
    let client = settings.client()?;

    let mut steps = context.steps();
    let given = source.place().is_some().then_some(&password);
    let guesses: Vec<&Secret> = given.into_iter().chain(second_factor.given()).collect();
    let shared = client.shared_session(store.shared(), &guesses);
    let Some(lease) = sign_in.lease(&shared, &mut steps, unknown).await? else { return Ok(()) };
    let mut is_typed = given.is_none();
    let session = async {
        let client = settings.authorised(client.with_lease(&lease), &mut steps).await?;
        let what = format!("Starting the session at {}", host_of(client.base_url()));
        let initialized = steps.run(&what, client.init()).await?;
        let what = format!("Checking the password at {}", host_of(initialized.base_url()));
        let pending = steps.run(&what, initialized.login(&password)).await?;
        if args.request_code {
            request_code(&pending, &mut steps, context).await?;
        }
        is_typed = second_factor.is_typed();
        second_factor.give(&pending, &mut steps, context).await
    };
    let session: Result<Session, Failure> = session.await;
    match session {
        Ok(session) => {
            let fields = json!({ "factor": second_factor.factor.name() });
            sign_in.finish(session, lease, &mut steps, fields).await
        }
        Err(failure) => {
            if is_typed {
                give_back_typed(lease, &failure).await;
            } else {
                give_back(lease, &failure).await;
            }
            Err(failure)
        }
    }
}

async fn request_code(pending: &Pending, steps: &mut Steps, context: &Context) -> Result<(), Failure> {
    let what = format!("Asking for an access code at {}", host_of(pending.base_url()));
    let sent = steps.run(&what, pending.request_access_code()).await?;
    let phone = sent.phone.as_deref().or(pending.phone());
    let email = sent.email.as_deref().or(pending.email());
    let places: Vec<String> = [phone, email].into_iter().flatten().map(printable).collect();
    if !places.is_empty() {
        context.output.note(&format!("The broker sends the code to {}.", places.join(" and ")));
    }
    Ok(())
}

/// A second factor.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Factor {
    /// The code that the broker sends by SMS and e-mail, one a day.
    AccessCode,
    /// Nothing further: the token that the login has given is enough.
    OneTimeToken,
    /// The mobile PIN.
    Mpin,
    /// A proof that the broker's own applications make.
    Biometric,
}

impl Factor {
    /// The name, as options and output have it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AccessCode => "access-code",
            Self::OneTimeToken => "one-time-token",
            Self::Mpin => "mpin",
            Self::Biometric => "biometric",
        }
    }

    /// What a person is asked for.
    pub(super) fn question(self) -> &'static str {
        match self {
            Self::AccessCode => "Access code",
            Self::OneTimeToken => "One-time token",
            Self::Mpin => "Mpin",
            Self::Biometric => "Biometric proof",
        }
    }

    /// Where its secret may be, if it has one.
    pub(super) fn source(self, config: &Config) -> Option<SecretSource> {
        let variable = match self {
            Self::AccessCode => "KOTAK_ACCESS_CODE",
            Self::OneTimeToken => return None,
            Self::Mpin => "KOTAK_MPIN",
            Self::Biometric => "KOTAK_BIOMETRIC",
        };
        Some(config.secret(variable))
    }

    /// Sends it to the broker.
    async fn submit(self, pending: &Pending, secret: &Secret) -> Result<Session, Error> {
        match self {
            Self::AccessCode => pending.submit_access_code(secret).await,
            Self::OneTimeToken => pending.redeem_one_time_token().await,
            Self::Mpin => pending.submit_mpin(secret).await,
            Self::Biometric => pending.submit_biometric(secret).await,
        }
    }
}

/// A second factor and its secret.
#[derive(Debug)]
pub(super) struct SecondFactor {
    pub(super) factor: Factor,
    /// None if the factor needs none, or if a person types it once the broker has sent it.
    secret: Option<Secret>,
    /// Whether other runs have the same secret: it is in the environment or the profile.
    is_given: bool,
}

impl SecondFactor {
    /// Its name, as options and output have it.
    pub(super) fn name(&self) -> &'static str {
        self.factor.name()
    }

    /// The secret that other runs have, too.
    fn given(&self) -> Option<&Secret> {
        self.secret.as_ref().filter(|_| self.is_given)
    }

    /// Whether a person types it.
    fn is_typed(&self) -> bool {
        self.factor != Factor::OneTimeToken && !self.is_given
    }

    /// Adds it to a sign-in that no person has to help with.
    pub(super) fn add_to(&self, sign_in: SignIn) -> SignIn {
        let secret = self.secret.clone().unwrap_or_default();
        match self.factor {
            Factor::AccessCode => sign_in.access_code(secret),
            Factor::OneTimeToken => sign_in.one_time_token(),
            Factor::Mpin => sign_in.mpin(secret),
            Factor::Biometric => sign_in.biometric(secret),
        }
    }

    /// Gives the factor to the broker, once.
    pub(super) async fn give_once(&self, pending: &Pending, steps: &mut Steps) -> Result<Session, Failure> {
        let what = format!("Giving the second factor ({})", self.name());
        let secret = self.secret.clone().unwrap_or_default();
        steps.run(&what, self.factor.submit(pending, &secret)).await
    }

    /// Gives the factor to the broker. A person may correct a wrong one; a script may not.
    async fn give(
        &self,
        pending: &Pending,
        steps: &mut Steps,
        context: &Context,
    ) -> Result<Session, Failure> {
        let factor = self.factor;
        let what = format!("Giving the second factor ({}) at {}", factor.name(), host_of(pending.base_url()));
        let guess = Guess { what: &what, question: factor.question() };
        if factor == Factor::OneTimeToken {
            // A person has not typed it and cannot correct it.
            return steps.run(guess.what, pending.redeem_one_time_token()).await;
        }
        let secret = match &self.secret {
            Some(secret) => secret.clone(),
            None => terminal::ask_secret(guess.question).await?,
        };
        guess.send(secret, steps, context, async |secret| factor.submit(pending, secret).await).await
    }
}

/// Chooses the factor: the named one, else the one with a secret in the environment or the profile, else at a terminal
/// the access code. With `request_code` a person types the code after it was sent.
pub(super) async fn choose(
    named: Option<Factor>,
    request_code: bool,
    config: &Config,
    prompter: &mut Prompter,
) -> Result<SecondFactor, Failure> {
    let factor = match named.or(config.profile.kotak.factor) {
        None if request_code => Factor::AccessCode,
        Some(factor) => factor,
        None => match given(config).await? {
            Some(chosen) => return Ok(chosen),
            None if terminal::is_there() => Factor::AccessCode,
            None => {
                prompter.add_missing(
                    "KOTAK_ACCESS_CODE, KOTAK_MPIN or KOTAK_BIOMETRIC for the second factor (or `--factor one-time-token`, which needs none)"
                        .to_owned(),
                );
                Factor::AccessCode
            }
        },
    };
    if request_code && factor != Factor::AccessCode {
        return Err(Failure::config(format!(
            "--request-code asks for an access code, but the factor is `{}`. Leave out one of them.",
            factor.name()
        )));
    }
    let (secret, is_given) = match factor.source(config) {
        None => (None, false),
        // The broker is about to send a code, which may not be the given one.
        Some(_) if request_code && terminal::is_there() => (None, false),
        Some(source) => (prompter.secret(&source, factor.question()).await?, source.place().is_some()),
    };
    Ok(SecondFactor { factor, secret, is_given })
}

/// The factor that needs no person: the named one if its secret is there, else the one with a secret in the environment or
/// the profile.
pub(super) async fn known(named: Option<Factor>, config: &Config) -> Result<Option<SecondFactor>, Failure> {
    let Some(factor) = named.or(config.profile.kotak.factor) else { return given(config).await };
    let Some(source) = factor.source(config) else {
        return Ok(Some(SecondFactor { factor, secret: None, is_given: false }));
    };
    let secret = source.read().await?;
    Ok(secret.map(|secret| SecondFactor { factor, secret: Some(secret), is_given: true }))
}

/// The factor with a secret in the environment, or else in the profile, and its secret.
async fn given(config: &Config) -> Result<Option<SecondFactor>, Failure> {
    let Some(factor) = set(config)? else { return Ok(None) };
    let secret = match factor.source(config) {
        Some(source) => source.read().await?,
        None => None,
    };
    Ok(Some(SecondFactor { factor, secret, is_given: true }))
}

/// The factor with a secret in the environment, or else in the profile. Nothing is read.
///
/// # Errors
/// If there are two in one place: the choice would be left to chance.
pub(super) fn set(config: &Config) -> Result<Option<Factor>, Failure> {
    let (mut environment, mut profile) = (Vec::new(), Vec::new());
    for factor in [Factor::AccessCode, Factor::Mpin, Factor::Biometric] {
        let Some(source) = factor.source(config) else { continue };
        environment.push((source.variable, source.is_in_environment().then_some(factor)));
        profile.extend(source.key().map(|key| (key, Some(factor))));
    }
    one_of([environment, profile]).map_err(|failure| failure.with_note("Or name the factor with --factor."))
}
