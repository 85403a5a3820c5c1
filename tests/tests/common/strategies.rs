//! Values of a schema, whatever it is: made from what the spec says and nothing else.

use contract_tests::Spec;
use proptest::{collection::vec, option, prelude::*, sample::select, strategy::Union};
use serde_json::{Map, Value, json};

/// What the names of fields begin with that no spec knows.
pub(crate) const UNKNOWN: &str = "zzUnknown";

/// Values that the schema at this JSON pointer accepts, with fields in every spelling, some that no spec knows, and
/// null where it may be.
pub(crate) fn values(spec: &'static Spec, pointer: &str) -> BoxedStrategy<Value> {
    let (pointer, schema) = spec.resolve(pointer);
    let inner = of_schema(spec, &pointer, schema);
    match schema["nullable"] == json!(true) {
        true => prop_oneof![4 => inner, 1 => Just(Value::Null)].boxed(),
        false => inner,
    }
}

fn of_schema(spec: &'static Spec, pointer: &str, schema: &'static Value) -> BoxedStrategy<Value> {
    for name in ["anyOf", "oneOf"] {
        let count = schema[name].as_array().map_or(0, Vec::len);
        if count > 0 {
            let forms = (0..count).map(|index| values(spec, &format!("{pointer}/{name}/{index}")));
            return Union::new(forms).boxed();
        }
    }
    assert!(schema.get("allOf").is_none(), "{pointer}: allOf is not known here; teach it");
    if let Some(options) = schema["enum"].as_array() {
        return select(options.clone()).boxed();
    }
    match schema["type"].as_str() {
        Some("object") => object(spec, pointer, schema),
        Some("array") => vec(values(spec, &format!("{pointer}/items")), 0..4).prop_map(Value::from).boxed(),
        Some("string") => strings(schema).prop_map(Value::from).boxed(),
        Some("integer") => any::<i64>().prop_map(Value::from).boxed(),
        Some("number") => (-1e15..1e15).prop_map(Value::from).boxed(),
        Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
        _ => anything(),
    }
}

/// Strings as brokers write them, and strings as none does. Those of examples lead deeper into a flow.
fn strings(schema: &'static Value) -> BoxedStrategy<String> {
    let example = schema["example"].as_str().unwrap_or("Y").to_owned();
    prop_oneof![
        3 => Just(example),
        2 => "[A-Za-z0-9._-]{1,40}",
        2 => any::<String>(),
        // From 400 to 599 it is the status of a failure.
        1 => "[0-3]?[0-9]{1,2}|[0-9]{4,19}",
        1 => select(vec!["", " ", "null", "https://evil.example", "\u{feff}", "\u{0}", "Y", "N"]).prop_map(str::to_owned),
    ]
    .boxed()
}

/// Fields that are required, some of the others, and some that nobody knows.
fn object(spec: &'static Spec, pointer: &str, schema: &'static Value) -> BoxedStrategy<Value> {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let known = properties.map(|(name, field)| {
        let place = format!("{pointer}/properties/{name}");
        let spellings = field["x-aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let spellings: Vec<&str> = std::iter::once(name.as_str()).chain(spellings).collect();
        let field = (select(spellings), values(spec, &place));
        match required.contains(&name.as_str()) {
            true => field.prop_map(Some).boxed(),
            false => option::of(field).boxed(),
        }
    });
    let known: Vec<BoxedStrategy<Option<(&str, Value)>>> = known.collect();
    let name_of_others = match schema["additionalProperties"].is_object() {
        // They are known as well: a map.
        true => "[A-Za-z]{1,12}".boxed(),
        false => Just(UNKNOWN.to_owned()).boxed(),
    };
    let others = match schema["additionalProperties"].is_object() {
        true => values(spec, &format!("{pointer}/additionalProperties")),
        false => anything(),
    };
    (known, vec((name_of_others, others), 0..2))
        .prop_map(|(known, others)| {
            let known = known.into_iter().flatten().map(|(name, value)| (name.to_owned(), value));
            Value::Object(known.chain(others).collect::<Map<_, _>>())
        })
        .boxed()
}

/// Any JSON, not deep.
pub(crate) fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("[a-zA-Z]{1,8}", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
    .boxed()
}

/// Without the fields that the schema does not know: the generated types do not keep them.
pub(crate) fn known(spec: &Spec, pointer: &str, value: Value) -> Value {
    let (pointer, schema) = spec.resolve(&meant(spec, pointer, &value));
    let properties = schema["properties"].as_object();
    match value {
        Value::Object(fields) if properties.is_some() => {
            let known = fields.into_iter().filter_map(|(name, value)| {
                let place = match properties?.contains_key(&name) {
                    true => format!("{pointer}/properties/{name}"),
                    false if schema["additionalProperties"].is_object() => {
                        format!("{pointer}/additionalProperties")
                    }
                    false => return None,
                };
                Some((name, known(spec, &place, value)))
            });
            known.collect()
        }
        Value::Object(fields) if schema["additionalProperties"].is_object() => {
            let place = format!("{pointer}/additionalProperties");
            fields.into_iter().map(|(name, value)| (name, known(spec, &place, value))).collect()
        }
        Value::Array(items) if schema.get("items").is_some() => {
            items.into_iter().map(|item| known(spec, &format!("{pointer}/items"), item)).collect()
        }
        other => other,
    }
}

/// The form that is meant: the first whose required fields are there and, under `anyOf`, say something.
pub(crate) fn meant(spec: &Spec, pointer: &str, value: &Value) -> String {
    let (pointer, schema) = spec.resolve(pointer);
    let mut forms = ["anyOf", "oneOf"].into_iter().flat_map(|name| {
        let count = schema[name].as_array().map_or(0, Vec::len);
        (0..count).map(move |index| (name, index))
    });
    let is_meant = |&(name, index): &(&str, usize)| {
        let (_, form) = spec.resolve(&format!("{pointer}/{name}/{index}"));
        let mut required = form["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let says_something = |field: &Value| !field.is_null() && (name == "oneOf" || *field != "");
        value.is_object() && required.all(|name| value.get(name).is_some_and(says_something))
    };
    match forms.find(is_meant) {
        Some((name, index)) => meant(spec, &format!("{pointer}/{name}/{index}"), value),
        None => pointer,
    }
}
