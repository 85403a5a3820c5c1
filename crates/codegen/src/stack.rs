//! Room for recursion. The typed model and the generator recurse along the document with large frames; the
//! depth of a document is limited, but a thread's usual 2 MiB are too few for the deepest one.

use std::{io, panic, thread};

/// Several times what the deepest document takes in a debug build (bytes). Only what is used is committed.
const LARGE: usize = 32 << 20;

/// Runs `work` on a thread of its own with a large stack, and waits for it. A panic goes on in the caller.
///
/// # Errors
/// The system gives no thread.
pub(crate) fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(LARGE).spawn_scoped(scope, work)?;
        match worker.join() {
            Ok(value) => Ok(value),
            Err(panicked) => panic::resume_unwind(panicked),
        }
    })
}
