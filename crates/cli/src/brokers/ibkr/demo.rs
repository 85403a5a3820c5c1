//! The demonstration of Interactive Brokers: a certificate of the gateway's own, a person who signs in, and what
//! happens to a session during a day.

use std::time::Duration;

use broker_session::{
    Error, ErrorKind,
    ibkr::{Client, ClientBuilder, Compete, Supervisor},
};
use broker_session_sandbox::ibkr::{Ibkr, Sandbox, Violations};
use serde_json::Value;

use super::{BROKER, status::description};
use crate::{
    demo::{Demo, otherwise, refusal},
    failure::Failure,
};

/// How long an opened session may take here.
const PATIENCE: Duration = Duration::from_secs(20);

/// After this an opening that was refused may be tried again.
const DECENT_PAUSE: Duration = Duration::from_secs(60);

/// Runs the demonstration, and gives back what was shown.
///
/// # Errors
/// If a step does not go as it should.
pub(crate) async fn demo(json: bool) -> Result<Value, Failure> {
    let builder = Sandbox::builder().https().signed_out().opened_at_sign_in(false);
    Demo::run(&BROKER, builder, json, async |demo| {
        demo.heading("The gateway's certificate")?;
        let client = demo.trust().await?;
        demo.heading("A person signs in")?;
        demo.sign_in(&client).await?;
        demo.heading("A session elsewhere")?;
        demo.compete(&client).await?;
        demo.heading("Another certificate")?;
        let client = demo.change_certificate(&client).await?;
        demo.heading("A supervisor keeps the session alive")?;
        demo.supervise(client).await
    })
    .await
}

impl Demo<Ibkr> {
    /// No authority vouches for the certificate, so a person has to.
    async fn trust(&mut self) -> Result<Client, Failure> {
        let refused = self.builder().build()?.auth_status().await;
        if refused.as_ref().err().map(Error::kind) != Some(ErrorKind::Unavailable) {
            return Err(otherwise("an untrusted certificate was accepted"));
        }
        if !self.sandbox.calls().is_empty() {
            return Err(otherwise("something was sent to a server that is not trusted"));
        }
        self.step("call it", "refused, because its certificate is not trusted; nothing was sent")?;
        self.trusting().await
    }

    /// A gateway that is trusted by the fingerprint that it shows.
    async fn trusting(&mut self) -> Result<Client, Failure> {
        let presented = self.builder().presented_certificate().await?;
        let fingerprint = presented.fingerprint().to_string();
        if Some(&fingerprint) != self.sandbox.certificate_fingerprint_sha256().as_ref() {
            return Err(otherwise("another certificate was shown than the sandbox has"));
        }
        self.step("compare the fingerprint, and trust the certificate", &fingerprint)?;
        Ok(self.builder().trust_fingerprint(fingerprint).build()?)
    }

    async fn sign_in(&mut self, client: &Client) -> Result<(), Failure> {
        self.look(client, "login_required").await?;
        self.sandbox.sign_in();
        self.step("a person opens the page and signs in", "the single sign-on is alive")?;
        self.look(client, "soft_timeout").await?;
        self.open(client).await?;
        let tickle = client.tickle().await?;
        let left = tickle.sso_expires.unwrap_or_default() / 1000;
        self.step("tickle", &format!("alive; it would end by itself in {left} s"))
    }

    async fn compete(&mut self, client: &Client) -> Result<(), Failure> {
        self.sandbox.compete();
        self.step("the same user signs in on a phone", "the phone has the brokerage session now")?;
        self.look(client, "competing").await?;
        match client.open_session(Compete::Yield).await {
            Err(error) if error.kind() == ErrorKind::Refused => {
                self.step("open the brokerage session, leaving the phone alone", &refusal(&error))?;
            }
            _ => return Err(otherwise("the session of the phone was thrown out")),
        }
        self.sandbox.stop_competing();
        self.sandbox.advance(DECENT_PAUSE);
        self.step("the phone signs out, and a minute passes", "the brokerage session is free")?;
        self.open(client).await
    }

    async fn change_certificate(&mut self, client: &Client) -> Result<Client, Failure> {
        let failed = |_| otherwise("the sandbox could not make another certificate");
        self.sandbox.replace_certificate().map_err(failed)?;
        self.step("the gateway is installed anew", "it has another certificate")?;
        match client.auth_status().await {
            Err(error) if error.kind() == ErrorKind::HostNotAllowed && error.is_unsent() => {
                self.step("call it", "refused, because the certificate has changed; nothing was sent")?;
            }
            _ => return Err(otherwise("a certificate that has changed was accepted")),
        }
        self.trusting().await
    }

    async fn supervise(&mut self, client: Client) -> Result<(), Failure> {
        self.sandbox.soft_time_out();
        self.step("the brokerage session times out", "connected, but not authenticated")?;
        let supervisor = Supervisor::builder(client.clone(), Compete::Yield).start()?;
        let state = supervisor.wait_until_ready(PATIENCE).await?;
        self.step("start a supervisor", &format!("it opens the session again; {}", description(&state)))?;
        supervisor.logout().await?;
        if self.sandbox.state().single_sign_on {
            return Err(otherwise("the single sign-on is still alive after the logout"));
        }
        self.step("sign out", "both sessions are over")?;
        match client.auth_status().await {
            Err(error) if error.kind() == ErrorKind::LoginRequired => {
                let status = error.status().unwrap_or_default();
                let result = format!("refused, as it should be (status {status}): a person must sign in");
                self.step("ask once more", &result)?;
            }
            _ => return Err(otherwise("a dead session was accepted")),
        }
        let violations = self.sandbox.violations();
        if violations != Violations::default() {
            return Err(otherwise(&format!("the broker's limits were not kept: {violations:?}")));
        }
        let calls = self.sandbox.calls().len();
        self.step("look at what the gateway has counted", &format!("{calls} calls, none against its limits"))
    }

    async fn look(&mut self, client: &Client, expected: &str) -> Result<(), Failure> {
        let state = client.diagnose().await?;
        if state.state().name() != expected {
            let what = format!("the session is {} and not {expected}", state.state().name());
            return Err(otherwise(&what));
        }
        self.step("look at the session", &description(&state))
    }

    async fn open(&mut self, client: &Client) -> Result<(), Failure> {
        client.open_session(Compete::Yield).await?;
        client.wait_until_ready(PATIENCE).await?;
        self.step("open the brokerage session", "ready")
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder().base_url(self.sandbox.base_url())
    }
}
