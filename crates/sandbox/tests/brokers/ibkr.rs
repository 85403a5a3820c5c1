//! The sandbox of the Client Portal Gateway: the session and what time does to it, refusals, limits, a person's pages.

use std::time::Duration;

use broker_session_sandbox::{
    Clock, Fault,
    ibkr::{Builder, Operation, Sandbox, SignedOut, Violations},
};
use http::{StatusCode, header::SET_COOKIE};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    Body::{self, Any, Has, Is},
    HTML, JSON, Result, Wire, play, played,
};

mod oauth;
mod tls;

type Step<'a> = crate::Step<'a, Sandbox>;

const SECOND: Duration = Duration::from_secs(1);
const PENALTY: Duration = Duration::from_secs(15 * 60);

const STATUS: &str = "POST /v1/api/iserver/auth/status";
const OLDER_STATUS: &str = "POST /v1/portal/iserver/auth/status";
const INIT: &str = r#"POST /v1/api/iserver/auth/ssodh/init {"publish":true,"compete":false}"#;
const COMPETE: &str = r#"POST /v1/api/iserver/auth/ssodh/init {"publish":true,"compete":true}"#;
const TICKLE: &str = "POST /v1/api/tickle";
const VALIDATE: &str = "GET /v1/api/sso/validate";
const LOGOUT: &str = "POST /v1/api/logout";
const TRADE: &str = "GET /v1/api/iserver/accounts";

