//! Everything that a client of this broker can print, with a canary in the place of every secret.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use broker_session::{
    ClientOptions, Error, Secret, SessionProvider,
    kotak::{Client, Credentials, Grant, Session, SignIn, TokenKind, User},
    store::MemoryStore,
};
use broker_session_openapi::Operation;
use broker_session_runtime::{Credential, Deadlines, HttpClientBuilder, Transport, contract::Outcome};
use broker_session_sandbox::kotak::{Account, Sandbox};
use contract_tests::{
    LeakDetector, Proxy, Target,
    brokers::kotak::{Kotak, client, userid},
    canary, check_echo, check_faults,
};
use http::StatusCode;
use kotak_session_api::{API, types};
use serde_json::json;

use super::{block_on, shares};

#[test]
fn no_secret_of_kotak_appears() {
    let mut detector = LeakDetector::start();
    block_on(false, everything_goes_well(&mut detector));
    let errors = block_on(false, check_echo::<Kotak>(&mut detector, look_further));
    assert!(errors > 140, "only {errors} calls failed");
    let errors = check_faults::<Kotak>(&mut detector);
    assert!(errors > 300, "only {errors} calls failed");
    are_looked_at(&mut detector);
    settings_are_refused(&mut detector);
    // The detector does see what is traced and printed.
    for marker in ["session_login_userid", "127.0.0.1", "broker_call", "TRACE"] {
        assert!(detector.traced().contains(marker), "the trace has no `{marker}`");
    }
    assert!(detector.said().contains("second_factor") || detector.said().contains("SecondFactor"));
    detector.check_types("kotak");
    detector.finish();
}

fn account() -> Account {
    Account {
        password: canary("password"),
        access_token: canary("access-token"),
        consumer_key: canary("consumer-key"),
        consumer_secret: canary("consumer-secret"),
        access_code: canary("code"),
        mpin: Some(canary("mpin")),
        biometric: Some(canary("biometric")),
        ..Account::default()
    }
}

/// What a sign-in by nickname and a token show of a success that echoes secrets.
async fn look_further(detector: &mut LeakDetector, at: &Target, operation: &Operation) {
    if operation.id.ends_with("nickname") {
        let client = client(at, User::Nickname("sample-nickname".into())).expect("settings that fit");
        if let Ok(pending) = client.login(&at.secret_of_body("password")).await {
            detector.debug(&operation.id, &pending);
        }
    }
    if operation.id == "token" {
        let client = client(at, userid()).expect("settings that fit");
        let grant =
            Grant::Password { username: "S4MPL3".to_owned(), password: at.secret_of_body("password") };
        // An echo as a host has the beginning of a secret only, which cannot be recognised.
        let is_host = |scope: &str| scope.starts_with("https://");
        if let Ok(token) = client.request_token(grant).await
            && !token.scope.as_deref().is_some_and(is_host)
        {
            detector.debug(&operation.id, &token);
        }
    }
}

async fn everything_goes_well(detector: &mut LeakDetector) {
    let sandbox = Sandbox::builder().account(account()).start().await.expect("a sandbox");
    let proxy_password = canary("proxy-password");
    let proxy = Proxy::start(Some(("made-up-user", &proxy_password))).await;
    let pair = format!("made-up-user:{proxy_password}");
    detector.also(STANDARD.encode(pair));
    detector.also(STANDARD.encode(format!("{}:{}", canary("consumer-key"), canary("consumer-secret"))));
    let options = ClientOptions::new().proxy(proxy.url()).proxy_user("made-up-user", proxy_password);
    detector.debug("ClientOptions", &options);
    let account = sandbox.account();
    let credentials = Credentials::new()
        .userid(account.userid.as_str())
        .consumer_key(account.consumer_key.as_str())
        .access_token(account.access_token.as_str())
        .consumer_secret(account.consumer_secret.as_str());
    detector.debug("Credentials", &credentials);
    let builder = Client::builder().credentials(credentials).base_url(sandbox.base_url()).options(options);
    detector.debug("ClientBuilder", &builder);
    let client = builder.build().expect("settings that fit");
    detector.debug("Client", &client);
    detector.debug("User", client.user());
    sign_in_with_every_factor(detector, &sandbox, &client).await;
    get_and_revoke_tokens(detector, &sandbox, &client).await;
    let sign_in = SignIn::new(client.clone()).password(account.password.as_str()).mpin(canary("mpin"));
    detector.debug("SignIn", &sign_in);
    let store = Arc::new(MemoryStore::new());
    let shared = client.shared_session(store.clone(), &[&Secret::from(account.password.as_str())]);
    let builder = SessionProvider::builder(sign_in).store(store.clone());
    detector.debug("SessionProviderBuilder", &builder);
    shares(detector, &shared, &builder.start().expect("a provider"), &*store).await;
    assert!(proxy.seen().len() > 20, "everything went through the proxy");
    // The tokens of the broker are as secret as the rest.
    for call in sandbox.calls() {
        for name in ["oneTimeToken", "sessionToken"] {
            if let Some(token) = call.header(name) {
                detector.also(token);
            }
        }
    }
}

