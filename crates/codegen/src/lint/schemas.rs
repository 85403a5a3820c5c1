//! Rules about schemas wherever they stand.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::{
    context::{Context, text},
    json_schema::check_pattern,
    names::{field_name, suggestion, type_name},
    report::Report,
};
use crate::document::{join, shape::Kind};

const TYPES: [&str; 6] = ["string", "integer", "number", "boolean", "array", "object"];

/// The members that say something about values of certain types only.
const MEMBERS: [(&[&str], &[&str]); 4] = [
    (&["string"], &["pattern", "minLength", "maxLength"]),
    (&["integer", "number"], &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    (&["array"], &["items", "minItems", "maxItems", "uniqueItems"]),
    (&["object"], &["properties", "required", "additionalProperties", "minProperties", "maxProperties"]),
];

/// Types that do not exist.
pub(super) fn types(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects(Kind::Schema) {
        let Some(found) = text(schema, "type").filter(|found| !TYPES.contains(found)) else {
            continue;
        };
        let why = "OpenAPI 3.0 has string, integer, number, boolean, array and object.";
        let fix = match found {
            "null" => "Add `nullable: true` to the type that it may have otherwise.".to_owned(),
            _ => suggestion(found, TYPES, "Write one of the six."),
        };
        report.add(&join(pointer, "type"), format!("There is no type `{found}`."), why, fix);
    }
}

/// Members that do not go with the type, and arrays of nobody knows what.
pub(super) fn members(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects(Kind::Schema) {
        let found = text(schema, "type");
        for (types, members) in MEMBERS {
            for member in members.iter().filter(|member| schema.contains_key(**member)) {
                if found.is_none_or(|found| TYPES.contains(&found) && !types.contains(&found)) {
                    let what = match found {
                        Some(found) => format!("`{member}` says nothing about the type `{found}`."),
                        None => format!("`{member}` stands in a schema without a type."),
                    };
                    let why = "Tools read this differently, so that what becomes of it is chance.";
                    let fix = format!("Write `type: {}`, or delete `{member}`.", types.join("` or `type: "));
                    report.add(&join(pointer, member), what, why, fix);
                }
            }
        }
        if found == Some("array") && !schema.contains_key("items") {
            let why = "An array has `items` (\"Schema Object\").";
            report.add(pointer, "An array does not say what is in it.", why, "Add `items:`.");
        }
    }
}

/// Required properties that do not exist.
pub(super) fn required(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects(Kind::Schema) {
        let known: BTreeSet<&str> = properties(context, pointer, schema);
        let mut seen = BTreeSet::new();
        for (index, name) in
            schema.get("required").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            let Some(name) = name.as_str() else { continue };
            let pointer = format!("{pointer}/required/{index}");
            if !known.contains(name) {
                let what = format!("The required property `{name}` is not described.");
                let why = "Nothing could be decoded that lacks it, and nobody says what it is.";
                let fix = suggestion(name, known.iter().copied(), format!("Add `{name}` to `properties`."));
                report.add(&pointer, what, why, fix);
            } else if !seen.insert(name) {
                let what = format!("The property `{name}` is required twice.");
                report.add(&pointer, what, "Names in `required` are unique.", "Delete one of the two.");
            }
        }
    }
}

/// The properties of a schema and of those it is composed of by `allOf`.
fn properties<'a>(context: &Context<'a>, pointer: &str, schema: &'a Map<String, Value>) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    let mut waiting = vec![(pointer.to_owned(), schema)];
    while let Some((pointer, schema)) = waiting.pop() {
        names.extend(
            schema
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(Map::keys)
                .map(String::as_str),
        );
        for (_, part) in context.members(&join(&pointer, "allOf")) {
            waiting.extend(part.value.as_object().map(|schema| (part.pointer, schema)));
        }
    }
    names
}

/// Properties that become the same field.
pub(super) fn property_names(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects(Kind::Schema) {
        let mut fields: HashMap<String, &str> = HashMap::new();
        let mut spellings: HashMap<String, &str> = HashMap::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        for name in properties.into_iter().flat_map(Map::keys) {
            if let Some(letter) = name.chars().find(|letter| letter.is_alphabetic() && !letter.is_ascii()) {
                let what = format!("`{name}` has the letter `{letter}` (U+{:04X}).", u32::from(letter));
                let why = "It may look like another letter, and the name on the wire is another one then.";
                let fix = "Write the name with the letters A to Z, as the broker does.";
                report.add(&join(&join(pointer, "properties"), name), what, why, fix);
            }
            if let Some(other) = spellings.insert(name.to_lowercase(), name) {
                let what = format!("`{name}` and `{other}` differ in upper and lower case only.");
                let why = "One is most likely a slip, and readers take one for the other.";
                let fix = "Keep one; other spellings that the broker sends are `x-aliases` of it.";
                report.add(&join(&join(pointer, "properties"), name), what, why, fix);
            }
            if let Some(other) = fields.insert(field_name(name), name) {
                let what = format!("`{name}` and `{other}` both become the field `{}`.", field_name(name));
                let why = "A struct has each field once.";
                let fix =
                    "Keep one; where the broker sends either spelling, describe two schemas in a `oneOf`.";
                report.add(&join(&join(pointer, "properties"), name), what, why, fix);
            }
        }
    }
}

