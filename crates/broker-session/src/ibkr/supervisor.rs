//! Keeps a session alive, in one task.
//!
//! Other keep-alives end with their first error, take a 200 for a success, open the session again where that cannot
//! help, and do so all at once. Here one task does all of it, survives every failure, and knows at any time the state of
//! the session, since when it is so and why.

use std::{sync::OnceLock, time::Duration};

use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot, watch},
    task::AbortHandle,
    time::timeout,
};

use super::{
    Session,
    client::{Client, Compete},
    keepalive::{CLOSED_HINT, Keepalive},
    status::{SessionState, State},
};
use crate::Error;

/// How often a session is tickled by default; the broker's advice is about once a minute.
const DEFAULT_TICKLE_PERIOD: Duration = Duration::from_secs(60);

/// The broker accepts one tickle a second.
const MIN_TICKLE_PERIOD: Duration = Duration::from_secs(1);

/// The idle time-out is five to six minutes.
const MAX_TICKLE_PERIOD: Duration = Duration::from_secs(5 * 60);

/// How long an opened session may take by default until it can be used.
const DEFAULT_RECOVERY_DEADLINE: Duration = Duration::from_secs(30);

/// How long a single round may wait for the single sign-on by default.
const DEFAULT_VALIDATION_DEADLINE: Duration = Duration::from_secs(60);

/// How many callers may wait for a diagnosis; further ones wait for their turn to wait.
const MAX_WAITING: usize = 64;

/// Keeps the session of a gateway alive until it is shut down or dropped.
///
/// Every minute it tickles, reads the response, and where the session cannot be used finds out why. It opens the
/// brokerage session again only where that helps: never on one that is alive, never without a single sign-on,
/// never with `compete` unless allowed; and the more often it had to, the longer it waits in between, from a
/// minute to half an hour. With a [store](crate::ClientBuilder::store) it does so together with the other programs at the
/// gateway. After a 429 it sends nothing for the time of the penalty. If the server's certificate is not
/// a trusted one, it ends its work at once ([`State::is_final`]).
#[derive(Debug)]
pub struct Supervisor {
    client: Client,
    states: watch::Receiver<SessionState>,
    requests: mpsc::Sender<oneshot::Sender<SessionState>>,
    task: AbortHandle,
    /// The state after a logout.
    signed_out: OnceLock<Box<SessionState>>,
}

/// Builds a [`Supervisor`].
#[derive(Clone, Debug)]
pub struct SupervisorBuilder {
    client: Client,
    compete: Compete,
    tickle_period: Duration,
    recovery_deadline: Duration,
    validation_deadline: Duration,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl SupervisorBuilder {
    /// Sets how often the session is tickled: from one second, which is the broker's limit, to five minutes,
    /// after which the session would time out; by default once a minute.
    pub fn tickle_every(mut self, period: Duration) -> Self {
        self.tickle_period = period;
        self
    }

    /// Sets how long a session that has been opened may take until it can be used; by default 30 seconds, five
    /// minutes at most.
    pub fn recovery_deadline(mut self, deadline: Duration) -> Self {
        self.recovery_deadline = deadline;
        self
    }

    /// Sets how long [`SupervisorBuilder::run_once`] may wait until it may be asked whether the single sign-on is alive,
    /// where that is in doubt; a minute by default, which is the broker's limit.
    pub fn validation_deadline(mut self, deadline: Duration) -> Self {
        self.validation_deadline = deadline;
        self
    }

    /// Starts the task. Its first round begins at once.
    ///
    /// # Errors
    /// `Config` if the period or the time for a recovery is out of its limits, or outside a tokio runtime.
    pub fn start(self) -> Result<Supervisor, Error> {
        let runtime = Handle::try_current()
            .map_err(|_| Error::config("a supervisor needs a tokio runtime, and there is none here"))?;
        let (mut keepalive, states) = self.keepalive()?;
        let (sender, requests) = mpsc::channel(MAX_WAITING);
        let task = runtime.spawn(async move { keepalive.run(requests).await }).abort_handle();
        Ok(Supervisor { client: self.client, states, requests: sender, task, signed_out: OnceLock::new() })
    }

    /// Does one round and ends: tickles, finds out the state of the session, opens it again if that helps and is
    /// allowed, and waits until it can be used.
    ///
    /// # Errors
    /// `Config` if the period or the time for a recovery is out of its limits.
    pub async fn run_once(self) -> Result<SessionState, Error> {
        let (mut keepalive, states) = self.keepalive()?;
        keepalive.run_once(self.validation_deadline).await;
        Ok(states.borrow().clone())
    }

    /// Makes sure that it can be started.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.keepalive().map(drop)
    }

