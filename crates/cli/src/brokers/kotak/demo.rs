//! The demonstration of Kotak: every second factor.

use std::time::Duration;

use broker_session::{
    ErrorKind, Secret,
    kotak::{Client, Credentials, Pending, Session},
};
use broker_session_sandbox::kotak::{Account, Kotak, Sandbox};
use serde_json::Value;

use super::{BROKER, login::Factor};
use crate::{
    demo::{Demo, otherwise, refusal},
    failure::Failure,
    output::{host_of, printable},
};

/// Runs the demonstration, and gives back what was shown.
///
/// # Errors
/// If a step does not go as it should.
pub(crate) async fn demo(json: bool) -> Result<Value, Failure> {
    let builder = Sandbox::builder().access_code_lifetime(Duration::MAX);
    Demo::run(&BROKER, builder, json, async |demo| {
        demo.access_code().await?;
        for factor in [Factor::OneTimeToken, Factor::Mpin, Factor::Biometric] {
            demo.sign_in_and_out(factor).await?;
        }
        Ok(())
    })
    .await
}

impl Demo<Kotak> {
    /// The longest way: the code is asked for, then given wrong, then right.
    async fn access_code(&mut self) -> Result<(), Failure> {
        self.heading("Access code")?;
        let (client, pending) = self.login().await?;
        let sent = pending.request_access_code().await?;
        let phone = sent.phone.as_deref().unwrap_or("an unknown number");
        self.step("ask for an access code", &format!("it is sent to {}", printable(phone)))?;
        let userid = pending.user().to_owned();
        let code = self.sandbox.access_code(&userid).unwrap_or_default();
        let wrong = if code == "000000" { "111111" } else { "000000" };
        match pending.submit_access_code(&Secret::from(wrong)).await {
            Err(error) if error.kind() == ErrorKind::SecondFactor => {
                self.step("give a wrong code", &refusal(&error))?;
            }
            _ => return Err(otherwise("a wrong code was not refused")),
        }
        let session = pending.submit_access_code(&Secret::from(code)).await?;
        self.step("give the right code", "accepted on the same sign-in")?;
        self.use_session(client, session).await
    }

    async fn sign_in_and_out(&mut self, factor: Factor) -> Result<(), Failure> {
        self.heading(factor.question())?;
        let (client, pending) = self.login().await?;
        let account = self.sandbox.account();
        let secret = |value: &Option<String>| Secret::from(value.clone().unwrap_or_default());
        let session = match factor {
            Factor::Mpin => pending.submit_mpin(&secret(&account.mpin)).await?,
            Factor::Biometric => pending.submit_biometric(&secret(&account.biometric)).await?,
            _ => pending.redeem_one_time_token().await?,
        };
        self.step(&format!("give the second factor ({})", factor.name()), "accepted")?;
        self.use_session(client, session).await
    }

    /// The steps before the second factor.
    async fn login(&mut self) -> Result<(Client, Pending), Failure> {
        let Account { userid, password, access_token, consumer_key, .. } = self.sandbox.account().clone();
        let credentials =
            Credentials::new().userid(userid).consumer_key(consumer_key).access_token(access_token);
        let client = Client::builder().credentials(credentials).base_url(self.sandbox.base_url()).build()?;
        let initialized = client.init().await?;
        let host = host_of(initialized.base_url());
        self.step("start the session", &format!("the broker names {host} to go on with"))?;
        let pending = initialized.login(&Secret::new(password)).await?;
        let factors = pending.factors();
        let set_up = match (factors.mpin, factors.biometric) {
            (true, true) => "mpin and biometric are set up",
            (true, false) => "mpin is set up",
            (false, true) => "biometric is set up",
            (false, false) => "neither mpin nor biometric is set up",
        };
        self.step("check the password", &format!("right; {set_up}"))?;
        Ok((client, pending))
    }

    /// What a session is for.
    async fn use_session(&mut self, client: Client, session: Session) -> Result<(), Failure> {
        let again = client.resume(session.save())?;
        self.use_and_end(session, again, "reports/1.0/orders", Sandbox::live_sessions).await
    }
}