async fn sign_in_with_every_factor(detector: &mut LeakDetector, sandbox: &Sandbox, client: &Client) {
    let account = sandbox.account();
    let password = Secret::from(account.password.as_str());
    for factor in ["code", "mpin", "biometric", "one-time token"] {
        let initialized = client.init().await.expect("an init");
        detector.debug("Initialized", &initialized);
        let pending = initialized.login(&password).await.expect("a login");
        detector.debug("Pending", &pending);
        detector.debug("Factors", &pending.factors());
        let sent = pending.request_access_code().await.expect("a code");
        detector.debug("AccessCodeSent", &sent);
        let secret = Secret::new(canary(factor));
        let wrong = Secret::new(canary("wrong"));
        let outcome = match factor {
            "code" => {
                let error = pending.submit_access_code(&wrong).await.expect_err("a wrong code");
                detector.error("a wrong code", &error);
                let error = pending.submit_access_code(&wrong).await.expect_err("a code refused before");
                detector.error("a code refused before", &error);
                pending.submit_access_code(&secret).await
            }
            "mpin" => pending.submit_mpin(&secret).await,
            "biometric" => pending.submit_biometric(&secret).await,
            _ => pending.redeem_one_time_token().await,
        };
        let session = outcome.expect("a session");
        use_session(detector, sandbox, client, session).await;
    }
}

async fn use_session(detector: &mut LeakDetector, sandbox: &Sandbox, client: &Client, session: Session) {
    detector.debug("Session", &session);
    detector.debug("Profile", session.profile());
    let token = session.profile().api_token.as_ref().expect("a token for the API");
    let id = Secret::from(token.session_id.clone().expect("a session id"));
    detector.also(id.expose());
    detector.debug("Secret", &id);
    let saved = session.save();
    detector.debug("SavedSession", &saved);
    let request = session.authorize(session.http().get(sandbox.orders_url())).expect("an allowed host");
    detector.debug("RequestBuilder", &request);
    detector.debug("reqwest::Response", &request.send().await.expect("a response"));
    let own = session.get("reports/1.0/orders");
    detector.debug("SessionRequest", &own);
    detector.debug("reqwest::Response", &own.send().await.expect("a response"));
    let elsewhere = session.authorize(session.http().get("https://evil.example/")).expect_err("another host");
    detector.error("authorize", &elsewhere);
    let resumed = client.resume(saved.clone()).expect("a saved session");
    detector.debug("Session, resumed", &resumed);
    session.logout().await.expect("a logout");
    detector.error("a second logout", &resumed.logout().await.expect_err("the session is over"));
    detector.error("an own request", &resumed.get("x").send().await.expect_err("the session is over"));
}

async fn get_and_revoke_tokens(detector: &mut LeakDetector, sandbox: &Sandbox, client: &Client) {
    let account = sandbox.account();
    let by_password =
        Grant::Password { username: account.userid.clone(), password: account.password.as_str().into() };
    for grant in [Grant::ClientCredentials, by_password] {
        detector.debug("Grant", &grant);
        let token = client.request_token(grant).await.expect("a token");
        detector.debug("AccessToken", &token);
        detector.also(token.access_token.expose());
        if let Some(refresh) = &token.refresh_token {
            detector.also(refresh.expose());
            let grant = Grant::RefreshToken(refresh.clone());
            detector.debug("Grant", &grant);
            let token = client.request_token(grant.clone()).await.expect("a token");
            detector.debug("AccessToken, renewed", &token);
            detector.also(token.access_token.expose());
            let error = client.request_token(grant).await.expect_err("a refresh token is good for one use");
            detector.error("a second renewal", &error);
        }
        let with_token = client.with_access_token(&token.access_token);
        detector.debug("Client with a token", &with_token);
        with_token.init().await.expect("an init");
        client.revoke_token(&token.access_token, TokenKind::Access).await.expect("a revocation");
        let error = with_token.init().await.expect_err("a revoked token");
        detector.error("a revoked token", &error);
    }
}

