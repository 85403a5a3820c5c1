//! What is the same for the sandboxes of all brokers, used by code that knows none of them.

use std::error::Error;
use std::time::Duration;

use broker_session_sandbox::{Accounts, Broker, Builder, Clock, Fault, Operation, Sandbox, ibkr, kotak, neo};
use http::{Method, StatusCode};

type Result = std::result::Result<(), Box<dyn Error>>;

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

#[tokio::test]
async fn values_that_the_crate_has_not_made_up_are_not_public() -> Result {
    let given = [
        ("NEO_MPIN", "999999"),
        ("KOTAK_PASSWORD", "given"),
        ("NEO_UCC", "GIVEN"),
        ("KOTAK_USERID", "GIVEN"),
    ];
    let neo = neo::Sandbox::builder().account(neo::Account::from_credentials(given)).start().await?;
    let kotak = kotak::Sandbox::builder().account(kotak::Account::from_credentials(given)).start().await?;
    let hidden = [neo.environment(), kotak.environment()]
        .map(|known| known.into_iter().filter(|one| !one.is_public).map(|one| one.name).collect::<Vec<_>>());
    assert_eq!(hidden, [["NEO_MPIN"], ["KOTAK_PASSWORD"]]);
    assert_eq!((neo.user(), kotak.user()), ("GIVEN", "GIVEN"));
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
