//! The four calls of a sign-in and sign-out, whatever sends them, and the broker's responses, with every documented field.
#![allow(dead_code, reason = "a program reads the fields that it needs")]

use std::collections::BTreeMap;

use bench_programs::Outcome;
use reqwest::Method;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Sends a request with one more header, and decodes the response in its envelope.
pub(crate) trait Call {
    async fn call<T: DeserializeOwned>(
        &self,
        to: (Method, &str),
        header: (&str, &str),
        body: Option<Value>,
    ) -> Outcome<T>;
}

pub(crate) async fn sign_in_and_out(kotak: &impl Call) -> Outcome {
    let user = ("userid", "S4MPL3");
    let init: Init = kotak.call((Method::GET, "init"), user, None).await?;
    if init.status.as_deref() != Some("Success") || init.redirect.and_then(|to| to.host).is_none() {
        return Err("the account is not active".into());
    }
    let body = json!({ "userid": user.1, "password": "made-up-password" });
    let login: Login = kotak.call((Method::POST, "login/userid"), user, Some(body)).await?;
    let token = ("oneTimeToken", login.one_time_token.as_str());
    let body = json!({ "userid": user.1, "accessCode": "0000" });
    let session: Session = kotak.call((Method::POST, "2FA/accesscode"), token, Some(body)).await?;
    let token = ("sessionToken", session.session_token.as_str());
    let logout: Logout = kotak.call((Method::DELETE, "logout"), token, None).await?;
    if logout.message.as_deref() != Some("Logout Successful.") {
        return Err("the session is still there".into());
    }
    Ok(())
}

/// `{"Success": …}`, in letters of either case.
#[derive(Deserialize)]
pub(crate) struct Envelope<T> {
    #[serde(alias = "Success")]
    pub(crate) success: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Init {
    client_type: Option<String>,
    encryption: Option<Encryption>,
    #[serde(rename = "isNRI")]
    is_nri: Option<String>,
    message: Option<String>,
    pub(crate) redirect: Option<Host>,
    service: Option<Host>,
    pub(crate) status: Option<String>,
    user_type: Option<String>,
    userid: Option<String>,
    weblink: Option<Host>,
}

#[derive(Deserialize)]
pub(crate) struct Host {
    pub(crate) host: Option<String>,
    port: Option<u16>,
    userid: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Encryption {
    key_size: Option<u32>,
    publick_key: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Login {
    access_code_time: Option<String>,
    auth_level: Option<i64>,
    biometric: Option<String>,
    client_type: Option<String>,
    email_id: Option<String>,
    message: Option<String>,
    mpin: Option<String>,
    nominee_flag: Option<i64>,
    pub(crate) one_time_token: String,
    phone_no: Option<String>,
    redirect: Option<Host>,
    #[serde(rename = "Status")]
    status: Option<String>,
    userid: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    advanced_chart: Option<Host>,
    api_token: Option<ApiToken>,
    broadcast: Option<Host>,
    client_code: Option<String>,
    client_name: Option<String>,
    dormant_type: Option<String>,
    email_id: Option<String>,
    enabled_exchange_segments: Option<BTreeMap<String, Vec<ExchangeStatus>>>,
    enabled_products: Option<Vec<String>>,
    enabled_segments: Option<Vec<String>>,
    get_ltp: Option<Host>,
    #[serde(rename = "getLTPURL")]
    get_ltp_url: Option<Host>,
    #[serde(rename = "isNRI")]
    is_nri: Option<String>,
    is_trinity: Option<bool>,
    login_time: Option<LoginTime>,
    margin_product: Option<MarginProduct>,
    market_data: Option<Host>,
    nominee_flag: Option<i64>,
    phone_no: Option<String>,
    poa_flag: Option<String>,
    public_token: Option<String>,
    redirect: Option<Host>,
    search: Option<Host>,
    #[serde(rename = "searchURL")]
    search_url: Option<Host>,
    service: Option<Host>,
    pub(crate) session_token: String,
    stwt_flag: Option<String>,
    user_id: Option<String>,
    weblink: Option<Host>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ApiToken {
    product_marking: Option<Vec<ProductMarking>>,
    redirect: Option<Host>,
    session_id: Option<String>,
}

#[derive(Deserialize)]
struct ExchangeStatus {
    exchange: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
struct ProductMarking {
    mark: Option<String>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MarginProduct {
    is_enabled: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum LoginTime {
    Text(String),
    Seconds(i64),
}

#[derive(Deserialize)]
pub(crate) struct Logout {
    pub(crate) message: Option<String>,
}
