//! Interactive Brokers without a person: the settings of OAuth, and what is found wrong with them.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use pem::Pem;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::common::{DeadPort, Program, each};

macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/vectors/ibkr-oauth1a/", $name))
    };
}

const SIGNATURE: &str = vector!("made-up-signature.pkcs8.pem");
const ENCRYPTION: &str = vector!("made-up-encryption.pkcs8.pem");
const DH_PARAMETERS: &str = vector!("dhparam.pem");

/// The settings of OAuth 1.0a.
const NAMES: [&str; 6] = [
    "IBKR_OAUTH_CONSUMER_KEY",
    "IBKR_OAUTH_ACCESS_TOKEN",
    "IBKR_OAUTH_ACCESS_TOKEN_SECRET",
    "IBKR_OAUTH_SIGNATURE_KEY",
    "IBKR_OAUTH_ENCRYPTION_KEY",
    "IBKR_OAUTH_DH_PARAMETERS",
];

/// The encrypted secret of the vectors.
fn secret() -> String {
    let vectors: Value = serde_json::from_str(vector!("vectors.json")).unwrap();
    vectors["access_token_secret_base64"].as_str().unwrap().to_owned()
}

/// Everything that a sign-in takes.
fn complete() -> [(&'static str, String); 6] {
    let values = ["MADEUPKEY", "00112233445566778899", &secret(), SIGNATURE, ENCRYPTION, DH_PARAMETERS];
    let mut values = values.map(str::to_owned).into_iter();
    NAMES.map(|name| (name, values.next().unwrap()))
}

fn program() -> Program {
    Program::new().envs(complete())
}

/// The finding of this name in the report of `doctor ibkr`, and the exit status. Nobody listens at the port.
async fn examine(program: &Program, name: &str) -> (i32, Value) {
    let (status, mut report) = program.json("doctor ibkr --timeout 3").await;
    let all = report["findings"].as_array_mut().unwrap();
    let found = all.iter_mut().find(|finding| finding["name"] == name).map(Value::take);
    (status, found.unwrap_or_else(|| panic!("no {name} in {report:#}")))
}

fn of_length(size: KeySize) -> String {
    let der: Pkcs8V1Der<'_> = KeyPair::generate(size).unwrap().as_der().unwrap();
    pem::encode(&Pem::new("PRIVATE KEY", der.as_ref()))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_broken_key_has_a_precise_finding() {
    let [consumer, token, access, signature, encryption, parameters] = NAMES;
    let other = of_length(KeySize::Rsa2048);
    let relabelled = |label: &str| SIGNATURE.replace("PRIVATE KEY", label);
    let without_a_line = {
        let lines: Vec<&str> = SIGNATURE.lines().collect();
        [&lines[..5], &lines[6..]].concat().join("\n")
    };
    let legacy = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    let ec = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let cases: Vec<(&str, String, &str, &str)> = vec![
        (signature, SIGNATURE[..900].to_owned(), "problem", "is cut off"),
        (signature, SIGNATURE[..20].to_owned(), "problem", "cut off in its first line"),
        (signature, SIGNATURE.replace('\n', "\\n"), "problem", "in place of line breaks"),
        (signature, SIGNATURE.lines().nth(1).unwrap().to_owned(), "problem", "is not PEM"),
        (signature, "made up".to_owned(), "problem", "is not PEM"),
        (signature, format!("Key: x\n{SIGNATURE}"), "problem", "something before"),
        (signature, format!("{SIGNATURE}more"), "problem", "something after"),
        (signature, without_a_line, "problem", "damaged"),
        (signature, SIGNATURE.replacen("\nM", "\n*", 1), "problem", "characters that base64 has not"),
        (signature, relabelled("PUBLIC KEY"), "problem", "belongs on the broker's page"),
        (signature, relabelled("ENCRYPTED PRIVATE KEY"), "problem", "passphrase"),
        (signature, legacy.to_owned(), "problem", "passphrase"),
        (signature, relabelled("OPENSSH PRIVATE KEY"), "problem", "wants RSA"),
        (signature, ec, "problem", "is no private key of RSA"),
        (signature, of_length(KeySize::Rsa3072), "problem", "has 3072 bits"),
        (signature, DH_PARAMETERS.to_owned(), "problem", "Give each setting the file"),
        (encryption, SIGNATURE.to_owned(), "problem", "the same key as IBKR_OAUTH_SIGNATURE_KEY"),
        (encryption, ENCRYPTION[..900].to_owned(), "problem", "is cut off"),
        (parameters, ENCRYPTION.to_owned(), "problem", "Give each setting the file"),
        (parameters, DH_PARAMETERS[..200].to_owned(), "problem", "is cut off"),
        (parameters, DH_PARAMETERS.replace("5RXSJhiY", "5RXSJhiZ"), "warning", "not a safe prime"),
        (access, secret()[..300].to_owned(), "problem", "in place of 256"),
        (access, secret().replace(['A', 'B'], "!"), "problem", "is not base64"),
        (access, "00112233445566778899".to_owned(), "problem", "in place of 256"),
        (token, secret(), "problem", "more than 128 characters"),
        (token, "made-up-token".to_owned(), "warning", "20 hexadecimal digits"),
        (consumer, "MADE UP KEY".to_owned(), "problem", "blanks"),
        (consumer, "madeupkey".to_owned(), "warning", "nine capital letters"),
        ("IBKR_OAUTH_REALM", "made_up_realm".to_owned(), "warning", "Leave it out"),
    ];
    let dead = DeadPort::new();
    let url = dead.url("/v1/api");
    each(cases, |(name, value, result, expected)| {
        let (name, url) = (name.to_owned(), url.clone());
        async move {
            let program = program().env("IBKR_BASE_URL", &url).env(&name, &value);
            let (status, finding) = examine(&program, &name).await;
            assert_eq!(finding["result"], result, "{expected}: {finding:#}");
            assert!(finding.to_string().contains(expected), "{expected}: {finding:#}");
            assert!(finding["what"].as_str().unwrap().ends_with(&format!("the variable {name}")));
            assert!(!finding.to_string().contains(&value), "{finding:#}");
            // The port is the only other problem.
            assert_eq!(status, if result == "problem" { 2 } else { 17 }, "{finding:#}");
        }
    })
    .await;
    // What takes two settings.
    for (keys, expected) in [
        ([ENCRYPTION, SIGNATURE], "Exchange the values"),
        ([SIGNATURE, &other], "whose public half is registered"),
    ] {
        let program =
            program().env("IBKR_BASE_URL", &url).envs([signature, encryption].into_iter().zip(keys));
        let (status, finding) = examine(&program, access).await;
        assert_eq!((status, &finding["result"]), (2, &json!("problem")), "{finding:#}");
        assert!(finding["cure"].as_str().unwrap().contains(expected), "{finding:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_in_every_usual_form_are_fine() {
    let dead = DeadPort::new();
    let program = program().env("IBKR_BASE_URL", &dead.url("/v1/api"));
    for (name, value) in [
        ("IBKR_OAUTH_SIGNATURE_KEY", vector!("made-up-signature.pkcs1.pem").to_owned()),
        ("IBKR_OAUTH_ENCRYPTION_KEY", vector!("made-up-encryption.pkcs1.pem").to_owned()),
        ("IBKR_OAUTH_SIGNATURE_KEY", SIGNATURE.replace('\n', "\r\n")),
        ("IBKR_OAUTH_CONSUMER_KEY", "TESTCONS".to_owned()),
    ] {
        let program =
            Program::new().envs(complete()).env("IBKR_BASE_URL", &dead.url("/v1/api")).env(name, &value);
        let (_, finding) = examine(&program, name).await;
        assert_eq!(finding["result"], "ok", "{finding:#}");
    }
    let (status, finding) = examine(&program, "sign_in_method").await;
    assert_eq!(status, 17);
    assert!(finding["what"].as_str().unwrap().starts_with("OAuth 1.0a"), "{finding}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_names_the_files_and_setup_writes_it() {
    let program = Program::new();
    let folder = program.home.path().join("keys");
    let given = program.file("given.pem", DH_PARAMETERS);
    let command = format!("setup ibkr {} --dh-parameters {given} --profile paper", folder.display());
    let profile = program.ok(&command).await["profile"].as_str().unwrap().to_owned();
    let dead = DeadPort::new();
    let config = program.file("config.toml", &profile);
    let program = program.env("BROKER_SESSION_CONFIG", &config).env("IBKR_BASE_URL", &dead.url("/v1/api"));
    let (status, mut report) = program.json("doctor ibkr --profile paper").await;
    assert_eq!(status, 2);
    let findings = report["findings"].as_array_mut().unwrap();
    let of = |result: &str| {
        let all = findings.iter().filter(|finding| finding["result"] == result);
        all.map(|finding| finding["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // What the broker's page has not shown yet.
    assert_eq!(of("problem"), ["IBKR_OAUTH_ACCESS_TOKEN", "IBKR_OAUTH_ACCESS_TOKEN_SECRET", "connection"]);
    for name in ["IBKR_OAUTH_CONSUMER_KEY", "IBKR_OAUTH_SIGNATURE_KEY", "IBKR_OAUTH_DH_PARAMETERS"] {
        assert!(of("ok").contains(&name.to_owned()), "{report:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_in_part_or_twice_is_refused() {
    for missing in NAMES {
        for command in ["login ibkr", "status ibkr", "keepalive ibkr --once", "logout ibkr"] {
            let message = program().without(&[missing]).refuses(command).await;
            assert!(message.contains(&format!("not set: {missing}. Nothing was sent")), "{message}");
        }
    }
    let message = Program::new().env("IBKR_OAUTH_REALM", "limited_poa").refuses("login ibkr").await;
    assert!(NAMES.iter().all(|name| message.contains(name)), "{message}");
    let both = program().env("IBKR_OAUTH2_CLIENT_ID", "made-up");
    let message = both.refuses("login ibkr").await;
    assert!(message.contains("both OAuth 1.0a") && message.contains("IBKR_OAUTH2_CLIENT_ID"), "{message}");
    assert_eq!(examine(&both, "sign_in_method").await.1["result"], "problem");
    let message = Program::new().env("IBKR_OAUTH2_CLIENT_ID", "made-up").refuses("login ibkr").await;
    assert!(message.contains("IBKR_OAUTH2_PRIVATE_KEY, IBKR_OAUTH2_CREDENTIAL"), "{message}");
    let message = program().env("IBKR_AUTHORIZATION", "Bearer made-up").refuses("login ibkr").await;
    assert!(message.contains("Authorization"), "{message}");
    #[cfg(unix)]
    {
        let program = program().without(&["IBKR_OAUTH_SIGNATURE_KEY"]);
        let path = program.file("key.pem", SIGNATURE);
        crate::common::set_mode(&path, 0o644);
        let program = program.env("IBKR_OAUTH_SIGNATURE_KEY_FILE", &path);
        assert!(program.refuses("login ibkr").await.contains("chmod 600"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hosted_api_is_the_default() {
    let (_, finding) = examine(&program(), "base_url").await;
    assert_eq!(finding["what"], "https://api.ibkr.com/v1/api");
    let (_, finding) = examine(&Program::new(), "base_url").await;
    assert_eq!(finding["what"], "https://localhost:5000/v1/api");
}

/// A server that refuses every request so. Returns its base URL.
async fn refusing(status: &'static str, body: Value) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/api", listener.local_addr().unwrap());
    let body = body.to_string();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let response = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            tokio::spawn(async move {
                let mut buffer = [0; 8192];
                if socket.read(&mut buffer).await.is_ok_and(|length| length > 0) {
                    let _ = socket.write_all(response.as_bytes()).await;
                }
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_of_a_token_says_what_to_do() {
    for (sentence, expected) in [
        ("id: 39687, error: invalid consumer", "often only after the weekend"),
        (
            "id: 118871, error: LST failed, error: No access secret key found for made-up",
            "Make a new access token",
        ),
        ("Invalid signature", "Look at the clock above"),
    ] {
        let body = json!({ "error": sentence, "statusCode": 401 });
        let program = program().env("IBKR_BASE_URL", &refusing("401 Unauthorized", body).await);
        let error = program.fails("login ibkr", 10, "credentials").await;
        assert_eq!(error["operation"], "oauth_live_session_token_post", "{error}");
        assert!(!program.store().exists());
        // Without --sign-in no token is asked for.
        let (status, report) = program.json("doctor ibkr").await;
        assert_eq!(status, 0, "{report:#}");
        let (status, mut report) = program.json("doctor ibkr --sign-in").await;
        assert_eq!(status, 10, "{report:#}");
        let token = report["findings"].as_array_mut().unwrap().pop().unwrap();
        assert_eq!((&token["name"], &token["result"]), (&json!("token"), &json!("problem")));
        assert!(token["cure"].as_str().unwrap().contains(expected), "{token:#}");
    }
}
