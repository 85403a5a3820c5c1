//! A day of the local proxy, in seconds: each request gets a response with a reason, and what an operator reads is true.
//!
//! The clock is paused and runs on whenever everybody waits. Clients and proxy are in one thread, so what one has written the
//! other one reads before that; and time stands still while a broker is asked.

use std::{collections::BTreeMap, future::pending, net::SocketAddr, sync::Arc, time::Duration};

use broker_session::{
    ClientOptions, Clock, SessionProvider,
    ibkr::{self, Compete},
    neo,
};
use broker_session_sandbox as sandbox;
use broker_session_serve::{Listener, Server, Token};
use contract_tests::{AT_ONCE, Network, PausedClock, secret};
use jiff::{Timestamp, tz::Offset};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// How often each session is used.
const STEP: Duration = Duration::from_secs(5 * 60);

const ORDERS: &str = "/neo/quick/user/orders";
const ACCOUNTS: &str = "/ibkr/iserver/accounts";

/// A proxy for two brokers, from nine in the morning in India on.
struct Day {
    began: Instant,
    neo: sandbox::neo::Sandbox,
    ibkr: sandbox::ibkr::Sandbox,
    networks: [Arc<PausedClock>; 2],
    address: SocketAddr,
    token: Token,
    http: reqwest::Client,
    /// What was responded to requests so far, by session and status.
    responses: BTreeMap<(&'static str, u16), u64>,
}

/// What a client and an operator see of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// It is there, and requests succeed.
    Ready,
    /// It is there, but the broker cannot be reached.
    Away,
    /// It has ended, and the next one cannot be had now.
    Failed,
    /// A person must sign in.
    PersonNeeded,
}

impl Day {
    async fn begin() -> Self {
        advance_to_nine().await;
        let clock = || sandbox::Clock::starting_at(Clock.now());
        let neo = sandbox::neo::Sandbox::builder().clock(clock()).start().await.unwrap();
        let midnight = sandbox::ibkr::Midnight::HongKong;
        let ibkr = sandbox::ibkr::Sandbox::builder().clock(clock()).midnight(midnight).start().await.unwrap();
        let networks = [(); 2].map(|()| Arc::new(PausedClock::new()));
        let token = Token::generate();
        let server = Server::builder()
            .upstream("neo", neo_provider(&neo, &networks[0]))
            .upstream("ibkr", ibkr_provider(&ibkr, &networks[1]))
            .token(token.clone())
            .build()
            .unwrap();
        let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.address().unwrap();
        let serving = server.clone();
        tokio::spawn(async move { serving.serve(vec![listener], pending()).await });
        assert_eq!(server.settled(MINUTE).await, 2);
        // A connection that was kept would be closed meanwhile.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        let (began, responses) = (Instant::now(), BTreeMap::new());
        Self { began, neo, ibkr, networks, address, token, http, responses }
    }

    async fn get(&self, path: &str) -> (StatusCode, Value, String) {
        let request = self.http.get(format!("http://{}{path}", self.address));
        let response = request.bearer_auth(self.token.secret().expose()).send().await.unwrap();
        let (status, has_wait) = (response.status(), response.headers().contains_key("retry-after"));
        assert!(status != StatusCode::SERVICE_UNAVAILABLE || path == "/readyz" || has_wait, "{path}");
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default(), text)
    }

    /// Uses a session, and looks at all that is said of it.
    async fn check(&mut self, name: &'static str, path: &str, expected: Seen) {
        let at = self.began.elapsed();
        let (status, body, text) = self.get(path).await;
        *self.responses.entry((name, status.as_u16())).or_default() += 1;
        let error = &body["error"];
        let kind = error["kind"].as_str().unwrap_or_default();
        let seen = match (status.as_u16(), kind) {
            (200, _) => Seen::Ready,
            (502, "unavailable") => Seen::Away,
            (503, "login_required") => Seen::PersonNeeded,
            (503, _) => Seen::Failed,
            other => panic!("{name} after {at:?}: {other:?}, {text}"),
        };
        assert_eq!(seen, expected, "{name} after {at:?}: {text}");
        assert!(seen == Seen::Ready || error["message"].as_str().is_some_and(|why| why.len() > 20), "{text}");
        assert_eq!(error["login_url"].is_string(), seen == Seen::PersonNeeded, "{text}");

        let (status, ready, text) = self.get("/readyz").await;
        let session = &ready["sessions"][name];
        let is_ready = matches!(seen, Seen::Ready | Seen::Away);
        assert_eq!(session["ready"], is_ready, "{name} after {at:?}: {text}");
        assert_eq!(status == StatusCode::OK, ready["ready"] == true, "{text}");
        let state = match seen {
            Seen::Ready | Seen::Away => "ready",
            // Between two attempts, or amid one, which waits for the next code.
            Seen::Failed if session["status"] == "signing_in" => "signing_in",
            Seen::Failed => "failed",
            Seen::PersonNeeded => "person_needed",
        };
        assert_eq!(session["status"], state, "{name} after {at:?}: {text}");

        let metrics = self.get("/metrics").await.2;
        assert_eq!(sample(&metrics, &format!("state{{session=\"{name}\",state=\"{state}\"}}")), Some(1));
        for ((name, status), count) in &self.responses {
            let from = |from| {
                let labels = format!("{{session=\"{name}\",status=\"{status}\",from=\"{from}\"}}");
                sample(&metrics, &format!("requests_total{labels}")).unwrap_or(0)
            };
            assert_eq!(from("broker") + from("proxy"), *count, "after {at:?}");
        }
        if let Some(end) = session["expires_at"].as_str() {
            let left = end.parse::<Timestamp>().unwrap().duration_since(Clock.now()).as_secs();
            let shown = sample(&metrics, &format!("expires_in_seconds{{session=\"{name}\"}}"));
            assert!(shown.is_some_and(|shown| shown.abs_diff(left.unsigned_abs()) <= 1), "{shown:?}, {left}");
        }
    }

    /// Uses both sessions until so long after the beginning.
    async fn until(&mut self, end: Duration, neo: Seen, ibkr: Seen) {
        loop {
            self.check("neo", ORDERS, neo).await;
            self.check("ibkr", ACCOUNTS, ibkr).await;
            let next = (self.began.elapsed() + STEP).min(end);
            sleep_until(self.began + next).await;
            if next == end {
                return;
            }
        }
    }

    fn sign_ins(&self) -> usize {
        self.neo.call_count(sandbox::neo::Operation::TradeApiValidate)
    }
}

