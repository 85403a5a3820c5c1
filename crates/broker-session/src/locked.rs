//! A value that several calls share and any of them may replace.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A value that calls share.
#[derive(Debug, Default)]
pub(crate) struct Locked<T>(Mutex<T>);

impl<T: Clone> Locked<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn get(&self) -> T {
        self.lock().clone()
    }

    pub(crate) fn set(&self, value: T) {
        *self.lock() = value;
    }

    /// Changes the value, and returns what the change does.
    pub(crate) fn change<U>(&self, change: impl FnOnce(&mut T) -> U) -> U {
        change(&mut self.lock())
    }

    /// No code of a caller runs while the lock is held, and nothing panics then, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
