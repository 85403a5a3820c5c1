//! How often a broker takes a request. Clients keep these limits by themselves, so a slip here is a penalty
//! there.

use serde_json::Value;

use super::{context::Context, report::Report};
use crate::document::{join, shape::Kind};

const RATE_LIMIT: &str = "x-rate-limit";
const PENALTY: &str = "x-penalty-seconds";
/// No broker keeps anybody waiting for longer than a day (seconds); more is milliseconds by mistake.
const DAY: u64 = 86_400;
/// Far above what any broker allows at a time.
const MOST_REQUESTS: u64 = 10_000;
const WHY: &str = "The client keeps the broker's limits by these numbers.";

/// Limits and penalties that are none, or that stand where nobody reads them.
pub(super) fn rate_limit(context: &Context<'_>, report: &mut Report<'_, '_>) {
    for (pointer, node) in context.nodes() {
        if let Some(limit) = node.object.get(RATE_LIMIT) {
            let place = join(pointer, RATE_LIMIT);
            match node.kind {
                Kind::Root | Kind::Operation => check_limit(&place, limit, report),
                _ => misplaced(&place, RATE_LIMIT, "the whole document or of an operation", report),
            }
        }
        if let Some(seconds) = node.object.get(PENALTY) {
            let place = join(pointer, PENALTY);
            match node.kind {
                Kind::Root => check_count(&place, seconds, DAY, report),
                _ => misplaced(&place, PENALTY, "the whole document", report),
            }
        }
    }
}

/// Limits of operations that are wider than that of the whole document, and thus never reached.
pub(super) fn wider(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let rate = |value: Option<&Value>| {
        let limit = value?;
        Some((limit.get("requests")?.as_u64()?, limit.get("seconds")?.as_u64()?))
    };
    let Some((all, period)) = rate(context.document.value().get(RATE_LIMIT)) else { return };
    for operation in &context.operations {
        let Some((requests, seconds)) = rate(operation.object.get(RATE_LIMIT)) else { continue };
        // Requests per second of both, multiplied out.
        if u128::from(requests) * u128::from(period) >= u128::from(all) * u128::from(seconds) {
            let what = format!(
                "{requests} in {seconds} s is no less than the {all} in {period} s of the whole document."
            );
            let why =
                "It would never be reached, because all operations together have to keep the other one.";
            let fix = "Mend the numbers, or delete the limit of the operation.";
            report.add(&join(&operation.pointer, RATE_LIMIT), what, why, fix);
        }
    }
}

fn misplaced(place: &str, name: &str, whose: &str, report: &mut Report<'_, '_>) {
    let what = format!("`{name}` means nothing here.");
    let why = format!("It is a member of {whose}; anywhere else it would be ignored without a word.");
    report.add(place, what, why, "Move it there, or delete it.");
}

fn check_limit(place: &str, limit: &Value, report: &mut Report<'_, '_>) {
    let fix = "Write `{requests: <number>, seconds: <number>}`.";
    let Value::Object(members) = limit else {
        return report.add(place, format!("`{RATE_LIMIT}` is no map."), WHY, fix);
    };
    for (name, largest) in [("requests", MOST_REQUESTS), ("seconds", DAY)] {
        match members.get(name) {
            Some(count) => check_count(&join(place, name), count, largest, report),
            None => report.add(place, format!("The limit lacks its member `{name}`."), WHY, fix),
        }
    }
    for name in members.keys().filter(|name| !["requests", "seconds"].contains(&name.as_str())) {
        report.add(&join(place, name), format!("`{name}` is no member of a limit."), WHY, fix);
    }
}

fn check_count(place: &str, count: &Value, largest: u64, report: &mut Report<'_, '_>) {
    if !count.as_u64().is_some_and(|count| (1..=largest).contains(&count)) {
        let fix = format!("Write a whole number from 1 to {largest}, without quotes.");
        report.add(place, format!("{count} is no plausible number of requests or seconds."), WHY, fix);
    }
}
