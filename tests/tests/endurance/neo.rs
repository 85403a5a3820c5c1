//! Users of Kotak Neo, with codes from an authenticator and an MPIN.

use std::time::Duration;

use broker_session::{ErrorKind, SavedSession, Secret, neo};
use broker_session_sandbox::{
    Call, Clock, Sandbox,
    neo::{Account, Neo, Operation},
};
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    ledger::Guess,
    people::{self, Life, TRIES},
    plan::connection,
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
    /// The last MPIN, if it was given up or nobody has looked at it.
    kept: Option<String>,
}

impl people::Flow for Flow {
    type Broker = Neo;
    type Session = neo::TradeSession;

    async fn begin(index: usize, is_wrong: bool) -> (Self, Sandbox<Neo>) {
        let account = Account { ucc: format!("SAMPLE{index}"), ..Account::default() };
        // Six in the morning in India: sessions end at midnight.
        let clock = Clock::starting_at("2026-01-05T00:30:00Z".parse::<Timestamp>().expect("a time"));
        let builder = Sandbox::<Neo>::builder().account(account.clone()).clock(clock);
        let sandbox = builder.start().await.expect("a sandbox");
        let credentials = neo::Credentials::new(account.mobile, account.ucc.as_str(), account.access_token);
        let client = neo::Client::builder().credentials(credentials).base_url(sandbox.base_url());
        let client = client.connection(connection()).build().expect("a client");
        let clock = sandbox.clock().clone();
        let totp = client.totp_from_secret(&Secret::new(account.totp_secret)).expect("a secret");
        let totp = totp.clock(move || clock.now());
        (Self { client, totp, ucc: account.ucc, is_wrong, round: 0, kept: None }, sandbox)
    }

    async fn enter(&mut self, life: &mut Life<Neo>) -> Option<neo::TradeSession> {
        self.round += 1;
        let right = self.kept.take().unwrap_or_else(|| format!("{:06}", self.round));
        life.sandbox.change_account(&self.ucc, |account| account.mpin.clone_from(&right)).expect("the user");
        let mpin = if self.is_wrong { format!("{:06}", 900_000 + self.round) } else { right };
        let mpin = Secret::new(mpin);
        // Nobody has to wait for the next code.
        life.sandbox.advance(STEP);
        let code = self.totp.code().await.expect("a code");
        let view = self.log_in(life, &code).await?;
        life.may_end_sign_in(|sandbox| sandbox.end_sessions(sandbox.user()));
        for _ in 0..TRIES {
            life.pause().await;
            match life.open(view.validate(&mpin)).await {
                Some(Ok(session)) => return Some(session),
                // Whoever has given up, or hears that the sign-in was over, tries the same guess in the next one.
                Some(Err(error)) if error.kind() != ErrorKind::SessionExpired || error.is_unsent() => {}
                _ => self.kept = Some(mpin.expose().to_owned()),
            }
        }
        None
    }

    fn resume(&self, saved: SavedSession) -> neo::TradeSession {
        self.client.resume(saved).expect("a session of this client")
    }

    async fn call(&self, session: &neo::TradeSession, life: &Life<Neo>) -> Option<bool> {
        if self.round.is_multiple_of(2) {
            return match session.client_ip().await {
                Ok(_) => Some(true),
                Err(error) => (error.kind() == ErrorKind::SessionExpired).then_some(false),
            };
        }
        let request = session.http().get(life.sandbox.orders_url()).timeout(Duration::from_secs(5));
        let answer = session.authorize(request).expect("a request").send().await.ok()?;
        let status = answer.status();
        answer.bytes().await.ok()?;
        Some(status.is_success())
    }

    fn guess(call: &Call) -> Option<Guess> {
        let member = |name: &str| {
            let body: Value = serde_json::from_slice(&call.body).ok()?;
            Some(body.get(name)?.as_str()?.to_owned())
        };
        match Operation::from_id(call.operation?)? {
            Operation::TradeApiLogin => {
                Some(Guess { at: "one-time password", value: member("totp")?, sign_in: String::new() })
            }
            Operation::TradeApiValidate => {
                let sign_in = call.header("sid").unwrap_or_default().to_owned();
                Some(Guess { at: "MPIN", value: member("mpin")?, sign_in })
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
