//! Tries published clients of others, unmodified. Only their own settings for the address and the certificate are changed.
//!
//! `xtask/clients/BROKER/` has the files of a client on the broker's sandbox. `with_NAME.py` or `with_NAME.mjs` uses it as its
//! documentation shows, and fails if a result is wrong. `sandbox.toml` has the sandbox's arguments, and `sandbox_NAME.toml`
//! those for this client alone. `xtask/clients/serve/` has those of clients that go through `broker-session serve`; the
//! examples of its page are tried there as well. The packages are pinned in `xtask/tools/clients.lock.txt` and
//! `xtask/tools/clients-node/`.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context, Result, bail};

use crate::{
    Outcome,
    apis::{self, Api},
    examples::{self, Example},
    print, running,
    sandbox::{Sandbox, Settings},
    served::Served,
    tools,
};

/// The folder of the brokers' files.
const FOLDER: &str = "xtask/clients";

/// The name of the folder for clients of `serve`.
const SERVE: &str = "serve";

/// The page with examples for clients of `serve`.
const PAGE: &str = "docs/serve.md";

/// The start of a script's name; the rest is the name of the client.
const PREFIX: &str = "with_";

/// The options of `cargo xtask clients`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only this one, by its name in `xtask/clients/`; by default all of them. `examples` are those of docs/serve.md.
    #[arg(long)]
    client: Option<String>,
}

/// A client and what uses it.
struct Client {
    name: String,
    /// The broker whose sandbox it uses, or `serve`.
    folder: String,
    script: Script,
}

enum Script {
    File(PathBuf),
    Example(Example),
}

/// Runs each client against a sandbox of its own, or against one service for all.
pub(crate) fn run(apis: &[Api], options: &Options) -> Result<Outcome> {
    let brokers: Vec<&str> = apis.iter().map(Api::broker).collect();
    let clients = find(&brokers)?;
    let chosen: Vec<&Client> = clients
        .iter()
        .filter(|client| options.client.as_ref().is_none_or(|name| client.name == *name))
        .collect();
    if let (Some(name), []) = (&options.client, chosen.as_slice()) {
        let known: Vec<&str> = clients.iter().map(|client| client.name.as_str()).collect();
        bail!("there is no client `{name}`; there are: {}", known.join(", "));
    }
    let program = running::build()?;
    let served = match chosen.iter().any(|client| client.folder == SERVE) {
        true => Some(Served::start(&program, &Path::new(FOLDER).join(SERVE), &brokers)?),
        false => None,
    };
    let mut outcome = Outcome::Fine;
    for client in chosen {
        let output = match &served {
            Some(served) if client.folder == SERVE => through(client, served),
            _ => alone(client, &program),
        };
        let output = output.with_context(|| format!("cannot try {}", client.name))?;
        // An example that prints nothing shows nothing.
        let works = output.status.success()
            && (!matches!(client.script, Script::Example(_)) || !output.stdout.is_empty());
        if !works {
            outcome = Outcome::Failed;
            print(&String::from_utf8_lossy(&output.stdout))?;
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
        }
        let verdict = if works { "works" } else { "does not work" };
        print(&format!("{}: {verdict}", client.title()))?;
    }
    Ok(outcome)
}

impl Client {
    fn title(&self) -> String {
        match &self.script {
            Script::Example(example) => format!("{PAGE}, {}", example.file_name()),
            Script::File(_) if self.folder == SERVE => format!("{} through {SERVE}", self.name),
            Script::File(_) => format!("{} with the sandbox of {}", self.name, self.folder),
        }
    }
}

/// The scripts of every broker and those for `serve`, in the order of their names, and the examples.
fn find(brokers: &[&str]) -> Result<Vec<Client>> {
    let mut clients = Vec::new();
    for name in brokers.iter().chain([&SERVE]) {
        let folder = Path::new(FOLDER).join(name);
        if !folder.is_dir() {
            continue;
        }
        for path in apis::entries(&folder)? {
            let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
            if let Some(client) = stem.strip_prefix(PREFIX) {
                let (client, folder) = (client.to_owned(), (*name).to_owned());
                clients.push(Client { name: client, folder, script: Script::File(path) });
            }
        }
    }
    clients.extend(examples::read(Path::new(PAGE))?.into_iter().map(|example| Client {
        name: "examples".to_owned(),
        folder: SERVE.to_owned(),
        script: Script::Example(example),
    }));
    Ok(clients)
}

/// Runs a client against a sandbox.
fn alone(client: &Client, program: &Path) -> Result<Output> {
    let Script::File(script) = &client.script else { bail!("an example needs {SERVE}") };
    let folder = Path::new(FOLDER).join(&client.folder);
    let own = folder.join(format!("sandbox_{}.toml", client.name));
    let settings = Settings::read(&if own.exists() { own } else { folder.join("sandbox.toml") })?;
    let sandbox = Sandbox::start(program, &client.folder, &settings)?;
    let mut command = interpreter(script)?;
    output(command.arg(script).envs(&settings.environment).envs(sandbox.environment()))
}

/// Runs a client against the service.
fn through(client: &Client, served: &Served) -> Result<Output> {
    let script = match &client.script {
        Script::File(path) => path.clone(),
        Script::Example(example) => {
            // Node.js looks for packages beside the file.
            let path = tools::node("clients-node")?.join(example.file_name());
            fs::write(&path, served.adapt(&example.code)?)
                .with_context(|| format!("cannot write {}", path.display()))?;
            path
        }
    };
    output(interpreter(&script)?.arg(&script).envs(served.environment()?))
}

fn output(command: &mut Command) -> Result<Output> {
    command.output().with_context(|| format!("cannot start {:?}", command.get_program()))
}

/// What runs a script.
fn interpreter(script: &Path) -> Result<Command> {
    match script.extension().and_then(OsStr::to_str) {
        Some("py") => {
            let mut command = Command::new(tools::python("clients")?.join("python"));
            // The scripts import a module beside them; Python must not write its cache there.
            command.env("PYTHONDONTWRITEBYTECODE", "1");
            Ok(command)
        }
        Some("mjs") => {
            let packages = tools::node("clients-node")?;
            let packages = packages.canonicalize().with_context(|| format!("no {}", packages.display()))?;
            let mut command = Command::new("node");
            command.env("NODE_PACKAGES", packages);
            Ok(command)
        }
        Some("sh") => {
            let mut command = Command::new("sh");
            command.arg("-eu");
            Ok(command)
        }
        _ => bail!("{} is none of .py, .mjs and .sh", script.display()),
    }
}
