//! Tries clients that others have published on the sandboxes, as they are: only the address and the trust in the
//! certificate are set, with what each client has for that.
//!
//! What belongs to a client stands in `xtask/clients/BROKER/`: `with_NAME.py` or `with_NAME.mjs` uses it as its own
//! documentation does, and fails if anything is not as it should be; `sandbox.toml` has the sandbox's arguments. The packages
//! are pinned in `xtask/tools/clients.txt` and `xtask/tools/clients-node/`.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context, Result, bail};

use crate::{
    Outcome,
    apis::{self, Api},
    sandbox::{self, Sandbox, Settings},
    say, tools,
};

/// Where the brokers' files are.
const FOLDER: &str = "xtask/clients";

/// How the name of a script begins; what follows names the client.
const PREFIX: &str = "with_";

/// Which clients.
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
            say(&String::from_utf8_lossy(&output.stdout))?;
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
        }
        let verdict = if works { "works" } else { "does not work" };
        say(&format!("{} with the sandbox of {}: {verdict}", client.name, client.broker))?;
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
            // Next to the script stands what scripts have in common, and nothing is to be written there.
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
    let settings = Settings::read(&Path::new(FOLDER).join(&client.broker).join("sandbox.toml"))?;
    let sandbox = Sandbox::start(program, &client.broker, &settings)?;
    command.arg(&client.script).envs(&settings.environment).envs(sandbox.environment());
    command.output().with_context(|| format!("cannot start {:?}", command.get_program()))
}
