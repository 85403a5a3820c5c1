//! The demonstration of Kotak: every second factor.

use std::time::Duration;

use broker_session::{
    ErrorKind, Secret,
    kotak::{Client, Credentials, Pending, Session},
};
use broker_session_sandbox::kotak::{Account, Kotak, Sandbox};
use serde_json::Value;

use super::{BROKER, factor::Factor};
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
        let pending = self.login().await?;
        let sent = pending.request_access_code().await?;
        let phone = sent.phone.as_deref().unwrap_or("an unknown number");
        self.step("ask for an access code", &format!("it is sent to {}", printable(phone)))?;
        let userid = pending.userid().to_owned();
        let code = self.sandbox.access_code(&userid).unwrap_or_default();
        let wrong = if code == "000000" { "111111" } else { "000000" };
        match pending.access_code(&Secret::from(wrong)).await {
            Err(error) if error.kind() == ErrorKind::SecondFactor => {
                self.step("give a wrong code", &refusal(&error))?;
            }
            _ => return Err(otherwise("a wrong code was not refused")),
        }
        let session = pending.access_code(&Secret::from(code)).await?;
        self.step("give the right code", "accepted on the same sign-in")?;
        self.use_and_end(session).await
    }

    async fn sign_in_and_out(&mut self, factor: Factor) -> Result<(), Failure> {
        self.heading(factor.question())?;
        let pending = self.login().await?;
        let account = self.sandbox.account();
        let secret = |value: &Option<String>| Secret::from(value.clone().unwrap_or_default());
        let session = match factor {
            Factor::Mpin => pending.mpin(&secret(&account.mpin)).await?,
            Factor::Biometric => pending.biometric(&secret(&account.biometric)).await?,
            _ => pending.one_time_token().await?,
        };
        self.step(&format!("give the second factor ({})", factor.name()), "accepted")?;
        self.use_and_end(session).await
    }

    /// The steps before the second factor.
    async fn login(&mut self) -> Result<Pending, Failure> {
        let Account { userid, password, access_token, consumer_key, .. } = self.sandbox.account().clone();
        let credentials = Credentials::new(userid, consumer_key).access_token(access_token);
        let client = Client::builder().credentials(credentials).base_url(self.sandbox.base_url()).build()?;
        let initialised = client.init().await?;
        let host = host_of(initialised.base_url());
        self.step("start the session", &format!("the broker says to carry on at {host}"))?;
        let pending = initialised.login(&Secret::new(password)).await?;
        let factors = pending.factors();
        let set_up = match (factors.mpin, factors.biometric) {
            (true, true) => "mpin and biometric are set up",
            (true, false) => "mpin is set up",
            (false, true) => "biometric is set up",
            (false, false) => "neither mpin nor biometric is set up",
        };
        self.step("check the password", &format!("right; {set_up}"))?;
        Ok(pending)
    }

    /// What a session is for: requests of the program's own, until it is ended.
    async fn use_and_end(&mut self, session: Session) -> Result<(), Failure> {
        let url = self.sandbox.orders_url();
        let own_request = |session: &Session| session.authorize(session.http().get(&url));
        let alive = answer(own_request(&session)?).await?;
        if alive.0 != 200 || alive.1 {
            return Err(otherwise("an authorised request was refused"));
        }
        self.step("make an authorised request", "status 200")?;
        let dead = own_request(&session)?;
        let userid = session.userid().to_owned();
        session.logout().await?;
        if self.sandbox.live_sessions(&userid) != 0 {
            return Err(otherwise("the session is still alive after the logout"));
        }
        self.step("sign out", "the session is over")?;
        let (status, fault) = answer(dead).await?;
        if status == 200 && !fault {
            return Err(otherwise("a dead session was accepted"));
        }
        self.step("make the same request once more", &format!("refused, as it should be (status {status})"))
    }
}

/// The status of an answer, and whether there is a fault in it.
async fn answer(request: reqwest::RequestBuilder) -> Result<(u16, bool), Failure> {
    let failed = |_| otherwise("a request to the sandbox got no answer");
    let answer = request.send().await.map_err(failed)?;
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap_or_default();
    Ok((status, body.get("fault").is_some()))
}
