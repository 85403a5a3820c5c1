//! The servers of a spec: credentials go there, so a mistake in one can leak them.

use std::collections::BTreeSet;

use broker_session_openapi::{domain, is_in_domain, is_loopback, join};
use http::HeaderName;
use serde_json::Value;
use url::Url;

use super::{
    context::{Context, string},
    report::Report,
};

/// Servers without a plain https URL.
pub(super) fn url(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "Clients send credentials to the servers of the spec.";
    for (pointer, server) in context.objects("Server") {
        let url = string(server, "url").unwrap_or_default();
        if !is_plain(url) {
            let what = format!("`{url}` is not a plain https URL.");
            let fix = "Write `https://host/path`, without variables, user names, queries, fragments and a slash at its \
                       end; only on loopback `http://` will do.";
            report.add(&join(pointer, "url"), what, why, fix);
        } else if let Some(plainer) = plainer(url) {
            let what = format!("`{url}` is another way to write `{plainer}`.");
            let why = "The client compares and shows hosts in this form.";
            report.add(&join(pointer, "url"), what, why, format!("Write `{plainer}`."));
        }
    }
}

/// Servers without an environment, and duplicate servers.
pub(super) fn environment(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "Credentials of one environment must not be sent to the other.";
    let mut seen = BTreeSet::new();
    for (pointer, server) in context.objects("Server") {
        let list = pointer.rsplit_once('/').map_or(pointer, |(list, _)| list);
        let url = string(server, "url").unwrap_or_default();
        if !server.contains_key("x-environment") {
            let fix = "Write `x-environment: production`, or `sandbox` for the broker's test environment.";
            report.add(pointer, "The server belongs to no environment.", why, fix);
        } else if !seen.insert((list, url.trim_end_matches('/'))) {
            let what = format!("The list has the server `{url}` twice.");
            report.add(&join(pointer, "url"), what, why, "Delete one of the two.");
        }
    }
}

/// The normal form of the URL, if it differs: a host in lower case, no default port.
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

/// Servers outside the domain of the others: a typo, or a foreign host.
pub(super) fn neighbours(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let servers: Vec<(&str, Url)> = context
        .objects("Server")
        .filter_map(|(pointer, server)| Some((pointer, Url::parse(string(server, "url")?).ok()?)))
        .collect();
    let remote = || {
        let hosts = servers.iter().filter_map(|(pointer, url)| Some((*pointer, url.host_str()?)));
        hosts.filter(|(_, host)| !is_loopback(host))
    };
    let neighbours = |home: &str| remote().filter(|(_, host)| is_in_domain(host, home)).count();
    // Among equals the first domain wins, because clients try it first.
    let domains = remote().map(|(_, host)| domain(host)).rev();
    let Some(home) = domains.max_by_key(|home| neighbours(home)) else { return };
    for (pointer, host) in remote() {
        if !is_in_domain(host, home) {
            let what =
                format!("The server `{host}` is not in `{home}`, as {} of them are.", neighbours(home));
            let why =
                "Clients send credentials to the servers of the spec; a typo would send them to a stranger.";
            let fix = "Correct the typo; if both are the broker's, add `x-lint-allow` with the source in a comment.";
            report.add(&join(pointer, "url"), what, why, fix);
        }
    }
}

/// Security schemes and requirements that the transport does not support.
pub(super) fn security(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why =
        "The transport puts credentials into headers: a bearer token, user name and password, or a key.";
    for (pointer, scheme) in context.objects("SecurityScheme") {
        let name = string(scheme, "name").unwrap_or_default();
        let is_known = match string(scheme, "type") {
            Some("http") => ["basic", "bearer"].contains(&string(scheme, "scheme").unwrap_or_default()),
            Some("apiKey") => string(scheme, "in") == Some("header") && HeaderName::try_from(name).is_ok(),
            _ => false,
        };
        if !is_known {
            let fix = "Write `type: http` with `scheme: bearer` or `basic`, or `type: apiKey` with `in: header` and the name \
                       of a header.";
            report.add(pointer, "The transport does not support this scheme.", why, fix);
        }
    }
    let all = context.document.value().get("security");
    let own = context
        .operations
        .iter()
        .map(|operation| (operation.pointer.as_str(), operation.object.get("security")));
    for (pointer, requirement) in own.chain([("", all)]) {
        let alternatives = requirement.and_then(Value::as_array).map_or(0, Vec::len);
        if alternatives > 1 {
            let why = "The generated client always uses the first alternative.";
            let fix =
                "Delete this, or add its schemes to the first one (without the `-`), if a call carries both.";
            let place = format!("{pointer}/security/1");
            report.add(&place, "There is a second alternative of `security`.", why, fix);
        } else if requirement.or(all).is_none() && !pointer.is_empty() {
            let fix = "Add `security:` here or to the document; `security: []` if a call carries nothing.";
            report.add(pointer, "The operation has no `security`.", why, fix);
        }
    }
}
