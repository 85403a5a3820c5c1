//! The gateway's self-signed certificate is trusted by itself; no other is, and nothing goes to a server that
//! presents another one.

use broker_session::{Connection, Error, ErrorKind, ibkr::Gateway};
use broker_session_sandbox::ibkr::Sandbox;
use contract_tests::{AT_ONCE, Certified, JSON, Proxy, Raw, Reaction, once, respond};

use crate::support::{READY, builder, closed};

async fn secure() -> Sandbox {
    closed().https().start().await.expect("a sandbox on loopback")
}

fn pem(sandbox: &Sandbox) -> String {
    sandbox.certificate_pem().expect("a certificate")
}

fn fingerprint(sandbox: &Sandbox) -> String {
    sandbox.certificate_fingerprint_sha256().expect("a certificate")
}

fn gateway(sandbox: &Sandbox, connection: Connection) -> Result<Gateway, Error> {
    builder(sandbox.base_url()).connection(connection).build()
}

#[tokio::test]
async fn a_gateway_is_trusted_by_its_certificate_or_by_its_fingerprint() -> Result<(), Error> {
    let sandbox = secure().await;
    let written = fingerprint(&sandbox);
    for connection in [
        once().trust_certificate(pem(&sandbox).as_bytes())?,
        once().trust_fingerprint(&written)?,
        once().trust_fingerprint(&written.replace(':', "").to_lowercase())?,
    ] {
        gateway(&sandbox, connection)?.status().await?;
    }
    assert_eq!(sandbox.calls().len(), 3);
    Ok(())
}

#[tokio::test]
async fn without_a_pin_a_self_signed_certificate_is_not_trusted() -> Result<(), Error> {
    let sandbox = secure().await;
    let error = gateway(&sandbox, once())?.status().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(error.is_unsent() && !error.is_retryable(), "{error:?}");
    assert!(error.to_string().to_ascii_lowercase().contains("certificate"), "{error}");
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[tokio::test]
async fn another_certificate_than_the_trusted_one_gets_no_request() -> Result<(), Error> {
    let (sandbox, another) = (secure().await, secure().await);
    for connection in [
        once().trust_certificate(pem(&another).as_bytes())?,
        once().trust_fingerprint(&fingerprint(&another))?,
    ] {
        let gateway = gateway(&sandbox, connection)?;
        let errors = [
            gateway.status().await.unwrap_err(),
            gateway.tickle().await.unwrap_err(),
            gateway.validate().await.unwrap_err(),
            gateway.logout().await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::HostNotAllowed, "{error}");
            assert!(error.is_unsent() && !error.is_retryable(), "{error:?}");
            let text = error.to_string();
            assert!(text.contains("certificate") && text.contains(&fingerprint(&sandbox)), "{text}");
            assert!(!text.contains(&fingerprint(&another)), "{text}");
        }
    }
    assert!(sandbox.calls().is_empty() && another.calls().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_certificate_that_changes_is_an_error_that_says_so() -> Result<(), Error> {
    let (sandbox, at_once) = (secure().await, Connection::new().retry(AT_ONCE));
    let before = fingerprint(&sandbox);
    let gateway = gateway(&sandbox, at_once.trust_certificate(pem(&sandbox).as_bytes())?)?;
    gateway.status().await?;
    // The connection that there is goes down with the old certificate, so that the call is repeated.
    sandbox.replace_certificate().unwrap();
    assert_ne!(fingerprint(&sandbox), before);
    sandbox.clear_calls();
    for _ in 0..2 {
        let error = gateway.status().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::HostNotAllowed, "{error}");
        let text = error.to_string();
        assert!(text.contains("certificate has changed"), "{text}");
        assert!(text.contains(&fingerprint(&sandbox)) && text.contains("trust it again"), "{text}");
    }
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_pin_replaces_every_other_trust() -> Result<(), Error> {
    let (sandbox, another) = (secure().await, secure().await);
    let roots = once().root_certificates(pem(&sandbox).as_bytes())?;
    let connection = roots.trust_certificate(pem(&another).as_bytes())?;
    let error = gateway(&sandbox, connection)?.status().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostNotAllowed, "{error}");
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[tokio::test]
async fn of_several_pins_any_will_do() -> Result<(), Error> {
    let (one, other) = (secure().await, secure().await);
    let connection =
        once().trust_fingerprint(&fingerprint(&one))?.trust_certificate(pem(&other).as_bytes())?;
    for sandbox in [&one, &other] {
        gateway(sandbox, connection.clone())?.status().await?;
    }
    Ok(())
}

#[tokio::test]
async fn neither_the_name_in_a_pinned_certificate_matters_nor_the_way_to_it() -> Result<(), Error> {
    let certified = Certified::for_names(&["somebody-else.example"]);
    let server = Raw::start_tls(&certified, |_| Reaction::Answer(respond("200 OK", &[JSON], READY))).await;
    let proxy = Proxy::start(None).await;
    let pinned = || once().trust_certificate(certified.pem().as_bytes());
    for connection in [pinned()?, pinned()?.proxy(proxy.url(), None)?] {
        let gateway = builder(&format!("{}/v1/api", server.base_url())).connection(connection).build()?;
        assert!(gateway.status().await?.is_ready());
    }
    assert_eq!((server.requests().len(), proxy.seen().len()), (2, 1));
    Ok(())
}

#[tokio::test]
async fn a_certificate_can_be_looked_at_before_it_is_trusted() -> Result<(), Error> {
    let sandbox = secure().await;
    let presented = once().presented_certificate(sandbox.base_url()).await?;
    assert_eq!(presented.fingerprint().to_string(), fingerprint(&sandbox));
    assert!(sandbox.calls().is_empty(), "nothing is sent to a server that nobody trusts yet");
    gateway(&sandbox, once().trust_certificate(presented.to_pem().as_bytes())?)?.status().await?;
    sandbox.replace_certificate().unwrap();
    // What is trusted already must not keep one from seeing what is there now.
    let connection = once().trust_fingerprint(&presented.fingerprint().to_string())?;
    let now = connection.presented_certificate(sandbox.base_url()).await?;
    assert_eq!(now.fingerprint().to_string(), fingerprint(&sandbox));
    Ok(())
}

#[tokio::test]
async fn there_is_no_certificate_to_look_at_without_tls() {
    let plain = crate::support::sandbox().await;
    let error = once().presented_certificate(plain.base_url()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    let https = plain.base_url().replace("http:", "https:");
    let error = once().presented_certificate(&https).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(plain.calls().is_empty());
}

#[test]
fn what_is_no_certificate_and_no_fingerprint_is_refused() {
    for pem in ["", "not a certificate", "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"] {
        let error = once().trust_certificate(pem.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{pem}");
    }
    for text in ["", "AB:CD", "localhost"] {
        let error = once().trust_fingerprint(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{text}");
    }
}

#[test]
fn plain_http_to_another_machine_is_refused() {
    for base in ["http://gateway.example:5000/v1/api", "http://192.0.2.1:5000", "http://10.0.0.1/v1/portal"] {
        let error = builder(base).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{base}: {error}");
        assert!(error.is_unsent());
        assert!(builder(base).connection(once().allow_plain_http()).build().is_ok(), "{base}");
    }
    for base in ["http://localhost:5000/v1/api", "http://127.0.0.1:5000", "http://[::1]:5000/v1/portal"] {
        assert!(builder(base).build().is_ok(), "{base}");
    }
}
