//! Links tell which call goes on from which answer. Tools that try chains of calls follow them, and a chain that leads
//! nowhere is simply not tried: nobody would notice.

use serde_json::{Map, Value};

use super::{
    context::Context,
    example_values::{Described, gather},
    names::suggestion,
    report::Report,
};
use crate::{
    document::{join, shape::Kind, unescape},
    spec::{self, Operation, Parameter},
};

const WHY: &str = "Whoever follows the link gets no further, and does not say so.";
/// What begins an expression for a part of the answer's body (OpenAPI 3.0.3, "Runtime Expressions").
const BODY: &str = "$response.body#";
/// What begins the other expressions, or is one.
const OTHERS: [&str; 9] = [
    "$request.body",
    "$request.header.",
    "$request.path.",
    "$request.query.",
    "$response.body",
    "$response.header.",
    "$method",
    "$statusCode",
    "$url",
];
/// Names of one and the same, in lower case without separators: what authorises a call.
const AUTHORISES: [&str; 4] = ["accesstoken", "auth", "authorization", "token"];
/// How many schemas are looked at for one link; more are not read.
const MOST_STEPS: usize = 2_000;

/// Links to operations and with parameters that there are not, and with parts of the answer that no example has or that
/// are something else.
pub(super) fn targets(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let operations = spec::operations(context.document);
    for (pointer, link) in context.objects(Kind::Link) {
        let Some(id) = link.get("operationId").and_then(Value::as_str) else {
            let fix = "Write `operationId:` in place of whatever says it.";
            report.add(pointer, "The link does not name the operation that goes on.", WHY, fix);
            continue;
        };
        let Some(operation) = operations.iter().find(|operation| operation.id == id) else {
            let fix = "Write the `operationId` of one of the operations.";
            let fix = suggestion(id, operations.iter().map(|operation| operation.id.as_str()), fix);
            let place = join(pointer, "operationId");
            report.add(&place, format!("There is no operation `{id}`."), WHY, fix);
            continue;
        };
        Link { context, pointer, operation }.check(link, report);
    }
}

/// A link and the operation that it leads to.
struct Link<'l, 'a> {
    context: &'l Context<'a>,
    pointer: &'l str,
    operation: &'l Operation,
}

impl Link<'_, '_> {
    fn check(&self, link: &Map<String, Value>, report: &mut Report<'_, '_>) {
        let id = &self.operation.id;
        let names = || self.operation.parameters.iter().map(|parameter| parameter.name.as_str());
        let given = link.get("parameters").and_then(Value::as_object);
        for (name, value) in given.into_iter().flatten() {
            let place = join(&join(self.pointer, "parameters"), name);
            let parameter = self.operation.parameters.iter().find(|known| known.name == bare(name));
            if parameter.is_none() {
                let fix = format!("Its parameters are: {}.", names().collect::<Vec<_>>().join(", "));
                let fix = suggestion(name, names(), fix);
                report.add(&place, format!("`{id}` has no parameter `{name}`."), WHY, fix);
            }
            self.expression(&place, bare(name), parameter, value, report);
        }
        for parameter in self.operation.parameters.iter().filter(|parameter| parameter.required) {
            let is_given = given.into_iter().flatten().any(|(name, _)| bare(name) == parameter.name);
            if !is_given {
                let what = format!(
                    "The link leaves out `{}`, without which nobody can call `{id}`.",
                    parameter.name
                );
                let fix = format!("Add `{}:` with the part of the answer that holds it.", parameter.name);
                report.add(self.pointer, what, WHY, fix);
            }
        }
        if let Some(body) = link.get("requestBody") {
            self.body(&join(self.pointer, "requestBody"), body, report);
        }
    }

    /// A body is one expression, or has expressions for members.
    fn body(&self, place: &str, body: &Value, report: &mut Report<'_, '_>) {
        match body {
            Value::Object(members) => {
                for (name, value) in members {
                    self.expression(&join(place, name), name, None, value, report);
                }
            }
            body => self.expression(place, "", None, body, report),
        }
    }

