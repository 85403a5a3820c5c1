//! OpenAPI Generator, and what it says.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// Warnings that say nothing about a spec, by words of theirs. Every other one fails the task.
const IDLE_WARNINGS: [&str; 2] = [
    // Said once if an answer has `examples`; its schema is found all the same.
    "ModelUtils - Failed to get the schema name: null",
    // The forms `integer` and `string` of an `anyOf` are named like types of Go, which the generator sees to.
    "(reserved word) cannot be used as model name. Renamed to model_",
];

/// The generator.
pub(super) struct Generator {
    program: PathBuf,
}

impl Generator {
    /// # Errors
    /// There is no Java.
    pub(super) fn new(program: PathBuf) -> Result<Self> {
        match Command::new("java").arg("-version").output() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                bail!("there is no `java`, which OpenAPI Generator needs; install Java 11 or newer")
            }
            java => java.context("cannot start java")?,
        };
        Ok(Self { program })
    }

    /// Lets it check a spec, recommendations included.
    ///
    /// # Errors
    /// With the generator's own words, if it finds anything.
    pub(super) fn validate(&self, spec: &str) -> Result<()> {
        let words = self.run(&["validate", "--recommend", "-i", spec])?;
        if !words.contains("No validation issues detected.") {
            bail!("the generator has something to say about the spec:\n{}", words.trim_end());
        }
        Ok(())
    }

    /// Lets it make a client.
    ///
    /// # Errors
    /// With the generator's own words, if it fails or warns.
    pub(super) fn generate(&self, spec: &str, language: &str, to: &Path, settings: &str) -> Result<()> {
        let to = to.to_string_lossy();
        let arguments =
            ["generate", "-i", spec, "-g", language, "-o", &to, "--additional-properties", settings];
        let words = self.run(&arguments)?;
        let warnings = warnings(&words);
        if !warnings.is_empty() {
            bail!("the generator warns about the {language} client:\n{}", warnings.join("\n"));
        }
        Ok(())
    }

    /// Runs it, and gives all that it says.
    fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new(&self.program).args(arguments).output();
        let output = output.with_context(|| format!("cannot start {}", self.program.display()))?;
        let words =
            [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
        if !output.status.success() {
            bail!("the generator fails at `{}`:\n{}", arguments.join(" "), words.trim_end());
        }
        Ok(words)
    }
}

/// The warnings and errors in what it says.
fn warnings(words: &str) -> Vec<&str> {
    let is_one = |line: &&str| line.contains(" WARN ") || line.contains(" ERROR ");
    let is_idle = |line: &&str| IDLE_WARNINGS.iter().any(|idle| line.contains(idle));
    words.lines().filter(is_one).filter(|line| !is_idle(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::warnings;

    #[test]
    fn only_warnings_that_say_nothing_about_a_spec_are_passed_over() {
        let words = "[main] INFO  o.o.codegen.DefaultGenerator - Generating with dryRun=false\n\
            [main] WARN  o.o.codegen.utils.ModelUtils - Failed to get the schema name: null\n\
            [main] WARN  o.o.codegen.DefaultCodegen - Multiple schemas found in content\n\
            [main] ERROR o.o.codegen.utils.ModelUtils - Something else";
        let found = warnings(words);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().any(|line| line.contains("Multiple schemas")), "{found:?}");
        assert!(found.iter().any(|line| line.contains("Something else")), "{found:?}");
    }
}
