//! What libFuzzer says of a run, for people to read.

use super::{FOLDER, tools};

/// What came of one target.
pub(super) struct Run {
    target: String,
    is_fine: bool,
    runs: Option<u64>,
    per_second: Option<u64>,
    coverage: Option<u64>,
    corpus: Option<String>,
    /// Where the input is that must not have done what it did.
    artifact: Option<String>,
    /// What was said last.
    last: Vec<String>,
}

/// How much of a log is shown.
const SHOWN: usize = 12;

impl Run {
    /// Reads the log of a run.
    pub(super) fn read(target: &str, is_fine: bool, log: &str) -> Self {
        let number =
            |start: &str| log.lines().rev().find_map(|line| line.strip_prefix(start)?.trim().parse().ok());
        let after = |word: &str| {
            log.lines().rev().find_map(|line| {
                let mut words = line.split_whitespace().skip_while(|found| *found != word);
                words.nth(1).map(str::to_owned)
            })
        };
        let artifact =
            log.lines().rev().find_map(|line| line.split_once("Test unit written to ").map(|it| it.1));
        // Names of functions and places follow the message, which is what is of interest.
        let starts = ["panicked at", "ERROR: libFuzzer", "Error: "];
        let panicked = log.lines().skip_while(|line| !starts.iter().any(|start| line.contains(start)));
        let mut last: Vec<String> = panicked.take(SHOWN).map(str::to_owned).collect();
        if last.is_empty() {
            let skipped = log.lines().count().saturating_sub(SHOWN);
            last = log.lines().skip(skipped).map(str::to_owned).collect();
        }
        Self {
            target: target.to_owned(),
            is_fine,
            runs: number("stat::number_of_executed_units:"),
            per_second: number("stat::average_exec_per_sec:"),
            coverage: after("cov:").and_then(|found| found.parse().ok()),
            corpus: after("corp:"),
            artifact: artifact.map(str::to_owned),
            last,
        }
    }

    /// Whether nothing was found.
    pub(super) fn is_fine(&self) -> bool {
        // A fuzzer that has run nothing has shown nothing.
        self.is_fine && self.runs.is_some_and(|runs| runs > 0)
    }
}

/// One line for each target.
pub(super) fn table(runs: &[Run]) -> String {
    let line = |cells: [&str; 6]| {
        let [target, runs, per_second, coverage, corpus, crashes] = cells;
        format!("{target:<16} {runs:>12} {per_second:>8} {coverage:>9} {corpus:>12}  {crashes}")
    };
    let mut lines = vec![line(["target", "runs", "runs/s", "coverage", "corpus", "crashes"])];
    lines.extend(runs.iter().map(|run| {
        let number = |number: Option<u64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
        line([
            &run.target,
            &number(run.runs),
            &number(run.per_second),
            &number(run.coverage),
            run.corpus.as_deref().unwrap_or("?"),
            if run.is_fine() { "none" } else { "1, see below" },
        ])
    }));
    lines.join("\n")
}

/// What was found, and what to do with it.
pub(super) fn advice(run: &Run) -> String {
    let target = &run.target;
    let said = run.last.join("\n  ");
    let log = tools::folder().join(format!("{target}.log"));
    let log = log.display();
    match &run.artifact {
        Some(input) => format!(
            "\n{target} failed:\n  {said}\n\
             The whole log is in {log}. To see it once more:\n  {}\n\
             To keep it and to mend it without a fuzzer, give it a name that says what it shows:\n  \
             mkdir -p {FOLDER}/regressions/{target} && cp {input} {FOLDER}/regressions/{target}/NAME && cargo test --package contract-tests --test properties replay",
            tools::again(target, input)
        ),
        None => format!("\n{target} did not run to its end:\n  {said}\nThe whole log is in {log}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "INFO: seed corpus\n#2\tINITED cov: 10 ft: 12 corp: 1/1b exec/s: 0 rss: 30Mb\n\
        #900\tDONE   cov: 321 ft: 400 corp: 12/3Kb lim: 4 exec/s: 450 rss: 31Mb\nDone 900 runs in 2 second(s)\n\
        stat::number_of_executed_units: 900\nstat::average_exec_per_sec:     450\n";

    #[test]
    fn the_numbers_are_read_from_the_log() {
        let run = Run::read("hosts", true, GOOD);
        assert!(run.is_fine());
        let table = table(&[run]);
        let words: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(words, ["hosts", "900", "450", "321", "12/3Kb", "none"]);
    }

    #[test]
    fn a_crash_is_told_with_its_input_and_what_to_do() {
        let log = format!(
            "{GOOD}thread 'main' panicked at src/x.rs:1:2:\nno\nartifact_prefix='x'; Test unit written to fuzz/artifacts/hosts/crash-1\n"
        );
        let run = Run::read("hosts", false, &log);
        assert!(!run.is_fine());
        let advice = advice(&run);
        assert!(advice.contains("panicked at src/x.rs"), "{advice}");
        assert!(advice.contains("cp fuzz/artifacts/hosts/crash-1 fuzz/regressions/hosts/NAME"), "{advice}");
    }

    #[test]
    fn a_run_that_has_run_nothing_is_not_fine() {
        assert!(!Run::read("hosts", true, "").is_fine());
    }
}
