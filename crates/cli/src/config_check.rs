//! `config check`: what is wrong with the settings, and where each of those in use comes from.
//!
//! The commands' own functions look at the settings, so that it finds what they would refuse. Nothing is sent, no command is run,
//! nobody is asked, and nothing is changed. Files with secrets are read, and no value is shown.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use broker_session::ErrorKind;
use clap::{Args, Command};
use serde_json::{Value, json};

use crate::{
    Context,
    args::General,
    brokers,
    config::{Config, Section},
    doctor::{Finding, Findings},
    failure::Failure,
    network,
    output::{print, printable, quoted},
    secret_command::{is_program, words},
    secrets::SecretSource,
    serve, settings, store,
    table::table,
};

/// What is said of settings that the commands refuse.
const UNUSABLE: &str = "cannot be used";

/// The name of findings about the session store.
const STORE: &str = "session_store";

/// A setting in use.
struct Setting {
    name: String,
    place: String,
}

/// Checks the settings of the profile in use, and shows where they come from.
///
/// # Errors
/// `Config` if there is a problem; the report is written already.
pub(crate) async fn check(context: &Context) -> Result<(), Failure> {
    let mut findings = Findings::new(context.output);
    let (config, written) = file(&mut findings, context);
    let mut settings = general(&config, context);
    let mut unreadable = Vec::new();
    for part in parts() {
        for variable in &part.variables {
            let failure = secret(&mut findings, &config.secret(variable)).await;
            unreadable.extend(failure.map(|failure| (part.section, *variable, failure)));
        }
        let keys = written.get(part.section).cloned().unwrap_or_default();
        of_part(&mut settings, &config, part, keys);
    }
    let shared =
        [("network", network::check(&config).await), ("store", store::check(&config, context).await)];
    let shared = shared.into_iter().filter_map(|(name, checked)| Some((name, checked.err()?)));
    let mut refused: Vec<(&str, Failure)> = shared.collect();
    refused.extend(brokers::refused(&config, context).await);
    for (section, variable, failure) in unreadable {
        let finding = Finding::of(variable, "cannot be read", &failure);
        // Where nothing is refused, nothing needs it.
        let is_needed = refused.iter().any(|(name, _)| *name == section);
        findings.add(if is_needed { finding } else { finding.into_warning() });
    }
    for (name, failure) in refused {
        findings.add_failure(if name == "store" { STORE } else { name }, UNUSABLE, &failure);
    }
    exposed_store(&mut findings, &config, context);
    service(&mut findings, &config, context);
    if !context.output.is_json() {
        if !findings.is_empty() {
            print("")?;
        }
        let rows: Vec<_> =
            settings.iter().map(|Setting { name, place }| [name.clone(), place.clone()]).collect();
        print(&format!("{}\n", table(["SETTING", "COMES FROM"], &rows)))?;
    }
    let settings = settings.iter().map(|Setting { name, place }| json!({ "name": name, "place": place }));
    let settings: Vec<Value> = settings.collect();
    findings.conclude(|findings, worst| {
        json!({
            "config": config.path.as_ref().map(|path| path.display().to_string()),
            "profile": config.name,
            "result": worst,
            "findings": findings,
            "settings": settings,
        })
    })
}

/// The config file, and what stands in the profile.
fn file(findings: &mut Findings, context: &Context) -> (Config, BTreeMap<String, Section>) {
    const NAME: &str = "config_file";
    let general = &context.general;
    let (config, written, mistakes) = Config::check(general.config.as_deref(), general.profile.as_deref());
    for mistake in mistakes {
        findings.add(Finding::of(NAME, "has a mistake", &mistake));
    }
    if let Some(forgotten) = config.forgotten_profile() {
        findings.add(Finding::warning(
            NAME,
            "no profile of it is in use",
            forgotten,
            "Name one with --profile.",
        ));
    }
    (config.only_checked(), written)
}

/// The settings that belong to no broker. They always come from somewhere.
fn general(config: &Config, context: &Context) -> Vec<Setting> {
    let options = General::augment_args(Command::new(""));
    let of_file = || match &config.path {
        Some(path) => format!("the default: `{}`", path.display()),
        None => "nowhere: there is no config file".to_owned(),
    };
    let rows = options.get_arguments().filter_map(|arg| {
        let (variable, option) = (arg.get_env()?.to_str()?, format!("--{}", arg.get_long()?));
        let in_profile = (option == "--store" && config.profile.store.names_location()).then_some("location");
        let place = settings::place(&option, variable, in_profile).or_else(|| match option.as_str() {
            "--config" => Some(of_file()),
            "--profile" => Some(format!("the default: `{}`", config.name)),
            "--store" => {
                let path = store::path(config, context).ok()??;
                Some(format!("the default: `{}`", path.display()))
            }
            _ => None,
        });
        Some(Setting { name: variable.to_owned(), place: place? })
    });
    rows.collect()
}

