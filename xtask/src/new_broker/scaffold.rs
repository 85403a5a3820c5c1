//! The files of a new broker's own, from their templates.
//!
//! A template has the path of the file that it makes, with `{{name}}` or `{{snake}}` where the broker's name belongs,
//! and the ending `.j2`. Nothing else lists them.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use broker_session_codegen::{Document, generate, lint};
use minijinja::{Environment, UndefinedBehavior, Value, syntax::SyntaxConfig};

use super::{names::Names, writing::File};
use crate::apis::entries;

/// The templates.
const TEMPLATES: &str = "xtask/templates/broker";

/// What ends the name of a template.
const ENDING: &str = ".j2";

/// Every file, as it is to be written, the generated one included.
///
/// # Errors
/// One of them is there already, or would hide another; or a template is not in order.
pub(super) fn files(names: &Names) -> Result<Vec<File>> {
    let mut templates = Vec::new();
    collect(Path::new(TEMPLATES), &mut templates)?;
    let engine = Engine::new(names)?;
    let mut files = Vec::new();
    for template in templates {
        let text = std::fs::read_to_string(&template)
            .with_context(|| format!("cannot read {}", template.display()))?;
        let path = template.strip_prefix(TEMPLATES)?.to_string_lossy().replace('\\', "/");
        let path = PathBuf::from(engine.render(path.trim_end_matches(ENDING))?);
        refuse_to_hide(&path, names)?;
        if is_rust(&path) && words(&text).any(|word| word == names.camel) {
            bail!(
                "`{}` cannot be the broker's type, because {} has a word that is the same. Choose another name, for \
                 example `{}-broker`",
                names.camel,
                template.display(),
                names.name
            );
        }
        let text = engine.render(&text).with_context(|| format!("{} is not in order", template.display()))?;
        let text = if is_rust(&path) { formatted(&text)? } else { text };
        files.push(File { path, text });
    }
    let generated = client(&files, names)?;
    refuse_to_hide(&generated.path, names)?;
    files.push(generated);
    Ok(files)
}

/// The templates below a folder.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in entries(folder)? {
        if entry.is_dir() {
            collect(&entry, found)?;
        } else if entry.to_string_lossy().ends_with(ENDING) {
            found.push(entry);
        }
    }
    Ok(())
}

/// The words of a program outside its comments: what an identifier may be.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| line.split(|char: char| !char.is_alphanumeric() && char != '_'))
}

/// Neither the file itself nor any folder or module of the broker's name may be there: what was written by hand is not
/// written over, and of `name.rs` and `name/mod.rs` Rust takes only one.
fn refuse_to_hide(path: &Path, names: &Names) -> Result<()> {
    let is_own = |part: &Path| {
        let last = part.file_name().unwrap_or_default().to_string_lossy();
        last.contains(&names.name) || last.contains(&names.snake)
    };
    for part in path.ancestors().filter(|part| is_own(part)) {
        for there in [part.to_owned(), part.with_extension("rs"), part.with_extension("")] {
            if there.exists() {
                bail!(
                    "{} is there already. Choose another name, or remove it if it is left over",
                    there.display()
                );
            }
        }
    }
    Ok(())
}

/// Fills in templates. A name that is not known is an error.
struct Engine {
    environment: Environment<'static>,
    values: Value,
}

impl Engine {
    fn new(names: &Names) -> Result<Self> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build()?);
        let values = [
            ("name", &names.name),
            ("snake", &names.snake),
            ("camel", &names.camel),
            ("screaming", &names.screaming),
            ("title", &names.title),
            ("base_url", &names.base_url),
            ("base_path", &names.base_path),
        ];
        let values: BTreeMap<&str, String> =
            values.into_iter().map(|(key, value)| (key, value.clone())).collect();
        Ok(Self { environment, values: Value::from(values) })
    }

    fn render(&self, template: &str) -> Result<String> {
        Ok(self.environment.render_str(template, self.values.clone())?)
    }
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// The text as rustfmt has it: where a line breaks and what comes first depends on the name.
pub(super) fn formatted(text: &str) -> Result<String> {
    let failed = "cannot run rustfmt; it comes with `rustup component add rustfmt`";
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path", "."])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context(failed)?;
    rustfmt.stdin.take().context(failed)?.write_all(text.as_bytes()).context(failed)?;
    let output = rustfmt.wait_with_output().context(failed)?;
    if !output.status.success() {
        bail!("rustfmt does not take what a template has become; see above");
    }
    String::from_utf8(output.stdout).context("rustfmt writes what is no UTF-8")
}

/// The client, generated from the spec among the files.
fn client(files: &[File], names: &Names) -> Result<File> {
    let path = format!("openapi/{}-session.yaml", names.name);
    let spec = files.iter().find(|file| file.path == Path::new(&path));
    let spec = spec.with_context(|| format!("{TEMPLATES} has no template of {path}"))?;
    let generated = Document::parse(&path, &spec.text).and_then(|document| {
        lint(&document).into_result()?;
        generate(&document)
    });
    match generated {
        Ok(text) => Ok(File { path: format!("crates/{}-api/src/generated.rs", names.name).into(), text }),
        Err(problems) => bail!("the new spec would not be in order:\n{problems}"),
    }
}
