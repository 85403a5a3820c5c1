//! `setup ibkr`: makes what a program signs in with by OAuth 1.0a, and says what to do with it.

pub(super) mod dh_parameters;
mod keys;

use std::path::{Path, PathBuf};

use broker_session::Secret;
use clap::Args;
use serde_json::json;
use tokio::task::spawn_blocking;

use self::keys::PemPair;
use super::BROKER;
use crate::{
    Context,
    args::examples,
    bounded_file::{SETTINGS_LIMIT, read_string},
    config,
    failure::Failure,
    new_files::{NewFile, NewFiles},
    output::{Output, quoted},
    progress::work,
};

/// Where the broker lets a user register a program: its own keys for a live account, and others for a paper account.
const REGISTRATION_URL: &str = "https://ndcdyn.interactivebrokers.com/sso/Login?action=OAUTH&RL=1&ip2loc=US";

/// The files. Those that the broker names have its names.
const PRIVATE_SIGNATURE: &str = "private_signature.pem";
const PUBLIC_SIGNATURE: &str = "public_signature.pem";
const PRIVATE_ENCRYPTION: &str = "private_encryption.pem";
const PUBLIC_ENCRYPTION: &str = "public_encryption.pem";
const DH_PARAMETERS: &str = "dhparam.pem";
const ACCESS_TOKEN: &str = "access_token";
const ACCESS_TOKEN_SECRET: &str = "access_token_secret";

const NAMES: [&str; 7] = [
    PRIVATE_SIGNATURE,
    PUBLIC_SIGNATURE,
    PRIVATE_ENCRYPTION,
    PUBLIC_ENCRYPTION,
    DH_PARAMETERS,
    ACCESS_TOKEN,
    ACCESS_TOKEN_SECRET,
];

/// What goes where on the broker's page.
const UPLOADS: [(&str, &str); 3] = [
    ("Public Signing Key", PUBLIC_SIGNATURE),
    ("Public Encryption Key", PUBLIC_ENCRYPTION),
    ("Diffie-Hellman Parameters", DH_PARAMETERS),
];

/// The keys of the profile that name files.
const PROFILE: [(&str, &str); 5] = [
    ("oauth_access_token_file", ACCESS_TOKEN),
    ("oauth_access_token_secret_file", ACCESS_TOKEN_SECRET),
    ("oauth_signature_key_file", PRIVATE_SIGNATURE),
    ("oauth_encryption_key_file", PRIVATE_ENCRYPTION),
    ("oauth_dh_parameters_file", DH_PARAMETERS),
];

/// Make the keys with which a program signs in at Interactive Brokers by itself (OAuth 1.0a).
///
/// Two key pairs of RSA with 2048 bits and Diffie-Hellman parameters are written into a folder, readable by their owner
/// only. Nothing is overwritten, and nothing is sent: what to register at the broker's page, and the profile for the
/// config file, are printed. The Diffie-Hellman parameters take from some seconds to a few minutes of all processors.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct SetupArgs {
    /// The folder to make them in. If it exists, only its owner may be able to look into it.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Take the Diffie-Hellman parameters of this file, as `openssl dhparam -out PATH 2048` makes them.
    #[arg(long, value_name = "PATH")]
    dh_parameters: Option<PathBuf>,
}

fn long_help() -> String {
    examples(&[
        "broker-session setup ibkr ~/.config/broker-session/ibkr-live",
        "broker-session setup ibkr ibkr-paper --profile paper --json",
    ])
}

/// Makes the keys.
///
/// # Errors
/// If a file exists, or cannot be written. Then nothing was made.
pub(crate) async fn setup(args: SetupArgs, context: &Context) -> Result<(), Failure> {
    let folder = std::path::absolute(&args.folder).unwrap_or(args.folder);
    if folder.to_str().is_none() {
        return Err(Failure::config(
            "the name of the folder is not UTF-8 text, so no profile could name it. Nothing was made. Name another one.",
        ));
    }
    let given = args.dh_parameters.as_deref().map(read_dh_parameters).transpose()?;
    let new = NewFiles::prepare(&folder, NAMES)?;
    let files = make(given, context.output).await?;
    new.write(&files)?;
    let made = Made { folder, files, profile: profile_name(context), config: config_place(context) };
    context.output.result(&made.to_json(), &made.text())
}

fn read_dh_parameters(path: &Path) -> Result<Secret, Failure> {
    let wrong = |why: &str| {
        let path = path.display();
        Failure::config(format!(
            "the Diffie-Hellman parameters `{path}` cannot be used: {why}. Nothing was made. Make others, for instance by leaving --dh-parameters out."
        ))
    };
    let text = read_string(path, SETTINGS_LIMIT).map_err(|error| wrong(&error.to_string()))?;
    dh_parameters::check(&text).map_err(|why| wrong(&why))?;
    Ok(Secret::new(text))
}

