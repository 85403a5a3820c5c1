//! Signing in and out over the wire: what is answered, and what is logged.

use std::time::Duration;

use broker_session_sandbox::Clock;
use broker_session_sandbox::neo::{Account, Operation};
use serde_json::{Value, json};

use crate::wire::{Result, Wire, builder, part, session, session_in, told, with};

#[tokio::test]
async fn a_sign_in_gives_a_session_that_works_until_logout() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let trade = wire.trade_session(&sandbox).await?;
    assert_eq!(told(wire.limits(&trade).await?).await?.1["stat"], "Ok");
    assert_eq!(sandbox.live_sessions(&wire.account.ucc), 1);
    let goodbye = json!({ "stat": "Ok", "stCode": 200, "message": "Logged out." });
    assert_eq!(told(wire.logout(&trade).await?).await?, (200, goodbye));
    let dead = json!({ "stCode": 100022, "errMsg": "invalid session token", "stat": "Not_Ok" });
    for answer in [wire.limits(&trade).await?, wire.client_ip(&trade).await?, wire.logout(&trade).await?] {
        assert_eq!(told(answer).await?, (401, dead.clone()));
    }
    assert_eq!(sandbox.live_sessions(&wire.account.ucc), 0);
    Ok(())
}

#[tokio::test]
async fn the_answers_have_every_member_that_the_broker_documents() -> Result {
    let clock = Clock::frozen_at("2021-08-30T03:45:07Z".parse()?);
    let sandbox = builder().clock(clock).start().await?;
    let wire = Wire::new(&sandbox)?;
    let (_, mut view) = told(wire.login(&sandbox.totp_now()).await?).await?;
    let held = session_in(&view)?;
    let expected = json!({
        "token": "", "sid": "", "rid": "", "hsServerId": "", "isUserPwdExpired": false,
        "caches": {
            "baskets": "1630295100", "lastUpdatedTS": "1630295100", "multiplewatchlists": "1630295100",
            "techchartpreferences": "1630295100",
        },
        "ucc": "S4MPL",
        "greetingName": "SAMPLE USER", "isTrialAccount": false, "dataCenter": "E43", "searchAPIKey": "",
        "derivativesRiskDisclosure": "Made-up words about the risk of derivatives.", "mfAccess": 1,
        "dataCenterMap": null, "dormancyStatus": "A", "asbaStatus": "", "clientType": "RI", "isNRI": false,
        "kId": "ABCDE0000A", "kType": "View", "status": "success", "incRange": 0, "incUpdFlag": "",
        "clientGroup": "", "kraStatus": "", "rcFlag": 0,
    });
    assert_eq!(without_random(&mut view["data"]), expected);

    let (_, mut trade) = told(wire.validate(&held, &wire.account.mpin).await?).await?;
    let trading = session_in(&trade)?;
    let mut expected = expected;
    expected["kType"] = "Trade".into();
    expected["baseUrl"] = sandbox.base_url().into();
    expected["feedUrl"] = format!("{}/apifeed", sandbox.root_url().replace("http", "ws")).into();
    expected["rtUrl"] = format!("{}/realtime", sandbox.root_url().replace("http", "ws")).into();
    assert_eq!(without_random(&mut trade["data"]), expected);

    let ip = json!({
        "data": [{ "ip": "127.0.0.1", "time": "2021-08-30 09:15:07" }], "stCode": 1000, "status": "success",
    });
    assert_eq!(told(wire.client_ip(&trading).await?).await?, (200, ip));
    Ok(())
}

fn is_uuid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// The answer's members, with those emptied that are never the same.
fn without_random(data: &mut Value) -> Value {
    for name in ["token", "sid", "rid"] {
        let text = data[name].as_str().unwrap_or_default();
        assert!(if name == "token" { text.len() > 300 } else { is_uuid(text) }, "{name} in {data}");
        data[name] = "".into();
    }
    data.take()
}

#[tokio::test]
async fn tokens_are_json_web_tokens_that_end_at_midnight_in_india() -> Result {
    // 23:59:59 in India, then midnight.
    let clock = Clock::frozen_at("2021-08-30T18:29:59.999Z".parse()?);
    let sandbox = builder().clock(clock).start().await?;
    let wire = Wire::new(&sandbox)?;
    for (issued, ends) in [(1_630_348_199, 1_630_348_200), (1_630_348_229, 1_630_434_600)] {
        let view = wire.view_session(&sandbox).await?;
        let trade = session(wire.validate(&view, &wire.account.mpin).await?).await?;
        let another = session(wire.validate(&view, &wire.account.mpin).await?).await?;
        assert!(trade.token != another.token && trade.sid != another.sid);
        for (token, scope) in [(view.token, "View"), (trade.token, "Trade")] {
            assert_eq!(part(&token, 0)?, json!({ "typ": "JWT", "alg": "RS256" }));
            let mut claims = part(&token, 1)?;
            for name in ["jti", "sub"] {
                let id = claims[name].take();
                assert!(id.as_str().is_some_and(is_uuid), "{name}: {id}");
            }
            let expected = json!({
                "sub": null, "scope": [scope], "iat": issued, "exp": ends, "jti": null, "ucc": "S4MPL",
                "iss": "broker-session-sandbox",
            });
            assert_eq!(claims, expected);
            // Base64 of a signature of 2048 bits.
            assert_eq!(token.split('.').map(str::len).next_back(), Some(342));
            assert_eq!(token.split('.').count(), 3);
        }
        sandbox.advance(Duration::from_secs(30));
    }
    Ok(())
}

