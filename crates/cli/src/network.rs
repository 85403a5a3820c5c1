//! How brokers are reached: the settings that are the same for every broker.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use broker_session::{ClientOptions, Deadlines, Drift, ibkr::Client};
use clap::Args;
use serde::Deserialize;

use crate::{
    bounded_file::{self, CERTIFICATES_LIMIT},
    config::Config,
    failure::Failure,
    output::say,
    secrets::{Prompter, with_secrets},
    settings::from_variables,
};

/// The time for all network steps of a command together, by default.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// The variable with the password of the proxy.
pub(crate) const PROXY_PASSWORD: &str = "BROKER_SESSION_PROXY_PASSWORD";

/// How much earlier than the program the library gives up, so that its failure is the one that is reported.
const REPORTING_TIME: Duration = Duration::from_secs(1);

with_secrets! {
/// The settings, from options and variables or from a profile.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[command(next_help_heading = "Network")]
#[group(skip)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Let credentials go to a further host, as `https://host` or `https://host:port`; may be repeated.
    #[arg(long, value_name = "URL")]
    #[serde(skip)]
    allow_host: Vec<String>,
    /// Let credentials travel without TLS to hosts named with `http://`; everybody on the way can read them.
    /// Not needed for this machine itself.
    #[arg(long)]
    #[serde(skip)]
    allow_plain_http: bool,
    /// Send everything through this proxy, as `http://host:port`. The usual proxy variables are not read. Its
    /// password comes from BROKER_SESSION_PROXY_PASSWORD, a file, a command or a prompt.
    #[arg(long, value_name = "URL", env = "BROKER_SESSION_PROXY")]
    proxy: Option<String>,
    /// The user name for the proxy.
    #[arg(long, value_name = "NAME", env = "BROKER_SESSION_PROXY_USER")]
    proxy_user: Option<String>,
    /// Trust the certificates in this PEM file besides the platform's.
    #[arg(long, value_name = "PATH", env = "BROKER_SESSION_ROOT_CERTIFICATES")]
    root_certificates: Option<PathBuf>,
    /// Compare the broker's responses with its spec to the letter, and report on stderr where they differ: a broker
    /// that changes its responses is noticed the day it does. No value is shown.
    #[arg(long)]
    report_drift: bool,
}
secrets [arg(skip)] {
    PROXY_PASSWORD => proxy_password_file, proxy_password_command;
}
}

/// What to do about a certificate that no authority of this machine vouches for.
pub(crate) const UNTRUSTED: &str = "Somebody in between may read along. If it is a proxy of your own that looks into TLS, name its certificate with --root-certificates; look also whether the clock of this machine is right.";

impl Settings {
    /// The proxy, if there is one.
    pub(crate) fn proxy(&self, config: &Config) -> Option<String> {
        self.proxy.clone().or_else(|| config.profile.network.proxy.clone())
    }

    /// Does what [`Settings::resolve`] does, and asks nobody.
    pub(crate) async fn resolve_silently(
        self,
        config: &Config,
        allowed: (&[String], bool),
        timeout: Option<Duration>,
    ) -> Result<ClientOptions, Failure> {
        let mut prompter = Prompter::silent(config);
        let options = self.resolve(config, allowed, &mut prompter).await?;
        prompter.check()?;
        Ok(options.deadlines(deadlines(timeout)))
    }

    /// Completes the settings with those of the profile, and asks for the password of the proxy. `hosts` and `plain_http`
    /// are what the broker's part of the profile allows.
    pub(crate) async fn resolve(
        self,
        config: &Config,
        (hosts, plain_http): (&[String], bool),
        prompter: &mut Prompter,
    ) -> Result<ClientOptions, Failure> {
        let profile = &config.profile.network;
        let mut options = ClientOptions::new();
        let user = self.proxy_user.clone().or_else(|| profile.proxy_user.clone());
        match (self.proxy(config), user) {
            (Some(proxy), user) => {
                options = options.proxy(proxy);
                if let Some(user) = user {
                    let source = config.secret(PROXY_PASSWORD);
                    let password =
                        prompter.secret(&source, &format!("Password of {user} at the proxy")).await?;
                    options = options.proxy_user(user, password.unwrap_or_default());
                }
            }
            (None, Some(_)) => {
                return Err(Failure::config(
                    "there is a user for the proxy but no proxy. Name it with --proxy.",
                ));
            }
            (None, None) => {}
        }
        if let Some(path) = self.root_certificates.or_else(|| config.path(profile.root_certificates.as_ref()))
        {
            options = options.root_certificates(read("root certificates", &path)?);
        }
        if self.report_drift || profile.report_drift {
            options = options.observe_drift(report_drift);
        }
        if plain_http || self.allow_plain_http {
            options = options.allow_plain_http();
        }
        Ok(hosts.iter().chain(&self.allow_host).fold(options, ClientOptions::allow_host))
    }
}

/// Makes sure that a client can be made with the settings, whichever broker's. Nothing is sent.
///
/// # Errors
/// If a setting cannot be used.
pub(crate) async fn check(config: &Config) -> Result<(), Failure> {
    let options = from_variables::<Settings>()?.resolve_silently(config, (&[], false), None).await?;
    // Of all brokers' it is the one that is made without credentials.
    Ok(Client::builder().base_url("https://localhost").options(options).build().map(drop)?)
}

/// Reads the file with certificates that a setting names.
pub(crate) fn read(what: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    bounded_file::read(path, CERTIFICATES_LIMIT).map_err(|error| {
        let path = path.display();
        Failure::config(format!("the {what} `{path}` cannot be read: {error}. Correct the path."))
    })
}

/// The deadlines of a command's calls. A timeout of the user's choice takes the place of the library's own, so that a slow
/// broker can be given more time than they allow.
pub(crate) fn deadlines(timeout: Option<Duration>) -> Deadlines {
    timeout.map_or_else(Deadlines::default, |limit| Deadlines {
        attempt: limit,
        // The library knows how the attempts before have failed, and the program does not.
        total: limit.saturating_sub(REPORTING_TIME.min(limit / 4)),
        ..Deadlines::default()
    })
}

/// Reports a difference, also where a script runs the program unseen: the user has asked for it.
fn report_drift(drift: &Drift) {
    say(&format!(
        "warning: {drift}. Nothing has failed by that; look whether a newer version of this program knows it, and report it if not."
    ));
}

/// Reads a number of seconds, with or without a fraction.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "not a number of seconds above zero, like 20 or 2.5".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_may_have_a_fraction_and_is_above_zero() {
        assert_eq!(seconds("2.5"), Ok(Duration::from_millis(2500)));
        for text in ["0", "-1", "NaN", "inf", "1e300", "soon", ""] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
