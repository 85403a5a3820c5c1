//! The sandbox of Kotak Neo: signing in and out, and refusals in each of the broker's forms.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use broker_session_sandbox::{
    Clock, Fault,
    neo::{Account, Builder, DeadSession, MAX_BAD_TRIES, Operation, Sandbox},
};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    BASIC,
    Body::{self, Any, Code, Has, Is},
    FORM, JSON, Result, Wire, play,
};

type Step<'a> = crate::Step<'a, Sandbox>;

const USER: &str = "S4MPL";
const STEP: Duration = Duration::from_secs(30);
const NANOSECOND: Duration = Duration::from_nanos(1);

/// The code of the first step of [`builder`].
const CODE: &str = "902282";
const LOGIN: &str =
    r#"POST /login/1.0/tradeApiLogin {"mobileNumber":"+910000000828","ucc":"S4MPL","totp":"902282"}"#;
const VALIDATE: &str = r#"POST /login/1.0/tradeApiValidate {"mpin":"730264"}"#;
const OTHER_MPIN: &str = r#"POST /login/1.0/tradeApiValidate {"mpin":"000001"}"#;
const EMPTY_MPIN: &str = r#"POST /login/1.0/tradeApiValidate {"mpin":""}"#;
const CLIENT_IP: &str = "GET /login/1.0/get-client-ip";
const LIMITS: &str = r#"POST /quick/user/limits jData={"seg":"ALL","exch":"ALL","prod":"ALL"}"#;
const LOGOUT: &str = "POST /apim/login/2.0/logout";
/// Every call that needs a trade session; the first needs a view session in its place.
const SESSION_CALLS: [&str; 4] = [VALIDATE, CLIENT_IP, LIMITS, LOGOUT];

