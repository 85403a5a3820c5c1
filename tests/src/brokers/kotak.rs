//! Kotak Securities.

mod reach;

use crate::{Broker, Case, Reach, Said, Spec, as_answered, generated_api, of_fault, of_text};
use serde_json::{Value, json};

use self::reach::{ALL, written};

pub use self::reach::{client, userid};

generated_api! {
    /// The API of Kotak Securities.
    pub struct Kotak = kotak_session_api, "kotak-session.yaml";
}

/// Leaves out what the broker leaves empty, and says of an exchange no more than whether it is open.
fn without_empty(value: &mut Value) {
    let Some(members) = value.as_object_mut() else { return };
    members.retain(|_, member| member.get("host").is_none_or(|host| host != ""));
    if let Some(token) = members.get_mut("apiToken").and_then(Value::as_object_mut) {
        token.remove("productMarking");
    }
    if members.get("marginProduct").is_some_and(|product| product["isEnabled"] == "") {
        members.remove("marginProduct");
    }
    let segments = members.get_mut("enabledExchangeSegments").and_then(Value::as_object_mut);
    let exchanges =
        segments.into_iter().flat_map(|segments| segments.values_mut().filter_map(Value::as_array_mut));
    for exchange in exchanges.flatten().filter(|exchange| exchange["status"] == "NOACCESS") {
        exchange["status"] = "INACTIVE".into();
    }
}

impl Broker for Kotak {
    const PREFIX: &'static str = "/apim";

    fn reaches() -> &'static [Reach] {
        &ALL
    }

    fn seen(spec: &Spec, reach: &Reach, case: &Case<'_>) -> Value {
        let encoded = as_answered(spec, case);
        if encoded.is_null() {
            return encoded;
        }
        let inner = ["Success", "success"].iter().find_map(|envelope| encoded.get(envelope));
        let mut value = reach.without_unseen(inner.unwrap_or(&encoded).clone());
        without_empty(&mut value);
        if let Some(epoch) = value.get("loginTime").and_then(Value::as_i64) {
            let time = jiff::Timestamp::from_millisecond(epoch).expect("an example's time");
            let india = jiff::tz::TimeZone::fixed(
                jiff::tz::offset(5).saturating_add(jiff::SignedDuration::from_mins(30)),
            );
            value["loginTime"] = written(&time.to_zoned(india)).into();
        }
        value
    }

    fn said(_spec: &Spec, case: &Case<'_>) -> Said {
        if !case.is_json() {
            return of_text(case.value().as_str().unwrap_or_default());
        }
        let body = case.value();
        // An account that is not active is told so in an ordinary answer.
        match body.get("Success") {
            Some(init) => of_fault(&json!({ "message": init["message"] })),
            None => of_fault(body),
        }
    }
}
