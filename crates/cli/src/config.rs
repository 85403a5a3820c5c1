//! The config file: profiles with settings that are the same each time.
//!
//! It holds no secrets, only the names of files that do, and commands that print them. An unknown key is an error, so that a misspelt setting is not
//! silently without effect.

mod mistakes;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;
use serde::Deserialize;

pub(crate) use self::mistakes::Section;
use self::mistakes::{Sound, sound};
use crate::{
    bounded_file::{self, BoundedFile, SETTINGS_LIMIT},
    brokers::Profile,
    failure::Failure,
    output::printable,
    secret_command::Commands,
    secrets::{SecretKeys, SecretSource},
    settings::unknown_key,
};

/// The profile that is used by default.
pub(crate) const DEFAULT_PROFILE: &str = "default";

/// The most that is shown of a message about a mistake, in characters: a name in the file may be as long as the file.
const MAX_MESSAGE_CHARS: usize = 600;

/// The config file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// The profile in use.
#[derive(Debug)]
pub(crate) struct Config {
    /// The name of the profile.
    pub(crate) name: String,
    /// Its settings; the defaults if there is no config file.
    pub(crate) profile: Profile,
    /// The profiles that there are, where none was named and there is no default one.
    others: Vec<String>,
    /// The config file; none if there is none.
    pub(crate) path: Option<PathBuf>,
    /// The commands that print secrets.
    commands: Commands,
    is_only_checked: bool,
}

impl Config {
    /// Reads the profile `name` from the config file at `path`, or from the platform's place for it.
    ///
    /// # Errors
    /// If a file or a profile that was named does not exist, if the file cannot be understood, or if others can change it.
    pub(crate) fn load(path: Option<&Path>, name: Option<&str>) -> Result<Self, Failure> {
        let Some((path, text)) = located(path)? else { return Self::without_file(name) };
        let file = parse(&path, &text)?;
        Self::choose(file, path, name)
    }

    /// Reads it as [`Config::load`] does, and leaves out what is wrong. Returns also what stands in the profile, and every
    /// mistake.
    pub(crate) fn check(
        path: Option<&Path>,
        name: Option<&str>,
    ) -> (Self, BTreeMap<String, Section>, Vec<Failure>) {
        let (config, mut written, mut mistakes) = match located(path) {
            Ok(Some((path, text))) => {
                let Sound { file, written, mistakes } = sound(&path, &text);
                (Self::choose(file, path, name), written, mistakes)
            }
            Ok(None) => (Self::without_file(name), BTreeMap::new(), Vec::new()),
            Err(failure) => (Err(failure), BTreeMap::new(), Vec::new()),
        };
        let config = config.unwrap_or_else(|failure| {
            mistakes.push(failure);
            Self::empty(name)
        });
        let written = written.remove(&config.name).unwrap_or_default();
        (config, written, mistakes)
    }

    fn without_file(name: Option<&str>) -> Result<Self, Failure> {
        match name {
            Some(name) if name != DEFAULT_PROFILE => Err(Failure::config(format!(
                "there is no config file to find the profile `{name}` in. Create one, or name it with --config."
            ))),
            // As if there were one with nothing set.
            _ => Ok(Self::empty(name)),
        }
    }

    fn choose(file: File, path: PathBuf, name: Option<&str>) -> Result<Self, Failure> {
        let mut profiles = file.profiles;
        let mut others = Vec::new();
        let profile = match (profiles.remove(name.unwrap_or(DEFAULT_PROFILE)), name) {
            (Some(profile), _) => profile,
            (None, None) => {
                others = profiles.into_keys().collect();
                Profile::default()
            }
            (None, Some(name)) => {
                let known: Vec<String> = profiles.keys().map(|name| printable(name)).collect();
                return Err(Failure::config(format!(
                    "there is no profile `{}` in `{}`; there are: {}. Correct the name, or add the profile.",
                    printable(name),
                    path.display(),
                    known.join(", ")
                )));
            }
        };
        Ok(Self { profile, others, path: Some(path), ..Self::empty(name) })
    }

    /// A profile with nothing set.
    pub(crate) fn empty(name: Option<&str>) -> Self {
        let name = name.unwrap_or(DEFAULT_PROFILE).to_owned();
        Self {
            name,
            profile: Profile::default(),
            others: Vec::new(),
            path: None,
            commands: Commands::default(),
            is_only_checked: false,
        }
    }

    /// The same with commands that other parts of the program have run, too.
    pub(crate) fn with_commands(self, commands: &Commands) -> Self {
        Self { commands: commands.clone(), ..self }
    }

