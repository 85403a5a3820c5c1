//! The walk over a spec: one case for every operation, status, media type and named example, and one for every
//! body that may be missing.

use std::{path::Path, sync::LazyLock};

use broker_session_openapi::{
    Document, Documented, Example, Media, Operation, Response, documented, operations,
};
use serde_json::{Map, Value};

const JSON: &str = "application/json";

/// What a missing body means.
static NO_FIELDS: LazyLock<Value> = LazyLock::new(|| Value::Object(Map::new()));

/// A spec, loaded.
pub struct Spec {
    /// The document.
    pub document: Document,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// One documented response. A response without a body is a case, too.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The operation that is called.
    pub operation: &'a Operation,
    /// The documented response.
    pub response: &'a Response,
    /// The media type, if there is a body.
    pub media: Option<&'a Media>,
    /// The named example, if there is a body. None with a media type: the body is missing and means `{}`.
    pub example: Option<&'a Example>,
}

impl Spec {
    /// Loads the spec of this name from the workspace's `openapi/`.
    pub fn load(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi").join(name);
        let document = Document::load(&path).unwrap_or_else(|problems| panic!("{name}: {problems}"));
        let operations = operations(&document);
        Self { document, operations }
    }

    /// The name of its file.
    pub fn name(&self) -> &str {
        let path = self.document.name();
        path.rsplit('/').next().unwrap_or(path)
    }

    /// Every documented response.
    pub fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.operations.iter().flat_map(operation_cases)
    }

    /// The operation with this id.
    pub fn operation(&self, id: &str) -> &Operation {
        let found = self.operations.iter().find(|operation| operation.id == id);
        found.unwrap_or_else(|| panic!("the spec has no operation `{id}`"))
    }

    /// The first example of a successful response: what a flow meets when all is well.
    pub fn first_success(&self, id: &str) -> Case<'_> {
        let cases = operation_cases(self.operation(id));
        let mut successes = cases.filter(|case| case.response.status < 300 && case.kind().is_none());
        successes.next().unwrap_or_else(|| panic!("`{id}` has no example of a success"))
    }

    /// The JSON pointers of the forms of a schema (`anyOf`), references followed; its own if it has none.
    pub fn forms(&self, pointer: &str) -> Vec<String> {
        let (pointer, schema) = self.resolve(pointer);
        match schema["anyOf"].as_array() {
            Some(forms) => {
                let places = (0..forms.len()).map(|index| format!("{pointer}/anyOf/{index}"));
                places.map(|place| self.resolve(&place).0).collect()
            }
            None => vec![pointer],
        }
    }

    /// The form of a success: neither a failure (`x-fault`) nor in an envelope (`x-envelope`). Nothing if there are several.
    pub fn form_of_success(&self, pointer: &str) -> Option<String> {
        let is_plain = |schema: &Value| schema.get("x-fault").or(schema.get("x-envelope")).is_none();
        let mut forms = self.forms(pointer).into_iter().filter(|form| is_plain(self.resolve(form).1));
        forms.next().filter(|_| forms.next().is_none())
    }

    /// The names of the properties that a schema requires.
    pub fn required(&self, pointer: &str) -> Vec<&str> {
        let names = self.resolve(pointer).1["required"].as_array().into_iter().flatten();
        names.filter_map(Value::as_str).collect()
    }

    /// The example of this name among the responses of an operation.
    pub fn example(&self, operation: &str, name: &str) -> Case<'_> {
        let mut cases = operation_cases(self.operation(operation));
        let found = cases.find(|case| case.example.is_some_and(|example| example.name == name));
        found.unwrap_or_else(|| panic!("{operation} has no example `{name}`"))
    }

    /// What stands at a JSON pointer, references followed, with the pointer it was found at.
    pub fn resolve(&self, pointer: &str) -> (String, &Value) {
        let found = self.document.resolve(pointer);
        found.unwrap_or_else(|| panic!("there is nothing at {pointer}"))
    }
}

fn operation_cases(operation: &Operation) -> impl Iterator<Item = Case<'_>> {
    documented(operation).map(|Documented { operation, response, media, example }| Case {
        operation,
        response,
        media,
        example,
    })
}

impl Case<'_> {
    /// Names the case in a failure.
    pub fn label(&self) -> String {
        let media = self.media.map_or("no body", |media| &media.media_type);
        let example = match self.example {
            Some(example) => &example.name,
            None if self.is_missing() => "empty body",
            None => "",
        };
        format!("{} {} {media} {example}", self.operation.id, self.response.status)
    }

    /// The error kind that the spec names: the example's, else that of the status.
    pub fn kind(&self) -> Option<&str> {
        let of_example = self.example.and_then(|example| example.kind.as_deref());
        of_example.or(self.response.kind.as_deref())
    }

    /// Whether the body is JSON.
    pub fn is_json(&self) -> bool {
        self.media.is_some_and(|media| media.media_type == JSON)
    }

    /// Whether the body is missing where it may be, and so means an object without fields.
    pub fn is_missing(&self) -> bool {
        self.media.is_some() && self.example.is_none()
    }

    /// Whether the status says success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.response.status)
    }

    /// What the body means: the example's value; null if there is no body.
    pub fn value(&self) -> &Value {
        match self.example {
            Some(example) => &example.value,
            None if self.is_missing() => &NO_FIELDS,
            None => &Value::Null,
        }
    }

    /// The body as it goes over the wire.
    pub fn body(&self) -> Vec<u8> {
        match self.value() {
            _ if self.example.is_none() => Vec::new(),
            Value::String(page) if !self.is_json() => page.clone().into_bytes(),
            value => value.to_string().into_bytes(),
        }
    }
}