#[tokio::test]
async fn a_base_url_of_ones_own_stands_in_the_answer_as_it_is() -> Result {
    let odd = "https://kotaksecurities.com.attacker.example:8443/a?b#c ";
    let sandbox = builder().base_url_in_answers(odd).start().await?;
    let wire = Wire::new(&sandbox)?;
    let view = wire.view_session(&sandbox).await?;
    let (_, trade) = told(wire.validate(&view, &wire.account.mpin).await?).await?;
    assert_eq!(trade["data"]["baseUrl"], odd);
    assert_eq!(trade["data"]["feedUrl"], "wss://kotaksecurities.com.attacker.example:8443/apifeed");
    assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
    Ok(())
}

#[tokio::test]
async fn with_a_path_in_the_base_url_the_session_is_served_below_it_alone() -> Result {
    let sandbox = builder().base_url_in_answers("/xyz").start().await?;
    let wire = Wire::new(&sandbox)?;
    let view = wire.view_session(&sandbox).await?;
    let (_, trade) = told(wire.validate(&view, &wire.account.mpin).await?).await?;
    assert_eq!(trade["data"]["baseUrl"], format!("{}/xyz", sandbox.root_url()));
    assert_eq!(sandbox.orders_url(), format!("{}/xyz/quick/user/orders", sandbox.root_url()));
    let trade = session_in(&trade)?;
    assert_eq!(wire.orders(&trade).await?.status(), 404);
    assert_eq!(with(wire.get("/xyz/quick/user/orders"), &trade).send().await?.status(), 200);
    assert_eq!(wire.client_ip(&trade).await?.status(), 200, "at the host of the sign-in");
    assert_eq!(wire.logout(&trade).await?.status(), 404);
    let logout = with(wire.bare_post("/xyz/apim/login/2.0/logout"), &trade);
    assert_eq!(logout.send().await?.status(), 200);
    assert!(builder().base_url_in_answers("/*x").start().await.is_err());
    Ok(())
}

#[tokio::test]
async fn older_official_clients_sign_in_at_their_own_paths() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let basic = |secret: &str| {
        let request = wire.post("/oauth2/token", &json!({ "grant_type": "client_credentials" }));
        request.basic_auth("sandbox-consumer-key", Some(secret)).send()
    };
    let (status, token) = told(basic("sandbox-consumer-secret").await?).await?;
    assert_eq!((status, &token["access_token"]), (200, &json!("sandbox-access-token")));
    assert_eq!(basic("wrong").await?.status(), 401);
    for (paths, orders) in [
        ("/apim/login/2.0/login/v6/totp", "/apim/orders/2.0/quick/user/orders?sId="),
        ("/login/1.0/login/v6/totp", "/Orders/2.0/quick/user/orders?sId=server1"),
    ] {
        sandbox.advance(Duration::from_secs(30));
        let call = |path: &str, body: &Value| {
            let request = wire.post(&format!("{paths}/{path}"), body);
            request.header("Authorization", "Bearer sandbox-access-token").header("neo-fin-key", "made-up")
        };
        let view = session(call("login", &wire.login_body(&sandbox.totp_now())).send().await?).await?;
        let validate = call("validate", &json!({ "mpin": wire.account.mpin }));
        let trade = session(with(validate, &view).send().await?).await?;
        let orders = with(wire.get(orders), &trade).header("Authorization", "Bearer sandbox-access-token");
        assert_eq!(orders.send().await?.status(), 200);
        assert_eq!(wire.logout(&trade).await?.status(), 200);
    }
    assert_eq!(sandbox.call_count(Operation::TradeApiLogin), 2);
    Ok(())
}

#[tokio::test]
async fn the_case_of_header_names_and_what_old_clients_sent_do_not_matter() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let body = wire.login_body(&sandbox.totp_now());
    let login = wire.post("/login/1.0/tradeApiLogin", &body);
    let login = login.header("AUTHORIZATION", &wire.account.access_token).header("Neo-Fin-Key", "another");
    let view = session(login.send().await?).await?;
    let trade = session(wire.validate(&view, &wire.account.mpin).await?).await?;
    let logout = wire.bare_post("/apim/login/2.0/logout").header("authorization", "Bearer nobody looks");
    let logout = logout.header("sid", &trade.sid).header("auth", &trade.token).body("a=b&c");
    assert_eq!(logout.send().await?.status(), 200);
    Ok(())
}

