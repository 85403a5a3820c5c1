//! The operations of the gateway, by the ids that the fault injection and the call log use.

use crate::operation::operations;

operations! {
    /// `POST /iserver/auth/status`; GET works as well (observed).
    IserverAuthStatusPost = "iserver_auth_status_post": GET | POST "/iserver/auth/status";
    /// `POST /iserver/auth/ssodh/init`.
    IserverAuthSsodhInitPost = "iserver_auth_ssodh_init_post": POST "/iserver/auth/ssodh/init";
    /// `POST /iserver/reauthenticate`; GET works as well (observed).
    IserverReauthenticatePost = "iserver_reauthenticate_post": GET | POST "/iserver/reauthenticate";
    /// `GET /sso/validate`; POST works as well (observed).
    SsoValidateGet = "sso_validate_get": GET | POST "/sso/validate";
    /// `GET /sso/ping` (observed; the response is inferred).
    SsoPingGet = "sso_ping_get": GET "/sso/ping";
    /// `GET /one/user`, which the gateway itself asks for after a sign-in (observed; the response is inferred).
    OneUserGet = "one_user_get": GET "/one/user";
    /// `POST /tickle`; GET works as well (observed).
    TicklePost = "tickle_post": GET | POST "/tickle";
    /// `POST /logout`.
    LogoutPost = "logout_post": POST "/logout";
    /// `GET /iserver/accounts`: stands in for the trading calls, which need a brokerage session and are not
    /// part of the sandbox.
    IserverAccountsGet = "iserver_accounts_get": GET "/iserver/accounts";
    /// `POST /iserver/account`, which chooses an account: clients in use do so to find out whether their session is any
    /// good.
    IserverAccountPost = "iserver_account_post": POST "/iserver/account";
    /// `GET /fundamentals/landing/{conid}`: likewise. There is no data.
    FundamentalsLandingGet = "fundamentals_landing_get": GET "/fundamentals/landing/{conid}";
    /// `GET /portfolio/accounts`: stands in for the calls that need the single sign-on alone.
    PortfolioAccountsGet = "portfolio_accounts_get": GET "/portfolio/accounts";
    /// `GET /portfolio/{accountId}/summary`: likewise.
    PortfolioSummaryGet = "portfolio_summary_get": GET "/portfolio/{accountId}/summary";
    /// `GET /portfolio/{accountId}/ledger`: likewise.
    PortfolioLedgerGet = "portfolio_ledger_get": GET "/portfolio/{accountId}/ledger";
}
