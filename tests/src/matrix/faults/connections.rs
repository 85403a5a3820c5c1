//! Connections that are not made, or end too early.

use super::{Fault, one};
use crate::{
    Reaction,
    matrix::{
        context::Trial,
        expected::{Lasts, Means},
        traps::Manner,
    },
};

const SECTION: &str = "Connections";

pub(super) fn all() -> Vec<Fault> {
    let unmade = |name, manner: Manner, lasts| {
        one(SECTION, name, move |_| Trial::connection(manner.clone(), Means::no_connection(false, lasts)))
    };
    // The request may have left when the end of the connection is noticed.
    let unread = |name, manner: Manner| {
        one(SECTION, name, move |_| {
            Trial::connection(manner.clone(), Means { arrives: false, ..Means::lost() })
        })
    };
    let read = |name, reaction: Reaction, means: fn() -> Means| {
        one(SECTION, name, move |_| Trial::answer(reaction.clone(), means()))
    };
    vec![
        one(SECTION, "nothing goes wrong", |context| {
            Trial::answer(Reaction::Answer(context.good.bytes()), Means::fine())
        }),
        unmade("refused", Manner::Refuses, Lasts::NoTime),
        unmade("never made", Manner::NeverConnects, Lasts::Connect),
        unmade("the host's name is not known", Manner::HasNoName, Lasts::NoTime),
        unmade("nobody says whether the host's name is known", Manner::NeverSaysItsName, Lasts::Connect),
        unread("reset before the request is read", Manner::Resets),
        unread("ended before the request is read", Manner::Closes),
        read("reset after the request is read", Reaction::Reset, Means::lost),
        read("ended after the request is read", Reaction::Answer(Vec::new()), Means::lost),
        read("silent after the request is read", Reaction::Stall(Vec::new()), Means::silence),
    ]
}
