//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use clap_complete::ArgValueCandidates;

use crate::{
    Context, brokers, completions, failure, manual, network,
    output::{Form, LogFormat},
    serve,
    settings::keys,
    store,
};

/// Sign in to a broker and out of it, from a terminal or a script.
///
/// Sessions are kept in a store that only its owner can read. Secrets come from the environment, from files
/// that only their owner can read, from commands that print them, or from a prompt without echo; never from an
/// option. Without a terminal the program never waits for input.
#[derive(Debug, Parser)]
#[command(name = "broker-session", version, propagate_version = true, after_long_help = long_help())]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) general: General,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The options of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "General")]
pub(crate) struct General {
    /// Write one JSON object to stdout and nothing else; a failure is an object too. Where a command reports
    /// changes it writes an object for each, on a line of its own.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The form of what is written to stdout: `json` is the same as --json, `table` shows lists as tables [default: lines for
    /// people].
    #[arg(long, global = true, value_enum, value_name = "FORM", conflicts_with = "json")]
    pub(crate) output: Option<Form>,
    /// Read variables from this file, like `NAME=value` or `export NAME='value'`. What is set already stays. With secrets in it
    /// only its owner may be able to read it. No such file is read by itself.
    #[arg(long, global = true, value_name = "PATH", env = "BROKER_SESSION_ENV_FILE")]
    pub(crate) env_file: Option<PathBuf>,
    /// The profile in the config file [default: default].
    #[arg(long, global = true, value_name = "NAME", env = "BROKER_SESSION_PROFILE", add = ArgValueCandidates::new(completions::profiles))]
    pub(crate) profile: Option<String>,
    /// The config file [default: broker-session/config.toml in the platform's
    /// place for configuration].
    #[arg(long, global = true, value_name = "PATH", env = "BROKER_SESSION_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The session store: a path; `keyring:` or `keyring:PATH`, an encrypted file whose key is in the keyring of the
    /// operating system; or redis://host or rediss://host [default: broker-session/sessions.json in the platform's
    /// place for state].
    #[arg(long, global = true, value_name = "STORE", env = "BROKER_SESSION_STORE")]
    pub(crate) store: Option<PathBuf>,
    /// The time for all network steps together, in seconds; a fraction is allowed [default: 60; 300 where a
    /// person signs in elsewhere].
    #[arg(long, global = true, value_name = "SECONDS", value_parser = network::seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Log to stderr what the program does, twice for more; never a secret.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// The form of the log.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sign in to a broker.
    #[command(subcommand)]
    Login(brokers::Login),
    /// Sign out of a broker, or of all.
    #[command(subcommand_negates_reqs = true)]
    Logout(Logout),
    /// Ask how a session is.
    #[command(subcommand)]
    Status(brokers::Status),
    /// Keep a session alive, until a signal stops the program.
    #[command(subcommand)]
    Keepalive(brokers::Keepalive),
    /// Print what another program needs for requests with a session, as JSON.
    #[command(subcommand)]
    Token(brokers::Token),
    /// Run a program with a session in its environment.
    #[command(subcommand)]
    Exec(brokers::Exec),
    /// Let every program on this machine use the sessions, through a proxy on it.
    Serve(serve::ServeArgs),
    /// Trust a server by its certificate.
    #[command(subcommand)]
    Trust(brokers::Trust),
    /// Find out why a sign-in does not work.
    #[command(subcommand)]
    Doctor(brokers::Doctor),
    /// Make the keys with which a program signs in by itself.
    #[command(subcommand)]
    Setup(brokers::Setup),
    /// Look at the settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Look at the stored sessions.
    #[command(subcommand)]
    Session(Session),
    /// Run a stand-in for a broker on this machine.
    #[cfg(feature = "sandbox")]
    #[command(subcommand)]
    Sandbox(brokers::Sandbox),
    /// Start a sandbox of each broker, sign in to it, show each step and its result, and sign out.
    ///
    /// Needs no settings, no account and no network.
    #[cfg(feature = "sandbox")]
    Demo,
    Completions(completions::CompletionsArgs),
    Man(manual::ManArgs),
    /// Not in this build: run a stand-in for a broker on this machine.
    #[cfg(not(feature = "sandbox"))]
    #[command(hide = true)]
    Sandbox(NotBuilt),
    /// Not in this build: show a sign-in to a sandbox of each broker.
    #[cfg(not(feature = "sandbox"))]
    #[command(hide = true)]
    Demo(NotBuilt),
}

/// The arguments of a command that this build lacks.
#[cfg(any(test, not(feature = "sandbox")))]
#[derive(Args, Debug)]
pub(crate) struct NotBuilt {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    _arguments: Vec<String>,
}

#[cfg(any(test, not(feature = "sandbox")))]
impl NotBuilt {
    /// What the command reports instead.
    pub(crate) fn failure() -> failure::Failure {
        failure::Failure::config(
            "this program was built without its sandboxes. Run `cargo run -- sandbox` or `cargo run -- demo` where its \
             source is, or install it with them: `cargo install --path crates/cli --features sandbox`, or the package \
             broker-session-sandbox.",
        )
    }
}