    fn keepalive(&self) -> Result<(Keepalive, watch::Receiver<SessionState>), Error> {
        if !(MIN_TICKLE_PERIOD..=MAX_TICKLE_PERIOD).contains(&self.tickle_period) {
            return Err(Error::config("the period of the tickles must be from one second to five minutes"));
        }
        if self.recovery_deadline > MAX_TICKLE_PERIOD {
            return Err(Error::config(
                "the time for a recovery must be no more than five minutes: nothing is tickled meanwhile",
            ));
        }
        Ok(Keepalive::new(self.client.clone(), self.compete, self.tickle_period, self.recovery_deadline))
    }
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Supervisor {
    /// Starts building a supervisor. The caller decides what to do about a session that the same user has elsewhere:
    /// with [`Compete::TakeOver`] the phone or the desktop is thrown out whenever it holds the session.
    pub fn builder(client: Client, compete: Compete) -> SupervisorBuilder {
        SupervisorBuilder {
            client,
            compete,
            tickle_period: DEFAULT_TICKLE_PERIOD,
            recovery_deadline: DEFAULT_RECOVERY_DEADLINE,
            validation_deadline: DEFAULT_VALIDATION_DEADLINE,
        }
    }

    /// The state of the session, as of the last round.
    pub fn state(&self) -> SessionState {
        match self.signed_out.get() {
            Some(state) => (**state).clone(),
            None => self.states.borrow().clone(),
        }
    }

    /// A channel with the state, which reports every change of the state or its reason. A slow reader sees the
    /// latest only.
    pub fn subscribe(&self) -> watch::Receiver<SessionState> {
        self.states.clone()
    }

    /// Does a round now, and returns the state. For a program whose own request was refused: a tickle that reports that
    /// all is well is then not relied on. However many ask at once, there is one round, and one recovery if it helps.
    pub async fn diagnose(&self) -> SessionState {
        let (sender, state) = oneshot::channel();
        // If the task has ended, the last state is returned.
        let _ = self.requests.send(sender).await;
        match state.await {
            Ok(state) => state,
            Err(_) => self.state(),
        }
    }

    /// Waits until the session can be used, for at most `deadline`.
    ///
    /// # Errors
    /// The state of the session when the deadline has passed: `LoginRequired` with the page to open,
    /// `SessionExpired`, `Refused` if it is held elsewhere, `RateLimited`, or `Unavailable`. At once, where no waiting
    /// helps: `HostNotAllowed` if the server's certificate is not the trusted one, `Unavailable` if it is not trusted,
    /// `SessionExpired` after a logout.
    pub async fn wait_until_ready(&self, deadline: Duration) -> Result<SessionState, Error> {
        let mut states = self.subscribe();
        let is_decided = |state: &SessionState| state.is_ready() || state.state().is_final();
        if self.signed_out.get().is_none() {
            // It fails if the deadline has passed, or if the task has ended, which it does only in a final state.
            let _ = timeout(deadline, states.wait_for(is_decided)).await;
        }
        let state = self.state();
        if state.is_ready() { Ok(state) } else { Err(state.to_error()) }
    }

    /// The session, for the program's own requests: [`Client::session`]. It stays the same when the supervisor opens the
    /// brokerage session again.
    ///
    /// # Errors
    /// Those of [`Client::session`].
    pub async fn session(&self) -> Result<Session, Error> {
        self.client.session().await
    }

    /// Ends the task; what it has under way is cancelled. The session stays as it is, until it times out.
    pub async fn shutdown(self) {
        self.end().await;
    }

    /// Ends the task, then the session. If that fails, the call may be made again.
    ///
    /// # Errors
    /// Those of [`Client::logout`]; the task has ended even so.
    pub async fn logout(&self) -> Result<(), Error> {
        self.end().await;
        self.client.logout().await?;
        let state = SessionState::new(State::SoftTimeout, "the session was signed out", None);
        self.signed_out.get_or_init(|| Box::new(state.with_hint(Some(CLOSED_HINT))));
        Ok(())
    }

    async fn end(&self) {
        self.task.abort();
        // The task owns the sender, so the channel is closed when the task is gone.
        let mut states = self.states.clone();
        while states.changed().await.is_ok() {}
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        sync::{Arc, Mutex},
        thread,
    };

    use broker_session_runtime::ErrorKind;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// A gateway with an open session until the first logout, and the paths that were called.
    fn gateway() -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}/v1/api", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let seen = calls.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, mut buffer) = (stream.unwrap(), [0; 4096]);
                let length = stream.read(&mut buffer).unwrap();
                let request = String::from_utf8_lossy(&buffer[..length]);
                let path = request.split_whitespace().nth(1).unwrap().trim_start_matches("/v1/api/");
                let is_over = seen.lock().unwrap().iter().any(|call| call == "logout");
                let (status, body) = match path {
                    _ if is_over => ("401 Unauthorized", r#"{"error":"not authenticated"}"#),
                    "tickle" => {
                        ("200 OK", r#"{"iserver":{"authStatus":{"authenticated":true,"connected":true}}}"#)
                    }
                    "sso/validate" => {
                        ("200 OK", r#"{"RESULT":true,"USER_NAME":"sample","AUTH_TIME":1728751902917}"#)
                    }
                    _ => ("200 OK", r#"{"status":true}"#),
                };
                seen.lock().unwrap().push(path.to_owned());
                let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\n");
                let head = format!("{head}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
                stream.write_all((head + body).as_bytes()).unwrap();
            }
        });
        (base_url, calls)
    }

    async fn ready() -> (Supervisor, Arc<Mutex<Vec<String>>>) {
        let (base_url, calls) = gateway();
        let client = Client::builder().base_url(base_url).build().unwrap();
        let supervisor = Supervisor::builder(client, Compete::Yield).start().unwrap();
        supervisor.wait_until_ready(MINUTE).await.unwrap();
        (supervisor, calls)
    }

    #[tokio::test]
    async fn the_user_of_a_session_is_asked_for_once_a_minute() {
        let (supervisor, calls) = ready().await;
        for _ in 0..2 {
            let session = supervisor.session().await.unwrap();
            assert_eq!(session.user(), "sample");
            assert_eq!(session.login_time().unwrap().to_string(), "2024-10-12T16:51:42.917Z");
            session.get("iserver/accounts").send().await.unwrap();
        }
        let expected = ["tickle", "sso/validate", "iserver/accounts", "iserver/accounts"];
        assert_eq!(*calls.lock().unwrap(), expected);
    }

    #[tokio::test]
    async fn a_supervisor_that_has_signed_out_is_not_ready() {
        let (supervisor, calls) = ready().await;
        supervisor.logout().await.unwrap();
        assert_eq!(*calls.lock().unwrap(), ["tickle", "logout"]);
        assert_eq!(supervisor.diagnose().await.hint(), Some(CLOSED_HINT));
        let error = supervisor.wait_until_ready(MINUTE).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SessionExpired, "{error}");
        // It can be called again.
        assert_eq!(supervisor.logout().await.unwrap_err().kind(), ErrorKind::SessionExpired);
    }
}
