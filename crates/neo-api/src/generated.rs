// Generated from openapi/neo-session.yaml. Do not edit: change the spec and run `cargo xtask generate`.
// spec-sha256: 2355f68b6deb9c82c3718127b0876586351f6d2e5062b156a7d7fe9220751cb2
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
    ///An address.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct ClientIp {
        ///The address.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub ip: Option<String>,
        ///The broker's time.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub time: Option<String>,
    }
    ///The addresses that the broker sees the caller at.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct ClientIps {
        ///One item, as far as is known.
        #[serde(deserialize_with = "broker_session_runtime::objects")]
        pub data: Vec<ClientIp>,
        ///1000 for a success.
        #[serde(rename = "stCode", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub st_code: Option<i64>,
        ///`success`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: Option<String>,
    }
    ///That the session was ended. All of it is inferred.
    #[derive(Deserialize, Serialize, Clone, Debug, Default, PartialEq, JsonSchema)]
    pub struct Logout {
        ///The broker's message.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub message: Option<String>,
        ///200 for a success.
        #[serde(rename = "stCode", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub st_code: Option<i64>,
        ///`Ok`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub stat: Option<String>,
        ///`OK`.
        #[serde(rename = "State", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub state: Option<String>,
        ///`success`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: Option<String>,
    }
    /**A session, and what the broker knows of the user. What it does not explain is described by its name.
*/
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct Session {
        ///Whether blocking amounts for applications (ASBA) is open to the user.
        #[serde(rename = "asbaStatus", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub asba_status: Option<String>,
        ///Where every later call goes, the same for the whole day; of a trade session.
        #[serde(rename = "baseUrl", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub base_url: Option<String>,
        ///When each of the broker's own lists was changed, as seconds since 1970 in a string.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub caches: Option<std::collections::BTreeMap<String, String>>,
        ///The user's group.
        #[serde(rename = "clientGroup", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_group: Option<String>,
        ///`RI` for a resident.
        #[serde(rename = "clientType", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub client_type: Option<String>,
        ///Which data centre serves the user, like `E43`.
        #[serde(rename = "dataCenter", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub data_center: Option<String>,
        ///Data centres by name.
        #[serde(rename = "dataCenterMap", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub data_center_map: Option<std::collections::BTreeMap<String, String>>,
        ///What was disclosed to the user about derivatives.
        #[serde(
            rename = "derivativesRiskDisclosure",
            skip_serializing_if = "Option::is_none"
        )]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub derivatives_risk_disclosure: Option<String>,
        ///Whether the account is dormant; `A` if it is active.
        #[serde(rename = "dormancyStatus", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub dormancy_status: Option<String>,
        ///Where prices are streamed; not always there.
        #[serde(rename = "feedUrl", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub feed_url: Option<String>,
        ///How to address the user.
        #[serde(rename = "greetingName", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub greeting_name: Option<String>,
        ///The server of the price stream.
        #[serde(rename = "hsServerId", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub hs_server_id: Option<broker_session_runtime::SerializableSecret>,
        ///The range of the user's income.
        #[serde(rename = "incRange", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub inc_range: Option<i64>,
        ///Whether that must be brought up to date.
        #[serde(rename = "incUpdFlag", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub inc_upd_flag: Option<String>,
        ///Whether the user is a non-resident Indian.
        #[serde(rename = "isNRI", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_nri: Option<bool>,
        ///Whether it is a trial account.
        #[serde(rename = "isTrialAccount", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_trial_account: Option<bool>,
        ///Whether the password has expired.
        #[serde(rename = "isUserPwdExpired", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub is_user_pwd_expired: Option<bool>,
        ///The user's permanent account number for taxes. Sensitive.
        #[serde(rename = "kId", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub k_id: Option<broker_session_runtime::SerializableSecret>,
        ///What the session is good for; `View` or `Trade`.
        #[serde(rename = "kType", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub k_type: Option<String>,
        ///The state of the registration of who the user is (KRA).
        #[serde(rename = "kraStatus", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub kra_status: Option<String>,
        ///Whether mutual funds are open to the user.
        #[serde(rename = "mfAccess", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub mf_access: Option<i64>,
        ///Not explained by the broker.
        #[serde(rename = "rcFlag", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub rc_flag: Option<i64>,
        ///An id of the sign-in.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub rid: Option<broker_session_runtime::SerializableSecret>,
        ///Where orders are streamed; not always there.
        #[serde(rename = "rtUrl", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub rt_url: Option<String>,
        ///A key for searching.
        #[serde(rename = "searchAPIKey", skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub search_api_key: Option<broker_session_runtime::SerializableSecret>,
        ///The id of the session.
        pub sid: broker_session_runtime::SerializableSecret,
        ///`success`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: Option<String>,
        ///The view or the trade token, a JSON Web Token (RFC 7519).
        pub token: broker_session_runtime::SerializableSecret,
        ///The client code.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub ucc: Option<String>,
    }
    ///The envelope of a session.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct SessionEnvelope {
        #[serde(deserialize_with = "broker_session_runtime::object")]
        pub data: Session,
        ///Not seen in a success.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[serde(default, deserialize_with = "broker_session_runtime::lenient")]
        pub status: Option<String>,
    }
    ///Who signs in.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct TradeApiLoginRequest {
        ///The registered mobile number, with `+91`. Marked as a secret because it signs in.
        #[serde(rename = "mobileNumber")]
        pub mobile_number: broker_session_runtime::SerializableSecret,
        ///The time-based one-time password (RFC 6238): six digits.
        pub totp: broker_session_runtime::SerializableSecret,
        ///The client code (unique client code).
        pub ucc: String,
    }
    ///The second secret.
    #[derive(Deserialize, Serialize, Clone, Debug, PartialEq, JsonSchema)]
    pub struct TradeApiValidateRequest {
        ///The mobile PIN; six digits.
        pub mpin: broker_session_runtime::SerializableSecret,
    }
    broker_session_runtime::clean_fields!(ClientIp, ip, time);
    broker_session_runtime::clean_fields!(ClientIps, data, st_code, status);
    broker_session_runtime::clean_fields!(Logout, message, st_code, stat, state, status);
    broker_session_runtime::clean_fields!(
        Session, asba_status, base_url, caches, client_group, client_type, data_center,
        data_center_map, derivatives_risk_disclosure, dormancy_status, feed_url,
        greeting_name, hs_server_id, inc_range, inc_upd_flag, is_nri, is_trial_account,
        is_user_pwd_expired, k_id, k_type, kra_status, mf_access, rc_flag, rid, rt_url,
        search_api_key, sid, status, token, ucc
    );
    broker_session_runtime::clean_fields!(SessionEnvelope, data, status);
    broker_session_runtime::clean_fields!(
        TradeApiLoginRequest, mobile_number, totp, ucc
    );
    broker_session_runtime::clean_fields!(TradeApiValidateRequest, mpin);
}
#[derive(Clone, Debug)]
/**Client for Kotak Neo Trade API, session operations

Signs a user in to the Kotak Neo Trade API, and out again. The successor of `session/1.0`.

1. `trade_api_login` takes the mobile number, the client code (UCC) and a time-based one-time password (TOTP,
   RFC 6238: SHA-1, 30 seconds, six digits), and hands out a view token. Orders need a trade token.
2. `trade_api_validate` takes the MPIN and turns the view token into a trade token. Its response names the host for
   later calls (`baseUrl`).
3. Every later call goes to that host, below the path of `baseUrl` if it has one. It carries the trade token in the
   header `Auth` and the session's id in `Sid`. On trading calls the broker also requires `neo-fin-key`, and on
   orders `Authorization` with the access token (documented).

Both tokens are JSON Web Tokens (RFC 7519). The view token expires at the next midnight in India, according to its
`exp` (observed). The trade token is valid for the trading day (documented).

Failures come in these forms, with an error status or with 200:
- `{"status": "error", "message", "errorCode"}`;
- `{"error": [{"code", "message"}]}`;
- `{"stCode", "errMsg"}` or `{"stCode", "emsg"}` with `status` or `stat`, also below `data`;
- from the API gateway in front of the broker the flat `{code, message, description}`, or a string below `error`.

`stCode` is not always an HTTP status: the broker has refused a wrong UCC with `stCode` 429. The schemas list the
forms under `anyOf`. The first form applies that has all its required properties, none of them empty, so a failure
wins over everything beside it.

The broker's own client calls other paths in its test environment (UAT), for instance
`api/1.0/login/v6/totp/login`. This document does not describe them.


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

A wrong one-time password may count towards the lock of the account. A right one is valid for one sign-in.

Sends a `POST` request to `/login/1.0/tradeApiLogin`

*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization` and `neo-fin-key`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`credentials`](broker_session_runtime::ErrorKind::Credentials).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The request is not what the broker expects.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials): The access token, the mobile number, the UCC or the one-time password is wrong.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The user may not do this.
- 422, [`refused`](broker_session_runtime::ErrorKind::Refused): The values are not what the broker expects.
- 424, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Something that the broker depends on has failed. Temporary; the message is documented.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): There were too many requests.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker could not do it.
- 502, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no usable response.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker is not available.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no response in time.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn trade_api_login<'a>(
        &'a self,
        body: &'a types::TradeApiLoginRequest,
    ) -> Result<ResponseValue<types::SessionEnvelope>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
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
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

Carries the headers `Authorization` and `neo-fin-key`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`second_factor`](broker_session_runtime::ErrorKind::SecondFactor).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The request is not what the broker expects.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`second_factor`](broker_session_runtime::ErrorKind::SecondFactor) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The MPIN is wrong, the view session is over, or a server in between refuses.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The user may not do this.
- 422, [`refused`](broker_session_runtime::ErrorKind::Refused): The values are not what the broker expects.
- 424, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Something that the broker depends on has failed. Temporary; the message is documented.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): There were too many requests.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker could not do it.
- 502, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no usable response.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker is not available.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no response in time.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn trade_api_validate<'a>(
        &'a self,
        auth: &'a broker_session_runtime::SerializableSecret,
        sid: &'a broker_session_runtime::SerializableSecret,
        body: &'a types::TradeApiValidateRequest,
    ) -> Result<ResponseValue<types::SessionEnvelope>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Reports the caller's address as the broker sees it

Some accounts may trade only from registered addresses. The call goes to the host of the sign-in.

Sends a `GET` request to `/login/1.0/get-client-ip`

Arguments:
- `auth`: The token of the session.
- `sid`: The id of the trade session.
*/
    /**
Evidence: documented; the broker's documentation states it.

May be repeated (retry class `safe`).

Carries the header `Authorization`, which the transport supplies.

# Errors

- 200, with a failure in the body: [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The request is not what the broker expects.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The trade session is over, if the message states it. Without a message a server in between may refuse.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The user may not do this.
- 422, [`refused`](broker_session_runtime::ErrorKind::Refused): The values are not what the broker expects.
- 424, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Something that the broker depends on has failed. Temporary; the message is documented.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): There were too many requests.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker could not do it.
- 502, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no usable response.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker is not available.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no response in time.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn get_client_ip<'a>(
        &'a self,
        auth: &'a broker_session_runtime::SerializableSecret,
        sid: &'a broker_session_runtime::SerializableSecret,
    ) -> Result<ResponseValue<types::ClientIps>, Error<()>> {
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
            200u16 => broker_session_runtime::decoded(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Ends the trade session

Called at the session's `baseUrl`. Earlier versions of the broker's own client called it; the current one
only forgets the tokens. The form of a success is inferred from the broker's other calls: `stat` `Ok`, `status`
`success`, or `stCode` 200 or 1000. Those versions also sent `Authorization: Bearer` with the OAuth token of an
older API, and a form content type for an empty body. This client sends neither, because today's access token
is another one.


Sends a `POST` request to `/apim/login/2.0/logout`

Arguments:
- `auth`: The token of the session.
- `sid`: The id of the trade session.
*/
    /**
Evidence: documented; the broker's documentation states it.

Is repeated only if the request provably never left (retry class `unsent`).

# Errors

- 200, with a failure in the body: [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired).
- 400, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The request is not what the broker expects.
- 401, [`credentials`](broker_session_runtime::ErrorKind::Credentials) or [`session_expired`](broker_session_runtime::ErrorKind::SessionExpired): The trade session is over, if the message states it. Without a message a server in between may refuse.
- 403, [`refused`](broker_session_runtime::ErrorKind::Refused) or [`locked`](broker_session_runtime::ErrorKind::Locked): The user may not do this.
- 422, [`refused`](broker_session_runtime::ErrorKind::Refused): The values are not what the broker expects.
- 424, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): Something that the broker depends on has failed. Temporary; the message is documented.
- 429, [`rate_limited`](broker_session_runtime::ErrorKind::RateLimited): There were too many requests.
- 500, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker could not do it.
- 502, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no usable response.
- 503, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The broker is not available.
- 504, [`unavailable`](broker_session_runtime::ErrorKind::Unavailable): The API gateway got no response in time.

A status without a kind means what its class does, and the broker's own codes win over the status: see [`Api::error_kind`](broker_session_runtime::Api::error_kind).*/
    pub async fn logout<'a>(
        &'a self,
        auth: &'a broker_session_runtime::SerializableSecret,
        sid: &'a broker_session_runtime::SerializableSecret,
    ) -> Result<ResponseValue<types::Logout>, Error<()>> {
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
    ///`trade_api_login`
    pub const TRADE_API_LOGIN: &str = "trade_api_login";
    ///`trade_api_validate`
    pub const TRADE_API_VALIDATE: &str = "trade_api_validate";
    ///`get_client_ip`
    pub const GET_CLIENT_IP: &str = "get_client_ip";
    ///`logout`
    pub const LOGOUT: &str = "logout";
}
/// The broker's own error codes.
const ERROR_CODES: &[ErrorCode] = &[
    ErrorCode::judging("Invalid credentials or TOTP", Credentials),
    ErrorCode::judging("Invalid TOTP", Credentials),
    ErrorCode::new("Invalid UCC", Credentials),
    ErrorCode::judging("*Invalid MPIN*", SecondFactor),
    ErrorCode::judging("*Incorrect MPIN*", SecondFactor),
    ErrorCode::new("*account*locked*", Locked),
    ErrorCode::new("*user*locked*", Locked),
    ErrorCode::new("100022", SessionExpired),
    ErrorCode::new("1003", SessionExpired),
    ErrorCode::new("1037", SessionExpired),
    ErrorCode::new("invalid session token", SessionExpired),
    ErrorCode::new("*session expired*", SessionExpired),
    ErrorCode::new("Invalid session", SessionExpired),
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
    ErrorCode::new("100008", Refused),
    ErrorCode::new("10512", Refused),
    ErrorCode::new("10522", LoginRequired),
    ErrorCode::new("Missing required field*", Refused),
    ErrorCode::new("Dependency error*", Unavailable),
    ErrorCode::new("101503", Unavailable),
    ErrorCode::new("101504", Unavailable),
    ErrorCode::new("303001", Unavailable),
    ErrorCode::new("900800", RateLimited),
    ErrorCode::new("*too many request*", RateLimited),
    ErrorCode::new("Rate limit exceeded", RateLimited),
];
/// What this client was generated from.
pub static API: Api = Api {
    title: "Kotak Neo Trade API, session operations",
    version: "1.0.0",
    servers: &[
        Server::production("https://mis.kotaksecurities.com"),
        Server::sandbox("https://d-mis.kotaksecurities.com"),
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
            retry: Retry::Unsent,
            security: &["accessToken", "neoFinKey"],
            secret_fields: &["mobileNumber", "totp"],
            statuses: &[
                Status {
                    required: &["data"],
                    faults: &[
                        Fault::last(&["error"]),
                        Fault::last(&["errorCode"]),
                        Fault::last(&["errMsg"]),
                        Fault::last(&["code"]),
                        Fault::last(&["message"]),
                        Fault::last(&["stCode"]),
                    ],
                    ..Status::success(200u16, decode_object::<types::SessionEnvelope>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(422u16, Some(Refused)),
                Status::failure(424u16, Some(Unavailable)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(502u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            time_step: Some(Duration::from_secs(30u64)),
            ..Operation::EMPTY
        },
        Operation {
            id: "trade_api_validate",
            method: "POST",
            path: "/login/1.0/tradeApiValidate",
            retry: Retry::Unsent,
            security: &["accessToken", "neoFinKey"],
            secret_headers: &["sid", "Auth"],
            secret_fields: &["mpin"],
            statuses: &[
                Status {
                    required: &["data"],
                    faults: &[
                        Fault::last(&["error"]),
                        Fault::last(&["errorCode"]),
                        Fault::last(&["errMsg"]),
                        Fault::last(&["code"]),
                        Fault::last(&["message"]),
                        Fault::last(&["stCode"]),
                    ],
                    ..Status::success(200u16, decode_object::<types::SessionEnvelope>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(422u16, Some(Refused)),
                Status::failure(424u16, Some(Unavailable)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(502u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            ..Operation::EMPTY
        },
        Operation {
            id: "get_client_ip",
            method: "GET",
            path: "/login/1.0/get-client-ip",
            retry: Retry::Safe,
            security: &["accessToken"],
            secret_headers: &["Sid", "Auth"],
            statuses: &[
                Status {
                    required: &["data"],
                    faults: &[
                        Fault::first(&["error"]),
                        Fault::first(&["errorCode"]),
                        Fault::first(&["errMsg"]),
                        Fault::first(&["code"]),
                        Fault::last(&["stCode"]),
                    ],
                    ..Status::success(200u16, decode_object::<types::ClientIps>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(422u16, Some(Refused)),
                Status::failure(424u16, Some(Unavailable)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(502u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            error_codes: &[ErrorCode::new("*Invalid JWT token*", SessionExpired)],
            ..Operation::EMPTY
        },
        Operation {
            id: "logout",
            method: "POST",
            path: "/apim/login/2.0/logout",
            servers: &[
                Server::production("https://cis.kotaksecurities.com"),
                Server::production("https://e21.kotaksecurities.com"),
                Server::production("https://e22.kotaksecurities.com"),
                Server::production("https://e41.kotaksecurities.com"),
                Server::production("https://e43.kotaksecurities.com"),
                Server::production("https://neo-gw.kotaksecurities.com"),
                Server::production("https://mnapi.kotaksecurities.com"),
                Server::production("https://cnapi.kotaksecurities.com"),
                Server::production("https://gw-napi.kotaksecurities.com"),
            ],
            retry: Retry::Unsent,
            secret_headers: &["Sid", "Auth"],
            statuses: &[
                Status {
                    success: &[
                        ("stat", &["Ok"]),
                        ("state", &["OK"]),
                        ("status", &["success", "ok"]),
                        ("stCode", &["200", "1000"]),
                    ],
                    faults: &[
                        Fault::first(&["error"]),
                        Fault::first(&["errorCode"]),
                        Fault::first(&["errMsg"]),
                        Fault::first(&["code"]),
                    ],
                    ..Status::success(200u16, decode_object::<types::Logout>)
                },
                Status::failure(400u16, Some(Refused)),
                Status::failure(401u16, Some(Credentials)),
                Status::failure(403u16, Some(Refused)),
                Status::failure(422u16, Some(Refused)),
                Status::failure(424u16, Some(Unavailable)),
                Status::failure(429u16, Some(RateLimited)),
                Status::failure(500u16, Some(Unavailable)),
                Status::failure(502u16, Some(Unavailable)),
                Status::failure(503u16, Some(Unavailable)),
                Status::failure(504u16, Some(Unavailable)),
            ],
            error_codes: &[ErrorCode::new("*Invalid JWT token*", SessionExpired)],
            ..Operation::EMPTY
        },
    ],
    error_codes: ERROR_CODES,
    hints: &[
        Hint {
            codes: &["100008"],
            text: "Register this machine's address with the broker, in its dashboard. Orders are taken from registered addresses only.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["1037"],
            text: "The session was made from another address. Sign in again from this one.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["Dependency error*"],
            text: "Sign in again in a few seconds, with a fresh code.",
            ..Hint::EMPTY
        },
        Hint {
            statuses: &[424u16],
            text: "Sign in again in a few seconds, with a fresh code.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["*Sandbox key offered*"],
            text: "The access token belongs to the other environment. Use the one of the dashboard for this host.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["*Missing required field 'NeoFinKey'*"],
            text: "Give the header `neo-fin-key` its value, which is `neotradeapi` unless the broker gave out another one.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["Invalid TOTP"],
            text: "Most often the clock of this machine is wrong. Compare it with the right time, then check the TOTP secret.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["Invalid credentials or TOTP"],
            text: "Most often the clock of this machine is wrong. Compare it with the right time, then check the TOTP secret, the mobile number, the UCC and the access token.",
            ..Hint::EMPTY
        },
        Hint {
            codes: &["900901", "900902", "900903", "900904", "900905"],
            operations: &["trade_api_login", "trade_api_validate"],
            text: "Make a new access token in the broker's dashboard. It goes into the header `Authorization` as it is, without `Bearer`.",
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
            pub fn ok(self, value: &types::SessionEnvelope) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn auth(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
                Self(self.0.header("Auth", value.to_string()))
            }
            pub fn sid(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
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
            pub fn ok(self, value: &types::SessionEnvelope) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn auth(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
                Self(self.0.header("Auth", value.to_string()))
            }
            pub fn sid(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
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
            pub fn ok(self, value: &types::ClientIps) -> Self {
                Self(
                    self
                        .0
                        .status(200u16)
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
            pub fn auth(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
                Self(self.0.header("Auth", value.to_string()))
            }
            pub fn sid(
                self,
                value: &broker_session_runtime::SerializableSecret,
            ) -> Self {
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
                let body = argument(arguments, "body")?;
                outcome(client.trade_api_login(&body).await)
            }
            "trade_api_validate" => {
                let auth = argument(arguments, "Auth")?;
                let sid = argument(arguments, "sid")?;
                let body = argument(arguments, "body")?;
                outcome(client.trade_api_validate(&auth, &sid, &body).await)
            }
            "get_client_ip" => {
                let auth = argument(arguments, "Auth")?;
                let sid = argument(arguments, "Sid")?;
                outcome(client.get_client_ip(&auth, &sid).await)
            }
            "logout" => {
                let auth = argument(arguments, "Auth")?;
                let sid = argument(arguments, "Sid")?;
                outcome(client.logout(&auth, &sid).await)
            }
            _ => unknown(operation),
        }
    }
    /// The JSON schema of every generated type, by the name of its schema in the spec.
    pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
        vec![
            ("TradeApiLoginRequest", schemars::schema_for!(types::TradeApiLoginRequest)),
            ("TradeApiValidateRequest",
            schemars::schema_for!(types::TradeApiValidateRequest)), ("SessionEnvelope",
            schemars::schema_for!(types::SessionEnvelope)), ("Session",
            schemars::schema_for!(types::Session)), ("ClientIps",
            schemars::schema_for!(types::ClientIps)), ("ClientIp",
            schemars::schema_for!(types::ClientIp)), ("Logout",
            schemars::schema_for!(types::Logout))
        ]
    }
}
