//! A loaded document: its text, its value, and the line and column of every value.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    Location, Node, Problem, Problems,
    objects::{self, MAX_MISFITS},
    yaml::{self, Place},
};

/// The largest document, far above any spec that a person maintains by hand (bytes).
const MAX_BYTES: usize = 1 << 20;
/// The longest chain of references; a longer one is a circle.
const MAX_REFERENCES: usize = 64;
/// The longest name for suggestions: comparing names takes the square of their length.
const MAX_NAME_BYTES: usize = 64;

/// An OpenAPI 3.0 document: one YAML document with the objects of the specification.
#[derive(Clone, Debug)]
pub struct Document {
    name: String,
    text: String,
    value: Value,
    places: Place,
}

impl Document {
    /// Reads a file. The document is named after the path as it is given, with `/` between its parts.
    ///
    /// # Errors
    /// If the file cannot be read; and those of [`Document::parse`].
    pub fn load(path: &Path) -> Result<Self, Problems> {
        let name = path.to_string_lossy().replace('\\', "/");
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&name, &text),
            Err(error) => {
                let what = format!("Cannot read `{name}`.");
                let fix = "Check the path; the file must be readable, and its encoding UTF-8.";
                Err(Problem::new("unreadable-file", name, what, format!("{error}."), fix).into())
            }
        }
    }

    /// Reads `text`; `name` stands for the file in problems.
    ///
    /// # Errors
    /// If the text is not one YAML document with JSON values, or not an OpenAPI 3.0 document: a field is missing,
    /// unknown, or of the wrong type.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        let text = normalised(name, text)?;
        let (value, places) = yaml::read(name, &text)?;
        let document = Self { name: name.to_owned(), text, value, places };
        document.check_version()?;
        document.check_objects()?;
        Ok(document)
    }

    /// The name of the document in problems.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text with LF line endings and without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Everything in the document. Maps keep the order of the text.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Every object of OpenAPI in the document, and every reference to one.
    pub fn nodes(&self) -> Vec<Node<'_>> {
        objects::walk(&self.value).0
    }

    /// Where the value at a JSON pointer (RFC 6901) starts.
    pub fn locate(&self, pointer: &str) -> Option<Location> {
        self.places.find(pointer).map(|place| place.value)
    }

    /// The place to show for a JSON pointer: the key, else the value, of its deepest existing part.
    pub fn locate_nearest(&self, pointer: &str) -> Location {
        let place = self.places.nearest(pointer);
        place.key.unwrap_or(place.value)
    }

    /// The value behind a local reference (`#/components/…`) or a JSON pointer (`/components/…`), further
    /// references followed, with its JSON pointer. `None` if there is nothing, the reference is not local,
    /// or it leads in a circle.
    pub fn resolve(&self, pointer_or_ref: &str) -> Option<(String, &Value)> {
        let local = |reference: &str| {
            let pointer = reference.strip_prefix('#').unwrap_or(reference);
            (pointer.is_empty() || pointer.starts_with('/')).then(|| pointer.to_owned())
        };
        let mut pointer = local(pointer_or_ref)?;
        for _ in 0..MAX_REFERENCES {
            let value = self.value.pointer(&pointer)?;
            match value.get("$ref").and_then(Value::as_str) {
                Some(next) => pointer = local(next)?,
                None => return Some((pointer, value)),
            }
        }
        None
    }

    /// A problem at the value of a JSON pointer, placed by [`Document::locate_nearest`].
    pub fn problem(
        &self,
        rule: &'static str,
        pointer: &str,
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) -> Problem {
        Problem::new(rule, &self.name, what, why, fix).at(self.locate_nearest(pointer), &self.text)
    }

    fn check_version(&self) -> Result<(), Problems> {
        let what = match self.value.get("openapi") {
            Some(Value::String(version)) if version.starts_with("3.0.") => return Ok(()),
            Some(version) => format!("This is OpenAPI {version}."),
            None => "This is not a map with the field `openapi`.".to_owned(),
        };
        let why = "Only OpenAPI 3.0 is supported; the schemas of other versions differ.";
        let fix = "Write `openapi: 3.0.3` as the first line, and convert the document.";
        Err(self.problem("openapi-version", "/openapi", what, why, fix).into())
    }

    fn check_objects(&self) -> Result<(), Problems> {
        let misfits = objects::walk(&self.value).1.into_iter().take(MAX_MISFITS);
        let why = "The OpenAPI 3.0.3 specification requires it.";
        let problem = |misfit: objects::Misfit| {
            self.problem("wrong-shape", &misfit.pointer, misfit.what, why, misfit.fix)
        };
        misfits.map(problem).collect::<Problems>().into_result()
    }
}

/// LF line endings, no byte order mark; refuses a file that is too large or has invisible characters.
fn normalised(name: &str, text: &str) -> Result<String, Problems> {
    if text.len() > MAX_BYTES {
        let what = format!("`{name}` has {} bytes.", text.len());
        let why = format!("A spec may have {MAX_BYTES} bytes at most.");
        return Err(Problem::new("too-large", name, what, why, "Split the spec, one for each API.").into());
    }
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let hidden = text.split('\n').zip(1..).find_map(|(content, line)| {
        let found = content.chars().zip(1..).find(|(character, _)| is_invisible(*character))?;
        Some((Location { line, column: found.1, width: 1 }, found.0))
    });
    let Some((location, character)) = hidden else { return Ok(text) };
    let what = format!("The file contains the invisible character U+{:04X}.", u32::from(character));
    let why = "A name with it looks like another name.";
    let fix = "Delete it, or write it as an escape such as \"\\x07\" in double quotes.";
    Err(Problem::new("control-character", name, what, why, fix).at(location, &text).into())
}

/// Control characters, spaces of no width, and what changes the direction of the text.
fn is_invisible(character: char) -> bool {
    character.is_control() && character != '\t'
        || matches!(character, '\u{A0}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(character, '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// A JSON pointer with one more step (RFC 6901, section 3).
pub fn join(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", escape(token))
}

/// Escapes a step of a JSON pointer (RFC 6901, section 3).
pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The opposite of [`escape`].
pub fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// How to fix an unknown name: the most similar known name, else `otherwise`.
pub fn suggestion<'k>(
    found: &str,
    known: impl IntoIterator<Item = &'k str>,
    otherwise: impl Into<String>,
) -> String {
    let lower = found.to_lowercase();
    let distance = |name: &&str| strsim::damerau_levenshtein(&lower, &name.to_lowercase());
    let is_near = |name: &&str| {
        let short = found.len() <= MAX_NAME_BYTES && name.len() <= MAX_NAME_BYTES;
        short && distance(name) <= name.chars().count().div_ceil(4)
    };
    let nearest = known.into_iter().filter(is_near).min_by_key(distance);
    nearest.map_or_else(|| otherwise.into(), |name| format!("Did you mean `{name}`?"))
}
