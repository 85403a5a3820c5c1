//! `cargo xtask generate`.

use std::{fs, io::Write, path::Path};

use anyhow::{Context, Result};

use crate::{
    Outcome,
    apis::{self, Api},
    print,
};

/// Generates every client; the file of a spec with a problem stays unchanged.
pub(crate) fn run(apis: &[Api]) -> Result<Outcome> {
    let mut worst = apis::report_lost()?;
    for api in apis {
        let text = match api.load().and_then(|document| broker_session_codegen::generate(&document)) {
            Ok(text) => text,
            Err(problems) => {
                eprintln!("{problems}");
                worst = Outcome::Failed;
                continue;
            }
        };
        if api.current()?.as_deref() == Some(text.as_str()) {
            print(&format!("{} is up to date.", api.generated))?;
        } else {
            write(api, &text)?;
            print(&format!("{} was generated; review the difference.", api.generated))?;
        }
    }
    Ok(worst)
}

/// Writes the file atomically.
fn write(api: &Api, text: &str) -> Result<()> {
    let path = Path::new(&api.generated);
    let folder = path.parent().context("the generated file has no folder")?;
    let failed = || format!("cannot write {}", api.generated);
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
    file.write_all(text.as_bytes()).with_context(failed)?;
    if path.exists() {
        // Only the owner may read a temporary file, but all users may read a checked-in file.
        let permissions = fs::metadata(path).with_context(failed)?.permissions();
        file.as_file().set_permissions(permissions).with_context(failed)?;
    }
    file.persist(path).with_context(failed)?;
    Ok(())
}
