//! The demonstration of Interactive Brokers: a certificate of the gateway's own, a person who signs in, and what
//! happens to a session during a day.

use std::time::Duration;

use broker_session::{
    Connection, Error, ErrorKind,
    ibkr::{Compete, Gateway, Supervisor},
};
use broker_session_sandbox::ibkr::{Etiquette, Sandbox};
use serde_json::{Value, json};

use super::{NAME, report::words};
use crate::{
    demo::{Shown, no_port, otherwise, refusal},
    failure::Failure,
};

/// Who signs in.
const USER: &str = "sampleuser";

/// How long an opened session may take here.
const PATIENCE: Duration = Duration::from_secs(20);

/// After this an opening that was refused may be tried again.
const DECENT_PAUSE: Duration = Duration::from_secs(60);

/// Runs the demonstration, and gives back what was shown.
///
/// # Errors
/// If a step does not go as it should.
pub(crate) async fn demo(json: bool) -> Result<Value, Failure> {
    let sandbox = Sandbox::builder().https().signed_out().user_name(USER).start().await;
    let sandbox = sandbox.map_err(|error| no_port(&error))?;
    let mut demo = Demo { shown: Shown::new(json), sandbox };
    let outcome = demo.all().await;
    let base_url = demo.sandbox.base_url().to_owned();
    demo.sandbox.shutdown().await;
    outcome?;
    let steps = demo.shown.into_steps();
    Ok(json!({ "broker": NAME, "user": USER, "base_url": base_url, "steps": steps }))
}

struct Demo {
    shown: Shown,
    sandbox: Sandbox,
}

impl Demo {
    async fn all(&mut self) -> Result<(), Failure> {
        self.shown.heading("Interactive Brokers: The gateway's certificate")?;
        let start = format!("it listens at {}", self.sandbox.base_url());
        self.shown.step("start a sandbox", &start)?;
        let gateway = self.trust().await?;
        self.shown.heading("Interactive Brokers: A person signs in")?;
        self.sign_in(&gateway).await?;
        self.shown.heading("Interactive Brokers: A session elsewhere")?;
        self.compete(&gateway).await?;
        self.shown.heading("Interactive Brokers: Another certificate")?;
        let gateway = self.change_certificate(&gateway).await?;
        self.shown.heading("Interactive Brokers: A supervisor keeps the session alive")?;
        self.supervise(gateway).await
    }

    /// Nobody vouches for the certificate, so a person has to.
    async fn trust(&mut self) -> Result<Gateway, Failure> {
        let refused = self.gateway(Connection::new())?.status().await;
        if refused.as_ref().err().map(Error::kind) != Some(ErrorKind::Unavailable) {
            return Err(otherwise("a certificate that nobody trusts was accepted"));
        }
        if !self.sandbox.calls().is_empty() {
            return Err(otherwise("something was sent to a server that nobody trusts"));
        }
        self.shown.step("call it", "refused, because nobody trusts its certificate; nothing was sent")?;
        self.trusting().await
    }

    /// A gateway that is trusted by the fingerprint that it shows.
    async fn trusting(&mut self) -> Result<Gateway, Failure> {
        let presented = Connection::new().presented_certificate(self.sandbox.base_url()).await?;
        let fingerprint = presented.fingerprint().to_string();
        if Some(&fingerprint) != self.sandbox.certificate_fingerprint_sha256().as_ref() {
            return Err(otherwise("another certificate was shown than the sandbox has"));
        }
        self.shown.step("compare the fingerprint, and trust the certificate", &fingerprint)?;
        self.gateway(Connection::new().trust_fingerprint(&fingerprint)?)
    }

    async fn sign_in(&mut self, gateway: &Gateway) -> Result<(), Failure> {
        self.look(gateway, "login_required").await?;
        self.sandbox.sign_in();
        self.shown.step("a person opens the page and signs in", "the single sign-on is alive")?;
        self.look(gateway, "soft_timeout").await?;
        self.open(gateway).await?;
        let tickle = gateway.tickle().await?;
        let left = tickle.sso_expires.unwrap_or_default().as_secs();
        self.shown.step("tickle", &format!("alive; it would end by itself in {left} s"))
    }

    async fn compete(&mut self, gateway: &Gateway) -> Result<(), Failure> {
        self.sandbox.compete();
        self.shown.step("the same user signs in on a phone", "the phone has the brokerage session now")?;
        self.look(gateway, "competing").await?;
        match gateway.init(Compete::Yield).await {
            Err(error) if error.kind() == ErrorKind::Refused => {
                self.shown.step("open the brokerage session, leaving the phone alone", &refusal(&error))?;
            }
            _ => return Err(otherwise("the session of the phone was thrown out")),
        }
        self.sandbox.stop_competing();
        self.sandbox.advance(DECENT_PAUSE);
        self.shown.step("the phone signs out, and a minute passes", "the brokerage session is free")?;
        self.open(gateway).await
    }

    async fn change_certificate(&mut self, gateway: &Gateway) -> Result<Gateway, Failure> {
        let failed = |_| otherwise("the sandbox could not make another certificate");
        self.sandbox.replace_certificate().map_err(failed)?;
        self.shown.step("the gateway is installed anew", "it has another certificate")?;
        match gateway.status().await {
            Err(error) if error.kind() == ErrorKind::HostNotAllowed && error.is_unsent() => {
                self.shown
                    .step("call it", "refused, because the certificate has changed; nothing was sent")?;
            }
            _ => return Err(otherwise("a certificate that has changed was accepted")),
        }
        self.trusting().await
    }

    async fn supervise(&mut self, gateway: Gateway) -> Result<(), Failure> {
        self.sandbox.soft_time_out();
        self.shown.step("the brokerage session times out", "connected, but not authenticated")?;
        let supervisor = Supervisor::builder(gateway.clone(), Compete::Yield).start()?;
        let state = supervisor.ready(PATIENCE).await?;
        self.shown.step("start a supervisor", &format!("it opens the session again; {}", words(&state)))?;
        supervisor.logout().await?;
        if self.sandbox.state().single_sign_on {
            return Err(otherwise("the single sign-on is still alive after the logout"));
        }
        self.shown.step("sign out", "both sessions are over")?;
        match gateway.status().await {
            Err(error) if error.kind() == ErrorKind::LoginRequired => {
                let status = error.status().unwrap_or_default();
                let result = format!("refused, as it should be (status {status}): a person must sign in");
                self.shown.step("ask once more", &result)?;
            }
            _ => return Err(otherwise("a dead session was accepted")),
        }
        let etiquette = self.sandbox.etiquette();
        if etiquette != Etiquette::default() {
            return Err(otherwise(&format!("the broker's etiquette was broken: {etiquette:?}")));
        }
        let calls = self.sandbox.calls().len();
        self.shown.step("look at what the gateway has counted", &format!("{calls} calls, none of them amiss"))
    }

    async fn look(&mut self, gateway: &Gateway, expected: &str) -> Result<(), Failure> {
        let state = gateway.look().await?;
        if state.state().name() != expected {
            let what = format!("the session is {} and not {expected}", state.state().name());
            return Err(otherwise(&what));
        }
        self.shown.step("look at the session", &words(&state))
    }

    async fn open(&mut self, gateway: &Gateway) -> Result<(), Failure> {
        gateway.init(Compete::Yield).await?;
        gateway.ready(PATIENCE).await?;
        self.shown.step("open the brokerage session", "ready")
    }

    fn gateway(&self, connection: Connection) -> Result<Gateway, Failure> {
        Ok(Gateway::builder().base_url(self.sandbox.base_url()).connection(connection).build()?)
    }
}
