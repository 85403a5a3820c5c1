//! JSON that is none, or that is made to do harm.

use serde_json::{Value, json};

use super::{Fault, one};
use crate::{
    MockResponse, Reaction,
    matrix::{
        context::{Context, Trial},
        expected::Expected,
        expected::{CAP, OF_VALUES},
    },
};

const SECTION: &str = "JSON";

/// What a field is that nobody knows.
#[derive(Clone, Copy)]
enum Field {
    /// As good as any.
    Fine,
    /// As good as any, and so many values that each of them counts.
    Many,
    /// Something that cannot be read, but can be passed over, unless it stands beside an envelope.
    Passable,
    /// No JSON by its grammar.
    Broken,
}

/// The cap on bodies for what is deep: the usual one would have it too long before it is deep.
const HIGH: usize = 1 << 20;

/// How deep what is nested is.
const DEEP: usize = 100_000;

pub(super) fn all() -> Vec<Fault> {
    // A body that is no JSON by its grammar, whatever the operation.
    let bad = |name, body: fn(&Context<'_>) -> String| {
        one(SECTION, name, move |context| whole(body(context), context.unreadable(200)))
    };
    // The right response, with a field that nobody knows.
    let with = |name, field: fn() -> String, field_is: Field| {
        one(SECTION, name, move |context| {
            let is_fine = match field_is {
                Field::Fine | Field::Many => true,
                Field::Passable => !context.may_have_envelope(),
                Field::Broken => false,
            };
            let means = if is_fine { Expected::fine() } else { context.unreadable(200) };
            let is_large = matches!(field_is, Field::Many) && context.may_have_envelope();
            let means = if is_large { means.within(OF_VALUES) } else { means };
            match context.good.body.first() {
                Some(b'{') => whole(with_field(&context.text(), &field()), means),
                _ => whole(format!("{{{}}}", field()), context.unreadable(200)),
            }
        })
    };
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(DEEP), close.repeat(DEEP));
    let (arrays, objects) = (nested("[", "]"), nested("{\"a\":", "}"));
    let of = move |name, body: String| {
        one(SECTION, name, move |context| whole(body.clone(), context.unreadable(200)))
    };
    vec![
        of("100 000 arrays, one in another", arrays),
        one(SECTION, "100 000 objects, one in another", move |context| {
            let is_good = context.is_any_object_good();
            whole(objects.clone(), if is_good { Expected::good_enough() } else { context.unreadable(200) })
        }),
        of("100 000 arrays that are not closed", "[".repeat(DEEP)),
        with(
            "100 000 arrays in an unknown field",
            || format!("\"x\":{}{}", "[".repeat(DEEP), "]".repeat(DEEP)),
            Field::Passable,
        ),
        with(
            "100 000 objects in an unknown field",
            || format!("\"x\":{}1{}", "{\"a\":".repeat(DEEP), "}".repeat(DEEP)),
            Field::Passable,
        ),
        bad("100 000 arrays in place of each value", |context| {
            replaced(context, &format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP)))
        }),
        with(
            "100 arrays in an unknown field",
            || format!("\"x\":{}{}", "[".repeat(100), "]".repeat(100)),
            Field::Fine,
        ),
        with("an unknown field", || "\"x\":[1,{\"a\":null}]".into(), Field::Fine),
        with("an unknown field twice", || "\"x\":1,\"x\":2".into(), Field::Fine),
        one(SECTION, "each field twice, the right one last", |context| match context.good.body.first() {
            Some(b'{') => {
                let value: Value = serde_json::from_slice(&context.good.body).expect("JSON");
                let names = value.as_object().expect("an object").keys();
                let others: Vec<String> = names.map(|name| format!("{}:null", json!(name))).collect();
                // RFC 8259, section 4: what is meant cannot be known. Read as a whole, the last one counts.
                let is_read = context.may_have_envelope() || context.has_aliases();
                let means = if is_read { Expected::fine() } else { context.unreadable(200) };
                whole(with_field(&context.text(), &others.join(",")), means)
            }
            _ => whole(r#"{"a":1,"a":2}"#.into(), context.unreadable(200)),
        }),
        one(SECTION, "the names of all fields in escapes", |context| {
            whole(with_escaped_names(&context.text()), Expected::fine())
        }),
        with(
            "fields with names that other languages keep for themselves",
            || r#""__proto__":{"x":1},"constructor":{},"$type":"x","toString":null,"":0"#.into(),
            Field::Fine,
        ),
        with("-0, 1E+2 and 1e-400 in an unknown field", || "\"x\":[-0,-0.0,1E+2,1e-400]".into(), Field::Fine),
        with("1e400 in an unknown field", || "\"x\":1e400".into(), Field::Passable),
        with("-1e400 in an unknown field", || "\"x\":-1e400".into(), Field::Passable),
        with(
            "a number of 400 digits in an unknown field",
            || format!("\"x\":{}", "9".repeat(400)),
            Field::Passable,
        ),
        with(
            "a number of 300 digits in an unknown field",
            || format!("\"x\":{}", "9".repeat(300)),
            Field::Fine,
        ),
        with(
            "a fraction of 60 000 digits in an unknown field",
            || format!("\"x\":0.{}", "3".repeat(60_000)),
            Field::Fine,
        ),
        with("1e400 as a code", || "\"code\":1e400".into(), Field::Broken),
        bad("1e400 in place of each value", |context| replaced(context, "1e400")),
        bad("a number of 400 digits in place of each value", |context| replaced(context, &"9".repeat(400))),
        bad("NaN in place of each value", |context| replaced(context, "NaN")),
        with("a NUL byte in a string", || "\"x\":\"a\0b\"".into(), Field::Broken),
        with("a NUL character in a string", || "\"x\":\"a\\u0000b\"".into(), Field::Fine),
        with("half a surrogate pair in a string", || "\"x\":\"\\ud800\"".into(), Field::Passable),
        with("a line break in a string", || "\"x\":\"a\nb\"".into(), Field::Broken),
        one(SECTION, "a byte that is no UTF-8 in a string", |context| {
            let mut body = with_field(&context.text(), "\"x\":\"?\"").into_bytes();
            for byte in body.iter_mut().filter(|byte| **byte == b'?').take(1) {
                *byte = 0xff;
            }
            Trial::response(response(body), context.unreadable(200))
        }),
        bad("NUL bytes behind it", |context| format!("{}\0\0", context.text())),
        bad("garbage behind it", |context| format!("{}garbage", context.text())),
        bad("a second value behind it", |context| format!("{}{}", context.text(), r#"{"x":1}"#)),
        bad("a guard in front of it (`)]}',`)", |context| format!(")]}}',\n{}", context.text())),
        bad("called as a function", |context| format!("callback({})", context.text())),
        bad("half of it", |context| {
            let text = context.text();
            format!("{{{}", &text[..text.len() / 2])
        }),
        bad("with a comment", |context| format!("/* no */{}", context.text())),
        bad("in single quotes", |context| format!("{{'x':1,{}", context.text())),
        bad("a list around it", |context| format!("[{}]", list_item(context))),
        bad("a string around it", |context| json!(context.text()).to_string()),
        of("null", "null".into()),
        of("true", "true".into()),
        of("a number", "5".into()),
        of("a string", "\"success\"".into()),
        of("an empty list", "[]".into()),
        of("a list of lists", "[[[]]]".into()),
        with(
            "a string of 60 000 bytes in an unknown field",
            || format!("\"x\":\"{}\"", "y".repeat(60_000)),
            Field::Fine,
        ),
        with(
            "escapes of 60 000 bytes in an unknown field",
            || format!("\"x\":\"{}\"", "\\u0041".repeat(10_000)),
            Field::Fine,
        ),
        with(
            "20 000 empty lists in an unknown field",
            || format!("\"x\":[{}]", vec!["[]"; 20_000].join(",")),
            Field::Many,
        ),
        with(
            "30 000 zeros in an unknown field",
            || format!("\"x\":[{}]", vec!["0"; 30_000].join(",")),
            Field::Many,
        ),
        with(
            "4 000 unknown fields",
            || {
                let fields: Vec<String> = (0..4_000).map(|number| format!("\"x{number}\":0")).collect();
                fields.join(",")
            },
            Field::Many,
        ),
    ]
}

fn response(body: Vec<u8>) -> Reaction {
    Reaction::Shared(MockResponse::new(200, "application/json", body).bytes().into())
}

fn whole(body: String, means: Expected) -> Trial {
    let is_high = body.len() > CAP;
    let (limit, means) = if is_high { (Some(HIGH), means.within(OF_VALUES)) } else { (None, means) };
    Trial { limit, ..Trial::response(response(body.into_bytes()), means) }
}

/// An object with a further field in front.
fn with_field(text: &str, field: &str) -> String {
    match text.strip_prefix('{') {
        Some("}") => format!("{{{field}}}"),
        Some(rest) => format!("{{{field},{rest}"),
        None => format!("{{{field}}}"),
    }
}

/// The same JSON with each name of a field in escapes (RFC 8259, section 7).
fn with_escaped_names(text: &str) -> String {
    fn written(value: &Value) -> String {
        match value {
            Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(",")),
            Value::Object(fields) => {
                let escaped =
                    |name: &str| name.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
                let field =
                    |(name, value): (&String, &Value)| format!("\"{}\":{}", escaped(name), written(value));
                format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(","))
            }
            value => value.to_string(),
        }
    }
    serde_json::from_str(text).map_or_else(|_| text.to_owned(), |value| written(&value))
}

/// The right response with something in place of each value that holds no others.
fn replaced(context: &Context<'_>, with: &str) -> String {
    const PLACE: &str = "the place of a value";
    fn marked(value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(marked).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), marked(value))).collect()
            }
            _ => PLACE.into(),
        }
    }
    let value = serde_json::from_slice(&context.good.body).unwrap_or(Value::Null);
    marked(&value).to_string().replacen(&json!(PLACE).to_string(), with, 4)
}

fn list_item(context: &Context<'_>) -> String {
    if context.good.body.is_empty() { "{}".to_owned() } else { context.text() }
}
