//! Whether the generated table says what the spec says.

use std::collections::BTreeSet;

use broker_session_openapi::{Operation, Response, escape, secret_fields};
use broker_session_runtime::{Environment, ErrorCode, RateLimit, Retry, SecuritySchemeKind};
use serde_json::Value;

use crate::{Generated, Report, Spec};

/// A documented status: its code and kind, whether its body may be missing, whether it judges a guess, and the fields that
/// confirm a success, and the forms of a failure that it may have: what each requires, and whether it wins over the success.
type StatusRow<'a> = (u16, Option<&'a str>, bool, bool, Vec<&'a str>, Vec<(Vec<&'a str>, bool)>);

/// Compares every entry of the generated table with the spec.
pub fn check_table<G: Generated>() -> Report {
    let spec = G::spec();
    let mut report = Report::default();
    whole::<G>(spec, &mut report);
    schemes::<G>(spec, &mut report);
    let of_spec: Vec<&str> = spec.operations.iter().map(|operation| operation.id.as_str()).collect();
    let of_table: Vec<&str> = G::api().operations.iter().map(|operation| operation.id).collect();
    report.same("the operations", &of_table, &of_spec);
    for operation in &spec.operations {
        one_operation::<G>(spec, operation, &mut report);
    }
    report
}

fn whole<G: Generated>(spec: &Spec, report: &mut Report) {
    let (api, document) = (G::api(), spec.document.value());
    report.same("the title", &Some(api.title), &document["info"]["title"].as_str());
    report.same("the version", &Some(api.version), &document["info"]["version"].as_str());
    let of_table: Vec<(&str, &str)> =
        api.servers.iter().map(|server| (server.url, environment(server.environment))).collect();
    let servers = document["servers"].as_array().into_iter().flatten();
    let of_spec: Vec<(&str, &str)> =
        servers.map(|server| (text(server, "url"), text(server, "x-environment"))).collect();
    report.same("the servers", &of_table, &of_spec);
    report.same("the error codes", &codes_of_table(api.error_codes), &codes_of_spec(document));
    let of_table: Vec<&str> = api.hints.iter().map(|hint| hint.text).collect();
    let hints = document["x-hints"].as_array().into_iter().flatten();
    let of_spec: Vec<&str> = hints.map(|hint| text(hint, "hint")).collect();
    report.same("the hints", &of_table, &of_spec);
    report.same("the limit", &api.rate_limit.map(limit), &limit_of(document));
    let penalty = api.penalty.map(|penalty| penalty.as_secs_f64());
    report.same("the penalty", &penalty, &document["x-penalty-seconds"].as_f64());
}

fn schemes<G: Generated>(spec: &Spec, report: &mut Report) {
    let of_table: Vec<(&str, String, bool)> = G::api()
        .security_schemes
        .iter()
        .map(|scheme| {
            let kind = match scheme.kind {
                SecuritySchemeKind::Bearer => "http bearer".to_owned(),
                SecuritySchemeKind::Basic => "http basic".to_owned(),
                SecuritySchemeKind::Header(name) => format!("apiKey {name}"),
            };
            (scheme.name, kind, scheme.secret)
        })
        .collect();
    let schemes = spec.document.value()["components"]["securitySchemes"].as_object();
    let of_spec: Vec<(&str, String, bool)> = schemes
        .into_iter()
        .flatten()
        .map(|(name, scheme)| {
            let detail = match text(scheme, "type") {
                "http" => text(scheme, "scheme"),
                _ => text(scheme, "name"),
            };
            let kind = format!("{} {detail}", text(scheme, "type"));
            (name.as_str(), kind, scheme["x-secret"] != Value::Bool(false))
        })
        .collect();
    report.same("the security schemes", &of_table, &of_spec);
}

