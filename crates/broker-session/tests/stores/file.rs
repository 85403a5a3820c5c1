//! The store in a file.

use std::{fs, sync::Arc};

use broker_session::store::{FileStore, Key, Store, check_contract};
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{assert_says, entry, expiring, key, shown};

fn directory() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_in_a_file_keeps_the_contract() {
    let directory = directory();
    let store = FileStore::open(directory.path().join("sessions.json")).unwrap();
    check_contract(Arc::new(store)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_on_one_file_lose_no_change() {
    let directory = directory();
    let path = directory.path().join("sessions.json");
    let stores = [FileStore::open(&path).unwrap(), FileStore::open(&path).unwrap()];
    let mut writers = JoinSet::new();
    for number in 0..20 {
        for (place, store) in stores.clone().into_iter().enumerate() {
            writers.spawn(async move {
                let own = key(&format!("{place}-{number}"));
                assert!(store.put_if(&own, None, entry("value")).await.unwrap());
                store.put_if(&key("contested"), None, entry("value")).await.unwrap()
            });
        }
    }
    let winners = writers.join_all().await;
    assert_eq!(winners.into_iter().filter(|has_won| *has_won).count(), 1);
    assert_eq!(stores[0].keys().await.unwrap().len(), 41);
    let found = stores[1].get(&key("contested")).await.unwrap().unwrap();
    assert!(stores[0].remove_if(&key("contested"), found.version).await.unwrap());
    assert_eq!(stores[1].get(&key("contested")).await.unwrap(), None);
}

#[tokio::test]
async fn the_file_has_the_documented_form() {
    let directory = directory();
    let path = directory.path().join("sessions.json");
    let made_up = r#"{"version": 3, "entries": {"session/neo/MADE1":
        {"version": "00000000000000ff", "value": "made-up", "expires_at": "2999-01-02T03:04:05Z"}}}"#;
    fs::write(&path, made_up).unwrap();
    let store = FileStore::open(&path).unwrap();
    let found = store.get(&key("MADE1")).await.unwrap().unwrap();
    assert_eq!(found.version.to_string(), "00000000000000ff");
    assert_eq!(found.value.expose(), "made-up");
    assert_eq!(found.expires_at.unwrap().to_string(), "2999-01-02T03:04:05Z");

    assert!(store.put_if(&key("MADE2"), None, entry("other")).await.unwrap());
    let version = store.get(&key("MADE2")).await.unwrap().unwrap().version;
    let expected = format!(
        r#"{{
  "version": 3,
  "entries": {{
    "session/neo/MADE1": {{
      "version": "00000000000000ff",
      "value": "made-up",
      "expires_at": "2999-01-02T03:04:05Z"
    }},
    "session/neo/MADE2": {{
      "version": "{version}",
      "value": "other",
      "expires_at": null
    }}
  }}
}}"#
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[tokio::test]
async fn an_expired_entry_goes_with_the_next_write() {
    let directory = directory();
    let store = FileStore::open(directory.path().join("sessions.json")).unwrap();
    let old = expiring("old", -1);
    assert!(store.put_if(&key("old"), None, old.clone()).await.unwrap());
    assert_eq!(store.get(&key("old")).await.unwrap().unwrap().version, old.version);
    // Its version still counts for who replaces it.
    let older = expiring("older", -2);
    assert!(store.put_if(&key("old"), Some(old.version), older).await.unwrap());
    assert!(store.put_if(&key("new"), None, expiring("new", 60)).await.unwrap());
    assert_eq!(store.keys().await.unwrap(), [key("new")]);
}

