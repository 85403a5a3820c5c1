//! What a tickle says.

use std::time::Duration;

use broker_session_runtime::Secret;
use ibkr_session_api::types::Tickle as Wire;

use super::{answers::Texts, auth_status::AuthStatus};

/// The answer of `/tickle` (the broker's "Ping the server to keep the session open"). Everything may be
/// missing: older gateways answer without a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tickle {
    /// What opens the WebSocket.
    pub session: Option<Secret>,
    /// The time until the single sign-on would time out. It renews itself.
    pub sso_expires: Option<Duration>,
    /// Whether two sessions collide (`collission` on the wire).
    pub collision: Option<bool>,
    /// The number of the user.
    pub user_id: Option<i64>,
    /// Why there are no historical market data; of no consequence for the session.
    pub hmds_error: Option<String>,
    /// How the historical market data are connected, where the broker says it.
    pub hmds_status: Option<AuthStatus>,
    /// Whether the gateway is linked to the back end, in responses that say nothing else.
    pub connected: Option<bool>,
    /// How the brokerage session is.
    pub status: Option<AuthStatus>,
}

impl Tickle {
    pub(super) fn read(wire: Wire, texts: &Texts) -> Self {
        let left = wire.sso_expires.and_then(|milliseconds| u64::try_from(milliseconds).ok());
        let (hmds_error, hmds_status) =
            wire.hmds.map(|hmds| (hmds.error, hmds.auth_status)).unwrap_or_default();
        Self {
            session: wire.session.filter(|session| !session.is_empty()),
            sso_expires: left.map(Duration::from_millis),
            collision: wire.collission,
            user_id: wire.user_id,
            connected: wire.connected,
            hmds_error: texts.said(hmds_error),
            hmds_status: hmds_status.and_then(|status| AuthStatus::read(status, texts)),
            status: wire.iserver.and_then(|iserver| AuthStatus::read(iserver.auth_status?, texts)),
        }
    }
}
