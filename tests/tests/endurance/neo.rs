//! Users of Kotak Neo, with codes from an authenticator and an MPIN.

use std::time::Duration;

use broker_session::{Error, ErrorKind, SavedSession, Secret, neo};
use broker_session_sandbox::{
    Call, Clock, Sandbox,
    neo::{Account, Neo, Operation},
};
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    ledger::Guess,
    people::{self, Life, TRIES},
    plan::options,
};

/// How long a code is current.
const STEP: Duration = Duration::from_secs(30);

/// Somebody with an authenticator.
pub(crate) struct Flow {
    client: neo::Client,
    totp: neo::Totp,
    ucc: String,
    is_wrong: bool,
    round: usize,
    /// The last MPIN, if it was given up or not judged.
    kept: Option<String>,
}

impl people::Flow for Flow {
    type Broker = Neo;
    type Profile = neo::Profile;

    async fn begin(index: usize, is_wrong: bool) -> (Self, Sandbox<Neo>) {
        let account = Account { ucc: format!("SAMPLE{index}"), ..Account::default() };
        // Six in the morning in India: sessions end at midnight.
        let clock = Clock::starting_at("2026-01-05T00:30:00Z".parse::<Timestamp>().expect("a time"));
        let builder = Sandbox::<Neo>::builder().account(account.clone()).clock(clock);
        let sandbox = builder.start().await.expect("a sandbox");
        let credentials = neo::Credentials::new()
            .mobile(account.mobile)
            .ucc(account.ucc.as_str())
            .access_token(account.access_token);
        let client = neo::Client::builder().credentials(credentials).base_url(sandbox.base_url());
        let client = client.options(options()).build().expect("a client");
        let clock = sandbox.clock().clone();
        let totp = client.totp_from_secret(&Secret::new(account.totp_secret)).expect("a secret");
        let totp = totp.clock(move || clock.now());
        (Self { client, totp, ucc: account.ucc, is_wrong, round: 0, kept: None }, sandbox)
    }

    async fn enter(&mut self, life: &mut Life<Neo>) -> Option<neo::Session> {
        self.round += 1;
        let right = self.kept.take().unwrap_or_else(|| format!("{:06}", self.round));
        life.sandbox.change_account(&self.ucc, |account| account.mpin.clone_from(&right)).expect("the user");
        let mpin = if self.is_wrong { format!("{:06}", 900_000 + self.round) } else { right };
        let mpin = Secret::new(mpin);
        // Nobody has to wait for the next code.
        life.sandbox.advance(STEP);
        let code = self.totp.next_code().await.expect("a code");
        let view = self.log_in(life, &code).await?;
        life.may_end_sign_in(|sandbox| sandbox.end_sessions(sandbox.user()));
        for _ in 0..TRIES {
            life.pause().await;
            match life.open(view.validate(&mpin)).await {
                Some(Ok(session)) => return Some(session),
                // After giving up, or if the sign-in was over, the same guess is made in the next one.
                Some(Err(error)) if error.kind() != ErrorKind::SessionExpired || error.is_unsent() => {}
                _ => self.kept = Some(mpin.expose().to_owned()),
            }
        }
        None
    }

    fn resume(&self, saved: SavedSession) -> neo::Session {
        self.client.resume(saved).expect("a session of this client")
    }

    async fn call(&self, session: &neo::Session) -> Result<(), Error> {
        if self.round.is_multiple_of(2) {
            return session.client_ip().await.map(drop);
        }
        session.get("quick/user/orders").send().await.map(drop)
    }

    fn guess(call: &Call) -> Option<Guess> {
        let field = |name: &str| {
            let body: Value = serde_json::from_slice(&call.body).ok()?;
            Some(body.get(name)?.as_str()?.to_owned())
        };
        match Operation::from_id(call.operation?)? {
            Operation::TradeApiLogin => {
                Some(Guess { at: "one-time password", value: field("totp")?, sign_in: String::new() })
            }
            Operation::TradeApiValidate => {
                let sign_in = call.header("sid").unwrap_or_default().to_owned();
                Some(Guess { at: "MPIN", value: field("mpin")?, sign_in })
            }
            _ => None,
        }
    }
}

impl Flow {
    async fn log_in(&self, life: &mut Life<Neo>, code: &Secret) -> Option<neo::ViewSession> {
        for _ in 0..TRIES {
            if let Some(Ok(view)) = life.begin(self.client.login_totp(code)).await {
                return Some(view);
            }
            life.pause().await;
        }
        None
    }
}
