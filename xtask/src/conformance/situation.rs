//! What the sandbox of a run is like, and what Schemathesis is told about it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use toml_edit::{DocumentMut, value};

use crate::{apis, sandbox::Settings};

/// What every broker's runs have in common, in the folder of the brokers' files.
const COMMON: &str = "schemathesis.toml";

/// One run with a broker's spec.
pub(super) struct Situation {
    /// Where its files are.
    pub(super) folder: PathBuf,
    /// `BROKER`, or `BROKER-SITUATION`.
    pub(super) name: String,
    /// Whether the sandbox is as it is for most of its users.
    pub(super) is_usual: bool,
    /// The broker's folder.
    files: PathBuf,
}

impl Situation {
    /// The usual one, then those that have a folder in the broker's.
    pub(super) fn all(brokers: &Path, broker: &str) -> Result<Vec<Self>> {
        let files = brokers.join(broker);
        let usual =
            Self { folder: files.clone(), name: broker.to_owned(), is_usual: true, files: files.clone() };
        let mut all = vec![usual];
        let entries = if files.is_dir() { apis::entries(&files)? } else { Vec::new() };
        for folder in entries.into_iter().filter(|entry| entry.join("sandbox.toml").is_file()) {
            let own = folder.file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{broker}-{own}");
            all.push(Self { folder, name, is_usual: false, files: files.clone() });
        }
        Ok(all)
    }

    /// What the sandbox is started with: its own arguments, in the broker's environment.
    pub(super) fn settings(&self) -> Result<Settings> {
        let mut settings = Settings::read(&self.folder.join("sandbox.toml"))?;
        let broker = Settings::read(&self.files.join("sandbox.toml"))?;
        for (name, value) in broker.environment {
            settings.environment.entry(name).or_insert(value);
        }
        Ok(settings)
    }

    /// The settings of Schemathesis: what all brokers have in common, what the broker adds, and the hooks of this folder.
    pub(super) fn config(&self) -> Result<String> {
        let mut config = DocumentMut::new();
        let brokers = self.files.parent().unwrap_or(Path::new(""));
        for path in [brokers.join(COMMON), self.files.join(COMMON)].iter().filter(|path| path.is_file()) {
            let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let read: DocumentMut =
                text.parse().with_context(|| format!("cannot read {}", path.display()))?;
            for (name, item) in read.iter() {
                anyhow::ensure!(
                    !config.contains_key(name),
                    "{} sets `{name}`, which stands for all brokers in {COMMON}; take it out",
                    path.display()
                );
                config.insert(name, item.clone());
            }
        }
        let hooks = self.folder.join("hooks.py");
        if hooks.is_file() {
            config.insert("hooks", value(hooks.to_string_lossy().into_owned()));
        }
        if !self.is_usual {
            // That only refusals are met is what it is for.
            config.insert("warnings", value(false));
        }
        Ok(config.to_string())
    }
}
