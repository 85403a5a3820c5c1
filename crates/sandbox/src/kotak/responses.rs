//! The broker's responses: examples of the spec with the sandbox's own values, and the envelope around them.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Base, Kotak, Operation,
    state::{Initialised, LoggedIn, SignedIn, Target},
};
use crate::{clock::india, examples::Documented, fault::Fault};

/// The object around a successful response of the session calls.
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
    pub(super) fn wrap(self, operation: Operation, body: Value) -> Value {
        let is_lower = operation.is_second_factor() || operation == Operation::OrderReport;
        match self {
            Self::Flat => body,
            Self::Lower => json!({ "success": body }),
            Self::Observed if is_lower => json!({ "success": body }),
            Self::Observed | Self::Upper => json!({ "Success": body }),
        }
    }
}

/// The sandbox's addresses.
#[derive(Clone, Debug)]
pub(super) struct Urls {
    /// The host's root, without a slash at the end.
    pub(super) root: String,
    pub(super) first: (String, u16),
    pub(super) second: (String, u16),
}

impl Urls {
    fn base(&self, base: Base) -> Value {
        let (url, port) = match base {
            Base::First => &self.first,
            Base::Second => &self.second,
        };
        host(url, *port)
    }

    /// Stands in for one of the broker's other services.
    fn weblink(&self) -> Value {
        host(&format!("{}/stand-in/weblink", self.root), self.first.1)
    }

    fn redirect(&self, target: &Target) -> Value {
        match target {
            Target::Base(base) => self.base(*base),
            Target::Other(host_name) => host(host_name, 443),
        }
    }
}

fn host(host: &str, port: u16) -> Value {
    json!({ "host": host, "port": port })
}

/// What is below the envelope in a successful example.
fn success(operation: Operation, name: &str) -> Documented {
    let mut example = Documented::success::<Kotak>(operation, name);
    if let Some(inner) = ["/Success", "/success"].iter().find_map(|pointer| example.body.pointer(pointer)) {
        example.body = inner.clone();
    }
    example
}

/// The body of the three init calls.
pub(super) fn init(urls: &Urls, base: Base, init: &Initialised) -> Value {
    let account = &init.account;
    let body = success(Operation::SessionInit, "below-Success")
        .with("/redirect", urls.redirect(&init.redirect))
        .with("/service", urls.base(base))
        .with("/status", account.status.as_str())
        .with("/userid", account.userid.as_str());
    if account.is_active() {
        return body.body;
    }
    body.with("/weblink", urls.weblink()).body
}

/// The body of the two logins and of asking for an access code.
pub(super) fn login(urls: &Urls, login: &LoggedIn) -> Value {
    let account = &login.account;
    let yes_no = |yes: bool| if yes { "Y" } else { "N" };
    success(Operation::SessionLoginUserid, "recorded")
        .with("/accessCodeTime", time(login.access_code_sent))
        .with("/biometric", yes_no(account.biometric.is_some()))
        .with("/emailId", account.masked_email())
        .with("/mpin", yes_no(account.mpin.is_some()))
        .with("/oneTimeToken", login.one_time_token.as_str())
        .with("/phoneNo", account.masked_phone())
        .with("/redirect", urls.redirect(&login.redirect))
        .with("/userid", account.userid.as_str())
        .body
}

/// The body of a second factor: the final session.
pub(super) fn session(urls: &Urls, base: Base, signed_in: &SignedIn) -> Value {
    let account = &signed_in.account;
    let here = urls.base(base);
    let documented = success(Operation::Session2faMpin, "below-success").body;
    let exchanges = documented.get("enabledExchangeSegments").cloned();
    // The documented one has more exchanges, and the broker's own hosts.
    success(Operation::Session2faMpin, "recorded")
        .with("/enabledExchangeSegments", exchanges)
        .with("/weblink", urls.weblink())
        .with("/apiToken/redirect", here.clone())
        .with("/clientCode", account.userid.as_str())
        .with("/clientName", account.client_name.as_str())
        .with("/loginTime", time(signed_in.at))
        .with("/redirect", here.clone())
        .with("/service", here)
        .with("/sessionToken", signed_in.session_token.as_str())
        .with("/userId", account.userid.as_str())
        .body
}

/// The body of the logout.
pub(super) fn logout() -> Value {
    success(Operation::SessionLogout, "below-Success").body
}

