//! The operations of the gateway, by the ids that the fault injection and the call log use.

use axum::routing::MethodFilter;

/// One operation of the broker's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `POST /iserver/auth/status`; GET works as well (observed).
    IserverAuthStatusPost,
    /// `POST /iserver/auth/ssodh/init`.
    IserverAuthSsodhInitPost,
    /// `POST /iserver/reauthenticate`.
    IserverReauthenticatePost,
    /// `GET /sso/validate`.
    SsoValidateGet,
    /// `POST /tickle`; GET works as well (observed).
    TicklePost,
    /// `POST /logout`.
    LogoutPost,
    /// `GET /iserver/accounts`: stands in for the trading calls, which need a brokerage session and are not
    /// part of the sandbox.
    IserverAccountsGet,
    /// `GET /portfolio/accounts`: stands in for the calls that need the single sign-on alone.
    PortfolioAccountsGet,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 8] = [
        Self::IserverAuthStatusPost,
        Self::IserverAuthSsodhInitPost,
        Self::IserverReauthenticatePost,
        Self::SsoValidateGet,
        Self::TicklePost,
        Self::LogoutPost,
        Self::IserverAccountsGet,
        Self::PortfolioAccountsGet,
    ];

    /// The operation's id in snake case, for example `sso_validate_get`.
    pub fn id(self) -> &'static str {
        self.row().0
    }

    /// The operation with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.id() == id)
    }

    /// The path below a base.
    pub(super) fn path(self) -> &'static str {
        self.row().2
    }

    pub(super) fn method(self) -> MethodFilter {
        self.row().1
    }

    fn row(self) -> (&'static str, MethodFilter, &'static str) {
        const GET: MethodFilter = MethodFilter::GET;
        const POST: MethodFilter = MethodFilter::POST;
        let both = GET.or(POST);
        match self {
            Self::IserverAuthStatusPost => ("iserver_auth_status_post", both, "/iserver/auth/status"),
            Self::IserverAuthSsodhInitPost => {
                ("iserver_auth_ssodh_init_post", POST, "/iserver/auth/ssodh/init")
            }
            Self::IserverReauthenticatePost => {
                ("iserver_reauthenticate_post", POST, "/iserver/reauthenticate")
            }
            Self::SsoValidateGet => ("sso_validate_get", GET, "/sso/validate"),
            Self::TicklePost => ("tickle_post", both, "/tickle"),
            Self::LogoutPost => ("logout_post", POST, "/logout"),
            Self::IserverAccountsGet => ("iserver_accounts_get", GET, "/iserver/accounts"),
            Self::PortfolioAccountsGet => ("portfolio_accounts_get", GET, "/portfolio/accounts"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_its_id() {
        for operation in Operation::ALL {
            assert_eq!(Operation::from_id(operation.id()), Some(operation));
        }
        assert_eq!(Operation::from_id("tickle"), None);
    }
}
