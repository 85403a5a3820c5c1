//! Proxies and certificates: whoever is in between, TLS is verified.

use broker_session::{Connection, Error, ErrorKind, Secret, kotak::Client};
use broker_session_sandbox::kotak::Account;
use contract_tests::{Certified, Proxy, Raw, Reaction, respond};

use crate::support::{AT_ONCE, builder, credentials_of, sandbox, secret, sign_in};

/// A broker over TLS whose init is all that is asked for.
async fn secure(certified: &Certified) -> Raw {
    let answer = |_: &str| {
        let body = r#"{"Success":{"status":"Success","message":"reached"}}"#;
        Reaction::Answer(respond("200 OK", &[("content-type", "application/json")], body))
    };
    Raw::start_tls(certified, answer).await
}

fn client(server: &Raw, connection: Connection) -> Client {
    Client::builder()
        .credentials(credentials_of(&Account::default()))
        .base_url(format!("{}/apim", server.base_url()))
        .connection(connection.retry(AT_ONCE))
        .build()
        .unwrap()
}

#[tokio::test]
async fn everything_goes_through_the_proxy() -> Result<(), Error> {
    let (sandbox, proxy) = (sandbox().await, Proxy::start(None).await);
    let connection = Connection::new().proxy(proxy.url(), None)?;
    let client = builder(&sandbox).connection(connection).build()?;
    let pending = client.login(&secret(&sandbox.account().password)).await?;
    pending.one_time_token().await?.logout().await?;
    let seen = proxy.seen();
    assert_eq!(seen.len(), sandbox.calls().len());
    assert_eq!(seen.len(), 4);
    assert!(seen.iter().all(|request| request.target.starts_with(sandbox.base_url())));
    assert!(seen.iter().all(|request| request.authorization.is_none()));
    Ok(())
}

#[tokio::test]
async fn the_programs_own_requests_go_through_the_proxy_too() -> Result<(), Error> {
    let (sandbox, proxy) = (sandbox().await, Proxy::start(None).await);
    let saved = sign_in(&sandbox).await?.save();
    let connection = Connection::new().proxy(proxy.url(), None)?;
    let session = builder(&sandbox).connection(connection).build()?.resume(saved)?;
    let request = session.authorize(session.http().get(sandbox.stand_in_url()))?;
    assert!(request.send().await.unwrap().status().is_success());
    assert_eq!(proxy.seen().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_proxy_that_asks_who_is_there_is_told_and_the_broker_is_not() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let proxy = Proxy::start(Some(("made-up-user", "made-up-proxy-password"))).await;
    let user = Some(("made-up-user", &Secret::from("made-up-proxy-password")));
    let connection = Connection::new().proxy(proxy.url(), user)?;
    builder(&sandbox).connection(connection).build()?.init().await?;
    // RFC 7617: the name, a colon and the password in base64.
    let expected = "Basic bWFkZS11cC11c2VyOm1hZGUtdXAtcHJveHktcGFzc3dvcmQ=";
    let seen = proxy.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].authorization.as_deref(), Some(expected));
    assert_eq!(sandbox.calls()[0].header("proxy-authorization"), None);
    Ok(())
}

#[tokio::test]
async fn a_proxy_that_refuses_the_user_is_an_error_without_the_password() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let proxy = Proxy::start(Some(("made-up-user", "made-up-proxy-password"))).await;
    for user in [None, Some(("made-up-user", &Secret::from("another-proxy-password")))] {
        let connection = Connection::new().proxy(proxy.url(), user)?;
        let error = builder(&sandbox).connection(connection).build()?.init().await.unwrap_err();
        assert_eq!(error.status(), Some(407), "{error}");
        assert!(!format!("{error} {error:?}").contains("proxy-password"), "{error:?}");
    }
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[tokio::test]
async fn tls_goes_through_the_proxy_from_end_to_end() -> Result<(), Error> {
    let (certified, user) = (Certified::for_loopback(), Secret::from("made-up-proxy-password"));
    let server = secure(&certified).await;
    let proxy = Proxy::start(Some(("made-up-user", "made-up-proxy-password"))).await;
    let connection = Connection::new().proxy(proxy.url(), Some(("made-up-user", &user)))?;
    let connection = connection.root_certificates(certified.pem().as_bytes())?;
    let initialised = client(&server, connection).init().await?;
    assert_eq!(initialised.message(), Some("reached"));
    let seen = proxy.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].method, "CONNECT");
    assert!(server.base_url().ends_with(&seen[0].target));
    assert!(seen[0].authorization.is_some());
    // The proxy learns the host, and nothing of the request.
    for hidden in ["sandbox-access-token", "sandbox-consumer-key", "S4MPL3", "/apim"] {
        assert!(!seen[0].text.contains(hidden), "{hidden}");
        assert!(hidden == "/apim" || server.requests()[0].contains(hidden), "{hidden}");
    }
    assert!(!server.requests()[0].to_ascii_lowercase().contains("proxy-authorization"));
    Ok(())
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_with_and_without_a_proxy() -> Result<(), Error> {
    let certified = Certified::for_loopback();
    let (server, proxy) = (secure(&certified).await, Proxy::start(None).await);
    let direct = Connection::new();
    let through = Connection::new().proxy(proxy.url(), None)?;
    for connection in [direct, through] {
        let error = client(&server, connection).init().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        assert!(error.is_unsent(), "{error}");
        assert!(error.to_string().to_ascii_lowercase().contains("certificate"), "{error}");
    }
    assert!(server.requests().is_empty());
    assert!(!proxy.seen().is_empty());
    Ok(())
}

#[tokio::test]
async fn only_the_given_certificate_is_trusted_not_any_other() -> Result<(), Error> {
    let (certified, another) = (Certified::for_loopback(), Certified::for_loopback());
    let elsewhere = Certified::for_names(&["gateway.example"]);
    let server = secure(&certified).await;
    let wrong_name = secure(&elsewhere).await;
    let connection = |certified: &Certified| Connection::new().root_certificates(certified.pem().as_bytes());
    assert!(client(&server, connection(&certified)?).init().await.is_ok());
    let outcomes = [
        client(&server, connection(&another)?).init().await,
        client(&wrong_name, connection(&elsewhere)?).init().await,
    ];
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    }
    assert!(wrong_name.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_a_connection_that_was_not_made() -> Result<(), Error> {
    let sandbox = sandbox().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let connection = Connection::new().proxy(&gone, None)?.retry(AT_ONCE);
    let error = builder(&sandbox).connection(connection).build()?.init().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.is_unsent());
    assert!(sandbox.calls().is_empty(), "nothing goes around the proxy");
    Ok(())
}
