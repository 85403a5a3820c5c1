//! Rules about the names of operations, which become methods of the client.

use std::collections::HashMap;

use super::{
    context::{Context, text},
    names::{field_name, type_name},
    report::Report,
};
use crate::document::join;

/// Methods that the generated client has anyway.
const TAKEN: [&str; 9] =
    ["api_version", "baseurl", "client", "exec", "inner", "new", "new_with_client", "post", "pre"];

/// Operations without a name.
pub(super) fn id(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        if text(operation.object, "operationId").is_none() {
            let what = format!("This operation of `{}` has no `operationId`.", operation.path);
            let why = "The method of the generated client is named after it.";
            report.add(&operation.pointer, what, why, "Add `operationId:` with a name in snake_case.");
        }
    }
}

/// Names that would not be the method's name as they stand.
pub(super) fn id_case(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for operation in &context.operations {
        let Some(id) = text(operation.object, "operationId") else {
            continue;
        };
        let pointer = join(&operation.pointer, "operationId");
        if !is_snake_case(id) {
            let why = "Whoever looks for the method in the spec, or the other way round, should find it.";
            let snake = field_name(id);
            let fix = if is_snake_case(&snake) {
                format!("Write `{snake}`.")
            } else {
                "Write words of lower-case letters and digits with `_` between, a letter first.".to_owned()
            };
            report.add(&pointer, format!("`{id}` is not in snake_case."), why, fix);
        } else if TAKEN.contains(&id) {
            let why = "The generated client has a method of this name already.";
            report.add(&pointer, format!("`{id}` is taken."), why, "Choose another name.");
        }
    }
}

fn is_snake_case(id: &str) -> bool {
    id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.split('_').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// Names that two operations share.
pub(super) fn id_duplicate(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let mut first: HashMap<String, &str> = HashMap::new();
    for operation in &context.operations {
        let Some(id) = text(operation.object, "operationId") else {
            continue;
        };
        if let Some(other) = first.insert(type_name(id), id) {
            let what = if other == id {
                format!("There is another operation `{id}`.")
            } else {
                format!("`{id}` and `{other}` both become the Rust type `{}`.", type_name(id))
            };
            let why = "Each operation becomes a method and a type of its own.";
            report.add(&join(&operation.pointer, "operationId"), what, why, "Rename one of them.");
        }
    }
}
