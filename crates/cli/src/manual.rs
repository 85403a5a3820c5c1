//! The manual, made from what `--help` shows.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Command, CommandFactory};
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};
use serde_json::json;

use crate::{
    args::{Cli, examples},
    failure::Failure,
    output::Output,
};

/// Print the manual page of the program, or write a page for each command.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct ManArgs {
    /// Write a page for each command into this folder, which is made if it is not there. Pages that are there are replaced.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

fn long_help() -> String {
    examples(&["broker-session man | man -l -", "broker-session man --out ~/.local/share/man/man1"])
}

/// Prints the page, or writes all of them.
///
/// # Errors
/// If the output, the folder or a file cannot be written.
pub(crate) fn man(args: &ManArgs, output: Output) -> Result<(), Failure> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let failed = |error: io::Error| Failure::other(format!("the manual cannot be written: {error}."));
    let Some(folder) = &args.out else {
        let text = page(&program).map_err(failed)?;
        return output.result(&json!({ "page": text }), text.trim_end());
    };
    let failed = |error: io::Error| {
        let folder = folder.display();
        Failure::other(format!("the manual cannot be written to `{folder}`: {error}. Name another folder."))
    };
    fs::create_dir_all(folder).map_err(failed)?;
    let mut files = Vec::new();
    write(&program, folder, &mut files).map_err(failed)?;
    let text = format!("{} pages are in {}.", files.len(), folder.display());
    output.result(&json!({ "files": files }), &text)
}

/// Writes the pages of a command and of those below it, and notes their names.
fn write(command: &Command, folder: &Path, files: &mut Vec<String>) -> io::Result<()> {
    let name = format!("{}.1", name(command));
    fs::write(folder.join(&name), page(command)?)?;
    files.push(name);
    command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .try_for_each(|command| write(command, folder, files))
}

/// `broker-session-login-neo`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// The page of a command.
fn page(command: &Command) -> io::Result<String> {
    let man = Man::new(command.clone()).manual("broker-session");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.get_subcommands().any(|command| !command.is_hide_set()) {
        man.render_subcommands_section(&mut page)?;
    }
    notes(command).to_writer(&mut page)?;
    String::from_utf8(page).map_err(io::Error::other)
}

/// What stands at the end of the help. Its indented lines are tables and examples, which stay as they are.
fn notes(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let Some(help) = command.get_after_long_help() else { return roff };
    roff.control("SH", ["NOTES"]);
    for paragraph in help.to_string().split("\n\n") {
        roff.control("PP", []);
        for line in paragraph.lines() {
            if line.starts_with(' ') {
                roff.control("nf", []).text([roman(line)]).control("fi", []);
            } else {
                roff.text([roman(line)]);
            }
        }
    }
    roff
}
