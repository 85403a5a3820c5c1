//! Pacing, the penalty box, and what the sandbox counts.

use std::time::Duration;

use broker_session_sandbox::ibkr::{Etiquette, Operation, Sandbox};
use broker_session_sandbox::{Clock, Fault};
use reqwest::StatusCode;

use crate::wire::{Result, Wire, closed, seen};

const QUARTER: Duration = Duration::from_secs(15 * 60);

/// A sandbox whose limits hold and whose time stands still.
async fn strict() -> Result<(Sandbox, Wire)> {
    let clock = Clock::frozen_at("2024-10-12T12:00:00Z".parse()?);
    let sandbox = closed().clock(clock).strict_pacing().start().await?;
    let wire = Wire::new(sandbox.base_url())?;
    Ok((sandbox, wire))
}

#[tokio::test]
async fn too_many_calls_cost_a_quarter_of_an_hour_at_both_bases() -> Result {
    let (sandbox, wire) = strict().await?;
    for _ in 0..10 {
        wire.status().await?;
    }
    let refused = wire.post("/iserver/auth/status").await?;
    assert_eq!(seen(refused).await?, (429, "text/html".into(), String::new()));
    let older = Wire::new(sandbox.older_base_url())?;
    assert_eq!(older.post("/logout").await?.status(), 429);
    let expected = Etiquette { rate_limit_violations: 1, calls_in_penalty_box: 1, ..Etiquette::default() };
    assert_eq!(sandbox.etiquette(), expected);
    assert!(sandbox.state().single_sign_on, "the logout did not get through");
    assert!(sandbox.state().penalised_until.is_some());
    sandbox.advance(QUARTER);
    wire.status().await?;
    assert_eq!(sandbox.state().penalised_until, None);
    sandbox.clear_calls();
    assert_eq!(sandbox.etiquette(), Etiquette::default());
    Ok(())
}

#[tokio::test]
async fn tickle_and_validate_have_limits_of_their_own() -> Result {
    for path in ["/tickle", "/sso/validate"] {
        let (sandbox, wire) = strict().await?;
        let call = || async {
            let answer = if path == "/tickle" { wire.post(path).await } else { wire.get(path).await };
            answer.map(|answer| answer.status().as_u16())
        };
        assert_eq!(call().await?, 200, "{path}");
        assert_eq!(call().await?, 429, "{path}");
        assert!(sandbox.etiquette().rate_limit_violations > 0, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn by_default_haste_is_counted_and_only_much_of_it_is_punished() -> Result {
    let clock = Clock::frozen_at("2024-10-12T12:00:00Z".parse()?);
    let sandbox = Sandbox::builder().clock(clock).start().await?;
    let wire = Wire::new(sandbox.base_url())?;
    for calls in 1..=12 {
        wire.status().await?;
        assert_eq!(sandbox.etiquette().rate_limit_violations, u64::saturating_sub(calls, 10));
    }
    for _ in 12..20 {
        wire.status().await?;
    }
    assert_eq!(wire.post("/iserver/auth/status").await?.status(), 429);
    Ok(())
}

#[tokio::test]
async fn a_429_from_a_fault_closes_the_penalty_box_and_knocking_uses_no_fault_up() -> Result {
    let (sandbox, wire) = strict().await?;
    sandbox.inject(Operation::TicklePost, Fault::status(StatusCode::TOO_MANY_REQUESTS));
    sandbox.inject(Operation::TicklePost, Fault::in_success());
    assert_eq!(wire.post("/tickle").await?.status(), 429);
    assert_eq!(sandbox.etiquette(), Etiquette::default());
    assert_eq!(wire.post("/tickle").await?.status(), 429);
    assert_eq!(sandbox.etiquette().calls_in_penalty_box, 1);
    sandbox.advance(QUARTER);
    assert_eq!(wire.tickle().await?["error"], "no session");
    Ok(())
}

#[tokio::test]
async fn a_penalty_out_of_the_blue_is_no_breach() -> Result {
    let (sandbox, wire) = strict().await?;
    sandbox.penalise();
    assert_eq!(wire.post("/tickle").await?.status(), 429);
    assert_eq!(sandbox.etiquette(), Etiquette::default());
    Ok(())
}

#[tokio::test]
async fn without_pacing_nothing_is_refused() -> Result {
    let sandbox = closed().pacing(false).start().await?;
    let wire = Wire::new(sandbox.base_url())?;
    for _ in 0..20 {
        wire.tickle().await?;
    }
    assert_eq!(sandbox.etiquette(), Etiquette::default());
    Ok(())
}

#[tokio::test]
async fn inits_are_counted_by_what_is_wrong_with_them() -> Result {
    let (sandbox, wire) = strict().await?;
    sandbox.compete();
    for _ in 0..2 {
        wire.init(false).await?;
        sandbox.advance(Duration::from_secs(59));
    }
    // The cure for a refusal is in no hurry.
    wire.init(true).await?;
    let expected = Etiquette { hurried_inits: 1, inits_with_compete: 1, ..Etiquette::default() };
    assert_eq!(sandbox.etiquette(), expected);
    sandbox.inject(Operation::IserverAuthSsodhInitPost, Fault::empty(StatusCode::BAD_GATEWAY));
    let init = wire.send_init(serde_json::json!({ "publish": true, "compete": true })).await?;
    assert_eq!(init.status(), 502);
    let expected = Etiquette { inits_with_compete: 2, inits_on_live_session: 1, ..expected };
    assert_eq!(sandbox.etiquette(), expected, "also if a fault answers");
    Ok(())
}
