//! The lines elsewhere: where the workspace names its brokers and nothing can find them.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

use super::{names::Names, scaffold::formatted, writing::File};

/// Where modules are listed, each with `pub mod NAME;`.
const MODULES: [&str; 2] = ["crates/sandbox/src/lib.rs", "tests/src/brokers.rs"];

/// The files that name the brokers, with this one among them.
///
/// # Errors
/// One of them is not as it was when this was written.
pub(super) fn changed(names: &Names) -> Result<Vec<File>> {
    let package = format!("{}-session-api", names.name);
    let mut files = vec![
        manifest("Cargo.toml", |root| {
            let dependencies = table(root, &["workspace", "dependencies"])?;
            let path = format!("crates/{}-api", names.name);
            dependencies.insert(&package, inline([("path", path.into())]));
            // Our own crates stand before those of others.
            dependencies.sort_values_by(|one, is, other, other_is| {
                let is_foreign = |item: &Item| item.get("path").is_none();
                (is_foreign(is), one.get()).cmp(&(is_foreign(other_is), other.get()))
            });
            Ok(())
        })?,
        manifest("tests/Cargo.toml", |tests| {
            let dependencies = table(tests, &["dependencies"])?;
            let features = Value::from_iter(["httpmock"]);
            dependencies.insert(&package, inline([("workspace", true.into()), ("features", features)]));
            dependencies.sort_values();
            Ok(())
        })?,
    ];
    files.push(manifest("crates/broker-session/Cargo.toml", |library| {
        let dependencies = table(library, &["dependencies"])?;
        dependencies.insert(&package, inline([("workspace", true.into()), ("optional", true.into())]));
        dependencies.sort_values();
        let features = table(library, &["features"])?;
        let brokers =
            features.get_mut("default").and_then(Item::as_array_mut).context("it has no default features")?;
        let mut all: Vec<String> = brokers.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        all.push(names.name.clone());
        all.sort();
        *brokers = all.into_iter().collect();
        let own = Value::from_iter([format!("dep:{package}")]);
        features.insert(&names.name, Item::Value(own));
        Ok(())
    })?);
    files.push(library(names)?);
    for path in MODULES {
        let text = read(path)?;
        let at = text.find("pub mod ").with_context(|| format!("{path} lists no modules with `pub mod`"))?;
        let (before, after) = text.split_at(at);
        // Rustfmt puts them in order.
        let text = formatted(&format!("{before}pub mod {};\n{after}", names.snake))?;
        files.push(File { path: path.into(), text });
    }
    Ok(files)
}

/// The library, with the module and its row of the table.
fn library(names: &Names) -> Result<File> {
    let path = "crates/broker-session/src/lib.rs";
    let text = read(path)?;
    let Names { name, snake, title, .. } = names;
    let module = format!("#[cfg(feature = \"{name}\")]\npub mod {snake};\n");
    let row = format!("//! | {title} | [`{snake}`] | `{name}` |\n");
    let place = |what: &str, of: Option<usize>| of.with_context(|| format!("{path} has no {what}"));
    let modules = place("modules with features", text.find("#[cfg(feature = \""))?;
    let last_row = place("table of brokers", text.rfind("//! | "))?;
    let end_of_table =
        place("table of brokers", text.get(last_row..).and_then(|rest| rest.find('\n')))? + last_row + 1;
    let (table, rest) = text.split_at(end_of_table);
    let (before, after) = rest.split_at(place("modules after its table", modules.checked_sub(end_of_table))?);
    Ok(File { path: path.into(), text: formatted(&format!("{table}{row}{before}{module}{after}"))? })
}

/// A manifest after an edit that leaves its comments where they are.
fn manifest(path: &str, edit: impl FnOnce(&mut Table) -> Result<()>) -> Result<File> {
    let mut document: DocumentMut = read(path)?.parse().with_context(|| format!("cannot read {path}"))?;
    edit(document.as_table_mut()).with_context(|| format!("cannot change {path}"))?;
    Ok(File { path: path.into(), text: document.to_string() })
}

fn table<'a>(root: &'a mut Table, keys: &[&str]) -> Result<&'a mut Table> {
    keys.iter().try_fold(root, |table, key| {
        table.get_mut(key).and_then(Item::as_table_mut).with_context(|| format!("it has no [{key}]"))
    })
}

fn inline<const N: usize>(members: [(&str, Value); N]) -> Item {
    Item::Value(InlineTable::from_iter(members).into())
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(Path::new(path)).with_context(|| format!("cannot read {path}"))
}