/// Why the broker refuses a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// `Authorization` or `consumerKey` is missing.
    MissingCredentials,
    /// The access token is wrong, expired or revoked, or belongs to another consumer key.
    InvalidCredentials,
    /// The request breaks the spec: a number for an access code was refused with 400 (observed).
    BadInput(String),
    /// `init` for a user the broker does not know.
    UnknownUser,
    /// `init` reported that the user is not active.
    Inactive,
    /// The password, the code, the MPIN or the biometric is wrong: a guess.
    Wrong,
    /// The access code was right, once.
    AccessCodeExpired,
    /// The user has not set up this factor.
    NotSetUp(&'static str),
    /// Too many wrong guesses.
    Locked,
    /// The one-time token is wrong, used or expired.
    OneTimeTokenDead,
    /// The session token is wrong, logged out or expired.
    LoggedOut,
    /// The user was sent to the base with this URL.
    OtherBase(String),
}

impl Refusal {
    /// The response to a call of an operation: an example of the spec.
    ///
    /// Observed: the statuses of 900901, 900902, 50001 and 70009; 424 for a dead one-time token. Documented: 403 for a dead
    /// session on a trading call. The other statuses are inferred.
    pub(super) fn response(self, operation: Operation) -> Documented {
        use StatusCode as S;
        let init = |status, name| Documented::of::<Kotak>(Operation::SessionInit, status, name);
        let bad_input = |what: String| init(S::BAD_REQUEST, "missing-parameter").with(DESCRIPTION, what);
        let wrong_guess = || {
            let (of, name) = if operation.is_second_factor() {
                (Operation::Session2faMpin, "wrong-second-factor")
            } else {
                (Operation::SessionLoginUserid, "wrong-password")
            };
            Documented::of::<Kotak>(of, S::UNAUTHORIZED, name)
        };
        match self {
            Self::MissingCredentials => init(S::UNAUTHORIZED, "missing-access-token"),
            Self::InvalidCredentials => init(S::UNAUTHORIZED, "wrong-access-token"),
            Self::BadInput(violation) => bad_input(violation),
            Self::UnknownUser => bad_input("the user is not known".into()),
            Self::Inactive => init(S::FORBIDDEN, "not-allowed"),
            Self::Wrong => wrong_guess(),
            Self::AccessCodeExpired => wrong_guess().with(DESCRIPTION, "Ask for a new access code."),
            Self::NotSetUp(what) => bad_input(format!("the user has not set up {what}")),
            Self::Locked => init(S::FORBIDDEN, "locked"),
            Self::OneTimeTokenDead => {
                let dead = Documented::of::<Kotak>(
                    Operation::Session2faMpin,
                    S::UNAUTHORIZED,
                    "dead-one-time-token",
                );
                if operation == Operation::Session2faOneTimeToken {
                    return dead.with_status(S::FAILED_DEPENDENCY);
                }
                dead
            }
            Self::LoggedOut => {
                let over = init(S::BAD_REQUEST, "session-over");
                match operation {
                    // The broker documents neither 401 nor 403 for it on the logout.
                    Operation::OrderReport | Operation::Positions => over.with_status(S::FORBIDDEN),
                    _ => over,
                }
            }
            Self::OtherBase(url) => init(S::BAD_REQUEST, "wrong-host").with(DESCRIPTION, url),
        }
    }
}

const DESCRIPTION: &str = "/fault/description";

/// A fault in the broker's form.
pub fn broker_fault(status: StatusCode, code: i64, message: &str, description: &str) -> Fault {
    let body = json!({ "fault": { "code": code, "message": message, "description": description } });
    Fault::json(status, &body)
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
    fn every_refusal_is_an_example_of_the_spec() {
        for refusal in [
            Refusal::MissingCredentials,
            Refusal::InvalidCredentials,
            Refusal::UnknownUser,
            Refusal::Inactive,
            Refusal::Wrong,
            Refusal::AccessCodeExpired,
            Refusal::NotSetUp("MPIN"),
            Refusal::Locked,
            Refusal::OneTimeTokenDead,
            Refusal::LoggedOut,
            Refusal::OtherBase("https://example.com".into()),
        ] {
            for operation in Operation::ALL {
                let body = refusal.clone().response(operation).body;
                let body = body.get("fault").unwrap_or(&body);
                assert!(body["code"] != 0 && body["message"] != "", "{refusal:?} {operation:?}: {body}");
            }
        }
    }
}
