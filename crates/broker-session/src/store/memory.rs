//! A store in the memory of this process.

use std::{collections::BTreeMap, sync::Arc};

use super::{Entry, Key, Store, StoreFuture, Version};
use crate::locked::Locked;

/// A store for the tasks of one process, and for tests. Clones are the same store.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Locked<BTreeMap<Key, Entry>>>);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Entry>> {
        Box::pin(async { Ok(self.0.change(|entries| entries.get(key).cloned())) })
    }

    fn put_if<'a>(&'a self, key: &'a Key, expected: Option<Version>, entry: Entry) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            Ok(self.0.change(|entries| {
                let is_expected = entries.get(key).map(|entry| entry.version) == expected;
                if is_expected {
                    entries.insert(key.clone(), entry);
                }
                is_expected
            }))
        })
    }

    fn remove_if<'a>(&'a self, key: &'a Key, version: Version) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            Ok(self.0.change(|entries| {
                let is_expected = entries.get(key).is_some_and(|entry| entry.version == version);
                if is_expected {
                    entries.remove(key);
                }
                is_expected
            }))
        })
    }

    fn keys(&self) -> StoreFuture<'_, Vec<Key>> {
        Box::pin(async { Ok(self.0.change(|entries| entries.keys().cloned().collect())) })
    }

    fn location(&self) -> String {
        "the memory of this process".to_owned()
    }
}
