// Generated from openapi/kotak-session.yaml. Do not edit: change the spec and run `cargo xtask generate`.
// spec-sha256: 5f3d37dd1c8a31b9b340d91f44268b9fda033e2405984f290e5cb865d8e44932
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
    /**Where and when the access code was sent, and a new one-time token. Documented with the model of the login;
only the message is reliable.
*/
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    #[serde(remote = "AccessCode")]
    pub struct AccessCode {
        ///When the access code was sent; `M/D/YYYY h:mm:ss AM` or `PM`, Indian time.
        #[serde(rename = "accessCodeTime", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub access_code_time: Option<String>,
        ///Not explained by the broker.
        #[serde(rename = "authLevel", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub auth_level: Option<i64>,
        ///`Y` if the user has set up biometrics, else `N`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub biometric: Option<String>,
        ///`ONLINE`.
        #[serde(rename = "clientType", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_type: Option<String>,
        ///The e-mail address that gets the code, masked.
        #[serde(rename = "emailId", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub email_id: Option<String>,
        ///The broker's message.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: Option<String>,
        ///`Y` if the user has set up an mpin, else `N`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub mpin: Option<String>,
        ///Whether the user has named a nominee.
        #[serde(rename = "nomineeFlag", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub nominee_flag: Option<i64>,
        ///A new one-time token, which replaces the previous one.
        #[serde(rename = "oneTimeToken", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub one_time_token: Option<broker_session_runtime::SerializableSecret>,
        ///The phone number that gets the code, masked.
        #[serde(rename = "phoneNo", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub phone_no: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub redirect: Option<Host>,
        ///`Temporary` until the second factor is done.
        #[serde(rename = "Status", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: Option<String>,
        ///The user id (client code).
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub userid: Option<String>,
    }
    ///A session of an older API and its address.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    #[serde(remote = "ApiToken")]
    pub struct ApiToken {
        ///How the products are marked.
        #[serde(rename = "productMarking", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_objects")]
        pub product_marking: Option<Vec<ProductMarking>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub redirect: Option<Host>,
        ///The identifier of that session.
        #[serde(rename = "sessionId", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub session_id: Option<broker_session_runtime::SerializableSecret>,
    }
    ///How to encrypt a password; `PLAIN` means only by TLS.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct Encryption {
        ///The size of the key in bits.
        #[serde(rename = "keySize", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub key_size: Option<i64>,
        ///The public key; the spelling is the broker's.
        #[serde(rename = "publickKey", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub publick_key: Option<String>,
        ///`PLAIN`.
        #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub type_: Option<String>,
    }
    ///Whether an exchange is open to the user.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct ExchangeStatus {
        ///`NSE`, `BSE` or `MCX`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub exchange: Option<String>,
        ///`ACTIVE`, `INACTIVE` or `NOACCESS`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: Option<String>,
    }
    ///An address of one of the broker's services.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct Host {
        ///A URL, or a host name alone; empty if there is no such service.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub host: Option<String>,
        ///The TCP port; 0 if the host is empty.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub port: Option<i64>,
        ///The user id; stands here in the documented sample of the login.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub userid: Option<String>,
    }
    ///The state of the account and the host for later calls.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    #[serde(remote = "Init")]
    pub struct Init {
        ///`ONLINE`.
        #[serde(rename = "clientType", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_type: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub encryption: Option<Encryption>,
        ///`Y` for a non-resident Indian, else `N`.
        #[serde(rename = "isNRI", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_nri: Option<String>,
        ///The broker's message.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub redirect: Option<Host>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub service: Option<Host>,
        ///`Success`; also seen: `Active`, `Inactive`, `Deactive`, `Closed`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: Option<String>,
        ///`G`; also seen: `V`, `A`, `D`.
        #[serde(rename = "userType", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub user_type: Option<String>,
        ///The user id (client code).
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub userid: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub weblink: Option<Host>,
    }
    ///The one-time token and what is needed to choose the second factor.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    #[serde(remote = "Login")]
    pub struct Login {
        ///When the access code was sent; `M/D/YYYY h:mm:ss AM` or `PM`, Indian time.
        #[serde(rename = "accessCodeTime", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub access_code_time: Option<String>,
        ///Not explained by the broker.
        #[serde(rename = "authLevel", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub auth_level: Option<i64>,
        ///`Y` if the user has set up biometrics, else `N`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub biometric: Option<String>,
        ///`ONLINE`.
        #[serde(rename = "clientType", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_type: Option<String>,
        ///The e-mail address that gets the code, masked.
        #[serde(rename = "emailId", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub email_id: Option<String>,
        ///The broker's message.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: Option<String>,
        ///`Y` if the user has set up an mpin, else `N`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub mpin: Option<String>,
        ///Whether the user has named a nominee.
        #[serde(rename = "nomineeFlag", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub nominee_flag: Option<i64>,
        ///The token that the second factor turns into a session. Its short lifetime is not documented.
        #[serde(rename = "oneTimeToken")]
        pub one_time_token: broker_session_runtime::SerializableSecret,
        ///The phone number that gets the code, masked.
        #[serde(rename = "phoneNo", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub phone_no: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub redirect: Option<Host>,
        ///`Temporary` until the second factor is done.
        #[serde(rename = "Status", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: Option<String>,
        ///The user id (client code).
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub userid: Option<String>,
    }
    ///The body of `session_login_nickname`.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct LoginByNickname {
        ///The nickname that the user has chosen.
        pub nickname: String,
        ///The user's password.
        pub password: broker_session_runtime::SerializableSecret,
    }
    ///The body of `session_login_userid`.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct LoginByUserid {
        ///The user's password.
        pub password: broker_session_runtime::SerializableSecret,
        ///The user id (client code).
        pub userid: String,
    }
    ///When the user signed in.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    #[serde(untagged)]
    pub enum LoginTime {
        String(LoginTimeString),
        Epoch(LoginTimeEpoch),
    }
    impl ::std::fmt::Display for LoginTime {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match self {
                Self::String(x) => x.fmt(f),
                Self::Epoch(x) => x.fmt(f),
            }
        }
    }
    impl ::std::convert::From<LoginTimeString> for LoginTime {
        fn from(value: LoginTimeString) -> Self {
            Self::String(value)
        }
    }
    impl ::std::convert::From<LoginTimeEpoch> for LoginTime {
        fn from(value: LoginTimeEpoch) -> Self {
            Self::Epoch(value)
        }
    }
    ///Milliseconds since 1970-01-01T00:00:00Z; in older documentation only.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
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
    ///`M/D/YYYY h:mm:ss AM` or `PM`, Indian time.
    #[derive(
        Deserialize,
        Serialize,
        Clone,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd,
        JsonSchema
    )]
    #[serde(transparent)]
    pub struct LoginTimeString(pub String);
    impl ::std::ops::Deref for LoginTimeString {
        type Target = String;
        fn deref(&self) -> &String {
            &self.0
        }
    }
    impl ::std::convert::From<LoginTimeString> for String {
        fn from(value: LoginTimeString) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<String> for LoginTimeString {
        fn from(value: String) -> Self {
            Self(value)
        }
    }
    impl ::std::fmt::Display for LoginTimeString {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }
    ///The outcome of a logout.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    #[serde(remote = "Logout")]
    pub struct Logout {
        ///The broker's message.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: Option<String>,
        ///`error` where the session was not ended.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: Option<String>,
    }
    ///Whether the margin product is open to the user.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct MarginProduct {
        ///`Y` or `N`, or empty.
        #[serde(rename = "isEnabled", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_enabled: Option<String>,
    }
    ///How a product is marked; not explained by the broker.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct ProductMarking {
        ///The mark.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub mark: Option<String>,
        ///The product.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub name: Option<String>,
        ///The kind of mark.
        #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub type_: Option<String>,
    }
    ///A token to revoke (RFC 7009, section 2.1).
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct RevokeRequest {
        ///The token.
        pub token: broker_session_runtime::SerializableSecret,
        ///Which kind of token it is.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub token_type_hint: Option<RevokeRequestTokenTypeHint>,
    }
    ///Which kind of token it is.
    #[derive(
        Deserialize,
        Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd,
        JsonSchema
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
    ///The body of `session_2fa_accesscode_post`.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct SecondFactorAccessCode {
        ///The code from the SMS or the e-mail.
        #[serde(rename = "accessCode")]
        pub access_code: broker_session_runtime::SerializableSecret,
        ///The user id (client code).
        pub userid: String,
    }
    ///The body of `session_2fa_biometric`.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct SecondFactorBiometric {
        ///The biometric proof.
        pub biometric: broker_session_runtime::SerializableSecret,
        ///The user id (client code).
        pub userid: String,
    }
    ///The body of `session_2fa_mpin`.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct SecondFactorMpin {
        ///The user's mobile PIN.
        pub mpin: broker_session_runtime::SerializableSecret,
        ///The user id (client code).
        pub userid: String,
    }
    ///The body of `session_2fa_one_time_token`.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct SecondFactorOneTimeToken {
        ///The user id (client code).
        pub userid: String,
    }
    /**The session token, the user's profile and the addresses of the broker's services. The form of `getLTPURL` and
`searchURL` is inferred from the other addresses.
*/
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    #[serde(remote = "Session")]
    pub struct Session {
        #[serde(rename = "advancedChart", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub advanced_chart: Option<Host>,
        #[serde(rename = "apiToken", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub api_token: Option<ApiToken>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub broadcast: Option<Host>,
        ///The client code.
        #[serde(rename = "clientCode", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_code: Option<String>,
        ///The client's name.
        #[serde(rename = "clientName", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_name: Option<String>,
        ///Whether the account is dormant; `-` if not.
        #[serde(rename = "dormantType", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub dormant_type: Option<String>,
        ///The e-mail address.
        #[serde(rename = "emailId", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub email_id: Option<String>,
        ///Which exchanges are open to the user, by segment (`CASH`, `CDS`, `COMMODITY`, `FNO`).
        #[serde(
            rename = "enabledExchangeSegments",
            skip_serializing_if = "Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub enabled_exchange_segments: Option<
            std::collections::BTreeMap<String, Vec<ExchangeStatus>>,
        >,
        ///The products open to the user.
        #[serde(rename = "enabledProducts", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub enabled_products: Option<Vec<String>>,
        ///The segments open to the user.
        #[serde(rename = "enabledSegments", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub enabled_segments: Option<Vec<String>>,
        #[serde(rename = "getLtp", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub get_ltp: Option<Host>,
        #[serde(rename = "getLTPURL", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub get_ltpurl: Option<Host>,
        ///`Y` for a non-resident Indian, else `N`.
        #[serde(rename = "isNRI", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_nri: Option<String>,
        ///Not explained by the broker.
        #[serde(rename = "isTrinity", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_trinity: Option<bool>,
        #[serde(rename = "loginTime", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub login_time: Option<LoginTime>,
        #[serde(rename = "marginProduct", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub margin_product: Option<MarginProduct>,
        #[serde(rename = "marketData", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub market_data: Option<Host>,
        ///Whether the user has named a nominee.
        #[serde(rename = "nomineeFlag", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub nominee_flag: Option<i64>,
        ///The phone number.
        #[serde(rename = "phoneNo", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub phone_no: Option<String>,
        ///Whether the user has given a power of attorney.
        #[serde(rename = "poaFlag", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub poa_flag: Option<String>,
        ///A token of older documentation.
        #[serde(rename = "publicToken", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub public_token: Option<broker_session_runtime::SerializableSecret>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub redirect: Option<Host>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub search: Option<Host>,
        #[serde(rename = "searchURL", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub search_url: Option<Host>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub service: Option<Host>,
        ///The token that every later call carries. It is valid for a day.
        #[serde(rename = "sessionToken")]
        pub session_token: broker_session_runtime::SerializableSecret,
        ///`Y` or `N`; not explained by the broker.
        #[serde(rename = "stwtFlag", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub stwt_flag: Option<String>,
        ///The user id.
        #[serde(rename = "userId", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub user_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient_object")]
        pub weblink: Option<Host>,
    }
    ///A request for an access token (RFC 6749, sections 4.3.2, 4.4.2 and 6).
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct TokenRequest {
        ///The kind of grant.
        pub grant_type: TokenRequestGrantType,
        ///The password; for `password`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub password: Option<broker_session_runtime::SerializableSecret>,
        ///The refresh token; for `refresh_token`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub refresh_token: Option<broker_session_runtime::SerializableSecret>,
        ///The scopes asked for, separated by spaces.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub scope: Option<String>,
        ///The user name; for `password`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub username: Option<String>,
    }
    ///The kind of grant.
    #[derive(
        Deserialize,
        Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd,
        JsonSchema
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
    ///An access token (RFC 6749, section 5.1).
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct TokenResponse {
        ///The access token.
        pub access_token: broker_session_runtime::SerializableSecret,
        ///The lifetime of the access token in seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub expires_in: Option<i64>,
        ///A token that can be exchanged for a new access token.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub refresh_token: Option<broker_session_runtime::SerializableSecret>,
        ///The scopes granted, separated by spaces.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub scope: Option<String>,
        ///`Bearer`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub token_type: Option<String>,
    }
    broker_session_runtime::read_normalized!(AccessCode, ["Success", "success"], []);
    broker_session_runtime::read_normalized!(ApiToken, [], ["sessionId" | "sessionID"]);
    broker_session_runtime::read_normalized!(Init, ["Success", "success"], []);
    broker_session_runtime::read_normalized!(Login, ["Success", "success"], []);
    broker_session_runtime::read_normalized!(Logout, ["Success", "success"], []);
    broker_session_runtime::read_normalized!(
        Session, ["Success", "success"], ["emailId" | "emailID", "userId" | "userID"]
    );
    broker_session_runtime::clean_fields!(
        AccessCode, access_code_time, auth_level, biometric, client_type, email_id,
        message, mpin, nominee_flag, one_time_token, phone_no, redirect, status, userid
    );
    broker_session_runtime::clean_fields!(
        ApiToken, product_marking, redirect, session_id
    );
    broker_session_runtime::clean_fields!(Encryption, key_size, publick_key, type_);
    broker_session_runtime::clean_fields!(ExchangeStatus, exchange, status);
    broker_session_runtime::clean_fields!(Host, host, port, userid);
    broker_session_runtime::clean_fields!(
        Init, client_type, encryption, is_nri, message, redirect, service, status,
        user_type, userid, weblink
    );
    broker_session_runtime::clean_fields!(
        Login, access_code_time, auth_level, biometric, client_type, email_id, message,
        mpin, nominee_flag, one_time_token, phone_no, redirect, status, userid
    );
    broker_session_runtime::clean_fields!(LoginByNickname, nickname, password);
    broker_session_runtime::clean_fields!(LoginByUserid, password, userid);
    impl broker_session_runtime::Clean for LoginTime {
        fn clean(&mut self, secrets: &broker_session_runtime::Secrets) {
            match self {
                Self::String(value) => {
                    broker_session_runtime::Clean::clean(value, secrets)
                }
                Self::Epoch(value) => {
                    broker_session_runtime::Clean::clean(value, secrets)
                }
            }
        }
    }
    broker_session_runtime::clean_fields!(LoginTimeEpoch, 0);
    broker_session_runtime::clean_fields!(LoginTimeString, 0);
    broker_session_runtime::clean_fields!(Logout, message, status);
    broker_session_runtime::clean_fields!(MarginProduct, is_enabled);
    broker_session_runtime::clean_fields!(ProductMarking, mark, name, type_);
    broker_session_runtime::clean_fields!(RevokeRequest, token, token_type_hint);
    broker_session_runtime::clean_fields!(RevokeRequestTokenTypeHint);
    broker_session_runtime::clean_fields!(SecondFactorAccessCode, access_code, userid);
    broker_session_runtime::clean_fields!(SecondFactorBiometric, biometric, userid);
    broker_session_runtime::clean_fields!(SecondFactorMpin, mpin, userid);
    broker_session_runtime::clean_fields!(SecondFactorOneTimeToken, userid);
    broker_session_runtime::clean_fields!(
        Session, advanced_chart, api_token, broadcast, client_code, client_name,
        dormant_type, email_id, enabled_exchange_segments, enabled_products,
        enabled_segments, get_ltp, get_ltpurl, is_nri, is_trinity, login_time,
        margin_product, market_data, nominee_flag, phone_no, poa_flag, public_token,
        redirect, search, search_url, service, session_token, stwt_flag, user_id, weblink
    );
    broker_session_runtime::clean_fields!(
        TokenRequest, grant_type, password, refresh_token, scope, username
    );
    broker_session_runtime::clean_fields!(TokenRequestGrantType);
    broker_session_runtime::clean_fields!(
        TokenResponse, access_token, expires_in, refresh_token, scope, token_type
    );
}
#[derive(Clone, Debug)]
/**Client for Kotak Securities Trade API, session/1.0

Signs a user in to the Kotak Securities Trade API, and out again.

1. `session_init` starts. Its response may name another host for later calls (`redirect.host`).
2. `session_login_userid` (or `session_login_nickname`) checks the password and hands out a one-time
   token. This response may name another host, too.
3. One of the second factors turns the one-time token into a session: an access code
   (`session_2fa_accesscode_post`; `session_2fa_accesscode_get` asks the broker to send one by SMS and
   e-mail), the mpin (`session_2fa_mpin`), a biometric proof (`session_2fa_biometric`), or nothing but
   the one-time token itself (`session_2fa_one_time_token`).
4. Every later call of the Trade API carries the session token in the header `sessionToken`, until
   `session_logout` ends the session or a day has passed.

Wrong guesses (passwords, codes, pins) lock the account (403, code 70009), so no guess may be sent twice.

Every operation responds in one of three forms: below `Success`, below `success`, or without an envelope. A
fault comes as `{"fault": {...}}` or, from the API gateway in front of the broker, as the flat `{code, message,
description}`; the gateway also responds in HTML or XML. A fault may have status 200 (observed). The schemas
list the forms under `anyOf`. The first form applies that has all its required properties, none of them empty,
so a fault wins over everything beside it.


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

The first call of a sign-in. The response contains the state of the account and the host for later calls.


Sends a `GET` request to `/session/1.0/session/init`

Arguments:
- `userid`: The user id (client code).
*/
    /**
Evidence: documented; the broker's documentation states it.

May be repeated (retry class `safe`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`refused`](broker_session_runtime::ErrorKind::Refused).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The access token or the consumer key is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is no longer valid; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_init<'a>(
        &'a self,
        userid: &'a str,
    ) -> Result<ResponseValue<types::Init>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Initialises a session for a user id given in the path

Does what `session_init` does. Only the broker's generated documentation has it.

Sends a `GET` request to `/session/1.0/session/init/userid/{userid}`

Arguments:
- `userid`: The user id (client code).
*/
    /**
Evidence: documented; the broker's documentation states it.

May be repeated (retry class `safe`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`refused`](broker_session_runtime::ErrorKind::Refused).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The access token or the consumer key is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is no longer valid; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_init_userid<'a>(
        &'a self,
        userid: &'a str,
    ) -> Result<ResponseValue<types::Init>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Initialises a session for a nickname

Does what `session_init` does for a user who signs in by nickname. The second factor needs the response's
`userid`. Only the broker's generated documentation has it.


Sends a `GET` request to `/session/1.0/session/init/nickname/{nickname}`

Arguments:
- `nickname`: The nickname that the user has chosen.
*/
    /**
Evidence: documented; the broker's documentation states it.

May be repeated (retry class `safe`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`refused`](broker_session_runtime::ErrorKind::Refused).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The access token or the consumer key is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is no longer valid; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_init_nickname<'a>(
        &'a self,
        nickname: &'a str,
    ) -> Result<ResponseValue<types::Init>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Checks user id and password and hands out a one-time token

The response's `mpin` and `biometric` show which second factors the user has set up. A wrong password
counts towards the lock of the account.


Sends a `POST` request to `/session/1.0/session/login/userid`

*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The password, or the access token, is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is no longer valid; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_login_userid<'a>(
        &'a self,
        body: &'a types::LoginByUserid,
    ) -> Result<ResponseValue<types::Login>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Checks nickname and password and hands out a one-time token

Does what `session_login_userid` does. The path is documented. The property `nickname` of the body, in place
of `userid`, is inferred.


Sends a `POST` request to `/session/1.0/session/login/nickname`

*/
    /**
Evidence: inferred; no source states it; it is our best reading.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The password, or the access token, is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is no longer valid; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_login_nickname<'a>(
        &'a self,
        body: &'a types::LoginByNickname,
    ) -> Result<ResponseValue<types::Login>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
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
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`login_required`](broker_session_runtime::ErrorKind::LoginRequired).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials): The one-time token is no longer valid; sign in again from the start.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is no longer valid; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_2fa_accesscode_get<'a>(
        &'a self,
        one_time_token: &'a broker_session_runtime::SerializableSecret,
        userid: &'a str,
    ) -> Result<ResponseValue<types::AccessCode>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
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
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`refused`](broker_session_runtime::ErrorKind::Refused) or [`second_factor`](broker_session_runtime::ErrorKind::SecondFactor): The second factor is wrong, the one-time token is no longer valid, or a server in between refuses.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is no longer valid; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_2fa_accesscode_post<'a>(
        &'a self,
        one_time_token: &'a broker_session_runtime::SerializableSecret,
        body: &'a types::SecondFactorAccessCode,
    ) -> Result<ResponseValue<types::Session>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Turns the one-time token alone into a session

The broker's own client calls it if the user gives no access code. The call spends the one-time token.


Sends a `POST` request to `/session/1.0/session/2FA/oneTimeToken`

Arguments:
- `one_time_token`: The one-time token from the login.
- `body`
*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`credentials`](broker_session_runtime::ErrorKind::Credentials): The one-time token is no longer valid; sign in again from the start.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is no longer valid; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_2fa_one_time_token<'a>(
        &'a self,
        one_time_token: &'a broker_session_runtime::SerializableSecret,
        body: &'a types::SecondFactorOneTimeToken,
    ) -> Result<ResponseValue<types::Session>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Turns the one-time token and the mpin into a session

A wrong mpin counts towards the lock of the account. Path and response are documented; the property
`mpin` of the body is inferred.


Sends a `POST` request to `/session/1.0/session/2FA/mpin`

Arguments:
- `one_time_token`: The one-time token from the login.
- `body`
*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`refused`](broker_session_runtime::ErrorKind::Refused) or [`second_factor`](broker_session_runtime::ErrorKind::SecondFactor): The second factor is wrong, the one-time token is no longer valid, or a server in between refuses.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is no longer valid; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_2fa_mpin<'a>(
        &'a self,
        one_time_token: &'a broker_session_runtime::SerializableSecret,
        body: &'a types::SecondFactorMpin,
    ) -> Result<ResponseValue<types::Session>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Turns the one-time token and a biometric proof into a session

Only the broker's own applications can make the proof. Path and response are documented; the property
`biometric` of the body is inferred.


Sends a `POST` request to `/session/1.0/session/2FA/biometric`

Arguments:
- `one_time_token`: The one-time token from the login.
- `body`
*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`locked`](broker_session_runtime::ErrorKind::Locked).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired) or [`refused`](broker_session_runtime::ErrorKind::Refused) or [`second_factor`](broker_session_runtime::ErrorKind::SecondFactor): The second factor is wrong, the one-time token is no longer valid, or a server in between refuses.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is no longer valid; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_2fa_biometric<'a>(
        &'a self,
        one_time_token: &'a broker_session_runtime::SerializableSecret,
        body: &'a types::SecondFactorBiometric,
    ) -> Result<ResponseValue<types::Session>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Ends the session and invalidates its token

The broker documents no 401 here. The 401 is inferred: the API gateway in front of the broker rejects a wrong
access token on other operations.


Sends a `DELETE` request to `/session/1.0/session/logout`

Arguments:
- `session_token`: The session token from the second factor.
- `userid`: The user id (client code).
*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization`, `consumerKey`, `ip` and `appId`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): Invalid or missing input parameters.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The access token or the consumer key is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The account is locked or may not use this platform.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The one-time token is no longer valid; sign in again from the start.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The Trade API service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out; the Trade API is unreachable.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn session_logout<'a>(
        &'a self,
        session_token: &'a broker_session_runtime::SerializableSecret,
        userid: &'a str,
    ) -> Result<ResponseValue<types::Logout>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Hands out an access token

OAuth 2.0 (RFC 6749): `client_credentials`, `password` (with `username` and `password`) or
`refresh_token` (with `refresh_token`). A user can also create an access token in the broker's portal,
with a chosen or unlimited lifetime.


Sends a `POST` request to `/token`

*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the header `Authorization`, which the transport supplies.

# Errors

- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`credentials`](broker_session_runtime::ErrorKind::Credentials): The request or the grant is not valid (RFC 6749, section 5.2).
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The consumer key or the consumer secret is wrong (RFC 6749, section 5.2).
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The application may not have a token.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): A service that the token endpoint depends on has failed.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn token<'a>(
        &'a self,
        body: &'a types::TokenRequest,
    ) -> Result<ResponseValue<types::TokenResponse>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Revokes an access token or a refresh token

OAuth 2.0 token revocation (RFC 7009). The response is empty.

Sends a `POST` request to `/revoke`

*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the header `Authorization`, which the transport supplies.

# Errors

- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`credentials`](broker_session_runtime::ErrorKind::Credentials): The request or the grant is not valid (RFC 6749, section 5.2).
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The consumer key or the consumer secret is wrong (RFC 6749, section 5.2).
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused): The application may not have a token.
- 424, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): A service that the token endpoint depends on has failed.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): Too many requests to the API.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Unexpected error.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The service is unavailable.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The gateway timed out.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn revoke<'a>(
        &'a self,
        body: &'a types::RevokeRequest,
    ) -> Result<ResponseValue<()>, Error<()>> {
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
    ///`session_init`
    pub const SESSION_INIT: &str = "session_init";
    ///`session_init_userid`
    pub const SESSION_INIT_USERID: &str = "session_init_userid";
    ///`session_init_nickname`
    pub const SESSION_INIT_NICKNAME: &str = "session_init_nickname";
    ///`session_login_userid`
    pub const SESSION_LOGIN_USERID: &str = "session_login_userid";
    ///`session_login_nickname`
    pub const SESSION_LOGIN_NICKNAME: &str = "session_login_nickname";
    ///`session_2fa_accesscode_get`
    pub const SESSION_2FA_ACCESSCODE_GET: &str = "session_2fa_accesscode_get";
    ///`session_2fa_accesscode_post`
    pub const SESSION_2FA_ACCESSCODE_POST: &str = "session_2fa_accesscode_post";
    ///`session_2fa_one_time_token`
    pub const SESSION_2FA_ONE_TIME_TOKEN: &str = "session_2fa_one_time_token";
    ///`session_2fa_mpin`
    pub const SESSION_2FA_MPIN: &str = "session_2fa_mpin";
    ///`session_2fa_biometric`
    pub const SESSION_2FA_BIOMETRIC: &str = "session_2fa_biometric";
    ///`session_logout`
    pub const SESSION_LOGOUT: &str = "session_logout";
    ///`token`
    pub const TOKEN: &str = "token";
    ///`revoke`
    pub const REVOKE: &str = "revoke";
}
/// The broker's own error codes.
const ERROR_CODES: &[ErrorCode] = &[
    ErrorCode::new("900901", Credentials),
    ErrorCode::new("900902", Credentials),
    ErrorCode::new("900903", Credentials),
    ErrorCode::new("900904", Credentials),
    ErrorCode::new("900905", Credentials),
    ErrorCode::new("900906", Refused),
    ErrorCode::new("900907", Refused),
    ErrorCode::new("900908", Refused),
    ErrorCode::new("900909", Refused),
    ErrorCode::new("900910", Refused),
    ErrorCode::new("50001", LoginRequired),
    ErrorCode::new("70009", Locked),
    ErrorCode::new("999024", Refused),
    ErrorCode::new("999003", Refused),
    ErrorCode::new("99999", SessionExpired),
    ErrorCode::new("900800", RateLimited),
    ErrorCode::new("101503", Unavailable),
    ErrorCode::new("101504", Unavailable),
    ErrorCode::new("303001", Unavailable),
    ErrorCode::new("*session token is either expired*", SessionExpired),
    ErrorCode::new("*account*locked*", Locked),
    ErrorCode::new("*User*locked*", Locked),
    ErrorCode::judging("*Invalid Access Code*", SecondFactor),
    ErrorCode::judging("*Invalid MPIN*", SecondFactor),
    ErrorCode::judging("*Invalid OTP*", SecondFactor),
    ErrorCode::judging("*Invalid biometric*", SecondFactor),
    ErrorCode::new("invalid_client", Credentials),
    ErrorCode::judging("invalid_grant", Credentials),
];
/// What this client was generated from.
pub static API: Api = Api {
    title: "Kotak Securities Trade API, session/1.0",
    version: "1.0.0",
    servers: &[
        Server::production("https://tradeapi.kotaksecurities.com/apim"),
        Server::production("https://ctradeapi.kotaksecurities.com/apim"),
        Server::sandbox("https://sbx.kotaksecurities.com/apim"),
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
            retry: Retry::Safe,
            security: &["accessToken", "consumerKey", "ip", "appId"],
            statuses: &[
                Status {
                    faults: &[Fault::first(&["fault"]), Fault::first(&["code"])],
                    ..Status::success(200u16, decode_object::<types::Init>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "session_init_userid",
            method: "GET",
            path: "/session/1.0/session/init/userid/{userid}",
            retry: Retry::Safe,
            security: &["accessToken", "consumerKey", "ip", "appId"],
            statuses: &[
                Status {
                    faults: &[Fault::first(&["fault"]), Fault::first(&["code"])],
                    ..Status::success(200u16, decode_object::<types::Init>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "session_init_nickname",
            method: "GET",
            path: "/session/1.0/session/init/nickname/{nickname}",
            retry: Retry::Safe,
            security: &["accessToken", "consumerKey", "ip", "appId"],
            statuses: &[
                Status {
                    faults: &[Fault::first(&["fault"]), Fault::first(&["code"])],
                    ..Status::success(200u16, decode_object::<types::Init>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "session_login_userid",
            method: "POST",
            path: "/session/1.0/session/login/userid",
            retry: Retry::Unsent,
            security: &["accessToken", "consumerKey", "ip", "appId"],
            secret_fields: &["password"],
            statuses: &[
                Status {
                    required: &["oneTimeToken"],
                    faults: &[Fault::first(&["fault"]), Fault::first(&["code"])],
                    ..Status::success(200u16, decode_object::<types::Login>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)).judging(),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "session_login_nickname",
            method: "POST",
            path: "/session/1.0/session/login/nickname",
            retry: Retry::Unsent,
            security: &["accessToken", "consumerKey", "ip", "appId"],
            secret_fields: &["password"],
            statuses: &[
                Status {
                    required: &["oneTimeToken"],
                    faults: &[Fault::first(&["fault"]), Fault::first(&["code"])],
                    ..Status::success(200u16, decode_object::<types::Login>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)).judging(),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "session_2fa_accesscode_get",
            method: "GET",
            path: "/session/1.0/session/2FA/accesscode",
            retry: Retry::Unsent,
            security: &["accessToken", "consumerKey", "ip", "appId"],
            secret_headers: &["oneTimeToken"],
            statuses: &[
                Status {
                    faults: &[Fault::first(&["fault"]), Fault::first(&["code"])],
                    ..Status::success(200u16, decode_object::<types::AccessCode>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(LoginRequired)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "session_2fa_accesscode_post",
            method: "POST",
            path: "/session/1.0/session/2FA/accesscode",
            retry: Retry::Unsent,
            security: &["accessToken", "consumerKey", "ip", "appId"],
            secret_headers: &["oneTimeToken"],
            secret_fields: &["accessCode"],
            statuses: &[
                Status {
                    required: &["sessionToken"],
                    faults: &[Fault::first(&["fault"]), Fault::first(&["code"])],
                    ..Status::success(200u16, decode_object::<types::Session>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "session_2fa_one_time_token",
            method: "POST",
            path: "/session/1.0/session/2FA/oneTimeToken",
            retry: Retry::Unsent,
            security: &["accessToken", "consumerKey", "ip", "appId"],
            secret_headers: &["oneTimeToken"],
            statuses: &[
                Status {
                    required: &["sessionToken"],
                    faults: &[Fault::first(&["fault"]), Fault::first(&["code"])],
                    ..Status::success(200u16, decode_object::<types::Session>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(LoginRequired)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "session_2fa_mpin",
            method: "POST",
            path: "/session/1.0/session/2FA/mpin",
            retry: Retry::Unsent,
            security: &["accessToken", "consumerKey", "ip", "appId"],
            secret_headers: &["oneTimeToken"],
            secret_fields: &["mpin"],
            statuses: &[
                Status {
                    required: &["sessionToken"],
                    faults: &[Fault::first(&["fault"]), Fault::first(&["code"])],
                    ..Status::success(200u16, decode_object::<types::Session>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "session_2fa_biometric",
            method: "POST",
            path: "/session/1.0/session/2FA/biometric",
            retry: Retry::Unsent,
            security: &["accessToken", "consumerKey", "ip", "appId"],
            secret_headers: &["oneTimeToken"],
            secret_fields: &["biometric"],
            statuses: &[
                Status {
                    required: &["sessionToken"],
                    faults: &[Fault::first(&["fault"]), Fault::first(&["code"])],
                    ..Status::success(200u16, decode_object::<types::Session>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "session_logout",
            method: "DELETE",
            path: "/session/1.0/session/logout",
            retry: Retry::Unsent,
            security: &["accessToken", "consumerKey", "ip", "appId"],
            secret_headers: &["sessionToken"],
            statuses: &[
                Status {
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
                    faults: &[Fault::first(&["fault"]), Fault::first(&["code"])],
                    ..Status::success(200u16, decode_object::<types::Logout>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "token",
            method: "POST",
            path: "/token",
            servers: &[Server::production("https://tradeapi.kotaksecurities.com")],
            retry: Retry::Unsent,
            security: &["consumer"],
            secret_fields: &["password", "refresh_token"],
            statuses: &[
                Status {
                    required: &["access_token"],
                    ..Status::success(200u16, decode_object::<types::TokenResponse>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "revoke",
            method: "POST",
            path: "/revoke",
            servers: &[Server::production("https://tradeapi.kotaksecurities.com")],
            retry: Retry::Unsent,
            security: &["consumer"],
            secret_fields: &["token"],
            statuses: &[
                Status::success(200u16, decode_nothing),
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(424u16, Some(LoginRequired)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
    ],
    error_codes: ERROR_CODES,
    hints: &[
        Hint {
            codes: &["*Invalid Access Code*"],
            text: "Check the access code, and that it is today's. Wrong guesses lock the account.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["999024"],
            text: "The account is served by the other of the broker's hosts. Sign in there, with `/apim` at the end of the URL, which the broker's message leaves out: `--base-url https://ctradeapi.kotaksecurities.com/apim`, or `.base_url(\"https://ctradeapi.kotaksecurities.com/apim\")` on the builder.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["900901", "900903", "900904"],
            text: "Get a new access token. If it is good, the account may be served by the other of the broker's hosts, with `/apim` at the end of the URL: `--base-url https://ctradeapi.kotaksecurities.com/apim`, or `.base_url(\"https://ctradeapi.kotaksecurities.com/apim\")` on the builder.",
            ..Hint::EMPTY
        },
    ],
    rate_limit: None,
    penalty: None,
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
            pub fn ok(self, value: &types::Init) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn ok(self, value: &types::Init) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn ok(self, value: &types::Init) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn ok(self, value: &types::Login) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn ok(self, value: &types::Login) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn one_time_token(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
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
            pub fn ok(self, value: &types::AccessCode) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn one_time_token(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
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
            pub fn ok(self, value: &types::Session) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn one_time_token(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
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
            pub fn ok(self, value: &types::Session) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn one_time_token(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
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
            pub fn ok(self, value: &types::Session) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn one_time_token(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
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
            pub fn ok(self, value: &types::Session) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn session_token(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
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
            pub fn ok(self, value: &types::TokenResponse) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
                let body = argument(arguments, "body")?;
                outcome(client.session_login_userid(&body).await)
            }
            "session_login_nickname" => {
                let body = argument(arguments, "body")?;
                outcome(client.session_login_nickname(&body).await)
            }
            "session_2fa_accesscode_get" => {
                let one_time_token = argument(arguments, "oneTimeToken")?;
                let userid: String = argument(arguments, "userid")?;
                outcome(
                    client.session_2fa_accesscode_get(&one_time_token, &userid).await,
                )
            }
            "session_2fa_accesscode_post" => {
                let one_time_token = argument(arguments, "oneTimeToken")?;
                let body = argument(arguments, "body")?;
                outcome(client.session_2fa_accesscode_post(&one_time_token, &body).await)
            }
            "session_2fa_one_time_token" => {
                let one_time_token = argument(arguments, "oneTimeToken")?;
                let body = argument(arguments, "body")?;
                outcome(client.session_2fa_one_time_token(&one_time_token, &body).await)
            }
            "session_2fa_mpin" => {
                let one_time_token = argument(arguments, "oneTimeToken")?;
                let body = argument(arguments, "body")?;
                outcome(client.session_2fa_mpin(&one_time_token, &body).await)
            }
            "session_2fa_biometric" => {
                let one_time_token = argument(arguments, "oneTimeToken")?;
                let body = argument(arguments, "body")?;
                outcome(client.session_2fa_biometric(&one_time_token, &body).await)
            }
            "session_logout" => {
                let session_token = argument(arguments, "sessionToken")?;
                let userid: String = argument(arguments, "userid")?;
                outcome(client.session_logout(&session_token, &userid).await)
            }
            "token" => {
                let body = argument(arguments, "body")?;
                outcome(client.token(&body).await)
            }
            "revoke" => {
                let body = argument(arguments, "body")?;
                outcome(client.revoke(&body).await)
            }
            _ => unknown(operation),
        }
    }
    /// The JSON schema of every generated type, by the name of its schema in the spec.
    pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
        vec![
            ("LoginByUserid", schemars::schema_for!(types::LoginByUserid)),
            ("LoginByNickname", schemars::schema_for!(types::LoginByNickname)),
            ("SecondFactorAccessCode",
            schemars::schema_for!(types::SecondFactorAccessCode)),
            ("SecondFactorOneTimeToken",
            schemars::schema_for!(types::SecondFactorOneTimeToken)), ("SecondFactorMpin",
            schemars::schema_for!(types::SecondFactorMpin)), ("SecondFactorBiometric",
            schemars::schema_for!(types::SecondFactorBiometric)), ("Init",
            schemars::schema_for!(types::Init)), ("Encryption",
            schemars::schema_for!(types::Encryption)), ("Host",
            schemars::schema_for!(types::Host)), ("Login",
            schemars::schema_for!(types::Login)), ("AccessCode",
            schemars::schema_for!(types::AccessCode)), ("Session",
            schemars::schema_for!(types::Session)), ("ApiToken",
            schemars::schema_for!(types::ApiToken)), ("ProductMarking",
            schemars::schema_for!(types::ProductMarking)), ("ExchangeStatus",
            schemars::schema_for!(types::ExchangeStatus)), ("MarginProduct",
            schemars::schema_for!(types::MarginProduct)), ("LoginTime",
            schemars::schema_for!(types::LoginTime)), ("LoginTimeString",
            schemars::schema_for!(types::LoginTimeString)), ("LoginTimeEpoch",
            schemars::schema_for!(types::LoginTimeEpoch)), ("Logout",
            schemars::schema_for!(types::Logout)), ("TokenRequest",
            schemars::schema_for!(types::TokenRequest)), ("TokenResponse",
            schemars::schema_for!(types::TokenResponse)), ("RevokeRequest",
            schemars::schema_for!(types::RevokeRequest))
        ]
    }
}
