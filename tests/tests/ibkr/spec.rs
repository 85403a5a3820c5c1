//! The suites that every broker gets, the responses of the sandbox, and the typed mocks.

use std::time::Duration;

use broker_session::{
    Error, Secret,
    ibkr::{Client, Compete, oauth2},
};
use broker_session_sandbox::ibkr::{Builder, Sandbox, SignedOut};
use contract_tests::{SandboxClient, broker_suite, brokers::ibkr::Ibkr, once};
use http::StatusCode;
use httpmock::MockServer;
use ibkr_session_api::{mock::MockServerExt, types};

use crate::support::{closed, gateway, oauth1a};

broker_suite!(Ibkr, closed().pacing(false), {
    responses: 80, outcomes: 180, requests: 8, bodies: 10, schemas: 10, mutations: 800, table: 100
});

const STATUS: &str = "iserver_auth_status_post";
const INIT: &str = "iserver_auth_ssodh_init_post";
const REAUTHENTICATE: &str = "iserver_reauthenticate_post";
const VALIDATE: &str = "sso_validate_get";
const TICKLE: &str = "tickle_post";
const LOGOUT: &str = "logout_post";

/// A sandbox that takes any number of calls, and a client of it.
async fn start(player: &mut SandboxClient<Ibkr>, builder: Builder) -> Sandbox {
    let sandbox = builder.pacing(false).start().await.expect("a sandbox on loopback");
    player.at(sandbox.base_url());
    sandbox
}

/// Asks for the state at both bases.
async fn state(player: &mut SandboxClient<Ibkr>, sandbox: &Sandbox) {
    for base in [sandbox.older_base_url(), sandbox.base_url()] {
        player.at(base);
        for operation in [STATUS, TICKLE, VALIDATE] {
            player.call(operation, &[]).await;
        }
    }
}

#[tokio::test]
async fn every_response_of_the_sandbox_is_documented() {
    let mut player = SandboxClient::<Ibkr>::new();
    let player = &mut player;

    let builder = closed().init_tears_down().establish_after(Duration::from_secs(1));
    let sandbox = start(player, builder).await;
    state(player, &sandbox).await;
    player.call(REAUTHENTICATE, &[]).await;
    // Opened, then torn down by the same call.
    for base in [sandbox.base_url(), sandbox.older_base_url()] {
        player.at(base).call(INIT, &[]).await;
        state(player, &sandbox).await;
        sandbox.advance(Duration::from_secs(1));
        state(player, &sandbox).await;
        player.call(INIT, &[]).await;
    }
    sandbox.compete();
    state(player, &sandbox).await;
    player.call(INIT, &[]).await;
    state(player, &sandbox).await;
    sandbox.lose_link();
    state(player, &sandbox).await;
    player.call(INIT, &[]).await;
    sandbox.restore_link();
    sandbox.lose_brokerage_session();
    state(player, &sandbox).await;
    player.at(sandbox.older_base_url()).call(LOGOUT, &[]).await;
    sandbox.sign_in();
    player.at(sandbox.base_url()).call(LOGOUT, &[]).await;

    let sandbox = start(player, Sandbox::builder().compete_always_needed().logout_keeps_sign_on()).await;
    player.call(INIT, &[]).await;
    state(player, &sandbox).await;
    let sandbox = start(player, Sandbox::builder().origin_needed()).await;
    state(player, &sandbox).await;

    for way in [
        SignedOut::Json401,
        SignedOut::Empty401,
        SignedOut::Html401,
        SignedOut::Redirect,
        SignedOut::NoSession,
    ] {
        let sandbox = start(player, closed().signed_out().when_signed_out(way)).await;
        state(player, &sandbox).await;
        for operation in [INIT, REAUTHENTICATE, LOGOUT] {
            player.call(operation, &[]).await;
        }
    }
    for status in [StatusCode::GONE, StatusCode::SERVICE_UNAVAILABLE] {
        let sandbox = start(player, closed().init_after_logout(status)).await;
        player.call(LOGOUT, &[]).await;
        player.call(INIT, &[]).await;
        state(player, &sandbox).await;
    }
    let sandbox = closed().start().await.expect("a sandbox on loopback");
    player.at(sandbox.base_url());
    sandbox.penalise();
    for operation in [STATUS, INIT, REAUTHENTICATE, VALIDATE, TICKLE, LOGOUT] {
        player.call(operation, &[]).await;
    }
    with_oauth(player).await;
    std::mem::take(player).finish(80);
}