#[tokio::test]
async fn a_file_of_another_form_is_left_alone() {
    let cases: [(&str, &[&str]); 8] = [
        (
            r#"{"version": 2, "sessions": [{"token": "canary"}]}"#,
            &["version 2", "Sign out with the program that wrote it"],
        ),
        (r#"{"version": 4, "entries": {"canary": 1}}"#, &["version 4", "newer program"]),
        ("canary", &["line 1, column 1", "Move it away"]),
        ("[\"canary\"]", &["no store of sessions"]),
        (r#"{"version": "canary"}"#, &["no store of sessions"]),
        (
            r#"{"version": 3, "entries": {"a": {"version": "canary", "value": "canary", "expires_at": null}}}"#,
            &["line 1"],
        ),
        (
            r#"{"version": 3, "entries": {"a": {"version": "ff", "value": "canary", "expires_at": "canary"}}}"#,
            &["line 1"],
        ),
        (r#"{"version": 3, "entries": {}, "canary": 1}"#, &["line 1"]),
    ];
    for (content, parts) in cases {
        let directory = directory();
        let path = directory.path().join("sessions.json");
        let store = FileStore::open(&path).unwrap();
        fs::write(&path, content).unwrap();
        let errors = [
            FileStore::open(&path).unwrap_err(),
            store.check().unwrap_err(),
            store.get(&key("a")).await.unwrap_err(),
            store.keys().await.unwrap_err(),
            store.put_if(&key("a"), None, entry("value")).await.unwrap_err(),
            store.remove_if(&key("a"), entry("value").version).await.unwrap_err(),
        ];
        for error in errors {
            assert_says(&error, parts);
            assert!(!shown(&error).contains("canary"), "{}", shown(&error));
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}

#[test]
fn a_file_that_is_not_utf8_is_left_alone() {
    let directory = directory();
    let path = directory.path().join("sessions.json");
    fs::write(&path, b"{\"version\": 3, \xff").unwrap();
    assert_says(&FileStore::open(&path).unwrap_err(), &["cannot be read", "UTF-8"]);
}

#[test]
fn a_huge_file_is_not_read() {
    let directory = directory();
    let path = directory.path().join("sessions.json");
    fs::File::create(&path).unwrap().set_len(16 * 1024 * 1024 + 1).unwrap();
    assert_says(&FileStore::open(&path).unwrap_err(), &["larger than 16 MiB"]);
}

#[tokio::test]
async fn a_store_does_not_grow_beyond_what_is_read() {
    let directory = directory();
    let store = FileStore::open(directory.path().join("sessions.json")).unwrap();
    let half = "x".repeat(9 * 1024 * 1024);
    assert!(store.put_if(&key("one"), None, entry(&half)).await.unwrap());
    let error = store.put_if(&key("two"), None, entry(&half)).await.unwrap_err();
    assert_says(&error, &["larger than 16 MiB"]);
    assert_eq!(store.keys().await.unwrap(), [key("one")]);
}

#[tokio::test]
async fn an_empty_or_missing_file_has_no_entries() {
    let directory = directory();
    let path = directory.path().join("new/sub/sessions.json");
    let store = FileStore::open(&path).unwrap();
    assert_eq!(store.keys().await.unwrap(), Vec::<Key>::new());
    assert!(!directory.path().join("new").exists());
    store.check().unwrap();
    fs::write(&path, " \n").unwrap();
    assert!(FileStore::open(&path).unwrap().put_if(&key("a"), None, entry("value")).await.unwrap());
    assert_eq!(store.keys().await.unwrap(), [key("a")]);
}

#[test]
fn a_path_that_is_no_file_is_refused() {
    let directory = directory();
    assert_says(&FileStore::open(directory.path()).unwrap_err(), &["is not a file"]);
    assert_says(&FileStore::open("/").unwrap_err(), &["is not a file"]);
    assert!(FileStore::open("").is_err());
}

#[cfg(unix)]
mod unix {
    use std::{
        os::unix::fs::{MetadataExt, PermissionsExt, symlink},
        path::Path,
        process::Command,
    };

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[tokio::test]
    async fn only_the_owner_can_read_file_and_directory() {
        let directory = directory();
        let path = directory.path().join("new/sessions.json");
        let store = FileStore::open(&path).unwrap();
        assert!(store.put_if(&key("a"), None, entry("value")).await.unwrap());
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert!(!store.was_exposed());
    }

    #[tokio::test]
    async fn a_file_that_others_can_read_is_closed_to_them() {
        let directory = directory();
        let path = directory.path().join("sessions.json");
        let store = FileStore::open(&path).unwrap();
        assert!(store.put_if(&key("a"), None, entry("value")).await.unwrap());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(store.get(&key("a")).await.unwrap().is_some());
        assert_eq!(mode(&path), 0o600);
        assert!(store.was_exposed() && store.clone().was_exposed());
        assert!(!FileStore::open(&path).unwrap().was_exposed());
    }

    #[tokio::test]
    async fn a_symbolic_link_stays_and_its_target_is_replaced() {
        let directory = directory();
        let (path, link) = (directory.path().join("kept/real.json"), directory.path().join("link.json"));
        fs::create_dir(directory.path().join("kept")).unwrap();
        fs::write(&path, "").unwrap();
        symlink(&path, &link).unwrap();
        let store = FileStore::open(&link).unwrap();
        assert!(store.put_if(&key("a"), None, entry("value")).await.unwrap());
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(FileStore::open(&path).unwrap().keys().await.unwrap(), [key("a")]);
    }

    #[tokio::test]
    async fn a_pipe_is_refused_without_waiting() {
        let directory = directory();
        let path = directory.path().join("sessions.json");
        let store = FileStore::open(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert_says(&FileStore::open(&path).unwrap_err(), &["is not a file"]);
        assert_says(&store.get(&key("a")).await.unwrap_err(), &["is not a file"]);
        assert!(store.put_if(&key("a"), None, entry("value")).await.is_err());
    }

    /// A directory at the place of the new file stands for one that cannot be written: root may write everywhere else.
    #[tokio::test]
    async fn what_cannot_be_written_is_an_error_and_stays() {
        let directory = directory();
        let path = directory.path().join("sessions.json");
        let store = FileStore::open(&path).unwrap();
        let first = entry("value");
        assert!(store.put_if(&key("a"), None, first.clone()).await.unwrap());
        fs::create_dir(directory.path().join("sessions.json.new")).unwrap();
        assert_says(&store.check().unwrap_err(), &["cannot be written", "can be read and written"]);
        let error = store.put_if(&key("a"), Some(first.version), entry("canary")).await.unwrap_err();
        assert_says(&error, &["cannot be written"]);
        assert!(!shown(&error).contains("canary"));
        assert_eq!(store.get(&key("a")).await.unwrap().unwrap(), first);
    }

    /// There every new file fails for want of space. Its name is not in the file system, so no directory stands in the way.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_directory_without_room_is_an_error() {
        let store = FileStore::open("/proc/broker-session/sessions.json").unwrap();
        assert!(store.check().is_err());
        assert_says(
            &store.put_if(&key("a"), None, entry("value")).await.unwrap_err(),
            &["/proc/broker-session/sessions.json"],
        );
        assert_eq!(store.keys().await.unwrap(), Vec::<Key>::new());
    }

    #[tokio::test]
    async fn who_holds_the_lock_for_long_is_an_error() {
        let directory = directory();
        let path = directory.path().join("sessions.json");
        let _other_program = broker_session::LockedFile::open(&path).unwrap();
        let store = FileStore::open(&path).unwrap();
        let error = store.put_if(&key("a"), None, entry("value")).await.unwrap_err();
        assert_says(&error, &["another program is using it"]);
    }
}
