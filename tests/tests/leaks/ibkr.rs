//! Everything that a client of this broker can print, with a canary in the place of every secret.

use std::{sync::Arc, time::Duration};

use broker_session::{
    ClientOptions, Error, RetryPolicy, SavedSession, Secret, SessionProvider, Signer,
    ibkr::{
        AuthStatus, Client, ClientBuilder, Compete, LoginType, SignIn, SsoExpiry, Supervisor, oauth1a, oauth2,
    },
    store::MemoryStore,
};
use broker_session_openapi::Operation;
use broker_session_sandbox::ibkr::Sandbox;
use contract_tests::{
    JSON, LeakDetector, PausedClock, RawServer, Reaction, Target, TestCertificate, brokers::ibkr::Ibkr,
    canary, check_echo, check_faults, respond,
};
use http::HeaderName;
use reqwest::Request;
use serde_json::json;

use super::block_on;

#[test]
fn no_secret_of_ibkr_appears() {
    let mut detector = LeakDetector::start();
    block_on(true, everything_goes_well(&mut detector));
    settings_are_refused(&mut detector);
    block_on(true, signs_in_by_itself(&mut detector));
    let errors = block_on(true, check_echo::<Ibkr>(&mut detector, look_further));
    assert!(errors > 140, "only {errors} calls failed");
    let errors = check_faults::<Ibkr>(&mut detector);
    assert!(errors > 300, "only {errors} calls failed");
    // The detector does see what is traced and printed.
    for marker in ["tickle_post", "127.0.0.1", "broker_call", "TRACE", "the session has changed"] {
        assert!(detector.traced().contains(marker), "the trace has no `{marker}`");
    }
    assert!(detector.said().contains("login_required") || detector.said().contains("LoginRequired"));
    detector.check_types("ibkr");
    detector.finish();
}

/// Signs with a secret.
struct Signature;

impl Signer for Signature {
    fn sign(&self, _request: &Request) -> Result<Vec<(HeaderName, Secret)>, String> {
        let value =
            format!("OAuth oauth_token=\"{}\", oauth_signature=\"{}\"", canary("oauth"), canary("hmac"));
        Ok(vec![(HeaderName::from_static("x-signature"), value.into())])
    }
}

/// Options that repeat nothing and do not wait for the broker's limits.
fn options() -> ClientOptions {
    ClientOptions::new().retry(RetryPolicy::NEVER).middleware(Arc::new(PausedClock::new()))
}

/// A client that is given a secret in every way.
fn builder(base: &str, options: ClientOptions) -> ClientBuilder {
    let cookies = format!("x-sess-uuid={}; other={}", canary("cookie"), canary("other"));
    Client::builder()
        .base_url(base)
        .options(options)
        .header("Cookie", cookies)
        .header("Authorization", format!("Bearer {}", canary("authorization")))
        .signer(Arc::new(Signature))
}

/// The responses of a gateway for which all is well, with its own secrets.
fn goes_well(line: &str) -> Vec<u8> {
    let status = json!({ "authenticated": true, "connected": true, "competing": false, "MAC": "00" });
    let body = match line {
        _ if line.contains("/tickle") => {
            json!({ "session": canary("session"), "ssoExpires": 1, "iserver": { "authStatus": status } })
        }
        _ if line.contains("/validate") => json!({
            "RESULT": true, "TOKEN": canary("token"), "EXPIRES": 415_890, "LOGIN_TYPE": 2,
            "features": { "env": "PROD" }, "AN_UNKNOWN_FIELD": canary("unknown"), canary("field-name"): 1,
        }),
        _ if line.contains("/logout") => json!({ "status": true }),
        _ if line.contains("/reauthenticate") => json!({ "message": "triggered" }),
        _ if line.contains("/accounts") => json!({ "accounts": [] }),
        _ => status,
    };
    respond("200 OK", &[JSON], &body.to_string())
}

/// What the program's own requests, a diagnosis and a supervisor say of a gateway that responds to this operation with what
/// it was sent, and with its own secrets if it has sent them before.
async fn look_further(detector: &mut LeakDetector, at: &Target, operation: &Operation) {
    let gateway = builder(at.base(), at.options()).build().expect("settings that fit");
    if operation.id != "tickle_post" {
        gateway.tickle().await.expect("a tickle");
    }
    if operation.id != "sso_validate_get" {
        // It is over beside some of the failures.
        drop(gateway.validate_sso().await);
    }
    let method = operation.method.parse().expect("a method");
    if let Err(error) = gateway.unverified_session().request(method, &operation.path).send().await {
        detector.error(&operation.id, &error);
    }
    let diagnosed = gateway.diagnose().await.ok();
    let supervised = Supervisor::builder(gateway, Compete::Yield).run_once().await;
    for state in diagnosed.into_iter().chain(supervised) {
        detector.debug(&operation.id, &state);
        detector.text(&operation.id, state.reason());
    }
}

