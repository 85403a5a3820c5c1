//! The gateway's self-signed certificate is trusted by itself; no other is, and nothing goes to a server that
//! presents another one.

use broker_session::{ClientOptions, Error, ErrorKind};
use broker_session_sandbox::ibkr::Sandbox;
use contract_tests::{AT_ONCE, JSON, Proxy, RawServer, Reaction, TestCertificate, once, respond};

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

#[tokio::test]
async fn gateway_is_trusted_by_certificate_or_fingerprint() -> Result<(), Error> {
    let sandbox = secure().await;
    let written = fingerprint(&sandbox);
    let builder = || builder(sandbox.base_url());
    for builder in [
        builder().trust_certificate(pem(&sandbox)),
        builder().trust_fingerprint(&written),
        builder().trust_fingerprint(written.replace(':', "").to_lowercase()),
    ] {
        builder.build()?.auth_status().await?;
    }
    assert_eq!(sandbox.calls().len(), 3);
    Ok(())
}

#[tokio::test]
async fn without_a_pin_a_self_signed_certificate_is_not_trusted() -> Result<(), Error> {
    let sandbox = secure().await;
    let error = builder(sandbox.base_url()).build()?.auth_status().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(error.is_unsent() && !error.is_retryable(), "{error:?}");
    assert!(error.to_string().to_ascii_lowercase().contains("certificate"), "{error}");
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[tokio::test]
async fn another_certificate_than_the_trusted_one_gets_no_request() -> Result<(), Error> {
    let (sandbox, another) = (secure().await, secure().await);
    let builder = || builder(sandbox.base_url());
    for builder in
        [builder().trust_certificate(pem(&another)), builder().trust_fingerprint(fingerprint(&another))]
    {
        let gateway = builder.build()?;
        let errors = [
            gateway.auth_status().await.unwrap_err(),
            gateway.tickle().await.unwrap_err(),
            gateway.validate_sso().await.unwrap_err(),
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
async fn a_certificate_that_has_changed_is_reported() -> Result<(), Error> {
    let sandbox = secure().await;
    let before = fingerprint(&sandbox);
    let builder = builder(sandbox.base_url()).options(ClientOptions::new().retry(AT_ONCE));
    let gateway = builder.trust_certificate(pem(&sandbox)).build()?;
    gateway.auth_status().await?;
    // The connection that there is goes down with the old certificate, so that the call is repeated.
    sandbox.replace_certificate().unwrap();
    assert_ne!(fingerprint(&sandbox), before);
    sandbox.clear_calls();
    for _ in 0..2 {
        let error = gateway.auth_status().await.unwrap_err();
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
    let builder = builder(sandbox.base_url()).options(once().root_certificates(pem(&sandbox)));
    let gateway = builder.trust_certificate(pem(&another)).build()?;
    let error = gateway.auth_status().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostNotAllowed, "{error}");
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[tokio::test]
async fn of_several_pins_any_will_do() -> Result<(), Error> {
    let (one, other) = (secure().await, secure().await);
    for sandbox in [&one, &other] {
        let builder = builder(sandbox.base_url()).trust_fingerprint(fingerprint(&one));
        builder.trust_certificate(pem(&other)).build()?.auth_status().await?;
    }
    Ok(())
}

#[tokio::test]
async fn pinned_certificate_needs_no_matching_name() -> Result<(), Error> {
    let certified = TestCertificate::for_names(&["somebody-else.example"]);
    let server =
        RawServer::start_tls(&certified, |_| Reaction::Respond(respond("200 OK", &[JSON], READY))).await;
    let proxy = Proxy::start(None).await;
    for options in [once(), once().proxy(proxy.url())] {
        let builder = builder(&format!("{}/v1/api", server.base_url())).options(options);
        assert!(builder.trust_certificate(certified.pem()).build()?.auth_status().await?.is_ready());
    }
    assert_eq!((server.requests().len(), proxy.seen().len()), (2, 1));
    Ok(())
}

#[tokio::test]
async fn a_certificate_can_be_examined_before_it_is_trusted() -> Result<(), Error> {
    let sandbox = secure().await;
    let builder = || builder(sandbox.base_url());
    let presented = builder().presented_certificate().await?;
    assert_eq!(presented.fingerprint().to_string(), fingerprint(&sandbox));
    assert!(sandbox.calls().is_empty(), "nothing is sent to a server that is not trusted yet");
    builder().trust_certificate(presented.to_pem()).build()?.auth_status().await?;
    sandbox.replace_certificate().unwrap();
    // What is trusted already does not matter to what is presented now.
    let now = builder().trust_fingerprint(presented.fingerprint()).presented_certificate().await?;
    assert_eq!(now.fingerprint().to_string(), fingerprint(&sandbox));
    Ok(())
}

#[tokio::test]
async fn without_tls_there_is_no_certificate() {
    let plain = crate::support::sandbox().await;
    let error = builder(plain.base_url()).presented_certificate().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    let https = plain.base_url().replace("http:", "https:");
    let error = builder(&https).presented_certificate().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(plain.calls().is_empty());
}

#[test]
fn an_unusable_pin_is_refused() {
    for pem in ["", "not a certificate", "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"] {
        let error = builder("https://127.0.0.1:9").trust_certificate(pem).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{pem}");
    }
    for text in ["", "AB:CD", "localhost"] {
        let error = builder("https://127.0.0.1:9").trust_fingerprint(text).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{text}");
    }
}

#[test]
fn plain_http_to_another_machine_is_refused() {
    for base in ["http://gateway.example:5000/v1/api", "http://192.0.2.1:5000", "http://10.0.0.1/v1/portal"] {
        let error = builder(base).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{base}: {error}");
        assert!(error.is_unsent());
        assert!(builder(base).options(once().allow_plain_http()).build().is_ok(), "{base}");
    }
    for base in ["http://localhost:5000/v1/api", "http://127.0.0.1:5000", "http://[::1]:5000/v1/portal"] {
        assert!(builder(base).build().is_ok(), "{base}");
    }
}