#[tokio::test]
async fn every_account_signs_in_with_its_own_secrets_only() -> Result {
    let second = Account {
        ucc: "OTHER".into(),
        access_token: "other-access-token".into(),
        mpin: "111111".into(),
        ..Account::default()
    };
    let first = Account::default();
    let sandbox = builder().account(first).account(second.clone()).start().await?;
    let mut wire = Wire::new(&sandbox)?;
    let firsts = wire.trade_session(&sandbox).await?;
    wire.account = second;
    let view = wire.view_session(&sandbox).await?;
    assert_eq!(wire.validate(&view, "730264").await?.status(), 401);
    let seconds = session(wire.validate(&view, "111111").await?).await?;
    assert_eq!((sandbox.live_sessions("S4MPL"), sandbox.live_sessions("OTHER")), (1, 1));
    assert_eq!((sandbox.bad_tries("S4MPL"), sandbox.bad_tries("OTHER")), (0, 0));
    assert_eq!(wire.client_ip(&seconds).await?.status(), 200);
    // The session is somebody else's.
    assert_eq!(wire.client_ip(&firsts).await?.status(), 401);
    Ok(())
}

#[tokio::test]
async fn the_call_log_has_what_was_sent_and_its_debug_has_no_secret() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let totp = sandbox.totp_now();
    let trade = wire.trade_session(&sandbox).await?;
    wire.limits(&trade).await?;
    let logged: Vec<_> = sandbox.calls().into_iter().filter_map(|call| call.operation).collect();
    assert_eq!(logged, ["trade_api_login", "trade_api_validate", "limits"]);
    let login = sandbox.calls_to(Operation::TradeApiLogin).remove(0);
    let body: Value = serde_json::from_slice(&login.body)?;
    assert_eq!((body["totp"].as_str(), login.base.as_str()), (Some(totp.as_str()), sandbox.root_url()));
    let debug = format!("{:?} {sandbox:?}", sandbox.calls());
    assert!(debug.contains("trade_api_validate") && debug.contains("S4MPL"), "{debug}");
    for secret in ["sandbox-access-token", "+910000000828", "730264", &trade.token, &trade.sid] {
        assert!(!debug.contains(secret), "{secret} in {debug}");
    }
    Ok(())
}

#[tokio::test]
async fn the_environment_signs_in_and_makes_the_same_account() -> Result {
    let sandbox = builder().start().await?;
    let pairs = sandbox.credentials();
    assert_eq!(pairs.last(), Some(&("NEO_BASE_URL", sandbox.base_url().to_owned())));
    assert_eq!(&Account::from_credentials(pairs), sandbox.account());
    Ok(())
}

#[tokio::test]
async fn a_secret_that_is_not_base32_keeps_the_sandbox_from_starting_and_is_not_quoted() -> Result {
    let account = Account { totp_secret: "not-base-32-1890".into(), ..Account::default() };
    let error = builder().account(account).start().await.err().ok_or("it started")?;
    let message = error.to_string();
    assert!(message.contains("TOTP secret is not base32") && !message.contains("1890"), "{message}");
    Ok(())
}

#[tokio::test]
async fn a_trading_call_needs_a_trade_session() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let view = wire.view_session(&sandbox).await?;
    for answer in [wire.limits(&view).await?, wire.client_ip(&view).await?, wire.logout(&view).await?] {
        assert_eq!(told(answer).await?.1["stCode"], 100022);
    }
    let trade = session(wire.validate(&view, &wire.account.mpin).await?).await?;
    let mixed = with(wire.bare_post("/quick/user/limits"), &trade).header("Auth", &view.token);
    assert_eq!(mixed.send().await?.status(), 200, "the first of two headers counts");
    assert_eq!(sandbox.orders_url(), format!("{}/quick/user/orders", sandbox.root_url()));
    Ok(())
}

#[tokio::test]
async fn an_account_that_has_changed_gets_in_as_it_is_now() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let ucc = wire.account.ucc.clone();
    let view = wire.view_session(&sandbox).await?;
    sandbox.change_account(&ucc, |account| account.mpin = "000001".into())?;
    assert_eq!(wire.validate(&view, &wire.account.mpin).await?.status(), 401);
    assert_eq!(wire.validate(&view, "000001").await?.status(), 200);
    // With a new authenticator the code of this very step has not been used.
    sandbox.change_account(&ucc, |account| account.totp_secret = "MFRGGZDFMZTWQ2LK".into())?;
    assert_eq!(wire.login(&sandbox.totp_now()).await?.status(), 200);
    let error = sandbox.change_account(&ucc, |account| account.totp_secret = "1".into());
    assert!(error.is_err_and(|error| error.to_string().contains("not base32")));
    assert!(sandbox.change_account("NOBODY", |_| ()).is_err());
    Ok(())
}
