//! A client from environment variables alone: those that a sandbox prints are enough.

use std::{env, process::Command};

use broker_session::{Error, ibkr, kotak, neo};
use broker_session_sandbox::{Broker, Sandbox};
use contract_tests::secret;

/// Tells the process that is started for one broker which one it is.
const BROKER: &str = "CONTRACT_TESTS_BROKER";

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What a program does with the variables.
async fn signs_in(broker: &str) -> Result<(), Error> {
    match broker {
        "neo" => {
            let client = neo::Client::from_env()?;
            assert_eq!(client.base_url(), variable("NEO_BASE_URL"));
            let totp = client.totp_from_secret(&secret(&variable("NEO_TOTP_SECRET")))?;
            let view = client.login_totp(&totp.next_code().await?).await?;
            let session = view.validate(&secret(&variable("NEO_MPIN"))).await?;
            session.get("quick/user/orders").send().await?;
            session.logout().await
        }
        "kotak" => {
            let client = kotak::Client::from_env()?;
            assert_eq!(client.base_url(), variable("KOTAK_BASE_URL"));
            let pending = client.login(&secret(&variable("KOTAK_PASSWORD"))).await?;
            let session = pending.redeem_one_time_token().await?;
            session.get("reports/1.0/orders").send().await?;
            session.logout().await
        }
        _ => {
            let client = ibkr::Client::from_env()?;
            assert_eq!(client.base_url(), variable("IBKR_BASE_URL"));
            let session = client.session().await?;
            session.get("iserver/accounts").send().await.map(drop)
        }
    }
}

/// Runs the test again in a process that has the variables of this sandbox and no others.
async fn run<B: Broker>(broker: &'static str, sandbox: Sandbox<B>) {
    let variables: Vec<_> = sandbox.environment();
    let output = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .args(["--exact", "from_env::variables_of_a_sandbox_are_enough"])
            .env_clear()
            .env(BROKER, broker);
        command.envs(variables.into_iter().map(|variable| (variable.name, variable.value))).output()
    });
    let output = output.await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{broker}: {text}");
    let calls = sandbox.calls();
    let is_own = |path: &str| path.ends_with("/orders") || path.ends_with("/iserver/accounts");
    assert_eq!(calls.iter().filter(|call| is_own(&call.path)).count(), 1, "{broker}: {calls:?}");
}

#[tokio::test]
async fn variables_of_a_sandbox_are_enough() {
    if let Ok(broker) = env::var(BROKER) {
        return signs_in(&broker).await.unwrap();
    }
    run("neo", broker_session_sandbox::neo::Sandbox::builder().start().await.unwrap()).await;
    run("kotak", broker_session_sandbox::kotak::Sandbox::builder().start().await.unwrap()).await;
    run("ibkr", broker_session_sandbox::ibkr::Sandbox::builder().start().await.unwrap()).await;
}
