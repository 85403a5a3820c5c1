//! The demonstration of Kotak Neo: a code and a PIN, wrong ones among them, and a trading call.

use broker_session::{
    ErrorKind, Secret,
    neo::{Client, Credentials, Session, ViewSession},
};
use broker_session_sandbox::neo::{Account, Neo, Sandbox};
use serde_json::Value;

use super::BROKER;
use crate::{
    demo::{Demo, otherwise, refusal},
    failure::Failure,
    output::host_of,
};

/// Runs the demonstration, and gives back what was shown.
///
/// # Errors
/// If a step does not go as it should.
pub(crate) async fn demo(json: bool) -> Result<Value, Failure> {
    Demo::run(&BROKER, Sandbox::builder(), json, async |demo| {
        demo.heading("One-time password")?;
        let (client, view) = demo.one_time_password().await?;
        demo.heading("MPIN")?;
        let session = demo.mpin(view).await?;
        demo.heading("A session that may trade")?;
        let again = client.resume(session.save())?;
        demo.use_and_end(session, again, "quick/user/orders", Sandbox::live_sessions).await
    })
    .await
}

impl Demo<Neo> {
    async fn one_time_password(&mut self) -> Result<(Client, ViewSession), Failure> {
        let Account { access_token, mobile, ucc, .. } = self.sandbox.account().clone();
        let credentials = Credentials::new().mobile(mobile).ucc(ucc).access_token(access_token);
        let client = Client::builder().credentials(credentials).base_url(self.sandbox.base_url()).build()?;
        let code = self.sandbox.totp_now();
        let wrong = if code == "000000" { "111111" } else { "000000" };
        match client.login_totp(&Secret::from(wrong)).await {
            Err(error) if error.kind() == ErrorKind::Credentials => {
                self.step("give a wrong code", &refusal(&error))?;
            }
            _ => return Err(otherwise("a wrong code was not refused")),
        }
        let view = client.login_totp(&Secret::new(code.clone())).await?;
        let until = view.expires_at().map(|end| end.strftime("%Y-%m-%d %H:%M %:z").to_string());
        let until = until.ok_or_else(|| otherwise("the token does not contain its end"))?;
        self.step(
            "give the right code",
            &format!("accepted; until {until} the session may look, not trade"),
        )?;
        match client.login_totp(&Secret::new(code)).await {
            Err(error) if error.is_unsent() => {
                self.step("give the same code once more", "not sent, because each is good once")?;
            }
            _ => return Err(otherwise("a code was sent twice")),
        }
        Ok((client, view))
    }

    async fn mpin(&mut self, view: ViewSession) -> Result<Session, Failure> {
        let mpin = self.sandbox.account().mpin.clone();
        let wrong = if mpin == "000000" { "111111" } else { "000000" };
        match view.validate(&Secret::from(wrong)).await {
            Err(error) if error.kind() == ErrorKind::SecondFactor => {
                self.step("give a wrong MPIN", &refusal(&error))?;
            }
            _ => return Err(otherwise("a wrong MPIN was not refused")),
        }
        let session = view.validate(&Secret::new(mpin)).await?;
        let host = host_of(session.base_url());
        self.step("give the right MPIN", &format!("accepted; the broker names {host} to trade at"))?;
        Ok(session)
    }
}
