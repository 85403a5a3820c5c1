//! Who is trusted: `trust ibkr`, and what the other commands make of it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these functions are parts of tests"
)]

mod common;

use std::{fs, sync::Arc};

use broker_session::Fingerprint;
use broker_session_sandbox::ibkr::{Certificate, Sandbox};
use common::Program;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs::{default_provider, sign::any_supported_type},
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
        sign::{CertifiedKey, SingleCertAndKey},
    },
};

const TRUST: &[&str] = &["trust", "ibkr"];
const STATUS: &[&str] = &["status", "ibkr"];

/// Every command that calls the gateway.
const CALLING: [&[&str]; 5] = [
    STATUS,
    &["login", "ibkr"],
    &["logout", "ibkr"],
    &["keepalive", "ibkr"],
    &["keepalive", "ibkr", "--once"],
];

async fn gateway() -> (Sandbox, Program) {
    gateway_with(Certificate::Gateway).await
}

async fn gateway_with(certificate: Certificate) -> (Sandbox, Program) {
    let builder = Sandbox::builder().certificate(certificate).opened_at_sign_in(false);
    let gateway = builder.start().await.unwrap();
    let program = Program::new().env("IBKR_BASE_URL", gateway.base_url());
    (gateway, program)
}

fn fingerprint(gateway: &Sandbox) -> String {
    gateway.certificate_fingerprint_sha256().unwrap()
}

async fn trust(program: &Program, gateway: &Sandbox) -> Value {
    let (status, object) = program.json(&[TRUST, &["--fingerprint", &fingerprint(gateway)]].concat()).await;
    assert_eq!(status, 0, "{object}");
    object
}

fn text(error: &Value) -> &str {
    error["message"].as_str().unwrap()
}

