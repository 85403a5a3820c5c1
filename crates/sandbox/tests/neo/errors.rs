//! What is refused, and in which of the broker's forms.

use broker_session_sandbox::Fault;
use broker_session_sandbox::neo::{Account, DeadSession, MAX_BAD_TRIES, Operation, Sandbox};
use http::StatusCode;
use serde_json::{Value, json};

use crate::wire::{Result, Session, Wire, builder, told, with};

fn coded(message: &str, code: &str) -> Value {
    json!({ "status": "error", "message": message, "errorCode": code })
}

fn failure(code: i64, message: &str) -> Value {
    json!({ "stCode": code, "errMsg": message, "status": "failure" })
}

fn check(code: &str, message: &str) -> Value {
    json!({ "error": [{ "code": code, "message": message }] })
}

fn dead_session() -> Value {
    json!({ "stCode": 100_022, "errMsg": "invalid session token", "stat": "Not_Ok" })
}

/// Everything that a guess can be refused for: the wrong TOTP, UCC and MPIN, and the lock.
async fn refusals(sandbox: &Sandbox) -> Result<[(u16, Value); 4]> {
    let mut wire = Wire::new(sandbox)?;
    let view = wire.view_session(sandbox).await?;
    let totp = told(wire.login("wrong1").await?).await?;
    wire.account.ucc = "NOBODY".into();
    let ucc = told(wire.login(&sandbox.totp_now()).await?).await?;
    let mpin = told(wire.validate(&view, "000000").await?).await?;
    wire.validate(&view, "000000").await?;
    assert_eq!((sandbox.bad_tries("S4MPL"), sandbox.is_locked("S4MPL")), (MAX_BAD_TRIES, true));
    let locked = told(wire.validate(&view, &wire.account.mpin).await?).await?;
    sandbox.unlock("S4MPL");
    assert_eq!(wire.validate(&view, &wire.account.mpin).await?.status(), 200);
    Ok([totp, ucc, mpin, locked])
}

#[tokio::test]
async fn wrong_guesses_are_refused_in_the_documented_form_and_lock_the_account() -> Result {
    let sandbox = builder().start().await?;
    let expected = [
        (401, json!({ "status": "error", "message": "Invalid TOTP" })),
        (200, failure(429, "Invalid UCC")),
        (401, coded("Invalid MPIN.", "401")),
        (403, coded("Account locked.", "403")),
    ];
    assert_eq!(refusals(&sandbox).await?, expected);
    Ok(())
}

#[tokio::test]
async fn wrong_guesses_are_refused_with_status_200_if_the_broker_is_told_to() -> Result {
    let sandbox = builder().refusals_in_success().start().await?;
    let expected = [
        (200, failure(401, "Invalid TOTP")),
        (200, failure(429, "Invalid UCC")),
        (200, failure(401, "Invalid MPIN")),
        (200, failure(403, "Account locked.")),
    ];
    assert_eq!(refusals(&sandbox).await?, expected);
    Ok(())
}

#[tokio::test]
async fn a_wrong_mobile_number_is_not_told_apart_and_an_empty_ucc_is_wrong() -> Result {
    let sandbox = builder().start().await?;
    let mut wire = Wire::new(&sandbox)?;
    let code = sandbox.totp_now();
    wire.account.mobile = "910000000828".into();
    let mobile = told(wire.login(&code).await?).await?;
    assert_eq!(mobile, (401, coded("Invalid credentials or TOTP.", "401")));
    wire.account = Account { ucc: String::new(), ..Account::default() };
    assert_eq!(told(wire.login(&code).await?).await?, (200, failure(429, "Invalid UCC")));
    Ok(())
}

#[tokio::test]
async fn a_locked_account_stays_locked_to_the_right_totp_until_it_is_unlocked() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    sandbox.lock("S4MPL");
    let code = sandbox.totp_now();
    assert_eq!(told(wire.login(&code).await?).await?, (403, coded("Account locked.", "403")));
    sandbox.unlock("S4MPL");
    assert_eq!(wire.login(&code).await?.status(), 200);
    Ok(())
}

#[tokio::test]
async fn a_missing_header_is_not_named_but_for_the_applications_name() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let body = wire.login_body("000000");
    let token = &wire.account.access_token;
    for request in [
        wire.post("/login/1.0/tradeApiLogin", &body).header("neo-fin-key", "neotradeapi"),
        wire.sign_in("tradeApiValidate", &json!({ "mpin": "000000" })).header("sid", "1"),
        wire.sign_in("tradeApiValidate", &json!({ "mpin": "000000" })).header("Auth", "1"),
        wire.get("/login/1.0/get-client-ip").header("Sid", "1").header("Auth", "1"),
        wire.get("/login/1.0/get-client-ip").header("Authorization", token).header("Sid", "1"),
        wire.bare_post("/apim/login/2.0/logout").header("Sid", "1"),
        wire.bare_post("/quick/user/limits").header("Auth", "1"),
    ] {
        let answer = told(request.send().await?).await?;
        assert_eq!(answer, (400, check("10512", "Required header not found.")));
    }
    for request in [
        wire.post("/login/1.0/tradeApiLogin", &body).header("Authorization", token),
        wire.post("/login/1.0/tradeApiLogin", &body).header("Authorization", token).header("neo-fin-key", ""),
    ] {
        let answer = told(request.send().await?).await?;
        assert_eq!(answer, (400, check("400", "Missing required field 'NeoFinKey'")));
    }
    assert_eq!(sandbox.bad_tries("S4MPL"), 0);
    Ok(())
}

