//! Successful answers, member by member.

use broker_session_sandbox::Clock;
use broker_session_sandbox::ibkr::{Operation, Sandbox};
use http::header::CONTENT_LENGTH;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::wire::{Result, Wire, closed, start};

/// The names of an object's members, in alphabetical order.
fn members(object: &Value) -> Vec<&str> {
    let mut names: Vec<_> = object.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_client_signs_in_with_status_init_and_tickle() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    let status = wire.status().await?;
    assert_eq!((&status["connected"], &status["authenticated"]), (&json!(true), &json!(false)));
    let init = wire.init(false).await?;
    assert_eq!((&init["passed"], &init["authenticated"]), (&json!(true), &json!(true)));
    let status = wire.status().await?;
    assert_eq!(status["authenticated"], true);
    assert_eq!(status["established"], true);
    assert_eq!(status["competing"], false);
    assert_eq!(status["fail"], "");
    assert_eq!(wire.tickle().await?["iserver"]["authStatus"], status);
    let chosen = wire.post("/iserver/account").await?.error_for_status()?;
    assert_eq!(chosen.json::<Value>().await?["set"], true);
    let accounts = wire.get("/iserver/accounts").await?.error_for_status()?;
    assert_eq!(accounts.json::<Value>().await?["accounts"], json!(["DU0000000"]));
    assert_eq!(sandbox.etiquette(), Default::default());
    Ok(())
}

#[tokio::test]
async fn the_status_has_every_member_and_at_the_older_base_fewer() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    let older = Wire::new(sandbox.older_base_url())?;
    let common = ["MAC", "authenticated", "competing", "connected", "fail", "message", "serverInfo"];
    assert_eq!(members(&older.status().await?), common);
    let status = wire.status().await?;
    for member in common.into_iter().chain(["established", "hardware_info"]) {
        assert!(status.get(member).is_some(), "{member} in {status}");
    }
    assert_eq!(members(&status["serverInfo"]), ["serverName", "serverVersion"]);
    sandbox.lose_link();
    let status = wire.status().await?;
    assert_eq!(members(&status), ["MAC", "authenticated", "competing", "connected"]);
    assert_eq!(status["connected"], false);
    Ok(())
}

#[tokio::test]
async fn an_init_at_the_older_base_answers_with_a_status() -> Result {
    let (sandbox, _) = start(closed()).await?;
    let older = Wire::new(sandbox.older_base_url())?;
    let init = older.init(false).await?;
    assert_eq!((init.get("passed"), &init["authenticated"]), (None, &json!(true)));
    assert!(init.get("serverInfo").is_some(), "{init}");
    Ok(())
}

/// What clients in use send to open a session, by what it is.
fn every_form(wire: &Wire) -> Vec<(&'static str, RequestBuilder)> {
    let init = |query: &str| wire.http.post(format!("{}/iserver/auth/ssodh/init{query}", wire.base));
    let form = [("compete", "true"), ("locale", "en_US"), ("username", "-")];
    vec![
        ("publish alone", init("").json(&json!({ "publish": true }))),
        ("JSON, compete", init("").json(&json!({ "publish": true, "compete": true }))),
        ("a form, compete", init("").form(&form)),
        ("a form", init("").form(&form[1..])),
        ("a query, compete", init("?compete=true&locale=en_US").header(CONTENT_LENGTH, 0)),
        ("no body", init("").header(CONTENT_LENGTH, 0)),
    ]
}

#[tokio::test]
async fn an_init_on_a_live_session_leaves_it_open_in_every_form() -> Result {
    let (sandbox, wire) = start(Sandbox::builder()).await?;
    let forms = every_form(&wire);
    let sent = forms.len();
    for (name, form) in forms {
        let init: Value = form.send().await?.error_for_status()?.json().await?;
        assert_eq!(init["authenticated"], true, "{name}: {init}");
        assert_eq!(wire.status().await?["authenticated"], true, "{name}");
    }
    assert_eq!(
        sandbox.etiquette().inits_on_live_session,
        u64::try_from(sent)? - 1,
        "all but the one without a body"
    );
    Ok(())
}

#[tokio::test]
async fn an_init_opens_a_session_in_every_form() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    for (name, form) in every_form(&wire) {
        assert_eq!(wire.status().await?["authenticated"], false, "{name}");
        let init: Value = form.send().await?.error_for_status()?.json().await?;
        assert_eq!(init["authenticated"], true, "{name}: {init}");
        sandbox.soft_time_out();
    }
    Ok(())
}

#[tokio::test]
async fn a_form_and_a_query_can_ask_to_compete() -> Result {
    let (sandbox, wire) = start(Sandbox::builder()).await?;
    for (name, form) in every_form(&wire) {
        sandbox.compete();
        let init: Value = form.send().await?.error_for_status()?.json().await?;
        assert_eq!(init["authenticated"], name.contains("compete"), "{name}: {init}");
    }
    Ok(())
}

