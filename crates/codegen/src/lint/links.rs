//! Links tell which call goes on from which answer. Tools that try chains of calls follow them, and a chain that leads
//! nowhere is simply not tried: nobody would notice.

use serde_json::{Map, Value};

use super::{context::Context, names::suggestion, report::Report};
use crate::{
    document::{join, shape::Kind},
    spec,
};

const WHY: &str = "Whoever follows the link gets no further, and does not say so.";
/// What begins an expression for a part of the answer's body (OpenAPI 3.0.3, "Runtime Expressions").
const BODY: &str = "$response.body#";

/// Links to operations and with parameters that there are not, and with parts of the answer that no example has.
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
        let names: Vec<&str> = operation.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        for (name, value) in link.get("parameters").and_then(Value::as_object).into_iter().flatten() {
            let place = join(&join(pointer, "parameters"), name);
            // The place of a parameter may stand before its name, as in `path.id`.
            let bare = ["path.", "query.", "header."].iter().find_map(|place| name.strip_prefix(place));
            if !names.contains(&bare.unwrap_or(name)) {
                let fix = format!("Its parameters are: {}.", names.join(", "));
                let fix = suggestion(name, names.iter().copied(), fix);
                report.add(&place, format!("`{id}` has no parameter `{name}`."), WHY, fix);
            }
            check_part(context, pointer, &place, value, report);
        }
        if let Some(value) = link.get("requestBody") {
            check_part(context, pointer, &join(pointer, "requestBody"), value, report);
        }
    }
}

/// Whether an example of the response that has the link has the part that an expression names.
fn check_part(context: &Context<'_>, link: &str, place: &str, value: &Value, report: &mut Report<'_, '_>) {
    let Some(part) = value.as_str().and_then(|expression| expression.strip_prefix(BODY)) else { return };
    // A link that stands among the components belongs to whatever response refers to it.
    let Some((response, _)) = link.rsplit_once("/links/").filter(|(response, _)| *response != "/components")
    else {
        return;
    };
    let media = context.document.value().pointer(&join(response, "content")).and_then(Value::as_object);
    let examples =
        media.into_iter().flat_map(Map::values).filter_map(|media| media.get("examples")?.as_object());
    let found = examples
        .flat_map(Map::values)
        .any(|example| example.get("value").is_some_and(|value| value.pointer(part).is_some()));
    if !found {
        let fix =
            "Write the JSON pointer of a member that a successful answer has, or add an example that has it.";
        report.add(place, format!("No example of the answer has anything at `{part}`."), WHY, fix);
    }
}
