//! The broker's answers as JSON: what stands in each, and the envelope around it.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::operation::Operation;
use super::redirect::{Base, Target};
use super::refusal::FaultBody;
use super::state::{Initialised, LoggedIn, SignedIn};
use crate::fault::Fault;
use crate::zone::india;

/// The object around a successful answer of the session calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Envelope {
    /// `success` from the second factors and the order report, `Success` from all others (observed).
    #[default]
    Observed,
    /// `{"Success": …}` from all.
    Upper,
    /// `{"success": …}` from all.
    Lower,
    /// No envelope, as in the documentation's sample of a second factor.
    Flat,
}

impl Envelope {
    pub(crate) fn wrap(self, operation: Operation, answer: Value) -> Value {
        match self {
            Self::Flat => answer,
            Self::Lower => json!({ "success": answer }),
            Self::Observed if operation.has_lower_envelope() => json!({ "success": answer }),
            Self::Observed | Self::Upper => json!({ "Success": answer }),
        }
    }
}

/// The sandbox's addresses.
#[derive(Clone, Debug)]
pub(crate) struct Urls {
    /// The host's root, without a slash at the end.
    pub(crate) root: String,
    pub(crate) first: (String, u16),
    pub(crate) second: (String, u16),
}

impl Urls {
    pub(crate) fn base(&self, base: Base) -> (&str, u16) {
        let (url, port) = match base {
            Base::First => &self.first,
            Base::Second => &self.second,
        };
        (url, *port)
    }

    fn redirect(&self, target: &Target) -> Value {
        match target {
            Target::Base(base) => host(self.base(*base)),
            Target::Text(text) => host((text, 443)),
        }
    }

    /// An address below the sandbox's root that stands in for one of the broker's other services.
    fn service(&self, name: &str) -> Value {
        host((&format!("{}/stand-in/{name}", self.root), self.first.1))
    }
}

fn host((host, port): (&str, u16)) -> Value {
    json!({ "host": host, "port": port })
}

/// The answer of the three init calls. `publickKey` is the broker's spelling.
pub(crate) fn init(urls: &Urls, base: Base, init: &Initialised) -> Value {
    let account = &init.account;
    let mut answer = json!({
        "clientType": "ONLINE",
        "encryption": { "keySize": 0, "publickKey": "", "type": "PLAIN" },
        "isNRI": "N",
        "message": "Session initialised successfully.",
        "redirect": urls.redirect(&init.redirect),
        "service": host(urls.base(base)),
        "status": account.status,
        "userType": "G",
        "userid": account.userid,
    });
    if let (false, Some(members)) = (account.is_active(), answer.as_object_mut()) {
        members.insert("weblink".into(), urls.service("weblink"));
    }
    answer
}

/// An address that the broker leaves empty (observed).
fn no_host() -> Value {
    host(("", 0))
}

/// The response of the two logins and of asking for an access code, as it was recorded.
pub(crate) fn login(urls: &Urls, login: &LoggedIn) -> Value {
    let account = &login.account;
    json!({
        "Status": "Temporary",
        "accessCodeTime": time(login.access_code_sent),
        "authLevel": 1,
        "biometric": yes_no(account.biometric.is_some()),
        "clientType": "ONLINE",
        "emailId": account.masked_email(),
        "message": "Authentication Successful.",
        "mpin": yes_no(account.mpin.is_some()),
        "nomineeFlag": 0,
        "oneTimeToken": login.one_time_token,
        "phoneNo": account.masked_phone(),
        "redirect": urls.redirect(&login.redirect),
        "userid": account.userid,
    })
}

