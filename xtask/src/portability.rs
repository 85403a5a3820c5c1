//! Whether the specs are good for others, too: OpenAPI Generator makes a Python, a TypeScript and a Go client of each,
//! and the Python one signs in to the broker's sandbox, by the script `xtask/portability/BROKER.py`.

mod generator;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    Outcome,
    apis::{self, Api},
    sandbox::{self, Sandbox, Settings},
    say, tools,
};
use generator::Generator;

/// Where the scripts are that use the Python clients.
const SCRIPTS: &str = "xtask/portability";

/// The Python package of a generated client.
const PACKAGE: &str = "client";

/// For whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only this broker, as its folder below `crates/` is called; all of them unless told.
    #[arg(long)]
    broker: Option<String>,
}

/// What the clients are made and tried with.
struct Tools {
    generator: Generator,
    python: PathBuf,
    tsc: PathBuf,
}

/// Makes and tries the clients of each spec, and says what came of it.
pub(crate) fn run(apis: &[Api], options: &Options) -> Result<Outcome> {
    let chosen = apis::choose(apis, options.broker.as_deref())?;
    let python = tools::python("portability")?;
    let tools = Tools {
        generator: Generator::new(python.join("openapi-generator-cli"))?,
        python: python.join("python"),
        tsc: tools::node()?.join("tsc"),
    };
    if each(&chosen, |api| make(api, &tools)) == Outcome::Failed {
        return Ok(Outcome::Failed);
    }
    // Only now: it does not build with a spec that has changed, and what the generator says of that is worth knowing.
    let program = sandbox::build()?;
    Ok(each(&chosen, |api| sign_in(api.broker(), &tools, &program)))
}

/// Does something for each spec, whatever came of it for the others.
fn each(apis: &[&Api], task: impl Fn(&Api) -> Result<()>) -> Outcome {
    let mut outcome = Outcome::Fine;
    for api in apis {
        if let Err(error) = task(api) {
            eprintln!("error: {}: {error:#}.", api.spec);
            outcome = Outcome::Failed;
        }
    }
    outcome
}

/// Where the clients of a broker are made.
fn folder(broker: &str) -> PathBuf {
    tools::target_folder().join("portability").join(broker)
}

/// Makes the clients of one spec, and lets their compilers read them.
fn make(api: &Api, tools: &Tools) -> Result<()> {
    let broker = api.broker();
    let folder = folder(broker);
    if folder.exists() {
        // What an older spec gave must not be tried along.
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    tools.generator.validate(&api.spec)?;

    let python = folder.join("python");
    tools.generator.generate(&api.spec, "python", &python, &format!("packageName={PACKAGE}"))?;
    say(&format!("{broker}: the Python client is made"))?;

    let typescript = folder.join("typescript");
    // Without it, members that differ in case alone (`Success` and `success`) become one, twice declared.
    let names = "modelPropertyNaming=original";
    tools.generator.generate(&api.spec, "typescript-fetch", &typescript, names)?;
    compile(&typescript, &tools.tsc)?;
    say(&format!("{broker}: the TypeScript client compiles"))?;

    let go = folder.join("go");
    tools.generator.generate(&api.spec, "go", &go, &format!("packageName={PACKAGE}"))?;
    if parse(&go)? {
        say(&format!("{broker}: the Go client is made, and gofmt can read it"))
    } else {
        say(&format!("{broker}: the Go client is made; nothing has read it, because gofmt is not installed"))
    }
}

/// Lets the broker's script use the Python client on the sandbox.
fn sign_in(broker: &str, tools: &Tools, program: &Path) -> Result<()> {
    let client = folder(broker).join("python");
    let script = Path::new(SCRIPTS).join(format!("{broker}.py"));
    if !script.is_file() {
        bail!("there is no {}; write one that signs in with the generated client", script.display());
    }
    let sandbox = Sandbox::start(program, broker, &Settings::default())?;
    let mut command = Command::new(&tools.python);
    // What Python warns of in generated code is an error here.
    command.args(["-W", "error", "-B"]).arg(&script);
    command.env("PYTHONPATH", client).envs(sandbox.environment());
    tools::succeed(&mut command, &format!("{} has failed; its error says where", script.display()))?;
    say(&format!("{broker}: the Python client signs in to the sandbox, and out"))
}

/// Lets TypeScript check a client, strictly.
fn compile(client: &Path, tsc: &Path) -> Result<()> {
    let mut command = Command::new(tsc);
    command.args(["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom,dom.iterable"]);
    command.args(["--module", "esnext", "--moduleResolution", "bundler"]).arg(client.join("index.ts"));
    tools::succeed(&mut command, "the TypeScript client does not compile; its errors stand above")
}

/// Lets gofmt read a client; false if there is none. Whether it builds is not tried: that would need the module that it
/// depends on from elsewhere.
fn parse(client: &Path) -> Result<bool> {
    let mut files = Vec::new();
    for entry in fs::read_dir(client).with_context(|| format!("cannot list {}", client.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "go") {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("the generator has made no Go client");
    }
    let output = match Command::new("gofmt").args(["-e", "-l"]).args(&files).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        output => output.context("cannot start gofmt")?,
    };
    if !output.status.success() {
        bail!("gofmt cannot read the Go client:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(true)
}
