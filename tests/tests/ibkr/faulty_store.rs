//! A store that fails when a test wants it to, and counts what it is asked.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session::store::{Entry, Key, MemoryStore, Store, StoreError, StoreFuture, Version};
use contract_tests::lock;
use tokio::{task::yield_now, time::sleep};

/// What becomes of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trouble {
    #[default]
    None,
    /// It fails and has no effect.
    Fails,
    /// It fails and has taken effect.
    LosesResponse,
    /// It fails, and needs eight seconds for it.
    Hangs,
}

/// A store in memory. Clones are the same store.
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultyStore {
    inner: MemoryStore,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// The beginning of the keys that have trouble.
    kind: &'static str,
    trouble: Trouble,
    /// How many operations are well before it begins.
    spared: usize,
    operations: Vec<(&'static str, String)>,
}

impl FaultyStore {
    /// From now on the operations on entries of this kind have trouble, all but the first few.
    pub(crate) fn break_after(&self, spared: usize, kind: &'static str, trouble: Trouble) {
        let mut state = lock(&self.state);
        *state = State { kind, trouble, spared, ..Default::default() };
    }

    pub(crate) fn repair(&self) {
        self.break_after(0, "", Trouble::None);
    }

    /// How often it was read and written since it was last broken or repaired.
    pub(crate) fn operations(&self) -> (usize, usize) {
        let state = lock(&self.state);
        let count = |name| state.operations.iter().filter(|(known, _)| *known == name).count();
        (count("get"), count("put"))
    }

    /// Removes everything, as a server does that was emptied.
    pub(crate) async fn empty(&self) {
        for key in self.inner.keys().await.unwrap() {
            if let Some(entry) = self.inner.get(&key).await.unwrap() {
                self.inner.remove_if(&key, entry.version).await.unwrap();
            }
        }
    }

    /// The only entry of a kind.
    pub(crate) async fn entry(&self, kind: &str) -> (Key, Entry) {
        let keys = self.inner.keys().await.unwrap();
        let mut keys = keys.into_iter().filter(|key| key.as_str().starts_with(kind));
        let key = keys.next().expect("an entry of this kind");
        assert!(keys.next().is_none());
        let entry = self.inner.get(&key).await.unwrap().expect("it is there");
        (key, entry)
    }

    fn trouble(&self, name: &'static str, key: &Key) -> Trouble {
        let mut state = lock(&self.state);
        state.operations.push((name, key.as_str().to_owned()));
        if !key.as_str().starts_with(state.kind) {
            return Trouble::None;
        }
        if state.spared > 0 {
            state.spared -= 1;
            return Trouble::None;
        }
        state.trouble
    }

    async fn meet<T>(
        &self,
        name: &'static str,
        key: &Key,
        operation: StoreFuture<'_, T>,
    ) -> Result<T, StoreError> {
        // Others come in between, as with every store that is further away.
        yield_now().await;
        match self.trouble(name, key) {
            Trouble::None => operation.await,
            Trouble::Fails => Err(StoreError::new("made-up outage")),
            Trouble::LosesResponse => {
                operation.await?;
                Err(StoreError::new("made-up outage"))
            }
            Trouble::Hangs => {
                sleep(Duration::from_secs(8)).await;
                Err(StoreError::new("made-up outage"))
            }
        }
    }
}

impl Store for FaultyStore {
    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Entry>> {
        Box::pin(self.meet("get", key, self.inner.get(key)))
    }

    fn put_if<'a>(&'a self, key: &'a Key, expected: Option<Version>, entry: Entry) -> StoreFuture<'a, bool> {
        Box::pin(self.meet("put", key, self.inner.put_if(key, expected, entry)))
    }

    fn remove_if<'a>(&'a self, key: &'a Key, version: Version) -> StoreFuture<'a, bool> {
        Box::pin(self.meet("remove", key, self.inner.remove_if(key, version)))
    }

    fn keys(&self) -> StoreFuture<'_, Vec<Key>> {
        self.inner.keys()
    }

    fn location(&self) -> String {
        "a store that fails".to_owned()
    }
}
