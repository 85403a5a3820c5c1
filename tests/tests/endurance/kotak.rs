//! Users of Kotak's Trade API, with each of its second factors.

use std::time::Duration;

use broker_session::{Error, ErrorKind, SavedSession, Secret, kotak};
use broker_session_sandbox::{
    Call, Sandbox,
    kotak::{Account, Kotak, Operation},
};
use serde_json::Value;

use crate::{
    ledger::Guess,
    people::{self, Life, TRIES},
    plan::options,
};

/// Longer than a one-time token lives.
const TOO_LONG: Duration = Duration::from_secs(6 * 60);

/// Somebody with one of the second factors.
pub(crate) struct Flow {
    client: kotak::Client,
    userid: String,
    factor: Factor,
    is_wrong: bool,
    round: usize,
    /// The last guess, if it was given up or not judged.
    kept: Option<String>,
}

#[derive(Clone, Copy, Debug)]
enum Factor {
    AccessCode,
    Mpin,
    Biometric,
    OneTimeToken,
}

impl people::Flow for Flow {
    type Broker = Kotak;
    type Profile = kotak::Profile;

    async fn begin(index: usize, is_wrong: bool) -> (Self, Sandbox<Kotak>) {
        let account = Account { userid: format!("SAMPLE{index}"), ..Account::default() };
        let builder = Sandbox::<Kotak>::builder().account(account.clone());
        let builder = if index.is_multiple_of(3) { builder.redirect_to_second_base() } else { builder };
        let sandbox = builder.start().await.expect("a sandbox");
        let factors = [Factor::AccessCode, Factor::Mpin, Factor::Biometric, Factor::OneTimeToken];
        let credentials = kotak::Credentials::new()
            .userid(account.userid.as_str())
            .consumer_key(account.consumer_key)
            .access_token(account.access_token);
        let client = kotak::Client::builder().credentials(credentials).base_url(sandbox.base_url());
        let client = client.options(options()).build().expect("a client");
        let (userid, factor) = (account.userid, factors[index % factors.len()]);
        (Self { client, userid, factor, is_wrong, round: 0, kept: None }, sandbox)
    }

    async fn enter(&mut self, life: &mut Life<Kotak>) -> Option<kotak::Session> {
        self.round += 1;
        let password = format!("made-up-password-{}", self.round);
        let right = self.kept.take().unwrap_or_else(|| format!("{:06}", self.round));
        life.sandbox
            .change_account(&self.userid, |account| {
                account.password.clone_from(&password);
                account.access_code.clone_from(&right);
                account.mpin = Some(right.clone());
                account.biometric = Some(right.clone());
            })
            .expect("the user");
        let guess = if self.is_wrong { format!("wrong-{}", self.round) } else { right };
        let (password, guess) = (Secret::new(password), Secret::new(guess));
        let pending = self.log_in(life, &password).await?;
        life.may_end_sign_in(|sandbox| sandbox.advance(TOO_LONG));
        for _ in 0..TRIES {
            life.pause().await;
            let outcome = match self.factor {
                Factor::AccessCode => life.open(pending.submit_access_code(&guess)).await,
                Factor::Mpin => life.open(pending.submit_mpin(&guess)).await,
                Factor::Biometric => life.open(pending.submit_biometric(&guess)).await,
                Factor::OneTimeToken => life.open(pending.redeem_one_time_token()).await,
            };
            match outcome {
                Some(Ok(session)) => return Some(session),
                // After giving up, or if the sign-in was over, the same guess is made in the next one.
                Some(Err(error)) if error.kind() != ErrorKind::LoginRequired || error.is_unsent() => {}
                _ => self.kept = Some(guess.expose().to_owned()),
            }
        }
        None
    }

    fn resume(&self, saved: SavedSession) -> kotak::Session {
        self.client.resume(saved).expect("a session of this client")
    }

    async fn call(&self, session: &kotak::Session) -> Result<(), Error> {
        session.get("reports/1.0/orders").send().await.map(drop)
    }

    fn guess(call: &Call) -> Option<Guess> {
        let field = |name: &str| {
            let body: Value = serde_json::from_slice(&call.body).ok()?;
            Some(body.get(name)?.as_str()?.to_owned())
        };
        let token = call.header("oneTimeToken").unwrap_or_default().to_owned();
        let factor = |at, name| Some(Guess { at, value: field(name)?, sign_in: token.clone() });
        match Operation::from_id(call.operation?)? {
            Operation::SessionLoginUserid => {
                Some(Guess { at: "password", value: field("password")?, sign_in: String::new() })
            }
            Operation::Session2faAccesscodePost => factor("access code", "accessCode"),
            Operation::Session2faMpin => factor("pin", "mpin"),
            Operation::Session2faBiometric => factor("proof", "biometric"),
            Operation::Session2faOneTimeToken => {
                Some(Guess { at: "one-time token", value: token, sign_in: String::new() })
            }
            _ => None,
        }
    }
}

impl Flow {
    async fn log_in(&self, life: &mut Life<Kotak>, password: &Secret) -> Option<kotak::Pending> {
        for _ in 0..TRIES {
            if let Some(Ok(pending)) = life.begin(self.client.login(password)).await {
                return Some(pending);
            }
            life.pause().await;
        }
        None
    }
}
