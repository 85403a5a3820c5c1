//! The sandbox of the Kotak Trade API: signing in and out, refusals, the second base, OAuth.

use std::time::Duration;

use broker_session_sandbox::{
    Clock, Fault,
    kotak::{Account, Builder, Envelope, Operation, Redirect, Sandbox},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    BASIC,
    Body::{self, Any, Code, Has, Is},
    Result, Wire, played,
};

type Step<'a> = crate::Step<'a, Sandbox>;

pub(crate) const USER: &str = "S4MPL3";
const SECOND: Duration = Duration::from_secs(1);

pub(crate) const INIT: &str = "GET /session/1.0/session/init";
pub(crate) const LOGIN: &str =
    r#"POST /session/1.0/session/login/userid {"userid":"S4MPL3","password":"sandbox-password"}"#;
pub(crate) const WRONG_LOGIN: &str =
    r#"POST /session/1.0/session/login/userid {"userid":"S4MPL3","password":"wrong"}"#;
const SEND_CODE: &str = "GET /session/1.0/session/2FA/accesscode";
const ACCESS_CODE: &str =
    r#"POST /session/1.0/session/2FA/accesscode {"userid":"S4MPL3","accessCode":"604821"}"#;
const WRONG_CODE: &str =
    r#"POST /session/1.0/session/2FA/accesscode {"userid":"S4MPL3","accessCode":"000000"}"#;
const REDEEM: &str = r#"POST /session/1.0/session/2FA/oneTimeToken {"userid":"S4MPL3"}"#;
const MPIN: &str = r#"POST /session/1.0/session/2FA/mpin {"userid":"S4MPL3","mpin":"730264"}"#;
const WRONG_BIOMETRIC: &str =
    r#"POST /session/1.0/session/2FA/biometric {"userid":"S4MPL3","biometric":"wrong"}"#;
const ORDERS: &str = "GET /reports/1.0/orders";
const LOGOUT: &str = "DELETE /session/1.0/session/logout";

/// A sandbox, and a client of its application that remembers its one-time token and its session.
pub(crate) async fn start(builder: Builder) -> Result<(Sandbox, Wire)> {
    let sandbox = builder.start().await?;
    let wire = at(sandbox.base_url())?;
    Ok((sandbox, wire))
}

pub(crate) fn at(base: &str) -> Result<Wire> {
    let mut wire = Wire::new(base)?;
    wire.remembered = &[("oneTimeToken", "onetimetoken"), ("sessionToken", "sessiontoken")];
    let wire = wire.with("authorization", "Bearer sandbox-access-token")?;
    let wire = wire.with("consumerkey", "sandbox-consumer-key")?.with("userid", USER)?;
    wire.with("ip", "")?.with("appid", "")
}

#[tokio::test]
async fn responses_name_no_host_of_the_broker() -> Result {
    let (sandbox, mut wire) = start(Sandbox::builder()).await?;
    let port: u16 = sandbox.root_url().trim_start_matches("http://127.0.0.1:").parse()?;
    let here = json!({ "host": sandbox.base_url(), "port": port });
    for (request, names) in
        [(INIT, &["redirect", "service"][..]), (LOGIN, &["redirect"]), (REDEEM, &["redirect", "service"])]
    {
        let body = wire.send(request).await?.json();
        assert!(!body.to_string().contains("kotaksecurities.com"), "{request}: {body}");
        let success = body.get("Success").or(body.get("success")).ok_or("no success")?;
        assert!(names.iter().all(|name| success[name] == here), "{request}: {body}");
    }
    let digits = wire.headers["onetimetoken"].to_str()?;
    assert!(digits.len() == 32 && digits.chars().all(|c| matches!(c, '0'..='9' | 'A'..='F')), "{digits}");
    Ok(())
}

