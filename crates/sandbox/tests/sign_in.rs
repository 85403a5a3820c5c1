//! Signing in and out over the wire: what is answered, and what is logged.

mod common;

use broker_session_sandbox::Clock;
use broker_session_sandbox::kotak::{Account, Envelope, Operation, Sandbox};
use common::{Result, Wire, fault, text};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn a_sign_in_with_each_factor_gives_a_session_that_works_until_logout() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    for (factor, body) in [
        ("accesscode", json!({ "accessCode": "604821" })),
        ("oneTimeToken", json!({})),
        ("mpin", json!({ "mpin": "730264" })),
        ("biometric", json!({ "biometric": "sandbox-biometric", "unknown": [1] })),
    ] {
        assert_eq!(wire.init().await?.status(), StatusCode::OK);
        let token = wire.one_time_token().await?;
        let answer = wire.second_factor(&token, factor, body).await?;
        assert_eq!(answer.status(), StatusCode::OK, "{factor}");
        let session = text(&answer.json().await?, "/success/sessionToken")?;
        let orders: Value = wire.orders(&session).await?.json().await?;
        assert_eq!(orders, json!({ "success": [] }));
        let goodbye: Value = wire.logout(&session).await?.json().await?;
        assert_eq!(goodbye, json!({ "Success": { "message": "Logout Successful." } }));
        assert_eq!(fault(wire.orders(&session).await?).await?, (StatusCode::FORBIDDEN, 99999));
        assert_eq!(fault(wire.logout(&session).await?).await?, (StatusCode::BAD_REQUEST, 99999));
    }
    Ok(())
}

#[tokio::test]
async fn responses_have_every_documented_and_recorded_field() -> Result {
    let clock = Clock::frozen_at("2021-08-29T18:31:00Z".parse()?);
    let sandbox = Sandbox::builder().clock(clock).start().await?;
    let wire = Wire::new(&sandbox)?;
    let host = sandbox.base_url();
    let port: u16 = host.trim_start_matches("http://127.0.0.1:").trim_end_matches("/apim").parse()?;
    let here = json!({ "host": host, "port": port });

    let init: Value = wire.init().await?.json().await?;
    assert_eq!(
        init,
        json!({ "Success": {
            "clientType": "ONLINE",
            "encryption": { "keySize": 0, "publickKey": "", "type": "PLAIN" },
            "isNRI": "N",
            "message": "Session initialised successfully.",
            "redirect": here,
            "service": here,
            "status": "Success",
            "userType": "G",
            "userid": "S4MPL3",
        } })
    );

    let mut login: Value = wire.login_with("sandbox-password").await?.json().await?;
    let token = text(&login, "/Success/oneTimeToken")?;
    login["Success"]["oneTimeToken"] = "".into();
    assert_eq!(
        login,
        json!({ "Success": {
            "Status": "Temporary",
            "accessCodeTime": "8/30/2021 12:01:00 AM",
            "authLevel": 1,
            "biometric": "Y",
            "clientType": "ONLINE",
            "emailId": "sXXXXX@example.com",
            "message": "Authentication Successful.",
            "mpin": "Y",
            "nomineeFlag": 0,
            "oneTimeToken": "",
            "phoneNo": "XXXXXXX828",
            "redirect": here,
            "userid": "S4MPL3",
        } })
    );

    let session: Value = wire.second_factor(&token, "oneTimeToken", json!({})).await?.json().await?;
    let members: Vec<_> =
        session["success"].as_object().into_iter().flatten().map(|(name, _)| name).collect();
    let documented = "advancedChart apiToken broadcast clientCode clientName dormantType emailId \
                      enabledExchangeSegments enabledProducts enabledSegments getLTPURL getLtp isNRI isTrinity \
                      loginTime marginProduct marketData nomineeFlag phoneNo poaFlag redirect search searchURL \
                      service sessionToken stwtFlag userId weblink";
    assert_eq!(members, documented.split(' ').collect::<Vec<_>>());
    assert_eq!(session["success"]["loginTime"], "8/30/2021 12:01:00 AM");
    assert_eq!(session["success"]["getLTPURL"], json!({ "host": "", "port": 0 }));
    assert_eq!(session["success"]["enabledExchangeSegments"]["COMMODITY"][0]["status"], "NOACCESS");
    Ok(())
}

#[tokio::test]
async fn init_and_login_also_take_the_path_and_the_nickname() -> Result {
    let account = Account { nickname: "a nick/name".into(), ..Account::default() };
    let sandbox = Sandbox::builder().account(account).start().await?;
    let wire = Wire::new(&sandbox)?;
    for path in ["init/userid/S4MPL3", "init/nickname/a%20nick%2Fname"] {
        let answer: Value = wire.call(Method::GET, path).send().await?.json().await?;
        assert_eq!(text(&answer, "/Success/userid")?, "S4MPL3", "{path}");
    }
    let body = json!({ "nickname": "a nick/name", "password": "sandbox-password" });
    let answer = wire.call(Method::POST, "login/nickname").json(&body).send().await?;
    assert_eq!(text(&answer.json().await?, "/Success/userid")?, "S4MPL3");
    let logged: Vec<_> = sandbox.calls().into_iter().filter_map(|call| call.operation).collect();
    assert_eq!(logged, ["session_init_userid", "session_init_nickname", "session_login_nickname"]);
    Ok(())
}

