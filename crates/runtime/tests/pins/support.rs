//! TLS servers with certificates of all kinds, and a proxy in front of them.

use std::sync::{Arc, Mutex};

use broker_session_runtime::{Deadlines, Fingerprint};
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig, SupportedProtocolVersion,
        crypto::aws_lc_rs::{default_provider, sign::any_supported_type},
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
        server::ResolvesServerCert,
        sign::{CertifiedKey, SingleCertAndKey},
        version::{TLS12, TLS13},
    },
};

pub(crate) const BOTH: &[&SupportedProtocolVersion] = &[&TLS12, &TLS13];

/// A certificate that a gateway would have signed itself: for another name, and long past its dates.
pub(crate) fn gateways() -> (Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["gateway.example".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2001, 1, 1);
    params.not_after = date_time_ymd(2002, 1, 1);
    (params.self_signed(&key).unwrap(), key)
}

/// An authority, and a certificate of 127.0.0.1 that it vouches for.
pub(crate) fn authority() -> (Certificate, Certificate, KeyPair) {
    let (root_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut params = CertificateParams::new(vec!["authority.example".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&root_key).unwrap();
    let issuer = Issuer::new(params, root_key);
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &issuer);
    (root, leaf.unwrap(), key)
}

/// A certificate of X.509 version 1, as `openssl x509 -req -signkey` makes it, for this SubjectPublicKeyInfo. Its
/// own signature is made up; nobody looks at it where the certificate itself is trusted.
pub(crate) fn version_1(key: &[u8]) -> CertificateDer<'static> {
    let name = der(0x30, &[]);
    let validity = der(0x30, &[der(0x17, b"010101000000Z"), der(0x17, b"020101000000Z")].concat());
    // sha256WithRSAEncryption
    let algorithm = der(0x30, &der(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]));
    let fields = [&der(0x02, &[1]), &algorithm, &name, &validity, &name, key].concat();
    let certificate = [der(0x30, &fields), algorithm, der(0x03, &[0; 129])].concat();
    der(0x30, &certificate).into()
}

/// A SubjectPublicKeyInfo with an RSA key of so many bits.
pub(crate) fn rsa_key(bits: usize) -> Vec<u8> {
    let modulus = [&[0][..], &vec![0xff; bits / 8]].concat();
    let numbers = der(0x30, &[der(0x02, &modulus), der(0x02, &[1, 0, 1])].concat());
    let algorithm = [der(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]), der(0x05, &[])];
    der(0x30, &[der(0x30, &algorithm.concat()), der(0x03, &[&[0][..], &numbers].concat())].concat())
}

/// A SubjectPublicKeyInfo of a kind that nobody knows.
pub(crate) fn unknown_key() -> Vec<u8> {
    let algorithm = der(0x30, &der(0x06, &[0x2a, 0x03, 0x04]));
    der(0x30, &[algorithm, der(0x03, &[0, 1, 2, 3])].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let length = match (high, low) {
        (0, 0..=0x7f) => vec![low],
        (0, _) => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag], &length[..], content].concat()
}

pub(crate) fn fingerprint(certificate: &Certificate) -> Fingerprint {
    Fingerprint::of_der(certificate.der())
}

pub(crate) fn deadlines() -> Deadlines {
    Deadlines::default()
}

/// A TLS server that responds to every request in the same way.
pub(crate) struct Server {
    pub(crate) url: url::Url,
    received: Arc<Mutex<Vec<u8>>>,
}

impl Server {
    pub(crate) async fn start(chain: &[&Certificate], key: &KeyPair) -> Self {
        Self::with_versions(chain, key, BOTH).await
    }

    /// The key need not be the one of the certificate.
    pub(crate) async fn with_versions(
        chain: &[&Certificate],
        key: &KeyPair,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Self {
        Self::with_der(chain.iter().map(|link| link.der().clone()).collect(), key, versions).await
    }

    pub(crate) async fn with_der(
        chain: Vec<CertificateDer<'static>>,
        key: &KeyPair,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Self {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let certified = CertifiedKey::new(chain, any_supported_type(&key).unwrap());
        let resolver: Arc<dyn ResolvesServerCert> = Arc::new(SingleCertAndKey::from(certified));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/it", listener.local_addr().unwrap()).parse().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = received.clone();
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let Ok(mut socket) = acceptor.accept(socket).await else { continue };
                let mut buffer = [0; 4096];
                let read = socket.read(&mut buffer).await.unwrap_or(0);
                log.lock().unwrap().extend_from_slice(&buffer[..read]);
                let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
                let _ = socket.shutdown().await;
            }
        });
        Self { url, received }
    }

    /// What arrived after the handshakes.
    pub(crate) fn received(&self) -> String {
        String::from_utf8(self.received.lock().unwrap().clone()).unwrap()
    }
}

/// A proxy that lets everybody through to this machine; gives back its URL, and the first lines it was sent.
pub(crate) async fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = lines.clone();
    tokio::spawn(async move {
        loop {
            let (mut inner, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(inner.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            let line = head.lines().next().unwrap().to_owned();
            let target = line.split(' ').nth(1).unwrap().to_owned();
            log.lock().unwrap().push(line);
            let mut outer = TcpStream::connect(target).await.unwrap();
            inner.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut inner, &mut outer).await });
        }
    });
    (url, lines)
}
