//! `doctor kotak`.

use broker_session::{
    ErrorKind, Secret,
    kotak::{Client, Credentials, User, api::API},
};
use clap::Args;

use super::{
    BROKER,
    login::{Factor, SECRETS, choose, set},
    settings::{CLIENT_SECRETS, Settings},
};
use crate::{
    Context,
    args::help,
    brokers::Broker,
    config::Config,
    doctor::{Checks, Finding, Findings, Flaw, Options, Server, Setting, access_token, plain, run, sign_out},
    failure::Failure,
    output::host_of,
    secrets::Prompter,
    settings::place,
};

/// What takes a sign-in and only reads.
const PATH: &str = "session/1.0/session/init";

/// Find out why a sign-in to Kotak Securities does not work: settings, clock, network, server.
///
/// Each check says what there is, why it is wrong and how to fix it, without the value of any setting. Nothing is sent that
/// the broker could count as a guess, unless --sign-in is given. The exit status is that of the first problem.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct DoctorArgs {
    /// The second factor to try [default: the one that `login` takes].
    #[arg(long, value_name = "FACTOR", env = "KOTAK_FACTOR")]
    factor: Option<Factor>,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    client: Settings,
}

fn long_help() -> String {
    let examples = [
        "broker-session doctor kotak",
        "broker-session doctor kotak --sign-in --factor mpin",
        "broker-session doctor kotak --json",
    ];
    help(&[&CLIENT_SECRETS, &SECRETS], &examples)
}

/// Runs the checks.
///
/// # Errors
/// The kind of the first problem.
pub(crate) async fn doctor(args: DoctorArgs, context: &Context) -> Result<(), Failure> {
    let checks = KotakChecks { given: args.client, factor: args.factor, server: None };
    run(checks, args.options, context).await
}

struct KotakChecks {
    given: Settings,
    factor: Option<Factor>,
    server: Option<Server>,
}

impl Checks for KotakChecks {
    const BROKER: &'static Broker = &BROKER;

    async fn settings(&mut self, config: &Config, findings: &mut Findings, context: &Context) {
        let (given, profile) = (&self.given, &config.profile.kotak);
        user(given, config, findings);
        let key = config.secret("KOTAK_CONSUMER_KEY");
        let token = config.secret("KOTAK_ACCESS_TOKEN");
        let secret = config.secret("KOTAK_CONSUMER_SECRET");
        let known_key = match key.place() {
            Some(_) => findings.secret(&key, key_flaw).await,
            None => {
                findings.missing("KOTAK_CONSUMER_KEY", "the consumer key");
                None
            }
        };
        let known_key = known_key.unwrap_or_else(|| Secret::from("made-up-key"));
        if token.place().is_none() && secret.place().is_none() {
            findings.missing("KOTAK_ACCESS_TOKEN", "an access token, or the consumer secret that gets one");
        }
        findings.secret(&token, |token| token_flaw(&known_key, token)).await;
        findings.secret(&secret, |secret| secret_flaw(&known_key, secret)).await;
        let password = config.secret("KOTAK_PASSWORD");
        match password.place() {
            Some(_) => drop(findings.secret(&password, password_flaw).await),
            None => findings.typed("KOTAK_PASSWORD", "the password"),
        }
        factor(self.factor, config, findings).await;
        for (option, variable, key, is_set) in [
            ("--environment", "KOTAK_ENVIRONMENT", "environment", profile.environment.is_some()),
            ("--base-url", "KOTAK_BASE_URL", "base_url", !profile.base_url.is_empty()),
            ("--oauth-base-url", "KOTAK_OAUTH_BASE_URL", "oauth_base_url", profile.oauth_base_url.is_some()),
            ("--ip", "KOTAK_IP", "ip", profile.ip.is_some()),
            ("--app-id", "KOTAK_APP_ID", "app_id", profile.app_id.is_some()),
        ] {
            let from = place(option, variable, is_set.then_some(key));
            findings.setting(Setting { name: variable, place: from.as_deref() }, None);
        }
        let allowed = (profile.allow_hosts.as_slice(), profile.allow_plain_http);
        let proxy = given.network.proxy(config);
        match given.network.clone().resolve_silently(config, allowed, context.general.timeout).await {
            Ok(options) => {
                let base_url = given.first_base_url(profile).unwrap_or_default();
                let clock = "The ends of sessions are told by this clock, and certificates are judged by it.";
                self.server = Some(Server::of_broker(base_url, PATH, options, proxy, clock));
            }
            Err(failure) => findings.add(Finding::of("network", "cannot be used", &failure)),
        }
    }

