//! The second factors, and which one a sign-in uses.

use broker_session::Secret;
use clap::ValueEnum;
use serde::Deserialize;

use super::settings::Section;
use crate::{
    config::Config,
    failure::Failure,
    secrets::{Missing, Places},
    setting, terminal,
};

/// A second factor.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Factor {
    /// The code that the broker sends by SMS and e-mail, one a day.
    AccessCode,
    /// Nothing further: the token that the login has given is enough.
    OneTimeToken,
    /// The mobile pin.
    Mpin,
    /// A proof that the broker's own applications make.
    Biometric,
}

impl Factor {
    /// The name, as flags and output have it.
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

    /// The API's name for the call that takes it.
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::AccessCode => "session_2fa_accesscode_post",
            Self::OneTimeToken => "session_2fa_one_time_token",
            Self::Mpin => "session_2fa_mpin",
            Self::Biometric => "session_2fa_biometric",
        }
    }

    /// The key of the profile that names the file with its secret.
    fn key(self) -> &'static str {
        match self {
            Self::AccessCode => "access_code_file",
            Self::OneTimeToken => "",
            Self::Mpin => "mpin_file",
            Self::Biometric => "biometric_file",
        }
    }

    /// Where its secret may be; nothing for the one that has none.
    fn places(self, config: &Config) -> Option<Places> {
        let section: &Section = &config.profile.kotak;
        let (variable, file) = match self {
            Self::AccessCode => ("KOTAK_ACCESS_CODE", &section.access_code_file),
            Self::OneTimeToken => return None,
            Self::Mpin => ("KOTAK_MPIN", &section.mpin_file),
            Self::Biometric => ("KOTAK_BIOMETRIC", &section.biometric_file),
        };
        Some(config.places(variable, file))
    }
}

/// A second factor and what it needs.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) factor: Factor,
    /// Nothing if the factor needs none, or if a person types it once the broker has sent it.
    pub(super) secret: Option<Secret>,
}

/// Chooses the factor: the one that was named, else the one whose secret is given, else at a terminal the
/// access code. With `request_code` a person types the code after it was sent.
///
/// # Errors
/// If a secret cannot be read. What is missing is noted in `missing`.
pub(super) async fn choose(
    named: Option<Factor>,
    request_code: bool,
    config: &Config,
    missing: &mut Missing,
) -> Result<Chosen, Failure> {
    let factor = match setting::choice(named, "KOTAK_FACTOR", config.profile.kotak.factor)? {
        None if request_code => Factor::AccessCode,
        Some(factor) => factor,
        None => match given(config)? {
            Some(chosen) => return Ok(chosen),
            None if terminal::is_there() => Factor::AccessCode,
            None => {
                missing.add(
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
    let secret = match factor.places(config) {
        None => None,
        // The code that is about to be sent may be another one than a given one.
        Some(_) if request_code && terminal::is_there() => None,
        Some(places) => missing.secret(&places, factor.question()).await?,
    };
    Ok(Chosen { factor, secret })
}

/// The factor whose secret is given, by the environment or else by the profile. Two would be a guess which.
fn given(config: &Config) -> Result<Option<Chosen>, Failure> {
    let (mut environment, mut profile) = (Vec::new(), Vec::new());
    for factor in [Factor::AccessCode, Factor::Mpin, Factor::Biometric] {
        let Some(places) = factor.places(config) else { continue };
        let named = places.file.is_some();
        let secret = Places { variable: places.variable, file: None }.look()?;
        environment.push((places.variable, secret.map(|secret| (factor, Some(secret)))));
        profile.push((factor.key(), named.then_some((factor, None))));
    }
    let found = setting::one_of([environment, profile])
        .map_err(|failure| failure.with_note("Or name the factor with --factor."))?;
    let Some((factor, secret)) = found else { return Ok(None) };
    let secret = match secret {
        Some(secret) => Some(secret),
        None => factor.places(config).map(|places| places.look()).transpose()?.flatten(),
    };
    Ok(Some(Chosen { factor, secret }))
}
