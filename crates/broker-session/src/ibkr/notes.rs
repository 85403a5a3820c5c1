//! What programs at the same gateway know together: calls, penalties, openings, and whether the single sign-on is alive.
//!
//! To the broker all programs of an address are one caller. Within a process the clones of a gateway share these notes;
//! with a file, all processes that name it do. A change of the notes is atomic: who asks whether it may open the
//! brokerage session and notes that it does so is alone while doing both. If the file cannot be used, the process goes
//! on with what it knows itself.

mod file;
mod known;
mod openings;

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use broker_session_runtime::Transport;
use jiff::{SignedDuration, Timestamp};
use tokio::{task::spawn_blocking, time::Instant};

use file::NotesFile;
pub(super) use known::Known;
pub(super) use openings::{Begun, HeldBack, LONGEST_WAIT, Outcome};

/// The notes of one gateway.
#[derive(Debug)]
pub(super) struct Notes {
    address: String,
    file: Option<PathBuf>,
    known: Mutex<Known>,
    /// Whether the file lacks what is known, because it could not be written.
    is_unwritten: AtomicBool,
    /// When these notes were begun, on both clocks.
    begun: (Timestamp, Instant),
    /// The calls in the file that the transport knows of.
    counted: Mutex<BTreeSet<(String, Timestamp)>>,
}

impl Notes {
    /// The notes of the gateway at an address, shared through a file if there is one.
    pub(super) fn new(address: String, file: Option<PathBuf>) -> Arc<Self> {
        let known = Known { address: address.clone(), ..Known::default() };
        let begun = (Timestamp::now(), Instant::now());
        Arc::new(Self {
            address,
            file,
            known: Mutex::new(known),
            is_unwritten: AtomicBool::default(),
            begun,
            counted: Mutex::default(),
        })
    }

    /// Whether other processes see these notes.
    pub(super) fn is_shared(&self) -> bool {
        self.file.is_some()
    }

    /// The time that the notes are kept in: that of the wall where they are shared, else that of tokio's clock, which
    /// nobody sets back.
    pub(super) fn now(&self) -> Timestamp {
        let (time, instant) = self.begun;
        match self.file {
            Some(_) => Timestamp::now(),
            None => later(time, SignedDuration::try_from(instant.elapsed()).unwrap_or(SignedDuration::MAX)),
        }
    }

    /// The moment of tokio's clock at which it will be `time`.
    pub(super) fn instant(&self, time: Timestamp) -> Instant {
        Instant::now() + time.duration_since(self.now()).try_into().unwrap_or_default()
    }

    /// Changes what is known, alone among all who share it.
    pub(super) async fn change<T: Default + Send + 'static>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Known, Timestamp) -> T + Send + 'static,
    ) -> T {
        if !self.is_shared() {
            return change(&mut lock(&self.known), self.now());
        }
        let notes = self.clone();
        // Another process may hold the file for a while, which must not hold up this one's timers.
        spawn_blocking(move || notes.change_file(change)).await.unwrap_or_default()
    }

    fn change_file<T>(&self, change: impl FnOnce(&mut Known, Timestamp) -> T) -> T {
        let mut own = lock(&self.known);
        let file = self.file.as_deref().map(NotesFile::open);
        let before = match &file {
            Some(Ok(file)) => file.find(&self.address),
            _ => own.clone(),
        };
        let now = Timestamp::now();
        let mut known = before.clone();
        if self.is_unwritten.load(Ordering::Relaxed) {
            known.openings.catch_up(&own.openings);
        }
        known.tidy(now);
        let result = change(&mut known, now);
        let written = file.map(|file| {
            let file = file?;
            if known == before {
                return Ok(());
            }
            known.written = Some(now);
            file.replace(known.clone())
        });
        if let Some(written) = written {
            self.is_unwritten.store(written.is_err(), Ordering::Relaxed);
            if let Err(error) = written {
                tracing::warn!(%error, "what other programs have to know cannot be noted");
            }
        }
        *own = known;
        result
    }

    /// Lets the transport count what other processes have called, and notes that `operation` is about to be called if
    /// it has a limit of its own: of two who ask at the same time one is the first.
    pub(super) async fn inform(self: &Arc<Self>, transport: &Transport, operation: &'static str) {
        if !self.is_shared() {
            return;
        }
        let (calls, penalty, now) = self
            .change(move |known, now| {
                let before = (known.calls.clone(), known.penalised, now);
                known.claim(operation, now);
                before
            })
            .await;
        let mut counted = lock(&self.counted);
        counted.retain(|(operation, at)| calls.iter().any(|call| call.is(operation, *at)));
        for call in calls {
            if counted.insert((call.operation.clone(), call.at)) {
                let ago = now.duration_since(call.at).try_into().unwrap_or_default();
                transport.note_call(&call.operation, ago);
            }
        }
        if let Some(left) = penalty.and_then(|until| until.duration_since(now).try_into().ok()) {
            transport.keep_out(left);
        }
    }

    /// Notes a call at this moment, in place of the note from when it `started`. Gives back when it is noted for.
    pub(super) async fn call(
        self: &Arc<Self>,
        operation: &'static str,
        started: Option<Timestamp>,
    ) -> Timestamp {
        let at = self.change(move |known, now| {
            known.note_call(operation, started, now);
            Some(now)
        });
        let at = at.await.unwrap_or_else(Timestamp::now);
        // The transport counts its own calls itself.
        lock(&self.counted).insert((operation.to_owned(), at));
        at
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A time that much later; the last one that there is if it would be beyond.
fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
