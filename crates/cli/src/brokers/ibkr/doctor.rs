//! `doctor ibkr`.

mod oauth;

use std::{path::Path, time::Duration};

use broker_session::{
    Fingerprint, Secret,
    ibkr::{Client, Compete, SessionState, State},
};
use clap::Args;
use tokio::time::timeout;

use super::{
    BROKER,
    settings::{AUTHORIZATION, COOKIE, GatewayArgs, GatewaySettings, Pin, secrets},
    status::description,
};
use crate::{
    Context,
    args::examples,
    brokers::Broker,
    config::Config,
    doctor::{Checks, Finding, Findings, Flaw, Options, Server, Setting, plain, run},
    failure::Failure,
    network::{UNTRUSTED, read},
    output::printable,
    progress::Steps,
    settings::place,
};

/// What takes a sign-in and only reads.
const PATH: &str = "iserver/auth/status";

/// How long to wait for the own address, which may be asked for once a minute.
const ADDRESS_TIMEOUT: Duration = Duration::from_secs(3);

/// How long an opened session may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Find out why a session at Interactive Brokers does not work: settings, certificate, network, gateway.
///
/// Each check says what there is, why it is wrong and how to fix it, without the value of any setting. With --sign-in a
/// token is asked for, where OAuth is set up, and the brokerage session is opened, if no other one is in the way. The exit
/// status is that of the first problem.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    gateway: GatewayArgs,
}

fn long_help() -> String {
    let examples = examples(&[
        "broker-session doctor ibkr",
        "broker-session doctor ibkr --sign-in",
        "broker-session doctor ibkr --json",
    ]);
    format!("{}\n\n{examples}", secrets())
}

/// Runs the checks.
///
/// # Errors
/// The kind of the first problem.
pub(crate) async fn doctor(args: DoctorArgs, context: &Context) -> Result<(), Failure> {
    let checks = IbkrChecks { given: args.gateway, options: args.options, settings: None };
    run(checks, args.options, context).await
}

struct IbkrChecks {
    given: GatewayArgs,
    options: Options,
    settings: Option<GatewaySettings>,
}

impl Checks for IbkrChecks {
    const BROKER: &'static Broker = &BROKER;

    async fn settings(&mut self, config: &Config, findings: &mut Findings, context: &Context) {
        let profile = &config.profile.ibkr;
        let has_oauth = oauth::is_set_up(config);
        for (option, variable, key, is_set, flaw) in [
            ("--base-url", "IBKR_BASE_URL", "base_url", profile.base_url.is_some(), None),
            (
                "--login-url",
                "IBKR_LOGIN_URL",
                "login_url",
                profile.login_url.is_some(),
                has_oauth.then(page_flaw),
            ),
        ] {
            let from = place(option, variable, is_set.then_some(key));
            findings.setting(Setting { name: variable, place: from.as_deref() }, flaw);
        }
        oauth::check(config, findings).await;
        self.certificate(config, findings);
        findings.secret(&config.secret(COOKIE), cookie_flaw).await;
        let authorization = |authorization: &Secret| {
            if has_oauth { Some(second_flaw()) } else { authorization_flaw(authorization) }
        };
        findings.secret(&config.secret(AUTHORIZATION), authorization).await;
        match self.given.clone().resolve_silently(config, context).await {
            Ok(settings) => self.settings = Some(settings),
            // A file or a fingerprint that cannot be used was reported.
            Err(_) if findings.has_problem() => {}
            Err(failure) => findings.add(Finding::of("settings", "cannot be used", &failure)),
        }
    }

    fn server(&self) -> Option<Server> {
        let settings = self.settings.as_ref()?;
        let trust = match settings.endpoint.is_gateway() {
            true => format!(
                "If it is your gateway, which signs its certificate itself, compare the fingerprint with the one that the gateway's machine shows, and run: {}",
                settings.endpoint.trust_command()
            ),
            false => UNTRUSTED.to_owned(),
        };
        Some(Server {
            base_url: settings.endpoint.base_url.clone(),
            path: PATH,
            client: settings.builder(),
            is_pinned: !matches!(settings.pin, Pin::None),
            proxy: settings.endpoint.proxy.clone(),
            trust,
            clock: "The broker refuses requests that are signed with the time of a wrong clock, and the limits between calls are kept by it.",
        })
    }

    async fn ask(&mut self, findings: &mut Findings, context: &Context) {
        let (Some(client), Some(settings)) = (self.client(), &self.settings) else { return };
        if settings.has_oauth {
            if !self.options.signs_in() {
                let why = "It takes a token, which only --sign-in asks for.";
                findings.add(Finding::skipped("session", "not asked for", why));
            }
            let why = "Without a single sign-on the broker does not tell.";
            return findings.add(Finding::skipped("own_address", "is not known", why));
        }
        let mut steps = context.steps();
        match steps.run("Asking how the session is", client.diagnose()).await {
            Ok(state) => findings.add(session(&state)),
            Err(failure) => findings.add(Finding::of("session", "is not known", &failure)),
        }
        findings.add(own_address(&client).await);
    }

