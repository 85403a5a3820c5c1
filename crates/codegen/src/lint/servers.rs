//! The servers of a spec are where credentials may go, so a mistake in one is no small thing.

use serde_json::Value;

use super::{
    context::{Context, text},
    report::Report,
};
use crate::document::{join, shape::Kind};

const ENVIRONMENTS: [&str; 2] = ["production", "sandbox"];

/// Servers whose URL is not a plain https one, and environments that are none.
pub(super) fn url(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "Clients send credentials to the servers that the spec names, and to no others.";
    for (pointer, server) in context.objects(Kind::Server) {
        let url = text(server, "url").unwrap_or_default();
        if !is_plain(url) {
            let what = format!("`{url}` is not a plain https URL.");
            let fix = "Write `https://host/path`, without variables, user names, queries or fragments; only on loopback `http://` will do.";
            report.add(&join(pointer, "url"), what, why, fix);
        }
        match server.get("x-environment") {
            None => {}
            Some(Value::String(name)) if ENVIRONMENTS.contains(&name.as_str()) => {}
            Some(found) => {
                let fix = "Write `production` or `sandbox`.";
                report.add(&join(pointer, "x-environment"), format!("{found} is no environment."), why, fix);
            }
        }
    }
}

/// `https://host[:port][/path]`, or the same with http on loopback.
fn is_plain(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let is_fit = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/".contains(c));
    let is_known_scheme =
        scheme == "https" || (scheme == "http" && matches!(host, "localhost" | "127.0.0.1"));
    is_known_scheme && !host.is_empty() && is_fit(host) && is_fit(path) && port.parse::<u16>().is_ok()
}