#[tokio::test]
async fn an_init_can_tear_a_live_session_down() -> Result {
    let (sandbox, wire) = start(Sandbox::builder().init_tears_down()).await?;
    assert_eq!(wire.init(false).await?, json!({ "message": "sso dh already set" }));
    assert_eq!(wire.status().await?["authenticated"], false);
    assert_eq!(sandbox.etiquette().inits_on_live_session, 1);
    wire.init(false).await?;
    assert_eq!(wire.status().await?["authenticated"], true);
    Ok(())
}

#[tokio::test]
async fn an_init_without_a_body_opens_a_session_and_leaves_an_open_one_alone() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    for _ in 0..2 {
        let status: Value = wire.post("/iserver/auth/ssodh/init").await?.json().await?;
        assert_eq!(status["authenticated"], true);
    }
    assert_eq!(sandbox.etiquette(), Default::default());
    Ok(())
}

#[tokio::test]
async fn the_portfolio_needs_the_single_sign_on_alone() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    for path in ["/portfolio/DU0000000/summary", "/portfolio/DU0000000/ledger", "/fundamentals/landing/1"] {
        assert_eq!(wire.get(path).await?.status(), 200, "{path}");
    }
    let accounts: Value = wire.get("/portfolio/accounts").await?.json().await?;
    assert_eq!(accounts[0]["accountId"], "DU0000000");
    sandbox.sign_out();
    assert_eq!(wire.get("/portfolio/accounts").await?.status(), 401);
    Ok(())
}

#[tokio::test]
async fn a_refused_init_says_why_in_the_status_only() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    wire.init(false).await?;
    sandbox.compete();
    let status = wire.status().await?;
    assert_eq!((&status["authenticated"], &status["competing"]), (&json!(false), &json!(true)));
    let refusal = json!({ "passed": false, "authenticated": false, "connected": true, "competing": false });
    assert_eq!(wire.init(false).await?, refusal);
    let fail = "Force compete capability must be used together with compete flag";
    assert_eq!(wire.status().await?["fail"], fail);
    assert_eq!(wire.init(true).await?["authenticated"], true);
    assert_eq!(wire.status().await?["fail"], "");
    assert_eq!(sandbox.etiquette().inits_with_compete, 1);
    Ok(())
}