    fn server(&self) -> Option<Server> {
        self.server.clone()
    }

    async fn ask(&mut self, findings: &mut Findings, _: &Context) {
        findings.add(Finding::skipped("own_address", "is not known", "The broker does not tell."));
    }

    async fn sign_in(
        &mut self,
        config: &Config,
        findings: &mut Findings,
        context: &Context,
    ) -> Result<(), Finding> {
        let begun = async {
            let mut prompter = Prompter::new(config);
            let user = self.given.user_or_ask(config, &mut prompter).await?;
            let settings = self.given.clone().resolve(config, user, &mut prompter, context).await?;
            let password = config.secret("KOTAK_PASSWORD");
            let password = prompter.secret(&password, "Password").await?.unwrap_or_default();
            let factor = choose(self.factor, false, config, &mut prompter).await?;
            prompter.check()?;
            Ok((settings.client()?, settings, password, factor))
        };
        let begun: Result<_, Failure> = begun.await;
        let (client, settings, password, factor) =
            begun.map_err(|failure| Finding::of("sign_in", "could not begin", &failure))?;
        let mut steps = context.steps();
        let client = settings.authorised(client, &mut steps).await;
        let client =
            client.map_err(|failure| Finding::of("access_token", "the broker gives none", &failure))?;
        let what = format!("Starting the session at {}", host_of(client.base_url()));
        let initialized = steps.run(&what, client.init()).await.map_err(|failure| init_refused(&failure))?;
        let host = host_of(initialized.base_url());
        let what = format!("consumer key, access token and user are known; it goes on at {host}");
        findings.add(Finding::ok("session_init", what));
        let pending = steps.run("Checking the password", initialized.login(&password)).await;
        let pending =
            pending.map_err(|failure| Finding::of("password", "the broker does not take it", &failure))?;
        findings.add(Finding::ok("password", "is right"));
        let session = factor.give_once(&pending, &mut steps).await;
        let session =
            session.map_err(|failure| Finding::of("second_factor", "there is no session", &failure))?;
        findings.add(Finding::ok("second_factor", format!("is right ({})", factor.name())));
        let end = "It ends by itself, at the latest in the night.";
        findings.add(sign_out(&session.without_profile(), &mut steps, end).await);
        Ok(())
    }
}

/// What a refused first call means: no password was sent yet.
fn init_refused(failure: &Failure) -> Finding {
    let finding = Finding::of("session_init", "the broker does not begin a session", failure);
    if !failure.is(ErrorKind::Credentials) {
        return finding;
    }
    finding.with_cure(
        "The access token is wrong or over, or belongs to another application than the consumer key. Make a new one, or set KOTAK_CONSUMER_SECRET so that the program gets one. No password was sent.",
    )
}

fn user(given: &Settings, config: &Config, findings: &mut Findings) {
    let profile = &config.profile.kotak;
    match given.named_user(config) {
        Err(failure) => findings.add(Finding::of("KOTAK_USERID", "is given twice", &failure)),
        Ok(None) => findings.missing("KOTAK_USERID", "the user id (client code)"),
        Ok(Some(user)) => {
            let (option, name, key, is_set) = match user {
                User::Nickname(_) => ("--nickname", "KOTAK_NICKNAME", "nickname", profile.nickname.is_some()),
                _ => ("--userid", "KOTAK_USERID", "userid", profile.userid.is_some()),
            };
            let from = place(option, name, is_set.then_some(key));
            findings.setting(Setting { name, place: from.as_deref() }, user_flaw(&user));
        }
    }
}

