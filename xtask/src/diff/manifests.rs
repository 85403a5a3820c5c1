//! The versions of the packages, before and now. A package says its own, or inherits the workspace's.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::git::Revision;

/// Reads a file of one of the two states; nothing if there is none.
type Read<'r> = &'r dyn Fn(&str) -> Result<Option<String>>;

/// A package at a revision.
pub(crate) struct Package {
    /// Its folder, from the root of the workspace.
    pub(crate) folder: String,
    /// Its version.
    pub(crate) version: String,
}

/// The version of the package in a folder, on the disk.
pub(crate) fn now(folder: &str) -> Result<String> {
    let manifest = format!("{folder}/Cargo.toml");
    let table = table(&on_disk, &manifest)?.with_context(|| format!("there is no {manifest}"))?;
    version(&table, &on_disk, &manifest)
}

/// The version that the packages of the workspace inherit now, if it has one.
pub(crate) fn shared() -> Result<Option<String>> {
    Ok(table(&on_disk, "Cargo.toml")?.as_ref().and_then(inherited).map(str::to_owned))
}

fn on_disk(path: &str) -> Result<Option<String>> {
    match Path::new(path).exists() {
        true => Ok(Some(fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?)),
        false => Ok(None),
    }
}

/// A package at a revision, wherever below `crates/` it was; nothing if there was none.
pub(crate) fn at(revision: &Revision, package: &str) -> Result<Option<Package>> {
    let read = |path: &str| revision.read(path);
    for folder in revision.list("crates")? {
        let manifest = format!("{folder}/Cargo.toml");
        let Some(table) = table(&read, &manifest)? else { continue };
        if table.get("package").and_then(|package| package.get("name")?.as_str()) == Some(package) {
            let version = version(&table, &read, &manifest)?;
            return Ok(Some(Package { folder, version }));
        }
    }
    Ok(None)
}

fn table(read: Read<'_>, path: &str) -> Result<Option<Table>> {
    let text = read(path)?;
    text.map(|text| text.parse().with_context(|| format!("cannot read {path}"))).transpose()
}

fn version(manifest: &Table, read: Read<'_>, path: &str) -> Result<String> {
    let own = manifest.get("package").and_then(|package| package.get("version"));
    if let Some(version) = own.and_then(Value::as_str) {
        return Ok(version.to_owned());
    }
    let root = table(read, "Cargo.toml")?;
    let shared = root.as_ref().and_then(inherited);
    let shared = shared.with_context(|| {
        format!(
            "{path} has no version, and Cargo.toml has none at `workspace.package.version`; add one there"
        )
    })?;
    Ok(shared.to_owned())
}

fn inherited(root: &Table) -> Option<&str> {
    root.get("workspace")?.get("package")?.get("version")?.as_str()
}
