//! Everything that a client of this broker can print, with a canary in the place of every secret.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use broker_session::{
    ClientOptions, Error, SavedSession, Secret, SessionProvider,
    blocking::Blocking,
    neo::{Client, Credentials, Session, SignIn},
    store::MemoryStore,
};
use broker_session_sandbox::neo::{Account, Sandbox};
use contract_tests::{
    FaultyBroker, LeakDetector, Proxy,
    brokers::neo::{CODE, MOBILE, MPIN, Neo, client},
    canary, check_echo, check_faults, once, secret,
};
use neo_session_api::types;
use serde_json::{Value, json};

use super::{block_on, shares};

#[test]
fn no_secret_of_neo_appears() {
    let mut detector = LeakDetector::start();
    for digits in [MOBILE, CODE, MPIN] {
        // A plus sign may be written in another way.
        detector.also(digits.trim_start_matches('+'));
    }
    block_on(false, everything_goes_well(&mut detector));
    block_on(false, the_broker_sends_its_secrets(&mut detector));
    let errors = block_on(false, check_echo::<Neo>(&mut detector, async |_, _, _| ()));
    assert!(errors > 140, "only {errors} calls failed");
    let errors = check_faults::<Neo>(&mut detector);
    assert!(errors > 300, "only {errors} calls failed");
    are_looked_at(&mut detector);
    settings_are_refused(&mut detector);
    // The detector does see what is traced and printed.
    for marker in ["trade_api_validate", "127.0.0.1", "broker_call", "TRACE"] {
        assert!(detector.traced().contains(marker), "the trace has no `{marker}`");
    }
    assert!(detector.said().contains("SecondFactor"));
    detector.check_types("neo");
    detector.finish();
}

/// All of its letters are of base32.
const TOTP_SECRET: &str = "CANARYTOTPSECRETOFATEST2";

fn account() -> Account {
    Account {
        access_token: canary("access-token"),
        mobile: MOBILE.to_owned(),
        totp_secret: TOTP_SECRET.to_owned(),
        mpin: MPIN.to_owned(),
        k_id: canary("k-id"),
        ..Account::default()
    }
}

async fn everything_goes_well(detector: &mut LeakDetector) {
    let sandbox = Sandbox::builder().account(account()).start().await.expect("a sandbox");
    let proxy_password = canary("proxy-password");
    let proxy = Proxy::start(Some(("made-up-user", &proxy_password))).await;
    detector.also(STANDARD.encode(format!("made-up-user:{proxy_password}")));
    let options = ClientOptions::new().proxy(proxy.url()).proxy_user("made-up-user", proxy_password);
    detector.debug("ClientOptions", &options);
    let credentials =
        Credentials::new().mobile(MOBILE).ucc(sandbox.user()).access_token(canary("access-token"));
    detector.debug("Credentials", &credentials);
    let builder = Client::builder().credentials(credentials).base_url(sandbox.base_url()).options(options);
    detector.debug("ClientBuilder", &builder);
    let client = builder.build().expect("settings that fit");
    detector.debug("Client", &client);
    let session = sign_in(detector, &sandbox, &client).await;
    use_session(detector, &sandbox, &client, session).await;
    assert!(proxy.seen().len() > 6, "everything went through the proxy");
}

async fn sign_in(detector: &mut LeakDetector, sandbox: &Sandbox, client: &Client) -> Session {
    let clock = sandbox.clock().clone();
    let totp = client.totp_from_secret(&secret(TOTP_SECRET)).expect("a secret").clock(move || clock.now());
    detector.debug("Totp", &totp);
    let code = totp.next_code().await.expect("a code");
    detector.also(code.expose());
    detector.debug("Totp", &totp);
    let view = client.login_totp(&code).await.expect("a view session");
    detector.debug("ViewSession", &view);
    detector.debug("Profile", view.profile());
    detector.error("a code for the second time", &client.login_totp(&code).await.expect_err("a used code"));
    let wrong = secret("918270");
    detector.also("918270");
    for _ in 0..2 {
        detector.error("a wrong MPIN", &view.validate(&wrong).await.expect_err("a wrong MPIN"));
    }
    detector.error("no MPIN", &view.validate(&secret(&canary("mpin"))).await.expect_err("no MPIN"));
    view.validate(&secret(MPIN)).await.expect("a trade session")
}

async fn use_session(detector: &mut LeakDetector, sandbox: &Sandbox, client: &Client, session: Session) {
    detector.debug("Session", &session);
    detector.debug("Blocking", &Blocking::from(session.clone()));
    detector.debug("Profile", session.profile());
    for address in session.client_ip().await.expect("an address") {
        detector.debug("ClientIp", &address);
    }
    let request = session.authorize(session.http().get(sandbox.orders_url())).expect("an allowed host");
    detector.debug("RequestBuilder", &request);
    detector.debug("reqwest::Response", &request.send().await.expect("a response"));
    let own = session.get("quick/user/orders");
    detector.debug("SessionRequest", &own);
    detector.debug("reqwest::Response", &own.send().await.expect("a response"));
    let elsewhere = session.authorize(session.http().get("https://evil.example/")).expect_err("another host");
    detector.error("authorize", &elsewhere);
    let saved = session.save();
    detector.debug("SavedSession", &saved);
    // The tokens of the broker are as secret as the rest.
    for call in sandbox.calls() {
        for name in ["auth", "sid"] {
            if let Some(token) = call.header(name) {
                detector.also(token);
            }
        }
    }
    for secret in [&session.profile().rid, &session.profile().k_id].into_iter().flatten() {
        detector.also(secret.expose());
        detector.debug("Secret", &Secret::from(secret.clone()));
    }
    let sign_in = |mpin: &str| {
        let clock = sandbox.clock().clone();
        let totp = client.totp_from_secret(&secret(TOTP_SECRET)).expect("a secret");
        SignIn::new(client.clone()).totp(totp.clock(move || clock.now())).totp_secret(TOTP_SECRET).mpin(mpin)
    };
    detector.debug("SignIn", &sign_in(MPIN));
    let store = Arc::new(MemoryStore::new());
    let shared = client.shared_session(store.clone(), &[&secret(MPIN)]);
    let builder = |mpin| SessionProvider::builder(sign_in(mpin)).store(store.clone());
    detector.debug("SessionProviderBuilder", &builder(MPIN));
    sandbox.advance(Duration::from_secs(60));
    shares(detector, &shared, &builder(MPIN).start().expect("a provider"), &*store).await;
    let error = builder("918271").start().expect("a provider").sign_in().await.expect_err("a wrong MPIN");
    detector.error("a wrong MPIN of a provider", &error);
    detector.debug("what the store has", &store.clone());
    let resumed = client.resume(saved).expect("a saved session");
    detector.debug("Session, resumed", &resumed);
    detector.debug("Session, without a profile", &session.without_profile());
    session.logout().await.expect("a logout");
    detector.error("a second logout", &resumed.logout().await.expect_err("the session is over"));
    detector.error("an own request", &resumed.get("x").send().await.expect_err("the session is over"));
}

