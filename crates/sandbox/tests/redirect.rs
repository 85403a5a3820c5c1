//! Where `redirect.host` sends a user, and what happens at the base that was left.

mod common;

use broker_session_sandbox::kotak::{Redirect, Sandbox};
use common::{Result, Wire, text};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn flow_moves_to_the_second_base(sandbox: Sandbox) -> Result {
    let first = Wire::new(&sandbox)?;
    let init: Value = first.init().await?.json().await?;
    assert_eq!(text(&init, "/Success/redirect/host")?, sandbox.second_base_url());

    let refused = first.login_with("sandbox-password").await?;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let refused: Value = refused.json().await?;
    assert_eq!(refused.pointer("/fault/code"), Some(&json!(999024)));
    assert_eq!(text(&refused, "/fault/description")?, sandbox.second_base_url());

    let second = Wire::at(&sandbox, sandbox.second_base_url())?;
    let session = second.session_token().await?;
    assert_eq!(first.logout(&session).await?.status(), StatusCode::BAD_REQUEST);
    assert_eq!(first.orders(&session).await?.status(), StatusCode::BAD_REQUEST);
    assert_eq!(second.orders(&session).await?.status(), StatusCode::OK);
    assert_eq!(second.logout(&session).await?.status(), StatusCode::OK);
    let bases: Vec<_> = sandbox.calls().into_iter().map(|call| call.base).collect();
    assert_eq!(bases.iter().filter(|base| *base == sandbox.second_base_url()).count(), 4);
    Ok(())
}

#[tokio::test]
async fn a_user_is_moved_to_the_second_base_on_the_same_port() -> Result {
    let sandbox = Sandbox::builder().redirect_to_second_base().start().await?;
    assert!(sandbox.second_base_url().starts_with(sandbox.root_url()));
    flow_moves_to_the_second_base(sandbox).await
}

#[tokio::test]
async fn a_user_is_moved_to_the_second_base_on_another_port() -> Result {
    let sandbox = Sandbox::builder().second_port(0).redirect_to_second_base().start().await?;
    assert!(!sandbox.second_base_url().starts_with(sandbox.root_url()));
    flow_moves_to_the_second_base(sandbox).await
}

#[tokio::test]
async fn login_alone_can_send_the_user_on() -> Result {
    let sandbox = Sandbox::builder().login_redirect(Redirect::SecondBase).start().await?;
    let wire = Wire::new(&sandbox)?;
    let init: Value = wire.init().await?.json().await?;
    assert_eq!(text(&init, "/Success/redirect/host")?, sandbox.base_url());
    let login: Value = wire.login_with("sandbox-password").await?.json().await?;
    assert_eq!(text(&login, "/Success/redirect/host")?, sandbox.second_base_url());
    let token = text(&login, "/Success/oneTimeToken")?;
    let refused = wire.second_factor(&token, "oneTimeToken", json!({})).await?;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    Ok(())
}

#[tokio::test]
async fn a_redirect_can_be_any_text() -> Result {
    for host in
        ["https://attacker.example/apim", "", "javascript:alert(1)", "https://tradeapi\u{0}\n.example"]
    {
        let sandbox = Sandbox::builder().redirect_to(host).start().await?;
        let wire = Wire::new(&sandbox)?;
        let init: Value = wire.init().await?.json().await?;
        assert_eq!(text(&init, "/Success/redirect/host")?, host);
        let login: Value = wire.login_with("sandbox-password").await?.json().await?;
        assert_eq!(text(&login, "/Success/redirect/host")?, host);
    }
    Ok(())
}
