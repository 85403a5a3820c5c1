//! `setup ibkr`: the files that it makes, and what it says about them.

use std::{fs, path::Path};

use serde_json::Value;

use crate::common::{Program, message};

/// Parameters of everybody's (RFC 3526, group 14), so that no test has to search for a prime.
const DH_PARAMETERS: &str = include_str!("../../../../tests/vectors/ibkr-oauth1a/dhparam.pem");

const FILES: [&str; 7] = [
    "access_token",
    "access_token_secret",
    "dhparam.pem",
    "private_encryption.pem",
    "private_signature.pem",
    "public_encryption.pem",
    "public_signature.pem",
];

/// The command with a folder below the home, and given parameters.
fn command(program: &Program, folder: &str) -> String {
    let given = program.file("given.pem", DH_PARAMETERS);
    format!("setup ibkr {} --dh-parameters {given}", program.home.path().join(folder).display())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn setup_makes_keys_of_the_right_forms() {
    let program = Program::new();
    let object = program.ok(&command(&program, "new/keys")).await;
    let folder = program.home.path().join("new/keys");
    assert_eq!(object["folder"], folder.to_str().unwrap());
    assert_eq!(names(&folder), FILES);
    let label = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        text.lines().next().unwrap_or_default().to_owned()
    };
    for kind in ["signature", "encryption"] {
        assert_eq!(label(&format!("private_{kind}.pem")), "-----BEGIN PRIVATE KEY-----");
        assert_eq!(label(&format!("public_{kind}.pem")), "-----BEGIN PUBLIC KEY-----");
    }
    assert_eq!(fs::read_to_string(folder.join("dhparam.pem")).unwrap(), DH_PARAMETERS);
    assert_eq!(label("access_token"), "");
    #[cfg(unix)]
    {
        use crate::common::mode;
        assert_eq!((mode(&folder), mode(folder.parent().unwrap())), (0o700, 0o700));
        assert!(FILES.iter().all(|name| mode(folder.join(name)) == 0o600));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn setup_says_what_goes_where_and_shows_no_private_key() {
    let program = Program::new();
    let object = program.ok(&command(&program, "keys")).await;
    let folder = program.home.path().join("keys");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    for (at, name) in ["public_signature.pem", "public_encryption.pem", "dhparam.pem"].into_iter().enumerate()
    {
        let upload = &object["uploads"][at];
        assert_eq!(upload["path"], folder.join(name).to_str().unwrap());
        assert_eq!(upload["content"], read(name));
    }
    let run = program.run(&command(&program, "others")).await;
    assert_eq!(run.status, 0, "{}", run.stderr);
    for part in [
        "https://ndcdyn.interactivebrokers.com/sso/Login?action=OAUTH",
        "Public Signing Key: upload",
        "[profiles.default.ibkr]",
        "oauth_signature_key_file = \"",
        "broker-session doctor ibkr",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    for text in [object.to_string(), run.stdout, run.stderr] {
        assert!(!text.contains("BEGIN PRIVATE KEY"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn setup_overwrites_nothing() {
    let program = Program::new();
    let command = command(&program, "keys");
    program.ok(&command).await;
    let folder = program.home.path().join("keys");
    let before = fs::read_to_string(folder.join("private_signature.pem")).unwrap();
    for name in FILES {
        let message = program.refuses(&command).await;
        assert!(message.contains("nothing is overwritten"), "{message}");
        assert_eq!(fs::read_to_string(folder.join("private_signature.pem")).unwrap(), before);
        // One of them is enough.
        for other in names(&folder).iter().filter(|other| *other != name) {
            fs::rename(folder.join(other), program.home.path().join(other)).unwrap();
        }
        let message = program.refuses(&command).await;
        assert!(message.contains(name), "{message}");
        assert_eq!(names(&folder), [name]);
        for other in FILES.iter().filter(|other| **other != name) {
            fs::rename(program.home.path().join(other), folder.join(other)).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_that_the_broker_would_refuse_are_refused() {
    let program = Program::new();
    let folder = program.home.path().join("keys");
    let cut = &DH_PARAMETERS[..DH_PARAMETERS.len() / 2];
    for (text, expected) in [
        ("", "not PEM"),
        (cut, "not PEM"),
        ("-----BEGIN DH PARAMETERS-----\nMAYCAQcCAQI=\n-----END DH PARAMETERS-----\n", "3 bits"),
        ("-----BEGIN PUBLIC KEY-----\nMAYCAQcCAQI=\n-----END PUBLIC KEY-----\n", "something else"),
        (&DH_PARAMETERS.replace("wIBAg==", "wIBAw=="), "generator is not 2"),
        (&DH_PARAMETERS.replace("5RXSJhiY", "5RXSJhiZ"), "not a safe prime"),
    ] {
        let path = program.file("given.pem", text);
        let command = format!("setup ibkr {} --dh-parameters {path}", folder.display());
        let message = program.refuses(&command).await;
        assert!(message.contains(expected) && !folder.exists(), "{message}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_setup_leaves_nothing_behind() {
    use std::time::Duration;

    use crate::common::{finish, signal};

    let program = Program::new();
    let folder = program.home.path().join("new/keys");
    let child = program.start(&format!("setup ibkr {} --json", folder.display()));
    while !folder.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    signal(&child, "INT");
    let run = finish(child).await;
    let kind: &Value = &run.object()["error"]["kind"];
    assert_eq!((run.status, kind.as_str()), (130, Some("interrupted")));
    assert!(names(program.home.path()).is_empty());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_others_can_look_into_is_refused() {
    use crate::common::set_mode;

    let program = Program::new();
    let folder = program.home.path().join("keys");
    fs::create_dir(&folder).unwrap();
    set_mode(&folder, 0o755);
    let error = program.fails(&command(&program, "keys"), 2, "config").await;
    assert!(message(&error).contains("chmod 700"), "{error}");
    set_mode(&folder, 0o700);
    program.ok(&command(&program, "keys")).await;
}