#[tokio::test]
async fn the_single_sign_on_has_times_in_milliseconds_beyond_32_bits() -> Result {
    let clock = Clock::frozen_at("2024-10-12T16:51:42.917Z".parse()?);
    let builder = closed().clock(clock.clone()).user_name("somebody").paper();
    let (_sandbox, wire) = start(builder).await?;
    clock.advance(std::time::Duration::from_secs(61));
    let sso: Value = wire.get("/sso/validate").await?.json().await?;
    assert_eq!(sso["AUTH_TIME"], 1_728_751_902_917_i64);
    assert_eq!(sso["lastAccessed"], 1_728_751_963_917_i64);
    assert_eq!(sso["EXPIRES"], 539_000);
    assert_eq!((&sso["USER_NAME"], &sso["CREDENTIAL"]), (&json!("somebody"), &json!("somebody")));
    assert_eq!((&sso["RESULT"], &sso["LOGIN_TYPE"]), (&json!(true), &json!(2)));
    assert_eq!(sso["features"]["env"], "PROD");
    assert_eq!(sso["QUALIFIED_FOR_MOBILE_AUTH"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn the_older_base_spells_the_single_sign_on_differently() -> Result {
    let clock = Clock::frozen_at("2024-10-12T16:51:42.917Z".parse()?);
    let (sandbox, _) = start(closed().clock(clock)).await?;
    let older = Wire::new(sandbox.older_base_url())?;
    let sso: Value = older.get("/sso/validate").await?.json().await?;
    assert_eq!((&sso["loginType"], sso.get("LOGIN_TYPE")), (&json!(1), None));
    assert_eq!((&sso["features"]["envs"], sso["features"].get("env")), (&json!("PROD"), None));
    assert_eq!(sso["EXPIRES"], 1_728_752_502_917_i64, "an epoch, ten minutes ahead");
    assert_eq!(sso["TOKEN"].as_str().map(str::len), Some(32));
    Ok(())
}

#[tokio::test]
async fn a_tickle_counts_down_and_begins_again() -> Result {
    let clock = Clock::frozen_at("2024-10-12T16:51:42Z".parse()?);
    let (_sandbox, wire) = start(closed().clock(clock.clone())).await?;
    let first = wire.tickle().await?;
    assert_eq!(members(&first), ["collission", "hmds", "iserver", "session", "ssoExpires", "userId"]);
    assert_eq!(first["session"].as_str().map(str::len), Some(32));
    assert_eq!(first["ssoExpires"], 600_000);
    assert_eq!((&first["collission"], &first["iserver"]["tickle"]), (&json!(false), &json!(true)));
    clock.advance(std::time::Duration::from_secs(599));
    let late = wire.tickle().await?;
    assert_eq!((&late["ssoExpires"], &late["session"]), (&json!(1_000), &first["session"]));
    clock.advance(std::time::Duration::from_secs(2));
    assert_eq!(wire.tickle().await?["ssoExpires"], 599_000);
    Ok(())
}

#[tokio::test]
async fn calls_that_only_ask_take_get_and_post() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    for path in ["/iserver/auth/status", "/tickle", "/sso/validate", "/iserver/reauthenticate"] {
        for method in [Method::GET, Method::POST] {
            assert_eq!(wire.request(method, path).send().await?.status(), 200, "{path}");
        }
    }
    assert_eq!(sandbox.call_count(Operation::TicklePost), 2);
    for (method, path, status) in [
        (Method::GET, "/logout", 405),
        (Method::GET, "/iserver/auth/ssodh/init", 405),
        (Method::GET, "/iserver", 404),
    ] {
        assert_eq!(wire.request(method, path).send().await?.status(), status, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn a_reauthentication_is_triggered_and_completes_later() -> Result {
    for path in ["/iserver/reauthenticate", "/iserver/reauthenticate?force=true"] {
        let clock = Clock::frozen_at("2024-10-12T16:51:42Z".parse()?);
        let (sandbox, _) = start(closed().clock(clock.clone())).await?;
        let older = Wire::new(sandbox.older_base_url())?;
        let answer: Value = older.post(path).await?.json().await?;
        assert_eq!(answer, json!({ "message": "triggered" }));
        assert_eq!(older.status().await?["authenticated"], false);
        clock.advance(std::time::Duration::from_secs(10));
        assert_eq!(older.status().await?["authenticated"], true);
    }
    Ok(())
}

#[tokio::test]
async fn a_reauthentication_is_answered_by_the_gateway_itself() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    for (is_signed_in, answer) in
        [(true, json!({ "message": "triggered" })), (false, json!({ "error": "not logged in" }))]
    {
        for method in [Method::GET, Method::POST] {
            let request = wire.http.request(method, format!("{}/iserver/reauthenticate", wire.base));
            let response = request.send().await?;
            assert_eq!(response.status(), 200);
            assert_eq!(response.json::<Value>().await?, answer, "{is_signed_in}");
        }
        sandbox.sign_out();
    }
    Ok(())
}

#[tokio::test]
async fn the_gateways_own_questions_need_the_single_sign_on() -> Result {
    let (sandbox, wire) = start(Sandbox::builder().user_name("somebody").paper()).await?;
    let user: Value = wire.get("/one/user").await?.json().await?;
    assert_eq!((&user["username"], &user["isPaper"]), (&json!("somebody"), &json!(true)));
    assert_eq!(wire.get("/sso/ping").await?.status(), 200);
    sandbox.sign_out();
    for path in ["/one/user", "/sso/ping"] {
        assert_eq!(wire.get(path).await?.status(), 401, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn a_logout_can_leave_the_single_sign_on_alive() -> Result {
    let (_sandbox, wire) = start(Sandbox::builder().logout_keeps_sign_on()).await?;
    assert_eq!(wire.post("/logout").await?.json::<Value>().await?, json!({ "status": true }));
    assert_eq!(wire.get("/sso/validate").await?.json::<Value>().await?["RESULT"], true);
    assert_eq!(wire.get("/iserver/accounts").await?.status(), 400);
    assert_eq!(wire.init(false).await?["authenticated"], true);
    Ok(())
}

#[tokio::test]
async fn a_logout_is_confirmed_in_the_words_of_each_base() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    assert_eq!(wire.post("/logout").await?.json::<Value>().await?, json!({ "status": true }));
    assert!(!sandbox.state().single_sign_on);
    sandbox.sign_in();
    let older = Wire::new(sandbox.older_base_url())?;
    assert_eq!(older.post("/logout").await?.json::<Value>().await?, json!({ "confirmed": true }));
    Ok(())
}

#[tokio::test]
async fn calls_are_logged_with_their_base_and_their_time() -> Result {
    let clock = Clock::frozen_at("2024-10-12T16:51:42Z".parse()?);
    let (sandbox, wire) = start(closed().clock(clock.clone())).await?;
    wire.tickle().await?;
    clock.advance(std::time::Duration::from_secs(60));
    Wire::new(sandbox.older_base_url())?.tickle().await?;
    let calls = sandbox.calls_to(Operation::TicklePost);
    let bases: Vec<_> = calls.iter().map(|call| call.base.as_str()).collect();
    assert_eq!(bases, [sandbox.base_url(), sandbox.older_base_url()]);
    assert_eq!((calls[1].at - calls[0].at).get_seconds(), 60);
    sandbox.clear_calls();
    assert_eq!(sandbox.calls().len(), 0);
    Ok(())
}
