//! Names for groups of operations, so that a table need not list them all.

use std::collections::{BTreeMap, BTreeSet};

/// An operation, as far as groups go.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Member {
    pub(super) broker: String,
    pub(super) retry: String,
    pub(super) operation: String,
}

/// Names the fields: all, all of a broker, all of anybody or of a broker with the same `x-retry`, in each case but for a few;
/// and whoever is left by its name.
pub(super) fn named(members: &BTreeSet<Member>, all: &BTreeSet<Member>) -> String {
    let groups = groups(all);
    let mut left = members.clone();
    let mut names = Vec::new();
    // The group that says most of those that are left, each exception counting against it.
    let worth = |group: &BTreeSet<Member>, left: &BTreeSet<Member>| {
        let (named, excepted) = (group.intersection(left).count(), group.difference(members).count());
        named.checked_sub(2 * excepted).filter(|worth| *worth > 1)
    };
    loop {
        let best = groups.iter().rev().max_by_key(|(_, group)| worth(group, &left));
        let Some((name, group)) = best.filter(|(_, group)| worth(group, &left).is_some()) else { break };
        let excepted: BTreeSet<Member> = group.difference(members).cloned().collect();
        left.retain(|member| !group.contains(member));
        names.push(match excepted.is_empty() {
            true => name.clone(),
            false => format!("{name} but {}", each(&excepted)),
        });
    }
    names.extend((!left.is_empty()).then(|| each(&left)));
    names.join("; ")
}

/// Every group that has a name, the larger ones first.
fn groups(all: &BTreeSet<Member>) -> Vec<(String, BTreeSet<Member>)> {
    let retries: BTreeSet<&str> = all.iter().map(|member| member.retry.as_str()).collect();
    let brokers: BTreeSet<&str> = all.iter().map(|member| member.broker.as_str()).collect();
    let of =
        |is_meant: &dyn Fn(&Member) -> bool| all.iter().filter(|member| is_meant(member)).cloned().collect();
    let mut groups = vec![("all".to_owned(), all.clone())];
    for retry in &retries {
        groups.push((format!("all `{retry}`"), of(&|member| member.retry == *retry)));
    }
    for broker in &brokers {
        groups.push((format!("all of {broker}"), of(&|member| member.broker == *broker)));
    }
    for (broker, retry) in brokers.iter().flat_map(|broker| retries.iter().map(move |retry| (broker, retry)))
    {
        let group = of(&|member| member.broker == *broker && member.retry == *retry);
        groups.push((format!("all `{retry}` of {broker}"), group));
    }
    groups
}

/// Each by its name, those of a broker together.
fn each(members: &BTreeSet<Member>) -> String {
    let mut of_brokers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for Member { broker, operation, .. } in members {
        of_brokers.entry(broker).or_default().push(format!("`{operation}`"));
    }
    let parts =
        of_brokers.iter().map(|(broker, operations)| format!("{} of {broker}", operations.join(", ")));
    parts.collect::<Vec<_>>().join(", ")
}