/// Enums that cannot become one.
pub(super) fn enum_values(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects(Kind::Schema) {
        let Some(values) = schema.get("enum").and_then(Value::as_array) else {
            continue;
        };
        let pointer = join(pointer, "enum");
        if values.is_empty() {
            report.add(
                &pointer,
                "An enum has no values.",
                "No value could ever fit.",
                "Add values, or delete it.",
            );
        }
        let nullable = schema.get("nullable") == Some(&Value::Bool(true));
        let mut variants: HashMap<String, &Value> = HashMap::new();
        for (index, value) in values.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            let fits = match text(schema, "type") {
                _ if value.is_null() => nullable,
                Some("string") => value.is_string(),
                Some("integer") => value.is_i64(),
                Some("number") => value.is_number(),
                Some("boolean") => value.is_boolean(),
                _ => true,
            };
            if !fits {
                let why = "Each value of an enum has the type of the schema.";
                let fix = "Put texts such as Y, 1 or true in quotes, or change the type.";
                report.add(&pointer, format!("{value} is not of the enum's type."), why, fix);
                continue;
            }
            let variant = value.as_str().map_or_else(|| value.to_string(), type_name);
            if let Some(other) = variants.insert(variant, value) {
                let what = format!("{value} and {other} become the same variant.");
                report.add(
                    &pointer,
                    what,
                    "An enum has each variant once.",
                    "Delete one, or use a plain string.",
                );
            }
        }
    }
}

/// Formats that make something else than a text of a text, or than a number of a number.
pub(super) fn formats(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects(Kind::Schema) {
        let Some(format) = text(schema, "format") else { continue };
        let known: &[&str] = match text(schema, "type") {
            Some("string") => &["password"],
            Some("integer") => &["int32", "int64"],
            Some("number") => &["float", "double"],
            _ => &[],
        };
        // A secret that is no text is a matter of `secret-format`.
        if known.contains(&format) || format == "password" {
            continue;
        }
        let why = match text(schema, "type") {
            Some("string") => {
                "It becomes a type that refuses texts written in another way, and brings in a crate for it."
            }
            _ => "The generator ignores a format that it does not know, without a word.",
        };
        let fix = "Delete it, and say in the description how the value is written.";
        let fix = suggestion(format, known.iter().copied(), fix);
        let kind = text(schema, "type").unwrap_or("schema without a type");
        report.add(&join(pointer, "format"), format!("The format `{format}` stands at a {kind}."), why, fix);
    }
}

/// Patterns that are none.
pub(super) fn patterns(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects(Kind::Schema) {
        if let Some(Err(error)) = text(schema, "pattern").map(check_pattern) {
            let why = format!("It would fail whenever a value is checked: {}.", error.trim_end_matches('.'));
            let what = "The pattern is no regular expression.";
            report.add(&join(pointer, "pattern"), what, why, "Mend the pattern, or delete it.");
        }
    }
}

/// Exclusive bounds of nothing.
pub(super) fn exclusive_bound(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects(Kind::Schema) {
        for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            if schema.contains_key(exclusive) && !schema.contains_key(bound) {
                let what = format!("`{exclusive}` stands without `{bound}`.");
                let why = format!(
                    "In OpenAPI 3.0 it is true or false and says whether `{bound}` itself is allowed."
                );
                report.add(&join(pointer, exclusive), what, why, format!("Add `{bound}`, or delete it."));
            }
        }
    }
}

/// Alternatives without a name of their own.
pub(super) fn composition(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, schema) in context.objects(Kind::Schema) {
        if schema.contains_key("not") {
            let why = "There is no Rust type for the absence of something.";
            report.add(&join(pointer, "not"), "A schema has `not`.", why, "Describe what may stand there.");
        }
        for list in ["oneOf", "anyOf", "allOf"] {
            alternatives(schema, list, &join(pointer, list), report);
        }
    }
}

fn alternatives(schema: &Map<String, Value>, list: &str, pointer: &str, report: &mut Report<'_, '_>) {
    let Some(branches) = schema.get(list).and_then(Value::as_array) else {
        return;
    };
    let why = "Alternatives become variants of an enum, which are named after component schemas.";
    if branches.is_empty() {
        report.add(
            pointer,
            format!("`{list}` is empty."),
            "No value could ever fit.",
            "Add schemas, or delete it.",
        );
    }
    if list == "allOf" {
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, branch) in branches.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        match branch.get("$ref").and_then(Value::as_str) {
            None => {
                let what = format!("A branch of `{list}` has no name.");
                report.add(&pointer, what, why, "Move it to `components/schemas` and refer to it.");
            }
            Some(target) if !seen.insert(target) => {
                let what = format!("`{target}` stands in `{list}` twice.");
                report.add(&pointer, what, why, "Delete one of the two.");
            }
            Some(_) => {}
        }
    }
}
