// Generated from openapi/ibkr-session.yaml. Do not edit: change the spec and run `cargo xtask generate`.
// spec-sha256: c3b11b492bf6bd72eeb3212a0890456c92251c92f4c1896d6a669abe1fc4d986
// generators: progenitor 0.15.1, prettyplease 0.3.0

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///How the brokerage session is.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq, schemars::JsonSchema)]
    pub struct AuthStatus {
        ///Whether the brokerage session can be used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub authenticated: ::std::option::Option<bool>,
        ///Whether the brokerage session is held elsewhere.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub competing: ::std::option::Option<bool>,
        ///Whether the gateway is linked to the back end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub connected: ::std::option::Option<bool>,
        ///Whether the login message has arrived and the accounts are loaded. Absent from older gateways.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub established: ::std::option::Option<bool>,
        ///Why the last opening was refused; empty if it was not.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub fail: ::std::option::Option<::std::string::String>,
        ///An identifier of the machine in hexadecimal, and its hardware address.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub hardware_info: ::std::option::Option<::std::string::String>,
        ///The hardware address of the gateway's machine.
        #[serde(rename = "MAC", skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub mac: ::std::option::Option<::std::string::String>,
        ///The broker's words.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: ::std::option::Option<::std::string::String>,
        ///Whether the session was opened; in responses of `iserver_auth_ssodh_init_post` and `iserver_reauthenticate_post`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub passed: ::std::option::Option<bool>,
        ///Questions to the user.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub prompts: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        #[serde(
            rename = "serverInfo",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub server_info: ::std::option::Option<ServerInfo>,
    }
    ///How the brokerage session is, or a failure.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum AuthStatusAnswer {
        ErrorAnswer(ErrorAnswer),
        AuthStatus(AuthStatus),
    }
    impl ::std::convert::From<ErrorAnswer> for AuthStatusAnswer {
        fn from(value: ErrorAnswer) -> Self {
            Self::ErrorAnswer(value)
        }
    }
    impl ::std::convert::From<AuthStatus> for AuthStatusAnswer {
        fn from(value: AuthStatus) -> Self {
            Self::AuthStatus(value)
        }
    }
    ///What went wrong; it comes with status 200, too.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct ErrorAnswer {
        ///The broker's words.
        pub error: ::std::string::String,
        ///The HTTP status once more; a string in the documentation.
        #[serde(
            rename = "statusCode",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status_code: ::std::option::Option<i64>,
    }
    ///The state of the historical market data; of no consequence for the session.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct Hmds {
        #[serde(
            rename = "authStatus",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub auth_status: ::std::option::Option<AuthStatus>,
        ///Why there are none, usually `no bridge`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub error: ::std::option::Option<::std::string::String>,
    }
    ///The brokerage tier.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct Iserver {
        #[serde(
            rename = "authStatus",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub auth_status: ::std::option::Option<AuthStatus>,
        ///Whether the brokerage tier was tickled.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub tickle: ::std::option::Option<bool>,
    }
    ///Whether the session was ended.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct Logout {
        ///The same in older documentation.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub confirmed: ::std::option::Option<bool>,
        ///Whether it was.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<bool>,
    }
    ///Whether the session was ended, or a failure.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum LogoutAnswer {
        ErrorAnswer(ErrorAnswer),
        Logout(Logout),
    }
    impl ::std::convert::From<ErrorAnswer> for LogoutAnswer {
        fn from(value: ErrorAnswer) -> Self {
            Self::ErrorAnswer(value)
        }
    }
    impl ::std::convert::From<Logout> for LogoutAnswer {
        fn from(value: Logout) -> Self {
            Self::Logout(value)
        }
    }
    ///Which of the broker's servers the gateway is linked to.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct ServerInfo {
        ///Its name.
        #[serde(
            rename = "serverName",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub server_name: ::std::option::Option<::std::string::String>,
        ///Its version.
        #[serde(
            rename = "serverVersion",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub server_version: ::std::option::Option<::std::string::String>,
    }
    ///What the user may do.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct SsoFeatures {
        ///Bonds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub bond: ::std::option::Option<bool>,
        ///The calendar of events.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub calendar: ::std::option::Option<bool>,
        ///The broker's environment.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub env: ::std::option::Option<::std::string::String>,
        ///`env` as the documentation spells it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub envs: ::std::option::Option<::std::string::String>,
        ///Mutual funds.
        #[serde(
            rename = "newMf",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub new_mf: ::std::option::Option<bool>,
        ///Chains of options.
        #[serde(
            rename = "optionChains",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub option_chains: ::std::option::Option<bool>,
        ///Market data in real time.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub realtime: ::std::option::Option<bool>,
        ///Watch lists.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub wlms: ::std::option::Option<bool>,
    }
    ///The single sign-on, and whose it is. Times are in milliseconds and beyond 32 bits.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq, schemars::JsonSchema)]
    pub struct SsoValidate {
        ///When the person signed in, in milliseconds since 1970-01-01T00:00:00Z.
        #[serde(
            rename = "AUTH_TIME",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub auth_time: ::std::option::Option<i64>,
        ///Not explained by the broker.
        #[serde(
            rename = "CLIENT_APP",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_app: ::std::option::Option<::std::string::String>,
        ///Not explained by the broker.
        #[serde(
            rename = "COUNTERPARTY",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub counterparty: ::std::option::Option<::std::string::String>,
        ///The user name once more.
        #[serde(
            rename = "CREDENTIAL",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub credential: ::std::option::Option<::std::string::String>,
        ///Not explained by the broker.
        #[serde(
            rename = "CREDENTIAL_TYPE",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub credential_type: ::std::option::Option<i64>,
        ///The milliseconds that are left; in one variant an epoch in milliseconds (observed).
        #[serde(
            rename = "EXPIRES",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub expires: ::std::option::Option<i64>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub features: ::std::option::Option<SsoFeatures>,
        ///An identifier of the machine in hexadecimal, and its hardware address.
        #[serde(
            rename = "HARDWARE_INFO",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub hardware_info: ::std::option::Option<::std::string::String>,
        ///The address that the person signed in from.
        #[serde(rename = "IP", skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub ip: ::std::option::Option<::std::string::String>,
        ///Whether the account is a free trial.
        #[serde(
            rename = "IS_FREE_TRIAL",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_free_trial: ::std::option::Option<bool>,
        ///Whether a gateway asks, presumably.
        #[serde(rename = "isGw", skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_gw: ::std::option::Option<bool>,
        ///Whether the account is the master of others.
        #[serde(
            rename = "IS_MASTER",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_master: ::std::option::Option<bool>,
        ///Whether the account is not open yet.
        #[serde(
            rename = "IS_PENDING_APPLICANT",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_pending_applicant: ::std::option::Option<bool>,
        ///Which application the login was for.
        #[serde(
            rename = "LANDING_APP",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub landing_app: ::std::option::Option<::std::string::String>,
        ///When the session was last used, in milliseconds since 1970-01-01T00:00:00Z.
        #[serde(
            rename = "lastAccessed",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub last_accessed: ::std::option::Option<i64>,
        ///1 for a live account and 2 for a paper account.
        #[serde(
            rename = "LOGIN_TYPE",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub login_type: ::std::option::Option<i64>,
        ///The name of the user's paper account.
        #[serde(
            rename = "PAPER_USER_NAME",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub paper_user_name: ::std::option::Option<::std::string::String>,
        ///Whether the user can confirm a login with the mobile application.
        #[serde(
            rename = "QUALIFIED_FOR_MOBILE_AUTH",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub qualified_for_mobile_auth: ::std::option::Option<bool>,
        ///Which of the broker's regions the session lives in.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub region: ::std::option::Option<::std::string::String>,
        ///Whether the single sign-on is alive.
        #[serde(
            rename = "RESULT",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub result: ::std::option::Option<bool>,
        ///Not explained by the broker.
        #[serde(
            rename = "SF_CONFIG",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub sf_config: ::std::option::Option<::std::string::String>,
        ///Not explained by the broker.
        #[serde(
            rename = "SF_ENABLED",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub sf_enabled: ::std::option::Option<bool>,
        ///A token of the session.
        #[serde(
            rename = "TOKEN",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub token: ::std::option::Option<broker_session_runtime::Secret>,
        ///How long the broker took.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub took: ::std::option::Option<i64>,
        ///Not explained by the broker.
        #[serde(
            rename = "UNIQUE_LOGIN_ID",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub unique_login_id: ::std::option::Option<::std::string::String>,
        ///The number of the user.
        #[serde(
            rename = "USER_ID",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub user_id: ::std::option::Option<i64>,
        ///The user name.
        #[serde(
            rename = "USER_NAME",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub user_name: ::std::option::Option<::std::string::String>,
    }
    ///How the single sign-on is, or a failure.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum SsoValidateAnswer {
        ErrorAnswer(ErrorAnswer),
        SsoValidate(SsoValidate),
    }
    impl ::std::convert::From<ErrorAnswer> for SsoValidateAnswer {
        fn from(value: ErrorAnswer) -> Self {
            Self::ErrorAnswer(value)
        }
    }
    impl ::std::convert::From<SsoValidate> for SsoValidateAnswer {
        fn from(value: SsoValidate) -> Self {
            Self::SsoValidate(value)
        }
    }
    ///How to open the brokerage session.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct SsodhInitRequest {
        ///Whether to throw out a session that the user has elsewhere.
        pub compete: bool,
        ///True; anything else is answered with 500.
        pub publish: bool,
    }
    ///How the session is. With OAuth, `ssoExpires`, `collission` and `userId` are absent.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct Tickle {
        ///Whether two sessions collide (spelled so by the broker).
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub collission: ::std::option::Option<bool>,
        ///Whether the gateway is linked to the back end; alone in some responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub connected: ::std::option::Option<bool>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub hmds: ::std::option::Option<Hmds>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub iserver: ::std::option::Option<Iserver>,
        ///The session, in 32 hexadecimal digits; opens the WebSocket.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub session: ::std::option::Option<broker_session_runtime::Secret>,
        ///The milliseconds until the single sign-on would time out; renews itself.
        #[serde(
            rename = "ssoExpires",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub sso_expires: ::std::option::Option<i64>,
        ///The number of the user.
        #[serde(
            rename = "userId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub user_id: ::std::option::Option<i64>,
    }
    ///How the session is, or a failure.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum TickleAnswer {
        ErrorAnswer(ErrorAnswer),
        Tickle(Tickle),
    }
    impl ::std::convert::From<ErrorAnswer> for TickleAnswer {
        fn from(value: ErrorAnswer) -> Self {
            Self::ErrorAnswer(value)
        }
    }
    impl ::std::convert::From<Tickle> for TickleAnswer {
        fn from(value: Tickle) -> Self {
            Self::Tickle(value)
        }
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
    impl<'de> ::serde::Deserialize<'de> for AuthStatus {
        /// Of several spellings of a member the first that is there, and not null, is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            #[derive(::serde::Deserialize)]
            #[serde(expecting = "struct AuthStatus")]
            struct AllSpellings {
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub authenticated: ::std::option::Option<bool>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub competing: ::std::option::Option<bool>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub connected: ::std::option::Option<bool>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub established: ::std::option::Option<bool>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub fail: ::std::option::Option<::std::string::String>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub hardware_info: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "MAC",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub mac: ::std::option::Option<::std::string::String>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub message: ::std::option::Option<::std::string::String>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub passed: ::std::option::Option<bool>,
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                #[serde(rename = "pass")]
                pub passed_0: ::std::option::Option<bool>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub prompts: ::std::option::Option<
                    ::std::vec::Vec<::std::string::String>,
                >,
                #[serde(
                    rename = "serverInfo",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub server_info: ::std::option::Option<ServerInfo>,
            }
            let all: AllSpellings = ::serde::Deserialize::deserialize(deserializer)?;
            Ok(Self {
                authenticated: all.authenticated,
                competing: all.competing,
                connected: all.connected,
                established: all.established,
                fail: all.fail,
                hardware_info: all.hardware_info,
                mac: all.mac,
                message: all.message,
                passed: all.passed.or(all.passed_0),
                prompts: all.prompts,
                server_info: all.server_info,
            })
        }
    }
    impl<'de> ::serde::Deserialize<'de> for SsoValidate {
        /// Of several spellings of a member the first that is there, and not null, is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            #[derive(::serde::Deserialize)]
            #[serde(expecting = "struct SsoValidate")]
            struct AllSpellings {
                #[serde(
                    rename = "AUTH_TIME",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub auth_time: ::std::option::Option<i64>,
                #[serde(
                    rename = "CLIENT_APP",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub client_app: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "COUNTERPARTY",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub counterparty: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "CREDENTIAL",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub credential: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "CREDENTIAL_TYPE",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub credential_type: ::std::option::Option<i64>,
                #[serde(
                    rename = "EXPIRES",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub expires: ::std::option::Option<i64>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub features: ::std::option::Option<SsoFeatures>,
                #[serde(
                    rename = "HARDWARE_INFO",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub hardware_info: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "IP",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub ip: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "IS_FREE_TRIAL",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub is_free_trial: ::std::option::Option<bool>,
                #[serde(
                    rename = "isGw",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub is_gw: ::std::option::Option<bool>,
                #[serde(
                    rename = "IS_MASTER",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub is_master: ::std::option::Option<bool>,
                #[serde(
                    rename = "IS_PENDING_APPLICANT",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub is_pending_applicant: ::std::option::Option<bool>,
                #[serde(
                    rename = "LANDING_APP",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub landing_app: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "lastAccessed",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub last_accessed: ::std::option::Option<i64>,
                #[serde(
                    rename = "LOGIN_TYPE",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub login_type: ::std::option::Option<i64>,
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                #[serde(rename = "loginType")]
                pub login_type_0: ::std::option::Option<i64>,
                #[serde(
                    rename = "PAPER_USER_NAME",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub paper_user_name: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "QUALIFIED_FOR_MOBILE_AUTH",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub qualified_for_mobile_auth: ::std::option::Option<bool>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub region: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "RESULT",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub result: ::std::option::Option<bool>,
                #[serde(
                    rename = "SF_CONFIG",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub sf_config: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "SF_ENABLED",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub sf_enabled: ::std::option::Option<bool>,
                #[serde(
                    rename = "TOKEN",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub token: ::std::option::Option<broker_session_runtime::Secret>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub took: ::std::option::Option<i64>,
                #[serde(
                    rename = "UNIQUE_LOGIN_ID",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub unique_login_id: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "USER_ID",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub user_id: ::std::option::Option<i64>,
                #[serde(
                    rename = "USER_NAME",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub user_name: ::std::option::Option<::std::string::String>,
            }
            let all: AllSpellings = ::serde::Deserialize::deserialize(deserializer)?;
            Ok(Self {
                auth_time: all.auth_time,
                client_app: all.client_app,
                counterparty: all.counterparty,
                credential: all.credential,
                credential_type: all.credential_type,
                expires: all.expires,
                features: all.features,
                hardware_info: all.hardware_info,
                ip: all.ip,
                is_free_trial: all.is_free_trial,
                is_gw: all.is_gw,
                is_master: all.is_master,
                is_pending_applicant: all.is_pending_applicant,
                landing_app: all.landing_app,
                last_accessed: all.last_accessed,
                login_type: all.login_type.or(all.login_type_0),
                paper_user_name: all.paper_user_name,
                qualified_for_mobile_auth: all.qualified_for_mobile_auth,
                region: all.region,
                result: all.result,
                sf_config: all.sf_config,
                sf_enabled: all.sf_enabled,
                token: all.token,
                took: all.took,
                unique_login_id: all.unique_login_id,
                user_id: all.user_id,
                user_name: all.user_name,
            })
        }
    }
    impl<'de> ::serde::Deserialize<'de> for AuthStatusAnswer {
        /// The first form whose required members are all there is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            use ::serde::de::Error as _;
            let value: broker_session_runtime::Json = broker_session_runtime::object(
                deserializer,
            )?;
            if broker_session_runtime::has(&value, "error") {
                return value.read().map(Self::ErrorAnswer).map_err(D::Error::custom);
            }
            value.read().map(Self::AuthStatus).map_err(D::Error::custom)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for LogoutAnswer {
        /// The first form whose required members are all there is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            use ::serde::de::Error as _;
            let value: broker_session_runtime::Json = broker_session_runtime::object(
                deserializer,
            )?;
            if broker_session_runtime::has(&value, "error") {
                return value.read().map(Self::ErrorAnswer).map_err(D::Error::custom);
            }
            value.read().map(Self::Logout).map_err(D::Error::custom)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for SsoValidateAnswer {
        /// The first form whose required members are all there is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            use ::serde::de::Error as _;
            let value: broker_session_runtime::Json = broker_session_runtime::object(
                deserializer,
            )?;
            if broker_session_runtime::has(&value, "error") {
                return value.read().map(Self::ErrorAnswer).map_err(D::Error::custom);
            }
            value.read().map(Self::SsoValidate).map_err(D::Error::custom)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for TickleAnswer {
        /// The first form whose required members are all there is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            use ::serde::de::Error as _;
            let value: broker_session_runtime::Json = broker_session_runtime::object(
                deserializer,
            )?;
            if broker_session_runtime::has(&value, "error") {
                return value.read().map(Self::ErrorAnswer).map_err(D::Error::custom);
            }
            value.read().map(Self::Tickle).map_err(D::Error::custom)
        }
    }
}
#[derive(Clone, Debug)]
/**Client for Interactive Brokers Client Portal, session operations

Keeps a session of the Client Portal Gateway or of the Web API alive, and ends it.

There are two tiers. The outer one is the single sign-on: a person signs in once in a browser, at the root
of the gateway; it lasts for at most 24 hours and is reset at midnight (New York, Zug or Hong Kong). The
inner one is the brokerage session, of which there is one per user name, wherever the user signs in; what
begins with `/iserver` and all trading need it.

- `connected`: the gateway is linked to the broker's back end.
- `authenticated`: the brokerage session can be used.
- `established`: the login message has arrived and the accounts are loaded. Absent from older gateways.
- `competing`: the brokerage session is held elsewhere, by the same user name.

A session that is connected but not authenticated has timed out softly; `iserver_auth_ssodh_init_post` opens
it again. The same call may tear a live session down (some have seen it, others do it once a minute), and with
`compete` it throws out the user's other one. One that is neither connected nor authenticated is common after the
nightly restart; opening it revives it while the single sign-on is alive. The gateway opens the brokerage session by
itself at each sign-in in the browser, which fails now and then.

Some gateways answer every POST with 401 that does not carry the `Origin` and `Referer` of their own page, while
`sso_validate_get` says that the single sign-on is alive. So 401 alone does not say that a person must sign in.

Failures come with status 200, too: `{"error": "no session"}` is one. An answer that has the member `error`
is therefore read as a failure, whatever its status. The schemas list the forms under `anyOf`; the first one
whose required members are all there and not empty is meant. Every other member may be missing or null.

The gateway on the user's own machine serves a certificate that it has signed itself.


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
    /**Says whether the brokerage session can be used

The only place where the reason for a refused `iserver_auth_ssodh_init_post` stands, in the member
`fail`. GET has been seen to work as well.


Sends a `POST` request to `/iserver/auth/status`

*/
    /**
Evidence: documented; the broker's documentation says so.

May be repeated (retry class `safe`).

# Errors

- 200, with a failure in the body: [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; this is where a browser would go.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not go with the state of the session.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The brokerage session or the single sign-on is over. With the broker's words it may be the former;
  without a body, or with a page, it is most often the latter. With OAuth it may be the caller's authorisation
  that is not accepted; the words have a running number in them. The documented `application/problem+json` is
  known from other clients only.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not take requests from this address (`ips.allow` in its configuration), or the content delivery
  network in front of the broker does not let the request through.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): A POST came without a `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box, for 15 minutes. Repeat offenders may be blocked for good. No
  body has been seen.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The gateway could not do it, or the session decays.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway cannot answer now. After a logout, an opening has been answered so, too.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn iserver_auth_status_post<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::AuthStatusAnswer>, Error<types::ErrorAnswer>> {
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
            200u16 => ResponseValue::from_response(response).await,
            400u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            401u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            403u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            411u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            429u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            503u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Opens the brokerage session

Needs a live single sign-on. Called on a live brokerage session it has torn that one down, while other clients do
so at each start and report no harm (both observed); so it is repeated only if it provably never left. Called
once a minute for hours it has locked the person out of the single sign-on (observed). Other clients send a form
or a query (`compete=true&locale=en_US&mac=…&machineId=…&username=-`), or `{"publish": true}` alone.


Sends a `POST` request to `/iserver/auth/ssodh/init`

*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

# Errors

- 200, with a failure in the body: [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; this is where a browser would go.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not go with the state of the session.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The brokerage session or the single sign-on is over. With the broker's words it may be the former;
  without a body, or with a page, it is most often the latter. With OAuth it may be the caller's authorisation
  that is not accepted; the words have a running number in them. The documented `application/problem+json` is
  known from other clients only.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not take requests from this address (`ips.allow` in its configuration), or the content delivery
  network in front of the broker does not let the request through.
- 410, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The session was ended by a logout.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): A POST came without a `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box, for 15 minutes. Repeat offenders may be blocked for good. No
  body has been seen.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The session could not be opened, or `publish` was not true.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway cannot answer now. After a logout, an opening has been answered so, too.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn iserver_auth_ssodh_init_post<'a>(
        &'a self,
        body: &'a types::SsodhInitRequest,
    ) -> Result<ResponseValue<types::AuthStatusAnswer>, Error<types::ErrorAnswer>> {
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
            200u16 => ResponseValue::from_response(response).await,
            400u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            401u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            403u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            410u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            411u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            429u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            503u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Triggers a new brokerage session

Replaced by `iserver_auth_ssodh_init_post`. The gateway responds by itself, to GET and POST alike and without a
`Content-Length`: that it was triggered, which completes about ten seconds later, or that nobody is logged in
(observed). Other builds respond with `passed`, `pass` or `authenticated` (observed); older documentation
describes the response of `iserver_auth_status_post`. The hosted Web API does not have it (404).


Sends a `POST` request to `/iserver/reauthenticate`

Arguments:
- `force`: Seen on the older base URL; not explained by the broker.
*/
    /**
Deprecated by the broker.

Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

# Errors

- 200, with a failure in the body: [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`refused`](broker_session_runtime::ErrorKind::Refused) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; this is where a browser would go.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not go with the state of the session.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The brokerage session or the single sign-on is over. With the broker's words it may be the former;
  without a body, or with a page, it is most often the latter. With OAuth it may be the caller's authorisation
  that is not accepted; the words have a running number in them. The documented `application/problem+json` is
  known from other clients only.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not take requests from this address (`ips.allow` in its configuration), or the content delivery
  network in front of the broker does not let the request through.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): A POST came without a `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box, for 15 minutes. Repeat offenders may be blocked for good. No
  body has been seen.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The gateway could not do it, or the session decays.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway cannot answer now. After a logout, an opening has been answered so, too.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn iserver_reauthenticate_post<'a>(
        &'a self,
        force: Option<bool>,
    ) -> Result<ResponseValue<types::AuthStatusAnswer>, Error<types::ErrorAnswer>> {
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
            200u16 => ResponseValue::from_response(response).await,
            400u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            401u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            403u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            411u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            429u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            503u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Says whether the single sign-on is alive, and whose it is

At the gateway, and at the hosted Web API for OAuth 2.0, whose token it extends by an hour. POST has been seen to
work as well. It says now and then that a good session is over (`RESULT` false, observed).


Sends a `GET` request to `/sso/validate`

*/
    /**
Evidence: documented; the broker's documentation says so.

May be repeated (retry class `safe`). The broker takes one request in 60 seconds.

# Errors

- 200, with a failure in the body: [`login_required`](broker_session_runtime::ErrorKind::LoginRequired).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; this is where a browser would go.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not go with the state of the session.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`refused`](broker_session_runtime::ErrorKind::Refused): The single sign-on is over.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not take requests from this address (`ips.allow` in its configuration), or the content delivery
  network in front of the broker does not let the request through.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box, for 15 minutes. Repeat offenders may be blocked for good. No
  body has been seen.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): System failed.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway cannot answer now. After a logout, an opening has been answered so, too.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn sso_validate_get<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::SsoValidateAnswer>, Error<types::ErrorAnswer>> {
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
            200u16 => ResponseValue::from_response(response).await,
            400u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            401u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            403u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            429u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            503u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Keeps the session from timing out, and says how it is

To be called about once a minute; a session without a request for five to six minutes times out. GET has
been seen to work as well. `ssoExpires` counts down from about ten minutes and renews itself; it is not
the clock of the 24 hours (observed).


Sends a `POST` request to `/tickle`

*/
    /**
Evidence: documented; the broker's documentation says so.

May be repeated (retry class `safe`). The broker takes one request in one second.

# Errors

- 200, with a failure in the body: [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; this is where a browser would go.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not go with the state of the session.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The brokerage session or the single sign-on is over. With the broker's words it may be the former;
  without a body, or with a page, it is most often the latter. With OAuth it may be the caller's authorisation
  that is not accepted; the words have a running number in them. The documented `application/problem+json` is
  known from other clients only.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not take requests from this address (`ips.allow` in its configuration), or the content delivery
  network in front of the broker does not let the request through.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): A POST came without a `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box, for 15 minutes. Repeat offenders may be blocked for good. No
  body has been seen.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The gateway could not do it, or the session decays.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway cannot answer now. After a logout, an opening has been answered so, too.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn tickle_post<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::TickleAnswer>, Error<types::ErrorAnswer>> {
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
            200u16 => ResponseValue::from_response(response).await,
            400u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            401u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            403u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            411u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            429u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            503u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Ends the brokerage session, and the single sign-on with it or not

The documentation says that the single sign-on ends, so that a person must sign in again. Users report that it
lives on, and that `iserver_auth_ssodh_init_post` or `iserver_reauthenticate_post` revive the session without a
person (observed). `sso_validate_get` says which it is.


Sends a `POST` request to `/logout`

*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

# Errors

- 200, with a failure in the body: [`refused`](broker_session_runtime::ErrorKind::Refused) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable).
- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The single sign-on is over; this is where a browser would go.
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired) or [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The request does not go with the state of the session.
- 401, [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The session was over before.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The gateway does not take requests from this address (`ips.allow` in its configuration), or the content delivery
  network in front of the broker does not let the request through.
- 411, [`refused`](broker_session_runtime::ErrorKind::Refused): A POST came without a `Content-Length`.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): The caller's address is in the penalty box, for 15 minutes. Repeat offenders may be blocked for good. No
  body has been seen.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The gateway could not do it, or the session decays.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway cannot answer now. After a logout, an opening has been answered so, too.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn logout_post<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::LogoutAnswer>, Error<types::ErrorAnswer>> {
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
            200u16 => ResponseValue::from_response(response).await,
            400u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            401u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            403u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            411u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            429u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            503u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}
/// What the answers look like to the letter; the types are more generous.
mod shapes {
    #[allow(unused_imports, reason = "generated; few specs need all of them")]
    use broker_session_runtime::{Member, Shape};
    pub(super) static AUTH_STATUS: Shape = Shape::Object {
        members: &[
            Member {
                name: "authenticated",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "competing",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "connected",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "established",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "passed",
                aliases: &["pass"],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "fail",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "MAC",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "serverInfo",
                aliases: &[],
                required: false,
                shape: &SERVER_INFO,
            },
            Member {
                name: "hardware_info",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "prompts",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::List(&Shape::Text)),
            },
        ],
        others: None,
    };
    pub(super) static AUTH_STATUS_ANSWER: Shape = Shape::AnyOf(
        &[&ERROR_ANSWER, &AUTH_STATUS],
    );
    pub(super) static ERROR_ANSWER: Shape = Shape::Object {
        members: &[
            Member {
                name: "error",
                aliases: &[],
                required: true,
                shape: &Shape::Text,
            },
            Member {
                name: "statusCode",
                aliases: &[],
                required: false,
                shape: &Shape::Integer,
            },
        ],
        others: None,
    };
    pub(super) static HMDS: Shape = Shape::Object {
        members: &[
            Member {
                name: "error",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "authStatus",
                aliases: &[],
                required: false,
                shape: &AUTH_STATUS,
            },
        ],
        others: None,
    };
    pub(super) static ISERVER: Shape = Shape::Object {
        members: &[
            Member {
                name: "authStatus",
                aliases: &[],
                required: false,
                shape: &AUTH_STATUS,
            },
            Member {
                name: "tickle",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
        ],
        others: None,
    };
    pub(super) static LOGOUT: Shape = Shape::Object {
        members: &[
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "confirmed",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
        ],
        others: None,
    };
    pub(super) static LOGOUT_ANSWER: Shape = Shape::AnyOf(&[&ERROR_ANSWER, &LOGOUT]);
    pub(super) static SERVER_INFO: Shape = Shape::Object {
        members: &[
            Member {
                name: "serverName",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "serverVersion",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
        ],
        others: None,
    };
    pub(super) static SSO_FEATURES: Shape = Shape::Object {
        members: &[
            Member {
                name: "env",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "envs",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "wlms",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "realtime",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "bond",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "optionChains",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "calendar",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "newMf",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
        ],
        others: None,
    };
    pub(super) static SSO_VALIDATE: Shape = Shape::Object {
        members: &[
            Member {
                name: "USER_ID",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "USER_NAME",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "RESULT",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "AUTH_TIME",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "SF_ENABLED",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "IS_FREE_TRIAL",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "CREDENTIAL",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "IP",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "EXPIRES",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "QUALIFIED_FOR_MOBILE_AUTH",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "LANDING_APP",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "IS_MASTER",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "lastAccessed",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "LOGIN_TYPE",
                aliases: &["loginType"],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "PAPER_USER_NAME",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "features",
                aliases: &[],
                required: false,
                shape: &SSO_FEATURES,
            },
            Member {
                name: "region",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "IS_PENDING_APPLICANT",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "SF_CONFIG",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "CREDENTIAL_TYPE",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "TOKEN",
                aliases: &[],
                required: false,
                shape: &Shape::Secret,
            },
            Member {
                name: "took",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "HARDWARE_INFO",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "UNIQUE_LOGIN_ID",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "COUNTERPARTY",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "CLIENT_APP",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "isGw",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
        ],
        others: None,
    };
    pub(super) static SSO_VALIDATE_ANSWER: Shape = Shape::AnyOf(
        &[&ERROR_ANSWER, &SSO_VALIDATE],
    );
    pub(super) static TICKLE: Shape = Shape::Object {
        members: &[
            Member {
                name: "session",
                aliases: &[],
                required: false,
                shape: &Shape::Secret,
            },
            Member {
                name: "ssoExpires",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "collission",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "userId",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "hmds",
                aliases: &[],
                required: false,
                shape: &HMDS,
            },
            Member {
                name: "iserver",
                aliases: &[],
                required: false,
                shape: &ISERVER,
            },
            Member {
                name: "connected",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
        ],
        others: None,
    };
    pub(super) static TICKLE_ANSWER: Shape = Shape::AnyOf(&[&ERROR_ANSWER, &TICKLE]);
}
/// What this client was generated from.
pub static API: broker_session_runtime::Api = {
    #[allow(unused_imports, reason = "generated; few specs need all of them")]
    use {
        broker_session_runtime::{
            Api, Environment, ErrorCode, ErrorKind, Hint, Operation, RateLimit, Retry,
            SecurityScheme, SecuritySchemeKind, Server, Shape, Status, fits,
            fits_nothing, fits_object,
        },
        shapes::*, std::time::Duration,
    };
    Api {
        title: "Interactive Brokers Client Portal, session operations",
        version: "1.0.0",
        servers: &[
            Server {
                url: "https://localhost:5000/v1/api",
                environment: Environment::Production,
            },
            Server {
                url: "https://localhost:5000/v1/portal",
                environment: Environment::Production,
            },
            Server {
                url: "http://localhost:5000/v1/api",
                environment: Environment::Production,
            },
            Server {
                url: "https://api.ibkr.com/v1/api",
                environment: Environment::Production,
            },
        ],
        domains: &[],
        security_schemes: &[],
        operations: &[
            Operation {
                id: "iserver_auth_status_post",
                method: "POST",
                path: "/iserver/auth/status",
                servers: &[],
                retry: Retry::Safe,
                security: &[],
                secret_headers: &[],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::AuthStatusAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&AUTH_STATUS_ANSWER),
                    },
                    Status {
                        code: 302u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_nothing,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: None,
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 411u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "iserver_auth_ssodh_init_post",
                method: "POST",
                path: "/iserver/auth/ssodh/init",
                servers: &[],
                retry: Retry::Unsent,
                security: &[],
                secret_headers: &[],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::AuthStatusAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&AUTH_STATUS_ANSWER),
                    },
                    Status {
                        code: 302u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_nothing,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: None,
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 410u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 411u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "iserver_reauthenticate_post",
                method: "POST",
                path: "/iserver/reauthenticate",
                servers: &[],
                retry: Retry::Unsent,
                security: &[],
                secret_headers: &[],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::AuthStatusAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&AUTH_STATUS_ANSWER),
                    },
                    Status {
                        code: 302u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_nothing,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: None,
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 411u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "sso_validate_get",
                method: "GET",
                path: "/sso/validate",
                servers: &[],
                retry: Retry::Safe,
                security: &[],
                secret_headers: &[],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::SsoValidateAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&SSO_VALIDATE_ANSWER),
                    },
                    Status {
                        code: 302u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_nothing,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: None,
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                ],
                rate_limit: Some(RateLimit {
                    requests: 1u32,
                    per: Duration::from_secs(60u64),
                }),
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "tickle_post",
                method: "POST",
                path: "/tickle",
                servers: &[],
                retry: Retry::Safe,
                security: &[],
                secret_headers: &[],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::TickleAnswer>,
                        may_be_empty: true,
                        judges: false,
                        success: &[],
                        shape: Some(&TICKLE_ANSWER),
                    },
                    Status {
                        code: 302u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_nothing,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: None,
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 411u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                ],
                rate_limit: Some(RateLimit {
                    requests: 1u32,
                    per: Duration::from_secs(1u64),
                }),
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "logout_post",
                method: "POST",
                path: "/logout",
                servers: &[],
                retry: Retry::Unsent,
                security: &[],
                secret_headers: &[],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::LogoutAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&LOGOUT_ANSWER),
                    },
                    Status {
                        code: 302u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits_nothing,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: None,
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::SessionExpired),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 411u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits_object::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
        ],
        error_codes: &[
            ErrorCode {
                code: "no session",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "There is no session; what is left of the single sign-on says `sso_validate_get`.",
            },
            ErrorCode {
                code: "not authenticated",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "The brokerage session cannot be used; whether the single sign-on is alive says `sso_validate_get`.",
            },
            ErrorCode {
                code: "Init session first",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "There is no brokerage session.",
            },
            ErrorCode {
                code: "Please query /accounts first",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "The brokerage session has begun to decay; `iserver_auth_status_post` says how far.",
            },
            ErrorCode {
                code: "no bridge",
                kind: ErrorKind::Unavailable,
                judges: false,
                meaning: "The gateway is not linked to the broker's back end.",
            },
            ErrorCode {
                code: "Bad Request: no bridge",
                kind: ErrorKind::Unavailable,
                judges: false,
                meaning: "The gateway is not linked to the broker's back end; right after the opening of a session it takes a few seconds.",
            },
            ErrorCode {
                code: "failed to process request",
                kind: ErrorKind::Unavailable,
                judges: false,
                meaning: "The gateway could not do it now.",
            },
            ErrorCode {
                code: "failed to generate sso dh token",
                kind: ErrorKind::Unavailable,
                judges: false,
                meaning: "The brokerage session could not be opened from this single sign-on now.",
            },
            ErrorCode {
                code: "not logged in",
                kind: ErrorKind::LoginRequired,
                judges: false,
                meaning: "There is no single sign-on.",
            },
            ErrorCode {
                code: "Error 403 - Access Denied",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "The gateway does not take requests from this address.",
            },
            ErrorCode {
                code: "Access Denied",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "The broker keeps the user name or the address out.",
            },
            ErrorCode {
                code: "Internal Server Error",
                kind: ErrorKind::Unavailable,
                judges: false,
                meaning: "The gateway has failed, on every call if `ips.allow` in its configuration cannot be read.",
            },
            ErrorCode {
                code: "id: *, error: invalid consumer",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The consumer key of OAuth is wrong or not active yet.",
            },
            ErrorCode {
                code: "id: *, error: LST failed, error: *",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The access token of OAuth is not accepted any more.",
            },
            ErrorCode {
                code: "*invalid consumer*",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The consumer key of OAuth is wrong or not active yet.",
            },
            ErrorCode {
                code: "*access token*",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The access token of OAuth is invalid or has expired.",
            },
            ErrorCode {
                code: "id: *, error: *",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "OAuth is not accepted; the words differ.",
            },
            ErrorCode {
                code: "Invalid signature",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The signature of OAuth is not right.",
            },
            ErrorCode {
                code: "invalid consumer",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The consumer key of OAuth is wrong or not active yet.",
            },
        ],
        hints: &[
            Hint {
                statuses: &[],
                codes: &[],
                header: Some(("server", "AirTunes*")),
                operations: &[],
                text: "Another program answers on this port, AirPlay of macOS. Give the gateway another one (`listenPort` in its `root/conf.yaml`), and name it in the base URL.",
            },
            Hint {
                statuses: &[],
                codes: &["Error 403 - Access Denied"],
                header: None,
                operations: &[],
                text: "Add this machine's address to `ips.allow` in the gateway's `root/conf.yaml` (single addresses and `*`, no `/24`), and restart the gateway.",
            },
            Hint {
                statuses: &[],
                codes: &["Internal Server Error"],
                header: None,
                operations: &[],
                text: "If every call fails so, look at `ips.allow` in the gateway's `root/conf.yaml`. It takes single addresses and `*`, and no ranges like `192.0.2.0/24`.",
            },
            Hint {
                statuses: &[401u16],
                codes: &["Access Denied*"],
                header: None,
                operations: &[],
                text: "The broker keeps this user name out, as it does after too many attempts to open the brokerage session. Stop every program that opens one, wait some hours, and sign in once in a browser.",
            },
            Hint {
                statuses: &[403u16],
                codes: &[],
                header: None,
                operations: &[],
                text: "The broker's network, or something in between, does not let this machine through. Try from another address; some data centres are kept out. If a gateway answers so, look at `ips.allow` in its `root/conf.yaml`.",
            },
            Hint {
                statuses: &[404u16],
                codes: &[],
                header: None,
                operations: &[],
                text: "There is no such address. Check the base URL; that of a gateway ends with `/v1/api`, that of an older one with `/v1/portal`.",
            },
            Hint {
                statuses: &[407u16],
                codes: &[],
                header: None,
                operations: &[],
                text: "A proxy in between asks for a user name and a password. Give them with the proxy's settings, or reach the gateway without it.",
            },
            Hint {
                statuses: &[411u16],
                codes: &[],
                header: None,
                operations: &[],
                text: "Something in between has taken away the length of the request. Reach the gateway without it.",
            },
            Hint {
                statuses: &[511u16],
                codes: &[],
                header: None,
                operations: &[],
                text: "A network in between asks for a login of its own. Open any page in a browser and sign in there first.",
            },
            Hint {
                statuses: &[],
                codes: &["id: *, error: invalid consumer", "invalid consumer"],
                header: None,
                operations: &[],
                text: "Check the consumer key. A new one is accepted only some time after its registration, often after the weekend.",
            },
            Hint {
                statuses: &[],
                codes: &["id: *, error: LST failed, error: *"],
                header: None,
                operations: &[],
                text: "Make a new access token at the broker's OAuth page.",
            },
            Hint {
                statuses: &[],
                codes: &["Invalid signature"],
                header: None,
                operations: &[],
                text: "Check the signing key, the access token's secret, and the clock of this machine.",
            },
        ],
        rate_limit: Some(RateLimit {
            requests: 10u32,
            per: Duration::from_secs(1u64),
        }),
        penalty: Some(Duration::from_secs(900u64)),
    }
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
            pub fn ok(self, value: &types::AuthStatusAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn length_required(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(411u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
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
            pub fn ok(self, value: &types::AuthStatusAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gone(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(410u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn length_required(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(411u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
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
            pub fn ok(self, value: &types::AuthStatusAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn length_required(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(411u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
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
            pub fn ok(self, value: &types::SsoValidateAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
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
            pub fn ok(self, value: &types::TickleAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn length_required(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(411u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
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
            pub fn ok(self, value: &types::LogoutAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn length_required(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(411u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
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
                let body: types::SsodhInitRequest = argument(arguments, "body")?;
                outcome(client.iserver_auth_ssodh_init_post(&body).await)
            }
            "iserver_reauthenticate_post" => {
                let force: Option<bool> = argument(arguments, "force")?;
                outcome(client.iserver_reauthenticate_post(force).await)
            }
            "sso_validate_get" => outcome(client.sso_validate_get().await),
            "tickle_post" => outcome(client.tickle_post().await),
            "logout_post" => outcome(client.logout_post().await),
            _ => unknown(operation),
        }
    }
    /// The JSON schema of every Rust type that a schema of the spec became, by the schema's name.
    pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
        vec![
            ("ErrorAnswer", schemars::schema_for!(types::ErrorAnswer)),
            ("SsodhInitRequest", schemars::schema_for!(types::SsodhInitRequest)),
            ("AuthStatusAnswer", schemars::schema_for!(types::AuthStatusAnswer)),
            ("AuthStatus", schemars::schema_for!(types::AuthStatus)), ("ServerInfo",
            schemars::schema_for!(types::ServerInfo)), ("SsoValidateAnswer",
            schemars::schema_for!(types::SsoValidateAnswer)), ("SsoValidate",
            schemars::schema_for!(types::SsoValidate)), ("SsoFeatures",
            schemars::schema_for!(types::SsoFeatures)), ("TickleAnswer",
            schemars::schema_for!(types::TickleAnswer)), ("Tickle",
            schemars::schema_for!(types::Tickle)), ("Hmds",
            schemars::schema_for!(types::Hmds)), ("Iserver",
            schemars::schema_for!(types::Iserver)), ("LogoutAnswer",
            schemars::schema_for!(types::LogoutAnswer)), ("Logout",
            schemars::schema_for!(types::Logout))
        ]
    }
}
