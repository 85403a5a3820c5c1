//! What is the same for the sandboxes of all brokers: code for any of them, accounts and environments.

use std::time::Duration;

use broker_session_sandbox::{Accounts, Broker, Builder, Clock, Fault, Operation, Sandbox, ibkr, kotak, neo};
use http::{Method, StatusCode};

use crate::Result;

/// What a program does with a sandbox. `call` is a call of the operation with this id.
async fn is_used<B: Broker>(builder: Builder<B>, prefix: &str, id: &str, call: (Method, &str)) -> Result {
    let clock = Clock::frozen_at("2021-08-30T03:45:00Z".parse()?);
    let sandbox = builder.clock(clock).start().await?;
    assert!(sandbox.base_url().starts_with(sandbox.root_url()), "{sandbox:?}");
    assert!(format!("{sandbox:?}").contains(B::NAME));
    assert!(!sandbox.user().is_empty());

    let names: Vec<_> = sandbox.environment().into_iter().map(|variable| variable.name).collect();
    assert!(names.iter().all(|name| name.starts_with(prefix)), "{names:?}");
    assert!(names.contains(&format!("{prefix}BASE_URL").as_str()), "{names:?}");
    // What the crate has made up may be shown, and nothing else is in there.
    assert!(sandbox.environment().iter().all(|variable| variable.is_public));

    let operation = B::Operation::all().iter().copied().find(|operation| operation.id() == id);
    let operation = operation.ok_or("no such operation")?;
    sandbox.inject_always(operation, Fault::empty(StatusCode::IM_A_TEAPOT));
    let http = reqwest::Client::builder().no_proxy().build()?;
    let request = || http.request(call.0.clone(), format!("{}{}", sandbox.base_url(), call.1));
    assert_eq!(request().header("Content-Length", 0).send().await?.status(), StatusCode::IM_A_TEAPOT);
    assert_eq!(
        (sandbox.call_count(operation), sandbox.calls().last().and_then(|call| call.operation)),
        (1, Some(id))
    );
    assert_eq!(sandbox.calls().last().map(|call| call.at), Some(sandbox.clock().now()));
    sandbox.clear_faults();
    sandbox.advance(Duration::from_secs(60));
    assert_ne!(request().header("Content-Length", 0).send().await?.status(), StatusCode::IM_A_TEAPOT);

    let before = sandbox.clock().now();
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(sandbox.clock().now().as_second(), before.as_second() + 1);

    let unknown = format!("{}/no/such/path", sandbox.root_url());
    assert_eq!(http.get(&unknown).send().await?.status(), 404);
    assert_eq!(sandbox.calls().len(), 3);
    sandbox.clear_calls();
    assert!(sandbox.calls().is_empty());
    sandbox.serve_until(std::future::ready(())).await;
    Ok(())
}

#[tokio::test]
async fn generic_code_starts_and_runs_the_sandbox_of_any_broker() -> Result {
    is_used(ibkr::Sandbox::builder(), "IBKR_", "tickle_post", (Method::POST, "/tickle")).await?;
    let init = (Method::GET, "/session/1.0/session/init");
    is_used(kotak::Sandbox::builder(), "KOTAK_", "session_init", init).await?;
    let login = (Method::POST, "/login/1.0/tradeApiLogin");
    is_used(neo::Sandbox::builder(), "NEO_", "trade_api_login", login).await
}

/// Credentials make the account that they are of, names or values that say nothing are ignored, and secrets are hidden.
macro_rules! check_account {
    ($broker:ident, $user:literal, $secret:literal, $base_url:literal) => {{
        let given = [($user, "GIVEN"), ($secret, "999999")];
        let account = $broker::Account::from_credentials(given);
        let sandbox = $broker::Sandbox::builder().account(account.clone()).start().await?;
        assert_eq!(sandbox.user(), "GIVEN");
        let hidden = sandbox.environment().into_iter().filter(|known| !known.is_public);
        assert_eq!(hidden.map(|known| known.name).collect::<Vec<_>>(), [$secret]);
        assert!(!format!("{:?}", sandbox.environment()).contains("999999"));
        let pairs = sandbox.credentials();
        assert_eq!(pairs.last(), Some(&($base_url, sandbox.base_url().to_owned())));
        assert_eq!($broker::Account::from_credentials(pairs), account);

        let ignored = [($secret, ""), ("PATH", "/bin"), ($base_url, "http://127.0.0.1:1")];
        let made_up = $broker::Account::default();
        assert_eq!($broker::Account::from_credentials(ignored), made_up);
        let debug = format!("{made_up:?}");
        for (name, value) in made_up.credentials() {
            assert!(name == $user || !debug.contains(&value), "{name} in {debug}");
        }
        debug
    }};
}

#[tokio::test]
async fn accounts_come_from_credentials_and_hide_their_secrets() -> Result {
    check_account!(kotak, "KOTAK_USERID", "KOTAK_PASSWORD", "KOTAK_BASE_URL");
    let debug = check_account!(neo, "NEO_UCC", "NEO_MPIN", "NEO_BASE_URL");
    let neo::Account { k_id, consumer_key, consumer_secret, .. } = neo::Account::default();
    assert!(![k_id, consumer_key, consumer_secret].iter().any(|secret| debug.contains(secret)), "{debug}");
    Ok(())
}

#[tokio::test]
async fn a_totp_secret_that_is_not_base32_keeps_the_sandbox_from_starting() -> Result {
    let account = neo::Account { totp_secret: "not-base-32-1890".into(), ..neo::Account::default() };
    let error = neo::Sandbox::builder().account(account).start().await.err().ok_or("it started")?;
    let message = error.to_string();
    assert!(message.contains("TOTP secret is not base32") && !message.contains("1890"), "{message}");
    Ok(())
}

#[tokio::test]
async fn a_gateway_with_a_certificate_of_its_own_tells_its_fingerprint_to_the_environment() -> Result {
    let sandbox = ibkr::Sandbox::builder().https().start().await?;
    let fingerprint = sandbox.certificate_fingerprint_sha256().ok_or("no certificate")?;
    assert!(sandbox.credentials().contains(&("IBKR_FINGERPRINT", fingerprint)));
    Ok(())
}

async fn accounts_lock_alike<B: Accounts>(sandbox: Sandbox<B>) {
    let user = sandbox.user().to_owned();
    assert!(!sandbox.is_locked(&user));
    sandbox.lock(&user);
    assert!(sandbox.is_locked(&user) && !sandbox.is_locked("nobody"));
    sandbox.unlock(&user);
    assert_eq!(
        (sandbox.is_locked(&user), sandbox.bad_tries(&user), sandbox.live_sessions(&user)),
        (false, 0, 0)
    );
}

#[tokio::test]
async fn accounts_are_locked_and_unlocked_by_hand() -> Result {
    accounts_lock_alike(kotak::Sandbox::builder().start().await?).await;
    accounts_lock_alike(neo::Sandbox::builder().start().await?).await;
    Ok(())
}