/// The second factor that `login` would take.
async fn factor(named: Option<Factor>, config: &Config, findings: &mut Findings) {
    const NAME: &str = "KOTAK_FACTOR";
    let named = named.or(config.profile.kotak.factor);
    let found = match named {
        Some(factor) => Ok(Some(factor)),
        None => set(config),
    };
    let factor = match found {
        Ok(Some(factor)) => factor,
        Ok(None) => return findings.typed(NAME, "the access code"),
        Err(failure) => return findings.add(Finding::of(NAME, "cannot be told", &failure)),
    };
    let Some(source) = factor.source(config) else {
        return findings.add(Finding::ok(NAME, format!("is `{}`, which takes no secret", factor.name())));
    };
    findings.add(Finding::ok(NAME, format!("is `{}`", factor.name())));
    match source.place() {
        Some(_) => drop(findings.secret(&source, |secret| plain(secret.expose())).await),
        None => findings.typed(source.variable, "the second factor"),
    }
}

/// What the library says against credentials of which all but one are made up.
fn refused(credentials: Credentials) -> Option<Flaw> {
    let host = API.servers.first().map_or("", |server| server.url);
    Client::builder().base_url(host).credentials(credentials).build().err().map(|error| Flaw::of(&error))
}

fn made_up() -> Credentials {
    Credentials::new().userid("MADE1").consumer_key("made-up-key").access_token("made-up-token")
}

fn user_flaw(user: &User) -> Option<Flaw> {
    plain(user.name()).or_else(|| refused(made_up().user(user.clone())))
}

fn key_flaw(key: &Secret) -> Option<Flaw> {
    refused(made_up().consumer_key(key)).or_else(|| plain(key.expose()))
}

fn token_flaw(key: &Secret, token: &Secret) -> Option<Flaw> {
    let flaw = refused(made_up().consumer_key(key).access_token(token)).filter(|_| key_flaw(key).is_none());
    flaw.or_else(|| plain(token.expose())).or_else(|| access_token(token))
}

fn secret_flaw(key: &Secret, secret: &Secret) -> Option<Flaw> {
    let flaw =
        refused(made_up().consumer_key(key).consumer_secret(secret)).filter(|_| key_flaw(key).is_none());
    flaw.or_else(|| plain(secret.expose()))
}

/// A password may be anything, but a blank at its end is most often a mistake.
fn password_flaw(password: &Secret) -> Option<Flaw> {
    let text = password.expose();
    (text != text.trim()).then(|| {
        Flaw::doubtful(
            "begins or ends with a blank",
            "It may have been copied along, and the broker counts a wrong password.",
            "Remove it, unless the password really has it.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::found;

    #[test]
    fn each_broken_value_has_a_precise_finding() {
        let (key, secret) = (Secret::from("made-up-key"), Secret::from);
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE2MzA0MzQ2MDB9.bWFkZS11cA";
        for (flaw, expected) in [
            (user_flaw(&User::Userid("made-up@broker.example".into())), "e-mail address"),
            (user_flaw(&User::Userid("+919876500000".into())), "mobile number"),
            (user_flaw(&User::Userid("MADE1 ".into())), "blank"),
            (key_flaw(&secret("Basic made-up-key")), "Give it without `Basic`."),
            (key_flaw(&secret(token)), "is a token"),
            (key_flaw(&secret("<consumer-key>")), "placeholder"),
            (token_flaw(&key, &secret("made-up-key")), "are the same"),
            (token_flaw(&key, &secret("'made-up-token'")), "quotes"),
            (token_flaw(&key, &secret(token)), "is over since 2021"),
            (secret_flaw(&key, &secret("made-up-key")), "are the same"),
            (password_flaw(&secret("made-up ")), "blank"),
        ] {
            let found = found(flaw);
            assert!(found.contains(expected), "{expected}: {found}");
            assert!(!found.contains("made-up") && !found.contains(token), "{found}");
        }
    }

    #[test]
    fn right_values_have_no_flaw() {
        let (key, secret) = (Secret::from("made-up-key"), Secret::from);
        assert!(user_flaw(&User::Nickname("made up".into())).is_none());
        assert!(key_flaw(&key).is_none() && token_flaw(&key, &secret("made-up-token")).is_none());
        assert!(secret_flaw(&key, &secret("made-up-secret")).is_none());
        assert!(password_flaw(&secret("made up")).is_none());
    }
}
