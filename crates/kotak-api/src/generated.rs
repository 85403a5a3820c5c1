// Generated from openapi/kotak-session.yaml. Do not edit: change the spec and run `cargo xtask generate`.
// spec-sha256: e258318aac939caed8eef5f543521c081806aabe39505a247cbc58ed1bccaaac
// generators: progenitor 0.15.1, prettyplease 0.3.0

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    /**Where and when the access code was sent, and a new one-time token. Documented with the model of the login, of
which nothing but the message can be relied on.
*/
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct AccessCode {
        ///When the access code was sent; `M/D/YYYY h:mm:ss AM` or `PM`, Indian time.
        #[serde(
            rename = "accessCodeTime",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub access_code_time: ::std::option::Option<::std::string::String>,
        ///Not explained by the broker.
        #[serde(
            rename = "authLevel",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub auth_level: ::std::option::Option<i64>,
        ///`Y` if the user has set up biometrics, else `N`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub biometric: ::std::option::Option<::std::string::String>,
        ///`ONLINE`.
        #[serde(
            rename = "clientType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_type: ::std::option::Option<::std::string::String>,
        ///The e-mail address that gets the code, masked.
        #[serde(
            rename = "emailId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub email_id: ::std::option::Option<::std::string::String>,
        ///The broker's words.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: ::std::option::Option<::std::string::String>,
        ///`Y` if the user has set up an mpin, else `N`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub mpin: ::std::option::Option<::std::string::String>,
        ///Whether the user has named a nominee.
        #[serde(
            rename = "nomineeFlag",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub nominee_flag: ::std::option::Option<i64>,
        ///A new one-time token, which takes the place of the one before.
        #[serde(
            rename = "oneTimeToken",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub one_time_token: ::std::option::Option<broker_session_runtime::Secret>,
        ///The phone number that gets the code, masked.
        #[serde(
            rename = "phoneNo",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub phone_no: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub redirect: ::std::option::Option<Host>,
        ///`Temporary` until the second factor is done.
        #[serde(
            rename = "Status",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
        ///The user id (client code).
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub userid: ::std::option::Option<::std::string::String>,
    }
    ///The answer of `session_2fa_accesscode_get`, in any of its forms.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum AccessCodeAnswer {
        FaultEnvelope(FaultEnvelope),
        FlatFault(FlatFault),
        AccessCodeSuccess(AccessCodeSuccess),
        AccessCodeSuccessLowerCase(AccessCodeSuccessLowerCase),
        AccessCode(AccessCode),
    }
    impl ::std::convert::From<FaultEnvelope> for AccessCodeAnswer {
        fn from(value: FaultEnvelope) -> Self {
            Self::FaultEnvelope(value)
        }
    }
    impl ::std::convert::From<FlatFault> for AccessCodeAnswer {
        fn from(value: FlatFault) -> Self {
            Self::FlatFault(value)
        }
    }
    impl ::std::convert::From<AccessCodeSuccess> for AccessCodeAnswer {
        fn from(value: AccessCodeSuccess) -> Self {
            Self::AccessCodeSuccess(value)
        }
    }
    impl ::std::convert::From<AccessCodeSuccessLowerCase> for AccessCodeAnswer {
        fn from(value: AccessCodeSuccessLowerCase) -> Self {
            Self::AccessCodeSuccessLowerCase(value)
        }
    }
    impl ::std::convert::From<AccessCode> for AccessCodeAnswer {
        fn from(value: AccessCode) -> Self {
            Self::AccessCode(value)
        }
    }
    ///The answer below `Success`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct AccessCodeSuccess {
        #[serde(rename = "Success")]
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub success: AccessCode,
    }
    ///The answer below `success`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct AccessCodeSuccessLowerCase {
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub success: AccessCode,
    }
    ///A session of an older API and its address.
    #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq, schemars::JsonSchema)]
    pub struct ApiToken {
        ///How the products are marked.
        #[serde(
            rename = "productMarking",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_objects")]
        pub product_marking: ::std::option::Option<::std::vec::Vec<ProductMarking>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub redirect: ::std::option::Option<Host>,
        ///The identifier of that session.
        #[serde(
            rename = "sessionId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub session_id: ::std::option::Option<broker_session_runtime::Secret>,
    }
    ///How a password would have to be encrypted; `PLAIN` means not at all beyond TLS.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct Encryption {
        ///The size of the key in bits.
        #[serde(
            rename = "keySize",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub key_size: ::std::option::Option<i64>,
        ///The public key; the broker spells it like this.
        #[serde(
            rename = "publickKey",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub publick_key: ::std::option::Option<::std::string::String>,
        ///`PLAIN`.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub type_: ::std::option::Option<::std::string::String>,
    }
    ///Whether an exchange is open to the user.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct ExchangeStatus {
        ///`NSE`, `BSE` or `MCX`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub exchange: ::std::option::Option<::std::string::String>,
        ///`ACTIVE`, `INACTIVE` or `NOACCESS`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
    }
    ///A fault of the broker or of the API gateway in front of it.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    #[serde(untagged)]
    pub enum Fault {
        FaultEnvelope(FaultEnvelope),
        FlatFault(FlatFault),
    }
    impl ::std::convert::From<FaultEnvelope> for Fault {
        fn from(value: FaultEnvelope) -> Self {
            Self::FaultEnvelope(value)
        }
    }
    impl ::std::convert::From<FlatFault> for Fault {
        fn from(value: FlatFault) -> Self {
            Self::FlatFault(value)
        }
    }
    ///The code of a fault; a number from the broker, a string from the API gateway.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    #[serde(untagged)]
    pub enum FaultCode {
        Number(FaultCodeNumber),
        Text(FaultCodeText),
    }
    impl ::std::fmt::Display for FaultCode {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match self {
                Self::Number(x) => x.fmt(f),
                Self::Text(x) => x.fmt(f),
            }
        }
    }
    impl ::std::convert::From<FaultCodeNumber> for FaultCode {
        fn from(value: FaultCodeNumber) -> Self {
            Self::Number(value)
        }
    }
    impl ::std::convert::From<FaultCodeText> for FaultCode {
        fn from(value: FaultCodeText) -> Self {
            Self::Text(value)
        }
    }
    ///The code as a number; 0 has been seen where there is none.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    #[serde(transparent)]
    pub struct FaultCodeNumber(pub i64);
    impl ::std::ops::Deref for FaultCodeNumber {
        type Target = i64;
        fn deref(&self) -> &i64 {
            &self.0
        }
    }
    impl ::std::convert::From<FaultCodeNumber> for i64 {
        fn from(value: FaultCodeNumber) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<i64> for FaultCodeNumber {
        fn from(value: i64) -> Self {
            Self(value)
        }
    }
    impl ::std::fmt::Display for FaultCodeNumber {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }
    impl ::std::str::FromStr for FaultCodeNumber {
        type Err = <i64 as ::std::str::FromStr>::Err;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.parse()?))
        }
    }
    impl ::std::convert::TryFrom<&str> for FaultCodeNumber {
        type Error = <i64 as ::std::str::FromStr>::Err;
        fn try_from(value: &str) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<String> for FaultCodeNumber {
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
    pub struct FaultCodeText(pub ::std::string::String);
    impl ::std::ops::Deref for FaultCodeText {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<FaultCodeText> for ::std::string::String {
        fn from(value: FaultCodeText) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<::std::string::String> for FaultCodeText {
        fn from(value: ::std::string::String) -> Self {
            Self(value)
        }
    }
    impl ::std::fmt::Display for FaultCodeText {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }
    impl ::std::str::FromStr for FaultCodeText {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.to_string()))
        }
    }
    ///The code of a fault and the broker's words.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct FaultDetail {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub code: ::std::option::Option<FaultCode>,
        ///Details; for code 999024 the URL of the right host.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub description: ::std::option::Option<::std::string::String>,
        ///What happened.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: ::std::option::Option<::std::string::String>,
    }
    ///A fault as the broker sends it.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct FaultEnvelope {
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub fault: FaultDetail,
    }
    ///A fault as the API gateway sends it.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct FlatFault {
        pub code: FaultCode,
        ///Details.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub description: ::std::option::Option<::std::string::String>,
        ///What happened.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: ::std::option::Option<::std::string::String>,
    }
    ///An address of one of the broker's services.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct Host {
        ///A URL, or a host name alone; empty if there is no such service.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub host: ::std::option::Option<::std::string::String>,
        ///The TCP port; 0 if the host is empty.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub port: ::std::option::Option<i64>,
        ///The user id; stands here in the documented sample of the login.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub userid: ::std::option::Option<::std::string::String>,
    }
    ///The state of the account and the host to carry on with.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct Init {
        ///`ONLINE`.
        #[serde(
            rename = "clientType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_type: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub encryption: ::std::option::Option<Encryption>,
        ///`Y` for a non-resident Indian, else `N`.
        #[serde(
            rename = "isNRI",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_nri: ::std::option::Option<::std::string::String>,
        ///The broker's words.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub redirect: ::std::option::Option<Host>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub service: ::std::option::Option<Host>,
        ///`Success`; also seen: `Active`, `Inactive`, `Deactive`, `Closed`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
        ///`G`; also seen: `V`, `A`, `D`.
        #[serde(
            rename = "userType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub user_type: ::std::option::Option<::std::string::String>,
        ///The user id (client code).
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub userid: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub weblink: ::std::option::Option<Host>,
    }
    ///The answer of the three init operations, in any of its forms.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum InitAnswer {
        FaultEnvelope(FaultEnvelope),
        FlatFault(FlatFault),
        InitSuccess(InitSuccess),
        InitSuccessLowerCase(InitSuccessLowerCase),
        Init(Init),
    }
    impl ::std::convert::From<FaultEnvelope> for InitAnswer {
        fn from(value: FaultEnvelope) -> Self {
            Self::FaultEnvelope(value)
        }
    }
    impl ::std::convert::From<FlatFault> for InitAnswer {
        fn from(value: FlatFault) -> Self {
            Self::FlatFault(value)
        }
    }
    impl ::std::convert::From<InitSuccess> for InitAnswer {
        fn from(value: InitSuccess) -> Self {
            Self::InitSuccess(value)
        }
    }
    impl ::std::convert::From<InitSuccessLowerCase> for InitAnswer {
        fn from(value: InitSuccessLowerCase) -> Self {
            Self::InitSuccessLowerCase(value)
        }
    }
    impl ::std::convert::From<Init> for InitAnswer {
        fn from(value: Init) -> Self {
            Self::Init(value)
        }
    }
    ///An init answer below `Success`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct InitSuccess {
        #[serde(rename = "Success")]
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub success: Init,
    }
    ///An init answer below `success`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct InitSuccessLowerCase {
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub success: Init,
    }
    ///The one-time token and what is needed to choose the second factor.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct Login {
        ///When the access code was sent; `M/D/YYYY h:mm:ss AM` or `PM`, Indian time.
        #[serde(
            rename = "accessCodeTime",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub access_code_time: ::std::option::Option<::std::string::String>,
        ///Not explained by the broker.
        #[serde(
            rename = "authLevel",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub auth_level: ::std::option::Option<i64>,
        ///`Y` if the user has set up biometrics, else `N`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub biometric: ::std::option::Option<::std::string::String>,
        ///`ONLINE`.
        #[serde(
            rename = "clientType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_type: ::std::option::Option<::std::string::String>,
        ///The e-mail address that gets the code, masked.
        #[serde(
            rename = "emailId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub email_id: ::std::option::Option<::std::string::String>,
        ///The broker's words.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: ::std::option::Option<::std::string::String>,
        ///`Y` if the user has set up an mpin, else `N`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub mpin: ::std::option::Option<::std::string::String>,
        ///Whether the user has named a nominee.
        #[serde(
            rename = "nomineeFlag",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub nominee_flag: ::std::option::Option<i64>,
        ///What the second factor turns into a session. Its lifetime is not documented; it is short.
        #[serde(rename = "oneTimeToken")]
        pub one_time_token: broker_session_runtime::Secret,
        ///The phone number that gets the code, masked.
        #[serde(
            rename = "phoneNo",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub phone_no: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub redirect: ::std::option::Option<Host>,
        ///`Temporary` until the second factor is done.
        #[serde(
            rename = "Status",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
        ///The user id (client code).
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub userid: ::std::option::Option<::std::string::String>,
    }
    ///The answer of the two login operations, in any of its forms.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum LoginAnswer {
        FaultEnvelope(FaultEnvelope),
        FlatFault(FlatFault),
        LoginSuccess(LoginSuccess),
        LoginSuccessLowerCase(LoginSuccessLowerCase),
        Login(Login),
    }
    impl ::std::convert::From<FaultEnvelope> for LoginAnswer {
        fn from(value: FaultEnvelope) -> Self {
            Self::FaultEnvelope(value)
        }
    }
    impl ::std::convert::From<FlatFault> for LoginAnswer {
        fn from(value: FlatFault) -> Self {
            Self::FlatFault(value)
        }
    }
    impl ::std::convert::From<LoginSuccess> for LoginAnswer {
        fn from(value: LoginSuccess) -> Self {
            Self::LoginSuccess(value)
        }
    }
    impl ::std::convert::From<LoginSuccessLowerCase> for LoginAnswer {
        fn from(value: LoginSuccessLowerCase) -> Self {
            Self::LoginSuccessLowerCase(value)
        }
    }
    impl ::std::convert::From<Login> for LoginAnswer {
        fn from(value: Login) -> Self {
            Self::Login(value)
        }
    }
    ///What `session_login_nickname` asks for.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct LoginByNickname {
        ///The nickname the user has chosen.
        pub nickname: ::std::string::String,
        ///The user's password.
        pub password: broker_session_runtime::Secret,
    }
    ///What `session_login_userid` asks for.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct LoginByUserid {
        ///The user's password.
        pub password: broker_session_runtime::Secret,
        ///The user id (client code).
        pub userid: ::std::string::String,
    }
    ///A login answer below `Success`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct LoginSuccess {
        #[serde(rename = "Success")]
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub success: Login,
    }
    ///A login answer below `success`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct LoginSuccessLowerCase {
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub success: Login,
    }
    ///When the user signed in.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    #[serde(untagged)]
    pub enum LoginTime {
        Text(LoginTimeText),
        Epoch(LoginTimeEpoch),
    }
    impl ::std::fmt::Display for LoginTime {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match self {
                Self::Text(x) => x.fmt(f),
                Self::Epoch(x) => x.fmt(f),
            }
        }
    }
    impl ::std::convert::From<LoginTimeText> for LoginTime {
        fn from(value: LoginTimeText) -> Self {
            Self::Text(value)
        }
    }
    impl ::std::convert::From<LoginTimeEpoch> for LoginTime {
        fn from(value: LoginTimeEpoch) -> Self {
            Self::Epoch(value)
        }
    }
    ///Milliseconds since 1970-01-01T00:00:00Z; in older documentation only.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    #[serde(transparent)]
    pub struct LoginTimeEpoch(pub i64);
    impl ::std::ops::Deref for LoginTimeEpoch {
        type Target = i64;
        fn deref(&self) -> &i64 {
            &self.0
        }
    }
    impl ::std::convert::From<LoginTimeEpoch> for i64 {
        fn from(value: LoginTimeEpoch) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<i64> for LoginTimeEpoch {
        fn from(value: i64) -> Self {
            Self(value)
        }
    }
    impl ::std::fmt::Display for LoginTimeEpoch {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }
    impl ::std::str::FromStr for LoginTimeEpoch {
        type Err = <i64 as ::std::str::FromStr>::Err;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.parse()?))
        }
    }
    impl ::std::convert::TryFrom<&str> for LoginTimeEpoch {
        type Error = <i64 as ::std::str::FromStr>::Err;
        fn try_from(value: &str) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<String> for LoginTimeEpoch {
        type Error = <i64 as ::std::str::FromStr>::Err;
        fn try_from(value: String) -> ::std::result::Result<Self, Self::Error> {
            value.parse()
        }
    }
    ///`M/D/YYYY h:mm:ss AM` or `PM`, Indian time.
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
    pub struct LoginTimeText(pub ::std::string::String);
    impl ::std::ops::Deref for LoginTimeText {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<LoginTimeText> for ::std::string::String {
        fn from(value: LoginTimeText) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<::std::string::String> for LoginTimeText {
        fn from(value: ::std::string::String) -> Self {
            Self(value)
        }
    }
    impl ::std::fmt::Display for LoginTimeText {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }
    impl ::std::str::FromStr for LoginTimeText {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.to_string()))
        }
    }
    ///What the broker says to a logout.
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
        ///`error` where the session was not ended.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: ::std::option::Option<::std::string::String>,
    }
    ///The answer of the logout, in any of its forms.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum LogoutAnswer {
        FaultEnvelope(FaultEnvelope),
        FlatFault(FlatFault),
        LogoutSuccess(LogoutSuccess),
        LogoutSuccessLowerCase(LogoutSuccessLowerCase),
        Logout(Logout),
    }
    impl ::std::convert::From<FaultEnvelope> for LogoutAnswer {
        fn from(value: FaultEnvelope) -> Self {
            Self::FaultEnvelope(value)
        }
    }
    impl ::std::convert::From<FlatFault> for LogoutAnswer {
        fn from(value: FlatFault) -> Self {
            Self::FlatFault(value)
        }
    }
    impl ::std::convert::From<LogoutSuccess> for LogoutAnswer {
        fn from(value: LogoutSuccess) -> Self {
            Self::LogoutSuccess(value)
        }
    }
    impl ::std::convert::From<LogoutSuccessLowerCase> for LogoutAnswer {
        fn from(value: LogoutSuccessLowerCase) -> Self {
            Self::LogoutSuccessLowerCase(value)
        }
    }
    impl ::std::convert::From<Logout> for LogoutAnswer {
        fn from(value: Logout) -> Self {
            Self::Logout(value)
        }
    }
    ///A logout answer below `Success`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct LogoutSuccess {
        #[serde(rename = "Success")]
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub success: Logout,
    }
    ///A logout answer below `success`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct LogoutSuccessLowerCase {
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub success: Logout,
    }
    ///Whether the margin product is open to the user.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct MarginProduct {
        ///`Y` or `N`, or empty.
        #[serde(
            rename = "isEnabled",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_enabled: ::std::option::Option<::std::string::String>,
    }
    ///A fault in the form of RFC 6749, section 5.2.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct OAuthError {
        ///The code of the fault.
        pub error: ::std::string::String,
        ///What happened.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub error_description: ::std::option::Option<::std::string::String>,
        ///A page that says more.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub error_uri: ::std::option::Option<::std::string::String>,
    }
    ///A fault of the token endpoint or of the API gateway in front of it.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    #[serde(untagged)]
    pub enum OAuthFault {
        OAuthError(OAuthError),
        FaultEnvelope(FaultEnvelope),
        FlatFault(FlatFault),
    }
    impl ::std::convert::From<OAuthError> for OAuthFault {
        fn from(value: OAuthError) -> Self {
            Self::OAuthError(value)
        }
    }
    impl ::std::convert::From<FaultEnvelope> for OAuthFault {
        fn from(value: FaultEnvelope) -> Self {
            Self::FaultEnvelope(value)
        }
    }
    impl ::std::convert::From<FlatFault> for OAuthFault {
        fn from(value: FlatFault) -> Self {
            Self::FlatFault(value)
        }
    }
    ///How a product is marked; not explained by the broker.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Default,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct ProductMarking {
        ///The mark.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub mark: ::std::option::Option<::std::string::String>,
        ///The product.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub name: ::std::option::Option<::std::string::String>,
        ///The kind of mark.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub type_: ::std::option::Option<::std::string::String>,
    }
    ///A token to be made useless (RFC 7009, section 2.1).
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct RevokeRequest {
        ///The token.
        pub token: broker_session_runtime::Secret,
        ///Which kind of token it is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub token_type_hint: ::std::option::Option<RevokeRequestTokenTypeHint>,
    }
    ///Which kind of token it is.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd,
        schemars::JsonSchema
    )]
    pub enum RevokeRequestTokenTypeHint {
        #[serde(rename = "access_token")]
        AccessToken,
        #[serde(rename = "refresh_token")]
        RefreshToken,
    }
    impl ::std::fmt::Display for RevokeRequestTokenTypeHint {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::AccessToken => f.write_str("access_token"),
                Self::RefreshToken => f.write_str("refresh_token"),
            }
        }
    }
    impl ::std::str::FromStr for RevokeRequestTokenTypeHint {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "access_token" => Ok(Self::AccessToken),
                "refresh_token" => Ok(Self::RefreshToken),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for RevokeRequestTokenTypeHint {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for RevokeRequestTokenTypeHint {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///What `session_2fa_accesscode_post` asks for.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct SecondFactorAccessCode {
        ///The code from the SMS or the e-mail.
        #[serde(rename = "accessCode")]
        pub access_code: broker_session_runtime::Secret,
        ///The user id (client code).
        pub userid: ::std::string::String,
    }
    ///What `session_2fa_biometric` asks for.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct SecondFactorBiometric {
        ///The biometric proof.
        pub biometric: broker_session_runtime::Secret,
        ///The user id (client code).
        pub userid: ::std::string::String,
    }
    ///What `session_2fa_mpin` asks for.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct SecondFactorMpin {
        ///The user's mobile pin.
        pub mpin: broker_session_runtime::Secret,
        ///The user id (client code).
        pub userid: ::std::string::String,
    }
    ///What `session_2fa_one_time_token` asks for.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct SecondFactorOneTimeToken {
        ///The user id (client code).
        pub userid: ::std::string::String,
    }
    /**The session token, the user's profile and the addresses of the broker's services. That `getLTPURL` and `searchURL`
have the form of the other addresses is inferred.
*/
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    pub struct Session {
        #[serde(
            rename = "advancedChart",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub advanced_chart: ::std::option::Option<Host>,
        #[serde(
            rename = "apiToken",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub api_token: ::std::option::Option<ApiToken>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub broadcast: ::std::option::Option<Host>,
        ///The client code.
        #[serde(
            rename = "clientCode",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_code: ::std::option::Option<::std::string::String>,
        ///The client's name.
        #[serde(
            rename = "clientName",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_name: ::std::option::Option<::std::string::String>,
        ///Whether the account is dormant; `-` if not.
        #[serde(
            rename = "dormantType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub dormant_type: ::std::option::Option<::std::string::String>,
        ///The e-mail address.
        #[serde(
            rename = "emailId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub email_id: ::std::option::Option<::std::string::String>,
        ///Which exchanges are open to the user, by segment (`CASH`, `CDS`, `COMMODITY`, `FNO`).
        #[serde(
            rename = "enabledExchangeSegments",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub enabled_exchange_segments: ::std::option::Option<
            std::collections::BTreeMap<
                ::std::string::String,
                ::std::vec::Vec<ExchangeStatus>,
            >,
        >,
        ///The products open to the user.
        #[serde(
            rename = "enabledProducts",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub enabled_products: ::std::option::Option<
            ::std::vec::Vec<::std::string::String>,
        >,
        ///The segments open to the user.
        #[serde(
            rename = "enabledSegments",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub enabled_segments: ::std::option::Option<
            ::std::vec::Vec<::std::string::String>,
        >,
        #[serde(
            rename = "getLtp",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub get_ltp: ::std::option::Option<Host>,
        #[serde(
            rename = "getLTPURL",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub get_ltpurl: ::std::option::Option<Host>,
        ///`Y` for a non-resident Indian, else `N`.
        #[serde(
            rename = "isNRI",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_nri: ::std::option::Option<::std::string::String>,
        ///Not explained by the broker.
        #[serde(
            rename = "isTrinity",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_trinity: ::std::option::Option<bool>,
        #[serde(
            rename = "loginTime",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub login_time: ::std::option::Option<LoginTime>,
        #[serde(
            rename = "marginProduct",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub margin_product: ::std::option::Option<MarginProduct>,
        #[serde(
            rename = "marketData",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub market_data: ::std::option::Option<Host>,
        ///Whether the user has named a nominee.
        #[serde(
            rename = "nomineeFlag",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub nominee_flag: ::std::option::Option<i64>,
        ///The phone number.
        #[serde(
            rename = "phoneNo",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub phone_no: ::std::option::Option<::std::string::String>,
        ///Whether the user has given a power of attorney.
        #[serde(
            rename = "poaFlag",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub poa_flag: ::std::option::Option<::std::string::String>,
        ///A token of older documentation.
        #[serde(
            rename = "publicToken",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub public_token: ::std::option::Option<broker_session_runtime::Secret>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub redirect: ::std::option::Option<Host>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub search: ::std::option::Option<Host>,
        #[serde(
            rename = "searchURL",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub search_url: ::std::option::Option<Host>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub service: ::std::option::Option<Host>,
        ///What every later call carries. Lives for a day.
        #[serde(rename = "sessionToken")]
        pub session_token: broker_session_runtime::Secret,
        ///`Y` or `N`; not explained by the broker.
        #[serde(
            rename = "stwtFlag",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub stwt_flag: ::std::option::Option<::std::string::String>,
        ///The user id.
        #[serde(
            rename = "userId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub user_id: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub weblink: ::std::option::Option<Host>,
    }
    ///The answer of the second factors, in any of its forms.
    #[derive(::serde::Serialize, Clone, Debug, PartialEq, schemars::JsonSchema)]
    #[serde(untagged)]
    pub enum SessionAnswer {
        FaultEnvelope(FaultEnvelope),
        FlatFault(FlatFault),
        SessionSuccess(SessionSuccess),
        SessionSuccessLowerCase(SessionSuccessLowerCase),
        Session(Session),
    }
    impl ::std::convert::From<FaultEnvelope> for SessionAnswer {
        fn from(value: FaultEnvelope) -> Self {
            Self::FaultEnvelope(value)
        }
    }
    impl ::std::convert::From<FlatFault> for SessionAnswer {
        fn from(value: FlatFault) -> Self {
            Self::FlatFault(value)
        }
    }
    impl ::std::convert::From<SessionSuccess> for SessionAnswer {
        fn from(value: SessionSuccess) -> Self {
            Self::SessionSuccess(value)
        }
    }
    impl ::std::convert::From<SessionSuccessLowerCase> for SessionAnswer {
        fn from(value: SessionSuccessLowerCase) -> Self {
            Self::SessionSuccessLowerCase(value)
        }
    }
    impl ::std::convert::From<Session> for SessionAnswer {
        fn from(value: Session) -> Self {
            Self::Session(value)
        }
    }
    ///A session below `Success`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct SessionSuccess {
        #[serde(rename = "Success")]
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub success: Session,
    }
    ///A session below `success`.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct SessionSuccessLowerCase {
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub success: Session,
    }
    ///An access token (RFC 6749, section 5.1).
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct TokenAnswer {
        ///The access token.
        pub access_token: broker_session_runtime::Secret,
        ///The lifetime of the access token in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub expires_in: ::std::option::Option<i64>,
        ///What a new access token can be had for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub refresh_token: ::std::option::Option<broker_session_runtime::Secret>,
        ///The scopes granted, separated by spaces.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub scope: ::std::option::Option<::std::string::String>,
        ///`Bearer`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub token_type: ::std::option::Option<::std::string::String>,
    }
    ///A request for an access token (RFC 6749, sections 4.3.2, 4.4.2 and 6).
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        PartialEq,
        schemars::JsonSchema
    )]
    pub struct TokenRequest {
        ///Which grant is meant.
        pub grant_type: TokenRequestGrantType,
        ///The password; for `password`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub password: ::std::option::Option<broker_session_runtime::Secret>,
        ///The refresh token; for `refresh_token`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refresh_token: ::std::option::Option<broker_session_runtime::Secret>,
        ///The scopes asked for, separated by spaces.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub scope: ::std::option::Option<::std::string::String>,
        ///The user name; for `password`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub username: ::std::option::Option<::std::string::String>,
    }
    ///Which grant is meant.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd,
        schemars::JsonSchema
    )]
    pub enum TokenRequestGrantType {
        #[serde(rename = "client_credentials")]
        ClientCredentials,
        #[serde(rename = "password")]
        Password,
        #[serde(rename = "refresh_token")]
        RefreshToken,
    }
    impl ::std::fmt::Display for TokenRequestGrantType {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::ClientCredentials => f.write_str("client_credentials"),
                Self::Password => f.write_str("password"),
                Self::RefreshToken => f.write_str("refresh_token"),
            }
        }
    }
    impl ::std::str::FromStr for TokenRequestGrantType {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "client_credentials" => Ok(Self::ClientCredentials),
                "password" => Ok(Self::Password),
                "refresh_token" => Ok(Self::RefreshToken),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for TokenRequestGrantType {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for TokenRequestGrantType {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
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
    impl<'de> ::serde::Deserialize<'de> for ApiToken {
        /// Of several spellings of a member the first that is there, and not null, is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            #[derive(::serde::Deserialize)]
            #[serde(expecting = "struct ApiToken")]
            struct AllSpellings {
                #[serde(
                    rename = "productMarking",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_objects"
                )]
                pub product_marking: ::std::option::Option<
                    ::std::vec::Vec<ProductMarking>,
                >,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub redirect: ::std::option::Option<Host>,
                #[serde(
                    rename = "sessionId",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub session_id: ::std::option::Option<broker_session_runtime::Secret>,
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                #[serde(rename = "sessionID")]
                pub session_id_0: ::std::option::Option<broker_session_runtime::Secret>,
            }
            let all: AllSpellings = ::serde::Deserialize::deserialize(deserializer)?;
            Ok(Self {
                product_marking: all.product_marking,
                redirect: all.redirect,
                session_id: all.session_id.or(all.session_id_0),
            })
        }
    }
    impl<'de> ::serde::Deserialize<'de> for Session {
        /// Of several spellings of a member the first that is there, and not null, is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            #[derive(::serde::Deserialize)]
            #[serde(expecting = "struct Session")]
            struct AllSpellings {
                #[serde(
                    rename = "advancedChart",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub advanced_chart: ::std::option::Option<Host>,
                #[serde(
                    rename = "apiToken",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub api_token: ::std::option::Option<ApiToken>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub broadcast: ::std::option::Option<Host>,
                #[serde(
                    rename = "clientCode",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub client_code: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "clientName",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub client_name: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "dormantType",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub dormant_type: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "emailId",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub email_id: ::std::option::Option<::std::string::String>,
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                #[serde(rename = "emailID")]
                pub email_id_0: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "enabledExchangeSegments",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub enabled_exchange_segments: ::std::option::Option<
                    std::collections::BTreeMap<
                        ::std::string::String,
                        ::std::vec::Vec<ExchangeStatus>,
                    >,
                >,
                #[serde(
                    rename = "enabledProducts",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub enabled_products: ::std::option::Option<
                    ::std::vec::Vec<::std::string::String>,
                >,
                #[serde(
                    rename = "enabledSegments",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub enabled_segments: ::std::option::Option<
                    ::std::vec::Vec<::std::string::String>,
                >,
                #[serde(
                    rename = "getLtp",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub get_ltp: ::std::option::Option<Host>,
                #[serde(
                    rename = "getLTPURL",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub get_ltpurl: ::std::option::Option<Host>,
                #[serde(
                    rename = "isNRI",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub is_nri: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "isTrinity",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub is_trinity: ::std::option::Option<bool>,
                #[serde(
                    rename = "loginTime",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub login_time: ::std::option::Option<LoginTime>,
                #[serde(
                    rename = "marginProduct",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub margin_product: ::std::option::Option<MarginProduct>,
                #[serde(
                    rename = "marketData",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub market_data: ::std::option::Option<Host>,
                #[serde(
                    rename = "nomineeFlag",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub nominee_flag: ::std::option::Option<i64>,
                #[serde(
                    rename = "phoneNo",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub phone_no: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "poaFlag",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub poa_flag: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "publicToken",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub public_token: ::std::option::Option<broker_session_runtime::Secret>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub redirect: ::std::option::Option<Host>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub search: ::std::option::Option<Host>,
                #[serde(
                    rename = "searchURL",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub search_url: ::std::option::Option<Host>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub service: ::std::option::Option<Host>,
                #[serde(rename = "sessionToken")]
                pub session_token: broker_session_runtime::Secret,
                #[serde(
                    rename = "stwtFlag",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub stwt_flag: ::std::option::Option<::std::string::String>,
                #[serde(
                    rename = "userId",
                    skip_serializing_if = "::std::option::Option::is_none"
                )]
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                pub user_id: ::std::option::Option<::std::string::String>,
                #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
                #[serde(rename = "userID")]
                pub user_id_0: ::std::option::Option<::std::string::String>,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                #[serde(
                    default,
                    deserialize_with = "broker_session_runtime::lenient_object"
                )]
                pub weblink: ::std::option::Option<Host>,
            }
            let all: AllSpellings = ::serde::Deserialize::deserialize(deserializer)?;
            Ok(Self {
                advanced_chart: all.advanced_chart,
                api_token: all.api_token,
                broadcast: all.broadcast,
                client_code: all.client_code,
                client_name: all.client_name,
                dormant_type: all.dormant_type,
                email_id: all.email_id.or(all.email_id_0),
                enabled_exchange_segments: all.enabled_exchange_segments,
                enabled_products: all.enabled_products,
                enabled_segments: all.enabled_segments,
                get_ltp: all.get_ltp,
                get_ltpurl: all.get_ltpurl,
                is_nri: all.is_nri,
                is_trinity: all.is_trinity,
                login_time: all.login_time,
                margin_product: all.margin_product,
                market_data: all.market_data,
                nominee_flag: all.nominee_flag,
                phone_no: all.phone_no,
                poa_flag: all.poa_flag,
                public_token: all.public_token,
                redirect: all.redirect,
                search: all.search,
                search_url: all.search_url,
                service: all.service,
                session_token: all.session_token,
                stwt_flag: all.stwt_flag,
                user_id: all.user_id.or(all.user_id_0),
                weblink: all.weblink,
            })
        }
    }
    impl<'de> ::serde::Deserialize<'de> for AccessCodeAnswer {
        /// The first form whose required members are all there is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            use ::serde::de::Error as _;
            let value: broker_session_runtime::Json = broker_session_runtime::object(
                deserializer,
            )?;
            if broker_session_runtime::has(&value, "fault") {
                return value.read().map(Self::FaultEnvelope).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "code") {
                return value.read().map(Self::FlatFault).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "Success") {
                return value
                    .read()
                    .map(Self::AccessCodeSuccess)
                    .map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "success") {
                return value
                    .read()
                    .map(Self::AccessCodeSuccessLowerCase)
                    .map_err(D::Error::custom);
            }
            value.read().map(Self::AccessCode).map_err(D::Error::custom)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for InitAnswer {
        /// The first form whose required members are all there is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            use ::serde::de::Error as _;
            let value: broker_session_runtime::Json = broker_session_runtime::object(
                deserializer,
            )?;
            if broker_session_runtime::has(&value, "fault") {
                return value.read().map(Self::FaultEnvelope).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "code") {
                return value.read().map(Self::FlatFault).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "Success") {
                return value.read().map(Self::InitSuccess).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "success") {
                return value
                    .read()
                    .map(Self::InitSuccessLowerCase)
                    .map_err(D::Error::custom);
            }
            value.read().map(Self::Init).map_err(D::Error::custom)
        }
    }
    impl<'de> ::serde::Deserialize<'de> for LoginAnswer {
        /// The first form whose required members are all there is meant.
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            use ::serde::de::Error as _;
            let value: broker_session_runtime::Json = broker_session_runtime::object(
                deserializer,
            )?;
            if broker_session_runtime::has(&value, "fault") {
                return value.read().map(Self::FaultEnvelope).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "code") {
                return value.read().map(Self::FlatFault).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "Success") {
                return value.read().map(Self::LoginSuccess).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "success") {
                return value
                    .read()
                    .map(Self::LoginSuccessLowerCase)
                    .map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "oneTimeToken") {
                return value.read().map(Self::Login).map_err(D::Error::custom);
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
            if broker_session_runtime::has(&value, "fault") {
                return value.read().map(Self::FaultEnvelope).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "code") {
                return value.read().map(Self::FlatFault).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "Success") {
                return value.read().map(Self::LogoutSuccess).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "success") {
                return value
                    .read()
                    .map(Self::LogoutSuccessLowerCase)
                    .map_err(D::Error::custom);
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
            if broker_session_runtime::has(&value, "fault") {
                return value.read().map(Self::FaultEnvelope).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "code") {
                return value.read().map(Self::FlatFault).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "Success") {
                return value.read().map(Self::SessionSuccess).map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "success") {
                return value
                    .read()
                    .map(Self::SessionSuccessLowerCase)
                    .map_err(D::Error::custom);
            }
            if broker_session_runtime::has(&value, "sessionToken") {
                return value.read().map(Self::Session).map_err(D::Error::custom);
            }
            Err(D::Error::custom("none of the forms has all its required members"))
        }
    }
}
#[derive(Clone, Debug)]
/**Client for Kotak Securities Trade API, session/1.0

Signs a user in to the Kotak Securities Trade API, and out again.

1. `session_init` starts. Its answer may name another host (`redirect.host`) on which to carry on.
2. `session_login_userid` (or `session_login_nickname`) checks the password and hands out a one-time
   token. This answer, too, may name another host.
3. One of the second factors turns the one-time token into a session: an access code
   (`session_2fa_accesscode_post`; `session_2fa_accesscode_get` asks the broker to send one by SMS and
   e-mail), the mpin (`session_2fa_mpin`), a biometric proof (`session_2fa_biometric`), or nothing but
   the one-time token itself (`session_2fa_one_time_token`).
4. The session token goes into the header `sessionToken` of every later call of the Trade API, until
   `session_logout` ends the session or a day has passed.

Wrong guesses lock the account (403, code 70009), so no guess may ever be sent twice.

Answers come in one of three forms, on every operation: below `Success`, below `success`, or without any
envelope. A fault comes as `{"fault": {...}}` or, from the API gateway in front of the broker, as the
flat `{code, message, description}`; the gateway also answers in HTML or XML. A fault has been seen with
status 200. The schemas list the forms under `anyOf`; the first one whose required members are all there
and not empty is meant, so that a fault wins over whatever stands beside it.


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
    /**Initialises a session for a user id

The first call of a sign-in. The answer says whether the account is active and on which host to
carry on.


Sends a `GET` request to `/session/1.0/session/init`

Arguments:
- `userid`: The user id (client code).
*/
    /**
Evidence: documented; the broker's documentation says so.

May be repeated (retry class `safe`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`refused`](broker_session_runtime::ErrorKind::Refused).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The access token or the consumer key is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is dead; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_init<'a>(
        &'a self,
        userid: &'a str,
    ) -> Result<ResponseValue<types::InitAnswer>, Error<types::Fault>> {
        let url = format!("{}/session/1.0/session/init", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        header_map.append("userid", userid.to_string().try_into()?);
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
            operation_id: "session_init",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Initialises a session for a user id given in the path

Does what `session_init` does. Known from the broker's generated documentation only.

Sends a `GET` request to `/session/1.0/session/init/userid/{userid}`

Arguments:
- `userid`: The user id (client code).
*/
    /**
Evidence: documented; the broker's documentation says so.

May be repeated (retry class `safe`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`refused`](broker_session_runtime::ErrorKind::Refused).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The access token or the consumer key is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is dead; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_init_userid<'a>(
        &'a self,
        userid: &'a str,
    ) -> Result<ResponseValue<types::InitAnswer>, Error<types::Fault>> {
        let url = format!(
            "{}/session/1.0/session/init/userid/{}", self.baseurl, encode_path(& userid
            .to_string()),
        );
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
            operation_id: "session_init_userid",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Initialises a session for a nickname

Does what `session_init` does for a user who signs in by nickname. The answer's `userid` is what the
second factor asks for later. Known from the broker's generated documentation only.


Sends a `GET` request to `/session/1.0/session/init/nickname/{nickname}`

Arguments:
- `nickname`: The nickname the user has chosen.
*/
    /**
Evidence: documented; the broker's documentation says so.

May be repeated (retry class `safe`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`refused`](broker_session_runtime::ErrorKind::Refused).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The access token or the consumer key is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is dead; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_init_nickname<'a>(
        &'a self,
        nickname: &'a str,
    ) -> Result<ResponseValue<types::InitAnswer>, Error<types::Fault>> {
        let url = format!(
            "{}/session/1.0/session/init/nickname/{}", self.baseurl, encode_path(&
            nickname.to_string()),
        );
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
            operation_id: "session_init_nickname",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Checks user id and password and hands out a one-time token

The answer's `mpin` and `biometric` say which second factors the user has set up. A wrong password
counts towards the lock of the account.


Sends a `POST` request to `/session/1.0/session/login/userid`

*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The password, or the access token, is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is dead; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_login_userid<'a>(
        &'a self,
        body: &'a types::LoginByUserid,
    ) -> Result<ResponseValue<types::LoginAnswer>, Error<types::Fault>> {
        let url = format!("{}/session/1.0/session/login/userid", self.baseurl,);
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
            operation_id: "session_login_userid",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Checks nickname and password and hands out a one-time token

Does what `session_login_userid` does. The path is documented; that the body has the member
`nickname` in place of `userid` is inferred.


Sends a `POST` request to `/session/1.0/session/login/nickname`

*/
    /**
Evidence: inferred; nobody says so, it is our best reading.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The password, or the access token, is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is dead; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_login_nickname<'a>(
        &'a self,
        body: &'a types::LoginByNickname,
    ) -> Result<ResponseValue<types::LoginAnswer>, Error<types::Fault>> {
        let url = format!("{}/session/1.0/session/login/nickname", self.baseurl,);
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
            operation_id: "session_login_nickname",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Asks the broker to send an access code

The broker sends the code by SMS and e-mail, one a day. Repeating the call may send another, so it
is repeated only if it provably never left.


Sends a `GET` request to `/session/1.0/session/2FA/accesscode`

Arguments:
- `one_time_token`: The one-time token from the login.
- `userid`: The user id (client code).
*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`login_required`](broker_session_runtime::ErrorKind::LoginRequired).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials): The one-time token is dead; sign in again from the start.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is dead; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_2fa_accesscode_get<'a>(
        &'a self,
        one_time_token: &'a broker_session_runtime::Secret,
        userid: &'a str,
    ) -> Result<ResponseValue<types::AccessCodeAnswer>, Error<types::Fault>> {
        let url = format!("{}/session/1.0/session/2FA/accesscode", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        header_map.append("oneTimeToken", one_time_token.to_string().try_into()?);
        header_map.append("userid", userid.to_string().try_into()?);
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
            operation_id: "session_2fa_accesscode_get",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Turns the one-time token and an access code into a session

A wrong code counts towards the lock of the account.

Sends a `POST` request to `/session/1.0/session/2FA/accesscode`

Arguments:
- `one_time_token`: The one-time token from the login.
- `body`
*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`refused`](broker_session_runtime::ErrorKind::Refused) or [`second_factor`](broker_session_runtime::ErrorKind::SecondFactor): The second factor is wrong, or the one-time token is dead, or something in between refuses.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is dead; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_2fa_accesscode_post<'a>(
        &'a self,
        one_time_token: &'a broker_session_runtime::Secret,
        body: &'a types::SecondFactorAccessCode,
    ) -> Result<ResponseValue<types::SessionAnswer>, Error<types::Fault>> {
        let url = format!("{}/session/1.0/session/2FA/accesscode", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        header_map.append("oneTimeToken", one_time_token.to_string().try_into()?);
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
            operation_id: "session_2fa_accesscode_post",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Turns the one-time token alone into a session

What the broker's own client calls when it is given no access code. Spends the one-time token.


Sends a `POST` request to `/session/1.0/session/2FA/oneTimeToken`

Arguments:
- `one_time_token`: The one-time token from the login.
- `body`
*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials): The one-time token is dead; sign in again from the start.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is dead; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_2fa_one_time_token<'a>(
        &'a self,
        one_time_token: &'a broker_session_runtime::Secret,
        body: &'a types::SecondFactorOneTimeToken,
    ) -> Result<ResponseValue<types::SessionAnswer>, Error<types::Fault>> {
        let url = format!("{}/session/1.0/session/2FA/oneTimeToken", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        header_map.append("oneTimeToken", one_time_token.to_string().try_into()?);
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
            operation_id: "session_2fa_one_time_token",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Turns the one-time token and the mpin into a session

A wrong mpin counts towards the lock of the account. Path and answer are documented; the member
`mpin` of the body is inferred.


Sends a `POST` request to `/session/1.0/session/2FA/mpin`

Arguments:
- `one_time_token`: The one-time token from the login.
- `body`
*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`refused`](broker_session_runtime::ErrorKind::Refused) or [`second_factor`](broker_session_runtime::ErrorKind::SecondFactor): The second factor is wrong, or the one-time token is dead, or something in between refuses.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is dead; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_2fa_mpin<'a>(
        &'a self,
        one_time_token: &'a broker_session_runtime::Secret,
        body: &'a types::SecondFactorMpin,
    ) -> Result<ResponseValue<types::SessionAnswer>, Error<types::Fault>> {
        let url = format!("{}/session/1.0/session/2FA/mpin", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        header_map.append("oneTimeToken", one_time_token.to_string().try_into()?);
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
            operation_id: "session_2fa_mpin",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Turns the one-time token and a biometric proof into a session

What the proof consists of is known to the broker's own applications only. Path and answer are
documented; the member `biometric` of the body is inferred.


Sends a `POST` request to `/session/1.0/session/2FA/biometric`

Arguments:
- `one_time_token`: The one-time token from the login.
- `body`
*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`refused`](broker_session_runtime::ErrorKind::Refused) or [`second_factor`](broker_session_runtime::ErrorKind::SecondFactor): The second factor is wrong, or the one-time token is dead, or something in between refuses.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is dead; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_2fa_biometric<'a>(
        &'a self,
        one_time_token: &'a broker_session_runtime::Secret,
        body: &'a types::SecondFactorBiometric,
    ) -> Result<ResponseValue<types::SessionAnswer>, Error<types::Fault>> {
        let url = format!("{}/session/1.0/session/2FA/biometric", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        header_map.append("oneTimeToken", one_time_token.to_string().try_into()?);
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
            operation_id: "session_2fa_biometric",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Ends the session and makes its token useless

The broker documents no 401 here. That the API gateway in front of it rejects an access token here as
everywhere is inferred.


Sends a `DELETE` request to `/session/1.0/session/logout`

Arguments:
- `session_token`: The session token from the second factor.
- `userid`: The user id (client code).
*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The access token or the consumer key is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is dead; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_logout<'a>(
        &'a self,
        session_token: &'a broker_session_runtime::Secret,
        userid: &'a str,
    ) -> Result<ResponseValue<types::LogoutAnswer>, Error<types::Fault>> {
        let url = format!("{}/session/1.0/session/logout", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
        header_map
            .append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        header_map.append("sessionToken", session_token.to_string().try_into()?);
        header_map.append("userid", userid.to_string().try_into()?);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo {
            operation_id: "session_logout",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Hands out an access token

OAuth 2.0 (RFC 6749): `client_credentials`, `password` (with `username` and `password`) or
`refresh_token` (with `refresh_token`). An access token may also be made in the broker's portal,
where its lifetime is chosen and may be unlimited.


Sends a `POST` request to `/token`

*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the header `Authorization`, which the transport supplies.

# Errors

- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`credentials`](broker_session_runtime::ErrorKind::Credentials): The request or the grant is not valid (RFC 6749, section 5.2).
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The consumer key or the consumer secret is wrong (RFC 6749, section 5.2).
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The application may not have a token.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): Something the token endpoint depends on has failed.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn token<'a>(
        &'a self,
        body: &'a types::TokenRequest,
    ) -> Result<ResponseValue<types::TokenAnswer>, Error<types::OAuthFault>> {
        let url = format!("{}/token", self.baseurl,);
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
            operation_id: "token",
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
            424u16 => {
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
            504u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Makes an access token or a refresh token useless

OAuth 2.0 token revocation (RFC 7009). The answer is empty.

Sends a `POST` request to `/revoke`

*/
    /**
Evidence: documented; the broker's documentation says so.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the header `Authorization`, which the transport supplies.

# Errors

- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`credentials`](broker_session_runtime::ErrorKind::Credentials): The request or the grant is not valid (RFC 6749, section 5.2).
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The consumer key or the consumer secret is wrong (RFC 6749, section 5.2).
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The application may not have a token.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): Something the token endpoint depends on has failed.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out.

A status without a kind means what its class says, and the broker's own codes say more than a status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn revoke<'a>(
        &'a self,
        body: &'a types::RevokeRequest,
    ) -> Result<ResponseValue<()>, Error<types::OAuthFault>> {
        let url = format!("{}/revoke", self.baseurl,);
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
            operation_id: "revoke",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => Ok(ResponseValue::empty(response)),
            400u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            401u16 => {
                Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
            }
            403u16 => {
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
    pub(super) static ACCESS_CODE: Shape = Shape::Object {
        members: &[
            Member {
                name: "Status",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "accessCodeTime",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "authLevel",
                aliases: &[],
                required: false,
                shape: &Shape::Integer,
            },
            Member {
                name: "biometric",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "clientType",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "emailId",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "mpin",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "nomineeFlag",
                aliases: &[],
                required: false,
                shape: &Shape::Integer,
            },
            Member {
                name: "oneTimeToken",
                aliases: &[],
                required: false,
                shape: &Shape::Secret,
            },
            Member {
                name: "phoneNo",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "redirect",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "userid",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static ACCESS_CODE_ANSWER: Shape = Shape::AnyOf(
        &[
            &FAULT_ENVELOPE,
            &FLAT_FAULT,
            &ACCESS_CODE_SUCCESS,
            &ACCESS_CODE_SUCCESS_LOWER_CASE,
            &ACCESS_CODE,
        ],
    );
    pub(super) static ACCESS_CODE_SUCCESS: Shape = Shape::Object {
        members: &[
            Member {
                name: "Success",
                aliases: &[],
                required: true,
                shape: &ACCESS_CODE,
            },
        ],
        others: None,
    };
    pub(super) static ACCESS_CODE_SUCCESS_LOWER_CASE: Shape = Shape::Object {
        members: &[
            Member {
                name: "success",
                aliases: &[],
                required: true,
                shape: &ACCESS_CODE,
            },
        ],
        others: None,
    };
    pub(super) static API_TOKEN: Shape = Shape::Object {
        members: &[
            Member {
                name: "productMarking",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::List(&PRODUCT_MARKING)),
            },
            Member {
                name: "redirect",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "sessionId",
                aliases: &["sessionID"],
                required: false,
                shape: &Shape::Secret,
            },
        ],
        others: None,
    };
    pub(super) static ENCRYPTION: Shape = Shape::Object {
        members: &[
            Member {
                name: "keySize",
                aliases: &[],
                required: false,
                shape: &Shape::Integer,
            },
            Member {
                name: "publickKey",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "type",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static EXCHANGE_STATUS: Shape = Shape::Object {
        members: &[
            Member {
                name: "exchange",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static FAULT: Shape = Shape::AnyOf(&[&FAULT_ENVELOPE, &FLAT_FAULT]);
    pub(super) static FAULT_CODE: Shape = Shape::AnyOf(
        &[&FAULT_CODE_NUMBER, &FAULT_CODE_TEXT],
    );
    pub(super) static FAULT_CODE_NUMBER: Shape = Shape::Integer;
    pub(super) static FAULT_CODE_TEXT: Shape = Shape::Text;
    pub(super) static FAULT_DETAIL: Shape = Shape::Object {
        members: &[
            Member {
                name: "code",
                aliases: &[],
                required: false,
                shape: &FAULT_CODE,
            },
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "description",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static FAULT_ENVELOPE: Shape = Shape::Object {
        members: &[
            Member {
                name: "fault",
                aliases: &[],
                required: true,
                shape: &FAULT_DETAIL,
            },
        ],
        others: None,
    };
    pub(super) static FLAT_FAULT: Shape = Shape::Object {
        members: &[
            Member {
                name: "code",
                aliases: &[],
                required: true,
                shape: &FAULT_CODE,
            },
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "description",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static HOST: Shape = Shape::Object {
        members: &[
            Member {
                name: "host",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "port",
                aliases: &[],
                required: false,
                shape: &Shape::Integer,
            },
            Member {
                name: "userid",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static INIT: Shape = Shape::Object {
        members: &[
            Member {
                name: "clientType",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "encryption",
                aliases: &[],
                required: false,
                shape: &ENCRYPTION,
            },
            Member {
                name: "isNRI",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "redirect",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "service",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "userType",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "userid",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "weblink",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
        ],
        others: None,
    };
    pub(super) static INIT_ANSWER: Shape = Shape::AnyOf(
        &[&FAULT_ENVELOPE, &FLAT_FAULT, &INIT_SUCCESS, &INIT_SUCCESS_LOWER_CASE, &INIT],
    );
    pub(super) static INIT_SUCCESS: Shape = Shape::Object {
        members: &[
            Member {
                name: "Success",
                aliases: &[],
                required: true,
                shape: &INIT,
            },
        ],
        others: None,
    };
    pub(super) static INIT_SUCCESS_LOWER_CASE: Shape = Shape::Object {
        members: &[
            Member {
                name: "success",
                aliases: &[],
                required: true,
                shape: &INIT,
            },
        ],
        others: None,
    };
    pub(super) static LOGIN: Shape = Shape::Object {
        members: &[
            Member {
                name: "Status",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "accessCodeTime",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "authLevel",
                aliases: &[],
                required: false,
                shape: &Shape::Integer,
            },
            Member {
                name: "biometric",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "clientType",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "emailId",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "mpin",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "nomineeFlag",
                aliases: &[],
                required: false,
                shape: &Shape::Integer,
            },
            Member {
                name: "oneTimeToken",
                aliases: &[],
                required: true,
                shape: &Shape::Secret,
            },
            Member {
                name: "phoneNo",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "redirect",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "userid",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static LOGIN_ANSWER: Shape = Shape::AnyOf(
        &[
            &FAULT_ENVELOPE,
            &FLAT_FAULT,
            &LOGIN_SUCCESS,
            &LOGIN_SUCCESS_LOWER_CASE,
            &LOGIN,
        ],
    );
    pub(super) static LOGIN_SUCCESS: Shape = Shape::Object {
        members: &[
            Member {
                name: "Success",
                aliases: &[],
                required: true,
                shape: &LOGIN,
            },
        ],
        others: None,
    };
    pub(super) static LOGIN_SUCCESS_LOWER_CASE: Shape = Shape::Object {
        members: &[
            Member {
                name: "success",
                aliases: &[],
                required: true,
                shape: &LOGIN,
            },
        ],
        others: None,
    };
    pub(super) static LOGIN_TIME: Shape = Shape::AnyOf(
        &[&LOGIN_TIME_TEXT, &LOGIN_TIME_EPOCH],
    );
    pub(super) static LOGIN_TIME_EPOCH: Shape = Shape::Integer;
    pub(super) static LOGIN_TIME_TEXT: Shape = Shape::Text;
    pub(super) static LOGOUT: Shape = Shape::Object {
        members: &[
            Member {
                name: "message",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "status",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static LOGOUT_ANSWER: Shape = Shape::AnyOf(
        &[
            &FAULT_ENVELOPE,
            &FLAT_FAULT,
            &LOGOUT_SUCCESS,
            &LOGOUT_SUCCESS_LOWER_CASE,
            &LOGOUT,
        ],
    );
    pub(super) static LOGOUT_SUCCESS: Shape = Shape::Object {
        members: &[
            Member {
                name: "Success",
                aliases: &[],
                required: true,
                shape: &LOGOUT,
            },
        ],
        others: None,
    };
    pub(super) static LOGOUT_SUCCESS_LOWER_CASE: Shape = Shape::Object {
        members: &[
            Member {
                name: "success",
                aliases: &[],
                required: true,
                shape: &LOGOUT,
            },
        ],
        others: None,
    };
    pub(super) static MARGIN_PRODUCT: Shape = Shape::Object {
        members: &[
            Member {
                name: "isEnabled",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static O_AUTH_ERROR: Shape = Shape::Object {
        members: &[
            Member {
                name: "error",
                aliases: &[],
                required: true,
                shape: &Shape::Text,
            },
            Member {
                name: "error_description",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "error_uri",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static O_AUTH_FAULT: Shape = Shape::AnyOf(
        &[&O_AUTH_ERROR, &FAULT_ENVELOPE, &FLAT_FAULT],
    );
    pub(super) static PRODUCT_MARKING: Shape = Shape::Object {
        members: &[
            Member {
                name: "mark",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "name",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "type",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
        ],
        others: None,
    };
    pub(super) static SESSION: Shape = Shape::Object {
        members: &[
            Member {
                name: "advancedChart",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "apiToken",
                aliases: &[],
                required: false,
                shape: &API_TOKEN,
            },
            Member {
                name: "broadcast",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "clientCode",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "clientName",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "dormantType",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "emailId",
                aliases: &["emailID"],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "enabledExchangeSegments",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(
                    &Shape::Object {
                        members: &[],
                        others: Some(&Shape::List(&EXCHANGE_STATUS)),
                    },
                ),
            },
            Member {
                name: "enabledProducts",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::List(&Shape::Text)),
            },
            Member {
                name: "enabledSegments",
                aliases: &[],
                required: false,
                shape: &Shape::OrNull(&Shape::List(&Shape::Text)),
            },
            Member {
                name: "getLTPURL",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "getLtp",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "isNRI",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "isTrinity",
                aliases: &[],
                required: false,
                shape: &Shape::Boolean,
            },
            Member {
                name: "loginTime",
                aliases: &[],
                required: false,
                shape: &LOGIN_TIME,
            },
            Member {
                name: "marginProduct",
                aliases: &[],
                required: false,
                shape: &MARGIN_PRODUCT,
            },
            Member {
                name: "marketData",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "nomineeFlag",
                aliases: &[],
                required: false,
                shape: &Shape::Integer,
            },
            Member {
                name: "phoneNo",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "poaFlag",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "publicToken",
                aliases: &[],
                required: false,
                shape: &Shape::Secret,
            },
            Member {
                name: "redirect",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "search",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "searchURL",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "service",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
            Member {
                name: "sessionToken",
                aliases: &[],
                required: true,
                shape: &Shape::Secret,
            },
            Member {
                name: "stwtFlag",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "userId",
                aliases: &["userID"],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "weblink",
                aliases: &[],
                required: false,
                shape: &HOST,
            },
        ],
        others: None,
    };
    pub(super) static SESSION_ANSWER: Shape = Shape::AnyOf(
        &[
            &FAULT_ENVELOPE,
            &FLAT_FAULT,
            &SESSION_SUCCESS,
            &SESSION_SUCCESS_LOWER_CASE,
            &SESSION,
        ],
    );
    pub(super) static SESSION_SUCCESS: Shape = Shape::Object {
        members: &[
            Member {
                name: "Success",
                aliases: &[],
                required: true,
                shape: &SESSION,
            },
        ],
        others: None,
    };
    pub(super) static SESSION_SUCCESS_LOWER_CASE: Shape = Shape::Object {
        members: &[
            Member {
                name: "success",
                aliases: &[],
                required: true,
                shape: &SESSION,
            },
        ],
        others: None,
    };
    pub(super) static TOKEN_ANSWER: Shape = Shape::Object {
        members: &[
            Member {
                name: "access_token",
                aliases: &[],
                required: true,
                shape: &Shape::Secret,
            },
            Member {
                name: "token_type",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "expires_in",
                aliases: &[],
                required: false,
                shape: &Shape::Integer,
            },
            Member {
                name: "scope",
                aliases: &[],
                required: false,
                shape: &Shape::Text,
            },
            Member {
                name: "refresh_token",
                aliases: &[],
                required: false,
                shape: &Shape::Secret,
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
        title: "Kotak Securities Trade API, session/1.0",
        version: "1.0.0",
        servers: &[
            Server {
                url: "https://tradeapi.kotaksecurities.com/apim",
                environment: Environment::Production,
            },
            Server {
                url: "https://ctradeapi.kotaksecurities.com/apim",
                environment: Environment::Production,
            },
            Server {
                url: "https://sbx.kotaksecurities.com/apim",
                environment: Environment::Sandbox,
            },
        ],
        domains: &["kotaksecurities.com"],
        security_schemes: &[
            SecurityScheme {
                name: "accessToken",
                kind: SecuritySchemeKind::Bearer,
                secret: true,
            },
            SecurityScheme {
                name: "consumerKey",
                kind: SecuritySchemeKind::Header("consumerKey"),
                secret: true,
            },
            SecurityScheme {
                name: "ip",
                kind: SecuritySchemeKind::Header("ip"),
                secret: false,
            },
            SecurityScheme {
                name: "appId",
                kind: SecuritySchemeKind::Header("appId"),
                secret: false,
            },
            SecurityScheme {
                name: "consumer",
                kind: SecuritySchemeKind::Basic,
                secret: true,
            },
        ],
        operations: &[
            Operation {
                id: "session_init",
                method: "GET",
                path: "/session/1.0/session/init",
                servers: &[],
                retry: Retry::Safe,
                security: &["accessToken", "consumerKey", "ip", "appId"],
                secret_headers: &[],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::InitAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&INIT_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "session_init_userid",
                method: "GET",
                path: "/session/1.0/session/init/userid/{userid}",
                servers: &[],
                retry: Retry::Safe,
                security: &["accessToken", "consumerKey", "ip", "appId"],
                secret_headers: &[],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::InitAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&INIT_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "session_init_nickname",
                method: "GET",
                path: "/session/1.0/session/init/nickname/{nickname}",
                servers: &[],
                retry: Retry::Safe,
                security: &["accessToken", "consumerKey", "ip", "appId"],
                secret_headers: &[],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::InitAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&INIT_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "session_login_userid",
                method: "POST",
                path: "/session/1.0/session/login/userid",
                servers: &[],
                retry: Retry::Unsent,
                security: &["accessToken", "consumerKey", "ip", "appId"],
                secret_headers: &[],
                secret_members: &["password"],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::LoginAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&LOGIN_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: true,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "session_login_nickname",
                method: "POST",
                path: "/session/1.0/session/login/nickname",
                servers: &[],
                retry: Retry::Unsent,
                security: &["accessToken", "consumerKey", "ip", "appId"],
                secret_headers: &[],
                secret_members: &["password"],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::LoginAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&LOGIN_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: true,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "session_2fa_accesscode_get",
                method: "GET",
                path: "/session/1.0/session/2FA/accesscode",
                servers: &[],
                retry: Retry::Unsent,
                security: &["accessToken", "consumerKey", "ip", "appId"],
                secret_headers: &["oneTimeToken"],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::AccessCodeAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&ACCESS_CODE_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "session_2fa_accesscode_post",
                method: "POST",
                path: "/session/1.0/session/2FA/accesscode",
                servers: &[],
                retry: Retry::Unsent,
                security: &["accessToken", "consumerKey", "ip", "appId"],
                secret_headers: &["oneTimeToken"],
                secret_members: &["accessCode"],
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
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "session_2fa_one_time_token",
                method: "POST",
                path: "/session/1.0/session/2FA/oneTimeToken",
                servers: &[],
                retry: Retry::Unsent,
                security: &["accessToken", "consumerKey", "ip", "appId"],
                secret_headers: &["oneTimeToken"],
                secret_members: &[],
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
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "session_2fa_mpin",
                method: "POST",
                path: "/session/1.0/session/2FA/mpin",
                servers: &[],
                retry: Retry::Unsent,
                security: &["accessToken", "consumerKey", "ip", "appId"],
                secret_headers: &["oneTimeToken"],
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
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "session_2fa_biometric",
                method: "POST",
                path: "/session/1.0/session/2FA/biometric",
                servers: &[],
                retry: Retry::Unsent,
                security: &["accessToken", "consumerKey", "ip", "appId"],
                secret_headers: &["oneTimeToken"],
                secret_members: &["biometric"],
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
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "session_logout",
                method: "DELETE",
                path: "/session/1.0/session/logout",
                servers: &[],
                retry: Retry::Unsent,
                security: &["accessToken", "consumerKey", "ip", "appId"],
                secret_headers: &["sessionToken"],
                secret_members: &[],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits::<types::LogoutAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[
                            (
                                "message",
                                &[
                                    "Logout success*",
                                    "Logged out success*",
                                    "Successfully logged out*",
                                    "User logged out*",
                                ],
                            ),
                            ("status", &["success", "ok"]),
                        ],
                        shape: Some(&LOGOUT_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::Fault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "token",
                method: "POST",
                path: "/token",
                servers: &[
                    Server {
                        url: "https://tradeapi.kotaksecurities.com",
                        environment: Environment::Production,
                    },
                ],
                retry: Retry::Unsent,
                security: &["consumer"],
                secret_headers: &[],
                secret_members: &["password", "refresh_token"],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits_object::<types::TokenAnswer>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&TOKEN_ANSWER),
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
            Operation {
                id: "revoke",
                method: "POST",
                path: "/revoke",
                servers: &[
                    Server {
                        url: "https://tradeapi.kotaksecurities.com",
                        environment: Environment::Production,
                    },
                ],
                retry: Retry::Unsent,
                security: &["consumer"],
                secret_headers: &[],
                secret_members: &["token"],
                statuses: &[
                    Status {
                        code: 200u16,
                        kind: None,
                        fits: fits_nothing,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: None,
                    },
                    Status {
                        code: 400u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 401u16,
                        kind: Some(ErrorKind::Credentials),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 403u16,
                        kind: Some(ErrorKind::Refused),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 424u16,
                        kind: Some(ErrorKind::LoginRequired),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 429u16,
                        kind: Some(ErrorKind::RateLimited),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 500u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 503u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                    Status {
                        code: 504u16,
                        kind: Some(ErrorKind::Unavailable),
                        fits: fits::<types::OAuthFault>,
                        may_be_empty: false,
                        judges: false,
                        success: &[],
                        shape: Some(&O_AUTH_FAULT),
                    },
                ],
                rate_limit: None,
                error_codes: &[],
                time_step: None,
            },
        ],
        error_codes: &[
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
                code: "50001",
                kind: ErrorKind::LoginRequired,
                judges: false,
                meaning: "The one-time token is wrong or has expired.",
            },
            ErrorCode {
                code: "70009",
                kind: ErrorKind::Locked,
                judges: false,
                meaning: "The account is locked after wrong guesses.",
            },
            ErrorCode {
                code: "999024",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "The account is served by another host; the description names it.",
            },
            ErrorCode {
                code: "999003",
                kind: ErrorKind::Refused,
                judges: false,
                meaning: "The user may not use this platform.",
            },
            ErrorCode {
                code: "99999",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "The session token is dead.",
            },
            ErrorCode {
                code: "900800",
                kind: ErrorKind::RateLimited,
                judges: false,
                meaning: "There were too many requests.",
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
                code: "*session token is either expired*",
                kind: ErrorKind::SessionExpired,
                judges: false,
                meaning: "The session token is dead.",
            },
            ErrorCode {
                code: "*account*locked*",
                kind: ErrorKind::Locked,
                judges: false,
                meaning: "The account is locked after wrong guesses.",
            },
            ErrorCode {
                code: "*User*locked*",
                kind: ErrorKind::Locked,
                judges: false,
                meaning: "The account is locked after wrong guesses.",
            },
            ErrorCode {
                code: "*Invalid Access Code*",
                kind: ErrorKind::SecondFactor,
                judges: true,
                meaning: "The access code is wrong.",
            },
            ErrorCode {
                code: "*Invalid MPIN*",
                kind: ErrorKind::SecondFactor,
                judges: true,
                meaning: "The mpin is wrong.",
            },
            ErrorCode {
                code: "*Invalid OTP*",
                kind: ErrorKind::SecondFactor,
                judges: true,
                meaning: "The access code is wrong.",
            },
            ErrorCode {
                code: "*Invalid biometric*",
                kind: ErrorKind::SecondFactor,
                judges: true,
                meaning: "The biometric proof is wrong.",
            },
            ErrorCode {
                code: "invalid_client",
                kind: ErrorKind::Credentials,
                judges: false,
                meaning: "The consumer key or the consumer secret is wrong (RFC 6749).",
            },
            ErrorCode {
                code: "invalid_grant",
                kind: ErrorKind::Credentials,
                judges: true,
                meaning: "The user name and password or the refresh token are not valid (RFC 6749).",
            },
        ],
        hints: &[
            Hint {
                statuses: &[],
                codes: &["999024"],
                header: None,
                operations: &[],
                text: "The account is served by the other of the broker's hosts. Sign in there, with `/apim` at the end of the URL, which the broker's words leave out: `--base-url https://ctradeapi.kotaksecurities.com/apim`, or `.base_url(\"https://ctradeapi.kotaksecurities.com/apim\")` on the builder.",
            },
            Hint {
                statuses: &[],
                codes: &["900901", "900903", "900904"],
                header: None,
                operations: &[],
                text: "Get a new access token. If it is good, the account may be served by the other of the broker's hosts, with `/apim` at the end of the URL: `--base-url https://ctradeapi.kotaksecurities.com/apim`, or `.base_url(\"https://ctradeapi.kotaksecurities.com/apim\")` on the builder.",
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
        pub struct SessionInitWhen(::httpmock::When);
        impl SessionInitWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::GET)
                        .path_matches(
                            regex::Regex::new("/session/1.0/session/init$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn userid(self, value: &str) -> Self {
                Self(self.0.header("userid", value.to_string()))
            }
        }
        pub struct SessionInitThen(::httpmock::Then);
        impl SessionInitThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::InitAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct SessionInitUseridWhen(::httpmock::When);
        impl SessionInitUseridWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::GET)
                        .path_matches(
                            regex::Regex::new("/session/1.0/session/init/userid/[^/]*$")
                                .unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn userid(self, value: &str) -> Self {
                let re = regex::Regex::new(
                        &format!(
                            "/session/1.0/session/init/userid/{}$", value.to_string()
                        ),
                    )
                    .unwrap();
                Self(self.0.path_matches(re))
            }
        }
        pub struct SessionInitUseridThen(::httpmock::Then);
        impl SessionInitUseridThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::InitAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct SessionInitNicknameWhen(::httpmock::When);
        impl SessionInitNicknameWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::GET)
                        .path_matches(
                            regex::Regex::new(
                                    "/session/1.0/session/init/nickname/[^/]*$",
                                )
                                .unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn nickname(self, value: &str) -> Self {
                let re = regex::Regex::new(
                        &format!(
                            "/session/1.0/session/init/nickname/{}$", value.to_string()
                        ),
                    )
                    .unwrap();
                Self(self.0.path_matches(re))
            }
        }
        pub struct SessionInitNicknameThen(::httpmock::Then);
        impl SessionInitNicknameThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::InitAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct SessionLoginUseridWhen(::httpmock::When);
        impl SessionLoginUseridWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/session/1.0/session/login/userid$")
                                .unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn body(self, value: &types::LoginByUserid) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct SessionLoginUseridThen(::httpmock::Then);
        impl SessionLoginUseridThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::LoginAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct SessionLoginNicknameWhen(::httpmock::When);
        impl SessionLoginNicknameWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/session/1.0/session/login/nickname$")
                                .unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn body(self, value: &types::LoginByNickname) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct SessionLoginNicknameThen(::httpmock::Then);
        impl SessionLoginNicknameThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::LoginAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct Session2faAccesscodeGetWhen(::httpmock::When);
        impl Session2faAccesscodeGetWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::GET)
                        .path_matches(
                            regex::Regex::new("/session/1.0/session/2FA/accesscode$")
                                .unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn one_time_token(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("oneTimeToken", value.to_string()))
            }
            pub fn userid(self, value: &str) -> Self {
                Self(self.0.header("userid", value.to_string()))
            }
        }
        pub struct Session2faAccesscodeGetThen(::httpmock::Then);
        impl Session2faAccesscodeGetThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::AccessCodeAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct Session2faAccesscodePostWhen(::httpmock::When);
        impl Session2faAccesscodePostWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/session/1.0/session/2FA/accesscode$")
                                .unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn one_time_token(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("oneTimeToken", value.to_string()))
            }
            pub fn body(self, value: &types::SecondFactorAccessCode) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct Session2faAccesscodePostThen(::httpmock::Then);
        impl Session2faAccesscodePostThen {
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
            pub fn bad_request(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct Session2faOneTimeTokenWhen(::httpmock::When);
        impl Session2faOneTimeTokenWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/session/1.0/session/2FA/oneTimeToken$")
                                .unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn one_time_token(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("oneTimeToken", value.to_string()))
            }
            pub fn body(self, value: &types::SecondFactorOneTimeToken) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct Session2faOneTimeTokenThen(::httpmock::Then);
        impl Session2faOneTimeTokenThen {
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
            pub fn bad_request(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct Session2faMpinWhen(::httpmock::When);
        impl Session2faMpinWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/session/1.0/session/2FA/mpin$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn one_time_token(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("oneTimeToken", value.to_string()))
            }
            pub fn body(self, value: &types::SecondFactorMpin) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct Session2faMpinThen(::httpmock::Then);
        impl Session2faMpinThen {
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
            pub fn bad_request(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct Session2faBiometricWhen(::httpmock::When);
        impl Session2faBiometricWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(
                            regex::Regex::new("/session/1.0/session/2FA/biometric$")
                                .unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn one_time_token(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("oneTimeToken", value.to_string()))
            }
            pub fn body(self, value: &types::SecondFactorBiometric) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct Session2faBiometricThen(::httpmock::Then);
        impl Session2faBiometricThen {
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
            pub fn bad_request(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct SessionLogoutWhen(::httpmock::When);
        impl SessionLogoutWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::DELETE)
                        .path_matches(
                            regex::Regex::new("/session/1.0/session/logout$").unwrap(),
                        ),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn session_token(self, value: &broker_session_runtime::Secret) -> Self {
                Self(self.0.header("sessionToken", value.to_string()))
            }
            pub fn userid(self, value: &str) -> Self {
                Self(self.0.header("userid", value.to_string()))
            }
        }
        pub struct SessionLogoutThen(::httpmock::Then);
        impl SessionLogoutThen {
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
            pub fn bad_request(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::Fault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct TokenWhen(::httpmock::When);
        impl TokenWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(regex::Regex::new("/token$").unwrap()),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn body(self, value: &types::TokenRequest) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct TokenThen(::httpmock::Then);
        impl TokenThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self, value: &types::TokenAnswer) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn bad_request(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(504u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
        }
        pub struct RevokeWhen(::httpmock::When);
        impl RevokeWhen {
            pub fn new(inner: ::httpmock::When) -> Self {
                Self(
                    inner
                        .method(::httpmock::Method::POST)
                        .path_matches(regex::Regex::new("/revoke$").unwrap()),
                )
            }
            pub fn into_inner(self) -> ::httpmock::When {
                self.0
            }
            pub fn body(self, value: &types::RevokeRequest) -> Self {
                Self(self.0.json_body_obj(value))
            }
        }
        pub struct RevokeThen(::httpmock::Then);
        impl RevokeThen {
            pub fn new(inner: ::httpmock::Then) -> Self {
                Self(inner)
            }
            pub fn into_inner(self) -> ::httpmock::Then {
                self.0
            }
            pub fn ok(self) -> Self {
                Self(self.0.status(200u16))
            }
            pub fn bad_request(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(400u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn unauthorized(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(401u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn forbidden(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(403u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn failed_dependency(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(424u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn too_many_requests(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(429u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn internal_server_error(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(500u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn service_unavailable(self, value: &types::OAuthFault) -> Self {
                Self(
                    self
                        .0
                        .status(503u16)
                        .header("content-type", "application/json")
                        .json_body_obj(value),
                )
            }
            pub fn gateway_timeout(self, value: &types::OAuthFault) -> Self {
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
        fn session_init<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::SessionInitWhen, operations::SessionInitThen);
        fn session_init_userid<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::SessionInitUseridWhen,
                operations::SessionInitUseridThen,
            );
        fn session_init_nickname<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::SessionInitNicknameWhen,
                operations::SessionInitNicknameThen,
            );
        fn session_login_userid<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::SessionLoginUseridWhen,
                operations::SessionLoginUseridThen,
            );
        fn session_login_nickname<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::SessionLoginNicknameWhen,
                operations::SessionLoginNicknameThen,
            );
        fn session_2fa_accesscode_get<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::Session2faAccesscodeGetWhen,
                operations::Session2faAccesscodeGetThen,
            );
        fn session_2fa_accesscode_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::Session2faAccesscodePostWhen,
                operations::Session2faAccesscodePostThen,
            );
        fn session_2fa_one_time_token<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::Session2faOneTimeTokenWhen,
                operations::Session2faOneTimeTokenThen,
            );
        fn session_2fa_mpin<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::Session2faMpinWhen, operations::Session2faMpinThen);
        fn session_2fa_biometric<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::Session2faBiometricWhen,
                operations::Session2faBiometricThen,
            );
        fn session_logout<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::SessionLogoutWhen, operations::SessionLogoutThen);
        fn token<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::TokenWhen, operations::TokenThen);
        fn revoke<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::RevokeWhen, operations::RevokeThen);
    }
    impl MockServerExt for ::httpmock::MockServer {
        fn session_init<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::SessionInitWhen, operations::SessionInitThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::SessionInitWhen::new(when),
                    operations::SessionInitThen::new(then),
                )
            })
        }
        fn session_init_userid<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::SessionInitUseridWhen,
                operations::SessionInitUseridThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::SessionInitUseridWhen::new(when),
                    operations::SessionInitUseridThen::new(then),
                )
            })
        }
        fn session_init_nickname<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::SessionInitNicknameWhen,
                operations::SessionInitNicknameThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::SessionInitNicknameWhen::new(when),
                    operations::SessionInitNicknameThen::new(then),
                )
            })
        }
        fn session_login_userid<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::SessionLoginUseridWhen,
                operations::SessionLoginUseridThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::SessionLoginUseridWhen::new(when),
                    operations::SessionLoginUseridThen::new(then),
                )
            })
        }
        fn session_login_nickname<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::SessionLoginNicknameWhen,
                operations::SessionLoginNicknameThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::SessionLoginNicknameWhen::new(when),
                    operations::SessionLoginNicknameThen::new(then),
                )
            })
        }
        fn session_2fa_accesscode_get<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::Session2faAccesscodeGetWhen,
                operations::Session2faAccesscodeGetThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::Session2faAccesscodeGetWhen::new(when),
                    operations::Session2faAccesscodeGetThen::new(then),
                )
            })
        }
        fn session_2fa_accesscode_post<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::Session2faAccesscodePostWhen,
                operations::Session2faAccesscodePostThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::Session2faAccesscodePostWhen::new(when),
                    operations::Session2faAccesscodePostThen::new(then),
                )
            })
        }
        fn session_2fa_one_time_token<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::Session2faOneTimeTokenWhen,
                operations::Session2faOneTimeTokenThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::Session2faOneTimeTokenWhen::new(when),
                    operations::Session2faOneTimeTokenThen::new(then),
                )
            })
        }
        fn session_2fa_mpin<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::Session2faMpinWhen, operations::Session2faMpinThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::Session2faMpinWhen::new(when),
                    operations::Session2faMpinThen::new(then),
                )
            })
        }
        fn session_2fa_biometric<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(
                operations::Session2faBiometricWhen,
                operations::Session2faBiometricThen,
            ),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::Session2faBiometricWhen::new(when),
                    operations::Session2faBiometricThen::new(then),
                )
            })
        }
        fn session_logout<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::SessionLogoutWhen, operations::SessionLogoutThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::SessionLogoutWhen::new(when),
                    operations::SessionLogoutThen::new(then),
                )
            })
        }
        fn token<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::TokenWhen, operations::TokenThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::TokenWhen::new(when),
                    operations::TokenThen::new(then),
                )
            })
        }
        fn revoke<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>
        where
            F: FnOnce(operations::RevokeWhen, operations::RevokeThen),
        {
            self.mock(|when, then| {
                config_fn(
                    operations::RevokeWhen::new(when),
                    operations::RevokeThen::new(then),
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
            "session_init" => {
                let userid: String = argument(arguments, "userid")?;
                outcome(client.session_init(&userid).await)
            }
            "session_init_userid" => {
                let userid: String = argument(arguments, "userid")?;
                outcome(client.session_init_userid(&userid).await)
            }
            "session_init_nickname" => {
                let nickname: String = argument(arguments, "nickname")?;
                outcome(client.session_init_nickname(&nickname).await)
            }
            "session_login_userid" => {
                let body: types::LoginByUserid = argument(arguments, "body")?;
                outcome(client.session_login_userid(&body).await)
            }
            "session_login_nickname" => {
                let body: types::LoginByNickname = argument(arguments, "body")?;
                outcome(client.session_login_nickname(&body).await)
            }
            "session_2fa_accesscode_get" => {
                let one_time_token: broker_session_runtime::Secret = argument(
                    arguments,
                    "oneTimeToken",
                )?;
                let userid: String = argument(arguments, "userid")?;
                outcome(
                    client.session_2fa_accesscode_get(&one_time_token, &userid).await,
                )
            }
            "session_2fa_accesscode_post" => {
                let one_time_token: broker_session_runtime::Secret = argument(
                    arguments,
                    "oneTimeToken",
                )?;
                let body: types::SecondFactorAccessCode = argument(arguments, "body")?;
                outcome(client.session_2fa_accesscode_post(&one_time_token, &body).await)
            }
            "session_2fa_one_time_token" => {
                let one_time_token: broker_session_runtime::Secret = argument(
                    arguments,
                    "oneTimeToken",
                )?;
                let body: types::SecondFactorOneTimeToken = argument(arguments, "body")?;
                outcome(client.session_2fa_one_time_token(&one_time_token, &body).await)
            }
            "session_2fa_mpin" => {
                let one_time_token: broker_session_runtime::Secret = argument(
                    arguments,
                    "oneTimeToken",
                )?;
                let body: types::SecondFactorMpin = argument(arguments, "body")?;
                outcome(client.session_2fa_mpin(&one_time_token, &body).await)
            }
            "session_2fa_biometric" => {
                let one_time_token: broker_session_runtime::Secret = argument(
                    arguments,
                    "oneTimeToken",
                )?;
                let body: types::SecondFactorBiometric = argument(arguments, "body")?;
                outcome(client.session_2fa_biometric(&one_time_token, &body).await)
            }
            "session_logout" => {
                let session_token: broker_session_runtime::Secret = argument(
                    arguments,
                    "sessionToken",
                )?;
                let userid: String = argument(arguments, "userid")?;
                outcome(client.session_logout(&session_token, &userid).await)
            }
            "token" => {
                let body: types::TokenRequest = argument(arguments, "body")?;
                outcome(client.token(&body).await)
            }
            "revoke" => {
                let body: types::RevokeRequest = argument(arguments, "body")?;
                outcome(client.revoke(&body).await)
            }
            _ => unknown(operation),
        }
    }
    /// The JSON schema of every Rust type that a schema of the spec became, by the schema's name.
    pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
        vec![
            ("LoginByUserid", schemars::schema_for!(types::LoginByUserid)),
            ("LoginByNickname", schemars::schema_for!(types::LoginByNickname)),
            ("SecondFactorAccessCode",
            schemars::schema_for!(types::SecondFactorAccessCode)),
            ("SecondFactorOneTimeToken",
            schemars::schema_for!(types::SecondFactorOneTimeToken)), ("SecondFactorMpin",
            schemars::schema_for!(types::SecondFactorMpin)), ("SecondFactorBiometric",
            schemars::schema_for!(types::SecondFactorBiometric)), ("InitAnswer",
            schemars::schema_for!(types::InitAnswer)), ("InitSuccess",
            schemars::schema_for!(types::InitSuccess)), ("InitSuccessLowerCase",
            schemars::schema_for!(types::InitSuccessLowerCase)), ("Init",
            schemars::schema_for!(types::Init)), ("Encryption",
            schemars::schema_for!(types::Encryption)), ("Host",
            schemars::schema_for!(types::Host)), ("LoginAnswer",
            schemars::schema_for!(types::LoginAnswer)), ("LoginSuccess",
            schemars::schema_for!(types::LoginSuccess)), ("LoginSuccessLowerCase",
            schemars::schema_for!(types::LoginSuccessLowerCase)), ("Login",
            schemars::schema_for!(types::Login)), ("AccessCodeAnswer",
            schemars::schema_for!(types::AccessCodeAnswer)), ("AccessCodeSuccess",
            schemars::schema_for!(types::AccessCodeSuccess)),
            ("AccessCodeSuccessLowerCase",
            schemars::schema_for!(types::AccessCodeSuccessLowerCase)), ("AccessCode",
            schemars::schema_for!(types::AccessCode)), ("SessionAnswer",
            schemars::schema_for!(types::SessionAnswer)), ("SessionSuccess",
            schemars::schema_for!(types::SessionSuccess)), ("SessionSuccessLowerCase",
            schemars::schema_for!(types::SessionSuccessLowerCase)), ("Session",
            schemars::schema_for!(types::Session)), ("ApiToken",
            schemars::schema_for!(types::ApiToken)), ("ProductMarking",
            schemars::schema_for!(types::ProductMarking)), ("ExchangeStatus",
            schemars::schema_for!(types::ExchangeStatus)), ("MarginProduct",
            schemars::schema_for!(types::MarginProduct)), ("LoginTime",
            schemars::schema_for!(types::LoginTime)), ("LoginTimeText",
            schemars::schema_for!(types::LoginTimeText)), ("LoginTimeEpoch",
            schemars::schema_for!(types::LoginTimeEpoch)), ("LogoutAnswer",
            schemars::schema_for!(types::LogoutAnswer)), ("LogoutSuccess",
            schemars::schema_for!(types::LogoutSuccess)), ("LogoutSuccessLowerCase",
            schemars::schema_for!(types::LogoutSuccessLowerCase)), ("Logout",
            schemars::schema_for!(types::Logout)), ("Fault",
            schemars::schema_for!(types::Fault)), ("FaultEnvelope",
            schemars::schema_for!(types::FaultEnvelope)), ("FaultDetail",
            schemars::schema_for!(types::FaultDetail)), ("FlatFault",
            schemars::schema_for!(types::FlatFault)), ("FaultCode",
            schemars::schema_for!(types::FaultCode)), ("FaultCodeNumber",
            schemars::schema_for!(types::FaultCodeNumber)), ("FaultCodeText",
            schemars::schema_for!(types::FaultCodeText)), ("TokenRequest",
            schemars::schema_for!(types::TokenRequest)), ("TokenAnswer",
            schemars::schema_for!(types::TokenAnswer)), ("RevokeRequest",
            schemars::schema_for!(types::RevokeRequest)), ("OAuthFault",
            schemars::schema_for!(types::OAuthFault)), ("OAuthError",
            schemars::schema_for!(types::OAuthError))
        ]
    }
}
