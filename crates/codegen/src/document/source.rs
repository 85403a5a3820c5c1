//! From bytes to text: everything that can be wrong with a file before it is YAML.

use std::{io, path::Path};

use crate::problem::{Location, Problem, Problems};

/// Far above any spec that a person maintains by hand (bytes). What the parser does grows with the size, so
/// a limit is what keeps a hostile file from taking minutes.
const LARGEST: usize = 1 << 20;

/// Reads the file as UTF-8.
pub(super) fn read(name: &str, path: &Path) -> Result<String, Problems> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(name, path, &error))?;
    String::from_utf8(bytes).map_err(|error| not_utf8(name, &error).into())
}

fn unreadable(name: &str, path: &Path, error: &io::Error) -> Problem {
    let fix = match error.kind() {
        io::ErrorKind::NotFound => match std::env::current_dir() {
            Ok(folder) if path.is_relative() => {
                format!("Check the path; it was looked up in `{}`.", folder.display())
            }
            _ => "Check the path.".to_owned(),
        },
        io::ErrorKind::PermissionDenied => "Make the file readable for the user who runs this.".to_owned(),
        io::ErrorKind::IsADirectory => "Give the path of a YAML file.".to_owned(),
        _ => "Make the file readable and try again.".to_owned(),
    };
    Problem::new("unreadable-file", name, format!("Cannot read `{name}`."), format!("{error}."), fix)
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Problem {
    let bytes = error.as_bytes();
    let valid = bytes.get(..error.utf8_error().valid_up_to()).unwrap_or_default();
    let readable = String::from_utf8_lossy(valid);
    let byte = bytes.get(valid.len()).copied().unwrap_or_default();
    let line_start = readable.rfind('\n').map_or(0, |newline| newline + 1);
    let location = Location {
        line: readable.matches('\n').count() + 1,
        column: readable.get(line_start..).unwrap_or_default().chars().count() + 1,
        width: 1,
    };
    let why = match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "The file starts like UTF-16; a spec is read as UTF-8.",
        _ => "A spec is read as UTF-8.",
    };
    let what = format!("The byte 0x{byte:02X} is not UTF-8.");
    // The line is not text, so that there is nothing to show of it but its number.
    Problem::new("not-utf8", name, what, why, "Save the file with the encoding UTF-8.").at(location, "")
}

/// LF line endings, no byte order mark; refuses what would mislead the parser.
pub(super) fn normalise(name: &str, text: &str) -> Result<String, Problems> {
    if text.len() > LARGEST {
        return Err(Problem::new(
            "too-large",
            name,
            format!("`{name}` has {} bytes.", text.len()),
            format!("A spec may have {LARGEST} bytes at most."),
            "Split the spec, one for each API.",
        )
        .into());
    }
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    match control_character(&text) {
        None => Ok(text),
        Some((location, character)) => Err(Problem::new(
            "control-character",
            name,
            format!("The invisible character U+{:04X} stands in the text.", u32::from(character)),
            "Nobody sees it, yet a name with it is another name, and YAML forbids some (YAML 1.2.2, section 5.1).",
            "Delete it, or write it as an escape such as \"\\x07\" in double quotes.",
        )
        .at(location, &text)
        .into()),
    }
}

fn control_character(text: &str) -> Option<(Location, char)> {
    text.split('\n').zip(1..).find_map(|(content, line)| {
        content.chars().zip(1..).find_map(|(character, column)| {
            let hidden = character.is_control() && !matches!(character, '\t' | '\u{85}')
                || matches!(character, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
                // What cannot be seen, or turns the order of what can: a name with one of them is another name.
                || matches!(character, '\u{A0}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
                || matches!(character, '\u{2060}'..='\u{2069}');
            hidden.then_some((Location { line, column, width: 1 }, character))
        })
    })
}