fn one_operation<G: Generated>(spec: &Spec, operation: &Operation, report: &mut Report) {
    let label = |what: &str| format!("{}: {what}", operation.id);
    let Some(entry) = G::api().operation(&operation.id) else {
        return report.add(label("its entry"), Err::<(), _>("there is none"));
    };
    report.same(
        label("method and path"),
        &(entry.method, entry.path),
        &(&*operation.method, &*operation.path),
    );
    let retry = match entry.retry {
        Retry::Safe => "safe",
        Retry::Unsent => "unsent",
        Retry::Never => "never",
    };
    report.same(label("x-retry"), &retry, &operation.retry.as_str());
    let security: BTreeSet<&str> = operation.security.iter().map(String::as_str).collect();
    report.same(label("the security"), &entry.security.iter().copied().collect(), &security);
    let secret =
        operation.parameters.iter().filter(|parameter| parameter.secret && parameter.location == "header");
    let secret: BTreeSet<&str> = secret.map(|parameter| parameter.name.as_str()).collect();
    let of_table: BTreeSet<&str> = entry.secret_headers.iter().copied().collect();
    report.same(label("the secret headers"), &of_table, &secret);
    let fields =
        operation.body.as_ref().map(|body| secret_fields(&spec.document, &body.schema)).unwrap_or_default();
    let fields: BTreeSet<&str> = fields.iter().map(String::as_str).collect();
    let of_table: BTreeSet<&str> = entry.secret_fields.iter().copied().collect();
    report.same(label("the secret fields"), &of_table, &fields);
    let path = escape(&operation.path);
    let pointer = format!("/paths/{path}/{}", operation.method.to_ascii_lowercase());
    let (_, of_spec_value) = spec.resolve(&pointer);
    report.same(label("the limit"), &entry.rate_limit.map(limit), &limit_of(of_spec_value));
    let statuses = entry.statuses.iter();
    let of_table: Vec<StatusRow<'_>> = statuses
        .map(|status| {
            let confirms = status.success.iter().map(|(name, _)| *name).collect();
            let kind = status.kind.map(|kind| kind.as_str());
            let faults = status.faults.iter().map(|fault| (fault.required.to_vec(), fault.first)).collect();
            (status.code, kind, status.may_be_empty, status.judges, confirms, faults)
        })
        .collect();
    let statuses = operation.responses.iter();
    let of_spec: Vec<StatusRow<'_>> = statuses
        .map(|response| {
            let confirms = response.success.iter().map(|(name, _)| name.as_str()).collect();
            let kind = response.kind.as_deref();
            let faults = faults(spec, response);
            (response.status, kind, response.may_be_empty, response.judges, confirms, faults)
        })
        .collect();
    report.same(label("the statuses"), &of_table, &of_spec);
    report.same(label("its own codes"), &codes_of_table(entry.error_codes), &codes_of_spec(of_spec_value));
    let time_step = entry.time_step.map(|step| step.as_secs());
    report.same(label("the time step"), &time_step, &operation.time_step);
    // A decoder that takes anything would let a gateway's page pass for a response.
    for response in &operation.responses {
        let takes_a_page =
            entry.status(response.status).map(|status| (status.decode)(b"<html></html>").is_ok());
        let label = label(&format!("{} takes a page for a response", response.status));
        report.same(label, &takes_a_page, &Some(false));
    }
}

/// The forms of a success that are failures.
fn faults<'a>(spec: &'a Spec, response: &Response) -> Vec<(Vec<&'a str>, bool)> {
    let Some(media) = response.content.first().filter(|_| response.status < 300) else { return Vec::new() };
    let (forms, success) = (spec.forms(&media.schema), spec.form_of_success(&media.schema));
    let place = forms.iter().position(|form| success.as_ref() == Some(form)).unwrap_or(0);
    let faults = forms.iter().enumerate().filter(|(_, form)| spec.resolve(form).1["x-fault"] == true);
    faults.map(|(index, form)| (spec.required(form), index < place)).collect()
}

/// A code, its kind, and whether it is about a guess.
type Code<'a> = (&'a str, &'a str, bool);

fn codes_of_table(codes: &[ErrorCode]) -> Vec<Code<'_>> {
    codes.iter().map(|code| (code.code, code.kind.as_str(), code.judges)).collect()
}

fn codes_of_spec(value: &Value) -> Vec<Code<'_>> {
    let codes = value["x-error-codes"].as_object().into_iter().flatten();
    codes
        .map(|(code, entry)| {
            let judges = entry["judges"] == true || text(entry, "kind") == "second_factor";
            (code.as_str(), text(entry, "kind"), judges)
        })
        .collect()
}

/// A limit in plain numbers: how many requests, in how many seconds.
fn limit(limit: RateLimit) -> (f64, f64) {
    (limit.requests.into(), limit.per.as_secs_f64())
}

/// `x-rate-limit` of the document or of an operation.
fn limit_of(value: &Value) -> Option<(f64, f64)> {
    let limit = value.get("x-rate-limit")?;
    Some((limit["requests"].as_f64()?, limit["seconds"].as_f64()?))
}

fn environment(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "production",
        Environment::Sandbox => "sandbox",
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
