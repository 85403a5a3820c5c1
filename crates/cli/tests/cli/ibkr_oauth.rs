//! Interactive Brokers without a person: the settings of OAuth, and what is found wrong with them.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use broker_session_sandbox::{
    Fault,
    ibkr::{Operation, Sandbox, Violations},
};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use pem::Pem;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::common::{DeadPort, Program, each, message, start};
#[cfg(unix)]
use crate::common::{called, finish, signal};

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
        (access, secret()[..300].to_owned(), "problem", "in place of 344"),
        (access, secret().replace(['A', 'B'], "!"), "problem", "is not base64"),
        (access, "00112233445566778899".to_owned(), "problem", "in place of 344"),
        (token, secret(), "problem", "more than 128 characters"),
        (token, "made-up-token".to_owned(), "warning", "20 hexadecimal digits"),
        (consumer, "MADE UP KEY".to_owned(), "problem", "blanks"),
        (consumer, "madeupkey".to_owned(), "warning", "nine capital letters"),
        ("IBKR_OAUTH_REALM", "made_up_realm".to_owned(), "warning", "Leave it out"),
        ("IBKR_OAUTH_REALM", "test_realm".to_owned(), "warning", "the realm of the consumer key TESTCONS"),
        ("IBKR_LOGIN_URL", "https://localhost:5000/".to_owned(), "warning", "is not used"),
        ("IBKR_AUTHORIZATION", "Bearer made-up".to_owned(), "problem", "beside OAuth"),
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
    assert_eq!(examine(&program, "decryption").await.1["result"], "ok");
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
    let dead = DeadPort::new();
    let beside = program().env("IBKR_AUTHORIZATION", "Bearer made-up");
    let beside = beside.env("IBKR_BASE_URL", &dead.url("/v1/api"));
    assert_eq!(examine(&beside, "base_url").await.1["result"], "ok");
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
async fn the_cure_of_a_missing_setting_is_that_of_its_version() {
    let dead = DeadPort::new();
    let two = Program::new().env("IBKR_OAUTH2_CLIENT_ID", "made-up");
    for (program, missing, expected) in [
        (program().without(&["IBKR_OAUTH_SIGNATURE_KEY"]), "IBKR_OAUTH_SIGNATURE_KEY", "makes the keys"),
        (two, "IBKR_OAUTH2_PRIVATE_KEY", "is for OAuth 1.0a only"),
    ] {
        let (_, finding) = examine(&program.env("IBKR_BASE_URL", &dead.url("/v1/api")), missing).await;
        assert!(finding["cure"].as_str().unwrap().contains(expected), "{finding:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_public_is_a_warning() {
    let dead = DeadPort::new();
    for (address, result) in [
        ("8.8.8.8", "ok"),
        ("100.128.0.1", "ok"),
        ("2001:4860:4860::8888", "ok"),
        ("192.168.1.2", "warning"),
        ("127.0.0.1", "warning"),
        ("169.254.1.1", "warning"),
        ("0.0.0.0", "warning"),
        ("100.64.0.1", "warning"),
        ("100.127.255.254", "warning"),
        ("::1", "warning"),
        ("::", "warning"),
        ("fe80::1", "warning"),
        ("fd00::1", "warning"),
        ("::ffff:10.0.0.1", "warning"),
        ("made-up", "problem"),
    ] {
        let program = Program::new().env("IBKR_BASE_URL", &dead.url("/v1/api"));
        let (_, finding) = examine(&program.env("IBKR_OAUTH2_IP", address), "IBKR_OAUTH2_IP").await;
        assert_eq!(finding["result"], result, "{address}: {finding:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_realm_of_the_tests_is_fine_with_their_consumer_key() {
    let dead = DeadPort::new();
    let program = program().env("IBKR_BASE_URL", &dead.url("/v1/api")).env("IBKR_OAUTH_REALM", "test_realm");
    let (_, finding) = examine(&program.env("IBKR_OAUTH_CONSUMER_KEY", "TESTCONS"), "IBKR_OAUTH_REALM").await;
    assert_eq!(finding["result"], "ok", "{finding:#}");
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
        assert!(program.sessions().is_empty());
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

/// A sandbox of the hosted Web API, and a program that can use it unattended.
async fn hosted() -> (Sandbox, Program) {
    start(Sandbox::builder().oauth()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn login_needs_no_person_and_the_others_take_its_token() {
    let (sandbox, program) = hosted().await;
    let object = program.ok("login ibkr").await;
    let expected = json!({
        "broker": "ibkr", "user": null, "base_url": sandbox.base_url(), "profile": "default", "state": "ready",
        "stored": program.store(), "login_time": null, "expires_at": object["expires_at"], "signed_in": true,
    });
    assert_eq!(object, expected);
    assert!(object["expires_at"].is_string(), "{object}");
    let tokens = || sandbox.call_count(Operation::OauthLiveSessionTokenPost);
    assert_eq!(tokens(), 1);
    assert_eq!(program.ok("status ibkr").await["state"], "ready");
    assert_eq!(program.ok("keepalive ibkr --once").await["state"], "ready");
    let object = program.ok("logout ibkr").await;
    assert_eq!(object["registration"], "valid");
    assert_eq!(tokens(), 1, "the token of the login is used");
    assert!(!sandbox.state().authenticated);
    assert_eq!(program.ok("session list").await, json!({ "sessions": [] }));
    assert_eq!(sandbox.violations(), Violations::default());
    // Nobody revives it.
    program.ok("status ibkr").await;
    assert_eq!((tokens(), program.sessions().len()), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_lives_is_reported_and_renewed_on_request() {
    let (sandbox, program) = hosted().await;
    let object = program.ok("login ibkr").await;
    sandbox.clear_calls();
    let again = program.ok("login ibkr").await;
    assert_eq!((&again["signed_in"], &again["state"]), (&json!(false), &json!(null)));
    assert_eq!(crate::common::fields(&again), crate::common::fields(&object));
    assert!(sandbox.calls().is_empty());
    assert_eq!(program.ok("login ibkr --renew").await["signed_in"], true);
    assert_eq!(sandbox.call_count(Operation::OauthLiveSessionTokenPost), 1);
    assert_eq!(sandbox.violations(), Violations::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_start_together_get_one_token() {
    let (sandbox, program) = hosted().await;
    let children: Vec<_> = (0..5).map(|_| program.start("login ibkr --json")).collect();
    let mut signed_in = 0;
    for child in children {
        let run = crate::common::finish(child).await;
        assert_eq!(run.status, 0, "{}", run.stdout);
        signed_in += usize::from(run.object()["signed_in"] == json!(true));
    }
    assert_eq!((signed_in, sandbox.call_count(Operation::OauthLiveSessionTokenPost)), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_waits_for_its_turn_after_another_one() {
    let (sandbox, program) = hosted().await;
    program.ok("login ibkr").await;
    program.ok("logout ibkr").await;
    let error = program.fails("login ibkr --timeout 5", 15, "refused").await;
    assert!((30..=60).contains(&error["retry_after"].as_u64().unwrap()), "{error}");
    let mut kept = program.limits();
    let soon = Timestamp::now() + SignedDuration::from_secs(3);
    kept["openings"]["not_before"] = json!(soon.to_string());
    program.set_limits(&kept);
    let run = program.run("login ibkr").await;
    assert_eq!(run.status, 0, "{}", run.stderr);
    let waiting = run.stderr.lines().find(|line| line.starts_with("Waiting: ")).unwrap();
    assert!(
        waiting.contains("because the last one was just now. Nothing more should be sent for"),
        "{waiting}"
    );
    assert!(sandbox.state().authenticated);
    // A limit has a reason of its own.
    let (sandbox, program) = hosted().await;
    let limit = Fault::json(StatusCode::TOO_MANY_REQUESTS, &json!({ "error": "made-up" }));
    sandbox.inject(Operation::IserverAuthSsodhInitPost, limit.header("retry-after", "1"));
    let run = program.run("login ibkr").await;
    assert_eq!(run.status, 16, "{}", run.stderr);
    assert!(run.stderr.contains("too many requests") && !run.stderr.contains("just now"), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_token_that_is_over_is_replaced() {
    let (sandbox, program) = hosted().await;
    program.ok("login ibkr").await;
    sandbox.end_live_session_tokens();
    program.let_sessions_expire();
    assert_eq!(program.ok("status ibkr").await["state"], "ready");
    assert_eq!(sandbox.call_count(Operation::OauthLiveSessionTokenPost), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_a_command_renews_is_stored() {
    for command in ["status ibkr", "keepalive ibkr --once"] {
        let (sandbox, program) = hosted().await;
        let tokens = || sandbox.call_count(Operation::OauthLiveSessionTokenPost);
        // The first is stored, too, whether there was a login or not.
        for expected in 1..=2 {
            for _ in 0..2 {
                program.json(command).await;
                assert_eq!(tokens(), expected, "{command}");
            }
            let sessions = &program.ok("session list").await["sessions"];
            assert_eq!(
                (sessions.as_array().map(Vec::len), &sessions[0]["expired"]),
                (Some(1), &json!(false))
            );
            sandbox.end_live_session_tokens();
            program.let_sessions_expire();
        }
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn keepalive_stores_a_renewed_token_unless_it_signs_out() {
    for (flag, sessions) in [("", 1), (" --logout", 0)] {
        let (sandbox, program) = hosted().await;
        program.ok("login ibkr").await;
        sandbox.end_live_session_tokens();
        program.let_sessions_expire();
        sandbox.clear_calls();
        let child = program.start(&format!("keepalive ibkr{flag}"));
        called(&sandbox, Operation::TicklePost).await;
        signal(&child, "TERM");
        let run = finish(child).await;
        assert_eq!(run.status, 0, "{}", run.stderr);
        let stored = &program.ok("session list").await["sessions"];
        assert_eq!(stored.as_array().map(Vec::len), Some(sessions), "{stored}");
        assert!(sessions == 0 || stored[0]["expired"] == json!(false), "{stored}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_of_the_login_are_on_stderr() {
    let (_sandbox, program) = hosted().await;
    let run = program.run("login ibkr").await;
    assert_eq!(run.status, 0, "{}", run.stderr);
    let steps: Vec<&str> = run.stderr.lines().map(|line| line.split(" at ").next().unwrap()).collect();
    assert_eq!(steps, ["Getting a token", "Opening the brokerage session", "Storing the session..."]);
    assert!(run.stdout.starts_with("Signed in to Interactive Brokers at "), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_come_from_files_and_the_profile() {
    let sandbox = Sandbox::builder().oauth().start().await.unwrap();
    let program = Program::new();
    let mut text = "[profiles.default.ibkr]\n".to_owned();
    for (name, value) in sandbox.credentials() {
        let key = name.strip_prefix("IBKR_").unwrap().to_lowercase();
        if ["base_url", "oauth_consumer_key"].contains(&key.as_str()) {
            text.push_str(&format!("{key} = \"{value}\"\n"));
        } else {
            program.file(&key, &format!("{value}\n"));
            text.push_str(&format!("{key}_file = \"{key}\"\n"));
        }
    }
    let config = program.file("config.toml", &text);
    assert_eq!(program.ok(&format!("login ibkr --config {config}")).await["state"], "ready");
    let mut program = Program::new();
    for (name, value) in sandbox.credentials() {
        let path = program.file(name, &value);
        program = match name {
            "IBKR_BASE_URL" => program.env(name, &value),
            _ => program.env(&format!("{name}_FILE"), &path),
        };
    }
    program.ok("login ibkr").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oauth_2_signs_in_as_well() {
    let sandbox = Sandbox::builder().oauth().start().await.unwrap();
    let oauth2 = sandbox.oauth_credentials().unwrap().oauth2.unwrap();
    let program = Program::new().envs(oauth2.variables()).env("IBKR_BASE_URL", sandbox.base_url());
    let object = program.ok("login ibkr").await;
    assert_eq!((&object["state"], &object["user"]), (&json!("ready"), &json!(oauth2.credential)));
    assert_eq!(program.ok("status ibkr").await["state"], "ready");
    let (status, report) = program.json("doctor ibkr --sign-in").await;
    assert_eq!(status, 0, "{report:#}");
    program.ok("logout ibkr").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_several_profiles_are_kept_apart() {
    let (live, program) = hosted().await;
    let paper = Sandbox::builder().oauth().start().await.unwrap();
    let config = format!(
        "[profiles.live.ibkr]\nbase_url = \"{}\"\n[profiles.paper.ibkr]\nbase_url = \"{}\"\n",
        live.base_url(),
        paper.base_url()
    );
    let config = program.file("config.toml", &config);
    let program = program.env("BROKER_SESSION_CONFIG", &config).without(&["IBKR_BASE_URL"]);
    for profile in ["live", "paper"] {
        program.ok(&format!("login ibkr --profile {profile}")).await;
    }
    assert_eq!(program.sessions().len(), 2);
    program.ok("logout ibkr --profile live").await;
    let sessions = &program.ok("session list").await["sessions"];
    assert_eq!((sessions.as_array().map(Vec::len), &sessions[0]["profile"]), (Some(1), &json!("paper")));
    assert!(!live.state().authenticated && paper.state().authenticated);
    let object = program.ok("logout ibkr --all").await;
    assert_eq!(
        (&object["sessions"][0]["base_url"], &object["sessions"][1]),
        (&json!(paper.base_url()), &json!(null))
    );
    assert!(!paper.state().authenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_session_is_thrown_out_only_on_request() {
    let (sandbox, program) = hosted().await;
    sandbox.compete();
    let error = program.fails("login ibkr", 15, "refused").await;
    assert!(message(&error).contains("--compete"), "{error}");
    let (status, report) = program.json("doctor ibkr --sign-in").await;
    assert_eq!(status, 15, "{report:#}");
    assert_eq!(sandbox.violations().inits_with_compete, 0);
    assert_eq!(program.ok("login ibkr --compete").await["state"], "ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_asks_for_a_token_only_on_request() {
    let (sandbox, program) = hosted().await;
    let (status, report) = program.json("doctor ibkr").await;
    assert_eq!((status, &report["result"]), (0, &json!("ok")), "{report:#}");
    assert_eq!(sandbox.call_count(Operation::OauthLiveSessionTokenPost), 0);
    let (status, report) = program.json("doctor ibkr --sign-in").await;
    assert_eq!(status, 0, "{report:#}");
    let last = &report["findings"].as_array().unwrap()[report["findings"].as_array().unwrap().len() - 2..];
    let names: Vec<&Value> = last.iter().map(|finding| &finding["name"]).collect();
    assert_eq!(names, ["token", "brokerage_session"]);
    let calls = sandbox.call_count(Operation::IserverAuthSsodhInitPost);
    program.json("doctor ibkr --sign-in").await;
    assert_eq!(sandbox.call_count(Operation::IserverAuthSsodhInitPost), calls, "an open one is left alone");
    // No value of a setting is shown.
    for (name, value) in sandbox.credentials() {
        let text = value.lines().nth(1).unwrap_or(&value).to_owned();
        assert!(name == "IBKR_BASE_URL" || !report.to_string().contains(&text), "{name} is shown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_what_each_refusal_means() {
    for (prepare, expected) in [
        ((|sandbox| sandbox.set_consumer_active(false)) as fn(&Sandbox), "does not know the consumer key"),
        (Sandbox::revoke_access_tokens, "the access token is gone"),
    ] {
        let (sandbox, program) = hosted().await;
        prepare(&sandbox);
        let (status, mut report) = program.json("doctor ibkr --sign-in").await;
        let token = report["findings"].as_array_mut().unwrap().pop().unwrap();
        assert_eq!((status, &token["name"]), (10, &json!("token")), "{token:#}");
        assert!(token["what"].as_str().unwrap().contains(expected), "{token:#}");
    }
    // Keys that belong together, and that the broker does not know.
    let (sandbox, _) = hosted().await;
    let program = program().env("IBKR_BASE_URL", sandbox.base_url());
    assert_eq!(program.json("doctor ibkr --sign-in").await.0, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_oauth_is_printed() {
    let (sandbox, program) = hosted().await;
    let program = program.env("RUST_LOG", "trace");
    let mut printed = String::new();
    let mut stored = Vec::new();
    for command in ["login ibkr", "status ibkr", "session list", "doctor ibkr --sign-in", "logout ibkr -vv"] {
        let run = program.run(command).await;
        assert_eq!(run.status, 0, "{command}: {}", run.stdout);
        printed.extend([run.stdout, run.stderr]);
        if command == "login ibkr" {
            let secrets = &program.sessions()[0]["session"]["secrets"];
            stored.extend(secrets.as_object().unwrap().clone());
        }
    }
    assert!(stored.iter().any(|(name, _)| name == "live_session_token"), "{stored:?}");
    for (name, value) in
        stored.iter().filter(|(name, _)| !["oauth_consumer_key", "realm"].contains(&name.as_str()))
    {
        assert!(!printed.contains(value.as_str().unwrap()), "{name} is printed");
    }
    for (name, value) in sandbox.credentials() {
        let is_public = ["IBKR_BASE_URL", "IBKR_OAUTH_CONSUMER_KEY"].contains(&name);
        let text = value.lines().nth(1).unwrap_or(&value).to_owned();
        assert!(is_public || !printed.contains(&text), "{name} is printed");
    }
}