/// The response of a second factor: the final session, with every member that was documented or recorded.
pub(crate) fn session(urls: &Urls, base: Base, signed_in: &SignedIn) -> Value {
    let exchange = |exchange: &str, status: &str| json!({ "exchange": exchange, "status": status });
    let account = &signed_in.account;
    let here = host(urls.base(base));
    json!({
        "advancedChart": no_host(),
        "apiToken": {
            "productMarking": [{ "mark": "N", "name": "NORMAL", "type": "made-up" }],
            "redirect": here,
            "sessionId": format!("{}#0-1", rand::random_range(100_000..1_000_000)),
        },
        "broadcast": urls.service("broadcast"),
        "clientCode": account.userid,
        "clientName": account.client_name,
        "dormantType": "-",
        "emailId": "",
        "enabledExchangeSegments": {
            "CASH": [exchange("NSE", "ACTIVE"), exchange("BSE", "ACTIVE")],
            "CDS": [exchange("NSE", "ACTIVE"), exchange("MCX", "ACTIVE")],
            "COMMODITY": [exchange("MCX", "NOACCESS")],
            "FNO": [exchange("NSE", "ACTIVE"), exchange("BSE", "ACTIVE")],
        },
        "enabledProducts": ["NORMAL", "SUPERMULTIPLE", "SUPERMULTIPLEOPTION", "MTF", "MIS"],
        "enabledSegments": ["CASH", "FO", "CDS"],
        "getLTPURL": no_host(),
        "getLtp": urls.service("market-data"),
        "isNRI": "N",
        "isTrinity": false,
        "loginTime": time(signed_in.at),
        "marginProduct": { "isEnabled": "Y" },
        "marketData": urls.service("market-data"),
        "nomineeFlag": 0,
        "phoneNo": "",
        "poaFlag": "N",
        "redirect": here,
        "search": urls.service("search"),
        "searchURL": no_host(),
        "service": here,
        "sessionToken": signed_in.session_token,
        "stwtFlag": "Y",
        "userId": account.userid,
        "weblink": urls.service("weblink"),
    })
}

/// The broker's fault object with a status.
pub(crate) fn fault(status: StatusCode, fault: FaultBody) -> Response {
    let FaultBody { code, message, description } = fault;
    let body = json!({ "fault": { "code": code, "message": message, "description": description } });
    (status, Json(body)).into_response()
}

/// The flat form of the API gateway in front of the broker, with `code` as a string.
pub(crate) fn gateway(status: StatusCode, description: &str) -> Response {
    let body = json!({
        "code": status.as_str(),
        "message": status.canonical_reason().unwrap_or_default(),
        "description": description,
    });
    (status, Json(body)).into_response()
}

/// A fault in the broker's form, with words and a status of one's own.
pub fn broker_fault(status: StatusCode, code: i64, message: &str, description: &str) -> Fault {
    let body = json!({ "fault": { "code": code, "message": message, "description": description } });
    Fault::json(status, &body)
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "Y" } else { "N" }
}

/// The broker's form of a time: `8/30/2021 12:01:00 AM`, Indian time (+05:30), without its zone.
fn time(time: Timestamp) -> String {
    india().to_datetime(time).strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_indian_and_in_the_brokers_form() {
        let written = |text: &str| time(text.parse().unwrap());
        assert_eq!(written("2021-08-29T18:31:00Z"), "8/30/2021 12:01:00 AM");
        assert_eq!(written("2021-08-23T05:59:35Z"), "8/23/2021 11:29:35 AM");
        assert_eq!(written("2021-12-31T07:00:09Z"), "12/31/2021 12:30:09 PM");
    }

    #[test]
    fn the_observed_envelope_is_lower_case_for_second_factors_only() {
        let wrap = |envelope: Envelope, operation| envelope.wrap(operation, json!(1)).to_string();
        assert_eq!(wrap(Envelope::Observed, Operation::SessionLogout), r#"{"Success":1}"#);
        assert_eq!(wrap(Envelope::Observed, Operation::Session2faMpin), r#"{"success":1}"#);
        assert_eq!(wrap(Envelope::Upper, Operation::Session2faMpin), r#"{"Success":1}"#);
        assert_eq!(wrap(Envelope::Lower, Operation::SessionInit), r#"{"success":1}"#);
        assert_eq!(wrap(Envelope::Flat, Operation::SessionInit), "1");
    }
}
