//! The config file: profiles with settings that are the same each time.
//!
//! It holds no secrets, only the names of files that do. What it does not know is an error, so that a
//! misspelt setting is not silently without effect.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;
use serde::Deserialize;

use crate::{brokers, environment, failure::Failure, network};

/// The profile that is used unless another one is named.
const DEFAULT_PROFILE: &str = "default";

/// What the config file says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// The settings of one profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// How brokers are reached.
    #[serde(default)]
    pub(crate) network: network::Section,
    /// The settings for Interactive Brokers.
    #[serde(default)]
    pub(crate) ibkr: brokers::ibkr::Section,
    /// The settings for Kotak.
    #[serde(default)]
    pub(crate) kotak: brokers::kotak::Section,
}

/// The profile in use.
#[derive(Debug)]
pub(crate) struct Config {
    /// The name of the profile.
    pub(crate) name: String,
    /// Its settings; the defaults if there is no config file.
    pub(crate) profile: Profile,
    directory: PathBuf,
}

impl Config {
    /// Reads the profile `name` from the config file at `path`, or from the platform's place for it.
    ///
    /// # Errors
    /// If a file or a profile that was named does not exist, or if the file cannot be understood.
    pub(crate) fn load(path: Option<&Path>, name: Option<&str>) -> Result<Self, Failure> {
        let named = match path {
            Some(path) => Some(path.to_owned()),
            None => environment::text("BROKER_SESSION_CONFIG")?.map(PathBuf::from),
        };
        let name = match name {
            Some(name) => Some(name.to_owned()),
            None => environment::text("BROKER_SESSION_PROFILE")?,
        };
        let text = match (&named, default_path()) {
            (Some(path), _) => Some((path.clone(), read(path)?.ok_or_else(|| missing(path))?)),
            (None, Some(path)) => read(&path)?.map(|text| (path, text)),
            (None, None) => None,
        };
        let Some((path, text)) = text else {
            return match name {
                Some(name) if name != DEFAULT_PROFILE => Err(Failure::config(format!(
                    "there is no config file to find the profile `{name}` in. Create one, or name it with --config."
                ))),
                _ => Ok(Self::without_file()),
            };
        };
        let mut profiles = parse(&path, &text)?.profiles;
        let profile = match (profiles.remove(name.as_deref().unwrap_or(DEFAULT_PROFILE)), &name) {
            (Some(profile), _) => profile,
            (None, None) => Profile::default(),
            (None, Some(name)) => {
                let known: Vec<String> = profiles.into_keys().collect();
                return Err(Failure::config(format!(
                    "there is no profile `{name}` in `{}`; there are: {}. Correct the name, or add the profile.",
                    path.display(),
                    known.join(", ")
                )));
            }
        };
        Ok(Self {
            name: name.unwrap_or_else(|| DEFAULT_PROFILE.to_owned()),
            profile,
            directory: path.parent().unwrap_or(Path::new("")).to_owned(),
        })
    }

    fn without_file() -> Self {
        Self { name: DEFAULT_PROFILE.to_owned(), profile: Profile::default(), directory: PathBuf::new() }
    }

    /// A path from the profile; a relative one starts where the config file is.
    pub(crate) fn path(&self, path: Option<&PathBuf>) -> Option<PathBuf> {
        path.map(|path| self.directory.join(path))
    }
}

fn default_path() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.config_dir().join("broker-session").join("config.toml"))
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::config(format!(
            "the config file `{}` cannot be read: {error}. Correct the path or the file.",
            path.display()
        ))),
    }
}

fn missing(path: &Path) -> Failure {
    Failure::config(format!(
        "there is no config file `{}`. Correct the path, or create the file.",
        path.display()
    ))
}

fn parse(path: &Path, text: &str) -> Result<File, Failure> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let what = without_values(error.message()).replace('\n', "; ");
        Failure::config(format!("{}:{line}:{column}: {}. Correct the config file.", path.display(), what))
    })
}

/// The error's message without the value it is about: somebody may have put a secret into the wrong place.
/// (Its whole text even quotes the line.)
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
    fn a_mistake_is_reported_with_line_and_column() {
        let text = "[profiles.default.kotak]\nuserid = \"S4MPL3\"\npasword_file = \"x\"\n";
        let message = message(text);
        assert!(message.starts_with("config.toml:3:1: unknown field `pasword_file`"), "{message}");
    }

    #[test]
    fn broken_toml_is_reported_with_line_and_column() {
        let message = message("[profiles.default.kotak]\nuserid = \n");
        assert!(message.starts_with("config.toml:2:"), "{message}");
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
    fn every_documented_setting_is_known() {
        let text = r#"
            [profiles.default.network]
            proxy = "http://127.0.0.1:3128"
            proxy_user = "user"
            proxy_password_file = "proxy-password"
            root_certificates = "roots.pem"

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
        "#;
        assert!(parse(Path::new("config.toml"), text).is_ok());
    }
}
