//! Connections that are not made, or end too early.

use super::{Fault, one};
use crate::{
    Reaction,
    matrix::{
        context::Trial,
        expected::{Expected, Lasts},
        faulty_connection::ConnectionFault,
    },
};

const SECTION: &str = "Connections";

pub(super) fn all() -> Vec<Fault> {
    let unmade = |name, fault: ConnectionFault, lasts| {
        one(SECTION, name, move |_| Trial::connection(fault.clone(), Expected::no_connection(false, lasts)))
    };
    // The request may have left when the end of the connection is noticed.
    let unread = |name, fault: ConnectionFault| {
        one(SECTION, name, move |_| {
            Trial::connection(fault.clone(), Expected { arrives: false, ..Expected::lost() })
        })
    };
    let read = |name, reaction: Reaction, means: fn() -> Expected| {
        one(SECTION, name, move |_| Trial::response(reaction.clone(), means()))
    };
    vec![
        one(SECTION, "nothing goes wrong", |context| {
            Trial::response(Reaction::Respond(context.good.bytes()), Expected::fine())
        }),
        unmade("refused", ConnectionFault::Refuses, Lasts::NoTime),
        unmade("never made", ConnectionFault::NeverConnects, Lasts::Connect),
        unmade("the host's name is not known", ConnectionFault::HasNoName, Lasts::NoTime),
        unmade(
            "nobody says whether the host's name is known",
            ConnectionFault::NeverSaysItsName,
            Lasts::Connect,
        ),
        unread("reset before the request is read", ConnectionFault::Resets),
        unread("ended before the request is read", ConnectionFault::Closes),
        read("reset after the request is read", Reaction::Reset, Expected::lost),
        read("ended after the request is read", Reaction::Respond(Vec::new()), Expected::lost),
        read("silent after the request is read", Reaction::Stall(Vec::new()), Expected::silence),
    ]
}
