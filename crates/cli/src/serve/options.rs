//! What `serve` is asked for: its options, and the table of the profile with the same keys.

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

use broker_session::BodyFilterMode;
use clap::{Args, ValueEnum, builder::PossibleValuesParser};
use serde::Deserialize;

use super::held::{must_be_served, names_of};
use crate::{
    Context,
    args::{examples, table},
    brokers,
    config::Config,
    failure::Failure,
    serve::{listeners, notify, service},
    settings::one_of,
    store,
};

/// Where it listens by default.
const DEFAULT_ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8788);

/// The name of the token's file.
const TOKEN_FILE: &str = "serve.token";

/// Let every program on this machine use the sessions, through a proxy on it.
///
/// `http://127.0.0.1:8788/neo/PATH` goes to PATH below the base URL of the session with Kotak Neo, with the session on it.
/// Clients show the token in the token file: `Authorization: Bearer TOKEN`. Sessions are taken from the store, or signed in
/// where no person is needed, and kept alive. Nobody is asked. The settings of the brokers come from the environment and the
/// profile. A page at `/` shows how the sessions are.
///
/// SIGTERM and SIGINT end it when the requests under way are finished, 10 seconds later at the latest; a second one ends it
/// at once. SIGHUP reads the config file again.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct ServeArgs {
    /// The brokers [default: all that the settings name an account of].
    #[arg(value_name = "BROKER", value_parser = names())]
    brokers: Vec<String>,
    #[command(flatten)]
    settings: Settings,
}

/// The settings, from options or from a profile.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[group(skip)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    #[arg(skip)]
    brokers: Vec<String>,
    /// The address to listen on, of loopback; the port 0 picks a free one [default: 127.0.0.1:8788].
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "unix")]
    listen: Option<SocketAddr>,
    /// Listen on a Unix socket in place of a port. Only processes of the same user get in, without a token.
    #[arg(long, value_name = "PATH")]
    unix: Option<PathBuf>,
    /// Serve a broker at a port of its own, as its gateway does; may be repeated. This port has no token: every program on
    /// this machine can use the session there.
    #[arg(long, value_name = "ibkr=ADDRESS:PORT")]
    gateway: Vec<Gateway>,
    /// Speak http at the ports of gateways. By default they have https with a certificate that is made at the start.
    #[arg(long)]
    gateway_plain: bool,
    /// The file with the token, which is made if it is not there [default: serve.token beside the session store].
    #[arg(long, value_name = "PATH")]
    token_file: Option<PathBuf>,
    /// What becomes of the bodies of responses that repeat a secret of the session [default: redact].
    #[arg(long, value_enum)]
    bodies: Option<Bodies>,
    /// Run this command when a person is needed, when a session is lost and when it is back. It is split into words as a
    /// shell does, and run without one.
    #[arg(long, value_name = "COMMAND")]
    notify: Option<String>,
}

/// The port of a broker's gateway.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Gateway {
    pub(super) broker: String,
    pub(super) address: SocketAddr,
}

/// What becomes of bodies with a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum Bodies {
    /// Asterisks are put in place of it.
    #[default]
    Redact,
    /// The body ends before it.
    Refuse,
    /// Nothing is searched.
    Off,
}

/// Where clients come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Port(SocketAddr),
    Socket(PathBuf),
}

/// What `serve` does.
#[derive(Debug)]
pub(super) struct Options {
    /// The brokers; all if empty.
    pub(super) brokers: Vec<String>,
    /// The words of the command; none if there is no command.
    pub(super) notify: Vec<String>,
    pub(super) fixed: Fixed,
}

/// What stays as it is until the program is started anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fixed {
    pub(super) place: Place,
    pub(super) gateways: Vec<Gateway>,
    pub(super) has_plain_gateways: bool,
    pub(super) token_file: PathBuf,
    bodies: Bodies,
}

impl ServeArgs {
    /// The options, completed by the profile.
    ///
    /// # Errors
    /// If a setting cannot be used.
    pub(super) fn options(&self, config: &Config, context: &Context) -> Result<Options, Failure> {
        let (given, profile) = (&self.settings, &config.profile.serve);
        let place = one_of([
            places(given.listen, given.unix.clone(), ("--listen", "--unix")),
            places(profile.listen, config.path(profile.unix.as_ref()), ("listen", "unix")),
        ])?;
        let token_file = match given.token_file.clone().or_else(|| config.path(profile.token_file.as_ref())) {
            Some(path) => path,
            None => store::path_beside(config, context, TOKEN_FILE, "token file of `serve`")?,
        };
        let fixed = Fixed {
            place: place.unwrap_or(Place::Port(DEFAULT_ADDRESS)),
            gateways: first_filled(&given.gateway, &profile.gateway),
            has_plain_gateways: given.gateway_plain || profile.gateway_plain,
            token_file,
            bodies: given.bodies.or(profile.bodies).unwrap_or_default(),
        };
        let brokers = first_filled(&self.brokers, &profile.brokers);
        if let Some(unknown) = brokers.iter().find(|name| known(name).is_none()) {
            return Err(Failure::config(format!(
                "there is no broker `{unknown}`, which `brokers` of `serve` names in the profile; there are: {}. Correct the name.",
                known_names().join(", ")
            )));
        }
        let notify = given.notify.as_ref().or(profile.notify.as_ref());
        let notify = notify.map(|command| words(command)).transpose()?.unwrap_or_default();
        Ok(Options { brokers, notify, fixed })
    }
}

