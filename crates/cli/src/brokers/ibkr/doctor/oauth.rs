//! What can be wrong with the settings of OAuth, and what the broker's refusals mean.

use std::net::IpAddr;

use broker_session::{Error, ErrorKind, Secret};

use super::super::{
    oauth::{
        ACCESS_TOKEN, ACCESS_TOKEN_SECRET, CONSUMER_KEY, CREDENTIAL, DH_PARAMETERS, ENCRYPTION_KEY, Given,
        IP, OAuthSetting, PRIVATE_KEY, REALM, SIGNATURE_KEY, Version, is_about, settings, version,
    },
    setup::dh_parameters,
};
use crate::{
    config::Config,
    doctor::{Finding, Findings, Flaw, Setting, plain},
    failure::Failure,
};

/// The broker's consumer key for everybody's tests.
const TEST_CONSUMER: &str = "TESTCONS";

/// The realm of that key, and the one of all others.
const TEST_REALM: &str = "test_realm";
const DEFAULT_REALM: &str = "limited_poa";

/// Whether the program is to sign in by itself.
pub(super) fn is_set_up(config: &Config) -> bool {
    !matches!(version(&settings(config)), Ok(None))
}

/// Checks how the program signs in, and every setting for that.
pub(super) async fn check(config: &Config, findings: &mut Findings) {
    const NAME: &str = "sign_in_method";
    let settings = settings(config);
    let version = match version(&settings) {
        Ok(Some(version)) => version,
        Ok(None) => return findings.add(Finding::ok(NAME, "a person signs in at the gateway, in a browser")),
        Err(failure) => return findings.add(Finding::of(NAME, "cannot be told", &failure)),
    };
    findings.add(Finding::ok(NAME, format!("{}: the program signs in by itself", version.name())));
    let of_version = settings.iter().filter(|setting| setting.version == version);
    let mut read = Vec::new();
    for setting in of_version {
        read.push((setting, setting.read().await));
    }
    let given = read.iter().fold(Given::default(), |given, (setting, value)| match value {
        Ok(Some(value)) => given.add(setting.variable, value.clone()),
        _ => given,
    });
    let problems = given.problems(version);
    let consumer = read.iter().find(|(setting, _)| setting.variable == CONSUMER_KEY);
    let consumer = consumer.and_then(|(_, value)| value.as_ref().ok()?.as_ref());
    for (setting, value) in &read {
        let name = setting.variable;
        match value {
            Err(failure) => findings.add(Finding::of(name, "cannot be read", failure)),
            Ok(None) if setting.is_needed() => findings.add(missing(name, version)),
            Ok(None) => {}
            Ok(Some(value)) => {
                let problem = problems.iter().find(|problem| is_about(problem, name));
                let flaw =
                    problem.map(|problem| certain(name, problem)).or_else(|| doubtful(name, value, consumer));
                findings.setting(Setting { name, place: setting.place().as_deref() }, flaw);
            }
        }
    }
    let is_usable = |name: &str| {
        let is_read = |(setting, value): &(&OAuthSetting, Result<Option<Secret>, Failure>)| {
            setting.variable == name && matches!(value, Ok(Some(_)))
        };
        read.iter().any(is_read) && !problems.iter().any(|problem| is_about(problem, name))
    };
    if [ENCRYPTION_KEY, ACCESS_TOKEN_SECRET].into_iter().all(is_usable) {
        let what = "the secret of the access token decrypts with the encryption key";
        findings.add(Finding::ok("decryption", what));
    }
}

fn missing(name: &'static str, version: Version) -> Finding {
    let why = format!("{} {} needs all of its settings.", reason(name), version.name());
    let from = match version {
        Version::OAuth1a => {
            "`broker-session setup ibkr` makes the keys, and the broker's page gives the rest."
        }
        Version::OAuth2 => {
            "The broker gives the ids to an institution that registers the public half of its key. `broker-session setup ibkr` is for OAuth 1.0a only."
        }
    };
    let cure = format!("Set {name}, or {name}_FILE, or {name}_COMMAND, or the key of the profile. {from}");
    Finding::problem(ErrorKind::Config, name, "is not set", why, cure)
}