    /// What a parameter or a member of the body is taken from.
    fn expression(
        &self,
        place: &str,
        name: &str,
        parameter: Option<&Parameter>,
        value: &Value,
        report: &mut Report<'_, '_>,
    ) {
        let Some(text) = value.as_str() else { return };
        if let Some(part) = text.strip_prefix(BODY) {
            return self.part(place, name, parameter, part, report);
        }
        if let Some(header) = text.strip_prefix("$response.header.") {
            return self.header(place, header, report);
        }
        let looks_like_one = text.starts_with('$') || text.contains("response.") || text.contains("request.");
        let is_known = |known: &str| match known.ends_with('.') {
            true => text.starts_with(known),
            false => text.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with("#/")),
        };
        if looks_like_one && !OTHERS.into_iter().any(is_known) {
            let what = format!("`{text}` is no expression, so it would be sent as it stands.");
            report.add(
                place,
                what,
                WHY,
                format!("Write `{BODY}/<member>` with the JSON pointer of a member."),
            );
        }
    }

    /// The answer that the link belongs to; nothing if it stands among the components, for whatever answer refers to it.
    fn response(&self) -> Option<&str> {
        let (response, _) = self.pointer.rsplit_once("/links/")?;
        (response != "/components").then_some(response)
    }

    /// A header of the answer.
    fn header(&self, place: &str, header: &str, report: &mut Report<'_, '_>) {
        let Some(response) = self.response() else { return };
        let headers = self.context.members(&join(response, "headers"));
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(header)) {
            let what = format!("The answer has no header `{header}`.");
            let fix = format!("Write `{BODY}/<member>`, or describe the header under `headers`.");
            report.add(place, what, WHY, fix);
        }
    }

    /// A part of the answer's body.
    fn part(
        &self,
        place: &str,
        name: &str,
        parameter: Option<&Parameter>,
        part: &str,
        report: &mut Report<'_, '_>,
    ) {
        let Some(response) = self.response() else { return };
        let answers = answers(self.context, response);
        let Some(answer) = answers.iter().find(|answer| answer.pointer(part).is_some()) else {
            let what = format!("No example of the answer has anything at `{part}`.");
            let fix = "Write the JSON pointer of a member that a successful answer has, or add an example that has it.";
            return report.add(place, what, WHY, fix);
        };
        let member = unescape(part.rsplit('/').next().unwrap_or_default());
        if let Some((what, fix)) = self.other_name(name, &member, answer) {
            let why =
                "The call is made with a value that is meant for something else, and the broker refuses it.";
            return report.add(place, what, why, fix);
        }
        let Some(parameter) = parameter else { return };
        let is_secret = is_secret(self.context, response, part);
        if parameter.secret != is_secret {
            let kind = |secret| if secret { "a secret" } else { "no secret" };
            let what = format!(
                "`{name}` is {}, but `{part}` of the answer is {}.",
                kind(parameter.secret),
                kind(is_secret)
            );
            let why = "One is taken for the other, or one of the two is not marked as what it is.";
            let fix = "Write the pointer of the member that is meant, or mark both schemas alike with `format: password`.";
            report.add(place, what, why, fix);
        }
    }

    /// What is wrong with taking `name` from a member, and its cure: the answer has a member of that name, or what is taken
    /// has the name of another parameter.
    fn other_name(&self, name: &str, member: &str, answer: &Value) -> Option<(String, String)> {
        if name.is_empty() || is_same(name, member) {
            return None;
        }
        if let Some(right) = member_named(name, answer) {
            let what = format!("`{name}` is taken from `{member}`, although the answer has `{right}`.");
            return Some((what, format!("Write the JSON pointer of `{right}`.")));
        }
        let other = self.operation.parameters.iter().find(|other| is_same(&other.name, member))?;
        let what = format!("`{name}` is taken from `{member}`, which is what `{}` is.", other.name);
        Some((what, format!("Write the JSON pointer of the member that holds `{name}`.")))
    }
}

/// The name of a parameter; its place may stand before it, as in `path.id`.
fn bare(name: &str) -> &str {
    ["path.", "query.", "header."].iter().find_map(|place| name.strip_prefix(place)).unwrap_or(name)
}

/// The examples of a response that have a body.
fn answers<'a>(context: &Context<'a>, response: &str) -> Vec<&'a Value> {
    let media = context.members(&join(response, "content"));
    let examples = media.iter().flat_map(|(_, media)| context.members(&join(&media.pointer, "examples")));
    examples.filter_map(|(_, example)| example.value.get("value")).collect()
}

/// The name of a member at any depth that is named like `name`.
fn member_named<'v>(name: &str, answer: &'v Value) -> Option<&'v str> {
    match answer {
        Value::Object(members) => {
            let own = members.keys().map(String::as_str).find(|member| is_same(name, member));
            own.or_else(|| members.values().find_map(|value| member_named(name, value)))
        }
        Value::Array(items) => items.iter().find_map(|value| member_named(name, value)),
        _ => None,
    }
}

/// Whether two names mean the same, but for case, separators and how a token is called that authorises.
fn is_same(one: &str, other: &str) -> bool {
    let plain = |name: &str| -> String {
        name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (one, other) = (plain(one), plain(other));
    one == other || [&one, &other].iter().all(|name| AUTHORISES.contains(&name.as_str()))
}

/// Whether the schemas of a response mark the part of its body at a JSON pointer as a secret.
fn is_secret(context: &Context<'_>, response: &str, part: &str) -> bool {
    let mut left = MOST_STEPS;
    let media = context.members(&join(response, "content"));
    let mut schemas: Vec<String> = media.iter().map(|(_, media)| join(&media.pointer, "schema")).collect();
    for step in part.split('/').skip(1) {
        let Described { mut properties, items, others, .. } = gather(context, &schemas, &mut left);
        let is_index = step.bytes().all(|byte| byte.is_ascii_digit());
        schemas = properties.remove(&unescape(step)).unwrap_or(if is_index { items } else { others });
    }
    let marked = |schema: &&Value| schema.get("format").and_then(Value::as_str) == Some("password");
    gather(context, &schemas, &mut left).own.iter().any(marked)
}
