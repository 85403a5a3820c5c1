//! A certificate is looked at before anybody trusts it.

use broker_session_runtime::{HttpClientBuilder, HttpClientError, UnusableCertificate};
use rcgen::{KeyPair, PublicKeyData};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use url::Url;

use crate::support::{Server, authority, deadlines, fingerprint, gateways, proxy, rsa_key, version_1};

#[tokio::test]
async fn the_certificate_is_shown_and_nothing_is_sent() {
    let (certificate, key) = gateways();
    let server = Server::start(&[&certificate], &key).await;
    let shown = HttpClientBuilder::new().presented_certificate(&server.url, deadlines()).await.unwrap();
    assert_eq!(shown.der(), &certificate.der()[..]);
    assert_eq!(shown.fingerprint(), fingerprint(&certificate));
    assert_eq!(server.received(), "");

    let client = HttpClientBuilder::new().trust_certificate_pem(shown.to_pem().as_bytes()).unwrap();
    let client = client.build(deadlines()).unwrap();
    assert!(client.get(server.url.clone()).send().await.is_ok());
}

#[tokio::test]
async fn it_is_the_servers_own_even_where_it_or_its_authority_is_trusted_already() {
    let (root, leaf, key) = authority();
    let server = Server::start(&[&leaf, &root], &key).await;
    let roots = HttpClientBuilder::new().root_certificates_pem(root.pem().as_bytes()).unwrap();
    for builder in [roots, HttpClientBuilder::new().trust_fingerprint(fingerprint(&leaf))] {
        let shown = builder.presented_certificate(&server.url, deadlines()).await.unwrap();
        assert_eq!(shown.fingerprint(), fingerprint(&leaf));
    }
    assert_eq!(server.received(), "");
}

#[tokio::test]
async fn whether_it_could_be_used_is_known_before_it_is_trusted() {
    let key = KeyPair::generate().unwrap();
    let usable = version_1(&key.subject_public_key_info());
    for (certificate, is_usable) in [(usable, true), (version_1(&rsa_key(1024)), false)] {
        for versions in [&[&TLS12], &[&TLS13]] {
            let server = Server::with_der(vec![certificate.clone()], &key, versions).await;
            let shown =
                HttpClientBuilder::new().presented_certificate(&server.url, deadlines()).await.unwrap();
            assert_eq!(shown.der(), &certificate[..]);
            assert_eq!(shown.problem().is_none(), is_usable, "{:?}", shown.problem());
            assert_eq!(server.received(), "");
        }
    }
}

#[tokio::test]
async fn a_server_without_the_certificates_key_is_a_problem() {
    let (certificate, _) = gateways();
    for versions in [&[&TLS12], &[&TLS13]] {
        let server = Server::with_versions(&[&certificate], &KeyPair::generate().unwrap(), versions).await;
        let shown = HttpClientBuilder::new().presented_certificate(&server.url, deadlines()).await.unwrap();
        assert!(matches!(shown.problem(), Some(UnusableCertificate::NotProved { .. })), "{shown:?}");
    }
}

#[tokio::test]
async fn it_is_shown_through_a_proxy() {
    let (certificate, key) = gateways();
    let server = Server::start(&[&certificate], &key).await;
    let (url, lines) = proxy().await;
    let builder = HttpClientBuilder::new().proxy(&url, None).unwrap();
    let shown = builder.presented_certificate(&server.url, deadlines()).await.unwrap();
    assert_eq!(shown.fingerprint(), fingerprint(&certificate));
    assert_eq!((server.received().as_str(), lines.lock().unwrap().len()), ("", 1));
}

#[tokio::test]
async fn a_server_without_tls_has_none() {
    let url = Url::parse("http://127.0.0.1:9/").unwrap();
    let error = HttpClientBuilder::new().presented_certificate(&url, deadlines()).await.unwrap_err();
    assert!(matches!(error, HttpClientError::NoTls));
    assert!(error.to_string().contains("https://"));
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_or_speaks_plain_http_is_an_error_of_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 1024];
        let _ = socket.read(&mut buffer).await;
        let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        // And the next one finds nobody listening.
    });
    for what in ["plain http", "nobody"] {
        let error = HttpClientBuilder::new().presented_certificate(&url, deadlines()).await.unwrap_err();
        let HttpClientError::Unreachable(source) = &error else { panic!("{what}: {error:?}") };
        assert!(source.is_connect() && !source.to_string().contains("127.0.0.1"), "{what}: {source}");
    }
}

#[tokio::test]
async fn a_proxy_with_a_certificate_of_its_own_is_refused() {
    let builder = HttpClientBuilder::new().proxy("https://proxy.example:3128", None).unwrap();
    let url = Url::parse("https://127.0.0.1:9/").unwrap();
    let error = builder.presented_certificate(&url, deadlines()).await.unwrap_err();
    assert!(matches!(error, HttpClientError::PinnedThroughTlsProxy));
}
