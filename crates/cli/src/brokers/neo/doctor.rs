//! `doctor neo`.

use super::{
    BROKER,
    login::gather,
    one_time_password::OneTimePassword,
    settings::{CLIENT_SECRETS, Settings},
};
use crate::{
    Context,
    args::help,
    brokers::Broker,
    config::Config,
    doctor::{Checks, Finding, Findings, Flaw, Options, Server, Setting, access_token, plain, run, sign_out},
    failure::Failure,
    login::{Again, SignIn},
    output::printable,
    progress::Steps,
    secrets::Prompter,
    settings::{Environment, place},
};
use broker_session::{
    ErrorKind, Secret,
    neo::{Client, Credentials, Session},
};
use clap::Args;

/// What takes a sign-in and only reads.
const PATH: &str = "login/1.0/get-client-ip";

/// Find out why a sign-in to Kotak Neo does not work: settings, clock, network, server.
///
/// Each check says what there is, why it is wrong and how to fix it, without the value of any setting. Nothing is sent that
/// the broker could count as a guess, unless --sign-in is given. The exit status is that of the first problem.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    client: Settings,
}

fn long_help() -> String {
    let examples = [
        "broker-session doctor neo",
        "broker-session doctor neo --sign-in",
        "broker-session doctor neo --json",
    ];
    help(&[&CLIENT_SECRETS, &super::login::SECRETS], &examples)
}

/// Runs the checks.
///
/// # Errors
/// The kind of the first problem.
pub(crate) async fn doctor(args: DoctorArgs, context: &Context) -> Result<(), Failure> {
    let checks = NeoChecks { given: args.client, options: args.options, server: None };
    run(checks, args.options, context).await
}

struct NeoChecks {
    given: Settings,
    options: Options,
    server: Option<Server>,
}

impl Checks for NeoChecks {
    const BROKER: &'static Broker = &BROKER;

    async fn settings(&mut self, config: &Config, findings: &mut Findings, context: &Context) {
        let (given, profile) = (&self.given, &config.profile.neo);
        let in_profile = |key, is_set: bool| is_set.then_some(key);
        let ucc = given.ucc.as_ref().or(profile.ucc.as_ref());
        let from = place("--ucc", "NEO_UCC", in_profile("ucc", profile.ucc.is_some()));
        match ucc {
            Some(ucc) => findings.setting(Setting { name: "NEO_UCC", place: from.as_deref() }, ucc_flaw(ucc)),
            None => findings.missing("NEO_UCC", "the client code"),
        }
        let mut needed = async |variable, what, flaw: fn(&Secret) -> Option<Flaw>| {
            let source = config.secret(variable);
            match source.place() {
                Some(_) => drop(findings.secret(&source, flaw).await),
                None => findings.missing(variable, what),
            }
        };
        needed("NEO_ACCESS_TOKEN", "the access token", token_flaw).await;
        needed("NEO_MOBILE", "the registered mobile number", mobile_flaw).await;
        let mpin = config.secret("NEO_MPIN");
        match mpin.place() {
            Some(_) => drop(findings.secret(&mpin, mpin_flaw).await),
            None => findings.typed("NEO_MPIN", "the MPIN"),
        }
        one_time_password(config, findings).await;
        let environment = given.environment.or(profile.environment);
        let from =
            place("--environment", "NEO_ENVIRONMENT", in_profile("environment", environment.is_some()));
        let is_test = matches!(environment, Some(Environment::Sandbox));
        findings.setting(
            Setting { name: "NEO_ENVIRONMENT", place: from.as_deref() },
            is_test.then(|| {
                Flaw::doubtful(
                    "is the broker's test environment",
                    "Its paths are others than those of production, which this program calls.",
                    "Leave it out to sign in to production.",
                )
            }),
        );
        let from = place("--base-url", "NEO_BASE_URL", in_profile("base_url", profile.base_url.is_some()));
        findings.setting(Setting { name: "NEO_BASE_URL", place: from.as_deref() }, None);
        let from =
            place("--neo-fin-key", "NEO_FIN_KEY", in_profile("neo_fin_key", profile.neo_fin_key.is_some()));
        findings.setting(Setting { name: "NEO_FIN_KEY", place: from.as_deref() }, None);
        let allowed = (profile.allow_hosts.as_slice(), profile.allow_plain_http);
        let network = given.network.clone();
        let proxy = network.proxy(config);
        match network.resolve_silently(config, allowed, context.general.timeout).await {
            Ok(options) => {
                let base_url = given.base_url(profile).unwrap_or_default();
                let clock = "A one-time password is good for half a minute, so the broker refuses one that was made by a wrong clock.";
                self.server = Some(Server::of_broker(base_url, PATH, options, proxy, clock));
            }
            Err(failure) => findings.add(Finding::of("network", "cannot be used", &failure)),
        }
    }

