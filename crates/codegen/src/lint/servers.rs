//! The servers of a spec are where credentials may go, so a mistake in one is no small thing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use url::Url;

use super::{
    addresses::{domain, is_in, is_loopback},
    context::{Context, Operation, text},
    names::suggestion,
    report::Report,
};
use crate::document::{join, shape::Kind};

const ENVIRONMENTS: [&str; 2] = ["production", "sandbox"];

/// Servers whose URL is not a plain https one.
pub(super) fn url(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "Clients send credentials to the servers that the spec names, and to no others.";
    for (pointer, server) in context.objects(Kind::Server) {
        let url = text(server, "url").unwrap_or_default();
        if !is_plain(url) {
            let what = format!("`{url}` is not a plain https URL.");
            let fix = "Write `https://host/path`, without variables, user names, queries, fragments and a slash at its \
                       end; only on loopback `http://` will do.";
            report.add(&join(pointer, "url"), what, why, fix);
        } else if let Some(plainer) = plainer(url) {
            let what = format!("`{url}` is another way to write `{plainer}`.");
            let why = "Hosts are compared and shown as they are written here.";
            report.add(&join(pointer, "url"), what, why, format!("Write `{plainer}`."));
        }
    }
}

/// Servers of which nobody knows the environment.
pub(super) fn environment(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "Credentials of one environment must not be sent to the other.";
    let fix =
        "Write `x-environment: production`, or `sandbox` for the broker's own place for trying things out.";
    for (pointer, server) in context.objects(Kind::Server) {
        match server.get("x-environment") {
            None => report.add(pointer, "The server belongs to no environment.", why, fix),
            Some(Value::String(name)) if ENVIRONMENTS.contains(&name.as_str()) => {}
            Some(found) => {
                let fix = suggestion(found.as_str().unwrap_or_default(), ENVIRONMENTS, fix);
                report.add(&join(pointer, "x-environment"), format!("{found} is no environment."), why, fix);
            }
        }
    }
}

/// Documents without a server, servers that no operation uses, and servers that stand there twice.
pub(super) fn used(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let own = |value: &Value| value.get("servers").is_some();
    let root = context.document.value();
    let has_own = |operation: &Operation<'_>| {
        operation.object.contains_key("servers") || root.pointer(&operation.item).is_some_and(own)
    };
    let why = "Sign-ins start at the servers of the document, and credentials go to those that are named.";
    if root.get("servers").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        let fix = "Add `servers:` with `url`, `description` and `x-environment`.";
        report.add("/servers", "The document names no server.", why, fix);
    } else if !context.operations.is_empty() && context.operations.iter().all(has_own) {
        let what = "No operation uses the servers of the document.";
        report.add("/servers", what, why, "Delete the `servers` of the operations that live here.");
    }
    let mut lists: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (pointer, server) in context.objects(Kind::Server) {
        let list = pointer.rsplit_once('/').map_or(pointer, |(list, _)| list);
        let url = text(server, "url").unwrap_or_default();
        if !lists.entry(list).or_default().insert(url.trim_end_matches('/')) {
            let what = format!("The server `{url}` stands in the list twice.");
            report.add(&join(pointer, "url"), what, why, "Delete one of the two.");
        }
    }
}

/// The URL in its normal form, if it is not in that: a host in lower case, no port that goes without saying.
fn plainer(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    let normal = parsed.as_str().trim_end_matches('/');
    (normal != url).then(|| normal.to_owned())
}

/// `https://host[:port][/path]`, or the same with http on loopback.
fn is_plain(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let is_fit = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/".contains(c));
    let is_known_scheme =
        scheme == "https" || (scheme == "http" && matches!(host, "localhost" | "127.0.0.1"));
    is_known_scheme
        && !host.is_empty()
        && !host.ends_with('.')
        && !format!("/{path}").contains("//")
        && !url.ends_with('/')
        && is_fit(host)
        && is_fit(path)
        && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Servers that are nowhere near the others: a slip in a name, or somebody else's.
pub(super) fn neighbours(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let servers: Vec<(&str, Url)> = context
        .objects(Kind::Server)
        .filter_map(|(pointer, server)| Some((pointer, Url::parse(text(server, "url")?).ok()?)))
        .collect();
    let remote = || {
        let hosts = servers.iter().filter_map(|(pointer, url)| Some((*pointer, url.host_str()?)));
        hosts.filter(|(_, host)| !is_loopback(host))
    };
    let neighbours = |home: &str| remote().filter(|(_, host)| is_in(host, home)).count();
    // Of as many the first ones, as they are those that clients try first.
    let domains = remote().map(|(_, host)| domain(host)).rev();
    let Some(home) = domains.max_by_key(|home| neighbours(home)) else { return };
    for (pointer, host) in remote() {
        if !is_in(host, home) {
            let what =
                format!("The server `{host}` is not in `{home}`, as {} of them are.", neighbours(home));
            let why = "Clients send credentials to the servers that the spec names; one slip in a name, and they are somebody \
                       else's.";
            let fix = "Mend whichever is the slip; if the broker is at both, silence this with who says so.";
            report.add(&join(pointer, "url"), what, why, fix);
        }
    }
}
