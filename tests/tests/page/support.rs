//! What these tests share: a server on a port of loopback, and its page in a browser.

use std::{net::SocketAddr, time::Duration};

use broker_session::{
    ClientOptions, RetryPolicy, Secret, SessionProvider,
    neo::{Client, Credentials, SignIn},
};
use broker_session_sandbox::neo::Sandbox;
use broker_session_serve::{Listener, Server, ServerBuilder, Token};
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, sleep},
};

pub(crate) type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// What does not show in this time never does. Shorter than the silence after which the page gives a connection up by itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// What expressions can use: a part of the first session, its text, the heights of its bars, the state of the connection.
const SHORTHANDS: &str = "
    const part = (name) => document.querySelector(`article [data-is=\"${name}\"]`);
    const text = (name) => part(name)?.textContent;
    const heights = () => [...part('chart').children].reduce((sum, bar) => sum + bar.height.baseVal.value, 0);
    const live = () => document.getElementById('live').textContent;";

/// A provider of the sandbox's user.
pub(crate) fn neo(sandbox: &Sandbox) -> Result<SessionProvider> {
    let account = sandbox.account();
    let credentials = Credentials::new()
        .mobile(account.mobile.as_str())
        .ucc(account.ucc.as_str())
        .access_token(account.access_token.as_str());
    let options = ClientOptions::new().retry(RetryPolicy::NEVER);
    let client =
        Client::builder().credentials(credentials).base_url(sandbox.base_url()).options(options).build()?;
    let clock = sandbox.clock().clone();
    let totp = client.totp_from_secret(&Secret::from(account.totp_secret.as_str()))?;
    let sign_in = SignIn::new(client).totp(totp.clock(move || clock.now())).mpin(account.mpin.as_str());
    Ok(SessionProvider::builder(sign_in).start()?)
}

/// A server that serves, until it is dropped.
pub(crate) struct Served {
    pub(crate) token: Token,
    address: SocketAddr,
    running: Option<(oneshot::Sender<()>, JoinHandle<std::io::Result<()>>)>,
}

impl Served {
    pub(crate) async fn start(builder: ServerBuilder) -> Result<Self> {
        let address = ([127, 0, 0, 1], 0).into();
        let mut served = Self { token: Token::generate(), address, running: None };
        served.start_again(builder).await?;
        Ok(served)
    }

    /// Serves something else at the same address.
    pub(crate) async fn start_again(&mut self, builder: ServerBuilder) -> Result {
        let server: Server = builder.token(self.token.clone()).build()?;
        let listener = Listener::bind(self.address).await?;
        self.address = listener.address().ok_or("a port has an address")?;
        let (stop, stopped) = oneshot::channel::<()>();
        let task =
            tokio::spawn(async move { server.serve(vec![listener], async { drop(stopped.await) }).await });
        self.running = Some((stop, task));
        Ok(())
    }

    pub(crate) async fn stop(&mut self) -> Result {
        let (stop, task) = self.running.take().ok_or("it does not run")?;
        drop(stop);
        Ok(task.await??)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The address of the page, for a browser that was never there.
    pub(crate) fn page_url(&self) -> String {
        self.url(&format!("/?token={}", self.token.secret().expose()))
    }

    /// A request with the token.
    pub(crate) async fn get(&self, path: &str) -> Result<reqwest::Response> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(http.get(self.url(path)).bearer_auth(self.token.secret().expose()).send().await?)
    }

    pub(crate) async fn status(&self) -> Result<Value> {
        Ok(self.get("/api/status").await?.json().await?)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some((_, task)) = &self.running {
            task.abort();
        }
    }
}

/// A page in a browser.
pub(crate) struct Page<'a>(pub(crate) &'a WebDriver);

impl<'a> Page<'a> {
    /// Lets the browser in, and waits for the first news.
    pub(crate) async fn open(driver: &'a WebDriver, served: &Served) -> Result<Self> {
        let page = Self(driver);
        driver.goto(served.page_url()).await?;
        page.until("document.querySelector('main') && !document.querySelector('main').ariaBusy").await?;
        assert_eq!(driver.current_url().await?.as_str(), served.url("/"));
        Ok(page)
    }

    /// The value of an expression in the page.
    pub(crate) async fn value(&self, expression: &str) -> Result<Value> {
        let script = format!("{SHORTHANDS}\nreturn {expression};");
        Ok(self.0.execute(script, vec![]).await?.json().clone())
    }

    /// Waits until an expression is true.
    pub(crate) async fn until(&self, expression: &str) -> Result {
        let condition = format!("Boolean({expression})");
        let found = within(async || Ok((self.value(&condition).await? == true).then_some(()))).await;
        if found.is_err() {
            let shown = self.value("document.body.innerText").await?;
            return Err(format!("never: {expression}\n{}", shown.as_str().unwrap_or_default()).into());
        }
        Ok(())
    }

    /// Emulates a preference of the person's.
    pub(crate) async fn emulate(&self, name: &str, value: &str) -> Result {
        let features = json!({ "features": [{ "name": name, "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features).await
    }

    /// Emulates a phone of this width, in CSS pixels.
    pub(crate) async fn resize(&self, width: u32) -> Result {
        let metrics = json!({ "width": width, "height": 700, "deviceScaleFactor": 1, "mobile": true });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Result {
        self.0.cdp().send_raw(command, parameters).await?;
        Ok(())
    }
}

/// Asks again and again until there is something.
///
/// # Errors
/// Those of the question, and that there is nothing for a long time.
pub(crate) async fn within<T>(ask: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if let Some(found) = ask().await? {
            return Ok(found);
        }
        sleep(Duration::from_millis(50)).await;
    }
    Err("it never came".into())
}