#[tokio::test]
async fn a_missing_member_is_named_and_no_guess() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let view = wire.view_session(&sandbox).await?;
    for (member, called) in [("mobileNumber", "MobileNumber"), ("ucc", "Ucc"), ("totp", "Totp")] {
        let mut body = wire.login_body("000000");
        body[member] = Value::Null;
        let null = told(wire.sign_in("tradeApiLogin", &body).send().await?).await?;
        body.as_object_mut().ok_or("an object")?.remove(member);
        let missing = told(wire.sign_in("tradeApiLogin", &body).send().await?).await?;
        assert_eq!(missing, (400, check("400", &format!("Missing required field '{called}'"))));
        assert_eq!(null, missing);
        body[member] = 1.into();
        let number = told(wire.sign_in("tradeApiLogin", &body).send().await?).await?;
        assert_eq!(number, (400, check("400", &format!("Field '{called}' must be a string"))));
    }
    let validate = wire.sign_in("tradeApiValidate", &json!({ "pin": "730264" }));
    let answer = validate.header("sid", &view.sid).header("Auth", &view.token).send().await?;
    assert_eq!(told(answer).await?, (400, check("400", "Missing required field 'Mpin'")));
    for body in ["", "[]", "{\"mpin\":"] {
        let request = wire.sign_in("tradeApiLogin", &Value::Null).body(body);
        let answer = told(request.send().await?).await?;
        assert_eq!(answer, (400, check("400", "Request body must be a JSON object")), "{body}");
    }
    assert_eq!(sandbox.bad_tries("S4MPL"), 0);
    Ok(())
}

#[tokio::test]
async fn the_gateway_refuses_a_wrong_access_token_and_one_behind_bearer() -> Result {
    let sandbox = builder().refusals_in_success().start().await?;
    let mut wire = Wire::new(&sandbox)?;
    let trade = wire.trade_session(&sandbox).await?;
    for wrong in ["wrong", "Bearer sandbox-access-token"] {
        wire.account = Account { access_token: wrong.into(), ..Account::default() };
        for answer in [
            wire.login("000000").await?,
            wire.validate(&trade, "000000").await?,
            wire.client_ip(&trade).await?,
        ] {
            let (status, body) = told(answer).await?;
            assert_eq!(status, 401);
            assert_eq!((&body["code"], &body["message"]), (&json!("900901"), &json!("Invalid Credentials")));
            assert!(body["description"].is_string(), "{body}");
        }
    }
    assert_eq!(sandbox.bad_tries("S4MPL"), 0);
    Ok(())
}

#[tokio::test]
async fn a_dead_or_foreign_session_is_refused_with_401_or_200() -> Result {
    let nobodys = Session { token: "a.b.c".into(), sid: "0".into() };
    for (builder, status) in [(builder(), 401), (builder().dead_session_in_success(), 200)] {
        let sandbox = builder.start().await?;
        let wire = Wire::new(&sandbox)?;
        let trade = wire.trade_session(&sandbox).await?;
        sandbox.end_sessions("S4MPL");
        for session in [&nobodys, &trade] {
            for answer in [
                wire.validate(session, &wire.account.mpin).await?,
                wire.client_ip(session).await?,
                wire.limits(session).await?,
                wire.logout(session).await?,
            ] {
                assert_eq!(told(answer).await?, (status, dead_session()));
            }
        }
        assert_eq!(sandbox.bad_tries("S4MPL"), 0);
    }
    Ok(())
}

#[tokio::test]
async fn a_dead_session_is_refused_in_the_chosen_form() -> Result {
    let stat = "error in neo-login-check-api";
    for (form, expected) in [
        (DeadSession::Flat, dead_session()),
        (
            DeadSession::Nested,
            json!({ "data": { "stCode": 100_022, "errMsg": "invalid session token", "stat": stat } }),
        ),
        (DeadSession::Emsg, json!({ "stat": "Not_Ok", "emsg": "Invalid session", "stCode": 1003 })),
    ] {
        let sandbox = builder().dead_session(form).start().await?;
        let wire = Wire::new(&sandbox)?;
        let trade = wire.trade_session(&sandbox).await?;
        sandbox.end_sessions("S4MPL");
        assert_eq!(told(wire.orders(&trade).await?).await?, (401, expected.clone()));
        assert_eq!(told(wire.validate(&trade, &wire.account.mpin).await?).await?, (401, expected));
    }
    Ok(())
}

