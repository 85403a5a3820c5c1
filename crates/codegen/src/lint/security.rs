//! What identifies a caller: the security schemes, and which of them a call carries.

use http::HeaderName;
use serde_json::Value;

use super::{
    context::{Context, text},
    names::suggestion,
    report::Report,
};
use crate::document::{join, shape::Kind};

/// Schemes that the transport cannot supply.
pub(super) fn scheme(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why =
        "The transport puts credentials into headers: a bearer token, user name and password, or a key.";
    for (pointer, scheme) in context.objects(Kind::SecurityScheme) {
        match text(scheme, "type") {
            Some("http") => {
                let found = text(scheme, "scheme").unwrap_or_default();
                if !["basic", "bearer"].contains(&found) {
                    let fix = suggestion(found, ["basic", "bearer"], "Write `bearer` or `basic`.");
                    report.add(
                        &join(pointer, "scheme"),
                        format!("There is no scheme `{found}` here."),
                        why,
                        fix,
                    );
                }
            }
            Some("apiKey") => {
                let place = text(scheme, "in").unwrap_or_default();
                if place != "header" {
                    let what = format!("A key of the caller stands in the {place}.");
                    let why = match place {
                        "query" => "URLs are logged by every server and proxy on the way.",
                        _ => why,
                    };
                    report.add(&join(pointer, "in"), what, why, "Write `in: header`.");
                }
                let name = text(scheme, "name").unwrap_or_default();
                if HeaderName::try_from(name).is_err() {
                    let what = format!("`{name}` cannot be the name of a header.");
                    let fix = "Write letters, digits and `-`.";
                    report.add(&join(pointer, "name"), what, "HTTP forbids it (RFC 9110, section 5.1).", fix);
                }
            }
            Some(other) => {
                let what = format!("There is no security of the type `{other}` here.");
                report.add(&join(pointer, "type"), what, why, "Write `type: http` or `type: apiKey`.");
            }
            None => {}
        }
    }
}

/// Operations that do not say what a call carries, and requirements that nobody could meet.
pub(super) fn requirement(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let all = context.document.value().get("security");
    let operations = context.operations.iter().map(|operation| {
        let own = operation.object.get("security");
        (join(&operation.pointer, "security"), own, own.or(all).is_none())
    });
    let why = "The transport supplies exactly what the spec names, and nothing where it is silent.";
    for (place, own, is_silent) in operations.chain([("/security".to_owned(), all, false)]) {
        if is_silent {
            let fix = "Add `security:` here or to the document; `security: []` if a call carries nothing.";
            let what = "The operation does not say what identifies the caller.";
            report.add(&place, what, why, fix);
        }
        let alternatives = own.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for (index, alternative) in alternatives.iter().enumerate() {
            let place = format!("{place}/{index}");
            if index > 0 {
                let why = "The generated client carries what the first alternative names, always.";
                let fix = "Delete this, or add its schemes to the first one (without the `-`), if a call carries both.";
                report.add(&place, "There is a second alternative of `security`.", why, fix);
            }
            for (name, scopes) in alternative.as_object().into_iter().flatten() {
                check(context, &join(&place, name), name, scopes, report);
            }
        }
    }
}

fn check(context: &Context<'_>, place: &str, name: &str, scopes: &Value, report: &mut Report<'_, '_>) {
    let schemes = context.document.value().pointer("/components/securitySchemes").and_then(Value::as_object);
    let known = schemes.into_iter().flat_map(|schemes| schemes.keys());
    if !schemes.is_some_and(|schemes| schemes.contains_key(name)) {
        let fix = format!("Add `{name}` to `components/securitySchemes`.");
        let fix = suggestion(name, known.map(String::as_str), fix);
        let why = "Nobody could supply it, so calls would go out without.";
        report.add(place, format!("There is no security scheme `{name}`."), why, fix);
    } else if scopes.as_array().is_some_and(|scopes| !scopes.is_empty()) {
        let why = "Only OAuth 2.0 and OpenID Connect have scopes (\"Security Requirement Object\").";
        report.add(place, format!("`{name}` has no scopes."), why, format!("Write `{name}: []`."));
    }
}
