//! How brokers are reached: the settings that are the same for every broker.

use std::{fs, path::PathBuf, time::Duration};

use broker_session::{Connection, Deadlines, Drift, Secret};
use clap::Args;
use serde::Deserialize;

use crate::{config::Config, failure::Failure, output::say, secrets::Missing, setting};

/// The time for all network steps of a command together, unless told.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// What the library leaves of the time to report a failure in.
const REPORTING: Duration = Duration::from_millis(250);

/// The flags.
#[derive(Args, Debug)]
#[command(next_help_heading = "Network")]
pub(crate) struct NetworkArgs {
    /// Let credentials go to a further host, as `https://host` or `https://host:port`; may be repeated.
    #[arg(long, value_name = "URL")]
    allow_host: Vec<String>,
    /// Let credentials travel without TLS to hosts named with `http://`; everybody on the way can read them.
    /// Not needed for this machine itself.
    #[arg(long)]
    allow_plain_http: bool,
    /// Send everything through this proxy, as `http://host:port` [env: BROKER_SESSION_PROXY]. The usual
    /// proxy variables are not read. Its password comes from BROKER_SESSION_PROXY_PASSWORD, a file or a prompt.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// The user name for the proxy [env: BROKER_SESSION_PROXY_USER].
    #[arg(long, value_name = "NAME")]
    proxy_user: Option<String>,
    /// Trust the certificates in this PEM file besides the platform's [env: BROKER_SESSION_ROOT_CERTIFICATES].
    #[arg(long, value_name = "PATH")]
    root_certificates: Option<PathBuf>,
    /// Compare the broker's answers with its spec to the letter, and say on stderr where they differ: a broker that
    /// changes its answers is noticed the day it does. No value is shown.
    #[arg(long)]
    report_drift: bool,
}

/// The part of a profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Section {
    proxy: Option<String>,
    proxy_user: Option<String>,
    proxy_password_file: Option<PathBuf>,
    root_certificates: Option<PathBuf>,
    #[serde(default)]
    report_drift: bool,
}

/// The settings, ready to connect with.
#[derive(Clone)]
pub(crate) struct Network {
    proxy: Option<String>,
    proxy_user: Option<(String, Option<Secret>)>,
    root_certificates: Option<Vec<u8>>,
    hosts: Vec<String>,
    plain_http: bool,
    report_drift: bool,
}

impl Network {
    /// Gathers the settings from flags, environment and profile.
    ///
    /// # Errors
    /// If a file cannot be read or the settings contradict each other.
    pub(crate) async fn gather(
        args: NetworkArgs,
        config: &Config,
        (hosts, plain_http): (&[String], bool),
        missing: &mut Missing,
    ) -> Result<Self, Failure> {
        let section = &config.profile.network;
        let proxy = setting::text(args.proxy, "BROKER_SESSION_PROXY", section.proxy.as_ref())?;
        let user = setting::text(args.proxy_user, "BROKER_SESSION_PROXY_USER", section.proxy_user.as_ref())?;
        let proxy_user = match (user, &proxy) {
            (Some(user), Some(_)) => {
                let places = config.places("BROKER_SESSION_PROXY_PASSWORD", &section.proxy_password_file);
                let password = missing.secret(&places, &format!("Password of {user} at the proxy")).await?;
                Some((user, password))
            }
            (Some(_), None) => {
                return Err(Failure::config(
                    "there is a user for the proxy but no proxy. Name it with --proxy.",
                ));
            }
            (None, _) => None,
        };
        let roots = setting::path(
            args.root_certificates,
            "BROKER_SESSION_ROOT_CERTIFICATES",
            config.path(section.root_certificates.as_ref()),
        )?;
        let root_certificates = match roots {
            Some(path) => Some(fs::read(&path).map_err(|error| {
                let path = path.display();
                Failure::config(format!(
                    "the root certificates `{path}` cannot be read: {error}. Correct the path."
                ))
            })?),
            None => None,
        };
        Ok(Self {
            proxy,
            proxy_user,
            root_certificates,
            hosts: [hosts, &args.allow_host].concat(),
            plain_http: plain_http || args.allow_plain_http,
            report_drift: section.report_drift || args.report_drift,
        })
    }

    /// Lets credentials go to a further host.
    pub(crate) fn allow_host(&mut self, url: &str) {
        self.hosts.push(url.to_owned());
    }

    /// The connection. A timeout of the user's choice takes the place of the library's own deadlines, so that a slow
    /// broker can be given more time than they allow.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub(crate) fn connection(&self, timeout: Option<Duration>) -> Result<Connection, Failure> {
        let mut connection = Connection::new();
        if let Some(limit) = timeout {
            connection = connection.deadlines(Deadlines {
                attempt: limit,
                // A little earlier than the program gives up: the library knows what the attempts before have met.
                total: limit.saturating_sub(REPORTING.min(limit / 10)),
                ..Deadlines::default()
            });
        }
        if let Some(proxy) = &self.proxy {
            let none = Secret::default();
            let user = self.proxy_user.as_ref();
            let user = user.map(|(name, password)| (name.as_str(), password.as_ref().unwrap_or(&none)));
            connection = connection.proxy(proxy, user)?;
        }
        if let Some(pem) = &self.root_certificates {
            connection = connection.root_certificates(pem)?;
        }
        if self.report_drift {
            connection = connection.observe_drift(report_drift);
        }
        if self.plain_http {
            connection = connection.allow_plain_http();
        }
        Ok(self.hosts.iter().fold(connection, Connection::allow_host))
    }
}

/// Whoever has asked for it is told, also where a script runs the program unseen.
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
