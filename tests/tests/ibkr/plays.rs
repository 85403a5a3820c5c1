//! What the sandbox answers by itself.

use std::time::Duration;

use broker_session_sandbox::ibkr::{Builder, Sandbox, SignedOut};
use contract_tests::{Player, brokers::ibkr::Ibkr};
use http::StatusCode;

use crate::support::closed;

const STATUS: &str = "iserver_auth_status_post";
const INIT: &str = "iserver_auth_ssodh_init_post";
const REAUTHENTICATE: &str = "iserver_reauthenticate_post";
const VALIDATE: &str = "sso_validate_get";
const TICKLE: &str = "tickle_post";
const LOGOUT: &str = "logout_post";

/// A sandbox that takes any number of calls, and a client of it.
async fn start(player: &mut Player<Ibkr>, builder: Builder) -> Sandbox {
    let sandbox = builder.pacing(false).start().await.expect("a sandbox on loopback");
    player.at(sandbox.base_url());
    sandbox
}

/// Asks how things are, at both bases.
async fn look(player: &mut Player<Ibkr>, sandbox: &Sandbox) {
    for base in [sandbox.older_base_url(), sandbox.base_url()] {
        player.at(base);
        for operation in [STATUS, TICKLE, VALIDATE] {
            player.call(operation, &[]).await;
        }
    }
}

#[tokio::test]
async fn whatever_the_sandbox_answers_by_itself_is_documented() {
    let mut player = Player::<Ibkr>::new();
    let player = &mut player;

    let builder = closed().init_tears_down().establish_after(Duration::from_secs(1));
    let sandbox = start(player, builder).await;
    look(player, &sandbox).await;
    player.call(REAUTHENTICATE, &[]).await;
    // Opened, then torn down by the same call.
    for base in [sandbox.base_url(), sandbox.older_base_url()] {
        player.at(base).call(INIT, &[]).await;
        look(player, &sandbox).await;
        sandbox.advance(Duration::from_secs(1));
        look(player, &sandbox).await;
        player.call(INIT, &[]).await;
    }
    sandbox.compete();
    look(player, &sandbox).await;
    player.call(INIT, &[]).await;
    look(player, &sandbox).await;
    sandbox.lose_link();
    look(player, &sandbox).await;
    player.call(INIT, &[]).await;
    sandbox.restore_link();
    sandbox.lose_brokerage_session();
    look(player, &sandbox).await;
    player.at(sandbox.older_base_url()).call(LOGOUT, &[]).await;
    sandbox.sign_in();
    player.at(sandbox.base_url()).call(LOGOUT, &[]).await;

    let sandbox = start(player, Sandbox::builder().compete_always_needed().logout_keeps_sign_on()).await;
    player.call(INIT, &[]).await;
    look(player, &sandbox).await;
    let sandbox = start(player, Sandbox::builder().origin_needed()).await;
    look(player, &sandbox).await;

    for way in [
        SignedOut::Json401,
        SignedOut::Empty401,
        SignedOut::Html401,
        SignedOut::Redirect,
        SignedOut::NoSession,
    ] {
        let sandbox = start(player, closed().signed_out().when_signed_out(way)).await;
        look(player, &sandbox).await;
        for operation in [INIT, REAUTHENTICATE, LOGOUT] {
            player.call(operation, &[]).await;
        }
    }
    for status in [StatusCode::GONE, StatusCode::SERVICE_UNAVAILABLE] {
        let sandbox = start(player, closed().init_after_logout(status)).await;
        player.call(LOGOUT, &[]).await;
        player.call(INIT, &[]).await;
        look(player, &sandbox).await;
    }
    let sandbox = closed().start().await.expect("a sandbox on loopback");
    player.at(sandbox.base_url());
    sandbox.penalise();
    for operation in [STATUS, INIT, REAUTHENTICATE, VALIDATE, TICKLE, LOGOUT] {
        player.call(operation, &[]).await;
    }
    std::mem::take(player).finish(80);
}