const DEAD: &str = r#"{"stCode":100022,"errMsg":"invalid session token","stat":"Not_Ok"}"#;
const EMPTY: Body = Is(r#"{"stat":"Ok","stCode":200,"data":[]}"#);
const LOGGED_OUT: Body = Is(r#"{"stat":"Ok","stCode":200,"message":"Logged out."}"#);
const UCC: Body = Is(r#"{"stCode":429,"errMsg":"Invalid UCC","status":"failure"}"#);
const MPIN: Body = Is(r#"{"status":"error","message":"Invalid MPIN.","errorCode":"401"}"#);
const CREDENTIALS: Body =
    Is(r#"{"status":"error","message":"Invalid credentials or TOTP.","errorCode":"401"}"#);
/// The gateway's refusal of an access token.
const GATEWAY: Body = Has(r#"{"code":"900901","message":"Invalid Credentials"}"#);

/// A sandbox at 09:15:00 in India, the beginning of a step, whatever the time of day.
fn builder() -> Builder {
    Sandbox::builder().clock(Clock::frozen_at(Timestamp::constant(1_630_295_100, 0)))
}

fn two_accounts() -> Builder {
    let ucc = "OTHER".into();
    let second = Account { ucc, access_token: "other".into(), mpin: "000001".into(), ..Account::default() };
    builder().account(Account::default()).account(second)
}

/// A sandbox, and a client of its application that remembers its session.
async fn start(builder: Builder) -> Result<(Sandbox, Wire)> {
    let sandbox = builder.start().await?;
    let mut wire = Wire::new(sandbox.root_url())?;
    wire.remembered = &[("token", "auth"), ("sid", "sid")];
    let wire = wire.with("authorization", "sandbox-access-token")?.with("neo-fin-key", "neotradeapi")?;
    Ok((sandbox, wire))
}

/// The same with a view session and a trade session.
async fn signed_in(builder: Builder) -> Result<(Sandbox, Wire, Wire)> {
    let (sandbox, mut view) = start(builder).await?;
    view.send(&login(&sandbox.totp_now())).await?.check("login", 200, Any);
    let mut trade = view.clone();
    trade.send(VALIDATE).await?.check("validate", 200, Any);
    Ok((sandbox, view, trade))
}

fn login(totp: &str) -> String {
    LOGIN.replace(CODE, totp)
}

fn is_uuid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

#[tokio::test]
async fn tokens_are_json_web_tokens_until_midnight_in_india() -> Result {
    let part = |token: &str, number: usize| -> Result<Value> {
        let part = token.split('.').nth(number).ok_or("a token of too few parts")?;
        Ok(serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part)?)?)
    };
    // A second before midnight, and at midnight.
    for (issued, lifetime) in [(1_630_348_199, 1), (1_630_348_200, 24 * 60 * 60)] {
        let clock = Clock::frozen_at(Timestamp::from_second(issued)?);
        let (_sandbox, view, trade) = signed_in(builder().clock(clock)).await?;
        assert_ne!(view.headers["sid"], trade.headers["sid"]);
        assert!(is_uuid(trade.headers["sid"].to_str()?), "{:?}", trade.headers["sid"]);
        let tokens = [view.headers["auth"].to_str()?, trade.headers["auth"].to_str()?];
        let claims = [part(tokens[0], 1)?, part(tokens[1], 1)?];
        assert!(claims[0]["jti"] != claims[1]["jti"] && claims[0]["sub"] == claims[1]["sub"], "{claims:?}");
        for ((token, claims), scope) in tokens.into_iter().zip(claims).zip(["View", "Trade"]) {
            let are_ids = ["jti", "sub"].iter().all(|name| claims[name].as_str().is_some_and(is_uuid));
            assert!(are_ids, "{claims}");
            assert_eq!(part(token, 0)?, json!({ "typ": "JWT", "alg": "RS256" }));
            let expected = json!({
                "sub": claims["sub"].as_str(), "scope": [scope], "iat": issued, "exp": issued + lifetime,
                "jti": claims["jti"].as_str(), "ucc": USER, "iss": "broker-session-sandbox",
            });
            assert_eq!(claims, expected);
            // Base64 of a signature of 2048 bits.
            assert_eq!(token.split('.').map(str::len).collect::<Vec<_>>()[2..], [342]);
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_clock_may_stand_before_the_epoch() -> Result {
    signed_in(builder().clock(Clock::frozen_at(Timestamp::MIN))).await.map(drop)
}

#[tokio::test]
async fn a_session_is_served_below_its_base_url() -> Result {
    let (sandbox, mut view, mut wire) = signed_in(builder().base_url_in_answers("/xyz")).await?;
    let (root, trade) = (sandbox.root_url(), view.send(VALIDATE).await?);
    let streams = root.replace("http", "ws");
    trade.check("base", 200, Has(&format!(r#""baseUrl":"{root}/xyz""#)));
    trade.check("feed", 200, Has(&format!(r#""feedUrl":"{streams}/apifeed""#)));
    trade.check("real time", 200, Has(&format!(r#""rtUrl":"{streams}/realtime""#)));
    assert_eq!(sandbox.orders_url(), format!("{root}/xyz/quick/user/orders"));
    let steps: &[Step<'_>] = &[
        ("at the host of the sign-in", |_| (), CLIENT_IP, 200, Any),
        ("not at the root", |_| (), "GET /quick/user/orders", 404, Any),
        ("below the path", |_| (), "GET /xyz/quick/user/orders", 200, Any),
        ("no logout at the root", |_| (), LOGOUT, 404, Any),
        ("logout below the path", |_| (), "POST /xyz/apim/login/2.0/logout", 200, Any),
    ];
    play(&sandbox, &mut wire, steps).await
}

#[tokio::test]
async fn older_official_clients_have_paths_of_their_own() -> Result {
    let (sandbox, mut wire) = start(builder()).await?;
    const TOKEN: Body = Has(r#"{"access_token":"sandbox-access-token"}"#);
    const INVALID: Body = Has(r#"{"error":"invalid_client"}"#);
    for (pair, status, expected) in [(BASIC, 200, TOKEN), ("Basic d3Jvbmc6d3Jvbmc=", 401, INVALID)] {
        let request = r#"POST /oauth2/token {"grant_type":"client_credentials"}"#;
        wire.with("authorization", pair)?.send(request).await?.check(pair, status, expected);
    }
    wire = wire.with("authorization", "Bearer sandbox-access-token")?;
    for (paths, orders) in [
        ("/apim/login/2.0/login/v6/totp", "/apim/orders/2.0/quick/user/orders?sId="),
        ("/login/1.0/login/v6/totp", "/Orders/2.0/quick/user/orders?sId=server1"),
    ] {
        let login = login(&sandbox.totp_now()).replace("/login/1.0/tradeApiLogin", &format!("{paths}/login"));
        let validate = VALIDATE.replace("/login/1.0/tradeApiValidate", &format!("{paths}/validate"));
        for request in [&login, &validate, &format!("GET {orders}"), LOGOUT] {
            wire.send(request).await?.check(request, 200, Any);
        }
        sandbox.advance(STEP);
    }
    assert_eq!(sandbox.call_count(Operation::TradeApiLogin), 2);
    Ok(())
}

#[tokio::test]
async fn what_old_clients_send_besides_does_not_matter() -> Result {
    let (_sandbox, view, mut trade) = signed_in(builder()).await?;
    let named = trade.with("neo-fin-key", "another")?;
    named.clone().send(CLIENT_IP).await?.check("another name", 200, Any);
    trade.headers.append("auth", view.headers["auth"].clone());
    trade.send(LIMITS).await?.check("the first of two headers counts", 200, Any);
    let mut odd = named.with("authorization", "Bearer unchecked")?;
    odd.send("POST /apim/login/2.0/logout a=b&c").await?.check("a body and no access token", 200, LOGGED_OUT);
    Ok(())
}

#[tokio::test]
async fn every_account_has_its_own_secrets_and_sessions() -> Result {
    let (sandbox, mut view, trade) = signed_in(two_accounts()).await?;
    let mut other = view.with("authorization", "other")?;
    other.send(&LOGIN.replace(USER, "OTHER")).await?.check("the same code by another user", 200, Any);
    other.send(VALIDATE).await?.check("the first user's MPIN", 401, MPIN);
    let foreign = [
        ("the first user's view session", view.with("authorization", "other")?),
        ("the first user's trade session", trade.with("authorization", "other")?),
        ("an id of another session", other.with("sid", view.headers["sid"].to_str()?)?),
    ];
    for (holds, mut wire) in foreign {
        wire.send(OTHER_MPIN).await?.check(holds, 401, Is(DEAD));
        wire.send(CLIENT_IP).await?.check(holds, 401, Is(DEAD));
    }
    other.send(OTHER_MPIN).await?.check("the second user's MPIN", 200, Any);
    assert_eq!((sandbox.live_sessions(USER), sandbox.live_sessions("OTHER")), (1, 1));
    assert_eq!((sandbox.bad_tries(USER), sandbox.bad_tries("OTHER")), (0, 0));
    sandbox.end_sessions(USER);
    other.send(CLIENT_IP).await?.check("lives on", 200, Any);
    view.send(VALIDATE).await?.check("view sessions end, too", 401, Is(DEAD));
    Ok(())
}

#[tokio::test]
async fn a_changed_account_is_the_one_that_counts() -> Result {
    let (sandbox, mut wire) = start(builder()).await?;
    wire.send(LOGIN).await?.check("login", 200, Any);
    sandbox.change_account(USER, |account| account.mpin = "000001".into())?;
    wire.send(VALIDATE).await?.check("the old MPIN", 401, MPIN);
    wire.send(OTHER_MPIN).await?.check("the new MPIN", 200, Any);
    // With a new authenticator the code of this very step has not been used.
    sandbox.change_account(USER, |account| account.totp_secret = "MFRGGZDFMZTWQ2LK".into())?;
    wire.send(&login(&sandbox.totp_now())).await?.check("the new authenticator", 200, Any);
    let error = sandbox.change_account(USER, |account| account.totp_secret = "1".into());
    assert!(error.is_err_and(|error| error.to_string().contains("not base32")));
    assert!(sandbox.change_account("NOBODY", |_| ()).is_err());
    Ok(())
}

#[tokio::test]
async fn wrong_guesses_count_together_and_lock_the_account() -> Result {
    const LOCKED: Body = Is(r#"{"status":"error","message":"Account locked.","errorCode":"403"}"#);
    const TOTP: Body = Is(r#"{"status":"error","message":"Invalid TOTP"}"#);
    const OBSERVED_LOCKED: Body = Is(r#"{"stCode":403,"errMsg":"Account locked.","status":"failure"}"#);
    const OBSERVED_MPIN: Body = Is(r#"{"stCode":401,"errMsg":"Invalid MPIN","status":"failure"}"#);
    const OBSERVED_TOTP: Body = Is(r#"{"stCode":401,"errMsg":"Invalid TOTP","status":"failure"}"#);
    let documented = [(401, TOTP), (401, MPIN), (403, LOCKED)];
    let observed = [(200, OBSERVED_TOTP), (200, OBSERVED_MPIN), (200, OBSERVED_LOCKED)];
    for (builder, [totp, mpin, locked]) in
        [(builder(), documented), (builder().refusals_in_success(), observed)]
    {
        let (next_login, wrong_ucc) = (login("903207"), LOGIN.replace(USER, "NOBODY"));
        let steps: &[Step<'_>] = &[
            ("a code of the last step", |s| s.advance(2 * STEP - NANOSECOND), LOGIN, 200, Any),
            ("is good once", |_| (), LOGIN, totp.0, totp.1),
            ("a new code", |s| assert_eq!(s.bad_tries(USER), 1), &next_login, 200, Any),
            ("forgives nothing", |s| assert_eq!(s.bad_tries(USER), 1), &wrong_ucc, 200, UCC),
            ("a wrong MPIN", |_| (), OTHER_MPIN, mpin.0, mpin.1),
            ("the last guess", |_| (), EMPTY_MPIN, mpin.0, mpin.1),
            ("locked", |s| assert_eq!(s.bad_tries(USER), MAX_BAD_TRIES), VALIDATE, locked.0, locked.1),
        ];
        let (sandbox, mut wire) = start(builder).await?;
        assert_eq!(sandbox.totp_now(), CODE);
        play(&sandbox, &mut wire, steps).await?;
        sandbox.advance(STEP);
        let fresh = login(&sandbox.totp_now());
        wire.send(&fresh).await?.check("locked for the login, too", locked.0, locked.1);
        sandbox.unlock(USER);
        wire.send(OTHER_MPIN).await?.check("guesses count again", mpin.0, mpin.1);
        wire.send(&fresh).await?.check("a locked account does not check the code", 200, Any);
        wire.send(VALIDATE).await?.check("the right MPIN forgives", 200, Any);
        assert_eq!(sandbox.bad_tries(USER), 0);
    }
    Ok(())
}

#[tokio::test]
async fn a_bad_header_is_refused_and_is_no_guess() -> Result {
    const MISSING: Body = Is(r#"{"error":[{"code":"10512","message":"Required header not found."}]}"#);
    const FIN_KEY: Body = Is(r#"{"error":[{"code":"400","message":"Missing required field 'NeoFinKey'"}]}"#);
    const NO_JSON: Body =
        Is(r#"{"error":[{"code":"400","message":"Content-Type must be application/json"}]}"#);
    const BEARER: Option<&str> = Some("Bearer sandbox-access-token");
    let (sandbox, wire) = start(two_accounts().refusals_in_success()).await?;
    let wire = wire.with("sid", "made-up")?.with("auth", "made-up")?;
    for (name, value, request, status, expected) in [
        ("authorization", None, LOGIN, 400, MISSING),
        ("authorization", None, CLIENT_IP, 400, MISSING),
        ("auth", None, VALIDATE, 400, MISSING),
        ("sid", None, VALIDATE, 400, MISSING),
        ("auth", None, CLIENT_IP, 400, MISSING),
        ("auth", None, LOGOUT, 400, MISSING),
        ("sid", None, LIMITS, 400, MISSING),
        ("neo-fin-key", None, LOGIN, 400, FIN_KEY),
        ("neo-fin-key", Some(""), LOGIN, 400, FIN_KEY),
        ("content-type", Some("text/plain"), LOGIN, 400, NO_JSON),
        ("content-type", Some("application/jsonp"), LOGIN, 400, NO_JSON),
        ("content-type", Some(FORM), OTHER_MPIN, 400, NO_JSON),
        ("authorization", Some("wrong"), LOGIN, 401, GATEWAY),
        ("authorization", Some("wrong"), OTHER_MPIN, 401, GATEWAY),
        ("authorization", Some("wrong"), CLIENT_IP, 401, GATEWAY),
        ("authorization", BEARER, LOGIN, 401, GATEWAY),
        ("authorization", BEARER, OTHER_MPIN, 401, GATEWAY),
        ("authorization", BEARER, CLIENT_IP, 401, GATEWAY),
        ("authorization", Some("other"), LOGIN, 200, UCC),
    ] {
        let response = wire.with(name, value)?.send(request).await?;
        response.check(&format!("{name} {value:?} {request}"), status, expected);
    }
    assert_eq!(sandbox.bad_tries(USER), 0);
    Ok(())
}

#[tokio::test]
async fn a_bad_body_is_refused_and_is_no_guess() -> Result {
    const OBJECT: &str = "Request body must be a JSON object";
    const MOBILE: &str = r#""+910000000828""#;
    let (sandbox, wire) = start(builder()).await?;
    let mut wire = wire.with("sid", "made-up")?.with("auth", "made-up")?.with("content-type", JSON)?;
    let body = LOGIN.splitn(3, ' ').last().unwrap_or_default();
    for (request, part, other, message) in [
        (LOGIN, r#""mobileNumber""#, r#""number""#, "Missing required field 'MobileNumber'"),
        (LOGIN, MOBILE, "null", "Missing required field 'MobileNumber'"),
        (LOGIN, MOBILE, "1", "Field 'MobileNumber' must be a string"),
        (LOGIN, r#""ucc""#, r#""user""#, "Missing required field 'Ucc'"),
        (LOGIN, r#""S4MPL""#, "1", "Field 'Ucc' must be a string"),
        (LOGIN, r#""totp""#, r#""code""#, "Missing required field 'Totp'"),
        (LOGIN, r#""902282""#, "902282", "Field 'Totp' must be a string"),
        (VALIDATE, r#""mpin""#, r#""pin""#, "Missing required field 'Mpin'"),
        (LOGIN, body, "", OBJECT),
        (LOGIN, body, "[]", OBJECT),
        (LOGIN, body, r#"{"mpin":"#, OBJECT),
    ] {
        let expected = json!({ "error": [{ "code": "400", "message": message }] }).to_string();
        let request = request.replace(part, other);
        wire.send(&request).await?.check(&request, 400, Is(&expected));
    }
    wire.send(&LOGIN.replace("+91", "91")).await?.check("a wrong mobile number", 401, CREDENTIALS);
    wire.send(&LOGIN.replace(USER, "")).await?.check("no user", 200, UCC);
    wire.send(&login(&"0".repeat(70_000))).await?.check("too long", 413, Code(413));
    assert_eq!(sandbox.bad_tries(USER), 0);
    wire.send(LOGIN).await?.check("none of them has spent the code", 200, Any);
    Ok(())
}

#[tokio::test]
async fn a_dead_session_is_refused_in_the_chosen_form() -> Result {
    const NESTED: &str = r#"{"data":{"stCode":100022,"errMsg":"invalid session token",
        "stat":"error in neo-login-check-api"}}"#;
    const EMSG: &str = r#"{"stat":"Not_Ok","emsg":"Invalid session","stCode":1003}"#;
    for (builder, status, expected) in [
        (builder(), 401, DEAD),
        (builder().dead_session_in_success(), 200, DEAD),
        (builder().dead_session(DeadSession::Nested), 401, NESTED),
        (builder().dead_session(DeadSession::Emsg), 401, EMSG),
    ] {
        let (sandbox, view, trade) = signed_in(builder).await?;
        let made_up = trade.with("auth", "a.b.c")?.with("sid", "0")?;
        let mut over = view.clone();
        over.send(VALIDATE).await?.check("a second trade session", 200, Any);
        over.send(LOGOUT).await?.check("logout", 200, LOGGED_OUT);
        for (holds, mut wire, requests) in [
            ("made up", made_up, &SESSION_CALLS[..]),
            ("logged out", over, &SESSION_CALLS[..]),
            ("for validating alone", view, &SESSION_CALLS[1..]),
            ("for all but validating", trade, &SESSION_CALLS[..1]),
        ] {
            for request in requests {
                wire.send(request).await?.check(&format!("{holds} {request}"), status, Is(expected));
            }
        }
        assert_eq!((sandbox.live_sessions(USER), sandbox.bad_tries(USER)), (1, 0));
    }
    Ok(())
}

#[tokio::test]
async fn strict_trading_calls_need_the_documented_headers() -> Result {
    for (builder, without) in [(builder(), 200), (builder().strict_headers(), 400)] {
        let (_sandbox, _, wire) = signed_in(builder).await?;
        let expected = if without == 200 { EMPTY } else { Any };
        for (name, value, status, expected) in [
            ("neo-fin-key", None, without, expected),
            ("authorization", None, without, expected),
            ("authorization", Some("sandbox-access-token"), 200, EMPTY),
            ("authorization", Some("Bearer sandbox-access-token"), 200, EMPTY),
            ("authorization", Some("wrong"), 401, GATEWAY),
        ] {
            for path in
                ["quick/user/orders", "quick/user/trades", "portfolio/v1/holdings", "portfolio/v2/positions"]
            {
                let response = wire.with(name, value)?.send(&format!("GET /{path}")).await?;
                response.check(&format!("{path} {name} {value:?}"), status, expected);
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_injected_status_has_its_documented_body() -> Result {
    const WRONG_MPIN: Body = Is(r#"{"stCode":401,"errMsg":"Invalid MPIN","status":"failure"}"#);
    const FORBIDDEN: Body = Is(r#"{"status":"error","message":"Forbidden.","errorCode":"403"}"#);
    const TEAPOT: Body = Is(r#"{"status":"error","message":"I'm a teapot.","errorCode":"418"}"#);
    let (sandbox, _, mut wire) = signed_in(builder()).await?;
    for (status, bodies) in [
        (200, [UCC, WRONG_MPIN, Is(DEAD)]),
        (401, [CREDENTIALS, MPIN, Is(DEAD)]),
        (403, [FORBIDDEN; 3]),
        (418, [TEAPOT; 3]),
    ] {
        for operation in Operation::ALL {
            sandbox.inject(operation, Fault::status(StatusCode::from_u16(status)?));
        }
        for (request, expected) in [LOGIN, OTHER_MPIN, LIMITS].into_iter().zip(bodies) {
            wire.send(request).await?.check(request, status, expected);
        }
        sandbox.clear_faults();
    }
    assert_eq!(sandbox.bad_tries(USER), 0);
    sandbox.clear_calls();
    wire.send("GET /login/1.0/nothing").await?.check("no such path", 404, Code(404));
    wire.send("GET /login/1.0/tradeApiLogin").await?.check("no such method", 405, Code(405));
    assert!(sandbox.calls().iter().all(|call| call.operation.is_none()));
    Ok(())
}
