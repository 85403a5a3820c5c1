//! A small client of the wire, so that the tests read as what they hold.

use std::error::Error;

use broker_session_sandbox::ibkr::{Builder, Sandbox};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// A client at a base.
pub(crate) struct Wire {
    pub(crate) http: Client,
    pub(crate) base: String,
}

impl Wire {
    pub(crate) fn new(base: &str) -> Result<Self> {
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { http, base: base.to_owned() })
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if method == Method::POST { request.header(CONTENT_LENGTH, 0) } else { request }
    }

    pub(crate) async fn post(&self, path: &str) -> Result<Response> {
        Ok(self.request(Method::POST, path).send().await?)
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Response> {
        Ok(self.request(Method::GET, path).send().await?)
    }

    pub(crate) async fn status(&self) -> Result<Value> {
        Ok(self.post("/iserver/auth/status").await?.error_for_status()?.json().await?)
    }

    pub(crate) async fn tickle(&self) -> Result<Value> {
        Ok(self.post("/tickle").await?.error_for_status()?.json().await?)
    }

    pub(crate) async fn send_init(&self, body: Value) -> Result<Response> {
        let request = self.http.post(format!("{}/iserver/auth/ssodh/init", self.base));
        Ok(request.json(&body).send().await?)
    }

    pub(crate) async fn init(&self, compete: bool) -> Result<Value> {
        let answer = self.send_init(json!({ "publish": true, "compete": compete })).await?;
        Ok(answer.error_for_status()?.json().await?)
    }
}

/// A sandbox that leaves the opening of the brokerage session to its clients.
pub(crate) fn closed() -> Builder {
    Sandbox::builder().opened_at_sign_in(false)
}

/// A sandbox without limits, and a client at its newer base.
pub(crate) async fn start(builder: Builder) -> Result<(Sandbox, Wire)> {
    let sandbox = builder.pacing(false).start().await?;
    let wire = Wire::new(sandbox.base_url())?;
    Ok((sandbox, wire))
}

/// Status, kind of content and body of an answer; for a redirect where it leads to.
pub(crate) async fn seen(answer: Response) -> Result<(u16, String, String)> {
    let status = answer.status().as_u16();
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = match header(LOCATION) {
        "" => header(CONTENT_TYPE).split(';').next().unwrap_or_default().to_owned(),
        location => location.to_owned(),
    };
    Ok((status, kind, answer.text().await?))
}
