//! Bodies: of requests and of responses.

use serde_json::Value;

use super::{
    change::{Direction, Judgement},
    said::said,
    walk::{Diff, Effect, Two},
};
use crate::document::shape::Kind;

/// `requestBody`.
pub(super) fn request_body<'a>(diff: &mut Diff<'a>, _: &Two<'a>, body: &Two<'a>) {
    match (body.old.value, body.new.value) {
        (Some(_), Some(_)) => diff.inner(Kind::RequestBody, body),
        (None, _) => {
            let required = diff.new.resolved(&body.new).child("required").value == Some(&Value::Bool(true));
            let wire = match required {
                true => Judgement::breaking("A call without a body, as it was made until now, is refused."),
                false => Judgement::additive("Nobody has to send it."),
            };
            let rust = Judgement::breaking("The method gets another argument, which every caller must give.");
            diff.tell(body, "The request has a body now.", wire, rust);
        }
        _ => {
            let wire = Judgement::breaking("The broker takes no notice of it any more, or refuses it.");
            let rust = Judgement::breaking("The method loses an argument.");
            diff.tell(body, "The request has no body any more.", wire, rust);
        }
    }
}

/// `required` of a request body, false unless it says otherwise.
pub(super) fn body_required<'a>(diff: &mut Diff<'a>, body: &Two<'a>, member: &Two<'a>) {
    let is = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let effect = match (is(member.old.value), is(member.new.value)) {
        (false, true) => Effect::Narrower,
        (true, false) => Effect::Wider,
        _ => return super::rules::words(diff, body, member),
    };
    let wire = diff.wire(member, effect);
    let rust = Judgement::documentation("The generated method takes a body in either case.");
    diff.tell(member, said(member), wire, rust);
}

/// `responses`: each status.
pub(super) fn responses<'a>(diff: &mut Diff<'a>, _: &Two<'a>, responses: &Two<'a>) {
    for status in responses.keys() {
        let response = responses.child(status);
        if !response.differ() {
            continue;
        }
        let succeeds = status.starts_with('2');
        diff.surely(&response, |diff| match (response.old.value, response.new.value) {
            _ if status.starts_with("x-") => {}
            (Some(_), Some(_)) => diff.inner(Kind::Response, &response),
            (None, _) => {
                let what = format!("The status {status} is new.");
                let wire = Judgement::additive(
                    "Clients know statuses by their class, documented or not (RFC 9110, section 15).",
                );
                let rust = Judgement::additive("What was an unexpected answer gets a type and a kind.");
                diff.tell(&response, what, wire, rust);
            }
            _ => {
                let what = format!("The status {status} is gone.");
                let wire = match succeeds {
                    true => Judgement::breaking("Who waits for this success waits in vain."),
                    false => Judgement::additive(
                        "Clients that are prepared for it are prepared for more than happens.",
                    ),
                };
                let rust = Judgement::breaking(
                    "An answer with it becomes an unexpected one, without a type, and its mock is gone.",
                );
                diff.tell(&response, what, wire, rust);
            }
        });
    }
    if responses.keys().is_empty() {
        super::rules::words(diff, responses, responses);
    }
}

/// `content`: each media type.
pub(super) fn media_types<'a>(diff: &mut Diff<'a>, _: &Two<'a>, content: &Two<'a>) {
    let answer = !diff.reached(content).iter().any(|(_, way)| *way == Direction::Request);
    for media_type in content.keys() {
        let media = content.child(media_type);
        if !media.differ() {
            continue;
        }
        diff.surely(&media, |diff| match (media.old.value, media.new.value) {
            (Some(_), Some(_)) => diff.object(Kind::MediaType, &media),
            (None, _) => {
                let what = format!("The media type `{media_type}` is new.");
                let wire = match answer && content.old.value.is_none() {
                    true => Judgement::additive("An answer that had no body has one."),
                    false => Judgement::additive("It is one more to choose from."),
                };
                let rust = match content.old.object().is_none_or(serde_json::Map::is_empty) {
                    true => Judgement::breaking("What had no body gets a type."),
                    false => Judgement::additive("The generated client goes on with the one that it knows."),
                };
                diff.tell(&media, what, wire, rust);
            }
            _ => {
                let what = format!("The media type `{media_type}` is gone.");
                let wire = Judgement::breaking("Who sends or reads it is not understood, or finds nothing.");
                let rust = Judgement::breaking("What the client sends, or reads, is something else.");
                diff.tell(&media, what, wire, rust);
            }
        });
    }
    let first = |value: Option<&'a Value>| value.and_then(Value::as_object).and_then(|map| map.keys().next());
    if content.keys().is_empty() {
        super::rules::words(diff, content, content);
    } else if !answer && first(content.old.value) != first(content.new.value) {
        let wire = Judgement::unchanged("Every media type is taken.");
        let rust = Judgement::breaking("The client sends the first media type that is listed.");
        diff.tell(content, "Another media type is listed first.", wire, rust);
    }
}

/// The schema of a parameter, a header or a body.
pub(super) fn schema<'a>(diff: &mut Diff<'a>, _: &Two<'a>, schema: &Two<'a>) {
    if schema.old.value.is_some() && schema.new.value.is_some() {
        return diff.inner(Kind::Schema, schema);
    }
    let wire = diff.wire(schema, Effect::of_constraint(schema));
    diff.tell(schema, said(schema), wire, Judgement::breaking("The type in Rust changes with it."));
}

/// Named examples, each by itself.
pub(super) fn examples<'a>(diff: &mut Diff<'a>, parent: &Two<'a>, examples: &Two<'a>) {
    for name in examples.keys() {
        let example = examples.child(name);
        if !example.differ() {
            continue;
        }
        match (example.old.value, example.new.value) {
            (Some(_), Some(_)) => diff.surely(&example, |diff| diff.inner(Kind::Example, &example)),
            _ => super::rules::words(diff, examples, &example),
        }
    }
    if examples.keys().is_empty() {
        super::rules::words(diff, parent, examples);
    }
}

/// The headers of a response.
pub(super) fn headers<'a>(diff: &mut Diff<'a>, parent: &Two<'a>, headers: &Two<'a>) {
    for name in headers.keys() {
        let header = headers.child(name);
        if !header.differ() {
            continue;
        }
        let rust = Judgement::documentation("The generated client has no type for headers of answers.");
        diff.surely(&header, |diff| match (header.old.value, header.new.value) {
            (Some(_), Some(_)) => diff.inner(Kind::Header, &header),
            (None, _) => {
                let wire = Judgement::additive("Readers of answers pass over what they do not know.");
                diff.tell(&header, format!("The header `{name}` is new."), wire, rust);
            }
            _ => {
                let wire = Judgement::breaking("Who reads it finds nothing.");
                diff.tell(&header, format!("The header `{name}` is gone."), wire, rust);
            }
        });
    }
    if headers.keys().is_empty() {
        super::rules::words(diff, parent, headers);
    }
}
