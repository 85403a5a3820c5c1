//! What the broker says about the user when a session begins.

use std::collections::BTreeMap;

use broker_session_runtime::Secret;
use kotak_neo_session_api::types::Session;

use crate::secrets::Secrets;

/// The user's profile. Whatever the broker leaves out is `None` or empty, and what it does not explain is described by
/// its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// How to address the user (`greetingName`).
    pub greeting_name: Option<String>,
    /// The client code (`ucc`).
    pub ucc: Option<String>,
    /// What the session is good for: `View` or `Trade` (`kType`).
    pub k_type: Option<String>,
    /// The user's permanent account number for taxes (`kId`). Sensitive.
    pub k_id: Option<Secret>,
    /// Which data centre serves the user (`dataCenter`).
    pub data_center: Option<String>,
    /// Data centres by name (`dataCenterMap`).
    pub data_center_map: BTreeMap<String, String>,
    /// Whether the password has expired (`isUserPwdExpired`).
    pub is_user_pwd_expired: Option<bool>,
    /// Whether it is a trial account (`isTrialAccount`).
    pub is_trial_account: Option<bool>,
    /// Whether the user is a non-resident Indian (`isNRI`).
    pub is_nri: Option<bool>,
    /// `RI` for a resident (`clientType`).
    pub client_type: Option<String>,
    /// The user's group (`clientGroup`).
    pub client_group: Option<String>,
    /// Whether the account is dormant; `A` if it is active (`dormancyStatus`).
    pub dormancy_status: Option<String>,
    /// Whether blocking amounts for applications is open to the user (`asbaStatus`).
    pub asba_status: Option<String>,
    /// The state of the registration of who the user is (`kraStatus`).
    pub kra_status: Option<String>,
    /// Whether mutual funds are open to the user (`mfAccess`).
    pub mf_access: Option<i64>,
    /// The range of the user's income (`incRange`).
    pub inc_range: Option<i64>,
    /// Whether that must be brought up to date (`incUpdFlag`).
    pub inc_upd_flag: Option<String>,
    /// Not explained by the broker (`rcFlag`).
    pub rc_flag: Option<i64>,
    /// What the user was told about derivatives (`derivativesRiskDisclosure`).
    pub derivatives_risk_disclosure: Option<String>,
    /// An id of the sign-in (`rid`).
    pub rid: Option<Secret>,
    /// The server of the price stream (`hsServerId`).
    pub hs_server_id: Option<Secret>,
    /// A key for searching (`searchAPIKey`).
    pub search_api_key: Option<Secret>,
    /// Where prices are streamed (`feedUrl`). What the broker says, and not an allowed host by that alone.
    pub feed_url: Option<String>,
    /// Where orders are streamed (`rtUrl`). What the broker says, and not an allowed host by that alone.
    pub rt_url: Option<String>,
}

impl Profile {
    pub(super) fn read(session: Session, secrets: &Secrets) -> Self {
        let printable = |text| secrets.printable(text);
        let centres = session.data_center_map.unwrap_or_default().into_iter();
        Self {
            greeting_name: printable(session.greeting_name),
            ucc: printable(session.ucc),
            k_type: printable(session.k_type),
            k_id: session.k_id,
            data_center: printable(session.data_center),
            data_center_map: centres
                .filter_map(|(name, centre)| Some((printable(Some(name))?, printable(Some(centre))?)))
                .collect(),
            is_user_pwd_expired: session.is_user_pwd_expired,
            is_trial_account: session.is_trial_account,
            is_nri: session.is_nri,
            client_type: printable(session.client_type),
            client_group: printable(session.client_group),
            dormancy_status: printable(session.dormancy_status),
            asba_status: printable(session.asba_status),
            kra_status: printable(session.kra_status),
            mf_access: session.mf_access,
            inc_range: session.inc_range,
            inc_upd_flag: printable(session.inc_upd_flag),
            rc_flag: session.rc_flag,
            derivatives_risk_disclosure: printable(session.derivatives_risk_disclosure),
            rid: session.rid,
            hs_server_id: session.hs_server_id,
            search_api_key: session.search_api_key,
            feed_url: printable(session.feed_url),
            rt_url: printable(session.rt_url),
        }
    }
}
