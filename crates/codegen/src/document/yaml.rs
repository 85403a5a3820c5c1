//! YAML to a JSON value, remembering the place of each key and value. Built on the parser's events instead
//! of its tree, so that nothing of a hostile document is unfolded, recursed into or taken twice before it
//! is refused.

use std::collections::HashMap;

use saphyr::Scalar;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};
use serde_json::{Map, Number, Value};

use super::{
    comments::{self, Comment},
    place::{Inner, Place},
};
use crate::problem::{Location, Problem, Problems};

/// How many maps and lists may stand in each other. OpenAPI documents need about 20.
const DEEPEST: usize = 64;
/// YAML's own limit for a key without `?` (characters).
const LONGEST_KEY: usize = 1024;

/// What a text holds.
pub(super) struct Yaml {
    pub(super) value: Value,
    pub(super) places: Place,
    pub(super) comments: Vec<Comment>,
}

/// The value of the one document in `text`, where everything is, and the comments.
pub(super) fn read(name: &str, text: &str) -> Result<Yaml, Problems> {
    let reader = Reader { name, text };
    let mut open: Vec<Frame> = Vec::new();
    let mut done: Option<(Value, Place)> = None;
    let mut scalars = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| reader.syntax(&error))?;
        if let Event::Scalar(_, style, ..) = &event {
            scalars.push((span, *style));
        }
        let finished = match event {
            Event::DocumentStart(_) if done.is_some() => return Err(reader.second_document(span).into()),
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if anchor > 0 =>
            {
                return Err(reader.anchor(span).into());
            }
            // An alias comes after its anchor, which is refused.
            Event::Alias(_) => return Err(reader.anchor(span).into()),
            Event::Scalar(_, _, _, Some(tag))
            | Event::SequenceStart(_, Some(tag))
            | Event::MappingStart(_, Some(tag)) => return Err(reader.tag(span, &tag.to_string()).into()),
            Event::Scalar(scalar, style, _, None) => match open.last_mut() {
                Some(Frame::Map { key: key @ None, members, places, .. }) => {
                    let (text, location) = reader.key(&scalar, style, span)?;
                    if let (true, Some(first)) = (members.contains_key(&text), places.get(&text)) {
                        return Err(reader.duplicate(&text, location, first).into());
                    }
                    *key = Some((text, location));
                    None
                }
                _ => Some((reader.scalar(&scalar, style, span)?, reader.place(span, Inner::Nothing))),
            },
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if matches!(open.last(), Some(Frame::Map { key: None, .. })) {
                    return Err(reader.complex_key(span).into());
                }
                if open.len() >= DEEPEST {
                    return Err(reader.too_deep(span).into());
                }
                open.push(Frame::new(matches!(event, Event::MappingStart(..)), reader.location(span)));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(Frame::close),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => None,
        };
        if let Some(node) = finished {
            match open.last_mut() {
                Some(frame) => frame.add(node),
                None => done = Some(node),
            }
        }
    }
    let (value, places) = done.ok_or_else(|| reader.empty())?;
    Ok(Yaml { value, places, comments: comments::find(text, &scalars) })
}

/// A map or list whose end has not been reached.
enum Frame {
    Map {
        start: Location,
        members: Map<String, Value>,
        places: HashMap<String, Place>,
        key: Option<(String, Location)>,
    },
    List {
        start: Location,
        items: Vec<Value>,
        places: Vec<Place>,
    },
}

impl Frame {
    fn new(map: bool, start: Location) -> Frame {
        if map {
            Frame::Map { start, members: Map::new(), places: HashMap::new(), key: None }
        } else {
            Frame::List { start, items: Vec::new(), places: Vec::new() }
        }
    }

    fn add(&mut self, (value, mut place): (Value, Place)) {
        match self {
            Frame::List { items, places, .. } => {
                items.push(value);
                places.push(place);
            }
            Frame::Map { members, places, key, .. } => {
                if let Some((key, location)) = key.take() {
                    // Nothing stands in the text for an omitted value, so it is shown at its key.
                    if value.is_null() && place.value.line != location.line {
                        place.value = location;
                    }
                    place.key = Some(location);
                    members.insert(key.clone(), value);
                    places.insert(key, place);
                }
            }
        }
    }

