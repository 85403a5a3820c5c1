//! What time does to a session. A whole day passes in a moment.

use std::time::Duration;

use broker_session_sandbox::Clock;
use broker_session_sandbox::ibkr::{Midnight, Operation, Sandbox};

use crate::wire::{Result, closed, start};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_session_without_calls_times_out_softly_and_init_is_the_cure() -> Result {
    let clock = Clock::frozen_at("2024-10-12T12:00:00Z".parse()?);
    let (_sandbox, wire) = start(closed().clock(clock.clone())).await?;
    wire.init(false).await?;
    clock.advance(5 * MINUTE);
    assert_eq!(wire.status().await?["authenticated"], true);
    clock.advance(6 * MINUTE);
    let status = wire.status().await?;
    assert_eq!((&status["connected"], &status["authenticated"]), (&true.into(), &false.into()));
    wire.init(false).await?;
    assert_eq!(wire.status().await?["authenticated"], true);
    Ok(())
}

#[tokio::test]
async fn any_call_keeps_the_session_for_the_whole_day_until_midnight() -> Result {
    let clock = Clock::frozen_at("2024-07-15T10:00:00Z".parse()?);
    let builder = closed().clock(clock.clone()).midnight(Midnight::NewYork);
    let (sandbox, wire) = start(builder).await?;
    wire.init(false).await?;
    let mut tickles = 0;
    while wire.post("/tickle").await?.status() == 200 {
        assert!(sandbox.state().authenticated);
        tickles += 1;
        clock.advance(5 * MINUTE);
    }
    assert_eq!(clock.now().to_string(), "2024-07-16T04:00:00Z");
    assert_eq!((tickles, sandbox.call_count(Operation::TicklePost)), (18 * 12, 18 * 12 + 1));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_clock_runs_with_the_runtime_so_that_a_day_passes_in_a_moment() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    assert!(sandbox.state().authenticated);
    tokio::time::sleep(6 * MINUTE).await;
    assert!(!sandbox.state().authenticated);
    tokio::time::sleep(23 * 60 * MINUTE).await;
    assert!(sandbox.state().single_sign_on);
    tokio::time::sleep(60 * MINUTE).await;
    assert!(!sandbox.state().single_sign_on);
    Ok(())
}
