//! Everything that a program holds in its hands while all goes well, through a proxy, and what it saves.

use base64::{Engine, engine::general_purpose::STANDARD};
use broker_session::{
    Connection, SavedSession, Secret, Session,
    neo::{Client, Credentials, TradeSession},
};
use broker_session_sandbox::neo::{Account, Sandbox};
use contract_tests::{
    Proxy, Scene, Watch,
    brokers::neo::{CODE, MOBILE, MPIN, Neo, client},
    canary, once, secret,
};
use serde_json::{Value, json};

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

pub(crate) async fn everything_goes_well(watch: &mut Watch) {
    let sandbox = Sandbox::builder().account(account()).start().await.expect("a sandbox");
    let proxy_password = canary("proxy-password");
    let proxy = Proxy::start(Some(("made-up-user", &proxy_password))).await;
    watch.also(STANDARD.encode(format!("made-up-user:{proxy_password}")));
    let user = Secret::from(proxy_password.as_str());
    let connection = Connection::new().proxy(proxy.url(), Some(("made-up-user", &user))).expect("a proxy");
    watch.debug("Connection", &connection);
    let credentials = Credentials::new(MOBILE, sandbox.user(), canary("access-token"));
    watch.debug("Credentials", &credentials);
    let builder =
        Client::builder().credentials(credentials).base_url(sandbox.base_url()).connection(connection);
    watch.debug("ClientBuilder", &builder);
    let client = builder.build().expect("settings that fit");
    watch.debug("Client", &client);
    let session = sign_in(watch, &sandbox, &client).await;
    use_session(watch, &sandbox, &client, session).await;
    assert!(proxy.seen().len() > 6, "everything went through the proxy");
}

async fn sign_in(watch: &mut Watch, sandbox: &Sandbox, client: &Client) -> TradeSession {
    let clock = sandbox.clock().clone();
    let totp = client.totp_from_secret(&secret(TOTP_SECRET)).expect("a secret").clock(move || clock.now());
    watch.debug("Totp", &totp);
    let code = totp.code().await.expect("a code");
    watch.also(code.expose());
    watch.debug("Totp", &totp);
    let view = client.login_totp(&code).await.expect("a view session");
    watch.debug("ViewSession", &view);
    watch.debug("Profile", view.profile());
    watch.error("a code for the second time", &client.login_totp(&code).await.expect_err("a used code"));
    let wrong = secret("918270");
    watch.also("918270");
    for _ in 0..2 {
        watch.error("a wrong MPIN", &view.validate(&wrong).await.expect_err("a wrong MPIN"));
    }
    watch.error("no MPIN", &view.validate(&secret(&canary("mpin"))).await.expect_err("no MPIN"));
    view.validate(&secret(MPIN)).await.expect("a trade session")
}

async fn use_session(watch: &mut Watch, sandbox: &Sandbox, client: &Client, session: TradeSession) {
    watch.debug("TradeSession", &session);
    watch.debug("Profile", session.profile());
    for address in session.client_ip().await.expect("an address") {
        watch.debug("ClientIp", &address);
    }
    let request = session.authorize(session.http().get(sandbox.orders_url())).expect("an allowed host");
    watch.debug("RequestBuilder", &request);
    let answer = request.send().await.expect("an answer");
    watch.debug("reqwest::Response", &answer);
    let elsewhere = session.authorize(session.http().get("https://evil.example/")).expect_err("another host");
    watch.error("authorize", &elsewhere);
    let saved = session.save();
    watch.debug("SavedSession", &saved);
    // What the broker made up on the way is as secret as the rest.
    for call in sandbox.calls() {
        for name in ["auth", "sid"] {
            if let Some(token) = call.header(name) {
                watch.also(token);
            }
        }
    }
    for secret in [&session.profile().rid, &session.profile().k_id].into_iter().flatten() {
        watch.also(secret.expose());
        watch.debug("Secret", secret);
    }
    let resumed = client.resume(saved).expect("a saved session");
    watch.debug("TradeSession, resumed", &resumed);
    let boxed: Box<dyn Session> = Box::new(session);
    watch.debug("dyn Session", &boxed);
    boxed.sign_out().await.expect("a logout");
    watch.error("a second logout", &resumed.logout().await.expect_err("the session is over"));
}

/// A broker all of whose own secrets can be told from all other texts.
pub(crate) async fn the_broker_tells_its_secrets(watch: &mut Watch) {
    let scene = Scene::with_canaries::<Neo>().await;
    let at = scene.at(once()).with_canaries();
    let client = client(&at).expect("settings that fit");
    let view = client.login_totp(&secret(CODE)).await.expect("a view session");
    watch.debug("ViewSession", &view);
    watch.debug("Profile", view.profile());
    let session = view.validate(&secret(MPIN)).await.expect("a trade session");
    watch.debug("TradeSession", &session);
    watch.debug("Profile", session.profile());
    watch.debug("SavedSession", &session.save());
    let profile = session.profile();
    let told = [&profile.rid, &profile.k_id, &profile.hs_server_id, &profile.search_api_key];
    let told: Vec<&str> = told.into_iter().flatten().map(Secret::expose).collect();
    assert_eq!(told, ["rid", "kId", "hsServerId", "searchAPIKey"].map(canary));
    secrets_are_saved_in_their_place_only(&session.save());
    let printed = format!("{:?}", session.profile());
    assert!(printed.contains("SAMPLE") && printed.contains("k_id"), "what is no secret is shown: {printed}");
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
