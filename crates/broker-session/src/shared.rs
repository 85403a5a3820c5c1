//! A value that several calls share and any of them may replace.

use std::sync::{Mutex, PoisonError};

/// A value that calls share.
///
/// Nothing can panic while the lock is held, so a poisoned one is as good as any.
#[derive(Debug, Default)]
pub(crate) struct Shared<T>(Mutex<T>);

impl<T: Clone> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn get(&self) -> T {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the value, and gives back what the change does.
    pub(crate) fn change<U>(&self, change: impl FnOnce(&mut T) -> U) -> U {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = value;
    }
}
