//! A spec as it is loaded: its text, its value, the place of every value in the text, and the typed form
//! that the generator takes. Whatever is wrong is said with its line and column.

pub(crate) mod comments;
mod model;
mod place;
pub(crate) mod shape;
mod source;
mod yaml;

use std::path::Path;

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::problem::{Location, Problem, Problems};

/// How many references in a row are followed. A chain is longer only if it is a circle, or was written to
/// annoy.
const LONGEST_REFERENCE_CHAIN: usize = 64;

/// An OpenAPI 3.0 document that could be read.
///
/// That it could be read does not make it fit for generation: see [`lint`](crate::lint).
#[derive(Clone, Debug)]
pub struct Document {
    name: String,
    text: String,
    value: Value,
    places: place::Place,
    comments: Vec<comments::Comment>,
    openapi: OpenAPI,
}

impl Document {
    /// Reads the file at `path`. The document is named after the path as it is given, with `/` between its
    /// parts.
    ///
    /// # Errors
    /// The file cannot be read, or see [`Document::parse`].
    pub fn load(path: &Path) -> Result<Document, Problems> {
        let name = path.to_string_lossy().replace('\\', "/");
        let text = source::read(&name, path)?;
        Document::parse(&name, &text)
    }

    /// Reads `text`; `name` stands in for the file's name in problems.
    ///
    /// # Errors
    /// The text is not one YAML document of plain values, or not an OpenAPI 3.0 document: a member that is
    /// missing or of the wrong type, for example.
    pub fn parse(name: &str, text: &str) -> Result<Document, Problems> {
        let text = source::normalise(name, text)?;
        let yaml::Yaml { value, places, comments } = yaml::read(name, &text)?;
        let untyped = Untyped { name, text: &text, places: &places };
        model::check_version(&untyped, &value)?;
        model::check_shape(&untyped, &value)?;
        let openapi = model::read(&untyped, &value)?;
        Ok(Document { name: name.to_owned(), text, value, places, comments, openapi })
    }

    /// What the document is called in problems.
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

    /// The typed form of [`Document::value`].
    pub fn openapi(&self) -> &OpenAPI {
        &self.openapi
    }

    /// The hash of the text: [`spec_hash`](crate::spec_hash).
    pub fn hash(&self) -> String {
        crate::spec_hash(self.text.as_bytes())
    }

    /// Where the value at a JSON pointer (RFC 6901) starts.
    pub fn locate(&self, pointer: &str) -> Option<Location> {
        self.places.value_at(pointer)
    }

    /// Where the key of the value at a JSON pointer (RFC 6901) stands. `None` for items of lists and for
    /// the whole document, which have no key.
    pub fn locate_key(&self, pointer: &str) -> Option<Location> {
        self.places.key_at(pointer)
    }

    /// The best place to show for a JSON pointer (RFC 6901): the key, else the value, else the same for the
    /// nearest parent that exists.
    pub fn locate_nearest(&self, pointer: &str) -> Option<Location> {
        Some(self.places.nearest(pointer))
    }

    /// The value behind a local reference (`#/components/…`) or a JSON pointer (`/components/…`). Where that
    /// is itself a reference, it is followed. Returns the JSON pointer of the value together with it; `None`
    /// if there is nothing there, the reference is not local, or it leads round in a circle.
    pub fn resolve(&self, pointer_or_ref: &str) -> Option<(String, &Value)> {
        let mut pointer = local_pointer(pointer_or_ref)?;
        for _ in 0..LONGEST_REFERENCE_CHAIN {
            let value = self.value.pointer(pointer)?;
            match value.get("$ref") {
                Some(Value::String(next)) => pointer = local_pointer(next)?,
                _ => return Some((pointer.to_owned(), value)),
            }
        }
        None
    }

    /// The comments, in the order of the text.
    pub(crate) fn comments(&self) -> &[comments::Comment] {
        &self.comments
    }

    /// A problem at a place of the text.
    pub(crate) fn problem_at(
        &self,
        rule: &'static str,
        location: Location,
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) -> Problem {
        Problem::new(rule, &self.name, what, why, fix).at(location, &self.text)
    }

    /// A problem at the value of a JSON pointer (RFC 6901), placed by [`Document::locate_nearest`].
    pub fn problem(
        &self,
        rule: &'static str,
        pointer: &str,
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) -> Problem {
        self.problem_at(rule, self.places.nearest(pointer), what, why, fix)
    }
}

/// What the later steps of loading need of the earlier ones.
struct Untyped<'a> {
    name: &'a str,
    text: &'a str,
    places: &'a place::Place,
}

/// The JSON pointer in `#/a/b` or `/a/b`, or of the whole document (`#` or nothing).
fn local_pointer(pointer_or_ref: &str) -> Option<&str> {
    let pointer = pointer_or_ref.strip_prefix('#').unwrap_or(pointer_or_ref);
    (pointer.is_empty() || pointer.starts_with('/')).then_some(pointer)
}

/// A JSON pointer with one more step (RFC 6901, section 3).
pub(crate) fn join(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", escape(token))
}

/// A step of a JSON pointer as it stands in one (RFC 6901, section 3).
pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The opposite of [`escape`].
pub(crate) fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}