#[tokio::test]
async fn a_user_may_be_named_in_the_path() -> Result {
    const NAMED: Body = Has(r#"{"Success":{"userid":"S4MPL3"}}"#);
    let steps: &[Step<'_>] = &[
        ("a user id", |_| (), "GET /session/1.0/session/init/userid/S4MPL3", 200, NAMED),
        ("a nickname", |_| (), "GET /session/1.0/session/init/nickname/a%20nick%2Fname", 200, NAMED),
        ("not UTF-8", |_| (), "GET /session/1.0/session/init/userid/%ff", 400, Code(400)),
    ];
    let account = Account { nickname: "a nick/name".into(), ..Account::default() };
    let sandbox = played(start(Sandbox::builder().account(account)).await?, steps).await?;
    let logged: Vec<_> = sandbox.calls().into_iter().filter_map(|call| call.operation).collect();
    assert_eq!(logged, ["session_init_userid", "session_init_nickname", "session_init_userid"]);
    Ok(())
}

#[tokio::test]
async fn the_envelope_is_as_chosen() -> Result {
    use Envelope::{Flat, Lower, Upper};
    for (envelope, prefix) in [(Upper, "/Success"), (Lower, "/success"), (Flat, "")] {
        let (_sandbox, mut wire) = start(Sandbox::builder().envelope(envelope)).await?;
        for (request, field) in [(LOGIN, "oneTimeToken"), (REDEEM, "sessionToken"), (LOGOUT, "message")] {
            let body = wire.send(request).await?.json();
            let found = body.pointer(&format!("{prefix}/{field}"));
            assert!(found.is_some_and(Value::is_string), "{envelope:?} {request}: {body}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn wrong_guesses_count_until_a_right_factor() -> Result {
    let steps: &[Step<'_>] = &[
        ("a wrong password", |_| (), WRONG_LOGIN, 401, Code(401)),
        ("the right one", |_| (), LOGIN, 200, Any),
        ("resets nothing", |s| assert_eq!(s.bad_tries(USER), 1), WRONG_CODE, 401, Code(401)),
        ("the token lives", |s| assert_eq!(s.bad_tries(USER), 2), ACCESS_CODE, 200, Any),
        ("from the beginning", |s| assert_eq!(s.bad_tries(USER), 0), LOGIN, 200, Any),
        ("one", |_| (), WRONG_LOGIN, 401, Code(401)),
        ("two", |_| (), WRONG_BIOMETRIC, 401, Code(401)),
        ("three", |s| assert!(!s.is_locked(USER)), WRONG_CODE, 401, Code(401)),
        ("locked", |s| assert!(s.is_locked(USER)), LOGIN, 403, Code(70009)),
        ("for a wrong one, too", |_| (), WRONG_LOGIN, 403, Code(70009)),
        ("for a factor", |_| (), ACCESS_CODE, 403, Code(70009)),
        ("for the token", |_| (), REDEEM, 403, Code(70009)),
        ("unlocked", |s| s.unlock(USER), REDEEM, 200, Any),
    ];
    assert_eq!(played(start(Sandbox::builder()).await?, steps).await?.bad_tries(USER), 0);
    Ok(())
}

#[tokio::test]
async fn a_new_access_code_can_be_requested() -> Result {
    let builder =
        Sandbox::builder().access_code_lifetime(3600 * SECOND).one_time_token_lifetime(Duration::MAX);
    let (sandbox, mut wire) = start(builder).await?;
    wire.send(LOGIN).await?.check("login", 200, Any);
    let mut old = wire.clone();
    wire.send(SEND_CODE).await?.check("sent", 200, Any);
    assert_eq!(sandbox.access_code(USER).as_deref(), Some("604821"), "still the current one");
    old.send(ACCESS_CODE).await?.check("the old one-time token", 401, Code(50001));
    sandbox.advance(3600 * SECOND);
    wire.send(ACCESS_CODE).await?.check("an expired code", 401, Code(401));
    assert_eq!(sandbox.bad_tries(USER), 0, "an expired code is no wrong guess");
    wire.send(SEND_CODE).await?.check("sent again", 200, Any);
    let code = sandbox.access_code(USER).ok_or("no code")?;
    assert_ne!(code, "604821");
    wire.send(&ACCESS_CODE.replace("604821", &code)).await?.check("the new code", 200, Any);
    Ok(())
}

#[tokio::test]
async fn the_call_log_has_everything_but_prints_no_secret() -> Result {
    let (sandbox, mut wire) = start(Sandbox::builder()).await?;
    for request in [LOGIN, REDEEM, LOGOUT] {
        wire.send(request).await?.check(request, 200, Any);
    }
    let logout = sandbox.calls_to(Operation::SessionLogout).remove(0);
    let session = wire.headers["sessiontoken"].to_str()?;
    assert_eq!((logout.header("sessiontoken"), &*logout.base), (Some(session), sandbox.base_url()));
    assert_eq!((&logout.method, &*logout.path), (&http::Method::DELETE, "/apim/session/1.0/session/logout"));
    let login = sandbox.calls_to(Operation::SessionLoginUserid).remove(0);
    assert!(LOGIN.ends_with(&String::from_utf8(login.body.to_vec())?));
    let debug = format!("{:?} {sandbox:?}", sandbox.calls());
    assert!(debug.contains("session_login_userid") && debug.contains(USER), "{debug}");
    for secret in ["sandbox-password", "sandbox-access-token", "sandbox-consumer-key", session] {
        assert!(!debug.contains(secret), "{secret} in {debug}");
    }
    Ok(())
}

#[tokio::test]
async fn changed_credentials_are_the_only_ones_that_work() -> Result {
    let (sandbox, mut wire) = start(Sandbox::builder()).await?;
    sandbox.change_account(USER, |account| {
        account.password = "made-up-new-password".into();
        account.access_code = "000000".into();
        account.userid = "OTHER".into();
    })?;
    assert_eq!(sandbox.access_code(USER).as_deref(), Some("000000"));
    assert_eq!(sandbox.access_code("OTHER"), None, "the user id stays");
    wire.send(LOGIN).await?.check("the old password", 401, Code(401));
    let login = LOGIN.replace("sandbox-password", "made-up-new-password");
    wire.send(&login).await?.check("the new password", 200, Any);
    wire.send(WRONG_CODE).await?.check("the new access code", 200, Any);
    Ok(())
}

#[tokio::test]
async fn the_gateway_checks_every_header() -> Result {
    const MISSING: Body = Code(900_902);
    const WRONG: Body = Code(900_901);
    let (sandbox, wire) = start(Sandbox::builder()).await?;
    for (name, value, status, expected) in [
        ("authorization", None, 401, MISSING),
        ("consumerkey", None, 401, MISSING),
        ("authorization", Some("Basic sandbox-access-token"), 401, MISSING),
        ("authorization", Some("Bearer wrong"), 401, WRONG),
        ("consumerkey", Some("wrong"), 401, WRONG),
        ("ip", None, 200, Any),
        ("appid", None, 200, Any),
        ("userid", None, 400, Code(400)),
    ] {
        wire.with(name, value)?.send(INIT).await?.check(&format!("{name} {value:?}"), status, expected);
    }
    let violations: Vec<_> = sandbox.calls().into_iter().filter_map(|call| call.violation).collect();
    assert!(violations.ends_with(&["ip", "appId", "userid"].map(|name| format!("{name} is missing"))));
    let (_sandbox, mut strict) = start(Sandbox::builder().strict_headers()).await?;
    for name in ["ip", "appid", "userid"] {
        strict.with(name, None)?.send(INIT).await?.check(name, 400, Code(400));
    }
    strict.send(MPIN).await?.check("no one-time token", 400, Code(400));
    Ok(())
}

#[tokio::test]
async fn a_trading_call_needs_both_tokens() -> Result {
    let (_sandbox, mut wire) = start(Sandbox::builder()).await?;
    for request in [LOGIN, REDEEM] {
        wire.send(request).await?.check(request, 200, Any);
    }
    const CALLS: &str = "reports/1.0/orders reports/1.0/trades positions/1.0/positions/open \
                         positions/1.0/positions/todays";
    for path in CALLS.split(' ') {
        let request = format!("GET /{path}");
        wire.send(&request).await?.check(path, 200, Any);
        let mut wrong = wire.with("authorization", "Bearer wrong")?;
        wrong.send(&request).await?.check(path, 401, Code(900_901));
        wire.with("sessiontoken", None)?.send(&request).await?.check(path, 403, Code(99999));
    }
    Ok(())
}

#[tokio::test]
async fn bad_input_is_refused_and_is_no_guess() -> Result {
    let (sandbox, mut wire) = start(Sandbox::builder()).await?;
    wire.send(LOGIN).await?.check("login", 200, Any);
    let wire = wire.with("content-type", crate::JSON)?;
    let long = "x".repeat(100_000);
    for (path, body, status) in [
        ("login/userid", "", 400),
        ("login/userid", "[]", 400),
        ("login/userid", r#"{"userid":"S4MPL3"}"#, 400),
        ("login/userid", r#"{"userid":"S4MPL3","password":null}"#, 400),
        ("2FA/accesscode", r#"{"userid":"S4MPL3","accessCode":604821}"#, 400),
        ("login/userid", &long, 413),
    ] {
        let response = wire.clone().send(&format!("POST /session/1.0/session/{path} {body}")).await?;
        response.check(&format!("{path} {body}"), status, Code(status.into()));
    }
    assert_eq!(sandbox.bad_tries(USER), 0);
    Ok(())
}

#[tokio::test]
async fn a_one_time_token_has_one_user_and_ends() -> Result {
    const STOLEN: &str = r#"POST /session/1.0/session/2FA/oneTimeToken {"userid":"OTHER"}"#;
    let other = Account { userid: "OTHER".into(), ..Account::default() };
    let builder = Sandbox::builder().account(Account::default()).account(other);
    let steps: &[Step<'_>] = &[
        ("login", |_| (), LOGIN, 200, Any),
        ("another user's", |_| (), STOLEN, 424, Code(50001)),
        ("it lives", |s| s.advance(299 * SECOND), WRONG_CODE, 401, Code(401)),
        ("and ends", |s| s.advance(SECOND), ACCESS_CODE, 401, Code(50001)),
        ("by itself", |_| (), REDEEM, 424, Code(50001)),
    ];
    let clock = Clock::frozen_at("2021-08-30T03:45:00Z".parse()?);
    played(start(builder.clock(clock)).await?, steps).await.map(drop)
}

#[tokio::test]
async fn what_a_user_lacks_is_shown_and_refused() -> Result {
    const NO_FACTORS: Body = Has(r#"{"Success":{"mpin":"N","biometric":"N"}}"#);
    let without_factors = Account { mpin: None, biometric: None, ..Account::default() };
    let nobody = LOGIN.replace(USER, "X");
    let inactive = Account { status: "Deactive".into(), ..Account::default() };
    let steps: &[Step<'_>] = &[
        ("no second factor", |_| (), LOGIN, 200, NO_FACTORS),
        ("none is checked", |_| (), MPIN, 400, Code(400)),
        ("login does not reveal who is a user", |_| (), &nobody, 401, Code(401)),
        ("init does", |_| (), "GET /session/1.0/session/init/userid/X", 400, Code(400)),
    ];
    assert_eq!(
        played(start(Sandbox::builder().account(without_factors)).await?, steps).await?.bad_tries(USER),
        0
    );
    let steps: &[Step<'_>] = &[
        ("not active", |_| (), INIT, 200, Has(r#"{"Success":{"status":"Deactive"}}"#)),
        ("a page of the sandbox's own", |_| (), INIT, 200, Has("/stand-in/weblink")),
        ("refused", |_| (), LOGIN, 403, Code(999_003)),
    ];
    played(start(Sandbox::builder().account(inactive)).await?, steps).await.map(drop)
}

#[tokio::test]
async fn unknown_paths_and_methods_get_a_flat_error() -> Result {
    let (sandbox, mut wire) = start(Sandbox::builder()).await?;
    wire.send("GET /nothing").await?.check("path", 404, Has(r#"{"code":"404"}"#));
    let method = wire.send("PUT /session/1.0/session/logout").await?;
    method.check("method", 405, Has(r#"{"code":"405"}"#));
    assert_eq!(method.headers["allow"], "DELETE");
    assert!(sandbox.calls().iter().all(|call| call.operation.is_none()));
    Ok(())
}

#[tokio::test]
async fn a_moved_user_is_refused_at_the_old_base() -> Result {
    for (builder, same_port) in [(Sandbox::builder(), true), (Sandbox::builder().second_port(0), false)] {
        let (sandbox, mut first) = start(builder.redirect_to_second_base()).await?;
        let second = sandbox.second_base_url();
        assert_eq!(second.starts_with(sandbox.root_url()), same_port);
        first.send(INIT).await?.check("init is not refused", 200, Has(second));
        first.send(WRONG_LOGIN).await?.check("the second base is named", 400, Has(second));
        assert_eq!(sandbox.bad_tries(USER), 0);
        let mut wire = at(second)?;
        for request in [LOGIN, REDEEM, ORDERS, LOGOUT] {
            let at_first = Wire { base: first.base.clone(), ..wire.clone() }.send(request).await?;
            at_first.check(request, 400, Code(999_024));
            wire.send(request).await?.check(request, 200, Any);
        }
    }
    let steps: &[Step<'_>] = &[
        ("login sends the user on", |_| (), LOGIN, 200, Any),
        ("the old base is over", |_| (), REDEEM, 400, Code(999_024)),
        ("until init", |_| (), INIT, 200, Any),
        ("begins again", |_| (), LOGIN, 200, Any),
    ];
    played(start(Sandbox::builder().login_redirect(Redirect::SecondBase)).await?, steps).await.map(drop)
}

#[tokio::test]
async fn oauth_calls_respond_in_the_form_of_oauth() -> Result {
    // What the broker's own client sends: the pair without its scheme.
    let bare = BASIC.trim_start_matches("Basic ");
    const TOKEN: &str = r#"{"token_type":"Bearer","expires_in":3600,"refresh_token":null}"#;
    let nickname = "grant_type=password&username=sample-nickname&password=sandbox-password";
    let (sandbox, wire) = start(Sandbox::builder()).await?;
    for (authorization, path, form, status, expected) in [
        (BASIC, "token", "grant_type=client_credentials", 200, TOKEN),
        (BASIC, "apim/token", "grant_type=client_credentials", 200, TOKEN),
        (BASIC, "token", nickname, 200, "refresh_token"),
        (BASIC, "token", "grant_type=implicit", 400, "unsupported_grant_type"),
        (BASIC, "token", "x=y", 400, "invalid_request"),
        (BASIC, "token", "grant_type=client_credentials&grant_type=password", 400, "invalid_request"),
        (BASIC, "token", "grant_type=password", 400, "invalid_request"),
        (BASIC, "token", "grant_type=refresh_token", 400, "invalid_request"),
        (BASIC, "token", "grant_type=password&username=S4MPL3&password=x", 400, "invalid_grant"),
        (bare, "token", "grant_type=client_credentials", 401, "invalid_client"),
        (BASIC, "revoke", "token=sandbox-access-token", 200, ""),
        (BASIC, "apim/revoke", "token=sandbox-access-token", 200, ""),
    ] {
        let request = format!("POST {}/{path} {form}", sandbox.root_url());
        let response = wire.with("authorization", authorization)?.send(&request).await?;
        response.check(&request, status, if expected.is_empty() { Is("") } else { Has(expected) });
        let has_description = response.field("error_description").is_ok();
        assert_eq!(has_description, status != 200, "{request}: {}", response.body);
        assert_eq!(response.headers.contains_key("www-authenticate"), status == 401, "{request}");
        assert_eq!(response.headers.contains_key("cache-control"), !expected.is_empty(), "{request}");
    }
    assert_eq!(sandbox.bad_tries(USER), 1);
    wire.clone().send(INIT).await?.check("revoked", 401, Code(900_901));
    sandbox.inject(Operation::Token, Fault::status(StatusCode::SERVICE_UNAVAILABLE));
    wire.clone().send("POST /token x=y").await?.check("the body of the spec", 503, Code(503));
    Ok(())
}
