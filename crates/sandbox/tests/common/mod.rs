//! A small client of the wire, so that the tests read as what they hold.
#![allow(dead_code, reason = "each test file is a program of its own and uses its part of this one")]

use std::error::Error;

use broker_session_sandbox::kotak::{Account, Sandbox};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// A client with an account's credentials, at a base.
pub(crate) struct Wire {
    pub(crate) http: Client,
    pub(crate) base: String,
    pub(crate) account: Account,
}

impl Wire {
    pub(crate) fn new(sandbox: &Sandbox) -> Result<Self> {
        Self::at(sandbox, sandbox.base_url())
    }

    pub(crate) fn at(sandbox: &Sandbox, base: &str) -> Result<Self> {
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { http, base: base.to_owned(), account: sandbox.account().clone() })
    }

    /// A call below `session/1.0/session` with the headers that every call has.
    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.with_headers(self.http.request(method, format!("{}/session/1.0/session/{path}", self.base)))
    }

    pub(crate) fn with_headers(&self, request: RequestBuilder) -> RequestBuilder {
        request
            .bearer_auth(&self.account.access_token)
            .header("consumerKey", &self.account.consumer_key)
            .header("ip", "")
            .header("appId", "")
    }

    pub(crate) async fn init(&self) -> Result<Response> {
        Ok(self.call(Method::GET, "init").header("userid", &self.account.userid).send().await?)
    }

    pub(crate) async fn login_with(&self, password: &str) -> Result<Response> {
        let body = json!({ "userid": self.account.userid, "password": password });
        Ok(self.call(Method::POST, "login/userid").json(&body).send().await?)
    }

    pub(crate) async fn one_time_token(&self) -> Result<String> {
        let answer: Value = self.login_with(&self.account.password).await?.json().await?;
        text(&answer, "/Success/oneTimeToken")
    }

    pub(crate) async fn second_factor(&self, token: &str, factor: &str, mut body: Value) -> Result<Response> {
        let members = body.as_object_mut().ok_or("a body is an object")?;
        members.insert("userid".into(), self.account.userid.as_str().into());
        let request = self.call(Method::POST, &format!("2FA/{factor}")).header("oneTimeToken", token);
        Ok(request.json(&body).send().await?)
    }

    pub(crate) async fn session_token(&self) -> Result<String> {
        let token = self.one_time_token().await?;
        let answer = self.second_factor(&token, "oneTimeToken", json!({})).await?;
        text(&answer.json().await?, "/success/sessionToken")
    }

    pub(crate) async fn logout(&self, session: &str) -> Result<Response> {
        let request = self.call(Method::DELETE, "logout").header("userid", &self.account.userid);
        Ok(request.header("sessionToken", session).send().await?)
    }

    pub(crate) async fn orders(&self, session: &str) -> Result<Response> {
        let request = self.http.get(format!("{}/reports/1.0/orders", self.base));
        Ok(self.with_headers(request).header("sessionToken", session).send().await?)
    }
}

pub(crate) fn text(answer: &Value, pointer: &str) -> Result<String> {
    let found = answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    Ok(found.ok_or_else(|| format!("no {pointer} in {answer}"))?)
}

/// Status and fault code of an answer.
pub(crate) async fn fault(answer: Response) -> Result<(StatusCode, i64)> {
    let status = answer.status();
    let body: Value = answer.json().await?;
    let code = body.pointer("/fault/code").and_then(Value::as_i64);
    Ok((status, code.ok_or_else(|| format!("no fault code in {body}"))?))
}
