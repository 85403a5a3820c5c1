//! The single sign-on, as `/sso/validate` describes it.
//!
//! The broker writes times as epochs beyond 32 bits, one of them as an epoch or as what is left, and spells
//! two members in two ways. Here it is one model.

use std::time::Duration;

use broker_session_runtime::Secret;
use ibkr_session_api::types::{SsoFeatures, SsoValidate};
use jiff::Timestamp;

use super::answers::Texts;

/// Milliseconds beyond this are an epoch: as a time that is left it would be three years.
const LONGEST_LEFT: i64 = 100_000_000_000;

/// A live single sign-on (the broker's "Validate SSO").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignOn {
    /// The number of the user.
    pub user_id: Option<i64>,
    /// The user name.
    pub user_name: Option<String>,
    /// The name of the user's paper account.
    pub paper_user_name: Option<String>,
    /// The user name that was signed in with.
    pub credential: Option<String>,
    /// Whether it is a live or a paper account (`LOGIN_TYPE` or `loginType`).
    pub login_type: Option<LoginType>,
    /// When the person signed in.
    pub auth_time: Option<Timestamp>,
    /// When the session was last used.
    pub last_accessed: Option<Timestamp>,
    /// When it would end without being used. It renews itself, and is not the clock of the 24 hours.
    pub expires: Option<Expires>,
    /// What the user may do.
    pub features: Features,
    /// Which of the broker's regions it lives in.
    pub region: Option<String>,
    /// The address that the person signed in from.
    pub ip: Option<String>,
    /// Which application the login was for.
    pub landing_app: Option<String>,
    /// Whether the account is a free trial.
    pub is_free_trial: Option<bool>,
    /// Whether the account is the master of others.
    pub is_master: Option<bool>,
    /// Whether the account is not open yet.
    pub is_pending_applicant: Option<bool>,
    /// Whether the user can confirm a login with the mobile application.
    pub qualified_for_mobile_auth: Option<bool>,
    /// The identifier of the machine in hexadecimal, and its hardware address.
    pub hardware_info: Option<String>,
    /// Not explained by the broker.
    pub unique_login_id: Option<String>,
    /// Not explained by the broker.
    pub counterparty: Option<String>,
    /// Not explained by the broker.
    pub client_app: Option<String>,
    /// Whether it is the single sign-on of a gateway, presumably.
    pub is_gateway: Option<bool>,
    /// A token of the session, which one variant of the answer has.
    pub token: Option<Secret>,
}

/// When the single sign-on would end without being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expires {
    /// After this time.
    In(Duration),
    /// At this time.
    At(Timestamp),
}

/// Which kind of account the person has signed in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginType {
    /// An account with real money.
    Live,
    /// An account for trying things out.
    Paper,
    /// A number that the broker does not explain.
    Other(i64),
}

/// What the user may do, as far as the broker says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Features {
    /// The broker's environment (`env` or `envs`).
    pub env: Option<String>,
    /// Watch lists.
    pub wlms: Option<bool>,
    /// Market data in real time.
    pub realtime: Option<bool>,
    /// Bonds.
    pub bond: Option<bool>,
    /// Chains of options.
    pub option_chains: Option<bool>,
    /// The calendar of events.
    pub calendar: Option<bool>,
    /// Mutual funds.
    pub new_mf: Option<bool>,
}

impl Expires {
    fn read(milliseconds: i64) -> Option<Self> {
        match milliseconds {
            LONGEST_LEFT.. => Some(Self::At(Timestamp::from_millisecond(milliseconds).ok()?)),
            _ => Some(Self::In(Duration::from_millis(milliseconds.try_into().ok()?))),
        }
    }
}

impl LoginType {
    fn read(number: i64) -> Self {
        match number {
            1 => Self::Live,
            2 => Self::Paper,
            other => Self::Other(other),
        }
    }
}

