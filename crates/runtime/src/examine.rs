//! Looks at an answer before it is decoded.
//!
//! A gateway's page of apology, an empty body and a redirect to a login page are told apart here, while
//! their status is still known.

use http::{StatusCode, header};
use reqwest::Response;
use serde_json::Value;
use url::Url;

use crate::{
    Api, Operation, Status, Unfit,
    failure::{field, is_failure, judged_by, unwrapped},
    phrase::{matches, normal},
};

/// What a body that may be missing stands for.
pub(crate) const EMPTY_OBJECT: &[u8] = b"{}";

/// The status that an answer has for the generated code. An unknown success means what 200 means (RFC 9110,
/// section 15), if its body does: a 201 must not cost a sign-in that is already live.
pub(crate) fn understood(operation: Option<&Operation>, status: StatusCode, body: &[u8]) -> StatusCode {
    let Some(operation) = operation.filter(|_| status.is_success()) else { return status };
    let is_known = operation.status(status.as_u16()).is_some();
    let is_meant = |ok: &Status| (ok.fits)(body).is_ok() || is_filled(ok, body);
    if !is_known && operation.status(200).is_some_and(is_meant) { StatusCode::OK } else { status }
}

/// Whether the body is missing and the spec lets it, so that it stands for an object without members.
pub(crate) fn filled(operation: Option<&Operation>, status: StatusCode, body: &[u8]) -> bool {
    let status = operation.and_then(|operation| operation.status(status.as_u16()));
    status.is_some_and(|status| is_filled(status, body))
}

fn is_filled(status: &Status, body: &[u8]) -> bool {
    status.may_be_empty && body.trim_ascii().is_empty() && (status.fits)(EMPTY_OBJECT).is_ok()
}

/// Why an answer is not what the spec describes; nothing if it is.
pub(crate) fn examine(
    api: &Api,
    operation: Option<&Operation>,
    response: &Response,
    status: StatusCode,
    body: &[u8],
) -> Option<Unfit> {
    // Documented or not: what stands behind it is for nobody but a person in a browser.
    if status.is_redirection() {
        return Some(redirect(response));
    }
    let is_success = status.is_success();
    let Some(status) = operation.and_then(|operation| operation.status(status.as_u16())) else {
        return Some(Unfit::UnknownStatus);
    };
    let misfit = (status.fits)(body).err();
    if is_success && let Some(unfit) = denied(api, operation, status, body) {
        return Some(unfit);
    }
    let error = misfit?;
    Some(match error.classify() {
        _ if body.trim_ascii().is_empty() => Unfit::Empty,
        serde_json::error::Category::Data => Unfit::Misfit,
        _ => Unfit::NotJson,
    })
}

/// What keeps a response with a status of success from being one, by what is in it.
fn denied(api: &Api, operation: Option<&Operation>, status: &Status, body: &[u8]) -> Option<Unfit> {
    let confirming: Vec<&str> = status.success.iter().map(|(name, _)| *name).collect();
    let value = judged_by(body, &confirming)?;
    if is_failure(&value, &|code| api.is_code(operation, code)) {
        return Some(Unfit::Failure);
    }
    (!is_confirmed(status, &value)).then_some(Unfit::Unconfirmed)
}

/// Whether one of the fields says that it was done, and none says otherwise.
fn is_confirmed(status: &Status, value: &Value) -> bool {
    let objects: Vec<_> = unwrapped(value).collect();
    let said = status.success.iter().flat_map(|(name, values)| {
        let fields = objects.iter().filter_map(|fields| field(fields, name));
        let fields = fields.filter_map(|value| match value {
            Value::String(text) if !text.trim().is_empty() => Some(normal(text)),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            _ => None,
        });
        fields.map(|said| values.iter().any(|known| matches(known, &said)))
    });
    status.success.is_empty() || said.reduce(|one, other| one && other) == Some(true)
}

/// Where a redirect points to: only the host, because the rest may hold anything.
fn redirect(response: &Response) -> Unfit {
    let asked = response.url();
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let target = location.and_then(|location| asked.join(location).ok());
    let host = target.as_ref().and_then(Url::host_str).filter(|host| Some(*host) != asked.host_str());
    // The address of a login operation is no login page for a person.
    let page = target.as_ref().filter(|target| target.path().trim_end_matches('/') != asked.path());
    let page = page.map(|target| target.path().to_ascii_lowercase()).unwrap_or_default();
    Unfit::Redirect {
        elsewhere: host.map(str::to_owned),
        to_login: page.contains("login") || page.contains("dispatcher"),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::ResponseBuilderExt;

    use super::*;

    fn is_to_login(asked: &str, location: &str) -> bool {
        let response =
            http::Response::builder().url(asked.parse().unwrap()).header(header::LOCATION, location);
        matches!(redirect(&response.body("").unwrap().into()), Unfit::Redirect { to_login: true, .. })
    }

    #[test]
    fn a_login_page_is_one_for_a_person_and_not_the_login_operation_itself() {
        let asked = "https://broker.example/session/login/userid";
        for location in ["/Login", "/sso/Dispatcher", "https://login.example/sso/login?to=x"] {
            assert!(is_to_login(asked, location), "{location}");
        }
        for location in
            ["https://other.example/session/login/userid", "/session/login/userid/", "/home", "/?to=login"]
        {
            assert!(!is_to_login(asked, location), "{location}");
        }
    }
}
