//! What a spec documents and no run has met: a mistake, unless `unseen.toml` says why it cannot come up. An excuse for
//! something that did come up is a mistake, too, so that none outlives its reason.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::report::{Report, Tried};

/// The excuses of a broker.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unseen {
    #[serde(default)]
    unseen: Vec<Excuse>,
    /// The file, for messages.
    #[serde(skip)]
    file: String,
}

/// Statuses or codes that do not come up.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Excuse {
    #[serde(default)]
    statuses: BTreeSet<u16>,
    #[serde(default)]
    codes: BTreeSet<String>,
    /// Which operations the statuses are those of; all that document them unless told.
    operations: Option<BTreeSet<String>>,
    /// Which of those that document them did meet them.
    #[serde(default)]
    except: BTreeSet<String>,
    reason: String,
}

impl Unseen {
    /// Reads a file; there are no excuses if there is none.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let file = path.display().to_string();
        if !path.exists() {
            return Ok(Self { file, ..Self::default() });
        }
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {file}"))?;
        let mut read: Self = toml::from_str(&text).with_context(|| format!("cannot read {file}"))?;
        for excuse in &read.unseen {
            ensure!(!excuse.reason.trim().is_empty(), "an excuse in {file} has no reason; say why");
            let is_about_one = excuse.statuses.is_empty() != excuse.codes.is_empty();
            ensure!(
                is_about_one,
                "an excuse in {file} is about either `statuses` or `codes`; write one of them"
            );
            let names_operations = excuse.operations.is_some() || !excuse.except.is_empty();
            ensure!(
                excuse.codes.is_empty() || !names_operations,
                "an excuse in {file} is about codes, which are those of all operations; take `operations` and `except` out"
            );
        }
        read.file = file;
        Ok(read)
    }

    /// What was not met and is not excused, and each excuse that is not needed.
    pub(super) fn problems(&self, report: &Report) -> Vec<String> {
        let file = &self.file;
        let mut problems = Vec::new();
        for tried in report.operations() {
            let unmet = tried.documented.iter().filter(|status| !tried.met.contains_key(status));
            let left: Vec<String> = unmet
                .filter(|status| !self.unseen.iter().any(|excuse| excuse.covers(tried, **status)))
                .map(u16::to_string)
                .collect();
            if !left.is_empty() {
                problems.push(format!(
                    "`{}` documents {} and no run has met it, so what the sandbox says there has not been tried. Bring \
                     it about in hooks.py or in a situation of its own, or say in {file} why that cannot be.",
                    tried.id,
                    left.join(", ")
                ));
            }
        }
        for (code, _) in report.codes().filter(|(_, is_met)| !is_met) {
            if !self.unseen.iter().any(|excuse| excuse.codes.contains(code)) {
                problems.push(format!(
                    "no run has met the code `{code}` of `x-error-codes`. Bring it about in hooks.py or in a situation \
                     of its own, or say in {file} why that cannot be."
                ));
            }
        }
        problems.extend(self.unseen.iter().flat_map(|excuse| excuse.superfluous(report, file)));
        problems
    }
}

impl Excuse {
    fn is_about(&self, tried: &Tried) -> bool {
        !self.except.contains(&tried.id)
            && self.operations.as_ref().is_none_or(|operations| operations.contains(&tried.id))
    }

    fn covers(&self, tried: &Tried, status: u16) -> bool {
        self.statuses.contains(&status) && self.is_about(tried)
    }