fn are_looked_at(detector: &mut LeakDetector) {
    let login = json!({ "oneTimeToken": canary("one-time-token") });
    let session = json!({
        "sessionToken": canary("session-token"), "publicToken": canary("public-token"),
        "apiToken": { "sessionId": canary("session-id") },
    });
    detector.look::<types::LoginByUserid>(
        "LoginByUserid",
        json!({ "userid": "u", "password": canary("password") }),
    );
    detector.look::<types::LoginByNickname>(
        "LoginByNickname",
        json!({ "nickname": "n", "password": canary("password") }),
    );
    detector.look::<types::SecondFactorAccessCode>(
        "SecondFactorAccessCode",
        json!({ "userid": "u", "accessCode": canary("code") }),
    );
    detector.look::<types::SecondFactorMpin>(
        "SecondFactorMpin",
        json!({ "userid": "u", "mpin": canary("mpin") }),
    );
    detector.look::<types::SecondFactorBiometric>(
        "SecondFactorBiometric",
        json!({ "userid": "u", "biometric": canary("biometric") }),
    );
    detector.look::<types::AccessCode>("AccessCode", login.clone());
    detector.look::<types::Login>("Login", login);
    detector.look::<types::Session>("Session", session);
    detector.look::<types::TokenRequest>(
        "TokenRequest",
        json!({ "grant_type": "password", "password": canary("password"), "refresh_token": canary("refresh-token") }),
    );
    detector.look::<types::TokenResponse>(
        "TokenResponse",
        json!({ "access_token": canary("access-token"), "refresh_token": canary("refresh-token") }),
    );
    detector.look::<types::RevokeRequest>("RevokeRequest", json!({ "token": canary("access-token") }));
    let credential = Credential::Token(canary("access-token").into());
    let basic = Credential::Basic {
        username: canary("consumer-key").into(),
        password: canary("consumer-secret").into(),
    };
    detector.debug("Credential", &credential);
    detector.debug("Credential", &basic);
    let transport =
        Transport::builder(&API).credential("accessToken", credential).credential("consumer", basic);
    detector.debug("TransportBuilder", &transport);
    let transport = transport.build();
    detector.debug("Transport", &transport);
    let user = Secret::from(canary("proxy-password"));
    let http =
        HttpClientBuilder::new().only_given_roots(true).proxy("http://127.0.0.1:9", Some(("u", &user)));
    let http = http.expect("a proxy").build(Deadlines::default()).expect("a client without TLS");
    detector.debug("reqwest::Client", &http);
    let client = kotak_session_api::Client::new_with_client("http://127.0.0.1:9", http, transport);
    detector.debug("kotak_session_api::Client", &client);
    let outcome = Outcome::Success(StatusCode::OK, json!({ "oneTimeToken": canary("one-time-token") }));
    detector.debug("Outcome", &outcome);
    detector.debug("Secret", &Secret::from(canary("password")));
}

/// Settings with a secret in the wrong place.
fn settings_are_refused(detector: &mut LeakDetector) {
    let password = canary("url-password");
    let credentials = Credentials::new().userid("S4MPL3").consumer_key(canary("consumer-key"));
    let credentials = credentials.access_token(canary("access-token"));
    let builder = || Client::builder().credentials(credentials.clone());
    let with_base = |base: String| builder().base_url(base).build().map(drop);
    let with = |options: ClientOptions| builder().options(options).build().map(drop);
    let of_proxy = |url: String| with(ClientOptions::new().proxy(url));
    let outcomes: Vec<(&str, Result<(), Error>)> = vec![
        ("a proxy with a password", of_proxy(format!("http://u:{password}@127.0.0.1:9"))),
        ("an invalid proxy", of_proxy(format!("u:{password}@127.0.0.1:9"))),
        (
            "a base with a password",
            with_base(format!("https://u:{password}@tradeapi.kotaksecurities.com/apim")),
        ),
        (
            "a base with a query",
            with_base(format!("https://tradeapi.kotaksecurities.com/apim?token={password}")),
        ),
        ("an invalid certificate", with(ClientOptions::new().root_certificates(password.as_bytes()))),
        (
            "a further host with a password",
            with(ClientOptions::new().allow_host(format!("https://u:{password}@127.0.0.1"))),
        ),
    ];
    for (label, outcome) in outcomes {
        detector.error(label, &outcome.expect_err(label));
    }
}