    fn close(self) -> (Value, Place) {
        let (value, start, inner) = match self {
            Frame::Map { start, members, places, .. } => (Value::Object(members), start, Inner::Map(places)),
            Frame::List { start, items, places } => (Value::Array(items), start, Inner::List(places)),
        };
        (value, Place { key: None, value: start, inner })
    }
}

/// Turns pieces of YAML into values, and refusals into problems.
struct Reader<'a> {
    name: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn location(&self, span: Span) -> Location {
        let width = if span.end.line() == span.start.line() {
            span.end.col().saturating_sub(span.start.col())
        } else {
            0
        };
        Location { width: width.max(1), ..start(&span.start) }
    }

    fn place(&self, span: Span, inner: Inner) -> Place {
        Place { key: None, value: self.location(span), inner }
    }

    /// A key as text. Whole numbers are taken as they are written, since HTTP statuses are commonly not
    /// quoted.
    fn key(&self, text: &str, style: ScalarStyle, span: Span) -> Result<(String, Location), Problems> {
        let location = self.location(span);
        let kind = match (style, Scalar::parse_from_cow(text.into())) {
            (ScalarStyle::Plain, Scalar::Null) => "nothing",
            (ScalarStyle::Plain, _) if text.is_empty() => "nothing",
            (ScalarStyle::Plain, Scalar::Boolean(_)) => "true or false",
            (ScalarStyle::Plain, Scalar::FloatingPoint(_)) => "a number with a fraction",
            _ if text.chars().nth(LONGEST_KEY).is_some() => return Err(self.long_key(location).into()),
            _ => return Ok((text.to_owned(), location)),
        };
        let what = format!("The key `{text}` means {kind} in YAML, not text.");
        Err(self.at(location, "yaml-key", what, KEY_WHY, "Put the key in quotes, if it is meant.").into())
    }

    fn scalar(&self, text: &str, style: ScalarStyle, span: Span) -> Result<Value, Problems> {
        if style != ScalarStyle::Plain {
            return Ok(Value::String(text.to_owned()));
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        if let Some(other) = otherwise(text) {
            return Err(self.ambiguous(text, span, other).into());
        }
        match Scalar::parse_from_cow(text.into()) {
            Scalar::Null => Ok(Value::Null),
            Scalar::Boolean(value) => Ok(Value::Bool(value)),
            Scalar::Integer(value) => Ok(Value::Number(value.into())),
            Scalar::String(value) => Ok(Value::String(value.into_owned())),
            Scalar::FloatingPoint(value) => {
                let digits = text.trim_start_matches(['-', '+']);
                let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
                match Number::from_f64(value.into_inner()) {
                    Some(number) if !whole => Ok(Value::Number(number)),
                    _ => Err(self.number(text, span).into()),
                }
            }
        }
    }

    fn at(
        &self,
        location: Location,
        rule: &'static str,
        what: impl Into<String>,
        why: &str,
        fix: impl Into<String>,
    ) -> Problem {
        Problem::new(rule, self.name, what, why, fix).at(location, self.text)
    }

    fn syntax(&self, error: &ScanError) -> Problems {
        let what = format!("This is not YAML: {}.", error.info().trim_end_matches('.'));
        let fix = "Mend the text here or just above: often the indentation, a missing space after a colon, \
                   or a value that needs quotes.";
        let why = "The parser could not go on from here.";
        self.at(start(error.marker()), "yaml-syntax", what, why, fix).into()
    }

    fn empty(&self) -> Problem {
        let location = Location { line: 1, column: 1, width: 1 };
        let why = "A spec is one YAML document.";
        self.at(location, "yaml-document", "There is nothing in the file.", why, "Write the spec into it.")
    }

    fn second_document(&self, span: Span) -> Problem {
        let what = "A second YAML document starts here.";
        let why = "A spec is one YAML document; what follows would be ignored.";
        self.at(self.location(span), "yaml-document", what, why, "Delete the `---` or the second document.")
    }

    fn anchor(&self, span: Span) -> Problem {
        let what = "A YAML anchor (`&name`) stands here.";
        let why =
            "Anchors serve aliases, which a spec may not have; a text that starts with `&` needs quotes.";
        let fix = "Delete the anchor, or put the text in quotes.";
        self.at(self.location(span), "yaml-alias", what, why, fix)
    }

    fn ambiguous(&self, text: &str, span: Span, other: &str) -> Problem {
        let what = format!("`{text}` without quotes is {other} to some tools, and not to others.");
        let why = "YAML 1.1 and 1.2 disagree; a spec means the same to every tool.";
        let fix = format!(
            "Write `'{text}'` if text is meant, else true, false, or the number without zeros before it."
        );
        self.at(self.location(span), "yaml-ambiguous", what, why, fix)
    }

    fn tag(&self, span: Span, tag: &str) -> Problem {
        let what = format!("The YAML tag `{tag}` stands here.");
        let why = "A spec has the values of JSON, which have no tags (OpenAPI 3.0.3, \"Format\").";
        let fix = "Delete the tag; to have a number as text, put it in quotes.";
        self.at(self.location(span), "yaml-tag", what, why, fix)
    }

    fn duplicate(&self, key: &str, location: Location, first: &Place) -> Problem {
        let line = first.key.unwrap_or(first.value).line;
        let what = format!("The key `{key}` stands here a second time; the first is in line {line}.");
        let why = "Keys of a map are unique (YAML 1.2.2, section 3.2.1.3); one of the two would be lost.";
        self.at(location, "duplicate-key", what, why, "Delete one of them, or rename it.")
    }

    fn complex_key(&self, span: Span) -> Problem {
        let what = "A map or a list stands where a key is expected.";
        let fix = "Write a plain key; a text that starts with `{` or `[` needs quotes.";
        self.at(self.location(span), "yaml-key", what, KEY_WHY, fix)
    }

    fn long_key(&self, location: Location) -> Problem {
        let what = format!("This key has more than {LONGEST_KEY} characters.");
        self.at(location, "yaml-key", what, KEY_WHY, "Shorten it.")
    }

    fn number(&self, text: &str, span: Span) -> Problem {
        let what = format!("The number `{text}` cannot be represented.");
        let why = "Numbers are JSON's: whole ones from -2^63 to 2^63-1, others finite.";
        self.at(self.location(span), "yaml-number", what, why, "Put it in quotes, if text is meant.")
    }

    fn too_deep(&self, span: Span) -> Problem {
        let what = format!("More than {DEEPEST} maps and lists stand in each other here.");
        let why = "Deeper documents could exhaust the stack of whatever reads them.";
        self.at(self.location(span), "too-deep", what, why, "Move inner schemas to `components/schemas`.")
    }
}

