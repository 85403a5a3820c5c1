//! What fuzzing begins with: the examples of the specs, small specs, and the words that they are made of.
//!
//! All of it is derived anew at each run, into folders that git ignores.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use broker_session_codegen::spec::{Media, Operation, Response, operations};
use serde_json::Value;

use super::FOLDER;
use crate::apis::Api;

/// What an input of the targets for answers may say besides; see `Given::parse` and `Memory` in the contract tests.
const WORDS_OF_ANSWERS: [&str; 12] =
    [" cut", " far", "$r0", "$j0", "$u1", "$b1", "retry-after: 5", "location: ", "200", "401", "429", "503"];

/// The corpus of a target.
pub(super) fn corpus(target: &str) -> PathBuf {
    Path::new(FOLDER).join("corpus").join(target)
}

/// The dictionary of a target.
pub(super) fn words(target: &str) -> PathBuf {
    Path::new(FOLDER).join("corpus").join(format!("{target}.dict"))
}

/// Writes corpora and dictionaries.
pub(super) fn write(apis: &[Api]) -> Result<()> {
    let (mut specs, mut hosts) = (Vec::new(), Vec::new());
    for api in apis {
        let document = api.load().map_err(|problems| anyhow!("{} is not in order:\n{problems}", api.spec))?;
        let mut words: BTreeSet<String> = WORDS_OF_ANSWERS.map(str::to_owned).into();
        let mut seeds = Vec::new();
        for operation in operations(&document) {
            words.insert(operation.id.clone());
            for response in &operation.responses {
                seeds.extend(answers(&operation, response));
                let examples = response.content.iter().flat_map(|media| &media.examples);
                examples.for_each(|example| names(&example.value, &mut words));
            }
        }
        let target = format!("{}_answers", api.broker());
        save(&target, seeds)?;
        dictionary(&target, &words)?;
        let servers = document.value().pointer("/servers").and_then(Value::as_array).into_iter().flatten();
        let urls = servers.filter_map(|server| server.get("url")?.as_str());
        hosts.extend(urls.map(|url| {
            let host = url.trim_start_matches("https://");
            (api.broker(), format!("{url}\n{url}/\n{host}\nhttps://{host}.evil.example\nhttps://a@{host}"))
        }));
    }
    let hosts = hosts.into_iter().enumerate().map(|(index, (name, text))| (format!("{name}-{index}"), text));
    save("hosts", hosts.collect())?;
    // The specs of the brokers themselves take a second each, which is too long for a fuzzer.
    specs.extend(fixtures()?);
    let mut words = BTreeSet::new();
    for (_, text) in &specs {
        let keys = text
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(key, _)| key.trim_start_matches([' ', '-']));
        words.extend(keys.filter(|key| key.bytes().all(|byte| byte.is_ascii_graphic())).map(str::to_owned));
    }
    dictionary("spec", &words)?;
    save("spec", specs)
}

/// The documented answers to an operation, one for each example.
fn answers(operation: &Operation, response: &Response) -> Vec<(String, String)> {
    let (id, status) = (&operation.id, response.status);
    let location =
        response.location.iter().map(|location| format!("location: {location}\n")).collect::<String>();
    let of_media = |media: &Media| {
        let head = format!("{id} {status}\ncontent-type: {}\n{location}\n", media.media_type);
        let body = |value: &Value| match value {
            Value::String(page) if media.media_type != "application/json" => page.clone(),
            value => value.to_string(),
        };
        let examples = media.examples.iter();
        let named = examples.map(|example| {
            (format!("{id}-{status}-{}", example.name), format!("{head}{}", body(&example.value)))
        });
        named.collect::<Vec<_>>()
    };
    let empty = (format!("{id}-{status}"), format!("{id} {status}\n{location}\n"));
    response.content.iter().flat_map(of_media).chain([empty]).collect()
}

/// The names of members, as they stand in JSON.
fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                found.insert(format!("\"{name}\":"));
                names(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

fn save(target: &str, seeds: Vec<(String, String)>) -> Result<()> {
    let folder = corpus(target);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for (name, text) in seeds {
        let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let path = folder.join(format!("seed-{plain}"));
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// In libFuzzer's form: a text in quotes on each line.
fn dictionary(target: &str, words: &BTreeSet<String>) -> Result<()> {
    let path = self::words(target);
    let mut text = String::new();
    for word in words.iter().filter(|word| !word.is_empty() && word.len() < 64) {
        let escaped = word.replace('\\', "\\\\").replace('"', "\\\"");
        writeln!(text, "\"{escaped}\"")?;
    }
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// The spec that the tests of the linter begin with, as it is and with the edits of each rule's fixture.
fn fixtures() -> Result<Vec<(String, String)>> {
    let folder = Path::new("crates/codegen/tests/fixtures");
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let (good, small) = (read("good.yaml")?, read("small.yaml")?);
    let rules: toml::Table = read("rules.toml")?.parse().context("cannot read rules.toml")?;
    let edited = |edits: &toml::Value| {
        edits.as_array().into_iter().flatten().rev().fold(good.clone(), |text, edit| {
            let string = |name: &str| edit.get(name).and_then(toml::Value::as_str).unwrap_or_default();
            text.replacen(string("replace"), string("with"), 1)
        })
    };
    let mut specs: Vec<_> = rules.iter().map(|(rule, edits)| (rule.clone(), edited(edits))).collect();
    specs.extend([("good".to_owned(), good.clone()), ("small".to_owned(), small)]);
    Ok(specs)
}