/// A broker whose own secrets are all canaries.
async fn the_broker_sends_its_secrets(detector: &mut LeakDetector) {
    let faulty = FaultyBroker::with_canaries::<Neo>().await;
    let at = faulty.at(once()).with_canaries();
    let client = client(&at).expect("settings that fit");
    let view = client.login_totp(&secret(CODE)).await.expect("a view session");
    detector.debug("ViewSession", &view);
    detector.debug("Profile", view.profile());
    let session = view.validate(&secret(MPIN)).await.expect("a trade session");
    detector.debug("Session", &session);
    detector.debug("Profile", session.profile());
    detector.debug("SavedSession", &session.save());
    let profile = session.profile();
    let secrets = [&profile.rid, &profile.k_id, &profile.hs_server_id, &profile.search_api_key];
    let secrets: Vec<&str> = secrets.into_iter().flatten().map(|secret| secret.expose()).collect();
    assert_eq!(secrets, ["rid", "kId", "hsServerId", "searchAPIKey"].map(canary));
    secrets_are_saved_in_their_place_only(&session.save());
    let printed = format!("{profile:?}");
    assert!(printed.contains("SAMPLE") && printed.contains("k_id"), "the rest is shown: {printed}");
}

fn secrets_are_saved_in_their_place_only(saved: &SavedSession) {
    let mut saved = serde_json::to_value(saved).expect("a saved session");
    let secrets = saved.as_object_mut().expect("an object").remove("secrets").expect("secrets");
    assert_eq!(secrets, json!({ "token": canary("token"), "sid": canary("sid") }));
    let rest: Value = saved;
    let text = rest.to_string();
    for secret in ["CANARY", MOBILE, MPIN, CODE] {
        assert!(!text.contains(secret), "{text}");
    }
}

fn are_looked_at(detector: &mut LeakDetector) {
    detector.look::<types::TradeApiLoginRequest>(
        "TradeApiLoginRequest",
        json!({ "mobileNumber": canary("mobile"), "ucc": "MADE1", "totp": canary("totp") }),
    );
    detector.look::<types::TradeApiLoginRequest>(
        "TradeApiLoginRequest",
        json!({ "mobileNumber": MOBILE, "ucc": "MADE1", "totp": CODE }),
    );
    detector
        .look::<types::TradeApiValidateRequest>("TradeApiValidateRequest", json!({ "mpin": canary("mpin") }));
    detector.look::<types::TradeApiValidateRequest>("TradeApiValidateRequest", json!({ "mpin": MPIN }));
    let session = json!({
        "token": canary("token"), "sid": canary("sid"), "rid": canary("rid"), "kId": canary("k-id"),
        "hsServerId": canary("hs-server-id"), "searchAPIKey": canary("search-api-key"),
    });
    detector.look::<types::Session>("Session", session.clone());
    detector.look::<types::SessionEnvelope>("SessionEnvelope", json!({ "data": session }));
}

/// Settings with a secret in the wrong place.
fn settings_are_refused(detector: &mut LeakDetector) {
    let password = canary("url-password");
    let token = canary("access-token");
    let build = |credentials: Credentials, base: &str| {
        Client::builder().credentials(credentials).base_url(base).options(once()).build().map(drop)
    };
    let of = |token: &str| Credentials::new().mobile(MOBILE).ucc("MADE1").access_token(token);
    let client = Client::builder().credentials(of(&token)).build().expect("settings that fit");
    let with_base = |base: String| build(of(&token), &base);
    let outcomes: Vec<(&str, Result<(), Error>)> = vec![
        ("a base with a password", with_base(format!("https://u:{password}@mis.kotaksecurities.com"))),
        ("a base with a query", with_base(format!("https://mis.kotaksecurities.com?token={password}"))),
        ("a token with a space", build(of(&format!("{token} {token}")), "http://127.0.0.1:9")),
        ("a token with a line", build(of(&format!("{token}\r\nX-Evil: 1")), "http://127.0.0.1:9")),
        ("an invalid TOTP secret", client.totp_from_secret(&secret(&canary("totp"))).map(drop)),
        ("a short TOTP secret", client.totp_from_secret(&secret("CANARYAA")).map(drop)),
    ];
    for (label, outcome) in outcomes {
        detector.error(label, &outcome.expect_err(label));
    }
    let builder = Client::builder().base_url(format!("https://u:{password}@127.0.0.1"));
    detector.debug("ClientBuilder", &builder);
}
