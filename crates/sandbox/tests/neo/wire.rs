//! A small client of the wire, so that the tests read as what they hold.

use std::error::Error;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use broker_session_sandbox::Clock;
use broker_session_sandbox::neo::{Account, Builder, Sandbox};
use jiff::Timestamp;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// A sandbox at 09:15 in India, whatever the time of day.
pub(crate) fn builder() -> Builder {
    let morning = Timestamp::constant(1_630_295_100, 0);
    Sandbox::builder().clock(Clock::starting_at(morning))
}

/// A session as a client holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) token: String,
    pub(crate) sid: String,
}

/// A client with an account's credentials.
pub(crate) struct Wire {
    http: Client,
    root: String,
    pub(crate) account: Account,
}

impl Wire {
    pub(crate) fn new(sandbox: &Sandbox) -> Result<Self> {
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { http, root: sandbox.root_url().to_owned(), account: sandbox.account().clone() })
    }

    /// A POST of JSON without any header of the broker's.
    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.root)).json(body)
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.root))
    }

    /// A POST without any body.
    pub(crate) fn bare_post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.root))
    }

    /// A call of the sign-in, with the headers of the application.
    pub(crate) fn sign_in(&self, path: &str, body: &Value) -> RequestBuilder {
        self.post(&format!("/login/1.0/{path}"), body)
            .header("Authorization", &self.account.access_token)
            .header("neo-fin-key", "neotradeapi")
    }

    pub(crate) fn login_body(&self, totp: &str) -> Value {
        json!({ "mobileNumber": self.account.mobile, "ucc": self.account.ucc, "totp": totp })
    }

    pub(crate) async fn login(&self, totp: &str) -> Result<Response> {
        Ok(self.sign_in("tradeApiLogin", &self.login_body(totp)).send().await?)
    }

    pub(crate) async fn validate(&self, view: &Session, mpin: &str) -> Result<Response> {
        let request = self.sign_in("tradeApiValidate", &json!({ "mpin": mpin }));
        Ok(request.header("sid", &view.sid).header("Auth", &view.token).send().await?)
    }

    pub(crate) async fn view_session(&self, sandbox: &Sandbox) -> Result<Session> {
        session(self.login(&sandbox.totp_now()).await?).await
    }

    pub(crate) async fn trade_session(&self, sandbox: &Sandbox) -> Result<Session> {
        let view = self.view_session(sandbox).await?;
        session(self.validate(&view, &self.account.mpin).await?).await
    }

    pub(crate) async fn client_ip(&self, trade: &Session) -> Result<Response> {
        let request =
            self.get("/login/1.0/get-client-ip").header("Authorization", &self.account.access_token);
        Ok(with(request, trade).send().await?)
    }

    pub(crate) async fn limits(&self, trade: &Session) -> Result<Response> {
        let form = [("jData", r#"{"seg":"ALL","exch":"ALL","prod":"ALL"}"#)];
        Ok(with(self.bare_post("/quick/user/limits"), trade).form(&form).send().await?)
    }

    pub(crate) async fn orders(&self, trade: &Session) -> Result<Response> {
        Ok(with(self.get("/quick/user/orders"), trade).send().await?)
    }

    /// A logout as the broker's earlier clients sent it.
    pub(crate) async fn logout(&self, trade: &Session) -> Result<Response> {
        let request = with(self.bare_post("/apim/login/2.0/logout"), trade);
        Ok(request.header("Content-Type", "application/x-www-form-urlencoded").send().await?)
    }
}

pub(crate) fn with(request: RequestBuilder, session: &Session) -> RequestBuilder {
    request.header("Sid", &session.sid).header("Auth", &session.token)
}

/// The session in an answer with status 200.
pub(crate) async fn session(answer: Response) -> Result<Session> {
    session_in(&answer.error_for_status()?.json().await?)
}

/// The session in an answer's body.
pub(crate) fn session_in(body: &Value) -> Result<Session> {
    let text = |pointer: &str| {
        let text = body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| format!("no {pointer} in {body}"))
    };
    Ok(Session { token: text("/data/token")?, sid: text("/data/sid")? })
}

/// Status and body of an answer.
pub(crate) async fn told(answer: Response) -> Result<(u16, Value)> {
    Ok((answer.status().as_u16(), answer.json().await?))
}

/// A part of a token: 0 is its header, 1 are its claims.
pub(crate) fn part(token: &str, number: usize) -> Result<Value> {
    let part = token.split('.').nth(number).ok_or("a token of too few parts")?;
    Ok(serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part)?)?)
}