async fn everything_goes_well(detector: &mut LeakDetector) {
    let certified = TestCertificate::for_loopback();
    let server = RawServer::start_tls(&certified, |request| {
        Reaction::Respond(goes_well(request.lines().next().unwrap_or_default()))
    })
    .await;
    detector.debug("ClientOptions", &options());
    let base = format!("{}/v1/api", server.base_url());
    let builder = builder(&base, options()).trust_certificate(certified.pem());
    detector.debug("ClientBuilder", &builder);
    let gateway = builder.build().expect("settings that fit");
    detector.debug("Client", &gateway);
    let tickle = gateway.tickle().await.expect("a tickle");
    assert_eq!(tickle.session.as_ref().map(|session| session.expose()), Some(&*canary("session")));
    detector.debug("Tickle", &tickle);
    detector.debug("AuthStatus", &AuthStatus::in_tickle(&tickle).expect("a status"));
    let profile = gateway.validate_sso().await.expect("a single sign-on");
    assert_eq!(profile.token.as_ref().map(|token| token.expose()), Some(&*canary("token")));
    detector.debug("SsoProfile", &profile);
    detector.debug("SsoExpiry", &SsoExpiry::of(&profile).expect("an end"));
    detector.debug("LoginType", &LoginType::of(&profile).expect("a type of login"));
    detector.debug("AuthStatus", &gateway.auth_status().await.expect("a status"));
    detector.debug("AuthStatus", &gateway.open_session(Compete::Yield).await.expect("an opening"));
    let state = gateway.diagnose().await.expect("a state");
    detector.debug("SessionState", &state);
    detector.debug("State", state.state());
    use_session(detector, &gateway).await;
    supervise(detector, gateway).await;
    let sent = server.requests().concat();
    for name in ["cookie", "other", "authorization", "oauth", "hmac"] {
        assert!(sent.contains(&canary(name)), "{name} was not sent");
    }
}

async fn use_session(detector: &mut LeakDetector, gateway: &Client) {
    let session = gateway.session().await.expect("a session");
    detector.debug("Session", &session);
    detector.debug("SsoProfile", session.profile());
    detector.debug("Secret", &Secret::from(session.profile().token.clone().expect("a token")));
    let saved = session.save();
    detector.debug("SavedSession", &saved);
    detector.text("SavedSession", serde_json::to_string(&saved).expect("JSON"));
    detector.debug("Session, resumed", &gateway.resume(saved).expect("the same gateway"));
    let own = session.get("iserver/accounts").header("x-own", canary("own")).query(&[("q", canary("query"))]);
    detector.debug("SessionRequest", &own);
    detector.debug("reqwest::Response", &own.send().await.expect("a response").status());
    let url = format!("{}/iserver/accounts", gateway.base_url());
    let request = session.authorize(session.http().get(url)).expect("the gateway's own host");
    detector.debug("RequestBuilder", &request);
    detector.debug("reqwest::Response", &request.send().await.expect("a response"));
    let elsewhere = session.authorize(session.http().get("https://evil.example/")).expect_err("another host");
    detector.error("authorize", &elsewhere);
}

async fn supervise(detector: &mut LeakDetector, gateway: Client) {
    let builder = Supervisor::builder(gateway, Compete::Yield);
    detector.debug("SupervisorBuilder", &builder);
    detector.debug("SessionState", &builder.clone().run_once().await.expect("a state"));
    let supervisor = builder.start().expect("a supervisor");
    detector.debug("Supervisor", &supervisor);
    let state = supervisor.wait_until_ready(Duration::from_secs(30)).await.expect("a session");
    detector.debug("SessionState", &state);
    detector.text("reason", state.reason());
    supervisor.logout().await.expect("a logout");
}