    /// The same, to be checked: no command is run, and nobody is asked. An example stands for what they would give.
    pub(crate) fn only_checked(self) -> Self {
        Self { is_only_checked: true, ..self }
    }

    /// Whether it is only checked.
    pub(crate) fn is_only_checked(&self) -> bool {
        self.is_only_checked
    }

    /// A reminder to name one of the profiles that there are, if none was named.
    pub(crate) fn forgotten_profile(&self) -> Option<String> {
        let known: Vec<String> = self.others.iter().map(|name| printable(name)).collect();
        (!known.is_empty()).then(|| {
            format!(
                "No profile was named, and the config file has none of the name `{DEFAULT_PROFILE}`; there are: {}. Name one with --profile.",
                known.join(", ")
            )
        })
    }

    /// A path from the profile; a relative one starts where the config file is, and `~/` is the home directory.
    pub(crate) fn path(&self, path: Option<&PathBuf>) -> Option<PathBuf> {
        let directory = self.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        path.map(|path| match (path.strip_prefix("~"), etcetera::home_dir()) {
            (Ok(rest), Ok(home)) => home.join(rest),
            _ => directory.join(path),
        })
    }

    /// Where the secret with this variable may be: the environment, and what the profile names.
    pub(crate) fn secret(&self, variable: &'static str) -> SecretSource {
        let keys = self.profile.secrets().into_iter().find(|keys| keys.variable == variable);
        let of = |keys: SecretKeys<'_>| {
            let (file_key, file) = keys.file;
            let (command_key, command) = keys.command;
            (self.path(file).map(|path| (file_key, path)), command.map(|text| (command_key, text.clone())))
        };
        let example = keys.map_or(variable, |keys| keys.example);
        let (file, command) = keys.map(of).unwrap_or_default();
        let stand_in = self.is_only_checked.then_some(example);
        SecretSource { variable, file, command, commands: self.commands.clone(), stand_in }
    }
}

/// The names of the profiles in a config file, given as a string.
pub(crate) fn profiles(text: &str) -> Result<Vec<String>, Failure> {
    Ok(parse(Path::new("config.toml"), text)?.profiles.into_keys().collect())
}

/// Everything that is wrong with a config file, given as a string.
pub(crate) fn mistakes(text: &str) -> Vec<Failure> {
    sound(Path::new("config.toml"), text).mistakes
}

/// The platform's place for the config file.
pub(crate) fn default_path() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.config_dir().join("broker-session").join("config.toml"))
}

/// The config file that is named, or that is at the platform's place for it, and its text; none if there is none.
fn located(path: Option<&Path>) -> Result<Option<(PathBuf, String)>, Failure> {
    match (path, default_path()) {
        (Some(path), _) => {
            let shown = path.display();
            let why = format!("there is no config file `{shown}`. Correct the path, or create the file.");
            Ok(Some((path.to_owned(), read(path)?.ok_or_else(|| Failure::config(why))?)))
        }
        (None, Some(path)) => Ok(read(&path)?.map(|text| (path, text))),
        (None, None) => Ok(None),
    }
}

/// The config file as a string; none if there is no such file.
///
/// # Errors
/// If it cannot be read, or if others can change it.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Failure> {
    let failed = |error: io::Error| {
        Failure::config(format!(
            "the config file `{}` cannot be read: {error}. Correct the path or the file.",
            path.display()
        ))
    };
    let file = match BoundedFile::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    file.must_be_own(
        "config file",
        path,
        "change the hosts that credentials go to, and the commands that are run",
    )?;
    file.read(SETTINGS_LIMIT).and_then(bounded_file::string).map(Some).map_err(failed)
}

fn parse(path: &Path, text: &str) -> Result<File, Failure> {
    toml::from_str(text).map_err(|error| mistake(path, text, &error))
}

/// A mistake with its place.
fn mistake(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let mut what = printable(&without_values(error.message()).replace('\n', "; "));
    if let Some(meant) = meant(error.message()) {
        what = what.replacen(", expected", &format!("; did you mean {meant} Expected"), 1);
    }
    if let Some((end, _)) = what.char_indices().nth(MAX_MESSAGE_CHARS) {
        what.truncate(end);
        what.push('…');
    }
    Failure::config(format!("{}:{line}:{column}: {}. Correct the config file.", path.display(), what))
}

