//! Links: which call goes on from an answer, and with what of it. No client is generated from them, so that they are words
//! to most; but tools that try chains of calls follow them, and people learn from them how a sign-in goes.

use super::{
    change::Judgement,
    said::{said, shown},
    walk::{Diff, Two},
};
use crate::document::shape::Kind;

/// The links of a response.
pub(super) fn all<'a>(diff: &mut Diff<'a>, parent: &Two<'a>, links: &Two<'a>) {
    for name in links.keys() {
        let link = links.child(name);
        if !link.differ() {
            continue;
        }
        diff.surely(&link, |diff| match (link.old.value, link.new.value) {
            (Some(_), Some(_)) => diff.inner(Kind::Link, &link),
            (None, _) => tell(diff, &link, format!("The link `{name}` is new."), "One more call goes on from this answer."),
            _ => {
                let why = "Whoever follows links does not go on to that call from this answer any more; the call is the same.";
                tell(diff, &link, format!("The link `{name}` is gone."), why);
            }
        });
    }
    if links.keys().is_empty() {
        super::rules::words(diff, parent, links);
    }
}

/// Which operation a link leads to, and where it is called.
pub(super) fn target<'a>(diff: &mut Diff<'a>, _: &Two<'a>, member: &Two<'a>) {
    let what = format!("The link leads elsewhere: {}", said(member));
    tell(
        diff,
        member,
        what,
        "Whoever follows the link makes another call; the calls themselves are the same.",
    );
}

/// What the parameters of the call are taken from.
pub(super) fn parameters<'a>(diff: &mut Diff<'a>, parent: &Two<'a>, parameters: &Two<'a>) {
    let names = parameters.keys();
    let mut changed = names
        .into_iter()
        .map(|name| (name, parameters.child(name)))
        .filter(|(_, two)| two.differ())
        .peekable();
    if changed.peek().is_none() {
        return super::rules::words(diff, parent, parameters);
    }
    for (name, parameter) in changed {
        tell(diff, &parameter, taken(&format!("parameter `{name}`"), &parameter), SENT);
    }
}

/// What the body of the call is taken from.
pub(super) fn body<'a>(diff: &mut Diff<'a>, _: &Two<'a>, body: &Two<'a>) {
    tell(diff, body, taken("body", body), SENT);
}

const SENT: &str = "Whoever follows the link sends something else, which the broker may refuse; the call itself is the same.";

fn taken(what: &str, two: &Two<'_>) -> String {
    match (two.old.value, two.new.value) {
        (Some(old), Some(new)) => {
            format!("The {what} of the link is taken from {} instead of {}.", shown(new), shown(old))
        }
        (None, Some(new)) => format!("The {what} of the link is new; it is taken from {}.", shown(new)),
        (Some(old), None) => format!("The {what} of the link is gone; it was taken from {}.", shown(old)),
        (None, None) => format!("The {what} of the link is nothing."),
    }
}

fn tell<'a>(diff: &mut Diff<'a>, two: &Two<'a>, what: String, why: &str) {
    let rust = Judgement::documentation("No client is generated from links.");
    diff.tell(two, what, Judgement::documentation(why), rust);
}
