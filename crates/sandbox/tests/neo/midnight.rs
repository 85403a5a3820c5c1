//! What time does to a sign-in: codes that pass, and sessions that end at midnight in India.

use std::time::Duration;

use broker_session_sandbox::Clock;
use broker_session_sandbox::neo::Sandbox;

use crate::wire::{Result, Wire, session, told};

const STEP: Duration = Duration::from_secs(30);

/// At 09:15:00 in India, the beginning of a step.
async fn sandbox() -> Result<(Sandbox, Wire)> {
    let clock = Clock::frozen_at("2021-08-30T03:45:00Z".parse()?);
    let sandbox = Sandbox::builder().clock(clock).start().await?;
    let wire = Wire::new(&sandbox)?;
    Ok((sandbox, wire))
}

#[tokio::test]
async fn a_code_is_good_for_its_step_and_the_next_and_for_one_sign_in() -> Result {
    let (sandbox, wire) = sandbox().await?;
    let code = sandbox.totp_now();
    sandbox.advance(2 * STEP - Duration::from_nanos(1));
    assert_eq!(wire.login(&code).await?.status(), 200);
    assert_eq!(wire.login(&code).await?.status(), 401);
    let code = sandbox.totp_now();
    sandbox.advance(2 * STEP);
    assert_eq!(wire.login(&code).await?.status(), 401);
    assert_eq!(sandbox.bad_tries("S4MPL"), 2);
    assert_eq!(wire.login(&sandbox.totp_now()).await?.status(), 200);
    Ok(())
}

#[tokio::test]
async fn both_sessions_are_over_at_midnight_in_india() -> Result {
    let (sandbox, wire) = sandbox().await?;
    let view = wire.view_session(&sandbox).await?;
    let trade = session(wire.validate(&view, &wire.account.mpin).await?).await?;
    // 18:30 UTC, less a nanosecond.
    sandbox.advance(Duration::from_secs((14 * 60 + 45) * 60) - Duration::from_nanos(1));
    assert_eq!(wire.limits(&trade).await?.status(), 200);
    assert_eq!(wire.validate(&view, &wire.account.mpin).await?.status(), 200);
    sandbox.advance(Duration::from_nanos(1));
    for answer in [
        wire.limits(&trade).await?,
        wire.client_ip(&trade).await?,
        wire.validate(&view, &wire.account.mpin).await?,
        wire.logout(&trade).await?,
    ] {
        let (status, body) = told(answer).await?;
        assert_eq!((status, body["stCode"].as_i64()), (401, Some(100_022)));
    }
    assert_eq!(sandbox.live_sessions("S4MPL"), 0);
    // The dead view session is no guess at the MPIN.
    assert_eq!(sandbox.bad_tries("S4MPL"), 0);
    assert_eq!(wire.login(&sandbox.totp_now()).await?.status(), 200);
    Ok(())
}
