//! JSON that is none, or that is made to do harm.

use serde_json::{Value, json};

use super::{Fault, one};
use crate::{
    Answer, Reaction,
    matrix::{
        context::{Context, Trial},
        expected::Means,
        meter::{CAP, OF_VALUES},
    },
};

const SECTION: &str = "JSON";

/// What a member is that nobody knows.
#[derive(Clone, Copy)]
enum Member {
    /// As good as any.
    Fine,
    /// As good as any, and so many values that each of them counts.
    Many,
    /// Something that cannot be read, but can be passed over: only an answer of several forms is read as a whole.
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
    // The right answer, with a member that nobody knows.
    let with = |name, member: fn() -> String, member_is: Member| {
        one(SECTION, name, move |context| {
            // Only an answer of several forms is read as a whole; of others, what nobody knows is passed over.
            let is_fine = match member_is {
                Member::Fine | Member::Many => true,
                Member::Passable => !context.has_forms(),
                Member::Broken => false,
            };
            let means = if is_fine { Means::fine() } else { context.unreadable(200) };
            let is_large = matches!(member_is, Member::Many) && context.has_forms();
            let means = if is_large { means.within(OF_VALUES) } else { means };
            match context.good.body.first() {
                Some(b'{') => whole(with_member(&context.text(), &member()), means),
                _ => whole(format!("{{{}}}", member()), context.unreadable(200)),
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
        of("100 000 objects, one in another", objects),
        of("100 000 arrays that are not closed", "[".repeat(DEEP)),
        with(
            "100 000 arrays in an unknown member",
            || format!("\"x\":{}{}", "[".repeat(DEEP), "]".repeat(DEEP)),
            Member::Passable,
        ),
        with(
            "100 000 objects in an unknown member",
            || format!("\"x\":{}1{}", "{\"a\":".repeat(DEEP), "}".repeat(DEEP)),
            Member::Passable,
        ),
        bad("100 000 arrays in place of each value", |context| {
            replaced(context, &format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP)))
        }),
        with(
            "100 arrays in an unknown member",
            || format!("\"x\":{}{}", "[".repeat(100), "]".repeat(100)),
            Member::Fine,
        ),
        with("an unknown member", || "\"x\":[1,{\"a\":null}]".into(), Member::Fine),
        with("an unknown member twice", || "\"x\":1,\"x\":2".into(), Member::Fine),
        one(SECTION, "each member twice, the right one last", |context| match context.good.body.first() {
            Some(b'{') => {
                let value: Value = serde_json::from_slice(&context.good.body).expect("JSON");
                let names = value.as_object().expect("an object").keys();
                let others: Vec<String> = names.map(|name| format!("{}:null", json!(name))).collect();
                // RFC 8259, section 4: what is meant cannot be known. Among several forms the last one counts.
                let means = if context.has_forms() { Means::fine() } else { context.unreadable(200) };
                whole(with_member(&context.text(), &others.join(",")), means)
            }
            _ => whole(r#"{"a":1,"a":2}"#.into(), context.unreadable(200)),
        }),
        one(SECTION, "the names of all members in escapes", |context| {
            whole(with_escaped_names(&context.text()), Means::fine())
        }),
        with(
            "members with names that other languages keep for themselves",
            || r#""__proto__":{"x":1},"constructor":{},"$type":"x","toString":null,"":0"#.into(),
            Member::Fine,
        ),
        with(
            "-0, 1E+2 and 1e-400 in an unknown member",
            || "\"x\":[-0,-0.0,1E+2,1e-400]".into(),
            Member::Fine,
        ),
        with("1e400 in an unknown member", || "\"x\":1e400".into(), Member::Passable),
        with("-1e400 in an unknown member", || "\"x\":-1e400".into(), Member::Passable),
        with(
            "a number of 400 digits in an unknown member",
            || format!("\"x\":{}", "9".repeat(400)),
            Member::Passable,
        ),
        with(
            "a number of 300 digits in an unknown member",
            || format!("\"x\":{}", "9".repeat(300)),
            Member::Fine,
        ),
        with(
            "a fraction of 60 000 digits in an unknown member",
            || format!("\"x\":0.{}", "3".repeat(60_000)),
            Member::Fine,
        ),
        bad("1e400 in place of each value", |context| replaced(context, "1e400")),
        bad("a number of 400 digits in place of each value", |context| replaced(context, &"9".repeat(400))),
        bad("NaN in place of each value", |context| replaced(context, "NaN")),
        with("a NUL byte in a text", || "\"x\":\"a\0b\"".into(), Member::Broken),
        with("a NUL character in a text", || "\"x\":\"a\\u0000b\"".into(), Member::Fine),
        with("half a surrogate pair in a text", || "\"x\":\"\\ud800\"".into(), Member::Passable),
        with("a line break in a text", || "\"x\":\"a\nb\"".into(), Member::Broken),
        one(SECTION, "a byte that is no UTF-8 in a text", |context| {
            let mut body = with_member(&context.text(), "\"x\":\"?\"").into_bytes();
            for byte in body.iter_mut().filter(|byte| **byte == b'?').take(1) {
                *byte = 0xff;
            }
            Trial::answer(answer(body), context.unreadable(200))
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
        bad("a text around it", |context| json!(context.text()).to_string()),
        of("null", "null".into()),
        of("true", "true".into()),
        of("a number", "5".into()),
        of("a text", "\"success\"".into()),
        of("an empty list", "[]".into()),
        of("a list of lists", "[[[]]]".into()),
        with(
            "a text of 60 000 bytes in an unknown member",
            || format!("\"x\":\"{}\"", "y".repeat(60_000)),
            Member::Fine,
        ),
        with(
            "escapes of 60 000 bytes in an unknown member",
            || format!("\"x\":\"{}\"", "\\u0041".repeat(10_000)),
            Member::Fine,
        ),
        with(
            "20 000 empty lists in an unknown member",
            || format!("\"x\":[{}]", vec!["[]"; 20_000].join(",")),
            Member::Many,
        ),
        with(
            "30 000 zeros in an unknown member",
            || format!("\"x\":[{}]", vec!["0"; 30_000].join(",")),
            Member::Many,
        ),
        with(
            "4 000 unknown members",
            || {
                let members: Vec<String> = (0..4_000).map(|number| format!("\"x{number}\":0")).collect();
                members.join(",")
            },
            Member::Many,
        ),
    ]
}

fn answer(body: Vec<u8>) -> Reaction {
    Reaction::Shared(Answer::new(200, "application/json", body).bytes().into())
}

fn whole(body: String, means: Means) -> Trial {
    let is_high = body.len() > CAP;
    let (limit, means) = if is_high { (Some(HIGH), means.within(OF_VALUES)) } else { (None, means) };
    Trial { limit, ..Trial::answer(answer(body.into_bytes()), means) }
}

/// An object with a further member in front.
fn with_member(text: &str, member: &str) -> String {
    match text.strip_prefix('{') {
        Some("}") => format!("{{{member}}}"),
        Some(rest) => format!("{{{member},{rest}"),
        None => format!("{{{member}}}"),
    }
}

/// The same JSON with each name of a member in escapes (RFC 8259, section 7).
fn with_escaped_names(text: &str) -> String {
    fn written(value: &Value) -> String {
        match value {
            Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(",")),
            Value::Object(members) => {
                let escaped =
                    |name: &str| name.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
                let member =
                    |(name, value): (&String, &Value)| format!("\"{}\":{}", escaped(name), written(value));
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
            }
            value => value.to_string(),
        }
    }
    serde_json::from_str(text).map_or_else(|_| text.to_owned(), |value| written(&value))
}

/// The right answer with something in place of each value that holds no others.
fn replaced(context: &Context<'_>, with: &str) -> String {
    const PLACE: &str = "the place of a value";
    fn marked(value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(marked).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), marked(value))).collect()
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
