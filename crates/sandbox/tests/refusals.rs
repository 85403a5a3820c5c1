//! Everything a session call can be refused for, by status and fault code.

mod common;

use broker_session_sandbox::kotak::{Account, Sandbox};
use common::{Result, Wire, fault, text};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn the_gateway_refuses_missing_and_wrong_credentials() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let url = format!("{}/session/1.0/session/init", sandbox.base_url());
    let status = StatusCode::UNAUTHORIZED;
    for (authorization, consumer_key, code) in [
        (None, Some("sandbox-consumer-key"), 900902),
        (Some("Bearer sandbox-access-token"), None, 900902),
        (Some("Basic sandbox-access-token"), Some("sandbox-consumer-key"), 900902),
        (Some("Bearer wrong"), Some("sandbox-consumer-key"), 900901),
        (Some("Bearer sandbox-access-token"), Some("wrong"), 900901),
    ] {
        let mut request = wire.http.get(&url).header("userid", "S4MPL3").header("ip", "").header("appId", "");
        for (name, value) in [("Authorization", authorization), ("consumerKey", consumer_key)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let answer = fault(request.send().await?).await?;
        assert_eq!(answer, (status, code), "{authorization:?} {consumer_key:?}");
    }
    Ok(())
}

#[tokio::test]
async fn strict_headers_refuse_a_missing_one_and_take_an_empty_one() -> Result {
    let sandbox = Sandbox::builder().strict_headers().start().await?;
    let wire = Wire::new(&sandbox)?;
    let url = format!("{}/session/1.0/session/init", sandbox.base_url());
    for missing in ["ip", "appId", "userid"] {
        let mut request = wire
            .http
            .get(&url)
            .bearer_auth("sandbox-access-token")
            .header("consumerKey", "sandbox-consumer-key");
        for name in ["ip", "appId", "userid"].into_iter().filter(|name| *name != missing) {
            request = request.header(name, "S4MPL3");
        }
        assert_eq!(fault(request.send().await?).await?, (StatusCode::BAD_REQUEST, 400), "{missing}");
    }
    let request = wire.call(Method::POST, "2FA/mpin").json(&json!({ "userid": "S4MPL3", "mpin": "730264" }));
    assert_eq!(fault(request.send().await?).await?.0, StatusCode::BAD_REQUEST);
    Ok(())
}

#[tokio::test]
async fn ip_and_app_id_may_be_missing_and_nothing_else() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let request = |path: &str| {
        let request = wire.http.get(format!("{}/session/1.0/session/{path}", sandbox.base_url()));
        request.bearer_auth("sandbox-access-token").header("consumerKey", "sandbox-consumer-key")
    };
    assert_eq!(request("init").header("userid", "S4MPL3").send().await?.status(), StatusCode::OK);
    let breach = sandbox.calls().pop().and_then(|call| call.breach);
    assert_eq!(breach.as_deref(), Some("ip is missing"), "the log still has what the spec demands");
    assert_eq!(fault(request("init").send().await?).await?, (StatusCode::BAD_REQUEST, 400));
    Ok(())
}

#[tokio::test]
async fn a_trading_call_needs_the_access_token_and_a_live_session() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let session = wire.session_token().await?;
    let call = |path: &str, access_token: &str| {
        let request = wire.http.get(format!("{}{path}", sandbox.base_url())).bearer_auth(access_token);
        request.header("consumerKey", "sandbox-consumer-key")
    };
    for path in [
        "/reports/1.0/orders",
        "/reports/1.0/trades",
        "/positions/1.0/positions/open",
        "/positions/1.0/positions/todays",
    ] {
        let live = |access_token| call(path, access_token).header("sessionToken", &session).send();
        assert_eq!(live("sandbox-access-token").await?.status(), StatusCode::OK, "{path}");
        assert_eq!(fault(live("wrong").await?).await?, (StatusCode::UNAUTHORIZED, 900901), "{path}");
        let without = call(path, "sandbox-access-token").send().await?;
        assert_eq!(fault(without).await?, (StatusCode::FORBIDDEN, 99999), "{path}");
    }
    sandbox.end_sessions("S4MPL3");
    let dead: Value = wire.orders(&session).await?.json().await?;
    assert_eq!(
        dead,
        json!({ "fault": {
            "code": 99999,
            "message": "You have been logged out. Login again",
            "description": "Session token is either expired or not correct",
        } })
    );
    Ok(())
}

