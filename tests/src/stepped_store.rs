//! A store in which something happens at a step of the test's choice: it fails, it loses a response, it stops the process.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use broker_session::store::{Entry, Key, Store, StoreError, StoreFuture, Version};

use crate::lock;

/// What happens at a step. It is called before the step (`false`) and after it (`true`).
type Event = dyn Fn(usize, bool) -> Result<(), StoreError> + Send + Sync;

/// A store around another one. Clones are the same store.
#[derive(Clone)]
pub struct SteppedStore(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    steps: AtomicUsize,
    is_down: AtomicBool,
    event: std::sync::Mutex<Option<Arc<Event>>>,
}

impl SteppedStore {
    /// A store in which nothing happens.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let (steps, is_down, event) = (AtomicUsize::new(0), AtomicBool::new(false), Default::default());
        Self(Arc::new(Inner { store, steps, is_down, event }))
    }

    /// Lets something happen before and after each step, which may fail.
    pub fn at_each_step(
        self,
        event: impl Fn(usize, bool) -> Result<(), StoreError> + Send + Sync + 'static,
    ) -> Self {
        *lock(&self.0.event) = Some(Arc::new(event));
        self
    }

    /// Lets every call fail from now on, or none.
    pub fn set_down(&self, is_down: bool) {
        self.0.is_down.store(is_down, Ordering::SeqCst);
    }

    /// How many calls were made.
    pub fn steps(&self) -> usize {
        self.0.steps.load(Ordering::SeqCst)
    }

    fn step<'a, T: Send + 'a>(&'a self, call: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        Box::pin(async move {
            let step = self.0.steps.fetch_add(1, Ordering::SeqCst);
            let event = lock(&self.0.event).clone();
            if self.0.is_down.load(Ordering::SeqCst) {
                return Err(StoreError::new("it is down"));
            }
            if let Some(event) = &event {
                event(step, false)?;
            }
            let outcome = call.await?;
            if let Some(event) = &event {
                event(step, true)?;
            }
            Ok(outcome)
        })
    }
}

impl fmt::Debug for SteppedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteppedStore").field("store", &self.0.store).finish_non_exhaustive()
    }
}

impl Store for SteppedStore {
    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Entry>> {
        self.step(self.0.store.get(key))
    }

    fn put_if<'a>(&'a self, key: &'a Key, expected: Option<Version>, entry: Entry) -> StoreFuture<'a, bool> {
        self.step(self.0.store.put_if(key, expected, entry))
    }

    fn remove_if<'a>(&'a self, key: &'a Key, version: Version) -> StoreFuture<'a, bool> {
        self.step(self.0.store.remove_if(key, version))
    }

    fn keys(&self) -> StoreFuture<'_, Vec<Key>> {
        self.step(self.0.store.keys())
    }

    fn location(&self) -> String {
        self.0.store.location()
    }

    fn may_lose_entries(&self) -> bool {
        self.0.store.may_lose_entries()
    }
}