#[tokio::test]
async fn the_envelope_is_as_chosen_on_every_answer() -> Result {
    for (envelope, prefix) in
        [(Envelope::Upper, "/Success"), (Envelope::Lower, "/success"), (Envelope::Flat, "")]
    {
        let sandbox = Sandbox::builder().envelope(envelope).start().await?;
        let wire = Wire::new(&sandbox)?;
        let login = wire.login_with("sandbox-password").await?.json().await?;
        let token = text(&login, &format!("{prefix}/oneTimeToken"))?;
        let session = wire.second_factor(&token, "oneTimeToken", json!({})).await?.json().await?;
        let session = text(&session, &format!("{prefix}/sessionToken"))?;
        let logout = wire.logout(&session).await?.json().await?;
        assert_eq!(text(&logout, &format!("{prefix}/message"))?, "Logout Successful.");
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_code_then_a_right_one_signs_in_with_the_same_one_time_token() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let token = wire.one_time_token().await?;
    let wrong = wire.second_factor(&token, "accesscode", json!({ "accessCode": "000000" })).await?;
    assert_eq!(fault(wrong).await?, (StatusCode::UNAUTHORIZED, 401));
    assert_eq!(sandbox.bad_tries("S4MPL3"), 1);
    let right = wire.second_factor(&token, "accesscode", json!({ "accessCode": "604821" })).await?;
    assert_eq!(right.status(), StatusCode::OK);
    assert_eq!(sandbox.bad_tries("S4MPL3"), 0);
    Ok(())
}

#[tokio::test]
async fn a_new_access_code_can_be_asked_for_and_read() -> Result {
    let hour = std::time::Duration::from_secs(60 * 60);
    let sandbox = Sandbox::builder().access_code_lifetime(hour).start().await?;
    let wire = Wire::new(&sandbox)?;
    sandbox.advance(hour);
    let token = wire.one_time_token().await?;
    let expired = wire.second_factor(&token, "accesscode", json!({ "accessCode": "604821" })).await?;
    assert_eq!(fault(expired).await?, (StatusCode::UNAUTHORIZED, 401));
    let request = wire.call(Method::GET, "2FA/accesscode").header("oneTimeToken", &token);
    let sent: Value = request.header("userid", "S4MPL3").send().await?.json().await?;
    let new = text(&sent, "/Success/oneTimeToken")?;
    let code = sandbox.access_code("S4MPL3").ok_or("no code")?;
    let old = wire.second_factor(&token, "accesscode", json!({ "accessCode": code })).await?;
    assert_eq!(fault(old).await?, (StatusCode::UNAUTHORIZED, 50001));
    let right = wire.second_factor(&new, "accesscode", json!({ "accessCode": code })).await?;
    assert_eq!(right.status(), StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn the_call_log_has_what_was_sent_and_its_debug_has_no_secret() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let session = wire.session_token().await?;
    wire.logout(&session).await?;
    let logout = sandbox.calls_to(Operation::SessionLogout).remove(0);
    assert_eq!(logout.header("sessiontoken"), Some(session.as_str()));
    assert_eq!(logout.base, sandbox.base_url());
    assert_eq!(
        (logout.method.as_str(), logout.path.as_str()),
        ("DELETE", "/apim/session/1.0/session/logout")
    );
    let login = sandbox.calls_to(Operation::SessionLoginUserid).remove(0);
    let body: Value = serde_json::from_slice(&login.body)?;
    assert_eq!(body["password"], "sandbox-password");

    let debug = format!("{:?} {sandbox:?}", sandbox.calls());
    assert!(debug.contains("session_login_userid"), "{debug}");
    for secret in ["sandbox-password", "sandbox-access-token", "sandbox-consumer-key", session.as_str()] {
        assert!(!debug.contains(secret), "{secret} in {debug}");
    }
    sandbox.clear_calls();
    assert_eq!(sandbox.call_count(Operation::SessionLogout), 0);
    Ok(())
}

#[tokio::test]
async fn credentials_that_have_changed_are_the_only_ones_that_get_in() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    sandbox.change_account("S4MPL3", |account| {
        account.password = "made-up-new-password".into();
        account.access_code = "000001".into();
        account.userid = "OTHER".into();
    })?;
    assert_eq!(wire.login_with("sandbox-password").await?.status(), 401);
    assert_eq!(sandbox.access_code("S4MPL3").as_deref(), Some("000001"));
    assert_eq!(sandbox.access_code("OTHER"), None, "whose account it is stays");
    let answer = wire.login_with("made-up-new-password").await?.json().await?;
    let token = text(&answer, "/Success/oneTimeToken")?;
    let session = wire.second_factor(&token, "accesscode", json!({ "accessCode": "000001" })).await?;
    assert!(session.status().is_success());
    let error = sandbox.change_account("NOBODY", |_| ()).err().ok_or("there is such a user")?;
    assert!(error.to_string().contains("NOBODY"), "{error}");
    Ok(())
}
