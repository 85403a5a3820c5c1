// Generated from openapi/kotak-neo-session.yaml. Do not edit: change the spec and run `cargo xtask generate`.
// spec-sha256: 025d40a4af4934de19e4a683edb6812f64be7c51911a5892963f862e8fea1f8b
// generators: progenitor 0.15.1, prettyplease 0.3.0

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///An address.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct ClientIp {
        ///The address.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub ip: ::std::option::Option<::std::string::String>,
        ///The broker's time.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub time: ::std::option::Option<::std::string::String>,
    }
    ///The addresses, or a failure.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum ClientIpAnswer {
        ErrorList(ErrorList),
        CodedError(CodedError),
        Failure(Failure),
        GatewayError(GatewayError),
        ClientIps(ClientIps),
        StatusCode(StatusCode),
    }
    impl ::std::convert::From<ErrorList> for ClientIpAnswer {
        fn from(value: ErrorList) -> Self {
            Self::ErrorList(value)
        }
    }
    impl ::std::convert::From<CodedError> for ClientIpAnswer {
        fn from(value: CodedError) -> Self {
            Self::CodedError(value)
        }
    }
    impl ::std::convert::From<Failure> for ClientIpAnswer {
        fn from(value: Failure) -> Self {
            Self::Failure(value)
        }
    }
    impl ::std::convert::From<GatewayError> for ClientIpAnswer {
        fn from(value: GatewayError) -> Self {
            Self::GatewayError(value)
        }
    }
    impl ::std::convert::From<ClientIps> for ClientIpAnswer {
        fn from(value: ClientIps) -> Self {
            Self::ClientIps(value)
        }
    }
    impl ::std::convert::From<StatusCode> for ClientIpAnswer {
        fn from(value: StatusCode) -> Self {
            Self::StatusCode(value)
        }
    }
    ///The addresses that the broker sees the caller at.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct ClientIps {
        ///One, as far as is known.
        #[serde(deserialize_with = "broker_session_runtime::objects")]
        pub data: ::std::vec::Vec<ClientIp>,
        ///1000 for a success.
        #[serde(
            rename = "stCode",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub st_code: ::std::option::Option<i64>,
        ///`success`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
    }
    ///A failure as the sign-in says it.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct CodedError {
        #[serde(rename = "errorCode")]
        pub error_code: ErrorCode,
        ///The broker's words.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: ::std::option::Option<::std::string::String>,
        ///`error`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
    }
    ///A failure, in any of its forms.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum ErrorAnswer {
        NamedError(NamedError),
        ErrorList(ErrorList),
        CodedError(CodedError),
        Failure(Failure),
        GatewayError(GatewayError),
        Message(Message),
        SessionFailure(SessionFailure),
        StatusCode(StatusCode),
        WrappedFailure(WrappedFailure),
    }
    impl ::std::convert::From<NamedError> for ErrorAnswer {
        fn from(value: NamedError) -> Self {
            Self::NamedError(value)
        }
    }
    impl ::std::convert::From<ErrorList> for ErrorAnswer {
        fn from(value: ErrorList) -> Self {
            Self::ErrorList(value)
        }
    }
    impl ::std::convert::From<CodedError> for ErrorAnswer {
        fn from(value: CodedError) -> Self {
            Self::CodedError(value)
        }
    }
    impl ::std::convert::From<Failure> for ErrorAnswer {
        fn from(value: Failure) -> Self {
            Self::Failure(value)
        }
    }
    impl ::std::convert::From<GatewayError> for ErrorAnswer {
        fn from(value: GatewayError) -> Self {
            Self::GatewayError(value)
        }
    }
    impl ::std::convert::From<Message> for ErrorAnswer {
        fn from(value: Message) -> Self {
            Self::Message(value)
        }
    }
    impl ::std::convert::From<SessionFailure> for ErrorAnswer {
        fn from(value: SessionFailure) -> Self {
            Self::SessionFailure(value)
        }
    }
    impl ::std::convert::From<StatusCode> for ErrorAnswer {
        fn from(value: StatusCode) -> Self {
            Self::StatusCode(value)
        }
    }
    impl ::std::convert::From<WrappedFailure> for ErrorAnswer {
        fn from(value: WrappedFailure) -> Self {
            Self::WrappedFailure(value)
        }
    }
    ///The code of a failure; a string has been seen.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    #[serde(untagged)]
    pub enum ErrorCode {
        Number(ErrorCodeNumber),
        Text(ErrorCodeText),
    }
    impl ::std::fmt::Display for ErrorCode {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match self {
                Self::Number(x) => x.fmt(f),
                Self::Text(x) => x.fmt(f),
            }
        }
    }
    impl ::std::convert::From<ErrorCodeNumber> for ErrorCode {
        fn from(value: ErrorCodeNumber) -> Self {
            Self::Number(value)
        }
    }
    impl ::std::convert::From<ErrorCodeText> for ErrorCode {
        fn from(value: ErrorCodeText) -> Self {
            Self::Text(value)
        }
    }
    ///The code as a number.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    #[serde(transparent)]
    pub struct ErrorCodeNumber(pub i64);
    impl ::std::ops::Deref for ErrorCodeNumber {
        type Target = i64;
        fn deref(&self) -> &i64 {
            &self.0
        }
    }
    impl ::std::convert::From<ErrorCodeNumber> for i64 {
        fn from(value: ErrorCodeNumber) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<i64> for ErrorCodeNumber {
        fn from(value: i64) -> Self {
            Self(value)
        }
    }
    impl ::std::fmt::Display for ErrorCodeNumber {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }
    impl ::std::str::FromStr for ErrorCodeNumber {
        type Err = <i64 as ::std::str::FromStr>::Err;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.parse()?))
        }
    }
    impl ::std::convert::TryFrom<&str> for ErrorCodeNumber {
        type Error = <i64 as ::std::str::FromStr>::Err;
        fn try_from(value: &str) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<String> for ErrorCodeNumber {
        type Error = <i64 as ::std::str::FromStr>::Err;
        fn try_from(value: String) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }
    ///The code as a string.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd,
        schemars::JsonSchema
    )]
    #[serde(transparent)]
    pub struct ErrorCodeText(pub ::std::string::String);
    impl ::std::ops::Deref for ErrorCodeText {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<ErrorCodeText> for ::std::string::String {
        fn from(value: ErrorCodeText) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<::std::string::String> for ErrorCodeText {
        fn from(value: ::std::string::String) -> Self {
            Self(value)
        }
    }
    impl ::std::fmt::Display for ErrorCodeText {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }
    impl ::std::str::FromStr for ErrorCodeText {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.to_string()))
        }
    }
    ///One thing that is wrong.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct ErrorItem {
        ///The broker's code.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub code: ::std::option::Option<::std::string::String>,
        ///The broker's words.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: ::std::option::Option<::std::string::String>,
    }
    ///A failure as the checks of a request say it.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct ErrorList {
        ///What is wrong; one item, as far as is known.
        #[serde(deserialize_with = "broker_session_runtime::objects")]
        pub error: ::std::vec::Vec<ErrorItem>,
    }
    ///A failure as the calls of a session say it, and the sign-in with status 200.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct Failure {
        ///The broker's words.
        #[serde(rename = "errMsg")]
        pub err_msg: ::std::string::String,
        ///The broker's code, which may look like an HTTP status.
        #[serde(
            rename = "stCode",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub st_code: ::std::option::Option<i64>,
        ///`Not_Ok`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub stat: ::std::option::Option<::std::string::String>,
        ///`failure`; after the sign-in it is called `stat`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
    }
    ///A failure as the API gateway in front of the broker says it.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct GatewayError {
        pub code: ErrorCode,
        ///Details.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub description: ::std::option::Option<::std::string::String>,
        ///What happened.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: ::std::option::Option<::std::string::String>,
    }
    ///That the session was ended. All of it is inferred.
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
        ///The broker's words.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: ::std::option::Option<::std::string::String>,
        ///200 for a success.
        #[serde(
            rename = "stCode",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub st_code: ::std::option::Option<i64>,
        ///`Ok`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub stat: ::std::option::Option<::std::string::String>,
        ///`OK`.
        #[serde(
            rename = "State",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub state: ::std::option::Option<::std::string::String>,
        ///`success`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
    }
    ///Whether the session was ended, or a failure.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum LogoutAnswer {
        ErrorList(ErrorList),
        CodedError(CodedError),
        Failure(Failure),
        GatewayError(GatewayError),
        Logout(Logout),
    }
    impl ::std::convert::From<ErrorList> for LogoutAnswer {
        fn from(value: ErrorList) -> Self {
            Self::ErrorList(value)
        }
    }
    impl ::std::convert::From<CodedError> for LogoutAnswer {
        fn from(value: CodedError) -> Self {
            Self::CodedError(value)
        }
    }
    impl ::std::convert::From<Failure> for LogoutAnswer {
        fn from(value: Failure) -> Self {
            Self::Failure(value)
        }
    }
    impl ::std::convert::From<GatewayError> for LogoutAnswer {
        fn from(value: GatewayError) -> Self {
            Self::GatewayError(value)
        }
    }
    impl ::std::convert::From<Logout> for LogoutAnswer {
        fn from(value: Logout) -> Self {
            Self::Logout(value)
        }
    }
    ///A failure as the sign-in might say it without a code.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct Message {
        ///The broker's words.
        pub message: ::std::string::String,
        ///`error`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
    }
    ///A failure as the limit of the API gateway says it.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct NamedError {
        pub code: ErrorCode,
        ///What happened.
        pub error: ::std::string::String,
        ///The same in other words.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: ::std::option::Option<::std::string::String>,
    }
    /**A session, and what the broker says of the user. What it does not explain is described by its name.
*/
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct Session {
        ///Whether blocking amounts for applications (ASBA) is open to the user.
        #[serde(
            rename = "asbaStatus",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub asba_status: ::std::option::Option<::std::string::String>,
        ///Where every later call goes, the same for the whole day; of a trade session.
        #[serde(
            rename = "baseUrl",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub base_url: ::std::option::Option<::std::string::String>,
        ///When each of the broker's own lists was changed, as seconds since 1970 in a string.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub caches: ::std::option::Option<
            std::collections::BTreeMap<::std::string::String, ::std::string::String>,
        >,
        ///The user's group.
        #[serde(
            rename = "clientGroup",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_group: ::std::option::Option<::std::string::String>,
        ///`RI` for a resident.
        #[serde(
            rename = "clientType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_type: ::std::option::Option<::std::string::String>,
        ///Which data centre serves the user, like `E43`.
        #[serde(
            rename = "dataCenter",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub data_center: ::std::option::Option<::std::string::String>,
        ///Data centres by name.
        #[serde(
            rename = "dataCenterMap",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub data_center_map: ::std::option::Option<
            std::collections::BTreeMap<::std::string::String, ::std::string::String>,
        >,
        ///What the user was told about derivatives.
        #[serde(
            rename = "derivativesRiskDisclosure",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub derivatives_risk_disclosure: ::std::option::Option<::std::string::String>,
        ///Whether the account is dormant; `A` if it is active.
        #[serde(
            rename = "dormancyStatus",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub dormancy_status: ::std::option::Option<::std::string::String>,
        ///Where prices are streamed; not always there.
        #[serde(
            rename = "feedUrl",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub feed_url: ::std::option::Option<::std::string::String>,
        ///How to address the user.
        #[serde(
            rename = "greetingName",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub greeting_name: ::std::option::Option<::std::string::String>,
        ///The server of the price stream.
        #[serde(
            rename = "hsServerId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub hs_server_id: ::std::option::Option<broker_session_runtime::Secret>,
        ///The range of the user's income.
        #[serde(
            rename = "incRange",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub inc_range: ::std::option::Option<i64>,
        ///Whether that must be brought up to date.
        #[serde(
            rename = "incUpdFlag",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub inc_upd_flag: ::std::option::Option<::std::string::String>,
        ///Whether the user is a non-resident Indian.
        #[serde(
            rename = "isNRI",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_nri: ::std::option::Option<bool>,
        ///Whether it is a trial account.
        #[serde(
            rename = "isTrialAccount",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_trial_account: ::std::option::Option<bool>,
        ///Whether the password has expired.
        #[serde(
            rename = "isUserPwdExpired",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_user_pwd_expired: ::std::option::Option<bool>,
        ///The user's permanent account number for taxes. Sensitive.
        #[serde(rename = "kId", skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub k_id: ::std::option::Option<broker_session_runtime::Secret>,
        ///What the session is good for; `View` or `Trade`.
        #[serde(
            rename = "kType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub k_type: ::std::option::Option<::std::string::String>,
        ///The state of the registration of who the user is (KRA).
        #[serde(
            rename = "kraStatus",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub kra_status: ::std::option::Option<::std::string::String>,
        ///Whether mutual funds are open to the user.
        #[serde(
            rename = "mfAccess",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub mf_access: ::std::option::Option<i64>,
        ///Not explained by the broker.
        #[serde(
            rename = "rcFlag",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub rc_flag: ::std::option::Option<i64>,
        ///An id of the sign-in.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub rid: ::std::option::Option<broker_session_runtime::Secret>,
        ///Where orders are streamed; not always there.
        #[serde(
            rename = "rtUrl",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub rt_url: ::std::option::Option<::std::string::String>,
        ///A key for searching.
        #[serde(
            rename = "searchAPIKey",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub search_api_key: ::std::option::Option<broker_session_runtime::Secret>,
        ///The id of the session.
        pub sid: broker_session_runtime::Secret,
        ///`success`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
        ///The view or the trade token, a JSON Web Token (RFC 7519).
        pub token: broker_session_runtime::Secret,
        ///The client code.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub ucc: ::std::option::Option<::std::string::String>,
    }
    ///The view session or the trade session, or a failure.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum SessionAnswer {
        SessionEnvelope(SessionEnvelope),
        ErrorList(ErrorList),
        CodedError(CodedError),
        Failure(Failure),
        GatewayError(GatewayError),
        Message(Message),
        StatusCode(StatusCode),
    }
    impl ::std::convert::From<SessionEnvelope> for SessionAnswer {
        fn from(value: SessionEnvelope) -> Self {
            Self::SessionEnvelope(value)
        }
    }
    impl ::std::convert::From<ErrorList> for SessionAnswer {
        fn from(value: ErrorList) -> Self {
            Self::ErrorList(value)
        }
    }
    impl ::std::convert::From<CodedError> for SessionAnswer {
        fn from(value: CodedError) -> Self {
            Self::CodedError(value)
        }
    }
    impl ::std::convert::From<Failure> for SessionAnswer {
        fn from(value: Failure) -> Self {
            Self::Failure(value)
        }
    }
    impl ::std::convert::From<GatewayError> for SessionAnswer {
        fn from(value: GatewayError) -> Self {
            Self::GatewayError(value)
        }
    }
    impl ::std::convert::From<Message> for SessionAnswer {
        fn from(value: Message) -> Self {
            Self::Message(value)
        }
    }
    impl ::std::convert::From<StatusCode> for SessionAnswer {
        fn from(value: StatusCode) -> Self {
            Self::StatusCode(value)
        }
    }
    ///The envelope of a session.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct SessionEnvelope {
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub data: Session,
        ///Not seen in a success.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
    }
    ///A failure as the calls of a session say it, in other words.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct SessionFailure {
        ///The broker's words.
        pub emsg: ::std::string::String,
        ///The broker's code.
        #[serde(
            rename = "stCode",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub st_code: ::std::option::Option<i64>,
        ///`Not_Ok`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub stat: ::std::option::Option<::std::string::String>,
    }
    ///A failure that says no more than its code.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct StatusCode {
        ///The broker's code, which may look like an HTTP status.
        #[serde(rename = "stCode")]
        pub st_code: i64,
        ///`Not_Ok`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub stat: ::std::option::Option<::std::string::String>,
        ///`failure`; after the sign-in it is called `stat`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
    }
    ///Who signs in.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct TradeApiLoginRequest {
        ///The registered mobile number, with `+91`. Marked as a secret because it signs in.
        #[serde(rename = "mobileNumber")]
        pub mobile_number: broker_session_runtime::Secret,
        ///The time-based one-time password (RFC 6238): six digits.
        pub totp: broker_session_runtime::Secret,
        ///The client code (unique client code).
        pub ucc: ::std::string::String,
    }
    ///The second secret.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct TradeApiValidateRequest {
        ///The mobile pin; six digits.
        pub mpin: broker_session_runtime::Secret,
    }
    ///A failure below the envelope of a success.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct WrappedFailure {
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub data: Failure,
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
    impl<'de> ::serde::Deserialize<'de> for ClientIpAnswer {
        /// The first form whose required members are all there is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            use ::serde::de::Error as _;
            let value: broker_session_runtime::Json = broker_session_runtime::object(
                deserializer,
            )?;
            if broker_session_runtime::has(&value, "error") {
                return value.read().map(Self::ErrorList).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "errorCode") {
                return value.read().map(Self::CodedError).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "errMsg") {
                return value.read().map(Self::Failure).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "code") {
                return value.read().map(Self::GatewayError).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "data") {
                return value.read().map(Self::ClientIps).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "stCode") {
                return value.read().map(Self::StatusCode).map_err(D::Error::custom);
            }
            Err(D::Error::custom("none of the forms has all its required members"))
        }
    }
    impl<'de> ::serde::Deserialize<'de> for ErrorAnswer {
        /// The first form whose required members are all there is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            use ::serde::de::Error as _;
            let value: broker_session_runtime::Json = broker_session_runtime::object(
                deserializer,
            )?;
            if broker_session_runtime::has(&value, "code")
                && broker_session_runtime::has(&value, "error")
            {
                return value.read().map(Self::NamedError).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "error") {
                return value.read().map(Self::ErrorList).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "errorCode") {
                return value.read().map(Self::CodedError).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "errMsg") {
                return value.read().map(Self::Failure).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "code") {
                return value.read().map(Self::GatewayError).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "message") {
                return value.read().map(Self::Message).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "emsg") {
                return value.read().map(Self::SessionFailure).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "stCode") {
                return value.read().map(Self::StatusCode).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "data") {
                return value.read().map(Self::WrappedFailure).map_err(D::Error::custom);
            }
            Err(D::Error::custom("none of the forms has all its required members"))
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
                return value.read().map(Self::ErrorList).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "errorCode") {
                return value.read().map(Self::CodedError).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "errMsg") {
                return value.read().map(Self::Failure).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "code") {
                return value.read().map(Self::GatewayError).map_err(D::Error::custom);
            }
            value.read().map(Self::Logout).map_err(D::Error::custom)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for SessionAnswer {
        /// The first form whose required members are all there is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            use ::serde::de::Error as _;
            let value: broker_session_runtime::Json = broker_session_runtime::object(
                deserializer,
            )?;
            if broker_session_runtime::has(&value, "data") {
                return value.read().map(Self::SessionEnvelope).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "error") {
                return value.read().map(Self::ErrorList).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "errorCode") {
                return value.read().map(Self::CodedError).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "errMsg") {
                return value.read().map(Self::Failure).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "code") {
                return value.read().map(Self::GatewayError).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "message") {
                return value.read().map(Self::Message).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "stCode") {
                return value.read().map(Self::StatusCode).map_err(D::Error::custom);
            }
            Err(D::Error::custom("none of the forms has all its required members"))
        }
    }
}
#[derive(Clone, Debug)]
/**Client for Kotak Neo Trade API, session operations

Signs a user in to the Kotak Neo Trade API, and out again. The successor of `session/1.0`.

1. `trade_api_login` takes the mobile number, the client code (UCC) and a time-based one-time password (TOTP,
   RFC 6238: SHA-1, 30 seconds, six digits), and hands out a view token. It does not let anybody trade.
2. `trade_api_validate` takes the MPIN and turns the view token into a trade token. Its answer names the host on
   which to carry on (`baseUrl`).
3. Every later call goes to that host, below the path of `baseUrl` where it has one, with the trade token in the
   header `Auth` and the session's id in `Sid`. On trading calls the broker also wants `neo-fin-key`, and on orders
   `Authorization` with the access token (documented).

Both tokens are JSON Web Tokens (RFC 7519). That of the view session ends at the next midnight in India, as its
`exp` says (observed); how long that of the trade session lives is said to be the trading day.

Failures come in these forms, with an error status or with 200: `{"status": "error", "message", "errorCode"}`;
`{"error": [{"code", "message"}]}`; `{"stCode", "errMsg"}` with `status` or `stat`, also below `data`, and with
`emsg`; and from the API gateway in front of the broker the flat `{code, message, description}`, or with a string
below `error`. What the body calls a status is not always one:
a wrong UCC has been answered with `stCode` 429. The schemas list the forms under `anyOf`; the first one whose
required members are all there and not empty is meant, so that a failure wins over whatever stands beside it.

The broker's own client calls other paths in its test environment (UAT), for instance
`api/1.0/login/v6/totp/login`; they are not described here.


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
    /**Checks the one-time password and begins a view session

A wrong one-time password may count towards the lock of the account, and a right one is good for one sign-in.

Sends a `POST` request to `/login/1.0/tradeApiLogin`

*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization` and `neo-fin-key`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`credentials`](broker_session_runtime::ErrorKind::Credentials).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The request is not what the broker expects.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The access token, the mobile number, the UCC or the one-time password is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The user may not do this.
- 422, [`refused`](broker_session_runtime::ErrorKind::Refused): The values are not what the broker expects.
- 424, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Something that the broker depends on has failed. Temporary; the words are documented.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): There were too many requests.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker could not do it.
- 502, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no answer that it could use.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker is not available.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no answer in time.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn trade_api_login<'a>(
        &'a self,
        body: &'a types::TradeApiLoginRequest,
    ) -> Result<ResponseValue<types::SessionAnswer>, Error<types::ErrorAnswer>> {
        let url = format!("{}/login/1.0/tradeApiLogin", self.baseurl,);
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
            operation_id: "trade_api_login",
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
            422u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            424u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            429u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            502u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            503u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Checks the MPIN and turns the view session into a trade session

A wrong MPIN may count towards the lock of the account.

Sends a `POST` request to `/login/1.0/tradeApiValidate`

Arguments:
- `auth`: The token of the session.
- `sid`: The id of the view session.
- `body`
*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization` and `neo-fin-key`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`second_factor`](broker_session_runtime::ErrorKind::SecondFactor).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The request is not what the broker expects.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`second_factor`](broker_session_runtime::ErrorKind::SecondFactor) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The MPIN is wrong, or the view session is over, or something in between refuses.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The user may not do this.
- 422, [`refused`](broker_session_runtime::ErrorKind::Refused): The values are not what the broker expects.
- 424, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Something that the broker depends on has failed. Temporary; the words are documented.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): There were too many requests.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker could not do it.
- 502, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no answer that it could use.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker is not available.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no answer in time.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn trade_api_validate<'a>(
        &'a self,
        auth: &'a broker_session_runtime::Secret,
        sid: &'a broker_session_runtime::Secret,
        body: &'a types::TradeApiValidateRequest,
    ) -> Result<ResponseValue<types::SessionAnswer>, Error<types::ErrorAnswer>> {
        let url = format!("{}/login/1.0/tradeApiValidate", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        header_map.append("Auth", auth.to_string().try_into()?);
        header_map.append("sid", sid.to_string().try_into()?);
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
            operation_id: "trade_api_validate",
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
            422u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            424u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            429u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            502u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            503u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Says which address the broker sees the caller at

Some accounts may trade from registered addresses only. The call goes to the host of the sign-in.

Sends a `GET` request to `/login/1.0/get-client-ip`

Arguments:
- `auth`: The token of the session.
- `sid`: The id of the trade session.
*/
    /**
Evidence: documented; the broker's documentation says so.

May be repeated (retry class `safe`).

Carries the header `Authorization`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The request is not what the broker expects.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The trade session is over, if the words say so; without them something in between may refuse.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The user may not do this.
- 422, [`refused`](broker_session_runtime::ErrorKind::Refused): The values are not what the broker expects.
- 424, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Something that the broker depends on has failed. Temporary; the words are documented.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): There were too many requests.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker could not do it.
- 502, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no answer that it could use.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker is not available.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no answer in time.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn get_client_ip<'a>(
        &'a self,
        auth: &'a broker_session_runtime::Secret,
        sid: &'a broker_session_runtime::Secret,
    ) -> Result<ResponseValue<types::ClientIpAnswer>, Error<types::ErrorAnswer>> {
        let url = format!("{}/login/1.0/get-client-ip", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        header_map.append("Auth", auth.to_string().try_into()?);
        header_map.append("Sid", sid.to_string().try_into()?);
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
            operation_id: "get_client_ip",
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
            422u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            424u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            429u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            502u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            503u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Ends the trade session

Called at the session's `baseUrl`. Earlier versions of the broker's own client called it; the current one
only forgets the tokens. What a success looks like is inferred: as that of the broker's other calls, with `stat`
`Ok`, `status` `success`, or `stCode` 200 or 1000. Those versions also sent `Authorization: Bearer` with the
OAuth token of an older API, and a form content type for an empty body; neither belongs to the access token of
today, so neither is sent.


Sends a `POST` request to `/apim/login/2.0/logout`

Arguments:
- `auth`: The token of the session.
- `sid`: The id of the trade session.
*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

# Errors

- 200, with a failure in the body: [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The request is not what the broker expects.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The trade session is over, if the words say so; without them something in between may refuse.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The user may not do this.
- 422, [`refused`](broker_session_runtime::ErrorKind::Refused): The values are not what the broker expects.
- 424, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Something that the broker depends on has failed. Temporary; the words are documented.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): There were too many requests.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker could not do it.
- 502, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no answer that it could use.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker is not available.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no answer in time.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn logout<'a>(
        &'a self,
        auth: &'a broker_session_runtime::Secret,
        sid: &'a broker_session_runtime::Secret,
    ) -> Result<ResponseValue<types::LogoutAnswer>, Error<types::ErrorAnswer>> {
        let url = format!("{}/apim/login/2.0/logout", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        header_map.append("Auth", auth.to_string().try_into()?);
        header_map.append("Sid", sid.to_string().try_into()?);
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
            operation_id: "logout",
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
            422u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            424u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            429u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            500u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            502u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            503u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            504u16 => {
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
    pub(super) static CLIENT_IP: Shape = Shape::Object {
        members: &[
            Member {
                name: "ip",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "time",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
        ],
        others: None,
    };
    pub(super) static CLIENT_IP_ANSWER: Shape = Shape::AnyOf(
        &[&ERROR_LIST, &CODED_ERROR, &FAILURE, &GATEWAY_ERROR, &CLIENT_IPS, &STATUS_CODE],
    );
    pub(super) static CLIENT_IPS: Shape = Shape::Object {
        members: &[
            Member {
                name: "data",
                aliases: &[],
                required: true,
                shape: &Shape::List(&CLIENT_IP),
            },
            Member {
                name: "stCode",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
        ],
        others: None,
    };
    pub(super) static CODED_ERROR: Shape = Shape::Object {
        members: &[
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "errorCode",
                aliases: &[],
                required: true,
                shape: &ERROR_CODE,
            },
        ],
        others: None,
    };
    pub(super) static ERROR_ANSWER: Shape = Shape::AnyOf(
        &[
            &NAMED_ERROR,
            &ERROR_LIST,
            &CODED_ERROR,
            &FAILURE,
            &GATEWAY_ERROR,
            &MESSAGE,
            &SESSION_FAILURE,
            &STATUS_CODE,
            &WRAPPED_FAILURE,
        ],
    );
    pub(super) static ERROR_CODE: Shape = Shape::AnyOf(
        &[&ERROR_CODE_NUMBER, &ERROR_CODE_TEXT],
    );
    pub(super) static ERROR_CODE_NUMBER: Shape = Shape::Integer;
    pub(super) static ERROR_CODE_TEXT: Shape = Shape::Text;
    pub(super) static ERROR_ITEM: Shape = Shape::Object {
        members: &[
            Member {
                name: "code",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
        ],
        others: None,
    };
    pub(super) static ERROR_LIST: Shape = Shape::Object {
        members: &[
            Member {
                name: "error",
                aliases: &[],
                required: true,
                shape: &Shape::List(&ERROR_ITEM),
            },
        ],
        others: None,
    };
    pub(super) static FAILURE: Shape = Shape::Object {
        members: &[
            Member {
                name: "stCode",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "errMsg",
                aliases: &[],
                required: true,
                shape: &Shape::Text,
            },
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "stat",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
        ],
        others: None,
    };
    pub(super) static GATEWAY_ERROR: Shape = Shape::Object {
        members: &[
            Member {
                name: "code",
                aliases: &[],
                required: true,
                shape: &ERROR_CODE,
            },
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "description",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
        ],
        others: None,
    };
    pub(super) static LOGOUT: Shape = Shape::Object {
        members: &[
            Member {
                name: "stat",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "State",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "stCode",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
        ],
        others: None,
    };
    pub(super) static LOGOUT_ANSWER: Shape = Shape::AnyOf(
        &[&ERROR_LIST, &CODED_ERROR, &FAILURE, &GATEWAY_ERROR, &LOGOUT],
    );
    pub(super) static MESSAGE: Shape = Shape::Object {
        members: &[
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "message",
                aliases: &[],
                required: true,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static NAMED_ERROR: Shape = Shape::Object {
        members: &[
            Member {
                name: "code",
                aliases: &[],
                required: true,
                shape: &ERROR_CODE,
            },
            Member {
                name: "error",
                aliases: &[],
                required: true,
                shape: &Shape::Text,
            },
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
        ],
        others: None,
    };
    pub(super) static SESSION: Shape = Shape::Object {
        members: &[
            Member {
                name: "token",
                aliases: &[],
                required: true,
                shape: &Shape::Secret,
            },
            Member {
                name: "sid",
                aliases: &[],
                required: true,
                shape: &Shape::Secret,
            },
            Member {
                name: "baseUrl",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "feedUrl",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "rtUrl",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "rid",
                aliases: &[],
                required: false,
                shape: &Shape::Secret,
            },
            Member {
                name: "hsServerId",
                aliases: &[],
                required: false,
                shape: &Shape::Secret,
            },
            Member {
                name: "isUserPwdExpired",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "caches",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(
                    &Shape::Object {
                        members: &[],
                        others: Some(&Shape::Text),
                    },
                ),
            },
            Member {
                name: "ucc",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "greetingName",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "isTrialAccount",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "dataCenter",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "searchAPIKey",
                aliases: &[],
                required: false,
                shape: &Shape::Secret,
            },
            Member {
                name: "derivativesRiskDisclosure",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "mfAccess",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "dataCenterMap",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(
                    &Shape::Object {
                        members: &[],
                        others: Some(&Shape::Text),
                    },
                ),
            },
            Member {
                name: "dormancyStatus",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "asbaStatus",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "clientType",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "isNRI",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Boolean),
            },
            Member {
                name: "kId",
                aliases: &[],
                required: false,
                shape: &Shape::Secret,
            },
            Member {
                name: "kType",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "incRange",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "incUpdFlag",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "clientGroup",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "kraStatus",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "rcFlag",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
        ],
        others: None,
    };
    pub(super) static SESSION_ANSWER: Shape = Shape::AnyOf(
        &[
            &SESSION_ENVELOPE,
            &ERROR_LIST,
            &CODED_ERROR,
            &FAILURE,
            &GATEWAY_ERROR,
            &MESSAGE,
            &STATUS_CODE,
        ],
    );
    pub(super) static SESSION_ENVELOPE: Shape = Shape::Object {
        members: &[
            Member {
                name: "data",
                aliases: &[],
                required: true,
                shape: &SESSION,
            },
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
        ],
        others: None,
    };
    pub(super) static SESSION_FAILURE: Shape = Shape::Object {
        members: &[
            Member {
                name: "stCode",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Integer),
            },
            Member {
                name: "emsg",
                aliases: &[],
                required: true,
                shape: &Shape::Text,
            },
            Member {
                name: "stat",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
        ],
        others: None,
    };
    pub(super) static STATUS_CODE: Shape = Shape::Object {
        members: &[
            Member {
                name: "stCode",
                aliases: &[],
                required: true,
                shape: &Shape::Integer,
            },
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
            Member {
                name: "stat",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::Text),
            },
        ],
        others: None,
    };
    pub(super) static WRAPPED_FAILURE: Shape = Shape::Object {
        members: &[
            Member {
                name: "data",
                aliases: &[],
                required: true,
                shape: &FAILURE,
            },
        ],
        others: None,
    };
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
        title: "Kotak Neo Trade API, session operations",
        version: "1.0.0",
        servers: &[
            Server {
                url: "https://mis.kotaksecurities.com",
                environment: Environment::Production,
            },
            Server {
                url: "https://d-mis.kotaksecurities.com",
                environment: Environment::Sandbox,
            },
        ],
        domains: &["kotaksecurities.com"],
        security_schemes: &[
            SecurityScheme {
                name: "accessToken",
                kind: SecuritySchemeKind::Header("Authorization"),
                secret: true,
            },
            SecurityScheme {
                name: "neoFinKey",
                kind: SecuritySchemeKind::Header("neo-fin-key"),
                secret: false,
            },
        ],
        operations: &[
            Operation {
                id: "trade_api_login",
                method: "POST",
                path: "/login/1.0/tradeApiLogin",
                servers: &[],
                retry: Retry::Unsent,
                security: &["accessToken", "neoFinKey"],
                secret_headers: &[],
                secret_members: &["mobileNumber", "totp"],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::SessionAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&SESSION_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 422u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 502u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: Some(Duration::from_secs(30u64)),
            },
            Operation {
                id: "trade_api_validate",
                method: "POST",
                path: "/login/1.0/tradeApiValidate",
                servers: &[],
                retry: Retry::Unsent,
                security: &["accessToken", "neoFinKey"],
                secret_headers: &["sid", "Auth"],
                secret_members: &["mpin"],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::SessionAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&SESSION_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 422u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 502u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
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
                id: "get_client_ip",
                method: "GET",
                path: "/login/1.0/get-client-ip",
                servers: &[],
                retry: Retry::Safe,
                security: &["accessToken"],
                secret_headers: &["Sid", "Auth"],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::ClientIpAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&CLIENT_IP_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 422u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 502u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                ],
                rate_limit: None,
                error_codes: &[
                    ErrorCode {
                        code: "*Invalid JWT token*",
                        kind: ErrorKind::SessionExpired,
                        judges: false,
                        meaning: "The session is over, whatever code stands beside it.",
                    },
                ],
                time_step: None,
            },
            Operation {
                id: "logout",
                method: "POST",
                path: "/apim/login/2.0/logout",
                servers: &[
                    Server {
                        url: "https://cis.kotaksecurities.com",
                        environment: Environment::Production,
                    },
                    Server {
                        url: "https://e21.kotaksecurities.com",
                        environment: Environment::Production,
                    },
                    Server {
                        url: "https://e22.kotaksecurities.com",
                        environment: Environment::Production,
                    },
                    Server {
                        url: "https://e41.kotaksecurities.com",
                        environment: Environment::Production,
                    },
                    Server {
                        url: "https://e43.kotaksecurities.com",
                        environment: Environment::Production,
                    },
                    Server {
                        url: "https://neo-gw.kotaksecurities.com",
                        environment: Environment::Production,
                    },
                    Server {
                        url: "https://mnapi.kotaksecurities.com",
                        environment: Environment::Production,
                    },
                    Server {
                        url: "https://cnapi.kotaksecurities.com",
                        environment: Environment::Production,
                    },
                    Server {
                        url: "https://gw-napi.kotaksecurities.com",
                        environment: Environment::Production,
                    },
                ],
                retry: Retry::Unsent,
                security: &[],
                secret_headers: &["Sid", "Auth"],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::LogoutAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[
                            ("stat", &["Ok"]),
                            ("state", &["OK"]),
                            ("status", &["success", "ok"]),
                            ("stCode", &["200", "1000"]),
                        ],
                        shape: Some(&LOGOUT_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 422u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 502u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::ErrorAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ERROR_ANSWER),
                    },
                ],
                rate_limit: None,
                error_codes: &[
                    ErrorCode {
                        code: "*Invalid JWT token*",
                        kind: ErrorKind::SessionExpired,
                        judges: false,
                        meaning: "The session is over, whatever code stands beside it.",
                    },
                ],
                time_step: None,
            },
        ],
        error_codes: &[
            ErrorCode {
                code: "Invalid credentials or TOTP",
                kind: ErrorKind::Credentials,
                judges: true,
                meaning: "The access token, the mobile number, the UCC or the one-time password is wrong.",
            },
            ErrorCode {
                code: "Invalid TOTP",
                kind: ErrorKind::Credentials,
                judges: true,
                meaning: "The one-time password is wrong.",
            },
            ErrorCode {
                code: "Invalid UCC",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The client code is wrong, or does not go with the mobile number.",
            },
            ErrorCode {
                code: "*Invalid MPIN*",
                kind: ErrorKind::SecondFactor,
                judges: true,
                meaning: "The MPIN is wrong.",
            },
            ErrorCode {
                code: "*Incorrect MPIN*",
                kind: ErrorKind::SecondFactor,
                judges: true,
                meaning: "The MPIN is wrong.",
            },
            ErrorCode {
                code: "*account*locked*",
                kind: ErrorKind::Locked,
                judges: false,
                meaning: "The account is locked after wrong guesses.",
            },
            ErrorCode {
                code: "*user*locked*",
                kind: ErrorKind::Locked,
                judges: false,
                meaning: "The account is locked after wrong guesses.",
            },
            ErrorCode {
                code: "100022",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "The session token is dead.",
            },
            ErrorCode {
                code: "1003",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "The session is not valid.",
            },
            ErrorCode {
                code: "1037",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "The session was made from another address.",
            },
            ErrorCode {
                code: "invalid session token",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "The session token is dead.",
            },
            ErrorCode {
                code: "*session expired*",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "The session is over.",
            },
            ErrorCode {
                code: "Invalid session",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "The session is not valid.",
            },
            ErrorCode {
                code: "900901",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The access token is wrong or has expired.",
            },
            ErrorCode {
                code: "900902",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The access token is missing.",
            },
            ErrorCode {
                code: "900903",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The access token has expired.",
            },
            ErrorCode {
                code: "900904",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The access token is not active.",
            },
            ErrorCode {
                code: "900905",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The access token is of another kind.",
            },
            ErrorCode {
                code: "900906",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "The API gateway knows no such resource.",
            },
            ErrorCode {
                code: "900907",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "The API is blocked for the application.",
            },
            ErrorCode {
                code: "900908",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "The application has not subscribed to the API.",
            },
            ErrorCode {
                code: "900909",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "The subscription to the API is not active.",
            },
            ErrorCode {
                code: "900910",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "The access token does not allow this resource.",
            },
            ErrorCode {
                code: "100008",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "The caller's address is not registered with the broker.",
            },
            ErrorCode {
                code: "10512",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "A header is missing.",
            },
            ErrorCode {
                code: "10522",
                kind: ErrorKind::LoginRequired,
                judges: false,
                meaning: "The sign-in went wrong at the broker, and begins again.",
            },
            ErrorCode {
                code: "Missing required field*",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "A header or a field of the body is missing.",
            },
            ErrorCode {
                code: "Dependency error*",
                kind: ErrorKind::Unavailable,
                judges: false,
                meaning: "The broker cannot sign anybody in for some seconds.",
            },
            ErrorCode {
                code: "101503",
                kind: ErrorKind::Unavailable,
                judges: false,
                meaning: "The API gateway got no connection to the broker.",
            },
            ErrorCode {
                code: "101504",
                kind: ErrorKind::Unavailable,
                judges: false,
                meaning: "The API gateway got no response from the broker in time.",
            },
            ErrorCode {
                code: "303001",
                kind: ErrorKind::Unavailable,
                judges: false,
                meaning: "The API gateway has given up the broker for a while.",
            },
            ErrorCode {
                code: "900800",
                kind: ErrorKind::RateLimited,
                judges: false,
                meaning: "There were too many requests.",
            },
            ErrorCode {
                code: "*too many request*",
                kind: ErrorKind::RateLimited,
                judges: false,
                meaning: "There were too many requests.",
            },
            ErrorCode {
                code: "Rate limit exceeded",
                kind: ErrorKind::RateLimited,
                judges: false,
                meaning: "There were too many requests.",
            },
        ],
        hints: &[
            Hint {
                statuses: &[],
                codes: &["100008"],
                header: None,
                operations: &[],
                text: "Register this machine's address with the broker, in its dashboard. Orders are taken from registered addresses only.",
            },
            Hint {
                statuses: &[],
                codes: &["1037"],
                header: None,
                operations: &[],
                text: "The session was made from another address. Sign in again from this one.",
            },
            Hint {
                statuses: &[],
                codes: &["Dependency error*"],
                header: None,
                operations: &[],
                text: "Sign in again in a few seconds, with a fresh code.",
            },
            Hint {
                statuses: &[424u16],
                codes: &[],
                header: None,
                operations: &[],
                text: "Sign in again in a few seconds, with a fresh code.",
            },
            Hint {
                statuses: &[],
                codes: &["*Sandbox key offered*"],
                header: None,
                operations: &[],
                text: "The access token belongs to the other environment. Use the one of the dashboard for this host.",
            },
            Hint {
                statuses: &[],
                codes: &["*Missing required field 'NeoFinKey'*"],
                header: None,
                operations: &[],
                text: "Give the header `neo-fin-key` its value, which is `neotradeapi` unless the broker gave out another one.",
            },
            Hint {
                statuses: &[],
                codes: &["Invalid TOTP"],
                header: None,
                operations: &[],
                text: "Most often the clock of this machine is wrong. Compare it with the right time, then check the TOTP secret.",
            },
            Hint {
                statuses: &[],
                codes: &["Invalid credentials or TOTP"],
                header: None,
                operations: &[],
                text: "Most often the clock of this machine is wrong. Compare it with the right time, then check the TOTP secret, the mobile number, the UCC and the access token.",
            },
            Hint {
                statuses: &[],
                codes: &["900901", "900902", "900903", "900904", "900905"],
                header: None,
                operations: &["trade_api_login", "trade_api_validate"],
                text: "Make a new access token in the broker's dashboard. It goes into the header `Authorization` as it is, without `Bearer`.",
            },
        ],
        rate_limit: None,
        penalty: None,
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
        pub struct TradeApiLoginWhen(::httpmock::When);
        impl TradeApiLoginWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/login/1.0/tradeApiLogin$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn body(self, value: &types::TradeApiLoginRequest) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct TradeApiLoginThen(::httpmock::Then);
        impl TradeApiLoginThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::SessionAnswer) -> Self {
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
            pub fn unprocessable_entity(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(422u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
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
            pub fn bad_gateway(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(502u16)
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
            pub fn gateway_timeout(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct TradeApiValidateWhen(::httpmock::When);
        impl TradeApiValidateWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/login/1.0/tradeApiValidate$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn auth(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("Auth", value.to_string()))
            }
            pub fn sid(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("sid", value.to_string()))
            }
            pub fn body(self, value: &types::TradeApiValidateRequest) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct TradeApiValidateThen(::httpmock::Then);
        impl TradeApiValidateThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::SessionAnswer) -> Self {
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
            pub fn unprocessable_entity(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(422u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
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
            pub fn bad_gateway(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(502u16)
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
            pub fn gateway_timeout(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct GetClientIpWhen(::httpmock::When);
        impl GetClientIpWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::GET)
                        .path_matches(
                            regex::Regex::new("/login/1.0/get-client-ip$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn auth(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("Auth", value.to_string()))
            }
            pub fn sid(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("Sid", value.to_string()))
            }
        }
        pub struct GetClientIpThen(::httpmock::Then);
        impl GetClientIpThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::ClientIpAnswer) -> Self {
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
            pub fn unprocessable_entity(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(422u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
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
            pub fn bad_gateway(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(502u16)
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
            pub fn gateway_timeout(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct LogoutWhen(::httpmock::When);
        impl LogoutWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/apim/login/2.0/logout$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn auth(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("Auth", value.to_string()))
            }
            pub fn sid(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("Sid", value.to_string()))
            }
        }
        pub struct LogoutThen(::httpmock::Then);
        impl LogoutThen {
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
            pub fn unprocessable_entity(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(422u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
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
            pub fn bad_gateway(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(502u16)
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
            pub fn gateway_timeout(self, value: &types::ErrorAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
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
        fn trade_api_login<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::TradeApiLoginWhen, operations::TradeApiLoginThen);
        fn trade_api_validate<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::TradeApiValidateWhen,
                operations::TradeApiValidateThen,
            );
        fn get_client_ip<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::GetClientIpWhen, operations::GetClientIpThen);
        fn logout<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::LogoutWhen, operations::LogoutThen);
    }
    impl MockServerExt for ::httpmock::MockServer {
        fn trade_api_login<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::TradeApiLoginWhen, operations::TradeApiLoginThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::TradeApiLoginWhen::new(when),
                    operations::TradeApiLoginThen::new(then),
                )
            })
        }
        fn trade_api_validate<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::TradeApiValidateWhen,
                operations::TradeApiValidateThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::TradeApiValidateWhen::new(when),
                    operations::TradeApiValidateThen::new(then),
                )
            })
        }
        fn get_client_ip<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::GetClientIpWhen, operations::GetClientIpThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::GetClientIpWhen::new(when),
                    operations::GetClientIpThen::new(then),
                )
            })
        }
        fn logout<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::LogoutWhen, operations::LogoutThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::LogoutWhen::new(when),
                    operations::LogoutThen::new(then),
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
            "trade_api_login" => {
                let body: types::TradeApiLoginRequest = argument(arguments, "body")?;
                outcome(client.trade_api_login(&body).await)
            }
            "trade_api_validate" => {
                let auth: broker_session_runtime::Secret = argument(arguments, "Auth")?;
                let sid: broker_session_runtime::Secret = argument(arguments, "sid")?;
                let body: types::TradeApiValidateRequest = argument(arguments, "body")?;
                outcome(client.trade_api_validate(&auth, &sid, &body).await)
            }
            "get_client_ip" => {
                let auth: broker_session_runtime::Secret = argument(arguments, "Auth")?;
                let sid: broker_session_runtime::Secret = argument(arguments, "Sid")?;
                outcome(client.get_client_ip(&auth, &sid).await)
            }
            "logout" => {
                let auth: broker_session_runtime::Secret = argument(arguments, "Auth")?;
                let sid: broker_session_runtime::Secret = argument(arguments, "Sid")?;
                outcome(client.logout(&auth, &sid).await)
            }
            _ => unknown(operation),
        }
    }
    /// The JSON schema of every Rust type that a schema of the spec became, by the schema's name.
    pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
        vec![
            ("TradeApiLoginRequest", schemars::schema_for!(types::TradeApiLoginRequest)),
            ("TradeApiValidateRequest",
            schemars::schema_for!(types::TradeApiValidateRequest)), ("SessionAnswer",
            schemars::schema_for!(types::SessionAnswer)), ("SessionEnvelope",
            schemars::schema_for!(types::SessionEnvelope)), ("Session",
            schemars::schema_for!(types::Session)), ("ClientIpAnswer",
            schemars::schema_for!(types::ClientIpAnswer)), ("ClientIps",
            schemars::schema_for!(types::ClientIps)), ("ClientIp",
            schemars::schema_for!(types::ClientIp)), ("LogoutAnswer",
            schemars::schema_for!(types::LogoutAnswer)), ("Logout",
            schemars::schema_for!(types::Logout)), ("ErrorAnswer",
            schemars::schema_for!(types::ErrorAnswer)), ("NamedError",
            schemars::schema_for!(types::NamedError)), ("SessionFailure",
            schemars::schema_for!(types::SessionFailure)), ("WrappedFailure",
            schemars::schema_for!(types::WrappedFailure)), ("ErrorList",
            schemars::schema_for!(types::ErrorList)), ("ErrorItem",
            schemars::schema_for!(types::ErrorItem)), ("CodedError",
            schemars::schema_for!(types::CodedError)), ("Message",
            schemars::schema_for!(types::Message)), ("Failure",
            schemars::schema_for!(types::Failure)), ("StatusCode",
            schemars::schema_for!(types::StatusCode)), ("GatewayError",
            schemars::schema_for!(types::GatewayError)), ("ErrorCode",
            schemars::schema_for!(types::ErrorCode)), ("ErrorCodeNumber",
            schemars::schema_for!(types::ErrorCodeNumber)), ("ErrorCodeText",
            schemars::schema_for!(types::ErrorCodeText))
        ]
    }
}