/// A program signs in by itself. Its secrets are no canaries, since keys must be keys.
async fn signs_in_by_itself(detector: &mut LeakDetector) {
    let sandbox = Sandbox::builder().oauth().start().await.expect("a sandbox");
    let known = sandbox.oauth_credentials().expect("OAuth is on");
    let second = known.oauth2.clone().expect("OAuth 2.0 is on");
    for pem in [&known.signature_key, &known.encryption_key, &second.private_key] {
        detector.also(pem.lines().nth(7).expect("a line of a key"));
    }
    detector.also(&known.access_token);
    detector.also(&known.access_token_secret);
    let builder = oauth1a::Credentials::builder()
        .consumer_key(&known.consumer_key)
        .access_token(known.access_token.clone())
        .access_token_secret(known.access_token_secret.clone())
        .signature_key(known.signature_key.clone())
        .encryption_key(known.encryption_key.clone())
        .dh_parameters(&known.dh_parameters);
    detector.debug("oauth1a::CredentialsBuilder", &builder);
    for problem in builder.clone().signature_key(known.access_token_secret.clone()).problems() {
        detector.error("a secret in place of a key", &problem);
    }
    let credentials = builder.build().expect("credentials that fit");
    detector.debug("oauth1a::Credentials", &credentials);
    let builder = || Client::builder().base_url(sandbox.base_url()).options(options());
    detector.debug("ClientBuilder", &builder().oauth1a(credentials.clone()));
    let client = builder().oauth1a(credentials).build().expect("settings that fit");
    let session = client.login(Compete::Yield).await.expect("a sign-in");
    let saved = session.save();
    detector.also(token(&saved, "live_session_token"));
    session.get("portfolio/accounts").send().await.expect("a response");
    detector.debug("Client", &client);
    detector.debug("Session", &session);
    detector.debug("SavedSession", &saved);
    detector.debug("WebSocket", &client.websocket().await.expect("an address"));
    detector.debug("LiveSessionToken", &client.live_session_token().await.expect("a response"));
    sandbox.revoke_access_tokens();
    detector.error("a token that is gone", &client.renew_authorization().await.expect_err("no token"));

    let builder2 = oauth2::Credentials::builder()
        .client_id(second.client_id)
        .key_id(second.key_id)
        .private_key(second.private_key)
        .credential(second.credential)
        .ip(second.ip);
    detector.debug("oauth2::CredentialsBuilder", &builder2);
    let credentials = builder2.build().expect("credentials that fit");
    detector.debug("oauth2::Credentials", &credentials);
    let client = builder().oauth2(credentials).build().expect("settings that fit");
    client.renew_authorization().await.expect("a token");
    let saved = client.unverified_session().save();
    detector.also(token(&saved, "access_token"));
    detector.debug("SavedSession", &saved);
    client.tickle().await.expect("a tickle");
    shares(detector, client).await;
}

/// The session is shared through a store, which has the token.
async fn shares(detector: &mut LeakDetector, client: Client) {
    let store = Arc::new(MemoryStore::new());
    let shared = client.shared_session(store.clone());
    let builder = {
        let sign_in = SignIn::new(client, Compete::Yield);
        detector.debug("SignIn", &sign_in);
        SessionProvider::builder(sign_in).store(store.clone())
    };
    detector.debug("SessionProviderBuilder", &builder);
    let provider = builder.start().expect("a provider");
    // It is in the store with the next call.
    let session = provider.session().await.expect("a session");
    session.get("portfolio/accounts").send().await.expect("a response");
    tokio::time::sleep(Duration::from_secs(1)).await;
    super::shares(detector, &shared, &provider, &*store).await;
    detector.debug("StoredSession", &shared.load().await.expect("a store"));
}

/// A secret of a saved session, as its file has it.
fn token(saved: &SavedSession, name: &str) -> String {
    let saved = serde_json::to_value(saved).expect("JSON");
    saved["secrets"][name].as_str().expect("a token").to_owned()
}

/// Settings with a secret in the wrong place.
fn settings_are_refused(detector: &mut LeakDetector) {
    let password = canary("url-password");
    let build = |builder: ClientBuilder| builder.build().map(drop);
    let base = |url: String| build(Client::builder().base_url(url));
    let outcomes: Vec<(&str, Result<(), Error>)> = vec![
        ("a base with a password", base(format!("https://u:{password}@127.0.0.1/v1/api"))),
        ("a base with a query", base(format!("https://127.0.0.1/v1/api?token={password}"))),
        ("a page with a password", {
            build(Client::builder().login_url(format!("https://u:{password}@127.0.0.1/")))
        }),
        ("an invalid header", build(Client::builder().header("Cookie", format!("a\n{password}")))),
        ("an invalid name", build(Client::builder().header("a b", password.as_str()))),
        ("an invalid certificate", build(Client::builder().trust_certificate(password.as_bytes()))),
        ("an invalid fingerprint", build(Client::builder().trust_fingerprint(&password))),
    ];
    for (label, outcome) in outcomes {
        detector.error(label, &outcome.expect_err(label));
    }
}
