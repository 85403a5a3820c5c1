//! `cargo xtask new-broker`: everything that a new broker begins with, from the templates in `xtask/templates/broker/`.
//!
//! What is written builds, is tested and passes all checks as it stands, so that whoever describes the broker's wire
//! then goes from one state in which all is well to the next. All of it is worked out before anything is written, and
//! what cannot be finished is taken back.

mod lists;
mod names;
mod scaffold;
mod writing;

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use crate::{Outcome, say, tools};
use names::{BaseUrl, Name, Title};
use writing::Writing;

/// Which broker.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The broker in kebab-case: it names the spec, the packages and the modules.
    name: Name,
    /// The broker as people write it; made from the name unless told.
    #[arg(long)]
    title: Option<Title>,
    /// What its clients are configured with; `https://api.NAME.example` unless told, which is nobody's.
    #[arg(long)]
    base_url: Option<BaseUrl>,
}

/// Writes the files and the lines, and says what comes next.
pub(crate) fn run(options: &Options) -> Result<Outcome> {
    let names = options.name.names(options.title.as_ref(), options.base_url.as_ref())?;
    let new = scaffold::files(&names)?;
    let changed = lists::changed(&names)?;
    let mut writing = Writing::default();
    let written = new.iter().try_for_each(|file| writing.create(file)).and_then(|()| {
        changed.iter().try_for_each(|file| writing.replace(file))?;
        locks(&mut writing)
    });
    if let Err(error) = written {
        writing.take_back()?;
        bail!("{error:#}; nothing was changed");
    }
    for file in &new {
        say(&format!("wrote   {}", file.path.display()))?;
    }
    for file in &changed {
        say(&format!("changed {}", file.path.display()))?;
    }
    let (name, snake) = (&names.name, &names.snake);
    say(&format!(
        "
It builds and works, and all of it is a guess. Next:
  cargo test --package broker-session-sandbox --test {snake}    signs in to the sandbox
  cargo test --package contract-tests --test {snake}            holds the client and the sandbox to the spec
Then replace in openapi/{name}-session.yaml what is inferred by what is on the wire, run `cargo xtask generate`, and
follow CONTRIBUTING.md from there."
    ))?;
    Ok(Outcome::Fine)
}

/// Lets Cargo write the new package into the lock files, which change for nothing else.
fn locks(writing: &mut Writing) -> Result<()> {
    for (manifest, lock) in [("Cargo.toml", "Cargo.lock"), ("fuzz/Cargo.toml", "fuzz/Cargo.lock")] {
        writing.keep(Path::new(lock))?;
        let mut command = Command::new(tools::cargo());
        command.args(["metadata", "--format-version", "1", "--quiet", "--manifest-path", manifest]);
        command.stdout(std::process::Stdio::null());
        tools::succeed(&mut command, &format!("cargo cannot bring {lock} up to date; see above"))?;
    }
    Ok(())
}
