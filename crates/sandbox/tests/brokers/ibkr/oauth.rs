//! The hosted Web API: who is let in, how a live session token is agreed on, and the session behind it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use broker_session_sandbox::{
    Fault,
    ibkr::{Builder, Credentials, Exchange, Operation, Sandbox, Violations},
};
use http::StatusCode;
use serde_json::{Value, json};

use self::client::{Client, Form, jwt};
use super::{
    CLOSED, COMPETE, INIT, LOGGED_OUT, LOGOUT, NO_BRIDGE, OPEN, SECOND, STATUS, TICKLE, TRADE, VALIDATE,
};
use crate::{
    Body::{self, Any, Has, Is},
    HTML, JSON, Response, Result, Wire,
};

mod client;

const SUMMARY: &str = "GET /v1/api/portfolio/DU0000000/summary";
const INVALID_SIGNATURE: Body = Is(r#"{"error":"Invalid signature"}"#);
const GONE: Body = Is(r#"{"error":"gone","statusCode":410}"#);

async fn start(change: impl FnOnce(Builder) -> Builder) -> Result<Sandbox> {
    Ok(change(Sandbox::builder().oauth().pacing(false)).start().await?)
}

/// A sandbox, and a client with a live session token.
async fn agreed(change: impl FnOnce(Builder) -> Builder) -> Result<(Sandbox, Client)> {
    let sandbox = start(change).await?;
    let client = Client::agreed(&sandbox).await?;
    Ok((sandbox, client))
}

#[tokio::test]
async fn a_program_signs_in_without_a_person() -> Result {
    let (sandbox, mut client) = agreed(|builder| builder).await?;
    assert!(sandbox.state().single_sign_on && !sandbox.state().connected);
    for (holds, request, status, expected) in [
        (
            "not open",
            TICKLE,
            200,
            Has(r#"{"iserver":{"authStatus":{"authenticated":false,"connected":false}}}"#),
        ),
        (
            "no fields of a single sign-on",
            TICKLE,
            200,
            Has(r#"{"ssoExpires":null,"collission":null,"userId":null}"#),
        ),
        ("no session, no bridge", STATUS, 400, Is(NO_BRIDGE)),
        ("nor for trading", TRADE, 400, Is(NO_BRIDGE)),
        (
            "nor for what is not played",
            "GET /v1/api/iserver/marketdata/snapshot?conids=1,2",
            400,
            Is(NO_BRIDGE),
        ),
        ("needs no session", SUMMARY, 200, Any),
        ("opened", INIT, 200, OPEN),
        ("its status", STATUS, 200, OPEN),
        ("and in a tickle", TICKLE, 200, Has(r#"{"iserver":{"authStatus":{"authenticated":true}}}"#)),
        ("good for trading", TRADE, 200, Any),
        ("still not played", "GET /v1/api/iserver/marketdata/snapshot?conids=1,2", 404, Any),
        ("ended", LOGOUT, 200, LOGGED_OUT),
        ("no bridge again", STATUS, 400, Is(NO_BRIDGE)),
        ("the token is good", INIT, 200, OPEN),
    ] {
        client.send(request).await?.check(&format!("{holds} ({request})"), status, expected);
    }
    sandbox.restart();
    client.send(STATUS).await?.check("after the nightly restart", 400, Is(NO_BRIDGE));
    client.send(INIT).await?.check("the token is good", 200, OPEN);
    sandbox.soft_time_out();
    client.send(STATUS).await?.check("timed out", 200, CLOSED);
    sandbox.compete();
    client.send(INIT).await?.check("elsewhere", 200, CLOSED);
    client.send(COMPETE).await?.check("taken back", 200, OPEN);
    assert_eq!(sandbox.call_count(Operation::OauthLiveSessionTokenPost), 1);
    assert_eq!(sandbox.violations().undocumented_signatures, 0);
    Ok(())
}

#[tokio::test]
async fn a_refused_opening_has_its_reason_in_the_status() -> Result {
    let (_sandbox, mut client) = agreed(Builder::competing).await?;
    client.send(STATUS).await?.check("not asked for", 400, Is(NO_BRIDGE));
    client.send(INIT).await?.check("refused", 200, Has(r#"{"passed":false}"#));
    let fail = "Force compete capability must be used together with compete flag";
    client.send(STATUS).await?.check(
        "why",
        200,
        Has(&json!({ "connected": true, "fail": fail }).to_string()),
    );
    client.send(TRADE).await?.check("no session", 400, Is(NO_BRIDGE));
    client.send(COMPETE).await?.check("taken over", 200, OPEN);
    Ok(())
}

#[tokio::test]
async fn every_form_of_signature_in_use_is_let_in() -> Result {
    const QUERY: &str = "GET /v1/api/portfolio/DU0000000/summary?conids=1,2&B=x&a=%2C";
    let (sandbox, client) = agreed(|builder| builder).await?;
    let spaced = Client { separator: ",", sorted_realm: true, ..client.clone() };
    for mut client in [client, spaced] {
        for (form, undocumented) in
            [(Form::Documented, 0), (Form::NoQuery, 1), (Form::WholeUrl, 2), (Form::LowerUrl, 3)]
        {
            client.send_as(form, QUERY).await?.check(&format!("{form:?}"), 200, Any);
            assert_eq!(sandbox.violations().undocumented_signatures, undocumented, "{form:?}");
            // Without a query they are all the same.
            client.send_as(form, TICKLE).await?.check(&format!("{form:?}"), 200, Any);
        }
        assert_eq!(sandbox.violations().undocumented_signatures, 3);
        sandbox.clear_calls();
        client.send("POST /v1/api/iserver/auth/ssodh/init compete=true&publish=true").await?.check(
            "a form is signed",
            200,
            OPEN,
        );
        client.root = client.root.replace("127.0.0.1", "localhost");
        let named = client.root.trim_start_matches("http://").to_owned();
        client.wire = client.wire.with("host", &*named)?;
        client.send(QUERY).await?.check("the host has another name", 200, Any);
        assert_eq!(sandbox.violations().undocumented_signatures, 0);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_not_signed_is_refused_everywhere() -> Result {
    let (sandbox, client) = agreed(|builder| builder).await?;
    let unsigned = Wire::new(sandbox.root_url())?.with("user-agent", "test")?;
    for request in [STATUS, INIT, TICKLE, LOGOUT, SUMMARY, VALIDATE, "GET /v1/api/nothing"] {
        for header in [None, Some("Basic made-up"), Some("Bearer made-up"), Some("OAuth made-up")] {
            let response = unsigned.with("authorization", header)?.send(request).await?;
            response.check(&format!("{header:?} {request}"), 401, Is(""));
        }
    }
    type Change = fn(&mut Client);
    let changes: [(&str, Change, Body); 7] = [
        ("consumer", |client| client.credentials.consumer_key = "OTHERKEYS".into(), Any),
        ("access token", |client| client.credentials.access_token = "00".into(), Is("")),
        ("token", |client| client.token = vec![0; 20], INVALID_SIGNATURE),
        ("root", |client| client.root = "http://127.0.0.1".into(), INVALID_SIGNATURE),
        ("late", |client| client.seconds_off = -310, INVALID_SIGNATURE),
        ("early", |client| client.seconds_off = 310, INVALID_SIGNATURE),
        ("milliseconds", |client| client.seconds_off = 1_000 * 1_700_000_000, INVALID_SIGNATURE),
    ];
    for (wrong, change, expected) in changes {
        let mut client = client.clone();
        change(&mut client);
        let response = client.send(INIT).await?;
        response.check(wrong, 401, expected);
        if wrong == "consumer" {
            let error = response.field("error")?;
            assert!(error.starts_with("id: ") && error.ends_with(", error: invalid consumer"), "{error}");
        }
    }
    let mut repeated = Client { nonce: Some("once"), ..client };
    repeated.send(TICKLE).await?.check("a nonce", 200, Any);
    repeated.send(TICKLE).await?.check("the same nonce", 401, INVALID_SIGNATURE);
    assert!(!sandbox.state().brokerage_session);
    assert_eq!(sandbox.violations(), Violations::default(), "nobody has asked for a session");
    Ok(())
}

#[tokio::test]
async fn a_live_session_token_lives_its_time() -> Result {
    let sandbox = start(|builder| builder.lst_lifetime(60 * SECOND)).await?;
    let mut first = Client::of(&sandbox)?;
    let end = first.agree().await?;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    assert!((now + 55_000..now + 65_000).contains(&end), "{end} at {now}");
    first.send(INIT).await?.check("opened", 200, OPEN);
    sandbox.advance(30 * SECOND);
    let mut second = Client::agreed(&sandbox).await?;
    assert_eq!(sandbox.live_session_tokens(), 2);
    first.send(TICKLE).await?.check("both live", 200, Any);
    second.send(TICKLE).await?.check("both live", 200, Any);
    sandbox.advance(30 * SECOND);
    first.send(TICKLE).await?.check("ended", 401, Is(""));
    second.send(TICKLE).await?.check("alive", 200, Any);
    sandbox.end_live_session_tokens();
    second.send(TICKLE).await?.check("ended, too", 401, Is(""));
    assert_eq!((sandbox.live_session_tokens(), sandbox.state().single_sign_on), (0, false));
    second.agree().await?;
    second.send(STATUS).await?.check("the brokerage session is still there", 200, OPEN);
    assert_eq!(sandbox.call_count(Operation::OauthLiveSessionTokenPost), 3);
    Ok(())
}

#[tokio::test]
async fn the_broker_refuses_a_live_session_token() -> Result {
    let sandbox = start(Builder::consumer_not_active).await?;
    let mut client = Client::of(&sandbox)?;
    let error = |response: &Response| response.field("error");
    let (response, _) = client.exchange().await?;
    response.check("the consumer key", 401, Has(r#"{"statusCode":401}"#));
    assert_eq!(error(&response)?, "id: 39687, error: invalid consumer");
    assert_eq!(error(&client.exchange().await?.0)?, "id: 39688, error: invalid consumer");
    sandbox.set_consumer_active(true);
    client.agree().await?;
    client.send(TICKLE).await?.check("let in", 200, Any);
    sandbox.revoke_access_tokens();
    client.send(TICKLE).await?.check("no access token", 401, Is(""));
    let (response, _) = client.exchange().await?;
    response.check("no access token", 401, Has(r#"{"statusCode":401}"#));
    let words = "error: LST failed, error: No access secret key found for";
    assert_eq!(error(&response)?, format!("id: 39689, {words} {}", client.credentials.access_token));
    sandbox.restore_access_token();
    client.agree().await?;

    sandbox.set_gone(true);
    client.send(TICKLE).await?.check("gone", 410, GONE);
    client.exchange().await?.0.check("gone", 410, GONE);
    sandbox.set_gone(false);
    let operation = Operation::OauthLiveSessionTokenPost;
    sandbox.inject_times(operation, 2, Fault::status(StatusCode::GONE));
    sandbox.inject(operation, Fault::status(StatusCode::SERVICE_UNAVAILABLE));
    for (status, expected) in [(410, GONE), (410, GONE), (503, Is("")), (200, Any)] {
        client.exchange().await?.0.check("injected", status, expected);
    }
    let mut other = client.clone();
    other.credentials.signature_key = other.credentials.encryption_key.clone();
    other.exchange().await?.0.check("another key", 401, INVALID_SIGNATURE);
    let own = [("diffie_hellman_challenge", "1"), ("oauth_token", &*other.credentials.access_token)];
    let response = client.get_token("live_session_token", &own).await?;
    response.check("a challenge that is none", 401, Has("LST failed"));
    assert_eq!(sandbox.live_session_tokens(), 2);
    Ok(())
}

#[tokio::test]
async fn a_half_that_gives_the_token_away_can_be_sent() -> Result {
    let sandbox = start(|builder| builder.exchange(Exchange::WrongSignature)).await?;
    let mut client = Client::of(&sandbox)?;
    assert!(client.agree().await.is_err());
    let prime = pem::parse(&client.credentials.dh_parameters)?;
    let mut less = hex::encode(&prime.contents()[9..265]);
    less.replace_range(511.., "e");
    for (exchange, half) in
        [(Exchange::Zero, "0"), (Exchange::One, "1"), (Exchange::PrimeMinusOne, less.as_str())]
    {
        sandbox.set_exchange(exchange);
        let (response, _) = client.exchange().await?;
        response.check(&format!("{exchange:?}"), 200, Any);
        assert_eq!(response.field("diffie_hellman_response")?, half);
        if exchange != Exchange::PrimeMinusOne {
            // A careless client goes on, and so does an attacker.
            client.agree().await?;
            client.send(TICKLE).await?.check(&format!("{exchange:?}"), 200, Any);
        }
    }
    sandbox.set_exchange(Exchange::Right);
    client.agree().await.map(drop)
}

#[tokio::test]
async fn the_hosted_api_has_no_page_for_a_person() -> Result {
    let (sandbox, mut client) = agreed(|builder| builder.signed_out().cookies_needed()).await?;
    for request in
        ["GET /", "GET /sso/Login", "POST /sso/Login", "GET /sso/Dispatcher", "POST /v1/portal/tickle"]
    {
        let response = client.wire.send(request).await?;
        response.check(request, 404, Any);
        assert_eq!(response.kind(), HTML, "{request}");
    }
    for request in [VALIDATE, "POST /v1/api/iserver/reauthenticate", "GET /v1/api/one/user"] {
        client.send(request).await?.check(request, if request.contains("iserver") { 400 } else { 404 }, Any);
    }
    client.send(INIT).await?.check("opened", 200, OPEN);
    client.send("POST /v1/api/iserver/reauthenticate").await?.check("not there", 404, Any);
    sandbox.sign_in();
    sandbox.sign_out();
    assert_eq!(sandbox.cookie(), None);
    client.send(STATUS).await?.check("nothing of a person matters", 200, OPEN);
    Ok(())
}

#[tokio::test]
async fn a_gateway_has_no_oauth() -> Result {
    let sandbox = Sandbox::builder().pacing(false).start().await?;
    let mut wire = Wire::new(sandbox.root_url())?;
    const LST: &str = "POST /v1/api/oauth/live_session_token";
    wire.send(LST).await?.check("not there", 404, Has("<h1>Resource not found</h1>"));
    sandbox.inject(Operation::OauthLiveSessionTokenPost, Fault::status(StatusCode::GONE));
    wire.send(LST).await?.check("injected", 410, GONE);
    assert_eq!((sandbox.oauth_credentials(), sandbox.live_session_tokens()), (None, 0));
    Ok(())
}

#[tokio::test]
async fn the_network_wants_a_length_and_a_name() -> Result {
    let (_sandbox, client) = agreed(|builder| builder).await?;
    let nameless = client.wire.with("user-agent", None)?;
    let header = client.hmac(Form::Documented, TICKLE)?;
    nameless.with("authorization", &*header)?.send(TICKLE).await?.check("no name", 403, Has("Access Denied"));
    client.wire.with("authorization", &*header)?.send(TICKLE).await?.check("the nonce is unused", 200, Any);
    Ok(())
}

#[tokio::test]
async fn a_third_party_gets_its_token_once() -> Result {
    let sandbox = start(Builder::paper).await?;
    let mut client = Client::of(&sandbox)?;
    client.get_token("request_token", &[]).await?.check("without a callback", 401, INVALID_SIGNATURE);
    let token =
        client.get_token("request_token", &[("oauth_callback", "oob")]).await?.field("oauth_token")?;
    let send = async |client: &mut Client, verifier: &str| {
        client.get_token("access_token", &[("oauth_token", &token), ("oauth_verifier", verifier)]).await
    };
    send(&mut client, "").await?.check("not approved", 401, Has("statusCode"));
    assert_eq!(sandbox.approve_request_token("made-up"), None);
    let verifier = sandbox.approve_request_token(&token).ok_or("not approved")?;
    send(&mut client, "made-up").await?.check("another verifier", 401, Any);
    let response = send(&mut client, &verifier).await?;
    response.check("approved", 200, Has(r#"{"is_paper":true}"#));
    send(&mut client, &verifier).await?.check("once", 401, Any);
    client.credentials.access_token = response.field("oauth_token")?;
    client.credentials.access_token_secret = response.field("oauth_token_secret")?;
    client.agree().await?;
    client.send(INIT).await?.check("its own token", 200, OPEN);
    Ok(())
}

#[tokio::test]
async fn a_sandbox_takes_credentials_that_it_is_given() -> Result {
    let credentials = Credentials::made_up()?;
    let sandbox = Sandbox::builder().oauth_with(credentials.clone()).start().await?;
    assert_eq!(sandbox.oauth_credentials(), Some(credentials.clone()));
    let public: Vec<&str> = sandbox
        .environment()
        .iter()
        .filter(|variable| variable.is_public)
        .map(|variable| variable.name)
        .collect();
    assert_eq!(public, ["IBKR_BASE_URL", "IBKR_OAUTH_CONSUMER_KEY"], "the others are somebody's");
    Client::agreed(&sandbox).await?;

    let made_up = start(|builder| builder).await?;
    assert_ne!(made_up.oauth_credentials(), Some(credentials.clone()));
    let environment = made_up.environment();
    assert!(
        environment.len() == 7 && environment.iter().all(|variable| variable.is_public),
        "{environment:?}"
    );
    assert_eq!(environment[5].value, made_up.oauth_credentials().ok_or("none")?.encryption_key);

    let unusable = Credentials { dh_parameters: "made-up".into(), ..credentials };
    let error = Sandbox::builder().oauth_with(unusable).start().await.err().ok_or("started")?;
    assert!(error.to_string().contains("Diffie-Hellman parameters"), "{error}");
    Ok(())
}

mod oauth2 {
    use super::*;

    const TOKEN: &str = "/oauth2/api/v1/token";
    const SESSIONS: &str = "/gw/api/v1/sso-sessions";

    fn now() -> Result<i64> {
        Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?)
    }

    /// A form or a JWT, and what is changed in it before it is signed and after.
    struct Asking {
        wire: Wire,
        key: String,
        header: Value,
        claims: Value,
        form: Vec<(&'static str, String)>,
    }

    fn asking(sandbox: &Sandbox, claims: Value) -> Result<Asking> {
        let credentials = sandbox.oauth_credentials().and_then(|all| all.oauth2).ok_or("no OAuth 2.0")?;
        let assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", "sso-sessions.write"),
            ("client_assertion_type", assertion_type),
            ("client_id", "sandbox-client"),
        ];
        Ok(Asking {
            wire: Wire::new(sandbox.root_url())?.with("user-agent", "test")?,
            key: credentials.private_key,
            header: json!({ "alg": "RS256", "typ": "JWT", "kid": "sandbox-key" }),
            claims,
            form: form.map(|(name, value)| (name, value.to_owned())).to_vec(),
        })
    }

    /// A request for an access token.
    fn for_token(sandbox: &Sandbox) -> Result<Asking> {
        let client = "sandbox-client";
        asking(
            sandbox,
            json!({ "iss": client, "sub": client, "aud": "/token", "iat": now()? - 10, "exp": now()? + 20 }),
        )
    }

    /// A request for the token of a single sign-on.
    fn for_session(sandbox: &Sandbox) -> Result<Asking> {
        let end = now()? + 86_400;
        asking(
            sandbox,
            json!({ "iss": "sandbox-client", "credential": "sampleuser", "ip": "192.0.2.1", "exp": end }),
        )
    }

    impl Asking {
        async fn token(&mut self) -> Result<Response> {
            let assertion = jwt(&self.key, &self.header, &self.claims)?;
            let pairs = self.form.iter().map(|(name, value)| format!("{name}={value}"));
            let form: Vec<String> = pairs.chain([format!("client_assertion={assertion}")]).collect();
            self.wire.send(&format!("POST {TOKEN} {}", form.join("&"))).await
        }

        async fn session(&mut self, bearer: &str, media_type: &str) -> Result<Response> {
            let body = jwt(&self.key, &self.header, &self.claims)?;
            let wire = self.wire.with("authorization", &*format!("Bearer {bearer}"))?;
            wire.with("content-type", media_type)?.send(&format!("POST {SESSIONS} {body}")).await
        }
    }

    #[tokio::test]
    async fn a_program_signs_in_with_assertions() -> Result {
        let sandbox = start(|builder| builder.sso_lifetime(60 * SECOND)).await?;
        for media_type in ["application/jwt", "text/plain"] {
            let token = for_token(&sandbox)?.token().await?;
            token.check(
                "a token",
                200,
                Has(r#"{"token_type":"Bearer","expires_in":86399,"scope":"sso-sessions.write"}"#),
            );
            let session = for_session(&sandbox)?.session(&token.field("access_token")?, media_type).await?;
            session.check(media_type, 200, Has(r#"{"token_type":"Bearer","active":true}"#));
            let bearer = format!("Bearer {}", session.field("access_token")?);
            let mut wire =
                Wire::new(sandbox.root_url())?.with("user-agent", "test")?.with("authorization", &*bearer)?;
            let validated = Has(
                r#"{"RESULT":true,"COUNTERPARTY":"IBLLC-US","CREDENTIAL_TYPE":1,"features":{"env":"PROD"}}"#,
            );
            for (request, status, expected) in [
                (VALIDATE, 200, validated),
                (STATUS, 400, Is(NO_BRIDGE)),
                (INIT, 200, OPEN),
                (TICKLE, 200, Has(r#"{"ssoExpires":null}"#)),
                (LOGOUT, 200, LOGGED_OUT),
                (VALIDATE, 200, Any),
            ] {
                wire.send(request).await?.check(request, status, expected);
            }
            sandbox.advance(59 * SECOND);
            wire.send(TICKLE).await?.check("alive", 200, Any);
            sandbox.advance(SECOND);
            wire.send(TICKLE).await?.check("ended", 401, Is(""));
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_wrong_assertion_is_refused() -> Result {
        type Change = fn(&mut Asking);
        let changes: [(&str, Change, u16); 14] = [
            ("kid", |asking| asking.header["kid"] = json!("other"), 401),
            ("no kid", |asking| asking.header["kid"] = json!(null), 401),
            ("alg", |asking| asking.header["alg"] = json!("none"), 401),
            ("iss", |asking| asking.claims["iss"] = json!("other"), 401),
            ("sub", |asking| asking.claims["sub"] = json!("other"), 401),
            ("aud", |asking| asking.claims["aud"] = json!("https://api.ibkr.com/token"), 401),
            ("exp", |asking| asking.claims["exp"] = json!(1_700_000_000), 401),
            ("no exp", |asking| asking.claims["exp"] = json!(null), 401),
            ("client id", |asking| asking.form[3].1 = "other".into(), 401),
            ("grant", |asking| asking.form[0].1 = "password".into(), 400),
            ("scope", |asking| asking.form[1].1 = "echo.read".into(), 400),
            ("type", |asking| asking.form[2].1 = "other".into(), 400),
            ("camel case", |asking| asking.form[0].0 = "grantType", 400),
            ("no type", |asking| drop(asking.form.remove(2)), 400),
        ];
        let sandbox = start(|builder| builder).await?;
        for (wrong, change, status) in changes {
            let mut asking = for_token(&sandbox)?;
            change(&mut asking);
            let response = asking.token().await?;
            response.check(wrong, status, Has(&json!({ "status": status }).to_string()));
            assert_eq!(response.kind(), JSON, "{wrong}");
        }
        let mut other = for_token(&sandbox)?;
        other.key = sandbox.oauth_credentials().ok_or("none")?.signature_key;
        other.token().await?.check("another key", 401, Any);
        Ok(())
    }

    #[tokio::test]
    async fn a_wrong_request_for_a_session_is_refused() -> Result {
        type Change = fn(&mut Asking);
        let changes: [(&str, Change, u16); 8] = [
            ("iss", |asking| asking.claims["iss"] = json!("other"), 401),
            ("exp", |asking| asking.claims["exp"] = json!(1_700_000_000), 401),
            ("kid", |asking| asking.header["kid"] = json!("other"), 401),
            ("no credential", |asking| asking.claims["credential"] = json!(null), 400),
            ("no ip", |asking| asking.claims["ip"] = json!(null), 400),
            ("credential", |asking| asking.claims["credential"] = json!("other"), 403),
            ("ip", |asking| asking.claims["ip"] = json!("192.0.2.2"), 403),
            ("nothing", |_| (), 200),
        ];
        let sandbox = start(|builder| builder).await?;
        let bearer = for_token(&sandbox)?.token().await?.field("access_token")?;
        for (wrong, change, status) in changes {
            let mut asking = for_session(&sandbox)?;
            change(&mut asking);
            asking.session(&bearer, "application/jwt").await?.check(wrong, status, Any);
        }
        let mut asking = for_session(&sandbox)?;
        asking.session("made-up", "application/jwt").await?.check("another token", 401, Any);
        asking.session(&bearer, JSON).await?.check("another media type", 400, Any);
        sandbox.advance(Duration::from_secs(86_400));
        asking.session(&bearer, "text/plain").await?.check("an old token", 401, Any);
        Ok(())
    }
}