/// Which sessions are signed out.
#[derive(Args, Debug)]
pub(crate) struct Logout {
    /// Sign out all stored sessions with all brokers, each with the settings of the profile of its sign-in.
    #[arg(long, required = true)]
    all: bool,
    #[command(subcommand)]
    broker: Option<brokers::Logout>,
}

impl Logout {
    /// Signs out.
    ///
    /// # Errors
    /// Those of the broker's command; the first failure of several.
    pub(crate) async fn run(self, context: &Context) -> Result<(), failure::Failure> {
        match (self.broker, self.all) {
            (Some(broker), false) => broker.run(context).await,
            (None, _) => brokers::logout_all(context).await,
            (Some(_), true) => Err(failure::Failure::config(
                "--all stands before a broker. Nothing was sent. Leave out the broker, or write --all behind it.",
            )),
        }
    }
}

/// What can be done with stored sessions.
#[derive(Debug, Subcommand)]
pub(crate) enum Session {
    /// Show what is stored, without secrets; nothing is sent to a broker.
    #[command(visible_alias = "show")]
    List,
}

/// What can be done with settings.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Find all mistakes of the config file and the other settings, and show where each setting in use comes from.
    ///
    /// Nothing is sent, no command is run, and no value is shown. The exit status is 0 if the settings can be used, else 2.
    Check,
}

fn long_help() -> String {
    let own = ["broker-session demo", "broker-session session list --json"];
    let all = own.iter().chain(brokers::ALL.iter().flat_map(|broker| broker.examples));
    let is_built = |example: &&&str| {
        cfg!(feature = "sandbox") || !example.split(' ').any(|word| ["demo", "sandbox"].contains(&word))
    };
    let all = all.filter(is_built);
    let mut lines = vec![SETTINGS.to_owned()];
    for broker in brokers::ALL {
        lines.push(format!("  [profiles.default.{}]", broker.name));
        lines.extend(broker.profile.iter().map(|line| format!("  {line}")));
        lines.push(String::new());
    }
    lines.extend(NETWORK.map(str::to_owned));
    lines.extend([String::new(), table(STORE, &store::VARIABLES), String::new(), KEYS.to_owned()]);
    let sections = [
        ("store", keys::<store::Settings> as fn() -> _),
        ("network", keys::<network::Settings>),
        ("serve", keys::<serve::Settings>),
    ];
    let sections = sections.into_iter().chain(brokers::ALL.iter().map(|broker| (broker.name, broker.keys)));
    lines.extend(sections.map(|(name, keys)| format!("  [profiles.NAME.{name}]  {}", keys().join(", "))));
    format!("{}\n\n{}\n\n{}", examples(all), lines.join("\n"), failure::exit_statuses())
}

const SETTINGS: &str = "Settings come from options, then the environment, then the profile in the config file, then defaults. Of settings that exclude each other (a user id and a nickname, two second factors, a code and the secret that makes codes, a fingerprint and a certificate) each of these places may give one, and the first place counts. Two in one place are an error, before anything is sent. A profile:";

const STORE: &str = "Settings of the session store, from the environment; the secrets also from a file that NAME_FILE, or a command that NAME_COMMAND names, or from either in the profile:";

const KEYS: &str = "All keys. A key that ends with `_file` names a file with a secret, readable by its owner only; a relative path starts where the config file is, and `~/` is the home directory. One that ends with `_command` has a command that prints the secret, run without a shell:";

const NETWORK: [&str; 2] = ["  [profiles.default.network]", "  proxy = \"http://127.0.0.1:3128\""];

/// The end of a command's help: where its secrets come from, each with what it is, and examples.
pub(crate) fn help(secrets: &[&[(&str, &str)]], examples: &[&str]) -> String {
    let first = "Secrets, from the environment, from a file that NAME_FILE or a command that NAME_COMMAND names, from either in the profile, or typed without echo:";
    let secrets: Vec<_> = secrets.iter().copied().flatten().copied().collect();
    format!("{}\n\n{}", table(first, &secrets), self::examples(examples))
}

/// Where the secrets come from of a command that asks nobody.
pub(crate) fn unasked<'a>(secrets: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> String {
    let first = "Secrets, from the environment, from a file that NAME_FILE or a command that NAME_COMMAND names, or from either in the profile; nobody is asked:";
    table(first, &secrets.into_iter().copied().collect::<Vec<_>>())
}

/// Names, each with what it is, below a first line.
pub(crate) fn table(first: &str, rows: &[(&str, &str)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines = rows.iter().map(|(name, what)| format!("  {name:width$}  {what}"));
    [first.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

/// Examples of a command.
pub(crate) fn examples<'a>(examples: impl IntoIterator<Item = &'a &'a str>) -> String {
    let lines = examples.into_iter().map(|example| format!("  {example}"));
    ["Examples:".to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The command line of a command that is not built.
    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        _not_built: NotBuilt,
    }

    #[test]
    fn commands_of_the_sandboxes_report_how_to_get_them() {
        for arguments in [&["sandbox", "ibkr", "--port", "5000"][..], &["demo"], &["demo", "--json"]] {
            Line::try_parse_from(arguments).unwrap();
        }
        assert!(NotBuilt::failure().to_string().contains("cargo run -- demo"));
    }
}