    async fn sign_in(
        &mut self,
        _: &Config,
        findings: &mut Findings,
        context: &Context,
    ) -> Result<(), Finding> {
        const NAME: &str = "brokerage_session";
        let Some(client) = self.client() else { return Ok(()) };
        let mut steps = context.steps();
        if client.has_oauth() {
            let end = steps.run("Getting a token", client.renew_authorization()).await;
            let end = end.map_err(|failure| oauth::refused(&failure))?;
            findings.add(Finding::ok("token", format!("the broker gives one, good until {end}")));
        }
        let state = steps.run("Asking how the session is", client.diagnose()).await;
        let state = state.map_err(|failure| Finding::of(NAME, "is not known", &failure))?;
        findings.add(match state.state() {
            State::Ready => Finding::ok(NAME, "is open already; it was left as it is"),
            State::SoftTimeout => {
                let opened = open(&client, &mut steps).await;
                opened.map_err(|failure| Finding::of(NAME, "cannot be opened", &failure))?;
                Finding::ok(NAME, "was opened and can be used; without use it times out in some minutes")
            }
            _ if client.has_oauth() => session(&state),
            other => {
                let why = format!("The state of the session is {}.", other.name());
                Finding::skipped(NAME, "was not opened", why)
            }
        });
        Ok(())
    }
}

impl IbkrChecks {
    fn client(&self) -> Option<Client> {
        self.settings.as_ref()?.client().ok()
    }

    /// The certificate that a setting names.
    fn certificate(&self, config: &Config, findings: &mut Findings) {
        let profile = &config.profile.ibkr;
        let fingerprint = self.given.fingerprint.as_ref().or(profile.fingerprint.as_ref());
        let is_set = profile.fingerprint.is_some();
        let from = place("--fingerprint", "IBKR_FINGERPRINT", is_set.then_some("fingerprint"));
        let setting = Setting { name: "IBKR_FINGERPRINT", place: from.as_deref() };
        findings.setting(setting, fingerprint.and_then(|text| fingerprint_flaw(text)));
        let in_profile = config.path(profile.certificate.as_ref());
        let certificate = self.given.certificate.as_ref().or(in_profile.as_ref());
        let from = place("--certificate", "IBKR_CERTIFICATE", in_profile.is_some().then_some("certificate"));
        let setting = Setting { name: "IBKR_CERTIFICATE", place: from.as_deref() };
        findings.setting(setting, certificate.and_then(|path| certificate_flaw(path)));
    }
}

/// Opens the brokerage session, unless the same user has one elsewhere.
async fn open(client: &Client, steps: &mut Steps) -> Result<(), Failure> {
    if client.has_oauth() {
        return steps.run("Opening the brokerage session", client.login(Compete::Yield)).await.map(drop);
    }
    steps.run("Opening the brokerage session", client.open_session(Compete::Yield)).await?;
    steps.run("Waiting until it can be used", client.wait_until_ready(PATIENCE)).await.map(drop)
}

/// What the state of the session means for a program that gets a 401.
fn session(state: &SessionState) -> Finding {
    const NAME: &str = "session";
    let what = description(state);
    let hint = state.hint().map(str::to_owned);
    let (why, cure) = match state.state() {
        State::Ready => return Finding::ok(NAME, what),
        State::Connecting => {
            let (why, cure) =
                ("It is on its way, or may be asked for in a minute only.", "Wait, and ask again.");
            return Finding::warning(NAME, what, why, cure);
        }
        State::SoftTimeout => {
            let why = "Calls below /iserver get 401 until the brokerage session is opened again.";
            return Finding::warning(
                NAME,
                what,
                why,
                "Open it: broker-session login ibkr. Keep it open: broker-session keepalive ibkr.",
            );
        }
        State::LoginRequired { .. } => (
            "Nobody is signed in at the gateway, so every call gets 401.",
            "Sign in in a browser, on the machine of the gateway, and then run: broker-session login ibkr",
        ),
        State::Competing => (
            "The same user has a session elsewhere, on the phone or the desktop.",
            "End it there, or throw it out: broker-session login ibkr --compete",
        ),
        State::Penalized { .. } => (
            "There were too many calls, from this address.",
            "Stop every program that calls, and wait for the end of the penalty.",
        ),
        _ => ("The server does not take the calls of this program.", "Read the reason."),
    };
    let cure = hint.unwrap_or_else(|| cure.to_owned());
    match state.state().kind() {
        Some(kind) => Finding::problem(kind, NAME, what, why, cure),
        None => Finding::ok(NAME, what),
    }
}