/// What a setting is for: why it must be right.
fn reason(name: &str) -> &'static str {
    match name {
        CONSUMER_KEY => "It names the registration at the broker.",
        ACCESS_TOKEN => "It names the user in every request.",
        ACCESS_TOKEN_SECRET => {
            "It is encrypted to the encryption key, and its plain text is part of what is signed."
        }
        SIGNATURE_KEY => "It signs the request for a token, and the broker has its public half.",
        ENCRYPTION_KEY => "It decrypts the secret of the access token, and the broker has its public half.",
        DH_PARAMETERS => "Both sides compute the token with them, so they must be those that were uploaded.",
        REALM => "It stands in every request.",
        PRIVATE_KEY => "It signs the assertions, and the broker has its public half.",
        CREDENTIAL => "It is the user name that the session is for.",
        IP => "The broker compares it with the address that the session is used from.",
        _ => "It names the registration at the broker.",
    }
}

/// What the library cannot make credentials from.
fn certain(name: &str, problem: &Error) -> Flaw {
    let (flaw, text) = (Flaw::of(problem).because(reason(name)), problem.to_string());
    let cure = if text.contains("the keys are swapped") {
        "Exchange the values of IBKR_OAUTH_SIGNATURE_KEY and IBKR_OAUTH_ENCRYPTION_KEY."
    } else if text.contains("the files are swapped") {
        "Give each setting the file that is named like it."
    } else if text.contains("made for another key") {
        "Give the key whose public half is registered. Or register the public half of this one, and make a new access token, whose secret is then encrypted to it."
    } else if text.contains("is the same key as") {
        "Give the private halves of the two keys that are registered: one for signatures, the other for encryption."
    } else {
        return flaw;
    };
    flaw.with_cure(cure)
}

/// What the library takes, and is unusual.
fn doubtful(name: &str, value: &Secret, consumer: Option<&Secret>) -> Option<Flaw> {
    let text = value.expose();
    let (what, cure) = match name {
        CONSUMER_KEY if text != TEST_CONSUMER && !is_consumer_key(text) => {
            ("is not nine capital letters", "Compare it with the broker's page.")
        }
        ACCESS_TOKEN if !is_access_token(text) => (
            "is not 20 hexadecimal digits",
            "Copy the access token once more; its secret is another setting.",
        ),
        REALM if ![DEFAULT_REALM, TEST_REALM].contains(&text) => {
            ("is none that the broker is known to have", "Leave it out.")
        }
        REALM if text == TEST_REALM && consumer.is_some_and(|key| key.expose() != TEST_CONSUMER) => (
            "is the realm of the consumer key TESTCONS, and the consumer key is another one",
            "Leave it out.",
        ),
        IP if text.parse::<IpAddr>().is_ok_and(|address| !is_public(address)) => (
            "is not a public address",
            "Give the public address of this machine, as a page on the internet shows it.",
        ),
        DH_PARAMETERS => {
            let why = dh_parameters::check(text).err()?;
            return Some(Flaw::doubtful(
                why,
                reason(name),
                "If they are those that were uploaded, make new ones, and upload them.",
            ));
        }
        CREDENTIAL => return plain(text),
        _ => return None,
    };
    Some(Flaw::doubtful(what, reason(name), cure))
}

fn is_consumer_key(text: &str) -> bool {
    text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_access_token(text: &str) -> bool {
    text.len() == 20 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a server on the internet can see an address as the one of this machine.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            // Providers share these between their customers (RFC 6598).
            let is_shared = matches!(address.octets(), [100, 64..=127, ..]);
            !(is_shared
                || address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified())
        }
        IpAddr::V6(address) => {
            !(address.is_loopback()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_unspecified())
        }
    }
}

/// What a refused request for a token means.
pub(super) fn refused(failure: &Failure) -> Finding {
    let text = failure.to_string();
    let (what, cure) = if text.contains("invalid consumer") {
        (
            "the broker does not know the consumer key",
            "If it was registered these days: wait, the broker accepts a new key some time later, often only after the weekend. If not: compare IBKR_OAUTH_CONSUMER_KEY with the broker's page; a live and a paper account have keys of their own.",
        )
    } else if text.contains("LST failed") || text.contains("No access secret key") {
        (
            "the access token is gone",
            "Make a new access token at the broker's page, and give it and its secret. A new one ends the old.",
        )
    } else if text.contains("another live session token") {
        (
            "the broker computes another token",
            "Give the secret that belongs to this access token, and the Diffie-Hellman parameters that were uploaded; else upload them again and make a new access token.",
        )
    } else if failure.is(ErrorKind::Credentials) {
        (
            "the broker does not accept the request for a token",
            "Look at the clock above. Then compare: the public halves of both keys must be those that were uploaded, and IBKR_OAUTH_REALM is to be left out unless the consumer key is TESTCONS.",
        )
    } else {
        return Finding::of("token", "the broker gives none", failure);
    };
    Finding::of("token", what, failure).with_cure(cure)
}
