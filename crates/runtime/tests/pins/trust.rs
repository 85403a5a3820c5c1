//! Who is trusted, and who is not.

use broker_session_runtime::{
    ErrorKind, Failure, Fingerprint, HttpClientBuilder, HttpClientError, UnusableCertificate,
};
use rcgen::{KeyPair, PublicKeyData};
use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::support::{
    BOTH, Server, authority, deadlines, fingerprint, gateways, proxy, rsa_key, unknown_key, version_1,
};

fn pinned(fingerprint: Fingerprint) -> HttpClientBuilder {
    HttpClientBuilder::new().trust_fingerprint(fingerprint)
}

async fn get(builder: HttpClientBuilder, server: &Server) -> reqwest::Result<String> {
    let client = builder.build(deadlines()).unwrap();
    client.get(server.url.clone()).send().await?.text().await
}

/// The failure of a connection that no waiting makes possible, because of the certificate.
fn refused(error: reqwest::Error) -> Failure {
    let failure = Failure::without_response(error);
    assert!(failure.is_unsent && failure.is_about_certificate() && !failure.is_retryable(), "{failure:?}");
    failure
}

/// The same because the server presented another certificate than the trusted one.
fn assert_mismatch(error: reqwest::Error, presented: Fingerprint) {
    let failure = refused(error);
    assert_eq!(failure.kind, ErrorKind::HostNotAllowed);
    assert!(
        failure.description.contains(&format!("has changed: its SHA-256 fingerprint is {presented}")),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_pinned_certificate_is_trusted_whatever_its_name_and_dates() {
    let (certificate, key) = gateways();
    for versions in [BOTH, &[&TLS12], &[&TLS13]] {
        let server = Server::with_versions(&[&certificate], &key, versions).await;
        assert_eq!(get(pinned(fingerprint(&certificate)), &server).await.unwrap(), "{}");
        let by_pem = HttpClientBuilder::new().trust_certificate_pem(certificate.pem().as_bytes()).unwrap();
        assert_eq!(get(by_pem, &server).await.unwrap(), "{}");
        assert!(server.received().starts_with("GET /it HTTP/1.1\r\n"));
    }
}

#[tokio::test]
async fn every_certificate_of_a_pem_text_is_trusted() {
    let (first, _) = gateways();
    let (second, key) = gateways();
    let both = format!("The gateway's:\n{}{}", first.pem(), second.pem());
    let builder = HttpClientBuilder::new().trust_certificate_pem(both.as_bytes()).unwrap();
    let server = Server::start(&[&second], &key).await;
    assert_eq!(get(builder, &server).await.unwrap(), "{}");
}

#[tokio::test]
async fn another_certificate_is_a_mismatch_and_nothing_is_sent() {
    let (certificate, key) = gateways();
    let (other, _) = gateways();
    for versions in [BOTH, &[&TLS12], &[&TLS13]] {
        let server = Server::with_versions(&[&certificate], &key, versions).await;
        let error = get(pinned(fingerprint(&other)), &server).await.unwrap_err();
        assert_mismatch(error, fingerprint(&certificate));
        assert_eq!(server.received(), "");
    }
}

#[tokio::test]
async fn a_pinned_authority_does_not_vouch_for_others() {
    let (root, leaf, key) = authority();
    let server = Server::start(&[&leaf, &root], &key).await;
    // To be sure that it would vouch for the server otherwise.
    let roots = HttpClientBuilder::new().root_certificates_pem(root.pem().as_bytes()).unwrap();
    let roots = roots.only_given_roots(true);
    assert_eq!(get(roots.clone(), &server).await.unwrap(), "{}");

    let error = get(pinned(fingerprint(&root)), &server).await.unwrap_err();
    assert_mismatch(error, fingerprint(&leaf));
    // A pin leaves nothing else that is trusted, given roots included.
    let error = get(roots.trust_fingerprint(fingerprint(&root)), &server).await.unwrap_err();
    assert_mismatch(error, fingerprint(&leaf));
    // Nor does the place of the pinned certificate in the chain matter.
    let server = Server::start(&[&leaf, &gateways().0], &key).await;
    assert!(get(pinned(fingerprint(&leaf)), &server).await.is_ok());
}

#[tokio::test]
async fn a_certificate_of_version_1_is_trusted_like_any_other() {
    let key = KeyPair::generate().unwrap();
    let certificate = version_1(&key.subject_public_key_info());
    let pem = pem::encode(&pem::Pem::new("CERTIFICATE", certificate.to_vec()));
    for versions in [BOTH, &[&TLS12], &[&TLS13]] {
        let server = Server::with_der(vec![certificate.clone()], &key, versions).await;
        let by_fingerprint = pinned(Fingerprint::of_der(&certificate));
        assert_eq!(get(by_fingerprint, &server).await.unwrap(), "{}");
        let by_pem = HttpClientBuilder::new().trust_certificate_pem(pem.as_bytes()).unwrap();
        assert_eq!(get(by_pem, &server).await.unwrap(), "{}");

        let somebody = KeyPair::generate().unwrap();
        let server = Server::with_der(vec![certificate.clone()], &somebody, versions).await;
        assert!(get(pinned(Fingerprint::of_der(&certificate)), &server).await.unwrap_err().is_connect());
        assert_eq!(server.received(), "");
    }
}

#[tokio::test]
async fn a_certificate_with_a_weak_or_unknown_key_is_refused_with_the_reason() {
    for (key, expected) in [
        (rsa_key(1024), UnusableCertificate::RsaKeySize { bits: 1024 }),
        (rsa_key(16384), UnusableCertificate::RsaKeySize { bits: 16384 }),
        (unknown_key(), UnusableCertificate::KeyAlgorithm),
    ] {
        let certificate = version_1(&key);
        let pem = pem::encode(&pem::Pem::new("CERTIFICATE", certificate.to_vec()));
        let error = HttpClientBuilder::new().trust_certificate_pem(pem.as_bytes()).unwrap_err();
        assert!(matches!(error, HttpClientError::UnusableCertificate(problem) if problem == expected));

        let server = Server::with_der(vec![certificate.clone()], &KeyPair::generate().unwrap(), BOTH).await;
        let error = get(pinned(Fingerprint::of_der(&certificate)), &server).await.unwrap_err();
        let failure = refused(error);
        assert_eq!(failure.kind, ErrorKind::HostNotAllowed);
        assert!(failure.description.contains(&expected.to_string()), "{failure:?}");
        assert_eq!(server.received(), "");
    }
    let good = version_1(&rsa_key(2048));
    let pem = pem::encode(&pem::Pem::new("CERTIFICATE", good.to_vec()));
    assert!(HttpClientBuilder::new().trust_certificate_pem(pem.as_bytes()).is_ok());
}

#[tokio::test]
async fn a_server_without_the_certificates_key_is_not_trusted() {
    let (certificate, _) = gateways();
    for versions in [&[&TLS12], &[&TLS13]] {
        let server = Server::with_versions(&[&certificate], &KeyPair::generate().unwrap(), versions).await;
        let error = get(pinned(fingerprint(&certificate)), &server).await.unwrap_err();
        assert_eq!(refused(error).kind, ErrorKind::Unavailable);
        assert_eq!(server.received(), "");
    }
}

#[tokio::test]
async fn without_a_pin_a_self_signed_certificate_is_not_trusted() {
    let (certificate, key) = gateways();
    let server = Server::start(&[&certificate], &key).await;
    let (root, _, _) = authority();
    let builder = HttpClientBuilder::new().root_certificates_pem(root.pem().as_bytes()).unwrap();
    let error = get(builder.only_given_roots(true), &server).await.unwrap_err();
    let failure = refused(error);
    assert_eq!(failure.kind, ErrorKind::Unavailable);
    assert!(
        failure.description.starts_with("no connection that can be trusted could be made: "),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_pin_holds_through_a_proxy() {
    let (certificate, key) = gateways();
    let server = Server::start(&[&certificate], &key).await;
    let (url, lines) = proxy().await;
    let through = |fingerprint| pinned(fingerprint).proxy(&url, None).unwrap();
    assert_eq!(get(through(fingerprint(&certificate)), &server).await.unwrap(), "{}");

    let received = server.received();
    let error = get(through(fingerprint(&gateways().0)), &server).await.unwrap_err();
    assert_mismatch(error, fingerprint(&certificate));
    assert_eq!(server.received(), received);
    let lines = lines.lock().unwrap();
    assert!(lines.len() == 2 && lines.iter().all(|line| line.starts_with("CONNECT 127.0.0.1:")), "{lines:?}");
}

#[test]
fn a_proxy_that_would_need_a_pin_of_its_own_is_refused() {
    let builder = pinned(Fingerprint::of_der(b"made up")).proxy("https://proxy.example:3128", None).unwrap();
    assert!(matches!(builder.build(deadlines()), Err(HttpClientError::PinnedThroughTlsProxy)));
}

#[test]
fn only_a_certificate_can_be_trusted() {
    let key = KeyPair::generate().unwrap().serialize_pem();
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for text in ["", "not a certificate", &key, garbage] {
        let error = HttpClientBuilder::new().trust_certificate_pem(text.as_bytes()).unwrap_err();
        assert!(matches!(error, HttpClientError::PinnedCertificate), "{text}");
    }
}

#[tokio::test]
async fn trusting_the_same_certificate_twice_is_no_error() {
    let (certificate, _) = gateways();
    let pem = certificate.pem();
    let builder = HttpClientBuilder::new().trust_fingerprint(fingerprint(&certificate));
    assert!(builder.trust_certificate_pem(pem.as_bytes()).unwrap().has_pins());
    assert!(!HttpClientBuilder::new().has_pins());
}
