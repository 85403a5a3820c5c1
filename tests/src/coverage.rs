//! Which documented answers the tests have met, noted where an assertion has held, for `cargo xtask coverage`.
//!
//! Nothing is noted unless `BROKER_SESSION_COVERAGE` names a folder. Each process then has a file of its own there, with
//! a line of JSON for each answer that was met. A line says of which text of the spec it speaks, and which build of
//! which test program has written it, so that nobody takes it for what another text or another build would have done.

use std::{env, fs, io::Write, path::Path, process, thread, time::UNIX_EPOCH};

use serde_json::json;

use crate::{Case, Report, Spec};

/// The environment variable that names the folder, from the root of the workspace unless it is absolute.
const FOLDER: &str = "BROKER_SESSION_COVERAGE";

/// Who has met an answer: a column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The generated client.
    Client,
    /// The ergonomic crate.
    Ergonomic,
    /// The sandbox: it has given the answer when it was told to.
    SandboxTold,
    /// The sandbox: it has given the answer by itself, in the course of its play.
    SandboxPlayed,
}

impl Column {
    /// The name in the records.
    fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Ergonomic => "ergonomic",
            Self::SandboxTold => "sandbox-told",
            Self::SandboxPlayed => "sandbox-played",
        }
    }
}

impl Report {
    /// Counts the checks of what became of one documented answer. If there were any and all of them held, and only then,
    /// the answer counts as met.
    pub fn meet(
        &mut self,
        column: Column,
        spec: &Spec,
        case: &Case<'_>,
        checks: impl IntoIterator<Item = (String, Result<(), String>)>,
    ) {
        if self.hold(checks) {
            note(column, spec, case);
        }
    }

    /// Counts these checks. Whether there were any, and all of them held.
    fn hold(&mut self, checks: impl IntoIterator<Item = (String, Result<(), String>)>) -> bool {
        let (checked, problems) = self.counts();
        for (label, outcome) in checks {
            self.add(label, outcome);
        }
        let (now_checked, now_problems) = self.counts();
        now_checked > checked && now_problems == problems
    }
}

/// Notes that an answer was met.
fn note(column: Column, spec: &Spec, case: &Case<'_>) {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let program = env::current_exe().expect("the path of the test program");
    let built = program.metadata().and_then(|metadata| metadata.modified()).expect("when it was built");
    let built = built.duration_since(UNIX_EPOCH).expect("a time after 1970").as_nanos().to_string();
    let line = json!({
        "spec": spec.name(),
        "spec_sha256": spec.document.hash(),
        "operation": case.operation.id,
        "status": case.response.status,
        "media_type": case.media.map(|media| &media.media_type),
        "example": case.example.map(|example| &example.name),
        "column": column.name(),
        "test": thread::current().name(),
        "program": program,
        "built": built,
    });
    fs::create_dir_all(&folder).expect("the folder of the records");
    let file = folder.join(format!("{}.jsonl", process::id()));
    let mut file = fs::OpenOptions::new().create(true).append(true).open(file).expect("a file of records");
    // One write, so that lines of tests that run at the same time do not mix.
    file.write_all(format!("{line}\n").as_bytes()).expect("a record");
}

#[cfg(test)]
mod tests {
    use crate::Report;

    #[test]
    fn an_answer_is_met_only_if_something_was_checked_and_all_of_it_held() {
        let ok = || ("a".to_owned(), Ok(()));
        let wrong = || ("b".to_owned(), Err("another value".to_owned()));
        let mut report = Report::default();
        assert!(!report.hold([]));
        assert!(report.hold([ok()]));
        assert!(!report.hold([ok(), wrong()]));
        assert!(!report.hold([wrong(), ok()]));
        assert!(report.hold([ok(), ok()]), "what was wrong with another answer is no matter");
        assert_eq!(report.counts(), (7, 2));
    }
}