impl Features {
    fn read(wire: SsoFeatures, texts: &Texts) -> Self {
        Self {
            env: texts.said(wire.env).or_else(|| texts.said(wire.envs)),
            wlms: wire.wlms,
            realtime: wire.realtime,
            bond: wire.bond,
            option_chains: wire.option_chains,
            calendar: wire.calendar,
            new_mf: wire.new_mf,
        }
    }
}

impl SignOn {
    pub(super) fn read(wire: SsoValidate, texts: &Texts) -> Self {
        let time = |milliseconds: Option<i64>| Timestamp::from_millisecond(milliseconds?).ok();
        Self {
            user_id: wire.user_id,
            user_name: texts.said(wire.user_name),
            paper_user_name: texts.said(wire.paper_user_name),
            credential: texts.said(wire.credential),
            login_type: wire.login_type.map(LoginType::read),
            auth_time: time(wire.auth_time),
            last_accessed: time(wire.last_accessed),
            expires: wire.expires.and_then(Expires::read),
            features: wire.features.map(|features| Features::read(features, texts)).unwrap_or_default(),
            region: texts.said(wire.region),
            ip: texts.said(wire.ip),
            landing_app: texts.said(wire.landing_app),
            is_free_trial: wire.is_free_trial,
            is_master: wire.is_master,
            is_pending_applicant: wire.is_pending_applicant,
            qualified_for_mobile_auth: wire.qualified_for_mobile_auth,
            hardware_info: texts.said(wire.hardware_info),
            unique_login_id: texts.said(wire.unique_login_id),
            counterparty: texts.said(wire.counterparty),
            client_app: texts.said(wire.client_app),
            is_gateway: wire.is_gw,
            token: wire.token.filter(|token| !token.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> SignOn {
        SignOn::read(serde_json::from_str(json).unwrap(), &Texts(Vec::new()))
    }

    #[test]
    fn what_is_left_and_an_epoch_are_told_apart() {
        assert_eq!(read(r#"{"EXPIRES":415890}"#).expires, Some(Expires::In(Duration::from_millis(415_890))));
        let at = "2022-10-25T15:19:10.728Z".parse().unwrap();
        assert_eq!(read(r#"{"EXPIRES":1666711150728}"#).expires, Some(Expires::At(at)));
        for odd in [r#"{"EXPIRES":-1}"#, r#"{"EXPIRES":9223372036854775807}"#, r#"{"EXPIRES":null}"#] {
            assert_eq!(read(odd).expires, None, "{odd}");
        }
    }

    #[test]
    fn times_are_read_beyond_32_bits() {
        let sign_on = read(r#"{"AUTH_TIME":1728751902917,"lastAccessed":1728751903917}"#);
        assert_eq!(sign_on.auth_time.unwrap().to_string(), "2024-10-12T16:51:42.917Z");
        assert_eq!(sign_on.last_accessed.unwrap().to_string(), "2024-10-12T16:51:43.917Z");
    }

    #[test]
    fn two_spellings_are_one_member() {
        for (json, expected) in [
            (r#"{"LOGIN_TYPE":1,"features":{"env":"PROD"}}"#, LoginType::Live),
            (r#"{"loginType":2,"features":{"envs":"PROD"}}"#, LoginType::Paper),
            (r#"{"LOGIN_TYPE":2,"loginType":2,"features":{"env":"PROD","envs":"PROD"}}"#, LoginType::Paper),
            (
                r#"{"LOGIN_TYPE":null,"loginType":7,"features":{"env":null,"envs":"PROD"}}"#,
                LoginType::Other(7),
            ),
        ] {
            let sign_on = read(json);
            assert_eq!(
                (sign_on.login_type, sign_on.features.env.as_deref()),
                (Some(expected), Some("PROD")),
                "{json}"
            );
        }
    }

    #[test]
    fn the_token_is_not_printed() {
        let sign_on = read(r#"{"TOKEN":"made-up-token"}"#);
        assert!(sign_on.token.is_some());
        assert!(!format!("{sign_on:?}").contains("made-up-token"));
    }
}
