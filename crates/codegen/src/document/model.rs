//! From the untyped value to the typed model, with the place of whatever is in the way.

use openapiv3::OpenAPI;
use serde_json::Value;

use super::{
    Untyped, join,
    shape::{Misfit, Seen, Shape, walk},
};
use crate::problem::{Problem, Problems};
use crate::stack::on_large_stack;

/// How many misfits are told at once. More are not read, and rendering millions would take for ever.
const MOST_MISFITS: usize = 50;

impl Untyped<'_> {
    fn problem(
        &self,
        rule: &'static str,
        pointer: &str,
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) -> Problem {
        Problem::new(rule, self.name, what, why, fix).at(self.places.nearest(pointer), self.text)
    }
}

/// Refuses what is not OpenAPI 3.0 before its members are looked at, since those of other versions would
/// only confuse.
pub(super) fn check_version(document: &Untyped<'_>, value: &Value) -> Result<(), Problems> {
    let why = "The generator reads OpenAPI 3.0 only; 3.1 has other schemas.";
    let fix = "Write `openapi: 3.0.3` as the first line, and the document accordingly.";
    let (pointer, what) = match value.get("openapi") {
        Some(Value::String(version)) if is_supported(version) => return Ok(()),
        Some(Value::String(version)) => ("/openapi", format!("This is OpenAPI {version}.")),
        Some(_) => ("/openapi", "The version of OpenAPI is not a text such as 3.0.3.".to_owned()),
        None if value.get("swagger").is_some() => {
            ("/swagger", "This is Swagger 2, not OpenAPI 3.0.".to_owned())
        }
        None if value.is_object() => ("", "The member `openapi` is missing.".to_owned()),
        None => ("", "This is not a map, so not an OpenAPI document.".to_owned()),
    };
    Err(document.problem("openapi-version", pointer, what, why, fix).into())
}

fn is_supported(version: &str) -> bool {
    version
        .strip_prefix("3.0.")
        // The last one; later versions are 3.1 and 3.2.
        .is_some_and(|patch| matches!(patch, "0" | "1" | "2" | "3" | "4"))
}

/// Refuses members that are missing or of the wrong type.
pub(super) fn check_shape(document: &Untyped<'_>, value: &Value) -> Result<(), Problems> {
    let mut problems = Problems::new();
    walk(value, &mut |pointer, seen| {
        if problems.len() >= MOST_MISFITS {
            return;
        }
        let why = "The OpenAPI 3.0.3 specification says so; the generator could not read it otherwise.";
        match seen {
            Seen::Misfit(Misfit::Wrong { expected, found }) => {
                let what = format!("Expected {}, found {}.", describe(expected), name(found));
                problems.push(document.problem("wrong-shape", pointer, what, why, mend(expected, found)));
            }
            Seen::Misfit(Misfit::Missing(kind, member)) => {
                let what = format!("The {} lacks its member `{member}`.", kind.name());
                let fix = format!("Add `{member}:`.");
                problems.push(document.problem("wrong-shape", pointer, what, why, fix));
            }
            Seen::Misfit(Misfit::Unknown(..)) | Seen::Object(..) | Seen::Reference(..) => {}
        }
    });
    problems.into_result()
}

fn describe(shape: Shape) -> String {
    match shape {
        Shape::Any => "anything".to_owned(),
        Shape::Bool => "true or false".to_owned(),
        Shape::Count => format!("a whole number from 0 to {}", u32::MAX),
        Shape::Number => "a number".to_owned(),
        Shape::Text => "a text".to_owned(),
        Shape::Word(words) => format!("one of {}", words.join(", ")),
        Shape::Object(kind) => format!("a map, the {}", kind.name()),
        Shape::RefOr(kind) => format!("a map, the {} or a reference to one", kind.name()),
        Shape::BoolOrRefOr(kind) => format!("true, false, or a map, the {}", kind.name()),
        Shape::List(_) => "a list".to_owned(),
        Shape::Map(_) => "a map".to_owned(),
    }
}

fn name(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("the truth value {value}"),
        Value::Number(value) => format!("the number {value}"),
        Value::String(value) if value.chars().count() <= 40 => {
            format!("the text \"{}\"", value.escape_debug())
        }
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a map".to_owned(),
    }
}

fn mend(expected: Shape, found: &Value) -> &'static str {
    match (expected, found) {
        (Shape::Text, Value::Bool(_) | Value::Number(_)) => "Put the value in quotes.",
        (_, Value::Null) => "Write the value, or delete the key; a value that starts with `#` needs quotes.",
        (Shape::Bool | Shape::Number | Shape::Count, Value::String(_)) => "Write the value without quotes.",
        (Shape::List(_), _) => "Start each item on a line of its own with `- `.",
        _ => "Replace the value.",
    }
}

/// The typed model.
pub(super) fn read(document: &Untyped<'_>, value: &Value) -> Result<OpenAPI, Problems> {
    let read = on_large_stack(|| serde_path_to_error::deserialize::<_, OpenAPI>(value)).map_err(|error| {
        let why = format!("Reading takes a thread of its own, and the system gives none: {error}.");
        let fix = "Close other programs, or raise the limit of threads.";
        Problem::new("not-openapi", document.name, "The document cannot be read now.", why, fix)
    })?;
    read.map_err(|error| {
        let pointer = pointer_of(error.path());
        let what = format!("This cannot be read as OpenAPI 3.0: {}.", error.inner());
        let why = "The value here, or one inside it, is not what the specification has there.";
        let fix = "Compare this part with the OpenAPI 3.0.3 specification.";
        document.problem("not-openapi", &pointer, what, why, fix).into()
    })
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => join(&pointer, key),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}
