//! The specs, and the crate of each.
//!
//! `openapi/NAME.yaml` belongs to the package `NAME-api`, so a new broker needs no change here.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use broker_session_openapi::{Document, Problems};

use crate::Outcome;

/// A spec and the crate of its client.
pub(crate) struct Api {
    /// The name of the package.
    pub(crate) package: String,
    /// The path of the spec, from the root of the workspace.
    pub(crate) spec: String,
    /// The path of the generated file, from the root of the workspace.
    pub(crate) generated: String,
}

impl Api {
    /// Loads the spec.
    pub(crate) fn load(&self) -> Result<Document, Problems> {
        Document::load(Path::new(&self.spec))
    }

    /// The broker's name, from its folder below `crates/`.
    pub(crate) fn broker(&self) -> &str {
        let folder = self.generated.split('/').nth(1).unwrap_or(&self.package);
        folder.strip_suffix("-api").unwrap_or(folder)
    }

    /// The generated file on the disk, with LF line endings; nothing if it does not exist.
    pub(crate) fn current(&self) -> Result<Option<String>> {
        if !Path::new(&self.generated).exists() {
            return Ok(None);
        }
        let text =
            fs::read_to_string(&self.generated).with_context(|| format!("cannot read {}", self.generated))?;
        Ok(Some(text.replace("\r\n", "\n")))
    }
}

/// Every spec in `openapi/`, by name. Makes the root of the workspace the current folder, so that relative paths are
/// valid from any folder.
pub(crate) fn find() -> Result<Vec<Api>> {
    let root = root()?;
    env::set_current_dir(&root).with_context(|| format!("cannot go to {}", root.display()))?;
    let packages = packages()?;
    let mut apis = Vec::new();
    for path in entries(Path::new("openapi"))? {
        if path.extension().is_some_and(|extension| extension == "yml") {
            bail!("{} would be ignored; rename it to .yaml", path.display());
        }
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let package = format!("{stem}-api");
        let Some((_, folder)) = packages.iter().find(|(name, _)| *name == package) else {
            let lost = packages.iter().map(|(name, _)| name).find(|name| has_lost_its_spec(name));
            let renamed = lost.map_or_else(String::new, |name| {
                format!("; `{name}` has lost its spec, so if this is that one renamed, rename it back")
            });
            bail!(
                "openapi/{stem}.yaml has no crate; add one below crates/ with the package name `{package}`{renamed}"
            );
        };
        let generated = format!("crates/{folder}/src/generated.rs");
        apis.push(Api { package, spec: format!("openapi/{stem}.yaml"), generated });
    }
    if apis.is_empty() {
        bail!("there is no spec in openapi/");
    }
    Ok(apis)
}

/// The API of one broker, as [`Api::broker`] names it, or all of them.
pub(crate) fn choose<'a>(apis: &'a [Api], broker: Option<&str>) -> Result<Vec<&'a Api>> {
    let chosen: Vec<&Api> =
        apis.iter().filter(|api| broker.is_none_or(|name| api.broker() == name)).collect();
    if let (Some(name), []) = (broker, chosen.as_slice()) {
        let known: Vec<&str> = apis.iter().map(Api::broker).collect();
        bail!("there is no broker `{name}`; there are: {}", known.join(", "));
    }
    Ok(chosen)
}

/// Reports every crate of a client without its spec. No other check would find a deleted spec.
pub(crate) fn report_lost() -> Result<Outcome> {
    let mut outcome = Outcome::Fine;
    for (package, folder) in packages()? {
        let generated = Path::new("crates").join(&folder).join("src/generated.rs");
        if has_lost_its_spec(&package) && generated.exists() {
            let stem = package.trim_end_matches("-api");
            eprintln!(
                "error: openapi/{stem}.yaml does not exist, but crates/{folder} is generated from it, so that client \
                 can no longer be checked or changed. Restore the spec, for example with \
                 `git checkout HEAD -- openapi/{stem}.yaml`; to remove the broker, delete crates/{folder} as well."
            );
            outcome = Outcome::Failed;
        }
    }
    Ok(outcome)
}

/// Whether a package is a client without its spec.
fn has_lost_its_spec(package: &str) -> bool {
    let spec = package.strip_suffix("-api").map(|stem| format!("openapi/{stem}.yaml"));
    spec.is_some_and(|spec| !Path::new(&spec).exists())
}

/// The folder that holds this package's folder.
fn root() -> Result<PathBuf> {
    // Cargo sets the package's current folder. Without Cargo the folder at compile time is used.
    let here =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let root = here.parent().context("the folder of xtask has no parent")?;
    Ok(root.to_owned())
}

/// The names of the packages below `crates/`, with their folders.
fn packages() -> Result<Vec<(String, String)>> {
    let mut packages = Vec::new();
    for folder in entries(Path::new("crates"))? {
        let manifest = folder.join("Cargo.toml");
        if !manifest.exists() {
            continue;
        }
        let text =
            fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
        let table: toml::Table =
            text.parse().with_context(|| format!("cannot read {}", manifest.display()))?;
        let name = table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
        let folder = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        packages.extend(name.map(|name| (name.to_owned(), folder)));
    }
    Ok(packages)
}

/// The entries of a folder in the order of their names.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let listing = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut paths = listing.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
