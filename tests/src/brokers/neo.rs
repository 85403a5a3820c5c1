//! Kotak Neo.

mod reach;

use crate::{Broker, Case, Reach, Said, Spec, as_answered, generated_api, of_text, without_nulls};
use serde_json::Value;

use self::reach::ALL;

pub use self::reach::{CODE, MOBILE, MPIN, client, trade, view};

generated_api! {
    /// The API of Kotak Neo.
    pub struct Neo = kotak_neo_session_api, "kotak-neo-session.yaml";
}

impl Broker for Neo {
    const PREFIX: &'static str = "";

    fn reaches() -> &'static [Reach] {
        &ALL
    }

    fn seen(spec: &Spec, reach: &Reach, case: &Case<'_>) -> Value {
        let answer = as_answered(spec, case);
        let inner = answer.get("data").unwrap_or(&answer).clone();
        without_nulls(reach.without_unseen(inner))
    }

    /// Of the forms of a failure, each has other names for its code and its words.
    fn said(_spec: &Spec, case: &Case<'_>) -> Said {
        if !case.is_json() {
            return of_text(case.value().as_str().unwrap_or_default());
        }
        let body = case.value();
        let wrapped = body.get("data").filter(|data| data.get("stCode").is_some());
        let fault = body["error"].get(0).or(wrapped).unwrap_or(body);
        let text = |names: &[&str]| {
            let found = names.iter().find_map(|name| fault.get(name).filter(|value| !value.is_null()));
            let found = found.filter(|value| value.is_string() || value.is_number());
            found.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        // Where there are no words, the status is the word.
        let message = text(&["errMsg", "emsg", "message", "stat", "status"]);
        let message = match (message, text(&["description", "error"])) {
            (Some(message), Some(more)) => Some(format!("{message}: {more}")),
            (message, more) => message.or(more),
        };
        (text(&["errorCode", "stCode", "code"]), message)
    }
}