    fn server(&self) -> Option<Server> {
        self.server.clone()
    }

    async fn ask(&mut self, findings: &mut Findings, _: &Context) {
        if !self.options.signs_in() {
            let why = "The broker tells it within a session only: add --sign-in.";
            findings.add(Finding::skipped("own_address", "is not known", why));
        }
    }

    async fn sign_in(
        &mut self,
        config: &Config,
        findings: &mut Findings,
        context: &Context,
    ) -> Result<(), Finding> {
        let begun = async {
            let (store, mut prompter) = (context.store(config).await?, Prompter::new(config));
            let settings = self.given.clone().resolve(config, &mut prompter, context).await?;
            Ok((gather(&settings, config, prompter).await?, store))
        };
        let begun: Result<_, Failure> = begun.await;
        let failed = |failure: Failure| Finding::of("sign_in", "could not begin", &failure);
        let (ready, store) = begun.map_err(failed)?;
        let (again, mut steps) = (Again::NEW, context.steps());
        let sign_in = SignIn { broker: &BROKER, profile: &config.name, store: &store, again, context };
        // No other run may sign in meanwhile, and none sends the same guesses.
        let shared = ready.shared_session(&store);
        let lease = sign_in.lease_anew(&shared, &mut steps).await.map_err(failed)?;
        let client = ready.client.with_lease(&lease);
        let view = match ready.code.send(&client, &lease, &mut steps).await {
            Ok(view) => view,
            Err(failure) => {
                ready.code.give_back(lease, &failure).await;
                return Err(one_time_password_refused(&failure));
            }
        };
        let what = "is right, and so are client code, mobile number and access token";
        findings.add(Finding::ok("one_time_password", what));
        let session = match steps.run("Giving the MPIN", view.validate(&ready.mpin)).await {
            Ok(session) => session,
            Err(failure) => {
                let failure = sign_in.rescue(failure, lease, |saved| client.resume(saved), &mut steps).await;
                return Err(Finding::of("mpin", "there is no session that could be used", &failure));
            }
        };
        let what = format!("is right; the session lives at {}", printable(session.base_url()));
        findings.add(Finding::ok("mpin", what));
        findings.add(own_address(&session, &mut steps).await);
        let end = "It ends by itself at midnight in India.";
        findings.add(sign_out(&session.without_profile(), &mut steps, end).await);
        lease.release().await;
        Ok(())
    }
}

/// Asks for the address that the broker sees.
async fn own_address(session: &Session, steps: &mut Steps) -> Finding {
    const NAME: &str = "own_address";
    match steps.run("Asking for the own address", session.client_ip()).await {
        Ok(addresses) => {
            let shown: Vec<String> =
                addresses.iter().filter_map(|address| address.ip.as_deref()).map(printable).collect();
            match shown.is_empty() {
                true => Finding::skipped(NAME, "is not known", "The broker's response does not name it."),
                false => Finding::ok(NAME, format!("the broker sees {}", shown.join(", "))),
            }
        }
        Err(failure) => Finding::skipped(NAME, "is not known", failure.explained().0),
    }
}

/// What a refused first step means.
fn one_time_password_refused(failure: &Failure) -> Finding {
    let finding = Finding::of("one_time_password", "the broker does not take it", failure);
    if !failure.is(ErrorKind::Credentials) {
        return finding;
    }
    finding.with_cure(
        "The broker does not say which part is wrong. Compare a code of the authenticator with the secret's, then the client code and the mobile number with the profile in the app, then make a new access token. Each wrong code counts.",
    )
}

