//! The encrypted store, around others.

use std::{fs, sync::Arc};

use broker_session::{
    Secret,
    store::{
        EncryptedStore, EncryptionKey, EncryptionKeys, Entry, FileStore, Key, MemoryStore, Store, Version,
        check_contract,
    },
};

use super::{assert_says, entry, expiring, key, shown};

fn new_key() -> EncryptionKey {
    EncryptionKey::random().unwrap()
}

fn around_memory(keys: impl Into<EncryptionKeys>) -> (MemoryStore, EncryptedStore) {
    let inner = MemoryStore::new();
    (inner.clone(), EncryptedStore::new(Arc::new(inner), keys))
}

/// The only entry of a store.
async fn only(store: &impl Store) -> (Key, Entry) {
    let mut keys = store.keys().await.unwrap();
    assert_eq!(keys.len(), 1);
    let key = keys.remove(0);
    let entry = store.get(&key).await.unwrap().unwrap();
    (key, entry)
}

async fn replace(store: &impl Store, key: &Key, entry: Entry) {
    let expected = store.get(key).await.unwrap().map(|entry| entry.version);
    assert!(store.put_if(key, expected, entry).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_encrypted_store_keeps_the_contract() {
    let (_, store) = around_memory(new_key());
    check_contract(Arc::new(store)).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = FileStore::open(directory.path().join("sessions.json")).unwrap();
    check_contract(Arc::new(EncryptedStore::new(Arc::new(file), new_key()))).await.unwrap();
}

#[tokio::test]
async fn the_file_shows_neither_value_nor_user_nor_broker() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.json");
    let encryption_key = new_key();
    let store = EncryptedStore::new(Arc::new(FileStore::open(&path).unwrap()), encryption_key.clone());
    assert!(store.put_if(&key("MADE1"), None, entry("made-up-token")).await.unwrap());
    let written = fs::read_to_string(&path).unwrap();
    assert!(written.contains("sealed/") && written.contains(encryption_key.id()), "{written}");
    for hidden in ["made-up-token", "MADE1", "neo", "session", encryption_key.to_base64().expose()] {
        assert!(!written.contains(hidden), "{hidden:?} is in {written}");
    }
    assert!(store.location().contains("encrypted"));
}

#[tokio::test]
async fn the_same_value_is_never_encrypted_the_same() {
    let (inner, store) = around_memory(new_key());
    let first = entry("made-up");
    assert!(store.put_if(&key("a"), None, first.clone()).await.unwrap());
    let (_, one) = only(&inner).await;
    assert!(store.remove_if(&key("a"), first.version).await.unwrap());
    assert!(store.put_if(&key("a"), None, first).await.unwrap());
    assert_ne!(only(&inner).await.1.value, one.value);
}

#[tokio::test]
async fn a_listed_key_reads_replaces_and_removes_its_entry() {
    let (inner, store) = around_memory(new_key());
    let (first, second) = (expiring("first", 60), entry("second"));
    assert!(store.put_if(&key("a"), None, first.clone()).await.unwrap());
    let (listed, found) = only(&store).await;
    assert_ne!(listed, key("a"));
    assert_eq!(found, first);
    assert_eq!(only(&inner).await.1.expires_at, first.expires_at);
    assert!(store.put_if(&listed, Some(first.version), second.clone()).await.unwrap());
    assert_eq!(store.get(&key("a")).await.unwrap().unwrap(), second);
    assert!(store.remove_if(&listed, second.version).await.unwrap());
    assert_eq!(store.get(&key("a")).await.unwrap(), None);
}

#[tokio::test]
async fn an_entry_counts_for_no_other_user_or_version() {
    let (inner, store) = around_memory(new_key());
    for user in ["a", "b"] {
        assert!(store.put_if(&key(user), None, entry(&format!("canary of {user}"))).await.unwrap());
    }
    let [one, other] = <[Key; 2]>::try_from(inner.keys().await.unwrap()).unwrap();
    let taken = inner.get(&one).await.unwrap().unwrap();
    replace(&inner, &other, taken.clone()).await;
    let error = store.get(&other).await.unwrap_err();
    assert_says(&error, &["was changed, or belongs to another user or version", "who can write"]);
    assert!(!shown(&error).contains("canary"));

    replace(&inner, &one, Entry::new(Version::random(), taken.value.clone(), None)).await;
    assert_says(&store.get(&one).await.unwrap_err(), &["another user or version"]);
    replace(&inner, &one, taken).await;
    assert!(store.get(&one).await.unwrap().is_some());
}

#[tokio::test]
async fn any_flipped_character_is_an_error() {
    let (inner, store) = around_memory(new_key());
    assert!(store.put_if(&key("a"), None, entry("canary")).await.unwrap());
    let (name, whole) = only(&inner).await;
    let text = whole.value.expose();
    for place in 0..text.len() {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        replace(&inner, &name, Entry::new(whole.version, changed.as_str(), None)).await;
        let error = store.get(&key("a")).await.expect_err(&changed);
        assert!(!shown(&error).contains("canary"));
    }
    replace(&inner, &name, whole).await;
    assert_eq!(store.get(&key("a")).await.unwrap().unwrap().value.expose(), "canary");
}

#[tokio::test]
async fn an_entry_that_is_not_encrypted_is_an_error() {
    let (inner, store) = around_memory(new_key());
    assert!(store.put_if(&key("a"), None, entry("value")).await.unwrap());
    let (name, _) = only(&inner).await;
    for plain in
        ["", "canary", "{\"token\":\"canary\"}", "{\"key\":\"canary\",\"nonce\":\"\",\"sealed\":\"\"}"]
    {
        replace(&inner, &name, entry(plain)).await;
        let error = store.get(&key("a")).await.unwrap_err();
        assert_says(&error, &["encrypted"]);
        assert!(error.hint().is_some() && !shown(&error).contains("canary"), "{}", shown(&error));
    }
    // Also where a program without the key has put it.
    assert!(inner.put_if(&key("b"), None, entry("canary")).await.unwrap());
    let error = store.put_if(&key("b"), None, entry("value")).await.unwrap_err();
    assert_says(&error, &["session/neo/b", "not encrypted", "Sign out"]);
    assert!(!shown(&error).contains("canary"));
    assert_eq!(store.keys().await.unwrap(), [name]);
}

#[tokio::test]
async fn an_older_key_reads_and_the_current_one_writes() {
    let (old, new) = (new_key(), new_key());
    let (inner, before) = around_memory(old.clone());
    let first = entry("first");
    assert!(before.put_if(&key("a"), None, first.clone()).await.unwrap());

    let with_both = EncryptionKeys::new(new.clone()).also(old);
    let rotating = EncryptedStore::new(Arc::new(inner.clone()), with_both);
    assert_eq!(rotating.get(&key("a")).await.unwrap().unwrap(), first);
    let second = entry("second");
    assert!(rotating.put_if(&key("a"), Some(first.version), second.clone()).await.unwrap());

    let after = EncryptedStore::new(Arc::new(inner), new.clone());
    assert_eq!(after.get(&key("a")).await.unwrap().unwrap(), second);
    let error = before.get(&key("a")).await.unwrap_err();
    assert_says(&error, &[new.id(), "as an older one"]);
}

#[test]
fn a_key_is_read_as_it_was_written() {
    let made = new_key();
    let text = made.to_base64();
    let padded = Secret::new(format!(" {}\n", text.expose()));
    assert_eq!(EncryptionKey::from_base64(&padded).unwrap().to_base64(), text);
    assert_eq!(EncryptionKey::from_base64(&text).unwrap().id(), made.id());
    assert_ne!(new_key().id(), made.id());
    assert_eq!(format!("{made:?}"), format!("EncryptionKey({})", made.id()));
}

#[test]
fn an_unusable_key_is_refused_with_how_to_make_one() {
    for (text, what) in [
        ("canary!", "not standard Base64"),
        ("", "0 bytes"),
        ("Y2FuYXJ5", "6 bytes"),
        ("________________________________________canary", "not standard Base64"),
    ] {
        let error = EncryptionKey::from_base64(&Secret::from(text)).unwrap_err();
        assert_says(&error, &[what, "openssl rand -base64 32"]);
        assert!(!shown(&error).contains("canary"));
    }
}