#[tokio::test]
async fn a_path_that_is_no_text_is_refused_in_the_brokers_words_and_logged() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let (status, code) = fault(wire.call(Method::GET, "init/userid/%ff").send().await?).await?;
    assert_eq!((status, code), (StatusCode::BAD_REQUEST, 400));
    let calls = sandbox.calls();
    assert_eq!(calls.last().and_then(|call| call.operation), Some("session_init_userid"), "{calls:?}");
    Ok(())
}

#[tokio::test]
async fn bad_bodies_are_bad_input_and_no_guess() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    for body in ["", "{", "[]", "7", r#"{"userid":"S4MPL3"}"#, r#"{"userid":"S4MPL3","password":null}"#] {
        let answer = wire.call(Method::POST, "login/userid").body(body).send().await?;
        assert_eq!(fault(answer).await?, (StatusCode::BAD_REQUEST, 400), "{body}");
    }
    let token = wire.one_time_token().await?;
    let number = wire.second_factor(&token, "accesscode", json!({ "accessCode": 604821 })).await?;
    assert_eq!(fault(number).await?, (StatusCode::BAD_REQUEST, 400));
    assert_eq!(sandbox.bad_tries("S4MPL3"), 0);
    let long = wire.call(Method::POST, "login/userid").body("x".repeat(100_000)).send().await?;
    assert_eq!(long.status(), StatusCode::PAYLOAD_TOO_LARGE);
    Ok(())
}

#[tokio::test]
async fn three_wrong_passwords_lock_the_account_until_it_is_unlocked() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    for _ in 0..3 {
        assert_eq!(fault(wire.login_with("wrong").await?).await?, (StatusCode::UNAUTHORIZED, 401));
    }
    assert!(sandbox.is_locked("S4MPL3"));
    let right = wire.login_with("sandbox-password").await?;
    assert_eq!(right.status(), StatusCode::FORBIDDEN);
    let answer: Value = right.json().await?;
    assert_eq!(
        answer,
        json!({ "fault": {
            "code": 70009, "message": "Account Locked", "description": "Failure:User locked due to Bad tries",
        } })
    );
    sandbox.unlock("S4MPL3");
    wire.session_token().await?;
    Ok(())
}

#[tokio::test]
async fn a_dead_one_time_token_is_401_but_424_where_it_is_the_factor() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let token = wire.one_time_token().await?;
    sandbox.advance(std::time::Duration::from_secs(5 * 60));
    let code = wire.second_factor(&token, "accesscode", json!({ "accessCode": "604821" })).await?;
    assert_eq!(fault(code).await?, (StatusCode::UNAUTHORIZED, 50001));
    let itself = wire.second_factor(&token, "oneTimeToken", json!({})).await?;
    assert_eq!(fault(itself).await?, (StatusCode::FAILED_DEPENDENCY, 50001));
    Ok(())
}

#[tokio::test]
async fn a_factor_that_is_not_set_up_is_shown_so_and_refused() -> Result {
    let account = Account { mpin: None, biometric: None, ..Account::default() };
    let sandbox = Sandbox::builder().account(account).start().await?;
    let wire = Wire::new(&sandbox)?;
    let login: Value = wire.login_with("sandbox-password").await?.json().await?;
    assert_eq!((&login["Success"]["mpin"], &login["Success"]["biometric"]), (&json!("N"), &json!("N")));
    let token = text(&login, "/Success/oneTimeToken")?;
    let mpin = wire.second_factor(&token, "mpin", json!({ "mpin": "730264" })).await?;
    assert_eq!(fault(mpin).await?, (StatusCode::BAD_REQUEST, 400));
    Ok(())
}

#[tokio::test]
async fn an_inactive_user_gets_a_weblink_and_no_login() -> Result {
    let account = Account { status: "Deactive".into(), ..Account::default() };
    let sandbox = Sandbox::builder().account(account).start().await?;
    let wire = Wire::new(&sandbox)?;
    let init: Value = wire.init().await?.json().await?;
    assert_eq!(init["Success"]["status"], "Deactive");
    assert!(text(&init, "/Success/weblink/host")?.starts_with(sandbox.root_url()));
    let login = wire.login_with("sandbox-password").await?;
    assert_eq!(fault(login).await?, (StatusCode::FORBIDDEN, 999003));
    Ok(())
}

#[tokio::test]
async fn unknown_paths_and_methods_get_the_gateways_flat_error() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let missing = wire.call(Method::GET, "nothing").send().await?;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    let missing: Value = missing.json().await?;
    assert_eq!((&missing["code"], missing["message"].is_string()), (&json!("404"), true));
    let method = wire.call(Method::PUT, "logout").send().await?;
    assert_eq!(method.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(method.headers()["allow"], "DELETE");
    assert!(sandbox.calls().iter().all(|call| call.operation.is_none()));
    Ok(())
}