#[tokio::test]
async fn trading_calls_need_the_documented_headers_where_they_are_strict() -> Result {
    for (builder, without) in [(builder(), 200), (builder().strict_headers(), 400)] {
        let sandbox = builder.start().await?;
        let wire = Wire::new(&sandbox)?;
        let trade = wire.trade_session(&sandbox).await?;
        for path in
            ["/quick/user/orders", "/quick/user/trades", "/portfolio/v1/holdings", "/portfolio/v2/positions"]
        {
            let call = || with(wire.get(path), &trade);
            assert_eq!(call().send().await?.status(), without, "{path}");
            let named = || call().header("neo-fin-key", "neotradeapi");
            assert_eq!(named().send().await?.status(), without, "{path}");
            for token in ["sandbox-access-token", "Bearer sandbox-access-token"] {
                let answer = told(named().header("Authorization", token).send().await?).await?;
                assert_eq!(answer, (200, json!({ "stat": "Ok", "stCode": 200, "data": [] })), "{path}");
            }
            let (status, body) = told(named().header("Authorization", "wrong").send().await?).await?;
            assert_eq!((status, &body["code"]), (401, &json!("900901")), "{path}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_injected_status_has_the_body_that_the_broker_documents_for_it() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let trade = wire.trade_session(&sandbox).await?;
    for (status, login, validate, limits) in [
        (200, failure(429, "Invalid UCC"), failure(401, "Invalid MPIN"), dead_session()),
        (401, coded("Invalid credentials or TOTP.", "401"), coded("Invalid MPIN.", "401"), dead_session()),
        (403, coded("Account locked.", "403"), coded("Account locked.", "403"), coded("Forbidden.", "403")),
        (
            503,
            coded("Service Unavailable.", "503"),
            coded("Service Unavailable.", "503"),
            coded("Service Unavailable.", "503"),
        ),
    ] {
        let fault = Fault::status(StatusCode::from_u16(status)?);
        for operation in Operation::ALL {
            sandbox.inject(operation, fault.clone());
        }
        assert_eq!(told(wire.login("000000").await?).await?, (status, login));
        assert_eq!(told(wire.validate(&trade, "000000").await?).await?, (status, validate));
        assert_eq!(told(wire.limits(&trade).await?).await?, (status, limits));
        sandbox.clear_faults();
    }
    assert_eq!(sandbox.bad_tries("S4MPL"), 0);
    Ok(())
}

#[tokio::test]
async fn a_code_is_spent_by_an_applied_fault_although_its_answer_is_lost() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let code = sandbox.totp_now();
    sandbox.inject(Operation::TradeApiLogin, Fault::status(StatusCode::BAD_GATEWAY));
    assert_eq!(wire.login(&code).await?.status(), 502);
    sandbox.inject(Operation::TradeApiLogin, Fault::status(StatusCode::BAD_GATEWAY).applied());
    assert_eq!(wire.login(&code).await?.status(), 502);
    assert_eq!(wire.login(&code).await?.status(), 401);
    assert_eq!((sandbox.bad_tries("S4MPL"), sandbox.call_count(Operation::TradeApiLogin)), (1, 3));
    Ok(())
}

#[tokio::test]
async fn what_is_no_operation_is_answered_by_the_gateway() -> Result {
    let sandbox = builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    for (request, status) in
        [(wire.get("/login/1.0/nothing"), 404), (wire.get("/login/1.0/tradeApiLogin"), 405)]
    {
        let (answered, body) = told(request.send().await?).await?;
        assert_eq!((answered, body["code"].as_str()), (status, Some(status.to_string().as_str())));
    }
    assert!(sandbox.calls().iter().all(|call| call.operation.is_none()));
    let long = json!({ "totp": "0".repeat(70_000) });
    let answer = told(wire.sign_in("tradeApiLogin", &long).send().await?).await?;
    assert_eq!((answer.0, answer.1["code"].as_str()), (413, Some("413")));
    Ok(())
}

#[tokio::test]
async fn a_body_that_does_not_say_it_is_json_gets_the_brokers_400_and_is_no_guess() -> Result {
    let sandbox = builder().start().await?;
    let account = sandbox.account();
    let http = reqwest::Client::builder().no_proxy().build()?;
    let login =
        json!({ "mobileNumber": account.mobile, "ucc": account.ucc, "totp": sandbox.totp_now() }).to_string();
    for (path, body) in [("tradeApiLogin", login.as_str()), ("tradeApiValidate", r#"{"mpin":"000000"}"#)] {
        for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
            let request = http
                .post(format!("{}/login/1.0/{path}", sandbox.base_url()))
                .header("Authorization", &account.access_token)
                .header("neo-fin-key", "neotradeapi")
                .header("sid", "made-up")
                .header("Auth", "made-up")
                .header("Content-Type", media_type)
                .body(body.to_owned());
            let expected = (400, check("400", "Content-Type must be application/json"));
            assert_eq!(told(request.send().await?).await?, expected, "{path} {media_type}");
        }
    }
    assert_eq!(sandbox.bad_tries(&account.ucc), 0);
    Ok(())
}