/// Checks the settings of the profile. No socket is opened, and no token is made. Returns the words of the command that is run.
///
/// # Errors
/// If one of them cannot be used.
pub(crate) fn check(config: &Config, context: &Context) -> Result<Vec<String>, Failure> {
    let args = ServeArgs { brokers: Vec::new(), settings: Settings::default() };
    let Options { brokers, notify, fixed } = args.options(config, context)?;
    listeners::check(&fixed)?;
    if !brokers.is_empty() {
        must_be_served(names_of(&fixed.gateways), |name| brokers.iter().any(|named| named == name))?;
    }
    if fixed.token_file.exists() {
        service::token(&fixed.token_file)?;
    }
    Ok(notify)
}

impl Fixed {
    /// What becomes of bodies with a secret.
    pub(super) fn bodies(&self) -> BodyFilterMode {
        match self.bodies {
            Bodies::Redact => BodyFilterMode::Redact,
            Bodies::Refuse => BodyFilterMode::Refuse,
            Bodies::Off => BodyFilterMode::Off,
        }
    }
}

impl FromStr for Gateway {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "not of the form ibkr=127.0.0.1:5000".to_owned();
        let (name, address) = text.split_once('=').ok_or_else(form)?;
        let address = address.parse().map_err(|_| form())?;
        let broker = known(name).ok_or_else(|| format!("there is no broker `{name}`"))?;
        if broker != brokers::ibkr::BROKER.name {
            return Err(format!("`{name}` has no gateway; only `{}` has one", brokers::ibkr::BROKER.name));
        }
        Ok(Self { broker: broker.to_owned(), address })
    }
}

impl TryFrom<String> for Gateway {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.broker, self.address)
    }
}

fn places(
    port: Option<SocketAddr>,
    socket: Option<PathBuf>,
    names: (&'static str, &'static str),
) -> Vec<(&'static str, Option<Place>)> {
    vec![(names.0, port.map(Place::Port)), (names.1, socket.map(Place::Socket))]
}

fn first_filled<T: Clone>(given: &[T], profile: &[T]) -> Vec<T> {
    if given.is_empty() { profile.to_vec() } else { given.to_vec() }
}

/// The words of a command.
fn words(command: &str) -> Result<Vec<String>, Failure> {
    let words = shlex::split(command).filter(|words| !words.is_empty());
    words.ok_or_else(|| {
        Failure::config(
            "the command of `notify` cannot be split into words: a quote is not closed, or there is no word. Correct it.",
        )
    })
}

fn known_names() -> Vec<&'static str> {
    brokers::ALL.iter().map(|broker| broker.name).collect()
}

fn known(name: &str) -> Option<&'static str> {
    known_names().into_iter().find(|known| *known == name)
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(known_names())
}

fn long_help() -> String {
    let variables = table("Variables of the command of --notify, without secrets:", &notify::VARIABLES);
    let examples = examples(&[
        "broker-session serve",
        "broker-session serve neo --listen 127.0.0.1:0 --json",
        "broker-session serve ibkr --gateway ibkr=127.0.0.1:5000",
        "broker-session serve --unix ~/.broker-session.sock --notify 'notify-send \"broker-session\"'",
    ]);
    format!("{variables}\n\n{examples}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_is_a_broker_that_has_one_and_an_address() {
        let gateway: Gateway = "ibkr=127.0.0.1:5000".parse().unwrap();
        assert_eq!(gateway.to_string(), "ibkr=127.0.0.1:5000");
        for (text, why) in [
            ("ibkr", "form"),
            ("ibkr=5000", "form"),
            ("neo=127.0.0.1:5000", "has no gateway"),
            ("nobody=127.0.0.1:5000", "no broker"),
        ] {
            let error = text.parse::<Gateway>().unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn a_command_is_split_without_a_shell() {
        assert_eq!(words("say 'one two' $X").unwrap(), ["say", "one two", "$X"]);
        for command in ["", "  ", "say 'one"] {
            assert!(words(command).is_err(), "{command}");
        }
    }
}
