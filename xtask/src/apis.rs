//! Which specs there are, and which crate each belongs to.
//!
//! By name: `openapi/NAME.yaml` belongs to the package `NAME-api`. Adding a broker means adding files.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use broker_session_codegen::{Document, Problems};

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

    /// The broker, as its folder below `crates/` names it.
    pub(crate) fn broker(&self) -> &str {
        let folder = self.generated.split('/').nth(1).unwrap_or(&self.package);
        folder.strip_suffix("-api").unwrap_or(folder)
    }

    /// The generated file as it is on the disk, with line feeds at the ends of its lines; nothing if there
    /// is none.
    pub(crate) fn current(&self) -> Result<Option<String>> {
        if !Path::new(&self.generated).exists() {
            return Ok(None);
        }
        let text =
            fs::read_to_string(&self.generated).with_context(|| format!("cannot read {}", self.generated))?;
        Ok(Some(text.replace("\r\n", "\n")))
    }
}

/// Every spec in `openapi/`, by name. Makes the root of the workspace the current folder, so that paths mean
/// the same wherever this was started.
pub(crate) fn find() -> Result<Vec<Api>> {
    let root = root()?;
    env::set_current_dir(&root).with_context(|| format!("cannot go to {}", root.display()))?;
    let packages = packages()?;
    let mut apis = Vec::new();
    for path in entries(Path::new("openapi"))? {
        if path.extension().is_some_and(|extension| extension == "yml") {
            bail!("{} would be passed over; name it .yaml", path.display());
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

/// Says of every crate of a client that its spec is not there. A spec that is gone has no problem of its own, so that
/// nothing else would find it.
pub(crate) fn tell_lost() -> Result<Outcome> {
    let mut outcome = Outcome::Fine;
    for (package, folder) in packages()? {
        let generated = Path::new("crates").join(&folder).join("src/generated.rs");
        if has_lost_its_spec(&package) && generated.exists() {
            let stem = package.trim_end_matches("-api");
            eprintln!(
                "error: openapi/{stem}.yaml is not there, but crates/{folder} is generated from it, so that nobody can \
                 check or change that client any more. Bring the spec back, for example with \
                 `git checkout HEAD -- openapi/{stem}.yaml`; if the broker is given up, delete crates/{folder} as well."
            );
            outcome = Outcome::Failed;
        }
    }
    Ok(outcome)
}

/// Whether a package is that of a client, and its spec is not there.
fn has_lost_its_spec(package: &str) -> bool {
    let spec = package.strip_suffix("-api").map(|stem| format!("openapi/{stem}.yaml"));
    spec.is_some_and(|spec| !Path::new(&spec).exists())
}

/// The folder that holds this package's folder.
fn root() -> Result<PathBuf> {
    // Cargo says where the package is now; the path at compile time serves when it is started without it.
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
