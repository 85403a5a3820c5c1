//! `cargo xtask diff --base REV`: what has changed in the specs since a revision, what it means, and whether the
//! versions were raised enough.
//!
//! Two versions count. That of the API crate, by what the changes mean to its users in Rust; and `info.version` of the
//! spec, by what they mean on the wire, for those who read the spec and use another language.

mod git;
mod manifests;
mod report;
mod version;

use anyhow::Result;
use broker_session_codegen::{
    Document, Problem, Problems,
    diff::{self, Class, code::CodeChanges},
    generate,
};

use crate::{Outcome, apis::Api, say};
use git::Revision;
use manifests::Package;
use version::{Verdict, verdict};

/// What `diff` is told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The revision to compare with: a tag, a branch, a commit.
    #[arg(long, value_name = "REV")]
    base: String,
}

/// Compares every spec, those that have come or gone included.
pub(crate) fn run(apis: &[Api], options: &Options) -> Result<Outcome> {
    let revision = Revision::find(&options.base)?;
    let before: Vec<String> =
        revision.list("openapi")?.into_iter().filter(|path| path.ends_with(".yaml")).collect();
    let mut outcomes = Vec::new();
    for api in apis {
        let outcome = match before.contains(&api.spec) {
            true => both(api, &revision)?,
            false => {
                say(&report::new_spec(&api.spec, &revision.name, &manifests::now(&api.folder())?))?;
                say("")?;
                Outcome::Fine
            }
        };
        outcomes.push(outcome);
    }
    for spec in before.iter().filter(|spec| apis.iter().all(|api| api.spec != **spec)) {
        outcomes.push(gone(spec, &revision)?);
    }
    let worst = [Outcome::Failed, Outcome::NeedsUpdate].into_iter().find(|worst| outcomes.contains(worst));
    Ok(worst.unwrap_or(Outcome::Fine))
}

/// A spec that there is at both times.
fn both(api: &Api, revision: &Revision) -> Result<Outcome> {
    let text = revision.read(&api.spec)?.unwrap_or_default();
    let documents = Document::parse(&format!("{} at {}", api.spec, revision.name), &text)
        .and_then(|base| Ok((base, api.load()?)));
    let (base, now) = match documents {
        Ok(documents) => documents,
        Err(problems) => {
            eprintln!(
                "{problems}\n\n{} cannot be compared: it cannot be read. Mend it, or, where the base is meant, take a revision at which it can be read.",
                api.spec
            );
            return Ok(Outcome::Failed);
        }
    };
    let changes = diff::compare(&base, &now);
    say(&report::changes(&api.spec, &revision.name, &changes, base.text() != now.text()))?;
    let package = manifests::at(revision, &api.package)?;
    let code = match changes.is_empty() {
        true => Ok(CodeChanges::default()),
        false => code(api, revision, package.as_ref(), &base, &now),
    };
    let (rust, wire) = (diff::worst_in_rust(&changes), diff::worst_on_the_wire(&changes));
    let code = match code {
        Ok(code) => code,
        Err(problems) => {
            eprintln!("{problems}\n");
            // Nothing is worse than breaking, so that the code would not change the verdict.
            let settled = rust == Class::Breaking;
            let consequence = match settled {
                true => "it could not make the verdict worse",
                false => "this is the least that has to be done",
            };
            say(&format!(
                "\nThe code that {} gives cannot be compared, because the spec does not pass `cargo xtask lint`; {consequence}:",
                api.spec
            ))?;
            let outcome = verdicts(api, revision, package, (&base, &now), (rust, wire))?;
            return Ok(if settled { outcome } else { Outcome::Failed });
        }
    };
    let objection = diff::objection(&changes, &code);
    say(&report::code(&changes, &code, objection.as_ref()))?;
    let rust = objection.map_or(rust, |objection| objection.class);
    verdicts(api, revision, package, (&base, &now), (rust, wire))
}

/// Both versions.
fn verdicts(
    api: &Api,
    revision: &Revision,
    package: Option<Package>,
    (base, now): (&Document, &Document),
    (rust, wire): (Class, Class),
) -> Result<Outcome> {
    let mut all = Vec::new();
    if let Some(package) = package {
        let version = manifests::now(&api.folder())?;
        let verdict = verdict(&package.version, &version, rust);
        let name = format!("the crate `{}`", api.package);
        all.push((
            verdict.clone(),
            report::verdict(&name, &package.version, &version, rust, "in Rust", &verdict),
        ));
    } else {
        say(&format!(
            "The crate `{}` did not exist at {}; its version is its own affair.",
            api.package, revision.name
        ))?;
    }
    let (old, new) = (&base.openapi().info.version, &now.openapi().info.version);
    let verdict = verdict(old, new, wire);
    let name = format!("`info.version` of {}", api.spec);
    all.push((verdict.clone(), report::verdict(&name, old, new, wire, "on the wire", &verdict)));
    let mut outcome = Outcome::Fine;
    for (verdict, text) in all {
        say(&text)?;
        if verdict != Verdict::Enough {
            outcome = Outcome::NeedsUpdate;
        }
    }
    say("")?;
    Ok(outcome)
}

/// The difference in the generated code. Both sides come from the generator of today, so that only the spec counts;
/// where the base breaks a rule that is younger than it, the code that was checked in then is taken.
fn code(
    api: &Api,
    revision: &Revision,
    package: Option<&Package>,
    base: &Document,
    now: &Document,
) -> Result<CodeChanges, Problems> {
    let new = generate(now)?;
    let old = match generate(base) {
        Ok(old) => old,
        Err(problems) => {
            let checked_in = package
                .and_then(|package| revision.read(&format!("{}/src/generated.rs", package.folder)).ok()?);
            let Some(old) = checked_in else { return Err(problems) };
            let note = format!(
                "{} does not pass the linter of today at {}; the code that was checked in then is compared.",
                api.spec, revision.name
            );
            eprintln!("{note}");
            old
        }
    };
    diff::code::compare(&old, &new).map_err(|error| {
        let what = "One of the two generated files is not Rust.";
        let fix = format!(
            "See `git show {}:{}`; the other one comes from the generator.",
            revision.name, api.generated
        );
        Problem::new("generated-code", &api.generated, what, format!("{error}."), fix).into()
    })
}

/// A spec that there is no longer: its crate has gone with it.
fn gone(spec: &str, revision: &Revision) -> Result<Outcome> {
    let stem = spec.rsplit('/').next().unwrap_or(spec).trim_end_matches(".yaml");
    let package = format!("{stem}-api");
    let old = manifests::at(revision, &package)?;
    let shared = manifests::shared()?;
    let (Some(old), Some(shared)) = (old, shared) else {
        say(&report::gone_spec(spec, &revision.name, "There is no version left to raise."))?;
        return Ok(Outcome::Fine);
    };
    let verdict = verdict(&old.version, &shared, Class::Breaking);
    let text = report::verdict(
        "the workspace",
        &old.version,
        &shared,
        Class::Breaking,
        "in Rust and on the wire",
        &verdict,
    );
    say(&report::gone_spec(spec, &revision.name, &text))?;
    Ok(if verdict == Verdict::Enough { Outcome::Fine } else { Outcome::NeedsUpdate })
}
