//! How often a broker accepts a request. Clients keep these limits, so a typo here causes a penalty there.

use broker_session_openapi::join;
use serde_json::Value;

use super::{context::Context, extensions::DAY, report::Report};

const RATE_LIMIT: &str = "x-rate-limit";
/// Far above the limit of any broker.
const MAX_REQUESTS: u64 = 10_000;

/// Limits that are not `{requests, seconds}`, and limits of operations above the limit of all operations.
pub(super) fn rate_limit(context: &Context<'_>, report: &mut Report<'_, '_>) {
    let why = "The client keeps the broker's limits with these numbers.";
    let all = context.document.value().get(RATE_LIMIT).and_then(rate);
    for (pointer, node) in context.nodes() {
        let Some(limit) = node.object.get(RATE_LIMIT) else { continue };
        let place = join(pointer, RATE_LIMIT);
        let Some((requests, seconds)) = rate(limit) else {
            let fix = format!("Write `{{requests: 1 to {MAX_REQUESTS}, seconds: 1 to {DAY}}}`.");
            report.add(&place, format!("{limit} is not a limit."), why, fix);
            continue;
        };
        let Some((of_all, period)) = all.filter(|_| node.kind == "Operation") else { continue };
        // Requests per second of both, multiplied out.
        if u128::from(requests) * u128::from(period) >= u128::from(of_all) * u128::from(seconds) {
            let what = format!(
                "{requests} in {seconds} s is not less than the {of_all} in {period} s of all operations."
            );
            let why = "It would never be reached.";
            report.add(&place, what, why, "Correct the numbers, or delete the limit of the operation.");
        }
    }
}

fn rate(limit: &Value) -> Option<(u64, u64)> {
    let number = |name: &str, max: u64| limit.get(name)?.as_u64().filter(|number| (1..=max).contains(number));
    let has_more = limit.as_object().is_none_or(|fields| fields.len() > 2);
    Some((number("requests", MAX_REQUESTS)?, number("seconds", DAY)?)).filter(|_| !has_more)
}