/// The code or the secret that makes codes; one place must not give both.
async fn one_time_password(config: &Config, findings: &mut Findings) {
    const NAME: &str = "NEO_TOTP_SECRET";
    let code = config.secret("NEO_TOTP");
    let secret = config.secret(NAME);
    if code.place().is_none() && secret.place().is_none() {
        return findings.typed(NAME, "a one-time password");
    }
    if let Err(failure) = OneTimePassword::given(config).await {
        findings.add(Finding::of(NAME, "cannot be used", &failure));
        return;
    }
    findings.secret(&code, code_flaw).await;
    findings.secret(&secret, totp_secret_flaw).await;
}

/// How long client codes are.
const UCC_CHARS: usize = 5;

fn ucc_flaw(ucc: &str) -> Option<Flaw> {
    let with_dummies = Credentials::new().mobile("+910000000000").access_token("made-up").ucc(ucc);
    if let Err(error) = Client::builder().credentials(with_dummies).build() {
        return Some(plain(ucc).unwrap_or_else(|| Flaw::of(&error)));
    }
    let is_usual =
        ucc.len() == UCC_CHARS && ucc.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if is_usual {
        return None;
    }
    Some(Flaw::doubtful(
        "is not five capital letters and digits",
        "The client codes of this broker are, like AB1CD.",
        "Compare it with the profile in the broker's app.",
    ))
}

fn token_flaw(token: &Secret) -> Option<Flaw> {
    let with_dummies = Credentials::new().mobile("+910000000000").ucc("MADE1").access_token(token);
    if let Err(error) = Client::builder().credentials(with_dummies).build() {
        return Some(Flaw::of(&error));
    }
    plain(token.expose()).or_else(|| access_token(token))
}

fn mobile_flaw(mobile: &Secret) -> Option<Flaw> {
    let error = Client::check_mobile(mobile).err()?;
    let text = mobile.expose();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let between = |c: char| c.is_whitespace() || "-().".contains(c);
    let why = "The broker compares the number as it is registered, with the country code.";
    let cure =
        "Write a plus sign, the country code and the number, without anything between, like +919876543210.";
    let what = if text.contains(between) {
        "has blanks, dashes or brackets"
    } else if text.chars().any(|c| !c.is_ascii_digit() && c != '+') {
        "has something else than digits"
    } else if !text.starts_with('+') && digits.len() == 10 {
        "has no country code: ten digits without +91"
    } else if text.starts_with("00") {
        "begins with 00 in place of a plus sign"
    } else if text.starts_with('0') {
        "begins with 0 in place of +91"
    } else if !text.starts_with('+') {
        "has no plus sign before the country code"
    } else if text.starts_with("+91") {
        "has another number of digits than ten after +91"
    } else {
        return Some(Flaw::of(&error));
    };
    Some(Flaw::certain(what, why, cure))
}

fn mpin_flaw(mpin: &Secret) -> Option<Flaw> {
    Client::check_mpin(mpin).err()?;
    let text = mpin.expose();
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let (what, cure) = match (is_number, text.len()) {
        (true, 4) => {
            ("has four digits, as a PIN of another kind", "Give the MPIN of the Neo app, which has six.")
        }
        (true, _) => ("has another number of digits than six", "Give the six digits of the MPIN."),
        (false, _) => ("has something else than digits", "Give the six digits of the MPIN alone."),
    };
    Some(Flaw::certain(what, "The broker could only refuse it, and counts a wrong MPIN.", cure))
}

fn code_flaw(code: &Secret) -> Option<Flaw> {
    match Client::read_code(code) {
        Ok(_) => Some(Flaw::doubtful(
            "is a code, good for half a minute",
            "By the time of a sign-in it may be over.",
            "Set NEO_TOTP_SECRET in its place, so that the program makes the codes.",
        )),
        Err(error) => Some(Flaw::of(&error)),
    }
}

