//! The key in the operating system's keyring.

use std::{
    env,
    process::{Command, Stdio},
    sync::Arc,
};

use broker_session::store::{Store, check_contract, keyring};

use super::{assert_says, entry, key};

/// Says to a process of this test what it is to do.
const ROLE: &str = "KEYRING_TEST_ROLE";

/// Runs one of these tests once more in a process of its own, for which the environment of this one cannot be changed.
fn process_of(test: &str, role: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--include-ignored", "--nocapture", "--test-threads=1"]).env(ROLE, role);
    command
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Where the keyring is the Secret Service.
#[cfg(all(unix, not(target_os = "macos")))]
#[tokio::test]
async fn without_a_session_bus_there_is_a_clear_error() {
    if env::var_os(ROLE).is_none() {
        let directory = tempfile::tempdir().unwrap();
        let address = format!("unix:path={}", directory.path().join("no-bus").display());
        let mut process = process_of("keyring::without_a_session_bus_there_is_a_clear_error", "no bus");
        assert!(process.env("DBUS_SESSION_BUS_ADDRESS", address).status().unwrap().success());
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let error = keyring::open(directory.path().join("sessions.json")).await.unwrap_err();
        assert_says(&error, &["there is no keyring", "dbus-run-session", "from a file or the environment"]);
    }
}

/// A locked keyring waits for a person as this bus waits. The clock stands still, so the time limit is reached at once.
#[cfg(all(unix, not(target_os = "macos")))]
#[tokio::test(start_paused = true)]
async fn a_keyring_that_never_responds_costs_the_time_limit() {
    let directory = tempfile::tempdir().unwrap();
    if env::var_os(ROLE).is_none() {
        let socket = directory.path().join("bus");
        let _bus = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let mut process = process_of("keyring::a_keyring_that_never_responds_costs_the_time_limit", "silent");
        let address = format!("unix:path={}", socket.display());
        assert!(process.env("DBUS_SESSION_BUS_ADDRESS", address).status().unwrap().success());
        return;
    }
    let started = tokio::time::Instant::now();
    let error = keyring::open(directory.path().join("sessions.json")).await.unwrap_err();
    assert_says(&error, &["did not respond within 10s", "waits for a person"]);
    assert_eq!(started.elapsed().as_secs(), 10);
}

/// Needs a Secret Service of its own: `cargo test -p broker-session --features keyring --test stores -- --ignored`.
#[cfg(all(unix, not(target_os = "macos")))]
#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts a session bus and a keyring"]
async fn processes_that_start_at_once_get_one_key() {
    const TEST: &str = "keyring::processes_that_start_at_once_get_one_key";
    match env::var(ROLE).ok().as_deref() {
        None => {
            if let Some(missing) =
                ["dbus-run-session", "gnome-keyring-daemon"].iter().find(|name| !is_there(name))
            {
                eprintln!("skipped: there is no `{missing}`");
                return;
            }
            let home = tempfile::tempdir().unwrap();
            let own = process_of(TEST, "parent");
            let script = "printf made-up | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$@\"";
            let status = Command::new("dbus-run-session")
                .args(["--", "sh", "-c", script, "sh"])
                .arg(own.get_program())
                .args(own.get_args())
                .env(ROLE, "parent")
                .env("HOME", home.path())
                .env("XDG_DATA_HOME", home.path())
                .env("XDG_RUNTIME_DIR", home.path())
                .env("STORE", home.path().join("sessions.json"))
                .status();
            assert!(status.unwrap().success());
        }
        Some("parent") => {
            let children: Vec<_> = (0..4).map(|_| process_of(TEST, "child").spawn().unwrap()).collect();
            for mut child in children {
                assert!(child.wait().unwrap().success());
            }
            let store = keyring::open(env::var("STORE").unwrap()).await.unwrap();
            assert_eq!(store.keys().await.unwrap().len(), 1);
            let written = store.get(&key("shared")).await.unwrap().unwrap();
            assert_eq!(written.value.expose(), "made-up-token");
            let file = std::fs::read_to_string(env::var("STORE").unwrap()).unwrap();
            assert!(!file.contains("made-up-token") && !file.contains("shared"), "{file}");
            assert!(store.remove_if(&key("shared"), written.version).await.unwrap());
            check_contract(Arc::new(store)).await.unwrap();
        }
        // With another key than the first, the entry could not be read.
        _ => {
            let store = keyring::open(env::var("STORE").unwrap()).await.unwrap();
            store.put_if(&key("shared"), None, entry("made-up-token")).await.unwrap();
            let found = store.get(&key("shared")).await.unwrap().unwrap();
            assert_eq!(found.value.expose(), "made-up-token");
        }
    }
}
