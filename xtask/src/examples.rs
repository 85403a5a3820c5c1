//! The examples in a page of the documentation, to be tried as they stand there.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// The languages that can be tried, and how their files end.
const LANGUAGES: [(&str, &str); 3] = [("sh", "sh"), ("python", "py"), ("javascript", "mjs")];

/// A block of code.
pub(crate) struct Example {
    /// The line of its beginning.
    line: usize,
    extension: &'static str,
    pub(crate) code: String,
}

impl Example {
    /// A name for a file.
    pub(crate) fn file_name(&self) -> String {
        format!("line_{}.{}", self.line, self.extension)
    }
}

/// The blocks of a page in these languages.
pub(crate) fn read(page: &Path) -> Result<Vec<Example>> {
    let text = fs::read_to_string(page).with_context(|| format!("cannot read {}", page.display()))?;
    let mut lines = text.lines().enumerate();
    let mut examples = Vec::new();
    while let Some((at, line)) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let code = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
        let code = code.fold(String::new(), |code, line| code + line + "\n");
        // The program runs already.
        if code.starts_with("broker-session ") {
            continue;
        }
        if let Some((_, extension)) = LANGUAGES.iter().find(|(name, _)| *name == language) {
            examples.push(Example { line: at + 1, extension, code });
        }
    }
    Ok(examples)
}