async fn make(given: Option<Secret>, output: Output) -> Result<Vec<NewFile>, Failure> {
    let pairs = spawn_blocking(|| Ok((PemPair::generate()?, PemPair::generate()?)));
    let pairs = async { pairs.await.map_err(|_| Failure::interrupted()).flatten() };
    let (signature, encryption) = work(output, "Making two key pairs", pairs).await?;
    let dh_parameters = match given {
        Some(given) => given,
        None => {
            let what = "Making Diffie-Hellman parameters, which takes up to a few minutes";
            work(output, what, dh_parameters::generate(dh_parameters::BITS)).await?
        }
    };
    Ok(vec![
        (PRIVATE_SIGNATURE, signature.private),
        (PUBLIC_SIGNATURE, signature.public),
        (PRIVATE_ENCRYPTION, encryption.private),
        (PUBLIC_ENCRYPTION, encryption.public),
        (DH_PARAMETERS, dh_parameters),
        // For what the page shows, so that it never stands in a file that others can read.
        (ACCESS_TOKEN, Secret::default()),
        (ACCESS_TOKEN_SECRET, Secret::default()),
    ])
}

fn profile_name(context: &Context) -> String {
    context.general.profile.clone().unwrap_or_else(|| config::DEFAULT_PROFILE.to_owned())
}

/// The config file for people to read; it need not be there yet.
fn config_place(context: &Context) -> Option<String> {
    let path = context.general.config.clone().or_else(config::default_path);
    path.map(|path| path.display().to_string())
}

/// What was made, to be reported.
struct Made {
    folder: PathBuf,
    files: Vec<NewFile>,
    profile: String,
    config: Option<String>,
}

impl Made {
    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn to_json(&self) -> serde_json::Value {
        let text = |name: &str| {
            let file = self.files.iter().find(|(known, _)| *known == name);
            file.map(|(_, text)| text.expose().to_owned())
        };
        let uploads = UPLOADS
            .map(|(field, name)| json!({ "field": field, "path": self.path(name), "content": text(name) }));
        json!({
            "broker": BROKER.name,
            "folder": self.folder,
            "files": NAMES.map(|name| self.path(name)),
            "registration_url": REGISTRATION_URL,
            "uploads": uploads,
            "config": self.config,
            "profile": self.profile_lines().join("\n"),
        })
    }

    fn text(&self) -> String {
        let mut lines = vec![
            format!(
                "The keys are in {}, readable by you only. Nobody else needs the private ones.",
                self.folder.display()
            ),
            "At the broker's page, once for each user name (a live and a paper account have their own):"
                .to_owned(),
            format!("  1. Open {REGISTRATION_URL} and sign in."),
            "  2. Consumer Key: nine capital letters that you make up. Save it.".to_owned(),
        ];
        lines.extend(
            UPLOADS
                .iter()
                .enumerate()
                .map(|(at, (field, name))| format!("  {}. {field}: upload {}", at + 3, self.path(name))),
        );
        lines.extend([
            "  6. Generate the access token and its secret. The page shows them once. Write them into these files:".to_owned(),
            format!("       {}", self.path(ACCESS_TOKEN)),
            format!("       {}", self.path(ACCESS_TOKEN_SECRET)),
            "  7. Enable OAuth access.".to_owned(),
            match &self.config {
                Some(config) => format!("The profile, for {config}:"),
                None => "The profile, for the config file (name it with --config):".to_owned(),
            },
        ]);
        lines.extend(self.profile_lines().into_iter().map(|line| format!("  {line}")));
        let profile = match self.profile.as_str() {
            config::DEFAULT_PROFILE => String::new(),
            name => format!(" --profile {}", quoted(name)),
        };
        lines.push(format!(
            "The broker accepts a new consumer key after some time, often only after the weekend. What is still missing says: broker-session doctor ibkr{profile}"
        ));
        lines.join("\n")
    }

    fn profile_lines(&self) -> Vec<String> {
        // A string of JSON is one of TOML, too.
        let string = |text: &str| json!(text).to_string();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_bare = !self.profile.is_empty() && self.profile.chars().all(is_plain);
        let name = if is_bare { self.profile.clone() } else { string(&self.profile) };
        let mut lines = vec![
            format!("[profiles.{name}.{}]", BROKER.name),
            "oauth_consumer_key = \"ABCDEFGHI\"   # the nine letters that you made up".to_owned(),
        ];
        lines.extend(PROFILE.map(|(key, name)| format!("{key} = {}", string(&self.path(name)))));
        lines
    }
}
