//! Tries published clients of others on the sandboxes, unmodified. Only their own settings for the address and the
//! certificate are changed.
//!
//! `xtask/clients/BROKER/` has the files of a client. `with_NAME.py` or `with_NAME.mjs` uses it as its documentation
//! shows, and fails if a result is wrong. `sandbox.toml` has the sandbox's arguments, and `sandbox_NAME.toml` those for this
//! client alone. The packages are pinned in `xtask/tools/clients.lock.txt` and `xtask/tools/clients-node/`.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context, Result, bail};

use crate::{
    Outcome,
    apis::{self, Api},
    print,
    sandbox::{self, Sandbox, Settings},
    tools,
};

/// The folder of the brokers' files.
const FOLDER: &str = "xtask/clients";

/// The start of a script's name; the rest is the name of the client.
const PREFIX: &str = "with_";

/// The options of `cargo xtask clients`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only this one, by its name in `xtask/clients/`; by default all of them.
    #[arg(long)]
    client: Option<String>,
}

/// A client and the script that uses it.
struct Client {
    name: String,
    broker: String,
    script: PathBuf,
}

/// Runs each client against a sandbox of its own.
pub(crate) fn run(apis: &[Api], options: &Options) -> Result<Outcome> {
    let clients = find(apis)?;
    let chosen: Vec<&Client> = clients
        .iter()
        .filter(|client| options.client.as_ref().is_none_or(|name| client.name == *name))
        .collect();
    if let (Some(name), []) = (&options.client, chosen.as_slice()) {
        let known: Vec<&str> = clients.iter().map(|client| client.name.as_str()).collect();
        bail!("there is no client `{name}`; there are: {}", known.join(", "));
    }
    let program = sandbox::build()?;
    let mut outcome = Outcome::Fine;
    for client in chosen {
        let output = attempt(client, &program).with_context(|| format!("cannot try {}", client.name))?;
        let works = output.status.success();
        if !works {
            outcome = Outcome::Failed;
            print(&String::from_utf8_lossy(&output.stdout))?;
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
        }
        let verdict = if works { "works" } else { "does not work" };
        print(&format!("{} with the sandbox of {}: {verdict}", client.name, client.broker))?;
    }
    Ok(outcome)
}

/// The scripts of every broker, in the order of their names.
fn find(apis: &[Api]) -> Result<Vec<Client>> {
    let mut clients = Vec::new();
    for broker in apis.iter().map(Api::broker) {
        let folder = Path::new(FOLDER).join(broker);
        if !folder.is_dir() {
            continue;
        }
        for script in apis::entries(&folder)? {
            let stem = script.file_stem().and_then(OsStr::to_str).unwrap_or_default();
            if let Some(name) = stem.strip_prefix(PREFIX) {
                clients.push(Client { name: name.to_owned(), broker: broker.to_owned(), script });
            }
        }
    }
    Ok(clients)
}

fn attempt(client: &Client, program: &Path) -> Result<Output> {
    let mut command = match client.script.extension().and_then(OsStr::to_str) {
        Some("py") => {
            let mut command = Command::new(tools::python("clients")?.join("python"));
            // The scripts import a module beside them; Python must not write its cache there.
            command.env("PYTHONDONTWRITEBYTECODE", "1");
            command
        }
        Some("mjs") => {
            let packages = tools::node("clients-node")?;
            let packages = packages.canonicalize().with_context(|| format!("no {}", packages.display()))?;
            let mut command = Command::new("node");
            command.env("NODE_PACKAGES", packages);
            command
        }
        _ => bail!("{} is neither .py nor .mjs", client.script.display()),
    };
    let folder = Path::new(FOLDER).join(&client.broker);
    let own = folder.join(format!("sandbox_{}.toml", client.name));
    let settings = Settings::read(&if own.exists() { own } else { folder.join("sandbox.toml") })?;
    let sandbox = Sandbox::start(program, &client.broker, &settings)?;
    command.arg(&client.script).envs(&settings.environment).envs(sandbox.environment());
    command.output().with_context(|| format!("cannot start {:?}", command.get_program()))
}
