//! Redirects, none of which is followed.

use broker_session::ErrorKind;

use super::{Fault, many};
use crate::{
    MockResponse, Reaction,
    matrix::{
        context::{Context, Trial},
        expected::Expected,
    },
};

const SECTION: &str = "Redirects";

/// Those with which a browser goes where `Location` points to (RFC 9110, section 15.4).
const FOLLOWED: [u16; 5] = [301, 302, 303, 307, 308];

/// Those with which it does not.
const NOT_FOLLOWED: [u16; 6] = [300, 304, 305, 306, 309, 399];

/// Where a redirect leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LeadsTo {
    /// To the host that was asked, or to nothing that can be read.
    Here,
    /// No `Location`.
    Nowhere,
    /// To another host.
    Elsewhere,
    /// To a page of this host that asks for a login.
    LoginPage,
    /// To one of another host.
    LoginPageElsewhere,
}

pub(super) fn all() -> Vec<Fault> {
    let to = |name, location: fn(&Context<'_>) -> Option<String>, target| {
        many(SECTION, name, move |context| {
            let trial = |status: u16| {
                let response = match location(context) {
                    Some(location) => MockResponse::empty(status).header("location", &location),
                    None => MockResponse::empty(status),
                };
                let means = Expected::failure(kind(context, status, target), status);
                Trial::labelled(status.to_string(), Reaction::Respond(response.bytes()), means)
            };
            match target {
                LeadsTo::Nowhere => NOT_FOLLOWED.into_iter().chain(FOLLOWED).map(trial).collect(),
                _ => FOLLOWED.into_iter().map(trial).collect(),
            }
        })
    };
    vec![
        to(
            "to another host",
            |_| Some("https://evil.example/steal?token=made-up-in-a-url".into()),
            LeadsTo::Elsewhere,
        ),
        to("to another host, with http", |_| Some("http://evil.example/".into()), LeadsTo::Elsewhere),
        to("to another host, without a scheme", |_| Some("//evil.example/".into()), LeadsTo::Elsewhere),
        to(
            "to a look-alike of the host",
            |_| Some("http://127.0.0.1.evil.example/".into()),
            LeadsTo::Elsewhere,
        ),
        to(
            "to a host behind user info",
            |_| Some("http://127.0.0.1@evil.example/".into()),
            LeadsTo::Elsewhere,
        ),
        to("to another name of the host", |_| Some("http://localhost/".into()), LeadsTo::Elsewhere),
        to(
            "to another port of the host",
            |context| Some(context.elsewhere.base_url().to_owned()),
            LeadsTo::Here,
        ),
        to("to another page of the host", |_| Some("/elsewhere".into()), LeadsTo::Here),
        to("to the same page", |_| Some(String::new()), LeadsTo::Here),
        to("to a file", |_| Some("file:///etc/passwd".into()), LeadsTo::Here),
        to("to something that is no address", |_| Some("http://[".into()), LeadsTo::Here),
        to("to nowhere", |_| None, LeadsTo::Nowhere),
        to("to a login page of the host", |_| Some("/sso/Login?forwardTo=22".into()), LeadsTo::LoginPage),
        to(
            "to a login page of another host",
            |_| Some("https://evil.example/login".into()),
            LeadsTo::LoginPageElsewhere,
        ),
    ]
}

fn kind(context: &Context<'_>, status: u16, target: LeadsTo) -> ErrorKind {
    let mut documented = context.operation.responses.iter();
    // Where the broker is known to send callers to its login page, that page may have a host of its own.
    let is_known = documented.any(|response| {
        response.status == status && response.kind.as_deref() == Some(ErrorKind::LoginRequired.as_str())
    });
    match target {
        LeadsTo::Here | LeadsTo::Nowhere => ErrorKind::Protocol,
        LeadsTo::LoginPage => ErrorKind::LoginRequired,
        LeadsTo::LoginPageElsewhere if is_known => ErrorKind::LoginRequired,
        LeadsTo::Elsewhere | LeadsTo::LoginPageElsewhere => ErrorKind::HostNotAllowed,
    }
}