fn totp_secret_flaw(secret: &Secret) -> Option<Flaw> {
    let with_dummies = Credentials::for_session("MADE1");
    let client = Client::builder().credentials(with_dummies).build();
    let error = client.and_then(|client| client.totp_from_secret(secret)).err()?;
    let text: String = secret.expose().chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && (6..=8).contains(&text.len()) {
        return Some(Flaw::certain(
            "is a code of an authenticator, where the secret belongs",
            "A code is good for half a minute. The secret makes all codes.",
            "Give the secret that the broker showed when the authenticator was set up, like JBSW Y3DP EHPK 3PXP; a code goes into NEO_TOTP.",
        ));
    }
    let is_alike = |c: char| c.is_ascii_alphanumeric() || c == '=';
    if !text.is_empty() && text.chars().all(is_alike) && text.contains(['0', '1', '8', '9']) {
        return Some(Flaw::certain(
            "has digits that base32 has not: 0, 1, 8 or 9",
            "A secret that is copied by hand easily has O for 0, I or L for 1, and B for 8.",
            "Copy it once more; base32 has the letters A to Z and the digits 2 to 7.",
        ));
    }
    Some(Flaw::of(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::found;

    /// What is found of a value, as JSON.
    #[test]
    fn each_broken_value_has_a_precise_finding() {
        let secret = |flaw: fn(&Secret) -> Option<Flaw>, value: &str| flaw(&Secret::from(value));
        for (flaw, value, expected) in [
            (mobile_flaw as fn(&Secret) -> Option<Flaw>, "9876500000", "ten digits without +91"),
            (mobile_flaw, "919876500000", "no plus sign"),
            (mobile_flaw, "09876500000", "begins with 0 in place of +91"),
            (mobile_flaw, "00919876500000", "begins with 00"),
            (mobile_flaw, "+91 98765 00000", "blanks, dashes or brackets"),
            (mobile_flaw, "+91987650000", "than ten after +91"),
            (mobile_flaw, "+91987650000x", "something else than digits"),
            (mobile_flaw, "+12", "like +919876543210"),
            (mpin_flaw, "7302", "has four digits"),
            (mpin_flaw, "73026", "than six"),
            (mpin_flaw, "73026x", "something else than digits"),
            (code_flaw, "204060", "good for half a minute"),
            (code_flaw, "10203", "not six digits"),
            (code_flaw, "GEZDGNBVGY3TQOJQ", "belongs into NEO_TOTP_SECRET"),
            (totp_secret_flaw, "204060", "a code of an authenticator"),
            (totp_secret_flaw, "204 060", "a code of an authenticator"),
            (totp_secret_flaw, "GEZDGNBVGY3TQ0JQ", "0, 1, 8 or 9"),
            (totp_secret_flaw, "GEZDGNBV", "too short"),
            (totp_secret_flaw, "otpauth://totp/x", "no `secret`"),
            (totp_secret_flaw, "otpauth-migration://offline?data=made-up", "export"),
            (token_flaw, "Bearer made-up-token", "Give it without `Bearer`."),
            (token_flaw, "\"made-up-token\"", "quotes"),
            (token_flaw, "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE2MzA0MzQ2MDB9.bWFkZS11cA", "is over since 2021"),
        ] {
            let found = found(secret(flaw, value));
            assert!(found.contains(expected), "{value}: {found}");
            assert!(!found.contains(value) || value == "204060", "{found}");
        }
        for (ucc, expected) in [
            ("made-up@broker.example", "e-mail address"),
            ("9876500000", "mobile number"),
            (" AB1CD", "blank"),
            ("ab1cd", "five capital letters"),
            ("AB1", "five capital letters"),
        ] {
            assert!(found(ucc_flaw(ucc)).contains(expected), "{ucc}");
        }
    }

    #[test]
    fn right_values_have_no_flaw() {
        let secret = Secret::from;
        assert!(ucc_flaw("AB1CD").is_none());
        assert!(mobile_flaw(&secret("+919876500000")).is_none() && mpin_flaw(&secret("730264")).is_none());
        assert!(totp_secret_flaw(&secret("GEZD GNBV GY3T QOJQ")).is_none());
        assert!(token_flaw(&secret("made-up-token")).is_none());
    }
}
