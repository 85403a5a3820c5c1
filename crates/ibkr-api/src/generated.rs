// Generated from openapi/ibkr-session.yaml. Do not edit: change the spec and run `cargo xtask generate`.
// spec-sha256: 1cb01a968c70a26a39e633effdb329dc08461a79cd37a25690aada6075ecd27f
// generators: progenitor 0.15.1, prettyplease 0.3.0

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    ///The state of the brokerage session.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    #[serde(remote = "AuthStatus")]
    pub struct AuthStatus {
        ///Whether the brokerage session can be used.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub authenticated: Option<bool>,
        ///Whether the brokerage session is held elsewhere.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub competing: Option<bool>,
        ///Whether the gateway is linked to the back end.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub connected: Option<bool>,
        ///Whether the login message has arrived and the accounts are loaded. Absent from older gateways.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub established: Option<bool>,
        ///Why the last opening was refused; empty if it was not.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub fail: Option<String>,
        ///An identifier of the machine in hexadecimal, and its hardware address.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub hardware_info: Option<String>,
        ///The hardware address of the gateway's machine.
        #[serde(rename = "MAC", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub mac: Option<String>,
        ///The broker's message.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: Option<String>,
        ///Whether the session was opened; in responses of `iserver_auth_ssodh_init_post` and `iserver_reauthenticate_post`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub passed: Option<bool>,
        ///Questions to the user.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub prompts: Option<Vec<String>>,
        #[serde(rename = "serverInfo", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub server_info: Option<ServerInfo>,
    }
    ///The state of the historical market data, which does not affect the session.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct Hmds {
        #[serde(rename = "authStatus", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub auth_status: Option<AuthStatus>,
        ///Why there are no data, usually `no bridge`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub error: Option<String>,
    }
    ///The brokerage tier.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct Iserver {
        #[serde(rename = "authStatus", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub auth_status: Option<AuthStatus>,
        ///Whether the brokerage tier was tickled.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub tickle: Option<bool>,
    }
    ///The broker's half of the exchange.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct LiveSessionToken {
        ///The broker's public value in hexadecimal; leading zeros are missing.
        pub diffie_hellman_response: String,
        ///The end of the token in milliseconds since 1970-01-01T00:00:00Z; by the documentation its beginning.
        pub live_session_token_expiration: i64,
        ///The HMAC-SHA1 of the consumer key under the token.
        pub live_session_token_signature: String,
    }
    ///Whether the session was ended.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct Logout {
        ///The same as `status` in older documentation.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub confirmed: Option<bool>,
        ///Whether the session was ended.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: Option<bool>,
    }
    ///An access token.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct OAuth2Token {
        ///The access token.
        pub access_token: broker_session_runtime::SerializableSecret,
        ///The seconds that it lives.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub expires_in: Option<i64>,
        ///What it is good for.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub scope: Option<String>,
        ///`Bearer`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub token_type: Option<String>,
    }
    ///A request for an access token (RFC 6749, RFC 7523).
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct OAuth2TokenRequest {
        ///The signed assertion.
        pub client_assertion: broker_session_runtime::SerializableSecret,
        ///`urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
        pub client_assertion_type: String,
        ///The client id; not every client sends it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub client_id: Option<String>,
        ///`client_credentials`.
        pub grant_type: String,
        ///`sso-sessions.write`.
        pub scope: String,
    }
    ///An access token and its secret.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct OAuthAccessToken {
        ///Whether it is for a paper account.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_paper: Option<bool>,
        ///The access token.
        pub oauth_token: broker_session_runtime::SerializableSecret,
        ///Its secret, encrypted to the encryption key, in base64.
        pub oauth_token_secret: broker_session_runtime::SerializableSecret,
    }
    ///A request token.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct RequestToken {
        ///The request token.
        pub oauth_token: broker_session_runtime::SerializableSecret,
    }
    ///Which of the broker's servers the gateway is linked to.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct ServerInfo {
        ///Its name.
        #[serde(rename = "serverName", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub server_name: Option<String>,
        ///Its version.
        #[serde(rename = "serverVersion", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub server_version: Option<String>,
    }
    ///What the user may do.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct SsoFeatures {
        ///Bonds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub bond: Option<bool>,
        ///The calendar of events.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub calendar: Option<bool>,
        ///The broker's environment.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub env: Option<String>,
        ///`env` as the documentation spells it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub envs: Option<String>,
        ///Mutual funds.
        #[serde(rename = "newMf", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub new_mf: Option<bool>,
        ///Chains of options.
        #[serde(rename = "optionChains", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub option_chains: Option<bool>,
        ///Market data in real time.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub realtime: Option<bool>,
        ///Watch lists.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub wlms: Option<bool>,
    }
    ///The token of a single sign-on.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct SsoSession {
        ///The token.
        pub access_token: broker_session_runtime::SerializableSecret,
        ///Whether it can be used.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub active: Option<bool>,
        ///`Bearer`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub token_type: Option<String>,
    }
    ///The single sign-on and its user. Times are in milliseconds and beyond 32 bits.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    #[serde(remote = "SsoValidate")]
    pub struct SsoValidate {
        ///When the person signed in, in milliseconds since 1970-01-01T00:00:00Z.
        #[serde(rename = "AUTH_TIME", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub auth_time: Option<i64>,
        ///Not explained by the broker.
        #[serde(rename = "CLIENT_APP", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_app: Option<String>,
        ///Not explained by the broker.
        #[serde(rename = "COUNTERPARTY", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub counterparty: Option<String>,
        ///The user name again.
        #[serde(rename = "CREDENTIAL", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub credential: Option<String>,
        ///Not explained by the broker.
        #[serde(rename = "CREDENTIAL_TYPE", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub credential_type: Option<i64>,
        ///The milliseconds that are left; in one variant an epoch in milliseconds (observed).
        #[serde(rename = "EXPIRES", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub expires: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub features: Option<SsoFeatures>,
        ///An identifier of the machine in hexadecimal, and its hardware address.
        #[serde(rename = "HARDWARE_INFO", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub hardware_info: Option<String>,
        ///The address that the person signed in from.
        #[serde(rename = "IP", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub ip: Option<String>,
        ///Whether the account is a free trial.
        #[serde(rename = "IS_FREE_TRIAL", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_free_trial: Option<bool>,
        ///Whether a gateway asks, presumably.
        #[serde(rename = "isGw", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_gw: Option<bool>,
        ///Whether the account is the master of others.
        #[serde(rename = "IS_MASTER", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_master: Option<bool>,
        ///Whether the account is not open yet.
        #[serde(
            rename = "IS_PENDING_APPLICANT",
            skip_serializing_if = "Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_pending_applicant: Option<bool>,
        ///Which application the login was for.
        #[serde(rename = "LANDING_APP", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub landing_app: Option<String>,
        ///When the session was last used, in milliseconds since 1970-01-01T00:00:00Z.
        #[serde(rename = "lastAccessed", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub last_accessed: Option<i64>,
        ///1 for a live account and 2 for a paper account.
        #[serde(rename = "LOGIN_TYPE", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub login_type: Option<i64>,
        ///The name of the user's paper account.
        #[serde(rename = "PAPER_USER_NAME", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub paper_user_name: Option<String>,
        ///Whether the user can confirm a login with the mobile application.
        #[serde(
            rename = "QUALIFIED_FOR_MOBILE_AUTH",
            skip_serializing_if = "Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub qualified_for_mobile_auth: Option<bool>,
        ///Which of the broker's regions the session lives in.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub region: Option<String>,
        ///Whether the single sign-on is alive.
        #[serde(rename = "RESULT", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub result: Option<bool>,
        ///Not explained by the broker.
        #[serde(rename = "SF_CONFIG", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub sf_config: Option<String>,
        ///Not explained by the broker.
        #[serde(rename = "SF_ENABLED", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub sf_enabled: Option<bool>,
        ///A token of the session.
        #[serde(rename = "TOKEN", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub token: Option<broker_session_runtime::SerializableSecret>,
        ///How long the broker took.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub took: Option<i64>,
        ///Not explained by the broker.
        #[serde(rename = "UNIQUE_LOGIN_ID", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub unique_login_id: Option<String>,
        ///The number of the user.
        #[serde(rename = "USER_ID", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub user_id: Option<i64>,
        ///The user name.
        #[serde(rename = "USER_NAME", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub user_name: Option<String>,
    }
    ///How to open the brokerage session.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct SsodhInitRequest {
        ///Whether to end a session that the user has elsewhere.
        pub compete: bool,
        ///True; the broker refuses anything else with 500.
        pub publish: bool,
    }
    ///The state of the session. With OAuth, `ssoExpires`, `collission` and `userId` are absent.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct Tickle {
        ///Whether two sessions collide (spelled so by the broker).
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub collission: Option<bool>,
        ///Whether the gateway is linked to the back end; alone in some responses.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub connected: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub hmds: Option<Hmds>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub iserver: Option<Iserver>,
        ///The session, in 32 hexadecimal digits; opens the WebSocket.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub session: Option<broker_session_runtime::SerializableSecret>,
        ///The milliseconds until the single sign-on would time out; renews itself.
        #[serde(rename = "ssoExpires", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub sso_expires: Option<i64>,
        ///The number of the user.
        #[serde(rename = "userId", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub user_id: Option<i64>,
    }
    broker_session_runtime::read_normalized!(AuthStatus, [], ["passed" | "pass"]);
    broker_session_runtime::read_normalized!(
        SsoValidate, [], ["LOGIN_TYPE" | "loginType"]
    );
    broker_session_runtime::clean_fields!(
        AuthStatus, authenticated, competing, connected, established, fail,
        hardware_info, mac, message, passed, prompts, server_info
    );
    broker_session_runtime::clean_fields!(Hmds, auth_status, error);
    broker_session_runtime::clean_fields!(Iserver, auth_status, tickle);
    broker_session_runtime::clean_fields!(
        LiveSessionToken, diffie_hellman_response, live_session_token_expiration,
        live_session_token_signature
    );
    broker_session_runtime::clean_fields!(Logout, confirmed, status);
    broker_session_runtime::clean_fields!(
        OAuth2Token, access_token, expires_in, scope, token_type
    );
    broker_session_runtime::clean_fields!(
        OAuth2TokenRequest, client_assertion, client_assertion_type, client_id,
        grant_type, scope
    );
    broker_session_runtime::clean_fields!(
        OAuthAccessToken, is_paper, oauth_token, oauth_token_secret
    );
    broker_session_runtime::clean_fields!(RequestToken, oauth_token);
    broker_session_runtime::clean_fields!(ServerInfo, server_name, server_version);
    broker_session_runtime::clean_fields!(
        SsoFeatures, bond, calendar, env, envs, new_mf, option_chains, realtime, wlms
    );
    broker_session_runtime::clean_fields!(SsoSession, access_token, active, token_type);
    broker_session_runtime::clean_fields!(
        SsoValidate, auth_time, client_app, counterparty, credential, credential_type,
        expires, features, hardware_info, ip, is_free_trial, is_gw, is_master,
        is_pending_applicant, landing_app, last_accessed, login_type, paper_user_name,
        qualified_for_mobile_auth, region, result, sf_config, sf_enabled, token, took,
        unique_login_id, user_id, user_name
    );
    broker_session_runtime::clean_fields!(SsodhInitRequest, compete, publish);
    broker_session_runtime::clean_fields!(
        Tickle, collission, connected, hmds, iserver, session, sso_expires, user_id
    );
}
#[derive(Clone, Debug)]
/**Client for Interactive Brokers Client Portal, session operations

Keeps a session of the Client Portal Gateway or of the Web API alive, and ends it.

There are two tiers. The outer one is the single sign-on: a person signs in once in a browser, at the root
of the gateway. It lasts for at most 24 hours and is reset at midnight (New York, Zug or Hong Kong). The
inner one is the brokerage session. A user name has one, wherever the user signs in. Trading and every path
below `/iserver` need it.

- `connected`: the gateway is linked to the broker's back end.
- `authenticated`: the brokerage session can be used.
- `established`: the login message has arrived and the accounts are loaded. Absent from older gateways.
- `competing`: the brokerage session is held elsewhere, by the same user name.

A session that is connected but not authenticated has timed out softly; `iserver_auth_ssodh_init_post` opens
it again. The same call may tear down a live session (some clients report it, others call it once a minute). With
`compete` it ends the user's other session. A session that is neither connected nor authenticated is common after
the nightly restart. Opening it revives it while the single sign-on is alive. The gateway opens the brokerage
session by itself at each sign-in in the browser, which fails now and then.

Some gateways respond with 401 to every POST without the `Origin` and `Referer` of their own page, while
`sso_validate_get` reports that the single sign-on is alive. So 401 alone does not mean that a person must sign in.

Failures come with status 200, too: `{"error": "no session"}` is one. A response with the field `error`
is therefore a failure, with any status. The schemas list the forms under `anyOf`. The first form applies
that has all its required properties, none of them empty. Every other field may be missing or null.

The gateway on the user's own machine serves a self-signed certificate.


Version: 1.0.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: broker_session_runtime::Transport,
}
impl Client {
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(
        baseurl: &str,
        client: reqwest::Client,
        inner: broker_session_runtime::Transport,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<broker_session_runtime::Transport> for Client {
    fn api_version() -> &'static str {
        "1.0.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &broker_session_runtime::Transport {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<broker_session_runtime::Transport>,
    {}
};
#[allow(clippy::all)]
impl Client {
    /**Reports whether the brokerage session can be used

Only this response holds the reason for a refused `iserver_auth_ssodh_init_post`, in the field `fail`.
GET works as well (observed).


Sends a `POST` request to `/iserver/auth/status`

*/
    /**
Evidence: documented; the broker's documentation states it.

May be repeated (retry class `safe`).

# Errors

- 200, with a failure in the body: [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; the gateway redirects a browser to the login page.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not fit the state of the session.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The brokerage session or the single sign-on is over. A response with a message may be about the former;
  one without a body, or with a page, is most often about the latter. With OAuth the broker may also reject the
  caller's authorisation; that message contains a running number. Only other clients report the documented
  `application/problem+json`.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not accept requests from this address (`ips.allow` in its configuration), or the content
  delivery network in front of the broker blocks the request.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): The POST had no `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box for 15 minutes. Repeat offenders may be blocked for good. No
  body has been observed.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The gateway could not process the request, or the session decays.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway is not available. An opening after a logout has had this status, too.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn iserver_auth_status_post<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::AuthStatus>, Error<()>> {
        let url = format!("{}/iserver/auth/status", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "iserver_auth_status_post",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Opens the brokerage session

Needs a live single sign-on. On a live brokerage session the call has torn that session down; other clients call
it at each start and report no harm (both observed). So it is repeated only if it provably never left. Called
once a minute for hours, it has locked the person out of the single sign-on (observed). Other clients send a form
or a query (`compete=true&locale=en_US&mac=…&machineId=…&username=-`), or `{"publish": true}` alone.


Sends a `POST` request to `/iserver/auth/ssodh/init`

*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

# Errors

- 200, with a failure in the body: [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; the gateway redirects a browser to the login page.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not fit the state of the session.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The brokerage session or the single sign-on is over. A response with a message may be about the former;
  one without a body, or with a page, is most often about the latter. With OAuth the broker may also reject the
  caller's authorisation; that message contains a running number. Only other clients report the documented
  `application/problem+json`.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not accept requests from this address (`ips.allow` in its configuration), or the content
  delivery network in front of the broker blocks the request.
- 410, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The session was ended by a logout.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): The POST had no `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box for 15 minutes. Repeat offenders may be blocked for good. No
  body has been observed.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The session could not be opened, or `publish` was not true.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway is not available. An opening after a logout has had this status, too.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn iserver_auth_ssodh_init_post<'a>(
        &'a self,
        body: &'a types::SsodhInitRequest,
    ) -> Result<ResponseValue<types::AuthStatus>, Error<()>> {
        let url = format!("{}/iserver/auth/ssodh/init", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "iserver_auth_ssodh_init_post",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Triggers a new brokerage session

Replaced by `iserver_auth_ssodh_init_post`. The gateway responds by itself, to GET and to POST without a
`Content-Length` (observed). It reports either that a session was triggered, which takes about ten seconds more,
or that there is no login. Other builds respond with `passed`, `pass` or `authenticated` (observed). Older
documentation describes the response of `iserver_auth_status_post`. The hosted Web API responds with 404.


Sends a `POST` request to `/iserver/reauthenticate`

Arguments:
- `force`: Observed on the older base URL. The broker does not explain it.
*/
    /**
Deprecated by the broker.

Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

# Errors

- 200, with a failure in the body: [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`refused`](broker_session_runtime::ErrorKind::Refused) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; the gateway redirects a browser to the login page.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not fit the state of the session.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The brokerage session or the single sign-on is over. A response with a message may be about the former;
  one without a body, or with a page, is most often about the latter. With OAuth the broker may also reject the
  caller's authorisation; that message contains a running number. Only other clients report the documented
  `application/problem+json`.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not accept requests from this address (`ips.allow` in its configuration), or the content
  delivery network in front of the broker blocks the request.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): The POST had no `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box for 15 minutes. Repeat offenders may be blocked for good. No
  body has been observed.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The gateway could not process the request, or the session decays.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway is not available. An opening after a logout has had this status, too.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn iserver_reauthenticate_post<'a>(
        &'a self,
        force: Option<bool>,
    ) -> Result<ResponseValue<types::AuthStatus>, Error<()>> {
        let url = format!("{}/iserver/reauthenticate", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("force", &force))
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "iserver_reauthenticate_post",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Reports whether the single sign-on is alive, and its user

The gateway has it, and the hosted Web API for OAuth 2.0, where it extends the token by an hour. POST works as
well (observed). Now and then it reports that a good session is over (`RESULT` false, observed).


Sends a `GET` request to `/sso/validate`

*/
    /**
Evidence: documented; the broker's documentation states it.

May be repeated (retry class `safe`). The broker accepts one request in 60 seconds.

# Errors

- 200, with a failure in the body: [`login_required`](broker_session_runtime::ErrorKind::LoginRequired).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; the gateway redirects a browser to the login page.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not fit the state of the session.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`refused`](broker_session_runtime::ErrorKind::Refused): The single sign-on is over.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not accept requests from this address (`ips.allow` in its configuration), or the content
  delivery network in front of the broker blocks the request.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box for 15 minutes. Repeat offenders may be blocked for good. No
  body has been observed.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): System failed.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway is not available. An opening after a logout has had this status, too.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn sso_validate_get<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::SsoValidate>, Error<()>> {
        let url = format!("{}/sso/validate", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "sso_validate_get",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Keeps the session from timing out, and reports its state

Call it about once a minute: a session without a request for five to six minutes times out. GET works as
well (observed). `ssoExpires` counts down from about ten minutes and renews itself; it does not show how
much of the 24 hours is left (observed).


Sends a `POST` request to `/tickle`

*/
    /**
Evidence: documented; the broker's documentation states it.

May be repeated (retry class `safe`). The broker accepts one request in one second.

# Errors

- 200, with a failure in the body: [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; the gateway redirects a browser to the login page.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not fit the state of the session.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The brokerage session or the single sign-on is over. A response with a message may be about the former;
  one without a body, or with a page, is most often about the latter. With OAuth the broker may also reject the
  caller's authorisation; that message contains a running number. Only other clients report the documented
  `application/problem+json`.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not accept requests from this address (`ips.allow` in its configuration), or the content
  delivery network in front of the broker blocks the request.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): The POST had no `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box for 15 minutes. Repeat offenders may be blocked for good. No
  body has been observed.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The gateway could not process the request, or the session decays.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway is not available. An opening after a logout has had this status, too.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn tickle_post<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::Tickle>, Error<()>> {
        let url = format!("{}/tickle", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "tickle_post",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Ends the brokerage session, and sometimes the single sign-on

The documentation states that the single sign-on ends, so that a person must sign in again. Users report that
it stays alive, and that `iserver_auth_ssodh_init_post` or `iserver_reauthenticate_post` revive the session
without a person (observed). `sso_validate_get` reports which of the two happened.


Sends a `POST` request to `/logout`

*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

# Errors

- 200, with a failure in the body: [`refused`](broker_session_runtime::ErrorKind::Refused) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; the gateway redirects a browser to the login page.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not fit the state of the session.
- 401, [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The session had ended before the call.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not accept requests from this address (`ips.allow` in its configuration), or the content
  delivery network in front of the broker blocks the request.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): The POST had no `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box for 15 minutes. Repeat offenders may be blocked for good. No
  body has been observed.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The gateway could not process the request, or the session decays.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway is not available. An opening after a logout has had this status, too.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn logout_post<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::Logout>, Error<()>> {
        let url = format!("{}/logout", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "logout_post",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Hands out a request token, for a program of a third party

Only for a third party's consumer key. `Authorization` has the callback (`oauth_callback="oob"`) and a signature of
the method RSA-SHA256. A person then approves the request token in a browser.


Sends a `POST` request to `/oauth/request_token`

*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

# Errors

- 200, with a failure in the body: [`unavailable`](broker_session_runtime::ErrorKind::Unavailable).
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The broker does not accept the OAuth credentials, or the signature.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not accept requests from this address (`ips.allow` in its configuration), or the content
  delivery network in front of the broker blocks the request.
- 410, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The host has lost the session. Another host may do.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): The POST had no `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box for 15 minutes. Repeat offenders may be blocked for good. No
  body has been observed.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The gateway could not process the request, or the session decays.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway is not available. An opening after a logout has had this status, too.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn oauth_request_token_post<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::RequestToken>, Error<()>> {
        let url = format!("{}/oauth/request_token", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "oauth_request_token_post",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Hands out an access token and its secret, for a program of a third party

`Authorization` has the approved request token, its verifier (`oauth_verifier`) and a signature of the method
RSA-SHA256. Request token and verifier are good once.


Sends a `POST` request to `/oauth/access_token`

*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

# Errors

- 200, with a failure in the body: [`unavailable`](broker_session_runtime::ErrorKind::Unavailable).
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The broker does not accept the OAuth credentials, or the signature.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not accept requests from this address (`ips.allow` in its configuration), or the content
  delivery network in front of the broker blocks the request.
- 410, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The host has lost the session. Another host may do.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): The POST had no `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box for 15 minutes. Repeat offenders may be blocked for good. No
  body has been observed.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The gateway could not process the request, or the session decays.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway is not available. An opening after a logout has had this status, too.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn oauth_access_token_post<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::OAuthAccessToken>, Error<()>> {
        let url = format!("{}/oauth/access_token", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "oauth_access_token_post",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Agrees on a live session token, which signs all other requests

A Diffie-Hellman exchange. `Authorization` has the access token, the caller's public value in hexadecimal
(`diffie_hellman_challenge`) and a signature of the method RSA-SHA256. The text that is signed begins with the secret
of the access token, decrypted and in hexadecimal. The call changes no session, so it may be repeated, each time with
a new challenge. The token is good for 24 hours, for any number of processes.


Sends a `POST` request to `/oauth/live_session_token`

*/
    /**
Evidence: documented; the broker's documentation states it.

May be repeated (retry class `safe`).

# Errors

- 200, with a failure in the body: [`unavailable`](broker_session_runtime::ErrorKind::Unavailable).
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The broker does not accept the OAuth credentials, or the signature.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not accept requests from this address (`ips.allow` in its configuration), or the content
  delivery network in front of the broker blocks the request.
- 410, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The host has lost the session. Another host may do.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): The POST had no `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box for 15 minutes. Repeat offenders may be blocked for good. No
  body has been observed.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The gateway could not process the request, or the session decays.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway is not available. An opening after a logout has had this status, too.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn oauth_live_session_token_post<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::LiveSessionToken>, Error<()>> {
        let url = format!("{}/oauth/live_session_token", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "oauth_live_session_token_post",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Hands out an access token for a signed assertion

The assertion is a JWT (RFC 7523) with RS256 and the `kid` of the client's key. `iss` and `sub` are the client id, `aud`
is `/token`, and it lives for less than a minute. The documentation writes the names of the fields in camel case;
clients that work write snake case (observed).


Sends a `POST` request to `/oauth2/api/v1/token`

*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

# Errors

- 200, with a failure in the body: [`refused`](broker_session_runtime::ErrorKind::Refused).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused): The request is not valid (RFC 9457).
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The broker does not accept the client, its key or its assertion.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not accept requests from this address (`ips.allow` in its configuration), or the content
  delivery network in front of the broker blocks the request.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box for 15 minutes. Repeat offenders may be blocked for good. No
  body has been observed.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker could not process the request now.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway is not available. An opening after a logout has had this status, too.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn oauth2_token_post<'a>(
        &'a self,
        body: &'a types::OAuth2TokenRequest,
    ) -> Result<ResponseValue<types::OAuth2Token>, Error<()>> {
        let url = format!("{}/oauth2/api/v1/token", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .form_urlencoded(&body)?
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "oauth2_token_post",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Hands out the token of a single sign-on, which all other requests carry

The body is a JWT with RS256. Its claims are the user name (`credential`), the caller's public address (`ip`), the
client id (`iss`), `iat` and `exp`, which may be a day ahead. The documentation has the media type `text/plain`;
clients that work send `application/jwt` (observed).


Sends a `POST` request to `/gw/api/v1/sso-sessions`

*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the header `Authorization`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`refused`](broker_session_runtime::ErrorKind::Refused).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused): The request is not valid (RFC 9457).
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The broker does not accept the client, its key or its assertion.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The client may not open a session for this user name from this address.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box for 15 minutes. Repeat offenders may be blocked for good. No
  body has been observed.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker could not process the request now.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway is not available. An opening after a logout has had this status, too.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn sso_sessions_post<'a>(
        &'a self,
        body: String,
    ) -> Result<ResponseValue<types::SsoSession>, Error<()>> {
        let url = format!("{}/gw/api/v1/sso-sessions", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .header(
                ::reqwest::header::CONTENT_TYPE,
                ::reqwest::header::HeaderValue::from_static("text/plain"),
            )
            .body(body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "sso_sessions_post",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}
#[allow(unused_imports, reason = "few specs need all of them")]
use {
    broker_session_runtime::{
        Api, ErrorCode, ErrorKind::*, Fault, Hint, Operation, RateLimit, Retry,
        SecurityScheme, SecuritySchemeKind, Server, Status, decode, decode_nothing,
        decode_object,
    },
    std::time::Duration,
};
/// The ids of the operations.
pub mod operations {
    ///`iserver_auth_status_post`
    pub const ISERVER_AUTH_STATUS_POST: &str = "iserver_auth_status_post";
    ///`iserver_auth_ssodh_init_post`
    pub const ISERVER_AUTH_SSODH_INIT_POST: &str = "iserver_auth_ssodh_init_post";
    ///`iserver_reauthenticate_post`
    pub const ISERVER_REAUTHENTICATE_POST: &str = "iserver_reauthenticate_post";
    ///`sso_validate_get`
    pub const SSO_VALIDATE_GET: &str = "sso_validate_get";
    ///`tickle_post`
    pub const TICKLE_POST: &str = "tickle_post";
    ///`logout_post`
    pub const LOGOUT_POST: &str = "logout_post";
    ///`oauth_request_token_post`
    pub const OAUTH_REQUEST_TOKEN_POST: &str = "oauth_request_token_post";
    ///`oauth_access_token_post`
    pub const OAUTH_ACCESS_TOKEN_POST: &str = "oauth_access_token_post";
    ///`oauth_live_session_token_post`
    pub const OAUTH_LIVE_SESSION_TOKEN_POST: &str = "oauth_live_session_token_post";
    ///`oauth2_token_post`
    pub const OAUTH2_TOKEN_POST: &str = "oauth2_token_post";
    ///`sso_sessions_post`
    pub const SSO_SESSIONS_POST: &str = "sso_sessions_post";
}
/// The broker's own error codes.
const ERROR_CODES: &[ErrorCode] = &[
    ErrorCode::new("no session", SessionExpired),
    ErrorCode::new("not authenticated", SessionExpired),
    ErrorCode::new("Init session first", SessionExpired),
    ErrorCode::new("Please query /accounts first", SessionExpired),
    ErrorCode::new("no bridge", Unavailable),
    ErrorCode::new("Bad Request: no bridge", Unavailable),
    ErrorCode::new("failed to process request", Unavailable),
    ErrorCode::new("failed to generate sso dh token", Unavailable),
    ErrorCode::new("not logged in", LoginRequired),
    ErrorCode::new("Error 403 - Access Denied", Refused),
    ErrorCode::new("Access Denied", Refused),
    ErrorCode::new("Internal Server Error", Unavailable),
    ErrorCode::new("id: *, error: invalid consumer", Credentials),
    ErrorCode::new("id: *, error: LST failed, error: *", Credentials),
    ErrorCode::new("*invalid consumer*", Credentials),
    ErrorCode::new("*access token*", Credentials),
    ErrorCode::new("id: *, error: *", Credentials),
    ErrorCode::new("Invalid signature", Credentials),
    ErrorCode::new("invalid consumer", Credentials),
];
/// What this client was generated from.
pub static API: Api = Api {
    title: "Interactive Brokers Client Portal, session operations",
    version: "1.0.0",
    servers: &[
        Server::production("https://localhost:5000/v1/api"),
        Server::production("https://localhost:5000/v1/portal"),
        Server::production("http://localhost:5000/v1/api"),
        Server::production("https://api.ibkr.com/v1/api"),
        Server::production("https://1.api.ibkr.com/v1/api"),
        Server::production("https://2.api.ibkr.com/v1/api"),
        Server::production("https://3.api.ibkr.com/v1/api"),
        Server::production("https://4.api.ibkr.com/v1/api"),
        Server::production("https://5.api.ibkr.com/v1/api"),
        Server::production("https://6.api.ibkr.com/v1/api"),
        Server::production("https://7.api.ibkr.com/v1/api"),
    ],
    domains: &["api.ibkr.com", "ibkr.com"],
    security_schemes: &[
        SecurityScheme {
            name: "oauth2AccessToken",
            kind: SecuritySchemeKind::Bearer,
            secret: true,
        },
    ],
    operations: &[
        Operation {
            id: "iserver_auth_status_post",
            method: "POST",
            path: "/iserver/auth/status",
            retry: Retry::Safe,
            statuses: &[
                Status {
                    faults: &[Fault::first(&["error"])],
                    ..Status::success(200u16, decode_object::<types::AuthStatus>)
                },
                Status::failure(302u16, Some(LoginRequired)),
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(LoginRequired)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(411u16, Some(Refused)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "iserver_auth_ssodh_init_post",
            method: "POST",
            path: "/iserver/auth/ssodh/init",
            retry: Retry::Unsent,
            statuses: &[
                Status {
                    faults: &[Fault::first(&["error"])],
                    ..Status::success(200u16, decode_object::<types::AuthStatus>)
                },
                Status::failure(302u16, Some(LoginRequired)),
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(LoginRequired)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(410u16, Some(LoginRequired)),
                Status::failure(411u16, Some(Refused)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "iserver_reauthenticate_post",
            method: "POST",
            path: "/iserver/reauthenticate",
            retry: Retry::Unsent,
            statuses: &[
                Status {
                    faults: &[Fault::first(&["error"])],
                    ..Status::success(200u16, decode_object::<types::AuthStatus>)
                },
                Status::failure(302u16, Some(LoginRequired)),
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(LoginRequired)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(411u16, Some(Refused)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "sso_validate_get",
            method: "GET",
            path: "/sso/validate",
            retry: Retry::Safe,
            statuses: &[
                Status {
                    faults: &[Fault::first(&["error"])],
                    ..Status::success(200u16, decode_object::<types::SsoValidate>)
                },
                Status::failure(302u16, Some(LoginRequired)),
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(LoginRequired)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
            ],
            rate_limit: Some(RateLimit {
                requests: 1u32,
                per: Duration::from_secs(60u64),
            }),
            ..Operation::EMPTY
        },
        Operation {
            id: "tickle_post",
            method: "POST",
            path: "/tickle",
            retry: Retry::Safe,
            statuses: &[
                Status {
                    may_be_empty: true,
                    faults: &[Fault::first(&["error"])],
                    ..Status::success(200u16, decode_object::<types::Tickle>)
                },
                Status::failure(302u16, Some(LoginRequired)),
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(LoginRequired)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(411u16, Some(Refused)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
            ],
            rate_limit: Some(RateLimit {
                requests: 1u32,
                per: Duration::from_secs(1u64),
            }),
            ..Operation::EMPTY
        },
        Operation {
            id: "logout_post",
            method: "POST",
            path: "/logout",
            retry: Retry::Unsent,
            statuses: &[
                Status {
                    faults: &[Fault::first(&["error"])],
                    ..Status::success(200u16, decode_object::<types::Logout>)
                },
                Status::failure(302u16, Some(LoginRequired)),
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(SessionExpired)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(411u16, Some(Refused)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "oauth_request_token_post",
            method: "POST",
            path: "/oauth/request_token",
            retry: Retry::Unsent,
            statuses: &[
                Status {
                    required: &["oauth_token"],
                    faults: &[Fault::first(&["error"])],
                    ..Status::success(200u16, decode_object::<types::RequestToken>)
                },
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(410u16, Some(Unavailable)),
                Status::failure(411u16, Some(Refused)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "oauth_access_token_post",
            method: "POST",
            path: "/oauth/access_token",
            retry: Retry::Unsent,
            statuses: &[
                Status {
                    required: &["oauth_token", "oauth_token_secret"],
                    faults: &[Fault::first(&["error"])],
                    ..Status::success(200u16, decode_object::<types::OAuthAccessToken>)
                },
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(410u16, Some(Unavailable)),
                Status::failure(411u16, Some(Refused)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "oauth_live_session_token_post",
            method: "POST",
            path: "/oauth/live_session_token",
            retry: Retry::Safe,
            statuses: &[
                Status {
                    required: &[
                        "diffie_hellman_response",
                        "live_session_token_signature",
                        "live_session_token_expiration",
                    ],
                    faults: &[Fault::first(&["error"])],
                    ..Status::success(200u16, decode_object::<types::LiveSessionToken>)
                },
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(410u16, Some(Unavailable)),
                Status::failure(411u16, Some(Refused)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "oauth2_token_post",
            method: "POST",
            path: "/oauth2/api/v1/token",
            servers: &[Server::production("https://api.ibkr.com")],
            retry: Retry::Unsent,
            secret_fields: &["client_assertion"],
            statuses: &[
                Status {
                    required: &["access_token"],
                    faults: &[Fault::first(&["title"])],
                    ..Status::success(200u16, decode_object::<types::OAuth2Token>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "sso_sessions_post",
            method: "POST",
            path: "/gw/api/v1/sso-sessions",
            servers: &[Server::production("https://api.ibkr.com")],
            retry: Retry::Unsent,
            security: &["oauth2AccessToken"],
            statuses: &[
                Status {
                    required: &["access_token"],
                    faults: &[Fault::first(&["title"])],
                    ..Status::success(200u16, decode_object::<types::SsoSession>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
    ],
    error_codes: ERROR_CODES,
    hints: &[
        Hint {
            header: Some(("server", "AirTunes*")),
            text: "Another program responds on this port, AirPlay of macOS. Give the gateway another one (`listenPort` in its `root/conf.yaml`), and name it in the base URL.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["Error 403 - Access Denied"],
            text: "Add this machine's address to `ips.allow` in the gateway's `root/conf.yaml` (single addresses and `*`, no `/24`), and restart the gateway.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["Internal Server Error"],
            text: "If every call fails so, look at `ips.allow` in the gateway's `root/conf.yaml`. It takes single addresses and `*`, and no ranges like `192.0.2.0/24`.",
            ..Hint::EMPTY
        },
        Hint {
            statuses: &[401u16],
            codes: &["Access Denied*"],
            text: "The broker keeps this user name out, as it does after too many attempts to open the brokerage session. Stop every program that opens one, wait some hours, and sign in once in a browser.",
            ..Hint::EMPTY
        },
        Hint {
            statuses: &[403u16],
            text: "The broker's network, or something in between, does not let this machine through. Try from another address; some data centres are kept out. If a gateway responds so, look at `ips.allow` in its `root/conf.yaml`.",
            ..Hint::EMPTY
        },
        Hint {
            statuses: &[404u16],
            text: "There is no such address. Check the base URL; that of a gateway ends with `/v1/api`, that of an older one with `/v1/portal`.",
            ..Hint::EMPTY
        },
        Hint {
            statuses: &[407u16],
            text: "A proxy in between asks for a user name and a password. Give them with the proxy's settings, or reach the gateway without it.",
            ..Hint::EMPTY
        },
        Hint {
            statuses: &[411u16],
            text: "Something in between has taken away the length of the request. Reach the gateway without it.",
            ..Hint::EMPTY
        },
        Hint {
            statuses: &[511u16],
            text: "A network in between asks for a login of its own. Open any page in a browser and sign in there first.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["id: *, error: invalid consumer", "invalid consumer"],
            text: "Check the consumer key. A new one is accepted only some time after its registration, often after the weekend.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["id: *, error: LST failed, error: *"],
            text: "Make a new access token at the broker's OAuth page.",
            ..Hint::EMPTY
        },
        Hint {
            statuses: &[401u16],
            operations: &["oauth_live_session_token_post"],
            text: "Compare consumer key, access token and the public signature key at the broker's OAuth page with the settings; `broker-session doctor ibkr` checks them.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["Invalid signature"],
            text: "Check the signing key, the access token's secret, and the clock of this machine.",
            ..Hint::EMPTY
        },
    ],
    rate_limit: Some(RateLimit {
        requests: 10u32,
        per: Duration::from_secs(1u64),
    }),
    penalty: Some(Duration::from_secs(900u64)),
    document: if cfg!(feature = "drift") {
        Some(include_str!(env!("OPENAPI_DOCUMENT")))
    } else {
        None
    },
};
impl ClientHooks<broker_session_runtime::Transport> for Client {
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        info: &OperationInfo,
    ) -> Result<(), Error<E>> {
        self.inner.pre(request, info)
    }
    async fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        self.inner.exec(&self.client, request, info).await
    }
    async fn post<E>(
        &self,
        result: &reqwest::Result<reqwest::Response>,
        _info: &OperationInfo,
    ) -> Result<(), Error<E>> {
        self.inner.post(result)
    }
}
/// Typed mocks of every operation for `httpmock`.
#[cfg(feature = "httpmock")]
pub mod mock {
    pub mod operations {
        //! [`When`](::httpmock::When) and [`Then`](::httpmock::Then)
        //! wrappers for each operation. Each can be converted to
        //! its inner type with a call to `into_inner()`. This can
        //! be used to explicitly deviate from permitted values.
        use crate::*;
        pub struct IserverAuthStatusPostWhen(::httpmock::When);
        impl IserverAuthStatusPostWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/iserver/auth/status$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
        }
        pub struct IserverAuthStatusPostThen(::httpmock::Then);
        impl IserverAuthStatusPostThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::AuthStatus) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct IserverAuthSsodhInitPostWhen(::httpmock::When);
        impl IserverAuthSsodhInitPostWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/iserver/auth/ssodh/init$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn body(self, value: &types::SsodhInitRequest) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct IserverAuthSsodhInitPostThen(::httpmock::Then);
        impl IserverAuthSsodhInitPostThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::AuthStatus) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct IserverReauthenticatePostWhen(::httpmock::When);
        impl IserverReauthenticatePostWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/iserver/reauthenticate$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn force<T>(self, value: T) -> Self
            where
                T: Into<Option<bool>>,
            {
                if let Some(value) = value.into() {
                    Self(self.0.query_param("force", value.to_string()))
                } else {
                    Self(self.0.query_param_missing("force"))
                }
            }
        }
        pub struct IserverReauthenticatePostThen(::httpmock::Then);
        impl IserverReauthenticatePostThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::AuthStatus) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct SsoValidateGetWhen(::httpmock::When);
        impl SsoValidateGetWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::GET)
                        .path_matches(regex::Regex::new("/sso/validate$").unwrap()),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
        }
        pub struct SsoValidateGetThen(::httpmock::Then);
        impl SsoValidateGetThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::SsoValidate) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct TicklePostWhen(::httpmock::When);
        impl TicklePostWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(regex::Regex::new("/tickle$").unwrap()),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
        }
        pub struct TicklePostThen(::httpmock::Then);
        impl TicklePostThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::Tickle) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct LogoutPostWhen(::httpmock::When);
        impl LogoutPostWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(regex::Regex::new("/logout$").unwrap()),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
        }
        pub struct LogoutPostThen(::httpmock::Then);
        impl LogoutPostThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::Logout) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct OauthRequestTokenPostWhen(::httpmock::When);
        impl OauthRequestTokenPostWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/oauth/request_token$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
        }
        pub struct OauthRequestTokenPostThen(::httpmock::Then);
        impl OauthRequestTokenPostThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::RequestToken) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct OauthAccessTokenPostWhen(::httpmock::When);
        impl OauthAccessTokenPostWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(regex::Regex::new("/oauth/access_token$").unwrap()),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
        }
        pub struct OauthAccessTokenPostThen(::httpmock::Then);
        impl OauthAccessTokenPostThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::OAuthAccessToken) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct OauthLiveSessionTokenPostWhen(::httpmock::When);
        impl OauthLiveSessionTokenPostWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/oauth/live_session_token$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
        }
        pub struct OauthLiveSessionTokenPostThen(::httpmock::Then);
        impl OauthLiveSessionTokenPostThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::LiveSessionToken) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct Oauth2TokenPostWhen(::httpmock::When);
        impl Oauth2TokenPostWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/oauth2/api/v1/token$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn body(self, value: &types::OAuth2TokenRequest) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct Oauth2TokenPostThen(::httpmock::Then);
        impl Oauth2TokenPostThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::OAuth2Token) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct SsoSessionsPostWhen(::httpmock::When);
        impl SsoSessionsPostWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/gw/api/v1/sso-sessions$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn body(self, value: String) -> Self {
                Self(self.0.body(value))
            }
        }
        pub struct SsoSessionsPostThen(::httpmock::Then);
        impl SsoSessionsPostThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::SsoSession) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
    }
    /// An extension trait for [`MockServer`](::httpmock::MockServer) that
    /// adds a method for each operation. These are the equivalent of
    /// type-checked [`mock()`](::httpmock::MockServer::mock) calls.
    pub trait MockServerExt {
        fn iserver_auth_status_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::IserverAuthStatusPostWhen,
                operations::IserverAuthStatusPostThen,
            );
        fn iserver_auth_ssodh_init_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::IserverAuthSsodhInitPostWhen,
                operations::IserverAuthSsodhInitPostThen,
            );
        fn iserver_reauthenticate_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::IserverReauthenticatePostWhen,
                operations::IserverReauthenticatePostThen,
            );
        fn sso_validate_get<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::SsoValidateGetWhen, operations::SsoValidateGetThen);
        fn tickle_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::TicklePostWhen, operations::TicklePostThen);
        fn logout_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::LogoutPostWhen, operations::LogoutPostThen);
        fn oauth_request_token_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::OauthRequestTokenPostWhen,
                operations::OauthRequestTokenPostThen,
            );
        fn oauth_access_token_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::OauthAccessTokenPostWhen,
                operations::OauthAccessTokenPostThen,
            );
        fn oauth_live_session_token_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::OauthLiveSessionTokenPostWhen,
                operations::OauthLiveSessionTokenPostThen,
            );
        fn oauth2_token_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::Oauth2TokenPostWhen, operations::Oauth2TokenPostThen);
        fn sso_sessions_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::SsoSessionsPostWhen, operations::SsoSessionsPostThen);
    }
    impl MockServerExt for ::httpmock::MockServer {
        fn iserver_auth_status_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::IserverAuthStatusPostWhen,
                operations::IserverAuthStatusPostThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::IserverAuthStatusPostWhen::new(when),
                    operations::IserverAuthStatusPostThen::new(then),
                )
            })
        }
        fn iserver_auth_ssodh_init_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::IserverAuthSsodhInitPostWhen,
                operations::IserverAuthSsodhInitPostThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::IserverAuthSsodhInitPostWhen::new(when),
                    operations::IserverAuthSsodhInitPostThen::new(then),
                )
            })
        }
        fn iserver_reauthenticate_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::IserverReauthenticatePostWhen,
                operations::IserverReauthenticatePostThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::IserverReauthenticatePostWhen::new(when),
                    operations::IserverReauthenticatePostThen::new(then),
                )
            })
        }
        fn sso_validate_get<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::SsoValidateGetWhen, operations::SsoValidateGetThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::SsoValidateGetWhen::new(when),
                    operations::SsoValidateGetThen::new(then),
                )
            })
        }
        fn tickle_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::TicklePostWhen, operations::TicklePostThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::TicklePostWhen::new(when),
                    operations::TicklePostThen::new(then),
                )
            })
        }
        fn logout_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::LogoutPostWhen, operations::LogoutPostThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::LogoutPostWhen::new(when),
                    operations::LogoutPostThen::new(then),
                )
            })
        }
        fn oauth_request_token_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::OauthRequestTokenPostWhen,
                operations::OauthRequestTokenPostThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::OauthRequestTokenPostWhen::new(when),
                    operations::OauthRequestTokenPostThen::new(then),
                )
            })
        }
        fn oauth_access_token_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::OauthAccessTokenPostWhen,
                operations::OauthAccessTokenPostThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::OauthAccessTokenPostWhen::new(when),
                    operations::OauthAccessTokenPostThen::new(then),
                )
            })
        }
        fn oauth_live_session_token_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::OauthLiveSessionTokenPostWhen,
                operations::OauthLiveSessionTokenPostThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::OauthLiveSessionTokenPostWhen::new(when),
                    operations::OauthLiveSessionTokenPostThen::new(then),
                )
            })
        }
        fn oauth2_token_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::Oauth2TokenPostWhen, operations::Oauth2TokenPostThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::Oauth2TokenPostWhen::new(when),
                    operations::Oauth2TokenPostThen::new(then),
                )
            })
        }
        fn sso_sessions_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::SsoSessionsPostWhen, operations::SsoSessionsPostThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::SsoSessionsPostWhen::new(when),
                    operations::SsoSessionsPostThen::new(then),
                )
            })
        }
    }
}
/// Calls by name, for tests that walk the spec.
#[cfg(feature = "httpmock")]
pub mod contract {
    use super::{Client, types};
    use broker_session_runtime::contract::{Outcome, argument, outcome, unknown};
    /// Calls the operation with this id. `arguments` holds the parameters by their names on the wire,
    /// and the request body as `body`.
    pub async fn call(
        client: &Client,
        operation: &str,
        arguments: &serde_json::Value,
    ) -> Result<Outcome, String> {
        match operation {
            "iserver_auth_status_post" => {
                outcome(client.iserver_auth_status_post().await)
            }
            "iserver_auth_ssodh_init_post" => {
                let body = argument(arguments, "body")?;
                outcome(client.iserver_auth_ssodh_init_post(&body).await)
            }
            "iserver_reauthenticate_post" => {
                let force = argument(arguments, "force")?;
                outcome(client.iserver_reauthenticate_post(force).await)
            }
            "sso_validate_get" => outcome(client.sso_validate_get().await),
            "tickle_post" => outcome(client.tickle_post().await),
            "logout_post" => outcome(client.logout_post().await),
            "oauth_request_token_post" => {
                outcome(client.oauth_request_token_post().await)
            }
            "oauth_access_token_post" => outcome(client.oauth_access_token_post().await),
            "oauth_live_session_token_post" => {
                outcome(client.oauth_live_session_token_post().await)
            }
            "oauth2_token_post" => {
                let body = argument(arguments, "body")?;
                outcome(client.oauth2_token_post(&body).await)
            }
            "sso_sessions_post" => {
                let body = argument(arguments, "body")?;
                outcome(client.sso_sessions_post(body).await)
            }
            _ => unknown(operation),
        }
    }
    /// The JSON schema of every generated type, by the name of its schema in the spec.
    pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
        vec![
            ("SsodhInitRequest", schemars::schema_for!(types::SsodhInitRequest)),
            ("AuthStatus", schemars::schema_for!(types::AuthStatus)), ("ServerInfo",
            schemars::schema_for!(types::ServerInfo)), ("SsoValidate",
            schemars::schema_for!(types::SsoValidate)), ("SsoFeatures",
            schemars::schema_for!(types::SsoFeatures)), ("Tickle",
            schemars::schema_for!(types::Tickle)), ("Hmds",
            schemars::schema_for!(types::Hmds)), ("Iserver",
            schemars::schema_for!(types::Iserver)), ("Logout",
            schemars::schema_for!(types::Logout)), ("RequestToken",
            schemars::schema_for!(types::RequestToken)), ("OAuthAccessToken",
            schemars::schema_for!(types::OAuthAccessToken)), ("LiveSessionToken",
            schemars::schema_for!(types::LiveSessionToken)), ("OAuth2TokenRequest",
            schemars::schema_for!(types::OAuth2TokenRequest)), ("OAuth2Token",
            schemars::schema_for!(types::OAuth2Token)), ("SsoSession",
            schemars::schema_for!(types::SsoSession))
        ]
    }
}
