//! How the brokerage session is.

use ibkr_session_api::types::AuthStatus as Wire;

use super::answers::Texts;

/// Why an opening without `compete` may have been refused. Some accounts refuse it always, with nobody signed in
/// elsewhere (observed), so it is not known which of the two it is.
pub(super) const MAY_BE_ELSEWHERE: &str = "the session may be held elsewhere, or this account always needs `--compete` (in a program: `Compete::TakeOver`)";

/// How the brokerage session is, as `/iserver/auth/status` says it (the broker's "Authentication Status").
/// A flag that the broker leaves out is not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthStatus {
    /// Whether the brokerage session can be used.
    pub authenticated: bool,
    /// Whether the gateway is linked to the broker's back end.
    pub connected: bool,
    /// Whether the brokerage session is held elsewhere, by the same user name.
    pub competing: bool,
    /// Whether the login message has arrived and the accounts are loaded; older gateways do not say.
    pub established: Option<bool>,
    /// The broker's words.
    pub message: Option<String>,
    /// Why the last opening of the session was refused.
    pub fail: Option<String>,
    /// Questions to the user; documented, not seen.
    pub prompts: Vec<String>,
    /// The hardware address of the gateway's machine.
    pub mac: Option<String>,
    /// The identifier of the gateway's machine.
    pub hardware_info: Option<String>,
    /// The name of the broker's server.
    pub server_name: Option<String>,
    /// The version of the broker's server.
    pub server_version: Option<String>,
}

impl AuthStatus {
    /// Reads an answer; nothing if it says nothing of the session.
    pub(super) fn read(wire: Wire, texts: &Texts) -> Option<Self> {
        let Wire { authenticated, connected, competing, established, .. } = wire;
        authenticated.or(connected).or(competing).or(established)?;
        let (server_name, server_version) =
            wire.server_info.map(|server| (server.server_name, server.server_version)).unwrap_or_default();
        Some(Self {
            authenticated: authenticated.unwrap_or_default(),
            connected: connected.unwrap_or_default(),
            competing: competing.unwrap_or_default(),
            established,
            message: texts.said(wire.message),
            fail: texts.reason(wire.fail),
            prompts: wire.prompts.into_iter().flatten().filter_map(|text| texts.said(Some(text))).collect(),
            mac: texts.said(wire.mac),
            hardware_info: texts.said(wire.hardware_info),
            server_name: texts.said(server_name),
            server_version: texts.said(server_version),
        })
    }

    /// Whether the session can be used for everything: nothing is [missing](Self::missing).
    pub fn is_ready(&self) -> bool {
        self.missing().is_none()
    }

    /// What keeps the session from being used, as a clause; nothing if it can be used.
    pub fn missing(&self) -> Option<String> {
        let what = match self {
            Self { competing: true, .. } => MAY_BE_ELSEWHERE,
            status if status.is_refused_for_another() => MAY_BE_ELSEWHERE,
            Self { authenticated: false, connected: true, .. } => "the brokerage session has timed out",
            Self { authenticated: false, .. } => "there is no brokerage session and no link to the back end",
            Self { connected: false, .. } => "the gateway has lost its link to the back end",
            Self { established: Some(false), .. } => "the accounts are still being loaded",
            Self { fail: Some(_), .. } => "the broker reports a failure",
            _ => return None,
        };
        Some(match &self.fail {
            Some(fail) => format!("{what}; the broker says \"{fail}\""),
            None => what.to_owned(),
        })
    }

    /// Whether a refusal says that the session is held elsewhere. `competing` is not set in that case.
    pub(super) fn is_refused_for_another(&self) -> bool {
        !self.authenticated && self.fail.as_deref().is_some_and(is_about_compete)
    }
}

/// Whether a reason for a refusal is that `compete` was not set.
pub(super) fn is_about_compete(reason: &str) -> bool {
    reason.to_ascii_lowercase().contains("compete")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<AuthStatus> {
        AuthStatus::read(serde_json::from_str(json).unwrap(), &Texts(Vec::new()))
    }

    #[test]
    fn ready_means_authenticated_connected_established_and_alone_without_a_failure() {
        for (json, ready) in [
            (
                r#"{"authenticated":true,"connected":true,"competing":false,"established":true,"fail":""}"#,
                true,
            ),
            (r#"{"authenticated":true,"connected":true}"#, true),
            (r#"{"authenticated":true,"connected":true,"established":null,"fail":null}"#, true),
            (r#"{"authenticated":true,"connected":true,"established":false}"#, false),
            (r#"{"authenticated":true,"connected":true,"competing":true}"#, false),
            (r#"{"authenticated":true,"connected":true,"fail":"no"}"#, false),
            (r#"{"authenticated":true,"connected":true,"fail":false}"#, true),
            (r#"{"authenticated":true,"connected":false}"#, false),
            (r#"{"authenticated":true}"#, false),
            (r#"{"authenticated":false,"connected":true}"#, false),
        ] {
            assert_eq!(read(json).unwrap().is_ready(), ready, "{json}");
        }
    }

    #[test]
    fn an_answer_without_a_flag_says_nothing() {
        for json in ["{}", r#"{"message":"triggered"}"#, r#"{"authenticated":null,"MAC":"x"}"#] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn what_is_missing_comes_with_the_brokers_reason() {
        let status =
            read(r#"{"authenticated":false,"connected":true,"fail":"Force\u001b[2J compete"}"#).unwrap();
        let missing = status.missing().unwrap();
        assert!(missing.contains("--compete") && missing.contains("Force [2J compete"), "{missing}");
        assert!(status.is_refused_for_another());
    }
}