/// The address that the broker has seen when the person signed in.
async fn own_address(client: &Client) -> Finding {
    const NAME: &str = "own_address";
    let unknown = |why: &str| Finding::skipped(NAME, "is not known", why);
    if client.login_url().is_none() {
        return unknown("Without a page of a single sign-on the broker is not asked.");
    }
    match timeout(ADDRESS_TIMEOUT, client.validate_sso()).await {
        Ok(Ok(profile)) => match profile.ip.as_deref() {
            Some(address) => Finding::ok(NAME, format!("the person signed in from {}", printable(address))),
            None => unknown("The gateway does not tell."),
        },
        Ok(Err(error)) => unknown(&Failure::from(error).explained().0),
        Err(_) => unknown("It may be asked for once a minute."),
    }
}

fn fingerprint_flaw(text: &str) -> Option<Flaw> {
    let error = text.parse::<Fingerprint>().err()?;
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    let what = match digits {
        40 => "is a SHA-1 fingerprint, and it takes a SHA-256 one",
        _ => "is no SHA-256 fingerprint",
    };
    Some(Flaw::certain(what, format!("{error}."), "Copy it once more, or run: broker-session trust ibkr"))
}

fn certificate_flaw(path: &Path) -> Option<Flaw> {
    let pem = match read("certificate", path) {
        Ok(pem) => pem,
        Err(failure) => {
            let (why, cure) = failure.explained();
            return Some(Flaw::certain("cannot be read", why, cure));
        }
    };
    // Whatever the base URL is.
    let client = Client::builder().base_url("https://localhost").trust_certificate(pem);
    client.build().err().map(|error| Flaw::of(&error))
}

fn cookie_flaw(cookie: &Secret) -> Option<Flaw> {
    let text = cookie.expose();
    if text.to_ascii_lowercase().starts_with("cookie:") {
        let why = "The name of the header stands in front of it.";
        return Some(Flaw::certain("begins with `Cookie:`", why, "Give what stands behind it."));
    }
    if !text.contains('=') {
        let why = "A cookie has a name and a value, like `api=…`.";
        return Some(Flaw::certain(
            "has no `=`",
            why,
            "Copy the header `Cookie` of a request that the browser sends to the gateway.",
        ));
    }
    plain(text)
}

/// A page for a person, where none signs in.
fn page_flaw() -> Flaw {
    let why = "With OAuth the program signs in by itself, so there is no page for a person.";
    Flaw::doubtful("is not used", why, "Leave it out; or leave out the settings of OAuth.")
}

/// A header `Authorization` beside OAuth.
fn second_flaw() -> Flaw {
    let why = "OAuth makes the header `Authorization` itself.";
    Flaw::certain(
        "cannot be used beside OAuth",
        why,
        "Leave it out; or leave out the settings of OAuth, if another program makes the header.",
    )
}

fn authorization_flaw(authorization: &Secret) -> Option<Flaw> {
    let text = authorization.expose();
    let scheme = text.split_whitespace().next().unwrap_or_default();
    if scheme.eq_ignore_ascii_case("authorization:") {
        let why = "The name of the header stands in front of it.";
        return Some(Flaw::certain("begins with `Authorization:`", why, "Give what stands behind it."));
    }
    if scheme.eq_ignore_ascii_case("OAuth") {
        return Some(Flaw::certain(
            "is a signature of OAuth 1.0a",
            "A signature is good for one request at one time.",
            "Leave it out, and set IBKR_OAUTH_CONSUMER_KEY and the others, so that each request is signed: broker-session setup ibkr",
        ));
    }
    if scheme == text {
        let why = "The header has a scheme and a token.";
        return Some(Flaw::doubtful("is one word", why, "Write the scheme in front of it, like `Bearer …`."));
    }
    plain(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::found;

    #[test]
    fn each_broken_value_has_a_precise_finding() {
        let secret = Secret::from;
        for (flaw, expected) in [
            (fingerprint_flaw("AB:CD"), "no SHA-256 fingerprint"),
            (fingerprint_flaw(&"ab".repeat(20)), "SHA-1 fingerprint"),
            (certificate_flaw(Path::new("/no/such/file")), "cannot be read"),
            (cookie_flaw(&secret("Cookie: api=made-up")), "begins with `Cookie:`"),
            (cookie_flaw(&secret("made-up")), "has no `=`"),
            (authorization_flaw(&secret("Authorization: Bearer made-up")), "begins with `Authorization:`"),
            (authorization_flaw(&secret("OAuth realm=\"made-up\"")), "good for one request"),
            (authorization_flaw(&secret("made-up")), "is one word"),
        ] {
            let found = found(flaw);
            assert!(found.contains(expected) && !found.contains("made-up"), "{expected}: {found}");
        }
        assert!(cookie_flaw(&secret("api=made-up")).is_none());
        assert!(authorization_flaw(&secret("Bearer made-up")).is_none());
        assert!(fingerprint_flaw(&"ab".repeat(32)).is_none());
    }
}