/// The number behind a name in what Prometheus reads.
fn sample(metrics: &str, name: &str) -> Option<u64> {
    let mut lines = metrics.lines().filter_map(|line| line.strip_prefix("broker_session_"));
    lines.find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

/// So that no day begins or ends while the test runs that is not expected to.
async fn advance_to_nine() {
    let india = Offset::constant(5).saturating_add(jiff::SignedDuration::from_mins(30)).to_time_zone();
    let nine = Clock.now().to_zoned(india).tomorrow().unwrap().with().hour(9).minute(0).build().unwrap();
    let wait = nine.timestamp().duration_since(Clock.now());
    tokio::time::advance(wait.try_into().unwrap()).await;
}

fn neo_provider(sandbox: &sandbox::neo::Sandbox, network: &Arc<PausedClock>) -> SessionProvider {
    let account = sandbox.account();
    let credentials = neo::Credentials::new()
        .mobile(account.mobile.as_str())
        .ucc(account.ucc.as_str())
        .access_token(account.access_token.as_str());
    let options = ClientOptions::new().retry(AT_ONCE).middleware(network.clone());
    let client = neo::Client::builder().credentials(credentials).base_url(sandbox.base_url());
    let client = client.options(options).build().unwrap();
    let clock = sandbox.clock().clone();
    let totp = client.totp_from_secret(&secret(&account.totp_secret)).unwrap();
    let sign_in = neo::SignIn::new(client).totp(totp.clock(move || clock.now())).mpin(account.mpin.as_str());
    SessionProvider::builder(sign_in).start().unwrap()
}

fn ibkr_provider(sandbox: &sandbox::ibkr::Sandbox, network: &Arc<PausedClock>) -> SessionProvider {
    let options = ClientOptions::new().middleware(network.clone());
    let client = ibkr::Client::builder().base_url(sandbox.base_url()).options(options).build().unwrap();
    SessionProvider::builder(ibkr::SignIn::new(client, Compete::Yield)).start().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_day_has_a_reason_for_each_response() {
    use Seen::{Away, Failed, PersonNeeded, Ready};
    let mut day = Day::begin().await;
    day.until(2 * HOUR, Ready, Ready).await;
    assert_eq!(day.sign_ins(), 1);

    // Eleven: Neo ends the session, and the next request has another one.
    day.neo.end_sessions(day.neo.user());
    day.until(4 * HOUR, Ready, Ready).await;
    assert_eq!(day.sign_ins(), 2);

    // One: Neo cannot be reached for twenty minutes.
    day.networks[0].set(Network::Refused);
    day.until(4 * HOUR + 20 * MINUTE, Away, Ready).await;
    day.networks[0].set(Network::Up);

    // Half past one: Neo ends the session, and nobody can sign in for half an hour.
    let down = sandbox::Fault::empty(StatusCode::SERVICE_UNAVAILABLE);
    day.neo.inject_always(sandbox::neo::Operation::TradeApiLogin, down.clone());
    day.neo.end_sessions(day.neo.user());
    day.until(5 * HOUR, Failed, Ready).await;
    day.neo.clear_faults();
    sleep(5 * MINUTE).await;
    assert_eq!(day.sign_ins(), 3, "without a request");

    // Half past nine: it is midnight in Hong Kong, where the gateway's sign-in ends. A person is back half an hour later.
    day.until(12 * HOUR + 30 * MINUTE, Ready, Ready).await;
    sleep(MINUTE).await;
    day.until(13 * HOUR, Ready, PersonNeeded).await;
    day.ibkr.sign_in();
    sleep(MINUTE).await;
    day.until(15 * HOUR - MINUTE, Ready, Ready).await;
    assert_eq!(day.sign_ins(), 3);

    // Midnight: Neo's session ends, and nobody can sign in for half an hour.
    day.neo.inject_always(sandbox::neo::Operation::TradeApiLogin, down);
    sleep(2 * MINUTE).await;
    day.until(15 * HOUR + 30 * MINUTE, Failed, Ready).await;
    day.neo.clear_faults();
    // It is tried again without a request.
    sleep(5 * MINUTE).await;
    day.until(24 * HOUR, Ready, Ready).await;
    assert_eq!(day.sign_ins(), 4);
}