/// The error object on the last line.
async fn last_error(program: &Program, arguments: &[&str]) -> (i32, Value) {
    let run = program.run(&[arguments, &["--json"]].concat()).await;
    let mut object: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    (run.status, object["error"].take())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_has_trusted_is_refused_with_what_to_do() {
    let (gateway, program) = gateway().await;
    for arguments in CALLING {
        let (status, error) = last_error(&program, arguments).await;
        assert_eq!((status, &error["kind"]), (17, &json!("unavailable")), "{arguments:?}: {error}");
        assert!(text(&error).contains("run: broker-session trust ibkr"), "{error}");
        assert!(text(&error).contains(&fingerprint(&gateway)), "{error}");
    }
    assert!(gateway.calls().is_empty(), "nothing was sent");
}

/// A TLS server that presents a certificate whose key it does not have, and that certificate's fingerprint.
async fn impostor() -> (String, String) {
    let (key, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(other.serialize_der()));
    let certified = CertifiedKey::new(vec![certificate.der().clone()], any_supported_type(&key).unwrap());
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let _ = acceptor.accept(socket).await;
        }
    });
    let fingerprint = Fingerprint::of_der(certificate.der()).to_string();
    (url, fingerprint)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_cannot_be_used_is_not_remembered() {
    let (url, fingerprint) = impostor().await;
    let program = Program::new().env("IBKR_BASE_URL", &url);
    for arguments in [&[TRUST, &["--fingerprint", &fingerprint]].concat(), STATUS] {
        let (status, error) = last_error(&program, arguments).await;
        assert_eq!((status, &error["kind"]), (20, &json!("host_not_allowed")), "{arguments:?}: {error}");
        assert!(text(&error).contains("cannot be used"), "{error}");
        assert!(text(&error).contains("openssl req -x509"), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_confirmed_is_remembered() {
    let (gateway, program) = gateway_with(Certificate::Valid).await;
    let object = trust(&program, &gateway).await;
    assert_eq!((&object["broker"], &object["base_url"]), (&json!("ibkr"), &json!(gateway.base_url())));
    assert_eq!(
        (&object["known"], &object["trusted"], &object["changed"]),
        (&json!("new"), &json!(true), &json!(null))
    );
    assert_eq!(object["fingerprint"], fingerprint(&gateway));
    assert_eq!(object["names"], json!(["localhost", "127.0.0.1", "::1"]));
    for member in ["subject", "issuer", "not_before", "not_after"] {
        assert!(object[member].is_string(), "{member}: {object}");
    }
    assert!(gateway.calls().is_empty(), "nothing was sent");
    let path = program.home.path().join("certificates.json");
    assert_eq!(common::mode(&path), 0o600);
    assert_eq!(program.json(STATUS).await.1["state"], "soft_timeout");

    let (status, object) = program.json(TRUST).await;
    assert_eq!((status, &object["known"], &object["trusted"]), (0, &json!("same"), &json!(true)));
    let (status, object) = program.json(&[TRUST, &["--forget"]].concat()).await;
    assert_eq!((status, &object["forgotten"]), (0, &json!(true)));
    assert_eq!(program.failure(STATUS).await.0, 17);
    let (status, object) = program.json(&[TRUST, &["--forget"]].concat()).await;
    assert_eq!((status, &object["forgotten"]), (0, &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_nothing_is_trusted_that_nobody_has_confirmed() {
    let (gateway, program) = gateway().await;
    let (status, error) = program.failure(TRUST).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")));
    assert!(text(&error).contains(&format!("--fingerprint {}", fingerprint(&gateway))), "{error}");
    let other = format!("00{}", &fingerprint(&gateway)[2..]);
    let (status, error) = program.failure(&[TRUST, &["--fingerprint", &other]].concat()).await;
    assert_eq!((status, &error["kind"]), (20, &json!("host_not_allowed")));
    assert!(text(&error).contains(&other) && text(&error).contains(&fingerprint(&gateway)), "{error}");
    let (status, error) = program.failure(&[TRUST, &["--fingerprint", "AB:CD"]].concat()).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")));
    assert!(!program.home.path().join("certificates.json").exists());
    assert!(gateway.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_has_changed_is_an_error_until_it_is_trusted_anew() {
    let (gateway, program) = gateway().await;
    trust(&program, &gateway).await;
    let before = fingerprint(&gateway);
    gateway.replace_certificate().unwrap();
    let after = fingerprint(&gateway);
    for arguments in CALLING.into_iter().chain([TRUST]) {
        let (status, error) = last_error(&program, arguments).await;
        assert_eq!((status, &error["kind"]), (20, &json!("host_not_allowed")), "{arguments:?}: {error}");
        assert!(text(&error).to_lowercase().contains("has changed"), "{error}");
        assert!(text(&error).contains(&before) && text(&error).contains(&after), "{error}");
    }
    assert!(gateway.calls().is_empty(), "nothing was sent");
    let object = trust(&program, &gateway).await;
    assert_eq!(object["known"], "changed");
    assert_eq!(object["changed"], json!({ "from": before, "to": after }));
    assert_eq!(program.json(STATUS).await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_named_goes_before_what_is_remembered() {
    let (gateway, program) = gateway().await;
    trust(&program, &gateway).await;
    let other = format!("00{}", &fingerprint(&gateway)[2..]);
    let (status, error) = program.failure(&[STATUS, &["--fingerprint", &other]].concat()).await;
    assert_eq!((status, &error["kind"]), (20, &json!("host_not_allowed")));
    assert!(text(&error).contains("correct --fingerprint"), "{error}");
    assert!(gateway.calls().is_empty());
    let pem = program.file("gateway.pem", &gateway.certificate_pem().unwrap());
    let program = Program::new()
        .env("IBKR_BASE_URL", gateway.base_url())
        .env("IBKR_CERTIFICATE", pem.to_str().unwrap());
    assert_eq!(program.json(STATUS).await.0, 0);
    let (status, _) = program.failure(&[STATUS, &["--certificate", "/nowhere.pem"]].concat()).await;
    assert_eq!(status, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_gateway_has_a_certificate_of_its_own() {
    let (first, program) = gateway().await;
    let (second, _) = gateway().await;
    trust(&program, &first).await;
    let at_second = [STATUS, &["--base-url", second.base_url()]].concat();
    assert_eq!(program.failure(&at_second).await.0, 17);
    let arguments = ["--base-url", second.base_url(), "--fingerprint", &fingerprint(&second)];
    assert_eq!(program.json(&[TRUST, &arguments].concat()).await.1["known"], "new");
    assert_eq!(program.json(&at_second).await.0, 0);
    assert_eq!(program.json(STATUS).await.0, 0);
    // Both bases of a gateway are at the same address.
    let older = [STATUS, &["--base-url", first.older_base_url()]].concat();
    assert_eq!(program.json(&older).await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_tls_there_is_no_certificate() {
    let gateway = Sandbox::builder().start().await.unwrap();
    let (status, error) = Program::of_gateway(&gateway).failure(TRUST).await;
    assert_eq!((status, &error["kind"]), (2, &json!("config")));
    assert!(text(&error).contains("no certificate"), "{error}");
    assert!(gateway.calls().is_empty());
    // And where TLS was promised and is not there, nothing can be said either.
    let https = gateway.base_url().replace("http://", "https://");
    let (status, _) = Program::new().failure(&[TRUST, &["--base-url", &https]].concat()).await;
    assert_eq!(status, 17);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odd_list_of_certificates_is_refused_and_left_as_it_is() {
    let (gateway, program) = gateway().await;
    for text in ["not JSON", "[]", "{\"version\": 2, \"certificates\": []}"] {
        let path = program.file("certificates.json", text);
        for arguments in [STATUS, TRUST, &["trust", "ibkr", "--forget"]] {
            let (status, error) = program.failure(arguments).await;
            assert_eq!((status, &error["kind"]), (2, &json!("config")), "{text}: {error}");
        }
        assert_eq!(fs::read_to_string(path).unwrap(), text);
    }
    assert!(gateway.calls().is_empty());
    fs::remove_file(program.home.path().join("certificates.json")).unwrap();
    fs::create_dir(program.home.path().join("certificates.json")).unwrap();
    assert_eq!(program.failure(STATUS).await.0, 2);
}

#[cfg(unix)]
mod at_a_terminal {
    use rexpect::{
        process::WaitStatus,
        session::{PtySession, spawn_command},
    };

    use super::*;

    fn spawn(program: &Program, arguments: &[&str]) -> PtySession {
        spawn_command(program.std_command(&[TRUST, arguments].concat()), Some(20_000)).unwrap()
    }

    fn status(session: &PtySession) -> i32 {
        match session.process().wait().unwrap() {
            WaitStatus::Exited(_, status) => status,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_person_sees_the_certificate_and_decides() {
        let (gateway, program) = gateway().await;
        for (answer, trusted) in [("", false), ("n", false), ("what?", false), ("y", true)] {
            let mut session = spawn(&program, &[]);
            session.exp_string("is not known yet").unwrap();
            session.exp_string(&fingerprint(&gateway)).unwrap();
            session.exp_string("Trust it? [y/N] ").unwrap();
            session.send_line(answer).unwrap();
            let rest = session.exp_eof().unwrap();
            assert_eq!(rest.contains("trusted from now on"), trusted, "{answer}: {rest}");
            assert_eq!(status(&session), if trusted { 0 } else { 20 });
            assert_eq!(program.home.path().join("certificates.json").exists(), trusted);
        }
        assert!(gateway.calls().is_empty());
        assert_eq!(program.json(STATUS).await.0, 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_changed_certificate_is_shown_with_the_one_before() {
        let (gateway, program) = gateway().await;
        trust(&program, &gateway).await;
        let before = fingerprint(&gateway);
        gateway.replace_certificate().unwrap();
        let mut session = spawn(&program, &["--json"]);
        session.exp_string("HAS CHANGED").unwrap();
        session.exp_string(&before).unwrap();
        session.exp_string(&fingerprint(&gateway)).unwrap();
        session.exp_string("Trust it? [y/N] ").unwrap();
        session.send_line("yes").unwrap();
        let rest = session.exp_eof().unwrap();
        assert!(rest.contains("\"known\":\"changed\""), "{rest}");
        assert_eq!(status(&session), 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn control_c_at_the_question_trusts_nothing() {
        let (_gateway, program) = gateway().await;
        let mut session = spawn(&program, &[]);
        session.exp_string("Trust it? [y/N] ").unwrap();
        session.send_control('c').unwrap();
        session.exp_eof().unwrap();
        assert_eq!(status(&session), 130);
        assert!(!program.home.path().join("certificates.json").exists());
    }
}