/// What may be meant by the unknown key of a message: the key that is most like it, or those of a secret that has its name.
fn meant(message: &str) -> Option<String> {
    // To compare a name of any length would take its time.
    let (unknown, known) = unknown_key(message).filter(|(unknown, _)| unknown.len() < MAX_MESSAGE_CHARS)?;
    let known: Vec<&str> = known.collect();
    let secrets = known.iter().filter_map(|key| key.strip_suffix("_file"));
    let secrets = secrets.filter(|name| known.contains(&format!("{name}_command").as_str()));
    let names = known.iter().map(|key| (*key, false)).chain(secrets.map(|name| (name, true)));
    let similar =
        names.map(|(name, is_secret)| (strsim::damerau_levenshtein(unknown, name), name, is_secret));
    let (distance, name, is_secret) = similar.min()?;
    // Half of the letters or more would be another word.
    (distance * 2 < name.len()).then(|| match is_secret {
        false => format!("`{name}`?"),
        true => format!(
            "`{name}_file` or `{name}_command`? A secret stands in a file of its own, or comes from a command."
        ),
    })
}

/// The error's message without the value it is about, which may be a secret in the wrong place. (The whole error even
/// quotes the line.)
fn without_values(message: &str) -> String {
    let quotes = ["invalid type", "invalid value", "invalid length", "unknown variant"];
    if !quotes.iter().any(|start| message.starts_with(start)) {
        return message.to_owned();
    }
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("the value is wrong, expected {expected}"),
        None => "the value is wrong".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        parse(Path::new("config.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn a_path_starts_at_home_or_where_the_config_file_is() {
        let config = Config { path: Some("/made/up/config.toml".into()), ..Config::empty(None) };
        let home = etcetera::home_dir().unwrap();
        for (path, expected) in [
            ("~/store.json", home.join("store.json")),
            ("~", home),
            ("~other/a", "/made/up/~other/a".into()),
            ("a/~/b", "/made/up/a/~/b".into()),
            ("/a", "/a".into()),
        ] {
            assert_eq!(config.path(Some(&path.into())), Some(expected), "{path}");
        }
    }

    #[test]
    fn names_of_profiles_are_shown_without_what_a_terminal_acts_upon() {
        let file = parse(Path::new("config.toml"), "[profiles.\"a\\u001b\\u202eb\"]\n").unwrap();
        let error = Config::choose(file, "config.toml".into(), Some("c\u{202e}d")).unwrap_err().to_string();
        assert!(error.starts_with("there is no profile `cd`") && error.contains("there are: ab."), "{error}");
    }

    #[test]
    fn a_mistake_is_reported_with_line_and_column() {
        let text = "[profiles.default.kotak]\nuserid = \"S4MPL3\"\npasword_file = \"x\"\n";
        let message = message(text);
        let expected =
            "config.toml:3:1: unknown field `pasword_file`; did you mean `password_file`? Expected one of";
        assert!(message.starts_with(expected), "{message}");
    }

    #[test]
    fn the_name_of_a_secret_leads_to_its_keys() {
        for (broker, key, name) in [
            ("neo", "mpin", "mpin"),
            ("neo", "mobil", "mobile"),
            ("neo", "totp_secret", "totp_secret"),
            ("kotak", "password", "password"),
            ("ibkr", "oauth_access_tokn", "oauth_access_token"),
        ] {
            let message = message(&format!("[profiles.default.{broker}]\n{key} = \"hunter2\"\n"));
            let expected =
                format!("did you mean `{name}_file` or `{name}_command`? A secret stands in a file");
            assert!(message.contains(&expected) && !message.contains("hunter2"), "{message}");
        }
        // It has no command.
        let message = message("[profiles.default.serve]\ntoken = \"hunter2\"\n");
        assert!(!message.contains("_command"), "{message}");
    }

    #[test]
    fn broken_toml_is_reported_with_line_and_column() {
        let message = message("[profiles.default.kotak]\nuserid = \n");
        assert!(message.starts_with("config.toml:2:"), "{message}");
    }

    #[test]
    fn control_characters_are_not_shown() {
        let message = message("'a\tb\u{85}c' = 1\n");
        assert!(message.contains("`abc`"), "{message}");
    }

    #[test]
    fn a_long_name_is_cut() {
        let message = message(&format!("'{}' = 1\n", "é".repeat(5000)));
        assert!(message.contains("ééé…") && message.chars().count() < 1000, "{message}");
    }

    #[test]
    fn a_secret_in_the_wrong_place_is_not_quoted() {
        for line in [
            "password = \"hunter2\"",
            "mpin_file = 730264",
            "factor = \"hunter2\"",
            "password_file = hunter2",
        ] {
            let message = message(&format!("[profiles.default.kotak]\n{line}\n"));
            assert!(!message.contains("hunter2") && !message.contains("730264"), "{message}");
        }
    }

    #[test]
    fn a_profile_has_every_documented_key() {
        let text = r#"
            [profiles.default.network]
            proxy = "http://127.0.0.1:3128"
            proxy_user = "user"
            proxy_password_file = "proxy-password"
            root_certificates = "roots.pem"
            report_drift = true
            [profiles.default.serve]
            brokers = ["ibkr", "neo"]
            listen = "127.0.0.1:8788"
            unix = "serve.socket"
            gateway = ["ibkr=127.0.0.1:5000"]
            gateway_plain = true
            token_file = "serve.token"
            bodies = "refuse"
            notify = "notify-send 'a session'"
            [profiles.default.kotak]
            userid = "S4MPL3"
            nickname = "sample"
            environment = "sandbox"
            base_url = "http://127.0.0.1:4001/apim"
            oauth_base_url = "http://127.0.0.1:4001"
            ip = "127.0.0.1"
            app_id = "sample"
            factor = "one-time-token"
            allow_hosts = ["https://example.com"]
            allow_plain_http = false
            access_token_file = "a"
            consumer_key_file = "b"
            consumer_secret_file = "c"
            password_file = "d"
            access_code_file = "e"
            mpin_file = "f"
            biometric_file = "g"
            [profiles.default.ibkr]
            base_url = "https://localhost:5000/v1/api"
            allow_plain_http = false
            fingerprint = "AB:CD"
            certificate = "gateway.pem"
            login_url = "https://localhost:5000/"
            cookie_file = "a"
            authorization_file = "b"
            oauth_consumer_key = "MADEUPKEY"
            oauth_access_token_file = "c"
            oauth_access_token_secret_file = "d"
            oauth_signature_key_file = "e"
            oauth_encryption_key_file = "f"
            oauth_dh_parameters_file = "g"
            oauth_realm = "limited_poa"
            oauth2_client_id = "made-up"
            oauth2_key_id = "made-up"
            oauth2_private_key_file = "h"
            oauth2_credential = "sample"
            oauth2_ip = "192.0.2.1"
            [profiles.default.neo]
            ucc = "S4MPL"
            environment = "production"
            base_url = "http://127.0.0.1:4003"
            neo_fin_key = "neotradeapi"
            allow_hosts = ["https://example.com"]
            allow_plain_http = false
            access_token_file = "a"
            mobile_file = "b"
            totp_secret_file = "c"
            mpin_file = "d"
        "#;
        assert!(parse(Path::new("config.toml"), text).is_ok());
        let with_commands = text
            .replace("_file = ", "_command = ")
            .replace("token_command = \"serve", "token_file = \"serve");
        assert!(parse(Path::new("config.toml"), &with_commands).is_ok());
    }

    #[test]
    fn each_secret_has_a_key_for_a_file_and_one_for_a_command() {
        let profile = Profile::default();
        let of_profile = profile.secrets();
        for keys in &of_profile {
            let (file, command) =
                (keys.file.0.strip_suffix("_file"), keys.command.0.strip_suffix("_command"));
            assert!(file.is_some() && file == command, "{keys:?}");
        }
        let known: Vec<&str> = of_profile.iter().map(|keys| keys.variable).collect();
        let of_brokers = crate::brokers::ALL.iter().flat_map(|broker| (broker.secrets)());
        // A code that is good for once, and settings that are no secrets, have none.
        let without: Vec<&str> = of_brokers.filter(|variable| !known.contains(variable)).collect();
        let expected = [
            "IBKR_OAUTH_CONSUMER_KEY",
            "IBKR_OAUTH_REALM",
            "IBKR_OAUTH2_CLIENT_ID",
            "IBKR_OAUTH2_KEY_ID",
            "IBKR_OAUTH2_CREDENTIAL",
            "IBKR_OAUTH2_IP",
            "NEO_TOTP",
        ];
        assert_eq!(without, expected);
    }

    #[test]
    fn a_secret_has_no_place_in_a_profile() {
        for key in [
            "kotak.mpin",
            "ibkr.cookie",
            "ibkr.oauth_access_token",
            "ibkr.oauth_signature_key",
            "ibkr.oauth2_private_key",
            "neo.mobile",
            "neo.mpin",
            "neo.totp",
            "neo.totp_secret",
            "neo.access_token",
        ] {
            let message = message(&format!("[profiles.default]\n{key} = \"a\"\n"));
            assert!(message.contains("unknown field"), "{message}");
        }
    }
}
