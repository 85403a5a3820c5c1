//! What the sandbox answers by itself.

use broker_session_sandbox::neo::{Builder, Sandbox};
use contract_tests::{Player, brokers::neo::Neo};

/// A sandbox, and a client that knows the application's secrets.
async fn start(player: &mut Player<Neo>, builder: Builder) -> Sandbox {
    let sandbox = builder.start().await.expect("a sandbox on loopback");
    let account = sandbox.account();
    player.at(sandbox.base_url());
    player.with_token("accessToken", &account.access_token).with_token("neoFinKey", "neotradeapi");
    sandbox
}

/// Signs in as far as the view session. Gives its id and its token.
async fn view(player: &mut Player<Neo>, sandbox: &Sandbox) -> [String; 2] {
    // Each code is good for one sign-in.
    sandbox.advance(std::time::Duration::from_secs(30));
    session(&login(player, sandbox, &sandbox.totp_now()).await)
}

async fn login(player: &mut Player<Neo>, sandbox: &Sandbox, code: &str) -> serde_json::Value {
    let account = sandbox.account();
    let given = [("mobileNumber", account.mobile.as_str()), ("ucc", &account.ucc), ("totp", code)];
    player.call("trade_api_login", &given).await
}

async fn validate(player: &mut Player<Neo>, [sid, auth]: &[String; 2], mpin: &str) -> serde_json::Value {
    player.call("trade_api_validate", &[("sid", sid), ("Auth", auth), ("mpin", mpin)]).await
}

/// Id and token of a session.
fn session(answer: &serde_json::Value) -> [String; 2] {
    ["sid", "token"].map(|name| answer["data"][name].as_str().unwrap_or("made-up-session").to_owned())
}

#[tokio::test]
async fn whatever_the_sandbox_answers_by_itself_is_documented() {
    let mut player = Player::<Neo>::new();
    let builders = [Sandbox::builder(), Sandbox::builder().refusals_in_success().dead_session_in_success()];
    for builder in builders {
        let sandbox = start(&mut player, builder).await;
        let mpin = sandbox.account().mpin.clone();
        let view = view(&mut player, &sandbox).await;
        validate(&mut player, &view, "000000").await;
        let shown = session(&validate(&mut player, &view, &mpin).await);
        let trade = [("Sid", shown[0].as_str()), ("Auth", shown[1].as_str())];
        for operation in ["get_client_ip", "logout", "get_client_ip", "logout"] {
            player.call(operation, &trade).await;
        }
        validate(&mut player, &shown, &mpin).await;
        let account = sandbox.account();
        for ucc in ["NOBODY", account.ucc.as_str()] {
            let given = [("mobileNumber", account.mobile.as_str()), ("ucc", ucc), ("totp", "000000")];
            player.call("trade_api_login", &given).await;
        }
        sandbox.lock(sandbox.user());
        login(&mut player, &sandbox, "000000").await;
        validate(&mut player, &view, &mpin).await;
        player.with_token("accessToken", "made-up-wrong-token");
        login(&mut player, &sandbox, "000000").await;
        validate(&mut player, &view, &mpin).await;
        player.call("get_client_ip", &trade).await;
    }
    player.finish(30);
}