    /// What it excuses that came up or that the spec does not have.
    fn superfluous(&self, report: &Report, file: &str) -> Vec<String> {
        let mut problems = Vec::new();
        let mut unneeded = |what: String, why: &str| {
            problems.push(format!("{file} excuses {what}, which {why}. Take it out."));
        };
        for operation in self.operations.iter().flatten().chain(&self.except) {
            if !report.operations().any(|tried| tried.id == *operation) {
                unneeded(format!("the operation `{operation}`"), "the spec does not have");
            }
        }
        for status in &self.statuses {
            let about = || report.operations().filter(|tried| self.is_about(tried));
            for tried in about().filter(|tried| tried.met.contains_key(status)) {
                unneeded(format!("the status {status} of `{}`", tried.id), "came up");
            }
            // With operations by name, each of them must have it.
            let has = |tried: &Tried| tried.documented.contains(status);
            if !about().any(has) || (self.operations.is_some() && !about().all(has)) {
                let why = match self.operations {
                    Some(_) => "not every operation that it is about documents",
                    None => "no operation that it is about documents",
                };
                unneeded(format!("the status {status}"), why);
            }
        }
        for code in &self.codes {
            match report.codes().find(|(known, _)| known == code) {
                Some((_, false)) => {}
                Some((_, true)) => unneeded(format!("the code `{code}`"), "came up"),
                None => unneeded(format!("the code `{code}`"), "`x-error-codes` does not have"),
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use broker_session_codegen::Document;
    use serde_json::json;

    use super::*;

    const SPEC: &str = "
openapi: 3.0.3
info: { title: t, version: 1.0.0 }
paths:
  /a: { post: { operationId: a, responses: { '200': { description: d }, '403': { description: d }, '503': { description: d } } } }
x-error-codes:
  '7': { kind: locked, meaning: m }
components: {}
";

    /// What is said of these excuses after a run with these answers.
    fn said(excuses: &str, answers: &[(u16, &str)]) -> Vec<String> {
        let document = Document::parse("spec.yaml", SPEC).unwrap();
        let mut report = Report::new(&document);
        for (status, body) in answers {
            use base64::{Engine as _, prelude::BASE64_STANDARD};
            let content = json!({ "$base64": BASE64_STANDARD.encode(body) });
            report.note(&json!({
                "cases": { "x": { "value": { "method": "post", "path": "/a" } } },
                "interactions": { "x": { "response": { "status_code": status, "content": content } } },
            }));
        }
        let folder = tempfile::tempdir().unwrap();
        let file: PathBuf = folder.path().join("unseen.toml");
        fs::write(&file, excuses).unwrap();
        Unseen::read(&file).unwrap().problems(&report)
    }

    const LOCKED: (u16, &str) = (403, r#"{"fault":{"code":7}}"#);

    #[test]
    fn what_was_not_met_is_said_unless_it_is_excused() {
        let problems = said("", &[(200, "{}")]);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("`a` documents 403, 503"), "{problems:?}");
        assert!(problems[1].contains("the code `7`"), "{problems:?}");
        let excuse = "[[unseen]]\nstatuses = [503]\nreason = 'r'";
        assert_eq!(said(excuse, &[(200, "{}"), LOCKED]), Vec::<String>::new());
        let all_but_one = "[[unseen]]\nstatuses = [503]\nexcept = ['a']\nreason = 'r'";
        assert_eq!(said(all_but_one, &[(200, "{}"), LOCKED]).len(), 2);
        let other = "[[unseen]]\nstatuses = [503]\noperations = ['b']\nreason = 'r'";
        let problems = said(other, &[(200, "{}"), LOCKED]);
        assert!(problems[0].contains("`a` documents 503"), "{problems:?}");
    }

    #[test]
    fn an_excuse_that_is_not_needed_is_said() {
        let everything = [(200, "{}"), LOCKED, (503, "")];
        for (excuse, what) in [
            ("statuses = [403]", "the status 403 of `a`, which came up"),
            ("statuses = [418]", "the status 418"),
            ("codes = ['7']", "the code `7`, which came up"),
            ("codes = ['8']", "the code `8`, which `x-error-codes`"),
            ("statuses = [503]\nexcept = ['b']", "the operation `b`"),
        ] {
            let problems = said(&format!("[[unseen]]\n{excuse}\nreason = 'r'"), &everything);
            assert!(problems[0].contains(what), "{excuse}: {problems:?}");
        }
    }

    #[test]
    fn an_excuse_needs_a_reason_and_something_to_excuse() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("unseen.toml");
        for (excuse, what) in [
            ("statuses = [503]\nreason = ' '", "no reason"),
            ("operations = ['a']\nreason = 'r'", "either `statuses` or `codes`"),
            ("codes = ['7']\nexcept = ['a']\nreason = 'r'", "take `operations` and `except` out"),
        ] {
            fs::write(&file, format!("[[unseen]]\n{excuse}")).unwrap();
            let said = Unseen::read(&file).unwrap_err().to_string();
            assert!(said.contains(what), "{said}");
        }
    }
}