/// What a plain scalar is in YAML 1.1 or to tools that keep to neither version, where that differs (YAML 1.1, types
/// `bool`, `int` and `timestamp`).
fn otherwise(text: &str) -> Option<&'static str> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if matches!(text.to_ascii_lowercase().as_str(), "yes" | "no" | "on" | "off") {
        return Some("true or false");
    }
    let unsigned = text.trim_start_matches(['-', '+']);
    if unsigned.len() > 1 && unsigned.starts_with('0') && digits(unsigned) {
        return Some("a number with another value");
    }
    let is_octal = unsigned.strip_prefix("0o").is_some_and(digits);
    let is_grouped = unsigned.starts_with(|first: char| first.is_ascii_digit())
        && unsigned.contains('_')
        && digits(&unsigned.replace('_', ""));
    if is_octal || is_grouped {
        return Some("a number, or a text,");
    }
    if text.contains(':') && text.split(':').all(|part| digits(part) && part.len() <= 2) {
        return Some("a number of seconds");
    }
    let date: Vec<&str> = text.split(['T', 't', ' ']).next().unwrap_or_default().split('-').collect();
    let is_date = matches!(date.as_slice(), [year, month, day]
        if year.len() == 4 && [month, day].iter().all(|part| part.len() <= 2) && date.iter().all(|part| digits(part)));
    is_date.then_some("a time")
}

const KEY_WHY: &str = "Keys are text, as in JSON (OpenAPI 3.0.3, \"Format\").";

fn start(marker: &Marker) -> Location {
    Location { line: marker.line().max(1), column: marker.col() + 1, width: 1 }
}