/// A program signs in, and is refused in every way.
async fn with_oauth(player: &mut SandboxClient<Ibkr>) {
    let sandbox = start(player, Sandbox::builder().oauth()).await;
    let known = sandbox.oauth_credentials().expect("OAuth is on");
    let overhearing = player.overhearing();
    let options = || once().middleware(overhearing.clone());
    let builder = || Client::builder().base_url(sandbox.base_url()).options(options());
    let client = || builder().oauth1a(oauth1a(&sandbox)).build().expect("settings that fit");
    let signed_in = client();
    // Before the opening of a session there is nothing below `/iserver`.
    assert!(signed_in.tickle().await.is_ok() && signed_in.auth_status().await.is_err());
    signed_in.login(Compete::Yield).await.expect("a sign-in").logout().await.expect("a sign-out");
    let request_token = signed_in.request_token().await.expect("a request token");
    assert!(signed_in.access_token(&request_token, &Secret::new("made-up".to_owned())).await.is_err());
    let verifier = sandbox.approve_request_token(request_token.expose()).expect("a verifier");
    signed_in.access_token(&request_token, &Secret::new(verifier)).await.expect("an access token");
    let refuse: [fn(&Sandbox); 3] = [
        |sandbox| sandbox.set_consumer_active(false),
        |sandbox| sandbox.set_consumer_active(true),
        Sandbox::revoke_access_tokens,
    ];
    for event in refuse {
        event(&sandbox);
        // One has a token, and the other asks for one.
        for client in [&signed_in, &client()] {
            let _ = client.tickle().await;
        }
    }
    sandbox.set_gone(true);
    assert!(client().renew_authorization().await.is_err());
    sandbox.set_gone(false);
    for operation in [STATUS, INIT, TICKLE, LOGOUT] {
        player.call(operation, &[]).await;
    }

    let known = known.oauth2.expect("OAuth 2.0 is on");
    let [right, wrong] = [known.ip, "192.0.2.2".to_owned()].map(|ip| {
        let credentials = oauth2::Credentials::builder()
            .client_id(&known.client_id)
            .key_id(&known.key_id)
            .private_key(known.private_key.clone())
            .credential(&known.credential)
            .ip(ip);
        let credentials = credentials.build().expect("credentials that fit");
        builder().oauth2(credentials).build().expect("settings that fit")
    });
    right.login(Compete::Yield).await.expect("a sign-in");
    right.validate_sso().await.expect("a single sign-on");
    assert!(wrong.login(Compete::Yield).await.is_err());
    player.compare_overheard();
}

fn status(json: &str) -> types::AuthStatus {
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn typed_mocks_serve_a_session_below_a_base_path() -> Result<(), Error> {
    let server = MockServer::start_async().await;
    let init = server.iserver_auth_ssodh_init_post(|when, then| {
        when.body(&types::SsodhInitRequest { publish: true, compete: false });
        then.ok(&status(r#"{"authenticated":true,"connected":true}"#));
    });
    let tickle = server.tickle_post(|_, then| {
        then.ok(&serde_json::from_str(r#"{"session":"made-up-session"}"#).unwrap());
    });
    let logout = server.logout_post(|_, then| {
        then.ok(&serde_json::from_str(r#"{"status":true}"#).unwrap());
    });
    let gateway = gateway(&server.url("/v1/api"));
    assert!(gateway.open_session(Compete::Yield).await?.is_ready());
    assert!(gateway.tickle().await?.session.is_some());
    gateway.logout().await?;
    for mock in [init, tickle, logout] {
        mock.assert_async().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_typed_mock_takes_no_other_request() {
    let server = MockServer::start_async().await;
    let with_compete = server.iserver_auth_ssodh_init_post(|when, then| {
        when.body(&types::SsodhInitRequest { publish: true, compete: true });
        then.ok(&status(r#"{"authenticated":true}"#));
    });
    assert!(gateway(&server.url("/v1/api")).open_session(Compete::Yield).await.is_err());
    assert_eq!(with_compete.calls_async().await, 0);
}
