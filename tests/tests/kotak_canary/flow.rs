//! A whole day of a user for whom everything goes well, through a proxy, against the sandbox.

use base64::{Engine, engine::general_purpose::STANDARD};
use broker_session::{
    Connection, Secret,
    kotak::{Client, Credentials, Grant, Session, TokenKind},
};
use broker_session_sandbox::kotak::{Account, Sandbox};
use contract_tests::{Proxy, Watch, canary};

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

pub(crate) async fn everything_goes_well(watch: &mut Watch) {
    let sandbox = Sandbox::builder().account(account()).start().await.expect("a sandbox");
    let proxy_password = canary("proxy-password");
    let proxy = Proxy::start(Some(("made-up-user", &proxy_password))).await;
    let pair = format!("made-up-user:{proxy_password}");
    watch.also(STANDARD.encode(pair));
    watch.also(STANDARD.encode(format!("{}:{}", canary("consumer-key"), canary("consumer-secret"))));
    let user = Secret::from(proxy_password.as_str());
    let connection = Connection::new().proxy(proxy.url(), Some(("made-up-user", &user))).expect("a proxy");
    watch.debug("Connection", &connection);
    let account = sandbox.account();
    let credentials = Credentials::new(account.userid.as_str(), account.consumer_key.as_str())
        .access_token(account.access_token.as_str())
        .consumer_secret(account.consumer_secret.as_str());
    watch.debug("Credentials", &credentials);
    let builder =
        Client::builder().credentials(credentials).base_url(sandbox.base_url()).connection(connection);
    watch.debug("ClientBuilder", &builder);
    let client = builder.build().expect("settings that fit");
    watch.debug("Client", &client);
    watch.debug("User", client.user());
    sign_in_with_every_factor(watch, &sandbox, &client).await;
    get_and_revoke_tokens(watch, &sandbox, &client).await;
    assert!(proxy.seen().len() > 20, "everything went through the proxy");
    // What the broker made up on the way is as secret as the rest.
    for call in sandbox.calls() {
        for name in ["oneTimeToken", "sessionToken"] {
            if let Some(token) = call.header(name) {
                watch.also(token);
            }
        }
    }
}

async fn sign_in_with_every_factor(watch: &mut Watch, sandbox: &Sandbox, client: &Client) {
    let account = sandbox.account();
    let password = Secret::from(account.password.as_str());
    for factor in ["code", "mpin", "biometric", "one-time token"] {
        let initialised = client.init().await.expect("an init");
        watch.debug("Initialised", &initialised);
        let pending = initialised.login(&password).await.expect("a login");
        watch.debug("Pending", &pending);
        watch.debug("Factors", &pending.factors());
        let sent = pending.request_access_code().await.expect("a code");
        watch.debug("AccessCodeSent", &sent);
        let secret = Secret::new(canary(factor));
        let wrong = Secret::new(canary("wrong"));
        let outcome = match factor {
            "code" => {
                let error = pending.access_code(&wrong).await.expect_err("a wrong code");
                watch.error("a wrong code", &error);
                let error = pending.access_code(&wrong).await.expect_err("a code refused before");
                watch.error("a code refused before", &error);
                pending.access_code(&secret).await
            }
            "mpin" => pending.mpin(&secret).await,
            "biometric" => pending.biometric(&secret).await,
            _ => pending.one_time_token().await,
        };
        let session = outcome.expect("a session");
        use_session(watch, sandbox, client, session).await;
    }
}

async fn use_session(watch: &mut Watch, sandbox: &Sandbox, client: &Client, session: Session) {
    watch.debug("Session", &session);
    watch.debug("Profile", session.profile());
    watch.debug("Services", session.services());
    for service in [&session.services().redirect, &session.services().service].into_iter().flatten() {
        watch.debug("Service", service);
    }
    for exchange in session.profile().exchanges.values().flatten() {
        watch.debug("ExchangeStatus", exchange);
    }
    let id = session.services().api_token_session_id.as_ref().expect("a session id");
    watch.also(id.expose());
    watch.debug("Secret", id);
    let saved = session.save();
    watch.debug("SavedSession", &saved);
    let request = session.authorize(session.http().get(sandbox.orders_url())).expect("an allowed host");
    watch.debug("RequestBuilder", &request);
    let answer = request.send().await.expect("an answer");
    watch.debug("reqwest::Response", &answer);
    let elsewhere = session.authorize(session.http().get("https://evil.example/")).expect_err("another host");
    watch.error("authorize", &elsewhere);
    let resumed = client.resume(saved.clone()).expect("a saved session");
    watch.debug("Session, resumed", &resumed);
    session.logout().await.expect("a logout");
    let error = resumed.logout().await.expect_err("the session is over");
    watch.error("a second logout", &error);
}

async fn get_and_revoke_tokens(watch: &mut Watch, sandbox: &Sandbox, client: &Client) {
    let account = sandbox.account();
    let by_password =
        Grant::Password { username: account.userid.clone(), password: account.password.as_str().into() };
    for grant in [Grant::ClientCredentials, by_password] {
        watch.debug("Grant", &grant);
        let token = client.token(grant).await.expect("a token");
        watch.debug("AccessToken", &token);
        watch.also(token.access_token.expose());
        if let Some(refresh) = &token.refresh_token {
            watch.also(refresh.expose());
            let grant = Grant::RefreshToken(refresh.clone());
            watch.debug("Grant", &grant);
            let token = client.token(grant.clone()).await.expect("a token");
            watch.debug("AccessToken, renewed", &token);
            watch.also(token.access_token.expose());
            let error = client.token(grant).await.expect_err("a refresh token is good for one use");
            watch.error("a second renewal", &error);
        }
        let with_token = client.with_access_token(&token.access_token);
        watch.debug("Client with a token", &with_token);
        with_token.init().await.expect("an init");
        client.revoke(&token.access_token, TokenKind::Access).await.expect("a revocation");
        let error = with_token.init().await.expect_err("a revoked token");
        watch.error("a revoked token", &error);
    }
}