/// A part of the profile.
struct Part {
    section: &'static str,
    /// Its options, of which some have variables.
    command: Command,
    /// Other variables, those of secrets among them.
    variables: Vec<&'static str>,
}

fn parts() -> Vec<Part> {
    let none = || Command::new("");
    let of_store = store::VARIABLES.map(|(name, _)| name).to_vec();
    let of_network = network::Settings::augment_args(none());
    let own = [
        Part { section: "store", command: none(), variables: of_store },
        Part { section: "network", command: of_network, variables: vec![network::PROXY_PASSWORD] },
        Part { section: "serve", command: none(), variables: Vec::new() },
    ];
    let of_broker = |(broker, command): (&brokers::Broker, Command)| {
        let variables = (broker.secrets)();
        Part { section: broker.name, command, variables }
    };
    own.into_iter().chain(brokers::commands().into_iter().map(of_broker)).collect()
}

/// The settings of a part: from options that have variables, from other variables, and from the remaining keys.
fn of_part(settings: &mut Vec<Setting>, config: &Config, part: Part, mut keys: Section) {
    let section = part.section;
    let known: BTreeSet<String> = settings.iter().map(|setting| setting.name.clone()).collect();
    let mut add = |name: &str, place: Option<String>| {
        settings.extend(place.map(|place| Setting { name: printable(name), place }));
    };
    for arg in part.command.get_arguments() {
        let variable = arg.get_env().and_then(|name| name.to_str());
        let (Some(variable), Some(option)) = (variable, arg.get_long()) else { continue };
        // Every broker has those of the network.
        if known.contains(variable) {
            continue;
        }
        let key = arg.get_id().as_str();
        let in_profile = keys.remove(key).then_some(key);
        add(variable, settings::place(&format!("--{option}"), variable, in_profile));
    }
    for variable in part.variables {
        let source = config.secret(variable);
        for key in source.keys() {
            keys.remove(key);
        }
        let lower = variable.to_ascii_lowercase();
        let key = lower.strip_prefix("broker_session_").unwrap_or(&lower);
        let key = key.strip_prefix(section).and_then(|key| key.strip_prefix('_')).unwrap_or_default();
        let in_profile = keys.remove(key).then(|| format!("the profile (`{key}`)"));
        add(variable, source.place().or(in_profile));
    }
    for key in keys {
        add(&format!("{section}.{key}"), Some(format!("the profile (`{key}`)")));
    }
}

/// Looks whether a secret can be had. A command is not run. Returns why it cannot be read.
async fn secret(findings: &mut Findings, source: &SecretSource) -> Option<Failure> {
    let name = source.variable;
    if let Err(failure) = source.check() {
        findings.add_failure(name, "is given twice", &failure);
        return None;
    }
    match source.command() {
        Err(failure) => findings.add_failure(name, UNUSABLE, &failure),
        Ok(Some((place, command))) => program(findings, name, &place, words(&command)),
        Ok(None) => return source.read_pem().await.err(),
    }
    None
}

/// Looks whether the program of a command is there.
fn program(findings: &mut Findings, name: &'static str, place: &str, words: Option<Vec<String>>) {
    let problem = |what: String, cure: &str| {
        Finding::problem(ErrorKind::Config, name, what, format!("It is the command of {place}."), cure)
    };
    let Some(words) = words else {
        let what = "cannot be split into words".to_owned();
        return findings.add(problem(what, "Close every quote, and name a program."));
    };
    if let Some(program) = words.first().filter(|program| !is_program(program)) {
        let what = format!("there is no program `{}`", printable(program));
        findings.add(problem(what, "Correct the name, install it, or write the path."));
    }
}

fn service(findings: &mut Findings, config: &Config, context: &Context) {
    match serve::check(config, context) {
        Err(failure) => findings.add_failure("serve", UNUSABLE, &failure),
        Ok(notify) if notify.is_empty() => {}
        Ok(notify) => program(findings, "serve.notify", "`notify` in the profile", Some(notify)),
    }
}

fn exposed_store(findings: &mut Findings, config: &Config, context: &Context) {
    if let Some(path) = store::path(config, context).ok().flatten()
        && let Some(mode) = mode(&path).filter(|mode| mode & 0o077 != 0)
    {
        let what = format!("others can read or write `{}` (mode {mode:04o})", path.display());
        let why = "Whoever has a session can trade with it. The next command that uses it takes this away.";
        findings.add(Finding::warning(STORE, what, why, chmod("600", &path)));
    }
}

/// The mode of a file, if there is one.
#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some(metadata.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn mode(_: &Path) -> Option<u32> {
    None
}

fn chmod(mode: &str, path: &Path) -> String {
    format!("Run: chmod {mode} {}", quoted(&path.display().to_string()))
}
