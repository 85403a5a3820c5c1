//! `trust ibkr`, and how the other commands treat a certificate.

use std::{fs, sync::Arc};

use broker_session::Fingerprint;
use broker_session_sandbox::ibkr::{Certificate, Sandbox};
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

use crate::common::{Program, message};

const TRUST: &str = "trust ibkr";
const STATUS: &str = "status ibkr";

/// Every command that calls the gateway.
const CALLING: [&str; 5] = [STATUS, "login ibkr", "logout ibkr", "keepalive ibkr", "keepalive ibkr --once"];

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

/// The fingerprint of another certificate.
fn other_fingerprint(gateway: &Sandbox) -> String {
    format!("00{}", &fingerprint(gateway)[2..])
}

async fn trust(program: &Program, gateway: &Sandbox) -> Value {
    program.ok(&format!("{TRUST} --fingerprint {}", fingerprint(gateway))).await
}

/// The message of the error on the last line, which must be of this kind.
async fn fails(program: &Program, command: &str, exit: i32, kind: &str) -> String {
    let run = program.run(&format!("{command} --json")).await;
    let object: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    assert_eq!((run.status, &object["error"]["kind"]), (exit, &json!(kind)), "{command}: {object}");
    message(&object["error"]).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untrusted_certificate_is_refused_with_the_way_out() {
    let (gateway, program) = gateway().await;
    for command in CALLING {
        let message = fails(&program, command, 17, "unavailable").await;
        assert!(message.contains("run: broker-session trust ibkr"), "{message}");
        assert!(message.contains(&fingerprint(&gateway)), "{message}");
    }
    assert!(gateway.calls().is_empty(), "nothing was sent");
}

/// A TLS server that presents a certificate without having its key. Returns its URL and the certificate's fingerprint.
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
    (url, Fingerprint::of_der(certificate.der()).to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_certificate_is_not_remembered() {
    let (url, fingerprint) = impostor().await;
    let program = Program::new().env("IBKR_BASE_URL", &url);
    for command in [&format!("{TRUST} --fingerprint {fingerprint}"), STATUS] {
        let message = fails(&program, command, 20, "host_not_allowed").await;
        assert!(message.contains("cannot be used") && message.contains("openssl req -x509"), "{message}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_certificate_is_remembered() {
    let (gateway, program) = gateway_with(Certificate::Valid).await;
    let object = trust(&program, &gateway).await;
    let mut expected = json!({
        "broker": "ibkr", "base_url": gateway.base_url(), "known": "new", "trusted": true, "changed": null,
        "fingerprint": fingerprint(&gateway), "names": ["localhost", "127.0.0.1", "::1"],
    });
    for field in ["subject", "issuer", "not_before", "not_after"] {
        assert!(object[field].is_string(), "{field}: {object}");
        expected[field] = object[field].clone();
    }
    assert_eq!(object, expected);
    assert!(gateway.calls().is_empty(), "nothing was sent");
    assert_eq!(crate::common::mode(program.home.path().join("certificates.json")), 0o600);
    assert_eq!(program.ok(STATUS).await["state"], "soft_timeout");

    let object = program.ok(TRUST).await;
    assert_eq!((&object["known"], &object["trusted"]), (&json!("same"), &json!(true)));
    // The variable is of no interest then.
    let program = program.env("IBKR_FINGERPRINT", "");
    assert_eq!(program.ok("trust ibkr --forget").await["forgotten"], true);
    program.fails(STATUS, 17, "unavailable").await;
    let program = program.env("IBKR_FINGERPRINT", &fingerprint(&gateway));
    assert_eq!(program.ok("trust ibkr --forget").await["forgotten"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_trusted_without_a_confirmation() {
    let (gateway, program) = gateway().await;
    let message = program.refuses(TRUST).await;
    assert!(message.contains(&format!("--fingerprint {}", fingerprint(&gateway))), "{message}");
    let other = other_fingerprint(&gateway);
    let message = fails(&program, &format!("{TRUST} --fingerprint {other}"), 20, "host_not_allowed").await;
    assert!(message.contains(&other) && message.contains(&fingerprint(&gateway)), "{message}");
    program.refuses("trust ibkr --fingerprint AB:CD").await;
    program.refuses("trust ibkr --fingerprint AB:CD --forget").await;
    assert!(!program.home.path().join("certificates.json").exists());
    assert!(gateway.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_certificate_is_an_error_until_it_is_trusted() {
    let (gateway, program) = gateway().await;
    trust(&program, &gateway).await;
    let before = fingerprint(&gateway);
    gateway.replace_certificate().unwrap();
    let after = fingerprint(&gateway);
    for command in CALLING.into_iter().chain([TRUST]) {
        let message = fails(&program, command, 20, "host_not_allowed").await;
        assert!(message.to_lowercase().contains("has changed"), "{message}");
        assert!(message.contains(&before) && message.contains(&after), "{message}");
    }
    assert!(gateway.calls().is_empty(), "nothing was sent");
    let object = trust(&program, &gateway).await;
    assert_eq!(object["known"], "changed");
    assert_eq!(object["changed"], json!({ "from": before, "to": after }));
    program.ok(STATUS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_certificate_goes_before_the_remembered_one() {
    let (gateway, program) = gateway().await;
    trust(&program, &gateway).await;
    let command = format!("{STATUS} --fingerprint {}", other_fingerprint(&gateway));
    let message = fails(&program, &command, 20, "host_not_allowed").await;
    assert!(message.contains("correct --fingerprint"), "{message}");
    assert!(gateway.calls().is_empty());
    let pem = program.file("gateway.pem", &gateway.certificate_pem().unwrap());
    let program =
        Program::new().envs([("IBKR_BASE_URL", gateway.base_url()), ("IBKR_CERTIFICATE", pem.as_str())]);
    program.ok(STATUS).await;
    program.refuses("status ibkr --certificate /nowhere.pem").await;
    // A flag goes before the variable of the setting that it excludes, and two variables exclude each other.
    program.ok(&format!("{STATUS} --fingerprint {}", fingerprint(&gateway))).await;
    let message = program.env("IBKR_FINGERPRINT", &fingerprint(&gateway)).refuses(STATUS).await;
    assert!(message.contains("both IBKR_FINGERPRINT and IBKR_CERTIFICATE"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_gateway_has_its_own_certificate() {
    let (first, program) = gateway().await;
    let (second, _) = gateway().await;
    trust(&program, &first).await;
    let at_second = format!("--base-url {}", second.base_url());
    program.fails(&format!("{STATUS} {at_second}"), 17, "unavailable").await;
    let command = format!("{TRUST} {at_second} --fingerprint {}", fingerprint(&second));
    assert_eq!(program.ok(&command).await["known"], "new");
    program.ok(&format!("{STATUS} {at_second}")).await;
    program.ok(STATUS).await;
    // Both base URLs of a gateway have the same address.
    program.ok(&format!("{STATUS} --base-url {}", first.older_base_url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_without_tls_has_no_certificate() {
    let gateway = Sandbox::builder().start().await.unwrap();
    let message = Program::of(&gateway).refuses(TRUST).await;
    assert!(message.contains("no certificate"), "{message}");
    assert!(gateway.calls().is_empty());
    let https = gateway.base_url().replace("http://", "https://");
    Program::new().fails(&format!("{TRUST} --base-url {https}"), 17, "unavailable").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_list_of_certificates_is_left_as_it_is() {
    let (gateway, program) = gateway().await;
    for text in ["not JSON", "[]", "{\"version\": 2, \"certificates\": []}"] {
        let path = program.file("certificates.json", text);
        for command in [STATUS, TRUST, "trust ibkr --forget"] {
            program.refuses(command).await;
        }
        assert_eq!(fs::read_to_string(path).unwrap(), text);
    }
    assert!(gateway.calls().is_empty());
    fs::remove_file(program.home.path().join("certificates.json")).unwrap();
    fs::create_dir(program.home.path().join("certificates.json")).unwrap();
    program.refuses(STATUS).await;
}

#[cfg(unix)]
mod at_a_terminal {
    use super::*;
    use crate::terminal::Terminal;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_person_sees_the_certificate_and_decides() {
        let (gateway, program) = gateway().await;
        for (reply, trusted) in [("", false), ("n", false), ("what?", false), ("y", true)] {
            let mut terminal = Terminal::start(&program, TRUST);
            terminal.shows("is not known yet");
            terminal.shows(&fingerprint(&gateway));
            terminal.replies("Trust it? [y/N] ", reply);
            let (status, rest) = terminal.end();
            assert_eq!(rest.contains("trusted from now on"), trusted, "{reply}: {rest}");
            assert_eq!(status, if trusted { 0 } else { 20 });
            assert_eq!(program.home.path().join("certificates.json").exists(), trusted);
        }
        assert!(gateway.calls().is_empty());
        program.ok(STATUS).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_changed_certificate_is_shown_with_the_old_one() {
        let (gateway, program) = gateway().await;
        trust(&program, &gateway).await;
        let before = fingerprint(&gateway);
        gateway.replace_certificate().unwrap();
        let mut terminal = Terminal::start(&program, "trust ibkr --json");
        terminal.shows("HAS CHANGED");
        terminal.shows(&before);
        terminal.shows(&fingerprint(&gateway));
        terminal.replies("Trust it? [y/N] ", "yes");
        let (status, rest) = terminal.end();
        assert_eq!(status, 0);
        assert!(rest.contains("\"known\":\"changed\""), "{rest}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn control_c_at_the_question_trusts_nothing() {
        let (_gateway, program) = gateway().await;
        let mut terminal = Terminal::start(&program, TRUST);
        terminal.shows("Trust it? [y/N] ");
        terminal.interrupts();
        assert_eq!(terminal.end().0, 130);
        assert!(!program.home.path().join("certificates.json").exists());
    }
}