const OPEN: Body = Has(r#"{"authenticated":true}"#);
const CLOSED: Body = Has(r#"{"authenticated":false}"#);
const ALIVE: Body = Has(r#"{"RESULT":true}"#);
const LOGGED_OUT: Body = Is(r#"{"status":true}"#);
const TRIGGERED: Body = Is(r#"{"message":"triggered"}"#);
const NOT_AUTHENTICATED: &str = r#"{"error":"not authenticated","statusCode":401}"#;
const NO_BRIDGE: &str = r#"{"error":"Bad Request: no bridge","statusCode":400}"#;
const NO_TOKEN: &str = r#"{"error":"failed to generate sso dh token"}"#;

/// A sandbox that leaves the opening of the brokerage session to its clients.
fn closed() -> Builder {
    Sandbox::builder().opened_at_sign_in(false)
}

fn at_noon() -> Result<Clock> {
    Ok(Clock::frozen_at("2024-10-12T12:00:00Z".parse()?))
}

/// A sandbox without limits, and a client at its root.
async fn start(builder: Builder) -> Result<(Sandbox, Wire)> {
    start_with_limits(builder.pacing(false)).await
}

async fn start_with_limits(builder: Builder) -> Result<(Sandbox, Wire)> {
    let sandbox = builder.start().await?;
    let wire = Wire::new(sandbox.root_url())?;
    Ok((sandbox, wire))
}

#[tokio::test]
async fn a_client_opens_its_session_and_trades() -> Result {
    const READY: Body =
        Has(r#"{"authenticated":true,"established":true,"competing":false,"fail":"","serverInfo":{}}"#);
    const TICKLED: Body = Has(r#"{"iserver":{"authStatus":{"authenticated":true,"established":true}}}"#);
    const OLDER: Body = Has(r#"{"established":null,"hardware_info":null,"passed":null,"serverInfo":{}}"#);
    const UNLINKED: Body = Has(r#"{"connected":false,"competing":false,"fail":null,"serverInfo":null}"#);
    const OLDER_INIT: &str = r#"POST /v1/portal/iserver/auth/ssodh/init {"publish":true}"#;
    let steps: &[Step<'_>] = &[
        ("connected", |_| (), STATUS, 200, Has(r#"{"connected":true,"authenticated":false}"#)),
        ("opened", |_| (), INIT, 200, Has(r#"{"passed":true,"authenticated":true}"#)),
        ("every flag", |_| (), STATUS, 200, READY),
        ("the hardware", |_| (), STATUS, 200, Has("hardware_info")),
        ("the older base knows less", |_| (), OLDER_STATUS, 200, OLDER),
        ("a tickle has the status", |_| (), TICKLE, 200, TICKLED),
        ("an account is chosen", |_| (), "POST /v1/api/iserver/account", 200, Has(r#"{"set":true}"#)),
        ("its name", |_| (), TRADE, 200, Has(r#"{"accounts":["DU0000000"]}"#)),
        ("no rule is broken", |s| assert_eq!(s.violations(), Violations::default()), STATUS, 200, READY),
        ("an older init gives a status", Sandbox::sign_in, OLDER_INIT, 200, OLDER),
        ("without a link the least", Sandbox::lose_link, STATUS, 200, UNLINKED),
    ];
    played(start(closed()).await?, steps).await.map(drop)
}

#[tokio::test]
async fn an_init_has_the_same_effect_in_every_form() -> Result {
    // What clients in use send.
    const FORMS: [(&str, bool); 6] = [
        (r#"POST /v1/api/iserver/auth/ssodh/init {"publish":true}"#, false),
        (COMPETE, true),
        ("POST /v1/api/iserver/auth/ssodh/init compete=true&locale=en_US&username=-", true),
        ("POST /v1/api/iserver/auth/ssodh/init locale=en_US&username=-", false),
        ("POST /v1/api/iserver/auth/ssodh/init?compete=true&locale=en_US", true),
        ("POST /v1/api/iserver/auth/ssodh/init", false),
    ];
    for (form, competes) in FORMS {
        let steps: &[Step<'_>] = &[
            ("nothing is open", |_| (), STATUS, 200, CLOSED),
            ("opens a session", |_| (), form, 200, OPEN),
            ("leaves it open", |_| (), form, 200, OPEN),
            ("it is open", |_| (), STATUS, 200, OPEN),
            ("against one elsewhere", Sandbox::compete, form, 200, if competes { OPEN } else { CLOSED }),
        ];
        let violations = played(start(closed()).await?, steps).await?.violations();
        assert_eq!(violations.inits_on_live_session, u64::from(!form.ends_with("init")), "{form}");
    }
    Ok(())
}

#[tokio::test]
async fn an_init_can_tear_a_live_session_down() -> Result {
    let steps: &[Step<'_>] = &[
        ("it is there already", |_| (), INIT, 200, Is(r#"{"message":"sso dh already set"}"#)),
        ("and gone", |_| (), STATUS, 200, CLOSED),
        ("another init opens one", |_| (), INIT, 200, OPEN),
    ];
    let sandbox = played(start(Sandbox::builder().init_tears_down()).await?, steps).await?;
    assert_eq!(sandbox.violations().inits_on_live_session, 1);
    Ok(())
}

#[tokio::test]
async fn calls_of_the_single_sign_on_need_no_session() -> Result {
    for (request, expected) in [
        ("GET /v1/api/portfolio/accounts", r#""accountId":"DU0000000""#),
        ("GET /v1/api/portfolio/DU0000000/summary", "netliquidation"),
        ("GET /v1/api/portfolio/DU0000000/ledger", "cashbalance"),
        ("GET /v1/api/fundamentals/landing/1", "{}"),
        ("GET /v1/api/sso/ping", r#"{"RESULT":true}"#),
        ("GET /v1/api/one/user", r#"{"username":"somebody","isPaper":true}"#),
    ] {
        let steps: &[Step<'_>] = &[
            ("signed in", |_| (), request, 200, Has(expected)),
            ("signed out", Sandbox::sign_out, request, 401, Any),
        ];
        played(start(closed().user_name("somebody").paper()).await?, steps).await?;
    }
    Ok(())
}

#[tokio::test]
async fn each_base_spells_the_single_sign_on_differently() -> Result {
    const NEWER: &str = r#"{"AUTH_TIME":1728751902917,"lastAccessed":1728751963917,"EXPIRES":539000,
        "USER_NAME":"somebody","CREDENTIAL":"somebody","RESULT":true,"LOGIN_TYPE":2,"loginType":null,
        "QUALIFIED_FOR_MOBILE_AUTH":null,"features":{"env":"PROD"}}"#;
    // Here the end is an epoch.
    const OLDER: &str = r#"{"EXPIRES":1728752502917,"loginType":2,"LOGIN_TYPE":null,
        "features":{"envs":"PROD","env":null}}"#;
    let clock = Clock::frozen_at("2024-10-12T16:51:42.917Z".parse()?);
    let (sandbox, mut wire) = start(closed().clock(clock).user_name("somebody").paper()).await?;
    sandbox.advance(61 * SECOND);
    wire.send(VALIDATE).await?.check("newer", 200, Has(NEWER));
    let older = wire.send("GET /v1/portal/sso/validate").await?;
    older.check("older", 200, Has(OLDER));
    let token = older.field("TOKEN")?;
    assert!(token.len() == 32 && token.chars().all(|c| c.is_ascii_hexdigit()), "{token}");
    Ok(())
}

#[tokio::test]
async fn a_tickle_counts_down_and_starts_again() -> Result {
    const FIRST: &str = r#"{"ssoExpires":600000,"collission":false,"iserver":{"tickle":true}}"#;
    let (sandbox, mut wire) = start(closed().clock(at_noon()?)).await?;
    let session = wire.send(TICKLE).await?.field("session")?;
    let steps: &[Step<'_>] = &[
        ("first", |_| (), TICKLE, 200, Has(FIRST)),
        ("a second is left", |s| s.advance(599 * SECOND), TICKLE, 200, Has(r#"{"ssoExpires":1000}"#)),
        ("again", |s| s.advance(2 * SECOND), TICKLE, 200, Has(r#"{"ssoExpires":599000}"#)),
        ("the same session", |_| (), TICKLE, 200, Has(&session)),
    ];
    play(&sandbox, &mut wire, steps).await?;
    sandbox.sign_in();
    assert_ne!(wire.send(TICKLE).await?.field("session")?, session, "a new sign-in has a new session");
    Ok(())
}

#[tokio::test]
async fn calls_that_only_ask_take_get_and_post() -> Result {
    let steps: &[Step<'_>] = &[
        ("status", |_| (), "GET /v1/api/iserver/auth/status", 200, CLOSED),
        ("tickle", |_| (), "GET /v1/api/tickle", 200, Has("ssoExpires")),
        ("validate", |_| (), "POST /v1/api/sso/validate", 200, ALIVE),
        ("reauthenticate", |_| (), "GET /v1/api/iserver/reauthenticate", 200, TRIGGERED),
        ("logout", |_| (), "GET /v1/api/logout", 405, Is("")),
        ("init", |_| (), "GET /v1/api/iserver/auth/ssodh/init", 405, Is("")),
        ("unknown", |_| (), "GET /v1/api/iserver", 404, Has("<h1>Resource not found</h1>")),
    ];
    played(start(closed()).await?, steps).await.map(drop)
}

#[tokio::test]
async fn a_reauthentication_completes_after_ten_seconds() -> Result {
    const NOT_LOGGED_IN: Body = Is(r#"{"error":"not logged in"}"#);
    for query in ["", "?force=true"] {
        let request = &format!("POST /v1/portal/iserver/reauthenticate{query}");
        let steps: &[Step<'_>] = &[
            ("triggered", |_| (), request, 200, TRIGGERED),
            ("again", |sandbox| sandbox.advance(9 * SECOND), request, 200, TRIGGERED),
            ("not complete", |_| (), OLDER_STATUS, 200, CLOSED),
            ("the first trigger counts", |sandbox| sandbox.advance(SECOND), OLDER_STATUS, 200, OPEN),
            ("from the gateway itself", Sandbox::sign_out, request, 200, NOT_LOGGED_IN),
            ("to a GET, too", |_| (), "GET /v1/portal/iserver/reauthenticate", 200, NOT_LOGGED_IN),
        ];
        played(start(closed().clock(at_noon()?)).await?, steps).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_logout_ends_one_tier_or_both() -> Result {
    for status in [StatusCode::GONE, StatusCode::SERVICE_UNAVAILABLE] {
        let steps: &[Step<'_>] = &[
            ("at the newer base", |_| (), LOGOUT, 200, LOGGED_OUT),
            ("nobody is signed in", |_| (), LOGOUT, 401, Any),
            ("so init is gone", |_| (), INIT, status.as_u16(), Is("")),
            ("until the next sign-in", Sandbox::sign_in, INIT, 200, OPEN),
            ("at the older base", |_| (), "POST /v1/portal/logout", 200, Is(r#"{"confirmed":true}"#)),
        ];
        let sandbox = played(start(closed().init_after_logout(status)).await?, steps).await?;
        assert_eq!(sandbox.violations().inits_while_signed_out, 1);
    }
    let steps: &[Step<'_>] = &[
        ("the brokerage session alone", |_| (), LOGOUT, 200, LOGGED_OUT),
        ("the single sign-on lives", |_| (), VALIDATE, 200, ALIVE),
        ("there is no session", |_| (), TRADE, 400, Is(NO_BRIDGE)),
        ("until it is opened", |_| (), INIT, 200, OPEN),
    ];
    played(start(Sandbox::builder().logout_keeps_sign_on()).await?, steps).await.map(drop)
}

#[tokio::test]
async fn a_signed_out_gateway_responds_as_chosen() -> Result {
    use SignedOut::{Empty401, Html401, Json401, NoSession, Redirect};
    let page = "<html><head><title>401 Unauthorized</title></head><body><h1>Unauthorized</h1></body></html>";
    for (form, status, kind, body) in [
        (Empty401, 401, HTML, ""),
        (Json401, 401, JSON, NOT_AUTHENTICATED),
        (Html401, 401, HTML, page),
        (Redirect, 302, "/sso/Login", ""),
        (NoSession, 401, JSON, NOT_AUTHENTICATED),
    ] {
        let (_sandbox, mut wire) = start(closed().signed_out().when_signed_out(form)).await?;
        for request in [STATUS, LOGOUT, INIT] {
            let response = wire.send(request).await?;
            response.check(&format!("{form:?} {request}"), status, Is(body));
            assert_eq!(response.kind(), kind, "{form:?} {request}");
        }
        if form == NoSession {
            wire.send(TICKLE).await?.check("tickle", 200, Is(r#"{"error":"no session"}"#));
            wire.send(VALIDATE).await?.check("validate", 200, Is(r#"{"RESULT":false}"#));
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_trading_call_reports_what_the_session_lacks() -> Result {
    const ESTABLISHING: Body = Has(r#"{"authenticated":true,"established":false}"#);
    let steps: &[Step<'_>] = &[
        ("no session", |_| (), TRADE, 400, Is(NO_BRIDGE)),
        ("opened", |_| (), INIT, 200, OPEN),
        ("not established", |_| (), STATUS, 200, ESTABLISHING),
        ("so of no use", |_| (), TRADE, 400, Is(NO_BRIDGE)),
        ("established", |sandbox| sandbox.advance(5 * SECOND), TRADE, 200, Any),
        ("no link", Sandbox::lose_link, TRADE, 400, Is(NO_BRIDGE)),
        ("no init without it", |_| (), INIT, 500, Is(NO_TOKEN)),
        ("the link is back", Sandbox::restore_link, TRADE, 200, Any),
        ("timed out", Sandbox::soft_time_out, TRADE, 400, Is(NO_BRIDGE)),
        ("lost", Sandbox::lose_brokerage_session, TRADE, 401, Is(NOT_AUTHENTICATED)),
        ("no status", |_| (), STATUS, 401, Is(NOT_AUTHENTICATED)),
        ("no tickle", |_| (), TICKLE, 401, Is(NOT_AUTHENTICATED)),
        ("the single sign-on lives", |_| (), VALIDATE, 200, ALIVE),
        ("and opens another", |_| (), INIT, 200, OPEN),
    ];
    played(start(closed().establish_after(5 * SECOND)).await?, steps).await.map(drop)
}

#[tokio::test]
async fn an_init_needs_a_json_object_with_publish() -> Result {
    let (sandbox, wire) = start(closed()).await?;
    let long = format!(r#"{{"publish":true,"compete":"{}"}}"#, "x".repeat(70_000));
    for (body, media_type, status) in [
        (r#"{"publish":false,"compete":false}"#, JSON, 500),
        (r#"{"publish":"true","compete":false}"#, JSON, 500),
        (r#"{"publish":null,"compete":false}"#, JSON, 500),
        ("[]", JSON, 400),
        (r#"{"publish":true,"compete":"no"}"#, JSON, 400),
        ("publish=true", "text/plain", 400),
        (&long, JSON, 413),
    ] {
        let request = format!("POST /v1/api/iserver/auth/ssodh/init {body}");
        wire.with("content-type", media_type)?.send(&request).await?.check(&request, status, Any);
    }
    assert!(!sandbox.state().brokerage_session);
    Ok(())
}

#[tokio::test]
async fn a_post_needs_a_length() -> Result {
    let (sandbox, _) = start(closed()).await?;
    for (path, headers, status) in [
        ("tickle", "", "411"),
        ("tickle", "Content-Length: 0\r\n", "200"),
        ("tickle", "Transfer-Encoding: chunked\r\n\r\n0\r\n", "200"),
        // The gateway itself responds, and no delivery network.
        ("iserver/reauthenticate", "", "200"),
    ] {
        let mut stream = TcpStream::connect(sandbox.root_url().trim_start_matches("http://")).await?;
        let head = format!("POST /v1/api/{path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n");
        stream.write_all(format!("{head}{headers}\r\n").as_bytes()).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{path} {headers:?}: {text}");
        assert_eq!(text.contains("<title>Length Required</title>"), status == "411", "{text}");
    }
    assert_eq!(sandbox.violations(), Violations { posts_without_length: 1, ..Violations::default() });
    Ok(())
}

#[tokio::test]
async fn a_forbidden_address_is_refused_everywhere() -> Result {
    const DENIED: Body = Is("Error 403 - Access Denied");
    let steps: &[Step<'_>] = &[
        ("a call", |_| (), TICKLE, 403, DENIED),
        ("the login page", |_| (), "POST /sso/Login", 403, DENIED),
        ("the root", |_| (), "POST /", 403, DENIED),
    ];
    played(start(Sandbox::builder().address_not_allowed()).await?, steps).await.map(drop)
}

#[tokio::test]
async fn a_gateway_can_require_its_origin_on_posts() -> Result {
    let (sandbox, mut wire) = start(Sandbox::builder().origin_needed()).await?;
    wire.send(VALIDATE).await?.check("a GET needs none", 200, ALIVE);
    let root = sandbox.root_url();
    for (name, value, status) in [
        ("origin", root, 200),
        ("referer", &format!("{root}/sso/Dispatcher"), 200),
        ("origin", "https://example.org", 401),
        ("referer", &format!("https://example.org/{root}"), 401),
        ("accept", "*/*", 401),
    ] {
        wire.with(name, value)?.send(TICKLE).await?.check(&format!("{name}: {value}"), status, Any);
    }
    Ok(())
}

#[tokio::test]
async fn every_injected_status_has_its_documented_body() -> Result {
    const QUERY_FIRST: &str = r#"{"error":"Please query /accounts first","statusCode":500}"#;
    const NO_SESSION: &str = r#"{"error":"no session"}"#;
    let (sandbox, mut wire) = start(closed()).await?;
    for (request, status, kind, expected) in [
        (TICKLE, 200, JSON, Is(NO_SESSION)),
        (TICKLE, 302, "/sso/Login", Is("")),
        (TICKLE, 400, JSON, Is(NO_BRIDGE)),
        (TICKLE, 401, JSON, Is(NOT_AUTHENTICATED)),
        (TICKLE, 403, HTML, Has("<title>Access Denied</title>")),
        (TICKLE, 410, HTML, Is("")),
        (TICKLE, 429, HTML, Is("")),
        (TICKLE, 500, JSON, Is(QUERY_FIRST)),
        (TICKLE, 502, JSON, Is(r#"{"error":"Bad Gateway","statusCode":502}"#)),
        (TICKLE, 503, HTML, Is("")),
        (INIT, 500, JSON, Is(NO_TOKEN)),
    ] {
        let operation =
            if request == INIT { Operation::IserverAuthSsodhInitPost } else { Operation::TicklePost };
        sandbox.inject(operation, Fault::status(StatusCode::from_u16(status)?));
        let response = wire.send(request).await?;
        response.check(request, status, expected);
        assert_eq!(response.kind(), kind, "{request} {status}");
    }
    Ok(())
}

#[tokio::test]
async fn the_default_limits_tolerate_what_clients_do() -> Result {
    let (sandbox, mut wire) = start_with_limits(Sandbox::builder().clock(at_noon()?)).await?;
    for (call, status) in (0_u64..).zip([200, 200, 200, 200, 200, 429]) {
        wire.send(TICKLE).await?.check(&format!("call {call}"), status, Any);
        assert_eq!(sandbox.violations().rate_limit_violations, call);
    }
    Ok(())
}

#[tokio::test]
async fn the_penalty_box_is_closed_at_both_bases() -> Result {
    const NO_SESSION: Body = Is(r#"{"error":"no session"}"#);
    let is_closed = |sandbox: &Sandbox| assert!(sandbox.state().penalised_until.is_some());
    let (sandbox, mut wire) = start_with_limits(closed().clock(at_noon()?).strict_pacing()).await?;
    let steps: &[Step<'_>] = &[
        ("one a second", |_| (), TICKLE, 200, Any),
        ("another", |_| (), TICKLE, 429, Is("")),
        ("at the older base", is_closed, "POST /v1/portal/logout", 429, Is("")),
        ("after the penalty", |s| s.advance(PENALTY), VALIDATE, 200, ALIVE),
    ];
    play(&sandbox, &mut wire, steps).await?;
    let counted = Violations { rate_limit_violations: 1, calls_in_penalty_box: 1, ..Violations::default() };
    assert_eq!((sandbox.violations(), sandbox.state().penalised_until), (counted, None));
    sandbox.clear_calls();
    sandbox.inject(Operation::TicklePost, Fault::status(StatusCode::TOO_MANY_REQUESTS));
    sandbox.inject(Operation::TicklePost, Fault::in_success());
    let steps: &[Step<'_>] = &[
        ("a fault closes it", |_| (), TICKLE, 429, Any),
        ("no fault in it", |s| assert_eq!(s.violations(), Violations::default()), TICKLE, 429, Any),
        ("the next fault", |s| s.advance(PENALTY), TICKLE, 200, NO_SESSION),
        ("nobody could know of this penalty", Sandbox::penalise, TICKLE, 429, Any),
    ];
    play(&sandbox, &mut wire, steps).await?;
    assert_eq!(sandbox.violations(), Violations { rate_limit_violations: 0, ..counted });
    Ok(())
}

#[tokio::test]
async fn inits_are_counted_by_what_is_wrong() -> Result {
    let (sandbox, mut wire) = start_with_limits(closed().clock(at_noon()?).strict_pacing()).await?;
    let steps: &[Step<'_>] = &[
        ("refused", Sandbox::compete, INIT, 200, CLOSED),
        ("hurried", |sandbox| sandbox.advance(59 * SECOND), INIT, 200, CLOSED),
        ("the cure is in no hurry", |sandbox| sandbox.advance(59 * SECOND), COMPETE, 200, OPEN),
    ];
    play(&sandbox, &mut wire, steps).await?;
    let counted = Violations { hurried_inits: 1, inits_with_compete: 1, ..Violations::default() };
    assert_eq!(sandbox.violations(), counted);
    sandbox.inject(Operation::IserverAuthSsodhInitPost, Fault::empty(StatusCode::BAD_GATEWAY));
    wire.send(COMPETE).await?.check("a fault replaces the response", 502, Is(""));
    let counted = Violations { inits_with_compete: 2, inits_on_live_session: 1, ..counted };
    assert_eq!(sandbox.violations(), counted);
    Ok(())
}

#[tokio::test]
async fn a_person_signs_in_with_the_pages_button() -> Result {
    const LOGIN: &str = "/sso/Login?forwardTo=22&RL=1&ip2loc=US";
    const BUTTON: Body = Has(r#"<form method="post" action="/sso/Login">"#);
    const CONFIRMED: Body = Has("Client login succeeds");
    let (sandbox, mut wire) = start(closed().signed_out()).await?;
    for (request, status, kind, expected) in [
        ("GET /", 302, LOGIN, Is("")),
        ("GET /sso/Login", 200, HTML, BUTTON),
        (&format!("GET {LOGIN}"), 200, HTML, BUTTON),
        ("GET /sso/Dispatcher", 302, "/sso/Login", Is("")),
        (STATUS, 401, HTML, Is("")),
        ("POST /sso/Login username=made-up&password=made-up", 302, "/sso/Dispatcher", Is("")),
        ("GET /sso/Dispatcher", 200, HTML, CONFIRMED),
        (VALIDATE, 200, JSON, Has(r#"{"LOGIN_TYPE":1}"#)),
        (INIT, 200, JSON, OPEN),
        ("POST /sso/Login paper=on", 302, "/sso/Dispatcher", Is("")),
        (VALIDATE, 200, JSON, Has(r#"{"LOGIN_TYPE":2}"#)),
        (STATUS, 200, JSON, Has(r#"{"connected":true,"authenticated":false}"#)),
    ] {
        let response = wire.send(request).await?;
        response.check(request, status, expected);
        assert_eq!(response.kind(), kind, "{request}");
    }
    assert!(sandbox.state().single_sign_on);
    Ok(())
}

#[tokio::test]
async fn a_gateway_can_require_the_browsers_cookie() -> Result {
    let (sandbox, mut wire) = start(closed().signed_out().cookies_needed()).await?;
    assert_eq!(sandbox.cookie(), None);
    let pressed = wire.send("POST /sso/Login").await?;
    let cookie = pressed.headers[SET_COOKIE].to_str()?.split(';').next().unwrap_or_default();
    assert_eq!(sandbox.cookie().as_deref(), Some(cookie));
    wire.send(TICKLE).await?.check("none", 401, Any);
    wire.with("cookie", "x-sess-uuid=made-up")?.send(TICKLE).await?.check("another", 401, Any);
    let mut wire = wire.with("cookie", &*format!("other=1; {cookie}"))?;
    wire.send(TICKLE).await?.check("the browser's", 200, Any);
    sandbox.sign_in();
    wire.send(TICKLE).await?.check("a new sign-in has a new one", 401, Any);
    Ok(())
}

/// Asks for a WebSocket with a cookie. Returns the connection, with nothing of it read.
async fn ask_for_websocket(sandbox: &Sandbox, cookie: &str) -> Result<TcpStream> {
    let host = sandbox.root_url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await?;
    // The key and the response to it are those of RFC 6455.
    let head = format!(
        "GET /v1/api/ws HTTP/1.1\r\nHost: {host}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: {cookie}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    Ok(stream)
}

/// Reads to the end of some words.
async fn read_to(stream: &mut TcpStream, words: &str) -> Result<String> {
    let mut read = Vec::new();
    while !read.ends_with(words.as_bytes()) {
        read.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&read).into_owned())
}

#[tokio::test]
async fn a_websocket_needs_the_session_that_tickle_names() -> Result {
    let (sandbox, mut wire) = start(Sandbox::builder()).await?;
    let tickle: serde_json::Value = serde_json::from_str(&wire.send(TICKLE).await?.body)?;
    let session = tickle["session"].as_str().unwrap_or_default();
    for cookie in ["api=made-up", "other=made-up"] {
        let head = read_to(&mut ask_for_websocket(&sandbox, cookie).await?, "\r\n").await?;
        assert!(head.starts_with("HTTP/1.1 401"), "{head}");
    }
    for cookie in [format!("api={session}"), format!("api={{\"session\":\"{session}\"}}")] {
        let mut stream = ask_for_websocket(&sandbox, &cookie).await?;
        let head = read_to(&mut stream, "\r\n\r\n").await?;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        read_to(&mut stream, "\"sts\"").await?;
        // `tic`, with a mask of zeros; then an end.
        stream.write_all(&[0x81, 0x83, 0, 0, 0, 0, b't', b'i', b'c', 0x88, 0x80, 0, 0, 0, 0]).await?;
        read_to(&mut stream, "\"tic\"").await?;
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await?;
        assert!(rest.ends_with(&[0x88, 0]), "{rest:?}");
    }
    Ok(())
}
