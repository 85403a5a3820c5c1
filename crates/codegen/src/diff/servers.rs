//! Where calls go, which is where credentials may go.

use serde_json::Value;
use url::Url;

use super::{
    change::Judgement,
    said::said,
    walk::{Diff, Spot, Two},
};
use crate::document::shape::Kind;

/// The servers of the document.
pub(super) fn of_document<'a>(diff: &mut Diff<'a>, _: &Two<'a>, servers: &Two<'a>) {
    lists(diff, servers);
}

/// The servers of an operation: its own, else those of its path. Those of the document are compared there.
pub(super) fn effective<'a>(diff: &mut Diff<'a>, operation: &Two<'a>, item: &Two<'a>) {
    let of = |operation: &Spot<'a>, item: &Spot<'a>| {
        let own = operation.child("servers");
        if own.value.is_some() { own } else { item.child("servers") }
    };
    let two = Two { old: of(&operation.old, &item.old), new: of(&operation.new, &item.new) };
    match (two.old.value, two.new.value) {
        (Some(_), Some(_)) => lists(diff, &two),
        (None, None) => {}
        _ => {
            let why = "The operation is called elsewhere; credentials go to other hosts.";
            diff.tell(&two, said(&two), Judgement::breaking(why), Judgement::breaking(why));
        }
    }
}

fn lists<'a>(diff: &mut Diff<'a>, servers: &Two<'a>) {
    let mut gone = servers.old.items();
    let (mut kept, mut added) = (Vec::new(), Vec::new());
    for new in servers.new.items() {
        match gone.iter().position(|old| is_same(url_of(old), url_of(&new))) {
            Some(index) => kept.push(Two { old: gone.remove(index), new }),
            None => added.push(new),
        }
    }
    let order: Vec<_> = kept.iter().map(|two| two.old.pointer.clone()).collect();
    if gone.len() == 1 && added.len() == 1 {
        kept.extend(gone.drain(..).zip(added.drain(..)).map(|(old, new)| Two { old, new }));
    }
    for server in &kept {
        if server.differ() {
            diff.surely(server, |diff| diff.object(Kind::Server, server));
        }
    }
    for server in &gone {
        let what = format!("The server `{}` is gone.", url_of(server));
        let wire = Judgement::breaking("Nobody answers there any more.");
        let rust = Judgement::breaking(
            "The signatures are the same, but credentials may not go to that host any more.",
        );
        diff.tell(&Two::only_old(server, &servers.new), what, wire, rust);
    }
    for server in &added {
        let what = format!("The server `{}` is new.", url_of(server));
        let wire = Judgement::additive("It is one more to choose from.");
        let rust = Judgement::additive("Credentials may go to one more host.");
        diff.tell(&Two::only_new(&servers.old, server), what, wire, rust);
    }
    let mut sorted = order.clone();
    sorted.sort_by_key(|pointer| pointer.rsplit('/').next().and_then(|index| index.parse::<usize>().ok()));
    let first = |servers: &Spot<'a>| servers.items().first().map(url_of);
    let other_first = match (first(&servers.old), first(&servers.new)) {
        (Some(old), Some(new)) => !is_same(old, new),
        _ => false,
    };
    if order != sorted || (!added.is_empty() && other_first) {
        let wire = Judgement::unchanged("The same servers answer.");
        let rust =
            "The signatures are the same, but servers are tried in the order in which they are listed.";
        diff.tell(servers, "The servers stand in another order.", wire, Judgement::breaking(rust));
    }
    if servers.keys().is_empty() && (servers.old.items().is_empty() && servers.new.items().is_empty()) {
        super::rules::words(diff, servers, servers);
    }
}

fn url_of<'a>(server: &Spot<'a>) -> &'a str {
    server.value.and_then(|server| server.get("url")).and_then(Value::as_str).unwrap_or_default()
}

/// Whether two URLs mean the same: the case of a host, the port of the scheme and a slash at the end say nothing.
fn is_same(old: &str, new: &str) -> bool {
    let plain = |url: &str| {
        let url = Url::parse(url).ok()?;
        Some(url.as_str().trim_end_matches('/').to_owned())
    };
    old == new || plain(old).is_some_and(|old| plain(new) == Some(old))
}

/// `url` and `variables`.
pub(super) fn url<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let texts = [&member.old, &member.new].map(|spot| spot.value.and_then(Value::as_str));
    if let [Some(old), Some(new)] = texts
        && is_same(old, new)
    {
        let wire = Judgement::unchanged("It is the same address, written differently.");
        let rust =
            Judgement::documentation("Calls, and credentials, go to the same place; only the text differs.");
        return diff.tell(member, said(member), wire, rust);
    }
    let wire = Judgement::breaking("Nobody answers at the old place.");
    let rust = Judgement::breaking("The signatures are the same, but calls, and credentials, go elsewhere.");
    diff.tell(member, said(member), wire, rust);
}

/// `x-environment`.
pub(super) fn environment<'a>(diff: &mut Diff<'a>, server: &Two<'a>, member: &Two<'a>) {
    let is_sandbox = |value: Option<&Value>| value.and_then(Value::as_str) == Some("sandbox");
    if is_sandbox(member.old.value) == is_sandbox(member.new.value) {
        return super::rules::words(diff, server, member);
    }
    let wire = Judgement::breaking("Credentials of one environment are nothing in the other.");
    let rust = "The signatures are the same, but credentials of another environment go to this host.";
    diff.tell(member, said(member), wire, Judgement::breaking(rust));
}
