//! Everything that a program holds in its hands while all goes well, and settings that are refused.

use std::time::Duration;

use broker_session::{
    Connection, Error, Secret, Session,
    ibkr::{Compete, Gateway, Supervisor},
};
use contract_tests::{Certified, Raw, Reaction, Watch, canary};

use crate::broker::{builder, connection, goes_well};

pub(crate) async fn everything_goes_well(watch: &mut Watch) {
    let certified = Certified::for_loopback();
    let server = Raw::start_tls(&certified, |request| {
        Reaction::Answer(goes_well(request.lines().next().unwrap_or_default()))
    })
    .await;
    let connection = connection().trust_certificate(certified.pem().as_bytes()).expect("a certificate");
    watch.debug("Connection", &connection);
    let builder = builder(&server).connection(connection);
    watch.debug("GatewayBuilder", &builder);
    let gateway = builder.build().expect("settings that fit");
    watch.debug("Gateway", &gateway);
    let tickle = gateway.tickle().await.expect("a tickle");
    assert_eq!(tickle.session.as_ref().map(Secret::expose), Some(&*canary("session")));
    watch.debug("Tickle", &tickle);
    let sign_on = gateway.validate().await.expect("a single sign-on");
    assert_eq!(sign_on.token.as_ref().map(Secret::expose), Some(&*canary("token")));
    watch.debug("SignOn", &sign_on);
    watch.debug("Features", &sign_on.features);
    watch.debug("Expires", sign_on.expires.as_ref().expect("an end"));
    watch.debug("LoginType", sign_on.login_type.as_ref().expect("a type of login"));
    watch.debug("SavedSession", &gateway.save());
    watch.debug("Secret", sign_on.token.as_ref().expect("a token"));
    watch.debug("AuthStatus", &gateway.status().await.expect("a status"));
    watch.debug("AuthStatus", &gateway.init(Compete::Yield).await.expect("an opening"));
    let state = gateway.look().await.expect("a state");
    watch.debug("SessionState", &state);
    watch.debug("State", state.state());
    let url = format!("{}/iserver/accounts", gateway.base_url());
    let request = gateway.authorize(gateway.http().get(url)).expect("the gateway's own host");
    watch.debug("RequestBuilder", &request);
    watch.debug("reqwest::Response", &request.send().await.expect("an answer"));
    let elsewhere = gateway.authorize(gateway.http().get("https://evil.example/")).expect_err("another host");
    watch.error("authorize", &elsewhere);
    supervise(watch, gateway).await;
    let sent = server.requests().concat();
    for name in ["cookie", "other", "authorization", "oauth", "hmac"] {
        assert!(sent.contains(&canary(name)), "{name} was not sent");
    }
}

async fn supervise(watch: &mut Watch, gateway: Gateway) {
    let builder = Supervisor::builder(gateway, Compete::Yield);
    watch.debug("SupervisorBuilder", &builder);
    watch.debug("SessionState", &builder.clone().once().await.expect("a state"));
    let supervisor = builder.start().expect("a supervisor");
    watch.debug("Supervisor", &supervisor);
    let state = supervisor.ready(Duration::from_secs(30)).await.expect("a session");
    watch.debug("SessionState", &state);
    watch.text("why", state.why());
    supervisor.logout().await.expect("a logout");
}

/// Settings with a secret where none belongs.
pub(crate) fn settings_are_refused(watch: &mut Watch) {
    let password = canary("url-password");
    let build = |builder: broker_session::ibkr::GatewayBuilder| builder.build().map(drop);
    let base = |url: String| build(Gateway::builder().base_url(url));
    let outcomes: Vec<(&str, Result<(), Error>)> = vec![
        ("a base with a password", base(format!("https://u:{password}@127.0.0.1/v1/api"))),
        ("a base with a query", base(format!("https://127.0.0.1/v1/api?token={password}"))),
        ("a page with a password", {
            build(Gateway::builder().login_url(format!("https://u:{password}@127.0.0.1/")))
        }),
        ("a header that is none", {
            build(Gateway::builder().header("Cookie", format!("a\n{password}").into()))
        }),
        ("a name that is none", build(Gateway::builder().header("a b", password.as_str().into()))),
        ("a certificate that is none", Connection::new().trust_certificate(password.as_bytes()).map(drop)),
        ("a fingerprint that is none", Connection::new().trust_fingerprint(&password).map(drop)),
    ];
    for (label, outcome) in outcomes {
        watch.error(label, &outcome.expect_err(label));
    }
}
