//! Many sessions at Interactive Brokers in one process, each kept alive for a minute: `sessions KIND BASE_URL COUNT`.
//! KIND is `supervised` (a supervisor and a client each), `supervised-shared` (the same with one HTTP client for all),
//! `own-client` (by hand, with an HTTP client each) or `shared-client` (by hand, with one for all). Session 17 is at
//! `BASE_URL/s17`.
//!
//! It prints what the sessions hold, and what the minute has cost. The server knows how punctual they were.

use std::{env, fs, time::Duration};

use bench_programs::Outcome;
use broker_session::{
    ClientOptions,
    ibkr::{self, Compete, Supervisor},
};
use reqwest::Client;
use serde::Deserialize;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

/// How often a session is tickled. Once a minute is usual; more often shows more.
const PERIOD: Duration = Duration::from_secs(20);

/// How long it takes until all sessions have begun, so that they do not all begin in the same moment.
const START: Duration = Duration::from_secs(20);

/// How long the sessions are watched afterwards.
const WATCHED: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tickle {
    iserver: Iserver,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Iserver {
    auth_status: AuthStatus,
}

#[derive(Deserialize)]
struct AuthStatus {
    authenticated: bool,
    connected: bool,
}

fn supervised(base: String, options: ClientOptions) -> Outcome<Supervisor> {
    let client = ibkr::Client::builder().base_url(base).options(options).build()?;
    Ok(Supervisor::builder(client, Compete::Yield).tickle_every(PERIOD).start()?)
}

fn http() -> Outcome<Client> {
    let builder = Client::builder().user_agent("by-hand/0.1.0").no_proxy().tls_certs_only([]);
    Ok(builder.connect_timeout(Duration::from_secs(5)).timeout(Duration::from_secs(10)).build()?)
}

/// Goes on by itself.
fn by_hand(http: Client, base: String) {
    tokio::spawn(async move {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let response = http.post(format!("{base}/tickle")).send().await;
            let tickle = match response {
                Ok(response) => response.json::<Tickle>().await,
                Err(error) => Err(error),
            };
            match tickle {
                Ok(tickle)
                    if tickle.iserver.auth_status.authenticated && tickle.iserver.auth_status.connected => {}
                Ok(_) => eprintln!("the session is over"),
                Err(error) => eprintln!("{error}"),
            }
        }
    });
}

async fn keep(kind: &str, base: &str, count: u32) -> Outcome<Vec<Supervisor>> {
    let (shared, begun) = (http()?, Instant::now());
    let sharing = ClientOptions::new().share_http_client();
    let mut supervisors = Vec::new();
    for number in 0..count {
        let base = format!("{base}/s{number}");
        match kind {
            "supervised" => supervisors.push(supervised(base, ClientOptions::new())?),
            "supervised-shared" => supervisors.push(supervised(base, sharing.clone())?),
            "own-client" => by_hand(http()?, base),
            "shared-client" => by_hand(shared.clone(), base),
            other => return Err(format!("{other} is no kind of session").into()),
        }
        sleep_until(begun + START * (number + 1) / count).await;
    }
    Ok(supervisors)
}

/// A number of `/proc/self/status`, in bytes.
fn resident() -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}

/// The time that this process has computed, in hundredths of a second.
fn computed() -> Outcome<u64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let number =
        |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).ok_or("no times");
    Ok(number(11)? + number(12)?)
}

fn main() -> Outcome {
    let mut arguments = env::args().skip(1);
    let (Some(kind), Some(base), Some(count)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: sessions KIND BASE_URL COUNT".into());
    };
    let count = count.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let before = resident()?;
    let mut outcome = Ok((Vec::new(), 0, 0));
    let heap = allocation_counter::measure(|| {
        outcome = runtime.block_on(async {
            let supervisors = keep(&kind, &base, count).await?;
            let computed_before = computed()?;
            tokio::time::sleep(WATCHED).await;
            Ok::<_, Box<dyn std::error::Error>>((supervisors, computed()? - computed_before, resident()?))
        });
    });
    let (_supervisors, computed, resident) = outcome?;
    println!(
        "{{\"heap\":{},\"resident\":{},\"cpu\":{computed}}}",
        heap.bytes_current,
        resident.saturating_sub(before)
    );
    Ok(())
}
